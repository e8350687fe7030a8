"""A stale frame of an account is brought up to date, and a stopped refresh resumes."""

from __future__ import annotations

import pytest
from pandas.testing import assert_frame_equal

from scalev_frames import errors
from scalev_frames.pull.refresh.notes import MARK
from scalev_frames.sandbox import Fault, World, always
from scalev_frames.wire import transport


@pytest.mark.slow
def test_a_stale_frame_is_brought_up_to_date_and_a_fresh_one_served(make_sandbox, make_account):
    sandbox = make_sandbox(world=World(1500, days=60))
    now = [sandbox.world.now.timestamp()]
    api = make_account(sandbox, clock=lambda: now[0])
    first = api.orders(progress=False)
    sandbox.world.add_orders(10)
    sandbox.world.delete_order(first["id"][700])
    sent = len(sandbox.requests)
    assert_frame_equal(api.orders(progress=False), first)
    assert len(sandbox.requests) == sent
    now[0] = sandbox.world.now.timestamp() + 301
    second = api.orders(progress=False)
    assert len(sandbox.requests) - sent < 25
    assert second.attrs["requests"] == len(sandbox.requests) - sent
    whole = api.orders(refresh=True, progress=False)
    assert_frame_equal(second, whole)
    assert not any(note.startswith(MARK) for note in whole.attrs["notes"])


@pytest.mark.slow
def test_a_stopped_refresh_goes_on_without_asking_twice(make_sandbox, make_account):
    sandbox = make_sandbox(world=World(1500, days=60))
    now = [sandbox.world.now.timestamp()]
    first = make_account(sandbox, clock=lambda: now[0]).orders(progress=False)
    for one in first["id"][100:1500:100]:
        sandbox.world.delete_order(one)
    now[0] = sandbox.world.now.timestamp() + 301
    sent = len(sandbox.requests)
    sandbox.script(Fault("error", "/order", at=12, times=1, status=401, error="not now"))
    with pytest.raises(errors.AuthenticationError):
        make_account(sandbox, clock=lambda: now[0]).orders(progress=False)
    frame = make_account(sandbox, clock=lambda: now[0]).orders(progress=False)
    asked = [str(sorted(one.params.items())) for one in sandbox.requests[sent:] if one.status == 200]
    assert len(asked) == len(set(asked))
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in sandbox.world.rows("orders"))


def stopped(make_sandbox, make_account, **how):
    """A pull that was stopped behind its second page, and the cursor by which it resumes."""
    sandbox = make_sandbox(orders=100, **how)
    api = make_account(sandbox, retry_seconds=0.0)
    sandbox.script(Fault("error", "/order", at=3, status=401, error="not now"))
    with pytest.raises(errors.AuthenticationError):
        api.orders(progress=False)
    return sandbox, api, str(sandbox.world.order_ids()[49])


@pytest.mark.slow
def test_a_cursor_at_which_the_server_fails_begins_the_pull_anew(make_sandbox, make_account):
    sandbox, api, cursor = stopped(make_sandbox, make_account)
    sandbox.script(Fault("refuse_value", "/order", param="last_id", value=cursor, status=500))
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == [str(one) for one in sandbox.world.order_ids()]
    assert "the server did not read on where the pull of" in str(frame.attrs["notes"])
    assert "read again: " in str(frame.attrs["notes"])


@pytest.mark.slow
def test_a_slow_server_that_fails_at_a_cursor_has_time_to_give_the_top(make_sandbox, make_account, monkeypatch):
    monkeypatch.setattr(transport, "SHORTEST_TRY", 0.01)
    sandbox, api, cursor = stopped(make_sandbox, make_account, latency=0.1)
    sandbox.script(Fault("refuse_value", "/order", param="last_id", value=cursor, status=500))
    assert api.orders(progress=False)["id"].tolist() == [str(one) for one in sandbox.world.order_ids()]


@pytest.mark.slow
def test_a_server_that_fails_at_the_top_too_costs_no_page_that_is_kept(make_sandbox, make_account):
    sandbox, api, _ = stopped(make_sandbox, make_account)
    fault = always("server_error", "/order")
    sandbox.script(fault)
    with pytest.raises(errors.ServerError):
        api.orders(progress=False)
    fault.times, seen = 0, len(sandbox.requests)
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == [str(one) for one in sandbox.world.order_ids()]
    assert "read again" not in str(frame.attrs["notes"])
    assert len([one for one in sandbox.requests[seen:] if one.path.endswith("/order")]) == 2


@pytest.mark.slow
def test_a_server_that_fails_behind_the_first_page_of_a_resumed_pull_is_waited_for(make_sandbox, make_account):
    sandbox, api, _ = stopped(make_sandbox, make_account)
    fault = always("refuse_value", "/order", param="last_id", value=str(sandbox.world.order_ids()[74]), status=500)
    sandbox.script(fault)
    with pytest.raises(errors.ServerError):
        api.orders(progress=False)
    fault.times = 0
    assert "read again" not in str(api.orders(progress=False).attrs["notes"])
