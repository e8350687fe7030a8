"""The times in a response's headers, held against this computer's clock."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Mapping

from scalev_frames.wire.answers.envelopes import number_in

#: Seconds by which two right clocks may seem to differ: a response may be under way for a minute.
CLOCK_TOLERANCE = 300.0
#: Seconds by which a computer's clock can be wrong: beyond them no certificate is valid, so the header is wrong.
CLOCK_BELIEVED = 366 * 86_400.0


def seconds_until_reset(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds until the ``X-Ratelimit-Reset`` of a response, not below zero; ``None`` when it does not say.

    By its magnitude it is an epoch in microseconds, milliseconds or seconds, or the seconds left.

    >>> seconds_until_reset({"X-Ratelimit-Reset": "1795000007000"}, 1795000000.0)
    7.0
    """
    value = number_in(headers.get("X-Ratelimit-Reset", ""))
    if value is None:
        return None
    for unit in (1e6, 1e3, 1.0):
        if value >= 1e9 * unit:
            return max(0.0, value / unit - now)
    return max(0.0, value)


def seconds_ahead(headers: Mapping[str, str], now: float) -> float:
    """How far the server's clock is ahead of this computer's; 0 where headers do not show it, or not credibly.

    >>> seconds_ahead({"Date": "Mon, 30 Nov 2026 03:00:00 GMT"}, 1796007600.0)
    0.0
    >>> seconds_ahead({"Date": "Mon, 30 Nov 2026 03:00:00 GMT"}, 1795921200.0)
    86400.0
    """
    moment, age = moment_of(headers.get("Date", "")), number_in(headers.get("Age", ""))
    ahead = 0.0 if moment is None else moment + (age or 0.0) - now
    return ahead if CLOCK_TOLERANCE < abs(ahead) < CLOCK_BELIEVED else 0.0


def moment_of(text: str) -> float | None:
    """A time as headers have it, in seconds since 1970; ``None`` where it is none."""
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp()
    except (ValueError, OverflowError):
        return None
