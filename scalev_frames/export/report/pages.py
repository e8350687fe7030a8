"""How the sheets of a report workbook look: cover, contents, one page a report, definitions, notes.

Everything is computed before: this module only places it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal, localcontext
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from scalev_frames.export.excel.workbook import (
    HEADER_STYLE,
    HIGHEST,
    LINE_POINTS,
    DataSheet,
    add_data_sheets,
    header_style,
    print_setup,
    write_link,
    write_table,
    write_text,
)
from scalev_frames.export.report.charts import JOINED, Cells, make_chart
from scalev_frames.export.report.colours import HEADER_ROW, colour
from scalev_frames.export.report.content import Content, Made
from scalev_frames.frames.header import Header, VerdictHeader
from scalev_frames.frames.values.scalars import LONG
from scalev_frames.reports import REPORTS, Definitions
from scalev_frames.reports.counting.finish import filters_note, name_of, words_of
from scalev_frames.reports.figures import FIGURES
from scalev_frames.reports.words.labels import SAYS, label
from scalev_frames.reports.words.phrases import MEANINGS, phrase, speaker
from scalev_frames.reports.words.rows import RATES
from scalev_frames.reports.words.shown import is_few, said_of
from scalev_frames.settings import find_zone

#: The most rows of a table with its chart below; a longer one has it beside.
SHORT = 14
#: An ordinary cell of Excel.
STANDARD_COLUMN_CM, STANDARD_ROW_CM = 1.7, 0.53
#: Charts of the cover.
COVER_CHARTS = ("daily", "funnel")
#: As many notes stand on the cover; the sheet of notes has all.
COVER_NOTES = 8
COVER_WIDTH_CM, COVER_HEIGHT_CM = 19.0, 8.6
DARK, GREEN, RED, GREY = "1F3A5F", "E3F1E8", "F8E0DE", "EFEFEF"
NUMBER_FORMATS = {"count": "#,##0", "money": '"Rp" #,##0', "percent": "0.0%"}
#: The difference of two shares, in percentage points.
POINTS = {"en": '+0.0" points";-0.0" points";0.0" points"', "id": '+0.0" poin";-0.0" poin";0.0" poin"'}


def build(book: Workbook, content: Content) -> tuple[list[DataSheet], Callable[[], None]]:
    """Make every sheet of ``content``, in the order in which people read them, without the rows of tables.

    Returns:
        The worksheets whose rows are streamed, and a function that writes the notes once they are.
    """
    header_style(book)
    say = speaker(content.language)
    cover, contents = book.create_sheet(say("cover")), book.create_sheet(say("contents"))
    pages = [_page(book, made, content) for made in content.reports]
    sheets = [sheet for parts, _ in pages for sheet in parts]
    sheets += [sheet for plan in content.extra for sheet in add_data_sheets(book, plan)]
    _write_definitions(book.create_sheet(say("definitions")), content)
    notes = book.create_sheet(say("notes"))
    _write_cover(cover, content, {made.name: cells for made, (_, cells) in zip(content.reports, pages, strict=True)})
    _write_contents(contents, content)
    return sheets, lambda: _write_notes(notes, content)


# One report ----------------------------------------------------------------------------------------------------------


def _page(book: Workbook, made: Made, content: Content) -> tuple[list[DataSheet], Cells]:
    sheets = add_data_sheets(book, made.plan, HEADER_ROW)
    sheet = sheets[0].sheet
    say = speaker(content.language)
    _write_head(sheet, made.header.title, _subtitle(made, content))
    write_text(sheet, 3, 1, say("back"))
    write_link(sheet, 3, say("contents"))
    _align(sheets)
    cells = _cells(made, sheet)
    if JOINED in cells.places:
        sheet.column_dimensions[get_column_letter(cells.places[JOINED])].hidden = True
    colour(cells)
    row = REPORTS[made.name]
    if row.chart is not None and cells.rows:
        _place_chart(sheet, make_chart(row.chart, cells, row.title(content.language), content.language), cells)
    return sheets, cells


def _place_chart(sheet: Worksheet, chart: Any, cells: Cells) -> None:  # noqa: ANN401
    """Below a short table; beside a long one, where it is printed on a page of its own."""
    last = HEADER_ROW + cells.rows
    if cells.rows <= SHORT:
        sheet.add_chart(chart, f"A{last + 2}")
        sheet.page_setup.fitToHeight = 1
        return
    columns = len(cells.places) - (JOINED in cells.places)
    first = HEADER_ROW + 1  # below the rows that are repeated on each printed page
    sheet.add_chart(chart, f"{get_column_letter(columns + 2)}{first}")
    wide = get_column_letter(columns + 2 + int(chart.width / STANDARD_COLUMN_CM) + 1)
    high = first + int(chart.height / STANDARD_ROW_CM) + 1
    sheet.print_area = [
        f"{get_column_letter(columns + 2)}{first}:{wide}{high}", f"A1:{get_column_letter(columns)}{last}",
    ]  # fmt: skip


def _align(sheets: list[DataSheet]) -> None:
    """Labels stand over their values."""
    for one in sheets:
        for place, column in enumerate(one.columns):
            if column.number_format != "@":
                one.sheet.cell(HEADER_ROW, place + 1).alignment = Alignment("right", "center", wrap_text=True)


def _subtitle(made: Made, content: Content) -> str:
    """Period and counts; short enough for the narrowest table, so that no printed page cuts it."""
    header, words = made.header, content.orders.definitions
    say = speaker(content.language)
    key, numbers = _counts(
        header.counted, header.left_out_spam, header.spam_unknown, is_out=words.exclude_spam and made.name != "quality"
    )
    what = say("of_lines" if REPORTS[made.name].needs_lines else "of_orders")
    return f"{_period(content, compared=False)}  ·  {say(key, what=what, **numbers)}"


def _counts(counted: int, left_out: int, unknown: int, *, is_out: bool) -> tuple[str, dict[str, int]]:
    """The phrase for how many orders or lines are counted, and the numbers in it."""
    numbers = {"counted": counted, "left_out": left_out, "unknown": unknown}
    if not is_out:
        return "all_counted", numbers
    if unknown:
        return "counted_unknown" if unknown == counted and not left_out else "counted_partly", numbers
    return "counted", numbers


def _cells(made: Made, sheet: Worksheet) -> Cells:
    """The cells of a report's sheet, by the names of the report's columns."""
    language = "id" if made.header.title == REPORTS[made.name].title_id else "en"
    labels = {said_of(name, language): name for name in REPORTS[made.name].columns}
    labels[phrase("joined", language)] = JOINED
    columns = [(labels.get(column.label, column.label), column) for column in made.plan.columns]
    names = [name for name, _ in columns]
    named = made.plan.frame.iloc[:, [column.place for _, column in columns]].set_axis(names, axis=1)
    return Cells(
        sheet,
        HEADER_ROW,
        len(made.plan.frame),
        {name: number for number, (name, _) in enumerate(columns, 1)},
        {name: column.number_format for name, column in columns},
        {name: column.label for name, column in columns},
        {name: is_few(named, name) for name in names if name in RATES or name.startswith("+")},
        _below_zero(made, named),
    )


def _below_zero(made: Made, named: pd.DataFrame) -> frozenset[str]:
    """The columns that the report's chart shows and that have numbers below zero."""
    chart = REPORTS[made.name].chart
    drawn = [name for name in chart.series if name in named] if chart is not None else []
    return frozenset(name for name in drawn if bool((named[name].dropna() < 0).any()))


