"""Cells for the clipboard: in a spreadsheet numbers are numbers, codes keep their zeros, texts stay texts."""

from __future__ import annotations

import datetime as dt
import html
import math
import re
from collections.abc import Sequence
from typing import Any

from scalev_frames.notebook.table.columns.column_texts import text_array
from scalev_frames.notebook.table.columns.columns import Column, Positions
from scalev_frames.notebook.table.columns.texts import number_text

#: Marks a cell as text for LibreOffice (``sdnum``) and for Excel; and how LibreOffice writes a moment.
_TEXT = """ sdnum='1033;0;@' style='mso-number-format:"\\@"'"""
_SHAPES = {"date": "YYYY-MM-DD", "month": "YYYY-MM-DD", "time": "YYYY-MM-DD HH:MM:SS"}
_SPECIAL = re.compile(r'[\t\n\r"]')
_LINES = re.compile(r"\r\n|\r|\n")
#: Digits that a number of a spreadsheet can hold.
_DIGITS = 15
#: The day before the first one of a spreadsheet, as it counts from 1 March 1900 on.
_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a clock's own
_FIRST = dt.datetime(1900, 3, 1)  # noqa: DTZ001


#: A cell in plain text, and what marks it in a table, the same in every language.
Cell = tuple[str, str]
_MISSING: Cell = ("", "")


def cells_of(column: Column, positions: Positions, language: str = "en") -> list[Cell]:
    """The cells of ``column`` at ``positions``: numbers unmarked, lists as JSON, missing as nothing."""
    if column.is_numeric:
        return [_MISSING if value is None else _number(value, language) for value in column.at(positions)]
    if column.is_time:
        return [_MISSING if value is None else _moment(value, column.kind) for value in column.at(positions)]
    if column.kind == "nested":
        texts = text_array(column.series.iloc[positions]).to_pylist()
    else:
        texts = column.shown(positions, language)
    return [(text or "", _TEXT) for text in texts]


def _number(value: Any, language: str) -> Cell:
    exact = number_text(value, marks=False)
    text = exact if language == "en" else number_text(value, language, marks=False)
    fits = math.isfinite(value) if isinstance(value, float) else len(exact.strip("-0").replace(".", "")) <= _DIGITS
    if not fits:
        return text, _TEXT
    return text, f" sdval='{exact}' sdnum='1033;' x:num='{exact}'"


def _moment(value: dt.datetime, kind: str) -> Cell:
    """A moment as spreadsheets of any language read it."""
    clock = value.replace(microsecond=0)
    text = clock.date().isoformat() if kind in ("date", "month") else clock.isoformat(sep=" ")
    if clock < _FIRST:
        return text, _TEXT
    return text, f" sdval='{(clock - _ZERO) / dt.timedelta(days=1)!r}' sdnum='1033;0;{_SHAPES[kind]}'"


def as_tsv(columns: Sequence[Sequence[Cell]], headings: Sequence[str] | None) -> str:
    r"""Tab-separated text as spreadsheets read it; a cell with tabs or line breaks stands in quotes.

    Args:
        columns: the cells, column by column.
        headings: names of the columns, or none.

    >>> as_tsv([[("a", ""), ("two words", "")], [("1", ""), ("2", "")]], ["name", "number"]).split("\n")[0].split()
    ['name', 'number']
    """
    rows = [headings] if headings else []
    rows += [[text for text, _ in row] for row in zip(*columns, strict=True)]
    return "\n".join("\t".join(map(_quoted, row)) for row in rows)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def as_html(columns: Sequence[Sequence[Cell]], headings: Sequence[str] | None) -> str:
    """The same cells as a table whose texts are marked as text: codes keep their zeros, nothing becomes a formula.

    Args:
        columns: the cells, column by column.
        headings: names of the columns, or none.

    >>> as_html([[("<12", "")]], None).partition("<tr>")[2]
    '<td>&lt;12</td></tr></table>'
    """
    rows = ["".join(f"<th>{html.escape(name)}</th>" for name in headings)] if headings else []
    rows += ["".join(f"<td{marks}>{_broken(text)}</td>" for text, marks in row) for row in zip(*columns, strict=True)]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table xmlns:x="urn:schemas-microsoft-com:office:excel">{body}</table>'


def _broken(text: str) -> str:
    """A text with its line breaks, which stay inside of the cell."""
    escaped = html.escape(text)
    return _LINES.sub("<br style='mso-data-placement:same-cell'>", escaped) if "\n" in text or "\r" in text else escaped
