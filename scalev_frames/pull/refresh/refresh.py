"""Bring a kept frame of orders up to date: read what has changed, instead of everything.

The server has no list of changes, so a refresh looks where changes must show:

1. The server's counts by day and status. If nearly everything differs, it gives way to a full pull at no loss.
2. The newest orders, down to the newest kept one. A full pull would begin with the same pages.
3. The counts by payment status; orders confirmed, shipped or completed since, and those on their way back where the
   server counts them as shipped; groups that grew, until they agree.
4. Days whose counts still differ, until they agree. A kept order that is not found there is asked for by its code; it
   is gone if the server does not know it.
5. The open statuses, as no count may show their edits, within what is left of a small share of a full pull.

It cannot see an edit of another order that changes neither status, payment status nor gross revenue; the notes say so.
The cost of each step is known before it. If the rest of a full pull costs less, there is a full pull. So the steps
whose cost is hard to foresee come last, and few requests are wasted.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from scalev_frames.cache.facts import NO_FURTHER, Fact
from scalev_frames.cancel import Cancelled
from scalev_frames.catalog.statuses import PAYMENT_STATUSES, spelled
from scalev_frames.errors import ApiError, FilterIgnoredError, IncompleteError, ServerError, UnexpectedResponseError
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.header import Header
from scalev_frames.progress import Event
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.combine import combine
from scalev_frames.pull.reading.counting import count_orders
from scalev_frames.pull.reading.further import Search
from scalev_frames.pull.reading.proof import BY_SERVERS_CLOCK, EARLY, UNREAD, early_note, note, unread_note
from scalev_frames.pull.reading.reader import Reader
from scalev_frames.pull.reading.sources import REFUSED, Outcome, Source
from scalev_frames.pull.refresh.baseline import Baseline, is_refreshable
from scalev_frames.pull.refresh.budget import (
    DEAREST,
    DEAREST_SEEN,
    FIXED_COST,
    SHARE,
    SPARE,
    Budget,
    TooDearError,
    affordable,
    repair_pages,
)
from scalev_frames.pull.refresh.ledger import CountedBy, Group, Known, Ledger
from scalev_frames.pull.refresh.lists import Aim, Lists, in_common
from scalev_frames.pull.refresh.notes import MARK, refresh_notes
from scalev_frames.pull.refresh.payments import count_by_payment, count_groups
from scalev_frames.pull.split.parts import Part, created
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.query import Query
from scalev_frames.query.times import parse_stamp
from scalev_frames.verify.statistics import (
    AS_SHIPPED,
    RETURNING,
    Statistics,
    Total,
    counts_as_shipped,
    differing_by_bases,
    merge,
    shared_filters,
)
from scalev_frames.wire.answers.layout import Row

#: The most kept orders that were not found and are asked for by their code, or `SHARE` of a full pull. More mean that
#: something else is wrong.
MOST_MISSING = 40
#: How far down a list is, is the median of its last rows: some may be backdated.
LAST_ROWS = 9


class Changes(NamedTuple):
    """What has changed: rows as they are now, ids that are gone, ids of the newest rows as listed; and the counts."""

    fresh: pd.DataFrame
    gone: set[str]
    listed: list[str]
    counts: Statistics


def bring_up_to_date(kept: pd.DataFrame, query: Query, source: Source, outcome: Outcome) -> pd.DataFrame | None:
    """``kept`` with what `find_changes` finds, or ``None`` where a full pull is the better way."""
    found = find_changes(kept, query, source, outcome)
    frame = None if found is None else combine(kept, found.fresh, found.gone, query, found.listed)
    if found is None or frame is None:
        return None
    search = Search.of(query, source, found.counts, partial(differing_by_bases, frame, query), len(frame))
    if search and not outcome.facts & NO_FURTHER:
        return None  # which looks for what stands elsewhere in the list
    lacking = [note(search.differing)] if search and search.is_late else []
    outcome.rows = len(frame)
    outcome.notes = [*early_note(frame, query), *unread_note(frame, query), *lacking, *outcome.notes]
    source.call.report(Event("note", query.endpoint.name, message=outcome.notes[-1]))
    return frame


def find_changes(
    kept: pd.DataFrame, query: Query, source: Source, outcome: Outcome, *, looks_at_open: bool = True
) -> Changes | None:
    """What has changed since ``kept``, or ``None`` where a full pull is the better way.

    Args:
        kept: an earlier, whole pull of the same call; the columns of `baseline.NEEDED` are enough.
        query: the call; `can_refresh` must be true of it.
        source: what pages come from.
        outcome: where it is noted what was done, also where nothing comes of it.
        looks_at_open: whether some open orders are read again without a reason.

    Raises:
        ScalevError: whatever stopped it; the pages that came are kept.
        InterruptedPullError: on Ctrl-C, or when the call was cancelled.
    """
    if not is_refreshable(kept):
        return None
    try:
        begun, counts = source.requests, _count(query, source, shared_filters(query) or [{}])
        held = Baseline.compared(kept, counts, query, source.now)
        return _Refresh(held, counts, query, source, outcome, begun).run(looks_at_open=looks_at_open)
    except (FilterIgnoredError, *REFUSED):  # it may well answer a full pull
        outcome.facts.add(Fact.NO_CHANGES)
    except (TooDearError, IncompleteError, ServerError, UnexpectedResponseError):
        pass
    except (KeyboardInterrupt, Cancelled):
        raise outcome.interrupted(query.endpoint.name) from None
    return None


def _count(query: Query, source: Source, filters: Sequence[Mapping[str, str]]) -> list[Statistics]:
    """The server's counts for each set of filters; without them there is no refresh."""
    try:
        return count_orders(query, source, filters)
    except ApiError:
        raise TooDearError from None


