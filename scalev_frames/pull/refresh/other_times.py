"""A kept frame of the same call for other times: what a refresh can begin with where the call itself was never made.

"The last 30 days" is another call every day, and has most of its orders in common with that of the day before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from scalev_frames.frames.build import UNDECLARED
from scalev_frames.pull.reading.proof import BY_SERVERS_CLOCK, EARLY, UNREAD
from scalev_frames.pull.refresh.notes import MARK
from scalev_frames.query.query import Query
from scalev_frames.query.time_params import TIME_WORDS


def has_rows_of(other: Query, query: Query) -> bool:
    """Whether a call has asked for the rows of ``query`` from its start on, and at least for some of them."""
    if _untimed(other.filters) != _untimed(query.filters) or other.limit is not None or other.applied:
        return False
    if other.basis not in (None, query.basis):
        return False
    begins = other.start is None or (query.start is not None and other.start <= query.start)
    return begins and (other.end is None or query.start is None or other.end > query.start)


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
