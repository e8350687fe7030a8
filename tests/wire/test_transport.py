"""One request's whole way, against a real server on loopback: cache, retries, limiter, errors, and the key's safety."""

from __future__ import annotations

import base64
import datetime as dt
import json
import logging
import os
import pickle
import re
import socket
import sys
import threading
import traceback
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames import errors
from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.settings import Settings
from scalev_frames.wire.names import Names
from scalev_frames.wire.retries import Retries, RetryBudget

GOOD = {"code": 200, "status": "Success", "data": {"results": [], "has_next": False}}
HTML = "<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"


# The request -----------------------------------------------------------------------------------------------------


def test_what_is_sent(client: Any, key: str) -> None:
    client.get("/store/3/products", {"page_size": 25, "last_id": 9007199254740993, "tags": ["a", "b"], "search": None})
    (seen,) = client.server.seen
    assert seen.target == "/v2/store/3/products?last_id=9007199254740993&page_size=25&tags=a&tags=b"
    assert seen.headers["Authorization"] == f"Bearer {key}"
    assert re.fullmatch(r"scalev-frames/\S+ \(\+python-requests\)", seen.headers["User-Agent"])
    assert seen.headers["Accept"] == "application/json"
    assert "Cookie" not in seen.headers


def test_what_comes_back(client: Any) -> None:
    client.server.add(200, '{"code":200,"status":"Success","data":{"id":12345678901234567890123}}')
    answer = client.get()
    assert answer.data == {"id": 12345678901234567890123}
    assert answer.body["status"] == "Success"
    assert json.loads(answer.content) == answer.body
    assert not answer.from_cache
    assert answer.received_at == client.clock.now