class _Found:
    """What a refresh has found: rows of the call as they are now, and kept orders that are in its lists no more.

    Attributes:
        fresh: the rows by id.
        moved: rows of orders that are in other lists now.
        gone: ids of kept orders that were not found.
        listed: ids of the newest rows, as the server lists them.
    """

    def __init__(self) -> None:
        self.fresh: dict[str, Row] = {}
        self.moved: dict[str, Row] = {}
        self.gone: set[str] = set()
        self.listed: list[str] = []

    def take(self, one: str, row: Row, *, inside: bool) -> bool:
        """Take a row in, which is ``inside`` the call's lists or not; False where another list had it later."""
        known = self.fresh.get(one) or self.moved.get(one)
        if known is not None and _changed(known) > _changed(row):
            return False
        here, other = (self.fresh, self.moved) if inside else (self.moved, self.fresh)
        other.pop(one, None)
        here[one] = row
        return True


class _Refresh:
    """One refresh under way: what is kept and what the server counts, what was found, and what it has cost."""

    def __init__(
        self, kept: Baseline, counts: Sequence[Statistics], query: Query, source: Source, outcome: Outcome, begun: int
    ) -> None:
        self.kept, self.counts, self.found = kept, counts, _Found()
        self.collector = Collector(query, source, self.take, outcome)
        self.lists = Lists(query, source.zone, kept.skew)
        common = in_common(kept.frame, kept.days.isna())
        self.budget = Budget(source, begun, kept.requests_of_all(counts), common)
        self.budget.share()
        statuses = kept.frame["status"].dropna().map(spelled)
        self.returning = set(kept.frame.loc[statuses.index[statuses == RETURNING], "id"])
        self.words = AS_SHIPPED if counts_as_shipped(counts, set(statuses)) else {}

    def run(self, *, looks_at_open: bool) -> Changes:
        last = max(self.kept.days.dropna(), default=dt.date.min)
        new = sum(orders for one in self.counts for day, orders in one.days.items() if day > last)
        self.budget.check(FIXED_COST + new / PAGE_ROWS, DEAREST)
        self.open_ledger(count_groups(("", one) for one in self.counts), by_payment=False)
        self.read(self.lists.newest(self.kept.created.max().to_pydatetime()))
        self.budget.share()
        self.compare()
        self.read(self.lists.changed(self.kept.frame))
        self.read_returning()
        self.repair()
        self.read_in_common()
        self.settle_missing()
        again = self.open_statuses() if looks_at_open else {}
        self.read(again.values())
        return self.finish({*again, *self.words})

    def open_ledger(self, groups: Mapping[Group, Total], *, by_payment: bool) -> None:
        """Both sides of the counts; what comes from now on is entered."""
        by = CountedBy(self.collector.source.zone, self.kept.basis, by_payment, self.words)
        self.ledger = Ledger(groups, self.kept.oldest, self.lists.skew, by)
        for one, known in self.kept.orders(by):
            self.ledger.put(one, known)
        for one, row in self.found.fresh.items():
            self.ledger.put(one, by.order(row))

    def compare(self) -> None:
        """Enter what is known into a ledger of the counts by payment status, where the server counts by it."""
        query, source = self.collector.query, self.collector.source
        questions = len(self.lists.changes) + len(PAYMENT_STATUSES)
        self.budget.check(questions + SPARE * self.repairs(), DEAREST_SEEN)
        payments = self.kept.frame["payment_status"].dropna().map(spelled).unique()
        count = partial(_count, query, source)
        groups = count_by_payment(count, shared_filters(query) or [{}], self.counts, payments)
        if groups is not None:
            self.open_ledger(groups, by_payment=True)
        self.budget.check(len(self.lists.changes) + self.repairs())

    def repairs(self) -> int:
        return self.ledger.lost() + min(repair_pages(self.ledger, self.lists.changes))

    def repair(self) -> None:
        """Read what makes both sides count the same: groups that gained and days that lost, or whole days at once."""
        ledger = self.ledger
        of_groups, of_days = repair_pages(ledger)
        if of_groups < of_days:
            self.read(self.lists.gains(ledger))
        days = [group.day for group in ledger.differing()]
        self.budget.check(ledger.pages_of_days(days) + ledger.lost())
        self.read(self.lists.days(days, ledger))

    # Reading ---------------------------------------------------------------------------------------------------------

    def read(self, lists: Iterable[Timeline]) -> None:
        """Read lists, each until behind what it is read for."""
        if timelines := list(lists):
            Reader(self.collector, timelines).read()

    def take(self, part: Part, rows: list[Row]) -> bool:
        aim, found = self.lists.aims[part.number], self.found
        aim.pages -= 1
        if aim.pages < 0 and self.budget.is_spent:
            raise TooDearError  # the list is longer than the counts say, and nobody knows by how much
        for row in rows:
            aim.check(row)
            if row.get("id") is None:
                raise TooDearError  # nothing tells which order it is
        for row in rows:
            one, inside = str(row["id"]), not aim.is_wide or self.lists.have(row)
            if found.take(one, row, inside=inside):
                self.ledger.put(one, self.ledger.by.order(row) if inside else None)
            if aim.newest:
                found.listed.append(one)
        if aim.groups:
            self.watch(part, aim, rows)
        return True

    def watch(self, part: Part, aim: Aim, rows: Sequence[Row]) -> None:
        """End a list whose groups agree, or differ by what may be hidden alone; kept orders it has passed are gone."""
        moments = [moment for row in rows if (moment := created(row))]
        aim.bottom = statistics.median_low(moments[-LAST_ROWS:]) if moments else aim.bottom
        for one, known in self.unseen(aim):
            if aim.bottom and known.created > aim.bottom and not known.hides:
                self.found.gone.add(one)
                self.ledger.put(one, None)
        is_behind = bool(aim.bottom and aim.lower and aim.bottom < aim.lower)
        part.ended |= all(map(self.ledger.agrees, aim.groups))
        part.ended |= is_behind and self.ledger.gained(aim.groups) <= 0 and bool(self.doubted(aim))

    def unseen(self, aim: Aim) -> list[tuple[str, Known]]:
        """Kept orders that a list has to have, and that nothing has shown by now."""
        ledger = self.ledger
        days = {group.day for group in aim.groups} if aim.whole else ()
        kept = ((one, ledger.known[one]) for day in days for one in ledger.of_day[day])
        return [(one, known) for one, known in kept if one not in self.found.fresh and known.group in aim.groups]

    def doubted(self, aim: Aim) -> list[str]:
        """Those of them in groups that differ."""
        return [one for one, known in self.unseen(aim) if not self.ledger.agrees(known.group)]

    def read_returning(self) -> None:
        """Read the orders on their way back, where the server counts them as shipped: no count shows which they are."""
        if self.words:
            self.budget.check(len(self.returning) / PAGE_ROWS + self.repairs())
            self.read(self.lists.of_status(RETURNING))
            self.found.gone |= self.returning - self.found.fresh.keys()

    # What is not counted, and what was not found ---------------------------------------------------------------------

    def read_in_common(self) -> None:
        """Read the lists that hold many of the orders that the server does not count."""
        kept, found = self.kept, self.found
        left = kept.created[kept.frame["id"].isin(kept.uncounted - found.fresh.keys() - found.moved.keys())]
        if len(left):
            self.read(self.lists.in_common(self.budget.common, left.min().to_pydatetime()))

    def settle_missing(self) -> None:
        """Ask for kept orders that were not found, by their codes: by now that is cheaper than a full pull.

        Raises:
            TooDearError: there are too many to be true.
        """
        kept, found, uncounted = self.kept.frame, self.found, self.kept.uncounted
        found.gone.update(*map(self.doubted, self.lists.aims.values()))
        found.gone -= {*found.fresh, *uncounted}
        if len(found.gone) > min(max(MOST_MISSING, SHARE * self.budget.full), self.budget.full):
            raise TooDearError
        found.gone = (found.gone | uncounted) - found.fresh.keys() - found.moved.keys()
        codes = dict(zip(kept["id"], kept["order_id"], strict=True))
        wanted = [str(codes[one]) for one in sorted(found.gone) if not pd.isna(codes.get(one))]
        self.read(self.lists.by_codes(wanted))
        found.gone = (found.gone | (found.moved.keys() & set(kept["id"]))) - found.fresh.keys()
        for one in found.gone:
            self.ledger.put(one, None)

    # Open orders, and the changes ------------------------------------------------------------------------------------

    def open_statuses(self) -> dict[str, Timeline]:
        """Whole open statuses, the smallest first, as far as a small share of a full pull allows."""
        counts = Counter(known.group.status for known in self.ledger.known.values())
        left = SHARE * self.budget.full - self.collector.outcome.pages
        found = {status: next(self.lists.of_status(status), None) for status in affordable(counts, left)}
        return {status: timeline for status, timeline in found.items() if timeline is not None}

    def finish(self, again: set[str]) -> Changes:
        kept, found, query, outcome = self.kept.frame, self.found, self.collector.query, self.collector.outcome
        builder = FrameBuilder(query.endpoint.columns, self.collector.source.zone.key)
        builder.add(found.fresh.values())
        fresh, notes = builder.finish()
        counted = (EARLY, UNREAD)
        old = [
            one
            for one in Header.of(kept).notes
            if not one.startswith((MARK, BY_SERVERS_CLOCK)) and not one.endswith(counted)
        ]
        new, in_times = len(found.fresh.keys() - set(kept["id"])), bool(query.start or query.end)
        own = refresh_notes(kept, self.ledger, again, new=new, gone=len(found.gone), in_times=in_times)
        outcome.notes = [*dict.fromkeys([*old, *outcome.notes, *notes]), *own]
        return Changes(fresh, found.gone, found.listed, merge(self.counts, self.collector.source.zone))


def _changed(row: Mapping[str, Any]) -> dt.datetime:
    return parse_stamp(row.get("last_updated_at")) or dt.datetime.min.replace(tzinfo=dt.UTC)
