"""Write a CSV that Excel in Indonesia opens by a double click: columns in place, codes whole, no formulas.

Columns are made into text by Arrow's kernels, some thousand rows at a time.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, overload

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.export.atomic import File, Frame, Name, Stop, Target, refuse_if_stopped, replacing, written
from scalev_frames.export.excel.cells import long_ids, repeats, short_enough
from scalev_frames.export.excel.sheets import are_whole_days, deciding_parts, flat
from scalev_frames.export.masked import masked
from scalev_frames.frames.values.arrays import TEXT, ZONES, Part, around, is_moment, is_number, texts, wall_clock
from scalev_frames.frames.values.columns import read_column
from scalev_frames.progress import Event, Progress, choose

SUFFIXES = (".csv", ".txt")
SEPARATOR = ";"
ROWS_AT_ONCE = 10_000
#: Without it Excel takes the file for one in the computer's old code page.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A text of digits and these alone is read by a spreadsheet in English or Indonesian as a number, an amount, a share, a
# fraction, a date or a time. It is written as ="…", which shows the text as it is.
_NAMES = (
    "januar[iy] [fp]ebruar[iy] maret march april mei may juni june juli july agustus august september oktober october "
    "no[vp]ember desember december jan [fp]eb mar apr jun jul agust agu agt ags aug sept sep okt oct no[vp] des dec "
    "senin selasa rabu kamis jum['’]?at sabtu minggu ahad monday tuesday wednesday thursday friday saturday sunday "  # noqa: RUF001
    "sen sel rab kam jum sab min mon tue wed thu fri sat sun rp idr usd"
)
_BLANK = r"[\t\p{Z}\p{Cf}]"
_PIECES = "|".join(
    [
        r"[\p{Nd}\p{Z}\p{Cf}\p{Sc}\t.,/:()%+\-'’−]",  # noqa: RUF001
        rf"\p{{Nd}}{_BLANK}*[ap]m",
        rf"\p{{Nd}}{_BLANK}+[ap]",
        r"\p{Nd}[.,]?e[+\-]?\p{Nd}",
        r"\p{Nd}t\p{Nd}|\p{Nd}z",
        *_NAMES.split(),
    ]
)
_LIKE_NUMBER, _DIGIT = rf"(?i)^(?:{_PIECES})+$", r"\p{Nd}"
_LIKE_WORD = rf"(?i)^{_BLANK}*(?:true|false|benar|salah|#n/a|#getting_data|#[a-z/0]+[!?]){_BLANK}*$"
# What Excel, or another program that drops blanks, would run; the wide forms are read like the narrow ones.
_LIKE_FORMULA = "^[\\s\\p{Z}\\p{Cf}]*[=+\\-@\t\r\n＝＋－＠]"  # noqa: RUF001
#: The longest text that Excel takes in a formula.
MOST_KEPT = 255
# Texts that need quotes, also for programs that split at commas and tabs.
_QUOTED = f'[{SEPARATOR},\t"\n]|^ | $'
#: How a row of one empty column is written: most programs skip an empty line.
_NO_VALUE = '""'
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f]"


@overload
def to_csv(
    frame: Frame, path: Name, *, day_first: bool = ..., mask: bool = ..., progress: Progress = ..., stop: Stop = ...
) -> Path: ...
@overload
def to_csv(
    frame: Frame, path: File, *, day_first: bool = ..., mask: bool = ..., progress: Progress = ..., stop: Stop = ...
) -> File: ...
def to_csv(
    frame: Frame,
    path: Target,
    *,
    day_first: bool = False,
    mask: bool = False,
    progress: Progress = False,
    stop: Stop = None,
) -> Path | IO[bytes]:
    r"""Write a frame as CSV for Excel in Indonesia: UTF-8 with its mark, semicolons, decimal commas.

    Texts that a spreadsheet in English or Indonesian would turn into a number, an amount, a share, a fraction, a date,
    a time or a flag (phones, codes with leading zeros, ``10-11``, ``2 Mei``), and numbers of more than 15 digits, are
    written as ``="0812…"``, so that they stay what they are; texts that it would run as formulas get an apostrophe
    before them. A column has one style of date; times are written to the second. Where the computer's separator is a
    comma, import the file and choose the semicolon. For another program, Parquet is the better file.

    Args:
        frame: any DataFrame; lists and objects are written as JSON, times in the zone of their column,
            in UTC where it has several.
        path: the file to write, ending in ``.csv`` or ``.txt``, whose folder is made; or a file open for bytes.
        day_first: days as ``23/11/2026`` instead of ``2026-11-23``; Excel knows both as dates.
        mask: customers' names, phones, addresses and texts as tokens.
        progress: what shows how many rows are written: ``True`` for a line of text, a function, or a tqdm bar.
        stop: set it from another thread to end the export; nothing is left behind.

    Returns:
        The path, or the open file.

    Raises:
        ExportError: a column holds objects that have no text of their own, the file cannot be written, or ``stop`` was
            set; what stood there is untouched.

    >>> import tempfile
    >>> orders = pd.DataFrame({"notes": ["=1+1"], "price": [12500.5]})
    >>> to_csv(orders, Path(tempfile.mkdtemp()) / "orders.csv").read_bytes()
    b"\xef\xbb\xbfnotes;price\n'=1+1;12500,5\n"
    """
    frame = flat(masked(frame, mask=mask))
    header = _texts(pa.array(list(frame.columns), TEXT)).to_pylist()
    day = "%d/%m/%Y" if day_first else "%Y-%m-%d"
    forms = [_form(frame.iloc[:, place], name, day) for place, name in enumerate(frame.columns)]
    report = choose(progress)
    with replacing(path, suffixes=SUFFIXES) as file:
        file.write(BYTE_ORDER_MARK + SEPARATOR.join(header).encode() + b"\n")
        for start in range(0, len(frame), ROWS_AT_ONCE):
            refuse_if_stopped(stop)
            part = frame.iloc[start : start + ROWS_AT_ONCE]
            columns = [_column(part.iloc[:, place], name, *forms[place]) for place, name in enumerate(frame.columns)]
            file.write("".join(_rows(columns, len(part))).encode("utf-8", "replace"))
            report(Event("page", "CSV", rows=min(start + ROWS_AT_ONCE, len(frame))))
    return written(path, progress, len(frame))


def _rows(columns: list[pa.Array], length: int) -> list[str]:
    if not columns:
        return ["\n"] * length
    joined = pc.binary_join_element_wise(
        *columns, pa.scalar(SEPARATOR, TEXT), null_handling="replace", null_replacement=""
    )
    return [f"{row or _NO_VALUE}\n" for row in joined.to_pylist()]


def _form(column: pd.Series[Any], name: str, day: str) -> tuple[str, str]:
    """The format of a column's times, without the time of day where all are whole days, and their zone.

    The zone is empty where each time is written in its own; it is UTC where the column has several.
    """
    moments = [part.array for part in deciding_parts(column, name) if is_moment(part.array.type)]
    zone = "UTC" if moments and column.dtype == object and read_column(column, name).changes[ZONES] else ""
    are_days = bool(moments) and all(are_whole_days(array, zone) for array in moments)
    return day if are_days else f"{day} %H:%M:%S", zone


def _column(column: pd.Series[Any], name: str, style: str, zone: str) -> pa.Array:
    """The texts of one column, as they stand in the file."""
    found = [_part(part, style, zone) for part in read_column(column, name).parts]
    return pc.coalesce(*found) if found else pa.nulls(len(column), TEXT)


def _part(part: Part, style: str, zone: str) -> pa.Array:
    array, kind = part.array, part.array.type
    if pa.types.is_boolean(kind):
        return pc.if_else(array, pa.scalar("TRUE", TEXT), pa.scalar("FALSE", TEXT))
    if is_moment(kind):
        seconds = pc.floor_temporal(wall_clock(array, zone), unit="second").cast(pa.timestamp("s"))
        return pc.strftime(seconds, style).cast(TEXT)
    if pa.types.is_time(kind):
        return texts(part)
    if is_number(kind):
        return _numbers(array)
    return _texts(texts(part))


def _numbers(array: pa.Array) -> pa.Array:
    """Numbers with a decimal comma; those whose digits a spreadsheet would cut are kept as texts."""
    if pa.types.is_floating(array.type):  # beyond fifteen digits a float shows noise
        ids = long_ids(array)
        written = pc.coalesce(ids.cast(TEXT), _in_digits(array))
        is_long = pc.or_(pc.invert(pc.is_finite(array)), pc.is_valid(ids))
    else:
        written = array.cast(TEXT)
        is_long = pc.invert(short_enough(array, written))
    if not pa.types.is_integer(array.type):
        written = pc.replace_substring(pc.replace_substring_regex(written, r"\.0+$", ""), ".", ",")
    return pc.if_else(is_long, _kept(written), written)


def _in_digits(array: pa.Array) -> pa.Array:
    """Floats as texts; large ones of up to fifteen digits without Arrow's power of ten, which spreadsheets show."""
    sizes = pc.abs(array)
    large = pc.and_(pc.greater_equal(sizes, 1e10), pc.less(sizes, 1e15))
    texts = [None if number is None else repr(number) for number in pc.if_else(large, array, None).to_pylist()]
    return pc.coalesce(pa.array(texts, TEXT), array.cast(TEXT))


