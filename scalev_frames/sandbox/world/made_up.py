"""Rows of lists that the sandbox has no facts of, made from the catalog alone; and how lists are filtered.

Orders have filters of their own, see `filters`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from scalev_frames.catalog import Endpoint, Filter, shape_fields
from scalev_frames.sandbox.world.orders.filters import RefusedError, read_moment
from scalev_frames.sandbox.world.values.encodings import DAY, SECOND, dump, microseconds, moment_of, stamp
from scalev_frames.sandbox.world.values.from_shapes import Facts
from scalev_frames.sandbox.world.values.words import words

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


def cursors(keys: Iterable[str], rows: Sequence[tuple[bytes, Facts]]) -> dict[str, Any]:
    """What asks for the rows behind the last one of ``rows``."""
    found = {key: cursor_value(key, rows[-1][1]) if rows else None for key in keys}
    return found | {"next": f"next-{found['next']}"} if "next" in found else found


def after(listed: Sequence[tuple[bytes, Facts]], keys: Sequence[str], params: Mapping[str, str]) -> int:
    """Where the page after the row that the cursor in ``params`` names begins; all its keys must be sent together."""
    sent = {key: params[key].removeprefix("next-") if key == "next" else params[key] for key in keys if key in params}
    if not sent:
        return 0
    for place, (_, facts) in enumerate(listed, 1):
        if all(_as_text(cursor_value(key, facts)) == sent.get(key) for key in keys):
            return place
    raise RefusedError(next(iter(sent)))


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else dump(value).decode().strip('"')


def totals(buckets: Iterable[Facts]) -> dict[str, int]:
    """Totals of visits by day: who comes on several days is one visitor, so they are not the sums."""
    days = list(buckets)
    views, visitors, sessions = (sum(one.get(name) or 0 for one in days) for name in ("views", "visitors", "sessions"))
    return {"views": views, "visitors": visitors * 2 // 3, "sessions": sessions * 9 // 10}


def _cursor_facts(endpoint: Endpoint, moment: int) -> dict[str, Any]:
    """The times by which a list is read on."""
    names = [name for name in endpoint.envelope_keys if name.startswith("last_") and name != "last_id"]
    fields = shape_fields(endpoint.shape) if endpoint.shape else ()
    return {name if name in fields else name.removeprefix("last_"): moment for name in names}


def _day(endpoint: Endpoint, moment: int) -> dict[str, Any]:
    """The day of a row that is about one day, UTC."""
    is_by_day = endpoint.shape and shape_fields(endpoint.shape).get("day") == "date"
    return {"day": moment_of(moment).date().isoformat()} if is_by_day else {}


def _filtered(endpoint: Endpoint, number: int, moment: int) -> dict[str, Any]:
    """Values of the fields that filters look at, so that each filter shows some rows and hides others."""
    fields = dict(shape_fields(endpoint.shape)) if endpoint.shape else {}
    facts: dict[str, Any] = {name: moment for name in _times(endpoint, fields) if fields.get(name) == "time"}
    for row, column in _looked_at(endpoint, fields):
        if row.values:
            facts[column] = row.values[number % len(row.values)]
        elif column not in facts and (make := _PINNED.get(fields[column])):
            choices = words(endpoint.shape, column)
            facts[column] = make(number, choices[number % len(choices)])
    return facts


def _times(endpoint: Endpoint, fields: Container[str]) -> list[str]:
    """The fields by which rows may lie within times, and those that say when a record was made."""
    bounds = (_bounded(name, fields) for name in endpoint.filter_rows)
    return [*(basis.column for basis in endpoint.bases.values()), *filter(None, bounds), *_CREATED]


def _looked_at(endpoint: Endpoint, fields: Container[str]) -> Iterator[tuple[Filter, str]]:
    """Each filter with each field that it looks at."""
    for row in endpoint.filter_rows.values():
        yield from ((row, column) for column in (*_fields(row.name), *row.columns) if column in fields)


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
    several = f"{name.removeprefix('for_')}s"
    if name in _OF_SEVERAL and several in facts:
        return value in map(str, facts[several])
    test = _TESTS.get(name)
    return test(facts, value) if test else _equals(endpoint, facts, name, value)


#: Filters by one of several ids that a record has.
_OF_SEVERAL = ("store_id", "for_store_id", "warehouse_id")
#: Filters that ask for something else than that a field has a value.
_TESTS: dict[str, Callable[[Facts, str], bool]] = {
    "search": lambda facts, text: any(text.casefold() in str(facts.get(one, "")).casefold() for one in _SEARCHED),
    "label": lambda facts, name: name in (label["name"] for label in facts.get("labels", ())),
    "has_domain": lambda facts, flag: (facts.get("custom_domain") is not None) == (flag.lower() == "true"),
    "domain": lambda facts, text: text in str((facts.get("custom_domain") or {}).get("full_url")),
    "tags": lambda facts, tag: tag in facts.get("tags", ()),
    "qty_type": lambda facts, _: any(one.get("available_qty", 0) > 0 for one in facts.get("variants", ())),
}


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
