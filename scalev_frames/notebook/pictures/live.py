"""Pictures that people can touch: tooltips, legends that switch, zoom, and the rows behind a bar.

Plotly draws them in the browser, from the script that its package brings along: nothing comes from elsewhere. What is
drawn travels in messages, never as synced state.
"""

from __future__ import annotations

import base64
import gzip
import html
import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

import anywidget

from scalev_frames.errors import MissingPackageError
from scalev_frames.notebook.pictures.colours import DARK, LIGHT, Theme
from scalev_frames.notebook.pictures.counted import ACCENT, Counted
from scalev_frames.notebook.shown import Shown
from scalev_frames.notebook.style import TOKENS, modules, static
from scalev_frames.words import error_said, labels_in

#: An axis, a part of its bars, and a bar.
Place = tuple[int, int, int]


def can_be_live() -> bool:
    """Whether plotly is installed, which draws in the browser."""
    return importlib.util.find_spec("plotly") is not None


class LivePictures(Shown, anywidget.AnyWidget):
    """Pictures drawn by plotly.

    Args:
        pictures: what they show.
        language: ``en`` or ``id``.
        on_behind: called with a picture and the bar that a person clicked.

    Attributes:
        shown: the pictures, in their order.

    >>> live = LivePictures()
    >>> live.shown
    ()
    """

    _esm = modules("pictures/main.js")
    _css = TOKENS + static("pictures/pictures.css")

    def __init__(
        self,
        pictures: Iterable[Counted] = (),
        *,
        language: str = "en",
        on_behind: Callable[[Counted, Place], object] = lambda *_: None,
    ) -> None:
        self._language, self._on_behind = language, on_behind
        self.shown = tuple(pictures)
        self._generation = 0
        super().__init__()
        self.add_class("scalev-live")
        self.on_msg(lambda _, message, __: self.handle(message))

    def __repr__(self) -> str:
        """What stands in a saved notebook beside the pictures that do not move."""
        return f"<{len(self.shown)} pictures; run this cell to touch them>"

    def static_html(self) -> str:
        """The pictures as they are, for a notebook without its kernel."""
        return still_html(self.shown, self._language)

    def show(self, pictures: Iterable[Counted]) -> None:
        """Show these pictures in every view."""
        self.shown = tuple(pictures)
        self._generation += 1
        self.send(self._pictures())

    def handle(self, message: Mapping[str, Any]) -> None:
        """Answer one message of the browser; a click on what is shown no more is left alone."""
        match message.get("do"):
            case "open":
                self.send(self._pictures())
            case "library":
                self.send({"kind": "library"}, [packed_library()])
            case "behind" if message.get("generation") == self._generation:
                counted = self.shown[int(message["picture"])]
                self._on_behind(counted, (int(message["axis"]), int(message["part"]), int(message["bar"])))

    def _pictures(self) -> dict[str, Any]:
        return {
            "kind": "pictures",
            "generation": self._generation,
            "static": self.static_id,
            "language": self._language,
            "words": labels_in("live", self._language),
            "colours": {"light": _colours(LIGHT), "dark": _colours(DARK)},
            "pictures": [_plain(one) for one in self.shown],
        }


def still_html(pictures: Iterable[Counted], language: str, *, dark: bool = False) -> str:
    """Pictures that do not move, as HTML; where matplotlib is missing, the sentence that says so.

    Args:
        pictures: what they show.
        language: ``en`` or ``id``.
        dark: for a dark page.
    """
    try:
        from scalev_frames.notebook.pictures.drawing import png
        from scalev_frames.notebook.pictures.still import draw
    except MissingPackageError as error:
        return f"<p>{html.escape(error_said(error, language))}</p>"
    return "".join(_image(one.title, png(draw(one, DARK if dark else LIGHT, language))) for one in pictures)


def _image(title: str, data: bytes) -> str:
    drawn = base64.b64encode(data).decode()
    return f'<img alt="{html.escape(title)}" style="max-width: 100%" src="data:image/png;base64,{drawn}">'


@cache
def packed_library() -> bytes:
    """Plotly's own script, packed."""
    from plotly.offline import get_plotlyjs

    return gzip.compress(get_plotlyjs().encode(), 6)


def _colours(theme: Theme) -> dict[str, str]:
    return {**theme.parts, ACCENT: theme.accent, "pale": theme.line, "ink": theme.ink, "quiet": theme.quiet,
            "ground": theme.ground}  # fmt: skip


def _plain(counted: Counted) -> dict[str, Any]:
    """What the browser draws; the keys of the rows stay here."""
    return {**asdict(counted), "keys": len(counted.keys), "days": [f"{day:%Y-%m-%d}" for day in counted.days]}
