"""Write and read Parquet, with exact types, for every tool that reads Parquet."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, overload

import pandas as pd
import pyarrow as pa

from scalev_frames.errors import ExportError
from scalev_frames.export.atomic import File, Frame, Stop, Target, plain_path, refuse_if_stopped, replacing, written
from scalev_frames.export.dataset.merging import Mode
from scalev_frames.export.dataset.table import read_dataset, write_dataset
from scalev_frames.export.masked import masked
from scalev_frames.export.places import is_address, is_folder, place
from scalev_frames.frames.tables import read_table, write_table
from scalev_frames.progress import Event, Progress, choose

SUFFIXES = (".parquet", ".pq")
#: Seconds to wait for another process that writes to the same dataset.
PATIENCE = 60.0
#: Names that a folder of Parquet files would not have.
OTHER_FILES = (".xlsx", ".xls", ".xlsm", ".csv", ".txt", ".tsv", ".json", ".jsonl", ".feather", ".orc", ".zip", ".gz")


@overload
def to_parquet(frame: Frame, path: File, *, mask: bool = ..., progress: Progress = ..., stop: Stop = ...) -> File: ...
@overload
def to_parquet(
    frame: Frame, path: os.PathLike[str], *, partition_by: str | None = ..., mode: Mode = ...,
    key: Sequence[str] | None = ..., mask: bool = ..., progress: Progress = ..., stop: Stop = ...,
) -> Path: ...  # fmt: skip
@overload
def to_parquet(
    frame: Frame, path: str, *, partition_by: str | None = ..., mode: Mode = ...,
    key: Sequence[str] | None = ..., mask: bool = ..., progress: Progress = ..., stop: Stop = ...,
) -> Path | str: ...  # fmt: skip
def to_parquet(
    frame: Frame,
    path: Target,
    *,
    partition_by: str | None = None,
    mode: Mode = "replace",
    key: Sequence[str] | None = None,
    mask: bool = False,
    progress: Progress = False,
    stop: Stop = None,
) -> Path | str | IO[bytes]:
    """Write a frame as Parquet (zstd): exact types, `attrs` kept, lists and objects as JSON text.

    A path ending in ``.parquet`` is one file. Any other is a dataset: a folder, or an address such as
    ``s3://bucket/orders`` where the file system for it is installed. pandas, polars, DuckDB and Dask read it as one
    table. A column that only newer parts have does not make the older ones be written anew: polars then wants
    ``missing_columns="insert"`` and DuckDB ``union_by_name=true``. A dataset has one writer at a time, whichever
    process or computer; others wait up to a minute. At an address only the processes of one computer are kept apart.
    A writer that is killed leaves the old rows or the new ones; `read_parquet`, `scan` and the next write see to it.

    Args:
        frame: any DataFrame; values of a column that have no common type become text.
        path: the file or dataset to write, whose folders are made; or a file open for bytes.
        partition_by: ``year``, ``month`` or ``day`` in which rows were made (``draft_time``, else ``created_at``,
            in the dataset's zone): a folder each, such as ``month=2026-11``, or ``month=null``. For datasets.
        mode: for datasets, ``replace`` what is there; ``append`` the rows whose key is not there yet; ``upsert``: rows
            of the same key are replaced, unless what is there was changed later (``last_updated_at``).
        key: the columns that tell rows apart; by default those of the endpoint, such as ``id``, after ``business``
            where the frame has it. For a child frame, the parent's key: then all of a parent's rows are replaced
            together. A row in which the key is missing is the same as another only where all values are equal.
        mask: customers' names, phones, addresses and texts as tokens; see `frame.scalev.mask`.
        progress: what shows how many rows are written: ``True`` for a line of text, a function, or a tqdm bar.
        stop: set it from another thread to end the export of one file; nothing is left behind.

    Returns:
        The path, the address, or the open file.

    Raises:
        ExportError: it cannot be written, two columns share a name, there is no key, or the rows of a dataset are
            another account's and the key has no ``business``, or ``stop`` was set; what stood there is untouched.
        AlreadyRunningError: another process or computer writes to the dataset for longer than a minute.

    >>> import tempfile
    >>> path = to_parquet(pd.DataFrame({"id": ["1"], "tags": [["new"]]}), Path(tempfile.mkdtemp()) / "x.parquet")
    >>> read_parquet(path)["tags"].tolist()
    [['new']]
    """
    shown, report, rows = masked(frame, mask=mask), choose(progress), 0
    try:
        if isinstance(path, str | os.PathLike) and is_dataset(path):
            where = place(os.fspath(path))
            with where.held(PATIENCE):
                for part in write_dataset(shown, where, partition_by=partition_by, mode=mode, key=key):
                    rows += part
                    report(Event("page", where.name, rows=rows))
            if progress is True:
                report(Event("done", where.name, rows=rows))
            return str(path) if is_address(path) else plain_path(path)
        if partition_by or mode != "replace":
            raise ExportError(f"{path} is one file; a dataset is a folder.", advice='Give a folder, such as "orders/".')
        with replacing(path) as file:
            write_table(shown, file)
            refuse_if_stopped(stop)
        report(Event("page", "Parquet", rows=len(shown)))
    except ValueError as error:
        words = str(error).rstrip(".")
        raise ExportError(f"This frame cannot be Parquet: {words}.", advice="Rename or drop columns.") from error
    return written(path, progress, rows=len(shown))


def read_parquet(path: str | Path) -> pd.DataFrame:
    """A frame that `to_parquet` wrote, the same as it was: dtypes, lists, `attrs`.

    Args:
        path: the file, the folder of a dataset, or its address.

    Returns:
        The frame; of a dataset all rows, part by part.

    Raises:
        ExportError: it cannot be read, or is no Parquet.

    >>> orders = api.orders(limit=3, progress=False)  # with api = sf.connect(sandbox=True)
    >>> read_parquet(to_parquet(orders, "orders.parquet")).equals(orders)
    True
    """
    if is_folder(path):
        return read_dataset(place(path))
    file = plain_path(path)
    if file.exists() and not file.is_file():  # a pipe would never end
        raise ExportError(f"{path} is no plain file.", advice="Check the path.")
    try:
        return read_table(file)
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror or error}.", advice="Check the path.") from error
    except pa.ArrowException as error:
        raise ExportError(f"{path} is no whole Parquet file.", advice="Export it again.") from error


def is_dataset(path: str | os.PathLike[str]) -> bool:
    """Whether ``path`` means a folder of files.

    Raises:
        ExportError: it is no path, or the name of another kind of file.

    >>> is_dataset("orders/"), is_dataset("orders.parquet")
    (True, False)
    """
    name = (str(path) if is_address(path) else os.fspath(plain_path(path))).lower()
    if name.endswith(OTHER_FILES):
        raise ExportError(
            f"{path} does not end in {' or '.join(SUFFIXES)}.", advice="Give another name, or another format."
        )
    return is_address(path) or not name.endswith(SUFFIXES)
