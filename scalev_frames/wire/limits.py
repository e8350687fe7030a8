"""Share one rate limit between all threads and processes of a user: no request is sent before its turn.

A request reserves the first moment at which every sliding window has room, in one short transaction on a small SQLite
file, then waits for that moment without holding anything. So waiting is in turn and costs no polling, and a killed
process leaves one slot unused. The limiters on offer count within one process, or poll a shared bucket, which is unfair
under contention, and none can take a pause that a 429 asks for. A file that cannot be used never stops a pull: the
limit is kept within this process meanwhile, and the log says so once.
"""

from __future__ import annotations

import bisect
import logging
import sqlite3
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from scalev_frames.cancel import PIECE, CancelToken
from scalev_frames.settings import STRICTER_LIMITS, Settings, limited_host, state_dir
from scalev_frames.storage.database import SafeDatabase, UnusableError
from scalev_frames.storage.salt import load_salt
from scalev_frames.wire.answers.clocks import seconds_until_reset
from scalev_frames.wire.credentials import Key

#: Seconds added to every window, since requests that are sent evenly do not arrive evenly.
MARGIN = 0.12
#: Seconds for which a ``Remaining: 0`` may be the late echo of our own requests.
ECHO = 2.0
#: Seconds by which a request may miss its turn before it counts from when it is really sent.
LATE = 0.02
#: Seconds after which nothing counts any more, whatever the window.
OLDEST = 86_400.0
#: Seconds that two moments of this century may differ by when they should be the same.
TINY = 1e-6
#: The limits' file in the user's folder for them.
FILE = "limits"

