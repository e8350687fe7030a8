"""Cells for the clipboard: in a spreadsheet numbers are numbers, codes keep their zeros, texts stay texts."""

from __future__ import annotations

import datetime as dt
import html
import math
import re
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from scalev_frames.notebook.table.columns.column_texts import text_array
from scalev_frames.notebook.table.columns.columns import Column, Positions
from scalev_frames.notebook.table.columns.texts import number_text

#: Marks a cell as text for LibreOffice (``sdnum``) and for Excel; and how LibreOffice writes a moment.
_TEXT = """ sdnum='1033;0;@' style='mso-number-format:"\\@"'"""
_SHAPES = {"date": "YYYY-MM-DD", "month": "YYYY-MM-DD", "time": "YYYY-MM-DD HH:MM:SS"}
_SPECIAL = re.compile(r'[\t\n\r"]')
_MARKUP = re.compile(r"""[&<>"'\r\n]""")
_LINES = re.compile(r"\r\n|\r|\n")
#: Digits that a number of a spreadsheet can hold.
_DIGITS = 15
#: The day before the first one of a spreadsheet, as it counts from 1 March 1900 on.
_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a clock's own
_FIRST = dt.datetime(1900, 3, 1)  # noqa: DTZ001


class Cells(NamedTuple):
    """A column for the clipboard.

    Attributes:
        texts: its cells in plain text.
        marks: what says in a table what each of them is, the same in every language.
    """

    texts: Sequence[str]
    marks: Sequence[str]


def cells_of(column: Column, positions: Positions, language: str = "en") -> Cells:
    """The cells of ``column`` at ``positions``: numbers unmarked, lists as JSON, missing as nothing."""
    if column.is_numeric or column.is_time:
        write = partial(_number, language=language) if column.is_numeric else partial(_moment, kind=column.kind)
        pairs = [("", "") if value is None else write(value) for value in column.at(positions)]
        return Cells([text for text, _ in pairs], [marks for _, marks in pairs])
    is_nested = column.kind == "nested"
    texts = text_array(column.series.iloc[positions]).to_pylist() if is_nested else column.shown(positions, language)
    return Cells([text or "" for text in texts], [_TEXT] * len(texts))


def _number(value: Any, language: str) -> tuple[str, str]:
    exact = number_text(value, marks=False)
    text = exact if language == "en" else number_text(value, language, marks=False)
    fits = math.isfinite(value) if isinstance(value, float) else len(exact.strip("-0").replace(".", "")) <= _DIGITS
    if not fits:
        return text, _TEXT
    return text, f" sdval='{exact}' sdnum='1033;' x:num='{exact}'"


def _moment(value: dt.datetime, kind: str) -> tuple[str, str]:
    """A moment as spreadsheets of any language read it."""
    clock = value.replace(microsecond=0)
    text = clock.date().isoformat() if kind in ("date", "month") else clock.isoformat(sep=" ")
    if clock < _FIRST:
        return text, _TEXT
    return text, f" sdval='{(clock - _ZERO) / dt.timedelta(days=1)!r}' sdnum='1033;0;{_SHAPES[kind]}'"


def as_tsv(columns: Sequence[Cells], headings: Sequence[str] | None) -> str:
    r"""Tab-separated text as spreadsheets read it; a cell with tabs or line breaks stands in quotes.

    Args:
        columns: the cells.
        headings: names of the columns, or none.

    >>> as_tsv([Cells(["a", "two\nlines"], ["", ""]), Cells(["1", "2"], ["", ""])], ["name", "number"])
    'name\tnumber\na\t1\n"two\nlines"\t2'
    """
    rows = ["\t".join(_quoted(headings))] if headings else []
    return "\n".join([*rows, *map("\t".join, zip(*[_quoted(one.texts) for one in columns], strict=True))])


def _quoted(texts: Sequence[str]) -> list[str]:
    return ['"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text for text in texts]


def as_html(columns: Sequence[Cells], headings: Sequence[str] | None) -> str:
    """The same cells as a table whose texts are marked as text: codes keep their zeros, nothing becomes a formula.

    Args:
        columns: the cells.
        headings: names of the columns, or none.

    >>> as_html([Cells(["<12"], [""])], None).partition("<tr>")[2]
    '<td>&lt;12</td></tr></table>'
    """
    rows = ["".join(f"<th>{html.escape(name)}</th>" for name in headings)] if headings else []
    rows += map("".join, zip(*[_as_td(one) for one in columns], strict=True))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table xmlns:x="urn:schemas-microsoft-com:office:excel">{body}</table>'


def _as_td(cells: Cells) -> list[str]:
    escaped = [_escaped(text) if _MARKUP.search(text) else text for text in cells.texts]
    return [f"<td{marks}>{text}</td>" for text, marks in zip(escaped, cells.marks, strict=True)]


def _escaped(text: str) -> str:
    """A text in HTML; its line breaks stay inside of the cell."""
    return _LINES.sub("<br style='mso-data-placement:same-cell'>", html.escape(text))
