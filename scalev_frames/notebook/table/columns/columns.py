"""What a column of any frame is and how its values read: shown, searched, compared, copied.

Everything goes through Arrow, a column at a time and only when it is needed, so that 100,000 rows are shown as fast as
fifty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog.kinds import kind_by_name
from scalev_frames.catalog.personal import personal_word
from scalev_frames.frames.header import Header
from scalev_frames.frames.values.arrays import is_number
from scalev_frames.frames.values.columns import read_column
from scalev_frames.frames.values.scalars import is_missing, plain_text
from scalev_frames.notebook.table.columns.column_texts import beside_words, lower, nested_texts, text_array
from scalev_frames.notebook.table.columns.texts import (
    date_text,
    month_text,
    nested_text,
    number_text,
    time_text,
)
from scalev_frames.reports.words.labels import value_words
from scalev_frames.words import heading

ColumnKind = Literal[
    "text", "link", "phone", "nested", "money", "count", "number", "percent", "grams", "time", "date", "month", "flag"
]
Positions = np.ndarray[Any, np.dtype[np.intp]]

#: Kinds whose values are numbers, and kinds whose values are days or moments.
NUMBERS = frozenset({"money", "count", "number", "percent", "grams"})
TIMES = frozenset({"time", "date", "month"})
TEXTS = frozenset({"text", "link", "phone"})
#: The only characters that texts of numbers and times have; infinity and exponents have letters.
_FIGURES = frozenset("0123456789+-.: einf")
#: Letters that are half as wide again as others, and half as wide.
_WIDE, _NARROW = frozenset("MWmw@%&"), frozenset("fijlrtI .,:;'|()-")
#: Values that show whether a column has few different ones, and up to how many those are.
_LOOKED_AT, _FEW = 1000, 200
#: How long a text of a time is, by kind.
_TIME_CHARACTERS = {"time": 19, "date": 10, "month": 8}
#: Characters of a number of any size, such as 1.7976931348623157e+308.
_UNBOUNDED = 24
#: And of one that is nearly zero, such as -1.235e-303.
_SCIENTIFIC = 11


class Column:
    """One column of a frame, as a table needs it.

    Args:
        name: its name in the frame.
        series: its values.
        declared: its kind by the frame's header, a word of the catalog or of the reports; else what its name suggests.
        words: what people call its values, where that differs; code and files keep the values.

    >>> column = Column("net", pd.Series([1250000.5, None]), "money")
    >>> column.kind, column.shown(np.array([0, 1]), "id"), column.texts.to_pylist()
    ('money', ['1.250.000,50', None], ['1250000.5', None])
    """

    def __init__(
        self, name: str, series: pd.Series[Any], declared: str = "", words: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.name = name
        self.series = series
        self.words = words
        self.declared = declared or kind_by_name(name)

    def heading(self, language: str = "en") -> str:
        """What it is called on the screen."""
        return heading(self.name, language)

    @cached_property
    def kind(self) -> ColumnKind:
        """What its values are."""
        return _kind(self.name, self.series, self.declared)

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in NUMBERS

    @property
    def is_time(self) -> bool:
        """Whether its values are days or moments."""
        return self.kind in TIMES

    @cached_property
    def values(self) -> pa.Array:
        """Its values in Arrow: what sorting, comparing and summing use; text and nested values as `texts`."""
        if self.kind in TEXTS or self.kind == "nested":
            return self.texts
        is_zoned = isinstance(self.series.dtype, pd.DatetimeTZDtype)
        series = self.series.dt.tz_localize(None) if is_zoned else self.series
        return _computable(read_column(series).joined().array)

    @cached_property
    def texts(self) -> pa.Array:
        """Its values as plain text, as filters read them: times on the column's own clock, numbers unmarked."""
        return self._read_texts()

    def _read_texts(self) -> pa.Array:
        match self.kind:
            case "time":
                seconds = pc.floor_temporal(self.values, unit="second").cast(pa.timestamp("s"))
                return seconds.cast(pa.large_string())
            case "date" | "month":
                return self.values.cast(pa.timestamp("s"), safe=False).cast(pa.date32()).cast(pa.large_string())
            case "money" | "count" | "number" | "percent" | "grams" | "flag":
                return self.values.cast(pa.large_string())
            case _:
                return text_array(self.series)

    @property
    def said(self) -> pa.Array:
        """Its texts as people call them."""
        encoded = self.texts.dictionary_encode("encode")
        words = [self.words.get(text, text) for text in encoded.dictionary.to_pylist()]
        return pa.array(words, self.texts.type).take(encoded.indices)

    def may_hold(self, word: str) -> bool:
        """Whether its texts can hold ``word``, which is in lower case, at all: no number holds a name."""
        if self.kind == "flag":
            return word in "true" or word in "false"
        return not (self.is_numeric or self.is_time) or _FIGURES.issuperset(word)

    @property
    def is_searchable(self) -> bool:
        """Whether its texts are read already, so that `holds` answers at once."""
        return "_lowered" in self.__dict__

    @cached_property
    def _lowered(self) -> tuple[pa.Array, np.ndarray[Any, np.dtype[np.integer]] | None]:
        """What a person sees in lower case; where few differ, each of those once, and which one each row has."""
        known = self.__dict__.get("texts")  # not kept for a search alone: they are as large as the column
        texts = nested_texts(self.series) if self.kind == "nested" else self._read_texts() if known is None else known
        spread = np.linspace(0, len(texts) - 1, _LOOKED_AT).astype(int)
        if not len(texts) or len(texts.take(pa.array(spread)).unique()) > _FEW:
            return lower(texts), None
        encoded = texts.dictionary_encode("encode")
        smallest = np.min_scalar_type(len(encoded.dictionary))
        return lower(beside_words(encoded.dictionary, self.words)), encoded.indices.to_numpy().astype(smallest)

    def holds(self, word: str) -> np.ndarray[Any, np.dtype[np.bool_]] | bool:
        """Which values, as a person sees them, hold ``word``, which is in lower case; ``False`` where none does."""
        texts, rows = self._lowered
        found = pc.match_substring(texts, word).fill_null(False)
        if not pc.any(found).as_py():
            return False
        mask: np.ndarray[Any, np.dtype[np.bool_]] = found.to_numpy(zero_copy_only=False)
        return mask if rows is None else mask[rows]

    def shown(self, positions: Positions, language: str = "en") -> list[str | None]:
        """The values at ``positions`` as a person reads them; ``None`` where there is none."""
        if self.kind in TEXTS:
            texts: list[str | None] = text_array(self.series.iloc[positions]).to_pylist()
            return [None if text is None else self.words.get(text, text) for text in texts] if self.words else texts
        if self.kind == "nested":
            few = self.series.iloc[positions].array
            return [None if is_missing(value) else nested_text(value) for value in few]
        return [None if value is None else self.text_of(value, language) for value in self.at(positions)]

    def text_of(self, value: Any, language: str = "en") -> str:
        """One Python value of this column as a person reads it."""
        match self.kind:
            case "money" | "count" | "number" | "percent" | "grams":
                return number_text(value, language, kind=self.kind)
            case "time":
                return time_text(value, language)
            case "date":
                return date_text(value, language)
            case "month":
                return month_text(value, language)
            case "flag":
                return _YES_NO[language][bool(value)]
            case _:
                text = plain_text(value)
                return self.words.get(text, text)

    def called(self, text: str, *, whole: bool = False) -> list[str]:
        """Its values that a person calls so, by their words or as they are: by a part of that, or by the whole.

        >>> column = Column("status", pd.Series(["rts"]), words={"rts": "Retur", "shipped_rts": "Retur di jalan"})
        >>> column.called("retur"), column.called("retur", whole=True)
        (['rts', 'shipped_rts'], ['rts'])
        """
        folded = text.casefold()
        names = {value: (value.casefold(), word.casefold()) for value, word in self.words.items()}
        return [
            value for value, both in names.items() if (folded in both if whole else any(folded in one for one in both))
        ]

    def longest(self, positions: Positions, language: str = "en") -> str:
        """A text as wide as its widest value: for all rows where values must not be cut, else for the rows given."""
        if self.kind in TEXTS and (self.kind == "phone" or self.declared in ("code", "id")):
            letters = "0" if self.kind == "phone" or pc.all(pc.utf8_is_digit(self.texts)).as_py() else "Q"
            return letters * int(pc.max(pc.utf8_length(self.texts)).as_py() or 0)
        if self.is_numeric or self.is_time:
            return "0" * self.characters(language)
        return max((text for text in self.shown(positions, language) if text), key=_breadth, default="")

    def characters(self, language: str = "en") -> int:
        """How many characters its longest number or time has, in all its rows."""
        if self.is_time:
            return _TIME_CHARACTERS[self.kind]
        ends = [value for value in pc.min_max(self.values).as_py().values() if value is not None]
        if not all(map(_finite, ends)):
            return _UNBOUNDED
        if self.kind == "percent":
            return self._longest_of(ends, language)
        whole = [int(value) for value in ends] + [-1] * any(-1 < value < 0 for value in ends)
        return self._with_decimals(self._longest_of(whole, language))

    def _longest_of(self, numbers: Sequence[Any], language: str) -> int:
        return max([len(self.text_of(number, language)) for number in numbers], default=1)

    def _with_decimals(self, whole: int) -> int:
        """Characters of its longest number, ``whole`` of them before the mark."""
        if pa.types.is_integer(self.values.type):
            return whole
        if pa.types.is_decimal(self.values.type):  # of which Arrow may have no room for the next whole number
            has_fraction = pc.any(pc.match_substring_regex(self.texts, r"\.0*[1-9]")).as_py()
        else:
            has_fraction = pc.any(pc.not_equal(pc.floor(self.values), self.values)).as_py()
        if not has_fraction:
            return whole + 1
        return whole + 3 if self.kind == "money" else max(whole + 5, _SCIENTIFIC)

    def at(self, positions: Positions) -> Sequence[Any]:
        """Python values of numbers and times; of those few rows alone unless all are in Arrow anyway."""
        if "values" in self.__dict__:
            taken = self.values.take(pa.array(positions))
        else:
            few = Column(self.name, self.series.iloc[positions], self.declared)
            few.__dict__["kind"] = self.kind
            taken = few.values
        return _python_values(taken)


