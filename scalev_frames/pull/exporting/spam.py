"""Spam marks that the list leaves out, asked for by the filter of that name, as for a frame."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from scalev_frames.cache.journal import Journal
from scalev_frames.errors import ApiError, FilterIgnoredError, IncompleteError
from scalev_frames.export.dataset.part_index import Hashes, hashes_of
from scalev_frames.frames.spam import FILLED, IGNORED, SPAM
from scalev_frames.pull.exporting.work import Work
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.lists import make_timelines
from scalev_frames.pull.reading.reader import Reader
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.whole.spam import asks_for_spam, spam_query
from scalev_frames.wire.answers.layout import Row


def fill_marks(work: Work) -> None:
    """Fill in which orders of the dataset are probably spam, where the list said it of none."""
    run, before = work.under_way, work.state.header.notes
    filled = FILLED in (*run.notes, *before)
    if not asks_for_spam(work.query) or not work.dataset.rows() or not (filled or lacks_marks(work)):
        return
    try:
        spam = work.journaled(partial(find_spam, work), "spam", changes=False)
    except FilterIgnoredError:
        work.note(IGNORED)
        return
    except (ApiError, IncompleteError):
        return  # reports say that it is not known
    if len(spam) >= work.dataset.rows():
        work.note(IGNORED)
        return
    work.note(FILLED)
    work.save()  # what follows may be stopped half-way
    work.dataset.mark(SPAM, spam)


def lacks_marks(work: Work) -> bool:
    """Whether the dataset says of no order whether it is spam."""
    return not any(frame[SPAM].notna().any() for frame in work.dataset.frames([SPAM]))


def find_spam(work: Work, journal: Journal) -> Hashes:
    """Hashes of the ids of all orders that the server gives for the filter, which it is seen to obey: they are few.

    Raises:
        FilterIgnoredError: it does not.
        ScalevError: whatever else stopped it.
    """
    query, source, found = spam_query(work.query), work.source(journal), [np.zeros(0, np.uint64)]

    def take(_: Part, rows: list[Row]) -> bool:
        ids = [str(row["id"]) for row in rows if row.get("id") is not None]
        found.append(hashes_of(pa.array(ids, pa.large_string())))
        return True

    work.engine.check_blind_filters(query, source)
    collector = Collector(query, source, take)
    Reader(collector, make_timelines(query, source.splits), proves=True).read()
    work.progress.pages += collector.outcome.pages
    work.progress.rows += collector.outcome.rows
    return np.unique(np.concatenate(found))
