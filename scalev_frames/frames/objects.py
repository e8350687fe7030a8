"""Columns of Python objects as Arrow arrays of plain types, one for each kind among them."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.errors import ExportError
from scalev_frames.frames.arrays import NAMED, SURROGATES, TEXT, TOO_LONG, ZONES, Part, Values, plain_array
from scalev_frames.frames.scalars import is_missing, json_texts, kind_of_type, mended, zone_name

Maker = Callable[[list[Any], Counter[str]], list["Part"]]
#: Raised by Arrow where values do not fit.
ERRORS = (pa.ArrowException, OverflowError, ValueError, TypeError, UnicodeEncodeError)


def read_objects(values: np.ndarray[Any, np.dtype[np.object_]], name: str) -> Values:
    """The values of a column of objects, one part for each kind.

    Args:
        values: any objects; what is missing is null in every part.
        name: what the column is called in errors.

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
    plain = np.empty(len(values), dtype=object)
    plain[:] = [one.as_py() if isinstance(one, pa.Scalar) else one for one in values]
    return plain


def _flags(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(pa.array([None if one is None else bool(one) for one in values], pa.bool_()))]


def _whole(values: list[Any], changes: Counter[str]) -> list[Part]:
    numbers = [None if one is None else int(one) for one in values]
    for kind in (pa.int64(), pa.uint64()):
        with contextlib.suppress(*ERRORS):
            return [Part(pa.array(numbers, kind))]
    return _decimals([None if one is None else Decimal(one) for one in numbers], changes)


def _floats(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(pa.array([None if one is None else float(one) for one in values], pa.float64(), from_pandas=True))]


def _decimals(values: list[Any], changes: Counter[str]) -> list[Part]:
    """Exact decimals; what is infinite is a float, and what no decimal can hold is text."""
    finite = [one if one is not None and one.is_finite() else None for one in values]
    infinite = [float(one) if one is not None and one.is_infinite() else None for one in values]
    parts = [Part(pa.array(infinite, pa.float64()))] if any(one is not None for one in infinite) else []
    with contextlib.suppress(*ERRORS):
        array = plain_array(pa.array(finite), changes)
        return [Part(array), *parts] if array is not None and array.null_count < len(array) else parts
    changes[TOO_LONG] += sum(one is not None for one in finite)
    return [Part(pa.array([None if one is None else format(one, "f") for one in finite], TEXT)), *parts]


def _texts(values: list[Any], changes: Counter[str]) -> list[Part]:
    try:
        return [Part(pa.array(values, TEXT))]
    except ERRORS:
        whole = [None if one is None else mended(one) for one in values]
    changes[SURROGATES] += sum(one != other for one, other in zip(values, whole, strict=True))
    return [Part(pa.array(whole, TEXT))]


def _named(values: list[Any], changes: Counter[str]) -> list[Part]:
    changes[NAMED] += sum(one is not None for one in values)
    return _texts([None if one is None else str(one) for one in values], changes)


def _json(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(json_texts(values), is_json=True)]


def _bytes(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(pa.array([None if one is None else bytes(one) for one in values], pa.large_binary()))]


def _moments(values: list[Any], changes: Counter[str]) -> list[Part]:
    """Moments without a zone and with one; those of several zones are in UTC."""
    try:
        stamps = [
            None if one is None else pd.Timestamp(one) if isinstance(one, np.datetime64) else one for one in values
        ]
        naive = [one if one is not None and one.tzinfo is None else None for one in stamps]
        zoned = [one if one is not None and one.tzinfo is not None else None for one in stamps]
        zones = {zone_name(one.tzinfo) for one in zoned if one is not None}
        parts = [Part(_stamps(naive, None))] if any(one is not None for one in naive) else []
        if zones:
            zone = next(iter(zones)) if len(zones) == 1 else ""
            changes[ZONES] += 0 if zone else sum(one is not None for one in zoned)
            parts.append(Part(_stamps(zoned, zone or "UTC")))
    except ERRORS:
        return _named(values, changes)
    return parts


def _stamps(values: Sequence[Any], zone: str | None) -> pa.Array:
    """Timestamps in nanoseconds where one needs them, else in microseconds."""
    if any(getattr(one, "nanosecond", 0) for one in values):
        series = pd.Series(pd.to_datetime(list(values), utc=zone is not None)).dt.as_unit("ns")
        return pa.array(series if zone is None else series.dt.tz_convert(zone), from_pandas=True)
    plain = [one.to_pydatetime() if isinstance(one, pd.Timestamp) else one for one in values]
    return pa.array(plain, pa.timestamp("us", None if zone is None else "UTC")).cast(pa.timestamp("us", zone))


def _days(values: list[Any], _: Counter[str]) -> list[Part]:
    return [Part(pa.array(values, pa.date32()))]


def _clocks(values: list[Any], changes: Counter[str]) -> list[Part]:
    if any(one is not None and one.tzinfo for one in values):
        return _named([None if one is None else one.isoformat() for one in values], changes)
    return [Part(pa.array(values, pa.time64("us")))]


def _spans(values: list[Any], changes: Counter[str]) -> list[Part]:
    try:
        spans = [None if one is None else pd.Timedelta(one) for one in values]
        fine = any(one is not None and one.nanoseconds for one in spans)
        if fine:
            return [Part(pa.array(pd.Series(spans, dtype="timedelta64[ns]"), from_pandas=True))]
        return [Part(pa.array([None if one is None else one.to_pytimedelta() for one in spans], pa.duration("us")))]
    except ERRORS:
        return _named(values, changes)


_MAKERS: dict[str, Maker] = {
    "flag": _flags,
    "text": _texts,
    "whole": _whole,
    "span": _spans,
    "float": _floats,
    "decimal": _decimals,
    "moment": _moments,
    "day": _days,
    "clock": _clocks,
    "bytes": _bytes,
    "list": _json,
    "map": _json,
    "set": _json,
    "named": _named,
}
