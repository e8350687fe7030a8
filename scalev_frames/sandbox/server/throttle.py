"""Enforce the documented limits exactly.

A window slides: at no moment lie more than ``count`` arrivals in the ``seconds`` before it. Refused ones do not count.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from scalev_frames.sandbox.world.behaviour import ResetUnit

Limits = Sequence[tuple[int, float]]
DOCUMENTED_LIMITS: Limits = ((30, 5.0), (10_000, 3600.0))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision of the limits on one request.

    Attributes:
        allowed: whether it may pass.
        limit: requests of the window that is nearest to full.
        remaining: requests that it has left.
        reset_at: when its oldest request leaves it, by the clock.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_at: float

    def headers(self, now: float, unit: ResetUnit) -> dict[str, str]:
        """``X-Ratelimit-*``, with ``Reset`` in one of the units that it may have."""
        return {
            "X-Ratelimit-Limit": str(self.limit),
            "X-Ratelimit-Remaining": str(self.remaining),
            "X-Ratelimit-Reset": reset_text(max(self.reset_at - now, 0.0), now, unit),
        }


class Window:
    """The arrivals of one address or key in one window."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count = count
        self.seconds = seconds
        self.arrivals: deque[float] = deque()

    def is_full(self, now: float) -> bool:
        """Whether the window is full now."""
        while self.arrivals and self.arrivals[0] <= now - self.seconds:
            self.arrivals.popleft()
        return len(self.arrivals) >= self.count

    def verdict(self, now: float, *, allowed: bool) -> Verdict:
        """The state after a request."""
        oldest = self.arrivals[0] if self.arrivals else now
        return Verdict(allowed, self.count, self.count - len(self.arrivals), oldest + self.seconds)


class Throttle:
    """All windows: of v2 the first limit counts for each address, the others for each key; of v3 all for each key.

    Args:
        limits: requests and seconds; ``None`` for no limits.
        by_address: whether the first limit counts for each address.

    >>> throttle = Throttle([(2, 5.0)])
    >>> [throttle.arrive("127.0.0.1", "sk", now).allowed for now in (0.0, 1.0, 4.9, 5.0)]
    [True, True, False, True]
    """

    def __init__(self, limits: Limits | None, *, by_address: bool = True) -> None:
        self.limits = tuple(limits or ())
        self.by_address = by_address
        self._windows: dict[tuple[int, str], Window] = {}

    def arrive(self, address: str, key: str, now: float) -> Verdict | None:
        """The verdict on a request that arrives at ``now``, seconds since 1970; ``None`` without limits."""
        if not self.limits:
            return None
        windows = [
            self._window(place, address if self.by_address and not place else key) for place in range(len(self.limits))
        ]
        full = [window for window in windows if window.is_full(now)]
        if full:
            return max((window.verdict(now, allowed=False) for window in full), key=lambda one: one.reset_at)
        for window in windows:
            window.arrivals.append(now)
        return min((window.verdict(now, allowed=True) for window in windows), key=lambda one: one.remaining)

    def _window(self, place: int, owner: str) -> Window:
        return self._windows.setdefault((place, owner), Window(*self.limits[place]))


def reset_text(left: float, now: float, unit: ResetUnit) -> str:
    """A moment ``left`` seconds after ``now``, rounded up.

    >>> [reset_text(2.5, 1_700_000_000.0, unit) for unit in ("seconds", "epoch", "epoch_ms")]
    ['3', '1700000003', '1700000002500']
    """
    match unit:
        case "seconds":
            return str(math.ceil(left))
        case "epoch":
            return str(math.ceil(now + left))
        case _:
            return str(math.ceil((now + left) * 1000))
