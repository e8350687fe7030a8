"""One value of any Python type: what kind it is, and its text."""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import json
import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import PurePath
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

#: Whole numbers up to here are exact as floats.
EXACT_FLOAT = 2**53
#: Rounds nothing, where Python's usual context has 28 digits.
EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
#: The most digits of a decimal in Arrow, and of a code that came as a number.
MOST_DIGITS = 38
#: Divides and rounds amounts of any length, floats too, which have up to 309 digits.
LONG = Context(prec=400)
TOO_DEEP = "a list or object that holds itself, or is nested too deeply"
#: Types by kind; the first kind that fits counts.
_TYPES: dict[str, tuple[type, ...]] = {
    "flag": (bool, np.bool_),
    "text": (str,),
    "span": (dt.timedelta, np.timedelta64),
    "whole": (int, np.integer),
    "float": (float, np.floating),
    "decimal": (Decimal,),
    "moment": (dt.datetime, np.datetime64),
    "day": (dt.date,),
    "clock": (dt.time,),
    "bytes": (bytes, bytearray, memoryview),
    "map": (Mapping,),
    "set": (set, frozenset),
    "list": (list, tuple, np.ndarray, pd.Series, pd.Index, pd.api.extensions.ExtensionArray),
    "scalar": (pa.Scalar,),
    "named": (pd.Period, pd.Interval, uuid.UUID, PurePath, complex, np.complexfloating, enum.Enum, Fraction,
              ipaddress.IPv4Address, ipaddress.IPv6Address, pd.DateOffset),
}  # fmt: skip


@cache
def kind_of_type(one: type[Any]) -> str:
    """The kind of values of a Python type; empty when it is not known.

    >>> kind_of_type(bool), kind_of_type(np.int64), kind_of_type(tuple), kind_of_type(object)
    ('flag', 'whole', 'list', '')
    """
    return next((kind for kind, types in _TYPES.items() if issubclass(one, types)), "")


def kind_of(value: object) -> str:
    """The kind of a value; empty when it is not known."""
    return kind_of_type(type(value))  # type: ignore[arg-type]


def is_missing(value: object) -> bool:
    """Whether a value is ``None``, NaN, NaT or NA.

    >>> is_missing(Decimal("NaN")), is_missing(0), is_missing([])
    (True, False, False)
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return isinstance(value, float | np.floating) and bool(math.isnan(value))


def places(number: Decimal) -> int:
    """The number of digits behind a finite number's point, without zeros at the end.

    >>> places(Decimal("1.50")), places(Decimal("1E+3")), places(Decimal("123456789012345678901234567890.12"))
    (1, 0, 2)
    """
    return max(0, -int(EXACT.normalize(number).as_tuple().exponent))


def json_text(value: object) -> str:
    """``value`` as JSON text, key order kept; what JSON has no type for is text in it, what is missing is null.

    Raises:
        TypeError: it holds objects that have no text of their own, or two keys of one text.

    >>> json_text({"b": [1, None], "a": {Decimal("1.50")}})
    '{"b":[1,null],"a":["1.50"]}'
    """
    try:
        text = orjson.dumps(value, default=_default).decode()
    except TypeError:  # a number beyond 64 bit, half a character, or a key that is no text
        text = ""
    if text and not ("null" in text and _has_infinite(value)):  # orjson writes infinity as null
        return text
    try:
        return json.dumps(_jsonable(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except RecursionError:
        raise TypeError(TOO_DEEP) from None


def json_texts(values: Sequence[object]) -> pa.Array:
    """The `json_text` of each of many values, ``None`` as null.

    Raises:
        TypeError: as for `json_text`.

    >>> json_texts([["new"], None]).to_pylist()
    ['["new"]', None]
    """
    try:
        # Decoded one by one: orjson's own bytes would hold a kilobyte each.
        dumped = [None if one is None else orjson.dumps(one, default=_default).decode() for one in values]
    except TypeError:
        return pa.array([None if one is None else json_text(one) for one in values], pa.large_string())
    texts = pa.array(dumped, pa.large_string())
    doubtful = pc.indices_nonzero(pc.match_substring(texts, "null")).to_pylist()
    read = lru_cache(1000)(orjson.loads)
    if not any(_has_infinite(values[one]) for one in doubtful if not _is_equal(read(dumped[one]), values[one])):
        return texts
    return pa.array([None if one is None else json_text(one) for one in values], pa.large_string())


def _is_equal(read: object, value: object) -> bool:
    """Whether a value survives JSON unchanged; quicker than checking each number in it."""
    try:
        return bool(read == value)
    except (TypeError, ValueError):  # NA and arrays are neither
        return False


def plain_text(value: object) -> str:
    """Any value as text: texts as they are, lists and objects as JSON, times as ISO 8601.

    >>> plain_text("a"), plain_text(True), plain_text(12), plain_text([1]), plain_text(dt.date(2026, 11, 1))
    ('a', 'true', '12', '[1]', '2026-11-01')
    """
    match value:
        case str():
            return mended(value)
        case bool() | np.bool_():
            return "true" if value else "false"
        case None:
            return "null"
    match kind_of(value):
        case "whole":
            return str(int(value))  # type: ignore[call-overload]
        case "float":
            return repr(float(value))  # type: ignore[arg-type]
        case "list" | "map" | "set" | "":
            return json_text(value)
        case _:
            made = _default(value)
            return made if isinstance(made, str) else plain_text(made)


def digits(value: object) -> str:
    """A code as text; one that came as a whole number of any type as its digits, without a point or a power of ten.

    >>> digits(8.1e10), digits(Decimal("7.0")), digits(7.5), digits("007")
    ('81000000000', '7', '7.5', '007')
    """
    number = Decimal(repr(float(value))) if isinstance(value, float) else value
    if isinstance(number, Decimal) and number.is_finite() and number.adjusted() < MOST_DIGITS:
        return str(int(number)) if number == number.to_integral_value() else plain_text(value)
    return plain_text(value)


def object_array(values: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Values as an array of objects; lists among them stay lists.

    >>> object_array([[1], [2]]).tolist()
    [[1], [2]]
    """
    return np.fromiter(values, dtype=object, count=len(values))


