"""A spreadsheet of a frame in Jupyter: the rows stay in pandas, and only what is in view travels to the browser.

Rows travel as messages, never as synced state: no customer's data is saved with a notebook.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import pandas as pd

from scalev_frames.errors import UnknownNameError
from scalev_frames.frames.header import Header
from scalev_frames.notebook.shown import Shown
from scalev_frames.notebook.style import TOKENS, modules, static
from scalev_frames.notebook.table.code import steps_code
from scalev_frames.notebook.table.filters.conditions import Condition
from scalev_frames.notebook.table.messages import Answers, Message
from scalev_frames.notebook.table.saved import SavedViews
from scalev_frames.notebook.table.sheet import Sheet
from scalev_frames.notebook.table.static_rows import static_note, static_table
from scalev_frames.notebook.table.totals import Totals, totals
from scalev_frames.notebook.table.view import History, Only
from scalev_frames.words import labels_in


class Table(Shown, anywidget.AnyWidget):
    """A frame to look at as in a spreadsheet: scroll, filter, sort, search, columns, selection, sums, copy, undo.

    Args:
        frame: any DataFrame; an index with names is shown as columns.
        columns: names of the columns to show at first, in this order; those that people look at unless given.
        language: ``en`` or ``id``.
        name: the frame's variable, for the code of the steps.
        saved_personal: whether the first rows that stand in a saved notebook show customers' data.

    Attributes:
        language: the language it was made in.
        name: the frame's variable.

    Raises:
        UnknownNameError: one of ``columns`` is not in the frame.
        BadValueError: another language.

    >>> orders = pd.DataFrame({"status": ["shipped", "pending", "shipped"], "quantity": [1, 2, 3]})
    >>> table = Table(orders, name="orders")
    >>> table.filter({"status": "shipped"})
    >>> table.sort([("quantity", False)])
    >>> table.view["quantity"].tolist()
    [3, 1]
    """

    #: Whether rows and columns stay as they are: no sorting, filtering, moving.
    fixed = False
    #: Whether a double click on a cell, or Enter, asks for the rows behind it; else it shows the row's record.
    drills = False
    #: Whether a view may have texts read before anything is searched: not while the kernel works on something else.
    reads_ahead = True
    _esm = modules("grid/main.js")
    _css = TOKENS + static("grid/grid.css")

    def __init__(
        self,
        frame: pd.DataFrame,
        *,
        columns: Sequence[str] | None = None,
        language: str = "en",
        name: str = "frame",
        saved_personal: bool = False,
    ) -> None:
        self.language, self.name = language, name
        self.labels = labels_in("table", language)
        self._saved_personal = saved_personal
        self.one_at_a_time = threading.RLock()
        self.sheet = Sheet(frame, self.labels, language)
        self.selection: tuple[int, int, tuple[int, ...]] | None = None
        if columns is not None:
            self.sheet.step(order=tuple(dict.fromkeys(self.sheet.place(one) for one in columns)))
        self.sheet.history = History(self.sheet.view)
        super().__init__()
        self._answers = Answers(self)
        self.on_msg(lambda _, message, __: self.handle(message))

    def __repr__(self) -> str:
        """What stands in a saved notebook: no rows."""
        return f"<Table of {len(self.frame):,} rows and {len(self.sheet.columns)} columns; run this cell to see it>"

    def static_html(self) -> str:
        """The first rows, for a notebook without its kernel; customers' data hidden unless asked for."""
        note = static_note(self.sheet, self.labels, personal=self._saved_personal)
        return f"<p>{note}</p>{static_table(self.sheet, personal=self._saved_personal)}"

    # What a program uses -------------------------------------------------------------------------------------------

    @property
    def frame(self) -> pd.DataFrame:
        """The whole frame; set it to show another one. Columns of the same names stay as they were arranged."""
        return self.sheet.frame

    @frame.setter
    def frame(self, frame: pd.DataFrame) -> None:
        with self.one_at_a_time:
            sheet = Sheet(frame, self.labels, self.language)
            _keep_columns(self.sheet, sheet)
            self.show_sheet(sheet)

    def show(self, frame: pd.DataFrame, name: str) -> None:
        """Show another frame, which the code of the steps calls ``name``."""
        self.name = name
        self.frame = frame

    def show_sheet(self, sheet: Sheet) -> None:
        """Show another sheet; every view of this table hears of it."""
        sheet.generation = sheet.begins = self.sheet.generation + 1
        sheet.history = History(sheet.view)
        self.sheet = sheet
        self.selection = None
        self._answers.tell_opened()

    def drill(self, row: int, place: int) -> None:
        """Show what is behind a cell; nothing unless a subclass knows."""

    @property
    def view(self) -> pd.DataFrame:
        """The rows that are found, in the order shown, with the columns shown; `attrs` and index as in `frame`."""
        with self.one_at_a_time:
            return self.sheet.view_frame

    @property
    def selected(self) -> pd.DataFrame:
        """The selected cells, as `view` cut to them; no rows and no columns when nothing is selected."""
        with self.one_at_a_time:
            return self.sheet.cut(*self.selected_places())

    def selected_places(self) -> tuple[Any, list[int]]:
        """Positions and places of the selected cells."""
        if self.selection is None:
            return self.sheet.positions[:0], []
        top, bottom, places = self.selection
        return self.sheet.positions[top : bottom + 1], list(places)

    @property
    def totals(self) -> Totals:
        """Count, sums, means, least and greatest of the selected cells, by kind."""
        with self.one_at_a_time:
            positions, places = self.selected_places()
            return totals([self.sheet.columns[place] for place in places], positions)

    @property
    def columns(self) -> list[str]:
        """Names of the columns shown, in their order; set it to show others."""
        return [self.sheet.columns[place].name for place in self.sheet.view.order]

    @columns.setter
    def columns(self, names: Sequence[str]) -> None:
        with self.one_at_a_time:
            places = dict.fromkeys(self.sheet.place(name) for name in names)
            self.change(order=tuple(places))

    @property
    def code(self) -> str:
        """The steps as pandas code, which makes `view` anew."""
        return steps_code(self.sheet, self.name)

    @property
    def saved_views(self) -> SavedViews:
        """The views that were saved by name for this frame's list."""
        return SavedViews(Header.of(self.frame).endpoint)

    def search(self, text: str) -> None:
        """Show only rows that hold every word of ``text``, in any column, shown or not, in any case."""
        with self.one_at_a_time:
            self.change(search=text)

    def sort(self, by: Sequence[tuple[str, bool]]) -> None:
        """Sort by columns, the first leading; with each name goes whether it rises.

        Raises:
            UnknownNameError: no such column.
        """
        with self.one_at_a_time:
            self.change(sort=tuple((self.sheet.place(name), rises) for name, rises in by))

    def filter(self, wanted: Mapping[str, str | Sequence[Condition]]) -> None:
        """Show only rows whose columns meet these conditions, which take the place of all earlier ones.

        Args:
            wanted: column to what a person would type under its heading (see `typed`), or to conditions.

        Raises:
            UnknownNameError: no such column.
            BadValueError: what was typed is not understood.
        """
        with self.one_at_a_time:
            filters = {}
            for name, one in wanted.items():
                place = self.sheet.place(name)
                conditions = self.sheet.typed(place, one) if isinstance(one, str) else tuple(one)
                if conditions:
                    filters[place] = conditions
            self.change(filters=filters)

    def select(self, rows: tuple[int, int], columns: Sequence[str]) -> None:
        """Select the rows of `view` from the first to the last of ``rows``, in ``columns``.

        Raises:
            UnknownNameError: a column that is not shown.
        """
        with self.one_at_a_time:
            places = tuple(self.sheet.place(name, among=self.sheet.view.order) for name in columns)
            self.set_selection(rows[0], rows[1], places)
            self._answers.tell_selected()

    def undo(self) -> bool:
        """Take the last step back; false when there is none."""
        with self.one_at_a_time:
            moved = self.sheet.undo()
            self.selection = None
            self._answers.tell_arranged()
            return moved

    def handle(self, message: Message) -> None:
        """Answer one message of the browser.

        Args:
            message: ``do`` names the action, ``number`` comes back in the answer.
        """
        self._answers.handle(message)

    # What the answers use ------------------------------------------------------------------------------------------

    def change(self, **changes: Any) -> None:
        """One step of the sheet; every view of this table hears of it."""
        self.sheet.step(**changes)
        if not changes.keys() <= {"widths"}:
            self.selection = None
        self._answers.tell_arranged()

    def show_only(self, only: Only) -> bool:
        """Show these rows alone, without other filters; false where they are of a frame that is shown no more."""
        with self.one_at_a_time:
            if only.of is not None and only.of is not self.sheet.given:
                return False
            self.change(search="", filters={}, only=only)
            return True

    def set_selection(self, first: int, last: int, places: Sequence[int]) -> None:
        """Select rows as shown, cut to those that are there."""
        first, last = sorted((first, last))
        last = min(last, len(self.sheet.positions) - 1)
        shown = [place for place in places if place in self.sheet.view.order]
        self.selection = (max(0, first), last, tuple(shown)) if shown and last >= max(0, first) else None

    def apply_view(self, name: str) -> None:
        """Arrange the columns as in the view called ``name``.

        Raises:
            UnknownNameError: no view of this name was saved.
        """
        view = self.saved_views.of(name, self.sheet)
        if view is None:
            raise UnknownNameError(self.labels["no_view"].format(name=repr(name)))
        self.change(order=view.order, frozen=view.frozen, widths=view.widths, sort=view.sort)


def _keep_columns(before: Sheet, sheet: Sheet) -> None:
    """Take over what a person did to the columns: dragged widths, order, and which are shown."""
    places = {key: place for place, key in enumerate(sheet.keys)}
    keys = before.keys
    order = [places[keys[place]] for place in before.view.order if keys[place] in places]
    if before.view.order == tuple(before.first) or not order:
        order = list(sheet.first)
    widths = {places[keys[one]]: width for one, width in before.view.widths.items() if keys[one] in places}
    sheet.step(order=tuple(order), widths=widths, frozen=min(before.view.frozen, len(order)))
