"""A sandbox without limits, and accounts at it whose waits take no time."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scalev_frames.account import Account
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

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
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also where the tests run in the background of a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def make_account(tmp_path: Path) -> Callable[..., Account]:
    """Connects to a sandbox; no wait takes any time."""

    def make(sandbox: Sandbox, *, key: str | None = None, folder: Path | None = None, **how: Any) -> Account:
        settings = Settings(base_url=sandbox.base_url, cache_dir=folder or tmp_path / "cache", limits=FREE)
        settings = replace(settings, **{name: how.pop(name) for name in list(how) if name in settings.__slots__})
        return Account(Key(key or sandbox.api_key), settings, sleep=how.pop("sleep", lambda _: None), **how)

    return make


@pytest.fixture
def api(shared_sandbox: Sandbox, make_account: Callable[..., Account]) -> Account:
    return make_account(shared_sandbox)
