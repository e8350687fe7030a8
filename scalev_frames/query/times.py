"""Days, spans and moments as people write them, as exact UTC moments; and the stamps of the API.

Days belong to a zone. A day, week, month or year is a `Span`: as a lower bound it means its first moment, as an upper
bound its last. What could be read in two ways is refused.
"""

from __future__ import annotations

import calendar
import contextlib
import datetime as dt
import difflib
import email.utils
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from scalev_frames.errors import BadValueError, ClockError
from scalev_frames.plurals import counted

UTC = dt.UTC
DAY = dt.timedelta(days=1)
TICK = dt.timedelta(microseconds=1)
#: Years outside are slips, and beyond what time zones and stamps can hold.
FIRST_YEAR, LAST_YEAR = 1970, 2200

Row = Mapping[str, Any]
_SECONDS = {"day": 86_400, "hour": 3600, "minute": 60, "second": 0}


class Span(NamedTuple):
    """From ``start`` to before ``end``, UTC; ``is_days`` where it is made of whole days."""

    start: dt.datetime
    end: dt.datetime
    is_days: bool

    def first_day(self, zone: ZoneInfo) -> dt.date:
        """The day of its first moment in ``zone``."""
        return self.start.astimezone(zone).date()

    def last_day(self, zone: ZoneInfo) -> dt.date:
        """The day of its last moment in ``zone``."""
        return (self.end - TICK).astimezone(zone).date()


class Days(NamedTuple):
    """A first and a last day, both included."""

    first: dt.date
    last: dt.date


# The API's stamps -------------------------------------------------------------------------------------------------


EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = re.compile(r"([1-9]\d{9}(?:\d{3}){0,2})(?:\.\d{1,6})?")
_SPELLED = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(\.\d{1,6})?)?(?: ?(?:[Zz]|UTC|GMT))?(?:\[UTC\])?")
_MAIL = re.compile(r"(?:[A-Z][a-z]{2}, ?)?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|GMT|UTC)")
#: The beginning of a time that a server sends where it knows none.
NO_YEAR = "0001-"


def parse_stamp(value: object) -> dt.datetime | None:
    """A moment of the API: UTC, with or without microseconds, in any of `iso`'s spellings; ``None`` when it is none.

    Nor is the year 1 one: servers send it where they know no time.

    >>> parse_stamp("2026-11-01T00:00:00.5Z").isoformat()
    '2026-11-01T00:00:00.500000+00:00'
    """
    is_text = isinstance(value, str) and not (value.isdecimal() and len(value) > len("20261101"))
    text = str(value) if is_text else iso(value)
    if text is None or text[:5] == NO_YEAR:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        if (spelled := iso(text)) is None:
            return None
        moment = dt.datetime.fromisoformat(spelled)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # at the edge of the calendar
        return None


def iso(value: object) -> str | None:
    """A time in another spelling as the API writes it; ``None`` where it is none that is known.

    Known are seconds, milliseconds and microseconds since 1970, RFC 2822, ``24:00``, leap seconds, ``z`` and ``UTC``.
    Numbers are of the years 2001 to 2286: others, such as a day of digits alone, could be anything.

    >>> iso(1795922182), iso("1795922182500"), iso("2026-11-29t24:00:00z")
    ('2026-11-29T03:16:22Z', '2026-11-29T03:16:22.500000Z', '2026-11-30T00:00:00Z')
    >>> iso("Sun, 29 Nov 2026 10:16:22 +0700"), iso("20261129"), iso("soon")
    ('2026-11-29T03:16:22Z', None, None)
    """
    text, moment = str(value).strip(), None
    with contextlib.suppress(ValueError, OverflowError):
        if found := _EPOCH.fullmatch(text):
            unit = 10 ** (len(found[1]) - 10)
            moment = EPOCH + dt.timedelta(microseconds=int(Decimal(text) * 10**6 / unit))
        elif found := _SPELLED.fullmatch(text):
            day, clock, second, fraction = found.groups(default="")
            later = DAY * (clock == "24:00") + dt.timedelta(seconds=second == "60")
            clock, second = clock.replace("24:00", "00:00"), second.replace("60", "59") or "00"
            moment = dt.datetime.fromisoformat(f"{day}T{clock}:{second}{fraction}+00:00") + later
        elif _MAIL.fullmatch(text):
            moment = email.utils.parsedate_to_datetime(text).astimezone(UTC)
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def moment_in(row: Row, column: str) -> dt.datetime | None:
    """The time ``column`` of ``row``; a creation falls back to ``created_at``."""
    stamp = row.get(column)
    if not stamp and column == "draft_time":
        stamp = row.get("created_at")
    return parse_stamp(stamp)


def before(moment: dt.datetime, span: dt.timedelta) -> dt.datetime:
    """A moment earlier by a span, or the calendar's first one: servers send the year 1 where they know no time."""
    return moment - min(span, moment - dt.datetime.min.replace(tzinfo=UTC))


