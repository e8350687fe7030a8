"""An embedded Scalev for commands."""

from __future__ import annotations

import pytest

from scalev_frames.sandbox import Sandbox


@pytest.fixture
def sandbox():
    with Sandbox(orders=120, limits=None) as running:
        yield running


@pytest.fixture
def at_sandbox(sandbox, monkeypatch):
    monkeypatch.setenv("SCALEV_API_KEY", sandbox.api_key)
    monkeypatch.setenv("SCALEV_API_BASE_URL", sandbox.base_url)
    return sandbox
