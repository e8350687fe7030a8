"""What a comparison with the server's counts says: in a sentence, and as days to read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import pandas as pd

from scalev_frames.errors import FilterIgnoredError
from scalev_frames.plurals import counted
from scalev_frames.pull.reading.sources import Outcome
from scalev_frames.pull.split.ending import MOST_LAG
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.query import Query
from scalev_frames.query.times import DAY, parse_stamp
from scalev_frames.verify.statistics import Difference, Statistics
from scalev_frames.wire.answers.layout import BadPageError

#: Days one after the other: the first and the last.
Stretch = tuple[dt.date, dt.date]
#: How many differing days a note names.
MOST_NAMED = 5
#: What the note about orders made before the times asked for says of them.
EARLY = "have a draft time after it; others may stand further down the list"
#: What notes say that do not hold where a call asks for no such bound.
WITHOUT_SINCE, WITHOUT_UNTIL = "without since= they are there", "without until= they are there"
#: What a note on days that differ from the counts says of them.
DIFFERS = "the server's list and its statistics do not agree"
#: What the note on a computer's clock that is not the server's begins with.
BY_SERVERS_CLOCK = "as_of is by the server's clock"
#: Said where an order has its draft time so late that others like it may stand below where the list was read to.
LATER = (
    f"some draft times are more than {MOST_LAG.days} days later than their order's creation, so orders that were made "
    "before the times asked for may be missing; without since= they are there"
)
#: What the note about rows whose time cannot be read says of it.
UNREAD = "that can be read, and are there whatever times were asked for"

#: Said where a list had to be read with a time filter to its end.
UNSEEN_UNDATED = (
    "orders without a draft time may be missing: this server can hide them behind an end, and this list cannot be read "
    "from above it for little; without until= they are there"
)
#: Said where a list that was not read to its end is ordered by draft time, and where nothing tells whether it is.
BY_DRAFT_TIME = (
    "the server lists orders by draft time, so those without one may stand at the list's end, which was not read; "
    "without since= they are there"
)
MAYBE_BY_DRAFT_TIME = (
    "if the server lists orders by draft time, which nothing shows here, those without one stand at the list's end, "
    "which was not read; without since= they are there"
)
#: Said where a list begins below its top, as a filter led there that may hide such orders.
LATE_UNDATED = (
    "orders without a draft time that were entered after the end asked for and dated back may be missing; without "
    "until= they are there"
)

#: Said of a list whose pages are numbered, or begin at the n-th row, where no count proves it.
BY_PLACE = (
    "a page of this list is found by how many rows are above it, so rows behind one that was deleted meanwhile may be "
    "missing"
)


def note(differing: Sequence[Difference]) -> str:
    """What differs, in a sentence."""
    named = ", ".join(f"{one.day} ({one.ours:,} of {one.theirs:,})" for one in differing[-MOST_NAMED:])
    others = " and others" if len(differing) > MOST_NAMED else ""
    return f"on {counted(len(differing), 'day')} {DIFFERS}: {named}{others}"


def broken_promise(
    timelines: Iterable[Timeline], differing: Iterable[Difference], counts: Statistics
) -> BadPageError | None:
    """The error of a list that ended on an empty page, where more was promised and is counted behind its last row."""
    lacking = [one for one in differing if one.theirs > one.ours]
    for timeline in timelines:
        end = (timeline.order() or timeline.parts[:1])[-1]
        days = [one for one in lacking if end.bottom is None or counts.starts(one.day + DAY) <= end.bottom]
        if days and end.pages.doubted and not end.pages.read.length:
            behind = sum(one.theirs - one.ours for one in days)
            what = f"The server promised more rows and counts {behind:,} more, and sent an empty page twice."
            return BadPageError(what, end.pages.asked())
    return None


def applied_note(error: FilterIgnoredError) -> str:
    """That a filter was applied here, in a sentence."""
    return f"the server {error.how} {error.filter}, so everything was fetched and filtered here"


def stretches(differing: Iterable[Difference]) -> list[Stretch]:
    """The days on which rows are missing, as stretches from a first to a last day."""
    found: list[Stretch] = []
    for day in sorted(one.day for one in differing if one.theirs > one.ours):
        if found and day - found[-1][1] <= DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def early_note(frame: pd.DataFrame, query: Query) -> list[str]:
    """How many orders were made before the times asked for, and lie within them by their draft time, in a sentence.

    A second one says where others may do so that are missing.
    """
    basis, made, drafted = query.basis, frame.get("created_at"), frame.get("draft_time")
    if query.start is None or basis is None or basis.since or basis != query.endpoint.timeline or made is None:
        return []
    if not isinstance(made.dtype, pd.DatetimeTZDtype):
        return []
    early = int((made < query.start).sum())
    notes = [f"{counted(early, 'order')} made before {query.start:%Y-%m-%d %H:%M}Z {EARLY}"] if early else []
    is_later = (
        drafted is not None and isinstance(drafted.dtype, pd.DatetimeTZDtype) and (drafted - made).max() > MOST_LAG
    )
    return [*notes, LATER] if is_later else notes


def unread_note(frame: pd.DataFrame, query: Query) -> list[str]:
    """How many orders have no time that can be read, and so are there whatever times were asked for, in a sentence."""
    if query.basis is None:
        return []
    names = [query.basis.column, *(["created_at"] if query.basis.column == "draft_time" else [])]
    there = [name for name in names if name in frame]
    if not there:
        return []
    first, last = frame[there[0]], frame[there[-1]]
    if all(isinstance(one.dtype, pd.DatetimeTZDtype) for one in (first, last)):
        count = len(frame) - int((first.fillna(last).dt.year > 1).sum())
    else:
        times = first.astype(object).where(first.notna(), last.astype(object))
        count = sum(not _is_time(one) for one in times)
    return [f"{counted(count, 'row', 'have')} no {' or '.join(names)} {UNREAD}"] if count else []


def limit_note(query: Query, lists: int, outcome: Outcome) -> list[str]:
    """Which rows a limit has left of several lists that are in no common order, in a sentence."""
    if outcome.complete or lists == 1 or query.endpoint.timeline is not None:
        return []
    return [f"limit={query.limit} took the rows that came first of {lists:,} lists, which another call may not repeat"]


def _is_time(value: object) -> bool:
    """Whether a cell is a time, or a text of one, that is known."""
    return value.year > 1 if isinstance(value, dt.datetime) else parse_stamp(value) is not None


def order_notes(query: Query, timelines: Iterable[Timeline]) -> list[str]:
    """Whether orders without a draft time may stand at the end of a list that was not read to its end, in a sentence.

    They do where a server lists orders by draft time, which shows where that and the creation give another order.
    """
    if query.start is None or query.basis != query.endpoint.timeline or query.limit is not None:
        return []
    unread = [timeline for timeline in timelines if not (timeline.order() or timeline.parts)[-1].pages.ended]
    orders = [timeline.ending.order for timeline in unread if timeline.ending.order.by_draft_time]
    if any(not order.by_creation for order in orders):
        return [BY_DRAFT_TIME]
    return [MAYBE_BY_DRAFT_TIME] if orders else []


def disproved(bases: Sequence[str]) -> list[str]:
    """What the server's counts show that is not so, where it counts by these bases: the best ones, of `BASES`."""
    if "draft_time" not in bases:
        return [MAYBE_BY_DRAFT_TIME, LATE_UNDATED]
    return [LATE_UNDATED] if bases[0] != "draft_time" else []
