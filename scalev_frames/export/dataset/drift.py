"""Join columns of one name and several types, with every value unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from scalev_frames.frames.convert import as_texts
from scalev_frames.frames.tables import JSON_MARK, is_json
from scalev_frames.frames.values.arrays import TEXT, Part, as_decimals, is_moment, is_number, texts, without_nan
from scalev_frames.frames.values.scalars import json_text, plain_text

#: From the coarsest to the finest.
UNITS = ("s", "ms", "us", "ns")
#: The digits that a decimal of 128 bits holds; most readers know no wider one.
MOST_DIGITS = 38


def common_field(columns: Sequence[tuple[pa.Field, pa.ChunkedArray]]) -> pa.Field:
    """The field that holds the values of all ``columns``, each of them unchanged.

    Args:
        columns: the field and the values of each; the first one decides the time zone.

    >>> numbers, texts = pa.chunked_array([pa.array([1])]), pa.chunked_array([pa.array(["x"])])
    >>> common_field([(pa.field("n", pa.int64()), numbers), (pa.field("n", pa.string()), texts)]).type
    DataType(large_string)
    """
    name, given = columns[0][0].name, _with_values(columns)
    if any(is_json(field) for field, _ in given):
        return pa.field(name, pa.large_string(), metadata=JSON_MARK)
    types = list(dict.fromkeys(_plain_type(field.type) for field, _ in given))
    mark = _shared_mark([field for field, _ in given])
    if len(types) == 1:
        return pa.field(name, types[0], metadata=mark)
    for candidate in _candidates(types):
        if all(_fits(values, candidate) for _, values in given):
            return pa.field(name, candidate, metadata=mark if pa.types.is_decimal(candidate) else None)
    return pa.field(name, pa.large_string())


def _with_values(columns: Sequence[tuple[pa.Field, pa.ChunkedArray]]) -> Sequence[tuple[pa.Field, pa.ChunkedArray]]:
    """The columns that have any value; without such, the first that has a type; without such, the first."""
    typed = [(field, values) for field, values in columns if not pa.types.is_null(field.type)]
    return [(field, values) for field, values in typed if values.null_count < len(values)] or typed[:1] or columns[:1]


def _shared_mark(fields: Sequence[pa.Field]) -> dict[bytes, bytes] | None:
    """The mark that all fields have, such as the one of amounts that are floats in frames."""
    first: dict[bytes, bytes] | None = fields[0].metadata
    return first if all(field.metadata == first for field in fields) else None


def as_field(values: pa.ChunkedArray, field: pa.Field, before: pa.Field) -> pa.ChunkedArray:
    """A column of the field ``before`` as one of ``field``, which `common_field` gave."""
    if values.null_count == len(values):
        return pa.chunked_array([pa.nulls(len(values), field.type)])
    if is_json(field):
        if is_json(before):
            return values.cast(field.type)
        as_json = [None if value is None else json_text(_json_value(value)) for value in values.to_pylist()]
        return pa.chunked_array([pa.array(as_json, field.type)])
    if values.type.equals(field.type):
        return values
    values = _decoded(values)
    if pa.types.is_large_string(field.type):
        return _texts(values)
    return _converted(values, field.type)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.large_string() if _is_text(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _decoded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def _candidates(types: Sequence[pa.DataType]) -> Iterable[pa.DataType]:
    """Types that may hold values of all ``types``, the narrowest first."""
    return next((make(types) for holds, make in _COMMON if all(map(holds, types))), ())


def _numbers(types: Sequence[pa.DataType]) -> list[pa.DataType]:
    widest = max((one.scale for one in types if pa.types.is_decimal(one)), default=-1)
    if widest < 0:
        return [pa.float64()]
    return [pa.decimal128(MOST_DIGITS, scale) for scale in dict.fromkeys((widest, 6, 10, 17)) if scale >= widest]


def _moments(types: Sequence[pa.DataType]) -> list[pa.DataType]:
    """Days and times without a zone as times; no type holds times of which only some have a zone."""
    stamps = [one for one in types if pa.types.is_timestamp(one)]
    if not stamps:
        return [pa.date32()]
    if len({bool(one.tz) for one in stamps}) > 1 or (stamps[0].tz and len(stamps) < len(types)):
        return []
    return [pa.timestamp(unit, stamps[0].tz) for unit in dict.fromkeys((_finest(stamps), "us"))]


def _finest(types: Sequence[pa.DataType]) -> str:
    return max((str(one.unit) for one in types), key=UNITS.index)


_COMMON: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Sequence[pa.DataType]], Iterable[pa.DataType]]], ...] = (
    (pa.types.is_integer, lambda _: [pa.int64(), pa.uint64()]),
    (is_number, _numbers),
    (is_moment, _moments),
    (pa.types.is_duration, lambda types: [pa.duration(_finest(types))]),
    (pa.types.is_time, lambda _: [pa.time64("us"), pa.time64("ns")]),
)


def _fits(values: pa.ChunkedArray, kind: pa.DataType) -> bool:
    try:
        _converted(_decoded(values), kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OverflowError):
        return False
    return True


def _converted(values: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """``values`` cast without loss; floats become decimals by their shortest text, as they are read."""
    if pa.types.is_floating(values.type) and pa.types.is_decimal(kind):
        return values.cast(pa.large_string()).cast(kind)
    return as_decimals(values, kind) if pa.types.is_decimal(kind) else values.cast(kind)


def _texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_nested(values.type) or pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        plain = [None if value is None else plain_text(_json_value(value)) for value in values.to_pylist()]
        return pa.chunked_array([pa.array(plain, TEXT)])
    if pa.types.is_duration(values.type):
        return pa.chunked_array([texts(Part(chunk)) for chunk in values.chunks], TEXT)
    return as_texts(without_nan(values).chunks)


def _json_value(value: object) -> object:
    """A value of Arrow's as JSON has it: bytes as hexadecimal digits, times as ISO text."""
    if isinstance(value, bytes):
        return value.hex()
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if callable(isoformat) else value
