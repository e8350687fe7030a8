"""The export tab: files are written on the kernel's side and offered to the browser."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import pandas as pd

from scalev_frames.export import to_csv, to_excel, to_parquet
from scalev_frames.frames.dashboard.columns import dashboard
from scalev_frames.notebook.panel.parts.elements import Download, Select
from scalev_frames.notebook.panel.parts.job import Job, Work
from scalev_frames.notebook.panel.parts.panel import button, row
from scalev_frames.notebook.table import Table
from scalev_frames.progress import Reporter
from scalev_frames.words import Words

#: The largest file that is sent through the notebook's own connection.
DOWNLOAD_LIMIT = 200_000_000
SUFFIXES = {"Excel": ".xlsx", "Parquet": ".parquet", "CSV": ".csv"}


class Exports(ipw.VBox):  # type: ignore[misc] # ipywidgets brings no types
    """The export tab.

    Args:
        words: the language.
        job: runs the writing.
        table: shows the frame, perhaps not all of it.
        folder: where files go at first.

    Attributes:
        format, scope, mask, path: what is chosen.
        download: offers the file last written.
    """

    def __init__(self, words: Words, job: Job, table: Table, folder: Path) -> None:
        self._words, self._job, self._table, self._folder = words, job, table, folder
        self._frame: pd.DataFrame | None = None
        self.format = ipw.Dropdown(options=SUFFIXES, description=words("format"))
        self.scope = Select(words("scope"))
        self._offer_scopes("all", "view")
        self.mask = ipw.Checkbox(value=False, description=words("mask"), indent=False)
        self.path = ipw.Text(description=words("path"), value=str(folder / "export.xlsx"))
        for one, name in ((self.format, "format"), (self.scope, "scope"), (self.mask, "mask"), (self.path, "path")):
            one.add_class(f"scalev-export-{name}")
        self.format.observe(lambda change: self._fit_suffix(change["old"]), "value")
        self.button = button(words("export"), "scalev-export", self.export, primary=True)
        self.download = Download(words, DOWNLOAD_LIMIT)
        chosen = row(self.format, self.scope, self.path, name="scalev-grid")
        super().__init__([chosen, self.mask, row(self.button, self.download), job.status])
        self.add_class("scalev-exports")

    def show(self, frame: pd.DataFrame, name: str) -> None:
        """Export this frame from now on; the file is called after ``name`` and today."""
        self._frame = frame
        self._offer_scopes("all", "view", *(["dashboard"] if frame.attrs.get("endpoint") == "orders" else []))
        self.path.value = str(self._folder / f"{name}-{dt.datetime.now().astimezone():%Y-%m-%d}{self.format.value}")

    def static_html(self) -> str:
        """Nothing: files are written while the kernel runs."""
        return ""

    def export(self) -> None:
        """Write the file in the background; the status says where it is."""
        path = Path(self.path.value.strip())
        if self._frame is None or path.suffix.lower() != self.format.value:
            problem = "nothing_yet" if self._frame is None else "suffix_wrong"
            self._job.refuse(self._words(problem, suffix=self.format.value))
            return
        frame = self._table.view if self.scope.value == "view" else self._frame
        by_dashboard, mask, stop = self.scope.value == "dashboard", self.mask.value, threading.Event()

        excel = partial(to_excel, language=self._words.language)
        writers: dict[str, Callable[..., Any]] = {".xlsx": excel, ".csv": to_csv, ".parquet": to_parquet}
        write = writers[path.suffix.lower()]

        def run(report: Reporter) -> Path:
            wanted = dashboard(frame) if by_dashboard else frame
            return Path(write(wanted, path, mask=mask, progress=report, stop=stop))

        def finish(written: Path) -> tuple[str, str]:
            self.download.offer(written)
            size = self._words.tenths(written.stat().st_size / 1e6)
            return "exported", self._words("exported", rows=len(frame), path=written.resolve(), size=size)

        self.download.offer(None)
        self._job.start(Work(self._words("exporting", name=path.name), run, finish, stop.set, lambda: len(frame)))

    def _offer_scopes(self, *names: str) -> None:
        self.scope.offer([(self._words(f"scope_{name}"), name) for name in names])

    def _fit_suffix(self, before: str) -> None:
        self.path.value = self.path.value.strip().removesuffix(before) + self.format.value
