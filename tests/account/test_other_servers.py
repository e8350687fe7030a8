"""What was met on other servers: each list is whole, or an error, or a note says what cannot be known."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest
from processes import LONG

from scalev_frames import errors
from scalev_frames.sandbox import Behaviour, Fault, always

#: Requests as fast as they come; with `LATENCY` it takes several workers to fill it.
QUICK = ((1000, 5.0),)
LATENCY = 0.04
REFUSED = always("error", "/order/statistics", status=403, error="no")


@pytest.fixture
def connect(make_sandbox, make_account):
    """A sandbox slow enough for several workers, and an account at it."""

    def make(orders=1500, faults=(), now=None, **how):
        sandbox = make_sandbox(orders=orders, latency=how.pop("latency", LATENCY), faults=list(faults), **how)
        clock = {} if now is None else {"clock": lambda: sandbox.world.now.timestamp() + now[0]}
        return sandbox, make_account(sandbox, limits=QUICK, sleep=None, **clock)

    return make


def ids(sandbox):
    return [str(one) for one in sandbox.world.order_ids()]


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
    sandbox, api = connect(faults=faults, behaviour=Behaviour(hides_undated=True))
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
    sandbox, api = connect(behaviour=Behaviour(hides_undated=True))
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


@pytest.mark.sampled(2)
@pytest.mark.parametrize("status", [400, 422])
def test_a_day_that_cannot_be_read_again_is_a_note_and_no_failure(connect, status):
    counts = always("insist", "/order/statistics", param="tz", value="UTC")
    refused = always("refuse_filter", "/order", filter="draft_time_until", status=status)
    sandbox, api = connect(orders=120, faults=[counts, refused], latency=0, days=6)
    for how in ({}, {"max_age": 0}, {"refresh": True}):
        frame = api.orders(progress=False, **how)
        assert frame["id"].tolist() == ids(sandbox)
        assert "the server's list and its statistics do not agree" in str(frame.attrs["notes"])


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["opaque", "bound"])
def test_cursors_that_are_no_ids_are_followed(connect, cursor):
    sandbox, api = connect(orders=500, behaviour=Behaviour(cursor=cursor, hides_undated=True))
    for one in sandbox.world.order_ids()[100:400:7]:
        sandbox.world.change_draft_time(one, None)
    assert api.orders(progress=False)["id"].tolist() == ids(sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize("cursor", ["place", "nonce", "bound"])
def test_a_list_is_split_by_cursors_that_hold_no_filter_and_read_in_one_go_by_others(
    make_sandbox, make_account, cursor, version
):
    sandbox = make_sandbox(orders=700, latency=LATENCY, behaviour=Behaviour(cursor=cursor, hides_undated=True))
    for one in sandbox.world.order_ids()[200:203] + sandbox.world.order_ids()[500:600]:
        sandbox.world.change_draft_time(one, None)
    api = make_account(sandbox, base_url=sandbox.url(version), limits=QUICK, sleep=None)
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == ids(sandbox)
    first = len(seeks(sandbox))
    assert first > 1 if cursor == "place" else first == 1
    assert api.orders(refresh=True, progress=False)["id"].tolist() == ids(sandbox)
    assert len(seeks(sandbox)) > first or cursor != "place"
    assert len(seeks(sandbox)) == 1 or cursor == "place"  # remembered for a day


@pytest.mark.slow
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 422, 429, 500, 503])
def test_statistics_are_a_help_and_never_an_error(make_sandbox, make_account, status):
    sandbox = make_sandbox(orders=600, faults=[
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
    sandbox = make_sandbox(orders=600)
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
    sandbox, api = connect(orders=1200, faults=[always("ignore_filter", "/order*", filter=names)], now=now, days=60)
    api.orders(progress=False)
    for _ in range(3):
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
    sandbox, api = connect(orders=400, faults=[fault], now=now, days=60, latency=0)
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
    sandbox, api = connect(orders=400, faults=[fault], days=60, latency=0)
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


CALLS = [{}, {"payment_status": ["paid", "unpaid", "settled"]}, {"status": ["shipped", "completed"]}, {"store_id": 2}]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_pull_that_lost_rows_never_teaches_that_the_counts_are_wrong(connect, call):
    fault, found = always("lost_rows", "/order"), []
    sandbox, api = connect(orders=400, faults=[fault], days=20, latency=0)
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
    sandbox, api = connect(orders=400, faults=[fault], days=60, latency=0)
    for _ in range(2):
        seen = len(sandbox.requests)
        frame = api.orders(progress=False, max_age=0, payment_status="paid")
        assert "do not agree" in str(frame.attrs["notes"])
        assert asked_by(sandbox, seen, "statistics")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("status", [400, 422])
def test_counts_refused_with_one_filter_are_asked_for_without_it(connect, status):
    fault = always("refuse_filter", "/order/statistics", filter="payment_status", status=status)
    sandbox, api = connect(orders=100, faults=[fault], days=20, latency=0)
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
    _, api = connect(orders=1200, faults=[fault], now=now, days=60)
    api.orders(progress=False)
    now[0] += 600
    notes = " ".join(api.orders(max_age=0, progress=False).attrs["notes"])
    assert "does not count by payment status" in notes
    assert "neither status nor gross revenue" in notes


@pytest.mark.slow
def test_what_lies_unfinished_is_never_older_than_was_asked_for(connect):
    for how in ({"max_age": 0}, {"refresh": True}):
        fault = Fault("error", "/order", at=20, times=1, status=401, error="not now")
        now = [0]
        sandbox, api = connect(orders=900, faults=[fault], now=now, days=60)
        with pytest.raises(errors.AuthenticationError):
            api.orders(progress=False, **how)
        sandbox.world.add_orders(40)
        sandbox.world.delete_order(sandbox.world.order_ids()[60])
        now[0] += 20 * 3600
        assert api.orders(progress=False, **how)["id"].tolist() == ids(sandbox)


@pytest.mark.slow
def test_a_finished_pull_is_finished_also_when_its_frame_cannot_be_kept(make_sandbox, make_account, tmp_path):
    sandbox = make_sandbox(orders=400)
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    api.folder.mkdir(parents=True)
    (api.folder / "frames").write_text("a file where the folder belongs")
    for _ in range(3):
        frame = api.orders(max_age=0, progress=False)
        assert frame["id"].tolist() == ids(sandbox)
        assert any("could not be kept" in note for note in frame.attrs["notes"])
        sandbox.world.add_orders(30)
        now[0] = sandbox.world.now.timestamp() + 60


def test_rows_without_an_id_are_no_doubles(make_sandbox, make_account):
    sandbox = make_sandbox(orders=60, faults=[always("rows", "/order", without="id")])
    frame = make_account(sandbox).orders(progress=False)
    assert len(frame) == 60
    assert not any("twice" in note for note in frame.attrs["notes"])


@pytest.mark.slow
def test_what_is_no_record_is_an_error(make_sandbox, make_account):
    for item in ("oops", 5, None, [1, 2]):
        sandbox = make_sandbox(orders=60, faults=[Fault("items", "/order", items=[item])])
        with pytest.raises(errors.IncompleteError, match="where a record belongs"):
            make_account(sandbox).orders(progress=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        always("envelope", "/order", without="has_next"),
        always("envelope", "/order", without="has_next page_size"),
        always("envelope", "/order", key="has_next", value=None, without="page_size"),
        always("plain_list", "/order"),
        always("root_list", "/order"),
    ],
    ids=str,
)
def test_a_list_that_does_not_say_whether_there_is_more_is_never_cut_short(make_sandbox, make_account, fault):
    sandbox = make_sandbox(orders=60, faults=[fault])
    api = make_account(sandbox)
    try:
        frame = api.orders(progress=False)
    except errors.IncompleteError:
        return
    assert frame["id"].tolist() == ids(sandbox)


@pytest.mark.slow
def test_orders_that_change_between_two_statuses_meanwhile_are_in_one_of_them(connect):
    sandbox, api = connect(orders=1500, days=60)
    chance = random.Random(3)
    asked = ("shipped", "completed")
    stay = {str(row["id"]) for row in sandbox.world.rows("orders") if row["status"] in asked}

    def move(request):
        if request.path.endswith("/order") and len(sandbox.requests) < 40:
            shipped = [row["id"] for row in sandbox.world.rows("orders", status="shipped")]
            for one in chance.sample(shipped, min(6, len(shipped))):
                sandbox.world.change_status(one, "completed")

    sandbox.on_request(move)
    frame = api.orders(status=["completed", "shipped"], progress=False)
    assert stay <= set(frame["id"])
    assert frame["id"].is_unique


@pytest.mark.slow
def test_dates_that_lie_far_apart_overflow_nothing(connect):
    sandbox, api = connect(orders=300)
    some = sandbox.world.order_ids()
    sandbox.world.change_created(some[1], dt.datetime(1971, 1, 2, tzinfo=dt.UTC))
    sandbox.world.change_created(some[2], dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    sandbox.world.change_created(some[-1], dt.datetime(1980, 8, 9, tzinfo=dt.UTC))
    assert sorted(api.orders(progress=False)["id"]) == sorted(map(str, some))


@pytest.mark.slow
def test_a_limit_that_is_the_number_of_rows_is_complete(make_sandbox, make_account):
    sandbox = make_sandbox(orders=50)
    api = make_account(sandbox)
    assert api.orders(limit=50, progress=False).attrs["complete"]
    assert not api.orders(limit=49, progress=False).attrs["complete"]


@pytest.mark.slow
def test_larger_pages_are_taken_where_they_are_granted_and_not_asked_for_again_where_they_are_not(
    make_sandbox, make_account
):
    for behaviour, pages, again in (
        (Behaviour(largest_page=100), 2, 2),
        (Behaviour(), 7, 7),
        (Behaviour(refuses_larger=True), 8, 7),
    ):
        sandbox = make_sandbox(orders=5, behaviour=behaviour, seed=pages + again)
        api = make_account(sandbox)
        wanted = [str(row["id"]) for row in sandbox.world.rows("locations")]
        assert api.locations(progress=False)["id"].tolist() == wanted
        assert len(sandbox.requests) == pages
        assert api.locations(refresh=True, progress=False)["id"].tolist() == wanted
        assert len(sandbox.requests) == pages + again


def test_an_account_closes_with_its_block(make_sandbox, make_account):
    with make_account(make_sandbox(orders=30)) as api:
        assert len(api.orders(progress=False)) == 30


@pytest.mark.slow
def test_a_cancelled_call_leaves_the_others_alone(make_sandbox, make_account):
    import threading

    from scalev_frames.cancel import CancelToken

    sandbox = make_sandbox(orders=400, latency=0.02)
    api, token = make_account(sandbox), CancelToken()
    frames = []
    other = threading.Thread(target=lambda: frames.append(api.orders(progress=False)))
    other.start()
    with pytest.raises(errors.InterruptedPullError):
        api.orders(status="shipped", cancel=token, progress=lambda event: token.cancel())
    other.join(LONG)
    assert not other.is_alive()
    assert frames[0]["id"].tolist() == ids(sandbox)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        always("rows", "/order", without="is_probably_spam"),
        always("rows", "/order", key="is_probably_spam", value=None),
    ],
    ids=["left out", "empty"],
)
def test_spam_marks_that_the_list_leaves_out_are_asked_for(make_sandbox, make_account, fault):
    sandbox = make_sandbox(orders=600, faults=[fault], days=60)
    now = [0]
    api = make_account(sandbox, clock=lambda: sandbox.world.now.timestamp() + now[0])
    for _ in range(2):
        frame = api.orders(max_age=0, progress=False)
        wanted = {str(row["id"]) for row in sandbox.world.rows("orders", is_probably_spam="true")}
        assert wanted == set(frame.loc[frame["is_probably_spam"], "id"])
        assert frame["is_probably_spam"].notna().all()
        sandbox.world.add_orders(80)
        now[0] += 60


def test_where_the_spam_filter_is_ignored_too_nothing_is_filled_in(make_sandbox, make_account):
    faults = [always("rows", "/order", without="is_probably_spam"),
              always("ignore_filter", "/order", filter="is_probably_spam")]  # fmt: skip
    frame = make_account(make_sandbox(orders=60, faults=faults)).orders(progress=False)
    assert "is_probably_spam" not in frame or frame["is_probably_spam"].isna().all()
    assert any("is not known" in note for note in frame.attrs["notes"])


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "faults", [[], [always("error", "/order*/statistics", status=403)]], ids=["counts", "no counts"]
)
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_a_list_in_the_other_direction_is_read_to_its_end(make_sandbox, make_account, version, faults):
    """Rows older than wanted are no end of it: those that are wanted come last."""
    sandbox = make_sandbox(orders=130, days=60, faults=faults, behaviour=Behaviour(oldest_first=True))
    api = make_account(sandbox, base_url=sandbox.url(version))
    frame = api.orders(since="2026-11-10", until="2026-11-20", progress=False)
    whole = api.orders(progress=False)
    assert sorted(whole["id"]) == sorted(ids(sandbox))
    days = whole["draft_time"].dt.strftime("%Y-%m-%d")
    assert set(frame["id"]) == set(whole.loc[days.between("2026-11-10", "2026-11-20"), "id"])
    assert len(frame) > 15


@pytest.mark.sampled(4)
@pytest.mark.parametrize("at", [3, 4, 5, 6, 7])
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_an_empty_page_that_says_the_list_ends_there_hides_no_orders(make_sandbox, make_account, version, at):
    fault = Fault("empty_page", "/order*", at=at, ends=True)
    sandbox = make_sandbox(orders=160, days=60, faults=[fault], behaviour=Behaviour(hides_undated=True))
    for one in sandbox.world.order_ids()[5:160:9]:
        sandbox.world.change_draft_time(one, None)
    frame = make_account(sandbox, base_url=sandbox.url(version)).orders(progress=False)
    assert frame["id"].tolist() == ids(sandbox)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("page", [6, 12])
def test_a_list_that_was_said_to_end_too_early_is_whole(connect, page):
    early = Fault("envelope", "/order", at=page, key="has_next", value=False)
    huge = Fault("rows", "/order", at=page + 1, times=9, key="gross_revenue", value="90071992547409931.01", every=25)
    sandbox, api = connect(orders=400, faults=[early, huge], days=60, latency=0)
    assert api.orders(progress=False)["id"].tolist() == ids(sandbox)
