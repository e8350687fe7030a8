"""Exports of several businesses here, and of stretches as a cluster's workers do them."""

from __future__ import annotations

import datetime as dt
import math

import duckdb
import pandas as pd
import polars
import pytest

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.account import Account
from scalev_frames.cluster import days as cut_days
from scalev_frames.cluster import stretches
from scalev_frames.cluster.schedule import Stretch
from scalev_frames.cluster.stretches import folder_name
from scalev_frames.frames.money import exact
from scalev_frames.group import Group
from scalev_frames.sandbox import Sandbox, World, always
from scalev_frames.settings import limited_host
from scalev_frames.storage.writing import WRITER
from scalev_frames.wire.credentials import Key
from tests.account.clusters import LIMITS, NAMES, check_whole


@pytest.mark.slow
def test_an_export_of_a_group_is_a_dataset_of_each_business(brands, stored, tmp_path):
    group = stored(*NAMES)
    found = group.export(tmp_path / "all", progress=False)
    assert found.rows == 160
    assert sorted(one.name for one in (tmp_path / "all").iterdir()) == ["business=Toko Ü", "business=brand-a"]
    check_whole(tmp_path / "all", brands)
    before = len(brands.requests)
    group.export(tmp_path / "all", progress=False, max_age=3600)
    assert len(brands.requests) == before
    brands.worlds["brand-a"].add_orders(3)
    group.export(tmp_path / "all", progress=False, max_age=0)
    check_whole(tmp_path / "all", brands)


@pytest.mark.slow
def test_a_business_that_fails_is_named_and_the_others_are_written(brands, stored, tmp_path):
    group = stored(*NAMES)
    brands.revoke(brands.keys["brand-a"])
    with pytest.raises(errors.GroupError) as caught:
        group.export(tmp_path / "all", progress=False)
    assert list(caught.value.errors) == ["brand-a"]
    assert caught.value.partial()["business"].value_counts().to_dict() == {"Toko Ü": 60}


@pytest.mark.slow
def test_a_business_that_was_renamed_is_noted_where_its_orders_count_twice(brands, stored, tmp_path):
    api = stored("brand-a")["brand-a"]
    assert "not in this group" not in str(
        Group({"old/name": api}).export(tmp_path / "all", progress=False).header.notes
    )
    found = Group({"new name": api}).export(tmp_path / "all", progress=False)
    assert found.rows == 200
    notes = " ".join(found.header.notes)
    assert "also holds old/name, which is not in this group" in notes
    assert "new name and old/name have the same orders (100), which count twice" in notes


@pytest.mark.parametrize(
    "name",
    ["null", "..", "a/b", "a\\b", "a:b", "a.", "a ", "%", "ü", "Toko A", "=", "a=b"],
)
def test_any_name_is_a_folder_of_its_own_and_comes_back(tmp_path, name):
    folder = folder_name(name)
    assert not set(folder) & set('/\\:*?"<>|')
    assert not folder.endswith((".", " "))
    sf.to_parquet(pd.DataFrame({"id": ["1"]}), tmp_path / f"business={folder}")
    assert sf.scan(tmp_path).frame()["business"].tolist() == [name]
    assert pd.read_parquet(tmp_path)["business"].tolist() == [name]
    assert duckdb.sql(f"SELECT business FROM read_parquet('{tmp_path}/*/*.parquet')").fetchall() == [(name,)]
    assert polars.scan_parquet(tmp_path).collect()["business"].to_list() == [name]


def test_a_name_that_readers_take_for_no_value_is_refused():
    with pytest.raises(errors.BadValueError, match="means no value"):
        folder_name("__HIVE_DEFAULT_PARTITION__")


@pytest.mark.parametrize("name", ["x" * 247, "ü" * 124, "😀" * 21])
def test_a_name_that_no_disk_takes_is_refused(name, tmp_path):
    with pytest.raises(errors.BadValueError, match="too long for a folder's name"):
        folder_name(name)
    (tmp_path / f"business={folder_name(name[:-1])}").mkdir()


