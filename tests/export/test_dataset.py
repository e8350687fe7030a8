"""A folder of months that grows: no row twice, none lost, and other tools read it as it is."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import ExportError
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.money import exact
from scalev_frames.sandbox import World


def orders_of(rows):
    builder = FrameBuilder(ENDPOINTS["orders"].columns, "Asia/Jakarta")
    builder.add(rows)
    frame, notes = builder.finish()
    frame.attrs = {"endpoint": "orders", "time_zone": "Asia/Jakarta", "notes": notes}
    return frame


def order(number, day, **more):
    return {"id": number, "order_id": f"O{number}", "draft_time": f"{day}T10:00:00Z" if day else None,
            "last_updated_at": "2026-11-20T00:00:00Z", **more}  # fmt: skip


def narrow(frame):
    """A few columns of orders: quick to write."""
    made = frame[["id", "draft_time", "status", "last_updated_at"]]
    made.attrs = frame.attrs
    return made


def files(folder):
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


@pytest.fixture(scope="module")
def orders():
    return orders_of(World(orders=400, days=70).rows("orders"))


@pytest.mark.slow
def test_months_are_jakartas_and_every_row_is_in_one(tmp_path):
    frame = orders_of(
        [order(1, "2026-10-31"), order(2, "2026-10-31", draft_time="2026-10-31T17:00:00Z"), order(3, None)]
    )
    sf.to_parquet(frame, tmp_path / "orders", partition_by="month")
    assert files(tmp_path / "orders") == [f"month={month}/part-0.parquet"
                                          for month in ("2026-10", "2026-11", "null")]  # fmt: skip
    back = sf.read_parquet(tmp_path / "orders")
    assert back["order_id"].tolist() == ["O1", "O2", "O3"]
    assert back.dtypes.equals(frame.dtypes)
    assert back.attrs["endpoint"] == "orders"


@pytest.mark.slow
def test_rows_that_have_a_column_called_month_go_into_folders_of_years(tmp_path):
    frame = orders_of([order(1, "2026-10-31", month="Oktober"), order(2, "2026-11-01", month="November")])
    with pytest.raises(ExportError, match=r'have a column month of their own.*partition_by="year" or "day"'):
        sf.to_parquet(frame, tmp_path / "orders", partition_by="month")
    assert not (tmp_path / "orders").exists()
    sf.to_parquet(frame, tmp_path / "orders", partition_by="year")
    assert sf.read_parquet(tmp_path / "orders")["month"].tolist() == ["Oktober", "November"]


@pytest.mark.slow
def test_other_tools_read_it_as_it_is(orders, tmp_path):
    import dask.dataframe
    import duckdb
    import polars

    folder = tmp_path / "orders"
    whole = orders.assign(novel=1)  # a column that only one part has when it comes first
    sf.to_parquet(orders.iloc[:100], folder, partition_by="month")
    sf.to_parquet(whole.iloc[100:], folder, partition_by="month", mode="append")
    told = (len(orders), orders["gross_revenue"].sum(), sorted(orders["id"]))
    by_pandas = pd.read_parquet(folder)
    assert (len(by_pandas), by_pandas["gross_revenue"].sum(), sorted(by_pandas["id"])) == told
    assert by_pandas["novel"].sum() == 300
    months = by_pandas["draft_time"].fillna(by_pandas["created_at"]).dt.strftime("%Y-%m")
    assert by_pandas["month"].astype("str").tolist() == months.tolist()
    by_polars = polars.read_parquet(folder, missing_columns="insert")
    assert (len(by_polars), by_polars["gross_revenue"].sum(), sorted(by_polars["id"])) == told
    assert by_polars["novel"].sum() == 300
    connection = duckdb.connect()
    parts = f"read_parquet('{folder}/**/*.parquet', union_by_name=true)"
    sql = f"select count(*), sum(gross_revenue), list_sort(list(id)), sum(novel) from {parts}"
    assert connection.sql(sql).fetchall()[0] == (*told, Decimal(300))
    by_month = dict(connection.sql(f"select month, count(*) from {parts} group by month").fetchall())
    assert by_month == orders["draft_time"].fillna(orders["created_at"]).dt.strftime("%Y-%m").value_counts().to_dict()
    by_dask = dask.dataframe.read_parquet(folder, columns=["id", "quantity"])
    assert (len(by_dask), sorted(by_dask["id"].compute())) == (told[0], told[2])
    assert dask.dataframe.read_parquet(folder, columns=["novel"])["novel"].sum().compute() == 300
    again = sf.read_parquet(folder)
    assert again["customer_phone"].sort_values().tolist() == orders["customer_phone"].sort_values().tolist()
    assert isinstance(again["tags"].iloc[0], list)


@pytest.mark.slow
def test_the_same_again_changes_nothing(orders, tmp_path):
    folder = tmp_path / "orders"
    sf.to_parquet(orders, folder, partition_by="month")
    before = {name: (folder / name).read_bytes() for name in files(folder)}
    for mode in ("append", "upsert", "replace"):
        sf.to_parquet(orders, folder, partition_by="month", mode=mode)
        assert len(sf.read_parquet(folder)) == len(orders)
    assert {name: (folder / name).read_bytes() for name in files(folder)} == before


@pytest.mark.slow
def test_upsert_takes_the_newer_row_and_moves_it_to_its_month(tmp_path):
    folder = tmp_path / "orders"
    sf.to_parquet(orders_of([order(1, "2026-10-01", status="pending"), order(2, "2026-10-02", status="pending")]),
                  folder, partition_by="month")  # fmt: skip
    newer = orders_of([
        order(1, "2026-11-05", status="shipped", last_updated_at="2026-11-21T00:00:00Z"),
        order(2, "2026-10-02", status="draft", last_updated_at="2026-11-19T00:00:00Z"),
        order(3, "2026-11-06", status="draft"),
    ])  # fmt: skip
    sf.to_parquet(newer, folder, partition_by="month", mode="upsert")
    back = sf.read_parquet(folder)
    assert dict(zip(back["order_id"], back["status"], strict=True)) == {"O1": "shipped", "O2": "pending", "O3": "draft"}
    sf.to_parquet(
        newer.iloc[:1].assign(draft_time=newer["draft_time"].iloc[2]).head(1),
        folder,
        partition_by="month",
        mode="upsert",
    )
    assert len(sf.read_parquet(folder)) == 3


@pytest.mark.slow
def test_an_emptied_month_goes(tmp_path):
    folder = tmp_path / "orders"
    sf.to_parquet(orders_of([order(1, "2026-10-01")]), folder, partition_by="month")
    sf.to_parquet(orders_of([order(1, "2026-11-01")]), folder, partition_by="month", mode="upsert")
    assert files(folder) == ["month=2026-11/part-0.parquet"]
    sf.to_parquet(orders_of([order(2, "2026-09-01")]), folder, partition_by="month")
    assert files(folder) == ["month=2026-09/part-0.parquet"]


@pytest.mark.slow
def test_append_adds_only_what_is_not_there_and_keeps_what_is(tmp_path):
    folder = tmp_path / "orders"
    sf.to_parquet(orders_of([order(1, "2026-10-01", status="pending")]), folder)
    sf.to_parquet(orders_of([order(1, "2026-10-01", status="rts"), order(2, "2026-10-01")]), folder, mode="append")
    assert sf.read_parquet(folder)["status"].fillna("-").tolist() == ["pending", "-"]
    assert files(folder) == ["part-0.parquet"]


@pytest.mark.slow
def test_a_type_that_changes_between_months_loses_nothing(tmp_path):
    folder = tmp_path / "orders"
    sf.to_parquet(orders_of([order(1, "2026-10-01", quantity=2, payment_fee=1)]), folder, partition_by="month")
    odd = orders_of([order(2, "2026-11-01", quantity="banyak", payment_fee="0.0275")])
    sf.to_parquet(odd, folder, partition_by="month", mode="append")
    back = sf.read_parquet(folder)
    assert back["quantity"].tolist() == ["2", "banyak"]
    assert exact(back["payment_fee"]) == [Decimal("1"), Decimal("0.0275")]
    assert pd.read_parquet(folder)["payment_fee"].tolist() == [Decimal("1"), Decimal("0.0275")]
    assert pd.read_parquet(folder)["quantity"].tolist() == ["2", "banyak"]


def test_lines_of_an_order_are_replaced_together(tmp_path):
    folder = tmp_path / "lines"
    lines = pd.DataFrame({"order__id": ["1", "1", "2"], "id": ["a", "b", "c"], "quantity": [1, 1, 1]})
    lines.attrs = {"endpoint": "order", "child": "lines"}
    sf.to_parquet(lines, folder)
    changed = pd.DataFrame({"order__id": ["1"], "id": ["a"], "quantity": [3]})
    changed.attrs = lines.attrs
    sf.to_parquet(changed, folder, mode="upsert", key=["order__id"])
    assert sorted(zip(*(sf.read_parquet(folder)[name] for name in lines), strict=True)) == [
        ("1", "a", 3),
        ("2", "c", 1),
    ]
    with pytest.raises(ExportError, match="which columns tell the rows"):
        sf.to_parquet(changed, folder, mode="upsert")


@pytest.mark.slow
def test_an_address_of_an_installed_file_system(orders, tmp_path):
    import fsspec

    for url in ("memory://bucket/orders", f"file://{tmp_path.as_posix()}/far"):
        sf.to_parquet(orders.head(50), url, partition_by="month")
        assert sf.to_parquet(orders, url, partition_by="month", mode="upsert") == url
        back = sf.read_parquet(url)
        assert sorted(back["id"]) == sorted(orders["id"])
        assert back.dtypes.equals(orders.dtypes)
    names = fsspec.filesystem("memory").find("/bucket/orders")
    assert all(name.endswith("/part-0.parquet") and "/month=2026-" in name for name in names)
    with pytest.raises(ExportError, match="nowhere"):
        sf.to_parquet(orders, "nowhere://bucket/orders")


@pytest.mark.slow
def test_fsspec_is_loaded_for_addresses_only():
    code = "import sys, scalev_frames; print('fsspec' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "False\n"


@pytest.mark.slow
def test_a_masked_dataset_tells_nobody(orders, tmp_path):
    sf.to_parquet(orders, tmp_path / "orders", partition_by="month", mask=True)
    assert sf.read_parquet(tmp_path / "orders")["customer_phone"].str.startswith("phone-").all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"partition_by": "store"}, "^There is no period 'store' to part files by. There are: year, month, day.$"),
        ({"mode": "merge"}, "^There is no mode 'merge'. There are: replace, append, upsert.$"),
        ({"mode": "upsert", "key": ["nothing"]}, "no column nothing"),
    ],
)
def test_what_cannot_be_meant_is_refused(orders, tmp_path, options, words):
    with pytest.raises(ExportError, match=words):
        sf.to_parquet(orders, tmp_path / "orders", **options)
    assert files(tmp_path) == []


def test_a_folder_of_something_else_is_left_alone(orders, tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(ExportError, match=r"holiday\.jpg"):
        sf.to_parquet(orders, tmp_path, partition_by="month")
    assert files(tmp_path) == ["holiday.jpg"]
    with pytest.raises(ExportError, match="one file"):
        sf.to_parquet(orders, tmp_path / "x.parquet", partition_by="month")
    with pytest.raises(ExportError, match="no dataset"):
        sf.read_parquet(tmp_path)
    stores = pd.DataFrame({"id": ["1"]})
    with pytest.raises(ExportError, match="no time"):
        sf.to_parquet(stores, tmp_path / "stores", partition_by="month")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["append", "upsert"]),
        st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["2026-09", "2026-10", None]), st.integers(1, 9)), max_size=5),
    ),
    max_size=5,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_any_steps_end_like_a_dictionary(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("set") / "orders"
    told: dict[str, tuple[int, str]] = {}
    sf.to_parquet(narrow(orders_of([])), folder, partition_by="month")
    for mode, rows in steps:
        frame = orders_of([order(number, month and f"{month}-05", status=f"s{place}", last_updated_at=f"2026-11-0{when}T00:00:00Z")
                           for place, (number, month, when) in enumerate(rows)])  # fmt: skip
        sf.to_parquet(narrow(frame), folder, partition_by="month", mode=mode)
        came: dict[str, tuple[int, str]] = {}
        for place, (number, _, when) in enumerate(rows):
            if when >= came.get(str(number), (0, ""))[0]:
                came[str(number)] = when, f"s{place}"
        for number, row in came.items():
            if number not in told or (mode == "upsert" and row[0] >= told[number][0]):
                told[number] = row
    back = sf.read_parquet(folder) if files(folder) else orders_of([])
    assert dict(zip(back["id"], back["status"], strict=True)) == {number: row[1] for number, row in told.items()}
