"""Decide how a file writes its numbers: ``1,234`` may be 1.234 or 1234, so a note says how it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scalev_frames.frames.dashboard.values import (
    DOUBTFUL,
    ENGLISH,
    INDONESIAN,
    Place,
    Texts,
    number_styles,
    numbers,
    plain_number,
)

#: The style of numbers by what separates the cells: a comma that does is no decimal one.
_BESIDE = {";": INDONESIAN, ",": ENGLISH}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers.

    Attributes:
        name: what it is called.
        texts: its cells.
        place: where it stands.
        kind: ``money``, ``count``, ``grams`` or ``number``.
        styles: the styles in which all its numbers can be read.
        doubtful: the row of a number that each style reads as another one; ``None`` where there is none.
        decided: the only style of its other numbers; empty where both styles fit them.
    """

    name: str
    texts: Texts
    place: Place
    kind: str
    styles: frozenset[str]
    doubtful: int | None
    decided: str

    @property
    def is_amount(self) -> bool:
        """Whether it has no three decimals."""
        return self.kind in ("money", "count")


def numbers_of(name: str, texts: Texts, place: Place, kind: str) -> Numbers:
    """A column of numbers.

    Raises:
        FileFormatError: one value is no number, or two contradict each other.
    """
    styles = number_styles(texts, place, kind)
    is_doubtful = {text: bool(DOUBTFUL.fullmatch(plain_number(text) or "")) for text in set(texts)}
    doubtful = next((row for row, text in enumerate(texts) if is_doubtful[text]), None)
    shown = number_styles([text for text in is_doubtful if not is_doubtful[text]], place, kind)
    return Numbers(name, texts, place, kind, styles, doubtful, next(iter(shown)) if len(shown) == 1 else "")


def styles_of(columns: Sequence[Numbers], separator: str) -> tuple[dict[str, str], list[str]]:
    """The style of each column, and notes on what the columns alone do not decide.

    Amounts have no three decimals, unless other amounts say that these do: then the column is refused. Measures follow
    the other measures, else the amounts, else what separates the cells.

    Raises:
        FileFormatError: a number may be two.

    >>> weight, rate = (numbers_of(name, [text], Place("x.csv", name), "number") for name, text in
    ...                 {"weight": "1,250", "tax_rate": "0.11"}.items())
    >>> styles_of([weight, rate], ";")
    ({'weight': 'English', 'tax_rate': 'English'}, ["weight: 1,250 is read as 1250, as the file's other numbers are"])
    """
    found, notes = {}, []
    for column in columns:
        found[column.name], why = _style(column, columns, separator)
        if why and column.doubtful is not None:
            text = column.texts[column.doubtful]
            notes.append(f"{column.name}: {text} is read as {numbers([text], found[column.name])[0]}, {why}")
    return found, notes


def _style(column: Numbers, columns: Sequence[Numbers], separator: str) -> tuple[str, str]:
    """The style of a column, and why, where its own numbers do not show it."""
    if column.decided or column.doubtful is None:
        return column.decided or ENGLISH, ""
    alike = _decided([one for one in columns if one.is_amount == column.is_amount])
    if column.is_amount:
        found = _of_amounts(column.styles, alike)
    else:
        found = _of_measures(alike or _decided(columns), separator)
    if found is None:
        why = "may be thousands or have three decimals"
        raise column.place.refuse(column.doubtful, column.texts[column.doubtful], why)
    return found


def _decided(columns: Sequence[Numbers]) -> frozenset[str]:
    return frozenset({one.decided for one in columns} - {""})


def _of_amounts(thousands: frozenset[str], others: frozenset[str]) -> tuple[str, str] | None:
    """The style in which a group of three digits is thousands, where no other amounts contradict it."""
    if not others <= thousands:
        return None
    return next(iter(thousands)), "" if others else "as amounts have no three decimals"


def _of_measures(others: frozenset[str], separator: str) -> tuple[str, str] | None:
    """The style of the file's other numbers, else what its separator suggests."""
    if others:
        return (next(iter(others)), "as the file's other numbers are") if len(others) == 1 else None
    return (_BESIDE[separator], "as cells are separated so") if separator in _BESIDE else None
