"""What stands beside the rows of a page: where the next one is, and how many there are, in words of many servers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: Names of what another way of paging asks for the next page by.
_UNKNOWN_CURSOR = re.compile(
    r"^next_(?!cursor$)|^after$|^(?!prev|last_|next_cursor$).*(cursor|_token)$|^(has_)?more|^has_next$"
    r"|\.(has_next|next|has_more|more|after)(_|$)|(^|\.)(is_)?(truncated|partial|incomplete(_results)?)$"
    r"|^(rows_|items_)?remaining$|^(scroll_id|continuation|bookmark|marker)$"
)
#: What says of a page that it is not the last one, by a no.
_LAST = re.compile(r"(^|\.)(is_)?(last(_page)?|end|eof|final|complete|finished|done)$")
#: The same as a word of a status or a warning.
_CUT_SHORT = re.compile(r"\b(truncated|partial|incomplete|first page)\b", re.IGNORECASE)
_SAYINGS = re.compile(r"(^|\.)(status|message|detail|notice|warnings?)$")
#: The most rows of a page: where it has that many, there may be more.
_MOST_ROWS = re.compile(r"(^|\.)(limit|per_page)$")
#: Objects beside a page's rows that say where it stands.
PLACES = (
    "meta", "metadata", "response_metadata", "pagination", "paging", "pager", "page", "page_info", "result_info",
    "links", "cursors", "total",
)  # fmt: skip
#: What they, or a page itself, call the number of all rows, and of all pages.
_ROWS = "count|rows|items|entries|elements|records|results|data|hits|matches"
_ALL_ROWS = re.compile(
    rf"(^|\.)total_({_ROWS})$|\.(total|count)$|^({_ROWS})_total$|^(num_)?found$|^nb_hits$"
    r"|^(row|result|item|record)s?_count$|^total\.value$"
)
_ALL_PAGES = re.compile(r"(^|\.)((total|num|max)_pages?|last_page|pages?_(count|total)|pages)$")
#: Names of what says where a page stands, whatever it says.
_PLACE = re.compile(f"{_UNKNOWN_CURSOR.pattern}|{_ALL_ROWS.pattern}|{_ALL_PAGES.pattern}|^(is_)?last(_page)?$")
#: A list of this many rows or more, in fives, looks like a full page.
_LEAST_FULL = 10
#: Headers that lead to the next page, and those that count all rows, or all pages.
_NEXT_HEADER = re.compile(
    r'link: .*rel="?next\b.*|x-(next(-page|-cursor|-token)?|has-(more|next)|truncated): (?!false$|0$|null$|none$).+'
)
_ALL_ROWS_HEADER = re.compile(
    r"(?:(?:x-)?(?:wp-|pagination-)?(?:total|count|total-count): |content-range: .*/)(\d{1,18})"
)
_ALL_PAGES_HEADER = re.compile(r"x-(wp-|pagination-)?total-?pages: (?![01]$)\d+")
#: Digits of a number that is none: too many for any count.
TOO_LONG = 19
#: What a page says of its place, even where it says nothing of the next one.
PAGE_WORDS = {"page", "page_size", "per_page", "current_page", "count", "is_paginated", "has_next"}


def hints_at_more(data: Mapping[str, Any], rows: int, pages: int) -> str:
    """The name of what says, in words of other servers, that there are more than were read; else ``""``."""
    named = _named(data)
    full = _full(named, rows) if rows and not names_end(data) else set()
    return next((name for name, value in named.items() if name in full or _is_more(name, value, rows, pages)), "")


def _full(named: Mapping[str, Any], rows: int) -> set[str]:
    """The names that show a full page: a limit that it reaches, or a ``total`` above a round number of rows."""
    full = {name for name, value in named.items() if _MOST_ROWS.search(name) and whole(value) == rows}
    is_round = rows >= _LEAST_FULL and rows % 5 == 0
    return full | ({"total"} if is_round and (whole(named.get("total")) or 0) > rows else set())


def _is_more(name: str, value: Any, rows: int, pages: int) -> bool:  # noqa: ANN401 - any JSON value
    """Whether something beside the rows says that there are more than were read."""
    if value is False:
        return bool(_LAST.search(name))
    if value and (_UNKNOWN_CURSOR.search(name) or (_SAYINGS.search(name) and _CUT_SHORT.search(str(value)))):
        return True
    if _ALL_PAGES.search(name):
        return (len(value) if isinstance(value, list) else whole(value) or 0) > pages
    return bool(_ALL_ROWS.search(name)) and (whole(value) or 0) > rows


def further_header(headers: Mapping[str, str], body: Any) -> str:  # noqa: ANN401 - any JSON value
    """The header by which a list has more rows than an answer that does not say so itself; else ``""``.

    >>> further_header({"Link": '<https://api.scalev.com/v3/orders?page=2>; rel="next"'}, [{"id": 1}])
    'Link'
    >>> further_header({"X-Total-Count": "1"}, [{"id": 1}])
    ''
    """
    says = isinstance(body, dict) and (names_more(body) or "is_paginated" in body)
    rows = body.get("data") if isinstance(body, dict) and not says else body
    if not isinstance(rows, list):
        return ""
    for name, value in headers.items():
        line = f"{name}: {value}".lower()
        most = _ALL_ROWS_HEADER.fullmatch(line)
        leads_on = _NEXT_HEADER.fullmatch(line) or _ALL_PAGES_HEADER.fullmatch(line)
        if leads_on or (most and int(most[1]) > len(rows)):
            return name
    return ""


def _named(data: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside a page's rows, with what objects there say, in small letters and underscores."""
    named: dict[str, Any] = {}
    for key, value in data.items():
        name = snake(key)
        named[name] = value
        if name in PLACES and isinstance(value, dict):
            named |= {f"{name}.{inner}": one for inner, one in _named(value).items()}
    is_of_rows = "total" in named and named.keys() & (PAGE_WORDS | {"offset", "limit", "skip"})
    return named | ({"total_rows": named["total"]} if is_of_rows else {})


