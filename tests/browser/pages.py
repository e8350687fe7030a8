"""Ways around in a browser: notebooks opened and run, the panel driven as a person drives it.

No sleeps, and no wait without an end: playwright's own waits have one, and a promise of the page is asked with `ask`.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import zmq.asyncio
from jupyter_client import AsyncKernelClient
from playwright.sync_api import CDPSession, Locator, Page, Request, expect

from .servers import TOKEN, Server


@dataclass
class Watched:
    """A page, and what must stay empty: requests to elsewhere, and errors of the page but for those that are not ours."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    not_ours: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def check(self) -> None:
        """Fail when anything happened since the last check."""
        outside, errors = self.outside[:], [error for error in self.errors if error not in self.not_ours]
        self.outside.clear()
        self.errors.clear()
        assert outside == [], outside
        assert errors == [], errors


def ask(page: Page, script: str, argument: Any = None, *, seconds: float = 60) -> Any:
    """What an asynchronous function of the page gives; fails with its text when that takes longer than ``seconds``."""
    late = json.dumps(f"No answer in {seconds:g} s: {script}")
    return page.evaluate(
        f"""argument => Promise.race([
            ({script})(argument),
            new Promise((_, fail) => setTimeout(() => fail(new Error({late})), {seconds * 1000:.0f})),
        ])""",
        argument,
    )


#: The cell that opens the workbench.
OPEN = "import scalev_frames as sf\nbench = sf.workbench(days=None)\nbench"


def write_notebook(server: Server, name: str, *cells: str) -> None:
    write_cells(server.folder / name, *cells)


def write_cells(path: Path, *cells: str) -> None:
    """Write a notebook; the first cells of all notebooks have the same id, as a panel's variables are those of its cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(cells)]
    )
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, path)


#: The notebook that many tests write anew; its kernel stays, as starting one and importing the package takes seconds.
WARM = "notebook.ipynb"
#: Makes the kernel of that notebook like a new one: no widget, no variable, no key.
FORGET = """
import ipywidgets
from scalev_frames.connection import use
from scalev_frames.notebook.panel import login
use(None)
login._session.key = None
ipywidgets.Widget.close_all()
get_ipython().reset()
"""
#: Leaves every notebook that is open, without asking: kernels end, but that of `WARM`.
LEAVE = """async () => {
    const execute = kernel => kernel.requestExecute({code: FORGET, silent: true, store_history: false}).done;
    for (const one of [...jupyterapp.shell.widgets('main')]) {
        const session = one.sessionContext;
        if (one.context?.path !== WARM) await session?.shutdown();
        else if (session?.session?.kernel) await execute(session.session.kernel);
        one.dispose();
    }
}""".replace("FORGET", json.dumps(FORGET)).replace("WARM", json.dumps(WARM))
READY = """async () => {
    await jupyterapp.restored;
    const { sessionContext } = jupyterapp.shell.currentWidget;
    await sessionContext.ready;
    await sessionContext.session.kernel.info;
}"""
SHOW = """async ([name, theme]) => {
    const {commands, shell} = jupyterapp;
    if (document.body.dataset.jpThemeName !== theme) await commands.execute('apputils:change-theme', {theme});
    const notebook = await commands.execute('docmanager:open', {path: name, factory: 'Notebook'});
    await notebook.revealed;
    await notebook.context.ready;
    await notebook.sessionContext.ready;
    shell.activateById(notebook.id);
    await notebook.sessionContext.session.kernel.info;
}"""

#: Whether a notebook is the one in front; it is brought there anew where JupyterLab has put another one there since.
IS_CURRENT = """name => {
    const { shell } = jupyterapp;
    const own = [...shell.widgets("main")].find(one => one.context?.path === name);
    if (own && shell.currentWidget !== own) shell.activateById(own.id);
    return own !== undefined && shell.currentWidget === own;
}"""


class Notebook:
    """A notebook in JupyterLab, opened alone and with its kernel ready; JupyterLab is loaded once for a page.

    Its kernel is a new one, but for the notebook `WARM`, whose kernel is that of the test before.
    """

    def __init__(self, page: Page, server: Server, name: str, *, theme: str = "JupyterLab Light") -> None:
        self.page, self.server, self.name = page, server, name
        is_loaded = page.url.startswith(f"{server.url}/lab")
        if is_loaded:
            page.mouse.move(0, 0)
            ask(page, LEAVE)
        if not is_loaded or name != WARM:
            server.end_kernels(name)  # of other pages, too
        if not is_loaded:
            self._load()
        ask(page, SHOW, [name, theme])
        page.wait_for_function(IS_CURRENT, arg=name)

    def _load(self) -> None:
        workspace = self.name.partition(".")[0]  # two pages cannot share one
        self.page.goto(f"{self.server.url}/lab/workspaces/{workspace}/tree/{self.name}?token={TOKEN}&reset")
        self.page.wait_for_function("window.jupyterapp !== undefined")
        ask(self.page, "() => jupyterapp.restored.then(() => null)", seconds=90)
        # JupyterLab takes its opening picture away twice, which fails, when the theme changes before it is gone.
        self.page.wait_for_function("document.getElementById('jupyterlab-splash') === null")
        self.page.wait_for_function("jupyterapp.shell.currentWidget?.context !== undefined")

    def run_all(self) -> None:
        """Run every cell; a cell that raised fails the test, and so does one that warned.

        ipykernel's own complaint of a thread that ended with the notebook before may stand in any cell, and does not count.
        """
        ask(self.page, "() => jupyterapp.commands.execute('notebook:run-all-cells')")
        said = self.page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")
        ours = [text for text in said.all_inner_texts() if "Kernel.shell_main" not in text]
        assert ours == [], ours

    def run(self, source: str) -> str:
        """What the kernel prints for ``source``, beside the notebook."""
        return str(
            ask(
                self.page,
                """async code => {
                    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                    const future = kernel.requestExecute({code, store_history: false});
                    let said = '';
                    future.onIOPub = message => {
                        if (message.header.msg_type === 'stream') said += message.content.text;
                        if (message.header.msg_type === 'error') said += message.content.traceback.join('\\n');
                    };
                    await future.done;
                    return said;
                }""",
                source,
            )
        )

    def save(self) -> None:
        """Save the notebook, and a checkpoint of it, as Ctrl+S does."""
        ask(self.page, "() => jupyterapp.commands.execute('docmanager:save')")

    def restart_kernel(self) -> None:
        """Restart the kernel; the page stays, and what it shows is of no kernel any more."""
        ask(self.page, "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")

    def shut_down_kernel(self) -> None:
        """End the kernel for good."""
        ask(self.page, "() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def open_notebook(page: Page, server: Server, *cells: str, theme: str = "JupyterLab Light") -> Notebook:
    """These cells as the notebook `WARM`, each of them run."""
    write_notebook(server, WARM, *cells)
    notebook = Notebook(page, server, WARM, theme=theme)
    notebook.run_all()
    return notebook


@dataclass
class Resized:
    """A page of JupyterLab without its side bar, for narrow and zoomed windows."""

    page: Page
    screen: CDPSession

    def open(self, server: Server, *cells: str, **how: Any) -> Notebook:
        """As `open_notebook`."""
        notebook = open_notebook(self.page, server, *cells, **how)
        self.page.evaluate("jupyterapp.shell.collapseLeft()")
        return notebook

    def to(self, width: int, scale: int, *, height: int = 1000) -> None:
        """Let the window be so wide, in pixels of CSS, with ``scale`` pixels of the screen for each."""
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self.screen.send("Emulation.setDeviceMetricsOverride", size)


class Notebook7(Notebook):
    """A notebook in Notebook 7, which has a page of its own for each."""

    def __init__(self, page: Page, server: Server, name: str) -> None:
        self.page, self.server, self.name = page, server, name
        server.end_kernels(name)
        page.goto(f"{server.url}/notebooks/{name}?token={TOKEN}")
        page.wait_for_function("window.jupyterapp !== undefined")
        ask(page, READY)


class VoilaPage:
    """A page of Voila's; it has no way to its kernel, which is asked on this computer."""

    def __init__(self, page: Page, server: Server) -> None:
        page.goto(server.url)
        # A kernel is started and the notebook run first, which takes a busy computer more than a minute.
        expect(page.locator(".scalev-workbench")).to_be_visible(timeout=150_000)
        self._file = max(server.home.glob("runtime/voila_*/kernel-*.json"), key=lambda file: file.stat().st_mtime_ns)

    def run(self, source: str) -> str:
        """What the kernel prints for ``source``."""
        with ThreadPoolExecutor(1) as aside:  # playwright's loop runs in this thread
            return aside.submit(asyncio.run, run_in_kernel(self._file, source)).result()


