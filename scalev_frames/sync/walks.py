"""Why: one cursor chain cannot fill the rate limit at real latencies, so one list is read by several walks at once.

A newest-first list with a random access into its timeline (`Endpoint.timeline`) is cut while it is read: an idle
worker takes the older part of the longest walk. How many workers there are follows the measured seconds of a request,
so a quick server is read by one walk, without a single request more. Walks meet without a gap: each goes on until it
sees rows older than its cut, and those must be among what its neighbour found; while they are not, it goes on.
May import wire, catalog and errors; it knows no HTTP and no frames.
"""

from __future__ import annotations

import datetime as dt
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from scalev_frames.wire.paging import Page

#: At most so many walks at once: enough for 30 requests in 5 s at more than a second's latency.
MOST_WALKS = 12
#: A walk is cut when at least so many rows seem to be left of it: a cut costs about half a page.
WORTH_A_CUT = 75
#: Where nothing but the first page is known, walks are cut about so many rows apart.
FIRST_ROWS = 150
#: How many workers more than the mean would need: latencies vary.
RESERVE = 1.5
#: Newest-first lists may be a little out of order: so many rows at a page's end must be older before a walk stops.
OLDER_ROWS = 3
_TICK = 0.05
_SECOND = dt.timedelta(seconds=1)
#: Seconds to wait for requests under way when a pull ends early.
_PATIENCE = 2.0

Row = Mapping[str, Any]
Moment = dt.datetime


@dataclass(eq=False)
class Chain:
    """One walk down one list, or down a part of it.

    Attributes:
        number: which of the call's lists it reads, from 0.
        path: the list's address.
        params: its query parameters, without the cursor.
        parents: ids in the path, by parameter.
        upper: it begins with rows before this moment; ``None`` at the newest.
        lower: it stops behind this moment; ``None`` at the list's end.
        older: the chain that takes over at ``lower``, where a cut made it.
        top: the newest moment seen.
        bottom: the oldest moment seen.
        rows: rows read.
        ids: their ids.
        below: ids of rows seen behind ``lower``, once it is there.
        undated: ids and moments of rows that lack the time which cuts go by.
        pages: what is left of its pages.
        ended: the server said that there is no more.
    """

    number: int
    path: str
    params: Mapping[str, str]
    parents: Mapping[str, str] = field(default_factory=dict)
    upper: Moment | None = None
    lower: Moment | None = None
    older: Chain | None = None
    top: Moment | None = None
    bottom: Moment | None = None
    rows: int = 0
    ids: set[str] = field(default_factory=set)
    below: set[str] = field(default_factory=set)
    undated: dict[str, Moment] = field(default_factory=dict)
    pages: Iterator[Page] | None = None
    ended: bool = False

    @property
    def reached(self) -> Moment | None:
        """How far down it is."""
        return self.bottom or self.upper

    @property
    def done(self) -> bool:
        """Whether it has nothing more to read."""
        return self.ended or bool(self.below)


