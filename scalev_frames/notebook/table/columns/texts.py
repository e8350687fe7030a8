"""How single values read: numbers with the language's marks, days as people write them there, lists by their names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from operator import itemgetter
from typing import Any

from scalev_frames.frames.values.scalars import plain_text

#: Thousands and decimal marks.
MARKS = {"en": (",", "."), "id": (".", ",")}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
}
#: Digits behind the mark of a number that is no money; a copy holds all of them.
_PLACES = 4
_NAME = itemgetter("name")


def number_text(value: Decimal | float, language: str = "en", *, kind: str = "number", marks: bool = True) -> str:
    """A number as a person reads it; without ``marks`` every digit it has, for a spreadsheet.

    >>> number_text(Decimal("1250000.00")), number_text(98.8, "id", kind="money"), number_text(0.1 + 0.2)
    ('1,250,000', '98,80', '0.3')
    >>> number_text(0.8666666666666667, kind="percent"), number_text(0.1 + 0.2, marks=False), number_text(Decimal("-0"))
    ('86.7%', '0.30000000000000004', '0')
    """
    group = "," if marks else ""
    if kind == "percent" and marks:
        text = f"{value * 100:z,.1f}%"
    elif isinstance(value, int):
        text = f"{value:{group}d}"
    elif isinstance(value, Decimal) or kind == "money":
        text = _with_sen(value, group)
    else:
        text = _plain(value, group, marks=marks)
    thousands, point = MARKS[language]
    return text.translate({ord(","): thousands, ord("."): point})


def _with_sen(value: Decimal | float, group: str) -> str:
    text = f"{value:z{group}.2f}" if isinstance(value, float) else f"{value:z{group}f}"
    whole, _, sen = text.partition(".")
    sen = sen.rstrip("0")
    return f"{whole}.{sen.ljust(2, '0')}" if sen else whole


def _plain(value: float, group: str, *, marks: bool) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return f"{int(value):{group}d}"
    if not marks or abs(value) >= 1e15:
        return repr(value)
    if value and abs(value) < 0.1**_PLACES:
        return f"{value:.4g}"
    return f"{value:{group}.{_PLACES}f}".rstrip("0").rstrip(".")


def time_text(value: dt.datetime, language: str = "en") -> str:
    """A moment to the second.

    >>> time_text(dt.datetime(2026, 11, 20, 9, 5), "id"), time_text(dt.datetime(2026, 11, 20, 9, 5))
    ('20/11/2026 09:05:00', '2026-11-20 09:05:00')
    """
    return f"{date_text(value, language)} {value:%H:%M:%S}"


def minute_text(value: dt.datetime, language: str = "en") -> str:
    """A moment to the minute.

    >>> minute_text(dt.datetime(2026, 11, 20, 9, 5, 59), "id"), minute_text(dt.datetime(2026, 11, 20, 9, 5))
    ('20/11/2026 09:05', '2026-11-20 09:05')
    """
    return f"{date_text(value, language)} {value:%H:%M}"


def date_text(value: dt.date, language: str = "en") -> str:
    """A day."""
    return (
        f"{value.day:02}/{value.month:02}/{value.year:04}"
        if language == "id"
        else f"{value.year:04}-{value.month:02}-{value.day:02}"
    )


def month_text(value: dt.date, language: str = "en") -> str:
    """A month by its name.

    >>> month_text(dt.date(2026, 8, 1), "id")
    'Agu 2026'
    """
    return f"{MONTHS[language][value.month - 1]} {value.year}"


def nested_text(value: object) -> str:
    """A list or object as a person reads it: the names in it, quantities behind; what has no names as JSON.

    >>> nested_text([{"id": 1, "name": "VIP"}, {"id": 6, "name": "COD"}]), nested_text({"Kopi Gayo": 2})
    ('VIP, COD', 'Kopi Gayo \u00d7 2')
    """
    text = readable_text(value)
    return any_text(value) if text is None else text


def readable_text(value: object) -> str | None:
    """The names in a list, or the quantities in an object; ``None`` where it has others.

    >>> readable_text(["VIP", "COD"]), readable_text({"number": "88"}) is None
    ('VIP, COD', True)
    """
    if isinstance(value, list | tuple):
        return _listed_text(value)
    if isinstance(value, dict) and {int}.issuperset(map(type, value.values())):
        return ", ".join([f"{name} \u00d7 {count}" for name, count in value.items()])
    return None


def _listed_text(value: Sequence[Any]) -> str | None:
    with suppress(TypeError, KeyError, IndexError):
        is_text = not value or isinstance(value[0], str)
        return ", ".join(value if is_text else map(_NAME, value))
    return None


def any_text(value: object) -> str:
    """A value of any type as text: lists and objects as JSON, bytes in hex, what files do not hold as Python writes it.

    >>> any_text([1, {"a": None}]), any_text([1j]), any_text(b"ab")
    ('[1,{"a":null}]', '["1j"]', '6162')
    """
    if not isinstance(value, str | bytes | bytearray | list | dict | tuple | bool | int | float | Decimal):
        return str(value)
    try:
        return plain_text(value)
    except TypeError:
        return str(value)
