"""The amounts of a report are floats where every value survives, else exact decimals, and exact in files either way."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

import scalev_frames as sf
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import exact
from scalev_frames.reports import REPORTS, compare
from scalev_frames.sandbox import Sandbox

FUNCTIONS = [name for name, row in REPORTS.items() if "money" in row.columns.values()]


@pytest.fixture(scope="module")
def orders():
    with (
        Sandbox(orders=150, limits=None) as sandbox,
        sf.connect(api_key=sandbox.api_key, base_url=sandbox.base_url, limits=[(10**6, 1.0)]) as api,
    ):
        return api.orders(progress=False, refresh=True)


def amounts(report):
    return [name for name, kind in Header.of(report).kinds.items() if kind == "money" and name in report]


def is_decimal(column):
    return isinstance(column.dtype, pd.ArrowDtype) and pa.types.is_decimal(column.dtype.pyarrow_dtype)


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_amounts_are_as_exact_as_decimals_whichever_dtype_was_asked_for(orders, name):
    floats, decimals = orders.scalev.report(name), orders.scalev.decimals().scalev.report(name)
    for column in amounts(floats):
        assert floats[column].dtype == np.float64
        assert is_decimal(decimals[column])
        assert exact(floats[column]) == exact(decimals[column])
        assert floats[column].isna().equals(decimals[column].isna())
    assert amounts(decimals) == amounts(floats)
    pd.testing.assert_frame_equal(floats.scalev.decimals(), decimals)
    pd.testing.assert_frame_equal(decimals.scalev.floats(), floats)


@pytest.mark.slow
@pytest.mark.parametrize("ask", [lambda frame: frame.scalev.report("daily", by="store_name"),
                                 lambda frame: compare("daily", frame, "2026-11-02"),
                                 lambda frame: compare("geography", frame, "2026-11-02", against="last_month")])  # fmt: skip
def test_compared_reports_and_reports_by_a_column_follow_the_orders_too(orders, ask):
    floats, decimals = ask(orders), ask(orders.scalev.decimals())
    assert amounts(floats)
    assert all(floats[column].dtype == np.float64 for column in amounts(floats))
    assert all(is_decimal(decimals[column]) for column in amounts(decimals))
    assert [exact(floats[one]) for one in amounts(floats)] == [exact(decimals[one]) for one in amounts(decimals)]


def test_a_total_that_no_float_holds_stays_a_decimal_in_its_column_alone(tmp_path):
    large = pd.DataFrame({"status": "completed", "gross_revenue": ["123456789012345678.01"] * 2, "id": ["1", "2"]})
    report = large.scalev.report("revenue")
    assert report.loc[0, "gross_revenue"] == Decimal("246913578024691356.02")
    assert is_decimal(report["gross_revenue"])
    assert report["net_revenue"].dtype == np.float64
    (note,) = [note for note in report.attrs["notes"] if "more digits than a float holds" in note]
    assert note.startswith("gross_revenue, ")
    assert "net_revenue" not in note
    assert any("desimal persis" in note for note in large.scalev.report("revenue", language="id").attrs["notes"])
    assert not any("digits" in note for note in large.scalev.decimals().scalev.report("revenue").attrs["notes"])
    assert any("more digits" in note for note in large.scalev.report("revenue", by="status").attrs["notes"])
    dated = large.assign(draft_time=pd.to_datetime(["2026-10-02", "2026-11-02"], utc=True))
    compared = compare("revenue", dated, "2026-11-01", "2026-11-05")
    assert any("gross_revenue" in note and "more digits" in note for note in compared.attrs["notes"])
    cents = pd.DataFrame({"status": "completed", "gross_revenue": [0.1] * 3})
    assert cents.scalev.report("revenue").loc[0, "gross_revenue"] == 0.3  # sums of floats give 0.30000000000000004
    empty = cents.iloc[:0].scalev.report("daily")
    assert empty["gross_revenue"].dtype == np.float64


@pytest.mark.slow
@pytest.mark.parametrize("money", ["decimal", "float"])
def test_reports_of_either_frame_are_the_same_and_files_exact_after_sums_and_means(orders, money, tmp_path):
    frame = orders.scalev.decimals() if money == "decimal" else orders
    report = frame.scalev.report("daily")
    column = amounts(report)[0]
    assert is_decimal(report[column]) == (money == "decimal")
    pd.testing.assert_frame_equal(report.scalev.floats(), orders.scalev.report("daily"))
    month = report["day"].dt.strftime("%Y-%m")
    report = report.scalev.decimals()
    chosen = report if money == "decimal" else report.scalev.floats()
    for how in ("sum", "mean"):
        made = chosen.groupby(month)[[column]].agg(how)
        path = sf.to_excel(made, tmp_path / f"{how}.xlsx")
        sheet = openpyxl.load_workbook(path)["Data"]
        written = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2)}
        wanted = report.groupby(report["day"].dt.strftime("%Y-%m"))[column].agg(how)
        assert written == {key: pytest.approx(float(value), rel=1e-12, abs=0.01) for key, value in wanted.items()}
        assert all(isinstance(value, int | float) for value in written.values())
        assert sheet["B2"].number_format.startswith('"Rp" #,##0')
