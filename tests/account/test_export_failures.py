"""A server that fails while it is exported from: an error or a note, never silence; what was fetched is kept."""

from __future__ import annotations

import itertools
import json
import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

import scalev_frames as sf
from scalev_frames.errors import ExportError, ServerError
from scalev_frames.export.dataset.schemas import EXPORT
from scalev_frames.pull.server_facts import NO_COUNTS
from scalev_frames.sandbox import Fault, World, always
from tests.account.exports import export, same

STATISTICS = {
    "fail": always("server_error", "/order/statistics", status=503),
    "fail later": Fault("server_error", "/order/statistics", at=2, times=99),
}
#: Of how many orders, what fails, and what the same call sends once nothing does: an export from its top sends more, and
#: one request for each order's details.
FAILS = {
    "a page": (300, [Fault("server_error", "/order", at=9, times=99)], 12),
    "days": (
        300,
        [Fault("lost_rows", "/order", times=2), always("refuse_filter", "/order", filter="*_until", status=500)],
        10,
    ),
    "a record": (120, [Fault("server_error", "/order/*", at=60, times=999)], 61 + 10),
}


@pytest.mark.slow
@pytest.mark.parametrize(("version", "at"), [("v2", 2), ("v3", 2), ("v2", 3), ("v3", 5)])
def test_a_page_that_is_empty_once_ends_no_export(make_sandbox, make_account, folder, version, at):
    sandbox = make_sandbox(world=World(120, days=15), faults=[always("error", "*/statistics", status=403, error="no")])
    sandbox.script(Fault("empty_page", "/order" if version == "v2" else "/orders", at=at, ends=True))
    export(make_account(sandbox, base_url=sandbox.url(version)), folder)
    same(folder, sandbox.world.rows("orders"))


@pytest.mark.slow
@pytest.mark.parametrize("how", STATISTICS)
def test_statistics_that_fail_are_a_note_and_every_row_is_there(make_sandbox, make_account, folder, how):
    sandbox = make_sandbox(world=World(150, days=36), faults=[STATISTICS[how]])
    export(make_account(sandbox, retry_seconds=2.0), folder)
    assert NO_COUNTS in same(folder, sandbox.world.rows("orders")).attrs["notes"]


@pytest.mark.slow
@pytest.mark.parametrize("what", FAILS)
def test_a_list_or_record_that_fails_is_an_error_and_the_same_call_resumes(make_sandbox, make_account, folder, what):
    orders, faults, most = FAILS[what]
    sandbox = make_sandbox(world=World(orders, days=40), faults=faults)
    api, asked = make_account(sandbox, retry_seconds=2.0), {"details": what == "a record"}
    with pytest.raises(ServerError) as caught:
        export(api, folder, **asked)
    assert "is kept" in caught.value.kept
    assert sf.scan(folder).header.complete is not True
    sent = len(sandbox.requests)
    sandbox._service.faults.clear()
    export(api, folder, **asked)
    assert len(sandbox.requests) - sent <= most
    frame = same(folder, sandbox.world.rows("orders"))
    assert frame.attrs["complete"]
    assert not asked["details"] or frame["orderlines"].notna().all()


@pytest.mark.slow
@pytest.mark.parametrize("names", [("draft_time",), ("draft_time", "created_at")])
def test_rows_with_times_that_are_none_lie_in_no_month_and_the_others_in_theirs(
    make_sandbox, make_account, folder, names
):
    faults = [always("rows", "/order", key=name, value="0000-00-00", every=9) for name in names]
    sandbox = make_sandbox(world=World(27, days=36), faults=faults)
    api = make_account(sandbox)
    for how in ({}, {"max_age": 0}):
        rows = export(api, folder, **how).frame()
        assert sorted(rows["id"]) == sorted(map(str, sandbox.world.order_ids()))
        draft, made = (rows[name].astype(str) for name in ("draft_time", "created_at"))
        first = draft.where(draft.str.startswith("20"), made)
        months = pd.to_datetime(first, utc=True, errors="coerce", format="ISO8601").dt.tz_convert("Asia/Jakarta")
        assert sf.scan(folder, ["month"]).frame()["month"].tolist() == (
            months.dt.strftime("%Y-%m").astype(object).where(months.notna(), "null").tolist()
        )


