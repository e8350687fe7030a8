"""Changes made to values so that they fit Excel, counted for the notes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scalev_frames.words.notes import note_said

#: The most characters of a cell, counted as Excel does: in UTF-16.
MOST_CHARACTERS = 32_767
#: Excel keeps 15 digits of a number.
MOST_DIGITS = 15
#: The most links that Excel takes in a sheet.
MOST_LINKS = 65_000

CONTROL = "control characters removed"
BREAKS = "line breaks made Excel's own (CR LF became LF)"
CUT = f"texts cut at {MOST_CHARACTERS:,} characters"
DIGITS = f"numbers of more than {MOST_DIGITS} digits written as text"
NOT_FINITE = "infinite numbers written as text"
TINY = "numbers nearer to zero than 2.2E-308 written as text"
EARLY = "dates outside 1900-03-01 to 9999-12-31 written as text"
FRACTIONS = "times cut to the millisecond"
EMPTY = "empty texts shown as empty cells"
ESCAPES = "texts that look like Excel's own escapes (_x0041_) written in its escaped form"
MIXED = "columns of mixed values"
BYTES = "bytes written in hexadecimal"
TOO_MANY_LINKS = f"web addresses beyond the first {MOST_LINKS:,} of a sheet are text, not links"
HEADERS = "headers changed to fit Excel, as texts of cells are"
SEN_ROUNDED = "amounts rounded to the sen, which changed each by less than a millionth of a rupiah"


@dataclass(slots=True)
class Altered:
    """The number of changes, by the words for a change and by column."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, words: str, column: str, times: int) -> None:
        """Count ``times`` more changes in ``column``."""
        if times:
            self.counts.setdefault(words, Counter())[column] += times

    def lines(self, language: str = "en") -> list[str]:
        """One line a kind of change."""
        lines = []
        for words, columns in self.counts.items():
            each = (f"{name} ({times:,})" for name, times in columns.items())
            lines.append(note_said(f"{words}: {', '.join(each)}", language))
        return lines
