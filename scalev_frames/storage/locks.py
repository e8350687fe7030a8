"""A lock that one process at a time holds; it ends with the process."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from scalev_frames.errors import AlreadyRunningError, ExportError
from scalev_frames.settings import private_folder


@contextlib.contextmanager
def only_writer(folder: Path, kind: str, target: str) -> Iterator[None]:
    """Hold the lock of one target.

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
        file = private_folder(folder) / f"{kind}-{mark}"
        with contextlib.closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise AlreadyRunningError(f"Another run is writing {target}.") from error
        raise ExportError(f"The lock of {target} could not be made: {error}.") from error
