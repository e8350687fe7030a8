"""The lists that a refresh reads, each with what it is read for.

Orders that the server does not count are looked for in lists of what they have in common, else by code.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.errors import FilterIgnoredError
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.refresh.ledger import Group, Ledger
from scalev_frames.pull.split.ending import OLDER_ROWS, OLDER_ROWS_UNPROVEN, Ending
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.query import TOLERANCE, Query
from scalev_frames.query.times import DAY, midnight, parse_stamp, to_stamp
from scalev_frames.wire.answers.layout import Layout, Row
from scalev_frames.wire.answers.paging import Pages, without

#: How far behind the newest kept order, and behind the last change seen, is looked again.
OVERLAP = dt.timedelta(minutes=10)
#: A list may have this many times as many pages as the counts say, and some: orders may be late, or in no count.
MOST_PAGES = 3

#: Filters whose lists are read: marketplace orders, which have no draft time, have their platform in common.
IN_COMMON = ("platform", "status")


@dataclass(slots=True)
class Aim:
    """What a list is read for.

    Attributes:
        lower: it may end behind this moment.
        newest: whether it is the top of one of the call's own lists.
        changed: the time filter asked for, its column and its moment.
        groups: it may end once these agree.
        whole: whether nothing but the call's own filters was asked for, so that every kept order of these groups must
            come.
        pages: how many pages it may have, by what is known of it.
        is_wide: whether rows of other lists than the call's may come, too.
        bottom: how far down it is.
    """

    lower: dt.datetime | None = None
    newest: bool = False
    changed: tuple[str, str, dt.datetime] | None = None
    groups: frozenset[Group] = frozenset()
    whole: bool = False
    pages: float = math.inf
    is_wide: bool = False
    bottom: dt.datetime | None = None

    def check(self, row: Mapping[str, Any]) -> None:
        """Raise `FilterIgnoredError` where a row has not changed since the moment that was asked for."""
        if self.changed is None:
            return
        name, column, since = self.changed
        moment = parse_stamp(row.get(column))
        if moment is None or moment < since - TOLERANCE:
            raise FilterIgnoredError(f"The server ignored {name}, a lower bound of {column}.")


class Lists:
    """Makes the lists of one refresh; a draft time may be later than its order's creation by ``skew``.

    Attributes:
        aims: what each list is read for, by its number.
        changes: the times by which the server lists changes, by the status that begins then.
        wide: the call's lists as one, where they differ by status.
        any_time: the same without the call's times, behind which a server may hide orders without a draft time.
    """

    def __init__(self, query: Query, zone: ZoneInfo, skew: dt.timedelta) -> None:
        self.query, self.zone, self.skew = query, zone, skew
        self.aims: dict[int, Aim] = {}
        self.changes = {name: one for name, one in query.endpoint.bases.items() if one.since}
        several = {name for name in ("status", "payment_status") if len({one.get(name) for one in query.params}) > 1}
        self.wide = query.without(several).params
        own = query.endpoint.timeline
        self.any_time = [without(one, *((own.since, own.until) if own else ())) for one in self.wide]
        self._mirrors = [query.mirrors(params) for params in query.params]

    def have(self, row: Row) -> bool:
        """Whether ``row`` is in one of the call's lists."""
        return any(all(mirror.is_obeyed(row) for mirror in mirrors) for mirrors in self._mirrors)

    def timeline(self, params: Mapping[str, str], aim: Aim, upper: dt.datetime | None = None) -> Timeline:
        """A list read for ``aim``, from ``upper`` on (where the call itself has no nearer bound)."""
        if upper is not None and self.query.until:
            upper = min(upper + self.skew, self.query.end or upper + self.skew)
            params = {**params, self.query.until: to_stamp(upper)}
        aim.lower = aim.lower and aim.lower - self.skew
        part = Part(len(self.aims), self.query.endpoint.path, Pages(params, Layout(paged=True)))
        self.aims[part.number] = aim
        ending = Ending(aim.lower, OLDER_ROWS_UNPROVEN if aim.whole else OLDER_ROWS)  # days may begin out of order
        return Timeline(part, ending, can_seek=False)

    def newest(self, last: dt.datetime) -> Iterator[Timeline]:
        """The top of each of the call's lists, until behind the newest kept order."""
        bookmark = last - OVERLAP
        for params in self.query.params:
            timeline = self.timeline(params, Aim(lower=max(bookmark, self.query.start or bookmark), newest=True))
            timeline.parts[0].upper = self.query.sent_until
            yield timeline

    def changed(self, kept: pd.DataFrame) -> Iterator[Timeline]:
        """Orders that were confirmed, shipped or completed since ``kept``."""
        changed = kept["last_updated_at"].max() if "last_updated_at" in kept else pd.NaT
        as_of = pd.Timestamp(kept.attrs["as_of"])
        since = (as_of if pd.isna(changed) else min(changed, as_of)).tz_convert("UTC").to_pydatetime() - OVERLAP
        for params in self.wide:
            for basis in self.changes.values():
                aim = Aim(lower=self.query.start, changed=(basis.since, basis.column, since), is_wide=True)
                yield self.timeline({**params, basis.since: to_stamp(since)}, aim)

    def gains(self, ledger: Ledger) -> Iterator[Timeline]:
        """Groups that gained."""
        for segment in ledger.segments():
            first = segment[0]
            wanted = {"status": first.status, **({"payment_status": first.payment} if first.payment else {})}
            lists = (one for one in self.query.params if all(one.get(k, v) == v for k, v in wanted.items()))
            if (params := next(lists, None)) is not None:
                most = MOST_PAGES * (1 + ledger.pages_of(segment))
                aim = Aim(lower=self._starts(first.day), groups=frozenset(segment), pages=most)
                yield self.timeline({**params, **wanted}, aim, upper=midnight(segment[-1].day + DAY, self.zone))

    def days(self, differing: Iterable[dt.date], ledger: Ledger) -> Iterator[Timeline]:
        """Whole days, of each list in which they differ."""
        for days in ledger.stretches(differing):
            groups = {group for group in {*ledger.counts, *ledger.totals} if days[0] <= group.day <= days[-1]}
            for params in self.query.params:
                status, payment = params.get("status"), params.get("payment_status")
                own = {group for group in groups if group.status == (status or group.status)
                       and group.payment in ("", payment or group.payment)}  # fmt: skip
                if not all(map(ledger.agrees, own)):
                    most = MOST_PAGES * (1 + ledger.pages_of_days(days))
                    aim = Aim(lower=self._starts(days[0]), groups=frozenset(own), whole=True, pages=most)
                    yield self.timeline(params, aim, upper=midnight(days[-1] + DAY, self.zone))

    def in_common(self, common: Common, oldest: dt.datetime) -> Iterator[Timeline]:
        """Lists of what kept orders have in common, down to the oldest of them."""
        for params in self.any_time:
            for value in common.values:
                yield self.timeline({**params, common.name: value}, Aim(lower=oldest, is_wide=True))

    def by_codes(self, codes: Iterable[str]) -> Iterator[Timeline]:
        """Orders by their codes."""
        for code in codes:
            for params in self.any_time:
                yield self.timeline({**params, "order_id": code}, Aim(is_wide=True))

    def of_status(self, status: str) -> Iterator[Timeline]:
        """Every order of a status, of each of the call's lists that has it."""
        for params in self.query.params:
            if params.get("status", status) == status:
                yield self.timeline({**params, "status": status}, Aim(lower=self.query.start))

    def _starts(self, day: dt.date) -> dt.datetime:
        start = midnight(day, self.zone)
        return max(start, self.query.start) if self.query.start else start


