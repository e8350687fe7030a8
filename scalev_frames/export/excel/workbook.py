"""Write a formatted workbook quickly: rows are streamed as XML.

openpyxl makes the workbook with styles, headers, notes, properties and charts; the rows of data sheets are then
streamed into their place as finished XML. The result is an ordinary workbook. The same frames give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import textwrap
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from typing import IO, Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import pandas as pd
import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from scalev_frames.errors import ExportError
from scalev_frames.export.atomic import Stop, refuse_if_stopped
from scalev_frames.export.excel.altered import HEADERS, MOST_LINKS, TOO_MANY_LINKS
from scalev_frames.export.excel.cells import clean, make_cells, row_xml
from scalev_frames.export.excel.sheets import MIXED_FORMATS, WIDEST, SheetColumn, SheetPlan
from scalev_frames.progress import Event, Reporter, silent

#: Cells in memory at a time.
CELLS_AT_ONCE = 300_000
#: zlib's level, in a thread of its own, where most of the time goes: 6 takes half as long again for 11 % fewer bytes.
COMPRESSION_LEVEL = 4
#: The most characters of a link.
LONGEST_LINK = 2_000
#: Characters across a page of A4 in landscape at half size, which one can still read.
READABLE_WIDTH = 250
#: An ordinary line of text, and the highest row that Excel has, in points.
LINE_POINTS, HIGHEST = 15.0, 409.0
#: The most lines of a header that are shown.
HEADER_LINES = 4
#: A part larger than this needs the large form of zip.
LARGE = 2**31
#: The date of a workbook whose frames have none: the same frames give the same bytes.
NO_DATE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - UTC, as the format wants it
ZIP_DATE = (1980, 1, 1, 0, 0, 0)

HEADER_STYLE = "Scalev header"
_DARK = "1F3A5F"
_SHEET_DATA = re.compile(r"<sheetData\s*/>|<sheetData>(.*?)</sheetData>", re.DOTALL)
_DIMENSION = re.compile(r'<dimension ref="[^"]*"\s*/>')
_AFTER_ERRORS = re.compile(r"<(?:drawing|legacyDrawing|tableParts|extLst)\b|</worksheet>")
_AFTER_LINKS = re.compile(r"<(?:printOptions|pageMargins|pageSetup|headerFooter)\b|</worksheet>")
# A scheme, a host and perhaps a port; then anything without blanks. Two fragments are more than Excel takes.
_ADDRESS = re.compile(
    r"(https?://(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(?::\d{1,5})?)((?:[/?][^\s#\ud800-\udfff]*)?(?:#[^\s#\ud800-\udfff]*)?)",
    re.IGNORECASE,
)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_IN_ADDRESSES = "%/?#&=+:;,@!$'()*~.-_"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(slots=True)
class DataSheet:
    """A worksheet whose rows are streamed.

    Attributes:
        sheet: the worksheet, with its header.
        columns: its columns.
        styles: each column's style id under ``""``, and those of forms among mixed values.
        frame: its rows.
        plan: what it is a part of.
        header_row: the row of its header; its rows follow.
        links: cells with their addresses, found while streaming.
    """

    sheet: Worksheet
    columns: Sequence[SheetColumn]
    styles: Sequence[Mapping[str, int]]
    frame: pd.DataFrame
    plan: SheetPlan
    header_row: int = 1
    links: list[tuple[str, str]] = field(default_factory=list)


def empty_workbook() -> Workbook:
    """A workbook without any sheet."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    return workbook


def add_data_sheets(workbook: Workbook, plan: SheetPlan, header_row: int = 1) -> list[DataSheet]:
    """Add the worksheets of ``plan``, without rows: headers in ``header_row``, widths, filter, print set-up."""
    return [_data_sheet(workbook, plan, name, frame, header_row) for name, frame in plan.parts()]


