"""Which of several businesses is asked: one of them, or all at once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd

from scalev_frames.frames.header import Header
from scalev_frames.group import Group, Opened
from scalev_frames.notebook.panel.parts.elements import Select
from scalev_frames.notebook.panel.parts.panel import show
from scalev_frames.words import Words


class Businesses:
    """A choice of one business or all; hidden where there is one alone.

    Args:
        words: the language.
        on_choice: called when another one is chosen.

    Attributes:
        choice: the element; its value is a business's name, or ``""`` for all.
        opened: who is signed in, or ``None``.
    """

    def __init__(self, words: Words, on_choice: Callable[[], None]) -> None:
        self._words, self._on_choice = words, on_choice
        self.opened: Opened | None = None
        self.choice = Select(words("business"))
        self.choice.add_class("scalev-business")
        self.choice.observe(lambda _: self.opened is not None and self._on_choice(), "value")
        show(self.choice, visible=False)

    @property
    def account(self) -> Opened | None:
        """Who is asked."""
        return self.opened[self.choice.value] if isinstance(self.opened, Group) and self.choice.value else self.opened

    @property
    def code(self) -> str:
        """Who is asked, as the code of a call has it."""
        name = json.dumps(self.choice.value, ensure_ascii=False)
        return "sf" if self.account is self.opened else f"sf.current()[{name}]"

    def set_opened(self, opened: Opened | None) -> None:
        """Let one of these be chosen; all at first."""
        self.opened = None  # no choice is reported while the options change
        names = list(opened.accounts) if isinstance(opened, Group) else []
        self.choice.offer([(self._words("all_businesses"), ""), *((name, name) for name in names)] if names else [], "")
        self.opened = opened
        show(self.choice, visible=bool(names))

    def owner(self, frame: pd.DataFrame | None) -> Opened | None:
        """Whose ``frame`` is: all of them where it has rows of several."""
        if not isinstance(self.opened, Group) or frame is None:
            return self.opened
        header = Header.of(frame)
        alone = [one for one in self.opened.accounts.values() if one.name == header.account and not header.businesses]
        return next(iter(alone), self.opened)
