"""The steps of a table as pandas code that gives the same frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from scalev_frames.notebook.table.columns.columns import TEXTS, Column
from scalev_frames.notebook.table.filters.arrange import is_code
from scalev_frames.notebook.table.filters.conditions import condition_code, label_code, quoted
from scalev_frames.notebook.table.sheet import Sheet

_ROOM = "scalev_frames.notebook.table"


def steps_code(sheet: Sheet, name: str = "frame") -> str:
    """Search, filters, sort and columns of ``sheet`` as pandas code: `Sheet.view_frame`, made anew into ``view``.

    Args:
        sheet: the table's sheet.
        name: the frame's variable.

    >>> from scalev_frames.notebook.table.filters.conditions import Condition
    >>> sheet = Sheet(pd.DataFrame({"status": ["shipped", "rts"], "quantity": [2, 1]}), {})
    >>> sheet.step(filters={0: (Condition("in", ("rts",)),)}, sort=((1, False),), order=(0,))
    >>> print(steps_code(sheet, "orders"))
    view = orders
    view = view[view["status"].isin(["rts"])]
    view = view.sort_values("quantity", ascending=False, kind="stable")
    view = view[["status"]]
    """
    view, columns = sheet.view, sheet.columns
    own_index = frozenset(range(sheet.index_columns))
    steps, read = _row_steps(sheet), view.filters.keys() | {place for place, _ in view.sort}
    if own_index & read:
        index = f"view = view.set_index([{_names(columns, sorted(own_index))}])"
        steps = ["view = view.reset_index()", *steps, index]
    shown = [place for place in view.order if place not in own_index]
    is_cut = shown != sorted(set(range(len(columns))) - own_index)
    if doubled := _doubled(columns, (*read, *shown * is_cut)):
        return f"# {sheet.labels['doubled'].format(name=doubled)}"
    if is_cut:
        steps.append(f"view = view[[{_names(columns, shown)}]]")
    lines = [f"view = {name}", *steps]
    return "\n".join([*_imports(lines), *lines])


def _doubled(columns: Sequence[Column], places: Sequence[int]) -> str:
    """The first label, of the columns at ``places``, that another column has, too; ``""`` where there is none."""
    counts = Counter(map(label_code, columns))
    labels = (label_code(columns[place]) for place in places)
    return next((label for label in labels if counts[label] > 1), "")


def _row_steps(sheet: Sheet) -> list[str]:
    """Which rows are found, and their order."""
    view = sheet.view
    lines = view.only.code.splitlines() if view.only else []
    if view.search:
        language = ', language="id"' if sheet.language == "id" else ""
        lines.append(f"view = search_rows(view, {quoted(view.search)}{language})")
    for place, conditions in view.filters.items():
        lines += [f"view = view[{condition_code(sheet.columns[place], one)}]" for one in conditions]
    return [*lines, *_sort(sheet)] if view.sort else lines


def _names(columns: Sequence[Column], places: Sequence[int]) -> str:
    return ", ".join(label_code(columns[place]) for place in places)


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


def _sort(sheet: Sheet) -> list[str]:
    """By the columns themselves, or by keys of theirs where some do not sort as the table sorts them."""
    columns = [sheet.columns[place] for place, _ in sheet.view.sort]
    is_one, how = len(columns) == 1, _how([rises for _, rises in sheet.view.sort])
    if is_one and isinstance(columns[0].series.dtype, pd.StringDtype):
        how += f", key=lambda values: {_key(columns[0], 'values')}"
    elif any(map(_key, columns)):
        keys = ", ".join(_key(column) or f"view[{label_code(column)}]" for column in columns)
        by = "0" if is_one else str(list(range(len(columns))))
        return [f"keys = pd.concat([{keys}], axis=1, ignore_index=True).reset_index(drop=True)",
                f"view = view.iloc[keys.sort_values({by}{how}).index]"]  # fmt: skip
    names = ", ".join(map(label_code, columns))
    return [f"view = view.sort_values({names if is_one else f'[{names}]'}{how})"]


def _how(ways: list[bool]) -> str:
    """The options of a sort: of one column it is stable, of several it is so by itself."""
    ascending = "" if all(ways) else f", ascending={ways[0] if len(ways) == 1 else ways}"
    return f'{ascending}, kind="stable"' if len(ways) == 1 else ascending


def _key(column: Column, series: str = "") -> str:
    """What sorts as the table sorts the ``series`` of a column; ``""`` where its values do so by themselves."""
    if column.kind not in TEXTS and column.kind != "nested":
        return ""
    series = series or f"view[{label_code(column)}]"
    text = series if isinstance(column.series.dtype, pd.StringDtype) else f"texts({series})"
    if column.words:
        words = ", ".join(f"{quoted(value)}: {quoted(word)}" for value, word in column.words.items())
        return f"{text}.replace({{{words}}}).str.lower()"
    return f'pd.to_numeric({text}).astype("Int64")' if is_code(column) else f"{text}.str.lower()"
