"""The steps of a table as pandas code that gives the same frame."""

from __future__ import annotations

import pandas as pd

from scalev_frames.notebook.table.arrange import is_code
from scalev_frames.notebook.table.columns import TEXTS, Column
from scalev_frames.notebook.table.conditions import condition_code, quoted
from scalev_frames.notebook.table.sheet import Sheet

_ROOM = "scalev_frames.notebook.table"


def steps_code(sheet: Sheet, name: str = "frame") -> str:
    """Search, filters, sort and columns of ``sheet`` as pandas code: `Sheet.view_frame`, made anew into ``view``.

    Args:
        sheet: the table's sheet.
        name: the frame's variable.

    >>> from scalev_frames.notebook.table.conditions import Condition
    >>> sheet = Sheet(pd.DataFrame({"status": ["shipped", "rts"], "quantity": [2, 1]}), {})
    >>> sheet.step(filters={0: (Condition("in", ("rts",)),)}, sort=((1, False),), order=(0,))
    >>> print(steps_code(sheet, "orders"))
    view = orders
    view = view[view["status"].isin(["rts"])]
    view = view.sort_values("quantity", ascending=False, kind="stable")
    view = view[["status"]]
    """
    view, columns = sheet.view, sheet.columns
    lines = [f"view = {name}"]
    own_index = frozenset(range(len(columns) - sheet.frame.shape[1]))
    if own_index & (view.filters.keys() | {place for place, _ in view.sort}):
        lines.append("view = view.reset_index()")
    if view.only is not None:
        lines += view.only.code.splitlines()
    if view.search:
        lines.append(f"view = search_rows(view, {quoted(view.search)})")
    for place, conditions in view.filters.items():
        lines += [f"view = view[{condition_code(columns[place], one)}]" for one in conditions]
    if view.sort:
        lines.append(_sort(sheet))
    if lines[1:] and "reset_index" in lines[1]:
        lines.append(f"view = view.set_index([{', '.join(quoted(columns[one].name) for one in sorted(own_index))}])")
    shown = [place for place in view.order if place not in own_index]
    if shown != sorted(set(range(len(columns))) - own_index):
        lines.append(f"view = view[[{', '.join(quoted(columns[place].name) for place in shown)}]]")
    return "\n".join([*_imports(lines), *lines])


def _imports(lines: list[str]) -> list[str]:
    body = "\n".join(lines)
    used = [one for one in ("search_rows", "texts") if f"{one}(" in body]
    made = ["from decimal import Decimal"] if "Decimal(" in body else []
    made += ["import pandas as pd"] if "pd." in body else []
    made += ["from scalev_frames.notebook.pivot import per_item"] if "per_item(" in body else []
    if "rows_behind(" in body:
        names = ["Definitions"] * ("Definitions(" in body) + ["rows_behind"]
        made.append(f"from scalev_frames.reports import {', '.join(names)}")
    return made + ([f"from {_ROOM} import {', '.join(used)}"] if used else [])


def _sort(sheet: Sheet) -> str:
    columns = [(sheet.columns[place], rises) for place, rises in sheet.view.sort]
    names = [quoted(column.name) for column, _ in columns]
    ways = [rises for _, rises in columns]
    keys = {column.name: key for column, _ in columns if (key := _key(column))}
    options = []
    if not all(ways):
        options.append(f"ascending={ways[0] if len(ways) == 1 else ways}")
    if len(columns) == 1:
        options.append('kind="stable"')
    if len(columns) == 1 and keys:
        options.append(f"key=lambda values: {keys[columns[0][0].name]}")
    elif keys:
        parts = [f"{key} if values.name == {quoted(name)} else " for name, key in keys.items()]
        options.append(f"key=lambda values: {''.join(parts)}values")
    by = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    return f"view = view.sort_values({', '.join([by, *options])})"


def _key(column: Column) -> str:
    """What makes a column's values sort as the table sorts them; ``""`` where they do so by themselves."""
    if column.kind not in TEXTS and column.kind != "nested":
        return ""
    text = "values" if isinstance(column.series.dtype, pd.StringDtype) else "texts(values)"
    return f'pd.to_numeric({text}).astype("Int64")' if is_code(column) else f"{text}.str.lower()"
