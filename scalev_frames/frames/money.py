"""Amounts of money: floats where every value survives, exact decimals otherwise, and exact to count with either way.

A value survives in a float when its decimal text comes back: every amount of up to 15 digits does.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.catalog.kinds import MONEY_TYPE
from scalev_frames.frames.header import Header, with_notes
from scalev_frames.frames.values.arrays import as_decimals
from scalev_frames.frames.values.scalars import EXACT, MOST_DIGITS, places
from scalev_frames.plurals import counted

#: Every decimal of this many digits comes back from a float.
SAFE_DIGITS = 15
WIDE_MONEY = pa.decimal128(MOST_DIGITS, MONEY_TYPE.scale)
_SEN = Decimal("0.01")

Floats = np.ndarray[Any, np.dtype[np.float64]]
Sen = np.ndarray[Any, np.dtype[np.int64]]


def exact(column: pd.Series[Any]) -> list[Decimal | None]:
    """The amounts of ``column`` as exact decimals, whatever its dtype; missing is ``None``.

    Args:
        column: floats, decimals, whole numbers, texts or objects. A float is the decimal that its text shows.

    >>> exact(pd.Series([0.1, None, 150000.5]))
    [Decimal('0.10'), None, Decimal('150000.50')]
    """
    amounts: list[Decimal | None] = exact_array(column).to_pylist()
    return amounts


def exact_array(column: pd.Series[Any]) -> pa.Array:
    """The amounts of ``column`` as one Arrow array of decimals of at least two places; what is no number is missing.

    >>> exact_array(pd.Series([1.5, None])).type
    Decimal128Type(decimal128(18, 2))
    """
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f" and column.dtype != np.float32:
        return _decimals_of(column.to_numpy(np.float64))
    array = as_arrow(column)
    made = None if array is None else _decimals_of_array(array)
    return _decimals(_cells(column)) if made is None else made


def inexact(column: pd.Series[Any], amounts: pa.Array) -> int:
    """The number of amounts that `exact_array` had to round, or leave out, because 38 digits are too few.

    >>> long = pd.Series([1e-300, 1.5])
    >>> inexact(long, exact_array(long)), exact(long)
    (1, [Decimal('0.00'), Decimal('1.50')])
    """
    if amounts.type != WIDE_MONEY:
        return 0
    return sum(
        one is not None and one != made
        for one, made in zip(map(decimal_of, _cells(column)), amounts.to_pylist(), strict=True)
    )


def surviving_floats(amounts: pa.ChunkedArray | pa.Array) -> Floats | None:
    """Decimals as floats, missing as NaN; ``None`` when the text of one of them would not come back.

    >>> surviving_floats(pa.array([Decimal("150000.50"), None])).tolist()
    [150000.5, nan]
    >>> surviving_floats(pa.array([Decimal("12345678901234567.89")])) is None
    True
    """
    whole = amounts.combine_chunks() if isinstance(amounts, pa.ChunkedArray) else amounts
    found = _unscaled(whole)
    if found is None:
        return _one_by_one(whole)
    unscaled, missing = found
    doubtful = np.flatnonzero((np.abs(unscaled) >= 10**SAFE_DIGITS) & ~missing)
    floats: Floats = unscaled / 10.0**whole.type.scale
    if len(doubtful):
        few = _one_by_one(whole.take(pa.array(doubtful)))
        if few is None:
            return None
        floats[doubtful] = few
    floats[missing] = np.nan
    return floats


def money_columns(frame: pd.DataFrame) -> list[Any]:
    """The columns of ``frame`` that hold amounts as floats or decimals, by its header's kinds."""
    header = Header.of(frame)
    return [
        name
        for name, dtype in frame.dtypes.items()
        if (dtype == np.float64 or is_decimal(dtype)) and header.kind_of(name) == "money"
    ]


def is_decimal(dtype: object) -> bool:
    """Whether a dtype is one of exact decimals."""
    return isinstance(dtype, pd.ArrowDtype) and bool(pa.types.is_decimal(dtype.pyarrow_dtype))


