"""Debian's chromium, driven by playwright, on servers of our own. A pytest process of its own: see the Makefile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect, sync_playwright

from scalev_frames.notebook.lab import SHARE
from scalev_frames.sandbox import Sandbox

from .pages import (
    OPEN,
    Bench,
    Notebook7,
    Opened,
    Resized,
    VoilaPage,
    Watched,
    open_notebook,
    write_cells,
    write_notebook,
)
from .servers import Server, start_lab, start_voila

CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
#: Milliseconds until a wait of the browser fails, and seconds until a test does: for machines that are busy.
WAIT, LONGEST = 60_000, 270
VIEWPORT = ViewportSize(width=1400, height=1000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--times", type=int, default=1, help="run each browser test this many times, to find what is flaky"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    times = metafunc.config.getoption("--times", 1)
    if times > 1 and "browser" in metafunc.definition.path.parts:
        metafunc.fixturenames.append("run_number")
        metafunc.parametrize("run_number", range(times))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "chromium is missing: `.ci/system tests` installs it"
    expect.set_options(timeout=WAIT)
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


class Shared:
    """The browser context of all tests, and the page in which JupyterLab stays loaded; anew after a test that failed."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.context: BrowserContext | None = None

    def open(self) -> Watched:
        if self.context is None:
            self.context = self.browser.new_context(viewport=VIEWPORT, accept_downloads=True)
            self.context.set_default_timeout(WAIT)
            self.watched = Watched(self.context.new_page())
        return self.watched

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
        self.context = None


@pytest.fixture(scope="session")
def shared(browser: Browser) -> Iterator[Shared]:
    shared = Shared(browser)
    yield shared
    shared.close()


@pytest.fixture
def watched(shared: Shared, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """The page of all tests, on which nothing may fail and from which nothing may leave this computer."""
    failed = request.session.testsfailed
    watched = shared.open()
    yield watched
    if request.session.testsfailed > failed:
        shared.close()
    watched.check()


@pytest.fixture
def resized(watched: Watched) -> Iterator[Resized]:
    """The page of all tests, which takes any size and zoom for one of them."""
    page = watched.page
    screen = page.context.new_cdp_session(page)
    yield Resized(page, screen)
    screen.detach()
    page.evaluate("jupyterapp.shell.expandLeft()")
    for width in (1000, VIEWPORT["width"]):  # playwright sends no size that it has sent before
        page.set_viewport_size({"width": width, "height": VIEWPORT["height"]})


@pytest.fixture
def fresh(shared: Shared) -> Iterator[Watched]:
    """Such a page for one test: of another server, or with settings that others must not find."""
    shared.open()
    assert shared.context
    watched = Watched(shared.context.new_page())
    yield watched
    watched.page.close()
    watched.check()


@pytest.fixture
def open_panel(request: pytest.FixtureRequest) -> Callable[[str], Opened]:
    """Opens the workbench in a front end: ``lab``, ``notebook_7`` or ``voila``."""

    def in_lab() -> Opened:
        page, lab = request.getfixturevalue("watched").page, request.getfixturevalue("lab")
        notebook = open_notebook(page, lab, OPEN)
        return Opened(Bench(page), notebook, lab)

    def in_notebook_7() -> Opened:
        watched, lab = request.getfixturevalue("fresh"), request.getfixturevalue("lab")
        write_notebook(lab, "notebook-7.ipynb", OPEN)
        notebook = Notebook7(watched.page, lab, "notebook-7.ipynb")
        watched.not_ours = set(watched.errors)  # Notebook's application complains a little of itself
        notebook.run_all()
        return Opened(Bench(watched.page), notebook, lab)

    def in_voila() -> Opened:
        page, voila = request.getfixturevalue("fresh").page, request.getfixturevalue("voila")
        kernel = VoilaPage(page, voila)
        return Opened(Bench(page), kernel, voila)

    ways = {"lab": in_lab, "notebook_7": in_notebook_7, "voila": in_voila}
    return lambda front_end: ways[front_end]()
