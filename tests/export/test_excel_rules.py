"""Excel's own rules: names of sheets, links, pages, widths; numbers that stay numbers and days that stay days."""

# ruff: noqa: RUF001 - wide forms are what is tried

from __future__ import annotations

import datetime as dt
import unicodedata
import zipfile
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.export import report_workbook, to_excel
from scalev_frames.export.excel.sheets import sheet_name
from scalev_frames.export.excel.workbook import READABLE_WIDTH, link_target
from scalev_frames.frames import Header
from tests.export.rules import broken_rules

NOISE = pd.ArrowDtype(pa.decimal128(38, 17))


def sheet_of(path, name="Data"):
    return openpyxl.load_workbook(path)[name]


def notes_of(path):
    return "\n".join(" | ".join(map(str, row)) for row in sheet_of(path, "Notes").values)


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_noisy_amount_leaves_every_amount_a_number(tmp_path):
    amounts = pd.Series([Decimal("150000"), Decimal("33000.000000000004"), None, Decimal("-99500.50")], dtype=NOISE)
    path = to_excel(pd.DataFrame({"gross_revenue": amounts}), tmp_path / "x.xlsx")
    assert [row[0] for row in sheet_of(path).iter_rows(2, values_only=True)] == [150000, 33000, None, -99500.5]
    assert "rounded to the sen" in notes_of(path)
    assert "gross_revenue (1)" in notes_of(path)


@pytest.mark.parametrize(
    "text", ["0.30000000000000004", "150000.00000000000000000", "12.5", "0.00000000000000001", "-0.1"]
)
def test_digits_count_by_value_and_not_by_scale(text, tmp_path):
    """Fifteen digits at any scale are a number; a float's noise is none of an amount's digits."""
    frame = pd.DataFrame({"gross_revenue": pd.Series([Decimal(text)], dtype=NOISE)})
    cell = sheet_of(to_excel(frame, tmp_path / "x.xlsx"))["A2"]
    assert abs(Decimal(repr(cell.value)) - Decimal(text)) < Decimal("0.000001")


@pytest.mark.parametrize(
    ("kind", "scale", "text", "is_number"),
    [
        ("number", 17, "0.30000000000000004", False),
        ("number", 17, "0.123456789012345", True),
        ("number", 10, "12345.6789012345", True),
        ("number", 10, "123456.7890123456", False),
        ("money", 2, "9999999999999.99", True),
        ("money", 2, "99999999999999.99", False),
        ("money", 0, "999999999999999", True),
        ("money", 4, "1234567890123.4567", False),
    ],
)
def test_a_number_is_text_only_where_its_own_digits_need_it(kind, scale, text, is_number, tmp_path):
    dtype = pd.ArrowDtype(pa.decimal128(38, scale))
    frame = pd.DataFrame({"x": pd.Series([Decimal(text), Decimal(1)], dtype=dtype)})
    sheet = sheet_of(to_excel(Header(kinds={"x": kind}).onto(frame), tmp_path / "x.xlsx"))
    assert sheet["A2"].value == (float(text) if is_number else text)
    assert sheet["A3"].value == 1


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (pd.Series([150000.0, 99500.0]), '"Rp" #,##0'),
        (pd.Series([150000, 99500]), '"Rp" #,##0'),
        (pd.Series([Decimal(150000), None], dtype=object), '"Rp" #,##0'),
        (pd.Series([150000, None], dtype="Int64"), '"Rp" #,##0'),
        (pd.Series([150000.00000000003]), '"Rp" #,##0'),
        (pd.Series([150000.5]), '"Rp" #,##0.00'),
        (pd.Series([Decimal("0.05")], dtype=object), '"Rp" #,##0.00'),
        (pd.Series(pd.Categorical([150000, 99500])), '"Rp" #,##0'),
    ],
)
def test_money_looks_like_money_whatever_its_dtype(values, shown, tmp_path):
    frame = pd.DataFrame({"total": values, "gross_revenue": values})
    sheet = sheet_of(to_excel(Header(kinds={"total": "money"}).onto(frame), tmp_path / "x.xlsx"))
    assert [sheet["A2"].number_format, sheet["B2"].number_format] == [shown, shown]
    assert not isinstance(sheet["A2"].value, str)


