"""A limiter whose time passes when it waits, and the most that it lets through."""

from __future__ import annotations

from pathlib import Path

from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from scalev_frames.wire.limits import Limiter

DOCUMENTED = [(30, 5.0), (10_000, 3600.0)]


class Clock:
    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def limiter(clock: Clock, limits=DOCUMENTED, path: Path | None = None, **how) -> Limiter:
    how = {"host": "api.test", "key_name": "key", **how}
    return Limiter(path, limits, clock=clock, sleep=clock.sleep, **how)


def most_in_any(moments: list[float], seconds: float) -> int:
    first = most = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def of_key(clock: Clock, key: str, version: str, **how) -> Limiter:
    chosen = Settings(base_url="https://api.scalev.id", version=version, **how)
    return Limiter.of_key(Key(f"sk_{key}_0123456789"), chosen, clock=clock, sleep=clock.sleep)


def seconds_of(clock: Clock, paced: Limiter, count: int, path: str = "") -> float:
    began = clock.now
    for _ in range(count):
        paced.acquire(path=path)
    return clock.now - began
