"""Convert a frame to an Arrow table and back without loss: values, dtypes, `attrs`.

Lists and objects are Python's own in frames and JSON text in files; a mark on the column
distinguishes it from ordinary text. What has no Arrow type becomes text (`values`), and the header's notes say so.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from scalev_frames.errors import ExportError
from scalev_frames.frames.header import json_safe, with_notes
from scalev_frames.frames.memory import collecting_seldom
from scalev_frames.frames.money import exact_array, money_columns, surviving_floats
from scalev_frames.frames.values.arrays import TOO_LONG, moment_parts, plain_array, texts
from scalev_frames.frames.values.columns import label_of, read_column
from scalev_frames.frames.values.json_texts import parsed_texts
from scalev_frames.frames.values.scalars import zone_name

#: The key of a field's metadata that says what its texts are: ``json``, or periods such as ``period[M]``.
MARK = b"scalev"
JSON_MARK = {MARK: b"json"}
#: Columns of objects, which come back as what their values are.
OBJECTS = "objects"
#: Amounts that are floats in the frame, and decimals in a file.
MONEY = "money"
#: A third of snappy's bytes and no slower to read.
COMPRESSION = "zstd"
#: Values of a column as a file holds them, and the column's mark.
Marked = tuple[pa.Array, str]
#: A time zone that is only an offset.
OFFSET = re.compile(r"[+-]\d\d:\d\d")


def to_table(frame: pd.DataFrame) -> pa.Table:
    """``frame`` as an Arrow table, `attrs` and index included.

    Values that Arrow has no type for become text, and the header's notes in the table say which. Periods come back
    as periods, lists and objects as Python's own.

    Args:
        frame: any DataFrame whose columns have different names.

    Raises:
        ExportError: two columns share a name, or a column holds objects that have no text of their own.

    >>> table = to_table(pd.DataFrame({"id": ["1"], "tags": [["new", "vip"]]}))
    >>> table["tags"].to_pylist(), table.schema.field("tags").metadata
    (['["new","vip"]'], {b'scalev': b'json'})
    """
    if len(frame) and frame.columns.empty:
        raise ExportError("The frame has no columns, and Parquet keeps no rows without.", advice="Give it a column.")
    labels = labels_of(frame.columns)
    plain = frame.set_axis(labels, axis=1) if labels else frame.copy(deep=False)
    money = money_columns(plain)
    plain.attrs = {}  # pandas would copy them for every column that is read
    changes: dict[str, Counter[str]] = {}
    plain.index = _plain_index(frame.index, changes)
    plain = _with_known_zones(plain)
    odd = _odd_columns(plain, changes) | _money_arrays(plain, money)
    blank = {name: pd.Series([None] * len(frame), plain.index, _blank_dtype(array)) for name, (array, _) in odd.items()}
    plain = plain.assign(**blank)
    table = pa.Table.from_pandas(plain)
    for name, (array, mark) in odd.items():
        metadata = {MARK: mark.encode()} if mark != OBJECTS else None
        place = table.schema.get_field_index(name)
        table = table.set_column(place, pa.field(name, array.type, metadata=metadata), array)
    return _with_attrs(_without_offsets(table), json_safe(frame), changes)


def _with_attrs(table: pa.Table, attrs: dict[Hashable, Any], changes: Mapping[str, Counter[str]]) -> pa.Table:
    """``table`` with ``attrs`` where pandas looks for them, whose notes say what had to change."""
    frame = pd.DataFrame()
    frame.attrs = attrs
    said = [f"{words}: {name} ({times:,})" for name, found in changes.items() for words, times in found.items()]
    told = with_notes(frame, *said) if said else frame
    pandas = {**json.loads(table.schema.metadata[b"pandas"]), "attributes": told.attrs}
    return table.replace_schema_metadata({**table.schema.metadata, b"pandas": json.dumps(pandas).encode()})


def from_table(table: pa.Table) -> pd.DataFrame:
    """The frame of which `to_table` made ``table``; also of any other table."""
    metadata = table.schema.pandas_metadata or {}
    dtypes = {one["field_name"]: one["numpy_type"] for one in metadata.get("columns", ())}
    offsets = {one["field_name"]: (one.get("metadata") or {}).get("timezone") for one in metadata.get("columns", ())}
    makers: dict[str, SeriesMaker] = {}
    for one in table.schema:
        column, dtype, zone = table[one.name], dtypes.get(one.name, ""), str(offsets.get(one.name))
        make = _marked_maker(one, column) or _typed_maker(one.type, column, dtype, zone)
        if make and one.name not in metadata.get("index_columns", ()):
            makers[one.name] = make
    frame: pd.DataFrame = table.drop_columns(list(makers)).to_pandas(
        types_mapper=lambda kind: pd.ArrowDtype(kind) if pa.types.is_decimal(kind) else None
    )
    with collecting_seldom():
        made = {name: make(table[name], frame.index) for name, make in makers.items()}
    for name, column in made.items():
        frame.insert(table.schema.names.index(name), name, column)
    frame.index = _exact_index(frame.index, table, metadata.get("index_columns", ()))
    return frame


def write_table(frame: pd.DataFrame, file: Any) -> None:  # noqa: ANN401 - a path or an open file
    """Write ``frame`` as one Parquet file.

    Raises:
        OSError: the file cannot be written.
        ExportError: two columns share a name, or a column holds objects that no file can hold.
    """
    pq.write_table(to_table(frame), file, compression=COMPRESSION, write_page_checksum=True)


def read_table(file: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """The frame in a Parquet file; pages whose checksum is wrong are refused.

    Args:
        file: its path.
        columns: only these; nothing else is read.

    Raises:
        OSError: it cannot be read, or is damaged.
        pyarrow.ArrowException: it is no Parquet file, or half of one.
    """
    with file.open("rb") as opened:  # closed at once, so that the file can be replaced on Windows too
        return from_table(read_arrow(opened, columns))


def read_arrow(opened: Any, columns: list[str] | None = None, *, is_checked: bool = False) -> pa.Table:  # noqa: ANN401 - any open file
    """The Arrow table in an open Parquet file, as `from_table` takes it.

    Args:
        opened: the file.
        columns: only these; nothing else is read.
        is_checked: its bytes were compared with a checksum; those of its pages, which take as long as reading, are not.
    """
    repeating = [one.name for one in pq.read_schema(opened) if is_json(one)]
    opened.seek(0)
    format_ = ds.ParquetFileFormat(dictionary_columns=repeating, page_checksum_verification=not is_checked)
    # Arrow's own pool asks Linux for huge pages, and waits while it makes room for them: twice as long as the reading.
    return format_.make_fragment(opened).to_table(columns=columns, memory_pool=pa.system_memory_pool())


def _without_offsets(table: pa.Table) -> pa.Table:
    """``table`` with times at an offset in UTC, as polars reads no offsets; pandas' metadata keeps the offset."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and OFFSET.fullmatch(field.type.tz or ""):
            kind = pa.timestamp(field.type.unit, "UTC")
            table = table.set_column(place, field.with_type(kind), table.column(place).cast(kind))
    return table