def test_a_column_is_wide_enough_for_its_largest_number(tmp_path):
    frame = pd.DataFrame({"gross_revenue": [1_234_567_890_123], "n": [5]})
    sheet = sheet_of(to_excel(frame, tmp_path / "x.xlsx"))
    assert sheet.column_dimensions["A"].width > len("Rp 1,234,567,890,123")
    assert sheet.column_dimensions["B"].width <= 12


# Days and times ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "Asia/Jakarta"])
def test_nothing_rounds_into_the_next_second_day_month_or_year(unit, zone, tmp_path):
    last = pd.Series(pd.to_datetime(["2026-12-31 23:59:59.999999999"])).dt.as_unit(unit).dt.tz_localize(zone)
    cell = sheet_of(to_excel(pd.DataFrame({"at": last}), tmp_path / "x.xlsx"))["A2"]
    assert cell.value.replace(microsecond=0) == dt.datetime(2026, 12, 31, 23, 59, 59)


def test_a_duration_does_not_round_into_the_next_day(tmp_path):
    frame = pd.DataFrame({"span": pd.to_timedelta(["0 days 23:59:59.999999999"])})
    path = to_excel(frame, tmp_path / "x.xlsx")
    assert sheet_of(path)["A2"].value < dt.timedelta(days=1)
    assert "times cut to the millisecond: span (1)" in notes_of(path)


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "UTC", "America/New_York"])
def test_midnights_of_the_frames_zone_are_days(zone, tmp_path):
    days = pd.date_range("2026-11-01", periods=3, tz=zone)
    frame = Header(time_zone=zone).onto(pd.DataFrame({"n": 1}, index=days))
    cell = sheet_of(to_excel(frame, tmp_path / "x.xlsx"))["A2"]
    assert (cell.value, cell.number_format) == (dt.datetime(2026, 11, 1), "yyyy-mm-dd")


# Names of sheets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("🔥" * 20, "🔥" * 15),
        ("x" * 30 + "🔥", "x" * 30),
        ("Pesanan：１／２", "Pesanan_１_２"),
        ("[2026]*?", "_2026___"),
        ("'Budi''s'", "Budi''s"),
        ("x" * 30 + "'y", "x" * 30),
        ("history", "history_"),
        ("\u200b", "Sheet"),
        ("   ", "Sheet"),
        ("a\ud83db", "a�b"),
        ("a\x00\x1f\ufffeb", "a___b"),
        ("\u202egnp.exe", "gnp.exe"),
        ("日本語の注文", "日本語の注文"),
    ],
)
def test_names_of_sheets_follow_excels_rules_for_all_unicode(name, good, tmp_path):
    path = to_excel({name: pd.DataFrame({"a": [1]})}, tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(path).sheetnames == [good, "Notes"]
    assert broken_rules(path) == []


@pytest.mark.parametrize(
    ("one", "other"), [("Straße", "STRASSE"), ("ORDERS", "orders"), ("İ", "i̇"), ("Ω", "ω"), ("x" * 31, "x" * 40)]
)
def test_names_that_excel_takes_for_one_are_told_apart(one, other, tmp_path):
    frame = pd.DataFrame({"a": [1]})
    names = openpyxl.load_workbook(to_excel({one: frame, other: frame}, tmp_path / "x.xlsx")).sheetnames
    assert names[1].endswith("(2)")


@pytest.mark.slow
@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_names_are_good_and_different(names):
    taken: set[str] = set()
    made = [sheet_name(name, taken) for name in names]
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert not any(unicodedata.category(one) in ("Cc", "Cs") for one in name)


def test_headers_that_look_like_excels_escapes_stay_what_they_are(tmp_path):
    path = to_excel(pd.DataFrame({"a_x0041_b": [1], "=1+1": [2]}), tmp_path / "x.xlsx")
    with zipfile.ZipFile(path) as book:
        assert b"a_x005F_x0041_b" in b"".join(book.read(name) for name in book.namelist())
    assert sheet_of(path)["B1"].data_type == "s"


# Links ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("https://x.test/a?b=1&c=2", "https://x.test/a?b=1&c=2"),
        ("HTTPS://X.test", "HTTPS://X.test"),
        ("https://x.test/é", "https://x.test/%C3%A9"),
        ("https://x.test/a%20b%zz", "https://x.test/a%20b%25zz"),
        ("https://x.test/{a}|^`", "https://x.test/%7Ba%7D%7C%5E%60"),
        ("https://x.test/#part", "https://x.test/#part"),
        ("https://x.test/a#b#c", ""),
        ("https://x.test/" + "a" * 2100, ""),
        ("https://", ""),
        ("https://:80/", ""),
        ("https://[::1/", ""),
        ("https://x.test:port/", ""),
        ("https://ex ample.test", ""),
        ("https://user:word@x.test/", ""),
        ("javascript:alert(1)", ""),
        ("https://x.test/\ud83d", ""),
    ],
)
def test_links_are_addresses_that_excel_takes(text, target):
    assert link_target(text) == target


