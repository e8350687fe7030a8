"""Rows of lists that the sandbox has no facts of, made from the catalog alone; and how lists are filtered.

Orders have filters of their own, see `filters`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import datetime
from typing import Any

from scalev_frames.catalog import Endpoint, shape_fields
from scalev_frames.sandbox.world.encodings import DAY, SECOND, microseconds, moment_of, stamp
from scalev_frames.sandbox.world.filters import read_moment
from scalev_frames.sandbox.world.records_from_shapes import Facts
from scalev_frames.sandbox.world.words import words

#: How many rows a list has that nothing is known of.
ROWS = 55
_HOUR = 3600 * SECOND
_SEARCHED = ("name", "public_name", "display", "subdistrict_name", "full_path", "account_holder", "account_number")


def made_up(endpoint: Endpoint, ids: Mapping[str, str], now: int, count: int = ROWS) -> list[Facts]:
    """Facts of ``count`` rows, newest first; the catalog's shape gives the rest.

    Fields that a filter of enumerated values looks at take those values in turn, and times lie an hour apart.
    """
    owners = {name: int(value) if value.isdecimal() else value for name, value in ids.items()}
    if endpoint.paging == "record":
        return [owners]
    return [
        {
            **_cursor_facts(endpoint, now - (count - number) * _HOUR),
            **_filtered(endpoint, number, now - (count - number) * _HOUR),
            **_day(endpoint, now - (count - number) * DAY),
            **owners,
            "id": number,
        }
        for number in range(count, 0, -1)
    ]


def cursor_value(name: str, facts: Facts) -> Any:  # noqa: ANN401 - an id, a time or a text
    """The value of the envelope's key ``name`` after the row of ``facts``: ``last_id`` is its ``id``, and so on."""
    field = next((one for one in (name.removeprefix("last_"), name) if one in facts), "id")
    value = facts.get(field)
    return stamp(value) if field != "id" and isinstance(value, int) else value


