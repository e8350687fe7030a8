"""What is new, changed and gone between two frames of the same call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from scalev_frames.errors import BadValueError, MissingColumnsError, NotCachedError
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import decimals
from scalev_frames.plurals import counted

NEW, CHANGED, GONE = "new", "changed", "gone"
COLUMNS = ("change", "id", "order_id", "column", "before", "after")
#: Columns that change with every change; they are not reported.
LEFT_OUT = ("last_updated_at",)
DETAILS = "what only the details have is not compared"


def changes_since(
    frame: pd.DataFrame,
    load: Callable[[str], pd.DataFrame | None],
    load_before: Callable[[str, dt.datetime], pd.DataFrame | None],
) -> pd.DataFrame:
    """The changes of a list's frame since the kept one before it.

    Lists are kept without their details, so one with details is compared by its own list.

    Raises:
        NotCachedError: nothing earlier is kept of the call, or no longer the list of a frame with details.
    """
    header = Header.of(frame)
    before = load_before(header.kept_as, header.as_of) if header.as_of else None
    if before is None:
        raise NotCachedError(
            "Nothing earlier is kept of this call.", advice="Fetch the call again, and compare what that gives."
        )
    table = compare_frames(before, _list_of(header, load) if header.details else frame)
    table.attrs["since"] = before.attrs["as_of"]
    table.attrs["notes"] += [DETAILS] if header.details else []
    return table


def _list_of(header: Header, load: Callable[[str], pd.DataFrame | None]) -> pd.DataFrame:
    """The kept list that a frame with details was made of."""
    listed = load(header.kept_as)
    if listed is None or Header.of(listed).as_of != header.as_of:
        raise NotCachedError("The list of this frame is no longer kept.", advice="Fetch it again, and compare then.")
    return listed


def compare_frames(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The changes between two frames of the same call.

    Args:
        before: the earlier frame.
        after: the later one; both have ``id``. Rows of a list below several parents are told apart by the parent, too.

    Returns:
        One row for each new and each gone record, one for each changed value: change (``new``, ``changed``, ``gone``),
        id, order_id, column, before and after (all `str`; the last three missing where they make no sense). New ones
        first, then changed ones in the later frame's order, then gone ones. ``attrs["counts"]`` counts records,
        ``attrs["notes"]`` says how many rows have no id of their own, and so are not compared, which columns are gone,
        new, or of another type, and what tells records apart where a frame lacks a part of it.

    Raises:
        BadValueError: the frames are of two businesses or lists, or have several columns of one name.
        MissingColumnsError: one has no ``id``.

    >>> before = pd.DataFrame({"id": ["1", "2"], "order_id": ["A", "B"], "status": ["pending", "shipped"]})
    >>> after = pd.DataFrame({"id": ["3", "2"], "order_id": ["C", "B"], "status": ["pending", "rts"]})
    >>> compare_frames(before, after).fillna("").values.tolist()
    [['new', '3', 'C', '', '', ''], ['changed', '2', 'B', 'status', 'shipped', 'rts'], ['gone', '1', 'A', '', '', '']]
    """
    _check_businesses(before, after)
    key, said = _key(before, after)
    kinds = _kind_notes(before, after)
    before, after = (decimals(one.astype({"id": "str"})) for one in (before, after))
    was, now = _known(before, key), _known(after, key)
    old, new = pd.MultiIndex.from_frame(was[key]), pd.MultiIndex.from_frame(now[key])
    places = old.get_indexer(new)
    came, gone = now.loc[places < 0], was.loc[new.get_indexer(old) < 0]
    stayed = places[places >= 0]
    changed, records = _changes(was.iloc[stayed].reset_index(drop=True), now.loc[places >= 0].reset_index(drop=True))
    rows = [*_whole(NEW, came), *changed, *_whole(GONE, gone)]
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype("str")
    table.attrs = {
        **{name: value for name, value in after.attrs.items() if name in ("account", "as_of", "filters", "time_zone")},
        "endpoint": "changes",
        "counts": {NEW: len(came), CHANGED: records, GONE: len(gone)},
        "notes": [*_uncompared((before, was), (after, now)), *said, *_column_notes(before, after), *kinds],
    }
    return table


