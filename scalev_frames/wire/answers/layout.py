"""How the rows of a list lie in an answer: in an envelope, at its root, under another name, or as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scalev_frames.errors import PagingError
from scalev_frames.wire.answers.page_info import hints_at_more, names_more
from scalev_frames.wire.answers.response import Response
from scalev_frames.wire.answers.unknown import list_of_unknown, page_within

Params = Mapping[str, Any]
Row = dict[str, Any]

#: What to look at where a list has lost what Scalev puts around its rows.
ENVELOPE = "Check that base_url is Scalev's, and that nothing on the way takes off what it puts around a page's rows."


class BadPageError(PagingError):
    """A page that cannot be trusted; ``params`` says which, and ``stale`` all that must not be kept."""

    def __init__(self, what: str, params: Params, stale: Iterable[Params] = (), *, advice: str = "") -> None:
        self.params = dict(params)
        self.stale = [*stale, self.params]
        super().__init__(what, advice=advice)


@dataclass(slots=True)
class Read:
    """How much of a list was read.

    Attributes:
        rows: how many rows.
        pages: how many pages.
        last: the last row.
        length: how many rows the last page has.
        shortest: how many the shortest page has.
        empty: how many pages without rows came last, one behind the other.
    """

    rows: int = 0
    pages: int = 0
    last: Row | None = None
    length: int = 0
    shortest: int = 0
    empty: int = 0

    def add(self, rows: list[Row]) -> None:
        """Count a page."""
        self.length = len(rows)
        self.shortest = min(self.shortest or len(rows), len(rows))
        self.last = rows[-1] if rows else self.last


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of the answers of one list.

    Attributes:
        rows_at: where the rows of a plain list lie below ``data``; ``{}`` for a mapping of key to row.
        value_column: what to call the values of a list of plain values, and the keys of a mapping.
        paged: whether the list comes in pages.
        is_unknown: whether nobody knows what it is: a list under any name, or one record.
    """

    rows_at: str = ""
    value_column: str = ""
    paged: bool = False
    is_unknown: bool = False

    def envelope(self, response: Response, asked: Params, read: Read, *, begun: bool) -> Any:  # noqa: ANN401
        """What holds rows and cursor: ``data``, or the whole body where both stand at its root.

        Args:
            response: the answer.
            asked: the parameters that it was asked for with.
            read: how much of the list was read before it.
            begun: whether it was asked for with a cursor.

        Raises:
            BadPageError: it holds two lists of rows, or does not say whether there are more.
        """
        data, body = page_within(response.data, response.body)
        if self.is_unknown and isinstance(data, dict) and not isinstance(data.get("results"), list):
            return list_of_unknown(data, begun=begun)
        return self._with_body(data, body, asked, read) if isinstance(data, list) else data

    def _with_body(self, rows: list[Any], body: Any, asked: Params, read: Read) -> Any:  # noqa: ANN401
        """A bare list, with what stands beside it in the body."""
        body = body if isinstance(body, dict) else {}
        if body.get("results") and body["results"] != rows:
            raise BadPageError("The server's answer holds two lists of rows, results and data.", asked)
        if names_more(body) or "is_paginated" in body or hints_at_more(body, read.rows + len(rows), read.pages + 1):
            return {**body, self.rows_at or "results": rows} if self.rows_at != "{}" else rows
        if self.paged:
            what = "The server's answer is a bare list, which does not say whether there is more."
            raise BadPageError(what, asked, advice=ENVELOPE)
        return rows

    def rows(self, envelope: Any, asked: Params) -> list[Row]:  # noqa: ANN401 - any JSON value
        """The rows of an envelope.

        Raises:
            BadPageError: there is no list, or it holds something else beside records.
        """
        name = self.value_column
        if self.rows_at == "{}" and isinstance(envelope, dict):
            return [{name: key, **_as_row(row, "value")} for key, row in envelope.items()]
        rows = envelope.get(self.rows_at or "results") if isinstance(envelope, dict) else envelope
        if not isinstance(rows, list):
            raise BadPageError("The server's answer holds no list of results.", asked)
        if not name or any(isinstance(row, dict) for row in rows):
            self._check_records(rows, asked)
        return [_as_row(row, name or "value") for row in rows]

    def _check_records(self, rows: list[Any], asked: Params) -> None:
        """Make sure that all rows are records; a plain list may have none at all."""
        odd = [row for row in rows if type(row) is not dict]
        if odd and (self.paged or len(odd) < len(rows)):
            what = f"The server sent {type(odd[0]).__name__} among its results where a record belongs."
            raise BadPageError(what, asked)


def _as_row(value: Any, name: str) -> Row:  # noqa: ANN401
    return value if isinstance(value, dict) else {name: value}
