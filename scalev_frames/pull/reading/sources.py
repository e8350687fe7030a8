"""What a pull reads from, and what it has done so far."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from scalev_frames.cache.facts import Fact
from scalev_frames.cache.journal import Journal
from scalev_frames.errors import (
    BadRequestError,
    InterruptedPullError,
    InvalidParametersError,
    NotFoundError,
    ScalevError,
)
from scalev_frames.plurals import counted
from scalev_frames.pull.reading.pace import Pace
from scalev_frames.wire.answers.response import Response
from scalev_frames.wire.transport import Call, Transport

REFUSALS = (BadRequestError, InvalidParametersError)
#: What a server says that does not read on from a row or a cursor, or does not know what it is asked.
REFUSED = (*REFUSALS, NotFoundError)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the pages of one pull come from, and where they are kept until it is finished.

    Attributes:
        client: sends requests.
        call: the call that they are for.
        pace: what the limits allow.
        now: the moment at which the pull began.
        zone: the zone of days and times.
        journal: the pages of an unfinished pull; without one nothing is kept.
    """

    client: Transport
    call: Call
    pace: Pace
    now: dt.datetime
    zone: ZoneInfo
    journal: Journal | None = None

    @property
    def requests(self) -> int:
        """How many requests the call has sent."""
        return self.call.sent.number

    @property
    def splits(self) -> Sequence[Any]:
        """Where an earlier run of the same pull has split its lists."""
        return self.journal.splits if self.journal else ()

    def kept(self, path: str, asked: Mapping[str, Any]) -> Response | None:
        """The response to a request, where an earlier run of the same pull has it."""
        stored = self.journal.get(_key(path, asked)) if self.journal else None
        try:
            return None if stored is None else self.client.read(*stored)
        except ValueError:
            self.forget(path, asked)
            return None

    def keep(self, path: str, asked: Mapping[str, Any], response: Response) -> None:
        """Keep a response for the case that the pull ends early."""
        if self.journal and not response.from_cache:
            self.journal.put(_key(path, asked), response.content, response.received_at)

    def forget(self, path: str, asked: Mapping[str, Any]) -> None:
        """Forget a response that cannot be trusted."""
        if self.journal:
            self.journal.forget(_key(path, asked))


@dataclass(slots=True)
class Outcome:
    """What a pull has done so far.

    Attributes:
        pages: pages taken in.
        rows: rows for the frame.
        oldest: when the oldest page was received, in seconds since 1970.
        left_out: rows outside the asked-for times.
        complete: whether every row is there; False when ``limit`` cut the list.
        notes: what was not as expected.
        counts_error: why the server gave no counts, where it was asked for them.
        counted: whether the rows were compared with the server's counts.
        ignored: the filter that the server's counts ignore, so that they are of other orders.
        facts: what else the server turned out to refuse or to ignore.
        unseen: notes on orders that may be missing, as far as no counts show otherwise.
        totals: what the server says of all rows of each list beside them.
    """

    pages: int = 0
    rows: int = 0
    oldest: float = math.inf
    left_out: int = 0
    complete: bool = True
    notes: list[str] = field(default_factory=list)
    counts_error: ScalevError | None = None
    counted: bool = False
    ignored: str = ""
    facts: set[Fact] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    totals: list[dict[str, Any]] = field(default_factory=list)

    def kept(self, name: str) -> str:
        """What the next same call of the endpoint ``name`` begins with."""
        if not self.pages:
            return "Nothing was fetched yet; what was kept before is untouched."
        rows, pages = counted(self.rows, "row"), counted(self.pages, "page")
        return f"{rows} of {name} ({pages}) {'is' if self.rows == 1 else 'are'} kept."

    def interrupted(self, name: str) -> InterruptedPullError:
        """The error of a pull of the endpoint ``name`` that was stopped."""
        what = f"The pull of {name} was interrupted."
        return InterruptedPullError(
            what, endpoint=name, rows_kept=self.rows, pages_kept=self.pages, kept=self.kept(name)
        )


def _key(path: str, asked: Mapping[str, Any]) -> str:
    """What a page is called in the journal."""
    return json.dumps([path, sorted(asked.items())], default=str)
