"""Whether a kept frame of orders is brought up to date by its changes, or pulled whole."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from scalev_frames.catalog.statuses import OPEN
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.reading.sources import Source
from scalev_frames.pull.refresh.ledger import Ledger
from scalev_frames.pull.refresh.lists import Common
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import shared_filters

#: A full pull is made when the changes would cost more than this share of its pages.
DEAREST = 0.6
#: Requests of a refresh that finds nothing new: the newest, three kinds of changes, five counts.
FIXED_COST = 9
#: The same once the counts show what has changed; from then on a full pull would cost what was sent besides.
DEAREST_SEEN = 0.9
#: What is still to be read may come to this many times the estimate.
SPARE = 1.5
#: With fewer rows than these a full pull is as cheap.
FEWEST_ROWS = int(PAGE_ROWS * FIXED_COST / DEAREST)
#: The share of a full pull's pages up to which open orders are read again without a reason.
SHARE = 0.07


class TooDearError(Exception):
    """A full pull is the better way; never seen by a user."""


def can_refresh(query: Query, zone: ZoneInfo) -> bool:
    """Whether the server's counts can tell what has changed in a call's rows.

    They can for whole days of one list, or of several that differ by status.
    """
    filters = shared_filters(query)
    whole_days = all(
        moment.astimezone(zone).time() == dt.time.min for moment in (query.start, query.end) if moment is not None
    )
    if filters is None or query.limit is not None or not whole_days:
        return False
    names = {name for one in filters for name in one}
    return all(len({one.get(name) for one in filters}) == 1 for name in names - {"status", "payment_status"})


def changes_cost(kept_rows: int, rows: int | None) -> int | None:
    """About how many requests it takes at least to bring N kept rows up to date, of which there are ``rows`` by now.

    ``None`` means a full pull; ``rows`` is ``None`` where nothing tells.
    """
    if kept_rows < FEWEST_ROWS:
        return None
    return FIXED_COST + math.ceil(max((rows or kept_rows) - kept_rows, 0) / PAGE_ROWS)


def repair_pages(ledger: Ledger, shown: Collection[str] = ()) -> tuple[int, int]:
    """About how many pages it takes until both sides count the same, where nothing unusual has happened.

    A list of changes shows the new orders of statuses that are ``shown``.

    Returns:
        The pages of groups that gained and days that lost, and those of all days that differ.
    """
    found: Counter[str] = Counter()
    pages = ledger.pages_of_days(ledger.losses())
    for segment in ledger.segments():
        if segment[0].status in shown:
            found[segment[0].status] += ledger.gained(segment)
        else:
            pages += ledger.pages_of(segment)
    pages += sum(math.ceil(orders / PAGE_ROWS) for orders in found.values())
    return pages, ledger.pages_of_days(group.day for group in ledger.differing())


@dataclass(slots=True)
class Budget:
    """What a refresh may cost: no more than a full pull, but for what it had to send besides before it gave way.

    Attributes:
        source: counts the requests that were sent.
        begun: how many of them were sent before the refresh.
        full: how many a full pull sends at least.
        common: how to look for orders in no count, which is still to be done.
        shared: how many of those sent a full pull would send, too.
    """

    source: Source
    begun: int
    full: int
    common: Common
    shared: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether more was sent than a full pull sends."""
        return self.source.requests - self.begun > self.full

    def share(self) -> None:
        """Note that a full pull would have sent all requests so far."""
        self.shared = self.source.requests - self.begun

    def check(self, requests: float, share: float = 1.0) -> None:
        """Raise `TooDearError` where more is still to be asked for than a full pull would still ask for."""
        if self.common.requests + requests > share * self.full - self.shared:
            raise TooDearError


def affordable(counts: Mapping[str, int], pages: float) -> list[str]:
    """Open statuses that fit into N pages together, the smallest first."""
    chosen = []
    for status in sorted(OPEN, key=lambda one: counts[one]):
        cost = math.ceil(counts[status] / PAGE_ROWS)
        if counts[status] and cost <= pages:
            pages -= cost
            chosen.append(status)
    return chosen
