"""What is kept: fresh frames cost nothing, stopped pulls go on, broken files never matter, accounts never mix."""

from __future__ import annotations

import stat
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from scalev_frames import errors
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.sandbox import Behaviour, Fault, World


@pytest.mark.slow
def test_a_second_call_sends_nothing(make_sandbox, make_account):
    sandbox = make_sandbox()
    api = make_account(sandbox)
    first = api.orders(progress=False)
    sent = len(sandbox.requests)
    again = api.orders(progress=False)
    other = make_account(sandbox).orders(progress=False)
    assert len(sandbox.requests) == sent
    assert_frame_equal(again, first)
    assert_frame_equal(other, first)
    assert (first.attrs["from_cache"], again.attrs["from_cache"], again.attrs["requests"]) == (False, True, 0)
    assert first.attrs["requests"] == sent == 12 + 1  # the pages, and the server's counts


@pytest.mark.slow
def test_offline_serves_any_age_and_refuses_what_it_has_not(make_sandbox, make_account):
    sandbox = make_sandbox()
    now = [1_795_000_000.0]
    api = make_account(sandbox, clock=lambda: now[0])
    stores = api.stores(progress=False)
    now[0] += 10**7
    sandbox.stop()
    assert_frame_equal(api.stores(offline=True, progress=False), stores)
    with pytest.raises(errors.NotCachedError):
        api.products(offline=True, progress=False)


@pytest.mark.slow
def test_freshness_max_age_and_refresh(make_sandbox, make_account):
    sandbox = make_sandbox()
    now = [1_795_000_000.0]
    api = make_account(sandbox, clock=lambda: now[0])
    api.stores(progress=False)
    now[0] += 1800
    assert api.stores(progress=False).attrs["from_cache"]
    assert not api.stores(max_age=60, progress=False).attrs["from_cache"]
    assert api.stores(max_age=60, progress=False).attrs["from_cache"]
    assert not api.stores(refresh=True, progress=False).attrs["from_cache"]
    now[0] += 3601
    assert not api.stores(progress=False).attrs["from_cache"]


@pytest.mark.slow
def test_a_frame_kept_in_one_zone_is_not_served_in_another(make_sandbox, make_account):
    sandbox = make_sandbox(orders=30)
    in_utc = make_account(sandbox, time_zone="UTC").orders(progress=False)
    in_jakarta = make_account(sandbox).orders(progress=False)
    assert str(in_utc["draft_time"].dtype) == "datetime64[us, UTC]"
    assert str(in_jakarta["draft_time"].dtype) == "datetime64[us, Asia/Jakarta]"
    assert in_jakarta["draft_time"].tolist() == in_utc["draft_time"].tolist()
    assert make_account(sandbox).orders(progress=False).attrs["from_cache"]


def test_a_frame_kept_by_an_older_catalog_is_not_served(make_sandbox, make_account, monkeypatch):
    sandbox = make_sandbox(orders=30)
    make_account(sandbox).stores(progress=False)
    monkeypatch.setitem(ENDPOINTS, "stores", replace(ENDPOINTS["stores"], shape="store_simplified"))
    assert "payment_methods" in make_account(sandbox).stores(progress=False)


@pytest.mark.slow
def test_two_accounts_never_see_each_others_data(make_sandbox, make_account, tmp_path):
    one, two = make_sandbox(world=World(300, seed=1)), make_sandbox(world=World(300, seed=2))
    first = make_account(one, folder=tmp_path / "shared").orders(progress=False)
    second = make_account(two, folder=tmp_path / "shared").orders(progress=False)
    assert set(first["id"]) != set(second["id"])
    restricted = make_account(one, key=one.restricted_key("product:list"), folder=tmp_path / "shared")
    with pytest.raises(errors.ForbiddenError):
        restricted.orders(progress=False)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["repeated_cursor", "ignore_cursor", "no_results"])
def test_a_list_that_does_not_move_is_an_error_and_not_kept(make_sandbox, make_account, kind):
    sandbox = make_sandbox(faults=[Fault(kind, "/order", at=3, times=1)])
    api = make_account(sandbox)
    with pytest.raises(errors.IncompleteError):
        api.orders(progress=False)
    frame = api.orders(progress=False)
    assert len(frame) == 300
    assert frame["id"].is_unique


