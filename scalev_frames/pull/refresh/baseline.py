"""A kept frame of orders, held against the server's counts of now."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import pandas as pd

from scalev_frames.catalog.statuses import FINAL, spelled
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.refresh.budget import FEWEST_ROWS, TooDearError
from scalev_frames.pull.refresh.ledger import CountedBy, Known, amount
from scalev_frames.query.query import Query
from scalev_frames.query.times import DAY
from scalev_frames.verify.statistics import DEFAULT_DAYS, Statistics, best_basis, created_days, merge

#: What has to be known of a kept order.
NEEDED = ("id", "order_id", "created_at", "draft_time", "last_updated_at", "status", "payment_status", "gross_revenue")
#: What a refresh compares with moments.
TIMES = ("created_at", "draft_time", "last_updated_at")


def is_refreshable(kept: pd.DataFrame) -> bool:
    """Whether a frame is whole, large enough, and has an id and a time for every order, and nothing else for a time."""
    timed = all(kept[name].dtype.kind == "M" for name in TIMES if name in kept)
    dated = timed and not (kept["created_at"].isna() & kept["draft_time"].isna()).any()
    known = dated and kept["id"].notna().all() and kept["id"].is_unique
    return len(kept) >= FEWEST_ROWS and bool(known) and bool(kept.attrs.get("complete"))


@dataclass(frozen=True, slots=True)
class Baseline:
    """A kept frame, held against the server's counts.

    Attributes:
        frame: the orders.
        created: when each was made.
        days: the day on which the server counts each; missing where it is in no count.
        basis: the time by which it counts, of `BASES`.
        oldest: the first day that its counts cover.
    """

    frame: pd.DataFrame
    created: pd.Series
    days: pd.Series
    basis: str
    oldest: dt.date

    @classmethod
    def compared(cls, frame: pd.DataFrame, counts: Sequence[Statistics], query: Query, now: dt.datetime) -> Self:
        """A frame for which `is_refreshable`, and the server's counts of each list of its call.

        Raises:
            TooDearError: nothing would show what is gone, or what has changed.
        """
        zone = counts[0].zone
        together = merge(counts, zone)
        basis = best_basis(frame, together, together.asked_days(query))
        created, days = frame["created_at"].fillna(frame["draft_time"]), created_days(frame, zone, basis)
        if frame.loc[days.isna(), "order_id"].isna().any():
            raise TooDearError  # neither a count nor a code shows that it is gone
        start = query.start or created.min().to_pydatetime()
        return cls(frame, created, days, basis, _oldest_day(frame, counts, days, start, now))

    @property
    def uncounted(self) -> set[str]:
        """The ids of the orders that are in no count."""
        return set(self.frame.loc[self.days.isna(), "id"])

    @property
    def skew(self) -> dt.timedelta:
        """How much later than its creation the draft time of an order may be; a day at most."""
        late = (self.frame["draft_time"] - self.created).dropna()
        most: dt.timedelta = min(max([dt.timedelta(), *late.nlargest(1)]), DAY)
        return most

    def requests_of_all(self, counts: Sequence[Statistics]) -> int:
        """How many requests a full pull sends at least."""
        if self.oldest > min(self.days.dropna(), default=self.oldest):
            return math.ceil(len(self.frame) / PAGE_ROWS) + len(counts)
        pages = sum(max(1, math.ceil(sum(one.days.values()) / PAGE_ROWS)) for one in counts)
        return pages + len(self.uncounted) // PAGE_ROWS + len(counts)

    def orders(self, by: CountedBy) -> Iterator[tuple[str, Known]]:
        """The orders by id, each as the server counts it; without those that are in no count."""
        kept = self.frame
        gross, statuses = kept["gross_revenue"].astype(object), kept["status"].fillna("")
        payments = kept["payment_status"].fillna("")
        hides = ~(kept["draft_time"] - self.created <= self.skew)
        for one, moment, day, status, payment, money, hidden in zip(
            kept["id"], self.created, self.days, statuses, payments, gross, hides, strict=True
        ):
            if not pd.isna(day):
                yield str(one), Known(moment.to_pydatetime(), by.group(day, status, payment), amount(money), hidden)


def _oldest_day(
    kept: pd.DataFrame, counts: Sequence[Statistics], own_days: pd.Series, start: dt.datetime, now: dt.datetime
) -> dt.date:
    """The first day that the counts cover; `TooDearError` where they do not reach back to what may still change."""
    days, own = [day for one in counts for day in one.days], own_days.dropna()
    if not days:
        raise TooDearError
    reaches = now - start < DEFAULT_DAYS * DAY or any(one.reaches_back(now) for one in counts)
    oldest = min([*days, *own]) if reaches else min(days)
    if not kept.loc[own.index[[day < oldest for day in own]], "status"].fillna("").map(spelled).isin(FINAL).all():
        raise TooDearError
    return oldest
