"""Values of enumerations that the catalog does not know: enumerations grow, and people slip."""

from __future__ import annotations

import difflib
import sys
import traceback
import warnings
from pathlib import Path

from scalev_frames.catalog import Filter
from scalev_frames.errors import BadValueError, UnknownValueWarning

#: How alike a value and a known one are when one is a slip of the other: ``shiped`` is, ``va_btn`` is no ``va_bni``.
SLIP = 0.84
#: The letters of a word in which a swap may well be another word.
SHORT = 3
#: Where the package is.
_HOME = Path(__file__).parents[1]
_WARNED: set[tuple[str, str]] = set()


def check_unknown(row: Filter, text: str) -> None:
    """Refuse a value that is nearly a known one; warn of another one, once.

    Raises:
        BadValueError: it is a slip of a known value.
    """
    spoken = text.lower().replace("-", "_").replace(" ", "_")
    swapped = [known for known in row.values if spoken in _swaps(known)]
    nearest = [spoken] if spoken in row.values else swapped or difflib.get_close_matches(spoken, row.values, 1, SLIP)
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
    """How many calls above `check_unknown` the first one is that is not of this package; warnings name its line."""
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_stack(sys._getframe(1))]  # noqa: SLF001
    return next((level for level, file in enumerate(files, 1) if not Path(file).is_relative_to(_HOME)), 1)


def _swaps(word: str) -> set[str]:
    """A word with two neighbouring letters swapped; of short words many are words themselves."""
    places = range(len(word) - 1) if len(word) > SHORT else ()
    return {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in places}
