"""What the browser asks of a table, and the answers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from scalev_frames.errors import BadValueError, ScalevError
from scalev_frames.notebook.table.clipboard import as_html, as_tsv, cells_of
from scalev_frames.notebook.table.code import steps_code
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.columns.links import link_of
from scalev_frames.notebook.table.columns.texts import number_text
from scalev_frames.notebook.table.filters.conditions import Condition
from scalev_frames.notebook.table.filters.typed import PRESETS, days_of
from scalev_frames.notebook.table.sheet import Sheet
from scalev_frames.notebook.table.totals import Sum
from scalev_frames.plurals import in_sentence
from scalev_frames.words import error_said

if TYPE_CHECKING:
    from scalev_frames.notebook.table.table import Table

Message = Mapping[str, Any]
#: What a cell may hold on its way to the browser; the rest is shown by the record, copied and exported whole.
SHOWN_CHARACTERS = 300
#: The most cells that one copy may put on the clipboard.
COPIED_CELLS = 500_000
#: The most rows and columns of one block.
_BLOCK_ROWS, _BLOCK_COLUMNS = 500, 256
#: Seconds of reading texts for a search before other messages get a turn.
_PREPARED_AT_ONCE = 0.05
#: Milliseconds after which a view asks again where the kernel works on something else.
_PAUSE = 500
#: Messages that name columns by their places, and those that name rows.
_NAME_COLUMNS, _NAME_ROWS = {"sort", "filter", "values", "columns", "width"}, {"block", "select", "drill", "record"}
#: Values of a filter that a chip names.
_NAMED = 3


class Answers:
    """Answers the messages of every view of one table.

    Args:
        table: the table; its lock is held while a message is answered.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def handle(self, message: Message) -> None:
        """Answer one message; what cannot be done is said, and changes nothing.

        Args:
            message: ``do`` names the action, ``number`` comes back in the answer.
        """
        action = _ACTIONS.get(str(message.get("do")))
        if action is None:
            return
        with self._table.one_at_a_time:
            try:
                answer = {"kind": "stale"} if self._is_late(message) else action(self, message)
            except ScalevError as error:
                answer = {"kind": "error", "text": error_said(error, self._table.language)}
            self._table.send({**answer, "number": message.get("number", 0)})

    def _is_late(self, message: Message) -> bool:
        """Whether it names a column of a frame, or a row of an order, that is shown no more."""
        sheet, action = self._table.sheet, message["do"]
        seen = message.get("generation", sheet.generation)
        return seen < sheet.begins if action in _NAME_COLUMNS else action in _NAME_ROWS and seen != sheet.generation

    # Messages to every view ------------------------------------------------------------------------------------------

    def tell_opened(self) -> None:
        """Tell every view of another frame."""
        self._table.send(self._open({}))

    def tell_arranged(self) -> None:
        """Tell every view how the table stands now."""
        self._table.send(self._arranged())

    def tell_selected(self) -> None:
        """Tell every view what is selected and what it sums to."""
        self._table.send({**self._sums(), "shows": True})

    # What a view asks ------------------------------------------------------------------------------------------------

    def _open(self, _: Message) -> Message:
        table, sheet = self._table, self._table.sheet
        return {
            **self._arranged(),
            "kind": "opened",
            "labels": table.labels,
            "language": table.language,
            "presets": [[name, table.labels[f"day_{name}"]] for name in PRESETS],
            "columns": [self._column(place, column) for place, column in enumerate(sheet.columns)],
            "fixed": table.fixed,
            "drills": table.drills,
            "static": table.static_id,
        }

    def _column(self, place: int, column: Column) -> Message:
        table, sheet = self._table, self._table.sheet
        return {
            "heading": sheet.headings[place],
            "group": sheet.groups[place] if sheet.groups else "",
            "name": column.name,
            "kind": column.kind,
            "said": table.labels[f"kind_{column.kind}"],
            "meaning": sheet.meanings.get(column.name, ""),
            "dtype": str(column.series.dtype),
            "numeric": column.is_numeric,
            "time": column.is_time,
        }

    def _arranged(self) -> Message:
        sheet = self._table.sheet
        view = sheet.view
        return {
            "kind": "arranged",
            "generation": sheet.generation,
            "found": len(sheet.positions),
            "all": sheet.rows.length,
            "totals": len(sheet.row_kinds) - sheet.row_kinds.count(""),
            "order": list(view.order),
            "longest": [sheet.longest(place) for place in view.order],
            "frozen": view.frozen,
            "widths": [[place, width] for place, width in view.widths.items()],
            "sort": [[place, rises] for place, rises in view.sort],
            "search": view.search,
            "only": view.only.label if view.only else "",
            "filters": [[place, self._chip(place, conditions)] for place, conditions in view.filters.items()],
            "undo": sheet.history.can_undo,
            "redo": sheet.history.can_redo,
            "views": self._table.saved_views.names(),
        }

    def _block(self, message: Message) -> Message:
        sheet, language = self._table.sheet, self._table.language
        blocks = []
        for wanted in message["blocks"]:
            first, count = int(wanted["first"]), min(int(wanted["count"]), _BLOCK_ROWS)
            places = [int(one) for one in wanted["places"] if 0 <= int(one) < len(sheet.columns)][:_BLOCK_COLUMNS]
            positions = sheet.positions[first : first + count]
            cells = [[_cut_text(text) for text in sheet.columns[place].shown(positions, language)] for place in places]
            shades = [sheet.shades[place][positions].tolist() if place in sheet.shades else None for place in places]
            links = [_links(sheet.columns[place].kind, texts) for place, texts in zip(places, cells, strict=True)]
            blocks.append({"first": first, "places": places, "cells": cells, "links": links,
                           "rows": _numbers(sheet, first, count), "shades": shades})  # fmt: skip
        return {"kind": "block", "generation": sheet.generation, "blocks": blocks}

    def _search(self, message: Message) -> Message:
        return self._changed(search=str(message["text"]))

    def _prepare(self, _: Message) -> Message:
        """Read texts before a search is typed; an idle view asks until none are left, so that others get a turn."""
        if not self._table.reads_ahead:
            return {"kind": "done", "left": True, "pause": _PAUSE}
        return {"kind": "done", "left": self._table.sheet.rows.prepare_search(_PREPARED_AT_ONCE)}

    def _sort(self, message: Message) -> Message:
        """A click: rising, falling, not at all; ``to`` sets the way. With ``add`` it joins the columns that sort."""
        place, ways = int(message["column"]), dict(self._table.sheet.view.sort)
        next_way = {None: True, True: False, False: None}[ways.get(place)]
        if "to" in message:
            next_way = message["to"]
        kept = ways if message.get("add") else {}
        if place in kept and next_way is not None:
            return self._changed(sort=tuple((one, next_way if one == place else way) for one, way in kept.items()))
        kept.pop(place, None)
        joined = () if next_way is None else ((place, bool(next_way)),)
        return self._changed(sort=(*kept.items(), *joined))

    def _filter(self, message: Message) -> Message:
        place, sheet = int(message["column"]), self._table.sheet
        conditions: tuple[Condition, ...] = ()
        if message.get("text"):
            conditions = sheet.typed(place, str(message["text"]))
        if message.get("preset") in PRESETS and sheet.columns[place].is_time:
            days = days_of(str(message["preset"]), sheet.today)
            conditions = (Condition("between", (days[0].isoformat(), days[1].isoformat())),)
        conditions += sheet.checked(place, message.get("conditions", []))
        return self._changed(filters=sheet.filters_with(place, conditions))

    def _values(self, message: Message) -> Message:
        sheet, place = self._table.sheet, int(message["column"])
        conditions = sheet.view.filters.get(place, ())
        given = [{"op": one.op, "values": self._typable(place, one)} for one in conditions]
        return {"kind": "values", **sheet.values(place, str(message.get("search", ""))), "conditions": given}

    def _typable(self, place: int, condition: Condition) -> list[str | None]:
        """The values of a condition as a person would type them."""
        sheet = self._table.sheet
        if sheet.columns[place].kind != "percent" or condition.op in ("in", "not in"):
            return list(condition.values)
        return [sheet.said(place, text) if text else text for text in condition.values]

    def _clear(self, _: Message) -> Message:
        return self._changed(search="", filters={}, only=None)

    def _everything(self, _: Message) -> Message:
        """Show more than the rows that a pivot or a picture pointed to."""
        return self._changed(only=None)

    def _drill(self, message: Message) -> Message:
        self._table.drill(int(message["row"]), int(message["column"]))
        return {"kind": "done"}

    def _columns(self, message: Message) -> Message:
        """Which columns are shown in what order, and how many of them are frozen."""
        sheet = self._table.sheet
        order = tuple(dict.fromkeys(int(one) for one in message["order"] if 0 <= int(one) < len(sheet.columns)))
        frozen = max(0, min(int(message.get("frozen", sheet.view.frozen)), len(order)))
        return self._changed(order=order, frozen=frozen)

    def _width(self, message: Message) -> Message:
        """A dragged width; no pixels give the column its own width back."""
        place, pixels = int(message["column"]), int(message["pixels"])
        widths = {one: width for one, width in self._table.sheet.view.widths.items() if one != place}
        return self._changed(widths={**widths, place: max(30, pixels)} if pixels > 0 else widths)

    def _undo(self, _: Message) -> Message:
        self._table.undo()
        return {"kind": "done"}

    def _redo(self, _: Message) -> Message:
        self._table.sheet.redo()
        self._table.selection = None
        self.tell_arranged()
        return {"kind": "done"}

    def _select(self, message: Message) -> Message:
        rows = message.get("rows")
        if rows is None:
            self._table.selection = None
        else:
            self._table.set_selection(int(rows[0]), int(rows[1]), [int(one) for one in message["places"]])
        return self._sums()

    def _copy(self, message: Message) -> Message:
        table = self._table
        positions, places = table.selected_places()
        cells = len(positions) * len(places)
        if not cells:
            raise BadValueError(table.labels["nothing_selected"])
        if cells > COPIED_CELLS:
            words = in_sentence(table.labels["too_many"], table.language, cells=cells, most=COPIED_CELLS)
            raise BadValueError(words, advice=table.labels["too_many_advice"])
        columns = [cells_of(table.sheet.columns[place], positions, table.language) for place in places]
        headings = [table.sheet.headings[place] for place in places] if message.get("headings") else None
        return {"kind": "copy", "cells": cells, "text": as_tsv(columns, headings), "html": as_html(columns, headings)}

    def _record(self, message: Message) -> Message:
        table, row = self._table, int(message["row"])
        fields = []
        for place, text in table.sheet.record(row):
            column = table.sheet.columns[place]
            fields.append([place, text, link_of(column.kind, text), column.is_numeric])
        return {"kind": "record", "row": row, "fields": fields, "generation": table.sheet.generation}

    def _code(self, _: Message) -> Message:
        return {"kind": "code", "text": steps_code(self._table.sheet, self._table.name)}

    def _view(self, message: Message) -> Message:
        table, sheet, name = self._table, self._table.sheet, str(message.get("name", ""))
        match message.get("how"):
            case "first":
                return self._changed(order=tuple(sheet.first), frozen=1, widths={})
            case "all":
                rest = [place for place in range(len(sheet.columns)) if place not in sheet.view.order]
                return self._changed(order=(*sheet.view.order, *rest))
            case "save":
                table.saved_views.save(name, sheet)
                said = table.labels["view_saved"]
            case "remove":
                table.saved_views.remove(name)
                said = table.labels["view_removed"]
            case _:
                table.apply_view(name)
                return {"kind": "done"}
        self.tell_arranged()
        return {"kind": "done", "note": said.format(name=name.strip())}

    def _changed(self, **changes: Any) -> Message:
        self._table.change(**changes)
        return {"kind": "done"}

    # Words -----------------------------------------------------------------------------------------------------------

    def _sums(self) -> Message:
        """Names and values for the status bar, a group a kind."""
        table = self._table
        if table.selection is None:
            return {"kind": "sums", "selection": None, "count": [], "groups": []}
        found, labels, language = table.totals, table.labels, table.language
        count = [[labels["count"], number_text(found.filled, language)]]
        if found.filled < found.cells:
            count.append([labels["missing"], number_text(found.cells - found.filled, language)])
        return {
            "kind": "sums",
            "selection": [table.selection[0], table.selection[1], list(table.selection[2])],
            "count": count,
            "groups": [[labels[f"kind_{one.kind}"], self._sum_parts(one)] for one in found.sums],
        }

    def _sum_parts(self, one: Sum) -> list[list[str]]:
        table = self._table
        column = next(c for c in (table.sheet.columns[p] for p in table.selected_places()[1]) if c.kind == one.kind)
        named = {"sum": one.total, "mean": one.mean, "smallest": one.smallest, "largest": one.largest}
        return [
            [table.labels[name], column.text_of(value, table.language)]
            for name, value in named.items()
            if value is not None
        ]

    def _chip(self, place: int, conditions: tuple[Condition, ...]) -> str:
        """A column's filter in a few words."""
        return f" {self._table.labels['and']} ".join(self._one(place, one) for one in conditions)

    def _one(self, place: int, condition: Condition) -> str:
        labels, sheet = self._table.labels, self._table.sheet
        values = [labels["blank"] if one is None else sheet.said(place, one) for one in condition.values]
        if condition.op in ("in", "not in"):
            several = in_sentence(labels["one_of"], sheet.language, count=len(values))
            few = ", ".join(values) if len(values) <= _NAMED else several
            return few if condition.op == "in" else labels["not_one_of"].format(value=few)
        if condition.op == "between":
            return f"{values[0]} \u2013 {values[1]}"
        if condition.op == "contains any":
            return f"{labels['op_contains']} {', '.join(values)}"
        signs = {"=": "=", "!=": "≠", ">": ">", ">=": "≥", "<": "<", "<=": "≤"}
        sign = signs.get(condition.op) or labels[f"op_{condition.op.replace(' ', '_')}"]
        return " ".join([sign, *values])


_ACTIONS: Mapping[str, Callable[[Answers, Message], Message]] = {
    name.removeprefix("_"): getattr(Answers, name)
    for name in (
        "_everything", "_drill", "_prepare",
        "_open", "_block", "_search", "_sort", "_filter", "_values", "_clear", "_columns", "_width", "_undo", "_redo",
        "_select", "_copy", "_record", "_code", "_view",
    )
}  # fmt: skip


def _numbers(sheet: Sheet, first: int, count: int) -> list[int | str]:
    """The numbers of rows among which some are totals, which have a kind and no number; none where all are rows."""
    numbers = itertools.count(sheet.row_kinds[:first].count("") + 1)
    return [kind or next(numbers) for kind in sheet.row_kinds[first : first + count]]


def _links(kind: str, texts: list[str | None]) -> list[str] | None:
    return [link_of(kind, text) for text in texts] if kind in ("link", "phone") else None


def _cut_text(text: str | None) -> str | None:
    return text if text is None or len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
