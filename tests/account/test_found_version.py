"""An account that finds its version out by itself says of the other one's lists which version has them."""

from __future__ import annotations

import pytest

import scalev_frames as sf
from scalev_frames.errors import WrongVersionError
from scalev_frames.sandbox import Behaviour, World


@pytest.mark.parametrize(("served", "name", "has_it"), [
    (("v2", "v3"), "order_utm_sources", "v3"), (("v3",), "warehouses", "v2"), (("v3",), "store_admins", "v2"),
])  # fmt: skip
def test_a_list_that_the_found_version_lacks(make_sandbox, tmp_path, served, name, has_it):
    sandbox = make_sandbox(world=World(3, behaviour=Behaviour(versions=served)))
    address = sandbox.base_url.rpartition("/")[0]
    api = sf.connect(api_key=sandbox.api_key, base_url=address, version="auto", cache_dir=tmp_path)
    with pytest.raises(WrongVersionError) as caught:
        getattr(api, name)(progress=False)
    assert f"{name} is in {has_it} of the API" in str(caught.value)
    assert f"Connect with version='{has_it}' (--api-version {has_it})." in str(caught.value)
    assert {request.path for request in sandbox.requests} <= {"/stores"}  # what finds the version out