@pytest.mark.slow
def test_broken_and_foreign_files_count_as_not_there(make_sandbox, make_account, tmp_path):
    sandbox = make_sandbox()
    api = make_account(sandbox)
    whole = api.orders(progress=False)
    for file in [file for file in (tmp_path / "cache").rglob("*") if file.is_file() and file.name != "salt"]:
        file.write_bytes(file.read_bytes()[:20] + b"broken")
    assert_frame_equal(make_account(sandbox).orders(progress=False), whole)


@pytest.mark.slow
def test_a_full_disk_loses_nothing_but_the_cache(make_sandbox, make_account, tmp_path):
    sandbox = make_sandbox()
    (tmp_path / "file").write_text("in the way")
    api = make_account(sandbox, folder=tmp_path / "file")
    events = []
    frame = api.orders(progress=events.append)
    assert len(frame) == 300
    assert any("could not be kept" in event.message for event in events)


@pytest.mark.slow
def test_kept_files_are_private_and_pages_are_let_go(make_sandbox, make_account, tmp_path):
    make_account(make_sandbox()).orders(progress=False)
    files = [file for file in (tmp_path / "cache").rglob("*") if file.is_file()]
    assert not [file for file in files if file.suffix == ".page"]
    if sys.platform != "win32":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        folders = [folder for folder in (tmp_path / "cache").rglob("*") if folder.is_dir()]
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_accounts_folder_is_closed_to_others_again_and_a_folder_of_the_users_is_left(
    make_sandbox, make_account, tmp_path
):
    sandbox, root = make_sandbox(orders=30), tmp_path / "shared"
    root.mkdir(mode=0o755)
    make_account(sandbox, folder=root).orders(progress=False)
    ours = [folder for folder in root.iterdir() if folder.is_dir()]
    for folder in ours:
        folder.chmod(0o755)  # as a backup that was restored
    (theirs := root / "theirs").mkdir(mode=0o755)
    make_account(sandbox, folder=root).orders(progress=False)
    assert ours
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in ours} == {0o700}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (root, theirs)} == {0o755}


@pytest.mark.slow
def test_the_key_is_in_no_byte_of_anything_kept(make_sandbox, make_account, tmp_path, caplog, capsys):
    import scalev_frames as sf

    caplog.set_level("DEBUG")
    sandbox = make_sandbox(faults=[Fault("vary", "*", times=5), Fault("server_error", "/products", times=1)])
    api = make_account(sandbox)
    frames = {name: api.fetch(name) for name in ("orders", "products", "stores", "store_products", "order_statistics")}
    sf.to_excel(frames, tmp_path / "out.xlsx")
    sf.to_parquet(frames["orders"], tmp_path / "out.parquet")
    with pytest.raises(errors.ScalevError) as caught:
        api.order("999999999")
    said = capsys.readouterr()
    texts = [
        caplog.text,
        repr(api),
        repr(frames["orders"].attrs),
        str(caught.value),
        repr(caught.value),
        said.out,
        said.err,
    ]
    key = sandbox.api_key
    assert not any(key in text for text in texts)
    import zipfile

    for file in [file for file in tmp_path.rglob("*") if file.is_file()]:
        content = file.read_bytes()
        assert key.encode() not in content
        if file.suffix == ".xlsx":
            book = zipfile.ZipFile(file)
            assert not any(key.encode() in book.read(name) for name in book.namelist())


def test_single_reads_expire(make_sandbox, make_account):
    sandbox = make_sandbox()
    now = [1_795_000_000.0]
    api = make_account(sandbox, clock=lambda: now[0])
    order = str(sandbox.world.rows("orders")[0]["id"])
    api.order(order, progress=False)
    api.order(order, progress=False)
    assert len(sandbox.requests) == 1
    now[0] += 301
    api.order(order, progress=False)
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, errors.BadRequestError), (401, errors.AuthenticationError), (403, errors.ForbiddenError),
     (404, errors.NotFoundError), (422, errors.InvalidParametersError), (500, errors.ServerError)],
)  # fmt: skip
def test_each_status_has_its_error(make_sandbox, make_account, status, kind):
    sandbox = make_sandbox(faults=[Fault("error", "*", times=99999, status=status, error="the server's words")])
    with pytest.raises(kind, match="the server's words") as caught:
        make_account(sandbox, retry_seconds=5.0).stores(progress=False)
    assert caught.value.status_code == status
    assert caught.value.advice


