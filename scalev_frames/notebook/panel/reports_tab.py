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
from scalev_frames.notebook.panel.elements import Download
from scalev_frames.notebook.panel.exports import DOWNLOAD_LIMIT
from scalev_frames.notebook.panel.job import Job, Work
from scalev_frames.notebook.panel.panel import button, column, row, show
from scalev_frames.notebook.table.table import Table
from scalev_frames.notebook.words import Words
from scalev_frames.progress import Reporter
from scalev_frames.reports import REPORTS, has_lines, is_lines, report, shown


class ReportsTab:
    """The reports tab.

    Args:
        words: the language.
        job: runs the writing.
        folder: where the workbook goes at first.
        is_shown: whether the tab is seen: nothing is counted before.

    Attributes:
        choice: which report is shown.
        table: its rows.
        picture: its picture, hidden where it has none.
        notes: what it counted and what its words mean.
        mask, path, button, download: the workbook of all reports.
        made: the report that is shown, or ``None``.
    """

    def __init__(self, words: Words, job: Job, folder: Path, is_shown: Callable[[], bool] = lambda: True) -> None:
        self._words, self._job, self._folder, self._is_shown = words, job, folder, is_shown
        self._frame: pd.DataFrame | None = None
        self.made: pd.DataFrame | None = None
        self.choice = ipw.Dropdown(description=words("report"))
        self.choice.observe(lambda _: self._forget(), "value")
        self.table = Table(pd.DataFrame(), lang=words.lang)
        self.picture = ipw.HTML()
        self.notes = ipw.HTML()
        self.mask = ipw.Checkbox(value=False, description=words("mask"), indent=False)
        self.path = ipw.Text(description=words("path"), value=str(folder / "report.xlsx"))
        self.button = button(words("report_export"), "scalev-report-export", self.export, primary=True)
        self.download = Download(words, DOWNLOAD_LIMIT)
        named = {
            "choice": self.choice,
            "picture": self.picture,
            "notes": self.notes,
            "path": self.path,
            "mask": self.mask,
        }
        for name, one in named.items():
            one.add_class(f"scalev-report-{name}")
        self.box = column(
            row(self.choice, self.path, name="scalev-grid"),
            row(self.mask, self.button, self.download),
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
        lines = frame if is_lines(frame) else None

        def run(progress: Reporter) -> Path:
            return report_workbook(
                frame, path, lines=lines, reports=names, mask=mask, language=lang, progress=progress, stop=stop
            )

        def finish(written: Path) -> tuple[str, str]:
            self.download.offer(written)
            size = f"{written.stat().st_size / 1e6:,.1f}"
            return "exported", self._words(
                "exported", rows=self._words.number(len(frame)), path=written.resolve(), size=size
            )

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
        self.made = report(self.choice.value, self._frame, language=self._words.lang)
        self.table.frame = shown(self.made, self._words.lang)
        self.notes.value = "".join(f"<div>{html.escape(note)}</div>" for note in self.made.attrs["notes"])
        self.picture.value = _drawn(self.made, self._words.lang)
        show(self.picture, visible=bool(self.picture.value))


def _drawn(made: pd.DataFrame, lang: str) -> str:
    """The picture, named for screen readers; nothing where there is none, or no matplotlib to draw it."""
    try:
        from scalev_frames.notebook.pictures.drawing import png
        from scalev_frames.notebook.pictures.report_picture import report_picture
    except MissingPackageError:
        return ""
    figure = report_picture(made, lang)
    if figure is None:
        return ""
    drawn, title = base64.b64encode(png(figure)).decode(), html.escape(str(made.attrs["title"]), quote=True)
    return f'<img alt="{title}" style="max-width: 100%" src="data:image/png;base64,{drawn}">'
