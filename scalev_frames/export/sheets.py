"""Why: what a frame is on a worksheet is decided here: which columns, of which kind, how wide, in how many sheets.

May import catalog, frames and errors; no openpyxl here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog import KINDS
from scalev_frames.catalog.kinds import TEXT_KINDS
from scalev_frames.errors import ExportError
from scalev_frames.export.cells import Altered, arrow_array
from scalev_frames.frames import Header

#: Excel's own limits: data rows below a header, columns, letters of a sheet's name.
MOST_ROWS = 1_048_575
MOST_COLUMNS = 16_384
MOST_LETTERS = 31
#: Number formats that are no kind of the API's: what reports and other frames need.
FORMATS = {
    "percent": "0.0%",
    "duration": "[h]:mm:ss",
    "sen": '"Rp" #,##0.00',
    "days": "yyyy-mm-dd",
    "month": "mmm yyyy",
}
NARROWEST, WIDEST = 8, 60
_WIDTH_SAMPLE = 300
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


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
        header: what is known of the frame; moments with a zone are shown in the header's.
        sheets: the names of its worksheets; more than one where the rows do not fit into one.
        altered: what had to be changed.
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


def plan_sheets(frames: Mapping[str, pd.DataFrame], reserved: Sequence[str] = ()) -> list[SheetPlan]:
    """How ``frames`` become worksheets.

    Args:
        frames: any DataFrames, by the names of their sheets.
        reserved: names that other sheets of the workbook have.

    Raises:
        ExportError: a frame has more columns than Excel.
    """
    taken = {name.lower() for name in reserved}
    return [_plan(str(name), frame, taken) for name, frame in frames.items()]


def sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel accepts and no other sheet has; ``taken`` is told of it.

    >>> sheet_name("Orders: Jan/Feb", set()), sheet_name("ORDERS", {"orders"})
    ('Orders_ Jan_Feb', 'ORDERS (2)')
    """
    good = _FORBIDDEN.sub("_", name).strip().strip("'") or "Sheet"
    if good.lower() == "history":
        good = f"{good}_"
    number, tail = 1, ""
    while (candidate := good[: MOST_LETTERS - len(tail)].rstrip("'") + tail).lower() in taken:
        number += 1
        tail = f" ({number})"
    taken.add(candidate.lower())
    return candidate


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with its index as columns, unless that is only a row number, and one line of headers."""
    attrs = frame.attrs
    if not isinstance(frame.index, pd.RangeIndex) or frame.index.name is not None:
        names = [str(name) if name is not None else f"index {number}" if frame.index.nlevels > 1 else "index"
                 for number, name in enumerate(frame.index.names)]  # fmt: skip
        levels = {place: frame.index.get_level_values(place) for place in range(frame.index.nlevels)}
        index = pd.DataFrame(levels).set_axis(names, axis=1)
        frame = pd.concat([index, frame.reset_index(drop=True)], axis=1)
    labels = [" / ".join(map(str, label)) if isinstance(label, tuple) else str(label) for label in frame.columns]
    frame = frame.set_axis(labels, axis=1)
    frame.attrs = attrs
    return frame


def _plan(name: str, frame: pd.DataFrame, taken: set[str]) -> SheetPlan:
    frame = flat(frame)
    if len(frame.columns) > MOST_COLUMNS:
        raise ExportError(
            f"{name} has {len(frame.columns):,} columns; Excel has {MOST_COLUMNS:,}.",
            advice="Choose columns, or write Parquet.",
        )
    parts = max(1, -(-len(frame) // MOST_ROWS))
    header = Header.of(frame)
    columns = [_column(frame, place, str(label), header) for place, label in enumerate(frame.columns)]
    return SheetPlan(name, frame, columns, header, [sheet_name(name, taken) for _ in range(parts)])


def _column(frame: pd.DataFrame, place: int, label: str, header: Header) -> SheetColumn:
    values = frame.iloc[:, place]
    kind = _kind(values, header.kind_of(label))
    return SheetColumn(label, place, kind, _number_format(values, kind), _width(values, label, kind))


def _kind(values: pd.Series[Any], declared: str) -> str:
    dtype = values.dtype
    if isinstance(dtype, pd.DatetimeTZDtype) or pd.api.types.is_datetime64_dtype(dtype):
        return "month" if declared == "month" else "date" if declared == "date" or _whole_days(values) else "time"
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_temporal(dtype.pyarrow_dtype):
        return "date" if pa.types.is_date(dtype.pyarrow_dtype) else "time"
    if pd.api.types.is_timedelta64_dtype(dtype):
        return "duration"
    if pd.api.types.is_bool_dtype(dtype):
        return "flag"
    if pd.api.types.is_numeric_dtype(dtype) or (isinstance(dtype, pd.ArrowDtype) and dtype.kind == "O"):
        return _number_kind(values, declared)
    return declared if declared in TEXT_KINDS or declared in ("list", "map") else "text"


def _number_kind(values: pd.Series[Any], declared: str) -> str:
    dtype = values.dtype
    if declared in ("money", "grams", "number", "count", "percent"):
        return declared
    if isinstance(dtype, pd.ArrowDtype):
        arrow = dtype.pyarrow_dtype
        return "money" if pa.types.is_decimal(arrow) else "number" if pa.types.is_floating(arrow) else "text"
    return "count" if pd.api.types.is_integer_dtype(dtype) else "number"


def _whole_days(values: pd.Series[Any]) -> bool:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return False
    known = values.dropna()
    return bool(len(known)) and bool((known == known.dt.normalize()).all())


def _number_format(values: pd.Series[Any], kind: str) -> str:
    if kind == "money" and _has_sen(values):
        return FORMATS["sen"]
    return FORMATS.get(kind) or KINDS[kind].excel


def _has_sen(values: pd.Series[Any]) -> bool:
    array = arrow_array(values)
    if array is None or not (pa.types.is_decimal(array.type) or pa.types.is_floating(array.type)):
        return False
    return bool(pc.any(pc.not_equal(pc.round(array), array)).as_py())


def _width(values: pd.Series[Any], label: str, kind: str) -> float:
    """Wide enough for the header and for most of the texts at the beginning."""
    usual = KINDS[kind].width if kind in KINDS else 12
    if kind in TEXT_KINDS:
        lengths = sorted(len(str(value).split("\n")[0]) for value in values.iloc[:_WIDTH_SAMPLE].dropna())
        usual = lengths[int(len(lengths) * 0.9)] + 2 if lengths else NARROWEST
    return float(max(NARROWEST, min(WIDEST, max(usual, len(label) + 4))))
