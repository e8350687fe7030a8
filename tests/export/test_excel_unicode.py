"""Excel's own rules for all of Unicode and at its limits: names, headers, links, properties, texts, numbers, days."""

# ruff: noqa: RUF001 - wide and invisible forms are what is tried

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.export import report_workbook, to_excel
from scalev_frames.export.excel.sheets import alike, sheet_name
from scalev_frames.frames import Header
from tests.export.rules import broken_rules

FRAME = pd.DataFrame({"a": [1]})


def objects(*values):
    return pd.DataFrame({"x": pd.Series(list(values), dtype=object)})


def read(path, place=0):
    """The rows of a sheet as a reader of Excel's escapes gives them."""
    assert broken_rules(path) == []
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(place).to_python()


def altered(path):
    """What Notes says was changed."""
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Notes").to_python()
    return [value for _, what, value in rows if what == "Altered for Excel"]


# Names of sheets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("' 'x' '", "x"),
        ("＇x＇", "x"),
        ("x" * 29 + " ''y", "x" * 29),
        ("a_x002F_b", "a-x002F_b"),  # Excel would read a slash
        ("/x0041/", "-x0041_"),
        ("_x0041_x0042_", "-x0041-x0042_"),
        ("_x41_", "_x41_"),
        ("Ｈistory", "Ｈistory_"),
        ("' HISTORY", "HISTORY_"),
        ("Ｎｏｔｅｓ", "Ｎｏｔｅｓ (2)"),
        ("a\u2028b", "a\u2028b"),
        ("\u00ad", "Sheet"),
        ("=1+1", "=1+1"),
        ("#REF!", "#REF!"),
        ('a&<>"b', 'a&<>"b'),
        ("🇮🇩" * 7 + "x" + "👍🏽", "🇮🇩" * 7 + "x👍"),
    ],
)
def test_a_name_is_one_that_excel_accepts_and_reads_as_it_is(name, good, tmp_path):
    path = to_excel({name: FRAME}, tmp_path / "x.xlsx")
    assert broken_rules(path) == []
    for names in (
        openpyxl.load_workbook(path).sheetnames,
        python_calamine.CalamineWorkbook.from_path(path).sheet_names,
    ):
        assert names == [good, "Notes"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("シート1", "ｼｰﾄ１"), ("あ", "ア"), ("é", "e\u0301"), ("❤", "❤\ufe0f"), ("Ａ", "a"), ("ﬁ", "FI"), ("x'", "'X"), ("a/b", "a?b"), (1, "1"), (None, "unnamed")],
)  # fmt: skip
def test_sheets_whose_names_excel_takes_for_one_are_both_there(one, other, tmp_path):
    path = to_excel({one: FRAME, other: objects("other")}, tmp_path / "x.xlsx")
    names = openpyxl.load_workbook(path).sheetnames
    assert len({alike(name) for name in names}) == 3
    assert names[1].endswith("(2)")
    assert [read(path, place)[1][0] for place in (0, 1)] == [1, "other"]


