"""An unfinished pull is resumed by the same call, and nothing that happens to its file stops a pull."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import read_line, started

from scalev_frames.cache.journal import RESUME_WITHIN, Journal, Journals
from scalev_frames.storage import database

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
PAGE = json.dumps({"data": {"results": [{"id": number} for number in range(50)]}}).encode()


def begin(folder: Path, call: str = "orders-1", now: dt.datetime = NOW, **how: bool) -> Journal:
    return Journals(folder).open(call, now=now, **{"refresh": False, "changes": False, **how})


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_a_stopped_pull_is_resumed_with_its_pages_and_splits(tmp_path: Path) -> None:
    first = begin(tmp_path, changes=True)
    assert (first.resumed, first.pages, first.splits, first.started_at) == (False, 0, [], NOW)
    first.put("/order?last_id=1", PAGE, 12.345678)
    first.remember([[0, "2026-11-01T00:00:00+07:00"], [0, "x"]])
    first.close()
    later = begin(tmp_path, now=NOW + dt.timedelta(hours=3))
    assert (later.resumed, later.started_at, later.changes, later.refresh) == (True, NOW, True, False)
    assert later.splits == [[0, "2026-11-01T00:00:00+07:00"], [0, "x"]]
    assert (later.get("/order?last_id=1"), later.pages) == ((PAGE, 12.345678), 1)
    assert later.get("/order?last_id=2") is None
    later.pull_whole()
    assert not begin(tmp_path).changes


def test_a_finished_pull_leaves_no_file(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    journal.put("page", PAGE, 0.0)
    assert files(tmp_path)
    journal.finish()
    assert files(tmp_path) == []
    assert Journals(tmp_path).find("orders-1", NOW) is None
    assert not begin(tmp_path).resumed


def test_a_finished_pull_whose_file_is_held_open_is_resumed_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self.suffix == ".sqlite":
            raise PermissionError(13, "used by another process", str(self))
        delete(self, missing_ok)

    journal = begin(tmp_path)
    journal.put("page", b'{"name": "Rahasiawati Kusuma"}', 0.0)
    assert any(b"Rahasiawati" in file.read_bytes() for file in files(tmp_path))
    with monkeypatch.context() as windows:
        windows.setattr(Path, "unlink", refuse)
        journal.finish()
        assert Journals(tmp_path).find("orders-1", NOW) is None
        later = begin(tmp_path)
        assert (later.resumed, later.pages, later.get("page")) == (False, 0, None)
        later.close()
    assert not any(b"Rahasiawati" in file.read_bytes() for file in files(tmp_path))


@pytest.mark.parametrize("passed", [RESUME_WITHIN, RESUME_WITHIN * 9, -dt.timedelta(seconds=1)])
def test_what_is_too_old_or_from_the_future_is_begun_anew(tmp_path: Path, passed: dt.timedelta) -> None:
    begin(tmp_path).put("page", PAGE, 0.0)
    anew = begin(tmp_path, now=NOW + passed)
    assert (anew.resumed, anew.pages) == (False, 0)
    assert len([file for file in files(tmp_path) if file.suffix == ".sqlite"]) == 1


def test_a_forced_pull_resumes_only_a_forced_one(tmp_path: Path) -> None:
    begin(tmp_path).put("old", PAGE, 0.0)
    forced = begin(tmp_path, refresh=True)
    assert (forced.resumed, forced.get("old")) == (False, None)
    forced.put("new", PAGE, 0.0)
    assert begin(tmp_path, refresh=True).get("new")
    assert begin(tmp_path).get("new")


def test_calls_never_see_each_others_pages(tmp_path: Path) -> None:
    begin(tmp_path, "orders-1").put("page", PAGE, 0.0)
    for other in ("orders-2", "orders-11", "orders"):
        assert not begin(tmp_path, other).resumed


def test_a_page_that_cannot_be_trusted_is_forgotten_and_one_is_replaced(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    journal.put("page", b"first", 1.0)
    journal.put("page", b"second", 2.0)
    assert journal.get("page") == (b"second", 2.0)
    journal.forget("page")
    journal.forget("page")
    assert journal.get("page") is None


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(
    key=st.text(st.characters(codec=None)) | st.just("\ud800"),
    content=st.binary(max_size=5000),
    received_at=st.floats(0, 1e11),
)
def test_whatever_was_kept_comes_back(tmp_path_factory, key: str, content: bytes, received_at: float) -> None:
    journal = begin(tmp_path_factory.mktemp("journal"))
    journal.put(key, content, received_at)
    assert journal.get(key) == (content, received_at)
    journal.finish()


def test_two_of_the_same_call_share_a_journal(tmp_path: Path) -> None:
    one = begin(tmp_path)
    two = begin(tmp_path)
    one.put("page", PAGE, 1.0)
    assert two.get("page") == (PAGE, 1.0)
    one.finish()
    two.put("other", PAGE, 1.0)
    assert two.failure == ""
    two.finish()
    assert files(tmp_path) == []


def break_it(file: Path) -> None:
    file.write_bytes(b"broken" * 1000)


def cut_it(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5000])


def empty_it(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [break_it, cut_it, empty_it])
def test_a_damaged_file_costs_its_pages_and_no_more(tmp_path: Path, damage) -> None:
    journal = begin(tmp_path)
    for number in range(40):
        journal.put(f"page {number}", os.urandom(2000), 0.0)
    journal.close()
    damage(next(file for file in files(tmp_path) if file.suffix == ".sqlite"))
    again = begin(tmp_path)
    again.get("page 7")
    again.put("page", PAGE, 1.0)
    assert again.get("page") == (PAGE, 1.0)
    again.finish()


@pytest.mark.slow
def test_a_flipped_byte_never_gives_another_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    chance = random.Random(3)
    for _ in range(60):
        tmp_path = tmp_path_factory.mktemp("journal")
        journal = begin(tmp_path)
        pages = {f"page {number}": chance.randbytes(500) + PAGE for number in range(5)}
        for key, content in pages.items():
            journal.put(key, content, 0.0)
        journal.close()
        (file,) = [file for file in files(tmp_path) if file.suffix == ".sqlite"]
        content = bytearray(file.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        file.write_bytes(content)
        again = begin(tmp_path)
        for key, content in pages.items():
            found = again.get(key)
            assert found is None or found[0] == content
        again.finish()


@pytest.mark.slow
def test_a_lock_costs_one_wait_and_one_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    journal = begin(tmp_path)
    journal.put("page", PAGE, 0.0)
    journal.close()
    (file,) = [file for file in files(tmp_path) if file.suffix == ".sqlite"]
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    connections: list[int] = []
    real = sqlite3.connect
    monkeypatch.setattr(database.sqlite3, "connect", lambda *a, **k: connections.append(1) or real(*a, **k))
    for number in range(40):
        journal.put(f"page {number}", PAGE, 0.0)
        assert journal.get("page") is None
    assert "locked" in journal.failure
    assert len(connections) == 1
    other = begin(tmp_path)
    other.put("page", b"mine", 0.0)
    assert (other.resumed, other.failure) == (False, "")
    holder.close()
    assert Journal.read(file).resumed


def test_without_a_place_a_pull_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    journal = begin(tmp_path / "file" / "journal")
    journal.put("page", PAGE, 0.0)
    journal.remember([1])
    journal.pull_whole()
    assert (journal.get("page"), journal.pages, journal.resumed) == (None, 0, False)
    assert "could not be kept" in journal.failure
    journal.finish()


def test_sweeping_deletes_what_cannot_be_resumed(tmp_path: Path) -> None:
    begin(tmp_path, "old", now=NOW - RESUME_WITHIN).put("page", PAGE, 0.0)
    begin(tmp_path, "young").put("page", PAGE, 0.0)
    (tmp_path / "foreign.0a.sqlite").write_bytes(b"foreign" * 100)
    (tmp_path / "about-to-begin.0a.sqlite").touch()
    long_ago = (NOW - RESUME_WITHIN * 2).timestamp()
    os.utime(tmp_path / "foreign.0a.sqlite", (long_ago, long_ago))
    soon = NOW.timestamp()
    os.utime(tmp_path / "about-to-begin.0a.sqlite", (soon, soon))
    Journals(tmp_path).sweep(NOW)
    assert {file.name.partition(".")[0] for file in files(tmp_path)} >= {"young", "about-to-begin"}
    assert not [file for file in files(tmp_path) if file.name.startswith("old")]
    assert begin(tmp_path, "young").get("page") == (PAGE, 0.0)


WORK = """
import datetime as dt, os, sys
from pathlib import Path
from scalev_frames.cache.journal import Journals
journal = Journals(Path(sys.argv[1])).open("orders", now=dt.datetime.now(dt.UTC), refresh=False, changes=False)
for number in range(journal.pages, 100_000):
    journal.put(str(number), (f"{number}," * 3000).encode(), float(number))
    print(number, flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_killed_at_any_moment_it_loses_at_most_the_page_under_way(tmp_path: Path) -> None:
    chance = random.Random(5)
    said = -1
    for _ in range(3):
        command = [sys.executable, "-c", WORK, str(tmp_path)]
        with started(command) as victim:
            assert victim.stdout
            first = int(read_line(victim))
            assert first in (said + 1, said + 2)
            time.sleep(chance.random() / 5)
            victim.send_signal(signal.SIGKILL)
            said = max([first, *map(int, victim.stdout.read().split("\n")[:-1])])
    journal = begin(tmp_path, "orders", now=dt.datetime.now(dt.UTC))
    assert journal.pages in (said + 1, said + 2)
    for number in range(said + 1):
        assert journal.get(str(number)) == ((f"{number}," * 3000).encode(), float(number))
