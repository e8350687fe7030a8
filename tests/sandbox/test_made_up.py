"""A row of the catalog is served with plausible values and every filter of its own, whatever its paging."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.sandbox import Sandbox
from tests.movements import KINDS, add_movements
from tests.sandbox.test_versions import ask, read

Get = Callable[..., Any]
__all__ = ["ask", "read"]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox whose catalog has a list of every paging kind."""
    add_movements(monkeypatch)
    with Sandbox(orders=5, limits=None) as running:
        yield running


@pytest.fixture(scope="module")
def plain() -> Iterator[Sandbox]:
    """A sandbox of the catalog as it is."""
    with Sandbox(orders=5, limits=None) as running:
        yield running


def follow(get: Get, sandbox: Sandbox, kind: str, **params: Any) -> list[Any]:
    """Every row, read as the specification says; the envelope is held to its keys on the way."""
    rows: list[Any] = []
    position: dict[str, Any] = {}
    while True:
        data = get(sandbox, f"/movements/{kind.replace('_', '-')}", **params, **position).json()["data"]
        assert set(data) == {*KINDS[kind], "results"}
        rows += data["results"]
        if kind in ("page", "count"):
            position = {"page": position.get("page", 1) + 1}
        else:
            position = {key: data[key] for key in data if key.startswith("last_") or key == "next"}
        more = data.get("has_next", data.get("next") is not None)
        if kind == "count":
            more = len(rows) < data["count"]
        if not more:
            return rows


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, 24, 25, 26, 50, 61])
def test_every_paging_kind(sandbox: Sandbox, get: Get, read: Any, kind: str, count: int) -> None:
    sandbox.world.set_rows(kind, count)
    truth = sandbox.world.rows(kind)
    assert len(truth) == count
    assert follow(get, sandbox, kind) == truth
    assert read(sandbox, f"/movements/{kind.replace('_', '-')}") == truth


def test_two_keys_are_sent_together(sandbox: Sandbox, get: Get) -> None:
    data = get(sandbox, "/movements/two-keys").json()["data"]
    assert get(sandbox, "/movements/two-keys", last_id=data["last_id"]).status_code == 422
    other = {"last_id": data["last_id"], "last_updated_at": "2020-01-01T00:00:00Z"}
    assert get(sandbox, "/movements/two-keys", **other).status_code == 422


def test_a_list_without_any_paging(sandbox: Sandbox, get: Get, ask: Any) -> None:
    rows = sandbox.world.rows("none")
    assert get(sandbox, "/movements/none").json()["data"] == {"results": rows}
    assert ask(sandbox, "/movements/none").json() == {"data": rows, "is_paginated": False}


def test_values_are_those_of_the_enumerations(sandbox: Sandbox) -> None:
    rows = sandbox.world.rows("last_id")
    assert {row["balance_type"] for row in rows} == {"pending", "available"}
    assert {row.get("status") for row in rows} <= {"active", "inactive", None}
    assert all("@" in row["email"] for row in rows if row.get("email"))
    store = sandbox.world.rows("store", id=1)[0]
    known = {
        "capi_purchase_value_type": ("gross_revenue", "net_revenue", "adj_gross_revenue"),
        "dynamic_other_income_cod_type": ("fixed", "percentage"),
        "dynamic_other_income_epayment_type": ("fixed", "percentage"),
        "postal_code_requirement": ("autofill", "manual"),
    }
    assert all(store[name] in (*values, None) for name, values in known.items() if name in store)
    assert {"confirmed", "public_upload"} == set(store["non_cod_purchase_triggers"])


def test_every_filter_shows_some_rows_and_hides_others(sandbox: Sandbox, get: Get) -> None:
    everything = sandbox.world.rows("last_id")
    middle = everything[27]["created_at"]
    fits: dict[tuple[str, Any], Callable[[Any], bool]] = {
        ("balance_type", "pending"): lambda row: row["balance_type"] == "pending",
        ("is_final", "true"): lambda row: row["is_final"] in (True, "true"),
        ("account_id", 2): lambda row: row["account"] == 2,
        ("search", everything[3].get("name") or everything[4]["name"]): lambda row: True,
        ("created_at_since", middle): lambda row: row["created_at"] >= middle,
        ("created_at_until", middle): lambda row: row["created_at"] <= middle,
        ("paid_since", middle): lambda row: row["paid_time"] >= middle,
        ("paid_until", middle): lambda row: row["paid_time"] <= middle,
    }
    for (name, value), fit in fits.items():
        rows = follow(get, sandbox, "last_id", **{name: value})
        assert 0 < len(rows) < len(everything), name
        if name == "search":
            assert all(value in row["name"] for row in rows)
        else:
            assert rows == [row for row in everything if fit(row)], name


