"""One query on a connection that is locked: it reads the tables that are there, and reaches nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

import pyarrow as pa

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError
from scalev_frames.kept_tables import literal

if TYPE_CHECKING:
    import duckdb

_EXPLAIN = re.compile(r"(?is)(\s|--[^\n]*\n|/\*.*?\*/)*explain\s*(analyze\b)?\s*(\([^)]*\))?")
_PIVOT_ADVICE = "Name the values of a pivot, so that it only reads: pivot … on status in ('shipped', 'completed')."
_MISSING = re.compile(r"Table with name \"?(\w+)\"? does not exist")
_SIZE = re.compile(r"([\d.]+) (\w+)")
_UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
#: Rows of a result that are taken at once.
_AT_ONCE = 10_000


def lock(connection: duckdb.DuckDBPyConnection, folder: str, zone: str) -> None:
    """Let the connection reach nothing but its tables, and its settings stay as they are.

    Args:
        connection: with all its tables.
        folder: where it may put what does not fit into memory.
        zone: whose days and times it shows.
    """
    for setting, value in (
        ("temp_directory", folder), ("TimeZone", zone), ("python_enable_replacements", False),
        ("autoinstall_known_extensions", False), ("autoload_known_extensions", False),
        ("allow_community_extensions", False), ("enable_external_access", False), ("lock_configuration", True),
    ):  # fmt: skip
        connection.execute(f"SET {setting} = {str(value).lower() if isinstance(value, bool) else literal(value)}")


def run(connection: duckdb.DuckDBPyConnection, query: str, tables: Collection[str]) -> pa.Table:
    """What a query gives, as an Arrow table.

    Args:
        connection: a locked one.
        query: one statement.
        tables: the names of its tables.

    Raises:
        BadValueError: the query is wrong, would do more than read, or gives more than memory holds.
    """
    import duckdb

    if not isinstance(query, str):
        raise BadValueError(f"A query is text, and not {type(query).__name__}.")
    try:
        _check_reads(connection, query)
        return _result(connection, query)
    except duckdb.PermissionException as error:
        raise BadValueError(
            "A query reads its tables, and no other file or address.",
            advice='Give a dataset or Parquet file a name: sf.sql("select … from mine", {"mine": "orders/"}).',
        ) from error
    except duckdb.Error as error:
        raise _error(connection, str(error).strip(), tables) from error


def _check_reads(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    statements = connection.extract_statements(query)
    kinds = [one.type.name for one in statements]
    if kinds == ["EXPLAIN"] and (explains := _EXPLAIN.match(query)):
        kinds = [one.type.name for one in connection.extract_statements(query[explains.end() :])]
    if kinds == ["SELECT"]:
        return
    pivots = kinds == ["MULTI"] and "pivot" in query.casefold()
    raise BadValueError("A query is one statement that reads, such as select.", advice=_PIVOT_ADVICE if pivots else "")


def _result(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The rows, as long as they fit into memory."""
    most = _memory(connection)
    relation = connection.sql(query)
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader  # the name before DuckDB 1.4
    reader = read(_AT_ONCE)
    batches, size = [], 0
    for batch in reader:
        batches.append(batch)
        size += batch.nbytes
        if size > most:
            raise BadValueError(
                f"The query gives more than {most / 2**30:,.1f} GiB.",
                advice="Let it sum, choose columns, or add limit; sf.scan(…).batches() reads any number of rows.",
            )
    return pa.Table.from_batches(batches, reader.schema)


def _memory(connection: duckdb.DuckDBPyConnection) -> float:
    """How many bytes a result may have: half of what DuckDB may use."""
    [(limit,)] = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    said = _SIZE.fullmatch(str(limit))
    return float(said[1]) * _UNITS.get(said[2], 2**30) / 2 if said else float("inf")


def _error(connection: duckdb.DuckDBPyConnection, said: str, tables: Collection[str]) -> BadValueError:
    """What DuckDB said, and what to do."""
    missing = _MISSING.search(said)
    name = missing[1].casefold() if missing else ""
    if name in ENDPOINTS:
        advice = f'Fetch it first, or name a dataset: sql(query, {{"{name}": "{name}/"}}).'
        return BadValueError(f"Nothing is kept of {name}.", advice=advice)
    advice = "`show tables` and `describe orders` say what is there."
    reserved = connection.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'")
    words = sorted({word for (word,) in reserved.fetchall()} & {one.casefold() for one in tables})
    if words and "Parser Error" in said:
        advice = f'Write {", ".join(words)} in double quotes, since SQL has words of that name: from "{words[0]}".'
    if "open local file" in said:
        advice = "A file was deleted while it was read: run the query again."
    return BadValueError(f"The query failed: {said}", advice=advice)