def test_netrc_does_not_replace_the_key(client: Any, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client.get()
    assert client.server.seen[0].headers["Authorization"] == f"Bearer {key}"


def test_a_proxy_of_the_environment_is_used(make_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(base_url="http://scalev.test/v2")
    monkeypatch.setenv("http_proxy", client.server.url)
    client.get()
    assert client.server.paths == ["http://scalev.test/v2/stores"]


@pytest.mark.parametrize("proxy", ["nonsense::::", "http://me:topsecret@:::8080", "http://me:topsecret@proxy:99999"])
def test_a_proxy_setting_that_is_no_address_is_named(
    make_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(errors.ConnectionFailedError, match="address of a proxy") as caught:
        make_client(base_url="http://scalev.test/v2").get()
    assert "topsecret" not in str(caught.value)


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:9", "socks5h://me:topsecret@127.0.0.1:9", "SOCKS4://127.0.0.1:9"]
)
def test_a_proxy_of_socks_is_never_passed_by(
    make_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("all_proxy", proxy)
    client = make_client(base_url="http://scalev.test/v2")
    with pytest.raises(errors.ConnectionFailedError, match="does not speak HTTP") as caught:
        client.get()
    assert "topsecret" not in str(caught.value)


def test_a_name_without_an_address_is_said_to_have_none(
    make_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(errors.ConnectionFailedError, match=r"api\.scalev\.test has no address.*offline"):
        make_client(base_url="https://api.scalev.test/v2").get()


def test_no_proxy_stands_between_this_computer_and_itself(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert client.get().data == {"count": 1}


def test_cookies_are_neither_sent_nor_kept(client: Any) -> None:
    client.server.add(200, GOOD, headers={"Set-Cookie": "session=abc123; Path=/"})
    client.single()
    client.single(refresh=True)
    assert "Cookie" not in client.server.seen[1].headers
    assert not any(b"abc123" in plain(file) for file in client.files)


def test_a_redirect_is_not_followed(client: Any, other_server: Any) -> None:
    for status in (301, 302, 307, 308):
        client.server.add(status, "", headers={"Location": f"{other_server.url}/v2/stores"})
        with pytest.raises(errors.UnexpectedResponseError, match="redirect"):
            client.get()
    assert len(client.server.seen) == 4
    assert other_server.seen == []
    assert client.files == []


@pytest.mark.parametrize("location", ["", "http://[broken", "//", "ftp://x/", "\x80"])
def test_a_redirect_to_nowhere_is_the_same_error(client: Any, location: str) -> None:
    client.server.add(302, "", headers={"Location": location})
    with pytest.raises(errors.UnexpectedResponseError, match="redirect"):
        client.get()


def test_many_threads_at_once(client: Any) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda page: client.get("/order", {"page": page}), range(80)))
    assert sorted(answer.data["count"] for answer in answers) == list(range(1, 81))
    assert sorted(client.server.paths) == sorted(f"/v2/order?page={page}" for page in range(80))
    assert client.limiter.acquired == 80


def test_pages_of_lists_never_come_from_a_cache(client: Any) -> None:
    assert [client.get("/order", {"last_id": 7}).data["count"] for _ in range(3)] == [1, 2, 3]
    assert client.files == []


# Both names of a renamed path ------------------------------------------------------------------------------------

ALIAS = ("/order", "/orders")


@pytest.mark.parametrize("status", [404, 410, 302])
def test_a_renamed_path_is_found_out_once(client: Any, status: int) -> None:
    client.server.add(status, "")
    assert client.get("/order/7", alias=ALIAS).data == {"count": 2}
    client.get("/order/8/payments", alias=ALIAS)
    assert client.server.paths == ["/v2/order/7", "/v2/orders/7", "/v2/orders/8/payments"]


@pytest.mark.parametrize(("listed", "record"), [("/order", "/orders"), ("/orders", "/order")])
def test_each_kind_of_path_has_the_name_that_the_server_knows_for_it(client: Any, listed: str, record: str) -> None:
    known = {f"/v2{listed}", f"/v2{record}/7", f"/v2{record}/8"}
    client.server.knows = known.__contains__
    for path in ("/order", "/order/7", "/order/8"):
        assert client.get(path, alias=ALIAS).data["count"]
    with pytest.raises(errors.NotFoundError, match=f"no /v2{record}/9"):
        client.get("/order/9", alias=ALIAS)
    client.get("/order", alias=ALIAS)
    first = ["/v2/order"] if listed == "/order" else ["/v2/order", "/v2/orders"]
    found_out = [f"/v2{listed}/7", f"/v2{record}/7"]
    assert client.server.paths == [*first, *found_out, f"/v2{record}/8", f"/v2{record}/9", f"/v2{listed}"]


@pytest.mark.slow
def test_many_workers_find_a_name_out_once(client: Any) -> None:
    client.server.knows = lambda path: path.startswith("/v2/orders/")
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: client.get(f"/order/{number}", alias=ALIAS), range(24)))
    assert {f"/v2/orders/{number}" for number in range(24)} < set(client.server.paths)
    assert len([path for path in client.server.paths if not path.startswith("/v2/orders/")]) == 1
    assert len(client.server.paths) == 25


def test_a_first_record_that_neither_name_has_holds_nobody_up(client: Any) -> None:
    client.server.knows = lambda path: path == "/v2/orders/9"
    for number in (7, 8):
        with pytest.raises(errors.NotFoundError, match=f"no /v2/order/{number}"):
            client.get(f"/order/{number}", alias=ALIAS)
    client.get("/order/9", alias=ALIAS)
    assert len(client.server.paths) == 6


def test_a_call_that_is_cancelled_waits_for_nobody_elses_first_record(client: Any) -> None:
    names, token, asked = Names(), CancelToken(), []

    def first(path: str) -> str:
        asked.append(path)
        token.cancel()
        with pytest.raises(Cancelled):
            names.ask("/order/8", ALIAS, asked.append, token)
        return "found"

    assert names.ask("/order/7", ALIAS, first, CancelToken()) == "found"
    assert asked == ["/order/7"]


def test_a_missing_record_is_not_looked_for_twice_once_the_name_is_known(client: Any) -> None:
    client.get("/order/7", alias=ALIAS)
    client.server.add(404, {"code": 404, "error": "no such order"})
    with pytest.raises(errors.NotFoundError, match="no such order"):
        client.get("/order/8", alias=ALIAS)
    assert client.server.paths == ["/v2/order/7", "/v2/order/8"]


def test_where_neither_name_is_known_the_first_refusal_is_raised(client: Any) -> None:
    client.server.add(404, {"code": 404, "error": "first"})
    client.server.add(404, {"code": 404, "error": "second"})
    with pytest.raises(errors.NotFoundError, match="first") as caught:
        client.get("/order", alias=ALIAS)
    assert caught.value.__context__ is None
    client.server.add(404, "")
    client.server.add(403, {"code": 403, "error": "not for this key"})
    with pytest.raises(errors.ForbiddenError, match="not for this key"):
        client.get("/order", alias=ALIAS)


def test_a_kept_answer_is_found_under_either_name(client: Any) -> None:
    client.server.add(404, "")
    first = client.single("/order/statistics", alias=ALIAS)
    again = client.single("/order/statistics", alias=ALIAS)
    assert (first.data, again.data, again.from_cache) == ({"count": 2}, {"count": 2}, True)


# Bodies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"id": 7, "status": "shipped", "order_id": "261128ABC"},
        {"results": [{"id": 1}], "has_next": False},
        {"total": 5},
        [{"id": 1}, {"id": 2}],
    ],
)
def test_what_has_no_envelope_is_read(client: Any, body: Any) -> None:
    client.server.add(200, body)
    answer = client.get("/order/7")
    assert answer.data == answer.body == body


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": 200},
        {"status": "Success"},
        {"message": "hello"},
        {"success": False, "why": "tired"},
        {"id": 7, "error": "gone"},
        {"code": 401, "id": "r"},
    ],
)
def test_an_envelope_without_data_is_no_answer(client: Any, body: Any) -> None:
    client.server.add(200, body, times=3)
    with pytest.raises(errors.ApiError):
        client.get("/order/7")
    assert len(client.server.seen) == 1


