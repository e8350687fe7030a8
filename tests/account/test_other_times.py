"""Times that move on: what is kept of other times of the same call is not fetched again."""

from __future__ import annotations

import contextlib
import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from pull.memory import Memory

from scalev_frames.errors import ForbiddenError
from scalev_frames.pull.refresh.other_times import begins_later, cut, has_rows_of, lengthened, tells_all
from scalev_frames.query.times import DAY
from scalev_frames.sandbox import Fault, World
from tests.pull.changes import change, same

NOW = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
#: The share of a full pull's requests that a few changes cost at most.
FEW = 0.7


@pytest.fixture
def sandbox(make_sandbox, request):
    return make_sandbox(world=World(getattr(request, "param", 700), days=40, now=NOW))


@pytest.fixture
def api(sandbox, make_account):
    return make_account(sandbox, clock=lambda: sandbox.world.now.timestamp())


@pytest.fixture
def server_says(sandbox, make_account, tmp_path):
    """What an account that has kept nothing is answered, and for how many requests."""

    def ask(**asked):
        fresh = make_account(sandbox, folder=tmp_path / "nothing", clock=lambda: sandbox.world.now.timestamp())
        return sent(sandbox, lambda: fresh.orders(**asked, refresh=True, progress=False))

    return ask


def next_day(world):
    """A day passes, in which orders come in and some change."""
    world.add_orders(10)
    chance, everything = random.Random(1), Memory(world).full()
    change(world, everything, chance, 8)
    world.delete_order(chance.choice(everything["id"][:300]))


def a_day_later(sandbox, make_account, **asked):
    """An account that has kept a call, a day later."""
    clock = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: clock[0])
    api.orders(**asked, progress=False)
    next_day(sandbox.world)
    clock[0] = sandbox.world.now.timestamp() + 4000
    return api


def sent(sandbox, call):
    """The frame of a call and how many requests it sent."""
    before = len(sandbox.requests)
    return call(), len(sandbox.requests) - before


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", [1800], indirect=True)
@pytest.mark.parametrize("asked", [{}, {"status": ["shipped", "completed"]}, {"until": "yesterday"}])
def test_days_that_move_on_cost_what_has_changed(sandbox, make_account, server_says, asked):
    api = a_day_later(sandbox, make_account, since="2026-10-12", **asked)
    asked = {**asked, "since": "2026-10-13"}
    frame, requests = sent(sandbox, lambda: api.orders(**asked, progress=False))
    full, of_full = server_says(**asked)
    assert_frame_equal(frame, full)
    assert requests < FEW * of_full
    assert frame.attrs["complete"]
    assert frame.attrs["filters"]["since"] == "2026-10-13"
    again, requests = sent(sandbox, lambda: api.orders(**asked, progress=False))
    assert_frame_equal(again, frame)
    assert not requests
    anew = api.orders(**asked, refresh=True, progress=False)
    assert not any("brought up to date" in note for note in anew.attrs["notes"])


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", [1800], indirect=True)
@pytest.mark.parametrize("asked", [{"since": "2026-11"}, {"since": "2026-10-25", "until": "2026-11-12"}])
def test_a_part_of_what_is_kept_whole_costs_few_requests(sandbox, api, server_says, asked):
    api.orders(progress=False)
    next_day(sandbox.world)
    costs = api.cost("orders", **asked)
    frame, requests = sent(sandbox, lambda: api.orders(**asked, progress=False))
    full, of_full = server_says(**asked)
    assert_frame_equal(frame, full)
    assert requests < FEW * of_full
    assert (costs.way, costs.rows) == ("changes", pytest.approx(len(frame), abs=60))
    assert costs.requests < FEW * of_full


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", [1800], indirect=True)
@pytest.mark.parametrize("asked", [{}, {"business_id": 1}, {"until": "2026-11-19"}])
def test_days_before_those_of_a_kept_frame_are_read_and_the_others_brought_up_to_date(
    sandbox, make_account, server_says, asked
):
    api = a_day_later(sandbox, make_account, since="2026-10-21", **asked)
    asked = {**asked, "since": "2026-10-18"}
    costs = api.cost("orders", **asked)
    frame, requests = sent(sandbox, lambda: api.orders(**asked, progress=False))
    full, of_full = server_says(**asked)
    assert_frame_equal(frame, full)
    assert requests < FEW * of_full
    assert costs.way == "changes"
    assert costs.requests < FEW * of_full
    assert frame.attrs["complete"]
    assert frame.attrs["filters"]["since"] == "2026-10-18"
    assert frame.attrs["requests"] == requests


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", [1800], indirect=True)
@pytest.mark.parametrize("at", [2, 6, 10])
def test_stopped_meanwhile_it_resumes_without_a_stale_row(sandbox, api, server_says, at):
    api.orders(since="2026-10-26", progress=False)
    next_day(sandbox.world)
    sandbox.script(Fault("error", "/order*", at=at, status=403, times=1))
    asked = {"since": "2026-10-18", "progress": False, "max_age": 0}
    with contextlib.suppress(ForbiddenError):  # statistics may be refused
        api.orders(**asked)
    next_day(sandbox.world)
    full, _ = server_says(since="2026-10-18")
    assert_frame_equal(api.orders(**asked), full)


