"""A part: a stretch of one list, which one worker at a time reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scalev_frames.query.times import parse_stamp
from scalev_frames.wire.answers.layout import Row
from scalev_frames.wire.answers.paging import Pages, without

Moment = dt.datetime


@dataclass(eq=False, slots=True)
class Part:
    """A stretch of one list, read by one worker at a time.

    Attributes:
        number: which of the call's lists it belongs to.
        path: the list's address.
        pages: how far it has been read.
        parents: ids in the path, by parameter.
        start: the id of the row that it begins behind; ``None`` at the top of the list.
        begins: the cursor that it begins with.
        above: how many rows of the list are above that, where it was read earlier; zero where nobody knows.
        upper: the end of the times asked for, until it is known where the list begins; see `beginning`.
        top: the newest moment read, or that of the row it begins behind.
        bottom: the oldest moment read.
        ids: the ids read, each with its place.
        ended: whether it has come to the end of what is wanted.
        met: the part that continues where this one has stopped.
        behind: the part whose start, or some of whose rows, were read last: both have yet to meet.
        rest: rows that were read and belong to the part met, or wait for `behind` to be read.
        dropped: whether it turned out to be of no use.
        busy: whether a worker is reading it.
    """

    number: int
    path: str
    pages: Pages
    parents: Mapping[str, str] = field(default_factory=dict)
    start: str | None = None
    begins: dict[str, Any] = field(default_factory=dict)
    above: int = 0
    upper: Moment | None = None
    top: Moment | None = None
    bottom: Moment | None = None
    ids: dict[str, int] = field(default_factory=dict)
    ended: bool = False
    met: Part | None = None
    behind: Part | None = None
    rest: list[Row] = field(default_factory=list)
    dropped: bool = False
    busy: bool = False

    def below(self, start: str, begins: Mapping[str, Any], until: str) -> Part:
        """A part of the same list from behind a row on, without the filter ``until``."""
        pages = Pages(without(self.pages.params, until), self.pages.layout, dict(begins))
        return Part(self.number, self.path, pages, self.parents, start=start, begins=dict(begins))

    def noted(self) -> list[Any]:
        """Where it begins, as JSON values, of which `parts_below` makes it again."""
        return [self.number, self.start, self.begins, str(self.top)]

    @property
    def reads_on(self) -> bool:
        """Whether there is something left to read."""
        return not (self.ended or self.dropped or self.met or self.waits)

    @property
    def waits(self) -> bool:
        """Whether it has read rows of the part below that the part itself has not read yet."""
        return self.behind is not None and bool(self.rest)


def parts_below(top: Part, until: str, noted: Iterable[Sequence[Any]]) -> list[Part]:
    """The parts that an earlier run of the same pull has split off the list of ``top``; see `Part.noted`."""
    found = []
    for number, start, begins, moment, *_ in noted:  # journals of earlier versions say more
        if number == top.number:
            part = top.below(start, begins, until)
            part.top = part.bottom = Moment.fromisoformat(moment)
            found.append(part)
    return found


def rows_down_to(line: Sequence[Part]) -> int:
    """How many rows of a list there are from its top to the end of its parts; zero where nobody knows."""
    if line[0].begins and not line[0].above:
        return 0
    return line[0].above + (line[0].pages.read.rows if len(line) == 1 else len(set().union(*(one.ids for one in line))))


def created(row: Mapping[str, Any]) -> Moment | None:
    """When an order was made: what the list is ordered by."""
    return parse_stamp(row.get("created_at") or row.get("draft_time"))


def both_times(row: Mapping[str, Any]) -> tuple[Moment | None, Moment | None]:
    """When an order was made, and its draft time."""
    return parse_stamp(row.get("created_at")), parse_stamp(row.get("draft_time"))


def id_of(row: Mapping[str, Any]) -> str | None:
    """The row's id as text."""
    one = row.get("id")
    return None if one is None else str(one)
