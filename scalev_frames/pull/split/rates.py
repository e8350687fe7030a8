"""How many rows of a list lie between two moments, by the pages read of it, where the server gives no counts."""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

#: The rate next to a moment is that of this many pages.
NEAREST = 4
#: Rates at the two ends of a stretch that differ by more than this factor count as differing by this factor.
STEEPEST = 6.0


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
        end = bisect.bisect(self._pages, lower, key=_first)
        begin = bisect.bisect(self._pages, upper, key=_first)
        below, above = self._pages[max(end - NEAREST, 0) : end], self._pages[begin : begin + NEAREST]
        low, high = _rate(below or above), _rate(above or below)
        return min(low, high * STEEPEST), min(high, low * STEEPEST)


def _first(page: _Page) -> dt.datetime:
    return page.first


def _rate(pages: Sequence[_Page]) -> float:
    return max(sum(page.rows for page in pages), 1) / max(sum(page.seconds for page in pages), 1.0)
