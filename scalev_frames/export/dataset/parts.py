"""The files of a dataset: Parquet files by period, and one without rows where the first file lacks a column."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scalev_frames.errors import ExportError
from scalev_frames.export.dataset.keys import key_texts
from scalev_frames.export.dataset.part_index import index_bytes
from scalev_frames.export.dataset.schemas import header_of, mark_of, zone_of
from scalev_frames.export.dataset.swap import finish
from scalev_frames.export.places import Place
from scalev_frames.frames.tables import COMPRESSION
from scalev_frames.frames.values.columns import as_moments

Moments: TypeAlias = np.ndarray[Any, np.dtype[np.datetime64]]
Places: TypeAlias = np.ndarray[Any, np.dtype[np.intp]]

FILE = "part-0.parquet"
#: A period of more rows has several files, so that a write never holds more of it in memory.
MOST_ROWS = 25_000
_FILE = re.compile(r"part-(\d+)\.parquet")
#: A part, or the copy that a program which syncs folders makes where two computers have written one.
_LIKE_FILE = re.compile(r".*part-\d+\b.*\.parquet")
#: Files that Windows and macOS put into folders.
_OF_DESKTOPS = {"desktop.ini", "thumbs.db", "icon\r"}
#: NumPy's unit of each period, and the period that stands before all others: its part holds the schema.
PERIODS = {"year": ("Y", "0001"), "month": ("M", "0001-01"), "day": ("D", "0001-01-01")}
#: The period of rows without a moment: pandas, polars, DuckDB and Dask all read this word, while the customary one
#: (`OLD_NO_PERIOD`) stops pandas and Dask.
NO_PERIOD = "null"
OLD_NO_PERIOD = "__HIVE_DEFAULT_PARTITION__"


def no_period(given: str) -> ExportError:
    """The error of a ``partition_by`` that is no period."""
    return ExportError(f"There is no period {given!r} to part files by.", advice=f"There are: {', '.join(PERIODS)}.")


def find_parts(place: Place, partition_by: str | None) -> list[str]:
    """The files of the dataset at ``place``, after the leftovers of a killed writer are removed.

    Raises:
        ExportError: the folder holds other files, or parts of another period.
    """
    finish(place)
    place.tidy()
    names = [name for name in place.files() if not _is_hidden(name)]
    _refuse_copies(place, names)
    for name in names:
        folder = name.rpartition("/")[0]
        if not is_part(name) or folder.partition("=")[0] != (partition_by or ""):
            raise ExportError(
                f"{place.name} holds {name}, which is no part of a dataset by {partition_by or 'nothing'}.",
                advice="Move it away, or choose an empty folder, or the dataset's own partition_by.",
            )
    if partition_by is None:
        return names
    old, new = part_name(partition_by, OLD_NO_PERIOD), part_name(partition_by, NO_PERIOD)
    if old in names and new not in names:
        place.move(old, new)
        names = [*({*names, new} - {old})]
    return in_order(names)


def readable_parts(place: Place) -> list[str]:
    """The parts at ``place``, after the plans of killed writers there, above and below it are carried out."""
    above = place
    while "=" in above.leaf:
        above = above.at("..")
        finish(above)
    finish(place)
    names = _parts(place)
    below = set(map(_dataset_of, names)) - {""}
    for folder in sorted(below):
        finish(place.at(folder))
    return _parts(place) if below else names


def _parts(place: Place) -> list[str]:
    names = in_order(filter(is_part, place.files()))
    _refuse_copies(place, names)
    return names


def _is_hidden(name: str) -> bool:
    """Whether a file is hidden, or one that a desktop puts into any folder."""
    return name.startswith(".") or "/." in name or name.rpartition("/")[2].casefold() in _OF_DESKTOPS


def _refuse_copies(place: Place, names: Iterable[str]) -> None:
    """Refuse a file or folder beside the one that it is a copy of, as programs that sync folders make them.

    Raises:
        ExportError: there is one, whose rows would count twice.
    """
    copies = [name for name in names if _LIKE_FILE.fullmatch(name.rpartition("/")[2]) and not is_part(name)]
    folders = {folder for name in names for folder in name.split("/")[:-1]}
    for folder in sorted(folders):
        key, is_value, _ = folder.partition("=")
        is_ours = not is_value or key.rpartition(" ")[2] in PERIODS
        if is_ours and folders & {*re.split(r"[ (]", folder)} - {folder}:
            copies.append(folder)
    if copies:
        raise ExportError(
            f"{place.name} holds {copies[0]}, which looks like a copy of another one in it.",
            advice="Move one of them away.",
        )


def _dataset_of(name: str) -> str:
    """The folder of the dataset that has a part, such as that of one business."""
    return "/".join(itertools.takewhile(lambda one: one.partition("=")[0] not in PERIODS, name.split("/")[:-1]))


def is_part(name: str) -> bool:
    """Whether a file is one of a dataset's.

    >>> is_part("month=2026-11/part-3.parquet"), is_part("month=2026-11/orders.parquet")
    (True, False)
    """
    return _FILE.fullmatch(name.rpartition("/")[2]) is not None


def in_order(names: Iterable[str]) -> list[str]:
    """Parts by folder and number.

    >>> in_order(["part-10.parquet", "part-9.parquet"])
    ['part-9.parquet', 'part-10.parquet']
    """
    return sorted(names, key=lambda name: (name.rpartition("/")[0], number_of(name)))


def number_of(name: str) -> int:
    """The number of a part in its folder."""
    found = _FILE.search(name)
    return int(found[1]) if found else 0


def numbered(name: str, number: int) -> str:
    """The part of this number in the folder of ``name``.

    >>> numbered("month=2026-11/part-0.parquet", 2)
    'month=2026-11/part-2.parquet'
    """
    return _FILE.sub(f"part-{number}.parquet", name)


def beside(new: Iterable[str], old: Iterable[str]) -> dict[str, str]:
    """The parts ``new``, each with a free name under which it can lie beside the parts ``old``.

    A single part, or the parts of a new dataset, keep their names: they need no second step.

    >>> beside(["part-0.parquet", "part-1.parquet"], ["part-0.parquet"])
    {'part-0.parquet': 'part-2.parquet', 'part-1.parquet': 'part-3.parquet'}
    """
    names, there = in_order(new), list(old)
    shift = 1 + max(map(number_of, [*names, *there])) if there and len(names) > 1 else 0
    return {name: numbered(name, number_of(name) + shift) for name in names}


def part_name(partition_by: str, period: str) -> str:
    """The file of one period.

    >>> part_name("month", "2026-11")
    'month=2026-11/part-0.parquet'
    """
    return f"{partition_by}={period}/{FILE}"


def schema_part(partition_by: str | None) -> str:
    """The file that readers see first."""
    return FILE if partition_by is None else part_name(partition_by, PERIODS[partition_by][1])


def made_at(table: pa.Table, partition_by: str | None, schema: pa.Schema) -> Moments:
    """When each row was made, in the dataset's zone: an order's draft time, or its creation where it has none.

    A column of times may have become text because one value was no time; the others are read all the same.
    """
    if partition_by is None:
        return np.zeros(0, "datetime64[us]")
    header = header_of(table.schema)
    timeline = [header.source.timeline.column] if header.source and header.source.timeline else []
    names = dict.fromkeys([*timeline, "draft_time", "created_at", "inserted_at"])
    given = [name for name in names if name in table.column_names]
    if not timeline:
        given = [name for name in given if pa.types.is_timestamp(table[name].type)]
    if not given:
        raise ExportError("This frame has no time at which its rows were made.", advice="Leave partition_by out.")
    made = np.full(len(table), np.datetime64("NaT", "us"))
    for name in reversed(given):
        moments = _wall_clock(table, name, schema)
        made = np.where(np.isnat(moments), made, moments)
    return made


def _wall_clock(table: pa.Table, name: str, schema: pa.Schema) -> Moments:
    """The moments of a column as the clocks of the dataset's zone show them."""
    column = table[name]
    if pa.types.is_timestamp(column.type):
        is_zoned = column.type.tz and pa.types.is_timestamp(schema.field(name).type)
        zone = zone_of(schema if is_zoned else table.schema, name)
        series = column.cast(pa.timestamp("us", zone), safe=False).to_pandas()
    else:
        series = as_moments(column.to_pandas()).dt.tz_convert(header_of(table.schema).zone)
    return np.asarray(series.dt.tz_localize(None).to_numpy("datetime64[us]"))


