"""The values of any column as Arrow arrays of plain types: what every way out of a frame reads.

A column of one kind of value is one part. An object column of several kinds has a part for each, and in each row at
most one part is not null. So Excel writes each value as what it is, and a file with one type a column joins the parts.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import ExportError
from scalev_frames.frames.scalars import is_missing, json_texts, kind_of_type, mended

TEXT = pa.large_string()
#: The most digits of a decimal that every reader of Parquet knows.
MOST_DIGITS = 38

NAMED = "values without a type of their own written as text"
SURROGATES = "halves of characters replaced by �"
MIXED = "mixed values written as text"
MIDNIGHTS = "days among times written as midnights"
ZONES = "times of several zones written in UTC"
TOO_LONG = "numbers too long for a number written as text"

Maker = Callable[[list[Any], Counter[str]], list["Part"]]
_ERRORS = (pa.ArrowException, OverflowError, ValueError, TypeError, UnicodeEncodeError)


@dataclass(frozen=True, slots=True)
class Part:
    """Values of one kind, null where a row has another or none.

    Attributes:
        array: of a plain type: boolean, integer, float, decimal, large_string, large_binary, date32, timestamp,
            time64, duration or null.
        is_json: whether its texts are lists and objects.
    """

    array: pa.Array
    is_json: bool = False


@dataclass(slots=True)
class Values:
    """One column, read.

    Attributes:
        parts: its values by kind; none when every value is missing and no dtype says what it could hold.
        length: how many rows.
        changes: what had to change, and how often.
    """

    parts: list[Part]
    length: int
    changes: Counter[str] = field(default_factory=Counter)

    def joined(self) -> Part:
        """All values as one array: of their common type, else as text."""
        parts = [part for part in self.parts if part.array.null_count < len(part.array)] or self.parts[:1]
        if not parts:
            return Part(pa.nulls(self.length, TEXT), is_json=True)
        if len(parts) == 1:
            return parts[0]
        arrays = [part.array for part in parts]
        for join in (_joined_numbers, _joined_moments):
            found = join(arrays, self.changes)
            if found is not None:
                return Part(found)
        self.changes[MIXED] += self.length - pc.coalesce(*(texts(part) for part in parts)).null_count
        return Part(pc.coalesce(*(texts(part) for part in parts)))

    def texts(self) -> pa.Array:
        """Every value as one text, equal values alike; missing is null."""
        return pc.coalesce(*(texts(part) for part in self.parts)) if self.parts else pa.nulls(self.length, TEXT)


def read_column(column: pd.Series[Any], name: str = "") -> Values:
    """The values of ``column`` as arrays of plain types.

    Args:
        column: any column: of Python, NumPy, pandas, Arrow or other objects.
        name: what it is called in errors.

    Raises:
        ExportError: it holds objects that have no text of their own.

    >>> [part.array.to_pylist() for part in read_column(pd.Series([1, "a", None, 2.5], dtype=object)).parts]
    [[1, None, None, None], [None, 'a', None, None], [None, None, None, 2.5]]
    """
    name = name or str(column.name)
    dtype = column.dtype
    if column.dtype == object:
        return _read_objects(column.to_numpy(), name)
    if isinstance(dtype, pd.CategoricalDtype):
        return _read_category(column, name)
    if isinstance(dtype, pd.PeriodDtype | pd.IntervalDtype) or dtype.kind == "c":
        return _read_objects(column.astype(object).to_numpy(), name)
    if isinstance(dtype, pd.SparseDtype):
        return read_column(pd.Series(np.asarray(column.array)), name)
    changes = Counter[str]()
    array = _arrow(column, changes)
    if array is None:
        return _read_objects(_as_objects(column), name)
    return Values([Part(array)], len(column), +changes)


def texts(part: Part) -> pa.Array:
    """The values of a part as texts: numbers in digits, times as ISO 8601, with Z where they have a zone.

    >>> texts(Part(pa.array([Decimal("1.50"), None]))).to_pylist()
    ['1.50', None]
    """
    array, kind = part.array, part.array.type
    if pa.types.is_timestamp(kind):
        zone = "" if kind.tz is None else "Z"
        moments = array if kind.tz is None else array.cast(pa.timestamp(kind.unit, "UTC"))
        written = pc.strftime(moments, f"%Y-%m-%dT%H:%M:%S{zone}").cast(TEXT)
        return pc.replace_substring_regex(written, r"\.0+(Z?)$", r"\1")
    if pa.types.is_floating(kind):
        return pc.replace_substring_regex(array.cast(TEXT), r"^(-?[0-9]+)\.0$", r"\1")
    if pa.types.is_large_binary(kind):
        return pa.array([None if one is None else one.hex() for one in array.to_pylist()], TEXT)
    if pa.types.is_duration(kind):
        return pa.array([None if pd.isna(one) else str(one) for one in array.to_pandas()], TEXT)
    if pa.types.is_time(kind):
        return pc.replace_substring_regex(array.cast(TEXT), r"\.0+$", "")
    return array.cast(TEXT)


def label_of(name: object) -> str:
    """What a column or index level is called in files.

    >>> label_of(("a", 1)), label_of(pd.Timestamp("2026-11-01")), label_of(None)
    ('a / 1', '2026-11-01', 'unnamed')
    """
    if isinstance(name, tuple):
        return " / ".join(label_of(one) for one in name)
    if is_missing(name):
        return "unnamed"
    if isinstance(name, dt.datetime) and name == name.replace(hour=0, minute=0, second=0, microsecond=0):
        return f"{name:%Y-%m-%d}"
    if isinstance(name, float) and name.is_integer():  # as pandas makes a number beside a missing label
        return str(int(name))
    return mended(str(name))


# Columns with a dtype ----------------------------------------------------------------------------------------------


def _arrow(column: pd.Series[Any], changes: Counter[str]) -> pa.Array | None:
    """A column as one plain array; ``None`` when only its Python values tell."""
    if column.dtype == np.float16:
        column = column.astype(np.float32)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        name = zone_name(column.dtype.tz)
        changes[ZONES] += 0 if name else int(column.notna().sum())
        column = column.dt.tz_convert(name or "UTC")
    try:
        array = pa.array(column, from_pandas=True)
    except _ERRORS:
        return None
    return plain_array(array, changes)


def plain_array(array: pa.Array | pa.ChunkedArray, changes: Counter[str]) -> pa.Array | None:
    """An array of any Arrow type as one of the plain types; ``None`` when there is none."""
    kind = array.type
    if pa.types.is_decimal(kind) and kind.scale < 0:  # which Arrow can hold, and do nothing with
        return None
    wanted = next((wanted for holds, wanted in _PLAIN if holds(kind)), None)
    if wanted is not None:
        array = array.cast(wanted(kind), safe=False)
    elif pa.types.is_dictionary(kind):
        return plain_array(array.cast(kind.value_type), changes)
    elif pa.types.is_run_end_encoded(kind):
        return plain_array(pc.run_end_decode(array), changes)
    elif pa.types.is_decimal256(kind):
        with contextlib.suppress(pa.ArrowInvalid):
            array = array.cast(pa.decimal128(MOST_DIGITS, kind.scale))
    elif not any(holds(kind) for holds in _KEPT):
        return None
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_floating(array.type) and pc.any(pc.is_nan(array)).as_py():
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    return array


_PLAIN: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.DataType], pa.DataType]], ...] = (
    (pa.types.is_large_string, lambda _: TEXT),
    (pa.types.is_string, lambda _: TEXT),
    (pa.types.is_string_view, lambda _: TEXT),
    (pa.types.is_float16, lambda _: pa.float32()),
    (pa.types.is_date64, lambda _: pa.date32()),
    (pa.types.is_time32, lambda _: pa.time64("us")),
    (pa.types.is_decimal32, lambda kind: pa.decimal128(kind.precision, kind.scale)),
    (pa.types.is_decimal64, lambda kind: pa.decimal128(kind.precision, kind.scale)),
    (pa.types.is_binary, lambda _: pa.large_binary()),
    (pa.types.is_fixed_size_binary, lambda _: pa.large_binary()),
    (pa.types.is_binary_view, lambda _: pa.large_binary()),
)
_KEPT: tuple[Callable[[pa.DataType], bool], ...] = (
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal128,
    pa.types.is_large_binary,
    pa.types.is_date32,
    pa.types.is_timestamp,
    pa.types.is_time64,
    pa.types.is_duration,
)


def _as_objects(column: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """The values as Python's own."""
    values = np.empty(len(column), dtype=object)
    is_arrow = isinstance(column.dtype, pd.ArrowDtype)
    values[:] = pa.array(column).to_pylist() if is_arrow else list(column.astype(object))
    return values


