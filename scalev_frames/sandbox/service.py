"""Why: what Scalev answers to a request, without any socket: keys, limits, routes, pages.

May import the catalog and this room's `faults`, `filters`, `replies`, `throttle`, `values` and `world`.
"""

from __future__ import annotations

import re
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.sandbox.faults import Fault, edge_page, too_many
from scalev_frames.sandbox.filters import RefusedError
from scalev_frames.sandbox.replies import Reply, failure, success
from scalev_frames.sandbox.throttle import ResetUnit, Throttle
from scalev_frames.sandbox.world import PAGE_SIZE, NotThereError, Rows, World

VERSION = "/v2"
_LIBRARIES = re.compile(r"$|python|curl/|go-http-client|java/|node|axios/|okhttp", re.IGNORECASE)
OrderPath = Literal["both", "old", "new"]


@dataclass(slots=True)
class Request:
    """One request that came.

    Attributes:
        method: ``GET`` and the like.
        path: below the version, such as ``/order``.
        params: query parameters; of a repeated one the last.
        status: the HTTP status it was answered with; 0 as long as it is not, or when the connection was reset.
        at: when it arrived, by the sandbox's clock.
    """

    method: str
    path: str
    params: dict[str, str]
    status: int = 0
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """One address: what it looks like, and whose it is."""

    pattern: re.Pattern[str]
    endpoint: Endpoint
    literals: int


@dataclass
class Service:
    """Answers requests.

    Attributes:
        world: the truth.
        throttle: the limits.
        keys: key to its scopes; ``None`` for a key that may do everything.
        order_path: which of the two names of the order routes answer.
        reset_unit: the unit of ``X-Ratelimit-Reset``.
        limit_dress: a 429 as ``text``, ``json`` or ``html``.
        blocks_libraries: whether the edge refuses a library's default User-Agent, as the service's did.
        faults: what goes wrong.
        hooks: called with every request before it is answered.
        requests: every request that came, in order of arrival.
    """

    world: World
    throttle: Throttle
    keys: dict[str, frozenset[str] | None]
    order_path: OrderPath = "both"
    reset_unit: ResetUnit = "seconds"
    limit_dress: str = "text"
    blocks_libraries: bool = False
    faults: list[Fault] = field(default_factory=list)
    hooks: list[Callable[[Request], object]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the routes from the catalog."""
        self._lock = threading.Lock()
        self._routes = sorted(_routes(self.order_path), key=lambda route: -route.literals)
        self._literal = {route.pattern.pattern: route.endpoint for route in self._routes if not route.pattern.groups}

    def answer(self, method: str, target: str, headers: Mapping[str, str], address: str) -> Reply:
        """The answer to one request."""
        path, _, query = target.partition("?")
        params = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        request = Request(method, urllib.parse.unquote(path).removeprefix(VERSION), params, at=self.throttle.clock())
        with self._lock:
            self.requests.append(request)
        for hook in tuple(self.hooks):
            hook(request)
        if self.blocks_libraries and _LIBRARIES.match(headers.get("user-agent", "")):
            reply = edge_page()
        else:
            reply = self._limited(request, path, headers.get("authorization", ""), address)
        request.status = 0 if reply.reset else reply.status
        return reply

    def _limited(self, request: Request, path: str, authorization: str, address: str) -> Reply:
        key = authorization.removeprefix("Bearer ")
        verdict = self.throttle.arrive(address, key)
        if verdict and not verdict.allowed:
            reply = too_many(self.limit_dress)
        elif not path.startswith(f"{VERSION}/"):
            reply = failure(404, "Not found")
        else:
            reply = self._faulty(request, key)
        if not verdict:
            return reply
        return replace(reply, headers={**self.throttle.headers(verdict, self.reset_unit), **reply.headers})

    def _faulty(self, request: Request, key: str) -> Reply:
        with self._lock:
            striking = [fault for fault in self.faults if fault.strikes(request.path)]

        def honest(params: Mapping[str, str]) -> Reply:
            return self._honest(request.method, request.path, params, key)

        return striking[0].answer(request.params, honest) if striking else honest(request.params)

    def _honest(self, method: str, path: str, params: Mapping[str, str], key: str) -> Reply:
        if method != "GET":
            return replace(failure(405, "Method not allowed"), headers={"Allow": "GET"})
        if key not in self.keys:
            return failure(401)
        found = self._route(path)
        if found is None:
            return failure(404, "Not found")
        endpoint, ids = found
        scopes = self.keys[key]
        if scopes is not None and scopes.isdisjoint(endpoint.scope.split()):
            return failure(403)
        try:
            return success(*self._data(endpoint, ids, params))
        except NotThereError:
            return failure(404, "Record not found")
        except RefusedError as error:
            return failure(422, "Invalid parameters", {error.name: ["is invalid"]})

    def _route(self, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        if endpoint := self._literal.get(path):
            return endpoint, {}
        for route in self._routes:
            if match := route.pattern.fullmatch(path):
                return route.endpoint, match.groupdict()
        return None

    def _data(self, endpoint: Endpoint, ids: Mapping[str, str], params: Mapping[str, str]) -> list[bytes]:
        if endpoint.paging not in ("cursor", "page"):
            return [self.world.answer(endpoint, ids, params)]
        size = _page_size(params)
        if endpoint.columns_hint:
            return _page(self.world.order_page(params, size), size, b"")
        number = _positive(params, "page", 1) if endpoint.paging == "page" else None
        rows = self.world.list_page(endpoint, ids, params, size, number)
        return _page(rows, size, b"" if number is None else b'"page":%d,' % number)


def _routes(order_path: OrderPath) -> Iterator[Route]:
    for endpoint in ENDPOINTS.values():
        for path in _paths(endpoint, order_path):
            pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)
            yield Route(re.compile(pattern), endpoint, sum("{" not in part for part in path.split("/")))


def _paths(endpoint: Endpoint, order_path: OrderPath) -> Iterable[str]:
    if endpoint.alias is None:
        return [endpoint.path]
    old, new = endpoint.alias
    renamed = new + endpoint.path.removeprefix(old)
    return {"both": [endpoint.path, renamed], "old": [endpoint.path], "new": [renamed]}[order_path]


def _page_size(params: Mapping[str, str]) -> int:
    return min(_positive(params, "page_size", PAGE_SIZE), PAGE_SIZE)


def _positive(params: Mapping[str, str], name: str, otherwise: int) -> int:
    value = params.get(name)
    if value is None:
        return otherwise
    if not (value.isascii() and value.isdecimal() and int(value) > 0):
        raise RefusedError(name)
    return int(value)


def _page(rows: Rows, size: int, number: bytes) -> list[bytes]:
    """A page of a list, in pieces; a page number, where there is one, in place of the cursor."""
    position = number or b'"last_id":%b,' % rows.cursor
    has_next = b"true" if rows.has_next else b"false"
    pieces = [b'{"has_next":%b,%b"page_size":%d,"results":[' % (has_next, position, size)]
    for record in rows.records:
        pieces += (record, b",")
    pieces[-1:] = [b"]}"] if rows.records else [pieces[-1], b"]}"]
    return pieces
