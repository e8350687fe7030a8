"""The cost of a pull before it begins: requests, time under the limits, and what is kept already."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scalev_frames.plurals import counted

#: How a frame is got.
Way = Literal["kept", "changes", "resume", "full"]
#: Rows of a page: the order list's default and maximum [spec].
PAGE_ROWS = 25


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call would cost now.

    Attributes:
        endpoint: the accessor's name.
        way: ``kept`` (served from what is kept), ``changes`` (only changed rows are fetched), ``resume`` (an unfinished
            pull resumes), ``full``.
        requests: about how many requests; ``None`` where it is not known.
        seconds: the least time they take under the limits, with what was sent just now; ``None`` like ``requests``.
        rows: about how many rows the frame will have; ``None`` where it is not known.
        kept_pages: pages of an unfinished pull that are here already.

    >>> print(Cost("orders", "full", 400, 65.0, 10_000, 0))
    about 400 requests for 10,000 rows, at least 1 min 5 s
    >>> print(Cost("orders", "kept", 0, 0.0, 10_000, 0))
    nothing: 10,000 rows are kept and fresh
    """

    endpoint: str
    way: Way
    requests: int | None
    seconds: float | None
    rows: int | None
    kept_pages: int = 0

    def __str__(self) -> str:
        """In words."""
        rows = "" if self.rows is None else f" for {counted(self.rows, 'row')}"
        if self.way == "kept":
            return f"nothing: {counted(self.rows or 0, 'row', 'are')} kept and fresh"
        if self.requests is None or self.seconds is None:
            text = f"as many requests as there are pages of {PAGE_ROWS}"
        else:
            text = f"about {counted(self.requests, 'request')}{rows}, at least {in_words(self.seconds)}"
        if self.kept_pages:
            text += f"; {counted(self.kept_pages, 'page', 'are')} here already"
        return text + ("; only changed rows are fetched" if self.way == "changes" else "")


def price(
    endpoint: str,
    way: Way,
    rows: int | None,
    seconds_for: Callable[[int], float],
    *,
    kept_pages: int = 0,
    requests: int | None = None,
) -> Cost:
    """The cost of a number of rows, where a number of requests takes ``seconds_for`` it; see `Cost`."""
    if requests is None and rows is not None:
        requests = max(math.ceil(rows / PAGE_ROWS) - kept_pages, 1)
    return Cost(endpoint, way, requests, None if requests is None else seconds_for(requests), rows, kept_pages)


def in_words(seconds: float) -> str:
    """A length of time for a person.

    >>> in_words(3_725), in_words(65.2), in_words(4.1)
    ('1 h 2 min', '1 min 5 s', '4 s')
    """
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
