"""Lists that say too little of themselves, end too early or late, or change meanwhile are whole or an error."""

from __future__ import annotations

import datetime as dt
import email.utils
import random

import pandas as pd
import pytest
from processes import LONG

from scalev_frames import connection, errors, to_excel, to_parquet
from scalev_frames.sandbox import Behaviour, Fault, World, always
from scalev_frames.sign_in import check_account
from scalev_frames.wire.answers.parsing import parse
from tests.account.odd_servers import ids


@pytest.mark.slow
def test_what_lies_unfinished_is_never_older_than_was_asked_for(connect):
    for how in ({"max_age": 0}, {"refresh": True}):
        fault = Fault("error", "/order", at=14, times=1, status=401, error="not now")
        now = [0]
        sandbox, api = connect(world=World(600, days=40), faults=[fault], now=now)
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


def test_a_store_without_a_name_is_called_by_its_id_where_a_key_is_checked(make_sandbox, make_account, monkeypatch):
    monkeypatch.setattr(connection, "_current", None)
    sandbox = make_sandbox(orders=1, faults=[always("rows", "/stores/simplified", key="name", value=None, every=2)])
    said = check_account(make_account(sandbox))
    assert said.stores == tuple(row["name"] if place % 2 else str(row["id"])
                                for place, row in enumerate(sandbox.world.rows("stores_simplified")))  # fmt: skip


@pytest.mark.slow
def test_rows_without_an_id_are_no_doubles(make_sandbox, make_account):
    sandbox = make_sandbox(orders=60, faults=[always("rows", "/order", without="id")])
    frame = make_account(sandbox).orders(progress=False)
    assert len(frame) == 60
    assert not any("twice" in note for note in frame.attrs["notes"])


HALF = "Kopi \ud83d"
HALVES = {
    "notes": HALF,
    "gross_revenue": HALF,
    "tags": [{"id": 1, "name": HALF}],
    "final_variants": {HALF: 1, "Kopi \udc00": 2},
    "fb_pixel_ids": HALF,
    "store": {"name": HALF, HALF: HALF},
    "metadata": {"note": f'{{"{HALF}": 1}}'},
}
UNKNOWN = {"new_price": HALF, "new": [HALF], HALF: HALF}


@pytest.mark.slow
@pytest.mark.parametrize("fields", [{**HALVES, **UNKNOWN}, {"created_at": HALF}], ids=["fields", "a time"])
def test_halves_of_characters_stop_no_call_and_are_kept_as_they_are_shown(make_sandbox, make_account, tmp_path, fields):
    faults = [always("rows", "/order", key=name, value=value, every=7) for name, value in fields.items()]
    sandbox = make_sandbox(orders=30, faults=faults)
    api = make_account(sandbox)
    cold = api.orders(progress=False)
    assert cold["id"].tolist() == ids(sandbox)
    assert cold.to_csv().encode().decode().count("Kopi") >= 4 * len(fields)
    pd.testing.assert_frame_equal(cold, api.orders(offline=True, progress=False), check_flags=False)
    assert api.orders(max_age=0, progress=False)["id"].tolist() == ids(sandbox)
    to_excel({"Orders": cold}, tmp_path / "orders.xlsx")
    to_parquet(cold, tmp_path / "orders.parquet")


def test_names_that_differ_by_half_a_character_stay_different():
    names = rb'{"Kopi \ud83d": 1, "Kopi \ude00": 2, "Kopi \ud83d\ude00": 3}'
    assert parse(names) == {"Kopi \\ud83d": 1, "Kopi \\ude00": 2, "Kopi \U0001f600": 3}


@pytest.mark.parametrize("orders", [25, 50, 60])
def test_the_end_of_orders_that_only_a_cursor_names_is_proven(make_sandbox, make_account, orders):
    sandbox = make_sandbox(orders=orders, faults=[always("envelope", "/orders", without="has_next")])
    frame = make_account(sandbox, base_url=sandbox.url("v3")).orders(progress=False)
    assert frame["id"].tolist() == ids(sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [10, 60, 1000])
def test_a_limit_takes_the_newest_orders_of_several_statuses(make_sandbox, make_account, limit):
    sandbox = make_sandbox(orders=200)
    statuses = ["shipped", "completed"]
    frame = make_account(sandbox).orders(status=statuses, limit=limit, progress=False)
    wanted = [str(row["id"]) for row in sandbox.world.rows("orders") if row["status"] in statuses]
    assert frame["id"].tolist() == wanted[:limit]
    assert frame.attrs["complete"] == (len(wanted) <= limit)


