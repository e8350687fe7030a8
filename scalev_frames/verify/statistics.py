"""The server's own counts of orders by day and status, and the same counts of a frame.

They say how long a pull is, which days of a kept frame have changed, and whether a frame is whole. A day that the
server does not return is not covered, which is never the same as having no orders. The server does not say by which
time it counts: `best_basis` finds out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.catalog.statuses import spelled
from scalev_frames.frames.values.columns import as_moments
from scalev_frames.query.query import Query
from scalev_frames.query.times import DAY, FIRST_YEAR, LAST_YEAR, midnight, parse_stamp

#: The filters that lists and statistics both obey.
SHARED_FILTERS = frozenset({"status", "payment_status", "store_id", "business_id"})
#: Without ``minimum_days`` the statistics cover about this many days [seen].
DEFAULT_DAYS = 30
#: Asked for where a list has no lower bound: ten years.
MOST_DAYS = 3650
#: The times by which a server may count, each with its columns: a later one where those before it are missing. Orders
#: without any of them are not counted.
BASES: dict[str, tuple[str, ...]] = {
    "created_at": ("created_at", "draft_time"),
    "draft_time": ("draft_time",),
    "draft_time or created_at": ("draft_time", "created_at"),
}
#: Orders on their way back, and what a server may count them as: the vendor's list of the statuses that statistics have
#: lacks the first.
RETURNING, AS_SHIPPED = "shipped_rts", {"shipped_rts": "shipped"}
#: Counts of fewer orders may be the same by chance.
ENOUGH = 25
#: Larger numbers are neither counts nor amounts.
LARGEST = Decimal(10) ** 18
#: Sums that differ by less than half a sen, or by this share, are the same.
LEAST_AMOUNT, FLOAT_NOISE = Decimal("0.005"), Decimal("1e-14")

Key = TypeVar("Key")


class Cell(NamedTuple):
    """One status on one day."""

    day: dt.date
    status: str


class Difference(NamedTuple):
    """A day on which a frame and the server count another number of orders."""

    day: dt.date
    ours: int
    theirs: int


#: The days that differ from counts, by each time of `BASES` by which these may go.
Bases = dict[str, list[Difference]]


class Total(NamedTuple):
    """A number of orders, and their gross revenue in rupiah; ``None`` where the server does not give it."""

    orders: int
    gross: Decimal | None

    def plus(self, orders: int, gross: Decimal | None) -> Total:
        """This and more."""
        return Total(self.orders + orders, None if self.gross is None or gross is None else self.gross + gross)

    def agrees(self, ours: Total) -> bool:
        """Whether a frame's total equals this one, the gross only where the server gives it."""
        return self.orders == ours.orders and (self.gross is None or _is_same(self.gross, ours.gross))


def _is_same(theirs: Decimal, ours: Decimal | None) -> bool:
    """Whether two sums are the same, but for the noise of a server that adds up floats."""
    return ours is not None and abs(theirs - ours) < max(LEAST_AMOUNT, abs(ours) * FLOAT_NOISE)


NOTHING = Total(0, Decimal(0))


def added(totals: Iterable[tuple[Key, Total]]) -> dict[Key, Total]:
    """The totals of each key, added up."""
    found: dict[Key, Total] = {}
    for key, total in totals:
        found[key] = found.get(key, NOTHING).plus(total.orders, total.gross)
    return found


