"""A cluster's export has every order once, also those that no stretch of days can have, and says when it is not whole."""

from __future__ import annotations

import datetime as dt

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.cluster import days as cut_days
from scalev_frames.cluster import stretches
from scalev_frames.cluster.schedule import Done
from scalev_frames.pull.server_facts import NO_COUNTS
from scalev_frames.sandbox import Behaviour, Fault, World, always
from scalev_frames.wire.credentials import Key

WEEK = dt.timedelta(days=7)
#: A few orders in two stretches, and how many are in each.
ORDERS, DAYS, ROWS = 40, 35, 20
#: Kinds of servers: where a stretch begins, a filter hides late orders, or stays and hides those without a draft time.
SERVERS = [("v2", Behaviour()), ("v2", Behaviour(hides_undated=True)), ("v2", Behaviour(cursor="bound")),
           ("v2", Behaviour(hides_undated=True, cursor="bound")), ("v3", Behaviour(hides_undated=True))]  # fmt: skip
BY_DRAFT = always("insist", "/order/statistics")


@pytest.fixture
def cluster(monkeypatch, make_sandbox, make_account):
    """A business, and its account at a cluster of nobody: each stretch is done here, one after the other."""
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", ROWS)
    monkeypatch.setattr(cut_days, "DETAILED_ROWS", ROWS)
    monkeypatch.setattr(stretches, "run", lambda client, stretches, work, *_: {one: work(one) for one in stretches})

    def make(version="v2", world=None, **how):
        sandbox = make_sandbox(world=world or World(ORDERS, days=DAYS), **how)
        monkeypatch.setattr(stretches, "load_key", lambda _: Key(sandbox.api_key))
        clock = {"clock": lambda: sandbox.world.now.timestamp()}
        return sandbox.world, make_account(sandbox, base_url=sandbox.url(version), stored_as="a", name="a", **clock)

    return make


def export(api, folder, **asked):
    return api.export(folder, client=object(), progress=False, **{"max_age": 0} | asked)


def created(world):
    return {row["id"]: dt.datetime.fromisoformat(row["created_at"]) for row in world.rows("orders")}


def confirm_late(world, count=3):
    """Orders whose draft time is three weeks after their creation, each of another time."""
    old = [(one, moment) for one, moment in created(world).items() if moment < world.now - 4 * WEEK]
    for one, moment in old[:: len(old) // count][:count]:
        world.change_draft_time(one, moment + 3 * WEEK)


def same(scan, world):
    """Each of the server's orders is there once, and nothing says otherwise."""
    assert sorted(scan.frame()["id"]) == sorted(map(str, world.order_ids()))
    assert scan.header.complete
    assert not [note for note in scan.header.notes if "do not agree" in note or "may be missing" in note]


@pytest.mark.slow
@pytest.mark.parametrize(("version", "behaviour"), SERVERS)
def test_orders_with_a_draft_time_weeks_after_their_creation_are_there(
    cluster, tmp_path, monkeypatch, version, behaviour
):
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 50)  # three stretches: the filter stays in the middle one
    world, api = cluster(version, World(150, days=60, behaviour=behaviour))
    confirm_late(world)
    for one in world.order_ids()[::20]:
        world.change_draft_time(one, None)
    same(export(api, tmp_path / "orders"), world)


@pytest.mark.slow
def test_they_are_there_after_a_refresh_without_the_cluster(cluster, tmp_path):
    world, api = cluster()
    confirm_late(world)
    export(api, tmp_path / "orders")
    world.add_orders(3)
    same(api.export(tmp_path / "orders", progress=False, max_age=0), world)


@pytest.mark.slow
def test_they_are_there_where_the_server_counts_by_draft_time(cluster, tmp_path):
    world, api = cluster(faults=[BY_DRAFT])
    confirm_late(world)
    same(export(api, tmp_path / "orders"), world)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_they_are_there_where_they_were_made_before_the_beginning(cluster, tmp_path, version):
    world, api = cluster(version)
    old = min(created(world), key=created(world).get)
    world.change_draft_time(old, world.now - 2 * WEEK)
    since = (world.now - 3 * WEEK).date()
    scan = export(api, tmp_path / "orders", since=since)
    wanted = api.orders(progress=False).query("draft_time.fillna(created_at) >= @midnight",
                                              local_dict={"midnight": pd.Timestamp(since, tz="Asia/Jakarta")})  # fmt: skip
    assert str(old) in set(wanted["id"])
    assert sorted(scan.frame()["id"]) == sorted(wanted["id"])


@pytest.mark.slow
def test_they_have_their_details(cluster, tmp_path):
    world, api = cluster()
    confirm_late(world)
    scan = export(api, tmp_path / "orders", details=True)
    same(scan, world)
    assert scan.frame()["orderlines"].notna().all()


@pytest.mark.slow
def test_an_order_that_gets_a_later_draft_time_is_there_once(cluster, tmp_path):
    world, api = cluster()
    export(api, tmp_path / "orders")
    for one, moment in [*created(world).items()][::8]:
        world.change_draft_time(one, min(moment + 2 * WEEK, world.now))
    same(export(api, tmp_path / "orders"), world)


