"""The cells of a worksheet, made a column at a time by Arrow's kernels, many times faster than one by one.

Each function takes one Arrow array and gives the text of its cells' values as Excel's XML wants them, ``null`` for an
empty cell. What Excel cannot hold as it is (a control character, a 16th digit, a year before 1900) is changed as
little as possible and counted in an `Altered`. No openpyxl here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.export.excel.altered import (
    BREAKS,
    BYTES,
    CONTROL,
    CUT,
    DIGITS,
    EARLY,
    EMPTY,
    ESCAPES,
    FRACTIONS,
    MIXED,
    MOST_CHARACTERS,
    MOST_DIGITS,
    NOT_FINITE,
    SEN_ROUNDED,
    TINY,
    Altered,
)
from scalev_frames.frames.values.arrays import TEXT, ZONES, Part, is_moment, is_number, texts, wall_clock
from scalev_frames.frames.values.columns import read_column

#: Counts a change of a column's values: the words for it, and how often.
Note = Callable[[str, int], None]
CUT_MARK = "… [cut]"
#: The number nearest to zero that Excel holds.
SMALLEST = float(np.finfo(np.float64).tiny)
#: Excel's calendar is right from here: before it there is a 29 February 1900 that never was.
FIRST_DAY, LAST_DAY = dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - wall times
#: The last day that fits into nanoseconds.
LAST_NANOSECOND_DAY = dt.datetime(2262, 4, 11)  # noqa: DTZ001
_UNIX_DAYS = 25_569
_DAY_MS = 86_400_000
#: Texts of a column by which it is decided whether they repeat.
SAMPLE_ROWS = 400

# What XML 1.0 cannot hold; RE2 and Python alike.
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_ESCAPE_LIKE = "_x[0-9A-Fa-f]{4}_"
_ESCAPES = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATES = re.compile("[\ud800-\udfff]")

#: Places of sen, and what counts as a float's noise beside an amount.
SEN, NOISE = 2, Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Cells:
    """Values of one kind of cell.

    Attributes:
        kind: ``n`` (number), ``b`` (boolean) or ``t`` (text).
        values: as Excel's XML wants them.
        form: among mixed values, how these are shown: ``date``, ``time``, ``duration`` or ``clock``.
    """

    kind: str
    values: pa.Array
    form: str = ""


def make_cells(column: pd.Series[Any], name: str, zone: str, altered: Altered, kind: str = "") -> list[Cells]:
    """The cells of one column, or of a part of it.

    Args:
        column: any column.
        name: its name in Notes.
        zone: moments with a zone are shown in this one.
        altered: counts every change.
        kind: the column's kind.

    Returns:
        One `Cells` a kind of cell; in each row at most one of them is not null.

    Raises:
        ExportError: it holds objects that have no text of their own.
    """

    def note(words: str, times: int) -> None:
        altered.add(words, name, times)

    values = read_column(column, name)
    for words, times in values.changes.items():
        if words != ZONES:  # all are shown in one zone
            note(words, times)
    note(MIXED, int(len(values.parts) > 1))
    return [cells for part in values.parts for cells in _cells(part, zone, note, kind)]


def _cells(part: Part, zone: str, note: Note, kind: str) -> list[Cells]:
    array, held = part.array, part.array.type
    if pa.types.is_null(held):
        return []
    if pa.types.is_boolean(held):
        return [Cells("b", pc.if_else(array, _large("1"), _large("0")))]
    if is_number(held):
        return _numbers(array, note, kind)
    if is_moment(held):
        return _moments(array, zone, note, "date" if pa.types.is_date(held) else "time")
    if pa.types.is_duration(held):
        return _spans(array, note, "duration")
    if pa.types.is_time(held):
        return _spans(array.cast(pa.int64()).cast(pa.duration(held.unit)), note, "clock")
    if pa.types.is_large_binary(held):
        note(BYTES, len(array) - array.null_count)
    return [Cells("t", _texts(texts(part), note))]


# Texts ----------------------------------------------------------------------------------------------------------


def _texts(array: pa.Array, note: Note) -> pa.Array:
    """Texts as XML holds them; where a few repeat, each is converted once."""
    array = array.cast(TEXT)
    if repeats(array):
        few = array.dictionary_encode()
        changes: list[int] = []
        texts = _escaped(few.dictionary, lambda _, times: changes.append(times))
        if not any(changes):  # else they are counted for each cell
            return texts.take(few.indices)
    return _escaped(array, note)


def repeats(array: pa.Array) -> bool:
    """Whether a few texts repeat, by the first rows."""
    sample = array.slice(0, SAMPLE_ROWS)
    return 4 * len(sample.unique()) < len(sample)


def _escaped(array: pa.Array, note: Note) -> pa.Array:
    lengths = pc.min_max(pc.binary_length(array))
    if lengths["min"].as_py() == 0:
        empty = pc.equal(array, "")
        note(EMPTY, _count(empty))
        array = pc.if_else(empty, pa.scalar(None, TEXT), array)
    held = bytes(characters(array))  # looked through as a whole: most columns hold nothing to change
    if _has_controls(held):
        array = _replaced(array, "\r\n?", "\n", BREAKS, note)
        array = _replaced(array, _FORBIDDEN, "", CONTROL, note)
    if (lengths["max"].as_py() or 0) > MOST_CHARACTERS // 2:
        array = _shortened(array, note)
    if b"_x" in held:
        array = _with_escapes(array, note)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if character.encode() in held:
            array = pc.replace_substring(array, character, entity)
    return array


def _has_controls(text: bytes) -> bool:
    return bool((np.frombuffer(text, np.uint8) < ord(" ")).any()) or b"\xef\xbf" in text


def characters(array: pa.Array) -> pa.Buffer:
    """The characters of all texts of ``array`` as bytes, without a copy."""
    start, end = array.offset, array.offset + len(array)
    offsets, data = memoryview(array.buffers()[1]).cast("q"), array.buffers()[2]
    return (
        data.slice(offsets[start], offsets[end] - offsets[start])
        if data is not None and len(array)
        else pa.py_buffer(b"")
    )


def _replaced(array: pa.Array, pattern: str, by: str, words: str, note: Note) -> pa.Array:
    times = _count(pc.match_substring_regex(array, pattern))
    if not times:
        return array
    note(words, times)
    return pc.replace_substring_regex(array, pattern, by)


def _with_escapes(array: pa.Array, note: Note) -> pa.Array:
    """Each ``_x`` of the texts that have an escape is escaped: two may share the ``_`` between them."""
    looks = pc.match_substring_regex(array, _ESCAPE_LIKE)
    note(ESCAPES, _count(looks))
    return pc.if_else(looks, pc.replace_substring(array, "_x", "_x005F_x"), array)


def _shortened(array: pa.Array, note: Note) -> pa.Array:
    texts = array.to_pylist()
    for place, text in enumerate(texts):
        if text is not None and (short := shorten(text)) != text:
            note(CUT, 1)
            texts[place] = short
    return pa.array(texts, TEXT)


def shorten(text: str) -> str:
    """``text``, cut visibly when a cell cannot hold it."""
    if len(text) * 2 <= MOST_CHARACTERS or len(wide := text.encode("utf-16-le")) <= 2 * MOST_CHARACTERS:
        return text
    room = 2 * (MOST_CHARACTERS - len(CUT_MARK))
    return wide[:room].decode("utf-16-le", "ignore") + CUT_MARK


def clean(text: str) -> str:
    """``text`` without what a worksheet cannot hold, for the few cells written one by one."""
    plain = _SURROGATES.sub("�", re.sub(_FORBIDDEN, "", re.sub("\r\n?", "\n", text)))
    return shorten(_ESCAPES.sub("_x005F_", plain))


# Numbers and moments --------------------------------------------------------------------------------------------


def _numbers(array: pa.Array, note: Note, kind: str) -> list[Cells]:
    """Numbers as they are; where Excel would lose a digit, as text."""
    if pa.types.is_floating(array.type):
        ids = long_ids(array)
        written, good = pc.coalesce(ids.cast(TEXT), array.cast(TEXT)), pc.and_(_held(array, note), pc.is_null(ids))
        note(DIGITS, len(ids) - ids.null_count)
    else:
        written = pc.cast(_without_zeros(array), TEXT)
        good = short_enough(array, written)
        if kind == "money" and _count(pc.invert(good)):
            written, good = _without_noise(written, good, note)
        note(DIGITS, _count(pc.invert(good)))
    if not _count(pc.invert(good)):
        return [Cells("n", written)]
    nothing = pa.scalar(None, TEXT)
    whole = pc.replace_substring_regex(written, r"\.0+$", "")  # alike at any scale
    return [Cells("n", pc.if_else(good, written, nothing)), Cells("t", pc.if_else(good, nothing, whole))]


def long_ids(array: pa.Array) -> pa.Array:
    """Whole numbers among floats whose last digits a spreadsheet cuts, as ids that a join has made floats; else null.

    Beyond 2**53 a float has no last digits that could be cut.
    """
    sizes = pc.abs(array)
    is_long = pc.and_(pc.greater_equal(sizes, 10.0**MOST_DIGITS), pc.less_equal(sizes, 2.0**53))
    is_id = pc.and_(is_long, pc.equal(pc.floor(array), array))
    return pc.if_else(is_id, array, pa.scalar(None, array.type)).cast(pa.int64())


def _held(array: pa.Array, note: Note) -> pa.Array:
    """Whether Excel holds each float: it has no infinity, and nothing between zero and `SMALLEST`."""
    finite, near = pc.is_finite(array), pc.and_(pc.less(pc.abs(array), SMALLEST), pc.not_equal(array, 0.0))
    note(NOT_FINITE, _count(pc.invert(finite)))
    note(TINY, _count(near))
    return pc.and_(finite, pc.invert(near))


def short_enough(array: pa.Array, written: pa.Array) -> pa.Array:
    """Whether each number has at most fifteen digits; leading zeros and trailing zeros of the fraction do not count."""
    scale = max(0, array.type.scale) if pa.types.is_decimal(array.type) else 0
    if _largest(array) < 10 ** max(0, MOST_DIGITS - scale):
        return pc.equal(array, array)
    mantissas = pc.replace_substring_regex(written, r"^-|[eE].*$", "")
    digits = pc.replace_substring(pc.replace_substring_regex(mantissas, r"(\.[0-9]*?)0+$", r"\1"), ".", "")
    return pc.less_equal(pc.utf8_length(pc.utf8_ltrim(digits, "0")), MOST_DIGITS)


def _largest(array: pa.Array) -> Any:  # noqa: ANN401 - a number
    """The largest number of ``array`` without its sign; zero when there is none."""
    edges = [one for one in pc.min_max(array).as_py().values() if one is not None]
    return max((one.copy_abs() if isinstance(one, Decimal) else abs(one) for one in edges), default=0)


def _without_noise(written: pa.Array, good: pa.Array, note: Note) -> tuple[pa.Array, pa.Array]:
    """Amounts of too many digits, rounded to the sen where they differ from it by a float's noise alone."""
    texts, short = written.to_pylist(), good.to_pylist()
    for place, is_short in enumerate(short):
        amount = Decimal(texts[place]) if is_short is False else None
        if amount is None or amount.copy_abs() >= 10 ** (MOST_DIGITS - SEN):
            continue
        sen = round(amount, SEN)
        if abs(sen - amount) < NOISE:
            texts[place], short[place] = str(sen), True
            note(SEN_ROUNDED, 1)
    return pa.array(texts, TEXT), pa.array(short)


