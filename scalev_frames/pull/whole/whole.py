"""Every row that a call asks for, as one frame in the server's order, held against the server's own counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from scalev_frames.cache.facts import NO_FURTHER, Fact
from scalev_frames.cache.journal import Journal
from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.errors import ScalevError, ServerError
from scalev_frames.frames import FrameBuilder
from scalev_frames.plurals import counted
from scalev_frames.progress import Event
from scalev_frames.pull.cost import price
from scalev_frames.pull.reading import proof
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.combine import completed, newest_first
from scalev_frames.pull.reading.counting import Asked, Counting, count_late, density_of, gather
from scalev_frames.pull.reading.further import Search
from scalev_frames.pull.reading.lists import days_again, make_parts, make_timelines, whole_lists
from scalev_frames.pull.reading.proof import Stretch
from scalev_frames.pull.reading.reader import Fetch, Reader
from scalev_frames.pull.reading.sources import REFUSED, Outcome, Source
from scalev_frames.pull.split.cursors import Cursors
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.query import Query
from scalev_frames.verify import statistics
from scalev_frames.verify.statistics import Difference, Statistics
from scalev_frames.wire.answers.layout import Row
from scalev_frames.wire.answers.paging import Pages
from scalev_frames.wire.answers.response import Response
from scalev_frames.wire.retries import RetryBudget

#: How often days that lack rows are read again, while the server's orders change.
ROUNDS = 3
#: Where more rows than these are on days that differ, and more than a fifth of all, one day is tried first.
FEW_AGAIN = 250
#: The top of lists that no count proves is read once more at the end: an order that moved there meanwhile, above all
#: cursors, is on no other page. It costs a latency, which is little beside this many pages for each worker.
LONG_LIST = 30


def pull_whole(
    query: Query,
    source: Source,
    *,
    asked: Sequence[Asked] = (),
    fetch: Fetch | None = None,
    known: Collection[Fact] = (Fact.SMALL_PAGES,),
) -> tuple[pd.DataFrame, Outcome]:
    """Every row that ``query`` asks for, as one frame in the server's order.

    Args:
        query: the checked call.
        source: where pages come from.
        asked: the reads that give the server's counts of these rows; none where it has none to give.
        fetch: gets the response to a single read; left out, the lists come in pages.
        known: what is known of the server already.

    Returns:
        The frame, without a header, and what the pull did.

    Raises:
        ScalevError: whatever stopped the pull; its ``kept`` says what is there.
        InterruptedPullError: on Ctrl-C, or when the call was cancelled.
    """
    whole = _Whole(query, source, known)
    timelines = make_timelines(query, source.splits, large_pages=Fact.SMALL_PAGES not in known)
    counting = Counting(asked, partial(whole.hear_counts, timelines))
    reader = Reader(whole.collector, timelines, counting, cursors=whole.cursors, fetch=fetch, proves=True)
    reader.read()
    return whole.finish(timelines, counting, reader.latency.workers())


def drop_doubles(frame: pd.DataFrame, endpoint: Endpoint) -> pd.DataFrame:
    """Each record once: where a list moved while it was read, the version changed last stays, in the first's place.

    A row without a key is no double of another one, nor is a plain value.
    """
    parents = [parent.parameter for parent in endpoint.parents if parent.parameter not in endpoint.key]
    key = [*parents, *endpoint.key]
    if not endpoint.key or (endpoint.paging == "plain" and not endpoint.shape):
        return frame
    known = frame[list(endpoint.key)].notna().all(axis=1)
    if not frame.loc[known].duplicated(key).any():
        return frame
    alone = pd.Series(-1 - np.arange(len(frame)), index=frame.index)
    records = frame.groupby(key, sort=False, dropna=False).ngroup().where(known, alone)
    numbers = pd.Series(pd.factorize(records)[0], index=frame.index)  # of records, in the order of their first rows
    by_change = frame.sort_values("last_updated_at", kind="stable") if "last_updated_at" in frame else frame
    newest = numbers[by_change.index].drop_duplicates(keep="last").sort_values()
    return frame.loc[newest.index].reset_index(drop=True)


def may_begin_anew(error: ScalevError, came: bool, query: Query, source: Source) -> bool:
    """Whether to begin a pull anew that did not resume: a server that fails has to give the first page."""
    if came or not isinstance(error, ServerError):
        return not isinstance(error, ServerError)
    top = make_parts(query)[0]
    try:  # once, and with all its time: the failures before leave none of the call's
        once = replace(source.call, budget=RetryBudget(0.0, time.monotonic))
        source.client.get(top.path, top.pages.asked(), once, alias=query.endpoint.alias)
    except ScalevError:
        return False
    source.call.budget.succeed()
    return True


class _Whole:
    """One whole pull under way."""

    def __init__(self, query: Query, source: Source, known: Collection[Fact]) -> None:
        self.query, self.source = query, source
        self.cursors = Cursors("bound" if Fact.BOUND_CURSORS in known else "ids")
        self.collector = Collector(query, source, self.take, Outcome(facts={*known}))
        self.builder = FrameBuilder(query.columns, source.zone.key)
        self.rows: list[tuple[Part, int]] = []
        self.counts: Statistics | None = None

    def finish(self, timelines: Sequence[Timeline], counting: Counting, workers: int) -> tuple[pd.DataFrame, Outcome]:
        """All rows as one frame, compared with the counts, and with notes; ``workers`` is how many read in the end."""
        query, outcome = self.query, self.collector.outcome
        if error := self.collector.unfilled():
            raise error
        frame, notes = self.builder.finish()
        frame = self.in_order(frame, timelines)
        unique = self.without_doubles(frame, notes)
        if self.counts is not None:
            unique = self.prove(unique, self.counts, counting.asked, timelines, notes)
        unique = newest_first(self.look_again(unique, workers), query)
        if query.limit is not None:
            outcome.complete &= len(unique) <= query.limit
            unique = unique.head(query.limit)
        notes.extend([*proof.early_note(unique, query), *proof.unread_note(unique, query)])
        notes.extend(self.unseen(unique, timelines))
        notes.extend(proof.limit_note(query, len(timelines), outcome))
        pages = [part.pages for timeline in timelines for part in timeline.parts]
        if not counting.is_heard and any(one.by_place or self.may_be_by_place(one) for one in pages):
            notes.append(proof.BY_PLACE)
        if outcome.left_out:
            notes.append(f"{counted(outcome.left_out, 'row', 'were')} outside the asked-for times and left out")
        outcome.rows, outcome.notes = len(unique), [*outcome.notes, *notes]
        outcome.counts_error, outcome.counted = counting.error, self.counts is not None
        outcome.facts |= {Fact.BOUND_CURSORS} if self.cursors.kind == "bound" else set()
        return unique, outcome

    def may_be_by_place(self, pages: Pages) -> bool:
        """Whether pages may have numbers that their cursors hide, as those of v3 do."""
        return self.query.endpoint.paging == "page" and pages.read.pages > 1 and not pages.is_counted

    def without_doubles(self, frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
        """Each record once, where its key tells it from others; what was received twice is noted."""
        endpoint, outcome = self.query.endpoint, self.collector.outcome
        if self.collector.shares_ids and endpoint.is_unproven:
            notes.append("the id does not tell records apart: some of one page have the same one, and all stay")
            return frame
        unique = drop_doubles(frame, endpoint)
        if doubles := len(frame) - len(unique):
            moved = endpoint.paging != "plain" and len(self.query.params) == 1 and not self.collector.shares_ids
            why = "because the list moved while it was read" if moved else "in what the server sent"
            notes.append(f"{counted(doubles, 'record')} came twice, {why}")
        elif (
            not endpoint.key
            and outcome.pages > 1
            and (same := int(frame.astype(object).astype(str).duplicated().sum()))
        ):
            notes.append(f"{counted(same, 'row')} came twice and stay: nothing tells whether the list moved meanwhile")
        return unique

    def unseen(self, frame: pd.DataFrame, timelines: Sequence[Timeline]) -> list[str]:
        """Notes on orders that may be missing: servers can hide those without a draft time, and no count shows them."""
        query, counts = self.query, None if self.collector.outcome.ignored else self.counts
        notes = [*proof.order_notes(query, timelines), *sorted(self.collector.outcome.unseen)]
        wrong = proof.disproved([*statistics.differing_by_bases(frame, query, counts)]) if counts else ()
        return [note for note in notes if note not in wrong]

    def prove(
        self,
        frame: pd.DataFrame,
        counts: Statistics,
        asked: Sequence[Asked],
        timelines: Iterable[Timeline],
        notes: list[str],
    ) -> pd.DataFrame:
        """Hold the frame against the counts; days that lack rows are read again, and what still differs is noted.

        Raises:
            BadPageError: it still lacks days behind a page that promised more.
        """
        differing = statistics.differences(frame, self.query, counts)
        for _ in range(ROUNDS):
            missing = proof.stretches(differing)
            if not missing or self.collector.outcome.ignored:
                break
            try:
                whole = self.read_missing(frame, missing, differing)
            except REFUSED:
                break  # the server does not let itself be asked for days
            recounted = self.count_again(asked)
            counts = recounted or counts
            is_same, frame = len(whole) == len(frame), whole
            differing = statistics.differences(frame, self.query, counts)
            if is_same or recounted is None:
                break
        frame, differing = self.look_further(frame, counts, asked, differing)
        if differing:
            if error := proof.broken_promise(timelines, differing, counts):
                error.kept = self.collector.outcome.kept(self.query.endpoint.name)
                raise error
            notes.append(proof.note(differing))
        return frame

    def look_further(
        self, frame: pd.DataFrame, counts: Statistics, asked: Sequence[Asked], differing: list[Difference]
    ) -> tuple[pd.DataFrame, list[Difference]]:
        """``frame`` with orders of its times that stand elsewhere in its lists, where counts show that it lacks some.

        Also what still differs.
        """
        query, outcome = self.query, self.collector.outcome
        differ = partial(statistics.differing_by_bases, frame, query)
        search = None if outcome.ignored else Search.of(query, self.source, counts, differ, len(frame))
        if search is None or outcome.facts & NO_FURTHER:
            return frame, search.differing if search else differing
        known = set(frame["id"])

        def see(own: list[Row]) -> bool:
            search.see(row for row in own if str(row.get("id")) not in known)
            return search.is_done

        try:
            frame = self.completed(frame, self.read_beside(whole_lists(query), see, journal=self.source.journal))
        except REFUSED:
            return frame, search.differing
        differing = search.differing
        if recounted := count_late(query, self.source) if search.is_late else self.count_again(asked):
            bases = statistics.differing_by_bases(frame, query, recounted)
            outcome.facts |= search.found_out(bases)
            differing = next(iter(bases.values()))
        return frame, differing

    def read_missing(
        self, frame: pd.DataFrame, missing: Sequence[Stretch], differing: Sequence[Difference]
    ) -> pd.DataFrame:
        """``frame`` with what it lacks; where that seems to be very much, one day is tried first."""
        lacking = [one for one in differing if one.theirs > one.ours]
        if sum(one.theirs for one in lacking) > max(len(frame) / 5, FEW_AGAIN):
            worst = max(lacking, key=lambda one: one.theirs - one.ours).day
            tried = self.read_again(frame, [(worst, worst)], is_trial=True)
            if len(tried) == len(frame):
                return frame
            frame = tried
        return self.read_again(frame, missing)

    def count_again(self, asked: Sequence[Asked]) -> Statistics | None:
        source = replace(self.source, journal=None)
        try:
            responses = gather(source, asked, ENDPOINTS["order_statistics"])
        except ScalevError:
            return None  # a help, never a condition
        return statistics.merge(self.read_counts(responses), self.source.zone)

    def read_again(self, frame: pd.DataFrame, missing: Sequence[Stretch], *, is_trial: bool = False) -> pd.DataFrame:
        """``frame`` with the rows of days that lacked some; a trial does not look for those without a draft time."""
        looks_above = self.cursors.kind == "ids" and not is_trial
        again = days_again(self.query, missing, self.source.zone, looks_above=looks_above)
        return self.completed(frame, self.read_beside(again))

    def look_again(self, frame: pd.DataFrame, workers: int) -> pd.DataFrame:
        """``frame`` with what stands at the top of its lists by now, down to the first page that ends as before."""
        query, outcome = self.query, self.collector.outcome
        is_proven = self.counts is not None and not outcome.ignored
        may_move = query.endpoint.timeline is not None and query.limit is None and query.sent_until is None
        is_cheap = outcome.pages >= LONG_LIST * max(workers, len(query.params))
        if is_proven or not may_move or not is_cheap:
            return frame
        known = set(frame["id"])
        try:
            rows = self.read_beside(make_timelines(query), lambda own: not own or str(own[-1].get("id")) in known)
        except REFUSED:
            return frame
        return self.completed(frame, [row for row in rows if str(row.get("id")) not in known])

    def read_beside(
        self,
        timelines: Sequence[Timeline],
        is_last: Callable[[list[Row]], bool] = lambda _: False,
        journal: Journal | None = None,
    ) -> list[Row]:
        """Rows of lists that are read besides, each down to a page that ``is_last``; a journal keeps their pages."""
        rows: list[Row] = []

        def take(part: Part, own: list[Row]) -> bool:
            rows.extend(own)
            part.ended = part.ended or is_last(own)
            return True

        again = Collector(self.query, replace(self.source, journal=journal), take)
        Reader(again, timelines).read()
        self.collector.outcome.pages += again.outcome.pages
        return rows

    def completed(self, frame: pd.DataFrame, rows: Iterable[Row]) -> pd.DataFrame:
        """``frame`` with these rows, also in place of its own."""
        query, unique = self.query, {str(row["id"]): row for row in rows if row.get("id") is not None}
        if not unique:
            return frame
        builder = FrameBuilder(query.endpoint.columns, self.source.zone.key)
        builder.add(unique.values())
        fresh, _ = builder.finish()
        whole, notes = completed(frame, fresh, query)
        self.collector.outcome.notes += [note for note in notes if note not in self.collector.outcome.notes]
        return whole

    def take(self, part: Part, rows: list[Row]) -> bool:
        self.builder.add(rows)
        if self.builder.left_out and self.source.journal:
            self.source.journal.hide_credentials()
        self.rows.append((part, len(rows)))
        return True

    def hear_counts(self, timelines: Sequence[Timeline], responses: Sequence[Response]) -> None:
        """Take in how the server says the rows of each list lie; what the pull costs is reported on the way.

        Counts that ignore a filter are of other rows, and say nothing of these.
        """
        query, source, lists = self.query, self.source, self.read_counts(responses)
        counts = statistics.merge(lists, source.zone)
        self.counts = counts if counts.cells else None  # an answer without counts proves nothing
        self.collector.outcome.ignored = statistics.ignored_filter(statistics.shared_filters(query) or (), lists)
        if self.collector.outcome.ignored or self.counts is None:
            return
        lower = query.start if query.basis == query.endpoint.timeline else None
        rows = counts.between(lower, query.end, source.now)
        if rows is not None:
            cost = price(query.endpoint.name, "full", rows, source.pace.seconds_for)
            source.call.report(Event("note", query.endpoint.name, message=f"costs {cost}"))
        for timeline, list_counts in zip(timelines, lists, strict=True):
            timeline.estimate.density = density_of(list_counts, whole=rows is not None)

    def read_counts(self, responses: Sequence[Response]) -> list[Statistics]:
        """The counts of each list."""
        return statistics.read_each(responses, statistics.shared_filters(self.query) or (), self.source.zone)

    def in_order(self, frame: pd.DataFrame, timelines: Iterable[Timeline]) -> pd.DataFrame:
        """Rows came in as the workers brought them; now they stand as the server lists them.

        Rows of parts that were dropped stand in other parts, too, and go.
        """
        parts = [part for timeline in timelines for part in timeline.order() or timeline.parts[:1]]
        ranks = {part: rank for rank, part in enumerate(parts)}
        ranked = [ranks.get(part, -1) for part, _ in self.rows]
        if ranked == sorted(ranked) and -1 not in ranked:
            return frame
        rank = np.repeat(np.asarray(ranked, dtype=np.intp), [count for _, count in self.rows])
        order = np.argsort(rank, kind="stable")
        return frame.take(order[rank[order] >= 0]).reset_index(drop=True)
