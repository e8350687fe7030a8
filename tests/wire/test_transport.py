"""One request's whole way, against a real server on loopback: cache, retries, limiter, errors, and the key's safety."""

from __future__ import annotations

import datetime as dt
import errno
import json
import logging
import os
import pickle
import re
import threading
import traceback
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from scalev_frames import errors
from scalev_frames.settings import Settings
from scalev_frames.wire.limits import Stopped
from scalev_frames.wire.transport import Retries

GOOD = {"code": 200, "status": "Success", "data": {"results": [], "has_next": False}}
HTML = "<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"


# The request -----------------------------------------------------------------------------------------------------


def test_what_is_sent(bench: Any, key: str) -> None:
    bench.get("/store/3/products", {"page_size": 25, "last_id": 9007199254740993, "tags": ["a", "b"], "search": None})
    (seen,) = bench.server.seen
    assert seen.target == "/v2/store/3/products?last_id=9007199254740993&page_size=25&tags=a&tags=b"
    assert seen.headers["Authorization"] == f"Bearer {key}"
    assert re.fullmatch(r"scalev-frames/\S+ \(\+python-requests\)", seen.headers["User-Agent"])
    assert seen.headers["Accept"] == "application/json"
    assert "Cookie" not in seen.headers


def test_what_comes_back(bench: Any) -> None:
    bench.server.add(200, '{"code":200,"status":"Success","data":{"id":12345678901234567890123}}')
    answer = bench.get()
    assert answer.data == {"id": 12345678901234567890123}
    assert answer.body["status"] == "Success"
    assert json.loads(answer.content) == answer.body
    assert not answer.from_cache
    assert answer.received_at == bench.clock.now


