"""What bringing a frame up to date costs, and when a full pull is made in its place."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from pull.memory import ZONE, Memory

from scalev_frames.pull.refresh import refresh
from scalev_frames.pull.refresh.budget import can_refresh
from scalev_frames.query.query import make_query
from scalev_frames.sandbox import World
from scalev_frames.wire.answers.response import Response
from tests.pull.changes import STATUSES, change, same


@pytest.mark.slow
def test_few_changes_cost_few_requests():
    world = World(4000, days=60)
    memory = Memory(world)
    kept = memory.full()
    full_cost = memory.asked
    world.add_orders(60)
    change(world, kept, random.Random(1), 6)
    world.delete_order(kept["id"][2000])
    memory.asked = 0
    frame, counts = memory.refreshed(kept)
    assert memory.asked < full_cost / 4
    same(frame, memory.full())
    assert "60 new, 1 gone" in counts.notes[-1]


@pytest.mark.slow
def test_many_deleted_orders_of_a_long_list_are_asked_for_by_their_codes(monkeypatch):
    monkeypatch.setattr(refresh, "SHARE", 0.5)  # of 120 pages
    world = World(3000, days=60)
    memory = Memory(world)
    kept = memory.full()
    full_cost = memory.asked
    for one in kept["id"][1500:1550]:
        world.delete_order(one)
    memory.asked = 0
    frame, counts = memory.refreshed(kept)
    assert memory.asked < 0.8 * full_cost
    same(frame, memory.full())
    assert "0 new, 50 gone" in counts.notes[-1]


@pytest.mark.slow
def test_nothing_changed_costs_next_to_nothing():
    memory = Memory(World(2000, days=60))
    kept = memory.full()
    memory.asked = 0
    frame, _ = memory.refreshed(kept)
    assert memory.asked <= 8 + 6
    same(frame, kept)


@pytest.mark.slow
def test_counts_that_do_not_reach_back_mean_a_full_pull():
    world = World(1000, days=120)
    memory = Memory(world, statistics=lambda params: {**params, "minimum_days": "0"})
    assert memory.refreshed(memory.full()) is None


@pytest.mark.slow
def test_counts_without_payment_status_are_enough_for_statuses():
    world = World(1500, days=60)
    memory = Memory(world, statistics=lambda params: {k: v for k, v in params.items() if k != "payment_status"})
    kept = memory.full()
    chance = random.Random(2)
    status = kept.set_index("id")["status"].to_dict()
    for one in chance.sample(list(kept["id"]), 5):
        world.change_status(one, chance.choice([value for value in STATUSES if value != status[one]]))
    frame, _ = memory.refreshed(kept)
    same(frame, memory.full())


@pytest.mark.slow
def test_statistics_that_ignore_the_status_still_show_what_has_changed():
    world, asked = World(1000, days=40), {"status": ["shipped", "completed"]}
    memory = Memory(world, statistics=lambda params: {k: v for k, v in params.items() if k != "status"})
    kept = memory.full(**asked)
    world.change_status(kept["id"][5], "rts")
    frame, _ = memory.refreshed(kept, **asked)
    same(frame, memory.full(**asked))


class NoId(Memory):
    """Leaves out the id of the newest order."""

    def get(self, path, asked, call, alias=None):
        response = super().get(path, asked, call, alias)
        if not path.endswith("statistics") and "last_id" not in asked:
            response.data["results"][0].pop("id")
        return response


@pytest.mark.slow
def test_an_order_without_an_id_means_a_full_pull():
    world = World(500, days=40)
    kept = Memory(world).full()
    world.add_orders(1)
    assert NoId(world).refreshed(kept) is None


@pytest.mark.parametrize(
    ("asked", "can"),
    [({}, True), ({"since": "2026-11-01"}, True), ({"status": ["rts", "shipped"]}, True), ({"store_id": 2}, True),
     ({"store_id": [1, 2]}, False), ({"search": "x"}, False), ({"since": "2026-11-01T08:00"}, False),
     ({"since": "2026-11-01", "by": "shipped"}, False), ({"limit": 5}, False)],
)  # fmt: skip
def test_which_calls_can_be_brought_up_to_date(asked, can):
    query = make_query("orders", asked, ZONE, dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    assert can_refresh(query, ZONE) is can


@pytest.mark.slow
@pytest.mark.parametrize("ignored", ["confirmed_time_since", "draft_time_until", "payment_status"])
def test_a_server_that_ignores_what_a_refresh_needs_is_pulled_whole(ignored):
    world = World(1500, days=60)
    memory = Memory(world)
    kept = memory.full()
    change(world, kept, random.Random(2), 12)
    plain = world.order_page
    world.order_page = lambda params, size: plain({k: v for k, v in params.items() if k != ignored}, size)
    result = memory.refreshed(kept)
    assert (result is None) is (ignored != "draft_time_until")
    if result is not None:
        same(result[0], memory.full())


@pytest.mark.slow
def test_counts_without_gross_revenue_are_enough_for_a_refresh():
    world = World(900, days=60)
    memory = Memory(world)
    get = memory.get

    def without_gross(path, asked, call, alias=None):
        response = get(path, asked, call, alias)
        if not path.endswith("statistics"):
            return response
        data = {**response.data, "results": [
            {name: one for name, one in row.items() if name != "gross_revenue"} for row in response.data["results"]
        ]}  # fmt: skip
        return Response(b"", data, 0.0, body={"data": data})

    memory.get = without_gross
    kept = memory.full()
    world.add_orders(3)
    memory.asked = 0
    frame, outcome = memory.refreshed(kept)
    assert len(frame) == len(kept) + 3
    assert memory.asked < 20
    assert "neither status nor payment is seen only" in " ".join(outcome.notes)
