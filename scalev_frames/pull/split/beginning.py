"""Where a list with an upper bound begins: above the bound, so that no order without a draft time is hidden. Pure.

Orders without a draft time belong to the times in which they were created. A server may leave them out of every page
that is asked for with a time filter, and so out of the first page of the list. So the filter is moved up until that
page ends above the bound: what follows is read by the cursor, which knows of no filter where it is a row's id. Where
the cursor is something else, the list is read from its top if that is not much dearer, else with the filter.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Self

from scalev_frames.pull.split.cursors import names_last_row
from scalev_frames.pull.split.parts import Moment, created
from scalev_frames.query.times import DAY
from scalev_frames.wire.answers.paging import Page

#: Rows that the filter is moved up by: a page, and some more.
ROWS_ABOVE = 40
#: Rows above the bound that are read all the same, rather than to look for a place further down.
NEAR = 80
#: The last rows of a page that have to stand above the bound: one alone may stand out of order.
LAST_ROWS = 3
#: Where no row says how far, the filter is moved up by this, and then this many times as far.
LEAST, FURTHER = dt.timedelta(hours=1), 16
#: Pages that are asked for to find a place.
MOST_TRIES = 16
#: The length of a list that asks for no first moment, as far as it matters here.
YEAR = 365 * DAY


class Begin(Enum):
    """How a list begins."""

    HERE = "with this page, and is read on by its cursor"
    TOP = "at its top, without the filter"
    FILTERED = "with the filter, which stays"


@dataclass(frozen=True, slots=True)
class First:
    """The first page of a list that was asked for with a time filter.

    Attributes:
        at: the moment that the filter was sent with.
        moments: when its rows were made, in the list's order.
        shows: whether there are rows without the filter's time among them, so that it hides none.
        ends: whether there is no cursor behind it.
        by_id: whether the cursor is a row's id.
    """

    at: Moment
    moments: Sequence[Moment]
    shows: bool = False
    ends: bool = False
    by_id: bool = True

    @classmethod
    def of(cls, page: Page, at: Moment, column: str) -> Self:
        """What a page says that was asked for with a time filter of ``column`` at the moment ``at``."""
        return cls(
            at,
            [moment for row in page.rows if (moment := created(row))],
            shows=any(column in row and not row[column] for row in page.rows),
            ends=page.following is None,
            by_id=names_last_row(page),
        )

    def is_above(self, bound: Moment) -> bool:
        """Whether the list can be read on from this page without missing a row below ``bound``."""
        return bool(self.moments) and not self.ends and min(self.moments[-LAST_ROWS:]) >= bound

    def shows_none_above(self, bound: Moment) -> bool:
        """Whether there may be no rows from ``bound`` on at all: none are just above it, or there are none below."""
        return not self.moments or (self.at > bound and max(self.moments) < bound)

    @property
    def is_oldest_first(self) -> bool:
        """Whether the list begins with its oldest rows."""
        return len(self.moments) > 1 and self.moments[0] < self.moments[-1]

    def rate(self, bound: Moment) -> float:
        """About how many rows a second there are above ``bound``; infinitely many where nothing tells."""
        above = sum(moment >= bound for moment in self.moments)
        if above and self.at > bound and not self.is_above(bound):
            return above / (self.at - bound).total_seconds()
        if len(self.moments) < LAST_ROWS:
            return math.inf
        ordered, quarter = sorted(self.moments), len(self.moments) // 4
        middle = ordered[quarter : len(ordered) - quarter]  # without rows that stand out of order
        return len(middle) / max((middle[-1] - middle[0]).total_seconds(), 1.0)


class Beginning:
    """Looks for the beginning of a list of which no rows made from ``bound`` on are wanted.

    >>> noon, minute = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC), dt.timedelta(minutes=1)
    >>> rows = [noon - number * minute for number in range(1, 26)]
    >>> beginning = Beginning(noon, None, noon + DAY)
    >>> beginning.next(First(noon, rows)).isoformat()
    '2026-11-01T12:36:55.384615+00:00'
    >>> beginning.next(First(noon + 60 * minute, [one + 60 * minute for one in rows])).name
    'HERE'
    """

    def __init__(self, bound: Moment, start: Moment | None, now: Moment) -> None:
        self.bound, self._start, self._now = bound, start, now
        self._low, self._high = bound, now
        self._tries = 0
        self._asked_now = False

    def next(self, first: First) -> Begin | Moment:
        """How the list begins after the page asked for last, or the moment to send the filter with instead."""
        if first.by_id or first.ends:
            return Begin.HERE if first.shows else self._by_ids(first)
        is_near = self._now - self.bound <= self.bound - (self._start or self.bound - YEAR)
        return Begin.TOP if is_near and not first.shows else Begin.FILTERED

    def _by_ids(self, first: First) -> Begin | Moment:
        self._tries += 1
        if first.is_above(self.bound):
            if self._tries > MOST_TRIES or self._rows(first.at, first) <= NEAR:
                return Begin.HERE
            self._high = min(self._high, first.at)
        else:
            self._low = max(self._low, first.at)
        is_top_near = self._high == self._now and self._rows(self._now, first) <= NEAR
        if first.is_oldest_first or self._low >= self._high or is_top_near:
            return Begin.TOP
        if not self._asked_now and first.shows_none_above(self.bound):
            self._asked_now = True
            return self._now
        return self._high if self._tries >= MOST_TRIES else self._between(first)

    def _between(self, first: First) -> Moment:
        """A place above the bound that is neither known to be too low nor too high."""
        low, high, rate = self._low, self._high, first.rate(self.bound)
        place = self.bound if rate == math.inf else self.bound + dt.timedelta(seconds=ROWS_ABOVE / rate)
        if place <= low:
            place = self.bound + max((low - self.bound) * FURTHER, LEAST)
        return place if place < high else low + (high - low) / 2

    def _rows(self, upper: Moment, first: First) -> float:
        """About how many rows lie between the bound and ``upper``."""
        return first.rate(self.bound) * (upper - self.bound).total_seconds()
