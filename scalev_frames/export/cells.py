"""Why: cells of a worksheet are made a column at a time by Arrow's kernels, many times faster than one by one.

Each function takes one Arrow array and gives the text of its cells' values as Excel's XML wants them, ``null`` for an
empty cell. What Excel cannot hold as it is (a control character, a 16th digit, a year before 1900) is changed as
little as possible and counted in an `Altered`. May import frames; no openpyxl here.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.frames.convert import json_text, types_of
from scalev_frames.frames.tables import is_nested

#: The most characters of a cell, counted as Excel does: in UTF-16.
MOST_CHARACTERS = 32_767
CUT_MARK = "… [cut]"
#: Excel keeps 15 digits of a number.
MOST_DIGITS = 15
#: Excel's calendar is right from here: before it there is a 29 February 1900 that never was.
FIRST_DAY, LAST_DAY = dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - wall times
#: The last day that fits into nanoseconds.
LAST_NANOSECOND_DAY = dt.datetime(2262, 4, 11)  # noqa: DTZ001
_UNIX_DAYS = 25_569
_DAY_MS = 86_400_000
TEXT = pa.large_string()
#: So many of a column's texts tell whether they repeat.
SAMPLE_ROWS = 400

# What XML 1.0 cannot hold; RE2 and Python alike.
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_ESCAPE_LIKE = "_x[0-9A-Fa-f]{4}_"
_SURROGATES = re.compile("[\ud800-\udfff]")

CONTROL = "control characters removed"
BREAKS = "line breaks made Excel's own (CR LF became LF)"
CUT = f"texts cut at {MOST_CHARACTERS:,} characters"
DIGITS = f"numbers of more than {MOST_DIGITS} digits written as text"
NOT_FINITE = "infinite numbers written as text"
EARLY = "dates outside 1900-03-01 to 9999-12-31 written as text"
FRACTIONS = "times rounded to the millisecond"
EMPTY = "empty texts shown as empty cells"
ESCAPES = "texts that look like Excel's own escapes (_x0041_) written in its escaped form"
MIXED = "columns of mixed values"


@dataclass(slots=True)
class Altered:
    """What had to be changed, for Notes: words, then column, then how often."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, words: str, column: str, times: int) -> None:
        """Count ``times`` more changes in ``column``."""
        if times:
            self.counts.setdefault(words, Counter())[column] += times

    def lines(self) -> list[str]:
        """One line a kind of change."""
        return [
            f"{words}: {', '.join(f'{column} ({times:,})' for column, times in columns.items())}"
            for words, columns in self.counts.items()
        ]


@dataclass(frozen=True, slots=True)
class Cells:
    """Values of one kind of cell: ``kind`` is ``n`` (number), ``b`` (boolean) or ``t`` (text)."""

    kind: str
    values: pa.Array


def make_cells(column: pd.Series[Any], name: str, zone: str, altered: Altered) -> list[Cells]:
    """The cells of one column, or of a part of it.

    Args:
        column: any column.
        name: what it is called in Notes.
        zone: moments with a zone are shown in this one.
        altered: told of every change.

    Returns:
        One `Cells` a kind of cell; in each row at most one of them is not null.
    """
    array = arrow_array(column)
    if array is None:
        values = list(column)
        if types_of(values) <= {list, dict}:
            return [
                Cells(
                    "t",
                    _texts(
                        pa.array([None if value is None else json_text(value) for value in values], TEXT), name, altered
                    ),
                )
            ]
        altered.add(MIXED, name, 1)
        return _one_by_one(values, name, zone, altered)
    kind = array.type
    if pa.types.is_null(kind):
        return []
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return [Cells("t", _texts(array, name, altered))]
    if pa.types.is_boolean(kind):
        return [Cells("b", pc.if_else(array, _large("1"), _large("0")))]
    if pa.types.is_decimal(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _numbers(array, name, altered)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _moments(array, name, zone, altered)
    if pa.types.is_duration(kind):
        days = pc.divide(pc.cast(pc.cast(array, pa.duration("us"), safe=False), pa.int64()).cast(pa.float64()), 8.64e10)
        return [Cells("n", pc.cast(days, TEXT))]
    return _one_by_one(list(column), name, zone, altered)


def arrow_array(column: pd.Series[Any]) -> pa.Array | None:
    """``column`` as one Arrow array; ``None`` when its values are lists or objects, or have no common type."""
    if is_nested(column):
        return None
    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, ValueError):
        return None
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array


# Texts ----------------------------------------------------------------------------------------------------------


