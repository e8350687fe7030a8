"""`orders(details=…)` takes what the dashboard's file knows, and asks the server for the rest alone."""

from __future__ import annotations

import io
from decimal import Decimal

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.errors import BadValueError
from scalev_frames.reports import report
from scalev_frames.sandbox import World
from tests.account.test_details import detail_requests
from tests.frames.exported import exported, framed


@pytest.fixture(scope="module")
def export():
    """The file of a business of sixty orders, one row an item."""
    world = World(60)
    return exported(framed([world.detail(one["id"]) for one in world.rows("orders")]), items=True)


@pytest.fixture
def shop(make_sandbox, make_account, export):
    """A sandbox, an account and the export with one row an item of all its orders."""
    sandbox = make_sandbox(orders=60)
    return sandbox, make_account(sandbox), sf.read_dashboard(io.StringIO(export))


@pytest.mark.slow
def test_nothing_is_asked_of_orders_that_the_file_knows(shop, make_account, tmp_path):
    sandbox, api, exported_orders = shop
    orders = api.orders(details=exported_orders, progress=False)
    assert detail_requests(sandbox) == []
    asked = make_account(sandbox, folder=tmp_path / "other").orders(details=True, progress=False)
    assert orders["id"].tolist() == asked["id"].tolist()
    assert [len(lines) for lines in orders["orderlines"]] == [len(lines) for lines in asked["orderlines"]]
    assert orders["paid_time"].tolist() == asked["paid_time"].dt.floor("s").tolist() or (
        orders["paid_time"].dropna().tolist() == asked["paid_time"].dt.floor("s").dropna().tolist()
    )
    cogs = [sum(Decimal(str(line["cogs_bt"])) for line in lines) for lines in asked["orderlines"]]
    mine = [sum(Decimal(str(line["cogs_bt"])) for line in lines) for lines in orders["orderlines"]]
    assert all(abs(one - other) <= Decimal("0.05") for one, other in zip(mine, cogs, strict=True))
    assert any("60 orders are from the dashboard" in note for note in orders.attrs["notes"])
    assert report("margin", orders)["quantity"].sum() == report("margin", asked)["quantity"].sum()


@pytest.mark.slow
def test_only_what_changed_since_or_is_missing_is_asked(shop):
    sandbox, api, exported_orders = shop
    known = exported_orders.iloc[10:]
    moved = [one["id"] for one in sandbox.world.rows("orders") if one["status"] == "shipped"][:3]
    for one in moved:
        sandbox.world.change_status(one, "completed")
    orders = api.orders(details=known, progress=False)
    codes = set(known["order_id"]) - set(orders.loc[orders["id"].isin(map(str, moved)), "order_id"])
    assert len(detail_requests(sandbox)) == 60 - len(codes)
    assert orders["orderlines"].notna().all()
    lines = api.order_lines(orders, progress=False)
    assert set(lines["order_id"]) <= set(orders["order_id"])
    assert len(lines) == sum(map(len, orders["orderlines"]))
    again = api.orders(details=known, progress=False)
    assert len(detail_requests(sandbox)) == 60 - len(codes)
    pd.testing.assert_frame_equal(again, orders)


@pytest.mark.slow
def test_what_the_server_told_before_stays(shop):
    sandbox, api, exported_orders = shop
    whole = api.orders(details=True, progress=False)
    count = len(detail_requests(sandbox))
    orders = api.orders(details=exported_orders, progress=False)
    assert len(detail_requests(sandbox)) == count
    assert orders["orderlines"].tolist() == whole["orderlines"].tolist()


@pytest.mark.slow
def test_exact_money_stays_exact(shop, make_account, tmp_path):
    sandbox, _, exported_orders = shop
    api = make_account(sandbox, folder=tmp_path / "exact", money="decimal")
    orders = api.orders(details=exported_orders.iloc[30:], progress=False)
    assert str(orders["gross_revenue"].dtype).startswith("decimal")
    assert sf.to_parquet(orders, tmp_path / "o.parquet").exists()
    assert sf.to_excel(orders, tmp_path / "o.xlsx").exists()


@pytest.mark.slow
def test_another_frame_is_refused_before_anything_is_sent(shop):
    sandbox, api, exported_orders = shop
    before = len(sandbox.requests)
    for wrong in (exported_orders.drop(columns="orderlines"), pd.DataFrame({"a": [1]})):
        with pytest.raises(BadValueError, match="one row an item"):
            api.orders(details=wrong, progress=False)
    with pytest.raises(BadValueError, match="products"):
        api.products(details=exported_orders, progress=False)
    assert len(sandbox.requests) == before
