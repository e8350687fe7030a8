"""Rows and columns of a dataset without reading the rest: as Arrow batches, a frame, or a handle for other programs."""

from __future__ import annotations

import contextlib
import datetime as dt
import operator
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial, reduce
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scalev_frames.errors import ExportError, UnknownNameError
from scalev_frames.export.atomic import plain_path
from scalev_frames.export.dataset import parts
from scalev_frames.export.dataset.conditions import Expression, Range, Where, wanted_rows
from scalev_frames.export.dataset.merging import shared_schema
from scalev_frames.export.dataset.schemas import agreed_header
from scalev_frames.export.places import Address, Folder, Place, is_folder, place
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import from_table
from scalev_frames.packages import needing

if TYPE_CHECKING:
    import dask.dataframe
    import duckdb
    import polars
    import pyarrow.dataset as ds
    import pyarrow.fs as pa_fs


def scan(path: str | os.PathLike[str], columns: Sequence[str] | None = None, where: Where = None) -> Scan:
    """Rows and columns of a Parquet file or dataset, of any size: nothing else of it is read.

    Args:
        path: what `Account.export` or `to_parquet` wrote: a folder, an address, or one file; also a folder with a
            dataset for each business (``business=brand-a/``).
        columns: the columns wanted, in this order; all when left out.
        where: the rows wanted. Values by column (``{"status": ["shipped", "completed"]}``), or conditions that must all
            hold (``[("gross_revenue", ">=", 100_000), ("draft_time", ">=", "2026-11-01")]``) with ``==``, ``!=``,
            ``<``, ``<=``, ``>``, ``>=``, ``in`` and ``not in``, or an expression of Arrow's. Times take what ``since``
            takes: ``<= "2026-11-23"`` includes that day. ``None`` is a missing value; a row without a value fulfils no
            other condition. ``month`` (or ``year``, ``day``) is the period of the part: ``("month", ">=", "2026-01")``.

    Returns:
        A `Scan`; nothing is read yet but the columns' names and types.

    Raises:
        ExportError: there is no dataset, or a part is no Parquet file.
        UnknownNameError: there is no such column; says the nearest.
        BadValueError: a value that the column cannot have.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from scalev_frames import to_parquet
    >>> folder = to_parquet(pd.DataFrame({"id": ["1", "2"], "quantity": [1, 5]}), Path(tempfile.mkdtemp()) / "orders")
    >>> scan(folder, ["id"], [("quantity", ">", 2)]).frame()["id"].tolist()
    ['2']
    """
    if is_folder(path):
        where_it_is = place(os.fspath(path))
        names = parts.readable_parts(where_it_is)
    else:
        file = plain_path(path)
        where_it_is, names = Folder(file.parent), [file.name] if file.is_file() else []
    if not names:
        raise ExportError(f"There is no dataset at {os.fspath(path)}.", advice="Check the path.")
    return Scan(where_it_is, names, columns, where)


