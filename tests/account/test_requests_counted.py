"""The header's number of requests is what the server received, whatever they were for."""

from __future__ import annotations

import datetime as dt

import pytest

from scalev_frames import read_parquet
from scalev_frames.sandbox import Behaviour, Fault, World, always

FAILS = (Fault("server_error", "/order", at=2, times=2), Fault("rate_limit", "/order", at=5, reset_in=1))
CALLS = {
    "a list": ("orders", {}, ()),
    "an end": ("orders", {"until": "2026-11-01"}, ()),
    "several lists": ("orders", {"status": ["shipped", "completed"]}, ()),
    "tries": ("orders", {}, FAILS),
    "a limit": ("orders", {"limit": 30}, ()),
    "no statistics": ("orders", {}, (always("error", "/order/statistics", status=403, error="no"),)),
    "failing statistics": ("orders", {}, (Fault("server_error", "/order/statistics", times=2),)),
    "days read again": ("orders", {}, (Fault("lost_rows", "/order", times=3),)),
    "spam marks": ("orders", {}, (always("rows", "/order", without="is_probably_spam"),)),
    "a filter to compare": ("orders", {"product_id": 1}, ()),
    "a filter refused": ("orders", {"until": "2026-11-01"}, (always("refuse_filter", "/order", filter="*_until"),)),
    "details": ("products", {"details": True}, ()),
    "every parent": ("store_products", {}, ()),
    "a plain list": ("locations", {"search": "jakarta"}, ()),
}


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
def test_every_request_is_counted(make_sandbox, make_account, call):
    name, asked, faults = CALLS[call]
    sandbox = make_sandbox(orders=120, faults=list(faults))
    frame = getattr(make_account(sandbox), name)(**asked, progress=False)
    assert frame.attrs["requests"] == len(sandbox.requests) > 0
    assert not frame.attrs["from_cache"]


def test_an_order_by_its_code_is_looked_up_first(make_sandbox, make_account):
    sandbox = make_sandbox(orders=5)
    code = sandbox.world.rows("orders")[0]["order_id"]
    assert make_account(sandbox).order(code, progress=False).attrs["requests"] == len(sandbox.requests) == 2


@pytest.mark.slow
def test_a_cursor_that_is_forgotten_and_what_is_asked_then_count(make_sandbox, make_account):
    sandbox = make_sandbox(orders=200, faults=[Fault("error", "/order", at=4, status=401, error="no")])
    api = make_account(sandbox)
    with pytest.raises(Exception, match="refused the key"):
        api.orders(progress=False)
    sandbox.script(Fault("server_error", "/order", times=4))
    sandbox.script(Fault("error", "/order", at=5, status=422, error="unknown cursor"))
    before = len(sandbox.requests)
    frame = api.orders(progress=False)
    assert len(frame) == 200
    assert frame.attrs["requests"] == len(sandbox.requests) - before


@pytest.mark.slow
def test_details_of_a_frame_count_with_its_own(make_sandbox, make_account):
    sandbox = make_sandbox(orders=30)
    api = make_account(sandbox)
    orders = api.orders(progress=False)
    assert api.order_lines(orders, progress=False).attrs["requests"] == len(sandbox.requests) == 33


@pytest.mark.slow
def test_a_refresh_and_its_full_pull_count(make_sandbox, make_account):
    sandbox = make_sandbox(orders=600)
    api = make_account(sandbox)
    api.orders(progress=False)
    for change in (3, 400):
        for one in sandbox.world.order_ids()[50 : 50 + change]:
            sandbox.world.change_status(one, "canceled")
        before = len(sandbox.requests)
        frame = api.orders(max_age=0, progress=False)
        assert frame.attrs["requests"] == len(sandbox.requests) - before


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["id", "opaque"])
def test_seeks_and_what_ends_for_nothing_count(connect, cursor):
    sandbox, api = connect(world=World(1000, behaviour=Behaviour(cursor=cursor)))
    frame = api.orders(until=(sandbox.world.now - dt.timedelta(days=10)).date(), progress=False)
    assert len(frame) > 500
    assert frame.attrs["requests"] == len(sandbox.requests)


@pytest.mark.slow
def test_an_export_counts_them_too(make_sandbox, make_account, folder):
    sandbox = make_sandbox(world=World(80, days=36), faults=[Fault("server_error", "/order", at=3, times=1)])
    api = make_account(sandbox)
    for how in ({}, {"max_age": 0}, {"refresh": True}):
        before = len(sandbox.requests)
        api.export(folder, progress=False, **how)
        assert read_parquet(folder).attrs["requests"] == len(sandbox.requests) - before
