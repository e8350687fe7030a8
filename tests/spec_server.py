"""A mock of both versions of the API, made from the vendor's two specifications alone: it knows no catalog.

It answers every path of ``data/spec/v2.json`` and ``v3.json`` with rows made from their schemas, page by page with the
keys that they name, and refuses what they refuse: a value that is not in an enumeration, a word where a number belongs.
``plausible`` rows have amounts where a text is called an amount; ``wild`` ones know types and nothing else, and have what
specifications do not say: nothing where something belongs, values that no enumeration has, fields that nobody knows.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from docs.rows import SPEC
from docs.specification import read_specification

PAGE = 25
ROWS = 30
KEY = "sk_" + "7" * 40

WORDS = ("biasa", "a/b?c#d%2F", "", "=1+1", "Toko 👩‍👩‍👧", "baris\nkedua", " 08123 ", "0", "null", "a" * 300, "ключ")
TEXTS = {
    "date-time": (
        "2026-11-01T00:00:00Z",
        "2026-02-28T23:59:59.999999Z",
        "1999-12-31T17:00:00+07:00",
        "2026-11-01T00:00:00",
    ),
    "datetime": ("2026-11-01T00:00:00Z", "2026-11-01 00:00:00"),
    "time": ("08:00", "23:59:59"),
    "uri": ("https://contoh.example/a?b=c", ""),
    "email": ("budi@surat.example", ""),
    "uuid": ("0197f6a0-0000-7000-8000-000000000001", "0197F6A0-0000-7000-8000-00000000000F"),
    "decimal": ("0", "0.00", "1234567.89", "-5.5", "90090.09009009009"),
}
WHOLE = (0, 1, -1, 25, 2**31, 2**53 + 1)
FRACTIONS = (0, 0.1, 1.5e4, -2.25, 90090.09009009009, 123456789012.34)
ANY = (None, 1, "satu", [1, 2], {"a": {"b": None}}, True)
AMOUNT = re.compile(r"amount|balance|price|revenue|fee|cost|income|discount$|value$|vat|tax|spend|rate$|percentage")
MOMENT = re.compile(r"(_at|_time|_start|_end)$")


class Rows:
    """Rows of one list, the same each time.

    Args:
        path: of which list.
        item: its schema.
        wild: whether names mean nothing.
    """

    def __init__(self, path: str, item: Any, *, wild: bool) -> None:
        self.item, self.wild = item, wild
        self.random = random.Random(path)

    def make(self, count: int = ROWS) -> list[Any]:
        """The rows; an ``id`` is never given twice."""
        rows = [self.value("", self.item) for _ in range(count)]
        if not rows:
            return []
        if not isinstance(rows[0], dict):
            return list(dict.fromkeys(rows))
        for number, row in enumerate(rows, 1):
            if "id" in row or not row:
                row["id"] = number if number % 2 else str(number)
            if self.wild and number % 3 == 0:
                row["field_of_tomorrow"] = self.random.choice(({"a": [1, None]}, "baru", None, 7))
            if self.wild and "unique_id" in row:
                row["unique_id"] = f"{number}/a?b#c%2F d"
        return rows

    def value(self, name: str, kind: Any) -> Any:
        """A value of a type."""
        if isinstance(kind, dict):
            return {
                field: self.value(field, one) for field, one in kind.items() if field == "id" or not self.is_odd(0.02)
            }
        if isinstance(kind, list):
            return [self.value(name, kind[0]) for _ in range(self.random.randrange(3))] if kind else []
        if (kind.endswith("?") and self.random.random() < 0.3) or (name not in ("", "id") and self.is_odd(0.04)):
            return None
        kind = kind.rstrip("?")
        if kind.startswith("enum:"):
            if self.is_odd(0.1):
                return "baru_sekali"
            return self.random.choice(kind.removeprefix("enum:").split("|"))
        if kind == "any":
            return self.random.choice(ANY) if name else {"id": self.random.getrandbits(60), "name": "apa saja"}
        if kind == "map":
            return self.random.choice(({}, {"Kaos 👕": 2, "b": 1.5}, {"a": {"b": None}})) if name else {}
        return self.scalar(name, self.random.choice(kind.split("|")))

    def is_odd(self, share: float) -> bool:
        """Whether a wild row breaks its specification here."""
        return self.wild and self.random.random() < share

    def scalar(self, name: str, kind: str) -> Any:
        """A value of a plain type."""
        match kind.partition(":")[::2]:
            case "boolean", _:
                return self.random.random() < 0.5
            case "integer", _:
                return self.random.choice(WHOLE)
            case "number", _:
                return self.random.choice(FRACTIONS)
            case "string", "":
                named = "decimal" if AMOUNT.search(name) else "date-time" if MOMENT.search(name) else ""
                return self.random.choice(WORDS if self.wild or not named else TEXTS[named])
            case _, said:
                return self.random.choice(TEXTS[said])


def refusal(spec: dict[str, Any], asked: dict[str, str]) -> str:
    """Why a strict server refuses the parameters; empty when it does not."""
    for name, value in asked.items():
        kind = spec["query"].get(name, "string")
        if kind.startswith("enum:") and value.lower() not in kind.removeprefix("enum:").lower().split("|"):
            return f"{name} must be one of {kind}"
        if kind == "integer" and not value.isdecimal():
            return f"{name} must be an integer"
    return ""


class Mock:
    """The answers of one version.

    Args:
        version: ``v2`` or ``v3``.
        wild: see the module.
        count: how many rows each list has.

    Attributes:
        lists: the specification's lists by path.
    """

    def __init__(self, version: str, *, wild: bool, count: int = ROWS) -> None:
        self.version, self.wild, self.count = version, wild, count
        self.lists = {one["path"]: one for one in read_specification(SPEC / f"{version}.json").lists.values()}
        # Parameters are no longer than a part of the path; literal paths win.
        self.routes = [
            (re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)), path)
            for path in sorted(self.lists, key=lambda path: path.count("{"))
        ]

    def rows(self, path: str, ids: dict[str, str] | None = None) -> list[Any]:
        """What a whole list has; rows that name one of the path's ids name the one that was asked for."""
        rows = Rows(path, self.lists[path]["item"], wild=self.wild).make(self.count)
        return [{**row, **{name: one for name, one in (ids or {}).items() if name in row and name != "id"}}
                if type(row) is dict else row
                for row in rows]  # fmt: skip

    def answer(self, below: str, asked: dict[str, str]) -> tuple[int, Any]:
        """Status and body."""
        found = next(((match, path) for pattern, path in self.routes if (match := pattern.fullmatch(below))), None)
        if found is None:
            return 404, {"code": 404, "status": "Not Found", "error": "no such path"}
        match, path = found
        spec, rows = self.lists[path], self.rows(path, {name: unquote(one) for name, one in match.groupdict().items()})
        if why := refusal(spec, asked):
            return 400, {"code": 400, "status": "Bad Request", "error": why}
        if spec["kind"] == "plain":
            known = {"is_paginated": False, "has_next": False, "page_size": ROWS}
            return 200, self.envelope(spec, rows, {key: known.get(key) for key in spec["paging"]})
        page = self.page(spec, rows, asked)
        return (400, {"error": "bad cursor"}) if page is None else (200, page)

    def page(self, spec: dict[str, Any], rows: list[Any], asked: dict[str, str]) -> Any:
        """One page with its keys; ``None`` for a cursor that nobody gave out."""
        keys = spec["paging"]
        cursors = [key for key in keys if key.startswith("last_") or key in ("next", "next_cursor")]
        start = 0
        if "page" in asked and {"page", "count"} & set(keys):
            start = (int(asked["page"]) - 1) * PAGE
        elif cursors and any(key in asked for key in cursors):
            starts = [one for one in range(0, len(rows), PAGE)
                      if all(str(cursor(key, one)) == asked.get(key) for key in cursors)]  # fmt: skip
            if not starts:
                return None
            start = starts[0]
        size = PAGE if cursors or {"page", "count", "has_next"} & set(keys) else len(rows)
        following = start + size if start + size < len(rows) else None
        known: dict[str, Any] = {
            "has_next": following is not None, "has_previous": start > 0, "page_size": PAGE, "count": len(rows),
            "page": start // PAGE + 1, "is_paginated": True, "previous_cursor": None,
            **{key: None if following is None else cursor(key, following) for key in cursors},
        }  # fmt: skip
        return self.envelope(spec, rows[start : start + size], {key: known.get(key) for key in keys})

    def envelope(self, spec: dict[str, Any], rows: list[Any], keys: dict[str, Any]) -> Any:
        """The rows as this version wraps them."""
        if self.version == "v3":
            return {**keys, "data": rows}
        data = {"results": rows, **keys} if spec["kind"] == "pages" else rows
        return {"code": 200, "status": "Success", "data": data}


def cursor(key: str, place: int) -> Any:
    """What asks for the page that begins at ``place``: a number, a moment or a text, as its name says."""
    if key.endswith("_at") or key == "next":
        return f"2026-11-01T00:00:00.{place:06d}Z"
    return place + 1_000_000 if key == "last_id" else f"c{place}=="


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for the receipt of its headers
    mocks: dict[str, Mock]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        _, version, below = parts.path.split("/", 2)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        if self.headers["Authorization"] != f"Bearer {KEY}":
            status, body = 401, {"code": 401, "status": "Unauthorized"}
        elif version not in self.mocks:
            status, body = 404, {"error": "no such version"}
        else:
            status, body = self.mocks[version].answer(f"/{below}", asked)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def spec_server(*, wild: bool = False, count: int = ROWS) -> Iterator[tuple[str, dict[str, Mock]]]:
    """A running mock: its address without a version, and what it answers."""
    mocks = {version: Mock(version, wild=wild, count=count) for version in ("v2", "v3")}
    handler = type("Handler", (_Handler,), {"mocks": mocks})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", mocks
    finally:
        server.shutdown()
        server.server_close()