def decimals(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the amounts in `money_columns` as exact decimals (``decimal128[pyarrow]``).

    >>> decimals(pd.DataFrame({"price": [0.1]}))["price"].tolist()
    [Decimal('0.10')]
    """
    names = [name for name in money_columns(frame) if frame[name].dtype == np.float64]
    arrays = {name: exact_array(frame[name]) for name in names if not np.isinf(frame[name]).any()}
    made = frame.assign(
        **{name: pd.Series(pd.arrays.ArrowExtensionArray(array), frame.index) for name, array in arrays.items()}
    )
    made.attrs = frame.attrs
    header = Header.of(frame)
    lost = {name: inexact(frame[name], array) for name, array in arrays.items()}
    said = (
        f"{name}: {counted(count, 'amount', 'do')} not fit decimals of 38 digits"
        for name, count in lost.items()
        if count
    )
    return replace(header, money="decimal", notes=(*header.notes, *said)).onto(made)


def floats(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the amounts in `money_columns` as ``float64``; a note names each column that was rounded.

    >>> floats(decimals(pd.DataFrame({"price": [0.1]})))["price"].tolist()
    [0.1]
    """
    header, made = replace(Header.of(frame), money=""), {}
    for name in money_columns(frame):
        if is_decimal(frame[name].dtype):
            amounts = frame[name].array.__arrow_array__()
            found = surviving_floats(amounts)
            if found is None:
                header = replace(header, notes=(*header.notes, f"{name}: rounded to floats, which hold 15 digits"))
                found = np.array([np.nan if one is None else float(one) for one in amounts.to_pylist()])
            made[name] = pd.Series(found, frame.index)
    whole = frame.assign(**made)
    whole.attrs = frame.attrs
    return header.onto(whole)


def as_asked(frame: pd.DataFrame, note: str) -> pd.DataFrame:
    """``frame`` with amounts as its header asks: ``float64`` where every value of a column survives, else as they are.

    Args:
        frame: any frame whose amounts are exact decimals.
        note: what its header says of ``{columns}`` that stay decimals where floats were asked for.

    >>> as_asked(decimals(pd.DataFrame({"price": [0.1]})).pipe(floats), "{columns}: exact")["price"].dtype
    dtype('float64')
    """
    if Header.of(frame).money == "decimal":
        return frame
    names = [name for name in money_columns(frame) if is_decimal(frame[name].dtype)]
    found = {name: surviving_floats(frame[name].array.__arrow_array__()) for name in names}
    made = frame.assign(**{name: pd.Series(one, frame.index) for name, one in found.items() if one is not None})
    made.attrs = frame.attrs
    if exact := [str(name) for name, one in found.items() if one is None]:
        return with_notes(made, note.format(columns=", ".join(exact)))
    return made


# Ways there and back -----------------------------------------------------------------------------------------------


def _unscaled(array: pa.Array) -> tuple[Sen, np.ndarray[Any, np.dtype[np.bool_]]] | None:
    """Decimals without their point, and which are missing; ``None`` when 64 bits are too few."""
    if not pa.types.is_decimal128(array.type) or not 0 <= array.type.scale <= 22:
        return None
    missing = array.is_null().to_numpy(zero_copy_only=False)
    words = np.frombuffer(array.buffers()[1] or b"", np.int64).reshape(-1, 2)[array.offset : array.offset + len(array)]
    low, high = np.where(missing, 0, words[:, 0]), np.where(missing, 0, words[:, 1])
    return (low, missing) if (high == low >> 63).all() and (low != np.iinfo(np.int64).min).all() else None


def _one_by_one(amounts: pa.Array) -> Floats | None:
    found = []
    for amount in amounts.to_pylist():
        number = float("nan") if amount is None else float(amount)
        if amount is not None and Decimal(repr(number)) != amount:
            return None
        found.append(number)
    return np.array(found, np.float64)


def _decimals_of(numbers: Floats) -> pa.Array:
    """Floats as the decimals that their texts show."""
    short = short_decimals(numbers)
    if short is not None:
        return short
    return _decimals([repr(float(one)) if np.isfinite(one) else None for one in numbers])


def short_decimals(numbers: Floats) -> pa.Array | None:
    """Finite floats as decimals of two places; ``None`` where one has more places, or more digits than a float keeps.

    >>> short_decimals(np.array([0.1, np.nan])).to_pylist(), short_decimals(np.array([0.125]))
    ([Decimal('0.10'), None], None)
    """
    known = np.isfinite(numbers)
    whole = bool(known.all())
    amounts = numbers if whole else np.where(known, numbers, 0.0)
    sen = np.rint(amounts * 100)
    if len(sen) and (max(sen.max(), -sen.min()) >= 10**SAFE_DIGITS or not np.array_equal(sen / 100, amounts)):
        return None
    words = np.empty((len(sen), 2), "<i8")  # the low and the high half of each number of 128 bits
    words[:, 0] = sen
    np.right_shift(words[:, 0], 63, out=words[:, 1])
    mask = None if whole else pa.array(known).buffers()[1]
    return pa.Array.from_buffers(MONEY_TYPE, len(sen), [mask, pa.py_buffer(words)])


def _cells(column: pd.Series[Any]) -> Iterable[Any]:
    """The cells of a column; short floats as they are, where pandas would make long ones of them."""
    return column.to_numpy() if column.dtype == np.float32 else column


def _decimals_of_array(array: pa.Array) -> pa.Array | None:
    """Numbers of one Arrow type as decimals; ``None`` where they do not fit, or are no numbers."""
    kind = array.type
    if pa.types.is_decimal(kind) and kind.scale >= MONEY_TYPE.scale:
        return array
    if pa.types.is_float64(kind):
        return _decimals_of(array.to_numpy(zero_copy_only=False).astype(np.float64))
    if pa.types.is_integer(kind):
        array = array.cast(pa.decimal128(MOST_DIGITS, 0))
    elif not pa.types.is_decimal(kind):
        return None
    for wanted in (MONEY_TYPE, WIDE_MONEY) if pa.types.is_integer(kind) else (WIDE_MONEY,):
        with contextlib.suppress(pa.ArrowInvalid):
            return as_decimals(array, wanted)
    return None


def _decimals(values: Iterable[Any]) -> pa.Array:
    """Exact decimals of one type; where 38 digits are too few, rounded to sen, or missing."""
    numbers = [decimal_of(value) for value in values]
    scale = max(map(places, filter(None, numbers)), default=MONEY_TYPE.scale)
    exact = (MONEY_TYPE, pa.decimal128(MOST_DIGITS, max(scale, MONEY_TYPE.scale))) if scale <= MOST_DIGITS else ()
    for kind in exact:  # of more places Arrow makes nothing at times
        with contextlib.suppress(pa.ArrowInvalid, ValueError):
            return pa.array(numbers, kind)
    most = Decimal(10) ** (MOST_DIGITS - MONEY_TYPE.scale)
    sen = [None if one is None or one.copy_abs() >= most else one.quantize(_SEN, context=EXACT) for one in numbers]
    return pa.array(sen, WIDE_MONEY)


def decimal_of(value: Any) -> Decimal | None:  # noqa: ANN401 - any cell
    """The number in a cell, exactly; ``None`` when it holds none.

    >>> decimal_of("12.50"), decimal_of(True)
    (Decimal('12.50'), None)
    """
    if value is None or value is pd.NA or value is pd.NaT or isinstance(value, bool | np.bool_):
        return None
    try:
        number = Decimal(value if isinstance(value, Decimal | int) else str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def as_arrow(column: pd.Series[Any]) -> pa.Array | None:
    """``column`` as one Arrow array, those of dictionaries decoded; ``None`` when its values have no common type.

    >>> as_arrow(pd.Series(["a", 1])) is None
    True
    """
    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, ValueError):
        return None
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
