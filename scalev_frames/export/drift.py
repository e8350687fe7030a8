"""Join columns of one name and several types, with every value unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.frames.arrays import TEXT, Part, texts
from scalev_frames.frames.convert import as_texts
from scalev_frames.frames.scalars import json_text, plain_text
from scalev_frames.frames.tables import JSON_MARK, is_json

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
    first = columns[0][0]
    typed = [(field, values) for field, values in columns if not pa.types.is_null(field.type)]
    given = [(field, values) for field, values in typed if values.null_count < len(values)] or typed[:1] or columns[:1]
    if any(is_json(field) for field, _ in given):
        return pa.field(first.name, pa.large_string(), metadata=JSON_MARK)
    types = list(dict.fromkeys(_plain_type(field.type) for field, _ in given))
    marks = [field.metadata for field, _ in given]
    metadata = marks[0] if all(mark == marks[0] for mark in marks) else None  # amounts that are floats in all parts
    if len(types) == 1:
        return pa.field(first.name, types[0], metadata=metadata)
    for candidate in _candidates(types):
        field = pa.field(first.name, candidate, metadata=metadata if pa.types.is_decimal(candidate) else None)
        if all(_fits(values, candidate) for _, values in given):
            return field
    return pa.field(first.name, pa.large_string())


def as_field(values: pa.ChunkedArray, field: pa.Field, own: pa.Field) -> pa.ChunkedArray:
    """``values`` of the field ``own`` as values of ``field``, which `common_field` gave.

    Args:
        values: a column.
        field: what it is to become.
        own: what it is.
    """
    if values.null_count == len(values):
        return pa.chunked_array([pa.nulls(len(values), field.type)])
    if is_json(field):
        if is_json(own):
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


def _candidates(types: Sequence[pa.DataType]) -> Iterator[pa.DataType]:
    """Types that may hold values of all ``types``, the narrowest first."""
    if all(map(_is_number, types)):
        if all(map(pa.types.is_integer, types)):
            yield from (pa.int64(), pa.uint64())
        elif not any(map(pa.types.is_decimal, types)):
            yield pa.float64()
        yield from _decimals(types)
    elif all(pa.types.is_timestamp(one) or pa.types.is_date(one) for one in types):
        stamps = [one for one in types if pa.types.is_timestamp(one)]
        zones = {bool(one.tz) for one in stamps}
        if not stamps:
            yield pa.date32()
        elif len(zones) == 1 and (len(stamps) == len(types) or not stamps[0].tz):
            unit = max((one.unit for one in stamps), key=UNITS.index)
            yield from (pa.timestamp(one, stamps[0].tz) for one in dict.fromkeys((unit, "us")))
    elif all(map(pa.types.is_duration, types)):
        yield pa.duration(max((one.unit for one in types), key=UNITS.index))
    elif all(map(pa.types.is_time, types)):
        yield pa.time64("us")
        yield pa.time64("ns")


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _decimals(types: Sequence[pa.DataType]) -> Iterator[pa.DataType]:
    scales = [one.scale for one in types if pa.types.is_decimal(one)]
    if scales:
        widest = max(scales)
        yield from (
            pa.decimal128(MOST_DIGITS, scale) for scale in dict.fromkeys((widest, 6, 10, 17)) if scale >= widest
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
    return values.cast(kind)


def _texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_nested(values.type) or pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        plain = [None if value is None else plain_text(_json_value(value)) for value in values.to_pylist()]
        return pa.chunked_array([pa.array(plain, TEXT)])
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
    if pa.types.is_duration(values.type):
        return pa.chunked_array([texts(Part(chunk)) for chunk in values.chunks], TEXT)
    return as_texts(values)


def _json_value(value: object) -> object:
    """A value of Arrow's as JSON has it: bytes as hexadecimal digits, times as ISO text."""
    if isinstance(value, bytes):
        return value.hex()
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if callable(isoformat) else value
