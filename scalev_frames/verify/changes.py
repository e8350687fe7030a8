"""Why: what is new, what has changed and what is gone since last time is a question operators ask every morning.

May import errors only; it takes two frames and knows no account.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

NEW, CHANGED, GONE = "new", "changed", "gone"
COLUMNS = ("change", "id", "order_id", "column", "before", "after")
#: Follows every change, so that it tells nothing of its own.
NOT_TOLD = ("last_updated_at",)


def compare_frames(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What happened between two frames of the same call.

    Args:
        before: the earlier frame.
        after: the later one; both have ``id``.

    Returns:
        One row for each new and each gone record, one for each changed value: change (``new``, ``changed``, ``gone``),
        id, order_id, column, before and after (all `str`; the last three missing where they make no sense). New ones
        first, then changed ones in the later frame's order, then gone ones. ``attrs["counts"]`` counts records.

    >>> before = pd.DataFrame({"id": ["1", "2"], "order_id": ["A", "B"], "status": ["pending", "shipped"]})
    >>> after = pd.DataFrame({"id": ["3", "2"], "order_id": ["C", "B"], "status": ["pending", "rts"]})
    >>> compare_frames(before, after).fillna("").values.tolist()
    [['new', '3', 'C', '', '', ''], ['changed', '2', 'B', 'status', 'shipped', 'rts'], ['gone', '1', 'A', '', '', '']]
    """
    new, gone = after.loc[~after["id"].isin(before["id"])], before.loc[~before["id"].isin(after["id"])]
    stay = after.loc[after["id"].isin(before["id"])]
    old = before.set_index("id", drop=False).loc[stay["id"]]
    changed = _changes(old.reset_index(drop=True), stay.reset_index(drop=True))
    rows = [*_whole(NEW, new), *changed, *_whole(GONE, gone)]
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype("str")
    table.attrs = {
        **{name: value for name, value in after.attrs.items() if name in ("account", "as_of", "filters", "time_zone")},
        "endpoint": "changes",
        "counts": {NEW: len(new), CHANGED: len({row[1] for row in changed}), GONE: len(gone)},
    }
    return table


def _whole(change: str, frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    codes = frame["order_id"] if "order_id" in frame else frame["id"]
    return [(change, one, code, None, None, None) for one, code in zip(frame["id"], codes, strict=True)]


def _changes(old: pd.DataFrame, new: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Each changed value; rows of both stand side by side."""
    found: list[tuple[int, int, Any, Any]] = []
    for number, name in enumerate(new.columns):
        if name in NOT_TOLD or name == "id":
            continue
        was = old[name].astype(object) if name in old else pd.Series([None] * len(new), dtype=object)
        now = new[name].astype(object)
        missing = was.isna(), now.isna()
        found += [
            (place, number, was[place], now[place])
            for place in np.flatnonzero(~(missing[0] & missing[1])).tolist()
            if missing[0][place] or missing[1][place] or was[place] != now[place]
        ]
    found.sort(key=lambda one: one[:2])
    codes = new["order_id"] if "order_id" in new else new["id"]
    return [(CHANGED, new["id"][place], codes[place], new.columns[number], _text(was), _text(now))
            for place, number, was, now in found]  # fmt: skip


def _text(value: Any) -> str | None:  # noqa: ANN401 - any cell
    missing = pd.isna(value) if not isinstance(value, list | dict) else False
    return None if missing else str(value)