def _texts(array: pa.Array, name: str, altered: Altered) -> pa.Array:
    """Texts as XML holds them; where a few come again and again, each is looked at once."""
    array = array.cast(TEXT)
    if _repeats(array.slice(0, SAMPLE_ROWS)):
        few = array.dictionary_encode()
        told = Altered()
        texts = _escaped(few.dictionary, name, told)
        if not told.counts:  # what is altered is counted for each cell
            return texts.take(few.indices)
    return _escaped(array, name, altered)


def _repeats(sample: pa.Array) -> bool:
    return 4 * len(sample.unique()) < len(sample)


def _escaped(array: pa.Array, name: str, altered: Altered) -> pa.Array:
    lengths = pc.min_max(pc.binary_length(array))
    if lengths["min"].as_py() == 0:
        empty = pc.equal(array, "")
        altered.add(EMPTY, name, _count(empty))
        array = pc.if_else(empty, pa.scalar(None, TEXT), array)
    held = bytes(characters(array))  # looked through as a whole: most columns hold nothing to change
    if _has_controls(held):
        array = _replaced(array, _FORBIDDEN, "", CONTROL, name, altered)
        array = _replaced(array, "\r\n?", "\n", BREAKS, name, altered)
    if (lengths["max"].as_py() or 0) > MOST_CHARACTERS // 2:
        array = _shortened(array, name, altered)
    if b"_x" in held:
        array = _replaced(array, f"_({_ESCAPE_LIKE[1:]})", r"_x005F_\1", ESCAPES, name, altered)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if character.encode() in held:
            array = pc.replace_substring(array, character, entity)
    return array


def _has_controls(text: bytes) -> bool:
    return bool((np.frombuffer(text, np.uint8) < ord(" ")).any()) or b"\xef\xbf" in text


def characters(array: pa.Array) -> pa.Buffer:
    """The characters of all texts of ``array``, one after the other, as bytes that nobody copied."""
    start, end = array.offset, array.offset + len(array)
    offsets, data = memoryview(array.buffers()[1]).cast("q"), array.buffers()[2]
    return (
        data.slice(offsets[start], offsets[end] - offsets[start])
        if data is not None and len(array)
        else pa.py_buffer(b"")
    )


def _replaced(array: pa.Array, pattern: str, by: str, words: str, name: str, altered: Altered) -> pa.Array:
    times = _count(pc.match_substring_regex(array, pattern))
    if not times:
        return array
    altered.add(words, name, times)
    return pc.replace_substring_regex(array, pattern, by)


def _shortened(array: pa.Array, name: str, altered: Altered) -> pa.Array:
    texts = array.to_pylist()
    for place, text in enumerate(texts):
        if text is not None and (short := shorten(text)) != text:
            altered.add(CUT, name, 1)
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
    return shorten(_SURROGATES.sub("�", re.sub(_FORBIDDEN, "", text)))


# Numbers and moments --------------------------------------------------------------------------------------------


def _numbers(array: pa.Array, name: str, altered: Altered) -> list[Cells]:
    """Numbers as they are; where Excel would lose a digit, as text."""
    texts = pc.cast(_without_zeros(array), TEXT)
    if pa.types.is_floating(array.type):
        finite = pc.is_finite(array)
        altered.add(NOT_FINITE, name, _count(pc.invert(finite)))
    else:
        exact = 10**MOST_DIGITS if pa.types.is_integer(array.type) else 10 ** (MOST_DIGITS - array.type.scale)
        limit = pa.scalar(min(exact, 2**31 - 1) if array.type.bit_width < 64 else exact)
        finite = pc.and_(pc.less(array, limit), pc.greater(array, pc.negate(limit)))
        altered.add(DIGITS, name, _count(pc.invert(finite)))
    if not _count(pc.invert(finite)):
        return [Cells("n", texts)]
    nothing = pa.scalar(None, TEXT)
    return [Cells("n", pc.if_else(finite, texts, nothing)), Cells("t", pc.if_else(finite, nothing, texts))]


def _without_zeros(array: pa.Array) -> pa.Array:
    """Amounts without sen as whole numbers: fewer bytes, the same value."""
    if not pa.types.is_decimal(array.type) or array.type.precision > 18:
        return array
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        return array


