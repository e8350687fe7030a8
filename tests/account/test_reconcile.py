"""The server's own counts against ours: equal, different where it differs, and never equal where nothing was counted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from scalev_frames import errors
from scalev_frames.sandbox import Behaviour, Fault, World


@pytest.mark.slow
def test_a_whole_frame_is_equal_and_says_so(make_sandbox, make_account):
    sandbox = make_sandbox(orders=500)
    api = make_account(sandbox, clock=sandbox.world.now.timestamp)
    orders = api.orders(progress=False)
    table = api.reconcile(orders)
    assert table.attrs["equal"] is True
    assert set(table["verdict"]) == {"equal"}
    assert table["orders"].sum() == table["orders_server"].sum() == 500
    assert table["gross_revenue_server"].sum() == orders["gross_revenue"].sum()
    assert table.attrs["verdict"].startswith("Equal to the server's statistics on ")
    assert str(table["gross_revenue"].dtype) == "float64"


@pytest.mark.slow
def test_orders_on_their_way_back_count_as_shipped_where_the_statistics_have_no_word_for_them(
    make_sandbox, make_account
):
    sandbox = make_sandbox(world=World(500, behaviour=Behaviour(returning_as_shipped=True)))
    api = make_account(sandbox, clock=sandbox.world.now.timestamp)
    orders = api.orders(progress=False)
    assert (orders["status"] == "shipped_rts").any()
    table = api.reconcile(orders)
    assert (table.attrs["equal"], set(table["verdict"])) == (True, {"equal"})
    assert table["orders"].sum() == table["orders_server"].sum() == 500
    sandbox.world.change_status(orders.loc[orders["status"] == "shipped_rts", "id"].iloc[0], "rts")
    assert set(api.reconcile(orders).query("verdict == 'differs'")["status"]) == {"shipped", "rts"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [{"since": "2026-10-01"}, {"since": "2026-11-01", "until": "2026-11-10"}, {"status": ["shipped", "rts"]},
     {"store_id": 2, "since": "2026-09-01"}, {"payment_status": "paid"}],
)  # fmt: skip
def test_filtered_frames_are_compared_with_filtered_counts(make_sandbox, make_account, asked):
    sandbox = make_sandbox(orders=500)
    api = make_account(sandbox, clock=sandbox.world.now.timestamp)
    orders = api.orders(**asked, progress=False)
    table = api.reconcile(orders)
    assert table.attrs["equal"] is True
    assert table["orders"].sum() == len(orders) > 0


@pytest.mark.slow
def test_what_is_missing_or_changed_is_found_with_its_day(make_sandbox, make_account):
    sandbox = make_sandbox(orders=500)
    api = make_account(sandbox, clock=sandbox.world.now.timestamp)
    orders = api.orders(progress=False)
    missing = orders.drop(index=orders.index[100])
    missing.attrs.pop("rows", None)  # it did not lose the row afterwards: it never had it
    table = api.reconcile(missing)
    off = table[table["verdict"] == "differs"]
    assert table.attrs["equal"] is False
    assert len(off) == 1
    assert off["day"].iloc[0].date() == orders["created_at"][100].date()
    assert off["orders_difference"].iloc[0] == -1
    gross = orders["gross_revenue"][100]
    assert off["gross_revenue_difference"].iloc[0] == -(Decimal(0) if pd.isna(gross) else gross)
    assert "1 of " in table.attrs["verdict"]
    sandbox.world.change_status(orders["id"][7], "canceled" if orders["status"][7] != "canceled" else "rts")
    assert (api.reconcile(orders)["verdict"] == "differs").sum() == 2


@pytest.mark.slow
def test_days_that_the_server_does_not_return_are_not_covered(make_sandbox, make_account):
    sandbox = make_sandbox(orders=500)
    api = make_account(sandbox, clock=sandbox.world.now.timestamp)
    orders = api.orders(progress=False)
    sandbox.script(Fault("ignore_filter", "/order/statistics", times=99, filter="minimum_days"))
    table = api.reconcile(orders)
    old = table["day"] < pd.Timestamp(sandbox.world.now.date() - dt.timedelta(days=31))
    assert set(table.loc[old, "verdict"]) == {"not covered"}
    assert table.loc[old, "orders_server"].isna().all()
    assert table.attrs["equal"] is True
    assert "not covered" in table.attrs["verdict"]


@pytest.mark.slow
def test_what_cannot_be_compared_is_said(make_sandbox, make_account):
    api = make_account(make_sandbox(orders=60))
    for frame in (api.stores(progress=False), api.orders(limit=5, progress=False),
                  api.orders(platform="shopee", progress=False),
                  api.orders(since="2026-09-01", by="shipped", progress=False)):  # fmt: skip
        with pytest.raises(errors.BadValueError):
            api.reconcile(frame)


@pytest.mark.slow
def test_cost_is_said_before(make_sandbox, make_account):
    sandbox = make_sandbox(orders=500)
    api = make_account(sandbox, clock=sandbox.world.now.timestamp, limits=((30, 5.0), (10_000, 3600.0)))
    cost = api.cost("orders")
    assert (cost.way, cost.rows, cost.requests, cost.kept_pages) == ("full", 500, 20, 0)
    since = api.cost("orders", since="2026-11-01")
    wanted = sum(row["created_at"] >= "2026-10-31T17" for row in sandbox.world.rows("orders"))
    assert since.rows == wanted
    assert len(sandbox.requests) == 2
    assert api.cost("orders").seconds == 0.0
    assert api.cost("stores").requests is None
    api.stores(progress=False)
    assert (api.cost("stores").way, api.cost("stores").requests) == ("kept", 0)
    assert api.cost("order", id=sandbox.world.rows("orders")[0]["id"]).requests == 1


@pytest.mark.slow
def test_the_cost_of_a_stopped_pull_is_what_is_left(make_sandbox, make_account):
    sandbox = make_sandbox(orders=500, faults=[Fault("error", "/order", at=9, times=1, status=400, error="no")])
    api = make_account(sandbox, clock=sandbox.world.now.timestamp)
    with pytest.raises(errors.BadRequestError):
        api.orders(progress=False)
    cost = api.cost("orders")
    assert (cost.way, cost.kept_pages, cost.requests) == ("resume", 8, 12)


@pytest.mark.slow
def test_a_long_pull_says_its_cost_on_the_way(make_sandbox, make_account):
    sandbox = make_sandbox(orders=500)
    now = [sandbox.world.now.timestamp()]
    api = make_account(
        sandbox,
        clock=lambda: now[0],
        sleep=lambda seconds: now.__setitem__(0, now[0] + seconds),
        limits=((5, 1.0),),
    )
    events = []
    api.orders(progress=events.append)
    assert any(event.kind == "note" and "costs about 20 requests for 500 rows" in event.message for event in events)


@pytest.mark.slow
def test_the_cost_of_a_stale_frame_is_that_of_its_changes(make_sandbox, make_account):
    sandbox = make_sandbox(world=World(1500, days=60))
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    api.orders(progress=False)
    sandbox.world.add_orders(100)
    now[0] = sandbox.world.now.timestamp() + 301
    cost = api.cost("orders")
    assert (cost.way, cost.rows, cost.requests) == ("changes", 1600, 13)
    assert api.cost("orders", refresh=True).way == "full"


@pytest.mark.slow
def test_times_without_their_zone_are_those_of_the_frames_zone(shared_sandbox, make_account):
    """As people make them for pandas' own to_excel, which refuses times with a zone."""
    api = make_account(shared_sandbox)
    orders = api.orders(since="2026-11-18", until="2026-11-20", details=True, progress=False)
    zoned = orders.select_dtypes("datetimetz")
    naive = orders.assign(**{name: zoned[name].dt.tz_localize(None) for name in zoned}, orderlines=None)
    assert api.reconcile(naive).attrs["equal"] is True
    before = len(shared_sandbox.requests)
    assert len(api.order_lines(naive, progress=False)) == len(api.order_lines(orders, progress=False))
    assert len(shared_sandbox.requests) == before
