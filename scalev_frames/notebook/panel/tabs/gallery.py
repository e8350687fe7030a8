"""The pictures of the orders on the screen, counted when they are looked at; a click shows the rows behind a bar."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import ipywidgets as ipw
import pandas as pd

from scalev_frames.notebook.panel.parts.elements import Status, Theme
from scalev_frames.notebook.panel.parts.job import Job, Work
from scalev_frames.notebook.panel.parts.picture_place import PicturePlace
from scalev_frames.notebook.pictures.behind import only_behind
from scalev_frames.notebook.pictures.counted import Counted, count_pictures
from scalev_frames.notebook.pictures.live import Place
from scalev_frames.notebook.table.view import Only
from scalev_frames.progress import Reporter
from scalev_frames.words import Words


class Gallery(ipw.VBox):  # type: ignore[misc] # ipywidgets brings no types
    """The pictures tab.

    Args:
        words: the language.
        theme: knows whether the page is dark.
        on_rows: called with the rows behind a bar that a person clicked.

    Attributes:
        place: where the pictures are.
        job: counts, in the background.
    """

    def __init__(self, words: Words, theme: Theme, on_rows: Callable[[Only], object]) -> None:
        self._words, self._on_rows = words, on_rows
        self._frame = pd.DataFrame()
        self._one_at_a_time, self._counting = threading.Lock(), False
        self.status = Status(words("tab_pictures"))
        self.job = Job(self.status, words)
        self.place = PicturePlace(words.language, theme, self._show_rows)
        super().__init__([self.status, self.place.box])
        self.add_class("scalev-gallery")

    def show(self, frame: pd.DataFrame, _: str) -> None:
        """Count in the background what the pictures show; there are some for orders."""
        with self._one_at_a_time:
            self.place.show(())
            self._frame, begins = frame, _are_orders(frame) and not self._counting
            self._counting |= begins
        if begins:
            self.job.wait()  # one that has shown its pictures is at its end
            self.job.start(Work(self._words("drawing"), self._count, self._finish, lambda: None))
        elif not self.job.running:
            self.status.show("ready", self._words("no_pictures"))

    def static_html(self) -> str:
        """Nothing: tables and the report's picture say it."""
        return ""

    def _count(self, _: Reporter) -> list[Counted]:
        """Count and show the pictures of the frame; of the next one where that was fetched meanwhile."""
        counted: list[Counted] | None = None
        try:
            while counted is None:
                counted = self._counted(self._frame)
        finally:
            self._counting &= counted is not None
        return counted

    def _counted(self, frame: pd.DataFrame) -> list[Counted] | None:
        """The pictures of ``frame``, which are shown; ``None`` where another one was fetched meanwhile."""
        counted = list(count_pictures(frame, self._words.language).values()) if _are_orders(frame) else []
        with self._one_at_a_time:
            if frame is not self._frame:
                return None
            self._counting = False
            self.place.show(counted)
            return counted

    def _finish(self, counted: list[Counted]) -> tuple[str, str]:
        return "done", "" if counted else self._words("no_pictures")

    def _show_rows(self, counted: Counted, place: Place) -> None:
        frame = self._frame
        self._on_rows(replace(only_behind(frame, counted, place), of=frame))


def _are_orders(frame: pd.DataFrame) -> bool:
    return frame.attrs.get("endpoint") == "orders"
