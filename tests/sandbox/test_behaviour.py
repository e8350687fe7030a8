"""What kind of server the sandbox can be, standing traits and worlds that are odd or move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scalev_frames.sandbox import Behaviour, Sandbox, World, always
from scalev_frames.sandbox.__main__ import main, read_behaviour, read_fault
from scalev_frames.sandbox.world import NOW
from tests.servers import second_server

Get = Callable[..., Any]
STATISTICS = "/order*/statistics"


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(orders=300, limits=None) as running:
        yield running


def data(get: Get, sandbox: Sandbox, path: str = "/order", **params: Any) -> Any:
    return get(sandbox, path, **params).json()["data"]


# a world that is odd ------------------------------------------------------------------------------------------------


def test_orders_without_draft_time_keep_the_rest(server: Sandbox, read_all: Get) -> None:
    before = server.world.rows("orders")
    for one in server.world.order_ids()[100:105]:
        server.world.change_draft_time(one, None)
    rows = read_all(server, "/order")
    assert [row["id"] for row in rows] == [row["id"] for row in before]
    assert [row["draft_time"] for row in rows[100:105]] == [None] * 5
    assert [row["created_at"] for row in rows] == [row["created_at"] for row in before]


@pytest.mark.slow
def test_undated_orders_are_hidden_as_soon_as_the_time_is_asked_for(server: Sandbox, read_all: Get) -> None:
    undated = server.world.order_ids()[100:105]
    for one in undated:
        server.world.change_draft_time(one, None)
    until = (NOW + timedelta(days=1)).isoformat()
    shown = [row["id"] for row in read_all(server, "/order", draft_time_until=until)]
    assert set(undated) <= set(shown)
    server.behaviour = Behaviour(hides_undated=True)
    hidden = read_all(server, "/order", draft_time_until=until)
    assert [row["id"] for row in hidden] == [row["id"] for row in read_all(server, "/order") if row["draft_time"]]
    assert not set(undated) & {row["id"] for row in hidden}
    truth = server.world.rows("orders", draft_time_until=until)
    assert [row["id"] for row in hidden] == [row["id"] for row in truth]


def test_an_order_put_back_to_draft_is_found_by_its_new_time(server: Sandbox, read_all: Get) -> None:
    late = server.world.order_ids()[200]
    server.world.change_draft_time(late, NOW)
    row = next(row for row in read_all(server, "/order") if row["id"] == late)
    assert row["draft_time"][:10] == "2026-11-23"
    assert row["created_at"] < row["draft_time"]
    until = (NOW - timedelta(days=1)).isoformat()
    assert late not in {row["id"] for row in read_all(server, "/order", draft_time_until=until)}


def test_backdated_orders_stand_first_and_share_one_moment(server: Sandbox, read_all: Get) -> None:
    moment = datetime(2026, 8, 1, 3, 0, tzinfo=UTC)
    added = server.world.add_orders(3, created_at=moment)
    rows = read_all(server, "/order")
    assert [row["id"] for row in rows[:3]] == added[::-1]
    assert {row["created_at"] for row in rows[:3]} == {"2026-08-01T03:00:00Z"}
    assert rows[3]["created_at"] > rows[0]["created_at"]


def test_no_new_orders_change_nothing(server: Sandbox) -> None:
    before = (server.world.now, server.world.order_ids())
    assert server.world.add_orders(0) == []
    assert (server.world.now, server.world.order_ids()) == before


def test_a_changed_creation_moves_neither_place_nor_id(server: Sandbox, read_all: Get, get: Get) -> None:
    ids = server.world.order_ids()
    for one in ids[50:60]:
        server.world.change_created(one, datetime(2026, 9, 9, tzinfo=UTC))
    rows = read_all(server, "/order")
    assert [row["id"] for row in rows] == ids
    assert {row["created_at"] for row in rows[50:60]} == {"2026-09-09T00:00:00Z"}
    assert get(server, f"/order/{ids[55]}").json()["data"]["created_at"] == "2026-09-09T00:00:00Z"


def test_an_order_moves_to_another_store(server: Sandbox, read_all: Get) -> None:
    moved = next(row for row in server.world.rows("orders") if row["store"]["id"] != 2)["id"]
    server.world.change_store(moved, 2)
    assert moved in {row["id"] for row in read_all(server, "/order", store_id=2)}
    with pytest.raises(LookupError):
        server.world.change_store(moved, 99)


# a list that moves while it is read --------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_change_happens_after_the_request_it_was_planned_for(server: Sandbox, read_all: Get) -> None:
    ids = server.world.order_ids()
    server.after(2, lambda world: world.delete_order(ids[60]), "/order")
    server.after(1, lambda world: world.add_orders(1), "/order", repeats=True)
    rows = [row["id"] for row in read_all(server, "/order")]
    assert rows == [one for one in ids if one != ids[60]]
    assert len(server.world) == 300 - 1 + 12
    server.after(1, lambda world: world.delete_order(ids[0]), "/products")
    read_all(server, "/order")
    assert ids[0] in server.world.order_ids()


@pytest.mark.parametrize("forgets", [True, False])
def test_the_cursor_of_a_deleted_row(server: Sandbox, get: Get, forgets: bool) -> None:
    server.behaviour = Behaviour(forgets_deleted=forgets)
    last = data(get, server)["last_id"]
    server.world.delete_order(last)
    answer = get(server, "/order", last_id=last)
    assert answer.status_code == (422 if forgets else 200)


# cursors and pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/order", "/products", "/stores/3/products"])
@pytest.mark.parametrize("cursor", ["opaque", "bound"])
def test_a_cursor_that_is_a_text(server: Sandbox, get: Get, read_all: Get, cursor: Any, path: str) -> None:
    by_id = read_all(server, path)
    server.behaviour = Behaviour(cursor=cursor)
    first = data(get, server, path)
    assert isinstance(first["last_id"], str)
    assert first["last_id"] != str(first["results"][-1]["id"])
    assert read_all(server, path) == by_id
    assert get(server, path, last_id=first["results"][-1]["id"]).status_code == 422


def test_a_bound_cursor_keeps_its_filters(server: Sandbox, get: Get) -> None:
    shipped = {row["id"] for row in server.world.rows("orders", status="completed")}
    for cursor, is_bound in (("opaque", False), ("bound", True)):
        server.behaviour = Behaviour(cursor=cursor)
        last = data(get, server, status="completed")["last_id"]
        for other in ({}, {"status": "canceled"}):
            rows = {row["id"] for row in data(get, server, last_id=last, **other)["results"]}
            assert (rows <= shipped) == is_bound


def test_larger_pages(server: Sandbox, get: Get, read_all: Get) -> None:
    products = read_all(server, "/products")
    server.behaviour = Behaviour(largest_page=100)
    page = data(get, server, "/products", page_size=60)
    assert (page["page_size"], page["results"]) == (60, products[:60])
    assert data(get, server, "/products", page_size=500)["page_size"] == 100
    assert data(get, server, "/products")["page_size"] == 25
    assert data(get, server, "/order", page_size=100)["page_size"] == 25
    server.behaviour = Behaviour(refuses_larger=True)
    assert get(server, "/products", page_size=26).status_code == 422
    assert data(get, server, "/products", page_size=25)["page_size"] == 25


# standing faults -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 503])
def test_refused_statistics(server: Sandbox, get: Get, status: int) -> None:
    server.script(always("error", STATISTICS, status=status))
    assert [get(server, path).status_code for path in ("/order/statistics", "/orders/statistics", "/order")] == [
        status, status, 200,
    ]  # fmt: skip


def counts(get: Get, server: Sandbox, **params: Any) -> int:
    rows = data(get, server, "/order/statistics", minimum_days=400, **params)["results"]
    return sum(row["count"] for row in rows)


def test_statistics_that_obey_less(server: Sandbox, get: Get) -> None:
    server.script(always("ignore_filter", STATISTICS, filter="payment_status"))
    assert counts(get, server, payment_status="paid") == 300
    assert counts(get, server, status="completed") == len(server.world.rows("orders", status="completed"))
    server.script(always("ignore_filter", STATISTICS, filter="status *_id *_time_*"))
    assert counts(get, server, status="completed", store_id=2, shipped_time_since="2026-11-01") == 300


def test_statistics_of_thirty_days_by_draft_time(server: Sandbox, get: Get) -> None:
    late = server.world.order_ids()[250]
    server.script(always("ignore_filter", STATISTICS, filter="minimum_days"))
    since = NOW - timedelta(days=29)
    recent = [row for row in server.world.rows("orders") if row["created_at"] > since.isoformat()]
    assert abs(counts(get, server) - len(recent)) <= 5
    before = counts(get, server)
    server.world.change_draft_time(late, NOW)
    assert counts(get, server, datetime_type="created_at") == before
    server.script(always("insist", STATISTICS, param="datetime_type", value="draft_time"))
    undated = sum(row["draft_time"] is None for row in recent)
    assert counts(get, server, datetime_type="created_at") == before + 1 - undated


@pytest.mark.parametrize("name", ["tags", "warehouse_id", "courier_id", "product_id", "status", "shipped_time_since"])
def test_any_filter_may_be_ignored_or_refused(server: Sandbox, get: Get, read_all: Get, name: str) -> None:
    value = {"tags": "VIP", "status": "rts", "shipped_time_since": "2026-11-20"}.get(name, "999")
    assert len(read_all(server, "/order", **{name: value})) < 300
    server.script(always("ignore_filter", "/order", filter=f"{name} *_time_since"))
    assert len(read_all(server, "/order", **{name: value})) == 300
    server.script(always("refuse_filter", "/orders", filter=name, status=422))
    assert get(server, "/orders", **{name: value}).status_code == 422
    assert get(server, "/orders").status_code == 200


@pytest.mark.parametrize(
    ("details", "last"),
    [
        ({}, "2026-11-10T05:00:00Z"),
        ({"includes": False}, "2026-11-10T04:59:59Z"),
        ({"by": "day"}, "2026-11-10T23:59:59Z"),
        ({"by": "day", "includes": False}, "2026-11-09T23:59:59Z"),
        ({"by": "day", "zone": "Asia/Jakarta"}, "2026-11-10T16:59:59Z"),
        ({"by": "day", "zone": "Asia/Jakarta", "includes": False}, "2026-11-09T16:59:59Z"),
    ],
)
def test_how_the_server_reads_an_upper_bound(server: Sandbox, read_all: Get, details: Any, last: str) -> None:
    """Orders at each of the edges show where the bound lies."""
    edges = [datetime.fromisoformat(edge) + timedelta(seconds=step)
             for edge in ("2026-11-10T05:00:00Z", "2026-11-10T00:00:00Z", "2026-11-11T00:00:00Z",
                          "2026-11-09T17:00:00Z", "2026-11-10T17:00:00Z")
             for step in (-1, 0, 1)]  # fmt: skip
    for edge in edges:
        server.world.add_orders(1, created_at=edge)
    server.script(always("coarse_time", "/order", **details))
    rows = read_all(server, "/order", draft_time_until="2026-11-10T05:00:00Z")
    assert max(row["draft_time"][:19] for row in rows if row["draft_time"]) == last[:19]


def test_a_bound_that_is_no_time_is_still_refused(server: Sandbox, get: Get) -> None:
    server.script(always("coarse_time", by="day"))
    assert get(server, "/order", draft_time_until="yesterday").status_code == 422


def test_a_restricted_key_with_one_scope(server: Sandbox, get: Get) -> None:
    key = server.restricted_key("order:list")
    answers = [get(server, path, key=key).status_code for path in ("/order", "/order/statistics", "/order/1000000")]
    assert answers == [200, 403, 403]
    assert get(server, "/order", key="").status_code == 401


def test_a_key_without_the_word_bearer_is_refused(server: Sandbox) -> None:
    import requests

    answer = requests.get(f"{server.base_url}/order", headers={"Authorization": server.api_key}, timeout=60)
    assert answer.status_code == 401


# from the command line and from another process ---------------------------------------------------------------------


def test_behaviour_from_the_command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_behaviour("versions=v2,v3") == ("versions", frozenset({"v2", "v3"}))
    assert read_fault("rows,key=tags,value=null,times=inf").details == {"key": "tags", "value": None}
    monkeypatch.setattr("scalev_frames.sandbox.__main__.wait", lambda: None)
    options = ["--port", "0", "--orders", "1", "--behaviour", "cursor=bound", "--behaviour", "hides_undated=true"]
    assert main([*options, "--scope", "order:list", "--version", "v3"]) == 0
    address, key = capsys.readouterr().out.split()
    assert address.endswith("/v3")
    assert key.startswith("SCALEV_API_KEY=rk_")
    with pytest.raises(SystemExit):
        main(["--behaviour", "colour=red"])
    assert "no behaviour 'colour'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--behaviour", "order_path=sideways"])
    assert "order_path is one of both, old, new, not 'sideways'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_server_in_a_process_of_its_own(get: Get) -> None:
    with second_server(orders=60, limits=None) as server:
        server.run("sandbox.behaviour = Behaviour(cursor='opaque')")
        assert get(server, "/order").json()["data"]["results"][0]["id"] == server.ask("world.order_ids()[0]")
        server.run("for one in world.order_ids()[:5]: world.delete_order(one)")
        assert server.ask("len(world)") == 55
        server.run("sandbox.after(1, lambda world: world.add_orders(2))")
        get(server, "/order")
        assert server.ask("len(world), len(sandbox.requests)") == (57, 2)
        with pytest.raises(LookupError):
            server.run("world.delete_order(3)")


def test_a_world_has_a_behaviour_of_its_own(get: Get) -> None:
    world = World(orders=30, behaviour=Behaviour(cursor="opaque"))
    with Sandbox(world=world, limits=None) as sandbox:
        assert sandbox.behaviour.cursor == "opaque"
        assert isinstance(data(get, sandbox, "/products")["last_id"], str)