@dataclass(frozen=True, slots=True)
class Statistics:
    """The server's counts.

    Attributes:
        cells: count and gross revenue of each day and status that it returned.
        zone: the time zone of the days.
    """

    cells: Mapping[Cell, Total]
    zone: ZoneInfo

    @property
    def days(self) -> dict[dt.date, int]:
        """How many orders were created on each day that was returned, the oldest day first."""
        counts: dict[dt.date, int] = defaultdict(int)
        for cell, total in self.cells.items():
            counts[cell.day] += total.orders
        return dict(sorted(counts.items()))

    @property
    def by_status(self) -> bool:
        """Whether the server counted by status."""
        return any(cell.status for cell in self.cells)

    def asked_days(self, query: Query) -> set[dt.date]:
        """The days returned that lie wholly within the times of ``query``."""
        return {day for day in self.days if self.is_asked(day, query)}

    def is_asked(self, day: dt.date, query: Query) -> bool:
        """Whether the whole of a day lies within the times of ``query``."""
        start, end = self.starts(day), self.starts(day + DAY)
        return (query.start is None or start >= query.start) and (query.end is None or end <= query.end)

    def starts(self, day: dt.date) -> dt.datetime:
        """The first moment of a day, UTC."""
        return midnight(day, self.zone)

    def between(self, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> int | None:
        """About how many orders were created from ``start`` to ``end``; ``None`` where days may not be covered."""
        covered = self.reaches_back(now) or (start is not None and now - start < DEFAULT_DAYS * DAY)
        if not covered:
            return None
        days = {day: count for day, count in self.days.items() if start is None or self.starts(day + DAY) > start}
        return sum(count for day, count in days.items() if end is None or self.starts(day) < end)

    def reaches_back(self, now: dt.datetime) -> bool:
        """Whether it covers more than the usual month, so that a day it does not return has no orders."""
        oldest = min(self.days, default=None)
        return oldest is not None and oldest < (now.astimezone(self.zone) - (DEFAULT_DAYS + 2) * DAY).date()


def counts_as_shipped(counts: Iterable[Statistics], statuses: Iterable[str]) -> bool:
    """Whether the server may count orders on their way back as shipped: ``statuses`` have some, and its counts none."""
    theirs = {cell.status for one in counts for cell in one.cells}
    return RETURNING not in theirs and AS_SHIPPED[RETURNING] in theirs and RETURNING in statuses


def requests_for(
    query: Query, zone: ZoneInfo, since: dt.datetime | None, now: dt.datetime, filters: Iterable[Mapping[str, str]]
) -> list[tuple[str, dict[str, str]]]:
    """The reads that give the server's counts of a call's orders: path and parameters, for each set of filters."""
    return [(f"{query.endpoint.path}/statistics", params(zone, since, now, one)) for one in filters]


def params(
    zone: ZoneInfo, since: dt.datetime | None, now: dt.datetime, filters: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The query parameters for counts by day and status.

    ``datetime_type`` is left out: the default of the server is a creation, and its name is in no list of the vendor's.
    """
    days = MOST_DAYS if since is None else (now - since).days + 2
    return {
        "breakdown_date": "day",
        "is_breakdown_status": "true",
        "tz": zone.key,
        "minimum_days": str(max(days, DEFAULT_DAYS)),
        **(filters or {}),
    }


def shared_filters(query: Query) -> list[dict[str, str]] | None:
    """The query's filters as statistics take them, one mapping a list; ``None`` where they cannot say the same."""
    fixed = {"columns", *((query.basis.since, query.basis.until) if query.basis else ())}
    lists = [{name: value for name, value in one.items() if name not in fixed} for one in query.params]
    by_creation = query.basis is None or query.basis == query.endpoint.timeline
    if not by_creation or query.endpoint.timeline is None or set(query.applied) - fixed:
        return None
    return None if any(set(one) - SHARED_FILTERS for one in lists) else lists


# The server's side ------------------------------------------------------------------------------------------------


def read(data: Any, zone: ZoneInfo, status: str = "") -> Statistics:  # noqa: ANN401 - any JSON value
    """The response of the server as cells; what has no day or no count is skipped.

    Args:
        data: the data of the response: rows, or an object of rows, counts or statuses by day.
        zone: the time zone of the days asked for.
        status: the only status that was asked for; the cells of a server that ignored it are left out.

    >>> data = {"results": [{"day": "2026-11-01", "status": "shipped", "count": 2, "gross_revenue": "150000"}]}
    >>> read(data, ZoneInfo("Asia/Jakarta")).days
    {datetime.date(2026, 11, 1): 2}
    """
    cells = []
    for row in _rows(data):
        day, count = _day(row, zone), to_number(row.get("count"))
        of_row = spelled(str(row.get("status") or ""))
        if day and count is not None and not count % 1 and (not (status and of_row) or of_row == spelled(status)):
            cells.append((Cell(day, of_row), Total(int(count), to_number(row.get("gross_revenue")))))
    return Statistics(added(cells), zone)


def merge(parts: Iterable[Statistics], zone: ZoneInfo) -> Statistics:
    """The counts of several lists, added up."""
    return Statistics(added(pair for part in parts for pair in part.cells.items()), zone)


def ignored_filter(filters: Sequence[Mapping[str, str]], counts: Sequence[Statistics]) -> str:
    """The filter that the server's statistics ignore: they are the same for each of its values.

    Only counts are compared with counts: a frame that lacks rows must never be taken for a sign of an ignored filter.

    Returns:
        Its name; empty where the counts show none.
    """
    for name in dict.fromkeys(name for one in filters for name in one):
        first: dict[tuple[tuple[str, str], ...], Statistics] = {}
        same = []
        for one, statistics in zip(filters, counts, strict=True):
            others = tuple(sorted((other, value) for other, value in one.items() if other != name))
            if others in first:
                same.append(statistics.cells == first[others].cells)
            first.setdefault(others, statistics)
        if same and all(same) and sum(sum(one.days.values()) for one in first.values()) >= ENOUGH:
            return name
    return ""


def read_each(responses: Iterable[Any], filters: Iterable[Mapping[str, str]], zone: ZoneInfo) -> list[Statistics]:
    """The responses to `requests_for`, each as `read` gives it."""
    pairs = zip(responses, filters, strict=True)
    return [read(response.data, zone, asked.get("status", "")) for response, asked in pairs]


def _rows(data: Any) -> Iterable[Mapping[str, Any]]:  # noqa: ANN401 - any JSON value
    """The rows of a response in any of its forms."""
    inner = data.get("results", data) if isinstance(data, Mapping) else data
    if isinstance(inner, list):
        return [row for row in inner if isinstance(row, Mapping)]
    if not isinstance(inner, Mapping):
        return []
    return [row for day, value in inner.items() for row in _rows_of_day(day, value)]


def _rows_of_day(day: str, value: object) -> Iterable[Mapping[str, Any]]:
    if isinstance(value, list):
        return [{"day": day, **row} for row in value if isinstance(row, Mapping)]
    if not isinstance(value, Mapping):
        return [{"day": day, "count": value}]
    if "count" in value:
        return [{"day": day, **value}]
    rows = ((status, one if isinstance(one, Mapping) else {"count": one}) for status, one in value.items())
    return [{"day": day, "status": status, **row} for status, row in rows]


def _day(row: Mapping[str, Any], zone: ZoneInfo) -> dt.date | None:
    """The day of a row; a stamp at midnight of its own offset is that day, any other one the day in ``zone``."""
    text = str(row.get("day") or row.get("date"))
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None and moment.time() != dt.time.min:
            moment = moment.astimezone(zone)
    except (ValueError, OverflowError):
        return None
    return moment.date() if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def to_number(value: object) -> Decimal | None:
    """A number of the API, exactly; ``None`` when it is none."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


# Our side ---------------------------------------------------------------------------------------------------------


def count_frame(frame: pd.DataFrame, zone: ZoneInfo, basis: str = "created_at") -> dict[Cell, Total]:
    """The same counts of an orders frame, by day in ``zone``, of the time that counts (`BASES`), and status."""
    days, gross = created_days(frame, zone, basis), frame["gross_revenue"].astype(object)
    return added(
        (Cell(day, spelled(str(status))), Total(1, to_number(one) or Decimal(0)))
        for day, status, one in zip(days, frame["status"].fillna(""), gross, strict=True)
        if not pd.isna(day)
    )


def created_days(frame: pd.DataFrame, zone: ZoneInfo, basis: str = "created_at") -> pd.Series:
    """The day in ``zone`` on which each order was created, by ``basis``; missing where the order has no such time."""
    days: pd.Series = created(frame, zone, basis).dt.date
    return days


def created(frame: pd.DataFrame, zone: ZoneInfo, basis: str = "created_at") -> pd.Series:
    """When each order was created, by ``basis``; missing where the order has no such time."""
    moments = pd.Series(pd.NaT, index=frame.index, dtype=pd.DatetimeTZDtype("us", zone.key))
    for name in BASES[basis]:
        if name in frame:
            moments = moments.fillna(as_moments(frame[name], zone.key).dt.tz_convert(zone.key))
    return moments


def counted_day(row: Mapping[str, Any], zone: ZoneInfo, basis: str) -> dt.date | None:
    """The day in ``zone`` on which a row of the server's is counted, by ``basis``; ``None`` without such a time."""
    moment = next(filter(None, (parse_stamp(row.get(name)) for name in BASES[basis])), None)
    return moment and moment.astimezone(zone).date()


def best_basis(frame: pd.DataFrame, counts: Statistics, days: Collection[dt.date]) -> str:
    """The time by which the server seems to count: the first of those under which most of ``days`` agree."""
    return next(iter(by_best_bases(frame, counts, days)))


def by_best_bases(frame: pd.DataFrame, counts: Statistics, days: Collection[dt.date]) -> Bases:
    """The differing days of a frame by each of `BASES` under which most of ``days`` agree; see `fewest_differing`."""
    ours = {basis: Counter(created_days(frame, counts.zone, basis).dropna()) for basis in BASES}
    return fewest_differing(ours, counts, days)


def fewest_differing(ours: Mapping[str, Mapping[dt.date, int]], counts: Statistics, days: Collection[dt.date]) -> Bases:
    """The differing days by each of `BASES` under which there are fewest: several where nothing tells them apart."""
    theirs = counts.days
    found = {basis: differing_days(own, theirs, days) for basis, own in ours.items()}
    least = min(map(len, found.values()))
    return {basis: differing for basis, differing in found.items() if len(differing) == least}


def differing_days(
    ours: Mapping[dt.date, int], theirs: Mapping[dt.date, int], days: Collection[dt.date]
) -> list[Difference]:
    """Those of ``days`` on which the numbers of orders differ, the oldest first.

    >>> day = dt.date(2026, 11, 1)
    >>> differing_days({day: 2}, {day: 3}, [day])
    [Difference(day=datetime.date(2026, 11, 1), ours=2, theirs=3)]
    """
    found = (Difference(day, ours.get(day, 0), theirs.get(day, 0)) for day in sorted(days))
    return [one for one in found if one.ours != one.theirs]


def differences(frame: pd.DataFrame, query: Query, counts: Statistics) -> list[Difference]:
    """The days on which a frame differs from the server's counts, the oldest first.

    Only days that the server returned, and that were asked for as a whole, are compared, by its `best_basis`.
    """
    return next(iter(differing_by_bases(frame, query, counts).values()))


def differing_by_bases(frame: pd.DataFrame, query: Query, counts: Statistics) -> Bases:
    """The same by each of `BASES` that may be the best one."""
    return by_best_bases(frame, counts, counts.asked_days(query))