def header_style(workbook: Workbook) -> str:
    """The name of the header's style, made when the workbook does not have it yet."""
    if HEADER_STYLE not in workbook.named_styles:
        style = NamedStyle(HEADER_STYLE)
        style.font = Font(name="Calibri", bold=True, color="FFFFFF")
        style.fill = PatternFill("solid", start_color=_DARK)
        style.alignment = Alignment(vertical="center", wrap_text=True)
        style.border = Border(bottom=Side("thin", color="FFFFFF"))
        workbook.add_named_style(style)
    return HEADER_STYLE


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: str = "") -> Any:  # noqa: ANN401 - a cell
    """Write ``text`` as text, whatever it looks like; gives the cell."""
    cell: Any = sheet.cell(row, column)
    cell.value = clean(text)
    cell.data_type = "s"  # not a formula
    if style:
        cell.style = style
    return cell


def write_table(
    sheet: Worksheet, first: int, labels: Sequence[str], lines: Sequence[Sequence[Any]], widths: Sequence[float]
) -> None:
    """Write a small table of texts and counts from the row ``first`` on; texts behind the first column are wrapped."""
    style = header_style(sheet.parent)  # type: ignore[arg-type]
    for column, (text, width) in enumerate(zip(labels, widths, strict=True), 1):
        is_text = all(isinstance(line[column - 1], str) for line in lines)
        write_text(sheet, first, column, text, style).alignment = Alignment(
            horizontal="left" if is_text else "right", indent=int(is_text and column > 1)
        )
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, line in enumerate(lines, first + 1):
        for column, value in enumerate(line, 1):
            _write_value(sheet, row, column, value)
        height = max(_lines(value, width) for value, width in zip(line, widths, strict=True) if isinstance(value, str))
        sheet.row_dimensions[row].height = min(HIGHEST, LINE_POINTS * height)
    sheet.freeze_panes = f"A{first + 1}"
    print_setup(sheet, f"1:{first}")


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column."""
    return sum(max(1, -(-len(line) // int(width))) for line in text.split("\n"))


def _write_value(sheet: Worksheet, row: int, column: int, value: Any) -> None:  # noqa: ANN401 - a text or a count
    is_text = isinstance(value, str)
    cell = write_text(sheet, row, column, value) if is_text else sheet.cell(row, column, value)
    if not is_text:
        cell.number_format = "#,##0"
    indent = int(column > 1 and is_text)
    cell.alignment = Alignment("left" if is_text else None, "top", wrap_text=column > 1, indent=indent)


def write_link(sheet: Worksheet, row: int, target: str) -> None:
    """Link the first cell of a row to the worksheet ``target``."""
    cell, quoted = sheet.cell(row, 1), target.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!A1")
    cell.style = "Hyperlink"


def print_setup(sheet: Worksheet, header_rows: str = "", width: float = 0) -> None:
    """Landscape, the header on each page, pages numbered; as wide as one page, or as many as keep it readable.

    Args:
        sheet: the worksheet.
        header_rows: the rows that stand on every page, such as ``1:1``.
        width: of all columns, in characters; where they need several pages, the first column stands on each.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    pages = max(1, math.ceil(width / READABLE_WIDTH))
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    if pages > 1:
        sheet.print_title_cols = "A:A"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "&A · &P / &N"  # type: ignore[union-attr]
    if header_rows:
        sheet.print_title_rows = header_rows


