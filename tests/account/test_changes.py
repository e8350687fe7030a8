"""What happened since last time: new, changed with its columns, gone."""

from __future__ import annotations

import time

import pytest

from scalev_frames import errors


@pytest.mark.slow
def test_changes_since_last_time(make_sandbox, make_account):
    sandbox = make_sandbox(orders=120)
    api = make_account(sandbox)
    first = api.orders(progress=False)
    with pytest.raises(errors.NotCachedError):
        api.changes(first)
    added = sandbox.world.add_orders(3)
    victim, moved = first["id"][50], first["id"][60]
    sandbox.world.delete_order(victim)
    sandbox.world.change_status(moved, "rts" if first["status"][60] != "rts" else "shipped")
    second = make_account(sandbox, clock=lambda: time.time() + 60).orders(refresh=True, progress=False)
    table = api.changes(second)
    assert table.attrs["counts"] == {"new": 3, "changed": 1, "gone": 1}
    assert set(table.loc[table["change"] == "new", "id"]) == set(map(str, added))
    assert table.loc[table["change"] == "gone", "id"].tolist() == [victim]
    changed = table[table["change"] == "changed"].set_index("column")
    assert set(changed["id"]) == {moved}
    assert (changed.loc["status", "before"], changed.loc["status", "after"]) == (
        first["status"][60],
        second.set_index("id").loc[moved, "status"],
    )
    assert table.attrs["since"] == first.attrs["as_of"]


@pytest.mark.slow
def test_nothing_happened(make_sandbox, make_account):
    sandbox = make_sandbox(orders=60)
    first = make_account(sandbox).orders(progress=False)
    api = make_account(sandbox, clock=lambda: time.time() + 60)
    table = api.changes(api.orders(refresh=True, progress=False))
    assert len(table) == 0
    assert list(table.columns) == ["change", "id", "order_id", "column", "before", "after"]
    assert len(first) == 60


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", ["orders", "products"])
def test_a_list_with_details_is_compared_with_the_list_before(make_sandbox, make_account, endpoint):
    sandbox = make_sandbox(orders=30)
    first = make_account(sandbox).fetch(endpoint, details=True, progress=False)
    api = make_account(sandbox, clock=lambda: time.time() + 60)
    table = api.changes(api.fetch(endpoint, details=True, refresh=True, progress=False))
    assert table.attrs["counts"] == {"new": 0, "changed": 0, "gone": 0}
    assert "what only the details have is not compared" in table.attrs["notes"]
    if endpoint == "orders":
        sandbox.world.change_status(first["id"][7], "rts" if first["status"][7] != "rts" else "shipped")
        api = make_account(sandbox, clock=lambda: time.time() + 120)
        table = api.changes(api.fetch(endpoint, details=True, refresh=True, progress=False))
        assert table.attrs["counts"] == {"new": 0, "changed": 1, "gone": 0}
        assert "status" in set(table["column"])
