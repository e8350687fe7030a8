"""Debian's chromium, driven by playwright, on servers of our own. A pytest process of its own: see the Makefile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from scalev_frames.notebook.lab import SHARE
from scalev_frames.sandbox import Sandbox

from .pages import OPEN, Watched, write_cells
from .servers import Server, start_lab, start_voila

CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "chromium is missing: `.ci/system tests` installs it"
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, headless=True, args=CHROMIUM)
        yield running
        running.close()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(orders=1600, limits=None) as running:
        yield running


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Server]:
    server = start_lab(tmp_path_factory.mktemp("lab"), SCALEV_API_BASE_URL=sandbox.base_url)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def voila(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("voila")
    write_cells(home / "work" / "page.ipynb", OPEN)
    server = start_voila(
        home, home / "work" / "page.ipynb", SCALEV_API_BASE_URL=sandbox.base_url, JUPYTER_PATH=str(SHARE)
    )
    yield server
    server.stop()


@pytest.fixture
def slow_answers(sandbox: Sandbox) -> Callable[[float], AbstractContextManager[None]]:
    """Lets every answer take its time for a while."""

    @contextmanager
    def slowly(seconds: float) -> Iterator[None]:
        sandbox.latency = seconds
        try:
            yield
        finally:
            sandbox.latency = 0.0

    return slowly


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A page on which nothing may fail and from which nothing may leave this computer."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
    context.set_default_timeout(30_000)
    watched = Watched(context.new_page())
    yield watched
    context.close()
    watched.check()