_YES_NO = {"en": ("no", "yes"), "id": ("tidak", "ya")}


def columns_of(frame: pd.DataFrame, language: str = "en") -> list[Column]:
    """The columns of ``frame``, those of an index with names first.

    Args:
        frame: any DataFrame.
        language: whose words values have, where there are some.
    """
    header = Header.of(frame)
    frame = frame.copy(deep=False)
    frame.attrs = {}  # pandas copies them to the bottom for each column that is taken out
    levels = map(frame.index.get_level_values, range(frame.index.nlevels))
    index = [Column(str(level.name), pd.Series(level.array, frame.index, level.dtype))
             for level in levels if level.name is not None]  # fmt: skip
    own = [Column(heading_of(name), frame.iloc[:, place], header.kind_of(name), value_words(str(name), language))
           for place, name in enumerate(frame.columns)]  # fmt: skip
    return index + own


def heading_of(name: object) -> str:
    """A column's name as text; the levels of a name of several stand side by side."""
    if isinstance(name, tuple):
        return " · ".join(map(heading_of, name))
    return "\u2013" if is_missing(name) else str(name)


def texts(series: pd.Series[Any]) -> pd.Series[Any]:
    """The values of any column as the plain text that a table's filters read.

    Args:
        series: any column.

    >>> texts(pd.Series([["VIP", "COD"], None])).tolist()[0]
    '["VIP","COD"]'
    """
    made = Column(str(series.name), series).texts
    return pd.Series(made.to_pandas().to_numpy(), index=series.index, name=series.name, dtype="str")