@pytest.mark.slow
@given(st.text(max_size=20).map(lambda text: f"https://x.test/{text}"))
def test_any_link_is_plain_ascii_or_none(text):
    target = link_target(text)
    assert target == "" or (target.isascii() and not set(target) & set(' "<>\\^`{|}') and target.count("#") <= 1)


# Pages ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_wide_sheet_prints_pages_that_can_be_read(tmp_path):
    wide = pd.DataFrame({f"column {number}": ["text"] for number in range(165)})
    sheet = sheet_of(to_excel(wide, tmp_path / "x.xlsx"))
    width = sum(one.width for one in sheet.column_dimensions.values())
    assert sheet.page_setup.fitToWidth == -(-width // READABLE_WIDTH) > 5
    assert sheet.page_setup.fitToHeight == 0
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$A")


def test_a_narrow_sheet_prints_on_one_page_across(tmp_path):
    sheet = sheet_of(to_excel(pd.DataFrame({"a": [1], "b": ["x"]}), tmp_path / "x.xlsx"))
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols) == (1, None)


@pytest.mark.slow
def test_the_reports_of_a_workbook_follow_the_rules_too(tmp_path):
    orders = pd.DataFrame({"status": ["completed", "rts"], "gross_revenue": [150_000.5, 99_500]})
    data = {"Wide：data": pd.DataFrame({f"c{number}": [1] for number in range(165)})}
    path = report_workbook(orders, tmp_path / "x.xlsx", reports=["funnel"], data=data)
    assert broken_rules(path) == []
    assert sheet_of(path, "Wide_data").page_setup.fitToWidth > 1


def test_sheets_are_called_as_columns_are(tmp_path):
    frame = pd.DataFrame({"a": [1]})
    named = {("store", "jan"): frame, pd.Timestamp("2026-11-01"): frame, None: frame, 7: frame}
    book = openpyxl.load_workbook(to_excel(named, tmp_path / "x.xlsx"))
    assert [name for name in book.sheetnames if name not in ("Notes", "Contents")] == [
        "store _ jan",
        "2026-11-01",
        "unnamed",
        "7",
    ]


def test_a_column_is_wide_enough_for_what_it_shows_beside_other_values(tmp_path):
    orders = pd.DataFrame({"at": pd.to_datetime(["2026-11-01 10:30:15"]), "net": [2.5]})
    sizes = pd.DataFrame({"net": [1.5, 333_333_333_333_333.25, 1e15], "whole": [2**53, 333_333_333_333_333, 1]})
    file = to_excel({"described": orders.describe(include="all"), "sizes": sizes}, tmp_path / "r.xlsx")
    described, numbers = openpyxl.load_workbook(file).worksheets[1:3]
    assert described.column_dimensions["B"].width >= len("2026-11-01 10:30:15")
    assert numbers.column_dimensions["A"].width > len("333,333,333,333,333.25")
    assert numbers.column_dimensions["B"].width > len("333,333,333,333,333")


def test_the_row_of_headers_is_as_high_as_its_longest_header(tmp_path):
    frame = pd.DataFrame({"id": ["1"], "what was said of it " * 9: [1]})
    heights = [sheet_of(to_excel(one, tmp_path / "r.xlsx")).row_dimensions[1].height for one in (frame, frame[["id"]])]
    assert heights == [60, 30]


@pytest.mark.parametrize(("name", "usual"), [("number", "#,##0.####"), ("net_revenue", '"Rp" #,##0.00')])
def test_numbers_longer_than_a_column_are_shown_as_excel_likes(name, usual, tmp_path):
    for longest, shown in ((9e14, usual), (-1.5e18, "General")):
        sheet = sheet_of(to_excel(pd.DataFrame({name: [1.55, longest]}), tmp_path / "r.xlsx"))
        assert [sheet["A2"].number_format, sheet["A3"].value] == [shown, longest]