def _money_arrays(frame: pd.DataFrame, money: Iterable[str]) -> dict[str, Marked]:
    """Amounts that are floats, as exact decimals; infinite ones, and those of too many digits, stay floats."""
    arrays: dict[str, Marked] = {}
    for name in money:
        if frame[name].dtype == np.float64:
            amounts = exact_array(frame[name])
            back = surviving_floats(amounts)
            if back is not None and np.array_equal(back, frame[name].to_numpy(), equal_nan=True):
                arrays[name] = amounts, MONEY
    return arrays


def is_json(field: pa.Field) -> bool:
    """Whether a column of a file holds lists or objects as JSON text."""
    return bool((field.metadata or {}).get(MARK) == JSON_MARK[MARK])


def labels_of(columns: pd.Index[Any]) -> list[str]:
    """What the columns of a frame are called in files.

    Raises:
        ExportError: two of them share a name.

    >>> labels_of(pd.Index(["id", 1]))
    ['id', '1']
    """
    names = [label_of(name) for name in columns]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise ExportError(
            f"Two columns share a name: {', '.join(twice)}.",
            advice="Give each column of a Parquet file a name of its own, such as with frame.rename.",
        )
    return names


# Columns that Arrow has no type for --------------------------------------------------------------------------------


def _odd_columns(frame: pd.DataFrame, changes: dict[str, Counter[str]]) -> dict[str, Marked]:
    """The columns that Arrow does not take as they are."""
    doubtful = ((name, frame[name]) for name, dtype in frame.dtypes.items() if not _is_always_arrows(dtype))
    marks = ((str(name), column, _mark(column)) for name, column in doubtful)
    return {name: _as_array(column, name, mark, changes) for name, column, mark in marks if mark}


