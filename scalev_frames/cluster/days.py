"""Stretches of days: the days of a call cut into pieces of some rows, and what their folders are called."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

#: About how many rows a stretch has, and how many a page.
STRETCH_ROWS, PAGE_ROWS = 25_000, 25
#: About how many it has where each row costs a request of its own.
DETAILED_ROWS = 1_000
#: The words for an open side in a folder's name, which must not begin with ``_``: readers leave such folders out.
FIRST, LAST = "start", "end"
_FOLDER = re.compile(rf"({FIRST}|\d{{4}}-\d\d-\d\d)_({LAST}|\d{{4}}-\d\d-\d\d)")
_DAY = dt.timedelta(days=1)


class Span(NamedTuple):
    """Whole days, the last one included; ``None`` where a side is open."""

    first: dt.date | None
    last: dt.date | None

    @property
    def folder(self) -> str:
        """The name of its dataset's folder.

        >>> Span(dt.date(2026, 9, 1), None).folder
        '2026-09-01_end'
        """
        return f"{self.first or FIRST}_{self.last or LAST}"

    @property
    def times(self) -> dict[str, str]:
        """``since`` and ``until`` of its call."""
        return {name: str(day) for name, day in (("since", self.first), ("until", self.last)) if day is not None}


def cut(days: Mapping[dt.date, int], whole: Span, *, detailed: bool = False) -> Iterator[tuple[Span, int]]:
    """The days of a call in stretches of some rows with their number, the oldest first.

    Args:
        days: rows a day.
        whole: the days of the call.
        detailed: whether each row costs a request of its own.

    >>> days = {dt.date(2026, 11, day): 15_000 for day in (1, 2, 3)}
    >>> [(span.folder, rows) for span, rows in cut(days, Span(None, None))]
    [('start_2026-11-02', 30000), ('2026-11-03_end', 15000)]
    """
    inside = {day: days[day] for day in sorted(days) if _is_in(day, whole)}
    start, rows = whole.first, 0
    for day, after in itertools.pairwise([*inside, None]):
        rows += inside[day] if day else 0
        if rows >= (DETAILED_ROWS if detailed else STRETCH_ROWS) and after is not None:
            yield Span(start, after - _DAY), rows
            start, rows = after, 0
    yield Span(start, whole.last), rows


def plan(
    days: Mapping[dt.date, int], whole: Span, folders: Iterable[str], *, detailed: bool = False
) -> list[tuple[Span, int]]:
    """The stretches of a call: those that have a dataset stay, and the days between them are cut anew.

    Args:
        days: rows a day.
        whole: the days of the call.
        folders: names of folders that are there.
        detailed: whether each row costs a request of its own.

    >>> [span.folder for span, _ in plan({}, Span(None, None), ["2026-09-01_2026-09-30", "other"])]
    ['start_2026-08-31', '2026-09-01_2026-09-30', '2026-10-01_end']
    """
    found: list[tuple[Span, int]] = []
    start = whole.first
    for span in _there(folders, whole):
        if span.first is not None and (start is None or start < span.first):
            found += cut(days, Span(start, span.first - _DAY), detailed=detailed)
        found.append((span, sum(count for day, count in days.items() if _is_in(day, span))))
        if span.last is None or (whole.last is not None and span.last >= whole.last):
            return found
        start = span.last + _DAY
    return found + list(cut(days, Span(start, whole.last), detailed=detailed))


def _there(folders: Iterable[str], whole: Span) -> list[Span]:
    """The stretches that have a folder and days of the call, the oldest first."""
    spans = [span for name in set(folders) if (span := read_folder(name)) and _overlap(span, whole)]
    return sorted(spans, key=lambda one: one.first or dt.date.min)


def read_folder(name: str) -> Span | None:
    """The days of a stretch's folder; ``None`` for another one."""
    if not (found := _FOLDER.fullmatch(name)):
        return None
    try:
        return Span(*(None if one in (FIRST, LAST) else dt.date.fromisoformat(one) for one in found.groups()))
    except ValueError:  # no such day
        return None


def _is_in(day: dt.date, span: Span) -> bool:
    return (span.first is None or day >= span.first) and (span.last is None or day <= span.last)


def _overlap(one: Span, other: Span) -> bool:
    return all(a.first is None or b.last is None or a.first <= b.last for a, b in ((one, other), (other, one)))