def _kept(array: pa.Array) -> pa.Array:
    """Texts as formulas that give them, which no spreadsheet takes for something else."""
    return around('="', array, '"')


def _texts(array: pa.Array) -> pa.Array:
    """Texts, quoted where needed; repeated ones are converted once."""
    if repeats(array):
        few = array.dictionary_encode()
        return _kept_texts(few.dictionary).take(few.indices)
    return _kept_texts(array)


def _kept_texts(array: pa.Array) -> pa.Array:
    if array.null_count == len(array):  # spares eight searches
        return array
    array = pc.replace_substring_regex(pc.replace_substring_regex(array, "\r\n?", "\n"), _FORBIDDEN, "")
    number = pc.and_(pc.match_substring_regex(array, _DIGIT), pc.match_substring_regex(array, _LIKE_NUMBER))
    taken = pc.or_(number, pc.match_substring_regex(array, _LIKE_WORD))
    kept = pc.and_(taken, pc.less_equal(pc.utf8_length(array), MOST_KEPT))
    formula = pc.and_(pc.or_(taken, pc.match_substring_regex(array, _LIKE_FORMULA)), pc.invert(kept))
    array = pc.if_else(formula, around("'", array), array)
    array = pc.if_else(kept, _kept(array), array)
    quoted = around('"', pc.replace_substring(array, '"', '""'), '"')
    return pc.if_else(pc.match_substring_regex(array, _QUOTED), quoted, array)
