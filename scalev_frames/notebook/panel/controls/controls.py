"""The control of each kind of filter; all of them have the same methods.

What is chosen (`read`), how it is shown as chips (`chips`), how it is emptied (`clear`), what is wrong (`complain`).
"""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as ipw

from scalev_frames.catalog import Endpoint, Filter
from scalev_frames.notebook.panel.parts.elements import Picker
from scalev_frames.notebook.panel.parts.panel import column
from scalev_frames.notebook.table.filters.typed import moment_typed
from scalev_frames.reports.words.labels import value_words
from scalev_frames.words import Words

#: Kinds whose values are typed as a list: ids and codes.
_LISTED = frozenset({"id", "code"})
#: Free-text filters that take several values.
_SEVERAL = frozenset({"tags", "utm_source", "shipment_status", "label", "method"})


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter: its words, and what takes it away."""

    text: str
    remove: Callable[[], None]


class Control(ABC):
    """One filter's control.

    Attributes:
        name: the filter's name.
        widget: what is shown.
    """

    name: str
    widget: Any

    @abstractmethod
    def read(self) -> dict[str, Any]:
        """The call's arguments it stands for; empty when nothing is chosen."""

    @abstractmethod
    def chips(self) -> list[Chip]:
        """What is chosen, in words."""

    @abstractmethod
    def clear(self) -> None:
        """Choose nothing."""

    @abstractmethod
    def complain(self, problem: str) -> None:
        """Say what is wrong with what is chosen; ``""`` when nothing is."""

    @abstractmethod
    def state(self) -> object:
        """What is chosen, to be put back by `restore`."""

    @abstractmethod
    def restore(self, state: Any) -> None:
        """Choose what `state` gave."""


class Choice(Control):
    """Several values, by name; also values that are not in the list, which `make_query` checks."""

    def __init__(self, picker: Picker, changed: Callable[[], None]) -> None:
        self.name, self.widget = picker.name, picker
        picker.observe(lambda _: changed(), "value")

    def read(self) -> dict[str, Any]:
        chosen = list(self.widget.value)
        return {self.name: chosen[0] if len(chosen) == 1 else chosen} if chosen else {}

    def chips(self) -> list[Chip]:
        said = [(value, f"{self.widget.label}: {self.widget.text_of(value)}") for value in self.widget.value]
        return [Chip(text, partial(self._take_away, value)) for value, text in said]

    def _take_away(self, value: str) -> None:
        self.widget.value = [one for one in self.widget.value if one != value]

    def clear(self) -> None:
        self.widget.value = []

    def complain(self, problem: str) -> None:
        self.widget.error = problem

    def state(self) -> object:
        return list(self.widget.value)

    def restore(self, state: Any) -> None:
        if isinstance(state, list):
            self.widget.value = state


class Single(Control):
    """One value in a stock widget: a flag, a text, a number, a moment."""

    def __init__(
        self,
        name: str,
        field: Any,
        empty: object,
        changed: Callable[[], None],
        *,
        sent: Callable[[Any], object] = lambda value: value,
        text: Callable[[Any], str] = str,
    ) -> None:
        self.name, self._field, self._empty, self._sent, self._text = name, field, empty, sent, text
        self._error = ipw.HTML()
        self._error.add_class("scalev-error")
        self.widget = column(field, self._error, name="scalev-field")
        self.widget.add_class(f"scalev-filter-{name}")
        field.observe(lambda _: changed(), "value")

    @property
    def _value(self) -> Any:
        value = self._field.value
        return value.strip() if isinstance(value, str) else value

    @property
    def _is_empty(self) -> bool:
        return bool(self._value is self._empty or self._value == "")

    def read(self) -> dict[str, Any]:
        return {} if self._is_empty else {self.name: self._sent(self._value)}

    def chips(self) -> list[Chip]:
        if self._is_empty:
            return []
        return [Chip(f"{self._field.description}: {self._text(self._value)}", self.clear)]

    def clear(self) -> None:
        self._field.value = self._empty

    def complain(self, problem: str) -> None:
        self._error.value = html.escape(problem, quote=False)
        (self._field.add_class if problem else self._field.remove_class)("scalev-wrong")

    def state(self) -> object:
        return self._field.value

    def restore(self, state: Any) -> None:
        self._field.value = state


def control_for(row: Filter, options: Sequence[tuple[str, str]], words: Words, changed: Callable[[], None]) -> Control:
    """The control that fits a filter of the catalog.

    Args:
        row: the filter.
        options: its values with their names, as far as they are known.
        words: the language.
        changed: called when something else is chosen.
    """
    label = words.filter(row.name)
    if row.values or options or row.kind in _LISTED or row.name in _SEVERAL:
        said = value_words(row.name, words.language)
        known = [(value, said.get(value, value)) for value in row.values] or list(options)
        placeholder = words("any") if known else words("type_values")
        return Choice(Picker(words, row.name, label, known, placeholder=placeholder), changed)
    if row.kind == "flag":
        flags = [(words("any"), ""), (words("yes"), True), (words("no"), False)]
        field = ipw.Dropdown(options=flags, description=label)
        return Single(row.name, field, "", changed, text=lambda value: words("yes" if value else "no"))
    if row.kind == "time":
        moment = ipw.Text(description=label, placeholder=words("moment_hint"), continuous_update=False)
        return Single(row.name, moment, "", changed, sent=moment_typed)
    return Single(row.name, ipw.Text(description=label, placeholder=words("any")), "", changed)


def id_control(
    endpoint: Endpoint, parameter: str, options: Sequence[tuple[str, str]], words: Words, changed: Callable[[], None]
) -> Control:
    """The control of a path parameter: many ids or every one where the catalog knows their list, else one id."""
    has_parent = any(parent.parameter == parameter for parent in endpoint.parents)
    placeholder = words("every_one") if has_parent else words("one_id")
    picker = Picker(words, parameter, words.filter(parameter), options, single=not has_parent, placeholder=placeholder)
    return Choice(picker, changed)
