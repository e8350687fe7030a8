"""A response ends in time and does not fill the memory, whatever the server sends."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import LONG
from urllib3.util.ssltransport import SSLTransport

from scalev_frames import errors
from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from scalev_frames.wire.deadlines import Flight
from scalev_frames.wire.exchange import CHUNK, _inflated
from scalev_frames.wire.limits import Limiter
from scalev_frames.wire.transport import Transport

GOOD = json.dumps({"code": 200, "data": {"results": [{"id": number} for number in range(500)]}}).encode()


def head(body: bytes, *headers: str, length: bool = True) -> bytes:
    lines = ["HTTP/1.1 200 OK", *headers, *([f"Content-Length: {len(body)}"] if length else [])]
    return "\r\n".join([*lines, "", ""]).encode()


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[..., Transport]]:
    """Makes transports whose time is real."""
    made: list[Transport] = []

    def make(url: str, **chosen: Any) -> Transport:
        from scalev_frames.cache.responses import ResponsesCache

        how = Settings(base_url=f"{url}/v2", cache_dir=tmp_path, **{"retry_seconds": 0.5, **chosen})
        limiter = Limiter(None, [(1000, 1.0)], host="h", key_name="k")
        responses = ResponsesCache(tmp_path / "responses", lambda: 0.0)
        made.append(Transport(how, Key("sk_time_and_size_0123"), responses=responses, limiter=limiter))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def get(transport: Transport, token: CancelToken | None = None) -> Any:
    return transport.get("/order", {}, transport.new_call(cancel=token)).data


@pytest.mark.slow
@pytest.mark.parametrize(
    "dripped",
    [
        head(GOOD) + GOOD,
        head(GOOD, length=False) + GOOD,
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 0123456789\r\n" * 50 + b"\r\n",
    ],
)
def test_what_drips_is_given_up(raw_server: Any, connect: Callable[..., Transport], dripped: bytes) -> None:
    server = raw_server(pieces(dripped, 1), pause=0.02)
    with pytest.raises(errors.ConnectionFailedError, match="did not finish"):
        get(connect(server.url, response_seconds=0.4))
    assert server.connections == 1


def test_what_is_slow_but_in_time_is_read(raw_server: Any, connect: Callable[..., Transport]) -> None:
    server = raw_server(pieces(head(GOOD) + GOOD, 700), pause=0.01)
    assert get(connect(server.url)) == json.loads(GOOD)["data"]


@pytest.mark.parametrize("length", [True, False])
def test_a_body_that_ends_with_the_connection_is_read(
    raw_server: Any, connect: Callable[..., Transport], length: bool
) -> None:
    server = raw_server([head(GOOD, length=length), GOOD])
    assert get(connect(server.url)) == json.loads(GOOD)["data"]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" + head(GOOD),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" * 2 + head(GOOD),
        head(GOOD, f"Content-Length: {len(GOOD)}, {len(GOOD)}", length=False),
        head(GOOD, f"Content-Length: {len(GOOD)}"),
    ],
)
def test_announcements_and_a_repeated_length_are_read_as_they_are_meant(
    raw_server: Any, connect: Callable[..., Transport], answer: bytes
) -> None:
    server = raw_server([answer, GOOD], closes=False)
    assert get(connect(server.url)) == json.loads(GOOD)["data"]
    assert server.connections == 1


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces(body, 1000)) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (["Content-Encoding: gzip"], gzip.compress(GOOD)),
        (["Content-Encoding: x-gzip"], gzip.compress(GOOD[:100]) + gzip.compress(GOOD[100:])),
        (["Content-Encoding: gzip"], gzip.compress(GOOD) + bytes(20)),
        (["Content-Encoding: GZIP"], gzip.compress(GOOD, 0)),
        (["Content-Encoding: deflate"], zlib.compress(GOOD)),
        (["Content-Encoding: identity"], GOOD),
    ],
)
def test_packed_bodies_are_unpacked(
    raw_server: Any, connect: Callable[..., Transport], headers: list[str], body: bytes
) -> None:
    assert get(connect(raw_server([head(body, *headers), body]).url)) == json.loads(GOOD)["data"]
    both = head(body, *headers, "Transfer-Encoding: chunked", length=False)
    assert get(connect(raw_server([both, chunked(body)]).url)) == json.loads(GOOD)["data"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (["Content-Encoding: gzip"], gzip.compress(GOOD)[:-20]),
        (["Content-Encoding: gzip"], GOOD),
        (["Content-Encoding: gzip"], gzip.compress(GOOD) + b"rest"),
        (["Content-Encoding: br"], GOOD),
        (["Transfer-Encoding: chunked"], chunked(GOOD)[:-10]),
        (["Transfer-Encoding: chunked"], b"zz\r\n" + GOOD),
    ],
)
def test_bodies_that_are_not_whole_are_refused(
    raw_server: Any, connect: Callable[..., Transport], headers: list[str], body: bytes
) -> None:
    server = raw_server([head(body, *headers, length="Transfer" not in headers[0]), body])
    with pytest.raises(errors.UnexpectedResponseError, match="cut off"):
        get(connect(server.url))


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


@pytest.mark.slow
@pytest.mark.parametrize("members", [1, 3])
def test_a_bomb_is_left_after_the_first_bytes_and_not_asked_for_again(
    raw_server: Any, connect: Callable[..., Transport], members: int
) -> None:
    body = bomb(300 << 20) * members
    server = raw_server([head(body, "Content-Encoding: gzip"), body])
    transport = connect(server.url, response_bytes=4 << 20, retry_seconds=60.0)
    tracemalloc.start()
    with pytest.raises(errors.UnexpectedResponseError, match="larger than 4 MB") as caught:
        get(transport)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not caught.value.retryable
    assert server.connections == 1
    assert peak < 20 << 20


def test_a_large_body_is_not_read_to_its_end(raw_server: Any, connect: Callable[..., Transport]) -> None:
    server = raw_server([head(bytes(1 << 30)), *[bytes(1 << 20)] * 1024])
    with pytest.raises(errors.UnexpectedResponseError, match="larger than 2 MB"):
        get(connect(server.url, response_bytes=2 << 20))


def test_a_body_of_just_the_size_is_read(raw_server: Any, connect: Callable[..., Transport]) -> None:
    packed = gzip.compress(GOOD)
    server = raw_server([head(packed, "Content-Encoding: gzip"), packed])
    assert get(connect(server.url, response_bytes=len(GOOD))) == json.loads(GOOD)["data"]
    with pytest.raises(errors.UnexpectedResponseError, match="larger"):
        get(connect(server.url, response_bytes=len(GOOD) - 1))


@pytest.mark.slow
def test_time_ends_behind_a_certificate_too(
    self_signed_server: Any, connect: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Path(__file__).with_name("untrusted.pem")))
    held = threading.Event()
    self_signed_server.add(200, GOOD, delay=held)
    self_signed_server.add(200, GOOD)
    transport = connect(self_signed_server.url, response_seconds=1.0, retry_seconds=60.0)
    try:
        assert get(transport) == json.loads(GOOD)["data"]
    finally:
        held.set()
    assert len(self_signed_server.seen) == 2


@pytest.mark.slow
@pytest.mark.parametrize("sent", [b"", head(GOOD), head(GOOD) + GOOD[:100], head(GOOD, length=False) + GOOD])
def test_cancelling_ends_a_request_that_hangs(raw_server: Any, connect: Callable[..., Transport], sent: bytes) -> None:
    server = raw_server([sent], closes=False)
    transport, token = connect(server.url), CancelToken()
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            get(transport, token)
        except Cancelled as error:
            outcome.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    threading.Timer(0.1, token.cancel).start()
    worker.join(LONG)
    assert not worker.is_alive()
    assert len(outcome) == 1


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.binary(max_size=300_000) | st.integers(0, 400_000).map(bytes), min_size=1, max_size=4),
    size=st.sampled_from([1, 7, 1000, 1 << 17]),
)
def test_packed_members_unpack_to_what_they_were_however_they_arrive(parts: list[bytes], size: int) -> None:
    packed = b"".join(map(gzip.compress, parts))
    unpacked = list(_inflated(pieces(packed, max(size, len(packed) // 500))))
    assert b"".join(unpacked) == b"".join(parts)
    assert max(map(len, unpacked), default=0) <= CHUNK


def test_a_connection_through_a_proxy_over_tls_is_ended_too() -> None:
    ours, theirs = socket.socketpair()
    through = SSLTransport.__new__(SSLTransport)  # what urllib3 has there in place of a socket
    through.socket = ours
    flight = Flight(0.0, CancelToken(), socket=through)
    flight.look(1.0)
    assert flight.ended == "late"
    assert theirs.recv(1) == b""
    ours.close()
    theirs.close()
