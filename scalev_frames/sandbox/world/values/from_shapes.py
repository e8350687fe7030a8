"""Records made from the catalog's shapes, so that a new row of the catalog works in the sandbox by itself.

A record is filled from *facts*, a mapping that may know more than the shape asks for (money in sen, moments in
microseconds); what the facts do not know is made up from the field's kind, the same each time. So one set of facts
about a product fills the brief, the full and the store's record of it without contradiction.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scalev_frames.catalog import KINDS, shape_fields
from scalev_frames.sandbox.world.values import encodings
from scalev_frames.sandbox.world.values.words import words

Facts = Mapping[str, Any]
Record = dict[str, Any]

_LIST_OF = re.compile(r"list\[(\w+)\]")


class Filler:
    """Makes records from shapes and facts.

    Args:
        known: facts for every nested object of a shape that its owner's facts do not have, by shape.
        now: the latest moment that made-up times may have.
    """

    def __init__(self, known: Mapping[str, Facts], now: int) -> None:
        self.known = known
        self.now = now

    def row(self, shape: str, facts: Facts) -> Record:
        """One row of a list, or one single record, with the odd habits of the wire.

        Some unknown fields are null or missing, and some rows have an undeclared field.
        """
        mark = _mark(shape, str(facts.get("id")))
        record = self.fill(shape, facts)
        loose = [name for name, kind in shape_fields(shape).items() if name not in facts and kind in KINDS]
        if loose and mark % 3 == 0:
            record[loose[mark % len(loose)]] = None
        if loose and mark % 4 == 0:
            record.pop(loose[mark // 7 % len(loose)], None)
        if mark % 5 == 0:
            record["sandbox_extra"] = {"undeclared": True, "note": "belum didokumentasikan"}
        return record

    def fill(self, shape: str, facts: Facts, owner: str = "") -> Record:
        """A record of ``shape``: from ``facts``, else made up."""
        name = f"{owner}/{shape}/{facts.get('id', '')}"
        return {field: self._field(shape, field, kind, facts, name) for field, kind in shape_fields(shape).items()}

    def _field(self, shape: str, field: str, kind: str, facts: Facts, owner: str) -> Any:  # noqa: ANN401 - any JSON value
        if field in facts:
            return self._encoded(kind, facts[field], f"{owner}.{field}")
        if listed := _LIST_OF.fullmatch(kind):
            return [self.fill(listed[1], self.known.get(listed[1], {}), f"{owner}.{field}")]
        if kind in KINDS:
            return self._encoded(kind, self._make_up(shape, field, kind, _mark(owner, field)), f"{owner}.{field}")
        return self.fill(kind, self.known.get(kind, {}), f"{owner}.{field}")

    def _encoded(self, kind: str, value: Any, owner: str) -> Any:  # noqa: ANN401
        match value:
            case None:
                return None
            case bool():
                return "true" if value and _mark(owner, "") % 17 == 0 else value
            case int() if kind == "money":
                return encodings.money(value, _mark(owner, "") % 4)
            case int() if kind == "time":
                return encodings.stamp(value)
            case Mapping() if kind not in KINDS:
                return self.fill(kind, value, owner)
            case Sequence() if listed := _LIST_OF.fullmatch(kind):
                return [self.fill(listed[1], one, f"{owner}.{place}") for place, one in enumerate(value)]
            case _:
                return value

    def _make_up(self, shape: str, field: str, kind: str, mark: int) -> Any:  # noqa: ANN401
        if kind == "text":
            choices = words(shape, field)
            return choices[mark % len(choices)]
        if kind == "code" and "phone" in field:
            return f"08{mark:010d}"
        if kind == "time":
            return self.now - mark % 200 * encodings.DAY - mark % 86_400 * (encodings.SECOND + mark % 2)
        return _MADE_UP[kind](mark)


#: A value of each kind, for a number that stands for its place.
_MADE_UP: dict[str, Callable[[int], Any]] = {
    "id": lambda mark: mark % 900 + 100,
    "code": lambda mark: f"0{mark:010d}",
    "url": lambda mark: f"https://contoh.example/{mark}",
    "money": lambda mark: mark % 400 * 50_000,
    "count": lambda mark: mark % 40,
    "grams": lambda mark: mark % 2000 / 4,
    "number": lambda mark: mark % 400 / 4,
    "flag": lambda mark: mark % 2 == 0,
    "date": lambda mark: f"2026-{mark % 12 + 1:02d}-{mark % 28 + 1:02d}",
    "list": lambda _mark: [],
    "map": lambda _mark: {},
}


def _mark(owner: str, field: str) -> int:
    """A number that depends on nothing but the place it is asked for."""
    return zlib.crc32(f"{owner}.{field}".encode())
