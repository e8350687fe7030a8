"""The table of a report: its rows as people read them, cohorts as a heat map, the orders behind each number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scalev_frames.errors import BadValueError
from scalev_frames.notebook.table import Table
from scalev_frames.reports import REPORTS, shown
from scalev_frames.reports.compare import Period
from scalev_frames.reports.words.header import ReportHeader
from scalev_frames.reports.words.rows import FEW
from scalev_frames.reports.words.shown import ranked

#: What stands before the first month later in the heat map: the first month itself, and how many customers it has.
_KEYS = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a report.

    Attributes:
        keys: its row: key columns to their values.
        column: its column.
        period: the days that it counts; those of the whole report when ``None``.
    """

    keys: dict[str, Any]
    column: str
    period: Period | None = None


class ReportTable(Table):
    """The table of a report.

    Args:
        language: ``en`` or ``id``.
        on_drill: called with the cell whose orders are wanted, and with what it is called.
    """

    drills = True

    def __init__(self, language: str, on_drill: Callable[[Cell, str], None]) -> None:
        super().__init__(pd.DataFrame(), language=language)
        self._on_drill = on_drill
        self._made: pd.DataFrame | None = None

    def show_report(self, made: pd.DataFrame) -> None:
        """Show what `report` or `compare` gave."""
        with self.one_at_a_time:
            self._made = made
            self.frame = shown(made, self.language)
            if is_heat_map(made):
                self.sheet.shades = shades(self.frame)

    def drill(self, row: int, place: int) -> None:
        """Ask for the orders behind a cell."""
        if self._made is None or not 0 <= row < len(self.sheet.positions):
            return
        if not counts_orders(self._made):
            raise BadValueError(self.labels["nothing_behind"])
        position = int(self.sheet.positions[row])
        texts = [column.shown(self.sheet.positions[row : row + 1], self.language)[0] for column in self.sheet.columns]
        cell = cell_at(self._made, position, place)
        keys = 1 if is_heat_map(self._made) else len(cell.keys)
        said = [*(text or "\u2013" for text in texts[:keys]), *([self.sheet.headings[place]] if place >= keys else [])]
        self._on_drill(cell, " \u00b7 ".join(said))


def is_heat_map(made: pd.DataFrame) -> bool:
    """Whether a report is shown as a heat map: the cohorts of one period."""
    header = ReportHeader.of(made)
    return header.report == "cohorts" and header.periods is None


def counts_orders(made: pd.DataFrame) -> bool:
    """Whether the orders behind a report's numbers can be shown: not those of checks, nor of lists summed up."""
    row, compared = REPORTS[ReportHeader.of(made).report], ReportHeader.of(made).periods
    return row.name != "quality" and not (compared and "order_id" in row.columns)


def shades(frame: pd.DataFrame) -> dict[int, np.ndarray[Any, Any]]:
    """How deep the cells of the cohorts are coloured: the share that came back, of the greatest of all.

    The first month itself has no colour, nor have cohorts of a few customers.

    >>> shades(pd.DataFrame({"First month": ["a", "b"], "Customers": [40, 50], "+0": [1.0, 1.0], "+1": [0.25, 0.5]}))
    {3: array([0.5, 1.0], dtype=object)}
    """
    later = frame.iloc[:, _KEYS + 1 :].astype("Float64").to_numpy(float, na_value=np.nan)
    later[frame.iloc[:, 1].to_numpy() < FEW] = np.nan
    greatest = np.nanmax(later, initial=0)
    if greatest == 0:
        return {}
    depths = (later / greatest).astype(object)
    depths[np.isnan(later)] = None
    return {_KEYS + 1 + place: depths[:, place] for place in range(depths.shape[1])}


def cell_at(made: pd.DataFrame, row: int, place: int) -> Cell:
    """What a cell of a report counts.

    Args:
        made: what `report` or `compare` gave.
        row: the row as people see it.
        place: the column as people see it.

    >>> from scalev_frames.reports import report
    >>> cell_at(report("funnel", pd.DataFrame({"status": ["rts"]})), 0, 1)
    Cell(keys={'stage': 'created'}, column='orders', period=None)
    """
    header = ReportHeader.of(made)
    if is_heat_map(made):
        keys = {"cohort": sorted(set(made["cohort"]))[row]}
        return Cell(keys | ({"months_later": place - _KEYS} if place >= _KEYS else {}), "orders")
    line = (made if header.periods else ranked(made)).iloc[row]
    names = ("order_id",) if "order_id" in made else REPORTS[header.report].keys
    keys = {name: line[name] for name in names if name in made}
    column = str(made.columns[place])
    if not header.periods:
        return Cell(keys, column)
    now, before = (Period(*map(dt.date.fromisoformat, header.periods[name])) for name in ("now", "before"))
    stem, _, word = column.rpartition("_")
    if word != "before":
        return Cell(keys, stem if word in ("change", "percent") else column, now)
    return Cell({name: _moved_back(name, value, now, before) for name, value in keys.items()}, stem, before)


def _moved_back(key: str, value: Any, now: Period, before: Period) -> Any:
    """A day or month of the present period as the one of the earlier period that stands beside it."""
    if key == "day":
        return value + pd.Timedelta(before.since - now.since)
    if isinstance(value, pd.Timestamp):
        months = (now.since.year - before.since.year) * 12 + now.since.month - before.since.month
        return value - pd.DateOffset(months=months)
    return value
