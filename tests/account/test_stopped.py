"""Pulls that faults, Ctrl-C or a revoked key stop: what was fetched is kept, and asked for once."""

from __future__ import annotations

from functools import partial

import pytest
from processes import open_files

from scalev_frames import errors
from scalev_frames.cache.snapshots import Snapshots
from scalev_frames.frames import FrameBuilder
from scalev_frames.sandbox import Fault
from scalev_frames.wire.transport import Transport


def paths(sandbox):
    return [request.path for request in sandbox.requests]


@pytest.mark.slow
def test_a_stopped_pull_goes_on_without_asking_twice(make_sandbox, make_account):
    sandbox = make_sandbox(faults=[Fault("error", "/order", at=5, times=1, status=400, error="not now")])
    api = make_account(sandbox)
    with pytest.raises(errors.BadRequestError) as caught:
        api.orders(progress=False)
    assert "100 rows of orders (4 pages) are kept" in str(caught.value)
    frame = make_account(sandbox).orders(progress=False)
    assert len(frame) == 300
    assert paths(sandbox).count("/order") == 13
    assert paths(sandbox).count("/order/statistics") == 1
    assert frame.attrs["requests"] == 8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "at"),
    [("invalid_json", 1), ("cut", 1), ("cut", 4), ("reset", 1), ("reset", 4), ("html", 4), ("server_error", 1),
     ("rate_limit", 4), ("body_code", 1)],
)  # fmt: skip
def test_faults_on_the_way_cost_nothing_but_time(make_sandbox, make_account, kind, at):
    sandbox = make_sandbox(faults=[Fault(kind, "/order", at=at, times=2)])
    frame = make_account(sandbox).orders(progress=False)
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in sandbox.world.rows("orders"))
    assert paths(sandbox).count("/order") == 14


def test_the_pages_of_a_list_are_of_one_walk_also_when_a_refresh_stops_half_way(make_sandbox, make_account):
    sandbox = make_sandbox(orders=10)
    api = make_account(sandbox)
    pages = api.locations(progress=False).attrs["requests"]
    assert pages > 1
    sandbox.script(Fault("error", "/locations", at=2, status=400))
    with pytest.raises(errors.BadRequestError):
        api.locations(refresh=True, progress=False)
    again = make_account(sandbox).locations(refresh=True, progress=False)
    assert again.attrs["requests"] == pages - 1
    assert again["id"].tolist() == [str(row["id"]) for row in sandbox.world.rows("locations")]


def test_a_revoked_key_never_gets_old_data(make_sandbox, make_account):
    sandbox = make_sandbox(orders=30)
    now = [1_795_000_000.0]
    api = make_account(sandbox, clock=lambda: now[0])
    api.stores(progress=False)
    api.order_tags(progress=False)
    sandbox.revoke(sandbox.api_key)
    now[0] += 10**6
    for call in (api.stores, api.order_tags):
        with pytest.raises(errors.AuthenticationError):
            call(progress=False)


@pytest.mark.slow
def test_ctrl_c_keeps_what_came(make_sandbox, make_account):
    sandbox = make_sandbox()
    api = make_account(sandbox)
    seen = []

    def interrupt(event):
        seen.append(event)
        if len([one for one in seen if one.kind == "page"]) == 3:
            raise KeyboardInterrupt

    with pytest.raises(errors.InterruptedPullError, match="same call again") as caught:
        api.orders(progress=interrupt)
    assert caught.value.pages_kept >= 3
    assert not [
        file for file in open_files() if file.startswith(f"{api.folder}/journal/")
    ]  # Windows lets nobody delete an open one
    frame = api.orders(progress=False)
    assert len(frame) == 300
    assert paths(sandbox).count("/order") == 12


def stop(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("place", "calls"),
    [
        (Snapshots.describe, "orders stores cost"),
        (Snapshots.load, "orders stores"),
        (Snapshots.save, "anew"),
        (FrameBuilder.finish, "anew tags get"),
        (Transport.get_single, "tags cost count reconcile"),
    ],
    ids=lambda one: getattr(one, "__qualname__", ""),
)
def test_ctrl_c_is_the_packages_error_at_every_moment_of_every_call(
    make_sandbox, make_account, monkeypatch, place, calls
):
    api = make_account(make_sandbox(orders=30))
    orders = api.orders(progress=False)
    api.stores(progress=False)
    owner, _, name = place.__qualname__.partition(".")
    monkeypatch.setattr(f"{place.__module__}.{owner}.{name}", stop)
    every = {
        "orders": partial(api.orders, progress=False), "stores": partial(api.stores, progress=False),
        "anew": partial(api.orders, refresh=True, progress=False), "tags": partial(api.order_tags, progress=False),
        "get": partial(api.get, "/products", progress=False), "cost": partial(api.cost, "orders", since="2026-11-01"),
        "count": partial(api.count_days, "orders"), "reconcile": partial(api.reconcile, orders),
    }  # fmt: skip
    for one in calls.split():
        with pytest.raises(errors.InterruptedPullError, match="was interrupted"):
            every[one]()


def test_an_outdated_pull_is_not_gone_on_with_and_its_pages_go(make_sandbox, make_account, tmp_path):
    import time

    sandbox = make_sandbox(faults=[Fault("error", "/order", at=5, times=1, status=401, error="no")])
    with pytest.raises(errors.AuthenticationError):
        make_account(sandbox).orders(progress=False)
    assert list((tmp_path / "cache").rglob("journal/*.sqlite"))
    make_account(sandbox, clock=lambda: time.time() + 2 * 86_400).stores(progress=False)
    assert not list((tmp_path / "cache").rglob("*.page"))
