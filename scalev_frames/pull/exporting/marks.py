"""Spam marks that the list leaves out, asked for by the filter of that name, as for a frame."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.errors import ApiError, FilterIgnoredError, IncompleteError
from scalev_frames.export.dataset.exported import Run, State
from scalev_frames.export.dataset.part_index import Hashes, hashes_of
from scalev_frames.frames.header import Header
from scalev_frames.frames.spam import FILLED, IGNORED, SPAM
from scalev_frames.pull.exporting.whole import read_segment
from scalev_frames.pull.exporting.work import Work
from scalev_frames.pull.reading.spam import asks_for_spam, spam_query


def fill_marks(work: Work) -> None:
    """Fill in which orders of the dataset are probably spam, where the list said it of none."""
    run, before = work.under_way, work.state.header.notes
    filled = FILLED in (*run.notes, *before)
    if not asks_for_spam(work.query) or not work.dataset.rows() or not (filled or lacks_marks(work)):
        return
    try:
        spam = Marked(work).find()
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


class Marked(Work):
    """The list of all orders that the server gives for the filter; nothing but hashes of their ids is kept."""

    def __init__(self, work: Work) -> None:
        super().__init__(work.engine, spam_query(work.query), work.call, work.dataset)
        self.state = State("", Header(), Run(work.under_way.begun))
        self.whole, self.hashes = work, [np.zeros(0, np.uint64)]

    def find(self) -> Hashes:
        """The hashes of their ids, sorted.

        Raises:
            ScalevError: whatever stopped it.
        """
        run = self.under_way
        while run.number < len(self.query.params):
            ended, _ = read_segment(self, run, None)
            if ended:
                run.number, run.anchors, run.days = run.number + 1, [], 1.0
        self.whole.progress.pages += self.progress.pages
        self.whole.progress.rows += self.progress.rows
        return np.unique(np.concatenate(self.hashes))

    def save(self) -> None:
        """Nothing: the dataset is not theirs."""

    def write(self, frame: pd.DataFrame, notes: Iterable[str]) -> None:  # noqa: ARG002 - the list's own notes are known
        """Keep the hashes of the ids."""
        self.hashes.append(hashes_of(pa.array(frame["id"].dropna().astype(str), pa.large_string())))
