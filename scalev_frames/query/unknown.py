"""Check values that the catalog does not know: enumerations grow, and people mistype."""

from __future__ import annotations

import difflib
import sys
import traceback
import warnings
from pathlib import Path

from scalev_frames.catalog import Filter
from scalev_frames.catalog.statuses import spelled
from scalev_frames.errors import BadValueError, UnknownValueWarning

#: The similarity from which a value is a typo of a known one: ``shiped`` is, ``va_btn`` is not ``va_bni``.
SLIP = 0.84
#: In words of at most this many letters, a swap of two often gives another word.
SHORT = 3
#: Where the package is.
_HOME = Path(__file__).parents[1]
_WARNED: set[tuple[str, str]] = set()


def check_unknown(row: Filter, text: str) -> None:
    """Refuse a typo of a known value; warn once about any other unknown value.

    Raises:
        BadValueError: it is a typo of a known value.
    """
    word = spelled(text)
    swapped = [known for known in row.values if word in _swaps(known)]
    nearest = [word] if word in row.values else swapped or difflib.get_close_matches(word, row.values, 1, SLIP)
    several = [one.strip() for one in text.split(",")]
    if len(several) > 1 and all(spelled(one) in row.values for one in several):
        option = f"--{row.name.replace('_', '-')}"
        words = " ".join(f"{option} {one}" for one in several)
        raise BadValueError(
            f"{row.name}={text!r} is not a known value.",
            advice=f"Several values are a list: {row.name}={several}, in a terminal {words}.",
        )
    if nearest:
        raise BadValueError(
            f"{row.name}={text!r} is not a known value.",
            advice=f"Did you mean {nearest[0]}? To send a value that is newer than this list, write '={text}'.",
        )
    if (row.name, text) not in _WARNED:
        _WARNED.add((row.name, text))
        known = ", ".join(row.values)
        warnings.warn(
            f"{row.name}={text!r} is not a known value, and is sent as it is. Known are: {known}.",
            UnknownValueWarning,
            stacklevel=_caller(),
        )


def _caller() -> int:
    """The number of calls between `check_unknown` and the first one outside this package, whose line warnings name."""
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_stack(sys._getframe(1))]  # noqa: SLF001
    return next((level for level, file in enumerate(files, 1) if not Path(file).is_relative_to(_HOME)), 1)


def _swaps(word: str) -> set[str]:
    """All words made by swapping two neighbouring letters of ``word``; none for short words."""
    places = range(len(word) - 1) if len(word) > SHORT else ()
    return {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in places}
