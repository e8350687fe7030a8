"""What a person chooses to fetch: the list and its filters, how many rows, how fresh, and into which variable."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as ipw

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.group import Opened
from scalev_frames.notebook.panel.controls.days import Days
from scalev_frames.notebook.panel.controls.filters import Filters
from scalev_frames.notebook.panel.controls.names import is_lacking, list_choices
from scalev_frames.notebook.panel.namespace import Variables
from scalev_frames.notebook.panel.parts.elements import Select
from scalev_frames.notebook.panel.parts.panel import row, show
from scalev_frames.words import Words

#: How what is kept may be used: the call's options by the word of their label.
FRESHNESS: dict[str, dict[str, Any]] = {
    "fresh_usual": {},
    "fresh_hour": {"max_age": 3600},
    "fresh_day": {"max_age": 86_400},
    "fresh_offline": {"offline": True},
    "fresh_refresh": {"refresh": True},
}


class Choices:
    """What a person chooses to fetch.

    Args:
        words: the language.
        changed: called when something else is chosen.
        days: the period that is chosen at first, a name of `days.PRESETS`; no period when ``None``.

    Attributes:
        endpoint, summary: the list, and what it is.
        filters, details: which of its rows, and whether with their details.
        variable, freshness, limit: where they go, how old they may be, how many they are at most.
        variables: the notebook's variables, as this panel writes them.

    >>> choices = Choices(Words("en"), lambda: None)
    >>> choices.choose("products")
    >>> choices.limit.value = "50"
    >>> choices.variable.value, choices.arguments()
    ('products', {'limit': 50})
    """

    def __init__(self, words: Words, changed: Callable[[], None], *, days: str | None = None) -> None:
        self._words, self._first_days = words, days
        self._account: Opened | None = None
        self._given_name = ""
        self.variables = Variables.of_this_cell()
        self.filters = Filters(words, changed)
        self.endpoint = Select(words("list"), list_choices(words, None))
        self.summary = ipw.HTML()
        self.details = ipw.Checkbox(value=False, description=words("details"), indent=False)
        self.variable = ipw.Text(description=words("variable"))
        self.freshness = ipw.Dropdown(
            options=[(words(name), name) for name in FRESHNESS], description=words("freshness")
        )
        self.limit = ipw.Text(description=words("limit"), placeholder=words("all_rows"))
        self.how = row(self.variable, self.freshness, self.limit, name="scalev-grid")
        for name in ("endpoint", "summary", "details", "variable", "freshness", "limit"):
            getattr(self, name).add_class(f"scalev-{name}")
        self.endpoint.observe(self._endpoint_changed, "value")
        for one in (self.details, self.variable, self.freshness, self.limit):
            one.observe(lambda _: changed(), "value")

    def set_account(self, account: Opened | None) -> None:
        """Offer the lists in this account's order, and its names; the chosen list stays chosen."""
        self._account = account
        self.filters.set_account(account)
        self.update()
        self._say_summary()

    def update(self) -> None:
        """Offer what is kept by now: names, and lists that may be asked for."""
        self.filters.update_names()
        self.endpoint.offer(list_choices(self._words, self._account))

    def choose(self, name: str) -> None:
        """Choose the list called ``name``; filters that it has, too, stay as they are."""
        if self.endpoint.value != name:
            self.endpoint.value = name  # and again, from there
            return
        if self.variable.value in ("", self._given_name):
            self._name_variable()
        self._say_summary()
        self.details.value = False
        show(self.details, visible=bool(ENDPOINTS[name].details))
        had_days = "since" in self.filters.controls
        self.filters.set_endpoint(name)
        period = self.filters.controls.get("since")
        if self._first_days and isinstance(period, Days) and not had_days:
            period.choose(self._first_days)

    def copy(self, other: Choices) -> None:
        """Choose what is chosen in ``other``."""
        self.choose(other.endpoint.value)
        for name, control in other.filters.controls.items():
            self.filters.controls[name].restore(control.state())
        for name in ("variable", "freshness", "limit", "details"):
            getattr(self, name).value = getattr(other, name).value

    def arguments(self) -> dict[str, Any]:
        """The call's arguments, as a person would write them."""
        limit = self.limit.value.strip()
        options = {**FRESHNESS[self.freshness.value], **({"limit": int(limit)} if limit.isdecimal() else {})}
        return {**self.filters.arguments(), **options, **({"details": True} if self.details.value else {})}

    def problem(self) -> str:
        """Why it cannot be fetched, in words; ``""`` when it can."""
        if self._account is None:
            return self._words("sign_in_first")
        if self.filters.problems:
            return self._words("wrong")
        if missing := self.filters.missing():
            return self._words("missing", what=", ".join(missing))
        if (limit := self.limit.value.strip()) and not (limit.isdecimal() and int(limit) > 0):
            return self._words("limit_bad")
        problem = self.variables.problem(self.variable.value)
        return self._words(problem, name=self.variable.value) if problem else ""

    def begin(self) -> str:
        """Why it cannot be fetched, as `problem`; else the variable is this panel's from now on.

        A name that nobody typed gives way where another panel began to fetch into it.
        """
        if self.variable.value == self._given_name:
            self._name_variable()
        problem = self.problem()
        if not problem:
            self.variables.claim(self.variable.value)
        return problem

    def _name_variable(self) -> None:
        self.variable.value = self._given_name = self.variables.free(self.endpoint.value)

    def _endpoint_changed(self, change: dict[str, str]) -> None:
        self.choose(change["new"])

    def _say_summary(self) -> None:
        """What the list is, and which version of the API has it where the business's version lacks it."""
        row = ENDPOINTS[self.endpoint.value]
        said = [row.summary] if self._words.language == "en" else []
        if is_lacking(row, self._account):
            said.append(self._words("other_version", version=row.versions[0]))
        self.summary.value = html.escape(" ".join(said))