@pytest.mark.parametrize(
    ("first", "then", "begins"),
    [
        ({"since": "2026-10-20"}, {"since": "2026-10-15"}, True),
        ({"since": "2026-10-20", "until": "2026-11-10"}, {"since": "2026-10-15", "until": "2026-11-12"}, True),
        ({"since": "2026-11-01"}, {"since": "2026-10-15"}, True),  # of 37 days it has twenty
        ({"since": "2026-11-10"}, {"since": "2026-10-15"}, False),
        ({"since": "2026-10-20", "until": "2026-10-23"}, {"since": "2026-10-15"}, False),
        ({"since": "2026-10-20"}, {"since": "2026-10-15", "until": "2026-10-19"}, False),
        ({"since": "2026-10-20"}, {"since": "2026-10-20"}, False),
        ({"since": "2026-10-20"}, {}, False),
        ({}, {"since": "2026-10-20"}, False),
        ({"since": "2026-10-20", "status": "shipped"}, {"since": "2026-10-15"}, False),
        ({"since": "2026-10-20", "limit": 3000}, {"since": "2026-10-15"}, False),
    ],
)
def test_a_frame_is_lengthened_where_it_has_the_larger_part(first, then, begins):
    memory = Memory(World(1, now=NOW))
    calls = memory.query(**first), memory.query(**then)
    assert begins_later(*calls, NOW) is begins
    assert not begins_later(*calls, NOW - 30 * DAY)  # a frame of then has little of it


@pytest.mark.parametrize(
    ("first", "then", "has"),
    [
        ({}, {"since": "2026-10-13", "until": "2026-11"}, True),
        ({"since": "2026-10-12", "until": "yesterday"}, {"since": "2026-10-13"}, True),
        (
            {"since": "2026-10-12", "status": ["rts", "shipped"]},
            {"since": "2026-10-12", "status": ["rts", "shipped"], "until": "today"},
            True,
        ),
        ({"since": "2026-10-20"}, {"since": "2026-10-15"}, False),
        ({"since": "2026-10-20"}, {}, False),
        ({"until": "2026-10-19"}, {"since": "2026-10-20"}, False),
        ({"since": "2026-10-12", "status": "shipped"}, {"since": "2026-10-13"}, False),
        ({"since": "2026-10-12"}, {"since": "2026-10-13", "status": "shipped"}, False),
        ({"since": "2026-10-12", "by": "completed"}, {"since": "2026-10-13"}, False),
        ({"since": "2026-10-12", "store_id": 1}, {"since": "2026-10-13", "store_id": 2}, False),
        ({"since": "2026-10-12", "limit": 3000}, {"since": "2026-10-13"}, False),
    ],
)
def test_frames_of_other_rows_are_not_begun_with(first, then, has):
    memory = Memory(World(1, now=NOW))
    assert has_rows_of(memory.query(**first), memory.query(**then)) is has


@pytest.mark.slow
def test_a_frame_whose_rows_are_in_doubt_is_not_begun_with(sandbox, api):
    world = sandbox.world
    world.change_draft_time(world.order_ids()[400], world.now)  # made weeks before: there may be others
    first = api.orders(since="2026-10-12", progress=False)
    assert not tells_all(first.attrs["notes"])
    frame = api.orders(since="2026-10-13", progress=False)
    assert not any("brought up to date" in note for note in frame.attrs["notes"])


@pytest.mark.slow
def test_a_stopped_pull_takes_up_no_frame_that_is_newer_than_its_pages(sandbox, api, server_says):
    asked = {"since": "2026-10-13", "progress": False}
    sandbox.script(Fault("error", "/order", at=20, status=400))
    with pytest.raises(Exception, match="400"):
        api.orders(**asked)
    next_day(sandbox.world)
    api.orders(since="2026-10-12", progress=False)
    next_day(sandbox.world)
    assert_frame_equal(api.orders(**asked, max_age=0), server_says(since="2026-10-13")[0])


