"""Why: people look at 100,000 orders as they would in a spreadsheet, and the rows stay in pandas.

May import `arrange`, `clipboard`, `columns`, `totals`, `style` and `table_labels`. The browser holds the fifty rows in
view and nothing else. Rows travel as messages, never as synced state: no customer's data is saved with a notebook.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import pandas as pd

from scalev_frames.errors import BadValueError, ScalevError, UnknownNameError
from scalev_frames.notebook.style import TOKENS, static
from scalev_frames.notebook.table.arrange import Positions, Rows
from scalev_frames.notebook.table.clipboard import as_html, as_tsv
from scalev_frames.notebook.table.columns import columns_of, number_text
from scalev_frames.notebook.table.totals import Sum, Totals, totals
from scalev_frames.notebook.words import TABLE_LABELS, labels_in

#: What a cell may hold on its way to the browser; the rest is shown by pandas, copied and exported whole.
SHOWN_CHARACTERS = 300
#: The most cells that one copy may put on the clipboard.
COPIED_CELLS = 500_000
#: Pixels of a column, at first.
_NARROWEST, _WIDEST, _PER_CHARACTER, _PER_BOLD_CHARACTER, _AROUND = 72, 300, 8.5, 9.2, 26

Message = Mapping[str, Any]
#: First row, first column, last row, last column: rows of the view, columns as shown.
Selection = tuple[int, int, int, int]


class Table(anywidget.AnyWidget):
    """A frame to look at, fifty rows at a time: sort, search, conditions, columns, widths, totals, copy.

    Args:
        frame: any DataFrame; an index with names is shown as columns.
        page_rows: rows in view.
        columns: names of the columns to show at first, in the frame's order; all unless given.
        lang: ``en`` or ``id``.

    Attributes:
        lang: the language it was made in.

    Raises:
        UnknownNameError: one of ``columns`` is not in the frame.
        BadValueError: another language, or no rows a page.

    >>> orders = pd.DataFrame({"status": ["shipped", "pending", "shipped"], "quantity": [1, 2, 3]})
    >>> table = Table(orders)
    >>> table.search("shipped")
    >>> table.sort([("quantity", False)])
    >>> table.view["quantity"].tolist()
    [3, 1]
    """

    _esm = static("table.js")
    _css = TOKENS + static("table.css")

    def __init__(
        self, frame: pd.DataFrame, *, page_rows: int = 50, columns: Sequence[str] | None = None, lang: str = "en"
    ) -> None:
        if page_rows < 1:
            raise BadValueError(f"page_rows={page_rows!r} must be above zero.")
        self.lang = lang
        self._labels = labels_in(TABLE_LABELS, lang)
        self._page_rows = page_rows
        self._one_at_a_time = threading.RLock()
        self._take(frame)
        self._chosen = self._places(columns)
        super().__init__()
        self.on_msg(lambda _, message, __: self.handle(message))

    def __repr__(self) -> str:
        """What stands in a saved notebook: no rows."""
        return f"<Table of {self._rows.length:,} rows and {len(self._columns)} columns; run this cell to see it>"

    # What it knows -------------------------------------------------------------------------------------------------

    def _take(self, frame: pd.DataFrame) -> None:
        self._frame = frame.copy(deep=False)  # copied on write: later changes stay outside
        self._columns = columns_of(self._frame)
        self._index_columns = len(self._columns) - self._frame.shape[1]
        self._rows = Rows(self._columns, len(frame))
        self._chosen = list(range(len(self._columns)))
        self._search = ""
        self._sort: list[tuple[int, bool]] = []
        self._conditions: dict[int, str] = {}
        self._widths: dict[int, int] = {}
        self._arrange()

    def _arrange(self) -> None:
        self._positions: Positions = self._rows.arrange(
            search=self._search, conditions=self._conditions, sort=self._sort
        )
        self._page = 0
        self._selection: Selection | None = None

    def _choose(self, places: list[int]) -> None:
        self._chosen = places
        self._selection = None

    def _select(self, cells: Selection | None) -> None:
        if cells is not None:
            last_row, last_column = len(self._positions) - 1, len(self._chosen) - 1
            rows, columns = sorted((cells[0], cells[2])), sorted((cells[1], cells[3]))
            cells = (max(0, rows[0]), max(0, columns[0]), min(rows[1], last_row), min(columns[1], last_column))
        self._selection = cells

    def _selected_places(self) -> tuple[Positions, list[int]]:
        if self._selection is None:
            return self._positions[:0], []
        top, left, bottom, right = self._selection
        return self._positions[top : bottom + 1], self._chosen[left : right + 1]

    def _cut(self, positions: Positions, places: Sequence[int]) -> pd.DataFrame:
        own = [place - self._index_columns for place in places if place >= self._index_columns]
        return self._frame.iloc[positions, own]

    def _places(self, names: Sequence[str] | None) -> list[int]:
        if names is None:
            return list(range(len(self._columns)))
        return sorted({self._place(name) for name in names})

    def _place(self, name: str, among: Sequence[int] | None = None) -> int:
        for place in range(len(self._columns)) if among is None else among:
            if self._columns[place].name == name:
                return place
        raise UnknownNameError(f"The table shows no column {name!r}.", advice="See table.frame.columns.")

    @property
    def _last_page(self) -> int:
        return max(0, (len(self._positions) - 1) // self._page_rows)

    # What a program uses -------------------------------------------------------------------------------------------

    @property
    def frame(self) -> pd.DataFrame:
        """The whole frame; set it to show another one. Columns of the same names stay chosen and as wide."""
        return self._frame

    @frame.setter
    def frame(self, frame: pd.DataFrame) -> None:
        with self._one_at_a_time:
            widths = {self._columns[place].name: width for place, width in self._widths.items()}
            chosen = None if len(self._chosen) == len(self._columns) else set(self.columns)
            self._take(frame)
            self._widths = {
                place: widths[column.name] for place, column in enumerate(self._columns) if column.name in widths
            }
            if chosen is not None:
                still = [place for place, column in enumerate(self._columns) if column.name in chosen]
                self._chosen = still or self._chosen
            self._send_page()

    @property
    def view(self) -> pd.DataFrame:
        """The rows that are found, in the order shown, with the chosen columns; `attrs` and index as in `frame`."""
        with self._one_at_a_time:
            return self._cut(self._positions, self._chosen)

    @property
    def selected(self) -> pd.DataFrame:
        """The selected cells, as `view` cut to them; no rows and no columns when nothing is selected."""
        with self._one_at_a_time:
            return self._cut(*self._selected_places())

    @property
    def totals(self) -> Totals:
        """Count, sums and means of the selected cells."""
        with self._one_at_a_time:
            positions, places = self._selected_places()
            return totals([self._columns[place] for place in places], positions)

    @property
    def columns(self) -> list[str]:
        """Names of the columns shown; set it to show others."""
        return [self._columns[place].name for place in self._chosen]

    @columns.setter
    def columns(self, names: Sequence[str]) -> None:
        with self._one_at_a_time:
            self._choose(self._places(names))
            self._send_page()

    def search(self, text: str) -> None:
        """Show only rows that hold every word of ``text``, in any column, chosen or not, in any case."""
        with self._one_at_a_time:
            self._search = text
            self._arrange()
            self._send_page()

    def sort(self, by: Sequence[tuple[str, bool]]) -> None:
        """Sort by columns, the first leading; with each name goes whether it rises.

        Raises:
            UnknownNameError: no such column.
        """
        with self._one_at_a_time:
            self._sort = [(self._place(name), rises) for name, rises in by]
            self._arrange()
            self._send_page()

    def conditions(self, wanted: Mapping[str, str]) -> None:
        """Show only rows whose columns meet these conditions, as typed under a heading: see `arrange.condition`.

        Raises:
            UnknownNameError: no such column.
            BadValueError: a comparison of numbers with what is no number.
        """
        with self._one_at_a_time:
            before = self._conditions
            self._conditions = {self._place(name): text for name, text in wanted.items()}
            try:
                self._arrange()
            except BadValueError:
                self._conditions = before
                raise
            self._send_page()

    def select(self, rows: tuple[int, int], columns: Sequence[str]) -> None:
        """Select the rows of `view` from the first to the last of ``rows``, in ``columns``, which stand side by side.

        Raises:
            UnknownNameError: a column that is not shown.
        """
        with self._one_at_a_time:
            for name in columns:
                self._place(name, among=self._chosen)
            places = sorted(self._chosen.index(self._place(name)) for name in columns)
            self._select((rows[0], places[0], rows[1], places[-1]))
            self.send(self._totals_message())

    # What the browser asks -----------------------------------------------------------------------------------------

    def handle(self, message: Message) -> None:
        """Answer one message of the browser; what cannot be done is said, and changes nothing.

        Args:
            message: ``do`` names the action, ``number`` comes back in the answer.
        """
        action = self._ACTIONS.get(str(message.get("do")))
        if action is None:
            return
        with self._one_at_a_time:
            try:
                answer = action(self, message)
            except ScalevError as error:
                answer = {"kind": "error", "text": str(error), "column": message.get("column")}
            self.send({**answer, "number": message.get("number", 0)})

    def _do_show(self, _: Message) -> Message:
        return self._page_message()

    def _do_search(self, message: Message) -> Message:
        self._search = str(message["text"])
        self._arrange()
        return self._page_message()

    def _do_sort(self, message: Message) -> Message:
        """A click: rising, falling, not at all; with shift the column joins those that sort already."""
        place = int(message["column"])
        ways = dict(self._sort)
        next_way = {None: True, True: False, False: None}[ways.get(place)]
        if not message.get("add"):
            ways = {}
        ways.pop(place, None)
        self._sort = [*ways.items()] + ([] if next_way is None else [(place, next_way)])
        self._arrange()
        return self._page_message()

    def _do_condition(self, message: Message) -> Message:
        before = self._conditions
        self._conditions = {**before, int(message["column"]): str(message["text"])}
        try:
            self._arrange()
        except BadValueError:
            self._conditions = before
            raise
        return self._page_message()

    def _do_clear(self, _: Message) -> Message:
        self._search, self._conditions = "", {}
        self._arrange()
        return self._page_message()

    def _do_columns(self, message: Message) -> Message:
        self._choose(sorted({int(place) for place in message["chosen"] if 0 <= int(place) < len(self._columns)}))
        return self._page_message()

    def _do_page(self, message: Message) -> Message:
        self._page = max(0, min(int(message["page"]), self._last_page))
        return self._page_message()

    def _do_width(self, message: Message) -> Message:
        self._widths[int(message["column"])] = max(_NARROWEST // 2, int(message["pixels"]))
        return {"kind": "done"}

    def _do_select(self, message: Message) -> Message:
        given = message["cells"]
        self._select(None if given is None else (int(given[0]), int(given[1]), int(given[2]), int(given[3])))
        return self._totals_message()

    def _do_copy(self, message: Message) -> Message:
        positions, places = self._selected_places()
        cells = len(positions) * len(places)
        if cells > COPIED_CELLS:
            words = self._labels["too_many"].format(cells=f"{cells:,}", most=f"{COPIED_CELLS:,}")
            raise BadValueError(words, advice=self._labels["too_many_advice"])
        columns = [self._columns[place] for place in places]
        texts = [column.copied(positions, self.lang) for column in columns]
        headings = [column.name for column in columns] if message.get("headings") else None
        plain = [not column.is_numeric for column in columns]
        return {
            "kind": "copy", "cells": cells, "text": as_tsv(texts, headings), "html": as_html(texts, headings, plain),
        }  # fmt: skip

    _ACTIONS: Mapping[str, Callable[[Table, Message], Message]] = {
        "show": _do_show, "search": _do_search, "sort": _do_sort, "condition": _do_condition, "clear": _do_clear,
        "columns": _do_columns, "page": _do_page, "width": _do_width, "select": _do_select, "copy": _do_copy,
    }  # fmt: skip

    # What the browser is told --------------------------------------------------------------------------------------

    def _send_page(self) -> None:
        self.send(self._page_message())

    def _page_message(self) -> Message:
        first = self._page * self._page_rows
        positions = self._positions[first : first + self._page_rows]
        shown = {place: [_cut_text(text) for text in self._columns[place].shown(positions, self.lang)]
                 for place in self._chosen}  # fmt: skip
        ways = dict(self._sort)
        for place, texts in shown.items():
            self._widths.setdefault(place, _first_width(self._columns[place].name, texts))
        return {
            "kind": "page",
            "labels": {**self._labels, "lang": self.lang},
            "columns": [
                {
                    "place": place,
                    "name": column.name,
                    "kind": self._labels[f"kind_{column.kind}"],
                    "dtype": str(column.series.dtype),
                    "numeric": column.is_numeric,
                    "sort": {True: "ascending", False: "descending", None: "none"}[ways.get(place)],
                    "condition": self._conditions.get(place, ""),
                    "width": self._widths.get(place, _NARROWEST),
                }
                for place, column in enumerate(self._columns)
            ],
            "chosen": self._chosen,
            "cells": [shown[place] for place in self._chosen],
            "rows": len(positions),
            "first": first,
            "found": len(self._positions),
            "all": self._rows.length,
            "page": self._page,
            "pages": self._last_page + 1,
            "search": self._search,
            **{name: value for name, value in self._totals_message().items() if name != "kind"},
        }

    def _totals_message(self) -> Message:
        return {"kind": "totals", "selection": self._selection, "totals": self._totals_parts()}

    def _totals_parts(self) -> list[list[str]]:
        """Names and values for the status bar."""
        if self._selection is None:
            return []
        found = self.totals
        labels = self._labels
        parts = [[labels["count"], number_text(found.filled, self.lang)]]
        if found.filled < found.cells:
            parts.append([labels["missing"], number_text(found.cells - found.filled, self.lang)])
        for one, unit in ((found.rupiah, "Rp "), (found.numbers, "")):
            if one is not None:
                parts += self._sum_parts(one, unit)
        return parts

    def _sum_parts(self, one: Sum, unit: str) -> list[list[str]]:
        mean = one.mean if unit else round(float(one.mean), 4)
        return [
            [self._labels["sum"], unit + number_text(one.total, self.lang)],
            [self._labels["mean"], unit + number_text(mean, self.lang)],
        ]


def _cut_text(text: str | None) -> str | None:
    return text if text is None or len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def _first_width(name: str, texts: Sequence[str | None]) -> int:
    longest = max((len(text) for text in texts if text), default=0) * _PER_CHARACTER
    return int(max(_NARROWEST, min(_WIDEST, max(longest, len(name) * _PER_BOLD_CHARACTER) + _AROUND)))
