"""How many rows of a list lie between two moments, by the pages read of it, where the server gives no counts."""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

#: The rate next to a moment is that of this many pages.
NEAREST = 3
#: It counts as at most this many times the rate of all pages.
BURST = 4


class _Page(NamedTuple):
    last: dt.datetime
    seconds: float
    rows: int


class Rates:
    """Rows a second, by the pages read so far.

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
        bisect.insort(self._pages, _Page(last, max((first - last).total_seconds(), 0.0), rows))

    def between(self, lower: dt.datetime, upper: dt.datetime) -> float:
        """About how many rows lie between two moments: the rate changes evenly from the one above to the one below."""
        return sum(self._ends(lower, upper)) / 2 * (upper - lower).total_seconds()

    def place(self, lower: dt.datetime, upper: dt.datetime, share: float) -> dt.datetime:
        """The moment above which ``share`` of the rows between two moments lie."""
        above, below = self._ends(lower, upper)
        # Down to depth x of 1 lie above * x + (below - above) * x² / 2 rows: solved for x.
        wanted = share * (above + below) / 2
        depth = 2 * wanted / (above + math.sqrt(above**2 + 2 * (below - above) * wanted)) if wanted else share
        return upper - (upper - lower) * min(depth, 1.0)

    def _ends(self, lower: dt.datetime, upper: dt.datetime) -> tuple[float, float]:
        """The rates next to both moments; a burst on one side says little of the whole stretch."""
        pages = self._pages
        above = bisect.bisect_left(pages, (upper, 0.0, 0))
        below = bisect.bisect_left(pages, (lower, 0.0, 0))
        most = BURST * _rate(pages)
        near = (pages[above : above + NEAREST], pages[max(0, below - NEAREST) : below])
        first, last = (min(_rate(some or pages), most) for some in near)
        return first, last


def _rate(pages: Sequence[_Page]) -> float:
    return sum(page.rows for page in pages) / max(sum(page.seconds for page in pages), 1.0)
