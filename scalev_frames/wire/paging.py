"""A list that comes in pages is either read to its end or an error: never cut short, doubled or mixed.

Pure: `Pages` says what to ask for next and takes the responses in; it sends nothing. What the server says decides how
to go on, not what the catalog expects: the next page is asked for with **every** ``last_…`` value, ``next`` or
``next_cursor`` of the last response, exactly as it was sent (a number, a UUID, two values together), else with the
page number after the one it echoed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from scalev_frames.errors import PagingError
from scalev_frames.wire.beside import (
    count_in,
    cursor_in,
    hints_at_more,
    names_end,
    names_further,
    names_more,
    size_in,
    told,
    whole,
)
from scalev_frames.wire.unknown import list_of_unknown, page_within

Params = Mapping[str, Any]
Row = dict[str, Any]


class Fetched(Protocol):
    """A parsed response."""

    @property
    def data(self) -> Any:  # noqa: ANN401 - any JSON value
        """The envelope's ``data``."""

    @property
    def body(self) -> Any:  # noqa: ANN401 - any JSON value
        """The whole envelope."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    Attributes:
        rows: its rows, in the server's order.
        following: the parameters that ask for the next page; ``None`` after the last one.
        response: what the server sent.
        size: how many rows it says that pages have; zero where it does not.
        is_doubtful: whether it is empty, though it or the page before promises more: it is to be asked for once more.
    """

    rows: list[Row]
    following: Mapping[str, Any] | None
    response: Any
    size: int = 0
    is_doubtful: bool = False


_YES, _NO = {"true", "1", "yes", "y"}, {"false", "0", "no", "n", ""}
#: Rows of the pages that the server sends when nobody asks for larger ones.
USUAL_PAGE = 25
#: Pages without rows, one behind the other, after which a cursor that still moves leads nowhere.
MOST_EMPTY = 5


class BadPageError(PagingError):
    """A page that cannot be trusted; ``params`` says which, and ``stale`` all that must not be kept."""

    def __init__(self, what: str, params: Params, stale: Iterable[Params] = ()) -> None:
        self.params = dict(params)
        self.stale = [*stale, self.params]
        super().__init__(what)


