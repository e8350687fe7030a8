"""Plan the worksheets of a frame: columns, kinds, widths, number of sheets. No openpyxl here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog import KINDS
from scalev_frames.catalog.kinds import TEXT_KINDS
from scalev_frames.errors import ExportError
from scalev_frames.export.excel.altered import Altered
from scalev_frames.frames import Header
from scalev_frames.frames.values.arrays import TEXT, Part, is_moment, is_number, wall_clock
from scalev_frames.frames.values.columns import label_of, read_column
from scalev_frames.frames.values.scalars import kind_of_type, mended

#: Excel's own limits: data rows below a header, columns, letters of a sheet's name.
MOST_ROWS = 1_048_575
#: A workbook of more rows is refused: hardly any computer opens it.
MOST_IN_ALL = 2_000_000
MOST_COLUMNS = 16_384
MOST_LETTERS = 31
#: Columns that tell the rows of a list apart.
OWN = ("id", "order_id")
#: Number formats that are no kind of the API's: what reports and other frames need.
FORMATS = {
    "percent": "0.0%",
    "points": "+0.0;-0.0;0.0",
    "duration": "[h]:mm:ss",
    "sen": '"Rp" #,##0.00',
    "days": "yyyy-mm-dd",
    "month": "mmm yyyy",
    "clock": "hh:mm:ss",
    "mixed": "General",
    "negative duration": '0.0000" d"',  # Excel shows no time below zero
}
#: How moments and durations among mixed values are shown.
MIXED_FORMATS = {
    "date": KINDS["date"].excel,
    "time": KINDS["time"].excel,
    "duration": FORMATS["duration"],
    "clock": FORMATS["clock"],
}
NARROWEST, WIDEST = 8, 60
_WIDTH_SAMPLE = 300
#: A column with a number from here on has Excel's general format, which shows such numbers as powers of ten.
LONGEST_SHOWN = 10**15
_NUMBERS = ("money", "count", "number", "grams")
# What Excel refuses in the name of a sheet, wide forms included, and what XML cannot hold or nobody sees.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\：＊？／＼［］￥\x00-\x1f\x7f-\x9f\ufffe\uffff]")  # noqa: RUF001
# One of the first two digits behind the point is no zero.
_SEN = r"\.0?[1-9]"
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Excel reads its escapes in names of sheets, too: _x002F_ would be a slash.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# No name begins or ends with an apostrophe.
_BEGINNING, _END = re.compile(r"^[\s'＇]+"), re.compile(r"[\s'＇]+$")  # noqa: RUF001
# Hiragana become katakana; soft hyphens and marks that only say how to show a character are left out.
_SHOWN_ALIKE = {code: code + 0x60 for code in range(0x3041, 0x3097)} | dict.fromkeys([0xAD, *range(0xFE00, 0xFE10)])


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a worksheet.

    Attributes:
        label: its header.
        place: its place in the frame.
        kind: a word of `KINDS`, or of `FORMATS`.
        number_format: how Excel shows its cells.
        width: in characters.
    """

    label: str
    place: int
    kind: str
    number_format: str
    width: float


@dataclass(slots=True)
class SheetPlan:
    """One frame on its way into a workbook.

    Attributes:
        name: what the caller calls it.
        frame: the rows.
        columns: its columns.
        header: the frame's header; moments with a zone are shown in the header's zone.
        sheets: the names of its worksheets; more than one where the rows do not fit into one.
        altered: the changes made to fit Excel.
    """

    name: str
    frame: pd.DataFrame
    columns: list[SheetColumn]
    header: Header
    sheets: list[str]
    altered: Altered = field(default_factory=Altered)

    def parts(self) -> Iterable[tuple[str, pd.DataFrame]]:
        """Each worksheet's name and rows."""
        for number, sheet in enumerate(self.sheets):
            yield sheet, self.frame.iloc[number * MOST_ROWS : (number + 1) * MOST_ROWS]


def plan_sheets(frames: Collection[tuple[object, pd.DataFrame]], reserved: Sequence[str] = ()) -> list[SheetPlan]:
    """How ``frames`` become worksheets with their names, none of which is one of ``reserved``.

    Raises:
        ExportError: there are more than `MOST_IN_ALL` rows, or a frame has more columns than Excel.
    """
    rows = sum(len(frame) for _, frame in frames)
    if rows > MOST_IN_ALL:
        raise ExportError(
            f"{rows:,} rows are more than Excel opens: a sheet holds {MOST_ROWS:,}, "
            f"and a workbook of more than {MOST_IN_ALL:,} is refused.",
            advice="Write Parquet, which Power Query reads (to_parquet(frame, 'orders/', partition_by='month')), a CSV "
            "for each month (to_csv), or what a report, a pivot or sf.sql makes of the rows.",
        )
    taken = set(map(alike, reserved))
    return [_plan(label_of(name), frame, taken) for name, frame in frames]


def sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel accepts and no other sheet has; its `alike` form is added to ``taken``.

    Excel counts 31 letters in UTF-16 and refuses some characters in their wide forms, too.

    >>> sheet_name("Orders: Jan/Feb", set()), sheet_name("ORDERS", {"orders"})
    ('Orders_ Jan_Feb', 'ORDERS (2)')
    """
    good = _ESCAPE.sub("-", _INVISIBLE.sub("", _FORBIDDEN.sub("_", mended(name))))
    good = _BEGINNING.sub("", _END.sub("", good))
    good = good if any(one.isprintable() and not one.isspace() for one in good) else "Sheet"
    if alike(good) == "history":
        good = f"{good}_"
    number, tail = 1, ""
    while alike(candidate := _cut(good, MOST_LETTERS - len(tail)) + tail) in taken:
        number += 1
        tail = f" ({number})"
    taken.add(alike(candidate))
    return candidate


def alike(name: str) -> str:
    r"""The same text for all names that Excel may take for one: it ignores case, width and kind of kana.

    >>> alike("STRASSE") == alike("straße"), alike("\uff2e\uff4ftes")
    (True, 'notes')
    """
    plain = unicodedata.normalize("NFKC", name.casefold()).translate(_SHOWN_ALIKE)
    return unicodedata.normalize("NFKC", plain.casefold())


def _cut(name: str, letters: int) -> str:
    """The beginning of a name, as long as Excel counts it."""
    return _END.sub("", name.encode("utf-16-le")[: 2 * letters].decode("utf-16-le", "ignore"))


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with its index as columns, unless that only numbers rows, and one line of headers."""
    attrs = frame.attrs
    if not _numbers_rows(frame):
        names = [label_of(name) if name is not None else f"index {number}" if frame.index.nlevels > 1 else "index"
                 for number, name in enumerate(frame.index.names)]  # fmt: skip
        levels = {place: frame.index.get_level_values(place) for place in range(frame.index.nlevels)}
        index = pd.DataFrame(levels).set_axis(names, axis=1)
        plain = frame.reset_index(drop=True)
        frame = pd.concat([index, plain.set_axis([label_of(one) for one in plain.columns], axis=1)], axis=1)
    frame = frame.set_axis(pd.Index([label_of(label) for label in frame.columns], dtype=object), axis=1)
    frame.attrs = attrs
    return frame


def _numbers_rows(frame: pd.DataFrame) -> bool:
    """Whether the index only numbers rows: anew, or as the pull did, in a frame that was filtered or sorted since.

    Rows that were grouped since have no ids of their own; their index may say what they were grouped by.
    """
    index, rows = frame.index, Header.of(frame).rows or 0
    if index.nlevels > 1 or index.name is not None:
        return False
    is_of_pull = str(index.dtype) == "int64" and index.is_unique and bool(((index >= 0) & (index < rows)).all())
    return isinstance(index, pd.RangeIndex) or (is_of_pull and _has_own_ids(frame))


def _has_own_ids(frame: pd.DataFrame) -> bool:
    """Whether each row has an id of its own; several columns may be called so, which are no ids then."""
    ids = [frame[name] for name in OWN if name in frame]
    return any(isinstance(one, pd.Series) and one.dtype == "str" and one.is_unique for one in ids)


