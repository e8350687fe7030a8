"""How long a cold pull takes by the documented limits, in a virtual time in which only latency and limits count."""

from __future__ import annotations

import datetime as dt
import functools
import heapq
import itertools
import random
import statistics
from collections import Counter

import pytest
from pull.memory import ZONE, Memory

from scalev_frames.cache.facts import Fact
from scalev_frames.cancel import CancelToken
from scalev_frames.errors import ForbiddenError
from scalev_frames.progress import silent
from scalev_frames.pull.reading import reader
from scalev_frames.pull.reading.pace import Pace
from scalev_frames.pull.reading.sources import Source
from scalev_frames.pull.reading.workers import Done
from scalev_frames.pull.whole.whole import pull_whole
from scalev_frames.query.query import make_query
from scalev_frames.sandbox.world.world import World
from scalev_frames.verify.statistics import requests_for, shared_filters
from scalev_frames.wire.answers.response import Response
from scalev_frames.wire.transport import Call

BURST, WINDOW, MARGIN = 30, 5.0, 0.12


class VirtualWorkers:
    """Runs jobs one after the other, and says when each would have ended."""

    def __init__(self, latency, burst=BURST, window=WINDOW):
        self.latency, self.now, self.sent, self.running = latency, 0.0, [], 0
        self.burst, self.window = burst, window
        self._jobs, self._numbers = [], itertools.count()

    def start(self, job, fetch):
        self.running += 1
        turn = max(self.now, *self.sent[-1:], 0.0)
        if len(self.sent) >= self.burst:
            turn = max(turn, self.sent[-self.burst] + self.window + MARGIN)
        self.sent.append(turn)
        heapq.heappush(self._jobs, (turn + self.latency, next(self._numbers), job, fetch))

    def next(self, seconds=None):
        if not self._jobs or (seconds is not None and self._jobs[0][0] > self.now + seconds):
            self.now += seconds or 0.0
            return None
        end, _, job, fetch = heapq.heappop(self._jobs)
        self.now, self.running = max(self.now, end), self.running - 1
        try:
            return Done(job, fetch(), None)
        except ForbiddenError as error:
            return Done(job, None, error)

    def last(self):
        return iter(())

    def close(self):
        pass

    def seconds_for(self, requests):
        used = sum(1 for turn in self.sent if turn > self.now - self.window)
        return self.window * max(0, (requests + used - 1) // self.burst)


def cold(monkeypatch, world, latency, *, counts):
    """Times the least possible time, and requests, of a pull of every order."""
    memory, workers = Memory(world, seconds=latency), VirtualWorkers(latency)
    monkeypatch.setattr(reader, "Workers", lambda: workers)
    answer = memory.get

    def get(path, asked, call, alias=None):
        if path.endswith("statistics") and not counts:
            raise ForbiddenError("no scope")
        return answer(path, asked, call, alias)

    memory.get = get
    pace = Pace(BURST / WINDOW, workers.seconds_for)
    source = Source(memory, Call(silent, CancelToken(), None), pace, world.now, ZONE)
    query = memory.query()
    asked = requests_for(query, ZONE, query.start, world.now, shared_filters(query))
    frame, outcome = pull_whole(query, source, asked=asked)
    assert outcome.complete
    assert list(frame["id"]) == [str(one) for one in world.order_ids()]
    bound = WINDOW * ((len(frame) // 25 - 1) // BURST) + latency
    return workers.now / bound, len(workers.sent)


@pytest.fixture(scope="module")
def worlds():
    return [World(orders=2500, days=days, seed=seed) for days, seed in ((180, 1), (30, 2), (900, 3))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("latency", "counts", "most"),
    [(0.05, True, 1.1), (0.3, False, 1.25), (0.8, True, 1.25), (0.8, False, 1.4)],
)
def test_a_hundred_pages_take_little_longer_than_the_limit_asks_for(monkeypatch, worlds, latency, counts, most):
    found = [cold(monkeypatch, world, latency, counts=counts) for world in worlds]
    times, requests = zip(*found, strict=True)
    assert statistics.median(times) <= most
    assert max(times) <= most + 0.05
    assert max(requests) <= (125 if not counts else 118)


@pytest.mark.slow
def test_parts_of_a_small_shop_end_with_pages_so_that_few_rows_are_read_twice(monkeypatch, worlds):
    found = [cold(monkeypatch, world, 0.8, counts=True) for world in (worlds[0], worlds[2])]
    times, requests = zip(*found, strict=True)
    assert max(requests) <= 114  # 115 of pieces of even length, with ten seeks and the counts
    assert max(times) <= 1.18


NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)


class Uneven:
    """A shop that sold more in its first months: 100 pages of orders of v2, whose statistics are refused."""

    def __init__(self, seed, latency):
        self.latency = latency
        chance = random.Random(seed)
        ages = sorted(180 * 86_400 * (1 - chance.random() ** 1.8) for _ in range(2500))
        stamps = [(NOW - dt.timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ") for age in ages]
        self.rows = [{"id": 9000 - at, "created_at": text, "draft_time": text} for at, text in enumerate(stamps)]

    def get(self, path, asked, call, alias=None):
        if path.endswith("statistics"):
            raise ForbiddenError("no scope")
        begin = 9001 - int(asked.get("last_id") or 9001)
        until = asked.get("draft_time_until", "9")
        listed = [row for row in self.rows[begin:] if row["draft_time"] <= until]
        data = {"results": listed[:25], "has_next": len(listed) > 25, "last_id": listed[min(24, len(listed) - 1)]["id"]
                if listed else None, "page_size": 25}  # fmt: skip
        return Response(b"", data, 0.0, seconds=self.latency, body={"data": data})


def cold_uneven(monkeypatch, seed, latency):
    listed, workers = Uneven(seed, latency), VirtualWorkers(latency)
    monkeypatch.setattr(reader, "Workers", lambda: workers)
    pace = Pace(BURST / WINDOW, workers.seconds_for)
    source = Source(listed, Call(silent, CancelToken(), None), pace, NOW, ZONE)
    query = make_query("orders", {}, ZONE, NOW)
    asked = requests_for(query, ZONE, query.start, NOW, shared_filters(query))
    frame, _ = pull_whole(query, source, asked=asked)
    assert frame["id"].tolist() == [str(row["id"]) for row in listed.rows]
    return workers.now / (WINDOW * (99 // BURST) + latency), len(workers.sent)


@pytest.mark.slow
@pytest.mark.parametrize(("latency", "most"), [(0.3, 1.25), (0.8, 1.4)])
def test_an_uneven_history_without_counts_is_split_by_the_rates_of_its_own_pages(monkeypatch, latency, most):
    times, requests = zip(*(cold_uneven(monkeypatch, seed, latency) for seed in range(3)), strict=True)
    assert statistics.median(times) <= most
    assert max(times) <= most + 0.25
    assert max(requests) <= 122


#: The limits of v3, for each key.
BURST_V3, WINDOW_V3 = 100, 10.0


@functools.cache
def newer_rows(pages):
    stamps = [NOW - dt.timedelta(minutes=10 * number) for number in range(25 * pages)]
    return [
        {"id": f"{number:08d}", "created_at": (text := stamp.strftime("%Y-%m-%dT%H:%M:%SZ")),
         "draft_time": None if number % 40 == 7 else text}
        for number, stamp in enumerate(stamps)
    ]  # fmt: skip


class NewerList:
    """Orders of v3 with nothing in them but their times; every fortieth has no draft time, which the filter hides."""

    def __init__(self, pages, latency, *, bound, counts):
        self.latency, self.bound, self.counts, self.rows = latency, bound, counts, newer_rows(pages)

    def get(self, path, asked, call, alias=None):
        if path.endswith("statistics"):
            return self.count()
        place, _, until = asked.get("next_cursor", "").partition("/")
        until = until or asked.get("draft_time_until", "") if self.bound == "everywhere" or not place else until
        begin = int(place) if place else 0
        if until:
            listed = [(at, row) for at, row in enumerate(self.rows) if at >= begin and row["draft_time"]
                      and row["draft_time"] <= until]  # fmt: skip
        else:
            listed = list(enumerate(self.rows[begin : begin + 26], begin))
        size = int(asked.get("page_size", 25))
        following = listed[size - 1][0] + 1 if len(listed) > size else 0
        is_bound = self.bound == "everywhere" or (self.bound == "below the first page" and following > 25)
        body = {"data": [row for _, row in listed[:size]], "is_paginated": True, "has_next": len(listed) > size,
                "next_cursor": f"{following}/{until if is_bound else ''}" if following else None, "page_size": 25}  # fmt: skip
        return Response(b"", body["data"], 0.0, seconds=self.latency, body=body)

    def count(self):
        if not self.counts:
            raise ForbiddenError("no scope")
        stamps = [row["draft_time"] for row in self.rows if row["draft_time"]]
        days = Counter(str(dt.datetime.fromisoformat(one).astimezone(ZONE).date()) for one in stamps)
        data = [{"day": day, "status": "shipped", "count": count} for day, count in days.items()]
        return Response(b"", data, 0.0, seconds=self.latency, body={"data": data})


def cold_v3(monkeypatch, pages, latency, *, bound="", counts=True):
    """Times the least possible time, and requests, of a pull of every order of v3."""
    listed, workers = (
        NewerList(pages, latency, bound=bound, counts=counts),
        VirtualWorkers(latency, BURST_V3, WINDOW_V3),
    )
    monkeypatch.setattr(reader, "Workers", lambda: workers)
    pace = Pace(BURST_V3 / WINDOW_V3, workers.seconds_for)
    source = Source(listed, Call(silent, CancelToken(), None), pace, NOW, ZONE)
    query = make_query("orders", {}, ZONE, NOW, "v3")
    asked = requests_for(query, ZONE, query.start, NOW, shared_filters(query))
    frame, outcome = pull_whole(query, source, asked=asked)
    assert outcome.complete
    assert (Fact.BOUND_CURSORS in outcome.facts) == bool(bound)
    assert frame["id"].tolist() == [row["id"] for row in listed.rows]
    return workers.now / (WINDOW_V3 * ((pages - 1) // BURST_V3) + latency), len(workers.sent)


@pytest.mark.slow
@pytest.mark.parametrize(("latency", "most"), [(0.1, 1.45), (0.3, 1.65), (0.8, 2.15)])
@pytest.mark.parametrize("counts", [True, False])
def test_a_list_of_v3_whose_cursors_hold_no_filter_is_split(monkeypatch, latency, most, counts):
    times, requests = cold_v3(monkeypatch, 160, latency, counts=counts)
    assert times <= most
    assert requests <= 210


@pytest.mark.slow
@pytest.mark.parametrize(
    ("latency", "counts", "most"),
    [(0.05, True, 1.15), (0.3, False, 1.152), (0.8, True, 1.15), (0.8, False, 1.2), (1.2, True, 1.15)],
)
def test_a_thousand_pages_of_v3_take_little_longer_than_the_limit_asks_for(monkeypatch, latency, most, counts):
    times, requests = cold_v3(monkeypatch, 1000, latency, counts=counts)
    assert times <= most
    assert requests <= 1050


def test_where_cursors_are_bound_a_list_of_v3_is_read_in_one_go(monkeypatch):
    _, requests = cold_v3(monkeypatch, 120, 0.3, bound="everywhere")
    assert requests == 120 + 7  # the counts, the question, and five places sought beside it


@pytest.mark.parametrize("counts", [True, False])
def test_cursors_that_are_bound_further_down_are_found_out_by_a_second_question(monkeypatch, counts):
    _, requests = cold_v3(monkeypatch, 160, 0.3, bound="below the first page", counts=counts)
    assert requests <= 190
