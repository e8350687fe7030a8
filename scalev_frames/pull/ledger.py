"""Our side of the server's counts: every order in the group in which the server counts it."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.verify.statistics import DAY, NOTHING, Statistics, Total


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
    """

    def __init__(self, counts: Mapping[Group, Total], oldest: dt.date) -> None:
        self.counts = counts
        self.oldest = oldest
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
            segment = groups[:1]
            for group in groups[1:]:
                days = [segment[-1].day + number * DAY for number in range(1, (group.day - segment[-1].day).days)]
                between = sum(self.counts.get(Group(day, status, payment), NOTHING).orders for day in days)
                if between > PAGE_ROWS:
                    yield segment
                    segment = []
                segment.append(group)
            yield segment

    def pages_of(self, segment: list[Group]) -> int:
        """At most how many pages a segment has."""
        first, last = segment[0], segment[-1]
        orders = sum(
            total.orders
            for group, total in self.counts.items()
            if (group.status, group.payment) == (first.status, first.payment) and first.day <= group.day <= last.day
        )
        return math.ceil(orders / PAGE_ROWS) + 1

    def pages_of_day(self, day: dt.date) -> int:
        """At most how many pages a day has."""
        orders = sum(total.orders for group, total in self.counts.items() if group.day == day)
        return math.ceil(orders / PAGE_ROWS) + 1


def obeys_payment(counts: Sequence[Statistics], by_payment: Sequence[Statistics]) -> bool:
    """Whether counts asked for by payment status differ from those asked for without."""
    if len(by_payment) <= len(counts):
        return True  # the call itself names one payment status
    total = sum(sum(one.days.values()) for one in counts)
    return sum(sum(one.days.values()) for one in by_payment) <= max(total, 1) * 1.05 + PAGE_ROWS


def count_groups(counts: Iterable[tuple[str, Statistics]]) -> dict[Group, Total]:
    """The server's counts by group; each with the payment status that was asked for, or none."""
    groups: dict[Group, Total] = {}
    for payment, one in counts:
        for cell, total in one.cells.items():
            group = Group(cell.day, cell.status, payment)
            groups[group] = groups.get(group, NOTHING).plus(total.orders, total.gross)
    return groups
