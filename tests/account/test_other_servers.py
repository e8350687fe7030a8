"""What was met on other servers: each list is whole, or an error, or a note says what cannot be known."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from scalev_frames import errors, read_parquet
from scalev_frames.sandbox import Behaviour, Fault, World, always
from tests.account.odd_servers import LATENCY, QUICK, ids

REFUSED = always("error", "/order/statistics", status=403, error="no")


def seeks(sandbox):
    return [request for request in sandbox.requests if "draft_time_until" in request.params]


def part(some, share, count=None):
    """Ids of orders from a share of the list on, at most ``count``."""
    return some[int(len(some) * share) :][:count]


ODDITIES = {
    "five without a draft time": lambda world, some: [world.change_draft_time(one, None) for one in part(some, 0.4, 5)],
    "the oldest quarter without": lambda world, some: [world.change_draft_time(one, None) for one in part(some, 0.74)],
    "one put back to draft today": lambda world, some: [world.change_draft_time(*part(some, 0.8, 1), world.now)],
    "twenty late by three days": lambda world, some: [
        world.change_draft_time(one, world.now - dt.timedelta(days=3)) for one in part(some, 0.27, 20)
    ],
    "forty created at one moment": lambda world, some: [
        world.change_created(one, world.now - dt.timedelta(days=90)) for one in part(some, 0.47, 40)
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize("faults", [(), (REFUSED,)], ids=["counted", "not counted"])
@pytest.mark.parametrize("oddity", ODDITIES)
def test_a_filter_hides_no_order_from_a_split_list(connect, oddity, faults):
    sandbox, api = connect(world=World(600, behaviour=Behaviour(hides_undated=True)), faults=faults)
    ODDITIES[oddity](sandbox.world, sandbox.world.order_ids())
    frame = api.orders(progress=False)
    assert seeks(sandbox)
    assert frame["id"].tolist() == ids(sandbox)
    assert frame.attrs["complete"]


@pytest.mark.slow
@pytest.mark.parametrize("faults", [(), (REFUSED,)], ids=["counted", "not counted"])
def test_backdated_orders_at_the_top_do_not_end_a_list_that_begins_at_a_day(connect, faults):
    sandbox, api = connect(faults=faults)
    sandbox.world.add_orders(45, created_at=sandbox.world.now - dt.timedelta(days=120))
    first = (sandbox.world.now - dt.timedelta(days=20)).date().isoformat()
    frame = api.orders(since=first, progress=False)
    start = dt.datetime.fromisoformat(f"{first}T00:00:00+07:00")
    wanted = [row for row in sandbox.world.rows("orders") if moment(row) >= start]
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in wanted)
    assert len(wanted) > 50


def moment(row):
    return dt.datetime.fromisoformat((row["draft_time"] or row["created_at"]).replace("Z", "+00:00"))


@pytest.mark.slow
def test_undated_orders_are_there_when_days_are_asked_for(connect):
    sandbox, api = connect(world=World(1500, behaviour=Behaviour(hides_undated=True)))
    some = sandbox.world.order_ids()
    for one in some[200:1400:100]:
        sandbox.world.change_draft_time(one, None)
    frame = api.orders(since="2026-07-01", until="2026-10-15", progress=False)
    start, end = (dt.datetime.fromisoformat(f"{day}T00:00:00+07:00") for day in ("2026-07-01", "2026-10-16"))
    wanted = [str(row["id"]) for row in sandbox.world.rows("orders") if start <= moment(row) < end]
    assert sorted(frame["id"]) == sorted(wanted)
    assert frame["draft_time"].isna().any()


@pytest.mark.slow
@pytest.mark.parametrize("faults", [(), (REFUSED,)], ids=["counted", "not counted"])
@pytest.mark.parametrize("kind", ["ignored", "refused"])
def test_a_server_without_the_time_filter_is_read_in_one_go_for_few_requests_more(connect, kind, faults):
    fault = (
        always("ignore_filter", "/order", filter="draft_time_until")
        if kind == "ignored"
        else always("refuse_filter", "/order", filter="draft_time_until")
    )
    sandbox, api = connect(orders=800, faults=[fault, *faults], latency=0.02)
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == ids(sandbox)
    assert len(seeks(sandbox)) <= 24


@pytest.mark.slow
@pytest.mark.parametrize("status", [400, 422])
def test_a_day_that_cannot_be_read_again_is_a_note_and_no_failure(connect, tmp_path, status):
    counts = always("insist", "/order/statistics", param="tz", value="UTC")
    refused = always("refuse_filter", "/order", filter="draft_time_until", status=status)
    sandbox, api = connect(world=World(80, days=4), faults=[counts, refused], latency=0)
    for how in ({}, {"max_age": 0}, {"refresh": True}):
        frame = api.orders(progress=False, **how)
        assert frame["id"].tolist() == ids(sandbox)
        assert "the server's list and its statistics do not agree" in str(frame.attrs["notes"])
    api.export(tmp_path / "orders", progress=False)
    frame = read_parquet(tmp_path / "orders")
    assert sorted(frame["id"]) == sorted(ids(sandbox))
    assert "the server's list and its statistics do not agree" in str(frame.attrs["notes"])


@pytest.mark.slow
def test_rows_that_are_known_to_be_missing_while_the_server_fails_are_an_error_and_no_frame(make_sandbox, make_account):
    fails = always("refuse_filter", "/order", filter="draft_time_until", status=500)
    sandbox = make_sandbox(world=World(120, days=6), faults=[always("lost_rows", "/order"), fails])
    api = make_account(sandbox, limits=QUICK, retry_seconds=2.0)
    with pytest.raises(errors.ServerError) as caught:
        api.orders(progress=False)
    assert "kept" in caught.value.kept
    sandbox._service.faults.clear()
    assert sorted(api.orders(progress=False)["id"]) == sorted(ids(sandbox))


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["opaque", "bound"])
def test_cursors_that_are_no_ids_are_followed(connect, cursor):
    sandbox, api = connect(world=World(500, behaviour=Behaviour(cursor=cursor, hides_undated=True)))
    for one in sandbox.world.order_ids()[100:400:7]:
        sandbox.world.change_draft_time(one, None)
    assert api.orders(progress=False)["id"].tolist() == ids(sandbox)


@pytest.mark.slow
@pytest.mark.parametrize(("cursor", "version"), [("place", "v2"), ("place", "v3"), ("nonce", "v3"), ("bound", "v2")])
def test_a_list_is_split_by_cursors_that_hold_no_filter_and_read_in_one_go_by_others(
    make_sandbox, make_account, cursor, version
):
    sandbox = make_sandbox(world=World(600, behaviour=Behaviour(cursor=cursor, hides_undated=True)), latency=LATENCY)
    for one in sandbox.world.order_ids()[200:203] + sandbox.world.order_ids()[500:600]:
        sandbox.world.change_draft_time(one, None)
    api = make_account(sandbox, base_url=sandbox.url(version), limits=QUICK, sleep=None)
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == ids(sandbox)
    first = len(seeks(sandbox))
    assert first > (cursor == "place")
    assert api.orders(refresh=True, progress=False)["id"].tolist() == ids(sandbox)
    again = len(seeks(sandbox))
    assert again > first if cursor == "place" else again == first  # remembered for a day


@pytest.mark.slow
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_statistics_are_a_help_and_never_an_error(make_sandbox, make_account, status):
    sandbox = make_sandbox(orders=60, faults=[
        always("error", path, status=status, error="no") for path in ("/order/statistics", "/orders/statistics")
    ])  # fmt: skip
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0], retry_seconds=0.0)
    first = api.orders(progress=False)
    assert any("no statistics" in note for note in first.attrs["notes"])
    sandbox.world.add_orders(3)
    now[0] = sandbox.world.now.timestamp() + 400
    second = api.orders(max_age=0, progress=False)
    third = api.orders(max_age=0, progress=False)
    assert second["id"].tolist() == third["id"].tolist() == ids(sandbox)
    assert any("no statistics" in note for note in third.attrs["notes"])


@pytest.mark.slow
def test_a_key_that_may_only_list_orders_does_the_whole_path(make_sandbox, make_account):
    sandbox = make_sandbox(orders=300)
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, key=sandbox.restricted_key("order:list"), clock=lambda: now[0])
    assert api.cost("orders").requests is None
    assert api.orders(progress=False)["id"].tolist() == ids(sandbox)
    sandbox.world.add_orders(30)
    now[0] = sandbox.world.now.timestamp() + 301
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == ids(sandbox)
    refused = [one for one in sandbox.requests if one.path.endswith("statistics")]
    assert len(refused) <= 3  # remembered for a day
    with pytest.raises(errors.ForbiddenError, match="order:statistics:read"):
        api.reconcile(frame)


@pytest.mark.slow
@pytest.mark.parametrize("names", ["confirmed_time_since shipped_time_since completed_time_since", "payment_status"])
def test_a_refresh_on_a_server_that_ignores_filters_is_a_full_pull_and_no_interruption(connect, names):
    now = [0]
    sandbox, api = connect(
        world=World(600, days=60), faults=[always("ignore_filter", "/order*", filter=names)], now=now
    )
    api.orders(progress=False)
    for _ in range(2):
        sandbox.world.add_orders(5)
        sandbox.world.change_payment(sandbox.world.order_ids()[300], "settled")
        now[0] += 600
        frame = api.orders(max_age=0, progress=False)
        assert frame["id"].tolist() == ids(sandbox)


def asked_by(sandbox, seen, name):
    """The requests after the first ``seen`` that have a parameter, or go to a path, of this name."""
    return [one for one in sandbox.requests[seen:] if name in one.params or one.path.endswith(name)]


@pytest.mark.slow
def test_a_server_that_ignores_the_times_of_changes_is_asked_for_them_once_a_day(connect):
    names, now = "confirmed_time_since shipped_time_since completed_time_since", [0]
    fault = always("ignore_filter", "/order*", filter=names)
    sandbox, api = connect(world=World(400, days=60), faults=[fault], now=now, latency=0)
    api.orders(progress=False)
    asked = []
    for _ in range(2):
        now[0] += 600
        seen = len(sandbox.requests)
        assert api.orders(max_age=0, progress=False)["id"].tolist() == ids(sandbox)
        asked.append(any(asked_by(sandbox, seen, name) for name in names.split()))
    assert asked == [True, False]


@pytest.mark.slow
def test_counts_of_other_orders_are_asked_for_once_a_day(connect):
    fault = always("ignore_filter", "/order/statistics", filter="payment_status")
    sandbox, api = connect(world=World(400, days=60), faults=[fault], latency=0)
    call = {"status": ["shipped", "completed", "rts"], "payment_status": ["paid", "unpaid", "settled", "conflict"]}
    first = api.orders(progress=False, **call)
    assert "the server's list and its statistics do not agree" in str(first.attrs["notes"])
    seen = len(sandbox.requests)
    again = api.orders(progress=False, max_age=0, **call)
    assert again["id"].tolist() == first["id"].tolist()
    assert "statistics count other orders than its list has" in str(again.attrs["notes"])
    assert asked_by(sandbox, seen, "statistics") == []
    assert again.attrs["requests"] < first.attrs["requests"] - 6 < 45  # without the counts of twelve lists
    assert again.attrs["requests"] < 0.6 * 60
    assert "do not agree" not in str(api.orders(progress=False).attrs["notes"])
    assert len(asked_by(sandbox, seen, "statistics")) == 1


def ends_early(api, sandbox, call, faults):
    """What a call gives where the server says at its fourth page that there are no more, and what it sends."""
    for fault in (always("error", "/order*/statistics", status=403, error="no"), *faults):
        sandbox.script(fault)
    seen = len(sandbox.requests)
    try:
        frame = api.fetch(*call, progress=False)
    except errors.PagingError as error:
        return str(error), seen
    return frame["id"].tolist(), seen


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize("has_cursor", [True, False], ids=["with a cursor", "without"])
def test_a_list_that_is_said_to_end_with_a_full_page_is_whole(make_sandbox, make_account, version, has_cursor):
    sandbox = make_sandbox(world=World(190, days=60))
    api = make_account(sandbox, base_url=sandbox.url(version))
    cursor = "last_id" if version == "v2" else "next_cursor"
    faults = [Fault("envelope", "/order*", at=4, key="has_next", value=False)]
    if not has_cursor:
        faults.append(Fault("envelope", "/order*", at=4, key=cursor, value=None))
    assert ends_early(api, sandbox, ("orders",), faults)[0] == ids(sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("counts", [None, {}, {"data": []}, {"data": [{"date": "2026-11-30", "count": None}]}], ids=str)
@pytest.mark.parametrize(("version", "path"), [("v2", "/order"), ("v3", "/orders")])
def test_a_list_whose_pages_all_say_that_they_are_the_last_is_whole(make_sandbox, make_account, version, path, counts):
    sandbox = make_sandbox(world=World(120, days=25), faults=[always("envelope", path, key="has_next", value=False)])
    if counts is not None:
        sandbox.script(always("record", f"{path}/statistics", fields=counts, alone=True))
    api = make_account(sandbox, base_url=sandbox.url(version))
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == ids(sandbox)
    assert ("nothing was compared" in str(frame.attrs["notes"])) == (counts is not None)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["pull", "refresh", "export"])
def test_an_empty_page_where_more_was_promised_and_is_counted_is_an_error(make_sandbox, make_account, tmp_path, way):
    api = make_account(sandbox := make_sandbox(world=World(190, days=25)))
    if way == "refresh":
        api.orders(progress=False)
        sandbox.world.add_orders(60)
    empty = always("empty_page", "/order", at=2, ends=True)
    sandbox.script(empty)

    def found():
        if way == "export":
            api.export(tmp_path / "orders", progress=False)
            return sorted(read_parquet(tmp_path / "orders")["id"])
        return sorted(api.orders(progress=False, max_age=0)["id"])

    with pytest.raises(errors.PagingError, match=r"promised more rows and counts \d+ more") as stopped:
        found()
    assert stopped.value.kept
    empty.times = 0
    assert found() == sorted(ids(sandbox))


@pytest.mark.parametrize("lies", [True, False])
def test_the_end_of_orders_is_proven_where_the_server_sends_no_shorter_pages(make_sandbox, make_account, lies):
    whole_pages = always("insist", "/orders", param="page_size", value="25")
    sandbox = make_sandbox(world=World(100, days=60), faults=[whole_pages])
    api = make_account(sandbox, base_url=sandbox.url("v3"))
    early = {"has_next": False, "next_cursor": None} if lies else {}
    faults = [always("envelope", "/orders", key=key, value=value) for key, value in early.items()]
    found, _ = ends_early(api, sandbox, ("orders",), faults)
    if lies:
        assert "said that a list ends, and has sent older rows of it" in found
    else:
        assert found == ids(sandbox)
        assert "full page" not in str(api.orders(progress=False).attrs["notes"])


@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize(("orders", "more"), [(100, 1), (101, 0), (99, 0), (25, 1), (10, 0), (0, 0)])
def test_an_honest_end_costs_little_where_its_page_is_full_and_nothing_was_counted(
    make_sandbox, make_account, version, orders, more
):
    sandbox = make_sandbox(world=World(orders, days=60))
    api = make_account(sandbox, base_url=sandbox.url(version))
    found, seen = ends_early(api, sandbox, ("orders",), ())
    assert found == ids(sandbox)
    lists = [one for one in asked_by(sandbox, seen, "") if "statistics" not in one.path]
    assert len(lists) == max(1, math.ceil(orders / 25)) + more * (1 if version == "v2" else 2)  # v3 gives no cursor


def test_counts_prove_a_full_last_page(make_sandbox, make_account):
    sandbox = make_sandbox(world=World(100, days=60))
    assert make_account(sandbox).orders(progress=False)["id"].tolist() == ids(sandbox)
    assert len(sandbox.requests) == 1 + 4


@pytest.mark.slow
def test_an_export_knows_counts_of_other_orders_as_a_pull_does(connect, tmp_path):
    fault = always("ignore_filter", "/order/statistics", filter="payment_status")
    sandbox, api = connect(world=World(100, days=36), faults=[fault], latency=0)
    call = {"status": ["shipped", "completed", "rts"], "payment_status": ["paid", "unpaid", "settled", "conflict"]}
    notes = api.export(tmp_path / "orders", progress=False, **call).header.notes
    assert "statistics count other orders than its list has, since they ignore payment_status" in str(notes)
    assert "do not agree" not in str(notes)
    seen = len(sandbox.requests)
    assert "statistics count other orders than its list has" in str(api.orders(progress=False, **call).attrs["notes"])
    assert asked_by(sandbox, seen, "statistics") == []


CALLS = [{}, {"payment_status": ["paid", "unpaid", "settled"]}, {"status": ["shipped", "completed"]}, {"store_id": 2}]


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_pull_that_lost_rows_never_teaches_that_the_counts_are_wrong(connect, call):
    fault, found = always("lost_rows", "/order"), []
    sandbox, api = connect(world=World(200, days=20), faults=[fault], latency=0)
    for times in (math.inf, 0, math.inf):
        fault.times, seen = times, len(sandbox.requests)
        frame = api.orders(progress=False, refresh=True, **call)
        assert asked_by(sandbox, seen, "statistics")
        assert "nothing was compared" not in str(frame.attrs["notes"])
        found.append(("do not agree" in str(frame.attrs["notes"]), len(frame)))
    (differed, fewer), (differs, rows), (differs_again, fewer_again) = found
    assert (differed, differs, differs_again) == (True, False, True)
    assert max(fewer, fewer_again) < rows  # which ones are lost is as the pages lie


@pytest.mark.slow
def test_counts_that_ignore_a_filter_are_compared_again_where_nothing_shows_it(connect):
    fault = always("ignore_filter", "/order/statistics", filter="payment_status")
    sandbox, api = connect(world=World(400, days=60), faults=[fault], latency=0)
    for _ in range(2):
        seen = len(sandbox.requests)
        frame = api.orders(progress=False, max_age=0, payment_status="paid")
        assert "do not agree" in str(frame.attrs["notes"])
        assert asked_by(sandbox, seen, "statistics")


@pytest.mark.slow
@pytest.mark.parametrize("status", [400, 422])
def test_counts_refused_with_one_filter_are_asked_for_without_it(connect, status):
    fault = always("refuse_filter", "/order/statistics", filter="payment_status", status=status)
    sandbox, api = connect(world=World(100, days=20), faults=[fault], latency=0)
    for _ in range(2):
        frame = api.orders(progress=False, max_age=0, payment_status="paid")
        assert "the server gave no statistics" in str(frame.attrs["notes"])
    assert len(asked_by(sandbox, 0, "statistics")) == 1
    assert "statistics" not in str(api.orders(progress=False).attrs["notes"])
    assert len(asked_by(sandbox, 0, "statistics")) == 2


@pytest.mark.slow
def test_where_counts_do_not_obey_the_payment_status_the_note_says_so(connect):
    fault = always("ignore_filter", "/order/statistics", filter="payment_status")
    now = [0]
    _, api = connect(world=World(1200, days=60), faults=[fault], now=now)
    api.orders(progress=False)
    now[0] += 600
    notes = " ".join(api.orders(max_age=0, progress=False).attrs["notes"])
    assert "does not count by payment status" in notes
    assert "neither status nor gross revenue" in notes
