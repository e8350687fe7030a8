"""A dashboard's file that a spreadsheet program saved again, or that is no file of the dashboard."""

from __future__ import annotations

import io
from decimal import Decimal, localcontext

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.errors import FileFormatError
from scalev_frames.frames.dashboard.read import _code_discounts
from scalev_frames.frames.values.scalars import LONG
from tests.frames.exported import cell, changed, exported, read

HARMLESS = {
    "bom": lambda text: "\ufeff" + text,
    "excel's hint": lambda text: "sep=;\r\n" + text,
    "bom and hint": lambda text: "\ufeffsep=;\n" + text,
    "empty lines at the end": lambda text: text + "\r\n\r\n",
    "no newline at the end": lambda text: text.rstrip("\r\n"),
    "empty lines before": lambda text: "\r\n" + text,
    "capitals and blanks": lambda text: text.replace("order_id;business_name", "Order ID; Business-Name ", 1),
}


@pytest.fixture(scope="module")
def files(orders):
    """Files without and with items, and what is read of each."""
    texts = [exported(orders.head(12), items=items) for items in (False, True)]
    return [(text, read(text)) for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize("how", HARMLESS)
@pytest.mark.parametrize("items", [False, True])
def test_what_a_spreadsheet_adds_changes_nothing(how, items, files):
    text, plain = files[items]
    assert HARMLESS[how](text) != text
    pd.testing.assert_frame_equal(read(HARMLESS[how](text)), plain)


@pytest.mark.slow
def test_lines_may_end_in_lf_alone(files):
    text, plain = files[0]
    frame = read(text.replace("\r\n", "\n"))
    assert frame["order_id"].tolist() == plain["order_id"].tolist()
    assert frame["tags"].tolist() == plain["tags"].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("items", [False, True])
def test_columns_in_another_order_and_quoted_are_the_same_columns(items, orders, files):
    plain = files[items][1]
    other = read(changed(orders.head(12), lambda lines: [line[::-1] for line in lines], items=items))
    pd.testing.assert_frame_equal(other[plain.columns], plain)


@pytest.mark.slow
def test_rows_that_end_in_separators_are_read_and_a_value_without_a_header_is_refused(orders):
    text = changed(orders.head(5), lambda lines: [[*line, "", ""] for line in lines])
    pd.testing.assert_frame_equal(read(text), read(exported(orders.head(5))))
    with pytest.raises(FileFormatError, match="has no name") as refused:
        read(changed(orders.head(5), lambda lines: [[*lines[0], ""], *([*line, "x"] for line in lines[1:])]))
    assert refused.value.row == 2


@pytest.mark.slow
def test_lines_quotes_and_separators_within_a_cell(orders):
    odd = 'Jl. "Mawar"; no. 5,\nRT 01\n\nblok; A'
    frame = read(cell(orders, "notes", odd))
    assert frame["notes"].iloc[2] == odd
    assert len(frame) == len(orders)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234.567,00", 1234567), ("1.234.567", 1234567), ("1234567", 1234567), ("Rp 1.234.567,50", 1234567.5),
     ("0,00", 0), ("-500,5", -500.5), ("Rp1.234.567,-", 1234567)],
)  # fmt: skip
def test_indonesian_amounts_of_every_form(text, amount, orders):
    assert read(cell(orders.head(4), "gross_revenue", text))["gross_revenue"].iloc[2] == amount


@pytest.mark.slow
def test_a_workbook_in_place_of_a_csv_is_refused_in_words(orders, tmp_path):
    path = sf.to_excel(orders.head(3), tmp_path / "orders.xlsx")
    renamed = tmp_path / "orders.csv"
    renamed.write_bytes(path.read_bytes())
    for wrong in (path, renamed, io.BytesIO(path.read_bytes())):
        with pytest.raises(FileFormatError, match="workbook") as refused:
            sf.read_dashboard(wrong)
        assert "CSV" in str(refused.value)
    old = tmp_path / "orders.xls"
    old.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"x" * 100)
    with pytest.raises(FileFormatError, match="workbook"):
        sf.read_dashboard(old)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"\xef\xbb\xbf", b"\x00" * 50, b"\xff\xfe\x00", b"caf\xe9;b\n1;2", b"\r\n" * 9, b'"order_id;'],
)
def test_what_is_no_text_or_empty_is_refused(content):
    with pytest.raises(FileFormatError):
        sf.read_dashboard(io.BytesIO(content))


@pytest.mark.slow
def test_a_file_cut_in_the_middle_is_refused(orders):
    text = exported(orders.head(6), items=True)
    with pytest.raises(FileFormatError):
        read(text[: len(text) - 300])


@pytest.mark.parametrize("rate", ["11", "0.11"])
def test_a_code_discount_is_spread_over_the_lines_before_tax(rate):
    order = {"discount_code_discount": Decimal(11_100), "tax_rate": Decimal(rate)}
    lines = [{"product_price_bt": Decimal(price)} for price in (60_000, 40_000)]
    assert _code_discounts(order, lines) == [6_000, 4_000]


def test_a_code_discount_of_any_length_is_spread_to_the_sen():
    order = {"discount_code_discount": Decimal("1000000000000000000000000000000.05"), "tax_rate": Decimal(0)}
    lines = [{"product_price_bt": Decimal(price)} for price in (1, 1, 1)]
    third = Decimal("333333333333333333333333333333.35")
    with localcontext(LONG):  # as a file is read
        assert _code_discounts(order, lines) == [third, third, third]
