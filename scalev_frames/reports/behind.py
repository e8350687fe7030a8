"""Which orders a number of a report counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames.children import expand
from scalev_frames.reports.compare import Day, Period, inside, periods
from scalev_frames.reports.compute import find_report
from scalev_frames.reports.counting.arithmetic import every
from scalev_frames.reports.counting.lines import LINES, is_lines
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.functions.customers import cohort_of_each, customer_of_each, first_and_later, segment_of_each
from scalev_frames.reports.functions.groups import RETURNS_BY
from scalev_frames.reports.functions.margins import Mask, line_keys
from scalev_frames.reports.functions.pipeline import bases, methods, parts, stages
from scalev_frames.reports.words.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.words.rows import Report

#: The definition that a column of a report counts by, where it is one.
_WORDS = {
    "confirmed": "confirmed_or_later", "confirm_rate": "confirmed_or_later", "shipped": "shipped_or_later",
    "in_transit": "in_transit", "in_transit_value": "in_transit", "paid": "paid",
    "completed": "completed", "delivered": "completed", "delivered_value": "completed", "delivery_rate": "completed",
    "completed_quantity": "completed", "completed_revenue": "completed",
    "returned": "returned", "returned_quantity": "returned", "returned_value": "returned", "rts_rate": "returned",
    "rts_rate_finished": "returned",
}  # fmt: skip
#: The column of a key's names, the column of their ids before it where there is one.
_NAMES: dict[str, tuple[str, ...]] = {
    **{by: names for by, names in RETURNS_BY.items() if by != "product"},
    "city": ("destination_address_city",),
    "order_id": ("order_id",),
    "platform": ("platform",),
    "channel": ("channel_name",),
    "utm_source": ("utm_source",),
    "payment_method": ("payment_method",),
    "epayment_provider": ("epayment_provider",),
}
#: Keys that are counted from several columns.
_MADE: dict[str, Callable[[Prepared], pa.Array]] = {
    "day": lambda prepared: prepared.day(prepared.dated()),
    "month": lambda prepared: prepared.month(prepared.dated()),
    "method": methods,
    "segment": segment_of_each,
    "customer": customer_of_each,
    "cohort": lambda prepared: cohort_of_each(prepared)["cohort"],
    "months_later": lambda prepared: cohort_of_each(prepared)["months_later"],
}
_STEPS: dict[str, Callable[[Prepared], dict[str, pa.Array]]] = {"stage": stages, "basis": bases}


def rows_behind(
    orders: pd.DataFrame,
    name: str,
    keys: Mapping[str, Any],
    column: str = "orders",
    definitions: Definitions = DEFINITIONS,
    *,
    since: Day | None = None,
    until: Day | None = None,
) -> pd.DataFrame:
    """The orders that a number of a report counts.

    Args:
        orders: the frame that the report was made of.
        name: the report's name.
        keys: which row of the report: its key columns to their values, ``None`` where one is missing; fewer keys mean
            all rows that share them.
        column: the column of the number; of a rate, the orders that count for it.
        definitions: what the words mean.
        since: first day of the report's period; all orders when left out.
        until: last day, included; the day of ``as_of`` when left out.

    Returns:
        Rows of ``orders`` as they are; order lines where those were given.

    Raises:
        UnknownNameError: no such report, or keys by which none of its numbers can be found.
        BadValueError: invalid or reversed days, or ``until`` alone.

    >>> orders = pd.DataFrame({"status": ["rts", "shipped"], "courier_service_courier_name": ["JNE", "JNE"]})
    >>> rows_behind(orders, "returns_by_courier", {"courier": "JNE"}, "returned")["status"].tolist()
    ['rts']
    """
    period = None
    if since is not None:
        period, _ = periods(Prepared(orders, definitions, spam=True), since, until)
    elif until is not None:
        raise BadValueError("since= must be given with until=.")
    return orders[mask_behind(orders, name, keys, column, definitions, period=period)]


def mask_behind(
    orders: pd.DataFrame,
    name: str,
    keys: Mapping[str, Any],
    column: str = "orders",
    definitions: Definitions = DEFINITIONS,
    *,
    period: Period | None = None,
) -> Mask:
    """The rows that `rows_behind` gives, as a mask of the frame.

    >>> mask_behind(pd.DataFrame({"status": ["rts", "shipped"]}), "funnel", {"stage": "completed"}).tolist()
    [False, False]
    """
    row = find_report(name)
    whole = Prepared(orders, definitions, spam=True)
    chosen: Mask = np.ones(len(orders), np.bool_)
    part = orders
    if period is not None:
        chosen = inside(whole, period)
        part = whole.told_apart().orders[chosen]
    prepared = Prepared(part, replace(definitions, as_of=whole.as_of))
    if row.needs_lines:
        found = _lines(prepared, keys)
    else:
        found = _counted(prepared, row, column)
        for key, value in keys.items():
            found = pc.and_(found, _holds(prepared, key, value))
    mask: Mask = np.zeros(len(orders), np.bool_)
    mask[np.flatnonzero(chosen)[prepared.places[pc.fill_null(found, False).to_numpy(zero_copy_only=False)]]] = True
    return mask


def _counted(prepared: Prepared, row: Report, column: str) -> pa.Array:
    """The orders that a column counts in any row."""
    if row.name == "fees":
        return prepared.has("paid")
    if column in ("canceled", "cancel_rate"):
        return prepared.among("status", {"canceled"})
    if row.name == "repeat" and column in (masks := first_and_later(prepared)):
        return masks[column]
    if row.name == "daily" and column not in _WORDS and column in (masks := parts(prepared)):
        return masks[column]
    if row.name == "products" and column == "other":
        return pc.invert(pc.or_(prepared.has("completed"), prepared.has("returned")))
    return prepared.has(_WORDS[column]) if column in _WORDS else every(prepared)


def _holds(prepared: Prepared, key: str, value: Any) -> pa.Array:  # noqa: ANN401 - a cell
    """Which orders have ``value`` as their ``key``."""
    if key in _STEPS:
        return _STEPS[key](prepared)[value]
    if key == "product":
        places, names, _ = prepared.items()
        mask = np.zeros(prepared.rows, np.bool_)
        mask[places.filter(_is(names, value)).to_numpy()] = True
        return pa.array(mask)
    if key in _MADE:
        return _is(_MADE[key](prepared), value)
    if key not in _NAMES:
        raise UnknownNameError.near("key", key, [*_NAMES, *_MADE, *_STEPS, "product"])
    return _is(prepared.named(*_NAMES[key]), value)


def _lines(prepared: Prepared, keys: Mapping[str, Any]) -> pa.Array:
    """A mask of the completed lines with these keys; of orders with details, of the orders with such a line."""
    given = prepared.orders
    if is_lines(given):
        return _line_mask(prepared, keys)
    if LINES not in given:
        return pa.array(np.zeros(prepared.rows, np.bool_))
    numbered = given.iloc[prepared.places].assign(order_place=range(prepared.rows))
    lines = expand(numbered, "lines", [*(one for one in ("status",) if one in given), "order_place"])
    found = _line_mask(Prepared(lines, prepared.definitions, spam=True), keys)
    mask = np.zeros(prepared.rows, np.bool_)
    mask[lines["order_place"].to_numpy()[found.to_numpy(zero_copy_only=False)]] = True
    return pa.array(mask)


def _line_mask(lines: Prepared, keys: Mapping[str, Any]) -> pa.Array:
    found = lines.has("completed")
    names = line_keys(lines)
    for key, value in keys.items():
        found = pc.and_(found, _is(names[key], value))
    return pc.fill_null(found, False)


def _is(values: pa.Array, value: Any) -> pa.Array:  # noqa: ANN401 - a cell
    """A mask of the values that equal ``value``; a missing ``value`` equals missing ones."""
    if pd.isna(value):
        return pc.is_null(values)
    if pa.types.is_date(values.type):
        value = pd.Timestamp(value).date()
    return pc.fill_null(pc.equal(values, pa.scalar(value, values.type)), False)
