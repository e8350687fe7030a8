"""Keep each record's detail with the moment of its last change: it is never asked for twice."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping
from pathlib import Path

from scalev_frames.frames.secrets import without_credentials
from scalev_frames.storage.database import SafeDatabase

FILE = "records.sqlite"
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    endpoint TEXT, id TEXT, version TEXT, received_at REAL, body BLOB, PRIMARY KEY (endpoint, id)
) WITHOUT ROWID
"""
_READ = "SELECT version, body FROM records WHERE endpoint = ? AND id = ?"


class Records:
    """The kept details of one account; used from any thread. A file that cannot be used only means more requests.

    >>> import tempfile
    >>> records = Records(Path(tempfile.mkdtemp()))
    >>> records.keep("order", "7", "2026-11-01T00:00:00+00:00", b"{}", received_at=0.0)
    >>> records.find("order", {"7": "2026-11-01T00:00:00+00:00", "8": "2026-11-01T00:00:00+00:00"})
    {'7': b'{}'}
    >>> records.close()
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._database = SafeDatabase(folder / FILE, _SCHEMA, version=_VERSION)

    @property
    def failure(self) -> str:
        """Why details could not be kept; ``""`` as long as they could."""
        failure = self._database.failure
        return f"details could not be kept ({failure})" if failure else ""

    def find(self, endpoint: str, versions: Mapping[str, str]) -> dict[str, bytes]:
        """The bodies that are kept and at least as new as wanted.

        Args:
            endpoint: the record's endpoint.
            versions: id to the moment of its last change, as text that sorts by time; ``""`` where it is unknown, so
                that nothing kept will do.
        """

        def read(rows: sqlite3.Connection) -> dict[str, bytes]:
            found: dict[str, bytes] = {}
            for one, wanted in versions.items():
                row = rows.execute(_READ, (endpoint, one)).fetchone() if wanted else None
                if row and row[0] >= wanted:
                    found[one] = _unpacked(row[1])
            return found

        return self._database.run_or({}, read)

    def keep(self, endpoint: str, one: str, version: str, body: bytes, received_at: float) -> None:
        """Keep the body of the record ``one`` as it was at ``version``."""
        if not version:
            return
        row = (endpoint, one, version, received_at, zlib.compress(without_credentials(body), 1))
        self._database.execute("REPLACE INTO records VALUES (?, ?, ?, ?, ?)", *row)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _unpacked(body: bytes) -> bytes:
    """The body as it was received.

    Raises:
        sqlite3.DatabaseError: it is damaged, and so the file is.
    """
    try:
        return zlib.decompress(body)
    except (zlib.error, TypeError) as error:
        raise sqlite3.DatabaseError("a record is damaged") from error
