"""Write frames to an Excel workbook, with a sheet that says where its numbers come from.

openpyxl is loaded when the first workbook is written.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias, overload

import pandas as pd

from scalev_frames.export.atomic import File, Frame, Name, Stop, Target, replacing, written
from scalev_frames.export.excel.sheets import SheetPlan, plan_sheets
from scalev_frames.export.masked import masked
from scalev_frames.frames import Header
from scalev_frames.progress import Progress, choose

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SUFFIXES = (".xlsx",)
NOTES = "Notes"
CONTENTS = "Contents"
#: The least sheets of a workbook with a table of contents.
CONTENTS_FROM = 4
#: What Notes lists for a frame, in this order: fields of its `Header` and their labels.
_SAID = (
    ("endpoint", "Source (endpoint)"),
    ("account", "Account"),
    ("as_of", "As of"),
    ("complete", "Complete"),
    ("filters", "Filters"),
    ("totals", "The server's totals"),
    ("time_zone", "Times are of"),
    ("requests", "Requests sent"),
    ("from_cache", "From what was kept"),
    ("masked", "Personal data masked"),
)


Frames: TypeAlias = "Frame | Mapping[str, pd.DataFrame]"


@overload
def to_excel(frames: Frames, path: Name, *, mask: bool = ..., progress: Progress = ..., stop: Stop = ...) -> Path: ...
@overload
def to_excel(frames: Frames, path: File, *, mask: bool = ..., progress: Progress = ..., stop: Stop = ...) -> File: ...
def to_excel(
    frames: Frames,
    path: Target,
    *,
    mask: bool = False,
    progress: Progress = False,
    stop: Stop = None,
) -> Path | IO[bytes]:
    """Write frames into one Excel workbook: a sheet each, and one called Notes.

    Sheets have a frozen, filtered header, widths by content, and formats by kind: rupiah, counts, dates, text. Text
    is text, so that nothing becomes a formula and no code loses a digit; web addresses are links. More rows than
    Excel has go on in numbered sheets. Notes says source, moment, filters, zone, and whatever was altered to fit.

    Args:
        frames: any DataFrame, or several by the names of their sheets.
        path: the file to write, ending in ``.xlsx``, whose folder is made; or a file open for bytes. The same frames
            give the same bytes.
        mask: customers' names, phones, addresses and texts as tokens; see `frame.scalev.mask`.
        progress: what shows how many rows are written: ``True`` for a line of text, a function, or a tqdm bar.
        stop: set it from another thread to end the export; nothing is left behind.

    Returns:
        The path, or the open file.

    Raises:
        ExportError: there are more than two million rows, a column holds objects that have no text of their own, a
            frame has too many columns, or the file cannot be written; what stood there is untouched.

    >>> import tempfile
    >>> orders = pd.DataFrame({"order_id": ["=1+1", "007"], "gross_revenue": [150000, 99500]})
    >>> to_excel(orders, Path(tempfile.mkdtemp()) / "orders.xlsx").name
    'orders.xlsx'
    """
    from scalev_frames.export.excel import workbook

    if isinstance(frames, Mapping):
        given = [(name, masked(frame, mask=mask)) for name, frame in frames.items()]
    else:
        one = masked(frames, mask=mask)
        given = [(_title(one), one)]
    many = len(given) >= CONTENTS_FROM
    plans = plan_sheets(given, reserved=[NOTES, *([CONTENTS] if many else [])])
    made = workbook.empty_workbook()
    if many:
        _write_contents(made.create_sheet(CONTENTS), plans)
    data = [sheet for plan in plans for sheet in workbook.add_data_sheets(made, plan)]
    notes = made.create_sheet(NOTES)
    workbook.header_style(made)
    with replacing(path, suffixes=SUFFIXES) as file:
        workbook.save(
            made, data, file,
            finish=lambda: _write_notes(notes, plans), created=_created(given), report=choose(progress), stop=stop,
        )  # fmt: skip
    return written(path, progress, sum(len(frame) for _, frame in given))


def _title(frame: pd.DataFrame) -> str:
    header = Header.of(frame)
    return (header.child or header.endpoint or "Data").replace("_", " ").capitalize()


def _created(frames: Iterable[tuple[object, pd.DataFrame]]) -> dt.datetime | None:
    """The latest ``as_of`` of the frames, UTC."""
    moments = [moment for _, frame in frames if (moment := Header.of(frame).as_of)]
    return max(moments).astimezone(dt.UTC).replace(tzinfo=None) if moments else None


def _write_contents(sheet: Worksheet, plans: list[SheetPlan]) -> None:
    from scalev_frames.export.excel.workbook import write_link, write_table

    lines: list[tuple[Any, ...]] = [
        (name, len(part), _said(plan.header.as_of)) for plan in plans for name, part in plan.parts()
    ]
    lines.append((NOTES, None, ""))
    write_table(sheet, 1, ("Sheet", "Rows", "As of"), lines, (34, 12, 28))
    for row, (name, *_) in enumerate(lines, 2):
        write_link(sheet, row, 1, name)


def _write_notes(sheet: Worksheet, plans: list[SheetPlan]) -> None:
    """Where the numbers come from, and what was altered."""
    from scalev_frames.export.excel.workbook import write_table

    lines = [(plan.name, *line) for plan in plans for line in _lines(plan)]
    write_table(sheet, 1, ("Sheet", "What", "Value"), lines, (24, 28, 100))


def _lines(plan: SheetPlan) -> list[tuple[str, str]]:
    header = plan.header
    rows = header.row_note(plan.frame) or f"{len(plan.frame):,}"
    lines = [("Rows", rows), ("Columns", f"{len(plan.columns):,}")]
    if len(plan.sheets) > 1:
        lines.append(("Sheets", f"Excel has {1_048_576:,} rows a sheet, so it continues in: {', '.join(plan.sheets)}"))
    fields = {name: _said(getattr(header, name)) for name, _ in _SAID}
    lines += [(words, fields[name]) for name, words in _SAID if fields[name]]
    if not header.time_zone and any(column.kind == "time" for column in plan.columns):
        lines.append(("Times are of", f"{header.zone}, where they came with a zone"))
    lines += [(f"Business {name}", _said_of_business(one)) for name, one in header.businesses.items()]
    lines += [("Note", note) for note in header.notes]
    return lines + [("Altered for Excel", line) for line in plan.altered.lines()]


def _said_of_business(attrs: Any) -> str:  # noqa: ANN401 - JSON values
    """The lines of one business in a frame of several."""
    fields = attrs if isinstance(attrs, dict) else {}
    said = {"rows": fields.get("rows"), "as of": fields.get("as_of"), "complete": fields.get("complete")}
    return "; ".join(f"{words} = {_said(one)}" for words, one in said.items() if one is not None)


def _said(value: Any) -> str:  # noqa: ANN401 - any field of a header
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.isoformat()
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case dict() if value:
            return "; ".join(f"{name} = {json.dumps(one, ensure_ascii=False)}" for name, one in value.items())
        case dict():
            return "none"
        case _:
            return json.dumps(value, ensure_ascii=False)