def test_a_wrong_key_and_an_unreachable_host_are_one_clear_sentence(make_sandbox, make_account):
    sandbox = make_sandbox()
    with pytest.raises(errors.AuthenticationError, match="begins with sk_ or rk_"):
        make_account(sandbox, key="sk_wrong_wrong_wrong").orders(progress=False)
    sandbox.stop()
    with pytest.raises(errors.ConnectionFailedError, match="same call again"):
        make_account(sandbox, retry_seconds=3.0).orders(progress=False)


def test_a_missing_scope_names_what_the_key_may_not_read(make_sandbox, make_account):
    sandbox = make_sandbox(orders=30)
    api = make_account(sandbox, key=sandbox.restricted_key("store:list"))
    assert len(api.stores(progress=False)) == 6
    with pytest.raises(errors.ForbiddenError, match="the scope to read orders, or use a full key"):
        api.orders(progress=False)
    sandbox.script(Fault("edge", "/stores", times=99))
    with pytest.raises(errors.EdgeBlockedError, match="not about your key"):
        api.stores(refresh=True, progress=False)


def test_the_edge_lets_our_name_pass_and_no_librarys(make_sandbox, make_account):
    sandbox = make_sandbox(world=World(30, behaviour=Behaviour(blocks_libraries=True)))
    assert len(make_account(sandbox).stores(progress=False)) == 6
    asking = urllib.request.Request(
        f"{sandbox.base_url}/stores", headers={"Authorization": f"Bearer {sandbox.api_key}"}
    )
    with pytest.raises(urllib.error.HTTPError, match="403") as caught:
        urllib.request.urlopen(asking)
    assert b"1010" in caught.value.read()
    caught.value.close()


def test_what_is_kept_is_told_and_let_go(make_sandbox, make_account, tmp_path):
    sandbox = make_sandbox(orders=30)
    now = [1_795_000_000.0]
    api = make_account(sandbox, clock=lambda: now[0])
    other = make_account(sandbox, key=sandbox.restricted_key("store:list"))
    for account in (api, other):
        account.stores(progress=False)
    api.order_tags(progress=False)
    info = api.cache_info().set_index("kind")
    assert info["files"].to_dict() == {"responses": 1, "journal": 0, "records": 0, "frames": 2}
    assert str(info["oldest"].dtype).endswith("Asia/Jakarta]")
    assert api.clear_cache("responses") == info.loc["responses", "bytes"]
    assert api.clear_cache() == info.loc["frames", "bytes"]
    assert api.cache_info()["files"].sum() == 0
    assert other.stores(offline=True, progress=False).attrs["from_cache"]
    with pytest.raises(errors.UnknownNameError, match="frames"):
        api.clear_cache("frame")


@pytest.mark.slow
def test_moving_while_read_gives_each_order_once(make_sandbox, make_account):
    sandbox = make_sandbox()
    before = {str(row["id"]) for row in sandbox.world.rows("orders")}
    moved = []

    def move(request):
        if request.path.endswith("/order") and len(moved) < 6:
            moved.append(sandbox.world.add_orders(10))
            sandbox.world.change_status(sandbox.world.rows("orders")[200]["id"], "completed")

    sandbox.on_request(move)
    frame = make_account(sandbox).orders(progress=False)
    assert frame["id"].is_unique
    assert before <= set(frame["id"])


def test_cache_folder_is_only_where_it_was_said(make_sandbox, make_account, tmp_path):
    make_account(make_sandbox()).stores(progress=False)
    assert {entry.name for entry in tmp_path.iterdir()} == {"cache"}
    assert Path(tmp_path / "cache" / "salt").exists()


@pytest.mark.slow
def test_what_is_too_old_is_let_go(make_sandbox, make_account, tmp_path):
    import os
    import time

    sandbox = make_sandbox(faults=[Fault("error", "/stores", at=1, times=1, status=401, error="no")])
    api = make_account(sandbox)
    api.orders(progress=False)
    with pytest.raises(errors.AuthenticationError):
        api.stores(progress=False)
    files = [file for file in (tmp_path / "cache").rglob("*") if file.is_file() and file.name != "salt"]
    assert [file for file in files if file.parent.name == "journal"]
    for file in files:
        os.utime(file, (time.time() - 91 * 86_400,) * 2)
    make_account(sandbox, clock=lambda: time.time() + 2 * 86_400).products(progress=False)
    left = [file for file in files if file.exists()]
    assert not left
