"""Orders that have their draft time days after they were created belong to the times of the draft."""

from __future__ import annotations

import datetime as dt
import functools
import random

import pytest
from pull.memory import Memory, Memory3
from pull.test_beginning import DAY, Refusing, asked_for

from scalev_frames.pull.reading.proof import LATER
from scalev_frames.sandbox import World


class RefusingMemory(Refusing, Memory):
    """Version 2 without statistics."""


class RefusingMemory3(Refusing, Memory3):
    """Version 3 without statistics."""


def made(world):
    return {row["id"]: dt.datetime.fromisoformat(row["created_at"]) for row in world.rows("orders")}


def confirm_late(world, chance, share=0.05, most=3):
    for one, created in made(world).items():
        if chance.random() < share:
            world.change_draft_time(one, min(created + chance.random() * most * DAY, world.now))


@functools.cache
def late(seed):
    """A business of which some orders are confirmed late; pulls change nothing in it."""
    world = World(1200, seed=seed + 1, days=30)
    confirm_late(world, random.Random(seed))
    return world


@functools.cache
def wanted(seed, *statuses, **times):
    """The ids that a call of `late` has to give."""
    calls = [{"status": one, **times} for one in statuses] or [times]
    return {one for call in calls for one in asked_for(late(seed), **call)}


#: Every call of every kind of server, in turns by one worker and by several.
KINDS = [Memory, Memory3, RefusingMemory, RefusingMemory3]
CALLS = [{}, {"until": "2026-11-20"}, {"status": ["completed", "shipped"]}]
CASES = [(first, kind, 0.8 * ((first + turn) % 2), asked)
         for first, kind in enumerate(KINDS) for turn, asked in enumerate(CALLS)]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("first", "kind", "seconds", "asked"), CASES)
def test_orders_with_a_draft_time_days_after_their_creation_are_there(first, kind, seconds, asked):
    times = {"since": "2026-11-14", **{name: one for name, one in asked.items() if name != "status"}}
    early = 0
    for seed in (first, first + 1):  # two businesses for each kind of server, five in all
        frame = kind(late(seed), seconds=seconds).full(**(asked | times))
        assert set(frame["id"]) == wanted(seed, *asked.get("status", ()), **times)
        assert LATER not in frame.attrs["notes"]
        early += int((frame["created_at"] < "2026-11-14").sum())
    assert early


@pytest.mark.slow
def test_a_list_without_late_draft_times_is_read_no_further_than_before():
    world = World(1200, days=30)
    client = Memory(world)
    client.full(since="2026-11-20")
    before, client.asked = client.asked, 0
    newest = world.order_ids()[0]
    world.change_draft_time(newest, made(world)[newest] - DAY)  # an earlier one is no late one
    client.full(since="2026-11-20")
    assert client.asked == before


@pytest.mark.slow
def test_a_draft_time_weeks_after_its_order_costs_a_week_of_reading_and_the_note_says_that_others_may_be_missing():
    world = World(3000, days=60)
    some, created = world.order_ids(), made(world)
    world.change_draft_time(next(one for one in some if created[one] < world.now - 40 * DAY), world.now)
    plain, client = Memory(world), Memory(world)
    plain.full(since="2026-11-20")
    world.change_draft_time(next(one for one in some if created[one] < world.now - 2 * DAY), world.now + 30 * DAY)
    frame = client.full(since="2026-11-20")
    assert LATER in frame.attrs["notes"]
    assert plain.asked < client.asked < plain.asked + 1.5 * 7 * 50 / 25
