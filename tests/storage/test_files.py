"""Files appear whole, private, or not at all; what dead processes left is deleted."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from processes import LONG

from scalev_frames.storage import salt as salt_module
from scalev_frames.storage.files import (
    create_private,
    is_running,
    move,
    replacing_private,
    sweep_parts,
    temporary_prefix,
    write_private,
)
from scalev_frames.storage.salt import load_salt

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


@posix
@pytest.mark.parametrize("write", [write_private, create_private])
def test_files_and_folders_are_private_whatever_the_umask(tmp_path: Path, write) -> None:
    previous = os.umask(0)
    try:
        write(tmp_path / "new" / "deeper" / "file", b"content")
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "new" / "deeper" / "file").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new" / "deeper").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_private(file, b"before")

    def fail_half_way() -> None:
        with replacing_private(file) as part:
            part.write_bytes(b"half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail_half_way()
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_what_another_process_made_first_stays(tmp_path: Path) -> None:
    create_private(tmp_path / "file", b"first")
    create_private(tmp_path / "file", b"second")
    assert (tmp_path / "file").read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.slow
def test_unfinished_files_of_dead_processes_are_deleted(tmp_path: Path) -> None:
    work = (
        "import sys, os; from pathlib import Path; from scalev_frames.storage.files import replacing_private\n"
        "with replacing_private(Path(sys.argv[1])) as part:\n    part.write_bytes(b'customers'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", work, str(tmp_path / "deep" / "file")], check=False, timeout=LONG)
    (left,) = tmp_path.rglob("*.part")
    (tmp_path / "frame.0a1b2c3d.part").write_bytes(b"of an earlier version")
    (elsewhere := tmp_path / "frame.ffffff-999999999-0a1b2c3d.part").write_bytes(b"of another computer")
    with replacing_private(tmp_path / "mine") as mine:
        assert sweep_parts(tmp_path) == len(b"customers") + len(b"of an earlier version")
        assert mine.exists()
    assert not left.exists()
    assert list(tmp_path.rglob("*.part")) == [elsewhere]


def test_the_salt_is_made_once_also_by_many_at_once(tmp_path: Path) -> None:
    salts: list[bytes] = []
    threads = [threading.Thread(target=lambda: salts.append(load_salt(tmp_path / "new"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert len(set(salts)) == 1
    assert load_salt(tmp_path / "new") == salts[0]
    (tmp_path / "new" / "salt").write_bytes(b"short")
    repaired = load_salt(tmp_path / "new")
    assert len(repaired) == 32
    assert load_salt(tmp_path / "new") == repaired


def test_a_salt_that_another_process_makes_meanwhile_is_the_salt_of_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs: list[bytes] = []
    read = salt_module._read

    def read_too_early(file: Path) -> bytes | None:
        found = read(file)
        if not theirs:
            theirs.append(b"t" * 32)
            create_private(file, theirs[0])
        return found

    monkeypatch.setattr(salt_module, "_read", read_too_early)
    assert load_salt(tmp_path) == theirs[0] == (tmp_path / "salt").read_bytes()


def test_without_a_place_the_salt_lasts_as_long_as_its_user(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert len(load_salt(tmp_path / "file" / "deeper")) == 32


def test_on_windows_nobody_is_asked_by_a_signal_as_it_would_end_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "kill", lambda process, _: asked.append(process))
    assert is_running(os.getppid())
    assert asked == [os.getppid()]
    monkeypatch.setattr(sys, "platform", "win32")
    assert is_running(os.getppid())
    assert len(asked) == 1


@posix
def test_temporary_folders_of_killed_processes_are_deleted_and_no_others(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    other = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    mine = temporary_prefix("sandbox")
    assert mine.startswith("scalev-sandbox-")
    theirs, another_kind = (one.replace(str(os.getpid()), str(other.pid)) for one in (mine, temporary_prefix("sql")))
    foreign = ["scalev-sandbox-000000-1-a", theirs.rstrip("-"), theirs.replace(str(other.pid), "a"), "scalev-sandbox-a"]
    for name in (f"{mine}a", f"{theirs}a", f"{theirs}b", f"{another_kind}a", *foreign):
        (tmp_path / name / "frames").mkdir(parents=True)
    (tmp_path / f"{theirs}link").symlink_to(tmp_path / f"{mine}a")
    temporary_prefix("sandbox")
    assert len(list(tmp_path.iterdir())) == 9, "one that runs keeps its folders"
    other.kill()
    other.communicate(timeout=LONG)
    temporary_prefix("sandbox")
    assert {one.name for one in tmp_path.iterdir()} == {f"{mine}a", f"{another_kind}a", f"{theirs}link", *foreign}
    assert (tmp_path / f"{mine}a" / "frames").is_dir()


@pytest.mark.parametrize("times", [1, 3])
def test_on_windows_a_file_that_a_scanner_holds_for_a_moment_is_moved_all_the_same(tmp_path, monkeypatch, times):
    held, slept, replace = iter(range(times)), [], Path.replace

    def scanned(self: Path, target: Path) -> Path:
        if next(held, None) is not None:
            raise PermissionError(13, "used by another process", str(self))
        return replace(self, target)

    write_private(tmp_path / "part", b"new")
    write_private(tmp_path / "file", b"old")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(Path, "replace", scanned)
    move(tmp_path / "part", tmp_path / "file", sleep=slept.append)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"new"]
    assert len(slept) == times


@pytest.mark.parametrize(("platform", "seconds"), [("win32", 2.0), ("linux", 0.0)])
def test_a_file_that_another_program_keeps_open_is_an_error_after_two_seconds(tmp_path, monkeypatch, platform, seconds):
    def refused(self: Path, target: Path) -> Path:
        raise PermissionError(13, "used by another process", str(self))

    slept: list[float] = []
    write_private(tmp_path / "part", b"new")
    write_private(tmp_path / "file", b"old")
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(PermissionError, match="another process"):
        move(tmp_path / "part", tmp_path / "file", sleep=slept.append)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert sum(slept) == pytest.approx(seconds)
