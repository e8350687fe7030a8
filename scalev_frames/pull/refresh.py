"""A kept frame of orders is brought up to date with what has changed, instead of being fetched anew.

The list cannot be asked for changes, so they are looked for where they must show:

1. the server's counts by day and status: where nearly everything differs, there is a full pull, and nothing was lost;
2. the newest orders, until behind the newest kept one; orders confirmed, shipped or completed since;
3. the counts by payment status, too: a group that has gained is read until its counts agree;
4. days whose counts still differ are read until they agree: what is kept and not found there is asked for by name, and
   is gone when the server does not know it;
5. with what is left of a small share of a full pull, the open statuses, whose edits no count may show.

An edit that changes neither status, payment status nor gross revenue of an order outside of 2 and 5 cannot be seen; the
notes say so. Before each step its cost is known: where a full pull is not dearer, there is a full pull.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.cancel import Cancelled
from scalev_frames.catalog.statuses import FINAL, PAYMENT_STATUSES
from scalev_frames.errors import (
    ApiError,
    BadRequestError,
    IncompleteError,
    InvalidParametersError,
    NotFoundError,
    ServerError,
    UnexpectedResponseError,
)
from scalev_frames.frames import FrameBuilder
from scalev_frames.progress import Event
from scalev_frames.pull.aims import Aim
from scalev_frames.pull.combine import Changes, combine
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.counting import count_orders
from scalev_frames.pull.ledger import Group, Known, Ledger, count_groups, obeys_payment
from scalev_frames.pull.parts import Part
from scalev_frames.pull.reading import Reader
from scalev_frames.pull.refresh_notes import MARK, refresh_notes
from scalev_frames.pull.sources import Outcome, Source, created
from scalev_frames.pull.split import OLDER_ROWS, Timeline
from scalev_frames.pull.worth import DEAREST, SHARE, TooDearError, affordable, estimate, is_base
from scalev_frames.query.query import Query
from scalev_frames.query.times import parse_stamp, to_stamp
from scalev_frames.verify.statistics import (
    BASES,
    DAY,
    DEFAULT_DAYS,
    Statistics,
    Total,
    best_basis,
    created_days,
    merge,
    shared_filters,
    to_number,
)
from scalev_frames.wire.paging import Pages, Row

#: How far behind the newest kept order, and behind the last change seen, is looked again.
OVERLAP = dt.timedelta(minutes=10)
#: At most this many kept orders that were not found are asked for by name; more means that something else is wrong.
MOST_MISSING = 40
#: At most this many kept orders that lack the time by which the server counts are asked for by name.
MOST_UNCOUNTED = 10
#: Errors that mean that this server does not answer what a refresh asks, and may well answer a full pull.
UNKNOWN = (BadRequestError, InvalidParametersError, NotFoundError, ServerError, UnexpectedResponseError)
#: What has to be known of a kept order.
NEEDED = ("id", "order_id", "created_at", "draft_time", "last_updated_at", "status", "payment_status", "gross_revenue")


def bring_up_to_date(
    kept: pd.DataFrame, query: Query, source: Source, *, time_zone: str
) -> tuple[pd.DataFrame, Outcome] | None:
    """``kept`` with everything that has changed since, or ``None`` where a full pull is the better way.

    Args:
        kept: the frame of an earlier, whole pull of the same call.
        query: the call; `can_refresh` must be true of it.
        source: what pages come from.
        time_zone: the zone in which times are shown.

    Raises:
        ScalevError: whatever stopped it; the pages that came are kept.
        InterruptedPullError: on Ctrl-C, or when the call was cancelled.
    """
    found = find_changes(kept, query, source, time_zone=time_zone)
    frame = None if found is None else combine(kept, found.fresh, found.gone, query, found.listed)
    if found is None or frame is None:
        return None
    found.outcome.rows = len(frame)
    source.call.report(Event("note", query.endpoint.name, message=found.outcome.notes[-1]))
    return frame, found.outcome


def find_changes(kept: pd.DataFrame, query: Query, source: Source, *, time_zone: str) -> Changes | None:
    """What has changed since ``kept``, or ``None`` where a full pull is the better way.

    Args:
        kept: an earlier, whole pull of the same call; the columns of `NEEDED` are enough.
        query: the call; `can_refresh` must be true of it.
        source: what pages come from.
        time_zone: the zone in which times are shown.

    Raises:
        ScalevError: whatever stopped it; the pages that came are kept.
        InterruptedPullError: on Ctrl-C, or when the call was cancelled.
    """
    if not is_base(kept):
        return None
    refresh = _Refresh(kept, query, source, ZoneInfo(time_zone))
    try:
        return refresh.run()
    except (TooDearError, IncompleteError, *UNKNOWN):
        return None  # the server does not know the filters or the counts that this needs
    except (KeyboardInterrupt, Cancelled):
        raise refresh.reader.taker.interrupted() from None


class _Refresh:
    def __init__(self, kept: pd.DataFrame, query: Query, source: Source, zone: ZoneInfo) -> None:
        self.kept, self.query, self.source, self.zone = kept, query, source, zone
        self.filters = shared_filters(query) or [{}]
        self.fresh: dict[str, Row] = {}
        self.gone: set[str] = set()
        self.listed: list[str] = []
        self.aims: dict[int, Aim] = {}
        self.ledger: Ledger | None = None
        self.by_payment = True
        self.basis = next(iter(BASES))
        self.uncounted: set[str] = set()
        self.reader = Reader(query, source, self.take)
        self.created = kept["created_at"].fillna(kept["draft_time"])
        late = (kept["draft_time"] - self.created).dropna()
        self.skew = min(max([dt.timedelta(), *late.nlargest(1)]), DAY)
        self.full_pages = math.ceil(len(kept) / PAGE_ROWS)

    def run(self) -> Changes:
        counts = self.count([*self.filters])
        together = merge(counts, self.zone)
        self.basis = best_basis(self.kept, together, together.asked_days(self.query))
        days = created_days(self.kept, self.zone, self.basis)
        self.uncounted = set(self.kept.loc[days.isna(), "id"])
        if len(self.uncounted) > MOST_UNCOUNTED:
            raise TooDearError
        self.check_cost(estimate(self.kept, self.created, counts, self.zone, self.basis) + len(self.uncounted), DEAREST)
        self.read(self.newest())
        ledger = self.ledger = self.open_ledger(counts)
        self.check_cost(sum(ledger.pages_of(segment) for segment in ledger.segments()))
        self.read(self.gains(ledger))
        differing = sorted({group.day for group in ledger.differing()})
        self.check_cost(sum(ledger.pages_of_day(day) for day in differing))
        self.read(self.days(differing, ledger))
        self.settle_missing(ledger)
        again = self.open_statuses(ledger)
        self.read(again.values())
        return self.finish(ledger, set(again))

    def check_cost(self, requests: float, share: float = 1.0) -> None:
        """Raise where what is still to be asked for makes this dearer than a full pull."""
        if self.reader.outcome.requests + requests > share * self.full_pages:
            raise TooDearError

    # Reading ---------------------------------------------------------------------------------------------------------

    def read(self, parts: Iterable[Part]) -> None:
        lowers = ((part, self.aims[part.number].lower) for part in parts)
        if chosen := [
            Timeline(part, created, lower=lower - self.skew if lower else None, older=OLDER_ROWS)
            for part, lower in lowers
        ]:
            self.reader.read(chosen)

    def take(self, part: Part, rows: list[Row]) -> bool:
        aim = self.aims[part.number]
        if self.reader.outcome.requests > self.full_pages:
            raise TooDearError
        self.listed += [str(row["id"]) for row in rows if aim.newest]
        for row in rows:
            aim.check(row)
            one = str(row["id"])
            if one in self.fresh and _changed(self.fresh[one]) > _changed(row):
                continue  # another list had it later
            self.fresh[one] = row
            if self.ledger is not None:
                self.enter(self.ledger, one, row)
        moments = [moment for row in rows if (moment := created(row))]
        if aim.groups and self.ledger is not None:
            self.watch(part, aim, self.ledger, [str(row["id"]) for row in rows], moments)
        return True

    def watch(self, part: Part, aim: Aim, ledger: Ledger, ids: Sequence[str], moments: Sequence[dt.datetime]) -> None:
        """End a list once the groups that it is read for agree."""
        aim.seen.update(ids)
        aim.bottom = min(moments, default=aim.bottom)
        for one in self.missing(aim, ledger):
            self.gone.add(one)
            ledger.drop(one)
        aim.early = all(map(ledger.agrees, aim.groups))
        part.ended = part.ended or aim.early

    def enter(self, ledger: Ledger, one: str, row: Mapping[str, Any]) -> None:
        """Enter an order in the group in which the server counts it; without a time that counts it is in none."""
        ledger.drop(one)
        times = (parse_stamp(row.get(name)) for name in BASES[self.basis])
        counted = next(filter(None, times), None)
        if counted is None:
            return
        group = self.group(counted.astimezone(self.zone).date(), row.get("status"), row.get("payment_status"))
        ledger.put(one, Known(created(row) or counted, group, _amount(row.get("gross_revenue"))))

    def group(self, day: dt.date, status: object, payment: object) -> Group:
        return Group(day, str(status or ""), str(payment or "") if self.by_payment else "")

    def missing(self, aim: Aim, ledger: Ledger) -> list[str]:
        """Kept orders that a list has passed without having them."""
        bottom = aim.bottom
        return [one for one in self.unseen(aim, ledger) if bottom and ledger.known[one].created > bottom]

    def unseen(self, aim: Aim, ledger: Ledger) -> list[str]:
        """Kept orders that a list has to have, and that nothing has shown by now."""
        days = {group.day for group in aim.groups} if aim.whole else ()
        ids = (one for day in days for one in ledger.of_day[day])
        return [one for one in ids if one not in self.fresh and ledger.known[one].group in aim.groups]

    def part(self, params: Mapping[str, str], aim: Aim, upper: dt.datetime | None = None) -> Part:
        """A list read for ``aim``, from ``upper`` on (where the call itself has no nearer bound)."""
        endpoint, timeline = self.query.endpoint, self.query.endpoint.timeline
        if upper is not None and timeline is not None:
            upper = min(upper + self.skew, self.query.end or upper + self.skew)
            params = {**params, timeline.until: to_stamp(upper)}
        number = len(self.aims)
        self.aims[number] = aim
        return Part(number, endpoint.path, Pages(params, paged=True))

    # 1: the server's counts ------------------------------------------------------------------------------------------

    def count(self, filters: Sequence[Mapping[str, str]]) -> list[Statistics]:
        """The server's counts for each set of filters."""
        try:
            counts, sent = count_orders(self.query, self.source, self.zone, filters)
        except ApiError:
            raise TooDearError from None  # no statistics, no refresh
        self.reader.outcome.requests += sent
        return counts

    # 2: the newest, and what happened since ---------------------------------------------------------------------------

    def newest(self) -> Iterator[Part]:
        bookmark = self.created.max().to_pydatetime() - OVERLAP
        changed = self.kept["last_updated_at"].max() if "last_updated_at" in self.kept else pd.NaT
        as_of = pd.Timestamp(self.kept.attrs["as_of"])
        since = (as_of if pd.isna(changed) else min(changed, as_of)).tz_convert("UTC").to_pydatetime() - OVERLAP
        for params in self.query.params:
            yield self.part(params, Aim(lower=max(bookmark, self.query.start or bookmark), newest=True))
            for basis in self.query.endpoint.bases.values():
                if basis.since:
                    aim = Aim(lower=self.query.start, changed=(basis.since, basis.column, since))
                    yield self.part({**params, basis.since: to_stamp(since)}, aim)

    # 3: groups that gained -------------------------------------------------------------------------------------------

    def open_ledger(self, counts: Sequence[Statistics]) -> Ledger:
        """Both sides of the counts.

        Raises:
            TooDearError: the server's do not reach back to what may still change.
        """
        reaches, groups = self.count_by_payment(counts)
        days = sorted({group.day for group in groups})
        if not days:
            raise TooDearError
        own_days = created_days(self.kept, self.zone, self.basis)
        oldest = min([days[0], *own_days.dropna()]) if reaches else days[0]
        counted = own_days.dropna()
        if not self.kept.loc[counted.index[[day < oldest for day in counted]], "status"].isin(FINAL).all():
            raise TooDearError
        ledger = Ledger(groups, oldest)
        gross = self.kept["gross_revenue"].astype(object)
        payments = self.kept["payment_status"].fillna("")
        for one, moment, day, status, payment, money in zip(
            self.kept["id"], self.created, own_days, self.kept["status"].fillna(""), payments, gross, strict=True
        ):
            if not pd.isna(day):
                group = self.group(day, status, payment)
                ledger.put(str(one), Known(moment.to_pydatetime(), group, _amount(money)))
        for one, row in self.fresh.items():
            self.enter(ledger, one, row)
        return ledger

    def count_by_payment(self, counts: Sequence[Statistics]) -> tuple[bool, dict[Group, Total]]:
        """Whether the server's counts reach back far enough, and the counts, by payment status where it can."""
        kinds = dict.fromkeys((*PAYMENT_STATUSES, *self.kept["payment_status"].dropna().unique()))
        asked = [{**one, "payment_status": payment} for payment in kinds for one in self.filters
                 if one.get("payment_status", payment) == payment]  # fmt: skip
        answers = self.count(asked)
        self.by_payment = obeys_payment(counts, answers)
        if self.by_payment:
            groups = count_groups((one["payment_status"], count) for one, count in zip(asked, answers, strict=True))
        else:
            groups = count_groups(("", count) for count in counts)
        now = self.source.now
        start = self.query.start or self.created.min().to_pydatetime()
        return now - start < DEFAULT_DAYS * DAY or any(one.reaches_back(now) for one in counts), groups

    def gains(self, ledger: Ledger) -> Iterator[Part]:
        for segment in ledger.segments():
            first = segment[0]
            wanted = {"status": first.status, **({"payment_status": first.payment} if self.by_payment else {})}
            params = next(
                (one for one in self.query.params if all(one.get(k, v) == v for k, v in wanted.items())), None
            )
            if params is not None:
                aim = Aim(lower=self.starts(first.day), groups=frozenset(segment))
                yield self.part({**params, **wanted}, aim, upper=self.ends(segment[-1].day))

    def starts(self, day: dt.date) -> dt.datetime:
        start = dt.datetime.combine(day, dt.time.min, self.zone).astimezone(dt.UTC)
        return max(start, self.query.start) if self.query.start else start

    def ends(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day + DAY, dt.time.min, self.zone).astimezone(dt.UTC)

    # 4: days that still differ ----------------------------------------------------------------------------------------

    def days(self, differing: Iterable[dt.date], ledger: Ledger) -> Iterator[Part]:
        for day in differing:
            groups = {group for group in {*ledger.counts, *ledger.totals} if group.day == day}
            for params in self.query.params:
                status, payment = params.get("status"), params.get("payment_status")
                own = {group for group in groups if group.status == (status or group.status)
                       and group.payment in ("", payment or group.payment)}  # fmt: skip
                if not all(map(ledger.agrees, own)):
                    aim = Aim(lower=self.starts(day), groups=frozenset(own), whole=True)
                    yield self.part(params, aim, upper=self.ends(day))

    def settle_missing(self, ledger: Ledger) -> None:
        """Ask for kept orders that were not found, by their codes.

        Raises:
            TooDearError: there are too many to be true.
        """
        for aim in self.aims.values():
            if aim.whole and not aim.early:
                self.gone.update(self.unseen(aim, ledger))
        self.gone.update(self.uncounted)
        self.gone -= set(self.fresh)
        if len(self.gone) > MOST_MISSING:
            raise TooDearError
        self.check_cost(len(self.gone) * len(self.query.params))
        codes = dict(zip(self.kept["id"], self.kept["order_id"], strict=True))
        wanted = [str(codes[one]) for one in sorted(self.gone) if not pd.isna(codes.get(one))]
        lists = self.lists_of_any_time()
        self.read(self.part({**params, "order_id": code}, Aim()) for code in wanted for params in lists)
        self.gone -= set(self.fresh)
        for one in self.gone:
            ledger.drop(one)

    def lists_of_any_time(self) -> list[Mapping[str, str]]:
        """The call's lists without their times: a server may hide orders without a draft time behind those."""
        timeline = self.query.endpoint.timeline
        times = {timeline.since, timeline.until} if timeline else set()
        return [{name: one for name, one in params.items() if name not in times} for params in self.query.params]

    # 5: open orders --------------------------------------------------------------------------------------------------

    def open_statuses(self, ledger: Ledger) -> dict[str, Part]:
        """Whole open statuses, the smallest first, as far as a small share of a full pull allows."""
        counts = Counter(known.group.status for known in ledger.known.values())
        left = SHARE * self.full_pages - self.reader.outcome.pages
        parts: dict[str, Part] = {}
        for status in affordable(counts, left):
            params = next((one for one in self.query.params if one.get("status", status) == status), None)
            if params is not None:
                parts[status] = self.part({**params, "status": status}, Aim(lower=self.query.start))
        return parts

    # The changes -----------------------------------------------------------------------------------------------------

    def finish(self, ledger: Ledger, again: set[str]) -> Changes:
        builder = FrameBuilder(self.query.endpoint.columns, self.zone.key)
        builder.add(self.fresh.values())
        fresh, notes = builder.finish()
        outcome = self.reader.outcome
        old = [note for note in self.kept.attrs.get("notes", ()) if not note.startswith(MARK)]
        new = len(self.fresh.keys() - set(self.kept["id"]))
        own = refresh_notes(
            self.kept, ledger, again, self.zone,
            new=new, gone=len(self.gone), by_payment=self.by_payment,
            hides_moves=self.basis == "created_at" and bool(self.query.start or self.query.end),
        )  # fmt: skip
        outcome.notes = [*dict.fromkeys([*old, *notes]), *own]
        return Changes(fresh, self.gone, self.listed, outcome)


def _changed(row: Mapping[str, Any]) -> str:
    return str(row.get("last_updated_at") or "")


def _amount(value: Any) -> Decimal:  # noqa: ANN401 - any cell
    return Decimal(0) if pd.isna(value) else to_number(value) or Decimal(0)
