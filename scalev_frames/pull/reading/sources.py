"""What a pull reads from, and what it has done so far."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scalev_frames.errors import ScalevError
from scalev_frames.query.times import parse_stamp
from scalev_frames.wire.transport import Call, Transport


@dataclass(slots=True)
class Pace:
    """What the limits allow.

    Attributes:
        whole_rate: requests per second.
        burst: requests at once.
        seconds_for: the least time that N more requests take.
        sharers: how many pulls share the rate at present: each then has fewer workers, so that none waits behind the
            many of another.
    """

    whole_rate: float
    burst: int
    seconds_for: Callable[[int], float]
    sharers: int = 1

    @property
    def rate(self) -> float:
        """Requests per second that are one pull's share."""
        return self.whole_rate / self.sharers


@dataclass(frozen=True, slots=True)
class Source:
    """Where the pages of one pull come from.

    Attributes:
        client: sends requests.
        call: the call that they are for.
        journal: the pages of an unfinished pull, or `NoJournal`.
        pace: what the limits allow.
        now: the moment at which the pull began.
    """

    client: Transport
    call: Call
    journal: Any
    pace: Pace
    now: dt.datetime

    @property
    def requests(self) -> int:
        """How many requests the call has sent."""
        return self.call.sent.number


class NoJournal:
    """Keeps nothing: for reads of one request each."""

    failure = ""
    splits: Sequence[Any] = ()

    def get(self, key: str) -> None:
        """Nothing."""

    def put(self, key: str, content: bytes, received_at: float) -> None:
        """Keep nothing."""

    def forget(self, key: str) -> None:
        """Nothing to forget."""

    def hide_credentials(self) -> None:
        """Nothing to hide."""

    def remember(self, splits: list[Any]) -> None:
        """Nothing to remember."""


@dataclass(slots=True)
class Outcome:
    """What a pull has done so far.

    Attributes:
        pages: pages taken in.
        rows: rows for the frame.
        left_out: rows outside the asked-for times.
        complete: whether every row is there; False when ``limit`` cut the list.
        notes: what was not as expected.
        counts_error: why the server gave no counts, where it was asked for them.
        counted: whether the rows were compared with the server's counts.
        ignored: the filter that these turned out to ignore, so that they are of other orders.
        refused_changes: whether it does not say what has changed.
        refused_size: whether it refused larger pages.
        bound_cursors: whether the cursors of its lists turned out to hold the filters.
        shares_ids: whether records of one page, which cannot have moved, have one id and differ.
        totals: what the server says of all rows of each list beside them.
    """

    pages: int = 0
    rows: int = 0
    left_out: int = 0
    complete: bool = True
    notes: list[str] = field(default_factory=list)
    counts_error: ScalevError | None = None
    counted: bool = False
    ignored: str = ""
    refused_changes: bool = False
    refused_size: bool = False
    bound_cursors: bool = False
    shares_ids: bool = False
    totals: list[dict[str, Any]] = field(default_factory=list)


def key_of(path: str, asked: Mapping[str, Any]) -> str:
    """What a page is called in the journal."""
    return json.dumps([path, sorted(asked.items())], default=str)


def created(row: Mapping[str, Any]) -> dt.datetime | None:
    """When an order was made: what the list is ordered by."""
    return parse_stamp(row.get("created_at") or row.get("draft_time"))


def both_times(row: Mapping[str, Any]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """When an order was made, and its draft time."""
    return parse_stamp(row.get("created_at")), parse_stamp(row.get("draft_time"))