@pytest.mark.slow
def test_a_damaged_frame_of_other_times_costs_a_full_pull_and_no_row(sandbox, api, server_says, tmp_path):
    api.orders(since="2026-10-12", progress=False)
    (file,) = (tmp_path / "cache").rglob("orders-*.parquet")
    file.write_bytes(file.read_bytes()[:-100])
    assert_frame_equal(api.orders(since="2026-10-13", progress=False), server_says(since="2026-10-13")[0])


def test_an_order_whose_time_has_moved_out_of_a_window_is_not_in_it_nor_an_old_one_without_a_time():
    world = World(400, days=40, now=NOW)
    memory, ids = Memory(world), world.order_ids()
    world.change_draft_time(ids[5], world.now - 39 * DAY)
    world.change_draft_time(ids[-5], None)
    kept = cut(memory.full(), memory.query(since="2026-10-21"))
    assert {ids[5], ids[-5]}.isdisjoint(map(type(ids[0]), kept["id"]))
    made = {str(row["id"]): row["draft_time"] or row["created_at"] for row in world.rows("orders")}
    assert set(kept["id"]) == {
        one
        for one, moment in made.items()
        if dt.datetime.fromisoformat(moment) >= dt.datetime(2026, 10, 20, 17, tzinfo=dt.UTC)
    }
    assert kept.index.tolist() == [*range(len(kept))]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 45), st.integers(0, 45), st.integers(0, 60), st.integers(0, 40), st.integers(0, 5),
    st.sampled_from([{}, {"status": ["shipped", "completed", "rts"]}, {"payment_status": "paid"}]),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_any_part_of_any_frame_ends_as_a_full_pull(first, later, new, moves, gone, asked, chance):
    world = World(700, seed=chance.randint(1, 5), days=chance.choice([50, 120]), now=NOW)
    memory, day = Memory(world, few=False), dt.date(2026, 10, 1)
    kept = memory.full(**asked, since=day + dt.timedelta(days=min(first, later)))
    if not tells_all(kept.attrs["notes"]):
        return
    world.add_orders(new)
    everything = memory.full()
    change(world, everything, chance, moves)
    for one in chance.sample([*everything["id"]], gone):
        world.delete_order(one)
    for one in chance.sample([*memory.full()["id"]], 2):
        world.change_draft_time(one, chance.choice([None, world.now - chance.randrange(60) * DAY]))
    asked = {**asked, "since": day + dt.timedelta(days=max(first, later))}
    result = memory.refreshed(cut(kept, memory.query(**asked)), **asked)
    if result is not None:
        full = memory.full(**asked)
        known = result[0]["id"].isin(full["id"])
        same(result[0][known].reset_index(drop=True), full)
        assert known.all()


def test_a_lengthened_frame_says_what_both_parts_say_or_is_none():
    memory = Memory(World(200, days=40, now=NOW))
    kept, first = memory.full(since="2026-11-01"), memory.full(since="2026-10-28", until="2026-10-31")
    query = memory.query(since="2026-10-28")
    kept.attrs["notes"], first.attrs["notes"] = (
        ["of the later days"],
        ["gift: sent by the server, not in the data dictionary"],
    )
    notes = lengthened(kept, first, query).attrs["notes"]
    assert set(notes) == {"of the later days", *first.attrs["notes"]}
    first.attrs["notes"] = ["orders may be missing"]
    assert lengthened(kept, first, query) is None


@pytest.mark.slow
def test_a_small_frame_is_not_lengthened_as_that_would_cost_more(make_account, server_says, sandbox):
    api = a_day_later(sandbox, make_account, since="2026-10-24")
    assert api.cost("orders", since="2026-10-22").way == "full"
    frame, requests = sent(sandbox, lambda: api.orders(since="2026-10-22", progress=False))
    full, of_full = server_says(since="2026-10-22")
    assert_frame_equal(frame, full)
    assert requests <= of_full


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 6), st.integers(0, 25), st.integers(0, 8), st.integers(0, 2),
    st.sampled_from([{}, {"status": ["shipped", "completed", "rts"]}]), st.integers(0, 10**6).map(random.Random),
)  # fmt: skip
def test_any_lengthened_frame_ends_as_a_full_pull(days, new, moves, gone, asked, chance):
    world = World(1100, seed=chance.randint(1, 5), days=50, now=NOW)
    memory, start = Memory(world, few=False), dt.date(2026, 10, 20)
    kept = memory.full(**asked, since=start)
    world.add_orders(new)
    change(world, memory.full(), chance, moves)
    for one in chance.sample([*memory.full()["id"]], gone):
        world.delete_order(one)
    earlier = {**asked, "since": start - dt.timedelta(days=days)}
    first = memory.full(**earlier, until=start - DAY)
    result = memory.refreshed(lengthened(kept, first, memory.query(**earlier)), **earlier)
    assert asked or result is not None
    if result is not None:
        same(result[0], memory.full(**earlier))
