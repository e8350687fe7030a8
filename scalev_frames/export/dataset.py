"""Why: months of orders live in one folder that grows, and every tool that reads Parquet reads it as one table.

One file a part (``month=2026-11/part-0.parquet``), all with the same columns and types, so that pandas, polars, DuckDB
and Dask need no options. A part is written whole and then put in the place of the old one; writing the same again
changes nothing. One writer at a time. May import this room's `places`, catalog, frames and errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scalev_frames.errors import ExportError
from scalev_frames.export.places import Place
from scalev_frames.frames.convert import as_texts
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import COMPRESSION, from_table, to_table

Mode = Literal["replace", "append", "upsert"]
#: How the part of a row is called: the period of the moment it was made.
PERIODS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
#: What every tool reads as "missing" in the name of a part.
NO_PERIOD = "__HIVE_DEFAULT_PARTITION__"
FILE = "part-0.parquet"
#: Rows of equal key are told apart by this moment: the newer stays.
CHANGED = "last_updated_at"


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a file without reading its rows.

    Attributes:
        schema: its columns.
        keys: the columns that tell its rows apart, and when they were changed.
    """

    schema: pa.Schema
    keys: pa.Table


def write_dataset(
    frame: pd.DataFrame,
    place: Place,
    *,
    partition_by: str | None = None,
    mode: Mode = "replace",
    key: Sequence[str] | None = None,
) -> None:
    """Write ``frame`` into the dataset at ``place``.

    Args:
        frame: any DataFrame.
        place: the dataset; made when it is not there.
        partition_by: ``year``, ``month`` or ``day`` in which rows were made; ``None`` for one part.
        mode: ``replace`` what is there, ``append`` rows whose key is not there yet, ``upsert`` rows by their key.
        key: the columns that tell rows apart; by default those of the frame's endpoint.

    Raises:
        ExportError: a key or a moment is missing, the folder holds other files, or it cannot be written.
    """
    if mode not in ("replace", "append", "upsert"):
        raise ExportError(f"mode={mode!r} is none of replace, append and upsert.")
    if partition_by is not None and partition_by not in PERIODS:
        raise ExportError(f"partition_by={partition_by!r} is none of {', '.join(PERIODS)}.")
    there = _files(place, partition_by)
    keys = _keys(frame, key, needed=mode == "upsert") if mode != "replace" else []
    frame = frame.reset_index(drop=True) if isinstance(frame.index, pd.RangeIndex) else frame
    if keys and not Header.of(frame).child:
        frame = _newest(frame, keys)
    if mode == "replace" or not there:
        new = _split(frame, partition_by)
        for name, table in new.items():
            _write(place, name, [table], table.schema)
        for name in set(there) - set(new):
            place.remove(name)
    else:
        _merge(frame, place, there, partition_by, mode, keys)


def read_dataset(place: Place) -> pd.DataFrame:
    """The whole dataset as one frame, its parts in order, without the column that names the part.

    Raises:
        ExportError: there is none.
    """
    names = [name for name in place.files() if name.endswith(FILE)]
    if not names:
        raise ExportError(f"There is no dataset at {place.name}.", advice="Check the path.")
    return from_table(pa.concat_tables([_read(place, name) for name in names]))


# Parts -----------------------------------------------------------------------------------------------------------


def _files(place: Place, partition_by: str | None) -> list[str]:
    """The files of the dataset; a folder with other files, or parts of another period, is left alone."""
    names = [name for name in place.files() if not name.rpartition("/")[2].startswith(".")]
    for name in names:
        folder, _, file = name.rpartition("/")
        if file != FILE or folder.partition("=")[0] != (partition_by or ""):
            raise ExportError(
                f"{place.name} holds {name}, which is no part of a dataset by {partition_by or 'nothing'}.",
                advice="Choose an empty folder, or the dataset's own partition_by.",
            )
    return names