def to_stamp(moment: dt.datetime, *, up: bool = False) -> str:
    """A UTC moment as the server takes it, in whole seconds; an end is rounded ``up`` to leave nothing out.

    >>> to_stamp(dt.datetime(493, 8, 9, tzinfo=dt.UTC))
    '0493-08-09T00:00:00Z'
    """
    if up and moment.microsecond:
        moment += dt.timedelta(seconds=1)
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def check_clock(ahead: float, meant: Callable[[dt.datetime], object], now: dt.datetime) -> None:
    """Refuse what would mean something else by the server's clock, which is ``ahead`` by some seconds.

    Raises:
        ClockError: it would.
    """
    if ahead and meant(now + dt.timedelta(seconds=ahead)) != meant(now):
        what = f"Words such as today mean other days at the server: {clock_words(ahead)}."
        raise ClockError(what, advice="Set this computer's clock, or write the days, such as 2026-11-01.")


def clock_words(ahead: float) -> str:
    """How far this computer's clock is from the server's, which is ``ahead`` by some seconds.

    >>> clock_words(86_400.0)
    "this computer's clock is 24 hours behind the server's"
    """
    unit, seconds = next(one for one in _SECONDS.items() if abs(ahead) > 2 * one[1])
    much = counted(round(abs(ahead) / seconds), unit)
    return f"this computer's clock is {much} {'behind' if ahead > 0 else 'ahead of'} the server's"


# What people write ------------------------------------------------------------------------------------------------


def to_span(value: object, zone: ZoneInfo, now: dt.datetime, *, name: str) -> Span:
    """The time that a value means.

    Args:
        value: a day (``2026-11-01``, ``20 November 2026``, ``20/11/2026``), a month (``2026-11``, ``Agustus 2026``), a
            year (``2026``), words of English or Indonesian (``today``, ``last month``, ``7 hari terakhir``), a stamp as
            text, or a ``date``, ``datetime`` or ``Timestamp``; without a zone it is of ``zone``.
        zone: the time zone of the days.
        now: the present moment.
        name: the argument's name, for the error.

    Raises:
        BadValueError: it is none of these, or could mean two days.

    >>> jakarta, now = ZoneInfo("Asia/Jakarta"), dt.datetime(2026, 11, 23, 20, tzinfo=dt.UTC)
    >>> span = to_span("last month", jakarta, now, name="since")
    >>> str(span.first_day(jakarta)), str(span.last_day(jakarta))
    ('2026-10-01', '2026-10-31')
    """
    if isinstance(value, str):
        value = _read(value, now.astimezone(zone).date(), name)
    if isinstance(value, dt.datetime):
        return _exact(value, zone, name)
    if isinstance(value, dt.date):
        value = Days(value, value)
    if not isinstance(value, Days):
        raise BadValueError(f"{name}={value!r} is not a day or a moment.", advice="Write it as 2026-11-01.")
    _check_year(value.first, name)
    _check_year(value.last, name)
    return Span(midnight(value.first, zone), midnight(value.last + DAY, zone), is_days=True)


