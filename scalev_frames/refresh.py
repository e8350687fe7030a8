"""Why: a kept frame of orders is brought up to date with what has changed, instead of being fetched anew.

The list cannot be asked for changes, so they are looked for where they must show:

1. the newest orders, until behind the newest kept one; orders confirmed, shipped or completed since;
2. the server's counts by day, status and payment status: a group that has gained is read until its counts agree;
3. days whose counts still differ are read until they agree: what is kept and not found there is asked for by name, and
   is gone when the server does not know it;
4. with what is left of a small share of a full pull, the open statuses, whose edits no count may show.

An edit that changes neither status, payment status nor gross revenue of an order outside of 1 and 4 cannot be seen; the
notes say so. Where the counts do not reach back far enough, or a full pull is not much dearer, there is a full pull.
May import wire, frames, catalog, progress and errors.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.errors import FilterIgnoredError, NotFoundError, ServerError
from scalev_frames.frames import FrameBuilder
from scalev_frames.progress import Event, Reporter
from scalev_frames.sync.combine import combine
from scalev_frames.sync.cost import PAGE_ROWS
from scalev_frames.sync.plan import Reader, Source, Tally, created, cut_params
from scalev_frames.sync.query import TOLERANCE, Query, parse_stamp
from scalev_frames.sync.statistics import (
    DAY,
    DEFAULT_DAYS,
    NOTHING,
    Statistics,
    Total,
    ask,
    created_days,
    shared_filters,
    to_number,
)
from scalev_frames.sync.walks import Chain

#: How far behind the newest kept order, and behind the last change seen, is looked again.
OVERLAP = dt.timedelta(minutes=10)
#: A full pull is made when the changes would cost more than this share of its pages.
DEAREST = 0.6
#: Requests of a refresh that finds nothing new: the newest, three kinds of changes, four counts.
FIXED_COST = 8
#: With fewer rows than these a full pull is as cheap.
FEWEST_ROWS = int(PAGE_ROWS * FIXED_COST / DEAREST)
#: The share of a full pull's pages up to which open orders are read again without a reason.
SHARE = 0.07
#: So many kept orders that were not found are asked for by name; more than that means that something else is wrong.
MOST_MISSING = 40
#: Statuses which orders leave as a matter of course, and those which they do not.
OPEN = ("draft", "pending", "confirmed", "in_process", "ready", "shipped")
FINAL = ("completed", "rts", "canceled", "closed")
PAYMENTS = ("unpaid", "paid", "conflict", "settled")
#: What the notes of a refresh begin with.
MARK = "brought up to date"


class Group(NamedTuple):
    """Orders of one day of creation, one status and one payment status."""

    day: dt.date
    status: str
    payment: str


class Known(NamedTuple):
    """What is known of one order."""

    created: dt.datetime
    group: Group
    gross: Decimal


class Ledger:
    """Our side of the counts: every order in its group.

    Args:
        counts: the server's side.
        oldest: the first day that the server's side covers.
    """

    def __init__(self, counts: Mapping[Group, Total], oldest: dt.date) -> None:
        self.counts = counts
        self.oldest = oldest
        self.known: dict[str, Known] = {}
        self.totals: dict[Group, Total] = defaultdict(lambda: NOTHING)
        self.of_day: dict[dt.date, set[str]] = defaultdict(set)

    def put(self, one: str, known: Known) -> None:
        """Write an order down, in place of what was known of it."""
        self.drop(one)
        self.known[one] = known
        self.of_day[known.group.day].add(one)
        self.totals[known.group] = self.totals[known.group].plus(1, known.gross)

    def drop(self, one: str) -> None:
        """Forget an order."""
        known = self.known.pop(one, None)
        if known:
            self.of_day[known.group.day].discard(one)
            self.totals[known.group] = self.totals[known.group].plus(-1, -known.gross)

    def differing(self) -> list[Group]:
        """Groups whose counts are not the server's, of the days that it covers."""
        groups = {*self.counts, *self.totals}
        return sorted(group for group in groups if group.day >= self.oldest and not self.agrees(group))

    def agrees(self, group: Group) -> bool:
        """Whether both sides count the same."""
        return self.totals.get(group, NOTHING) == self.counts.get(group, NOTHING)

    def has_gained(self, group: Group) -> bool:
        """Whether the server has orders in it that are not known, or dearer ones."""
        ours, theirs = self.totals.get(group, NOTHING), self.counts.get(group, NOTHING)
        return theirs.orders > ours.orders or (theirs.orders == ours.orders > 0 and theirs.gross != ours.gross)


