"""What an account's server turned out to refuse or to ignore, remembered for a day so that it is not asked again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from scalev_frames.cache.facts import Facts
from scalev_frames.errors import ApiError
from scalev_frames.pull.reading.sources import Outcome
from scalev_frames.pull.refresh.worth import can_refresh
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import shared_filters

#: Statuses that mean "not for this key", or "not on this server".
REFUSED = (400, 401, 403, 404, 405, 422)
#: What a frame says that was compared with no counts.
NO_COUNTS = "the server gave no statistics, so nothing was compared with its counts"
OTHER_COUNTS = "the server's statistics count other orders than its list has, so nothing was compared with its counts"


class Learnt:
    """What was learnt of one server.

    Args:
        facts: where it is kept.
        now: gives the present moment, UTC.
    """

    def __init__(self, facts: Facts, now: Callable[[], dt.datetime]) -> None:
        self._facts, self._now = facts, now

    def knows(self, name: str) -> bool:
        """Whether the server turned out to be like this within the last day."""
        return self._facts.holds(name, self._now())

    def remember(self, name: str) -> None:
        """The server turned out to be like this."""
        self._facts.put(name, self._now())

    def has_counts(self, query: Query) -> bool:
        """Whether the server may have counts of a call's orders."""
        return not self.knows("statistics refused") and not self.knows(_other_counts(query))

    def refreshes(self, query: Query, zone: ZoneInfo) -> bool:
        """Whether a kept frame of the call can be brought up to date by what has changed."""
        return can_refresh(query, zone) and self.has_counts(query) and not self.knows("changes refused")

    def refuses(self, error: ApiError) -> None:
        """Take in why the server gave no counts."""
        if error.status_code in REFUSED:
            self.remember("statistics refused")

    def learn(self, query: Query, outcome: Outcome) -> None:
        """Take in what a pull has found out; its notes say where nothing was compared."""
        if isinstance(outcome.counts_error, ApiError):
            self.refuses(outcome.counts_error)
        countable = shared_filters(query) is not None and query.limit is None
        if countable and not outcome.counted and outcome.pages > 1:
            outcome.notes.append(OTHER_COUNTS if self.knows(_other_counts(query)) else NO_COUNTS)
        found = {
            _other_counts(query): outcome.other_counts,
            f"page_size {query.endpoint.name}": outcome.refused_size,
            f"bound cursors {query.endpoint.name}": outcome.bound_cursors,
        }
        for name, is_so in found.items():
            if is_so and not self.knows(name):
                self.remember(name)


def _other_counts(query: Query) -> str:
    """The fact that the server's counts of such a call are of other orders, by the call's filters."""
    return f"other orders by {' '.join(sorted({name for one in shared_filters(query) or () for name in one}))}"
