"""What a user asks of orders: days, bases, lists of values, filters that must be obeyed, limits."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest

from scalev_frames import errors
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames.money import exact
from scalev_frames.sandbox import Fault

JAKARTA = dt.timezone(dt.timedelta(hours=7))
BASES = {
    "created": "draft_time",
    "confirmed": "confirmed_time",
    "shipped": "shipped_time",
    "completed": "completed_time",
}


def moment(record, name):
    text = record.get(name) or (record["created_at"] if name == "draft_time" else None)
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def within(world, name, first, last):
    start = dt.datetime.fromisoformat(f"{first}T00:00:00+07:00")
    end = dt.datetime.fromisoformat(f"{last}T00:00:00+07:00") + dt.timedelta(days=1)
    return [str(row["id"]) for row in world.rows("orders") if (m := moment(row, name)) and start <= m < end]


@pytest.mark.slow
@pytest.mark.parametrize("by", BASES)
def test_days_are_jakartas_and_until_is_included(api, shared_sandbox, by):
    frame = api.orders(since="2026-10-01", until="2026-10-15", by=by, progress=False)
    wanted = within(shared_sandbox.world, BASES[by], "2026-10-01", "2026-10-15")
    assert sorted(frame["id"]) == sorted(wanted)
    assert wanted
    assert str(frame[BASES[by]].dtype) == "datetime64[us, Asia/Jakarta]"


@pytest.mark.slow
def test_a_late_start_does_not_read_the_whole_list(make_sandbox, make_account):
    sandbox = make_sandbox(orders=1000)
    api = make_account(sandbox)
    frame = api.orders(since="2026-11-20", progress=False)
    assert sorted(frame["id"]) == sorted(within(sandbox.world, "draft_time", "2026-11-20", "2026-11-30"))
    assert len(sandbox.requests) <= len(frame) // 25 + 4  # two of them count: by creation, and by draft time


@pytest.mark.slow
def test_several_values_of_a_filter(api, shared_sandbox):
    frame = api.orders(status=["rts", "canceled"], progress=False)
    wanted = [str(row["id"]) for row in shared_sandbox.world.rows("orders") if row["status"] in ("rts", "canceled")]
    assert sorted(frame["id"]) == sorted(wanted)
    assert frame.attrs["filters"] == {"status": ["rts", "canceled"]}


@pytest.mark.slow
def test_several_statuses_are_one_list_newest_first_brought_up_to_date_too(make_sandbox, make_account):
    sandbox, wanted = make_sandbox(orders=200), ["shipped", "completed", "rts"]
    api, world = make_account(sandbox), sandbox.world
    frame = api.orders(status=wanted, progress=False)
    assert frame["created_at"].is_monotonic_decreasing
    assert frame["status"].iloc[:40].nunique() > 1
    for status, rows in frame.groupby("status"):
        assert rows["id"].tolist() == [str(one["id"]) for one in world.rows("orders") if one["status"] == status]
    world.add_orders(6)
    for one, status in zip(world.order_ids()[2:60:9], itertools.cycle(wanted), strict=False):
        world.change_status(one, status)
    later = api.orders(status=wanted, progress=False, max_age=0)
    assert set(later["id"]) != set(frame["id"])
    assert later["created_at"].is_monotonic_decreasing
    assert later["id"].tolist() == api.orders(status=wanted, progress=False, refresh=True)["id"].tolist()


def test_a_filter_that_finds_nothing_gives_columns(api):
    frame = api.orders(external_id="nobody-has-this", progress=False)
    assert len(frame) == 0
    assert str(frame["gross_revenue"].dtype) == "float64"
    assert frame.attrs["complete"]


@pytest.mark.slow
def test_limit_says_that_it_is_not_everything(api):
    frame = api.orders(limit=30, progress=False)
    assert (len(frame), frame.attrs["complete"], frame.attrs["requests"]) == (30, False, 2)
    assert api.orders(progress=False).attrs["complete"]


MIRRORED = {row.name: row.columns[0] for row in ENDPOINTS["orders"].filter_rows.values() if row.columns}


def said(record, column):
    """What a filter would have to be for this record."""
    path = next(one.path for one in ENDPOINTS["orders"].columns if one.name == column)
    for step in path:
        record = record.get(step) if isinstance(record, dict) else None
    if column == "transferproof_url":
        return "true" if record else "false"
    if isinstance(record, list):
        return record[0]["name"] if record else None
    return str(record).lower() if isinstance(record, bool) else record


@pytest.mark.slow
@pytest.mark.parametrize("name", MIRRORED)
def test_a_filter_is_obeyed_and_one_the_server_ignores_is_applied_here(make_sandbox, make_account, name):
    sandbox = make_sandbox(orders=100)
    records = sandbox.world.rows("orders")
    found = [value for record in records if (value := said(record, MIRRORED[name])) not in (None, "")]
    value = found[len(found) // 2]
    frame = make_account(sandbox).orders(**{name: value}, progress=False)
    assert 0 < len(frame) < len(records)
    sandbox.script(Fault("ignore_filter", "/order", times=9999, filter=name))
    api = make_account(sandbox)
    if name == "financial_entity_id":  # some records give the bank's name alone
        with pytest.raises(errors.FilterIgnoredError, match="nothing that tells") as caught:
            api.orders(**{name: value}, refresh=True, progress=False)
        assert (caught.value.filter, caught.value.can_apply) == (name, False)
        return
    again = api.orders(**{name: value}, refresh=True, progress=False)
    assert sorted(again["id"]) == sorted(frame["id"])
    assert any(f"ignored {name}" in note for note in again.attrs["notes"])
    assert again.attrs["filters"] == {name: value if isinstance(value, str) else str(value)}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["confirmed_time_since", "shipped_time_until", "completed_time_since"])
def test_a_time_filter_by_its_own_name_is_exact_also_where_the_server_ignores_it(make_sandbox, make_account, name):
    sandbox = make_sandbox(orders=400)
    column = name.rpartition("_")[0]
    first, last = ("2026-09-01", "2030-01-01") if name.endswith("since") else ("2020-01-01", "2026-09-01")
    frame = make_account(sandbox).orders(**{name: "2026-09-01"}, progress=False)
    assert sorted(frame["id"]) == sorted(within(sandbox.world, column, first, last))
    sandbox.script(Fault("ignore_filter", "/order", times=9999, filter=name))
    again = make_account(sandbox).orders(**{name: "2026-09-01"}, refresh=True, progress=False)
    assert sorted(again["id"]) == sorted(frame["id"])
    assert any(f"ignored {name}" in note for note in again.attrs["notes"])


@pytest.mark.slow
def test_a_restricted_key_with_order_list_alone_pulls_orders(make_sandbox, make_account):
    sandbox = make_sandbox(orders=600)
    frame = make_account(sandbox, key=sandbox.restricted_key("order:list")).orders(progress=False)
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in sandbox.world.rows("orders"))
    assert frame.attrs["complete"]


@pytest.mark.slow
def test_an_until_the_server_ignores_is_applied_here(make_sandbox, make_account):
    sandbox = make_sandbox(faults=[Fault("ignore_filter", "/order", times=9999, filter="draft_time_until")])
    frame = make_account(sandbox).orders(until="2026-09-01", progress=False)
    assert sorted(frame["id"]) == sorted(within(sandbox.world, "draft_time", "2020-01-01", "2026-09-01"))
    assert any("ignored draft_time_until" in note for note in frame.attrs["notes"])


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"statuss": "shipped"}, errors.UnknownNameError, "Did you mean status"),
        ({"status": "shiped"}, errors.BadValueError, "Did you mean shipped"),
        ({"since": "01-11-2026"}, errors.BadValueError, "2026-11-01"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, errors.BadValueError, "Swap"),
        ({"by": "paid", "since": "2026-11-01"}, errors.UnknownNameError, "date basis"),
        ({"limit": 0}, errors.BadValueError, "above zero"),
        ({"since": pd.NaT}, errors.BadValueError, "not a day"),
        ({"since": "0001-01-01"}, errors.BadValueError, "not a day"),
        ({"until": "9999-12-31"}, errors.BadValueError, "not a day"),
        ({"confirmed_time_until": dt.date.max}, errors.BadValueError, "not a day"),
        ({"max_age": "1h"}, errors.BadValueError, "seconds"),
        ({"max_age": -1}, errors.BadValueError, "seconds"),
        ({"is_repeat": "maybe"}, errors.BadValueError, "True or False"),
        ({"status": []}, errors.BadValueError, "asks for nothing"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(make_sandbox, make_account, arguments, kind, words):
    sandbox = make_sandbox(orders=10)
    with pytest.raises(kind, match=words):
        make_account(sandbox).orders(**arguments, progress=False)
    assert sandbox.requests == []


@pytest.mark.slow
def test_money_is_exact_and_missing_is_not_zero(api, shared_sandbox):
    frame = api.orders(progress=False)
    from decimal import Decimal

    wanted = sum(
        Decimal(str(row["gross_revenue"]))
        for row in shared_sandbox.world.rows("orders")
        if row["gross_revenue"] not in (None, "")
    )
    assert sum(filter(None, exact(frame["gross_revenue"]))) == frame["gross_revenue"].sum() == wanted
    missing = sum(row["gross_revenue"] in (None, "") for row in shared_sandbox.world.rows("orders"))
    assert int(frame["gross_revenue"].isna().sum()) == missing


@pytest.mark.slow
def test_attrs_say_what_it_is(api):
    frame = api.orders(since="2026-11-01", progress=False)
    attrs = frame.attrs
    assert set(attrs) == {
        "endpoint",
        "filters",
        "as_of",
        "complete",
        "requests",
        "from_cache",
        "kept_as",
        "account",
        "time_zone",
        "notes",
        "rows",
        "header_version",
    }
    assert attrs["filters"] == {"since": "2026-11-01", "by": "created"}
    assert pd.Timestamp(attrs["as_of"]).utcoffset() == dt.timedelta(hours=7)
    assert "sent by the server, not in the data dictionary" in " ".join(attrs["notes"])
