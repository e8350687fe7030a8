"""Lists go to datasets segment by segment: whole whatever the server does, resumed, refreshed, and proven by day."""

from __future__ import annotations

import datetime as dt
import random

import pandas as pd
import pyarrow.parquet as pq
import pytest
from account.test_other_servers import ODDITIES, REFUSED
from processes import open_files

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.cancel import CancelToken
from scalev_frames.pull.exporting import segments
from scalev_frames.pull.refresh import refresh
from scalev_frames.sandbox import Behaviour, Fault, World, always
from scalev_frames.words.notes import note_said
from tests.account.exports import SEGMENT, export, same

pytestmark = pytest.mark.usefixtures("small_segments")


def listed(sandbox):
    return sorted(str(one) for one in sandbox.world.order_ids())


@pytest.mark.slow
def test_an_export_is_the_servers_list_by_jakartas_months(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(225, days=70))
    scan = export(make_account(sandbox, name="brand"), folder)
    frame = same(folder, sandbox.world.rows("orders"))
    made = frame["draft_time"].fillna(frame["created_at"]).dt.strftime("%Y-%m")
    by_month = {
        month.name: sum(pq.ParquetFile(file).metadata.num_rows for file in month.iterdir())
        for month in folder.iterdir()
    }
    assert {name: rows for name, rows in by_month.items() if rows} == {
        f"month={month}": rows for month, rows in made.value_counts().items()
    }
    header = scan.header
    assert (header.complete, header.account, header.endpoint, header.filters) == (True, "brand", "orders", {})
    assert header.requests == len(sandbox.requests)
    assert (frame.attrs["complete"], frame.attrs["account"]) == (True, "brand")
    assert not any("agree" in note for note in header.notes)
    pages = [request for request in sandbox.requests if request.path == "/order"]
    assert len(pages) <= 225 / 25 + 2 * (225 / SEGMENT)
    assert pd.read_parquet(folder)["id"].nunique() == 225
    assert not list(folder.parent.rglob("*.sqlite"))


@pytest.mark.slow
def test_a_second_export_sends_nothing_and_a_later_one_what_has_changed(
    make_sandbox, make_account, folder, monkeypatch
):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", 800)
    sandbox = make_sandbox(world=World(1200, days=60))
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    export(api, folder)
    sent = len(sandbox.requests)
    export(api, folder)
    assert len(sandbox.requests) == sent
    world, some = sandbox.world, sandbox.world.order_ids()
    world.add_orders(30)
    for one in some[3:200:40]:
        world.delete_order(one)
    world.change_payment(some[10], "settled")
    now[0] += 3600
    scan = export(api, folder)
    same(folder, world.rows("orders"))
    assert len(sandbox.requests) - sent < sent
    assert "30 new, 5 gone" in " ".join(scan.header.notes)
    assert scan.header.complete


@pytest.mark.slow
def test_young_open_orders_are_read_again_and_old_ones_by_refresh(make_sandbox, make_account, folder, monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", 500)
    monkeypatch.setattr(refresh, "SHARE", 1.0)
    sandbox = make_sandbox(world=World(1000, days=130))
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    export(api, folder)
    held = sandbox.world.rows("orders", status="draft")
    young, old = (next(row["id"] for row in rows if row["store"]["id"] != 3) for rows in (held, reversed(held)))
    for one in (young, old):
        sandbox.world.change_store(one, 3)
    now[0] += 3600

    def stores(**asked):
        export(api, folder, **asked)
        frame = sf.read_parquet(folder).set_index("id")
        return [frame.loc[str(one), "store_id"] == "3" for one in (young, old)]

    assert stores() == [True, False]
    assert stores(refresh=True) == [True, True]


@pytest.mark.slow
def test_refresh_reads_everything_and_drops_what_is_gone(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(150, days=36))
    api = make_account(sandbox)
    export(api, folder)
    sent = len(sandbox.requests)
    for one in sandbox.world.order_ids()[50:60]:
        sandbox.world.delete_order(one)
    export(api, folder, refresh=True)
    same(folder, sandbox.world.rows("orders"))
    assert len(sandbox.requests) - sent >= 140 / 25


LATER = ("five without a draft time", "one put back to draft today")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("oddity", "faults"),
    [*((one, (REFUSED,)) for one in ODDITIES), *((one, ()) for one in ODDITIES if one not in LATER)],
)
def test_no_order_falls_between_segments(make_sandbox, make_account, folder, oddity, faults):
    sandbox = make_sandbox(world=World(230, days=36, behaviour=Behaviour(hides_undated=True)), faults=list(faults))
    ODDITIES[oddity](sandbox.world, sandbox.world.order_ids())
    scan = export(make_account(sandbox), folder)
    same(folder, sandbox.world.rows("orders"))
    assert scan.header.complete
    assert any("compared" in note for note in scan.header.notes) == bool(faults)


