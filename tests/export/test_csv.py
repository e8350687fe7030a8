"""A CSV that Excel in Indonesia opens right: read back as that Excel reads it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import subprocess
import threading
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scalev_frames as sf
from scalev_frames.errors import ExportError
from scalev_frames.frames import Header

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))


def rows_of(path):
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_every_kind_of_value(tmp_path):
    frame = pd.DataFrame(
        {
            "phone": pd.Series(["081234567890", "+6281", None], dtype="str"),
            "code": pd.Series(["007", "1234567890123456789", "A1"], dtype="str"),
            "size": pd.Series(["10-11", "50%", "1E5"], dtype="str"),
            "notes": pd.Series(["=1+1", 'Ibu; "Sri"\r\nBogor 🔥', "-5 kg"], dtype="str"),
            "price": pd.array([Decimal("150000"), Decimal("-99500.50"), None], dtype=MONEY),
            "rate": [0.5, float("nan"), 3.0],
            "count": pd.array([1, None, -3], dtype="Int64"),
            "cod": pd.array([True, False, None], dtype="boolean"),
            "time": pd.to_datetime(["2026-11-01T17:00:00Z", None, "2026-11-01T16:59:59Z"]).tz_convert("Asia/Jakarta"),
            "day": pd.to_datetime(["2026-11-02", "2026-11-03", None]),
            "tags": [["vip", "x"], [], None],
            "items": [{"Kaos; hitam": 2}, {}, None],
        }
    )
    header, first, second, third = rows_of(sf.to_csv(frame, tmp_path / "new" / "x.csv"))
    assert header == list(frame.columns)
    assert first == ['="081234567890"', '="007"', '="10-11"', "'=1+1", "150000", "0,5", "1", "TRUE",
                     "2026-11-02 00:00:00", "2026-11-02", '["vip","x"]', '{"Kaos; hitam":2}']  # fmt: skip
    assert second == ['="+6281"', '="1234567890123456789"', '="50%"', 'Ibu; "Sri"\nBogor 🔥', "-99500,50", "", "",
                      "FALSE", "", "2026-11-03", "[]", "{}"]  # fmt: skip
    assert third == ["", "A1", '="1E5"', "'-5 kg", "", "3", "-3", "", "2026-11-01 23:59:59", "", "", ""]


def test_days_come_first_when_asked(tmp_path):
    times = pd.to_datetime(["2026-11-02 03:04:05", None])
    path = sf.to_csv(pd.DataFrame({"time": times, "day": times.normalize()}), tmp_path / "x.csv", day_first=True)
    assert rows_of(path)[1:] == [["02/11/2026 03:04:05", "02/11/2026"], ["", ""]]


def test_an_index_and_odd_headers_are_columns_too(tmp_path):
    frame = pd.DataFrame({"=SUM(A1)": [1], "a;b": [2]}, index=pd.Index(["x"], name="store"))
    assert rows_of(sf.to_csv(frame, tmp_path / "x.csv")) == [["store", "'=SUM(A1)", "a;b"], ["x", "1", "2"]]


def test_no_rows_and_no_columns(tmp_path):
    assert rows_of(sf.to_csv(pd.DataFrame({"a": []}), tmp_path / "x.csv")) == [["a"]]
    assert sf.to_csv(pd.DataFrame(), tmp_path / "y.csv").read_bytes() == b"\xef\xbb\xbf\n"


@pytest.mark.parametrize("write", [sf.to_csv, sf.to_parquet])
def test_a_stopped_export_leaves_what_was_there(tmp_path, write):
    path = tmp_path / f"x.{write.__name__.removeprefix('to_')}"
    path.write_bytes(b"before")
    stop = threading.Event()
    stop.set()
    with pytest.raises(ExportError, match="stopped"):
        write(pd.DataFrame({"a": [1]}), path, stop=stop)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"before"]


def test_progress_tells_the_rows(tmp_path):
    told = []
    sf.to_csv(pd.DataFrame({"a": range(25_000)}), tmp_path / "x.csv", progress=told.append)
    assert [event.rows for event in told] == [10_000, 20_000, 25_000]


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from('=+-@;"\r\n\t0123456789.,'), max_size=12)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, st.decimals(-(10**13), 10**13, places=2), st.dates(dt.date(1900, 1, 1))), max_size=6))
def test_no_text_is_ever_run_split_or_read_as_a_number(tmp_path, rows):
    texts, money, days = zip(*rows, strict=True) if rows else ((), (), ())
    frame = pd.DataFrame(
        {
            "text": pd.Series(texts, dtype="str"),
            "money": pd.array(money, dtype=MONEY),
            "day": pd.Series(days, dtype="datetime64[s]"),
            "end": "end",
        }
    )
    read = rows_of(sf.to_csv(frame, tmp_path / "x.csv"))[1:]
    assert len(read) == len(rows)
    for (text, amount, day), (cell, number, date, end) in zip(rows, read, strict=True):
        assert end == "end"
        assert Decimal(number.replace(",", ".")) == amount
        assert date == day.isoformat()
        plain = "".join(one for one in text.replace("\r\n", "\n").replace("\r", "\n") if one in "\n\t" or one >= " ")
        assert cell in (plain, f"'{plain}", f'="{plain}"')
        if cell == plain:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\n"))
            assert not plain.replace(".", "").isdecimal() or not plain.isascii()


KEPT = [
    "0812345678 ", " 007", "\u00a0007", "\ufeff007", "\u200e007", "007", "1234567890123456789", ".0", "1.", "1,5", "+62", "-5", "5-",
    "(123)", "($5)", "Rp 150.000", "Rp150.000,-", "IDR 5", "$5", "€ 5", "10 %", "50%", "1E5", "1e-5", "2.5e+3", "12'345", "1 234",
    "1/2", "1 1/2", "10-11", "3-4-26", "2026-11-01", "1.2.2026", "8:30", "8.30 AM", "8 pm", "8 a", "09:30:00",
    "1 Jan", "Jan 1", "JAN-26", "Mei 2026", "2 Agustus 2026", "17 Agu 45", "1 Okt", "31 Des 2026", "2 May", "MARCH1", "SEPT2", "DEC-1",
    "Senin, 2 November 2026", "Sunday, 1 Nov 2026", "true", "FALSE", "Benar", "#N/A", "#REF!", "#DIV/0!", "\uff11\uff12", "\u0663",
    "1 Agust 2026", "17-Nop-26", "Nopember 2026", "Peb 2026", "1. Pebruari 2026", "Jum'at, 1 Mei 2026", "Ahad 1 Mei", "1 Sept. 2026",
    "Jan '26", "17-Agt-45", "Mei5", "2026-11-01T09:30:00Z", "2026-11-01T09:30", "24:00", "13:45:59,5", "8.30.15", "1PM",
    "1.234,5", "1,234.5", "1,5E3", "1E-3", "-(5)", "\u22121", "+62 812-3456", "'1", "1/4", "\uff11/\uff12", "5,5 %", "%5", "USD 5",
    "BENAR", "salah ", "#SPILL!", "#CALC!", "#NAMA?", "#GETTING_DATA", "\t1",
]  # fmt: skip
BARE = ["1\n2", "007\n", "A1", "XL", "5 kg", "Jl. Mawar 5", "Mei", "Maret", "e5", "#1", "1A", "2x", "Rp", "AM", "RT 01", "12 pcs", "No. 7", "½", "Nov. a1", "1 \u00bd", "5\u2030", "01.00 WIB", "1 pagi",
        "Ags", "Z1", "T5", "12T", "#promo", "1_000", "'text", "Minggu ke-2a", "1st Jan"]  # fmt: skip


@pytest.mark.parametrize("text", KEPT)
def test_what_a_spreadsheet_would_turn_into_another_value_comes_back_as_written(text, tmp_path):
    path = sf.to_csv(pd.DataFrame({"x": pd.Series([text], dtype="str"), text: ["end"]}), tmp_path / "x.csv")
    assert rows_of(path) == [["x", f'="{text}"'], [f'="{text}"', "end"]]


@pytest.mark.parametrize("text", BARE)
def test_what_stays_itself_is_bare(text, tmp_path):
    path = sf.to_csv(pd.DataFrame({"x": pd.Series([text], dtype="str")}), tmp_path / "x.csv")
    assert rows_of(path)[1] == [text]


@pytest.mark.slow
@pytest.mark.parametrize("locale", [1057, 1033], ids=["Indonesian", "English"])
def test_libreoffice_in_either_locale_shows_every_text_as_it_was(locale, tmp_path):
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice Calc is needed; or leave these tests out with -m 'not slow'."
    frame = pd.DataFrame({"x": pd.Series([*KEPT, *BARE], dtype="str"), "day": pd.Timestamp("2026-11-01"),
                          "time": pd.Timestamp("2026-11-01 09:30"), "n": 150_000})  # fmt: skip
    options = f"--infilter=CSV:59,34,UTF8,1,,{locale},false,true"  # semicolons, quotes, special numbers looked for
    profile = (tmp_path / "profile").as_uri()
    command = [
        program,
        "--headless",
        f"-env:UserInstallation={profile}",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run(
        [*command, options, str(sf.to_csv(frame, tmp_path / "x.csv"))], check=True, capture_output=True, timeout=240
    )
    rows = list(openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True).active.iter_rows(2, values_only=True))
    assert [row[0] for row in rows] == [*KEPT, *BARE]
    assert {row[1:] for row in rows} == {(dt.datetime(2026, 11, 1), dt.datetime(2026, 11, 1, 9, 30), 150_000)}


def test_a_long_number_text_that_no_formula_holds_is_marked_otherwise(tmp_path):
    path = sf.to_csv(pd.DataFrame({"x": pd.Series(["1" * 300], dtype="str")}), tmp_path / "x.csv")
    assert rows_of(path)[1] == ["'" + "1" * 300]


@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_formula_behind_any_separator_stands_in_quotes(separator, tmp_path):
    text = f"a{separator}@SUM(A1)"
    data = sf.to_csv(pd.DataFrame({"x": pd.Series([text], dtype="str")}), tmp_path / "x.csv").read_bytes()
    assert f'"{text}"'.encode() in data


@pytest.mark.parametrize("before", ["", " ", "\t", "\u00a0", "\u200b", "\n ", "\ufeff"])
@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+a", "-a", "\uff1d1"])
def test_a_formula_behind_blanks_is_none_for_programs_that_drop_them(before, text, tmp_path):
    path = sf.to_csv(pd.DataFrame({"x": pd.Series([before + text], dtype="str")}), tmp_path / "x.csv")
    assert rows_of(path)[1] == [f"'{before}{text}"]


@pytest.mark.parametrize("values", [[1.5, None, 2], ["a", "", None, "b"], [None, None]])
def test_a_row_of_one_column_without_a_value_is_a_row(values, tmp_path):
    path = sf.to_csv(pd.DataFrame({"x": pd.Series(values, dtype=object)}), tmp_path / "x.csv")
    assert len(pd.read_csv(path, sep=";")) == len(values)
    assert [row[0] == "" for row in rows_of(path)[1:]] == [value in ("", None) for value in values]


def test_a_control_character_between_two_line_breaks_joins_them_nowhere(tmp_path):
    frame = pd.DataFrame({"a\r\x1f\nb": ["a\r\x1f\nb"]})
    assert rows_of(sf.to_csv(frame, tmp_path / "x.csv")) == [["a\n\nb"]] * 2
    sheet = openpyxl.load_workbook(sf.to_excel(frame, tmp_path / "x.xlsx"))["Data"]
    assert [cell.value for (cell,) in sheet.rows] == ["a\n\nb"] * 2


def test_times_in_utc_that_are_midnights_in_jakarta_keep_their_time_of_day(tmp_path):
    utc = pd.Series(pd.to_datetime(["2026-10-31T17:00", "2026-11-01T17:00"], utc=True))
    frame = pd.DataFrame(
        {"utc": utc, "jakarta": utc.dt.tz_convert("Asia/Jakarta"), "soon": [dt.date(2026, 11, 1), "soon"]}
    )
    assert rows_of(sf.to_csv(frame, tmp_path / "x.csv"))[1] == ["2026-10-31 17:00:00", "2026-11-01", "2026-11-01"]


def test_a_column_of_days_that_got_a_time_shows_it(tmp_path):
    frame = pd.DataFrame({"day": pd.to_datetime(["2026-11-01", "2026-11-02T09:30"], format="ISO8601")})
    frame = Header(kinds={"day": "date"}).onto(frame)
    assert rows_of(sf.to_csv(frame, tmp_path / "x.csv"))[2] == ["2026-11-02 09:30:00"]


@pytest.mark.parametrize("place", [0, 9_999, 10_000, 24_999])
def test_a_column_has_one_style_of_date(place, tmp_path):
    days = pd.Series(pd.to_datetime(["2026-11-01"] * 25_000))
    days[place] = pd.Timestamp("2026-11-01 09:30")
    cells = [row[0] for row in rows_of(sf.to_csv(pd.DataFrame({"at": days}), tmp_path / "x.csv"))[1:]]
    assert {len(cell) for cell in cells} == {len("2026-11-01 00:00:00")}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (dt.datetime(1969, 12, 31, 23, 59, 59, 999_999), "1969-12-31 23:59:59"),
        (dt.datetime(2026, 11, 30, 23, 59, 59, 999_999), "2026-11-30 23:59:59"),
        (dt.datetime(1, 1, 1, 0, 0, 0, 1), "0001-01-01 00:00:00"),
    ],
)
def test_times_are_never_of_the_next_second(value, cell, tmp_path):
    frame = pd.DataFrame({"at": pd.Series([value], dtype="datetime64[us]")})
    assert rows_of(sf.to_csv(frame, tmp_path / "x.csv"))[1] == [cell]


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ([576543210987654321, 1], ['="576543210987654321"', "1"]),
        ([-(10**15), 10**15 - 1], ['="-1000000000000000"', "999999999999999"]),
        (pd.array([Decimal("0.30000000000000004"), Decimal("150000")], dtype=pd.ArrowDtype(pa.decimal128(38, 17))),
         ['="0,30000000000000004"', "150000"]),
        ([0.1 + 0.2, 1e300], ["0,30000000000000004", "1e+300"]),
        ([12345678901.0, -12345678901.5, None, 1e10, 123456789012345.0],
         ["12345678901", "-12345678901,5", "", "10000000000", "123456789012345"]),
        (np.array([1e10, 2.5], np.float32), ["10000000000", "2,5"]),
        ([1234567890123457.0, None, -(2.0**53), 1e15 + 0.5, 2.0**60],
         ['="1234567890123457"', "", '="-9007199254740992"', "1,0000000000000005e+15", "1,152921504606847e+18"]),
    ],
)  # fmt: skip
def test_numbers_that_a_spreadsheet_would_cut_are_texts(values, cells, tmp_path):
    assert [row[0] for row in rows_of(sf.to_csv(pd.DataFrame({"x": values}), tmp_path / "x.csv"))[1:]] == cells
