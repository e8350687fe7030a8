"""Cancel tokens: one ends every wait and every later request of its call, and of no other."""

from __future__ import annotations

import threading
from typing import Literal

Reason = Literal["cancelled", "enough", "failed"]
#: Seconds between checks of the token: on Windows, Ctrl-C is noticed only between waits.
PIECE = 0.25


class Cancelled(Exception):  # noqa: N818 - a signal between rooms, never seen by a user
    """The call's token was cancelled."""


class CancelToken:
    """Says whether one call has to end, and why.

    Attributes:
        reason: ``cancelled`` (a person asked for it), ``enough`` (all rows that were wanted are there), ``failed``
            (another request of the call failed); ``None`` while the call runs. The first reason stays.

    >>> token = CancelToken()
    >>> token.cancel("enough")
    >>> token.cancel()
    >>> token.reason
    'enough'
    """

    def __init__(self) -> None:
        self.reason: Reason | None = None
        self._event = threading.Event()
        self._followers: list[CancelToken] = []

    def follow(self, other: CancelToken) -> None:
        """End, too, when ``other`` is cancelled.

        >>> whole, part = CancelToken(), CancelToken()
        >>> part.follow(whole)
        >>> whole.cancel()
        >>> part.reason
        'cancelled'
        """
        other._followers.append(self)
        if other.reason is not None:
            self.cancel(other.reason)

    def cancel(self, reason: Reason = "cancelled") -> None:
        """End the call."""
        if self.reason is None:
            self.reason = reason
        self._event.set()
        for one in list(self._followers):
            one.cancel(reason)

    def check(self) -> None:
        """Raise `Cancelled` when the call has to end.

        Raises:
            Cancelled: it has.
        """
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Wait, at most ``seconds``; whether the call has to end."""
        return self._event.wait(max(0.0, seconds))
