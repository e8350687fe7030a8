"""A pivot table in Jupyter: fields by drag and drop, exact totals, the rows behind a cell, Excel, and pandas code."""

from __future__ import annotations

import datetime as dt
import html
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import numpy as np
import pandas as pd

from scalev_frames.errors import ScalevError, UnknownNameError
from scalev_frames.frames.header import Header
from scalev_frames.notebook.pivot.answers import PivotAnswers
from scalev_frames.notebook.pivot.builder import Builder
from scalev_frames.notebook.pivot.code import pivot_code
from scalev_frames.notebook.pivot.compute import Numbers, needed
from scalev_frames.notebook.pivot.drill import rows_behind
from scalev_frames.notebook.pivot.grid import PivotGrid
from scalev_frames.notebook.pivot.plan import Plan, Value, check, fields_of, own_columns
from scalev_frames.notebook.pivot.shown import PivotTable
from scalev_frames.notebook.shown import Shown
from scalev_frames.notebook.style import CSS
from scalev_frames.notebook.table import Table
from scalev_frames.notebook.table.code import steps_code
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.columns.texts import minute_text
from scalev_frames.notebook.table.sheet import Sheet
from scalev_frames.notebook.table.static_rows import HIDDEN, may_be_personal, static_table
from scalev_frames.plurals import in_sentence
from scalev_frames.words import error_said, labels_in

#: What the first pivot of a frame shows, the first that the frame has.
_FIRST_ROWS = ("status", "item_type", "name")
_FIRST_VALUES = ("gross_revenue", "price")


