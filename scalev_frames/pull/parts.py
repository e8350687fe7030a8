"""A part: a stretch of one list, which one worker at a time reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scalev_frames.wire.paging import Pages, Row

Moment = dt.datetime
#: A stretch to read: from where, down to where if known, and about how many rows.
Gap = tuple[Moment, Moment | None, float]


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
        top: the newest moment read, or that of the row it begins behind.
        bottom: the oldest moment read.
        ids: the ids read, each with its place.
        ended: whether it has come to the end of what is wanted.
        met: the part that continues where this one has stopped.
        behind: the part whose start was the last row read: what follows must be its first row.
        rest: rows that were read and belong to the part met, or wait for `behind` to be read.
        dropped: whether it turned out to be of no use.
        busy: whether a worker is reading it.
        older: how many of the last rows, one after the other, were older than wanted.
    """

    number: int
    path: str
    pages: Pages
    parents: Mapping[str, str] = field(default_factory=dict)
    start: str | None = None
    begins: dict[str, Any] = field(default_factory=dict)
    top: Moment | None = None
    bottom: Moment | None = None
    ids: dict[str, int] = field(default_factory=dict)
    ended: bool = False
    met: Part | None = None
    behind: Part | None = None
    rest: list[Row] = field(default_factory=list)
    dropped: bool = False
    busy: bool = False
    older: int = 0

    @property
    def reads_on(self) -> bool:
        """Whether there is something left to read."""
        waits = self.behind is not None and bool(self.rest)
        return not (self.ended or self.dropped or self.met or waits)


def id_of(row: Mapping[str, Any]) -> str | None:
    """The row's id as text."""
    one = row.get("id")
    return None if one is None else str(one)