@pytest.mark.slow
def test_what_another_version_wrote_down_is_read_or_refused_in_a_sentence(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(30, days=36))
    api = make_account(sandbox)
    export(api, folder)
    part = next(folder.glob("month=0001-01/*"))
    table = pq.read_table(part)
    state = json.loads(table.schema.metadata[EXPORT])

    def say(said):
        pq.write_table(
            table.replace_schema_metadata({**table.schema.metadata, EXPORT: json.dumps(said).encode()}), part
        )

    say({**state, "run": {"begun": "2026-11-01T00:00:00+00:00", "later": 1}})
    assert sf.scan(folder).rows == 30
    assert export(api, folder).header.complete
    for said in ([1], "x", {**state, "header": 5}, {"version": 9}):
        say(said)
        assert sf.scan(folder).rows == len(sf.read_parquet(folder)) == 30
        with pytest.raises(ExportError, match="a dataset that no export wrote"):
            export(api, folder)


@pytest.mark.slow
def test_a_field_called_month_ends_no_export(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(60, days=36), faults=[always("rows", "/order", key="month", value="November")])
    for how in ({}, {"max_age": 0}):
        rows = export(make_account(sandbox), folder, **how).frame()
        assert set(rows["orders__month"]) == {"November"}
        assert sorted(rows["id"]) == sorted(map(str, sandbox.world.order_ids()))


@pytest.mark.slow
def test_a_folder_that_is_deleted_meanwhile_is_an_error_and_the_same_call_fills_it(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(150, days=36))
    api, asked = make_account(sandbox), itertools.count(1)
    sandbox.on_request(lambda _: shutil.rmtree(folder, ignore_errors=True) if next(asked) == 5 else None)
    with pytest.raises(ExportError, match="could not be written") as caught:
        export(api, folder)
    assert caught.value.kept == f"What {folder} holds is kept, and the same call resumes."
    export(api, folder)
    same(folder, sandbox.world.rows("orders"))


@pytest.mark.slow
def test_a_disk_that_is_full_is_an_error_and_the_same_call_resumes(make_sandbox, make_account, folder):
    resource = pytest.importorskip("resource")
    sandbox = make_sandbox(world=World(150, days=36))
    api, asked, before = make_account(sandbox), itertools.count(1), resource.getrlimit(resource.RLIMIT_FSIZE)
    few = (10_000, before[1])  # bytes of one file
    sandbox.on_request(lambda _: resource.setrlimit(resource.RLIMIT_FSIZE, few) if next(asked) == 5 else None)
    try:
        with pytest.raises(ExportError, match="could not be written") as caught:
            export(api, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "is kept, and the same call resumes" in caught.value.kept
    assert sf.scan(folder).header.complete is not True
    export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    assert not list(folder.parent.rglob("*.part"))


@pytest.mark.slow
def test_a_clock_that_is_set_back_while_it_is_exported_loses_no_order(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(120, days=36))
    moment, asked = sandbox.world.now.timestamp(), itertools.count(1)
    now = [moment]
    api = make_account(sandbox, clock=lambda: now[0])
    sandbox.on_request(lambda _: now.__setitem__(0, moment - 400 * 86400) if next(asked) == 5 else None)
    export(api, folder)
    same(folder, sandbox.world.rows("orders"))
    for later in (now[0] + 3600, moment + 7200):
        sandbox.world.add_orders(3)
        now[0] = later
        assert "3 new, 0 gone" in export(api, folder).header.notes[-1]
        same(folder, sandbox.world.rows("orders"))
