"""Waits between tries: how long they are, what ends them and what they cost of the budget."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames import errors
from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.settings import Settings
from scalev_frames.wire.retries import Retries, RetryBudget
from tests.wire.bodies import GOOD


def test_cancelling_ends_waits_and_sends_nothing_more(client: Any) -> None:
    token = CancelToken()
    client.server.add(500, "", times=9)
    call = client.transport.new_call(lambda _: token.cancel(), token)
    with pytest.raises(Cancelled):
        client.transport.get("/stores", {}, call)
    with pytest.raises(Cancelled):
        client.transport.get("/bundles", {}, call)
    assert len(client.server.seen) == 1


def test_cancelling_one_call_leaves_the_others_alone(client: Any) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        client.get(cancel=token)
    assert client.get().data == {"count": 1}


def retries_of(settings: Settings, clock: Callable[[], float], jitter: float) -> Retries:
    return Retries(settings, RetryBudget(settings.retry_seconds, clock), jitter=lambda: jitter, monotonic=clock)


def waits_of(error: errors.ScalevError, *, jitter: float, took: float = 0.0, times: int = 12) -> list[float | None]:
    """The waits after N failures of one request, each of which took some seconds."""
    now = [0.0]
    retries = retries_of(Settings(retry_seconds=300.0), lambda: now[0], jitter)
    waits = []
    for _ in range(times):
        now[0] += took
        waits.append(retries.next_wait(error, now[0] - took))
        now[0] += waits[-1] or 0.0
    return waits


def test_waits_are_jittered_capped_and_bounded() -> None:
    failed = errors.ServerError("failed")
    whole = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, None, None, None]
    assert waits_of(failed, jitter=1.0) == whole
    assert waits_of(failed, jitter=0.5, times=1) == [0.5]


def test_slow_tries_count_too() -> None:
    late = errors.ConnectionFailedError("late")
    assert waits_of(late, jitter=0.0, took=60.0, times=6) == [0.0] * 5 + [None]


@pytest.mark.slow
def test_a_slow_answer_is_waited_for_however_short_the_retries(make_client: Callable[..., Any]) -> None:
    client = make_client(retry_seconds=0.1)
    held = threading.Event()
    client.server.add(200, GOOD, delay=held)
    threading.Timer(0.6, held.set).start()
    assert client.get().data == GOOD["data"]


def test_what_a_limit_asks_for_comes_on_top_up_to_its_window() -> None:
    limited = errors.RateLimitedError("limited", retry_after=1800.0)
    assert waits_of(limited, jitter=0.1, took=0.1, times=3) == [1800.0, 1800.0, None]


def test_a_failure_while_others_wait_for_their_turn_has_the_whole_budget() -> None:
    now = [0.0]
    budget = RetryBudget(60.0, lambda: now[0])
    budget.pause(3000.0)
    now[0] = 1000.0
    budget.fail(now[0] - 5.0)
    assert budget.left() == 55.0
    now[0] = 3010.0
    assert budget.left() == 45.0


@given(st.lists(st.tuples(st.sampled_from(["pause", "fail", "pass", "succeed"]), st.floats(0, 100)), max_size=30))
def test_the_budget_counts_failing_time_without_pauses(steps: list[tuple[str, float]]) -> None:
    """Held against a clock that is looked at every moment."""
    now, paused_until, failing, used = 0.0, 0.0, False, 0.0
    budget = RetryBudget(60.0, lambda: now)
    for what, seconds in steps:
        if what == "pause":
            budget.pause(seconds)
            paused_until = max(paused_until, now + seconds)
        elif what == "fail":
            budget.fail(now)
            failing = True
        elif what == "succeed":
            budget.succeed()
            failing, used = False, 0.0
        else:
            counted = max(0.0, now + seconds - max(now, paused_until))
            now += seconds
            used += counted if failing else 0.0
        assert budget.left() == (pytest.approx(60.0 - used, abs=1e-6) if failing else float("inf"))


def test_waiting_for_a_turn_uses_nothing_up() -> None:
    now = [0.0]
    retries = retries_of(Settings(), lambda: now[0], 1.0)
    assert retries.next_wait(errors.ServerError("failed"), 0.0) == 1.0
    for _ in range(8):  # as many threads wait for the same moment
        retries.pause(3000.0)
    assert retries.left() == 60.0
    now[0] += 3000.0
    assert retries.left() == 60.0
    now[0] += 20.0
    assert retries.left() == 40.0