def _without_zeros(array: pa.Array) -> pa.Array:
    """Amounts without sen as whole numbers: fewer bytes, the same value."""
    if not pa.types.is_decimal(array.type) or array.type.precision - array.type.scale > 18:
        return array
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        return array


def _moments(array: pa.Array, zone: str, note: Note, form: str) -> list[Cells]:
    """Moments as Excel's days; where its calendar ends, as text."""
    array = wall_clock(array, zone)
    unit = array.type.unit
    edges = FIRST_DAY, LAST_NANOSECOND_DAY if unit == "ns" else LAST_DAY
    first, last = (pa.scalar(day, pa.timestamp("s")).cast(pa.timestamp(unit)) for day in edges)
    inside = pc.and_(pc.greater_equal(array, first), pc.less_equal(array, last))
    within = pc.if_else(inside, array, pa.scalar(None, array.type))
    millis = pc.floor_temporal(within, unit="millisecond") if unit in ("us", "ns") else within
    note(FRACTIONS, _count(pc.not_equal(millis, within)))
    whole = pc.cast(pc.cast(millis, pa.timestamp("ms"), safe=False), pa.int64())
    days = pc.add(pc.divide(pc.cast(whole, pa.float64()), float(_DAY_MS)), float(_UNIX_DAYS))
    cells = [Cells("n", pc.cast(days, TEXT), form)]
    if outside := _count(pc.invert(inside)):
        note(EARLY, outside)
        cells.append(Cells("t", pc.if_else(inside, pa.scalar(None, TEXT), _moment_texts(array))))
    return cells


