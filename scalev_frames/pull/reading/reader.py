"""Lists are read by workers that only fetch; one thread takes every page in, decides, splits and ends."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from scalev_frames.cancel import PIECE, Cancelled, CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import (
    BadRequestError,
    FilterIgnoredError,
    ForbiddenError,
    InvalidParametersError,
    NotFoundError,
    ScalevError,
    ServerError,
)
from scalev_frames.frames.memory import collecting_seldom
from scalev_frames.pull.reading.counting import Counting
from scalev_frames.pull.reading.jobs import CountsJob, CursorJob, EndJob, PageJob, SeekJob
from scalev_frames.pull.reading.sources import Outcome, Source, key_of
from scalev_frames.pull.reading.taking import PAGE_ROWS, Single, Take, Taker, names_last_row
from scalev_frames.pull.reading.workers import Done, Workers
from scalev_frames.pull.split.parts import Part, id_of
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.query import Query
from scalev_frames.query.times import to_stamp
from scalev_frames.wire.paging import BadPageError, Page, Pages
from scalev_frames.wire.transport import Response

#: When the first page takes longer than this many seconds, the counts are asked for beside it.
LONG_REQUEST = 0.05
#: Seconds to wait for the server's counts after everything was read.
COUNTS_PATIENCE = 3.0
#: Parts that have this many rows less to read than the longest one wait, so that the limit is used for that one.
BALANCE = 2 * PAGE_ROWS
REFUSALS = (BadRequestError, InvalidParametersError)
#: What a server says that does not read on from a row or a cursor, or does not know what it is asked.
REFUSED = (*REFUSALS, NotFoundError)


class Reader:
    """Reads lists, each to its end.

    Args:
        query: the checked call; every row is held against it.
        source: where pages come from.
        take: called with the rows of each page and their part; False ends everything.
        single: gets the response to a single read, for an endpoint of one record or one plain list.
    """

    def __init__(self, query: Query, source: Source, take: Take, *, single: Single | None = None) -> None:
        self.taker = Taker(query, source, take, single)

    @property
    def outcome(self) -> Outcome:
        """What has been done so far."""
        return self.taker.outcome

    def read(self, timelines: Sequence[Timeline], counting: Counting | None = None) -> None:
        """Read ``timelines`` to their ends.

        Args:
            timelines: one for each list.
            counting: asks for the server's counts beside them; without its densities no list is split, and without it
                the lists may end where the server says so.

        Raises:
            ScalevError: whatever stopped it; its ``kept`` says what is there.
            InterruptedPullError: on Ctrl-C, or when the call was cancelled.
        """
        run = _Run(self.taker, timelines, counting)
        try:
            with collecting_seldom():
                run.to_the_end()
        except (KeyboardInterrupt, Cancelled):
            run.end_early()
            raise self.taker.interrupted() from None
        except ScalevError as error:
            run.end_early()
            error.kept = error.kept or self.taker.what_is_kept()
            if isinstance(error, ForbiddenError):
                error.advice = f"Give this key the scope to read {run.endpoint.name}, or use a full key (sk_)."
            raise
        finally:
            run.close()


class _Run:
    """One run of a reader: what is under way."""

    def __init__(self, taker: Taker, timelines: Sequence[Timeline], counting: Counting | None) -> None:
        self.taker, self.timelines = taker, timelines
        self.counting, self.proves = counting or Counting(), counting is not None
        self.source, self.endpoint = taker.source, taker.endpoint
        self.workers = Workers()
        self.token, self.count_token = CancelToken(), CancelToken()
        self.call = replace(self.source.call, cancel=self.token)
        self.pages = 0
        self.wanted = True

    def to_the_end(self) -> None:
        while True:
            self.dispatch()
            self.ask_counts()
            if self.running():
                self.take_next()
            elif not self.wanted or not (self.read_on() or self.read_in_one() or self.prove_ends()):
                break
        self.hear_counts()
        for timeline in self.timelines:
            self.taker.note_total(timeline.order() or timeline.parts[:1])

    def take_next(self) -> None:
        waits_for_first = bool(self.counting.asked) and not self.pages
        done = self.workers.next(LONG_REQUEST if waits_for_first else PIECE)
        if done is not None:
            self.settle(done)
        elif waits_for_first:
            self.ask_counts(late=True)
        self.source.call.cancel.check()

    # Asking ----------------------------------------------------------------------------------------------------------

    def dispatch(self) -> None:
        """Give every free worker something to fetch; take in at once what is kept already."""
        again = True
        while again and self.wanted:
            again = False
            for timeline, part in self.ready():
                self.source.call.cancel.check()
                if not self.wanted or not part.reads_on or part.busy:
                    continue
                if self.running() >= max(self.taker.workers(), len(timeline.parts)):
                    break
                response = self.taker.kept(part)
                if response is None:
                    self.start(timeline, part)
                else:
                    self.take(timeline, part, part.pages.asked(), response)
                    again = True
        if self.wanted:
            self.seek()

    def ready(self) -> list[tuple[Timeline, Part]]:
        """The parts to read on, the longest first, and without those that would be done long before it.

        The limit lets fewer requests through than there are workers: it is for the longest parts, so that all end at
        the same time.
        """
        found = [(timeline, part) for timeline in self.timelines for part in timeline.ready()]
        if len(self.timelines) > 1 or self.running() + len(found) <= self.taker.workers_needed():
            return found
        timeline = self.timelines[0]
        rows = timeline.left()
        left = {
            id(part): rows.get(part.bottom, math.inf) if part.bottom else math.inf
            for part in timeline.parts
            if part.reads_on
        }
        longest = max(left.values(), default=0.0)
        found.sort(key=lambda one: -left[id(one[1])])
        if longest == math.inf:
            return found  # nobody knows how long the last part is
        fill = max(0, self.taker.workers_needed() - self.running())
        return found[:fill] + [one for one in found[fill:] if left[id(one[1])] >= longest - BALANCE]

    def start(self, timeline: Timeline, part: Part) -> None:
        asked = part.pages.asked()
        part.busy = True
        self.workers.start(PageJob(timeline, part, asked), partial(self.taker.fetch, part.path, asked, self.call))

    def seek(self) -> None:
        """Look for places to split the lists, where more workers would help."""
        if self.counting.densities is None or self.endpoint.timeline is None or not self.pages or self.counting.running:
            return  # not a list to split; or the counts, which say where to look, are on their way
        waiting = sum(1 for timeline in self.timelines for _ in timeline.ready())
        free = self.taker.workers() - self.running() - waiting
        if self.taker.workers() <= 1:
            return
        left = [timeline.left() for timeline in self.timelines]
        piece = self.taker.longest_part(sum(map(Timeline.guessed, self.timelines, left)))
        for timeline, rows in zip(self.timelines, left, strict=True):
            uneven = max(rows.values(), default=0.0) > piece
            if not self.may_seek(timeline, is_long=uneven):
                continue
            for at in timeline.seeks(max(free, int(uneven)), piece, only_long=free < 1):
                self.start_seek(timeline, at, self.endpoint.timeline.until)
                free -= 1

    def may_seek(self, timeline: Timeline, *, is_long: bool) -> bool:
        """Whether parts can begin where a time filter leads; a list that is long enough to ask is asked."""
        cursors = self.taker.cursors
        if is_long and (asked := cursors.ask()) is not None and self.endpoint.timeline is not None:
            top = timeline.parts[0]
            until = {self.endpoint.timeline.until: to_stamp(asked.until)}
            pages = Pages({**top.pages.params, **until}, paged=True, size=asked.size)
            job = CursorJob(timeline, asked, pages)
            self.workers.start(job, partial(self.taker.fetch, top.path, pages.asked(), self.call))
        return cursors.kind in ("ids", "free")

    def start_seek(self, timeline: Timeline, at: dt.datetime, until: str) -> None:
        top = timeline.parts[0]
        pages = Pages({**top.pages.params, until: to_stamp(at)}, paged=True)
        job = SeekJob(timeline, at, pages)
        self.workers.start(job, partial(self.taker.fetch, top.path, pages.asked(), self.call))

    def running(self) -> int:
        return self.workers.running - self.counting.running

    # Taking in -------------------------------------------------------------------------------------------------------

    def settle(self, done: Done) -> None:
        match done.job:
            case PageJob():
                self.settle_page(done.job, done)
            case SeekJob():
                self.settle_seek(done.job, done)
            case CursorJob():
                page = self.sought_page(done.job.pages, done)
                fails = None if isinstance(done.error, ServerError) else False
                self.taker.cursors.answer(done.job.question.compare(page) if page else fails)
            case EndJob():
                self.settle_end(done.job, done)
            case CountsJob():
                self.settle_counts(done.job, done)

    def settle_page(self, job: PageJob, done: Done) -> None:
        part = job.part
        part.busy = False
        if done.error is None:
            self.take(job.timeline, part, job.asked, done.result)
        elif part.start is not None and not part.ids and isinstance(done.error, REFUSED):
            self.taker.absorb(job.timeline.drop(part))  # the server does not read on from this row
        elif "page_size" in part.pages.params and not part.pages.position and isinstance(done.error, REFUSALS):
            self.taker.refused_size = True
            part.pages.params = {name: one for name, one in part.pages.params.items() if name != "page_size"}
        else:
            raise self.refused(part, done.error) or done.error

    def refused(self, part: Part, error: BaseException) -> FilterIgnoredError | None:
        """The time filter for which the server may have refused a list's first page."""
        if part.pages.position or not isinstance(error, REFUSALS):
            return None
        return self.taker.query.refused(part.pages.params, f"{error.server_words} {' '.join(error.fields)}".strip())

    def settle_seek(self, job: SeekJob, done: Done) -> None:
        page = self.sought_page(job.pages, done)
        part = job.timeline.found(job.at, page, self.part_below(job.timeline, page) if page else None)
        if part is not None:
            self.remember_splits()

    def sought_page(self, pages: Pages, done: Done) -> Page | None:
        """The page that a time filter gave; ``None`` where the server does not let itself be asked."""
        if done.error is not None:
            if not isinstance(done.error, (*REFUSED, ServerError)):
                raise done.error
            return None
        try:
            return pages.take(done.result)
        except BadPageError:
            return None

    def part_below(self, timeline: Timeline, page: Page) -> Part | None:
        """The part that reads the plain list from the last row of ``page`` on."""
        if page.following is None or not page.rows:
            return None
        top, begins = timeline.parts[0], dict(page.following)
        params, lead = top.pages.params, [one for row in page.rows if (one := id_of(row)) is not None]
        if names_last_row(page):
            until = self.endpoint.timeline.until if self.endpoint.timeline else ""
            params, lead = {name: one for name, one in params.items() if name != until}, []
        elif self.taker.cursors.kind != "free" or len(lead) < len(page.rows):
            timeline.can_seek = False  # the cursor may be bound to the filter, and hide what the filter hides
            return None
        pages = Pages(params, paged=True, position=dict(begins))
        start = str(page.rows[-1]["id"])
        return Part(top.number, top.path, pages, top.parents, start=start, begins=begins, lead=lead)

    def remember_splits(self) -> None:
        """Write the splits down, before anything is asked for beyond them."""
        self.source.journal.remember(
            [
                [part.number, part.start, part.begins, part.top.isoformat(), part.lead]
                for timeline in self.timelines
                for part in timeline.parts
                if part.start is not None and part.top is not None and not part.dropped
            ]
        )

    def take(self, timeline: Timeline, part: Part, asked: Mapping[str, Any], response: Response) -> None:
        self.pages += 1
        self.wanted = self.taker.take_page(timeline, part, asked, response) and self.wanted
        if not self.wanted:
            self.token.cancel("enough")

    def read_on(self) -> bool:
        """Read on where a list was said to end and does not, or is wanted further down; whether there was one."""
        short = [end for timeline in self.timelines if (end := timeline.short_end())]
        for part in short:
            self.taker.read_on(part)
        down = [timeline for timeline in self.timelines if timeline.read_down()]
        return bool(short or down)

    def prove_ends(self) -> bool:
        """Ask for what is behind full last pages, where no counts can show that they are the last; whether it did."""
        ends = [(one, line[-1]) for one in self.timelines if self.proves and (line := one.order())]
        if any(end.ends_full for _, end in ends):
            self.hear_counts()
        doubtful = [(one, end) for one, end in ends if end.ends_full and not one.is_counted(end)]
        for timeline, end in doubtful[: self.taker.workers()]:
            end.ends_full = False
            job = EndJob(timeline, end, end.pages.behind(end.length))
            self.workers.start(job, partial(self.taker.fetch, end.path, job.pages.asked(), self.call))
        return self.running() > 0

    def settle_end(self, job: EndJob, done: Done) -> None:
        """Read on where a list was said to end, and there are rows behind its end that it does not have."""
        page, part = self.sought_page(job.pages, done), job.part
        if not part.pages.beyond:
            self.taker.learn_end(part, page)
        elif page and {*map(id_of, page.rows)}.difference({None}, *(one.ids for one in job.timeline.parts)):
            self.taker.read_on(part)

    def read_in_one(self) -> bool:
        """Undo the splits of lists whose parts do not reach from top to end; whether there were any."""
        broken = [timeline for timeline in self.timelines if timeline.order() is None]
        for timeline in broken:
            self.taker.absorb(timeline.read_in_one())
        return bool(broken)

    # The server's counts ---------------------------------------------------------------------------------------------

    def ask_counts(self, *, late: bool = False) -> None:
        """Ask for the counts once there is more than a page to read, or beside a first page that takes long."""
        counting = self.counting
        if not counting.is_due or not self.wanted:
            return
        more = any(part.reads_on for timeline in self.timelines for part in timeline.parts)
        if not late and not (self.pages and more) and self.pages < 2:  # several may come at once from the journal
            return
        call, client = replace(self.source.call, cancel=self.count_token), self.source.client
        alias = ENDPOINTS["order_statistics"].alias
        for place, (path, params) in enumerate(counting.asked):
            job, stored = CountsJob(place, (path, params)), self.source.journal.get(key_of(path, params))
            counting.running += 1
            if stored is not None:
                response = replace(client.read(*stored), from_cache=True)
                self.workers.start(job, partial(_same, response))
            else:
                self.workers.start(job, partial(client.get, path, params, call, alias=alias))

    def settle_counts(self, job: CountsJob, done: Done) -> None:
        counting = self.counting
        counting.running -= 1
        if isinstance(done.error, ScalevError):
            counting.error = done.error
        elif done.error is not None and not isinstance(done.error, Cancelled):
            raise done.error
        elif done.error is None:
            self.source.journal.put(key_of(*job.asked), done.result.content, done.result.received_at)
            counting.take(job.place, done.result)
        if counting.responses and counting.densities:
            for timeline, density in zip(self.timelines, counting.densities(counting.responses), strict=True):
                timeline.density = density

    def hear_counts(self) -> None:
        """Wait a little for the counts; when they do not come, the rows are whole without them."""
        left = COUNTS_PATIENCE
        while self.counting.running and self.wanted and left > 0:
            done = self.workers.next(PIECE)
            left -= PIECE
            if done is not None:
                self.settle(done)
            self.source.call.cancel.check()

    # Ends ------------------------------------------------------------------------------------------------------------

    def end_early(self) -> None:
        """Let nothing more be sent, and keep what the requests under way bring within a moment."""
        self.token.cancel()
        self.count_token.cancel()
        for done in self.workers.last():
            if isinstance(done.job, PageJob):
                self.taker.keep(done.job.part, done.job.asked, done.result)

    def close(self) -> None:
        self.token.cancel("enough")
        self.count_token.cancel("enough")
        self.workers.close()


def _same(response: Response) -> Response:
    return response