# Cover ---------------------------------------------------------------------------------------------------------------


def _write_cover(sheet: Worksheet, content: Content, cells: dict[str, Cells]) -> None:
    say, orders = speaker(content.language), Header.of(content.orders.orders)
    _write_head(sheet, _title(content), _period(content))
    masked = say("masked") if orders.masked else ""
    notes = content.notes[:COVER_NOTES]
    if others := content.notes[COVER_NOTES:]:
        notes.append(say("more_notes", count=len(others)))
    said = (_counted(content), _as_of(content), filters_note(content.orders), masked, *notes)
    lines, compared = [one for one in said if one], len(content.figures) == 2
    for row, line in enumerate(lines, 3):
        _write_wrapped(sheet, row, line, 5 if compared else 2).font = Font(name="Calibri", color="595959")
    row, width = _write_figures(sheet, 4 + len(lines), content)
    _write_verdict(sheet, row + 1, content, width)
    for letter, across in zip("ABCDEF", (28, 19, 19, 19, 10, 3), strict=True):
        sheet.column_dimensions[letter].width = across if compared or letter in "AB" else 3
    _add_cover_charts(sheet, content, cells, "G" if compared else "D")
    print_setup(sheet)
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_view.showGridLines = False


def _title(content: Content) -> str:
    """The business's name with it; not the hash that stands for a key without a name."""
    say, account = speaker(content.language), Header.of(content.orders.orders).account
    has_name = account and not re.fullmatch("[0-9a-f]{8}", account)
    return say("book_account", account=account) if has_name else say("book_title")