def test_what_stands_beside_data_stays_visible(client: Any) -> None:
    client.server.add(200, {"data": [{"id": 1}], "has_next": True, "next_cursor": "c25"})
    answer = client.get()
    assert answer.data == [{"id": 1}]
    assert (answer.body["has_next"], answer.body["next_cursor"]) == (True, "c25")


def test_a_stored_body_is_read_as_an_answer_is(client: Any) -> None:
    fresh = client.get()
    stored = client.transport.read(fresh.content, fresh.received_at)
    assert (stored.data, stored.body, stored.received_at) == (fresh.data, fresh.body, fresh.received_at)
    assert (stored.from_cache, stored.seconds) == (True, 0.0)
    for bad in (b"", b"<html>", b'{"data": NaN}', b'{"code": 401, "data": 1}', b"[" * 100_000):
        with pytest.raises(ValueError, match=r"\w"):
            client.transport.read(bad, 0.0)


# What is kept ----------------------------------------------------------------------------------------------------


def test_a_hit_is_the_same_answer_without_a_request(client: Any) -> None:
    first = client.single(params={"a": 1, "b": 2})
    client.clock.now += 1000
    second = client.single(params={"b": 2, "a": 1})
    assert (second.content, second.data, second.received_at) == (first.content, first.data, first.received_at)
    assert (first.from_cache, second.from_cache) == (False, True)
    assert client.limiter.acquired == len(client.server.seen) == 1


def test_a_single_answer_ages(client: Any) -> None:
    client.single(max_age=60)
    client.clock.now += 60
    assert client.single(max_age=60).from_cache
    client.clock.now += 1
    assert not client.single(max_age=60).from_cache
    assert client.single(max_age=60).data == {"count": 2}
    client.clock.now -= 30  # somebody set the clock back
    assert not client.single(max_age=60).from_cache


def test_each_call_says_itself_how_old_an_answer_may_be(client: Any) -> None:
    client.single(max_age=5)
    client.clock.now += 1000
    assert client.single(max_age=5000).from_cache
    assert client.single(max_age=float("inf")).from_cache
    assert not client.single(max_age=0).from_cache


def test_what_was_just_received_is_too_old_for_a_call_that_wants_news(client: Any) -> None:
    client.single()
    client.clock.now += 0.001
    assert not client.single(max_age=0).from_cache
    assert "Cache-Control" not in client.server.seen[1].headers


def test_refresh_asks_anew_and_replaces(client: Any) -> None:
    client.single()
    assert client.single(refresh=True).data == {"count": 2}
    assert client.single().data == {"count": 2}
    assert len(client.server.seen) == 2


def test_an_answer_survives_the_process(make_client: Callable[..., Any]) -> None:
    make_client().single("/order/7")
    assert make_client().single("/order/7").from_cache


def test_accounts_never_see_each_others_answers(make_client: Callable[..., Any], tmp_path: Path) -> None:
    one = make_client(key="sk_one_111111111111", folder=tmp_path / "one")
    two = make_client(key="sk_two_222222222222", folder=tmp_path / "two")
    assert one.single().data["count"] == 1
    assert two.single().data["count"] == 2
    assert one.single().data["count"] == 1
    with pytest.raises(errors.NotCachedError):
        two.single("/bundles", offline=True)


