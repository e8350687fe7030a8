"""The server's counts are read in whatever form they come, and compared by the time by which the server counts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.query import make_query
from scalev_frames.verify.statistics import (
    BASES,
    Cell,
    Difference,
    Statistics,
    Total,
    best_basis,
    count_frame,
    created_days,
    differences,
    differing_days,
    ignored_filter,
    merge,
    params,
    read,
    shared_filters,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = dt.datetime(2026, 11, 23, 20, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 1)


def frame(*stamps: tuple[str | None, str | None], gross: object = "100"):
    """Orders of (created_at, draft_time)."""
    columns = {name: pd.to_datetime([one[place] for one in stamps], utc=True).tz_convert("Asia/Jakarta")
               for place, name in enumerate(("created_at", "draft_time"))}  # fmt: skip
    return pd.DataFrame({**columns, "status": "pending", "gross_revenue": gross})


def test_datetime_type_is_left_out():
    sent = params(JAKARTA, None, NOW, {"status": "shipped"})
    assert sent == {"breakdown_date": "day", "is_breakdown_status": "true", "tz": "Asia/Jakarta",
                    "minimum_days": "3650", "status": "shipped"}  # fmt: skip
    assert params(JAKARTA, NOW - dt.timedelta(400), NOW)["minimum_days"] == "402"


@pytest.mark.parametrize(
    "data",
    [
        {"results": [{"day": "2026-11-01", "status": "shipped", "count": 2, "gross_revenue": 150}]},
        {"results": [{"day": "2026-11-01", "status": "shipped", "count": "2", "gross_revenue": "150.0"}]},
        {"results": [{"day": "2026-11-01T00:00:00", "status": "shipped", "count": 2.0, "gross_revenue": "1.5e2"}]},
        {"results": [{"day": "2026-11-01T00:00:00Z", "status": "shipped", "count": 2, "gross_revenue": 150}]},
        {"results": [{"day": "2026-11-01T00:00:00+07:00", "status": "shipped", "count": 2, "gross_revenue": 150}]},
        {"results": [{"day": "2026-10-31T17:00:00Z", "status": "shipped", "count": 2, "gross_revenue": 150}]},
        {"results": [{"date": "2026-11-01", "status": "shipped", "count": 2, "gross_revenue": 150}]},
        [{"day": "2026-11-01", "status": "shipped", "count": 2, "gross_revenue": 150}],
        {"2026-11-01": [{"status": "shipped", "count": 2, "gross_revenue": 150}]},
        {"results": {"2026-11-01": {"shipped": {"count": 2, "gross_revenue": 150}}}},
        {"results": {"2026-11-01": {"status": "shipped", "count": 2, "gross_revenue": 150}}, "tz": "Asia/Jakarta"},
        {"results": [None, "x", {"day": None, "count": 9}, {"count": 9}, {"day": "2026-11-01", "count": None},
                     {"day": "2026-11-01", "count": "many"}, {"day": "0001-01-01", "count": 9},
                     {"day": "9999-12-31T23:59:59-07:00", "count": 9}, {"day": "2026-11-01", "count": "1e999999"},
                     {"day": "2026-11-01", "count": "NaN"},
                     {"day": "2026-11-01", "status": "shipped", "count": 2, "gross_revenue": 150}]},
    ],
)  # fmt: skip
def test_every_form_of_the_counts_is_read(data):
    assert read(data, JAKARTA).cells == {Cell(DAY, "shipped"): Total(2, Decimal(150))}


def test_counts_without_statuses_or_amounts():
    for data in ({"2026-11-01": 5, "breakdown_date": "day"}, [{"day": "2026-11-01", "count": 5}],
                 {"results": {"2026-11-01": {"shipped": 2, "rts": 3}}}):  # fmt: skip
        assert read(data, JAKARTA).days == {DAY: 5}


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Pacific/Auckland"])
def test_midnight_is_the_day_that_it_names_in_any_zone(zone):
    for day in ("2026-11-01", "2026-11-01T00:00:00", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00.000000"):
        assert read([{"day": day, "count": 1}], ZoneInfo(zone)).days == {DAY: 1}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("2026-11-01"),
        lambda one: (
            st.lists(one, max_size=3)
            | st.dictionaries(
                st.sampled_from(["results", "day", "count", "status", "gross_revenue", "2026-11-01"]), one
            )
        ),
        max_leaves=12,
    )
)
def test_no_answer_is_too_odd(data):
    counts = read(data, JAKARTA)
    assert all(isinstance(total.orders, int) for total in counts.cells.values())
    assert counts.asked_days(make_query("orders", {"since": "2026-10"}, JAKARTA, NOW)) <= set(counts.days)


def test_other_statuses_than_the_one_asked_for_are_left_out():
    rows = [{"day": "2026-11-01", "status": one, "count": 2} for one in ("Shipped", "rts")]
    assert read(rows, JAKARTA, "shipped").days == {DAY: 2}
    assert read([{"day": "2026-11-01", "count": 4}], JAKARTA, "shipped").days == {DAY: 4}
    both = merge([read(rows, JAKARTA, one) for one in ("shipped", "rts")], JAKARTA)
    assert both.days == {DAY: 4}


ROWS = frame(
    ("2026-11-01T01:00:00Z", "2026-11-01T01:00:00Z"),
    ("2026-11-01T02:00:00Z", None),
    ("2026-11-01T03:00:00Z", "2026-11-05T03:00:00Z"),
    (None, "2026-11-02T03:00:00Z"),
)


@pytest.mark.parametrize(
    ("basis", "days"),
    [
        ("created_at", {1: 3, 2: 1}),
        ("draft_time", {1: 1, 2: 1, 5: 1}),
        ("draft_time or created_at", {1: 2, 2: 1, 5: 1}),
    ],
)
def test_a_frame_is_counted_by_the_basis_of_the_server(basis, days):
    ours = count_frame(ROWS, JAKARTA, basis)
    assert {cell.day.day: total.orders for cell, total in ours.items()} == days
    counts = Statistics(ours, JAKARTA)
    assert best_basis(ROWS, counts, set(counts.days)) == basis
    assert differences(ROWS, make_query("orders", {}, JAKARTA, NOW), counts) == []


def test_orders_without_a_draft_time_are_not_missing_under_that_basis():
    assert created_days(ROWS, JAKARTA, "draft_time").isna().tolist() == [False, True, False, False]


def test_bases_that_agree_alike_are_the_first():
    dated = frame(("2026-11-01T01:00:00Z", "2026-11-01T01:00:00Z"))
    counts = Statistics({Cell(DAY, ""): Total(1, Decimal(0))}, JAKARTA)
    assert best_basis(dated, counts, {DAY}) == next(iter(BASES)) == "created_at"


def test_columns_that_did_not_fit_their_kind_are_counted_too():
    odd = pd.DataFrame({"draft_time": ["2026-11-01T01:00:00Z", "soon"], "status": [None, "rts"],
                        "gross_revenue": ["100", "free"]})  # fmt: skip
    assert count_frame(odd, JAKARTA) == {Cell(DAY, ""): Total(1, Decimal(100))}


def test_only_whole_days_that_were_asked_for_are_compared():
    counts = Statistics({Cell(dt.date(2026, 11, day), ""): Total(9, Decimal(0)) for day in range(1, 6)}, JAKARTA)
    query = make_query("orders", {"since": "2026-11-01T12:00", "until": "2026-11-04"}, JAKARTA, NOW)
    assert [one.day.day for one in differences(ROWS, query, counts)] == [2, 3, 4]
    assert differences(ROWS, query, counts)[0] == Difference(dt.date(2026, 11, 2), 1, 9)


@given(st.dictionaries(st.dates(), st.integers(0, 5), max_size=6), st.dictionaries(st.dates(), st.integers(0, 5)))
def test_days_that_differ(ours, theirs):
    days = {*ours, *theirs}
    found = differing_days(ours, theirs, days)
    assert [one.day for one in found] == sorted(day for day in days if ours.get(day, 0) != theirs.get(day, 0))
    assert differing_days(ours, ours, days) == []


def test_filters_that_are_applied_here_cannot_be_counted_there():
    query = make_query("orders", {"status": ["shipped", "rts"]}, JAKARTA, NOW)
    assert shared_filters(query) == [{"status": "shipped"}, {"status": "rts"}]
    assert shared_filters(query.applied_here("status")) is None
    until = make_query("orders", {"until": "2026-11-01"}, JAKARTA, NOW)
    assert shared_filters(until.applied_here("draft_time_until")) == shared_filters(until) == [{}]


@pytest.mark.parametrize(
    ("counts", "ignored"),
    [((30, 30), "payment_status"), ((30, 29), ""), ((24, 24), ""), ((0, 0), ""), ((30,), "")],
)
def test_counts_that_are_the_same_whatever_a_filter_asks_for_show_that_it_is_ignored(counts, ignored):
    filters = [{"status": "shipped", "payment_status": kind} for kind in ("paid", "unpaid")][: len(counts)]
    found = [Statistics({Cell(DAY, "shipped"): Total(one, None)}, JAKARTA) for one in counts]
    assert ignored_filter(filters, found) == ignored


def test_a_filter_is_ignored_only_where_every_pair_of_lists_says_so():
    filters = [{"status": status, "payment_status": kind} for status in "ab" for kind in ("paid", "unpaid")]
    found = [Statistics({Cell(DAY, ""): Total(one, None)}, JAKARTA) for one in (30, 30, 30, 31)]
    assert ignored_filter(filters, found) == ""
    same = [Statistics({Cell(DAY, ""): Total(30, None)}, JAKARTA)] * 4
    assert ignored_filter(filters, same) == "status"


def test_a_status_is_the_same_in_another_spelling():
    ours = count_frame(frame(("2026-11-01T05:00:00Z", None)).assign(status="In Process"), JAKARTA)
    assert (
        ours == read([{"day": "2026-11-01", "status": "IN_PROCESS", "count": 1, "gross_revenue": 100}], JAKARTA).cells
    )


def test_counts_reach_back_where_they_have_older_days_than_those_of_a_month():
    old = Statistics({Cell(NOW.date() - dt.timedelta(days), ""): Total(2, None) for days in (1, 3, 40)}, JAKARTA)
    young = Statistics({cell: total for cell, total in old.cells.items() if cell.day.month == NOW.month}, JAKARTA)
    assert [one.reaches_back(NOW) for one in (old, young, Statistics({}, JAKARTA))] == [True, False, False]
    assert old.between(None, None, NOW) == 6
    assert old.between(None, NOW - dt.timedelta(days=2, hours=4), NOW) == 4
    assert old.between(NOW - dt.timedelta(days=2, hours=4), None, NOW) == 2
    assert young.between(None, None, NOW) is None