def mended(text: str) -> str:
    """``text`` with � for halves of characters."""
    return str(text) if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def zone_name(zone: dt.tzinfo | None) -> str:
    """The name by which Arrow knows a zone; empty when it has none.

    >>> zone_name(dt.timezone(dt.timedelta(hours=7), "WIB")), zone_name(dt.UTC)
    ('+07:00', 'UTC')
    """
    name = getattr(zone, "key", None) or getattr(zone, "zone", None) or _offset(zone) or str(zone)
    name = re.sub(r"^tzfile\('.*/zoneinfo/(.*)'\)$", r"\1", str(name))  # python-dateutil 2
    return name if _is_known(name) else ""


@lru_cache(1_000)
def _is_known(zone: str) -> bool:
    """Whether Arrow knows a zone of this name."""
    try:
        pc.local_timestamp(pa.array([0], pa.timestamp("s", zone)))
    except pa.ArrowException:
        return False
    return True


def _offset(zone: dt.tzinfo | None) -> str:
    """The offset of a zone that never changes it; empty where it may, or has seconds."""
    offset = None if zone is None else zone.utcoffset(None)
    if offset is None or offset % dt.timedelta(minutes=1):
        return ""
    minutes = offset // dt.timedelta(minutes=1)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"


def _default(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """A value that JSON has no type for, as one that it has."""
    if is_missing(value):
        return None
    make = _DEFAULTS.get(kind_of(value))
    if make is None:
        raise TypeError(type(value).__name__)
    return make(value)


def _elements(value: Any) -> Any:  # noqa: ANN401 - of NumPy or pandas
    """The elements of an array; times stay times, where NumPy's `tolist` makes numbers of nanoseconds."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "mM":
        return list(value) if value.ndim else value[()]
    return value.tolist()


def _span_text(value: Any) -> str:  # noqa: ANN401 - of Python or NumPy
    try:
        return str(pd.Timedelta(value))
    except (ValueError, OverflowError):  # longer than pandas knows, or of months
        return str(value)


_DEFAULTS: dict[str, Callable[[Any], Any]] = {
    "flag": lambda value: value.tolist(),
    "whole": lambda value: value.tolist(),
    "float": lambda value: value.tolist(),
    "list": _elements,
    "scalar": lambda value: value.as_py(),
    "moment": lambda value: (pd.Timestamp(value) if isinstance(value, np.datetime64) else value).isoformat(),
    "day": lambda value: value.isoformat(),
    "clock": lambda value: value.isoformat(),
    "bytes": lambda value: bytes(value).hex(),
    "span": _span_text,
    "map": dict,
    "set": lambda value: sorted(value, key=lambda one: (type(one).__name__, str(one))),
    "decimal": str,
    "named": str,
}


def _jsonable(value: Any) -> Any:  # noqa: ANN401 - any value in, any JSON value out
    """``value`` as a type that `json` can write."""
    if is_missing(value):
        return None
    match value:
        case bool() | int():
            return value
        case str():
            return mended(value)
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case float():
            return float(value)
        case Mapping():
            made = {_key_text(key): _jsonable(one) for key, one in value.items()}
            if len(made) < len(value):
                raise TypeError("two keys of one text")
            return made
        case list() | tuple():
            return [_jsonable(one) for one in value]
    return _jsonable(_default(value))


def _key_text(key: object) -> str:
    return "null" if is_missing(key) else plain_text(key)


def _has_infinite(value: object) -> bool:
    shown = repr(value)  # quicker than to look at each number; arrays shorten theirs
    return ("inf" in shown or "..." in shown) and holds_infinite(value)


def holds_infinite(value: Any) -> bool:  # noqa: ANN401 - any value
    """Whether a number, or any in a list or object, is infinite."""
    match kind_of(value):
        case "float":
            return bool(math.isinf(value))
        case "map":
            return any(map(holds_infinite, value.values()))
        case "list" | "set":
            return any(map(holds_infinite, np.atleast_1d(value) if isinstance(value, np.ndarray) else value))
    return False