def test_offline_never_asks(client: Any) -> None:
    with pytest.raises(errors.NotCachedError):
        client.single(offline=True)
    first = client.single()
    client.server.server.shutdown()
    client.clock.now += 10_000_000
    kept = client.single(offline=True, max_age=1)
    assert (kept.data, kept.from_cache, kept.received_at) == (first.data, True, first.received_at)
    assert client.limiter.acquired == 1


@pytest.mark.parametrize("vary", ["Authorization", "*", "Cookie, Accept-Encoding"])
def test_vary_does_not_prevent_a_hit(client: Any, vary: str) -> None:
    headers = {"Vary": vary, "ETag": '"1"', "Cache-Control": "no-store, max-age=0", "Last-Modified": formatdate(0)}
    client.server.add(200, GOOD, headers=headers)
    client.single()
    assert client.single().from_cache
    client.single(refresh=True)
    assert "If-None-Match" not in client.server.seen[1].headers


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0", b"\x80\x04K\x01."])
def test_a_damaged_answer_is_asked_for_again_and_replaced(client: Any, damage: bytes) -> None:
    client.single()
    (file,) = client.files
    file.write_bytes(damage)
    with pytest.raises(errors.NotCachedError):
        client.single(offline=True)
    assert not client.single().from_cache
    assert client.single().from_cache


def test_a_whole_file_with_foreign_content_is_asked_for_again(client: Any) -> None:
    client.single()
    (file,) = client.files
    head, packed = file.read_bytes()[:18], file.read_bytes()[18:]
    file.write_bytes(head + zlib.compress(zlib.decompress(packed)[:8] + b"<html>"))
    with pytest.raises(errors.NotCachedError):
        client.single(offline=True)
    assert not client.single().from_cache
    assert client.single().from_cache


@pytest.mark.slow
def test_a_flipped_bit_never_gives_another_answer(client: Any) -> None:
    first = client.single()
    (file,) = client.files
    whole = file.read_bytes()
    for place in range(len(whole) * 8):
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        file.write_bytes(damaged)
        try:
            kept = client.single(offline=True)
        except errors.NotCachedError:
            continue
        assert (kept.content, kept.received_at) == (first.content, first.received_at)


def test_where_nothing_can_be_written_calls_go_on_and_say_so_once(
    make_client: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    client = make_client(folder=tmp_path / "file" / "responses")
    assert [client.single(params={"page": page}).data["count"] for page in range(3)] == [1, 2, 3]
    (note,) = [event.message for event in client.events if event.kind == "note"]
    assert "could not be kept" in note


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
def test_errors_are_never_kept_and_never_hidden_by_what_is(client: Any, status: int, body: object) -> None:
    client.single(max_age=60)
    kept = client.files[0].read_bytes()
    client.clock.now += 100
    client.server.add(status, body)
    with pytest.raises(errors.ApiError):
        client.single(max_age=60)
    assert [file.read_bytes() for file in client.files] == [kept]
    client.server.add(status, body)
    with pytest.raises(errors.ApiError):
        client.single("/bundles")
    with pytest.raises(errors.NotCachedError):
        client.single("/bundles", offline=True)


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


@pytest.mark.parametrize("dress", RATE_LIMITS)
@pytest.mark.parametrize("status", [429, 200])
def test_a_rate_limit_holds_everybody_back_and_then_goes_on(client: Any, dress: str, status: int) -> None:
    body, headers, asked = RATE_LIMITS[dress]
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
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with pytest.raises(errors.CertificateError, match="could not be read"):
        client.get()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Path(__file__).with_name("untrusted.pem")))
    assert client.get().data == {"count": 1}


@pytest.mark.parametrize("base_url", ["", "ftp://scalev.test/v2", "http://", "http://[::1/v2"])
def test_what_is_no_address_is_a_bad_value(make_client: Callable[..., Any], base_url: str) -> None:
    with pytest.raises(errors.BadValueError, match="address"):
        make_client(base_url=base_url or "/").get()


def test_a_path_cannot_change_the_host(make_client: Callable[..., Any], server: Any, other_server: Any) -> None:
    client = make_client(base_url=server.url)
    client.get(f"@127.0.0.1:{other_server.port}/v2")
    assert other_server.seen == []


# Cancelling ------------------------------------------------------------------------------------------------------


def test_cancelling_ends_waits_and_sends_nothing_more(client: Any) -> None:
    token = CancelToken()
    client.server.add(500, "", times=9)
    call = client.transport.new_call(lambda _: token.cancel(), token)
    with pytest.raises(Cancelled):
        client.transport.get("/stores", {}, call)
    with pytest.raises(Cancelled):
        client.transport.get("/bundles", {}, call)
    assert len(client.server.seen) == 1


