"""How the rows of a list lie in time: by the server's own counts by day, else by the pages read of it."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import math
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

Moment = dt.datetime
#: The rate next to a moment is that of this many pages.
NEAREST = 4
#: Rates at the two ends of a stretch that differ by more than this factor count as differing by this factor.
STEEPEST = 6.0
_DAY = dt.timedelta(days=1)


class Density:
    """How many rows there are on each day, the oldest first; nothing is below the first day where it is ``whole``.

    >>> noon = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    >>> density = Density([(noon, 50), (noon + dt.timedelta(days=1), 100)], whole=True)
    >>> density.between(None, noon + dt.timedelta(days=1.5))
    100.0
    >>> density.place(None, noon + dt.timedelta(days=2), 0.5).isoformat()
    '2026-11-02T18:00:00+00:00'
    """

    def __init__(self, days: Sequence[tuple[Moment, int]], *, whole: bool) -> None:
        self.whole = whole
        self._starts = [start for start, _ in days]
        self._counts = [count for _, count in days]
        self._before = list(itertools.accumulate(self._counts, initial=0))

    @property
    def oldest(self) -> Moment | None:
        """The first moment of the oldest day."""
        return self._starts[0] if self._starts else None

    def between(self, lower: Moment | None, upper: Moment) -> float:
        """About how many rows lie from ``lower`` to ``upper``; infinitely many where it cannot know."""
        if not self.whole and (lower is None or not self._starts or lower < self._starts[0]):
            return math.inf
        return max(0.0, self._below(upper) - (self._below(lower) if lower else 0.0))

    def whole_days(self, lower: Moment | None, upper: Moment) -> int:
        """How many rows there are on the days that begin at ``lower`` or later and end before ``upper``."""
        first = bisect.bisect_left(self._starts, lower) if lower else 0
        return sum(self._counts[first : max(first, bisect.bisect_right(self._starts, upper - _DAY))])

    def place(self, lower: Moment | None, upper: Moment, share: float) -> Moment:
        """The moment above which ``share`` of the rows between ``lower`` and ``upper`` lie."""
        wanted = self._below(upper) - share * self.between(lower, upper)
        place = min(bisect.bisect_left(self._before, wanted), len(self._counts)) - 1
        if place < 0:
            return lower or upper
        count = self._counts[place] or 1
        return self._starts[place] + min(1.0, (wanted - self._before[place]) / count) * _DAY

    def _below(self, moment: Moment) -> float:
        place = bisect.bisect_right(self._starts, moment) - 1
        if place < 0:
            return 0.0
        return self._before[place] + min(1.0, (moment - self._starts[place]) / _DAY) * self._counts[place]


class _Page(NamedTuple):
    first: dt.datetime
    seconds: float
    rows: int


class Rates:
    """Rows a second, by the pages read so far; from one end of a stretch to the other they grow by the same factor.

    >>> noon = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    >>> hour = dt.timedelta(hours=1)
    >>> rates = Rates()
    >>> rates.add(noon - hour, noon, 20)
    >>> rates.add(noon - 11 * hour, noon - 10 * hour, 20)
    >>> round(rates.between(noon - 10 * hour, noon - hour))
    180
    """

    def __init__(self) -> None:
        self._pages: list[_Page] = []

    def add(self, last: dt.datetime, first: dt.datetime, rows: int) -> None:
        """Note a page of rows from ``first`` down to ``last``."""
        bisect.insort(self._pages, _Page(first, max((first - last).total_seconds(), 0.0), rows))

    def between(self, lower: dt.datetime, upper: dt.datetime) -> float:
        """About how many rows lie between two moments."""
        below, above = self._ends(lower, upper)
        mean = above if math.isclose(below, above) else (above - below) / math.log(above / below)
        return mean * (upper - lower).total_seconds()

    def place(self, lower: dt.datetime, upper: dt.datetime, share: float) -> dt.datetime:
        """The moment above which ``share`` of the rows between two moments lie."""
        below, above = self._ends(lower, upper)
        ratio = below / above
        depth = share if math.isclose(ratio, 1) else math.log(1 + share * (ratio - 1)) / math.log(ratio)
        return upper - (upper - lower) * depth

    def _ends(self, lower: dt.datetime, upper: dt.datetime) -> tuple[float, float]:
        """The rates below ``lower`` and above ``upper``."""
        end = bisect.bisect(self._pages, lower, key=itemgetter(0))
        begin = bisect.bisect(self._pages, upper, key=itemgetter(0))
        below, above = self._pages[max(end - NEAREST, 0) : end], self._pages[begin : begin + NEAREST]
        low, high = _rate(below or above), _rate(above or below)
        return min(low, high * STEEPEST), min(high, low * STEEPEST)


def _rate(pages: Sequence[_Page]) -> float:
    total, length = 0, 0.0
    for _, seconds, rows in pages:
        total, length = total + rows, length + seconds
    return max(total, 1) / max(length, 1.0)


class _Tail(NamedTuple):
    """The lower end of a stretch: a seek at ``at`` found no row above ``first``, and N rows from there on."""

    at: Moment
    first: Moment
    rows: int


class Estimate:
    """About how many rows of a list lie between two moments: as the server counts, else by its pages.

    Attributes:
        density: the server's counts, where it gives them.
        hides: whether rows were read where a time filter had found none.
    """

    def __init__(self) -> None:
        self.density: Density | None = None
        self.hides = False
        self._rates = Rates()
        self.add = self._rates.add
        self._tails: dict[Moment, _Tail] = {}  # by the moment of their last row

    def see(self, moment: Moment) -> None:
        """Take in that a row of ``moment`` was read."""
        self.hides = self.hides or any(tail.first < moment < tail.at for tail in self._tails.values())

    def find(self, at: Moment, moments: Sequence[Moment | None], rows: int) -> bool:
        """Take in what a time filter found at ``at``: N rows, and the moments of the first and the last one.

        Returns:
            Whether the same was found before, so that the stretch between has no rows.
        """
        first, last = (moments[0], moments[-1]) if moments else (None, None)
        if first is None or last is None or not at >= first >= last:
            return False
        self._rates.add(last, first, rows)
        known = self._tails.get(last)
        self._tails[last] = _Tail(max(at, known.at) if known else at, first, rows)
        return known is not None

    def counted(self, lower: Moment | None, upper: Moment) -> float:
        """How many rows the server counts between two moments; infinitely many where it does not say."""
        return self.density.between(lower, upper) if self.density is not None else math.inf

    def between(self, lower: Moment | None, upper: Moment) -> float:
        """About how many rows lie between two moments; infinitely many where nothing tells."""
        if lower is not None and lower >= upper:
            return 0.0
        counted = self.counted(lower, upper)
        if counted < math.inf or lower is None:
            return counted
        tail = self._tail(lower, upper)
        return tail.rows + self._rates.between(tail.at, upper)

    def place(self, lower: Moment | None, upper: Moment, share: float) -> Moment:
        """The moment above which ``share`` of the rows between two moments lie."""
        if self.density is not None and self.counted(lower, upper) < math.inf:
            return self.density.place(lower, upper, share)
        return self._rates.place(self._tail(lower, upper).at, upper, share) if lower else upper

    def _tail(self, lower: Moment, upper: Moment) -> _Tail:
        """What is known of the lower end of a stretch."""
        tail = self._tails.get(lower)
        if tail is None or self.hides:
            return _Tail(lower, lower, 0)
        return tail if tail.at <= upper else tail._replace(at=upper)
