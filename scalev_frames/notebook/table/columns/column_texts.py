"""Texts of columns of any dtype, as Arrow arrays: as files hold them, as people read them, and to be searched."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.frames.values.columns import as_objects, read_column
from scalev_frames.frames.values.scalars import json_texts, mended
from scalev_frames.notebook.table.columns.texts import any_text, readable_text

_NESTED = frozenset({list, dict, type(None)})


def text_array(series: pd.Series[Any]) -> pa.Array:
    """The values as plain text, lists and objects as JSON."""
    if isinstance(series.dtype, pd.StringDtype) or series.dtype.kind == "M":
        return read_column(series).texts()
    if isinstance(series.dtype, pd.CategoricalDtype):  # whose whole numbers would be floats where one is missing
        codes = series.cat.codes.to_numpy()
        return text_array(pd.Series(series.cat.categories)).take(pa.array(codes, mask=codes < 0))
    values = as_objects(series)
    if not isinstance(series.dtype, pd.ArrowDtype):
        values[series.isna().to_numpy(bool)] = None
    if set(map(type, values)) <= _NESTED:
        with suppress(TypeError):
            return json_texts(values.tolist())
    return pa.array([None if value is None else any_text(value) for value in values], pa.large_string())


def nested_texts(series: pd.Series[Any]) -> pa.Array:
    """What a person reads in a column of lists and objects; those that read as JSON are written in one go."""
    values = series.array if isinstance(series.dtype, pd.ArrowDtype) else series.to_numpy(object)
    read = ["" if type(value) is list and not value else readable_text(value) for value in values]
    rest = [place for place, text in enumerate(read) if text is None]
    for place, text in zip(rest, text_array(series.iloc[rest]).to_pylist(), strict=True):
        read[place] = text
    try:
        return pa.array(read, pa.large_string())
    except UnicodeEncodeError:
        return pa.array([None if text is None else mended(text) for text in read], pa.large_string())


def beside_words(texts: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Values with what people call them: both are found by a search."""
    if not words:
        return texts
    return pa.array([f"{text}\n{words[text]}" if text in words else text for text in texts.to_pylist()], texts.type)


def lower(texts: pa.Array) -> pa.Array:
    """Texts in lower case; plain ones many times quicker."""
    plain = pc.all(pc.string_is_ascii(texts)).as_py() is not False
    return pc.ascii_lower(texts) if plain else pc.utf8_lower(texts)
