"""The embedded Scalev misbehaves in every way it knows, and the transport gives an answer or one clear error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scalev_frames import errors
from scalev_frames.cache.cache import Cache
from scalev_frames.sandbox import Fault, Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from scalev_frames.wire.limits import Limiter
from scalev_frames.wire.transport import Timing, Transport


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(orders=40, limits=None) as running:
        yield running


@pytest.fixture
def connect(sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[..., Transport]]:
    made: list[Transport] = []

    def make(**settings: Any) -> Transport:
        chosen = Settings(base_url=sandbox.base_url, cache_dir=tmp_path, **settings)
        limiter = Limiter(None, [(1000, 1.0)], host="h", key_name="k", sleep=lambda _: None)
        timing = Timing(sleep=lambda _: None)
        responses = Cache(tmp_path / "account", timing.clock).responses
        transport = Transport(chosen, Key(sandbox.api_key), responses=responses, limiter=limiter, timing=timing)
        made.append(transport)
        return transport

    yield make
    for transport in made:
        transport.close()


def get(transport: Transport, path: str = "/order") -> Any:
    return transport.get(path, {}, transport.new_call()).data


@pytest.mark.parametrize("how", ["nan", "utf8", "deep", "empty"])
def test_unusable_bodies_are_given_up_after_three_tries(
    sandbox: Sandbox, connect: Callable[..., Transport], how: str
) -> None:
    before = len(sandbox.requests)
    sandbox.script(Fault("unusable", "/order", times=3, how=how))
    with pytest.raises(errors.UnexpectedResponseError):
        get(connect())
    assert len(sandbox.requests) - before == 3
    assert len(get(connect())["results"]) == 25


@pytest.mark.slow
def test_a_bomb_is_one_request_and_a_clear_error(sandbox: Sandbox, connect: Callable[..., Transport]) -> None:
    before = len(sandbox.requests)
    sandbox.script(Fault("bomb", "/order", megabytes=70))
    with pytest.raises(errors.UnexpectedResponseError, match="larger than 64 MB"):
        get(connect())
    assert len(sandbox.requests) - before == 1


@pytest.mark.slow
def test_a_drip_is_cut_short(sandbox: Sandbox, connect: Callable[..., Transport]) -> None:
    sandbox.script(Fault("drip", "/order", pause=0.05))
    assert len(get(connect(response_seconds=0.3))["results"]) == 25


def test_a_record_and_a_page_without_their_envelope_are_read(
    sandbox: Sandbox, connect: Callable[..., Transport]
) -> None:
    transport = connect()
    page = get(transport)
    path = f"/order/{page['results'][0]['id']}"
    record = get(transport, path)
    for at, enveloped in (("/order", page), (path, record)):
        sandbox.script(Fault("bare", at))
        assert get(transport, at) == enveloped
        assert sandbox.requests[-1].path == at


@pytest.mark.slow
def test_a_cache_that_is_installed_for_all_of_requests_changes_and_keeps_nothing(sandbox, tmp_path):
    code = f"""if True:
        import requests_cache
        requests_cache.install_cache({str(tmp_path / "all")!r})
        import scalev_frames as sf
        api = sf.connect(api_key={sandbox.api_key!r}, base_url={sandbox.base_url!r}, cache_dir={str(tmp_path)!r})
        print(len(api.stores(progress=False)), len(api.store(1, progress=False)))
        assert not requests_cache.get_cache().urls()
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("6 1\n", "")
