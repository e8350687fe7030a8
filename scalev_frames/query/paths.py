"""Turn a path of the API into a call: of its catalog row, or of a list that the catalog does not know."""

from __future__ import annotations

import datetime as dt
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.errors import BadValueError
from scalev_frames.query.query import (
    Query,
    combinations,
    described,
    make_query,
    read_limit,
    refuse_keys,
    text_of,
    texts_of,
)
from scalev_frames.query.times import to_stamp
from scalev_frames.settings import Settings

#: Parameters that say where a list is read on; a list is read from its beginning to its end.
POSITIONS = frozenset({"last_id", "next", "next_cursor", "previous_cursor", "cursor", "page"})
#: The most characters of a path in the name of a kept frame.
NAME_LENGTH = 60
_SEGMENT = re.compile(r"[\w.~!$&'()*+,;=:@%-]+")
_OPTIONS = frozenset({"since", "until", "by"})


def clean_path(path: str, base_url: str) -> str:
    """A path below the API's address; the address itself may stand before it.

    Raises:
        BadValueError: it leads to another place, or holds a query.

    >>> clean_path("https://api.scalev.id/v2/stores/", "https://api.scalev.id/v2"), clean_path("stores", "http://a/v2")
    ('/stores', '/stores')
    """
    text = path.strip() if isinstance(path, str) else ""
    refuse_keys({"path": text})
    if text.lower().startswith(f"{base_url.lower()}/"):
        text = text[len(base_url) :]
    if "?" in text or "#" in text:
        raise BadValueError(f"{path!r} holds a query.", advice="Give parameters by name: get('/stores', search='x').")
    segments = text.strip("/").split("/")
    for segment in segments:
        plain = urllib.parse.unquote(urllib.parse.unquote(segment))
        if not _SEGMENT.fullmatch(segment) or plain in (".", "..") or set(plain) & set("/\\?#"):
            raise BadValueError(f"{path!r} is not a path of the API.", advice="It looks like '/stores/3/pages'.")
    version = base_url.rpartition("/")[2]
    if segments[0] in ("v2", "v3") and version in ("v2", "v3"):
        if segments[0] != version:
            raise BadValueError(
                f"{path!r} is of {segments[0]}, and this account speaks {version}.",
                advice=f"Connect with version={segments[0]!r}.",
            )
        segments = segments[1:]
    return "/" + "/".join(segments)


def path_of(endpoint: Endpoint, ids: Mapping[str, object]) -> str:
    """The path of an endpoint with ids in it, each quoted, so that no id leads to another path.

    Raises:
        BadValueError: an id is empty, or dots alone.

    >>> path_of(ENDPOINTS["store_pages"], {"store_id": "a/b"})
    '/stores/a%2Fb/pages'
    """
    for name, one in ids.items():
        if not str(one).strip(". \t\r\n"):
            raise BadValueError(f"{name}={str(one)!r} is not an id.")
    return endpoint.path.format(**{name: urllib.parse.quote(str(one), safe="") for name, one in ids.items()})


def make_path_query(path: str, arguments: Mapping[str, Any], zone: ZoneInfo, now: dt.datetime, version: str) -> Query:
    """The call of a path: by its catalog row where one has it, with all other parameters unchanged.

    Raises:
        BadValueError: a value that is none, or a parameter that says where to read on.
    """
    refuse_keys(arguments)
    given = {name: value for name, value in arguments.items() if value is not None}
    if positions := POSITIONS & given.keys():
        raise BadValueError(
            f"{min(positions)}= is not taken: a list is read from its beginning to its end.",
            advice="Pass raw=True for one page.",
        )
    limit = given.pop("limit", None)
    row, ids = _row_of(path, version)
    if row is None:
        return _with_params(Query(_unknown(path), limit=read_limit(limit)), given)
    given = {_own_name(row, name): value for name, value in given.items()}
    names = {*row.filter_rows, *(_OPTIONS if row.bases else ())}
    known = {name: value for name, value in given.items() if name in names}
    query = make_query(row.name, {**ids, **known, "limit": limit}, zone, now, version)
    return _with_params(query, {name: value for name, value in given.items() if name not in known})


def _own_name(row: Endpoint, name: str) -> str:
    """``since`` or ``until`` where ``name`` is the server's name for a list's first or last day; else ``name``."""
    bases = [one for one in row.bases.values() if one.most_days]
    return next((own for one in bases for own, at in (("since", one.since), ("until", one.until)) if at == name), name)


def _with_params(query: Query, more: Mapping[str, Any]) -> Query:
    """``query`` with query parameters that the catalog does not know, as they are."""
    texts = {name: texts_of(name, value, any_text) for name, value in more.items()}
    params = tuple({**one, **each} for one in query.params for each in combinations(texts))
    filters = {**query.filters, **{name: described(many) for name, many in texts.items()}}
    return replace(query, params=params, filters=filters)


def find_by_path(path: str, settings: Settings) -> Endpoint:
    """The catalog row of a path, or one that knows no more than the path."""
    at = clean_path(path, settings.base_url)
    return _row_of(at, settings.spoken)[0] or _unknown(at)


def any_text(name: str, value: object) -> str:
    """A value of a parameter that the catalog does not know, as it is sent.

    Raises:
        BadValueError: it is no text, number, flag or time.

    >>> any_text("is_paid", True), any_text("id", 3), any_text("from", dt.date(2026, 11, 1))
    ('true', '3', '2026-11-01')
    """
    match value:
        case float() | dt.date() if value != value:
            raise BadValueError(f"{name}={value!r} is not a number or a time.")
        case bool():
            return str(value).lower()
        case dt.datetime() if value.tzinfo is not None:
            return to_stamp(value.astimezone(dt.UTC))
        case dt.date():
            return value.isoformat()
        case float() | str():
            return str(value)
    return text_of(name, value)


def _row_of(path: str, version: str) -> tuple[Endpoint | None, dict[str, str]]:
    """The catalog row that has a path in a version, the one with fewest ids first, and the ids in it."""
    patterns = [(row, one) for row in ENDPOINTS.values() for one in _paths(row, version)]
    tried = [(row, re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", one), path)) for row, one in patterns]
    found = [(row, match.groupdict()) for row, match in tried if match]
    return min(found, key=lambda one: len(one[1]), default=(None, {}))


def _paths(row: Endpoint, version: str) -> Iterator[str]:
    path = row.path_in(version)
    if path:
        yield path
    if path and row.alias:
        yield from (row.renamed, row.path)


def _unknown(path: str) -> Endpoint:
    name = re.sub(r"\W+", "_", path).strip("_")[:NAME_LENGTH]
    return Endpoint(f"get_{name}", path, "", f"What {path} holds.", paging="any", key=())
