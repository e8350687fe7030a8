"""Columns of JSON texts, as files hold lists and objects, as Python's own values."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from scalev_frames.frames.values.scalars import object_array

#: Digits that may be a number beyond 64 bit, when every digit is a 0.
_DIGITS, _LONG_NUMBER = bytes.maketrans(b"123456789", b"0" * 9), b"0" * 19
#: Where at most this share of a column's texts are different ones, each is parsed once.
REPEATING = 0.3


def parsed_texts(texts: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.object_]]:
    """All texts of a column, parsed in one go; repeated texts are parsed once, and each row gets a copy of its own.

    >>> parsed_texts(pa.chunked_array([['["new"]', None]])).tolist()
    [['new'], None]
    """
    if not len(texts):
        return np.empty(0, dtype=object)
    is_encoded = pa.types.is_dictionary(texts.type)
    encoded = (texts.unify_dictionaries() if is_encoded else texts.dictionary_encode()).combine_chunks()
    distinct = encoded.dictionary.to_pylist()
    parsed = _copied(distinct, encoded) if len(distinct) < REPEATING * len(texts) else None
    if parsed is None:
        parsed = loads("[" + ",".join(text or "null" for text in texts.to_pylist()) + "]")
    return object_array(parsed)


def _copied(distinct: list[str], encoded: pa.DictionaryArray) -> list[Any] | None:
    """A copy of its value for each row; ``None`` where one is nested too deeply to be copied."""
    values: list[Any] = loads("[" + ",".join(distinct) + "]")
    copies = [_copier(value) for value in values]
    if None in copies:
        return None
    places = encoded.indices.fill_null(len(values)).to_numpy().tolist()
    ways: list[Any] = [*copies, _itself]
    whole = [*values, None]
    return list(map(operator.call, map(ways.__getitem__, places), map(whole.__getitem__, places)))


def loads(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a JSON text; whole numbers beyond 64 bit stay whole, where orjson makes floats of them.

    Raises:
        ValueError: it is no JSON.

    >>> loads('{"id": 123456789012345678901}')
    {'id': 123456789012345678901}
    """
    try:
        content = text.encode()
        return json.loads(text) if _LONG_NUMBER in content.translate(_DIGITS) else orjson.loads(content)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _copier(value: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401 - any JSON value
    """A function that makes a copy of ``value`` which shares nothing with it; ``None`` for deep nesting."""
    if not isinstance(value, list | dict):
        return _itself
    nested = _nested(value)
    if not nested:
        return type(value).copy
    if any(map(_nested, nested)):
        return None
    if isinstance(value, dict):
        return _copy_both
    return _copy_objects if all(isinstance(one, dict) for one in value) else None


def _nested(value: list[Any] | dict[str, Any]) -> list[Any]:
    """The lists and objects in a list or an object."""
    return [one for one in (value.values() if isinstance(value, dict) else value) if isinstance(one, list | dict)]


def _itself(value: Any) -> Any:  # noqa: ANN401
    return value


def _copy_objects(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(map(dict.copy, value))


def _copy_both(value: dict[str, Any]) -> dict[str, Any]:
    return {key: one.copy() if isinstance(one, list | dict) else one for key, one in value.items()}
