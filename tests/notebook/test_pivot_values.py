"""Pivots of values of any kind: times, counts, flags, decimals, missing ones, and the code that gives the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from scalev_frames.notebook.pivot import Pivot
from scalev_frames.notebook.pivot.compute import OTHERS
from scalev_frames.notebook.pivot.plan import SHOWS, STEPS, fields_of
from scalev_frames.notebook.table import Table
from tests.notebook.tables import run

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))


@pytest.mark.parametrize("kind", ["float64", "Int64", MONEY])
@pytest.mark.parametrize("show", [one for one in SHOWS if one])
def test_a_column_without_any_value_has_no_shares_and_the_code_says_the_same(kind, show):
    frame = pd.DataFrame(
        {"month": list("aabb"), "store": list("xyxy"), "fee": pd.array([1, None, 3, None], dtype=kind)}
    )
    panel = Pivot(frame, name="orders")
    panel.choose(["month"], ["store"], [("fee", "sum", show)])
    mine = panel.result.iloc[:2, 1:3].to_numpy(float, na_value=np.nan)
    assert np.isnan(mine[:, 1]).all() == (show != "running")
    given_by_code = run(panel.code, orders=frame)[show].astype("float64")
    np.testing.assert_allclose(mine, given_by_code.to_numpy(float))


@pytest.mark.parametrize("dtype", ["datetime64[us, Asia/Jakarta]", "datetime64[s]", "timestamp[us][pyarrow]"])
def test_times_stand_by_their_value_and_have_no_shares(dtype):
    days = pd.Series(["2026-11-01", None, "2026-11-03", "2026-11-02"], dtype=dtype)
    frame = pd.DataFrame({"city": list("abcd"), "paid_time": days})
    panel = Pivot(frame, name="orders")
    panel.choose(["city"], values=[("paid_time", "max")], by_value=True)
    assert panel.result.iloc[:, 0].tolist() == ["c", "d", "a", "b", "Total"]
    panel.choose(["city"], values=[("paid_time", "max")], by_value=True, top=2)
    assert panel.result.iloc[:, 0].tolist() == ["c", "d", "Others", "Total"]
    assert set(run(panel.code, orders=frame)["result"][1, 0].index) == {"c", "d", OTHERS}
    for show in filter(None, SHOWS):
        panel.choose(["city"], values=[("paid_time", "max", show)])
        assert "cannot be made of" in panel.problem


@pytest.mark.filterwarnings("error")
def test_an_infinite_number_has_no_colour_and_the_others_have_theirs():
    frame = pd.DataFrame({"city": list("abcd"), "price": [1.0, 2.0, 3.0, np.inf]})
    panel = Pivot(frame)
    panel.choose(["city"], values=[("price", "max")], heat=True)
    assert panel.grid.sheet.shades[1].tolist() == [0, 0.5, 1, None, None]


@pytest.mark.parametrize("show", [one for one in SHOWS if one])
@pytest.mark.parametrize("flags", [[True, None, False, True], [None] * 4])
def test_the_code_of_shares_takes_flags_that_are_missing(flags, show):
    flags = pd.array(flags, dtype="boolean")
    frame = pd.DataFrame({"month": list("aabb"), "is_repeat": flags, "price": [1.0, 3.0, 4.0, 2.0]})
    panel = Pivot(frame, name="orders")
    panel.choose(["month"], ["is_repeat"], [("price", "sum", show)])
    mine = panel.result.iloc[:2, 1:-1].to_numpy(float, na_value=np.nan)
    np.testing.assert_allclose(mine, run(panel.code, orders=frame)[show].to_numpy(float))


@pytest.mark.parametrize("kind", ["int64", "Int64", "float64", MONEY, object, "category"])
def test_the_largest_of_a_field_of_numbers_stay_numbers(kind):
    frame = pd.DataFrame({"quantity": pd.Series([10, 2, 2, 10, 2, 7], dtype=kind), "status": list("aabbab")})
    table = Table(frame, name="orders")
    panel = Pivot(frame, name="orders", table=table)
    panel.choose(["quantity"], top=2)
    assert panel.result.values.tolist() == [["2", 3], ["10", 2], ["Others", 1], ["Total", 6]]
    made = run(panel.code, orders=frame)["result"][1, 0]["rows"]
    assert made.tolist() == [3, 2, 1]
    assert made.index.tolist() == [2, 10, OTHERS]
    for row, count in enumerate((3, 2, 1)):
        panel.show_rows(row, 0)
        assert len(table.view) == count


GROUPED_BY = {
    "counts": pd.array([1, 2, None], dtype="Int64"),
    "numbers": pd.array([1.5, np.inf, None], dtype="float64"),
    "rates": pd.array([1.5, 2.5, None], dtype="Float64"),
    "flags": pd.array([True, False, None], dtype="boolean"),
    "months": pd.PeriodIndex(["2026-10", "2026-11", None], freq="M"),
    "spans": pd.to_timedelta(["1h", "2h", None]),
    "intervals": pd.IntervalIndex.from_tuples([(0, 1), (1, 2), None]),
}


@pytest.mark.parametrize("kind", GROUPED_BY)
def test_the_code_of_the_rows_behind_a_cell_runs_for_values_of_any_kind(kind):
    frame = pd.DataFrame({"key": GROUPED_BY[kind], "n": [1, 2, 3]})
    table = Table(frame, name="orders")
    panel = Pivot(frame, name="orders", table=table)
    panel.choose(["key"])
    assert panel.result.iloc[:, 1].tolist() == [1, 1, 1, 3]
    for row in range(3):
        panel.show_rows(row, 0)
        assert len(table.view) == 1
        pd.testing.assert_frame_equal(run(table.code, orders=frame)["view"], table.view)


def test_an_empty_text_is_a_group_like_any_other():
    frame = pd.DataFrame({"utm_source": ["", "ig", None], "price": [1.0, 2.0, 4.0]})
    panel = Pivot(frame)
    for values in ([("price", "sum")], [("price", "sum"), ("", "rows")]):
        panel.choose(["utm_source"], values=values)
        assert panel.result.iloc[:, 0].tolist() == ['""', "ig", "(blank)", "Total"]
        panel.choose([], ["utm_source"], values)
        assert panel.problem == ""
        assert panel.result.iloc[0, 1 :: len(values)].tolist() == [1, 2, 4, 7]
    assert panel.made.headings[1][0] == '""'


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "dtype", ["datetime64[us, Asia/Jakarta]", "datetime64[s]", "timestamp[us][pyarrow]", "date32[pyarrow]"]
)
def test_the_code_of_a_part_of_a_time_runs_for_times_of_any_type(dtype, step):
    days = pd.Series(["2026-02-28", None, "2027-12-31"], dtype="datetime64[us]")
    paid = days.dt.tz_localize("Asia/Jakarta") if "Jakarta" in dtype else days.astype(dtype)
    frame = pd.DataFrame({"paid_time": paid, "n": [1, 2, 4]})
    table = Table(frame, name="orders")
    panel = Pivot(frame, name="orders", table=table)
    field = next((one.name for one in fields_of(panel.own_columns) if one.step == step), "")
    if not field:
        assert step == "hour"  # which days do not have
        return
    panel.choose([field], values=[("n", "sum")])
    made = run(panel.code, orders=frame)["result"][1, 0]
    assert made.iloc[:, 0].tolist() == panel.result.iloc[:-1, 1].tolist()
    for row in range(len(panel.result)):
        panel.show_rows(row, 0)
        assert run(table.code, orders=frame)["view"]["n"].sum() == panel.result.iloc[row, 1]
