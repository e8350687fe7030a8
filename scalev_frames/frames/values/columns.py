"""Read any column as Arrow arrays of plain types; every exporter uses them.

A column of one kind of value is one part. An object column of several kinds has a part for each, and in each row at
most one part is not null. So Excel writes each value as what it is, and a file with one type a column joins the parts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.frames.values.arrays import ZONES, Part, Values, is_moment, moment_parts, plain_array
from scalev_frames.frames.values.objects import ERRORS, read_objects
from scalev_frames.frames.values.scalars import is_missing, mended, object_array, zone_name


def read_column(column: pd.Series[Any], name: str = "") -> Values:
    """The values of any column as arrays of plain types; errors call it ``name``.

    Raises:
        ExportError: it holds objects that have no text of their own.

    >>> [part.array.to_pylist() for part in read_column(pd.Series([1, "a", None, 2.5], dtype=object)).parts]
    [[1, None, None, None], [None, 'a', None, None], [None, None, None, 2.5]]
    """
    name = name or str(column.name)
    dtype = column.dtype
    if column.dtype == object:
        return read_objects(column.to_numpy(), name)
    if isinstance(dtype, pd.CategoricalDtype):
        return _read_category(column, name)
    if isinstance(dtype, pd.PeriodDtype | pd.IntervalDtype) or dtype.kind == "c":
        return read_objects(column.astype(object).to_numpy(), name)
    if isinstance(dtype, pd.SparseDtype):
        return read_column(pd.Series(np.asarray(column.array)), name)
    changes = Counter[str]()
    array = _arrow(column, changes)
    if array is None:
        return read_objects(as_objects(column), name)
    parts = moment_parts(array, changes) if is_moment(array.type) else [Part(array)]
    return Values(parts, len(column), +changes)


def as_moments(column: pd.Series[Any], zone: str = "UTC") -> pd.Series[Any]:
    """A column of times as moments; in a column that became text, what is no time is missing.

    Times that have lost their zone are taken as those of ``zone``, as reports take them.

    >>> as_moments(pd.Series(["2026-11-23T08:29:32Z", "0000-00-00"])).isna().tolist()
    [False, True]
    """
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column
    if pd.api.types.is_datetime64_dtype(column.dtype):
        localized: pd.Series[Any] = column.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        return localized
    return pd.to_datetime(column, format="ISO8601", errors="coerce", utc=True)


def label_of(name: object) -> str:
    """What a column or index level is called in files.

    >>> label_of(("a", 1)), label_of(("a", "")), label_of(pd.Timestamp("2026-11-01")), label_of(None)
    ('a / 1', 'a', '2026-11-01', 'unnamed')
    """
    if isinstance(name, tuple):
        return " / ".join(label_of(one) for one in name if one != "")
    if is_missing(name):
        return "unnamed"
    if isinstance(name, dt.datetime) and name == name.replace(hour=0, minute=0, second=0, microsecond=0):
        return f"{name:%Y-%m-%d}"
    if isinstance(name, float) and name.is_integer():  # as pandas makes a number beside a missing label
        return str(int(name))
    return mended(str(name))


def _arrow(column: pd.Series[Any], changes: Counter[str]) -> pa.Array | None:
    """A column as one plain array; ``None`` when its Python values are needed."""
    if column.dtype == np.float16:
        column = column.astype(np.float32)
    if isinstance(column.dtype, np.dtype) and not column.dtype.isnative:
        column = column.astype(column.dtype.newbyteorder("="))
    kind = None
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        name = zone_name(column.dtype.tz)
        changes[ZONES] += 0 if name else int(column.notna().sum())
        column = column.dt.tz_convert(name or "UTC")
        kind = pa.timestamp(column.dt.unit, name or "UTC")  # else Arrow tries to import pytz for each column
    try:
        array = pa.array(column, kind, from_pandas=True)
    except ERRORS:
        return None
    return plain_array(array)


def as_objects(column: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """The values of any column as Python's own."""
    is_arrow = isinstance(column.dtype, pd.ArrowDtype)
    return object_array(pa.array(column).to_pylist() if is_arrow else list(column.astype(object)))


def _read_category(column: pd.Series[Any], name: str) -> Values:
    """Each category is read once, and its changes are counted as often as it occurs."""
    codes, categories = column.cat.codes.to_numpy(), pd.Series(column.cat.categories)
    read = read_column(categories, name)
    places = pa.array(codes.astype(np.int64), mask=codes < 0)
    parts = [Part(part.array.take(places), part.is_json) for part in read.parts]
    changes = Counter({words: len(codes) - places.null_count for words in +read.changes})
    for words in changes:
        each = [read_column(categories.iloc[[one]], name).changes[words] for one in range(len(categories))]
        if sum(each) == read.changes[words]:  # else it is what lies beside them that changes them
            changes[words] = int(np.take(each, codes[codes >= 0]).sum())
    return Values(parts, len(column), changes)
