"""A pivot table as one formatted Excel sheet: levels, totals, number formats, and what it is made of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape

import pandas as pd
from openpyxl.formatting import rule as rules
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from scalev_frames.export.atomic import plain_path, replacing
from scalev_frames.export.excel.altered import Altered
from scalev_frames.export.excel.cells import make_cells
from scalev_frames.export.excel.frames import SUFFIXES
from scalev_frames.export.excel.workbook import empty_workbook, print_setup, write_text
from scalev_frames.frames.values.scalars import is_missing
from scalev_frames.reports.words.phrases import phrase

_FORMATS = {
    "money": '"Rp" #,##0', "percent": "0.0%", "count": "#,##0", "number": "#,##0.####", "grams": "#,##0.##",
    "time": "yyyy-mm-dd hh:mm:ss", "date": "yyyy-mm-dd", "month": "yyyy-mm",
}  # fmt: skip
_HEAD, _SUBTOTAL, _TOTAL = "1F3A5F", "F4F6F9", "E3E8EF"
_NARROWEST, _WIDEST = 9, 42


@dataclass(frozen=True, slots=True)
class PivotSheet:
    """The contents of the sheet.

    Attributes:
        frame: the table's cells; the first columns are the rows' keys.
        headings: for each column, the heading above it and its own.
        kinds: for each column, its kind: a word of the catalog or ``percent``.
        row_kinds: for each row, ``total``, ``subtotal`` or nothing.
        keys: how many columns are keys.
        title: what stands above the table.
        notes: sentences below it: what was counted, the filters, when.
        heat: whether the numbers are coloured by their size.
    """

    frame: pd.DataFrame
    headings: Sequence[tuple[str, str]]
    kinds: Sequence[str]
    row_kinds: Sequence[str]
    keys: int
    title: str
    notes: Sequence[str] = ()
    heat: bool = False


def write_pivot(pivot: PivotSheet, path: str | os.PathLike[str], language: str = "en") -> Path:
    """Write ``pivot`` as a workbook of one sheet.

    Args:
        pivot: the table.
        path: the file; it ends in ``.xlsx``.
        language: ``en`` or ``id``, of what is added to the notes.

    Returns:
        The file.

    Raises:
        ExportError: it cannot be written.
    """
    book = empty_workbook()
    sheet = book.create_sheet("Pivot")
    first = _write_head(sheet, pivot)
    altered = _write_cells(sheet, pivot, first)
    added = [phrase("altered", language, line=line) for line in altered.lines(language)]
    _finish(sheet, pivot, first, [*pivot.notes, *added])
    target = plain_path(path)
    with replacing(target, suffixes=SUFFIXES) as file:
        book.save(file)
    return target


def _write_head(sheet: Any, pivot: PivotSheet) -> int:  # noqa: ANN401 - openpyxl's
    """Title and headings; gives the first row of numbers."""
    write_text(sheet, 1, 1, pivot.title).font = Font(bold=True, size=14)
    two = any(group for group, _ in pivot.headings)
    levels = [[group for group, _ in pivot.headings]] * two + [[own for _, own in pivot.headings]]
    for at, level in enumerate(levels):
        for column, text in enumerate(level, 1):
            same = two and at == 0 and column > 1 and level[column - 2] == text
            cell = write_text(sheet, 3 + at, column, "" if same else text)
            cell.font = Font(bold=True, color="FFFFFF")
            cell.fill = PatternFill("solid", fgColor=_HEAD)
            cell.alignment = Alignment(
                horizontal="left" if column <= pivot.keys else "right", vertical="center", wrap_text=True
            )
    return 3 + len(levels)


def _write_cells(sheet: Any, pivot: PivotSheet, first: int) -> Altered:  # noqa: ANN401 - openpyxl's
    """Write the cells from the row ``first`` on; gives what had to be changed for Excel."""
    fills = {"subtotal": PatternFill("solid", fgColor=_SUBTOTAL), "total": PatternFill("solid", fgColor=_TOTAL)}
    altered = Altered()
    for place, kind in enumerate(pivot.kinds):
        for row, value in enumerate(_values(pivot.frame.iloc[:, place], pivot.headings[place][1], kind, altered)):
            cell = _cell(sheet, first + row, place + 1, value, kind)
            if row_kind := pivot.row_kinds[row]:
                cell.font, cell.fill = Font(bold=True), fills[row_kind]
            if row_kind == "total":
                cell.border = Border(top=Side("thin"))
    return altered


def _values(column: pd.Series[Any], name: str, kind: str, altered: Altered) -> list[Any]:
    """The values of a column as Excel holds them: numbers, moments as its days, and texts for all it does not hold."""
    if kind not in _FORMATS:
        return [None if is_missing(value) else str(value) for value in column]
    plain = column.map(_as_its_clock)
    values: list[Any] = [None] * len(column)
    for part in make_cells(plain, name, "UTC", altered, kind):
        for row, text in enumerate(part.values.to_pylist()):
            if text is not None:
                values[row] = float(text) if part.kind == "n" else unescape(text)
    return [own if isinstance(own, str) else value for own, value in zip(column, values, strict=True)]


def _as_its_clock(value: Any) -> Any:  # noqa: ANN401 - a cell's
    """A moment as the clocks of its zone show it; the word of a total, which is written as it is, as nothing."""
    if isinstance(value, str):
        return None
    return value.tz_localize(None) if isinstance(value, pd.Timestamp) else value


def _cell(sheet: Any, row: int, column: int, value: Any, kind: str) -> Any:  # noqa: ANN401 - a cell's
    if isinstance(value, str):
        return write_text(sheet, row, column, value)
    cell = sheet.cell(row, column, value)
    if value is not None:
        cell.number_format = '"Rp" #,##0.00' if kind == "money" and value != round(value) else _FORMATS[kind]
    return cell


def _finish(sheet: Any, pivot: PivotSheet, first: int, notes: Sequence[str]) -> None:  # noqa: ANN401 - openpyxl's
    rows, columns = pivot.frame.shape
    for at, text in enumerate(notes):
        write_text(sheet, first + rows + 1 + at, 1, text).font = Font(italic=True, color="555555")
    for column in range(1, columns + 1):
        letter = get_column_letter(column)
        texts = [str(sheet.cell(row, column).value or "") for row in range(first - 1, min(first + rows, first + 500))]
        sheet.column_dimensions[letter].width = min(_WIDEST, max(_NARROWEST, *(len(text) * 1.15 + 5 for text in texts)))
        if pivot.heat and column > pivot.keys and rows > 1:
            sheet.conditional_formatting.add(f"{letter}{first}:{letter}{first + rows - 1}", _colours())
    sheet.freeze_panes = sheet.cell(first, pivot.keys + 1)
    print_setup(sheet, f"1:{first - 1}")


def _colours() -> Any:  # noqa: ANN401 - openpyxl's
    make: Any = rules.ColorScaleRule
    return make(start_type="min", start_color="FFFFFF", end_type="max", end_color="9BD0B0")
