"""Months of orders in one folder that grows and that every tool which reads Parquet reads as one table.

One file a part (``month=2026-11/part-0.parquet``); a month of more rows than `parts.MOST_ROWS` has several. A part is
written whole and then put in the place of the old one, all parts of a replaced dataset together (`swap`); writing the
same again changes nothing. An upsert reads the index of every part and no more than the keys of those that may hold one
of the new rows; it writes the parts that change. One writer at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import ExportError
from scalev_frames.export import parts
from scalev_frames.export.keys import CHANGED, Rows, check_account, key_texts, keys_of, moments_of, newest
from scalev_frames.export.part_index import index_bytes, read_index, schema_mark
from scalev_frames.export.places import Place
from scalev_frames.export.schemas import (
    Values,
    agreed,
    agreed_header,
    attrs_of,
    common_schema,
    described,
    export_of,
    header_of,
    under,
    values_of,
    with_export,
)
from scalev_frames.export.swap import finish, replacing_parts, unfinished
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import from_table, to_table
from scalev_frames.frames.values import read_column

Mode = Literal["replace", "append", "upsert"]
Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(slots=True)
class Old:
    """A part that is there.

    Attributes:
        schema: its columns; one object for all parts of the same schema.
        account: whose rows they are; empty where that is not known.
        keys: the keys of its rows, and when those were changed; ``None`` where none of them is looked for.
        by: the place of the row that replaces each of its rows, or -1; ``None`` where all stay.
        rows: how many rows it has; rows without a key may not be counted.
    """

    schema: pa.Schema
    account: str = ""
    keys: pa.Table | None = None
    by: parts.Places | None = None
    rows: int = 0


def write_dataset(
    frame: pd.DataFrame,
    place: Place,
    *,
    partition_by: str | None = None,
    mode: Mode = "replace",
    key: Sequence[str] | None = None,
) -> Iterator[int]:
    """Write ``frame`` into the dataset at ``place``, a part with each step.

    Args:
        frame: any DataFrame; named index levels become columns, row labels without a name are left out.
        place: the dataset; made when it is not there.
        partition_by: ``year``, ``month`` or ``day`` in which rows were made; ``None`` for one part.
        mode: ``replace`` what is there, ``append`` rows whose key is not there yet, ``upsert`` rows by their key.
        key: the columns that tell rows apart; by default those of the frame's endpoint. A row in which one of them is
            missing is the same as another only where all values are equal.

    Yields:
        How many rows of ``frame`` were written with each part.

    Raises:
        ExportError: a key or a moment is missing, the rows are another account's, the folder holds other files, or it
            cannot be written.
    """
    if mode not in ("replace", "append", "upsert"):
        raise ExportError(f"mode={mode!r} is none of replace, append and upsert.")
    if partition_by is not None and partition_by not in parts.PERIODS:
        raise ExportError(f"partition_by={partition_by!r} is none of {', '.join(parts.PERIODS)}.")
    if partition_by is not None and partition_by in frame.columns:
        raise ExportError(
            f"The frame has a column {partition_by} of its own.", advice="Rename it, or partition otherwise."
        )
    frame = _without_index(frame)
    keys = keys_of(frame, key, needed=mode == "upsert")
    table = to_table(frame)
    parts.made_at(table, partition_by, table.schema)  # raises before anything is touched
    there = parts.find_parts(place, partition_by)
    if mode != "replace" and keys and not Header.of(frame).child:
        table = newest(table, keys)
    if mode != "replace" and there:
        yield from _merge(table, place, there, partition_by, mode, keys)
        return
    made = parts.made_at(table, partition_by, table.schema)
    schema = common_schema([table.schema], partial(values_of, [table]))
    table = under(table, schema).combine_chunks()  # taking from many chunks costs all of them each time
    index = index_of(keys or [name for name in ("id",) if name in schema.names])
    periods = parts.split(len(table), partition_by, made)
    new = dict(one for name, rows in periods.items() for one in parts.cut(name, rows))
    new = new or {parts.schema_part(partition_by): made.astype(np.intp)}
    with replacing_parts(place, parts.beside(new, there), there) as stage:
        for name, rows in new.items():
            parts.write_part(stage, unfinished(name), [table.take(pa.array(rows))], index)
            yield len(rows)


def read_dataset(place: Place) -> pd.DataFrame:
    """The whole dataset as one frame, its parts in order, without the column that names the part.

    Columns that only some parts have are missing in the rows of the others; types that differ become one that holds
    all values. ``attrs`` are those on which all parts agree.

    Raises:
        ExportError: there is none, or a part cannot be read.
    """
    finish(place)
    names = parts.in_order(filter(parts.is_part, place.files()))
    if not names:
        raise ExportError(f"There is no dataset at {place.name}.", advice="Check the path.")
    tables = [parts.read_part(place, name) for name in names]
    schema = common_schema([table.schema for table in tables], partial(values_of, tables))
    frame = from_table(pa.concat_tables([under(table, schema) for table in tables]))
    frame.attrs = agreed([attrs_of(table.schema) for table in tables])
    if states := [state["header"] for table in tables if (state := export_of(table.schema))]:
        agreed_header([header_of(table.schema) for table in tables], states).onto(frame)
    return frame


# Merging ---------------------------------------------------------------------------------------------------------


def _merge(
    table: pa.Table, place: Place, there: Sequence[str], partition_by: str | None, mode: Mode, keys: Sequence[str]
) -> Iterator[int]:
    """Bring the rows of ``table`` in; parts that stay as they are are not written."""
    rows = Rows(table, keys)
    old = _look(place, there, rows)
    header = header_of(table.schema)
    check_account(header.account, {one.account for one in old.values()}, place, keys)
    comes = _decide(rows, old, place, mode, is_child=bool(header.child))
    if not comes.any():
        return

    schemas = list({id(one.schema): one.schema for one in old.values()}.values())
    schema = common_schema(
        [*schemas, table.schema], lambda name: _values_in(place, old, name) + values_of([table], name)
    )
    drifted = {id(one) for one in schemas if any(field.type != schema.field(field.name).type for field in one)}
    drifts = {part for part, one in old.items() if id(one.schema) in drifted}
    yield from _write_changes(place, table, comes, old, drifts, schema, partition_by, index_of(keys))
    if partition_by:
        _show_schema(place, old, schema, parts.schema_part(partition_by), index_of(keys))


def _write_changes(
    place: Place,
    table: pa.Table,
    comes: Mask,
    old: dict[str, Old],
    drifts: set[str],
    schema: pa.Schema,
    partition_by: str | None,
    index: Callable[[pa.Table], bytes],
) -> Iterator[int]:
    """Write the parts into which rows come, then those that rows leave: a row that moves is never nowhere."""
    periods = parts.split(len(table), partition_by, parts.made_at(table, partition_by, schema))
    part_of = _parts_of(periods, comes, old)
    places = {name: np.flatnonzero(part_of == name) for name in parts.in_order(set(part_of[comes]))}
    table = under(table, schema).combine_chunks()
    leaving = {name for name, one in old.items() if one.by is not None} | drifts
    leaving.discard(parts.schema_part(partition_by) if partition_by else "")  # `_show_schema` writes that one
    last: dict[str, list[pa.Table]] = {}
    for name, found in places.items():
        fresh = table.take(pa.array(found[comes[found]]))
        if not len(fresh):
            continue
        leaving.discard(name)
        rows, by = _rows_of(place, name, old.get(name), schema)
        moving = (by >= 0) & (part_of[by] != name) if len(by) else by.astype(bool)
        parts.write_part(place, name, [rows.filter(pa.array((by < 0) | moving)), fresh], index)
        old[name] = Old(schema)
        yield len(fresh)
        if moving.any():
            last[name] = [rows.filter(pa.array(by < 0)), fresh]
    for name, tables in last.items():
        parts.write_part(place, name, tables, index)
    for name in sorted(leaving):
        rows, by = _rows_of(place, name, old[name], schema)
        if (by < 0).any() or not partition_by:
            parts.write_part(place, name, [rows.filter(pa.array(by < 0))], index)
            old[name] = Old(schema)
        else:
            place.remove(name)
            del old[name]


def _parts_of(periods: Mapping[str, parts.Places], comes: Mask, old: Mapping[str, Old]) -> Any:  # noqa: ANN401 - names
    """The part that each row goes to: the one of its period that holds it, else the last one, else a new one."""
    part_of = np.full(len(comes), "", dtype=object)
    for name, one in old.items():
        if one.by is not None:
            part_of[one.by[one.by >= 0]] = name
    for period, found in periods.items():
        there = [name for name in old if parts.numbered(name, 0) == period]
        new = found[comes[found] & ~np.isin(part_of[found], there)]
        last = max(there, key=parts.number_of, default=period)
        number = parts.number_of(last)
        if there and old[last].rows + len(new) > parts.MOST_ROWS:
            number += 1
        for name, places in parts.cut(period, new, number):
            part_of[places] = name
    return part_of


def _rows_of(place: Place, name: str, one: Old | None, schema: pa.Schema) -> tuple[pa.Table, parts.Places]:
    """The rows of a part that is there, and for each the place of the row that replaces it, or -1."""
    if one is None:
        return schema.empty_table(), np.zeros(0, dtype=np.intp)
    rows = parts.read_part(place, name)
    columns = {**described(schema), "attributes": agreed([attrs_of(rows.schema), attrs_of(schema)])}
    metadata = {**(schema.metadata or {}), b"pandas": json.dumps(columns).encode()}
    rows = under(rows, schema).replace_schema_metadata(metadata)
    return rows, np.full(len(rows), -1) if one.by is None else one.by


def _show_schema(
    place: Place, there: Mapping[str, Old], schema: pa.Schema, name: str, index: Callable[[pa.Table], bytes]
) -> None:
    """Let the first part have all columns, because many readers take the columns of the first file for all."""
    first = min((part for part in there if part != name), default=name)
    shows = not set(schema.names) <= set(there[first].schema.names)
    rows = parts.read_part(place, name) if name in there else schema.empty_table()
    state = export_of(rows.schema)
    if (shows or state) and (name not in there or _types(rows.schema) != _types(schema)):
        rows = under(rows, schema).replace_schema_metadata(with_export(schema, state).metadata)
        parts.write_part(place, name, [rows], index)
    elif not shows and not state and name in there and not len(rows):
        place.remove(name)


def _types(schema: pa.Schema) -> dict[str, pa.DataType]:
    return {field.name: field.type for field in schema}


def drop_rows(place: Place, partition_by: str, key: str, gone: Sequence[str]) -> None:
    """Delete the rows of a dataset whose ``key`` is one of ``gone``; parts that hold none of them are not opened."""
    rows = Rows(pa.table({key: pa.array(gone, pa.large_string())}), [key])
    old = _look(place, parts.find_parts(place, partition_by), rows)
    index = index_of([key])
    schema = _schema_in(place, old)
    for name, one in list(old.items()):
        if one.keys is None:
            continue
        goes = pc.is_in(key_texts(one.keys, [key]), value_set=rows.texts)
        if not pc.any(goes).as_py():
            continue
        kept = parts.read_part(place, name).filter(pc.invert(goes))
        if len(kept):
            parts.write_part(place, name, [kept], index)
        else:
            place.remove(name)
            del old[name]
    _show_schema(place, old, schema, parts.schema_part(partition_by), index)


def shared_schema(place: Place, schemas: Mapping[str, pa.Schema]) -> pa.Schema:
    """The columns of all parts, each of the type that holds all of its values.

    Args:
        place: the dataset.
        schemas: the schema of each part.
    """
    return _schema_in(place, {name: Old(schema) for name, schema in schemas.items()})


def _schema_in(place: Place, old: Mapping[str, Old]) -> pa.Schema:
    schemas = list({id(one.schema): one.schema for one in old.values()}.values())
    return common_schema(schemas, partial(_values_in, place, dict(old)))


def _look(place: Place, there: Sequence[str], rows: Rows) -> dict[str, Old]:
    """Each part that is there, with its keys where one of ``rows`` may be in it."""
    old: dict[str, Old] = {}
    schemas: dict[str, pa.Schema] = {}
    for name in there:
        with place.reading(name) as file:
            index = read_index(file)
        absent = index is not None and rows.are_not_in(index)
        if index and absent and index.schema in schemas:
            old[name] = Old(schemas[index.schema], index.account, rows=len(index.hashes))
            continue
        with parts.open_part(place, name) as part:
            account, rows_there = header_of(part.schema_arrow).account, part.metadata.num_rows
            old[name] = one = Old(part.schema_arrow, account, rows=rows_there)
            mark = _mark(one.schema)
            one.schema = schemas.setdefault(mark, one.schema)
            missing = [key for key in rows.keys if key not in one.schema.names]
            if missing and part.metadata.num_rows:
                raise ExportError(
                    f"{place.name}/{name} has no column {', '.join(missing)}.", advice="Give another key."
                )
            if rows.keys and not missing and not absent:
                wanted = dict.fromkeys([*rows.keys, CHANGED])
                one.keys = part.read(columns=[column for column in wanted if column in one.schema.names])
    return old


def _mark(schema: pa.Schema) -> str:
    return schema_mark(schema, described(schema).get("columns"))


def index_of(keys: Sequence[str]) -> Callable[[pa.Table], bytes]:
    """What makes the index of a part whose rows ``keys`` tell apart."""
    return partial(_index, keys)


def _index(keys: Sequence[str], rows: pa.Table) -> bytes:
    return index_bytes(keys, key_texts(rows, keys), _mark(rows.schema), header_of(rows.schema).account)


def _decide(rows: Rows, old: Mapping[str, Old], place: Place, mode: Mode, *, is_child: bool) -> Mask:
    """Which of ``rows`` come in; in ``old``, which rows of the parts stay."""
    comes = np.ones(len(rows.texts), dtype=bool)
    for name, one in old.items():
        if one.keys is None:
            continue
        texts = key_texts(one.keys, rows.keys)
        if rows.loose.any() and texts.null_count:
            comes[rows.equal_to(parts.read_part(place, name))] = False
        if mode == "append":
            comes &= ~pc.is_in(rows.texts, value_set=texts.drop_null()).to_numpy(zero_copy_only=False)
            continue
        places = pc.index_in(texts, value_set=rows.texts, skip_nulls=True)
        by = places.fill_null(-1).to_numpy().astype(np.intp)
        if not is_child:
            newer = (by >= 0) & (moments_of(one.keys) > rows.moments[by])  # never where either is missing
            comes[by[newer]] = False
            by[np.isin(by, by[newer])] = -1
        one.by = by if (by >= 0).any() else None
    return comes


# Columns ---------------------------------------------------------------------------------------------------------


def _without_index(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with its index as columns: named levels, and labels that are no numbers of rows."""
    index = frame.index
    if all(name is None for name in index.names) and (len(index.names) > 1 or index.dtype.kind not in "iu"):
        index = index.set_names(
            ["index"] if index.nlevels == 1 else [f"level_{level}" for level in range(index.nlevels)]
        )
    for level, name in enumerate(index.names):
        if name in frame.columns and not _same(index.get_level_values(level), frame[name]):
            raise ExportError(f"An index level and a column are both called {name}, and differ.", advice="Rename one.")
    levels = [level for level, name in enumerate(index.names) if name is not None and name not in frame.columns]
    flat = frame.reset_index(drop=True)
    for place, level in enumerate(levels):
        flat.insert(place, str(index.names[level]), index.get_level_values(level))
    flat.attrs = frame.attrs
    return flat


def _same(level: pd.Index[Any], column: pd.Series[Any]) -> bool:
    ours, theirs = read_column(pd.Series(level.array)), read_column(column)
    return bool(ours.texts().fill_null("").equals(theirs.texts().fill_null("")))


def _values_in(place: Place, old: Mapping[str, Old], name: str) -> list[Values]:
    holding = {part: one.schema.field(name) for part, one in old.items() if name in one.schema.names}
    return [(field, parts.read_part(place, part, [name])[name]) for part, field in holding.items()]
