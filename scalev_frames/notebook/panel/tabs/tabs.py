"""The tabs of the workbench: what was fetched is shown in each once a person looks at it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Protocol

import ipywidgets as ipw
import pandas as pd

from scalev_frames.words import Words


class Part(Protocol):
    """A widget that shows a frame in a tab."""

    def show(self, frame: pd.DataFrame, name: str) -> None:
        """Show ``frame``, which the notebook calls ``name``."""

    def static_html(self) -> str:
        """What stands in a saved notebook without its kernel."""


class Tabs(ipw.Tab):  # type: ignore[misc] # ipywidgets brings no types
    """Some parts, one of them in sight.

    Args:
        words: the language.
        parts: the word of each label, and the part below it. The first is always shown, the others point to its rows.

    >>> from scalev_frames.notebook.table import Table
    >>> tabs = Tabs(Words("en"), {"tab_table": Table(pd.DataFrame()), "tab_pivot": Table(pd.DataFrame())})
    >>> tabs.show(pd.DataFrame({"status": ["rts"]}), "orders")
    >>> [len(table.frame) for table in tabs.children]
    [1, 0]
    >>> tabs.look_at("tab_pivot")
    >>> [len(table.frame) for table in tabs.children]
    [1, 1]
    """

    def __init__(self, words: Words, parts: Mapping[str, Part]) -> None:
        self._parts = dict(parts)
        self._frame, self._name = pd.DataFrame(), ""
        self._stale: set[str] = set()
        self._one_at_a_time = threading.RLock()
        super().__init__(children=list(parts.values()), titles=[words(name) for name in parts])
        self.add_class("scalev-tabs")
        self.observe(lambda _: self._show_seen(), "selected_index")

    def show(self, frame: pd.DataFrame, name: str) -> None:
        """Show another frame, which the notebook calls ``name``."""
        with self._one_at_a_time:
            self._frame, self._name, self._stale = frame, name, set(self._parts)
            self._show_in(next(iter(self._parts)))
            self._show_seen()

    def look_at(self, name: str) -> None:
        """Bring the part ``name`` into sight."""
        self.selected_index = list(self._parts).index(name)

    def static_html(self) -> str:
        """The table, the pivot, and what else was looked at, for a notebook without its kernel."""
        self._show_in("tab_pivot")
        return "".join(part.static_html() for name, part in self._parts.items() if name not in self._stale)

    def _show_seen(self) -> None:
        self._show_in(list(self._parts)[self.selected_index or 0])

    def _show_in(self, name: str) -> None:
        with self._one_at_a_time:
            if name in self._stale:
                self._stale.remove(name)
                self._parts[name].show(self._frame, self._name)
