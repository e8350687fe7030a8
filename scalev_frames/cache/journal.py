"""Keep the pages of an unfinished pull, so that the same call resumes it.

Each pull has one SQLite file of its own. It is shared by the processes that make the same call, and deleted when the
pull is finished.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import math
import secrets
import sqlite3
import struct
import zlib
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from scalev_frames.frames.secrets import holds_credentials, without_credentials
from scalev_frames.storage.database import SafeDatabase
from scalev_frames.storage.files import listed

#: Older pulls restart: their first and last pages would describe different days.
RESUME_WITHIN = dt.timedelta(hours=24)

#: When the pull of an unreadable journal began.
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)

_VERSION = 3
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pull (started_at TEXT, refresh INTEGER, changes INTEGER, splits TEXT);
CREATE TABLE IF NOT EXISTS pages (key BLOB PRIMARY KEY, body BLOB, received_at REAL);
"""
_HEAD = struct.Struct(">IQ")


class Journal:
    """The pages of one unfinished pull; used from one thread.

    Nothing here raises: without its file, which the first write makes, a stopped pull starts anew.

    Attributes:
        resumed: whether an earlier call began it.
        splits: where the list was split (JSON), as the last `remember` said.

    >>> import tempfile
    >>> journals = Journals(Path(tempfile.mkdtemp()))
    >>> journal = journals.open("orders-1", now=dt.datetime.now(dt.UTC), refresh=False, changes=False)
    >>> journal.put("/order?page=1", b"{}", 0.0)
    >>> journal.get("/order?page=1"), journal.pages
    ((b'{}', 0.0), 1)
    >>> journal.finish()
    """

    def __init__(self, file: Path, started_at: dt.datetime, *, refresh: bool, changes: bool) -> None:
        self.started_at = started_at
        self.refresh = refresh
        self.changes = changes
        self.resumed = False
        self.splits: list[Any] = []
        self._hides = False
        self._file = file
        self._looked_at: set[str] = set()  # the first page of a list mostly says whether any has credentials
        self._database = SafeDatabase(file, _SCHEMA, version=_VERSION, rest=math.inf)

    @classmethod
    def read(cls, file: Path) -> Self:
        """The journal in ``file``; its `started_at` is the earliest possible moment where the file has none."""
        journal = cls(file, NEVER, refresh=False, changes=False)
        heads = journal._database.execute("SELECT * FROM pull LIMIT 1") or [("", False, False, "[]")]
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            started_at, refresh, changes, splits = heads[0]
            journal.splits = list(json.loads(splits))
            journal.started_at = dt.datetime.fromisoformat(started_at).astimezone(dt.UTC)
            journal.refresh, journal.changes, journal.resumed = bool(refresh), bool(changes), True
        return journal

    @property
    def failure(self) -> str:
        """Why pages could not be kept; ``""`` as long as they could."""
        failure = self._database.failure
        return f"pages could not be kept ({failure}); a stopped pull would start anew" if failure else ""

    @property
    def pages(self) -> int:
        """How many pages are here."""
        return sum(number for (number,) in self._database.execute("SELECT count(*) FROM pages"))

    def is_current(self, now: dt.datetime) -> bool:
        """Whether the pull is young enough to be resumed."""
        return dt.timedelta(0) <= now - self.started_at < RESUME_WITHIN

    def begin(self) -> None:
        """Write down that the pull has begun."""
        head = (self.started_at.isoformat(), self.refresh, self.changes, json.dumps(self.splits))
        self._database.execute("INSERT INTO pull VALUES (?, ?, ?, ?)", *head)

    def get(self, key: str) -> tuple[bytes, float] | None:
        """A page's body and the moment it was received; ``None`` when it is not here."""
        found = self._database.execute("SELECT body, received_at FROM pages WHERE key = ?", _hashed(key))
        try:
            return (_unpacked(found[0][0]), float(found[0][1])) if found else None
        except (OSError, TypeError, ValueError, struct.error):
            return None

    def put(self, key: str, content: bytes, received_at: float) -> None:
        """Keep a page; its key begins with the list's path and a comma."""
        path = key.partition(",")[0]
        if not self._hides and path not in self._looked_at:
            self._looked_at.add(path)
            self._hides = holds_credentials(content)
        content = without_credentials(content) if self._hides else content
        self._database.execute("REPLACE INTO pages VALUES (?, ?, ?)", _hashed(key), _packed(content), received_at)

    def hide_credentials(self) -> None:
        """Empty the credentials of other services in the pages that are here, and in all that follow.

        The file is written anew: SQLite would leave what it replaces on the disk.
        """
        if self._hides:
            return
        self._hides = True
        kept = self._database.execute("SELECT * FROM pages")
        emptied = []
        for key, body, received_at in kept:
            with contextlib.suppress(OSError, TypeError, ValueError, struct.error):
                emptied.append((key, _packed(without_credentials(_unpacked(body))), received_at))
        self._database.delete()
        self.begin()
        self._database.run_or(None, lambda rows: rows.executemany("REPLACE INTO pages VALUES (?, ?, ?)", emptied))

    def forget(self, key: str) -> None:
        """Delete a page that cannot be trusted."""
        self._database.execute("DELETE FROM pages WHERE key = ?", _hashed(key))

    def remember(self, splits: list[Any]) -> None:
        """Write down where the list is split, so that a resumed pull asks for the same pages."""
        self.splits = splits
        self._database.execute("UPDATE pull SET splits = ?", json.dumps(splits))

    def pull_whole(self) -> None:
        """From now on the pull fetches everything: changed rows alone would not do."""
        self.changes = False
        self._database.execute("UPDATE pull SET changes = 0")

    def restart(self, now: dt.datetime, *, refresh: bool, changes: bool) -> None:
        """Forget every page: the pull begins anew."""
        self.finish()
        self.started_at, self.refresh, self.changes = now, refresh, changes
        self.resumed, self.splits = False, []
        self.begin()

    def finish(self) -> None:
        """Delete the journal: the pull is finished. A file that another program holds, as on Windows, is emptied."""
        self._database.delete()
        if self._file.exists():
            self._database.run_or(None, _empty)
            self._database.delete()

    def close(self) -> None:
        """Close the file and leave it for the next same call."""
        self._database.close()


