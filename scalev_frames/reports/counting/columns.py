"""A column of any frame, ours or read back from a file, becomes one exact Arrow array.

Pure functions on one column each: text, money, counts, flags, moments. Missing stays missing; what cannot be read
becomes missing and is counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog.kinds import FLAG_WORDS, MONEY_TYPE
from scalev_frames.frames.money import as_arrow, decimal_of, exact_array
from scalev_frames.frames.values.arrays import TEXT, Part, texts
from scalev_frames.frames.values.scalars import is_missing

MOMENT = pa.timestamp("us", tz="UTC")
_LARGEST = int(np.iinfo(np.int64).max)


def as_text(column: pd.Series[Any]) -> pa.Array:
    """Text; an empty text is missing.

    >>> as_text(pd.Series(["a", "", None, 7.0])).to_pylist(), as_text(pd.Series([81234567890.0, None])).to_pylist()
    (['a', None, None, '7'], ['81234567890', None])
    """
    array = as_arrow(column)
    if array is None:
        array = pa.array([None if is_missing(value) else _one_text(value) for value in column], TEXT)
    array = texts(Part(array)) if pa.types.is_floating(array.type) else array.cast(TEXT)
    empty = pc.equal(array, "")
    return pc.if_else(empty, pa.scalar(None, TEXT), array) if pc.any(empty).as_py() else array


def _one_text(value: Any) -> str:  # noqa: ANN401
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_count(column: pd.Series[Any]) -> pa.Array:
    """Whole numbers; one that 64 bits cannot hold is missing.

    >>> as_count(pd.Series(["2", "two", 3.0])).to_pylist()
    [2, None, 3]
    """
    array = as_arrow(column)
    if array is not None and pa.types.is_signed_integer(array.type):
        return array.cast(pa.int64())
    numbers = [decimal_of(value) for value in column]
    whole = [None if one is None or one != int(one) else int(one) for one in numbers]
    return pa.array([one if one is not None and abs(one) <= _LARGEST else None for one in whole], pa.int64())


def as_flag(column: pd.Series[Any]) -> pa.Array:
    """Yes and no, also where they came as text or as 0 and 1.

    >>> as_flag(pd.Series([True, "true", "0", None])).to_pylist()
    [True, True, False, None]
    """
    array = as_arrow(column)
    if array is not None and pa.types.is_boolean(array.type):
        return array
    return pa.array([FLAG_WORDS.get(str(value).lower().removesuffix(".0")) for value in column], pa.bool_())


def as_moment(column: pd.Series[Any], zone: str) -> pa.Array:
    """Moments, UTC; without a zone they are taken as those of ``zone``, as exported files hold them.

    >>> as_moment(pd.Series(["2026-11-01T17:00:00Z", "2026-11-02 00:00:00", "?"]), "Asia/Jakarta")[1].as_py().hour
    17
    """
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        column = _with_zone(column, zone)
    unit: pd.Series[Any] = column.astype("datetime64[us, UTC]")
    return pa.array(unit, MOMENT)


def is_naive(column: pd.Series[Any]) -> bool:
    """Whether ``column`` holds times without a zone."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return False
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return bool(column.notna().any())
    return any(_stamp(value)[1] for value in column)


def _with_zone(column: pd.Series[Any], zone: str) -> pd.Series[Any]:
    if pd.api.types.is_datetime64_dtype(column.dtype):
        localized: pd.Series[Any] = column.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        return localized
    moments = []
    for value in column:
        moment, naive = _stamp(value)
        moments.append(_placed(moment, zone) if moment is not None and naive else moment)
    return pd.Series([None if one is None else one.tz_convert("UTC") for one in moments], dtype="datetime64[us, UTC]")


def _placed(moment: pd.Timestamp, zone: str) -> pd.Timestamp | None:
    """A local time in its zone; ``None`` where a change of the clocks makes it unclear."""
    placed = moment.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    return placed if isinstance(placed, pd.Timestamp) else None


def _stamp(value: Any) -> tuple[pd.Timestamp | None, bool]:  # noqa: ANN401
    """The moment in a cell, and whether it names no time zone."""
    if is_missing(value) or not isinstance(value, str | dt.date):
        return None, False
    try:
        moment = pd.Timestamp(value)
    except (ValueError, OverflowError):
        return None, False
    return (None, False) if pd.isna(moment) else (moment, moment.tzinfo is None)


#: What reads a kind of column, and the type of the array; moments are read in a zone.
READERS: dict[str, tuple[Callable[..., pa.Array], pa.DataType]] = {
    "text": (as_text, TEXT),
    "money": (exact_array, MONEY_TYPE),
    "count": (as_count, pa.int64()),
    "flag": (as_flag, pa.bool_()),
    "moment": (as_moment, MOMENT),
}
