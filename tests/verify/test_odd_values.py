"""Counts that are no whole numbers, and lists that another reader made arrays of."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from scalev_frames.verify.changes import compare_frames
from scalev_frames.verify.statistics import read


@pytest.mark.parametrize("count", ["2.5", 0.1, "1e-3"])
def test_a_count_with_a_fraction_is_no_count(count: object) -> None:
    assert read([{"day": "2026-11-01", "status": "shipped", "count": count}], ZoneInfo("Asia/Jakarta")).cells == {}


@pytest.mark.parametrize("count", [2, "2", 2.0, "2.00"])
def test_a_whole_count_is_read_however_it_is_written(count: object) -> None:
    found = read([{"day": "2026-11-01", "status": "shipped", "count": count}], ZoneInfo("Asia/Jakarta"))
    assert list(found.days.values()) == [2]


def test_lists_and_arrays_of_the_same_values_are_no_change() -> None:
    before = pd.DataFrame({"id": ["1", "2", "3"], "tags": [["a", "b"], ["c"], None]})
    after = pd.DataFrame({"id": ["1", "2", "3"], "tags": [np.array(["a", "b"]), np.array(["d", "e"]), None]})
    found = compare_frames(before, after)[["id", "column", "before", "after"]].values.tolist()
    assert found == [["2", "tags", "['c']", "['d', 'e']"]]
