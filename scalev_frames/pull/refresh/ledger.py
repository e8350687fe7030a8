"""Our side of the server's counts: every order in the group in which the server counts it."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.verify.statistics import DAY, NOTHING, Total

#: A list shows by about this many rows behind a day that it has passed it.
BEHIND = 5


class Group(NamedTuple):
    """Orders of one day of creation, one status and one payment status."""

    day: dt.date
    status: str
    payment: str


class Known(NamedTuple):
    """What is known of one order."""

    created: dt.datetime
    group: Group
    gross: Decimal


class Ledger:
    """Our side of the counts: every order in its group.

    Args:
        counts: the server's side.
        oldest: the first day that the server's side covers.
        skew: how far above a day its lists begin.
    """

    def __init__(self, counts: Mapping[Group, Total], oldest: dt.date, skew: dt.timedelta = dt.timedelta()) -> None:
        self.counts = counts
        self.oldest = oldest
        self.skew = skew
        self.known: dict[str, Known] = {}
        self.totals: dict[Group, Total] = defaultdict(lambda: NOTHING)
        self.of_day: dict[dt.date, set[str]] = defaultdict(set)

    def put(self, one: str, known: Known) -> None:
        """Enter an order, in place of what was known of it."""
        self.drop(one)
        self.known[one] = known
        self.of_day[known.group.day].add(one)
        self.totals[known.group] = self.totals[known.group].plus(1, known.gross)

    def drop(self, one: str) -> None:
        """Take an order out."""
        known = self.known.pop(one, None)
        if known:
            self.of_day[known.group.day].discard(one)
            self.totals[known.group] = self.totals[known.group].plus(-1, -known.gross)

    def differing(self) -> list[Group]:
        """Groups whose counts are not the server's, of the days that it covers."""
        groups = {*self.counts, *self.totals}
        return sorted(group for group in groups if group.day >= self.oldest and not self.agrees(group))

    def agrees(self, group: Group) -> bool:
        """Whether both sides count the same."""
        return self.counts.get(group, NOTHING).agrees(self.totals.get(group, NOTHING))

    def has_gained(self, group: Group) -> bool:
        """Whether the server has orders in it that are not known, or dearer ones."""
        ours, theirs = self.totals.get(group, NOTHING), self.counts.get(group, NOTHING)
        return theirs.orders > ours.orders or (theirs.orders == ours.orders > 0 and not theirs.agrees(ours))

    def segments(self) -> Iterator[list[Group]]:
        """Groups that gained, those of one status next to each other where hardly more than a page lies between."""
        several: dict[tuple[str, str], list[Group]] = defaultdict(list)
        for group in self.differing():
            if self.has_gained(group):
                several[group.status, group.payment].append(group)
        for (status, payment), groups in several.items():
            counts = {group.day: total.orders for group, total in self.counts.items() if group[1:] == (status, payment)}
            for days in _stretches([group.day for group in groups], counts):
                yield [Group(day, status, payment) for day in days]

    def stretches(self, days: Iterable[dt.date]) -> Iterator[list[dt.date]]:
        """Days, those next to each other together where hardly more than a page lies between."""
        counts: dict[dt.date, int] = defaultdict(int)
        for group, total in self.counts.items():
            counts[group.day] += total.orders
        return _stretches(sorted(set(days)), counts)

    def losses(self) -> dict[dt.date, int]:
        """The days of which more orders are known than the server has, and how many more."""
        more: dict[dt.date, int] = defaultdict(int)
        for group in self.differing():
            more[group.day] += self.totals.get(group, NOTHING).orders - self.counts.get(group, NOTHING).orders
        return {day: orders for day, orders in more.items() if orders > 0}

    def lost(self) -> int:
        """How many orders the server has no more, at least: each is asked for by its code."""
        return sum(self.losses().values())

    def gained(self, groups: Iterable[Group]) -> int:
        """How many orders more the server has in ``groups`` than are known."""
        return sum(self.counts.get(one, NOTHING).orders - self.totals.get(one, NOTHING).orders for one in groups)

    def pages_of(self, segment: Sequence[Group]) -> int:
        """About how many pages it takes to read a list from the first group of a segment to its last."""
        first, last = segment[0], segment[-1]
        return self._pages(first.day, last.day, (group for group in self.counts if group[1:] == first[1:]))

    def pages_of_days(self, days: Iterable[dt.date]) -> int:
        """About how many pages it takes to read these days."""
        return sum(self._pages(stretch[0], stretch[-1], self.counts) for stretch in self.stretches(days))

    def _pages(self, first: dt.date, last: dt.date, groups: Iterable[Group]) -> int:
        orders = float(BEHIND)
        for group in groups:
            if first <= group.day <= last:
                orders += self.counts[group].orders
            elif group.day == last + DAY:
                orders += self.counts[group].orders * (self.skew / DAY)
        return math.ceil(orders / PAGE_ROWS)


def _stretches(days: Sequence[dt.date], counts: Mapping[dt.date, int]) -> Iterator[list[dt.date]]:
    """Sorted days, cut where more than a page of orders lies between two of them."""
    stretch = [*days[:1]]
    for day in days[1:]:
        between = ((stretch[-1] + number * DAY) for number in range(1, (day - stretch[-1]).days))
        if sum(counts.get(one, 0) for one in between) > PAGE_ROWS:
            yield stretch
            stretch = []
        stretch.append(day)
    if stretch:
        yield stretch