def totals(buckets: Iterable[Facts]) -> dict[str, int]:
    """Totals of visits by day: who comes on several days is one visitor, so they are not the sums."""
    days = list(buckets)
    views, visitors, sessions = (sum(one.get(name) or 0 for one in days) for name in ("views", "visitors", "sessions"))
    return {"views": views, "visitors": visitors * 2 // 3, "sessions": sessions * 9 // 10}


def _cursor_facts(endpoint: Endpoint, moment: int) -> dict[str, Any]:
    """The times by which a list is read on."""
    names = [name for name in endpoint.envelope_keys if name.startswith("last_") and name != "last_id"]
    fields = {name for name, _ in shape_fields(endpoint.shape)} if endpoint.shape else set()
    return {name if name in fields else name.removeprefix("last_"): moment for name in names}


def _day(endpoint: Endpoint, moment: int) -> dict[str, Any]:
    """The day of a row that is about one day, UTC."""
    is_by_day = endpoint.shape and dict(shape_fields(endpoint.shape)).get("day") == "date"
    return {"day": moment_of(moment).date().isoformat()} if is_by_day else {}


def _filtered(endpoint: Endpoint, number: int, moment: int) -> dict[str, Any]:
    """Values of the fields that filters look at, so that each filter shows some rows and hides others."""
    fields = dict(shape_fields(endpoint.shape)) if endpoint.shape else {}
    bounds = [stem for name in endpoint.filter_rows if (stem := _bounded(name, fields))]
    times = [*(basis.column for basis in endpoint.bases.values()), *bounds, *_CREATED]
    facts: dict[str, Any] = {name: moment for name in times if fields.get(name) == "time"}
    for row in endpoint.filter_rows.values():
        for column in (*_fields(row.name), *row.columns):
            make = _PINNED.get(fields.get(column, ""))
            if row.values and column in fields:
                facts[column] = row.values[number % len(row.values)]
            elif make and column not in facts:
                choices = words(endpoint.shape, column)
                facts[column] = make(number, choices[number % len(choices)])
    return facts


#: Values of the kinds that a filter may look at, for the number of a row and a word.
_PINNED: dict[str, Callable[[int, str], Any]] = {
    "id": lambda number, _: number % 5 + 1,
    "code": lambda number, _: f"0{number % 7:05d}",
    "text": lambda _, word: word,
    "flag": lambda number, _: number % 2 == 0,
    "count": lambda number, _: number % 4,
}
_CREATED = ("created_at", "inserted_at")


def _bounded(name: str, fields: Container[str]) -> str:
    """The field that a filter such as ``created_at_since`` or ``until`` bounds; empty when it bounds none."""
    stem, _, side = name.rpartition("_")
    if side not in ("since", "until"):
        return ""
    return next((field for field in ((stem,) if stem else _CREATED) if field in fields), "")


def _fields(name: str) -> tuple[str, ...]:
    """The fields that a filter may mean: its own name, and for a list of values (``statuses``) its singular."""
    return tuple(dict.fromkeys((name, name.removesuffix("s"), name.removesuffix("es"))))


def filter_names(endpoint: Endpoint) -> list[str]:
    """What filters a list: its filters, and the bounds of its date bases."""
    bounds = (name for basis in endpoint.bases.values() for name in (basis.since, basis.until) if name)
    return [*dict.fromkeys((*endpoint.filter_rows, *bounds))]


def obeys(endpoint: Endpoint, facts: Facts, asked: Mapping[str, str]) -> bool:
    """Whether a record fits every filter that was asked for."""
    return all(_obeys_one(endpoint, facts, name, value) for name, value in asked.items())


def _bounds(endpoint: Endpoint, facts: Facts, name: str) -> list[tuple[str, bool]]:
    """The fields that ``name`` bounds, and whether from below; a date basis without a column bounds the row's day."""
    bases = [basis for basis in endpoint.bases.values() if name in (basis.since, basis.until)]
    if bases:
        return [(basis.column or "day", name == basis.since) for basis in bases]
    field = _bounded(name, facts)
    return [(field, name.endswith("since"))] if field else []


def _obeys_one(endpoint: Endpoint, facts: Facts, name: str, value: str) -> bool:
    """Whether a record fits one filter; a filter that nothing is known of fits every record."""
    if bounds := _bounds(endpoint, facts, name):
        return all((column == "day" and "day" not in facts) or _within(facts.get(column), name, value, is_since)
                   for column, is_since in bounds)  # fmt: skip
    match name:
        case "search":
            return any(value.casefold() in str(facts.get(field, "")).casefold() for field in _SEARCHED)
        case "label":
            return value in (label["name"] for label in facts.get("labels", ()))
        case "store_id" | "for_store_id" | "warehouse_id" if f"{name.removeprefix('for_')}s" in facts:
            return value in map(str, facts[f"{name.removeprefix('for_')}s"])
        case "has_domain":
            return (facts.get("custom_domain") is not None) == (value.lower() == "true")
        case "domain":
            return value in str((facts.get("custom_domain") or {}).get("full_url"))
        case "tags":
            return value in facts.get("tags", ())
        case "qty_type":
            return any(variant.get("available_qty", 0) > 0 for variant in facts.get("variants", ()))
        case _:
            return _equals(endpoint, facts, name, value)


def _equals(endpoint: Endpoint, facts: Facts, name: str, value: str) -> bool:
    row = endpoint.filter_rows.get(name)
    columns = [column for column in (*_fields(name), *(row.columns if row else ())) if column in facts]
    wanted = [value.lower()] if name in columns else value.lower().split(",")
    return not columns or any(str(facts[column]).lower() in wanted for column in columns)


def _within(moment: Any, name: str, value: str, is_since: bool) -> bool:  # noqa: ANN401 - a day, microseconds or a datetime
    if moment is None:
        return False
    if isinstance(moment, str):
        return moment >= value[:10] if is_since else moment <= value[:10]
    known, bound = _stamped(moment), read_moment(name, value)
    return known >= bound if is_since else known <= bound


def _stamped(moment: datetime | int) -> int:
    return microseconds(moment) if isinstance(moment, datetime) else moment
