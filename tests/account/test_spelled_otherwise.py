"""A server that spells its statuses otherwise, or says in other ways that something failed, is read as any other."""

from __future__ import annotations

import pandas as pd
import pytest

from scalev_frames import errors
from scalev_frames.sandbox import Fault, always

REPORTS = ("daily", "revenue", "returns_by_courier", "cod")


def refreshed(sandbox, api):
    """Orders after a refresh, and how many requests that took."""
    api.orders(progress=False)
    sandbox.world.add_orders(3)
    for one in sandbox.world.order_ids()[20:24]:
        sandbox.world.change_status(one, "completed")
    begun = len(sandbox.requests)
    return api.orders(max_age=0, progress=False), len(sandbox.requests) - begun


@pytest.mark.slow
@pytest.mark.parametrize("how", ["title"])
def test_statuses_spelled_otherwise_count_the_same_and_cost_no_more(make_sandbox, make_account, tmp_path, how):
    sandbox, odd = make_sandbox(orders=600), make_sandbox(orders=600, faults=[always("spelling", how=how)])
    plain, asked = refreshed(sandbox, make_account(sandbox))
    api = make_account(odd, folder=tmp_path / "odd")
    spelt, sent = refreshed(odd, api)
    assert not set(spelt["status"]) & set(plain["status"])
    assert len(spelt) == 603
    assert sent == asked < 603 / 25
    for name in REPORTS:
        pd.testing.assert_frame_equal(spelt.scalev.report(name), plain.scalev.report(name))
    assert set(api.reconcile(spelt)["verdict"]) == {"equal"}


ERROR = {"code": 200, "status": "error"}


@pytest.mark.slow
@pytest.mark.parametrize("data", [None, [], {"results": [], "has_next": False}], ids=str)
def test_an_answer_that_says_it_failed_is_asked_for_again_whatever_stands_beside(make_sandbox, make_account, data):
    sandbox = make_sandbox(faults=[Fault("body_code", "/order", at=3, times=2, data=data, **ERROR)])
    assert len(make_account(sandbox).orders(progress=False)) == 300
    sandbox.script(always("body_code", "/order", data=data, **ERROR))
    with pytest.raises(errors.UnexpectedResponseError, match=r"something failed.*Something went wrong"):
        make_account(sandbox).orders(refresh=True, progress=False)


@pytest.mark.parametrize("rows", [[], [{"id": 7, "order_id": "261101AAAAAA"}]], ids=len)
def test_a_page_in_place_of_an_orders_details_is_an_error(make_sandbox, make_account, rows):
    page = {"results": rows, "has_next": False, "last_id": None}
    sandbox = make_sandbox(orders=30, faults=[always("record", "/order/*-*", fields=page, alone=True)])
    with pytest.raises(errors.PagingError, match="no record"):
        make_account(sandbox).orders(details=True, progress=False)
