"""What everyday pandas leaves in a frame can be exported: labels, indexes, times, keys."""

from __future__ import annotations

import datetime as dt
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
from export.kinds import objects

from scalev_frames.errors import ExportError
from scalev_frames.export import read_parquet, to_csv, to_excel, to_parquet
from scalev_frames.frames.header import Header
from tests.export.read_back import WRITERS, csv_rows, notes_of


def excel_cell(path, sheet="Data", cell="A2"):
    return openpyxl.load_workbook(path)[sheet][cell]


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


FETCHED = Header(endpoint="orders", rows=4).onto(
    pd.DataFrame({"order_id": list("wxyz"), "status": list("abab"), "quantity": [1, 2, 3, 4]})
)
PARTS_OF_IT = {
    "filtered": lambda one: one[one["quantity"].isin([1, 2, 4])],
    "every second": lambda one: one[one["status"] == "b"],
    "sorted": lambda one: one.sort_values(["status", "quantity"], ascending=False),
    "nothing": lambda one: one[one["quantity"].isin([1, 2, 4])].query("quantity > 9"),
    "largest": lambda one: one.nlargest(2, "quantity"),
}


@pytest.mark.parametrize("name", PARTS_OF_IT)
def test_the_row_numbers_of_a_part_of_a_fetched_frame_are_no_column(name, tmp_path):
    part = PARTS_OF_IT[name](FETCHED)
    rows = [["order_id", "status", "quantity"], *part.values.tolist()]
    sheet = openpyxl.load_workbook(to_excel(part, tmp_path / "x.xlsx"))["Orders"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == rows
    assert csv_rows(to_csv(part, tmp_path / "x.csv")) == [[str(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("labels", [[2024, 2025], ["a", "b"], [0, 4]])
def test_labels_that_number_no_rows_of_the_pull_are_a_column(labels, tmp_path):
    for frame in (FETCHED.head(2).set_axis(labels, axis=0), pd.DataFrame({"n": [1, 2]}, index=labels)):
        assert [row[0] for row in csv_rows(to_csv(frame, tmp_path / "x.csv"))] == ["index", *map(str, labels)]


@pytest.mark.parametrize(
    "made",
    [
        FETCHED.groupby(np.array([0, 2, 2, 0]))[["quantity"]].sum(),
        FETCHED.pivot_table(index=np.array([0, 2, 2, 0]), columns="status", values="quantity", aggfunc="sum"),
    ],
)
def test_what_rows_were_grouped_by_is_a_column_though_it_has_no_name(made, tmp_path):
    assert [row[0] for row in csv_rows(to_csv(made, tmp_path / "x.csv"))] == ["index", "0", "2"]


@pytest.mark.parametrize(
    "made",
    [
        FETCHED.groupby(np.array([0, 2, 2, 0])).agg({"order_id": ["count"], "quantity": ["sum"]}),
        FETCHED.pivot_table(index=np.array([0, 2, 2, 0]), columns="status", values=["order_id"], aggfunc="count"),
        pd.concat([FETCHED, FETCHED], axis=1).iloc[[0, 1, 3]],
    ],
)
def test_a_frame_with_several_columns_below_an_id_is_written(made, tmp_path):
    made.attrs = FETCHED.attrs
    rows = csv_rows(to_csv(made, tmp_path / "x.csv"))
    assert [row[0] for row in rows] == ["index", *map(str, made.index)]
    assert [row[1:] for row in rows[1:]] == [[str(value) for value in row] for row in made.values.tolist()]
    sheet = openpyxl.load_workbook(to_excel(made, tmp_path / "x.xlsx"))["Orders"]
    assert sheet.max_row == len(made) + 1


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
