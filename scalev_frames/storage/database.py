"""A SQLite file whose failures never stop a call: broken, locked, on a full disk, or used across a fork."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from scalev_frames.storage.files import private_folder
from scalev_frames.storage.forks import held_by_forks, let_forks_pass, renew_after_fork

#: Seconds to wait for another process that holds the file.
PATIENCE = 2.0
#: A file that failed is left alone for this many seconds, so that a lock costs its wait once and not at every use.
REST = 60.0

Result = TypeVar("Result")

#: Handles of parent processes: closing one in a child could remove files that the parent still uses.
_OF_PARENTS: list[sqlite3.Connection] = []


class UnusableError(Exception):
    """The file cannot be used now; the words say why."""


class SafeDatabase:
    """A SQLite file whose failures all come as one exception; used from any thread and in forked children.

    Args:
        path: the file, made private to the user; ``None`` for a database in memory.
        schema: statements that create the tables where they are missing.
        version: what ``user_version`` has to say; a file of another version is replaced.
        rest: seconds for which a file that failed is not tried again.

    Attributes:
        failure: why the file could not be used the last time; ``""`` when it never failed.

    >>> database = SafeDatabase(None, "CREATE TABLE IF NOT EXISTS numbers (n)", version=1)
    >>> database.run(lambda rows: rows.execute("SELECT count(*) FROM numbers").fetchone())
    (0,)
    """

    def __init__(self, path: Path | None, schema: str, *, version: int, rest: float = REST) -> None:
        self.path = path
        self.failure = ""
        self._schema = schema
        self._version = version
        self._rest = rest
        self._lock = threading.RLock()
        held_by_forks(self._lock)
        self._connection: sqlite3.Connection | None = None
        self._tried_again_at = 0.0
        renew_after_fork(self)

    def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """The result of ``work`` in one transaction that no other process interrupts.

        Args:
            work: reads and writes; it runs a second time on a new file when it finds the first one broken.

        Raises:
            UnusableError: the file is locked, cannot be written, or cannot be made.
        """

        def transact(connection: sqlite3.Connection) -> Result:
            connection.execute("BEGIN IMMEDIATE")
            with connection:  # commits, or rolls back when work raises
                return work(connection)

        return self._use(transact)

    def execute(self, statement: str, *values: Any) -> list[Any]:  # noqa: ANN401 - what SQLite keeps
        """The rows that one statement gives, which is done whole or not at all; none where the file cannot be used.

        One step costs a thread less than the three of `run`, as after each it waits for the other threads.
        """
        try:
            return self._use(lambda connection: connection.execute(statement, values).fetchall())
        except UnusableError:
            return []

    def run_or(self, otherwise: Result, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """What `run` gives; ``otherwise`` where the file cannot be used."""
        try:
            return self.run(work)
        except UnusableError:
            return otherwise

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            self._close()

    def delete(self) -> None:
        """Close the file and delete it, with what SQLite keeps beside it."""
        with self._lock:
            self._drop_file()

    def renew(self) -> None:
        """Leave the parent's handle alone; the next use opens one of this process."""
        if self._connection is not None:
            _OF_PARENTS.append(self._connection)
        self._connection = None
        self._lock = threading.RLock()  # a thread that is not in this process may hold the other
        held_by_forks(self._lock)

    def _use(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        let_forks_pass()
        with self._lock:
            if time.monotonic() < self._tried_again_at:
                raise UnusableError(self.failure)
            try:
                try:
                    return work(self._opened())
                except sqlite3.DatabaseError as failure:
                    if isinstance(failure, sqlite3.OperationalError) and not self._is_gone():
                        raise  # locked, or the disk is full
                    self._drop_file()  # broken or foreign, or deleted by another process
                    return work(self._opened())
            except (sqlite3.Error, OSError) as failure:
                self.failure = str(failure)
                self._tried_again_at = time.monotonic() + self._rest
                self._close()
            raise UnusableError(self.failure)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        if self.path is None:
            connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        else:
            private_folder(self.path.parent)
            self.path.touch(mode=0o600)
            connection = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False, isolation_level=None)
        try:
            self._prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA synchronous = OFF")  # a killed process loses nothing; a power cut may
        # Not WAL: its shared memory does not survive a fork. PERSIST needs no new file for each transaction.
        connection.execute("PRAGMA journal_mode = PERSIST")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, self._version):
            raise sqlite3.DatabaseError("the file is of another version")
        connection.executescript(self._schema)
        if version != self._version:
            connection.execute(f"PRAGMA user_version = {self._version:d}")

    def _is_gone(self) -> bool:
        """Whether the open file was deleted."""
        return self._connection is not None and self.path is not None and not self.path.exists()

    def _drop_file(self) -> None:
        self._close()
        if self.path is not None:
            for beside in ("", "-wal", "-shm", "-journal"):
                with contextlib.suppress(OSError):  # not there, or in use on Windows
                    Path(f"{self.path}{beside}").unlink()

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