@pytest.mark.slow
@pytest.mark.parametrize("oddity", LATER)
def test_no_odd_order_is_lost_or_dropped_by_a_later_export(make_sandbox, make_account, folder, oddity):
    sandbox = make_sandbox(world=World(230, days=36, behaviour=Behaviour(hides_undated=True)))
    api = make_account(sandbox)
    ODDITIES[oddity](sandbox.world, sandbox.world.order_ids())
    scan = export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    assert scan.header.complete
    assert "compared" not in str(scan.header.notes)
    sandbox.world.add_orders(20)
    sandbox.world.delete_order(sandbox.world.order_ids()[180])
    export(api, folder, max_age=0)
    same(folder, sandbox.world.rows("orders"))


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["opaque", "bound"])
def test_cursors_that_are_no_ids_are_followed(make_sandbox, make_account, folder, cursor):
    sandbox = make_sandbox(world=World(230, days=36, behaviour=Behaviour(cursor=cursor, hides_undated=True)))
    export(make_account(sandbox), folder)
    same(folder, sandbox.world.rows("orders"))


@pytest.mark.slow
def test_backdated_orders_at_the_top_do_not_end_it(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(180, days=40))
    sandbox.world.add_orders(45, created_at=sandbox.world.now - dt.timedelta(days=60))
    since = (sandbox.world.now - dt.timedelta(days=36)).date()
    export(make_account(sandbox), folder, since=since)
    start = dt.datetime.combine(since, dt.time(), dt.timezone(dt.timedelta(hours=7)))
    same(folder, [row for row in sandbox.world.rows("orders") if made(row) >= start])


@pytest.mark.slow
@pytest.mark.parametrize("times", [{"since": -3}, {"since": -9, "until": -5}])
def test_an_export_of_some_days_reads_no_further_than_their_first(make_sandbox, make_account, folder, times):
    sandbox = make_sandbox(world=World(1200, days=60))
    asked = {name: (sandbox.world.now + dt.timedelta(days=days)).date() for name, days in times.items()}
    api = make_account(sandbox, clock=sandbox.world.now.timestamp)
    orders = api.orders(**asked, progress=False)
    scan = export(api, folder, **asked)
    assert sorted(scan.frame()["id"]) == sorted(orders["id"])
    assert scan.header.requests <= orders.attrs["requests"] + 3


def made(row):
    return dt.datetime.fromisoformat((row["draft_time"] or row["created_at"]).replace("Z", "+00:00"))


