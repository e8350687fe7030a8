"""The rows behind a bar of a picture, as a filter of a table."""

from __future__ import annotations

import pandas as pd

from scalev_frames.notebook.pictures.counted import Counted
from scalev_frames.notebook.table.conditions import quoted
from scalev_frames.notebook.table.view import Only
from scalev_frames.reports import DEFINITIONS, Definitions, Period, mask_behind


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
    keys = {key: None if pd.isna(value) else value for key, value in counted.keys[bar].items()}
    mask = mask_behind(frame, counted.report, keys, part.column, definitions, period=period)
    said = " \u00b7 ".join(filter(None, (counted.names[bar], part.behind)))
    return Only(said, mask, _code(counted.report, keys, part.column, period, definitions))


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