@pytest.mark.slow
@pytest.mark.parametrize("ignores", [True, False])
def test_a_status_that_the_server_has_another_word_for_is_no_silent_nothing(
    make_sandbox, make_account, tmp_path, ignores
):
    faults = [always("rows", "/order", key="status", value="Dikirim")]
    sandbox = make_sandbox(orders=60, faults=faults)
    if not ignores:
        for one in sandbox.world.order_ids():
            sandbox.world.change_status(one, "completed")
    api = make_account(sandbox)
    frame = api.orders(status="shipped", progress=False)
    assert len(frame) == 0
    exported = api.export(tmp_path / "orders", status="shipped", progress=False)
    for notes in (frame.attrs["notes"], exported.header.notes):
        assert "other rows have status dikirim" in str(notes)


@pytest.mark.slow
def test_lists_by_status_that_nothing_was_compared_with_may_lack_what_moved(make_sandbox, make_account):
    sandbox = make_sandbox(orders=60, faults=[always("error", "/order/statistics", status=403, error="no")])
    api = make_account(sandbox)
    assert "moved from one of the lists" in str(api.orders(status=["shipped", "rts"], progress=False).attrs["notes"])
    assert "moved from one of the lists" not in str(api.orders(progress=False).attrs["notes"])


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
    sandbox, api = connect(world=World(1000, days=60))
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
@pytest.mark.parametrize("name", ["created_at", "draft_time", "last_updated_at"])
def test_a_time_that_is_none_fails_no_call(make_sandbox, make_account, name):
    sandbox = make_sandbox(orders=100, faults=[always("rows", "/order", key=name, value="0000-00-00", every=9)])
    api = make_account(sandbox)
    for how in ({}, {"max_age": 0}, {"details": True, "limit": 10}):
        orders = api.orders(progress=False, **how)
        assert orders["id"].tolist() == ids(sandbox)[: how.get("limit")]
        assert (orders[name] == "0000-00-00").any()
        assert any(note.startswith(f"{name}: came with values of another kind") for note in orders.attrs["notes"])


@pytest.mark.slow
@pytest.mark.parametrize("value", ["0000-00-00", 1793399506, True])
def test_orders_of_several_statuses_are_there_though_nobody_can_read_when_they_were_made(
    make_sandbox, make_account, value
):
    sandbox = make_sandbox(orders=60, faults=[always("rows", "/order", key="created_at", value=value, every=1)])
    api = make_account(sandbox)
    for how in ({}, {"max_age": 0}):
        orders = api.orders(status=["completed", "shipped"], progress=False, **how)
        assert set(orders["id"]) == {
            str(one["id"]) for one in sandbox.world.rows("orders") if one["status"] in ("completed", "shipped")
        }


@pytest.mark.slow
@pytest.mark.parametrize("value", ["0000-00-00", 179339950, "179503151200", "Sunday, the 29th"])
def test_rows_whose_time_nobody_can_read_are_there_and_noted(make_sandbox, make_account, value):
    sandbox = make_sandbox(
        world=World(60, days=20), faults=[always("rows", "/order", key="draft_time", value=value, every=9)]
    )
    api = make_account(sandbox)
    since = (sandbox.world.now - dt.timedelta(days=4)).date()
    for how in ({}, {"max_age": 0}):
        orders = api.orders(since=since, progress=False, **how)
        unread = int((orders["draft_time"].astype(str) == str(value)).sum())
        (said,) = [note for note in orders.attrs["notes"] if "that can be read" in note]
        assert unread > 1
        assert said.startswith(f"{unread} rows have no draft_time or created_at that can be read")


@pytest.mark.slow
@pytest.mark.parametrize("spell", [
    lambda made: int(made.timestamp()), lambda made: f"{made.timestamp():.0f}000", lambda made: made.timestamp() + 0.5,
    email.utils.format_datetime, lambda made: f"{made:%Y-%m-%d %H:%M:%S} UTC", lambda made: f"{made:%Y-%m-%dt%H:%M:%Sz}",
])  # fmt: skip
def test_times_in_other_spellings_are_times_in_rows_and_frames(make_sandbox, make_account, spell):
    sandbox = make_sandbox(world=World(60, days=20))
    newest = dt.datetime.fromisoformat(sandbox.world.rows("orders")[0]["created_at"])
    for key in ("created_at", "draft_time"):
        sandbox.script(always("rows", "/order", key=key, value=spell(newest), every=7))
    frame = make_account(sandbox).orders(since=(sandbox.world.now - dt.timedelta(days=4)).date(), progress=False)
    assert isinstance(frame["created_at"].dtype, pd.DatetimeTZDtype)
    assert sum(abs(frame["created_at"] - newest) < dt.timedelta(seconds=2)) > 1
    assert "that can be read" not in str(frame.attrs["notes"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "every"), [("0001-01-01T00:00:00Z", 1), ("0001-01-01T00:00:00Z", 5), (None, 1), ("", 5)]
)
def test_rows_whose_times_all_say_that_there_is_none_are_there_and_noted(
    make_sandbox, make_account, tmp_path, value, every
):
    faults = [always("rows", "/order", key=key, value=value, every=every) for key in ("draft_time", "created_at")]
    sandbox = make_sandbox(world=World(40, days=5), faults=faults)
    api = make_account(sandbox)
    orders = api.orders(since=(sandbox.world.now - dt.timedelta(days=2)).date(), progress=False)
    (said,) = [note for note in orders.attrs["notes"] if "that can be read" in note]
    undated = orders["created_at"].isna() | orders["created_at"].astype(str).str.startswith("0001")
    assert undated.sum() > 5
    assert said.startswith(f"{undated.sum()} rows have no draft_time or created_at")
    assert sorted(api.export(tmp_path / "orders", progress=False).frame()["id"]) == sorted(ids(sandbox))


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
        sandbox = make_sandbox(world=World(5, seed=pages + again, behaviour=behaviour))
        api = make_account(sandbox)
        wanted = [str(row["id"]) for row in sandbox.world.rows("locations")]
        assert api.locations(progress=False)["id"].tolist() == wanted
        assert len(sandbox.requests) == pages
        assert api.locations(refresh=True, progress=False)["id"].tolist() == wanted
        assert len(sandbox.requests) == pages + again


