"""What mail, spreadsheets and people make of the dashboard's files: read rightly, or refused by the column's name."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.catalog.dashboard import DASHBOARD, ITEMS
from scalev_frames.errors import FileFormatError

NAMES = [name for name, _, _ in DASHBOARD]
ITEM_NAMES = [name for name, _, _ in ITEMS]
CODES = [name for name, kind, _ in DASHBOARD if kind == "code"]
MONEY = [name for name, kind, _ in DASHBOARD if kind == "money"]
ORDER = {
    "order_id": "261101ABC", "order_status": "shipped", "payment_status": "paid", "name": "Budi", "phone": "0812345678",
    "draft_time": "01/11/2026 06:30", "gross_revenue": "1.234.567,50", "quantity": "2", "is_from_form": "true",
}  # fmt: skip
OTHER = {**ORDER, "order_id": "261102ABD", "draft_time": "02/11/2026 07:00"}
ITEM = dict(zip(ITEM_NAMES, ["Kaos", "x", "1", "1.000", "0", "500"], strict=True))


def written(*rows, names=NAMES, separator=";", quoting=csv.QUOTE_MINIMAL):
    kept = io.StringIO()
    out = csv.writer(kept, delimiter=separator, lineterminator="\r\n", quoting=quoting)
    out.writerow(names)
    out.writerows([row.get(name, "") for name in names] for row in rows)
    return kept.getvalue()


def items(*rows):
    return written(*({**ORDER, **ITEM, **row} for row in rows), names=NAMES + ITEM_NAMES)


def read(text):
    return sf.read_dashboard(io.BytesIO(text) if isinstance(text, bytes) else io.StringIO(text))


def refused(text):
    with pytest.raises(FileFormatError) as error:
        read(text)
    return error.value


@pytest.mark.parametrize(("text", "amount"), [
    ("Rp 1.234.567", 1234567), ("1.234.567,50", 1234567.5), ("(1.234,50)", -1234.5), ("(Rp 1.234)", -1234),
    ("\u22121.234", -1234), ("1.234,50-", -1234.5), ("-Rp 1.234", -1234), ("Rp -1.234", -1234), ("- 1.234", -1234),
    ("1 234 567", 1234567), ("Rp1.234.567,-", 1234567), ("Rp. 1.234,00", 1234), ("IDR 5", 5), ("1.5e4", 15000),
])  # fmt: skip
def test_amounts_of_every_form(text, amount):
    assert read(written({**ORDER, "gross_revenue": text}))["gross_revenue"].tolist() == [amount]


@pytest.mark.parametrize(
    "text", ["1,23457E+06", "1.23457E+06", "1E+06", "-1.5E+03", "12%", "#####", "#REF!", "12.34.567"]
)
@pytest.mark.parametrize("column", MONEY)
def test_amounts_that_lost_digits_are_refused_by_their_column(column, text):
    error = refused(written({**ORDER, "gross_revenue": "", column: text}))
    assert (error.column, error.row) == (column, 2)


@pytest.mark.parametrize("text", ["5,76543E+17", "5.76543E+17", "1E+17", "2,61E+07", "6281234567890.0", "81234567,00",
                                  "8.12e+11", "8.12E11"])  # fmt: skip
@pytest.mark.parametrize("column", CODES)
def test_codes_that_a_spreadsheet_made_numbers_of_are_refused_by_their_column(column, text):
    error = refused(written(OTHER, {**ORDER, column: text}))
    assert (error.column, error.row) == (column, 3)
    assert text not in str(error)  # a phone or an account


@pytest.mark.parametrize("text", ["12E5", "1E17", "0812", "1.5", "E+17", "=1+1", "1,000"])
def test_codes_that_look_odd_are_codes(text):
    assert read(written({**ORDER, "external_id": text}))["external_id"].tolist() == [text]


@pytest.mark.parametrize("text", [
    "1 November 2026 06:30", "01 Nov 2026 06.30", "1 Nopember 2026 06:30", "Minggu, 1 November 2026 06:30",
    "1-Nov-26 06:30", "01/11/2026 06:30 WIB", "01/11/2026, 06.30", "01/11/2026 07:30 WITA", "2026-10-31 23:30:00 UTC",
    "2026-11-01T06:30:00+07:00", "2026-10-31T23:30:00.000Z", "1/11/26 6:30",
])  # fmt: skip
def test_moments_of_every_form(text):
    frame = read(written({**ORDER, "draft_time": text}))
    assert frame["draft_time"].tolist() == [pd.Timestamp("2026-11-01 06:30", tz="Asia/Jakarta")]


@pytest.mark.parametrize(
    ("name", "month"), [("Agustus", 8), ("Mei", 5), ("Peb", 2), ("Desember", 12), ("okt", 10), ("Agt.", 8)]
)
def test_months_by_their_indonesian_names(name, month):
    frame = read(written({**ORDER, "order_id": "X1", "draft_time": f"3 {name} 2026"}))
    assert frame["draft_time"].tolist() == [pd.Timestamp(2026, month, 3, tz="Asia/Jakarta")]


@pytest.mark.parametrize(
    "text", ["1 Novembre 2026", "11/01/2026 6:30 AM", "45962,27", "0001-01-01", "31/11/2026", "01/11/0026"]
)
def test_moments_that_are_none_are_refused_by_their_column(text):
    assert refused(written({**ORDER, "draft_time": text})).column == "draft_time"


def test_months_before_days_are_found_by_the_codes_of_orders():
    """All of them could be days first."""
    rows = [{**ORDER, "order_id": f"26110{day}AB{day}", "draft_time": f"11/0{day}/2026 06:30"} for day in range(1, 8)]
    error = refused(written(*rows))
    assert (error.column, error.row) == ("draft_time", 2)
    assert "day and month" in str(error)
    right = [{**row, "draft_time": f"0{day}/11/2026 06:30"} for day, row in enumerate(rows, 1)]
    assert read(written(*right))["draft_time"].dt.day.tolist() == list(range(1, 8))
    late = [{**row, "draft_time": "09/11/2026"} for row in right]  # codes of another day: nothing is said by them
    assert len(read(written(*late))) == 7


def test_days_of_which_some_have_become_months_are_refused():
    """A spreadsheet turns those around that it can read; the others stay."""
    days = (
        ("260105AB1", "01/05/2026"),
        ("260106AB2", "01/06/2026"),
        ("260123AB3", "23/01/2026"),
        ("260124AB4", "24/01/2026"),
    )
    error = refused(written(*({**ORDER, "order_id": code, "draft_time": day} for code, day in days)))
    assert (error.column, error.row) == ("draft_time", 2)


def joined(first, second, **changed):
    """A file of orders and one of others in which something was changed, one behind the other."""
    days = [f"{number:02}" for number in range(1, 21)]
    whole = [{**ORDER, "order_id": f"2611{day}A", "draft_time": f"{day}/11/2026 06:30"} for day in days[:first]]
    wrong = [{**ORDER, "order_id": f"2612{day}B", "draft_time": f"{day}/12/2026 06:30"} for day in days[:second]]
    return written(*whole[:1], *whole) + written(
        *({**row, **{key: say(row[key]) for key, say in changed.items()}} for row in wrong)
    )


def test_a_joined_file_whose_days_are_months_is_refused_however_many_others_are_right():
    def turned(text):
        day, month, year = text.split("/")
        return f"{month}/{day}/{year}"

    error = refused(joined(20, 5, draft_time=turned))
    assert (error.column, error.row) == ("draft_time", 24)
    assert "day and month" in str(error)
    assert len(read(joined(20, 5, draft_time=str))) == 25


def test_a_joined_file_that_has_lost_its_thousands_is_refused_however_many_others_are_right():
    error = refused(joined(20, 3, gross_revenue=lambda _: "150"))
    assert (error.column, error.row) == ("gross_revenue", 24)
    assert len(read(joined(20, 2, gross_revenue=lambda _: "150"))) == 22


def test_no_pieces_of_an_item_cost_nothing_where_amounts_are_of_a_piece():
    two, none = {"item_quantity": "2", "item_cogs_bt": "500"}, {"item_quantity": "0", "item_cogs_bt": "700"}
    orders = read(items(*({**one, "cogs_bt": "2.000", "product_price_bt": "4.000"} for one in (two, none, two))))
    assert orders.scalev.lines()["cogs_bt"].tolist() == [1000, 0, 1000]


@pytest.mark.parametrize("amounts", [("150", "99", "85", "1.250.000"), ("150", "99", "325")])
def test_thousands_that_a_spreadsheet_took_for_decimals_are_refused(amounts):
    rows = [{**ORDER, "order_id": f"26110{number}A", "gross_revenue": text} for number, text in enumerate(amounts)]
    error = refused(written(*rows))
    assert (error.column, error.row) == ("gross_revenue", 2)
    dearer = [{**row, "order_id": f"{row['order_id']}B", "gross_revenue": "150.000"} for row in rows]
    assert len(read(written(*rows, *dearer))) == 2 * len(rows)


def test_long_codes_whose_last_digits_a_spreadsheet_lost_are_refused():
    cut = [
        {**ORDER, "order_id": f"26110{number}A", "shipment_receipt": f"12345678901234{number}000"} for number in (1, 2)
    ]
    error = refused(written(*cut))
    assert (error.column, error.row) == ("shipment_receipt", 2)
    whole = [*cut, {**OTHER, "shipment_receipt": "123456789012341001"}]
    assert len(read(written(*whole))) == 3


def test_phones_without_their_zero_are_noted():
    said = [note for note in read(written({**ORDER, "phone": "812345678"}, OTHER)).attrs["notes"] if "phone" in note]
    assert not said
    note = read(written({**ORDER, "phone": "812345678"}, {**OTHER, "phone": "62812"})).attrs["notes"][-1]
    assert note == "phone: 1 begin with 8 and none with 0, which a spreadsheet may have cut"


def test_columns_that_have_changed_places_are_noted():
    rows = [
        {**ORDER, "order_id": f"26110{day}A", "email": f"b{day}@x.example", "postal_code": "40132"}
        for day in range(1, 6)
    ]
    assert "changed places" not in str(read(written(*rows)).attrs["notes"])
    header, _, rest = written(*rows).partition("\r\n")
    turned = header.replace(";name;phone;email;", ";email;phone;name;")
    notes = read(f"{turned}\r\n{rest}").attrs["notes"]
    assert "email: 5 of 5 do not look like one, so columns may have changed places" in notes


def test_times_far_from_the_day_of_the_orders_code_are_noted():
    rows = [{**ORDER, "order_id": f"26110{day}A", "draft_time": f"0{day}/11/2026 06:30"} for day in range(1, 6)]
    far = {**ORDER, "order_id": "261109A", "draft_time": "09/11/99 06:30"}
    said = "draft_time: 1 are more than a month from the day that the order's code begins with"
    assert said in read(written(*rows, far)).attrs["notes"]
    assert "more than a month" not in str(read(written(*rows)).attrs["notes"])


def test_times_of_utc_are_noted():
    rows = [
        {**ORDER, "order_id": f"26110{day}AB{day}", "draft_time": f"0{day - 1}/11/2026 20:00"} for day in range(2, 6)
    ]
    assert any("may be UTC" in note for note in read(written(*rows)).attrs["notes"])
    assert not any("UTC" in note for note in read(written(ORDER, OTHER)).attrs["notes"])


@pytest.mark.parametrize(
    ("text", "flag"), [("BENAR", True), ("SALAH", False), ("Y", True), ("f", False), ("FALSE", False)]
)
def test_flags_in_a_spreadsheets_language(text, flag):
    assert read(written({**ORDER, "is_from_form": text}))["is_from_form"].tolist() == [flag]


def test_statuses_are_spelled_as_in_the_api_and_new_ones_are_said():
    frame = read(written({**ORDER, "order_status": "In Process"}, {**OTHER, "order_status": "dikirim"}))
    assert frame["status"].tolist() == ["in_process", "dikirim"]
    assert any("order_status: dikirim is not known" in note for note in frame.attrs["notes"])


ENCODED = {"utf-8-sig": True, "utf-16": True, "cp1252": False, "utf-16-le": False, "utf-32": False}


@pytest.mark.parametrize("encoding", ENCODED)
def test_encodings_are_read_or_refused_in_words(encoding):
    content = written({**ORDER, "name": "José"}).encode(encoding)
    if ENCODED[encoding]:
        assert read(content)["customer_name"].tolist() == ["José"]
    else:
        assert "is no UTF-8 text" in str(refused(content))


CHANGES = {
    "separators behind each line": lambda text: text.replace("\r\n", ";;\r\n"),
    "separators behind the header": lambda text: text.replace("\r\n", ";;\r\n", 1),
    "separators behind the rows": lambda text: "\r\n".join([text.split("\r\n")[0], *(f"{line};;" for line in text.split("\r\n")[1:-1])]),
    "empty rows": lambda text: text + (";" * (len(NAMES) - 1) + "\r\n") * 3,
    "an empty row between": lambda text: text.replace("\r\n", "\r\n" + ";" * (len(NAMES) - 1) + "\r\n", 1),
    "carriage returns": lambda text: text.replace("\r\n", "\r"),
    "line feeds": lambda text: text.replace("\r\n", "\n"),
    "commas": lambda _: written(ORDER, OTHER, separator=","),
    "tabs": lambda _: written(ORDER, OTHER, separator="\t"),
    "quotes": lambda _: written(ORDER, OTHER, quoting=csv.QUOTE_ALL),
    "capitals": lambda text: text.replace("gross_revenue", "Gross Revenue"),
}  # fmt: skip


@pytest.mark.parametrize("how", CHANGES)
def test_what_changes_nothing(how):
    text = written(ORDER, OTHER)
    assert CHANGES[how](text) != text
    pd.testing.assert_frame_equal(read(CHANGES[how](text)), read(text))


@pytest.mark.parametrize(("cell", "name"), [
    ('"Bu\\"di"', 'Bu"di'), ('"Bu\\"di; jr"', 'Bu"di; jr'), ('"Bu\\"di\r\n;\\"x"', 'Bu"di\r\n;"x'), ('"Jl. 5\\"', "Jl. 5\\"),
    ('Bu\\"di', 'Bu\\"di'), ('"C:\\dir; x"', "C:\\dir; x"), ('"a ""b"" c"', 'a "b" c'), ('"Budi;;\n;;x"', "Budi;;\n;;x"),
])  # fmt: skip
@pytest.mark.parametrize("times", [1, 2])
def test_quotes_with_a_backslash_are_those_of_the_cell(cell, name, times):
    frame = read(written(ORDER, OTHER).replace(";Budi;", f";{cell};", times))
    assert frame["customer_name"].tolist() == [name, name if times == 2 else "Budi"]
    assert frame["gross_revenue"].tolist() == [1234567.5, 1234567.5]


@pytest.mark.parametrize("cell", ['"Bu\\""', '"Budi', '"Bu\\"; jr"', "Budi; jr", '"Bu"; jr'])
@pytest.mark.parametrize("times", [1, 2])
def test_a_quote_or_separator_that_shifts_cells_or_swallows_a_row_is_refused(cell, times):
    error = refused(written(ORDER, OTHER).replace(";Budi;", f";{cell};", times))
    assert error.column == "name" or "cannot be split" in str(error)
    assert "Budi" not in str(error)


def test_a_file_without_its_header_is_refused_without_showing_a_customer():
    error = refused(written(ORDER, OTHER).split("\r\n", 1)[1])
    assert "does not begin with the header" in str(error)
    assert "Budi" not in str(error)


def test_the_row_of_an_error_is_that_of_the_file():
    blank = ";" * (len(NAMES) - 1) + "\r\n"
    text = written(ORDER).replace("\r\n", f"\r\n{blank}{blank}", 1)
    assert refused(text.replace("1.234.567,50", "many")).row == 4


def test_a_row_that_is_too_short_is_refused_without_showing_it():
    text = written(ORDER, OTHER)
    error = refused(text + "261103XYZ;;;;shipped;paid;Siti\r\n")
    assert "a row has 7 cells" in str(error)
    assert "Siti" not in str(error)


@pytest.mark.parametrize(
    "row",
    [{**ORDER, "order_id": ""}, {"order_id": "Total", "gross_revenue": "2.000,00"}, {**ORDER, "order_id": "Jumlah"}],
)
def test_a_row_that_is_no_order_is_refused_by_its_column(row):
    error = refused(written(ORDER, row))
    assert error.column in ("order_id", "order_status")
    assert error.row == 3


# Joined files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_joined_files_are_one_and_orders_in_both_are_read_once(mark):
    frame = read(written(ORDER) + mark + written(ORDER, OTHER))
    pd.testing.assert_frame_equal(frame, read(written(ORDER, OTHER)))
    assert any("header stands 2 times" in note for note in frame.attrs["notes"])
    assert any("1 order was in the file more than once" in note for note in frame.attrs["notes"])


@pytest.mark.parametrize("column", ["order_status", "gross_revenue", "notes", "name"])
def test_an_order_that_changed_between_two_exports_is_refused_by_the_column(column):
    changed = {**ORDER, column: "999" if column == "gross_revenue" else "completed"}
    for text in (written(ORDER) + written(changed), written(ORDER, OTHER, changed)):
        error = refused(text)
        assert error.column == column
        assert error.row == 4
        assert "Budi" not in str(error)


@pytest.mark.slow
def test_joined_files_of_items_are_one_and_orders_in_both_are_read_once():
    twice = items({}, {}, {"item_name": "Topi"})  # an order may have the same item on two lines
    wanted = {"Kaos": 2, "Topi": 1}
    assert read(twice)["final_variants"].tolist() == [wanted]
    frame = read(twice + twice)
    assert frame["final_variants"].tolist() == [wanted]
    assert len(frame["orderlines"][0]) == 3
    both = read(twice + items({**OTHER}))
    assert both["order_id"].tolist() == ["261101ABC", "261102ABD"]
    mixed = read(items({}, {**OTHER}, {}, {**OTHER}, {"item_name": "Topi"}))  # an item twice, and rows apart
    assert mixed["final_variants"].tolist() == [{"Kaos": 2, "Topi": 1}, {"Kaos": 2}]
    apart = read(items({}, {**OTHER}, {"item_name": "Topi"}))  # sorted by item
    assert apart["final_variants"].tolist() == [{"Kaos": 1, "Topi": 1}, {"Kaos": 1}]


def test_an_order_whose_items_changed_between_two_exports_is_refused():
    assert refused(items({}) + items({"item_quantity": "2"})).column == "item_quantity"
    assert refused(items({}) + items({}, {"item_name": "Topi"})).column == "item_name"
