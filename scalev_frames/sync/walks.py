"""Why: one cursor chain cannot fill the rate limit at real latencies, so one list is read by several walks at once.

A newest-first list with a random access into its timeline (`Endpoint.timeline`) is cut while it is read: an idle
worker takes the older half of the longest walk, judged by the server's own counts by day where it tells them. How many
workers there are follows the measured seconds of a request, so a quick server is read by one walk, without a single
page more. Walks meet without a gap: each goes on until it sees rows older than its cut, and those must be among what
its neighbour found; while they are not, it goes on.
May import wire, catalog and errors; it knows no HTTP and no frames.
"""

from __future__ import annotations

import datetime as dt
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from scalev_frames.errors import BadRequestError, FilterIgnoredError, InvalidParametersError
from scalev_frames.sync.cost import PAGE_ROWS
from scalev_frames.wire.paging import Page

#: At most so many walks at once: enough to send 30 requests in little more than a second at 0.8 s latency.
MOST_WALKS = 24
#: A walk is cut when at least so many rows seem to be left of it: a cut costs about half a page.
WORTH_A_CUT = 125
#: The same when the limit lets all that is left through at once, so that only latency counts.
WORTH_A_CUT_AT_LAST = 50
#: Where nothing but the first page is known, walks are cut about so many rows apart.
FIRST_ROWS = 150
#: How many workers more than the mean rate would need: the limit lets a whole window's requests through at once, and
#: the sooner those are sent, the sooner the next window opens.
RESERVE = 4.0
#: Rows may be called by another moment than the one they are ordered by; more than so much apart cannot be cut by it.
MOST_SKEW = dt.timedelta(days=1)
#: Where the list's end is unknown, at most so many cuts for each page read may turn out to lie below it.
DARING = 2
#: Newest-first lists may be a little out of order: so many rows at a page's end must be older before a walk stops.
OLDER_ROWS = 3
#: When the first page takes longer than so many seconds, the counts are asked for beside it.
LONG_REQUEST = 0.05
_TICK = 0.05
_SECOND = dt.timedelta(seconds=1)
_DAY = dt.timedelta(days=1)
#: Seconds to wait for requests under way when a pull ends early.
_PATIENCE = 2.0

Row = Mapping[str, Any]
Moment = dt.datetime