@pytest.fixture
def by_hand(monkeypatch, brands):
    """A cluster of nobody: each stretch is done here, one after the other."""
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 60)
    monkeypatch.setattr(stretches, "load_key", lambda profile: Key(brands.keys[profile]))
    monkeypatch.setattr(stretches, "run", lambda client, stretches, work, *_: {one: work(one) for one in stretches})


@pytest.mark.slow
def test_stretches_that_a_cluster_wrote_are_brought_up_to_date_here(brands, by_hand, stored, tmp_path):
    group = stored("brand-a")
    group.export(tmp_path, client=object(), progress=False)
    folders = {file.parent.parent.name for file in tmp_path.rglob("*.parquet")}
    assert len(folders) > 1
    brands.worlds["brand-a"].add_orders(2)
    group.export(tmp_path, progress=False, max_age=0)
    assert sorted(sf.scan(tmp_path).frame()["id"]) == sorted(str(one) for one in brands.worlds["brand-a"].order_ids())
    assert {file.parent.parent.name for file in tmp_path.rglob("*.parquet")} == folders


@pytest.mark.slow
def test_one_accounts_export_by_a_cluster_is_brought_up_to_date_by_either(
    brands, by_hand, stored, make_account, tmp_path, monkeypatch
):
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 15)
    world, path = brands.worlds["brand-a"], tmp_path / "orders"
    api = stored("brand-a")["brand-a"]
    how = {"since": (world.now - dt.timedelta(days=14)).date(), "progress": False, "max_age": 0}
    for again in ({"client": object()}, {}, {"client": object()}):
        scan = api.export(path, **how, **again)
        wanted = api.orders(**how)
        assert sorted(scan.frame()["id"]) == sorted(wanted["id"])
        assert sum(exact(scan.frame()["gross_revenue"])) == sum(exact(wanted["gross_revenue"]))
        assert scan.header.complete
        world.add_orders(2)
    assert len({file.parent.parent.name for file in path.rglob("*.parquet")}) > 1
    with pytest.raises(errors.UnknownNameError):
        api.export(path, "ordres", client=object())
    with pytest.raises(errors.ExportError, match="no part of a dataset"):
        api.export(path, "stores", progress=False)
    for name in ("since", "until"):
        with pytest.raises(errors.BadValueError, match="whole days"):
            api.export(path, **{name: world.now.replace(hour=5)}, client=object())
    brands.revoke(brands.keys["brand-a"])
    with pytest.raises(errors.ScalevError) as caught:
        api.export(path, **how, client=object())
    assert not isinstance(caught.value, errors.GroupError)
    bare = make_account(brands, key=brands.keys["Toko Ü"])
    with pytest.raises(errors.BadValueError, match="was opened by its key"):
        bare.export(tmp_path / "bare", client=object())
    assert not (tmp_path / "bare").exists()


@pytest.mark.slow
def test_a_cluster_goes_on_with_what_was_written_here(brands, by_hand, stored, tmp_path):
    group = stored("Toko Ü")
    group.export(tmp_path, progress=False)
    group.export(tmp_path, client=object(), progress=False, max_age=0)
    assert sorted(sf.scan(tmp_path).frame()["id"]) == sorted(str(one) for one in brands.worlds["Toko Ü"].order_ids())


@pytest.mark.slow
def test_a_lost_workers_stretch_is_done_again_and_another_computers_cluster_is_refused(
    brands, by_hand, stored, tmp_path
):
    group = stored("brand-a")
    group.export(tmp_path, client=object(), progress=False)
    folder = tmp_path / "business=brand-a"
    for stretch in folder.glob("*_*"):
        (stretch / WRITER).write_text('{"computer": "lost"}')
    brands.worlds["brand-a"].add_orders(2)
    found = group.export(tmp_path, client=object(), progress=False, max_age=0)
    assert sorted(found.frame()["id"]) == sorted(str(one) for one in brands.worlds["brand-a"].order_ids())
    assert not list(tmp_path.rglob(WRITER))
    (folder / WRITER).write_text('{"computer": "office-2"}')
    for how in ({"client": object()}, {}):
        with pytest.raises(errors.ScalevError, match="office-2 is writing"):
            group.export(tmp_path, progress=False, max_age=0, **how)


