"""Fixtures of every test, those in docstrings too: nothing reaches the user's own cache, key, key store or files.

A plugin and not a conftest, because the examples in docstrings lie outside this folder.
"""

from __future__ import annotations

import gc
import math
import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import keyring
import pytest
from _pytest.doctest import DoctestItem
from hypothesis import HealthCheck, settings
from keyring.backends.fail import Keyring

# The package is imported by the fixtures, not here: pytest-cov starts after this plugin, and would miss its definitions.

#: Examples that Hypothesis tries at most, whatever a test asks for; with `--hypothesis-profile thorough` as it asks.
EXAMPLES = {"quick": 4, "default": 7}
#: Of the cases of a test the quick part takes every seventh, the first included: few products of cases repeat after 7.
EACH = 7
#: Files whose examples pull, export or report a whole business.
WHOLE = ("account.py", "business.py", "connection.py", "group.py", "report_job.py")
MOST_WORKERS = 12
#: How many objects come and go between two looks for garbage, by generation.
SELDOM = (100_000, 50, 100)
#: Where Linux keeps files in memory, and the bytes that must be free there; a whole run writes a quarter of that.
MEMORY, ROOM = Path("/dev/shm"), 2**30
#: No profile fails a test for the time that it takes: a machine may be busy. Examples are the same in each run, but in
#: the thorough one, which is there to find new ones.
settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("quick", settings.get_profile("default"), max_examples=EXAMPLES["quick"])
settings.register_profile("thorough", deadline=None)
settings.load_profile("default")


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config) -> int:
    """The workers of ``-n auto``, few enough to fit into memory: more than cores with slow tests, which wait a third of
    their time; each costs the seconds in which it collects all tests.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores if config.option.markexpr == "not slow" else cores * 3 // 2, MOST_WORKERS)


def pytest_configure():
    """Keep the tests' files in memory where there is room: a disk takes many seconds to write and delete them."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(config, items):
    """Mark examples of accessors and of `WHOLE` slow, as tests call each of them, too, and most cases; limit Hypothesis.

    A test's own number of examples beats a profile's otherwise.
    """
    from scalev_frames.catalog import ENDPOINTS

    for item in items:
        if isinstance(item, DoctestItem) and (item.name.rpartition(".")[2] in ENDPOINTS or item.path.name in WHOLE):
            item.add_marker("slow")
    cases = Counter()
    for item in items:
        test, _, case = item.nodeid.partition("[")
        if case and cases[test] % EACH:
            item.add_marker("slow")
        cases[test] += 1
    most = EXAMPLES.get(config.getoption("--hypothesis-profile") or "default", math.inf)
    for item in items:
        asked = getattr(getattr(item, "obj", None), "_hypothesis_internal_use_settings", None)
        if asked is not None:
            item.obj._hypothesis_internal_use_settings = settings(
                asked,
                max_examples=min(asked.max_examples, most),
                suppress_health_check=[*asked.suppress_health_check, HealthCheck.too_slow],
            )


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for no garbage while tests are collected, then seldom, and never among what stays: it costs a tenth otherwise."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*SELDOM)
        gc.enable()


@pytest.fixture(scope="session")
def cache_folders(tmp_path_factory) -> Iterator[str]:
    """Names of folders that nobody has used; making each by `mktemp` would list all of them each time."""
    base = tmp_path_factory.mktemp("caches")
    return (str(base / str(number)) for number in count())


@pytest.fixture(autouse=True)
def nothing_of_the_user(cache_folders, monkeypatch):
    """An empty cache folder, limits of its own, no key, and no key store."""
    monkeypatch.setenv("SCALEV_CACHE_DIR", next(cache_folders))
    monkeypatch.setenv("XDG_STATE_HOME", next(cache_folders))
    for name in ("SCALEV_API_KEY", "SCALEV_API_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture(scope="session", autouse=True)
def databases() -> Iterator[list[Any]]:
    """The databases that were opened since the last test."""
    from scalev_frames.storage import database, forks

    opened: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "renew_after_fork", lambda one: opened.append(one) or forks.renew_after_fork(one))
        yield opened


@pytest.fixture(autouse=True)
def files_are_closed(databases):
    """Close the files of accounts that a test leaves open: Python warns of each from 3.13 on."""
    yield
    while databases:
        databases.pop().close()


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also where the tests run in the background of a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def example_accounts(tmp_path_factory) -> Iterator[dict[str, Any]]:
    """The ``api`` of the examples in docstrings, by version: a sandbox as `connect` starts it, but without limits."""
    from scalev_frames.account import Account
    from scalev_frames.sandbox import Sandbox
    from scalev_frames.settings import Settings
    from scalev_frames.wire.credentials import Key

    with Sandbox(orders=200, limits=None) as sandbox:
        folder = tmp_path_factory.mktemp("examples")
        accounts = {}
        for version in ("v2", "v3"):
            settings = Settings(base_url=sandbox.url(version), cache_dir=folder, limits=((100_000, 5.0),))
            accounts[version] = Account(Key(sandbox.api_key), settings, name="sandbox")
            accounts[version].sandbox = sandbox
        yield accounts
        for one in accounts.values():
            one.close()


@pytest.fixture(autouse=True)
def examples(request, monkeypatch, nothing_of_the_user):
    """An example in a docstring knows ``api``, and writes into a folder of its own; no other test has one made for it."""
    if isinstance(request.node, DoctestItem):
        from scalev_frames.catalog import ENDPOINTS

        row = ENDPOINTS.get(request.node.name.rpartition(".")[2])
        version = "v3" if row and "v2" not in row.versions else "v2"
        request.getfixturevalue("doctest_namespace")["api"] = request.getfixturevalue("example_accounts")[version]
        folder = request.getfixturevalue("tmp_path")
        monkeypatch.chdir(folder)
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
