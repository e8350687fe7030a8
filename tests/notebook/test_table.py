"""The table without a browser: what is found, in what order, what it sums to, what is sent, copied and kept."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames.header import Header
from scalev_frames.notebook.table import Condition, Table, messages
from scalev_frames.notebook.table.columns import columns
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.filters.conditions import OPERATORS, condition_code, mask_of
from scalev_frames.notebook.table.filters.typed import PRESETS, days_of, typed
from scalev_frames.notebook.table.messages import COPIED_CELLS, SHOWN_CHARACTERS
from scalev_frames.notebook.table.saved import SavedViews
from scalev_frames.notebook.table.totals import totals
from scalev_frames.notebook.words import TABLE_LABELS, heading, labels_in

from .conftest import small_frame

TODAY = dt.date(2026, 11, 25)


@pytest.fixture
def told(monkeypatch):
    """Says one thing to a table as the browser would, and gives all that the table sends."""

    def say(table: Table, action: str, **details) -> list[dict]:
        sent: list[dict] = []
        monkeypatch.setattr(table, "send", lambda message, *_: sent.append(json.loads(json.dumps(message))))
        table.handle({"do": action, "number": "v-7", **details})
        assert [one["number"] for one in sent if "number" in one] == ["v-7"]
        return sent

    return say


@pytest.fixture
def talk(told):
    """The answer alone."""
    return lambda table, action, **details: told(table, action, **details)[-1]


def ids(table: Table) -> list[str]:
    return table.view["id"].tolist()


def place(table: Table, name: str) -> int:
    return list(table.frame.columns).index(name)


def everything(table: Table, first: int = 0, count: int = 100) -> dict[str, list]:
    """The cells of a table by column, as the browser gets them."""
    sent: list[dict] = []
    table.send = lambda message, *_: sent.append(message)
    blocks = [{"first": first, "count": count, "places": list(range(len(table.sheet.columns)))}]
    table.handle({"do": "block", "blocks": blocks, "generation": table.sheet.generation, "number": "v-1"})
    return dict(zip([one.name for one in table.sheet.columns], sent[0]["blocks"][0]["cells"], strict=True))


# Finding -------------------------------------------------------------------------------------------------------------


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


def test_search_finds_in_lists_of_arrow_what_a_person_sees():
    kind = pa.list_(pa.struct([("id", pa.int64()), ("name", pa.string())]))
    value = pd.Series([[{"id": 7, "name": "VIP"}], None], dtype=pd.ArrowDtype(kind))
    table = Table(pd.DataFrame({"value": value}))
    for text, count in (("vip", 1), ("id", 0), ("7", 0)):
        table.search(text)
        assert len(table.view) == count


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("column", "wanted", "found"),
    [
        ("status", "ship", ["9", "11"]),
        ("status", "=SHIPPED", ["9", "11"]),
        ("status", "!=shipped", ["10", "2", "1"]),
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
        ("quantity", "abc", "'abc' is not a number"),
        ("quantity", "<nan", "Quantity holds numbers"),
        ("quantity", "5-1", "5 comes after 1"),
        ("draft_time", "soon", "'soon' is not a day"),
        ("draft_time", "31/02/2026", "'31/02/2026' is not a day"),
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
    (condition,) = typed(words, column, labels_in(TABLE_LABELS, "en"), TODAY)
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


# Order ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ([("id", True)], ["1", "2", "9", "10", "11"]),  # codes of digits as numbers
        ([("status", True)], ["2", "10", "9", "11", "1"]),  # in any case, missing last, equals in their order
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
    ways = []
    for _ in range(3):
        talk(table, "sort", column=status)
        ways.append(talk(table, "open")["sort"])
    assert ways == [[[status, True]], [[status, False]], []]
    talk(table, "sort", column=status)
    talk(table, "sort", column=quantity, add=True)
    assert talk(table, "open")["sort"] == [[status, True], [quantity, True]]
    assert ids(table) == ["2", "10", "9", "11", "1"]
    talk(table, "sort", column=status, add=True)  # turned round, and still the first
    assert talk(table, "open")["sort"] == [[status, False], [quantity, True]]


# What is sent --------------------------------------------------------------------------------------------------------


def test_a_block_holds_only_the_rows_asked_for_as_a_person_reads_them(small_orders, talk):
    table = Table(small_orders, language="id")
    cells = everything(table, first=2, count=2)
    assert cells["id"] == ["2", "11"]
    assert cells["gross_revenue"] == [None, "0,10"]
    assert cells["total_weight"] == [None, "250"]
    assert cells["draft_time"] == ["20/11/2026 10:00:00", "01/11/2026 03:00:00"]
    assert cells["is_repeat"] == [None, "ya"]
    assert cells["final_variants"] == ["", "Kopi Gayo \u00d7 4, Teh \u00d7 1"]
    columns = talk(table, "open")["columns"]
    assert [one["said"] for one in columns] == [
        "teks", "teks", "telepon", "waktu", "angka", "Rp", "g", "ya/tidak", "daftar",
    ]  # fmt: skip
    assert columns[5]["dtype"] == "decimal128(18, 2)[pyarrow]"
    assert [one["heading"] for one in columns][3:6] == ["Waktu draf", "Jumlah", "Pendapatan kotor"]
    assert [one["name"] for one in columns][3:6] == ["draft_time", "quantity", "gross_revenue"]


def test_a_block_of_an_older_order_is_refused(small_orders, talk):
    """Two views of one table: rows of another order would be wrong rows."""
    table = Table(small_orders)
    before = table.sheet.generation
    talk(table, "sort", column=0)
    answer = talk(table, "block", generation=before, blocks=[{"first": 0, "count": 5, "places": [0]}])
    assert answer["kind"] == "stale"
    assert "blocks" not in answer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "details"),
    [
        ("sort", {"column": 0}),
        ("filter", {"column": 1, "text": "ship"}),
        ("search", {"text": "ship"}),
        ("columns", {"order": [1, 0]}),
        ("clear", {}),
        ("undo", {}),
        ("width", {"column": 1, "pixels": 99}),
    ],
)
def test_every_view_hears_how_the_table_stands(small_orders, told, action, details):
    table = Table(small_orders)
    table.search("o")
    broadcast = [one for one in told(table, action, **details) if "number" not in one]
    assert [one["kind"] for one in broadcast] == ["arranged"]
    assert broadcast[0]["generation"] == table.sheet.generation
    assert broadcast[0]["found"] == len(table.view)


def test_rates_days_and_months_read_as_people_write_them():
    frame = pd.DataFrame({
        "rts_rate": [0.8666666666666667, None], "day": pd.to_datetime(["2026-06-02", None]),
        "month": pd.to_datetime(["2026-08-01", None]), "share": [1.0, 0.05],
    })  # fmt: skip
    frame.attrs["kinds"] = {"rts_rate": "percent", "day": "date", "month": "month", "share": "percent"}
    table = Table(frame, language="id")
    assert everything(table) == {
        "rts_rate": ["86,7%", None], "day": ["02/06/2026", None], "month": ["Agu 2026", None], "share": ["100,0%", "5,0%"],
    }  # fmt: skip
    table.filter({"rts_rate": ">80%"})
    assert len(table.view) == 1
    table.filter({"rts_rate": "87-100"})
    assert len(table.view) == 0


@given(
    st.lists(st.none() | st.floats(-1e14, 1e14) | st.integers(-(10**14), 10**14).map(float), min_size=1, max_size=30),
    st.sampled_from(["money", "number", "percent", "grams"]),
    st.sampled_from(["en", "id"]),
)
@settings(max_examples=150)
def test_the_width_is_enough_for_every_number_of_the_column_and_not_only_for_the_first_rows(values, kind, language):
    column = Column("n", pd.Series(values, dtype="Float64"), kind)
    longest = max((len(text) for text in column.shown(np.arange(len(values)), language) if text), default=0)
    assert column.characters(language) >= longest


@given(st.lists(st.none() | st.decimals(-(10**13), 10**13, places=2), min_size=1, max_size=30))
def test_the_width_is_enough_for_exact_rupiah(values):
    column = Column("n", pd.Series(values, dtype=pd.ArrowDtype(pa.decimal128(18, 2))))
    longest = max((len(text) for text in column.shown(np.arange(len(values))) if text), default=0)
    assert column.characters() >= longest


def test_links_open_and_phones_open_whatsapp(told):
    frame = pd.DataFrame({
        "customer_phone": ["0812-3456-789", "phone-2748496", None],
        "transferproof_url": ["https://cdn.example/a.png", "javascript:alert(1)", "//evil"],
    })  # fmt: skip
    table = Table(frame)
    (answer,) = told(table, "block", generation=0, blocks=[{"first": 0, "count": 3, "places": [0, 1]}])
    assert answer["blocks"][0]["links"] == [
        ["https://wa.me/628123456789", "", ""], ["https://cdn.example/a.png", "", ""],
    ]  # fmt: skip


def test_nothing_of_the_rows_is_in_the_saved_state(small_orders):
    table = Table(small_orders)
    table.filter({"customer_phone": "081234"})
    state = json.dumps({name: str(value) for name, value in table.get_state().items()})
    assert "081234" not in state
    assert "081234" not in repr(table)


def test_a_saved_notebook_shows_the_first_rows_and_no_customer(small_orders):
    frame = pd.concat([small_orders.assign(customer_name="Sri <b>", nama_pembeli="Budi", notes="rumah biru")] * 9)
    page = Table(frame, language="id").static_html()
    assert page.count("<tr>") == 21
    for text in ("Dikirim", "1.250.000", "24/11/2026 23:59:59", "Kopi Gayo \u00d7 2", "Pendapatan kotor", "dari 45"):
        assert text in page
    for secret in ("081234", "Sri", "Budi", "rumah biru"):
        assert secret not in page
    asked = Table(frame, saved_personal=True).static_html()
    assert "Sri &lt;b&gt;" in asked
    assert "081234" in asked


def test_long_texts_are_cut_on_the_way_and_whole_in_the_record_and_the_copy(talk):
    long = "x" * 5000
    table = Table(pd.DataFrame({"notes": [long]}))
    assert everything(table)["notes"][0] == "x" * SHOWN_CHARACTERS + "\u2026"
    assert talk(table, "record", row=0)["fields"] == [[0, long, "", False]]
    table.select((0, 0), ["notes"])
    assert talk(table, "copy")["text"] == long


def test_a_record_has_every_field_those_shown_first(small_orders, talk):
    table = Table(small_orders, columns=["status", "id"])
    fields = talk(table, "record", row=3)["fields"]
    assert [one[0] for one in fields[:2]] == [1, 0]
    assert len(fields) == small_orders.shape[1]
    assert [4, "5", "", True] in fields
    assert talk(table, "record", row=99)["kind"] == "error"


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
        pd.DataFrame({"price": [float("inf"), 1.0, None], "d": [dt.date(2026, 1, 1), None, dt.date(2026, 2, 1)]}),
        pd.DataFrame({"t": pd.Series([pd.Timestamp("2026-01-01 00:00:00.123456789", tz="UTC")])}),
    ],
    ids=range(12),
)
def test_any_frame_can_be_shown_searched_sorted_and_listed(frame, talk):
    table = Table(frame)
    assert talk(table, "open")["kind"] == "opened"
    for column in range(frame.shape[1]):
        talk(table, "sort", column=column)
        assert len(table.view) == len(frame)
        assert talk(table, "values", column=column)["kind"] == "values"
    everything(table)
    if len(frame) and frame.shape[1]:
        talk(
            table,
            "select",
            rows=[0, len(frame) - 1],
            places=list(range(frame.shape[1])),
            generation=table.sheet.generation,
        )
        assert talk(table, "copy")["kind"] == "copy"
        assert talk(table, "record", row=0)["kind"] == "record"
    talk(table, "search", text="no such text")
    assert len(table.view) == 0
    assert "<table" in table.static_html()
    pd.testing.assert_frame_equal(Table(frame).view, frame)


def test_an_index_with_names_is_shown_and_stays_the_index(talk):
    frame = pd.DataFrame({"v": [1, 2, 3], "g": ["b", "a", "c"]}).set_index("g")
    table = Table(frame)
    assert [one["name"] for one in talk(table, "open")["columns"]] == ["g", "v"]
    table.sort([("g", True)])
    pd.testing.assert_frame_equal(table.view, frame.sort_index())


# The view ------------------------------------------------------------------------------------------------------------


def test_the_view_is_the_frame_cut_with_its_dtypes(small_orders):
    table = Table(small_orders)
    table.columns = ["gross_revenue", "status"]
    table.sort([("quantity", False)])
    table.search("shipped")
    expected = small_orders.loc[[3, 0], ["gross_revenue", "status"]]
    pd.testing.assert_frame_equal(table.view, expected)
    assert table.view.attrs == {"endpoint": "orders"}


def test_a_new_frame_keeps_the_arranged_columns_and_forgets_the_search(small_orders, talk):
    table = Table(small_orders)
    table.columns = ["status", "quantity"]
    talk(table, "width", column=place(table, "quantity"), pixels=222)
    table.search("shipped")
    table.frame = small_orders.iloc[:2]
    assert table.columns == ["status", "quantity"]
    assert len(table.view) == 2
    assert talk(table, "open")["widths"] == [[place(table, "quantity"), 222]]
    table.frame = small_orders.assign(seen_first_today=1).drop(columns="quantity")
    assert table.columns == ["status"]
    table.frame = pd.DataFrame({"other": [1]})
    assert table.columns == ["other"]
    table.frame = pd.DataFrame({"all": [1], "of": [2], "them": [3]})
    assert table.columns == ["all", "of", "them"]


def test_no_width_but_a_dragged_one_is_carried_to_the_next_frame(talk):
    """Counts, then money under the same heading: money would be cut."""
    table = Table(pd.DataFrame({"shipped": [3, 4], "rts": [1, 2]}))
    talk(table, "open")
    table.frame = pd.DataFrame({"shipped": [1_330_791_542.5, 2.0], "rts": [89_191_100.0, 1.0]})
    opened = talk(table, "open")
    assert opened["widths"] == []
    assert [len(one) for one in opened["longest"]] == [18, 11]


def test_what_is_done_to_the_frame_later_does_not_reach_the_table(small_orders):
    table = Table(small_orders)
    small_orders.loc[0, "status"] = "changed"
    table.search("changed")
    assert ids(table) == []


def test_wrong_names_are_refused(small_orders):
    table = Table(small_orders)
    for wrong in (lambda: table.sort([("nope", True)]), lambda: setattr(table, "columns", ["nope"]),
                  lambda: table.filter({"nope": "x"})):  # fmt: skip
        with pytest.raises(UnknownNameError, match="nope"):
            wrong()
    with pytest.raises(BadValueError):
        Table(small_orders, language="de")


@pytest.mark.slow
def test_people_s_columns_come_first_and_all_are_one_click_away(api, talk):
    table = Table(api.orders(progress=False, limit=30))
    assert table.columns[:6] == [  # some have no draft time
        "order_id", "draft_time", "created_at", "customer_name", "customer_phone", "destination_address_city",
    ]  # fmt: skip
    assert {"final_variants", "status", "payment_status", "gross_revenue", "shipment_receipt", "handler_fullname",
            "store_name"} <= set(table.columns)  # fmt: skip
    assert len(table.columns) < 20
    talk(table, "view", how="all")
    assert len(table.columns) == table.frame.shape[1]
    talk(table, "view", how="first")
    assert len(table.columns) < 20


@pytest.mark.parametrize("drafts", [["2026-11-20", "2026-11-21"], ["2026-11-20", None]])
def test_the_creation_stands_beside_a_draft_time_that_some_orders_lack(drafts):
    made = {"order_id": ["a", "b"], "draft_time": pd.to_datetime(drafts), "created_at": pd.to_datetime(["2026-11-20"] * 2),
            "customer_name": "Sari", "quantity": 1, **{f"x{place}": 1 for place in range(20)}}  # fmt: skip
    table = Table(pd.DataFrame(made), language="id", name="orders")
    whole = None not in drafts
    assert table.columns[:2] == ["order_id", "draft_time"]
    assert ("created_at" in table.columns) is not whole
    table.columns = ["order_id", "created_at"]
    table.filter({"created_at": "20/11/2026"})
    assert [table.sheet.headings[table.sheet.place(name)] for name in table.columns] == ["Kode pesanan", "Dibuat"]
    namespace = {"orders": table.frame}
    exec(table.code, namespace)
    assert namespace["view"].equals(table.view)
    assert len(table.view) == 2


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


# Saved views ---------------------------------------------------------------------------------------------------------


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


# Code ----------------------------------------------------------------------------------------------------------------


def run_code(code: str, frame: pd.DataFrame) -> pd.DataFrame:
    space = {"frame": frame}
    exec(code, space)
    return space["view"]


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


# Selection -----------------------------------------------------------------------------------------------------------


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
    assert "<td style='mso-number-format:\"\\@\"'>0812</td>" in page
    assert "<td>1250000</td>" in page
    assert "&lt;b&gt;&amp;" in page


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


# Words ---------------------------------------------------------------------------------------------------------------


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