class Density:
    """How many rows lie where, as the server counts them by day.

    Args:
        days: first moments and counts of days, in order.
        whole: whether there is nothing below the first of them.

    >>> noon = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    >>> density = Density([(noon, 50), (noon + dt.timedelta(days=1), 100)], whole=True)
    >>> density.between(None, noon + dt.timedelta(days=1.5))
    100.0
    >>> density.halfway(None, noon + dt.timedelta(days=2)).isoformat()
    '2026-11-02T18:00:00+00:00'
    """

    def __init__(self, days: Sequence[tuple[Moment, int]], *, whole: bool) -> None:
        self._days = list(days)
        self.whole = whole

    def between(self, lower: Moment | None, upper: Moment) -> float:
        """About how many rows there are from ``lower`` to ``upper``; infinitely many where it cannot know."""
        if not self.whole and (lower is None or not self._days or lower < self._days[0][0]):
            return math.inf
        return sum(self._shares(lower, upper))

    def halfway(self, lower: Moment | None, upper: Moment) -> Moment:
        """Above which moment the newer half of the rows lies; there must be some."""
        shares = list(self._shares(lower, upper))
        left = sum(shares) / 2
        for (start, count), share in zip(reversed(self._days), reversed(shares), strict=True):
            if share > 0 and share >= left:
                top = min(upper, start + _DAY)
                return top - left / count * _DAY
            left -= share
        return lower or upper

    def _shares(self, lower: Moment | None, upper: Moment) -> Iterator[float]:
        for start, count in self._days:
            first, last = max(start, lower or start), min(start + _DAY, upper)
            yield count * max((last - first) / _DAY, 0.0)


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
        skew: how much later than by their order rows are by the time which cuts go by.
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
    skew: dt.timedelta = dt.timedelta()
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
        cut_moment: the time of a row which cuts go by; ``None`` where it lacks it, so that a cut might hide it.
        cut_params: the parameters that make a list begin before a moment.
        remember: told of all chains after each cut, before the new one sends anything.
        request_seconds: how long a request takes at present, without waiting for its turn.
        rate: requests per second that the limit allows.
        burst: requests that it lets through at once.
        learn: asks the server how its rows lie; called at most once, when the pull turns out to be a long one.
        stop: set when everything has to end.
    """

    def __init__(
        self,
        chains: Sequence[Chain],
        *,
        open_pages: Callable[[Chain], Iterator[Page]],
        absorb: Callable[[Chain, Page], bool],
        moment: Callable[[Row], Moment | None] | None,
        cut_moment: Callable[[Row], Moment | None],
        cut_params: Callable[[Mapping[str, str], Moment], dict[str, str]],
        remember: Callable[[list[Chain]], None],
        request_seconds: Callable[[], float],
        rate: float,
        burst: int,
        learn: Callable[[], Density | None],
        stop: threading.Event,
    ) -> None:
        self.chains = list(chains)
        self.cut_ignored = False
        self.density: Density | None = None
        self._waiting = list(chains)
        self._open_pages = open_pages
        self._absorb = absorb
        self._moment = moment
        self._cut_moment = cut_moment
        self._cut_params = cut_params
        self._remember = remember
        self._request_seconds = request_seconds
        self._rate = rate
        self._burst = burst
        self._learn = learn
        self._learning: Future[Density | None] | None = None
        self._pages = 0
        self._ids: dict[int, set[str]] = {}
        self._stop = stop
        self._news = threading.Event()
        self._silence = 0.0
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
            if self._is_skewed() or self._hides_rows():
                self._undo_cuts()
                self._run(pool, running)
        finally:
            if running or (self._learning and not self._learning.done()):
                self._stop.set()  # nothing may be sent any more on behalf of this call
            wait(running, timeout=_PATIENCE)
            pool.shutdown(wait=False, cancel_futures=True)

    def in_order(self) -> list[Chain]:
        """The chains in the order of the list: by its number, the newest part first."""
        newest = dt.datetime.max.replace(tzinfo=dt.UTC)
        return sorted(self.chains, key=lambda chain: (-chain.number, chain.upper or newest), reverse=True)

    def _run(self, pool: ThreadPoolExecutor, running: dict[Future[None], Chain]) -> None:
        while True:
            self._hear(pool)
            while len(running) < self._workers() and (chain := self._next(list(running.values()))):
                future = pool.submit(self._read, chain)
                future.add_done_callback(lambda _: self._news.set())
                running[future] = chain
            if not running:
                return
            self._silence = 0.0 if self._news.wait(_TICK) else self._silence + _TICK
            self._news.clear()
            for finished in [future for future in running if future.done()]:
                self._settle(running.pop(finished), finished, list(running.values()))

    def _hear(self, pool: ThreadPoolExecutor) -> None:
        """Ask how the rows lie, once it is clear that this takes a while, and hear the answer when it is there."""
        if self._learning and self._learning.done():
            self.density = self.density or self._learning.result()
        elif self._learning is None and self._moment and self._takes_long():
            self._learning = pool.submit(self._learn)
            self._learning.add_done_callback(lambda _: self._news.set())

    def _takes_long(self) -> bool:
        if not self._pages:
            return self._silence >= LONG_REQUEST and self._workers(LONG_REQUEST) > 1
        return self._pages >= (1 if self._workers() > 1 else self._burst)

    # One walk ------------------------------------------------------------------------------------------------------

    def _read(self, chain: Chain) -> None:
        if chain.pages is None:
            chain.pages = self._open_pages(chain)
        while not chain.done and not self._stop.is_set():
            page = self._next_page(chain, chain.pages)
            if self._stop.is_set():
                return  # the page is kept, and found again when the call goes on
            if page is None:
                chain.ended = True
            elif chain.upper and not chain.rows and self._is_newer(page, chain.upper):
                raise _CutIgnored
            else:
                self._take(chain, page)

    def _next_page(self, chain: Chain, pages: Iterator[Page]) -> Page | None:
        try:
            return next(pages, None)
        except (BadRequestError, InvalidParametersError):
            if chain.upper and not chain.rows:  # refused as good as ignored: nobody asked for the cut but us
                raise _CutIgnored from None
            raise

    def _take(self, chain: Chain, page: Page) -> None:
        with self._lock:
            if not self._absorb(chain, page):
                self._stop.set()
            self._pages += bool(page.rows)
            chain.rows += len(page.rows)
            if self._moment is not None:
                self._take_times(chain, page, self._moment)
        self._news.set()

    def _take_times(self, chain: Chain, page: Page, moment: Callable[[Row], Moment | None]) -> None:
        ids = {str(row.get("id")) for row in page.rows}
        chain.ids |= ids
        self._ids.setdefault(chain.number, set()).update(ids)
        moments = []
        for row in page.rows:
            if (when := moment(row)) is None:
                continue
            moments.append(when)
            if (cut_moment := self._cut_moment(row)) is None:
                chain.undated[str(row.get("id"))] = when
            else:
                chain.skew = max(chain.skew, cut_moment - when)
        if moments:
            chain.top, chain.bottom = chain.top or max(moments), min(moments)
        last = moments[-OLDER_ROWS:]
        if chain.lower and last and max(last) < chain.lower - self._skew():
            chain.below = self._older_ids(page, chain.lower)

    def _skew(self) -> dt.timedelta:
        """How far behind a cut rows may lie that the cut hides."""
        return min(max(chain.skew for chain in self.chains), MOST_SKEW)

    def _older_ids(self, page: Page, lower: Moment) -> set[str]:
        moment = self._moment or (lambda _: None)
        return {str(row.get("id")) for row in page.rows if (when := moment(row)) and when < lower}

    def _is_newer(self, page: Page, cut: Moment) -> bool:
        """Whether nothing on a cut walk's first page obeys the cut."""
        moments = [self._moment(row) for row in page.rows] if self._moment else []
        return bool(moments) and all(moment is not None and moment > cut for moment in moments)

    # Many walks ----------------------------------------------------------------------------------------------------

    def _workers(self, request_seconds: float | None = None) -> int:
        seconds = self._request_seconds() if request_seconds is None else request_seconds
        return min(MOST_WALKS, max(1, math.ceil(seconds * self._rate * RESERVE)))

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
            if longest is None or self._left(longest) < self._worth_a_cut(running) or self._is_daring(longest):
                return None
            cut = self._cut_at(longest)
            if not (longest.lower or cut - _DAY) < cut < (longest.reached or cut):
                return None
            older = Chain(
                longest.number, longest.path, self._cut_params(longest.params, cut), longest.parents,
                upper=cut, lower=longest.lower, older=longest.older,
            )  # fmt: skip
            longest.lower, longest.older = cut, older
        self.chains.append(older)
        self._remember(self.chains)
        return older

    def _worth_a_cut(self, running: list[Chain]) -> float:
        at_last = sum(map(self._left, running)) <= self._burst * PAGE_ROWS
        return WORTH_A_CUT_AT_LAST if at_last else WORTH_A_CUT

    def _left(self, chain: Chain) -> float:
        """About how many rows are left, judged by the server's counts, else by the density of those seen."""
        span, rows = self._seen(chain.number)
        if chain.done or chain.reached is None or not rows or self._is_below_the_end(chain):
            return 0.0
        left = self.density.between(chain.lower, chain.reached) if self.density else math.inf
        if left < math.inf or chain.lower is None:
            return left
        return rows / max(span.total_seconds(), 1.0) * (chain.reached - chain.lower).total_seconds()

    def _is_below_the_end(self, chain: Chain) -> bool:
        """Whether a walk that began further up came to the list's end there."""
        ends = [one.reached for one in self.chains if one.number == chain.number and one.ended]
        return any(end and chain.reached and end >= chain.reached for end in ends)

    def _is_daring(self, chain: Chain) -> bool:
        """Whether a cut might lie below the list's end: only a few such are tried at once for each page read."""
        if self._left(chain) < math.inf:
            return False
        return sum(1 for one in self.chains if not one.rows and not one.done) >= DARING * self._pages

    def _cut_at(self, chain: Chain) -> Moment:
        """Half-way down what is left; where the end is unknown, as far again as all that was read above."""
        reached = chain.reached
        if reached is None:
            raise ValueError("a walk that has read nothing cannot be cut")
        if self.density and self.density.between(chain.lower, reached) < math.inf:
            return self.density.halfway(chain.lower, reached).replace(microsecond=0)
        span, rows = self._seen(chain.number)
        step = max(span / rows * FIRST_ROWS, _SECOND)
        if chain.rows:
            newest = max(one.top for one in self.chains if one.number == chain.number and one.top)
            step = max(step, newest - reached)
        if chain.lower is not None:
            step = min(step, (reached - chain.lower) / 2)
        return (reached - step).replace(microsecond=0)

    def _seen(self, number: int) -> tuple[dt.timedelta, int]:
        """The stretch of time read so far, and its rows, those where walks overlap counted once."""
        spans = [
            max(one.top - max(one.bottom, one.lower or one.bottom), dt.timedelta())
            for one in self.chains
            if one.number == number and one.top and one.bottom
        ]
        return sum(spans, dt.timedelta()), len(self._ids.get(number, ()))

    def _settle(self, chain: Chain, finished: Future[None], running: list[Chain]) -> None:
        """After a walk stopped: when the server ignored its cut, the walk before it goes on instead."""
        try:
            finished.result()
        except _CutIgnored:
            newer = next((one for one in self.chains if one.older is chain), None)
            if newer is None:
                raise FilterIgnoredError("The server ignored where in its timeline a list was to begin.") from None
            self.cut_ignored = True
            self.chains.remove(chain)
            newer.lower, newer.older, newer.below = chain.lower, chain.older, set()
            self._remember(self.chains)
            chain = newer
        if not (chain.done or self._stop.is_set() or chain in running or chain in self._waiting):
            self._waiting.append(chain)

    def _join(self) -> None:
        """Make sure that no row lies between two walks: what one saw behind its cut, the next must have, too."""
        for chain in self.chains:
            while not self._stop.is_set() and not self._has_met(chain):
                page = next(chain.pages, None) if chain.pages else None
                if page is None:
                    break
                self._take(chain, page)
                chain.below = self._older_ids(page, chain.lower) if chain.lower else set()

    def _has_met(self, chain: Chain) -> bool:
        """Whether it went far enough behind its end, and its neighbour has what it saw there."""
        if chain.lower is None or chain.ended:
            return True
        far_enough = chain.bottom is None or chain.bottom < chain.lower - self._skew()
        return far_enough and (chain.older is None or chain.below <= chain.older.ids)

    def _is_skewed(self) -> bool:
        """Whether some row's time is so far from its place in the list that a cut may hide others like it."""
        return any(chain.older for chain in self.chains) and max(chain.skew for chain in self.chains) > MOST_SKEW

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
    """The server gave the newest rows to a walk that began further down, or refused to begin there."""
