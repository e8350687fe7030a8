"""Whether lists end where the server says so: what is behind a last page is asked for where that is in doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from scalev_frames.errors import ServerError
from scalev_frames.pull.reading.collecting import OPEN_END, Collector
from scalev_frames.pull.reading.sources import REFUSED
from scalev_frames.pull.reading.workers import Done, Job
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.times import to_stamp
from scalev_frames.wire.answers.layout import BadPageError, Layout
from scalev_frames.wire.answers.paging import Page, Pages


class Ends:
    """The ends of a call's lists.

    Args:
        collector: takes rows in.
        timelines: one for each list.
        ask: sends a request.
    """

    def __init__(self, collector: Collector, timelines: Sequence[Timeline], ask: Callable[[Job], None]) -> None:
        self._collector, self._timelines, self._ask = collector, timelines, ask
        self._asked: set[Part] = set()

    def read_on(self) -> bool:
        """Read lists on that the server wrongly ended, or that are wanted further down; whether there are any."""
        short = [(timeline, end) for timeline in self._timelines if (end := timeline.short_end())]
        for timeline, end in short:
            if end.pages.beyond or end in self._asked or end.pages.read.length < 2:
                self._collector.read_on(end)
            else:
                self._asked.add(end)
                self._ask_behind(timeline, end, end.pages.behind())
        down = [timeline for timeline in self._timelines if timeline.read_down()]
        return bool(short or down)

    def full(self) -> list[tuple[Timeline, Part]]:
        """The lists whose last page is full, with the part that has it."""
        lines = [(timeline, timeline.order()) for timeline in self._timelines]
        return [(timeline, line[-1]) for timeline, line in lines if line and line[-1].pages.ends_full]

    def prove(self, most: int) -> None:
        """Ask for what is behind full last pages, where no counts can show that they are the last; N at once."""
        doubtful = [(timeline, end) for timeline, end in self.full() if not timeline.is_counted(end)]
        for timeline, end in doubtful[:most]:
            end.pages.ends_full = False
            self._ask_behind(timeline, end, end.pages.behind())

    def _ask_behind(self, timeline: Timeline, end: Part, pages: Pages) -> None:
        self._ask(Job(end.path, pages.asked(), partial(self._settle, timeline, end, pages)))

    def _settle(self, timeline: Timeline, end: Part, pages: Pages, done: Done) -> None:
        """Read the list on where there are rows behind its end that no part has; else ask once more, by another way."""
        page = page_of(pages, done)
        is_shorter = not end.pages.beyond and "page_size" in pages.params
        if page and not is_shorter and any(timeline.lacks(row) for row in page.rows if row != end.pages.read.last):
            self._collector.read_on(end)
        elif not end.pages.beyond and (below := self._below(end, pages, page)):
            self._ask_behind(timeline, end, below)

    def _below(self, end: Part, asked: Pages, page: Page | None) -> Pages | None:
        """Take in the answer to a last page that was asked for a row shorter: its cursor leads on to that row.

        Returns:
            What asks by time instead, where the server sends no shorter pages.
        """
        pages, until, notes = end.pages, self._collector.query.until, self._collector.outcome.notes
        pages.beyond = dict(page.following or {}) if page else {}
        pages.ends_full, is_shorter = bool(pages.beyond), "page_size" in asked.params
        if not pages.ends_full and is_shorter and until and end.bottom:
            return Pages({**pages.params, until: to_stamp(end.bottom, up=True)}, Layout(paged=True))
        if not pages.ends_full and (is_shorter or page is None) and OPEN_END not in notes:
            notes.append(OPEN_END)
        return None


def page_of(pages: Pages, done: Done) -> Page | None:
    """The page that came for ``pages``; ``None`` where the server does not let itself be asked for it."""
    if done.error is not None:
        if not isinstance(done.error, (*REFUSED, ServerError)):
            raise done.error
        return None
    try:
        return pages.take(done.result)
    except BadPageError:
        return None
