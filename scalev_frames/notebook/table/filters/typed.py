"""What a person typed as a filter, understood or refused with a word: it never silently finds nothing."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog.kinds import FLAG_WORDS
from scalev_frames.errors import BadValueError
from scalev_frames.notebook.table.columns.columns import Column
from scalev_frames.notebook.table.filters.conditions import Condition, mask_of, span_of
from scalev_frames.query.times import MONTHS, Days, days_in

Labels = Mapping[str, str]

_SIGNED = re.compile(r"(>=|<=|!=|<>|=|>|<)\s*(.*)", re.DOTALL)
_RANGE = re.compile(r"(.+?)\s*(?:\.\.|\s-\s|\s*\u2013\s*|\s+(?:to|sampai|s/d|sd)\s+)\s*(.+)", re.IGNORECASE)
_TIGHT_RANGE = re.compile(r"([^-\s]+)-([^-\s]+)")
_PIECES = re.compile(r"\s*[;|]\s*|\s*,\s*")
_NUMBER_PIECES = re.compile(r"\s*[;|]\s*|,\s+")
#: 1,250,000 or 1.250.000: marks between thousands.
_MARKED = re.compile(r"-?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)")
_BARE_DAYS = re.compile(r"\s*(\d+)\s+(?:days|hari)\s*", re.IGNORECASE)
_DAY_NAMED = re.compile(r"(\d{1,2})?\s*([a-z]{3,})\.?\s+(\d{4})", re.IGNORECASE)
#: The presets that a menu offers.
PRESETS = (
    "today", "yesterday", "last_7_days", "last_30_days", "this_week", "last_week", "this_month", "last_month"
)  # fmt: skip


def days_of(preset: str, today: dt.date) -> Days:
    """First and last day of a preset; weeks begin on Monday.

    >>> [str(one) for one in days_of("last_month", dt.date(2026, 3, 31))]
    ['2026-02-01', '2026-02-28']
    """
    return days_in(preset.replace("_", " "), today) or Days(today, today)


def days_typed(text: str, today: dt.date) -> Days | None:
    """The first and the last day that typed words mean, the day before the month; ``None`` where they mean none.

    >>> [str(days_typed(text, dt.date(2026, 11, 28))[0]) for text in ("1/11/2026", "1-11-2026", "1.11.2026")]
    ['2026-11-01', '2026-11-01', '2026-11-01']
    >>> [str(one) for one in days_typed("Bulan lalu", dt.date(2026, 11, 28))], days_typed("soon", dt.date(2026, 11, 28))
    (['2026-10-01', '2026-10-31'], None)
    """
    if days := _preset(text, today):
        return days
    try:
        first, after = span_of(_stamp(text.strip()))
    except ValueError:
        return None
    return Days(first.date(), (after - dt.timedelta(microseconds=1)).date())


def moment_typed(text: str) -> str:
    """A typed day, or a day and a time, as ISO writes it, the day before the month; anything else as it stands.

    >>> moment_typed("1/2/2026"), moment_typed("1/2/2026 9.30"), moment_typed("3 Nov 2026"), moment_typed("kemarin")
    ('2026-02-01', '2026-02-01 09:30', '2026-11-03', 'kemarin')
    """
    text = " ".join(text.split())
    day, _, clock = text.rpartition(" ")
    matched = _CLOCK.fullmatch(clock)
    stamp = f"{_stamp(day)} {int(matched[1]):02}:{matched[2]}" if matched else _stamp(text)
    try:
        span_of(stamp)
    except ValueError:
        return text
    return stamp


def _preset(text: str, today: dt.date) -> Days | None:
    """The days of words that count from today; ``7 days`` and ``7 hari`` are the last ones."""
    if bare := _BARE_DAYS.fullmatch(text):
        text = f"last {bare[1]} days"
    return days_in(text, today)


def _stamp(text: str) -> str:
    if matched := _DAY_FIRST.fullmatch(text):
        return f"{matched[4]}-{int(matched[3]):02}-{int(matched[1]):02}"
    if (matched := _DAY_NAMED.fullmatch(text)) and (month := MONTHS.get(matched[2].casefold())):
        return f"{matched[3]}-{month:02}" + (f"-{int(matched[1]):02}" if matched[1] else "")
    return text.replace("T", " ")


def typed(text: str, column: Column, labels: Labels, today: dt.date, language: str = "en") -> tuple[Condition, ...]:
    """The conditions that ``text`` asks of ``column``.

    Args:
        text: such as ``ship``, ``shipped, completed``, ``=shipped``, ``!=shipped``, ``100000-200000``, ``>= 98,80``,
            ``20/11/2026``, ``2026-11``, ``last month``; ``=`` alone is missing, ``!=`` alone is not missing.
        column: the column it was typed for.
        labels: the words of the table.
        today: the present day where the shop is.
        language: the language of the column's heading.

    Raises:
        BadValueError: it is not understood, or no value of the column is like it.

    >>> import pandas as pd
    >>> from scalev_frames.words import labels_in
    >>> status, words = Column("status", pd.Series(["shipped", "rts", "pending"])), labels_in("table", "en")
    >>> typed("RTS, shipped", status, words, dt.date(2026, 11, 28))
    (Condition(op='in', values=('rts', 'shipped')),)
    """
    return _Typed(column, labels, today, language).read(text.strip())


class _Typed:
    def __init__(self, column: Column, labels: Labels, today: dt.date, language: str) -> None:
        self.column, self.labels, self.today, self.language = column, labels, today, language

    def read(self, text: str) -> tuple[Condition, ...]:
        if not text:
            return ()
        signed = _SIGNED.fullmatch(text)
        if signed:
            sign, rest = signed[1].replace("<>", "!="), signed[2].strip()
            return self._signed(sign, rest)
        if self.column.is_time:
            return self._times(text)
        if self.column.is_numeric:
            return self._numbers(text)
        if self.column.kind == "flag":
            return (Condition("in", (self._flag(text),)),)
        return self._texts(text)

    def _signed(self, sign: str, rest: str) -> tuple[Condition, ...]:
        if not rest:
            if sign in ("=", "!="):
                return (Condition("missing" if sign == "=" else "filled"),)
            raise self._refused("no_value", sign)
        if self.column.is_time:
            return (self._signed_time(sign, rest),)
        if self.column.is_numeric:
            return (Condition(sign, (self._number(rest),)),)
        if self.column.kind == "flag":
            return (Condition("in" if sign == "=" else "not in", (self._flag(rest),)),)
        return (self._signed_text(sign, rest),)

    def _signed_text(self, sign: str, rest: str) -> Condition:
        """``=`` and ``!=`` of one value or of several, which have to be there; any other sign compares texts."""
        if sign not in ("=", "!=") or not len(self.column.texts):
            return Condition(sign, (rest,))
        pieces = [rest] if all(self._meant([rest])) else [one for one in _PIECES.split(rest) if one]
        meant = self._meant(pieces)
        if not all(meant):
            raise self._refused("no_value", pieces[meant.index([])])
        if len(pieces) == 1 and not self.column.called(rest, whole=True):
            return Condition(sign, (rest,))
        values = dict.fromkeys(value for found in meant for value in found)
        return Condition("in" if sign == "=" else "not in", tuple(values))

    def _meant(self, pieces: Sequence[str]) -> list[list[str]]:
        """For each piece the values that people call so, else those that it is, in any case."""
        return [
            self.column.called(one, whole=True) or same for one, same in zip(pieces, self._same(pieces), strict=True)
        ]

    def _signed_time(self, sign: str, rest: str) -> Condition:
        first, last = self._span(rest)
        if sign in ("=", "!=") and first != last:
            return Condition("between", (first, last))
        return Condition(sign, (first if sign in (">=", "<") else last,))

    # Numbers and flags -----------------------------------------------------------------------------------------------

    def _numbers(self, text: str) -> tuple[Condition, ...]:
        span = _RANGE.fullmatch(text) or _TIGHT_RANGE.fullmatch(text)
        if span:
            low, high = self._number(span[1]), self._number(span[2])
            if Decimal(low) > Decimal(high):
                raise BadValueError(self.labels["wrong_way"].format(first=span[1], last=span[2]))
            return (Condition("between", (low, high)),)
        pieces = [self._number(one) for one in _NUMBER_PIECES.split(text) if one]
        return (Condition("=", (pieces[0],)),) if len(pieces) == 1 else (Condition("in", tuple(pieces)),)

    def _number(self, text: str) -> str:
        digits = text.strip().removeprefix("Rp").removeprefix("rp").lstrip(". ").strip()
        is_percent = self.column.kind == "percent"
        digits = digits.removesuffix("%").strip()
        try:
            number = Decimal(_unmarked(digits, may_group=not is_percent))
            most = 308 if pa.types.is_floating(self.column.values.type) else 38  # digits
            if not number.is_finite() or number.adjusted() >= most:
                raise InvalidOperation
        except InvalidOperation:
            raise self._refused("no_number", text) from None
        return f"{number / 100 if is_percent else number:f}"

    def _flag(self, text: str) -> str:
        flag = FLAG_WORDS.get(text.casefold())
        if flag is None:
            raise self._refused("no_flag", text)
        return str(flag).lower()

    # Times -----------------------------------------------------------------------------------------------------------

    def _times(self, text: str) -> tuple[Condition, ...]:
        if len(pieces := [one for one in _NUMBER_PIECES.split(text) if one]) > 1:
            return (Condition("in", tuple(map(self._day, pieces))),)
        spaced = _RANGE.fullmatch(text)
        tight = None if spaced else re.fullmatch(r"([^-]+)-([^-]+)", text) if _DAY_FIRST.search(text) else None
        if parts := spaced or tight:
            (first, _), (_, last) = self._span(parts[1]), self._span(parts[2])
            if first > last:
                raise BadValueError(self.labels["wrong_way"].format(first=parts[1], last=parts[2]))
            return (Condition("between", (first, last)),)
        first, last = self._span(text)
        return (Condition("=", (first,)) if first == last else Condition("between", (first, last)),)

    def _span(self, text: str) -> tuple[str, str]:
        """The first and the last stamp that ``text`` covers, each as far as it is known."""
        if days := _preset(text, self.today):
            return days[0].isoformat(), days[1].isoformat()
        stamp = _stamp(text.strip())
        try:
            span_of(stamp)
        except ValueError:
            raise self._refused("no_day", text) from None
        return stamp, stamp

    def _day(self, text: str) -> str:
        """The one day that ``text`` means, of a month its first."""
        first, last = self._span(text)
        if self.column.kind == "month":
            first = last = f"{first[:7]}-01"
        if first != last or len(first) != len("2026-11-20"):
            raise self._refused("no_day", text)
        return first

    # Texts -----------------------------------------------------------------------------------------------------------

    def _texts(self, text: str) -> tuple[Condition, ...]:
        if text.endswith("*") and len(text) > 1:
            return (self._found(Condition("begins", (text.rstrip("*"),)), text),)
        whole = Condition("contains", (text,))
        pieces = [one for one in _PIECES.split(text) if one]
        if called := self._called(pieces):
            return (self._found(Condition("in", called), text),)
        if len(pieces) < 2 or mask_of(self.column, whole).any():
            return (self._found(whole, text),)
        known = self._same(pieces)
        if all(known):
            return (Condition("in", tuple(value for found in known for value in found)),)
        for piece in pieces:
            self._found(Condition("contains", (piece,)), piece)
        return (Condition("contains any", tuple(pieces)),)

    def _called(self, pieces: Sequence[str]) -> tuple[str, ...]:
        """The values that people call by the pieces; none where one of them is no such word."""
        if len(pieces) == 1:
            return tuple(self.column.called(pieces[0]))
        found = [self.column.called(one, whole=True) or self.column.called(one) for one in pieces]
        return tuple(dict.fromkeys(value for values in found for value in values)) if all(found) else ()

    def _same(self, pieces: Sequence[str]) -> list[list[str]]:
        """The values that are the pieces, in any case."""
        values = [value for value in pc.unique(self.column.texts).to_pylist() if value is not None]
        by_folded: dict[str, list[str]] = {}
        for value in values:
            by_folded.setdefault(value.casefold(), []).append(value)
        return [by_folded.get(piece.casefold(), []) for piece in pieces]

    def _found(self, condition: Condition, text: str) -> Condition:
        if len(self.column.texts) and not mask_of(self.column, condition).any():
            raise self._refused("no_value", text)
        return condition

    def _refused(self, label: str, text: str) -> BadValueError:
        what = self.labels[label].format(typed=repr(text), name=self.column.heading(self.language))
        advice = self.labels.get(f"{label}_advice", "")
        if label == "no_value" and (near := self._near(text)):
            advice = self.labels["did_you_mean"].format(values=", ".join(near))
        return BadValueError(what, advice=advice)

    def _near(self, text: str) -> list[str]:
        counted = pc.value_counts(self.column.texts.drop_null())
        if not 0 < len(counted) <= 5000:
            return []
        words = self.column.words
        values = {words.get(one, one).casefold(): words.get(one, one) for one in counted.field("values").to_pylist()}
        return [values[one] for one in difflib.get_close_matches(text.casefold(), values, 3)]


def _unmarked(digits: str, *, may_group: bool) -> str:
    """A number without marks between thousands, with a point before its fraction, in either language's writing.

    >>> [_unmarked(one, may_group=True) for one in ("1.250.000,50", "1,250,000.50", "1.250", "98,80")]
    ['1250000.50', '1250000.50', '1250', '98.80']
    """
    if may_group and _MARKED.fullmatch(digits):
        return digits.replace(",", "").replace(".", "")
    last = max(digits.rfind(","), digits.rfind("."))
    whole, fraction = digits[:last], digits[last + 1 :]
    if may_group and last > 0 and _MARKED.fullmatch(whole) and digits[last] not in whole:
        return f"{_unmarked(whole, may_group=True)}.{fraction}"
    return digits.replace(",", ".")


def values_of(column: Column, texts: pa.Array) -> pa.Array:
    """Counts of the values among ``texts``, the ones seen most first; times and numbers in their order."""
    counts = pc.value_counts(texts.drop_null())
    values, numbers = counts.field("values"), counts.field("counts")
    if column.is_numeric:
        keys = pa.table({"v": values.cast(pa.float64()), "n": numbers})
        by = pc.sort_indices(keys, sort_keys=[("v", "ascending")])
    elif column.is_time:
        by = pc.sort_indices(pa.table({"v": values}), sort_keys=[("v", "descending")])
    else:
        by = pc.sort_indices(pa.table({"n": numbers, "v": values}), sort_keys=[("n", "descending"), ("v", "ascending")])
    return counts.take(by)
