"""Orders without a draft time belong to the times in which they were created, whatever a server hides behind a filter."""

from __future__ import annotations

import datetime as dt
import random
import threading

import orjson
import pytest
from pull.memory import Memory, Memory3

from scalev_frames.errors import ForbiddenError
from scalev_frames.pull.reading.proof import BY_DRAFT_TIME, LATE_UNDATED, MAYBE_BY_DRAFT_TIME, UNSEEN_UNDATED
from scalev_frames.sandbox import Behaviour, World
from scalev_frames.wire.answers.response import Response

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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "seed", "seconds"),  # each with each of the others; several workers where a request takes long
    [(Memory, 0, 0.0), (Memory, 1, 0.8), (Memory, 2, 0.0), (Memory3, 0, 0.8), (Memory3, 1, 0.0), (Memory3, 2, 0.8)],
)
def test_rows_are_those_of_the_times_asked_for_or_the_note_names_what_may_be_missing(kind, seed, seconds):
    chance = random.Random(seed)
    world = World(300, seed=seed + 1, days=chance.choice([30, 60]), behaviour=HIDING)
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


@pytest.mark.slow
def test_a_list_of_version_3_is_read_from_its_top_where_that_costs_little():
    world = World(300, days=60, behaviour=HIDING)
    for one in world.order_ids()[10:290:7]:
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
    world = World(300, days=60)
    for one in world.order_ids()[10:290:7]:
        world.change_draft_time(one, None)
    far = {"since": "2026-10-01", "until": "2026-10-10"}
    frame = Memory3(world).full(**far)
    assert sorted(frame["id"]) == sorted(asked_for(world, **far))
    assert UNSEEN_UNDATED not in frame.attrs["notes"]


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{"until": "2026-11-15"}, {"until": "2026-11-15", "since": "2026-11-15"}])
def test_looking_above_the_bound_costs_few_requests(asked):
    world = World(1000, days=30, behaviour=HIDING)
    client = Memory(world)
    frame = client.full(**asked)
    assert frame["id"].tolist() == asked_for(world, **asked)
    assert client.asked <= len(frame) // 25 + 14


def test_an_end_before_the_first_order_is_found_in_few_requests():
    client = Memory(World(2000, days=60, behaviour=HIDING))
    assert len(client.full(until="2021-01-01")) == 0
    assert client.asked < 30


@pytest.mark.parametrize("asked", [{}, {"since": "2026-11-12"}, {"status": "rts"}])
def test_an_empty_list_with_an_end_costs_few_requests(asked):
    client = Memory(World(0, days=60, behaviour=HIDING))
    assert len(client.full(until="2026-11-12", **asked)) == 0
    assert client.asked <= 4


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{}, {"since": "2026-11-01"}, {"status": "completed"}])
def test_an_end_behind_which_nothing_was_ordered_costs_few_requests(asked):
    world = World(900, days=30, behaviour=HIDING)
    for row in [*world.rows("orders")]:
        if moment(row) > world.now - 12 * DAY:
            world.delete_order(str(row["id"]))
    client = Memory(world)
    frame = client.full(until="2026-11-15", **asked)
    assert frame["id"].tolist() == asked_for(world, until="2026-11-15", **asked)
    assert client.asked <= len(frame) // 25 + 6


def test_an_end_that_is_still_to_come_is_not_sent():
    world = World(60, days=10, behaviour=HIDING)
    world.change_draft_time(world.order_ids()[0], None)
    client = Memory(world)
    assert all("draft_time_until" not in params for params in client.query(until="today").params)
    assert client.full(until="today")["id"].tolist() == [str(row["id"]) for row in world.rows("orders")]


class Forgetful(Memory):
    """Leaves rows out of the first pages that it sends."""

    def __init__(self, world, lost, pages):
        super().__init__(world)
        self.lost, self.pages = lost, pages

    def get(self, path, asked, call, alias=None):
        response = super().get(path, asked, call, alias)
        if path.endswith("statistics") or self.pages <= 0:
            return response
        self.pages -= 1
        rows = [row for row in response.data["results"] if row["id"] not in self.lost]
        data = {**response.data, "results": rows}
        return Response(orjson.dumps(data), data, 0.0, body={"data": data})


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{}, {"until": "2026-11-20"}])
def test_days_that_are_read_again_have_their_orders_without_a_draft_time(asked):
    world = World(120, days=120, behaviour=HIDING)  # a page has the orders of many days
    lost = set(world.order_ids()[30:90:9])
    for one in lost:
        world.change_draft_time(one, None)
    frame = Forgetful(world, lost, 7).full(**asked)
    assert frame["id"].tolist() == asked_for(world, **asked)
    assert not [note for note in frame.attrs["notes"] if "do not agree" in note]


