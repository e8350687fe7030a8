"""Why: an operator groups and sums without a line of code, and sees the line that does the same.

May import `group_by`, `table`, `labels` and what stands below this room; needs ipywidgets. Runs on whatever frame it
was given last; only traits are assigned, so a job's thread may set `frame`.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import pandas as pd

from scalev_frames.errors import ScalevError
from scalev_frames.notebook.pivot.plan import FUNCTIONS, Key, Plan, keys_of, pivot, pivot_code, values_of
from scalev_frames.notebook.style import CSS
from scalev_frames.notebook.table.table import Table
from scalev_frames.notebook.words import PIVOT_LABELS, labels_in

#: What rows, columns and value are at first, the first that the frame has.
_FIRST_ROWS = ("status", "name")
_FIRST_VALUES = ("gross_revenue", "price")
#: No key; ``None`` would be no choice at all.
_NOTHING = ""


class Pivot(widgets.VBox):  # type: ignore[misc] # ipywidgets brings no types
    """Rows, columns, value and function to choose; the pivot table and its pandas code below.

    Args:
        frame: any DataFrame.
        name: the variable the code shows for it.
        lang: ``en`` or ``id``.

    Attributes:
        name: the variable the code shows.
        table: the `Table` that shows the result.

    Raises:
        BadValueError: another language.

    >>> panel = Pivot(pd.DataFrame({"status": ["rts", "shipped", "rts"], "quantity": [1, 2, 3]}), name="orders")
    >>> panel.choose(rows=["status"], value="quantity", function="sum")
    >>> panel.result["quantity"].to_dict()
    {'rts': 4, 'shipped': 2}
    """

    def __init__(self, frame: pd.DataFrame, *, name: str = "frame", lang: str = "en") -> None:
        self._words = labels_in(PIVOT_LABELS, lang)
        self.name = name
        self._quiet = False
        self._rows, self._then, self._columns, self._value, self._function = (
            widgets.Dropdown(description=self._words[label], style={"description_width": "initial"})
            for label in ("rows", "then_by", "columns", "value", "function")
        )
        self._function.options = [(self._words[f"function_{one}"], one) for one in FUNCTIONS]
        self._function.value = next(iter(FUNCTIONS))
        controls = (self._rows, self._then, self._columns, self._function, self._value)
        for one, label in zip(controls, ("rows", "then", "columns", "function", "value"), strict=True):
            one.add_class(f"scalev-pivot-{label}")
        self._message = widgets.HTML()
        self._message.add_class("scalev-pivot-message")
        self._code = widgets.HTML()
        self._code.add_class("scalev-pivot-code")
        self.table = Table(pd.DataFrame(), lang=lang)
        bar = widgets.HBox(controls)
        bar.add_class("scalev-pivot-bar")
        super().__init__([widgets.HTML(f"<style>{CSS}{_STYLE}</style>"), bar, self._message, self.table, self._code])
        self.add_class("scalev-pivot")
        self.add_class("scalev")
        self.result = pd.DataFrame()
        self.code = ""
        for one in controls:
            one.observe(self._chosen, names="value")
        self.frame = frame

    def __repr__(self) -> str:
        """What stands in a saved notebook: no rows."""
        return f"<Pivot of {len(self._frame):,} rows; run this cell to use it>"

    @property
    def frame(self) -> pd.DataFrame:
        """What is grouped; set it to group another one. What was chosen stays where the frame still has it."""
        return self._frame

    @frame.setter
    def frame(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        keys = [(key.name, key) for key in keys_of(frame)]
        self._quiet = True
        _offer(self._rows, keys, _first(keys, _FIRST_ROWS))
        _offer(self._then, [(self._words["nothing"], _NOTHING), *keys], _NOTHING)
        _offer(self._columns, [(self._words["nothing"], _NOTHING), *keys], _NOTHING)
        self._offer_values()
        self._quiet = False
        self._show()

    @property
    def plan(self) -> Plan:
        """What is chosen."""
        rows = tuple(key for key in (self._rows.value, self._then.value) if key)
        value = self._value.value if FUNCTIONS[self._function.value].kinds else None
        return Plan(rows, self._columns.value or None, value, self._function.value)

    def choose(
        self,
        rows: Sequence[str],
        columns: str | None = None,
        value: str | None = None,
        function: str = "rows",
    ) -> None:
        """Choose as a click would.

        Args:
            rows: one or two names as the panel shows them, such as ``draft_time (day)``.
            columns: such a name, or none.
            value: a column; of no matter to ``rows``.
            function: ``rows``, ``sum``, ``mean``, ``min``, ``max``, ``filled`` (how many values) or
                ``different`` (how many different ones).

        Raises:
            TraitError: a name that the panel does not offer.
        """
        keys = {key.name: key for key in keys_of(self._frame)}
        self._quiet = True
        self._function.value = function
        self._offer_values()
        for control, name in zip((self._rows, self._then, self._columns), [*[*rows, None][:2], columns], strict=True):
            control.value = _NOTHING if name is None else keys.get(name, name)
        if value is not None:
            self._value.value = value
        self._quiet = False
        self._show()

    def _chosen(self, change: Any) -> None:
        if self._quiet:
            return
        if change["owner"] is self._function:
            self._quiet = True
            self._offer_values()
            self._quiet = False
        self._show()

    def _offer_values(self) -> None:
        names = values_of(self._frame, self._function.value)
        _offer(self._value, [(name, name) for name in names], next((n for n in _FIRST_VALUES if n in names), None))
        self._value.disabled = not names

    def _show(self) -> None:
        plan = self.plan
        try:
            self.result = pivot(plan, self._frame)
        except ScalevError as error:
            self._message.value = f"<p role='alert'>{html.escape(str(error))}</p>"
            return
        self.code = pivot_code(plan, self.name)
        self._message.value = ""
        self._code.value = f"<pre><code>{html.escape(self.code)}</code></pre>"
        self.table.frame = self.result


def _offer(control: widgets.Dropdown, options: list[tuple[str, Any]], first: Any) -> None:
    """New options; what was chosen stays where it can."""
    chosen = control.value
    values = [value for _, value in options]
    control.options = options
    if values:
        control.value = chosen if chosen in values else first if first in values else values[0]


def _first(keys: list[tuple[str, Key]], wanted: Sequence[str]) -> Key | None:
    offered = dict(keys)
    return next((offered[name] for name in wanted if name in offered), None)


_STYLE = """
.scalev-pivot-bar { flex-wrap: wrap; gap: 4px 12px; }
.scalev-pivot-bar .widget-dropdown { width: auto; min-width: 190px; margin: 0; }
.scalev-pivot-bar .widget-dropdown select { min-width: 120px; max-width: 240px; }
.scalev-pivot-message p { color: var(--scalev-bad); margin: 4px 0; }
.scalev-pivot-code pre {
  margin: 8px 0 0; padding: 8px 12px; overflow: auto; border: 1px solid var(--scalev-line); border-radius: 6px;
  background: var(--scalev-raised); color: var(--scalev-ink); font: 12px/1.5 var(--scalev-mono);
}
"""
