"""Whether an answer is an envelope, a record or a page of its own, or says that something failed."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any

#: What an envelope or an error may say beside, or in place of, its data.
_ENVELOPE_WORDS = {"status", "message", "detail", "details", "success", "ok", "reason"}
#: What says that something failed.
_FAILURES = {"error", "errors", "error_code", "message"}
#: A ``status`` of an envelope that something failed, whatever its code.
_FAILED = {"error", "errors", "fail", "failed", "failure"}
#: A ``success`` of one.
_NO = {"false", "0"}
_LIMIT_WORDS = re.compile(r"rate.?limit|too many requests|quota exceeded", re.IGNORECASE)
#: Where programs between here and the server put a status.
_STATUSES = ("status", "statusCode", "status_code")
#: What an object of an answer says once: of two, a parser keeps the last, and rows of the other would be gone.
_SAID_ONCE = (b'"data"', b'"results"', b'"has_next"', b'"next"', b'"next_cursor"', b'"last_id"')


def said_twice(content: bytes) -> str:
    """The name that one object of an answer has twice, where rows or the next page would be lost by it; else ``""``.

    >>> said_twice(b'{"data": [{"id": 1}], "data": []}'), said_twice(b'{"data": {"data": []}}')
    ('data', '')
    """
    names = [name.strip(b'"').decode() for name in _SAID_ONCE if content.count(name) > 1]
    found: list[str] = []

    def see(pairs: list[tuple[str, Any]]) -> None:
        said = [name for name, _ in pairs]
        found.extend(name for name in names if said.count(name) > 1)

    if names:
        with contextlib.suppress(ValueError, RecursionError):
            json.loads(content, object_pairs_hook=see)
    return next(iter(found), "")


def unwrapped(body: Any) -> Any:  # noqa: ANN401 - any JSON value
    """What a program between here and the server put into envelopes of its own: the server's envelope.

    >>> unwrapped({"success": True, "data": {"code": 200, "status": "OK", "data": [1]}})
    {'code': 200, 'status': 'OK', 'data': [1]}
    """
    while isinstance(body, dict) and "id" not in body and not says_failed(body) and code_of(body, 200) < 400:
        inner = body.get("data")
        if not isinstance(inner, dict) or "id" in inner or not inner.keys() >= {"code", "data"}:
            break
        if not 100 <= code_of(inner, 0) < 600:
            break
        body = inner
    return body


def inner_error(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The error that an envelope of another program holds as its data."""
    inner = body.get("data")
    if not isinstance(inner, dict) or inner.keys() & {"data", "id", "results"} or not inner.keys() & _FAILURES:
        return None
    return inner if code_of(inner, 200) >= 400 else None


def says_failed(body: Mapping[str, Any]) -> bool:
    """Whether an envelope that is good by its codes has an error beside its data, or in its place."""
    if "id" in body or not body.keys() & {"data", "code"}:
        return False  # a record may have an error of its own
    says_error = any(body.get(name) for name in _FAILURES - {"message"})
    is_failure = str(body.get("status")).strip().lower() in _FAILED
    return says_error or is_failure or any(str(body.get(name)).lower() in _NO for name in ("success", "ok"))


def is_limit(headers: Mapping[str, str], words: str) -> bool:
    """Whether a refusal is a rate limit's: it says so, when to come again, or that no request is left."""
    has_none_left = headers.get("X-Ratelimit-Remaining", "").strip() == "0"
    return "Retry-After" in headers or has_none_left or bool(_LIMIT_WORDS.search(words))


def is_record(body: Mapping[str, Any]) -> bool:
    """Whether ``data`` is a field of a record that has no envelope."""
    return "id" in body and "code" not in body and not isinstance(body["data"], list)


def is_record_of(data: object, one: str, code: str | None = None) -> bool:
    """Whether a response is the record that was asked for: by its code where both have one, else by its id.

    A record that has a number may be answered with the id that it got later, and two businesses may use the same ids.

    >>> is_record_of({"id": "9", "order_id": "261101A"}, "7", "261101A"), is_record_of({"id": 9}, "7")
    (True, False)
    >>> is_record_of({"id": "7", "order_id": "261101B"}, "7", "261101A")
    False
    """
    if not isinstance(data, dict) or not data or isinstance(data.get("results"), list):
        return False
    if code and data.get("order_id") is not None:
        return str(data["order_id"]).strip().casefold() == code.strip().casefold()
    named = {str(data[name]) for name in ("id", "order_id") if data.get(name) is not None}
    return not named or one in named


def is_bare(body: Mapping[str, Any]) -> bool:
    """Whether an object without ``data`` is a record or a page itself, and not an envelope that lacks it."""
    has_error = body.get("error") or body.get("errors") or ("id" not in body and body.keys() & {"error", "errors"})
    if not body or has_error or ("code" in body and not _is_own_code(body)):
        return False
    return bool(body.keys() & {"id", "results"}) or not body.keys() & _ENVELOPE_WORDS


def _is_own_code(body: Mapping[str, Any]) -> bool:
    """Whether ``code`` is a field of a record, such as a discount code, and not the envelope's."""
    return "id" in body and "data" not in body and isinstance(body.get("code"), str)


def code_of(body: Mapping[str, Any], otherwise: int) -> int:
    """The ``code`` of an envelope as a status; another number that says beside its data that something failed wins.

    >>> code_of({"code": 404}, 200), code_of({"status": 500, "data": []}, 200), code_of({"id": 7, "status": 500}, 200)
    (404, 500, 200)
    """
    is_envelope = "data" in body and "id" not in body
    others = [number_in(str(body.get(name, ""))) for name in _STATUSES] if is_envelope else []
    failed = next((int(one) for one in others if one is not None and 400 <= one < 600), 0)
    code = None if _is_own_code(body) else number_in(str(body.get("code", "")))
    return failed or (otherwise if code is None else int(code))


def number_in(text: str) -> float | None:
    """The number that a text is, if it is one."""
    return float(text) if re.fullmatch(r"-?\d{1,18}(\.\d*)?", text.strip()) else None
