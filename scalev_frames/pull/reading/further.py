"""Orders that the server counts and a call lacks are looked for down its whole lists, whatever their times.

A list stands in the order of creations. A call for some times reads it where orders of these times were made, and an
order whose draft time is weeks later or earlier stands elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Self
from zoneinfo import ZoneInfo

from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import Difference, counted_day
from scalev_frames.wire.answers.layout import Row

#: A call that lacks more orders than these, and than this share of its own, is counted by something else.
MOST, SHARE = 40, 0.02


class Search:
    """What is looked for.

    Attributes:
        days: the days that lack orders, with how many are still to be found.
    """

    def __init__(self, bases: Mapping[str, Sequence[Difference]], zone: ZoneInfo) -> None:
        self._basis = "draft_time" if "draft_time" in bases else next(iter(bases))
        self._zone = zone
        self.days = Counter({one.day: one.theirs - one.ours for one in bases[self._basis] if one.theirs > one.ours})

    @classmethod
    def of(cls, query: Query, bases: Mapping[str, Sequence[Difference]], ours: int, zone: ZoneInfo) -> Self | None:
        """What a call of N orders lacks; ``None`` where that is nothing, too much to be true, or stands nowhere else.

        ``bases`` are the differing days by the times by which the server seems to count.
        """
        is_part = query.end is not None or (query.start is not None and [*bases] != ["created_at"])
        search = cls(bases, zone)
        return search if is_part and 0 < search.days.total() <= max(MOST, SHARE * ours) else None

    @property
    def is_done(self) -> bool:
        """Whether everything was found."""
        return all(left <= 0 for left in self.days.values())

    def see(self, rows: Iterable[Row]) -> None:
        """Take in rows that were not known."""
        days = (counted_day(row, self._zone, self._basis) for row in rows)
        self.days.subtract(day for day in days if day and day in self.days)

    def is_in_vain(self, bases: Mapping[str, Sequence[Difference]]) -> bool:
        """Whether days still lack orders by the differing days of now, of which the whole lists have no more."""
        differing = bases.get(self._basis, ())
        return not self.is_done and any(one.theirs > one.ours and self.days[one.day] > 0 for one in differing)
