"""Whose rows they are, and where parts of one list meet.

Pure, as `split` is. A part is used where it is shown to continue the list: the part above it reads on until it has
come to the row that the part below begins behind, and the next row is the other's first; or to two rows of the other
one, one after the other. Where they differ, both do not read the same list, and the lower part is dropped. No part may
begin at a cursor that holds a filter: what that hides may lie between any two rows (`cursors`).
"""

from __future__ import annotations

from collections.abc import Sequence

from scalev_frames.pull.split.parts import Part, id_of
from scalev_frames.wire.answers.layout import Row

Taken = list[tuple[Part, list[Row]]]


class Meetings:
    """The rows of one list's parts; whoever adds a part to these calls `add`."""

    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts
        self._starts: dict[str, Part] = {}
        self._owners: dict[str, Part] = {}
        self._taken: Taken = []
        for part in parts:
            self.add(part)

    def add(self, part: Part) -> None:
        """Know where ``part`` begins."""
        if part.start is not None:
            self._starts[part.start] = part

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
        if was_empty:
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
        ids = [id_of(row) for row in rows]
        for place, one in enumerate(ids):
            if self._stops_at(part, ids, place, rows):
                self._taken.append((part, list(rows[:place])))
                return
            self._add(part, one)
        self._taken.append((part, list(rows)))
        if part.behind is not None and not part.pages.ended and part.pages.position == part.behind.begins:
            part.met, part.behind = part.behind, None  # its next request would be the other part's first

    def _stops_at(self, part: Part, ids: Sequence[str | None], place: int, rows: Sequence[Row]) -> bool:
        """Whether the row at ``place`` is another part's."""
        other = part.behind
        if other is not None and not self._keeps(part, other, ids[place], rows[place:]):
            return True
        met = self._met_inside(part, ids, place)
        if met is None:
            return False
        part.rest = list(rows[place:])
        part.met = met
        return True

    def _keeps(self, part: Part, other: Part, one: str | None, rest: Sequence[Row]) -> bool:
        """Whether ``part``, which has just read the row that ``other`` begins behind, keeps the next row, ``one``."""
        if not other.dropped and not (other.ids or other.ended):
            part.rest = list(rest)  # wait for the other part's first row
            return False
        part.behind = None
        if not other.dropped and one in other.ids:
            part.met, part.rest = other, list(rest)
            return False
        if not other.dropped:
            self._drop(other)
        return True

    def _met_inside(self, part: Part, ids: Sequence[str | None], place: int) -> Part | None:
        """The part that has read this row and the next one, too; a single row may have moved."""
        one = ids[place]
        other = self._owners.get(one) if one is not None else None
        if one is None or other is None or other is part or place + 1 >= len(ids):
            return None
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

    # Changes ---------------------------------------------------------------------------------------------------------

    def _settle_waiting(self, read: Part) -> None:
        """Continue with the parts that waited for a page of ``read``."""
        for part in self._parts:
            if part.behind is read and part.rest and not part.busy:
                self._own_rest(part)

    def _own_rest(self, part: Part) -> None:
        rest, part.rest = part.rest, []
        self._own(part, rest)
        part.ended = part.ended or (part.pages.ended and part.met is None and not part.rest)

    def _drop(self, part: Part) -> None:
        part.dropped, part.behind, part.rest = True, None, []
        if part.start is not None:
            self._starts.pop(part.start, None)
        for one in part.ids:
            if self._owners.get(one) is part:
                del self._owners[one]
        for other in self._parts:
            if other.met is part or (other.behind is part and other.rest):
                other.met, other.behind = None, None
                self._own_rest(other)
            elif other.behind is part:
                other.behind = None
