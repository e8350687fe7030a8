"""Cells for the clipboard: in a spreadsheet numbers are numbers, codes keep their zeros, texts stay texts."""

from __future__ import annotations

import html
from collections.abc import Sequence


def as_tsv(columns: Sequence[Sequence[str]], headings: Sequence[str] | None) -> str:
    r"""Tab-separated text as spreadsheets read it; a cell with tabs or line breaks stands in quotes.

    Args:
        columns: the cells, column by column.
        headings: names of the columns, or none.

    >>> as_tsv([["a", "two words"], ["1", "2"]], ["name", "number"]).split("\n")[0].split()
    ['name', 'number']
    """
    rows = zip(*columns, strict=True)
    lines = ["\t".join(map(_quoted, row)) for row in ([headings] if headings else [])]
    return "\n".join(lines + ["\t".join(map(_quoted, row)) for row in rows])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in '\t\n\r"') else text


def as_html(columns: Sequence[Sequence[str]], headings: Sequence[str] | None, plain: Sequence[bool]) -> str:
    """The same cells as a table whose texts are marked as text: codes keep their zeros, nothing becomes a formula.

    Args:
        columns: the cells, column by column.
        headings: names of the columns, or none.
        plain: which columns are text.

    >>> as_html([["1200"]], None, [False])
    '<table><tr><td>1200</td></tr></table>'
    """
    openings = ["<td style='mso-number-format:\"\\@\"'>" if is_text else "<td>" for is_text in plain]
    rows = [[f"<th>{html.escape(name)}</th>" for name in headings]] if headings else []
    rows += [
        [f"{opening}{html.escape(text)}</td>" for opening, text in zip(openings, row, strict=True)]
        for row in zip(*columns, strict=True)
    ]
    return "<table>" + "".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "</table>"