def _read_category(column: pd.Series[Any], name: str) -> Values:
    """Each category is read once, and counted as often as it occurs."""
    codes = column.cat.codes.to_numpy()
    read = read_column(pd.Series(column.cat.categories), name)
    places = pa.array(codes.astype(np.int64), mask=codes < 0)
    parts = [Part(part.array.take(places), part.is_json) for part in read.parts]
    changed = {words: len(column) - places.null_count for words, times in read.changes.items() if times}
    return Values(parts, len(column), Counter(changed))


# Columns of objects --------------------------------------------------------------------------------------------------


def _read_objects(values: np.ndarray[Any, np.dtype[np.object_]], name: str) -> Values:
    missing = _missing(values)
    found = Values([], len(values))
    kinds = {one: kind_of_type(one) for one in set(map(type, values[~missing]))}
    if unknown := [one.__name__ for one, kind in kinds.items() if not kind]:
        raise _refused(name, unknown[0])
    if "scalar" in kinds.values():
        return _read_objects(_unwrapped(values), name)
    makers = {one: _MAKERS[kind] for one, kind in kinds.items()}
    groups: dict[Maker, list[Any]] = {}
    if len(set(makers.values())) == 1:
        plain = values.copy()
        plain[missing] = None
        groups[next(iter(makers.values()))] = list(plain)
    else:
        for place in np.flatnonzero(~missing).tolist():
            groups.setdefault(makers[type(values[place])], [None] * len(values))[place] = values[place]
    for make, given in groups.items():
        try:
            found.parts += make(given, found.changes)
        except TypeError as error:
            raise _refused(name, str(error)) from error
    found.changes = +found.changes
    return found