class Journals:
    """The unfinished pulls of one account."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, call: str, *, now: dt.datetime, refresh: bool, changes: bool) -> Journal:
        """The unfinished pull of ``call``, else a new one.

        Args:
            call: the call's name.
            now: the present moment.
            refresh: a pull that fetches everything anew resumes only such a one; any other is deleted.
            changes: whether a new one fetches changed rows only; a resumed one continues as it began.
        """
        left = self.find(call, now)
        if left and left.refresh >= refresh:
            return left
        for journal in self._read(call):
            if journal.resumed:
                journal.finish()
        begun = Journal(self.folder / f"{call}.{secrets.token_hex(4)}.sqlite", now, refresh=refresh, changes=changes)
        begun.begin()
        return begun

    def find(self, call: str, now: dt.datetime) -> Journal | None:
        """The unfinished pull that the next same call would resume: of several, the one that began last."""
        read = self._read(call)
        current = sorted((one for one in read if one.is_current(now)), key=lambda one: (one.refresh, one.started_at))
        for journal in read:
            if not current or journal is not current[-1]:
                journal.close()
        return current[-1] if current else None

    def sweep(self, now: dt.datetime) -> None:
        """Delete every pull that is too old to be resumed, and every file that has long been no journal."""
        for file in listed(self.folder, "*.sqlite"):
            journal = Journal.read(file)
            if journal.is_current(now) or not (journal.resumed or _is_old(file, now)):
                journal.close()
            else:
                journal.finish()

    def _read(self, call: str) -> list[Journal]:
        return [Journal.read(file) for file in listed(self.folder, f"{call}.*.sqlite")]


def _is_old(file: Path, now: dt.datetime) -> bool:
    """Whether no process can be about to begin the pull in ``file``."""
    with contextlib.suppress(OSError):
        return now.timestamp() - file.stat().st_mtime > RESUME_WITHIN.total_seconds()
    return False


def _empty(rows: sqlite3.Connection) -> None:
    for statement in ("PRAGMA secure_delete = ON", "DELETE FROM pull", "DELETE FROM pages"):
        rows.execute(statement)


def _packed(content: bytes) -> bytes:
    """A body as it is kept: checksum, length, and LZ4, which takes a tenth of zlib's time."""
    packed: bytes = pa.compress(content, codec="lz4", asbytes=True)
    return _HEAD.pack(zlib.crc32(packed), len(content)) + packed


def _unpacked(kept: bytes) -> bytes:
    (checksum, length), packed = _HEAD.unpack_from(kept), kept[_HEAD.size :]
    if zlib.crc32(packed) != checksum:
        raise ValueError("damaged")
    content: bytes = pa.decompress(packed, length, codec="lz4", asbytes=True)
    return content


def _hashed(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
