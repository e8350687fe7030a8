"""The cost of a fetch, shown while filters are chosen.

The estimate may ask the server for its counts, so it is made in a thread when nothing has changed for a moment; only
the last one is shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from scalev_frames.errors import ScalevError
from scalev_frames.group import Opened
from scalev_frames.pull.cost import Cost
from scalev_frames.words import Words

#: Seconds without a change before the server is asked.
PAUSE = 0.6
_Call = tuple[Opened, str, Mapping[str, Any]]


class Estimate:
    """Says what the chosen call would cost.

    Args:
        words: the language.
        say: shows the sentence; may be called from a thread.
    """

    def __init__(self, words: Words, say: Callable[[str], None]) -> None:
        self._words, self._say = words, say
        self._timer: threading.Timer | None = None
        self._made: tuple[_Call | None, Cost | None] = (None, None)
        self._lock = threading.Lock()
        self._wanted = 0

    def update(self, account: Opened, endpoint: str, arguments: Mapping[str, Any]) -> None:
        """Estimate this call soon; what was asked for before is forgotten."""
        with self._lock:
            number = self._forget()
            self._timer = threading.Timer(PAUSE, self._make, (number, account, endpoint, arguments))
            self._timer.daemon = True
            self._timer.start()

    def hush(self) -> None:
        """Say nothing more of this call; how many rows it has is still found out."""
        with self._lock:
            self._wanted += 1

    def stop(self) -> None:
        """Estimate nothing."""
        with self._lock:
            self._forget()

    def wait(self, seconds: float) -> None:
        """Wait until the last estimate is made."""
        if self._timer is not None:
            self._timer.join(seconds)

    def _forget(self) -> int:
        if self._timer is not None:
            self._timer.cancel()
        self._wanted += 1
        return self._wanted

    def _make(self, number: int, account: Opened, endpoint: str, arguments: Mapping[str, Any]) -> None:
        cost = cost_of(account, endpoint, arguments)
        self._made = (account, endpoint, arguments), cost
        with self._lock:
            if number == self._wanted:
                self._say(self.sentence(cost))

    def rows(self, account: Opened, endpoint: str, arguments: Mapping[str, Any]) -> int:
        """How many rows this call was estimated to have; 0 where it was not, and where nobody knows."""
        call, cost = self._made
        return cost.rows or 0 if cost and call == (account, endpoint, arguments) else 0

    def sentence(self, cost: Cost | None) -> str:
        """The cost in words."""
        words = self._words
        if cost is None or (cost.requests is None and cost.way != "kept"):
            return words("cost_unknown")
        if cost.way == "kept":
            return words("cost_none")
        label = "cost_changes" if cost.way == "changes" else "cost_resumes" if cost.kept_pages else "cost"
        rows = "" if cost.rows is None else words("cost_rows", rows=cost.rows)
        time = words.duration(cost.seconds or 0)
        return words(label, requests=cost.requests or 0, time=time, rows=rows, pages=cost.kept_pages)


def cost_of(account: Opened, endpoint: str, arguments: Mapping[str, Any]) -> Cost | None:
    """What the call would cost; ``None`` where nobody can tell: an estimate never stands in the way."""
    if arguments.get("offline"):
        return None
    try:
        return account.cost(endpoint, **arguments)
    except ScalevError:
        return None