def _missing(values: np.ndarray[Any, np.dtype[np.object_]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    try:
        return np.asarray(pd.isna(values))
    except InvalidOperation:  # a signalling NaN
        return np.array([is_missing(one) for one in values], np.bool_)


def _refused(name: str, what: str) -> ExportError:
    return ExportError(
        f"The column {name} holds objects that no file can hold ({what}).",
        advice=f'Make them text or numbers, such as frame["{name}"].map(str), or drop the column.',
    )


def _unwrapped(values: np.ndarray[Any, np.dtype[np.object_]]) -> np.ndarray[Any, np.dtype[np.object_]]:
    plain = np.empty(len(values), dtype=object)
    plain[:] = [one.as_py() if isinstance(one, pa.Scalar) else one for one in values]
    return plain


def _flags(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(pa.array([None if one is None else bool(one) for one in values], pa.bool_()))]


def _whole(values: list[Any], changes: Counter[str]) -> list[Part]:
    numbers = [None if one is None else int(one) for one in values]
    for kind in (pa.int64(), pa.uint64()):
        with contextlib.suppress(*_ERRORS):
            return [Part(pa.array(numbers, kind))]
    return _decimals([None if one is None else Decimal(one) for one in numbers], changes)


def _floats(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(pa.array([None if one is None else float(one) for one in values], pa.float64(), from_pandas=True))]


def _decimals(values: list[Any], changes: Counter[str]) -> list[Part]:
    """Exact decimals; what is infinite is a float, and what no decimal can hold is text."""
    finite = [one if one is not None and one.is_finite() else None for one in values]
    infinite = [float(one) if one is not None and one.is_infinite() else None for one in values]
    parts = [Part(pa.array(infinite, pa.float64()))] if any(one is not None for one in infinite) else []
    with contextlib.suppress(*_ERRORS):
        array = plain_array(pa.array(finite), changes)
        return [Part(array), *parts] if array is not None and array.null_count < len(array) else parts
    changes[TOO_LONG] += sum(one is not None for one in finite)
    return [Part(pa.array([None if one is None else format(one, "f") for one in finite], TEXT)), *parts]


def _texts(values: list[Any], changes: Counter[str]) -> list[Part]:
    try:
        return [Part(pa.array(values, TEXT))]
    except _ERRORS:
        whole = [None if one is None else mended(one) for one in values]
    changes[SURROGATES] += sum(one != other for one, other in zip(values, whole, strict=True))
    return [Part(pa.array(whole, TEXT))]


def _named(values: list[Any], changes: Counter[str]) -> list[Part]:
    changes[NAMED] += sum(one is not None for one in values)
    return _texts([None if one is None else str(one) for one in values], changes)


def _json(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(json_texts(values), is_json=True)]


def _bytes(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(pa.array([None if one is None else bytes(one) for one in values], pa.large_binary()))]


def _moments(values: list[Any], changes: Counter[str]) -> list[Part]:
    """Moments without a zone and with one; those of several zones are in UTC."""
    try:
        stamps = [
            None if one is None else pd.Timestamp(one) if isinstance(one, np.datetime64) else one for one in values
        ]
        naive = [one if one is not None and one.tzinfo is None else None for one in stamps]
        zoned = [one if one is not None and one.tzinfo is not None else None for one in stamps]
        zones = {zone_name(one.tzinfo) for one in zoned if one is not None}
        parts = [Part(_stamps(naive, None))] if any(one is not None for one in naive) else []
        if zones:
            zone = next(iter(zones)) if len(zones) == 1 else ""
            changes[ZONES] += 0 if zone else sum(one is not None for one in zoned)
            parts.append(Part(_stamps(zoned, zone or "UTC")))
    except _ERRORS:
        return _named(values, changes)
    return parts


def _stamps(values: Sequence[Any], zone: str | None) -> pa.Array:
    """Timestamps in nanoseconds where one needs them, else in microseconds."""
    if any(getattr(one, "nanosecond", 0) for one in values):
        series = pd.Series(pd.to_datetime(list(values), utc=zone is not None)).dt.as_unit("ns")
        return pa.array(series if zone is None else series.dt.tz_convert(zone), from_pandas=True)
    plain = [one.to_pydatetime() if isinstance(one, pd.Timestamp) else one for one in values]
    return pa.array(plain, pa.timestamp("us", None if zone is None else "UTC")).cast(pa.timestamp("us", zone))


def _days(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(pa.array(values, pa.date32()))]


def _clocks(values: list[Any], changes: Counter[str]) -> list[Part]:
    if any(one is not None and one.tzinfo for one in values):
        return _named([None if one is None else one.isoformat() for one in values], changes)
    return [Part(pa.array(values, pa.time64("us")))]


def _spans(values: list[Any], changes: Counter[str]) -> list[Part]:
    try:
        spans = [None if one is None else pd.Timedelta(one) for one in values]
        fine = any(one is not None and one.nanoseconds for one in spans)
        if fine:
            return [Part(pa.array(pd.Series(spans, dtype="timedelta64[ns]"), from_pandas=True))]
        return [Part(pa.array([None if one is None else one.to_pytimedelta() for one in spans], pa.duration("us")))]
    except _ERRORS:
        return _named(values, changes)


_MAKERS: dict[str, Maker] = {
    "flag": _flags,
    "text": _texts,
    "whole": _whole,
    "span": _spans,
    "float": _floats,
    "decimal": _decimals,
    "moment": _moments,
    "day": _days,
    "clock": _clocks,
    "bytes": _bytes,
    "list": _json,
    "map": _json,
    "set": _json,
    "named": _named,
}


def zone_name(zone: dt.tzinfo | None) -> str:
    """The name by which Arrow knows a zone; empty when it has none."""
    name = getattr(zone, "key", None) or getattr(zone, "zone", None) or str(zone)
    name = re.sub(r"^UTC(?=[+-]\d\d:\d\d$)", "", str(name))
    try:
        pc.local_timestamp(pa.array([0], pa.timestamp("s", name)))
    except pa.ArrowException:
        return ""
    return name


# Parts joined --------------------------------------------------------------------------------------------------------


def _joined_numbers(arrays: Sequence[pa.Array], _: Counter[str]) -> pa.Array | None:
    """Whole numbers beside floats as floats, beside decimals as decimals, where each keeps its value."""
    is_decimal = [pa.types.is_decimal(one.type) for one in arrays]
    is_whole = [pa.types.is_integer(one.type) for one in arrays]
    is_float = [pa.types.is_floating(one.type) for one in arrays]
    try:
        if all(map(any, zip(is_whole, is_float, strict=True))):
            return pc.coalesce(*(one.cast(pa.float64()) for one in arrays))
        if all(map(any, zip(is_whole, is_decimal, strict=True))):
            wide = pa.decimal128(MOST_DIGITS, max(one.type.scale for one in arrays if pa.types.is_decimal(one.type)))
            return pc.coalesce(*(one.cast(wide) for one in arrays))
    except pa.ArrowInvalid:
        pass
    return None


def _joined_moments(arrays: Sequence[pa.Array], changes: Counter[str]) -> pa.Array | None:
    """Days beside times without a zone as midnights."""
    days = [one for one in arrays if pa.types.is_date(one.type)]
    moments = [one for one in arrays if pa.types.is_timestamp(one.type) and one.type.tz is None]
    if len(arrays) != 2 or not days or not moments:
        return None
    changes[MIDNIGHTS] += len(days[0]) - days[0].null_count
    with contextlib.suppress(pa.ArrowInvalid):
        return pc.coalesce(moments[0], days[0].cast(moments[0].type))
    return None
