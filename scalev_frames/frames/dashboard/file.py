"""Split a CSV export of the dashboard into columns of text."""

from __future__ import annotations

import csv
import os
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv as pa_csv

from scalev_frames.catalog.dashboard import DASHBOARD, ITEMS
from scalev_frames.errors import FileFormatError
from scalev_frames.frames.dashboard.values import Place, bare

Source = str | os.PathLike[str] | IO[bytes] | IO[str]

#: The kind of each column of either export.
KINDS = {name: kind for name, kind, _ in DASHBOARD} | {name: kind for name, kind, _ in ITEMS}
SEPARATORS = ";,\t|"
#: A first line by which spreadsheets say how the others are separated.
_HINT = re.compile(r'"?sep=([;,\t|])"?\r?\n(?:\r?\n)*', re.IGNORECASE)
_OTHER_WIDTH = re.compile(r"Expected (\d+) columns, got (\d+)")
#: How .xlsx and .xls files begin.
WORKBOOKS = (b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1"))


@dataclass(slots=True)
class Export:
    """A file, split into columns of text.

    Attributes:
        path: its name, for errors.
        texts: its columns.
        separator: what separates its cells.
        lines: the place of each row below the header.
        breaks: the rows at which another file was joined.
        notes: sentences for the frame's notes.
    """

    path: str
    texts: dict[str, list[str]]
    separator: str = ";"
    lines: Sequence[int] = ()
    breaks: Sequence[int] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def has_items(self) -> bool:
        """Whether a row is an item rather than an order."""
        return any(name.startswith("item_") for name in self.texts)

    def place(self, column: str) -> Place:
        """A column, for errors."""
        return Place(self.path, column, self.lines)

    def part(self, row: int) -> int:
        """Which of the joined files a row is of."""
        return bisect_right(self.breaks, row)


def text_of(source: Source) -> tuple[str, str]:
    """The file's name and its text.

    Raises:
        FileFormatError: it cannot be read, or is no text.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source).expanduser()
        try:
            content: bytes | str = path.read_bytes()
        except (OSError, ValueError) as error:  # a null byte is a ValueError
            said = getattr(error, "strerror", "") or error
            raise FileFormatError(f"{str(path)!r} cannot be read: {said}.", advice="Check the path.") from error
        name = path.name
    else:
        content, name = source.read(), Path(str(getattr(source, "name", "(no name)"))).name
    if isinstance(content, str):
        return name, content.removeprefix("\ufeff")
    if content.startswith(WORKBOOKS):
        raise FileFormatError(
            f"{name} is a workbook of Excel, not a CSV file.", advice="Give the dashboard's own CSV export, unchanged."
        )
    try:
        text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{name} is no UTF-8 text, as the dashboard writes it.") from error
    if "\x00" in text:
        raise FileFormatError(f"{name} is no UTF-8 text, as the dashboard writes it.")
    return name, text


def read_export(path: str, text: str) -> Export:
    """The columns of a file; empty lines and the headers of joined files are left out.

    Raises:
        FileFormatError: it has no header of the dashboard's, a column twice, or rows of another width.
    """
    separator, names, text = _header(path, text)
    export = Export(path, _split(path, _with_doubled_quotes(text, separator).encode(), separator, names), separator)
    _refuse_swallowed(export, separator, len(names))
    _drop_headers(export, names)
    _drop_unnamed(export, names)
    return export


def _header(path: str, text: str) -> tuple[str, list[str], str]:
    """The separator of the cells, the names of the columns, and the text from these names on."""
    text = text.lstrip("\r\n")
    hint = _HINT.match(text)
    text = text[hint.end() :] if hint else text
    first = next(iter(text.splitlines()), "")
    separator = hint[1] if hint else max(SEPARATORS, key=first.count)
    names = [_name(name) for name in next(csv.reader([first], delimiter=separator), [])]
    if not any(name in KINDS for name in names):
        raise FileFormatError(f"{path} does not begin with the header of the dashboard's order export.")
    doubled = next((name for name, times in Counter(filter(None, names)).items() if times > 1), None)
    if doubled:
        raise FileFormatError(f"{path}: the column {doubled} is there twice.", column=doubled)
    return separator, names, text


def _with_doubled_quotes(text: str, separator: str) -> str:
    r"""A text whose quotes within cells are doubled, where a program has put a backslash before them.

    >>> _with_doubled_quotes(r'"Bu\"di";"a\";Bu\"di', ";")
    '"Bu""di";"a\\";Bu\\"di'
    """
    if '\\"' not in text:
        return text
    stop = re.escape(separator) + r"\r\n"
    inside = rf'\\"(?![{stop}"]|\Z)'
    cell = rf'(?<![^{stop}])"(?:[^"\\]|""|{inside}|\\(?!"))*\\?"(?=[{stop}]|\Z)'
    return re.sub(cell, lambda found: re.sub(inside, '""', found[0]), text)


def _refuse_swallowed(export: Export, separator: str, width: int) -> None:
    """Refuse a cell that holds the end of its row and the beginning of the next: a quote is missing, or not doubled."""
    for name, texts in export.texts.items():
        for row, text in enumerate(texts):
            if text.count(separator) >= width - 1 and ("\n" in text or "\r" in text):
                raise export.place(name).refuse(row, "", "a quote there is not closed, or is not doubled")


def _drop_headers(export: Export, names: Sequence[str]) -> None:
    """Leave out empty lines, and the headers of files that were joined."""
    rows = _rows(export.texts)
    headers = [row for row in rows if _is_header({name: export.texts[name][row] for name in names if name})]
    if headers:
        export.notes.append(f"the header stands {len(headers) + 1} times: files were joined")
    if headers or len(rows) < len(next(iter(export.texts.values()), ())):
        export.lines = sorted({*rows} - {*headers})
        export.breaks = [bisect_right(export.lines, row) for row in headers]
        export.texts = {key: [column[row] for row in export.lines] for key, column in export.texts.items()}


def _name(text: str) -> str:
    """A column's name however it is written."""
    return re.sub(r"[\s-]+", "_", text.removeprefix("\ufeff").strip().lower())


def _is_header(cells: Mapping[str, str]) -> bool:
    """Whether each cell of a row is the name of its column."""
    return all(_name(text) == name for name, text in cells.items())


def _rows(texts: dict[str, list[str]]) -> list[int]:
    """The rows that hold anything."""
    return [row for row, cells in enumerate(zip(*texts.values(), strict=True)) if any(cells)]


def _split(path: str, content: bytes, separator: str, names: Sequence[str]) -> dict[str, list[str]]:
    """The columns by name; those without one are called by their place."""
    try:
        table = _read(content, separator, _keys(names, len(names)))
    except pa.ArrowInvalid as error:
        width = _other_width(str(error), names)
        if width is None or b'\\"' in content:  # a quote that may be in a cell or end it
            return _nothing(path, names, error)
        try:
            table = _read(content, separator, _keys(names, width))
        except pa.ArrowInvalid as other:
            return _nothing(path, names, other)
        if not any(table["draft_time"].to_pylist() if "draft_time" in table.column_names else ()):
            return _nothing(path, names, error)  # a separator within a cell of each row
    return {key: bare(table[key].to_pylist()) for key in table.column_names}


def _keys(names: Sequence[str], width: int) -> list[str]:
    """A key for each column of the rows."""
    padded = [*names, *[""] * width][:width]
    return [name or f"unnamed {place}" for place, name in enumerate(padded)]


def _read(content: bytes, separator: str, keys: list[str]) -> pa.Table:
    return pa_csv.read_csv(
        pa.BufferReader(content),
        pa_csv.ReadOptions(column_names=keys, skip_rows=1, block_size=len(content) + 1, use_threads=True),
        pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        pa_csv.ConvertOptions(column_types=dict.fromkeys(keys, pa.large_string()), strings_can_be_null=False),
    )


def _other_width(said: str, names: Sequence[str]) -> int | None:
    """The number of cells in the rows, where it differs from the header's only by columns without a name at the end.

    Returns:
        ``None`` where it differs in another way.
    """
    other = _OTHER_WIDTH.search(said)
    width = int(other[2]) if other else 0
    return width if width > len(names) or (width and not any(names[width:])) else None


def _nothing(path: str, names: Sequence[str], error: pa.ArrowInvalid) -> dict[str, list[str]]:
    """The columns of a file that has a header alone.

    Raises:
        FileFormatError: it has rows, and cannot be split.
    """
    said = str(error)
    if "Empty CSV" in said:
        return {name: [] for name in names if name}
    if other := _OTHER_WIDTH.search(said):
        said = f"a row has {other[2]} cells, others {other[1]}"  # the row itself may name a customer
    raise FileFormatError(f"{path} cannot be split into its columns: {said.splitlines()[0][:200]}.") from error


def _drop_unnamed(export: Export, names: Sequence[str]) -> None:
    for key in set(export.texts) - set(names):
        row = next((row for row, text in enumerate(export.texts.pop(key)) if text), None)
        if row is not None:
            line = (export.lines[row] if export.lines else row) + 2
            raise FileFormatError(f"{export.path}: row {line} has a value in a column that has no name.", row=line)
