"""A program's own context of decimals (`getcontext().prec = 4`) changes no amount, count or verdict."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_UP, Context, Decimal, FloatOperation, Inexact, getcontext, localcontext
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from scalev_frames import read_dashboard, report_workbook
from scalev_frames.account import Account
from scalev_frames.group import Group
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.totals import totals
from scalev_frames.reports import report

DASHBOARD = Path(__file__).parents[2] / "data" / "samples" / "dashboard_items.csv"


@pytest.fixture(params=["few digits", "nothing inexact"])
def odd_context(request: pytest.FixtureRequest) -> Iterator[None]:
    with localcontext(prec=4, rounding=ROUND_UP):
        if request.param == "nothing inexact":
            getcontext().traps[Inexact] = getcontext().traps[FloatOperation] = True
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("odd_context")
def test_reconciliations_are_equal(shared_sandbox, make_account):
    api: Account = make_account(shared_sandbox)
    asked = {"since": "2026-11-01", "until": "2026-11-20", "progress": False}
    orders = api.orders(**asked)
    table = api.reconcile(orders)
    assert table.attrs["equal"] is True
    assert list(table["gross_revenue"]) == list(table["gross_revenue_server"])
    group = Group({"brand-a": api})
    total = f"{orders['gross_revenue'].sum():,.0f}"
    assert f"Rp {total} and Rp {total}" in group.reconcile(group.orders(**asked)).attrs["verdict"]


@pytest.mark.slow
@pytest.mark.usefixtures("odd_context")
def test_the_change_of_revenue_on_a_cover_is_exact(tmp_path):
    orders = pd.DataFrame({"draft_time": ["2026-11-01", "2026-11-02"], "status": ["shipped", "shipped"],
                           "gross_revenue": [1_000_001, 2_000_004]})  # fmt: skip
    path = report_workbook(orders, tmp_path / "r.xlsx", since="2026-11-02", until="2026-11-02", reports=["revenue"])
    figures = {row[0]: row[1:5] for row in openpyxl.load_workbook(path)["Summary"].values if row[0]}
    assert figures["Gross revenue"] == (2_000_004, 1_000_001, 1_000_003, 1_000_003 / 1_000_001)


@pytest.mark.usefixtures("odd_context")
def test_a_margin_without_its_tax_is_exact():
    lines = pd.DataFrame({"order_id": ["261101A"], "status": ["completed"], "quantity": [1], "product_name": ["Kaos"],
                          "product_price": [1_000_000], "tax_rate": ["10.125"], "cogs_bt": [0]})  # fmt: skip
    assert report("margin", lines)["sales"].tolist()[:1] == [908_059.02]


@pytest.mark.usefixtures("odd_context")
def test_whole_numbers_of_lists_stay_counts():
    orders = pd.DataFrame({"order_id": ["261101A"], "orderlines": [[{"quantity": 2.0, "product_price": "150000.5"}]]})
    assert str(orders.scalev.lines()["quantity"].dtype) == "Int64"


@pytest.mark.usefixtures("odd_context")
def test_a_mean_of_selected_cells_is_exact():
    column = Column("gross_revenue", pd.Series([1_000_000.5, 1_000_001, 1_000_001]), "money")
    (money,) = totals([column], np.arange(3)).sums
    assert (money.total, money.mean) == (Decimal("3000002.50"), Decimal("1000000.83"))


@pytest.mark.slow
def test_items_of_a_dashboards_file_add_up(odd_context):
    found = read_dashboard(DASHBOARD)
    with localcontext(Context()):
        pd.testing.assert_frame_equal(found, usual := read_dashboard(DASHBOARD))
    assert found.attrs["notes"] == usual.attrs["notes"]
