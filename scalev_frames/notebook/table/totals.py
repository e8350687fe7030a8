"""What a spreadsheet's status bar says of the selected cells, by kind; rupiah exact to the sen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.frames.money import exact_array
from scalev_frames.frames.values.scalars import LONG
from scalev_frames.notebook.table.columns.columns import NUMBERS, TIMES, Column

_SEN = Decimal("0.01")
#: The widest sums that Arrow holds.
_DIGITS = 76


@dataclass(frozen=True, slots=True)
class Sum:
    """Values of one kind.

    Attributes:
        kind: ``money``, ``count``, ``number``, ``percent``, ``grams``, or a kind of time.
        count: how many there are.
        total: their sum: exact for rupiah and whole numbers, correctly rounded for the others; ``None`` where a sum
            says nothing (shares and times).
        mean: the sum over the count, rupiah to the sen; ``None`` for times.
        smallest: the least one.
        largest: the greatest one.
    """

    kind: str
    count: int
    total: Decimal | float | None
    mean: Decimal | float | None
    smallest: Any
    largest: Any


@dataclass(frozen=True, slots=True)
class Totals:
    """The selected cells in numbers.

    Attributes:
        cells: how many cells.
        filled: how many hold a value; missing is not zero, so it counts nowhere else.
        sums: one entry a kind of number or time among them.
    """

    cells: int
    filled: int
    sums: tuple[Sum, ...]

    def of(self, kind: str) -> Sum | None:
        """The entry of one kind, or ``None``."""
        return next((one for one in self.sums if one.kind == kind), None)


def totals(columns: Sequence[Column], positions: np.ndarray[Any, np.dtype[np.intp]]) -> Totals:
    """Count, sum, mean, least and greatest of the cells where ``columns`` and the rows at ``positions`` meet.

    >>> import pandas as pd
    >>> money = pd.Series([Decimal("0.10"), None, Decimal("0.20")], dtype=pd.ArrowDtype(pa.decimal128(18, 2)))
    >>> found = totals([Column("fee", money)], np.array([0, 1, 2])).of("money")
    >>> found.count, found.total, found.mean
    (2, Decimal('0.30'), Decimal('0.15'))
    """
    taken: dict[str, list[pa.Array]] = {}
    filled = 0
    for column in columns:
        if column.kind in NUMBERS or column.kind in TIMES:
            values = _taken(column.values, positions).drop_null()
            taken.setdefault(column.kind, []).append(values)
            filled += len(values)
        else:
            filled += _filled(column, positions)
    sums = [_sum(kind, [one for one in arrays if len(one)]) for kind, arrays in taken.items()]
    return Totals(len(columns) * len(positions), filled, tuple(one for one in sums if one))


def _taken(values: pa.Array, positions: np.ndarray[Any, np.dtype[np.intp]]) -> pa.Array:
    """The values at ``positions``; of all rows without a copy, since their order does not matter here."""
    return values if len(positions) == len(values) else values.take(pa.array(positions))


def _filled(column: Column, positions: np.ndarray[Any, np.dtype[np.intp]]) -> int:
    few = column.series if len(positions) == len(column.series) else column.series.iloc[positions]
    return int(few.notna().sum())


def _sum(kind: str, arrays: Sequence[pa.Array]) -> Sum | None:
    if not arrays:
        return None
    count = sum(len(values) for values in arrays)
    ends = [pc.min_max(values).as_py() for values in arrays]
    smallest, largest = min(one["min"] for one in ends), max(one["max"] for one in ends)
    if kind in TIMES:
        return Sum(kind, count, None, None, smallest, largest)
    total, mean = _money(arrays, count) if kind == "money" else _numbers(arrays, count)
    return Sum(kind, count, None if kind == "percent" else total, mean, smallest, largest)


def _money(arrays: Sequence[pa.Array], count: int) -> tuple[Decimal, Decimal]:
    with localcontext(LONG):
        total = sum((_exact_sum(values) for values in arrays), Decimal(0))
        mean = total / count
        return total, mean.quantize(_SEN, ROUND_HALF_EVEN) if mean.is_finite() else mean


def _exact_sum(values: pa.Array) -> Decimal:
    if pa.types.is_floating(values.type):
        amounts = exact_array(pd.Series(values.to_numpy(zero_copy_only=False)))
        if amounts.null_count:  # infinite, or of no amount of money
            return Decimal(repr(_float_sum(values)))
        values = amounts
    if pa.types.is_integer(values.type):
        return Decimal(sum(values.to_pylist()))
    total: Decimal = pc.sum(values.cast(pa.decimal256(_DIGITS, values.type.scale))).as_py()
    return total


def _numbers(arrays: Sequence[pa.Array], count: int) -> tuple[Decimal | float, float]:
    parts = [_plain_sum(values) for values in arrays]
    total = _float_sum(parts) if any(isinstance(part, float) for part in parts) else sum(parts)
    return total, total / count


def _float_sum(values: Any) -> float:
    """A correctly rounded sum; infinite, or no number, where there is none."""
    floats = np.asarray(values, dtype="float64")
    try:
        return math.fsum(floats)
    except (ValueError, OverflowError):
        with np.errstate(all="ignore"):
            return float(floats.sum())


def _plain_sum(values: pa.Array) -> float:
    if pa.types.is_floating(values.type):
        return _float_sum(values)
    bounds = pc.min_max(values).as_py()
    if max(abs(bounds["min"]), abs(bounds["max"])) * len(values) < 2**62:
        return int(pc.sum(values).as_py())
    total: int = sum(values.to_pylist())
    return total
