"""The dashboard's exports become frames on which every report works, and a wrong file is refused by its column."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scalev_frames as sf
from scalev_frames.catalog.dashboard import FILLS, UNSURE
from scalev_frames.errors import FileFormatError
from scalev_frames.frames.dashboard.read import known_details
from scalev_frames.frames.dashboard.values import Place, moments, number_styles, numbers
from scalev_frames.reports import REPORTS, report
from scalev_frames.reports.counting.lines import has_lines
from tests.frames.exported import NAMES, cell, exported, read, rupiah


def rounded(column):
    return [None if pd.isna(one) else round(Decimal(str(one)), 2) for one in column]


WAYS = [
    {"separator": ";", "style": "indonesian", "day_first": True},
    {"separator": ",", "style": "indonesian", "day_first": True},
    {"separator": ";", "style": "plain", "day_first": False},
    {"separator": ",", "style": "english", "day_first": True},
    {"separator": "\t", "style": "plain", "day_first": True},
]


@pytest.mark.slow
@pytest.mark.parametrize(("way", "items"), [*zip(WAYS, [False, True] * 3, strict=False), (WAYS[0], True)])
def test_what_the_dashboard_writes_comes_back(way, items, orders):
    frame = read(exported(orders, items=items, **way))
    assert frame["order_id"].tolist() == orders["order_id"].tolist()
    for name in ("status", "payment_status", "payment_method", "customer_name", "customer_phone", "handler_fullname",
                 "destination_address_city", "courier_service_courier_name", "shipment_receipt"):  # fmt: skip
        wanted = [None if pd.isna(one) else str(one).strip() or None for one in orders[name]]
        assert [None if pd.isna(one) else one for one in frame[name]] == wanted, name
    for name in ("gross_revenue", "net_revenue", "product_price", "shipping_cost", "scalev_fee", "cogs_bt"):
        assert rounded(frame[name]) == rounded(orders[name]), name
    for name in ("draft_time", "shipped_time", "paid_time"):
        pd.testing.assert_series_equal(frame[name].dt.floor("s"), orders[name].dt.floor("s"), check_index=False)
        assert str(frame[name].dtype) == str(orders[name].dtype)
    assert frame["gross_revenue"].dtype == orders["gross_revenue"].dtype
    assert frame["total_weight"].dtype == orders["total_weight"].dtype
    assert frame.attrs["endpoint"] == "orders"
    assert frame.attrs["time_zone"] == "Asia/Jakarta"


@pytest.mark.slow
def test_an_orders_totals_are_read_once_and_its_items_are_lines(orders):
    frame = read(exported(orders, items=True))
    assert len(frame) == len(orders)
    assert rounded([frame["gross_revenue"].sum()]) == rounded([orders["gross_revenue"].sum()])
    lines, wanted = frame.scalev.lines(), orders.scalev.lines()
    assert lines["product_name"].tolist() == wanted["product_name"].tolist()
    assert lines["quantity"].tolist() == wanted["quantity"].tolist()
    assert rounded(lines["cogs_bt"]) == rounded(wanted["cogs_bt"])
    assert frame["final_variants"].map(lambda one: sum(one.values())).tolist() == [
        sum(line["quantity"] for line in group) for group in orders["orderlines"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("per_piece", [False, True])
def test_the_margin_of_all_history_needs_no_request(per_piece, orders):
    frame = read(exported(orders, items=True, per_piece=per_piece))
    assert has_lines(frame)
    spam = orders.loc[orders["is_probably_spam"].fillna(False), "order_id"]
    kept = frame[~frame["order_id"].isin(spam)]
    ours, theirs = report("margin", kept), report("margin", orders)
    for column, tolerance in (("cogs", 1), ("sales", 1), ("margin", 20)):
        got, wanted = (one.groupby("product")[column].sum().astype(float) for one in (ours, theirs))
        assert (got - wanted).abs().max() <= tolerance, column
    assert any("an amount a piece" in note for note in frame.attrs["notes"]) == per_piece


@pytest.mark.slow
@pytest.mark.parametrize("items", [False, True])
def test_every_report_and_export_works_on_it(items, orders, tmp_path):
    frame = read(exported(orders, items=items))
    whole = orders.assign(is_probably_spam=pd.array([None] * len(orders), dtype="boolean"))
    for name in REPORTS:
        made = report(name, frame)
        assert any("spam" in note for note in made.attrs["notes"])
        if name in ("funnel", "revenue", "cod", "fees", "returns_by_courier", "geography"):
            wanted = report(name, whole)
            counts = [column for column, kind in REPORTS[name].columns.items() if kind == "count"]
            assert made[counts].sum().tolist() == wanted[counts].sum().tolist(), name
    assert sf.to_excel({"Orders": frame}, tmp_path / "o.xlsx").exists()
    sf.to_parquet(frame, tmp_path / "o.parquet")
    again = sf.read_parquet(tmp_path / "o.parquet")
    assert again["order_id"].tolist() == frame["order_id"].tolist()
    assert sf.report_workbook(frame, tmp_path / "r.xlsx").exists()
    masked = frame.scalev.mask()
    assert not set(masked["customer_phone"].dropna()) & set(frame["customer_phone"].dropna())


@pytest.mark.slow
def test_our_own_dashboard_csv_can_be_read_back(orders, tmp_path):
    path = sf.to_csv(orders.scalev.dashboard(day_first=True), tmp_path / "d.csv")
    frame = sf.read_dashboard(path)
    assert frame["customer_phone"].tolist() == [str(one).strip() for one in orders["customer_phone"]]
    assert rounded(frame["gross_revenue"]) == rounded(orders["gross_revenue"])
    back = frame.scalev.dashboard()
    assert list(back.columns) == NAMES
    assert back["order_status"].tolist() == orders["status"].tolist()


@pytest.mark.slow
def test_known_details_are_those_of_orders_that_are_still_the_same(orders, details):
    frame = read(exported(orders, items=True))
    listed = orders[["id", "order_id", "status", "payment_status", "gross_revenue"]].copy()
    moved = listed["status"].eq("shipped")
    listed.loc[moved, "status"] = "completed"
    known = known_details(listed, frame)
    assert set(known["id"]) == set(listed.loc[~moved, "id"])
    assert {"orderlines", "cogs_bt", "paid_time"} <= set(known.columns)
    assert known_details(listed, read(exported(orders))).empty


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("gross_revenue", "abc", "is no number"),
        ("gross_revenue", "1234.56", "contradicts"),
        ("cogs_bt", "1.2.3", "is no number"),
        ("quantity", "1,5", "is no whole number"),
        ("draft_time", "11/23/2026 10:00:00", "is no moment of day, month and year in this order"),
        ("draft_time", "2026-11-23 10:00:00", "contradicts"),
        ("draft_time", "31/02/2026", "is no moment"),
        ("draft_time", "yesterday", "is no moment"),
        ("draft_time", "01/11/2026 25:00", "is no moment"),
        ("is_from_form", "perhaps", "neither true nor false"),
    ],
)
def test_a_value_that_its_column_cannot_hold_is_refused(column, value, why, orders):
    with pytest.raises(FileFormatError, match=why) as refused:
        read(cell(orders, column, value))
    assert refused.value.column == column
    assert column in str(refused.value)
    assert refused.value.row


@pytest.mark.parametrize("clock", ["24:00", "23:60", "23:59:60"])
def test_a_time_that_no_clock_shows_is_refused(clock):
    with pytest.raises(FileFormatError, match="is no moment"):
        moments([f"01/11/2026 {clock}"], Place("x.csv", "draft_time"))


def test_the_two_orders_of_a_date_are_decided_for_the_whole_column():
    place = Place("x.csv", "draft_time")
    assert moments(["03/04/2026", "05/06/2026"], place, "UTC") == [
        "2026-04-03T00:00:00.000000Z", "2026-06-05T00:00:00.000000Z"]  # fmt: skip
    with pytest.raises(FileFormatError):
        moments(["03/04/2026", "03/14/2026"], place, "UTC")
    with pytest.raises(FileFormatError):
        moments(["03/04/2026", "2026-04-03"], place, "UTC")
    assert moments(["2026-04-03T10:00:00Z", "2026-04-03 10:00:00+07:00", ""], place, "Asia/Jakarta") == [
        "2026-04-03T10:00:00.000000Z", "2026-04-03T03:00:00.000000Z", None]  # fmt: skip
    assert moments(["3-4-26 9.05", "13.04.2026 23:59:59,5"], place, "UTC") == [
        "2026-04-03T09:05:00.000000Z", "2026-04-13T23:59:59.500000Z"]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=8),
    st.sampled_from(["indonesian", "english", "plain"]),
)
def test_any_column_of_amounts_comes_back_exactly(amounts, style):
    texts = [rupiah(one, style) for one in amounts]
    styles = number_styles(texts, Place("x.csv", "cogs"))
    usual = "Indonesian" if style == "indonesian" else "English"
    assert usual in styles
    assert numbers(texts, usual) == amounts


def test_amounts_of_one_column_contradict_each_other():
    place = Place("x.csv", "cogs")
    for texts in (["150.000", "1234.56"], ["150,000", "1234,56"], ["1,234", "1.234"]):
        with pytest.raises(FileFormatError, match="contradicts"):
            number_styles(texts, place)


AMOUNT, WEIGHT = {"gross_revenue": "1.234"}, {"weight": "1,250"}
THOUSANDS, OTHERS, SEPARATED = "amounts have no three decimals", "the file's other numbers are", "cells are separated"


@pytest.mark.parametrize(
    ("cells", "separator", "values", "note"),
    [
        (AMOUNT, ";", [1234], THOUSANDS),
        ({"gross_revenue": "1,234"}, ";", [1234], THOUSANDS),
        (AMOUNT, ",", [1234], THOUSANDS),
        (AMOUNT | {"cogs": "1.234.567,5"}, ",", [1234, 1234567.5], ""),
        (AMOUNT | {"tax_rate": "0.11"}, ",", [1234, 0.11], THOUSANDS),
        (AMOUNT | {"cogs": "12.000,5", "tax_rate": "0.11"}, ";", [1234, 12000.5, 0.11], ""),
        ({"gross_revenue": "135135.135"}, ";", [135135.135], ""),
        ({"gross_revenue": "0,125"}, ";", [0.125], ""),
        (WEIGHT, ";", [1.25], SEPARATED),
        (WEIGHT, ",", [1250], SEPARATED),
        ({"weight": "1.250"}, ";", [1250], SEPARATED),
        (WEIGHT | {"tax_rate": "0.11"}, ";", [1250, 0.11], OTHERS),
        (WEIGHT | {"gross_revenue": "1234567,5"}, ",", [1.25, 1234567.5], OTHERS),
        (WEIGHT | {"gross_revenue": "1.234.567"}, ";", [1.25, 1234567], OTHERS),
    ],
)  # fmt: skip
def test_a_number_that_may_be_two_is_read_as_the_rest_of_the_file_says_with_a_note(cells, separator, values, note):
    frame = read(of_cells(cells, separator))
    assert [float(frame[FILLS.get(name, name)][0]) for name in cells] == values
    assert [note in said for said in frame.attrs["notes"] if "is read as" in said] == [True] * bool(note)


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        ({"gross_revenue": "1,234", "cogs": "1.234.567,5"}, ";"),
        ({"gross_revenue": "1,234", "cogs": "1,5", "shipping_cost": "1.5"}, ","),
        ({"quantity": "1.000", "cogs": "1.5"}, ","),
        ({"weight": "1,234", "cogs": "1,5", "shipping_cost": "1.5"}, ","),
        ({"weight": "1,234"}, "\t"),
    ],
)
def test_a_number_that_may_be_two_is_refused_where_the_file_does_not_say_which(cells, separator):
    with pytest.raises(FileFormatError, match="may be thousands or have three decimals") as refused:
        read(of_cells(cells, separator))
    assert (refused.value.column, refused.value.row) == (next(iter(cells)), 2)


def of_cells(cells, separator):
    row = dict.fromkeys(NAMES, "") | {"order_id": "261101A", "order_status": "new", "draft_time": "2026-11-01"} | cells
    kept = io.StringIO()
    csv.writer(kept, delimiter=separator).writerows([row.keys(), row.values()])
    return kept.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("items", [False, True])
def test_a_file_without_a_column_is_refused_by_its_name(items, orders):
    lines = list(csv.reader(io.StringIO(exported(orders.head(3), items=items)), delimiter=";"))
    for place, name in enumerate(lines[0]):
        if name in UNSURE:
            continue
        without = [[one for number, one in enumerate(line) if number != place] for line in lines]
        renamed = [[*lines[0][:place], f"new_{name}", *lines[0][place + 1 :]], *lines[1:]]
        for changed in (without, renamed):
            kept = io.StringIO()
            csv.writer(kept, delimiter=";").writerows(changed)
            with pytest.raises(FileFormatError, match=name) as refused:
                read(kept.getvalue())
            assert refused.value.column == name


@pytest.mark.slow
def test_a_column_more_is_kept_and_said(orders):
    lines = list(csv.reader(io.StringIO(exported(orders.head(3))), delimiter=";"))
    kept = io.StringIO()
    csv.writer(kept, delimiter=";").writerows([[*lines[0], "loyalty"], *([*line, "007"] for line in lines[1:])])
    frame = read(kept.getvalue())
    assert frame["loyalty"].tolist() == ["007"] * 3
    assert any(note.startswith("loyalty: ") for note in frame.attrs["notes"])


@pytest.mark.parametrize("text", ["", "\n", "hello\nworld", "a;b;c\n1;2;3", "<html><body>Sign in</body></html>"])
def test_another_file_is_refused(text):
    with pytest.raises(FileFormatError):
        read(text)


def test_broken_rows_doubled_columns_and_missing_files_are_refused(orders, tmp_path):
    text = exported(orders.head(3))
    with pytest.raises(FileFormatError, match="split"):
        read(text + "a;b\r\n")
    with pytest.raises(FileFormatError, match="there twice"):
        read(text.replace("customer_type", "order_status", 1))
    with pytest.raises(FileFormatError, match="cannot be read"):
        sf.read_dashboard(tmp_path / "none.csv")


def test_items_of_one_order_that_disagree_are_refused_without_showing_the_customer(orders):
    several = next(place for place, lines in enumerate(orders["orderlines"]) if len(lines) > 1)
    text = exported(orders.iloc[several : several + 1], items=True)
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    lines[2][lines[0].index("name")] = "Somebody Else"
    kept = io.StringIO()
    csv.writer(kept, delimiter=";").writerows(lines)
    with pytest.raises(FileFormatError) as refused:
        read(kept.getvalue())
    assert refused.value.column == "name"
    assert "Somebody" not in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_empty_files_and_open_files(encoding, orders, tmp_path):
    text = exported(orders.head(4))
    path = tmp_path / "orders.csv"
    path.write_bytes(text.encode(encoding))
    frame = sf.read_dashboard(path)
    assert frame["customer_name"].tolist() == [str(one).strip() for one in orders["customer_name"].head(4)]
    with path.open("rb") as file:
        pd.testing.assert_frame_equal(sf.read_dashboard(file), frame)
    empty = read(text.split("\r\n")[0] + "\r\n")
    assert empty.empty
    assert empty.dtypes.drop("tags").to_dict() == frame.dtypes.drop("tags").to_dict()


@pytest.mark.slow
def test_statuses_that_only_the_dashboard_has_are_kept_and_said(orders):
    frame = read(cell(orders, "order_status", "deleted"))
    assert frame["status"].eq("deleted").sum() == 1
    assert any("1 row has the status deleted" in note for note in frame.attrs["notes"])
