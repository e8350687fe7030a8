"""Why: everything that goes wrong out there can be made to go wrong here, at the request a test names.

May import `replies`, `throttle` and `values`. Each kind of fault is one function that gets the honest service and gives
another answer.
"""

from __future__ import annotations

import fnmatch
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from scalev_frames.sandbox.replies import HTML, TEXT, Reply, failure, html
from scalev_frames.sandbox.throttle import reset_text
from scalev_frames.sandbox.values import dump

Params = Mapping[str, str]
#: The honest service: query parameters to answer.
Honest = Callable[[Params], Reply]


@dataclass(init=False, eq=False)
class Fault:
    """Something that goes wrong.

    Args:
        kind: one of `KINDS`.
        path: whose requests, below the version, as a pattern: ``/order``, ``/stores/*/products``.
        at: the first of those requests that it happens to, counted from 1.
        times: to how many in a row.
        **details: what the kind needs, see below.

    Kinds and their details:

    - ``rate_limit``: 429. ``dress`` ``"text"``, ``"json"`` or ``"html"``; ``retry_after`` a text; ``reset`` the unit of
      ``X-Ratelimit-Reset``, which then comes with ``Remaining: 0``; ``reset_in`` seconds.
    - ``server_error``: ``status`` (502) with an HTML body.
    - ``error``: ``status`` as the service's own JSON, with ``error`` when given.
    - ``edge``: 403 with Cloudflare's page, error 1010.
    - ``reset``: the connection is reset.
    - ``cut``: the body ends before the announced length.
    - ``invalid_json``: half of the body, and its length is right.
    - ``html``: an HTML page with 200.
    - ``body_code``: HTTP 200 whose body says ``code`` (500).
    - ``repeated_cursor``: the cursor that was sent comes back, with more to come.
    - ``ignore_cursor``: the first page again.
    - ``ignore_filter``: ``filter`` has no effect; several are separated by spaces.
    - ``refuse_value``: ``status`` (400) where ``param`` is ``value``: a strict server's enum.
    - ``assume``: ``param`` is ``value`` where it is not sent: another server's default.
    - ``empty_page``: no rows, and more to come.
    - ``no_results``: ``results`` is missing.
    - ``slow``: ``delay`` (1.0) seconds.
    - ``drip``: one byte, and the next one ``pause`` (1.0) seconds later.
    - ``bomb``: a body of ``megabytes`` (100), packed to a thousandth of that.
    - ``unusable``: a whole body that is no answer, ``how`` ``"nan"``, ``"utf8"``, ``"deep"`` or ``"empty"``, a 204.
    - ``bare``: what the envelope would carry, without the envelope.
    - ``redirect``: 302 to ``location``.
    - ``vary``: ``Vary: Authorization``.

    Raises:
        ValueError: an unknown kind or detail.

    >>> Fault("server_error", "/order", at=3, status=503)
    Fault(kind='server_error', path='/order', at=3, times=1, details={'status': 503})
    """

    kind: str
    path: str
    at: int
    times: float
    details: dict[str, Any]
    _seen: int = field(repr=False)

    def __init__(self, kind: str, path: str = "*", at: int = 1, times: float = 1, **details: Any) -> None:  # noqa: ANN401
        if kind not in KINDS:
            raise ValueError(f"There is no fault {kind!r}; there are {', '.join(KINDS)}.")
        unknown = set(details) - set(KINDS[kind].details)
        if unknown:
            raise ValueError(f"The fault {kind!r} has no {', '.join(sorted(unknown))}.")
        self.kind, self.path, self.at, self.times, self.details = kind, path, at, times, details
        self._seen = 0

    def strikes(self, path: str) -> bool:
        """Whether it happens to this request; counts it when it is one of its own."""
        if not fnmatch.fnmatchcase(path, self.path):
            return False
        self._seen += 1
        return self.at <= self._seen < self.at + self.times

    def answer(self, params: Params, honest: Honest) -> Reply:
        """What is answered in place of the honest answer."""
        kind = KINDS[self.kind]
        return kind.answer({**kind.details, **self.details}, params, honest)


