"""What workers fetch for a reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from scalev_frames.pull.split.cursors import Question
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.wire.paging import Pages


class PageJob(NamedTuple):
    """The next page of a part."""

    timeline: Timeline
    part: Part
    asked: Mapping[str, Any]


class SeekJob(NamedTuple):
    """A place to split a list."""

    timeline: Timeline
    at: dt.datetime
    pages: Pages


class CursorJob(NamedTuple):
    """Whether cursors hold filters."""

    timeline: Timeline
    question: Question
    pages: Pages


class EndJob(NamedTuple):
    """Whether there is nothing behind the last page of a list."""

    timeline: Timeline
    part: Part
    pages: Pages


class CountsJob(NamedTuple):
    """The server's counts."""

    place: int
    asked: tuple[str, Mapping[str, Any]]
