"""Frames as accounts give them, without an account."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))
#: What the table columns of a small orders frame hold; the last row knows almost nothing.
STAMPS = ["2026-11-24T16:59:59.999999Z", "2026-11-24T17:00:00Z", "2026-11-20T03:00:00Z", "2026-10-31T20:00:00Z", None]


@pytest.fixture
def small_orders() -> pd.DataFrame:
    """Five orders with one column of every kind."""
    frame = pd.DataFrame({
        "id": pd.Series(["9", "10", "2", "11", "1"], dtype="str"),
        "status": pd.Series(["shipped", "Pending", "completed", "shipped", None], dtype="str"),
        "customer_phone": pd.Series(["081234", "0628", "+62811", "0811", None], dtype="str"),
        "draft_time": pd.to_datetime(pd.Series(STAMPS), format="ISO8601", utc=True).dt.tz_convert("Asia/Jakarta"),
        "quantity": pd.Series([2, 1, None, 5, None], dtype="Int64"),
        "gross_revenue": pd.Series([Decimal("1250000"), Decimal("98.8"), None, Decimal("0.10"), None], dtype=MONEY),
        "total_weight": pd.Series([0.1, 0.2, None, 250.0, None], dtype="Float64"),
        "is_repeat": pd.Series([True, False, None, True, None], dtype="boolean"),
        "final_variants": pd.Series([{"Kopi Gayo": 2}, {"=Madu": 1}, {}, {"Kopi Gayo": 4, "Teh": 1}, None], dtype=object),
    })  # fmt: skip
    frame.attrs["endpoint"] = "orders"
    return frame
