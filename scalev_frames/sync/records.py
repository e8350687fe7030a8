"""Why: a record's detail is right for ever, as long as the record has not changed: it is never asked for twice.

The records shelf: one SQLite file an account, each record's answer as it came, by endpoint, id and the moment of its
last change. A file that is broken, locked or on a full disk never stops a pull: the records are then fetched, and not
kept. May import settings only.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from scalev_frames.settings import private_folder

#: Seconds to wait for another process that writes.
PATIENCE = 2.0
FILE = "records.sqlite"
_TABLE = """
CREATE TABLE IF NOT EXISTS records (
    endpoint TEXT, id TEXT, version TEXT, received_at REAL, body BLOB, PRIMARY KEY (endpoint, id)
) WITHOUT ROWID
"""
_READ = "SELECT version, body FROM records WHERE endpoint = ? AND id = ?"


class Records:
    """The kept details of one account; may be used from several threads.

    Args:
        folder: where the file lies.

    >>> import tempfile
    >>> records = Records(Path(tempfile.mkdtemp()))
    >>> records.keep("order", "7", "2026-11-01T00:00:00+00:00", b"{}", received_at=0.0)
    >>> records.find("order", {"7": "2026-11-01T00:00:00+00:00", "8": "2026-11-01T00:00:00+00:00"})
    {'7': b'{}'}
    >>> records.close()
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failure = ""
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    def find(self, endpoint: str, versions: Mapping[str, str]) -> dict[str, bytes]:
        """The answers that are kept and at least as new as wanted.

        Args:
            endpoint: the record's endpoint.
            versions: id to the moment of its last change, as text that sorts by time; ``""`` where nobody knows it,
                so that nothing kept will do.
        """
        found: dict[str, bytes] = {}
        with self._open() as database:
            for one, wanted in versions.items() if database else ():
                row = database.execute(_READ, (endpoint, one)).fetchone() if wanted and database else None
                if row and row[0] >= wanted:
                    found[one] = zlib.decompress(row[1])
        return found

    def keep(self, endpoint: str, one: str, version: str, body: bytes, received_at: float) -> None:
        """Keep the answer for the record ``one`` as it was at ``version``."""
        with self._open() as database:
            if database and version:
                row = (endpoint, one, version, received_at, zlib.compress(body, 1))
                database.execute("REPLACE INTO records VALUES (?, ?, ?, ?, ?)", row)

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._close()

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection | None]:
        """The database within one transaction; ``None`` when it cannot be used."""
        with self._lock:
            try:
                database = self._database = self._database or self._connect()
            except (sqlite3.Error, OSError) as failure:
                self._give_up(failure)
                yield None
                return
            try:
                with database:
                    yield database
            except (sqlite3.Error, zlib.error) as failure:
                self._give_up(failure)

    def _connect(self) -> sqlite3.Connection:
        private_folder(self.folder)
        path = self.folder / FILE
        path.touch(mode=0o600)
        database = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False)
        try:
            database.execute(_TABLE)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _give_up(self, failure: Exception) -> None:
        """A broken file is let go, so that the next call begins a whole one; a locked or full one is left."""
        self.failure = f"details could not be kept ({failure})"
        self._close()
        if isinstance(failure, sqlite3.DatabaseError) and not isinstance(failure, sqlite3.OperationalError):
            with contextlib.suppress(OSError):
                (self.folder / FILE).unlink()

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None
