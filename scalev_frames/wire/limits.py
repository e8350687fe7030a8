"""Why: every thread and every process of this user shares one rate limit, and no request is sent before its turn.

A request reserves the first moment at which every sliding window has room, in one short transaction on a small SQLite
file, then waits for that moment without holding anything. So waiting is in turn, costs no polling, and a killed process
leaves nothing but a slot unused. A limiter of our own, because the ones on offer either count within one process, or
poll a shared bucket in which the lucky win, and none can be told of a pause that a 429 asked for.
A file that is locked, broken or cannot be written never stops a pull: the limit is then kept within this process.
May import settings only.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from scalev_frames.settings import private_folder

#: Seconds added to every window: requests sent at equal distances do not arrive so.
MARGIN = 0.12
#: Seconds to wait for another process that holds the file; its transactions take less than a millisecond.
PATIENCE = 2.0
#: A wait is cut into pieces of so many seconds: a pause or a stop in the meantime is heard between them.
PIECE = 0.25
#: Seconds for which a ``Remaining: 0`` may be the late echo of our own requests.
ECHO = 2.0
#: Seconds by which a request may miss its turn before it counts from when it is really sent.
LATE = 0.02
#: Seconds after which nothing counts any more, whatever the window.
OLDEST = 86_400.0
#: Epochs begin here; below it a ``Reset`` is seconds left.
EPOCH_SECONDS, EPOCH_MILLISECONDS = 1e9, 1e12

_TABLES = """
CREATE TABLE IF NOT EXISTS turns (scope TEXT, moment REAL, reserved REAL);
CREATE INDEX IF NOT EXISTS turns_by_moment ON turns (scope, moment);
CREATE TABLE IF NOT EXISTS pauses (scope TEXT PRIMARY KEY, until REAL, reserved REAL, reason TEXT);
"""

Waiting = Callable[[float, str], None]
Result = TypeVar("Result")


class Stopped(Exception):  # noqa: N818 - a signal between the rooms, never seen by a user
    """Somebody asked to stop."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``count`` requests in any ``seconds``, together with all others of the same ``scope``."""

    count: int
    seconds: float
    scope: str


