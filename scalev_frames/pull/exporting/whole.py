"""Everything: the list is read from its top in segments, each behind the other."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from scalev_frames.errors import BadRequestError, FilterIgnoredError, InvalidParametersError, NotFoundError
from scalev_frames.export.exported import MADE, Run
from scalev_frames.progress import Event
from scalev_frames.pull.cost import price
from scalev_frames.pull.density import Density
from scalev_frames.pull.exporting.segments import lower_bound, next_days
from scalev_frames.pull.exporting.work import Work
from scalev_frames.pull.reading import Reader
from scalev_frames.pull.sources import Outcome, created
from scalev_frames.pull.split import OLDER_ROWS_UNPROVEN, Timeline
from scalev_frames.pull.whole import make_parts, split_again
from scalev_frames.verify.statistics import Statistics, merge

#: The last cursors that are kept: where the server knows one no more, the export reads on behind the one before.
ANCHORS = 8
#: A cursor that a server does not know any more.
LOST = (BadRequestError, InvalidParametersError, NotFoundError)


def read_whole(work: Work, counts: list[Statistics] | None) -> None:
    """Read every list of the call to its end, and write the rows as they come.

    Args:
        work: the export.
        counts: the server's counts of each list, where it gives them.
    """
    run = work.under_way
    check_seen(work)
    report_cost(work, counts)
    work.add(Outcome(requests=work.engine.check_blind_filters(work.query, {}, work.source())))
    while run.number < len(work.query.params):
        density = work.density(counts[run.number]) if counts else None
        try:
            ended = read_segment(work, run, density)
        except FilterIgnoredError as error:
            if not error.can_apply or error.filter in work.query.applied:
                raise
            counts, lists = None, len(work.query.params)
            apply_here(work, error.filter)
            if len(work.query.params) != lists:
                run.number, run.anchors = 0, []
            continue
        if ended:
            run.number, run.anchors, run.days = run.number + 1, [], 1.0
            work.save()
    if work.unfilled is not None and not work.filled:
        raise work.unfilled
    if run.had_rows:
        drop_unseen(work)
        run.had_rows = False
        work.save()


def apply_here(work: Work, name: str) -> None:
    """Hold the rows against a filter that the server ignores."""
    work.query = work.sink.query = work.query.applied_here(name)
    words = f"the server ignored {name}, so everything was fetched and filtered here"
    work.note(words)
    work.told(Event("note", work.query.endpoint.name, message=words))


def report_cost(work: Work, counts: list[Statistics] | None) -> None:
    """Say what is still to be read costs."""
    together = merge(counts, work.zone) if counts else None
    rows = together.between(work.query.start, work.query.end, work.engine.now()) if together else None
    if rows is not None:
        left = rows if work.under_way.had_rows else max(rows - work.done.rows, 0)
        cost = price(work.query.endpoint.name, "full", left, 0, work.engine.pace.seconds_for)
        work.told(Event("note", work.query.endpoint.name, message=f"costs {cost}"))


def read_segment(work: Work, run: Run, density: Density | None) -> bool:
    """Read and write one segment of one list; whether the list has ended."""
    query = work.query
    lowest = query.start if query.basis and not query.basis.since else None
    cursor, moment = run.anchors[-1] if run.anchors else ({}, "")
    upper = dt.datetime.fromisoformat(moment) if moment else work.begun
    lower = lower_bound(min(upper, query.end or upper), lowest, density, run.days)
    journal = work.engine.cache.journals.open(
        work.journal_name(cursor, moment), now=work.engine.now(), refresh=False, changes=False
    )
    source = work.source(journal)
    part = make_parts(query, {})[run.number]
    if cursor:
        until = query.endpoint.timeline.until if query.endpoint.timeline else ""
        part.pages.params = {name: one for name, one in part.pages.params.items() if name != until}
        part.pages.position = dict(cursor)
    splits = [split_again(query, part, one) for one in journal.splits if one[0] == part.number]
    timeline = Timeline(part, created, lower=lower, older=OLDER_ROWS_UNPROVEN, splits=splits)
    timeline.density = density
    reader = Reader(query, source, work.sink.take)
    before = work.sink.rows
    try:
        work.read(reader, [timeline])
    except LOST:
        if not journal.resumed and (not cursor or reader.outcome.pages):
            raise
        if not journal.resumed:
            run.anchors.pop()
        journal.finish()
        return False
    note_filled(work, reader)
    work.sink.flush()
    run.seen = work.count_seen()
    run.days = next_days(run.days, work.sink.rows - before)
    last = (timeline.order() or [part])[-1]
    reached = work.sink.newest.get(id(last), lower or upper)
    work.sink.newest.clear()
    ended = last.pages.ended or (lower == lowest and lowest is not None and reached < lowest)
    if not ended:
        run.anchors = [*run.anchors, (dict(last.pages.position), min(reached, upper).isoformat())][-ANCHORS:]
        work.save()
    journal.finish()
    return ended


def note_filled(work: Work, reader: Reader) -> None:
    """Remember whether the rows of any segment told enough for the filters that are applied here."""
    try:
        reader.taker.check_applied()
        work.filled = True
    except FilterIgnoredError as error:
        work.unfilled = error


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