_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS turns (scope TEXT, moment REAL, reserved REAL);
CREATE INDEX IF NOT EXISTS turns_by_moment ON turns (scope, moment);
CREATE TABLE IF NOT EXISTS pauses (scope TEXT PRIMARY KEY, until REAL, reserved REAL, reason TEXT);
"""

Waiting = Callable[[float, str], None]
Result = TypeVar("Result")


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
        host: whose first limit and whose pauses are shared: the address, or ``key_name`` where each key has its own.
        key_name: stands for the key, and does not tell it.
        clock: gives the present moment in seconds since 1970, the same for all processes.
        sleep: waits N seconds; the default ends early when a call is cancelled.

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
        self._windows = tuple(
            Window(count, seconds, f"{host if place == 0 else key_name} {seconds:g}")
            for place, (count, seconds) in enumerate(limits)
        )
        self._stricter = {path: Window(*limit, f"{key_name} {path}") for path, limit in STRICTER_LIMITS.items()}
        self._host, self.key_name = host, key_name
        self._clock = clock
        self._sleep = sleep
        self._database = _database_at(path)
        self._run(lambda database: _sweep(database, clock()))

    @classmethod
    def of_key(
        cls,
        key: Key,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] | None = None,
    ) -> Limiter:
        """The limiter that every program of this user shares for ``key``, whatever its cache folder.

        Its file has a keyed hash of the key, whose secret lies beside the file.
        """
        folder = state_dir()
        host = limited_host(settings.base_url)
        name = key.name(load_salt(folder), host)
        shared = host if settings.spoken == "v2" else name
        return cls(folder / FILE, settings.windows, host=shared, key_name=name, clock=clock, sleep=sleep)

    def acquire(self, report: Waiting | None = None, cancel: CancelToken | None = None, path: str = "") -> None:
        """Wait until one request may be sent, and count it.

        Args:
            report: called before each wait with its seconds and the reason.
            cancel: ends the wait.
            path: what is asked for; some have a stricter limit besides.

        Raises:
            Cancelled: the call was cancelled; the turn is given back.
        """
        cancel, windows = cancel or CancelToken(), self._windows_of(path)
        while True:
            cancel.check()
            turn, reason = self._run(lambda database: self._reserve(database, windows))
            wait = turn - self._clock()
            if -LATE <= wait <= 0:
                return  # in the moment in which it was reserved nobody was late
            if wait > 0 and report:
                report(wait, reason)
            if self._arrives(turn, windows, cancel):
                return

    @property
    def shared_by(self) -> str:
        """Whose first limit this is: the same text for all limiters that share it."""
        return self._windows[0].scope

    def pause(self, seconds: float, reason: str, limit: str = "", path: str = "") -> None:
        """Hold back every request that counts in a limit, of every process, for so long.

        Args:
            seconds: from now; never shortens a longer pause.
            reason: words for a person.
            limit: the server's ``X-Ratelimit-Limit``. Where it names the limit of one key, other keys go on; otherwise
                every request to this host waits.
            path: what was asked for; unless another limit is named, its stricter one alone waits.
        """
        windows = self._windows_of(path)
        own = windows[0] if windows == self._windows else windows[-1]
        named = next((one for one in windows if str(one.count) == limit.strip()), own)
        scope = self._host if named == windows[0] else named.scope

        def write(database: sqlite3.Connection) -> None:
            now = self._clock()
            if now + seconds > self._paused(database, now, windows)[0]:
                database.execute("REPLACE INTO pauses VALUES (?, ?, ?, ?)", (scope, now + seconds, now, reason))

        self._run(write)

    def learn(self, headers: Mapping[str, str], path: str = "") -> None:
        """Hear what the server says of its limit: when others used it up, wait until it is whole again."""
        if headers.get("X-Ratelimit-Remaining", "").strip() != "0":
            return
        limit = headers.get("X-Ratelimit-Limit", "").strip()
        windows = self._windows_of(path)
        window = next((one for one in windows if str(one.count) == limit), windows[0])
        reset = seconds_until_reset(headers, self._clock())
        if reset and self.used(window) < window.count:
            self.pause(min(reset, window.seconds), "others share this limit and used it up", str(window.count), path)

    def used(self, window: Window | None = None) -> int:
        """How many requests of this user count in ``window`` at present, the first one when left out."""
        chosen = window or self._windows[0]
        since = self._clock() - chosen.seconds - (ECHO if window else 0.0)

        def count(database: sqlite3.Connection) -> int:
            query = "SELECT count(*) FROM turns WHERE scope = ? AND moment > ?"
            return int(database.execute(query, (chosen.scope, since)).fetchone()[0])

        return self._run(count)

    def free_at(self, requests: int) -> float:
        """In how many seconds the last of ``requests`` more could be sent, judging by the limits alone."""
        times = [window.seconds * max(0, (requests + self.used(window) - 1) // window.count)
                 for window in self._windows]  # fmt: skip
        return max(times, default=0.0)

    def close(self) -> None:
        """Close the file; what this process counts by itself stays."""
        if self._database.path is not None:
            self._database.close()

    # One turn --------------------------------------------------------------------------------------------------------

    def _windows_of(self, path: str) -> tuple[Window, ...]:
        """The windows in which a request counts, the stricter one of its path last."""
        return (*self._windows, *(one for start, one in self._stricter.items() if path.startswith(start)))

    def _reserve(self, database: sqlite3.Connection, windows: Sequence[Window]) -> tuple[float, str]:
        """The first moment with room in every window, written down; and why it is not now."""
        now = self._clock()
        last = database.execute("SELECT reserved FROM turns ORDER BY rowid DESC LIMIT 1").fetchone()
        if last and last[0] > now + 1.0:  # the clock was set back: what was reserved "later" counts as sent now
            database.execute("UPDATE turns SET moment = ?, reserved = ? WHERE reserved > ?", (now, now, now + 1.0))
        for window in windows:
            oldest = now - window.seconds - MARGIN - ECHO
            database.execute("DELETE FROM turns WHERE scope = ? AND moment < ?", (window.scope, oldest))
        (turn, reason), earlier = self._paused(database, now, windows), -1.0
        while turn > earlier:  # what one window moves has to have room in the others
            earlier = turn
            for window in windows:
                if (free := _room_in(database, window, turn)) > turn:
                    turn, reason = free, f"{window.count:,} requests in {window.seconds:g} s are allowed"
        database.executemany("INSERT INTO turns VALUES (?, ?, ?)", [(window.scope, turn, now) for window in windows])
        return turn, reason

    def _paused(self, database: sqlite3.Connection, now: float, windows: Sequence[Window]) -> tuple[float, str]:
        scopes = (self._host, *(window.scope for window in windows))
        marks = ", ".join("?" * len(scopes))
        query = f"SELECT until, reason FROM pauses WHERE scope IN ({marks}) AND until > ? AND reserved <= ?"  # noqa: S608
        found = database.execute(f"{query} ORDER BY until DESC LIMIT 1", (*scopes, now, now + 1.0)).fetchone()
        return (float(found[0]), str(found[1])) if found else (now, "")

    def _arrives(self, turn: float, windows: Sequence[Window], cancel: CancelToken) -> bool:
        """Wait for ``turn``; False when a pause came in between and another turn is needed."""
        arrived = False
        try:
            while (left := turn - self._clock()) > 0:
                (self._sleep or cancel.wait)(min(left, PIECE))
                cancel.check()
            arrived = self._run(lambda database: self._may_send(database, turn, windows))
        finally:
            if not arrived:
                self._give_back(turn, windows)
        return arrived

    def _may_send(self, database: sqlite3.Connection, turn: float, windows: Sequence[Window]) -> bool:
        """Whether the request may be sent now; one that is late, on a busy machine, counts from now on."""
        now = self._clock()
        if self._paused(database, now, windows)[0] > now:
            return False
        counted = "SELECT count(*) FROM turns WHERE scope = ? AND moment > ? AND moment <= ?"
        for window in windows:
            used = database.execute(counted, (window.scope, now - window.seconds, now)).fetchone()[0]
            if used > window.count:
                return False  # others were late, so this one has to be later, too
        if now - turn > LATE:
            move = "UPDATE turns SET moment = ? WHERE rowid = (SELECT rowid FROM turns WHERE scope = ? AND moment = ?)"
            database.executemany(move, [(now, window.scope, turn) for window in windows])
        return True

    def _give_back(self, turn: float, windows: Sequence[Window]) -> None:
        remove = "DELETE FROM turns WHERE rowid = (SELECT rowid FROM turns WHERE scope = ? AND moment = ? LIMIT 1)"
        rows = [(window.scope, turn) for window in windows]
        self._run(lambda database: database.executemany(remove, rows))

    def _run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """The result of ``work`` on the shared file; on one in memory while that fails, which is tried again later."""
        try:
            return self._database.run(work)
        except UnusableError as failure:
            in_memory = _of_process(self._database.path, str(failure))
        return in_memory.run(work)


_LOG = logging.getLogger(__name__)
_IN_MEMORY: dict[Path | None, SafeDatabase] = {}
_DATABASES: dict[Path, weakref.ref[SafeDatabase]] = {}


def _database_at(path: Path | None) -> SafeDatabase:
    """The file, for all limiters of this process: handles of their own would wait for each other by looking again."""
    known = _DATABASES.get(path) if path else None
    if known is None or (database := known()) is None:
        database = SafeDatabase(path, _TABLES, version=_VERSION)
        if path:
            _DATABASES[path] = weakref.ref(database)
    return database


def _of_process(path: Path | None, reason: str) -> SafeDatabase:
    """What all limiters of this process use in place of a file that cannot be used."""
    if path not in _IN_MEMORY:
        _IN_MEMORY[path] = SafeDatabase(None, _TABLES, version=_VERSION)
        _LOG.warning("Requests of other programs with this key are not counted: %s cannot be used (%s).", path, reason)
    return _IN_MEMORY[path]


def _room_in(database: sqlite3.Connection, window: Window, turn: float) -> float:
    """The first moment from ``turn`` on with room in ``window``."""
    length = window.seconds + MARGIN
    latest = "SELECT moment FROM turns WHERE scope = ? ORDER BY moment DESC LIMIT 1 OFFSET ?"
    found = database.execute(latest, (window.scope, window.count - 1)).fetchone()
    if found is None or found[0] + length <= turn:
        return turn
    moments = database.execute("SELECT moment FROM turns WHERE scope = ? ORDER BY moment", (window.scope,))
    return first_room([moment for (moment,) in moments], turn, window.count, length)


def first_room(moments: Sequence[float], start: float, count: int, length: float) -> float:
    """The first moment from ``start`` on at which one more request leaves no window with more than ``count``.

    Turns far ahead, of a key that waits for its hour, do not hold back those that come before them.

    >>> first_room([0.0, 1.0, 900.0, 900.0], 2.0, 2, 5.0)
    5.0
    """
    for moment in [start, *(one + length for one in moments if one + length > start)]:
        place = bisect.bisect_right(moments, moment)
        firsts = range(max(0, place - count), min(place, len(moments) - count) + 1)
        if all(max(moments[one + count - 1], moment) - min(moments[one], moment) >= length - TINY for one in firsts):
            return moment
    return max([start, *(one + length for one in moments[-1:])])


def _sweep(database: sqlite3.Connection, now: float) -> None:
    """Forget what no window of any host looks at any more."""
    database.execute("DELETE FROM turns WHERE moment < ?", (now - OLDEST,))
    database.execute("DELETE FROM pauses WHERE until < ?", (now - OLDEST,))
