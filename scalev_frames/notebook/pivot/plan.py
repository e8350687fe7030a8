"""Why: a pivot table and the pandas code that gives the same, from one plan.

May import `columns` and `errors` only; knows no widget. Sums of money are exact, and a group without any value is
missing, not zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.notebook.table.columns import NUMBERS, TEXTS, TIMES, Column, columns_of

#: Parts of a time that group it: the format that `strftime` takes. Days are those of the column's own zone.
STEPS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "weekday": "%u %A", "hour": "%H"}
#: More columns than a person can read.
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Function:
    """One way to make a number of a group.

    Attributes:
        code: what stands behind the grouped value in code.
        apply: the same.
        kinds: kinds of columns it takes; none when it counts rows and needs no value.
        counts: whether it counts, so that a group without rows is zero; else it is missing.
    """

    code: str
    apply: Callable[[Any], Any]
    kinds: frozenset[str]
    counts: bool


_NUMBERS = NUMBERS
_ORDERED = NUMBERS | TIMES
_PLAIN = _ORDERED | TEXTS | {"flag"}
FUNCTIONS: dict[str, Function] = {
    "rows": Function(".size()", lambda grouped: grouped.size(), frozenset(), counts=True),
    "sum": Function(".sum(min_count=1)", lambda grouped: grouped.sum(min_count=1), _NUMBERS, counts=False),
    "mean": Function(".mean()", lambda grouped: grouped.mean(), _NUMBERS, counts=False),
    "min": Function(".min()", lambda grouped: grouped.min(), _ORDERED, counts=False),
    "max": Function(".max()", lambda grouped: grouped.max(), _ORDERED, counts=False),
    "filled": Function(".count()", lambda grouped: grouped.count(), _PLAIN, counts=True),
    "different": Function(".nunique()", lambda grouped: grouped.nunique(), _PLAIN, counts=True),
}


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are grouped by: a column, or one step of a time.

    Attributes:
        column: its name.
        step: a name of `STEPS` for a time, else nothing.
    """

    column: str
    step: str = ""

    @property
    def name(self) -> str:
        """What it is called in the result.

        >>> Key("draft_time", "day").name
        'draft_time (day)'
        """
        return f"{self.column} ({self.step})" if self.step else self.column


@dataclass(frozen=True, slots=True)
class Plan:
    """One pivot table.

    Attributes:
        rows: what its rows are; at least one.
        column: what its columns are, ``None`` for one column.
        value: the column whose values are put together; of no matter to ``rows``.
        function: a name of `FUNCTIONS`.
    """

    rows: tuple[Key, ...]
    column: Key | None = None
    value: str | None = None
    function: str = "rows"

    @property
    def keys(self) -> tuple[Key, ...]:
        """All that is grouped by."""
        return (*self.rows, self.column) if self.column else self.rows


def keys_of(frame: pd.DataFrame) -> list[Key]:
    """What ``frame`` can be grouped by: its columns but for lists; a time by each of its steps.

    >>> [key.name for key in keys_of(pd.DataFrame({"status": ["a"], "tags": [[1]]}))]
    ['status']
    """
    keys: list[Key] = []
    for column in _own_columns(frame):
        if column.is_time:
            keys += [Key(column.name, step) for step in STEPS]
        elif column.kind != "nested":
            keys.append(Key(column.name))
    return keys


def values_of(frame: pd.DataFrame, function: str) -> list[str]:
    """Names of the columns that ``function`` takes.

    >>> values_of(pd.DataFrame({"status": ["a"], "quantity": [1]}), "sum")
    ['quantity']
    """
    return [column.name for column in _own_columns(frame) if column.kind in FUNCTIONS[function].kinds]