class Scan:
    """A dataset of which some columns and rows are wanted; made by `scan` and `Account.export`.

    Attributes:
        names: its files.
        schema: the columns and types of what is wanted.

    Args:
        place: where the files are.
        names: their paths below it.
        columns: as for `scan`.
        where: as for `scan`.

    >>> from scalev_frames import to_parquet
    >>> scan(to_parquet(pd.DataFrame({"id": ["1", "2"]}), "orders.parquet"))
    <Scan of .: 2 rows, 1 columns, 1 files>
    """

    def __init__(self, place: Place, names: Sequence[str], columns: Sequence[str] | None, where: Where) -> None:
        self.names = list(names)
        self._place = place
        self._schemas: dict[str, pa.Schema] = {}
        self._rows = 0
        for name in self.names:
            with parts.open_part(place, name) as part:
                self._schemas[name] = part.schema_arrow
                self._rows += part.metadata.num_rows
        self._all = self._with_periods(shared_schema(place, self._schemas))
        self._wanted = wanted_rows(where, self._all, self.header.zone, dt.datetime.now(dt.UTC))
        self._filter = self._wanted.condition
        self.schema = pa.schema([self._all.field(name) for name in self._names(columns)], self._all.metadata)

    def __repr__(self) -> str:
        """What it reads."""
        rows = f"some of {self._rows:,}" if self._filter is not None else f"{self._rows:,}"
        return f"<Scan of {self._place.name}: {rows} rows, {len(self.schema):,} columns, {len(self.names):,} files>"

    @cached_property
    def header(self) -> Header:
        """Where the rows come from: the call, its moment, and whether every row is there."""
        return agreed_header(list(self._schemas.values()), self._rows)

    @property
    def rows(self) -> int:
        """How many rows there are; they are counted in the files where a condition was given."""
        if self._filter is None:
            return self._rows
        with self._reading():
            return int(self._dataset.count_rows(filter=self._filter))

    def arrow(self) -> ds.Dataset:
        """The rows wanted as a dataset of Arrow's, with all columns; for programs that read these.

        >>> from scalev_frames import to_parquet
        >>> file = to_parquet(pd.DataFrame({"id": ["1", "2"]}), "orders.parquet")
        >>> scan(file).arrow().count_rows()
        2
        """
        return self._dataset if self._filter is None else self._dataset.filter(self._filter)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """What is wanted in batches: money as decimals, times with their zone, lists as JSON text.

        Yields:
            Record batches of at most some 10,000 rows.

        Raises:
            ExportError: a part cannot be read.

        >>> import tempfile
        >>> from pathlib import Path
        >>> from scalev_frames import to_parquet
        >>> folder = to_parquet(pd.DataFrame({"id": ["1", "2"]}), Path(tempfile.mkdtemp()) / "orders")
        >>> [batch.num_rows for batch in scan(folder).batches()]
        [2]
        """
        with self._reading():
            scanner = self._dataset.scanner(columns=self.schema.names, filter=self._filter, batch_size=10_000)
            batches = scanner.to_batches()
        while True:
            with self._reading():
                batch = next(batches, None)
            if batch is None:
                return
            if batch.num_rows:
                yield batch

    def frame(self) -> pd.DataFrame:
        """What is wanted as one frame, as `read_parquet` gives it: dtypes, lists, header and kinds.

        Raises:
            ExportError: a part cannot be read.

        >>> from scalev_frames import to_parquet
        >>> file = to_parquet(pd.DataFrame({"id": ["1", "2"]}), "orders.parquet")
        >>> scan(file, where={"id": "2"}).frame()["id"].tolist()
        ['2']
        """
        with self._reading():
            table = self._dataset.to_table(columns=self.schema.names, filter=self._filter)
        frame = _framed(table, self.schema)
        frame.attrs = {}
        return replace(self.header, rows=self._rows).onto(frame)

    def polars(self) -> polars.LazyFrame:
        """What is wanted as a lazy frame of polars; its own conditions and columns reach the files, too.

        Raises:
            ExportError: a column that is wanted has no name, or one with NUL in it.

        >>> from scalev_frames import to_parquet
        >>> file = to_parquet(pd.DataFrame({"id": ["1", "2"]}), "orders.parquet")
        >>> scan(file).polars().collect()["id"].to_list()
        ['1', '2']
        """
        with needing("This needs"):
            import polars

        return polars.scan_pyarrow_dataset(self.arrow()).select(self._sayable_names())

    def duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """What is wanted as a relation of DuckDB; its own conditions and columns reach the files, too.

        Args:
            connection: DuckDB's; by default one of its own.

        Raises:
            ExportError: a column that is wanted has no name, or one with NUL in it.

        >>> from scalev_frames import to_parquet
        >>> file = to_parquet(pd.DataFrame({"id": ["1", "2"]}), "orders.parquet")
        >>> scan(file).duckdb().filter("id > '1'").fetchall()
        [('2',)]
        """
        with needing("This needs", '"scalev-frames[sql]"'):
            import duckdb

        relation = (connection or duckdb.connect()).from_arrow(self.arrow())
        renamed = dict(zip(self._all.names, relation.columns, strict=True))  # "A" and "a" are "A" and "a_1" there
        names = (renamed[name].replace('"', '""') for name in self._sayable_names())
        return relation.project(", ".join(f'"{name}"' for name in names))

    def dask(self) -> dask.dataframe.DataFrame:
        """What is wanted as a frame of Dask, a partition a file; files without such rows are not read.

        Needs ``dask[dataframe]``. Money is ``float64`` where every value survives, else decimals, which Dask cannot
        sum.

        >>> from scalev_frames import to_parquet
        >>> file = to_parquet(pd.DataFrame({"id": ["1", "2"]}), "orders.parquet")
        >>> scan(file).dask()["id"].compute().tolist()
        ['1', '2']
        """
        with needing("This needs", '"scalev-frames[dask]"'):
            import dask.dataframe

        fragments = list(self._dataset.get_fragments(filter=self._filter))
        empty = _framed(self.schema.empty_table(), self.schema)
        read = partial(_read_fragment, schema=self.schema, whole=self._all, condition=self._filter)
        found: dask.dataframe.DataFrame = dask.dataframe.from_map(read, fragments or [None], meta=empty)  # type: ignore[no-untyped-call]
        return found

    def _sayable_names(self) -> list[str]:
        """The columns wanted; refused where other programs cannot name one of them."""
        for name in self.schema.names:
            if not is_sayable(name):
                raise ExportError(
                    f"Other programs cannot name the column {name!r}.",
                    advice="Choose columns without it, such as with scan(path, [...]); frame() reads it.",
                )
        return self.schema.names  # type: ignore[no-any-return]

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn the error of a part that cannot be read, such as one deleted meanwhile, into an `ExportError`."""
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            raise ExportError(f"{self._place.name} cannot be read: {error}.", advice="Export it again.") from error

    def _names(self, columns: Sequence[str] | None) -> list[str]:
        if columns is None:
            return [name for name in self._all.names if name not in parts.PERIODS or name in self._written]
        names = [columns] if isinstance(columns, str) else list(columns)
        for name in names:
            if name not in self._all.names:
                raise UnknownNameError.near("column", str(name), self._all.names)
        return list(dict.fromkeys(names))

    @cached_property
    def _written(self) -> set[str]:
        """The columns that the files themselves have."""
        return {name for schema in self._schemas.values() for name in schema.names}

    def _with_periods(self, schema: pa.Schema) -> pa.Schema:
        """``schema`` with the columns that only the folders' names hold: business first, the period last."""
        for name in dict.fromkeys(name for file in self.names for name in _folders(file)):
            if name not in schema.names:
                field = pa.field(name, pa.large_string())
                schema = schema.insert(0, field) if name == BUSINESS else schema.append(field)
        return schema

    @cached_property
    def _dataset(self) -> ds.FileSystemDataset:
        import pyarrow.dataset as ds

        files = ds.ParquetFileFormat()
        system, root = _file_system(self._place)
        fragments = []
        for name in self.names:
            in_name = [
                ds.field(column) == pa.scalar(value, self._all.field(column).type)
                for column, value in _folders(name).items()
                if column not in self._schemas[name].names
            ]
            condition = reduce(operator.and_, in_name) if in_name else None
            groups = self._groups(name)
            if groups != []:
                file = f"{root}/{name}"
                fragments.append(files.make_fragment(file, system, partition_expression=condition, row_groups=groups))
        return ds.FileSystemDataset(fragments, self._all, files, system)

    def _groups(self, name: str) -> list[int] | None:
        """The row groups of a file that may hold rows wanted; ``None`` for all.

        Arrow does the same, except for columns in which values are missing.
        """
        ranges = [one for one in self._wanted.ranges if one.column in self._schemas[name].names]
        if not ranges:
            return None
        with parts.open_part(self._place, name) as part:
            footer, columns = part.metadata, part.schema.names
        places = {one: columns.index(one.column) for one in ranges if one.column in columns}
        return [
            number
            for number in range(footer.num_row_groups)
            if not any(_excludes(one, footer.row_group(number).column(place)) for one, place in places.items())
        ]


