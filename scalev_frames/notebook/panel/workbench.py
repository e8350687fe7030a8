"""The workbench: sign in, choose days and filters, fetch, look, export, without code.

Puts the parts together; each part stands in a module of its own. A tab is one row of `Workbench._make_tabs`.
"""

from __future__ import annotations

import datetime as dt
import html
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import pandas as pd

from scalev_frames.cancel import CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import ForbiddenError
from scalev_frames.group import Opened
from scalev_frames.notebook.panel.businesses import Businesses
from scalev_frames.notebook.panel.call import call_text
from scalev_frames.notebook.panel.controls.days import Days
from scalev_frames.notebook.panel.controls.filters import Filters
from scalev_frames.notebook.panel.controls.names import LISTS, is_lacking, list_choices
from scalev_frames.notebook.panel.estimate import Estimate, cost_of
from scalev_frames.notebook.panel.login import Login
from scalev_frames.notebook.panel.namespace import OWNERS, notebook_variables, problem_with, this_cell
from scalev_frames.notebook.panel.parts.elements import Code, Status, Theme
from scalev_frames.notebook.panel.parts.job import Job, Work
from scalev_frames.notebook.panel.parts.panel import Panel, button, column, row, show
from scalev_frames.notebook.panel.tabs.exports import Exports
from scalev_frames.notebook.panel.tabs.gallery import Gallery
from scalev_frames.notebook.panel.tabs.reports import ReportsTab
from scalev_frames.notebook.pivot.pivot import Pivot
from scalev_frames.notebook.table.columns.texts import minute_text
from scalev_frames.notebook.table.table import Table
from scalev_frames.notebook.table.view import Only
from scalev_frames.notebook.words import Words
from scalev_frames.progress import Reporter
from scalev_frames.sign_in import find_account