class ByDraftTime(Memory):
    """Lists orders by draft time, those without one at the end."""

    def get(self, path, asked, call, alias=None):
        if path.endswith("statistics"):
            return super().get(path, asked, call, alias)
        rows = sorted(self.world.rows("orders"), key=lambda row: (row["draft_time"] or "", row["id"]), reverse=True)
        rows = [row for row in rows if row["status"] == asked.get("status", row["status"])]
        ids = [row["id"] for row in rows]
        rows = rows[ids.index(asked["last_id"]) + 1 if "last_id" in asked else 0 :]
        if until := asked.get("draft_time_until"):
            rows = [row for row in rows if row["draft_time"] and row["draft_time"] <= until]
        last = rows[:25][-1]["id"] if rows else None
        data = {"results": rows[:25], "has_next": len(rows) > 25, "last_id": last, "page_size": 25}
        return Response(orjson.dumps(data), data, 0.0, body={"data": data})


@pytest.mark.slow
def test_a_list_in_the_order_of_draft_times_says_that_orders_without_one_may_be_missing():
    world = World(150, days=30)
    some, rows = world.order_ids(), {row["id"]: row for row in world.rows("orders")}
    for one in some[3:20:4]:
        world.change_draft_time(one, moment(rows[one]) + DAY / 4)
    for one in some[10:90:30]:
        world.change_draft_time(one, None)
    client = ByDraftTime(world, lambda params: {**params, "datetime_type": "draft_time"})
    frame = client.full(since="2026-11-01")
    missing = set(asked_for(world, since="2026-11-01")) - set(frame["id"])
    assert missing
    assert missing <= {str(row["id"]) for row in world.rows("orders") if row["draft_time"] is None}
    assert BY_DRAFT_TIME in frame.attrs["notes"]
    assert sorted(client.full()["id"]) == sorted(asked_for(world))
    assert BY_DRAFT_TIME not in Memory(world).full(since="2026-11-01").attrs["notes"]


class Refusing:
    """Gives no statistics."""

    def get(self, path, asked, call, alias=None):
        if path.endswith("statistics"):
            raise ForbiddenError("no scope")
        return super().get(path, asked, call, alias)


class RefusingByDraftTime(Refusing, ByDraftTime):
    pass


class RefusingMemory(Refusing, Memory):
    pass


class CountsFirst(Memory):
    """Gives no second page before it has given its counts."""

    def __init__(self, world):
        super().__init__(world)
        self.given = threading.Event()

    def get(self, path, asked, call, alias=None):
        if path.endswith("statistics"):
            self.given.set()
        elif self.asked:
            self.given.wait(60.0)
        return super().get(path, asked, call, alias)


def begins(client, **asked):
    """The times that a pull asks for to find where its list begins."""
    sent, get = [], client.get
    client.get = lambda path, params, *more, **named: (
        sent.append(params.get("draft_time_until")) or get(path, params, *more, **named)
    )
    client.full(**asked)
    return [one for one in sent if one]


@pytest.mark.slow
def test_a_list_begins_at_the_same_place_whenever_the_counts_come():
    world, asked = World(900, days=60, behaviour=HIDING), {"since": "2026-11-12", "until": "2026-11-15"}
    above = next(row["id"] for row in world.rows("orders") if row["created_at"].startswith("2026-11-16"))
    world.change_draft_time(above, first_of("2026-11-15"))
    early = begins(CountsFirst(world), **asked)
    assert early == begins(RefusingMemory(world), **asked)
    assert len(early) == 2


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{}, {"status": ["completed", "shipped"]}], ids=str)
def test_where_nothing_shows_how_a_list_is_ordered_its_unread_end_may_hold_orders_without_a_draft_time(asked):
    world = World(300, days=30)
    for one in world.order_ids()[10:200:30]:
        world.change_draft_time(one, None)
    client, times = RefusingByDraftTime(world), {"since": "2026-11-10"}
    frame = client.full(**asked, **times)
    if not asked:
        assert set(asked_for(world, **times)) - set(frame["id"])
        assert sorted(client.full()["id"]) == sorted(asked_for(world))
    assert MAYBE_BY_DRAFT_TIME in frame.attrs["notes"]
    for whole in ({}, {"since": "2026-01-01"}, {"until": "2026-11-10"}):
        assert MAYBE_BY_DRAFT_TIME not in client.full(**asked, **whole).attrs["notes"]
    assert MAYBE_BY_DRAFT_TIME not in Memory(world).full(**asked, **times).attrs["notes"]
    assert MAYBE_BY_DRAFT_TIME not in RefusingMemory(world).full(**asked, **times).attrs["notes"]