def _kind(name: str, series: pd.Series[Any], declared: str) -> ColumnKind:
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype) and (found := _arrow_kind(dtype, name, declared)):
        return found
    if pd.api.types.is_bool_dtype(dtype):
        return "flag"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _time_kind(series, declared) if _are_days_of_python(series) else "text"
    if pd.api.types.is_integer_dtype(dtype) or pd.api.types.is_float_dtype(dtype):
        return _number_kind(dtype, declared)
    if pd.api.types.is_object_dtype(dtype) or _is_nested(dtype):
        return _object_kind(name, series, declared)
    return _text_kind(name, declared)


def _arrow_kind(dtype: pd.ArrowDtype, name: str, declared: str) -> ColumnKind | None:
    """The kind of decimals, and of types that pandas does not know; ``None`` for every other."""
    if pa.types.is_decimal(dtype.pyarrow_dtype):
        return "money" if declared not in ("percent", "number") else "number"
    try:
        is_known = bool(dtype.type)
    except NotImplementedError:
        is_known = False
    return None if is_known else _text_kind(name, declared)


def _is_nested(dtype: Any) -> bool:
    return isinstance(dtype, pd.ArrowDtype) and pa.types.is_nested(dtype.pyarrow_dtype)


def _are_days_of_python(series: pd.Series[Any]) -> bool:
    """Whether all times are of the years 1 to 9999, which alone Python and people write; others are read as texts."""
    return len(read_column(series).parts) < 2


