"""Write frames to an Excel workbook, with a sheet that says where its numbers come from.

openpyxl is loaded when the first workbook is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TypeAlias, overload

import pandas as pd

from scalev_frames.export.atomic import File, Frame, Name, Stop, Target, replacing, written
from scalev_frames.export.excel.sheets import plan_sheets
from scalev_frames.export.masked import masked
from scalev_frames.frames import Header
from scalev_frames.progress import Progress, choose
from scalev_frames.reports.words.phrases import speaker

SUFFIXES = (".xlsx",)
#: A workbook with this many sheets or more has a table of contents.
CONTENTS_FROM = 4
Frames: TypeAlias = "Frame | Mapping[str, pd.DataFrame]"


@overload
def to_excel(
    frames: Frames, path: Name, *, mask: bool = ..., progress: Progress = ..., stop: Stop = ..., language: str = ...
) -> Path: ...
@overload
def to_excel(
    frames: Frames, path: File, *, mask: bool = ..., progress: Progress = ..., stop: Stop = ..., language: str = ...
) -> File: ...
def to_excel(
    frames: Frames,
    path: Target,
    *,
    mask: bool = False,
    progress: Progress = False,
    stop: Stop = None,
    language: str = "en",
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
        language: of the sheets that say something of the others, ``en`` or ``id``; columns keep their names.

    Returns:
        The path, or the open file.

    Raises:
        ExportError: there are more than two million rows, a column holds objects that have no text of their own, a
            frame has too many columns, or the file cannot be written; what stood there is untouched.
        BadValueError: a language that is not known.

    >>> import tempfile
    >>> orders = pd.DataFrame({"order_id": ["=1+1", "007"], "gross_revenue": [150000, 99500]})
    >>> to_excel(orders, Path(tempfile.mkdtemp()) / "orders.xlsx").name
    'orders.xlsx'
    """
    from scalev_frames.export.excel import notes, workbook

    if isinstance(frames, Mapping):
        given = [(name, masked(frame, mask=mask)) for name, frame in frames.items()]
    else:
        one = masked(frames, mask=mask)
        given = [(_title(one), one)]
    say = speaker(language)
    reserved = [say("notes"), *([say("contents")] if len(given) >= CONTENTS_FROM else [])]
    plans = plan_sheets(given, reserved=reserved)
    made = workbook.empty_workbook()
    for name in reserved[1:]:
        notes.write_contents(made.create_sheet(name), plans, say)
    data = [sheet for plan in plans for sheet in workbook.add_data_sheets(made, plan)]
    last = made.create_sheet(reserved[0])
    workbook.header_style(made)
    with replacing(path, suffixes=SUFFIXES) as file:
        workbook.save(
            made, data, file,
            finish=lambda: notes.write_notes(last, plans, language), created=_created(given),
            report=choose(progress), stop=stop,
        )  # fmt: skip
    return written(path, progress, sum(len(frame) for _, frame in given))


def _title(frame: pd.DataFrame) -> str:
    header = Header.of(frame)
    return (header.child or header.endpoint or "Data").replace("_", " ").capitalize()


def _created(frames: Iterable[tuple[object, pd.DataFrame]]) -> dt.datetime | None:
    """The latest ``as_of`` of the frames, UTC."""
    moments = [moment for _, frame in frames if (moment := Header.of(frame).as_of)]
    return max(moments).astimezone(dt.UTC).replace(tzinfo=None) if moments else None
