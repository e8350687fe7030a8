"""Arrow arrays of plain types: the values of a column by kind, their texts, and how kinds join."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.frames.values.scalars import MOST_DIGITS, json_texts

TEXT = pa.large_string()

NAMED = "values without a type of their own written as text"
INFINITE = "infinite numbers in lists and objects written as text"
SURROGATES = "halves of characters replaced by �"
MIXED = "mixed values written as text"
MIDNIGHTS = "days among times written as midnights"
ZONES = "times of several zones written in UTC"
TOO_LONG = "numbers too long for a number written as text"
BEYOND = "moments outside the years 1 to 9999 written as text"
#: The first and the last second of these years, counted from 1970.
_YEARS = -62_135_596_800, 253_402_300_799
_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


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
        parts: its values by kind; none where all values are missing and the dtype does not say their kind.
        length: how many rows.
        changes: how often values were changed, by the words for the change.
    """

    parts: list[Part]
    length: int
    changes: Counter[str] = field(default_factory=Counter)

    def joined(self) -> Part:
        """All values as one array: of their common type, as JSON where lists are among them, else as text."""
        parts = [part for part in self.parts if part.array.null_count < len(part.array)] or self.parts[:1]
        if not parts:
            return Part(pa.nulls(self.length, TEXT), is_json=True)
        if len(parts) == 1:
            return parts[0]
        if (as_json := _joined_json(parts)) is not None:
            return Part(as_json, is_json=True)
        arrays = [part.array for part in parts]
        for join in (_joined_numbers, _joined_moments):
            found = join(arrays, self.changes)
            if found is not None:
                return Part(found)
        written = pc.coalesce(*(texts(part) for part in parts))
        self.changes[MIXED] += self.length - written.null_count
        return Part(written)

    def texts(self) -> pa.Array:
        """Every value as one text, equal values alike; missing is null."""
        return pc.coalesce(*(texts(part) for part in self.parts)) if self.parts else pa.nulls(self.length, TEXT)


def texts(part: Part) -> pa.Array:
    """The values of a part as texts: numbers in digits, times as ISO 8601, with Z where they have a zone.

    >>> from decimal import Decimal
    >>> texts(Part(pa.array([Decimal("1.50"), None]))).to_pylist(), texts(Part(pa.array([81234567890.0]))).to_pylist()
    (['1.50', None], ['81234567890'])
    """
    array, kind = part.array, part.array.type
    if pa.types.is_timestamp(kind):
        zone = "" if kind.tz is None else "Z"
        moments = array if kind.tz is None else array.cast(pa.timestamp(kind.unit, "UTC"))
        written = pc.strftime(moments, f"%Y-%m-%dT%H:%M:%S{zone}").cast(TEXT)
        return pc.replace_substring_regex(written, r"\.0+(Z?)$", r"\1")
    if pa.types.is_floating(kind):
        return _float_texts(array)
    if pa.types.is_large_binary(kind):
        return pa.array([None if one is None else one.hex() for one in array.to_pylist()], TEXT)
    if pa.types.is_duration(kind):
        return pa.array([None if pd.isna(one) else str(one) for one in array.to_pandas()], TEXT)
    if pa.types.is_time(kind):
        return pc.replace_substring_regex(array.cast(TEXT), r"\.0+$", "")
    return array.cast(TEXT)


def _float_texts(array: pa.Array) -> pa.Array:
    """Floats as texts; whole ones of up to 15 digits without a power of ten, which Arrow would write."""
    is_whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), 1e15))
    whole = pc.if_else(is_whole, array, pa.scalar(None, array.type)).cast(pa.int64())
    return pc.coalesce(whole.cast(TEXT), array.cast(TEXT))


def around(before: str, array: pa.Array, after: str = "") -> pa.Array:
    """Texts with ``before`` and ``after`` around each; missing stays missing.

    >>> around("(", pa.array(["a", None]), ")").to_pylist()
    ['(a)', None]
    """
    first, last, nothing = (pa.scalar(one, array.type) for one in (before, after, ""))
    return pc.binary_join_element_wise(first, array, last, nothing)


def wall_clock(array: pa.Array, zone: str = "") -> pa.Array:
    """Days or moments as the clocks of ``zone`` show them, else those of their own zone: times without a zone.

    >>> wall_clock(pa.array([0], pa.timestamp("s", "UTC")), "Asia/Jakarta")[0].as_py().isoformat()
    '1970-01-01T07:00:00'
    """
    if pa.types.is_date(array.type):
        return array.cast(pa.timestamp("s"))
    if array.type.tz is None:
        return array
    return pc.local_timestamp(array.cast(pa.timestamp(array.type.unit, zone or array.type.tz)))


