"""A kept frame of the same call for other times: what a refresh can begin with where the call itself was never made.

"The last 30 days" is another call every day, and has most of its orders in common with that of the day before. So has
"this month and as many days before", which begins a day earlier every day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from scalev_frames.frames.build import UNDECLARED
from scalev_frames.frames.header import Header
from scalev_frames.pull.reading.combine import completed
from scalev_frames.pull.reading.proof import BY_SERVERS_CLOCK, EARLY, UNREAD
from scalev_frames.pull.refresh.notes import MARK
from scalev_frames.query.query import Query
from scalev_frames.query.time_params import TIME_WORDS

#: With fewer kept rows than these the days before are no cheaper than everything.
FEWEST_LENGTHENED = 1000


def has_rows_of(other: Query, query: Query) -> bool:
    """Whether a call has asked for the rows of ``query`` from its start on, and at least for some of them."""
    begins = other.start is None or (query.start is not None and other.start <= query.start)
    is_later = other.end is None or query.start is None or other.end > query.start
    return begins and is_later and _is_alike(other, query)


def begins_later(other: Query, query: Query, as_of: dt.datetime) -> bool:
    """Whether the frame of a call has the rows of ``query`` but for the first days, which are the smaller part.

    What was made since ``as_of`` is not among them.
    """
    if query.start is None or other.start is None or other.start <= query.start or not _is_alike(other, query):
        return False
    end = min(one for one in (query.end, other.end, as_of) if one is not None)
    return other.start - query.start < end - other.start


def is_worth(other: Query, query: Query, header: Header) -> bool:
    """Whether the frame of a call, of which ``header`` is, is cheaper with the days before than everything anew."""
    rows, as_of = header.rows or 0, header.as_of
    return rows >= FEWEST_LENGTHENED and as_of is not None and begins_later(other, query, as_of)


def lengthened(kept: pd.DataFrame, first: pd.DataFrame, query: Query) -> pd.DataFrame | None:
    """A frame for a call that begins earlier: with the rows of the days before, which were read later than its own.

    ``None`` where some of these may be missing.
    """
    if not tells_all(first.attrs["notes"]):
        return None
    frame, notes = completed(cut(kept, query), first, query)
    header = Header.of(kept)
    said = dict.fromkeys([*header.notes, *Header.of(first).notes, *notes])
    return replace(header, notes=tuple(said)).onto(frame)


def _is_alike(other: Query, query: Query) -> bool:
    """Whether two calls differ in their times alone."""
    is_part = other.limit is not None or other.applied
    return not is_part and _untimed(other.filters) == _untimed(query.filters) and other.basis in (None, query.basis)


def tells_all(notes: Iterable[str]) -> bool:
    """Whether the notes of a frame doubt none of its rows, so that a part of it is whole, too."""
    return all(one.startswith((MARK, BY_SERVERS_CLOCK)) or one.endswith((EARLY, UNREAD, UNDECLARED)) for one in notes)


def cut(kept: pd.DataFrame, query: Query) -> pd.DataFrame:
    """The rows of a frame that lie within the times of a call, by its own time, else by their creation."""
    moments = kept["draft_time"].fillna(kept["created_at"])
    is_inside = pd.Series(True, index=kept.index)
    if query.start is not None:
        is_inside &= moments >= query.start
    if query.end is not None:
        is_inside &= moments < query.end
    return kept[is_inside].reset_index(drop=True)


def _untimed(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if name not in TIME_WORDS}
