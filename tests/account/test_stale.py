"""A stale frame of an account is brought up to date, and a stopped refresh resumes."""

from __future__ import annotations

import pytest
from pandas.testing import assert_frame_equal

from scalev_frames import errors
from scalev_frames.pull.refresh.notes import MARK
from scalev_frames.sandbox import Fault


@pytest.mark.slow
def test_a_stale_frame_is_brought_up_to_date_and_a_fresh_one_served(make_sandbox, make_account):
    sandbox = make_sandbox(orders=1500, days=60)
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
    sandbox = make_sandbox(orders=1500, days=60)
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
