"""A frame as a table shows it: which rows and columns, in what order, and what was done to get there. No widget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.describe import meanings
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames.header import Header
from scalev_frames.notebook.table.columns.columns import Column, Positions, columns_of
from scalev_frames.notebook.table.columns.first import first_columns
from scalev_frames.notebook.table.columns.texts import date_text, month_text
from scalev_frames.notebook.table.filters.arrange import Rows
from scalev_frames.notebook.table.filters.conditions import COMPARISONS, OPERATORS, Condition, listed_texts
from scalev_frames.notebook.table.filters.typed import typed, values_of
from scalev_frames.notebook.table.view import History, View

#: Values that a list of values holds at once.
LISTED = 500
#: Rows that the width of a text column is measured on, and the most characters of one that count.
_MEASURED, _LONGEST = 60, 100
#: Operators that mean the values that people call so, where values have words.
_BY_WORDS = {"contains": "in", "=": "in", "not contains": "not in", "!=": "not in"}


class Sheet:
    """A frame as a table shows it.

    Args:
        frame: any DataFrame; an index with names is shown as columns.
        labels: the words of the table.
        language: ``en`` or ``id``.

    Attributes:
        given: the frame that it was made of.
        frame: the same as it was then.
        columns: all its columns, by place.
        index_columns: how many of them, the first ones, are the index's.
        positions: the rows that are found, in the order shown.
        generation: counts the orders of rows: positions of another generation mean other rows.
        begins: its first generation: places of an earlier one mean columns of another frame.
        groups: what stands above each heading, where something does.
        row_kinds: ``subtotal`` or ``total`` for rows that are none of the data.
        shades: how deep the cells of a column are coloured, between 0 and 1, by place.

    >>> from scalev_frames.words import labels_in
    >>> sheet = Sheet(pd.DataFrame({"status": ["shipped", "rts"]}), labels_in("table", "en"))
    >>> sheet.step(filters={0: (Condition("=", ("rts",)),)})
    >>> sheet.view_frame["status"].tolist()
    ['rts']
    """

    def __init__(self, frame: pd.DataFrame, labels: Mapping[str, str], language: str = "en") -> None:
        self.given, self.frame = frame, frame.copy(deep=False)  # copied on write: later changes stay outside
        self.labels, self.language = labels, language
        self.columns = columns_of(self.frame, language)
        self.index_columns = len(self.columns) - self.frame.shape[1]
        self.rows = Rows(self.columns, len(frame))
        self.first = first_columns(self.columns, Header.of(frame).endpoint, report="report" in frame.attrs)
        self.history = History(View(order=tuple(self.first)))
        self.generation = self.begins = 0
        self.groups: list[str] = []
        self.row_kinds: list[str] = []
        self.shades: dict[int, np.ndarray[Any, Any]] = {}
        self.positions: Positions = self.rows.arrange()
        self._longest: dict[int, str] = {}

    @property
    def view(self) -> View:
        """How it stands now."""
        return self.history.view

    # Steps -----------------------------------------------------------------------------------------------------------

    def step(self, **changes: Any) -> None:
        """Change search, filters, sort, order, frozen or widths: one step that can be undone."""
        view = replace(self.view, **changes)
        if {"search", "filters", "sort", "only"} & changes.keys():
            self.positions = self._arranged(view)
            self.generation += 1
        self.history.step(view)

    def undo(self) -> bool:
        """Take the last step back; false when there is none."""
        return self._moved(self.history.undo())

    def redo(self) -> bool:
        """Take an undone step again; false when there is none."""
        return self._moved(self.history.redo())

    def _moved(self, moved: bool) -> bool:
        if moved:
            self.positions = self._arranged(self.view)
            self.generation += 1
        return moved

    def _arranged(self, view: View) -> Positions:
        found = self.rows.arrange(search=view.search, filters=view.filters, sort=view.sort)
        return found if view.only is None else found[view.only.mask[found]]

    def filter(self, place: int, conditions: Sequence[Condition]) -> None:
        """Filter one column; no conditions take its filter away."""
        self.step(filters=self.filters_with(place, conditions))

    def filters_with(self, place: int, conditions: Sequence[Condition]) -> dict[int, tuple[Condition, ...]]:
        """All filters, that of one column put anew; without one where there are no conditions."""
        others = {other: one for other, one in self.view.filters.items() if other != place}
        return {**others, place: tuple(conditions)} if conditions else others

    def typed(self, place: int, text: str) -> tuple[Condition, ...]:
        """The conditions that ``text`` asks of a column.

        Raises:
            BadValueError: it is not understood.
        """
        return typed(text, self.columns[place], self.labels, self.today, self.language)

    def checked(self, place: int, conditions: Sequence[Mapping[str, Any]]) -> tuple[Condition, ...]:
        """Conditions as the browser sends them: operators that exist, values that the column can be compared with.

        Raises:
            BadValueError: a value that the column cannot be compared with.
        """
        return tuple(one for given in conditions for one in self._checked(place, given))

    def _checked(self, place: int, given: Mapping[str, Any]) -> tuple[Condition, ...]:
        op, values = str(given["op"]), list(map(_text_or_none, given["values"]))
        if op in ("in", "not in"):
            return (Condition(op, tuple(values)),)
        count, column = OPERATORS[op], self.columns[place]
        texts = [one.strip() for one in values[:count] if one is not None]
        if len(list(filter(None, texts))) < (count or 0):
            return ()  # a box is still empty
        if op == "between":
            return self.typed(place, f"{texts[0]} .. {texts[1]}")
        if op in COMPARISONS and (column.is_time or column.is_numeric):
            return self.typed(place, f"{op}{texts[0]}")
        return (_by_words(column, op, texts) or Condition(op, tuple(texts)),)

    # What is found ---------------------------------------------------------------------------------------------------

    @property
    def today(self) -> dt.date:
        """The present day where the shop is."""
        return dt.datetime.now(Header.of(self.frame).zone).date()

    def cut(self, positions: Positions, places: Sequence[int]) -> pd.DataFrame:
        """The rows at ``positions`` with the columns at ``places``; index, dtypes and ``attrs`` as in the frame."""
        own = [place - self.index_columns for place in places if place >= self.index_columns]
        return self.frame.iloc[positions, own]

    @property
    def view_frame(self) -> pd.DataFrame:
        """The rows that are found, in the order shown, with the columns shown."""
        return self.cut(self.positions, self.view.order)

    def place(self, name: str, among: Sequence[int] | None = None) -> int:
        """The place of the column called ``name``.

        Raises:
            UnknownNameError: no such column.
        """
        for place in range(len(self.columns)) if among is None else among:
            if self.columns[place].name == name:
                return place
        raise UnknownNameError(f"The table shows no column {name!r}.", advice="See table.frame.columns.")

    def values(self, place: int, search: str = "") -> dict[str, Any]:
        """The values of a column among the rows that the other filters let through, as Excel lists them.

        Args:
            place: the column.
            search: only values that hold this text.

        Returns:
            ``values``: pairs of value and count, at most `LISTED`; ``distinct``: how many there are; ``missing``: how
            many rows hold none.
        """
        column = self.columns[place]
        mask = self.rows.mask(self.view.search, self.view.filters, without=place)
        if self.view.only is not None:
            mask &= self.view.only.mask
        listed = listed_texts(column)
        missing = column.values.null_count
        if not mask.all():
            wanted = pa.array(mask)
            listed, missing = listed.filter(wanted), column.values.filter(wanted).null_count
        if search:
            holds = pc.match_substring(listed, search, ignore_case=True).fill_null(False)
            called = pc.is_in(listed, pa.array(column.called(search), listed.type))
            listed = listed.filter(pc.or_(holds, called))
        counted = values_of(column, listed)
        few = counted[:LISTED]
        pairs = zip(few.field("values").to_pylist(), few.field("counts").to_pylist(), strict=True)
        return {"values": [[value, self.said(place, value), count] for value, count in pairs],
                "distinct": len(counted), "missing": missing}  # fmt: skip

    def said(self, place: int, value: str) -> str:
        """A value of a list or of a condition as a person reads it."""
        column = self.columns[place]
        if column.kind == "flag":
            return self.labels.get(value, value)
        if column.is_numeric:
            exact = Decimal(value)
            is_float = pa.types.is_floating(column.values.type)
            return column.text_of(
                float(exact) if is_float else int(exact) if exact == int(exact) else exact, self.language
            )
        if not column.is_time or len(value) < len("2026-11-20"):
            return column.words.get(value, value)
        day = dt.date.fromisoformat(value[:10])
        return month_text(day, self.language) if column.kind == "month" else date_text(day, self.language) + value[10:]

    @cached_property
    def keys(self) -> list[str]:
        """What tells the columns apart in another frame: their names, and which one of those that share a name."""
        names = [column.name for column in self.columns]
        earlier = [names[:place].count(name) for place, name in enumerate(names)]
        return [f"{name}\t{count}" if count else name for name, count in zip(names, earlier, strict=True)]

    @cached_property
    def headings(self) -> list[str]:
        """What the columns are called on the screen; names that two would share stay the frame's own."""
        spoken = [column.heading(self.language) for column in self.columns]
        return [
            column.name if spoken.count(heading) > 1 else heading
            for heading, column in zip(spoken, self.columns, strict=True)
        ]

    def longest(self, place: int) -> str:
        """A text as wide as the widest of a column's; it stays what it was when the column was first shown."""
        if place not in self._longest:
            self._longest[place] = self.columns[place].longest(self.positions[:_MEASURED], self.language)[:_LONGEST]
        return self._longest[place]

    @cached_property
    def meanings(self) -> dict[str, str]:
        """What the columns mean, as far as the dictionary knows."""
        header = Header.of(self.frame)
        return meanings(header.child or header.endpoint, self.language)

    def record(self, row: int) -> list[tuple[int, str | None]]:
        """All values of one row as shown: place and text, the columns shown first.

        Raises:
            BadValueError: no such row.
        """
        if not 0 <= row < len(self.positions):
            raise BadValueError(self.labels["no_row"].format(row=row + 1))
        position = self.positions[row : row + 1]
        rest = [place for place in range(len(self.columns)) if place not in self.view.order]
        return [(place, self.columns[place].shown(position, self.language)[0]) for place in [*self.view.order, *rest]]


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _by_words(column: Column, op: str, texts: Sequence[str]) -> Condition | None:
    """The condition on the values that people call so; ``None`` where none has such a word."""
    called = column.called(texts[0], whole=op in ("=", "!=")) if op in _BY_WORDS else []
    return Condition(_BY_WORDS[op], tuple(called)) if called else None
