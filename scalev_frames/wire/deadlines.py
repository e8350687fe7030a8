"""End requests that take too long in all, or whose call was cancelled, by shutting down their sockets.

A socket's own timeout starts anew with every byte. One thread, there only while requests are under way, looks at them
four times a second.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from scalev_frames.cancel import CancelToken
from scalev_frames.storage.forks import renew_after_fork

#: Seconds between two looks.
INTERVAL = 0.25
#: Seconds that a request under way has left when its call was cancelled or failed: what it brings is kept.
GRACE = 0.75
#: Looks without a request under way, after which the thread ends.
_IDLE = 20


@dataclass(slots=True, eq=False)
class Flight:
    """One request under way.

    Attributes:
        ends_at: when it has taken too long.
        cancel: the token of its call.
        ended: why it was ended, ``late`` or ``cancelled``; ``""`` when it was not.
        connection: what carries it.
        leaves_at: when it is ended, because its call was.
        socket: the connection's socket, which outlives it where the response ends with the connection.
        query: what the connection puts behind the address.
    """

    ends_at: float
    cancel: CancelToken
    ended: str = ""
    connection: HTTPConnection | None = None
    leaves_at: float | None = None
    socket: socket.socket | None = field(default=None, repr=False)
    query: str = field(default="", repr=False)

    def look(self, now: float) -> None:
        """End it where it has taken too long, or its call was cancelled."""
        if self.ended:
            return
        if self.cancel.reason and self.leaves_at is None:
            self.leaves_at = now + (0.0 if self.cancel.reason == "enough" else GRACE)
        if self.leaves_at is not None and now >= self.leaves_at:
            self.end("cancelled")
        elif now > self.ends_at:
            self.end("late")

    def end(self, why: str) -> None:
        """Shut down its socket, so that whoever reads from it returns at once."""
        self.ended = why
        found = self.socket or (self.connection and self.connection.sock)
        under_way = getattr(found, "socket", found)  # behind a proxy over TLS it is an object around a socket
        if under_way:
            with contextlib.suppress(OSError):  # an SSLSocket's own shutdown would pull its parts from under the reader
                socket.socket.shutdown(under_way, socket.SHUT_RDWR)


class Deadlines:
    """Watches the requests of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: set[Flight] = set()
        self._thread: threading.Thread | None = None
        renew_after_fork(self)

    @contextlib.contextmanager
    def over(self, seconds: float, cancel: CancelToken) -> Iterator[Flight]:
        """Watch the request that this thread sends within the block."""
        flight = Flight(time.monotonic() + seconds, cancel)
        with self._lock:
            self._flights.add(flight)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="scalev-watch", daemon=True)
                self._thread.start()
        _CURRENT.flight = flight
        try:
            yield flight
        finally:
            _CURRENT.flight = None
            with self._lock:
                self._flights.discard(flight)

    def renew(self) -> None:
        """Forget the parent's requests and thread."""
        self._lock = threading.Lock()
        self._flights = set()
        self._thread = None

    def _run(self) -> None:
        idle = 0
        while idle <= _IDLE:
            time.sleep(INTERVAL)
            with self._lock:
                for flight in self._flights:
                    flight.look(time.monotonic())
                idle = 0 if self._flights else idle + 1
                if idle > _IDLE:
                    self._thread = None


class _Current(threading.local):
    """The request that each thread has under way."""

    flight: Flight | None = None


_CURRENT = _Current()


def _note(connection: HTTPConnection) -> None:
    if flight := _CURRENT.flight:
        flight.connection, flight.socket = connection, connection.sock


def add_query(query: str) -> None:
    """Let the connection put ``query`` behind the address of the request that this thread sends."""
    if flight := _CURRENT.flight:
        flight.query = query


def _with_query(url: str) -> str:
    flight = _CURRENT.flight
    return f"{url}?{flight.query}" if flight and flight.query else url


class _Response(http.client.HTTPResponse):
    """Passes over what only announces a response (102, 103), and knows a length that a proxy repeats (``7, 7``)."""

    def begin(self) -> None:
        super().begin()
        while 100 <= self.status < 200 and self.status != http.HTTPStatus.SWITCHING_PROTOCOLS:
            self.headers = self.msg = None  # type: ignore[assignment]  # so it was before the first one
            super().begin()
        said = {one.strip() for one in self.headers.get("Content-Length", "").split(",")}
        if self.length is None and not self.chunked and len(said) == 1 and (length := said.pop()).isdecimal():
            self.length = int(length)


class _WatchedConnection(HTTPConnection):
    response_class = _Response
    debuglevel = 0  # a program that sets that of http.client would print requests as they are sent, with the key

    def connect(self) -> None:
        _note(self)
        super().connect()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - urllib3's own
        _note(self)
        super().request(method, _with_query(url), *args, **kwargs)
        _note(self)


class _WatchedSecureConnection(_WatchedConnection, HTTPSConnection):
    """The same over TLS: ``super()`` of a `_WatchedConnection` is urllib3's connection over TLS here."""


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _WatchedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecureConnection


#: The pools of urllib3 whose connections `Deadlines` can end.
WATCHED_POOLS = {"http": _WatchedPool, "https": _WatchedSecurePool}