def test_cancelling_one_call_leaves_the_others_alone(client: Any) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        client.get(cancel=token)
    assert client.get().data == {"count": 1}


# How long ---------------------------------------------------------------------------------------------------------


def retries_of(settings: Settings, clock: Callable[[], float], jitter: float) -> Retries:
    return Retries(settings, RetryBudget(settings.retry_seconds, clock), jitter=lambda: jitter, monotonic=clock)


def waits_of(error: errors.ScalevError, *, jitter: float, took: float = 0.0, times: int = 12) -> list[float | None]:
    """The waits after N failures of one request, each of which took some seconds."""
    now = [0.0]
    retries = retries_of(Settings(retry_seconds=300.0), lambda: now[0], jitter)
    waits = []
    for _ in range(times):
        now[0] += took
        waits.append(retries.next_wait(error, now[0] - took))
        now[0] += waits[-1] or 0.0
    return waits


def test_waits_are_jittered_capped_and_bounded() -> None:
    failed = errors.ServerError("failed")
    whole = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, None, None, None]
    assert waits_of(failed, jitter=1.0) == whole
    assert waits_of(failed, jitter=0.5, times=1) == [0.5]


def test_slow_tries_count_too() -> None:
    late = errors.ConnectionFailedError("late")
    assert waits_of(late, jitter=0.0, took=60.0, times=6) == [0.0] * 5 + [None]


@pytest.mark.slow
def test_a_slow_answer_is_waited_for_however_short_the_retries(make_client: Callable[..., Any]) -> None:
    client = make_client(retry_seconds=0.1)
    held = threading.Event()
    client.server.add(200, GOOD, delay=held)
    threading.Timer(0.6, held.set).start()
    assert client.get().data == GOOD["data"]


def test_what_a_limit_asks_for_comes_on_top_up_to_its_window() -> None:
    limited = errors.RateLimitedError("limited", retry_after=1800.0)
    assert waits_of(limited, jitter=0.1, took=0.1, times=3) == [1800.0, 1800.0, None]


def test_a_failure_while_others_wait_for_their_turn_has_the_whole_budget() -> None:
    now = [0.0]
    budget = RetryBudget(60.0, lambda: now[0])
    budget.pause(3000.0)
    now[0] = 1000.0
    budget.fail(now[0] - 5.0)
    assert budget.left() == 55.0
    now[0] = 3010.0
    assert budget.left() == 45.0


@given(st.lists(st.tuples(st.sampled_from(["pause", "fail", "pass", "succeed"]), st.floats(0, 100)), max_size=30))
def test_the_budget_counts_failing_time_without_pauses(steps: list[tuple[str, float]]) -> None:
    """Held against a clock that is looked at every moment."""
    now, paused_until, failing, used = 0.0, 0.0, False, 0.0
    budget = RetryBudget(60.0, lambda: now)
    for what, seconds in steps:
        if what == "pause":
            budget.pause(seconds)
            paused_until = max(paused_until, now + seconds)
        elif what == "fail":
            budget.fail(now)
            failing = True
        elif what == "succeed":
            budget.succeed()
            failing, used = False, 0.0
        else:
            counted = max(0.0, now + seconds - max(now, paused_until))
            now += seconds
            used += counted if failing else 0.0
        assert budget.left() == (pytest.approx(60.0 - used, abs=1e-6) if failing else float("inf"))


def test_waiting_for_a_turn_uses_nothing_up() -> None:
    now = [0.0]
    retries = retries_of(Settings(), lambda: now[0], 1.0)
    assert retries.next_wait(errors.ServerError("failed"), 0.0) == 1.0
    for _ in range(8):  # as many threads wait for the same moment
        retries.pause(3000.0)
    assert retries.left() == 60.0
    now[0] += 3000.0
    assert retries.left() == 60.0
    now[0] += 20.0
    assert retries.left() == 40.0


# The key ---------------------------------------------------------------------------------------------------------


def plain(file: Path) -> bytes:
    """A file's bytes, and what they say when they are not compressed."""
    stored = file.read_bytes()
    return stored + zlib.decompress(stored[18:])


def all_texts(error: BaseException) -> str:
    """Everything that a log, a debugger or a notebook could show of an error."""
    left, seen = [error], []
    while left:
        one = left.pop()
        seen.append(one)
        left += [inner for inner in (one.__cause__, one.__context__) if inner is not None and inner not in seen]
    held = [repr((one, one.args, vars(one))) for one in seen]
    return "".join([*traceback.format_exception(error), *held])


