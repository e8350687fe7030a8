"""The parts into which a cluster's export is cut, held together: each order is in one of them, and none is missing.

A part has the orders whose draft time lies in its days, and reads the list where orders of these days were made. An
order whose draft time is weeks later stands where no part that wants it reads; and a server may hide it, as orders
without a draft time, behind the end of a part. So what the server counts and no part has is looked for where an export
in one go finds it. A dataset without rows beside the parts says whether that was done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from scalev_frames.cache.facts import Fact
from scalev_frames.export.dataset.exported import MADE, Exported, Run, State, made_of, show_columns
from scalev_frames.frames import FrameBuilder
from scalev_frames.pull.exporting.known import Known, hashes_of
from scalev_frames.pull.exporting.proof import find_differing
from scalev_frames.pull.exporting.work import Work
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.further import Search
from scalev_frames.pull.reading.lists import days_again, make_timelines, whole_lists
from scalev_frames.pull.reading.proof import (
    BY_DRAFT_TIME,
    DIFFERS,
    EARLY,
    LATER,
    UNSEEN_UNDATED,
    WITHOUT_SINCE,
    WITHOUT_UNTIL,
    note,
    stretches,
)
from scalev_frames.pull.reading.sources import REFUSED
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.pull.whole.whole import ROUNDS
from scalev_frames.verify.statistics import Bases, Difference, Statistics
from scalev_frames.wire.answers.layout import Row


class Piece(NamedTuple):
    """One of the parts: the orders from ``start`` to before ``end``; nothing where a side is open."""

    dataset: Exported
    start: dt.datetime | None
    end: dt.datetime | None

    def holds(self, made: pd.Series[dt.datetime]) -> pd.Series[bool]:
        """Which of these moments lie in it; those that are missing in the newest part."""
        after = made.notna() if self.start is None else made >= self.start
        return after & (made < self.end) if self.end is not None else after | made.isna()


def begin(work: Work) -> None:
    """Say that the parts together are not complete; ``work`` is of the whole call and the dataset beside them.

    The folder of both is held by the caller.
    """
    work.state = State("", work.header(), Run(work.engine.now().isoformat()))
    work.save()


def settle(work: Work, pieces: Sequence[Piece]) -> None:
    """Let each order be in one of the parts, the oldest first, and say that they are complete.

    Raises:
        ScalevError: whatever stopped it; the parts are kept, and the same call resumes.
        InterruptedPullError: on Ctrl-C, or when the call was cancelled; likewise.
    """
    begin(work)
    if len(pieces) > 1 or work.query.start is not None or work.query.end is not None:
        drop_doubles(pieces)
        _Lacking(work, pieces).find()
        show_columns([piece.dataset for piece in pieces])
    notes = list(work.under_way.notes)
    as_of = work.engine.dated(work.begun, notes)
    done = replace(work.header(), requests=work.progress.requests, rows=0, complete=True)
    work.state = State("", replace(done, as_of=as_of, notes=tuple(notes)))
    work.save()


def drop_doubles(pieces: Sequence[Piece]) -> None:
    """Delete orders that have moved to another part where they were: the one changed last stays."""
    every, counts = np.unique(np.concatenate([hashes_of(piece.dataset) for piece in pieces]), return_counts=True)
    twice = Known([every[counts > 1]])
    if not len(twice.hashes):
        return
    names = ["id", "last_updated_at"]
    frames = [frame[twice.have(frame["id"])].assign(piece=number)
              for number, piece in enumerate(pieces) for frame in piece.dataset.frames(names)]  # fmt: skip
    rows = pd.concat(frames, ignore_index=True).sort_values(["last_updated_at", "piece"], na_position="first")
    older = rows[rows.duplicated("id", keep="last")]
    for number, ids in older.groupby("piece")["id"]:
        _change(pieces[int(str(number))], partial(Exported.drop, ids=[*ids]))


class _Lacking:
    """Looks for the orders that the server has and no part.

    Attributes:
        known: the orders that the parts have.
        has_read_all: whether the whole list was read.
    """

    def __init__(self, work: Work, pieces: Sequence[Piece]) -> None:
        self.work, self.pieces = work, pieces
        self.known = Known(hashes_of(piece.dataset) for piece in pieces)
        self.has_read_all = False

    def find(self) -> None:
        """Put what is found into the part of its time; what still differs from the counts is noted."""
        work = self.work
        if (counts := work.counted()) is None:
            work.note(*work.engine.facts.not_compared(work.query))
            self.put(self.read_all())
            return
        found = self.find_counted(counts)
        differing = next(iter(found.values()))
        lacks = any(one.theirs > one.ours for one in differing)
        if noted := self.find_late(counts) or differing:
            work.note(note(noted))
        settled = [DIFFERS, *self.settled([*found], lacks=lacks)]
        for piece in self.pieces:
            forget_notes(piece, settled, work)

    def find_counted(self, counts: Statistics) -> Bases:
        """Put what the server counts by itself into the part of its time; gives the days that differ then."""
        for _ in range(ROUNDS):
            found, had_read_all = self.differ(counts), self.has_read_all
            lacking = [one for one in next(iter(found.values())) if one.theirs > one.ours]
            if lacking and had_read_all:
                self.work.engine.facts.remember(Fact.COUNTS_MORE, self.work.query.endpoint.name)
            if not self.put(self.look(lacking, [*found])) and had_read_all == self.has_read_all:
                break
            counts = self.work.counted() or counts
        return found

    def differ(self, counts: Statistics) -> Bases:
        """The days on which all parts together differ from the server's counts."""
        frames = chain.from_iterable(piece.dataset.frames(MADE) for piece in self.pieces)
        return find_differing(frames, self.work.query, counts)

    def find_late(self, counts: Statistics) -> list[Difference]:
        """Put what only counts by draft time show into the part of its time; gives the days that differ by them then.

        ``counts`` are those of the server's own choice.
        """
        query, facts = self.work.query, self.work.engine.facts
        while True:
            search = Search.of(query, self.work.source(), counts, self.differ, len(self.known.hashes))
            if search is None or not search.is_late:
                return []
            if self.has_read_all:
                facts.remember(Fact.COUNTS_MORE, query.endpoint.name)
            if facts.knows(Fact.COUNTS_MORE, query.endpoint.name):
                return search.differing
            self.put(self.read_all())

    def may_hide_undated(self) -> bool:
        """Whether orders without a draft time may be hidden from a part."""
        states = (piece.dataset.load() for piece in self.pieces)
        return any({UNSEEN_UNDATED, BY_DRAFT_TIME} & {*state.header.notes} for state in states if state)

    def look(self, lacking: Sequence[Difference], bases: Sequence[str]) -> list[Row]:
        """Orders of days that lack some: read where they were made, or with the whole list where a filter hides them.

        Counts by draft time show neither where orders were made nor those without one.
        """
        if "draft_time" in bases and not self.has_read_all and self.may_hide_undated():
            return self.read_all()
        return self.look_where_made(lacking, is_sure="created_at" in bases) if lacking else []

    def look_where_made(self, lacking: Sequence[Difference], *, is_sure: bool) -> list[Row]:
        """Orders made on days that lack some; those of the whole list where it is not sure that these are all.

        That is read once, and not where the server is known to count more than it lists.
        """
        work = self.work
        looks_above = work.engine.settings.spoken != "v3"
        again = days_again(work.query, stretches(lacking), work.zone, looks_above=looks_above)
        try:
            rows = self.read(again)
            filtered = any(work.query.until in one.parts[0].pages.params for one in again)
        except REFUSED:
            rows, filtered = [], True
        is_all = len(rows) >= sum(one.theirs - one.ours for one in lacking)
        knows = self.has_read_all or work.engine.facts.knows(Fact.COUNTS_MORE, work.query.endpoint.name)
        return rows if is_all or knows or (is_sure and not filtered) else [*rows, *self.read_all()]

    def read_all(self) -> list[Row]:
        """The rows of the whole list that no part has, whatever the times of the call."""
        self.has_read_all, query = True, self.work.query
        is_bounded = query.start is not None or query.end is not None
        return self.read(whole_lists(query) if is_bounded else make_timelines(query))

    def read(self, timelines: list[Timeline]) -> list[Row]:
        """The rows of these lists that no part has."""
        found: list[Row] = []

        def take(_: Part, rows: list[Row]) -> bool:
            found.extend(self.known.add(rows))
            return True

        self.work.read(Collector(self.work.query, self.work.source(), take), timelines)
        return found

    def put(self, rows: list[Row]) -> bool:
        """Write rows, each to the part of its time; whether there are any."""
        work = self.work
        builder = FrameBuilder(work.query.endpoint.columns, work.engine.settings.time_zone)
        builder.add(rows)
        frame, notes = builder.finish()
        work.note(*notes)
        for piece in self.pieces:
            own = frame[piece.holds(made_of(frame))].reset_index(drop=True)
            for detailed in work.detailed(own):
                _change(piece, partial(Exported.put, frame=work.header().onto(detailed)))
        return bool(rows)

    def settled(self, bases: Sequence[str], *, lacks: bool) -> list[str]:
        """What parts say that the counts have shown not to be so, where these are the bases of `find_differing`.

        Counts by draft time do not show orders without one.
        """
        query = self.work.query
        of_late = [LATER, EARLY] if query.start is None else []
        of_undated = [*[WITHOUT_SINCE] * (query.start is None), *[WITHOUT_UNTIL] * (query.end is None)]
        shows_undated = "draft_time" not in bases or self.has_read_all
        return [] if lacks else [*of_late, *(of_undated if shows_undated else ())]


def forget_notes(piece: Piece, settled: Sequence[str], work: Work) -> None:
    """Leave out what a part says of its own days, where it is ``settled`` by what is known of all of them."""
    state = piece.dataset.load()
    if state is None:
        return
    kept = tuple(one for one in state.header.notes if not any(part in one for part in settled))
    if kept != state.header.notes:
        state.header = replace(state.header, notes=kept)
        with piece.dataset.place.held():
            piece.dataset.save(state, work.empty)


def _change(piece: Piece, change: Callable[[Exported], None]) -> None:
    """Change the rows of a part, and what it says of their number."""
    dataset = piece.dataset
    with dataset.place.held():
        change(dataset)
        if state := dataset.load():
            state.header = replace(state.header, rows=dataset.rows())
            dataset.save(state, pd.DataFrame)
