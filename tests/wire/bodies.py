"""Bodies of answers, good and bad, that several files of tests let a server send."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from scalev_frames import errors
from scalev_frames.wire.answers.response import RawResponse

URL = "https://api.scalev.id/v2/stores"
NOW = 1_795_000_000.0
GOOD = {"code": 200, "status": "Success", "data": {"results": [], "has_next": False}}
HTML = "<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"
TRANSIENT: dict[str, tuple[dict[str, Any], type[errors.ScalevError]]] = {
    "500": ({"status": 500, "body": {"code": 500, "status": "Internal Server Error"}}, errors.ServerError),
    "502 as a page": ({"status": 502, "body": HTML}, errors.ServerError),
    "503": ({"status": 503, "body": ""}, errors.ServerError),
    "500 in a 200": ({"status": 200, "body": {"code": 500, "data": {"results": []}}}, errors.ServerError),
    "a page in a 200": ({"status": 200, "body": HTML}, errors.UnexpectedResponseError),
    "cut, wrong length": (
        {"status": 200, "body": json.dumps(GOOD), "missing": 50},
        errors.UnexpectedResponseError,
    ),
    "cut, right length": ({"status": 200, "body": json.dumps(GOOD)[:30]}, errors.UnexpectedResponseError),
    "empty": ({"status": 200, "body": ""}, errors.UnexpectedResponseError),
    "no gzip": (
        {"status": 200, "body": b"no gzip", "headers": {"Content-Encoding": "gzip"}},
        errors.UnexpectedResponseError,
    ),
    "reset": ({"reset": True}, errors.ConnectionFailedError),
}

#: Any value that JSON can have.
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def plain(file: Path) -> bytes:
    """A file's bytes, and what they say when they are not compressed."""
    stored = file.read_bytes()
    return stored + zlib.decompress(stored[18:])


def reply(status: int = 200, body: object = b"", **headers: str) -> RawResponse:
    """What a server sent, as it was received at `NOW`."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    named = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return RawResponse(status, named, body, URL, NOW)
