"""What a pivot table is to show: fields in rows and columns, values with their functions, filters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.notebook.table.columns.columns import NUMBERS, TEXTS, TIMES, Column, columns_of

#: Parts of a time that group it: the format that `strftime` takes. They are those of the column's own zone.
STEPS = {
    "day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "quarter": "", "year": "%Y", "weekday": "%u", "hour": "%H",
}  # fmt: skip
#: The step that makes one row an item of a list or of an object with quantities.
ITEM = "item"
#: The quantity beside an item, as a value.
QUANTITY = "quantity of item"
#: More columns than a person can read, and more rows than a spreadsheet should hold.
MOST_COLUMNS, MOST_ROWS = 250, 100_000
_PLAIN = NUMBERS | TIMES | TEXTS | {"flag"}


@dataclass(frozen=True, slots=True)
class Function:
    """One way to make a number of a group.

    Attributes:
        code: what stands behind the grouped values in code.
        kinds: kinds of columns it takes; none when it counts rows and needs no value.
        counts: whether it counts, so that a group without rows is zero; else it is missing.
    """

    code: str
    kinds: frozenset[str]
    counts: bool = False


FUNCTIONS: dict[str, Function] = {
    "rows": Function(".size()", frozenset(), counts=True),
    "sum": Function(".sum(min_count=1)", NUMBERS),
    "mean": Function(".mean()", NUMBERS),
    "median": Function(".median()", NUMBERS),
    "min": Function(".min()", NUMBERS | TIMES),
    "max": Function(".max()", NUMBERS | TIMES),
    "filled": Function(".count()", _PLAIN, counts=True),
    "different": Function(".nunique()", _PLAIN, counts=True),
}
#: What is shown in place of the number itself.
SHOWS = ("", "share_row", "share_column", "share_all", "running", "change")


@dataclass(frozen=True, slots=True)
class Field:
    """What rows are grouped by: a column, one step of a time, or the items of a list.

    Attributes:
        column: its name.
        step: a name of `STEPS` for a time, ``item`` for a list, else nothing.
    """

    column: str
    step: str = ""

    @property
    def name(self) -> str:
        """What it is called in the result.

        >>> Field("draft_time", "day").name
        'draft_time (day)'
        """
        return f"{self.column} ({self.step})" if self.step else self.column


@dataclass(frozen=True, slots=True)
class Value:
    """One number of each group.

    Attributes:
        column: the column whose values are put together; ``""`` for ``rows``.
        function: a name of `FUNCTIONS`.
        show: a name of `SHOWS`: a share, a running total, the change to the one before.
    """

    column: str = ""
    function: str = "rows"
    show: str = ""

    @property
    def name(self) -> str:
        """What it is called in code.

        >>> Value("gross_revenue", "sum").name, Value().name
        ('gross_revenue (sum)', 'rows')
        """
        parts = [self.function, *([self.show] if self.show else [])]
        return f"{self.column} ({', '.join(parts)})" if self.column else ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Plan:
    """One pivot table.

    Attributes:
        rows: what its rows are, outer levels first.
        columns: what its columns are.
        values: what stands in the cells; several stand side by side.
        filters: column to what a person types to filter it.
        top: only this many groups of the first row level, by the first value; the others together.
        by_value: whether rows stand by their first value, largest first, instead of by their names.
        heat: whether cells are coloured by their size.
    """

    rows: tuple[Field, ...] = ()
    columns: tuple[Field, ...] = ()
    values: tuple[Value, ...] = (Value(),)
    filters: Mapping[str, str] = field(default_factory=dict)
    top: int = 0
    by_value: bool = False
    heat: bool = False

    @property
    def keys(self) -> tuple[Field, ...]:
        """All that is grouped by."""
        return (*self.rows, *self.columns)

    def within(self, fields: Collection[Field], columns: Collection[str]) -> Plan:
        """The same as far as a frame has these fields and columns; rows are counted where no value is left."""
        known = {"", QUANTITY, *columns}
        return replace(
            self,
            rows=tuple(one for one in self.rows if one in fields),
            columns=tuple(one for one in self.columns if one in fields),
            values=tuple(one for one in self.values if one.column in known) or (Value(),),
            filters={name: text for name, text in self.filters.items() if name in columns},
        )

    @property
    def items(self) -> str:
        """The list whose items are rows, ``""`` when each row is one of the frame's."""
        return next((key.column for key in self.keys if key.step == ITEM), "")


