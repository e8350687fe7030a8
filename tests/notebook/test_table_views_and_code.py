"""Undo, views saved by name, and the code that gives the rows a table shows."""

from __future__ import annotations

import json
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.errors import ExportError
from scalev_frames.notebook.table import Condition, Table
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.filters.conditions import OPERATORS, condition_code, mask_of
from scalev_frames.notebook.table.saved import SavedViews
from tests.notebook.tables import ids, run_code

from .conftest import small_frame


def test_undo_and_redo(small_orders, talk):
    table = Table(small_orders)
    talk(table, "filter", column=1, text="ship")
    talk(table, "sort", column=0)
    talk(table, "columns", order=[1, 0], frozen=2)
    talk(table, "undo")
    assert table.columns == list(small_orders.columns)
    talk(table, "undo")
    assert ids(table) == ["9", "11"]
    talk(table, "undo")
    assert ids(table) == ["9", "10", "2", "11", "1"]
    assert talk(table, "open")["undo"] is False
    assert table.undo() is False
    for _ in range(3):
        talk(table, "redo")
    assert table.columns == ["status", "id"]
    assert ids(table) == ["9", "11"]
    talk(table, "search", text="x")
    assert talk(table, "open")["redo"] is False


def test_columns_that_share_a_name_stay_apart_in_views_and_in_the_next_frame(tmp_path):
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["a", "a", "b", "c"])
    table = Table(frame)
    table.change(order=(1, 0, 2))
    saved = SavedViews("orders", tmp_path / "views.json")
    saved.save("Mine", table.sheet)
    assert saved.of("Mine", table.sheet).order == (1, 0, 2)
    table.frame = frame
    assert table.view.to_numpy().tolist() == [[2, 1, 3]]


def test_views_are_saved_by_name_for_each_list_and_hold_no_rows_and_no_filter(
    small_orders, talk, tmp_path, monkeypatch
):
    monkeypatch.setenv("SCALEV_CACHE_DIR", str(tmp_path / "user"))
    table = Table(small_orders)
    table.filter({"customer_phone": "081234"})
    table.sort([("quantity", False)])
    talk(table, "columns", order=[4, 0, 1], frozen=2)
    talk(table, "width", column=4, pixels=150)
    assert talk(table, "view", how="save", name=" Pagi ")["note"].startswith("View Pagi saved")
    kept = tmp_path / "user" / "views.json"
    assert "081234" not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0
    other = Table(small_orders.drop(columns="status"))
    assert talk(other, "open")["views"] == ["Pagi"]
    talk(other, "view", how="own", name="Pagi")
    assert other.columns == ["quantity", "id"]
    assert talk(other, "open")["sort"] == [[3, False]]
    assert talk(other, "open")["widths"] == [[3, 150]]
    assert Table(pd.DataFrame({"a": [1]})).saved_views.names() == []
    assert talk(other, "view", how="save", name="  ")["kind"] == "error"
    assert talk(other, "view", how="own", name="Sore")["kind"] == "error"
    talk(other, "view", how="remove", name="Pagi")
    assert talk(other, "open")["views"] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"orders": 3}',
        "[" * 100_000,
        '{"orders": {"x": {"columns": 3, "sort": 7, "widths": []}}}',
        '{"orders": {"x": {"columns": [[], {}, 1], "sort": [[[], true]], "frozen": "1", "widths": {"status": "wide"}}}}',
    ],
)
def test_a_broken_file_of_views_counts_as_none(small_orders, tmp_path, text):
    path = tmp_path / "views.json"
    path.write_text(text)
    views = SavedViews("orders", path)
    sheet = Table(small_orders).sheet
    for name in views.names():
        assert views.of(name, sheet) is not None
    views.save("Mine", sheet)
    assert "Mine" in views.names()


def test_odd_widths_of_a_view_are_left_out_and_a_file_that_cannot_be_opened_is_not_replaced(small_orders, tmp_path):
    path, sheet = tmp_path / "views.json", Table(small_orders).sheet
    wide = {"status": 99_999, "quantity": -5, "id": True, "draft_time": 200}
    path.write_text(json.dumps({"orders": {"x": {"widths": wide, "sort": [["id", True], ["id", False]]}}}))
    views = SavedViews("orders", path)
    view = views.of("x", sheet)
    assert (view.widths, view.sort) == ({sheet.place("draft_time"): 200}, ((sheet.place("id"), False),))
    path.unlink()
    path.mkdir()  # as a file that another program holds
    assert views.names() == []
    with pytest.raises(ExportError, match="could not be read"):
        views.save("Mine", sheet)


WANTED = st.fixed_dictionaries({}, optional={
    "status": st.sampled_from(["ship", "=SHIPPED", "!=shipped", "=", "!=", "shipped,completed", "ship; pend", "pen*"]),
    "gross_revenue": st.sampled_from([">=98.80", "=0.1", "0.1-100", "98.8; 1250000", "!=98.8", "="]),
    "quantity": st.sampled_from([">1", ">1.5", "1; 5", "<=2", "!=5", "!="]),
    "total_weight": st.sampled_from(["<=0.2", "0.1", "0.1 .. 9", ">3"]),
    "draft_time": st.sampled_from(["2026-11", ">=2026-11-20", "<2026-11-24 12", "20/11/2026-24/11/2026", "=", "2026"]),
    "is_repeat": st.sampled_from(["yes", "!=yes", "no"]),
    "final_variants": st.sampled_from(["gayo", "!="]),
})  # fmt: skip
SORTS = st.lists(st.tuples(st.sampled_from(
    ["id", "status", "draft_time", "quantity", "gross_revenue", "total_weight", "is_repeat", "final_variants"]
), st.booleans()), max_size=3, unique_by=lambda one: one[0])  # fmt: skip