@pytest.mark.slow
def test_names_that_differ_stay_as_they_are(tmp_path):
    names = ["e", "é", "は", "ば", "ö", "o", "Orders", "Orders 2", "x²3"]
    path = to_excel(dict.fromkeys(names, FRAME), tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(path).sheetnames == ["Contents", *names, "Notes"]
    links = [cell.hyperlink.location for (cell,) in openpyxl.load_workbook(path)["Contents"]["A2:A10"]]
    assert links == [f"'{name}'!A1" for name in names]


@pytest.mark.slow
@given(st.lists(st.text(st.sampled_from("' ＇_x0041_/あア🔥hHistory(2)\u200b"), max_size=40), max_size=6))
def test_any_name_of_what_excel_minds_is_good(names):
    taken: set[str] = {alike("Notes")}
    made = [sheet_name(name, taken) for name in names]
    assert len(taken) == len(made) + 1
    for name in made:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not {name[0], name[-1]} & set("'＇ ")
        assert alike(name) not in ("history", "notes")
        assert "/" not in name
        assert "_x0041_" not in name


@pytest.mark.slow
def test_a_frame_called_as_the_reconciliation_is_kept_beside_it(tmp_path):
    orders = pd.DataFrame({"status": ["completed"], "gross_revenue": [150_000]})
    checks = pd.DataFrame({"day": ["2026-11-01"], "difference": [0]})
    path = report_workbook(
        orders, tmp_path / "x.xlsx", reports=["funnel"], reconciliation=checks, data={"Reconciliation": FRAME}, language="en"
    )  # fmt: skip
    names = openpyxl.load_workbook(path).sheetnames
    assert {"Reconciliation", "Reconciliation (2)"} <= set(names)
    assert broken_rules(path) == []


# Texts and headers ---------------------------------------------------------------------------------------------------

ESCAPES = ["_x000D_", "_x0041_x0042_", "_x005F_x0041_", "__x0041__x0042_", "_x0041_x", "_x_x0041_", "_X0041_", "_x41_"]


@pytest.mark.parametrize("text", ESCAPES)
def test_what_looks_like_an_escape_is_read_as_it_was_in_cells_headers_and_notes(text, tmp_path):
    frame = objects(text, f" {text}")
    frame = frame.set_axis([text], axis=1)
    frame.attrs["notes"] = [text]
    path = to_excel(frame, tmp_path / "x.xlsx")
    assert [row[0] for row in read(path)] == [text, text, f" {text}"]
    assert [text] in [row[2:] for row in read(path, 1)]


@pytest.mark.slow
@given(st.lists(st.text(st.sampled_from("_x0041DF X"), max_size=30), max_size=8))
def test_any_text_of_the_letters_of_escapes_is_read_as_it_was(tmp_path_factory, texts):
    path = to_excel(objects(*texts, "last"), tmp_path_factory.mktemp("escapes") / "x.xlsx")
    assert [row[0] for row in read(path)] == ["x", *texts, "last"]


@pytest.mark.parametrize(
    ("header", "shown", "said"),
    [
        ("a\x00b", "ab", True),
        ("a\ufffeb", "ab", True),
        ("a\r\nb\rc", "a\nb\nc", True),
        ("a\nb", "a\nb", False),
        ("x" * 32_767, "x" * 32_767, False),
        ("x" * 32_768, "x" * 32_760, True),
        ("=1+1", "=1+1", False),
        ("\u202ex", "\u202ex", False),
    ],
)
def test_a_header_is_what_it_was_or_notes_say_so(header, shown, said, tmp_path):
    path = to_excel(pd.DataFrame([[1]], columns=pd.Index([header], dtype=object)), tmp_path / "x.xlsx")
    assert read(path)[0][0][:32_000] == shown[:32_000]
    assert len(read(path)[0][0]) <= 32_767
    assert [line.partition(":")[0] for line in altered(path)] == [
        "headers changed to fit Excel, as texts of cells are"
    ] * said


def test_headers_that_differ_by_case_alone_are_all_there(tmp_path):
    path = to_excel(pd.DataFrame([[1, 2, 3, 4]], columns=["ID", "id", "Id", "id"]), tmp_path / "x.xlsx")
    assert read(path) == [["ID", "id", "Id", "id"], [1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("text", "units"),
    [("x" * 32_767, 32_767), ("🔥" * 16_383 + "x", 32_767), ("x" * 32_766 + "🔥", 32_767), ("🔥" * 16_384, 32_767), ("_x0041_" * 4_681, 32_767)],
)  # fmt: skip
def test_a_cell_holds_as_many_units_of_utf_16_as_excel(text, units, tmp_path):
    path = to_excel(objects(text), tmp_path / "x.xlsx")
    whole = len(text.encode("utf-16-le")) // 2 <= units
    shown = read(path)[1][0]
    assert (shown == text) is whole
    assert len(shown.encode("utf-16-le")) // 2 <= units
    assert any("cut at" in line for line in altered(path)) is not whole


# Numbers and days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [1e308, -1.7976931348623157e308, 2.2250738585072014e-308, -0.0, 1e-300, 123456789012345680.0]
)
def test_a_number_that_excel_holds_is_a_number(value, tmp_path):
    path = to_excel(pd.DataFrame({"x": [value, 1.5]}), tmp_path / "x.xlsx")
    assert read(path)[1][0] == value
    assert altered(path) == []


@pytest.mark.parametrize("value", [5e-324, -5e-324, 1e-310, 2.225073858507201e-308, float("inf"), float("-inf")])
@pytest.mark.parametrize("make", [pd.DataFrame, lambda data: pd.DataFrame(data).astype(object)])
def test_a_number_that_excel_would_take_for_another_is_text_and_counted(value, make, tmp_path):
    path = to_excel(make({"x": [value, 1.5, 0.0, np.nan]}), tmp_path / "x.xlsx")
    column = [row[0] for row in read(path)[1:4]]
    assert (type(column[0]), float(column[0])) == (str, value)
    assert column[1:] == [1.5, 0.0]
    assert [line.partition(": ")[2] for line in altered(path)] == ["x (1)"]


@pytest.mark.parametrize("day", [dt.date(1900, 3, 1), dt.date(1904, 1, 1), dt.date(9999, 12, 31)])
def test_days_within_excels_calendar_are_days(day, tmp_path):
    path = to_excel(objects(day), tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(path)["Data"]["A2"].value.date() == day
    assert openpyxl.load_workbook(path).epoch.year == 1899  # not counted from 1904


@pytest.mark.parametrize("day", [dt.date(1900, 2, 28), dt.date(1900, 2, 1), dt.date(1899, 12, 31), dt.date(1, 1, 1)])
@pytest.mark.parametrize("make", [lambda day: day, lambda day: dt.datetime(*day.timetuple()[:3], tzinfo=dt.UTC)])
def test_days_before_it_are_text(day, make, tmp_path):
    frame = Header(time_zone="UTC").onto(objects(make(day)))
    path = to_excel(frame, tmp_path / "x.xlsx")
    assert read(path)[1] == [day.isoformat()]
    assert "1900-03-01" in altered(path)[0]


def test_decimals_at_the_ends_of_what_arrow_holds(tmp_path):
    frame = objects(Decimal("1E-60"), Decimal("9" * 15), Decimal("-0.00"))
    assert [row[0] for row in read(to_excel(frame, tmp_path / "x.xlsx"))[1:]] == [1e-60, float("9" * 15), 0]


# Limits, links and properties ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_as_many_columns_as_excel_has_the_index_counted(tmp_path):
    wide = pd.DataFrame([[None] * 16_383 + ["last"]])
    header, row = read(to_excel(wide, tmp_path / "x.xlsx"))
    assert (header[-1], row[-1]) == ("16383", "last")
    with pytest.raises(Exception, match="16,385 columns"):
        to_excel(wide.set_axis(["row"]), tmp_path / "x.xlsx")


@pytest.mark.parametrize(
    "text",
    ["mailto:a@x.test", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "\\\\server\\share", "#Notes!A1",
     " https://x.test", "https://x.test/a b", "https://x.test/\n", "ftp://x.test", "https//x.test"],
)  # fmt: skip
def test_texts_that_are_no_web_address_are_no_links(text, tmp_path):
    frame = Header(kinds={"x": "url"}).onto(objects(text, "https://x.test/ok"))
    sheet = openpyxl.load_workbook(to_excel(frame, tmp_path / "x.xlsx"))["Data"]
    assert sheet["A2"].hyperlink is None
    assert sheet["A2"].value.strip() == text.strip()
    assert sheet["A3"].hyperlink.target == "https://x.test/ok"


def test_links_beyond_what_a_sheet_holds_are_text_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("scalev_frames.export.excel.workbook.MOST_LINKS", 3)
    frame = Header(kinds={"x": "url"}).onto(objects(*(f"https://x.test/{number}" for number in range(5))))
    path = to_excel(frame, tmp_path / "x.xlsx")
    with zipfile.ZipFile(path) as book:
        assert book.read("xl/worksheets/_rels/sheet1.xml.rels").count(b"<Relationship ") == 3
    assert len(read(path)) == 6
    assert altered(path)[0].endswith("x (2)")


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "0500-06-01T00:00:00+00:00", "2026-11-01", "x", 5, None],
)
def test_odd_properties_of_a_frame_stop_no_reader(moment, tmp_path):
    frame = FRAME.copy()
    frame.attrs = {
        "as_of": moment,
        "endpoint": "or\x00ders\ufffe",
        "notes": ["a\x01b", "y" * 40_000],
        "account": "_x0041_",
    }
    path = to_excel({"a": frame, "b": FRAME}, tmp_path / "x.xlsx")
    assert broken_rules(path) == []
    assert openpyxl.load_workbook(path).properties.created.year in (2000, 2026)
    notes = [row[2] for row in read(path, 2)]
    assert "ab" in notes
    assert max(map(len, notes)) <= 32_767
