"""Details cost one request a record, once; lines come from them whole and exact."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from scalev_frames import errors
from scalev_frames.sandbox import Fault, World
from scalev_frames.sandbox.server.faults import always


def detail_requests(sandbox):
    return [
        request
        for request in sandbox.requests
        if request.path.startswith("/order/") and not request.path.endswith("/statistics")
    ]


@pytest.mark.slow
def test_lines_are_exactly_the_servers(make_sandbox, make_account):
    sandbox = make_sandbox(orders=60)
    lines = make_account(sandbox).order_lines(progress=False)
    wanted = [
        (str(order["id"]), str(line["id"]), line["quantity"], line["variant_price"])
        for order in sandbox.world.rows("orders")
        for line in sandbox.world.detail(order["id"])["orderlines"]
    ]
    assert [
        (*row[:3], None if pd.isna(row[3]) else row[3])
        for row in lines[["order__id", "id", "quantity", "variant_price"]].itertuples(index=False)
    ] == [
        (order, line, quantity, None if price in (None, "") else Decimal(str(price)))
        for order, line, quantity, price in wanted
    ]
    assert {"order_id", "store_name", "draft_time", "status"} <= set(lines.columns)


@pytest.mark.slow
def test_only_changed_orders_are_asked_again(make_sandbox, make_account):
    sandbox = make_sandbox(orders=200)
    api = make_account(sandbox)
    orders = api.orders(progress=False)
    api.order_lines(orders, progress=False)
    assert len(detail_requests(sandbox)) == 200
    for order in orders["id"][:30]:
        sandbox.world.change_status(order, "completed")
    events = []
    lines = make_account(sandbox).order_lines(api.orders(refresh=True, progress=False), progress=events.append)
    assert len(detail_requests(sandbox)) == 230
    assert any("costs about 30 requests" in event.message for event in events)
    assert set(lines.loc[lines["order__id"].isin(orders["id"][:30]), "status"]) == {"completed"}


@pytest.mark.slow
def test_orders_with_details_have_both(make_sandbox, make_account):
    sandbox = make_sandbox(orders=40)
    api = make_account(sandbox)
    plain = api.orders(progress=False)
    orders = api.orders(details=True, progress=False)
    assert list(orders.columns[: len(plain.columns)]) == list(plain.columns)
    pd.testing.assert_frame_equal(orders[plain.columns.drop("orderlines", errors="ignore")],
                                  plain[plain.columns.drop("orderlines", errors="ignore")], check_like=True)  # fmt: skip
    wanted = {str(order["id"]): sandbox.world.detail(order["id"]) for order in sandbox.world.rows("orders")}
    paid = {one: record["paid_time"] for one, record in wanted.items()}
    assert list(orders["paid_time"].isna()) == [not paid[one] for one in orders["id"]]
    assert sum(map(len, orders["orderlines"])) == sum(len(record["orderlines"]) for record in wanted.values())
    assert orders.attrs["requests"] == 40
    assert orders.attrs["details"]


@pytest.mark.parametrize("details", [3, "yes", [], {}, pd.DataFrame({"id": ["1"]}), pd.Series([True])])
def test_details_of_another_type_are_refused_though_nothing_is_fetched(make_sandbox, make_account, details):
    api = make_account(make_sandbox(orders=1))
    orders = pd.DataFrame({"id": ["1"], "order_id": ["A"], "orderlines": [[{"id": 1}]]})
    for call in (lambda: api.order_lines(orders, details=details), lambda: api.orders(details=details)):
        with pytest.raises(errors.BadValueError, match=r"orders\(details=\) takes True or False"):
            call()


@pytest.mark.slow
def test_products_with_details_tell_prices_of_variants(make_sandbox, make_account):
    sandbox = make_sandbox(orders=5)
    products = make_account(sandbox).products(details=True, progress=False)
    variants = products.scalev.variants()
    assert variants["price"].notna().all()
    assert variants["sku"].notna().any()
    wanted = {str(one["id"]): Decimal(str(one["price"])) for product in sandbox.world.rows("products")
              for one in sandbox.world.rows("product", id=product["id"])[0]["variants"]}  # fmt: skip
    assert dict(zip(variants["id"], variants["price"], strict=True)) == wanted


@pytest.mark.slow
def test_an_order_that_vanished_is_told_and_lost_nothing_else(make_sandbox, make_account):
    sandbox = make_sandbox(orders=30)
    api = make_account(sandbox)
    orders = api.orders(progress=False)
    sandbox.world.delete_order(orders["id"][3])
    detailed = api.orders(details=True, progress=False)
    assert len(detailed) == 30
    assert "details: 1 record was gone before the details came" in detailed.attrs["notes"]
    assert detailed["orderlines"].isna().tolist() == [place == 3 for place in range(30)]


@pytest.mark.slow
def test_records_of_which_the_server_knows_none_are_an_error(make_sandbox, make_account):
    ours, theirs = make_account(make_sandbox(orders=5)), make_account(make_sandbox(world=World(4, seed=9)))
    with pytest.raises(errors.NotFoundError, match=r"knows none of these 4 records of order\. .*this key's business"):
        ours.order_lines(theirs.orders(progress=False), progress=False)
    gone = [always("error", path, status=404, error="Not Found") for path in ("/order/*", "/orders/*")]
    closed = make_account(make_sandbox(orders=3, faults=gone))
    with pytest.raises(errors.NotFoundError, match="none of these 3"):
        closed.orders(details=True, progress=False)


@pytest.mark.slow
def test_a_record_without_an_id_is_not_asked_for_and_noted(make_sandbox, make_account):
    sandbox = make_sandbox(orders=3)
    api = make_account(sandbox)
    orders = api.orders(progress=False)
    orders.loc[1, "id"] = None
    lines = api.order_lines(orders, progress=False)
    assert set(lines["order_id"]) == {orders["order_id"][0], orders["order_id"][2]}
    assert "details: 1 record has no id, by which details are asked for" in lines.attrs["notes"]
    assert not any(note.startswith("details: ") and "gone" in note for note in lines.attrs["notes"])
    assert len(detail_requests(sandbox)) == 2


@pytest.mark.slow
def test_a_stopped_call_has_lost_no_detail(make_sandbox, make_account):
    sandbox = make_sandbox(orders=50, faults=[Fault("error", "/order/*", at=22, times=1, status=400, error="no")])
    orders = make_account(sandbox).orders(progress=False)
    with pytest.raises(errors.BadRequestError, match="20 more details of order are kept"):
        make_account(sandbox).order_lines(orders, progress=False)
    make_account(sandbox).order_lines(orders, progress=False)
    assert len(detail_requests(sandbox)) == 51


@pytest.mark.slow
def test_cancel_stops_and_keeps(make_sandbox, make_account):
    sandbox = make_sandbox(orders=50)
    api = make_account(sandbox)
    orders = api.orders(progress=False)
    with pytest.raises(errors.InterruptedPullError, match="same call again") as caught:
        api.order_lines(orders, progress=lambda event: api.cancel() if event.pages == 10 else None)
    assert caught.value.pages_kept >= 10
    api.order_lines(orders, progress=False)
    assert len(detail_requests(sandbox)) == 50


@pytest.mark.slow
def test_a_broken_records_file_costs_requests_only(make_sandbox, make_account, tmp_path):
    sandbox = make_sandbox(orders=20)
    lines = make_account(sandbox).order_lines(progress=False)
    file = next((tmp_path / "cache").rglob("records.sqlite"))
    file.write_bytes(b"nothing of the kind" * 100)
    again = make_account(sandbox).order_lines(progress=False)
    pd.testing.assert_frame_equal(again, lines)
    assert len(detail_requests(sandbox)) == 40
    make_account(sandbox).order_lines(progress=False)
    assert len(detail_requests(sandbox)) == 40


#: What a server may answer to the request for the details of an order: all but the last are not that order's.
NOT_ITS_DETAILS = {
    "another order": {"id": "another", "order_id": "260101ZZZZZZZ"},
    "a number and no code": {"id": 7, "order_id": None},
    "nothing": {},
    "a list": [1],
    "a page without rows": {"results": [], "has_next": False, "last_id": None},
}


@pytest.mark.slow
@pytest.mark.parametrize("how", NOT_ITS_DETAILS)
def test_the_details_of_another_record_are_never_an_orders(make_sandbox, make_account, how):
    fault = Fault("record", "/order/*-*", at=3, fields=NOT_ITS_DETAILS[how])
    sandbox = make_sandbox(orders=6, faults=[fault])
    api = make_account(sandbox)
    orders = api.orders(progress=False)
    with pytest.raises(errors.IncompleteError, match="is no record, or that of another one"):
        api.order_lines(orders, progress=False)
    lines = api.order_lines(orders, progress=False)
    wanted = {(str(row["id"]), str(line["id"])) for row in sandbox.world.rows("orders")
              for line in sandbox.world.detail(row["id"])["orderlines"]}  # fmt: skip
    assert set(zip(lines["order__id"], lines["id"], strict=True)) == wanted


@pytest.mark.slow
def test_orders_of_another_business_with_the_same_ids_never_get_the_lines_of_ours(make_sandbox, make_account):
    api = make_account(make_sandbox(orders=6))
    ours = api.orders(progress=False)
    theirs = ours.assign(order_id=ours["order_id"] + "X")
    with pytest.raises(errors.BadValueError, match="stands for two orders"):
        api.order_lines(pd.concat([ours, theirs], ignore_index=True), progress=False)
    with pytest.raises(errors.IncompleteError, match="is no record, or that of another one") as caught:
        api.order_lines(theirs, progress=False)
    assert "of the business whose key is used" in caught.value.advice
    lines = api.order_lines(pd.concat([ours, ours], ignore_index=True), progress=False)
    assert set(lines["order__id"]) == set(ours["id"])


@pytest.mark.slow
@pytest.mark.parametrize("fields", [{"id": 70017}, {"id": None}, {"id": None, "order_id": None}])
def test_an_order_may_be_answered_with_the_id_that_it_got_later_or_with_none(make_sandbox, make_account, fields):
    sandbox = make_sandbox(orders=3, faults=[always("record", "/order/*-*", fields=fields)])
    lines = make_account(sandbox).order_lines(progress=False)
    assert set(lines["order__id"]) == {str(row["id"]) for row in sandbox.world.rows("orders")}


def test_one_record_that_is_another_one_is_said_and_an_empty_one_is_an_error(make_sandbox, make_account):
    sandbox = make_sandbox(orders=3, faults=[Fault("record", "/order/*-*", fields={"id": "x"})])
    api, one = make_account(sandbox), str(sandbox.world.rows("orders")[0]["id"])
    assert f"the server was asked for {one} and answered with x" in api.order(one, progress=False).attrs["notes"]
    assert not api.order(one, refresh=True, progress=False).attrs["notes"]
    sandbox.script(Fault("record", "/order/*-*"))
    with pytest.raises(errors.IncompleteError, match="holds no record"):
        api.order(one, refresh=True, progress=False)
