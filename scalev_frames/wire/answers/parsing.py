"""What the server sent is either a good response or one of our errors, and nothing between.

Pure functions from a status, headers and bytes to parsed JSON or an error. The same errors come in many forms: as a
status, as the ``code`` in the body of an HTTP 200, as plain text, as a page of the edge in front of the service.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import orjson

from scalev_frames.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    EdgeBlockedError,
    ForbiddenError,
    InvalidParametersError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnexpectedResponseError,
)
from scalev_frames.frames.values.scalars import mended
from scalev_frames.wire.answers import envelopes, page_info
from scalev_frames.wire.answers.clocks import moment_of, seconds_until_reset
from scalev_frames.wire.answers.envelopes import code_of, number_in
from scalev_frames.wire.answers.response import RawResponse, Response

#: Where the server's own words are looked for, in this order.
WORDS_AT = ("error", "message", "errors", "details", "detail", "status")
#: The most of the server's words that an error repeats.
WORDS_LENGTH = 300
#: What helps where another web server answers.
SIGN_IN = "Check base_url, and whether this network wants you to sign in first, as in a hotel."
#: How deep in lists and objects the server's words may lie.
WORDS_DEPTH = 20
#: The longest window of the documented limits, in seconds.
HOUR = 3600.0
#: Headers that may hold the server's id of a request.
REQUEST_ID_AT = ("x-request-id", "request-id", "x-correlation-id", "cf-ray")

#: Every character of a number is a 0, and every one that stands before a number is a colon.
_NUMBER_BYTES = bytes.maketrans(b"123456789.eE+-,[ \t\r\n", b"0" * 14 + b":" * 6)
#: A float keeps 15 digits of any number; with a point, a longer one has 17 characters or more.
_LONG = b":" + b"0" * 17
#: Halves of characters, as escapes or bytes; escapes of whole characters look the same.
_HALVES = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
_ROWS = re.compile(r"[\[{]\s*[\"'\[{]")
_EDGE_WORDS = re.compile(r"error code: ?1\d\d\d|cloudflare", re.IGNORECASE)

_BY_STATUS: dict[int, tuple[type[ApiError], str]] = {
    400: (BadRequestError, "The server could not use the request"),
    401: (AuthenticationError, "The server refused the key"),
    403: (ForbiddenError, "The key is not allowed to do this"),
    404: (NotFoundError, "The server knows no such record or address"),
    408: (ServerError, "The server waited too long for the request"),
    410: (NotFoundError, "The server has no such record or address any more"),
    422: (InvalidParametersError, "The server refused the parameters"),
    425: (ServerError, "The server wants the request again"),
    **dict.fromkeys((420, 429, 430), (RateLimitedError, "The server's rate limit is used up")),
}


def parse(content: bytes) -> Any:  # noqa: ANN401 - any JSON value
    r"""JSON, exactly: a number that a float cannot give back digit by digit comes as a `Decimal`, or as a Python int.

    Halves of characters, which no file holds, are � in texts and spelled out in names, which stay different.

    Raises:
        ValueError: it is no JSON.

    >>> parse(b'{"id": 123456789012345678901234567890, "price": 0.12345678901234567890}')
    {'id': 123456789012345678901234567890, 'price': Decimal('0.12345678901234567890')}
    >>> parse(b'{"price": 1.5e4}')
    {'price': 15000.0}
    >>> parse(rb'{"name\ud800": "Siti \ud83d"}')
    {'name\\ud800': 'Siti �'}
    """
    try:
        if not _has_long_number(content):
            return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass  # a number beyond every float or half an emoji may be all that is wrong
    try:
        read = json.loads(content, parse_float=_fraction, parse_constant=_refuse)
        return _whole_characters(read) if _HALVES.search(content) else read
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _whole_characters(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case str():
            return mended(value)
        case list():
            return [*map(_whole_characters, value)]
        case dict():
            names = (name.encode("utf-8", "backslashreplace").decode() for name in value)
            return dict(zip(names, map(_whole_characters, value.values()), strict=True))
        case _:
            return value


def _fraction(text: str) -> float | Decimal:
    """A float where its text comes back, so that one long number does not change the others."""
    exact, number = Decimal(text), float(text)
    return number if Decimal(repr(number)) == exact else exact


def parse_response(raw: RawResponse, longest: float = HOUR, usual: float = HOUR) -> Response | ApiError:
    """The data of a good response, or the error that the response is; the windows are for `seconds_to_wait`.

    Good is HTTP 2xx and JSON that is an envelope (``data``, and a ``code`` of 2xx where there is one), a record or a
    page of a list without an envelope, or a bare list.

    >>> address = "https://api.scalev.id/v2/order/7"
    >>> parse_response(RawResponse(200, {}, b'{"code": 200, "data": []}', address, 0.0)).data
    []
    >>> parse_response(RawResponse(200, {}, b'{"id": 7, "status": "shipped"}', address, 0.0)).data
    {'id': 7, 'status': 'shipped'}
    >>> parse_response(RawResponse(200, {}, b'{"code": 401, "status": "Unauthorized"}', address, 0.0))
    AuthenticationError('The server refused the key (401 from /v2/order/7): Unauthorized.')
    """
    if 300 <= raw.status < 400:
        return _redirected(raw)
    body = envelopes.unwrapped(_parsed_or_none(raw.content))
    if not 200 <= raw.status < 300:
        return _error(raw.status, raw, body, longest, usual)
    if raw.status == HTTPStatus.PARTIAL_CONTENT:
        return _unexpected(raw, "The server sent a part of its answer", retryable=False)
    if name := page_info.further_header(raw.headers, body):
        return _unexpected(raw, f"The header {name} says that there are more rows, nothing else", retryable=False)
    if isinstance(body, list):
        return _good(raw, body, body)
    if not isinstance(body, dict):
        return _unreadable(raw, body is not None or raw.content.strip() == b"null")
    if inner := envelopes.inner_error(body):
        return _error(code_of(inner, raw.status), raw, inner, longest, usual)
    status = code_of(body, raw.status)
    return _carried(raw, body) if 200 <= status < 300 else _error(status, raw, body, longest, usual)


def _carried(raw: RawResponse, body: dict[str, Any]) -> Response | ApiError:
    """What an object that is good by its codes carries."""
    if envelopes.says_failed(body):
        words = server_words(raw.content, body)
        return _unexpected(raw, "The answer says that something failed", retryable=True, words=words)
    if name := envelopes.said_twice(raw.content):
        return _unexpected(raw, f"The answer says {name} twice", retryable=False)
    if "data" in body and not envelopes.is_record(body):
        return _good(raw, body, body["data"])
    if envelopes.is_bare(body):
        return _good(raw, body, body)
    return _unexpected(raw, "The answer holds no data", retryable=False)


def _good(raw: RawResponse, body: Any, data: Any) -> Response:  # noqa: ANN401 - any JSON values
    return Response(raw.content, data, raw.received_at, body=body)


def seconds_to_wait(raw: RawResponse, longest: float = HOUR, usual: float = HOUR) -> float | None:
    """How long the server asks to wait: its ``Retry-After``, else its ``X-Ratelimit-Reset``, of an unknown unit.

    A ``Reset`` beyond ``longest`` seconds is not believed: the wait is ``usual`` seconds.

    Returns:
        Seconds, not below zero; ``None`` when it does not say.

    >>> seconds_to_wait(RawResponse(429, {"Retry-After": "7"}, b"", "", 0.0))
    7.0
    """
    after = raw.headers.get("Retry-After", "").strip()
    if (seconds := number_in(after)) is not None:
        return max(0.0, seconds)
    if (moment := moment_of(after)) is not None:
        return max(0.0, moment - raw.received_at)
    left = seconds_until_reset(raw.headers, raw.received_at)
    return usual if left is not None and left > longest else left


def server_words(content: bytes, body: object = None) -> str:
    """What the server itself says, shortened, in one line.

    >>> server_words(b'{"code": 422, "errors": {"page_size": ["is too large"]}, "status": "Unprocessable"}')
    'page_size: is too large'
    >>> server_words(b"<html><body><h1>502 Bad&nbsp;Gateway</h1></body></html>")
    '502 Bad Gateway'
    """
    body = _parsed_or_none(content) if body is None else body
    text = next(_said(body), "")
    if not text and not _may_hold_rows(content, body):
        text = html.unescape(_UNSEEN.sub(" ", content.decode("utf-8", "replace")))
        text = _ROWS.split(text, maxsplit=1)[0] if body is None else text  # rows may stand behind a warning
    line = " ".join(text.split())
    return line if len(line) <= WORDS_LENGTH else line[: WORDS_LENGTH - 1] + "…"


def _said(body: object) -> Iterator[str]:
    """The words of a body; what stands elsewhere in it may be customers' rows."""
    if isinstance(body, dict):
        yield from (text for name in WORDS_AT if (text := _in_words(body.get(name))))
    elif isinstance(body, list):
        words = (next(_said(one), "") for one in body if not isinstance(one, list))
        yield ", ".join(filter(None, words))
    elif isinstance(body, str):
        yield body


