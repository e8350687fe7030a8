"""Any value in any column: written right in every format or refused with a sentence; what changed is counted."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import zipfile
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from export.kinds import KINDS, REFUSED, objects
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from scalev_frames.errors import ExportError
from scalev_frames.export import read_parquet, to_csv, to_excel, to_parquet
from scalev_frames.frames import Header
from scalev_frames.frames.masking import mask
from scalev_frames.frames.values.scalars import is_missing as is_scalar_missing
from scalev_frames.frames.values.scalars import plain_text

WRITERS = {".xlsx": to_excel, ".csv": to_csv, ".parquet": to_parquet}


def is_missing(value):
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def same(value, wanted):
    if is_missing(value) or value == "" if not isinstance(value, list | dict) else False:
        return wanted in (None, "")
    return bool(value == wanted)


def excel_cell(path, sheet="Data", cell="A2"):
    return openpyxl.load_workbook(path)[sheet][cell]


def csv_rows(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))


def notes_of(path):
    return "\n".join(str(row[2]) for row in openpyxl.load_workbook(path)["Notes"].values)


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
    assert len(read_parquet(to_parquet(frame, tmp_path / "x.parquet"))) == len(frame)


@pytest.mark.sampled(7)
@each_kind
def test_in_csv(kind, tmp_path):
    frame = pd.DataFrame({"x": kind.values, "end": "end"})
    assert csv_rows(to_csv(frame, tmp_path / "x.csv"))[1] == [kind.csv, "end"]


@pytest.mark.sampled(7)
@each_kind
def test_in_parquet_and_for_its_other_readers(kind, tmp_path):
    path = to_parquet(pd.DataFrame({"x": kind.values}), tmp_path / "x.parquet")
    assert same(read_parquet(path)["x"].iloc[0], kind.parquet)
    if isinstance(kind.parquet, dt.timedelta | pd.Interval | list | dict) or kind.values.dtype == "float16":
        return  # Parquet has no durations; lists are JSON there
    wanted = plain(kind.parquet)
    for value in (duckdb.sql(f"from '{path}'").fetchall()[0][0], pl.read_parquet(path)["x"][0]):
        assert same(plain(value), wanted)


def plain(value):
    """A value as any reader has it: periods are texts, moments with a zone are in UTC, to the microsecond."""
    if isinstance(value, pd.Period):
        return str(value)
    if isinstance(value, dt.datetime) and not is_missing(value):
        stamp = pd.Timestamp(value).floor("us")
        return stamp.tz_convert("UTC") if stamp.tzinfo else stamp
    return value


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


# Frames --------------------------------------------------------------------------------------------------------------


ORDERS = pd.DataFrame(
    {
        "store": ["A", "A", "B"],
        "status": pd.Categorical(["rts", "completed", "rts"]),
        "tags": [["vip"], [], None],
        "gross_revenue": pd.array([Decimal("150000"), Decimal("99500.50"), None], dtype=pd.ArrowDtype(pa.decimal128(18, 2))),
        "draft_time": pd.to_datetime(["2026-11-01 09:30", "2026-11-01 10:00", "2026-11-02 00:00"]).tz_localize("Asia/Jakarta"),
    }
)  # fmt: skip
EVERYDAY = {
    "unique": lambda one: one.groupby("store")["status"].unique().to_frame(),
    "list of times": lambda one: one.groupby("store")["draft_time"].agg(list).to_frame(),
    "series": lambda one: one.groupby("store")["gross_revenue"].sum(),
    "days": lambda one: one.groupby(one["draft_time"].dt.date)["gross_revenue"].sum().to_frame(),
    "periods": lambda one: one.groupby(one["draft_time"].dt.tz_localize(None).dt.to_period("M"))["gross_revenue"].sum().to_frame(),
    "cut": lambda one: one.groupby(pd.cut(one["gross_revenue"].astype("float64"), 2), observed=False).size().to_frame("n"),
    "pivot on a category": lambda one: one.pivot_table(index="store", columns="status", values="gross_revenue", aggfunc="count", observed=False),
    "pivot with days": lambda one: one.assign(day=one["draft_time"].dt.normalize()).pivot_table(index="store", columns="day", values="gross_revenue", aggfunc="count"),
    "two aggregates": lambda one: one.groupby("store").agg({"gross_revenue": ["sum", "count"]}),
    "crosstab": lambda one: pd.crosstab(one["store"], one["status"], margins=True),
    "resampled": lambda one: one.set_index("draft_time").resample("D")["gross_revenue"].sum().to_frame(),
    "described": lambda one: one[["store", "status"]].describe(),
    "transposed": lambda one: one[["store", "status"]].T,
    "value counts": lambda one: one["status"].value_counts(),
    "stacked": lambda one: one[["store", "status"]].stack(),
    "dummies": lambda one: pd.get_dummies(one["status"]),
    "exploded": lambda one: one.explode("tags"),
    "rolling": lambda one: one["gross_revenue"].astype("float64").rolling(2).mean(),
    "differences": lambda one: one["draft_time"].diff(),
    "no rows": lambda one: one.iloc[:0],
    "types": lambda one: one.dtypes.astype(str),
}  # fmt: skip


@pytest.mark.sampled(7)
@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("name", EVERYDAY)
def test_everyday_results_leave_in_every_format(name, suffix, tmp_path):
    given = EVERYDAY[name](ORDERS)
    path = WRITERS[suffix](given, tmp_path / f"x{suffix}")
    if suffix == ".parquet":
        assert len(read_parquet(path)) == len(given)
        if len(given.shape) == 1 or len(given.columns):
            assert len(duckdb.sql(f"from '{path}'").fetchall()) == len(given)
    elif suffix == ".csv":
        assert len(csv_rows(path)) == len(given) + 1
    else:
        with zipfile.ZipFile(path) as book:
            assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == len(given) + 1


@pytest.mark.parametrize(
    ("moments", "text"),
    [
        (pd.Series(np.array(["148108-07-06T14:00:27.387904"], "datetime64[us]")), "148108-07-06T14:00:27.387904"),
        (pd.Series(np.array(["-0044-03-15"], "datetime64[s]")), "-044-03-15T00:00:00"),
        (
            pd.Series(pa.array([2**62], pa.timestamp("us", "UTC")), dtype=pd.ArrowDtype(pa.timestamp("us", "UTC"))),
            "148108-07-06T14:00:27.387904Z",
        ),
        (objects(dt.datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Jakarta"))), "0000-12-31T16:52:48Z"),
    ],
    ids=["far", "before Christ", "Arrow", "Python"],
)
def test_a_moment_of_a_year_that_python_does_not_know_is_text_and_counted(moments, text, tmp_path):
    frame = pd.DataFrame({"at": moments.reindex([0, 1]), "end": "end"})
    assert excel_cell(to_excel(frame, tmp_path / "x.xlsx")).value == text
    assert "moments outside the years 1 to 9999 written as text: at (1)" in notes_of(tmp_path / "x.xlsx")
    rows = csv_rows(to_csv(frame, tmp_path / "x.csv"))
    assert [row[0].removeprefix('="').removesuffix('"').removeprefix("'") for row in rows[1:]] == [text, ""]


def test_days_as_an_index_are_days(tmp_path):
    path = to_excel(EVERYDAY["days"](ORDERS), tmp_path / "x.xlsx")
    assert (excel_cell(path).value, excel_cell(path).number_format) == (dt.datetime(2026, 11, 1), "yyyy-mm-dd")
    path = to_excel(EVERYDAY["resampled"](ORDERS), tmp_path / "x.xlsx")
    assert (excel_cell(path).value, excel_cell(path).number_format) == (dt.datetime(2026, 11, 1), "yyyy-mm-dd")


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("labels", "header"),
    [
        ([None, 1], ["unnamed", "1"]),
        ([float("nan"), "b"], ["unnamed", "b"]),
        ([("a", 1), ("a", 2)], ["a / 1", "a / 2"]),
        ([pd.Timestamp("2026-11-01"), pd.Timestamp("2026-11-02")], ["2026-11-01", "2026-11-02"]),
        ([pd.Period("2026-11", "M"), pd.Interval(0, 1)], ["2026-11", "(0, 1]"]),
        (["a\ud83d", "b"], ["a�", "b"]),
        ([b"x", True], ["b'x'", "True"]),
        (pd.CategoricalIndex(["b", "a"]), ["b", "a"]),
        (pd.MultiIndex.from_tuples([("a", 1), ("b", None)]), ["a / 1", "b / unnamed"]),
        (pd.MultiIndex.from_tuples([("store", ""), ("revenue", "sum")]), ["store", "revenue / sum"]),
    ],
)
@pytest.mark.parametrize("suffix", WRITERS)
def test_labels_of_columns_are_texts(labels, header, suffix, tmp_path):
    frame = pd.DataFrame([[1, 2]], columns=labels if isinstance(labels, pd.Index) else pd.Index(labels, dtype=object))
    path = WRITERS[suffix](frame, tmp_path / f"x{suffix}")
    if suffix == ".parquet":
        assert list(read_parquet(path).columns) == header
        assert pl.read_parquet(path).columns == header
    elif suffix == ".csv":
        assert [one.removeprefix('="').removesuffix('"') for one in csv_rows(path)[0]] == header
    else:
        assert [cell.value for cell in openpyxl.load_workbook(path)["Data"][1]] == header


@pytest.mark.parametrize("labels", [["a", "a"], [1, "1"], [("a", 1), "a / 1"], [None, float("nan")]])
def test_parquet_names_the_columns_that_share_a_name(labels, tmp_path):
    frame = pd.DataFrame([[1, 2]])
    frame.columns = pd.Index(labels, dtype=object, tupleize_cols=False)
    with pytest.raises(ExportError, match=r"share a name: (a|1|a / 1|unnamed)"):
        to_parquet(frame, tmp_path / "x.parquet")
    assert csv_rows(to_csv(frame, tmp_path / "x.csv"))[1] == ["1", "2"]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", EVERYDAY)
def test_everyday_results_are_a_dataset_that_takes_them_again(name, tmp_path):
    given = EVERYDAY[name](ORDERS)
    given = given.to_frame("value") if len(given.shape) == 1 else given
    given = pd.concat([given, pd.DataFrame({"row": range(len(given))}, index=given.index)], axis=1)
    for mode in ("replace", "upsert", "append"):
        back = read_parquet(to_parquet(given, tmp_path / "d", mode=mode, key=["row"]))
        assert back["row"].tolist() == list(range(len(given)))
        assert len(duckdb.sql(f"from '{tmp_path}/d/*.parquet'").fetchall()) == len(given)


KEYS = {
    "moment": pd.Series(pd.to_datetime(["2026-11-01 09:30:00", "2026-11-01 00:00:00"])),
    "zoned": pd.Series(pd.to_datetime(["2026-11-01 09:30:00", "2026-11-01 00:00:00"]).tz_localize("Asia/Jakarta")),
    "span": pd.Series(pd.to_timedelta(["30h", "1s"])),
    "fraction": pd.Series(pd.to_datetime(["2026-11-01 09:30:00.500", "2026-11-01 00:00:00.250"])),
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("drifts", [False, True])
@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
@pytest.mark.parametrize("kind", KEYS)
def test_a_key_is_the_same_in_any_unit(kind, unit, drifts, tmp_path):
    """Parquet holds no seconds, so that a column of them comes back as another unit."""
    if (kind, unit) == ("fraction", "s"):
        unit = "us"
    for n, other in enumerate(("us", unit, unit)):
        keys = KEYS[kind].dt.as_unit(other)
        to_parquet(pd.DataFrame({"k": keys, "n": n}), tmp_path / "d", mode="upsert", key=["k"])
        if drifts:  # the column becomes one of texts
            to_parquet(pd.DataFrame({"k": ["x"], "n": [n]}), tmp_path / "d", mode="upsert", key=["k"])
        assert read_parquet(tmp_path / "d")["n"].tolist() == [n] * (3 if drifts else 2)


def test_a_column_of_times_of_several_zones_is_in_one_from_its_first_row(tmp_path):
    utc = [dt.datetime(2026, 11, 1, 2, tzinfo=dt.UTC)] * 3
    jakarta = [dt.datetime(2026, 11, 1, 9, tzinfo=ZoneInfo("Asia/Jakarta"))] * 2
    for times, wanted in ((jakarta + utc, "02"), (jakarta, "09"), (utc, "02")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("scalev_frames.export.csv.ROWS_AT_ONCE", 2)
            rows = csv_rows(to_csv(pd.DataFrame({"x": objects(*times)}), tmp_path / "x.csv"))
        assert [row[0] for row in rows[1:]] == [f"2026-11-01 {wanted}:00:00"] * len(times)


def test_chosen_columns_of_orders_replace_a_dataset_without_their_key(tmp_path):
    orders = pd.DataFrame({"id": ["1", "2"], "status": ["x", "y"]})
    orders.attrs = {"endpoint": "orders"}
    for _ in range(2):
        assert len(read_parquet(to_parquet(orders[["status"]], tmp_path / "d"))) == 2
    for mode in ("append", "upsert"):
        with pytest.raises(ExportError, match="has no column id"):
            to_parquet(orders[["status"]], tmp_path / "d", mode=mode)
    with pytest.raises(ExportError, match="has no column id"):
        to_parquet(orders[["status"]], tmp_path / "d", key=["id"])


@pytest.mark.skipif(np.finfo(np.longdouble).eps == np.finfo(float).eps, reason="a long double is a float here")
def test_a_number_of_more_digits_than_a_float_is_text_and_counted(tmp_path):
    frame = pd.DataFrame({"x": np.array(["0.1"], dtype=np.longdouble)})
    assert excel_cell(to_excel(frame, tmp_path / "x.xlsx")).value.startswith("0.1")
    assert "without a type of their own written as text: x (1)" in notes_of(tmp_path / "x.xlsx")
    back = read_parquet(to_parquet(frame, tmp_path / "x.parquet"))
    assert np.longdouble(back["x"][0]) == frame["x"][0]
    assert any("written as text" in note for note in back.attrs["notes"])


def test_nanoseconds_of_clocks_without_a_zone_get_none_and_others_keep_theirs(tmp_path):
    bare, zoned = pd.Timestamp("2026-11-01 09:00:00.000000001"), pd.Timestamp("2026-11-01 09:00:00.000000001+07:00")
    frame = pd.DataFrame({"bare": objects(bare, None), "zoned": objects(zoned.tz_convert("Asia/Jakarta"), None)})
    back = read_parquet(to_parquet(frame, tmp_path / "x.parquet"))
    assert (back["bare"][0], back["zoned"][0]) == (bare, zoned)
    assert (back["bare"].dt.tz, str(back["zoned"].dt.tz)) == (None, "Asia/Jakarta")


def test_a_long_double_that_a_float_holds_is_a_number(tmp_path):
    frame = pd.DataFrame({"x": objects(np.longdouble(0.5), 0.25)})
    assert excel_cell(to_excel(frame, tmp_path / "x.xlsx")).value == 0.5
    assert read_parquet(to_parquet(frame, tmp_path / "x.parquet"))["x"].tolist() == [0.5, 0.25]


@pytest.mark.parametrize("index", [pd.period_range("2026-11", periods=2, freq="M"), pd.interval_range(0, 2)])
def test_an_index_that_no_file_has_a_type_for_is_text_and_counted(index, tmp_path):
    back = read_parquet(to_parquet(pd.DataFrame({"n": [1, 2]}, index=index), tmp_path / "x.parquet"))
    assert back.index.tolist() == [str(one) for one in index]
    assert any("written as text" in note for note in back.attrs["notes"])


def test_rows_without_columns_are_refused_where_they_would_be_lost(tmp_path):
    with pytest.raises(ExportError, match="no columns"):
        to_parquet(ORDERS[[]], tmp_path / "x.parquet")
    assert read_parquet(to_parquet(pd.DataFrame(), tmp_path / "x.parquet")).shape == (0, 0)
    assert len(csv_rows(to_csv(ORDERS[[]], tmp_path / "x.csv"))) == len(ORDERS) + 1


def test_the_name_of_an_index_is_a_text(tmp_path):
    for name, wanted in ((5, "5"), (("a", 1), "a / 1"), (pd.Timestamp("2026-11-01"), "2026-11-01"), (None, None)):
        frame = pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name=name))
        index = frame.index
        assert read_parquet(to_parquet(frame, tmp_path / "x.parquet")).index.name == wanted
        assert index.name == name


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pl.DataFrame({"a": [1]}), r"polars\.DataFrame is no DataFrame of pandas.*what its \.to_pandas\(\) gives"),
        (pl.Series([1]), r"polars\.Series .*\.to_pandas\(\)"),
        (pa.table({"a": [1]}), r"pyarrow\.Table .*\.to_pandas\(\)"),
        ([{"a": 1}], r"builtins\.list .*pd\.DataFrame\(\.\.\.\)"),
        (np.zeros((2, 2)), r"numpy\.ndarray .*pd\.DataFrame\(\.\.\.\)"),
        (pd.DataFrame({"a": [1]}).style, r"pandas\.Styler .*its data, a frame of 1 rows"),
        (pd.Index([1], name="a"), r"pandas\.Index .*\.to_frame\(\)"),
        (None, r"NoneType .*pd\.DataFrame"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_no_frame_says_how_to_make_one(suffix, given, said, tmp_path):
    with pytest.raises(ExportError) as caught:
        WRITERS[suffix](given, tmp_path / f"x{suffix}")
    assert re.search(said, str(caught.value))
    assert list(tmp_path.iterdir()) == []


def test_odd_attrs_do_not_stop_a_file(tmp_path):
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"mine": {1, 2}, 7: object(), "notes": "one", "as_of": "soon", "kinds": {"a": 3}, "child": ["x"]}
    frame.attrs["itself"] = frame.attrs
    for suffix, writer in WRITERS.items():
        assert writer(frame, tmp_path / f"x{suffix}").exists()
    assert read_parquet(tmp_path / "x.parquet").attrs["notes"] == "one"


def test_numbers_beyond_64_bit_in_lists_come_back_whole(tmp_path):
    values = [[2**70, 9007199254740993], {"n": 12345678901234567890123}]
    frame = pd.DataFrame({"x": objects(*values)})
    assert read_parquet(to_parquet(frame, tmp_path / "x.parquet"))["x"].tolist() == values


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


@pytest.mark.sampled(4)
@pytest.mark.parametrize("make", [deep, in_itself, lambda: [float("inf"), in_itself()]])
def test_what_holds_itself_or_is_nested_too_deeply_is_refused(make, tmp_path):
    frame = pd.DataFrame({"notes": objects(make()), "other": objects(make())})
    for writer, suffix in ((to_excel, ".xlsx"), (to_csv, ".csv"), (to_parquet, ".parquet")):
        with pytest.raises(ExportError, match="notes holds objects that no file can hold"):
            writer(frame, tmp_path / f"x{suffix}")
    with pytest.raises(ExportError, match="nested too deeply"):
        mask(frame, b"key")
