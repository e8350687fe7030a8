"""The files of a dataset: one Parquet file a period, and one without rows where the first file lacks a column."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scalev_frames.errors import ExportError
from scalev_frames.export.places import Place
from scalev_frames.frames.tables import COMPRESSION

Moments: TypeAlias = np.ndarray[Any, np.dtype[np.datetime64]]
Places: TypeAlias = np.ndarray[Any, np.dtype[np.intp]]

FILE = "part-0.parquet"
#: The unit of each period, the period of rows without a moment, and the one before all others, which holds the schema.
PERIODS = {"year": ("Y", "0001"), "month": ("M", "0001-01"), "day": ("D", "0001-01-01")}
#: A word that pandas, polars, DuckDB and Dask all read; the customary one (`OLD_NO_PERIOD`) stops pandas and Dask.
NO_PERIOD = "null"
OLD_NO_PERIOD = "__HIVE_DEFAULT_PARTITION__"


def find_parts(place: Place, partition_by: str | None) -> list[str]:
    """The files of the dataset at ``place``, after the leftovers of a killed writer are removed.

    Raises:
        ExportError: the folder holds other files, or parts of another period.
    """
    place.tidy()
    names = [name for name in place.files() if not name.rpartition("/")[2].startswith(".")]
    for name in names:
        folder, _, file = name.rpartition("/")
        if file != FILE or folder.partition("=")[0] != (partition_by or ""):
            raise ExportError(
                f"{place.name} holds {name}, which is no part of a dataset by {partition_by or 'nothing'}.",
                advice="Choose an empty folder, or the dataset's own partition_by.",
            )
    if partition_by is None:
        return names
    old, new = part_name(partition_by, OLD_NO_PERIOD), part_name(partition_by, NO_PERIOD)
    if old in names and new not in names:
        place.move(old, new)
        names = sorted({*names, new} - {old})
    return names


def part_name(partition_by: str, period: str) -> str:
    """The file of one period.

    >>> part_name("month", "2026-11")
    'month=2026-11/part-0.parquet'
    """
    return f"{partition_by}={period}/{FILE}"


def schema_part(partition_by: str | None) -> str:
    """The file that readers see first."""
    return FILE if partition_by is None else part_name(partition_by, PERIODS[partition_by][1])


def split(rows: int, partition_by: str | None, made: Moments) -> dict[str, Places]:
    """The places of the rows of each part, by the part's file.

    Args:
        rows: how many there are.
        partition_by: a key of `PERIODS`, or nothing.
        made: when each row was made, by the clocks of the dataset's zone.
    """
    if partition_by is None:
        return {FILE: np.arange(rows)}
    periods, codes = np.unique(made.astype(f"datetime64[{PERIODS[partition_by][0]}]"), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    found = np.split(order, np.searchsorted(codes[order], np.arange(1, len(periods))))
    names = [part_name(partition_by, NO_PERIOD if np.isnat(period) else str(period)) for period in periods]
    return dict(zip(names, found, strict=False))


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
    return ExportError(f"{place.name}/{name} cannot be read: {error}.", advice="Export it again.")


def write_part(place: Place, name: str, tables: Sequence[pa.Table], index: Callable[[pa.Table], bytes]) -> None:
    """Write ``tables``, one after the other, as one part with its index; the first that has rows describes them."""
    rows = pa.concat_tables(sorted(tables, key=lambda table: not len(table)))
    with place.writing(name) as file, pq.ParquetWriter(file, rows.schema, compression=COMPRESSION) as writer:
        writer.write_table(rows)
        file.write(index(rows))
