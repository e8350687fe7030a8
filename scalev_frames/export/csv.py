"""Why: a CSV that Excel in Indonesia opens right by a double click: every column in its place, no code cut, no formula.

May import this room's cells, catalog, frames, progress and errors. Columns are made into text by Arrow's kernels, some
thousand rows at a time.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import ExportError
from scalev_frames.export.atomic import replacing
from scalev_frames.export.cells import TEXT, arrow_array
from scalev_frames.export.masked import masked
from scalev_frames.export.sheets import flat
from scalev_frames.frames.convert import plain_text
from scalev_frames.progress import Event, Reporter, silent

SEPARATOR = ";"
ROWS_AT_ONCE = 10_000
#: Without it Excel takes the file for one in the computer's old code page.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What Excel would read as a number, a share or a date: it is written as ="…", which Excel shows as the text it is.
_LIKE_NUMBER = r"^[+-]?[0-9][0-9.,]*([eE][+-]?[0-9]+)?%?$|^[0-9]{1,4}([-/.: ][0-9]{1,4}){1,5}$"
# What Excel, or another program, would run; the two wide forms are read like the narrow ones.
_LIKE_FORMULA = "^[=+\\-@\t\r\n＝＋－＠]"  # noqa: RUF001
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f]"


def to_csv(
    frame: pd.DataFrame,
    path: str | Path,
    *,
    day_first: bool = False,
    mask: bool = False,
    progress: Reporter = silent,
    stop: threading.Event | None = None,
) -> Path:
    r"""Write a frame as CSV for Excel in Indonesia: UTF-8 with its mark, semicolons, decimal commas.

    Texts that Excel would take for numbers or dates (phones, account numbers, codes with leading zeros) are written as
    ``="0812…"``, so that they stay what they are; texts that it would run as formulas get an apostrophe before them.
    Times are written to the second. For another program, Parquet is the better file.

    Args:
        frame: any DataFrame; lists and objects are written as JSON, times in the zone they have.
        path: the file to write; its folder is made.
        day_first: days as ``23/11/2026`` instead of ``2026-11-23``; Excel knows both as dates.
        mask: customers' names, phones, addresses and texts as tokens.
        progress: told how many rows are written.
        stop: set it from another thread to end the export; nothing is left behind.

    Returns:
        The path.

    Raises:
        ExportError: the file cannot be written, or ``stop`` was set; what stood there is untouched.

    >>> import tempfile
    >>> orders = pd.DataFrame({"notes": ["=1+1"], "price": [12500.5]})
    >>> to_csv(orders, Path(tempfile.mkdtemp()) / "orders.csv").read_bytes()
    b"\xef\xbb\xbfnotes;price\n'=1+1;12500,5\n"
    """
    frame = flat(masked(frame, mask=mask))
    header = _texts(pa.array([str(label) for label in frame.columns], TEXT)).to_pylist()
    with replacing(path) as file:
        file.write(BYTE_ORDER_MARK + SEPARATOR.join(header).encode() + b"\n")
        for start in range(0, len(frame), ROWS_AT_ONCE):
            if stop is not None and stop.is_set():
                raise ExportError("The export was stopped.", advice="Nothing was written; export again when you like.")
            part = frame.iloc[start : start + ROWS_AT_ONCE]
            columns = [_column(part.iloc[:, place], day_first=day_first) for place in range(len(part.columns))]
            file.write("".join(_rows(columns, len(part))).encode("utf-8", "replace"))
            progress(Event("page", Path(path).name, rows=min(start + ROWS_AT_ONCE, len(frame))))
    return Path(path)


def _rows(columns: list[pa.Array], length: int) -> list[str]:
    if not columns:
        return ["\n"] * length
    joined = pc.binary_join_element_wise(
        *columns, pa.scalar(SEPARATOR, TEXT), null_handling="replace", null_replacement=""
    )
    return [f"{row}\n" for row in joined.to_pylist()]


def _column(column: pd.Series[Any], *, day_first: bool) -> pa.Array:
    """The texts of one column, as they stand in the file."""
    array = arrow_array(column)
    if array is None:
        values = column.astype(object).where(column.notna(), None)
        array = pa.array([None if value is None else plain_text(value) for value in values], TEXT)
    kind = array.type
    if pa.types.is_boolean(kind):
        return pc.if_else(array, pa.scalar("TRUE", TEXT), pa.scalar("FALSE", TEXT))
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _moments(array, day_first=day_first)
    if pa.types.is_decimal(kind):
        texts = pc.replace_substring_regex(array.cast(TEXT), r"\.0+$", "")
        return pc.replace_substring(texts, ".", ",")
    if pa.types.is_floating(kind):
        return pc.replace_substring(pc.replace_substring_regex(array.cast(TEXT), r"\.0$", ""), ".", ",")
    if pa.types.is_integer(kind):
        return array.cast(TEXT)
    return _texts(array.cast(TEXT) if not pa.types.is_duration(kind) else pa.array(column.astype(str), TEXT))


def _moments(array: pa.Array, *, day_first: bool) -> pa.Array:
    day = "%d/%m/%Y" if day_first else "%Y-%m-%d"
    if pa.types.is_date(array.type):
        return pc.strftime(array.cast(pa.timestamp("s")), day).cast(TEXT)
    if array.type.tz is not None:
        array = pc.local_timestamp(array)
    whole = array.cast(pa.timestamp("s"), safe=False)
    midnight = pc.all(pc.equal(pc.floor_temporal(whole, unit="day"), whole)).as_py()
    return pc.strftime(whole, day if midnight and array.null_count < len(array) else f"{day} %H:%M:%S").cast(TEXT)


def _texts(array: pa.Array) -> pa.Array:
    """Texts that stay what they are, quoted where they must be."""
    array = pc.replace_substring_regex(pc.replace_substring_regex(array, _FORBIDDEN, ""), "\r\n?", "\n")
    number = pc.match_substring_regex(array, _LIKE_NUMBER)
    formula = pc.and_(pc.match_substring_regex(array, _LIKE_FORMULA), pc.invert(number))
    array = pc.if_else(formula, pc.binary_join_element_wise(pa.scalar("'", TEXT), array, pa.scalar("", TEXT)), array)
    marked = pc.binary_join_element_wise(pa.scalar('="', TEXT), array, pa.scalar('"', TEXT), pa.scalar("", TEXT))
    array = pc.if_else(number, marked, array)
    quoted = pc.binary_join_element_wise(
        pa.scalar('"', TEXT), pc.replace_substring(array, '"', '""'), pa.scalar('"', TEXT), pa.scalar("", TEXT)
    )
    must = pc.match_substring_regex(array, f'[{re.escape(SEPARATOR)}"\n]')
    return pc.if_else(must, quoted, array)
