"""The filters of every endpoint, made from the catalog's row; no endpoint is named here.

What is chosen is checked as it is typed, by the rules of a call.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets as ipw

from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.errors import UnknownValueWarning, UsageError
from scalev_frames.group import Opened
from scalev_frames.notebook.panel.controls.controls import Chip, Control, control_for, id_control
from scalev_frames.notebook.panel.controls.days import Days
from scalev_frames.notebook.panel.controls.names import names_for
from scalev_frames.notebook.panel.parts.panel import button, row, show
from scalev_frames.query.query import make_query
from scalev_frames.settings import Settings
from scalev_frames.words import Words

#: How many filters are shown before "more".
FIRST = 6


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Filters:
    """The controls of one endpoint at a time.

    Args:
        words: the language.
        changed: called when something else is chosen.
        now: gives the present moment.

    Attributes:
        endpoint: the endpoint's row.
        controls: its controls by name; ``since`` is the days' one.
        problems: what is wrong with what is chosen, by name; empty when it can be asked for.

    >>> filters = Filters(Words("en"), lambda: None)
    >>> filters.set_endpoint("orders")
    >>> filters.controls["status"].restore(["shipped", "rts"])
    >>> filters.arguments()
    {'status': ['shipped', 'rts']}
    """

    def __init__(self, words: Words, changed: Callable[[], None], *, now: Callable[[], dt.datetime] = _now) -> None:
        self._words, self._tell, self._now = words, changed, now
        self._account: Opened | None = None
        self._settings = Settings()
        self._building = False
        self.endpoint: Endpoint = ENDPOINTS["orders"]
        self.controls: dict[str, Control] = {}
        self.problems: dict[str, str] = {}
        self._first = row(name="scalev-grid")
        self._more = row(name="scalev-grid")
        self._days = row(name="scalev-days-place")
        self.more = ipw.ToggleButton(description="")
        self.more.add_class("scalev-more")
        self.more.observe(lambda _: show(self._more, self.more.value), "value")
        self.chips = row(name="scalev-chips")
        self.clear = button(words("clear_all"), "scalev-clear", self.clear_all)
        self.box = ipw.VBox([self._days, self._first, self.more, self._more, self.chips])

    def set_account(self, account: Opened | None) -> None:
        """Take names from another account's kept frames, and days from its zone."""
        self._account = account
        if account is not None:
            self._settings = account.settings
        self.update_names()

    def set_endpoint(self, name: str) -> None:
        """Show another endpoint's controls; what is chosen stays where both have the filter."""
        before = {key: control.state() for key, control in self.controls.items()}
        self._building = True
        self.endpoint = ENDPOINTS[name]
        self.controls = {control.name: control for control in self._make()}
        for key in before.keys() & self.controls.keys():
            self.controls[key].restore(before[key])
        self._building = False
        self._arrange()
        self._changed()

    def update_names(self) -> None:
        """Fill the choices by name from what is kept by now."""
        for name, control in self.controls.items():
            if names := names_for(self._account, self.endpoint, name):
                control.widget.options = [list(pair) for pair in names]
                control.widget.placeholder = self._placeholder(name)
        self._show_chips()

    def arguments(self) -> dict[str, Any]:
        """The call's arguments, as a person would write them."""
        return {key: value for control in self.controls.values() for key, value in control.read().items()}

    def clear_all(self) -> None:
        """Choose nothing."""
        self._building = True
        for control in self.controls.values():
            control.clear()
        self._building = False
        self._changed()

    # Making ----------------------------------------------------------------------------------------------------------

    def _make(self) -> Iterator[Control]:
        endpoint, words = self.endpoint, self._words
        if endpoint.bases:
            yield Days(list(endpoint.bases), words, self._today, self._changed)
        for parameter in endpoint.path_parameters:
            yield id_control(endpoint, parameter, self._names(parameter), words, self._changed)
        for filter_row in endpoint.filter_rows.values():
            yield control_for(filter_row, self._names(filter_row.name), words, self._changed)

    def _placeholder(self, name: str) -> str:
        has_parent = any(parent.parameter == name for parent in self.endpoint.parents)
        return self._words("every_one" if has_parent else "one_id" if name in self.endpoint.path_parameters else "any")

    def _names(self, parameter: str) -> list[tuple[str, str]]:
        return names_for(self._account, self.endpoint, parameter)

    def _today(self) -> dt.date:
        return self._now().astimezone(self._settings.zone).date()

    def _arrange(self) -> None:
        fields = [control for control in self.controls.values() if not isinstance(control, Days)]
        first = [control for control in fields if self._is_first(control, fields)]
        rest = [control for control in fields if control not in first]
        self._days.children = [one.widget for one in self.controls.values() if isinstance(one, Days)]
        self._first.children = [one.widget for one in first]
        self._more.children = [one.widget for one in rest]
        self.more.description = self._words("more_filters", count=len(rest))
        self.more.value = False
        show(self.more, bool(rest))
        show(self._more, False)

    def _is_first(self, control: Control, fields: list[Control]) -> bool:
        needed = control.name in (*self.endpoint.path_parameters, *self.endpoint.required)
        return needed or len(fields) <= FIRST + 1 or fields.index(control) < FIRST

    # Checking --------------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        if self._building:
            return
        self.problems = {}
        for name, control in self.controls.items():
            problem = self._problem(control)
            control.complain(problem or self._doubt(control))
            if problem:
                self.problems[name] = problem
        self._show_chips()
        self._tell()

    def _problem(self, control: Control) -> str:
        """What a call would say to this control's value, were everything else right."""
        rest = dict.fromkeys((*self.endpoint.path_parameters, *self.endpoint.required), "1")
        if any(basis.most_days for basis in self.endpoint.bases.values()):
            rest |= dict.fromkeys(("since", "until"), "today")
        try:
            with warnings.catch_warnings(action="ignore", category=UnknownValueWarning):  # said by the control
                make_query(self.endpoint.name, {**rest, **control.read()}, self._settings.zone, self._now())
        except UsageError as error:
            return self._words.error(error)
        return ""

    def _doubt(self, control: Control) -> str:
        """A note on values that are sent though they are not known."""
        row = self.endpoint.filter_rows.get(control.name)
        chosen = control.read().get(control.name) if row and row.values else None
        many = chosen if isinstance(chosen, list) else [chosen] if chosen else []
        unknown = [str(one) for one in many if row and str(one) not in row.values]
        return self._words("value_unknown", values=", ".join(unknown)) if unknown else ""

    def missing(self) -> list[str]:
        """What must be given and is not, in words."""
        parents = {parent.parameter for parent in self.endpoint.parents}
        needed = [name for name in self.endpoint.path_parameters if name not in parents] + [*self.endpoint.required]
        given = self.arguments()
        return [self._words.filter(name) for name in needed if name not in given]

    def _show_chips(self) -> None:
        before = self.chips.children
        chips = [chip for control in self.controls.values() for chip in control.chips()]
        self.chips.children = [*map(self._chip, chips), *([self.clear] if len(chips) > 1 else [])]
        for old in before:
            if old is not self.clear:
                old.close()

    def _chip(self, chip: Chip) -> ipw.Button:
        made = button(f"{chip.text}  ✕", "scalev-chip", chip.remove)
        made.tooltip = self._words("picker_remove").format(value=chip.text)
        made.tabbable = False  # Backspace in the field, or "clear all", does it by keyboard
        return made