def fields_of(columns: list[Column]) -> list[Field]:
    """What a frame can be grouped by: its columns, a time by each of its steps, a list by its items.

    >>> frame = pd.DataFrame({"status": ["a"], "tags": [["VIP"]]})
    >>> [one.name for one in fields_of(own_columns(frame))]
    ['status', 'tags (item)']
    """
    fields: list[Field] = []
    for column in columns:
        if column.is_time:
            steps = [step for step in STEPS if column.kind == "time" or step not in ("hour",)]
            fields += [Field(column.name, step) for step in steps]
        elif _can_group(column):
            fields.append(Field(column.name, ITEM if column.kind == "nested" else ""))
    return fields


def values_of(columns: list[Column], function: str) -> list[str]:
    """Names of the columns that ``function`` takes.

    >>> values_of(own_columns(pd.DataFrame({"status": ["a"], "quantity": [1]})), "sum")
    ['quantity']
    """
    takes = FUNCTIONS[function].kinds
    return [one.name for one in columns if one.kind in takes and (function != "different" or _can_group(one))]


def _can_group(column: Column) -> bool:
    """Whether pandas can group by the values: some objects have no order, or cannot be looked up."""
    is_odd = column.series.dtype == object and column.kind == "text"
    if not is_odd or pd.api.types.infer_dtype(column.series, skipna=True) in ("string", "empty"):
        return True
    try:
        pd.factorize(column.series, sort=True)
    except TypeError:
        return False
    return True


def own_columns(frame: pd.DataFrame, language: str = "en") -> list[Column]:
    """The columns that have a name of their own, without an index."""
    plain = frame.reset_index(drop=True)
    counts = pd.Index(plain.columns).value_counts()
    names = [name for name in plain.columns if isinstance(name, str) and counts[name] == 1]
    return columns_of(plain[names], language)


def check(plan: Plan, columns: list[Column], labels: Mapping[str, str]) -> None:
    """Refuse a plan that cannot be made.

    Raises:
        UnknownNameError: a column, step or function that does not exist.
        BadValueError: nothing to show, one field twice, a value the function cannot take, or items of two lists.
    """
    if not plan.keys or not plan.values:
        raise BadValueError(labels["needs_fields"])
    good = set(fields_of(columns))
    for key in plan.keys:
        if key not in good:
            raise UnknownNameError(labels["no_field"].format(name=key.name))
    if len(set(plan.keys)) < len(plan.keys):
        raise BadValueError(labels["twice"])
    if len({key.column for key in plan.keys if key.step == ITEM}) > 1:
        raise BadValueError(labels["two_lists"])
    for value in plan.values:
        _check_value(value, columns, labels, plan.items)


def _check_value(value: Value, columns: list[Column], labels: Mapping[str, str], items: str) -> None:
    if value.function not in FUNCTIONS or value.show not in SHOWS:
        raise UnknownNameError(labels["no_function"].format(name=value.function))
    if value.column == QUANTITY and items:
        return
    if FUNCTIONS[value.function].kinds and value.column not in values_of(columns, value.function):
        raise BadValueError(labels["no_value"].format(function=labels[f"function_{value.function}"], name=value.column))
    is_time = any(one.name == value.column and one.is_time for one in columns)
    if value.show and is_time and not FUNCTIONS[value.function].counts:
        raise BadValueError(labels["no_value"].format(function=labels[f"show_{value.show}"], name=value.column))


def plan_from(given: Mapping[str, Any]) -> Plan:
    """A plan from plain JSON values, as the browser sends them and as they are saved.

    >>> plan_from({"rows": [["status", ""]], "values": [["quantity", "sum", ""]]}).values[0].name
    'quantity (sum)'
    """
    return Plan(
        rows=tuple(Field(str(column), str(step)) for column, step in given.get("rows", [])),
        columns=tuple(Field(str(column), str(step)) for column, step in given.get("columns", [])),
        values=tuple(Value(str(one[0]), str(one[1]), str(one[2])) for one in given.get("values", [])),
        filters={str(name): str(text) for name, text in given.get("filters", [])},
        top=max(0, int(given.get("top") or 0)),
        by_value=bool(given.get("by_value")),
        heat=bool(given.get("heat")),
    )


def plan_to(plan: Plan, *, filters: bool = True) -> dict[str, Any]:
    """A plan as plain JSON values; without its filters, which may name customers, for what is saved."""
    return {
        "rows": [[key.column, key.step] for key in plan.rows],
        "columns": [[key.column, key.step] for key in plan.columns],
        "values": [[value.column, value.function, value.show] for value in plan.values],
        "filters": [[name, text] for name, text in plan.filters.items()] if filters else [],
        "top": plan.top,
        "by_value": plan.by_value,
        "heat": plan.heat,
    }
