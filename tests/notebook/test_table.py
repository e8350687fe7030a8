"""A table of any frame: blocks of cells, headings, records, views; a saved notebook names no customer."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.notebook.table import Table
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.messages import SHOWN_CHARACTERS
from tests.notebook.tables import everything, ids, place, run


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


@pytest.mark.parametrize("by", ["customer_name", "customer_phone", "who"])
def test_a_saved_table_with_a_column_a_customer_hides_the_headings(by):
    orders = pd.DataFrame({"status": ["rts", "shipped"], by: ["0812 Sri", "0813 Budi"], "gross_revenue": [1.0, 2.0]})
    wide = orders.pivot_table(index="status", columns=by, values="gross_revenue")
    for frame in (wide, orders.pivot_table(index="status", columns=[by], values=["gross_revenue"])):
        page = Table(frame).static_html()
        assert not any(name in page for name in ("Sri", "Budi", "0812"))
        assert "shipped" in page
        assert "Personal data is hidden" in page
        assert "Sri" in Table(frame, saved_personal=True).static_html()
    by_status = orders.pivot_table(index=by, columns="status", values="gross_revenue")
    assert "•••</th>" not in Table(by_status).static_html()


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


def test_days_in_seconds_are_days_and_with_a_time_they_show_it():
    day = pd.Series(["2026-11-01", None], dtype="datetime64[s]")
    made = [Column("day", day), Column("day", day + pd.Timedelta("9h"), "date"), Column("day", day, "month")]
    assert [(one.kind, one.shown(np.array([0]))[0]) for one in made] == [
        ("date", "2026-11-01"), ("time", "2026-11-01 09:00:00"), ("month", "Nov 2026"),
    ]  # fmt: skip


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


def test_a_column_is_as_wide_as_its_widest_text_which_may_not_have_the_most_letters():
    stages = Column("stage", pd.Series(["Confirmed or later", "Completed and paid", "Created"]))
    assert stages.longest(np.arange(3)) == "Completed and paid"
    codes = pd.Series(["261107ZFJNMC", "261023RWDQOM"], dtype="str")
    assert Column("order", codes, "code").longest(np.arange(2)) == "Q" * 12  # the widest of usual capitals
    assert Column("receipt", pd.Series(["0048357255"]), "code").longest(np.arange(1)) == "0" * 10


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
    assert run(table.code, orders=table.frame)["view"].equals(table.view)
    assert len(table.view) == 2
