"""The amounts of a report are exact decimals, floats for whoever wants to compute, and exact in files either way."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

import scalev_frames as sf
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import exact
from scalev_frames.reports import REPORTS
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


@pytest.mark.parametrize("name", FUNCTIONS)
def test_amounts_are_decimals_and_floats_survive_them(orders, name):
    report = orders.scalev.report(name)
    floats = report.scalev.floats()
    for column in amounts(report):
        assert isinstance(report[column].dtype, pd.ArrowDtype)
        assert pa.types.is_decimal(report[column].dtype.pyarrow_dtype)
        assert floats[column].dtype == np.float64
        assert exact(floats[column]) == exact(report[column])
        assert floats[column].isna().equals(report[column].isna())
    assert amounts(floats) == amounts(report)
    pd.testing.assert_frame_equal(floats.scalev.decimals(), report)


@pytest.mark.parametrize("money", ["decimal", "float"])
def test_reports_of_either_frame_are_the_same_and_files_exact_after_sums_and_means(orders, money, tmp_path):
    frame = orders.scalev.decimals() if money == "decimal" else orders
    report = frame.scalev.report("daily")
    pd.testing.assert_frame_equal(report, orders.scalev.report("daily"))
    column = amounts(report)[0]
    chosen = report if money == "decimal" else report.scalev.floats()
    month = chosen["day"].dt.strftime("%Y-%m")
    for how in ("sum", "mean"):
        made = chosen.groupby(month)[[column]].agg(how)
        path = sf.to_excel(made, tmp_path / f"{how}.xlsx")
        sheet = openpyxl.load_workbook(path)["Data"]
        written = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2)}
        wanted = report.groupby(report["day"].dt.strftime("%Y-%m"))[column].agg(how)
        assert written == {key: pytest.approx(float(value), rel=1e-12, abs=0.01) for key, value in wanted.items()}
        assert all(isinstance(value, int | float) for value in written.values())
        assert sheet["B2"].number_format.startswith('"Rp" #,##0')
