"""Every filter of known values sends a new one after one warning, and refuses a slip of a known one."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

import pytest

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError, UnknownValueWarning
from scalev_frames.query.unknown import check_unknown

#: Every list of values by the filter's name, once.
FILTERS = {(row.name, row.values): row for one in ENDPOINTS.values() for row in one.filter_rows.values() if row.values}


def test_there_are_many():
    names = {name for name, _ in FILTERS}
    assert {"status", "payment_method", "balance_type", "billing_status", "ad_click", "search_field"} <= names


@pytest.mark.parametrize("row", FILTERS.values(), ids=[f"{name}-{len(values)}" for name, values in FILTERS])
def test_a_new_value_is_sent_after_one_warning(row):
    value = f"zz_quite_another_{'_'.join(row.values)}"
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        check_unknown(row, value)
        check_unknown(row, value)
    assert [one.category for one in seen] == [UnknownValueWarning]
    assert f"{row.name}='{value}' is not a known value" in str(seen[0].message)
    assert all(known in str(seen[0].message) for known in row.values)


@pytest.mark.parametrize("call", ["fetch", "orders", "cost", "sf.orders"])
def test_the_warning_names_the_line_of_the_caller(call):
    with sf.connect(sandbox=True) as api:
        how = {"status": f"zz_named_{call}", "offline": True}
        calls = {"fetch": lambda: api.fetch("orders", **how), "cost": lambda: api.cost("orders", **how)}
        calls |= {"orders": lambda: api.orders(**how), "sf.orders": lambda: sf.orders(**how)}
        with warnings.catch_warnings(record=True) as seen, contextlib.suppress(sf.ScalevError):
            warnings.simplefilter("always")
            calls[call]()
    assert [(Path(one.filename), one.category) for one in seen] == [(Path(__file__), UnknownValueWarning)]


@pytest.mark.parametrize("row", FILTERS.values(), ids=[f"{name}-{len(values)}" for name, values in FILTERS])
def test_a_slip_of_a_known_value_is_refused_with_a_known_one(row):
    for known in row.values:
        slips = {known.upper(), known.replace("_", " ").title(), known.replace("_", "-")}
        if len(known) >= 6:
            middle = len(known) // 2
            slips |= {known[:middle] + known[middle + 1 :], known + known[-1], f"{known[:-2]}{known[-1]}{known[-2]}"}
        for slip in slips - set(row.values):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with pytest.raises(BadValueError) as refused:
                    check_unknown(row, slip)
            assert any(f"Did you mean {one}?" in str(refused.value) for one in row.values)