@pytest.mark.slow
def test_an_order_that_moved_to_the_only_stretch_brought_up_to_date_is_there_once(cluster, tmp_path, monkeypatch):
    world, api = cluster()
    export(api, tmp_path / "orders")
    edge = dt.date.fromisoformat(next((tmp_path / "orders").glob("*_end")).name.partition("_")[0])
    days, made = dt.timedelta(days=5), created(world)
    moved = [one for one in made if dt.timedelta(0) < edge - made[one].date() < days]
    for one in moved:
        world.change_draft_time(one, made[one] + days)

    def last(client, stretches, work, *_):
        return {one: work(one) if place else Done(error="lost") for place, one in enumerate(stretches)}

    with monkeypatch.context() as lost:
        lost.setattr(stretches, "run", last)
        with pytest.raises(errors.ExportError, match="lost"):
            export(api, tmp_path / "orders")
    scan = export(api, tmp_path / "orders", max_age=86_400)
    same(scan, world)
    frame = scan.frame().set_index("id").loc[list(map(str, moved))]
    assert len(frame) > 1
    assert (frame["draft_time"] - frame["created_at"] == days).all()
    assert scan.header.rows == ORDERS


@pytest.mark.slow
def test_an_export_of_which_some_stretches_are_done_is_not_complete(cluster, tmp_path, monkeypatch):
    world, api = cluster()

    def some(client, stretches, work, *_):
        return {one: work(one) if place < 1 else Done(error="lost") for place, one in enumerate(stretches)}

    whole = stretches.run
    monkeypatch.setattr(stretches, "run", some)
    with pytest.raises(errors.ExportError, match="lost"):
        export(api, tmp_path / "orders")
    assert 0 < sf.scan(tmp_path / "orders").rows < ORDERS
    assert not sf.scan(tmp_path / "orders").header.complete
    monkeypatch.setattr(stretches, "run", whole)
    same(api.export(tmp_path / "orders", progress=False), world)
    assert sf.read_parquet(tmp_path / "orders").attrs["complete"]


@pytest.mark.slow
def test_an_export_of_which_no_stretch_is_done_goes_on_here(cluster, tmp_path, monkeypatch):
    world, api = cluster()
    whole = stretches.run
    monkeypatch.setattr(stretches, "run", lambda client, stretches, *_: {one: Done(error="lost") for one in stretches})
    with pytest.raises(errors.ExportError, match="lost"):
        export(api, tmp_path / "orders")
    assert not sf.scan(tmp_path / "orders").header.complete
    same(api.export(tmp_path / "orders", progress=False), world)
    monkeypatch.setattr(stretches, "run", whole)
    same(export(api, tmp_path / "orders"), world)


@pytest.mark.slow
def test_other_readers_see_columns_that_only_orders_of_one_stretch_have(cluster, tmp_path):
    world, api = cluster(faults=[Fault("rows", "/v2/order", at=1, times=3, key="gift", value="yes")])
    scan = export(api, tmp_path / "orders")
    same(scan, world)
    wanted = scan.frame()["gift"].notna().sum()
    assert 0 < wanted < ORDERS
    folder = tmp_path / "orders"
    assert pd.read_parquet(folder)["gift"].notna().sum() == wanted
    assert ds.dataset(folder, partitioning="hive").count_rows(filter=ds.field("gift") == "yes") == wanted
    insert = pl.scan_parquet(folder, hive_partitioning=True, missing_columns="insert")
    assert insert.filter(pl.col("gift") == "yes").select(pl.len()).collect().item() == wanted
    files = f"read_parquet('{folder.as_posix()}/**/*.parquet', union_by_name=true)"
    assert duckdb.sql(f"select count(gift) from {files}").fetchall() == [(wanted,)]
    world.add_orders(2)
    same(export(api, folder), world)
    assert "gift" in pd.read_parquet(folder)


@pytest.mark.slow
def test_late_orders_are_there_where_counts_say_only_when_they_were_drafted(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 70)
    world, api = cluster(world=World(250, days=60), faults=[BY_DRAFT])
    for one, moment in [*created(world).items()][-30::15]:
        world.change_draft_time(one, moment + 6 * WEEK)
    same(export(api, tmp_path / "orders"), world)


@pytest.mark.slow
def test_late_orders_are_there_where_the_server_counts_no_more(cluster, tmp_path, monkeypatch):
    refused = always("error", "/order/statistics", status=404)
    refused.at = 1_000_000
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 50)
    world, api = cluster(world=World(150, days=60), faults=[refused])
    confirm_late(world)
    run = stretches.run

    def stop_counting(*asked):
        done = run(*asked)
        refused.at = 1
        return done

    monkeypatch.setattr(stretches, "run", stop_counting)
    scan = export(api, tmp_path / "orders")
    assert sorted(scan.frame()["id"]) == sorted(map(str, world.order_ids()))
    assert NO_COUNTS in sf.scan(tmp_path / "orders" / stretches.TOGETHER).header.notes
