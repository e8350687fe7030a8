"""How the rows of a list lie in time, by the server's own counts by day."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import math
from collections.abc import Sequence

Moment = dt.datetime
_DAY = dt.timedelta(days=1)


class Density:
    """How many rows lie where.

    Args:
        days: first moments and counts of days, the oldest first.
        whole: whether there is nothing below the first of them.

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