@pytest.mark.slow
@given(
    WANTED,
    SORTS,
    st.permutations(range(9)),
    st.integers(1, 9),
    st.booleans(),
    st.sampled_from(["", "o", '"kopi gayo"']),
)
@settings(max_examples=120, deadline=None)
def test_the_code_gives_the_same_frame(wanted, sort, order, shown, as_float, search):
    frame = small_frame()
    if as_float:
        frame["gross_revenue"] = frame["gross_revenue"].astype("Float64").astype("float64")
    table = Table(frame)
    table.filter(wanted)
    table.sort(sort)
    table.search(search)
    table.sheet.step(order=tuple(order[:shown]))
    pd.testing.assert_frame_equal(run_code(table.code, frame), table.view)


@given(
    st.sampled_from(sorted(OPERATORS)),
    st.sampled_from(["status", "quantity", "gross_revenue", "draft_time", "is_repeat"]),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_every_operator_has_code_that_finds_the_same(op, name, data):
    frame = small_frame()
    column = Column(name, frame[name])
    values = {"status": ["shipped", "Pend", "zzz"], "quantity": ["1", "2", "9"], "gross_revenue": ["98.8", "0.10", "5"],
              "draft_time": ["2026-11-24", "2026-11-20", "2026-11-01"], "is_repeat": ["true", "false"]}[name]  # fmt: skip
    count = OPERATORS[op]
    if name == "is_repeat" and op not in ("in", "not in", "missing", "filled"):
        return
    if op in ("contains", "not contains", "begins", "ends", "contains any") and name != "status":
        return
    if op == "between" and name == "status":
        return
    given_values = data.draw(st.lists(st.sampled_from(values), min_size=count or 1, max_size=count or 3))[:count]
    condition = Condition(op, tuple(sorted(given_values) if op == "between" else given_values))
    if op in ("in", "not in") and data.draw(st.booleans()):
        condition = Condition(op, (*condition.values, None))
    found = eval(condition_code(column, condition), {"view": frame, "pd": pd, "Decimal": Decimal})
    assert found.fillna(False).tolist() == mask_of(column, condition).tolist()


def test_the_code_of_an_index_with_a_name(talk):
    frame = pd.DataFrame({"v": [1, 2, 3], "g": ["b", "a", "c"]}).set_index("g")
    table = Table(frame)
    table.sort([("g", False)])
    table.filter({"v": "<3"})
    pd.testing.assert_frame_equal(run_code(talk(table, "code")["text"], frame), table.view)


@pytest.mark.parametrize("columns", [
    [2025, 2026, "n"], pd.date_range("2026-11-01", periods=3), [("a", "x"), ("a", ""), ("b", 1)], range(3),
])  # fmt: skip
def test_the_code_knows_columns_that_are_called_by_numbers_moments_and_levels(columns):
    frame = pd.DataFrame([["b", 1, 2.5], ["a", 2, None], ["B", 3, 0.5]])
    levels = isinstance(columns[0], tuple)
    frame.columns = pd.MultiIndex.from_tuples(columns) if levels else pd.Index(columns)
    table = Table(frame)
    table.sheet.filter(1, table.sheet.typed(1, ">=1"))
    table.sheet.step(sort=((0, True), (2, False)), order=(2, 0))
    pd.testing.assert_frame_equal(run_code(table.code, frame), table.view)


def test_the_code_sorts_texts_with_half_a_letter_which_pandas_cannot_sort_by_a_key():
    frame = pd.DataFrame({"a": pd.Series(["\ud800x", "Z", None, "ok"], dtype=object), "n": [1, 2, 3, 4]})
    frame.index = [7, 7, 8, 9]
    table = Table(frame)
    table.sort([("a", False)])
    assert run_code(table.code, frame)["n"].tolist() == table.view["n"].tolist() == [1, 2, 4, 3]


def test_columns_that_share_a_name_are_told_from_code_in_a_sentence():
    table = Table(pd.DataFrame([[1, "x", 2], [3, "y", 1]], columns=["a", "b", "a"]), name="frame")
    table.sort([("b", False)])
    assert "sort_values" in table.code
    table.sheet.step(sort=((2, True),))
    assert table.code == '# Two columns are called "a": rename one, so that code can tell them apart.'


MOMENTS = pd.Series(["2026-11-20T09:30", None, "2026-11-21T00:00"], dtype="datetime64[us]")


@pytest.mark.parametrize("op", ["=", "!=", "<", "<=", ">", ">=", "in", "not in"])
@pytest.mark.parametrize(
    ("values", "value"),
    [
        (pd.Series([float("inf"), None, 1.5]), "inf"),
        (pd.Series([float("-inf"), None, 1.5], dtype="Float64"), "-inf"),
        (MOMENTS.astype("timestamp[us][pyarrow]"), "2026-11-20"),
        (MOMENTS.dt.tz_localize("Asia/Jakarta").astype("timestamp[us, Asia/Jakarta][pyarrow]"), "2026-11-20"),
        (MOMENTS, "2026-11-20"),
    ],
)
def test_code_for_infinite_numbers_and_arrows_times_finds_the_same(values, value, op):
    frame = pd.DataFrame({"at": values, "n": range(3)})
    table = Table(frame)
    table.filter({"at": [Condition(op, (value,))]})
    assert run_code(table.code, frame)["n"].tolist() == table.view["n"].tolist()