class Pivot(Shown, ipw.VBox):  # type: ignore[misc] # ipywidgets brings no types
    """Fields to put into rows, columns, values and filters; the pivot table and its pandas code below.

    Args:
        frame: any DataFrame.
        name: the variable the code shows for it.
        language: ``en`` or ``id``.
        folder: where Excel files go.
        table: the table that shows the rows behind a cell; else one below the pivot.

    Attributes:
        name: the variable the code shows.
        grid: the grid that shows the pivot table.
        table: the table that shows the rows behind a cell.
        plan: what is shown.
        problem: why nothing is shown, in words; ``""`` while there is something.

    Raises:
        BadValueError: another language.

    >>> panel = Pivot(pd.DataFrame({"status": ["rts", "shipped", "rts"], "quantity": [1, 2, 3]}), name="orders")
    >>> panel.choose(rows=["status"], values=[("quantity", "sum")])
    >>> panel.result.iloc[:, -1].tolist()
    [4, 2, 6]
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        *,
        name: str = "frame",
        language: str = "en",
        folder: str | Path = "data/exports",
        table: Table | None = None,
    ) -> None:
        self.labels = labels_in("pivot", language)
        self.language, self.name, self._folder = language, name, Path(folder)
        self.one_at_a_time = threading.RLock()
        self.on_rows: Callable[[], object] = lambda: None
        self.plan, self.problem = Plan(), ""
        self.made: PivotTable | None = None
        self._stale = True
        self._frame = frame.copy(deep=False)  # copied on write: later changes stay outside
        self.grid = PivotGrid(language, self.show_rows)
        self._own_table = table is None
        self.table = table if table is not None else Table(frame.iloc[:0], language=language, name=name)
        self._answers = PivotAnswers(self)
        self._builder = Builder(self._answers.answer)
        below = [self.table] if self._own_table else []
        super().__init__([ipw.HTML(f"<style>{CSS}</style>"), self._builder, self.grid, *below])
        for one in ("scalev", "scalev-pivot"):
            self.add_class(one)
        if self._own_table:
            self.table.layout.display = "none"
        self.frame = frame

    def __repr__(self) -> str:
        """What stands in a saved notebook: no rows."""
        return f"<Pivot of {len(self._frame):,} rows; run this cell to use it>"

    def static_html(self) -> str:
        """The pivot table as it is, for a notebook without its kernel."""
        self.make()
        if self.made is None:
            return f"<p>{html.escape(self.problem)}</p>"
        frame = self.made.frame.copy(deep=False)
        for place, field in enumerate(self.plan.rows):
            if may_be_personal(self.kinds[field.column], self.kinds):
                frame[f"key_{place}"] = HIDDEN
        across = any(may_be_personal(self.kinds[field.column], self.kinds) for field in self.plan.columns)
        sheet = Sheet(frame, labels_in("table", self.language), self.language)
        sheet.__dict__["headings"] = [
            HIDDEN if across and place >= PivotGrid.key_columns(self.made) else " · ".join(filter(None, pair))
            for place, pair in enumerate(self.made.headings)
        ]
        personal = any(may_be_personal(self.kinds[name], self.kinds) for name in self.plan.filters)
        notes = "".join(f"<p>{html.escape(one)}</p>" for one in self.notes()[: 1 if personal else None])
        return notes + static_table(sheet, personal=True, places=range(len(sheet.columns)))

    # What a program uses ---------------------------------------------------------------------------------------------

    @property
    def frame(self) -> pd.DataFrame:
        """What is grouped; set it to group another one. What was chosen stays where the frame still has it."""
        return self._frame

    @frame.setter
    def frame(self, frame: pd.DataFrame) -> None:
        with self.one_at_a_time:
            self._frame = frame.copy(deep=False)
            for one in ("own_columns", "kinds", "sheet"):
                self.__dict__.pop(one, None)
            if self._own_table:
                self.table.frame = frame
            self._shared = frame if self.table.sheet.given is frame else None
            self.plan = self.kept(self.plan)
            self._stale = True
            self._builder.send({"kind": "stale"})

    def show(self, frame: pd.DataFrame, name: str) -> None:
        """Group another frame, which the code calls ``name``."""
        self.name = name
        self.frame = frame

    @property
    def result(self) -> pd.DataFrame:
        """The pivot table as it is shown, totals included, under its headings; empty while there is none."""
        self.make()
        if self.made is None:
            return pd.DataFrame()
        return self.made.frame.set_axis(pd.MultiIndex.from_tuples(self.made.headings), axis=1)

    @property
    def code(self) -> str:
        """The pandas code that gives the same numbers."""
        before = steps_code(self._filtered_sheet(), self.name) if self.plan.filters else ""
        return pivot_code(self.plan, self.name, before)

    def choose(
        self,
        rows: Sequence[str] = (),
        columns: Sequence[str] = (),
        values: Sequence[tuple[str, ...]] = (("", "rows"),),
        **options: Any,
    ) -> None:
        """Choose as a person would.

        Args:
            rows: fields by their names: a column, ``draft_time (month)``, ``final_variants (item)``.
            columns: the same.
            values: column and function (``sum``, ``mean``, ``median``, ``min``, ``max``, ``filled``, ``different``, or
                ``""`` and ``rows``), and what it is shown as (``share_row``, ``share_column``, ``share_all``,
                ``running``, ``change``).
            options: ``filters``, ``top``, ``by_value`` and ``heat`` of a `Plan`.

        Raises:
            UnknownNameError: a field that the frame does not have.
        """
        fields = {field.name: field for field in fields_of(self.own_columns)}
        for name in (*rows, *columns):
            if name not in fields:
                raise UnknownNameError(self.labels["no_field"].format(name=name))
        self.set_plan(
            Plan(
                tuple(fields[name] for name in rows),
                tuple(fields[name] for name in columns),
                tuple(Value(*one) for one in values),
                **options,
            )
        )

    def set_plan(self, plan: Plan) -> None:
        """Show another plan; one that cannot be made empties the table, and `problem` says why."""
        with self.one_at_a_time:
            self.plan, self._stale = plan, True
            self.make()
            self._builder.send(self._answers.state())

    def show_rows(self, row: int, column: int) -> None:
        """Show the rows behind a cell in `table`, as a filter of it.

        Args:
            row: the row of the pivot table.
            column: the column, counted from the first one with values.
        """
        if self.made is None or self._stale:
            return
        only = rows_behind(self.made, self._frame, self._mask(), row, column)
        if not self.table.show_only(replace(only, of=self._shared)):
            return
        if self._own_table:
            self.table.layout.display = None
        self.on_rows()

    def export(self, path: str | Path | None = None) -> Path:
        """Write the pivot table as a formatted Excel sheet.

        Args:
            path: the file; else one in the folder, named after the day.

        Raises:
            ExportError: it cannot be written.
            UnknownNameError: there is no pivot table to write.
        """
        from scalev_frames.export.excel.pivot import PivotSheet, write_pivot  # loads openpyxl

        self.make()
        if self.made is None:
            raise UnknownNameError(self.problem or self.labels["needs_fields"])
        made = self.made
        target = Path(path) if path else self._folder / f"pivot-{self.name}-{dt.datetime.now():%Y-%m-%d-%H%M%S}.xlsx"  # noqa: DTZ005
        kinds = Header.of(made.frame).kinds
        sheet = PivotSheet(
            made.frame, made.headings, [kinds[str(name)] for name in made.frame.columns], made.row_kinds,
            PivotGrid.key_columns(made), self._title(made), self.notes(), made.plan.heat,
        )  # fmt: skip
        return write_pivot(sheet, target, self.language)

    # Making ----------------------------------------------------------------------------------------------------------

    @cached_property
    def own_columns(self) -> list[Column]:
        """The columns that have a name of their own."""
        return own_columns(self._frame, self.language)

    @cached_property
    def kinds(self) -> dict[str, Column]:
        """The same by name."""
        return {column.name: column for column in self.own_columns}

    @cached_property
    def sheet(self) -> Sheet:
        """The frame as a table would show it: filters and values come from here."""
        return Sheet(self._frame, labels_in("table", self.language), self.language)

    def make(self) -> None:
        """Make what is chosen, once; nothing old stands under a new choice."""
        if not self._stale:
            return
        self._stale, self.made, self.problem = False, None, ""
        try:
            check(self.plan, self.own_columns, self.labels)
            frame = self._frame[needed(self.plan)][self._mask()]
            numbers = Numbers(self.plan, frame, partial(in_sentence, self.labels["too_many"], self.language))
            self.made = PivotTable(numbers, self.kinds, self.labels, self.language)
            self.grid.show_pivot(self.made)
        except ScalevError as error:
            self.made, self.problem = None, error_said(error, self.language)
            self.grid.empty()

    def _filtered_sheet(self) -> Sheet:
        sheet = self.sheet
        filters = {}
        for name, text in self.plan.filters.items():
            place = sheet.place(name)
            if conditions := sheet.typed(place, text):
                filters[place] = conditions
        sheet.step(filters=filters, order=tuple(range(len(sheet.columns))))
        return sheet

    def _mask(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        mask = np.zeros(len(self._frame), dtype=bool)
        mask[self._filtered_sheet().positions] = True
        return mask

    def kept(self, plan: Plan) -> Plan:
        """``plan`` as far as the frame has its columns, else a first one."""
        left = plan.within(set(fields_of(self.own_columns)), self.kinds.keys())
        return left if left.keys else self._first()

    def _first(self) -> Plan:
        fields = {field.name: field for field in fields_of(self.own_columns)}
        rows = next((fields[one] for one in _FIRST_ROWS if one in fields), next(iter(fields.values()), None))
        value = next((Value(one, "sum") for one in _FIRST_VALUES if one in self.kinds), None)
        return Plan((rows,) if rows else (), (), (Value(), value) if value else (Value(),))

    # Words -----------------------------------------------------------------------------------------------------------

    def _title(self, made: PivotTable) -> str:
        return ", ".join(made.value_said(value) for value in self.plan.values)

    def notes(self) -> list[str]:
        """What was counted, and what was filtered."""
        if self.made is None:
            return []
        counts = {"rows": self.made.numbers.grouped, "all": len(self._frame), "orders": int(self._mask().sum())}
        basis = self.labels["basis_items" if self.plan.items else "basis"]
        notes = [in_sentence(basis, self.language, **counts)]
        for name, text in self.plan.filters.items():
            notes.append(f"{self.labels['filter_of'].format(name=self.kinds[name].heading(self.language))}: {text}")
        as_of = Header.of(self._frame).as_of
        return [*notes, self.labels["as_of"].format(moment=minute_text(as_of, self.language))] if as_of else notes
