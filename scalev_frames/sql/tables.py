"""The tables of one query: those of a call, what is kept, and the rows inside their lists."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from scalev_frames.cache.snapshots import KeptFrame
from scalev_frames.catalog import Column
from scalev_frames.catalog.children import CHILDREN, Child
from scalev_frames.errors import BadValueError
from scalev_frames.export.dataset.scan import Scan, is_sayable, scan
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.frames.several import own_name
from scalev_frames.frames.tables import is_json, to_table
from scalev_frames.group import Group, Opened
from scalev_frames.sql.kept import kept_view, literal, put, quoted

if TYPE_CHECKING:
    import duckdb

#: The sources of a table: a dataset's path, a scan, or a frame.
Source: TypeAlias = "str | os.PathLike[str] | Scan | pd.DataFrame"
#: How values of an item are read from JSON text, by kind; all others are text.
_SQL_TYPES = {
    "money": "DECIMAL(18, 2)", "count": "BIGINT", "grams": "DOUBLE", "rate": "DOUBLE", "number": "DOUBLE",
    "flag": "BOOLEAN", "time": "TIMESTAMPTZ",
}  # fmt: skip


class Tables:
    """The tables of one query.

    Attributes:
        notes: by table, where its rows come from.
        kinds: by table, the kinds of its columns.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lists: dict[str, list[str]] = {}
        self.notes: dict[str, tuple[str, ...]] = {}
        self.kinds: dict[str, dict[str, str]] = {}

    def has(self, name: str) -> bool:
        """Whether there is a table of this name, as SQL has it."""
        return name.casefold() in map(str.casefold, self.notes)

    def named_in(self, query: str) -> list[str]:
        """The tables whose names stand in a query."""
        return [name for name in self.notes if re.search(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", query)]

    def add(
        self, name: str, query: str, kinds: Mapping[str, str], lists: Sequence[str] = (), notes: Iterable[str] = ()
    ) -> None:
        """Make a table of what a query gives, unless there is one of its name; ``lists`` are its columns of lists."""
        if not self.has(name):
            self._connection.execute(f"CREATE VIEW {quoted(name)} AS {query}")
            self.notes[name], self.kinds[name], self._lists[name] = tuple(notes), dict(kinds), list(lists)

    def add_given(self, given: Mapping[str, Scan | pd.DataFrame]) -> None:
        """Make the tables of a call."""
        for name, source in given.items():
            if isinstance(source, Scan):
                data, header, wanted = source.arrow(), source.header, source.schema.names
            else:
                data, header = to_table(source), Header.of(source)
                wanted = data.schema.names
            table, columns = put(self._connection, name, data)
            sql_names = {own: one for own, one in zip(data.schema.names, columns, strict=True) if own in wanted}
            lists = [sql_names[field.name] for field in data.schema if is_json(field) and field.name in sql_names]
            query = f"SELECT {', '.join(quoted(sql_names[one]) for one in wanted)} FROM {table}"
            kinds = {sql_names[one]: header.kind_of(one) for one in wanted}
            self.add(name, query, kinds, lists, _notes(name, source, sql_names))

    def add_kept(self, account: Opened | None) -> None:
        """Make a table of all that is kept of each list."""
        for endpoint, by_business in kept_frames(account).items():
            if self.has(endpoint):
                continue
            selects: list[str] = []
            columns: dict[str, None] = {}
            lists: set[str] = set()
            notes: list[str] = []
            for business, frames in by_business.items():
                name = f"{endpoint} ({business})" if business else endpoint
                view = kept_view(self._connection, name, frames)
                notes.append(f"{name}: {view.note}")
                if view.query:
                    shown = _shown(endpoint, business, view.columns)
                    chosen = ", ".join(f"{value} AS {quoted(column)}" for column, value in shown.items())
                    selects.append(f"SELECT {chosen} FROM ({view.query})")
                    columns |= dict.fromkeys(shown)
                    lists |= view.lists
            if selects:
                header = next(frames[0].header for frames in by_business.values() if frames)
                kinds = {column: header.kind_of(column) for column in columns}
                self.add(endpoint, " UNION ALL BY NAME ".join(selects), kinds, sorted(lists), notes)

    def add_lists(self) -> None:
        """Make a table of the rows in each column of lists, where no other has its name."""
        named = {child.column: child for child in CHILDREN.values()}
        for table, lists in list(self._lists.items()):
            owners = {BUSINESS: BUSINESS, "parent_id": "id", "order_id": "order_id"}
            parents = {name: f"p.{one}" for name, one in owners.items() if one in self.kinds[table]}
            for column in lists:
                child = named.get(column, Child(column, column))
                items, kinds = _items(child)
                inside = {**parents, **{one: f"unnest({values})" for one, values in _unnested(column).items()}}
                chosen = ", ".join([*(f"e.{one}" for one in parents), *items])
                each = ", ".join(f"{values} AS {one}" for one, values in inside.items())
                query = f"SELECT {chosen} FROM (SELECT {each} FROM {quoted(table)} p) e WHERE e.value IS NOT NULL"
                self.add(f"{table}_{child.name}", query, {"parent_id": "id", "order_id": "code", **kinds})


def all_given(tables: Mapping[str, Source]) -> dict[str, Scan | pd.DataFrame]:
    """The tables that a call gives, by their names.

    Raises:
        BadValueError: one cannot be a table.
        ExportError: there is no such dataset.
    """
    seen: dict[str, str] = {}
    for name in tables:
        if not re.fullmatch(r"[^\W\d]\w*", str(name)):
            raise BadValueError(f"{name!r} is no name of a table.", advice="Use letters, digits and underscores.")
        if (other := seen.setdefault(name.casefold(), name)) != name:
            raise BadValueError(f"{other} and {name} are the same name in SQL.", advice="Rename one.")
    return {name: _given(name, source) for name, source in tables.items()}


def _given(name: str, source: Source) -> Scan | pd.DataFrame:
    found = scan(source) if isinstance(source, str | os.PathLike) else source
    if not isinstance(found, Scan | pd.DataFrame):
        raise BadValueError(
            f"{name} cannot be a table: it is {type(found).__name__}.",
            advice="Give a folder, a Parquet file, a scan or a frame.",
        )
    names = found.schema.names if isinstance(found, Scan) else [str(one) for one in found.columns]
    if not names or not all(map(is_sayable, names)):
        said = "a column of it has no name, or one with NUL" if names else "it has no columns"
        raise BadValueError(f"{name} cannot be a table: {said}.")
    return found


def _notes(name: str, source: Scan | pd.DataFrame, sql_names: Mapping[str, str]) -> Iterator[str]:
    """Notes on a table that a call gives: an unfinished export, and columns that have another name in SQL."""
    if isinstance(source, Scan) and source.header.endpoint and not source.header.complete:
        yield f"{name}: its export is not finished"
    for column, renamed in sql_names.items():
        if column != renamed:
            yield f"{name}: {column} is {renamed} in SQL, where case does not count"


def kept_frames(account: Opened | None) -> dict[str, dict[str, list[KeptFrame]]]:
    """The kept frames by endpoint and business; the business is ``""`` for a single account."""
    found: dict[str, dict[str, list[KeptFrame]]] = {}
    if account is None:
        return found
    accounts = account.accounts if isinstance(account, Group) else {"": account}
    for business, one in accounts.items():
        for kept in one.kept_frames():
            found.setdefault(kept.header.endpoint, {name: [] for name in accounts})[business].append(kept)
    return found


def _shown(endpoint: str, business: str, columns: Sequence[str]) -> dict[str, str]:
    """The expressions of a list's columns by their names; for several businesses, ``business`` first."""
    if not business:
        return {one: quoted(one) for one in columns}
    named = {one: own_name(endpoint) if one.casefold() == BUSINESS else one for one in columns}
    return {BUSINESS: literal(business), **{name: quoted(one) for one, name in named.items()}}


def _unnested(column: str) -> dict[str, str]:
    """The keys and values in JSON text, as lists of the same length.

    ``json_each`` gives the same rows, but DuckDB puts all text of its tables into memory for it.
    """
    json = f"p.{quoted(column)}"
    keys = f"WHEN 'OBJECT' THEN json_keys({json}) WHEN 'ARRAY' THEN range(json_array_length({json})::BIGINT)::VARCHAR[]"
    values = f"WHEN 'OBJECT' THEN json_extract({json}, '$.*') WHEN 'ARRAY' THEN json_extract({json}, '$[*]')"
    kind = f"CASE json_type({json})"
    return {"key": f"{kind} {keys} ELSE [NULL] END", "value": f"{kind} {values} ELSE [{json}::JSON] END"}


def _items(child: Child) -> tuple[list[str], dict[str, str]]:
    """The columns of a child table, as SQL and with their kinds."""
    if child.is_map:
        value = child.value_column
        shown = [f"e.key AS {quoted(child.key)}", _item(value, "$")]
        return shown, {child.key: "text", value.name: value.kind}
    columns = child.columns(is_map=False) if child.shape else ()
    if not columns:
        return [f"e.key, e.value ->> '$' AS {quoted(child.value_column.name)}"], {child.value_column.name: "text"}
    shown = [_item(column, "$" + "".join(f'."{step}"' for step in column.path)) for column in columns]
    return shown, {column.name: column.kind for column in columns}


def _item(column: Column, path: str) -> str:
    """A column of an item, read at a JSON path, and cast where its kind is no text."""
    value, kind = f"(e.value ->> {literal(path)})", _SQL_TYPES.get(column.kind)
    cast = f"TRY_CAST({value} AS {kind})" if kind else value
    return f"{cast} AS {quoted(column.name)}"