CALLS = {
    "statuses": ({"status": ["completed", "shipped"]}, lambda row: row["status"] in ("completed", "shipped")),
    "store": ({"store_id": 2}, lambda row: str(row["store"]["id"]) == "2"),
    "shipped": ({"since": "2026-11-01", "by": "shipped"}, lambda row: (row["shipped_time"] or "") >= "2026-10-31T17"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("ignores", [False, True])
@pytest.mark.parametrize("call", CALLS)
def test_any_filter_is_obeyed_or_applied_here_and_refreshed(make_sandbox, make_account, folder, call, ignores):
    asked, wanted = CALLS[call]
    names = {"shipped": "shipped_time_since", "store": "store_id", "statuses": "status"}
    faults = [always("ignore_filter", "/order", filter=names[call])] if ignores else []
    sandbox = make_sandbox(world=World(160, days=36), faults=faults)
    api = make_account(sandbox)
    scan = export(api, folder, **asked)
    same(folder, [*filter(wanted, sandbox.world.rows("orders"))])
    assert any("ignored" in note for note in scan.header.notes) == ignores
    for one in sandbox.world.order_ids()[50:150:25]:
        sandbox.world.delete_order(one)
    export(api, folder, max_age=0, **asked)
    same(folder, [*filter(wanted, sandbox.world.rows("orders"))])


@pytest.mark.slow
def test_a_failed_export_says_so_and_resumes_where_it_stopped(make_sandbox, make_account, folder):
    sandbox = make_sandbox(
        world=World(375, days=36), faults=[Fault("error", "/order", 12, status=401, error="revoked", times=10**6)]
    )
    api = make_account(sandbox)
    with pytest.raises(errors.AuthenticationError) as caught:
        export(api, folder)
    assert "orders holds is kept" in caught.value.kept
    assert not [file for file in open_files() if file.startswith(f"{api.folder}/journal/")]
    partial = sf.read_parquet(folder)
    assert 0 < len(partial) < 375
    assert partial.attrs["complete"] is not True
    assert sf.scan(folder).header.complete is not True
    sandbox._service.faults.clear()
    sent = len(sandbox.requests)
    scan = export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    assert scan.header.complete
    pages = [request for request in sandbox.requests[sent:] if request.path == "/order"]
    assert len(pages) <= (375 - len(partial)) / 25 + 8


@pytest.mark.slow
@pytest.mark.parametrize("counts", [True, False])
def test_a_resumed_export_that_is_too_old_is_brought_up_to_date(make_sandbox, make_account, folder, counts):
    fault = Fault("error", "/order", 8, status=403, error="no", times=10**6)
    refused = always("error", "/order/statistics", status=403, error="no")
    sandbox = make_sandbox(world=World(250, days=36), faults=[fault])
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    with pytest.raises(errors.ForbiddenError):
        export(api, folder)
    sandbox._service.faults.clear()
    if not counts:
        sandbox.script(refused)
    sandbox.world.add_orders(10)
    sandbox.world.delete_order(sandbox.world.order_ids()[20])
    now[0] += 3 * 86400
    scan = export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    assert scan.header.as_of.timestamp() == int(now[0])


@pytest.mark.slow
def test_a_cursor_that_the_server_has_forgotten_costs_a_segment(make_sandbox, make_account, folder):
    refused = Fault("error", "/order", 8, status=403, error="no", times=10**6)
    sandbox = make_sandbox(world=World(250, days=36, behaviour=Behaviour(forgets_deleted=True)), faults=[refused])
    api = make_account(sandbox)
    with pytest.raises(errors.ForbiddenError):
        export(api, folder)
    sandbox._service.faults.clear()
    cursors = {request.params["last_id"] for request in sandbox.requests if "last_id" in request.params}
    for one in sandbox.world.order_ids():
        if str(one) in cursors:
            sandbox.world.delete_order(one)
    export(api, folder, max_age=0)
    same(folder, sandbox.world.rows("orders"))


@pytest.mark.slow
def test_cancelled_it_resumes(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(250, days=36))
    api, token, events = make_account(sandbox), CancelToken(), []

    def progress(event):
        events.append(event)
        if event.kind == "page" and event.rows > 110:
            token.cancel()

    with pytest.raises(errors.InterruptedPullError):
        api.export(folder, progress=progress, cancel=token)
    assert 0 < sf.scan(folder).rows < 250
    export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    rows = [event.rows for event in events if event.kind == "page"]
    assert rows == sorted(rows)


@pytest.mark.slow
def test_other_times_add_to_the_dataset_and_the_notes_say_so(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(130, days=110))
    api = make_account(sandbox)
    export(api, folder, since="2026-08-01", until="2026-08-31")
    scan = export(api, folder, since="2026-10-01", until="2026-10-31")
    same(folder, [row for row in sandbox.world.rows("orders") if local(row)[:7] in ("2026-08", "2026-10")])
    earlier = next(note for note in scan.header.notes if "earlier export" in note)
    assert "an earlier export of since=2026-08-01, until=2026-08-31, by=created as of" in earlier
    assert "ekspor sebelumnya: since=2026-08-01, until=2026-08-31, by=created, per" in note_said(earlier, "id")
    gone = next(row["id"] for row in sandbox.world.rows("orders") if local(row)[:7] == "2026-10")
    sandbox.world.delete_order(gone)
    export(api, folder, since="2026-10-01", until="2026-10-31", refresh=True)
    same(folder, [row for row in sandbox.world.rows("orders") if local(row)[:7] in ("2026-08", "2026-10")])


def local(row):
    return (made(row) + dt.timedelta(hours=7)).isoformat()


@pytest.mark.slow
def test_what_is_something_else_is_left_alone(make_sandbox, make_account, folder, tmp_path):
    sandbox = make_sandbox(world=World(100, days=36))
    api = make_account(sandbox)
    sf.to_parquet(api.orders(progress=False), folder, partition_by="month")
    before = {file: file.read_bytes() for file in folder.rglob("*.parquet")}
    with pytest.raises(errors.ExportError, match="no export wrote"):
        export(api, folder)
    assert {file: file.read_bytes() for file in folder.rglob("*.parquet")} == before
    other = tmp_path / "other"
    export(api, other)
    with pytest.raises(errors.ExportError, match="holds orders without details, no filters; this is"):
        export(api, other, status="completed")
    with pytest.raises(
        errors.ExportError, match="holds orders without details, no filters; this is orders with details"
    ):
        export(api, other, details=True)
    with pytest.raises(errors.ExportError, match="of the account"):
        export(make_account(sandbox, name="another"), other)
    with pytest.raises(errors.ExportError, match="one file"):
        export(api, tmp_path / "orders.parquet")
    with pytest.raises(errors.UsageError):
        export(api, tmp_path / "new", limit=5)
    with pytest.raises(errors.UsageError):
        export(api, tmp_path / "new", offline=True)
    with pytest.raises(errors.UsageError, match="keeps every column"):
        export(api, tmp_path / "new", columns=["id"])
    with pytest.raises(errors.ExportError):
        export(api, tmp_path / "new", partition_by="week")
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_lists_without_times_are_exported_as_one_frame(make_sandbox, make_account, tmp_path):
    api = make_account(make_sandbox())
    scan = api.export(tmp_path / "products", "products", progress=False)
    assert sorted(scan.frame()["id"]) == sorted(api.products(progress=False)["id"])
    assert scan.header.complete
    with pytest.raises(errors.ExportError, match="products"):
        api.export(tmp_path / "products", "stores", progress=False)


@pytest.mark.slow
def test_no_orders_are_a_dataset_too(make_sandbox, make_account, folder):
    scan = export(make_account(make_sandbox(orders=50)), folder, since="2020-01-01", until="2020-01-31")
    assert (scan.rows, scan.header.complete) == (0, True)
    assert "gross_revenue" in scan.frame().columns


@pytest.mark.slow
def test_any_history_of_exports_ends_as_the_server_has_it(make_sandbox, make_account, folder):
    chance = random.Random(11)
    sandbox = make_sandbox(world=World(180, days=36, behaviour=Behaviour(hides_undated=True)))
    world, now = sandbox.world, [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    for _ in range(3):
        export(api, folder, refresh=chance.random() < 0.2)
        same(folder, world.rows("orders"))
        world.add_orders(chance.randint(1, 60))
        for one in chance.sample(world.order_ids(), 6):
            chance.choice([
                lambda one=one: world.delete_order(one),
                lambda one=one: world.change_payment(one, "settled"),
                lambda one=one: world.change_store(one, 3),
                lambda: world.add_orders(2, created_at=world.now - dt.timedelta(days=chance.randrange(50))),
            ])()  # fmt: skip
        now[0] += 86400
    export(api, folder)
    frame = sf.read_parquet(folder)
    assert sorted(frame["id"]) == listed(sandbox)