@dataclass(slots=True)
class Pages:
    """How far one list has been read.

    Attributes:
        params: the filters; the cursor is added to them.
        rows_at: where the rows of a plain list lie below ``data``; ``{}`` for a mapping of key to row.
        value_column: what to call the values of a list of plain values, and the keys of a mapping.
        paged: whether the catalog says that the list comes in pages.
        position: the cursor of the next page.
        size: how many rows are asked for on the next page; zero for as many as usual.
        ended: whether the last page was taken in.
        is_unknown: whether nobody knows what it is: a list under any name, or one record.
        doubted: whether the page is asked for once more, since it was empty.
        enough: how many rows are wanted; zero for all.
        last: the last row.
        beyond: what asks for rows behind the last page: the cursor that it has all the same, or the next page number.
        read: how many rows, and how many pages, were taken in.
        told: how many there are of both, as the server said last; zero where it did not.
        by_place: whether a page is found by how many rows or pages are above it, and no count shows that some went.

    >>> from types import SimpleNamespace
    >>> pages = Pages({})
    >>> pages.take(SimpleNamespace(data={"results": [{"id": 2}], "has_next": True, "last_id": 2})).rows
    [{'id': 2}]
    >>> pages.asked(), pages.ended
    ({'last_id': 2}, False)
    """

    params: Params
    rows_at: str = ""
    value_column: str = ""
    paged: bool = False
    position: dict[str, Any] = field(default_factory=dict)
    size: int = 0
    ended: bool = False
    is_unknown: bool = False
    doubted: bool = False
    enough: int = 0
    last: Row = field(default_factory=dict)
    beyond: dict[str, Any] = field(default_factory=dict)
    told: tuple[int, int] = (0, 0)
    by_place: bool = False
    _promised: bool = False
    _number: int = 0
    _rows: int = 0
    _length: int = 0
    _shortest: int = 0
    _count: int | None = None
    _counts_pages: bool = True
    _empty: int = 0
    _numbered: list[Params] = field(default_factory=list)
    _before: list[Params] = field(default_factory=list)
    _last: list[Row] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    @property
    def read(self) -> tuple[int, int]:
        """How many rows, and how many pages, were taken in."""
        return self._rows, self._number

    def asked(self) -> dict[str, Any]:
        """The parameters of the next request."""
        size = {"page_size": str(self.size)} if self.size else {}
        return {**self.params, **size, **self.position}

    def take(self, response: Fetched) -> Page:
        """Take the response to `asked` in.

        Raises:
            BadPageError: ``results`` is missing, a row is no object, the cursor does not move, a page was already
                seen, a page is empty though the list's count says that there are more, it does not say how to go on,
                or rows were deleted between pages with numbers.
        """
        asked = self.asked()
        envelope = self._envelope(response, asked)
        rows = self._read_rows(envelope, asked)
        self._number += 1
        self._rows += len(rows)
        self.paged |= self.is_unknown and isinstance(envelope, dict) and names_more(envelope)
        added = self._added(envelope, rows, asked)
        self.told = told(envelope) or told(getattr(response, "body", None)) or self.told
        following = self._following_or_enough(envelope, rows, asked)
        self._shortest = min(self._shortest or len(rows), len(rows))
        self._guard(rows, following, asked)
        if not rows and not self.doubted and (self._promised or following is not None):
            self.doubted, self._number = True, self._number - 1
            return Page([], self.position, response, is_doubtful=True)
        self.doubted &= following is None
        self._move_on(envelope, rows, following)
        return Page(self._fresh(rows, added), following, response, size_in(envelope))

    def _move_on(self, envelope: Any, rows: list[Row], following: Params | None) -> None:  # noqa: ANN401 - any JSON value
        self.last = rows[-1] if rows else self.last
        self._promised = self._promises(envelope, following)
        self.ended = following is None
        self.beyond = self._behind_last(envelope) if self.ended and rows else {}
        self.position = dict(following or {})
        places = {str(self._rows), str(self._number + 1)} - {str(self.last.get("id"))}
        self.by_place |= self._count is None and not places.isdisjoint(_texts(self.position).values())

    def _fresh(self, rows: list[Any], added: int) -> list[Any]:
        """The rows of a page that the page before did not have: an addition moves some to the next one."""
        fresh = rows[added:] if added and rows[:added] == self._last[-added:] else rows
        self._last = [] if self._count is None else rows
        return fresh

    def read_on(self) -> None:
        """Continue behind a page that said wrongly that it was the last one, by the cursor that it gave.

        Raises:
            BadPageError: it gave none.
        """
        if not self.beyond:
            raise BadPageError("The server said that a list ends, and has sent older rows of it.", self._before[-1])
        self.position, self.ended = self.beyond, False

    def behind(self, length: int) -> Pages:
        """What asks for the rows behind a last page, of a length; where nothing does, for the end of a shorter one."""
        params = self.params if self.beyond else {**self._before[-1], "page_size": str(length - 1)}
        pages = Pages(params, self.rows_at, self.value_column, self.paged, dict(self.beyond))
        pages._number, pages._seen = self._number if self.beyond else self._number - 1, set(self._seen)
        return pages

    def _behind_last(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
        if not isinstance(data, dict):
            return {}
        has_numbers = data.get("page") is not None or self._count is not None
        is_numbered = has_numbers and not self.position.keys() - {"page"} and not names_end(data)
        return self._cursor(data) or (self._number_after(data) if is_numbered else {})

    def _cursor(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What asks for the next page; filters that an address repeats stay as they were asked for."""
        return {name: value for name, value in cursor_in(data).items() if name in data or name not in self.params}

    def _envelope(self, response: Fetched, asked: Params) -> Any:  # noqa: ANN401 - any JSON value
        """What holds rows and cursor: ``data``, or the whole body where both stand at its root."""
        data, body = page_within(response.data, getattr(response, "body", None))
        if self.is_unknown and isinstance(data, dict) and not isinstance(data.get("results"), list):
            return list_of_unknown(data, begun=bool(self.position))
        return self._beside(data, body if isinstance(body, dict) else {}, asked) if isinstance(data, list) else data

    def _beside(self, rows: list[Any], body: Mapping[str, Any], asked: Params) -> Any:  # noqa: ANN401 - any JSON value
        """A bare list, with what stands beside it in the body."""
        if body.get("results") and body["results"] != rows:
            raise BadPageError("The server's answer holds two lists of rows, results and data.", asked)
        if names_more(body) or "is_paginated" in body or hints_at_more(body, self._rows + len(rows), self._number + 1):
            return {**body, self.rows_at or "results": rows} if self.rows_at != "{}" else rows
        if self.paged:
            raise BadPageError("The server's answer is a bare list, which does not say whether there is more.", asked)
        return rows

    def _read_rows(self, data: Any, asked: Params) -> list[Row]:  # noqa: ANN401 - any JSON value
        name = self.value_column
        if self.rows_at == "{}" and isinstance(data, dict):
            return [{name: key, **_as_row(row, "value")} for key, row in data.items()]
        rows = data.get(self.rows_at or "results") if isinstance(data, dict) else data
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

    def _following_or_enough(self, data: Any, rows: list[Row], asked: Params) -> dict[str, Any] | None:  # noqa: ANN401
        """The parameters of the next page, which need not be known where there are enough rows."""
        try:
            return self._following(data, rows, asked)
        except BadPageError:
            if not 0 < self.enough <= self._rows:
                raise
            return {"page": self._number + 1}  # never asked for

    def _following(self, data: Any, rows: list[Row], asked: Params) -> dict[str, Any] | None:  # noqa: ANN401
        """The parameters of the next page; ``None`` after the last one."""
        data = data if isinstance(data, dict) and self.rows_at != "{}" else {}
        said = self._says_more(data, rows, asked)
        self._empty = 0 if rows else self._empty + self.doubted
        if said is None:
            return self._following_unsaid(data, rows, asked)
        if said and not rows:
            if not self._cursor(data) and data.get("has_next") is None:  # a count says so
                raise BadPageError("The server sent an empty page and says there are more.", asked)
            self._promised = True
            return self._moved(data)
        return (self._cursor(data) or self._next_number(data, rows, asked)) if said else None

    def _following_unsaid(self, data: Mapping[str, Any], rows: list[Row], asked: Params) -> dict[str, Any] | None:
        """The same where the server does not say whether there are more.

        A cursor is followed until a page is empty or the cursor stays: a page may be short without being the last.
        """
        if cursor := self._moved(data):
            return cursor
        if self._is_full(data, len(rows), asked):
            raise BadPageError("The server sent a full page and did not say whether there are more.", asked)
        if not self._cursor(data) and (odd := hints_at_more(data, self._rows, self._number)):
            what = f"The server sent {odd!r} beside its rows, and how to go on by it is not known."
            raise BadPageError(what, asked)
        return None

    def _moved(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """The cursor of a page where it moves; of pages without rows, which a filter may have emptied, for a while."""
        cursor = self._cursor(data)
        return cursor if cursor and self._empty <= MOST_EMPTY and _texts(cursor) != _texts(self.position) else None

    def _next_number(self, data: Mapping[str, Any], rows: list[Row], asked: Params) -> dict[str, Any]:
        """The number of the next page, where there is no cursor."""
        page, count = data.get("page"), count_in(data)
        if page is None and count is None:
            raise BadPageError("The server says there are more pages, but not how to ask for them.", asked)
        self._length = self._length or len(rows)
        counts_page = count is not None and self._counts_pages
        if rows and len(rows) != self._length and not counts_page:
            what = f"The server sent pages of {self._length} and of {len(rows)} rows: their numbers do not fit."
            raise BadPageError(what, asked, self._numbered)
        return self._number_after(data)

    def _number_after(self, data: Mapping[str, Any]) -> dict[str, Any]:
        page = whole(data.get("page"))
        return {"page": (self._number if page is None else page) + 1}

    def _is_full(self, data: Mapping[str, Any], length: int, asked: Params) -> bool:
        """Whether a page is just as long as pages are, where no cursor in it names the end."""
        size = size_in(data)
        has_size = 0 < size <= length
        if names_end(data):
            return has_size and data.get("is_paginated") is False  # a list without pages has none that is full
        if has_size:
            return True
        if self.position and 0 < self._shortest <= length:
            return True
        is_usual = str(length) in (str(USUAL_PAGE), asked.get("page_size"))
        return self.paged and not size and not cursor_in(data) and is_usual

    def _says_more(self, data: Mapping[str, Any], rows: list[Row], asked: Params) -> bool | None:
        """What the server says of further rows; ``None`` where it says nothing.

        Raises:
            BadPageError: ``has_next`` is no yes or no, or there are more rows than the list's own count.
        """
        said = data.get("has_next")
        if said is not None:
            word = str(said).lower()
            if word not in _YES | _NO:
                raise BadPageError(f"The server does not say whether there are more: has_next is {word[:40]!r}.", asked)
            return word in _YES
        if (count := count_in(data)) is not None:
            if self._rows > count and not self._counts_pages:
                what = f"The server counts {count:,} rows and has sent {self._rows:,}: the count is not the list's."
                raise BadPageError(what, asked)
            # A full first page whose count is its own length: the count may be of the page or of the list.
            may_be_of_page = self._counts_pages and len(rows) >= (USUAL_PAGE if self._number == 1 else 1)
            return may_be_of_page or self._rows < count
        return names_further(data) or None

    def _added(self, data: Any, rows: list[Row], asked: Params) -> int:  # noqa: ANN401 - any JSON value
        """How many rows the list has more than at its last page, by its own count.

        Raises:
            BadPageError: it has fewer: with page numbers, a row behind a deleted one was passed over.
        """
        count = count_in(data) if isinstance(data, dict) and not cursor_in(data) else None
        if count is None:
            return 0
        self._numbered.append(asked)
        before, self._count = self._count, count
        self._counts_pages &= count == len(rows)
        if before is None or self._counts_pages or count == before:
            return 0
        if count < before:
            what = f"The list had {before:,} rows and has {count:,}: it changed while it was read."
            raise BadPageError(what, asked, self._numbered)
        return count - before

    def _promises(self, envelope: Any, following: Params | None) -> bool:  # noqa: ANN401 - any JSON value
        """Whether a page, and not only its cursor, says that there are more rows."""
        if following is not None and (envelope.get("has_next") or envelope.get("next")) is not None:
            return True
        return self._count is not None and not self._counts_pages and self._rows < self._count

    def _guard(self, rows: list[Row], following: Params | None, asked: Params) -> None:
        if following is not None and _texts(following) == _texts(self.position):
            raise BadPageError("The server's cursor does not move: it sent the same one twice.", asked)
        if rows:
            ids = repr([row if row.get("id") is None else row["id"] for row in rows])
            mark = hashlib.blake2b(ids.encode("utf-8", "backslashreplace"), digest_size=16).digest()
            if mark in self._seen:
                what = "The server sent a page that was already seen in this pull."
                raise BadPageError(what, asked, self._before)  # the page before may have the wrong cursor
            self._seen.add(mark)
        self._before = [asked]


def without(params: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """``params`` without those of these names.

    >>> without({"status": "shipped", "last_id": 2}, "last_id")
    {'status': 'shipped'}
    """
    return {name: value for name, value in params.items() if name not in names}


def _texts(position: Params) -> dict[str, str]:
    """A cursor as it is sent."""
    return {name: str(value) for name, value in position.items()}


def _as_row(value: Any, name: str) -> Row:  # noqa: ANN401
    return value if isinstance(value, dict) else {name: value}
