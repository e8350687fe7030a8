"""Parse the columns of a CSV: numbers, moments and flags; the style is decided for a column as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from scalev_frames.catalog.kinds import FLAG_WORDS
from scalev_frames.errors import FileFormatError
from scalev_frames.query.times import MONTHS
from scalev_frames.settings import TIME_ZONE

Texts = Sequence[str]
#: Words for a missing value in a column that is no text.
NOTHING = frozenset({"", "-", "null", "none", "nan", "n/a", "#n/a"})
INDONESIAN, ENGLISH = "Indonesian", "English"
#: How each style writes numbers.
MEASURES = {
    INDONESIAN: re.compile(r"[-+]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?"),
    ENGLISH: re.compile(r"[-+]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?(e-?\d+)?"),
}
#: How each writes amounts and counts, in which one group of three digits is thousands: ``150.000``, and no decimals.
AMOUNTS = {
    INDONESIAN: re.compile(r"(?![-+]?[1-9]\d{0,2},\d{3}$)" + MEASURES[INDONESIAN].pattern),
    ENGLISH: re.compile(r"(?![-+]?[1-9]\d{0,2}\.\d{3}$)" + MEASURES[ENGLISH].pattern),
}
#: A number that each style reads as another one.
DOUBTFUL = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
#: A long number that a spreadsheet has shortened: digits of it are lost.
SHORTENED = re.compile(r"[-+]?\d([.,]\d+)?E\+\d{2,3}|[-+]?\d[.,]\d+E\d{1,3}", re.IGNORECASE)
#: A code that was a number in between.
DECIMAL = re.compile(r"\d{5,}[.,]0+")
#: How many digits of a number spreadsheets keep before they write zeros, and how many such zeros are no accident.
MOST_DIGITS, CUT = 15, 4
#: Removes the separator of thousands, and makes the decimal one a point.
_DIGITS_ALONE = {INDONESIAN: str.maketrans(",", ".", "."), ENGLISH: str.maketrans("", "", ",")}
_MINUS = str.maketrans("\u2212\u2013", "--")
_BRACKETS = re.compile(r"\((.*)\)")
_MARKS = re.compile(r"^=\"(.*)\"$", re.DOTALL)
_CURRENCY = re.compile(r"^(-?)\s*(?:rp\.?|idr)\s*|\s+|,-$", re.IGNORECASE)
_ZONES = {"WIB": "+07:00", "WITA": "+08:00", "WIT": "+09:00", "UTC": "Z", "GMT": "Z"}
#: ``Minggu, 1 November 2026 06.30``
_NAMED_DAY = re.compile(r"^(?:[a-z'.]+, *)?(\d{1,2})[ -]+([a-z]+)\.?,?[ -]+(\d{4}|\d{2})(?!\d)", re.IGNORECASE)
#: The first year of any order.
FIRST_YEAR = 2000
_TIME = (
    r"(?:[ T,]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|UTC|GMT|WIB|WITA|WIT|[+-]\d{2}:?\d{2})?)?"
)
_DAY_FIRST = r"^(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}|\d{2})" + _TIME + "$"
_ISO = r"^(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})" + _TIME + "$"
_PARTS = ("year", "month", "day", "hour", "minute", "second")


@dataclass(frozen=True, slots=True)
class Place:
    """The column of a value, for an error.

    Attributes:
        path: the file.
        column: its column.
        lines: the place of each row below the header, where rows were left out.
    """

    path: str
    column: str
    lines: Sequence[int] = ()

    def refuse(self, row: int, value: str, why: str) -> FileFormatError:
        """The error for a value, which ``why`` may leave out, in a row counted from 0 below the header."""
        said, line = f"{value!r} {why}" if value else why, (self.lines[row] if self.lines else row) + 2
        return FileFormatError(f"{self.path}: column {self.column}, row {line}: {said}.", column=self.column, row=line)


def bare(texts: Texts) -> list[str]:
    """Texts without what spreadsheets put around codes: ``="0812"`` is 0812.

    >>> bare(['="0812"', "'0812", " 7 "])
    ['0812', '0812', '7']
    """
    known = {text: _bare(text.strip()) for text in set(texts)}
    return [known[text] for text in texts]


def _bare(text: str) -> str:
    if text.startswith("="):
        marked = _MARKS.match(text)
        return marked[1].replace('""', '"') if marked else text
    return text[1:] if text.startswith("'") and text[1:2].isalnum() else text


def number_styles(texts: Texts, place: Place, kind: str = "money") -> frozenset[str]:
    """The styles in which every number of a column can be read.

    Args:
        texts: the column.
        place: where it stands.
        kind: ``money`` and ``count`` have no three decimals; others may.

    Raises:
        FileFormatError: one value is no number, or two contradict each other.

    >>> number_styles(["150.000", "-"], Place("x.csv", "cogs")), number_styles(["1,5"], Place("x.csv", "cogs"))
    (frozenset({'Indonesian'}), frozenset({'Indonesian'}))
    """
    patterns = AMOUNTS if kind in ("money", "count") else MEASURES
    left, seen = frozenset(patterns), ""
    first_rows = dict(zip(reversed(texts), range(len(texts) - 1, -1, -1), strict=True))
    for text, row in sorted(first_rows.items(), key=lambda one: one[1]):
        plain = plain_number(text)
        if plain is None:
            continue
        fits = frozenset(style for style, pattern in patterns.items() if pattern.fullmatch(plain))
        if not fits:
            is_short = SHORTENED.fullmatch(text)
            raise place.refuse(row, text, "was shortened by a spreadsheet" if is_short else "is no number")
        if not left & fits:
            raise place.refuse(row, text, f"contradicts {seen!r}: one has a decimal comma, the other a decimal point")
        if left & fits != left:
            left, seen = left & fits, text
    return left


def numbers(texts: Texts, style: str) -> list[Decimal | None]:
    """Numbers of one style, exactly.

    >>> numbers(["Rp 1.234.567,89", "150.000", ""], "Indonesian")
    [Decimal('1234567.89'), Decimal('150000'), None]
    """
    read: dict[str, Decimal | None] = {}
    for text in set(texts):
        plain = plain_number(text)
        read[text] = None if plain is None else Decimal(plain.translate(_DIGITS_ALONE[style]))
    return [read[text] for text in texts]


def plain_number(text: str) -> str | None:
    """A number without its currency and blanks, its minus in front; ``None`` where it is missing."""
    if text.lower() in NOTHING:
        return None
    inner = _BRACKETS.fullmatch(text)
    plain = _CURRENCY.sub(r"\1", (inner[1] if inner else text).translate(_MINUS).strip()).lower()
    if inner or plain.endswith("-"):
        return f"-{plain.removesuffix('-')}"
    return plain


def codes(texts: Texts, place: Place) -> list[str | None]:
    """Codes as they are.

    Raises:
        FileFormatError: a spreadsheet has made a number of one.

    >>> codes(["0812", ""], Place("x.csv", "phone"))
    ['0812', None]
    """
    cut = _without_last_digits(texts)
    for row, text in enumerate(texts):
        if SHORTENED.fullmatch(text) or DECIMAL.fullmatch(text) or text in cut:
            raise place.refuse(row, "", "a spreadsheet has made a number of a code")
    return [text or None for text in texts]


def _without_last_digits(texts: Texts) -> set[str]:
    """The long codes of a column, where all of them end in the zeros of a spreadsheet."""
    long = {text for text in texts if len(text) > MOST_DIGITS and text.isdecimal()}
    ends = "".join(text[MOST_DIGITS:] for text in long)
    return set() if len(ends) < CUT or ends.strip("0") else long


def flags(texts: Texts, place: Place) -> list[bool | None]:
    """Yes and no, in English or Indonesian.

    Raises:
        FileFormatError: a value is neither.

    >>> flags(["TRUE", "tidak", ""], Place("x.csv", "is_from_form"))
    [True, False, None]
    """
    found: list[bool | None] = []
    for row, text in enumerate(texts):
        word = text.lower()
        if word not in NOTHING and word not in FLAG_WORDS:
            raise place.refuse(row, text, "is neither true nor false")
        found.append(FLAG_WORDS.get(word))
    return found


def moments(texts: Texts, place: Place, zone: str = TIME_ZONE) -> list[str | None]:
    """Moments as ISO texts in UTC; the whole column is day-first, or the whole column is ISO.

    Args:
        texts: the column.
        place: where it stands.
        zone: whose clock shows the times that name no zone.

    Raises:
        FileFormatError: a value is no date, or does not fit the order of day, month and year of the others.

    >>> moments(["01/11/2026 06:00", "23/11/2026 14:05:09"], Place("x.csv", "draft_time"), "Asia/Jakarta")
    ['2026-10-31T23:00:00.000000Z', '2026-11-23T07:05:09.000000Z']
    """
    column = pd.Series(texts, dtype=object)
    known = column[~column.str.lower().isin(NOTHING)].astype("str").map(_with_month_number)
    if known.empty:
        return [None] * len(texts)
    is_iso = known.str.match(r"^\d{4}[/.-]")
    if is_iso.any() and not is_iso.all():
        row = int(is_iso.index[is_iso != is_iso.iloc[0]][0])
        raise place.refuse(row, texts[row], f"contradicts {known.iloc[0]!r}: one begins with the year, the other not")
    parts = known.str.extract(_ISO if is_iso.iloc[0] else _DAY_FIRST)
    stamps = _stamps(parts)
    if stamps.isna().any():
        row = int(stamps.index[stamps.isna()][0])
        why = "is no moment" if is_iso.iloc[0] else "is no moment of day, month and year in this order"
        raise place.refuse(row, texts[row], why)
    found: list[str | None] = [None] * len(texts)
    for row, text in zip(known.index, _iso(stamps, parts["zone"], zone), strict=True):
        found[row] = text
    return found


def _with_month_number(text: str) -> str:
    """A day with the name of its month, in English or Indonesian, as one in numbers; any other text as it is.

    >>> _with_month_number("Minggu, 1 Nopember 2026 06.30")
    '1/11/2026 06.30'
    """
    named = _NAMED_DAY.match(text)
    month = MONTHS.get(named[2].lower()) if named else None
    return f"{named[1]}/{month}/{named[3]}{text[named.end() :]}" if named and month else text


def _stamps(parts: pd.DataFrame) -> pd.Series[Any]:
    """The wall clock of each row; missing where it is impossible."""
    year, month, day, *times = (pd.to_numeric(parts[name]).to_numpy("float64", na_value=np.nan) for name in _PARTS)
    year = np.where(parts["year"].str.len() == len("26"), year + 2000, year)
    hour, minute, second = (np.nan_to_num(one) for one in times)
    is_known = (year >= FIRST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (hour <= 23)
    is_known &= (minute <= 59) & (second <= 59)
    months = np.where(is_known, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(is_known, day - 1, 0).astype("timedelta64[D]")
    is_known &= days.astype("datetime64[M]") == months
    fraction = pd.to_numeric(parts["fraction"].str.ljust(6, "0").str[:6]).fillna(0).to_numpy("int64")
    passed = ((hour * 60 + minute) * 60 + second).astype("int64") * 1_000_000 + fraction
    stamps = days.astype("datetime64[us]") + passed.astype("timedelta64[us]")
    return pd.Series(np.where(is_known, stamps, np.datetime64("NaT", "us")), index=parts.index)


def _iso(stamps: pd.Series[Any], zones: pd.Series[Any], zone: str) -> list[str]:
    utc = stamps.dt.tz_localize(zone).dt.tz_convert("UTC").dt.tz_localize(None)
    named = zones.notna()
    if named.any():
        utc[named] = [_in_utc(stamp, said) for stamp, said in zip(stamps[named], zones[named], strict=True)]
    texts = np.datetime_as_string(utc.to_numpy("datetime64[us]"), unit="us")
    return [f"{text}Z" for text in texts]


def _in_utc(stamp: pd.Timestamp, zone: str) -> pd.Timestamp:
    return pd.Timestamp(f"{stamp.isoformat()}{_ZONES.get(zone, zone)}").tz_convert("UTC").tz_localize(None)
