"""Months of orders in one folder that grows and that every tool which reads Parquet reads as one table.

One file a part (``month=2026-11/part-0.parquet``); a month of more rows than `parts.MOST_ROWS` has several. A part is
written whole and then put in the place of the old one, all parts of a write together (`swap`); writing the
same again changes nothing. An upsert reads the index of every part and no more than the keys of those that may hold one
of the new rows; it writes the parts that change. One writer at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.errors import ExportError
from scalev_frames.export.dataset import parts
from scalev_frames.export.dataset.keys import Rows, keys_of, newest
from scalev_frames.export.dataset.merging import Existing, Mode
from scalev_frames.export.dataset.schemas import (
    agreed,
    agreed_header,
    attrs_of,
    common_schema,
    export_of,
    header_of,
    under,
    values_of,
)
from scalev_frames.export.dataset.swap import replacing_parts, unfinished
from scalev_frames.export.places import Place
from scalev_frames.frames.tables import from_table, labels_of, to_table
from scalev_frames.frames.values.columns import label_of, read_column


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
    _check(frame, mode, partition_by)
    frame = _without_index(frame)
    keys = keys_of(frame, key, mode)
    table = to_table(frame)
    made = parts.made_at(table, partition_by, table.schema)  # raises before anything is touched
    there = parts.find_parts(place, partition_by)
    if mode != "replace" and keys and not header_of(table.schema).child:
        table = newest(table, keys)
        made = parts.made_at(table, partition_by, table.schema)
    if mode == "replace" or not there:
        yield from _replace(table, place, there, partition_by, made, keys)
    else:
        yield from Existing(place, there, partition_by, Rows(table, keys)).merge(mode)


def _check(frame: pd.DataFrame, mode: str, partition_by: str | None) -> None:
    if mode not in ("replace", "append", "upsert"):
        raise ExportError(f"There is no mode {mode!r}.", advice="There are: replace, append, upsert.")
    if partition_by is None:
        return
    if partition_by not in parts.PERIODS:
        raise parts.no_period(partition_by)
    if partition_by in frame.columns:
        others = " or ".join(f'"{one}"' for one in parts.PERIODS if one not in frame.columns)
        raise ExportError(
            f"The rows have a column {partition_by} of their own, and a folder's name cannot be another one.",
            advice=f"Give partition_by={others}." if others else f"Rename the column {partition_by}.",
        )


def _replace(
    table: pa.Table,
    place: Place,
    there: Sequence[str],
    partition_by: str | None,
    made: parts.Moments,
    keys: Sequence[str],
) -> Iterator[int]:
    """Write ``table`` as all parts of the dataset."""
    schema = common_schema([table.schema], partial(values_of, [table]))
    table = under(table, schema).combine_chunks()  # taking from many chunks costs all of them each time
    keys = keys or [name for name in ("id",) if name in schema.names]
    periods = parts.split(len(table), partition_by, made)
    new = dict(one for name, rows in periods.items() for one in parts.cut(name, rows))
    new = new or {parts.schema_part(partition_by): made.astype(np.intp)}
    with replacing_parts(place, parts.beside(new, there), there) as stage:
        for name, rows in new.items():
            parts.write_part(stage, unfinished(name), table.take(pa.array(rows)), keys)
            yield len(rows)


def read_dataset(place: Place) -> pd.DataFrame:
    """The whole dataset as one frame, its parts in order, without the column that names the part.

    Columns that only some parts have are missing in the rows of the others; types that differ become one that holds
    all values. ``attrs`` are those on which all parts agree.

    Raises:
        ExportError: there is none, or a part cannot be read.
    """
    names = parts.readable_parts(place)
    if not names:
        raise ExportError(f"There is no dataset at {place.name}.", advice="Check the path.")
    tables = [parts.read_part(place, name) for name in names]
    schema = common_schema([table.schema for table in tables], partial(values_of, tables))
    frame = from_table(pa.concat_tables([under(table, schema) for table in tables]))
    frame.attrs = agreed([attrs_of(table.schema) for table in tables])
    schemas = [table.schema for table in tables]
    return agreed_header(schemas, len(frame)).onto(frame) if any(map(export_of, schemas)) else frame


def drop_rows(place: Place, partition_by: str, key: str, gone: Sequence[str]) -> None:
    """Delete the rows of a dataset whose ``key`` is one of ``gone``; parts that hold none of them are not opened."""
    rows = Rows(pa.table({key: pa.array(gone, pa.large_string())}), [key])
    Existing(place, parts.find_parts(place, partition_by), partition_by, rows).drop()


# Columns ---------------------------------------------------------------------------------------------------------


def _without_index(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with its index as columns: named levels, and labels that are no numbers of rows."""
    flat = frame.reset_index(drop=True).set_axis(labels_of(frame.columns), axis=1)
    levels = {}
    for level, name in enumerate(_level_names(frame.index)):
        values = frame.index.get_level_values(level)
        if name in flat.columns and not _same(values, flat[name]):
            raise ExportError(f"An index level and a column are both called {name}, and differ.", advice="Rename one.")
        if name is not None and name not in flat.columns:
            levels[name] = values
    for place, (name, values) in enumerate(levels.items()):
        flat.insert(place, name, values)
    flat.attrs = frame.attrs
    return flat


def _level_names(index: pd.Index[Any]) -> list[str | None]:
    """The names of an index's levels as columns; ``None`` for a level that is left out."""
    if any(name is not None for name in index.names):
        return [None if name is None else label_of(name) for name in index.names]
    if index.nlevels > 1:
        return [f"level_{level}" for level in range(index.nlevels)]
    return [None if index.dtype.kind in "iu" else "index"]


def _same(level: pd.Index[Any], column: pd.Series[Any]) -> bool:
    ours, theirs = read_column(pd.Series(level.array, dtype=level.dtype)), read_column(column)
    return bool(ours.texts().fill_null("").equals(theirs.texts().fill_null("")))
