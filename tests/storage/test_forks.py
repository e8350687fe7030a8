"""A fork waits until no thread is inside SQLite: its allocator's lock would stay locked in the child for ever."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from processes import in_forks

from scalev_frames.errors import AlreadyRunningError, ExportError
from scalev_frames.storage.database import SafeDatabase
from scalev_frames.storage.locks import only_writer

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (n)"


@pytest.mark.slow
def test_no_thread_is_inside_a_database_while_the_process_forks(tmp_path: Path) -> None:
    inside, done = [0, 0, 0], threading.Event()
    databases = [SafeDatabase(tmp_path / f"{place}.sqlite", SCHEMA, version=1) for place in range(3)]

    def work(place: int) -> None:
        inside[place] = 1
        time.sleep(0.002)
        inside[place] = 0

    def keep_busy(place: int) -> None:
        while not done.is_set():
            databases[place].run(lambda _: work(place))

    def child(_: int) -> tuple[list[int], object]:
        at_fork = list(inside)
        return at_fork, SafeDatabase(None, SCHEMA, version=1).run(lambda rows: rows.execute("SELECT 1").fetchone())

    threads = [threading.Thread(target=keep_busy, args=(place,), daemon=True) for place in range(3)]
    for thread in threads:
        thread.start()
    try:
        found = [in_forks(child, [0])[0] for _ in range(5)]
    finally:
        done.set()
        for thread in threads:
            thread.join(20)
    assert found == [([0, 0, 0], (1,))] * 5


@pytest.mark.slow
def test_threads_that_fork_at_the_same_time_do_not_wait_for_each_other(tmp_path: Path) -> None:
    database = SafeDatabase(tmp_path / "file.sqlite", SCHEMA, version=1)
    ends: list[int] = []

    def fork() -> None:
        for _ in range(3):
            child = os.fork()
            if child == 0:
                os._exit(7)
            ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    forking = [threading.Thread(target=fork, daemon=True) for _ in range(3)]
    for thread in forking:
        thread.start()
    for _ in range(5):
        database.run(lambda rows: rows.execute("SELECT 1").fetchone())
    for thread in forking:
        thread.join(60)
    assert ends == [7] * 9


def test_a_fork_in_the_middle_of_a_transaction_is_not_held_up(tmp_path: Path) -> None:
    database = SafeDatabase(tmp_path / "file", SCHEMA, version=1)

    def child(_: int) -> object:
        return SafeDatabase(None, SCHEMA, version=1).run(lambda rows: rows.execute("SELECT 1").fetchone())

    assert database.run(lambda _: in_forks(child, [0])) == [(1,)]
    assert database.failure == ""


def test_a_failure_of_the_work_is_not_one_of_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), only_writer(tmp_path / "locks", "report", "a.xlsx"):
        raise ZeroDivisionError
    with (
        pytest.raises(sqlite3.OperationalError, match="is locked"),
        only_writer(tmp_path / "locks", "report", "a.xlsx"),
    ):
        raise sqlite3.OperationalError("another database is locked")
    with only_writer(tmp_path / "locks", "report", "a.xlsx"):
        with pytest.raises(AlreadyRunningError), only_writer(tmp_path / "locks", "report", "a.xlsx"):
            pass
        with only_writer(tmp_path / "locks", "report", "b.xlsx"):
            pass


def test_a_lock_leaves_no_file_also_where_its_holder_was_killed(tmp_path: Path) -> None:
    def hold() -> None:
        with only_writer(tmp_path, "report", "a.xlsx"):
            os._exit(0)

    child = multiprocessing.get_context("fork").Process(target=hold)
    child.start()
    child.join(30)
    assert len(list(tmp_path.iterdir())) == 1
    with only_writer(tmp_path, "report", "a.xlsx"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_file_that_was_deleted_meanwhile_is_none(tmp_path: Path, monkeypatch) -> None:
    def opened_late(file: Path, **how: Any) -> sqlite3.Connection:
        connection = connect(file, **how)
        file.unlink()  # whoever held it has ended by now
        file.touch()
        return connection

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", opened_late)
    with pytest.raises(AlreadyRunningError), only_writer(tmp_path, "report", "a.xlsx"):
        pass
    monkeypatch.undo()
    with only_writer(tmp_path, "report", "a.xlsx"):
        pass


def test_a_folder_of_locks_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "locked").write_text("a file")
    with (
        pytest.raises(ExportError, match=r"could not be made.*SCALEV_CACHE_DIR"),
        only_writer(tmp_path / "locked", "report", "a.xlsx"),
    ):
        pass
