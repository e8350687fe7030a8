"""Frames that nobody wrote: other readers say every value, or the notes count it."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from export.kinds import objects
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from scalev_frames.errors import ExportError
from scalev_frames.export import read_parquet, to_csv, to_excel, to_parquet
from scalev_frames.frames import Header
from scalev_frames.frames.masking import mask
from scalev_frames.frames.values.scalars import plain_text
from tests.export.read_back import WRITERS, csv_rows, is_missing, notes_of

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=6) | st.binary(max_size=4)
    | st.decimals(allow_nan=False, allow_infinity=True) | st.datetimes() | st.dates() | st.times() | st.timedeltas()
    | st.datetimes(timezones=st.timezones()) | st.uuids() | st.complex_numbers() | st.just(pd.NaT) | st.just(pd.NA)
)  # fmt: skip
CELLS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(SCALARS, inner, max_size=2) | st.tuples(inner), max_leaves=4
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_any_frame_of_objects_is_written_or_refused_with_a_sentence(tmp_path, rows):
    frame = pd.DataFrame({"a": objects(*(row[0] for row in rows)), "b": objects(*(row[1] for row in rows))})
    for suffix, writer in WRITERS.items():
        try:
            path = writer(frame, tmp_path / f"x{suffix}")
        except ExportError as error:
            assert "two keys of one text" in str(error)  # noqa: PT017
            continue
        if suffix == ".parquet":
            back = read_parquet(path)
            assert back.isna().to_numpy().tolist() == frame.isna().to_numpy().tolist()
            assert len(duckdb.sql(f"from '{path}'").fetchall()) == len(pl.read_parquet(path)) == len(frame)
        elif suffix == ".csv":
            assert len(csv_rows(path)) == len(frame) + 1
        else:
            sheet = openpyxl.load_workbook(path)["Data"]
            notes = notes_of(path)
            for place, name in enumerate("ab"):
                for number, value in enumerate(frame[name]):
                    cell = sheet.cell(number + 2, place + 1).value
                    assert (cell is None) == is_missing_in_excel(value) or f"{name} (" in notes


LIKE = {
    "text": st.text(st.characters(codec="utf-8"), max_size=8),
    "whole": st.integers(-(2**80), 2**80),
    "float": st.floats(),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**16), max_value=10**16),
    "flag": st.booleans(),
    "moment": st.datetimes(),
    "day": st.dates(),
    "time": st.times(),
    "span": st.timedeltas(dt.timedelta(0), dt.timedelta(days=30_000)),
    "zoned": st.datetimes(dt.datetime(1900, 3, 2), dt.datetime(9998, 1, 1), timezones=st.just(dt.UTC)),
}


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(list(LIKE)).flatmap(lambda name: st.lists(st.none() | LIKE[name], min_size=1, max_size=4)),
    st.booleans(),
)
def test_two_other_readers_say_every_value_or_the_notes_count_it(tmp_path, values, as_category):
    column = objects(*values)
    frame = pd.DataFrame({"x": column.astype("category") if as_category else column, "end": "end"})
    path = to_excel(frame, tmp_path / "x.xlsx")
    counted = "x (" in notes_of(path)
    by_openpyxl = [row[0] for row in openpyxl.load_workbook(path)["Data"].iter_rows(2, values_only=True)]
    by_calamine = [row[0] for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]]
    for value, one, other in zip(values, by_openpyxl, by_calamine, strict=True):
        assert (excel_equal(value, one) and excel_equal(value, other)) or counted
    path = to_parquet(frame, tmp_path / "x.parquet")
    noted = bool(Header.of(read_parquet(path)).notes)
    by_duckdb = [row[0] for row in duckdb.sql(f"select x from '{path}'").fetchall()]
    for value, one, other in zip(values, by_duckdb, pl.read_parquet(path)["x"].to_list(), strict=True):
        if not isinstance(value, dt.timedelta):  # Parquet has no durations
            assert (parquet_equal(value, one) and parquet_equal(value, other)) or noted


def excel_equal(value, cell):
    if is_missing(value) or value == "":
        return cell in (None, "")
    if isinstance(cell, str) and not isinstance(
        value, str
    ):  # a text that says the same, where Excel has no such number
        return cell.replace(" ", "T") == plain_text(value).replace(" ", "T")
    if isinstance(value, dt.datetime):
        shown = value.astimezone(ZoneInfo("Asia/Jakarta")).replace(tzinfo=None) if value.tzinfo else value
        cell = dt.datetime.combine(cell, dt.time()) if not isinstance(cell, dt.datetime) else cell
        return abs(cell - shown) < dt.timedelta(milliseconds=1)
    if isinstance(value, dt.date):
        return cell in (value, dt.datetime.combine(value, dt.time()))
    if isinstance(value, dt.time):
        return cell == value or cell == dt.datetime(1899, 12, 30)
    if isinstance(value, dt.timedelta):
        cell = dt.timedelta() if isinstance(cell, dt.time | dt.datetime) else cell
        return cell == value or abs(cell - value) < dt.timedelta(milliseconds=1)
    if isinstance(value, Decimal):
        return Decimal(repr(cell)) == value
    return cell == value or (isinstance(value, float) and math.isclose(cell, value, rel_tol=1e-15))


def parquet_equal(value, cell):
    if is_missing(value):
        return cell is None
    if isinstance(value, dt.datetime) and value.tzinfo:
        return cell.astimezone(dt.UTC) == value
    return cell == value


def is_missing_in_excel(value):
    return not isinstance(value, list | dict | tuple) and bool(pd.isna(value))


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1) | st.none(), st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2261, 1, 1)),
                       st.decimals(-(10**15), 10**15, places=4)), min_size=1, max_size=6),
    st.sampled_from(["object", "category", "arrow"]),
)  # fmt: skip
def test_the_same_values_in_any_dtype_give_the_same_file(tmp_path, rows, dtype):
    whole, moments, amounts = (list(one) for one in zip(*rows, strict=True))
    plain = pd.DataFrame({
        "whole": pd.array(whole, dtype="Int64"),
        "moment": pd.Series(moments, dtype="datetime64[us]"),
        "price": pd.array(amounts, dtype=pd.ArrowDtype(pa.decimal128(24, 4))),
    })  # fmt: skip
    other = {
        "object": lambda one: pd.Series(objects(*[None if is_missing(value) else value for value in one])),
        "category": lambda one: one.astype("category"),
        "arrow": lambda one: one.astype(pd.ArrowDtype(pa.array(one, from_pandas=True).type)),
    }[dtype]
    odd = pd.DataFrame({name: other(plain[name]) for name in plain})
    for suffix, read in ((".csv", csv_rows), (".xlsx", lambda path: list(openpyxl.load_workbook(path)["Data"].values))):
        writer = WRITERS[suffix]
        assert read(writer(odd, tmp_path / f"a{suffix}")) == read(writer(plain, tmp_path / f"b{suffix}"))


def deep():
    value = []
    for _ in range(5_000):
        value = [value]
    return value


def in_itself():
    value = {"name": "Sri"}
    value["friends"] = [value]
    return value


@pytest.mark.parametrize("make", [deep, in_itself, lambda: [float("inf"), in_itself()]])
def test_what_holds_itself_or_is_nested_too_deeply_is_refused(make, tmp_path):
    frame = pd.DataFrame({"notes": objects(make()), "other": objects(make())})
    for writer, suffix in ((to_excel, ".xlsx"), (to_csv, ".csv"), (to_parquet, ".parquet")):
        with pytest.raises(ExportError, match="notes holds objects that no file can hold"):
            writer(frame, tmp_path / f"x{suffix}")
    with pytest.raises(ExportError, match="nested too deeply"):
        mask(frame, b"key")