def _time_kind(series: pd.Series[Any], declared: str) -> ColumnKind:
    """Days or months where they are declared, or days in seconds, unless a value has a time of day."""
    dtype = series.dtype
    are_days = isinstance(dtype, pd.ArrowDtype) and pa.types.is_date(dtype.pyarrow_dtype)
    may_be_days = are_days or declared in ("date", "month") or str(dtype) == "datetime64[s]"
    if not may_be_days or (not are_days and (series.dt.normalize() != series).loc[series.notna()].any()):
        return "time"
    return "month" if declared == "month" else "date"


def _number_kind(dtype: Any, kind: str) -> ColumnKind:
    match kind:
        case "money" | "percent" | "grams":
            return kind
        case _:
            return "count" if pd.api.types.is_integer_dtype(dtype) or kind == "count" else "number"


def _text_kind(name: str, declared: str) -> ColumnKind:
    if declared == "url":
        return "link"
    return "phone" if personal_word(name) == "phone" else "text"


def _object_kind(name: str, series: pd.Series[Any], declared: str) -> ColumnKind:
    if declared in ("list", "map") or _is_nested(series.dtype):
        return "nested"
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    if inferred == "decimal" and is_number(read_column(series).joined().array.type):
        return "money"
    if inferred == "boolean":
        return "flag"
    if inferred in ("string", "empty"):
        return _text_kind(name, declared)
    types = set(map(type, series.to_numpy(object))) - {type(None), type(pd.NA), float}
    return "nested" if types & {list, dict, tuple, np.ndarray} else "text"


def _computable(values: pa.Array) -> pa.Array:
    """Values of a type that Arrow computes with: times on their own clock, days as times, floats wide, one zero."""
    if pa.types.is_timestamp(values.type) and values.type.tz:
        return pc.local_timestamp(values)
    if pa.types.is_date(values.type):
        return values.cast(pa.timestamp("ms"))
    if pa.types.is_floating(values.type):
        values = values.cast(pa.float64()) if pa.types.is_float16(values.type) else values
        return pc.add(values, pa.scalar(0.0, values.type))  # -0.0 is 0.0
    return values


def _python_values(taken: pa.Array) -> Sequence[Any]:
    if pa.types.is_timestamp(taken.type):  # nanoseconds have no Python value
        taken = taken.cast(pa.timestamp("us"), safe=False)
    values: Sequence[Any] = taken.to_pylist()
    return values


def _breadth(text: str) -> int:
    """About how wide a text is, in halves of a usual letter."""
    return 2 * len(text) + sum(one in _WIDE for one in text) - sum(one in _NARROW for one in text)


def _finite(value: Any) -> bool:
    return bool(abs(value) < float("inf"))
