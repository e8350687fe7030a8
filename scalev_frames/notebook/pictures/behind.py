"""The rows behind a bar of a picture, as a filter of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scalev_frames.notebook.pictures.counted import Counted
from scalev_frames.notebook.table.filters.conditions import quoted
from scalev_frames.notebook.table.view import Only
from scalev_frames.reports import DEFINITIONS, Definitions
from scalev_frames.reports.behind import mask_behind
from scalev_frames.reports.compare import Period


def only_behind(
    frame: pd.DataFrame,
    counted: Counted,
    place: tuple[int, int, int],
    *,
    period: Period | None = None,
    definitions: Definitions = DEFINITIONS,
) -> Only:
    """The rows that a bar counts, as a filter of a table.

    Args:
        frame: what the picture was counted from, all periods.
        counted: what the picture shows.
        place: the axis, the part and the bar.
        period: the days that were counted; all when left out.
        definitions: what the words mean.

    >>> from scalev_frames.notebook.pictures.counted import count_pictures
    >>> orders = pd.DataFrame({"status": ["rts", "shipped"]})
    >>> only = only_behind(orders, count_pictures(orders)["funnel"], (0, 0, 3))
    >>> only.label, only.mask.tolist(), only.code
    ('Completed', [False, False], 'view = rows_behind(view, "funnel", {"stage": "completed"}, "orders")')
    """
    axis, number, bar = place
    part = counted.axes[axis].parts[number]
    said = " \u00b7 ".join(filter(None, (counted.names[bar], part.behind)))
    return only_counted(
        frame, counted.report, counted.keys[bar], part.column, said, period=period, definitions=definitions
    )


def only_counted(
    frame: pd.DataFrame,
    name: str,
    row: Mapping[str, Any],
    column: str,
    said: str,
    *,
    period: Period | None = None,
    definitions: Definitions = DEFINITIONS,
) -> Only:
    """The rows that a number of a report counts, as a filter of a table.

    Args:
        frame: what the report was made of, all periods.
        name: the report.
        row: its row: key columns to their values.
        column: the column of the number.
        said: what the rows are called.
        period: the days that were counted; all when left out.
        definitions: what the words mean.

    Raises:
        UnknownNameError: a report whose rows count no orders.
    """
    keys = {key: None if pd.isna(value) else value for key, value in row.items()}
    mask = mask_behind(frame, name, keys, column, definitions, period=period)
    return Only(said, mask, _code(name, keys, column, period, definitions))


def _code(name: str, keys: dict[str, object], column: str, period: Period | None, definitions: Definitions) -> str:
    said = ", ".join(f"{quoted(key)}: {_value(value)}" for key, value in keys.items())
    given = [quoted(name), f"{{{said}}}", quoted(column)]
    if definitions.date_basis != DEFINITIONS.date_basis:
        given.append(f"Definitions(date_basis={quoted(definitions.date_basis)})")
    if period is not None:
        given += [f'since="{period.since}"', f'until="{period.until}"']
    return f"view = rows_behind(view, {', '.join(given)})"


def _value(value: object) -> str:
    return quoted(f"{value:%Y-%m-%d}") if isinstance(value, pd.Timestamp) else quoted(value)
