"""All kept frames of one list as one table of DuckDB: each row once, in its newest version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds

from scalev_frames.cache.snapshots import KeptFrame
from scalev_frames.catalog import Endpoint
from scalev_frames.export.dataset.scan import is_sayable
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import is_json
from scalev_frames.query.times import to_span

if TYPE_CHECKING:
    import duckdb

#: The end of a note where SQL cannot name a column.
UNSAYABLE = "; a column without a name, or with NUL in it, is left out"
#: The schema whose tables `show tables` leaves out: the kept frames and datasets behind the views.
SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class View:
    """A query that gives all kept rows of a list.

    Attributes:
        query: the query.
        columns: its columns.
        lists: its columns of JSON text.
        note: the calls whose frames it is made of.
    """

    query: str
    columns: list[str]
    lists: set[str]
    note: str


def quoted(name: str) -> str:
    """``name`` as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """``text`` as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def put(connection: duckdb.DuckDBPyConnection, name: str, data: ds.Dataset | pa.Table) -> tuple[str, list[str]]:
    """Make a table of rows that ``show tables`` does not list.

    Returns:
        The table's name in SQL, and its columns' names: DuckDB renames those that differ in case alone.
    """
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SOURCES}")
    connection.execute(f"SET schema = {literal(SOURCES)}")
    relation = connection.from_arrow(data)
    relation.create_view(name)
    connection.execute("SET schema = 'main'")
    return f"{SOURCES}.{quoted(name)}", relation.columns


def kept_view(connection: duckdb.DuckDBPyConnection, name: str, frames: Sequence[KeptFrame]) -> View:
    """The table of one list.

    A row of an older frame is left out where a newer frame has it, and where a newer call asked for such rows and did
    not get it: the row is gone, or has changed.

    Args:
        connection: where the frames are registered.
        name: what they are called there.
        frames: kept whole frames, the newest first.
    """
    selects: list[str] = []
    newer: list[tuple[str, KeptFrame]] = []
    columns: dict[str, None] = {}
    lists: set[str] = set()
    unsayable = False
    for number, one in enumerate(frames):
        try:
            whole = ds.dataset(one.file, format=_checked())
        except FileNotFoundError:
            continue  # deleted meanwhile: nothing is kept of it
        data = whole.replace_schema(pa.schema([field for field in whole.schema if is_sayable(field.name)]))
        unsayable = unsayable or len(data.schema) < len(whole.schema)
        conditions = _not_in(newer, frames[0].header.source, set(data.schema.names), columns)
        if conditions is None:
            continue
        table, sql_names = put(connection, f"{name} {number}", data)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        selects.append(f"SELECT o.* FROM {table} o{where}")
        newer.append((table, one))
        columns |= dict.fromkeys(sql_names)
        lists |= {name for name, column in zip(sql_names, data.schema, strict=True) if is_json(column)}
    query = " UNION ALL BY NAME ".join(selects)
    note = _note_on([one for _, one in newer]) + (UNSAYABLE if unsayable else "")
    return View(query, list(columns), lists, note)


def _checked() -> ds.ParquetFileFormat:
    """Parquet whose pages are held against their checksums."""
    options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    return ds.ParquetFileFormat(default_fragment_scan_options=options)


def _not_in(
    newer: Sequence[tuple[str, KeptFrame]], endpoint: Endpoint | None, has: set[str], columns: Mapping[str, Any]
) -> list[str] | None:
    """The conditions under which rows of an older frame are shown; ``None`` where no row is.

    Args:
        newer: the newer frames, with the names of their tables.
        endpoint: the list's catalog row.
        has: the columns of the older frame.
        columns: the columns of the newer frames.
    """
    keys = endpoint.row_key if endpoint is not None and endpoint.key else ()
    covered = [_covers(other, endpoint, has, columns) for _, other in newer]
    if "TRUE" in covered or (newer and not (keys and set(keys) <= has)):
        return None
    same = " AND ".join(f"n.{quoted(key)} = o.{quoted(key)}" for key in keys)
    return [
        *(f"NOT COALESCE({condition}, FALSE)" for condition in covered if condition),
        *(f"NOT EXISTS (SELECT 1 FROM {other} n WHERE {same})" for other, _ in newer),
    ]


def _note_on(frames: Sequence[KeptFrame]) -> str:
    parts = [f"{_filters(one.header)} as of {one.header.as_of:%Y-%m-%d %H:%M}" for one in frames]
    return ", ".join(parts) or "nothing is kept, so its rows are missing"


def _filters(header: Header) -> str:
    filters = {name: value for name, value in (header.filters or {}).items() if (name, value) != ("by", "created")}
    return ", ".join(f"{name}={value}" for name, value in filters.items()) or "all rows"


def _covers(one: KeptFrame, endpoint: Endpoint | None, has: set[str], known: Mapping[str, Any]) -> str:
    """A condition for the rows that the call of ``one`` asked for; empty where kept rows do not show it."""
    filters = dict(one.header.filters or {})
    if endpoint is None or filters.pop("by", "created") != "created":
        return ""
    conditions = []
    for name, value in filters.items():
        if name in ("since", "until"):
            conditions.append(_on_side(name, value, one.header) if {"draft_time", "created_at"} <= has else "")
        else:
            column = _column(name, endpoint)
            conditions.append(_among(column, value) if column in has and column in known else "")
    return "" if "" in conditions else " AND ".join(conditions) or "TRUE"


def _on_side(name: str, said: Any, header: Header) -> str:  # noqa: ANN401 - JSON
    span = to_span(said, header.zone, dt.datetime.now(dt.UTC), name=name)
    sign, moment = (">=", span.start) if name == "since" else ("<", span.end)
    return f"COALESCE(o.draft_time, o.created_at) {sign} TIMESTAMPTZ '{moment.isoformat()}'"


def _among(column: str, value: Any) -> str:  # noqa: ANN401 - JSON
    values = ", ".join(literal(str(each)) for each in (value if isinstance(value, list) else [value]))
    return f"CAST(o.{quoted(column)} AS VARCHAR) IN ({values})"


def _column(name: str, endpoint: Endpoint) -> str:
    """The column whose values are exactly what a filter takes; empty where there is none."""
    if name in endpoint.path_parameters:
        return name
    row = endpoint.filter_rows.get(name)
    is_plain = row is not None and row.is_exact and row.kind in ("id", "text", "code") and len(row.columns) == 1
    return row.columns[0] if row is not None and is_plain else ""
