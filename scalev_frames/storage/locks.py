"""Locks that one process, or one computer, at a time holds."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from scalev_frames.errors import AlreadyRunningError, ExportError
from scalev_frames.settings import private_folder
from scalev_frames.storage.forks import held_by_forks

#: The file in a folder that names the computer that writes there; readers of datasets leave out such names.
WRITER = ".writing"
#: Held by a thread that is inside SQLite.
_IN_SQLITE = threading.RLock()
held_by_forks(_IN_SQLITE)


@contextlib.contextmanager
def only_writer(folder: Path, kind: str, target: str) -> Iterator[None]:
    """Hold the lock of one target; it ends with the process.

    Args:
        folder: where the locks of all processes are.
        kind: what is written, such as ``report``.
        target: its path or address.

    Raises:
        AlreadyRunningError: another process holds it.
        ExportError: the folder cannot be written.
    """
    mark = hashlib.blake2b(target.encode(), digest_size=8).hexdigest()
    try:
        with _IN_SQLITE:
            lock = _locked(private_folder(folder) / f"{kind}-{mark}")
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise AlreadyRunningError(f"Another run is writing {target}.") from error
        advice = "Set SCALEV_CACHE_DIR to a folder that can be written."
        raise ExportError(f"The lock of {target} could not be made: {error}.", advice=advice) from error
    try:
        yield
    finally:
        with _IN_SQLITE:
            lock.close()


@contextlib.contextmanager
def only_computer(folder: Path) -> Iterator[None]:
    """Hold a folder that other computers may write to as well, by a file in it that names this one.

    What this computer left there when it was killed is replaced, since `only_writer` keeps its own processes apart.

    Raises:
        AlreadyRunningError: another computer's file is there.
    """
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        with contextlib.suppress(OSError):  # a folder that cannot be written is an error of whoever writes to it
            folder.mkdir(parents=True, exist_ok=True)
        _name_writer(folder / WRITER)
        yield
    finally:
        if _writer(folder / WRITER) == socket.gethostname():
            forget_writer(folder)
        for one in made:
            with contextlib.suppress(OSError):  # something is in it
                one.rmdir()


def forget_writer(folder: Path) -> None:
    """Delete the file that names a computer, such as that of a worker which was lost."""
    with contextlib.suppress(OSError):
        (folder / WRITER).unlink()


def _name_writer(file: Path) -> None:
    """Write that this computer is writing.

    Raises:
        AlreadyRunningError: another one is.
    """
    now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    said = json.dumps({"computer": socket.gethostname(), "process": os.getpid(), "since": now})
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(said)
    except FileExistsError:
        if (other := _writer(file)) != socket.gethostname():
            raise AlreadyRunningError(
                f"{other or 'Another computer'} is writing to {file.parent}.",
                advice=f"Wait until it has ended. If nothing writes there any more, delete {file}.",
            ) from None
        file.write_text(said, encoding="utf-8")
    except OSError:
        return  # whoever writes to the folder says why it cannot be written


def _writer(file: Path) -> str:
    """The computer that a file names; empty where it names none."""
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["computer"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""


def _locked(file: Path) -> sqlite3.Connection:
    """The file, held by this process until it is closed."""
    lock = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        lock.close()
        raise
    return lock