def _write_figures(sheet: Worksheet, start: int, content: Content) -> tuple[int, int]:
    """The key figures from the row ``start`` on; gives the row below them, and how many columns they take."""
    say, language = speaker(content.language), content.language
    labels = [say("figure"), say("value")]
    if len(content.figures) == 2:
        labels += [label(word, language).capitalize() for word in ("before", "change", "percent")]
    for column, text in enumerate(labels, 1):
        cell = write_text(sheet, start, column, text, HEADER_STYLE)
        cell.alignment = Alignment(horizontal="left" if column == 1 else "right")
    for row, (name, (kind, _)) in enumerate(FIGURES.items(), start + 1):
        write_text(sheet, row, 1, label(name, language))
        values = [figures[name] for figures in content.figures]
        formats = _figure_formats(kind, language)
        for column, number in enumerate(_with_change(values, is_rate=kind == "percent"), 2):
            cell = sheet.cell(row, column)
            cell.value, cell.number_format = number, formats[column - 2]
            cell.font = Font(name="Calibri", bold=column == 2)
        for column in range(1, len(labels) + 1):
            sheet.cell(row, column).border = Border(bottom=Side("hair", color="BFBFBF"))
    return start + len(FIGURES) + 1, len(labels)


def _figure_formats(kind: str, language: str) -> list[str]:
    """The number formats of what `_with_change` gives."""
    of_kind = NUMBER_FORMATS[kind]
    return [of_kind, of_kind, POINTS[language] if kind == "percent" else of_kind, "+0.0%;-0.0%;0.0%"]


def _with_change(values: list[Any], *, is_rate: bool) -> list[Any]:
    """The figure now and, where two periods are compared, before, the difference, and the difference in percent.

    The difference of two rates is in percentage points, and has no percent.
    """
    if len(values) == 1:
        return values
    now, before = values
    if now is None or before is None:
        return [now, before, None, None]
    with localcontext(LONG):
        change = now - before
        if is_rate:
            return [now, before, change * 100, None]
        return [now, before, change, float(Decimal(change) / abs(Decimal(before))) if before else None]


_VERDICTS = {True: "server_equal", False: "server_differs", None: "server_unknown"}


def _write_verdict(sheet: Worksheet, row: int, content: Content, width: int) -> None:
    say, table = speaker(content.language), content.reconciliation
    header = VerdictHeader(verdict=say("not_reconciled")) if table is None else VerdictHeader.of(table)
    is_said = header.verdict.startswith(say("not_reconciled"))
    if table is not None and content.language == "id" and not is_said:  # the table's own sentence is English
        compared = table[table["orders_server"].notna()]
        sums = {name: int(compared[name].sum()) for name in ("orders", "orders_server")}
        counted = f" {say('server_sums', **sums)}" if len(compared) else ""
        header = replace(header, verdict=say(_VERDICTS[header.equal]) + counted)
    write_text(sheet, row, 1, say("reconciliation")).font = Font(name="Calibri", bold=True)
    cell = _write_wrapped(sheet, row + 1, header.verdict, width)
    cell.fill = PatternFill("solid", start_color={True: GREEN, False: RED}.get(header.equal, GREY))  # type: ignore[arg-type]


def _write_wrapped(sheet: Worksheet, row: int, text: str, width: int) -> Any:  # noqa: ANN401 - a cell
    """A text over the first columns of the cover, in as many lines as it needs; gives the cell."""
    cell = write_text(sheet, row, 1, text)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    lines = 1 + len(text) // (95 if width > 2 else 44)
    sheet.row_dimensions[row].height = min(HIGHEST, LINE_POINTS * lines)
    return cell


