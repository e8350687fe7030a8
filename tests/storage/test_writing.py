"""A folder that several processes and computers see: one of them writes there at a time, and a dead one holds up nobody."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import signal
import socket
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from processes import in_forks, wait_until

from scalev_frames.errors import AlreadyRunningError
from scalev_frames.storage import writing
from scalev_frames.storage.writing import DEAD, WRITER, Hold, forget_writer, only_writer_of

OTHER = '{"computer": "office-2", "process": 1}'


@pytest.fixture(autouse=True)
def settled_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SETTLE", 0.05)


def made_by(folder: Path, said: str, seconds_ago: float) -> Path:
    """A file of another writer whose last sign of life was so long ago, by the file system's clock."""
    folder.mkdir(exist_ok=True)
    file = folder / WRITER
    file.write_text(said)
    then = file.stat().st_mtime - seconds_ago
    os.utime(file, (then, then))
    return file


def test_a_folder_is_one_writers_and_is_left_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "share" / "orders"
    with only_writer_of(folder) as hold:
        assert json.loads((folder / WRITER).read_text())["computer"] == socket.gethostname()
        with pytest.raises(AlreadyRunningError) as caught, only_writer_of(folder):
            pass
        assert f"{socket.gethostname()} is writing to {folder}" in str(caught.value)
        assert "delete" not in str(caught.value)  # it runs here, and what is deleted holds nobody up
        assert caught.value.retryable
        assert hold.note == ""
        assert [file.name for file in folder.iterdir()] == [WRITER]
    assert not (tmp_path / "share").exists()
    folder.mkdir(parents=True)
    with pytest.raises(ZeroDivisionError), only_writer_of(folder):
        raise ZeroDivisionError
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("said", ["{", "[]", '"x"', "{}", "\x00", OTHER])
def test_another_computers_file_counts_until_it_is_deleted_or_old(tmp_path: Path, said: str) -> None:
    made_by(tmp_path, said, DEAD - 60)
    with pytest.raises(AlreadyRunningError, match=f"is writing.* delete {tmp_path / WRITER}"), only_writer_of(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == [WRITER]
    assert (tmp_path / WRITER).read_text() == said
    forget_writer(tmp_path)
    with only_writer_of(tmp_path) as hold:
        assert hold.note == ""
    made_by(tmp_path, said, DEAD + 1)
    with only_writer_of(tmp_path) as hold:
        assert "had not ended when it stopped writing here" in hold.note
        assert ("office-2" in hold.note) == (said == OTHER)
        assert [file.name for file in tmp_path.iterdir()] == [WRITER]
    assert list(tmp_path.iterdir()) == []


def test_who_was_killed_before_its_name_was_in_the_file_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by(tmp_path, "", 0)
    with monkeypatch.context() as patched:
        patched.setattr(writing, "SETTLE", 60.0)  # however long a busy machine takes to look at the file
        with pytest.raises(AlreadyRunningError, match="Another computer is writing"), only_writer_of(tmp_path):
            pass
    made_by(tmp_path, "", writing.SETTLE)
    with only_writer_of(tmp_path):
        pass


def test_a_file_with_the_number_of_this_process_from_before_a_restart_holds_up_nobody(tmp_path: Path) -> None:
    with only_writer_of(tmp_path):
        said = (tmp_path / WRITER).read_text()
    (tmp_path / WRITER).write_text(said)
    with only_writer_of(tmp_path) as hold:
        assert (tmp_path / WRITER).read_text() != said
        assert hold.note == ""


@pytest.mark.parametrize("hours", [-9, 9])
def test_this_computers_clock_may_be_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    wrong = time.time() + hours * 3600
    monkeypatch.setattr(time, "time", lambda: wrong)
    made_by(tmp_path, OTHER, 1)
    with pytest.raises(AlreadyRunningError), only_writer_of(tmp_path):
        pass
    made_by(tmp_path, OTHER, DEAD + 1)
    with only_writer_of(tmp_path):
        pass


def test_a_writer_gives_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BEAT", 0.005)
    file = tmp_path / WRITER
    with only_writer_of(tmp_path) as hold:
        said = file.read_text()
        old = file.stat().st_mtime - 2 * DEAD
        os.utime(file, (old, old))
        wait_until(lambda: file.stat().st_mtime > old)
        hold.check()
        assert file.read_text().strip() == said.strip()
        with pytest.raises(AlreadyRunningError), only_writer_of(tmp_path):
            pass
    assert "scalev-writing" not in [one.name for one in threading.enumerate()]


def test_who_slept_while_another_took_over_writes_no_more(tmp_path: Path) -> None:
    file = tmp_path / WRITER
    with only_writer_of(tmp_path) as slept:
        file.write_text(OTHER)
        with pytest.raises(AlreadyRunningError, match="office-2 is writing"):
            slept.check()
    assert file.read_text() == OTHER
    file.unlink()
    with only_writer_of(tmp_path) as mine:
        file.unlink()  # by hand
        mine.check()
        assert json.loads(file.read_text())["computer"] == socket.gethostname()


def test_a_killed_process_of_this_computer_holds_up_nobody(tmp_path: Path) -> None:
    held = []

    def die(_: int) -> int:
        held.append(only_writer_of(tmp_path))
        held[0].__enter__()
        return os.getpid()

    process = in_forks(die, [0])[0]
    assert json.loads((tmp_path / WRITER).read_text())["process"] == process
    with only_writer_of(tmp_path) as hold:
        assert json.loads((tmp_path / WRITER).read_text())["process"] == os.getpid()
        assert hold.note == ""
    made_by(tmp_path, json.dumps(json.loads(OTHER) | {"process": process}), 1)  # of another container
    with pytest.raises(AlreadyRunningError), only_writer_of(tmp_path):
        pass


def test_a_killed_process_of_another_user_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = in_forks(lambda _: os.getpid(), [0])[0]
    with only_writer_of(tmp_path):
        said = json.loads((tmp_path / WRITER).read_text())
    made_by(tmp_path, json.dumps(said | {"lock": "theirs", "process": child}), 1)
    with only_writer_of(tmp_path) as hold:
        assert socket.gethostname() in hold.note
    for change in (
        {"process": os.getppid()},
        {"process": child, "system": "another"},
        {"process": child, "system": ""},
    ):
        made_by(tmp_path, json.dumps(said | {"lock": "theirs"} | change), 1)
        with pytest.raises(AlreadyRunningError), only_writer_of(tmp_path):
            pass
    monkeypatch.setattr(writing, "SYSTEM", "")  # as on Windows
    with pytest.raises(AlreadyRunningError), only_writer_of(tmp_path):
        pass


def test_another_computer_of_the_same_name_and_folders_is_another_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, folder = tmp_path / "state", tmp_path / "orders"
    monkeypatch.setattr(writing, "state_dir", lambda: state)
    with only_writer_of(folder):
        state.rename(tmp_path / "state of the other")
        with pytest.raises(AlreadyRunningError), only_writer_of(folder):
            pass


@pytest.mark.slow
def test_of_many_who_find_a_dead_writer_one_takes_its_place(tmp_path: Path) -> None:
    inside, most, tried = [0], [0], []

    def work() -> None:
        with only_writer_of(tmp_path, patience=60):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.002)
            inside[0] -= 1
        tried.append(1)

    made_by(tmp_path, OTHER, DEAD + 1)
    threads = [threading.Thread(target=work) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert (len(tried), most) == (6, [1])
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_the_writer_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with only_writer_of(tmp_path / "file") as hold:
        hold.check()
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("folder", ["n" * 300, "/".join(["n" * 200] * 30), "/proc/nowhere"])
def test_a_folder_that_cannot_be_is_nobodys(tmp_path: Path, folder: str) -> None:
    with only_writer_of(tmp_path / folder) as hold:
        hold.check()
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_file_is_never_taken_for_a_dead_writer(tmp_path: Path) -> None:
    (tmp_path / WRITER).mkdir()
    with pytest.raises(AlreadyRunningError), only_writer_of(tmp_path):
        pass
    (tmp_path / WRITER).rmdir()
    (tmp_path / WRITER).symlink_to("nowhere")
    with pytest.raises(AlreadyRunningError), only_writer_of(tmp_path):
        pass


def test_a_writer_that_is_stopped_while_it_lets_go_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), only_writer_of(tmp_path):
        patch.setattr(os, "unlink", stop)
    assert (tmp_path / WRITER).exists()
    with only_writer_of(tmp_path) as hold:
        assert hold.note == ""


