"""What a comparison with the server's counts says: in a sentence, and as days to read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from scalev_frames.verify.statistics import DAY, Difference

#: Days one after the other: the first and the last.
Stretch = tuple[dt.date, dt.date]
#: How many differing days a note names.
MOST_NAMED = 5


def note(differing: Sequence[Difference]) -> str:
    """What differs, in a sentence."""
    named = ", ".join(f"{one.day} ({one.ours:,} of {one.theirs:,})" for one in differing[-MOST_NAMED:])
    others = " and others" if len(differing) > MOST_NAMED else ""
    return f"on {len(differing):,} days the server's list and its statistics do not agree: {named}{others}"


def stretches(differing: Iterable[Difference]) -> list[Stretch]:
    """The days on which rows are missing, as stretches from a first to a last day."""
    found: list[Stretch] = []
    for day in sorted(one.day for one in differing if one.theirs > one.ours):
        if found and day - found[-1][1] <= DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