def _may_hold_rows(content: bytes, body: object) -> bool:
    """Whether a body, or what is left of one, may hold rows, which no sentence repeats."""
    if isinstance(body, dict):
        return "id" in body or any(isinstance(one, list | dict) for one in body.values())
    return isinstance(body, list) or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def field_details(body: object) -> dict[str, tuple[str, ...]]:
    """Each refused field with the server's messages.

    >>> field_details({"details": {"page_size": ["is too large"], "status": "is invalid"}})
    {'page_size': ('is too large',), 'status': ('is invalid',)}
    """
    if not isinstance(body, dict):
        return {}
    named = (body.get(name) for name in ("details", "errors", "error"))
    found: dict[str, Any] = next((said for said in named if isinstance(said, dict)), {})
    return {
        str(name): tuple(_in_words(one) for one in (said if isinstance(said, list) else [said]))
        for name, said in found.items()
    }


def _has_long_number(content: bytes) -> bool:
    """Whether a number, or something in a text that looks like one, is too long for a float."""
    plain = content.translate(_NUMBER_BYTES)
    return _LONG in plain or plain.startswith(_LONG[1:])


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _parsed_or_none(content: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return parse(content)
    except ValueError:
        return None


def _in_words(value: object, depth: int = WORDS_DEPTH) -> str:
    """A text as it is, lists and objects as one line; nothing for what are no words, or lies deeper."""
    match value:
        case str():
            return value
        case dict() if depth:
            parts = ((name, _in_words(said, depth - 1)) for name, said in value.items())
            return "; ".join(f"{name}: {text}" for name, text in parts if text)
        case list() if depth:
            return ", ".join(filter(None, (_in_words(one, depth - 1) for one in value)))
        case _:
            return ""


def _error(status: int, raw: RawResponse, body: object, longest: float, usual: float) -> ApiError:
    """The error of ``status``, which is the HTTP status or the ``code`` of a body."""
    words = server_words(raw.content, body)
    kind: type[ApiError]
    if status == 403 and envelopes.is_limit(raw.headers, words):
        kind, sentence = _BY_STATUS[429]
    elif status == 403 and body is None and _is_edge(raw, words):
        kind, sentence = EdgeBlockedError, "The edge in front of the server blocked this request"
    elif status in _BY_STATUS:
        kind, sentence = _BY_STATUS[status]
    elif 400 <= status < 500:
        kind, sentence = BadRequestError, "The server refused the request"
    elif status >= 500:
        kind, sentence = ServerError, "The server failed"
    else:
        return _unexpected(raw, f"The answer's code is {status}", retryable=False)
    fields = field_details(body) if status in (400, 422) else {}
    error = kind(
        _sentence(f"{sentence} ({status} from {urlsplit(raw.url).path})", _with_fields(words, fields)),
        status_code=status,
        server_words=words,
        fields=fields,
        retry_after=seconds_to_wait(raw, longest, usual) if kind in (RateLimitedError, ServerError) else None,
        url=raw.url,
    )
    error.request_id = _request_id(raw)
    if isinstance(error, RateLimitedError):
        error.limit = raw.headers.get("X-Ratelimit-Limit", "").strip()
    return error


def _with_fields(words: str, fields: Mapping[str, tuple[str, ...]]) -> str:
    """The server's words, and what it refuses of each field where they do not say it."""
    unsaid = {name: said for name, said in fields.items() if name not in words}
    details = "; ".join(f"{name}: {', '.join(said)}" for name, said in unsaid.items())[:WORDS_LENGTH]
    return f"{words.rstrip('.')} ({details})" if words and details else words or details


def _is_edge(raw: RawResponse, words: str) -> bool:
    """The service itself answers in JSON, or with nothing; a page or a bare error code comes from before it."""
    from_edge = "cloudflare" in raw.headers.get("Server", "").lower()
    return bool(words) and (from_edge or raw.content.lstrip()[:1] == b"<" or bool(_EDGE_WORDS.search(words)))


def _redirected(raw: RawResponse) -> ApiError:
    if raw.status == 304:
        return _unexpected(raw, "The server answers as if it had been asked for changes only", retryable=True)
    error = _unexpected(raw, "The server redirects, and the key may go to base_url only", retryable=False)
    target = raw.headers.get("Location", "").partition("?")[0]
    error.advice = f"{SIGN_IN} The server points to {target[:WORDS_LENGTH] or 'nowhere'}."
    return error


def _unreadable(raw: RawResponse, is_json: bool) -> ApiError:
    start = raw.content.lstrip()[:1]
    what = "a web page, not JSON" if start == b"<" else "cut off or no JSON" if start else "empty"
    return _unexpected(raw, f"The answer is {'no JSON object and no list' if is_json else what}", retryable=True)


def _unexpected(raw: RawResponse, sentence: str, retryable: bool, words: str = "") -> ApiError:
    words = words or (server_words(raw.content) if raw.content.lstrip()[:1] == b"<" else "")
    error = UnexpectedResponseError(
        _sentence(f"{sentence} ({raw.status} from {urlsplit(raw.url).path})", words),
        status_code=raw.status,
        server_words=words,
        url=raw.url,
    )
    error.request_id = _request_id(raw)
    error.retryable = retryable
    return error


def _request_id(raw: RawResponse) -> str | None:
    return next((raw.headers[name][:100] for name in REQUEST_ID_AT if raw.headers.get(name)), None)


def _sentence(text: str, words: str) -> str:
    """``text`` and the server's words as one sentence."""
    return f"{text}: {words}" + ("" if words.endswith((".", "…", "!", "?")) else ".") if words else f"{text}."
