"""A pivot table as it is shown: rows and columns in their order with subtotals and totals, shares, texts of keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from scalev_frames.frames.header import Header
from scalev_frames.notebook.pivot.compute import OTHERS, Axis, Numbers
from scalev_frames.notebook.pivot.plan import QUANTITY, Field, Value
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.columns.texts import MONTHS, date_text
from scalev_frames.words import heading

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row or column of the table: a group at some depth.

    Attributes:
        depth: how many keys it has; fewer than all are a subtotal, none is the grand total.
        group: its place among the groups of that depth.
    """

    depth: int
    group: int


class PivotTable:
    """A finished pivot table.

    Args:
        numbers: its numbers.
        kinds: kinds of the frame's columns, by name.
        labels: the words of the pivot.
        language: ``en`` or ``id``.

    Attributes:
        lines: its rows, in order.
        columns: its columns without their values, in order.
    """

    def __init__(self, numbers: Numbers, kinds: Mapping[str, Column], labels: Mapping[str, str], language: str) -> None:
        self.numbers, self.labels, self.language = numbers, labels, language
        self._kinds = kinds
        self.plan = numbers.plan
        self.lines = _lines(numbers.rows, self._order() if self.plan.by_value else self._by_words(numbers.rows))
        self.columns = _lines(numbers.columns, self._by_words(numbers.columns))
        if numbers.columns.depth == 0:
            self.columns = [Line(0, 0)]

    def _order(self) -> list[np.ndarray[Any, Any]]:
        """For each depth, what its groups are sorted by: the first value, largest first."""
        return [
            -self.numbers.of(0, depth, 0).rank().astype("float64").fillna(0).to_numpy()
            for depth in range(self.numbers.rows.depth + 1)
        ]

    def _by_words(self, axis: Axis) -> list[np.ndarray[Any, Any]]:
        """For each depth, where its groups stand by their last key: values that have words by those, missing last."""
        ranks = [np.zeros(1, dtype=np.int64)]
        for field, keys, level in zip(axis.fields, axis.keys, axis.levels[1:], strict=True):
            ranks.append(np.argsort(self._sorted(field, keys))[level.codes[:, -1]])
        return ranks

    def _sorted(self, field: Field, keys: Sequence[Any]) -> list[int]:
        """The places of a field's keys in the order of what they are called."""
        column = self._kinds.get(field.column)
        if column is None or field.step or not column.words:
            return list(range(len(keys)))
        names = [column.words.get(key, key or "").casefold() for key in keys]
        return sorted(range(len(keys)), key=lambda place: (keys[place] is None, names[place]))

    # Words -----------------------------------------------------------------------------------------------------------

    def field_said(self, field: Field) -> str:
        """What a field is called on the screen."""
        step = f" ({self.labels[f'step_{field.step}']})" if field.step else ""
        return heading(field.column, self.language) + step

    def value_said(self, value: Value) -> str:
        """What a value is called on the screen."""
        function = self.labels[f"function_{value.function}"]
        column = self.labels["quantity_of_item"] if value.column == QUANTITY else heading(value.column, self.language)
        said = f"{column}: {function}" if value.column else function.capitalize()
        return f"{said}, {self.labels[f'show_{value.show}']}" if value.show else said

    def key_said(self, field: Field, key: Any) -> str:
        """One value of a field as a person reads it."""
        if key is None:
            return self.labels["blank"]
        if key == OTHERS:
            return self.labels["others"]
        if key == "":
            return '""'
        match field.step:
            case "day":
                return date_text(dt.date.fromisoformat(key), self.language)
            case "month":
                return f"{MONTHS[self.language][int(key[5:7]) - 1]} {key[:4]}"
            case "weekday":
                return _WEEKDAYS[self.language][int(key) - 1]
            case "hour":
                return f"{key}:00"
            case "quarter":
                return f"{key[4:]} {key[:4]}"
            case "week" | "year":
                return str(key)
        column = self._kinds.get(field.column)
        return column.text_of(key, self.language) if column is not None and column.kind != "nested" else str(key)

    def line_said(self, axis: Axis, line: Line) -> list[str]:
        """The texts of a group's keys, ``Total`` behind those of a subtotal."""
        keys = axis.key(line.depth, line.group)
        texts = [self.key_said(field, key) for field, key in zip(axis.fields, keys, strict=False)]
        if line.depth < axis.depth or not axis.depth:
            texts.append(self.labels["total"])
        return [*texts, *[""] * (axis.depth - len(texts))]

    # The table -------------------------------------------------------------------------------------------------------

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table as it is shown: columns of the rows' keys, then the values; `headings` tells them apart."""
        rows, made = self.numbers.rows, {}
        texts = [self.line_said(rows, line) for line in self.lines]
        for place in range(max(rows.depth, 1)):
            made[f"key_{place}"] = pd.Series([one[place] for one in texts], dtype="str")
        kinds = {}
        for place, (line, value) in enumerate(self.cells):
            made[f"value_{place}"] = self._column(line, value)
            kinds[f"value_{place}"] = self._kind(self.plan.values[value])
        return Header(kinds={**dict.fromkeys(list(made)[: max(rows.depth, 1)], "text"), **kinds}).onto(
            pd.DataFrame(made)
        )

    @cached_property
    def cells(self) -> list[tuple[Line, int]]:
        """The columns with values: the group of columns, and the place of the value."""
        return [(line, value) for line in self.columns for value in range(len(self.plan.values))]

    @cached_property
    def headings(self) -> list[tuple[str, str]]:
        """For each column of `frame`, the heading above it and its own."""
        fields = [("", self.field_said(one)) for one in self.plan.rows] or [("", "")]
        return fields + [self._heading(line, self.plan.values[value]) for line, value in self.cells]

    def _heading(self, line: Line, value: Value) -> tuple[str, str]:
        said = [text for text in self.line_said(self.numbers.columns, line) if text]
        if not self.numbers.columns.depth:
            return "", self.value_said(value)
        if len(self.plan.values) > 1:
            return " \u00b7 ".join(said), self.value_said(value)
        return " \u00b7 ".join(said[:-1]) or self.value_said(value), said[-1]

    @property
    def row_kinds(self) -> list[str]:
        """For each row, ``total``, ``subtotal`` or nothing."""
        depth = self.numbers.rows.depth
        return ["" if line.depth == depth and depth else "subtotal" if line.depth else "total" for line in self.lines]

    def _kind(self, value: Value) -> str:
        if value.show.startswith("share"):
            return "percent"
        if value.function in ("rows", "filled", "different"):
            return "count"
        column = self._kinds.get(value.column)
        kind = "count" if column is None else column.kind
        return "number" if kind == "count" and value.function in ("mean", "median") else kind

    def _column(self, line: Line, value: int) -> pd.Series[Any]:
        base = self._base(line, value)
        match self.plan.values[value].show:
            case "share_row":
                return _share(base, self._base(Line(0, 0), value))
            case "share_column":
                return _share(base, self._total(line, value))
            case "share_all":
                return _share(base, self._total(Line(0, 0), value))
            case "running" | "change":
                return self._along(line, value)
            case _:
                return base

    def _base(self, line: Line, value: int) -> pd.Series[Any]:
        """The plain numbers of one column, for every row shown."""
        parts, offsets, offset = [], [], 0
        for depth in range(self.numbers.rows.depth + 1):
            wide = len(self.numbers.columns.levels[line.depth])
            part = self.numbers.of(value, depth, line.depth).iloc[line.group :: wide]
            parts.append(part)
            offsets.append(offset)
            offset += len(part)
        places = [offsets[one.depth] + one.group for one in self.lines]
        return pd.concat(parts, ignore_index=True).iloc[places].reset_index(drop=True)

    def _total(self, line: Line, value: int) -> pd.Series[Any]:
        """The number of all rows in one column, for every row shown."""
        total = self.numbers.of(value, 0, line.depth).iloc[[line.group] * len(self.lines)]
        return total.reset_index(drop=True)

    def _along(self, line: Line, value: int) -> pd.Series[Any]:
        """Running totals or changes: over the columns where there are any, else down the rows; totals have none."""
        show, rows, columns = self.plan.values[value].show, self.numbers.rows, self.numbers.columns
        deepest = np.array([one.depth == rows.depth for one in self.lines])
        if columns.depth:
            if line.depth < columns.depth:
                return pd.Series(np.nan, index=range(len(self.lines)))
            leaves = [one for one in self.columns if one.depth == columns.depth]
            place = leaves.index(line)
            bases = pd.DataFrame({at: _floats(self._base(one, value)) for at, one in enumerate(leaves[: place + 1])})
            return bases.fillna(0).sum(axis=1) if show == "running" else bases[place] - bases.get(place - 1, np.nan)
        base = _floats(self._base(line, value)).where(deepest)
        leaves_only = base[deepest]
        moved = leaves_only.fillna(0).cumsum() if show == "running" else leaves_only.diff()
        return moved.reindex(base.index)


def _share(part: pd.Series[Any], whole: pd.Series[Any]) -> pd.Series[Any]:
    divided = _floats(part) / _floats(whole)
    return divided.replace([np.inf, -np.inf], np.nan)


def _floats(series: pd.Series[Any]) -> pd.Series[Any]:
    return series.astype("Float64").astype("float64") if series.dtype != object else series.astype("float64")


def _lines(axis: Axis, order: list[np.ndarray[Any, Any]]) -> list[Line]:
    """The groups of an axis in the order shown: children, then their subtotal; the grand total last."""
    children: dict[tuple[int, int], list[int]] = {}
    for depth in range(1, axis.depth + 1):
        level, before = axis.levels[depth], axis.levels[depth - 1]
        groups = np.argsort(order[depth], kind="stable").tolist()
        parent_of = {tuple(codes): group for group, codes in enumerate(before.codes.tolist())}
        for group in groups:
            parent = parent_of[tuple(level.codes[group, :-1].tolist())]
            children.setdefault((depth - 1, parent), []).append(group)
    found: list[Line] = []

    def place(depth: int, group: int) -> None:
        for child in children.get((depth, group), ()):
            place(depth + 1, child)
        found.append(Line(depth, group))

    place(0, 0)
    return found
