"""The server's counts beside a pull, and other single reads that belong to one, fetched side by side."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.errors import ScalevError
from scalev_frames.pull.reading.sources import Source
from scalev_frames.pull.reading.workers import Done, Job, Workers
from scalev_frames.pull.split.density import Density
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import Statistics, merge, read_each, requests_for, shared_filters
from scalev_frames.wire.aliases import Alias
from scalev_frames.wire.answers.response import Response
from scalev_frames.wire.transport import Call

#: A single read: its path and parameters.
Asked = tuple[str, Mapping[str, Any]]
Heard = Callable[[list[Response]], None]
#: How the path of the server's counts begins, before and after it was renamed.
COUNTS = ENDPOINTS["order_statistics"].alias


class Counting:
    """The server's counts, asked for beside a pull: a help, never a condition; also other reads, side by side.

    Args:
        asked: the reads that give them; none where nothing can count the call's rows.
        heard: takes the responses in, once all of them are there.
        alias: how a renamed path begins.

    Attributes:
        running: how many reads are under way.
        is_heard: whether all responses are there.
        error: why nothing came.
    """

    def __init__(self, asked: Sequence[Asked] = (), heard: Heard | None = None, alias: Alias | None = COUNTS) -> None:
        self.asked, self.running, self.is_heard = list(asked), 0, False
        self.error: ScalevError | None = None
        self._heard, self._alias = heard, alias
        self._responses: dict[int, Response] = {}

    @property
    def is_due(self) -> bool:
        """Whether there are reads that were not begun."""
        return bool(self.asked) and not (self.running or self.is_heard or self.error)

    @property
    def responses(self) -> list[Response]:
        """Those that are there, in the order of what was asked."""
        return [self._responses[place] for place in sorted(self._responses)]

    def start(self, workers: Workers, source: Source, call: Call) -> None:
        """Ask for the counts; what an earlier run of the same pull has of them is handed back by a worker, too."""
        for place, (path, params) in enumerate(self.asked):
            kept = source.kept(path, params)
            get = partial(source.client.get, path, params, call, alias=self._alias)
            self.running += 1
            job = Job(path, params, partial(self._settle, source, place))
            workers.start(job, partial(_same, kept) if kept else get)

    def _settle(self, source: Source, place: int, done: Done) -> None:
        self.running -= 1
        if isinstance(done.error, ScalevError):
            self.error = done.error
        elif done.error is not None and not isinstance(done.error, Cancelled):
            raise done.error
        elif done.error is None:
            source.keep(done.job.path, done.job.asked, done.result)
            self._responses[place] = done.result
            self.is_heard = len(self._responses) == len(self.asked)
        if self.is_heard and self._heard:
            self._heard(self.responses)


def _same(response: Response) -> Response:
    return response


def density_of(counts: Statistics, *, whole: bool) -> Density:
    """How the rows of a list lie by the server's counts; ``whole`` where no rows are older than those."""
    return Density([(counts.starts(day), count) for day, count in counts.days.items()], whole=whole)


def gather(source: Source, asked: Sequence[Asked], endpoint: Endpoint) -> list[Response]:
    """The responses to several reads that belong to a pull, fetched side by side; its journal keeps them.

    Raises:
        ScalevError: the first thing that went wrong.
        Cancelled: the call was cancelled.
    """
    reads, workers, token = Counting(asked, alias=endpoint.alias), Workers(), CancelToken()
    try:
        reads.start(workers, source, replace(source.call, cancel=token))
        while reads.running and reads.error is None:
            done = workers.next()
            source.call.cancel.check()
            if done is not None:
                done.job.settle(done)
    finally:
        token.cancel("enough")
        workers.close()
    if reads.error is not None:
        raise reads.error
    return reads.responses


def count_orders(query: Query, source: Source, filters: Sequence[Mapping[str, str]]) -> list[Statistics]:
    """The server's counts of a call's orders for each set of filters.

    Raises:
        ApiError: the server gives none.
        Cancelled: the call was cancelled.
    """
    asked = requests_for(query, source.zone, query.start, source.now, filters)
    responses = gather(source, asked, ENDPOINTS["order_statistics"])
    return [
        Statistics({cell: total for cell, total in one.cells.items() if one.is_asked(cell.day, query)}, one.zone)
        for one in read_each(responses, filters, source.zone)
    ]


def hide_late(query: Query, bases: Container[str]) -> bool:
    """Whether counts, which seem to go by these times, may not show an order made before a call's beginning.

    Those by creation do not, where its draft time is behind it. v2 counts by creation, v3 by draft time.
    """
    is_v2 = query.endpoint.path == ENDPOINTS["orders"].path
    return is_v2 and query.start is not None and "created_at" in bases and shared_filters(query) is not None


def count_late(query: Query, source: Source) -> Statistics | None:
    """The server's counts of a call's orders by draft time; ``None`` where it gives none."""
    filters = [one | {"datetime_type": "draft_time"} for one in shared_filters(query) or ()]
    try:
        return merge(count_orders(query, replace(source, journal=None), filters), source.zone)
    except ScalevError:
        return None  # a help, never a condition