def save(
    workbook: Workbook,
    data: Sequence[DataSheet],
    file: IO[bytes],
    *,
    finish: Callable[[], None],
    created: dt.datetime | None = None,
    report: Reporter = silent,
    stop: Stop = None,
) -> None:
    """Write ``workbook`` with the rows of ``data`` into ``file``.

    Args:
        workbook: everything but the rows.
        data: the worksheets whose rows are streamed, in the order in which they are.
        file: open for writing bytes.
        finish: called once all rows are streamed, before the rest is written, so what it writes into the workbook may
            count them. It must not change the number of sheets or styles.
        created: the moment in the workbook's properties.
        report: called with the number of rows written.
        stop: once set, writing ends.

    Raises:
        ExportError: ``stop`` was set.
        OSError: the file cannot be written.
    """
    moment = created or NO_DATE
    workbook.properties.creator = "scalev_frames"
    workbook.properties.created = workbook.properties.modified = moment
    skeleton = _parts(workbook)
    numbers = {name: number for number, name in enumerate(workbook.sheetnames, 1)}
    paths = {f"xl/worksheets/sheet{numbers[one.sheet.title]}.xml": one for one in data}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as target:
        for path, one in paths.items():
            _stream_sheet(target, path, skeleton[path].decode(), one, report, stop)
        finish()
        for path, content in _parts(workbook).items():
            if path not in paths:
                target.writestr(_entry(path), content, compresslevel=COMPRESSION_LEVEL)


def _data_sheet(workbook: Workbook, plan: SheetPlan, name: str, frame: pd.DataFrame, header_row: int) -> DataSheet:
    sheet = workbook.create_sheet(name)
    style = header_style(workbook)
    aligned = [Alignment("left" if indent else None, "center", wrap_text=True, indent=indent) for indent in (0, 1)]
    style_id = cache(partial(_style_id, sheet))
    styles = []
    for number, column in enumerate(plan.columns, 1):
        indent = int(number > 1 and column.number_format == "@")  # keeps texts away from numbers on their left
        write_text(sheet, header_row, number, column.label, style).alignment = aligned[indent]
        plan.altered.add(HEADERS, column.label, int(clean(column.label) != column.label))
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        formats = {"": column.number_format, **(MIXED_FORMATS if column.kind == "mixed" else {})}
        styles.append({form: style_id(number_format, indent) for form, number_format in formats.items()})
    sheet.freeze_panes = f"{'B' if len(plan.columns) > 1 else 'A'}{header_row + 1}"
    if plan.columns:
        last = f"{get_column_letter(len(plan.columns))}{header_row + len(frame)}"
        sheet.auto_filter.ref = f"A{header_row}:{last}"
        labels = [(one.label[: HEADER_LINES * WIDEST], int(one.width) - 2) for one in plan.columns]
        lines = max(len(textwrap.wrap(label, width)) for label, width in labels)
        sheet.row_dimensions[header_row].height = LINE_POINTS * min(HEADER_LINES, max(2, lines))
    print_setup(sheet, f"1:{header_row}", sum(column.width for column in plan.columns))
    return DataSheet(sheet, plan.columns, styles, frame, plan, header_row)


def _style_id(sheet: Worksheet, number_format: str, indent: int) -> int:
    sample = WriteOnlyCell(sheet)
    sample.number_format = number_format
    sample.alignment = Alignment("left" if indent else None, "top", indent=indent)
    return int(sample.style_id)


def _parts(workbook: Workbook) -> dict[str, bytes]:
    """Every part of ``workbook`` as openpyxl writes it."""
    content = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(content, "w")).save()
    with zipfile.ZipFile(content) as source:
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        return {name: source.read(name) for name in names}


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _stream_sheet(target: zipfile.ZipFile, path: str, xml: str, one: DataSheet, report: Reporter, stop: Stop) -> None:
    found = _SHEET_DATA.search(xml)
    if found is None:
        raise ExportError(f"{one.sheet.title} could not be laid out.")
    last = f"{get_column_letter(max(1, len(one.columns)))}{one.header_row + len(one.frame)}"
    head = _DIMENSION.sub(f'<dimension ref="A1:{last}"/>', xml[: found.start()])
    if "xmlns:r=" not in head:
        head = head.replace("<worksheet ", f'<worksheet xmlns:r="{_NAMESPACE}" ', 1)
    large = len(one.frame) * len(one.columns) * 80 + int(one.frame.memory_usage(index=False).sum()) > LARGE
    with (
        target.open(path, "w", force_zip64=large) as part,
        ThreadPoolExecutor(1, thread_name_prefix="scalev-deflate") as thread,
    ):
        writing = thread.submit(part.write, (head + "<sheetData>" + (found[1] or "")).encode())
        for rows in _rows(one, report, stop):
            writing.result()
            writing = thread.submit(part.write, memoryview(rows))
        writing.result()
        part.write(("</sheetData>" + _tail(xml[found.end() :], one)).encode())
    if one.links:
        relations = "".join(
            f'<Relationship Id="link{number}" Type="{_LINK}" Target={quoteattr(url)} TargetMode="External"/>'
            for number, (_, url) in enumerate(one.links)
        )
        content = f'{_XML}<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'
        name = path.rpartition("/")[2]
        target.writestr(_entry(f"xl/worksheets/_rels/{name}.rels"), content, compresslevel=COMPRESSION_LEVEL)


