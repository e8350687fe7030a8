"""What has changed since the last export, window by window."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import partial

import pandas as pd

from scalev_frames.cache.journal import Journal
from scalev_frames.export.dataset.exported import MADE
from scalev_frames.pull.exporting.segments import Window, cut_windows, within
from scalev_frames.pull.exporting.work import Work
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.lists import make_timelines
from scalev_frames.pull.reading.proof import order_notes
from scalev_frames.pull.reading.sources import Outcome, Source
from scalev_frames.pull.refresh.baseline import NEEDED
from scalev_frames.pull.refresh.notes import MARK
from scalev_frames.pull.refresh.refresh import find_changes
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.query import Query
from scalev_frames.query.times import DAY
from scalev_frames.verify.statistics import Statistics, created_days, merge
from scalev_frames.wire.answers.layout import Layout
from scalev_frames.wire.answers.paging import Pages, without

#: At most this many orders are asked for by their codes at once.
AT_ONCE = 40
#: Days after which an order that is still open is hardly edited any more without a change that the counts show.
OPEN_DAYS = 60
#: What a refresh cannot see.
UNSEEN = (
    "an edit that changes neither status, payment status nor gross revenue is seen on orders that are new, were "
    f"confirmed, shipped or completed since, or are of the last {OPEN_DAYS} days in an open status of few orders, and "
    "may not be on others; changes that cancel out in the server's counts are not seen"
)


def read_changes(work: Work, counts: list[Statistics]) -> None:
    """Look for what has changed in the whole dataset, and write it."""
    run = work.under_way
    together = merge(counts, work.zone)
    theirs = together.days
    ours = Counter(day for frame in work.dataset.frames(MADE) for day in created_days(frame, work.zone).dropna())
    days = {day: max(theirs.get(day, 0), ours[day]) for day in {*theirs, *ours}}
    changed = Counter[str]()
    down_to = dt.datetime.fromisoformat(run.down_to) if run.down_to else None
    for start, end in cut_windows(days, work.query, together):
        if down_to and start and start >= down_to:
            continue
        window = (start, min(filter(None, (end, down_to)), default=None))
        read = partial(read_window, work, window, counts)
        changed.update(work.journaled(read, *map(str, window), changes=True))
        if start:
            run.down_to = start.isoformat()
            work.save()
    as_of = work.state.header.as_of
    work.note(f"{MARK} from {as_of}: {changed['new']:,} new, {changed['gone']:,} gone; {UNSEEN}")


def read_window(work: Work, window: Window, counts: list[Statistics], journal: Journal) -> Counter[str]:
    """Look for what has changed in a window, write it, and count it."""
    frames = [frame for frame in work.dataset.frames(NEEDED, *window) if len(frame)]
    base = pd.concat(frames or [work.empty()], ignore_index=True)
    replace(work.state.header, complete=True).onto(base)
    query, source = within(work.query, window), work.source(journal)
    found, tried = None, Outcome()
    if len(base) and journal.changes:
        is_recent = window[1] is None or window[1] > work.begun - OPEN_DAYS * DAY
        found = find_changes(base, query, source, tried, looks_at_open=is_recent)
    work.progress.pages += tried.pages if found else 0
    if found is None:
        if journal.changes:
            journal.pull_whole()
        new, gone = read_again(work, query, base, source, counts, window)
    else:
        work.note(*(one for one in tried.notes if one.startswith(f"{MARK}, but")))
        work.write(_changed(found.fresh, base), ())
        new, gone = set(found.fresh["id"]) - set(base["id"]), found.gone
    work.dataset.drop(sorted(gone))
    return Counter(new=len(new), gone=len(gone))


def read_again(
    work: Work, query: Query, base: pd.DataFrame, source: Source, counts: list[Statistics], window: Window
) -> tuple[set[str], set[str]]:
    """Read a whole window, and give the ids of the rows that are new and of those that are gone."""
    work.sink.ids = set()
    collector = Collector(query, source, work.sink.take)
    timelines = make_timelines(query, source.splits)
    for timeline, its in zip(timelines, counts, strict=True):
        timeline.estimate.density = work.density(its)
    work.read(collector, timelines)
    work.note(*order_notes(work.query, timelines))
    known = set(base["id"].dropna())
    new, gone = work.sink.ids - known, known - work.sink.ids
    if window != (None, None):  # rows of other places in the list may well be there
        gone = ask_for(work, gone, base, query)
    work.sink.ids = None
    work.sink.flush()
    return new, gone


def ask_for(work: Work, ids: set[str], base: pd.DataFrame, query: Query) -> set[str]:
    """Those of ``ids`` that the server does not know by their codes."""
    codes = base.loc[base["id"].isin(ids)].dropna(subset="order_id")
    lists = [without(params, query.until) for params in work.query.params]
    asked = [{**params, "order_id": str(code)} for code in codes["order_id"] for params in lists]
    for first in range(0, len(asked), AT_ONCE):
        parts = [
            Part(number, query.endpoint.path, Pages(params, Layout(paged=True)))
            for number, params in enumerate(asked[first : first + AT_ONCE])
        ]
        work.read(
            Collector(work.query, work.source(), work.sink.take), [Timeline(part, can_seek=False) for part in parts]
        )
    return set(codes["id"]) - (work.sink.ids or set())


def _changed(fresh: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``fresh`` that are not the same as in ``base``."""
    known = base.drop_duplicates("id").set_index("id")
    names = [name for name in ("last_updated_at", "status", "payment_status", "gross_revenue") if name in known]
    same = fresh["last_updated_at"].notna() & fresh["id"].isin(known.index)
    for name in names:
        there = fresh["id"].map(known[name].astype(object))
        same &= (fresh[name].astype(object) == there) | (fresh[name].isna() & there.isna())
    changed: pd.DataFrame = fresh[~same.astype(bool)].reset_index(drop=True)
    return changed
