"""A CSV that Excel in Indonesia opens right: read back as that Excel reads it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import threading
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scalev_frames as sf
from scalev_frames.errors import ExportError

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


def test_a_stopped_export_leaves_what_was_there(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"before")
    stop = threading.Event()
    stop.set()
    with pytest.raises(ExportError, match="stopped"):
        sf.to_csv(pd.DataFrame({"a": [1]}), path, stop=stop)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"before"]


def test_progress_tells_the_rows(tmp_path):
    told = []
    sf.to_csv(pd.DataFrame({"a": range(25_000)}), tmp_path / "x.csv", progress=told.append)
    assert [event.rows for event in told] == [10_000, 20_000, 25_000]


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from('=+-@;"\r\n\t0123456789.,'), max_size=12)


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
