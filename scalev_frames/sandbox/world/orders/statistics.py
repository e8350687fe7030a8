"""The statistics, counted from the same orders that the list shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scalev_frames.sandbox.world.orders.book import OrderBook
from scalev_frames.sandbox.world.orders.filters import RefusedError, find, known_filters, utm_contents
from scalev_frames.sandbox.world.orders.table import STATUSES, TIMES, UTM_CONTENTS, Serials
from scalev_frames.sandbox.world.shop import Shop
from scalev_frames.sandbox.world.values.encodings import DAY, MISSING, SECOND, moment_of

BREAKDOWNS = ("off", "handler_id", "advertiser_id", "page_id", "store_id", "utm_content", "city", "province")
PERIODS = ("off", "day", "week", "month")
DEFAULT_DAYS = 30
OBEYED = (
    "status", "payment_status", "store_id", "business_id", "utm_content", "shipped_time_since", "shipped_time_until",
)  # fmt: skip
#: Sent by the sandbox itself: every filter of the list is obeyed, as v3 does.
ALL_FILTERS = "all_filters"
#: Sent by the sandbox itself: orders on their way back count as shipped.
RETURNING_AS_SHIPPED = "returning_as_shipped"


def statistics(book: OrderBook, params: Mapping[str, str]) -> dict[str, Any]:
    """The answer to ``/order/statistics``: counts and gross revenue, only where there are orders.

    It covers the last thirty days in the zone asked for (Jakarta's by default), more with ``minimum_days``. Orders
    without the time of ``datetime_type`` are not counted.

    Raises:
        RefusedError: a value that a parameter cannot read.
    """
    period = _choice(params, "breakdown_date", PERIODS)
    key = _choice(params, "custom_breakdown_key", BREAKDOWNS)
    basis = _choice(params, "datetime_type", ("created_at", *TIMES, "paid_time"))
    by_status = params.get("is_breakdown_status", "false").lower() == "true"
    zone = _zone(params)
    days = max(DEFAULT_DAYS, _whole(params, "minimum_days"))

    obeyed = params if ALL_FILTERS in params else {name: params[name] for name in OBEYED if name in params}
    serials = find(book, known_filters(obeyed))
    times = np.asarray(book.table["created" if basis == "created_at" else basis])[serials]
    serials, times = serials[times != MISSING], times[times != MISSING]
    local_days = _local_days(times, zone)
    today = int(_local_days(np.array([book.now]), zone)[0])
    serials, local_days = serials[local_days > today - days], local_days[local_days > today - days]

    columns: dict[str, Any] = {}
    if period != "off":
        columns[period] = _period_starts(local_days, period)
    if by_status:
        statuses = book.table["status"][serials]
        returning = statuses == STATUSES.index("shipped_rts") if RETURNING_AS_SHIPPED in params else False
        columns["status"] = np.where(returning, STATUSES.index("shipped"), statuses)
    if key != "off":
        columns["custom_breakdown_id"] = _breakdown(book, serials, key)
    return {
        "breakdown_date": period,
        "custom_breakdown_key": key,
        "datetime_type": basis,
        "is_breakdown_status": by_status,
        "params": {name: value for name, value in params.items() if name not in (ALL_FILTERS, RETURNING_AS_SHIPPED)},
        "results": _grouped(book, serials, columns, key),
        "tz": zone.key,
    }


def _grouped(book: OrderBook, serials: Serials, columns: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    if not len(serials):
        return []
    grid = np.stack([np.asarray(column, np.int64) for column in columns.values()] or [np.zeros(len(serials), np.int64)])
    groups, place, counts = np.unique(grid, axis=1, return_inverse=True, return_counts=True)
    gross = np.zeros(len(counts), np.int64)
    np.add.at(gross, place.ravel(), book.table["gross"][serials])
    found = []
    for group, count, amount in zip(groups.T.tolist(), counts.tolist(), gross.tolist(), strict=True):
        row: dict[str, Any] = {"count": count, "gross_revenue": amount / 100 if amount % 100 else amount // 100}
        for name, value in zip(columns, group, strict=False):
            row.update(_shown(book.shop, name, value, key))
        found.append(row)
    return found


def _shown(shop: Shop, name: str, value: int, key: str) -> dict[str, Any]:
    if name in PERIODS:
        return {name: moment_of(value * DAY).date().isoformat()}
    if name == "status":
        return {name: STATUSES[value]}
    if key in ("city", "province"):
        return {"custom_breakdown_id": None, "custom_breakdown_name": shop.locations[value][f"{key}_name"]}
    if key == "utm_content":
        return {"custom_breakdown_id": None, "custom_breakdown_name": None if value == MISSING else UTM_CONTENTS[value]}
    if value == MISSING:
        return {"custom_breakdown_id": None, "custom_breakdown_name": None}
    things = {"handler_id": shop.handlers, "advertiser_id": shop.advertisers, "page_id": shop.pages,
              "store_id": shop.stores}[key]  # fmt: skip
    thing = things[value]
    return {"custom_breakdown_id": thing["id"], "custom_breakdown_name": thing.get("fullname") or thing["name"]}


def _breakdown(book: OrderBook, serials: Serials, key: str) -> Serials:
    """The group of each order as a number: the thing's place, or the first location with the same city or province."""
    if key == "utm_content":
        return utm_contents(book)[serials]
    if key not in ("city", "province"):
        return np.asarray(book.table[key.removesuffix("_id")][serials], np.int64)
    firsts: dict[str, int] = {}
    places = [firsts.setdefault(one[f"{key}_name"], place) for place, one in enumerate(book.shop.locations)]
    return np.asarray(np.array(places, np.int64)[book.table["location"][serials]])


def _local_days(times: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Days since 1970 in ``zone``; offsets change on quarter hours only, so one look-up each is enough."""
    quarter = 900 * SECOND
    quarters, place = np.unique(times // quarter, return_inverse=True)
    offsets = [_offset(moment_of(int(one) * quarter).astimezone(zone)) for one in quarters]
    return np.asarray((times + np.array(offsets, np.int64)[place]) // DAY)


def _offset(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * SECOND


def _period_starts(days: NDArray[np.int64], period: str) -> NDArray[np.int64]:
    if period == "week":
        return np.asarray(days - (days + 3) % 7)
    if period == "month":
        return np.asarray(days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))
    return days


def _choice(params: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    value = params.get(name, choices[0])
    if value not in choices:
        raise RefusedError(name)
    return value


def _zone(params: Mapping[str, str]) -> ZoneInfo:
    try:
        return ZoneInfo(params.get("tz") or "Asia/Jakarta")
    except (KeyError, ValueError, OSError):
        raise RefusedError("tz") from None


def _whole(params: Mapping[str, str], name: str) -> int:
    value = params.get(name, "0")
    if not (value.isascii() and value.isdecimal()):
        raise RefusedError(name)
    return int(value)
