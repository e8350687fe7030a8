"""Records that are all deleted between their list and their details are gone, as one of several would be."""

from __future__ import annotations

import pytest

from scalev_frames import errors
from scalev_frames.pull.exporting import segments
from scalev_frames.sandbox import World, always
from tests.account.exports import export

GONE = "details: {} records were gone before the details came"


def delete_listed(sandbox, ids):
    """Delete orders as soon as the first details are asked for."""

    def hook(request):
        if request.path.startswith(("/order/", "/orders/")) and "statistics" not in request.path:
            for one in ids:
                sandbox.world.delete_order(one)
            ids.clear()

    sandbox.on_request(hook)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_an_export_goes_on_where_all_changed_orders_are_deleted_before_their_details(
    make_sandbox, make_account, folder, monkeypatch, version
):
    monkeypatch.setattr(segments, "DETAIL_ROWS", 3)  # those that are deleted are written alone
    sandbox = make_sandbox(world=World(6, days=3))
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, base_url=sandbox.url(version), clock=lambda: now[0])
    export(api, folder, details=True)
    before = set(sandbox.world.order_ids())
    sandbox.world.add_orders(3)
    new = [one for one in sandbox.world.order_ids() if one not in before]
    delete_listed(sandbox, [*new])
    now[0] += 3600
    scan = export(api, folder, details=True, max_age=0)
    frame = scan.frame()
    assert scan.header.complete
    assert GONE.format("some") in scan.header.notes
    assert set(frame["id"]) == {str(one) for one in [*before, *new]}
    assert set(frame.loc[frame["orderlines"].isna(), "id"]) == {str(one) for one in new}
    now[0] += 3600
    assert set(export(api, folder, details=True, max_age=0).frame()["id"]) == {str(one) for one in before}


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_lists_with_details_and_lines_say_that_all_their_orders_are_gone(make_sandbox, make_account, version):
    sandbox = make_sandbox(world=World(40, days=3))
    api = make_account(sandbox, base_url=sandbox.url(version))
    some = {str(row["id"]) for row in sandbox.world.rows("orders", status="canceled")}
    delete_listed(sandbox, sorted(some))
    assert len(some) > 1
    frame = api.orders(status="canceled", details=True, progress=False)
    assert set(frame["id"]) == some
    assert GONE.format(len(some)) in frame.attrs["notes"]
    assert api.order_lines(status="canceled", progress=False).empty


@pytest.mark.slow
def test_a_shop_whose_only_orders_are_deleted_before_their_details_has_none(make_sandbox, make_account):
    sandbox = make_sandbox(world=World(3))
    delete_listed(sandbox, sandbox.world.order_ids())
    frame = make_account(sandbox).orders(details=True, progress=False)
    assert GONE.format(3) in frame.attrs["notes"]


@pytest.mark.slow
def test_a_server_that_gives_no_details_at_all_is_an_error_also_of_a_few_orders(make_sandbox, make_account, folder):
    closed = [always("error", path, status=404, error="Not Found") for path in ("/order/*", "/orders/*")]
    sandbox = make_sandbox(world=World(40, days=3), faults=closed)
    api = make_account(sandbox)
    for call in (
        lambda: api.orders(status="canceled", details=True, progress=False),
        lambda: export(api, folder, details=True),
    ):
        with pytest.raises(errors.NotFoundError, match="knows none of these"):
            call()
