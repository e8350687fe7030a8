"""The rows behind a cell of a pivot table, as a filter of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scalev_frames.notebook.pivot.code import step_code
from scalev_frames.notebook.pivot.compute import OTHERS, needed, prepare
from scalev_frames.notebook.pivot.plan import ITEM, Field
from scalev_frames.notebook.pivot.shown import Line, PivotTable
from scalev_frames.notebook.table.filters.conditions import Mask, quoted
from scalev_frames.notebook.table.view import Only


def rows_behind(made: PivotTable, frame: pd.DataFrame, filtered: Mask, row: int, column: int) -> Only:
    """The rows of ``frame`` that a cell counts.

    Args:
        made: the pivot table.
        frame: the frame that it was made of, before its filters.
        filtered: which of its rows the pivot's own filters let through.
        row: the row of the cell.
        column: the column, counted from the first one with values; below zero for all of them.
    """
    numbers = made.numbers
    line = made.lines[row]
    across = made.cells[column][0] if 0 <= column < len(made.cells) else Line(0, 0)
    pairs = [
        *zip(numbers.rows.fields, numbers.rows.key(line.depth, line.group), strict=False),
        *zip(numbers.columns.fields, numbers.columns.key(across.depth, across.group), strict=False),
    ]
    said = " \u00b7 ".join(made.key_said(field, key) for field, key in pairs) or made.labels["total"]
    inside = np.zeros(len(frame), dtype=bool)
    inside[np.flatnonzero(filtered)] = _inside(made, frame[needed(made.plan)][filtered].reset_index(drop=True), pairs)
    return Only(said, inside, _code(pairs))


def _inside(made: PivotTable, frame: pd.DataFrame, pairs: list[tuple[Field, Any]]) -> Mask:
    """Which rows hold every key; of a list, one of its items has to."""
    plan = made.plan
    numbered = frame[needed(plan)].assign(**{"\u2116": np.arange(len(frame))})
    rows = prepare(numbered, plan)
    mask = np.ones(len(rows), dtype=bool)
    for field, key in pairs:
        values = rows[field.name]
        mask &= (values.isna() if key is None else (values == key).fillna(False)).to_numpy(bool)
    inside = np.zeros(len(frame), dtype=bool)
    inside[rows["\u2116"].to_numpy()[mask]] = True
    return inside


def _code(pairs: list[tuple[Field, Any]]) -> str:
    return "\n".join(_line(field, key) for field, key in pairs if key != OTHERS)


def _line(field: Field, key: Any) -> str:
    series = f"view[{quoted(field.column)}]"
    if field.step == ITEM:
        return _item_line(field, key)
    if key is None:
        return f"view = view[{series}.isna()]"
    values = f"({step_code(series, field.step)})" if field.step else series
    return f"view = view[{values} == {quoted(key)}]"


def _item_line(field: Field, key: Any) -> str:
    items = f"per_item(view.assign(place=range(len(view))), {quoted(field.column)})"
    found = "isna()" if key is None else f"eq({quoted(key)})"
    lines = [f"items = {items}", f'view = view.iloc[items.loc[items[{quoted(field.name)}].{found}, "place"].unique()]']
    return "\n".join(lines)
