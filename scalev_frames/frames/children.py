"""Child frames: one row for each item in a list or map column, typed and with its parent's keys.

What a list holds is read from the catalog (`catalog.children` and the endpoint's shape); the rows are built as every
other frame is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.catalog import CARRIED, CHILDREN, Child, Column
from scalev_frames.catalog.model import column_names
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames.build import FrameBuilder
from scalev_frames.frames.header import Header
from scalev_frames.frames.memory import collecting_seldom
from scalev_frames.frames.money import decimals
from scalev_frames.frames.values.json_texts import loads
from scalev_frames.plurals import counted
from scalev_frames.settings import TIME_ZONE

#: The days of a weekly schedule in their order, and the fields of each.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WORKING_HOURS = {"start_time": "text", "end_time": "text", "is_active": "flag"}
SCHEDULE = "weekly_schedule"
#: The column with the business of a row, in a frame of several businesses.
BUSINESS = "business"
#: How texts of lists and objects begin; where one was not parsed, it is as Python prints it, or was cut off.
_NO_JSON = ("{'", '{"', "[{", "['", '["', "[None")

Row = dict[str, Any]


def expand(frame: pd.DataFrame, child: str | Child, carry: Sequence[str] | None = None) -> pd.DataFrame:
    """One row for each item in a list or map column, in the order of the column.

    Args:
        frame: the parents; lists and maps as Python's own, or as JSON text where the frame comes from a file.
        child: a name of `CHILDREN`, or any list or map column.
        carry: the parent's columns to carry; by default its keys, and for orders store, status, spam mark and times.

    Returns:
        A frame of the declared columns (also for zero rows) after the carried ones. A carried column whose name an
        item has too is called by its path: an order's ``id`` is ``order__id``, because ``order_id`` is its code. What
        the catalog does not know comes last. ``attrs`` are the parent's, with ``child`` and the notes on the items.

    Raises:
        UnknownNameError: the frame has no such column, or none to carry.
        BadValueError: the column has texts of lists or objects that are no JSON.

    >>> orders = pd.DataFrame({"id": ["7"], "final_variants": [{"Kaos - Hitam": 2, "Topi": 1}]})
    >>> expand(orders, "items")
      order__id          item  quantity
    0         7  Kaos - Hitam         2
    1         7          Topi         1
    """
    child = CHILDREN.get(child) or Child(child, child) if isinstance(child, str) else child
    if child.column not in frame.columns:
        raise UnknownNameError(f"This frame has no column {child.column}.", advice=_advice(child))
    declared = Header.of(frame).declared.get(child.column)
    values = as_python(frame[child.column])
    _refuse_unread(values, child.column)
    is_map = declared.kind == "map" if declared else _looks_like_maps(values, child)
    columns = child.columns(is_map=is_map, shape=declared.items if declared else "")
    parents: list[int] = []
    rows: list[Row] = []
    for place, row in _items(values, child, is_map=is_map):
        parents.append(place)
        rows.append(row)
    builder = FrameBuilder(columns, Header.of(frame).zone.key)
    builder.add(rows)
    made, notes = builder.finish()
    if child.name == "lines" and (unknown := sum(value is None for value in values)):
        notes.append(f"{counted(unknown, 'order', 'have')} no lines that are known")
    return _joined(frame, child.name, parents, made, {column.name: column.kind for column in columns}, notes, carry)


def weekly_schedules(frame: pd.DataFrame, carry: Sequence[str] | None = None) -> pd.DataFrame:
    """One row for each weekday in a row's ``weekly_schedule``, Monday first.

    Args:
        frame: sales people, as `store_sales_people` gives them.
        carry: the parent's columns to carry; by default store, id, name and share.

    Returns:
        The carried columns, then day, start_time and end_time (`str`), is_active (`boolean`).

    Raises:
        UnknownNameError: the frame has no schedule.

    >>> people = pd.DataFrame({"id": ["1"], "weekly_schedule_friday_start_time": ["08:00"]})
    >>> weekly_schedules(people)[["day", "start_time"]].values.tolist()
    [['friday', '08:00']]
    """
    if not any(str(name).startswith(f"{SCHEDULE}_") for name in frame.columns):
        raise UnknownNameError(f"This frame has no {SCHEDULE}.", advice="Use the frame of store_sales_people.")
    days = [(place, number, row) for number, day in enumerate(WEEKDAYS) for place, row in _hours(frame, day)]
    days.sort(key=lambda one: one[:2])
    kinds = {"day": "text", **WORKING_HOURS}
    builder = FrameBuilder([Column(name, (name,), kind) for name, kind in kinds.items()], TIME_ZONE)
    builder.add([row for _, _, row in days])
    made, notes = builder.finish()
    return _joined(frame, "schedules", [place for place, _, _ in days], made, kinds, notes, carry)


def _hours(frame: pd.DataFrame, day: str) -> Iterator[tuple[int, Row]]:
    """The working hours of a weekday, with the place of their row; rows without any are left out."""
    columns = {name: f"{SCHEDULE}_{day}_{name}" for name in WORKING_HOURS}
    said = {name: as_python(frame[column]) for name, column in columns.items() if column in frame.columns}
    for place, hours in enumerate(zip(*said.values(), strict=True)):
        if any(one is not None for one in hours):
            yield place, {"day": day, **dict(zip(said, hours, strict=True))}


# Items -----------------------------------------------------------------------------------------------------------


def _items(values: Sequence[Any], child: Child, *, is_map: bool) -> Iterator[tuple[int, Row]]:
    """Each item with the place of its parent, as an object."""
    value_name = child.value_column.name
    for place, value in enumerate(values):
        match value:
            case dict() if is_map:
                for key, one in value.items():
                    yield place, {child.key: key, value_name: one}
            case list() | tuple():
                for one in value:
                    yield place, one if isinstance(one, dict) else {} if one is None else {value_name: one}
            case dict():
                yield place, value
            case None:
                pass
            case _:  # a plain value where a list was expected is an item, too
                yield place, {value_name: value}


def _refuse_unread(values: Sequence[Any], column: str) -> None:
    """Refuse texts of lists and objects that are no JSON."""
    if any(isinstance(one, str) and one.startswith(_NO_JSON) for one in values):
        raise BadValueError(
            f"{column} holds lists or objects as texts that are no JSON, as pandas' own to_csv writes them.",
            advice="Write frames with sf.to_csv, sf.to_excel or sf.to_parquet, and read those files.",
        )


def _looks_like_maps(values: Sequence[Any], child: Child) -> bool:
    given = [one for one in values if one is not None]
    return any(isinstance(one, dict) for one in given) if given else child.is_map


def as_python(column: pd.Series[Any]) -> list[Any]:
    """The values as Python's own; JSON text is read, what is missing is ``None``."""
    is_arrow = isinstance(column.dtype, pd.ArrowDtype)
    values = _arrow_values(column) if is_arrow else column.astype(object).where(column.notna(), None).tolist()
    with collecting_seldom():
        values = [_parsed(one) if isinstance(one, str) else one for one in values]
    return [one.tolist() if isinstance(one, np.ndarray) else one for one in values]


