"""The reports tab: a report's table and picture, of a period and a store, with what they mean; the workbook of all."""

from __future__ import annotations

import datetime as dt
import html
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import ipywidgets as ipw
import pandas as pd

from scalev_frames.errors import MissingColumnsError
from scalev_frames.export import report_workbook
from scalev_frames.export.atomic import check_target
from scalev_frames.frames.header import Header
from scalev_frames.group import Opened
from scalev_frames.notebook.panel.controls.days import PRESETS
from scalev_frames.notebook.panel.parts.elements import Download, Select, Theme
from scalev_frames.notebook.panel.parts.job import Job, Work
from scalev_frames.notebook.panel.parts.panel import button, row, show
from scalev_frames.notebook.panel.parts.picture_place import PicturePlace
from scalev_frames.notebook.panel.tabs.exports import DOWNLOAD_LIMIT
from scalev_frames.notebook.panel.tabs.report_table import Cell, ReportTable, counts_orders
from scalev_frames.notebook.panel.tabs.stores import Store, stores_of
from scalev_frames.notebook.pictures.behind import only_behind, only_counted
from scalev_frames.notebook.pictures.counted import Counted, count_report
from scalev_frames.notebook.pictures.live import Place, still_html
from scalev_frames.notebook.table.view import Only
from scalev_frames.progress import Reporter
from scalev_frames.report_job import reconciled
from scalev_frames.reports import DEFINITIONS, REPORTS, Definitions, compare, report
from scalev_frames.reports.compare import Period, within
from scalev_frames.reports.counting.finish import lacking_columns
from scalev_frames.reports.counting.lines import has_lines, is_lines
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.words import Words

#: What a period can be compared with.
AGAINST = ("previous", "last_month")


