"""The sheets of a workbook that say something of its others, in English or Indonesian: Contents and Notes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from scalev_frames.export.excel.sheets import MOST_ROWS, SheetPlan
from scalev_frames.export.excel.workbook import write_link, write_table
from scalev_frames.frames.header import Header
from scalev_frames.reports.words.labels import filters_said
from scalev_frames.reports.words.phrases import Speaker, speaker
from scalev_frames.words.notes import note_said

#: The fields of a frame's `Header` that Notes lists, in this order; the phrases call them ``field_…``.
_FIELDS = (
    "endpoint", "account", "as_of", "complete", "filters", "totals", "time_zone", "requests", "from_cache", "masked",
)  # fmt: skip


def write_contents(sheet: Worksheet, plans: Sequence[SheetPlan], say: Speaker) -> None:
    """Write a list of the sheets, each with its number of rows and a link."""
    lines: list[tuple[Any, ...]] = [
        (name, len(part), _said(plan.header.as_of, say)) for plan in plans for name, part in plan.parts()
    ]
    lines.append((say("notes"), None, ""))
    write_table(sheet, 1, (say("sheet"), say("rows"), say("field_as_of")), lines, (34, 12, 28))
    for row, (name, *_) in enumerate(lines, 2):
        write_link(sheet, row, name)


def write_notes(sheet: Worksheet, plans: Sequence[SheetPlan], language: str) -> None:
    """Write where the rows come from, and what was altered for Excel."""
    say = speaker(language)
    lines: list[tuple[Any, ...]] = []
    for plan in plans:
        altered = ((say("altered_here"), line) for line in plan.altered.lines(language))
        lines += [(plan.name, *line) for line in (*_lines(plan, language), *altered)]
    write_table(sheet, 1, (say("sheet"), say("what"), say("value")), lines, (24, 28, 100))


def _lines(plan: SheetPlan, language: str) -> list[tuple[str, str]]:
    say, header, here = speaker(language), plan.header, len(plan.frame)
    rows = note_said(header.row_note(plan.frame), language) or say("number", number=here)
    lines = [(say("rows"), rows), (say("columns"), say("number", number=len(plan.columns)))]
    if len(plan.sheets) > 1:
        lines.append((say("sheets"), say("continues", most=MOST_ROWS + 1, sheets=", ".join(plan.sheets))))
    lines += _source(header, language)
    if not header.time_zone and any(column.kind == "time" for column in plan.columns):
        lines.append((say("field_time_zone"), say("zone_of_some", zone=header.zone)))
    for name, attrs in header.businesses.items():
        lines.append((say("business", name=name), _said_of_business(attrs, say)))
    return lines + [(say("note"), note_said(note, language)) for note in header.notes]


def _source(header: Header, language: str) -> list[tuple[str, str]]:
    """Where the rows come from."""
    say = speaker(language)
    fields = {name: _said(getattr(header, name), say) for name in _FIELDS}
    if header.filters:
        fields["filters"] = filters_said(header.filters, language)
    return [(say(f"field_{name}"), said) for name, said in fields.items() if said]


def _said_of_business(attrs: Any, say: Speaker) -> str:  # noqa: ANN401 - JSON values
    """The lines of one business in a frame of several."""
    fields = attrs if isinstance(attrs, dict) else {}
    words = {"rows": "rows", "as_of": "field_as_of", "complete": "field_complete"}
    given = {say(word).lower(): fields[name] for name, word in words.items() if fields.get(name) is not None}
    return "; ".join(f"{word} = {_said(one, say)}" for word, one in given.items())


def _said(value: Any, say: Speaker) -> str:  # noqa: ANN401 - any field of a header
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.isoformat()
        case bool():
            return say("yes" if value else "no")
        case str():
            return value
        case dict() if value:
            return "; ".join(f"{name} = {json.dumps(one, ensure_ascii=False)}" for name, one in value.items())
        case dict():
            return say("none")
        case _:
            return json.dumps(value, ensure_ascii=False)