def test_newest_rows_come_first(sandbox: Sandbox) -> None:
    times = [row["created_at"] for row in sandbox.world.rows("last_id")]
    assert times == sorted(times, reverse=True)
    assert datetime.fromisoformat(times[0]) > sandbox.world.now.astimezone(UTC) - timedelta(days=1)


def test_a_required_parameter_is_required(sandbox: Sandbox, get: Get) -> None:
    refused = get(sandbox, "/movements/wanted")
    assert (refused.status_code, refused.json()["error"]) == (400, "ids is required")
    assert get(sandbox, "/movements/wanted", ids="1").status_code == 200


UNPROVEN = [row for row in ENDPOINTS.values() if row.is_unproven]


def arguments(row: Endpoint) -> dict[str, Any]:
    return {**dict.fromkeys(row.path_parameters, 3), **dict.fromkeys(row.required, "7")}


IN_V3 = [row for row in UNPROVEN if "v3" in row.versions and row.paging != "record" and row.rows_at != "buckets"]


@pytest.mark.parametrize("row", IN_V3, ids=lambda row: row.name)
def test_generated_lists_in_v3(plain: Sandbox, ask: Any, row: Endpoint) -> None:
    given = arguments(row)
    path = row.path_in("v3").format(**given)
    params = {name: given[name] for name in row.required}
    truth = [one if row.shape else one[row.value_column] for one in plain.world.rows(row.name, **given)]
    rows: list[Any] = []
    while True:
        body = ask(plain, path, **params).json()
        rows += body["data"]
        if not body.get("has_next"):
            break
        params = {"next_cursor": body["next_cursor"]}
    assert rows == truth
    assert len(rows) > 25 or row.required  # `ids` picks them


@pytest.mark.slow
@pytest.mark.parametrize("row", UNPROVEN, ids=lambda row: row.name)
def test_generated_filters_are_obeyed(plain: Sandbox, row: Endpoint) -> None:
    """Of every filter whose field is known the rows fit, and of every enumerated value there are some."""
    given = arguments(row)
    everything = plain.world.rows(row.name, **given)
    fields = {column.path[0] for column in row.columns}
    for one in row.filter_rows.values():
        for column in [column for column in one.columns if column in fields and one.name not in given]:
            for value in one.values or [everything[0][column], everything[1][column]]:
                rows = plain.world.rows(row.name, **given, **{one.name: value})
                assert {str(found[column]) for found in rows} == {str(value)}, one.name
    for basis in [basis for basis in row.bases.values() if basis.column in fields]:
        middle = everything[20][basis.column]
        times = [found[basis.column] for found in everything]
        bounds = {basis.since: [time for time in times if time >= middle], basis.until: times[20:]}
        for name, wanted in bounds.items():
            if name:
                rows = plain.world.rows(row.name, **given, **{name: middle})
                assert [found[basis.column] for found in rows] == wanted, name


def test_buckets_stand_below_their_own_key(plain: Sandbox, ask: Any) -> None:
    body = ask(plain, "/web-analytics/traffic", **{"from": "2026-11-01", "to": "2026-11-03"}).json()
    assert [row["day"] for row in body["buckets"]] == ["2026-11-03", "2026-11-02", "2026-11-01"]
    assert len(ask(plain, "/web-analytics/pages", **{"from": "2026-11-01", "to": "2026-11-03"}).json()["data"]) == 55


def test_a_filter_of_several_values(plain: Sandbox) -> None:
    everything = plain.world.rows("business_events")
    wanted = sorted({row["status"] for row in everything})[:2]
    rows = plain.world.rows("business_events", statuses=",".join(map(str, wanted)))
    assert rows == [row for row in everything if row["status"] in wanted]
    assert 0 < len(rows) < len(everything)