def test_netrc_does_not_replace_the_key(bench: Any, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    bench.get()
    assert bench.server.seen[0].headers["Authorization"] == f"Bearer {key}"


def test_a_proxy_of_the_environment_is_used(make_bench: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    bench = make_bench(base_url="http://scalev.test/v2")
    monkeypatch.setenv("http_proxy", bench.server.url)
    bench.get()
    assert bench.server.paths == ["http://scalev.test/v2/stores"]


def test_no_proxy_stands_between_this_computer_and_itself(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert bench.get().data == {"count": 1}


def test_cookies_are_neither_sent_nor_kept(bench: Any) -> None:
    bench.server.add(200, GOOD, headers={"Set-Cookie": "session=abc123; Path=/"})
    bench.get()
    bench.get(refresh=True)
    assert "Cookie" not in bench.server.seen[1].headers
    assert not any(b"abc123" in plain(file) for file in bench.files)


def test_a_redirect_is_not_followed(bench: Any, other_server: Any) -> None:
    for status in (301, 302, 307, 308):
        bench.server.add(status, "", headers={"Location": f"{other_server.url}/v2/stores"})
        with pytest.raises(errors.UnexpectedResponseError, match="redirect"):
            bench.get()
    assert len(bench.server.seen) == 4
    assert other_server.seen == []
    assert bench.files == []


@pytest.mark.parametrize("location", ["", "http://[broken", "//", "ftp://x/", "\x80"])
def test_a_redirect_to_nowhere_is_the_same_error(bench: Any, location: str) -> None:
    bench.server.add(302, "", headers={"Location": location})
    with pytest.raises(errors.UnexpectedResponseError, match="redirect"):
        bench.get()


def test_many_threads_at_once(bench: Any) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda page: bench.get("/order", {"page": page}, walk="w"), range(80)))
    assert sorted(answer.data["count"] for answer in answers) == list(range(1, 81))
    assert sorted(bench.server.paths) == sorted(f"/v2/order?page={page}" for page in range(80))
    assert bench.limiter.acquired == 80
    with ThreadPoolExecutor(16) as pool:
        again = list(pool.map(lambda page: bench.get("/order", {"page": page}, walk="w"), range(80)))
    assert [answer.data for answer in again] == [answer.data for answer in answers]
    assert len(bench.server.seen) == 80


# What is kept ----------------------------------------------------------------------------------------------------


def test_a_hit_is_the_same_answer_without_a_request(bench: Any) -> None:
    first = bench.get(params={"a": 1, "b": 2})
    bench.clock.now += 1000
    second = bench.get(params={"b": 2, "a": 1})
    assert (second.content, second.data, second.received_at) == (first.content, first.data, first.received_at)
    assert (first.from_cache, second.from_cache) == (False, True)
    assert bench.limiter.acquired == len(bench.server.seen) == 1


@pytest.mark.parametrize("max_age", [60, dt.timedelta(minutes=1)])
def test_a_single_answer_ages(bench: Any, max_age: Any) -> None:
    bench.get(max_age=max_age)
    bench.clock.now += 60
    assert bench.get(max_age=max_age).from_cache
    bench.clock.now += 1
    assert not bench.get(max_age=max_age).from_cache
    assert bench.get(max_age=max_age).data == {"count": 2}
    bench.clock.now -= 30  # somebody set the clock back
    assert not bench.get(max_age=max_age).from_cache


def test_refresh_asks_anew_and_replaces(bench: Any) -> None:
    bench.get()
    assert bench.get(refresh=True).data == {"count": 2}
    assert bench.get().data == {"count": 2}
    assert len(bench.server.seen) == 2


def test_a_page_of_a_walk_does_not_age_and_survives_a_crash(make_bench: Callable[..., Any]) -> None:
    before = make_bench()
    before.get("/order", walk="one")
    after = make_bench()
    after.clock.now += 10_000_000
    assert after.get("/order", walk="one", max_age=1).from_cache
    assert len(after.server.seen) == 1


def test_walks_never_see_each_others_pages(bench: Any) -> None:
    datas = [bench.get("/order", {"last_id": 7}, walk=walk).data["count"] for walk in ("a", "b", None, "a", "b", None)]
    assert datas == [1, 2, 3, 1, 2, 3]
    assert len(set(bench.server.paths)) == 1  # and the walk is not told to the server
    bench.transport.cache.drop_walk("a")
    assert bench.get("/order", {"last_id": 7}, walk="a").data["count"] == 4
    assert bench.get("/order", {"last_id": 7}, walk="b").from_cache


def test_accounts_never_see_each_others_answers(make_bench: Callable[..., Any], tmp_path: Path) -> None:
    one = make_bench(key="sk_one_111111111111", folder=tmp_path / "one")
    two = make_bench(key="sk_two_222222222222", folder=tmp_path / "two")
    assert one.get().data["count"] == 1
    assert two.get().data["count"] == 2
    assert one.get().data["count"] == 1
    with pytest.raises(errors.NotCachedError):
        two.get("/bundles", offline=True)


def test_offline_never_asks(bench: Any) -> None:
    with pytest.raises(errors.NotCachedError):
        bench.get(offline=True)
    first = bench.get()
    bench.server.server.shutdown()
    bench.clock.now += 10_000_000
    kept = bench.get(offline=True, max_age=1)
    assert (kept.data, kept.from_cache, kept.received_at) == (first.data, True, first.received_at)
    assert bench.limiter.acquired == 1


def test_forgotten_answers_are_asked_for_again(bench: Any) -> None:
    bench.get("/order", {"page": 1}, walk="w")
    bench.transport.forget("/order", {"page": 1})
    assert bench.get("/order", {"page": 1}, walk="w").from_cache
    bench.transport.forget("/order", {"page": 1}, walk="w")
    assert not bench.get("/order", {"page": 1}, walk="w").from_cache


@pytest.mark.parametrize("vary", ["Authorization", "*", "Cookie, Accept-Encoding"])
def test_vary_does_not_prevent_a_hit(bench: Any, vary: str) -> None:
    headers = {"Vary": vary, "ETag": '"1"', "Cache-Control": "no-store, max-age=0", "Last-Modified": formatdate(0)}
    bench.server.add(200, GOOD, headers=headers)
    bench.get()
    assert bench.get().from_cache
    bench.get(refresh=True)
    assert "If-None-Match" not in bench.server.seen[1].headers


def test_a_damaged_page_is_asked_for_again_and_replaced(bench: Any) -> None:
    bench.get(walk="w")
    (file,) = bench.files
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(errors.NotCachedError):
        bench.get(walk="w", offline=True)
    assert not bench.get(walk="w").from_cache
    assert bench.get(walk="w").from_cache


def test_a_whole_page_with_foreign_content_is_asked_for_again(bench: Any) -> None:
    bench.get(walk="w")
    (file,) = bench.files
    head, packed = file.read_bytes()[:14], file.read_bytes()[14:]
    file.write_bytes(head + zlib.compress(zlib.decompress(packed)[:8] + b"<html>"))
    with pytest.raises(errors.NotCachedError):
        bench.get(walk="w", offline=True)
    assert not bench.get(walk="w").from_cache
    assert bench.get(walk="w").from_cache


def test_a_full_disk_does_not_stop_a_pull_and_is_told_once(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert [bench.get(params={"page": page}, walk="w").data["count"] for page in range(3)] == [1, 2, 3]
    (note,) = [event.message for event in bench.events if event.kind == "note"]
    assert "No space left" in note
    assert bench.files == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"code": 401}),
        (404, "not here"),
        (200, {"code": 401, "data": {}}),
        (200, {"code": 200}),
        (302, ""),
    ],
)
def test_errors_are_never_kept_and_never_hidden_by_what_is(bench: Any, status: int, body: object) -> None:
    bench.get(max_age=60)
    kept = bench.files[0].read_bytes()
    bench.clock.now += 100
    bench.server.add(status, body)
    with pytest.raises(errors.ApiError):
        bench.get(max_age=60)
    assert [file.read_bytes() for file in bench.files] == [kept]
    bench.server.add(status, body)
    with pytest.raises(errors.ApiError):
        bench.get("/bundles")
    with pytest.raises(errors.NotCachedError):
        bench.get("/bundles", offline=True)


