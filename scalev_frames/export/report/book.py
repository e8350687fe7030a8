"""The reports of a period as one workbook that can be sent as it is: figures, charts, and what every word means.

openpyxl is loaded when the first workbook is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from scalev_frames.errors import BadValueError, MissingColumnsError
from scalev_frames.export.atomic import Name, Stop, check_target, replacing, written
from scalev_frames.export.excel.frames import SUFFIXES
from scalev_frames.export.excel.sheets import SheetColumn, SheetPlan, alike, plan_sheets, sheet_name
from scalev_frames.export.masked import masked
from scalev_frames.export.report.content import Content, Made
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.progress import Progress, choose
from scalev_frames.reports import DEFINITIONS, REPORTS, Definitions, Report, shown
from scalev_frames.reports.compare import Against, Period, is_not_asked, periods, uncovered, undated, within
from scalev_frames.reports.compute import exact_report, find_report
from scalev_frames.reports.counting.finish import lacking_columns
from scalev_frames.reports.counting.lines import has_lines, is_lines, lines_of, orders_of
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.figures import COUNTED, key_figures
from scalev_frames.reports.words.header import ReportHeader
from scalev_frames.reports.words.labels import CODES, label
from scalev_frames.reports.words.phrases import check_language, column_said, phrase
from scalev_frames.reports.words.shown import said_of
from scalev_frames.words.notes import row_notes_said

Compared = Against | Literal["none"]
#: Narrowest and widest column of a report, in characters.
NARROWEST, WIDEST = 9.0, 80.0


def report_workbook(
    orders: pd.DataFrame,
    path: Name,
    *,
    lines: pd.DataFrame | None = None,
    reports: Sequence[str] | None = None,
    since: str | dt.date | None = None,
    until: str | dt.date | None = None,
    against: Compared = "previous",
    definitions: Definitions = DEFINITIONS,
    reconciliation: pd.DataFrame | None = None,
    data: Mapping[str, pd.DataFrame] | None = None,
    mask: bool = False,
    language: str = "en",
    progress: Progress = False,
    stop: Stop = None,
) -> Path:
    """Write the reports as one workbook: a cover with key figures, a sheet each with its chart, and the definitions.

    Args:
        orders: any frame of orders; of order lines their orders are counted.
        path: the file to write, ending in ``.xlsx``; its folder is made. The same frames give the same bytes.
        lines: order lines, for the margin; those in ``orders`` when left out, where they came with details.
        reports: names of reports; when left out, all that the frames can give, and the notes say which those are not.
        since: first day of the period; with it, the cover compares with the period before, so give orders of both.
        until: last day, included; the day of ``as_of`` when left out.
        against: ``previous`` or ``last_month``, see `compare`; ``none`` to compare with nothing.
        definitions: what the words mean.
        reconciliation: what ``sf.reconcile(orders)`` gave; its verdict stands on the cover.
        data: frames for data sheets of their own, by the names of the sheets.
        mask: customers' names, phones and texts as tokens, in reports and data alike.
        language: ``en`` or ``id``.
        progress: what shows how many rows are written: ``True`` for a line of text, a function, or a tqdm bar.
        stop: set it from another thread to end the export; nothing is left behind.

    Returns:
        The path.

    Raises:
        UnknownNameError: no such report.
        BadValueError: a language or period that is not known, or a margin without lines.
        MissingColumnsError: a report of ``reports`` needs columns that the orders lack, or no order has a date.
        ExportError: the file cannot be written; what stood there is untouched.

    >>> import tempfile
    >>> orders = pd.DataFrame({"status": ["completed", "rts"], "gross_revenue": [150_000, 99_500]})
    >>> report_workbook(orders, Path(tempfile.mkdtemp()) / "report.xlsx", reports=["funnel"]).name
    'report.xlsx'
    """
    from scalev_frames.export.excel import workbook
    from scalev_frames.export.report import pages

    check_language(language)
    file_path = check_target(path, SUFFIXES)  # before anything is computed
    orders = masked(orders, mask=mask)
    if lines is not None:
        lines = masked(lines, mask=mask)
    if is_lines(orders):
        lines, orders = orders if lines is None else lines, orders_of(orders)
    elif lines is None and has_lines(orders):
        lines = lines_of(orders)
    content = _content(
        orders, lines, reports, (since, until, against), definitions, reconciliation,
        {name: masked(frame, mask=mask) for name, frame in (data or {}).items()}, language,
    )  # fmt: skip
    as_of = content.orders.as_of
    created = None if as_of is None else as_of.replace(tzinfo=None, microsecond=0)
    made = workbook.empty_workbook()
    sheets, finish = pages.build(made, content)
    with replacing(path, suffixes=SUFFIXES) as file:
        workbook.save(made, sheets, file, finish=finish, created=created, report=choose(progress), stop=stop)
    written(path, progress, len(orders))
    return file_path


def _names(reports: Sequence[str] | None, lines: pd.DataFrame | None) -> list[str]:
    if reports is None:
        return [name for name, row in REPORTS.items() if lines is not None or not row.needs_lines]
    for name in reports:
        if find_report(name).needs_lines and lines is None:
            raise BadValueError(f"The report {name} needs lines=.", advice="Pass what `api.order_lines(orders)` gives.")
    return list(reports)


def _content(
    orders: pd.DataFrame,
    lines: pd.DataFrame | None,
    reports: Sequence[str] | None,
    asked: tuple[Any, Any, Compared],
    definitions: Definitions,
    reconciliation: pd.DataFrame | None,
    data: Mapping[str, pd.DataFrame],
    language: str,
) -> Content:
    names = _names(reports, lines)
    whole, of_rows = Prepared(orders, definitions, language, spam=True), _notes_of_rows((orders, lines), language)
    definitions = replace(definitions, as_of=whole.as_of)
    compared = _periods(whole, *asked)
    known = _known(whole, compared)
    parts = [Prepared(within(whole, one), definitions, language) for one in known]
    parts = parts or [Prepared(orders, definitions, language)]
    counted, figures = parts[0], [key_figures(one) for one in parts]
    if lines is not None and compared:
        lines = _lines_of(lines, counted.orders)
    sources = _sources(names, counted, lines)
    left_out = _left_out(sources) if reports is None else {}
    taken = {alike(phrase(word, language)) for word in ("cover", "contents", "definitions", "notes")}
    frames = {name: exact_report(name, sources[name]) for name in names if name not in left_out}
    made = [Made(name, frame, _plan(frame, language, taken)) for name, frame in frames.items()]
    extra = []
    if reconciliation is not None:
        extra = [(phrase("reconciliation", language), _in_words(reconciliation, language))]
    plans = plan_sheets([*extra, *data.items()], reserved=sorted(taken))
    notes = [*of_rows, *_notes(whole, counted, compared, left_out)]
    return Content(counted, figures, known, notes, made, plans, reconciliation, language)


def _in_words(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """A reconciliation with Indonesian labels and words; in English as it is, for code that reads the workbook."""
    if language == "en":
        return table
    header = Header.of(table)
    codes = {name: {code: said[1] for code, said in CODES[name].items()} for name in ("status", "verdict")}
    labelled = table.replace(codes).rename(columns=lambda name: label(str(name), language))
    kinds = {label(str(name), language): header.kind_of(name) for name in table}
    return replace(header, kinds=kinds).onto(labelled)


def _sources(names: Sequence[str], orders: Prepared, lines: pd.DataFrame | None) -> dict[str, Prepared]:
    """What each report is computed from: the orders, or their lines."""
    of_lines = orders if lines is None else Prepared(lines, orders.definitions, orders.language)
    return {name: of_lines if REPORTS[name].needs_lines else orders for name in names}


def _left_out(sources: Mapping[str, Prepared]) -> dict[str, list[str]]:
    """The reports that the frames cannot give, and the columns that they lack."""
    lacks = {name: lacking_columns(source, REPORTS[name]) for name, source in sources.items()}
    return {name: columns for name, columns in lacks.items() if columns}


def _notes_of_rows(frames: Sequence[pd.DataFrame | None], language: str) -> list[str]:
    """What the notes of some frames say of their rows, each once."""
    notes = (note for one in frames if one is not None for note in row_notes_said(Header.of(one).notes, language))
    return list(dict.fromkeys(notes))


def _notes(
    whole: Prepared, counted: Prepared, compared: Sequence[Period], left_out: Mapping[str, Sequence[str]]
) -> list[str]:
    """The notes on the whole workbook, what it cannot say first."""
    language = whole.language
    notes = counted.missing(COUNTED)
    if left_out:
        said = (
            f"{REPORTS[name].title(language)} ({', '.join(column_said(one, language) for one in columns)})"
            for name, columns in left_out.items()
        )
        notes.append(phrase("not_made", language, what="; ".join(said)))
    if compared[1:]:
        notes += uncovered(whole, compared[1])
    return notes + (undated(whole) if compared else [])


def _periods(orders: Prepared, since: Any, until: Any, against: Compared) -> tuple[Period, ...]:  # noqa: ANN401 - days
    """The period that was asked for, and the one before where they are compared; none for all orders."""
    if since is None:
        return ()
    if against == "none":
        return tuple(periods(orders, since, until, "previous")[:1])
    return tuple(periods(orders, since, until, against)[:2])


def _known(orders: Prepared, compared: tuple[Period, ...]) -> tuple[Period, ...]:
    """The periods without an earlier one of which no order was asked for."""
    return compared[:1] if compared[1:] and is_not_asked(orders, compared[1]) else compared


def _lines_of(lines: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """The lines of these orders."""
    key, other = ("order__id", "id") if "order__id" in lines and "id" in orders else ("order_id", "order_id")
    if key not in lines or other not in orders:
        raise MissingColumnsError(
            "The lines do not say which of these orders they are of.",
            columns=(key,),
            advice="Keep the column order_id.",
        )
    if BUSINESS in lines and BUSINESS in orders:
        known = pd.MultiIndex.from_frame(orders[[BUSINESS, other]])
        return lines[pd.MultiIndex.from_frame(lines[[BUSINESS, key]]).isin(known)]
    return lines[lines[key].isin(orders[other])]


def _plan(frame: pd.DataFrame, language: str, taken: set[str]) -> SheetPlan:
    """A report's worksheet: words for codes, and columns as narrow as their longest word lets them be."""
    header = ReportHeader.of(frame)
    labelled = _with_joined(shown(frame, language), REPORTS[header.report], language)
    name = sheet_name(header.title, taken)
    plan = plan_sheets([(name, labelled)])[0]
    return replace(plan, sheets=[name], columns=[_narrowed(column, plan.frame) for column in plan.columns])


def _with_joined(labelled: pd.DataFrame, row: Report, language: str) -> pd.DataFrame:
    """A report with a last column that joins the names of each bar, where several columns name the chart's bars."""
    names = row.chart.category.split() if row.chart else []
    if len(names) < 2:
        return labelled
    first, *others = [labelled[said_of(name, language)].astype("str") for name in names]
    for other in others:
        first = first + " · " + other
    widened = labelled.assign(**{phrase("joined", language): first})
    widened.attrs = labelled.attrs
    return widened


def _narrowed(column: SheetColumn, frame: pd.DataFrame) -> SheetColumn:
    word = max(map(len, column.label.replace("(", " ").split()), default=0) + 4.0
    values = frame.iloc[:, column.place]
    if column.kind == "money":
        usual = max((len(f"{value:,.0f}") for value in values.dropna()), default=0) + 5.0
        usual += 3.0 if ".00" in column.number_format else 0.0
    elif column.kind in ("count", "percent", "number"):
        usual = 9.0
    else:
        longest = max((len(str(value)) for value in values.dropna().head(500)), default=0)
        usual = column.width if column.kind in ("time", "date", "month") else longest + 3.0
    return replace(column, width=float(max(NARROWEST, min(WIDEST, max(word, usual)))))
