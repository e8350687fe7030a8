"""A period beside the one before: the same report twice, the difference exact, the percent never infinite."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache

import pandas as pd
import pytest

from scalev_frames.errors import BadValueError
from scalev_frames.notebook.pictures.counted import count_report
from scalev_frames.reports import REPORTS, Definitions, compare, report
from scalev_frames.reports.compare import Period, period_before
from scalev_frames.sandbox.world import World

from .test_reports import READ, framed, rows_of


@cache
def all_orders():
    """Nothing changes them."""
    world = World(orders=450, seed=3, days=90)
    return framed(world.rows("orders"), world.now, names=READ)


@pytest.fixture
def orders():
    return all_orders()


@cache
def alone(name, first, last):
    """The report of these days' orders."""
    return report(name, between(all_orders(), first, last)).scalev.decimals()


def between(orders, first, last):
    created = orders["draft_time"].fillna(orders["created_at"]).dt.strftime("%Y-%m-%d")
    return orders[(created >= first) & (created <= last)]


def test_a_period_that_nobody_asked_for_has_no_numbers_and_no_zeros(orders):
    whole = orders
    for since, first in (("2026-11-01", None), ("2026-10-20", True), ("", True)):
        orders = between(whole, since, "2026-12-31")
        orders.attrs["filters"] = {"since": since} if since else {}
        for name in ("funnel", "daily", "handlers", "revenue"):
            found = compare(name, orders, "2026-11-01", "2026-11-23")
            before = found.filter(regex="_(before|change|percent)$")
            assert found.filter(regex="^orders$").notna().any(axis=None)
            assert before.notna().any(axis=None) == bool(first)
            assert any("nothing to compare" in note for note in found.attrs["notes"]) is not bool(first)
    for filters in ({"since": "2026-11-01", "by": "shipped"}, {"since": "2026-11-01"}):  # a dataset may have more rows
        orders.attrs["filters"] = filters
        assert (compare("funnel", orders, "2026-11-01", "2026-11-23")["orders_before"] > 0).any()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("against", "first", "last"), [("previous", "2026-10-20", "2026-10-31"), ("last_month", "2026-10-01", "2026-10-12")]
)
@pytest.mark.parametrize("name", [name for name, row in REPORTS.items() if not row.needs_lines])
def test_each_side_is_the_report_of_its_own_period(orders, name, against, first, last):
    found = compare(name, orders, "2026-11-01", dt.date(2026, 11, 12), against=against).scalev.decimals()
    for suffix, days in (("", ("2026-11-01", "2026-11-12")), ("_before", (first, last))):
        part = alone(name, *days)
        for column, kind in REPORTS[name].columns.items():
            if column in REPORTS[name].keys or column not in found or kind not in ("count", "money"):
                continue
            assert found[f"{column}{suffix}"].sum() == part[column].sum(), column
    rows = rows_of(found)
    for column in (name.removesuffix("_change") for name in found if name.endswith("_change")):
        for row in rows:
            now, before, change = (row[f"{column}{suffix}"] for suffix in ("", "_before", "_change"))
            assert change is None if now is None or before is None else change == now - before
    assert found.attrs["notes"][0] == f"2026-11-01 to 2026-11-12 against {first} to {last}."


@pytest.mark.slow
def test_days_are_matched_by_their_place_in_the_period():
    stamps = ["2026-10-30T03:00:00Z", "2026-10-31T03:00:00Z", "2026-10-31T04:00:00Z", "2026-11-01T03:00:00Z"]
    frame = framed([{"id": place, "created_at": stamp, "gross_revenue": 100} for place, stamp in enumerate(stamps)])
    found = compare("daily", frame, "2026-11-01", "2026-11-02")
    assert rows_of(found[["day", "orders", "orders_before", "orders_percent", "gross_revenue_change"]]) == [
        {"day": dt.date(2026, 11, 1), "orders": 1, "orders_before": 1, "orders_percent": 0.0,
         "gross_revenue_change": Decimal(0)},
        {"day": dt.date(2026, 11, 2), "orders": 0, "orders_before": 2, "orders_percent": -1.0,
         "gross_revenue_change": Decimal(-200)},
    ]  # fmt: skip


def test_what_is_new_has_no_percent_and_what_is_gone_is_there():
    records = [{"id": 1, "created_at": "2026-11-01T03:00:00Z", "handler": {"fullname": "Sri"}, "status": "pending"},
               {"id": 2, "created_at": "2026-10-31T03:00:00Z", "handler": {"fullname": "Budi"}, "status": "pending"}]  # fmt: skip
    found = compare("handlers", framed(records), "2026-11-01", "2026-11-01")
    assert rows_of(found[["handler", "orders", "orders_before", "orders_percent", "confirm_rate_before"]]) == [
        {"handler": "Sri", "orders": 1, "orders_before": 0, "orders_percent": None, "confirm_rate_before": None},
        {"handler": "Budi", "orders": 0, "orders_before": 1, "orders_percent": -1.0, "confirm_rate_before": 0.0},
    ]


