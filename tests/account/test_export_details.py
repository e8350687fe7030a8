"""Exports with details and spam marks, exports that are killed, and folders that cannot be written."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
from processes import kill_at_request

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.cancel import CancelToken
from scalev_frames.export.dataset import exported, parts
from scalev_frames.frames.money import exact
from scalev_frames.group import Group
from scalev_frames.pull.exporting import segments
from scalev_frames.sandbox import Sandbox, World, always
from scalev_frames.storage.writing import WRITER
from tests.account.exports import export, same

pytestmark = pytest.mark.usefixtures("small_segments")


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
    sandbox, told = make_sandbox(world=World(30, days=3)), []
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
    with pytest.raises(errors.ExportError, match="holds orders with details, no filters; this is"):
        export(api, folder)


@pytest.mark.slow
def test_an_export_stopped_among_details_asks_for_none_of_them_twice(make_sandbox, make_account, folder, monkeypatch):
    monkeypatch.setattr(segments, "DETAIL_ROWS", 20)
    sandbox = make_sandbox(world=World(40, days=3))
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


def no_marks():
    return always("rows", "/order", without="is_probably_spam")


@pytest.mark.slow
def test_spam_marks_that_the_list_leaves_out_are_asked_for(make_sandbox, make_account, folder, monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", 60)
    sandbox = make_sandbox(world=World(120, days=8), faults=[no_marks()])
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
    sandbox = make_sandbox(world=World(60, days=40), faults=[no_marks()])
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
    scan = export(make_account(make_sandbox(world=World(60, days=36), faults=faults)), folder)
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

segments.SEGMENT_ROWS, parts.MOST_ROWS = 100, 200
settings = Settings(base_url=sys.argv[1], cache_dir=Path(sys.argv[2]), limits=((300, 1.0),))
Account(Key(os.environ["SCALEV_API_KEY"]), settings).export(sys.argv[3], progress=False)
"""


@pytest.mark.slow
def test_killed_at_random_moments_it_loses_and_doubles_nothing(make_account, tmp_path):
    chance = random.Random(3)
    with Sandbox(world=World(700, days=40), limits=None, latency=0.02) as sandbox:
        command = [sys.executable, "-c", EXPORT, sandbox.base_url, str(tmp_path / "cache"), str(tmp_path / "orders")]
        environment = {**os.environ, "SCALEV_API_KEY": sandbox.api_key}
        for _ in range(3):
            kill_at_request(sandbox, chance.randint(5, 12), command, pause=chance.random() / 20, env=environment)
        export(make_account(sandbox, limits=((300, 1.0),), sleep=None), tmp_path / "orders")
        same(tmp_path / "orders", sandbox.world.rows("orders"))
        assert sf.scan(tmp_path / "orders").header.complete
        assert sandbox.api_key.encode() not in b"".join(
            file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()
        )


@pytest.mark.slow
def test_a_folder_to_which_another_computer_exports_is_left_alone(make_sandbox, make_account, folder):
    shop = make_sandbox(world=World(30, days=36))
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


@pytest.mark.slow
def test_an_export_ends_well_where_another_program_holds_the_list_of_what_was_seen(
    make_sandbox, make_account, tmp_path, monkeypatch
):
    shop = make_sandbox(world=World(60, days=36))
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
