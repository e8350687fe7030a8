"""Columns of Python objects as Arrow arrays of plain types, one for each kind among them."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import ExportError
from scalev_frames.frames.values.arrays import (
    INFINITE,
    NAMED,
    SURROGATES,
    TEXT,
    TOO_LONG,
    ZONES,
    Part,
    Values,
    moment_parts,
    plain_array,
)
from scalev_frames.frames.values.scalars import (
    holds_infinite,
    is_missing,
    json_texts,
    kind_of_type,
    mended,
    object_array,
    zone_name,
)

Maker = Callable[[list[Any], Counter[str]], list["Part"]]
#: Raised by Arrow where values do not fit.
ERRORS = (pa.ArrowException, OverflowError, ValueError, TypeError, UnicodeEncodeError)


def read_objects(values: np.ndarray[Any, np.dtype[np.object_]], name: str) -> Values:
    """The values of a column of objects, one part for each kind.

    Raises:
        ExportError: there are objects that have no text of their own.
    """
    missing = _missing(values)
    found = Values([], len(values))
    kinds = {one: kind_of_type(one) for one in set(map(type, values[~missing]))}
    if unknown := [one.__name__ for one, kind in kinds.items() if not kind]:
        raise refused(name, unknown[0])
    if "scalar" in kinds.values():
        return read_objects(_unwrapped(values), name)
    makers = {one: _MAKERS[kind] for one, kind in kinds.items()}
    groups: dict[Maker, list[Any]] = {}
    if len(set(makers.values())) == 1:
        plain = values.copy()
        plain[missing] = None
        groups[next(iter(makers.values()))] = list(plain)
    else:
        for place in np.flatnonzero(~missing).tolist():
            groups.setdefault(makers[type(values[place])], [None] * len(values))[place] = values[place]
    for make, given in groups.items():
        try:
            found.parts += make(given, found.changes)
        except TypeError as error:
            raise refused(name, str(error)) from error
    found.changes = +found.changes
    return found


def _missing(values: np.ndarray[Any, np.dtype[np.object_]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    try:
        return np.asarray(pd.isna(values))
    except InvalidOperation:  # a signalling NaN
        return np.array([is_missing(one) for one in values], np.bool_)


def refused(name: str, what: str) -> ExportError:
    """The error of a column with objects that no file can hold."""
    return ExportError(
        f"The column {name} holds objects that no file can hold ({what}).",
        advice=f'Make them text or numbers, such as frame["{name}"].map(str), or drop the column.',
    )


def _unwrapped(values: np.ndarray[Any, np.dtype[np.object_]]) -> np.ndarray[Any, np.dtype[np.object_]]:
    return object_array([one.as_py() if isinstance(one, pa.Scalar) else one for one in values])


def _whole(values: list[Any], changes: Counter[str]) -> list[Part]:
    numbers = _each(values, int)
    for kind in (pa.int64(), pa.uint64()):
        with contextlib.suppress(*ERRORS):
            return [Part(pa.array(numbers, kind))]
    return _decimals(_each(numbers, Decimal), changes)


def _floats(values: list[Any], changes: Counter[str]) -> list[Part]:
    if any(isinstance(one, np.longdouble) and float(one) != one for one in values):  # more digits than a float holds
        return _named(values, changes)
    return [Part(pa.array(_each(values, float), pa.float64(), from_pandas=True))]


def _decimals(values: list[Any], changes: Counter[str]) -> list[Part]:
    """Exact decimals; what is infinite is a float, and what no decimal can hold is text."""
    infinite = _where(values, Decimal.is_infinite)
    parts = [Part(pa.array(_each(infinite, float), pa.float64()))] if _count(infinite) else []
    finite = _where(values, Decimal.is_finite)
    if not _count(finite):
        return parts
    with contextlib.suppress(*ERRORS):
        if (array := plain_array(pa.array(finite))) is not None:
            return [Part(array), *parts]
    changes[TOO_LONG] += _count(finite)
    return [Part(pa.array(_each(finite, lambda one: format(one, "f")), TEXT)), *parts]


def _texts(values: list[Any], changes: Counter[str]) -> list[Part]:
    try:
        return [Part(pa.array(values, TEXT))]
    except ERRORS:
        whole = _each(values, mended)
    changes[SURROGATES] += sum(one != other for one, other in zip(values, whole, strict=True))
    return [Part(pa.array(whole, TEXT))]


def _named(values: list[Any], changes: Counter[str]) -> list[Part]:
    changes[NAMED] += _count(values)
    return _texts(_each(values, str), changes)


def _json(values: list[Any], changes: Counter[str]) -> list[Part]:
    written = json_texts(values)
    doubtful = pc.indices_nonzero(pc.match_substring(written, 'Infinity"')).to_pylist()
    changes[INFINITE] += sum(holds_infinite(values[place]) for place in doubtful)
    return [Part(written, is_json=True)]


def _moments(values: list[Any], changes: Counter[str]) -> list[Part]:
    """Moments without a zone and with one."""
    try:
        stamps = _each(values, lambda one: pd.Timestamp(one) if isinstance(one, np.datetime64) else one)
        naive = _where(stamps, lambda one: one.tzinfo is None)
        zoned = _where(stamps, lambda one: one.tzinfo is not None)
        parts = moment_parts(_stamps(naive, None), changes) if _count(naive) else []
        return [*parts, *moment_parts(_zoned(zoned, changes), changes)] if _count(zoned) else parts
    except ERRORS:
        return _named(values, changes)


def _zoned(values: list[Any], changes: Counter[str]) -> pa.Array:
    """Moments with a zone; those of several zones are in UTC."""
    names = {zone_name(one.tzinfo) for one in values if one is not None}
    zone = names.pop() if len(names) == 1 else ""
    changes[ZONES] += 0 if zone else _count(values)
    return _stamps(values, zone or "UTC")


def _stamps(values: Sequence[Any], zone: str | None) -> pa.Array:
    """Timestamps in nanoseconds where one needs them, else in microseconds."""
    if any(getattr(one, "nanosecond", 0) for one in values):
        series = pd.Series(pd.to_datetime(list(values), utc=zone is not None)).dt.as_unit("ns")
        return pa.array(series if zone is None else series.dt.tz_convert(zone), from_pandas=True)
    plain = [one.to_pydatetime() if isinstance(one, pd.Timestamp) else one for one in values]
    return pa.array(plain, pa.timestamp("us", None if zone is None else "UTC")).cast(pa.timestamp("us", zone))


def _clocks(values: list[Any], changes: Counter[str]) -> list[Part]:
    if _count(_where(values, lambda one: one.tzinfo)):
        return _named(_each(values, dt.time.isoformat), changes)
    return [Part(pa.array(values, pa.time64("us")))]


def _spans(values: list[Any], changes: Counter[str]) -> list[Part]:
    try:
        spans = _each(values, pd.Timedelta)
        if _count(_where(spans, lambda one: one.nanoseconds)):
            return [Part(pa.array(pd.Series(spans, dtype="timedelta64[ns]"), from_pandas=True))]
        return [Part(pa.array(_each(spans, pd.Timedelta.to_pytimedelta), pa.duration("us")))]
    except ERRORS:
        return _named(values, changes)


# Values, and None in the place of what is missing -------------------------------------------------------------------


def _each(values: list[Any], make: Callable[[Any], Any]) -> list[Any]:
    """What ``make`` gives for each value."""
    return [None if one is None else make(one) for one in values]


def _where(values: list[Any], holds: Callable[[Any], Any]) -> list[Any]:
    """The values for which ``holds`` is true."""
    return [one if one is not None and holds(one) else None for one in values]


def _count(values: list[Any]) -> int:
    return sum(one is not None for one in values)


_MAKERS: dict[str, Maker] = {
    "flag": lambda values, _: [Part(pa.array(_each(values, bool), pa.bool_()))],
    "text": _texts,
    "whole": _whole,
    "span": _spans,
    "float": _floats,
    "decimal": _decimals,
    "moment": _moments,
    "day": lambda values, _: [Part(pa.array(values, pa.date32()))],
    "clock": _clocks,
    "bytes": lambda values, _: [Part(pa.array(_each(values, bytes), pa.large_binary()))],
    "list": _json,
    "map": _json,
    "set": _json,
    "named": _named,
}