def _moment_texts(array: pa.Array) -> pa.Array:
    """Moments outside Excel's calendar as text, days without a time of day."""
    written = pc.replace_substring_regex(pc.strftime(array, "%Y-%m-%d %H:%M:%S").cast(TEXT), r"\.0+$", "")
    return pc.replace_substring_regex(written, " 00:00:00$", "")


def _spans(array: pa.Array, note: Note, form: str) -> list[Cells]:
    """Durations as Excel's days, to the millisecond before."""
    counts, unit = array.cast(pa.int64()), array.type.unit
    each = {"us": 1_000, "ns": 1_000_000}.get(unit, 1)
    whole = pc.divide(counts, each)  # towards zero
    whole = pc.if_else(pc.greater(pc.multiply(whole, each), counts), pc.subtract(whole, 1), whole)
    note(FRACTIONS, _count(pc.not_equal(pc.multiply(whole, each), counts)))
    days = pc.divide(whole.cast(pa.float64(), safe=False), _DAY_MS / 1000.0 if unit == "s" else float(_DAY_MS))
    return [Cells("n", days.cast(TEXT), form)]


def _count(mask: pa.Array) -> int:
    return pc.sum(mask).as_py() or 0


# Rows ------------------------------------------------------------------------------------------------------------

# What stands before and after a value. Texts are plain values: inline rich text takes twice the bytes, and is needed
# only where spaces around a text must be kept.
_NUMBER = '"><v>', "</v></c>"
_FLAG = '" t="b"><v>', "</v></c>"
_TEXT = '" t="str"><v>', "</v></c>"
_SPACED_TEXT = '" t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"


