"""What is sent to a server, under which name and through what, and how an answer is read."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scalev_frames import errors
from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.wire.aliases import Aliases
from tests.wire.bodies import GOOD, plain


def test_what_is_sent(client: Any, key: str) -> None:
    client.get("/store/3/products", {"page_size": 25, "last_id": 9007199254740993, "tags": ["a", "b"], "search": None})
    (seen,) = client.server.seen
    assert seen.target == "/v2/store/3/products?last_id=9007199254740993&page_size=25&tags=a&tags=b"
    assert seen.headers["Authorization"] == f"Bearer {key}"
    assert re.fullmatch(r"scalev-frames/\S+", seen.headers["User-Agent"])
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


def test_a_proxy_that_the_system_has_from_now_on_is_used(
    make_client: Callable[..., Any], other_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows has another one in another office, while a notebook stays open."""
    client = make_client(base_url="http://scalev.test/v2")
    other_server.add(200, GOOD)
    for server in (client.server, other_server):

        def proxies(url: str = server.url) -> dict[str, str]:
            return {"http": url}

        monkeypatch.setattr("scalev_frames.wire.exchange._of_system", proxies)
        monkeypatch.setattr("requests.utils.getproxies", proxies)
        client.get()
        assert server.paths == ["http://scalev.test/v2/stores"]


@pytest.mark.parametrize("proxy", ["nonsense::::", "http://me:topsecret@:::8080", "http://me:topsecret@proxy:99999"])
def test_a_proxy_setting_that_is_no_address_is_named(
    make_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(errors.ConnectionFailedError, match="address of a proxy") as caught:
        make_client(base_url="http://scalev.test/v2").get()
    assert "topsecret" not in str(caught.value)
    assert "HTTPS_PROXY" in caught.value.advice
    assert not caught.value.retryable


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
    assert client.clock.slept == []


def test_a_proxy_that_asks_for_a_password_is_said_to(
    make_client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(proxy: socket.socket) -> None:
        connection, _ = proxy.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    client = make_client(base_url="https://scalev.test/v2")
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        threading.Thread(target=refuse, args=(proxy,), daemon=True).start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        with pytest.raises(errors.ConnectionFailedError, match=r"lack the name and password.*HTTPS_PROXY"):
            client.get()
    assert client.clock.slept == []


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


@pytest.mark.slow
def test_many_threads_at_once(client: Any) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda page: client.get("/order", {"page": page}), range(80)))
    assert sorted(answer.data["count"] for answer in answers) == list(range(1, 81))
    assert sorted(client.server.paths) == sorted(f"/v2/order?page={page}" for page in range(80))
    assert client.limiter.acquired == 80


def test_pages_of_lists_never_come_from_a_cache(client: Any) -> None:
    assert [client.get("/order", {"last_id": 7}).data["count"] for _ in range(3)] == [1, 2, 3]
    assert client.files == []


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
    names, token, asked = Aliases(), CancelToken(), []

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