def _moments(array: pa.Array, name: str, zone: str, altered: Altered) -> list[Cells]:
    """Moments as Excel's days; where its calendar ends, as text."""
    if pa.types.is_date(array.type):
        array = array.cast(pa.timestamp("s" if pa.types.is_date32(array.type) else "ms"))
    if array.type.tz is not None:
        array = pc.local_timestamp(array.cast(pa.timestamp(array.type.unit, tz=zone)))
    unit = array.type.unit
    first, last = (pa.scalar(day, pa.timestamp("s")).cast(pa.timestamp(unit)) for day in _calendar(unit))
    inside = pc.and_(pc.greater_equal(array, first), pc.less_equal(array, last))
    nothing = pa.scalar(None, TEXT)
    within = pc.if_else(inside, array, pa.scalar(None, array.type))
    millis = pc.round_temporal(within, unit="millisecond") if unit in ("us", "ns") else within
    altered.add(FRACTIONS, name, _count(pc.not_equal(millis, within)))
    whole = pc.cast(pc.cast(millis, pa.timestamp("ms"), safe=False), pa.int64())
    days = pc.add(pc.divide(pc.cast(whole, pa.float64()), float(_DAY_MS)), float(_UNIX_DAYS))
    cells = [Cells("n", pc.cast(days, TEXT))]
    if outside := _count(pc.invert(inside)):
        altered.add(EARLY, name, outside)
        cells.append(Cells("t", pc.if_else(inside, nothing, _moment_texts(array))))
    return cells


def _moment_texts(array: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.strftime(array, "%Y-%m-%d %H:%M:%S").cast(TEXT), r"\.0+$", "")


def _calendar(unit: str) -> tuple[dt.datetime, dt.datetime]:
    """The first and last moment that Excel, and a timestamp of ``unit``, can hold."""
    return (FIRST_DAY, LAST_NANOSECOND_DAY) if unit == "ns" else (FIRST_DAY, LAST_DAY)


# Anything else ---------------------------------------------------------------------------------------------------


def _one_by_one(values: Sequence[Any], name: str, zone: str, altered: Altered) -> list[Cells]:
    """Values of no common type: each becomes the cell it would be in a column of its own kind."""
    sorted_out: dict[str, list[Any]] = {}
    for place, value in enumerate(values):
        kind, plain = _sorted_out(value)
        if kind:
            if kind not in sorted_out:
                sorted_out[kind] = [None] * len(values)
            sorted_out[kind][place] = plain
    found: list[Cells] = []
    for kind, column in sorted_out.items():
        found += _MAKERS[kind](column, name, zone, altered)
    return found


def _sorted_out(value: Any) -> tuple[str, Any]:  # noqa: ANN401 - one line a type
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return "", None
    match value:
        case bool():
            return "flag", value
        case int() | Decimal():
            return "number", str(value)
        case float():
            return "float", value
        case pd.Timestamp() | dt.datetime():
            return ("moment" if value.tzinfo else "naive"), value
        case dt.date():
            return "naive", dt.datetime.combine(value, dt.time.min)
        case str():
            return "text", _SURROGATES.sub("�", value)
        case list() | dict() | tuple():
            return "text", json_text(value)
        case _ if hasattr(value, "item"):
            return _sorted_out(value.item())
        case _:
            return "text", str(value)


def _number_texts(column: list[str | None], name: str, zone: str, altered: Altered) -> list[Cells]:  # noqa: ARG001
    long = [text is not None and sum(map(str.isdigit, text)) > MOST_DIGITS for text in column]
    altered.add(DIGITS, name, sum(long))
    number = [None if is_long else text for text, is_long in zip(column, long, strict=True)]
    text = [text if is_long else None for text, is_long in zip(column, long, strict=True)]
    return [Cells("n", pa.array(number, TEXT)), Cells("t", pa.array(text, TEXT))]


Maker = Callable[[list[Any], str, str, Altered], list[Cells]]
_MAKERS: dict[str, Maker] = {
    "flag": lambda column, *_: [Cells("b", pc.if_else(pa.array(column, pa.bool_()), _large("1"), _large("0")))],
    "number": _number_texts,
    "float": lambda column, name, _, altered: _numbers(pa.array(column, pa.float64()), name, altered),
    "moment": lambda column, name, zone, altered: _moments(
        pa.array(column, pa.timestamp("us", tz="UTC")), name, zone, altered
    ),
    "naive": lambda column, name, zone, altered: _moments(pa.array(column, pa.timestamp("us")), name, zone, altered),
    "text": lambda column, name, _, altered: [Cells("t", _texts(pa.array(column, TEXT), name, altered))],
}


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
    columns: Sequence[list[Cells]], letters: Sequence[str], styles: Sequence[int], first_row: int, length: int
) -> pa.Buffer:
    """The XML of some rows, as bytes in memory that nobody copied.

    Args:
        columns: the cells of each column.
        letters: each column's letters.
        styles: each column's style id.
        first_row: the first row's number.
        length: how many rows.
    """
    numbers = pc.cast(pa.array(range(first_row, first_row + length)), TEXT)
    parts: list[Any] = [_large('<row r="'), numbers, _large('">')]
    for column, letter, style in zip(columns, letters, styles, strict=True):
        for cells in column:
            opening, closing = _around(cells)
            before, between, after = _large(f'<c r="{letter}'), _large(f'" s="{style}{opening}'), _large(closing)
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
