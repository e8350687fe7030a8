"""Locks that one process at a time holds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from scalev_frames.errors import AlreadyRunningError, ExportError
from scalev_frames.storage.files import private_folder
from scalev_frames.storage.forks import held_by_forks

#: Held by a thread that is inside SQLite.
_IN_SQLITE = threading.RLock()
held_by_forks(_IN_SQLITE)


@contextlib.contextmanager
def only_writer(folder: Path, kind: str, target: str) -> Iterator[None]:
    """Hold the lock of one target; it ends with the process. Its file is deleted by who holds it.

    Raises:
        AlreadyRunningError: another process holds it.
        ExportError: the folder cannot be written.
    """
    mark = hashlib.blake2b(os.fsencode(target), digest_size=8).hexdigest()
    process = os.getpid()
    try:
        with _IN_SQLITE:
            file = private_folder(folder) / f"{kind}-{mark}"
            lock = _locked(file)
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise AlreadyRunningError(f"Another run is writing {target}.") from error
        advice = "Set SCALEV_CACHE_DIR to a folder that can be written."
        raise ExportError(f"The lock of {target} could not be made: {error}.", advice=advice) from error
    try:
        yield
    finally:
        with _IN_SQLITE, contextlib.closing(lock), contextlib.suppress(OSError):
            if os.getpid() == process:  # a forked child has no lock
                file.unlink()  # on Windows it stays, as open files do


def _locked(file: Path) -> sqlite3.Connection:
    """The file, held by this process until it is closed."""
    file.touch(mode=0o600)
    before = _number(file)
    lock = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("PRAGMA journal_mode = MEMORY")  # no file beside it
        lock.execute("BEGIN EXCLUSIVE")
        if before != _number(file):
            raise sqlite3.OperationalError("it was locked by another run, which has just deleted it")
    except sqlite3.Error:
        lock.close()
        raise
    return lock


def _number(file: Path) -> int:
    """What tells a file from another one of its name; nothing where there is none."""
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return 0
