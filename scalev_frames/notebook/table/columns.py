"""Why: one place says what a column of any frame is and how its values read: shown, searched, compared, copied.

May import `frames.convert` only. Everything goes through Arrow, a column at a time and only when it is needed, so that
100,000 rows are shown as fast as fifty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.frames.scalars import plain_text

ColumnKind = Literal["text", "money", "number", "time", "flag", "nested"]

#: Thousands and decimal marks.
MARKS = {"en": (",", "."), "id": (".", ",")}


class Column:
    """One column of a frame, as a table needs it.

    Args:
        name: its heading.
        series: its values.

    >>> column = Column("net", pd.Series([Decimal("1250000.50"), None], dtype=pd.ArrowDtype(pa.decimal128(18, 2))))
    >>> column.kind, column.shown(np.array([0, 1]), "id"), column.texts.to_pylist()
    ('money', ['1.250.000,50', None], ['1250000.50', None])
    """

    def __init__(self, name: str, series: pd.Series[Any]) -> None:
        self.name = name
        self.series = series

    @cached_property
    def kind(self) -> ColumnKind:
        """What its values are."""
        return _kind(self.series)

    @property
    def is_numeric(self) -> bool:
        """Whether its values can be summed."""
        return self.kind in ("money", "number")

    @cached_property
    def values(self) -> pa.Array:
        """Its values in Arrow: what sorting, comparing and summing use; text and nested values as `texts`."""
        if self.kind in ("text", "nested"):
            return self.texts
        series = self.series
        if isinstance(series.dtype, pd.DatetimeTZDtype):
            series = series.dt.tz_localize(None)
        return _one_array(pa.array(series, from_pandas=True))

    @cached_property
    def texts(self) -> pa.Array:
        """Its values as plain text, as a search reads them: times on the column's own clock, numbers unmarked."""
        match self.kind:
            case "time":
                seconds = pc.floor_temporal(self.values, unit="second").cast(pa.timestamp("s"))
                return seconds.cast(pa.large_string())
            case "text" | "nested":
                return _text_array(self.series)
            case _:
                return self.values.cast(pa.large_string())

    def shown(self, positions: np.ndarray[Any, np.dtype[np.intp]], lang: str = "en") -> list[str | None]:
        """The values at ``positions`` as a person reads them; ``None`` where there is none."""
        if self.is_numeric:
            return [None if value is None else number_text(value, lang) for value in self._at(positions)]
        if self.kind == "time":
            return [None if value is None else _time_text(value) for value in self._at(positions)]
        if self.kind == "flag":
            return [None if value is None else str(value).lower() for value in self._at(positions)]
        few = self.series.iloc[positions]
        if self.kind == "nested":
            return [None if _is_missing(value) else nested_text(value) for value in few.array]
        texts: list[str | None] = _text_array(few).to_pylist()
        return texts

    def copied(self, positions: np.ndarray[Any, np.dtype[np.intp]], lang: str = "en") -> list[str]:
        """The values at ``positions`` for a spreadsheet: numbers unmarked, lists as JSON, missing as nothing."""
        if self.is_numeric:
            return ["" if value is None else number_text(value, lang, marks=False) for value in self._at(positions)]
        if self.kind == "nested":
            return [text or "" for text in _text_array(self.series.iloc[positions]).to_pylist()]
        return [text or "" for text in self.shown(positions, lang)]

    def _at(self, positions: np.ndarray[Any, np.dtype[np.intp]]) -> Sequence[Any]:
        """Python values; of those few rows alone unless all are in Arrow anyway."""
        if "values" in self.__dict__:
            taken = self.values.take(pa.array(positions))
        else:
            taken = Column(self.name, self.series.iloc[positions]).values
        return _python_values(taken)


def number_text(value: Decimal | float, lang: str = "en", *, marks: bool = True) -> str:
    """A number as a person reads it: whole where it is whole, every digit that it has.

    >>> number_text(Decimal("1250000.00")), number_text(Decimal("98.8"), "id"), number_text(0.1 + 0.2)
    ('1,250,000', '98,80', '0.30000000000000004')
    """
    thousands, point = MARKS[lang]
    group = "," if marks else ""
    if isinstance(value, Decimal):
        whole, _, sen = f"{value:{group}f}".partition(".")
        sen = sen.rstrip("0")
        text = f"{whole}.{sen.ljust(2, '0')}" if sen else whole
    elif isinstance(value, int):
        text = f"{value:{group}d}"
    else:
        text = f"{int(value):{group}d}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return text.translate({ord(","): thousands, ord("."): point})


def nested_text(value: object) -> str:
    """A list or object as a person reads it: the names in it, quantities behind; what has no names as JSON.

    >>> nested_text([{"id": 1, "name": "VIP"}, {"id": 6, "name": "COD"}]), nested_text({"Kopi Gayo": 2})
    ('VIP, COD', 'Kopi Gayo \u00d7 2')
    """
    match value:
        case list() | tuple() if all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in value):
            return ", ".join(one["name"] for one in value)
        case list() | tuple() if all(isinstance(one, str) for one in value):
            return ", ".join(value)
        case dict() if all(isinstance(count, int) and not isinstance(count, bool) for count in value.values()):
            return ", ".join(f"{name} \u00d7 {count}" for name, count in value.items())
        case _:
            return _any_text(value)


def columns_of(frame: pd.DataFrame) -> list[Column]:
    """The columns of ``frame``, those of an index with names first."""
    index = [Column(str(name), frame.index.get_level_values(place).to_series(index=frame.index))
             for place, name in enumerate(frame.index.names) if name is not None]  # fmt: skip
    return index + [Column(_heading(name), frame.iloc[:, place]) for place, name in enumerate(frame.columns)]


def _heading(name: object) -> str:
    if isinstance(name, tuple):
        return " · ".join(map(_heading, name))
    return "\u2013" if _is_missing(name) else str(name)


def _kind(series: pd.Series[Any]) -> ColumnKind:
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype):
        return "money"
    if pd.api.types.is_bool_dtype(dtype):
        return "flag"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "time"
    if pd.api.types.is_integer_dtype(dtype) or pd.api.types.is_float_dtype(dtype):
        return "number"
    if pd.api.types.is_object_dtype(dtype):
        types = set(map(type, series.array)) - {type(None), type(pd.NA), float}
        if types & {list, dict, tuple}:
            return "nested"
        return "money" if types == {Decimal} else "text"
    return "text"


def _text_array(series: pd.Series[Any]) -> pa.Array:
    if isinstance(series.dtype, pd.StringDtype):
        return _one_array(pa.array(series, pa.large_string(), from_pandas=True))
    return pa.array([None if _is_missing(value) else _any_text(value) for value in series.array], pa.large_string())


def _any_text(value: object) -> str:
    if isinstance(value, str | list | dict | tuple | bool | int | float | Decimal):
        return plain_text(value)
    return str(value)


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _one_array(given: Any) -> pa.Array:  # noqa: ANN401 - Arrow gives either
    return given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given


def _python_values(taken: pa.Array) -> Sequence[Any]:
    if pa.types.is_timestamp(taken.type):  # nanoseconds have no Python value
        taken = taken.cast(pa.timestamp("us"), safe=False)
    values: Sequence[Any] = taken.to_pylist()
    return values


def _time_text(value: dt.datetime) -> str:
    return value.replace(microsecond=0).isoformat(sep=" ")
