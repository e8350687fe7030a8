"""Counts that are no whole numbers, and lists that another reader made arrays of."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from scalev_frames.verify.changes import compare_frames
from scalev_frames.verify.statistics import Total, count_frame, read


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


def test_counts_without_gross_revenue_are_compared_by_orders_alone() -> None:
    zone = ZoneInfo("Asia/Jakarta")
    orders = pd.DataFrame({
        "created_at": pd.to_datetime(["2026-11-01T05:00Z", "2026-11-02T05:00Z"]).tz_convert(zone),
        "draft_time": pd.to_datetime(["2026-11-01T05:00Z", "2026-11-02T05:00Z"]).tz_convert(zone),
        "status": ["shipped", "shipped"], "gross_revenue": [1000.0, 2000.0],
    })  # fmt: skip
    cells = count_frame(orders, zone)
    counts = read([{"day": f"2026-11-0{day}", "status": "shipped", "count": 1} for day in (1, 2)], zone)
    assert [total.gross for total in counts.cells.values()] == [None, None]
    assert all(counts.cells[cell].agrees(ours) for cell, ours in cells.items())
    assert not counts.cells[next(iter(cells))].agrees(Total(2, Decimal(1000)))


def test_an_order_without_gross_revenue_counts_as_one_of_nothing() -> None:
    zone, made = ZoneInfo("Asia/Jakarta"), pd.to_datetime(["2026-11-01T05:00Z"] * 2).tz_convert("Asia/Jakarta")
    orders = pd.DataFrame({"created_at": made, "draft_time": made, "status": "rts", "gross_revenue": [1000.0, None]})
    assert list(count_frame(orders, zone).values()) == [Total(2, Decimal(1000))]


def test_what_is_no_row_among_the_rows_of_a_day_is_left_out() -> None:
    zone = ZoneInfo("Asia/Jakarta")
    found = read({"2026-11-01": [None, 5, {"status": "rts", "count": 2}], "2026-11-02": []}, zone)
    assert list(found.days.values()) == [2]
