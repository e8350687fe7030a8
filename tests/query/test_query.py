"""A call's arguments become exact requests; what is invalid is refused before anything is sent."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError, FilterIgnoredError, UnknownNameError, UnknownValueWarning
from scalev_frames.query.paths import any_text, clean_path
from scalev_frames.query.query import make_query
from scalev_frames.query.times import parse_stamp

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = dt.datetime(2026, 11, 23, 20, 0, tzinfo=dt.UTC)  # already the 24th in Jakarta


def query(name="orders", **arguments):
    return make_query(name, arguments, JAKARTA, NOW)


def test_days_are_jakartas_and_the_last_one_is_included():
    asked = query(since="2026-11-01", until="2026-11-02")
    assert asked.start == dt.datetime(2026, 10, 31, 17, tzinfo=dt.UTC)
    assert asked.end == dt.datetime(2026, 11, 2, 17, tzinfo=dt.UTC)
    assert asked.params[0]["draft_time_until"] == "2026-11-02T17:00:00Z"
    assert "draft_time_since" not in asked.params[0]


@pytest.mark.parametrize("arguments", [{"search": "sk_live_0123456789abcdef0123"}, {"sk_live_0123456789abcdef0123": 1}])
def test_a_key_among_the_arguments_is_refused_and_not_repeated(arguments):
    with pytest.raises(BadValueError, match="API key stands among the arguments") as refused:
        query(**arguments)
    assert "0123456789" not in str(refused.value)


@pytest.mark.parametrize(
    ("given_value", "start"),
    [
        ("today", "2026-11-23T17:00:00+00:00"),
        ("yesterday", "2026-11-22T17:00:00+00:00"),
        ("2026-11-01T13:30", "2026-11-01T06:30:00+00:00"),
        ("2026-11-01T13:30+00:00", "2026-11-01T13:30:00+00:00"),
        (dt.date(2026, 11, 1), "2026-10-31T17:00:00+00:00"),
        (pd.Timestamp("2026-11-01 01:00", tz="UTC"), "2026-11-01T01:00:00+00:00"),
    ],
)
def test_a_day_or_a_moment_in_every_form(given_value, start):
    assert query(since=given_value).start.isoformat() == start


def test_other_bases_have_bounds_on_the_server():
    params = query(since="2026-11-01", until="2026-11-02", by="shipped").params[0]
    assert params["shipped_time_since"] == "2026-10-31T17:00:00Z"
    assert params["shipped_time_until"] == "2026-11-02T17:00:00Z"
    assert "draft_time_until" not in params


def test_a_list_of_values_is_one_walk_each_and_doubles_are_one():
    asked = query(status=["shipped", "rts", "shipped"], payment_status="paid")
    assert [(one["status"], one["payment_status"]) for one in asked.params] == [("shipped", "paid"), ("rts", "paid")]
    assert asked.filters == {"status": ["shipped", "rts"], "payment_status": "paid"}


def test_orders_always_ask_for_every_column():
    assert query().params[0]["columns"].split(",") == list(ENDPOINTS["orders"].columns_hint)


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        ({"staus": "x"}, UnknownNameError, "status"),
        ({"status": "shiped"}, BadValueError, "Did you mean shipped"),
        ({"since": "01/11/2026"}, BadValueError, "2026-11-01"),
        ({"since": "2026-11-31"}, BadValueError, "2026-11-01"),
        ({"since": 20261101}, BadValueError, "not a day"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, BadValueError, "Swap"),
        ({"by": "paid", "since": "2026-11-02"}, UnknownNameError, "basis"),
        ({"is_repeat": "maybe"}, BadValueError, "True or False"),
        ({"status": []}, BadValueError, "asks for nothing"),
        ({"limit": 0}, BadValueError, "above zero"),
        ({"limit": True}, BadValueError, "above zero"),
        ({"store_id": {"a": 1}.items}, BadValueError, "not an id"),
        ({"store_id": {"3": 1}}, BadValueError, "takes a value or a list of values, and not a dict"),
        ({"store_id": pd.DataFrame({"id": ["3"]})}, BadValueError, "and not a DataFrame"),
        ({"store_id": np.array([[3, 4]])}, BadValueError, "and not a ndarray"),
        ({"status": np.array("shipped")}, BadValueError, "and not a ndarray"),
        ({"store_id": pd.Series(["3", None])}, BadValueError, "not an id"),
        ({"limit": np.float64(5)}, BadValueError, "above zero"),
        ({"search": "Siti \ud83d"}, BadValueError, "half a letter"),
        ({"status": ["rts", "=\udc00"]}, BadValueError, "half a letter"),
        ({"by": ["created"]}, UnknownNameError, "basis"),
        ({"name": "order"}, BadValueError, "needs id="),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint(arguments, error, word):
    with pytest.raises(error) as caught:
        query(**arguments)
    assert word in str(caught.value)


def test_unknown_endpoints_are_refused_with_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        query("order_list")
    assert "orders" in caught.value.nearest


def keys(values):
    return dict.fromkeys(values).keys()


@pytest.mark.parametrize("make", [list, tuple, iter, pd.Series, np.array, pd.Index, pd.Categorical, keys])
def test_several_values_may_be_of_any_list(make):
    assert [one["status"] for one in query(status=make(["shipped", "rts", "shipped"])).params] == ["shipped", "rts"]
    assert query("store_pages", store_id=make(["3", "4"])).ids == {"store_id": ("3", "4")}


@pytest.mark.parametrize("make", [set, frozenset])
def test_a_set_is_the_same_call_in_every_process(make):
    names = ["shipped", "rts", "completed", "canceled", "pending", "confirmed", "draft"]
    assert [one["status"] for one in query(status=make(names)).params] == sorted(names)
    assert query(store_id=make([10, 9])).identity == query(store_id=make(["9", "10"])).identity


def test_a_limit_may_be_a_number_of_numpy():
    assert query(limit=np.int64(5)).limit == 5
    assert type(query(limit=np.int64(5)).limit) is int


def test_a_value_newer_than_the_list_can_be_sent():
    assert query(status="=shipped_rts_new").params[0]["status"] == "shipped_rts_new"


@pytest.mark.parametrize("bad", ["a/b", "..", "", "1?x=2", "1#2"])
def test_an_id_never_changes_the_address(bad):
    with pytest.raises(BadValueError):
        query("store_products", store_id=bad)


def test_every_mirror_is_a_column():
    for endpoint in ENDPOINTS.values():
        if endpoint.paging == "record":
            continue  # a count shows no rows
        columns = {column.name for column in endpoint.columns}
        assert {one for row in endpoint.filter_rows.values() for one in row.columns} <= columns, endpoint.name


def test_rows_that_a_filter_excludes_mean_that_it_was_ignored():
    asked = query(status="rts")
    mirrors = asked.mirrors(asked.params[0])
    asked.check({"status": "rts"}, mirrors)
    asked.check({}, mirrors)
    with pytest.raises(FilterIgnoredError, match="status"):
        asked.check({"status": "completed"}, mirrors)


def test_rows_far_outside_the_times_mean_that_they_were_ignored():
    asked = query(until="2026-11-01")
    asked.check({"draft_time": "2026-11-02T10:00:00Z"}, [])  # another reading of the day: left out, no error
    assert not asked.includes({"draft_time": "2026-11-02T10:00:00Z"})
    with pytest.raises(FilterIgnoredError, match="draft_time_until"):
        asked.check({"draft_time": "2026-11-05T10:00:00Z"}, [])


def test_a_row_that_does_not_show_its_time_is_an_error_where_the_time_is_applied_here_alone():
    asked = query(until="2026-11-01")
    asked.check({}, [])
    with pytest.raises(FilterIgnoredError, match="nothing that tells"):
        asked.applied_here("draft_time_until").check({}, [])


def test_the_upper_bound_of_another_time_is_none_of_the_lists_own():
    assert query(until="2026-11-01").sent_until == dt.datetime(2026, 11, 1, 17, tzinfo=dt.UTC)
    assert query(until="2026-11-01", by="shipped").sent_until is None


def test_a_refused_call_names_the_time_filter_that_the_server_names_or_any():
    asked = query(since="2026-11-01", until="2026-11-02", by="shipped")
    for words, name in (("shipped_time_since is bad", "shipped_time_since"), ("no", "shipped_time_until")):
        assert asked.refused(asked.params[0], words).filter == name
    assert query(status="rts").refused({"status": "rts"}, "no") is None


def test_a_search_without_rows_says_in_which_field_it_looked():
    def searched(**given):
        return make_query("orders", given, JAKARTA, NOW, "v3").about_nothing()

    assert searched() == searched(search="Budi", search_field="customer_name") == []
    assert searched(search="Budi") == [
        "the search looked in order_id alone; search_field= names another, such as customer_name"
    ]
    assert "search_field" not in make_query("orders", {}, JAKARTA, NOW, "v3").params[0]


def test_a_filter_that_must_be_given_is_not_compared_with_a_call_without_it():
    asked = query("web_entities", entity_type="page")
    assert asked.blind_filters(asked.params[0]) == ()
    searched = query(product_id="3")
    assert searched.blind_filters(searched.params[0]) == ("product_id",)


@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)))
def test_every_moment_belongs_to_exactly_one_day(moment):
    stamp = moment.replace(tzinfo=dt.UTC).isoformat()
    day = parse_stamp(stamp).astimezone(JAKARTA).date()
    asked = [query(since=one, until=one) for one in (day - dt.timedelta(1), day, day + dt.timedelta(1))]
    assert [one.includes({"draft_time": stamp}) for one in asked] == [False, True, False]


@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)))
def test_same_question_same_identity(moment):
    assert query(until=moment).identity == query(until=moment).identity
    assert query(until=moment).identity != query(until=moment + dt.timedelta(seconds=1)).identity


# Values that are on no list of known ones ----------------------------------------------------------------------------------


def test_todays_payment_methods_and_statistics_are_known():
    for method in ("va_bca", "payment_link", "e_payment_link"):
        assert query(payment_method=method).params[0]["payment_method"] == method
    assert query(search="Budi", search_field="customer_name").params[0]["search_field"] == "customer_name"
    zone, now = ZoneInfo("Asia/Jakarta"), dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    asked = {"datetime_type": "paid_time", "custom_breakdown_key": "utm_content", "utm_content": "a"}
    assert dict(make_query("order_statistics", asked, zone, now).params[0]) == asked
    assert make_query("products", {"pricing_type": "recurring"}, zone, now).params[0]["pricing_type"] == "recurring"


@pytest.mark.parametrize(("name", "value", "meant"), [
    ("status", "shiped", "shipped"), ("status", "Shipped", "shipped"), ("status", "cancelled", "canceled"),
    ("status", "in-process", "in_process"), ("payment_method", "qriss", "qris"), ("platform", "tokopedi", "tokopedia"),
])  # fmt: skip
def test_a_slip_of_a_known_value_is_refused_with_what_was_meant(name, value, meant):
    with pytest.raises(BadValueError, match=f"Did you mean {meant}"):
        query(**{name: value})
    assert query(**{name: f"={value}"}).params[0][name] == value


@pytest.mark.parametrize(("name", "value"), [
    ("status", "delivered"), ("payment_method", "va_btn"), ("payment_method", "paylater"), ("platform", "temu"),
])  # fmt: skip
def test_an_unknown_value_is_sent_after_one_warning(name, value):
    with pytest.warns(UnknownValueWarning, match="Known are") as told:
        assert query(**{name: value}).params[0][name] == value
    assert len(told) == 1
    assert value in str(told[0].message)
    assert query(**{name: value}).params[0][name] == value  # warnings are errors here: there is no second one


# Lists that are asked for by days ------------------------------------------------------------------------------------------


def test_web_analytics_are_asked_for_by_days_of_the_accounts_zone():
    zone, now = ZoneInfo("Asia/Jakarta"), dt.datetime(2026, 11, 23, 20, tzinfo=dt.UTC)
    asked = make_query("web_sources", {"since": "2026-11-01", "until": "today", "utm_type": "campaign"}, zone, now)
    assert dict(asked.params[0]) == {
        "from": "2026-11-01", "to": "2026-11-24", "timezone": "Asia/Jakarta", "limit": "100", "utm_type": "campaign",
    }  # fmt: skip
    assert "limit" not in make_query("web_traffic", {"since": "today", "until": "today"}, zone, now).params[0]
    for wrong in ({}, {"since": "2026-11-01"}, {"until": "today"}):
        with pytest.raises(BadValueError, match="needs since= and until="):
            make_query("web_traffic", wrong, zone, now)
    make_query("web_traffic", {"since": "2026-01-01", "until": "2026-06-29"}, zone, now)
    with pytest.raises(BadValueError, match="at most 180 days"):
        make_query("web_traffic", {"since": "2026-01-01", "until": "2026-06-30"}, zone, now)
    with pytest.raises(BadValueError, match="needs entity_type="):
        make_query("web_entities", {}, zone, now)


@pytest.mark.parametrize("path", [None, 5, b"/stores", ["/stores"], "", "/"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(BadValueError, match="not a path of the API"):
        clean_path(path, "https://api.scalev.id/v2")


@pytest.mark.parametrize("value", [float("nan"), np.float64("nan"), pd.NaT, pd.NA, None, object(), b"x"])
def test_what_is_missing_is_no_value_of_a_parameter(value):
    with pytest.raises(BadValueError, match="is not a"):
        any_text("from", value)