def split(rows: int, partition_by: str | None, made: Moments) -> dict[str, Places]:
    """The places of the rows of each period in which they were ``made``, by the period's first file."""
    if partition_by is None:
        return {FILE: np.arange(rows)}
    periods, codes = np.unique(made.astype(f"datetime64[{PERIODS[partition_by][0]}]"), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    found = np.split(order, np.searchsorted(codes[order], np.arange(1, len(periods))))
    names = [part_name(partition_by, NO_PERIOD if np.isnat(period) else str(period)) for period in periods]
    return dict(zip(names, found, strict=False))


def cut(name: str, places: Places, first: int = 0) -> Iterator[tuple[str, Places]]:
    """The files of one period from the number ``first`` on, each with its rows, none of more than `MOST_ROWS`."""
    for number, start in enumerate(range(0, len(places), MOST_ROWS), first):
        yield numbered(name, number), places[start : start + MOST_ROWS]


def read_part(place: Place, name: str, columns: list[str] | None = None) -> pa.Table:
    """A part, or some columns of it.

    Raises:
        ExportError: it cannot be read.
    """
    with open_part(place, name) as file:
        try:
            return file.read(columns=columns)
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(place, name, error) from error


@contextlib.contextmanager
def open_part(place: Place, name: str) -> Iterator[pq.ParquetFile]:
    """A part, open for reading.

    Raises:
        ExportError: it is no Parquet file.
    """
    with contextlib.ExitStack() as opened:
        try:
            file = pq.ParquetFile(opened.enter_context(place.reading(name)))
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(place, name, error) from error
        yield file


def _unreadable(place: Place, name: str, error: Exception) -> ExportError:
    advice = "Delete this file, and export again: the rows that are missing are fetched."
    return ExportError(f"{place.name}/{name} cannot be read: {error}.", advice=advice)


def write_part(place: Place, name: str, rows: pa.Table, keys: Sequence[str]) -> None:
    """Write ``rows``, which ``keys`` tell apart, as one part with its index."""
    with place.writing(name) as file, pq.ParquetWriter(file, rows.schema, compression=COMPRESSION) as writer:
        writer.write_table(rows)
        account = header_of(rows.schema).account
        file.write(index_bytes(keys, key_texts(rows, keys), mark_of(rows.schema), account))
