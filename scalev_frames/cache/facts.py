"""Remember for a while what a server turned out to do, such as refusing statistics or larger pages."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from enum import StrEnum
from pathlib import Path

from scalev_frames.storage.files import write_private

#: How long a fact holds, and one that took many pages to find out.
HOLDS, HOLDS_LONG = dt.timedelta(days=1), dt.timedelta(days=30)


class Fact(StrEnum):
    """What a server turned out to be like; ``{}`` stands for what the fact is about."""

    ANSWERS = "answers"
    NO_COUNTS = "statistics refused"
    NO_COUNTS_WITH = "statistics refused with {}"
    COUNTS_IGNORE = "statistics ignore {}"
    COUNTS_MORE = "statistics count more than the list of {}"
    TOO_FAR = "counted too far down the list of {}"
    NO_CHANGES = "changes refused"
    SMALL_PAGES = "page_size {}"
    BOUND_CURSORS = "bound cursors {}"
    OBEYED = "{} of {}"

    @property
    def holds(self) -> dt.timedelta:
        """How long it holds."""
        return HOLDS_LONG if self in NO_FURTHER else HOLDS


#: Why orders that the server counts and a call lacks are not looked for again.
NO_FURTHER = frozenset({Fact.COUNTS_MORE, Fact.TOO_FAR})


class Facts:
    """Facts about one account's server, each for a while; a file that cannot be read holds none.

    >>> import tempfile
    >>> facts = Facts(Path(tempfile.mkdtemp()) / "facts.json")
    >>> now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    >>> facts.put("statistics refused", now)
    >>> facts.holds("statistics refused", now), facts.holds("statistics refused", now + dt.timedelta(days=2))
    (True, False)
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def holds(self, name: str, now: dt.datetime | None, within: dt.timedelta = HOLDS) -> bool:
        """Whether a fact was found out ``within`` a time before ``now``; without ``now``, whether it ever was."""
        found_at = self._read().get(name)
        return found_at is not None and (now is None or dt.timedelta() <= now - found_at < within)

    def put(self, name: str, now: dt.datetime) -> None:
        """Remember a fact; where nothing can be written, it is found out again."""
        known = {**self._read(), name: now}
        with contextlib.suppress(OSError):
            write_private(self._file, json.dumps({one: moment.isoformat() for one, moment in known.items()}).encode())

    def clear(self) -> None:
        """Forget every fact."""
        with contextlib.suppress(OSError):
            self._file.unlink()

    def _read(self) -> dict[str, dt.datetime]:
        try:
            known = json.loads(self._file.read_bytes())
            moments = {str(name): dt.datetime.fromisoformat(moment) for name, moment in known.items()}
            return {name: moment.astimezone(dt.UTC) for name, moment in moments.items()}
        except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return {}
