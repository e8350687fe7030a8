"""Why: one place says how a frame becomes an Arrow table and comes back the same: values, dtypes, `attrs`.

May import `convert` and `memory` only. Lists and objects are Python's own in frames and JSON text in files; a mark on
the column tells that text from ordinary text. Everything else has an Arrow type of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scalev_frames.frames.convert import json_text, plain_text
from scalev_frames.frames.memory import collecting_seldom

#: Marks a column of JSON text in a file.
JSON_MARK = {b"scalev": b"json"}
#: pandas' whole numbers that may be missing.
_WHOLE = {f"{sign}int{bits}": f"{sign.upper()}Int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
#: A third of snappy's bytes and no slower to read.
COMPRESSION = "zstd"
#: Where at most this share of a column's texts are different ones, each is parsed once.
REPEATING = 0.3


def to_table(frame: pd.DataFrame) -> pa.Table:
    """``frame`` as an Arrow table, `attrs` and index included.

    Args:
        frame: any DataFrame whose columns have different names.

    Raises:
        ValueError: two columns share a name.

    >>> table = to_table(pd.DataFrame({"id": ["1"], "tags": [["new", "vip"]]}))
    >>> table["tags"].to_pylist(), table.schema.field("tags").metadata
    (['["new","vip"]'], {b'scalev': b'json'})
    """
    frame = frame.rename(columns=str)
    if not frame.columns.is_unique:
        raise ValueError("Two columns share a name.")
    nested = {name: _json_array(frame[name]) for name in frame.columns if is_nested(frame[name])}
    odd = {name: _text_array(frame[name]) for name in frame.columns if name not in nested and _is_odd(frame[name])}
    plain = frame.assign(**{name: pd.Series(array, frame.index, dtype="str") for name, array in (nested | odd).items()})
    plain.attrs = dict(frame.attrs)
    table = pa.Table.from_pandas(plain)
    for name in nested:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place).with_metadata(JSON_MARK), table[name])
    return table


def from_table(table: pa.Table) -> pd.DataFrame:
    """The frame that `to_table` was given.

    Args:
        table: what `to_table` gave, or any other.
    """
    names = table.schema.names
    nested = [one.name for one in table.schema if is_json(one)]
    plain = table.drop_columns(nested)
    frame: pd.DataFrame = plain.to_pandas(types_mapper=_exact_type, integer_object_nulls=True)
    for field in plain.schema:  # whole numbers with gaps; as floats they would lose digits
        if pa.types.is_integer(field.type) and field.name in frame and frame[field.name].dtype == object:
            frame[field.name] = frame[field.name].astype(_WHOLE[str(field.type)])
    for name in nested:
        frame.insert(names.index(name), name, pd.Series(_parsed(table[name]), frame.index, dtype=object))
    return frame


def write_table(frame: pd.DataFrame, file: Any) -> None:  # noqa: ANN401 - a path or an open file
    """Write ``frame`` as one Parquet file.

    Args:
        frame: any DataFrame.
        file: a path, or a file open for writing bytes.

    Raises:
        OSError: the file cannot be written.
        ValueError: two columns share a name.
    """
    pq.write_table(to_table(frame), file, compression=COMPRESSION, write_page_checksum=True)


def read_table(file: Path | pa.BufferReader, columns: list[str] | None = None) -> pd.DataFrame:
    """The frame in a Parquet file; pages whose checksum is wrong are refused.

    Args:
        file: its path, or its bytes.
        columns: only these; nothing else is read.

    Raises:
        OSError: it cannot be read, or is damaged.
        pyarrow.ArrowException: it is no Parquet file, or half of one.
    """
    if isinstance(file, Path):
        with file.open("rb") as opened:  # closed at once, so that the file can be replaced on Windows too
            return _read(opened, columns)
    return _read(file, columns)


def _read(opened: Any, columns: list[str] | None) -> pd.DataFrame:  # noqa: ANN401 - any open file
    repeating = [one.name for one in pq.read_schema(opened) if is_json(one)]
    opened.seek(0)
    table = pq.read_table(opened, columns=columns, read_dictionary=repeating, page_checksum_verification=True)
    return from_table(table)


def is_json(field: pa.Field) -> bool:
    """Whether a column of a file holds lists or objects as JSON text."""
    return bool((field.metadata or {}).get(b"scalev") == JSON_MARK[b"scalev"])


def _exact_type(kind: pa.DataType) -> Any:  # noqa: ANN401 - pandas has no common type
    return pd.ArrowDtype(kind) if pa.types.is_decimal(kind) else None


def is_nested(column: pd.Series[Any]) -> bool:
    """Whether a column holds lists or objects.

    >>> is_nested(pd.Series([None, ["vip"]]))
    True
    """
    return column.dtype == object and any(isinstance(value, list | dict | tuple) for value in column)


def _is_odd(column: pd.Series[Any]) -> bool:
    """Whether Arrow finds no one type for the values of a column of objects."""
    if column.dtype != object:
        return False
    try:
        pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return True
    return False


def _json_array(column: pd.Series[Any]) -> pa.Array:
    return pa.array([None if _is_missing(value) else json_text(value) for value in column], pa.large_string())


def _text_array(column: pd.Series[Any]) -> pa.Array:
    return pa.array([None if _is_missing(value) else plain_text(value) for value in column], pa.large_string())


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _parsed(texts: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.object_]]:
    """All texts of a column, parsed in one go; what repeats is parsed once, and each row gets a copy of its own."""
    parsed = np.empty(len(texts), dtype=object)
    if not len(texts):
        return parsed
    is_encoded = pa.types.is_dictionary(texts.type)
    encoded = (texts.unify_dictionaries() if is_encoded else texts.dictionary_encode()).combine_chunks()
    distinct = encoded.dictionary.to_pylist()
    with collecting_seldom():
        values = orjson.loads("[" + ",".join(distinct) + "]")
        copies = [_copier(value) for value in values]
        if len(distinct) < REPEATING * len(texts) and None not in copies:
            places = encoded.indices.fill_null(len(values)).to_numpy()
            ways, whole = [*copies, _itself], [*values, None]
            parsed[:] = [ways[place](whole[place]) for place in places.tolist()]
        else:
            parsed[:] = orjson.loads("[" + ",".join(text or "null" for text in texts.to_pylist()) + "]")
    return parsed


def _copier(value: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401 - any JSON value
    """What makes a copy that shares nothing with ``value``; ``None`` where it is nested deeper than is worth it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    kinds = {type(one) for one in inner if isinstance(one, list | dict)}
    if not kinds:
        return type(value).copy if isinstance(value, list | dict) else _itself
    flat = all(_copier(one) in (dict.copy, list.copy, _itself) for one in inner)
    if flat and isinstance(value, list) and {type(one) for one in inner} == {dict}:
        return _copy_objects
    return _copy_both if flat and isinstance(value, dict) else None


def _itself(value: Any) -> Any:  # noqa: ANN401
    return value


def _copy_objects(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(map(dict.copy, value))


def _copy_both(value: dict[str, Any]) -> dict[str, Any]:
    return {key: one.copy() if isinstance(one, list | dict) else one for key, one in value.items()}
