"""Parquet and back: the same frame, for ours and for any."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import ExportError
from scalev_frames.export import read_parquet, to_parquet
from scalev_frames.frames import FrameBuilder

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))


def built(endpoint, rows):
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
    builder.add(rows)
    return builder.finish()[0]


ORDERS = [
    {"id": 9007199254740993, "gross_revenue": "12500.50", "tags": [{"id": 1, "name": "vip"}], "created_at":
     "2026-11-01T17:00:00.123456Z", "final_variants": {"Madu 🍯": 2}, "is_repeat": "true", "quantity": 3},
    {"id": "01a206b1-acf3-7e23-b25d-15e75f837e23", "gross_revenue": None, "tags": [], "novel": {"a": 1.5}},
]  # fmt: skip


@pytest.mark.slow
def test_a_frame_comes_back_the_same(tmp_path):
    frame = built("orders", ORDERS)
    frame.attrs = {"endpoint": "orders", "filters": {"status": ["a"]}, "complete": True, "notes": ["ü"]}
    path = to_parquet(frame, tmp_path / "new" / "orders.parquet")
    back = read_parquet(path)
    assert_frame_equal(back, frame)
    assert back.attrs == frame.attrs
    assert back["final_variants"].iloc[0] == {"Madu 🍯": 2}
    assert back["gross_revenue"].iloc[0] == Decimal("12500.50")


@pytest.mark.parametrize("endpoint", {tuple(map(repr, row.columns)): name for name, row in ENDPOINTS.items()}.values())
def test_zero_rows_keep_their_types(endpoint, tmp_path):
    frame = built(endpoint, [])
    assert_frame_equal(read_parquet(to_parquet(frame, tmp_path / "x.parquet")), frame)


@pytest.mark.slow
def test_other_readers_see_plain_types(tmp_path):
    path = to_parquet(built("orders", ORDERS), tmp_path / "x.parquet")
    schema = pq.read_schema(path)
    assert schema.field("gross_revenue").type == pa.decimal128(18, 2)
    assert schema.field("created_at").type == pa.timestamp("us", tz="Asia/Jakarta")
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"
    assert pd.read_parquet(path)["tags"].tolist() == ['[{"id":1,"name":"vip"}]', "[]"]


def test_any_frame_and_its_index(tmp_path):
    frame = pd.DataFrame(
        {"a": [1.5, None], "day": [dt.date(2026, 1, 1), None], 3: pd.Categorical(["x", "y"]), "mixed": [1, "two"]},
        index=pd.Index(["r1", "r2"], name="row"),
    )
    back = read_parquet(to_parquet(frame, tmp_path / "x.parquet"))
    assert list(back.index) == ["r1", "r2"]
    assert back["mixed"].tolist() == ["1", "two"]
    assert list(back.columns) == ["a", "day", "3", "mixed"]


@pytest.mark.parametrize("others", [[], [["x", "y"]]], ids=["one level", "two levels"])
def test_an_index_of_whole_numbers_some_of_which_are_missing_comes_back(tmp_path, others):
    levels = [pd.array([1, None], dtype="Int64"), *others]
    index = pd.MultiIndex.from_arrays(levels, names=["n", "m"]) if others else pd.Index(levels[0], name="n")
    frame = pd.DataFrame({"a": [1.5, 2.5]}, index=index)
    assert_frame_equal(read_parquet(to_parquet(frame, tmp_path / "x.parquet")), frame, check_index_type="exact")


def test_lists_and_objects_come_back_beside_other_values_as_all_of_them_were(tmp_path):
    values = [[1, "a"], "a", {"Kopi": 2}, "[]", "", 5, 2**60, 1.5, True, None, []]
    back = read_parquet(to_parquet(pd.DataFrame({"tags": pd.Series(values, dtype=object)}), tmp_path / "x.parquet"))
    assert back["tags"].tolist() == values
    assert list(map(type, back["tags"])) == list(map(type, values))


def test_failures_are_sentences(tmp_path):
    with pytest.raises(ExportError, match="share a name"):
        to_parquet(pd.DataFrame([[1, 2]], columns=["a", "a"]), tmp_path / "x.parquet")
    with pytest.raises(ExportError, match="cannot be read"):
        read_parquet(tmp_path / "none.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(ExportError, match="no whole Parquet"):
        read_parquet(tmp_path / "bad.parquet")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bad.parquet"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({}, optional={"id": st.integers() | st.text(max_size=5), "tags": st.lists(JSON, max_size=3),
       "gross_revenue": st.none() | st.integers(0, 10**12) | st.decimals(0, 10**9, places=2).map(str), "x": JSON}), max_size=6))  # fmt: skip
def test_any_rows_round_trip(tmp_path, rows):
    frame = built("orders", rows)
    assert_frame_equal(read_parquet(to_parquet(frame, tmp_path / "x.parquet")), frame)


def test_every_column_of_a_frame_that_was_read_can_be_changed(tmp_path):
    frame = pd.DataFrame({"kind": pd.Categorical(["a", "b"]), "x": [1.5, 2.5], "n": [1, 2], "flag": [True, False], "name": ["a", "b"],
                          "day": pd.to_datetime(["2026-11-01", "2026-11-02"]), "at": pd.to_datetime(["2026-11-01", "2026-11-02"], utc=True)})  # fmt: skip
    path = to_parquet(frame, tmp_path / "x.parquet")
    for name in frame.columns:
        back = read_parquet(path)
        back.loc[0, name] = back.loc[1, name]
        assert back[name].tolist() == [frame.loc[1, name]] * 2


@pytest.mark.parametrize("minutes", [345, 420, -210])
def test_times_at_an_offset_without_a_name_come_back_and_are_read_by_all(minutes, tmp_path):
    import duckdb
    import polars

    def at(moment, minutes):
        return pd.to_datetime([moment, None]).tz_localize(dt.timezone(dt.timedelta(minutes=minutes)))

    frame = pd.DataFrame({"id": ["1", "2"], "made": at("2026-11-01 09:30", minutes)})
    path = to_parquet(frame, tmp_path / "x.parquet")
    assert_frame_equal(read_parquet(path), frame)
    moment = frame["made"].dt.tz_convert("UTC")[0].to_pydatetime()
    assert polars.read_parquet(path)["made"].to_list() == [moment, None]
    assert duckdb.sql(f"SELECT made FROM '{path}'").fetchall()[0][0] == moment
    to_parquet(frame, tmp_path / "d", key=["id"])
    other = pd.DataFrame({"id": ["3", "2"], "made": at("2026-11-02 09:30", 60)})
    to_parquet(other, tmp_path / "d", mode="upsert", key=["id"])
    back = read_parquet(tmp_path / "d").set_index("id")["made"]
    assert back["1"] == moment
    assert back["3"] == other["made"][0]
    assert len(polars.read_parquet(tmp_path / "d")) == 3