# Errors that are not tried again ---------------------------------------------------------------------------------


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
    bench: Any, status: int, body: object, kind: type[errors.ApiError]
) -> None:
    bench.server.add(status, body, headers={"x-request-id": "req-1"})
    with pytest.raises(kind) as caught:
        bench.get(params={"page_size": 25})
    error = caught.value
    assert type(error) is kind
    assert error.status_code == (body.get("code", status) if isinstance(body, dict) else status)
    assert error.request_id == "req-1"
    assert error.url == f"{bench.server.url}/v2/stores"
    if status == 422:
        assert error.fields == {"page_size": ("too large",)}
    assert len(bench.server.seen) == 1
    assert bench.clock.slept == []


# Errors that are tried again -------------------------------------------------------------------------------------

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
}


@pytest.mark.parametrize("dress", RATE_LIMITS)
@pytest.mark.parametrize("status", [429, 200])
def test_a_rate_limit_holds_everybody_back_and_then_goes_on(bench: Any, dress: str, status: int) -> None:
    body, headers, asked = RATE_LIMITS[dress]
    if status == 200:
        body = {"code": 429, "status": "Too Many Requests"}
    bench.server.add(status, body, headers=headers)
    assert bench.get().data == {"count": 2}
    assert bench.limiter.pauses == [asked or 1.0]
    assert bench.waits == [asked or 1.0]
    assert bench.limiter.acquired == 2
    assert [one.get("Retry-After") for one in bench.limiter.learned] == [headers.get("Retry-After"), None]
    assert "rate limit" in bench.events[0].message


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "1"}, {"X-Ratelimit-Reset": "3600"}])
def test_a_rate_limit_that_does_not_end_is_an_error(bench: Any, headers: dict[str, str]) -> None:
    bench.server.add(429, "slow down", headers=headers, times=200)
    begun = bench.clock.now
    with pytest.raises(errors.RateLimitedError, match="slow down"):
        bench.get()
    assert bench.clock.now - begun <= 300 + 3600 + 300
    assert 2 <= len(bench.server.seen) < 20


