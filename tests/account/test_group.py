"""Several businesses in one call: whose every row is, whole or named, under one limit, in every exporter."""

from __future__ import annotations

import _thread
import datetime as dt
import math
import threading
import time
from collections import Counter

import pandas as pd
import pytest
from processes import in_forks, wait_until
from servers import second_server

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.cancel import CancelToken
from scalev_frames.frames.header import Header
from scalev_frames.group import Group
from scalev_frames.sandbox import Fault, Sandbox, World, always
from tests.account.groups import NAMES


def ids_of(world):
    return [str(one) for one in world.order_ids()]


@pytest.mark.slow
def test_every_row_says_whose_it_is_and_every_row_is_there(group, worlds):
    orders = group.orders(progress=False)
    assert orders.columns[0] == "business"
    assert orders["business"].dtype == "str"
    for name, world in worlds.items():
        assert orders.loc[orders["business"] == name, "id"].tolist() == ids_of(world)
    alone = group["Toko Ü / 1"].orders(progress=False)
    part = orders.loc[orders["business"] == "Toko Ü / 1"].drop(columns="business").reset_index(drop=True)
    pd.testing.assert_frame_equal(part, alone, check_like=True)


@pytest.mark.slow
def test_the_header_adds_up_and_has_a_part_for_each(group):
    orders = group.orders(progress=False)
    header = Header.of(orders)
    assert (header.endpoint, header.rows, header.complete) == ("orders", 210, True)
    assert header.account == "brand-a, Toko Ü / 1, brand c"
    assert {name: (one["rows"], one["complete"]) for name, one in header.businesses.items()} == {
        "brand-a": (120, True), "Toko Ü / 1": (90, True), "brand c": (0, True),
    }  # fmt: skip
    assert header.requests == sum(one["requests"] for one in header.businesses.values())
    again = group.orders(progress=False)
    assert (Header.of(again).requests, Header.of(again).from_cache) == (0, True)


@pytest.mark.slow
def test_each_business_can_have_its_own_id(group):
    own = {name: str(place) for place, name in enumerate(NAMES, 1)}
    products = group.store_products(store_id=own, progress=False)
    assert products.groupby("business")["store_id"].unique().map(list).to_dict() == {k: [v] for k, v in own.items()}
    with pytest.raises(errors.BadValueError, match="says nothing of brand c"):
        group.store_products(store_id={"brand-a": 1, "Toko Ü / 1": 2}, progress=False)
    with pytest.raises(errors.UnknownNameError, match="Did you mean brand-a"):
        group.store_products(store_id={"brand-b": 1}, progress=False)


@pytest.mark.slow
def test_a_column_called_business_keeps_its_values_under_a_name_of_its_own(group):
    warehouses = group.warehouses(progress=False)
    assert warehouses.columns.get_loc("business") == 0
    alone = group["brand-a"].warehouses(progress=False)
    own = warehouses.loc[warehouses["business"] == "brand-a", "warehouses__business"]
    assert own.tolist() == alone["business"].tolist()


def test_a_wrong_call_is_refused_as_for_one_business_and_nothing_is_sent(group, shop):
    with pytest.raises(errors.UnknownNameError, match="Did you mean status"):
        group.orders(statsu="shipped")
    assert not shop.requests


@pytest.mark.slow
def test_a_key_revoked_in_the_middle_is_named_and_the_others_are_whole(group, shop, worlds):
    bad = shop.keys["Toko Ü / 1"]
    seen = Counter()

    def revoke(request):
        seen[request.key] += 1
        if seen[bad] == 3:
            shop.revoke(bad)

    shop.on_request(revoke)
    with pytest.raises(errors.GroupError) as caught:
        group.orders(progress=False)
    error = caught.value
    assert list(error.errors) == ["Toko Ü / 1"]
    assert isinstance(error.errors["Toko Ü / 1"], errors.AuthenticationError)
    assert "1 of 3 businesses failed. Toko Ü / 1: " in str(error)
    assert "brand-a, brand c: whole and kept" in str(error)
    assert not error.retryable
    assert all(key not in str(error) + repr(error.__dict__) for key in shop.keys.values())
    frame = error.partial()
    assert frame["business"].unique().tolist() == ["brand-a"]
    assert frame["id"].tolist() == ids_of(worlds["brand-a"])
    assert frame.attrs["complete"] is False
    assert any("Toko Ü / 1 is missing" in note for note in frame.attrs["notes"])
    table = group.reconcile(frame)
    assert table.attrs["equal"] is None
    assert "Toko Ü / 1: not here." in table.attrs["verdict"]
    before = len(shop.requests)
    shop._service.keys[bad] = None  # the key is good again
    whole = group.orders(progress=False)
    assert {request.key for request in shop.requests[before:]} == {bad}
    assert whole.groupby("business").size().to_dict() == {"brand-a": 120, "Toko Ü / 1": 90}