def check(plan: Plan, frame: pd.DataFrame) -> None:
    """Refuse what cannot be meant.

    Raises:
        UnknownNameError: a column or function that does not exist.
        BadValueError: no rows, one key twice, a value the function cannot take, or too many columns to read.
    """
    if plan.function not in FUNCTIONS:
        raise UnknownNameError(f"There is no function {plan.function!r}.", advice=f"There are: {', '.join(FUNCTIONS)}.")
    if not plan.rows:
        raise BadValueError("A pivot needs rows.", advice="Choose a column for the rows.")
    good = keys_of(frame)
    for key in plan.keys:
        if key not in good:
            raise UnknownNameError(f"The frame cannot be grouped by {key.name!r}.", advice="Choose another column.")
    if len(set(plan.keys)) < len(plan.keys):
        raise BadValueError("One column stands twice among rows and columns.", advice="Choose different ones.")
    if FUNCTIONS[plan.function].kinds and plan.value not in values_of(frame, plan.function):
        raise BadValueError(f"{plan.function} cannot be made of {plan.value!r}.", advice="Choose another value.")
    if plan.column and (many := _series(frame, plan.column).nunique(dropna=False)) > MOST_COLUMNS:
        raise BadValueError(f"{plan.column.name} has {many:,} different values.", advice="Choose it for the rows.")


def pivot(plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """The pivot table.

    Args:
        plan: what to make.
        frame: any DataFrame.

    Returns:
        One row a group, sorted; groups without a key value are there, too. Sums of money are exact decimals, missing
        where a group holds no value; counts are zero where there is no row.

    Raises:
        UnknownNameError: a column or function that does not exist.
        BadValueError: what `check` refuses.

    >>> orders = pd.DataFrame({"status": ["rts", "shipped", "rts"], "quantity": [1, 2, 3]})
    >>> pivot(Plan((Key("status"),), value="quantity", function="sum"), orders)["quantity"].to_dict()
    {'rts': 4, 'shipped': 2}
    """
    check(plan, frame)
    function = FUNCTIONS[plan.function]
    grouped = frame.groupby([_series(frame, key) for key in plan.keys], dropna=False, observed=True)
    made = function.apply(grouped[plan.value] if plan.value and function.kinds else grouped)
    if plan.column is None:
        table: pd.DataFrame = made.to_frame(plan.value if function.kinds else "rows")
    else:
        table = made.unstack(plan.column.name, **({"fill_value": 0} if function.counts else {}))
    return table


def pivot_code(plan: Plan, name: str = "frame") -> str:
    """The pandas code that gives what `pivot` gives, into ``result``.

    Args:
        plan: what to make.
        name: the frame's variable.

    >>> print(pivot_code(Plan((Key("draft_time", "day"),), Key("status"), "gross_revenue", "sum"), "orders"))
    result = (
        orders.groupby(
            [orders["draft_time"].dt.strftime("%Y-%m-%d").rename("draft_time (day)"), "status"],
            dropna=False,
            observed=True,
        )["gross_revenue"]
        .sum(min_count=1)
        .unstack("status")
    )
    """
    function = FUNCTIONS[plan.function]
    keys = ", ".join(_key_code(key, name) for key in plan.keys)
    value = f"[{_quoted(plan.value)}]" if function.kinds else ""
    if plan.column is None:
        last = f".to_frame({_quoted(plan.value if function.kinds else 'rows')})"
    else:
        last = f".unstack({_quoted(plan.column.name)}{', fill_value=0' if function.counts else ''})"
    lines = [
        "result = (",
        f"    {name}.groupby(",
        f"        [{keys}],",
        "        dropna=False,",
        "        observed=True,",
        f"    ){value}",
        f"    {function.code}",
        f"    {last}",
        ")",
    ]
    return "\n".join(lines)


def _key_code(key: Key, name: str) -> str:
    if not key.step:
        return _quoted(key.column)
    series = f"{name}[{_quoted(key.column)}].dt.strftime({_quoted(STEPS[key.step])})"
    return f"{series}.rename({_quoted(key.name)})"


def _quoted(text: object) -> str:
    """``text`` as code, in double quotes where that is the same."""
    code = repr(text)
    return f'"{code[1:-1]}"' if code.startswith("'") and '"' not in code and "\\'" not in code else code


def _series(frame: pd.DataFrame, key: Key) -> pd.Series[Any]:
    series = frame[key.column]
    return series.dt.strftime(STEPS[key.step]).rename(key.name) if key.step else series


def _own_columns(frame: pd.DataFrame) -> list[Column]:
    """The columns that have a name of their own, without an index."""
    plain = frame.reset_index(drop=True)
    names = [name for name in plain.columns if isinstance(name, str) and list(plain.columns).count(name) == 1]
    return columns_of(plain[names])
