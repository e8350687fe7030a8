"""The table without a browser: what is found, in what order, what it sums to, what is sent and what is copied."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.notebook.table.columns import Column
from scalev_frames.notebook.table.table import COPIED_CELLS, SHOWN_CHARACTERS, Table
from scalev_frames.notebook.table.totals import totals


@pytest.fixture
def talk(monkeypatch):
    """Says one thing to a table as the browser would, and gives what it answers."""

    def say(table: Table, action: str, **details) -> dict:
        sent = []
        monkeypatch.setattr(table, "send", lambda message, *_: sent.append(json.loads(json.dumps(message))))
        table.handle({"do": action, "number": 7, **details})
        assert [one["number"] for one in sent] == [7]
        return sent[0]

    return say


def ids(table: Table) -> list[str]:
    return table.view["id"].tolist()


def place(table: Table, name: str) -> int:
    return list(table.frame.columns).index(name)


# Finding ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SHIPPED", ["9", "11"]),
        ("shipped gayo", ["9", "11"]),
        ("shipped teh", ["11"]),
        ("2026-11-25", ["10"]),  # midnight in Jakarta, 17:00 in UTC
        ("2026-11-24 23:59:59", ["9"]),
        ("1,250,000", ["9"]),
        ("1.250.000", ["9"]),
        ("=madu", ["10"]),
        ("shipped081234", []),  # never across two cells
        (".*", []),  # no pattern, a text
        ("", ["9", "10", "2", "11", "1"]),
    ],
)
def test_search_reads_every_column(small_orders, text, found):
    table = Table(small_orders, columns=["id"])
    table.search(text)
    assert ids(table) == found


@pytest.mark.parametrize(
    ("column", "wanted", "found"),
    [
        ("status", "ship", ["9", "11"]),
        ("status", "=SHIPPED", ["9", "11"]),
        ("status", "!=shipped", ["10", "2", "1"]),
        ("status", "=", ["1"]),
        ("status", "!=", ["9", "10", "2", "11"]),
        ("gross_revenue", ">=98.80", ["9", "10"]),
        ("gross_revenue", ">= 98,80", ["9", "10"]),
        ("gross_revenue", "<Rp 1.250.000", ["10", "11"]),
        ("gross_revenue", "=0.1", ["11"]),
        ("quantity", ">1", ["9", "11"]),
        ("quantity", ">1.5", ["9", "11"]),
        ("total_weight", "<=0.2", ["9", "10"]),
        ("draft_time", "=2026-11-25", ["10"]),
        ("draft_time", "<=2026-11-24", ["9", "2", "11"]),
        ("draft_time", "=2026-11", ["9", "10", "2", "11"]),
        ("draft_time", ">2026-11-24 12", ["9", "10"]),
        ("is_repeat", "=true", ["9", "11"]),
        ("final_variants", "gayo", ["9", "11"]),
        ("status", "  ", ["9", "10", "2", "11", "1"]),
    ],
)
def test_conditions(small_orders, column, wanted, found):
    table = Table(small_orders)
    table.conditions({column: wanted})
    assert ids(table) == found


def test_conditions_and_search_meet(small_orders):
    table = Table(small_orders)
    table.conditions({"status": "=shipped", "quantity": ">2"})
    table.search("kopi")
    assert ids(table) == ["11"]


def test_a_condition_that_cannot_be_meant_is_said_and_changes_nothing(small_orders, talk):
    table = Table(small_orders)
    table.conditions({"status": "=shipped"})
    with pytest.raises(BadValueError, match="'much' is not a number"):
        table.conditions({"gross_revenue": ">much"})
    answer = talk(table, "condition", column=place(table, "quantity"), text="<nan")
    assert answer["kind"] == "error"
    assert "quantity" in answer["text"]
    assert ids(table) == ["9", "11"]


# Order -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ([("id", True)], ["1", "2", "9", "10", "11"]),  # codes of digits as numbers
        ([("status", True)], ["2", "10", "9", "11", "1"]),  # in any case, missing last, equals as they came
        ([("status", False)], ["9", "11", "10", "2", "1"]),
        ([("gross_revenue", True)], ["11", "10", "9", "2", "1"]),
        ([("gross_revenue", False)], ["9", "10", "11", "2", "1"]),
        ([("draft_time", True)], ["11", "2", "9", "10", "1"]),
        ([("is_repeat", False), ("quantity", False)], ["11", "9", "10", "2", "1"]),
        ([("final_variants", True)], ["10", "9", "11", "2", "1"]),
        ([], ["9", "10", "2", "11", "1"]),
    ],
)
def test_sort(small_orders, by, order):
    table = Table(small_orders)
    table.sort(by)
    assert ids(table) == order


def test_clicks_on_a_heading_go_round_and_shift_adds(small_orders, talk):
    table = Table(small_orders)
    status, quantity = place(table, "status"), place(table, "quantity")
    ways = [talk(table, "sort", column=status)["columns"][status]["sort"] for _ in range(3)]
    assert ways == ["ascending", "descending", "none"]
    talk(table, "sort", column=status)
    answer = talk(table, "sort", column=quantity, add=True)
    assert [answer["columns"][one]["sort"] for one in (status, quantity)] == ["ascending", "ascending"]
    assert ids(table) == ["2", "10", "9", "11", "1"]


# What is sent ----------------------------------------------------------------------------------------------------------


def test_a_page_holds_only_the_rows_in_view_as_a_person_reads_them(small_orders, talk):
    table = Table(small_orders, page_rows=2, lang="id")
    answer = talk(table, "page", page=1)
    assert (answer["first"], answer["rows"], answer["found"], answer["all"], answer["pages"]) == (2, 2, 5, 5, 3)
    cells = dict(zip([one["name"] for one in answer["columns"]], answer["cells"], strict=True))
    assert cells["id"] == ["2", "11"]
    assert cells["gross_revenue"] == [None, "0,10"]
    assert cells["total_weight"] == [None, "250"]
    assert cells["draft_time"] == ["2026-11-20 10:00:00", "2026-11-01 03:00:00"]
    assert cells["is_repeat"] == [None, "true"]
    assert cells["final_variants"] == ["", "Kopi Gayo \u00d7 4, Teh \u00d7 1"]
    kinds = [one["kind"] for one in answer["columns"]]
    assert kinds == ["teks", "teks", "teks", "waktu", "angka", "Rp", "angka", "ya/tidak", "daftar"]
    assert answer["columns"][5]["dtype"] == "decimal128(18, 2)[pyarrow]"


def test_pages_beyond_the_ends_are_the_ends(small_orders, talk):
    table = Table(small_orders, page_rows=2)
    assert talk(table, "page", page=99)["page"] == 2
    assert talk(table, "page", page=-5)["page"] == 0


def test_nothing_of_the_rows_is_in_the_saved_state(small_orders):
    table = Table(small_orders)
    state = json.dumps({name: str(value) for name, value in table.get_state().items()})
    assert "081234" not in state
    assert "081234" not in repr(table)


def test_long_texts_are_cut_on_the_way_and_whole_in_the_copy(talk):
    long = "x" * 5000
    table = Table(pd.DataFrame({"notes": [long]}))
    assert talk(table, "show")["cells"][0][0] == "x" * SHOWN_CHARACTERS + "…"
    table.select((0, 0), ["notes"])
    assert talk(table, "copy")["text"] == long


def test_unknown_actions_are_passed_over(small_orders, monkeypatch):
    table = Table(small_orders)
    monkeypatch.setattr(table, "send", lambda *_: pytest.fail("answered"))
    table.handle({"do": "format the disk"})


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(),
        pd.DataFrame({"a": pd.Series([], dtype="str")}),
        pd.DataFrame(index=range(3)),
        pd.DataFrame([[1, 2], [3, 4]], columns=["same", "same"]),
        pd.DataFrame({0: [1, "two", None, 3.5, b"raw"]}),
        pd.DataFrame({"c": pd.Categorical(["b", "a", None]), "p": pd.period_range("2026-01", periods=3, freq="M")}),
        pd.DataFrame({"f": [0.1, float("nan"), float("inf")], "d": pd.to_timedelta([1, 2, None], unit="D")}),
        pd.DataFrame({"t": pd.to_datetime(["2026-01-01", None])}),
        pd.DataFrame({("net", "paid"): [1], ("net", "open"): [2]}),
        pd.DataFrame({"n": [2**63 - 1, None]}, dtype="Int64"),
    ],
    ids=range(10),
)
def test_any_frame_can_be_shown_searched_and_sorted(frame, talk):
    table = Table(frame)
    assert talk(table, "show")["kind"] == "page"
    for column in range(frame.shape[1]):
        assert talk(table, "sort", column=column)["found"] == len(frame)
    assert talk(table, "search", text="no such text")["found"] == 0
    pd.testing.assert_frame_equal(Table(frame).view, frame)


def test_an_index_with_names_is_shown_and_stays_the_index(talk):
    frame = pd.DataFrame({"v": [1, 2, 3], "g": ["b", "a", "c"]}).set_index("g")
    table = Table(frame)
    assert [one["name"] for one in talk(table, "show")["columns"]] == ["g", "v"]
    table.sort([("g", True)])
    pd.testing.assert_frame_equal(table.view, frame.sort_index())


# The view --------------------------------------------------------------------------------------------------------------


def test_the_view_is_the_frame_cut_with_its_dtypes(small_orders):
    table = Table(small_orders)
    table.columns = ["gross_revenue", "status"]
    table.sort([("quantity", False)])
    table.search("shipped")
    expected = small_orders.loc[[3, 0], ["status", "gross_revenue"]]
    pd.testing.assert_frame_equal(table.view, expected)
    assert table.view.attrs == {"endpoint": "orders"}


def test_a_new_frame_keeps_the_chosen_columns_and_forgets_the_search(small_orders, talk):
    table = Table(small_orders)
    table.columns = ["status", "quantity"]
    talk(table, "width", column=place(table, "quantity"), pixels=222)
    table.search("shipped")
    table.frame = small_orders.iloc[:2]
    assert table.columns == ["status", "quantity"]
    assert len(table.view) == 2
    assert talk(table, "show")["columns"][place(table, "quantity")]["width"] == 222
    table.frame = small_orders.assign(seen_first_today=1).drop(columns="quantity")
    assert table.columns == ["status"]
    table.frame = pd.DataFrame({"other": [1]})
    assert table.columns == ["other"]
    table.frame = pd.DataFrame({"all": [1], "of": [2], "them": [3]})
    assert table.columns == ["all", "of", "them"]


def test_what_is_done_to_the_frame_later_does_not_reach_the_table(small_orders):
    table = Table(small_orders)
    small_orders.loc[0, "status"] = "changed"
    table.search("changed")
    assert ids(table) == []


def test_wrong_names_and_sizes_are_refused(small_orders):
    table = Table(small_orders)
    for wrong in (lambda: table.sort([("nope", True)]), lambda: setattr(table, "columns", ["nope"])):
        with pytest.raises(UnknownNameError, match="nope"):
            wrong()
    with pytest.raises(BadValueError):
        Table(small_orders, page_rows=0)
    with pytest.raises(BadValueError):
        Table(small_orders, lang="de")


# Selection -------------------------------------------------------------------------------------------------------------


def test_the_status_bar_sums_exactly_and_missing_is_not_zero(small_orders, talk):
    table = Table(small_orders)
    table.columns = ["quantity", "gross_revenue"]
    answer = talk(table, "select", cells=[0, 0, 4, 1])
    assert table.totals.rupiah.total == Decimal("1250098.90")
    assert table.totals.rupiah.mean == Decimal("416699.63")
    assert table.totals.numbers.total == 8
    assert answer["totals"] == [
        ["Count", "6"], ["Missing", "4"], ["Sum", "Rp 1,250,098.90"], ["Mean", "Rp 416,699.63"],
        ["Sum", "8"], ["Mean", "2.6667"],
    ]  # fmt: skip
    pd.testing.assert_frame_equal(table.selected, small_orders[["quantity", "gross_revenue"]])


def test_a_selection_reaches_over_pages_in_the_order_shown_and_ends_with_a_new_order(small_orders, talk):
    table = Table(small_orders, page_rows=2)
    table.sort([("id", True)])
    answer = talk(table, "select", cells=[3, 0, 1, 0])  # drawn upwards
    assert answer["selection"] == [1, 0, 3, 0]
    assert table.selected["id"].tolist() == ["2", "9", "10"]
    talk(table, "search", text="shipped")
    assert table.selected.size == 0
    assert table.totals.cells == 0


def test_select_by_name(small_orders):
    table = Table(small_orders)
    table.select((1, 3), ["gross_revenue"])
    assert table.totals.rupiah.total == Decimal("98.90")
    table.columns = ["id"]
    with pytest.raises(UnknownNameError):
        table.select((0, 0), ["gross_revenue"])


def test_copied_cells_read_back_equal(talk):
    texts = ["a\tb", 'say "hi"', "two\nlines", "", "0812", "=1+1", "<b>&"]
    money = pd.Series([Decimal("1250000.00")] * 6 + [Decimal("98.8")], dtype=pd.ArrowDtype(pa.decimal128(18, 2)))
    table = Table(pd.DataFrame({"text": texts, "money": money}))
    table.select((0, 6), ["text", "money"])
    answer = talk(table, "copy", headings=True)
    rows = list(csv.reader(io.StringIO(answer["text"], newline=""), delimiter="\t"))
    assert rows[0] == ["text", "money"]
    assert [row[0] for row in rows[1:]] == texts
    assert [row[1] for row in rows[1:]] == ["1250000"] * 6 + ["98.80"]
    page = answer["html"]
    assert "<td style='mso-number-format:\"\\@\"'>0812</td>" in page
    assert "<td>1250000</td>" in page
    assert "&lt;b&gt;&amp;" in page


def test_a_copy_that_is_too_large_says_what_to_do(talk):
    rows = COPIED_CELLS // 2 + 1
    table = Table(pd.DataFrame({"a": np.zeros(rows), "b": np.zeros(rows)}))
    table.select((0, rows - 1), ["a", "b"])
    answer = talk(table, "copy")
    assert answer["kind"] == "error"
    assert "Export" in answer["text"]


@given(st.lists(st.none() | st.decimals(min_value=-(10**13), max_value=10**13, places=2), max_size=40))
def test_rupiah_sums_are_exact(values):
    series = pd.Series(values, dtype=pd.ArrowDtype(pa.decimal128(18, 2)))
    found = totals([Column("money", series)], np.arange(len(values)))
    there = [value for value in values if value is not None]
    assert found.filled == len(there)
    assert (found.rupiah.total if found.rupiah else None) == (sum(there) if there else None)


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=30))
def test_whole_numbers_sum_exactly_beyond_64_bits(values):
    found = totals([Column("n", pd.Series(values, dtype="Int64"))], np.arange(len(values)))
    there = [value for value in values if value is not None]
    assert (found.numbers.total if found.numbers else None) == (sum(there) if there else None)
