"""`--details-from`: each command that fetches details asks only for what the dashboard's export lacks."""

from __future__ import annotations

import io

import keyring
import pytest
from key_store import MemoryStore
from python_calamine import CalamineWorkbook

import scalev_frames as sf
from scalev_frames import cli
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.wire.credentials import Key, store_key
from tests.account.test_details import detail_requests
from tests.frames.exported import exported, framed

SIZES = {"brand-a": 12, "brand-b": 9}


@pytest.fixture(scope="module")
def businesses():
    """Two businesses at one address, and every order's detail of each."""
    worlds = [World(size, seed=seed, days=4) for seed, size in enumerate(SIZES.values(), 1)]
    details = [[world.detail(row["id"]) for row in world.rows("orders")] for world in worlds]
    return worlds, details


@pytest.fixture
def shop(businesses, monkeypatch):
    """The two behind an address, a stored profile each; the first one's key is the environment's."""
    worlds, _ = businesses
    keyring.set_keyring(MemoryStore())
    with Sandbox(world=worlds[0], limits=None) as running:
        keys = [running.api_key, running.add_business(worlds[1])]
        for name, key in zip(SIZES, keys, strict=True):
            store_key(name, Key(key), base_url=running.base_url)
        monkeypatch.setenv("SCALEV_API_KEY", keys[0])
        monkeypatch.setenv("SCALEV_API_BASE_URL", running.base_url)
        yield running


def write_file(folder, details):
    """The dashboard's export with one row an item."""
    file = folder / "orders.csv"
    file.write_text(exported(framed(details), items=True))
    return str(file)


@pytest.mark.slow
def test_export_asks_only_for_the_rest_and_later_for_what_has_changed(shop, businesses, tmp_path):
    file, out = write_file(tmp_path, businesses[1][0][2:]), tmp_path / "orders"
    assert cli.main(["export", "orders", "--quiet", "--details-from", file, "--out", str(out)]) == 0
    assert len(detail_requests(shop)) == 2
    frame = sf.read_parquet(out)
    assert len(frame) == 12
    assert frame["orderlines"].notna().all()
    assert [len(lines) for lines in frame.set_index("order_id").loc[
        [one["order_id"] for one in businesses[1][0]], "orderlines"]] == [
        len(one["orderlines"]) for one in businesses[1][0]]  # fmt: skip
    assert any("some orders are from the dashboard's file" in note for note in frame.attrs["notes"])
    assert cli.main(["export", "orders", "--quiet", "--details", "--out", str(out)]) == 0
    assert len(detail_requests(shop)) == 2


@pytest.mark.slow
def test_report_takes_lines_from_the_file(shop, businesses, tmp_path, capsys):
    file, days = write_file(tmp_path, businesses[1][0]), ["--since", "2026-11-01", "--until", "2026-11-23"]
    words = ["report", *days, "--against", "none", "--report", "margin", "--quiet"]
    assert cli.main([*words, "--details-from", file, "--out", str(tmp_path / "file.xlsx")]) == 0
    assert detail_requests(shop) == []
    assert cli.main([*words, "--lines", "--out", str(tmp_path / "asked.xlsx")]) == 0
    assert detail_requests(shop)
    ours, theirs = (quantities(tmp_path / name) for name in ("file.xlsx", "asked.xlsx"))
    assert ours == theirs
    assert sum(ours.values()) > 0
    before = len(shop.requests)
    for wrong in (["--details-from", str(tmp_path / "none.csv")], ["--lines", "--details-from", file]):
        assert cli.main([*words, *wrong, "--out", str(tmp_path / "x.xlsx")]) == cli.WRONG_CALL
    assert "none.csv" in capsys.readouterr().err
    assert len(shop.requests) == before


def quantities(path):
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Margin by product").to_python()[4:]
    assert rows
    return {row[0]: row[3] for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["pull", "export"])
def test_all_takes_from_one_businesss_file_that_businesss_orders(shop, businesses, tmp_path, capsys, verb):
    file, out = write_file(tmp_path, businesses[1][0]), tmp_path / ("o.parquet" if verb == "pull" else "orders")
    words = [verb, "orders", "--all", "--details-from", file, "--out", str(out), "--quiet"]
    assert cli.main(words) == 0
    assert len(detail_requests(shop)) == 9
    frame = sf.read_parquet(out) if verb == "pull" else sf.scan(out).frame()
    assert "None" not in capsys.readouterr().out
    assert frame["orderlines"].notna().all()
    assert frame["business"].value_counts().to_dict() == SIZES


@pytest.mark.slow
def test_an_order_of_another_business_with_the_same_code_is_asked_for(shop, businesses, tmp_path):
    mine, theirs = (framed(details) for details in businesses[1])
    file = mine.assign(**{name: list(theirs[name]) + [None] * 3 for name in ("order_id", "status", "payment_status",
                                                                             "gross_revenue")}).iloc[:9]  # fmt: skip
    file["store_name"] = "Toko lain"
    known = sf.read_dashboard(io.StringIO(exported(file, items=True)))
    with sf.connect_many(list(SIZES), cache_dir=tmp_path) as group:
        group.orders(details=known, progress=False)
        assert len(detail_requests(shop)) == 21
        lines = group.order_lines(group.orders(progress=False), details=known, progress=False)
    assert len(lines) == sum(len(one["orderlines"]) for details in businesses[1] for one in details)


@pytest.mark.slow
def test_order_lines_take_what_the_file_knows(shop, businesses, tmp_path):
    known = sf.read_dashboard(io.StringIO(exported(framed(businesses[1][0][5:]), items=True)))
    with sf.connect(cache_dir=tmp_path) as api:
        lines = api.order_lines(api.orders(progress=False), details=known, progress=False)
        assert len(detail_requests(shop)) == 5
        assert len(lines) == sum(len(one["orderlines"]) for one in businesses[1][0])
        assert api.order_lines(details=known, progress=False)["quantity"].tolist() == lines["quantity"].tolist()
        assert len(detail_requests(shop)) == 5
        with pytest.raises(sf.ScalevError, match="one row an item"):
            api.order_lines(api.orders(progress=False), details=known.drop(columns="orderlines"), progress=False)