def _rate_limit(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    headers: dict[str, str] = {}
    if details["retry_after"] is not None:
        headers["Retry-After"] = str(details["retry_after"])
    if details["reset"] is not None:
        reset = reset_text(details["reset_in"], time.time(), details["reset"])
        headers |= {"X-Ratelimit-Limit": "30", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": reset}
    return replace(too_many(details["dress"]), headers=headers)


def too_many(dress: str) -> Reply:
    """A 429 as text, JSON or HTML."""
    match dress:
        case "json":
            return failure(429, "Too many requests")
        case "html":
            return html(429, "Error 1015: You are being rate limited")
        case _:
            return Reply(429, (b"Too many requests",), TEXT)


def _server_error(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return html(details["status"], f"{details['status']} Server Error")


def _error(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return failure(details["status"], details["error"])


def _edge(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return edge_page()


def edge_page() -> Reply:
    """What the edge answers to what it does not let through."""
    page = html(403, "Access denied | api.scalev.id used Cloudflare to restrict access (error 1010)")
    return replace(page, headers={"Server": "cloudflare", "CF-RAY": "8f00000000000000-CGK"})


def _reset(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return Reply(200, reset=True)


def _cut(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    reply = honest(params)
    body = reply.body
    middle = len(body) // 2
    return replace(reply, pieces=(body[:middle],), missing=len(body) - middle)


def _invalid_json(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    reply = honest(params)
    body = reply.body
    return replace(reply, pieces=(body[: len(body) // 2],))


def _html(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return Reply(200, (b"<html><body>Maintenance</body></html>",), HTML)


def _body_code(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return replace(failure(details["code"], "Something went wrong"), status=200)


def _repeated_cursor(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    sent = {name: _as_sent(params[name]) for name in ("last_id", "page") if name in params}
    return _changed(honest(params), {**sent, "has_next": True})


def _as_sent(cursor: str) -> int | str:
    return int(cursor) if cursor.isdecimal() else cursor


def _ignore_cursor(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return honest({name: value for name, value in params.items() if name not in ("last_id", "page")})


def _ignore_filter(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:
    ignored = details["filter"].split()
    return honest({name: value for name, value in params.items() if name not in ignored})


def _refuse_value(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:
    name, value = details["param"], details["value"]
    if params.get(name) == value:
        return failure(details["status"], f"{name} must be one of the documented values")
    return honest(params)


def _assume(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:
    return honest({details["param"]: details["value"], **params})


def _empty_page(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return _changed(honest(params), {"results": [], "has_next": True})


def _no_results(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return _changed(honest(params), {"results": None}, gone=("results",))


def _slow(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:
    return replace(honest(params), delay=details["delay"])


def _drip(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:
    return replace(honest(params), pause=details["pause"])


def _bomb(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    packer = zlib.compressobj(9, wbits=31)
    spaces = b" " * 2**20
    pieces = (packer.compress(b'{"data":'), *(packer.compress(spaces) for _ in range(details["megabytes"])))
    return Reply(200, (*pieces, packer.compress(b"[]}"), packer.flush()), headers={"Content-Encoding": "gzip"})


def _unusable(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    if details["how"] == "empty":
        return Reply(204)
    bodies = {"nan": b'{"data":[NaN]}', "utf8": b'{"data":["\xff"]}', "deep": b'{"data":' + b"[" * 100_000}
    return Reply(200, (bodies[details["how"]],))


def _bare(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    reply = honest(params)
    return replace(reply, pieces=(dump(orjson.loads(reply.body)["data"]),)) if reply.status == 200 else reply


def _redirect(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return Reply(302, headers={"Location": details["location"]})


def _vary(details: Mapping[str, Any], params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return replace(honest(params), headers={"Vary": "Authorization"})


def _changed(reply: Reply, changes: Mapping[str, Any], gone: tuple[str, ...] = ()) -> Reply:
    """``reply`` with parts of its ``data`` changed."""
    body = orjson.loads(reply.body)
    data = {**body["data"], **changes}
    body["data"] = {name: value for name, value in data.items() if name not in gone}
    return replace(reply, pieces=(dump(body),))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault: how it answers, and its details with their defaults."""

    answer: Callable[[Mapping[str, Any], Params, Honest], Reply]
    details: Mapping[str, Any] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    "rate_limit": Kind(_rate_limit, {"dress": "text", "retry_after": None, "reset": None, "reset_in": 1.0}),
    "server_error": Kind(_server_error, {"status": 502}),
    "error": Kind(_error, {"status": 400, "error": ""}),
    "edge": Kind(_edge),
    "reset": Kind(_reset),
    "cut": Kind(_cut),
    "invalid_json": Kind(_invalid_json),
    "html": Kind(_html),
    "body_code": Kind(_body_code, {"code": 500}),
    "repeated_cursor": Kind(_repeated_cursor),
    "ignore_cursor": Kind(_ignore_cursor),
    "ignore_filter": Kind(_ignore_filter, {"filter": ""}),
    "refuse_value": Kind(_refuse_value, {"param": "datetime_type", "value": "created_at", "status": 400}),
    "assume": Kind(_assume, {"param": "datetime_type", "value": "draft_time"}),
    "empty_page": Kind(_empty_page),
    "no_results": Kind(_no_results),
    "slow": Kind(_slow, {"delay": 1.0}),
    "drip": Kind(_drip, {"pause": 1.0}),
    "bomb": Kind(_bomb, {"megabytes": 100}),
    "unusable": Kind(_unusable, {"how": "nan"}),
    "bare": Kind(_bare),
    "redirect": Kind(_redirect, {"location": "https://elsewhere.example/v2/order"}),
    "vary": Kind(_vary),
}
