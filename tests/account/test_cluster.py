"""Exports of several businesses: here and by the workers of a cluster, of which one is killed."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import math
import os
import signal
import urllib.request
from collections import Counter
from concurrent.futures import CancelledError
from pathlib import Path

import duckdb
import keyring
import pandas as pd
import polars
import pytest
from key_file import TurnedFile

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.account import Account
from scalev_frames.cluster import days as cut_days
from scalev_frames.cluster import schedule as cluster
from scalev_frames.cluster import stretches
from scalev_frames.cluster.days import Span, plan, read_folder
from scalev_frames.cluster.schedule import Done, Hour, Stretch
from scalev_frames.cluster.stretches import folder_name
from scalev_frames.frames.money import exact
from scalev_frames.group import Group
from scalev_frames.sandbox import Sandbox, World, always
from scalev_frames.settings import limited_host
from scalev_frames.storage.writing import WRITER
from scalev_frames.wire.credentials import Key, store_key

NAMES = ("brand-a", "Toko Ü")


LIMITS = ((300, 5.0), (10_000, 3600.0))


@pytest.fixture
def shop():
    worlds = [World(orders, seed=seed) for seed, orders in enumerate((160, 90), 1)]
    with Sandbox(world=worlds[0], limits=LIMITS) as running:
        running.keys = dict(zip(NAMES, [running.api_key, running.add_business(worlds[1])], strict=True))
        running.worlds = dict(zip(NAMES, worlds, strict=True))
        yield running


def check_whole(path, shop):
    frame = sf.scan(path).frame()
    assert frame.columns[0] == "business"
    for name, world in shop.worlds.items():
        assert sorted(frame.loc[frame["business"] == name, "id"]) == sorted(str(one) for one in world.order_ids())
    read = pd.read_parquet(path, columns=["id", "business"])
    assert read["business"].value_counts().to_dict() == {
        name: len(world.order_ids()) for name, world in shop.worlds.items()
    }


# Here --------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_export_of_a_group_is_a_dataset_of_each_business(shop, make_account, tmp_path):
    group = Group(
        {name: make_account(shop, limits=LIMITS, sleep=None, key=key, name=name) for name, key in shop.keys.items()}
    )
    found = group.export(tmp_path / "all", progress=False)
    assert found.rows == 250
    assert sorted(one.name for one in (tmp_path / "all").iterdir()) == ["business=Toko Ü", "business=brand-a"]
    check_whole(tmp_path / "all", shop)
    before = len(shop.requests)
    group.export(tmp_path / "all", progress=False, max_age=3600)
    assert len(shop.requests) == before
    shop.worlds["brand-a"].add_orders(3)
    group.export(tmp_path / "all", progress=False, max_age=0)
    check_whole(tmp_path / "all", shop)


@pytest.mark.slow
def test_a_business_that_fails_is_named_and_the_others_are_written(shop, make_account, tmp_path):
    group = Group(
        {name: make_account(shop, limits=LIMITS, sleep=None, key=key, name=name) for name, key in shop.keys.items()}
    )
    shop.revoke(shop.keys["brand-a"])
    with pytest.raises(errors.GroupError) as caught:
        group.export(tmp_path / "all", progress=False)
    assert list(caught.value.errors) == ["brand-a"]
    assert caught.value.partial()["business"].value_counts().to_dict() == {"Toko Ü": 90}


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


# Stretches and hours -----------------------------------------------------------------------------------------------


def test_stretches_hold_each_day_once_whatever_is_there_already(monkeypatch):
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 100)
    first = dt.date(2026, 1, 1)
    days = {first + dt.timedelta(days=number): number % 40 for number in range(200)}
    for there in (
        ["2026-02-01_2026-02-14", "2026-03-01_end"],
        ["start_2026-01-31", "2026-04-01_2026-04-01"],
        [],
        ["start_end"],
    ):
        for whole in (Span(None, None), Span(dt.date(2026, 1, 10), dt.date(2026, 5, 1))):
            spans = [span for span, _ in plan(days, whole, there)]
            names = {span.folder for span in spans}
            for day in days:
                if cut_days._is_in(day, whole):
                    assert sum(cut_days._is_in(day, span) for span in spans) == 1
            again = [span.folder for span, _ in plan(Counter(), whole, names | set(there))]
            assert again == [span.folder for span in spans]


def test_an_hour_is_shared_out_and_never_overdrawn():
    hour, now, sent = Hour(100, 3600.0), 0.0, []
    running = {}
    for number in range(40):
        while not hour.has_room(30, now):
            now += 60
            for name in [one for one, until in running.items() if until <= now]:
                del running[name]
                hour.end(name, 30, now)
                sent.append(now)
        hour.begin(str(number), 30)
        running[str(number)] = now + 300
    for last in sent:
        assert sum(30 for one in sent if last - 3600 < one <= last) <= 100
    assert Hour(10, 3600.0).has_room(500, 0.0)


@pytest.fixture
def by_hand(monkeypatch, shop):
    """A cluster of nobody: each stretch is done here, one after the other."""
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 50)
    monkeypatch.setattr(stretches, "load_key", lambda profile: Key(shop.keys[profile]))
    monkeypatch.setattr(stretches, "run", lambda client, stretches, work, *_: {one: work(one) for one in stretches})


@pytest.mark.slow
def test_stretches_that_a_cluster_wrote_are_brought_up_to_date_here(shop, by_hand, make_account, tmp_path):
    group = Group({"brand-a": make_account(shop, limits=LIMITS, sleep=None, name="brand-a", stored_as="brand-a")})
    group.export(tmp_path, client=object(), progress=False)
    folders = {file.parent.parent.name for file in tmp_path.rglob("*.parquet")}
    assert len(folders) > 1
    shop.worlds["brand-a"].add_orders(2)
    group.export(tmp_path, progress=False, max_age=0)
    assert sorted(sf.scan(tmp_path).frame()["id"]) == sorted(str(one) for one in shop.worlds["brand-a"].order_ids())
    assert {file.parent.parent.name for file in tmp_path.rglob("*.parquet")} == folders


@pytest.mark.slow
def test_one_accounts_export_by_a_cluster_is_brought_up_to_date_by_either(
    shop, by_hand, make_account, tmp_path, monkeypatch
):
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 3)
    world, path = shop.worlds["brand-a"], tmp_path / "orders"
    api = make_account(shop, limits=LIMITS, sleep=None, name="brand-a", stored_as="brand-a")
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
    shop.revoke(shop.keys["brand-a"])
    with pytest.raises(errors.ScalevError) as caught:
        api.export(path, **how, client=object())
    assert not isinstance(caught.value, errors.GroupError)
    bare = make_account(shop, key=shop.keys["Toko Ü"])
    with pytest.raises(errors.BadValueError, match="was opened by its key"):
        bare.export(tmp_path / "bare", client=object())
    assert not (tmp_path / "bare").exists()


@pytest.mark.slow
def test_a_cluster_goes_on_with_what_was_written_here(shop, by_hand, make_account, tmp_path):
    group = Group(
        {
            "Toko Ü": make_account(
                shop, limits=LIMITS, sleep=None, key=shop.keys["Toko Ü"], name="Toko Ü", stored_as="Toko Ü"
            )
        }
    )
    group.export(tmp_path, progress=False)
    group.export(tmp_path, client=object(), progress=False, max_age=0)
    assert sorted(sf.scan(tmp_path).frame()["id"]) == sorted(str(one) for one in shop.worlds["Toko Ü"].order_ids())


@pytest.mark.slow
def test_a_lost_workers_stretch_is_done_again_and_another_computers_cluster_is_refused(
    shop, by_hand, make_account, tmp_path
):
    group = Group({"brand-a": make_account(shop, limits=LIMITS, sleep=None, name="brand-a", stored_as="brand-a")})
    group.export(tmp_path, client=object(), progress=False)
    folder = tmp_path / "business=brand-a"
    for stretch in folder.iterdir():
        (stretch / WRITER).write_text('{"computer": "lost"}')
    shop.worlds["brand-a"].add_orders(2)
    found = group.export(tmp_path, client=object(), progress=False, max_age=0)
    assert sorted(found.frame()["id"]) == sorted(str(one) for one in shop.worlds["brand-a"].order_ids())
    assert not list(tmp_path.rglob(WRITER))
    (folder / WRITER).write_text('{"computer": "office-2"}')
    for how in ({"client": object()}, {}):
        with pytest.raises(errors.ScalevError, match="office-2 is writing"):
            group.export(tmp_path, progress=False, max_age=0, **how)


@pytest.mark.slow
def test_workers_export_details_too_and_their_requests_count_in_the_hour(make_account, monkeypatch, tmp_path):
    monkeypatch.setattr(cut_days, "DETAILED_ROWS", 15)
    with Sandbox(orders=30, days=3, limits=None) as running:
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


class Future:
    def __init__(self, key, result):
        self.key, self.given = key, result

    def exception(self):
        return None

    def result(self):
        return self.given


def test_brands_take_turns_within_their_hours_and_what_failed_for_now_is_tried_later(monkeypatch):
    now, begun, failures = [0.0], [], Counter()
    stretches = [
        Stretch(business, business, "", b"", f"{business}/{number}", "orders", 30, {}, {})
        for business in "ab"
        for number in range(5)
    ]

    class Client:
        status = "running"

        def scheduler_info(self, **_):
            return {"workers": {"w1": {"resources": {"address": 1}}}}

        def submit(self, work, stretch, **how):
            assert how == {"resources": {"address": 1}, "pure": False}
            begun.append((now[0], stretch.path))
            return Future(f"{len(begun)}", work(stretch))

    def work(stretch):
        failures[stretch.path] += 1
        if stretch.path == "a/1" and failures[stretch.path] < 3:
            return Done(error="another run is writing", retryable=True)
        if stretch.path == "b/2":
            return Done(error="no such profile")
        return Done(10, 30)

    def finished(running):
        now[0] += 10
        return list(running)

    monkeypatch.setattr(cluster, "_check_workers", lambda _: None)
    monkeypatch.setattr(cluster, "_finished", finished)
    hours, told = {name: Hour(100, 3600.0) for name in "ab"}, []
    done = cluster.run(Client(), stretches, work, hours, told.append, clock=lambda: now[0])
    assert {stretch.path for stretch, result in done.items() if result.error} == {"b/2"}
    assert [path for _, path in begun[:6]] == ["a/0", "b/0", "a/1", "b/1", "a/2", "b/2"]
    again = [moment for moment, path in begun if path == "a/1"]
    assert len(again) == 3
    assert again[1] - again[0] >= 10 + 10  # it took 10 seconds itself
    assert again[2] - again[1] >= 10 + 20
    for name in "ab":
        moments = [moment for moment, path in begun if path.startswith(name)]
        assert all(sum(30 for one in moments if last - 3590 < one <= last) <= 100 for last in moments)
    assert told[-1].rows == 90


class Workers:
    """A client of two workers; each stretch is done at once by the first worker that it may be done by."""

    status = "running"

    def __init__(self, work):
        self.work, self.begun, self.cancelled = work, [], []

    def scheduler_info(self, **_):
        return {"workers": {address: {"resources": {"address": 1}} for address in ("w1", "w2")}}

    def submit(self, _, stretch, workers=("w1", "w2"), **__):
        self.begun.append((stretch.path, workers[0]))
        return Future(str(len(self.begun)), self.work(stretch, workers[0]))

    def cancel(self, futures):
        self.cancelled += futures


@pytest.fixture
def run_on(monkeypatch):
    """Runs five stretches each of two brands on two workers, in no time; all that is under way is done at once."""
    now = [0.0]

    def finished(running):
        now[0] += 10
        return list(running)

    monkeypatch.setattr(cluster, "_finished", finished)

    def run(work, told=None):
        client = Workers(work)
        pieces = [Stretch(name, name, "", b"", f"{name}/{n}", "orders", 30, {}, {}) for name in "ab" for n in range(5)]
        hours = {name: Hour(60, 3600.0) for name in "ab"}
        report = [].append if told is None else told.append
        done = cluster.run(client, pieces, None, hours, report, clock=lambda: now[0])
        return client, {stretch.path: result for stretch, result in done.items()}

    run.now = now
    return run


def test_a_brand_whose_hour_is_used_up_is_asked_no_more_and_the_other_is_whole(run_on):
    def work(stretch, worker):
        refused = Done(error="no request until 16:00:00", requests=2, retryable=True, wait=1800.0, worker=worker)
        return refused if stretch.path in ("a/1", "a/2") else Done(10, 30)

    client, done = run_on(work)
    assert {path for path, result in done.items() if result.error} == {"a/1", "a/2", "a/3", "a/4"}
    assert all("16:00:00" in result.error for result in done.values() if result.error)
    assert sum(result.requests for path, result in done.items() if path[0] == "a") == 32
    assert sum(path[0] == "a" for path, _ in client.begun) == 2
    assert sum(result.rows for path, result in done.items() if path[0] == "b") == 50


def test_what_failed_on_one_worker_is_done_by_another(run_on):
    def work(_, worker):
        return Done(error="no network", retryable=True, worker="w1") if worker == "w1" else Done(10, 30)

    client, done = run_on(work)
    assert not any(result.error for result in done.values())
    assert Counter(client.begun) == Counter({(path, worker): 1 for path in done for worker in ("w1", "w2")})


def test_where_every_worker_fails_each_stretch_is_tried_four_times(run_on):
    client, done = run_on(lambda _, worker: Done(error="no network", retryable=True, worker=worker))
    assert all(result.error == "no network" for result in done.values())
    assert set(Counter(path for path, _ in client.begun).values()) == {cluster.TRIES}


@pytest.mark.parametrize(
    ("stopped", "words"), [(KeyboardInterrupt, "interrupted"), (CancelledError, "cluster has stopped")]
)
def test_a_cluster_that_stops_and_ctrl_c_say_what_is_done(run_on, monkeypatch, stopped, words):
    finished = cluster._finished
    rounds = iter([finished, finished])

    def stop(running):
        if (one := next(rounds, None)) is None:
            raise stopped
        return one(running)

    monkeypatch.setattr(cluster, "_finished", stop)
    with pytest.raises(errors.InterruptedPullError, match=words) as caught:
        run_on(lambda *_: Done(10, 30))
    assert caught.value.kept == "4 of 10 parts are done."
    assert "Make the same call again" in str(caught.value)


def test_a_cluster_whose_workers_stay_away_ends_the_export_and_says_so(run_on, monkeypatch):
    finished, there = cluster._finished, {"w1": {"resources": {"address": 1}}}
    looks = iter([*[there] * 3, *[{}] * 14, there, *[{}] * 20])

    def nothing_is_done(running):
        finished(running)  # ten seconds
        return []

    monkeypatch.setattr(cluster, "_finished", nothing_is_done)
    monkeypatch.setattr(cluster, "LOOK_AT_WORKERS", 20.0)
    monkeypatch.setattr(Workers, "scheduler_info", lambda *_, **__: {"workers": next(looks)})
    with pytest.raises(
        errors.InterruptedPullError, match="no worker with the resource address for 5 minutes"
    ) as caught:
        run_on(lambda *_: Done(10, 30))
    assert caught.value.kept == "0 of 10 parts are done."
    assert len(list(looks)) == 20 - cluster.ALONE / 20  # counted from when they were there last


THERE, NOT_YET = {"w1": {"resources": {"address": 1}}, "w2": {"resources": {"address": 1}}}, {}


def silent():
    raise TimeoutError


def look_at(monkeypatch, *looks):
    """Let the scheduler answer these, and then that all workers are there."""
    answers = iter(looks)

    def scheduler_info(*_, **__):
        answer = next(answers, THERE)
        return {"workers": answer() if callable(answer) else answer}

    monkeypatch.setattr(Workers, "scheduler_info", scheduler_info)


@pytest.mark.parametrize("looks", [[THERE, silent], [silent], [silent] * 9, [NOT_YET] * 9, [THERE, *[NOT_YET] * 19]])
def test_workers_that_come_late_and_a_scheduler_that_is_silent_for_a_while_are_waited_for(run_on, monkeypatch, looks):
    finished = cluster._finished

    def nothing_is_done(running):
        return finished(running) if next(rounds, None) is None else finished({})

    rounds, told = iter(range(3 * len(looks))), []
    monkeypatch.setattr(cluster, "_finished", nothing_is_done)
    look_at(monkeypatch, *looks)
    _, done = run_on(lambda *_: Done(10, 30), told)
    assert sum(result.rows for result in done.values()) == 100
    assert (
        len(looks) == 1
        or [one.message for one in told].count("the cluster has no worker at present; it is waited for") == 1
    )


def test_a_computer_that_slept_for_an_hour_has_looked_once(run_on, monkeypatch):
    finished, rounds = cluster._finished, iter(range(4))

    def sleep(running):
        if next(rounds, None) is None:
            return finished(running)
        run_on.now[0] += 3600
        return []

    monkeypatch.setattr(cluster, "_finished", sleep)
    look_at(monkeypatch, THERE, THERE, silent, silent)
    _, done = run_on(lambda *_: Done(10, 30))
    assert sum(result.rows for result in done.values()) == 100


def test_a_cluster_of_other_workers_and_a_closed_client_are_refused(run_on, monkeypatch):
    look_at(monkeypatch, {"w1": {"resources": {}}, "w2": {"resources": {"GPU": 1}}})
    with pytest.raises(errors.BadValueError, match="No worker of this cluster has the resource address"):
        run_on(lambda *_: Done(10, 30))
    monkeypatch.setattr(Workers, "status", "closed")
    with pytest.raises(errors.BadValueError, match="client of the cluster is closed"):
        run_on(lambda *_: Done(10, 30))


def test_a_client_that_closes_while_all_wait_says_what_is_done(run_on, monkeypatch):
    finished = cluster._finished

    def close(running):
        if not running:
            monkeypatch.setattr(Workers, "status", "closed")
        return finished(running)

    monkeypatch.setattr(cluster, "_finished", close)
    with pytest.raises(errors.InterruptedPullError, match="cluster has stopped") as caught:
        run_on(lambda *_: Done(10, 30))
    assert caught.value.kept == "4 of 10 parts are done."


def test_what_waits_for_a_worker_that_leaves_is_done_by_another(run_on, monkeypatch):
    finished, there, tries = cluster._finished, dict(THERE), Counter()
    monkeypatch.setattr(Workers, "scheduler_info", lambda *_, **__: {"workers": there})
    monkeypatch.setattr(
        cluster, "_finished", lambda running: [one for one in finished(running) if one.given.worker in there]
    )

    def work(stretch, worker):
        if worker == "w2":
            there.pop("w2", None)
        tries[stretch.path] += worker == "w1"
        return Done(10, 30, worker=worker) if tries[stretch.path] > 1 else Done(0, 2, "no network", True, 0.0, worker)

    client, done = run_on(work)
    assert sum(result.rows for result in done.values()) == 100
    assert [path for path, worker in client.begun if worker == "w2"] == ["a/0"]
    assert [one.given.worker for one in client.cancelled] == ["w2"]


def test_a_worker_without_the_profile_is_passed_over_and_costs_the_hour_nothing(run_on):
    def work(stretch, worker):
        if worker == "w1" and stretch.business == "a":
            return Done(error="There is no stored profile", worker=worker, unfit=True)
        return Done(10, 30, worker=worker)

    client, done = run_on(work)
    assert sum(result.rows for result in done.values()) == 100
    assert Counter(worker for path, worker in client.begun if path[0] == "a") == {"w1": 2, "w2": 5}
    assert run_on.now[0] < 3 * 3600  # five of 30 requests, 60 an hour


def test_where_no_worker_has_the_profile_its_business_ends_at_once_and_the_other_is_whole(run_on):
    def work(stretch, worker):
        bad = Done(error="There is no stored profile", worker=worker, unfit=True)
        return bad if stretch.business == "a" else Done(10, 30, worker=worker)

    client, done = run_on(work)
    assert {path[0] for path, result in done.items() if result.error} == {"a"}
    assert len(done) == 10
    assert len([path for path, _ in client.begun if path[0] == "a"]) <= 4
    assert sum(result.rows for result in done.values()) == 50


@pytest.mark.parametrize("name", ["2026-13-01_end", "start_2026-02-30"])
def test_a_folder_of_days_that_there_are_none_is_no_stretch(name):
    assert read_folder(name) is None


def test_a_worker_says_for_how_long_its_key_is_refused(shop, monkeypatch, tmp_path):
    monkeypatch.setattr(stretches, "load_key", lambda _: Key(shop.api_key))
    monkeypatch.setattr(stretches, "default_cache_dir", lambda: tmp_path / "cache")
    monkeypatch.setattr(stretches, "_here", lambda: "w1")
    shop._service.faults.append(always("rate_limit", "/order*", retry_after="7200"))
    mark = Key(shop.api_key).name(b"x", limited_host(shop.base_url))
    opened = {"base_url": shop.base_url, "limits": LIMITS}
    piece = Stretch("a", "a", mark, b"x", str(tmp_path / "a"), "orders", 9, opened, {})
    done = stretches.export_stretch(Account, piece)
    assert (done.wait, done.retryable, done.rows, done.worker) == (7200.0, True, 0, "w1")
    assert "no request until" in done.error
    assert len(shop.requests) < 10


def test_a_worker_whose_key_is_refused_ends_its_business(shop, monkeypatch, tmp_path):
    monkeypatch.setattr(stretches, "load_key", lambda _: Key(shop.api_key))
    monkeypatch.setattr(stretches, "default_cache_dir", lambda: tmp_path / "cache")
    shop.revoke(shop.api_key)
    mark = Key(shop.api_key).name(b"x", limited_host(shop.base_url))
    opened = {"base_url": shop.base_url, "limits": LIMITS}
    done = stretches.export_stretch(
        Account, Stretch("a", "a", mark, b"x", str(tmp_path / "a"), "orders", 9, opened, {})
    )
    assert (done.wait, done.retryable, done.rows) == (math.inf, False, 0)
    assert done.error


# A cluster ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def key_store(tmp_path, monkeypatch):
    monkeypatch.setenv("KEY_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "key_file.TurnedFile")
    root = Path(__file__).parents[2]
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(root), str(root / "tests"), os.environ.get("PYTHONPATH", "")])
    )
    keyring.set_keyring(TurnedFile())


@pytest.fixture
def client(key_store, tmp_path):
    import distributed  # not where most tests are collected: it takes a while

    with (
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, processes=True, resources={"address": 1}, dashboard_address="127.0.0.1:0",
            local_directory=str(tmp_path / "spill"),
        ) as running,
        distributed.Client(running) as client,
    ):  # fmt: skip
        client.tmp = tmp_path / "spill"
        yield client


def forms_of(key):
    """A key as bytes that somebody could find it by: whole, half, escaped and encoded, at any offset."""
    plain = key.encode()
    halves = [plain, plain[: len(plain) // 2], plain[len(plain) // 2 :], plain[::-1]]
    encoded = [base64.b64encode(b"x" * offset + plain)[4:-4] for offset in range(3)]
    escaped = ["".join(form.format(ord(one)) for one in key).encode() for form in ("\\u{:04x}", "%{:02X}")]
    return [*halves, *encoded, *escaped, plain.hex().encode(), key.encode("utf-16-le")]


def every_byte(client):
    """What the scheduler and the workers have written, logged or show."""
    pages = ["info/main/workers.html", "json/index.html", "metrics", "status", "workers", "tasks", "system", "graph"]
    pages += [f"info/logs/{name}.html" for name in client.scheduler_info()["workers"]]
    port, shown = client.scheduler_info()["services"]["dashboard"], []
    for page in pages:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=30) as answer,
        ):
            shown.append(answer.read())
    assert len(shown) > 4
    logs = [repr(one).encode() for one in (
        client.get_worker_logs(), client.get_scheduler_logs(), client.cluster.get_logs(), client.get_events(),
        client.story(), client.get_task_stream(),
    )]  # fmt: skip
    return shown + logs + [one.read_bytes() for one in client.tmp.rglob("*") if one.is_file()]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_whose_worker_is_killed_exports_every_row_once(shop, client, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(cut_days, "DETAILED_ROWS", 50)
    for name, key in shop.keys.items():
        store_key(name, Key(key), base_url=shop.base_url)
    group = sf.connect_many(NAMES, limits=LIMITS, cache_dir=tmp_path / "cache")
    pids = client.run(os.getpid)
    seen = Counter()

    def kill(request):
        seen["details"] += request.path.startswith("/order/") and "statistics" not in request.path
        if seen["details"] == 40 and pids:
            os.kill(pids.popitem()[1], signal.SIGKILL)
            kill.killed = len(pids)

    shop.on_request(kill)
    told = []
    found = group.export(tmp_path / "all", client=client, progress=told.append, details=True)
    assert kill.killed < 3
    assert found.rows == told[-1].rows == 250
    check_whole(tmp_path / "all", shop)
    assert {request.status for request in shop.requests} <= {200, 0}  # 0: whom the killed worker does not hear
    assert len({file.parent.parent.name for file in (tmp_path / "all").rglob("*.parquet")}) >= 4
    assert found.frame()["orderlines"].notna().all()
    assert seen["details"] < 250 + 60  # of the lost worker's only what it had not kept
    written = [*every_byte(client), *(stream.encode() for stream in capfd.readouterr())]
    written += [one.read_bytes() for one in (tmp_path / "all").rglob("*") if one.is_file()]
    assert any(b"brand-a" in content for content in written)
    for form in [form for key in shop.keys.values() for form in forms_of(key)]:
        assert not any(form in content for content in written)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_worker_with_another_key_or_none_writes_nothing_and_says_so(shop, client, tmp_path):
    store_key("brand-a", Key(shop.keys["brand-a"]), base_url=shop.base_url)
    group = sf.connect_many(["brand-a"], cache_dir=tmp_path / "cache")
    store_key("brand-a", Key(shop.keys["Toko Ü"]), base_url=shop.base_url)
    with pytest.raises(errors.GroupError, match="brand-a of this worker has another key"):
        group.export(tmp_path / "all", client=client, progress=False)
    assert not list(tmp_path.rglob("*.parquet"))
    bare = sf.connect_many({"b": shop.keys["brand-a"]}, base_url=shop.base_url)
    with pytest.raises(errors.BadValueError, match="was opened by its key"):
        bare.export(tmp_path / "all", client=client, progress=False)
