"""Columns that change their type, come and go: every value stays what it was, and other programs read on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scalev_frames as sf

JAKARTA = pd.to_datetime(["2026-11-01 00:00"]).tz_localize("Asia/Jakarta")
MONEY = pd.ArrowDtype(pa.decimal128(18, 2))


def write(folder, *columns, mode="append"):
    """A dataset of one column, a row a part of time, each written by a call of its own."""
    for number, column in enumerate(columns):
        frame = pd.DataFrame({"id": [str(number)], "x": column})
        frame["created_at"] = pd.Timestamp(2026, 1 + number, 5)
        sf.to_parquet(frame, folder, partition_by="month", mode=mode, key=["id"])


def one(value, dtype=object):
    return pd.Series([value], dtype=dtype)


DRIFTS = {
    "two zones": ((pd.Series(JAKARTA), pd.Series(JAKARTA.tz_convert("UTC")), pd.Series(JAKARTA.tz_convert("Asia/Makassar"))), [JAKARTA[0]] * 3),
    "naive beside zoned": ((pd.Series(JAKARTA.tz_localize(None)), pd.Series(JAKARTA)), ["2026-11-01T00:00:00.000000", "2026-10-31T17:00:00.000000Z"]),
    "zoned, then text": ((pd.Series(JAKARTA), one("kemarin")), ["2026-10-31T17:00:00.000000Z", "kemarin"]),
    "a day, then a moment": ((one(dt.date(2026, 11, 1)), pd.Series(pd.to_datetime(["2026-11-02 09:30"]))), [pd.Timestamp(2026, 11, 1), pd.Timestamp(2026, 11, 2, 9, 30)]),
    "seconds, then nanoseconds": ((pd.Series(pd.to_datetime(["2026-11-01"]).astype("datetime64[s]")), pd.Series(pd.to_datetime(["2026-11-01 00:00:00.000000001"]).astype("datetime64[ns]"))), [pd.Timestamp("2026-11-01"), pd.Timestamp("2026-11-01 00:00:00.000000001")]),
    "whole, then fractions": ((one(1, "int64"), one(1.5, "float64")), [1.0, 1.5]),
    "long whole, then fractions": ((one(2**60 + 1, "int64"), one(1.5, "float64")), [str(2**60 + 1), "1.5"]),
    "fractions, then long whole": ((one(1.5, "float64"), one(2**60 + 1, "Int64")), ["1.5", str(2**60 + 1)]),
    "long whole with a gap": ((one(2**60 + 1, "Int64"), one(None, "Int64"), one(7, "int64")), [2**60 + 1, None, 7]),
    "long whole as objects": ((one(2511281234567890123), one(None), one(7, "int64")), [2511281234567890123, None, 7]),
    "beyond 63 bits": ((one(2**63, "uint64"), one(1, "int64")), [2**63, 1]),
    "beyond 63 bits and below zero": ((one(2**63, "uint64"), one(-1, "int64")), [str(2**63), "-1"]),
    "money, then whole": ((one(Decimal("1.50"), MONEY), one(7, "int64")), [Decimal("1.50"), Decimal(7)]),
    "money, then floats": ((one(Decimal("1.50"), MONEY), one(0.1, "float64")), [Decimal("1.50"), Decimal("0.1")]),
    "money, then finer": ((one(Decimal("1.50"), MONEY), one(Decimal("0.30000000000000004"))), [Decimal("1.50"), Decimal("0.30000000000000004")]),
    "money, then infinity": ((one(Decimal("1.50"), MONEY), one(float("inf"), "float64")), ["1.5", "inf"]),
    "text, then infinity": ((one("a"), one(float("inf"), "float64")), ["a", "inf"]),
    "text, then list": ((one("a"), one(["b", 1])), ["a", ["b", 1]]),
    "list, then text": ((one(["b"]), one("a")), [["b"], "a"]),
    "whole, then object": ((one(5, "int64"), one({"k": 1.5})), [5, {"k": 1.5}]),
    "flag, then word": ((one(True), one("maybe")), ["true", "maybe"]),
    "nothing, then a flag": ((one(None), one(True)), [None, True]),
    "nothing, then a list": ((one(None), one([1])), [None, [1]]),
    "category, then text": ((one("a", "category"), one("b")), ["a", "b"]),
}  # fmt: skip


@pytest.mark.parametrize("mode", ["append", "upsert"])
@pytest.mark.parametrize(("columns", "values"), DRIFTS.values(), ids=list(DRIFTS))
def test_old_values_stay_and_other_programs_read_on(tmp_path, columns, values, mode):
    import duckdb
    import polars

    write(tmp_path / "d", *columns, mode=mode)
    back = sf.read_parquet(tmp_path / "d").sort_values("id")["x"]
    assert [None if pd.api.types.is_scalar(value) and pd.isna(value) else value for value in back] == values
    assert len(pd.read_parquet(tmp_path / "d")) == len(polars.read_parquet(tmp_path / "d")) == len(columns)
    assert duckdb.sql(f"select count(x) from '{tmp_path}/d/*/*.parquet'").fetchall() == [
        (len(values) - values.count(None),)
    ]


@pytest.mark.parametrize("columns", [columns for columns, _ in DRIFTS.values()], ids=list(DRIFTS))
def test_within_one_part_too(tmp_path, columns):
    write(tmp_path / "many", *columns)
    for number, column in enumerate(columns):
        frame = pd.DataFrame({"id": [str(number)], "x": column})
        sf.to_parquet(frame, tmp_path / "one", mode="upsert", key=["id"])
    many, same = sf.read_parquet(tmp_path / "many")["x"], sf.read_parquet(tmp_path / "one")["x"]
    assert many.astype(object).map(repr).tolist() == same.astype(object).map(repr).tolist()


def test_months_are_those_of_the_datasets_zone(tmp_path):
    def at(number, moment):
        return pd.DataFrame({"id": [number], "created_at": pd.Series(moment)})

    sf.to_parquet(at("1", JAKARTA), tmp_path / "d", partition_by="month", key=["id"])
    sf.to_parquet(at("2", JAKARTA.tz_convert("UTC")), tmp_path / "d", partition_by="month", mode="append", key=["id"])
    assert [file.parent.name for file in (tmp_path / "d").glob("*/*")] == ["month=2026-11"]


@pytest.mark.slow
@pytest.mark.parametrize("partition_by", ["year", "month", "day"])
def test_rows_without_a_moment_are_read_by_all(tmp_path, partition_by):
    import dask.dataframe
    import duckdb
    import polars

    folder = tmp_path / "d"
    frame = pd.DataFrame({"id": ["1", "2", "3"], "created_at": pd.to_datetime(["2026-10-01", "2026-11-01", None])})
    sf.to_parquet(frame, folder, partition_by=partition_by)
    assert len(pd.read_parquet(folder)) == len(polars.read_parquet(folder)) == 3
    assert len(dask.dataframe.read_parquet(folder).compute()) == len(sf.read_parquet(folder)) == 3
    is_unknown = f"coalesce({partition_by}::varchar, 'null') = 'null'"
    assert duckdb.sql(f"select id from '{folder}/*/*.parquet' where {is_unknown}").fetchall() == [("3",)]


def test_a_period_named_as_before_gets_the_name_that_all_read(tmp_path):
    folder = tmp_path / "d"
    frame = pd.DataFrame({"id": ["1", "2"], "created_at": pd.to_datetime(["2026-10-01", None])})
    sf.to_parquet(frame, folder, partition_by="month")
    (folder / "month=null").rename(folder / "month=__HIVE_DEFAULT_PARTITION__")
    assert len(sf.read_parquet(folder)) == 2
    sf.to_parquet(frame, folder, partition_by="month", mode="upsert", key=["id"])
    assert sorted(file.name for file in folder.iterdir()) == ["month=2026-10", "month=null"]
    assert len(pd.read_parquet(folder)) == 2


@pytest.mark.parametrize("partition_by", [None, "month"])
def test_no_rows_are_a_dataset_with_columns(tmp_path, partition_by):
    import duckdb
    import polars

    folder = tmp_path / "d"
    frame = pd.DataFrame({"id": ["1"], "n": [1], "created_at": pd.to_datetime(["2026-10-01"])})
    sf.to_parquet(frame.head(0), folder, partition_by=partition_by)
    assert sf.read_parquet(folder).dtypes.equals(frame.dtypes)
    assert len(pd.read_parquet(folder)) == len(polars.read_parquet(folder)) == 0
    assert duckdb.sql(f"select n from '{folder}/**/*.parquet'").fetchall() == []
    for mode in ("append", "upsert"):
        sf.to_parquet(frame, folder, partition_by=partition_by, mode=mode, key=["id"])
        assert len(sf.read_parquet(folder)) == len(list(folder.rglob("*.parquet"))) == 1
        sf.to_parquet(frame.head(0), folder, partition_by=partition_by, mode=mode, key=["id"])
        assert len(sf.read_parquet(folder)) == 1
    sf.to_parquet(frame.head(0), folder, partition_by=partition_by)
    assert sf.read_parquet(folder).dtypes.equals(frame.dtypes)


@pytest.mark.slow
def test_a_new_column_is_seen_by_those_who_take_the_first_files_columns(tmp_path):
    import dask.dataframe
    import duckdb
    import polars

    folder = tmp_path / "d"
    write(folder, one(1, "int64"), one(2, "int64"))
    old = {file: file.read_bytes() for file in folder.rglob("*.parquet")}
    late = pd.DataFrame({"id": ["9"], "x": [3], "novel": ["new"], "created_at": pd.to_datetime(["2026-03-05"])})
    sf.to_parquet(late, folder, partition_by="month", mode="upsert", key=["id"])
    assert {file: file.read_bytes() for file in old} == old
    for read in (pd.read_parquet, lambda path: dask.dataframe.read_parquet(path).compute(), sf.read_parquet):
        assert read(folder)["novel"].dropna().tolist() == ["new"]
        assert read(folder)["x"].tolist() == [1, 2, 3]
    assert polars.read_parquet(folder, missing_columns="insert")["novel"].to_list() == [None, None, "new"]
    sql = f"select novel from read_parquet('{folder}/*/*.parquet', union_by_name=true) order by id"
    assert duckdb.sql(sql).fetchall() == [(None,), (None,), ("new",)]
    whole = sf.read_parquet(folder)
    sf.to_parquet(whole, folder, partition_by="month", mode="upsert", key=["id"])
    assert len(list(folder.rglob("*.parquet"))) == 3
    assert polars.read_parquet(folder)["novel"].to_list() == [None, None, "new"]


def test_parts_of_two_schemas_as_a_crash_leaves_them_are_read(tmp_path):
    folder = tmp_path / "d"
    write(folder, one(None), one(None))
    pq.write_table(pa.table({"id": ["1"], "x": [1.5], "more": [True]}), folder / "month=2026-02" / "part-0.parquet")
    back = sf.read_parquet(folder)
    assert back["x"].isna().tolist() == [True, False]
    assert back["more"].tolist()[1] is True


def test_attrs_are_what_all_parts_say(tmp_path):
    for number, moment in enumerate(("2026-11-20T10:00:00+07:00", "2026-11-20T02:00:00+00:00")):
        frame = pd.DataFrame({"id": [str(number)], "created_at": [pd.Timestamp(2026, 1 + number, 5)]})
        frame.attrs = {"account": "a", "as_of": moment, "filters": {"n": number}}
        sf.to_parquet(frame, tmp_path / "d", partition_by="month", mode="append", key=["id"])
    assert sf.read_parquet(tmp_path / "d").attrs == {"account": "a"}


@pytest.mark.parametrize("later", [["x", "y"], pd.interval_range(0.5, 2.5), pd.interval_range(0, 2, closed="left")])
def test_intervals_are_keys_and_become_texts_beside_other_values(later, tmp_path):
    groups = pd.DataFrame({"group": pd.interval_range(0, 2), "n": [1, 2]})
    sf.to_parquet(groups, tmp_path / "d", key=["group"])
    sf.to_parquet(groups.assign(n=[1, 20]), tmp_path / "d", key=["group"], mode="upsert")
    assert sf.read_parquet(tmp_path / "d")["n"].tolist() == [1, 20]
    sf.to_parquet(groups.assign(group=later), tmp_path / "d", key=["group"], mode="append")
    assert sf.read_parquet(tmp_path / "d")["group"].map(str).tolist() == ["(0, 1]", "(1, 2]", *map(str, later)]
