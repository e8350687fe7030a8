"""The rows of a dataset by day, held against the server's counts."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from scalev_frames.cache.facts import NO_FURTHER
from scalev_frames.cache.journal import Journal
from scalev_frames.export.dataset.exported import MADE
from scalev_frames.pull.exporting.known import Known, hashes_of
from scalev_frames.pull.exporting.work import Work
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.counting import count_late
from scalev_frames.pull.reading.further import Search
from scalev_frames.pull.reading.lists import days_again, whole_lists
from scalev_frames.pull.reading.proof import broken_promise, disproved, early_note, note, stretches, unread_note
from scalev_frames.pull.reading.sources import REFUSED
from scalev_frames.pull.split.ending import MOST_LAG
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.pull.whole.whole import FEW_AGAIN, ROUNDS
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import BASES, Bases, Difference, Statistics, created_days, fewest_differing
from scalev_frames.wire.answers.layout import Row


def prove(work: Work) -> None:
    """Hold the dataset against the counts; days that lack rows are read again, and what still differs is noted.

    Raises:
        BadPageError: it still lacks days behind a page that promised more.
    """
    together = work.counted()
    if together is None:
        work.note(*work.engine.facts.not_compared(work.query))
        return
    found, again = find_differing(work.dataset.frames(MADE), work.query, together), list[Timeline]()
    for _ in range(ROUNDS):
        before = work.dataset.rows()
        again = read_missing(work, next(iter(found.values())))
        if not again:
            break
        together = work.counted() or together
        found = find_differing(work.dataset.frames(MADE), work.query, together)
        if work.dataset.rows() == before:
            break
    found, differing = (found, next(iter(found.values()))) if work.is_part else look_further(work, together, found)
    if differing:
        if error := broken_promise([*work.ended, *again], differing, together):
            raise error
        work.note(note(differing))
    wrong = disproved([*found])
    work.under_way.notes = [one for one in work.under_way.notes if one not in wrong]


def look_further(work: Work, counts: Statistics, found: Bases) -> tuple[Bases, list[Difference]]:
    """Read orders of days that lack some which stand elsewhere in the lists; ``found`` is what differs from ``counts``.

    Gives what differs from them then, and what is to be noted.
    """
    query = work.query

    def differ(counts: Statistics) -> Bases:
        return find_differing(work.dataset.frames(MADE), query, counts)

    search = Search.of(query, work.source(), counts, differ, work.dataset.rows())
    if search is None or work.engine.facts.known(query) & NO_FURTHER:
        return found, search.differing if search else next(iter(found.values()))
    known = Known([hashes_of(work.dataset)])

    def read(journal: Journal) -> None:
        def take(part: Part, rows: list[Row]) -> bool:
            fresh = known.add(rows)
            search.see(fresh)
            part.ended |= search.is_done
            return work.sink.take(part, fresh)

        work.read(Collector(query, work.source(journal), take), whole_lists(query))
        work.sink.flush()

    differing = search.differing
    with contextlib.suppress(*REFUSED):
        work.journaled(read, "further", changes=False)
        if recounted := count_late(query, work.source()) if search.is_late else work.counted():
            by_basis = differ(recounted)
            differing, found = next(iter(by_basis.values())), found if search.is_late else by_basis
            for fact in search.found_out(by_basis):
                work.engine.facts.remember(fact, query.endpoint.name)
    return found, differing


def read_missing(work: Work, differing: list[Difference]) -> list[Timeline]:
    """Read days that lack rows again, as these lists; none where no day does, or the server refuses to be asked."""
    read: list[Timeline] = []
    missing = stretches(differing)
    if sum(one.theirs for one in differing if one.theirs > one.ours) > max(work.dataset.rows() / 5, FEW_AGAIN):
        missing = missing[-1:]
    looks_above = work.engine.settings.spoken != "v3"
    try:
        for stretch in missing:
            timelines = days_again(work.query, [stretch], work.zone, looks_above=looks_above)
            work.read(Collector(work.query, work.source(), work.sink.take), timelines)
            work.sink.flush()
            read += timelines
    except REFUSED:
        return []
    return read


def find_differing(frames: Iterable[pd.DataFrame], query: Query, counts: Statistics) -> Bases:
    """The days on which frames of `MADE` and the server count another number; see `fewest_differing`."""
    ours: dict[str, Counter[dt.date]] = {basis: Counter() for basis in BASES}
    for frame in frames:
        for basis, own in ours.items():
            own.update(created_days(frame, counts.zone, basis).dropna())
    return fewest_differing(ours, counts, counts.asked_days(query))


def time_notes(work: Work) -> list[str]:
    """What a frame says of rows made before the times asked for and without a time; nothing beside other calls'."""
    query = work.query
    if query.basis is None or work.state.earlier:
        return []
    names = [*dict.fromkeys([*MADE, query.basis.column])]
    frames = [_odd(frame, names, query.start) for frame in work.dataset.frames(names)]
    rows = pd.concat([one for one in frames if len(one)] or frames[:1] or [work.empty()[names]], ignore_index=True)
    return [*early_note(rows, query), *unread_note(rows, query)]


def _odd(frame: pd.DataFrame, names: Sequence[str], start: dt.datetime | None) -> pd.DataFrame:
    """The rows of which there may be something to say: all where their times could not be read."""
    if not all(isinstance(frame[name].dtype, pd.DatetimeTZDtype) for name in names):
        return frame
    drafted, made = (frame[name] for name in MADE)
    odd = (drafted - made) > MOST_LAG
    for name in names:
        odd |= frame[name].isna() | (frame[name].dt.year <= 1)
    return frame[odd if start is None else odd | (made < start)]
