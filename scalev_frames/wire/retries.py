"""Decide how often and how late a failed request is tried again; nothing here waits or sends."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from scalev_frames.errors import ApiError, ConnectionFailedError, RateLimitedError, ScalevError, UnexpectedResponseError
from scalev_frames.settings import Settings

#: The longest first wait before a failed request is tried again, in seconds; it doubles with every try.
FIRST_WAIT = 1.0
#: The most seconds of tries and waits while a host has never answered: its address may be wrong.
FIRST_CONTACT = 20.0
#: Tries of a request whose response arrives whole and is unusable: another one is hardly better.
BODY_TRIES = 3
#: Seconds for which one request waits for a rate limit, beyond the longest limit's window.
LIMIT_PATIENCE = 300.0


class RetryBudget:
    """How long failures may last before a request is given up: from the first failure after a success.

    Time in which the rate limit allows no request does not count. One budget is shared by all requests of a call, and
    may be used from several threads.

    >>> budget = RetryBudget(60.0, lambda: 0.0)
    >>> budget.fail(-45.0)
    >>> budget.left()
    15.0
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self.seconds = seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failing_since: float | None = None
        self._paused = 0.0
        self._paused_until = float("-inf")

    def fail(self, began: float) -> None:
        """Count a try that began at ``began`` and failed."""
        with self._lock:
            if self._failing_since is None:
                self._failing_since = began
                self._paused = max(0.0, self._paused_until - self._monotonic())

    def succeed(self) -> None:
        """Start anew."""
        if self._failing_since is not None:
            with self._lock:
                self._failing_since = None

    def pause(self, seconds: float) -> float:
        """Do not count the next ``seconds``; pauses of several threads at once are one.

        Returns:
            The seconds that this adds to the pauses since the first failure.
        """
        with self._lock:
            now = self._monotonic()
            added = max(0.0, now + seconds - max(now, self._paused_until))
            self._paused_until = max(self._paused_until, now + seconds)
            self._paused += added
            return added

    def left(self) -> float:
        """Seconds that are left; without end as long as nothing fails."""
        with self._lock:
            if self._failing_since is None:
                return math.inf
            paused = self._paused - max(0.0, self._paused_until - self._monotonic())
            return min(self.seconds, self.seconds - (self._monotonic() - self._failing_since - paused))


class Retries:
    """The retries of one request, within its own budget and the ``shared`` one of its call.

    A random part of each wait (``jitter``, from 0 to 1) keeps many clients from coming back in step.

    >>> shared = RetryBudget(60.0, lambda: 0.0)
    >>> retries = Retries(Settings(), shared, jitter=lambda: 1.0, monotonic=lambda: 0.0)
    >>> [retries.next_wait(ConnectionFailedError("no"), began=0.0) for _ in range(4)]
    [1.0, 2.0, 4.0, 8.0]
    """

    def __init__(
        self,
        settings: Settings,
        shared: RetryBudget,
        *,
        jitter: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._cap = settings.retry_cap
        self._patience = longest_wait(settings)
        self._shared = shared
        self._own = RetryBudget(shared.seconds, monotonic)  # others may succeed while this one fails for ever
        self._jitter = jitter
        self._tries = 0
        self._asked_seconds = self._unasked_seconds = 0.0  # of all waits after a 429: what it asked for, and more

    def left(self) -> float:
        """Seconds that are left for the next try."""
        return min(self._own.left(), self._shared.left())

    def pause(self, seconds: float) -> None:
        """Do not count a wait that the rate limit asks for."""
        self._own.pause(seconds)
        self._shared.pause(seconds)

    def next_wait(self, error: ScalevError, began: float, *, met: bool = True) -> float | None:
        """Seconds until the next try; ``None`` when ``error`` has to be raised.

        What a rate limit asks for comes on top of the budget: an hour's limit may ask for the rest of the hour, once.
        Longer than the longest limit's window is not waited for at all.

        Args:
            error: what the last try gave.
            began: when that try began.
            met: whether the host has answered before; when not, a failing connection is soon given up.
        """
        self._tries += 1
        self._own.fail(began)
        self._shared.fail(began)
        if not error.retryable or (_is_whole(error) and self._tries >= BODY_TRIES):
            return None
        own = self._jitter() * min(self._cap, FIRST_WAIT * 2.0 ** min(self._tries - 1, 30))
        asked = (error.retry_after if isinstance(error, ApiError) else None) or 0.0
        if isinstance(error, RateLimitedError):
            return self._next_turn(own, asked)
        wait = max(own, min(asked, self._cap))
        left = self.left()
        if isinstance(error, ConnectionFailedError) and not met:
            left -= max(0.0, self._own.seconds - FIRST_CONTACT)
        return wait if wait <= left else None

    def _next_turn(self, own: float, asked: float) -> float | None:
        """The wait after a 429, which the limiter makes everybody wait."""
        self._asked_seconds += asked
        self._unasked_seconds += max(0.0, own - asked)
        if asked > self._patience or self._asked_seconds > self._patience + LIMIT_PATIENCE:
            return None
        return max(own, asked) if self._unasked_seconds <= self._own.seconds else None


def longest_wait(settings: Settings, limit: str = "") -> float:
    """The most seconds that a rate limit may mean when it asks to wait: its window, else the longest or the usual cap.

    >>> longest_wait(Settings()), longest_wait(Settings(), "30")
    (3600.0, 5.0)
    """
    named = [seconds for count, seconds in settings.windows if str(count) == limit.strip()]
    return named[0] if named else max(settings.retry_cap, *(seconds for _, seconds in settings.windows))


def _is_whole(error: ScalevError) -> bool:
    """Whether a response arrived whole and could not be used; a connection that was cut has no status."""
    return isinstance(error, UnexpectedResponseError) and error.status_code is not None
