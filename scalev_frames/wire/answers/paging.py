"""A list that comes in pages is either read to its end or an error: never cut short, doubled or mixed.

Pure: `Pages` says what to ask for next and takes the responses in; it sends nothing. What the server says decides how
to go on, not what the catalog expects: the next page is asked for with **every** ``last_…`` value, ``next`` or
``next_cursor`` of the last response, exactly as it was sent (a number, a UUID, two values together), else with the
page number after the one it echoed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scalev_frames.wire.answers.layout import BadPageError, Layout, Params, Read, Row
from scalev_frames.wire.answers.page_info import (
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
from scalev_frames.wire.answers.response import Response

_YES, _NO = {"true", "1", "yes", "y"}, {"false", "0", "no", "n", ""}
#: Rows of the pages that the server sends when nobody asks for larger ones.
USUAL_PAGE = 25
#: Pages without rows, one behind the other, after which a cursor that still moves leads nowhere.
MOST_EMPTY = 5


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
    response: Response
    size: int = 0
    is_doubtful: bool = False


@dataclass(slots=True)
class _Numbered:
    """Pages with numbers: the list's own count shows rows that come or go between two of them.

    Attributes:
        count: how many rows the list has, by the last page; ``None`` where no page said it.
        may_be_of_page: whether each count so far was the number of rows on its own page.
        asked: the parameters of all pages.
        length: how many rows the first page has.
        rows: the rows of the last page.
    """

    count: int | None = None
    may_be_of_page: bool = True
    asked: list[Params] = field(default_factory=list)
    length: int = 0
    rows: list[Row] = field(default_factory=list)

    def added(self, envelope: Any, rows: list[Row], asked: Params) -> int:  # noqa: ANN401 - any JSON value
        """How many rows were added to the list since its last page.

        Raises:
            BadPageError: it has fewer rows now, so that a page begins below rows that nobody has read.
        """
        count = count_in(envelope) if isinstance(envelope, dict) and not cursor_in(envelope) else None
        if count is None:
            return 0
        self.asked.append(asked)
        before, self.count = self.count, count
        self.may_be_of_page &= count == len(rows)
        if before is None or self.may_be_of_page or count == before:
            return 0
        if count < before:
            what = f"The list had {before:,} rows and has {count:,}: it changed while it was read."
            raise BadPageError(what, asked, self.asked)
        return count - before

    def fresh(self, rows: list[Row], added: int) -> list[Row]:
        """The rows of a page that the page before did not have: added rows move others to the next page."""
        fresh = rows[added:] if added and rows[:added] == self.rows[-added:] else rows
        self.rows = [] if self.count is None else rows
        return fresh

    def counts_more(self, rows: int) -> bool:
        """Whether the list has more than these rows."""
        return self.count is not None and not self.may_be_of_page and rows < self.count

    def check(self, count: int | None, rows: list[Row], asked: Params) -> None:
        """Refuse pages of several lengths, where no ``count`` of the list helps: numbers do not find the next one."""
        self.length = self.length or len(rows)
        if rows and len(rows) != self.length and (count is None or not self.may_be_of_page):
            what = f"The server sent pages of {self.length} and of {len(rows)} rows: their numbers do not fit."
            raise BadPageError(what, asked, self.asked)


@dataclass(slots=True)
class Pages:
    """How far one list has been read.

    Attributes:
        params: the filters; the cursor is added to them.
        layout: where the rows lie in the answers.
        position: the cursor of the next page.
        enough: how many rows are wanted; zero for all.
        read: how much was read.
        ended: whether the last page was taken in.
        ends_full: whether the last page is as long as pages are, and nothing proves that no row is behind it.
        doubted: whether the last answer was empty and promised more, so that it is asked for once more.
        beyond: what asks for rows behind the last page: the cursor that it has all the same, or the next page number.
        told: how many rows, and how many pages, the server last said that there are; zero where it did not.
        by_place: whether pages are found by how many rows or pages are above them, and no count shows a deleted row.

    >>> pages = Pages({})
    >>> pages.take(Response(b"", {"results": [{"id": 2}], "has_next": True, "last_id": 2}, 0.0)).rows
    [{'id': 2}]
    >>> pages.asked(), pages.ended
    ({'last_id': 2}, False)
    """

    params: Params
    layout: Layout = Layout()  # noqa: RUF009 - it never changes
    position: dict[str, Any] = field(default_factory=dict)
    enough: int = 0
    read: Read = field(default_factory=Read)
    ended: bool = False
    ends_full: bool = False
    doubted: bool = False
    beyond: dict[str, Any] = field(default_factory=dict)
    told: tuple[int, int] = (0, 0)
    by_place: bool = False
    _promised: bool = False
    _numbered: _Numbered = field(default_factory=_Numbered)
    _last_asked: list[Params] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    @property
    def is_counted(self) -> bool:
        """Whether the server says with each page how many rows the list has, so that a deleted one shows."""
        return self._numbered.count is not None

    @property
    def looks_cut(self) -> bool:
        """Whether a list without pages has just as many rows as a page."""
        is_plain = not self.layout.paged and not self.layout.rows_at
        return is_plain and (self.read.rows, self.read.pages) == (USUAL_PAGE, 1)

    def asked(self) -> dict[str, Any]:
        """The parameters of the next request."""
        return {**self.params, **self.position}

    def take(self, response: Response) -> Page:
        """Take the response to `asked` in.

        Raises:
            BadPageError: ``results`` is missing, a row is no object, the cursor does not move, a page was already
                seen, a page is empty twice though there should be more, it does not say how to go on, or rows were
                deleted between pages with numbers.
        """
        asked = self.asked()
        envelope = self.layout.envelope(response, asked, self.read, begun=bool(self.position))
        rows = self.layout.rows(envelope, asked)
        self.read.pages += 1
        self.read.rows += len(rows)
        if self.layout.is_unknown and isinstance(envelope, dict) and names_more(envelope):
            self.layout = replace(self.layout, paged=True)
        added = self._numbered.added(envelope, rows, asked)
        self.told = told(envelope) or told(response.body) or self.told
        following = self._following_or_enough(envelope, rows, asked)
        self._guard(rows, following, asked)
        if not rows and not self.doubted and (self._promised or following is not None or self._begins_empty(envelope)):
            self.doubted, self.read.pages = True, self.read.pages - 1
            return Page([], self.position, response, is_doubtful=True)
        self.doubted &= following is None
        self._move_on(envelope, rows, following)
        return Page(self._numbered.fresh(rows, added), following, response, size_in(envelope))

    def _move_on(self, envelope: Any, rows: list[Row], following: Params | None) -> None:  # noqa: ANN401 - any JSON value
        self._promised = self._promises(envelope, following)
        self.ended = following is None
        self.ends_full = self.ended and self._may_be_full(size_in(envelope), len(rows))
        self.read.add(rows)
        self.beyond = self._behind_last(envelope) if self.ended and rows else {}
        self.position = dict(following or {})
        places = {str(self.read.rows), str(self.read.pages + 1)} - {str((self.read.last or {}).get("id"))}
        self.by_place |= self._numbered.count is None and not places.isdisjoint(_texts(self.position).values())

    def _may_be_full(self, size: int, length: int) -> bool:
        """Whether the last page is as long as pages are, and no count proves that it is the last one."""
        usual = {str(size or USUAL_PAGE), str(self.params.get("page_size", USUAL_PAGE))}
        is_told = self.read.pages > 1 and self.told[0] == self.read.rows
        return self.layout.paged and not is_told and (str(length) in usual or 0 < self.read.length <= length)

    def read_on(self) -> None:
        """Continue behind a page that was wrongly called the last one, by the cursor that it gave.

        Raises:
            BadPageError: it gave none.
        """
        if not self.beyond:
            raise BadPageError("The server said that a list ends, and has sent older rows of it.", self._last_asked[-1])
        self.position, self.ended = self.beyond, False

    def behind(self) -> Pages:
        """Asks for the rows behind the last page; where it gave no cursor, for the same page a row shorter.

        A server that has more rows answers the shorter page with a cursor.
        """
        params = self.params if self.beyond else {**self._last_asked[-1], "page_size": str(self.read.length - 1)}
        before = Read(pages=self.read.pages if self.beyond else self.read.pages - 1)
        pages = Pages(params, self.layout, dict(self.beyond), read=before)
        pages._seen = set(self._seen)
        return pages

    def _behind_last(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
        if not isinstance(data, dict):
            return {}
        has_numbers = data.get("page") is not None or self._numbered.count is not None
        is_numbered = has_numbers and not self.position.keys() - {"page"} and not names_end(data)
        return self._cursor(data) or (self._number_after(data) if is_numbered else {})

    def _cursor(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The cursor of an answer; filters that the next page's address repeats stay as they were asked for."""
        return {name: value for name, value in cursor_in(data).items() if name in data or name not in self.params}

    def _following_or_enough(self, data: Any, rows: list[Row], asked: Params) -> dict[str, Any] | None:  # noqa: ANN401
        """The parameters of the next page; where there are enough rows, a page that does not say them is no error."""
        try:
            return self._following(data, rows, asked)
        except BadPageError:
            if not 0 < self.enough <= self.read.rows:
                raise
            return {"page": self.read.pages + 1}  # never asked for

    def _following(self, data: Any, rows: list[Row], asked: Params) -> dict[str, Any] | None:  # noqa: ANN401
        """The parameters of the next page; ``None`` after the last one."""
        data = data if isinstance(data, dict) and self.layout.rows_at != "{}" else {}
        said = self._says_more(data, rows, asked)
        self.read.empty = 0 if rows else self.read.empty + self.doubted
        if not rows and (said or (said is None and self._promised and not names_end(data))):
            return self._behind_empty(data, asked)
        if said is None:
            return self._following_unsaid(data, rows, asked)
        return (self._cursor(data) or self._next_number(data, rows, asked)) if said else None

    def _behind_empty(self, data: Mapping[str, Any], asked: Params) -> dict[str, Any] | None:
        """The parameters behind a page without rows, where it or the page before promises more.

        Raises:
            BadPageError: it is empty twice, its cursor does not move, and the server counts other rows than were read.
        """
        self._promised, cursor = True, self._moved(data)
        is_counted = 0 < self.read.rows == self.told[0]
        if cursor is None and self.doubted and not is_counted:
            raise BadPageError("The server sent an empty page twice, and promised more rows.", asked)
        return cursor

    def _following_unsaid(self, data: Mapping[str, Any], rows: list[Row], asked: Params) -> dict[str, Any] | None:
        """The parameters of the next page where the server does not say whether there is one.

        A cursor is followed until a page is empty or the cursor stays the same: a short page may not be the last.
        """
        if cursor := self._moved(data):
            return cursor
        if self._is_full(data, len(rows), asked):
            raise self._no_way_on("The server sent a full page and did not say whether there are more.", asked)
        if not self._cursor(data) and (odd := hints_at_more(data, self.read.rows, self.read.pages)):
            raise self._no_way_on(
                f"The server sent {odd!r} beside its rows, and how to go on by it is not known.", asked
            )
        return None

    def _no_way_on(self, what: str, asked: Params) -> BadPageError:
        return BadPageError(what, asked, advice=f"Pass limit={self.read.rows} for the rows that it sends.")

    def _moved(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """The cursor of a page, if it moves; behind empty pages, as a filter may leave them, for `MOST_EMPTY` pages."""
        cursor, is_in_time = self._cursor(data), self.read.empty <= MOST_EMPTY
        return cursor if cursor and is_in_time and _texts(cursor) != _texts(self.position) else None

    def _next_number(self, data: Mapping[str, Any], rows: list[Row], asked: Params) -> dict[str, Any]:
        """The number of the next page, where there is no cursor."""
        page, count = data.get("page"), count_in(data)
        if page is None and count is None:
            raise self._no_way_on("The server says there are more pages, but not how to ask for them.", asked)
        self._numbered.check(count, rows, asked)
        return self._number_after(data)

    def _number_after(self, data: Mapping[str, Any]) -> dict[str, Any]:
        page = whole(data.get("page"))
        return {"page": (self.read.pages if page is None else page) + 1}

    def _is_full(self, data: Mapping[str, Any], length: int, asked: Params) -> bool:
        """Whether a page is as long as pages are, so that more may follow, and does not say that it is the last."""
        size = size_in(data)
        has_size = 0 < size <= length
        if names_end(data):
            return has_size and data.get("is_paginated") is False  # a list without pages has none that is full
        is_usual = not size and not cursor_in(data) and str(length) in (str(USUAL_PAGE), asked.get("page_size"))
        is_longest = bool(self.position) and 0 < self.read.shortest <= length
        return has_size or is_longest or (self.layout.paged and is_usual)

    def _says_more(self, data: Mapping[str, Any], rows: list[Row], asked: Params) -> bool | None:
        """Whether the server says that there are more rows; ``None`` where it does not say.

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
            if self.read.rows > count and not self._numbered.may_be_of_page:
                what = f"The server counts {count:,} rows and has sent {self.read.rows:,}: the count is not the list's."
                raise BadPageError(what, asked)
            # A count that is a page's own length may be of the page or of the list; a full page has to show which.
            may_be_of_page = self._numbered.may_be_of_page and len(rows) >= (USUAL_PAGE if self.read.pages == 1 else 1)
            return may_be_of_page or self.read.rows < count
        return names_further(data) or None

    def _begins_empty(self, envelope: Any) -> bool:  # noqa: ANN401 - any JSON value
        """Whether this is the first page behind a cursor that another page gave, and so promised more rows."""
        return bool(self.position) and self.read.pages == 1 and "has_next" in envelope

    def _promises(self, envelope: Any, following: Params | None) -> bool:  # noqa: ANN401 - any JSON value
        """Whether a page, and not only its cursor, says that there are more rows."""
        if following is not None and (envelope.get("has_next") or envelope.get("next")) is not None:
            return True
        return self._numbered.counts_more(self.read.rows)

    def _guard(self, rows: list[Row], following: Params | None, asked: Params) -> None:
        if following is not None and _texts(following) == _texts(self.position):
            raise BadPageError("The server's cursor does not move: it sent the same one twice.", asked)
        if rows:
            ids = repr([row if row.get("id") is None else row["id"] for row in rows])
            mark = hashlib.blake2b(ids.encode("utf-8", "backslashreplace"), digest_size=16).digest()
            if mark in self._seen:
                what = "The server sent a page that was already seen in this pull."
                raise BadPageError(what, asked, self._last_asked)  # the page before may have the wrong cursor
            self._seen.add(mark)
        self._last_asked = [asked]


def without(params: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """``params`` without those of these names.

    >>> without({"status": "shipped", "last_id": 2}, "last_id")
    {'status': 'shipped'}
    """
    return {name: value for name, value in params.items() if name not in names}


def _texts(position: Params) -> dict[str, str]:
    """A cursor as it is sent."""
    return {name: str(value) for name, value in position.items()}
