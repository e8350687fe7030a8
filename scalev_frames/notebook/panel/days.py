"""The days of a list: from, until, by which date, with the usual presets, in the account's zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as ipw

from scalev_frames.notebook.panel.controls import Chip, Control, ipw_text
from scalev_frames.notebook.panel.panel import button, column, row
from scalev_frames.notebook.words import Words

DAY = dt.timedelta(days=1)

#: Presets, each a function of today that gives the first and the last day, both included.
PRESETS: dict[str, Callable[[dt.date], tuple[dt.date, dt.date]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - DAY, today - DAY),
    "last_7_days": lambda today: (today - 6 * DAY, today),
    "last_30_days": lambda today: (today - 29 * DAY, today),
    "this_month": lambda today: (today.replace(day=1), today),
    "last_month": lambda today: ((today.replace(day=1) - DAY).replace(day=1), today.replace(day=1) - DAY),
}


class Days(Control):
    """From, until and by which date.

    Args:
        bases: the date bases of the endpoint, the first is the default.
        words: the language.
        today: gives the present day in the account's zone.
        changed: called when something else is chosen.
    """

    name = "since"

    def __init__(
        self, bases: Sequence[str], words: Words, today: Callable[[], dt.date], changed: Callable[[], None]
    ) -> None:
        self._words, self._today, self._changed, self._setting = words, today, changed, False
        self.since = ipw.DatePicker(description=words("since"))
        self.until = ipw.DatePicker(description=words("until"))
        self.by = ipw.Dropdown(options=[(words(f"by_{base}"), base) for base in bases], description=words("by"))
        for one, name in ((self.since, "since"), (self.until, "until"), (self.by, "by")):
            one.add_class(f"scalev-filter-{name}")
            one.observe(self._on_value, "value")
        self._default_by = bases[0]
        self.presets = {name: button(words(name), f"scalev-preset-{name}", self._choose(name)) for name in PRESETS}
        self._error = ipw.HTML()
        self._error.add_class("scalev-error")
        self.widget = column(
            row(*self.presets.values(), name="scalev-presets"),
            row(self.since, self.until, self.by, name="scalev-grid"),
            self._error,
            name="scalev-days",
        )

    def choose(self, preset: str) -> None:
        """Choose one of `PRESETS`."""
        since, until = PRESETS[preset](self._today())
        self._set(since, until)

    def read(self) -> dict[str, Any]:
        said = {"since": self.since.value, "until": self.until.value}
        given: dict[str, Any] = {name: day.isoformat() for name, day in said.items() if day}
        if given and self.by.value != self._default_by:
            given["by"] = self.by.value
        return given

    def chips(self) -> list[Chip]:
        if not (self.since.value or self.until.value):
            return []
        days = " … ".join(f"{day:%Y-%m-%d}" if day else "" for day in (self.since.value, self.until.value))
        return [Chip(f"{self._words(f'by_{self.by.value}')}: {days.strip()}", self.clear)]

    def clear(self) -> None:
        self._set(None, None)

    def complain(self, problem: str) -> None:
        self._error.value = ipw_text(problem)

    def state(self) -> object:
        return self.since.value, self.until.value

    def restore(self, state: Any) -> None:
        self._set(*state)

    def _choose(self, preset: str) -> Callable[[], None]:
        return lambda: self.choose(preset)

    def _set(self, since: dt.date | None, until: dt.date | None) -> None:
        self._setting = True
        self.since.value, self.until.value = since, until
        self._setting = False
        self._on_value(None)

    def _on_value(self, _: object) -> None:
        if self._setting:
            return
        for name, one in self.presets.items():
            chosen = (self.since.value, self.until.value) == PRESETS[name](self._today())
            (one.add_class if chosen else one.remove_class)("scalev-chosen-preset")
        self._changed()
