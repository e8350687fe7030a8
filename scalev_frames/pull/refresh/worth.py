"""Whether a kept frame of orders is brought up to date by its changes, or pulled whole."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.catalog.statuses import FINAL, OPEN, spelled
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.refresh.ledger import Ledger
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import DAY, DEFAULT_DAYS, Statistics, shared_filters

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
#: What a refresh compares with moments.
TIMES = ("created_at", "draft_time", "last_updated_at")
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


def is_base(kept: pd.DataFrame) -> bool:
    """Whether a frame is whole, large enough, and has an id and a time for every order, and nothing else for a time."""
    timed = all(kept[name].dtype.kind == "M" for name in TIMES if name in kept)
    dated = timed and not (kept["created_at"].isna() & kept["draft_time"].isna()).any()
    known = dated and kept["id"].notna().all() and kept["id"].is_unique
    return len(kept) >= FEWEST_ROWS and bool(known) and bool(kept.attrs.get("complete"))


def changes_cost(kept_rows: int, rows: int | None) -> int | None:
    """About how many requests it takes at least to bring N kept rows up to date; ``None`` for a full pull.

    Args:
        kept_rows: how many rows are kept.
        rows: how many there are by now; ``None`` where nothing tells.
    """
    if kept_rows < FEWEST_ROWS:
        return None
    return FIXED_COST + math.ceil(max((rows or kept_rows) - kept_rows, 0) / PAGE_ROWS)


def repair_pages(ledger: Ledger, shown: Collection[str] = ()) -> tuple[int, int]:
    """About how many pages it takes until both sides count the same, where nothing unusual has happened.

    Args:
        ledger: both sides of the counts.
        shown: statuses whose new orders a list of changes shows.

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


def full_pull_requests(counts: Sequence[Statistics], others: int) -> int:
    """How many requests a full pull sends at least, where N ``others`` are in no count."""
    pages = sum(max(1, math.ceil(sum(one.days.values()) / PAGE_ROWS)) for one in counts)
    return pages + others // PAGE_ROWS + len(counts)


def oldest_day(
    kept: pd.DataFrame, counts: Sequence[Statistics], own_days: pd.Series, start: dt.datetime, now: dt.datetime
) -> dt.date:
    """The first day that the server's counts cover.

    Args:
        kept: the kept orders.
        counts: the server's counts of each list.
        own_days: the day on which each kept order counts.
        start: the first moment of interest.
        now: the present moment.

    Raises:
        TooDearError: they do not reach back to what may still change.
    """
    days, own = [day for one in counts for day in one.days], own_days.dropna()
    if not days:
        raise TooDearError
    reaches = now - start < DEFAULT_DAYS * DAY or any(one.reaches_back(now) for one in counts)
    oldest = min([*days, *own]) if reaches else min(days)
    if not kept.loc[own.index[[day < oldest for day in own]], "status"].fillna("").map(spelled).isin(FINAL).all():
        raise TooDearError
    return oldest


def affordable(counts: Mapping[str, int], pages: float) -> list[str]:
    """Open statuses that fit into N pages together, the smallest first."""
    chosen = []
    for status in sorted(OPEN, key=lambda one: counts[one]):
        cost = math.ceil(counts[status] / PAGE_ROWS)
        if counts[status] and cost <= pages:
            pages -= cost
            chosen.append(status)
    return chosen
