"""A server that refuses a time filter: the list is read without it, and the rows are held against the times here."""

from __future__ import annotations

import pytest

from scalev_frames import errors, read_parquet
from scalev_frames.sandbox import World, always
from tests.account.test_orders import BASES, within

CALLS = {
    "until": {"until": "2026-11-10"},
    "both": {"since": "2026-10-20", "until": "2026-11-10"},
    "some": {"since": "2026-10-20", "until": "2026-11-10", "limit": 10},
    "completed since": {"since": "2026-10-20", "by": "completed"},
    "completed, both": {"since": "2026-10-20", "until": "2026-11-10", "by": "completed"},
    "the server's name": {"shipped_time_since": "2026-10-20"},
}
WORDS = {"named": "{} is not allowed", "unnamed": "Bad request"}


def wanted(world, call):
    name = "shipped_time" if "shipped_time_since" in call else BASES[call.get("by", "created")]
    since = call.get("since") or call.get("shipped_time_since") or "2020-01-01"
    return within(world, name, since, call.get("until", "2027-01-01"))


@pytest.fixture
def refusing(make_sandbox, make_account):
    def make(error="{} is not allowed", status=400, version="v2", **how):
        fault = always("refuse_filter", "/orders" if version == "v3" else "/order", filter="*_time_*",
                       status=status, error=error)  # fmt: skip
        sandbox = make_sandbox(orders=200, faults=[fault], **how)
        return sandbox, make_account(sandbox, base_url=sandbox.url(version))

    return make


#: Every call with every refusal, in turns by v2 and v3, so that each version has every call and every refusal.
REFUSALS = [(400, "named"), (422, "named"), (400, "unnamed")]
CASES = [(f"v{2 + (one + other) % 2}", *refusal, call)
         for one, call in enumerate(CALLS) for other, refusal in enumerate(REFUSALS)]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("version", "status", "error", "call"), CASES)
def test_times_are_those_asked_for_though_the_server_refuses_the_filter(refusing, version, status, error, call):
    sandbox, api = refusing(WORDS[error], status, version)
    ids = wanted(sandbox.world, CALLS[call])
    frame = api.orders(**CALLS[call], progress=False)
    found = sorted(frame["id"])
    assert found == sorted(ids) if "limit" not in CALLS[call] else len(found) == 10 and set(found) < set(ids)
    assert "so everything was fetched and filtered here" in str(frame.attrs["notes"])
    assert "the server refused" in str(frame.attrs["notes"])


@pytest.mark.slow
@pytest.mark.parametrize("call", ["until", "completed, both"])
def test_the_next_call_is_as_right_and_an_export_too(refusing, tmp_path, call):
    sandbox, api = refusing(world=World(60, days=50))
    api.orders(**CALLS[call], progress=False)
    sandbox.world.add_orders(5, created_at=sandbox.world.now.replace(month=11, day=5))
    ids = wanted(sandbox.world, CALLS[call])
    assert sorted(api.orders(**CALLS[call], max_age=0, progress=False)["id"]) == sorted(ids)
    for how in ({}, {"max_age": 0}):
        api.export(tmp_path / "orders", **CALLS[call], **how, progress=False)
        frame = read_parquet(tmp_path / "orders")
        assert sorted(frame["id"]) == sorted(ids)
        assert "the server refused" in str(frame.attrs["notes"])


@pytest.mark.parametrize(("words", "requests"), [("Bad request", 2), ("store_id is unknown", 1)])
def test_another_refusal_is_the_servers_own(make_sandbox, make_account, words, requests):
    sandbox = make_sandbox(faults=[always("refuse_filter", "/order", filter="store_id", error=words)])
    with pytest.raises(errors.BadRequestError, match=words):
        make_account(sandbox).orders(until="2026-11-10", store_id=2, progress=False)
    assert [request.path for request in sandbox.requests].count("/order") == requests  # the counts may come beside
