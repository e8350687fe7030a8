"""The workbench: sign in, choose days and filters, fetch, look, export, without code.

Puts the parts together; each part stands in a module of its own.
"""

from __future__ import annotations

import datetime as dt
import html
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import pandas as pd

from scalev_frames.cancel import CancelToken
from scalev_frames.errors import ForbiddenError
from scalev_frames.frames.header import Header
from scalev_frames.group import Opened
from scalev_frames.notebook.panel.businesses import Businesses
from scalev_frames.notebook.panel.call import call_text
from scalev_frames.notebook.panel.controls.choices import Choices
from scalev_frames.notebook.panel.controls.names import LISTS
from scalev_frames.notebook.panel.estimate import Estimate
from scalev_frames.notebook.panel.login import Login
from scalev_frames.notebook.panel.parts.elements import Code, Status, Theme
from scalev_frames.notebook.panel.parts.job import Job, Work
from scalev_frames.notebook.panel.parts.panel import Panel, button, column, row, show
from scalev_frames.notebook.panel.tabs.exports import Exports
from scalev_frames.notebook.panel.tabs.gallery import Gallery
from scalev_frames.notebook.panel.tabs.reports import ReportsTab
from scalev_frames.notebook.panel.tabs.tabs import Tabs
from scalev_frames.notebook.pivot.pivot import Pivot
from scalev_frames.notebook.table.columns.texts import minute_text
from scalev_frames.notebook.table.table import Table
from scalev_frames.notebook.table.view import Only
from scalev_frames.progress import Reporter
from scalev_frames.sign_in import find_account
from scalev_frames.words import Words
from scalev_frames.words.notes import row_notes_said

#: As many notes on a frame are in sight.
NOTES = 3