@pytest.mark.slow
def test_workers_export_details_too_and_their_requests_count_in_the_hour(make_account, monkeypatch, tmp_path):
    monkeypatch.setattr(cut_days, "DETAILED_ROWS", 12)
    with Sandbox(world=World(30, days=3), limits=None) as running:
        monkeypatch.setattr(stretches, "load_key", lambda _: Key(running.api_key))
        cut = []

        def run(client, stretches, work, *_):
            cut.extend(stretches)
            return {one: work(one) for one in stretches}

        monkeypatch.setattr(stretches, "run", run)
        group = Group({"brand-a": make_account(running, sleep=None, name="brand-a", stored_as="brand-a")})
        found = group.export(tmp_path / "all", client=object(), progress=False, details=True).frame()
        assert len(found) == 30
        assert found["orderlines"].notna().all()
        assert len(cut) > 1
        assert sum(one.requests for one in cut) >= 30 + len(cut)
        assert running.api_key not in repr(cut)
        file = pd.DataFrame({"order_id": ["x"], "orderlines": [[]]})
        with pytest.raises(errors.BadValueError, match="cannot use a file"):
            group.export(tmp_path / "other", client=object(), progress=False, details=file)


@pytest.fixture
def work_on(brands, monkeypatch, tmp_path):
    """Does all days of a brand as a worker does."""
    monkeypatch.setattr(stretches, "load_key", lambda _: Key(brands.api_key))
    monkeypatch.setattr(stretches, "default_cache_dir", lambda: tmp_path / "cache")
    monkeypatch.setattr(stretches, "_here", lambda: "w1")
    mark = Key(brands.api_key).name(b"x", limited_host(brands.base_url))
    opened = {"base_url": brands.base_url, "limits": LIMITS}
    piece = Stretch("a", "a", mark, b"x", str(tmp_path / "a"), "orders", 9, opened, {})
    return lambda: stretches.export_stretch(Account, piece)


@pytest.mark.slow
def test_a_worker_says_for_how_long_its_key_is_refused(brands, work_on):
    brands._service.faults.append(always("rate_limit", "/order*", retry_after="7200"))
    done = work_on()
    assert (done.wait, done.retryable, done.rows, done.worker) == (7200.0, True, 0, "w1")
    assert "no request until" in done.error
    assert len(brands.requests) < 10


@pytest.mark.slow
def test_a_worker_whose_key_is_refused_ends_its_business(brands, work_on):
    brands.revoke(brands.api_key)
    done = work_on()
    assert (done.wait, done.retryable, done.rows) == (math.inf, False, 0)
    assert done.error


def test_a_worker_that_trusts_no_certificate_is_passed_over(work_on, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise errors.CertificateError("The file of trusted certificates could not be read.")

    monkeypatch.setattr(Account, "export", fail)
    assert work_on().unfit


def test_a_worker_without_time_zones_says_so(work_on, monkeypatch):
    monkeypatch.setattr("scalev_frames.settings.ZoneInfo", lambda _: int("lacking"))
    assert "install its package tzdata" in work_on().error


class OwnError(Exception):
    """Cannot be unpickled: it takes more than its words."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")


def test_what_nobody_expected_comes_back_in_words(work_on, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise OwnError("disk", "gone")

    monkeypatch.setattr(Account, "export", fail)
    done = work_on()
    assert (done.error, done.retryable, done.worker) == ("OwnError: disk: gone", True, "w1")


@pytest.mark.slow
def test_ctrl_c_at_the_end_ends_a_groups_export_and_the_same_call_resumes(
    brands, by_hand, stored, tmp_path, monkeypatch
):
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 40)
    group, how, asked = stored(*NAMES), {"client": object(), "progress": False, "max_age": 0}, []

    def pressed(work, pieces):
        asked.append(work.dataset.name)
        raise KeyboardInterrupt

    with monkeypatch.context() as ctrl_c:
        ctrl_c.setattr("scalev_frames.pull.wanted.settle", pressed)
        with pytest.raises(errors.InterruptedPullError):
            group.export(tmp_path / "all", **how)
    assert len(asked) == 1
    assert not sf.scan(tmp_path / "all").header.complete
    assert group.export(tmp_path / "all", **how).header.complete
    check_whole(tmp_path / "all", brands)
