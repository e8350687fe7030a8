"""The pivot: its numbers are what its code gives, totals come from the rows, a group without a value is missing."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.notebook.pivot import Pivot, per_item
from scalev_frames.notebook.pivot.code import pivot_code
from scalev_frames.notebook.pivot.compute import OTHERS, Numbers
from scalev_frames.notebook.pivot.plan import (
    FUNCTIONS,
    MOST_COLUMNS,
    SHOWS,
    STEPS,
    Field,
    Plan,
    Value,
    check,
    fields_of,
    own_columns,
    values_of,
)
from scalev_frames.notebook.table import Table
from scalev_frames.reports import report
from scalev_frames.words import labels_in
from tests.notebook.tables import run

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))
WORDS = labels_in("pivot", "en")


rows = st.fixed_dictionaries({
    "city \"x\"'s": st.sampled_from(["Solo", "Bogor", None]),
    "status": st.sampled_from(["rts", "shipped", None]),
    "is_repeat": st.sampled_from([True, False, None]),
    "time": st.none() | st.datetimes(min_value=pd.Timestamp("2026-01-01"), max_value=pd.Timestamp("2026-12-31")),
    "quantity": st.none() | st.integers(-5, 5),
    "money": st.none() | st.decimals(-(10**12), 10**12, places=2),
    "price": st.none() | st.integers(-(10**12), 10**12).map(lambda sen: sen / 100),
    "items": st.none() | st.dictionaries(st.sampled_from(["Kopi", "Teh"]), st.integers(1, 3)),
})  # fmt: skip


def typed(given_rows: list[dict]) -> pd.DataFrame:
    names = ['city "x"\'s', "status", "is_repeat", "time", "quantity", "money", "price", "items"]
    frame = pd.DataFrame(given_rows, columns=names)
    times = pd.to_datetime(frame["time"], utc=True).astype("datetime64[us, UTC]").dt.tz_convert("Asia/Jakarta")
    kinds = {names[0]: "str", "status": "str", "is_repeat": "boolean", "quantity": "Int64", "price": "float64"}
    money = pd.Series(list(frame["money"]), dtype=MONEY)
    return frame.astype(kinds).assign(time=times, money=money, items=frame["items"].astype(object))


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.data(), st.lists(rows, min_size=1, max_size=12))
def test_the_code_gives_the_same_numbers_at_every_level(data, given_rows):
    frame = typed(given_rows)
    columns = own_columns(frame)
    keys = data.draw(st.lists(st.sampled_from(fields_of(columns)), min_size=1, max_size=4, unique=True))
    split = data.draw(st.integers(0, len(keys)))
    values = []
    for function in data.draw(st.lists(st.sampled_from(list(FUNCTIONS)), min_size=1, max_size=2, unique=True)):
        names = values_of(columns, function)
        values.append(Value(data.draw(st.sampled_from(names)) if names else "", function))
    top = data.draw(st.sampled_from([0, 1])) if values[0].function in ("rows", "sum", "filled") else 0
    plan = Plan(tuple(keys[:split]), tuple(keys[split:]), tuple(values), top=top)
    check(plan, columns, WORDS)
    numbers = Numbers(plan, frame)
    result = run(pivot_code(plan, "orders"), orders=frame)["result"]
    for (r, c), wanted in result.items():
        for place, value in enumerate(values):
            found = numbers.of(place, r, c)
            at = {}
            wide = len(numbers.columns.levels[c])
            for group in range(len(numbers.rows.levels[r])):
                for across in range(wide):
                    key = (*numbers.rows.key(r, group), *numbers.columns.key(c, across))
                    at[key] = found.iloc[group * wide + across]
            for key, number in wanted[value.name].items():
                mine = at.pop(
                    tuple(None if pd.isna(one) else one for one in (key if isinstance(key, tuple) else (key,)))
                    if r + c
                    else ()
                )
                assert (pd.isna(mine) and pd.isna(number)) or mine == number
            assert all(one == 0 if FUNCTIONS[value.function].counts else pd.isna(one) for one in at.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.decimals(-(10**13), 10**13, places=2)), min_size=1))
def test_sums_of_money_are_those_of_plain_python(pairs):
    frame = pd.DataFrame({"k": [k for k, _ in pairs], "v": pd.Series([v for _, v in pairs], dtype=MONEY)})
    numbers = Numbers(Plan((Field("k"),), values=(Value("v", "sum"),)), frame)
    for group, found in enumerate(numbers.of(0, 1, 0)):
        there = [v for k, v in pairs if k == numbers.rows.key(1, group)[0] and v is not None]
        assert (None if pd.isna(found) else found) == (sum(there) if there else None)
    everything = [v for _, v in pairs if v is not None]
    total = numbers.of(0, 0, 0).iloc[0]
    assert (None if pd.isna(total) else total) == (sum(everything) if everything else None)


def test_totals_come_from_the_rows_and_not_from_other_totals():
    frame = pd.DataFrame({
        "store": list("aaab"), "city": list("xyyx"), "price": [10.0, 20.0, 30.0, 100.0], "phone": ["1", "1", "2", "1"],
    })  # fmt: skip
    panel = Pivot(frame)
    panel.choose(["store", "city"], values=[("price", "mean"), ("phone", "different"), ("price", "median")])
    shown = panel.result
    assert shown.iloc[:, :2].values.tolist() == [
        ["a", "x"],
        ["a", "y"],
        ["a", "Total"],
        ["b", "x"],
        ["b", "Total"],
        ["Total", ""],
    ]
    assert shown.iloc[:, 2].tolist() == [10, 25, 20, 100, 100, 40]  # a mean of means would be 17.5 and 62.5
    assert shown.iloc[:, 3].tolist() == [1, 2, 2, 1, 1, 2]  # a sum would be 3 and 4
    assert shown.iloc[:, 4].tolist() == [10, 25, 20, 100, 100, 25]
    assert panel.made.row_kinds == ["", "", "subtotal", "", "subtotal", "total"]


def test_totals_have_no_number_and_are_not_counted_as_rows(talk):
    panel = Pivot(pd.DataFrame({"store": list("aab"), "city": list("xyx")}))
    panel.choose(["store", "city"])
    table = panel.grid
    assert talk(table, "open")["totals"] == 3
    asked = {"generation": table.sheet.generation, "blocks": [{"first": 2, "count": 4, "places": [0]}]}
    assert talk(table, "block", **asked)["blocks"][0]["rows"] == ["subtotal", 3, "subtotal", "total"]


def test_missing_is_not_zero_and_no_row_counts_zero(small_orders):
    panel = Pivot(small_orders)
    panel.choose(["status"], ["is_repeat"], [("gross_revenue", "sum"), ("", "rows")])
    shown = panel.result.set_index(panel.result.columns[0])
    assert shown.loc["shipped", ("yes", "Gross revenue: sum")] == Decimal("1250000.10")
    assert shown.loc["completed"].xs("Gross revenue: sum", level=1).isna().all()
    assert shown.loc["completed", ("yes", "Number of rows")] == 0
    assert shown.loc["Total", ("Total", "Number of rows")] == len(small_orders)


@pytest.mark.parametrize(
    ("step", "said"),
    list(zip(STEPS, ["25/11/2026", "2026-W48", "Nov 2026", "Q4 2026", "2026", "Rabu", "00:00"], strict=True)),
)
def test_steps_of_a_time_are_the_column_s_own_and_in_the_language(small_orders, step, said):
    panel = Pivot(small_orders, language="id")
    panel.choose([f"draft_time ({step})"])
    assert said in panel.result.iloc[:, 0].tolist()
    assert panel.result.iloc[-2, 0] == "(kosong)"


@pytest.mark.parametrize(
    ("plan", "error", "words"),
    [
        (Plan(()), BadValueError, "Put a field"),
        (Plan((Field("status"),), values=()), BadValueError, "Put a field"),
        (Plan((Field("nope"),)), UnknownNameError, "nope"),
        (Plan((Field("final_variants"),)), UnknownNameError, "final_variants"),
        (Plan((Field("draft_time"),)), UnknownNameError, "draft_time"),
        (Plan((Field("status"),), (Field("status"),)), BadValueError, "twice"),
        (Plan((Field("status"),), values=(Value("id", "sum"),)), BadValueError, "sum cannot be made of id"),
        (Plan((Field("status"),), values=(Value("id", "mode"),)), UnknownNameError, "mode"),
    ],
)
def test_a_plan_that_cannot_be_made_is_refused(small_orders, plan, error, words):
    with pytest.raises(error, match=words):
        check(plan, own_columns(small_orders), WORDS)


def test_a_problem_is_said_in_the_language_and_nothing_old_stands_under_it(small_orders):
    panel = Pivot(small_orders, language="id")
    assert len(panel.result) > 0
    panel.set_plan(Plan((Field("status"),), (Field("status"),)))
    assert panel.problem == "Satu kolom ada dua kali di baris dan kolom."
    assert panel.grid.frame.empty
    assert panel.grid.layout.display == "none"
    assert panel.result.empty
    assert panel._answers.state()["code"] == ""
    panel.choose(["status"])
    assert panel.grid.layout.display is None
    panel.frame = pd.DataFrame()
    panel.make()
    assert panel.problem.startswith("Taruh satu kolom")
    assert panel.grid.frame.empty


def test_too_many_columns_are_refused():
    panel = Pivot(pd.DataFrame({"id": [str(number) for number in range(MOST_COLUMNS + 1)], "k": "a"}))
    panel.choose(["k"], ["id"])
    assert "251" in panel.problem
    panel.choose(["id"], ["k"])
    assert panel.problem == ""


def test_shares_running_totals_and_changes(small_orders):
    frame = pd.DataFrame({"month": list("aabb"), "status": list("xyxx"), "price": [1.0, 3.0, 4.0, 2.0]})
    panel = Pivot(frame)

    def shown(show, rows=("month",), columns=("status",)):
        panel.choose(rows, columns, [("price", "sum", show)])
        return panel.result.iloc[:, 1:].to_numpy(float).tolist()

    nan = pytest.approx(np.nan, nan_ok=True)
    assert shown("share_row") == [[0.25, 0.75, 1], [1, nan, 1], [0.7, 0.3, 1]]
    assert shown("share_column") == [[1 / 7, 1, 0.4], [6 / 7, nan, 0.6], [1, 1, 1]]
    assert shown("share_all") == [[0.1, 0.3, 0.4], [0.6, nan, 0.6], [0.7, 0.3, 1]]
    assert shown("running") == [[1, 4, nan], [6, 6, nan], [7, 10, nan]]
    assert shown("change") == [[nan, 2, nan], [nan, nan, nan], [nan, -4, nan]]
    assert shown("running", columns=()) == [[4], [10], [nan]]
    assert shown("change", columns=()) == [[nan], [2], [nan]]


@pytest.mark.parametrize("show", [one for one in SHOWS if one])
@pytest.mark.parametrize("columns", [[], ["status"]])
def test_the_code_of_shares_gives_the_same(show, columns):
    frame = pd.DataFrame({"month": list("aabb"), "status": list("xyxx"), "price": [1.0, 3.0, 4.0, 2.0]})
    panel = Pivot(frame, name="orders")
    panel.choose(["month"], columns, [("price", "sum", show)])
    given_by_code = run(panel.code, orders=frame)[show]
    wide = given_by_code.to_frame() if isinstance(given_by_code, pd.Series) else given_by_code
    mine = panel.result.iloc[:2, 1 : 1 + wide.shape[1]]
    np.testing.assert_allclose(mine.to_numpy(float), wide.to_numpy(float))


def test_items_are_rows_of_their_own_and_that_is_said(small_orders):
    panel = Pivot(small_orders, name="orders")
    panel.choose(["final_variants (item)"], values=[("quantity of item", "sum"), ("", "rows")])
    assert panel.result.iloc[:, :2].values.tolist() == [
        ["=Madu", 1], ["Kopi Gayo", 6], ["Teh", 1], ["(blank)", pd.NA], ["Total", 8],
    ]  # fmt: skip
    assert "one row an item" in panel.notes()[0]
    assert len(per_item(small_orders, "final_variants")) == 6  # an order without items stays


def test_quantities_count_as_in_the_report_however_they_are_written():
    quantities = [{"A": 2, "B": 1}, {"A": "2"}, {"A": 2.0}, {"A": "3.00"}, {"B": 1.5}, {"B": 2**64}, {"B": None}]
    orders = pd.DataFrame({"final_variants": quantities})
    panel = Pivot(orders, name="orders")
    panel.choose(["final_variants (item)"], values=[("quantity of item", "sum")])
    assert panel.result.values.tolist() == [["A", 9], ["B", 1], ["Total", 10]]
    assert report("products", orders)[["product", "quantity"]].values.tolist() == [["A", 9], ["B", 1]]


def test_the_largest_and_the_others_from_the_rows():
    frame = pd.DataFrame({"city": list("aabbcd"), "price": [9.0, 9.0, 8.0, 6.0, 1.0, 5.0]})
    panel = Pivot(frame, name="orders")
    panel.choose(["city"], values=[("price", "sum"), ("price", "mean")], top=2, by_value=True)
    assert panel.result.values.tolist() == [["a", 18, 9], ["b", 14, 7], ["Others", 6, 3], ["Total", 38, 38 / 6]]
    assert run(panel.code, orders=frame)["result"][1, 0].loc[OTHERS, "price (mean)"] == 3


def test_filters_are_typed_as_in_the_table_and_stand_in_the_code(small_orders):
    panel = Pivot(small_orders, name="orders")
    panel.choose(["status"], filters={"quantity": ">1", "status": "shipped, completed"})
    assert panel.result.values.tolist() == [["shipped", 2], ["Total", 2]]
    assert run(panel.code, orders=small_orders)["result"][0, 0].iloc[0, 0] == 2
    assert panel.notes()[:2] == ["2 of 5 rows", "Filter Quantity: >1"]
    panel.choose(["status"], filters={"quantity": "many"})
    assert "'many' is not a number" in panel.problem


def test_notes_write_numbers_and_the_moment_as_people_do_there():
    frame = pd.DataFrame({"status": ["rts"] * 1600})
    frame.attrs["as_of"] = "2026-11-29T10:38:59+07:00"
    said = {language: Pivot(frame, language=language) for language in ("en", "id")}
    for panel in said.values():
        panel.make()
    assert said["en"].notes() == ["1,600 of 1,600 rows", "as of 2026-11-29 10:38"]
    assert said["id"].notes() == ["1.600 dari 1.600 baris", "per 29/11/2026 10:38"]


def test_the_rows_behind_a_cell_stand_in_the_table_as_a_filter_with_code(small_orders):
    table = Table(small_orders, name="orders")
    seen = []
    panel = Pivot(small_orders, name="orders", table=table)
    panel.on_rows = lambda: seen.append(True)
    panel.choose(["status"], ["draft_time (month)"])
    columns = [pair[1] for pair in panel.made.headings][1:]
    row = panel.result.iloc[:, 0].tolist().index("shipped")
    panel.show_rows(row, columns.index("Nov 2026"))
    assert table.view["id"].tolist() == ["9", "11"]
    assert table.sheet.view.only.label == "shipped \u00b7 Nov 2026"
    assert run(table.code, orders=small_orders)["view"]["id"].tolist() == ["9", "11"]
    panel.show_rows(row, -1)
    assert table.view["id"].tolist() == ["9", "11"]
    panel.show_rows(len(panel.result) - 1, columns.index("(blank)"))
    assert table.view["id"].tolist() == ["1"]
    panel.choose(["final_variants (item)"])
    panel.show_rows(panel.result.iloc[:, 0].tolist().index("Teh"), 0)
    assert table.view["id"].tolist() == ["11"]
    assert run(table.code, orders=small_orders)["view"]["id"].tolist() == ["11"]
    assert len(seen) == 4
    assert table.undo()
    assert table.view["id"].tolist() == ["1"]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data(), st.lists(rows, min_size=1, max_size=12))
def test_every_cell_counts_the_rows_behind_it(data, given_rows):
    frame = typed(given_rows)
    panel = Pivot(frame)
    fields = [field.name for field in fields_of(own_columns(frame)) if field.step != "item"]
    keys = data.draw(st.lists(st.sampled_from(fields), min_size=1, max_size=3, unique=True))
    panel.choose(keys[:-1] or keys, keys[-1:] if len(keys) > 1 else [])
    row = data.draw(st.integers(0, len(panel.made.lines) - 1))
    column = data.draw(st.integers(0, len(panel.made.cells) - 1))
    panel.show_rows(row, column)
    assert len(panel.table.view) == panel.made.frame[f"value_{column}"].iloc[row]
