"""Every kind of value in every format: as it was, as text and counted, or refused by name."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from export.kinds import KINDS, REFUSED, objects

from scalev_frames.errors import ExportError
from scalev_frames.export import read_parquet, to_csv, to_excel, to_parquet
from scalev_frames.frames import Header
from scalev_frames.frames.masking import mask
from scalev_frames.frames.values.columns import as_objects
from scalev_frames.frames.values.scalars import is_missing as is_scalar_missing
from scalev_frames.notebook.table.columns.columns import columns_of
from tests.export.read_back import WRITERS, csv_rows, is_missing, notes_of, plain


def same(value, wanted):
    if is_missing(value) or value == "" if not isinstance(value, list | dict) else False:
        return wanted in (None, "")
    return bool(value == wanted)


def indexed(kind):
    """Rows whose first index level is of a kind."""
    levels = [pd.Index(kind.values), pd.Index(range(len(kind.values)))]
    return pd.DataFrame({"n": 1}, index=pd.MultiIndex.from_arrays(levels, names=["key", None]))


def has_index(kind):
    try:
        return indexed(kind) is not None
    except (TypeError, ValueError, NotImplementedError, pa.ArrowException):  # lists, and what pandas has no index of
        return False


IN_INDEX = [kind for kind in KINDS if has_index(kind)]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """One workbook with a sheet for each kind as a column, and one with a sheet for each as an index."""
    folder = tmp_path_factory.mktemp("books")
    columns = to_excel({kind.name: pd.DataFrame({"x": kind.values}) for kind in KINDS}, folder / "a.xlsx")
    indexes = to_excel({f"{kind.name} i": indexed(kind) for kind in IN_INDEX}, folder / "b.xlsx")
    return {
        **{sheet.title: sheet for sheet in openpyxl.load_workbook(columns)},
        **{sheet.title: sheet for sheet in openpyxl.load_workbook(indexes)},
    }


@pytest.mark.slow
@each_kind
def test_in_excel(kind, workbook):
    cell = workbook[kind.name]["A2"]
    assert same(cell.value, kind.excel)
    assert cell.number_format == (kind.form or cell.number_format)


@pytest.mark.slow
@pytest.mark.parametrize("kind", IN_INDEX, ids=lambda kind: kind.name)
def test_as_an_index_level(kind, workbook, tmp_path):
    frame = indexed(kind)
    assert same(workbook[f"{kind.name} i"]["A2"].value, kind.excel)
    assert csv_rows(to_csv(frame, tmp_path / "x.csv"))[1][0] == kind.csv
    back = read_parquet(to_parquet(frame, tmp_path / "x.parquet"))
    assert len(back) == len(frame)
    if kind.name not in ("flag beside number", "interval", "tuple"):  # of which an index makes something else
        assert same(plain(back.index.get_level_values(0)[0]), plain(kind.parquet))


@each_kind
def test_in_csv(kind, tmp_path):
    frame = pd.DataFrame({"x": kind.values, "end": "end"})
    assert csv_rows(to_csv(frame, tmp_path / "x.csv"))[1] == [kind.csv, "end"]


@each_kind
def test_in_parquet_and_for_its_other_readers(kind, tmp_path):
    path = to_parquet(pd.DataFrame({"x": kind.values}), tmp_path / "x.parquet")
    assert same(read_parquet(path)["x"].iloc[0], kind.parquet)
    if isinstance(kind.parquet, dt.timedelta | pd.Interval | list | dict) or kind.values.dtype == "float16":
        return  # Parquet has no durations; lists are JSON there
    wanted = plain(kind.parquet)
    for value in (duckdb.sql(f"from '{path}'").fetchall()[0][0], pl.read_parquet(path)["x"][0]):
        assert same(plain(value), wanted)


@each_kind
def test_in_the_table(kind):
    for frame in [pd.DataFrame({"x": kind.values})] + ([indexed(kind)] if kind in IN_INDEX else []):
        column = columns_of(frame)[0]
        missing = [text is None for text in column.shown(np.arange(len(frame)))]
        assert missing == [is_scalar_missing(value) for value in as_objects(kind.values)]


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize(("name", "values"), REFUSED)
def test_what_no_file_can_hold_is_refused_by_name(suffix, name, values, tmp_path):
    with pytest.raises(ExportError, match="The column odd one holds") as raised:
        WRITERS[suffix](pd.DataFrame({"odd one": values}), tmp_path / f"x{suffix}")
    assert "map(str)" in str(raised.value)
    assert list(tmp_path.iterdir()) == []


@each_kind
def test_masked(kind):
    """In a column of customers' names nothing stays readable; missing stays missing."""
    masked = mask(pd.DataFrame({"customer_name": kind.values}), b"key")["customer_name"]
    told = [str(one) for one in masked if not is_missing(one) and not isinstance(one, list | dict)]
    if not (pd.api.types.is_bool_dtype(kind.values.dtype) or pd.api.types.is_datetime64_any_dtype(kind.values.dtype)):
        assert all(one.startswith(("name-", "text-")) or one == "" for one in told)
    assert [is_missing(one) for one in masked] == [is_scalar_missing(one) for one in kind.values]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (objects(b"\xff"), "bytes written in hexadecimal"),
        (objects(1 + 2j), "without a type of their own"),
        (objects("a\ud83d"), "halves of characters"),
        (objects(1, "a"), "columns of mixed values"),
        (objects(10**90), "too long for a number"),
        (objects([1, float("-inf")], ["Infinity"]), "infinite numbers in lists and objects"),
        (pd.Series([dt.datetime(2026, 11, 1, 23, 59, 59, 999_999)]), "times cut to the millisecond"),
        (pd.Series([33000.000000000004], dtype=pd.ArrowDtype(pa.decimal128(38, 17))), "rounded to the sen"),
    ],
)
def test_what_changed_is_counted(values, words, tmp_path):
    notes = notes_of(to_excel(pd.DataFrame({"gross_revenue": values}), tmp_path / "x.xlsx"))
    assert f"{words}" in notes
    assert "gross_revenue (1)" in notes


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (objects(1, "a"), "mixed values written as text: x (2)"),
        (objects(dt.date(2026, 11, 1), dt.datetime(2026, 11, 1, 9)), "written as midnights: x (1)"),
        (objects(pd.Timestamp("2026", tz="UTC"), pd.Timestamp("2026", tz="Asia/Jakarta")), "several zones written in UTC: x (2)"),
        (objects(Decimal("1" * 80), None), "too long for a number written as text: x (1)"),
        (objects(10**80, 5), "too long for a number written as text: x (2)"),
        (objects(1 + 2j), "without a type of their own written as text: x (1)"),
        (objects({"a": [np.array([np.inf])]}, {"a": "Infinity"}), "lists and objects written as text: x (1)"),
    ],
)  # fmt: skip
def test_parquet_says_so_in_its_notes(values, words, tmp_path):
    back = read_parquet(to_parquet(pd.DataFrame({"x": values}), tmp_path / "x.parquet"))
    assert words in " ".join(Header.of(back).notes)