def _arrow_values(column: pd.Series[Any]) -> list[Any]:
    """The values of an Arrow column; maps and records as dicts, without fields that are missing."""
    array = pa.array(column)
    values: list[Any] = array.to_pylist()
    if pa.types.is_map(array.type):
        return [None if one is None else dict(one) for one in values]
    return [{name: each for name, each in one.items() if each is not None} if isinstance(one, dict) else one
            for one in values]  # fmt: skip


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """A JSON text, parsed; one that is not JSON stays as it is, an empty one is missing."""
    try:
        return loads(text) if text else None
    except ValueError:
        return text


# The parent --------------------------------------------------------------------------------------------------------


def parent_word(frame: pd.DataFrame) -> str:
    """One word for a row of ``frame``, such as ``order``; ``parent`` where it is not known.

    >>> parent_word(pd.DataFrame(columns=["order_id", "status"])), parent_word(pd.DataFrame(columns=["status"]))
    ('order', 'parent')
    """
    header = Header.of(frame)
    if header.child:
        return header.child.removesuffix("s")
    if header.source and header.source.shape:
        word = header.source.shape.removesuffix("_detail").removesuffix("_simplified")
        return word.removeprefix("store_")
    named = {"order_id": "order", "final_variants": "order", "orderlines": "order", "variants": "product",
             "bundlelines": "bundle", "bundle_price_options": "bundle"}  # fmt: skip
    return next((word for name, word in named.items() if name in frame.columns), "parent")


def _joined(
    frame: pd.DataFrame,
    child: str,
    parents: Sequence[int],
    made: pd.DataFrame,
    kinds: dict[str, str],
    notes: list[str],
    carry: Sequence[str] | None,
) -> pd.DataFrame:
    """The parents' carried columns beside the items."""
    header = Header.of(frame)
    carried = _carried(frame, carry)
    names = _carried_names(frame, carried, made.columns)
    left = frame[carried].iloc[np.asarray(parents, dtype=np.intp)].reset_index(drop=True)
    left.columns = pd.Index([names[name] for name in carried])
    whole = pd.concat([left, made], axis=1)
    whole.attrs = frame.attrs
    note = header.row_note(frame)
    parent_kinds = {names[name]: header.declared[name].kind for name in carried if name in header.declared}
    whole = replace(
        header,
        child=child,
        kinds={**parent_kinds, **kinds},
        notes=(*header.notes, *([f"{parent_word(frame)}: {note}"] if note else []), *notes),
        rows=len(whole),
    ).onto(whole)
    return decimals(whole) if header.money == "decimal" else whole


def _carried(frame: pd.DataFrame, carry: Sequence[str] | None) -> list[str]:
    """The parents' columns to carry: those asked for, else the usual ones that there are."""
    if carry is not None:
        for name in carry:
            if name not in frame.columns:
                raise UnknownNameError.near("column", name, map(str, frame.columns), " in this frame to carry")
        return list(carry)
    word = parent_word(frame)
    has_businesses = BUSINESS in frame.columns and BUSINESS not in Header.of(frame).declared
    usual = (*([BUSINESS] if has_businesses else []), *CARRIED.get(word, CARRIED[""]))
    return [name for name in usual if name in frame.columns]


def _carried_names(frame: pd.DataFrame, carried: Sequence[str], taken: Iterable[str]) -> dict[str, str]:
    """The names of the carried columns beside those of the items; an order's code keeps its name."""
    word, taken = parent_word(frame), [*map(str, taken)]
    reserved = {"id", "name", *taken}
    paths = {name: (word, name) if name in reserved else (name,) for name in carried}
    kept_free = [name for name in CARRIED.get(word, ()) if name not in reserved and name not in carried]
    names = column_names(paths.values(), taken=[*taken, *kept_free])
    return {name: names[path] for name, path in paths.items()}


def _advice(child: Child) -> str:
    if child.name == "lines":
        return "The order list has no lines; they come with the details of orders (`api.order_lines`)."
    return "Expand a column that holds lists or objects."
