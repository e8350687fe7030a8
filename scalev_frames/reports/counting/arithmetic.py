"""Grouping, counting, summing and dividing, the same for every report: exact, and missing is never zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog.kinds import MONEY_TYPE, TEXT_KINDS
from scalev_frames.frames.values.scalars import LONG
from scalev_frames.reports.counting.prepare import Prepared

#: A measure: a mask counts rows; an array sums; a pair sums the first where the second holds.
Measure: TypeAlias = pa.Array | tuple[pa.Array, pa.Array]  # type: ignore[valid-type,unused-ignore]
Arrays = dict[str, pa.Array]
SEN = Decimal("0.01")


def grouped(keys: Mapping[str, pa.Array], measures: Mapping[str, Measure]) -> Arrays:
    """Counts and sums for each combination of the keys that occurs, missing ones too, in no certain order.

    Args:
        keys: columns to group by.
        measures: a boolean array counts its true rows; a number array is summed; a pair (numbers, mask) is summed where
            the mask holds.

    Returns:
        One array a key and a measure. A sum is missing where there are rows and none of them has an amount; it is
        zero where there are no such rows. A count is missing where a mask is, and so is a sum of what it selects.

    >>> keys = {"k": pa.array(["a", "a", None])}
    >>> money = pa.array([Decimal("1.5"), None, None])
    >>> found = grouped(keys, {"n": pa.array([True, True, False]), "sum": money})
    >>> sorted(zip(found["k"].to_pylist(), found["n"].to_pylist(), found["sum"].to_pylist()), key=str)
    [('a', 2, Decimal('1.5')), (None, 0, None)]
    """
    groups: Arrays = {f"key {name}": array for name, array in keys.items()}
    summed: Arrays = {}
    for name, measure in measures.items():
        if isinstance(measure, tuple):
            values, mask = measure
            summed[name] = pc.if_else(mask, values, pa.scalar(None, values.type))
            summed[f"rows {name}"] = mask
        else:
            summed[name] = measure
    # A count needs every row to be known; a sum takes the amounts that are.
    skips = {name: not pa.types.is_boolean(array.type) for name, array in summed.items()}
    sums = [(name, "sum", pc.ScalarAggregateOptions(skip_nulls=skip)) for name, skip in skips.items()]
    found = pa.table({**groups, **summed}).group_by(list(groups)).aggregate(sums)
    arrays = {name: found[f"key {name}"].combine_chunks() for name in keys}
    for name, measure in measures.items():
        total = found[f"{name}_sum"].combine_chunks()
        if isinstance(measure, tuple):
            has_none = pc.equal(found[f"rows {name}_sum"].combine_chunks(), 0)
            total = pc.if_else(has_none, pa.scalar(Decimal(0), total.type), total)
        arrays[name] = total.cast(pa.int64()) if pa.types.is_integer(total.type) else total
    return arrays


def total(measure: Measure) -> pa.Scalar:
    """One count or sum over all rows, by the rules of `grouped`.

    >>> total((pa.array([Decimal("2.00")]), pa.array([False]))).as_py(), total(pa.array([], pa.int64())).as_py()
    (Decimal('0.00'), 0)
    """
    if isinstance(measure, tuple):
        values, mask = measure
        rows = total(mask).as_py()
        return pc.sum(values.filter(mask)) if rows else pa.scalar(rows, values.type)
    if pa.types.is_boolean(measure.type):
        return pc.sum(measure, skip_nulls=False, min_count=0).cast(pa.int64())
    return pc.sum(measure) if len(measure) else pa.scalar(0, measure.type)


def share(part: pa.Array, whole: pa.Array | pa.Scalar) -> pa.Array:
    """``part`` divided by ``whole``; missing where the whole is zero or either is missing.

    >>> share(pa.array([1, 1, None]), pa.array([4, 0, 2])).to_pylist()
    [0.25, None, None]
    """
    above, below = part.cast(pa.float64()), whole.cast(pa.float64())
    nothing = pc.equal(below, 0.0)
    return pc.divide(above, pc.if_else(nothing, pa.scalar(None, pa.float64()), below))


def added(*amounts: pa.Array, minus: Sequence[pa.Array] = ()) -> pa.Array:
    """Amounts added up row by row, and others taken away, exactly; missing where one of them is missing.

    >>> added(pa.array([Decimal("1.50"), None]), minus=[pa.array([Decimal("0.5"), Decimal("1")])]).to_pylist()
    [Decimal('1.00'), None]
    """
    scale = max(one.type.scale for one in (*amounts, *minus))
    roomy = pa.decimal256(70, scale)
    found, *others = [one.cast(roomy) for one in amounts]
    for other in others:
        found = pc.add(found, other).cast(roomy)
    for other in minus:
        found = pc.subtract(found, other.cast(roomy)).cast(roomy)
    return found


def average(amounts: pa.Array, counts: pa.Array) -> pa.Array:
    """Rupiah for each, rounded to the sen, half to even; missing where there is none."""
    pairs = zip(amounts.to_pylist(), counts.to_pylist(), strict=True)
    return pa.array(
        [None if amount is None or not count else in_sen(amount, count) for amount, count in pairs],
        pa.decimal128(38, 2),
    )


def in_sen(amount: Decimal, divisor: Decimal | int) -> Decimal:
    """A part of an amount of any length, rounded to the sen, half to even.

    >>> in_sen(Decimal(10) ** 30, 3)
    Decimal('333333333333333333333333333333.33')
    """
    with localcontext(LONG):
        return (amount / divisor).quantize(SEN, ROUND_HALF_EVEN)


def every(prepared: Prepared) -> pa.Array:
    """A mask that holds everywhere."""
    return pa.array(np.ones(prepared.rows, np.bool_))


def sorted_by(arrays: Arrays, *order: tuple[str, str]) -> Arrays:
    """The rows in an order that is always the same; missing values last."""
    table = pa.table(arrays)
    places = pc.sort_indices(table, sort_keys=list(order))
    return {name: table[name].take(places).combine_chunks() for name in arrays}


def series(array: pa.Array, kind: str, zone: str) -> pd.Series[Any]:
    """One column of a report, of the dtype that its kind has in every frame."""
    if kind == "money":
        amounts = _narrow(array)
        return pd.Series(pd.array(amounts, dtype=pd.ArrowDtype(amounts.type)))
    if kind in TEXT_KINDS:
        return pd.Series(array.cast(pa.large_string()), dtype=pd.StringDtype(na_value=np.nan))
    if kind == "date":
        return pd.Series(array.to_numpy(zero_copy_only=False).astype("datetime64[s]"))
    if kind == "time":
        return pd.Series(array.to_numpy(zero_copy_only=False)).dt.tz_localize("UTC").dt.tz_convert(zone)
    dtype: Any = pd.Int64Dtype() if kind == "count" else pd.Float64Dtype()
    return pd.Series(dtype.__from_arrow__(array))


def _narrow(amounts: pa.Array) -> pa.Array:
    """The usual type of money, where every amount fits."""
    try:
        return amounts.cast(MONEY_TYPE)
    except pa.ArrowInvalid:
        return amounts
