"""A kept frame brought up to date is the frame of a full pull, or says what it cannot know, at a fraction of the cost."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pull.memory import ZONE, Memory

from scalev_frames.errors import ConnectionFailedError
from scalev_frames.pull.refresh.budget import repair_pages
from scalev_frames.pull.refresh.ledger import CountedBy, Group, Known, Ledger
from scalev_frames.pull.refresh.notes import MARK
from scalev_frames.query.times import DAY
from scalev_frames.sandbox import Behaviour, World
from scalev_frames.verify.statistics import Total
from tests.pull.changes import PAYMENTS, change, same

NOW = dt.datetime(2026, 11, 12, tzinfo=dt.UTC)


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
    memory = Memory(world, few=False)
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
        frame, counts = result
        same(frame, full)
        assert any(note.startswith(MARK) for note in counts.notes)
        frame.attrs = {**full.attrs, "notes": list(counts.notes)}
        kept = frame


class Forgetful(Memory):
    """Leaves an order out of the first page, and counts once."""

    def get(self, path, asked, call, alias=None):
        response = super().get(path, asked, call, alias)
        self.counted = getattr(self, "counted", 0) + path.endswith("statistics")
        if self.counted > 1:
            raise ConnectionFailedError("The connection was lost.")
        if self.asked == 1:
            response.data["results"].pop(3)
        return response


def test_rows_that_were_read_again_are_whole_though_they_cannot_be_counted_again():
    world = World(200, days=20)
    frame = Forgetful(world).full()
    assert len(frame) == 200
    assert not any("do not agree" in note for note in frame.attrs["notes"])


@pytest.mark.slow
def test_days_that_lack_rows_are_read_again_within_the_times_of_the_call():
    world = World(400, days=20)
    day = next(row["id"] for row in world.rows("orders", draft_time_until="2026-11-15T16:59:00Z") if row["draft_time"])
    world.change_draft_time(day, dt.datetime(2026, 11, 16, 17, tzinfo=dt.UTC))
    frame = Memory(world).full(since="2026-11-05", until="2026-11-15")
    assert len(frame) > 50
    assert day not in set(frame["id"])
    assert "on 1 day the server's list and its statistics do not agree: 2026-11-15" in str(frame.attrs["notes"])


@pytest.mark.slow
def test_backdated_orders_of_several_lists_stay_where_the_server_lists_them():
    world = World(900, days=60)
    for row in [row for row in world.rows("orders") if row["status"] == "completed"][100:400:50]:
        world.change_created(row["id"], world.now - dt.timedelta(days=40))
    memory, asked = Memory(world), {"status": ["shipped", "completed"]}
    kept = memory.full(**asked)
    assert not kept.loc[kept["status"] == "completed", "created_at"].is_monotonic_decreasing
    world.delete_order(kept["id"].iloc[-30])
    frame, _ = memory.refreshed(kept, **asked)
    same(frame, memory.full(**asked))


@pytest.mark.slow
def test_an_order_that_moved_to_another_list_stands_where_the_server_lists_it_though_backdated_ones_stand_above():
    world = World(900, days=60)
    completed = [row["id"] for row in world.rows("orders", status="completed")]
    world.change_created(completed[1], world.now - dt.timedelta(days=50))
    memory, asked = Memory(world), {"status": ["canceled", "completed"]}
    kept = memory.full(**asked)
    for one in kept.loc[kept["status"] == "canceled", "id"].iloc[[20, 30]]:
        world.change_status(one, "completed")
    frame, _ = memory.refreshed(kept, **asked)
    same(frame, memory.full(**asked))


@pytest.mark.slow
def test_orders_without_a_draft_time_stay_though_the_server_hides_them_behind_a_time():
    world = World(1500, days=60, behaviour=Behaviour(hides_undated=True))
    asked = {"since": "2026-10-01", "until": "2026-11-15"}
    of_day = [row for row in world.rows("orders") if row["created_at"].startswith("2026-11-03")]
    undated, gone = (row["id"] for row in of_day[3:5])
    world.change_draft_time(undated, None)
    memory = Memory(world)
    kept = memory.full(**asked)
    assert {undated, gone} <= set(kept["id"])
    world.delete_order(gone)
    frame, _ = memory.refreshed(kept, **asked)
    assert undated in set(frame["id"])
    same(frame, memory.full(**asked))


CHANGES = {
    "one that is shown is gone": lambda world, shown, _: world.delete_order(shown),
    "one that is hidden is gone": lambda world, _, hidden: world.delete_order(hidden),
    "one that is hidden moved": lambda world, _, hidden: world.change_status(hidden, "closed"),
}


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["id", "bound"])
@pytest.mark.parametrize("what", CHANGES)
def test_a_day_is_read_no_further_though_the_server_hides_some_of_its_orders_behind_a_time(what, cursor):
    world = World(900, days=36, behaviour=Behaviour(hides_undated=True, cursor=cursor))
    some = world.order_ids()[392:408]
    for one in some[::2]:
        world.change_draft_time(one, None)
    memory = Memory(world)
    kept = memory.full()
    CHANGES[what](world, some[9], some[8])
    memory.asked = 0
    frame, outcome = memory.refreshed(kept)
    assert memory.asked <= 14
    assert "do not agree" not in str(outcome.notes)
    same(frame, memory.full())


@pytest.mark.slow
@pytest.mark.parametrize("by", ["created_at", "draft_time"])
def test_a_draft_time_that_moved_out_of_the_times_is_seen_or_the_note_says_that_it_is_not(by):
    world = World(900, days=60)
    for row in world.rows("orders"):
        if row["draft_time"] is None:
            world.change_draft_time(row["id"], dt.datetime.fromisoformat(row["created_at"]))
    memory = Memory(world, statistics=lambda params: {**params, "datetime_type": by})
    asked = {"since": "2026-10-01", "until": "2026-11-15"}
    first = next(row["id"] for row in world.rows("orders") if row["created_at"].startswith("2026-11-04"))
    world.change_draft_time(first, dt.datetime(2026, 11, 8, tzinfo=dt.UTC))  # shows by which time the server counts
    moved = next(row["id"] for row in world.rows("orders") if row["created_at"].startswith("2026-11-03"))
    kept = memory.full(**asked)
    world.change_draft_time(moved, world.now)
    frame, outcome = memory.refreshed(kept, **asked)
    is_seen, is_said = moved not in set(frame["id"]), "moved into or out of the times asked for" in str(outcome.notes)
    assert moved not in set(memory.full(**asked)["id"])
    assert (is_seen, is_said) == ((False, True) if by == "created_at" else (True, False))


@pytest.mark.slow
def test_orders_made_before_the_times_with_a_later_draft_time_are_said():
    world = World(400, days=20)
    below = next(row["id"] for row in world.rows("orders") if row["created_at"] < "2026-11-09T17:00:00")
    assert below not in set(Memory(world).full(since="2026-11-10")["id"])
    world.change_draft_time(below, dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
    frame = Memory(world).full(since="2026-11-10")
    assert below in set(frame["id"])
    assert "1 order made before 2026-11-09 17:00Z have a draft time after it" in str(frame.attrs["notes"])


@pytest.mark.slow
@pytest.mark.parametrize("payments", ["obeyed", "ignored"])
@pytest.mark.parametrize("asked", [{}, {"status": ["shipped", "completed", "rts"]}], ids=["all", "three lists"])
@pytest.mark.parametrize("moves", [120, 30])
def test_a_refresh_that_declines_costs_nothing(asked, payments, moves):
    world, chance = World(400, days=20), random.Random(moves)
    ignored = {"payment_status"} if payments == "ignored" else set()
    memory = Memory(world, statistics=lambda params: {k: v for k, v in params.items() if k not in ignored})
    kept = memory.full(**asked)
    change(world, memory.full(), chance, moves)
    sent, full = memory.requests_of(kept, **asked)
    assert sent <= full


def ledger(skew, *, theirs=30, gone=0, moved=0):
    """Ten days; on the third `gone` kept orders are no more, and on the sixth `moved` are shipped by now."""
    days = [dt.date(2026, 11, 1) + number * DAY for number in range(10)]
    counts = {Group(day, "pending", ""): Total(theirs, Decimal(theirs)) for day in days}
    found = Ledger(counts, days[0], skew, CountedBy(ZONE, "created_at", payment=False))
    for group, total in counts.items():
        for number in range(total.orders + (gone if group.day == days[2] else 0)):
            found.put(f"{group.day} {number}", Known(NOW, group, Decimal(1)))
    counts[Group(days[5], "pending", "")] = Total(theirs - moved, Decimal(theirs - moved))
    counts[Group(days[5], "shipped", "")] = Total(moved, Decimal(moved))
    return found


@pytest.mark.parametrize(
    ("skew", "theirs", "pages"), [(0, 20, 1), (0, 30, 2), (24, 30, 3), (12, 30, 2), (24, 45, 4)], ids=str
)
def test_a_day_costs_what_its_list_has_from_where_it_begins_until_behind_the_day(skew, theirs, pages):
    found = ledger(dt.timedelta(hours=skew), theirs=theirs, gone=2)
    assert found.pages_of_days(found.losses()) == pages
    assert repair_pages(found) == (pages, pages)


def test_days_that_lost_orders_are_read_besides_the_groups_that_gained():
    assert repair_pages(ledger(dt.timedelta(), gone=2, moved=3)) == (1 + 2, 2 + 2)
    assert repair_pages(ledger(dt.timedelta(), gone=2, moved=3), {"shipped"}) == (1 + 2, 2 + 2)


def without_payment(params):
    return {name: one for name, one in params.items() if name != "payment_status"}


@pytest.mark.slow
def test_a_server_that_does_not_count_by_payment_is_asked_for_no_more_than_two_payment_statuses():
    world, asked = World(900, days=60), []
    memory = Memory(world, statistics=lambda params: asked.append(params) or without_payment(params))
    kept = memory.full()
    asked.clear()
    frame, outcome = memory.refreshed(kept)
    assert [one.get("payment_status") for one in asked] == [None, "paid", "unpaid"]
    assert "payment_status may be old" in str(outcome.notes)
    same(frame, kept)


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{}, {"payment_status": ["paid", "unpaid"]}])
def test_orders_on_their_way_back_are_seen_where_the_server_counts_them_as_shipped(asked):
    world = World(2500, days=60, behaviour=Behaviour(returning_as_shipped=True))
    memory = Memory(world)
    kept = memory.full(**asked)
    shipped, returning = (kept.loc[kept["status"] == status, "id"] for status in ("shipped", "shipped_rts"))
    world.change_status(shipped.iloc[3], "shipped_rts")
    world.change_status(returning.iloc[3], "shipped")
    world.change_status(returning.iloc[5], "rts")
    memory.asked = 0
    frame, outcome = memory.refreshed(kept, **asked)
    assert memory.asked <= 35
    assert "do not agree" not in str(outcome.notes)
    same(frame, memory.full(**asked))


@pytest.mark.slow
def test_several_lists_are_asked_together_for_what_has_changed():
    world = World(1500, days=60)
    memory, asked = Memory(world), {"status": ["shipped", "completed", "rts"]}
    kept = memory.full(**asked)
    shipped = list(kept.loc[kept["status"] == "shipped", "id"])
    world.change_status(shipped[3], "completed")
    world.change_status(shipped[9], "canceled")  # in none of the lists any more
    memory.asked = 0
    frame, _ = memory.refreshed(kept, **asked)
    assert memory.asked <= 25
    same(frame, memory.full(**asked))


@pytest.mark.slow
@pytest.mark.parametrize("gone", [False, True])
def test_orders_that_the_server_does_not_count_are_looked_for_in_lists_of_what_they_have_in_common(gone):
    world = World(1500, days=60)
    memory = Memory(world, statistics=lambda params: {**params, "datetime_type": "draft_time"})
    kept = memory.full()
    undated = list(kept.loc[kept["draft_time"].isna(), "id"])
    assert len(undated) > 30
    world.add_orders(5)
    world.change_status(undated[10], "closed")
    if gone:
        world.delete_order(undated[20])
    memory.asked = 0
    frame, _ = memory.refreshed(kept)
    assert memory.asked < len(undated)
    same(frame, memory.full())


@pytest.mark.slow
def test_orders_that_neither_a_count_nor_a_code_can_show_mean_a_full_pull():
    memory = Memory(World(500, days=60), statistics=lambda params: {**params, "datetime_type": "draft_time"})
    kept = memory.full()
    kept.loc[kept["draft_time"].isna(), "order_id"] = None
    memory.asked = 0
    assert memory.refreshed(kept) is None
    assert memory.asked == 1


@pytest.mark.slow
def test_orders_made_long_ago_that_stand_at_the_top_of_a_day_do_not_end_it():
    world = World(900, days=40)
    memory = Memory(world)
    gone = list(world.rows("orders"))[80]["id"]
    world.add_orders(20, created_at=world.now - dt.timedelta(days=40))
    kept = memory.full()
    world.delete_order(gone)
    memory.asked = 0
    frame, outcome = memory.refreshed(kept)
    assert "do not agree" not in str(outcome.notes)
    assert memory.asked <= 25
    same(frame, memory.full())


def make_odd(world, some, chance, kinds=range(6)):
    """Orders without a draft time, late ones, backdated ones, and some moved between stores or paid."""
    for one in chance.sample(some, 12):
        match chance.choice(kinds):
            case 0:
                world.change_draft_time(one, None)
            case 1:
                world.change_draft_time(one, world.now - dt.timedelta(days=chance.choice([0, 1, 9])))
            case 2:
                world.change_created(one, world.now - dt.timedelta(days=chance.randrange(60)))
            case 3:
                world.change_store(one, chance.choice([1, 2, 3]))
            case 4:
                world.change_payment(one, chance.choice(PAYMENTS))
            case 5:
                world.add_orders(2, created_at=world.now - dt.timedelta(days=chance.randrange(40)))


@pytest.mark.slow
@settings(max_examples=10, deadline=None, derandomize=True)
@given(
    st.sampled_from(["obeying", "payments ignored", "by draft time"]), st.booleans(), st.integers(1, 3),
    st.sampled_from([{}, {"since": "2026-10-01"}, {"status": ["shipped", "completed", "rts"]}, {"store_id": 2}]),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_any_history_with_odd_orders_is_that_of_a_full_pull_or_the_note_says_what_may_differ(
    counts, hides, rounds, asked, chance
):
    world = World(
        chance.randint(1300, 1700), seed=chance.randint(1, 5), days=60, behaviour=Behaviour(hides_undated=hides)
    )
    ignores = {"payment_status"} if counts == "payments ignored" else set()
    basis = {"datetime_type": "draft_time"} if counts == "by draft time" else {}
    memory = Memory(world, statistics=lambda params: {k: v for k, v in {**params, **basis}.items() if k not in ignores})
    make_odd(world, world.order_ids(), chance)
    kept = memory.full(**asked)
    for _ in range(rounds):
        world.add_orders(chance.randint(1, 60))
        # Between two pulls no order changes its day: that is an edit which no count shows, as the notes say.
        make_odd(world, world.order_ids(), chance, kinds=(3, 4, 5))
        for one in chance.sample(world.order_ids(), chance.randint(0, 5)):
            world.delete_order(one)
        memory.asked = 0
        result = memory.refreshed(kept, **asked)
        requests, memory.asked = memory.asked, 0
        full = memory.full(**asked)
        if result is None:
            sent, alone = memory.requests_of(kept, **asked)
            assert sent <= alone
            kept = full
            continue
        frame, outcome = result
        assert requests <= memory.asked
        notes = " ".join(outcome.notes)
        ours, theirs = (one.set_index("id") for one in (frame, full))
        assert set(ours.index) == set(theirs.index)
        theirs = theirs.loc[ours.index]
        pd.testing.assert_series_equal(ours["status"], theirs["status"])
        if "payment_status may be old" not in notes and "do not agree" not in notes:
            cancels_out = "cancel out" in notes
            differing = (ours["payment_status"] != theirs["payment_status"]).sum()
            assert differing == 0 or (cancels_out and differing > 1)
        assert ("payment_status may be old" in notes) == (counts == "payments ignored")
        frame.attrs = {**full.attrs, "notes": list(outcome.notes)}
        kept = frame
