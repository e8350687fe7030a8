"""An embedded Scalev on loopback: try the package without a key, and test against its faults.

No web framework: one thread runs an asyncio server, `Connection` reads requests and writes replies, and `Service`
decides what is answered.
"""

from __future__ import annotations

import asyncio
import fnmatch
import hashlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.sandbox.server.connection import Connection
from scalev_frames.sandbox.server.faults import Fault
from scalev_frames.sandbox.server.service import Request, Service
from scalev_frames.sandbox.server.throttle import DOCUMENTED_LIMITS, Limits, Throttle
from scalev_frames.sandbox.server.versions import VERSIONS
from scalev_frames.sandbox.world.behaviour import Behaviour
from scalev_frames.sandbox.world.world import World

HOST = "127.0.0.1"
#: What a restricted key may be allowed to do: everything that an endpoint asks for.
SCOPES = frozenset(scope for row in ENDPOINTS.values() for scope in row.scope.split())


class Sandbox:
    """An embedded Scalev, v2 and v3 of one business, reachable from this computer alone.

    Args:
        orders: how many orders its world has.
        world: a world made before, in place of ``orders``: of other days, of another seed, or one that is another kind
            of server, see `World` and `Behaviour`.
        limits: requests per seconds, sliding; of v2 the first for each address, the others for each key, of v3 all for
            each key (100 in 10 s and 10,000 an hour where v2 has its documented ones, and of web analytics 600 an
            hour besides); ``None`` for none.
        faults: what goes wrong, see `Fault`.
        latency: seconds that every answer takes.
        port: the port; 0 for any free one.

    Attributes:
        base_url: what to give as ``base_url``, for v2.
        api_key: a key that may do everything.
        world: the truth; it may be changed while it is read.
        latency: seconds that every answer takes; may be set at any time.
        clock: seconds since 1970, for limits and arrival times; may be set at any time.

    Raises:
        OSError: the port is taken.

    >>> from http.client import HTTPConnection
    >>> with Sandbox(orders=30) as sandbox:
    ...     connection = HTTPConnection("127.0.0.1", sandbox.port)
    ...     connection.request("GET", "/v2/order?page_size=2", headers={"Authorization": f"Bearer {sandbox.api_key}"})
    ...     answer = connection.getresponse()
    ...     answer.status, answer.headers["X-Ratelimit-Remaining"], len(answer.read()) > 1000
    ...     connection.close()
    (200, '29', True)
    """

    def __init__(
        self,
        orders: int = 2000,
        *,
        world: World | None = None,
        limits: Limits | None = DOCUMENTED_LIMITS,
        faults: Iterable[Fault] = (),
        latency: float = 0.0,
        port: int = 0,
    ) -> None:
        self.world = World(orders) if world is None else world
        self.api_key = _key("sk", str(self.world.seed))
        self.latency = latency
        self.port = port
        self.clock: Callable[[], float] = time.time
        self._service = Service(
            world=self.world,
            throttles={one.name: Throttle(one.limits(limits), by_address=one.name == "v2") for one in VERSIONS},
            visits=Throttle(((600, 3600.0),) if limits == DOCUMENTED_LIMITS else None, by_address=False),
            keys={self.api_key: None},
            clock=lambda: self.clock(),
            faults=list(faults),
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """The address of v2; the port is known once it is started."""
        return self.url("v2")

    def url(self, version: str) -> str:
        """The address of a version of the API.

        Args:
            version: ``v2`` or ``v3``.

        >>> Sandbox(orders=1, port=8000).url("v3")
        'http://127.0.0.1:8000/v3'
        """
        return f"http://{HOST}:{self.port}/{version}"

    @property
    def behaviour(self) -> Behaviour:
        """What kind of server it is; may be set at any time."""
        return self.world.behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        self.world.behaviour = behaviour

    @property
    def requests(self) -> list[Request]:
        """Every request that came so far, refused ones included, in order of arrival."""
        return list(self._service.requests)

    def restricted_key(self, *scopes: str) -> str:
        """A new ``rk_`` key that may do only ``scopes``.

        Args:
            *scopes: each one of `SCOPES`.

        Raises:
            ValueError: a scope that no endpoint asks for.

        >>> Sandbox(orders=1).restricted_key("order:list")[:11]
        'rk_sandbox_'
        """
        if unknown := sorted({*scopes} - SCOPES):
            raise ValueError(f"There is no scope {unknown[0]!r}; there are {', '.join(sorted(SCOPES))}.")
        key = _key("rk", " ".join(sorted(scopes)))
        self._service.keys[key] = frozenset(scopes)
        return key

    def add_business(self, world: World) -> str:
        """Serve another business at the same address; its key, which may do everything.

        Args:
            world: what the business has.

        >>> Sandbox(orders=1).add_business(World(orders=1, seed=2))[:11]
        'sk_sandbox_'
        """
        key = _key("sk", f"{world.seed} of {len(self._service.worlds) + 2}")
        self._service.keys[key], self._service.worlds[key] = None, world
        return key

    def revoke(self, key: str) -> None:
        """Refuse a key from now on.

        Args:
            key: one of this sandbox; another's changes nothing.

        >>> sandbox = Sandbox(orders=1)
        >>> sandbox.revoke(sandbox.api_key)
        """
        self._service.keys.pop(key, None)

    def script(self, fault: Fault) -> None:
        """Let something go wrong; its requests are counted from now on.

        Args:
            fault: what, and when.

        >>> Sandbox(orders=1).script(Fault("error", status=500, times=2))
        """
        self._service.faults.append(fault)

    def on_request(self, hook: Callable[[Request], object]) -> None:
        """Call ``hook`` with every request before it is answered, for example to change the world between pages.

        Args:
            hook: is given the request.

        >>> Sandbox(orders=1).on_request(lambda request: print(request.path))
        """
        self._service.hooks.append(hook)

    def after(self, count: int, change: Callable[[World], object], path: str = "*", *, repeats: bool = False) -> None:
        """Change the world as soon as the answer to a request is made, so that a list moves while it is read.

        Args:
            count: after how many requests from now on.
            change: is given the world.
            path: whose requests are counted, below the version, as a pattern.
            repeats: after every ``count`` requests, not only the first time.

        >>> Sandbox(orders=1).after(2, lambda world: world.add_orders(1), "order")
        """
        arrivals = itertools.count(1)

        def changes(request: Request) -> None:
            if not fnmatch.fnmatchcase(request.path, path):
                return
            number = next(arrivals)
            if number % count == 0 if repeats else number == count:
                change(self.world)

        self._service.after.append(changes)

    def start(self) -> Self:
        """Begin to answer; returns itself.

        Raises:
            OSError: the port is taken.

        >>> sandbox = Sandbox(orders=1).start()
        >>> sandbox.stop()
        """
        listening = socket.create_server((HOST, self.port))
        self.port = int(listening.getsockname()[1])
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening, started), name="sandbox", daemon=True)
        self._thread.start()
        started.wait()
        return self

    def stop(self) -> None:
        """Close every connection and stop answering; a second time does nothing.

        >>> Sandbox(orders=1).stop()
        """
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, listening: socket.socket, started: threading.Event) -> None:
        loop = self._loop = asyncio.new_event_loop()
        connections: set[Connection] = set()
        server = loop.run_until_complete(
            loop.create_server(
                lambda: Connection(self._service, lambda: self.latency, connections, loop), sock=listening
            )
        )
        started.set()
        try:
            loop.run_forever()
        finally:
            server.close()
            for connection in tuple(connections):
                connection.abort()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()


def _key(prefix: str, of: str) -> str:
    return f"{prefix}_sandbox_{hashlib.sha256(f'{prefix} {of}'.encode()).hexdigest()[:24]}"
