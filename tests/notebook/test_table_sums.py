"""Sums of what is selected are exact, and what is copied reads back equal."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.errors import UnknownNameError
from scalev_frames.frames.header import Header
from scalev_frames.notebook.table import Table
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.messages import COPIED_CELLS
from scalev_frames.notebook.table.totals import totals
from scalev_frames.words import heading
from tests.notebook.tables import everything, place


def select(talk, table, rows, *names):
    places = [place(table, name) for name in names]
    return talk(table, "select", rows=rows, places=places, generation=table.sheet.generation)


def test_the_status_bar_sums_exactly_and_missing_is_not_zero(small_orders, talk):
    table = Table(small_orders)
    table.columns = ["quantity", "gross_revenue"]
    answer = select(talk, table, [0, 4], "quantity", "gross_revenue")
    assert table.totals.of("money").total == Decimal("1250098.90")
    assert table.totals.of("money").mean == Decimal("416699.63")
    assert table.totals.of("count").total == 8
    assert answer["count"] == [["Count", "6"], ["Missing", "4"]]
    assert answer["groups"] == [
        ["number", [["Sum", "8"], ["Mean", "2.6667"], ["Min", "1"], ["Max", "5"]]],
        ["Rp", [["Sum", "1,250,098.90"], ["Mean", "416,699.63"], ["Min", "0.10"], ["Max", "1,250,000"]]],
    ]  # fmt: skip
    pd.testing.assert_frame_equal(table.selected, small_orders[["quantity", "gross_revenue"]])


def test_times_have_a_first_and_a_last_and_shares_no_sum(small_orders, talk):
    frame = small_orders.assign(rate=[0.5, 0.25, None, None, None])
    frame.attrs["kinds"] = {"rate": "percent"}
    table = Table(frame)
    assert select(talk, table, [0, 4], "draft_time")["groups"] == [
        ["time", [["Min", "2026-11-01 03:00:00"], ["Max", "2026-11-25 00:00:00"]]]
    ]
    assert select(talk, table, [0, 4], "rate")["groups"] == [
        ["%", [["Mean", "37.5%"], ["Min", "25.0%"], ["Max", "50.0%"]]]
    ]


def test_money_as_float_sums_to_the_sen(talk):
    table = Table(pd.DataFrame({"price": [0.1] * 100_000}))
    answer = select(talk, table, [0, 99_999], "price")
    assert answer["groups"][0][1][0] == ["Sum", "10,000"]


@settings(max_examples=40)
@given(st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=60))
def test_money_as_float_sums_exactly_whatever_its_name(amounts):
    frame = pd.DataFrame({"ongkir": [float(one) for one in amounts]})
    frame.attrs["kinds"] = {"ongkir": "money"}
    table = Table(frame)
    table.select((0, len(frame) - 1), ["ongkir"])
    assert table.totals.of("money").total == sum(amounts)


def test_many_large_amounts_as_floats_lose_no_sen(talk):
    count = 50_001
    table = Table(pd.DataFrame({"gross_revenue": [1_234_567_890_123.01] * count}), language="id")
    answer = select(talk, table, [0, count - 1], "gross_revenue")
    rupiah, sen = divmod(123_456_789_012_301 * count, 100)
    assert answer["groups"][0][1][0] == ["Total", f"{rupiah:,}".replace(",", ".") + f",{sen:02}"]


def test_a_selection_is_in_the_order_shown_and_ends_with_a_new_order(small_orders, talk):
    table = Table(small_orders)
    table.sort([("id", True)])
    answer = select(talk, table, [3, 1], "id")  # drawn upwards
    assert answer["selection"] == [1, 3, [0]]
    assert table.selected["id"].tolist() == ["2", "9", "10"]
    before = table.sheet.generation
    talk(table, "search", text="shipped")
    assert table.selected.size == 0
    assert table.totals.cells == 0
    talk(table, "select", rows=[0, 1], places=[0], generation=before)  # of a view that has not heard yet
    assert table.selected.size == 0


def test_select_by_name(small_orders):
    table = Table(small_orders)
    table.select((1, 3), ["gross_revenue"])
    assert table.totals.of("money").total == Decimal("98.90")
    table.columns = ["id"]
    with pytest.raises(UnknownNameError):
        table.select((0, 0), ["gross_revenue"])


def test_copied_cells_read_back_equal(talk):
    texts = ["a\tb", 'say "hi"', "two\nlines", "", "0812", "=1+1", "<b>&"]
    money = pd.Series([Decimal("1250000.00")] * 6 + [Decimal("98.8")], dtype=pd.ArrowDtype(pa.decimal128(18, 2)))
    table = Table(
        pd.DataFrame({"text": texts, "money": money, "day": pd.to_datetime(["2026-11-24"] * 7)}), language="en"
    )
    table.select((0, 6), ["text", "money", "day"])
    answer = talk(table, "copy", headings=True)
    rows = list(csv.reader(io.StringIO(answer["text"], newline=""), delimiter="\t"))
    assert rows[0] == ["Text", "Money", "Day"]
    assert [row[0] for row in rows[1:]] == texts
    assert [row[1] for row in rows[1:]] == ["1250000"] * 6 + ["98.80"]
    assert rows[1][2] == "2026-11-24 00:00:00"
    page = answer["html"]
    as_text = """<td sdnum='1033;0;@' style='mso-number-format:"\\@"'>"""
    assert f"{as_text}0812</td>" in page
    assert f"{as_text}two<br style='mso-data-placement:same-cell'>lines</td>" in page
    assert "<td sdval='1250000' sdnum='1033;' x:num='1250000'>1250000</td>" in page
    assert "sdnum='1033;0;YYYY-MM-DD HH:MM:SS'>2026-11-24 00:00:00</td>" in page
    assert "&lt;b&gt;&amp;" in page


def test_a_copied_number_is_the_same_in_a_spreadsheet_of_any_language(talk):
    table = Table(pd.DataFrame({"n": [1250000.5, 0.1, np.inf], "i": [2**53 + 1, 10**15, 7]}), language="id")
    table.select((0, 2), ["n", "i"])
    answer = talk(table, "copy")
    assert answer["text"] == "1250000,5\t9007199254740993\n0,1\t1000000000000000\ninf\t7"
    assert "x:num='1250000.5'>1250000,5<" in answer["html"]
    assert "x:num='1000000000000000'>" in answer["html"]
    assert "@\"'>9007199254740993<" in answer["html"]  # more digits than a spreadsheet's number has
    assert "@\"'>inf<" in answer["html"]


def test_a_copied_number_has_every_digit(talk):
    table = Table(pd.DataFrame({"n": [0.1 + 0.2, 12345.678901]}))
    table.select((0, 1), ["n"])
    assert talk(table, "copy")["text"] == "0.30000000000000004\n12345.678901"


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
    assert (found.of("money").total if found.sums else None) == (sum(there) if there else None)


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=30))
def test_whole_numbers_sum_exactly_beyond_64_bits(values):
    found = totals([Column("n", pd.Series(values, dtype="Int64"))], np.arange(len(values)))
    there = [value for value in values if value is not None]
    assert (found.of("count").total if found.sums else None) == (sum(there) if there else None)


def test_headings_are_in_the_panel_s_language(api):
    names = api.orders(progress=False, limit=5).columns
    english, indonesian = ([heading(name, language) for name in names] for language in ("en", "id"))
    assert all("_" not in one for one in english + indonesian)
    same = [one for one, other in zip(english, indonesian, strict=True) if one == other]
    assert len(same) < len(names) / 8, same


def test_headings_that_would_be_the_same_are_the_frame_s_own():
    table = Table(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    assert table.sheet.headings == ["a", "a"]


def test_the_header_of_the_frame_says_the_kinds():
    frame = Header(kinds={"laba": "money", "porsi": "percent"}).onto(pd.DataFrame({"laba": [1.5], "porsi": [0.5]}))
    assert everything(Table(frame)) == {"laba": ["1.50"], "porsi": ["50.0%"]}
