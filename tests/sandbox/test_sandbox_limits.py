"""The limits are kept to the letter, and said in headers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.sandbox import Behaviour, Sandbox, World
from scalev_frames.sandbox.server.throttle import Throttle

Get = Callable[..., Any]


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@given(
    st.lists(st.floats(0, 3, allow_nan=False).map(lambda gap: round(gap, 3)), max_size=80),
    st.integers(1, 6),
    st.sampled_from([0.5, 1.0, 5.0]),
)
def test_no_window_ever_holds_more_than_the_limit(gaps: list[float], count: int, seconds: float) -> None:
    throttle = Throttle([(count, seconds)])
    passed: list[float] = []
    for now in itertools.accumulate(gaps):
        verdict = throttle.arrive("here", "key", now)
        assert verdict is not None
        inside = sum(one > now - seconds for one in passed)
        assert verdict.allowed == (inside < count)  # strict, and never stricter
        if verdict.allowed:
            passed.append(now)


def test_thirty_in_five_seconds(world: World, get: Get) -> None:
    clock = Clock()
    with Sandbox(world=world) as sandbox:
        sandbox.clock = clock
        answers = [get(sandbox, "/products/count") for _ in range(31)]
        assert [answer.status_code for answer in answers] == [200] * 30 + [429]
        assert [answer.headers["X-Ratelimit-Remaining"] for answer in answers[:3]] == ["29", "28", "27"]
        refused = answers[-1]
        assert (refused.text, refused.headers["Content-Type"]) == ("Too many requests", "text/plain; charset=utf-8")
        assert (refused.headers["X-Ratelimit-Limit"], refused.headers["X-Ratelimit-Reset"]) == ("30", "5")
        clock.now += 4.999
        assert get(sandbox, "/products/count").status_code == 429
        clock.now += 0.001
        assert get(sandbox, "/products/count").status_code == 200


def test_the_hour_counts_for_each_key_and_the_address_for_all(world: World, get: Get) -> None:
    clock = Clock()
    with Sandbox(world=world, limits=((3, 5.0), (4, 3600.0))) as sandbox:
        sandbox.clock = clock
        other = sandbox.restricted_key("product:list")
        assert [get(sandbox, "/products/count").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert get(sandbox, "/products/count", key=other).status_code == 429
        clock.now += 5
        assert [get(sandbox, "/products/count").status_code for _ in range(2)] == [200, 429]
        assert get(sandbox, "/products/count", key=other).status_code == 200
        refused = get(sandbox, "/products/count")
        assert (refused.headers["X-Ratelimit-Limit"], refused.headers["X-Ratelimit-Reset"]) == ("4", "3595")


@pytest.mark.parametrize(
    ("unit", "expected"), [("seconds", "5"), ("epoch", "1800000005"), ("epoch_ms", "1800000005000")]
)
def test_the_unit_of_reset(get: Get, unit: Any, expected: str) -> None:
    with Sandbox(world=World(5, behaviour=Behaviour(reset_unit=unit))) as sandbox:
        sandbox.clock = Clock()
        assert get(sandbox, "/products/count").headers["X-Ratelimit-Reset"] == expected


def test_a_refusal_as_json(get: Get) -> None:
    with Sandbox(world=World(5, behaviour=Behaviour(rate_limit_format="json")), limits=((1, 5.0),)) as sandbox:
        get(sandbox, "/order")
        assert get(sandbox, "/order").json()["code"] == 429


def test_without_limits_there_are_no_headers(sandbox: Sandbox, get: Get) -> None:
    answers = [get(sandbox, "/products/count") for _ in range(40)]
    assert {answer.status_code for answer in answers} == {200}
    assert "X-Ratelimit-Limit" not in answers[0].headers