class Limiter:
    """Says when a request may be sent.

    Args:
        path: the shared file; ``None`` keeps the limit within this process.
        limits: requests per seconds; the first counts per ``host``, the others per ``key_name``.
        host: the address whose limit is shared.
        key_name: stands for the key, and does not tell it.
        clock: gives the present moment in seconds since 1970, the same for all processes.
        sleep: waits so many seconds; the default ends early when a call is stopped.

    >>> limiter = Limiter(None, [(30, 5.0)], host="api.scalev.id", key_name="9f3c")
    >>> limiter.acquire()
    >>> limiter.used()
    1
    """

    def __init__(
        self,
        path: Path | None,
        limits: Sequence[tuple[int, float]],
        *,
        host: str,
        key_name: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._windows = [
            Window(count, seconds, f"{host if place == 0 else key_name} {seconds:g}")
            for place, (count, seconds) in enumerate(limits)
        ]
        self._host = host
        self._clock = clock
        self._sleep = sleep
        self._book = _Book(path)
        self._book.run(lambda database: _sweep(database, clock()))

    def acquire(self, report: Waiting | None = None, stop: threading.Event | None = None) -> None:
        """Wait until one request may be sent, and count it.

        Args:
            report: told of each wait: seconds and the reason.
            stop: once it is set, the wait ends.

        Raises:
            Stopped: ``stop`` was set; the turn is given back.
        """
        stop = stop or threading.Event()
        while True:
            _check(stop)
            turn, reason = self._book.run(self._reserve)
            wait = turn - self._clock()
            if wait > 0 and report:
                report(wait, reason)
            if self._arrives(turn, stop):
                return

    def pause(self, seconds: float, reason: str) -> None:
        """Hold back every request to this host, of every process, for so long.

        Args:
            seconds: from now; never shortens a longer pause.
            reason: words for a person.
        """

        def write(database: sqlite3.Connection) -> None:
            now = self._clock()
            if now + seconds > self._paused(database, now)[0]:
                pause = (self._host, now + seconds, now, reason)
                database.execute("REPLACE INTO pauses VALUES (?, ?, ?, ?)", pause)

        self._book.run(write)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Hear what the server says of its limit: when others used it up, wait until it is whole again.

        Args:
            headers: of any answer: ``X-Ratelimit-Limit``, ``-Remaining``, ``-Reset``.
        """
        if headers.get("X-Ratelimit-Remaining", "").strip() != "0":
            return
        window = self._window_of(headers.get("X-Ratelimit-Limit", "").strip())
        try:
            reset = float(headers.get("X-Ratelimit-Reset", ""))
        except ValueError:
            return
        if reset >= EPOCH_SECONDS:
            reset = reset / (1000 if reset >= EPOCH_MILLISECONDS else 1) - self._clock()
        if reset > 0 and self.used(window) < window.count:
            self.pause(min(reset, window.seconds), "others share this limit and used it up")

    def used(self, window: Window | None = None) -> int:
        """How many requests of this user count in ``window`` at present, the first one when left out."""
        chosen = window or self._windows[0]
        since = self._clock() - chosen.seconds - (ECHO if window else 0.0)

        def count(database: sqlite3.Connection) -> int:
            query = "SELECT count(*) FROM turns WHERE scope = ? AND moment > ?"
            return int(database.execute(query, (chosen.scope, since)).fetchone()[0])

        return self._book.run(count)

    def free_at(self, requests: int) -> float:
        """In how many seconds the last of ``requests`` more could be sent, judging by the limits alone.

        Args:
            requests: how many.
        """
        times = [window.seconds * max(0, (requests + self.used(window) - 1) // window.count)
                 for window in self._windows]  # fmt: skip
        return max(times, default=0.0)

    def close(self) -> None:
        """Close the file."""
        self._book.close()

    # One turn --------------------------------------------------------------------------------------------------------

    def _reserve(self, database: sqlite3.Connection) -> tuple[float, str]:
        """The first moment with room in every window, written down; and why it is not now."""
        now = self._clock()
        # A clock that was set back: what was reserved "later" counts as sent now.
        database.execute("UPDATE turns SET moment = ?, reserved = ? WHERE reserved > ?", (now, now, now + 1.0))
        turn, reason = self._paused(database, now)
        for window in self._windows:
            length = window.seconds + MARGIN
            database.execute("DELETE FROM turns WHERE scope = ? AND moment < ?", (window.scope, now - length - ECHO))
            last = "SELECT moment FROM turns WHERE scope = ? ORDER BY moment DESC LIMIT 1 OFFSET ?"
            found = database.execute(last, (window.scope, window.count - 1)).fetchone()
            if found and found[0] + length > turn:
                turn, reason = found[0] + length, f"{window.count:,} requests in {window.seconds:g} s are allowed"
        database.executemany(
            "INSERT INTO turns VALUES (?, ?, ?)", [(window.scope, turn, now) for window in self._windows]
        )
        return turn, reason

    def _paused(self, database: sqlite3.Connection, now: float) -> tuple[float, str]:
        found = database.execute("SELECT until, reserved, reason FROM pauses WHERE scope = ?", (self._host,)).fetchone()
        if found and now < found[0] and found[1] <= now + 1.0:
            return float(found[0]), str(found[2])
        return now, ""

    def _arrives(self, turn: float, stop: threading.Event) -> bool:
        """Wait for ``turn``; False when a pause came in between and another turn is needed."""
        arrived = False
        try:
            while (left := turn - self._clock()) > 0:
                (self._sleep or stop.wait)(min(left, PIECE))
                _check(stop)
            arrived = self._book.run(lambda database: self._goes(database, turn))
        finally:
            if not arrived:
                self._give_back(turn)
        return arrived

    def _goes(self, database: sqlite3.Connection, turn: float) -> bool:
        """Whether the request may be sent now; one that is late, on a busy machine, counts from now on."""
        now = self._clock()
        if self._paused(database, now)[0] > now:
            return False
        counted = "SELECT count(*) FROM turns WHERE scope = ? AND moment > ? AND moment <= ?"
        for window in self._windows:
            used = database.execute(counted, (window.scope, now - window.seconds, now)).fetchone()[0]
            if used > window.count:
                return False  # others were late, so this one has to be later, too
        if now - turn > LATE:
            move = "UPDATE turns SET moment = ? WHERE rowid = (SELECT rowid FROM turns WHERE scope = ? AND moment = ?)"
            database.executemany(move, [(now, window.scope, turn) for window in self._windows])
        return True

    def _give_back(self, turn: float) -> None:
        remove = "DELETE FROM turns WHERE rowid = (SELECT rowid FROM turns WHERE scope = ? AND moment = ? LIMIT 1)"
        rows = [(window.scope, turn) for window in self._windows]
        self._book.run(lambda database: database.executemany(remove, rows))

    def _window_of(self, limit: str) -> Window:
        return next((window for window in self._windows if str(window.count) == limit), self._windows[0])


def _check(stop: threading.Event) -> None:
    if stop.is_set():
        raise Stopped


class _Book:
    """The file where turns are written down; one in memory takes over for good when it fails."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._database: sqlite3.Connection | None = None

    def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """The result of ``work`` in one transaction that no other process interrupts."""
        with self._lock:
            if self._path is not None:
                try:
                    return self._transact(work)
                except (sqlite3.Error, OSError) as failure:
                    self._leave(self._path, failure)
            return self._transact(work)

    def close(self) -> None:
        """Let the file go."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._database is not None and self._process == os.getpid():
                self._database.close()
            self._database = None

    def _leave(self, path: Path, failure: Exception) -> None:
        """Go on in memory; a broken file is let go, so that the next process begins a whole one."""
        self.close()
        self._path = None
        if isinstance(failure, sqlite3.DatabaseError) and not isinstance(failure, sqlite3.OperationalError):
            with contextlib.suppress(OSError):
                path.unlink()

    def _transact(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        database = self._open()
        database.execute("BEGIN IMMEDIATE")
        with database:  # commits, or rolls back when work raises
            return work(database)

    def _open(self) -> sqlite3.Connection:
        if self._database is None or self._process != os.getpid():
            self._process = os.getpid()  # a connection must not be used on the other side of a fork
            self._database = _connect(self._path)
        return self._database


def _connect(path: Path | None) -> sqlite3.Connection:
    """The file, made private to the user; a broken one is replaced."""
    if path is None:
        return _prepared(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None))
    private_folder(path.parent)
    for _ in range(2):
        path.touch(mode=0o600)
        database = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False, isolation_level=None)
        try:
            return _prepared(database)
        except sqlite3.OperationalError:
            database.close()
            raise  # locked, or the disk is full
        except sqlite3.DatabaseError:
            database.close()
            path.unlink()
    raise sqlite3.DatabaseError(f"{path.name} cannot be used")


def _prepared(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute("PRAGMA synchronous = OFF")  # a lost turn after a power cut does no harm
    database.executescript(_TABLES)
    return database


def _sweep(database: sqlite3.Connection, now: float) -> None:
    """Forget what no window of any host looks at any more."""
    database.execute("DELETE FROM turns WHERE moment < ?", (now - OLDEST,))
    database.execute("DELETE FROM pauses WHERE until < ?", (now - OLDEST,))
