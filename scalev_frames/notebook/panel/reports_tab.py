"""Why: the ops lead chooses a report, sees its table and picture with what they mean, and sends the workbook on.

May import reports, export, and this room's job, elements, labels, panel and table; matplotlib is needed for the picture
alone, and looked for when one is drawn.
"""

from __future__ import annotations

import base64
import datetime as dt
import html
import threading
from collections.abc import Callable
from pathlib import Path

import ipywidgets as ipw
import pandas as pd

from scalev_frames.errors import MissingPackageError
from scalev_frames.export import report_workbook
from scalev_frames.frames.header import Header
from scalev_frames.group import Opened
from scalev_frames.notebook.panel.days import PRESETS
from scalev_frames.notebook.panel.elements import Download
from scalev_frames.notebook.panel.exports import DOWNLOAD_LIMIT
from scalev_frames.notebook.panel.job import Job, Work
from scalev_frames.notebook.panel.panel import button, column, row, show
from scalev_frames.notebook.table.table import Table
from scalev_frames.notebook.words import Words
from scalev_frames.progress import Reporter
from scalev_frames.report_job import reconciled
from scalev_frames.reports import REPORTS, Period, Prepared, compare, has_lines, is_lines, report, shown, within

#: What a period can be compared with.
AGAINST = ("previous", "last_month")