def _rows(one: DataSheet, report: Reporter, stop: Stop) -> Iterator[pa.Buffer]:
    step = max(500, CELLS_AT_ONCE // max(1, len(one.columns)))
    letters = [get_column_letter(number) for number in range(1, len(one.columns) + 1)]
    for start in range(0, len(one.frame), step):
        refuse_if_stopped(stop)
        frame = one.frame.iloc[start : start + step]
        cells = [
            make_cells(
                frame.iloc[:, column.place], column.label, one.plan.header.zone.key, one.plan.altered, column.kind
            )
            for column in one.columns
        ]
        first = one.header_row + 1 + start
        _collect_links(one, frame, letters, first)
        yield row_xml(cells, letters, one.styles, first, len(frame))
        report(Event("page", one.sheet.title, rows=min(start + step, len(one.frame))))


def _collect_links(one: DataSheet, frame: pd.DataFrame, letters: Sequence[str], first_row: int) -> None:
    for column, letter in zip(one.columns, letters, strict=True):
        if column.kind != "url":
            continue
        for row, url in enumerate(frame.iloc[:, column.place].tolist(), first_row):
            target = link_target(url) if isinstance(url, str) else ""
            if target and len(one.links) == MOST_LINKS:
                one.plan.altered.add(TOO_MANY_LINKS, column.label, 1)
            elif target:
                one.links.append((f"{letter}{row}", target))


def link_target(text: str) -> str:
    """The address of a link as Excel takes it, or an empty text where ``text`` is none.

    >>> link_target("https://x.test/é?a=1&b=50%"), link_target("javascript:alert(1)"), link_target("https://:80/")
    ('https://x.test/%C3%A9?a=1&b=50%25', '', '')
    """
    found = _ADDRESS.fullmatch(text)
    if not found:
        return ""
    target = found[1] + quote(_LONE_PERCENT.sub("%25", found[2]), safe=_IN_ADDRESSES)
    return target if len(target) <= LONGEST_LINK else ""


def _tail(xml: str, one: DataSheet) -> str:
    """The XML behind the rows, with the links, and without Excel's green corners on codes that look like numbers."""
    if one.links:
        links = "".join(f'<hyperlink ref="{cell}" r:id="link{number}"/>' for number, (cell, _) in enumerate(one.links))
        xml = _insert(xml, _AFTER_LINKS, f"<hyperlinks>{links}</hyperlinks>")
    texts = [
        get_column_letter(number)
        for number, column in enumerate(one.columns, 1)
        if column.number_format == "@" and len(one.frame)
    ]
    if texts:
        first, last = one.header_row + 1, one.header_row + len(one.frame)
        cells = " ".join(f"{letter}{first}:{letter}{last}" for letter in texts)
        errors = f'<ignoredErrors><ignoredError sqref="{cells}" numberStoredAsText="1"/></ignoredErrors>'
        xml = _insert(xml, _AFTER_ERRORS, errors)
    return xml


def _insert(xml: str, before: re.Pattern[str], text: str) -> str:
    found = before.search(xml)
    place = found.start() if found else len(xml)
    return xml[:place] + text + xml[place:]
