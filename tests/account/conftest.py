"""A sandbox without limits, and accounts at it whose waits take no time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scalev_frames.account import Account
from scalev_frames.export.dataset import parts
from scalev_frames.group import Group
from scalev_frames.pull.exporting import segments
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from tests.account.clusters import LIMITS
from tests.account.clusters import NAMES as BRANDS
from tests.account.clusters import SIZES as BRAND_SIZES
from tests.account.exports import SEGMENT
from tests.account.groups import NAMES
from tests.account.odd_servers import LATENCY, QUICK

#: No limit that is felt, and a rate at which one worker is enough.
FREE = ((100_000, 1_000_000.0),)


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    """One that no test changes."""
    with Sandbox(orders=400, limits=None) as running:
        yield running


@pytest.fixture
def make_sandbox() -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes of a test's own."""
    running: list[Sandbox] = []

    def make(**how: Any) -> Sandbox:
        running.append(Sandbox(**{"orders": 300, "limits": None, **how}).start())
        return running[-1]

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def make_account(tmp_path: Path) -> Iterator[Callable[..., Account]]:
    """Connects to a sandbox; no wait takes any time."""
    made: list[Account] = []

    def make(sandbox: Sandbox, *, key: str | None = None, folder: Path | None = None, **how: Any) -> Account:
        settings = Settings(base_url=sandbox.base_url, cache_dir=folder or tmp_path / "cache", limits=FREE)
        settings = replace(settings, **{name: how.pop(name) for name in list(how) if name in settings.__slots__})
        made.append(Account(Key(key or sandbox.api_key), settings, sleep=how.pop("sleep", lambda _: None), **how))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def api(shared_sandbox: Sandbox, make_account: Callable[..., Account]) -> Account:
    return make_account(shared_sandbox)


SIZES = (120, 90, 0)


@pytest.fixture(scope="module")
def worlds():
    return {name: World(size, seed=seed) for seed, (name, size) in enumerate(zip(NAMES, SIZES, strict=True), 1)}


@pytest.fixture
def shop(worlds):
    """One address with three businesses, and their keys."""
    with Sandbox(world=worlds[NAMES[0]], limits=None) as running:
        keys = [running.api_key, *(running.add_business(worlds[name]) for name in NAMES[1:])]
        running.keys = dict(zip(NAMES, keys, strict=True))
        yield running


@pytest.fixture
def group(shop, make_account):
    with Group({name: make_account(shop, key=key, name=name) for name, key in shop.keys.items()}) as several:
        yield several


@pytest.fixture
def brands() -> Iterator[Sandbox]:
    """One address with two businesses and limits, their keys and their worlds."""
    own = [World(size, seed=seed, days=45) for seed, size in enumerate(BRAND_SIZES, 1)]
    with Sandbox(world=own[0], limits=LIMITS) as running:
        running.keys = dict(zip(BRANDS, [running.api_key, running.add_business(own[1])], strict=True))
        running.worlds = dict(zip(BRANDS, own, strict=True))
        yield running


@pytest.fixture
def stored(brands: Sandbox, make_account: Callable[..., Account]) -> Callable[..., Group]:
    """Makes a group of some of the brands, each of a stored profile."""

    def make(*names: str) -> Group:
        how: dict[str, Any] = {"limits": LIMITS, "sleep": None}
        keys = {name: brands.keys[name] for name in names}
        return Group(
            {name: make_account(brands, **how, key=key, name=name, stored_as=name) for name, key in keys.items()}
        )

    return make


@pytest.fixture
def small_segments(monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", SEGMENT)
    monkeypatch.setattr(segments, "WINDOW_SEGMENTS", 1)
    monkeypatch.setattr(parts, "MOST_ROWS", 2 * SEGMENT)


@pytest.fixture
def folder(tmp_path, small_segments):
    return tmp_path / "orders"


@pytest.fixture
def connect(make_sandbox, make_account):
    """A sandbox slow enough for several workers, and an account at it."""

    def make(now=None, **how):
        sandbox = make_sandbox(**{"orders": 1500, "latency": LATENCY, **how})
        clock = {} if now is None else {"clock": lambda: sandbox.world.now.timestamp() + now[0]}
        return sandbox, make_account(sandbox, limits=QUICK, sleep=None, **clock)

    return make


@pytest.fixture
def unnamed(make_account):
    """An account at an address that names no version."""

    def make(sandbox, **how):
        return make_account(sandbox, base_url=sandbox.base_url.removesuffix("/v2"), **how)

    return make
