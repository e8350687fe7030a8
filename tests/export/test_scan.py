"""A dataset is read by columns and conditions: what is not wanted is not read, and every program gives the same sums."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.export.dataset import parts
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import exact
from scalev_frames.sandbox import World


@pytest.fixture(scope="module")
def orders():
    builder = FrameBuilder(ENDPOINTS["orders"].columns, "Asia/Jakarta")
    builder.add(World(orders=600, days=70).rows("orders"))
    frame, _ = builder.finish()
    return Header(endpoint="orders", account="a", time_zone="Asia/Jakarta", complete=True).onto(frame)


@pytest.fixture(scope="module")
def folder(orders, tmp_path_factory):
    return sf.to_parquet(orders, tmp_path_factory.mktemp("scan") / "orders", partition_by="month")


def month_of(orders):
    return orders["draft_time"].fillna(orders["created_at"]).dt.strftime("%Y-%m")


@pytest.mark.slow
def test_a_frame_has_what_was_asked_for_with_dtypes_header_and_kinds(orders, folder):
    found = sf.scan(folder, ["order_id", "tags", "gross_revenue", "draft_time"], {"status": "completed"}).frame()
    wanted = sf.read_parquet(folder)
    wanted = wanted[wanted["status"] == "completed"][["order_id", "tags", "gross_revenue", "draft_time"]]
    assert len(found) > 100
    assert_frame_equal(found, wanted.reset_index(drop=True))
    header = Header.of(found)
    assert (header.endpoint, header.kind_of("gross_revenue")) == ("orders", "money")
    assert header.row_note(found) == f"{len(found)} of 600 rows, filtered afterwards"


@pytest.mark.slow
def test_everything_is_what_read_parquet_gives(folder):
    found, whole = sf.scan(folder).frame(), sf.read_parquet(folder)
    assert_frame_equal(found, whole)
    assert sf.scan(folder, []).rows == 600


CONDITIONS = {
    "values": ({"status": ["completed", "rts"], "is_repeat": True}, None),
    "amount": ([("gross_revenue", ">=", 150_000.5)], lambda o: o["gross_revenue"] >= 150_000.5),
    "amount of more digits": ([("gross_revenue", ">", "149999.999")], lambda o: o["gross_revenue"] > 149_999.999),
    "whole number": ([("quantity", "<", 2.5)], lambda o: o["quantity"] < 2.5),
    "id as a number": ([("store_id", "==", 2)], lambda o: o["store_id"] == "2"),
    "missing": ([("transfer_time", "==", None)], lambda o: o["transfer_time"].isna()),
    "there": ([("transfer_time", "!=", None)], lambda o: o["transfer_time"].notna()),
    "from a day": ([("draft_time", ">=", "2026-11-01")], lambda o: o["draft_time"] >= "2026-11-01"),
    "until a day": ([("draft_time", "<=", "2026-11-01")], lambda o: o["draft_time"] < "2026-11-02"),
    "after a day": ([("draft_time", ">", "2026-11-01")], lambda o: o["draft_time"] >= "2026-11-02"),
    "on a day": ([("draft_time", "==", dt.date(2026, 11, 1))], lambda o: o["draft_time"].dt.date == dt.date(2026, 11, 1)),
    "in a month": ([("draft_time", "==", "2026-10")], lambda o: o["draft_time"].dt.strftime("%Y-%m") == "2026-10"),
    "not in": ([("status", "not in", ["completed"])], lambda o: o["status"] != "completed"),
    "in nothing": ([("status", "in", [])], lambda o: o["status"] == "none"),
    "month": ([("month", ">=", "2026-11")], lambda o: month_of(o) >= "2026-11"),
    "expression": (pc.field("quantity") * 2 == 4, lambda o: o["quantity"] == 2),
    "two": ([("status", "=", "completed"), ("quantity", ">", 1)],
            lambda o: (o["status"] == "completed") & (o["quantity"] > 1)),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", CONDITIONS)
def test_conditions_choose_what_pandas_chooses(orders, folder, case):
    where, mask = CONDITIONS[case]
    if mask is None:
        mask = lambda o: o["status"].isin(["completed", "rts"]) & o["is_repeat"]  # noqa: E731
    wanted = sorted(orders.loc[mask(orders).fillna(False).astype(bool), "id"])
    found = sf.scan(folder, ["id"], where)
    assert case == "in nothing" or 0 < len(wanted) < 600
    assert sorted(found.frame()["id"]) == wanted
    assert found.rows == len(wanted)
    assert sorted(found.polars().collect()["id"]) == wanted
    assert sorted(one for (one,) in found.duckdb().fetchall()) == wanted
    assert sorted(found.dask().compute()["id"]) == wanted


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ({"stat": "completed"}, errors.UnknownNameError),
        ([("status", "like", "x")], errors.UnknownNameError),
        ([("status", "==")], errors.BadValueError),
        ([("status", "in", "completed")], errors.BadValueError),
        ([("gross_revenue", ">", "much")], errors.BadValueError),
        ([("gross_revenue", ">", float("nan"))], errors.BadValueError),
        ([("quantity", ">", None)], errors.BadValueError),
        ([("gross_revenue", ">", "1E-41")], errors.BadValueError),
        ([("gross_revenue", "<", "1e400")], errors.BadValueError),
        ([("quantity", "<", 10**30)], errors.BadValueError),
        ([("draft_time", ">", "soon")], errors.BadValueError),
        ({"is_repeat": "perhaps"}, errors.BadValueError),
        ([("status", "==", ["completed", "rts"])], errors.BadValueError),
        ({"status": b"completed"}, errors.BadValueError),
        ({"status": {"rts": 1}}, errors.BadValueError),
        ([("status", ["=="], 1)], errors.UnknownNameError),
        (("status", "==", "completed"), errors.BadValueError),
        (lambda row: row["status"] == "rts", errors.BadValueError),
        (5, errors.BadValueError),
        (pc.field("stat") == "completed", errors.BadValueError),
        (pc.field("status") == 1, errors.BadValueError),
    ],
)
def test_what_cannot_be_compared_is_refused(folder, where, error):
    with pytest.raises(error):
        sf.scan(folder, where=where)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, Decimal("NaN")], ids=repr)
def test_whatever_pandas_calls_missing_is_missing_and_no_text(missing, tmp_path):
    frame = pd.DataFrame(
        {"text": ["nan", None, "None"], "whole": pd.array([1, None, 3], "Int64"), "rate": [0.5, None, 1]}
    )
    folder = sf.to_parquet(frame, tmp_path / "d")
    for name in frame:
        assert sf.scan(folder, ["rate"], {name: missing}).frame()["rate"].isna().tolist() == [True]
        assert sf.scan(folder, ["rate"], [(name, "not in", [missing])]).frame()["rate"].tolist() == [0.5, 1]
    assert sf.scan(folder, ["rate"], {"text": ["None", missing]}).rows == 2
    with pytest.raises(errors.BadValueError):
        sf.scan(folder, where={"rate": "nan"})


def test_conditions_may_come_one_by_one(folder):
    where = [("status", "==", "completed"), ("quantity", ">", 1)]
    assert 0 < sf.scan(folder, where=iter(where)).rows == sf.scan(folder, where=where).rows < 600


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        (("whole", "<", 1.5), [0, 1]),
        (("whole", ">", "9007199254740992.5"), [2]),
        (("whole", "==", 0.1), []),
        (("price", ">", 10**30), []),
        (("price", "<", "1E+20"), [0, 1, 2]),
        (("took", ">=", pd.Timedelta(days=2)), [1, 2]),
    ],
)
def test_numbers_of_more_digits_and_spans_are_compared_exactly(where, rows, tmp_path):
    frame = pd.DataFrame({"whole": [1, -5, 2**53 + 1], "price": [Decimal("0.50"), Decimal(-1), Decimal(10**15)]})
    frame["took"] = pd.to_timedelta([1, 2, 3], unit="D")
    folder = sf.to_parquet(frame, tmp_path / "d")
    assert sf.scan(folder, where=[where]).frame()["whole"].tolist() == frame["whole"].iloc[rows].tolist()
    with pytest.raises(errors.BadValueError, match="took is compared with"):
        sf.scan(folder, where=[("took", ">", "soon")])


def test_unknown_columns_and_folders_are_refused(folder, tmp_path):
    with pytest.raises(errors.UnknownNameError, match="gross_revenue"):
        sf.scan(folder, ["gros_revenue"])
    with pytest.raises(errors.ExportError):
        sf.scan(tmp_path / "nothing")


def damage(file, columns):
    """Make everything in a Parquet file unreadable but its footer and these columns."""
    group = pq.ParquetFile(file).metadata.row_group(0)
    content = bytearray(file.read_bytes())
    for place in range(group.num_columns):
        chunk = group.column(place)
        start = chunk.dictionary_page_offset or chunk.data_page_offset
        if chunk.path_in_schema not in columns:
            content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    file.write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["frame", "batches", "polars", "duckdb", "dask"])
def test_what_is_not_wanted_is_not_read(orders, tmp_path, how):
    folder = sf.to_parquet(orders, tmp_path / "orders", partition_by="month")
    for file in folder.rglob("*.parquet"):
        damage(file, {"id", "draft_time"} if "2026-11" in str(file.parent) else set())
    by_period = sf.scan(folder, ["id"], [("month", "==", "2026-11")])
    by_statistics = sf.scan(folder, ["id"], [("draft_time", ">=", "2026-11-01")])
    read = {
        "frame": lambda scan: list(scan.frame()["id"]),
        "batches": lambda scan: [one for batch in scan.batches() for one in batch["id"].to_pylist()],
        "polars": lambda scan: list(scan.polars().collect()["id"]),
        "duckdb": lambda scan: [one for (one,) in scan.duckdb().fetchall()],
        "dask": lambda scan: list(scan.dask()["id"].compute()),
    }[how]
    november = orders.loc[orders["draft_time"] >= "2026-11-01", "id"]
    assert sorted(read(by_statistics)) == sorted(november)
    assert set(read(by_period)) >= set(november)
    with pytest.raises(Exception, match=r".+"):
        read(sf.scan(folder, ["id"]))


@pytest.mark.slow
def test_their_own_conditions_reach_the_files_too(orders, tmp_path):
    import polars

    folder = sf.to_parquet(orders, tmp_path / "orders", partition_by="month")
    for file in folder.rglob("*.parquet"):
        damage(file, {"id", "month"} if "2026-11" in str(file.parent) else set())
    wanted = sorted(orders.loc[month_of(orders) == "2026-11", "id"])
    scan = sf.scan(folder, ["id", "month", "gross_revenue"])
    assert sorted(scan.polars().filter(polars.col("month") == "2026-11").select("id").collect()["id"]) == wanted
    assert sorted(one for (one,) in scan.duckdb().filter("month = '2026-11'").project("id").fetchall()) == wanted


@pytest.mark.slow
def test_every_program_gives_the_same_sums_to_the_sen(orders, folder):
    import polars

    column = "gross_revenue"
    wanted = sum(one for one in exact(orders[column]) if one is not None)
    scan = sf.scan(folder, [column, "status"])
    assert sum(one for one in exact(scan.frame()[column]) if one is not None) == wanted
    assert scan.polars().select(polars.col(column).sum()).collect().item() == wanted
    assert scan.duckdb().sum(column).fetchall() == [(wanted,)]
    assert round(Decimal(float(scan.dask()[column].sum().compute())), 2) == wanted
    assert sum(pc.sum(batch[column]).as_py() for batch in scan.batches()) == wanted


@pytest.mark.slow
def test_a_folder_of_businesses_is_one_table(orders, tmp_path):
    novel = orders.head(50).assign(novel=1)
    sf.to_parquet(orders, tmp_path / "all" / "business=brand a", partition_by="month")
    sf.to_parquet(
        Header(endpoint="orders", account="b", complete=True).onto(novel), tmp_path / "all" / "business=b",
        partition_by="month",
    )  # fmt: skip
    scan = sf.scan(tmp_path / "all")
    frame = scan.frame()
    assert frame.columns[0] == "business"
    assert frame["business"].value_counts().to_dict() == {"brand a": 600, "b": 50}
    assert frame["novel"].sum() == 50
    assert (scan.header.endpoint, scan.header.account) == ("orders", "")
    assert len(sf.scan(tmp_path / "all", ["id"], {"business": "b"}).frame()) == 50
    assert sorted(scan.polars().collect()["business"].unique()) == ["b", "brand a"]


@pytest.mark.slow
def test_one_file_and_an_address_are_scanned(orders, tmp_path):
    sf.to_parquet(orders, tmp_path / "orders.parquet")
    assert len(sf.scan(tmp_path / "orders.parquet", ["id"], {"status": "completed"}).frame()) > 100
    sf.to_parquet(orders, "memory://bucket/orders", partition_by="month")
    assert len(sf.scan("memory://bucket/orders", ["id"], [("month", "==", "2026-11")]).frame()) > 50


@pytest.mark.slow
def test_a_month_of_many_rows_has_several_files_and_upserts_touch_few(orders, tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "MOST_ROWS", 40)
    folder = sf.to_parquet(orders, tmp_path / "orders", partition_by="month")
    files = sorted(folder.rglob("*.parquet"))
    assert len(files) > 14
    assert all(pq.ParquetFile(file).metadata.num_rows <= 40 for file in files)
    before = {file: file.read_bytes() for file in files}
    one = orders.iloc[[300]].assign(status="closed")
    new = orders.iloc[[10]].assign(id="new", order_id="new")
    one.attrs = new.attrs = orders.attrs
    sf.to_parquet(pd.concat([one, new]), folder, partition_by="month", mode="upsert", key=["id"])
    back = sf.read_parquet(folder)
    assert len(back) == 601
    assert back.set_index("id")["status"][one["id"].iloc[0]] == "closed"
    assert sum(file.read_bytes() != content for file, content in before.items()) <= 2
    moved = orders.iloc[[300]].assign(draft_time=orders["draft_time"].iloc[0])
    moved.attrs = orders.attrs
    sf.to_parquet(moved, folder, partition_by="month", mode="upsert")
    assert len(sf.read_parquet(folder)) == 601
    assert all(pq.ParquetFile(file).metadata.num_rows <= 41 for file in folder.rglob("*.parquet"))


def test_a_part_that_is_deleted_meanwhile_is_an_error_of_ours(orders, tmp_path):
    sf.to_parquet(orders.head(50), tmp_path / "orders", partition_by="month")
    whole, some = sf.scan(tmp_path / "orders"), sf.scan(tmp_path / "orders", where=[("status", "!=", "draft")])
    for file in (tmp_path / "orders").rglob("*.parquet"):
        file.unlink()
    for read in (whole.frame, lambda: list(whole.batches()), lambda: some.rows, some.frame):
        with pytest.raises(errors.ExportError, match="cannot be read"):
            read()


@pytest.mark.parametrize("name", ["", "a\0b"], ids=["empty", "NUL"])
def test_a_name_that_other_programs_cannot_say_is_refused_by_name(tmp_path, name):
    folder = sf.to_parquet(pd.DataFrame({name: [1], "b": [2]}), tmp_path / "orders")
    for hand_over in (sf.scan(folder).polars, sf.scan(folder).duckdb):
        with pytest.raises(errors.ExportError, match=re.escape(repr(name))):
            hand_over()
    assert sf.scan(folder).frame()[name].tolist() == [1]
    assert sf.scan(folder, ["b"]).polars().collect()["b"].to_list() == [2]
    assert sf.scan(folder, ["b"]).duckdb().fetchall() == [(2,)]
