"""How a table stands: search, filters, sort, columns. Each step makes another view, so steps can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from scalev_frames.notebook.table.filters.conditions import Condition, Mask

#: How many steps can be undone.
STEPS = 100


@dataclass(frozen=True, eq=False)
class Only:
    """Some rows of a frame, found by something else than a filter: those behind a cell of a pivot, a bar of a picture.

    Attributes:
        label: what they are, for people.
        mask: which rows of the frame.
        code: pandas code that finds them, from ``view`` into ``view``.
        of: the frame that they were found in, where it has to be the one that is shown.
    """

    label: str
    mask: Mask
    code: str = ""
    of: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class View:
    """How a table stands.

    Attributes:
        search: words that all have to be in a row.
        filters: conditions by place of the column; all of them have to hold.
        sort: places of columns and whether they rise, the first leading.
        order: places of the columns shown, in their order.
        frozen: how many of them stay when the others are scrolled.
        widths: pixels that a person dragged, by place.
        only: only these rows, ``None`` for all.
    """

    search: str = ""
    filters: Mapping[int, tuple[Condition, ...]] = field(default_factory=dict)
    sort: tuple[tuple[int, bool], ...] = ()
    order: tuple[int, ...] = ()
    frozen: int = 1
    widths: Mapping[int, int] = field(default_factory=dict)
    only: Only | None = None


class History:
    """The steps that led here, and those that were undone.

    Args:
        view: where it begins.

    Attributes:
        view: how the table stands now.

    >>> history = History(View())
    >>> history.step(View(search="kopi"))
    >>> history.undo(), history.view.search, history.undo(), history.redo(), history.view.search
    (True, '', False, True, 'kopi')
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self._before: list[View] = []
        self._undone: list[View] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return bool(self._undone)

    def step(self, view: View) -> None:
        """Go on to ``view``."""
        if view == self.view:
            return
        self._before = [*self._before[1 - STEPS :], self.view]
        self._undone = []
        self.view = view

    def undo(self) -> bool:
        """Take the last step back; false when there is none."""
        return self._move(self._before, self._undone)

    def redo(self) -> bool:
        """Take an undone step again; false when there is none."""
        return self._move(self._undone, self._before)

    def _move(self, source: list[View], target: list[View]) -> bool:
        if not source:
            return False
        target.append(self.view)
        self.view = source.pop()
        return True
