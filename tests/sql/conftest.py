"""Accounts that SQL asks."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from scalev_frames.account import Account
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from tests.sql.tables import FREE


@pytest.fixture
def shop():
    with Sandbox(orders=300, limits=None) as running:
        yield running


@pytest.fixture
def api(shop, tmp_path):
    account = Account(Key(shop.api_key), Settings(base_url=shop.base_url, cache_dir=tmp_path, limits=FREE), name="shop")
    yield account
    account.close()


@pytest.fixture(scope="module")
def shared_kept(tmp_path_factory):
    with keeping("orders", tmp_path_factory.mktemp("kept")) as found:
        yield found


@pytest.fixture(scope="module")
def kept_stores(tmp_path_factory):
    """Of few columns and lists: each table that a query may read is made anew for it."""
    with keeping("stores", tmp_path_factory.mktemp("kept")) as found:
        yield found


@contextmanager
def keeping(endpoint, folder):
    """An account that keeps one list, its files, and their bytes."""
    with Sandbox(orders=30, limits=None) as running:
        api = Account(Key(running.api_key), Settings(base_url=running.base_url, cache_dir=folder, limits=FREE))
        api.fetch(endpoint, progress=False)
        kept = sorted(folder.rglob("*.parquet"))
        yield api, kept, {file: file.read_bytes() for file in kept}
        api.close()
