"""SQL over what is kept on this computer and over datasets; a query reads these tables and reaches nothing else."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.cache.snapshots import KeptFrame
from scalev_frames.catalog import Column
from scalev_frames.catalog.children import CHILDREN, Child
from scalev_frames.catalog.kinds import MONEY_TYPE
from scalev_frames.connection import in_use
from scalev_frames.errors import BadValueError
from scalev_frames.export.dataset.scan import Scan, is_sayable, scan
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import decimals
from scalev_frames.frames.several import own_name
from scalev_frames.frames.tables import MARK, MONEY, from_table, is_json, to_table
from scalev_frames.group import Group, Opened
from scalev_frames.packages import needing
from scalev_frames.settings import TIME_ZONE
from scalev_frames.sql.kept import kept_view, literal, put, quoted
from scalev_frames.sql.query import lock, run
from scalev_frames.storage.files import temporary_prefix

if TYPE_CHECKING:
    import duckdb

#: What a table may be made of.
Source: TypeAlias = "str | os.PathLike[str] | Scan | pd.DataFrame"
#: How values of an item are read from JSON text, by kind; all others are text.
_SQL_TYPES = {
    "money": "DECIMAL(18, 2)", "count": "BIGINT", "grams": "DOUBLE", "rate": "DOUBLE", "number": "DOUBLE",
    "flag": "BOOLEAN", "time": "TIMESTAMPTZ",
}  # fmt: skip


def sql(query: str, tables: Mapping[str, Source] | None = None, *, account: Opened | None = None) -> pd.DataFrame:
    """A frame of what a query of SQL gives (DuckDB's dialect), over everything that is kept and over datasets.

    Each list that an accessor has fetched is a table with its name, such as ``orders``: all its rows that are kept of
    any call, each once, in the newest version. Calls with ``limit`` are left out. Of several businesses, the column
    ``business`` stands first. The rows inside lists are tables of their own: ``orders_items``, ``orders_tags``;
    their ``parent_id`` is the ``id`` of the order. Money is exact decimals, times have their zone, lists are JSON text.

    The query can only read: it writes nothing, opens no other file, and loads no extension. Needs ``duckdb``
    (``pip install "scalev-frames[sql]"``).

    Args:
        query: one statement, such as ``select store_name, sum(gross_revenue) from orders group by all``.
        tables: more tables by name, or others in place of kept ones: a dataset or Parquet file, a `Scan`, or a frame.
        account: the account or group; else the current one.

    Returns:
        The frame; amounts as the account's ``money`` says, kinds of columns where they are known, so that files show
        them right. The notes in ``attrs`` say what its tables are of.

    Raises:
        BadValueError: the query is wrong, or would do more than read.
        MissingPackageError: DuckDB is not installed.
        ExportError: there is no such dataset.

    >>> orders = pd.DataFrame({"status": ["shipped", "completed", "completed"], "quantity": [1, 2, 3]})
    >>> sql("select status, sum(quantity) as pieces from orders group by all order by all", {"orders": orders})
          status  pieces
    0  completed       5
    1    shipped       1
    """
    account = account or in_use()
    zone = account.settings.time_zone if account else TIME_ZONE
    with contextlib.ExitStack() as opened:
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix=temporary_prefix("sql")))
        connection = opened.enter_context(_connection())
        notes, kinds = _register(connection, _all_given(tables or {}), account)
        lock(connection, folder, zone)
        table = _with_long_decimals(run(connection, query, list(notes), opened))
    used = [name for name in notes if re.search(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", query)]
    known = {name: kind for one in used for name, kind in kinds[one].items()}
    header = Header(
        time_zone=zone, kinds=_kinds(table, known), notes=tuple(notes[name] for name in used if notes[name])
    )
    frame = header.onto(_checked_frame(table))
    return decimals(frame) if account and account.settings.money == "decimal" else frame


def _connection() -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own.

    Raises:
        MissingPackageError: it is not installed.
    """
    with needing("SQL needs", '"scalev-frames[sql]"'):
        import duckdb
    return duckdb.connect()


# Tables --------------------------------------------------------------------------------------------------------------


def _all_given(tables: Mapping[str, Source]) -> dict[str, Scan | pd.DataFrame]:
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


def _register(
    connection: duckdb.DuckDBPyConnection, given: Mapping[str, Scan | pd.DataFrame], account: Opened | None
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Make the tables; what each is of, and the kinds of its columns."""
    notes: dict[str, str] = {}
    kinds: dict[str, dict[str, str]] = {}
    for name, source in given.items():
        notes[name] = ""
        if isinstance(source, Scan):
            table, header, columns = source.arrow(), source.header, source.schema.names
            if header.endpoint and not header.complete:
                notes[name] = f"{name}: its export is not finished"
        else:
            table, header = to_table(source), Header.of(source)
            columns = table.schema.names
        chosen = ", ".join(map(quoted, columns))
        connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT {chosen} FROM {put(connection, name, table)}")
        kinds[name] = {column: header.kind_of(column) for column in columns}
        lists = [field.name for field in table.schema if is_json(field) and field.name in columns]
        kinds |= _add_children(connection, name, columns, lists)
    for endpoint, by_business in _kept(account).items():
        if endpoint not in kinds:
            _add_kept(connection, endpoint, by_business, notes, kinds)
    notes |= dict.fromkeys(kinds.keys() - notes.keys(), "")
    return notes, kinds


def _kept(account: Opened | None) -> dict[str, dict[str, list[KeptFrame]]]:
    """What is kept, by endpoint and every business; the business is ``""`` where there is one alone."""
    found: dict[str, dict[str, list[KeptFrame]]] = {}
    if account is None:
        return found
    accounts = account.accounts if isinstance(account, Group) else {"": account}
    for business, one in accounts.items():
        for kept in one.kept_frames():
            found.setdefault(kept.header.endpoint, {name: [] for name in accounts})[business].append(kept)
    return found


def _add_kept(
    connection: duckdb.DuckDBPyConnection, endpoint: str, by_business: Mapping[str, list[KeptFrame]],
    notes: dict[str, str], kinds: dict[str, dict[str, str]],
) -> None:  # fmt: skip
    selects: list[str] = []
    columns: dict[str, None] = {}
    lists: set[str] = set()
    notes_of_views: list[str] = []
    for business, frames in by_business.items():
        name = f"{endpoint} of {business}" if business else endpoint
        view = kept_view(connection, name, frames)
        notes_of_views.append(f"{name}: {view.note}")
        if not view.query:
            continue
        shown = _shown(endpoint, business, view.columns)
        chosen = ", ".join(f"{value} AS {quoted(column)}" for column, value in shown.items())
        selects.append(f"SELECT {chosen} FROM ({view.query})")
        columns |= dict.fromkeys(shown)
        lists |= view.lists
    if not selects:
        return
    connection.execute(f"CREATE VIEW {quoted(endpoint)} AS {' UNION ALL BY NAME '.join(selects)}")
    notes[endpoint] = "; ".join(notes_of_views)
    header = next(frames[0].header for frames in by_business.values() if frames)
    kinds[endpoint] = {column: header.kind_of(column) for column in columns}
    kinds |= _add_children(connection, endpoint, list(columns), sorted(lists))


def _shown(endpoint: str, business: str, columns: Sequence[str]) -> dict[str, str]:
    """The columns of a list as SQL has them, by their names; of several businesses, whose they are stands first."""
    if not business:
        return {one: quoted(one) for one in columns}
    named = {one: own_name(endpoint) if one.casefold() == BUSINESS else one for one in columns}
    return {BUSINESS: literal(business), **{name: quoted(one) for one, name in named.items()}}


def _add_children(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], lists: list[str]
) -> dict[str, dict[str, str]]:
    """A table for the rows in each column of lists; the kinds of its columns, by its name."""
    named = {child.column: child for child in CHILDREN.values()}
    found: dict[str, dict[str, str]] = {}
    for column in lists:
        child = named.get(column, Child(column, column))
        name = f"{table}_{child.name}"
        owners = {BUSINESS: BUSINESS, "parent_id": "id", "order_id": "order_id"}
        parents = {name: f"p.{one}" for name, one in owners.items() if one in columns}
        items, kinds = _items(child)
        inside = {**parents, **{one: f"unnest({values})" for one, values in _unnested(column).items()}}
        connection.execute(
            f"CREATE VIEW {quoted(name)} AS SELECT {', '.join([*(f'e.{one}' for one in parents), *items])} FROM "
            f"(SELECT {', '.join(f'{values} AS {one}' for one, values in inside.items())} FROM {quoted(table)} p) e "
            "WHERE e.value IS NOT NULL"
        )
        found[name] = {"parent_id": "id", "order_id": "code", **kinds}
    return found


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
        shown = [
            f"e.key AS {quoted(child.key)}",
            f"{_cast('e.value ->> ' + literal('$'), value)} AS {quoted(value.name)}",
        ]
        return shown, {child.key: "text", value.name: value.kind}
    columns = child.columns(is_map=False) if child.shape else ()
    if not columns:
        return [f"e.key, e.value ->> '$' AS {quoted(child.value_column.name)}"], {child.value_column.name: "text"}
    shown = [f"{_cast(f'e.value ->> {_path(column)}', column)} AS {quoted(column.name)}" for column in columns]
    return shown, {column.name: column.kind for column in columns}


def _path(column: Column) -> str:
    return literal("$" + "".join(f'."{step}"' for step in column.path))


def _cast(expression: str, column: Column) -> str:
    kind = _SQL_TYPES.get(column.kind)
    return f"TRY_CAST({expression} AS {kind})" if kind else f"({expression})"


# The frame -----------------------------------------------------------------------------------------------------------


def _kinds(table: pa.Table, known: Mapping[str, str]) -> dict[str, str]:
    """The kinds of the result's columns: of columns of that name in the tables used, and of amounts."""
    found = {}
    for name, field in zip(_distinct(table.column_names), table.schema, strict=True):
        if pa.types.is_decimal(field.type) and field.type.scale == MONEY_TYPE.scale:
            found[name] = "money"
        elif name in known and _fits(known[name], field.type):
            found[name] = known[name]
        elif pa.types.is_integer(field.type) or (pa.types.is_decimal(field.type) and not field.type.scale):
            found[name] = "count"
        elif pa.types.is_floating(field.type):
            found[name] = "number"
    return found


def _fits(kind: str, given: pa.DataType) -> bool:
    if kind == "money":
        return bool(pa.types.is_decimal(given))
    if kind in ("count", "grams", "rate", "number"):
        return bool(pa.types.is_integer(given) or pa.types.is_floating(given))
    if kind == "flag":
        return bool(pa.types.is_boolean(given))
    if kind in ("time", "day"):
        return bool(pa.types.is_temporal(given))
    return bool(pa.types.is_string(given) or pa.types.is_large_string(given))


def _with_long_decimals(table: pa.Table) -> pa.Table:
    """``table`` with decimals of 128 bits alone: Arrow computes little with the shorter ones that DuckDB 1.3 gives."""

    def longer(given: pa.DataType) -> pa.DataType:
        return pa.decimal128(given.precision, given.scale) if pa.types.is_decimal(given) else given

    return table.cast(pa.schema([field.with_type(longer(field.type)) for field in table.schema]))


def _checked_frame(table: pa.Table) -> pd.DataFrame:
    """The result as a frame.

    Raises:
        BadValueError: no frame can hold it, such as parts of a column that have the same name.
    """
    try:
        return _frame(table)
    except (ValueError, pa.ArrowException) as error:
        raise BadValueError(
            f"A frame cannot hold what the query gives: {error}.", advice="Cast the column to text: a::varchar."
        ) from error


def _frame(table: pa.Table) -> pd.DataFrame:
    """The result as a frame with the package's dtypes."""
    names = _distinct(table.column_names)
    columns, fields, flags = [], [], []
    for name, field, values in zip(names, table.schema, table.columns, strict=True):
        kind, metadata = field.type, None
        if pa.types.is_decimal(kind) and not kind.scale:  # a sum of whole numbers
            numbers = pc.cast(values, pa.int64(), safe=True) if _is_short(values) else values
            values, kind = numbers, numbers.type
        elif pa.types.is_decimal(kind) and kind.scale == MONEY_TYPE.scale:
            metadata = {MARK: MONEY.encode()}
        elif pa.types.is_date(kind):
            values = values.cast(pa.timestamp("s"))
            kind = values.type
        elif pa.types.is_boolean(kind):
            flags.append(name)
        columns.append(values)
        fields.append(pa.field(name, kind, metadata=metadata))
    frame = from_table(pa.table(columns, schema=pa.schema(fields)))
    for name, values in zip(names, table.columns, strict=True):
        if pa.types.is_nested(values.type):
            frame[name] = pd.Series(values.to_pylist(), dtype=object)
    return frame.astype(dict.fromkeys(flags, "boolean"))


def _is_short(values: pa.ChunkedArray) -> bool:
    found = pc.min_max(values).as_py()
    return found["min"] is None or max(abs(found["min"]), abs(found["max"])) < 2**63


def _distinct(names: list[str]) -> list[str]:
    """Each name once: ``id``, ``id_2``."""
    found: dict[str, None] = {}
    for name in names:
        number, one = 1, name
        while one in found:
            number += 1
            one = f"{name}_{number}"
        found[one] = None
    return list(found)