def _plan(name: str, frame: pd.DataFrame, taken: set[str]) -> SheetPlan:
    header, frame = Header.of(frame), flat(frame)
    frame.attrs = {}  # pandas would copy them for every column that is read
    if len(frame.columns) > MOST_COLUMNS:
        raise ExportError(
            f"{name} has {len(frame.columns):,} columns; Excel has {MOST_COLUMNS:,}.",
            advice="Choose columns, or write Parquet.",
        )
    parts = max(1, -(-len(frame) // MOST_ROWS))
    columns = [_column(frame, place, str(label), header) for place, label in enumerate(frame.columns)]
    return SheetPlan(name, frame, columns, header, [sheet_name(name, taken) for _ in range(parts)])


def _column(frame: pd.DataFrame, place: int, label: str, header: Header) -> SheetColumn:
    values = frame.iloc[:, place]
    parts = deciding_parts(values, label)
    kind = column_kind(parts, header.kind_of(label), header.zone.key)
    return SheetColumn(label, place, kind, _number_format(parts, kind), _width(values, parts, label, kind))


def deciding_parts(values: pd.Series[Any], label: str) -> list[Part]:
    """The values by which a column's kind is decided: the categories of a category, none for plain texts and lists."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = pd.Series(values.cat.categories)
    if values.dtype == object:
        kinds = {kind_of_type(one) for one in set(map(type, values)) - {type(None), type(pd.NaT), type(pd.NA)}}
        if kinds <= {"text", "list", "map", "set"}:
            return []
    parts = [
        part for part in read_column(values, label).parts if part.array.null_count < len(part.array) or len(values) == 0
    ]
    return [] if all(_is_text(part.array.type) for part in parts) else parts


def column_kind(parts: Sequence[Part], declared: str, zone: str) -> str:
    """The kind of a column by its values; the declared kind decides where they leave a choice.

    >>> column_kind([Part(pa.array([1, 2]))], "money", "Asia/Jakarta"), column_kind([], "money", "Asia/Jakarta")
    ('money', 'text')
    """
    kinds = {next(word for word, holds in _HOLDS if holds(part.array.type)) for part in parts}
    if len(kinds) > 1:
        return "mixed"
    kind = next(iter(kinds), "text")
    if kind == "number":
        return _number_kind([part.array.type for part in parts], declared)
    if kind == "moment":
        return declared if declared in ("month", "date") else _moment_kind(parts, zone)
    return declared if not parts and declared in (*TEXT_KINDS, "list", "map") else kind


_HOLDS: tuple[tuple[str, Callable[[pa.DataType], bool]], ...] = (
    ("flag", pa.types.is_boolean),
    ("moment", is_moment),
    ("duration", pa.types.is_duration),
    ("clock", pa.types.is_time),
    ("number", is_number),
    ("text", lambda _: True),
)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(kind) or pa.types.is_large_binary(kind) or pa.types.is_null(kind))


def _number_kind(types: Sequence[pa.DataType], declared: str) -> str:
    if declared in ("money", "grams", "number", "count", "percent", "points"):
        return declared
    if any(map(pa.types.is_decimal, types)):
        return "money"
    return "count" if all(map(pa.types.is_integer, types)) else "number"


def _moment_kind(parts: Sequence[Part], zone: str) -> str:
    return "date" if all(are_whole_days(part.array, zone) for part in parts) else "time"


def are_whole_days(array: pa.Array, zone: str = "") -> bool:
    """Whether every moment is a midnight of ``zone``, else of its own, and there is one."""
    if pa.types.is_date(array.type):
        return True
    known = wall_clock(array, zone).drop_null()
    return len(known) > 0 and bool(pc.all(pc.equal(pc.floor_temporal(known, unit="day"), known)).as_py())


def _number_format(parts: Sequence[Part], kind: str) -> str:
    if kind == "duration" and any((pc.min(part.array.cast(pa.int64())).as_py() or 0) < 0 for part in parts):
        return FORMATS["negative duration"]
    if kind in _NUMBERS and any(_has_long(part.array) for part in parts):
        return FORMATS["mixed"]
    if kind == "money" and any(_has_sen(part.array) for part in parts):
        return FORMATS["sen"]
    return FORMATS.get(kind) or KINDS[kind].excel


def _has_long(array: pa.Array) -> bool:
    """Whether a number has more digits than a column is wide."""
    return bool(pc.any(pc.greater_equal(_sizes(array), LONGEST_SHOWN)).as_py())


def _sizes(array: pa.Array) -> pa.Array:
    """Numbers without their sign, as floats."""
    return pc.abs(array.cast(pa.float64(), safe=False))


def _has_sen(array: pa.Array) -> bool:
    """Whether an amount has sen, a float's noise not counted."""
    if pa.types.is_decimal(array.type):
        scale = array.type.scale
        return scale > 0 and bool(pc.any(pc.match_substring_regex(array.cast(TEXT), _SEN)).as_py())
    return pa.types.is_floating(array.type) and bool(pc.any(pc.not_equal(pc.round(array, 2), pc.round(array))).as_py())


def _width(values: pd.Series[Any], parts: Sequence[Part], label: str, kind: str) -> float:
    """Wide enough for the header, for every number, and for most of the texts at the beginning."""
    usual: float = KINDS[kind].width if kind in KINDS else 12
    if kind in TEXT_KINDS:
        sample = read_column(values.iloc[:_WIDTH_SAMPLE], label).texts().drop_null()
        lengths = sorted(len(text.split("\n")[0]) for text in sample.to_pylist())
        usual = lengths[int(len(lengths) * 0.9)] + 2 if lengths else NARROWEST
    elif kind in _NUMBERS:
        usual = max([usual, *(_number_width(part.array, kind) for part in parts)])
    elif kind == "mixed" and any(is_moment(part.array.type) for part in parts):
        usual = KINDS["time"].width
    return float(max(NARROWEST, min(WIDEST, max(usual, len(label) + 4))))


def _number_width(array: pa.Array, kind: str) -> int:
    """How many characters the longest number takes with its thousands parted, where Excel shows all digits."""
    sizes = _sizes(array)
    most = pc.max(sizes.filter(pc.less(sizes, LONGEST_SHOWN))).as_py() or 0
    return len(f"{most:,.0f}") + (8 if kind == "money" else 4)
