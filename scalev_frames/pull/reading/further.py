"""Orders that the server counts and a call lacks are looked for down its whole lists, whatever their times.

A list stands in the order of creations. A call for some times reads it where orders of these times were made, and an
order whose draft time is weeks later or earlier stands elsewhere.

A long list is not read to its end for them: what is not found within reach is noted by its day.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Self
from zoneinfo import ZoneInfo

from scalev_frames.cache.facts import Fact
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.reading.counting import count_late, hide_late
from scalev_frames.pull.reading.sources import Source
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import Bases, Statistics, counted_day
from scalev_frames.wire.answers.layout import Row

#: A call that lacks more orders than these, and than this share of its own, is counted by something else.
MOST, SHARE = 40, 0.02
#: A search ends behind these pages and as many times those of the call's own rows: the rest of a list can take hours.
FEWEST_PAGES, TIMES = 40, 2


class Search:
    """What is looked for.

    Attributes:
        differing: the days on which the call and the server's counts differ.
        days: the days that lack orders, with how many are still to be found.
        pages: how many pages may still be read for it.
        is_late: whether only the server's counts by draft time show what is lacking, see `count_late`.
    """

    def __init__(self, bases: Bases, ours: int, zone: ZoneInfo, *, is_late: bool) -> None:
        self.pages = FEWEST_PAGES + TIMES * math.ceil(ours / PAGE_ROWS)
        self._basis = "draft_time" if "draft_time" in bases else next(iter(bases))
        self._zone, self.is_late, self.differing = zone, is_late, bases[self._basis]
        self.days = Counter({one.day: one.theirs - one.ours for one in self.differing if one.theirs > one.ours})

    @classmethod
    def of(
        cls, query: Query, source: Source, counts: Statistics, differ: Callable[[Statistics], Bases], ours: int
    ) -> Self | None:
        """What a call of N orders lacks; ``None`` where that is nothing, too much to be true, or stands nowhere else.

        Args:
            query: the call.
            source: where counts by draft time come from, if they are needed.
            counts: the server's counts of the call's orders.
            differ: gives the days that differ from counts, by the times by which these seem to go.
            ours: how many orders are there.
        """
        bases = differ(counts)
        late = count_late(query, source) if hide_late(query, bases) else None
        for one, is_late in [*([(differ(late), True)] if late else []), (bases, False)]:
            is_part = query.end is not None or (query.start is not None and [*one] != ["created_at"])
            search = cls(one, ours, source.zone, is_late=is_late)
            if is_part and 0 < search.days.total() <= max(MOST, SHARE * ours):
                return search
        return None

    @property
    def is_done(self) -> bool:
        """Whether everything was found, or too much was read for it."""
        return self.pages <= 0 or all(left <= 0 for left in self.days.values())

    def see(self, rows: Iterable[Row]) -> None:
        """Take in the rows of a page that were not known."""
        self.pages -= 1
        days = (counted_day(row, self._zone, self._basis) for row in rows)
        self.days.subtract(day for day in days if day and day in self.days)

    def found_out(self, bases: Bases) -> set[Fact]:
        """What the search has shown, by the differing days of now: the lists have no more, or none within reach."""
        differing = bases.get(self._basis, ())
        lacks = any(one.theirs > one.ours and self.days[one.day] > 0 for one in differing)
        return set() if not lacks else {Fact.COUNTS_MORE if self.pages > 0 else Fact.TOO_FAR}