def _is_always_arrows(dtype: Any) -> bool:  # noqa: ANN401 - any dtype
    """Whether Arrow takes a column as it is whatever its values are; to read a dtype is quicker than to read them."""
    is_doubtful = isinstance(dtype, pd.CategoricalDtype) or dtype.kind == "M" or "[day]" in str(dtype)
    return not is_doubtful and getattr(dtype, "storage", "") != "python" and _is_arrows(dtype)


def _mark(column: pd.Series[Any]) -> str:
    """How a column is marked in a file; empty where Arrow takes it as it is."""
    if isinstance(column.dtype, pd.PeriodDtype):
        return str(column.dtype)
    is_kept = _is_arrows(column.dtype) and not _has_half_characters(column) and not _has_far_moments(column)
    return "" if is_kept else OBJECTS


def _is_arrows(dtype: Any) -> bool:  # noqa: ANN401 - any dtype
    """Whether Arrow takes values of a dtype as they are, and Parquet keeps them."""
    match dtype:
        case pd.PeriodDtype() | pd.SparseDtype():
            return False
        case pd.CategoricalDtype():
            kind = dtype.categories.dtype
            return _is_arrows(kind) and not isinstance(kind, pd.IntervalDtype)
        case pd.ArrowDtype():
            return _is_plain(dtype.pyarrow_dtype)
        case pd.DatetimeTZDtype():
            return bool(zone_name(dtype.tz)) and zone_name(dtype.tz) == _zone_of_arrow(dtype)
        case np.dtype():
            return dtype.isnative and dtype.kind not in "Oc" and (dtype.kind != "f" or dtype.itemsize in (4, 8))
    return True


def _is_plain(kind: pa.DataType) -> bool:
    """Whether an Arrow type stays what it is."""
    if pa.types.is_union(kind) or pa.types.is_decimal256(kind):  # the first no file knows, the second no other reader
        return False
    plain = plain_array(pa.nulls(0, kind))
    return plain is not None and (plain.type == kind or pa.types.is_string(kind))


def _zone_of_arrow(dtype: pd.DatetimeTZDtype) -> str:
    """The name by which Arrow knows a zone; for an offset with a name, such as ``WIB``, one that no reader knows."""
    if isinstance(dtype.tz, ZoneInfo) and dtype.tz.key:
        return dtype.tz.key  # Arrow says the same, and takes a millisecond for it
    return str(pa.array(pd.Series([], dtype=dtype)).type.tz)


