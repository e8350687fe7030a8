"""What is made of a group's frames: files, lines, reports and proofs keep each row's business."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pandas as pd
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.frames.header import Header
from scalev_frames.group import Group
from scalev_frames.report_job import Job, run
from scalev_frames.reports import REPORTS
from scalev_frames.sandbox import World, always
from tests.account.groups import NAMES


@pytest.mark.slow
def test_equal_ids_stay_apart_in_frames_files_lines_and_reports(shop, make_account, tmp_path):
    twin = shop.add_business(World(120, seed=1))
    group = Group({"a": make_account(shop), "b": make_account(shop, key=twin)})
    orders = group.orders(progress=False)
    assert len(orders) == 240
    assert orders["id"].nunique() == 120
    assert any("a and b have the same orders" in note for note in orders.attrs["notes"])
    lines = group.order_lines(orders.groupby("business").head(5), progress=False)
    assert lines.columns[0] == "business"
    assert lines.groupby("business")["order__id"].nunique().to_dict() == {"a": 5, "b": 5}
    for _ in range(2):
        orders.scalev.to_parquet(tmp_path / "all", partition_by="month", mode="upsert")
    read = sf.read_parquet(tmp_path / "all")
    assert len(read) == 240
    assert not read.duplicated(["business", "id"]).any()
    quality = orders.scalev.report("quality").set_index("check")["orders"]
    assert quality["id_double"] == quality["order_id_double"] == 0
    handlers = orders.scalev.report("handlers").dropna(subset="handler")
    alone = group["a"].orders(progress=False).scalev.report("handlers").dropna(subset="handler")
    assert len(handlers) == 2 * len(alone)


@pytest.mark.slow
def test_a_brand_with_other_columns_and_kinds_loses_nothing(make_sandbox, make_account):
    odd = "1234567890123456.78"
    one = make_sandbox(orders=30)
    two = make_sandbox(world=World(30, seed=2), faults=[
        always("rows", "/order", key="gross_revenue", value=odd), always("rows", "/order", without="utm_source"),
        always("rows", "/order", key="brand_new", value="only here"),
    ])  # fmt: skip
    group = Group({"one": make_account(one), "two": make_account(two)})
    orders = group.orders(progress=False)
    assert orders.loc[orders["business"] == "two", "gross_revenue"].unique().tolist() == [Decimal(odd)]
    ours = orders.loc[orders["business"] == "one", "gross_revenue"]
    wanted = [Decimal(str(row["gross_revenue"])) for row in one.world.rows("orders")]
    assert ours.tolist() == wanted
    assert orders.loc[orders["business"] == "one", "brand_new"].isna().all()
    assert orders.loc[orders["business"] == "two", "brand_new"].unique().tolist() == ["only here"]


@pytest.mark.slow
def test_other_readers_of_an_export_see_columns_that_only_one_brand_has(make_sandbox, make_account, tmp_path):
    one, two = make_sandbox(orders=30), make_sandbox(
        world=World(20, seed=2), faults=[always("rows", "/order", key="gift", value="yes")])  # fmt: skip
    group, folder = Group({"a": make_account(one), "b": make_account(two)}), tmp_path / "orders"

    def is_whole(rows):
        assert group.export(folder, progress=False, max_age=0).frame()["gift"].notna().sum() == rows
        frame = pd.read_parquet(folder)
        assert frame.loc[frame["business"] == "b", "gift"].eq("yes").sum() == rows
        assert frame.loc[frame["business"] == "a", "gift"].isna().all()
        assert (
            pl.scan_parquet(folder, hive_partitioning=True, missing_columns="insert").collect()["gift"].count() == rows
        )

    is_whole(20)
    one.world.add_orders(2)
    two.world.add_orders(3)
    is_whole(23)


@pytest.mark.slow
def test_reconcile_says_it_for_each_and_in_sum(group, shop, worlds):
    orders = group.orders(progress=False)
    table = group.reconcile(orders)
    assert table.attrs["equal"] is True
    gross = sum(Decimal(str(row["gross_revenue"])) for world in worlds.values() for row in world.rows("orders"))
    assert (
        f"In total 210 orders here and 210 by the server's statistics, gross revenue Rp {gross:,.0f}"
        in (table.attrs["verdict"])
    )
    assert table.groupby("business")["orders"].sum().to_dict() == {"brand-a": 120, "Toko Ü / 1": 90}
    cut = group.reconcile(orders.iloc[1:])
    assert cut.attrs["equal"] is None
    assert "119 of 120 rows, filtered afterwards" in cut.attrs["verdict"]
    with pytest.raises(errors.BadValueError, match="not in this group"):
        Group({"another": group["brand-a"]}).reconcile(orders)


@pytest.mark.slow
def test_changes_are_those_of_each(make_sandbox, make_account):
    shop = make_sandbox(orders=40)
    other = shop.add_business(World(30, seed=2))
    group = Group({"a": make_account(shop), "b": make_account(shop, key=other)})
    group.orders(progress=False)
    shop.world.add_orders(2)
    changes = group.changes(group.orders(refresh=True, progress=False))
    assert changes.attrs["counts"] == {"new": 2, "changed": 0, "gone": 0}
    assert changes["business"].tolist() == ["a", "a"]


@pytest.mark.slow
def test_reports_together_and_for_each_business(group):
    orders = group.orders(progress=False)
    for number, name in enumerate(one for one in REPORTS if not REPORTS[one].needs_lines):
        each, business = orders.scalev.report(name, by="business"), NAMES[number % 2]
        part = orders.loc[orders["business"] == business].drop(columns="business")
        alone = part.scalev.report(name, definitions=sf_definitions(orders))
        own = each.loc[each["business"] == business].drop(columns="business").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, alone, check_like=False)
    daily = orders.scalev.report("daily")
    assert daily["orders"].sum() == orders.scalev.report("daily", by="business")["orders"].sum()


def sf_definitions(orders):
    from scalev_frames.reports import Definitions

    return Definitions(as_of=Header.of(orders).as_of)


@pytest.mark.slow
def test_a_report_of_a_period_counts_the_lines_of_the_right_brand(make_sandbox, make_account, tmp_path):
    shop = make_sandbox(orders=60)
    twin = shop.add_business(World(60, seed=1))
    shop.world.change_status(str(shop.world.order_ids()[0]), "completed")
    group = Group({"a": make_account(shop), "b": make_account(shop, key=twin)})
    orders = group.orders(progress=False)
    lines = group.order_lines(orders, progress=False)
    since = orders["draft_time"].max() - pd.Timedelta(days=60)
    some = orders.loc[(orders["business"] == "a") | (orders["draft_time"] < since)]
    some.attrs = orders.attrs
    path = sf.report_workbook(
        some, tmp_path / "r.xlsx", lines=lines, reports=["margin"], since=since.date(), until="2026-11-23"
    )
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Margin by product").to_python(skip_empty_area=False)
    inside = orders.loc[
        (orders["business"] == "a") & (orders["draft_time"].fillna(orders["created_at"]) >= since.normalize())
    ]
    counted = inside.loc[(inside["status"] == "completed") & ~inside["is_probably_spam"].fillna(value=False)]
    own = lines.loc[(lines["business"] == "a") & lines["order__id"].isin(counted["id"])]
    assert own["quantity"].sum() > 0
    assert sum(row[3] for row in rows[4:]) == own["quantity"].sum()


@pytest.mark.slow
def test_a_margin_of_several_brands_does_not_speak_of_filtered_rows(group, tmp_path):
    last = group.orders(progress=False)["draft_time"].max().date()
    job = Job(tmp_path / "r.xlsx", since="2026-11-01", until=str(last), against="none", reports=("margin",), lines=True)
    run(job, group)
    cover = CalamineWorkbook.from_path(str(job.out)).get_sheet_by_name("Summary").to_python()
    assert "Margin by product" in CalamineWorkbook.from_path(str(job.out)).sheet_names
    assert "filtered afterwards" not in str(cover)


@pytest.mark.slow
def test_files_and_masks_keep_the_business(group, tmp_path):
    orders = group.orders(progress=False)
    path = sf.to_excel({"Orders": orders}, tmp_path / "all.xlsx")
    book = CalamineWorkbook.from_path(str(path))
    head, *rows = book.get_sheet_by_name("Orders").to_python()
    assert head[0].lower() == "business"
    assert Counter(row[0] for row in rows) == {"brand-a": 120, "Toko Ü / 1": 90}
    notes = [row[1:] for row in book.get_sheet_by_name("Notes").to_python()]
    assert any(what == "Business Toko Ü / 1" and "rows = 90" in value for what, value in notes)
    masked = orders.scalev.mask()
    assert masked["business"].tolist() == orders["business"].tolist()
    assert not set(masked["customer_name"].dropna()) & set(orders["customer_name"].dropna())
    read = sf.read_parquet(sf.to_parquet(orders, tmp_path / "all.parquet"))
    pd.testing.assert_frame_equal(read, orders)
    assert read.attrs == orders.attrs
    assert group.reconcile(read).attrs["equal"] is True