class Common(NamedTuple):
    """Lists that hold uncounted orders, and what looking for all of them costs.

    Attributes:
        name: the filter.
        values: the values whose lists are read; the other orders are asked for one by one.
        requests: pages of the lists, and one for each other order.
    """

    name: str
    values: tuple[str, ...]
    requests: int


def in_common(kept: pd.DataFrame, uncounted: pd.Series) -> Common:
    """The cheapest way to look for the kept orders, newest first, that are in no count of the server's."""
    alone = Common("", (), int(uncounted.sum()))
    last = int(uncounted.to_numpy().nonzero()[0].max(initial=-1))
    above = kept.iloc[: last + 1]
    ways = [_by(name, above[name].dropna(), uncounted.iloc[: last + 1]) for name in IN_COMMON if name in kept]
    return min([alone, *ways], key=lambda one: one.requests)


def _by(name: str, values: pd.Series, uncounted: pd.Series) -> Common:
    rows, wanted = Counter(values), Counter(values[uncounted])
    pages = {value: math.ceil((rows[value] + 1) / PAGE_ROWS) for value in wanted}
    chosen = tuple(str(value) for value, count in wanted.items() if pages[value] < count)
    others = int(uncounted.sum()) - sum(wanted[value] for value in chosen)
    return Common(name, chosen, others + sum(pages[value] for value in chosen))
