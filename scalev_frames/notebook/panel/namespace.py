"""Why: a result lands in a variable of the notebook, under a name that overwrites nothing but an earlier frame.

May import errors; IPython is there whenever a panel is.
"""

from __future__ import annotations

import keyword
from typing import Any

import pandas as pd
from IPython import get_ipython


def notebook_variables() -> dict[str, Any]:
    """The variables of the notebook; an empty mapping of its own outside of one."""
    shell = get_ipython()
    return shell.user_ns if shell else {}


def problem_with(name: str, variables: dict[str, Any]) -> str:
    """The label that says why ``name`` cannot be used: ``variable_bad``, ``variable_taken``, or ``""`` when it can.

    >>> problem_with("orders", {}), problem_with("my orders", {}), problem_with("sf", {"sf": pd})
    ('', 'variable_bad', 'variable_taken')
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        return "variable_bad"
    taken = name in variables and variables[name] is not None and not isinstance(variables[name], pd.DataFrame)
    return "variable_taken" if taken else ""