def test_short_limits_do_not_shorten_patience(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(limits=((30, 5.0),))
    bench.server.add(429, "slow down", headers={"Retry-After": "45"}, times=3)
    assert bench.get().data == {"count": 4}
    assert bench.limiter.pauses == [45.0, 45.0, 45.0]


def test_a_wait_beyond_every_limits_window_is_not_waited_for(bench: Any) -> None:
    bench.server.add(429, "tomorrow", headers={"Retry-After": "86400"})
    with pytest.raises(errors.RateLimitedError) as caught:
        bench.get()
    assert caught.value.retry_after == 86400
    assert bench.clock.slept == []


TRANSIENT: dict[str, tuple[dict[str, Any], type[errors.ScalevError]]] = {
    "500": ({"status": 500, "body": {"code": 500, "status": "Internal Server Error"}}, errors.ServerError),
    "502 as a page": ({"status": 502, "body": HTML}, errors.ServerError),
    "503": ({"status": 503, "body": ""}, errors.ServerError),
    "500 in a 200": ({"status": 200, "body": {"code": 500, "data": {"results": []}}}, errors.ServerError),
    "a page in a 200": ({"status": 200, "body": HTML}, errors.UnexpectedResponseError),
    "cut, wrong length": (
        {"status": 200, "body": json.dumps(GOOD), "missing": 50},
        errors.UnexpectedResponseError,
    ),
    "cut, right length": ({"status": 200, "body": json.dumps(GOOD)[:30]}, errors.UnexpectedResponseError),
    "empty": ({"status": 200, "body": ""}, errors.UnexpectedResponseError),
    "no gzip": (
        {"status": 200, "body": b"no gzip", "headers": {"Content-Encoding": "gzip"}},
        errors.UnexpectedResponseError,
    ),
    "reset": ({"reset": True}, errors.ConnectionFailedError),
}


@pytest.mark.parametrize("fault", TRANSIENT)
def test_what_may_pass_is_tried_again(bench: Any, fault: str) -> None:
    how, _ = TRANSIENT[fault]
    bench.server.add(**how, times=3)
    assert bench.get().data == {"count": 4}
    assert bench.clock.slept == bench.waits == [1.0, 2.0, 4.0]
    assert bench.limiter.acquired == 4
    assert bench.get().from_cache


@pytest.mark.parametrize("fault", TRANSIENT)
def test_what_does_not_pass_is_an_error_in_the_end(make_bench: Callable[..., Any], fault: str) -> None:
    bench = make_bench(retry_seconds=20.0)
    how, kind = TRANSIENT[fault]
    bench.server.add(**how, times=50)
    with pytest.raises(kind) as caught:
        bench.get()
    assert caught.value.retryable
    assert bench.waits == [1.0, 2.0, 4.0, 8.0]
    assert bench.files == []


def test_a_503_may_ask_for_a_wait_up_to_the_cap(bench: Any) -> None:
    bench.server.add(503, "", headers={"Retry-After": "30"})
    bench.server.add(503, "", headers={"Retry-After": "3000"})
    bench.get()
    assert bench.waits == [30.0, 60.0]


def test_a_slow_answer_is_a_timeout(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(timeout=(5.0, 0.15))
    held = threading.Event()
    bench.server.add(200, GOOD, delay=held)
    try:
        assert bench.get().data == {"count": 2}
        bench.server.add(200, GOOD, delay=held, times=9)
        with pytest.raises(errors.ConnectionFailedError, match="in time"):
            make_bench(timeout=(5.0, 0.15), retry_seconds=0.5).get("/slow")
    finally:
        held.set()


def test_an_unreachable_host_is_named(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(base_url="http://127.0.0.1:9/v2", retry_seconds=5.0)
    with pytest.raises(errors.ConnectionFailedError, match=r"127\.0\.0\.1"):
        bench.get()
    assert bench.waits == [1.0, 2.0]


def test_a_host_that_never_answered_is_soon_given_up_and_one_that_did_is_not(
    make_bench: Callable[..., Any], server: Any
) -> None:
    never = make_bench(base_url="http://127.0.0.1:9/v2")
    begun = never.clock.now
    with pytest.raises(errors.ConnectionFailedError):
        never.get()
    assert never.clock.now - begun <= 20
    met = make_bench()
    met.get()
    server.add(reset=True, times=8)
    assert met.get("/bundles").data == {"count": 10}
    assert met.clock.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_a_certificate_nobody_trusts_is_raised_at_once(make_bench: Callable[..., Any], self_signed_server: Any) -> None:
    bench = make_bench(at=self_signed_server)
    with pytest.raises(errors.CertificateError, match="not trusted"):
        bench.get()
    assert bench.clock.slept == []
    assert self_signed_server.seen == []


def test_the_certificates_of_the_environment_are_used(
    make_bench: Callable[..., Any], self_signed_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(at=self_signed_server)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with pytest.raises(errors.CertificateError, match="could not be read"):
        bench.get()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Path(__file__).with_name("untrusted.pem")))
    assert bench.get().data == {"count": 1}


@pytest.mark.parametrize("base_url", ["", "no scheme", "ftp://scalev.test/v2", "http://", "http://[::1/v2"])
def test_what_is_no_address_is_a_bad_value(make_bench: Callable[..., Any], base_url: str) -> None:
    with pytest.raises(errors.BadValueError, match="address"):
        make_bench(base_url=base_url or "/").get()


def test_a_path_cannot_change_the_host(make_bench: Callable[..., Any], server: Any, other_server: Any) -> None:
    bench = make_bench(base_url=server.url)
    bench.get(f"@127.0.0.1:{other_server.port}/v2")
    assert other_server.seen == []


# Stopping --------------------------------------------------------------------------------------------------------


def test_stop_ends_waits_and_sends_nothing_more(make_bench: Callable[..., Any]) -> None:
    stop = threading.Event()
    bench = make_bench()
    bench.server.add(500, "", times=9)

    def set_while_waiting(event: Any) -> None:
        stop.set()

    with pytest.raises(Stopped):
        bench.transport.get("/stores", {}, report=set_while_waiting, stop=stop)
    assert len(bench.server.seen) == 1
    with pytest.raises(Stopped):
        bench.get("/bundles", stop=stop)
    assert len(bench.server.seen) == 1


# How long ---------------------------------------------------------------------------------------------------------


def test_waits_are_jittered_capped_and_bounded() -> None:
    failed = errors.ServerError("failed")
    full = Retries(Settings(retry_seconds=300.0), jitter=lambda: 1.0)
    waits = [full.next_wait(failed, took=0.0) for _ in range(12)]
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, None, None, None]
    half = Retries(Settings(retry_seconds=300.0), jitter=lambda: 0.5)
    assert half.next_wait(failed, took=0.0) == 0.5


def test_slow_tries_count_too() -> None:
    retries = Retries(Settings(retry_seconds=300.0), jitter=lambda: 0.0)
    waits = [retries.next_wait(errors.ConnectionFailedError("late"), took=60.0) for _ in range(6)]
    assert waits == [0.0] * 5 + [None]


def test_what_a_limit_asks_for_comes_on_top_up_to_its_window() -> None:
    retries = Retries(Settings(retry_seconds=300.0), jitter=lambda: 0.1)
    limited = errors.RateLimitedError("limited", retry_after=1800.0)
    assert [retries.next_wait(limited, took=0.1) for _ in range(3)] == [1800.0, 1800.0, None]


# The key ---------------------------------------------------------------------------------------------------------


def plain(file: Path) -> bytes:
    """A file's bytes, and what they say when they are not compressed."""
    stored = file.read_bytes()
    return stored + zlib.decompress(stored[14:])


def all_texts(error: BaseException) -> str:
    """Everything that a log, a debugger or a notebook could show of an error."""
    chain, seen = [error], []
    while chain:
        one = chain.pop()
        seen.append(one)
        chain += [inner for inner in (one.__cause__, one.__context__) if inner is not None and inner not in seen]
    held = [repr((one, one.args, vars(one))) for one in seen]
    return "".join([*traceback.format_exception(error), *held])


FAULTS: dict[str, dict[str, Any]] = {
    **{name: how for name, (how, _) in TRANSIENT.items()},
    "401 that repeats the key": {"status": 401, "body": {"error": "No such key: sk_wire_0123456789abcdefSECRET"}},
    "422 that repeats the key": {"status": 422, "body": {"details": {"key": ["sk_wire_0123456789abcdefSECRET"]}}},
    "500 page that repeats the key": {"status": 500, "body": "<p>Bearer sk_wire_0123456789abcdefSECRET</p>"},
    "header that repeats the key": {"status": 404, "headers": {"x-request-id": "sk_wire_0123456789abcdefSECRET"}},
    "429": {"status": 429, "body": "slow sk_wire_0123456789abcdefSECRET"},
    "redirect": {"status": 302, "headers": {"Location": "/elsewhere/sk_wire_0123456789abcdefSECRET"}},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_key_is_in_no_error_log_event_or_file(
    make_bench: Callable[..., Any], caplog: pytest.LogCaptureFixture, key: str, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    bench = make_bench(retry_seconds=4.0)
    bench.get("/fine", walk="w")
    bench.server.add(**FAULTS[fault], times=20)
    with pytest.raises(errors.ScalevError) as caught:
        bench.get()
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert key not in all_texts(caught.value)
    assert key.encode() not in pickle.dumps(vars(caught.value))
    assert key not in caplog.text
    assert key not in repr(bench.events)
    assert len(bench.files) == 1
    assert not any(key.encode() in plain(file) or b"Bearer" in plain(file) for file in bench.files)


def test_the_key_is_not_in_errors_of_the_connection(
    make_bench: Callable[..., Any], self_signed_server: Any, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for bench in (
        make_bench(base_url="http://127.0.0.1:9/v2", retry_seconds=2.0),
        make_bench(at=self_signed_server),
        make_bench(base_url="ftp://scalev.test"),
    ):
        with pytest.raises(errors.ScalevError) as caught:
            bench.get()
        assert caught.value.__context__ is None
        assert key not in all_texts(caught.value)
    assert key not in caplog.text
    assert key not in repr(vars(make_bench().transport))
