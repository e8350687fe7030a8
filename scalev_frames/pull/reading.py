"""Lists are read by workers that only fetch; one thread takes every page in, decides, splits and ends."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from scalev_frames.cancel import PIECE, Cancelled, CancelToken
from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.errors import (
    BadRequestError,
    ForbiddenError,
    InvalidParametersError,
    NotFoundError,
    ScalevError,
    ServerError,
)
from scalev_frames.frames.memory import collecting_seldom
from scalev_frames.pull.density import Density
from scalev_frames.pull.parts import Part
from scalev_frames.pull.sources import Outcome, Source, key_of
from scalev_frames.pull.split import Timeline
from scalev_frames.pull.taking import PAGE_ROWS, Single, Take, Taker, names_last_row
from scalev_frames.pull.workers import Done, Workers
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

#: A single read: its path and parameters.
Asked = tuple[str, Mapping[str, Any]]


class _PageJob(NamedTuple):
    timeline: Timeline
    part: Part
    asked: Mapping[str, Any]


class _SeekJob(NamedTuple):
    timeline: Timeline
    at: dt.datetime
    pages: Pages


class _CountsJob(NamedTuple):
    place: int
    asked: Asked


class Counting:
    """The server's counts, asked for beside a pull: a help, never a condition.

    Args:
        asked: the reads that give them; none where nothing can count the call's rows.
        densities: makes of the responses where the rows of each list lie.

    Attributes:
        responses: the responses, once all of them are there.
        error: why nothing came.
    """

    def __init__(
        self, asked: Sequence[Asked] = (), densities: Callable[[list[Response]], list[Density]] | None = None
    ) -> None:
        self.asked, self.densities = list(asked), densities
        self.responses: list[Response] | None = None
        self.error: ScalevError | None = None
        self.running = 0
        self._found: dict[int, Response] = {}

    def take(self, place: int, response: Response) -> None:
        """Take one response in."""
        self._found[place] = response
        if len(self._found) == len(self.asked):
            self.responses = [self._found[place] for place in range(len(self.asked))]


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
            counting: asks for the server's counts beside them; without its densities no list is split.

        Raises:
            ScalevError: whatever stopped it; its ``kept`` says what is there.
            InterruptedPullError: on Ctrl-C, or when the call was cancelled.
        """
        run = _Run(self.taker, timelines, counting or Counting())
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

    def __init__(self, taker: Taker, timelines: Sequence[Timeline], counting: Counting) -> None:
        self.taker, self.timelines, self.counting = taker, timelines, counting
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
            if not self.running():
                if not self.wanted or not self.read_in_one():
                    break
                continue
            waits_for_first = bool(self.counting.asked) and not self.pages
            done = self.workers.next(LONG_REQUEST if waits_for_first else PIECE)
            if done is not None:
                self.settle(done)
            elif waits_for_first:
                self.ask_counts(late=True)
            self.source.call.cancel.check()
        self.hear_counts()

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
        self.workers.start(_PageJob(timeline, part, asked), partial(self.taker.fetch, part.path, asked, self.call))

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
            for at in timeline.seeks(max(free, int(uneven)), piece):
                self.start_seek(timeline, at, self.endpoint.timeline.until)
                free -= 1

    def start_seek(self, timeline: Timeline, at: dt.datetime, until: str) -> None:
        top = timeline.parts[0]
        pages = Pages({**top.pages.params, until: to_stamp(at)}, paged=True)
        job = _SeekJob(timeline, at, pages)
        self.workers.start(job, partial(self.taker.fetch, top.path, pages.asked(), self.call))

    def running(self) -> int:
        return self.workers.running - self.counting.running

    # Taking in -------------------------------------------------------------------------------------------------------

    def settle(self, done: Done) -> None:
        match done.job:
            case _PageJob():
                self.settle_page(done.job, done)
            case _SeekJob():
                self.settle_seek(done.job, done)
            case _CountsJob():
                self.settle_counts(done.job, done)

    def settle_page(self, job: _PageJob, done: Done) -> None:
        part = job.part
        part.busy = False
        if done.error is None:
            self.take(job.timeline, part, job.asked, done.result)
        elif part.start is not None and not part.ids and isinstance(done.error, (*REFUSALS, NotFoundError)):
            self.taker.absorb(job.timeline.drop(part))  # the server does not read on from this row
        elif "page_size" in part.pages.params and not part.pages.position and isinstance(done.error, REFUSALS):
            self.taker.refused_size = True
            part.pages.params = {name: one for name, one in part.pages.params.items() if name != "page_size"}
        else:
            raise done.error

    def settle_seek(self, job: _SeekJob, done: Done) -> None:
        if done.error is not None and not isinstance(done.error, (*REFUSALS, NotFoundError, ServerError)):
            raise done.error
        page = self.sought_page(job, done)
        part = job.timeline.found(job.at, page, self.part_below(job.timeline, page) if page else None)
        if part is not None:
            self.remember_splits()

    def sought_page(self, job: _SeekJob, done: Done) -> Page | None:
        """The page that a seek gave; ``None`` where the server does not let itself be asked."""
        if done.error is not None:
            return None
        self.taker.outcome.requests += 1
        try:
            return job.pages.take(done.result)
        except BadPageError:
            return None

    def part_below(self, timeline: Timeline, page: Page) -> Part | None:
        """The part that reads the plain list from the last row of ``page`` on."""
        if page.following is None or not page.rows:
            return None
        if not names_last_row(page):
            timeline.can_seek = False  # the cursor may be bound to the filter, and hide what the filter hides
            return None
        top, begins = timeline.parts[0], dict(page.following)
        until = self.endpoint.timeline.until if self.endpoint.timeline else ""
        params = {name: one for name, one in top.pages.params.items() if name != until}
        pages = Pages(params, paged=True, position=dict(begins))
        return Part(top.number, top.path, pages, top.parents, start=str(page.rows[-1]["id"]), begins=begins)

    def remember_splits(self) -> None:
        """Write the splits down, before anything is asked for beyond them."""
        self.source.journal.remember(
            [
                [part.number, part.start, part.begins, part.top.isoformat()]
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
        more = any(part.reads_on for timeline in self.timelines for part in timeline.parts)
        if not counting.asked or counting.running or counting.responses or counting.error or not self.wanted:
            return
        if not late and not (self.pages and more):
            return
        call, client = replace(self.source.call, cancel=self.count_token), self.source.client
        alias = ENDPOINTS["order_statistics"].alias
        for place, (path, params) in enumerate(counting.asked):
            job, stored = _CountsJob(place, (path, params)), self.source.journal.get(key_of(path, params))
            counting.running += 1
            if stored is not None:
                response = replace(client.read(*stored), from_cache=True)
                self.workers.start(job, partial(_same, response))
            else:
                self.workers.start(job, partial(client.get, path, params, call, alias=alias))

    def settle_counts(self, job: _CountsJob, done: Done) -> None:
        counting = self.counting
        counting.running -= 1
        if isinstance(done.error, ScalevError):
            counting.error = done.error
        elif done.error is not None and not isinstance(done.error, Cancelled):
            raise done.error
        elif done.error is None:
            self.taker.outcome.requests += not done.result.from_cache
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
            if isinstance(done.job, _PageJob):
                self.taker.keep(done.job.part, done.job.asked, done.result)

    def close(self) -> None:
        self.token.cancel("enough")
        self.count_token.cancel("enough")
        self.workers.close()


def _same(response: Response) -> Response:
    return response


def gather(source: Source, asked: Sequence[Asked], endpoint: Endpoint) -> list[Response]:
    """The responses to several single reads that belong to a pull, fetched side by side.

    Args:
        source: where they come from; its journal keeps them, so that a pull that resumes sees the same ones.
        asked: paths and parameters.
        endpoint: what is read.

    Raises:
        ScalevError: the first thing that went wrong.
        Cancelled: the call was cancelled.
    """
    found: dict[int, Response] = {}
    workers, token = Workers(), CancelToken()
    call, client = replace(source.call, cancel=token), source.client
    try:
        for place, (path, params) in enumerate(asked):
            stored = source.journal.get(key_of(path, params))
            if stored is not None:
                found[place] = replace(client.read(*stored), from_cache=True)
                continue
            workers.start(place, partial(client.get, path, params, call, alias=endpoint.alias))
        while workers.running:
            done = workers.next(PIECE)
            source.call.cancel.check()
            if done is None:
                continue
            if done.error is not None:
                raise done.error
            found[done.job] = done.result
            path, params = asked[done.job]
            source.journal.put(key_of(path, params), done.result.content, done.result.received_at)
    finally:
        token.cancel("enough")
        workers.close()
    return [found[place] for place in range(len(asked))]
