"""An embedded Scalev on loopback: try the package without a key, and test against its faults.

No web framework: one thread runs an asyncio server, `Service` decides what is answered, this module only reads requests
and writes replies.
"""

from __future__ import annotations

import asyncio
import contextlib
import fnmatch
import hashlib
import itertools
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

from scalev_frames.sandbox.server.faults import Fault
from scalev_frames.sandbox.server.replies import Reply, failure
from scalev_frames.sandbox.server.service import Request, Service
from scalev_frames.sandbox.server.throttle import DOCUMENTED_LIMITS, Limits, ResetUnit, Throttle
from scalev_frames.sandbox.server.versions import VERSIONS, OrderPath
from scalev_frames.sandbox.world.behaviour import DOCUMENTED, Behaviour
from scalev_frames.sandbox.world.world import NOW, World

HOST = "127.0.0.1"
_HEAD_LIMIT = 1 << 16
_FOR_EVER = 86_400.0
#: Two C ints on Unix, two shorts on Windows: linger for no time, so that closing resets the connection.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Sandbox:
    """An embedded Scalev, v2 and v3 of one business, reachable from this computer alone.

    Args:
        orders: how many orders its world has.
        seed: another seed, another business.
        limits: requests per seconds, sliding; of v2 the first for each address, the others for each key, of v3 all for
            each key (100 in 10 s and 10,000 an hour where v2 has its documented ones, and of web analytics 600 an
            hour besides); ``None`` for none.
        latency: seconds that every answer takes.
        faults: what goes wrong, see `Fault`.
        port: the port; 0 for any free one.
        now: the world's present.
        days: over how many days before ``now`` the orders were made.
        world: a world made before, in place of ``orders``, ``seed``, ``now`` and ``days``.
        behaviour: what kind of server it is, see `Behaviour`; by default that of ``world``.
        order_path: whether ``/order`` (``"old"``), ``/orders`` (``"new"``) or both answer.
        reset_unit: what ``X-Ratelimit-Reset`` counts: ``seconds`` left, ``epoch`` seconds or ``epoch_ms``.
        limit_dress: a 429 as ``text``, ``json`` or ``html``.
        blocks_libraries: answer a library's default User-Agent with the edge's 403, as the service did.
        clock: seconds since 1970, for limits and arrival times.

    Attributes:
        base_url: what to give as ``base_url``, for v2.
        api_key: a key that may do everything.
        world: the truth; it may be changed while it is read.

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
        seed: int = 1,
        *,
        limits: Limits | None = DOCUMENTED_LIMITS,
        latency: float = 0.0,
        faults: Iterable[Fault] = (),
        port: int = 0,
        now: datetime = NOW,
        days: int = 180,
        world: World | None = None,
        behaviour: Behaviour | None = None,
        order_path: OrderPath = "both",
        reset_unit: ResetUnit = "seconds",
        limit_dress: str = "text",
        blocks_libraries: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.world = world or World(orders, seed, now, days, behaviour or DOCUMENTED)
        if behaviour is not None:
            self.world.behaviour = behaviour
        self.api_key = _key("sk", str(self.world.seed))
        self.latency = latency
        self.port = port
        self._service = Service(
            world=self.world,
            throttles={one.name: Throttle(one.limits(limits), clock, by_address=one.name == "v2") for one in VERSIONS},
            visits=Throttle(((600, 3600.0),) if limits == DOCUMENTED_LIMITS else None, clock, by_address=False),
            keys={self.api_key: None},
            order_path=order_path,
            reset_unit=reset_unit,
            limit_dress=limit_dress,
            blocks_libraries=blocks_libraries,
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
            *scopes: the catalog's ``scope`` of each endpoint that it may ask.

        >>> Sandbox(orders=1).restricted_key("order:list")[:11]
        'rk_sandbox_'
        """
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
            loop.create_server(lambda: Connection(self._service, self.latency, connections, loop), sock=listening)
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


class Connection(asyncio.Protocol):
    """One kept-alive connection: one request after the other."""

    def __init__(
        self, service: Service, latency: float, connections: set[Connection], loop: asyncio.AbstractEventLoop
    ) -> None:
        self.service = service
        self.latency = latency
        self.connections = connections
        self.loop = loop
        self.buffer = b""
        self.address = ""
        self.transport: asyncio.Transport | None = None
        self.pending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
            self.address = str(transport.get_extra_info("peername")[0])
            self.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """Drop the transport, and responses not sent yet."""
        self.connections.discard(self)
        self.transport = None
        if self.pending:
            self.pending.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer as soon as a request is whole."""
        self.buffer += data
        self._read()

    def abort(self) -> None:
        """Close at once."""
        if self.transport:
            self.transport.abort()

    def _read(self) -> None:
        if self.pending or self.transport is None:
            return
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            if len(self.buffer) > _HEAD_LIMIT:
                self._send(failure(431), close=True)
            return
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3:
            self._send(failure(400, "Bad request"), close=True)
            return
        headers = _headers(lines[1:])
        length = _length(headers)
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        close = _closes(words[2], headers)
        reply = self.service.answer(words[0], words[1], headers, self.address)
        delay = self.latency + reply.delay
        if delay:
            self.pending = self.loop.call_later(delay, self._send_late, reply, close)
        else:
            self._send(reply, close=close)

    def _send_late(self, reply: Reply, close: bool) -> None:
        self.pending = None
        self._send(reply, close=close)

    def _send(self, reply: Reply, *, close: bool) -> None:
        if self.transport is None:
            return
        if reply.hangs:
            self.pending = self.loop.call_later(_FOR_EVER, self.abort)
            return
        if reply.reset:
            with contextlib.suppress(OSError):
                self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self.transport.abort()
            return
        whole = reply.wire(close=close or reply.missing > 0)
        if reply.pause:
            self._drip(whole, reply, close)
            return
        self.transport.write(whole)
        self._end(reply, close)

    def _drip(self, rest: bytes, reply: Reply, close: bool) -> None:
        """Send one byte, and the next ones later."""
        self.pending = None
        if self.transport is None:
            return
        self.transport.write(rest[:1])
        if len(rest) > 1:
            self.pending = self.loop.call_later(reply.pause, self._drip, rest[1:], reply, close)
        else:
            self._end(reply, close)

    def _end(self, reply: Reply, close: bool) -> None:
        if self.transport and (close or reply.missing):
            self.transport.close()
        elif self.buffer:
            self._read()


def _headers(lines: Iterable[str]) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _closes(version: str, headers: Mapping[str, str]) -> bool:
    """Whether the connection ends with the answer: of HTTP/1.0 it does where it is not asked to stay."""
    wish = headers.get("connection", "").lower()
    return wish == "close" or (version == "HTTP/1.0" and wish != "keep-alive")


def _length(headers: Mapping[str, str]) -> int:
    """Bytes of a request's body, which is read and thrown away."""
    said = headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdecimal() else 0


def _key(prefix: str, of: str) -> str:
    return f"{prefix}_sandbox_{hashlib.sha256(f'{prefix} {of}'.encode()).hexdigest()[:24]}"
