"""The table of a report: the orders behind each of its numbers, and cohorts as a heat map."""

from __future__ import annotations

import pandas as pd
import pytest

from scalev_frames.notebook.panel.parts.elements import Status, Theme
from scalev_frames.notebook.panel.parts.job import Job
from scalev_frames.notebook.panel.tabs.report_table import Cell, ReportTable, cell_at, shades
from scalev_frames.notebook.panel.tabs.reports import ReportsTab
from scalev_frames.reports import REPORTS, compare, report, shown
from scalev_frames.reports.behind import mask_behind
from scalev_frames.reports.compare import Period
from scalev_frames.reports.words.shown import said_of
from scalev_frames.words import Words

DAY = pd.Timestamp


def made_orders() -> pd.DataFrame:
    """Four customers over three months; some bought again, one order is nobody's."""
    rows = [
        ("A1", "2026-09-03", "0811111111", "completed", "JNE", 100), ("A2", "2026-09-05", "0812222222", "rts", "JNE", 50),
        ("A3", "2026-10-01", "0811111111", "completed", "JNE", 70), ("A4", "2026-10-20", "0813333333", "shipped", "SiCepat", 10),
        ("A5", "2026-11-02", "0811111111", "pending", None, 20), ("A6", "2026-11-03", "0814444444", "pending", None, 20),
        ("A7", "2026-11-03", None, "draft", None, 5),
    ]  # fmt: skip
    names = ["order_id", "draft_time", "customer_phone", "status", "courier_service_courier_name", "gross_revenue"]
    frame = pd.DataFrame(rows, columns=names)
    frame["draft_time"] = pd.to_datetime(frame["draft_time"]).dt.tz_localize("Asia/Jakarta")
    return frame.assign(
        payment_status="unpaid", payment_method="cod", customer_name="Sri", store_name="Toko",
        shipped_time=frame["draft_time"], shipment_receipt=None, is_repeat=False,
    )  # fmt: skip


@pytest.fixture
def tab(tmp_path):
    words = Words("en")
    tab = ReportsTab(words, Job(Status(words("fetch")), words), tmp_path, Theme())
    tab.found = []
    tab._on_rows = tab.found.append
    tab.show(made_orders(), "orders")
    return tab


def drilled(tab: ReportsTab, row: int, place: int) -> tuple[str, list[str]]:
    tab.table.handle({"do": "drill", "row": row, "column": place, "number": "v-1"})
    only = tab.found.pop()
    frame = made_orders()
    space = {"view": frame}
    exec(f"from scalev_frames.reports import rows_behind\n{only.code}", space)
    assert space["view"]["order_id"].tolist() == frame["order_id"][only.mask].tolist()
    return only.label, frame["order_id"][only.mask].tolist()


@pytest.mark.slow
def test_a_double_click_on_a_cohort_shows_who_came_back(tab):
    tab.choice.value = "cohorts"
    assert tab.table.view.iloc[0, 2:].tolist() == [1.0, 0.5, 0.5]
    assert drilled(tab, 0, 3) == ("Sep 2026 \u00b7 +1", ["A3"])
    assert drilled(tab, 0, 1) == ("Sep 2026 \u00b7 Customers", ["A1", "A2", "A3", "A5"])
    assert drilled(tab, 2, 2) == ("Nov 2026 \u00b7 +0", ["A6"])


def test_a_double_click_counts_by_the_column_and_follows_the_order_shown(tab):
    tab.choice.value = "returns_by_courier"
    columns = list(tab.made.columns)
    tab.table.sort([("Courier", False)])
    assert drilled(tab, 0, columns.index("shipped")) == (f"SiCepat \u00b7 {said_of('shipped')}", ["A4"])
    assert drilled(tab, 1, columns.index("returned")) == (f"JNE \u00b7 {said_of('returned')}", ["A2"])
    assert drilled(tab, 1, 0) == ("JNE", ["A1", "A2", "A3"])


@pytest.mark.slow
def test_a_comparison_shows_each_of_its_columns(tab):
    tab._days = lambda frame: Period(DAY("2026-10-01").date(), DAY("2026-10-31").date())
    tab.against.value = "previous"
    tab.choice.value = "returns_by_courier"
    assert len(tab.table.columns) == len(tab.made.columns) > 20
    assert list(tab.table.columns)[-1] == said_of(str(tab.made.columns[-1]), compared=True)


@pytest.mark.slow
def test_a_list_shows_its_order_and_a_customer_their_orders(tab):
    tab.choice.value = "unpaid"
    codes = tab.table.frame["Order"].tolist()
    assert drilled(tab, codes.index("A6"), 0)[1] == ["A6"]
    tab.choice.value = "customers"
    assert drilled(tab, 0, 2)[1] == ["A1", "A3", "A5"]


def test_checks_have_no_rows_behind_them_and_say_so(tab):
    tab.choice.value = "quality"
    said = []
    tab.table.send = lambda message, *_: said.append(message)
    tab.table.handle({"do": "drill", "row": 0, "column": 1, "number": "v-1"})
    assert said[-1]["text"] == "No rows can be shown behind this number."
    assert tab.found == []
    assert "Double-click" not in tab.notes.value


@pytest.mark.slow
def test_numbers_of_two_periods_are_of_their_own_days():
    orders = made_orders()
    now, before = (
        Period(DAY("2026-10-01").date(), DAY("2026-10-31").date()),
        Period(DAY("2026-08-31").date(), DAY("2026-09-30").date()),
    )
    made = compare("returns_by_courier", orders, *now)
    places = {name: place for place, name in enumerate(made.columns)}
    row = made["courier"].tolist().index("JNE")
    for name, period in (("shipped", now), ("shipped_before", before), ("shipped_change", now)):
        assert cell_at(made, row, places[name]) == Cell({"courier": "JNE"}, "shipped", period)
    daily = compare("daily", orders, *now, against="last_month")
    cell = cell_at(daily, 4, list(daily.columns).index("orders_before"))
    assert cell.keys == {"day": DAY("2026-09-05")}
    assert orders["order_id"][mask_behind(orders, "daily", cell.keys, "orders", period=cell.period)].tolist() == ["A2"]


def test_each_cohort_counts_the_customers_behind_it():
    orders = made_orders()
    made = report("cohorts", orders)
    for _, line in made.iterrows():
        mask = mask_behind(orders, "cohorts", {key: line[key] for key in REPORTS["cohorts"].keys})
        assert orders["customer_phone"][mask].nunique() == line["returned_customers"]


def test_the_heat_map_colours_who_came_back_and_no_small_cohort():
    table = ReportTable("id", lambda *_: None)
    many = pd.concat([made_orders().assign(customer_phone=[f"08{n:08}" for n in range(7)])] * 3)
    table.show_report(report("cohorts", many))
    assert table.sheet.shades == {}
    frame = pd.DataFrame({"a": [1, 2], "Customers": [9, 12], "+0": [1.0, 1.0], "+1": [0.9, 0.2], "+2": [None, 0.1]})
    assert {place: list(one) for place, one in shades(frame).items()} == {3: [None, 1.0], 4: [None, 0.5]}
    table.show_report(compare("cohorts", made_orders(), "2026-10-01", "2026-10-31"))
    assert table.sheet.shades == {}
    assert "cohort" not in shown(report("cohorts", made_orders())).columns
