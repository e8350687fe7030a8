"""The numbers of a pivot table: every subtotal and total is computed from the rows, never from other totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.errors import BadValueError
from scalev_frames.frames.values.arrays import BEYOND
from scalev_frames.frames.values.columns import read_column
from scalev_frames.frames.values.scalars import is_missing
from scalev_frames.notebook.pivot.plan import (
    FUNCTIONS,
    ITEM,
    MOST_COLUMNS,
    MOST_ROWS,
    QUANTITY,
    STEPS,
    Field,
    Plan,
    Value,
)
from scalev_frames.reports.counting.columns import as_count

Ids = np.ndarray[Any, np.dtype[np.int64]]
#: What the groups beyond the largest are called in the data.
OTHERS = "\u2026others"


@dataclass(frozen=True, slots=True)
class Level:
    """The groups of an axis at one depth; depth 0 is one group of all rows.

    Attributes:
        codes: for each group, the code of each of its keys.
        ids: for each row, its group.
    """

    codes: Ids
    ids: Ids

    def __len__(self) -> int:
        """How many groups."""
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Axis:
    """Rows or columns of a pivot table.

    Attributes:
        fields: what it is grouped by.
        keys: for each field, its values in order; ``None``, for missing, comes last.
        levels: the groups by depth.
    """

    fields: tuple[Field, ...]
    keys: tuple[list[Any], ...]
    levels: tuple[Level, ...]

    @property
    def depth(self) -> int:
        """How many fields."""
        return len(self.fields)

    def key(self, depth: int, group: int) -> tuple[Any, ...]:
        """The values that make a group."""
        return tuple(self.keys[at][code] for at, code in enumerate(self.levels[depth].codes[group]))


def needed(plan: Plan) -> list[str]:
    """The columns of the frame that a plan reads: what is grouped is cut to them, since rows are copied."""
    names = [key.column for key in plan.keys] + [value.column for value in plan.values]
    return [name for name in dict.fromkeys(names) if name and name != QUANTITY]


def prepare(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """The rows that are grouped: one column a field under its name, items as rows of their own, small groups as one."""
    return grouped_by(per_item(frame, plan.items) if plan.items else frame, plan)


def grouped_by(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """``rows`` with one column a field under its name, small groups as one."""
    for key in plan.keys:
        if key.step and key.step != ITEM:
            rows = rows.assign(**{key.name: step_of(rows[key.column], key.step)})
        elif not key.step and (far := _far_moments(rows[key.column])) is not None:
            rows = rows.assign(**{key.name: far})
    if plan.top and plan.rows:
        rows = _with_others(rows, plan)
    return rows


def _far_moments(series: pd.Series[Any]) -> pd.Series[Any] | None:
    """Times as texts where some lie beyond the years 1 to 9999, which Python does not have; else ``None``."""
    if series.dtype.kind != "M" and not isinstance(series.dtype, pd.ArrowDtype):
        return None
    read = read_column(series)
    return pd.Series(read.texts().to_pylist(), series.index, dtype="str") if read.changes[BEYOND] else None


def step_of(series: Any, step: str) -> pd.Series[Any]:
    """One part of each time, as text that sorts; missing stays missing. Each day or hour is written once."""
    is_day = isinstance(series.dtype, pd.ArrowDtype) and pa.types.is_date(series.dtype.pyarrow_dtype)
    clock = series.astype("datetime64[s]") if is_day else series.dt.tz_localize(None)
    codes, hours_or_days = pd.factorize(clock.dt.floor("h" if step == "hour" else "D"))
    moments = pd.DatetimeIndex(hours_or_days)
    written = moments.to_period("Q").astype("str") if step == "quarter" else moments.strftime(STEPS[step])
    texts = pd.array([*written, None], dtype="str")
    return pd.Series(texts.take(np.where(codes < 0, len(written), codes)), index=series.index, name=series.name)


def per_item(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row for each item of the list or object in ``column``; a row without items stays, its item missing.

    Args:
        frame: any frame.
        column: names, objects with a name, or an object of names with quantities.

    Returns:
        The rows, with ``column (item)`` and ``quantity of item`` beside the other columns; amounts of a row stand
        beside each of its items.

    >>> orders = pd.DataFrame({"id": ["1"], "final_variants": [{"Kopi": 2, "Teh": 1}]})
    >>> per_item(orders, "final_variants")[["id", "final_variants (item)", "quantity of item"]].values.tolist()
    [['1', 'Kopi', 2], ['1', 'Teh', 1]]
    """
    pairs = [_items(value) or [(None, None)] for value in frame[column].array]
    places = np.repeat(np.arange(len(frame)), [len(one) for one in pairs])
    rows = frame.iloc[places].reset_index(drop=True)
    names = pd.Series([name for one in pairs for name, _ in one], dtype="str")
    counts = as_count(pd.Series([count for one in pairs for _, count in one], dtype=object))
    return rows.assign(**{Field(column, ITEM).name: names, QUANTITY: pd.array(counts.to_pylist(), dtype="Int64")})


