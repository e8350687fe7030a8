"""Orders without a draft time belong to the times in which they were created, whatever a server hides behind a filter."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from pull.memory import Memory, Memory3

from scalev_frames.pull.whole import UNSEEN_UNDATED
from scalev_frames.sandbox import Behaviour, World

DAY = dt.timedelta(days=1)
HIDING = Behaviour(hides_undated=True)


def moment(row):
    return dt.datetime.fromisoformat((row["draft_time"] or row["created_at"]).replace("Z", "+00:00"))


def first_of(day):
    return dt.datetime.fromisoformat(f"{day}T00:00:00+07:00")


def asked_for(world, since=None, until=None, **filters):
    """The ids that a call has to give, in the list's order."""
    return [
        str(row["id"])
        for row in world.rows("orders")
        if (since is None or moment(row) >= first_of(since))
        and (until is None or moment(row) < first_of(until) + DAY)
        and all(row[name] == value for name, value in filters.items())
    ]


def make_odd(world, chance):
    some = world.order_ids()
    begin = chance.randrange(len(some))
    for one in {*chance.sample(some, len(some) // 8), *some[begin : begin + chance.choice([0, 30, 150])]}:
        world.change_draft_time(one, None)
    for one in chance.sample(some[:40], 5):
        world.change_draft_time(one, world.now - chance.randrange(5) * DAY)  # late
    for one in chance.sample(some, chance.choice([0, 30])):
        world.change_created(one, world.now - 70 * DAY)  # backdated


CALLS = [
    {"until": "2026-11-10"},
    {"until": "2026-11-22"},
    {"until": "2026-11-23"},
    {"until": "2026-10-20", "since": "2026-10-12"},
    {"until": "2026-11-12", "since": "2026-11-12"},
    {"until": "2026-11-15", "status": "completed"},
    {"until": "2026-11-15", "status": ["completed", "shipped"]},
    {"since": "2026-11-01"},
]


@pytest.mark.parametrize("seconds", [0.0, 0.8], ids=["one worker", "several"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", [Memory, Memory3])
def test_rows_are_those_of_the_times_asked_for_or_the_note_names_what_may_be_missing(kind, seed, seconds):
    chance = random.Random(seed)
    world = World(400, seed=seed + 1, days=chance.choice([30, 60]), behaviour=HIDING)
    make_odd(world, chance)
    client = kind(world, seconds=seconds)
    for call in CALLS:
        statuses = call.get("status")
        times = {name: one for name, one in call.items() if name != "status"}
        lists = [statuses] if isinstance(statuses, str) else statuses
        wanted = [one for status in lists for one in asked_for(world, **times, status=status)] if lists else (
            asked_for(world, **times)
        )  # fmt: skip
        frame = client.full(**call)
        if UNSEEN_UNDATED in frame.attrs["notes"]:
            dated = set(frame["id"])
            assert kind is Memory3
            assert dated <= set(wanted)
            assert all(row["draft_time"] is None for row in world.rows("orders") if str(row["id"]) in {*wanted} - dated)
        else:
            assert sorted(frame["id"]) == sorted(wanted), call


def test_a_list_of_version_3_is_read_from_its_top_where_that_costs_little():
    world = World(400, days=60, behaviour=HIDING)
    for one in world.order_ids()[10:390:7]:
        world.change_draft_time(one, None)
    client = Memory3(world)
    near, far = {"since": "2026-10-20", "until": "2026-11-18"}, {"since": "2026-10-01", "until": "2026-10-10"}
    frame = client.full(**near)
    assert sorted(frame["id"]) == sorted(asked_for(world, **near))
    assert UNSEEN_UNDATED not in frame.attrs["notes"]
    frame = client.full(**far)
    assert not frame["draft_time"].isna().any()
    assert UNSEEN_UNDATED in frame.attrs["notes"]


def test_nothing_is_said_where_a_filter_shows_orders_without_a_draft_time():
    world = World(400, days=60)
    for one in world.order_ids()[10:390:7]:
        world.change_draft_time(one, None)
    far = {"since": "2026-10-01", "until": "2026-10-10"}
    frame = Memory3(world).full(**far)
    assert sorted(frame["id"]) == sorted(asked_for(world, **far))
    assert UNSEEN_UNDATED not in frame.attrs["notes"]


@pytest.mark.parametrize("asked", [{"until": "2026-11-15"}, {"until": "2026-11-15", "since": "2026-11-15"}])
def test_looking_above_the_bound_costs_few_requests(asked):
    world = World(2000, days=60, behaviour=HIDING)
    client = Memory(world)
    frame = client.full(**asked)
    assert frame["id"].tolist() == asked_for(world, **asked)
    assert client.asked <= len(frame) // 25 + 8


def test_an_end_before_the_first_order_is_found_in_few_requests():
    client = Memory(World(2000, days=60, behaviour=HIDING))
    assert len(client.full(until="2021-01-01")) == 0
    assert client.asked < 15


def test_an_end_that_is_still_to_come_is_not_sent():
    world = World(60, days=10, behaviour=HIDING)
    world.change_draft_time(world.order_ids()[0], None)
    client = Memory(world)
    assert all("draft_time_until" not in params for params in client.query(until="today").params)
    assert client.full(until="today")["id"].tolist() == [str(row["id"]) for row in world.rows("orders")]
