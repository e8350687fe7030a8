"""A kept frame brought up to date is the frame of a full pull, or says what it cannot know, at a fraction of the cost."""

from __future__ import annotations

import datetime as dt
import threading
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.progress import silent
from scalev_frames.query.query import make_query
from scalev_frames.sandbox import Fault, World
from scalev_frames.sync.plan import Source, pull
from scalev_frames.sync.refresh import MARK, bring_up_to_date, can_refresh

ZONE = ZoneInfo("Asia/Jakarta")
STATUSES = ["pending", "confirmed", "in_process", "ready", "shipped", "shipped_rts", "completed", "rts", "canceled"]
PAYMENTS = ["unpaid", "paid", "settled", "conflict"]


class Memory:
    """A world asked without any network; counts what it is asked."""

    def __init__(self, world, statistics=lambda params: params):
        self.world = world
        self.statistics = statistics
        self.asked = 0

    def get(self, path, params):
        self.asked += 1
        texts = {name: str(value) for name, value in params.items()}
        if path.endswith("statistics"):
            data = orjson.loads(self.world.answer(ENDPOINTS["order_statistics"], {}, self.statistics(texts)))
        else:
            page = self.world.order_page(texts, 25)
            data = {"results": [orjson.loads(one) for one in page.records], "has_next": page.has_next,
                    "last_id": orjson.loads(page.cursor), "page_size": 25}  # fmt: skip
        return SimpleNamespace(data=data, from_cache=False, seconds=0.0, content=b"", received_at=0.0)

    def source(self):
        return Source(self.get, lambda path, params: None, 6.0, 30, lambda _: 0.0, stop=threading.Event(),
                      ask=self.get, now=self.world.now)  # fmt: skip

    def query(self, **asked):
        return make_query("orders", asked, ZONE, self.world.now)

    def full(self, **asked):
        frame, tally = pull(self.query(**asked), {}, self.source(), time_zone=ZONE.key, report=silent)
        as_of = self.world.now.astimezone(ZONE).isoformat(timespec="seconds")
        frame.attrs = {"complete": tally.complete, "as_of": as_of, "notes": tally.notes}
        return frame

    def refreshed(self, kept, **asked):
        return bring_up_to_date(kept, self.query(**asked), self.source(), time_zone=ZONE.key, report=silent)


def change(world, frame, chance, moves):
    """So many changes in all directions."""
    status, payment = (frame.set_index("id")[name].to_dict() for name in ("status", "payment_status"))
    for one in chance.sample(list(frame["id"]), min(moves, len(frame))):
        if chance.random() < 0.25:
            world.change_payment(one, chance.choice([value for value in PAYMENTS if value != payment[one]]))
        else:
            world.change_status(one, chance.choice([value for value in STATUSES if value != status[one]]))


