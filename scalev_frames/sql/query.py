"""One query on a locked connection: it reads the tables that are there, and reaches nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import ExitStack
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

import pyarrow as pa

from scalev_frames.cancel import PIECE
from scalev_frames.errors import BadValueError
from scalev_frames.pull.reading.workers import Workers
from scalev_frames.sql.kept import literal
from scalev_frames.sql.reads import check_reads, no_other_file

if TYPE_CHECKING:
    import duckdb

_EXPLAIN = re.compile(r"(?is)(?:\s|--[^\n]*\n|/\*.*?\*/)*(explain(?:\s+analyze\b)?(?:\s*\([\w\s,]*\))?)\s*")
_PIVOT_ADVICE = "Name the values of a pivot, so that it only reads: pivot … on status in ('shipped', 'completed')."
_SIZE = re.compile(r"([\d.]+) (\w+)")
_UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
#: Rows of a result that are taken at once.
_AT_ONCE = 10_000
#: Seconds that a query has to end after Ctrl-C, before it is left behind.
_PATIENCE = 1.0


def lock(connection: duckdb.DuckDBPyConnection, folder: str, zone: str) -> None:
    """Let a connection reach nothing but its tables and ``folder``, for what does not fit into memory.

    Days and times are shown in ``zone``; no query can change the settings any more.
    """
    for setting, value in (
        ("temp_directory", folder), ("TimeZone", zone), ("python_enable_replacements", False),
        ("enable_progress_bar", False),
        ("autoinstall_known_extensions", False), ("autoload_known_extensions", False),
        ("allow_community_extensions", False), ("enable_external_access", False), ("lock_configuration", True),
    ):  # fmt: skip
        connection.execute(f"SET {setting} = {str(value).lower() if isinstance(value, bool) else literal(value)}")


def run(connection: duckdb.DuckDBPyConnection, query: str, tables: Collection[str], opened: ExitStack) -> pa.Table:
    """What a query gives, as an Arrow table.

    Args:
        connection: a locked one.
        query: one statement.
        tables: the names of its tables.
        opened: closes what the query uses; emptied where Ctrl-C leaves the query behind, which closes it then.

    Raises:
        BadValueError: the query is wrong, would do more than read, or gives more than memory holds.
    """
    import duckdb

    if not isinstance(query, str):
        raise BadValueError(f"A query is text, and not {type(query).__name__}.")
    try:
        explain, query = _explained(connection, query)
        _check_one(connection, query)
        check_reads(connection, query, tables)
        return _interruptible(connection, f"{explain} {query}", opened)
    except duckdb.PermissionException as error:
        raise no_other_file() from error
    except (duckdb.Error, pa.ArrowException, OSError) as error:  # the latter of all rows but the first
        raise _error(connection, str(error).strip(), tables) from error


def _explained(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[str, str]:
    """The word ``explain`` with its options, where a query begins with it, and what it explains."""
    found = _EXPLAIN.match(query) if _kinds(connection, query) == ["EXPLAIN"] else None
    return (found[1], query[found.end() :]) if found else ("", query)


def _kinds(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The types of the statements of a query."""
    try:
        return [one.type.name for one in connection.extract_statements(query)]
    except ValueError:  # a type that DuckDB's Python has no name for
        return []


def _check_one(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    kinds = _kinds(connection, query)
    if kinds == ["SELECT"]:
        return
    makes_values = kinds in (["MULTI"], ["CREATE", "SELECT"])  # the latter before DuckDB 1.4
    advice = _PIVOT_ADVICE if makes_values and "pivot" in query.casefold() else ""
    raise BadValueError("A query is one statement that reads, such as select.", advice=advice)


def _interruptible(connection: duckdb.DuckDBPyConnection, query: str, opened: ExitStack) -> pa.Table:
    """The rows, computed in a thread of their own: Ctrl-C ends the query, which DuckDB does not notice by itself."""
    workers = Workers()
    try:
        workers.start("query", partial(_result, connection, query))
        while (done := workers.next(PIECE)) is None:
            pass
    except KeyboardInterrupt:
        end = Thread(target=_end, args=(workers, connection, opened.pop_all()))
        end.start()
        end.join(_PATIENCE)
        raise
    finally:
        workers.close()
    if done.error is not None:
        raise done.error
    return done.result


def _end(workers: Workers, connection: duckdb.DuckDBPyConnection, opened: ExitStack) -> None:
    """Interrupt a query until it has ended, which takes long inside one function, and close what it used."""
    with opened:
        while workers.running and workers.next(PIECE) is None:
            connection.interrupt()


def _result(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The rows; refused where they do not fit into memory."""
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
    """The most bytes of a result: half of what DuckDB may use."""
    [(limit,)] = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    said = _SIZE.fullmatch(str(limit))
    return float(said[1]) * _UNITS.get(said[2], 2**30) / 2 if said else float("inf")


def _error(connection: duckdb.DuckDBPyConnection, said: str, tables: Collection[str]) -> BadValueError:
    """The error with DuckDB's own words, and advice."""
    advice = "`show tables` and `describe orders` say what is there."
    reserved = connection.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'")
    words = sorted({word for (word,) in reserved.fetchall()} & {one.casefold() for one in tables})
    if words and "Parser Error" in said:
        advice = f'Write {", ".join(words)} in double quotes, since SQL has words of that name: from "{words[0]}".'
    if "open local file" in said:
        advice = "A file was deleted while it was read: run the query again."
    return BadValueError(f"The query failed: {said}", advice=advice)
