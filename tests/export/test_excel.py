"""Workbooks read back with two other readers: every value equal, or counted in Notes."""

from __future__ import annotations

import datetime as dt
import math
import threading
import zipfile
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from scalev_frames.errors import ExportError
from scalev_frames.export import to_excel
from scalev_frames.export.excel import sheets, workbook

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))


def openpyxl_rows(path, sheet):
    book = openpyxl.load_workbook(path)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def calamine_rows(path, sheet):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def notes_of(path):
    return "\n".join(" | ".join(str(value) for value in row) for row in openpyxl_rows(path, "Notes"))


@pytest.fixture
def orders():
    frame = pd.DataFrame(
        {
            "id": pd.Series(["1234567890123456789", "007", None], dtype="str"),
            "customer_name": pd.Series(["=1+1", "Ibu 🔥 <Sri> & \x07co", "+62\r\nbaris"], dtype="str"),
            "customer_phone": pd.Series(["081234567890", "-5", "@x"], dtype="str"),
            "gross_revenue": pd.array([Decimal("150000"), Decimal("-99500"), None], dtype=MONEY),
            "quantity": pd.array([1, None, 3], dtype="Int64"),
            "is_cod": pd.array([True, False, None], dtype="boolean"),
            "created_at": pd.to_datetime(["2026-11-01T17:00:00Z", None, "2026-11-01T16:59:59.5Z"], format="ISO8601"),
            "day": pd.to_datetime(["2026-11-02", "2026-11-03", None]),
            "tags": [[{"name": "vip"}], [], None],
            "invoice_url": pd.Series(["https://x.test/a?b=1&c=2", "javascript:alert(1)", None], dtype="str"),
        }
    )
    frame.attrs = {"endpoint": "orders", "as_of": "2026-11-23T15:30:00+07:00", "filters": {"status": ["shipped"]},
                   "time_zone": "Asia/Jakarta", "complete": True, "notes": ["a note"]}  # fmt: skip
    return frame


def test_every_kind_of_value_reads_back(orders, tmp_path):
    path = to_excel({"Orders": orders}, tmp_path / "new" / "orders.xlsx")
    header, first, second, third = openpyxl_rows(path, "Orders")
    assert header == list(orders.columns)
    assert first[:6] == ["1234567890123456789", "=1+1", "081234567890", 150000, 1, True]
    assert second[:6] == ["007", "Ibu 🔥 <Sri> & co", "-5", -99500, None, False]
    assert third[:6] == [None, "+62\nbaris", "@x", None, 3, None]
    assert first[6] == dt.datetime(2026, 11, 2, 0, 0)  # Jakarta's midnight
    assert third[6] == dt.datetime(2026, 11, 1, 23, 59, 59, 500000)
    assert first[7] == dt.datetime(2026, 11, 2)
    assert [first[8], second[8], third[8]] == ['[{"name":"vip"}]', "[]", None]
    rows = calamine_rows(path, "Orders")
    assert rows[1][:6] == ["1234567890123456789", "=1+1", "081234567890", 150000, 1, True]
    assert rows[2][1] == "Ibu 🔥 <Sri> & co"
    assert rows[1][6] == dt.date(2026, 11, 2)


def test_notes_say_where_from_and_what_was_altered(orders, tmp_path):
    notes = notes_of(to_excel({"Orders": orders}, tmp_path / "orders.xlsx"))
    for words in ("orders", "2026-11-23T15:30:00+07:00", "status = shipped", "Asia/Jakarta", "a note",
                  "control characters removed: customer_name (1)", "line breaks"):  # fmt: skip
        assert words in notes


