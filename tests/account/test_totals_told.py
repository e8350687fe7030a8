"""A list that the server ends too early, though it says how many rows or pages there are: an error or a note."""

from __future__ import annotations

import pytest

from scalev_frames import read_parquet
from scalev_frames.errors import IncompleteError
from scalev_frames.sandbox import Fault, World, always
from tests.account.test_paging_kinds import ids, movements  # noqa: F401 - a fixture
from tests.movements import KINDS, path_of

#: What tells the number of rows, or of pages, of 61 rows.
TOLD = {
    "count": ("count", 61), "total": ("total", "61"), "total_count": ("total_count", 61), "pages": ("total_pages", 3),
    "meta": ("meta", {"total": 61}), "pagination": ("pagination", {"last_page": 3}),
}  # fmt: skip


def ends(path, at, told=""):
    """Say at a page that it is the last one, in every way that there is."""
    words = "last_id last_updated_at last_message_at last_inserted_at page count"
    gone = always("envelope", path, without=words.replace(told, ""))
    last = Fault("envelope", path, at=at, times=99, key="has_next", value=False)
    gone.at = at
    return [gone, last]


#: Every kind with every word, in turns at the first page and at the second.
CASES = [(told, kind, 1 + (one + other) % 2) for one, told in enumerate(TOLD) for other, kind in enumerate(KINDS)]


@pytest.mark.parametrize(("told", "kind", "at"), CASES)
def test_what_was_told_and_did_not_come_is_never_silent(movements, kind, told, at):  # noqa: F811
    sandbox, api, name = movements(kind, 61)
    key, value = TOLD[told]
    for fault in (*ends(path_of(name), at, key), always("envelope", path_of(name), key=key, value=value)):
        sandbox.script(fault)
    try:
        frame = api.fetch(name, progress=False)
    except IncompleteError:
        return
    if len(frame) == 61:
        return
    assert len(frame) == 25 * at
    assert f"ended the list after {at if 'page' in str(TOLD[told]) else 25 * at}" in str(frame.attrs["notes"])


@pytest.mark.parametrize("kind", [one for one in KINDS if one != "count"])
@pytest.mark.parametrize("told", [one for one in TOLD if one != "count"])
def test_a_total_that_is_true_has_no_note(movements, kind, told):  # noqa: F811
    sandbox, api, name = movements(kind, 61)
    key, value = TOLD[told]
    sandbox.script(always("envelope", path_of(name), key=key, value=value))
    frame = api.fetch(name, progress=False)
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(name)]
    assert "the server says" not in str(frame.attrs["notes"])


@pytest.mark.slow
@pytest.mark.parametrize("call", [{}, {"since": "2026-01-01"}, {"status": ["completed", "shipped"]}], ids=str)
def test_orders_and_an_export_of_them_say_so_too(make_sandbox, make_account, tmp_path, call):
    total = always("envelope", "/order", key="total_count", value=120)
    sandbox = make_sandbox(world=World(110, days=36), faults=[total])
    api = make_account(sandbox)
    frame = api.orders(**call, progress=False)
    assert len(frame) < 120
    assert "the server says that there are 120 rows, and ended the list after" in str(frame.attrs["notes"])
    api.export(tmp_path / "orders", **call, progress=False)
    assert "the server says that there are 120 rows" in str(read_parquet(tmp_path / "orders").attrs["notes"])


@pytest.mark.slow
def test_a_total_of_a_split_list_that_is_true_has_no_note(connect):
    _, api = connect(orders=500, faults=[always("envelope", "/order", key="total_count", value=500)])
    for call in ({}, {"since": "2026-09-01"}, {"until": "2026-10-01"}):
        frame = api.orders(**call, progress=False)
        assert not [note for note in frame.attrs["notes"] if "the server says" in note]


@pytest.mark.slow
def test_an_export_in_several_segments_says_so_too_and_only_where_rows_are_missing(
    make_sandbox, make_account, small_segments, tmp_path
):
    for told, call, is_said in ((230, {}, False), (237, {}, True), (237, {"until": "2026-11-16"}, False)):
        sandbox = make_sandbox(
            world=World(230, days=36), faults=[always("envelope", "/order", key="total_count", value=told)]
        )
        folder = tmp_path / f"{told} {len(call)}"
        notes = str(make_account(sandbox).export(folder, **call, progress=False).header.notes)
        assert ("the server says that there are 237 rows, and ended the list after 230" in notes) is is_said
        assert ("the server says" in notes) is is_said
