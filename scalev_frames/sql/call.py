"""SQL over what is kept on this computer and over datasets; a query reads these tables and reaches nothing else."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog.kinds import MONEY_TYPE
from scalev_frames.connection import in_use
from scalev_frames.errors import BadValueError
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import decimals
from scalev_frames.frames.tables import MARK, MONEY, from_table
from scalev_frames.group import Opened
from scalev_frames.packages import needing
from scalev_frames.settings import TIME_ZONE
from scalev_frames.sql.query import lock, run
from scalev_frames.sql.tables import Source, Tables, all_given
from scalev_frames.storage.files import temporary_prefix


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
        with needing("SQL needs", '"scalev-frames[sql]"'):
            import duckdb

        connection = opened.enter_context(duckdb.connect())
        made = Tables(connection)
        made.add_given(all_given(tables or {}))
        made.add_kept(account)
        made.add_lists()
        lock(connection, folder, zone)
        table = _with_long_decimals(run(connection, query, list(made.notes), opened))
    used = made.named_in(query)
    kinds_of_columns = {name: kind for table_name in used for name, kind in made.kinds[table_name].items()}
    notes = tuple(note for name in used for note in made.notes[name])
    header = Header(time_zone=zone, kinds=_kinds(table, kinds_of_columns), notes=notes)
    try:
        frame = header.onto(_frame(table))
    except (ValueError, pa.ArrowException) as error:  # such as parts of a column that have the same name
        raise BadValueError(
            f"A frame cannot hold what the query gives: {error}.", advice="Cast the column to text: a::varchar."
        ) from error
    return decimals(frame) if account and account.settings.money == "decimal" else frame


# The frame -----------------------------------------------------------------------------------------------------------


def _kinds(table: pa.Table, known: Mapping[str, str]) -> dict[str, str]:
    """The kinds of the result's columns, by type and by the kinds that ``known`` has for columns of that name."""
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
    """``table`` with all decimals in 128 bits: Arrow computes little with the shorter ones that DuckDB 1.3 gives."""
    types = [field.type for field in table.schema]
    longer = [pa.decimal128(one.precision, one.scale) if pa.types.is_decimal(one) else one for one in types]
    return table.cast(pa.schema([field.with_type(kind) for field, kind in zip(table.schema, longer, strict=True)]))


def _frame(table: pa.Table) -> pd.DataFrame:
    """The result as a frame with the package's dtypes."""
    names = _distinct(table.column_names)
    columns, fields, flags = [], [], []
    for name, field, values in zip(names, table.schema, table.columns, strict=True):
        kind, metadata = field.type, None
        if pa.types.is_decimal(kind) and not kind.scale and _is_short(values):  # a sum of whole numbers
            values = pc.cast(values, pa.int64(), safe=True)
        elif pa.types.is_decimal(kind) and kind.scale == MONEY_TYPE.scale:
            metadata = {MARK: MONEY.encode()}
        elif pa.types.is_date(kind):
            values = values.cast(pa.timestamp("s"))
        elif pa.types.is_boolean(kind):
            flags.append(name)
        columns.append(values)
        fields.append(pa.field(name, values.type, metadata=metadata))
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
