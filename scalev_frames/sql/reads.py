"""Check what a query reads and calls, in the tree of DuckDB's own parser; what is not known as harmless is refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError, nearest_names
from scalev_frames.sql.functions import FUNCTIONS, TABLE_FUNCTIONS

if TYPE_CHECKING:
    import duckdb

Node: TypeAlias = Mapping[str, Any]

#: The kinds of nodes that a query may be made of.
_TYPES = re.compile(
    r"(SELECT|SET_OPERATION|CTE|RECURSIVE_CTE)_NODE|BASE_TABLE|TABLE_FUNCTION|SHOW_REF|JOIN|SUBQUERY|EMPTY(_TABLE)?|PIVOT"
    r"|EXPRESSION_LIST|COLUMN_REF|STAR|FUNCTION|LAMBDA|CASE_EXPR|CAST|VALUE_\w+|POSITIONAL_REFERENCE|GROUPING_FUNCTION|DEFAULT"
    r"|(ARRAY|STRUCT|COMPARE|CONJUNCTION|OPERATOR|WINDOW|ORDER)_\w+|ASCENDING|DESCENDING|\w+_MODIFIER|TYPE|\w+_TYPE_INFO|PARAMETER"
)
#: The names that DuckDB's parser gives to ``show tables`` and ``show all tables``.
_SHOWN = {'"tables"', "__show_tables_expanded"}
#: The schemas in which tables may be named: none, or the main one.
_PLACES: tuple[list[str], ...] = ([], ["main"], ["memory", "main"])


def check_reads(connection: duckdb.DuckDBPyConnection, query: str, tables: Collection[str]) -> None:
    """Refuse a select that reads more than ``tables``, or calls a function that does more than compute.

    Raises:
        BadValueError: it is refused; the sentence names what is wrong.
    """
    [(said,)] = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()
    try:
        tree = orjson.loads(said)
    except orjson.JSONDecodeError as error:
        raise BadValueError("The query is nested too deeply.", advice="Split it with: with a as (select …).") from error
    if tree["error"]:
        raise BadValueError(f"The query cannot be read: {tree['error_message']}")
    waiting: list[tuple[Any, frozenset[str]]] = [(tree["statements"], frozenset(map(str.casefold, tables)))]
    while waiting:
        node, known = waiting.pop()
        if isinstance(node, dict):
            _check(node, known)
            waiting += _inside(node, known)
        elif isinstance(node, list):
            waiting += ((one, known) for one in node)


def _inside(node: Node, known: frozenset[str]) -> Iterator[tuple[Any, frozenset[str]]]:
    """The children of a node, each with the tables that it may read: a part of ``with`` sees those before it."""
    for part in (node.get("cte_map") or {}).get("map", []):
        yield part["value"], known
        known |= _word(part["key"])
    for key, child in node.items():
        if key != "cte_map":
            again = node.get("type") == "RECURSIVE_CTE_NODE" and key == "right"
            yield child, known | _word(node["cte_name"]) if again else known


def _word(name: str) -> set[str]:
    """The name of a part of a query as a set; empty where it could be a file's name."""
    return {name.casefold()} if re.fullmatch(r"[\w ]+", name) else set()


def _check(node: Node, known: frozenset[str]) -> None:
    kind = node.get("type")
    if isinstance(kind, str) and not _TYPES.fullmatch(kind):
        what = re.sub("(_QUERY)?_NODE", "", kind).replace("_", " ").lower()
        raise BadValueError(f"A query is one statement that reads, and {what} is more.")
    if check := _CHECKS.get(str(kind)):
        check(node, known)
    if "function_name" in node:
        _check_function(node["function_name"])


def _check_function(name: str) -> None:
    if name.casefold() not in FUNCTIONS and not re.fullmatch(r"\W+", name):
        nearest = difflib.get_close_matches(name.casefold(), FUNCTIONS, n=1, cutoff=0.8)
        advice = f"Did you mean {nearest[0]}?" if nearest else ""
        what = f"A query cannot call {name}, only functions that compute from their arguments."
        raise BadValueError(what, advice=advice)


def _check_table_function(node: Node, _: frozenset[str]) -> None:
    name = node["function"].get("function_name", "")
    if name.casefold() not in TABLE_FUNCTIONS:
        raise no_other_file(f"{name} is no table")


def _check_table(node: Node, known: frozenset[str]) -> None:
    path = (node.get("qualified_name") or {}).get("path") or [
        part for part in (node["catalog_name"], node["schema_name"], node["table_name"]) if part
    ]
    *place, name = path
    if place in _PLACES and name.casefold() in known:
        return
    if not place and name.casefold() in ENDPOINTS:
        raise BadValueError(
            f"Nothing is kept of {name}.",
            advice=f'Fetch it first, or name a dataset: sql(query, {{"{name}": "{name}/"}}).',
        )
    said = ".".join(path)
    if nearest := nearest_names(name, known):
        raise BadValueError(f"There is no table {said}.", advice=f"Did you mean {' or '.join(nearest)}?")
    raise no_other_file(f"{said} is no table")


def _check_shown(node: Node, known: frozenset[str]) -> None:
    name = node.get("table_name", "")
    if not node.get("query") and name not in _SHOWN and name.casefold() not in known:
        raise BadValueError(f"{name} cannot be shown.", advice="`show tables` and `describe orders` say what is there.")


def no_other_file(what: str = "") -> BadValueError:
    """The error of a query that would read something else."""
    said = f"{what}: a" if what else "A"
    return BadValueError(
        f"{said} query reads its tables, and no other file or address.",
        advice='Give a dataset or Parquet file a name: sf.sql("select … from mine", {"mine": "orders/"}). '
        "`show tables` says what is there.",
    )


_CHECKS: Mapping[str, Callable[[Node, frozenset[str]], None]] = {
    "BASE_TABLE": _check_table, "TABLE_FUNCTION": _check_table_function, "SHOW_REF": _check_shown,
}  # fmt: skip
