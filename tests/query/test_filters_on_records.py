"""Every mirrored filter, on the sandbox's own records: obeyed raises no alarm, ignored does, applied here is the same."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scalev_frames.catalog import ENDPOINTS, Filter
from scalev_frames.errors import FilterIgnoredError
from scalev_frames.query import Query, make_query
from scalev_frames.query.filters import HIDDEN_METHODS
from scalev_frames.sandbox import World

JAKARTA = ZoneInfo("Asia/Jakarta")
WORLD = World(orders=400)
#: Path parameters of lists below a parent.
IDS = {"store_id": "1", "product_id": "101", "bundle_id": "230"}
LISTS = [row for row in ENDPOINTS.values() if row.paging in ("cursor", "page") and not row.is_unproven]
MIRRORED = [(row.name, name) for row in LISTS for name, one in row.filter_rows.items() if one.columns]


def rows(query: Query, **params: str) -> list[dict[str, Any]]:
    ids = {name: IDS[name] for name in query.endpoint.path_parameters}
    return WORLD.rows(query.endpoint.name, **ids, **params)


def breaks(query: Query, row: dict[str, Any]) -> bool:
    try:
        query.check(row, query.mirrors(query.params[0]))
    except FilterIgnoredError:
        return True
    return False


def values(row: Filter, records: list[dict[str, Any]]) -> list[str]:
    """Values that records have, as a user would write them."""
    if row.kind == "flag":
        return ["true", "false"]
    if row.values:  # an order of a payment link shows the method that was used in the end
        return [value for value in row.values if value not in HIDDEN_METHODS]
    query = make_query("orders", {}, JAKARTA, WORLD.now)
    found: dict[str, None] = {}
    for record in records:
        for column in ENDPOINTS["orders"].columns if row in query.endpoint.filter_rows.values() else ():
            if column.name == row.columns[0]:
                value: Any = record
                for step in column.path:
                    value = value.get(step) if isinstance(value, dict) else None
                for one in value if isinstance(value, list) else [value]:
                    found[str(one["name"] if isinstance(one, dict) else one or "")] = None
    return [value for value in found if value][:8]


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "name"), MIRRORED)
def test_a_filter_applied_here_gives_what_an_honest_server_gives(endpoint, name):
    row = ENDPOINTS[endpoint].filter_rows[name]
    ids = {one: IDS[one] for one in ENDPOINTS[endpoint].path_parameters}
    every = rows(make_query(endpoint, ids, JAKARTA, WORLD.now))
    asked = values(row, every) if endpoint == "orders" or row.kind == "flag" or row.values else ["baru", "cod"]
    assert asked
    for value in set(asked) - {"unavailable"}:  # what that means of orders without a courier, nobody says
        try:
            honest = rows(make_query(endpoint, ids, JAKARTA, WORLD.now), **{name: value})
        except ValueError:  # a value that this world does not know
            continue
        query = make_query(endpoint, {**ids, name: value}, JAKARTA, WORLD.now)
        here = query.applied_here(name)
        if any(breaks(here, one) for one in every):  # a bank's name in place of the bank: nothing here shows it
            assert name == "financial_entity_id"
            continue
        assert [one["id"] for one in honest if breaks(query, one)] == []
        assert [one["id"] for one in every if here.includes(one)] == [one["id"] for one in honest], value
        if len(honest) < len(every):
            assert any(breaks(query, one) for one in every), value


@pytest.mark.parametrize("by", ["confirmed", "shipped", "completed"])
def test_times_applied_here_give_what_an_honest_server_gives(by):
    asked = {"since": "2026-09-01", "until": "2026-10", "by": by}
    query = make_query("orders", asked, JAKARTA, WORLD.now)
    sent = {name: one for name, one in query.params[0].items() if name != "columns"}
    honest = [one["id"] for one in WORLD.rows("orders", **sent) if query.includes(one)]
    here = query.applied_here(*sent)
    assert set(here.params[0]) == {"columns"}
    every = WORLD.rows("orders")
    assert [one["id"] for one in every if here.includes(one)] == honest != []
    assert not any(breaks(here, one) for one in every)
    assert any(breaks(query, one) for one in every)
    assert dt.timedelta() < query.end - query.start


def reworded(value: Any, how: random.Random) -> Any:
    """The same value as another server might write it."""
    match value:
        case bool():
            return how.choice([value, str(value).lower(), int(value), str(int(value)), str(value)])
        case int():
            return how.choice([value, float(value), str(value), f"{value}.0"])
        case str():
            return how.choice([value, value.upper(), f" {value}"])
        case list():
            return [
                reworded(one["name"], how) if isinstance(one, dict) and "name" in one and how.random() < 0.5 else one
                for one in value
            ]
        case dict() if set(value) >= {"id", "name"} and how.random() < 0.2:
            return reworded(value["id"], how)
        case dict():
            return {name: reworded(one, how) for name, one in value.items() if name != "name" or how.random() < 0.9}
        case _:
            return value


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for endpoint, name in MIRRORED if endpoint == "orders"])
def test_no_alarm_however_a_server_writes_what_was_asked_for(name):
    row, how = ENDPOINTS["orders"].filter_rows[name], random.Random(name)
    for value in set(values(row, WORLD.rows("orders"))) - {"unavailable"}:
        try:
            honest = WORLD.rows("orders", **{name: value})
        except ValueError:
            continue
        query = make_query("orders", {name: value}, JAKARTA, WORLD.now)
        assert [
            one for one in honest[:40] if breaks(query, {key: reworded(part, how) for key, part in one.items()})
        ] == []