def test_changes_of_a_category_are_counted_where_they_occur(tmp_path):
    values = objects((float("inf"),), "b", "b", None, (float("inf"),)).astype("category")
    zoned = objects(pd.Timestamp("2026", tz="UTC"), pd.Timestamp("2026", tz="Asia/Jakarta"), "x").astype("category")
    frame = pd.DataFrame({"x": values, "y": zoned.take([0, 0, 1, 2, 2]).reset_index(drop=True)})
    assert "infinite numbers in lists and objects written as text: x (2)" in notes_of(
        to_excel(frame, tmp_path / "x.xlsx")
    )
    said = " ".join(Header.of(read_parquet(to_parquet(frame, tmp_path / "x.parquet"))).notes)
    assert "infinite numbers in lists and objects written as text: x (2)" in said
    assert "several zones written in UTC: y (5)" in said


def test_arrow_moments_beyond_milliseconds_are_text_in_parquet(tmp_path):
    frame = pd.DataFrame({"seen": pd.Series([10**17, None], dtype="timestamp[s][pyarrow]")})
    back = read_parquet(to_parquet(frame, tmp_path / "x.parquet"))
    assert back["seen"].tolist()[0] == "3168875820-09-06T09:46:40"
    assert back["seen"].isna().tolist() == [False, True]


def test_days_beyond_the_calendar_of_python_are_text_everywhere(tmp_path):
    days = pa.array([3_000_000, 0, None, -1_000_000], pa.int32()).cast(pa.date32())
    frame = pd.DataFrame({"id": list("abcd"), "day": pd.array(days, dtype=pd.ArrowDtype(days.type))})
    wanted = ["10183-09-21", "1970-01-01", None, "-768-02-04"]
    back = read_parquet(to_parquet(frame, tmp_path / "x.parquet"))
    assert [None if is_missing(one) else one for one in back["day"]] == wanted
    sheet = openpyxl.load_workbook(to_excel(frame, tmp_path / "x.xlsx")).worksheets[0]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [wanted[0], dt.datetime(1970, 1, 1), None, wanted[3]]
    shown = [f'="{wanted[0]}"', wanted[1], "", f'="{wanted[3]}"']
    assert [row[1] for row in csv_rows(to_csv(frame, tmp_path / "x.csv"))[1:]] == shown
    assert mask(frame, b"secret")["day"].isna().tolist() == [False, False, True, False]
