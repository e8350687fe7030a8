"""The pictures of the orders on the screen, counted when they are looked at; a click shows the rows behind a bar."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from scalev_frames.notebook.panel.parts.elements import Status, Theme
from scalev_frames.notebook.panel.parts.job import Job, Work
from scalev_frames.notebook.panel.parts.panel import column
from scalev_frames.notebook.pictures.behind import only_behind
from scalev_frames.notebook.pictures.counted import Counted, count_pictures
from scalev_frames.notebook.pictures.live import Place
from scalev_frames.notebook.pictures.place import PicturePlace
from scalev_frames.notebook.table.view import Only
from scalev_frames.notebook.words import Words
from scalev_frames.progress import Reporter


class Gallery:
    """The pictures tab.

    Args:
        words: the language.
        theme: knows whether the page is dark.
        looked_at: whether the tab is in sight.
        on_rows: called with the rows behind a bar that a person clicked.

    Attributes:
        box: what is shown.
        place: where the pictures are.
        job: counts, in the background.
    """

    def __init__(
        self,
        words: Words,
        theme: Theme,
        looked_at: Callable[[], bool],
        on_rows: Callable[[Only], object] = lambda _: None,
    ) -> None:
        self._words, self._looked_at, self._on_rows = words, looked_at, on_rows
        self._frame: pd.DataFrame | None = None
        self._drawn: int | None = None
        self.status = Status(words("tab_pictures"))
        self.job = Job(self.status, words)
        self.place = PicturePlace(words.language, lambda: theme.dark, self._show_rows)
        self.box = column(self.status, self.place.box, name="scalev-gallery")
        self.status.show("ready", words("nothing_yet"))
        theme.observe(lambda _: self.place.redraw(), "dark")

    def set_frame(self, frame: pd.DataFrame) -> None:
        """Show pictures of this frame from now on; there are some for orders."""
        self._frame, self._drawn = frame, None
        self.place.show(())
        self.status.show("ready", "" if self._has_pictures(frame) else self._words("no_pictures"))
        self.draw()

    def draw(self) -> None:
        """Count in the background what is not shown yet, when it is looked at."""
        frame = self._frame
        if frame is None or not self._looked_at() or not self._has_pictures(frame) or self._drawn == id(frame):
            return

        def run(_: Reporter) -> list[Counted]:
            return list(count_pictures(frame, self._words.language).values())

        def finish(counted: list[Counted]) -> tuple[str, str]:
            self._drawn = id(frame)
            self.place.show(counted)
            return "done", ""

        self.job.start(Work(self._words("drawing"), run, finish, lambda: None))

    def _show_rows(self, counted: Counted, place: Place) -> None:
        if self._frame is not None:
            self._on_rows(only_behind(self._frame, counted, place))

    @staticmethod
    def _has_pictures(frame: pd.DataFrame) -> bool:
        return frame.attrs.get("endpoint") == "orders"
