"""The workbench as a page of its own: no cells, no code, and a switch of the language."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw
from IPython.display import display

from scalev_frames.group import Opened
from scalev_frames.notebook.panel.parts.panel import show
from scalev_frames.notebook.panel.workbench import Workbench

#: Each language by its own name.
NAMES = {"English": "en", "Bahasa Indonesia": "id"}


class Page:
    """The workbench with a switch of the language above it; what is chosen and fetched stays.

    Args:
        account: the account or group; else the panel asks.
        language: the language at first, ``en`` or ``id``.

    Attributes:
        bench: the workbench in the language that is chosen.
        language: the switch.

    >>> page = Page(language="en")
    >>> page.language.value = "id"
    >>> page.bench.words.language
    'id'
    """

    def __init__(self, account: Opened | None = None, *, language: str = "en") -> None:
        self.language = ipw.ToggleButtons(options=NAMES, value=language)
        self.language.add_class("scalev-language")
        self.bench = _without_code(Workbench(account, language=language))
        self.box = ipw.VBox([self.language, self.bench.box])
        self.box.add_class("scalev-page")
        self.language.observe(lambda change: self._switch(change["new"]), "value")

    def _switch(self, language: str) -> None:
        if language == self.bench.words.language:
            return
        if self.bench.job.running:
            self.language.value = self.bench.words.language  # what runs ends in the panel that it began in
            return
        self.bench = _without_code(self.bench.in_language(language))
        self.box.children = [self.language, self.bench.box]

    def _ipython_display_(self, **_: Any) -> None:
        display(self.box)  # type: ignore[no-untyped-call]


def _without_code(bench: Workbench) -> Workbench:
    """A page has no variables and no cells to paste code into."""
    show(bench.choices.variable, visible=False)
    show(bench.code, visible=False)
    return bench
