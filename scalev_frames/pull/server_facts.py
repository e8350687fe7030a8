"""What an account's server turned out to refuse or to ignore, remembered so that it is not asked again each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from scalev_frames.cache.facts import NO_FURTHER, Fact, Facts
from scalev_frames.errors import ApiError
from scalev_frames.pull.reading.sources import Outcome
from scalev_frames.pull.refresh.budget import can_refresh
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import shared_filters

#: Statuses that mean "not for this key" or "not on this server", and those that may mean "not with these filters".
REFUSED, REFUSED_FILTERS = (401, 403, 404, 405), (400, 422)
#: Facts about one list, which a pull of it finds out.
OF_LISTS = (Fact.SMALL_PAGES, Fact.BOUND_CURSORS, *NO_FURTHER)
#: What a frame says that was compared with no counts.
_MOVED = "nothing was compared with its counts: orders that changed their place in the list meanwhile may be missing"
NO_COUNTS = f"the server gave no statistics, so {_MOVED}"
OTHER_COUNTS = f"the server's statistics count other orders than its list has, since they ignore {{}}, so {_MOVED}"
#: What a frame of several lists of orders says besides.
MAY_HAVE_MOVED = "orders that moved from one of the lists asked for to another while these were read may be missing"


class ServerFacts:
    """What one server turned out to refuse or to ignore."""

    def __init__(self, facts: Facts, now: Callable[[], dt.datetime]) -> None:
        self._facts, self._now = facts, now

    def knows(self, fact: Fact, *about: str) -> bool:
        """Whether the server turned out to be like this not long ago."""
        return self._facts.holds(fact.format(*about), self._now(), fact.holds)

    def known(self, query: Query) -> set[Fact]:
        """What a pull of the call finds out and is known already."""
        return {fact for fact in OF_LISTS if self.knows(fact, query.endpoint.name)}

    def remember(self, fact: Fact, *about: str) -> None:
        """The server turned out to be like this."""
        if not self.knows(fact, *about):
            self._facts.put(fact.format(*about), self._now())

    def has_counts(self, query: Query) -> bool:
        """Whether the server may have counts of a call's orders."""
        refused = self.knows(Fact.NO_COUNTS) or self.knows(Fact.NO_COUNTS_WITH, _names(query))
        return not refused and not self.ignored_by_counts(query)

    def ignored_by_counts(self, query: Query) -> str:
        """The filter of a call that the server's counts ignore; empty where none is known."""
        return next((name for name in _names(query).split() if self.knows(Fact.COUNTS_IGNORE, name)), "")

    def refreshes(self, query: Query, zone: ZoneInfo) -> bool:
        """Whether a kept frame of the call can be brought up to date by what has changed."""
        return can_refresh(query, zone) and self.has_counts(query) and not self.knows(Fact.NO_CHANGES)

    def refuses(self, query: Query, error: ApiError) -> None:
        """Take in why the server gave no counts of a call's orders."""
        if error.status_code in REFUSED:
            self.remember(Fact.NO_COUNTS)
        elif error.status_code in REFUSED_FILTERS:
            self.remember(Fact.NO_COUNTS_WITH, _names(query))

    def learn(self, query: Query, outcome: Outcome) -> None:
        """Take in what a pull has found out; its notes say where nothing was compared."""
        if isinstance(outcome.counts_error, ApiError):
            self.refuses(query, outcome.counts_error)
        if outcome.ignored:
            self.remember(Fact.COUNTS_IGNORE, outcome.ignored)
        for fact in outcome.facts:
            self.remember(fact, query.endpoint.name)
        if outcome.pages > 1 and (outcome.ignored or not outcome.counted):
            outcome.notes.extend(self.not_compared(query))

    def not_compared(self, query: Query) -> list[str]:
        """Notes on the rows of a call that were compared with no counts."""
        notes = []
        if shared_filters(query) is not None and query.limit is None:
            ignored = self.ignored_by_counts(query)
            notes.append(OTHER_COUNTS.format(ignored) if ignored else NO_COUNTS)
        if len(query.params) > 1 and query.endpoint.timeline is not None:
            notes.append(MAY_HAVE_MOVED)
        return notes


def _names(query: Query) -> str:
    """The names of a call's filters that statistics take."""
    return " ".join(sorted({name for one in shared_filters(query) or () for name in one}))