def is_number(kind: pa.DataType) -> bool:
    """Whether values of a type are whole numbers, floats or decimals."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def is_moment(kind: pa.DataType) -> bool:
    """Whether values of a type are days, or times of a day."""
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def as_decimals(numbers: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    """Decimals or whole numbers as decimals of ``kind``; in 128 bits Arrow does not notice every overflow.

    Raises:
        pyarrow.ArrowInvalid: one of them does not fit.
    """
    return numbers.cast(pa.decimal256(2 * MOST_DIGITS, kind.scale)).cast(kind)


def moment_parts(array: pa.Array, changes: Counter[str]) -> list[Part]:
    """Moments or days as one part; those outside the years 1 to 9999 as texts in another part, in UTC.

    >>> [part.array.to_pylist() for part in moment_parts(pa.array([0, 10**12], pa.timestamp("s")), Counter())]
    [[datetime.datetime(1970, 1, 1, 0, 0), None], [None, '33658-09-27T01:46:40']]
    """
    moments = array.cast(pa.timestamp("s")) if pa.types.is_date(array.type) else array
    unit, counts = moments.type.unit, moments.cast(pa.int64())
    first, last = _YEARS[0] * _A_SECOND[unit], (_YEARS[1] + 1) * _A_SECOND[unit]
    inside = pc.and_(pc.greater_equal(counts, max(first, -(2**63))), pc.less(counts, min(last, 2**63 - 1)))
    if unit == "ns" or pc.all(inside).as_py() is not False:
        return [Part(array)]
    plain = counts.fill_null(0).to_numpy().astype(f"datetime64[{unit}]")
    texts = np.datetime_as_string(plain if moments is array else plain.astype("datetime64[D]"))
    written = pc.replace_substring_regex(pa.array(texts, TEXT), r"\.0+$", "")
    shown = around("", written, "Z" if moments.type.tz else "")
    changes[BEYOND] += pc.sum(pc.invert(inside)).as_py()
    return [Part(pc.if_else(inside, array, None)), Part(pc.if_else(inside, None, shown))]


def plain_array(array: pa.Array | pa.ChunkedArray) -> pa.Array | None:
    """An array of any Arrow type as one of the plain types; ``None`` when there is none."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return None if pa.types.is_nested(kind.value_type) else plain_array(array.cast(kind.value_type))
    if pa.types.is_run_end_encoded(kind):
        return plain_array(pc.run_end_decode(array))
    wanted = _plain_type(kind)
    if wanted is None or (pa.types.is_decimal(kind) and kind.scale < 0):  # which Arrow can hold, and do nothing with
        return None
    array = _shortest(array) if pa.types.is_decimal256(kind) else array.cast(wanted, safe=False)
    return without_nan(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)


def _plain_type(kind: pa.DataType) -> pa.DataType | None:
    stays = kind if any(holds(kind) for holds in _PLAIN) else None
    return next((make(kind) for holds, make in _CHANGED if holds(kind)), stays)


def _shortest(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Decimals of 256 bits as such of 128, where they fit."""
    if array.type.scale <= MOST_DIGITS:
        with contextlib.suppress(pa.ArrowInvalid):
            return array.cast(pa.decimal128(MOST_DIGITS, array.type.scale))
    return array


def without_nan(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Values with NaN as missing."""
    if pa.types.is_floating(array.type) and pc.any(pc.is_nan(array)).as_py():
        return pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    return array


#: The types that stay what they are, unless `_CHANGED` has them.
_PLAIN = (
    pa.types.is_null, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal,
    pa.types.is_large_binary, pa.types.is_date32, pa.types.is_timestamp, pa.types.is_time64, pa.types.is_duration,
)  # fmt: skip
#: What other types become; the first row that holds counts.
_CHANGED: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.DataType], pa.DataType]], ...] = (
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


# Parts joined -------------------------------------------------------------------------------------------------------

_IN_JSON = (pa.types.is_large_string, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating)


def _joined_json(parts: Sequence[Part]) -> pa.Array | None:
    """Lists and objects beside values that JSON has types for, all as JSON texts."""
    known = all(any(holds(part.array.type) for holds in _IN_JSON) for part in parts)
    if not known or not any(part.is_json for part in parts):
        return None
    return pc.coalesce(*(part.array if part.is_json else json_texts(part.array.to_pylist()) for part in parts))


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