def same(refreshed, full):
    columns = sorted(set(refreshed.columns) | set(full.columns))
    assert set(refreshed.columns) == set(full.columns)
    assert_frame_equal(refreshed[columns], full[columns])


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(
    st.integers(400, 700), st.integers(0, 120), st.integers(0, 40), st.integers(0, 6), st.integers(1, 3),
    st.sampled_from([{}, {}, {"since": "2026-10-01"}, {"status": ["shipped", "completed", "rts"]},
                     {"status": "completed"}, {"payment_status": "paid"}]),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_any_history_ends_in_the_frame_of_a_full_pull(orders, new, moves, gone, rounds, asked, chance):
    world = World(orders, seed=chance.randint(1, 5), days=chance.choice([20, 60, 180]))
    memory = Memory(world)
    kept = memory.full(**asked)
    for _ in range(rounds):
        everything = memory.full()
        if new:
            world.add_orders(new)
        change(world, everything, chance, moves)
        for one in chance.sample(list(everything["id"]), gone):
            world.delete_order(one)
        result = memory.refreshed(kept, **asked)
        full = memory.full(**asked)
        if result is None:
            kept = full  # a full pull is the better way
            continue
        frame, tally = result
        same(frame, full)
        assert any(note.startswith(MARK) for note in tally.notes)
        frame.attrs = {**full.attrs, "notes": tally.notes}
        kept = frame


def test_few_changes_cost_few_requests():
    import random

    world = World(4000, days=60)
    memory = Memory(world)
    kept = memory.full()
    full_cost = memory.asked
    world.add_orders(60)
    change(world, kept, random.Random(1), 6)
    world.delete_order(kept["id"][2000])
    memory.asked = 0
    frame, tally = memory.refreshed(kept)
    assert memory.asked == tally.requests
    assert memory.asked < full_cost / 4
    same(frame, memory.full())
    assert "60 new, 1 gone" in tally.notes[-1]


def test_nothing_changed_costs_next_to_nothing():
    memory = Memory(World(2000, days=60))
    kept = memory.full()
    memory.asked = 0
    frame, _ = memory.refreshed(kept)
    assert memory.asked <= 8 + 6
    same(frame, kept)


def test_counts_that_do_not_reach_back_mean_a_full_pull():
    world = World(1000, days=120)
    memory = Memory(world, statistics=lambda params: {**params, "minimum_days": "0"})
    assert memory.refreshed(memory.full()) is None


def test_counts_without_payment_status_are_enough_for_statuses():
    import random

    world = World(1500, days=60)
    memory = Memory(world, statistics=lambda params: {k: v for k, v in params.items() if k != "payment_status"})
    kept = memory.full()
    chance = random.Random(2)
    status = kept.set_index("id")["status"].to_dict()
    for one in chance.sample(list(kept["id"]), 5):
        world.change_status(one, chance.choice([value for value in STATUSES if value != status[one]]))
    frame, _ = memory.refreshed(kept)
    same(frame, memory.full())


@pytest.mark.parametrize(
    ("asked", "can"),
    [({}, True), ({"since": "2026-11-01"}, True), ({"status": ["rts", "shipped"]}, True), ({"store_id": 2}, True),
     ({"store_id": [1, 2]}, False), ({"search": "x"}, False), ({"since": "2026-11-01T08:00"}, False),
     ({"since": "2026-11-01", "by": "shipped"}, False), ({"limit": 5}, False)],
)  # fmt: skip
def test_which_calls_can_be_brought_up_to_date(asked, can):
    query = make_query("orders", asked, ZONE, dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    assert can_refresh(query, ZONE) is can


@pytest.mark.parametrize("ignored", ["confirmed_time_since", "draft_time_until", "payment_status"])
def test_a_server_that_ignores_what_a_refresh_needs_is_pulled_whole(ignored):
    import random

    world = World(1500, days=60)
    memory = Memory(world)
    kept = memory.full()
    change(world, kept, random.Random(2), 12)
    plain = world.order_page
    world.order_page = lambda params, size: plain({k: v for k, v in params.items() if k != ignored}, size)
    result = memory.refreshed(kept)
    if result is not None:
        same(result[0], memory.full())


def test_a_stale_frame_is_brought_up_to_date_and_a_fresh_one_served(make_sandbox, make_account):
    sandbox = make_sandbox(orders=1500, days=60)
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    first = api.orders(progress=False)
    sandbox.world.add_orders(10)
    sandbox.world.delete_order(first["id"][700])
    sent = len(sandbox.requests)
    assert_frame_equal(api.orders(progress=False), first)
    assert len(sandbox.requests) == sent
    now[0] = sandbox.world.now.timestamp() + 301
    second = api.orders(progress=False)
    assert len(sandbox.requests) - sent < 25
    assert second.attrs["requests"] == len(sandbox.requests) - sent
    whole = api.orders(refresh=True, progress=False)
    assert_frame_equal(second, whole)
    assert not any(note.startswith(MARK) for note in whole.attrs["notes"])


def test_a_stopped_refresh_goes_on_without_asking_twice(make_sandbox, make_account):
    from scalev_frames import errors

    sandbox = make_sandbox(orders=1500, days=60)
    now = [sandbox.world.now.timestamp()]
    first = make_account(sandbox, clock=lambda: now[0]).orders(progress=False)
    for one in first["id"][100:1500:100]:
        sandbox.world.delete_order(one)
    now[0] = sandbox.world.now.timestamp() + 301
    sent = len(sandbox.requests)
    sandbox.script(Fault("error", "/order", at=12, times=1, status=401, error="not now"))
    with pytest.raises(errors.AuthenticationError):
        make_account(sandbox, clock=lambda: now[0]).orders(progress=False)
    frame = make_account(sandbox, clock=lambda: now[0]).orders(progress=False)
    asked = [str(sorted(one.params.items())) for one in sandbox.requests[sent:] if one.status == 200]
    assert len(asked) == len(set(asked))
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in sandbox.world.rows("orders"))