def _check_businesses(before: pd.DataFrame, after: pd.DataFrame) -> None:
    """Refuse frames of two businesses or lists, and those that cannot be matched."""
    one, other = Header.of(before), Header.of(after)
    if one.account and other.account and one.account != other.account:
        raise BadValueError(
            f"The frames are of two businesses, {one.account} and {other.account}.", advice="Compare those of one."
        )
    if one.endpoint and other.endpoint and (one.endpoint, one.child) != (other.endpoint, other.child):
        raise BadValueError(f"The frames are of two lists, {one.endpoint} and {other.endpoint}.", advice="Compare one.")
    for said, frame in (("earlier", before), ("later", after)):
        if "id" not in frame:
            raise MissingColumnsError(
                f"The {said} frame has no id, by which records are matched.", columns=("id",), advice="Keep the column."
            )
        if doubled := frame.columns[frame.columns.duplicated()].tolist():
            raise BadValueError(f"The {said} frame has several columns named {doubled[0]}.", advice="Keep one of them.")


def _key(before: pd.DataFrame, after: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The columns that tell records apart, and a note on those that a frame lacks."""
    source = Header.of(after).source
    parents = [one.parameter for one in source.parents] if source else []
    names = dict.fromkeys((BUSINESS, *parents, "id"))
    there = [names.keys() & set(frame.columns) for frame in (before, after)]
    both, either = there[0] & there[1], there[0] | there[1]
    lacks = [name for name in names if name in either - both]
    notes = [f"{name} is in one of the frames alone: records are told apart without it" for name in lacks]
    return [name for name in names if name in both], notes


def _uncompared(*pairs: tuple[pd.DataFrame, pd.DataFrame]) -> list[str]:
    """Notes on the rows without an id of their own, in the frame that has more of them."""
    counts = [(len(frame) - len(known), int(frame["id"].notna().sum()) - len(known)) for frame, known in pairs]
    unknown, doubled = max(counts)
    notes = [f"{counted(unknown, 'row', 'have')} no id of their own, not compared"] if unknown else []
    return notes + ([f"{doubled:,} of them share an id with another row"] if doubled else [])


def _column_notes(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Notes on the columns that one of the frames alone has."""
    gone = ", ".join(str(name) for name in before.columns if name not in after)
    new = ", ".join(str(name) for name in after.columns if name not in before)
    notes = [f"columns that the later frame no longer has, and that are not compared: {gone}"] if gone else []
    return notes + ([f"columns that are new in the later frame: {new}"] if new else [])


def _kind_notes(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Notes on columns of another type than before; how an amount is held is no change."""
    amounts = {name for frame in (before, after) for name, kind in Header.of(frame).kinds.items() if kind == "money"}
    both = [name for name in after.columns if name in before and name != "id" and name not in amounts]
    pairs = {name: (before[name].dtype, after[name].dtype) for name in both}
    return [f"{name}: {was} before, {now} now" for name, (was, now) in pairs.items() if str(was) != str(now)]


def _known(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The rows that their key tells apart."""
    return frame.loc[frame["id"].notna() & ~frame.duplicated(key, keep=False)]


def _whole(change: str, frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    codes = frame["order_id"] if "order_id" in frame else frame["id"]
    return [(change, one, code, None, None, None) for one, code in zip(frame["id"], codes, strict=True)]


def _changes(old: pd.DataFrame, new: pd.DataFrame) -> tuple[list[tuple[Any, ...]], int]:
    """Each changed value, and how many records changed; rows of both stand side by side."""
    found: list[tuple[int, int, Any, Any]] = []
    for number, name in enumerate(new.columns):
        if name in LEFT_OUT or name == "id":
            continue
        was = _objects(old[name]) if name in old else pd.Series([None] * len(new), dtype=object)
        now = _objects(new[name])
        missing = was.isna(), now.isna()
        found += [
            (place, number, was[place], now[place])
            for place in np.flatnonzero(~(missing[0] & missing[1])).tolist()
            if missing[0][place] or missing[1][place] or was[place] != now[place]
        ]
    found.sort(key=lambda one: one[:2])
    codes = new["order_id"] if "order_id" in new else new["id"]
    rows = [(CHANGED, new["id"][place], codes[place], new.columns[number], _text(was), _text(now))
            for place, number, was, now in found]  # fmt: skip
    return rows, len({place for place, *_ in found})


def _objects(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column's values, with lists in place of the arrays that other readers of Parquet make of them."""
    objects = column.astype(object)
    if not objects.map(lambda one: isinstance(one, np.ndarray)).any():
        return objects
    return pd.Series([one.tolist() if isinstance(one, np.ndarray) else one for one in objects], dtype=object)


def _text(value: Any) -> str | None:  # noqa: ANN401 - any cell
    missing = pd.isna(value) if not isinstance(value, list | dict) else False
    return None if missing else str(value)