def _split(frame: pd.DataFrame, partition_by: str | None) -> dict[str, pa.Table]:
    """The rows of each part, by the part's file."""
    table = to_table(frame)
    if partition_by is None:
        return {FILE: table}
    if partition_by in frame.columns:
        raise ExportError(
            f"The frame has a column {partition_by} of its own.", advice="Rename it, or partition otherwise."
        )
    moments = _moments(frame)
    periods = moments.dt.strftime(PERIODS[partition_by]).astype(object).where(moments.notna(), NO_PERIOD)
    places = pd.Series(range(len(frame))).groupby(periods.to_numpy(), sort=True)
    return {f"{partition_by}={period}/{FILE}": table.take(pa.array(rows.to_numpy())) for period, rows in places}


def _moments(frame: pd.DataFrame) -> pd.Series[Any]:
    """When each row was made: an order's draft, or its record where it never was one."""
    endpoint = Header.of(frame).source
    timeline = [endpoint.timeline.column] if endpoint and endpoint.timeline else []
    given = [
        frame[name]
        for name in dict.fromkeys([*timeline, "draft_time", "created_at", "inserted_at"])
        if name in frame.columns and pd.api.types.is_datetime64_any_dtype(frame[name].dtype)
    ]
    if not given:
        raise ExportError("This frame has no time at which its rows were made.", advice="Leave partition_by out.")
    moments: pd.Series[Any] = given[0]
    for other in given[1:]:
        moments = moments.where(moments.notna(), other)
    return moments


# Merging ---------------------------------------------------------------------------------------------------------


def _keys(frame: pd.DataFrame, key: Sequence[str] | None, *, needed: bool) -> list[str]:
    endpoint = Header.of(frame).source
    if key is None and endpoint:
        walked = [parent.parameter for parent in endpoint.parents if parent.parameter not in endpoint.key]
        key = [*walked, *endpoint.key]
    missing = [name for name in key or () if name not in frame.columns]
    if missing or (needed and not key):
        words = f"has no column {', '.join(missing)}" if missing else "does not say what tells its rows apart"
        raise ExportError(f"This frame {words}.", advice='Give the columns, such as key=["id"].')
    return list(key or ())


def _key_texts(rows: pd.DataFrame | pa.Table, keys: Sequence[str]) -> pd.Index[Any]:
    """One text a row that is equal where its key is."""
    columns = [rows[name].to_pandas() if isinstance(rows, pa.Table) else rows[name] for name in keys]
    texts = [column.astype(object).map(str) for column in columns]
    return pd.Index(texts[0] if len(texts) == 1 else ["\x1f".join(row) for row in zip(*texts, strict=True)])


