"""The pivot: its result is what its code gives, sums are exact, a group without a value is missing."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traitlets import TraitError

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.notebook.pivot.pivot import Pivot
from scalev_frames.notebook.pivot.plan import (
    FUNCTIONS,
    MOST_COLUMNS,
    STEPS,
    Key,
    Plan,
    keys_of,
    pivot,
    pivot_code,
    values_of,
)

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))


def run(code: str, **names) -> pd.DataFrame:
    space = dict(names)
    exec(code, space)
    return space["result"]


rows = st.fixed_dictionaries({
    "city \"x\"'s": st.sampled_from(["Solo", "Bogor", None]),
    "status": st.sampled_from(["rts", "shipped", None]),
    "is_repeat": st.sampled_from([True, False, None]),
    "time": st.none() | st.datetimes(min_value=pd.Timestamp("2026-01-01"), max_value=pd.Timestamp("2026-12-31")),
    "quantity": st.none() | st.integers(-5, 5),
    "money": st.none() | st.decimals(-(10**12), 10**12, places=2),
})  # fmt: skip


def typed(given_rows: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(given_rows, columns=['city "x"\'s', "status", "is_repeat", "time", "quantity", "money"])
    times = pd.to_datetime(frame["time"], utc=True).astype("datetime64[us, UTC]").dt.tz_convert("Asia/Jakarta")
    kinds = {'city "x"\'s': "str", "status": "str", "is_repeat": "boolean", "quantity": "Int64"}
    return frame.astype(kinds).assign(time=times, money=pd.Series(list(frame["money"]), dtype=MONEY))


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(rows, min_size=1, max_size=12))
def test_the_code_gives_the_result(data, given_rows):
    frame = typed(given_rows)
    keys = data.draw(st.lists(st.sampled_from(keys_of(frame)), min_size=1, max_size=3, unique=True))
    function = data.draw(st.sampled_from(list(FUNCTIONS)))
    names = values_of(frame, function)
    value = data.draw(st.sampled_from(names)) if names else None
    plan = (
        Plan(tuple(keys[:-1]), keys[-1], value, function) if len(keys) > 1 else Plan(tuple(keys), None, value, function)
    )
    result = pivot(plan, frame)
    pd.testing.assert_frame_equal(run(pivot_code(plan, "orders"), orders=frame), result)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.decimals(-(10**13), 10**13, places=2)), min_size=1))
def test_sums_of_money_are_those_of_plain_python(pairs):
    frame = pd.DataFrame({"k": [k for k, _ in pairs], "v": pd.Series([v for _, v in pairs], dtype=MONEY)})
    found = pivot(Plan((Key("k"),), value="v", function="sum"), frame)["v"]
    for key in {k for k, _ in pairs}:
        there = [v for k, v in pairs if k == key and v is not None]
        assert (None if pd.isna(found[key]) else found[key]) == (sum(there) if there else None)


def test_missing_is_not_zero_and_no_row_counts_zero(small_orders):
    sums = pivot(Plan((Key("status"),), Key("is_repeat"), "gross_revenue", "sum"), small_orders)
    assert sums.loc["shipped", True] == Decimal("1250000.10")
    assert sums.loc["completed"].isna().all()
    counts = pivot(Plan((Key("status"),), Key("is_repeat")), small_orders)
    assert counts.loc["completed", True] == 0
    assert counts.to_numpy().sum() == len(small_orders)


def test_days_are_the_columns_own(small_orders):
    counts = pivot(Plan((Key("draft_time", "day"),)), small_orders)["rows"]
    assert counts.dropna().to_dict() == {
        "2026-11-01": 1, "2026-11-20": 1, "2026-11-24": 1, "2026-11-25": 1, **{key: 1 for key in counts.index if pd.isna(key)},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("step", "name"), list(zip(STEPS, ["2026-11-25", "2026-W48", "2026-11", "3 Wednesday", "00"], strict=True))
)
def test_steps_of_a_time(small_orders, step, name):
    assert name in pivot(Plan((Key("draft_time", step),)), small_orders).index


@pytest.mark.parametrize(
    ("plan", "error", "words"),
    [
        (Plan(()), BadValueError, "needs rows"),
        (Plan((Key("nope"),)), UnknownNameError, "nope"),
        (Plan((Key("final_variants"),)), UnknownNameError, "final_variants"),
        (Plan((Key("draft_time"),)), UnknownNameError, "draft_time"),
        (Plan((Key("status"),), Key("status")), BadValueError, "twice"),
        (Plan((Key("status"),), value="id", function="sum"), BadValueError, "sum cannot be made of 'id'"),
        (Plan((Key("status"),), function="median"), UnknownNameError, "median"),
    ],
)
def test_what_cannot_be_meant_is_refused(small_orders, plan, error, words):
    with pytest.raises(error, match=words):
        pivot(plan, small_orders)


def test_too_many_columns_are_refused():
    frame = pd.DataFrame({"id": [str(number) for number in range(MOST_COLUMNS + 1)], "k": "a"})
    with pytest.raises(BadValueError, match="201 different values"):
        pivot(Plan((Key("k"),), Key("id")), frame)


# The panel -------------------------------------------------------------------------------------------------------------


def test_the_panel_shows_result_and_code(small_orders):
    panel = Pivot(small_orders, name="orders")
    assert panel.plan == Plan((Key("status"),))
    panel.choose(["draft_time (month)", "status"], "is_repeat", "gross_revenue", "sum")
    pd.testing.assert_frame_equal(run(panel.code, orders=small_orders), panel.result)
    pd.testing.assert_frame_equal(panel.table.view, panel.result)
    assert "orders.groupby(" in panel.children[-1].value


def test_a_change_of_function_offers_its_values(small_orders):
    panel = Pivot(small_orders)
    panel._function.value = "sum"
    assert panel.plan.value == "gross_revenue"
    assert {value for _, value in panel._value.options} == {"quantity", "gross_revenue", "total_weight"}
    panel._function.value = "rows"
    assert panel.plan.value is None


def test_the_choice_outlives_a_new_frame_and_mistakes_are_said(small_orders):
    panel = Pivot(small_orders)
    panel.choose(["is_repeat"], None, "quantity", "mean")
    panel.frame = small_orders.iloc[:2]
    assert panel.plan == Plan((Key("is_repeat"),), None, "quantity", "mean")
    assert panel.result["quantity"].tolist() == [1.0, 2.0]
    before = panel.result
    panel._columns.value = Key("is_repeat")
    assert "twice" in panel._message.value
    assert panel.result is before
    with pytest.raises(TraitError):
        panel.choose(["nope"])


def test_the_panel_takes_an_empty_frame():
    panel = Pivot(pd.DataFrame())
    assert panel.result.empty
    panel.frame = pd.DataFrame({"status": pd.Series([], dtype="str")})
    assert panel.result.empty
