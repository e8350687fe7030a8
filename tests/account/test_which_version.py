"""The version that answers a key is found once, remembered for a day, and named where none does."""

from __future__ import annotations

import datetime as dt

import pytest

from scalev_frames.cancel import CancelToken
from scalev_frames.errors import (
    AuthenticationError,
    InterruptedPullError,
    NotCachedError,
    NotFoundError,
)
from scalev_frames.sandbox import Behaviour, World, always
from tests.proxies import proxy


def versions_asked(sandbox):
    return [(one.version, one.path) for one in sandbox.requests]


@pytest.mark.parametrize(("versions", "spoken", "asked"), [
    (("v2", "v3"), "v2", ["v2"]), (("v2",), "v2", ["v2"]), (("v3",), "v3", ["v2", "v3"]),
])  # fmt: skip
def test_the_version_that_answers_is_found_once_and_remembered(make_sandbox, unnamed, versions, spoken, asked):
    sandbox = make_sandbox(world=World(30, behaviour=Behaviour(versions=versions)))
    for number in range(3):
        api = unnamed(sandbox, name=f"shop {number}")
        frame = api.stores_simplified(progress=False)
        assert api.settings.base_url == sandbox.url(spoken)
        assert len(frame) == 6
    probes = [(version, "/stores") for version in asked]
    assert versions_asked(sandbox) == [*probes, (spoken, "/stores/simplified")]
    assert frame.attrs["from_cache"]


def test_what_is_remembered_is_no_key_and_lies_in_the_private_folder(make_sandbox, unnamed):
    sandbox = make_sandbox(orders=30)
    api = unnamed(sandbox)
    api.stores(progress=False)
    facts = api.folder / "facts.json"
    assert facts.is_file()
    assert facts.stat().st_mode & 0o777 == 0o600
    written = [one.read_bytes() for one in api.settings.cache_dir.rglob("*") if one.is_file()]
    assert not any(sandbox.api_key.encode() in content for content in written)


def test_it_is_asked_again_after_a_day_and_where_the_key_answers_elsewhere_by_then(make_sandbox, unnamed):
    sandbox = make_sandbox(orders=30)
    now = [sandbox.world.now.timestamp()]
    unnamed(sandbox, clock=lambda: now[0]).stores(progress=False)
    sandbox.behaviour = Behaviour(versions=("v3",))
    now[0] += 86_401
    api = unnamed(sandbox, clock=lambda: now[0])
    assert len(api.stores(progress=False)) == 6
    assert api.settings.spoken == "v3"


@pytest.mark.slow
def test_frames_of_one_version_are_not_those_of_the_other(make_sandbox, make_account):
    sandbox = make_sandbox(orders=30)
    for version in ("v2", "v3"):
        frame = make_account(sandbox, base_url=sandbox.url(version)).orders(progress=False)
        assert not frame.attrs["from_cache"]
        assert frame["public_order_url"].notna().all() == (version == "v3")


def test_the_same_business_has_one_name_on_both(make_sandbox, make_account, unnamed):
    sandbox = make_sandbox(orders=3)
    accounts = [make_account(sandbox), make_account(sandbox, base_url=sandbox.url("v3")), unnamed(sandbox)]
    assert len({one.name for one in accounts}) == 1
    assert accounts[1].reconcile(accounts[0].orders(progress=False)).attrs["equal"] is not False


@pytest.mark.parametrize("status", [403, 400, 422])
def test_a_version_that_refuses_the_one_request_is_there(make_sandbox, unnamed, status):
    fault = always("error", "/stores", status=status, error="no")
    sandbox = make_sandbox(orders=30, faults=[fault])
    api = unnamed(sandbox)
    assert len(api.orders(progress=False)) == 30
    assert api.settings.spoken == "v2"


def test_a_key_that_only_v3_takes(make_sandbox, unnamed):
    sandbox = make_sandbox(orders=30, faults=[always("error", "/v2/*", status=401)])
    api = unnamed(sandbox)
    assert len(api.orders(progress=False)) == 30
    assert api.settings.spoken == "v3"


def test_a_key_that_no_version_takes(make_sandbox, unnamed):
    sandbox = make_sandbox(orders=3)
    with pytest.raises(AuthenticationError):
        unnamed(sandbox, key="sk_wrong_0123456789").orders(progress=False)


def test_an_address_at_which_nothing_answers_says_so(make_sandbox, make_account):
    sandbox = make_sandbox(orders=3)
    api = make_account(sandbox, base_url=f"http://127.0.0.1:{sandbox.port}/nowhere")
    with pytest.raises(NotFoundError, match=r"no version of the API answers at http.*/nowhere"):
        api.orders(progress=False)


@pytest.mark.slow
def test_a_gateway_that_adds_the_version_itself(make_sandbox, make_account):
    sandbox = make_sandbox(orders=30)
    with proxy(sandbox, path=lambda path: f"/v2{path}") as address:
        api = make_account(sandbox, base_url=address)
        assert len(api.orders(progress=False)) == 30
        assert api.settings.base_url == address
        assert len(make_account(sandbox, base_url=address, name="again").stores(progress=False)) == 6
    probes = [path for _, path in versions_asked(sandbox) if path.endswith("/stores")]
    assert probes == ["/v2/stores", "/v3/stores", "/stores", "/stores"]


def test_offline_asks_nobody(make_sandbox, unnamed):
    sandbox = make_sandbox(world=World(30, behaviour=Behaviour(versions=("v3",))))
    with pytest.raises(NotCachedError):
        unnamed(sandbox).stores(offline=True, progress=False)
    assert not sandbox.requests
    now = sandbox.world.now.timestamp()
    unnamed(sandbox, clock=lambda: now).stores(progress=False)
    sent = len(sandbox.requests)
    later = unnamed(sandbox, clock=lambda: now + dt.timedelta(days=9).total_seconds())
    assert len(later.stores(offline=True, progress=False)) == 6
    assert len(sandbox.requests) == sent


def test_what_is_kept_can_be_shown_before_anything_is_asked(make_sandbox, unnamed):
    sandbox = make_sandbox(orders=3)
    api = unnamed(sandbox)
    assert api.cache_info()["files"].sum() == 0
    assert api.known_values("stores", "id", "name") == {}
    assert api.clear_cache() == 0
    api.close()
    assert not sandbox.requests


def test_a_cancelled_search_is_an_interrupted_pull(make_sandbox, unnamed):
    sandbox = make_sandbox(orders=3)
    token = CancelToken()
    token.cancel()
    with pytest.raises(InterruptedPullError, match="The call of orders was interrupted"):
        unnamed(sandbox).orders(progress=False, cancel=token)
