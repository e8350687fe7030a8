"""One newest-first list, split among workers so that nothing can hide between them.

Pure: it decides where to split, where parts have met, and when a split is undone; it sends nothing and knows no thread.

A time filter only *seeks*: one request with it finds a place in the list, and from the last row of that page on a part
reads the plain list by its cursor. A part reads on until it meets the one below (`meeting`), so what stands between two
parts has been read by the upper one, whatever a filter hides.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.split.density import Estimate
from scalev_frames.pull.split.ending import Ending
from scalev_frames.pull.split.meeting import Meetings, Taken
from scalev_frames.pull.split.parts import Moment, Part, created, id_of
from scalev_frames.wire.answers.layout import Row
from scalev_frames.wire.answers.paging import Page

#: A split is worth its request where each side keeps at least this many rows.
WORTH = 60
#: The same without the server's counts, as a share of the list: pieces are guessed, and a wrong guess costs.
WORTH_BLIND = 0.1
#: Rows by which a piece is shorter than its pages: about as many as the counts of small days may mislead.
SPARE = 3
#: Each seek into the unknown goes this many times as deep as the one before it.
DEEPER = 4
#: Seeks into the unknown at once; some of them lie below the list's end, and tell where it is.
DARING = 4
#: After this many places that were read already, no more are sought: the filter does not find what it should. A place
#: below a stretch without rows does not count.
USELESS = 4
_SECOND, _DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


class Gap(NamedTuple):
    """A stretch to read, from ``upper`` down to ``lower`` where that is known, with about this many ``rows``."""

    upper: Moment
    lower: Moment | None
    rows: float


class Timeline:
    """One list and its parts.

    Args:
        top: the part at the top of the list.
        ending: where it may end; at its own end where left out.
        splits: parts of an earlier run, to be read again from the same rows.
        can_seek: whether a time filter finds places in this list, as far as it is known.

    Attributes:
        parts: all parts, also those that were dropped.
        estimate: how its rows lie in time.
        ending: where it may end, and in which order its rows stand.
        can_seek: whether a time filter finds places in this list.
    """

    def __init__(
        self, top: Part, ending: Ending | None = None, *, splits: Iterable[Part] = (), can_seek: bool = True
    ) -> None:
        self.parts = [top, *splits]
        self.estimate = Estimate()
        self.can_seek = can_seek
        self.ending = ending or Ending()
        self._useless_seeks = 0
        self._known_end: Moment | None = None
        self._sought: list[Moment] = []
        self._tried: set[Moment] = set()
        self._blind: set[Moment] = set()
        self._meetings = Meetings(self.parts)

    def is_counted(self, end: Part) -> bool:
        """Whether the server's counts reach down to where ``end`` has ended, and have no wanted rows further down."""
        counts = self.estimate.density
        if counts is None or counts.oldest is None or end.bottom is None or counts.oldest > end.bottom:
            return False  # counts may be of the newest days alone, or none
        return not counts.whole_days(self.ending.lower, end.bottom)

    # Reading ---------------------------------------------------------------------------------------------------------

    def take(self, part: Part, page: Page) -> Taken:
        """Take a page of ``part`` in; gives the rows that belong to the list now, see `Meetings.take`."""
        self._note_moments(part, page.rows)
        self.ending.note_times(part, page.rows)
        if part.dropped:
            return []
        taken = self._meetings.take(part, page.rows)
        moments = list(map(created, page.rows))
        part.ended = part.ended or self.ending.is_below(part, moments, counted=self.estimate.density is not None)
        part.ended = part.ended or (part.pages.ended and part.met is None and not part.rest)
        return taken

    def ready(self) -> Iterator[Part]:
        """The parts that a worker could read on, the newest first."""
        return (part for part in self.parts if part.reads_on and not part.busy)

    def drop(self, part: Part) -> Taken:
        """Leave a part out: the one above it reads on instead; gives rows of other parts that count again."""
        return self._meetings.drop(part)

    def read_in_one(self) -> Taken:
        """Undo every split: the top part reads the whole list."""
        self.can_seek = False
        return self._meetings.drop(*self.parts[1:])

    def order(self) -> list[Part] | None:
        """The parts in the list's order; ``None`` while they do not reach from the top to the end in one line."""
        found: list[Part] = []
        part: Part | None = self.parts[0]
        while part is not None and part not in found:
            found.append(part)
            if part.ended:
                return found
            part = part.met
        return None

    def short_end(self) -> Part | None:
        """The last part, where the server said that it ends the list and another part has read rows behind it."""
        line = self.order()
        if not line or not line[-1].pages.ended:
            return None
        others = (other for other in self.parts if not other.dropped and other not in line)
        return line[-1] if any(_is_behind(other, line[-1]) for other in others) else None

    def lacks(self, row: Row) -> bool:
        """Whether no part has read a row, as far as its id tells."""
        one = id_of(row)
        return all(one not in part.ids for part in self.parts)

    def read_down(self) -> bool:
        """Reopen the last part where rows have shown, since it ended, that the list is wanted further down."""
        line = self.order() or []
        return any(map(self.ending.reopens, line[-1:]))

    def _note_moments(self, part: Part, rows: Sequence[Row]) -> None:
        moments = [when for row in (*rows[:1], *rows[-1:]) if (when := created(row))]
        if not moments:
            return
        first, last = max(moments), min(moments)
        if part.top is None:
            part.top = first
        self.estimate.see(last)
        if part.bottom is None or last < part.bottom:
            self.estimate.add(last, part.bottom or first, len(rows))
            part.bottom = last

    # Splitting -------------------------------------------------------------------------------------------------------

    def seeks(self, most: int, piece: float = WORTH, *, only_long: bool = False) -> list[Moment]:
        """Where to look for places to split, at most ``most``; the caller asks for each and calls `found`.

        Args:
            most: how many seeks there may be.
            piece: stretches with more rows than this are split, where each side keeps enough rows to be worth it.
            only_long: whether no others are split, since every worker has something to read.
        """
        if most < 1 or not self.can_seek or self.parts[0].bottom is None:
            return []
        gaps = self._longer_than(piece if only_long else 0.0)
        unsure = next((gap for gap in gaps if not self._is_sure(gap)), None)
        blind = list(itertools.islice(self._blind_places(unsure, piece), most))
        self._blind.update(blind)
        places = [*blind, *self._known_places([gap for gap in gaps if gap is not unsure], most - len(blind))]
        places = [place for place in dict.fromkeys(places) if place not in self._tried]
        self._tried.update(places)
        self._sought += places
        return places

    def _blind_places(self, unsure: Gap | None, piece: float) -> Iterator[Moment]:
        """Places in a stretch of unknown length, as long as no other one is sought there."""
        if unsure is None or unsure.rows <= piece or not self._blind.isdisjoint(self._sought):
            return iter(())
        return (place for place in self._into_the_unknown(unsure, piece) if place not in self._tried)

    def _known_places(self, gaps: list[Gap], most: int) -> Iterator[Moment]:
        """Places that cut stretches of known length; none before anything tells how the rows lie."""
        if self.estimate.density is None and self._known_end is None:
            return iter(())
        return self._even(gaps, most, WORTH if self.estimate.density else self._worth_blind())

    def left(self) -> dict[Moment, float]:
        """About how many rows there are to read below each moment down to the next part; many where nobody knows."""
        return {gap.upper: gap.rows for gap in self._gaps()}

    def lengths(self) -> dict[Part, float]:
        """About how many rows each part has still to read; infinitely many where nobody knows."""
        left = self.left()
        return {part: left.get(part.bottom, math.inf) if part.bottom else math.inf
                for part in self.parts if part.reads_on}  # fmt: skip

    def guessed(self, left: Mapping[Moment, float]) -> float:
        """About how many rows ``left`` is in all; where nobody knows, once more as many as are known of."""
        known = sum(rows for rows in left.values() if rows < math.inf)
        return known + (math.inf in left.values()) * (known + sum(len(part.ids) for part in self.parts))

    def found(self, at: Moment, page: Page | None, part: Part | None) -> Part | None:
        """Take in the page that a seek gave (none where it was refused), and the part that begins behind its last row.

        Returns:
            ``part``, now one of the list's; ``None`` where there is nothing to split.
        """
        if at in self._sought:
            self._sought.remove(at)
        if page is None:
            self.can_seek = False
            return None
        moments = [created(row) for row in (*page.rows[:1], *page.rows[-1:])]
        is_empty = self.estimate.find(at, moments, len(page.rows))
        if part is None or page.following is None:  # less than a page lies below
            self._known_end = max(self._known_end, at) if self._known_end else at
            return None
        if not self.can_seek or part.start is None or self._meetings.is_known(part.start):
            self._note_useless(is_empty=is_empty)
            return None
        part.top = part.bottom = created(page.rows[-1])
        if part.top is None or self.ending.is_older(part.top):
            return None
        self.parts.append(part)
        self._meetings.add(part)
        return part

    def _note_useless(self, *, is_empty: bool) -> None:
        """Note a place that was read already; a stretch without rows is no reason to seek no more."""
        self._useless_seeks += self.estimate.hides or self.estimate.density is not None or not is_empty
        self.can_seek = self.can_seek and self._useless_seeks < USELESS

    def _gaps(self) -> list[Gap]:
        """What is left to read below each part, and between the places that are sought.

        A stretch ends at the next part or place sought, or at the list's end.
        """
        begins = {part.bottom for part in self.parts if part.reads_on and part.bottom}.union(self._sought)
        tops = {part.top for part in self.parts[1:] if part.top and not part.dropped}.union(self._sought)
        floor = max(filter(None, (self.ending.lower, self._known_end)), default=None)
        found: list[Gap] = []
        ends = sorted(tops)
        for begin in sorted(begins, reverse=True):
            while ends and ends[-1] >= begin:
                ends.pop()
            end = max(filter(None, (ends[-1] if ends else None, floor)), default=None)
            found.append(Gap(begin, end, self.estimate.between(end, begin)))
        return found

    def _longer_than(self, rows: float) -> list[Gap]:
        return [gap for gap in self._gaps() if gap.rows > rows]

    def _is_sure(self, gap: Gap) -> bool:
        """Whether the server's counts, or rows on both sides, tell how many rows there are."""
        return gap.rows < math.inf and (
            gap.lower != self._known_end or self.estimate.counted(gap.lower, gap.upper) < math.inf
        )

    def _is_exact(self, gap: Gap) -> bool:
        """Whether the counts tell to some rows where a place is: a day has less than a page of them."""
        density = self.estimate.density
        lower = gap.lower or (density.oldest if density else None)
        return density is not None and lower is not None and gap.rows < PAGE_ROWS * ((gap.upper - lower) / _DAY)

    def _even(self, gaps: list[Gap], most: int, worth: float) -> Iterator[Moment]:
        """Places that cut what is left into pieces of about the same size, of ``worth`` rows at least."""
        pieces = [1] * len(gaps)
        for _ in range(most):
            best = max(range(len(gaps)), key=lambda place: gaps[place].rows / pieces[place], default=None)
            if best is None or gaps[best].rows / (pieces[best] + 1) < worth:
                break
            pieces[best] += 1
        for gap, count in zip(gaps, pieces, strict=True):
            shares = [number / count for number in range(1, count)]
            if self._is_exact(gap):
                shares = [above / gap.rows for above in _cuts(gap.rows, count)]
            for share in shares:
                yield self.estimate.place(gap.lower, gap.upper, share).replace(microsecond=0)

    def _worth_blind(self) -> float:
        share = WORTH_BLIND * (self.guessed(self.left()) + sum(len(part.ids) for part in self.parts))
        return max(WORTH, min(4.0 * WORTH, share))

    def _into_the_unknown(self, gap: Gap, piece: float) -> Iterator[Moment]:
        """Places in the stretch at the bottom of the list, of which nobody knows where it ends."""
        newest = self.parts[0].top or gap.upper
        oldest = self.estimate.density.oldest if self.estimate.density else None
        if oldest is not None and oldest < gap.upper and oldest not in self._tried:
            yield oldest  # the server counted no older rows
            return
        if gap.lower is not None:
            count = min(DARING, math.ceil(gap.rows / piece))
            for number in range(1, count):
                yield (gap.upper - (gap.upper - gap.lower) * (number / count)).replace(microsecond=0)
            return
        depth = max(newest - gap.upper, 30 * _SECOND)
        for _ in range(DARING // 2 if self._blind else DARING):
            depth *= DEEPER
            if depth > newest - dt.datetime(2015, 1, 1, tzinfo=dt.UTC):
                return
            yield (newest - depth).replace(microsecond=0)


def _cuts(rows: float, count: int) -> list[float]:
    """How many of ``rows`` lie above each place that cuts them into pieces of whole pages, as even as these can be.

    A part reads on to the page in which the next one begins: where that row is a page's first, all others of it are
    read twice. The last piece is a page longer, since its part begins behind the page that found its place.

    >>> _cuts(169.0, 2)
    [72.0]
    """
    full = rows - PAGE_ROWS
    pages = math.ceil((full + count * SPARE) / PAGE_ROWS)
    unused = (pages * PAGE_ROWS - full) / count
    most = [pages // count + (number < pages % count) for number in range(count - 1)]
    return list(itertools.accumulate(number * PAGE_ROWS - unused for number in most))


def _is_behind(other: Part, end: Part) -> bool:
    """Whether all that ``other`` has read is older than the last row of ``end``, and none of it the same."""
    if not other.ids or other.top is None or end.bottom is None or other.top > end.bottom:
        return False
    return not other.ids.keys() & end.ids.keys()