@dataclass(slots=True)
class Watch:
    """What a walk is looking for.

    Attributes:
        groups: it may end once these agree.
        whole: whether nothing but the call's own filters were asked for, so that every kept order of these groups must
            come.
        seen: ids that came.
        bottom: how far down it is.
        early: whether it ended because all agreed.
    """

    groups: set[Group]
    whole: bool = False
    seen: set[str] = field(default_factory=set)
    bottom: dt.datetime | None = None
    early: bool = False


def can_refresh(query: Query, zone: ZoneInfo) -> bool:
    """Whether the server's counts can tell what has changed in a call's rows.

    They can for whole days of one list, or of several that differ by status.

    Args:
        query: the call.
        zone: whose days.
    """
    walks = shared_filters(query)
    whole_days = all(
        moment.astimezone(zone).time() == dt.time.min for moment in (query.start, query.end) if moment is not None
    )
    if walks is None or query.limit is not None or not whole_days:
        return False
    names = {name for one in walks for name in one}
    return all(len({one.get(name) for one in walks}) == 1 for name in names - {"status", "payment_status"})


def changes_cost(kept_rows: int, rows: int | None) -> int | None:
    """About how many requests it takes at least to bring so many kept rows up to date; ``None`` for a full pull.

    Args:
        kept_rows: how many rows are kept.
        rows: how many there are by now; ``None`` where nothing tells.
    """
    if kept_rows < FEWEST_ROWS:
        return None
    return FIXED_COST + math.ceil(max((rows or kept_rows) - kept_rows, 0) / PAGE_ROWS)


def bring_up_to_date(
    kept: pd.DataFrame, query: Query, source: Source, *, time_zone: str, report: Reporter
) -> tuple[pd.DataFrame, Tally] | None:
    """``kept`` with everything that has changed since, or ``None`` where a full pull is the better way.

    Args:
        kept: the frame of an earlier, whole pull of the same call.
        query: the call; `can_refresh` must be true of it.
        source: what pages come from.
        time_zone: the zone in which times are shown.
        report: told of every page.

    Raises:
        ScalevError: whatever stopped it; the pages that came are kept.
        InterruptedPullError: on Ctrl-C, or when ``source.stop`` was set.
    """
    dated = not (kept["created_at"].isna() & kept["draft_time"].isna()).any()
    if len(kept) < FEWEST_ROWS or not dated or not kept.attrs.get("complete"):
        return None
    try:
        return _Refresh(kept, query, source, ZoneInfo(time_zone), report).run()
    except (FilterIgnoredError, NotFoundError, ServerError):
        return None  # the server does not know the filters or the counts that this needs


