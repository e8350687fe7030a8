"""Where a newest-first list ends: behind rows that are older than wanted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scalev_frames.pull.split.parts import Moment, Part

#: When a row was created, and its draft time.
Times = tuple[Moment | None, Moment | None]
#: A list may be out of order, with backdated rows at its top: this many rows in a row that are older than wanted end
#: it where the server's counts can prove the result, and more where nothing can.
OLDER_ROWS = 3
OLDER_ROWS_UNPROVEN = 50
#: The largest share of rows that are newer than the row above them, where a list is newest first.
MOST_NEWER = 0.3
#: A row that comes into the wanted times later than it was created stands further down. A list is read on as far as
#: any of its rows shows, and no further than this: one odd time must not make every call dear.
MOST_LAG = dt.timedelta(days=7)


class Order:
    """Whether a list stands in the order of creations, of draft times, or of both, as far as its rows show.

    Attributes:
        by_creation: whether no row is newer than the one above it.
        by_draft_time: whether none has a later draft time; no longer once a row has none.
    """

    def __init__(self) -> None:
        self.by_creation = self.by_draft_time = True
        self._above: dict[Part, list[Moment]] = {}

    def see(self, part: Part, times: Times) -> None:
        """Take in the next row of a part; within a second rows may stand in any order."""
        made, drafted = (one and one.replace(microsecond=0) for one in times)
        if made is None or drafted is None:
            self.by_draft_time = False
            return
        above = self._above.setdefault(part, [made, drafted])
        self.by_creation &= made <= above[0]
        self.by_draft_time &= drafted <= above[1]
        above[:] = made, drafted


@dataclass(slots=True)
class _Down:
    """How the rows of one part go down: how many were newer than the row above, and how many last ones too old."""

    last: Moment | None = None
    steps: int = 0
    newer: int = 0
    older: int = 0


class Ending:
    """Where one list may end.

    Args:
        lower: rows older than this are not wanted; ``None`` where the list is read to its end.
        older: this many older rows in a row end it, as long as no counts are there to prove the result.
        times_of: when a row was created and has its draft time; where left out, it belongs to the wanted times at once.

    Attributes:
        lag: how long after its creation a row belongs to the wanted times, of any row read, within reason.
        order: what the rows read say of the list's order; they are looked at where there are ``times_of``.
    """

    def __init__(
        self,
        lower: Moment | None = None,
        older: int = OLDER_ROWS_UNPROVEN,
        times_of: Callable[[Mapping[str, Any]], Times] | None = None,
    ) -> None:
        self.lower, self.older = lower, older
        self.lag = self._lag_at_end = dt.timedelta()
        self.order = Order()
        self._down: dict[Part, _Down] = defaultdict(_Down)
        self._times_of = times_of if lower else None

    def is_older(self, moment: Moment) -> bool:
        """Whether what was created then is older than wanted."""
        return self.lower is not None and moment < self.lower - self.lag

    def note_times(self, part: Part, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in how late rows came into the wanted times, and in which order they stand."""
        for times in map(self._times_of, rows) if self._times_of is not None else ():
            self.order.see(part, times)
            if times[0] and times[1]:
                self.lag = min(max(self.lag, times[1] - times[0]), MOST_LAG)

    def is_below(self, part: Part, moments: Sequence[Moment | None], *, counted: bool) -> bool:
        """Whether ``part`` has come to where all rows are older than wanted; never where rows are not newest first.

        ``moments`` are those of its last page; where the list is ``counted``, the server's counts can prove the result.
        """
        if self.lower is None:
            return False
        down = self._down[part]
        for moment in moments:
            down.older = down.older + 1 if moment is not None and self.is_older(moment) else 0
            if moment is not None and down.last is not None and moment != down.last:
                down.steps += 1
                down.newer += moment > down.last
            down.last = moment or down.last
        is_sorted = down.newer <= MOST_NEWER * down.steps
        ends = is_sorted and down.older >= (OLDER_ROWS if counted else self.older)
        self._lag_at_end = self.lag if ends else self._lag_at_end
        return ends

    def reopens(self, last: Part) -> bool:
        """Let the list's ``last`` part read on where rows have shown since its end that it is wanted further down."""
        if last.pages.ended or self.lag <= self._lag_at_end:
            return False
        last.ended, self._down[last].older = False, 0
        return True