def _newest(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Each key once: the row changed last, else the last one, in the first one's place."""
    texts = _key_texts(frame, keys)
    if not texts.has_duplicates:
        return frame
    order = frame.sort_values(CHANGED, kind="stable").index if CHANGED in frame else frame.index
    last = pd.Series(order, index=texts[order]).groupby(level=0).last()
    made = frame.loc[last[texts.unique()]].reset_index(drop=True)
    made.attrs = frame.attrs
    return made


def _merge(
    frame: pd.DataFrame, place: Place, there: list[str], partition_by: str | None, mode: Mode, keys: list[str]
) -> None:
    """Bring the rows of ``frame`` in, one part after the other; parts that stay as they are are not read."""
    heads = {name: _head(place, name, keys) for name in there}
    frame, stays = _decide(frame, heads, keys, mode)
    new = _split(frame, partition_by) if len(frame) else {}
    schema = _common_schema([*(head.schema for head in heads.values()), to_table(frame).schema])
    for name in sorted({*there, *new}):
        stay = stays.get(name)
        if name not in new and stay is None and heads[name].schema.equals(schema):
            continue
        tables = [new[name]] if name in new else []
        if name in heads:
            old = _read(place, name)
            tables.insert(0, old if stay is None else old.filter(stay))
        if partition_by and not any(table.num_rows for table in tables):
            place.remove(name)
        else:
            _write(place, name, tables, schema)


def _decide(
    frame: pd.DataFrame, heads: dict[str, Head], keys: Sequence[str], mode: Mode
) -> tuple[pd.DataFrame, dict[str, pa.Array]]:
    """The rows of ``frame`` that come in, and which rows of the old parts stay, where not all do."""
    stays: dict[str, pa.Array] = {}
    if not keys:
        return frame, stays
    texts = _key_texts(frame, keys)
    comes = pd.Series(data=True, index=range(len(frame)))
    for name, head in heads.items():
        old = _key_texts(head.keys, keys)
        if mode == "append":
            comes &= ~texts.isin(old)
            continue
        stay = pd.Series(~old.isin(texts))
        if CHANGED in head.keys.column_names and CHANGED in frame and not Header.of(frame).child:
            newer = _newer(frame, texts, head.keys, old)
            stay |= old.isin(newer)
            comes &= ~texts.isin(newer)
        if not stay.all():
            stays[name] = pa.array(stay)
    made = frame[comes.to_numpy()].reset_index(drop=True)
    made.attrs = frame.attrs
    return made, stays


def _newer(frame: pd.DataFrame, texts: pd.Index[Any], table: pa.Table, old: pd.Index[Any]) -> pd.Index[Any]:
    """The keys whose old row was changed after the one that comes."""
    came = pd.Series(frame[CHANGED].to_numpy(), index=texts)
    was = pd.Series(table[CHANGED].to_pandas().to_numpy(), index=old)
    both = came.index.intersection(was.index)
    return both[(was[both] > came[both]).to_numpy()]


# Files -----------------------------------------------------------------------------------------------------------


def _read(place: Place, name: str) -> pa.Table:
    try:
        with place.reading(name) as file:
            return pq.read_table(file)
    except (OSError, pa.ArrowException) as error:
        raise ExportError(f"{place.name}/{name} cannot be read: {error}.", advice="Export it again.") from error


def _head(place: Place, name: str, keys: Sequence[str]) -> Head:
    with place.reading(name) as file:
        parquet = pq.ParquetFile(file)
        schema = parquet.schema_arrow
        missing = [key for key in keys if key not in schema.names]
        if missing:
            raise ExportError(f"{place.name}/{name} has no column {', '.join(missing)}.", advice="Give another key.")
        wanted = [*keys, *([CHANGED] if CHANGED in schema.names and CHANGED not in keys else [])]
        return Head(schema, parquet.read(columns=wanted))


def _write(place: Place, name: str, tables: list[pa.Table], schema: pa.Schema) -> None:
    rows = pa.concat_tables([_as(table, schema) for table in tables])
    with place.writing(name) as file:
        pq.write_table(rows, file, compression=COMPRESSION)


def _common_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """All columns, each of a type that holds the values of every part; the newest part's `attrs`."""
    fields: dict[str, pa.Field] = {}
    for schema in schemas:
        for field in schema:
            fields[field.name] = _common(fields[field.name], field) if field.name in fields else field
    return pa.schema(list(fields.values()), metadata=schemas[-1].metadata)


def _common(one: pa.Field, other: pa.Field) -> pa.Field:
    if one.type.equals(other.type):
        return other
    try:
        schemas = [pa.schema([one]), pa.schema([other])]
        both = pa.unify_schemas(schemas, promote_options="permissive").field(0)
        return both.with_metadata(other.metadata or one.metadata)
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.field(one.name, pa.large_string(), metadata=other.metadata or one.metadata)


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = []
    for field in schema:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
        elif table[field.name].type.equals(field.type):
            columns.append(table[field.name])
        elif pa.types.is_large_string(field.type):
            columns.append(as_texts(table[field.name]))
        else:
            columns.append(table[field.name].cast(field.type))
    return pa.table(columns, schema=schema)
