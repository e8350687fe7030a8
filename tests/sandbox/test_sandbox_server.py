"""On the wire the sandbox behaves as the facts say: envelope, errors, paging, routes, a world that moves."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.catalog.endpoints import ORDER_COLUMNS
from scalev_frames.sandbox import Behaviour, Sandbox, World
from scalev_frames.sandbox.__main__ import main
from scalev_frames.sandbox.world.orders.records import MUST_ASK

Get = Callable[..., Any]
ALL = {"columns": ",".join(ORDER_COLUMNS)}
LISTS = [name for name, row in ENDPOINTS.items() if row.paging in ("cursor", "page") and not row.is_unproven]


def test_envelope(sandbox: Sandbox, get: Get) -> None:
    answer = get(sandbox, "/order", **ALL)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    body = answer.json()
    assert (body["code"], set(body)) == (200, {"code", "status", "data"})
    assert set(body["data"]) == {"has_next", "last_id", "page_size", "results"}
    assert body["data"]["last_id"] == body["data"]["results"][-1]["id"]


@pytest.mark.slow
@pytest.mark.parametrize("name", LISTS)
def test_a_whole_list_returns_the_truth(sandbox: Sandbox, read_all: Get, name: str) -> None:
    endpoint = ENDPOINTS[name]
    ids = _ids(endpoint)
    rows = read_all(sandbox, endpoint.path.format(**ids), **(ALL if name == "orders" else {}))
    assert rows == sandbox.world.rows(name, **ids)


def _ids(endpoint: Endpoint) -> dict[str, int]:
    return {parent.parameter: {"store_id": 3, "product_id": 104, "bundle_id": 204, "variant_id": 1050}[parent.parameter]
            for parent in endpoint.parents}  # fmt: skip


def test_a_whole_list_with_filter_and_other_page_size(sandbox: Sandbox, read_all: Get) -> None:
    rows = read_all(sandbox, "/order", status="shipped", page_size=7, **ALL)
    assert rows == sandbox.world.rows("orders", status="shipped")


def test_page_size_is_echoed_and_at_most_25(sandbox: Sandbox, get: Get) -> None:
    for asked, given in ((1, 1), (25, 25), (100, 25)):
        data = get(sandbox, "/products", page_size=asked).json()["data"]
        assert (data["page_size"], len(data["results"])) == (given, given)


def test_page_lists_have_a_page_in_place_of_the_cursor(sandbox: Sandbox, get: Get) -> None:
    data = get(sandbox, "/locations", page=2).json()["data"]
    assert set(data) == {"has_next", "page", "page_size", "results"}
    assert data["page"] == 2
    beyond = get(sandbox, "/locations", page=99).json()["data"]
    assert (beyond["results"], beyond["has_next"]) == ([], False)


def test_some_fields_stay_empty_unless_asked_for(sandbox: Sandbox, get: Get) -> None:
    full = get(sandbox, "/order", **ALL).json()["data"]["results"]
    bare = get(sandbox, "/order").json()["data"]["results"]
    one = get(sandbox, "/order", columns="metadata,quantity").json()["data"]["results"]
    for name in MUST_ASK:
        assert any(row.get(name) is not None for row in full) or name == "kwai_pixel_ids", name
        assert all(row[name] is None for row in bare)
        assert all(row[name] is None for row in one) == (name not in ("metadata", "quantity"))
    assert [row["status"] for row in bare] == [row["status"] for row in full]
    assert all(row["created_at"] and row["last_updated_at"] and row["id"] for row in bare)


def test_plain_lists_and_records(sandbox: Sandbox, get: Get) -> None:
    assert get(sandbox, "/order/tags").json()["data"][0] == "VIP"
    assert get(sandbox, "/stores/1/payment-methods").json()["data"] == ["cod", "bank_transfer", "va"]
    order = sandbox.world.rows("orders")[0]
    for key in ("/order", "/orders"):
        assert get(sandbox, f"{key}/{order['id']}").json()["data"] == sandbox.world.detail(order["id"])
    for name in ("emails", "actions", "chats", "message-history"):
        assert get(sandbox, f"/order/{order['id']}/{name}").status_code == 200
    chats = get(sandbox, f"/order/{order['id']}/chats").json()["data"]["follow_up_chats"]
    chat = get(sandbox, f"/order/{order['id']}/chat/{chats[0]['id']}").json()["data"]
    assert chat["text"] == chats[0]["text"]
    assert order["order_id"] in chat["text"]
    assert get(sandbox, f"/order/{order['id']}/chat/999999").status_code == 404


def test_errors(sandbox: Sandbox, get: Get) -> None:
    wrong = get(sandbox, "/order", key="sk_wrong")
    assert (wrong.status_code, wrong.json()) == (401, {"code": 401, "status": "Unauthorized"})
    for path in ("/nothing", "/order/17", "/order/0199-nope", "/stores/99/products", "/products/1"):
        missing = get(sandbox, path)
        assert (missing.status_code, missing.json()["code"]) == (404, 404)
        assert missing.json()["error"]
    bad = ({"status": "lost"}, {"draft_time_until": "yesterday"}, {"last_id": "x"}, {"page_size": "many"},
           {"is_repeat": "perhaps"})  # fmt: skip
    for params in bad:
        refused = get(sandbox, "/order", **params)
        assert (refused.status_code, list(refused.json()["details"])) == (422, list(params))
        assert refused.json()["error"]
    assert get(sandbox, "/order/statistics", tz="Mars/Base").status_code == 422
    assert get(sandbox, "/order/statistics", minimum_days="-1").status_code == 422


def test_restricted_keys(sandbox: Sandbox, get: Get) -> None:
    key = sandbox.restricted_key("order:list", "product:list")
    assert key.startswith("rk_")
    assert get(sandbox, "/order", key=key).status_code == 200
    assert get(sandbox, "/products", key=key).status_code == 200
    assert get(sandbox, "/order/statistics", key=key).status_code == 403
    assert get(sandbox, "/order", key=sandbox.restricted_key("order:read")).status_code == 200
    assert get(sandbox, "/order/statistics", key=sandbox.restricted_key("order:statistics:read")).status_code == 200
    refused = get(sandbox, "/stores", key=key)
    assert (refused.status_code, refused.json()) == (403, {"code": 403, "status": "Forbidden"})
    sandbox.revoke(key)
    assert get(sandbox, "/order", key=key).status_code == 401


def test_only_get(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=60)
    headers = {"Authorization": f"Bearer {sandbox.api_key}"}
    for method in ("POST", "DELETE", "PUT"):
        connection.request(method, "/v2/order", body=b"{}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    connection.request("GET", "/v2/order", headers=headers)  # the connection is still good
    assert connection.getresponse().status == 200
    connection.close()


def test_rubbish_closes_the_connection(sandbox: Sandbox) -> None:
    for rubbish in (b"hello\r\n\r\n", b"x" * 70_000):
        with _connect(sandbox) as connection:
            connection.sendall(rubbish)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert re.match(rb"HTTP/1.1 4\d\d .*Connection: close", answer, re.DOTALL)


def test_requests_in_pieces_and_in_a_row(sandbox: Sandbox) -> None:
    request = f"GET /v2/products/count HTTP/1.1\r\nAuthorization: Bearer {sandbox.api_key}\r\n\r\n".encode()
    last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with _connect(sandbox) as connection:
        connection.sendall(request[:20])
        time.sleep(0.01)
        connection.sendall(request[20:] + request + last)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.count(b"HTTP/1.1 200 OK") == 3


def _connect(sandbox: Sandbox) -> Any:
    import socket

    return socket.create_connection(("127.0.0.1", sandbox.port), timeout=60)


@pytest.mark.parametrize(("order_path", "answers"), [("old", (200, 404)), ("new", (404, 200)), ("both", (200, 200))])
def test_order_path(get: Get, order_path: Any, answers: tuple[int, int]) -> None:
    with Sandbox(world=World(5, behaviour=Behaviour(order_path=order_path)), limits=None) as sandbox:
        code = sandbox.world.rows("orders")[0]["id"]
        for rest in ("", "/tags", "/statistics", f"/{code}"):
            assert tuple(get(sandbox, path + rest).status_code for path in ("/order", "/orders")) == answers


def test_ground_moves_between_pages(get: Get, read_all: Get) -> None:
    """New orders do not disturb a list that is read by its cursor, a deleted cursor still works, and changes show."""
    with Sandbox(orders=120, limits=None) as sandbox:
        before = sandbox.world.rows("orders")

        def disturb(request: Any) -> None:
            if "last_id" in request.params:
                sandbox.world.add_orders(2)
                if len(sandbox.world) < 125:
                    sandbox.world.delete_order(request.params["last_id"])
                sandbox.world.change_status(before[110]["id"], "canceled")

        sandbox.on_request(disturb)
        rows = read_all(sandbox, "/order", **ALL)
    assert [row["id"] for row in rows] == [row["id"] for row in before]
    assert (rows[110]["status"], rows[110]["last_updated_at"] > before[110]["last_updated_at"]) == ("canceled", True)
    assert len(sandbox.world) == 120 + 4 * 2 - 3


def test_requests_are_recorded(get: Get) -> None:
    with Sandbox(orders=5, limits=None) as sandbox:
        sandbox.clock = lambda: 123.0
        get(sandbox, "/order", status="shipped")
        get(sandbox, "/nothing")
        assert [(one.method, one.path, one.params, one.status, one.at) for one in sandbox.requests] == [
            ("GET", "/order", {"status": "shipped"}, 200, 123.0),
            ("GET", "/nothing", {}, 404, 123.0),
        ]


def test_latency(get: Get) -> None:
    with Sandbox(orders=5, limits=None, latency=0.05) as sandbox:
        begin = time.perf_counter()
        get(sandbox, "/order")
        assert time.perf_counter() - begin >= 0.05


def test_many_clients_at_once(sandbox: Sandbox) -> None:
    bodies: list[bytes] = []

    def fetch() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=60)
        for _ in range(5):
            connection.request("GET", "/v2/stores", headers={"Authorization": f"Bearer {sandbox.api_key}"})
            bodies.append(connection.getresponse().read())
        connection.close()

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(bodies) == 40
    assert len(set(bodies)) == 1


def test_start_and_stop(get: Get) -> None:
    sandbox = Sandbox(orders=1, limits=None).start()
    assert sandbox.base_url.startswith("http://127.0.0.1:")
    assert get(sandbox, "/order").status_code == 200
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(OSError, match=r"refused|aborted|reset"):
        _connect(sandbox)


def test_a_taken_port_is_said_at_once(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match=r"(?i)in use|only one usage"):
        Sandbox(world=World(orders=0), port=sandbox.port).start()


def test_a_new_row_of_the_catalog_works_by_itself(get: Get, read_all: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    new = {
        "warehouses": Endpoint("warehouses", "/warehouses", "warehouse", "Warehouses.", scope="warehouse:list"),
        "warehouse": Endpoint("warehouse", "/warehouses/{id}", "warehouse", "One.", paging="record"),
        "order_couriers": Endpoint("order_couriers", "/order/couriers", "courier", "C.", alias=("/order", "/orders")),
    }
    for name, row in new.items():
        monkeypatch.setitem(ENDPOINTS, name, row)
    with Sandbox(orders=5, limits=None) as sandbox:
        rows = read_all(sandbox, "/warehouses")
        assert rows == sandbox.world.rows("warehouses")
        assert len(rows) > 25
        assert get(sandbox, "/warehouses/7").json()["data"]["id"] == 7
        assert len(read_all(sandbox, "/orders/couriers")) > 25


def test_main_says_where_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scalev_frames.sandbox.__main__.wait", interrupted)
    assert main(["--port", "0", "--orders", "3", "--no-limits", "--fault", "edge,path=/order"]) == 0
    assert re.fullmatch(
        r"SCALEV_API_BASE_URL=http://127\.0\.0\.1:\d+/v2\nSCALEV_API_KEY=sk_\w+\n", capsys.readouterr().out
    )


def test_main_says_a_taken_port_and_a_wrong_fault_in_one_sentence(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port", str(sandbox.port), "--orders", "3"]) == 1
    assert f"Port {sandbox.port} cannot be used" in capsys.readouterr().err
    for wrong, word in (("flood", "no fault 'flood'"), ("cut,colour=red", "no colour")):
        with pytest.raises(SystemExit):
            main(["--fault", wrong])
        assert word in capsys.readouterr().err


@pytest.mark.slow
def test_its_latency_can_change_on_connections_that_are_open() -> None:
    with Sandbox(orders=1, limits=None) as sandbox:
        connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=60)
        for latency in (0.0, 0.3):
            sandbox.latency = latency
            begun = time.monotonic()
            connection.request("GET", "/v2/stores/simplified")
            connection.getresponse().read()
        connection.close()
    assert time.monotonic() - begun >= 0.3
