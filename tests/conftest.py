"""Nothing a test does reaches the user's own cache, key or key store."""

from __future__ import annotations

import keyring
import pytest
from keyring.backends.fail import Keyring


@pytest.fixture(autouse=True)
def nothing_of_the_user(tmp_path_factory, monkeypatch):
    """An empty cache folder, no key, and no key store."""
    monkeypatch.setenv("SCALEV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    for name in ("SCALEV_API_KEY", "SCALEV_API_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)
