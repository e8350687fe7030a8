"""Everything: the list is read from its top in segments, each behind the other."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scalev_frames.errors import FilterIgnoredError
from scalev_frames.export.dataset.exported import MADE, Run
from scalev_frames.progress import Event
from scalev_frames.pull.cost import price
from scalev_frames.pull.exporting.segments import lower_bound, next_days
from scalev_frames.pull.exporting.work import Work
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.lists import make_parts, make_timelines
from scalev_frames.pull.reading.proof import BY_PLACE, applied_note, order_notes
from scalev_frames.pull.reading.sources import REFUSED
from scalev_frames.pull.split.density import Density
from scalev_frames.pull.split.ending import Ending
from scalev_frames.pull.split.parts import Part, both_times, created, parts_below, rows_down_to
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.pull.whole.ignored_filters import about_nothing
from scalev_frames.pull.whole.whole import LONG_LIST
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import Statistics, merge
from scalev_frames.wire.answers.layout import Row
from scalev_frames.wire.answers.paging import without

#: The last cursors that are kept: where the server knows one no more, the export reads on behind the one before.
ANCHORS = 8


def read_whole(work: Work, counts: list[Statistics] | None) -> None:
    """Read every list of the call to its end, and write the rows as they come."""
    run = work.under_way
    check_seen(work)
    report_cost(work, counts)
    work.engine.check_blind_filters(work.query, work.source())
    unfilled: list[FilterIgnoredError | None] = []  # of each segment, why what is applied here may find nothing
    while run.number < len(work.query.params):
        density = work.density(counts[run.number]) if counts else None
        try:
            ended, collector = read_segment(work, run, density)
        except FilterIgnoredError as error:
            apply_here(work, run, error)
            counts = None
            continue
        unfilled += [collector.unfilled()] if collector else []
        if ended:
            run.number, run.anchors, run.days = run.number + 1, [], 1.0
            work.save()
    if unfilled and unfilled[-1] and None not in unfilled:
        raise unfilled[-1]
    if counts is None:
        look_again(work)
    if not work.dataset.rows():
        work.note(*about_nothing(work.query, work.source()))
    if run.had_rows:
        drop_unseen(work)
        run.had_rows = False
        work.save()


def look_again(work: Work) -> None:
    """Read the top of the lists once more, down to what was made before: orders may have moved there meanwhile."""
    if work.progress.pages < LONG_LIST or work.query.sent_until is not None:
        return

    def take(part: Part, rows: list[Row]) -> bool:
        last = created(rows[-1]) if rows else None
        part.ended = part.ended or last is None or last < work.begun
        return work.sink.take(part, rows)

    with contextlib.suppress(*REFUSED):
        work.read(Collector(work.query, work.source(), take), make_timelines(work.query))
    work.sink.flush()


def apply_here(work: Work, run: Run, error: FilterIgnoredError) -> None:
    """Apply a filter here that the server ignores or refuses; lists that differ by it alone become one, read anew."""
    if not error.can_apply or error.filter in work.query.applied:
        raise error
    lists, work.query = len(work.query.params), work.query.applied_here(error.filter)
    work.note(applied_note(error))
    work.progress.tell(Event("note", work.query.endpoint.name, message=applied_note(error)))
    if len(work.query.params) != lists:
        run.number, run.anchors = 0, []


def report_cost(work: Work, counts: list[Statistics] | None) -> None:
    """Say what is still to be read costs."""
    together = merge(counts, work.zone) if counts else None
    rows = together.between(work.query.start, work.query.end, work.engine.now()) if together else None
    if rows is not None:
        left = rows if work.under_way.had_rows else max(rows - work.progress.rows, 0)
        cost = price(work.query.endpoint.name, "full", left, work.engine.pace.seconds_for)
        work.progress.tell(Event("note", work.query.endpoint.name, message=f"costs {cost}"))


class Segment(NamedTuple):
    """What is read next of a list.

    Attributes:
        cursor: behind which it begins; empty at the top of the list.
        moment: of the rows above it, as text; empty at the top of the list.
        upper: no row of it was made later.
        lower: down to this moment; nothing where it is not known how the rows lie.
        lowest: the first moment of the call, by which its last segment is known; nothing where there is none.
    """

    cursor: Mapping[str, Any]
    moment: str
    upper: dt.datetime
    lower: dt.datetime | None
    lowest: dt.datetime | None

    @property
    def is_last(self) -> bool:
        """Whether it goes down to the first moment of the call, below which nothing is wanted."""
        return self.lowest is not None and self.lower == self.lowest


def next_segment(work: Work, run: Run, density: Density | None) -> Segment:
    """What is behind the last cursor noted, down to a moment that leaves some 25,000 rows above it."""
    query = work.query
    lowest = query.start if query.basis and not query.basis.since else None
    cursor, moment = run.anchors[-1] if run.anchors else ({}, "")
    upper = dt.datetime.fromisoformat(moment) if moment else work.begun
    lower = lower_bound(min(upper, query.end or upper), lowest, density, run.days)
    return Segment(cursor, moment, upper, lower, lowest)


def part_behind(query: Query, run: Run, cursor: Mapping[str, Any]) -> Part:
    """A list of the call, read on behind a cursor; from its top without one."""
    part = make_parts(query)[run.number]
    if cursor:
        part.above = 0 if query.until in part.pages.params else run.rows  # others are above an end, too
        part.pages.params = without(part.pages.params, query.until)
        part.begins = part.pages.position = dict(cursor)
    return part


def read_segment(work: Work, run: Run, density: Density | None) -> tuple[bool, Collector | None]:
    """Read and write one segment of one list: whether the list has ended, and what took its rows in, if anything."""
    query, segment = work.query, next_segment(work, run, density)
    with closing(work.journal(segment.cursor, segment.moment, changes=False)) as journal:
        part = part_behind(query, run, segment.cursor)
        times_of = both_times if segment.lower == segment.lowest else None  # no other one ends the list
        below = parts_below(part, query.until, journal.splits)
        timeline = Timeline(part, Ending(segment.lower, times_of=times_of), splits=below)
        timeline.estimate.density = density
        collector = Collector(query, work.source(journal), work.sink.take)
        before = work.sink.rows
        try:
            work.read(collector, [timeline])
        except REFUSED:
            if not journal.resumed:
                if not segment.cursor or collector.outcome.pages:
                    raise
                run.anchors.pop()
                run.rows = 0
            journal.finish()
            return False, None
        if segment.lower == segment.lowest:
            work.note(*order_notes(query, [timeline]))
        if density is None and part.pages.by_place:
            work.note(BY_PLACE)
        work.sink.flush()
        run.seen, run.days = work.count_seen(), next_days(run.days, work.sink.rows - before)
        ended = note_end(work, run, segment, timeline.order() or [part])
        work.ended += [timeline] * ended
        journal.finish()
        return ended, collector


def note_end(work: Work, run: Run, segment: Segment, line: Sequence[Part]) -> bool:
    """Write down the cursor at which a segment ended; whether the list has ended, too."""
    last, run.rows = line[-1], rows_down_to(line)
    reached = work.sink.newest.get(id(last), segment.lower or segment.upper)
    work.sink.newest.clear()
    if last.pages.ended or segment.is_last:
        return True
    run.anchors = [*run.anchors, (dict(last.pages.position), min(reached, segment.upper).isoformat())][-ANCHORS:]
    work.save()
    return False


def check_seen(work: Work) -> None:
    """Begin the list anew where it is not known what was seen of it."""
    run = work.under_way
    if not run.had_rows:
        return
    work.seen_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    work.seen_file.touch(mode=0o600)
    if work.count_seen() < run.seen:
        run.number, run.anchors, run.seen = 0, [], 0
    with work.seen_file.open("r+b") as file:
        file.truncate(run.seen * 8)


def drop_unseen(work: Work) -> None:
    """Delete rows of this call that the list does not have any more."""
    by_creation = work.query.basis == work.query.endpoint.timeline
    if work.state.earlier and work.query.basis and not by_creation:
        return  # rows of an earlier export look the same as those of this one
    seen = np.unique(np.fromfile(work.seen_file, "<u8"))
    window = (work.query.start, work.query.end) if by_creation else (None, None)
    for frame in work.dataset.frames(["id", *MADE], *window):
        ids = frame["id"].dropna().astype(str)
        hashes = pd.util.hash_array(ids.to_numpy(object), categorize=False)
        work.dataset.drop(list(ids[~np.isin(hashes, seen)]))
