"""A kept frame of orders is brought up to date with what has changed, instead of being fetched anew.

The list cannot be asked for changes, so they are looked for where they must show:

1. the server's counts by day and status: where nearly everything differs, there is a full pull, and nothing was lost;
2. the newest orders, until behind the newest kept one: the pages with which a full pull would begin, too;
3. the counts by payment status; orders confirmed, shipped or completed since; groups that gained, until they agree;
4. days whose counts still differ are read until they agree: what is kept and not found there is asked for by name, and
   is gone when the server does not know it;
5. with what is left of a small share of a full pull, the open statuses, whose edits no count may show.

An edit that changes neither status, payment status nor gross revenue of an order outside of these cannot be seen; the
notes say so. Before each step its cost is known: where what a full pull would still ask for is less, there is a full
pull. So what is hard to foresee comes last, and what was sent for nothing stays little.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from scalev_frames.cancel import Cancelled
from scalev_frames.catalog.statuses import PAYMENT_STATUSES, spelled
from scalev_frames.errors import ApiError, FilterIgnoredError, IncompleteError, ServerError, UnexpectedResponseError
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.header import Header
from scalev_frames.progress import Event
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.reading.combine import Changes, combine
from scalev_frames.pull.reading.counting import count_orders
from scalev_frames.pull.reading.proof import EARLY, UNREAD, early_note, unread_note
from scalev_frames.pull.reading.reader import REFUSED, Reader
from scalev_frames.pull.reading.sources import Outcome, Source
from scalev_frames.pull.reading.taking import Taker
from scalev_frames.pull.refresh.ledger import Group, Known, Ledger
from scalev_frames.pull.refresh.lists import Aim, Common, Lists, in_common
from scalev_frames.pull.refresh.notes import MARK, refresh_notes
from scalev_frames.pull.refresh.payments import count_by_payment, count_groups
from scalev_frames.pull.refresh.worth import (
    DEAREST,
    DEAREST_SEEN,
    FIXED_COST,
    SHARE,
    SPARE,
    TooDearError,
    affordable,
    full_pull_requests,
    is_base,
    oldest_day,
    repair_pages,
)
from scalev_frames.pull.split.ending import OLDER_ROWS, OLDER_ROWS_UNPROVEN, Ending
from scalev_frames.pull.split.parts import Part, created
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.query import Query
from scalev_frames.query.times import parse_stamp
from scalev_frames.verify.statistics import (
    BASES,
    DAY,
    Statistics,
    Total,
    best_basis,
    created_days,
    merge,
    shared_filters,
    to_number,
)
from scalev_frames.wire.paging import Row

#: At most this many kept orders that were not found are asked for by name, or `SHARE` of a full pull; more means that
#: something else is wrong.
MOST_MISSING = 40
#: How far down a list is, is the median of its last rows: some may be backdated.
LAST_ROWS = 9
#: What has to be known of a kept order.
NEEDED = ("id", "order_id", "created_at", "draft_time", "last_updated_at", "status", "payment_status", "gross_revenue")


def bring_up_to_date(
    kept: pd.DataFrame, query: Query, source: Source, outcome: Outcome
) -> tuple[pd.DataFrame, Outcome] | None:
    """``kept`` with what `find_changes` finds, or ``None`` where a full pull is the better way."""
    found = find_changes(kept, query, source, outcome)
    frame = None if found is None else combine(kept, found.fresh, found.gone, query, found.listed)
    if found is None or frame is None:
        return None
    found.outcome.rows = len(frame)
    found.outcome.notes = [*early_note(frame, query), *unread_note(frame, query), *found.outcome.notes]
    source.call.report(Event("note", query.endpoint.name, message=found.outcome.notes[-1]))
    return frame, found.outcome


def find_changes(
    kept: pd.DataFrame,
    query: Query,
    source: Source,
    outcome: Outcome,
    *,
    open_pages: float = math.inf,
) -> Changes | None:
    """What has changed since ``kept``, or ``None`` where a full pull is the better way.

    Args:
        kept: an earlier, whole pull of the same call; the columns of `NEEDED` are enough.
        query: the call; `can_refresh` must be true of it.
        source: what pages come from.
        outcome: where it is noted what was done, also where nothing comes of it.
        open_pages: how many pages of open orders may be read again without a reason.

    Raises:
        ScalevError: whatever stopped it; the pages that came are kept.
        InterruptedPullError: on Ctrl-C, or when the call was cancelled.
    """
    if not is_base(kept):
        return None
    refresh = _Refresh(kept, query, source, outcome)
    try:
        return refresh.run(open_pages)
    except (FilterIgnoredError, *REFUSED):  # it may well answer a full pull
        refresh.taker.outcome.refused_changes = True
        return None
    except (TooDearError, IncompleteError, ServerError, UnexpectedResponseError):
        return None
    except (KeyboardInterrupt, Cancelled):
        raise refresh.taker.interrupted() from None


class _Refresh:
    def __init__(self, kept: pd.DataFrame, query: Query, source: Source, outcome: Outcome) -> None:
        self.kept, self.query, self.source = kept, query, source
        self.filters = shared_filters(query) or [{}]
        self.fresh: dict[str, Row] = {}
        self.gone: set[str] = set()
        self.listed: list[str] = []
        self.ledger = Ledger({}, dt.date.max)
        self.by_payment = False
        self.basis = next(iter(BASES))
        self.uncounted: set[str] = set()
        self.common = Common("", (), 0)
        self.moved: set[str] = set()
        self.mirrors = [query.mirrors(params) for params in query.params]
        self.taker = Taker(query, source, self.take, outcome=outcome)
        self.created = kept["created_at"].fillna(kept["draft_time"])
        late = (kept["draft_time"] - self.created).dropna()
        self.lists = Lists(query, source.zone, min(max([dt.timedelta(), *late.nlargest(1)]), DAY))
        self.full_requests = math.ceil(len(kept) / PAGE_ROWS) + len(self.filters)
        self.begun, self.shared = source.requests, 0  # requests that a full pull would send, too

    def run(self, open_pages: float) -> Changes:
        counts = self.count([*self.filters])
        own_days, oldest = self.hold_against(counts)
        self.read(self.lists.newest(self.created.max().to_pydatetime()))
        self.shared = self.source.requests - self.begun
        self.compare(counts, own_days, oldest)
        self.read(self.lists.changed(self.kept))
        self.repair()
        self.read_in_common()
        self.settle_missing()
        again = self.open_statuses(open_pages)
        self.read(again.values())
        return self.finish(set(again))

    def hold_against(self, counts: Sequence[Statistics]) -> tuple[pd.Series, dt.date]:
        """On which day each kept order is counted, and the first day that the counts cover.

        Raises:
            TooDearError: nearly everything is new, or nothing would show what is gone.
        """
        kept, together = self.kept, merge(counts, self.source.zone)
        self.basis = best_basis(kept, together, together.asked_days(self.query))
        own_days = created_days(kept, self.source.zone, self.basis)
        uncounted, days = own_days.isna(), own_days.dropna()
        self.common, self.uncounted = in_common(kept, uncounted), set(kept.loc[uncounted, "id"])
        if kept.loc[uncounted, "order_id"].isna().any():
            raise TooDearError  # neither a count nor a code shows that it is gone
        start = self.query.start or self.created.min().to_pydatetime()
        oldest = oldest_day(kept, counts, own_days, start, self.source.now)
        if oldest <= min(days, default=oldest):
            self.full_requests = full_pull_requests(counts, len(self.uncounted))
        last = max(days, default=dt.date.min)
        new = sum(orders for day, orders in together.days.items() if day > last)
        self.shared = self.source.requests - self.begun
        self.check_cost(FIXED_COST + new / PAGE_ROWS, DEAREST)
        return own_days, oldest

    def compare(self, counts: Sequence[Statistics], own_days: pd.Series, oldest: dt.date) -> None:
        """Enter what is known into a ledger of the counts, by payment status too where the server counts by it."""
        self.open_ledger(count_groups(("", one) for one in counts), oldest, own_days)
        questions = len(self.lists.changes) + len(PAYMENT_STATUSES)
        self.check_cost(questions + SPARE * self.repairs(), DEAREST_SEEN)
        payments = self.kept["payment_status"].dropna().map(spelled).unique()
        groups = count_by_payment(self.count, self.filters, counts, payments)
        self.by_payment = groups is not None
        if groups is not None:
            self.open_ledger(groups, oldest, own_days)
        self.check_cost(len(self.lists.changes) + self.repairs())

    def check_cost(self, requests: float, share: float = 1.0) -> None:
        """Raise where what is still to be asked for is more than what a full pull would still ask for."""
        if self.common.requests + requests > share * self.full_requests - self.shared:
            raise TooDearError

    def repairs(self) -> int:
        return self.ledger.lost() + min(repair_pages(self.ledger, self.lists.changes))

    def repair(self) -> None:
        """Read what makes both sides count the same: groups that gained and days that lost, or whole days at once."""
        ledger = self.ledger
        of_groups, of_days = repair_pages(ledger)
        if of_groups < of_days:
            self.read(self.lists.gains(ledger))
        days = [group.day for group in ledger.differing()]
        self.check_cost(ledger.pages_of_days(days) + ledger.lost())
        self.read(self.lists.days(days, ledger))

    # Reading ---------------------------------------------------------------------------------------------------------

    def read(self, parts: Iterable[Part]) -> None:
        if timelines := [self.timeline(part, self.lists.aims[part.number]) for part in parts]:
            Reader(self.taker, timelines).read()

    def timeline(self, part: Part, aim: Aim) -> Timeline:
        """A list that ends behind what it is read for; one that ends by its counts may have many backdated rows."""
        lower = aim.lower - self.lists.skew if aim.lower else None
        return Timeline(part, Ending(lower, OLDER_ROWS_UNPROVEN if aim.groups else OLDER_ROWS))

    def take(self, part: Part, rows: list[Row]) -> bool:
        aim = self.lists.aims[part.number]
        aim.pages -= 1
        if aim.pages < 0 and self.source.requests - self.begun > self.full_requests:
            raise TooDearError  # the list is longer than the counts say, and nobody knows by how much
        for row in rows:
            aim.check(row)
        rows = self.of_the_call(rows) if aim.is_wide else rows
        self.listed += [str(row["id"]) for row in rows if aim.newest]
        for row in rows:
            self.take_row(row)
        if aim.groups:
            self.watch(part, aim, rows)
        return True

    def take_row(self, row: Row) -> None:
        one = str(row["id"])
        if one in self.fresh and _changed(self.fresh[one]) > _changed(row):
            return  # another list had it later
        self.fresh[one] = row
        self.enter(one, row)

    def of_the_call(self, rows: Iterable[Row]) -> list[Row]:
        """Those of ``rows`` that are in one of the call's lists; what is kept of the others is gone from them."""
        inside = []
        for row in rows:
            one = str(row["id"])
            if any(all(mirror.is_obeyed(row) for mirror in mirrors) for mirrors in self.mirrors):
                inside.append(row)
            elif one not in self.fresh or _changed(self.fresh[one]) <= _changed(row):
                self.fresh.pop(one, None)
                self.moved.add(one)
                self.ledger.drop(one)
        return inside

    def watch(self, part: Part, aim: Aim, rows: Sequence[Row]) -> None:
        """End a list once the groups that it is read for agree."""
        moments = [moment for row in rows if (moment := created(row))]
        aim.bottom = statistics.median_low(moments[-LAST_ROWS:]) if moments else aim.bottom
        for one in self.missing(aim):
            self.gone.add(one)
            self.ledger.drop(one)
        aim.early = all(map(self.ledger.agrees, aim.groups))
        part.ended = part.ended or aim.early

    def enter(self, one: str, row: Mapping[str, Any]) -> None:
        """Enter an order in the group in which the server counts it; without a time that counts it is in none."""
        self.ledger.drop(one)
        times = (parse_stamp(row.get(name)) for name in BASES[self.basis])
        counted = next(filter(None, times), None)
        if counted is None:
            return
        group = self.group(counted.astimezone(self.source.zone).date(), row.get("status"), row.get("payment_status"))
        self.ledger.put(one, Known(created(row) or counted, group, _amount(row.get("gross_revenue"))))

    def group(self, day: dt.date, status: object, payment: object) -> Group:
        return Group(day, spelled(str(status or "")), spelled(str(payment or "")) if self.by_payment else "")

    def missing(self, aim: Aim) -> list[str]:
        """Kept orders that a list has passed without having them."""
        bottom = aim.bottom
        return [one for one in self.unseen(aim) if bottom and self.ledger.known[one].created > bottom]

    def unseen(self, aim: Aim) -> list[str]:
        """Kept orders that a list has to have, and that nothing has shown by now."""
        ledger = self.ledger
        days = {group.day for group in aim.groups} if aim.whole else ()
        ids = (one for day in days for one in ledger.of_day[day])
        return [one for one in ids if one not in self.fresh and ledger.known[one].group in aim.groups]

    # 1: the server's counts ------------------------------------------------------------------------------------------

    def count(self, filters: Sequence[Mapping[str, str]]) -> list[Statistics]:
        """The server's counts for each set of filters."""
        try:
            return count_orders(self.query, self.source, filters)
        except ApiError:
            raise TooDearError from None  # no statistics, no refresh

    # 3: groups that gained -------------------------------------------------------------------------------------------

    def open_ledger(self, groups: Mapping[Group, Total], oldest: dt.date, own_days: pd.Series) -> None:
        """Both sides of the counts; what comes from now on is entered."""
        self.ledger = Ledger(groups, oldest, self.lists.skew)
        gross = self.kept["gross_revenue"].astype(object)
        payments = self.kept["payment_status"].fillna("")
        for one, moment, day, status, payment, money in zip(
            self.kept["id"], self.created, own_days, self.kept["status"].fillna(""), payments, gross, strict=True
        ):
            if not pd.isna(day):
                group = self.group(day, status, payment)
                self.ledger.put(str(one), Known(moment.to_pydatetime(), group, _amount(money)))
        for one, row in self.fresh.items():
            self.enter(one, row)

    # 5: what is not counted, and what was not found -------------------------------------------------------------------

    def read_in_common(self) -> None:
        """Read the lists that hold many of the orders that the server does not count."""
        left = self.created[self.kept["id"].isin(self.uncounted - set(self.fresh) - self.moved)]
        if len(left):
            self.read(self.lists.in_common(self.common, left.min().to_pydatetime()))

    def settle_missing(self) -> None:
        """Ask for kept orders that were not found, by their codes: by now that is cheaper than a full pull.

        Raises:
            TooDearError: there are too many to be true.
        """
        for aim in self.lists.aims.values():
            if aim.whole and not aim.early:
                self.gone.update(self.unseen(aim))
        self.gone -= {*self.fresh, *self.uncounted}
        if len(self.gone) > min(max(MOST_MISSING, SHARE * self.full_requests), self.full_requests):
            raise TooDearError
        self.gone = (self.gone | self.uncounted) - self.fresh.keys() - self.moved
        self.common = Common("", (), 0)
        codes = dict(zip(self.kept["id"], self.kept["order_id"], strict=True))
        wanted = [str(codes[one]) for one in sorted(self.gone) if not pd.isna(codes.get(one))]
        self.read(self.lists.by_codes(wanted))
        self.gone = (self.gone | (self.moved & set(self.kept["id"]))) - self.fresh.keys()
        for one in self.gone:
            self.ledger.drop(one)

    # 6: open orders --------------------------------------------------------------------------------------------------

    def open_statuses(self, most: float) -> dict[str, Part]:
        """Whole open statuses, the smallest first, as far as a small share of a full pull allows."""
        counts = Counter(known.group.status for known in self.ledger.known.values())
        left = min(SHARE * self.full_requests - self.taker.outcome.pages, most)
        found = {status: self.lists.of_status(status) for status in affordable(counts, left)}
        return {status: part for status, part in found.items() if part is not None}

    # The changes -----------------------------------------------------------------------------------------------------

    def finish(self, again: set[str]) -> Changes:
        builder = FrameBuilder(self.query.endpoint.columns, self.source.zone.key)
        builder.add(self.fresh.values())
        fresh, notes = builder.finish()
        outcome = self.taker.outcome
        counted = (EARLY, UNREAD)
        old = [one for one in Header.of(self.kept).notes if not one.startswith(MARK) and not one.endswith(counted)]
        new = len(self.fresh.keys() - set(self.kept["id"]))
        own = refresh_notes(
            self.kept, self.ledger, again, self.source.zone,
            new=new, gone=len(self.gone), by_payment=self.by_payment,
            basis=self.basis, in_times=bool(self.query.start or self.query.end),
        )  # fmt: skip
        outcome.notes = [*dict.fromkeys([*old, *outcome.notes, *notes]), *own]
        return Changes(fresh, self.gone, self.listed, outcome)


def _changed(row: Mapping[str, Any]) -> dt.datetime:
    return parse_stamp(row.get("last_updated_at")) or dt.datetime.min.replace(tzinfo=dt.UTC)


def _amount(value: Any) -> Decimal:  # noqa: ANN401 - any cell
    return Decimal(0) if pd.isna(value) else to_number(value) or Decimal(0)
