"""The sandbox speaks v3 over the same world as v2: the same rows in another envelope, other limits, errors and scopes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.catalog.endpoints import ORDER_COLUMNS
from scalev_frames.sandbox import Behaviour, Fault, Sandbox, World, always
from tests.sandbox.test_sandbox_limits import Clock

ALL = {"columns": ",".join(ORDER_COLUMNS)}
IDS = {"store_id": 3, "product_id": 104, "bundle_id": 204, "variant_id": 1050}
#: The lists of the specification of May 2026 that the catalog has a twin for.
SPECIFIED = {
    "orders": "/orders", "products": "/products", "products_simplified": "/products/simplified",
    "bundles": "/bundles", "bundles_simplified": "/bundles/simplified", "stores_simplified": "/stores/simplified",
    "stores": "/stores", "bundle_price_options": "/bundles/{bundle_id}/bundle-price-options",
    "bundle_follow_up_chats": "/bundles/{bundle_id}/follow-up-chats", "bundle_partners": "/bundles/{bundle_id}/partners",
    "product_follow_up_chats": "/products/{product_id}/follow-up-chats",
    "product_partners": "/products/{product_id}/partners", "store_bundles": "/stores/{store_id}/bundles",
    "store_pages": "/stores/{store_id}/pages", "store_payment_accounts": "/stores/{store_id}/payment-accounts",
    "store_products": "/stores/{store_id}/products",
    "variant_digital_product_files": "/variants/{variant_id}/digital-product-files",
    "locations": "/locations", "product_taxonomies": "/product-taxonomies",
}  # fmt: skip
Ask = Callable[..., requests.Response]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """GET of a path of v3."""
    with requests.Session() as session:
        session.trust_env = False

        def ask(sandbox: Sandbox, path: str, key: str | None = None, **params: Any) -> requests.Response:
            headers = {"Authorization": f"Bearer {key or sandbox.api_key}"}
            return session.get(sandbox.url("v3") + path, params=params, headers=headers, timeout=60)

        yield ask


@pytest.fixture
def read(ask: Ask) -> Callable[..., list[Any]]:
    """Every row of a list of v3."""

    def read(sandbox: Sandbox, path: str, **params: Any) -> list[Any]:
        rows: list[Any] = []
        position: dict[str, Any] = {}
        while True:
            body = ask(sandbox, path, **params, **position).json()
            rows += body["data"]
            if not body["has_next"]:
                assert body["next_cursor"] is None
                return rows
            position = {"next_cursor": body["next_cursor"]}

    return read


@pytest.mark.parametrize("name", [name for name in SPECIFIED if name != "orders"])
def test_a_list_has_the_rows_of_v2(sandbox: Sandbox, read: Any, name: str) -> None:
    ids = {parent.parameter: IDS[parent.parameter] for parent in ENDPOINTS[name].parents}
    rows = read(sandbox, SPECIFIED[name].format(**ids))
    assert rows == sandbox.world.rows(name, **ids)


@pytest.mark.slow
def test_orders_have_the_rows_of_v2_with_ids_as_texts_and_other_fields(sandbox: Sandbox, read: Any) -> None:
    rows = read(sandbox, "/orders", **ALL)
    truth = sandbox.world.rows("orders")
    assert [row["id"] for row in rows] == [str(row["id"]) for row in truth]
    gone, new = set(truth[0]) - set(rows[0]), set(rows[0]) - set(truth[0])
    assert gone == {"page", "quantity", "courier_aggregator_code"}
    assert new == {"public_order_url", "payment_url", "agent_context", "is_from_payment_link", "payment_link_id",
                   "payment_link_income", "settled_time"}  # fmt: skip
    shared = [name for name in rows[0] if name not in new | {"id"}]
    assert [[row.get(name) for name in shared] for row in rows] == [[row.get(name) for name in shared] for row in truth]


def test_the_envelope(sandbox: Sandbox, ask: Ask) -> None:
    body = ask(sandbox, "/orders").json()
    assert {name: value for name, value in body.items() if name not in ("data", "next_cursor")} == {
        "is_paginated": True, "has_next": True, "has_previous": False, "previous_cursor": None, "page_size": 25,
    }  # fmt: skip
    assert body["next_cursor"] != body["data"][-1]["id"]
    assert ask(sandbox, "/orders", next_cursor=body["next_cursor"]).json()["has_previous"] is True
    tags = ask(sandbox, "/orders/tags").json()
    assert (tags["is_paginated"], tags["data"][0]) == (False, "VIP")
    order = sandbox.world.rows("orders")[0]
    record = ask(sandbox, f"/orders/{order['id']}").json()
    assert (record["id"], record["order_id"]) == (str(order["id"]), order["order_id"])
    assert ask(sandbox, "/products/count").json() == {"count": len(sandbox.world.rows("products"))}
    assert ask(sandbox, "/me").json()["scopes"] == ["*"]


@pytest.mark.parametrize("path", ["/orders", "/products", "/locations"])
def test_pages_can_be_read_backwards(sandbox: Sandbox, ask: Ask, path: str) -> None:
    pages = [ask(sandbox, path, page_size=10).json()]
    for _ in range(3):
        pages.append(ask(sandbox, path, page_size=10, next_cursor=pages[-1]["next_cursor"]).json())
    for earlier, later in zip(pages[::-1][1:], pages[::-1], strict=False):
        assert ask(sandbox, path, page_size=10, previous_cursor=later["previous_cursor"]).json() == earlier
    assert (pages[0]["has_previous"], pages[0]["previous_cursor"]) == (False, None)


def test_cursors_of_v2_mean_nothing(sandbox: Sandbox, ask: Ask) -> None:
    first = ask(sandbox, "/orders").json()
    for other in ({"last_id": first["data"][-1]["id"]}, {"page": 2}, {"cursor": first["next_cursor"]}):
        assert ask(sandbox, "/orders", **other).json() == first
    assert ask(sandbox, "/locations", page=2).json() == ask(sandbox, "/locations").json()


@pytest.mark.slow
def test_a_cursor_is_bound_to_its_filters(sandbox: Sandbox, ask: Ask, read: Any) -> None:
    first = ask(sandbox, "/orders", status="completed").json()
    for filters in ({"status": "completed"}, {}, {"status": "rts"}):
        second = ask(sandbox, "/orders", next_cursor=first["next_cursor"], **filters).json()
        assert {row["status"] for row in second["data"]} == {"completed"}
    truth = sandbox.world.rows("orders", status="completed")
    assert [row["id"] for row in read(sandbox, "/orders", status="completed")] == [str(row["id"]) for row in truth]
    for bad in ("x", "W10", first["data"][-1]["id"]):
        assert ask(sandbox, "/orders", next_cursor=bad).status_code == 422


@pytest.mark.slow
def test_search_looks_at_one_field(sandbox: Sandbox, ask: Ask, read: Any) -> None:
    order = next(
        row for row in sandbox.world.rows("orders") if row["external_id"] and row["customer"]["name"].isascii()
    )
    name = order["customer"]["name"]
    assert read(sandbox, "/orders", search=name) == []
    assert str(order["id"]) in {
        row["id"] for row in read(sandbox, "/orders", search=name, search_field="customer_name")
    }
    found = {
        "order_id": order["order_id"], "external_id": order["external_id"], "customer_phone": order["customer"]["phone"],
        "gross_revenue": str(order["gross_revenue"]),
    }  # fmt: skip
    for field, text in found.items():
        rows = read(sandbox, "/orders", search=text, search_field=field)
        assert str(order["id"]) in {row["id"] for row in rows}, field
    for field, path in (("shipment_receipt", ("shipment_receipt",)), ("customer_email", ("customer", "email")),
                        ("pg_reference_id", ("pg_reference_id",))):  # fmt: skip
        known = [row for row in sandbox.world.rows("orders") if _at(row, path)]
        rows = read(sandbox, "/orders", search=_at(known[7], path), search_field=field, **ALL)
        assert str(known[7]["id"]) in {row["id"] for row in rows}, field
        assert {_at(row, path) for row in rows} == {_at(known[7], path)}
    assert read(sandbox, "/orders", search="much", search_field="gross_revenue") == []
    assert [row["id"] for row in read(sandbox, "/orders", search=order["order_id"])] == [str(order["id"])]
    assert ask(sandbox, "/orders", search="x", search_field="colour").status_code == 422


def _at(row: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        row = row.get(name)
    return row


def test_a_fault_of_one_version_alone(world: World, ask: Ask, get: Any) -> None:
    with Sandbox(world=world, limits=None, faults=[always("error", "/v3/*", status=401)]) as sandbox:
        assert [get(sandbox, "/products").status_code, ask(sandbox, "/products").status_code] == [200, 401]


def test_statistics_have_a_shape_of_their_own(sandbox: Sandbox, ask: Ask, get: Any) -> None:
    asked = {"breakdown_date": "day", "is_breakdown_status": "true", "minimum_days": 400}
    body = ask(sandbox, "/orders/statistics", **asked).json()
    assert set(body) == {"is_paginated", "data"}
    by_draft = get(sandbox, "/order/statistics", datetime_type="draft_time", **asked).json()["data"]["results"]
    assert body["data"] == by_draft
    refused = ask(sandbox, "/orders/statistics", datetime_type="created_at")
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["datetime_type"])
    platform = ask(sandbox, "/orders/statistics", platform="shopee", minimum_days=400).json()["data"]
    dated = [row for row in sandbox.world.rows("orders", platform="shopee") if row["draft_time"]]
    assert sum(row["count"] for row in platform) == len(dated)
    whole = ask(sandbox, "/orders/statistics", breakdown_date="False", custom_breakdown_key="store_id").json()["data"]
    assert {row["custom_breakdown_name"] for row in whole} <= {row["name"] for row in sandbox.world.rows("stores")}
    assert ask(sandbox, "/orders/statistics", datetime_type="paid_time").status_code == 200


def test_statistics_were_also_seen_with_results_at_the_root(world: World, ask: Ask) -> None:
    with Sandbox(world=world, limits=None, faults=[Fault("rename", "/orders/statistics")]) as sandbox:
        seen = ask(sandbox, "/orders/statistics").json()
        assert seen == {"is_paginated": False, "results": ask(sandbox, "/orders/statistics").json()["data"]}


def test_errors(sandbox: Sandbox, ask: Ask) -> None:
    wrong = ask(sandbox, "/orders", key="sk_wrong")
    assert (wrong.status_code, set(wrong.json())) == (401, {"error", "error_code", "message"})
    bad = ask(sandbox, "/orders", status="lost")
    assert (bad.status_code, bad.json()["error_code"], bad.json()["errors"]) == (
        422, "validation_error", {"status": ["is invalid"]},
    )  # fmt: skip
    for path in ("/order", "/order/tags", "/bundles/204/bpos", "/stores/3/store-admins", "/nothing", "/orders/17"):
        missing = ask(sandbox, path)
        assert (missing.status_code, missing.json()["error_code"]) == (404, "not_found"), path
    assert ask(sandbox, "/orders", b_uid="another").status_code == 403
    assert ask(sandbox, "/orders", b_uid=sandbox.world.business_uid).status_code == 200
    with Sandbox(world=sandbox.world, limits=None, faults=[Fault("error", status=409, error="Taken")]) as faulty:
        assert ask(faulty, "/orders").json() == {"error": "Taken", "error_code": "conflict", "message": "Taken"}


def test_scopes(sandbox: Sandbox, ask: Ask) -> None:
    def opens(path: str, *scopes: str) -> bool:
        return ask(sandbox, path, key=sandbox.restricted_key(*scopes)).status_code == 200

    assert opens("/orders", "order:list")
    assert not opens("/orders", "order:read")
    assert opens("/stores/3/pages", "page:list")
    assert not opens("/stores/3/pages", "store:read")
    assert opens("/stores/3/payment-accounts", "payment_account:list")
    assert opens("/orders/statistics", "order:statistics:read")
    assert opens("/orders/statistics", "order:statistics:list")
    assert not opens("/orders/statistics", "order:list")


@pytest.mark.parametrize(
    ("versions", "statuses"), [({"v2"}, (200, 404)), ({"v3"}, (404, 200)), ({"v2", "v3"}, (200, 200))]
)
def test_a_server_may_speak_one_version_alone(
    world: World, ask: Ask, get: Any, versions: set[str], statuses: tuple[int, int]
) -> None:
    with Sandbox(world=World(5, behaviour=Behaviour(versions=frozenset(versions))), limits=None) as sandbox:
        assert (get(sandbox, "/orders").status_code, ask(sandbox, "/orders").status_code) == statuses
        assert {one.version for one in sandbox.requests} == {"v2", "v3"}


def test_limits_are_of_the_key_alone(world: World, ask: Ask, get: Any) -> None:
    clock = Clock()
    with Sandbox(world=world) as sandbox:
        sandbox.clock = clock
        other = sandbox.restricted_key("product:list")
        statuses = [ask(sandbox, "/products/count").status_code for _ in range(101)]
        assert statuses == [200] * 100 + [429]
        assert ask(sandbox, "/products/count", key=other).status_code == 200
        assert get(sandbox, "/products/count").status_code == 200
        clock.now += 10.0
        answer = ask(sandbox, "/products/count")
        assert (answer.status_code, answer.headers["X-Ratelimit-Limit"]) == (200, "100")


@pytest.mark.slow
def test_a_version_answers_at_its_own_paths_alone(sandbox: Sandbox, ask: Ask, get: Any) -> None:
    def path(pattern: str) -> str:
        return re.sub(r"{\w+}", "3", pattern)

    for row in ENDPOINTS.values():
        in_v2, in_v3 = row.path_in("v2"), row.path_in("v3")
        if not in_v3 and f"/{in_v2.split('/')[1]}" != "/stores":  # whatever its parents, "/stores/3/…" may be another's
            assert ask(sandbox, path(in_v2)).status_code in (404, 400), row.name
        if "{" not in in_v2 + in_v3 and not row.required:
            assert not in_v2 or get(sandbox, in_v2).status_code == 200, row.name
            assert not in_v3 or ask(sandbox, in_v3).status_code == 200, row.name


@pytest.mark.parametrize(
    "kind", ["repeated_cursor", "ignore_cursor", "empty_page", "no_results", "items", "plain_list", "envelope", "rows"]
)
def test_faults_of_lists_happen_to_v3_too(world: World, ask: Ask, kind: str) -> None:
    details = {"envelope": {"without": "has_next"}, "rows": {"without": "id"}}.get(kind, {})
    with Sandbox(world=world, limits=None) as sandbox:
        first = ask(sandbox, "/products").json()
        sandbox.script(Fault(kind, "/products", **details))
        body = ask(sandbox, "/products", next_cursor=first["next_cursor"]).json()
    expected = {
        "repeated_cursor": lambda: body["next_cursor"] == first["next_cursor"],
        "ignore_cursor": lambda: body["data"] == first["data"],
        "empty_page": lambda: (body["data"], body["has_next"]) == ([], True),
        "no_results": lambda: "data" not in body,
        "items": lambda: body["data"][1] == "oops",
        "plain_list": lambda: isinstance(body, list) and len(body) == 25,
        "envelope": lambda: "has_next" not in body,
        "rows": lambda: "id" not in body["data"][0],
    }
    assert expected[kind]()


@pytest.mark.slow
def test_web_analytics_have_an_hourly_limit_of_their_own(world: World, ask: Ask) -> None:
    now = [0.0]
    with Sandbox(world=world) as sandbox:
        sandbox.clock = lambda: now[0]
        statuses = []
        for number in range(602):
            now[0] = number * 0.2
            statuses.append(ask(sandbox, "/web-analytics/stores").status_code)
        assert (statuses.count(200), statuses[600:]) == (600, [429, 429])
        assert ask(sandbox, "/orders").status_code == 200
        now[0] = 3700.0
        assert ask(sandbox, "/web-analytics/stores").status_code == 200


def test_totals_stand_beside_buckets_and_are_not_their_sums(sandbox: Sandbox, ask: Ask) -> None:
    body = ask(sandbox, "/web-analytics/traffic", **{"from": "2026-11-01", "to": "2026-11-10"}).json()
    assert set(body["totals"]) == {"views", "visitors", "sessions"}
    assert 0 < body["totals"]["visitors"] < sum(row.get("visitors") or 0 for row in body["buckets"])


def test_statistics_by_utm_content(sandbox: Sandbox, ask: Ask, get: Any) -> None:
    asked = {"custom_breakdown_key": "utm_content", "minimum_days": 400, "datetime_type": "draft_time"}
    by_content = {
        row["custom_breakdown_name"]: row["count"] for row in ask(sandbox, "/orders/statistics", **asked).json()["data"]
    }
    assert len(by_content) == 4
    for name, count in by_content.items():
        for one, path in ((get, "/order/statistics"), (ask, "/orders/statistics")):
            body = one(sandbox, path, utm_content=name or "", minimum_days=400, datetime_type="draft_time").json()
            rows = body["data"]["results"] if isinstance(body["data"], dict) else body["data"]
            assert sum(row["count"] for row in rows) == (count if name else 0)


def test_v2_may_have_the_newer_fields_of_orders_too(ask: Ask, get: Any) -> None:
    world = World(orders=400, seed=3)
    older = world.rows("orders")
    world.behaviour = Behaviour(newer_orders=True)
    with Sandbox(world=world, limits=None) as sandbox:
        sent = get(sandbox, "/order").json()["data"]["results"]
        new = set().union(*sent) - set().union(*older)
        assert len(new) == 7
        in_v3 = ask(sandbox, "/orders").json()["data"]
        assert [{name: row[name] for name in new} for row in sent] == [
            {name: row[name] for name in new} for row in in_v3
        ]
        linked = [row for row in world.rows("orders") if row["is_from_payment_link"]]
        assert linked
        assert all(row["payment_link_income"] > 0 for row in linked)
        assert (
            get(sandbox, f"/order/{linked[0]['id']}").json()["data"]["payment_link_id"] == linked[0]["payment_link_id"]
        )