@pytest.mark.slow
def test_the_last_day_of_a_longer_month_meets_the_last_of_the_shorter(orders):
    found = compare("funnel", orders, "2026-10-31", "2026-10-31", against="last_month")
    assert found.attrs["periods"]["before"] == ["2026-09-30", "2026-09-30"]


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2026-11-01", "2026-11-30", "2026-10-01", "2026-10-31"),
        ("2026-02-01", "2026-02-28", "2026-01-01", "2026-01-31"),
        ("2024-03-01", "2024-03-31", "2024-02-01", "2024-02-29"),
        ("2026-01-01", "2026-01-31", "2025-12-01", "2025-12-31"),
        ("2026-10-01", "2026-12-31", "2026-07-01", "2026-09-30"),
        ("2026-02-01", "2026-03-31", "2025-12-01", "2026-01-31"),
        ("2026-01-01", "2026-12-31", "2025-01-01", "2025-12-31"),
        ("2024-02-01", "2024-02-28", "2024-01-01", "2024-01-28"),
        ("2026-11-01", "2026-11-29", "2026-10-01", "2026-10-29"),
        ("2026-11-02", "2026-11-30", "2026-10-02", "2026-10-30"),
    ],
)
def test_whole_months_are_compared_with_the_whole_months_before_and_other_days_with_the_same(since, until, first, last):
    now = Period(dt.date.fromisoformat(since), dt.date.fromisoformat(until))
    assert [str(day) for day in period_before(now, "last_month")] == [first, last]


@pytest.mark.parametrize(
    ("since", "until", "before", "alone"),
    [
        # The 31st of October stands after the 30th of November; nothing is known of that day in the present period.
        ("2026-11-01", "2026-11-30", {"2026-10-01": 1, "2026-10-31": 2}, {"orders": None, "orders_before": 2}),
        ("2026-10-01", "2026-10-31", {"2026-09-01": 1, "2026-10-31": 2}, {"orders": 2, "orders_before": None}),
    ],
)
def test_a_day_that_only_the_longer_month_has_is_no_zero_of_the_other(since, until, before, alone):
    days = {**before, since: 3}
    records = [
        {"id": f"{day}{n}", "created_at": f"{day}T03:00:00Z", "gross_revenue": 100}
        for day, count in days.items()
        for n in range(count)
    ]
    found = compare("daily", framed(records), since, until, against="last_month")
    first, *_, last = rows_of(found[["day", "orders", "orders_before", "orders_change"]])
    assert first == {"day": dt.date.fromisoformat(since), "orders": 3, "orders_before": 1, "orders_change": 2}
    assert last == {"day": dt.date.fromisoformat(since) + dt.timedelta(30), **alone, "orders_change": None}
    assert any("have nothing beside them" in note for note in found.attrs["notes"])
    assert found[["orders", "orders_before"]].sum().tolist() == [
        days[since] + (alone["orders"] or 0),
        sum(before.values()) - (alone["orders"] or 0),
    ]
    picture = count_report(found)
    assert picture is not None
    assert str(picture.days[-1].date()) <= until


def test_numbers_of_two_periods_are_of_the_kind_of_the_number(orders):
    kinds = compare("revenue", orders, "2026-10-31", "2026-10-31").attrs["kinds"]
    assert {name: kind for name, kind in kinds.items() if name.startswith(("basis", "orders", "gross", "share"))} == {
        "basis": "text",
        **dict.fromkeys(["orders", "orders_before", "orders_change"], "count"),
        **dict.fromkeys(["gross_revenue", "gross_revenue_before", "gross_revenue_change"], "money"),
        **dict.fromkeys(["orders_percent", "gross_revenue_percent"], "percent"),
        **dict.fromkeys(["share_of_all", "share_of_all_before", "share_of_all_change"], "percent"),
    }


def test_until_is_today_when_left_out_and_a_cut_period_is_said(orders):
    found = compare("funnel", orders, "2026-10-01", language="id")
    assert found.attrs["periods"]["now"] == ["2026-10-01", "2026-11-23"]
    assert any("tidak lengkap" in note for note in found.attrs["notes"])


@pytest.mark.slow
def test_lists_are_compared_by_their_groups(orders):
    found = compare("overdue", orders, "2026-11-10", "2026-11-20", definitions=Definitions(overdue_days=2))
    part = report("overdue", between(orders, "2026-11-10", "2026-11-20"), Definitions(overdue_days=2))
    assert found["orders"].sum() == len(part)
    assert found["gross_revenue"].sum() == part["gross_revenue"].sum()
    assert found["courier"].is_unique


@pytest.mark.parametrize("call", [("2026-11-05", "2026-11-01"), ("November", None)])
def test_wrong_days_are_refused(orders, call):
    with pytest.raises(BadValueError):
        compare("daily", orders, *call)
    with pytest.raises(BadValueError):
        compare("daily", orders, "2026-11-01", against="last_year")


def test_without_any_moment_until_must_be_given():
    with pytest.raises(BadValueError, match="until="):
        compare("daily", pd.DataFrame({"status": ["rts"]}), "2026-11-01")
