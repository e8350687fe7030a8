"""Lists and objects that are JSON texts in a file belong to their row alone when they are read."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from scalev_frames.frames.values.json_texts import parsed_texts


def innermost(value):
    (held,) = value.values() if isinstance(value, dict) else value
    return innermost(held) if isinstance(held, dict | list) else value


@pytest.mark.parametrize("text", ['["new"]', '{"a": ["b"]}', '{"a": {"b": {"c": [1]}}}'])
def test_what_stands_in_many_rows_is_each_rows_own(text):
    rows = parsed_texts(pa.chunked_array([[text] * 9 + [None]])).tolist()
    assert rows == [json.loads(text)] * 9 + [None]
    assert len({id(innermost(row)) for row in rows[:-1]}) == 9