def _with_known_zones(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with times in zones that readers do not know, such as ``WIB``, at the same offset without a name."""
    zones = {name: dtype for name, dtype in frame.dtypes.items() if isinstance(dtype, pd.DatetimeTZDtype)}
    named = {name: zone_name(dtype.tz) for name, dtype in zones.items()}
    other = {name: zone for name, zone in named.items() if zone and zone != _zone_of_arrow(zones[name])}
    return frame.assign(**{str(name): frame[name].dt.tz_convert(zone) for name, zone in other.items()})


def _has_half_characters(column: pd.Series[Any]) -> bool:
    """Whether a column of texts holds halves of characters, as only Python's own can."""
    if isinstance(column.dtype, pd.StringDtype) and column.dtype.storage == "python":
        try:
            pa.array(column)
        except UnicodeEncodeError:
            return True
    return False


def _has_far_moments(column: pd.Series[Any]) -> bool:
    """Whether moments in seconds lie beyond the milliseconds of Parquet, or days beyond the years of Python."""
    values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    if "[day]" in str(values.dtype):
        return len(moment_parts(pa.array(values), Counter())) > 1
    if values.dtype.kind != "M" or "[s" not in str(values.dtype):
        return False
    moments = pa.array(values)
    try:
        moments.cast(pa.timestamp("ms", moments.type.tz))
    except pa.ArrowInvalid:
        return True
    return False


def _as_array(column: pd.Series[Any], name: str, mark: str, changes: dict[str, Counter[str]]) -> Marked:
    values = read_column(column, name)
    part = values.joined()
    array = part.array
    if pa.types.is_decimal256(array.type):  # which DuckDB reads as a float, and polars not at all
        values.changes[TOO_LONG] += len(array) - array.null_count
        array = texts(part)
    changes[name] = +values.changes if mark == OBJECTS else Counter()
    return array, "json" if part.is_json else mark


def _blank_dtype(array: pa.Array) -> Any:  # noqa: ANN401 - any dtype
    """The dtype in which values of a column come back."""
    if pa.types.is_large_string(array.type):
        return "str"
    return pd.Int64Dtype() if pa.types.is_int64(array.type) else object


def _plain_index(index: pd.Index[Any], changes: dict[str, Counter[str]]) -> pd.Index[Any]:
    """An index whose levels Arrow takes as they are, and whose names are texts."""
    names = [name if name is None else label_of(name) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return index.set_names(names)
    levels = [index.get_level_values(place) for place in range(index.nlevels)]
    several = len(levels) > 1
    marks = [_level_mark(level) for level in levels]
    if not any(marks):
        return index.set_names(names)
    plain = [
        _plain_level(level, name or f"index {place}", mark, changes) if mark else level
        for place, (level, name, mark) in enumerate(zip(levels, names, marks, strict=True))
    ]
    return pd.MultiIndex.from_arrays(plain, names=names) if several else pd.Index(plain[0], name=names[0])


def _level_mark(level: pd.Index[Any]) -> str:
    if isinstance(level.dtype, pd.PeriodDtype | pd.IntervalDtype):  # which come back as columns alone
        return OBJECTS
    return _mark(pd.Series(level.array, dtype=level.dtype))


def _plain_level(level: pd.Index[Any], name: str, mark: str, changes: dict[str, Counter[str]]) -> pd.Index[Any]:
    array, _ = _as_array(pd.Series(level.array, dtype=level.dtype), name, mark, changes)
    plain = _exact(array) if _has_gaps(array) else array.to_pandas()
    index: pd.Index[Any] = pd.Index(plain if plain.dtype.kind in "iumM" else plain.astype(_blank_dtype(array)))
    return index


#: What reads a column that pandas would read otherwise.
SeriesMaker = Callable[[pa.ChunkedArray, "pd.Index[Any]"], "pd.Series[Any]"]


def _marked_maker(field: pa.Field, column: pa.ChunkedArray) -> SeriesMaker | None:
    """What reads a column by its mark; ``None`` where it has none."""
    mark = (field.metadata or {}).get(MARK, b"").decode()
    if mark == "json":
        return lambda texts, index: pd.Series(parsed_texts(texts), index, dtype=object)
    if mark == MONEY and (floats := surviving_floats(column)) is not None:
        return lambda _, index: pd.Series(floats, index)
    if mark.startswith("period["):
        return lambda texts, index: pd.Series(texts.to_pandas().to_numpy(), index).astype(mark)
    return None


def _typed_maker(kind: pa.DataType, column: pa.ChunkedArray, dtype: str, zone: str) -> SeriesMaker | None:
    """What reads a column by its type in the file and the dtype that it had; ``None`` where pandas does it right."""
    if pa.types.is_timestamp(kind) and kind.tz == "UTC" and OFFSET.fullmatch(zone):
        return lambda moments, index: moments.to_pandas().dt.tz_convert(zone).set_axis(index)
    if pa.types.is_timestamp(kind) and dtype == "datetime64[s]":  # which Parquet keeps as milliseconds
        return lambda moments, index: moments.to_pandas().dt.as_unit("s").set_axis(index)
    if pa.types.is_dictionary(kind):  # whose codes would be Arrow's memory, which is for reading alone
        return lambda categories, index: categories.to_pandas().copy().set_axis(index)
    if _has_gaps(column) and "[" not in dtype:
        return lambda numbers, index: pd.Series(_exact(numbers), index)
    return None


def _has_gaps(column: pa.Array | pa.ChunkedArray) -> bool:
    """Whether pandas would make floats of whole numbers, since some are missing."""
    return bool(pa.types.is_integer(column.type) and column.null_count)


def _exact(numbers: pa.Array | pa.ChunkedArray) -> Any:  # noqa: ANN401 - an array of pandas
    return _INTEGERS[str(numbers.type)].__from_arrow__(numbers)


def _exact_index(index: pd.Index[Any], table: pa.Table, names: Sequence[Any]) -> pd.Index[Any]:
    """``index``, made of the columns ``names``, with whole numbers where some are missing."""
    gaps = {place for place, name in enumerate(names) if isinstance(name, str) and _has_gaps(table[name])}
    if not gaps:
        return index
    levels = [pd.Index(_exact(table[name])) if place in gaps else index.get_level_values(place)
              for place, name in enumerate(names)]  # fmt: skip
    return pd.MultiIndex.from_arrays(levels, names=index.names) if len(levels) > 1 else levels[0].set_names(index.names)


_INTEGERS: dict[str, Any] = {
    f"{sign.lower()}int{bits}": getattr(pd, f"{sign}Int{bits}Dtype")() for sign in ("", "U") for bits in (8, 16, 32, 64)
}
