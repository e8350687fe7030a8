"""Why: a list that comes in pages is either walked to its end or an error: never cut, doubled or mixed.

May import catalog and errors. A walk knows no HTTP: it asks for pages through ``fetch(params)`` and reads the envelope.

What the server says decides how to go on, not what the catalog expects: the next page is asked for with **every**
``last_…`` value the server sent, exactly as it was sent (a number, a UUID, two values together), or with its ``next``,
else with the page number after the one it echoed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from scalev_frames.errors import PagingError

Params = Mapping[str, Any]
Row = dict[str, Any]


class Fetched(Protocol):
    """What ``fetch`` gives: the parsed ``data`` of one answer."""

    @property
    def data(self) -> Any:  # noqa: ANN401 - any JSON value
        """The envelope's ``data``."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a walk.

    Attributes:
        rows: its rows, in the server's order.
        number: 1 for the first.
        answer: what ``fetch`` gave.
    """

    rows: list[Row]
    number: int
    answer: Any


class BadPageError(PagingError):
    """A page that cannot be trusted; ``params`` tells which, so that it is not kept."""

    def __init__(self, what: str, params: Params) -> None:
        self.params = dict(params)
        super().__init__(what)


def walk(
    fetch: Callable[[Params], Fetched], params: Params, *, rows_at: str = "", value_column: str = ""
) -> Iterator[Page]:
    """Every page of one list, in order.

    Args:
        fetch: gives the answer for query parameters.
        params: the filters; the cursor is added to them.
        rows_at: where the rows of a plain list lie below ``data``; ``{}`` for a mapping of key to row.
        value_column: what to call the values of a list of plain values, and the keys of a mapping.

    Yields:
        Pages until the server says that there are no more.

    Raises:
        PagingError: ``results`` is missing, the cursor does not move, a page was already seen, a page is empty
            though more are promised, or the server does not say how to go on.

    >>> from types import SimpleNamespace
    >>> pages = {None: {"results": [{"id": 2}], "has_next": True, "last_id": 2},
    ...          2: {"results": [{"id": 1}], "has_next": False, "last_id": 1}}
    >>> fetch = lambda params: SimpleNamespace(data=pages[params.get("last_id")])
    >>> [row["id"] for page in walk(fetch, {}) for row in page.rows]
    [2, 1]
    """
    position: dict[str, Any] = {}
    seen: set[bytes] = set()
    number = rows_so_far = 0
    while True:
        asked = {**params, **position}
        answer = fetch(asked)
        rows = read_rows(answer.data, rows_at, value_column, asked)
        number += 1
        rows_so_far += len(rows)
        following = next_position(answer.data, number, rows_so_far, asked)
        _guard(rows, following, position, seen, asked)
        yield Page(rows, number, answer)
        if following is None:
            return
        position = following


def read_rows(data: Any, rows_at: str, value_column: str, asked: Params) -> list[Row]:  # noqa: ANN401
    """The rows of one answer, whichever of the documented forms it has."""
    if rows_at == "{}" and isinstance(data, dict):
        return [{value_column: key, **_as_row(row, "value")} for key, row in data.items()]
    rows = data.get(rows_at or "results") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise BadPageError("The server's answer holds no list of results.", asked)
    return [_as_row(row, value_column or "value") for row in rows]


def next_position(data: Any, number: int, rows_so_far: int, asked: Params) -> dict[str, Any] | None:  # noqa: ANN401
    """The parameters that ask for the next page, echoing what the server sent; ``None`` after the last page."""
    if not isinstance(data, dict) or not _has_more(data, rows_so_far, asked):
        return None
    if cursor := _cursor(data):
        return cursor
    page = data.get("page")
    if page is not None or isinstance(data.get("count"), int):
        return {"page": (int(str(page)) if str(page).isdigit() else number) + 1}
    raise BadPageError("The server says there are more pages, but not how to ask for them.", asked)


def _has_more(data: Mapping[str, Any], rows_so_far: int, asked: Params) -> bool:
    said = data.get("has_next")
    if said is not None:
        return str(said).lower() in ("true", "1")
    if isinstance(count := data.get("count"), int):
        return rows_so_far < count
    if data.get("next") is not None:
        return True
    size = data.get("page_size")
    if str(size).isdigit() and len(data.get("results") or ()) >= int(str(size)) > 0:
        raise BadPageError("The server sent a full page and did not say whether there are more.", asked)
    return False


def _cursor(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in data.items() if (key.startswith("last_") or key == "next") and value is not None
    }


def _as_row(value: Any, name: str) -> Row:  # noqa: ANN401
    return value if isinstance(value, dict) else {name: value}


def _guard(rows: list[Row], following: Params | None, position: Params, seen: set[bytes], asked: Params) -> None:
    if following is not None and not rows:
        raise BadPageError("The server sent an empty page and says there are more.", asked)
    if following is not None and following == position:
        raise BadPageError("The server's cursor does not move: it sent the same one twice.", asked)
    if rows:
        ids = repr([row if row.get("id") is None else row["id"] for row in rows])
        mark = hashlib.blake2b(ids.encode("utf-8", "backslashreplace"), digest_size=16).digest()
        if mark in seen:
            raise BadPageError("The server sent a page that was already seen in this pull.", asked)
        seen.add(mark)
