"""Masking: a frame that no longer says who the customers are, and can still be counted, grouped and joined by them.

Personal values become tokens: the same person's phone gives the same token in every column, frame and session of one
user, and nobody without the user's key can find the phone by trying all phones. Lists, objects and JSON text are masked
inside.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.catalog.personal import FREE, FREE_BUT_NOT, is_personal_filter, personal_word
from scalev_frames.frames.header import Header
from scalev_frames.frames.values.arrays import TEXT
from scalev_frames.frames.values.columns import read_column
from scalev_frames.frames.values.json_texts import loads
from scalev_frames.frames.values.objects import refused
from scalev_frames.frames.values.scalars import (
    TOO_DEEP,
    digits,
    is_missing,
    json_text,
    kind_of,
    object_array,
    plain_text,
)

#: Bytes of a token's hash: among a million persons two share a token with a chance of one in 500.
TOKEN_BYTES = 6
#: The word of days of birth: they are masked as times, too.
BIRTH = "birth"
#: Kinds of values that hold others.
NESTED = ("list", "map", "set")
#: Numbers from here on may be phones or accounts.
LONG_NUMBER = 1_000_000

#: The names in JSON, as far as it can be read.
_NAME = re.compile(r'"([^"\\]+)\\*"\s*:')

Mask = Callable[[str, str], str]


def mask(frame: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """``frame`` with names, phones, addresses, birthdays, identity numbers and texts of customers as tokens.

    Args:
        frame: any frame of this package, child frames and dashboards included, or one like it.
        key: the user's secret; the same key gives the same tokens.

    Returns:
        A new frame. Masked columns are `str`, in lists and objects the values are masked in their place. Missing stays
        missing. Ids, codes of orders, places from the subdistrict up, and names of staff stay. ``attrs["masked"]``.

    >>> orders = pd.DataFrame({"customer_phone": ["0812-3456-789", "+62 812 3456 789"], "city": "Bogor"})
    >>> mask(orders, b"secret")
           customer_phone   city
    0  phone-27484960df5f  Bogor
    1  phone-27484960df5f  Bogor
    """
    tokens = _tokens(key)
    names = {_spelled(name) for name in frame.columns}
    header = Header.of(frame)
    masked = frame.copy(deep=False)
    for place, label in enumerate(frame.columns):
        column_name = _spelled(label)
        name = f"{header.child}_{column_name}" if header.child else column_name
        word = personal_word(name, column_name, names)
        column = _as_objects(frame.iloc[:, place])
        if word or _may_nest(column):
            try:
                made: Any = _masked_texts(column, word, tokens) if word else _masked_inside(column, name, tokens)
            except RecursionError:
                raise refused(str(label), TOO_DEEP) from None
            masked.isetitem(place, made)
    masked.index = _masked_index(frame.index, tokens)
    masked.columns = _masked_index(frame.columns, tokens)
    return _masked_header(header, tokens).onto(masked)


def _masked_header(header: Header, tokens: Mask) -> Header:
    """``header``, and those of the businesses in it, with what was looked for as tokens."""
    filters = header.filters and {
        name: tokens("text", plain_text(value)) if is_personal_filter(name) else value
        for name, value in header.filters.items()
    }
    businesses = {
        name: {**attrs, **_masked_header(Header.read(attrs), tokens).attrs}
        for name, attrs in header.businesses.items()
        if isinstance(attrs, dict)
    }
    return replace(header, masked=True, filters=filters, businesses=businesses)


def _tokens(key: bytes) -> Mask:
    """A function that gives a value's token: a word, and a keyed hash of the value's usual spelling."""
    secret = hashlib.sha256(b"mask\n" + key).digest()

    @cache
    def token(word: str, text: str) -> str:
        usual = f"{word}\n{_usual(word, text)}".encode("utf-8", "surrogatepass")
        return f"{word}-{hashlib.blake2b(usual, key=secret, digest_size=TOKEN_BYTES).hexdigest()}"

    return token


def _usual(word: str, text: str) -> str:
    """The usual spelling of a value: a phone begins with 62, a day has no time, a text has small letters."""
    if word == "phone":
        digits = re.sub(r"\D", "", text)
        return "62" + digits.removeprefix("62").lstrip("0") if digits else text.strip()
    if word == BIRTH:
        return re.sub(r"[T ]00:00:00(\.0+)?$", "", text.strip())
    return " ".join(text.split()).casefold()


@lru_cache(maxsize=4096)
def _spelled(label: Hashable) -> str:
    """A column's label or an object's key as the API writes names: ``Customer Phone`` and ``customerPhone``, too."""
    text = "_".join(map(str, label)) if isinstance(label, tuple) else str(label)
    return re.sub(r"[\s_.-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.strip())).strip("_").lower()


# Columns ----------------------------------------------------------------------------------------------------------


def _masked_texts(column: pd.Series[Any], word: str, tokens: Mask) -> pd.Series[Any]:
    is_time = pd.api.types.is_datetime64_any_dtype(column.dtype)
    if pd.api.types.is_bool_dtype(column.dtype) or (is_time and word != BIRTH):
        return column
    if column.dtype == object and column.map(lambda one: kind_of(one) in NESTED).any():
        return column.map(lambda one: _inside(one, _Where(word, everything=True), tokens), na_action="ignore")
    few = read_column(column).texts().dictionary_encode()
    masked = pa.array([tokens(word, text) if text else text for text in few.dictionary.to_pylist()], TEXT)
    return pd.Series(masked.take(few.indices).to_pylist(), column.index, dtype="str", name=column.name)


def _as_objects(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column whose texts or lists a category or Arrow type holds, with Python's own values."""
    dtype: Any = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        kind = dtype.categories.dtype
        may_nest = kind.kind in "OU" and not isinstance(kind, pd.IntervalDtype | pd.PeriodDtype)
        return _as_objects(column.astype(kind)) if may_nest else column
    arrow = dtype.pyarrow_dtype if isinstance(dtype, pd.ArrowDtype) and dtype.kind in "OU" else None
    if arrow is not None and not pa.types.is_decimal(arrow) and not pa.types.is_temporal(arrow):
        return pd.Series(pa.array(column).to_pylist(), column.index, dtype=object, name=column.name)
    return column