def _add_cover_charts(sheet: Worksheet, content: Content, cells: dict[str, Cells], letter: str) -> None:
    row = 1
    for name in COVER_CHARTS:
        chart = REPORTS[name].chart
        if chart is not None and name in cells and cells[name].rows:
            made = make_chart(chart, cells[name], REPORTS[name].title(content.language), content.language)
            made.width, made.height = COVER_WIDTH_CM, COVER_HEIGHT_CM
            sheet.add_chart(made, f"{letter}{row}")
            row += 18


# Contents, definitions, notes ----------------------------------------------------------------------------------------


def _write_contents(sheet: Worksheet, content: Content) -> None:
    say = speaker(content.language)
    extra = {say("reconciliation"): say("reconciliation_says")}
    lines: list[tuple[str, int | None, str]] = [(say("cover"), None, "")]
    lines += [(made.sheet, len(made.plan.frame), SAYS[made.name][content.language == "id"]) for made in content.reports]
    lines += [(name, len(part), extra.get(plan.name, say("data_rows")))
              for plan in content.extra for name, part in plan.parts()]  # fmt: skip
    lines += [(say("definitions"), None, ""), (say("notes"), None, "")]
    _write_table(sheet, say("contents"), [say("sheet"), say("rows"), say("says")], lines, (38, 12, 70))
    for row, (name, _, _) in enumerate(lines, HEADER_ROW + 1):
        write_link(sheet, row, name)


def _write_definitions(sheet: Worksheet, content: Content) -> None:
    say, definitions = speaker(content.language), replace(content.orders.definitions, time_zone=content.orders.zone)
    lines = [
        (
            name_of(field.name, content.language),
            words_of(definitions, field.name, content.language),
            MEANINGS[field.name][content.language == "id"],
        )
        for field in fields(Definitions)
        if field.name in MEANINGS
    ]
    _write_table(sheet, say("definitions"), [say("word"), say("means"), say("why")], lines, (26, 60, 80))


def _write_notes(sheet: Worksheet, content: Content) -> None:
    """The notes of each report, and what was altered to fit into Excel."""
    say = speaker(content.language)
    lines = [(say("cover"), note) for note in content.notes]
    for made in content.reports:
        lines += [(made.sheet, note) for note in made.header.notes]
    for plan in (*(made.plan for made in content.reports), *content.extra):
        lines += [(plan.sheets[0], say("altered", line=line)) for line in plan.altered.lines(content.language)]
    _write_table(sheet, say("notes"), [say("sheet"), say("note")], lines, (34, 130))


def _write_table(
    sheet: Worksheet, title: str, labels: list[str], lines: list[tuple[Any, ...]], widths: tuple[float, ...]
) -> None:
    _write_head(sheet, title, "")
    write_table(sheet, HEADER_ROW, labels, lines, widths)


# Small things --------------------------------------------------------------------------------------------------------


def _write_head(sheet: Worksheet, title: str, subtitle: str) -> None:
    write_text(sheet, 1, 1, title).font = Font(name="Calibri", size=18, bold=True, color=DARK)
    sheet.row_dimensions[1].height = 26
    write_text(sheet, 2, 1, subtitle).font = Font(name="Calibri", size=11, color="595959")


def _period(content: Content, *, compared: bool = True) -> str:
    say = speaker(content.language)
    first, last = content.periods[0] if content.periods else content.orders.asked()
    if first is None:
        return say("no_period")
    if not content.periods[1:] or not compared:
        return say("period", since=first, until=last)
    before = content.periods[1]
    return say("period_against", since=first, until=last, before_since=before.since, before_until=before.until)


def _counted(content: Content) -> str:
    say, orders = speaker(content.language), content.orders
    key, numbers = _counts(orders.rows, orders.left_out, orders.spam_unknown, is_out=orders.definitions.exclude_spam)
    return say("spam_unknown" if key == "counted_unknown" else key, what=say("of_orders"), **numbers)


def _as_of(content: Content) -> str:
    say, orders = speaker(content.language), content.orders
    if orders.as_of is None:
        return say("no_as_of")
    moment = orders.as_of.astimezone(find_zone(orders.zone))
    return say("as_it_stood", moment=f"{moment:%Y-%m-%d %H:%M}", zone=orders.zone)
