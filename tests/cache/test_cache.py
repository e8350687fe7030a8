"""One account's folder: what is in it, how long it stays, and how it is emptied."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import time
from pathlib import Path

import pytest

from scalev_frames.cache import overview
from scalev_frames.cache.cache import Cache
from scalev_frames.cache.facts import Facts
from scalev_frames.cache.records import Records
from scalev_frames.errors import BadValueError, CacheError
from scalev_frames.storage import database
from scalev_frames.storage.files import COMPUTER


def filled(folder: Path, now: float) -> Cache:
    cache = Cache(folder, lambda: now)
    moment = dt.datetime.fromtimestamp(now, dt.UTC)
    cache.journals.open("orders-1", now=moment, refresh=False, changes=False).close()
    cache.records.keep("order", "7", "2026", b"customer", now)
    (folder / "responses").mkdir()
    (folder / "responses" / "x.response").write_bytes(b"answer")
    (folder / "frames").mkdir()
    (folder / "frames" / "orders-1.parquet").write_bytes(b"frame")
    return cache


def test_everything_is_shown_and_deleted(tmp_path: Path) -> None:
    cache = filled(tmp_path / "account", time.time())
    info = cache.info("Asia/Jakarta").set_index("kind")
    assert list(info.index) == list(overview.KINDS)
    assert info.loc["responses", ["files", "bytes"]].tolist() == [1, 6]
    assert info.loc["frames", ["files", "bytes"]].tolist() == [1, 5]
    assert (info["files"] > 0).all()
    assert str(info["newest"].dtype).endswith("Asia/Jakarta]")
    assert cache.clear("frames") == 5
    assert cache.clear(older_than=dt.timedelta(days=1)) == 0
    with pytest.raises(BadValueError, match="no time"):
        cache.clear(older_than=dt.timedelta(days=-1))
    assert cache.clear() > 0
    assert cache.info("Asia/Jakarta")["files"].sum() == 0
    cache.records.keep("order", "8", "2026", b"again", 0.0)
    assert cache.records.find("order", {"7": "2026", "8": "2026"}) == {"8": b"again"}


def test_accounts_are_found_by_what_they_keep(tmp_path: Path) -> None:
    filled(tmp_path / "one", time.time())
    (tmp_path / "former" / "pages").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "salt").touch()
    assert [folder.name for folder in overview.account_folders(tmp_path)] == ["former", "one"]
    assert overview.account_folders(tmp_path / "nowhere") == []


def test_a_sweep_deletes_what_nobody_needs_once_a_session(tmp_path: Path) -> None:
    now = time.time()
    folder = tmp_path / "account"
    cache = filled(folder, now)
    part = folder / "frames" / f"orders-2.parquet.{COMPUTER}-999999999-0a1b2c3d.part"
    former = folder / "pages" / "pull-1" / "a.page"
    for file in (part, former):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"customers")
    old = folder / "frames" / "orders-1.parquet"
    os.utime(old, (now - 91 * 86_400,) * 2)
    cache.sweep()
    assert not part.exists()
    assert not former.exists()
    assert not old.exists()
    assert cache.journals.find("orders-1", dt.datetime.fromtimestamp(now, dt.UTC))
    assert cache.records.find("order", {"7": "2026"})
    part.write_bytes(b"customers")
    cache.sweep()
    assert part.exists()


def test_sweeping_nothing_makes_nothing(tmp_path: Path) -> None:
    Cache(tmp_path / "account", time.time).sweep()
    assert not (tmp_path / "account").exists()


def test_what_cannot_be_deleted_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = filled(tmp_path / "account", time.time())
    real = Path.unlink

    def refused(self: Path, missing_ok: bool = False) -> None:
        if self.parent.name == "frames":
            raise OSError(30, "Read-only file system")
        real(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(CacheError, match=r"1 kept file could not be deleted .*Read-only") as caught:
        cache.clear()
    assert caught.value.advice
    assert cache.info("UTC").set_index("kind")["files"].to_dict() == {
        "responses": 0, "journal": 0, "records": 0, "frames": 1,
    }  # fmt: skip
    os.utime(tmp_path / "account" / "frames" / "orders-1.parquet", (0, 0))
    cache.sweep()


# Records ---------------------------------------------------------------------------------------------------------


def test_a_record_is_served_until_it_changes(tmp_path: Path) -> None:
    records = Records(tmp_path / "new")
    records.keep("order", "7", "2026-11-01", b"first", 1.0)
    records.keep("order", "8", "", b"of unknown age", 1.0)
    assert records.find("order", {"7": "2026-11-01", "8": "2026-11-01"}) == {"7": b"first"}
    assert records.find("order", {"7": "2026-10-01"}) == {"7": b"first"}
    assert records.find("order", {"7": "2026-12-01"}) == {}
    assert records.find("order", {"7": ""}) == {}
    assert records.find("product", {"7": "2026-11-01"}) == {}


def test_a_locked_file_costs_one_wait_for_all_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    records = Records(tmp_path)
    records.keep("order", "7", "2026", b"kept", 1.0)
    records.close()
    holder = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    opened: list[int] = []
    real = sqlite3.connect
    monkeypatch.setattr(database.sqlite3, "connect", lambda *a, **k: opened.append(1) or real(*a, **k))
    assert records.find("order", {"7": "2026"}) == {}
    for number in range(40):
        records.keep("order", str(number), "2026", b"x", 1.0)
    assert len(opened) == 1
    assert "locked" in records.failure
    holder.close()
    assert Records(tmp_path).find("order", {"7": "2026"}) == {"7": b"kept"}


def test_a_damaged_record_is_not_served(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.keep("order", "7", "2026", b"kept", 1.0)
    records.close()
    other = sqlite3.connect(tmp_path / "records.sqlite")
    other.execute("UPDATE records SET body = x'00ff'")
    other.commit()
    other.close()
    assert Records(tmp_path).find("order", {"7": "2026"}) == {}


# Facts -----------------------------------------------------------------------------------------------------------

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


def test_a_fact_holds_for_a_day_and_goes_with_the_answers(tmp_path: Path) -> None:
    day = dt.timedelta(days=1)
    cache = Cache(tmp_path, NOW.timestamp)
    cache.facts.put("statistics refused", NOW)
    cache.facts.put("page_size products", NOW + day)
    assert Cache(tmp_path, NOW.timestamp).facts.holds("statistics refused", NOW)
    assert not cache.facts.holds("statistics refused", NOW + day)
    assert cache.facts.holds("statistics refused", None)
    assert cache.facts.holds("page_size products", NOW + day)
    cache.clear("responses")
    assert not cache.facts.holds("page_size products", NOW + day)
    assert not cache.facts.holds("page_size products", None)


def test_a_fact_found_out_before_the_clock_was_set_back_is_found_out_again(tmp_path: Path) -> None:
    facts = Facts(tmp_path / "facts.json")
    facts.put("statistics refused", NOW + dt.timedelta(days=400))
    assert not facts.holds("statistics refused", NOW)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"x": 7}', '{"x": "soon"}', '{"x": "0001-01-01T00:00:00+14:00"}', "[" * 100_000, "\0"],
)
def test_a_file_that_says_nothing_holds_no_fact(tmp_path: Path, text: str) -> None:
    facts = Facts(tmp_path / "facts.json")
    (tmp_path / "facts.json").write_text(text)
    assert not facts.holds("x", NOW)
    facts.put("x", NOW)
    assert facts.holds("x", NOW)
    (tmp_path / "facts.json").write_text('{"x": "2026-11-30T00:00:00"}')
    assert facts.holds("x", None)
    Facts(tmp_path / "facts.json" / "deeper").put("x", NOW)


@pytest.mark.parametrize("folder", [Path("x" * 300), Path(*["y" * 200] * 25), Path("file", "account")])
def test_a_folder_that_no_file_can_be_in_is_empty_and_raises_nothing(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = Cache(tmp_path / folder, NOW.timestamp)
    cache.sweep()
    assert cache.journals.find("orders-1", NOW) is None
    journal = cache.journals.open("orders-1", now=NOW, refresh=False, changes=False)
    journal.put("/order", b"{}", 0.0)
    assert journal.failure
    assert journal.get("/order") is None
    cache.records.keep("order", "7", "2026", b"customer", 0.0)
    assert cache.records.failure
    cache.facts.put("x", NOW)
    assert not cache.facts.holds("x", None)
    assert cache.snapshots.whole() == []
    assert cache.snapshots.names("orders", "id", "name") == {}
    assert len(cache.responses.responses) == 0
    assert cache.info("Asia/Jakarta")["files"].tolist() == [0, 0, 0, 0]
    assert cache.clear() == 0
    assert overview.account_folders(tmp_path / folder) == []