def test_it_looks_finished(orders, tmp_path):
    book = openpyxl.load_workbook(to_excel({"Orders": orders}, tmp_path / "orders.xlsx"))
    sheet = book["Orders"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:J4"
    assert sheet["A1"].font.bold
    assert sheet["A1"].fill.start_color.rgb.endswith("1F3A5F")
    assert sheet["D2"].number_format == '"Rp" #,##0'
    assert sheet["A2"].number_format == "@"
    assert sheet["G2"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert sheet["H2"].number_format == "yyyy-mm-dd"
    assert all(8 <= sheet.column_dimensions[letter].width <= 60 for letter in "ABCDEFGHIJ")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet["J2"].hyperlink.target == "https://x.test/a?b=1&c=2"
    assert sheet["J3"].hyperlink is None
    assert b'numberStoredAsText="1"' in zipfile.ZipFile(tmp_path / "orders.xlsx").read("xl/worksheets/sheet1.xml")


def test_sen_are_shown_where_there_are_any(tmp_path):
    frame = pd.DataFrame({"price": pd.array([Decimal("10.50"), Decimal("2")], dtype=MONEY)})
    book = openpyxl.load_workbook(to_excel(frame, tmp_path / "x.xlsx"))
    assert book["Data"]["A2"].number_format == '"Rp" #,##0.00'
    assert book["Data"]["A2"].value == 10.5


def test_openpyxl_can_go_on_with_the_file(orders, tmp_path):
    path = to_excel({"Orders": orders}, tmp_path / "orders.xlsx")
    book = openpyxl.load_workbook(path)
    book["Orders"]["B2"] = "changed"
    book.save(tmp_path / "again.xlsx")
    assert openpyxl_rows(tmp_path / "again.xlsx", "Orders")[1][1] == "changed"


@pytest.mark.slow
def test_the_same_frames_give_the_same_bytes(orders, tmp_path):
    one = to_excel({"Orders": orders, "B": orders}, tmp_path / "one.xlsx").read_bytes()
    assert to_excel({"Orders": orders, "B": orders}, tmp_path / "two.xlsx").read_bytes() == one


@pytest.mark.slow
def test_many_sheets_have_contents_with_links(orders, tmp_path):
    path = to_excel(dict.fromkeys(("A", "B's", "C", "D"), orders), tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Contents", "A", "B's", "C", "D", "Notes"]
    assert [row[0].value for row in book["Contents"].iter_rows(2)] == ["A", "B's", "C", "D", "Notes"]
    assert book["Contents"]["A3"].hyperlink.location == "'B''s'!A1"
    assert [book["Contents"].cell(2, column).value for column in (2, 3)] == [3, "2026-11-23T15:30:00+07:00"]


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    frame = pd.DataFrame({"n": range(25)})
    path = to_excel({"Long": frame}, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["Long", "Long (2)", "Long (3)"]
    read = [row[0] for sheet in book.sheetnames[:3] for row in openpyxl_rows(path, sheet)[1:]]
    assert read == list(range(25))
    assert "Long, Long (2), Long (3)" in notes_of(path)


@pytest.mark.parametrize(("rows", "wanted"), [(9, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_a_sheet_is_filled_to_its_last_row_and_no_sheet_is_empty(tmp_path, monkeypatch, rows, wanted):
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    name = "A name of thirty-one characters"
    path = to_excel({name: pd.DataFrame({"n": range(rows)}), "Other": pd.DataFrame({"n": [1]})}, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    own = [one for one in book.sheetnames if one not in ("Other", "Notes", "Contents")]
    assert len(own) == wanted
    assert own[0] == name
    assert all(len(one) <= 31 for one in own)
    for number, one in enumerate(own):
        held = min(10, rows - 10 * number)
        assert [row[0].value for row in book[one].iter_rows()] == ["n", *range(10 * number, 10 * number + held)]
        assert (book[one].freeze_panes, book[one].auto_filter.ref) == ("A2", f"A1:A{held + 1}")


@pytest.mark.parametrize(("rows", "fits"), [(20, True), (21, False)])
def test_the_most_rows_of_a_workbook_count_over_all_its_sheets(tmp_path, monkeypatch, rows, fits):
    monkeypatch.setattr(sheets, "MOST_IN_ALL", 20)
    frames = {"A": pd.DataFrame({"n": range(rows - 5)}), "B": pd.DataFrame({"n": range(5)})}
    path = tmp_path / "x.xlsx"
    if fits:
        to_excel(frames, path)
        assert len(openpyxl_rows(path, "A")) == 16
        return
    with pytest.raises(ExportError, match="21 rows"):
        to_excel(frames, path)
    assert not path.exists()


def test_more_rows_than_excel_opens_are_refused_with_ways_that_work(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"old")
    half = pd.DataFrame(index=pd.RangeIndex(1_000_001)).assign(n=1)
    with pytest.raises(ExportError) as caught:
        to_excel({"A": half, "B": half}, path)
    assert "2,000,002 rows" in caught.value.what
    for way in ("1,048,575", "to_parquet", "to_csv", "sf.sql", "pivot"):
        assert way in str(caught.value)
    assert path.read_bytes() == b"old"


def test_no_rows_still_have_headers(orders, tmp_path):
    path = to_excel({"Orders": orders.iloc[:0], "Nothing": pd.DataFrame()}, tmp_path / "x.xlsx")
    assert openpyxl_rows(path, "Orders") == [list(orders.columns)]
    assert openpyxl.load_workbook(path).sheetnames == ["Orders", "Nothing", "Notes"]


@pytest.mark.parametrize(
    ("value", "shown", "word"),
    [
        (10**15, "1000000000000000", "digits"),
        (-(10**18), "-1000000000000000000", "digits"),
        (2**53 - 1, "9007199254740991", "digits"),
        (1234567890123457.0, "1234567890123457", "digits"),
        (float("inf"), "inf", "infinite"),
        (Decimal("1234567890123456.78"), "1234567890123456.78", "digits"),
        (pd.Timestamp("1899-12-31 10:00"), "1899-12-31 10:00:00", "dates outside"),
        ("x" * 40_000, "x" * (32_767 - 7) + "… [cut]", "texts cut"),
        ("🔥" * 20_000, "🔥" * 16_380 + "… [cut]", "texts cut"),
    ],
)  # fmt: skip
def test_what_excel_cannot_hold_is_text_or_cut_and_counted(tmp_path, value, shown, word):
    dtype = MONEY if isinstance(value, Decimal) else None
    path = to_excel(pd.DataFrame({"odd": pd.Series([value], dtype=dtype)}), tmp_path / "x.xlsx")
    assert openpyxl_rows(path, "Data")[1][0] == shown
    assert word in notes_of(path)


def test_any_frame(tmp_path):
    frame = pd.DataFrame(
        {
            "mixed": [1, "=A1", None, dt.date(2026, 1, 2), [1], Decimal("1.5")],
            "category": pd.Categorical(["a", "b", "a", None, "b", "a"]),
            "span": pd.to_timedelta(["1h", "25h", None, "0s", "1s", "2s"]),
            "floats": [0.1, float("nan"), 1e300, -0.0, 3e-308, 1 / 3],
            "period": pd.period_range("2026-01", periods=6, freq="M"),
            3: np.arange(6, dtype="uint8"),
        },
        index=pd.MultiIndex.from_product([["x", "y"], [1, 2, 3]], names=["letter", None]),
    )
    path = to_excel(frame, tmp_path / "x.xlsx")
    rows = openpyxl_rows(path, "Data")
    assert rows[0] == ["letter", "index 1", "mixed", "category", "span", "floats", "period", "3"]
    assert rows[1][:4] == ["x", 1, 1, "a"]
    assert rows[2][2] == "=A1"
    assert rows[4][2] == dt.datetime(2026, 1, 2) or rows[4][2] == pytest.approx(46024)
    assert rows[5][2] == "[1]"
    assert rows[6][2] == 1.5
    assert rows[2][4] == dt.timedelta(hours=25)
    assert [row[5] for row in rows[1:]] == [0.1, None, 1e300, 0, 3e-308, 1 / 3]
    assert rows[1][6] == "2026-01"


def test_columns_of_the_same_name_are_both_there(tmp_path):
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert openpyxl_rows(to_excel(frame, tmp_path / "x.xlsx"), "Data") == [["a", "a"], [1, 2]]


@pytest.mark.parametrize(
    ("name", "good"),
    [("a/b:c", "a_b_c"), ("x" * 40, "x" * 31), ("", "Sheet"), ("History", "History_"), ("'q'", "q"), ("Notes", "Notes (2)")],
)  # fmt: skip
def test_sheet_names(tmp_path, name, good):
    path = to_excel({name: pd.DataFrame({"a": [1]})}, tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(path).sheetnames == [good, "Notes"]


def test_too_many_columns(tmp_path):
    with pytest.raises(ExportError, match="16,385"):
        to_excel(pd.DataFrame(np.zeros((1, 16_385))), tmp_path / "x.xlsx")


def test_a_failed_write_leaves_what_was_there(orders, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"before")
    stop = threading.Event()
    stop.set()
    with pytest.raises(ExportError, match="stopped"):
        to_excel(orders, path, stop=stop)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"before"]


def test_a_folder_that_is_a_file(orders, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError, match="could not be written"):
        to_excel(orders, tmp_path / "file" / "x.xlsx")


def test_a_full_disk(orders, monkeypatch):
    from pathlib import Path

    if Path("/dev/full").exists():
        monkeypatch.setattr("scalev_frames.export.atomic.secrets.token_hex", lambda _: "x")
        with pytest.raises(ExportError):
            to_excel(orders, "/dev/full/x.xlsx")


def test_progress_tells_the_rows(orders, tmp_path):
    told = []
    to_excel(orders, tmp_path / "x.xlsx", progress=told.append)
    assert [(event.endpoint, event.rows) for event in told] == [("Orders", 3)]


@pytest.mark.slow
def test_importing_the_package_loads_no_openpyxl():
    import subprocess
    import sys

    code = "import sys, scalev_frames; print([m for m in ('openpyxl', 'ipywidgets', 'anywidget', 'matplotlib', 'IPython', 'keyring', 'scalev_frames.sandbox') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout
        == "[]\n"
    )


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("_x0041\r\n\t\x00\x1f<>&\ufffe='"), max_size=60)
ROWS = st.lists(
    st.tuples(
        st.none() | TEXTS,
        st.none() | st.floats(allow_nan=False),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.decimals(-(10**15), 10**15, places=2),
        st.none() | st.datetimes(dt.datetime(1800, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59)),
        st.none() | st.booleans(),
    ),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_fuzz_every_value_is_equal_or_counted(tmp_path, rows):
    texts, floats, whole, money, moments, flags = zip(*rows, strict=True) if rows else ([],) * 6
    frame = pd.DataFrame(
        {
            "text": pd.Series(texts, dtype="str"),
            "float": pd.Series(floats, dtype="float64"),
            "whole": pd.array(whole, dtype="Int64"),
            "money": pd.array(money, dtype=MONEY),
            "moment": pd.Series(list(moments), dtype="datetime64[us]"),
            "flag": pd.array(flags, dtype="boolean"),
        }
    )
    path = to_excel(frame, tmp_path / "x.xlsx")
    notes = notes_of(path)
    for read in (openpyxl_rows(path, "Data"), calamine_rows(path, "Data")):
        read += [[None] * 6] * (len(rows) + 1 - len(read))  # readers leave out empty rows at the end
        for given_row, row in zip(rows, read[1:], strict=True):
            for name, value, cell in zip(frame.columns, given_row, row, strict=True):
                assert is_equal(value, cell) or f"{name} (" in notes, (name, value, cell)


def is_equal(value, cell):
    if value is None:
        return cell is None or cell == ""
    if isinstance(value, dt.datetime) and isinstance(cell, dt.datetime | dt.date):
        return pd.Timestamp(value) == pd.Timestamp(cell)
    if isinstance(value, Decimal):
        return isinstance(cell, int | float) and Decimal(repr(cell)) == value
    if isinstance(value, int | float) and isinstance(cell, int | float):
        return value == cell or math.isclose(value, cell, rel_tol=1e-15)
    return value == cell


def test_texts_and_their_headers_keep_a_distance_from_numbers_on_their_left(tmp_path):
    sheet = openpyxl.load_workbook(to_excel(pd.DataFrame({"n": [1], "text": ["a"]}), tmp_path / "x.xlsx"))["Data"]
    shown = [(cell.alignment.horizontal, cell.alignment.indent) for row in sheet["A1:B2"] for cell in row]
    assert shown == [(None, 0), ("left", 1)] * 2


@pytest.mark.slow
def test_a_sheet_of_long_texts_is_written_in_the_large_form_of_zip(tmp_path, monkeypatch):
    for module, name in ((zipfile, "ZIP64_LIMIT"), (workbook, "LARGE")):
        monkeypatch.setattr(module, name, 1 << 20)
    texts = [f"{number:05}" * 6000 for number in range(100)]
    path = to_excel(pd.DataFrame({"chat": texts}), tmp_path / "x.xlsx")
    monkeypatch.undo()
    assert [row[0] for row in openpyxl.load_workbook(path)["Data"].iter_rows(2, values_only=True)] == texts
