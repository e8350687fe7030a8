"""Lists go to datasets segment by segment: whole whatever the server does, resumed, refreshed, and proven by day."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from account.test_other_servers import ODDITIES, REFUSED
from processes import LONG, kill_at_request

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.cancel import CancelToken
from scalev_frames.export.dataset import exported, parts
from scalev_frames.frames.money import exact
from scalev_frames.group import Group
from scalev_frames.pull.exporting import segments
from scalev_frames.sandbox import Behaviour, Fault, Sandbox, always
from scalev_frames.storage.writing import WRITER

SEGMENT = 200


@pytest.fixture(autouse=True)
def small_segments(monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", SEGMENT)
    monkeypatch.setattr(parts, "MOST_ROWS", 2 * SEGMENT)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "orders"


def export(api, folder, **asked):
    return api.export(folder, progress=False, **asked)


def listed(sandbox):
    return sorted(str(one) for one in sandbox.world.order_ids())


def same(folder, rows):
    """The dataset has just these records of the server, with their values."""
    frame = sf.read_parquet(folder)
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in rows)
    told = {str(row["id"]): (row["status"], row["last_updated_at"][:19]) for row in rows}
    stamps = frame["last_updated_at"].dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S")
    assert dict(zip(frame["id"], zip(frame["status"], stamps, strict=True), strict=True)) == told
    assert sum(one or 0 for one in exact(frame["gross_revenue"])) == sum(
        one or 0 for one in exact(pd.Series([row["gross_revenue"] for row in rows]))
    )
    return frame


@pytest.mark.slow
def test_an_export_is_the_servers_list_by_jakartas_months(make_sandbox, make_account, folder):
    sandbox = make_sandbox(orders=450)
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
    assert len(pages) <= 450 / 25 + 2 * (450 / SEGMENT)
    assert pd.read_parquet(folder)["id"].nunique() == 450
    assert not list(folder.parent.rglob("*.sqlite"))


@pytest.mark.slow
def test_a_second_export_sends_nothing_and_a_later_one_what_has_changed(
    make_sandbox, make_account, folder, monkeypatch
):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", 800)
    sandbox = make_sandbox(orders=1200, days=60)
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
def test_refresh_reads_everything_and_drops_what_is_gone(make_sandbox, make_account, folder):
    sandbox = make_sandbox(orders=300, days=60)
    api = make_account(sandbox)
    export(api, folder)
    sent = len(sandbox.requests)
    for one in sandbox.world.order_ids()[50:60]:
        sandbox.world.delete_order(one)
    export(api, folder, refresh=True)
    same(folder, sandbox.world.rows("orders"))
    assert len(sandbox.requests) - sent >= 290 / 25


@pytest.mark.slow
@pytest.mark.parametrize(
    "faults", [(), pytest.param((REFUSED,), marks=pytest.mark.slow)], ids=["counted", "not counted"]
)
@pytest.mark.parametrize("oddity", ODDITIES)
def test_no_order_falls_between_segments(make_sandbox, make_account, folder, oddity, faults):
    sandbox = make_sandbox(orders=750, days=60, faults=list(faults), behaviour=Behaviour(hides_undated=True))
    ODDITIES[oddity](sandbox.world, sandbox.world.order_ids())
    scan = export(make_account(sandbox), folder)
    same(folder, sandbox.world.rows("orders"))
    assert scan.header.complete
    assert any("compared" in note for note in scan.header.notes) == bool(faults)


@pytest.mark.slow
@pytest.mark.parametrize("oddity", ["five without a draft time", "one put back to draft today"])
def test_no_odd_order_is_lost_or_dropped_by_a_later_export(make_sandbox, make_account, folder, oddity):
    sandbox = make_sandbox(orders=750, days=60, behaviour=Behaviour(hides_undated=True))
    api = make_account(sandbox)
    ODDITIES[oddity](sandbox.world, sandbox.world.order_ids())
    export(api, folder)
    sandbox.world.add_orders(20)
    sandbox.world.delete_order(sandbox.world.order_ids()[350])
    export(api, folder, max_age=0)
    same(folder, sandbox.world.rows("orders"))


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["opaque", "bound"])
def test_cursors_that_are_no_ids_are_followed(make_sandbox, make_account, folder, cursor):
    sandbox = make_sandbox(orders=350, days=60, behaviour=Behaviour(cursor=cursor, hides_undated=True))
    export(make_account(sandbox), folder)
    same(folder, sandbox.world.rows("orders"))


@pytest.mark.slow
def test_backdated_orders_at_the_top_do_not_end_it(make_sandbox, make_account, folder):
    sandbox = make_sandbox(orders=400)
    sandbox.world.add_orders(45, created_at=sandbox.world.now - dt.timedelta(days=120))
    since = (sandbox.world.now - dt.timedelta(days=60)).date()
    export(make_account(sandbox), folder, since=since)
    start = dt.datetime.combine(since, dt.time(), dt.timezone(dt.timedelta(hours=7)))
    same(folder, [row for row in sandbox.world.rows("orders") if made(row) >= start])


def made(row):
    return dt.datetime.fromisoformat((row["draft_time"] or row["created_at"]).replace("Z", "+00:00"))


CALLS = {
    "statuses": ({"status": ["completed", "shipped"]}, lambda row: row["status"] in ("completed", "shipped")),
    "store": ({"store_id": 2}, lambda row: str(row["store"]["id"]) == "2"),
    "method": ({"payment_method": "cod"}, lambda row: row["payment_method"] == "cod"),
    "shipped": ({"since": "2026-10-01", "by": "shipped"}, lambda row: (row["shipped_time"] or "") >= "2026-09-30T17"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("ignores", [False, True], ids=["obeyed", "ignored"])
@pytest.mark.parametrize("call", CALLS)
def test_any_filter_is_obeyed_or_applied_here_and_refreshed(make_sandbox, make_account, folder, call, ignores):
    asked, wanted = CALLS[call]
    names = {"shipped": "shipped_time_since", "method": "payment_method", "store": "store_id", "statuses": "status"}
    faults = [always("ignore_filter", "/order", filter=names[call])] if ignores else []
    sandbox = make_sandbox(orders=450, days=60, faults=faults)
    api = make_account(sandbox)
    scan = export(api, folder, **asked)
    same(folder, [*filter(wanted, sandbox.world.rows("orders"))])
    assert any("ignored" in note for note in scan.header.notes) == ignores
    for one in sandbox.world.order_ids()[100:300:50]:
        sandbox.world.delete_order(one)
    export(api, folder, max_age=0, **asked)
    same(folder, [*filter(wanted, sandbox.world.rows("orders"))])


@pytest.mark.slow
def test_a_failed_export_says_so_and_resumes_where_it_stopped(make_sandbox, make_account, folder):
    sandbox = make_sandbox(
        orders=750, days=60, faults=[Fault("error", "/order", 20, status=401, error="revoked", times=10**6)]
    )
    api = make_account(sandbox)
    with pytest.raises(errors.AuthenticationError) as caught:
        export(api, folder)
    assert "orders is kept" in caught.value.kept
    partial = sf.read_parquet(folder)
    assert 0 < len(partial) < 750
    assert partial.attrs["complete"] is not True
    assert sf.scan(folder).header.complete is not True
    sandbox._service.faults.clear()
    sent = len(sandbox.requests)
    scan = export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    assert scan.header.complete
    pages = [request for request in sandbox.requests[sent:] if request.path == "/order"]
    assert len(pages) <= (750 - len(partial)) / 25 + 15


@pytest.mark.slow
def test_a_resumed_export_that_is_too_old_is_brought_up_to_date(make_sandbox, make_account, folder):
    sandbox = make_sandbox(
        orders=500, days=60, faults=[Fault("error", "/order", 15, status=403, error="no", times=10**6)]
    )
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    with pytest.raises(errors.ForbiddenError):
        export(api, folder)
    sandbox._service.faults.clear()
    sandbox.world.add_orders(10)
    sandbox.world.delete_order(sandbox.world.order_ids()[20])
    now[0] += 3 * 86400
    scan = export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    assert scan.header.as_of.timestamp() == int(now[0])


@pytest.mark.slow
def test_a_cursor_that_the_server_has_forgotten_costs_a_segment(make_sandbox, make_account, folder):
    sandbox = make_sandbox(
        orders=500, days=60, behaviour=Behaviour(forgets_deleted=True),
        faults=[Fault("error", "/order", 15, status=403, error="no", times=10**6)],
    )  # fmt: skip
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
    sandbox = make_sandbox(orders=500, days=60)
    api, token, events = make_account(sandbox), CancelToken(), []

    def progress(event):
        events.append(event)
        if event.kind == "page" and event.rows > 225:
            token.cancel()

    with pytest.raises(errors.InterruptedPullError):
        api.export(folder, progress=progress, cancel=token)
    assert 0 < sf.scan(folder).rows < 500
    export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    rows = [event.rows for event in events if event.kind == "page"]
    assert rows == sorted(rows)


@pytest.mark.slow
def test_other_times_add_to_the_dataset_and_the_notes_say_so(make_sandbox, make_account, folder):
    sandbox = make_sandbox(orders=450)
    api = make_account(sandbox)
    export(api, folder, since="2026-08-01", until="2026-08-31")
    scan = export(api, folder, since="2026-10-01", until="2026-10-31")
    same(folder, [row for row in sandbox.world.rows("orders") if local(row)[:7] in ("2026-08", "2026-10")])
    assert any("earlier export" in note and "2026-08-01" in note for note in scan.header.notes)
    gone = next(row["id"] for row in sandbox.world.rows("orders") if local(row)[:7] == "2026-10")
    sandbox.world.delete_order(gone)
    export(api, folder, since="2026-10-01", until="2026-10-31", refresh=True)
    same(folder, [row for row in sandbox.world.rows("orders") if local(row)[:7] in ("2026-08", "2026-10")])


def local(row):
    return (made(row) + dt.timedelta(hours=7)).isoformat()


@pytest.mark.slow
def test_what_is_something_else_is_left_alone(make_sandbox, make_account, folder, tmp_path):
    sandbox = make_sandbox(orders=100)
    api = make_account(sandbox)
    sf.to_parquet(api.orders(progress=False), folder, partition_by="month")
    before = {file: file.read_bytes() for file in folder.rglob("*.parquet")}
    with pytest.raises(errors.ExportError, match="no export wrote"):
        export(api, folder)
    assert {file: file.read_bytes() for file in folder.rglob("*.parquet")} == before
    other = tmp_path / "other"
    export(api, other)
    with pytest.raises(errors.ExportError, match="another call"):
        export(api, other, status="completed")
    with pytest.raises(errors.ExportError, match=r"another call: orders, \{\}, without details"):
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


def test_lists_without_times_are_exported_as_one_frame(make_sandbox, make_account, tmp_path):
    api = make_account(make_sandbox())
    scan = api.export(tmp_path / "products", "products", progress=False)
    assert sorted(scan.frame()["id"]) == sorted(api.products(progress=False)["id"])
    assert scan.header.complete
    with pytest.raises(errors.ExportError, match="products"):
        api.export(tmp_path / "products", "stores", progress=False)


def test_no_orders_are_a_dataset_too(make_sandbox, make_account, folder):
    scan = export(make_account(make_sandbox(orders=50)), folder, since="2020-01-01", until="2020-01-31")
    assert (scan.rows, scan.header.complete) == (0, True)
    assert "gross_revenue" in scan.frame().columns


@pytest.mark.slow
def test_any_history_of_exports_ends_as_the_server_has_it(make_sandbox, make_account, folder):
    chance = random.Random(11)
    sandbox = make_sandbox(orders=350, days=60, behaviour=Behaviour(hides_undated=True))
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


def detailed(api, folder):
    """The orders of a dataset and of the accessor, both with details, in the same order."""
    return (frame.sort_values("id", ignore_index=True) for frame in (
        sf.read_parquet(folder), api.orders(details=True, progress=False)))  # fmt: skip


def asked_alone(sandbox):
    return [one.path for one in sandbox.requests if one.path.startswith("/order/") and "statistics" not in one.path]


@pytest.mark.slow
def test_details_are_those_of_the_accessor_and_only_changed_ones_are_asked_for_again(
    make_sandbox, make_account, folder, monkeypatch
):
    monkeypatch.setattr(segments, "DETAIL_ROWS", 20)
    sandbox, told = make_sandbox(orders=30, days=3), []
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    scan = api.export(folder, details=True, progress=told.append)
    assert scan.header.details
    assert scan.header.requests == len(sandbox.requests)
    ours, theirs = detailed(api, folder)
    assert list(ours["orderlines"]) == list(theirs["orderlines"])
    assert exact(ours["cogs_bt"]) == exact(theirs["cogs_bt"])
    lines = ours.scalev.lines()
    assert len(lines) == len(theirs.scalev.lines()) > 30
    assert len(asked_alone(sandbox)) == 30  # the accessor has found what the export kept
    details = [event.rows for event in told if event.endpoint == "order" and event.kind == "page"]
    assert details == list(range(1, 31))
    changed = sandbox.world.order_ids()[7]
    sandbox.world.change_payment(changed, "settled")
    sandbox.world.add_orders(2)
    now[0] += 3600
    export(api, folder, details=True)
    assert len(asked_alone(sandbox)) == 33
    ours, theirs = detailed(api, folder)
    assert list(ours["orderlines"]) == list(theirs["orderlines"])
    assert ours.set_index("id")["payment_status"][str(changed)] == "settled"
    with pytest.raises(errors.ExportError, match=r"another call: orders, \{\}, with details"):
        export(api, folder)


@pytest.mark.slow
def test_an_export_stopped_among_details_asks_for_none_of_them_twice(make_sandbox, make_account, folder, monkeypatch):
    monkeypatch.setattr(segments, "DETAIL_ROWS", 20)
    sandbox = make_sandbox(orders=40, days=3)
    api, token = make_account(sandbox), CancelToken()

    def progress(event):
        if event.endpoint == "order" and event.rows >= 25:
            token.cancel()

    with pytest.raises(errors.InterruptedPullError, match="resumes"):
        api.export(folder, details=True, progress=progress, cancel=token)
    assert sf.read_parquet(folder).attrs["complete"] is not True
    scan = export(api, folder, details=True)
    assert (scan.rows, scan.header.complete) == (40, True)
    assert scan.frame()["orderlines"].notna().all()
    assert len(asked_alone(sandbox)) <= 44  # what was under way when it stopped may not have been kept


@pytest.mark.slow
def test_details_of_products_are_those_of_the_accessor(make_sandbox, make_account, tmp_path):
    api = make_account(make_sandbox())
    frame = api.export(tmp_path / "products", "products", details=True, progress=False).frame()
    theirs = api.products(details=True, progress=False)
    assert list(frame.columns) == list(theirs.columns)
    assert list(frame["variants"]) == list(theirs["variants"])
    with pytest.raises(errors.ExportError, match="products with details"):
        api.export(tmp_path / "products", "products", progress=False)


def no_marks(**how):
    return always("rows", "/order", **(how or {"without": "is_probably_spam"}))


@pytest.mark.slow
@pytest.mark.parametrize("fault", [no_marks(), no_marks(key="is_probably_spam", value=None)], ids=["left out", "empty"])
def test_spam_marks_that_the_list_leaves_out_are_asked_for(make_sandbox, make_account, folder, fault, monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", 60)
    sandbox = make_sandbox(orders=120, faults=[fault], days=8)
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    for _ in range(2):
        scan = export(api, folder, max_age=0)
        frame = scan.frame()
        spam = {str(row["id"]) for row in sandbox.world.rows("orders", is_probably_spam="true")}
        assert len(spam) > 2
        assert set(frame.loc[frame["is_probably_spam"], "id"]) == spam
        assert frame["is_probably_spam"].notna().all()
        assert frame["is_probably_spam"].dtype == "boolean"
        assert sum("filled in" in note for note in scan.header.notes) == 1
        sandbox.world.add_orders(40)
        now[0] += 3600


@pytest.mark.slow
def test_marks_that_were_filled_in_half_way_are_filled_in_by_the_next_call(
    make_sandbox, make_account, folder, monkeypatch
):
    sandbox = make_sandbox(orders=120, faults=[no_marks()], days=70)
    mark, write = exported.Exported.mark, parts.write_part

    def half(dataset, column, hashes):
        monkeypatch.setattr(parts, "write_part", stops_at_the_second(write))
        mark(dataset, column, hashes)

    monkeypatch.setattr(exported.Exported, "mark", half)
    with pytest.raises(errors.InterruptedPullError):
        export(make_account(sandbox), folder)
    monkeypatch.setattr(exported.Exported, "mark", mark)
    monkeypatch.setattr(parts, "write_part", write)
    frame = export(make_account(sandbox), folder).frame()
    assert frame["is_probably_spam"].notna().all()


def stops_at_the_second(write):
    written = []

    def once(*how, **named):
        if written:
            raise KeyboardInterrupt
        written.append(write(*how, **named))

    return once


@pytest.mark.slow
def test_where_the_spam_filter_is_ignored_too_no_mark_is_filled_in(make_sandbox, make_account, folder):
    faults = [no_marks(), always("ignore_filter", "/order", filter="is_probably_spam")]
    scan = export(make_account(make_sandbox(orders=60, faults=faults)), folder)
    assert scan.frame()["is_probably_spam"].isna().all()
    assert any("is not known" in note for note in scan.header.notes)
    assert scan.header.complete


EXPORT = """
import sys
from pathlib import Path
from scalev_frames.account import Account
from scalev_frames.export.dataset import parts
from scalev_frames.group import Group
from scalev_frames.pull.exporting import segments
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
import os
segments.SEGMENT_ROWS, parts.MOST_ROWS = 200, 400
settings = Settings(base_url=sys.argv[1], cache_dir=Path(sys.argv[2]), limits=((300, 1.0),))
Account(Key(os.environ["SCALEV_API_KEY"]), settings).export(sys.argv[3], progress=False)
"""


@pytest.mark.slow
def test_killed_at_random_moments_it_loses_and_doubles_nothing(tmp_path):
    chance = random.Random(3)
    with Sandbox(orders=1500, limits=None, latency=0.02) as sandbox:
        command = [sys.executable, "-c", EXPORT, sandbox.base_url, str(tmp_path / "cache"), str(tmp_path / "orders")]
        environment = {**os.environ, "SCALEV_API_KEY": sandbox.api_key}
        for _ in range(4):
            kill_at_request(sandbox, chance.randint(5, 12), command, pause=chance.random() / 20, env=environment)
        subprocess.run(command, env=environment, check=True, timeout=LONG)
        same(tmp_path / "orders", sandbox.world.rows("orders"))
        assert sf.scan(tmp_path / "orders").header.complete
        assert sandbox.api_key.encode() not in b"".join(
            file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()
        )


def test_a_folder_to_which_another_computer_exports_is_left_alone(make_sandbox, make_account, folder):
    shop = make_sandbox(orders=30)
    api, mark = make_account(shop), folder / WRITER
    folder.mkdir()
    mark.write_text('{"computer": "office-2"}')
    for endpoint in ("orders", "stores"):
        with pytest.raises(errors.AlreadyRunningError, match="office-2 is writing"):
            api.export(folder, endpoint, progress=False)
    assert not shop.requests
    mark.unlink()
    seen = []
    shop.on_request(lambda _: seen.append(mark.exists()))
    export(api, folder)
    assert set(seen) == {True}
    assert not mark.exists()
    same(folder, shop.world.rows("orders"))


def test_a_path_without_a_root_means_the_folder_of_the_call(make_sandbox, make_account, tmp_path, monkeypatch):
    shop = make_sandbox(orders=0)
    for one in ("here", "elsewhere"):
        (tmp_path / one).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    api = make_account(shop)
    for opened in (api, Group({"a": api})):
        os.chdir(tmp_path / "here")
        shop.on_request(lambda _: os.chdir(tmp_path / "elsewhere"))
        assert (
            opened.export("data-of-a" if opened is api else "of-all", "stores", refresh=True, progress=False).rows == 6
        )
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == ["data-of-a", "of-all"]
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("name", ["n" * 300, "/".join(["n" * 200] * 30)])
def test_a_name_that_no_disk_takes_is_refused_in_a_sentence(make_sandbox, make_account, tmp_path, name):
    api = make_account(make_sandbox(orders=0))
    with pytest.raises(errors.ExportError, match="File name too long"):
        api.export(tmp_path / name, "stores", progress=False)
    with pytest.raises(errors.ExportError, match="File name too long"):
        sf.to_parquet(api.stores(progress=False), tmp_path / name)


def test_an_export_ends_well_where_another_program_holds_the_list_of_what_was_seen(
    make_sandbox, make_account, tmp_path, monkeypatch
):
    shop = make_sandbox(orders=60)
    api = make_account(shop)
    delete = Path.unlink

    def refuse(self, missing_ok=False):
        if self.suffix == ".seen":
            raise PermissionError(13, "used by another process", str(self))
        delete(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    for gone in (0, 4):
        for one in shop.world.order_ids()[:gone]:
            shop.world.delete_order(one)
        api.export(tmp_path / "orders", refresh=True, progress=False)
        assert sorted(sf.read_parquet(tmp_path / "orders")["id"]) == sorted(map(str, shop.world.order_ids()))
