"""Each key has its own limits, and keys of one address share what is the address's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.wire.limits import MARGIN, first_room
from tests.wire.limiting import DOCUMENTED, Clock, limiter, most_in_any, of_key, seconds_of


def test_a_key_that_waits_for_its_hour_holds_back_no_other_key(tmp_path):
    clock = Clock()
    limits = [(3, 5.0), (4, 3600.0)]
    busy, free = (limiter(clock, limits, tmp_path / "limits", key_name=name) for name in ("busy", "free"))
    for _ in range(4):
        busy.acquire()
    began = clock.now
    for _ in range(6):  # as many requests as wait for the next hour, more than a window of the address has
        busy._run(lambda database: busy._reserve(database, busy._windows))
    sent = []
    for _ in range(4):
        free.acquire()
        sent.append(clock.now)
    assert sent[-1] - began < 11
    turns = busy._run(lambda database: database.execute("SELECT moment FROM turns WHERE scope LIKE 'api%'").fetchall())
    assert most_in_any(sorted(moment for (moment,) in turns), 5.0) <= 3


def test_a_429_that_names_the_keys_limit_pauses_that_key_alone(tmp_path):
    clock = Clock()
    busy, free = (limiter(clock, DOCUMENTED, tmp_path / "limits", key_name=name) for name in ("busy", "free"))
    busy.pause(1800, "the hour is used up", "10000")
    began = clock.now
    free.acquire()
    assert clock.now == began
    busy.pause(7, "the address is used up", "30")
    free.acquire()
    assert clock.now == pytest.approx(began + 7)
    busy.learn({"X-Ratelimit-Remaining": "0", "X-Ratelimit-Limit": "10000", "X-Ratelimit-Reset": "900"})
    free.acquire()
    assert clock.now == pytest.approx(began + 7)
    busy.acquire()
    assert clock.now == pytest.approx(began + 1800)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 160), max_size=30), st.integers(0, 80), st.integers(1, 5))
def test_the_first_room_is_room_and_the_first(quarters, quarter, count):
    moments, start = [], quarter / 4
    for one in sorted(quarters):  # what is reserved already keeps the limit
        if most_in_any([*moments, one / 4], 5.0) <= count:
            moments.append(one / 4)
    found = first_room(moments, start, count, 5.0)
    assert found >= start
    assert most_in_any(sorted([*moments, found]), 5.0) <= count
    earlier = [one for one in (start, *(moment + 5.0 for moment in moments)) if start <= one < found]
    assert all(most_in_any(sorted([*moments, one]), 5.0) > count for one in earlier)


def test_each_key_has_its_own_limits_on_v3_and_keys_share_the_address_on_v2():
    clock = Clock()
    assert seconds_of(clock, of_key(clock, "one", "v3"), 100) == 0
    assert seconds_of(clock, of_key(clock, "two", "v3"), 100) == 0
    assert seconds_of(clock, of_key(clock, "one", "v3"), 1) == pytest.approx(10 + MARGIN)
    assert seconds_of(clock, of_key(clock, "one", "v2"), 20) == 0
    assert seconds_of(clock, of_key(clock, "two", "v2"), 11) == pytest.approx(5 + MARGIN)


def test_the_hour_of_a_key_counts_both_versions():
    clock = Clock()
    limits = ((1000, 1.0), (5, 3600.0))
    assert seconds_of(clock, of_key(clock, "one", "v2", limits=limits), 5) == 0
    assert seconds_of(clock, of_key(clock, "other", "v3", limits=limits), 5) == 0
    assert seconds_of(clock, of_key(clock, "one", "v3", limits=limits), 1) == pytest.approx(3600 + MARGIN)


def test_a_pause_of_one_key_holds_back_no_other_one_on_v3():
    clock = Clock()
    of_key(clock, "one", "v3").pause(30, "429")
    assert seconds_of(clock, of_key(clock, "two", "v3"), 1) == 0
    assert seconds_of(clock, of_key(clock, "one", "v2"), 1) == 0
    assert seconds_of(clock, of_key(clock, "one", "v3"), 1) == pytest.approx(30)
    of_key(clock, "one", "v2").pause(30, "429")
    assert seconds_of(clock, of_key(clock, "two", "v2"), 1) == pytest.approx(30)


@pytest.mark.slow
def test_web_analytics_have_a_limit_of_their_own_beside_the_keys():
    clock = Clock()
    paced = of_key(clock, "one", "v3")
    taken = seconds_of(clock, paced, 600, "/web-analytics/traffic")
    assert taken == pytest.approx(5 * (10 + MARGIN))
    assert seconds_of(clock, paced, 1, "/orders") <= 10 + MARGIN
    assert seconds_of(clock, paced, 1, "/web-analytics/pages") == pytest.approx(3600 - taken, abs=20)
    paced.pause(900, "429", path="/web-analytics/pages")
    assert seconds_of(clock, paced, 1, "/orders") == 0
    assert seconds_of(clock, paced, 1, "/web-analytics/traffic") == pytest.approx(900)
    paced.pause(40, "429", path="/orders")
    assert seconds_of(clock, paced, 1, "/web-analytics/traffic") == pytest.approx(40)


def test_the_headers_of_a_stricter_limit_hold_back_nothing_else():
    clock = Clock()
    paced = of_key(clock, "one", "v3")
    used_up = {"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": "700"}
    paced.learn({"X-Ratelimit-Limit": "600", **used_up}, "/web-analytics/traffic")
    assert seconds_of(clock, paced, 1, "/orders") == 0
    assert seconds_of(clock, paced, 1, "/web-analytics/traffic") == pytest.approx(700)
    paced.learn({"X-Ratelimit-Limit": "100", **used_up}, "/web-analytics/traffic")
    assert seconds_of(clock, paced, 1, "/orders") == pytest.approx(10)
