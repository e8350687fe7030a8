"""Why: the server counts its own orders by day and status, which tells a good deal of what it has.

Where to cut a walk, what a pull costs, which days of a kept frame have changed, and whether a frame is whole. A day
the server does not return is not covered, which is never the same as having no orders. May import catalog, query and
errors.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.query.query import Query
from scalev_frames.query.times import parse_stamp

PATH = ENDPOINTS["order_statistics"].path
#: The filters that lists and statistics both obey.
SHARED_FILTERS = frozenset({"status", "payment_status", "store_id", "business_id"})
#: Without ``minimum_days`` the statistics cover about so many days [seen].
DEFAULT_DAYS = 30
#: Asked for where a list has no lower bound: ten years.
MOST_DAYS = 3650
DAY = dt.timedelta(days=1)


class Cell(NamedTuple):
    """One status on one day."""

    day: dt.date
    status: str


class Total(NamedTuple):
    """How many orders, and their gross revenue in rupiah."""

    orders: int
    gross: Decimal

    def plus(self, orders: int, gross: Decimal) -> Total:
        """This and more."""
        return Total(self.orders + orders, self.gross + gross)


NOTHING = Total(0, Decimal(0))


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the server counts.

    Attributes:
        cells: count and gross revenue of each day and status that it returned.
        zone: whose days they are.
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

    def starts(self, day: dt.date) -> dt.datetime:
        """The first moment of a day, UTC."""
        return dt.datetime.combine(day, dt.time.min, self.zone).astimezone(dt.UTC)

    def between(self, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> int | None:
        """About how many orders were created from ``start`` to ``end``; ``None`` where days may not be covered."""
        covered = self.reaches_back(now) or (start is not None and now - start < DEFAULT_DAYS * DAY)
        if not covered:
            return None
        days = {day: count for day, count in self.days.items() if start is None or self.starts(day + DAY) > start}
        return sum(count for day, count in days.items() if end is None or self.starts(day) < end)

    def reaches_back(self, now: dt.datetime) -> bool:
        """Whether it tells of more than the usual month, so that what it does not return is not there."""
        oldest = min(self.days, default=None)
        return oldest is not None and oldest < (now.astimezone(self.zone) - (DEFAULT_DAYS + 2) * DAY).date()


def params(
    zone: ZoneInfo, since: dt.datetime | None, now: dt.datetime, filters: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The query parameters for counts by day of creation and status.

    Args:
        zone: whose days.
        since: the first moment of interest, UTC; ``None`` where there is none.
        now: the present moment.
        filters: of `SHARED_FILTERS`.
    """
    days = MOST_DAYS if since is None else (now - since).days + 2
    return {
        "breakdown_date": "day",
        "is_breakdown_status": "true",
        "datetime_type": "created_at",
        "tz": zone.key,
        "minimum_days": str(max(days, DEFAULT_DAYS)),
        **(filters or {}),
    }


def shared_filters(query: Query) -> list[dict[str, str]] | None:
    """The query's filters as statistics take them, one mapping a walk; ``None`` where they cannot say the same."""
    fixed = {"columns", *((query.basis.since, query.basis.until) if query.basis else ())}
    walks = [{name: value for name, value in one.items() if name not in fixed} for one in query.params]
    by_creation = query.basis is None or query.basis == query.endpoint.timeline
    if not by_creation or query.endpoint.timeline is None or any(set(one) - SHARED_FILTERS for one in walks):
        return None
    return walks


def read(data: Any, zone: ZoneInfo) -> Statistics:  # noqa: ANN401 - any JSON value
    """The answer of the server as cells; rows without a day or a count are passed over.

    >>> data = {"results": [{"day": "2026-11-01", "status": "shipped", "count": 2, "gross_revenue": "150000"}]}
    >>> read(data, ZoneInfo("Asia/Jakarta")).days
    {datetime.date(2026, 11, 1): 2}
    """
    rows = data.get("results") if isinstance(data, dict) else data
    cells: dict[Cell, Total] = {}
    for row in rows if isinstance(rows, list) else ():
        day = _day(row.get("day"), zone) if isinstance(row, dict) else None
        count = to_number(row.get("count")) if day else None
        if day is None or count is None:
            continue
        cell = Cell(day, str(row.get("status") or ""))
        cells[cell] = cells.get(cell, NOTHING).plus(int(count), to_number(row.get("gross_revenue")) or Decimal(0))
    return Statistics(cells, zone)


def ask(
    get: Callable[[str, Mapping[str, Any]], Any], zone: ZoneInfo, walks: Iterable[Mapping[str, str]],
    since: dt.datetime | None, now: dt.datetime,
) -> Statistics:  # fmt: skip
    """The counts for several walks of one call, added up.

    Args:
        get: gives the answer for a path and parameters.
        zone: whose days.
        walks: each walk's filters.
        since: the first moment of interest.
        now: the present moment.

    Raises:
        ScalevError: the server refused or could not be reached.
    """
    together: dict[Cell, Total] = {}
    for filters in walks:
        for cell, total in read(get(PATH, params(zone, since, now, filters)).data, zone).cells.items():
            together[cell] = together.get(cell, NOTHING).plus(total.orders, total.gross)
    return Statistics(together, zone)


def count_frame(frame: pd.DataFrame, zone: ZoneInfo) -> dict[Cell, Total]:
    """The same counts of an orders frame: by the day of ``created_at`` in ``zone`` and ``status``.

    Args:
        frame: orders, with ``created_at`` (or ``draft_time``), ``status`` and ``gross_revenue``.
        zone: whose days.
    """
    cells: dict[Cell, Total] = {}
    gross = frame["gross_revenue"].astype(object)
    for day, status, one in zip(created_days(frame, zone), frame["status"].fillna(""), gross, strict=True):
        if not pd.isna(day):
            cell = Cell(day, str(status))
            cells[cell] = cells.get(cell, NOTHING).plus(1, Decimal(0) if pd.isna(one) else Decimal(one))
    return cells


def created_days(frame: pd.DataFrame, zone: ZoneInfo) -> pd.Series:
    """The day in ``zone`` on which each order was created; ``created_at``, else ``draft_time``."""
    created = frame["draft_time"]
    if "created_at" in frame:
        created = frame["created_at"].fillna(created)
    days: pd.Series = created.dt.tz_convert(zone.key).dt.date
    return days


def _day(value: object, zone: ZoneInfo) -> dt.date | None:
    text = str(value or "")
    moment = parse_stamp(text) if len(text) > len("2026-11-01") else None
    if moment is not None:
        return moment.astimezone(zone).date()
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def to_number(value: object) -> Decimal | None:
    """A number of the API, exactly; ``None`` when it is none."""
    try:
        return None if value is None or value == "" else Decimal(str(value))
    except InvalidOperation:
        return None