class _Refresh:
    def __init__(self, kept: pd.DataFrame, query: Query, source: Source, zone: ZoneInfo, report: Reporter) -> None:
        self.kept, self.query, self.source, self.zone, self.report = kept, query, source, zone, report
        self.filters = shared_filters(query) or [{}]
        self.fresh: dict[str, dict[str, Any]] = {}
        self.gone: set[str] = set()
        self.listed: list[str] = []
        self.newest_walks: set[int] = set()
        self.watches: dict[int, Watch] = {}
        self.since: dict[int, tuple[str, dt.datetime]] = {}
        self.ledger: Ledger | None = None
        self.by_payment = True
        self.numbers = iter(range(1_000_000))
        self.reader = Reader(query, source, report, self.take)
        self.created = kept["created_at"].fillna(kept["draft_time"])
        late = (kept["draft_time"] - self.created).dropna()
        self.skew = min(max([dt.timedelta(), *late.nlargest(1)]), DAY)
        self.full_pages = math.ceil(len(kept) / PAGE_ROWS)

    def run(self) -> tuple[pd.DataFrame, Tally] | None:
        self.read(self.newest())
        ledger = self.ledger = self.open_ledger()
        if ledger is None or not self.is_worth_it(ledger):
            return None
        self.read(self.gains(ledger))
        differing = sorted({group.day for group in ledger.differing()})
        self.read(self.days(differing, ledger))
        if not self.settle_missing(ledger):
            return None
        again = self.open_statuses(ledger)
        self.read(again.values())
        return self.finish(ledger, set(again))

    # What came -------------------------------------------------------------------------------------------------------

    def read(self, chains: Iterable[Chain]) -> None:
        if chosen := list(chains):
            self.reader.read(chosen)

    def take(self, chain: Chain, rows: list[dict[str, Any]]) -> bool:
        watch = self.watches.get(chain.number)
        if chain.number in self.newest_walks:
            self.listed += [str(row["id"]) for row in rows]
        for row in rows:
            self.check_since(chain, row)
            one = str(row["id"])
            if one in self.fresh and _changed(self.fresh[one]) > _changed(row):
                continue  # another walk saw it later
            self.fresh[one] = row
            if self.ledger is not None:
                self.ledger.put(one, self.known(row))
        if watch is not None and self.ledger is not None:
            watch.seen |= {str(row["id"]) for row in rows}
            moments = [moment for row in rows if (moment := created(row))]
            watch.bottom = min(moments, default=watch.bottom)
            for one in self.missing(watch):
                self.gone.add(one)
                self.ledger.drop(one)
            watch.early = chain.ended = all(map(self.ledger.agrees, watch.groups))
        return True

    def check_since(self, chain: Chain, row: Mapping[str, Any]) -> None:
        if chain.number in self.since:
            column, since = self.since[chain.number]
            moment = parse_stamp(row.get(column))
            if moment is None or moment < since - TOLERANCE:
                raise FilterIgnoredError(f"The server ignored a lower bound of {column}.")

    def known(self, row: Mapping[str, Any]) -> Known:
        moment = created(row) or self.source.now
        day = moment.astimezone(self.zone).date()
        return Known(moment, self.group(day, row.get("status"), row.get("payment_status")),
                     to_number(row.get("gross_revenue")) or Decimal(0))  # fmt: skip

    def group(self, day: dt.date, status: object, payment: object) -> Group:
        return Group(day, str(status or ""), str(payment or "") if self.by_payment else "")

    def missing(self, watch: Watch) -> list[str]:
        """Kept orders that a walk has passed without seeing them."""
        ledger, bottom = self.ledger, watch.bottom
        if ledger is None or bottom is None:
            return []
        return [one for one in self.unseen(watch, ledger) if ledger.known[one].created > bottom]

    def unseen(self, watch: Watch, ledger: Ledger) -> list[str]:
        """Kept orders that a walk has to see, and nobody has seen by now."""
        days = {group.day for group in watch.groups} if watch.whole else ()
        ids = (one for day in days for one in ledger.of_day[day])
        return [one for one in ids if one not in self.fresh and ledger.known[one].group in watch.groups]

    # 1: the newest, and what happened since ---------------------------------------------------------------------------

    def newest(self) -> Iterator[Chain]:
        bookmark = self.created.max().to_pydatetime() - OVERLAP
        changed = self.kept["last_updated_at"].max() if "last_updated_at" in self.kept else pd.NaT
        as_of = pd.Timestamp(self.kept.attrs["as_of"])
        since = (as_of if pd.isna(changed) else min(changed, as_of)).tz_convert("UTC").to_pydatetime() - OVERLAP
        for params in self.query.params:
            newest = self.chain(params, lower=max(bookmark, self.query.start or bookmark))
            self.newest_walks.add(newest.number)
            yield newest
            for basis in self.query.endpoint.bases.values():
                if basis.since:
                    chain = self.chain({**params, basis.since: f"{since:%Y-%m-%dT%H:%M:%SZ}"}, lower=self.query.start)
                    self.since[chain.number] = (basis.column, since)
                    yield chain

    def chain(
        self, params: Mapping[str, str], *, upper: dt.datetime | None = None, lower: dt.datetime | None = None
    ) -> Chain:
        """A walk from ``upper`` (where the call itself has no nearer bound) down to ``lower``."""
        endpoint = self.query.endpoint
        if upper is not None:
            upper = min(upper + self.skew, self.query.end or upper + self.skew)
            params = cut_params(endpoint, params, upper)
        return Chain(next(self.numbers), endpoint.path, params, upper=upper, lower=lower)

    # 2: groups that gained -------------------------------------------------------------------------------------------

    def open_ledger(self) -> Ledger | None:
        """Both sides of the counts; ``None`` where the server's does not reach back to what may still change."""
        start = self.query.start or self.created.min().to_pydatetime()
        reaches, counts = self.count(start)
        days = sorted({group.day for group in counts})
        if not days:
            return None
        own_days = created_days(self.kept, self.zone)
        oldest = min(days[0], own_days.min()) if reaches else days[0]
        if not self.kept.loc[own_days < oldest, "status"].isin(FINAL).all():
            return None
        ledger = Ledger(counts, oldest)
        gross = self.kept["gross_revenue"].astype(object)
        payments = self.kept["payment_status"].fillna("")
        for one, moment, day, status, payment, money in zip(
            self.kept["id"], self.created, own_days, self.kept["status"].fillna(""), payments, gross, strict=True
        ):
            known = Known(
                moment.to_pydatetime(), self.group(day, status, payment), to_number(_or_none(money)) or Decimal(0)
            )
            ledger.put(str(one), known)
        for one, row in self.fresh.items():
            ledger.put(one, self.known(row))
        return ledger

    def count(self, start: dt.datetime) -> tuple[bool, dict[Group, Total]]:
        """Whether the server's counts reach back to ``start``, and the counts, by payment status where it can."""
        kinds = dict.fromkeys((*PAYMENTS, *self.kept["payment_status"].dropna().unique()))
        answers: dict[str, Statistics] = {}
        for payment in kinds:
            walks = [one for one in self.filters if one.get("payment_status", payment) == payment]
            if walks:
                asked = [{**one, "payment_status": payment} for one in walks]
                answers[payment] = ask(self.get, self.zone, asked, start, self.source.now)
        several = [one for one in answers.values() if one.cells]
        self.by_payment = len(several) < 2 or any(one.cells != several[0].cells for one in several)
        if not self.by_payment:
            answers = dict([next((payment, one) for payment, one in answers.items() if one.cells)])
        counts = {self.group(cell.day, cell.status, payment): total
                  for payment, one in answers.items() for cell, total in one.cells.items()}  # fmt: skip
        now = self.source.now
        return now - start < DEFAULT_DAYS * DAY or any(one.reaches_back(now) for one in several), counts

    def get(self, path: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an answer
        """One answer that belongs to this refresh, so that one which was stopped goes on with the same counts."""
        answer = self.source.get(path, params)
        self.reader.tally.requests += not answer.from_cache
        return answer

    def is_worth_it(self, ledger: Ledger) -> bool:
        days = {group.day for group in ledger.differing()}
        pages = sum(math.ceil(len(ledger.of_day[day]) / PAGE_ROWS) for day in days)
        return len(list(self.segments(ledger))) + pages / 2 <= DEAREST * self.full_pages

    def segments(self, ledger: Ledger) -> Iterator[list[Group]]:
        """Groups that gained, those of one status next to each other where hardly more than a page lies between."""
        several: dict[tuple[str, str], list[Group]] = defaultdict(list)
        for group in ledger.differing():
            if ledger.has_gained(group):
                several[group.status, group.payment].append(group)
        for (status, payment), groups in several.items():
            segment = groups[:1]
            for group in groups[1:]:
                days = [segment[-1].day + number * DAY for number in range(1, (group.day - segment[-1].day).days)]
                between = sum(ledger.counts.get(Group(day, status, payment), NOTHING).orders for day in days)
                if between > PAGE_ROWS:
                    yield segment
                    segment = []
                segment.append(group)
            yield segment

    def gains(self, ledger: Ledger) -> Iterator[Chain]:
        for segment in self.segments(ledger):
            first = segment[0]
            wanted = {"status": first.status, **({"payment_status": first.payment} if self.by_payment else {})}
            params = next(
                (one for one in self.query.params if all(one.get(k, v) == v for k, v in wanted.items())), None
            )
            if params is None:
                continue
            chain = self.chain({**params, **wanted}, upper=self.ends(segment[-1].day), lower=self.starts(first.day))
            self.watches[chain.number] = Watch(set(segment))
            yield chain

    def starts(self, day: dt.date) -> dt.datetime:
        start = dt.datetime.combine(day, dt.time.min, self.zone).astimezone(dt.UTC)
        return max(start, self.query.start) if self.query.start else start

    def ends(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day + DAY, dt.time.min, self.zone).astimezone(dt.UTC)

    # 3: days that still differ ----------------------------------------------------------------------------------------

    def days(self, differing: Iterable[dt.date], ledger: Ledger) -> Iterator[Chain]:
        for day in differing:
            groups = {group for group in {*ledger.counts, *ledger.totals} if group.day == day}
            for params in self.query.params:
                status, payment = params.get("status"), params.get("payment_status")
                own = {group for group in groups if group.status == (status or group.status)
                       and group.payment in ("", payment or group.payment)}  # fmt: skip
                if not all(map(ledger.agrees, own)):
                    chain = self.chain(params, upper=self.ends(day), lower=self.starts(day))
                    self.watches[chain.number] = Watch(own, whole=True)
                    yield chain

    def settle_missing(self, ledger: Ledger) -> bool:
        """Ask for kept orders that were not found, by their codes; False when there are too many to be true."""
        for watch in self.watches.values():
            if not watch.early:
                self.gone.update(self.unseen(watch, ledger))
        self.gone -= set(self.fresh)
        if len(self.gone) > MOST_MISSING:
            return False
        codes = dict(zip(self.kept["id"], self.kept["order_id"], strict=True))
        for one in sorted(self.gone):
            if not pd.isna(code := codes.get(one)):
                self.read(self.chain({**params, "order_id": str(code)}) for params in self.query.params)
        self.gone -= set(self.fresh)
        for one in self.gone:
            ledger.drop(one)
        return True

    # 4: open orders --------------------------------------------------------------------------------------------------

    def open_statuses(self, ledger: Ledger) -> dict[str, Chain]:
        """Walks through whole open statuses, the smallest first, as far as a small share of a full pull allows."""
        counts: dict[str, int] = defaultdict(int)
        for known in ledger.known.values():
            counts[known.group.status] += 1
        left = SHARE * self.full_pages - self.reader.tally.pages
        chains: dict[str, Chain] = {}
        for status in sorted(OPEN, key=lambda one: counts[one]):
            pages = math.ceil(counts[status] / PAGE_ROWS)
            params = next((one for one in self.query.params if one.get("status", status) == status), None)
            if counts[status] and params is not None and pages <= left:
                left -= pages
                chains[status] = self.chain({**params, "status": status}, lower=self.query.start)
        return chains

    # The frame -------------------------------------------------------------------------------------------------------

    def finish(self, ledger: Ledger, again: set[str]) -> tuple[pd.DataFrame, Tally] | None:
        builder = FrameBuilder(self.query.endpoint.columns, self.zone.key)
        builder.add(self.fresh.values())
        fresh, notes = builder.finish()
        frame = combine(self.kept, fresh, self.gone, self.query, self.listed)
        if frame is None:
            return None
        tally = self.reader.tally
        tally.rows = len(frame)
        old = [note for note in self.kept.attrs.get("notes", ()) if not note.startswith(MARK)]
        tally.notes = [*dict.fromkeys([*old, *notes]), *self.said(ledger, again)]
        self.report(Event("note", self.query.endpoint.name, message=tally.notes[-1]))
        return frame, tally

    def said(self, ledger: Ledger, again: set[str]) -> Iterator[str]:
        new = len(self.fresh.keys() - set(self.kept["id"]))
        days = {group.day for group in ledger.differing()}
        if days:
            yield f"{MARK}, but on {len(days)} days the server's list and its statistics do not agree"
        if ledger.oldest > created_days(self.kept, self.zone).min():
            yield f"{MARK}, but days before {ledger.oldest} are older than what the server's statistics cover"
        rest = ", ".join(status for status in OPEN if status not in again)
        yield (
            f"{MARK} from {self.kept.attrs['as_of']}: {new:,} new, {len(self.gone):,} gone; an edit that changes "
            "neither status, payment nor gross revenue is seen only on orders that are new, or were confirmed, shipped "
            f"or completed since, or are open{f' (not: {rest})' if rest else ''}; changes that cancel out in the "
            "server's counts are not seen"
        )


def _changed(row: Mapping[str, Any]) -> str:
    return str(row.get("last_updated_at") or "")


def _or_none(value: Any) -> Any:  # noqa: ANN401 - any cell
    return None if pd.isna(value) else value
