"""One connection of the embedded Scalev: reads requests, writes what `Service` answers, slow, cut or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Mapping

from scalev_frames.sandbox.server.replies import Reply, failure
from scalev_frames.sandbox.server.service import Service

_HEAD_LIMIT = 1 << 16
_FOR_EVER = 86_400.0
#: Two C ints on Unix, two shorts on Windows: linger for no time, so that closing resets the connection.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Connection(asyncio.Protocol):
    """One kept-alive connection: one request after the other."""

    def __init__(
        self,
        service: Service,
        latency: Callable[[], float],
        connections: set[Connection],
        loop: asyncio.AbstractEventLoop,
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
        delay = self.latency() + reply.delay
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
