"""How long a cold pull takes by the documented limits, in a virtual time in which only latency and limits count."""

from __future__ import annotations

import heapq
import itertools
import statistics

import pytest
from pull.memory import ZONE, Memory

from scalev_frames.cancel import CancelToken
from scalev_frames.errors import ForbiddenError
from scalev_frames.progress import silent
from scalev_frames.pull import reading
from scalev_frames.pull.sources import NoJournal, Pace, Source
from scalev_frames.pull.whole import pull_whole
from scalev_frames.pull.workers import Done
from scalev_frames.sandbox.world.world import World
from scalev_frames.verify.statistics import params, path, shared_filters
from scalev_frames.wire.transport import Call

BURST, WINDOW, MARGIN = 30, 5.0, 0.12


class VirtualWorkers:
    """Runs jobs one after the other, and says when each would have ended."""

    def __init__(self, latency):
        self.latency, self.now, self.sent, self.running = latency, 0.0, [], 0
        self._jobs, self._numbers = [], itertools.count()

    def start(self, job, fetch):
        self.running += 1
        turn = max(self.now, *self.sent[-1:], 0.0)
        if len(self.sent) >= BURST:
            turn = max(turn, self.sent[-BURST] + WINDOW + MARGIN)
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
        used = sum(1 for turn in self.sent if turn > self.now - WINDOW)
        return WINDOW * max(0, (requests + used - 1) // BURST)


def cold(monkeypatch, world, latency, *, counts):
    """Times the least possible time, and requests, of a pull of every order."""
    memory, workers = Memory(world, seconds=latency), VirtualWorkers(latency)
    monkeypatch.setattr(reading, "Workers", lambda: workers)
    answer = memory.get

    def get(path, asked, call, alias=None):
        if path.endswith("statistics") and not counts:
            raise ForbiddenError("no scope")
        return answer(path, asked, call, alias)

    memory.get = get
    pace = Pace(BURST / WINDOW, BURST, workers.seconds_for)
    source = Source(memory, Call(silent, CancelToken(), None), NoJournal(), pace, world.now)
    query = memory.query()
    asked = [(path(query), params(ZONE, query.start, world.now, one)) for one in shared_filters(query)]
    frame, outcome = pull_whole(query, {}, source, time_zone=ZONE.key, asked=asked)
    assert outcome.complete
    assert list(frame["id"]) == [str(row["id"]) for row in world.rows("orders")]
    bound = WINDOW * ((len(frame) // 25 - 1) // BURST) + latency
    return workers.now / bound, len(workers.sent)


@pytest.fixture(scope="module")
def worlds():
    return [World(orders=2500, days=days, seed=seed) for days, seed in ((180, 1), (30, 2), (900, 3))]


@pytest.mark.parametrize(
    ("latency", "counts", "most"),
    [
        (0.05, True, 1.1),
        (0.3, True, 1.15),
        (0.8, True, 1.25),
        (0.05, False, 1.1),
        (0.3, False, 1.25),
        (0.8, False, 1.4),
    ],
)
def test_a_hundred_pages_take_little_longer_than_the_limit_asks_for(monkeypatch, worlds, latency, counts, most):
    found = [cold(monkeypatch, world, latency, counts=counts) for world in worlds]
    times, requests = zip(*found, strict=True)
    assert statistics.median(times) <= most
    assert max(times) <= most + 0.05
    assert max(requests) <= (125 if not counts else 118)
