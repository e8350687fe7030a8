"""Puts a result into a variable of the notebook, under a name that overwrites nothing but an earlier frame."""

from __future__ import annotations

import builtins
import keyword
from typing import Any

import pandas as pd
from IPython import get_ipython

#: Which cell's panel writes a variable.
_WRITERS: dict[str, str] = {}


def notebook_variables() -> dict[str, Any]:
    """The variables of the notebook; an empty mapping of its own outside of one."""
    shell = get_ipython()
    return shell.user_ns if shell else {}


class Variables:
    """The notebook's variables as the panel of one cell writes them: two panels never write one silently.

    A cell that is run again keeps its variables, and where no cell is known nothing is held against anybody.

    Args:
        cell: the id of the panel's cell, ``""`` where it is not known.

    >>> one, two = Variables("cell-1"), Variables("cell-2")
    >>> one.claim("lines")
    >>> two.problem("lines"), two.free("lines"), one.free("lines")
    ('variable_other', 'lines_2', 'lines')
    """

    def __init__(self, cell: str) -> None:
        self._cell = cell

    @classmethod
    def of_this_cell(cls) -> Variables:
        """Those of the cell that runs."""
        shell = get_ipython()
        parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
        return cls(str(parent.get("metadata", {}).get("cellId", "")))

    def claim(self, name: str) -> None:
        """Note that this panel writes the variable ``name``: when it begins to fetch, as two may at once."""
        _WRITERS[name] = self._cell

    def free(self, name: str) -> str:
        """``name``, or with a number behind it the first name that no other panel writes."""
        names = (name, *(f"{name}_{number}" for number in range(2, 100)))
        return next((one for one in names if not self._is_of_another(one)), name)

    def put(self, name: str, frame: pd.DataFrame) -> None:
        """Let the variable ``name`` be ``frame``."""
        self.claim(name)
        notebook_variables()[name] = frame

    def problem(self, name: str) -> str:
        """The label that says why ``name`` cannot be used; ``""`` when it can.

        >>> mine = Variables("")
        >>> mine.problem("orders"), mine.problem("my orders")
        ('', 'variable_bad')
        """
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            return "variable_bad"
        value = notebook_variables().get(name)
        if (value is not None and not isinstance(value, pd.DataFrame)) or (value is None and hasattr(builtins, name)):
            return "variable_taken"
        return "variable_other" if self._is_of_another(name) else ""

    def _is_of_another(self, name: str) -> bool:
        owner = _WRITERS.get(name, "")
        return bool(owner and self._cell) and owner != self._cell