class Workbench(Panel):
    """Scalev in Jupyter without writing code.

    Args:
        account: the account or group; else the current one, else that of the environment or the key store, else the
            panel asks.
        language: ``en`` or ``id``.
        endpoint: the list to begin with.
        folder: where exports go.
        days: the period that is chosen at first, a name of `days.PRESETS`; no period when left out.

    Attributes:
        frame: what was fetched last, or ``None``.
        businesses: which of several businesses is asked.
        choices: what is to be fetched.
        notes: what is to know of the rows, such as those that may be missing.
        table, pivot, gallery, reports, exports: what the tabs show.

    >>> bench = Workbench(language="id")
    >>> bench.frame is None
    True
    """

    title = "workbench"

    def __init__(
        self,
        account: Opened | None = None,
        *,
        language: str = "en",
        endpoint: str = "orders",
        folder: str | Path = "data/exports",
        days: str | None = None,
    ) -> None:
        words = Words(language)
        self._folder = Path(folder)
        self.frame: pd.DataFrame | None = None
        self._refused = ""
        self.businesses = Businesses(words, self._choose_business)
        self.businesses.set_opened(account or find_account())
        self.login = Login(language=language, account=self.businesses.opened, on_change=self._signed_in)
        self.choices = Choices(words, self._changed, days=days)
        self.status = Status(words("fetch"))
        self.job = Job(self.status, words, self._running)
        self.cost = ipw.HTML()
        self.cost.add_class("scalev-cost")
        self.notes = ipw.HTML()
        self.notes.add_class("scalev-notes")
        self.estimate = Estimate(words, self._say_cost)
        self.code = Code(words)
        self.theme = Theme()
        self.fetch_button = button(words("fetch"), "scalev-fetch", self.fetch, primary=True)
        self.cancel_button = button(words("cancel"), "scalev-cancel", self.job.cancel)
        self.names_button = button(words("update_names"), "scalev-names", self.update_names)
        self.table = Table(pd.DataFrame(), language=language)
        self.pivot = Pivot(pd.DataFrame(), language=language, folder=folder, table=self.table)
        self.pivot.on_rows = lambda: self.tabs.look_at("tab_table")
        self.gallery = Gallery(words, self.theme, self._show_rows)
        owner = self.businesses.owner
        self.reports = ReportsTab(words, self.job, self._folder, self.theme, owner, self._show_rows)
        self.exports = Exports(words, self.job, self.table, self._folder)
        self.tabs = Tabs(words, {
            "tab_table": self.table,
            "tab_pivot": self.pivot,
            "tab_pictures": self.gallery,
            "tab_reports": self.reports,
            "tab_export": self.exports,
        })  # fmt: skip
        super().__init__(words, self._make_parts(words))
        self.box.add_class("scalev-workbench")
        self.cancel_button.disabled = True
        show(self.tabs, visible=False)
        self.choices.set_account(self.account)
        self.choices.choose(endpoint)
        self.status.show("ready", words("ready" if self.account else "sign_in_first"))

    @property
    def account(self) -> Opened | None:
        """Who is asked, or ``None`` while nobody is signed in."""
        return self.businesses.account

    def static_html(self) -> str:
        """What stands in a saved notebook without its kernel: a hint, and what was fetched before it was shown."""
        return super().static_html() + (self.tabs.static_html() if self.frame is not None else "")

    # What a person does ----------------------------------------------------------------------------------------------

    def fetch(self) -> bool:
        """Fetch what is chosen in the background; false, and words in the status, when it cannot begin."""
        problem = "" if self.job.running else self.choices.begin()
        account, token = self.account, CancelToken()
        if problem or account is None:
            self._refused = problem
            self._say_cost("")  # the status says it
            self.job.refuse(problem)
            return False
        endpoint, variable = self.choices.endpoint.value, self.choices.variable.value
        arguments = self.choices.arguments()

        def run(report: Reporter) -> pd.DataFrame:
            return account.fetch(endpoint, **arguments, progress=report, cancel=token)

        def finish(frame: pd.DataFrame) -> tuple[str, str]:
            self._take(frame, variable)
            return self._say_fetched(frame, variable)

        self.estimate.hush()
        self._say_cost("")
        self.notes.value = ""
        expected = partial(self.estimate.rows, account, endpoint, arguments)
        title = self.words("fetching", what=self.words.endpoint(endpoint))
        return self.job.start(Work(title, run, finish, token.cancel, expected))

    def update_names(self) -> bool:
        """Fetch the short lists that names are chosen from, in the background."""
        account, token = self.account, CancelToken()
        if account is None:
            self.job.refuse(self.words("sign_in_first"))
            return False

        def run(report: Reporter) -> list[str]:
            refused = []
            for name in LISTS:
                try:
                    account.fetch(name, progress=report, cancel=token)
                except ForbiddenError:
                    refused.append(self.words.endpoint(name))
            return refused

        def finish(refused: list[str]) -> tuple[str, str]:
            self.choices.update()
            return "done", self.words("names_partly" if refused else "names_updated", lists=", ".join(refused))

        return self.job.start(Work(self.words("updating_names"), run, finish, token.cancel))

    def in_language(self, language: str) -> Workbench:
        """The same panel in another language, with what is chosen and what was fetched."""
        other = Workbench(self.businesses.opened, language=language, folder=self._folder)
        other.businesses.choice.value = self.businesses.choice.value
        other.choices.copy(self.choices)
        if self.frame is not None:
            variable = self.choices.variable.value
            other._take(self.frame, variable)
            other.tabs.selected_index = self.tabs.selected_index
            other.status.show(*other._say_fetched(self.frame, variable))
        return other

    # Parts -----------------------------------------------------------------------------------------------------------

    def _make_parts(self, words: Words) -> list[Any]:
        choices = self.choices
        heading = ipw.HTML(f"<h2>{html.escape(words('workbench'))}</h2>")
        heading.add_class("scalev-heading")
        folded = column(choices.how, self.names_button, name="scalev-folded")
        show(folded, visible=False)
        options = ipw.ToggleButton(description=words("options"))
        options.add_class("scalev-options-toggle")
        options.observe(lambda change: show(folded, change["new"]), "value")
        self._hint = ipw.HTML(words("appears_here"))
        self._hint.add_class("scalev-hint")
        card = column(
            row(self.businesses.choice, choices.endpoint, choices.summary, name="scalev-what"),
            choices.filters.box,
            choices.details,
            row(self.fetch_button, self.cancel_button, options, self.cost, name="scalev-actions"),
            folded,
            self.status,
            self.notes,
            self.code,
            name="scalev-card",
        )
        return [row(heading, self.theme, name="scalev-top"), self.login.box, card, self._hint, self.tabs]

    # What happens ----------------------------------------------------------------------------------------------------

    def _show_rows(self, only: Only) -> None:
        """Show the rows behind a bar or a cell in the table, as a filter; nothing once it shows another frame."""
        if self.table.show_only(only):
            self.tabs.look_at("tab_table")

    def _signed_in(self, account: Opened | None) -> None:
        self.job.cancel()  # what runs asks with the key of before
        self.businesses.set_opened(account)
        self._choose_business()
        if not self.job.running:
            self.status.show("ready", self.words("ready" if account else "sign_in_first"))

    def _choose_business(self) -> None:
        self.choices.set_account(self.account)
        self._changed()

    def _changed(self) -> None:
        choices, arguments = self.choices, self.choices.arguments()
        variable, endpoint = choices.variable.value.strip() or "frame", choices.endpoint.value
        self.code.code = call_text(variable, endpoint, arguments, self.businesses.code)
        problem = choices.problem()
        if self._refused and self.status.text == self._refused:  # what is wrong by now stands beside the button
            self.status.show("ready", self.words("ready"))
        asking = problem or self.words("cost_asking")
        self._say_cost(asking if self.account else "")  # the status says that nobody is signed in
        if problem or self.account is None:
            self.estimate.stop()
        else:
            self.estimate.update(self.account, endpoint, arguments)

    def _say_cost(self, sentence: str) -> None:
        self.cost.value = html.escape(sentence)

    def _running(self, running: bool) -> None:
        for one in (self.fetch_button, self.names_button, self.exports.button, self.reports.button):
            one.disabled = running
        self.cancel_button.disabled = not running
        self.table.reads_ahead = not running
        if not running:
            self._changed()

    def _take(self, frame: pd.DataFrame, variable: str) -> None:
        self.frame = frame
        self.notes.value = self._notes_html(row_notes_said(Header.of(frame).notes, self.words.language))
        self.choices.variables.put(variable, frame)
        self.tabs.show(frame, variable)
        self.choices.update()
        show(self._hint, visible=False)
        show(self.tabs, visible=True)

    # Words -----------------------------------------------------------------------------------------------------------

    def _say_fetched(self, frame: pd.DataFrame, variable: str) -> tuple[str, str]:
        if not len(frame):
            return "empty", self.words("fetched_none", variable=variable, why=self._say_why_empty(frame))
        sent = frame.attrs["requests"]
        requests = self.words("requests_some", count=sent) if sent else self.words("requests_none")
        return "done", self.words(
            "fetched" if frame.attrs["complete"] else "fetched_part",
            rows=len(frame), variable=variable, requests=requests,
            as_of=minute_text(dt.datetime.fromisoformat(frame.attrs["as_of"]), self.words.language),
        )  # fmt: skip

    def _notes_html(self, notes: list[str]) -> str:
        """Some notes, a sentence each; of many the first are in sight."""
        lines = [f"<p>{html.escape(note)}</p>" for note in notes]
        if len(lines) <= NOTES:
            return "".join(lines)
        more = self.words("more_notes", count=len(lines) - NOTES + 1)
        return f"{''.join(lines[: NOTES - 1])}<details><summary>{more}</summary>{''.join(lines[NOTES - 1 :])}</details>"

    def _say_why_empty(self, frame: pd.DataFrame) -> str:
        """What to widen, by what was asked for."""
        asked = Header.of(frame).filters or {}
        filters = ", ".join(self.words.filter(name) for name in asked if name not in ("since", "until", "by"))
        has_days = "since" in asked or "until" in asked
        label = ("none_both" if filters else "none_days") if has_days else "none_filters" if filters else "none_there"
        return self.words(label, filters=filters)
