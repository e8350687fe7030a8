"""Our side of the server's counts: every order in the group in which the server counts it."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from scalev_frames.catalog.statuses import spelled
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.split.parts import created
from scalev_frames.query.times import DAY, parse_stamp
from scalev_frames.verify.statistics import BASES, NOTHING, Total, to_number

#: A list shows by about this many rows behind a day that it has passed it.
BEHIND = 5


class Group(NamedTuple):
    """Orders of one day of creation, one status and one payment status."""

    day: dt.date
    status: str
    payment: str


class Known(NamedTuple):
    """What is known of one order; it ``hides`` where a time filter may leave it out of the list of its day."""

    created: dt.datetime
    group: Group
    gross: Decimal
    hides: bool = False


class CountedBy(NamedTuple):
    """How the server counts orders.

    Attributes:
        zone: whose days.
        basis: by which time, of `BASES`.
        payment: whether by payment status, too.
        words: statuses that it counts as others.
    """

    zone: ZoneInfo
    basis: str
    payment: bool
    words: Mapping[str, str] = MappingProxyType({})

    def order(self, row: Mapping[str, Any]) -> Known | None:
        """An order in the group in which it is counted; ``None`` without a time that counts."""
        counted = next(filter(None, (parse_stamp(row.get(name)) for name in BASES[self.basis])), None)
        if counted is None:
            return None
        group = self.group(counted.astimezone(self.zone).date(), row.get("status"), row.get("payment_status"))
        return Known(created(row) or counted, group, amount(row.get("gross_revenue")))

    def group(self, day: dt.date, status: object, payment: object) -> Group:
        """The group of a day and two statuses, however they are written."""
        own = spelled(str(status or ""))
        return Group(day, self.words.get(own, own), spelled(str(payment or "")) if self.payment else "")


def amount(value: object) -> Decimal:
    """An amount exactly; zero where it is none."""
    return to_number(value) or Decimal(0)


class Ledger:
    """Both sides of the counts from the ``oldest`` day on: every order in its group.

    Lists begin by ``skew`` above a day.
    """

    def __init__(self, counts: Mapping[Group, Total], oldest: dt.date, skew: dt.timedelta, by: CountedBy) -> None:
        self.counts, self.oldest, self.skew, self.by = counts, oldest, skew, by
        self.known: dict[str, Known] = {}
        self.totals: dict[Group, Total] = defaultdict(lambda: NOTHING)
        self.of_day: dict[dt.date, set[str]] = defaultdict(set)

    def put(self, one: str, known: Known | None) -> None:
        """Enter an order in place of what was known of it; ``None`` takes it out."""
        if before := self.known.pop(one, None):
            self.of_day[before.group.day].discard(one)
            self.totals[before.group] = self.totals[before.group].plus(-1, -before.gross)
        if known:
            self.known[one] = known
            self.of_day[known.group.day].add(one)
            self.totals[known.group] = self.totals[known.group].plus(1, known.gross)

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
