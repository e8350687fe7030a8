"""The chart beside a pivot table: its first value as bars, a colour a column."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scalev_frames.notebook.pivot.shown import PivotTable
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.plurals import in_sentence

#: The most bars and colours that can be told apart.
MOST_BARS, MOST_SERIES = 40, 8


def chart_of(made: PivotTable, part: str) -> dict[str, Any] | None:
    """What the browser draws: categories, and for each series its numbers and their texts; ``None`` without numbers.

    Args:
        made: the pivot table.
        part: says how many of its rows and columns are drawn, where not all are.
    """
    depth, across = made.numbers.rows.depth, made.numbers.columns.depth
    all_rows = [place for place, line in enumerate(made.lines) if line.depth == depth]
    all_series = [place for place, (line, value) in enumerate(made.cells) if value == 0 and line.depth == across]
    rows, series = all_rows[:MOST_BARS], all_series[:MOST_SERIES]
    counts = {"rows": len(rows), "all_rows": len(all_rows), "columns": len(series), "all_columns": len(all_series)}
    if not rows or not series or not pd.api.types.is_numeric_dtype(made.frame[f"value_{series[0]}"].dtype):
        return None
    names = [" \u00b7 ".join(filter(None, made.line_said(made.numbers.rows, made.lines[place]))) for place in rows]
    return {
        "value": made.value_said(made.plan.values[0]),
        "part": in_sentence(part, made.language, **counts) * ((rows, series) != (all_rows, all_series)),
        "categories": names,
        "rows": rows,
        "series": [_series(made, place, rows) for place in series],
        "stacked": made.plan.values[0].function in ("rows", "sum", "filled") and not made.plan.values[0].show,
    }


def _series(made: PivotTable, place: int, rows: list[int]) -> dict[str, Any]:
    name = f"value_{place}"
    column = Column(name, made.frame[name], made.frame.attrs["kinds"][name])
    numbers = made.frame[name].iloc[rows].astype("Float64")
    texts = column.shown(pd.Index(rows).to_numpy(), made.language)
    said = [text for text in made.line_said(made.numbers.columns, made.cells[place][0]) if text]
    return {
        "name": " \u00b7 ".join(said) if made.numbers.columns.depth else made.value_said(made.plan.values[0]),
        "numbers": [None if pd.isna(one) else float(one) for one in numbers],
        "texts": texts,
        "place": place,
    }
