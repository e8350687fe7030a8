"""What Scalev answers to a request, without any socket: keys, limits, routes, pages."""

from __future__ import annotations

import re
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial

from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.sandbox.server.faults import Fault
from scalev_frames.sandbox.server.honest import Honest
from scalev_frames.sandbox.server.replies import Reply, edge_page, too_many
from scalev_frames.sandbox.server.throttle import Throttle, Verdict
from scalev_frames.sandbox.server.versions import VERSIONS, Version
from scalev_frames.sandbox.world.behaviour import PAGE_SIZE, Behaviour, OrderPath
from scalev_frames.sandbox.world.orders.filters import RefusedError
from scalev_frames.sandbox.world.orders.reads import NotThereError
from scalev_frames.sandbox.world.values.encodings import dump
from scalev_frames.sandbox.world.world import World

_BY_NAME = {version.name: version for version in VERSIONS}
_LIBRARIES = re.compile(r"^$|python|curl/|go-http-client|java/|node|axios/|okhttp", re.IGNORECASE)


@dataclass(slots=True)
class Request:
    """One received request.

    Attributes:
        method: ``GET`` and the like.
        path: below the version, such as ``/order``.
        params: query parameters; of a repeated one the last.
        status: the HTTP status it was answered with; 0 as long as it is not, or when the connection was reset.
        at: when it arrived, by the sandbox's clock.
        version: ``v2`` or ``v3``; empty when the address names neither.
        key: the key that it carried.
    """

    method: str
    path: str
    params: dict[str, str]
    status: int = 0
    at: float = 0.0
    version: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One address: its pattern and its endpoint."""

    pattern: re.Pattern[str]
    endpoint: Endpoint
    literals: int


@dataclass
class Service:
    """Answers requests.

    Attributes:
        world: the truth.
        worlds: the truths of other businesses at this address, by their keys.
        throttles: the limits of each version.
        visits: the limits that web analytics have besides.
        keys: key to its scopes; ``None`` for a key that may do everything.
        clock: seconds since 1970.
        faults: what goes wrong.
        hooks: called with every request before it is answered.
        after: called with every request as soon as its answer is made.
        requests: every request that came, in order of arrival.
    """

    world: World
    throttles: dict[str, Throttle]
    visits: Throttle
    keys: dict[str, frozenset[str] | None]
    clock: Callable[[], float]
    faults: list[Fault] = field(default_factory=list)
    hooks: list[Callable[[Request], object]] = field(default_factory=list)
    after: list[Callable[[Request], object]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    worlds: dict[str, World] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make what no other service shares: a lock, and the routes of each version, made when they are first asked."""
        self._lock = threading.Lock()
        self._routes = cache(Routes)

    def answer(self, method: str, target: str, headers: Mapping[str, str], address: str) -> Reply:
        """The answer to one request."""
        request = _read(method, target, headers)
        request.at = self.clock()
        with self._lock:
            self.requests.append(request)
        for hook in tuple(self.hooks):
            hook(request)
        if self.world.behaviour.blocks_libraries and _LIBRARIES.search(headers.get("user-agent", "")):
            reply = edge_page()
        else:
            reply = self._limited(request, address)
        request.status = 0 if reply.reset or reply.hangs else reply.status
        for hook in tuple(self.after):
            hook(request)
        return reply

    def _limited(self, request: Request, address: str) -> Reply:
        version, behaviour = _BY_NAME.get(request.version), self.world.behaviour
        verdict = self._counted(request, address)
        if verdict and not verdict.allowed:
            reply = too_many(behaviour.rate_limit_format)
        elif version is None or version.name not in behaviour.versions:
            reply = (version or VERSIONS[0]).failure(404, "Not found")
        else:
            reply = self._faulty(request, version)
        if not verdict:
            return reply
        return replace(reply, headers={**verdict.headers(self.clock(), behaviour.reset_unit), **reply.headers})

    def _counted(self, request: Request, address: str) -> Verdict | None:
        """What the limits say of a request; web analytics have one of their own besides."""
        verdict = self.throttles[request.version or VERSIONS[0].name].arrive(address, request.key, request.at)
        if request.version == "v3" and request.path.startswith("/web-analytics/") and (not verdict or verdict.allowed):
            return self.visits.arrive(address, request.key, request.at) or verdict
        return verdict

    def _faulty(self, request: Request, version: Version) -> Reply:
        """The honest answer, changed by the faults that apply; the first one is applied last."""
        with self._lock:
            striking = [fault for fault in self.faults if fault.strikes(request.path, request.version)]
        honest = Honest(
            lambda params: self._honest(request.method, request.path, params, version, request.key), version.failure
        )
        for fault in reversed(striking):
            honest = replace(honest, answer=partial(fault.answer, honest=honest))
        return honest(request.params)

    def _honest(self, method: str, path: str, params: Mapping[str, str], version: Version, key: str) -> Reply:
        if method != "GET":
            return replace(version.failure(405, "Method not allowed"), headers={"Allow": "GET"})
        if key not in self.keys:
            return version.failure(401)
        world = self.worlds.get(key, self.world)
        if params.get("b_uid", world.business_uid) != world.business_uid:
            return version.failure(403, "The key belongs to another business")
        scopes = self.keys[key]
        if version.name == "v3" and path == "/me":
            return self._me(world, scopes)
        return self._routed(world, path, params, version, scopes)

    def _routed(
        self, world: World, path: str, params: Mapping[str, str], version: Version, scopes: frozenset[str] | None
    ) -> Reply:
        """What the endpoint of ``path`` answers to a key with ``scopes``."""
        found = self._routes(version, self.world.behaviour.order_path).find(path)
        if found is None:
            return version.failure(404, "Not found")
        endpoint, ids = found
        if scopes is not None and scopes.isdisjoint(version.scopes(endpoint)):
            return version.failure(403)
        if missing := [name for name in endpoint.required if name not in params and "next_cursor" not in params]:
            return version.failure(400, f"{missing[0]} is required")
        try:
            return self._data(world, endpoint, ids, version, version.read(endpoint, params, world.behaviour))
        except NotThereError:
            return version.failure(404, "Record not found")
        except RefusedError as error:
            return version.failure(422, "Invalid parameters", {error.name: ["is invalid"]})

    @staticmethod
    def _me(world: World, scopes: frozenset[str] | None) -> Reply:
        """The business of the key, and its scopes."""
        business = {"unique_id": world.business_uid}
        return Reply(200, (dump({"business": business, "scopes": ["*"] if scopes is None else sorted(scopes)}),))

    @staticmethod
    def _data(
        world: World, endpoint: Endpoint, ids: Mapping[str, str], version: Version, params: Mapping[str, str]
    ) -> Reply:
        if endpoint.paging not in ("cursor", "page"):
            return version.answer(endpoint, world.answer(endpoint, ids, params))
        size = _page_size(endpoint, params, world.behaviour)
        if endpoint.columns_hint:
            rows = world.order_page(params, size)
        else:
            rows = world.list_page(endpoint, ids, params, size, _positive(params, "page", 1))
        return version.page(endpoint, params, rows, size, world.behaviour)