def test_of_several_computers_that_replace_a_dead_writer_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "state_dir", lambda: tmp_path / threading.current_thread().name)
    folder, takers = tmp_path / "orders", []
    made_by(folder, OTHER, DEAD + 1)
    start = threading.Barrier(4)

    def take() -> None:
        hold = Hold(folder)
        start.wait(20)
        with contextlib.suppress(AlreadyRunningError):
            hold.take()
            takers.append(hold)

    threads = [threading.Thread(target=take, name=f"computer-{number}") for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    writers = []
    for hold in takers:  # one that was held up for long may have come behind another
        with contextlib.suppress(AlreadyRunningError):
            hold.check()
            writers.append(hold)
    assert len(writers) == 1
    assert "office-2 had not ended" in writers[0].note
    for hold in takers:
        hold.release()
    assert list(folder.iterdir()) == []


def test_without_a_lock_of_this_computer_the_file_alone_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "state").write_text("no folder")
    monkeypatch.setattr(writing, "state_dir", lambda: tmp_path / "state")
    folder = tmp_path / "orders"
    with only_writer_of(folder), pytest.raises(AlreadyRunningError, match=f"delete {folder}"), only_writer_of(folder):
        pass
    assert not folder.exists()


def test_a_forked_child_leaves_its_parents_folder_alone(tmp_path: Path) -> None:
    hold = only_writer_of(tmp_path)
    hold.__enter__()

    def leave(_: int) -> bool:
        hold.__exit__(None, None, None)
        with pytest.raises(AlreadyRunningError), only_writer_of(tmp_path):
            pass
        return (tmp_path / WRITER).exists()

    assert in_forks(leave, [0]) == [True]
    hold.__exit__(None, None, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_processes_that_are_killed_at_any_moment_are_never_two_at_a_time_and_hold_nobody_up(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")  # Windows has none, and no fork
    folder, done, pick = tmp_path / "orders", tmp_path / "done", random.Random(3)

    def work() -> None:
        with (tmp_path / "alone").open("w") as alone, done.open("a") as count:
            while True:
                with only_writer_of(folder, patience=120) as hold:
                    fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an error where another process is inside
                    hold.check()
                    fcntl.flock(alone, fcntl.LOCK_UN)
                count.write(".")
                count.flush()

    def start() -> multiprocessing.process.BaseProcess:
        process = multiprocessing.get_context("fork").Process(target=work, daemon=True)
        process.start()
        return process

    def is_more(before: int) -> bool:
        return done.stat().st_size > before

    done.touch()
    running = [start() for _ in range(3)]
    for _ in range(12):
        wait_until(partial(is_more, done.stat().st_size))
        time.sleep(pick.random() / 50)
        running[0].kill()
        running[0].join(timeout=30)
        assert [one.exitcode for one in running] == [-signal.SIGKILL, None, None]
        running = [*running[1:], start()]
    for one in running:
        one.kill()
        one.join(timeout=30)
    with only_writer_of(folder, patience=60) as hold:
        assert hold.note in ("", "Another computer had not ended when it stopped writing here")
    assert not (folder / WRITER).exists()