@pytest.mark.slow
def test_every_business_that_fails_is_named(group, shop):
    for name in ("brand-a", "brand c"):
        shop.revoke(shop.keys[name])
    with pytest.raises(errors.GroupError) as caught:
        group.stores(progress=False)
    assert list(caught.value.errors) == ["brand-a", "brand c"]
    assert list(caught.value.frames) == ["Toko Ü / 1"]
    shop.revoke(shop.keys["Toko Ü / 1"])
    with pytest.raises(errors.GroupError) as caught:
        group.products(progress=False)
    with pytest.raises(errors.GroupError):
        caught.value.partial()


@pytest.mark.slow
def test_offline_names_who_has_nothing(group):
    group["brand-a"].orders(progress=False)
    with pytest.raises(errors.GroupError) as caught:
        group.orders(offline=True, progress=False)
    assert {type(error) for error in caught.value.errors.values()} == {errors.NotCachedError}
    assert len(caught.value.partial()) == 120


@pytest.mark.slow
@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("by", ["a token", "Ctrl-C", "another thread"])
def test_cancelled_in_the_middle_the_same_call_resumes_and_no_thread_stays(make_sandbox, make_account, worlds, by):
    shop = make_sandbox(world=worlds["brand-a"], latency=0.1)
    other = shop.add_business(worlds["Toko Ü / 1"])
    group = Group({"a": make_account(shop), "b": make_account(shop, key=other)})
    token, pages = CancelToken(), []

    def cancel(event):
        pages.append(event)
        if len([one for one in pages if one.kind == "page"]) == 3:
            {"a token": token.cancel, "Ctrl-C": _thread.interrupt_main, "another thread": group.cancel}[by]()

    with pytest.raises(errors.InterruptedPullError) as caught:
        group.orders(progress=cancel, cancel=token)
    assert caught.value.pages_kept >= 2
    before = len(shop.requests)
    orders = group.orders(progress=False)
    assert len(orders) == 210
    assert len(shop.requests) - before < before + 5
    group.close()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name == "scalev-worker"])


@pytest.mark.slow
def test_one_progress_counts_all(group):
    seen = []
    group.orders(progress=seen.append)
    assert max(event.rows for event in seen) == 210
    assert {event.endpoint for event in seen} == {"orders"}
    assert [event.rows for event in seen if event.kind == "done"] == [210]
    assert any(event.message.startswith("brand-a: ") for event in seen)
    seen.clear()
    lines = group.order_lines(group.orders(progress=False).head(3), progress=seen.append)
    assert len(lines)
    assert {(event.endpoint, event.rows) for event in seen[-1:]} == {("order", 3)}


@pytest.mark.slow
def test_one_address_is_shared_and_nobody_waits_behind_the_many_of_another(make_account):
    limits = ((20, 1.0), (10_000, 3600.0))
    with Sandbox(orders=600, limits=limits, latency=0.05) as shop:
        small = shop.add_business(World(60, seed=2))
        middle = shop.add_business(World(200, seed=3))
        keys = {"large": shop.api_key, "small": small, "middle": middle}
        group = Group({name: make_account(shop, key=key, limits=limits, sleep=None) for name, key in keys.items()})
        orders = group.orders(progress=False)
        assert orders.groupby("business").size().to_dict() == {"large": 600, "small": 60, "middle": 200}
        assert {request.status for request in shop.requests} == {200}
        order = [request.key for request in shop.requests]
        last = len(order) - order[::-1].index(small)
        assert last < len(order) * 0.7
        assert all(account.sessions.known().engine.pace.sharers == 1 for account in group.accounts.values())


@pytest.mark.slow
def test_brands_on_v2_and_v3_are_one_frame(shop, make_account, worlds):
    accounts = {name: make_account(shop, key=key, name=name, version="v3") for name, key in shop.keys.items()}
    accounts["brand-a"] = make_account(shop, name="brand-a", version="v2")
    group = Group(accounts)
    orders = group.orders(progress=False)
    for name, world in worlds.items():
        assert orders.loc[orders["business"] == name, "id"].tolist() == ids_of(world)
    assert {one.version for one in shop.requests if one.key == shop.keys["brand-a"]} == {"v2"}
    assert {one.version for one in shop.requests if one.key != shop.keys["brand-a"]} == {"v3"}
    assert group.reconcile(orders).attrs["equal"] is True
    shares = {name: account.sessions.limit_shared_by for name, account in group.accounts.items()}
    assert len(set(shares.values())) == 3  # a limit of the address, and one of each key