@pytest.mark.slow
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
    sandbox = make_sandbox(world=World(300, days=40), faults=[fault])
    now = [0]
    api = make_account(sandbox, clock=lambda: sandbox.world.now.timestamp() + now[0])
    for _ in range(2):
        frame = api.orders(max_age=0, progress=False)
        wanted = {str(row["id"]) for row in sandbox.world.rows("orders", is_probably_spam="true")}
        assert wanted == set(frame.loc[frame["is_probably_spam"], "id"])
        assert frame["is_probably_spam"].notna().all()
        sandbox.world.add_orders(80)
        now[0] += 60


@pytest.mark.slow
def test_where_the_spam_filter_is_ignored_too_nothing_is_filled_in(make_sandbox, make_account):
    faults = [always("rows", "/order", without="is_probably_spam"),
              always("ignore_filter", "/order", filter="is_probably_spam")]  # fmt: skip
    frame = make_account(make_sandbox(orders=60, faults=faults)).orders(progress=False)
    assert "is_probably_spam" not in frame or frame["is_probably_spam"].isna().all()
    assert any("is not known" in note for note in frame.attrs["notes"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "faults", [[], [always("error", "/order*/statistics", status=403)]], ids=["counts", "no counts"]
)
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_a_list_in_the_other_direction_is_read_to_its_end(make_sandbox, make_account, version, faults):
    """Rows older than wanted are no end of it: those that are wanted come last."""
    sandbox = make_sandbox(world=World(130, days=60, behaviour=Behaviour(oldest_first=True)), faults=faults)
    api = make_account(sandbox, base_url=sandbox.url(version))
    frame = api.orders(since="2026-11-10", until="2026-11-20", progress=False)
    whole = api.orders(progress=False)
    assert sorted(whole["id"]) == sorted(ids(sandbox))
    days = whole["draft_time"].dt.strftime("%Y-%m-%d")
    assert set(frame["id"]) == set(whole.loc[days.between("2026-11-10", "2026-11-20"), "id"])
    assert len(frame) > 15


@pytest.mark.slow
@pytest.mark.parametrize("at", [3, 4, 5, 6, 7])
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_an_empty_page_that_says_the_list_ends_there_hides_no_orders(make_sandbox, make_account, version, at):
    fault = Fault("empty_page", "/order*", at=at, ends=True)
    sandbox = make_sandbox(world=World(160, days=60, behaviour=Behaviour(hides_undated=True)), faults=[fault])
    for one in sandbox.world.order_ids()[5:160:9]:
        sandbox.world.change_draft_time(one, None)
    frame = make_account(sandbox, base_url=sandbox.url(version)).orders(progress=False)
    assert frame["id"].tolist() == ids(sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("page", [6, 12])
def test_a_list_that_was_said_to_end_too_early_is_whole(connect, page):
    early = Fault("envelope", "/order", at=page, key="has_next", value=False)
    huge = Fault("rows", "/order", at=page + 1, times=9, key="gross_revenue", value="90071992547409931.01", every=25)
    sandbox, api = connect(world=World(400, days=60), faults=[early, huge], latency=0)
    assert api.orders(progress=False)["id"].tolist() == ids(sandbox)


@pytest.mark.parametrize("rows", [10, 50])
def test_every_page_says_that_it_is_the_last_whatever_its_length(make_sandbox, make_account, rows):
    ended = always("envelope", "/products", key="has_next", value=False)
    sandbox = make_sandbox(world=World(1, behaviour=Behaviour(largest_page=rows)), faults=[ended])
    assert len(make_account(sandbox).products(progress=False)) == len(sandbox.world.rows("products")) > rows
