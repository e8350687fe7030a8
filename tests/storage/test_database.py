"""A database that cannot be used is one exception, once; a broken one is replaced."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
import time
from pathlib import Path

import pytest
from processes import LONG, in_forks

from scalev_frames.storage import database as module
from scalev_frames.storage import forks
from scalev_frames.storage.database import SafeDatabase, UnusableError

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (n)"


def add(database: SafeDatabase, number: int = 1) -> None:
    database.run(lambda rows: rows.execute("INSERT INTO numbers VALUES (?)", (number,)))


def numbers(database: SafeDatabase) -> list[int]:
    return database.run(lambda rows: [n for (n,) in rows.execute("SELECT n FROM numbers ORDER BY rowid")])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "file.sqlite"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_it_is_private_with_all_that_lies_beside_it(path: Path) -> None:
    previous = os.umask(0)
    try:
        add(SafeDatabase(path, SCHEMA, version=1))
    finally:
        os.umask(previous)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def foreign(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE numbers (other TEXT, columns TEXT)")
    database.execute("PRAGMA user_version = 7")
    database.commit()
    database.close()


def torn(path: Path) -> None:
    filled = SafeDatabase(path, SCHEMA, version=1)
    for number in range(3000):
        filled.run(lambda rows, number=number: rows.execute("INSERT INTO numbers VALUES (?)", (f"{number}" * 50,)))
        if path.stat().st_size > 60_000:
            break
    filled.close()
    content = bytearray(path.read_bytes())
    content[4096:40_000] = os.urandom(40_000 - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no database at all, but longer than a header of one hundred bytes" * 5),
        lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(500)),
        lambda path: path.write_bytes(b""),
        foreign,
        torn,
    ],
)
def test_a_broken_or_foreign_file_is_replaced(path: Path, damage) -> None:
    path.parent.mkdir()
    damage(path)
    database = SafeDatabase(path, SCHEMA, version=1)
    try:
        numbers(database)
    except UnusableError:
        pytest.fail("the file was not replaced")
    add(database, 5)
    assert numbers(database)[-1] == 5
    assert numbers(SafeDatabase(path, SCHEMA, version=1))[-1] == 5


def test_a_lock_costs_its_wait_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    database = SafeDatabase(path, SCHEMA, version=1)
    add(database)
    database.close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    waits = []
    monkeypatch.setattr(module.sqlite3, "connect", lambda *a, c=sqlite3.connect, **k: waits.append(1) or c(*a, **k))
    for _ in range(50):
        with pytest.raises(UnusableError, match="locked"):
            add(database)
    assert len(waits) == 1
    assert "locked" in database.failure
    holder.close()
    now = time.monotonic()
    monkeypatch.setattr(module.time, "monotonic", lambda: now + module.REST + 1)
    add(database, 2)
    assert numbers(database) == [1, 2]


def test_a_place_that_cannot_be_written_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "x.sqlite", tmp_path / "folder"):
        database = SafeDatabase(path, SCHEMA, version=1)
        with pytest.raises(UnusableError):
            add(database)
        assert database.failure


def test_work_that_fails_leaves_nothing_half_done(path: Path) -> None:
    database = SafeDatabase(path, SCHEMA, version=1)

    def half(rows: sqlite3.Connection) -> None:
        rows.execute("INSERT INTO numbers VALUES (1)")
        raise KeyError("on the way")

    with pytest.raises(KeyError):
        database.run(half)
    assert numbers(database) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_both_sides_of_a_fork_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "LONGEST_WAIT", 0.02)
    database = SafeDatabase(path, SCHEMA, version=1)
    add(database, 0)
    taken, done = threading.Event(), threading.Event()

    def be_at_work() -> None:
        with database._lock:
            taken.set()
            done.wait(LONG)

    def write(number: int) -> str:
        for _ in range(20):
            add(database, number)
        return database.failure

    def write_here() -> None:
        done.set()
        other.join(LONG)
        write(9)

    other = threading.Thread(target=be_at_work)
    other.start()
    try:
        assert taken.wait(LONG)
        assert in_forks(write, range(1, 5), meanwhile=write_here) == [""] * 4
    finally:
        done.set()
        other.join(LONG)
    found = numbers(database)
    assert {number: found.count(number) for number in set(found)} == {0: 1, 1: 20, 2: 20, 3: 20, 4: 20, 9: 20}


def test_deleting_leaves_no_file(path: Path) -> None:
    database = SafeDatabase(path, SCHEMA, version=1)
    add(database)
    database.delete()
    assert list(path.parent.iterdir()) == []
    add(database)
    assert numbers(database) == [1]