@pytest.mark.slow
@pytest.mark.parametrize("on_v3", ["", "bc"], ids=["v2", "two on v3"])
def test_three_brands_of_many_orders_one_revoked_in_the_middle(make_account, on_v3):
    limits = ((300, 5.0), (10_000, 3600.0))  # ten times the documented rate, and as strict
    worlds = {name: World(600, seed=seed) for seed, name in enumerate("abc", 1)}
    with Sandbox(world=worlds["a"], limits=limits, latency=0.05) as shop:
        keys = {"a": shop.api_key, **{name: shop.add_business(worlds[name]) for name in "bc"}}
        how = {"limits": limits, "sleep": None}
        versions = {name: "v3" if name in on_v3 else "v2" for name in keys}
        group = Group({name: make_account(shop, key=keys[name], version=versions[name], **how) for name in keys})
        seen = Counter()

        def revoke(request):
            seen[request.key] += 1
            if seen[keys["b"]] == 12:
                shop.revoke(keys["b"])

        shop.on_request(revoke)
        with pytest.raises(errors.GroupError, match="1 of 3 businesses failed") as caught:
            group.orders(progress=False)
        assert list(caught.value.errors) == ["b"]
        for name in "ac":
            assert caught.value.frames[name]["id"].tolist() == ids_of(worlds[name])
        statuses = {key: Counter(one.status for one in shop.requests if one.key == key) for key in keys.values()}
        assert set(statuses[keys["a"]]) == set(statuses[keys["c"]]) == {200}
        assert set(statuses[keys["b"]]) == {200, 401}
        assert {(one.key, one.version) for one in shop.requests} == {(keys[name], versions[name]) for name in keys}
        assert all(24 <= statuses[keys[name]][200] < 60 for name in "ac")  # 24 pages, and those where parts meet
        shop._service.keys[keys["b"]] = None
        before = len(shop.requests)
        orders = group.orders(progress=False)
        assert {one.key for one in shop.requests[before:]} == {keys["b"]}
        pages = [str(sorted(one.params.items())) for one in shop.requests
                 if (one.key, one.path, one.status) == (keys["b"], "/order", 200)]  # fmt: skip
        assert len(pages) - len(set(pages)) <= 24  # those that were under way: as many as ask at once
        assert len(pages) < 60 + 24
        for name, world in worlds.items():
            assert orders.loc[orders["business"] == name, "id"].tolist() == ids_of(world)
        assert group.reconcile(orders).attrs["equal"] is True


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"retry_after": "1"}, {}], ids=["for ever", "no word when"])
def test_a_brand_that_is_refused_by_a_limit_is_named_and_the_others_are_whole(make_sandbox, make_account, fault):
    one, two = make_sandbox(orders=60), make_sandbox(world=World(40, seed=2), faults=[always("rate_limit", **fault)])
    now = [time.time()]

    def sleep(seconds):
        now[0] += seconds

    group = Group({"one": make_account(one), "two": make_account(two, clock=lambda: now[0], sleep=sleep)})
    with pytest.raises(errors.GroupError) as caught:
        group.orders(progress=False)
    assert list(caught.value.errors) == ["two"]
    assert isinstance(caught.value.errors["two"], errors.RateLimitedError)
    assert sorted(caught.value.partial()["id"]) == sorted(ids_of(one.world))
    two._service.faults.clear()
    assert group.orders(progress=False)["business"].value_counts().to_dict() == {"one": 60, "two": 40}


@pytest.mark.slow
@pytest.mark.parametrize(("how", "version"), [("call", "v3"), ("export", "v2")])
def test_a_brand_whose_hour_is_used_up_is_named_with_the_time_and_the_others_are_whole(
    make_sandbox, make_account, tmp_path, how, version
):
    used_up = Fault("rate_limit", "/order*", at=3, times=math.inf, retry_after="7200")
    worlds = {"a": make_sandbox(world=World(50, days=36)),
              "b": make_sandbox(world=World(100, days=36, seed=2), faults=[used_up])}  # fmt: skip
    now = dt.datetime(2026, 11, 29, 7, tzinfo=dt.UTC).timestamp()
    how_of_all = {"version": version, "clock": lambda: now, "limits": ((100_000, 3600.0),)}
    group = Group({name: make_account(one, **how_of_all) for name, one in worlds.items()})
    with pytest.raises(errors.GroupError, match="1 of 2 businesses failed") as caught:
        group.orders(progress=False) if how == "call" else group.export(tmp_path / "data", progress=False)
    assert list(caught.value.errors) == ["b"]
    assert "no request until 16:00:00: make the same call again" in str(caught.value)
    assert sorted(caught.value.partial()["id"]) == sorted(ids_of(worlds["a"].world))
    assert len(worlds["b"].requests) < 20
    if how == "export":
        assert sf.scan(tmp_path / "data").header.complete is not True
    worlds["b"]._service.faults.clear()
    whole = group.orders(progress=False) if how == "call" else group.export(tmp_path / "data", progress=False).frame()
    assert whole.groupby("business").size().to_dict() == {"a": 50, "b": 100}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_the_whole_group(make_account):
    with second_server(orders=80, limits=None, latency=0.01) as server:
        other = server.ask("sandbox.add_business(World(50, seed=2))")
        group = Group({"a": make_account(server), "b": make_account(server, key=other)})
        assert len(group.orders(progress=False)) == 130

        def pull(refresh):
            return group.orders(refresh=refresh, progress=False).groupby("business").size().to_dict()

        assert in_forks(pull, [True]) == [{"a": 80, "b": 50}]
        assert len(group.orders(refresh=True, progress=False)) == 130
