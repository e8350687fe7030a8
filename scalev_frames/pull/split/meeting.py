"""Whose rows they are, and where parts of one list meet.

Pure, as `split` is. A part is used where it is shown to continue the list. There are two ways to show it:

- *By rows*, where a cursor is the id of a page's last row, so that it knows of no filter. A part reads on until it has
  come to the row that the part below begins behind, and the next row is the other's first; or to two rows of the other
  one, one after the other.
- *By cursors*, where a cursor is a text that only the server can read, and may hold a filter. A part reads on until it
  has the same cursor as the part below has behind the same row: what it would ask for next is what the other one asked
  for. So it asks for as many rows as lead to a row behind which the other one has a cursor.

Where they differ, both do not read the same list, and the lower part is dropped.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from scalev_frames.pull.split.parts import Part, id_of
from scalev_frames.wire.layout import Row

#: A part reads this many rows of the part below without a cursor in common before it reads on alone.
MOST_INSIDE = 100

Taken = list[tuple[Part, list[Row]]]


class Meetings:
    """The rows of one list's parts; whoever adds a part to these calls `add`.

    Attributes:
        undone: how many parts were dropped because they did not read the same list.
    """

    def __init__(self, parts: list[Part]) -> None:
        self.undone = 0
        self._parts = parts
        self._starts: dict[str, Part] = {}
        self._leads: dict[str, Part] = {}
        self._owners: dict[str, Part] = {}
        self._taken: Taken = []
        for part in parts:
            self.add(part)

    def add(self, part: Part) -> None:
        """Know where ``part`` begins."""
        if part.start is not None:
            self._starts[part.start] = part
            self._leads.update(dict.fromkeys(part.lead, part))

    def is_known(self, one: str | None) -> bool:
        """Whether a part has read this row, or begins behind it."""
        return one in self._owners or one in self._starts

    def take(self, part: Part, rows: Sequence[Row]) -> Taken:
        """Take the rows of a page in.

        Returns:
            The rows that belong to the list now, by part: those of the page up to where it met another part, and rows
            that waited for this page.
        """
        self._taken = []
        was_empty = not part.ids
        self._own(part, rows)
        if part.lead or was_empty:
            self._settle_waiting(part)
        return self._taken

    def drop(self, *parts: Part) -> Taken:
        """Leave parts out: the ones above them read on instead.

        Returns:
            Rows of other parts that count again.
        """
        self._taken = []
        for part in parts:
            if not part.dropped:
                self._drop(part)
        return self._taken

    # Rows ------------------------------------------------------------------------------------------------------------

    def _own(self, part: Part, rows: Sequence[Row]) -> None:
        """Give ``rows`` to ``part`` until it meets another one."""
        part.pages.size = 0
        if part.behind is not None and part.rest:
            part.rest.extend(rows)
            self._compare(part, part.behind)
            return
        ids = [id_of(row) for row in rows]
        for place, one in enumerate(ids):
            if self._stops_at(part, ids, place, rows):
                self._taken.append((part, list(rows[:place])))
                if part.behind is not None and part.behind.lead:
                    self._compare(part, part.behind)
                return
            self._add(part, one)
        self._taken.append((part, list(rows)))
        self._end_page(part, ids)

    def _stops_at(self, part: Part, ids: Sequence[str | None], place: int, rows: Sequence[Row]) -> bool:
        """Whether the row at ``place`` is another part's."""
        other = part.behind
        if other is not None and not self._goes_on_with(part, other, ids[place], rows[place:]):
            return True
        met = self._met_inside(part, ids, place)
        if met is None:
            return False
        part.rest = list(rows[place:])
        part.met, part.behind = (None, met) if met.lead else (met, part.behind)
        return True

    def _goes_on_with(self, part: Part, other: Part, one: str | None, rest: Sequence[Row]) -> bool:
        """Whether ``part``, which has just read the row that ``other`` begins behind, keeps the row ``one``."""
        if not other.dropped and (other.lead or not (other.ids or other.ended)):
            part.rest = list(rest)  # wait for a cursor, or for the other part's first row
            return False
        part.behind = None
        if not other.dropped and one in other.ids:
            part.met, part.rest = other, list(rest)
            return False
        if not other.dropped:
            self._drop(other, differs=True)
        return True

    def _met_inside(self, part: Part, ids: Sequence[str | None], place: int) -> Part | None:
        """The part that has read this row and the next one, too; a single row may have moved."""
        one = ids[place]
        other = self._owners.get(one) if one is not None else None
        if one is None or other is None or other is part or place + 1 >= len(ids):
            return None
        if part.lead and not other.lead:
            return None  # the top of the list has no cursor to be met by
        following = ids[place + 1]
        behind = other.ids.get(following, -1) if following is not None else -1
        return other if behind > other.ids[one] else None

    def _add(self, part: Part, one: str | None) -> None:
        if one is None:
            return
        part.ids.setdefault(one, len(part.ids))
        self._owners.setdefault(one, part)
        other = self._starts.get(one)
        if other is not None and other is not part and not other.dropped:
            part.behind = other

    def _end_page(self, part: Part, ids: Sequence[str | None]) -> None:
        """Meet the part that begins behind the page's last row; note where a part above could be met."""
        last, other = ids[-1] if ids else None, part.behind
        if part.lead and last is not None:
            part.cursors[last] = dict(part.pages.position)
        if other is None:
            self._aim(part, last)
        elif not part.pages.ended and part.pages.position == other.begins:
            part.met, part.behind = other, None  # its next request would be the other part's first
        elif other.lead:
            part.behind = None
            self._drop(other, differs=True)

    # Cursors ---------------------------------------------------------------------------------------------------------

    def _aim(self, part: Part, last: str | None) -> None:
        """Let the next page end where another part begins, when that is less than a page away."""
        other = self._leads.get(last) if last is not None else None
        if last is not None and other is not None and other is not part:
            part.pages.size = len(other.lead) - 1 - other.lead.index(last)

    def _compare(self, part: Part, other: Part) -> None:
        """Whether ``part``, which has read rows of ``other``, has the same cursor behind the last of them."""
        ids = [id_of(row) for row in part.rest]
        last, pages = ids[-1], part.pages
        cursor = other.cursors.get(last or "")
        if cursor is not None and cursor == pages.position and not pages.ended and None not in ids:
            self._meet(part, other)
        elif cursor is not None or pages.ended or len(ids) > MOST_INSIDE:
            self._drop(other, differs=cursor is not None)
        elif not part.waits and last in other.ids:
            pages.size = _rows_to_cursor(other, other.ids[last])

    def _meet(self, part: Part, other: Part) -> None:
        """Let ``other`` continue ``part``, which keeps the rows that the other one does not have."""
        inside = [id_of(row) in other.ids for row in part.rest]
        self._taken.append((part, [row for row, is_inside in zip(part.rest, inside, strict=True) if not is_inside]))
        part.rest = list(itertools.compress(part.rest, inside))
        part.met, part.behind = other, None

    # Changes ---------------------------------------------------------------------------------------------------------

    def _settle_waiting(self, read: Part) -> None:
        """Continue with the parts that waited for a page of ``read``."""
        for part in self._parts:
            if part.behind is read and part.rest and not part.busy:
                if read.lead:
                    self._compare(part, read)
                else:
                    self._own_rest(part)

    def _own_rest(self, part: Part) -> None:
        rest, part.rest = part.rest, []
        self._own(part, rest)
        part.ended = part.ended or (part.pages.ended and part.met is None and not part.rest)

    def _drop(self, part: Part, *, differs: bool = False) -> None:
        self.undone += differs
        part.dropped, part.behind, part.rest = True, None, []
        if part.start is not None:
            self._starts.pop(part.start, None)
        for known, ids in ((self._owners, part.ids), (self._leads, part.lead)):
            for one in ids:
                if known.get(one) is part:
                    del known[one]
        for other in self._parts:
            if other.met is part or (other.behind is part and other.rest):
                other.met, other.behind = None, None
                self._own_rest(other)
            elif other.behind is part:
                other.behind = None


def _rows_to_cursor(part: Part, place: int) -> int:
    """How many rows there are from a place in ``part`` to the next one behind which it has a cursor; zero for none."""
    return next((other for one in part.cursors if (other := part.ids[one]) > place), place) - place