def row_xml(
    columns: Sequence[list[Cells]],
    letters: Sequence[str],
    styles: Sequence[Mapping[str, int]],
    first_row: int,
    length: int,
) -> pa.Buffer:
    """The XML of some rows, as bytes without a copy.

    Args:
        columns: the cells of each column.
        letters: each column's letters.
        styles: each column's style id under ``""``, and that of forms which differ.
        first_row: the first row's number.
        length: how many rows.
    """
    numbers = pc.cast(pa.array(range(first_row, first_row + length)), TEXT)
    parts: list[Any] = [_large('<row r="'), numbers, _large('">')]
    for column, letter, style in zip(columns, letters, styles, strict=True):
        for cells in column:
            opening, closing = _around(cells)
            shown = style.get(cells.form, style[""])
            before, between, after = _large(f'<c r="{letter}'), _large(f'" s="{shown}{opening}'), _large(closing)
            parts.append(pc.binary_join_element_wise(before, numbers, between, cells.values, after, _large("")))
    rows = pc.binary_join_element_wise(*parts, _large("</row>"), _large(""), null_handling="skip")
    return characters(rows)


def _around(cells: Cells) -> tuple[str, str]:
    if cells.kind != "t":
        return _FLAG if cells.kind == "b" else _NUMBER
    spaced = pc.any(pc.not_equal(pc.utf8_trim_whitespace(cells.values), cells.values)).as_py()
    return _SPACED_TEXT if spaced else _TEXT


def _large(text: str) -> pa.Scalar:
    return pa.scalar(text, TEXT)