async def run_in_kernel(connection: Path, source: str) -> str:
    """Run ``source`` in the kernel of a connection file; gives what it prints, and what it raises."""
    said: list[str] = []

    def note(message: dict[str, Any]) -> None:
        content = message["content"]
        said.extend(content.get("traceback", [content.get("text", "")]))

    with zmq.asyncio.Context() as context:
        client = AsyncKernelClient(connection_file=str(connection), context=context)
        client.load_connection_file()
        client.start_channels()
        try:
            await client.wait_for_ready(60)
            await client.execute_interactive(source, store_history=False, timeout=60, output_hook=note)
        finally:
            client.stop_channels()
    return "".join(said)


class Bench:
    """The workbench on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.locator(".scalev-workbench")
        expect(self.box).to_be_visible()
        self.status = self.box.locator(".scalev-card .scalev-status")

    def sign_in(self, key: str) -> None:
        self.box.locator(".scalev-key-input").fill(key)
        self.page.keyboard.press("Enter")
        expect(self.box.locator(".scalev-who")).to_contain_text("Signed in")

    def pick(self, name: str, *texts: str) -> None:
        """Choose in a picker by typing and pressing Enter."""
        entry = self.box.locator(f".scalev-picker[data-name='{name}'] input")
        for text in texts:
            entry.fill(text)
            self.page.keyboard.press("Enter")
        self.page.keyboard.press("Escape")

    def press(self, name: str) -> None:
        self.box.locator(f"button.scalev-{name}").click()

    def wait(self, state: str, *, seconds: float = 60) -> str:
        """Wait for a state of the status; gives its words."""
        expect(self.status).to_have_attribute("data-state", state, timeout=seconds * 1000)
        return self.status.locator(".scalev-status-text").inner_text()

    def wait_for_file(self, suffix: str) -> None:
        """Wait until the status says that a file of this kind is written; it may be so before anyone sees it run."""
        words = self.status.locator(".scalev-status-text")
        expect(words).to_contain_text(suffix)
        expect(self.status).to_have_attribute("data-state", "exported")

    def tab(self, label: str) -> Locator:
        self.box.get_by_role("tab", name=label).click()
        return self.box.locator(".scalev-tabs > .widget-tab-contents > :not(.lm-mod-hidden)")


def newest(folder: Path, pattern: str) -> Path:
    """The file that was exported last; other tests export into the same folder."""
    return max(folder.joinpath("data", "exports").glob(pattern), key=lambda file: file.stat().st_mtime_ns)


@dataclass
class Opened:
    """The workbench, opened in one of the front ends.

    Attributes:
        bench: its parts on the page.
        kernel: runs code beside it.
        server: where it is.
    """

    bench: Bench
    kernel: Notebook | VoilaPage
    server: Server
