"""From a checked call to a frame: what is kept, only what has changed, or everything.

1. A kept frame that is fresh enough is served: no request.
2. A kept frame of orders that is too old is brought up to date by what has changed, where that is cheaper.
3. Otherwise every row is read; an unfinished pull of the same call resumes from the pages that it has.
4. A pull that resumed and is older than was asked for is brought up to date before it is handed over.
5. The frame is kept, its pages are deleted, and its header says where it comes from.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import pandas as pd

from scalev_frames.cache.cache import Cache
from scalev_frames.cache.facts import Fact
from scalev_frames.cache.journal import Journal
from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.errors import (
    ApiError,
    BadValueError,
    ExportError,
    FilterIgnoredError,
    NotCachedError,
    PagingError,
    ScalevError,
    ServerError,
    UsageError,
)
from scalev_frames.frames.header import Header, with_notes
from scalev_frames.plurals import counted
from scalev_frames.progress import Event
from scalev_frames.pull.details import with_details
from scalev_frames.pull.ids import Fetch, with_ids
from scalev_frames.pull.options import Options
from scalev_frames.pull.reading.counting import Asked
from scalev_frames.pull.reading.lists import make_parts
from scalev_frames.pull.reading.pace import Pace
from scalev_frames.pull.reading.proof import BY_SERVERS_CLOCK, applied_note
from scalev_frames.pull.reading.sources import REFUSED, Outcome, Source
from scalev_frames.pull.refresh import other_times
from scalev_frames.pull.refresh.baseline import is_refreshable
from scalev_frames.pull.refresh.refresh import bring_up_to_date
from scalev_frames.pull.server_facts import ServerFacts
from scalev_frames.pull.whole.ignored_filters import about_nothing, check_obeyed
from scalev_frames.pull.whole.spam import with_spam_marks
from scalev_frames.pull.whole.whole import may_begin_anew, pull_whole
from scalev_frames.query.query import Query, find_endpoint, make_query
from scalev_frames.query.times import DAY, check_clock, clock_words
from scalev_frames.settings import Settings
from scalev_frames.verify import statistics
from scalev_frames.verify.statistics import Statistics
from scalev_frames.wire.transport import Call, Transport

#: A stopped ``refresh=True`` of a list that cannot be brought up to date resumes for this long.
SAME_REFRESH = dt.timedelta(minutes=5)


class Engine:
    """Makes the frames of one account; ``clock`` gives the present moment in seconds since 1970."""

    def __init__(
        self, settings: Settings, client: Transport, cache: Cache, pace: Pace, clock: Callable[[], float], name: str
    ) -> None:
        self.settings, self.client, self.cache, self.pace = settings, client, cache, pace
        self.name = name
        self._clock = clock
        self.facts = ServerFacts(cache.facts, self.now)

    def now(self) -> dt.datetime:
        """The present moment, UTC."""
        return dt.datetime.fromtimestamp(self._clock(), dt.UTC)

    def query(self, endpoint: str, arguments: Mapping[str, Any], now: dt.datetime | None = None) -> Query:
        """The checked call, as it is meant now or at another moment."""
        return make_query(endpoint, arguments, self.settings.zone, now or self.now(), self.settings.spoken)

    def by_clock(self, call: Call, meant: Callable[[dt.datetime], Query]) -> tuple[Query, Call]:
        """What is meant now, and ``call``, which a `ClockError` ends where the server's clock makes that another."""
        now = self.now()
        hear = partial(check_clock, meant=lambda moment: meant(moment).identity, now=now)
        return meant(now), replace(call, hear_clock=hear)

    def dated(self, moment: dt.datetime, notes: list[str]) -> dt.datetime:
        """A moment of this computer's by the server's clock, in the account's zone; the notes say if they differ."""
        if ahead := self.client.ahead:
            notes.append(f"{BY_SERVERS_CLOCK}: {clock_words(ahead)}")
        return (moment + dt.timedelta(seconds=ahead)).astimezone(self.settings.zone).replace(microsecond=0)

    def frame(self, query: Query, call: Call, options: Options, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
        """The frame of one call, see the module; of a kept one no more is read than ``columns``, if it has them all."""
        if query.endpoint.paging in ("plain", "record"):
            return self._single(query, call, options)
        name = self.call_name(query)
        kept = self.cache.snapshots.describe(name)
        if kept is not None and (options.offline or options.is_fresh(kept.as_of, self.now())):
            frame = self._kept(name, columns)
            if frame is not None:
                call.report(Event("done", query.endpoint.name, 0, len(frame), 0, message="from what is kept"))
                return frame
        if options.offline:
            raise NotCachedError(f"Nothing is kept for this call of {query.endpoint.name}.")
        self.cache.sweep()
        return self._pull(query, name, call, options)

    def with_details(
        self,
        frame: pd.DataFrame,
        call: Call,
        row: Endpoint,
        options: Options,
        exported: pd.DataFrame | None = None,
        *,
        is_listed: bool = False,
    ) -> pd.DataFrame:
        """``frame`` with what the record of each row holds besides, and what the dashboard's file knows of it.

        ``is_listed`` where its rows are of this account's own list, so that all of them may have been deleted since.
        """
        detail, offline = find_endpoint(row.details, self.settings.spoken), options.offline
        source, records = self._source(call), self.cache.records
        newest = partial(self._newest, row, call) if is_listed else None
        return with_details(frame, row, detail, source, records, offline=offline, exported=exported, newest=newest)

    def _newest(self, row: Endpoint, call: Call) -> str | None:
        """The id of the first record of a list by now; ``None`` where it has none."""
        part = make_parts(self.query(row.name, {}))[0]
        page = part.pages.take(self.client.get(part.path, part.pages.asked(), call, alias=row.alias))
        return next((str(one["id"]) for one in page.rows if one.get("id") is not None), None)

    def _source(self, call: Call, journal: Journal | None = None) -> Source:
        """Where pages come from, and go to."""
        begun = journal.started_at if journal else self.now()
        return Source(self.client, call, self.pace, begun, self.settings.zone, journal)

    def _lists(self, call: Call, options: Options) -> Fetch:
        """Gives the frames of other lists, as fresh as the call's own."""
        return lambda name, arguments: self.frame(self.query(name, arguments), call, options)

    # A list ----------------------------------------------------------------------------------------------------------

    def _pull(self, query: Query, name: str, call: Call, options: Options) -> pd.DataFrame:
        refreshes = self.facts.refreshes(query, self.settings.zone)
        base = self._base(query, name, call, options) if refreshes and not options.refresh else None
        with closing(self._open(query, name, options, refreshes=refreshes, changes=base is not None)) as journal:
            call.report(Event("start", query.endpoint.name, message="resuming" if journal.resumed else "starting"))
            query = with_ids(query, self._lists(call, options))
            frame, pages = self._read_or_begin_anew(query, journal, call, base)
            if journal.resumed and not self._may_resume(journal, query, options):
                journal.restart(self.now(), refresh=options.refresh, changes=refreshes)
                message = f"resumed a pull of {frame.attrs['as_of']}; looking for what has changed since"
                call.report(Event("note", query.endpoint.name, message=message))
                frame, more = self._read(query, journal, call, frame if refreshes else None)
                pages += more
            frame = with_spam_marks(frame, query, self._source(call, journal))
            self._keep(name, frame, journal, call)
            call.report(Event("done", query.endpoint.name, pages, len(frame), frame.attrs["requests"]))
            return frame

    def list_pages(self, journal: Journal, query: Query, call: Call) -> int:
        """How many pages of the list an unfinished pull has; its journal holds the server's counts, too."""
        source, counts = self._source(call, journal), self.asked_counts(query, journal.started_at)
        return journal.pages - sum(source.kept(path, asked) is not None for path, asked in counts)

    def _base(self, query: Query, name: str, call: Call, options: Options) -> pd.DataFrame | None:
        """What a refresh of a call begins with: its kept frame, else the part of a frame for other times."""
        if (frame := self._kept(name)) is not None:
            return frame
        left = self.cache.journals.find(name, self.now())
        newest = left.started_at if left else None  # what is newer than its pages is no base of theirs
        for other, header in self.of_other_times(query):
            if newest is None or (header.as_of and header.as_of <= newest):
                kept = self._kept(self.call_name(other))
                return other_times.cut(kept, query) if kept is not None and is_refreshable(kept) else None
        return self._lengthened(query, call, options) if left is None else None

    def _lengthened(self, query: Query, call: Call, options: Options) -> pd.DataFrame | None:
        """What is kept of a call that begins later, with the days before, which are read for it."""
        for other, _ in self.of_other_times(query, later=True):
            kept = self._kept(self.call_name(other))
            if kept is None or not is_refreshable(kept):
                return None
            return other_times.lengthened(kept, self.frame(self.days_before(other, query), call, options), query)
        return None

    def days_before(self, other: Query, query: Query) -> Query:
        """The part of a call that is before the times of another one, which begins later."""
        start = other.start or self.now()
        last = start.astimezone(self.settings.zone).date() - DAY
        return self.query(query.endpoint.name, {**query.filters, "until": last.isoformat()})

    def of_other_times(self, query: Query, *, later: bool = False) -> Iterator[tuple[Query, Header]]:
        """The calls whose kept frames have all rows of another one, but those made since, the newest first.

        With ``later`` those whose frames have all but the first days, see `is_worth`.
        """
        for name, header in self.cache.snapshots.headers(f"{query.endpoint.name}-*"):
            with contextlib.suppress(UsageError):  # it may have been made by an earlier version
                other = self.query(query.endpoint.name, header.filters or {})
                is_its = self.call_name(other) == name and header.complete and not header.details
                fits = other_times.is_worth(other, query, header) if later else other_times.has_rows_of(other, query)
                if is_its and fits and other_times.tells_all(header.notes):
                    yield other, header

    def _may_resume(self, left: Journal, query: Query, options: Options) -> bool:
        """Whether an unfinished pull will do as it is: it is fresh enough, or a stopped refresh of a moment ago."""
        age = self.now() - left.started_at
        is_same = options.refresh and query.endpoint.timeline is None and dt.timedelta() <= age < SAME_REFRESH
        return is_same or options.is_fresh(left.started_at, self.now())

    def _open(self, query: Query, name: str, options: Options, *, refreshes: bool, changes: bool) -> Journal:
        """The journal of an unfinished pull, unless too old and beyond refreshing; else a new one."""
        now = self.now()
        left = self.cache.journals.find(name, now)
        if left is not None and not refreshes and not self._may_resume(left, query, options):
            left.finish()
        return self.cache.journals.open(name, now=now, refresh=options.refresh, changes=changes)

    def _read_or_begin_anew(
        self, query: Query, journal: Journal, call: Call, base: pd.DataFrame | None
    ) -> tuple[pd.DataFrame, int]:
        """What `_read` gives; a resumed pull from whose pages the server does not read on begins anew, with a note."""
        kept = self.list_pages(journal, query, call) if journal.resumed else 0
        try:
            return self._read(query, journal, call, base)
        except (PagingError, ServerError, *REFUSED) as error:
            came = self.list_pages(journal, query, call) > kept
            if not kept or not may_begin_anew(error, came, query, self._source(call)):
                raise
        begun = f"{journal.started_at.astimezone(self.settings.zone):%Y-%m-%d %H:%M}"
        note = f"the server did not read on where the pull of {begun} had stopped; read again: {counted(kept, 'page')}"
        call.report(Event("note", query.endpoint.name, message=note))
        journal.restart(self.now(), refresh=journal.refresh, changes=journal.changes)
        frame, pages = self._read(query, journal, call, base)
        return with_notes(frame, note), pages

    def _read(self, query: Query, journal: Journal, call: Call, base: pd.DataFrame | None) -> tuple[pd.DataFrame, int]:
        """Everything that the call asks for, described: by its changes where there is a base, else whole; and pages."""
        source = self._source(call, journal)
        frame, outcome = None, Outcome(facts=self.facts.known(query))
        if journal.changes and base is not None:
            frame = bring_up_to_date(base, query, source, outcome)
            if Fact.NO_CHANGES in outcome.facts and not journal.resumed:  # else a cursor may be all that is too old
                self.facts.remember(Fact.NO_CHANGES)
        if frame is None:
            if journal.changes:
                journal.pull_whole()
            frame, outcome = self._whole(query, source)
        if journal.failure:
            outcome.notes.append(journal.failure)
        return self._describe(frame, query, outcome, journal.started_at, source), outcome.pages

    def _whole(self, query: Query, source: Source) -> tuple[pd.DataFrame, Outcome]:
        """A whole pull; a filter that the server turns out to ignore is applied here, where the rows tell."""
        notes: list[str] = []
        while True:
            try:
                self.check_blind_filters(query, source)
                frame, outcome = pull_whole(
                    query, source, asked=self.asked_counts(query, source.now), known=self.facts.known(query)
                )
            except FilterIgnoredError as error:
                if not error.can_apply or error.filter in query.applied:
                    raise
                query = query.applied_here(error.filter)
                notes.append(applied_note(error))
                source.call.report(Event("note", query.endpoint.name, message=notes[-1]))
                continue
            self.facts.learn(query, outcome)
            outcome.notes.extend([*notes, *(about_nothing(query, source) if frame.empty else ())])
            return frame, outcome

    def check_blind_filters(self, query: Query, source: Source) -> None:
        """Make sure, once a day, that the server obeys filters that no column shows."""
        endpoint = query.endpoint
        blind = query.blind_filters(query.params[0])
        names = [name for name in blind if not self.facts.knows(Fact.OBEYED, name, endpoint.name)]
        if not names or not all(query.ids.values()):
            return
        for name in names:
            check_obeyed(query, name, source)
            self.facts.remember(Fact.OBEYED, name, endpoint.name)

    def asked_counts(self, query: Query, now: dt.datetime) -> Sequence[Asked]:
        """The reads that give the server's counts of a call's orders; none where it has none to give."""
        filters = statistics.shared_filters(query)
        if filters is None or query.limit is not None or not self.facts.has_counts(query):
            return []
        return statistics.requests_for(query, self.settings.zone, query.start, now, filters)

    def _keep(self, name: str, frame: pd.DataFrame, journal: Journal, call: Call) -> None:
        """Keep the frame; the pull is finished whether or not that worked."""
        replace(Header.of(frame), kept_as=name).onto(frame)
        try:
            self.cache.snapshots.save(name, frame)
        except (OSError, ExportError) as error:
            why = getattr(error, "strerror", None) or error
            message = f"the frame could not be kept ({why}); it is complete all the same"
            with_notes(frame, message)
            call.report(Event("note", frame.attrs["endpoint"], message=message))
        journal.finish()

    def _kept(self, name: str, columns: tuple[str, ...] | None = None) -> pd.DataFrame | None:
        frame = None if columns is None else self.cache.snapshots.load(name, columns)
        if frame is None or len(frame.columns) < len(columns or ()):
            frame = self.cache.snapshots.load(name)
        if frame is None:
            return None
        return replace(Header.of(frame), requests=0, from_cache=True, account=self.name).onto(frame)

    def _describe(
        self, frame: pd.DataFrame, query: Query, outcome: Outcome, as_of: dt.datetime, source: Source
    ) -> pd.DataFrame:
        notes = outcome.notes.copy()
        as_of = self.dated(as_of, notes)
        if frame.empty and query.start and query.start > as_of:
            notes.append(f"since={query.filters['since']} is still to come")
        return Header(
            endpoint=query.endpoint.name,
            filters=dict(query.filters),
            as_of=as_of,
            complete=outcome.complete,
            requests=source.requests,
            from_cache=source.requests == 0,
            account=self.name,
            time_zone=self.settings.time_zone,
            notes=tuple(notes),
            rows=len(frame),
            totals=outcome.totals[0] if len(outcome.totals) == 1 else {},
        ).onto(frame)

    # A single read ---------------------------------------------------------------------------------------------------

    def _single(self, query: Query, call: Call, options: Options) -> pd.DataFrame:
        query, source = with_ids(query, self._lists(call, options)), self._source(call)
        single = partial(self.client.get_single, **asdict(options), alias=query.endpoint.alias)
        frame, outcome = pull_whole(query, source, fetch=single)
        oldest = self.now() if outcome.oldest == math.inf else dt.datetime.fromtimestamp(outcome.oldest, dt.UTC)
        return self._describe(frame, query, outcome, oldest, source)

    # The server's counts ---------------------------------------------------------------------------------------------

    def known_counts(self, call: Call, query: Query, *, max_age: float = 0.0) -> list[Statistics] | None:
        """The server's counts of each list of a call; ``None`` where it gives none, or of other orders."""
        if (filters := statistics.shared_filters(query)) is None or not self.facts.has_counts(query):
            return None
        try:
            counts = self.counts_by_list(call, query, query.start, max_age=max_age)
        except ApiError as error:
            self.facts.refuses(query, error)
            return None
        except ScalevError:
            return None
        if ignored := statistics.ignored_filter(filters, counts):
            self.facts.remember(Fact.COUNTS_IGNORE, ignored)
        return None if ignored else counts

    def counts(self, call: Call, query: Query, since: dt.datetime | None) -> Statistics:
        """The server's counts of a call's orders, by day and status; as `counts_by_list`, added up."""
        return statistics.merge(self.counts_by_list(call, query, since), self.settings.zone)

    def counts_by_list(
        self, call: Call, query: Query, since: dt.datetime | None, *, max_age: float = 0.0
    ) -> list[Statistics]:
        """The server's counts of the orders of each list of a call.

        Raises:
            BadValueError: statistics cannot count these orders.
            ScalevError: the server refuses them.
        """
        filters, zone = statistics.shared_filters(query), self.settings.zone
        if filters is None:
            raise BadValueError("The server's statistics cannot count these orders.")
        query = replace(query, endpoint=query.endpoint.in_version(self.settings.spoken))
        alias = ENDPOINTS["order_statistics"].alias
        responses = (
            self.client.get_single(at, asked, call, max_age=max_age, refresh=not max_age, alias=alias)
            for at, asked in statistics.requests_for(query, zone, since, self.now(), filters)
        )
        return statistics.read_each(responses, filters, zone)

    def call_name(self, query: Query) -> str:
        """A file name for the call: same arguments, same zone and same declared columns, same name."""
        text = f"{query.identity} {self.settings.time_zone} {query.columns}"
        mark = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        return f"{query.endpoint.name}-{mark}"
