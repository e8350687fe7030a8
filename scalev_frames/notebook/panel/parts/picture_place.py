"""A place for pictures: ones that people can touch where plotly is installed, else ones that do not move."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import ipywidgets as ipw

from scalev_frames.notebook.panel.parts.elements import Theme
from scalev_frames.notebook.pictures.counted import Counted
from scalev_frames.notebook.pictures.live import LivePictures, Place, can_be_live, still_html
from scalev_frames.words import labels_in


class PicturePlace:
    """Shows pictures.

    Args:
        language: ``en`` or ``id``.
        theme: knows whether the page is dark.
        on_behind: called with a picture and the bar that a person clicked.

    Attributes:
        box: what is shown.
        live: the pictures that can be touched; ``None`` where plotly is not installed.

    >>> from scalev_frames.notebook.pictures.counted import count_pictures
    >>> import pandas as pd
    >>> place = PicturePlace("en", Theme())
    >>> place.show(list(count_pictures(pd.DataFrame({"status": ["rts"]})).values()))
    >>> len(place.shown)
    5
    """

    def __init__(
        self,
        language: str,
        theme: Theme,
        on_behind: Callable[[Counted, Place], object] = lambda *_: None,
    ) -> None:
        self._language, self._theme = language, theme
        self.shown: tuple[Counted, ...] = ()
        self.live = LivePictures(language=language, on_behind=on_behind) if can_be_live() else None
        self._still = ipw.HTML()
        self._still.add_class("scalev-pictures")
        self.box = ipw.VBox([self.live or self._still])
        self.box.add_class("scalev-picture-place")
        if self.live is None:  # those that can be touched follow the page by themselves
            theme.observe(lambda _: self.show(self.shown), "dark")

    def show(self, pictures: Sequence[Counted]) -> None:
        """Show these pictures; none where there are none."""
        self.shown = tuple(pictures)
        self.box.layout.display = None if self.shown else "none"
        if self.live is not None:
            self.live.show(self.shown)
        elif self.shown:
            how = html.escape(labels_in("live", self._language)["install"])
            self._still.value = f"<p>{how}</p>{still_html(self.shown, self._language, dark=self._theme.dark)}"
        else:
            self._still.value = ""