class Routes:
    """The addresses of one version, made from the catalog."""

    def __init__(self, version: Version, order_path: OrderPath) -> None:
        self._routes = sorted(_routes(version, order_path), key=lambda route: -route.literals)
        self._literal = {route.pattern.pattern: route.endpoint for route in self._routes if not route.pattern.groups}

    def find(self, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """The endpoint of ``path``, and the ids in it."""
        if endpoint := self._literal.get(path):
            return endpoint, {}
        for route in self._routes:
            if match := route.pattern.fullmatch(path):
                return route.endpoint, match.groupdict()
        return None


def _read(method: str, target: str, headers: Mapping[str, str]) -> Request:
    """A request as it was received."""
    path, _, query = target.partition("?")
    params = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
    version = next((one.name for one in VERSIONS if path.startswith(f"/{one.name}/")), "")
    below = urllib.parse.unquote(path.removeprefix(f"/{version}" if version else ""))
    authorization = headers.get("authorization", "")
    key = authorization.removeprefix("Bearer ") if authorization.startswith("Bearer ") else ""
    return Request(method, below, params, version=version, key=key)


def _routes(version: Version, order_path: OrderPath) -> Iterator[Route]:
    for endpoint in ENDPOINTS.values():
        for path in version.paths(endpoint, order_path):
            pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)
            yield Route(re.compile(pattern), endpoint, sum("{" not in part for part in path.split("/")))


def _page_size(endpoint: Endpoint, params: Mapping[str, str], behaviour: Behaviour) -> int:
    """The page size, limited to what the server grants."""
    largest = PAGE_SIZE if endpoint.columns_hint else behaviour.largest_page
    asked = _positive(params, "page_size", min(PAGE_SIZE, largest))
    if asked > largest and behaviour.refuses_larger:
        raise RefusedError("page_size")
    return min(asked, largest)


def _positive(params: Mapping[str, str], name: str, otherwise: int) -> int:
    value = params.get(name)
    if value is None:
        return otherwise
    if not (value.isascii() and value.isdecimal() and int(value) > 0):
        raise RefusedError(name)
    return int(value)
