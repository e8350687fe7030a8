"""A pivot table as one formatted Excel sheet: levels, totals, number formats, and what it is made of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from scalev_frames.export.atomic import replacing

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


def write_pivot(pivot: PivotSheet, path: str | os.PathLike[str]) -> Path:
    """Write ``pivot`` as a workbook of one sheet.

    Args:
        pivot: the table.
        path: the file; it ends in ``.xlsx``.

    Returns:
        The file.

    Raises:
        ExportError: it cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Pivot"
    row = _write_head(sheet, pivot)
    _write_cells(sheet, pivot, row)
    _finish(sheet, pivot, row)
    target = Path(path).expanduser()
    with replacing(target) as file:
        book.save(file)
    return target


def _write_head(sheet: Any, pivot: PivotSheet) -> int:  # noqa: ANN401 - openpyxl's
    """Title and headings; gives the first row of numbers."""
    from openpyxl.styles import Alignment, Font, PatternFill

    _text(sheet, 1, 1, pivot.title).font = Font(bold=True, size=14)
    two = any(group for group, _ in pivot.headings)
    levels = [[group for group, _ in pivot.headings]] * two + [[own for _, own in pivot.headings]]
    for at, level in enumerate(levels):
        for column, text in enumerate(level, 1):
            same = two and at == 0 and column > 1 and level[column - 2] == text
            cell = _text(sheet, 3 + at, column, "" if same else text)
            cell.font = Font(bold=True, color="FFFFFF")
            cell.fill = PatternFill("solid", fgColor=_HEAD)
            cell.alignment = Alignment(
                horizontal="left" if column <= pivot.keys else "right", vertical="center", wrap_text=True
            )
    return 3 + len(levels)


def _write_cells(sheet: Any, pivot: PivotSheet, first: int) -> None:  # noqa: ANN401 - openpyxl's
    from openpyxl.styles import Border, Font, PatternFill, Side

    fills = {"subtotal": PatternFill("solid", fgColor=_SUBTOTAL), "total": PatternFill("solid", fgColor=_TOTAL)}
    for column in range(pivot.frame.shape[1]):
        values = pivot.frame.iloc[:, column]
        for row, (value, kind) in enumerate(zip(values.array, pivot.row_kinds, strict=True)):
            cell = _cell(sheet, first + row, column + 1, value, pivot.kinds[column])
            if kind:
                cell.font, cell.fill = Font(bold=True), fills[kind]
            if kind == "total":
                cell.border = Border(top=Side("thin"))


def _cell(sheet: Any, row: int, column: int, value: Any, kind: str) -> Any:  # noqa: ANN401 - a cell's
    if value is None or pd.isna(value):
        return sheet.cell(row, column)
    if kind not in _FORMATS or isinstance(value, str):
        return _text(sheet, row, column, str(value))
    if isinstance(value, pd.Timestamp):
        value = value.tz_localize(None).to_pydatetime()
    cell = sheet.cell(row, column, value)
    has_sen = kind == "money" and float(value) != round(float(value))
    cell.number_format = '"Rp" #,##0.00' if has_sen else _FORMATS[kind]
    return cell


def _text(sheet: Any, row: int, column: int, text: str) -> Any:  # noqa: ANN401 - openpyxl's
    """A text that never becomes a formula."""
    cell = sheet.cell(row, column)
    cell.value = "".join(one for one in text if one >= " " or one in "\t\n")
    cell.data_type = "s"
    return cell


def _finish(sheet: Any, pivot: PivotSheet, first: int) -> None:  # noqa: ANN401 - openpyxl's
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    rows, columns = pivot.frame.shape
    for at, text in enumerate(pivot.notes):
        _text(sheet, first + rows + 1 + at, 1, text).font = Font(italic=True, color="555555")
    for column in range(1, columns + 1):
        letter = get_column_letter(column)
        texts = [str(sheet.cell(row, column).value or "") for row in range(first - 1, min(first + rows, first + 500))]
        sheet.column_dimensions[letter].width = min(_WIDEST, max(_NARROWEST, *(len(text) * 1.15 + 5 for text in texts)))
        if pivot.heat and column > pivot.keys and rows > 1:
            rule = _colours()
            sheet.conditional_formatting.add(f"{letter}{first}:{letter}{first + rows - 1}", rule)
    sheet.freeze_panes = sheet.cell(first, pivot.keys + 1)
    sheet.print_title_rows = f"1:{first - 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0


def _colours() -> Any:  # noqa: ANN401 - openpyxl's
    from openpyxl.formatting import rule

    make: Any = rule.ColorScaleRule
    return make(start_type="min", start_color="FFFFFF", end_type="max", end_color="9BD0B0")