class ReportsTab:
    """The reports tab.

    Args:
        words: the language.
        job: runs the writing.
        folder: where the workbook goes at first.
        is_shown: whether the tab is seen: nothing is counted before.
        is_dark: whether the page is dark, so that the picture fits.
        account: who is asked for the counts that the workbook is reconciled with; nobody when left out.

    Attributes:
        choice: which report is shown.
        period: of which days; all that was fetched unless chosen.
        against: the period it is compared with, when it is.
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
        is_shown: Callable[[], bool] = lambda: True,
        account: Callable[[], Opened | None] = lambda: None,
        is_dark: Callable[[], bool] = lambda: False,
    ) -> None:
        self._words, self._job, self._folder, self._is_shown = words, job, folder, is_shown
        self._account, self._is_dark = account, is_dark
        self._frame: pd.DataFrame | None = None
        self.made: pd.DataFrame | None = None
        self.choice = ipw.Dropdown(description=words("report"))
        everything = [(words("period_all"), "")]
        self.period = ipw.Dropdown(
            options=[*everything, *((words(name), name) for name in PRESETS)], description=words("period")
        )
        self.against = ipw.Dropdown(
            options=[(words("against_none"), ""), *((words(f"against_{one}"), one) for one in AGAINST)],
            description=words("against"),
        )
        for one in (self.choice, self.period, self.against):
            one.observe(lambda _: self._forget(), "value")
        self.table = Table(pd.DataFrame(), lang=words.lang)
        self.picture = ipw.HTML()
        self.notes = ipw.HTML()
        self.mask = ipw.Checkbox(value=False, description=words("mask"), indent=False)
        self.path = ipw.Text(description=words("path"), value=str(folder / "report.xlsx"))
        self.button = button(words("report_export"), "scalev-report-export", self.export, primary=True)
        self.download = Download(words, DOWNLOAD_LIMIT)
        named = {
            "choice": self.choice,
            "period": self.period,
            "against": self.against,
            "picture": self.picture,
            "notes": self.notes,
            "path": self.path,
            "mask": self.mask,
        }
        for name, one in named.items():
            one.add_class(f"scalev-report-{name}")
        self.box = column(
            row(self.choice, self.period, self.against, name="scalev-grid"),
            row(self.path, self.mask, self.button, self.download),
            job.status,
            self.picture,
            self.table,
            self.notes,
            name="scalev-reports",
        )
        self._offer()

    def set_frame(self, frame: pd.DataFrame) -> None:
        """Report on this frame from now on: orders, or order lines for the margin; of others there are no reports."""
        self._frame = frame
        self.path.value = str(self._folder / f"report-{dt.datetime.now().astimezone():%Y-%m-%d}.xlsx")
        self._offer()

    def export(self) -> None:
        """Write the workbook of all reports in the background; the status says where it is."""
        path = Path(self.path.value).expanduser()
        names = [name for _, name in self.choice.options]
        if self._frame is None or not names or path.suffix.lower() != ".xlsx":
            problem = "suffix_wrong" if names else "report_nothing"
            self._job.refuse(self._words(problem, suffix=".xlsx"))
            return
        frame, mask, stop, lang = self._frame, self.mask.value, threading.Event(), self._words.lang
        period, against = self._days(frame), self.against.value
        orders = frame if period is None or against else within(Prepared(frame, spam=True), period)
        since, until = (period.since, period.until) if period and against else (None, None)
        account = self._account()

        def run(progress: Reporter) -> Path:
            verdict = reconciled(account, frame, lang) if account else None
            return report_workbook(
                orders, path, lines=frame if is_lines(frame) else None, reports=names, mask=mask, language=lang,
                since=since, until=until, against=against or "previous", reconciliation=verdict, progress=progress,
                stop=stop,
            )  # fmt: skip

        def finish(written: Path) -> tuple[str, str]:
            self.download.offer(written)
            size = f"{written.stat().st_size / 1e6:,.1f}"
            counts = {"rows": self._words.number(len(frame)), "count": len(names)}
            return "exported", self._words("report_written", **counts, path=written.resolve(), size=size)

        self.download.offer(None)
        self._job.start(Work(self._words("exporting", name=path.name), run, finish, stop.set))

    def _offer(self) -> None:
        """The reports that this frame can give."""
        frame, lang = self._frame, self._words.lang
        lines = frame is not None and has_lines(frame)
        orders = frame is not None and "payment_status" in frame and not is_lines(frame)
        names = [name for name, one in REPORTS.items() if (lines if one.needs_lines else orders)]
        before = self.choice.value
        self.choice.options = [(REPORTS[name].title(lang), name) for name in names]
        self.choice.value = before if before in names else names[0] if names else None
        show(self.table, bool(names))
        self._forget()

    def _days(self, frame: pd.DataFrame) -> Period | None:
        """The chosen period in the frame's zone; ``None`` for all that was fetched."""
        if not self.period.value:
            return None
        return Period(*PRESETS[self.period.value](dt.datetime.now(Header.of(frame).zone).date()))

    def _make(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The chosen report, of the chosen period, beside the one before where that was asked for."""
        period, lang = self._days(frame), self._words.lang
        if period is None or REPORTS[name].needs_lines:
            return report(name, frame, language=lang)
        if self.against.value:
            return compare(name, frame, period.since, period.until, against=self.against.value, language=lang)
        return report(name, within(Prepared(frame, spam=True), period), language=lang)

    def _forget(self) -> None:
        """What is shown is of another frame or choice."""
        self.made = None
        self.draw()

    def draw(self) -> None:
        """Count and show the chosen report, when the tab is seen and it is not shown already."""
        if self.made is not None:
            return
        if self._frame is None or self.choice.value is None:
            self.notes.value = html.escape(self._words("report_nothing"))
            show(self.picture, visible=False)
            return
        if not self._is_shown():
            return
        self.made = self._make(self.choice.value, self._frame)
        self.table.frame = shown(self.made, self._words.lang)
        self.notes.value = "".join(f"<div>{html.escape(note)}</div>" for note in self.made.attrs["notes"])
        self.picture.value = _drawn(self.made, self._words.lang, dark=self._is_dark())
        show(self.picture, visible=bool(self.picture.value))


def _drawn(made: pd.DataFrame, lang: str, *, dark: bool) -> str:
    """The picture, named for screen readers; nothing where there is none, or no matplotlib to draw it."""
    try:
        from scalev_frames.notebook.pictures.drawing import png
        from scalev_frames.notebook.pictures.report_picture import report_picture
    except MissingPackageError:
        return ""
    figure = report_picture(made, lang, dark=dark)
    if figure is None:
        return ""
    drawn, title = base64.b64encode(png(figure)).decode(), html.escape(str(made.attrs["title"]), quote=True)
    return f'<img alt="{title}" style="max-width: 100%" src="data:image/png;base64,{drawn}">'
