"""Why: what a spreadsheet's status bar says of the selected cells, exact to the rupiah.

May import `columns` only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.notebook.table.columns import Column

_SEN = Decimal("0.01")
#: The widest sums that Arrow holds.
_DIGITS = 76


@dataclass(frozen=True, slots=True)
class Sum:
    """Numbers of one unit, summed.

    Attributes:
        count: how many there are.
        total: their sum: exact for rupiah and whole numbers, correctly rounded for the others.
        mean: the sum over the count; rupiah to the sen.
    """

    count: int
    total: Decimal | float
    mean: Decimal | float


@dataclass(frozen=True, slots=True)
class Totals:
    """The selected cells in numbers.

    Attributes:
        cells: how many cells.
        filled: how many hold a value; missing is not zero, so it counts nowhere else.
        rupiah: of the money among them, ``None`` when there is none.
        numbers: of the other numbers, ``None`` when there are none.
    """

    cells: int
    filled: int
    rupiah: Sum | None
    numbers: Sum | None


def totals(columns: Sequence[Column], positions: np.ndarray[Any, np.dtype[np.intp]]) -> Totals:
    """Count, sum and mean of the cells where ``columns`` and the rows at ``positions`` meet.

    >>> import pandas as pd
    >>> money = pd.Series([Decimal("0.10"), None, Decimal("0.20")], dtype=pd.ArrowDtype(pa.decimal128(18, 2)))
    >>> totals([Column("fee", money)], np.array([0, 1, 2]))
    Totals(cells=3, filled=2, rupiah=Sum(count=2, total=Decimal('0.30'), mean=Decimal('0.15')), numbers=None)
    """
    rows = pa.array(positions)
    taken = [(column, column.values.take(rows).drop_null()) for column in columns]
    money = [values for column, values in taken if column.kind == "money"]
    plain = [values for column, values in taken if column.kind == "number"]
    return Totals(
        cells=len(columns) * len(positions),
        filled=sum(len(values) for _, values in taken),
        rupiah=_sum_money(money),
        numbers=_sum_numbers(plain),
    )


def _sum_money(arrays: Sequence[pa.Array]) -> Sum | None:
    count = sum(len(values) for values in arrays)
    if not count:
        return None
    with localcontext(prec=_DIGITS):
        total = sum((_exact_sum(values) for values in arrays if len(values)), Decimal(0))
        return Sum(count, total, (total / count).quantize(_SEN, ROUND_HALF_EVEN))


def _exact_sum(values: pa.Array) -> Decimal:
    total: Decimal = pc.sum(values.cast(pa.decimal256(_DIGITS, values.type.scale))).as_py()
    return total


def _sum_numbers(arrays: Sequence[pa.Array]) -> Sum | None:
    count = sum(len(values) for values in arrays)
    if not count:
        return None
    parts = [math.fsum(values.to_pylist()) if pa.types.is_floating(values.type) else sum(values.to_pylist())
             for values in arrays]  # fmt: skip
    total = math.fsum(parts) if any(isinstance(part, float) for part in parts) else sum(parts)
    return Sum(count, total, total / count)
