"""Looks for places at which a list can be split, and whether parts can begin there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial

from scalev_frames.errors import ServerError
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.ends import page_of
from scalev_frames.pull.reading.pace import Latency
from scalev_frames.pull.reading.workers import Done, Job
from scalev_frames.pull.split.cursors import Cursors, Question, names_last_row
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.times import parse_stamp, to_stamp
from scalev_frames.wire.answers.layout import Layout
from scalev_frames.wire.answers.paging import Page, Pages, without


class Seeks:
    """The seeks in a call's lists, and what they show of its cursors.

    Args:
        collector: takes rows in.
        timelines: one for each list.
        cursors: what is known of their cursors.
        ask: sends a request.
    """

    def __init__(
        self, collector: Collector, timelines: Sequence[Timeline], cursors: Cursors, ask: Callable[[Job], None]
    ) -> None:
        self._collector, self._timelines, self._cursors, self._ask = collector, timelines, cursors, ask
        self._query, self._journal = collector.query, collector.source.journal
        self._early: list[Callable[[], None]] = []

    def see(self, part: Part, page: Page) -> None:
        """Drop the time filter where the cursor is a row's id; else the page may serve for a question about cursors."""
        basis = self._query.endpoint.timeline
        if names_last_row(page):
            part.pages.params = without(part.pages.params, self._query.until)
        elif basis is not None and page.following is not None:
            is_below = part.start is not None
            self._cursors.see(page, lambda row: parse_stamp(row.get(basis.column)), is_below=is_below)

    def look(self, latency: Latency, free: int, *, is_counted: bool) -> None:
        """Look for places to split the lists, where more workers would help.

        Args:
            latency: how long requests take.
            free: how many workers have nothing to read, but for what is ready to be read on.
            is_counted: whether the server's counts say where to look.
        """
        if latency.workers() <= 1 or not any(one.can_seek for one in self._timelines):
            return
        free -= sum(1 for timeline in self._timelines for _ in timeline.ready())
        left = [timeline.left() for timeline in self._timelines]
        piece = latency.longest_part(sum(map(Timeline.guessed, self._timelines, left)))
        for timeline, rows in zip(self._timelines, left, strict=True):
            uneven = max(rows.values(), default=0.0) > piece
            if not self._may_seek(timeline, is_long=uneven, is_counted=is_counted):
                continue
            for at in timeline.seeks(max(free, int(uneven)), piece, only_long=free < 1):
                self._ask_at(timeline, at, partial(self._settle_seek, timeline, at))
                free -= 1

    def _may_seek(self, timeline: Timeline, *, is_long: bool, is_counted: bool) -> bool:
        """Whether parts can begin where a time filter leads; asks about the cursors once the list is long enough.

        Where the counts tell the places, these are sought beside the question, and wait for its answer.
        """
        if (asked := self._cursors.ask(is_long=is_long)) is not None:
            self._ask_at(timeline, asked.until, partial(self._settle_question, asked), page_size=str(asked.size))
        return self._cursors.kind in ("ids", "free") or (self._cursors.asking and is_counted)

    def _ask_at(self, timeline: Timeline, at: dt.datetime, settle: Callable[[Pages, Done], None], **more: str) -> None:
        """Ask for a page of a list with its time filter."""
        top = timeline.parts[0]
        pages = Pages({**top.pages.params, self._query.until: to_stamp(at), **more}, Layout(paged=True))
        self._ask(Job(top.path, pages.asked(), partial(settle, pages)))

    def _settle_question(self, question: Question, pages: Pages, done: Done) -> None:
        page = page_of(pages, done)
        fails = None if isinstance(done.error, ServerError) else False
        self._cursors.answer(question.compare(page) if page else fails)
        if self._cursors.kind == "bound":
            for timeline in self._timelines:
                self._collector.absorb(timeline.read_in_one())
        early, self._early = self._early, []
        for settle in early:
            settle()

    def _settle_seek(self, timeline: Timeline, at: dt.datetime, pages: Pages, done: Done) -> None:
        if self._cursors.kind == "open":
            self._early.append(partial(self._settle_seek, timeline, at, pages, done))
            return
        page = page_of(pages, done)
        part = timeline.found(at, page, self._part_below(timeline, page) if page else None)
        if part is not None and self._journal is not None:  # before anything is asked for beyond it
            parts = (one for timeline in self._timelines for one in timeline.parts if one.start and not one.dropped)
            self._journal.remember([one.noted() for one in parts if one.top])

    def _part_below(self, timeline: Timeline, page: Page) -> Part | None:
        """The part that reads the plain list from the last row of ``page`` on."""
        if page.following is None or not page.rows:
            return None
        if not names_last_row(page) and (self._cursors.kind != "free" or page.rows[-1].get("id") is None):
            timeline.can_seek = False  # the cursor may be bound to the filter, and hide what the filter hides
            return None
        return timeline.parts[0].below(str(page.rows[-1]["id"]), page.following, self._query.until)
