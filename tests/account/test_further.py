"""Orders that stand elsewhere in the list than those of their times are there where the server counts them."""

from __future__ import annotations

import contextlib
import datetime as dt

import numpy as np
import pytest

from scalev_frames.cache.facts import HOLDS, Fact
from scalev_frames.errors import ForbiddenError
from scalev_frames.frames.header import Header
from scalev_frames.pull.reading import further
from scalev_frames.pull.server_facts import ServerFacts
from scalev_frames.sandbox import Fault, World, always
from scalev_frames.sandbox.world.orders import statistics

DAY, SINCE = dt.timedelta(days=1), "2026-11-10"
AGREE = "do not agree"


@pytest.fixture(params=["v3", "v2"])
def business(make_sandbox, make_account, request):
    """A business of some months, an order of which became one of ``SINCE`` weeks after it was made.

    v3 counts orders by draft time, v2 by creation where it is not asked for another time.
    """
    world = World(250, days=90)
    sandbox = make_sandbox(world=world)
    moment = {"later": dt.timedelta()}
    api = make_account(
        sandbox, base_url=sandbox.url(request.param), clock=lambda: (world.now + moment["later"]).timestamp(), name="a"
    )
    return world, api, sandbox, moment


def made(row):
    return dt.datetime.fromisoformat(row["draft_time"] or row["created_at"])


def wanted(world):
    since = dt.datetime.fromisoformat(f"{SINCE}T00:00+07:00")
    return sorted(str(row["id"]) for row in world.rows("orders") if made(row) >= since)


def confirm_late(world, number=0):
    old = [row["id"] for row in world.rows("orders") if made(row) < world.now - 60 * DAY]
    world.change_draft_time(old[number], world.now - 3 * DAY)
    return str(old[number])


def read(api, **how):
    return api.orders(since=SINCE, progress=False, **({"max_age": 0} | how))


def same(frame, world):
    assert sorted(frame["id"]) == wanted(world)
    assert frame.attrs["complete"]
    assert not [note for note in frame.attrs["notes"] if AGREE in note]


def test_an_order_with_a_draft_time_weeks_after_its_creation_is_there(business):
    world, api, *_ = business
    confirm_late(world)
    same(read(api), world)


@pytest.mark.parametrize("fault", ["refuse_value", "insist"])
def test_a_server_that_does_not_count_by_draft_time_is_read_as_before(make_sandbox, make_account, fault):
    world, value = World(250, days=90), {"refuse_value": "draft_time", "insist": "created_at"}[fault]
    sandbox = make_sandbox(world=world, faults=[always(fault, "/order/statistics", value=value)])
    api = make_account(sandbox, clock=lambda: world.now.timestamp(), name="a")
    same(read(api), world)
    late = confirm_late(world)
    world.add_orders(2)
    frame = read(api)
    assert set(wanted(world)) - set(frame["id"]) == {late}  # nothing shows it
    assert not {*frame["id"]} - {*wanted(world)}


@pytest.mark.slow
def test_it_is_there_after_a_refresh(business):
    world, api, *_ = business
    same(read(api), world)
    confirm_late(world)
    world.add_orders(2)
    same(read(api), world)
    confirm_late(world, number=5)
    same(read(api), world)


@pytest.mark.slow
def test_an_export_has_it_at_once_and_after_a_refresh(business, tmp_path):
    world, api, *_ = business
    for number in range(2):
        confirm_late(world, number)
        scan = api.export(tmp_path / "orders", since=SINCE, progress=False, max_age=0)
        assert sorted(scan.frame()["id"]) == wanted(world)
        assert not [note for note in scan.header.notes if AGREE in note]


@pytest.mark.slow
def test_a_list_is_read_no_further_than_to_the_order_that_lacked(business):
    world, api, *_ = business
    newest = read(api, refresh=True).attrs["requests"]
    old = [row["id"] for row in world.rows("orders") if made(row) < world.now - 30 * DAY]
    world.change_draft_time(old[0], world.now - 3 * DAY)
    near = read(api, refresh=True).attrs["requests"]
    confirm_late(world, number=-1)
    assert newest < near < read(api, refresh=True).attrs["requests"]


@pytest.mark.slow
def test_a_server_that_counts_more_than_it_lists_costs_its_whole_list_once(business, monkeypatch):
    _, api, _, moment = business
    find = statistics.find
    monkeypatch.setattr(statistics, "find", lambda book, asked: np.append(find(book, asked), find(book, asked)[-3:]))
    first = read(api, refresh=True)
    assert [note for note in first.attrs["notes"] if AGREE in note]
    moment["later"] = 2 * HOLDS
    again = read(api, refresh=True)
    assert again["id"].tolist() == first["id"].tolist()
    assert first.attrs["requests"] - again.attrs["requests"] > 200 / 25 / 2


@pytest.mark.slow
@pytest.mark.parametrize("exports", [False, True])
def test_a_stopped_search_goes_on_where_it_was(business, tmp_path, exports):
    world, api, sandbox, _ = business
    confirm_late(world, number=-1)

    def sent(name, times):
        before = len(sandbox.requests)
        for _ in range(times):
            with contextlib.suppress(ForbiddenError):
                if exports:
                    api.export(tmp_path / name, since=SINCE, progress=False, refresh=True)
                else:
                    read(api, max_age=0)
        return len(sandbox.requests) - before

    whole = sent("one", 1)
    api.clear_cache()
    sandbox.script(Fault("error", "/order*", at=whole - 2, status=403))
    assert sent("two", 2) < whole * 1.5


@pytest.mark.slow
@pytest.mark.parametrize("exports", [False, True])
def test_a_search_ends_where_it_would_cost_many_times_the_call(business, tmp_path, monkeypatch, exports):
    world, api, *_ = business
    confirm_late(world, number=-1)
    monkeypatch.setattr(further, "FEWEST_PAGES", 1)
    monkeypatch.setattr(further, "TIMES", 1)

    def header():
        if exports:
            return api.export(tmp_path / "orders", since=SINCE, progress=False, refresh=True).header
        return Header.of(read(api, refresh=True))

    first, seen = header(), []
    monkeypatch.setattr(further.Search, "see", lambda _, rows: seen.append([*rows]))
    again = header()
    for one in (first, again):
        assert [note for note in one.notes if AGREE in note]
        assert one.requests < 250 / 25 + 4
    assert seen == []  # it is not looked for again
    facts = ServerFacts(api._cache.facts, lambda: world.now)
    assert facts.knows(Fact.TOO_FAR, "orders")  # a cluster reads the whole list all the same
    assert not facts.knows(Fact.COUNTS_MORE, "orders")


def test_what_a_search_has_not_found_is_noted_where_the_server_counts_no_more(make_sandbox, make_account, monkeypatch):
    world = World(250, days=90)
    sandbox = make_sandbox(world=world)
    api = make_account(sandbox, clock=lambda: world.now.timestamp(), name="a")
    confirm_late(world, number=-1)
    monkeypatch.setattr(further, "FEWEST_PAGES", 1)
    monkeypatch.setattr(further, "TIMES", 0)
    sandbox.script(Fault("refuse_value", "/order/statistics", at=3, times=9, value="draft_time"))
    frame = read(api)
    assert len(wanted(world)) - len(frame) == 1
    assert [note for note in frame.attrs["notes"] if AGREE in note]
