"""Where a long list is cut, so that no more than a segment of it is ever in memory. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from scalev_frames.pull.split.density import Density
from scalev_frames.query.filters import Bound
from scalev_frames.query.query import Query
from scalev_frames.query.times import before, to_stamp
from scalev_frames.verify.statistics import Statistics

#: About how many rows a segment has.
SEGMENT_ROWS = 25_000
#: About how many segments long a window is in which changes are looked for: it takes the memory of one segment.
WINDOW_SEGMENTS = 4
#: About how many rows have their details in memory at once.
DETAIL_ROWS = 2_000
#: A segment that would leave fewer than this share of another one takes that, too.
REST = 0.5
#: A segment of unknown density is made this many times as long, or as short, as the one before.
STEP = 4.0

#: From a first moment to before another one; nothing where the list itself ends.
Window = tuple[dt.datetime | None, dt.datetime | None]


def lower_bound(
    upper: dt.datetime, lowest: dt.datetime | None, density: Density | None, days: float
) -> dt.datetime | None:
    """The moment down to which the next segment is read; ``lowest`` where it is the last one.

    Args:
        upper: the moment from which it is read.
        lowest: the first moment asked for, or nothing.
        density: how the rows lie, where the server says so.
        days: how long it is where the server does not.

    >>> noon = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    >>> lower_bound(noon, None, None, 2.0).isoformat()
    '2026-10-30T12:00:00+00:00'
    """
    rows = density.between(lowest, upper) if density else math.inf
    if density is not None and rows < math.inf:
        if rows <= SEGMENT_ROWS * (1 + REST):
            return lowest
        lower = density.place(lowest, upper, SEGMENT_ROWS / rows)
    else:
        lower = before(upper, dt.timedelta(days=days))
    lower = min(lower, before(upper, dt.timedelta(minutes=1)))
    return lower if lowest is None else max(lower, lowest)


def next_days(days: float, rows: int) -> float:
    """The length in days of the segment after one that had ``rows``.

    >>> next_days(1.0, 100), next_days(8.0, 200_000), next_days(8.0, 20_000)
    (4.0, 2.0, 8.0)
    """
    if rows < SEGMENT_ROWS / 2:
        return min(days * STEP, 4000.0)
    return max(days / STEP, 1 / 24) if rows > SEGMENT_ROWS * 2 else days


def cut_windows(days: Mapping[dt.date, int], query: Query, counts: Statistics) -> Iterator[Window]:
    """The times of a call in windows of whole days, `WINDOW_SEGMENTS` segments long, the newest first."""
    end, rows = query.end, 0
    for day in sorted(days, reverse=True):
        rows += days[day]
        start = counts.starts(day)
        inside = (query.start is None or start > query.start) and (query.end is None or start < query.end)
        if rows >= SEGMENT_ROWS * WINDOW_SEGMENTS and inside:
            yield start, end
            end, rows = start, 0
    yield query.start, end


def within(query: Query, window: Window) -> Query:
    """The rows of a call that were made in ``window``; the call is of a list with a timeline, by no other time."""
    basis, (start, end) = query.endpoint.timeline, window
    if basis is None:
        return query
    bounds = [bound for bound in query.bounds if bound.column != basis.column]
    params = query.params
    if start is not None:
        bounds.append(Bound("", basis.column, start, is_until=False, keeps_undated=True))
    if end is not None:
        bounds.append(Bound(basis.until, basis.column, end, is_until=True, keeps_undated=True))
        params = tuple({**one, basis.until: to_stamp(end, up=True)} for one in params)
    return replace(query, basis=basis, start=start, end=end, bounds=tuple(bounds), params=params)