def _items(value: object) -> list[tuple[str | None, object]]:
    if isinstance(value, dict):
        return [(str(name), count) for name, count in value.items()]
    if isinstance(value, list | tuple | np.ndarray):
        names = [one.get("name") if isinstance(one, dict) else one for one in value]
        return [(None if is_missing(name) else str(name), 1) for name in names]
    return []


def _with_others(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """``rows`` with all but the largest groups of the first field as one."""
    name = plan.rows[0].name
    by = rows.groupby(name, dropna=False, observed=True)
    largest = aggregated(by, plan.values[0]).sort_values(ascending=False, kind="stable").head(plan.top).index
    keys = rows[name].astype(object)
    return rows.assign(**{name: keys.where(keys.isin(largest), OTHERS)})


def aggregated(grouped: Any, value: Value) -> pd.Series[Any]:
    """One value of each group."""
    series: Any = grouped[value.column] if value.column else grouped
    made: pd.Series[Any]
    match value.function:
        case "rows":
            made = series.size()
        case "sum":
            made = series.sum(min_count=1)
        case "filled":
            made = series.count()
        case "different":
            made = series.nunique()
        case other:
            made = getattr(series, other)()
    return made


class Numbers:
    """All numbers of one pivot table, by level of rows and columns.

    Args:
        plan: what to make; it was checked.
        frame: the frame, filtered.
        too_many: says of ``count`` and ``most`` that nobody can read such a table.

    Attributes:
        plan: what was made.
        rows: the axis of the rows.
        columns: the axis of the columns.
        grouped: how many rows were grouped.

    Raises:
        BadValueError: too many rows or columns to show.

    >>> from scalev_frames.notebook.pivot.plan import Field, Plan, Value
    >>> orders = pd.DataFrame({"status": ["rts", "shipped", "rts"], "quantity": [1, 2, 3]})
    >>> numbers = Numbers(Plan((Field("status"),), values=(Value("quantity", "mean"),)), orders)
    >>> numbers.of(0, 1, 0).tolist(), numbers.of(0, 0, 0).tolist()
    ([2.0, 2.0], [2.0])
    """

    def __init__(
        self, plan: Plan, frame: pd.DataFrame, too_many: Callable[..., str] = "{count} > {most}".format
    ) -> None:
        self.plan = plan
        given = frame[needed(plan)].reset_index(drop=True)
        self._values = per_item(given, plan.items) if plan.items else given
        made = grouped_by(self._values, plan)
        self._codes: dict[str, Ids] = {}
        self.grouped = len(made)
        self.rows, self.columns = _axis(made, plan.rows), _axis(made, plan.columns)
        wide = len(self.columns.levels[-1]) * len(plan.values)
        for count, most in ((wide, MOST_COLUMNS), (len(self.rows.levels[-1]), MOST_ROWS)):
            if count > most:
                raise BadValueError(too_many(count=count, most=most))
        self._made = {
            (value, r, c): self._aggregate(one, r, c)
            for value, one in enumerate(plan.values)
            for r in range(self.rows.depth + 1)
            for c in range(self.columns.depth + 1)
        }

    def of(self, value: int, r: int, c: int) -> pd.Series[Any]:
        """The value of every group of rows at depth ``r`` with every group of columns at depth ``c``, row by row."""
        return self._made[value, r, c]

    def _aggregate(self, value: Value, r: int, c: int) -> pd.Series[Any]:
        wide = len(self.columns.levels[c])
        cells = self.rows.levels[r].ids * wide + self.columns.levels[c].ids
        count = len(self.rows.levels[r]) * wide
        if value.function == "different":
            return self._different(value.column, cells, count)
        found = aggregated(self._values.groupby(cells, sort=True), value)
        everything = found.reindex(np.arange(count))
        return everything.fillna(0).astype("int64") if FUNCTIONS[value.function].counts else everything

    def _different(self, column: str, cells: Ids, count: int) -> pd.Series[Any]:
        """How many different values each cell has; each value is looked at once, whatever the number of levels."""
        if column not in self._codes:
            self._codes[column] = pd.factorize(self._values[column])[0].astype(np.int64)
        codes = self._codes[column]
        there = codes >= 0
        wide = int(codes.max(initial=0)) + 1
        pairs = np.unique(cells[there] * wide + codes[there])
        return pd.Series(np.bincount(pairs // wide, minlength=count), dtype="int64")


def _axis(rows: pd.DataFrame, fields: Sequence[Field]) -> Axis:
    ids: Ids = np.zeros(len(rows), dtype=np.int64)
    levels = [Level(np.zeros((1, 0), dtype=np.int64), ids)]
    keys = []
    for one in fields:
        codes, uniques = pd.factorize(rows[one.name], sort=True)
        values = [*(None if is_missing(value) else value for value in uniques), None]
        keys.append(values)
        size = len(values)
        combined = ids * size + np.where(codes < 0, size - 1, codes)
        groups, ids = np.unique(combined, return_inverse=True)
        before = levels[-1].codes[groups // size]
        levels.append(Level(np.column_stack([before, groups % size]), ids.astype(np.int64)))
    return Axis(tuple(fields), tuple(keys), tuple(levels))
