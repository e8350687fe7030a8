"""What is searched, typed and ticked in a table, and which rows are left."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest

from scalev_frames.errors import BadValueError
from scalev_frames.notebook.table import Condition, Table, messages
from scalev_frames.notebook.table.columns import columns
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.filters.conditions import mask_of
from scalev_frames.notebook.table.filters.typed import PRESETS, days_of, typed
from scalev_frames.words import labels_in
from tests.notebook.tables import ids, place, run_code

TODAY = dt.date(2026, 11, 25)


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
        ('"kopi gayo"', ["9", "11"]),  # words that stand side by side
        ('"gayo kopi"', []),
        ("", ["9", "10", "2", "11", "1"]),
    ],
)
def test_search_reads_every_column(small_orders, text, found):
    table = Table(small_orders, columns=["id"])
    table.search(text)
    assert ids(table) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vip", [0]),
        ("trigger", []),
        ("pending", []),
        ("gayo", [1]),
        ("88", [2]),
        ("account", [2]),
        ("id", []),
        ("ÉCLAIR", [3]),
    ],
)
def test_search_finds_in_lists_what_a_person_sees_and_no_names_of_fields(text, found):
    values = [
        [{"id": 1, "name": "VIP", "trigger": "pending"}],
        {"Kopi Gayo": 2},
        {"account": "88"},
        ["\u00e9clair"],
        [],
        None,
    ]
    table = Table(pd.DataFrame({"value": pd.Series(values, dtype=object)}))
    table.search(text)
    shown = table.sheet.columns[0].shown(table.sheet.positions)
    assert table.view.index.tolist() == found
    assert all(text.casefold() in one.casefold() for one in shown)


def test_the_first_search_reads_nothing_that_was_prepared_and_other_messages_get_a_turn(
    small_orders, talk, monkeypatch
):
    table = Table(small_orders)
    monkeypatch.setattr(messages, "_PREPARED_AT_ONCE", 0.0)
    left = [talk(table, "prepare")["left"] for _ in range(len(table.sheet.columns) + 1)]
    assert left == [True] * len(table.sheet.columns) + [False]
    monkeypatch.setattr(columns, "lower", None)  # nothing may be read any more
    table.search("kopi")
    assert 0 < len(table.view) < len(small_orders)


def test_nothing_is_read_ahead_while_the_kernel_works_on_something_else(small_orders, talk):
    table = Table(small_orders)
    table.reads_ahead = False
    answer = talk(table, "prepare")
    assert answer["left"]
    assert answer["pause"] >= 100  # milliseconds: asking again at once would be work, too
    assert not any(column.is_searchable for column in table.sheet.columns)
    table.reads_ahead = True
    assert "pause" not in talk(table, "prepare")
    assert any(column.is_searchable for column in table.sheet.columns)


def test_search_finds_in_lists_of_arrow_what_a_person_sees():
    kind = pa.list_(pa.struct([("id", pa.int64()), ("name", pa.string())]))
    value = pd.Series([[{"id": 7, "name": "VIP"}], None], dtype=pd.ArrowDtype(kind))
    table = Table(pd.DataFrame({"value": value}))
    for text, count in (("vip", 1), ("id", 0), ("7", 0)):
        table.search(text)
        assert len(table.view) == count


@pytest.mark.parametrize(
    ("column", "wanted", "found"),
    [
        ("status", "ship", ["9", "11"]),
        ("status", "=SHIPPED", ["9", "11"]),
        ("status", "!=shipped", ["10", "2", "1"]),
        ("status", "=shipped, completed", ["9", "2", "11"]),
        ("status", "!=Shipped; completed", ["10", "1"]),
        ("status", "=", ["1"]),
        ("status", "!=", ["9", "10", "2", "11"]),
        ("status", "shipped,completed", ["9", "2", "11"]),
        ("status", "Shipped | pending", ["9", "10", "11"]),
        ("status", "ship; pend", ["9", "10", "11"]),
        ("status", "comp*", ["2"]),
        ("gross_revenue", ">=98.80", ["9", "10"]),
        ("gross_revenue", ">= 98,80", ["9", "10"]),
        ("gross_revenue", "<Rp 1.250.000", ["10", "11"]),
        ("gross_revenue", "=0.1", ["11"]),
        ("gross_revenue", "0,1-100", ["10", "11"]),
        ("gross_revenue", "90 .. 2.000.000", ["9", "10"]),
        ("gross_revenue", "98.8; 1250000", ["9", "10"]),
        ("gross_revenue", "1250000", ["9"]),
        ("gross_revenue", "0-1.250.000,00", ["9", "10", "11"]),
        ("gross_revenue", "=1,250,000.00", ["9"]),
        ("quantity", ">1", ["9", "11"]),
        ("quantity", ">1.5", ["9", "11"]),
        ("quantity", "1; 5", ["10", "11"]),
        ("total_weight", "<=0.2", ["9", "10"]),
        ("draft_time", "=2026-11-25", ["10"]),
        ("draft_time", "25/11/2026", ["10"]),
        ("draft_time", "20/11/2026-24/11/2026", ["9", "2"]),
        ("draft_time", "24 Nov 2026", ["9"]),
        ("draft_time", "20/11/2026; 2026-11-25", ["10", "2"]),
        ("draft_time", "november 2026", ["9", "10", "2", "11"]),
        ("draft_time", "<=2026-11-24", ["9", "2", "11"]),
        ("draft_time", "=2026-11", ["9", "10", "2", "11"]),
        ("draft_time", "2026-11", ["9", "10", "2", "11"]),
        ("draft_time", ">2026-11-24 12", ["9", "10"]),
        ("is_repeat", "=true", ["9", "11"]),
        ("is_repeat", "ya", ["9", "11"]),
        ("is_repeat", "no", ["10"]),
        ("final_variants", "gayo", ["9", "11"]),
        ("status", "  ", ["9", "10", "2", "11", "1"]),
    ],
)
def test_what_was_typed_is_understood(small_orders, column, wanted, found):
    table = Table(small_orders)
    table.filter({column: wanted})
    assert ids(table) == found


@pytest.mark.parametrize(
    ("column", "wanted", "said"),
    [
        ("status", "shiped", "Did you mean shipped?"),
        ("status", "shipped, complted", "Did you mean completed?"),
        ("status", "=shiped", "Did you mean shipped?"),
        ("status", "!=rts, complted", "'rts'"),
        ("quantity", "abc", "'abc' is not a number"),
        ("quantity", "<nan", "Quantity holds numbers"),
        ("quantity", "5-1", "5 comes after 1"),
        ("draft_time", "soon", "'soon' is not a day"),
        ("draft_time", "31/02/2026", "'31/02/2026' is not a day"),
        ("draft_time", "20/11/2026; soon", "'soon' is not a day"),
        ("draft_time", "20/11/2026; 2026-11", "'2026-11' is not a day"),
        ("draft_time", "25/11/2026 .. 20/11/2026", "comes after"),
        ("is_repeat", "maybe", "neither yes nor no"),
    ],
)
def test_what_is_not_understood_is_said_and_changes_nothing(small_orders, talk, column, wanted, said):
    table = Table(small_orders)
    table.filter({"status": "=shipped"})
    with pytest.raises(BadValueError, match=said.replace("?", r"\?")):
        table.filter({column: wanted})
    answer = talk(table, "filter", column=place(table, column), text=wanted)
    assert answer["kind"] == "error"
    assert said in answer["text"]
    assert ids(table) == ["9", "11"]


def test_what_is_not_understood_is_said_in_indonesian(small_orders, talk):
    answer = talk(Table(small_orders, language="id"), "filter", column=3, text="besok")
    assert answer["text"].startswith("'besok' bukan tanggal, padahal Waktu draf berisi waktu. Tulis 20/11/2026")


@pytest.mark.parametrize(
    ("words", "found"), [("hari ini", "25"), ("today", "25"), ("kemarin", "24"), ("7 hari terakhir", "20 24 25")]
)
def test_days_by_their_names(words, found):
    times = pd.to_datetime([f"2026-11-{day} 08:00" for day in (18, 20, 24, 25)])
    column = Column("draft_time", pd.Series(times))
    (condition,) = typed(words, column, labels_in("table", "en"), TODAY)
    assert " ".join(f"{one.day}" for one in times[mask_of(column, condition)]) == found


@pytest.mark.parametrize("today", [dt.date(2026, 1, 1), dt.date(2024, 2, 29), dt.date(2026, 12, 31), TODAY])
def test_presets_are_whole_periods(today):
    for preset in PRESETS:
        first, last = days_of(preset, today)
        assert first <= last
    first, last = days_of("last_month", today)
    assert first.day == 1
    assert (last + dt.timedelta(days=1)).day == 1
    assert last < today.replace(day=1)
    assert days_of("this_week", today)[0].weekday() == 0


def test_filters_and_search_meet(small_orders):
    table = Table(small_orders)
    table.filter({"status": "=shipped", "quantity": ">2"})
    table.search("kopi")
    assert ids(table) == ["11"]


def test_a_list_of_values_is_of_the_rows_that_the_other_filters_let_through(small_orders, talk):
    table = Table(small_orders)
    table.filter({"quantity": ">1", "status": "=completed"})
    listed = talk(table, "values", column=place(table, "status"))
    assert (listed["values"], listed["distinct"], listed["missing"]) == ([["shipped", "shipped", 2]], 1, 0)
    assert listed["conditions"] == [{"op": "=", "values": ["completed"]}]
    listed = talk(table, "values", column=place(table, "gross_revenue"))
    assert listed["missing"] == 0


def test_lists_of_values_by_kind(small_orders, talk):
    table = Table(small_orders, language="id")
    table.search("")

    def values(name, **details):
        return [one[1:] for one in talk(table, "values", column=place(table, name), **details)["values"]]

    assert values("gross_revenue") == [["0,10", 1], ["98,80", 1], ["1.250.000", 1]]
    assert values("draft_time") == [["25/11/2026", 1], ["24/11/2026", 1], ["20/11/2026", 1], ["01/11/2026", 1]]
    assert values("is_repeat") == [["ya", 2], ["tidak", 1]]
    assert values("status", search="SHIP") == values("status", search="kirim") == [["Dikirim", 2]]


def test_ticking_values(small_orders, talk):
    table = Table(small_orders)
    status, created = place(table, "status"), place(table, "draft_time")
    talk(table, "filter", column=status, conditions=[{"op": "in", "values": ["shipped", None]}])
    assert ids(table) == ["9", "11", "1"]
    talk(table, "filter", column=status, conditions=[{"op": "not in", "values": ["shipped"]}])
    assert ids(table) == ["10", "2", "1"]  # what was not named, missing too, stays
    talk(table, "filter", column=status, conditions=[])
    talk(table, "filter", column=created, conditions=[{"op": "in", "values": ["2026-11-25", "2026-11-20"]}])
    assert ids(table) == ["10", "2"]


def test_several_conditions_at_once(small_orders, talk):
    table = Table(small_orders)
    answer = told_arranged(talk, table, "filter", column=place(table, "quantity"), conditions=[
        {"op": ">=", "values": ["1"]}, {"op": "<", "values": ["5"]}, {"op": "not in", "values": ["2"]},
    ])  # fmt: skip
    assert ids(table) == ["10"]
    assert answer["filters"] == [[4, "\u2265 1 and < 5 and not 2"]]


def told_arranged(talk, table, action, **details):
    talk(table, action, **details)
    return talk(table, "open")


def test_zero_is_one_value_whatever_its_sign():
    fees = pd.DataFrame({"fee": [0.0, 5.0]})
    table = Table(pd.concat([fees, -fees], ignore_index=True))
    assert table.sheet.values(0)["values"] == [["-5", "-5", 1], ["0", "0", 2], ["5", "5", 1]]
    table.filter({"fee": [Condition("in", ("0",))]})
    assert len(table.view) == 2
    assert run_code(table.code, table.frame)["fee"].tolist() == [0, 0]
