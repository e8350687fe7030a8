"""A filter that the server ignored is found out by any row, and one that it obeyed raises no alarm."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from scalev_frames.errors import FilterIgnoredError
from scalev_frames.query import make_query
from scalev_frames.query.filters import comparable, texts_at

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = dt.datetime(2026, 11, 23, 20, 0, tzinfo=dt.UTC)


def query(endpoint="orders", **arguments):
    return make_query(endpoint, arguments, JAKARTA, NOW)


def check(asked, row):
    asked.check(row, asked.mirrors(asked.params[0]))


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        ({"status": "shipped"}, {"status": "SHIPPED"}),
        ({"status": "shipped"}, {"status": {"id": 4, "name": "shipped"}}),
        ({"status": "shipped"}, {}),
        ({"payment_method": "va"}, {"payment_method": "va_bca"}),
        ({"payment_method": "ewallet"}, {"payment_method": "ovo"}),
        ({"payment_method": "no_payment"}, {"payment_method": None}),
        ({"payment_method": "=payment_link"}, {"payment_method": "va_bca"}),
        ({"platform": "scalev"}, {"platform": None}),
        ({"store_id": 3}, {"store": {"id": 3}}),
        ({"store_id": 3}, {"store": {"id": "3"}}),
        ({"store_id": 3}, {"store": {"id": 3.0}}),
        ({"store_id": 3}, {"store": {"id": Decimal("3.00")}}),
        ({"store_id": 3}, {"store": {"id": "3.0"}}),
        ({"store_id": "3"}, {"store": 3}),
        ({"store_id": 3}, {"store": {"name": "Toko"}}),
        (
            {"store_id": "0192F0C1-0000-7000-8000-000000000001"},
            {"store": {"id": "0192f0c1-0000-7000-8000-000000000001"}},
        ),
        ({"financial_entity_id": 2}, {"financial_entity": "BANK MANDIRI"}),
        ({"courier_id": 2}, {"courier_service": {"courier": {"id": 2}}}),
        ({"courier_id": 2}, {"courier_service": {"id": 9}}),
        ({"is_repeat": True}, {"is_repeat": "true"}),
        ({"is_repeat": True}, {"is_repeat": 1}),
        ({"is_repeat": True}, {"is_repeat": "1.0"}),
        ({"is_repeat": False}, {"is_repeat": None}),
        ({"is_repeat": False}, {"is_repeat": "perhaps"}),
        ({"is_probably_spam": True}, {"is_probably_spam": None}),  # not among the columns that are asked for
        ({"is_transferproof_exist": True}, {"transferproof_url": "https://bukti.example/1.jpg"}),
        ({"is_transferproof_exist": False}, {"transferproof_url": ""}),
        ({"awb_ca_status": "unavailable"}, {"awb_ca_status": None}),
        ({"awb_ca_status": "created"}, {"awb_ca_status": None, "awb_status": "created"}),
        ({"awb_ca_status": "created"}, {"awb_ca_status": "CREATED", "awb_status": "unavailable"}),
        ({"warehouse_id": 1}, {"warehouse": None, "origin_address": {"warehouse": 1}}),
        ({"tags": "VIP"}, {"tags": [{"id": 1, "name": "vip"}, {"id": 2, "name": "promo"}]}),
        ({"tags": "VIP"}, {"tags": ["VIP"]}),
        ({"tags": "VIP"}, {"tags": "VIP, promo"}),
        ({"tags": "promo, VIP"}, {"tags": ["VIP"]}),
        ({"tags": "VI"}, {"tags": ["VIP"]}),
        ({"utm_source": "facebook"}, {"utm_source": "Facebook Ads"}),
        ({"order_id": "261101AB"}, {"order_id": "261101ab"}),
        ({"search": "budi"}, {"order_id": "261101AB"}),
    ],
)
def test_a_filter_that_the_server_obeyed_raises_no_alarm(asked, row):
    check(query(**asked), row)


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        ({"status": "shipped"}, {"status": "rts"}),
        ({"status": "shipped"}, {"status": None}),
        ({"payment_status": "paid"}, {"payment_status": "unpaid"}),  # "paid" is a part of it
        ({"payment_method": "va"}, {"payment_method": "cod"}),
        ({"payment_method": "=va_bca"}, {"payment_method": "va_bni"}),
        ({"payment_method": "cod"}, {"payment_method": None}),
        ({"platform": "shopee"}, {"platform": None}),
        ({"store_id": 3}, {"store": {"id": 33}}),
        ({"store_id": 3}, {"store": None}),
        ({"store_id": 3}, {"store": {}}),
        ({"store_id": 3}, {"store": {"id": None}}),
        ({"store_id": 3}, {"store": 4}),
        ({"warehouse_id": 1}, {"warehouse": None}),
        ({"warehouse_id": 1}, {"warehouse": []}),
        ({"courier_id": 2}, {"courier_service": None}),
        ({"courier_id": 2}, {"courier_service": {"courier": None}}),
        ({"handler_id": 2}, {"handler": ""}),
        ({"is_repeat": True}, {"is_repeat": False}),
        ({"is_repeat": True}, {"is_repeat": None}),
        ({"is_repeat": False}, {"is_repeat": "true"}),
        ({"is_probably_spam": True}, {"is_probably_spam": False}),
        ({"is_transferproof_exist": True}, {"transferproof_url": None}),
        ({"is_transferproof_exist": False}, {"transferproof_url": "https://bukti.example/1.jpg"}),
        ({"awb_ca_status": "created"}, {"awb_ca_status": None}),
        ({"awb_ca_status": "created"}, {"awb_ca_status": None, "awb_status": "unavailable"}),
        ({"warehouse_id": 1}, {"warehouse": {"id": 2}, "origin_address": {"warehouse": 2}}),
        ({"warehouse_id": 1}, {"warehouse": None, "origin_address": None}),
        ({"tags": "VIP"}, {"tags": []}),
        ({"tags": "VIP"}, {"tags": None}),
        ({"tags": "VIP"}, {"tags": [{}]}),
        ({"tags": "VIP"}, {"tags": [{"id": 2, "name": "promo"}]}),
        ({"tags": "VIP,"}, {"tags": ["promo"]}),
        ({"utm_source": "facebook"}, {"utm_source": ""}),
        ({"shipment_status": "DELIVERED"}, {"shipment_status": None}),
    ],
)
def test_a_row_that_breaks_a_filter_says_that_it_was_ignored(asked, row):
    asked = query(**asked)
    with pytest.raises(FilterIgnoredError) as caught:
        check(asked, row)
    [(name, wanted)] = [(name, value) for name, value in asked.params[0].items() if name != "columns"]
    assert (caught.value.filter, caught.value.wanted, caught.value.can_apply) == (name, wanted, True)


@pytest.mark.parametrize(
    ("endpoint", "asked", "row"),
    [
        ("products", {"is_inventory": True}, {"is_inventory": False}),
        ("products", {"label": "baru"}, {"labels": []}),
        ("products_simplified", {"label": "baru"}, {"labels": [{"name": "lama"}]}),
        ("bundles", {"is_bundle_sharing": True}, {"is_bundle_sharing": None}),
        ("store_payment_accounts", {"store_id": 1, "method": "cod"}, {"method": None}),
    ],
)
def test_other_lists_are_checked_too(endpoint, asked, row):
    with pytest.raises(FilterIgnoredError):
        check(query(endpoint, **asked), row)


def test_times_that_the_server_ignored_can_be_applied_where_rows_have_them():
    asked = query(since="2026-11-01", by="shipped")
    with pytest.raises(FilterIgnoredError) as caught:
        check(asked, {"shipped_time": None})
    assert (caught.value.filter, caught.value.can_apply) == ("shipped_time_since", True)
    with pytest.raises(FilterIgnoredError) as caught:
        check(asked, {})
    assert not caught.value.can_apply
    here = asked.applied_here("shipped_time_since")
    assert "shipped_time_since" not in here.params[0]
    rows = [{"shipped_time": one} for one in ("2026-11-02T00:00:00Z", "2026-10-01T00:00:00Z", None)]
    for row in rows:
        check(here, row)
    assert [here.includes(row) for row in rows] == [True, False, False]


def test_an_until_alone_is_named_as_the_one_that_was_ignored():
    asked = query(until="2026-11-01", by="shipped")
    with pytest.raises(FilterIgnoredError, match="shipped_time_until") as caught:
        check(asked, {"shipped_time": None})
    assert (caught.value.filter, caught.value.can_apply) == ("shipped_time_until", True)
    here = asked.applied_here("shipped_time_until")
    assert not here.includes({"shipped_time": None})
    assert here.includes({"shipped_time": "2026-10-20T00:00:00Z"})


@pytest.mark.parametrize("stamp", ["soon", 179_300_000])
def test_times_that_cannot_be_read_cannot_be_applied_here(stamp):
    asked = query(shipped_time_since="2026-11-01")
    for one in (asked, asked.applied_here("shipped_time_since")):
        with pytest.raises(FilterIgnoredError) as caught:
            check(one, {"shipped_time": stamp})
        assert not caught.value.can_apply


def test_orders_without_any_time_of_creation_are_kept():
    for asked in (query(since="2026-11-01", until="2026-11-05"), query(draft_time_until="2026-11-05")):
        check(asked, {"draft_time": None})
        assert asked.includes({"draft_time": None})
        assert not asked.includes({"draft_time": None, "created_at": "2026-11-06T00:00:00Z"})


def test_a_filter_applied_here_is_not_sent_and_is_the_same_call():
    asked = query(status=["shipped", "rts"], tags="VIP")
    here = asked.applied_here("status")
    assert [set(one) for one in here.params] == [{"columns", "tags"}]
    assert (here.identity, here.filters) == (asked.identity, asked.filters)
    rows = [{"status": one, "tags": ["VIP"]} for one in ("shipped", "completed", "RTS", None)]
    for row in rows:
        check(here, row)
    assert [here.includes(row) for row in rows] == [True, False, True, False]
    both = here.applied_here("tags")
    assert [set(one) for one in both.params] == [{"columns"}]
    assert not both.includes({"status": "shipped", "tags": ["VVIP"]})  # a part is not what was asked for
    assert both.includes({"status": "shipped", "tags": [{"id": 1, "name": "vip"}]})
    assert both.includes({"status": "shipped", "tags": "promo, VIP"})
    va = query(payment_method="va").applied_here("payment_method")
    assert [va.includes({"payment_method": one}) for one in ("va", "va_bca", "cod")] == [True, False, False]
    assert both.applied_here("tags").applied == both.applied


def test_a_filter_cannot_be_applied_to_rows_that_do_not_show_it():
    here = query(financial_entity_id=2).applied_here("financial_entity_id")
    check(here, {"financial_entity": {"id": 3}})
    check(here, {"financial_entity": None})
    for row in ({}, {"financial_entity": "BANK MANDIRI"}):
        with pytest.raises(FilterIgnoredError) as caught:
            check(here, row)
        assert (caught.value.filter, caught.value.can_apply) == ("financial_entity_id", False)


def test_filters_that_no_column_shows_are_blind():
    asked = query(product_id=7, status="shipped", search="budi", since="2026-11-01", shipped_time_until="2026-11-20")
    params = asked.params[0]
    assert set(asked.blind_filters(params)) == {"product_id", "search"}
    bare = asked.without(["product_id", "search"])
    assert set(bare.params[0]) == set(params) - {"product_id", "search"}
    assert asked.blind_filters(query(payment_method="=payment_link").params[0]) == ("payment_method",)


def test_lists_that_differ_by_a_left_out_filter_alone_become_one():
    asked = query(status=["shipped", "rts"], payment_status=["paid", "settled"])
    assert len(asked.params) == 4
    assert len(asked.without(["status"]).params) == 2
    assert len(asked.without(["status", "payment_status"]).params) == 1


def test_a_column_that_no_row_fills_cannot_be_filtered_by():
    asked = query(warehouse_id=1)
    assert not asked.is_filled("warehouse_id", [{"warehouse": None}, {}])
    assert asked.is_filled("warehouse_id", [{"warehouse": None}, {"warehouse": {"id": 2}}])
    assert asked.applied_here("warehouse_id").is_filled("warehouse_id", [{"warehouse": {"id": 2}}])


def test_texts_are_compared_whatever_the_server_makes_of_them():
    assert [comparable(one) for one in (12, 12.0, "12.0", Decimal("12.00"), " 12 ")] == ["12"] * 5
    assert [comparable(one) for one in (True, "TRUE", "1.50", float("inf"))] == ["true", "true", "1.50", "inf"]
    assert texts_at({"a": {"b": [1, {"c": "X"}]}}, ("a", "b")) == ["1", "x"]
    assert texts_at({"a": {"x": 1}}, ("a", "b")) is None
