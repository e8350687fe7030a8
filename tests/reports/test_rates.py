"""Rates are sorted, marked where they are of few orders, and compared in points; sums are exact."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from scalev_frames.catalog import ENUMS
from scalev_frames.export import report_workbook
from scalev_frames.frames.children import expand
from scalev_frames.reports import REPORTS, Definitions, compare, report, shown
from scalev_frames.reports.words.labels import label
from scalev_frames.reports.words.rows import RATES
from scalev_frames.reports.words.shown import ranked

from . import oracle_orders
from .second_world import said
from .test_reports import check, framed, rows_of


def returning(couriers):
    return framed([{"id": f"{name}{place}", "status": "rts" if place < back else "completed",
                    "courier_service": {"courier": {"name": name}}, "created_at": "2026-11-01T03:00:00Z",
                    "is_probably_spam": False}
                   for name, (back, whole) in couriers.items() for place in range(whole)])  # fmt: skip


COURIERS = {"JNE": (3, 20), "SiCepat": (9, 9), "J&T": (6, 12), "Pos": (0, 1)}


def test_charts_of_rates_are_sorted_by_the_rate_and_rates_of_few_come_last():
    made = report("returns_by_courier", returning(COURIERS))
    assert made["courier"].tolist() == ["JNE", "J&T", "SiCepat", "Pos"]
    assert ranked(made)["courier"].tolist() == ["J&T", "JNE", "SiCepat", "Pos"]
    assert shown(made)["Courier"].tolist() == ["J&T", "JNE", "SiCepat", "Pos"]
    assert "4 rates are of fewer than 10 orders" in said(made)
    assert REPORTS["daily"].ranked_by == ""


def areas(sheet, kind):
    return {str(one.sqref) for one in sheet.conditional_formatting for rule in one.rules if rule.type == kind}


@pytest.mark.slow
def test_rates_of_fewer_than_ten_orders_are_marked_and_not_coloured(tmp_path):
    path = report_workbook(returning(COURIERS), tmp_path / "r.xlsx", reports=["returns_by_courier"])
    sheet = openpyxl.load_workbook(path)["RTS by courier"]
    rate = next(cell.column_letter for cell in sheet[4] if cell.value == label("rts_rate"))
    assert f"{rate}5:{rate}6" in areas(sheet, "colorScale")
    assert f"{rate}7:{rate}8" in areas(sheet, "expression")
    (marked,) = [
        rule for one in sheet.conditional_formatting if str(one.sqref) == f"{rate}7:{rate}8" for rule in one.rules
    ]
    assert marked.dxf.numFmt.formatCode == '0.0%"*"'
    (chart,) = sheet._charts
    assert [point.idx for point in chart.series[0].dPt] == [2, 3]


def test_every_rate_of_a_report_has_what_it_is_a_rate_of():
    for row in REPORTS.values():
        for name, kind in row.columns.items():
            if kind == "percent" and not name.startswith("share_"):
                assert set(RATES[name]) <= set(row.columns), (row.name, name)


@pytest.mark.slow
def test_the_change_of_a_rate_is_in_points(tmp_path):
    def month(number, back, whole):
        return [{"id": f"{number}-{place}", "status": "rts" if place < back else "completed", "gross_revenue": 100,
                 "created_at": f"2026-{number}-03T03:00:00Z"} for place in range(whole)]  # fmt: skip

    frame = framed(month(10, 4, 20) + month(11, 6, 24))
    found = compare("handlers", frame, "2026-11-01", "2026-11-30", against="last_month")
    assert found["rts_rate_change"].tolist() == [pytest.approx(0.05)]
    assert "rts_rate_percent" not in found
    assert "orders_percent" in found
    told = shown(found)
    assert told["RTS rate (change, points)"].tolist() == [pytest.approx(5.0)]
    assert "Rasio retur (perubahan, poin)" in shown(found, "id")
    path = report_workbook(frame, tmp_path / "r.xlsx", since="2026-11-01", until="2026-11-30", against="last_month",
                           reports=["funnel"])  # fmt: skip
    cover = openpyxl.load_workbook(path)["Summary"]
    (row,) = [row for row in cover.iter_rows() if row[0].value == label("rts_rate")]
    assert row[3].value == pytest.approx(5.0)
    assert "points" in row[3].number_format
    assert row[4].value is None


@pytest.mark.slow
def test_reports_count_exactly_whichever_dtype_money_has(world, details):
    frame = framed(world.rows("orders"), world.now)
    lines = expand(framed(details, endpoint="order"), "lines")
    for name, row in REPORTS.items():
        given = lines if row.needs_lines else frame
        floats = given.assign(**{column: given[column].astype("float64") for column in given
                                 if isinstance(given[column].dtype, pd.ArrowDtype)})  # fmt: skip
        floats.attrs = given.attrs
        for one, other in zip(rows_of(report(name, given)), rows_of(report(name, floats)), strict=True):
            assert one == other, name


def test_floats_of_many_digits_are_summed_as_what_they_say():
    prices = [90090.09009009009, 135135.13513513513, 33000.000000000004, 0.1]
    lines = pd.DataFrame({"order__id": list("1234"), "status": "completed", "product_name": "Kaos", "quantity": 1,
                          "product_price_bt": prices, "discount_bt": 0.0, "discount_code_discount_bt": 0.0,
                          "cogs_bt": 0.0})  # fmt: skip
    assert report("margin", lines)["sales"][0] == sum(Decimal(repr(one)) for one in prices)


@pytest.mark.slow
def test_definitions_that_count_spam_say_nothing_of_what_is_not_known(records):
    made = report("funnel", framed(records), Definitions(exclude_spam=False))
    assert "Spam is counted, too" in said(made)
    assert "not known" not in said(made)


@pytest.mark.parametrize(("income", "gross", "odd"), [
    (None, 100_000, 0), (0, 100_000, 0), (5_000, 100_000, 0), (5_000, 105_000, 0), (5_000, 110_000, 1), (5_000, 95_000, 1),
])  # fmt: skip
def test_gross_adds_up_with_and_without_what_a_payment_link_earned(income, gross, odd):
    records = [{"id": 1, "status": "completed", "created_at": "2026-11-01T00:00:00Z", "product_price": 100_000,
                "net_revenue": 100_000, "gross_revenue": gross, "payment_link_income": income}]  # fmt: skip
    found = report("quality", framed(records)).set_index("check")["orders"]
    assert found["gross_sum"] == odd
    latest = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)  # ages count up to the latest change
    check("quality", report("quality", framed(records)), oracle_orders.quality(records, latest, ENUMS))