def is_sayable(name: str) -> bool:
    r"""Whether other programs can name a column.

    >>> is_sayable("a b"), is_sayable(""), is_sayable("a\0b")
    (True, False, False)
    """
    return bool(name) and "\0" not in name


def _excludes(one: Range, chunk: pq.ColumnChunkMetaData) -> bool:
    """Whether the statistics of a column show that no row of a group is wanted."""
    said = chunk.statistics
    if said is None:
        return False
    if said.null_count is not None and said.null_count == chunk.num_values:
        return True
    return bool(said.has_min_max) and one.excludes(said.min, said.max)


def _folders(name: str) -> dict[str, str]:
    """The columns and values in the names of a file's folders.

    >>> _folders("business=brand%2Fa/month=2026-11/part-0.parquet")
    {'business': 'brand/a', 'month': '2026-11'}
    """
    pairs = (folder.partition("=") for folder in name.split("/")[:-1])
    return {column: unquote(value) for column, is_pair, value in pairs if is_pair}


def _file_system(where: Place) -> tuple[pa_fs.FileSystem, str]:
    import pyarrow.fs as pa_fs

    if isinstance(where, Address):
        return pa_fs.PyFileSystem(pa_fs.FSSpecHandler(where.system)), where.root
    if isinstance(where, Folder):
        return pa_fs.LocalFileSystem(), where.path.absolute().as_posix()
    raise ExportError(f"{where.name} cannot be scanned.")


def _framed(table: pa.Table, schema: pa.Schema) -> pd.DataFrame:
    return from_table(pa.table(table.columns, schema=schema))


def _read_fragment(
    fragment: ds.ParquetFileFragment | None, *, schema: pa.Schema, whole: pa.Schema, condition: Expression | None
) -> pd.DataFrame:
    """The rows of one file; none where no file may have any."""
    if fragment is None:
        return _framed(schema.empty_table(), schema)
    table = fragment.to_table(schema=whole, columns=schema.names, filter=condition)
    return _framed(table, schema)
