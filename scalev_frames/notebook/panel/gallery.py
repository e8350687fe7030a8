"""Why: the pictures of the orders on the screen, drawn when they are looked at, in the page's own light or dark.

May import job, elements, labels, panel; `pictures` (and with it matplotlib) when the first one is drawn.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable

import ipywidgets as ipw
import pandas as pd

from scalev_frames.notebook.panel.elements import Status, Theme
from scalev_frames.notebook.panel.job import Job, Work
from scalev_frames.notebook.panel.panel import column
from scalev_frames.notebook.words import PICTURE_LABELS, Words, labels_in
from scalev_frames.progress import Reporter


class Gallery:
    """The pictures tab.

    Args:
        words: the language.
        theme: knows whether the page is dark.
        looked_at: whether the tab is in sight.

    Attributes:
        box: what is shown.
        job: draws, in the background.
    """

    def __init__(self, words: Words, theme: Theme, looked_at: Callable[[], bool]) -> None:
        self._words, self._theme, self._looked_at = words, theme, looked_at
        self._frame: pd.DataFrame | None = None
        self._drawn: tuple[int, bool] | None = None
        self.status = Status(words("tab_pictures"))
        self.job = Job(self.status, words)
        self._pictures = ipw.HTML()
        self._pictures.add_class("scalev-pictures")
        self.box = column(self.status, self._pictures, name="scalev-gallery")
        self.status.show("ready", words("nothing_yet"))
        theme.observe(lambda _: self.draw(), "dark")

    def set_frame(self, frame: pd.DataFrame) -> None:
        """Show pictures of this frame from now on; there are some for orders."""
        self._frame, self._drawn = frame, None
        self._pictures.value = ""
        self.status.show("ready", "" if self._has_pictures(frame) else self._words("no_pictures"))
        self.draw()

    def draw(self) -> None:
        """Draw in the background what is not drawn yet, when it is looked at."""
        frame, dark = self._frame, self._theme.dark
        if frame is None or not self._looked_at() or not self._has_pictures(frame) or self._drawn == (id(frame), dark):
            return
        lang = self._words.lang

        def run(_: Reporter) -> dict[str, bytes]:
            from scalev_frames.notebook.pictures.pictures import pictures, png

            return {name: png(figure) for name, figure in pictures(frame, lang, dark).items()}

        def finish(drawn: dict[str, bytes]) -> tuple[str, str]:
            self._drawn = (id(frame), dark)
            titles = labels_in(PICTURE_LABELS, lang)
            self._pictures.value = "".join(_tag(titles[name], data) for name, data in drawn.items())
            return "done", ""

        self.job.start(Work(self._words("drawing"), run, finish, lambda: None))

    @staticmethod
    def _has_pictures(frame: pd.DataFrame) -> bool:
        return frame.attrs.get("endpoint") == "orders"


def _tag(title: str, data: bytes) -> str:
    return f'<img alt="{html.escape(title)}" src="data:image/png;base64,{base64.b64encode(data).decode()}">'