#: How what is kept may be used: the call's options by the word of their label.
FRESHNESS: dict[str, dict[str, Any]] = {
    "fresh_usual": {},
    "fresh_hour": {"max_age": 3600},
    "fresh_day": {"max_age": 86_400},
    "fresh_offline": {"offline": True},
    "fresh_refresh": {"refresh": True},
}


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
        login, filters, estimate, job, table, pivot, gallery, reports, exports: the parts.

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
        self._language, self._place, self._first_days, self._folder = language, this_cell(), days, folder
        self.frame: pd.DataFrame | None = None
        self.businesses = Businesses(words, self._choose_business)
        self.businesses.set_opened(account or find_account())
        self.login = Login(language=language, account=self.businesses.opened, on_change=self._signed_in)
        self.status = Status(words("fetch"))
        self.job = Job(self.status, words, self._running)
        self.filters = Filters(words, self._changed)
        self.table = Table(pd.DataFrame(), language=language)
        self.pivot = Pivot(pd.DataFrame(), language=language, folder=folder, table=self.table)
        self.pivot.on_rows = lambda: self._show_tab("tab_table")
        self.exports = Exports(words, self.job, lambda: self.table.view, Path(folder))
        self.reports = ReportsTab(
            words,
            self.job,
            Path(folder),
            lambda: self._shown_tab() == "tab_reports",
            lambda: self.businesses.owner(self.frame),
            lambda: self.theme.dark,
        )
        self.reports.on_rows = self._show_rows
        self.code = Code(words)
        self.estimate = Estimate(words, self._say_cost)
        self.theme = Theme()
        self.gallery = Gallery(words, self.theme, lambda: self._shown_tab() == "tab_pictures", self._show_rows)
        self._make_controls(words)
        super().__init__(words, self._make_parts(words))
        self.box.add_class("scalev-workbench")
        self.filters.set_account(self.account)
        self.endpoint.value = endpoint
        self._choose_endpoint(endpoint)
        self.status.show("ready", words("ready" if self.account else "sign_in_first"))

    @property
    def account(self) -> Opened | None:
        """Who is asked, or ``None`` while nobody is signed in."""
        return self.businesses.account

    def static_html(self) -> str:
        """What stands in a saved notebook without its kernel: a hint, and what was fetched before it was shown."""
        if self.frame is None:
            return super().static_html()
        parts = (self.table, self.pivot, self.reports)
        return super().static_html() + "".join(part.static_html() for part in parts)

    # What a person does ----------------------------------------------------------------------------------------------

    def fetch(self) -> bool:
        """Fetch what is chosen in the background; false, and words in the status, when it cannot begin."""
        problem = self._problem()
        if problem or self.account is None:
            self.job.refuse(problem)
            return False
        account, endpoint, variable = self.account, self.filters.endpoint.name, self.variable.value
        arguments = {**self.filters.arguments(), **self._options()}

        token = CancelToken()

        def run(report: Reporter) -> pd.DataFrame:
            return account.fetch(endpoint, **arguments, progress=report, cancel=token)

        def finish(frame: pd.DataFrame) -> tuple[str, str]:
            self._take(frame, variable)
            return "done", self._say_fetched(frame, variable)

        def expected() -> int:
            cost = cost_of(account, endpoint, arguments)
            return cost.rows or 0 if cost else 0

        self.estimate.stop()
        self._say_cost("")
        title = self.words("fetching", what=self.words.endpoint(endpoint))
        return self.job.start(Work(title, run, finish, token.cancel, expected))

    def update_names(self) -> bool:
        """Fetch the short lists that names are chosen from, in the background."""
        if self.account is None:
            self.job.refuse(self.words("sign_in_first"))
            return False
        account, token = self.account, CancelToken()

        def run(report: Reporter) -> list[str]:
            refused = []
            for name in LISTS:
                try:
                    account.fetch(name, progress=report, cancel=token)
                except ForbiddenError:
                    refused.append(self.words.endpoint(name))
            return refused

        def finish(refused: list[str]) -> tuple[str, str]:
            self.filters.update_names()
            return "done", self.words("names_partly" if refused else "names_updated", lists=", ".join(refused))

        return self.job.start(Work(self.words("updating_names"), run, finish, token.cancel))

    def in_language(self, language: str) -> Workbench:
        """The same panel in another language, with what is chosen and what was fetched."""
        other = Workbench(self.businesses.opened, language=language, endpoint=self.endpoint.value, folder=self._folder)
        other.businesses.choice.value = self.businesses.choice.value
        for name, control in self.filters.controls.items():
            other.filters.controls[name].restore(control.state())
        for name in ("variable", "freshness", "limit", "details"):
            getattr(other, name).value = getattr(self, name).value
        if self.frame is not None:
            other._take(self.frame, self.variable.value)
            other.tabs.selected_index = self.tabs.selected_index
            other.status.show("done", other._say_fetched(self.frame, self.variable.value))
        return other

    # Parts -----------------------------------------------------------------------------------------------------------

    def _make_controls(self, words: Words) -> None:
        self.endpoint = ipw.Dropdown(options=list_choices(words, self.account), description=words("list"))
        self.endpoint.add_class("scalev-endpoint")
        self.endpoint.observe(self._endpoint_changed, "value")
        self._summary = ipw.HTML()
        self._summary.add_class("scalev-summary")
        self.variable = ipw.Text(description=words("variable"), value="")
        self.freshness = ipw.Dropdown(
            options=[(words(name), name) for name in FRESHNESS], description=words("freshness")
        )
        self.limit = ipw.Text(description=words("limit"), placeholder=words("all_rows"))
        for one, name in ((self.variable, "variable"), (self.freshness, "freshness"), (self.limit, "limit")):
            one.add_class(f"scalev-{name}")
            one.observe(lambda _: self._changed(), "value")
        self.names_button = button(words("update_names"), "scalev-names", self.update_names)
        self._folded = column(
            row(self.variable, self.freshness, self.limit, name="scalev-grid"), self.names_button, name="scalev-folded"
        )
        show(self._folded, visible=False)
        self.options = ipw.ToggleButton(description=words("options"))
        self.options.add_class("scalev-options-toggle")
        self.options.observe(lambda change: show(self._folded, change["new"]), "value")
        self._hint = ipw.HTML(words("appears_here"))
        self._hint.add_class("scalev-hint")
        self.details = ipw.Checkbox(value=False, description=words("details"), indent=False)
        self.details.add_class("scalev-details")
        self.details.observe(lambda _: self._changed(), "value")
        self.cost = ipw.HTML()
        self.cost.add_class("scalev-cost")
        self.fetch_button = button(words("fetch"), "scalev-fetch", self.fetch, primary=True)
        self.cancel_button = button(words("cancel"), "scalev-cancel", self.job.cancel)
        self.cancel_button.disabled = True

    def _make_parts(self, words: Words) -> list[Any]:
        heading = ipw.HTML(f"<h2>{html.escape(words('workbench'))}</h2>")
        heading.add_class("scalev-heading")
        return [
            row(heading, self.theme, name="scalev-top"),
            self.login.box,
            column(
                row(self.businesses.choice, self.endpoint, self._summary, name="scalev-what"),
                self.filters.box,
                self.details,
                row(self.fetch_button, self.cancel_button, self.options, self.cost, name="scalev-actions"),
                self._folded,
                self.status,
                self.code,
                name="scalev-card",
            ),
            self._hint,
            self._make_tabs(words),
        ]

    def _make_tabs(self, words: Words) -> ipw.Tab:
        """A tab a row: its label and what it shows."""
        shown = {
            "tab_table": self.table,
            "tab_pivot": self.pivot,
            "tab_pictures": self.gallery.box,
            "tab_reports": self.reports.box,
            "tab_export": self.exports.box,
        }
        self._tab_names = list(shown)
        self.tabs = ipw.Tab(children=list(shown.values()), titles=[words(name) for name in shown])
        self.tabs.add_class("scalev-tabs")
        self.tabs.observe(lambda _: self.gallery.draw(), "selected_index")
        self.tabs.observe(lambda _: self.reports.draw(), "selected_index")
        show(self.tabs, visible=False)
        return self.tabs

    def _show_tab(self, name: str) -> None:
        self.tabs.selected_index = self._tab_names.index(name)

    def _show_rows(self, only: Only) -> None:
        """Show the rows behind a bar of a picture in the table, as a filter."""
        self.table.change(search="", filters={}, only=only)
        self._show_tab("tab_table")

    def _shown_tab(self) -> str:
        return self._tab_names[self.tabs.selected_index or 0]

    # What happens ----------------------------------------------------------------------------------------------------

    def _signed_in(self, account: Opened | None) -> None:
        self.businesses.set_opened(account)
        self._choose_business()
        if not self.job.running:
            self.status.show("ready", self.words("ready" if account else "sign_in_first"))

    def _choose_business(self) -> None:
        self.filters.set_account(self.account)
        self._offer_lists()
        self._say_summary()
        self._changed()

    def _say_summary(self) -> None:
        """What the list is, and which version of the API has it where the business's version lacks it."""
        row = ENDPOINTS[self.endpoint.value]
        said = [row.summary] if self._language == "en" else []
        if is_lacking(row, self.account):
            said.append(self.words("other_version", version=row.versions[0]))
        self._summary.value = html.escape(" ".join(said))

    def _offer_lists(self) -> None:
        """Offer the lists in the business's order; the chosen one stays chosen."""
        chosen, choices = self.endpoint.value, list_choices(self.words, self.account)
        if choices != list(self.endpoint.options):
            self.endpoint.unobserve(self._endpoint_changed, "value")
            self.endpoint.options, self.endpoint.value = choices, chosen
            self.endpoint.observe(self._endpoint_changed, "value")

    def _endpoint_changed(self, change: dict[str, str]) -> None:
        self._choose_endpoint(change["new"])

    def _choose_endpoint(self, name: str) -> None:
        before = self.filters.endpoint.name
        if self.variable.value in ("", before, OWNERS.free(before, self._place)):
            self.variable.value = OWNERS.free(name, self._place)
        self._say_summary()
        self.details.value = False
        show(self.details, visible=bool(ENDPOINTS[name].details))
        had_days = "since" in self.filters.controls
        self.filters.set_endpoint(name)
        period = self.filters.controls.get("since")
        if self._first_days and isinstance(period, Days) and not had_days:
            period.choose(self._first_days)

    def _changed(self) -> None:
        options = {**self.filters.arguments(), **self._options()}
        self.code.code = call_text(
            self.variable.value.strip() or "frame", self.filters.endpoint.name, options, self.businesses.code
        )
        problem = self._problem()
        asking = problem or self.words("cost_asking")
        self.cost.value = html.escape(asking) if self.account else ""  # the status says that nobody is signed in
        if problem or self.account is None:
            self.estimate.stop()
        else:
            self.estimate.update(self.account, self.filters.endpoint.name, options)

    def _say_cost(self, sentence: str) -> None:
        self.cost.value = html.escape(sentence)

    def _running(self, running: bool) -> None:
        self.fetch_button.disabled = self.names_button.disabled = self.exports.button.disabled = running
        self.reports.button.disabled = running
        self.cancel_button.disabled = not running
        if not running:
            self._changed()

    def _take(self, frame: pd.DataFrame, variable: str) -> None:
        self.frame = frame
        OWNERS.take(variable, self._place)
        notebook_variables()[variable] = frame
        self.table.name = self.pivot.name = variable
        self.table.frame = frame
        self.pivot.frame = frame
        self.gallery.set_frame(frame)
        self.exports.set_frame(frame, variable)
        self.reports.set_frame(frame)
        self.filters.update_names()
        self._offer_lists()
        show(self._hint, visible=False)
        show(self.tabs, visible=True)

    # Words -----------------------------------------------------------------------------------------------------------

    def _options(self) -> dict[str, Any]:
        limit = self.limit.value.strip()
        options = {**FRESHNESS[self.freshness.value], **({"limit": int(limit)} if limit.isdecimal() else {})}
        return {**options, "details": True} if self.details.value else options

    def _problem(self) -> str:
        """Why it cannot be fetched, in words; ``""`` when it can."""
        if self.account is None:
            return self.words("sign_in_first")
        if self.filters.problems:
            return self.words("wrong")
        if missing := self.filters.missing():
            return self.words("missing", what=", ".join(missing))
        if (limit := self.limit.value.strip()) and not (limit.isdecimal() and int(limit) > 0):
            return self.words("limit_bad")
        if problem := problem_with(self.variable.value, notebook_variables()):
            return self.words(problem, name=self.variable.value)
        if OWNERS.of_another(self.variable.value, self._place):
            return self.words("variable_other", name=self.variable.value)
        return ""

    def _say_fetched(self, frame: pd.DataFrame, variable: str) -> str:
        if frame.empty:
            return self.words("fetched_none", variable=variable)
        sent = frame.attrs["requests"]
        requests = self.words("requests_some", count=sent) if sent else self.words("requests_none")
        return self.words(
            "fetched" if frame.attrs["complete"] else "fetched_part",
            rows=len(frame), variable=variable, requests=requests,
            as_of=minute_text(dt.datetime.fromisoformat(frame.attrs["as_of"]), self.words.language),
        )  # fmt: skip
