"""What the browser asks of a pivot, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from scalev_frames.errors import ScalevError
from scalev_frames.frames.header import Header
from scalev_frames.notebook.pivot.builder import Message
from scalev_frames.notebook.pivot.chart import chart_of
from scalev_frames.notebook.pivot.grid import PivotGrid
from scalev_frames.notebook.pivot.plan import FUNCTIONS, ITEM, QUANTITY, SHOWS, Field, fields_of, plan_from, plan_to
from scalev_frames.notebook.saved_file import SavedFile
from scalev_frames.words import error_said

if TYPE_CHECKING:
    from scalev_frames.notebook.pivot.pivot import Pivot


class PivotAnswers:
    """Answers the messages of a pivot's controls.

    Args:
        pivot: the pivot; its lock is held while a message is answered.
    """

    def __init__(self, pivot: Pivot) -> None:
        self._pivot = pivot

    def state(self) -> Message:
        """How the builder stands."""
        made = self._pivot.made
        return {
            "kind": "state",
            "labels": self._pivot.labels,
            "language": self._pivot.language,
            "fields": [self._field(one) for one in self._fields()],
            "plan": plan_to(self._pivot.plan),
            "problem": self._pivot.problem,
            "notes": self._pivot.notes() if made else [],
            "code": self._pivot.code if made else "",
            "chart": chart_of(made, self._pivot.labels["chart_part"]) if made else None,
            "saved": self._saved.names(),
            "shows": [[one, self._pivot.labels[f"show_{one}"]] for one in SHOWS],
            "static": self._pivot.static_id,
        }

    def _fields(self) -> list[Field]:
        fields = fields_of(self._pivot.own_columns)
        return [*fields, Field(QUANTITY)] if any(one.step == ITEM for one in fields) else fields

    def _field(self, field: Field) -> dict[str, Any]:
        """A field for the list: what it is called, and which functions take it."""
        column = self._pivot.kinds.get(field.column)
        kind = column.kind if column is not None else "count"
        functions = [name for name, one in FUNCTIONS.items() if kind in one.kinds]
        step = f" ({self._pivot.labels[f'step_{field.step}']})" if field.step else ""
        said = self._pivot.labels["quantity_of_item"] if column is None else column.heading(self._pivot.language)
        return {
            "column": field.column, "step": field.step, "heading": said + step, "plain": said, "kind": kind,
            "name": field.name, "groups": column is not None,
            "functions": [[name, self._pivot.labels[f"function_{name}"]] for name in functions],
        }  # fmt: skip

    # What the browser asks -------------------------------------------------------------------------------------------

    def answer(self, message: Message) -> Message:
        """The answer to one message of the builder; what cannot be done is said."""
        action = _ACTIONS.get(str(message.get("do")))
        if action is None:
            return {"kind": "done"}
        with self._pivot.one_at_a_time:
            try:
                return action(self, message)
            except ScalevError as error:
                return {"kind": "error", "text": error_said(error, self._pivot.language)}

    def _do_open(self, _: Message) -> Message:
        self._pivot.make()
        return self.state()

    def _do_plan(self, message: Message) -> Message:
        self._pivot.set_plan(plan_from(message["plan"]))
        return {"kind": "done"}

    def _do_values(self, message: Message) -> Message:
        listed = self._pivot.sheet.values(self._pivot.sheet.place(str(message["column"])))
        return {"kind": "values", "values": [one[1] for one in listed["values"][:100]]}

    def _do_export(self, _: Message) -> Message:
        return {"kind": "done", "note": self._pivot.labels["exported"].format(path=self._pivot.export())}

    def _do_save(self, message: Message) -> Message:
        name = str(message["name"]).strip()
        self._saved.save(name, plan_to(self._pivot.plan, filters=False), self._pivot.labels["view_bad"])
        return {**self.state(), "note": self._pivot.labels["saved_note"].format(name=name)}

    def _do_use(self, message: Message) -> Message:
        name = str(message["name"])
        try:
            plan = plan_from(self._saved.of(name) or {"rows": None})
        except (TypeError, ValueError, IndexError):  # a file may hold anything
            return {"kind": "error", "text": self._pivot.labels["no_saved"].format(name=name)}
        self._pivot.set_plan(self._pivot.kept(plan))
        return {"kind": "done"}

    def _do_forget(self, message: Message) -> Message:
        self._saved.remove(str(message["name"]))
        return self.state()

    def _do_rows(self, _: Message) -> Message:
        selection = self._pivot.grid.selection
        if selection is None or self._pivot.made is None:
            return {"kind": "error", "text": self._pivot.labels["choose_cell"]}
        self._pivot.show_rows(selection[0], selection[2][0] - PivotGrid.key_columns(self._pivot.made))
        return {"kind": "done"}

    @property
    def _saved(self) -> SavedFile:
        """The pivots of the frame's list that a person saved by name: fields and functions, no rows and no filters."""
        return SavedFile(f"pivot {Header.of(self._pivot.frame).endpoint}".strip())


_ACTIONS: Mapping[str, Callable[[PivotAnswers, Message], Message]] = {
    name.removeprefix("_do_"): action for name, action in vars(PivotAnswers).items() if name.startswith("_do_")
}