def _may_nest(column: pd.Series[Any]) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


def _masked_inside(column: pd.Series[Any], name: str, tokens: Mask) -> pd.Series[Any]:
    """Lists and objects of a column, as Python's own or as JSON text, masked in their place."""
    where = _Where(name, everything=bool(FREE.search(name)))
    is_text = isinstance(column.dtype, pd.StringDtype)
    if is_text and not column.str.match(r"\s*[{\[]", na=False).any():
        return column
    values = [
        _inside(value, where, tokens) if kind_of(value) in NESTED
        else _json_inside(value, where, tokens) if _is_json(value)
        else value
        for value in column
    ]  # fmt: skip
    return pd.Series(object_array(values), column.index, dtype=column.dtype if is_text else object, name=column.name)


def _is_json(value: Any) -> bool:  # noqa: ANN401 - any value
    return isinstance(value, str) and value.lstrip()[:1] in ("{", "[")


def _json_inside(text: str, where: _Where, tokens: Mask) -> str:
    """JSON text, masked inside; where it cannot be read and names a personal field, a token for the whole."""
    try:
        value = loads(text)
    except ValueError:
        names = map(_spelled, _NAME.findall(text))
        return tokens("text", text) if where.everything or any(map(personal_word, names)) else text
    masked = _inside(value, _Where(where.path, everything=where.everything), tokens)
    return text if masked == value else json_text(masked)


class _Where(NamedTuple):
    """The place of a value: the keys down to it, its own, those beside it, and whether all texts there are masked."""

    path: str
    key: str = ""
    beside: frozenset[str] = frozenset()
    everything: bool = False


def _inside(value: Any, where: _Where, tokens: Mask) -> Any:  # noqa: ANN401 - any value
    """``value`` with what is personal in it masked."""
    kind = kind_of(value)
    if isinstance(value, np.ndarray) and not value.ndim:
        return _inside(value[()], where, tokens)
    if kind in ("list", "set"):
        return [_inside(one, where, tokens) for one in value]
    if kind == "map":
        return {
            name: _inside(one, below, tokens)
            for (name, one), below in zip(value.items(), _below(value, where), strict=True)
        }
    if _says_nothing(value):
        return value
    word = personal_word(where.path, where.key, where.beside) or _free_word(value, where)
    if not word and _is_json(value):
        return _json_inside(value, where, tokens)
    return tokens(word, digits(value)) if word else value


def _says_nothing(value: Any) -> bool:  # noqa: ANN401 - any value
    return is_missing(value) or isinstance(value, bool) or value == ""


def _below(value: Mapping[Any, Any], where: _Where) -> list[_Where]:
    """The places of the values of an object."""
    everything = where.everything or bool(FREE.search(where.path))
    keys = [_spelled(name) for name in value]
    return [_Where(f"{where.path}_{key}", key, frozenset(keys), everything) for key in keys]


def _free_word(value: Any, where: _Where) -> str:  # noqa: ANN401 - any value
    """``text`` for a text or a long number in an object of unknown contents."""
    if not where.everything or FREE_BUT_NOT.search(where.path):
        return ""
    kind = kind_of(value)
    is_long = kind in ("whole", "float", "decimal") and abs(value) >= LONG_NUMBER
    return "text" if is_long or kind in ("text", "bytes") else ""


def _masked_index(index: pd.Index[Any], tokens: Mask) -> pd.Index[Any]:
    names = [_spelled(name) for name in index.names]
    for level, name in enumerate(names):
        if word := personal_word(name, name, names):
            values = _masked_texts(index.get_level_values(level).to_series(), word, tokens).to_numpy()
            arrays: list[Any] = [index.get_level_values(one) for one in range(index.nlevels)]
            arrays[level] = values
            many = pd.MultiIndex.from_arrays(arrays, names=index.names)
            index = many if len(arrays) > 1 else many.get_level_values(0)
    return index
