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

#: Statuses that mean "not for this key" or "not on this server", and those that may mean "not with these filters".
REFUSED, REFUSED_FILTERS = (401, 403, 404, 405), (400, 422)
#: What a frame says that was compared with no counts.
NO_COUNTS = "the server gave no statistics, so nothing was compared with its counts"
OTHER_COUNTS = (
    "the server's statistics count other orders than its list has, since they ignore {}, so nothing was compared with "
    "its counts"
)


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
        facts = ("statistics refused", f"statistics refused with {_names(query)}")
        return not any(map(self.knows, facts)) and not self.ignored_by_counts(query)

    def ignored_by_counts(self, query: Query) -> str:
        """The filter of a call that the server's counts ignore; empty where none is known."""
        return next((name for name in _names(query).split() if self.knows(f"statistics ignore {name}")), "")

    def refreshes(self, query: Query, zone: ZoneInfo) -> bool:
        """Whether a kept frame of the call can be brought up to date by what has changed."""
        return can_refresh(query, zone) and self.has_counts(query) and not self.knows("changes refused")

    def refuses(self, query: Query, error: ApiError) -> None:
        """Take in why the server gave no counts of a call's orders."""
        if error.status_code in REFUSED:
            self.remember("statistics refused")
        elif error.status_code in REFUSED_FILTERS:
            self.remember(f"statistics refused with {_names(query)}")

    def learn(self, query: Query, outcome: Outcome) -> None:
        """Take in what a pull has found out; its notes say where nothing was compared."""
        if isinstance(outcome.counts_error, ApiError):
            self.refuses(query, outcome.counts_error)
        found = {
            f"statistics ignore {outcome.ignored}": bool(outcome.ignored),
            f"page_size {query.endpoint.name}": outcome.refused_size,
            f"bound cursors {query.endpoint.name}": outcome.bound_cursors,
        }
        for name, is_so in found.items():
            if is_so and not self.knows(name):
                self.remember(name)
        countable = shared_filters(query) is not None and query.limit is None and outcome.pages > 1
        if countable and (outcome.ignored or not outcome.counted):
            outcome.notes.append(self.why_not_compared(query))

    def why_not_compared(self, query: Query) -> str:
        """Why the rows of a call were compared with no counts."""
        ignored = self.ignored_by_counts(query)
        return OTHER_COUNTS.format(ignored) if ignored else NO_COUNTS


def _names(query: Query) -> str:
    """The names of a call's filters that statistics take."""
    return " ".join(sorted({name for one in shared_filters(query) or () for name in one}))
