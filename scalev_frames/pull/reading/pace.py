"""How many requests there should be at once: as many as the limit lets through at the present latency."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from scalev_frames.pull.cost import PAGE_ROWS

#: At most this many requests at once: enough to send 30 of them in little more than a second at 0.8 s latency.
MOST_WORKERS = 24
#: How many workers more than the mean rate would need: the limit lets a whole window's requests through at once, and
#: the sooner those are sent, the sooner the next window opens.
RESERVE = 2.2
#: The same for what is needed at least.
LEAST_RESERVE = 1.2
#: Requests per second beyond which not the limit but this computer is what is waited for.
FASTEST = 40.0
#: The last requests that say how long one takes at present.
LAST_REQUESTS = 9
#: A part may be this many pages longer before it is split: estimates are not exact.
SLACK = 3


@dataclass(slots=True)
class Pace:
    """What the limits allow.

    Attributes:
        whole_rate: requests per second.
        seconds_for: the least time that N more requests take.
        sharers: how many pulls share the rate at present: each then has fewer workers, so that none waits behind the
            many of another.
    """

    whole_rate: float
    seconds_for: Callable[[int], float]
    sharers: int = 1

    @property
    def rate(self) -> float:
        """Requests per second that are one pull's share."""
        return self.whole_rate / self.sharers


class Latency:
    """How long the last requests of a pull took, and how many there should be at once.

    >>> latency = Latency(Pace(6.0, float))
    >>> latency.workers()
    1
    >>> latency.add(0.8)
    >>> latency.workers(), latency.workers(LEAST_RESERVE)
    (11, 6)
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._seconds: deque[float] = deque(maxlen=LAST_REQUESTS)

    def add(self, seconds: float) -> None:
        """Take in how long a request took."""
        self._seconds.append(seconds)

    def workers(self, reserve: float = RESERVE) -> int:
        """How many requests there should be at once, by how many more than the mean rate needs."""
        typical = statistics.median(self._seconds or (0.0,))
        return min(MOST_WORKERS, max(1, math.ceil(typical * min(self._pace.rate, FASTEST) * reserve)))

    def longest_part(self, left: float) -> float:
        """The most rows that one worker can read while the limit lets ``left`` rows through."""
        pages, typical = left / PAGE_ROWS, statistics.median(self._seconds or (0.0,))
        seconds = pages / min(self._pace.rate, FASTEST)
        return (seconds / typical + SLACK) * PAGE_ROWS if typical else math.inf