@pytest.mark.slow
def test_counts_that_leave_out_orders_without_a_draft_time_do_not_show_that_none_stands_at_a_lists_unread_end():
    world = World(300, days=30)
    for row in world.rows("orders"):
        world.change_draft_time(row["id"], moment(row))  # the rows read do not tell by which time the server counts
    world.change_draft_time(world.order_ids()[20], None)
    client = ByDraftTime(world, lambda params: {**params, "datetime_type": "draft_time"})
    frame = client.full(since="2026-11-10")
    assert set(asked_for(world, since="2026-11-10")) - set(frame["id"])
    assert "do not agree" not in str(frame.attrs["notes"])
    assert MAYBE_BY_DRAFT_TIME in frame.attrs["notes"]
    assert MAYBE_BY_DRAFT_TIME not in client.full().attrs["notes"]


BY = {"created_at": lambda params: params, "draft_time": lambda params: {**params, "datetime_type": "draft_time"}}


@pytest.mark.slow
@pytest.mark.parametrize("hides", [True, False])
@pytest.mark.parametrize("counts", ["created_at", "draft_time", "refused"])
def test_orders_that_were_dated_back_behind_the_end_are_there_or_a_note_says_that_they_may_not_be(counts, hides):
    world = World(450, days=30, behaviour=Behaviour(hides_undated=hides))
    asked, some = {"until": "2026-11-12"}, world.order_ids()
    for one in (some[1], *asked_for(world, **asked)[30:90:20]):
        world.change_draft_time(one, None)
    world.change_created(some[1], first_of("2026-11-05"))
    client = RefusingMemory(world) if counts == "refused" else Memory(world, BY[counts])
    frame = client.full(**asked)
    missing = set(asked_for(world, **asked)) - set(frame["id"])
    assert missing == ({str(some[1])} if hides and counts != "created_at" else missing)
    is_noted = LATE_UNDATED in frame.attrs["notes"]
    assert is_noted is (hides and counts != "created_at")
    assert ("do not agree" in str(frame.attrs["notes"])) is (bool(missing) and counts == "created_at")
    assert LATE_UNDATED not in client.full().attrs["notes"]
    assert LATE_UNDATED not in client.full(until="2027-01-01").attrs["notes"]


@pytest.mark.slow
def test_a_refreshed_frame_still_says_what_may_be_missing():
    client = Memory3(World(1500, days=60, behaviour=HIDING))
    far = {"since": "2026-10-01", "until": "2026-10-25"}
    kept = client.full(**far)
    assert UNSEEN_UNDATED in kept.attrs["notes"]
    found = client.refreshed(kept, **far)
    assert found is not None
    assert UNSEEN_UNDATED in found[1].notes


@pytest.mark.slow
def test_a_refresh_lists_orders_without_a_draft_time_where_a_full_pull_does():
    world = World(900, seed=2, days=60, behaviour=HIDING)
    times = {"since": "2026-10-01", "until": "2026-11-15"}
    wanted = asked_for(world, **times)
    for one in [*wanted[1:20:3], *wanted[40:400:50]]:
        world.change_draft_time(one, None)
    client = Memory(world)
    kept = client.full(**times)
    world.change_draft_time(wanted[2], None)
    frame, _ = client.refreshed(kept, **times)
    assert frame["id"].tolist() == client.full(**times)["id"].tolist()
    assert wanted[2] in set(frame["id"])


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Memory, Memory3])
def test_a_new_order_without_a_draft_time_is_there_after_a_refresh_or_the_note_says_that_it_may_not_be(kind):
    world = World(1500, days=60, behaviour=HIDING)
    asked, by = {"since": "2026-10-01", "until": "2026-11-10"}, {"datetime_type": "draft_time"}
    world.change_draft_time(
        next(one for one in asked_for(world, **asked)), None
    )  # shows by which time the server counts
    client = kind(world, statistics=lambda params: {**params, **by})
    kept = client.full(**asked)
    [new] = world.add_orders(1, created_at=first_of("2026-11-03"))
    world.change_draft_time(new, None)
    frame, outcome = client.refreshed(kept, **asked)
    assert str(new) in set(frame["id"]) or "that a time filter hides" in " ".join(outcome.notes)