def _exact(value: dt.datetime, zone: ZoneInfo, name: str) -> Span:
    if value != value:  # NaT
        raise BadValueError(f"{name}={value!r} is not a day or a moment.", advice="Write it as 2026-11-01.")
    _check_year(value, name)
    moment = (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    moment = dt.datetime.combine(moment.date(), moment.timetz())  # pandas' own has nanoseconds
    return Span(moment, moment + TICK, is_days=False)


def _check_year(value: dt.date, name: str) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise BadValueError(
            f"{name}={value} is not a day or a moment from {FIRST_YEAR} to {LAST_YEAR}.", advice="Check the year."
        )


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The first moment of a day, UTC."""
    return dt.datetime.combine(day, dt.time.min, zone).astimezone(UTC)


def _read(text: str, today: dt.date, name: str) -> dt.date | Days:
    words = " ".join(text.casefold().split())
    if days := days_in(words, today):
        return days
    try:
        for pattern, read in _FORMS:
            if found := pattern.fullmatch(words):
                return read(*found.groups(), today)
        if _STAMP.match(text.strip()):
            with contextlib.suppress(ValueError):
                return dt.datetime.fromisoformat(text.strip())
        raise UnclearError(_advice(words))
    except UnclearError as error:
        raise BadValueError(f"{name}={text!r} is not a day or a moment.", advice=str(error)) from error
    except OverflowError as error:
        raise BadValueError(f"{name}={text!r} lies before the calendar begins.", advice="Count less.") from error


def days_in(text: str, today: dt.date) -> Days | None:
    """The days of words such as ``last month`` or ``7 hari terakhir``; ``None`` where they are no such words.

    >>> [str(one) for one in days_in("Bulan lalu", dt.date(2026, 11, 28))], days_in("soon", dt.date(2026, 11, 28))
    (['2026-10-01', '2026-10-31'], None)
    """
    words = " ".join(text.casefold().split())
    if words in WORDS:
        return _SPANS[WORDS[words]](today)
    found = next(filter(None, (pattern.fullmatch(words) for pattern in _COUNTED)), None)
    if found is None:
        return None
    with contextlib.suppress(UnclearError, OverflowError):
        return _last(found[1], found[2], today)
    return None


class UnclearError(ValueError):
    """A text that is no time, or could be two; its message says what to write."""


# Words ------------------------------------------------------------------------------------------------------------


def _month(year: str | int, month: str | int) -> Days:
    first = _date(year, month, 1)
    return Days(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def _months_back(today: dt.date, months: int) -> Days:
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return _month(years, month + 1)


def _week(today: dt.date, weeks_back: int = 0) -> Days:
    monday = today - (today.weekday() + 7 * weeks_back) * DAY
    return Days(monday, monday + 6 * DAY)


def _year(year: str | int) -> Days:
    return Days(_date(year, 1, 1), _date(year, 12, 31))


_SPANS: dict[str, Callable[[dt.date], Days]] = {
    "day": lambda today: Days(today, today),
    "day before": lambda today: Days(today - DAY, today - DAY),
    "week": _week,
    "week before": lambda today: _week(today, 1),
    "month": lambda today: _months_back(today, 0),
    "month before": lambda today: _months_back(today, 1),
    "year": lambda today: _year(today.year),
    "year before": lambda today: _year(today.year - 1),
}
#: Weeks begin on Monday.
WORDS: dict[str, str] = {
    "today": "day", "hari ini": "day", "yesterday": "day before", "kemarin": "day before",
    "this week": "week", "minggu ini": "week", "last week": "week before", "minggu lalu": "week before",
    "this month": "month", "bulan ini": "month", "last month": "month before", "bulan lalu": "month before",
    "this year": "year", "tahun ini": "year", "last year": "year before", "tahun lalu": "year before",
}  # fmt: skip
MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january januari jan", "february februari pebruari feb peb", "march maret mar", "april apr", "may mei",
            "june juni jun", "july juli jul", "august agustus aug agu agt ags", "september sep sept",
            "october oktober oct okt", "november nopember nov nop", "december desember dec des",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_UNITS = {"day": 1, "days": 1, "hari": 1, "week": 7, "weeks": 7, "minggu": 7}
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def _last(count: str, unit: str, today: dt.date) -> Days:
    """The last ``count`` days or weeks, today being the last day of them."""
    if int(count) == 0:
        raise UnclearError("Count from 1 up, such as: last 7 days.")
    return Days(today - (int(count) * _UNITS[unit] - 1) * DAY, today)


def _month_number(name: str) -> int:
    if name.rstrip(".") in MONTHS:
        return MONTHS[name.rstrip(".")]
    near = difflib.get_close_matches(name, MONTHS, n=1, cutoff=0.6)
    raise UnclearError(f"Did you mean {near[0].title()}?" if near else f"There is no month {name!r}.")


def _day_first(first: str, second: str, year: str, _: dt.date) -> dt.date:
    """``20/11/2026``; refused where the first number may be the month, too."""
    if int(second) > 12 >= int(first):
        raise UnclearError(f"The day comes first: write {_date(year, first, second)}.")
    if int(first) <= 12 and int(first) != int(second):
        by_day, by_month = _date(year, second, first), _date(year, first, second)
        raise UnclearError(f"It could be two days: write {by_day} ({by_day:%d %B}) or {by_month} ({by_month:%d %B}).")
    return _date(year, second, first)


def _date(year: str | int, month: str | int, day: str | int) -> dt.date:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise UnclearError("There is no such day in the calendar; write a day as 2026-11-01.") from None


_COUNTED = (re.compile(r"(?:last|past) (\d{1,9}) (days?|weeks?)"), re.compile(r"(\d{1,9}) (hari|minggu) terakhir"))
#: The forms of a text, each with what reads it: its groups, then today.
_FORMS: tuple[tuple[re.Pattern[str], Callable[..., dt.date | Days]], ...] = (
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)"), lambda year, month, day, _: _date(year, month, day)),
    (re.compile(r"(\d{4})-(\d\d)"), lambda year, month, _: _month(year, month)),
    (re.compile(r"(\d{4})"), lambda year, _: _year(year)),
    (re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"), _day_first),
    (re.compile(r"(\d{1,2}) ([a-z]+\.?) (\d{4})"), lambda day, month, year, _: _date(year, _month_number(month), day)),
    (re.compile(r"([a-z]+\.?) (\d{4})"), lambda month, year, _: _month(year, _month_number(month))),
    *((pattern, _last) for pattern in _COUNTED),
)


def _advice(words: str) -> str:
    if words.rstrip(".") in MONTHS:
        return f"Which year? Write it as {words.title()} 2026."
    if near := difflib.get_close_matches(words, WORDS, n=1, cutoff=0.7):
        return f"Did you mean {near[0]}?"
    return ("Write a day as 2026-11-01 or 20 November 2026, a month as 2026-11, a moment as 2026-11-01T13:30 (or with "
            "+07:00), or words such as today, yesterday, this month, last 7 days.")  # fmt: skip
