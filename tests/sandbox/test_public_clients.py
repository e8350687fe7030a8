"""Clients that strangers wrote read the sandbox whole: each pattern of them, on both versions, with plain HTTP alone.

The vendor's own SDK, dashboards, imports for accounting and scripts ask in these ways. A pattern that cuts real lists
short cuts the sandbox's short in the same way.
"""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from scalev_frames.sandbox import Behaviour, Sandbox, World

V2_CURSORS = {
    "orders": "/order", "products": "/products", "products_simplified": "/products/simplified", "bundles": "/bundles",
    "bundles_simplified": "/bundles/simplified", "stores": "/stores", "stores_simplified": "/stores/simplified",
}  # fmt: skip
V2_OF_PARENTS = {
    "store_products": "/stores/{store_id}/products", "store_bundles": "/stores/{store_id}/bundles",
    "store_pages": "/stores/{store_id}/pages", "store_payment_accounts": "/stores/{store_id}/payment-accounts",
    "store_sales_people": "/stores/{store_id}/sales-people", "store_admins": "/stores/{store_id}/store-admins",
    "store_advertisers": "/stores/{store_id}/store-advertisers",
    "store_follow_up_chats": "/stores/{store_id}/follow-up-chats",
    "product_follow_up_chats": "/products/{product_id}/follow-up-chats",
    "product_partners": "/products/{product_id}/partners",
    "bundle_price_options": "/bundles/{bundle_id}/bpos", "bundle_partners": "/bundles/{bundle_id}/partners",
    "bundle_follow_up_chats": "/bundles/{bundle_id}/follow-up-chats",
    "variant_digital_product_files": "/variants/{variant_id}/digital-product-files",
}  # fmt: skip
V2_PAGES = {"locations": "/locations", "product_taxonomies": "/product-taxonomies"}
V3_LISTS = {**V2_CURSORS, **V2_PAGES, "orders": "/orders"}
IDS = {"store_id": 3, "product_id": 104, "bundle_id": 204, "variant_id": 1050}
#: Headers that clients send with their requests; none of them are the package's own.
HEADERS: dict[str, dict[str, str]] = {
    "node": {"accept": "application/json", "user-agent": "ScalevAPI/JS 1.4.0", "x-stainless-lang": "js"},
    "curl": {"User-Agent": "curl/8.5.0", "Accept": "*/*"},
    "script": {"User-Agent": "Mozilla/5.0 (compatible; Google-Apps-Script)", "Accept-Encoding": "gzip, deflate, br"},
}


class Client:
    """Plain requests at an address without a version, as the vendor's own example names it."""

    def __init__(self, sandbox: Sandbox, **headers: str) -> None:
        self.address, self.waited = f"http://127.0.0.1:{sandbox.port}", 0.0
        self.headers = {"Authorization": f"Bearer {sandbox.api_key}", **(headers or HEADERS["node"])}
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """The parsed body; a 429 is tried again a second later."""
        text = "?" + urllib.parse.urlencode(query) if query else ""
        request = urllib.request.Request(self.address + path + text, headers=self.headers)
        for _ in range(50):
            try:
                with self.opener.open(request, timeout=60) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code != 429:
                        raise
                    self.waited += 1.0
        raise TimeoutError(path)


# Patterns: each gives the rows of a list ---------------------------------------------------------------------------


def by_last_id(client: Client, path: str, **query: Any) -> Iterator[Any]:
    """The SDK's: until ``has_next`` is false, a page is empty, or there is no cursor."""
    while True:
        data = client.get(f"/v2{path}", query)["data"]
        yield from data["results"]
        if data.get("has_next") is False or not data["results"] or not data.get("last_id"):
            return
        query["last_id"] = data["last_id"]


def by_page(client: Client, path: str, **query: Any) -> Iterator[Any]:
    """The SDK's for pages with numbers."""
    while True:
        data = client.get(f"/v2{path}", query)["data"]
        yield from data["results"]
        if data.get("has_next") is False or not data["results"]:
            return
        query["page"] = (data.get("page") or 1) + 1


def by_next_cursor(client: Client, path: str, **query: Any) -> Iterator[Any]:
    """Until there is no further cursor."""
    cursor = None
    while True:
        body = client.get(f"/v3{path}", {**query, "page_size": 25, **({"next_cursor": cursor} if cursor else {})})
        yield from body["data"]
        cursor = body["next_cursor"]
        if not cursor:
            return


def by_has_next(client: Client, path: str, **query: Any) -> Iterator[Any]:
    """A loop that trusts the flag alone."""
    more: Any = True
    while more:
        body = client.get(f"/v3{path}", query)
        yield from body["data"]
        more, query["next_cursor"] = body["has_next"], body["next_cursor"]


