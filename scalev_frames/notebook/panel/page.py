"""The workbench as a page of its own: no cells, no code, and a switch of the language."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw
from IPython.display import display

from scalev_frames.group import Opened
from scalev_frames.notebook.panel.panel import show
from scalev_frames.notebook.panel.workbench import Workbench

#: Each language by its own name.
NAMES = {"English": "en", "Bahasa Indonesia": "id"}


class Page:
    """The workbench with a switch of the language above it; what is chosen and fetched stays.

    Args:
        account: the account or group; else the panel asks.
        lang: the language at first, ``en`` or ``id``.

    Attributes:
        bench: the workbench in the language that is chosen.
        lang: the switch.

    >>> page = Page(lang="en")
    >>> page.lang.value = "id"
    >>> page.bench.words.lang
    'id'
    """

    def __init__(self, account: Opened | None = None, *, lang: str = "en") -> None:
        self.lang = ipw.ToggleButtons(options=NAMES, value=lang)
        self.lang.add_class("scalev-lang")
        self.bench = _without_code(Workbench(account, lang=lang))
        self.box = ipw.VBox([self.lang, self.bench.box])
        self.box.add_class("scalev-page")
        self.lang.observe(lambda change: self._switch(change["new"]), "value")

    def _switch(self, lang: str) -> None:
        if lang == self.bench.words.lang:
            return
        if self.bench.job.running:
            self.lang.value = self.bench.words.lang  # what runs ends in the panel that it began in
            return
        self.bench = _without_code(self.bench.in_language(lang))
        self.box.children = [self.lang, self.bench.box]

    def _ipython_display_(self, **_: Any) -> None:
        display(self.box)  # type: ignore[no-untyped-call]


def _without_code(bench: Workbench) -> Workbench:
    """A page has no variables and no cells to paste code into."""
    show(bench.variable, visible=False)
    show(bench.code, visible=False)
    return bench