class Walks:
    """Reads chains with as many workers as the server's latency asks for.

    Args:
        chains: what to read.
        open_pages: gives a chain's pages.
        absorb: takes one page in, one at a time; False ends everything.
        moment: when a row was created; ``None`` where the lists have no timeline, so that nothing is cut.
        is_undated: whether a row lacks the time which cuts go by, so that a cut might hide it.
        cut_params: the parameters that make a list begin before a moment.
        remember: told of all chains after each cut, before the new one sends anything.
        request_seconds: how long a request takes at present, without waiting for its turn.
        rate: requests per second that the limit allows.
        stop: set when everything has to end.
    """

    def __init__(
        self,
        chains: Sequence[Chain],
        *,
        open_pages: Callable[[Chain], Iterator[Page]],
        absorb: Callable[[Chain, Page], bool],
        moment: Callable[[Row], Moment | None] | None,
        is_undated: Callable[[Row], bool],
        cut_params: Callable[[Mapping[str, str], Moment], dict[str, str]],
        remember: Callable[[list[Chain]], None],
        request_seconds: Callable[[], float],
        rate: float,
        stop: threading.Event,
    ) -> None:
        self.chains = list(chains)
        self.cut_ignored = False
        self._waiting = list(chains)
        self._open_pages = open_pages
        self._absorb = absorb
        self._moment = moment
        self._is_undated = is_undated
        self._cut_params = cut_params
        self._remember = remember
        self._request_seconds = request_seconds
        self._rate = rate
        self._stop = stop
        self._lock = threading.Lock()

    def run(self) -> None:
        """Read everything.

        Raises:
            ScalevError: the first thing that went wrong in any walk; the others have stopped.
            KeyboardInterrupt: on Ctrl-C; the walks stop after the request under way.
        """
        running: dict[Future[None], Chain] = {}
        pool = ThreadPoolExecutor(MOST_WALKS, thread_name_prefix="scalev-walk")
        try:
            self._run(pool, running)
            self._join()
            if self._hides_rows():
                self._undo_cuts()
                self._run(pool, running)
        finally:
            self._stop.set()
            wait(running, timeout=_PATIENCE)
            pool.shutdown(wait=False, cancel_futures=True)

    def in_order(self) -> list[Chain]:
        """The chains in the order of the list: by its number, the newest part first."""
        newest = dt.datetime.max.replace(tzinfo=dt.UTC)
        return sorted(self.chains, key=lambda chain: (-chain.number, chain.upper or newest), reverse=True)

    def _run(self, pool: ThreadPoolExecutor, running: dict[Future[None], Chain]) -> None:
        while True:
            while len(running) < self._workers() and (chain := self._next(list(running.values()))):
                running[pool.submit(self._read, chain)] = chain
            if not running:
                return
            for finished in wait(running, timeout=_TICK, return_when=FIRST_COMPLETED).done:
                self._settle(running.pop(finished), finished, list(running.values()))

    # One walk ------------------------------------------------------------------------------------------------------

    def _read(self, chain: Chain) -> None:
        if chain.pages is None:
            chain.pages = self._open_pages(chain)
        while not chain.done and not self._stop.is_set():
            page = next(chain.pages, None)
            if self._stop.is_set():
                return  # the page is kept, and found again when the call goes on
            if page is None:
                chain.ended = True
            elif chain.upper and not chain.rows and self._is_newer(page, chain.upper):
                raise _CutIgnored
            else:
                self._take(chain, page)

    def _take(self, chain: Chain, page: Page) -> None:
        with self._lock:
            if not self._absorb(chain, page):
                self._stop.set()
            chain.rows += len(page.rows)
            if self._moment is None:
                return
            chain.ids.update(str(row.get("id")) for row in page.rows)
            chain.undated.update({str(row.get("id")): when for row in page.rows
                                  if self._is_undated(row) and (when := self._moment(row))})  # fmt: skip
            moments = [moment for row in page.rows if (moment := self._moment(row))]
            if moments:
                chain.top, chain.bottom = chain.top or max(moments), min(moments)
            last = moments[-OLDER_ROWS:]
            if chain.lower and last and max(last) < chain.lower:
                chain.below = self._older_ids(page, chain.lower)

    def _older_ids(self, page: Page, lower: Moment) -> set[str]:
        moment = self._moment or (lambda _: None)
        return {str(row.get("id")) for row in page.rows if (when := moment(row)) and when < lower}

    def _is_newer(self, page: Page, cut: Moment) -> bool:
        """Whether nothing on a cut walk's first page obeys the cut."""
        moments = [self._moment(row) for row in page.rows] if self._moment else []
        return bool(moments) and all(moment is not None and moment > cut for moment in moments)

    # Many walks ----------------------------------------------------------------------------------------------------

    def _workers(self) -> int:
        return min(MOST_WALKS, max(1, math.ceil(self._request_seconds() * self._rate * RESERVE)))

    def _next(self, running: list[Chain]) -> Chain | None:
        if self._stop.is_set():
            return None
        return self._waiting.pop(0) if self._waiting else self._cut(running)

    def _cut(self, running: list[Chain]) -> Chain | None:
        """The older part of the longest walk, as a chain of its own."""
        if self._moment is None or self.cut_ignored:
            return None
        with self._lock:
            longest = max(running, key=self._left, default=None)
            if longest is None or self._left(longest) < WORTH_A_CUT:
                return None
            cut = self._cut_at(longest)
            older = Chain(
                longest.number, longest.path, self._cut_params(longest.params, cut), longest.parents,
                upper=cut, lower=longest.lower, older=longest.older,
            )  # fmt: skip
            longest.lower, longest.older = cut, older
        self.chains.append(older)
        self._remember(self.chains)
        return older

    def _left(self, chain: Chain) -> float:
        """About how many rows are left, judged by the density of those seen."""
        span, rows = self._seen(chain.number)
        if chain.done or chain.reached is None or not rows:
            return 0.0
        if chain.lower is None:
            return math.inf
        return rows / max(span.total_seconds(), 1.0) * (chain.reached - chain.lower).total_seconds()

    def _cut_at(self, chain: Chain) -> Moment:
        """Half-way down what is left; where the end is unknown, as far again as all that was read above."""
        reached = chain.reached
        if reached is None:
            raise ValueError("a walk that has read nothing cannot be cut")
        span, rows = self._seen(chain.number)
        step = max(span / rows * FIRST_ROWS, _SECOND)
        if chain.rows:
            newest = max(one.top for one in self.chains if one.number == chain.number and one.top)
            step = max(step, newest - reached)
        if chain.lower is not None:
            step = min(step, (reached - chain.lower) / 2)
        return (reached - step).replace(microsecond=0)

    def _seen(self, number: int) -> tuple[dt.timedelta, int]:
        """The stretch of time read so far, and its rows."""
        read = [one for one in self.chains if one.number == number and one.top and one.bottom]
        spans = [one.top - one.bottom for one in read if one.top and one.bottom]
        return sum(spans, dt.timedelta()), sum(one.rows for one in read)

    def _settle(self, chain: Chain, finished: Future[None], running: list[Chain]) -> None:
        """After a walk stopped: when the server ignored its cut, the walk before it goes on instead."""
        try:
            finished.result()
        except _CutIgnored:
            self.cut_ignored = True
            self.chains.remove(chain)
            newer = next(one for one in self.chains if one.older is chain)
            newer.lower, newer.older, newer.below = chain.lower, chain.older, set()
            self._remember(self.chains)
            chain = newer
        if not (chain.done or self._stop.is_set() or chain in running or chain in self._waiting):
            self._waiting.append(chain)

    def _join(self) -> None:
        """Make sure that no row lies between two walks: what one saw behind its cut, the next must have, too."""
        for chain in self.chains:
            while chain.older and not self._stop.is_set() and not chain.below <= chain.older.ids:
                page = next(chain.pages, None) if chain.pages else None
                if page is None:
                    break
                self._take(chain, page)
                chain.below = self._older_ids(page, chain.lower) if chain.lower else set()

    def _hides_rows(self) -> bool:
        """Whether the server leaves rows without the cut's own time out of cut walks: one more request tells."""
        whole = [chain for chain in self.chains if chain.upper is None and chain.older and chain.undated]
        if self._stop.is_set() or not whole or any(chain.undated for chain in self.chains if chain.upper):
            return False
        one, moment = next(iter(whole[0].undated.items()))
        probe = Chain(whole[0].number, whole[0].path, self._cut_params(whole[0].params, moment + _SECOND))
        page = next(self._open_pages(probe), None)
        return page is None or one not in {str(row.get("id")) for row in page.rows}

    def _undo_cuts(self) -> None:
        """Read every list in one walk after all."""
        self.cut_ignored = True
        for chain in [chain for chain in self.chains if chain.upper is None]:
            last = chain
            while last.older:
                last = last.older
            chain.lower, chain.older, chain.below = last.lower, None, set()
        self.chains = [chain for chain in self.chains if chain.upper is None]
        self._waiting = [chain for chain in self.chains if not chain.ended]
        self._remember(self.chains)


class _CutIgnored(Exception):  # noqa: N818 - a signal within this room
    """The server gave the newest rows to a walk that began further down."""