def ids(rows: Any) -> list[Any]:
    return [row["id"] for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("name", V2_CURSORS)
def test_lists_with_cursors_of_v2(sandbox: Sandbox, name: str) -> None:
    assert ids(by_last_id(Client(sandbox), V2_CURSORS[name])) == ids(sandbox.world.rows(name))


@pytest.mark.parametrize("name", V2_OF_PARENTS)
def test_lists_of_parents_of_v2(sandbox: Sandbox, name: str) -> None:
    path = V2_OF_PARENTS[name]
    of = {parameter: one for parameter, one in IDS.items() if "{" + parameter + "}" in path}
    assert ids(by_last_id(Client(sandbox), path.format(**of))) == ids(sandbox.world.rows(name, **of))


@pytest.mark.parametrize("name", V2_PAGES)
def test_lists_with_page_numbers_of_v2(sandbox: Sandbox, name: str) -> None:
    assert ids(by_page(Client(sandbox), V2_PAGES[name])) == ids(sandbox.world.rows(name))


@pytest.mark.slow
@pytest.mark.parametrize("read", [by_next_cursor, by_has_next])
@pytest.mark.parametrize("name", V3_LISTS)
def test_lists_of_v3(sandbox: Sandbox, name: str, read: Any) -> None:
    found = [str(one) for one in ids(read(Client(sandbox), V3_LISTS[name]))]
    assert found == [str(one) for one in ids(sandbox.world.rows(name))]


@pytest.mark.parametrize("cursor", ["id", "opaque", "bound", "place", "nonce"])
def test_whatever_a_cursor_is(cursor: Any) -> None:
    with Sandbox(world=World(130, behaviour=Behaviour(cursor=cursor)), limits=None) as sandbox:
        wanted = [str(one) for one in ids(sandbox.world.rows("orders"))]
        assert [str(one) for one in ids(by_last_id(Client(sandbox), "/order"))] == wanted
        assert [str(one) for one in ids(by_next_cursor(Client(sandbox), "/orders"))] == wanted


@pytest.mark.parametrize("client_name", HEADERS)
def test_whoever_asks(sandbox: Sandbox, client_name: str) -> None:
    client = Client(sandbox, **HEADERS[client_name])
    assert len(list(by_last_id(client, "/orders", page_size=25, status="shipped"))) == len(
        sandbox.world.rows("orders", status="shipped")
    )


@pytest.mark.parametrize(("version", "header"), [("1.0", ""), ("1.1", "Connection: close\r\n")])
def test_a_client_that_reads_to_the_end_of_the_connection(sandbox: Sandbox, version: str, header: str) -> None:
    """It ends with the answer, for whoever asks in HTTP/1.0 too."""
    asked = f"GET /v2/order HTTP/{version}\r\nAuthorization: Bearer {sandbox.api_key}\r\n{header}\r\n"
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=20) as connection:
        connection.sendall(asked.encode())
        text = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert len(json.loads(text.partition(b"\r\n\r\n")[2])["data"]["results"]) == 25


def test_limits_hold_a_patient_client_up_and_lose_nothing() -> None:
    with Sandbox(orders=130, limits=((3, 5.0),)) as sandbox:
        client = Client(sandbox)
        sandbox.clock = lambda: client.waited
        assert ids(by_last_id(client, "/order")) == ids(sandbox.world.rows("orders"))
        assert client.waited >= 5.0


def test_orders_are_found_by_what_operators_know(sandbox: Sandbox) -> None:
    client = Client(sandbox)
    order = sandbox.world.rows("orders")[40]
    phone, code = order["customer"]["phone"], order["order_id"]
    assert order["id"] in ids(by_last_id(client, "/order", search=phone))
    assert ids(by_last_id(client, "/order", search=code)) == ids(by_last_id(client, "/order", order_id=code))
    assert (
        list(by_next_cursor(client, "/orders", search=phone)) == []
    )  # v3 looks for codes, unless it is asked otherwise
    by_phone = by_next_cursor(client, "/orders", search=phone, search_field="customer_phone")
    assert str(order["id"]) in map(str, ids(by_phone))
    assert client.get(f"/v2/orders/{order['id']}")["data"]["order_id"] == code
    assert client.get(f"/v3/orders/{order['id']}")["order_id"] == code


def test_statistics_as_dashboards_ask_for_them(sandbox: Sandbox) -> None:
    client = Client(sandbox)
    asked = {
        "datetime_type": "draft_time",
        "breakdown_date": "day",
        "is_breakdown_status": "true",
        "tz": "Asia/Jakarta",
    }
    rows = client.get("/v2/order/statistics", asked)["data"]["results"]
    assert rows == client.get("/v3/orders/statistics", asked)["data"]
    assert sum(row["count"] for row in rows) > 50
    for more in ({"utm_content": "none-such"}, {"datetime_type": "paid_time"}):
        assert "data" in client.get("/v3/orders/statistics", asked | more)


def test_faults_of_clients_fail_here_as_they_do_in_the_world(sandbox: Sandbox) -> None:
    """A page of a hundred is one of 25, and what no version knows as a cursor gives the first page again."""
    client = Client(sandbox)
    body = client.get("/v2/order", {"page_size": 100})["data"]
    assert (len(body["results"]), body["page_size"], body["has_next"]) == (25, 25, True)
    first = client.get("/v3/orders")
    for wrong in ("cursor", "last_id", "page"):
        again = client.get("/v3/orders", {wrong: first["next_cursor"]})
        assert ids(again["data"]) == ids(first["data"])
    for path in ("/v1/order", "/v2/utm-sources/x", f"/v2/orders/{sandbox.world.rows('orders')[0]['order_id']}/nothing"):
        with pytest.raises(urllib.error.HTTPError, match="404") as missing:
            client.get(path)
        missing.value.close()
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        Client(sandbox, Authorization="Secret x").get("/v2/order")
    refused.value.close()
