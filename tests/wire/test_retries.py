"""What passes is tried again, what another try cannot change is raised at once, and patience has an end."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scalev_frames import errors
from scalev_frames.wire.retries import Retries
from tests.wire.bodies import GOOD, HTML, TRANSIENT


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"code": 400, "error": "bad columns"}, errors.BadRequestError),
        (400, {"error": {"page_size": ["too large"]}}, errors.BadRequestError),
        (401, "", errors.AuthenticationError),
        (401, {"code": 401, "status": "Unauthorized"}, errors.AuthenticationError),
        (403, {"code": 403, "status": "Forbidden"}, errors.ForbiddenError),
        (403, "error code: 1010", errors.EdgeBlockedError),
        (403, HTML, errors.EdgeBlockedError),
        (404, HTML, errors.NotFoundError),
        (422, {"error": "Unprocessable", "details": {"page_size": ["too large"]}}, errors.InvalidParametersError),
        (422, {"errors": {"page_size": ["too large"]}}, errors.InvalidParametersError),
        (200, {"code": 401, "status": "Unauthorized"}, errors.AuthenticationError),
        (200, {"code": 403, "data": {"results": []}}, errors.ForbiddenError),
    ],
)
def test_what_another_try_cannot_change_is_raised_at_once(
    client: Any, status: int, body: object, kind: type[errors.ApiError]
) -> None:
    client.server.add(status, body, headers={"x-request-id": "req-1"})
    with pytest.raises(kind) as caught:
        client.get(params={"page_size": 25})
    error = caught.value
    assert type(error) is kind
    assert error.status_code == (body.get("code", status) if isinstance(body, dict) else status)
    assert error.request_id == "req-1"
    assert error.url == f"{client.server.url}/v2/stores"
    if status == 422:
        assert error.fields == {"page_size": ("too large",)}
    assert len(client.server.seen) == 1
    assert client.clock.slept == []


RATE_LIMITS = {
    "plain text": ("Too many requests", {}, None),
    "json": ({"code": 429, "status": "Too Many Requests"}, {}, None),
    "html": ("<html><h1>429</h1></html>", {}, None),
    "empty": ("", {}, None),
    "Retry-After": ("slow down", {"Retry-After": "7"}, 7.0),
    "Retry-After as a date": ("slow down", {"Retry-After": formatdate(1_795_000_007, usegmt=True)}, 7.0),
    "Reset in seconds": ("slow down", {"X-Ratelimit-Reset": "7"}, 7.0),
    "Reset as an epoch": ("slow down", {"X-Ratelimit-Reset": "1795000007"}, 7.0),
    "Reset as an epoch in ms": ("slow down", {"X-Ratelimit-Reset": "1795000007000"}, 7.0),
    "Reset beyond the named limit's window": (
        "slow down",
        {"X-Ratelimit-Limit": "30", "X-Ratelimit-Reset": "4900"},
        5.0,
    ),
    "an hour": ("slow down", {"Retry-After": "3600"}, 3600.0),
    "Reset as an epoch in us": ("slow down", {"X-Ratelimit-Reset": "1795000007000000"}, 7.0),
    "Reset within the hour, no Limit": ("slow down", {"X-Ratelimit-Reset": "1800"}, 1800.0),
    "Reset beyond every window, no Limit": ("slow down", {"X-Ratelimit-Reset": "4900"}, 5.0),
    "Reset in the far future, no Limit": ("slow down", {"X-Ratelimit-Reset": "99999999999"}, 5.0),
    "Reset beyond the hour's window": (
        "slow down",
        {"X-Ratelimit-Limit": "10000", "X-Ratelimit-Reset": "99999999999"},
        3600.0,
    ),
}


@pytest.mark.parametrize("form", RATE_LIMITS)
@pytest.mark.parametrize("status", [429, 200])
def test_a_rate_limit_holds_everybody_back_and_then_ends(client: Any, form: str, status: int) -> None:
    body, headers, asked = RATE_LIMITS[form]
    if status == 200:
        body = {"code": 429, "status": "Too Many Requests"}
    client.server.add(status, body, headers=headers)
    assert client.get().data == {"count": 2}
    assert client.limiter.pauses == [asked or 1.0]
    assert client.waits == [asked or 1.0]
    assert client.limiter.acquired == 2
    assert [one.get("Retry-After") for one in client.limiter.learned] == [headers.get("Retry-After"), None]
    assert "rate limit" in client.events[0].message


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "1"}, {"X-Ratelimit-Reset": "3600"}])
def test_a_rate_limit_that_does_not_end_is_an_error(client: Any, headers: dict[str, str]) -> None:
    client.server.add(429, "slow down", headers=headers, times=200)
    begun = client.clock.now
    with pytest.raises(errors.RateLimitedError, match="slow down"):
        client.get()
    assert client.clock.now - begun <= 300 + 3600 + 300
    assert 2 <= len(client.server.seen) < 20


def test_short_limits_do_not_shorten_patience(make_client: Callable[..., Any]) -> None:
    client = make_client(limits=((30, 5.0),))
    client.server.add(429, "slow down", headers={"Retry-After": "45"}, times=3)
    assert client.get().data == {"count": 4}
    assert client.limiter.pauses == [45.0, 45.0, 45.0]


def test_a_wait_beyond_every_limits_window_is_not_waited_for(client: Any) -> None:
    client.server.add(429, "tomorrow", headers={"Retry-After": "86400"})
    with pytest.raises(errors.RateLimitedError) as caught:
        client.get()
    assert caught.value.retry_after == 86400
    assert client.clock.slept == []
    until = dt.datetime.fromtimestamp(client.clock.now + 86400, ZoneInfo("Asia/Jakarta"))
    assert f"no request until {until:%Y-%m-%d %H:%M:%S}" in str(caught.value)


def test_waits_say_until_when(client: Any) -> None:
    begun = client.clock.now
    client.server.add(503, "", headers={"Retry-After": "30"})
    client.server.add(429, "", headers={"Retry-After": "2"})
    client.get()
    said = [event.message for event in client.events]
    for seconds, message in zip((30, 32), said, strict=True):
        until = dt.datetime.fromtimestamp(begun + seconds, ZoneInfo("Asia/Jakarta"))
        assert message.endswith(f", until {until:%H:%M:%S}")


#: Responses that arrive whole and cannot be used.
UNUSABLE = ("a page in a 200", "cut, right length", "empty", "no gzip")


@pytest.mark.parametrize("fault", TRANSIENT)
def test_what_may_pass_is_tried_again(client: Any, fault: str) -> None:
    how, _ = TRANSIENT[fault]
    client.server.add(**how, times=2)
    assert client.single().data == {"count": 3}
    assert client.clock.slept == client.waits == [1.0, 2.0]
    assert client.limiter.acquired == 3
    assert client.single().from_cache


@pytest.mark.parametrize("fault", TRANSIENT)
def test_what_does_not_pass_is_an_error_in_the_end(make_client: Callable[..., Any], fault: str) -> None:
    client = make_client(retry_seconds=20.0)
    how, kind = TRANSIENT[fault]
    client.server.add(**how, times=50)
    with pytest.raises(kind) as caught:
        client.get()
    assert caught.value.retryable
    assert client.waits == ([1.0, 2.0] if fault in UNUSABLE else [1.0, 2.0, 4.0, 8.0])
    assert client.files == []


def test_a_server_that_fails_for_ever_is_given_up_within_a_minute(client: Any) -> None:
    client.server.add(500, "", times=50)
    begun = client.clock.now
    with pytest.raises(errors.ServerError):
        client.get()
    assert 30 <= client.clock.now - begun <= 60


def test_all_requests_of_a_call_share_one_budget(client: Any) -> None:
    client.server.add(500, "", times=50)
    call = client.transport.new_call(client.events.append)
    begun = client.clock.now
    for _ in range(2):
        with pytest.raises(errors.ServerError):
            client.transport.get("/order", {}, call)
    assert client.clock.now - begun <= 60
    client.server.script.clear()
    client.transport.get("/order", {}, call)
    client.server.add(500, "", times=4)
    assert client.transport.get("/order", {}, call).data["count"] == len(client.server.seen)


def test_one_request_that_always_fails_is_given_up_though_others_succeed(client: Any) -> None:
    call = client.transport.new_call()
    settings, monotonic = client.transport.settings, client.clock
    retries = Retries(settings, call.budget, jitter=lambda: 1.0, monotonic=monotonic)
    begun = client.clock.now
    while (wait := retries.next_wait(errors.ServerError("failed"), client.clock.now)) is not None:
        client.clock.now += wait
        call.budget.succeed()
    assert client.clock.now - begun <= 60


@pytest.mark.parametrize(
    "body",
    [b'{"data": NaN}', b'{"data": "\xff\xfe"}', b"[" * 100_000, HTML.encode(), b"", b"null", b'"text"', b"7"],
)
@pytest.mark.parametrize("status", [200, 201])
def test_a_body_that_gets_no_better_is_given_up_after_three_tries(client: Any, body: bytes, status: int) -> None:
    client.server.add(status, body, times=50)
    with pytest.raises(errors.UnexpectedResponseError):
        client.get()
    assert len(client.server.seen) == 3


def test_a_503_may_ask_for_a_wait_up_to_the_cap(make_client: Callable[..., Any]) -> None:
    client = make_client(retry_seconds=300.0)
    client.server.add(503, "", headers={"Retry-After": "30"})
    client.server.add(503, "", headers={"Retry-After": "3000"})
    client.get()
    assert client.waits == [30.0, 60.0]


@pytest.mark.slow
def test_a_slow_answer_is_a_timeout(make_client: Callable[..., Any]) -> None:
    client = make_client(timeout=(5.0, 0.15))
    held = threading.Event()
    client.server.add(200, GOOD, delay=held)
    try:
        assert client.get().data == {"count": 2}
        client.server.add(200, GOOD, delay=held, times=9)
        with pytest.raises(errors.ConnectionFailedError, match="in time"):
            make_client(timeout=(5.0, 0.15), retry_seconds=0.5).get("/slow")
    finally:
        held.set()


def test_an_unreachable_host_is_named(make_client: Callable[..., Any]) -> None:
    client = make_client(base_url="http://127.0.0.1:9/v2", retry_seconds=5.0)
    with pytest.raises(errors.ConnectionFailedError, match=r"127\.0\.0\.1"):
        client.get()
    assert client.waits == [1.0, 2.0]


def test_a_host_that_never_answered_is_soon_given_up_and_one_that_did_is_not(
    make_client: Callable[..., Any], server: Any
) -> None:
    never = make_client(base_url="http://127.0.0.1:9/v2")
    begun = never.clock.now
    with pytest.raises(errors.ConnectionFailedError):
        never.get()
    assert never.clock.now - begun <= 20
    met = make_client(retry_seconds=300.0)
    met.get()
    server.add(reset=True, times=8)
    assert met.get("/bundles").data == {"count": 10}
    assert met.clock.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_a_certificate_nobody_trusts_is_raised_at_once(
    make_client: Callable[..., Any], self_signed_server: Any
) -> None:
    client = make_client(at=self_signed_server)
    with pytest.raises(errors.CertificateError, match="not trusted"):
        client.get()
    assert client.clock.slept == []
    assert self_signed_server.seen == []


def test_the_certificates_of_the_environment_are_used(
    make_client: Callable[..., Any], self_signed_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(at=self_signed_server)
    (tmp_path / "empty.pem").touch()
    for name in ("missing.pem", "empty.pem"):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / name))
        with pytest.raises(errors.CertificateError, match=r"could not be read.*REQUESTS_CA_BUNDLE"):
            client.get()
    assert client.clock.slept == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Path(__file__).with_name("untrusted.pem")))
    assert client.get().data == {"count": 1}


def test_a_server_without_tls_is_said_to_have_none(make_client: Callable[..., Any], server: Any) -> None:
    with pytest.raises(errors.ConnectionFailedError, match=r"No secure connection \(TLS\) to 127.0.0.1"):
        make_client(base_url=server.url.replace("http:", "https:"), retry_seconds=1.0).get()


@pytest.mark.parametrize("base_url", ["", "ftp://scalev.test/v2", "http://", "http://[::1/v2"])
def test_what_is_no_address_is_a_bad_value(make_client: Callable[..., Any], base_url: str) -> None:
    with pytest.raises(errors.BadValueError, match="address"):
        make_client(base_url=base_url or "/").get()


def test_a_path_cannot_change_the_host(make_client: Callable[..., Any], server: Any, other_server: Any) -> None:
    client = make_client(base_url=server.url)
    client.get(f"@127.0.0.1:{other_server.port}/v2")
    assert other_server.seen == []