class ReportsTab(ipw.VBox):  # type: ignore[misc] # ipywidgets brings no types
    """The reports tab.

    Args:
        words: the language.
        job: runs the writing.
        folder: where the workbook goes at first.
        theme: knows whether the page is dark.
        owner: gives whose a frame is, who is asked for the counts that the workbook is reconciled with.
        on_rows: called with the rows behind a bar or a cell that a person clicked.

    Attributes:
        choice: which report is shown.
        period: of which days; all that was fetched unless chosen.
        against: the period it is compared with, when it is.
        store: of which business or store; hidden where the frame is of one.
        table: its rows.
        picture: its picture, hidden where it has none.
        notes: what it counted and what its words mean.
        mask, path, button, download: the workbook of all reports.
        made: the report that is shown, or ``None``.
    """

    def __init__(
        self,
        words: Words,
        job: Job,
        folder: Path,
        theme: Theme,
        owner: Callable[[pd.DataFrame], Opened | None] = lambda _: None,
        on_rows: Callable[[Only], object] = lambda _: None,
    ) -> None:
        self._words, self._job, self._folder = words, job, folder
        self._owner, self._on_rows = owner, on_rows
        self._one_at_a_time = threading.RLock()  # a fetch ends in a thread, while a person chooses
        self._frame: pd.DataFrame | None = None
        self.made: pd.DataFrame | None = None
        self.choice = Select(words("report"), one_at_a_time=self._one_at_a_time)
        everything = [(words("period_all"), "")]
        self.period = ipw.Dropdown(
            options=[*everything, *((words(name), name) for name in PRESETS)], description=words("period")
        )
        self.against = ipw.Dropdown(
            options=[(words("against_none"), ""), *((words(f"against_{one}"), one) for one in AGAINST)],
            description=words("against"),
        )
        self._stores = {"": Store()}
        self.store = Select(words("business_or_store"), one_at_a_time=self._one_at_a_time)
        for one in (self.choice, self.period, self.against, self.store):
            one.observe(lambda _: self._draw(), "value")
        self.table = ReportTable(words.language, self._show_cell)
        self.picture = PicturePlace(words.language, theme, self._show_rows)
        self.notes = ipw.HTML()
        self.mask = ipw.Checkbox(value=False, description=words("mask"), indent=False)
        self.path = ipw.Text(description=words("path"), value=str(folder / "report.xlsx"))
        self.button = button(words("report_export"), "scalev-report-export", self.export, primary=True)
        self.download = Download(words, DOWNLOAD_LIMIT)
        named = {
            "choice": self.choice,
            "period": self.period,
            "against": self.against,
            "store": self.store,
            "picture": self.picture.box,
            "notes": self.notes,
            "path": self.path,
            "mask": self.mask,
        }
        for name, one in named.items():
            one.add_class(f"scalev-report-{name}")
        chosen = row(self.choice, self.period, self.against, self.store, name="scalev-grid")
        book = row(self.path, self.mask, self.button, self.download)
        super().__init__([chosen, book, job.status, self.picture.box, self.table, self.notes])
        self.add_class("scalev-reports")
        self._offer([])
        self._draw()

    def show(self, frame: pd.DataFrame, _: str) -> None:
        """Report on this frame from now on: orders, or order lines for the margin; of others there are no reports."""
        with self._one_at_a_time:
            self._frame = None  # nothing is counted while the choices change
            self._offer_stores(frame)
            self._offer(_reports_of(frame))
            self._frame = frame
            self._draw()
        self.path.value = str(self._folder / f"report-{dt.datetime.now().astimezone():%Y-%m-%d}.xlsx")

    def static_html(self) -> str:
        """The report that is shown, for a notebook without its kernel; customers' data hidden."""
        if self.made is None or self.made.empty:
            return ""
        picture = still_html(self.picture.shown, self._words.language)  # which has the report's title
        return (picture or f"<h3>{html.escape(str(self.made.attrs['title']))}</h3>") + self.table.static_html()

    def export(self) -> None:
        """Write the workbook of all reports in the background; the status says where it is."""
        path = Path(self.path.value.strip())
        names = [name for _, name in self.choice.options]
        if self._frame is None or not names or path.suffix.lower() != ".xlsx":
            problem = "suffix_wrong" if names else "report_nothing"
            self._job.refuse(self._words(problem, suffix=".xlsx"))
            return
        frame, mask, stop, language = self._frame, self.mask.value, threading.Event(), self._words.language
        orders, period, against = self._store.of(frame), self._days(frame), self.against.value
        since, until = period or (None, None)
        account, definitions = self._owner(frame), _definitions(frame)

        def run(progress: Reporter) -> Path:
            check_target(path)
            verdict = reconciled(account, frame, language) if account else None
            return report_workbook(
                orders, path, reports=names, mask=mask, language=language,
                since=since, until=until, against=against or "none", definitions=definitions, reconciliation=verdict,
                progress=progress, stop=stop,
            )  # fmt: skip

        def finish(written: Path) -> tuple[str, str]:
            self.download.offer(written)
            size = self._words.tenths(written.stat().st_size / 1e6)
            counts = {"rows": len(orders), "count": len(names)}
            return "exported", self._words("report_written", **counts, path=written.resolve(), size=size)

        self.download.offer(None)
        self._job.start(Work(self._words("exporting", name=path.name), run, finish, stop.set))

    def _offer_stores(self, frame: pd.DataFrame) -> None:
        self._stores = {one.name: one for one in (Store(), *stores_of(frame))}
        labels = [(one.label or self._words("all_stores"), name) for name, one in self._stores.items()]
        self.store.offer(labels, "")
        show(self.store, bool(labels[1:]))

    def _offer(self, names: list[str]) -> None:
        self.choice.offer([(REPORTS[name].title(self._words.language), name) for name in names])
        show(self.table, bool(names))

    @property
    def _store(self) -> Store:
        with self._one_at_a_time:  # else the stores may be those of another frame than the choice
            return self._stores[self.store.value]

    def _days(self, frame: pd.DataFrame) -> Period | None:
        """The chosen period in the frame's zone; ``None`` for all that was fetched."""
        if not self.period.value:
            return None
        return Period(*PRESETS[self.period.value](dt.datetime.now(Header.of(frame).zone).date()))

    def _make(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The chosen report, of the chosen store and period, beside the one before where that was asked for."""
        period, language, definitions = self._days(frame), self._words.language, _definitions(frame)
        orders = self._store.of(frame)
        if period is None:
            return report(name, orders, definitions, language=language)
        if self.against.value:
            against = self.against.value
            return compare(name, orders, *period, against=against, definitions=definitions, language=language)
        told = Prepared(orders, definitions, spam=True).told_apart()  # a name is the same in every period
        return report(name, within(told, period), replace(definitions, as_of=told.as_of), language=language)

    def _show_cell(self, cell: Cell, said: str) -> None:
        """Show the rows behind a cell of the table as a filter of the frame that was fetched."""
        if self._frame is None or self.made is None:
            return
        frame, store, name = self._frame, self._store, self.made.attrs["report"]
        only = only_counted(
            store.of(frame), name, cell.keys, cell.column, said,
            period=cell.period or self._days(frame), definitions=_definitions(frame),
        )  # fmt: skip
        self._on_rows(replace(store.widened(only, frame), of=frame))

    def _show_rows(self, counted: Counted, place: Place) -> None:
        """Show the rows behind a bar as a filter of the frame that was fetched."""
        if self._frame is None:
            return
        frame, store = self._frame, self._store
        period = self._days(frame)
        only = only_behind(store.of(frame), counted, place, period=period, definitions=_definitions(frame))
        self._on_rows(replace(store.widened(only, frame), of=frame))

    def _draw(self) -> None:
        with self._one_at_a_time:
            self._show_chosen()

    def _show_chosen(self) -> None:
        """Count and show the chosen report."""
        self.made = None
        if self._frame is None or not self.choice.value:
            self.notes.value = html.escape(self._words("report_nothing"))
            self.picture.show(())
            return
        try:
            made = self._make(self.choice.value, self._frame)
        except MissingColumnsError as error:
            self.notes.value = html.escape(self._words.error(error))
            self.picture.show(())
            show(self.table, False)
            return
        show(self.table, True)
        self.table.show_report(made)
        self.made = made  # now that it stands in the table: a click on a cell means a cell of it
        notes = [*([self._words("report_behind")] if counts_orders(self.made) else []), *self.made.attrs["notes"]]
        self.notes.value = "".join(f"<div>{html.escape(note)}</div>" for note in notes)
        counted = count_report(self.made, self._words.language)
        self.picture.show([counted] if counted else [])


def _reports_of(frame: pd.DataFrame) -> list[str]:
    """The reports whose columns a frame has."""
    lines, orders = has_lines(frame), "payment_status" in frame and not is_lines(frame)
    told = Prepared(frame, _definitions(frame), spam=True)
    fitting = (name for name, one in REPORTS.items() if (lines if one.needs_lines else orders))
    return [name for name in fitting if not lacking_columns(told, REPORTS[name])]


def _definitions(frame: pd.DataFrame) -> Definitions:
    """What the words mean: days by the date that the frame was asked for, in its zone."""
    header = Header.of(frame)
    by = (header.filters or {}).get("by", DEFINITIONS.date_basis)
    return replace(DEFINITIONS, date_basis=str(by), time_zone=header.zone.key)
