"""An export says what may be missing as a frame of the same call does."""

from __future__ import annotations

import datetime as dt

import pytest

from scalev_frames import read_parquet, scan
from scalev_frames.frames.header import Header
from scalev_frames.pull.reading.proof import (
    BY_DRAFT_TIME,
    BY_PLACE,
    EARLY,
    LATE_UNDATED,
    MAYBE_BY_DRAFT_TIME,
    UNSEEN_UNDATED,
)
from scalev_frames.sandbox import Behaviour, World, always

NOTES = {BY_DRAFT_TIME, LATE_UNDATED, MAYBE_BY_DRAFT_TIME, UNSEEN_UNDATED}
REFUSED = always("error", "/order/statistics", status=403, error="no")
BY_DRAFT = always("insist", "/order/statistics")
SINCE, UNTIL = {"since": "2026-11-10"}, {"until": "2026-11-10"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("counts", "cursor", "call"),  # each with each of the others
    [
        (None, "id", SINCE), (REFUSED, "id", UNTIL), (BY_DRAFT, "id", SINCE),
        (None, "bound", UNTIL), (REFUSED, "bound", SINCE), (BY_DRAFT, "bound", UNTIL),
    ],
)  # fmt: skip
def test_its_notes_on_orders_without_a_draft_time_are_a_frames(
    make_sandbox, make_account, tmp_path, counts, cursor, call
):
    behaviour = Behaviour(hides_undated=True, cursor=cursor)
    sandbox = make_sandbox(world=World(220, days=30, behaviour=behaviour), faults=[counts] if counts else [])
    for row in sandbox.world.rows("orders"):
        sandbox.world.change_draft_time(row["id"], dt.datetime.fromisoformat(row["created_at"]))
    api = make_account(sandbox)
    wanted = NOTES.intersection(api.orders(**call, progress=False).attrs["notes"])
    api.export(tmp_path / "orders", **call, progress=False)
    found = NOTES.intersection(read_parquet(tmp_path / "orders").attrs["notes"])
    assert found == wanted
    assert found or "since" not in call


@pytest.mark.slow
@pytest.mark.parametrize("counts", [[], [REFUSED]], ids=["counted", "refused"])
def test_its_notes_on_orders_made_earlier_are_a_frames_also_after_a_later_export(
    make_sandbox, make_account, tmp_path, counts
):
    sandbox = make_sandbox(world=World(80, days=20), faults=counts)
    now = [sandbox.world.now.timestamp()]
    api, day, world = make_account(sandbox, clock=lambda: now[0]), dt.timedelta(days=1), sandbox.world
    call = {"since": (world.now - 10 * day).date(), "progress": False}
    early = [row["id"] for row in world.rows("orders") if row["created_at"] < f"{world.now - 11 * day:%Y-%m-%d}"][:2]
    for one in early:
        world.change_draft_time(one, world.now - 9 * day)
        now[0] += 86400
        notes = [one for one in api.orders(**call).attrs["notes"] if EARLY in one]
        found = api.export(tmp_path / "orders", **call).header.notes
        assert [one for one in found if EARLY in one] == notes
        assert notes


@pytest.mark.slow
def test_files_that_are_missing_are_noticed_and_fetched_again(make_sandbox, make_account, tmp_path):
    api, folder = make_account(make_sandbox(world=World(60, days=70))), tmp_path / "orders"
    whole = api.export(folder, progress=False)
    file = folder / "month=2026-10" / "part-0.parquet"
    lost = len(read_parquet(file))
    assert 0 < lost < whole.rows
    file.unlink()
    for header in (scan(folder).header, Header.of(read_parquet(folder))):
        assert not header.complete
        assert header.notes[-1].startswith(f"{lost} rows are missing")
    again = api.export(folder, max_age=3600, progress=False)
    assert (again.rows, again.header.complete) == (60, True)
    assert "rows are missing" not in str(again.header.notes)


@pytest.mark.slow
@pytest.mark.parametrize("counts", [[], [REFUSED]], ids=["counted", "refused"])
def test_pages_that_a_deletion_shifts_are_noted_where_no_count_proves_them(
    make_sandbox, make_account, tmp_path, counts
):
    sandbox = make_sandbox(world=World(90, days=30), faults=counts)
    page_of, known = sandbox.world.order_page, sandbox.world.order_ids()

    def by_place(params, size):
        place = int(params.get("last_id", 0))
        page = page_of({**params, "last_id": str(known[place - 1])} if place else params, size)
        return page._replace(envelope={**page.envelope, "last_id": place + len(page.records)})

    sandbox.world.order_page = by_place
    api = make_account(sandbox)
    frame = api.orders(progress=False)
    exported = api.export(tmp_path / "orders", progress=False)
    assert len(frame) == len(exported.frame()) == 90
    for notes in (frame.attrs["notes"], exported.header.notes):
        assert (BY_PLACE in notes) == bool(counts)
