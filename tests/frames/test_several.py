"""Frames of several businesses as one, and each one's own out of it again."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from scalev_frames.errors import BadValueError
from scalev_frames.frames.header import Header
from scalev_frames.frames.several import combine, split

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))
TIMES = pd.to_datetime(["2026-11-01T00:00:00Z"]).tz_convert("Asia/Jakarta").as_unit("us")


@pytest.mark.parametrize(
    ("one", "two", "dtype", "values"),
    [
        (pd.Series([1.5]), pd.Series([Decimal("1234567890123456.78")], dtype=MONEY), "decimal128(18, 2)[pyarrow]",
         [Decimal("1.50"), Decimal("1234567890123456.78")]),
        (pd.Series([Decimal("1.5")], dtype=MONEY), pd.Series([Decimal("0.1234")], dtype=pd.ArrowDtype(pa.decimal128(38, 4))),
         "decimal128(38, 4)[pyarrow]", [Decimal("1.5000"), Decimal("0.1234")]),
        (pd.Series([1], dtype="Int64"), pd.Series([0.5], dtype="Float64"), "Float64", [1.0, 0.5]),
        (pd.Series([2**53 + 1], dtype="Int64"), pd.Series([0.5], dtype="Float64"), "str", [str(2**53 + 1), "0.5"]),
        (pd.Series([7], dtype="Int64"), pd.Series(["7a"], dtype="str"), "str", ["7", "7a"]),
        (pd.Series([True], dtype="boolean"), pd.Series([1], dtype="Int64"), "str", ["true", "1"]),
        (pd.Series(TIMES), pd.Series(["soon"], dtype="str"), "str", ["2026-11-01T07:00:00+07:00", "soon"]),
        (pd.Series([["a"]]), pd.Series(["a"], dtype="str"), "object", [["a"], "a"]),
        (pd.Series([None], dtype="str"), pd.Series([3], dtype="Int64"), "Int64", [pd.NA, 3]),
        (pd.Series([None], dtype=object), pd.Series([2.5]), "float64", [np.nan, 2.5]),
    ],
)  # fmt: skip
def test_a_column_of_two_kinds_holds_every_value(one, two, dtype, values):
    whole = combine({"a": pd.DataFrame({"x": one}), "b": pd.DataFrame({"x": two})})
    assert str(whole["x"].dtype) == dtype
    found = whole["x"].tolist()
    assert [one for one in found if not (one is pd.NA or one is None or one != one)] == [
        one for one in values if not (one is pd.NA or one != one)
    ]
    assert (dtype == "str") == any(note.startswith("x: text") for note in whole.attrs["notes"])


def test_columns_of_one_business_are_missing_in_the_others_and_keep_their_dtype():
    one = pd.DataFrame({"id": ["1"], "n": pd.array([1], dtype="Int64"), "flag": [True], "at": TIMES})
    whole = combine({"a": one, "b": pd.DataFrame({"id": ["1", "2"]}), "c": one.iloc[:0]})
    assert whole["business"].tolist() == ["a", "b", "b"]
    assert (whole["n"].dtype, whole["at"].dtype) == (one["n"].dtype, one["at"].dtype)
    assert whole["flag"].tolist() == [True, None, None]
    assert whole.loc[1:, ["n", "at"]].isna().all(axis=None)


def test_each_ones_own_frame_comes_back_with_its_header():
    headers = {
        "a": Header(endpoint="orders", rows=1, notes=("odd", "both")),
        "b": Header(endpoint="orders", rows=2, notes=("both",)),
    }
    ids = {"a": ["1"], "b": ["2", "3"]}
    frames = {name: header.onto(pd.DataFrame({"id": ids[name]})) for name, header in headers.items()}
    whole = combine(frames)
    assert whole.attrs["notes"] == ["a: odd", "both"]
    parts = split(whole.iloc[:2])
    assert {name: part["id"].tolist() for name, part in parts.items()} == {"a": ["1"], "b": ["2"]}
    assert {name: Header.of(part) for name, part in parts.items()} == headers
    assert Header.of(parts["b"]).row_note(parts["b"]) == "1 of 2 rows, filtered afterwards"


def test_rows_of_nobody_are_refused():
    whole = combine({"a": pd.DataFrame({"id": ["1"]})})
    strange = whole.assign(business=["someone"])
    strange.attrs = whole.attrs
    with pytest.raises(BadValueError, match="rows of someone"):
        split(strange)
    with pytest.raises(BadValueError, match="does not say which businesses"):
        split(pd.DataFrame({"business": ["a"]}))