@lru_cache(maxsize=1000)
def snake(name: str) -> str:
    """A name in small letters and underscores.

    >>> snake("hasNext"), snake("@odata.nextLink"), snake("_links"), snake("Is Truncated")
    ('has_next', 'odata.next_link', 'links', 'is_truncated')
    """
    return re.sub(r"[^a-z0-9.]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")


def tells_place(data: Mapping[str, Any], rows: int) -> bool:
    """Whether an object with one list says where that stands among pages, or how many rows there are."""
    named = _named(data)
    is_placed = any(name in PAGE_WORDS or name in PLACES[:-1] or _PLACE.search(name) for name in named)
    return is_placed or whole(data.get("total")) == rows or bool(hints_at_more(data, rows, 1))


def told(data: Any) -> tuple[int, int] | None:  # noqa: ANN401 - any JSON value
    """How many rows, and how many pages, a page says that there are; ``None`` where it does not.

    >>> told({"results": [], "has_next": False, "count": 30}), told({"meta": {"total_pages": 3}}), told({"page": 1})
    ((30, 0), (0, 3), None)
    """
    if not isinstance(data, dict):
        return None
    rows, pages = (
        max((whole(value) or 0 for name, value in _named(data).items() if pattern.search(name)), default=0)
        for pattern in (_ALL_ROWS, _ALL_PAGES)
    )
    rows = max(rows, count_in(data) or 0)
    return (rows, pages) if rows or pages else None


def names_more(body: Mapping[str, Any]) -> bool:
    """Whether a page says whether there are more."""
    return body.get("has_next") is not None or bool(cursor_in(body))


def names_end(data: Mapping[str, Any]) -> bool:
    """Whether a page says without ``has_next`` that it is the last one."""
    return data.get("is_paginated") is False or any(_is_cursor(key) and data[key] is None for key in data)


def says_end(response: Any) -> bool:  # noqa: ANN401 - a parsed response
    """Whether an answer says anywhere that it has all rows."""
    return any(isinstance(one, dict) and names_end(one) for one in (response.data, response.body))


def names_further(data: Mapping[str, Any]) -> bool:
    """Whether a page says without ``has_next`` that there are more."""
    is_open = data.get("is_paginated") is True and "next_cursor" not in data and not names_end(data)
    return data.get("next") is not None or is_open


def cursor_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """What asks for the next page, as the server sent it; of an address its parameters.

    >>> cursor_in({"last_id": 7, "page_size": 25}), cursor_in({"next": "https://api.scalev.com/v3/orders?next_cursor=a%2Bb"})
    ({'last_id': 7}, {'next_cursor': 'a+b'})
    """
    after = str(data.get("next"))
    if after.startswith(("http://", "https://", "/", "?")) and "?" in after:
        given = parse_qs(urlsplit(after).query).items()
        return {name: [first, *more] if more else first for name, (first, *more) in given}
    return {key: value for key, value in data.items() if _is_cursor(key) and value is not None}


def _is_cursor(key: str) -> bool:
    return key.startswith("last_") or key in ("next", "next_cursor")


def count_in(data: Mapping[str, Any]) -> int | None:
    """The ``count`` of a page, a number or its text."""
    return whole(data.get("count"))


def size_in(data: Any) -> int:  # noqa: ANN401 - any JSON value
    """How many rows a page says that pages have; zero where it does not."""
    return max(0, whole(data.get("page_size")) or 0) if isinstance(data, dict) else 0


def whole(value: object) -> int | None:
    """The whole number that a value is, or that its text is."""
    is_text = isinstance(value, str) and value.isdecimal() and len(value) < TOO_LONG
    return int(str(value)) if is_text or type(value) is int else None
