"""Whether the cursors of a list hold the filters that they were made with: a question tells.

A cursor that is no row's id may be bound to its filters, so that whoever reads on by it sees what they hide. The list
is asked with a time filter for a page that ends at the same row as one that was read without it. Where both pages
continue by the same cursor, there is nothing of the filter in it. Once parts have begun at such cursors, it is asked
once more, about a page that one of them has read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scalev_frames.pull.split.parts import Moment, id_of
from scalev_frames.wire.answers.layout import Row
from scalev_frames.wire.answers.paging import Page

MomentOf = Callable[[Row], Moment | None]
_SECOND = dt.timedelta(seconds=1)
#: Pages about which a question is asked, while the list moves or the answer cannot be compared.
MOST_TRIES = 3
#: Questions whose answers must be the same.
QUESTIONS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A page to ask for, and what it must be.

    Attributes:
        until: the time filter.
        size: how many rows to ask for.
        ids: the rows that it must have.
        cursor: the cursor that it must have.
    """

    until: Moment
    size: int
    ids: list[str | None]
    cursor: Mapping[str, Any]

    def compare(self, page: Page) -> bool | None:
        """Whether the cursors are the same; ``None`` where the page ends elsewhere."""
        if not page.rows or id_of(page.rows[-1]) != self.ids[-1] or page.following is None:
            return None
        return page.following == self.cursor


def question(page: Page, moment: MomentOf) -> Question | None:
    """What to ask about a page that was read without a time filter; ``None`` where its rows do not allow to.

    The filter, which is about ``moment``, is to leave out some rows at its top, and none at its end.
    """
    dated = [(when, row) for row in page.rows if (when := moment(row))]
    if page.following is None or not dated or dated[-1][1] is not page.rows[-1]:
        return None
    gaps = [
        (min(when for when, _ in dated[:place]) - max(when for when, _ in dated[place:]), place)
        for place in range(1, len(dated))
    ]
    gap, place = max(gaps, default=(dt.timedelta(), 0))
    if gap < 2 * _SECOND:
        return None
    newest = max(when for when, _ in dated[place:])
    ids = [id_of(row) for _, row in dated[place:]]
    return Question(newest.replace(microsecond=0) + _SECOND, len(ids), ids, page.following)


def names_last_row(page: Page) -> bool:
    """Whether the cursor is the id of the page's last row, so that it knows of no filter."""
    last = page.rows[-1].get("id") if page.rows else None
    return page.following is not None and last is not None and str(last) in map(str, page.following.values())


@dataclass(slots=True)
class Cursors:
    """What is known of the cursors of a call's lists.

    Attributes:
        kind: ``ids`` of rows, or texts: ``free`` ones hold no filter, ``bound`` ones do, ``open`` ones are not known.
        asking: whether the question is on its way.
    """

    kind: Literal["ids", "open", "free", "bound"] = "ids"
    asking: bool = False
    _next: Question | None = None
    _tries: int = 0
    _answers: int = 0

    def see(self, page: Page, moment: MomentOf, *, is_below: bool) -> None:
        """Look at a page of a list whose cursors are no ids; ``is_below``: of a part that began at a cursor."""
        self.kind = "open" if self.kind == "ids" else self.kind
        is_due = self.kind == "open" or (self.kind == "free" and is_below and self._answers < QUESTIONS)
        if is_due and not self.asking and self._next is None and self._tries < MOST_TRIES:
            self._next = question(page, moment)

    def ask(self, *, is_long: bool) -> Question | None:
        """The question, when it is to be asked now; the first one where the list ``is_long``."""
        if self.asking or self._next is None or self.kind == "bound" or not (is_long or self.kind == "free"):
            return None
        found, self._next = self._next, None
        self.asking = True
        self._tries += 1
        return found

    def answer(self, is_same: bool | None) -> None:
        """Take an answer in: whether the cursors are the same, ``None`` where they could not be compared."""
        self.asking = False
        if is_same is not None:
            self.kind, self._tries = "free" if is_same else "bound", 0
            self._answers += 1
        elif self._tries >= MOST_TRIES and self.kind == "open":
            self.kind = "bound"
