"""A scripted server on loopback, a clock that only moves when told, and a transport between the two."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
from processes import LONG

from scalev_frames.cache.responses import ResponsesCache
from scalev_frames.cancel import CancelToken
from scalev_frames.progress import Event
from scalev_frames.settings import Settings
from scalev_frames.wire.answers.response import Response
from scalev_frames.wire.credentials import Key
from scalev_frames.wire.transport import Timing, Transport

KEY = "sk_wire_0123456789abcdefSECRET"


@dataclass(frozen=True)
class Scripted:
    """One answer of the server."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    reset: bool = False
    delay: threading.Event | None = None


@dataclass(frozen=True)
class Seen:
    """One request that reached the server."""

    target: str
    headers: dict[str, str]


class ScriptedServer:
    """Gives the scripted answers in order, then good ones that count up in ``data``."""

    base_scheme = "http"

    def __init__(self) -> None:
        self.script: list[Scripted] = []
        self.knows: Callable[[str], bool] = lambda path: True
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else a body waits 40 ms for the receipt of its headers

            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is no error
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"{self.base_scheme}://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [seen.target for seen in self.seen]

    def add(self, status: int = 200, body: object = b"", *, times: int = 1, **how: Any) -> None:
        """Script one answer; what is not bytes or text goes out as JSON."""
        if not isinstance(body, bytes | str):
            body = json.dumps(body)
        raw = body.encode() if isinstance(body, str) else body
        self.script += [Scripted(status, raw, **how)] * times

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self.lock:
            self.seen.append(Seen(handler.path, dict(handler.headers)))
            count = len(self.seen)
            good = Scripted(body=json.dumps({"code": 200, "status": "Success", "data": {"count": count}}).encode())
            missing = Scripted(404, json.dumps({"code": 404, "error": f"no {handler.path}"}).encode())
            reply = self.script.pop(0) if self.script else good if self.knows(handler.path) else missing
        if reply.delay:
            reply.delay.wait(5)
        if reply.reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response_only(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body) + reply.missing))
        handler.end_headers()
        handler.wfile.write(reply.body)
        handler.close_connection = reply.missing > 0

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class EchoServer(ScriptedServer):
    """Answers with the address that was asked for, a moment later; remembers which connection asked for it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, str]] = []

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self.lock:
            self.asked.append((handler.client_address[1], handler.path))
        time.sleep(0.002)
        body = json.dumps({"code": 200, "data": {"target": handler.path}}).encode()
        handler.send_response_only(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


class RawServer:
    """Sends exactly these bytes to each connection, a piece at a time, and then keeps it open or closes it."""

    def __init__(self, pieces: Iterable[bytes], pause: float = 0.0, *, closes: bool = True) -> None:
        self.pieces, self.pause, self.closes = list(pieces), pause, closes
        self.released = threading.Event()
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            for piece in self.pieces:
                connection.sendall(piece)
                if self.pause and self.released.wait(self.pause):
                    return
            if not self.closes:
                self.released.wait(LONG)

    def close(self) -> None:
        self.released.set()
        self.socket.close()


class SelfSignedServer(ScriptedServer):
    """The same behind a certificate nobody trusts."""

    base_scheme = "https"

    def __init__(self) -> None:
        super().__init__()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(__file__).with_name("untrusted.pem"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)


class ManualClock:
    """Time passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class ManualLimiter:
    """Stands in for the real one: counts, and waits by the manual clock."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.acquired = 0
        self.learned: list[dict[str, str]] = []
        self.pauses: list[float] = []
        self.until = 0.0
        self.reason = ""

    def acquire(self, report: Any = None, cancel: Any = None, path: str = "") -> None:
        self.acquired += 1
        left = self.until - self.clock.now
        if left > 0:
            if report:
                report(left, self.reason)
            self.clock.sleep(left)

    def pause(self, seconds: float, reason: str, limit: str = "", path: str = "") -> None:
        self.pauses.append(seconds)
        self.until, self.reason = max(self.until, self.clock.now + seconds), reason

    def learn(self, headers: Any, path: str = "") -> None:
        self.learned.append(dict(headers))


@dataclass
class Bench:
    """A transport at a scripted server, with everything that a test wants to look at."""

    transport: Transport
    server: ScriptedServer
    clock: ManualClock
    limiter: ManualLimiter
    folder: Path
    events: list[Event] = field(default_factory=list)

    def get(
        self, path: str = "/stores", params: dict[str, Any] | None = None, *, cancel: CancelToken | None = None,
        **how: Any,
    ) -> Response:  # fmt: skip
        return self.transport.get(path, params or {}, self.transport.new_call(self.events.append, cancel), **how)

    def single(self, path: str = "/stores", params: dict[str, Any] | None = None, **how: Any) -> Response:
        call = self.transport.new_call(self.events.append)
        return self.transport.get_single(path, params or {}, call, **{"max_age": 10**8, **how})

    @property
    def waits(self) -> list[float]:
        return [event.seconds for event in self.events if event.kind == "wait"]

    @property
    def files(self) -> list[Path]:
        return sorted(file for file in self.folder.rglob("*") if file.is_file())


@pytest.fixture(autouse=True)
def no_foreign_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no netrc of the machine that runs the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "netrc", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def other_server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def echo_server() -> Iterator[EchoServer]:
    with EchoServer() as running:
        yield running


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    """Starts raw servers."""
    running: list[RawServer] = []

    def start(pieces: Iterable[bytes], pause: float = 0.0, *, closes: bool = True) -> RawServer:
        running.append(RawServer(pieces, pause, closes=closes))
        return running[-1]

    yield start
    for one in running:
        one.close()


@pytest.fixture
def self_signed_server() -> Iterator[ScriptedServer]:
    with SelfSignedServer() as running:
        yield running


@pytest.fixture
def make_client(server: ScriptedServer, tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Makes benches; ``at`` another server, with another ``folder``, ``base_url``, ``key`` or settings."""
    made: list[Bench] = []

    def make(
        *,
        at: ScriptedServer | None = None,
        base_url: str | None = None,
        folder: Path | None = None,
        key: str = KEY,
        jitter: Callable[[], float] = lambda: 1.0,
        **settings: Any,
    ) -> Bench:
        at = at or server
        clock = ManualClock()
        limiter = ManualLimiter(clock)
        folder = folder or tmp_path / "responses"
        chosen = Settings(
            base_url=base_url or f"{at.url}/v2", cache_dir=tmp_path, **{"timeout": (5.0, 5.0), **settings}
        )
        timing = Timing(clock=clock, monotonic=clock, sleep=clock.sleep, jitter=jitter)
        responses = ResponsesCache(folder, clock)
        transport = Transport(chosen, Key(key), responses=responses, limiter=limiter, timing=timing)
        made.append(Bench(transport, at, clock, limiter, folder))
        return made[-1]

    yield make
    for bench in made:
        bench.transport.close()


@pytest.fixture
def client(make_client: Callable[..., Bench]) -> Bench:
    return make_client()


@pytest.fixture
def key() -> str:
    return KEY
