"""The days of a list: from, until, by which date, with the usual presets, in the account's zone."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets as ipw

from scalev_frames.notebook.panel.controls.controls import Chip, Control
from scalev_frames.notebook.panel.parts.elements import DayBox
from scalev_frames.notebook.panel.parts.panel import button, column, row
from scalev_frames.notebook.table.columns.texts import date_text
from scalev_frames.notebook.table.filters.typed import days_of, days_typed
from scalev_frames.words import Words

#: Presets, each a function of today that gives the first and the last day, both included.
PRESETS: dict[str, Callable[[dt.date], tuple[dt.date, dt.date]]] = {
    **{name: partial(days_of, name) for name in ("today", "yesterday", "last_7_days", "last_30_days")},
    "this_month": lambda today: (today.replace(day=1), today),
    "last_month": partial(days_of, "last_month"),
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
        self._words, self._today, self._changed, self._setting = words, today, changed, True
        self.since = DayBox(words, words("since"), lambda text: self._read(text, 0), self._on_value)
        self.until = DayBox(words, words("until"), lambda text: self._read(text, 1), self._on_value)
        self.by = ipw.Dropdown(options=[(words.basis(base), base) for base in bases], description=words("by"))
        for one, name in ((self.since, "since"), (self.until, "until"), (self.by, "by")):
            one.add_class(f"scalev-filter-{name}")
        self.by.observe(lambda _: self._on_value(), "value")
        self._default_by, self._preset = bases[0], ""
        self.presets = {name: button(words(name), f"scalev-preset-{name}", self._choose(name)) for name in PRESETS}
        self._error = ipw.HTML()
        self._error.add_class("scalev-error")
        self.widget = column(
            row(*self.presets.values(), name="scalev-presets"),
            row(self.since, self.until, self.by, name="scalev-grid"),
            self._error,
            name="scalev-days",
        )
        self._mark_preset()
        self._setting = False

    def choose(self, preset: str) -> None:
        """Choose one of `PRESETS`."""
        self._preset = preset
        self._set(*PRESETS[preset](self._today()))

    def read(self) -> dict[str, Any]:
        boxes = {"since": self.since, "until": self.until}
        said = {name: box.value.isoformat() if box.value else box.unread for name, box in boxes.items()}
        given: dict[str, Any] = {name: day for name, day in said.items() if day}
        if given and self.by.value != self._default_by:
            given["by"] = self.by.value
        return given

    def chips(self) -> list[Chip]:
        if not (self.since.value or self.until.value):
            return []
        language = self._words.language
        days = " … ".join(date_text(day, language) if day else "" for day in (self.since.value, self.until.value))
        return [Chip(f"{self._words.basis(self.by.value)}: {days.strip()}", self.clear)]

    def clear(self) -> None:
        self._set(None, None)

    def complain(self, problem: str) -> None:
        self._error.value = html.escape(problem, quote=False)

    def state(self) -> object:
        return self.since.value, self.until.value, self.by.value

    def restore(self, state: Any) -> None:
        since, until, *by = state
        if set(by) & set(dict(self.by.options).values()):
            (self.by.value,) = by
        self._set(since, until)

    def _choose(self, preset: str) -> Callable[[], None]:
        return lambda: self.choose(preset)

    def _set(self, since: dt.date | None, until: dt.date | None) -> None:
        self._setting = True
        for box, day in ((self.since, since), (self.until, until)):
            box.unread = box.shown = ""
            box.value = day
        self._setting = False
        self._on_value()

    def _on_value(self) -> None:
        if not self._setting:
            self._mark_preset()
            self._changed()

    def _mark_preset(self) -> None:
        """Show which preset the days are, of several the one that was pressed; Tab stops at it, else at the first."""
        days = (self.since.value, self.until.value)
        same = [name for name, days_of_it in PRESETS.items() if days_of_it(self._today()) == days]
        chosen = self._preset if self._preset in same else next(iter(same), "")
        for name, one in self.presets.items():
            (one.add_class if name == chosen else one.remove_class)("scalev-chosen-preset")
            one.tabbable = name == (chosen or next(iter(PRESETS)))

    def _read(self, text: str, end: int) -> dt.date | None:
        """The first or the last day of what was typed; ``None`` where it means none: the call says why."""
        days = days_typed(text, self._today())
        return days[end] if days else None
