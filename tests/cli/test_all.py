"""`--all`: every stored profile in one file, and a report of each and of all."""

from __future__ import annotations

import keyring
import pytest
from key_store import MemoryStore
from python_calamine import CalamineWorkbook

import scalev_frames as sf
from scalev_frames import cli, report_job
from scalev_frames.group import Group
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.wire.credentials import Key, store_key

SIZES = {"brand-a": 40, "Toko Ü": 30, "Toko.Ü": 10}


@pytest.fixture
def shop():
    """Three businesses at one address, a stored profile each."""
    keyring.set_keyring(MemoryStore())
    worlds = [World(size, seed=seed, days=20) for seed, size in enumerate(SIZES.values(), 1)]
    with Sandbox(world=worlds[0], limits=None) as running:
        running.keys = dict(zip(SIZES, [running.api_key, *map(running.add_business, worlds[1:])], strict=True))
        for name, key in running.keys.items():
            store_key(name, Key(key), base_url=running.base_url)
        yield running


@pytest.mark.slow
def test_pull_all_writes_one_file_of_every_profile(shop, tmp_path, capsys):
    out = tmp_path / "all.parquet"
    assert cli.main(["pull", "orders", "--all", "--out", str(out), "--quiet"]) == 0
    frame = sf.read_parquet(out)
    assert frame.groupby("business").size().to_dict() == SIZES
    said = capsys.readouterr().out
    assert "orders: all 80 rows" in said
    assert "In total 80 orders here and 80 by the server's statistics" in said
    assert not any(key in said for key in shop.keys.values())


@pytest.mark.slow
def test_a_profile_that_fails_is_named_and_no_short_file_is_written(shop, tmp_path, capsys):
    shop.revoke(shop.keys["brand-a"])
    out = tmp_path / "all.parquet"
    assert cli.main(["pull", "orders", "--all", "--out", str(out), "--quiet"]) == cli.FAILED
    assert not out.exists()
    said = capsys.readouterr().err
    assert "1 of 3 businesses failed. brand-a: " in said
    assert "Toko Ü" in said
    assert "partial()" not in said
    assert cli.main(["pull", "stores", "--all", "--profile", "brand-a"]) == cli.WRONG_CALL


@pytest.mark.slow
def test_report_all_is_one_workbook_of_all_together(shop, tmp_path):
    out = tmp_path / "r.xlsx"
    words = ["report", "--all", "--since", "2026-11-01", "--until", "2026-11-23", "--against", "none", "--quiet"]
    assert cli.main([*words, "--report", "daily", "--data", "--out", str(out)]) == 0
    book = CalamineWorkbook.from_path(str(out))
    rows = book.get_sheet_by_name("Orders").to_python()
    assert {row[0] for row in rows[1:]} == set(SIZES)
    daily = book.get_sheet_by_name("Daily pipeline").to_python(skip_empty_area=False)[4:]
    assert 60 < sum(row[1] for row in daily) <= 80
    assert any("In total" in str(row[0]) for row in book.get_sheet_by_name("Summary").to_python())


WORDS = ["report", "--all", "--since", "2026-11-20", "--until", "2026-11-23", "--against", "none", "--report", "funnel"]


@pytest.mark.slow
def test_report_all_by_account_is_a_workbook_of_each_and_one_of_all(shop, tmp_path):
    assert cli.main([*WORDS, "--quiet", "--out", str(tmp_path / "{account}.xlsx")]) == 0
    assert {path.name for path in tmp_path.glob("*.xlsx")} == {"all.xlsx", "brand-a.xlsx", "Toko_Ü.xlsx", "Toko.Ü.xlsx"}


@pytest.mark.slow
def test_a_profile_that_fails_does_not_keep_the_others_from_their_reports(shop, tmp_path, capsys):
    shop.revoke(shop.keys["brand-a"])
    assert cli.main([*WORDS, "--quiet", "--out", str(tmp_path / "{account}.xlsx")]) == cli.FAILED
    assert "1 of 3 businesses failed. brand-a" in capsys.readouterr().err
    assert {path.name for path in tmp_path.glob("*.xlsx")} == {"Toko_Ü.xlsx", "Toko.Ü.xlsx"}


def test_names_that_are_alike_in_a_files_name_get_files_of_their_own(shop, tmp_path):
    keys = iter(shop.keys.values())
    group = sf.connect_many({name: next(keys) for name in ("Toko/A", "toko A", "All")}, base_url=shop.base_url)
    assert isinstance(group, Group)
    paths = report_job.each_named(tmp_path / "{account}-{date}.xlsx", group)
    assert len({path.name.casefold() for path in paths.values()}) == 4
    assert paths[""].name == "all-{date}.xlsx"
    assert all(path.parent == tmp_path for path in paths.values())
