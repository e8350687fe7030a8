"""What every panel shares: the style sheet, and helpers for rows and buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import ipywidgets as ipw

from scalev_frames.notebook.panel.parts.elements import Alive
from scalev_frames.notebook.shown import Shown
from scalev_frames.notebook.style import CSS
from scalev_frames.words import Words

WIDGET = "application/vnd.jupyter.widget-view+json"


class Panel(Shown):
    """Something to drive, shown by naming it on a cell's last line.

    Args:
        words: the language.
        children: what it consists of.

    Attributes:
        box: the widget that holds everything.
    """

    title: ClassVar[str]

    def __init__(self, words: Words, children: list[Any]) -> None:
        self.words = words
        self.alive = Alive(words, self.static_id)
        self.box = ipw.VBox([ipw.HTML(f"<style>{CSS}</style>"), self.alive, *children])
        self.box.add_class("scalev")

    def __repr__(self) -> str:
        """Words for where widgets cannot be drawn."""
        return self.words("hint_text", title=self.words(self.title))

    def static_html(self) -> str:
        """What stands in a saved notebook without its kernel."""
        return f"<p>{self.words('hint_html', title=self.words(self.title))}</p>"

    def widget_bundle(self, **options: Any) -> dict[str, Any]:
        """The MIME bundle of the widget alone."""
        return {WIDGET: self.box._repr_mimebundle_(**options)[WIDGET]}

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The widget, and a hint for a saved notebook whose kernel is gone and for readers without widgets."""
        return {**self.widget_bundle(**options), "text/html": self.static_html(), "text/plain": repr(self)}


def row(*children: Any, name: str = "scalev-row") -> ipw.HBox:
    """Children side by side, wrapping where it gets narrow."""
    made = ipw.HBox(list(children))
    made.add_class(name)
    return made


def column(*children: Any, name: str) -> ipw.VBox:
    """Children below each other."""
    made = ipw.VBox(list(children))
    made.add_class(name)
    return made


def button(label: str, name: str, press: Callable[[], object], *, primary: bool = False) -> ipw.Button:
    """A button; ``name`` is its class."""
    made = ipw.Button(description=label)
    for one in ("scalev-button", name, *(["scalev-primary"] if primary else [])):
        made.add_class(one)
    made.on_click(lambda _: press())
    return made


def show(widget: Any, visible: bool) -> None:
    """Show or hide ``widget``, for screen readers too."""
    widget.layout.display = None if visible else "none"
