"""Lists are read by workers that only fetch; one thread takes every page in, decides, splits and ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from scalev_frames.cancel import PIECE, Cancelled, CancelToken
from scalev_frames.errors import ForbiddenError, ScalevError
from scalev_frames.frames.memory import collecting_seldom
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.counting import Counting
from scalev_frames.pull.reading.ends import Ends
from scalev_frames.pull.reading.pace import LEAST_RESERVE, Latency
from scalev_frames.pull.reading.seeking import Seeks
from scalev_frames.pull.reading.sources import REFUSALS, REFUSED
from scalev_frames.pull.reading.workers import Done, Job, Workers
from scalev_frames.pull.split.cursors import Cursors
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.wire.answers.response import Response
from scalev_frames.wire.transport import Call

#: When the first page takes longer than this many seconds, the counts are asked for beside it.
LONG_REQUEST = 0.05
#: Seconds to wait for the server's counts after everything was read.
COUNTS_PATIENCE = 3.0
#: Parts that have this many rows less to read than the longest one wait, so that the limit is used for that one.
BALANCE = 2 * PAGE_ROWS
Fetch = Callable[[str, Mapping[str, Any], Call], Response]


class Reader:
    """Reads lists, each to its end.

    Args:
        collector: takes the pages in.
        timelines: one for each list; those that can be sought in are split among workers.
        counting: asks for the server's counts beside them.
        cursors: what is known of the cursors of lists that can be split.
        fetch: gets one response; workers run it. Left out, pages come over the network.
        proves: whether what is behind a full last page is asked for; else a list ends where the server says so.

    Attributes:
        latency: how long requests take.
    """

    def __init__(
        self,
        collector: Collector,
        timelines: Sequence[Timeline],
        counting: Counting | None = None,
        *,
        cursors: Cursors | None = None,
        fetch: Fetch | None = None,
        proves: bool = False,
    ) -> None:
        self._collector, self._timelines, self._counting = collector, timelines, counting or Counting()
        self._source, self._query, self._proves = collector.source, collector.query, proves
        self.latency = Latency(self._source.pace)
        self._fetch: Fetch = fetch or partial(self._source.client.get, alias=self._query.endpoint.alias)
        self._workers = Workers()
        self._token = CancelToken()
        self._call = replace(self._source.call, cancel=self._token)
        self._pages = 0
        self._wants_more = True
        self._seeks = Seeks(collector, timelines, cursors or Cursors(), self._ask)
        self._ends = Ends(collector, timelines, self._ask)

    def read(self) -> None:
        """Read all lists to their ends.

        Raises:
            ScalevError: whatever stopped it; its ``kept`` says what is there.
            InterruptedPullError: on Ctrl-C, or when the call was cancelled.
        """
        try:
            with collecting_seldom():
                self._to_the_end()
        except (KeyboardInterrupt, Cancelled):
            self._end_early()
            raise self._collector.outcome.interrupted(self._query.endpoint.name) from None
        except ScalevError as error:
            self._end_early()
            error.kept = error.kept or self._collector.outcome.kept(self._query.endpoint.name)
            if isinstance(error, ForbiddenError):
                error.advice = f"Give this key the scope to read {self._query.endpoint.name}, or use a full key (sk_)."
            raise
        finally:
            self._token.cancel("enough")
            self._workers.close()

    def _to_the_end(self) -> None:
        while True:
            self._dispatch()
            self._ask_counts()
            if not self._wants_more:
                break  # whatever the requests under way bring, also that they were cancelled
            if self._running():
                self._take_next()
            elif not (self._ends.read_on() or self._read_in_one() or self._prove_ends()):
                break
        self._hear_counts()
        for timeline in self._timelines:
            self._collector.note_total(timeline.order() or timeline.parts[:1])

    def _take_next(self) -> None:
        waits_for_first = bool(self._counting.asked) and not self._pages
        done = self._workers.next(LONG_REQUEST if waits_for_first else PIECE)
        if done is not None:
            done.job.settle(done)
        elif waits_for_first:
            self._ask_counts(late=True)
        self._source.call.cancel.check()

    def _running(self) -> int:
        return self._workers.running - self._counting.running

    def _end_early(self) -> None:
        """Let nothing more be sent, and keep what the requests under way bring within a moment."""
        self._token.cancel()
        for done in self._workers.last():
            if done.job.is_page:
                self._source.keep(done.job.path, done.job.asked, done.result)

    # Asking ----------------------------------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        """Give every free worker something to fetch; take in at once what is kept already."""
        again = True
        while again and self._wants_more:
            again = False
            for timeline, part in self._ready():
                self._source.call.cancel.check()
                if not self._wants_more or not part.reads_on or part.busy:
                    continue
                if self._running() >= max(self.latency.workers(), len(timeline.parts)):
                    break
                asked = part.pages.asked()
                response = self._source.kept(part.path, asked)
                if response is None:
                    part.busy = True
                    self._ask(Job(part.path, asked, partial(self._settle_page, timeline, part), is_page=True))
                else:
                    self._take(timeline, part, asked, response)
                    again = True
        if self._wants_more:
            self._seek()

    def _ask(self, job: Job) -> None:
        self._workers.start(job, partial(self._fetch, job.path, job.asked, self._call))

    def _ready(self) -> list[tuple[Timeline, Part]]:
        """The parts to read on, the longest first, and without those that would be done long before it.

        The limit lets fewer requests through than there are workers: it is for the longest parts, so that all end at
        the same time.
        """
        found = [(timeline, part) for timeline in self._timelines for part in timeline.ready()]
        needed = self.latency.workers(LEAST_RESERVE)
        if len(self._timelines) > 1 or self._running() + len(found) <= needed:
            return found
        lengths = self._timelines[0].lengths()
        longest = max(lengths.values(), default=0.0)
        found.sort(key=lambda ready: -lengths[ready[1]])
        if longest == math.inf:
            return found  # nobody knows how long the last part is
        free = max(0, needed - self._running())
        return found[:free] + [ready for ready in found[free:] if lengths[ready[1]] >= longest - BALANCE]

    def _seek(self) -> None:
        """Look for places to split the lists, unless the counts, which say where to look, are on their way."""
        if self._pages and not self._counting.running:
            free = self.latency.workers() - self._running()
            self._seeks.look(self.latency, free, is_counted=self._counting.is_heard)

    # Taking in -------------------------------------------------------------------------------------------------------

    def _settle_page(self, timeline: Timeline, part: Part, done: Done) -> None:
        part.busy = False
        if done.error is None:
            self._take(timeline, part, done.job.asked, done.result)
        elif part.start is not None and not part.ids and isinstance(done.error, REFUSED):
            self._collector.absorb(timeline.drop(part))  # the server does not read on from this row
        elif "page_size" in part.pages.params and not part.pages.position and isinstance(done.error, REFUSALS):
            self._collector.refuse_size(part)
        elif not part.pages.position and isinstance(done.error, REFUSALS):  # maybe for a time filter
            said = f"{done.error.server_words} {' '.join(done.error.fields)}".strip()
            raise self._query.refused(part.pages.params, said) or done.error
        else:
            raise done.error

    def _take(self, timeline: Timeline, part: Part, asked: Mapping[str, Any], response: Response) -> None:
        self._pages += 1
        if not response.from_cache:
            self.latency.add(response.seconds)
        page = self._collector.page(part, asked, response)
        if page is not None:
            self._wants_more = self._collector.collect(timeline, part, page) and self._wants_more
            self._seeks.see(part, page)
        if not self._wants_more:
            self._token.cancel("enough")

    def _read_in_one(self) -> bool:
        """Undo the splits of lists whose parts do not reach from top to end; whether there were any."""
        broken = [timeline for timeline in self._timelines if timeline.order() is None]
        for timeline in broken:
            self._collector.absorb(timeline.read_in_one())
        return bool(broken)

    def _prove_ends(self) -> bool:
        """Ask for what is behind full last pages; whether anything is under way."""
        if self._proves and self._ends.full():
            self._hear_counts()  # they may show that nothing is
            self._ends.prove(self.latency.workers())
        return self._running() > 0

    # The server's counts ---------------------------------------------------------------------------------------------

    def _ask_counts(self, *, late: bool = False) -> None:
        """Ask for the counts once there is more than a page to read, or beside a first page that takes long."""
        counting = self._counting
        if not counting.is_due or not self._wants_more:
            return
        more = any(part.reads_on for timeline in self._timelines for part in timeline.parts)
        if late or (self._pages and more) or self._pages > 1:  # several may come at once from the journal
            counting.start(self._workers, self._source, self._call)

    def _hear_counts(self) -> None:
        """Wait a little for the counts; when they do not come, the rows are whole without them."""
        left = COUNTS_PATIENCE
        while self._counting.running and self._wants_more and left > 0:
            done = self._workers.next()
            left -= PIECE
            if done is not None:
                done.job.settle(done)
            self._source.call.cancel.check()
