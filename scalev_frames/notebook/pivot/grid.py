"""The grid that shows a finished pivot table: fixed rows and columns, two levels of headings, rows behind each cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from scalev_frames.notebook.pivot.shown import PivotTable
from scalev_frames.notebook.table import Table
from scalev_frames.notebook.table.sheet import Sheet


class PivotGrid(Table):
    """A pivot table to look at, select in, copy from, and drill down.

    Args:
        language: ``en`` or ``id``.
        on_drill: called with the row and the column of a cell whose rows are wanted; the column counts from the
            first one with values, below zero for a key.
    """

    fixed = drills = True

    def __init__(self, language: str, on_drill: Callable[[int, int], None]) -> None:
        super().__init__(pd.DataFrame(), language=language)
        self.layout.display = "none"
        self._on_drill = on_drill
        self.made: PivotTable | None = None

    def show_pivot(self, made: PivotTable) -> None:
        """Show a finished pivot table."""
        with self.one_at_a_time:
            self.made = made
            sheet = Sheet(made.frame, self.labels, self.language)
            sheet.groups = [group for group, _ in made.headings]
            sheet.__dict__["headings"] = [own for _, own in made.headings]
            sheet.row_kinds = made.row_kinds
            sheet.step(order=tuple(range(len(sheet.columns))), frozen=self.key_columns(made))
            if made.plan.heat:
                sheet.shades = shades(made)
            self.show_sheet(sheet)
            self.layout.display = None

    def empty(self) -> None:
        """Show nothing: what was there is not of the present choice."""
        with self.one_at_a_time:
            self.made, self.layout.display = None, "none"
            self.show_sheet(Sheet(pd.DataFrame(), self.labels, self.language))

    def drill(self, row: int, place: int) -> None:
        """Ask for the rows behind a cell."""
        if self.made is not None:
            self._on_drill(row, place - self.key_columns(self.made))

    @staticmethod
    def key_columns(made: PivotTable) -> int:
        """How many columns hold the rows' keys."""
        return max(made.numbers.rows.depth, 1)


def shades(made: PivotTable) -> dict[int, np.ndarray[Any, Any]]:
    """How deep each cell is coloured, from the least to the greatest of its column; totals are not coloured."""
    found = {}
    plain = np.array([kind == "" for kind in made.row_kinds])
    for place in range(len(made.cells)):
        values = made.frame[f"value_{place}"]
        if not pd.api.types.is_numeric_dtype(values.dtype):
            continue
        numbers = values.astype("Float64").to_numpy(float, na_value=np.nan)
        numbers = np.where(plain & np.isfinite(numbers), numbers, np.nan)
        least, greatest = np.nanmin(numbers, initial=np.inf), np.nanmax(numbers, initial=-np.inf)
        scaled = (numbers - least) / (greatest - least) if greatest > least else np.full(len(numbers), np.nan)
        found[place + PivotGrid.key_columns(made)] = np.array(
            [None if one != one else one for one in scaled], dtype=object
        )
    return found
