"""Puts a result into a variable of the notebook, under a name that overwrites nothing but an earlier frame."""

from __future__ import annotations

import keyword
from typing import Any

import pandas as pd
from IPython import get_ipython


def notebook_variables() -> dict[str, Any]:
    """The variables of the notebook; an empty mapping of its own outside of one."""
    shell = get_ipython()
    return shell.user_ns if shell else {}


def this_cell() -> str:
    """The id of the cell that runs, ``""`` where it is not known."""
    shell = get_ipython()
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return str(parent.get("metadata", {}).get("cellId", ""))


class Owners:
    """Which cell's panel writes a variable: two panels never write one silently.

    A cell that is run again keeps its variables, and where no cell is known nothing is held against anybody.

    >>> owners = Owners()
    >>> owners.take("orders", "cell-1")
    >>> owners.of_another("orders", "cell-2"), owners.free("orders", "cell-2"), owners.free("orders", "cell-1")
    (True, 'orders_2', 'orders')
    """

    def __init__(self) -> None:
        self._cells: dict[str, str] = {}

    def take(self, name: str, cell: str) -> None:
        """Note that the panel of ``cell`` writes the variable ``name``."""
        self._cells[name] = cell

    def of_another(self, name: str, cell: str) -> bool:
        """Whether another cell's panel writes the variable ``name``."""
        owner = self._cells.get(name, "")
        return bool(owner and cell) and owner != cell

    def free(self, name: str, cell: str) -> str:
        """``name``, or with a number behind it the first name that no other panel writes."""
        names = (name, *(f"{name}_{number}" for number in range(2, 100)))
        return next((one for one in names if not self.of_another(one, cell)), name)


OWNERS = Owners()


def problem_with(name: str, variables: dict[str, Any]) -> str:
    """The label that says why ``name`` cannot be used: ``variable_bad``, ``variable_taken``, or ``""`` when it can.

    >>> problem_with("orders", {}), problem_with("my orders", {}), problem_with("sf", {"sf": pd})
    ('', 'variable_bad', 'variable_taken')
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        return "variable_bad"
    taken = name in variables and variables[name] is not None and not isinstance(variables[name], pd.DataFrame)
    return "variable_taken" if taken else ""