FAULTS: dict[str, dict[str, Any]] = {
    **{name: how for name, (how, _) in TRANSIENT.items()},
    "401 that repeats the key": {"status": 401, "body": {"error": "No such key: sk_wire_0123456789abcdefSECRET"}},
    "422 that repeats the key": {"status": 422, "body": {"details": {"key": ["sk_wire_0123456789abcdefSECRET"]}}},
    "500 page that repeats the key": {"status": 500, "body": "<p>Bearer sk_wire_0123456789abcdefSECRET</p>"},
    "200 whose header repeats the key": {
        "status": 200,
        "body": '{"code": 401, "status": "Unauthorized"}',
        "headers": {"x-request-id": "sk_wire_0123456789abcdefSECRET"},
    },
    "header that repeats the key": {"status": 404, "headers": {"x-request-id": "sk_wire_0123456789abcdefSECRET"}},
    "429": {"status": 429, "body": "slow sk_wire_0123456789abcdefSECRET"},
    "redirect": {"status": 302, "headers": {"Location": "/elsewhere/sk_wire_0123456789abcdefSECRET"}},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_key_is_in_no_error_log_event_or_file(
    make_client: Callable[..., Any], caplog: pytest.LogCaptureFixture, key: str, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make_client(retry_seconds=4.0)
    client.single("/fine")
    client.server.add(**FAULTS[fault], times=20)
    with pytest.raises(errors.ScalevError) as caught:
        client.single()
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert key not in all_texts(caught.value)
    assert key.encode() not in pickle.dumps(vars(caught.value))
    assert key not in caplog.text
    assert key not in repr(client.events)
    assert len(client.files) == 1
    assert not any(key.encode() in plain(file) or b"Bearer" in plain(file) for file in client.files)


def encodings(secret: str) -> list[bytes]:
    """How a secret may stand in a file."""
    raw = secret.encode()
    inner = [base64.b64encode(raw[shift:])[2:-4] for shift in range(3)]
    return [raw, raw.hex().encode(), raw.hex().upper().encode(), raw[::-1], *inner]


@pytest.mark.parametrize("header", ["Authorization", "authorization", "X-Api-Key", "Set-Cookie", "Vary", "ETag"])
def test_no_form_of_the_key_reaches_the_disk(client: Any, key: str, header: str) -> None:
    """Whatever the server sends back, in a header or in the body of a good answer."""
    client.server.add(200, {"code": 200, "data": {"you sent": f"Bearer {key}"}}, headers={header: f"Bearer {key}"})
    answer = client.single("/order/7", {"search": "x"})
    assert answer.data == {"you sent": "Bearer …"}
    client.server.add(302, "", headers={"Location": f"/v2/{key}"})
    with pytest.raises(errors.UnexpectedResponseError):
        client.single("/order/8")
    assert len(client.files) == 1
    for file in client.files:
        assert not any(form in plain(file) for form in encodings(key))
        assert b"Bearer" not in plain(file).replace(b"Bearer \xe2\x80\xa6", b"")
        assert key not in file.name


def test_the_request_with_the_key_hangs_in_no_frame_of_an_error(client: Any, key: str) -> None:
    client.server.add(500, "", times=50)
    with pytest.raises(errors.ServerError) as caught:
        client.single()
    trace = caught.value.__traceback__
    while trace:
        for value in trace.tb_frame.f_locals.values() if "scalev_frames" in trace.tb_frame.f_code.co_filename else ():
            assert key not in repr(getattr(value, "headers", ""))
        trace = trace.tb_next


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_kept_answers_are_private(client: Any) -> None:
    previous = os.umask(0)
    try:
        client.single()
    finally:
        os.umask(previous)
    assert {file.stat().st_mode & 0o777 for file in client.files} == {0o600}
    assert client.folder.stat().st_mode & 0o777 == 0o700


def test_the_key_is_not_in_errors_of_the_connection(
    make_client: Callable[..., Any], self_signed_server: Any, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for client in (
        make_client(base_url="http://127.0.0.1:9/v2", retry_seconds=2.0),
        make_client(at=self_signed_server),
        make_client(base_url="ftp://scalev.test"),
    ):
        with pytest.raises(errors.ScalevError) as caught:
            client.get()
        assert caught.value.__context__ is None
        assert key not in all_texts(caught.value)
    assert key not in caplog.text
    assert key not in repr(vars(make_client().transport))
