"""Ways around in a browser: notebooks opened and run, the panel driven as a person drives it. No sleeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import Locator, Page, Request, expect

from .servers import TOKEN, Server


@dataclass
class Watched:
    """A page, and what must stay empty: requests to elsewhere, and errors of the page."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def check(self) -> None:
        assert self.outside == [], self.outside
        assert self.errors == [], self.errors


#: The cell that opens the workbench.
OPEN = "import scalev_frames as sf\nbench = sf.workbench(days=None)\nbench"


def write_notebook(server: Server, name: str, *cells: str) -> None:
    write_cells(server.folder / name, *cells)


def write_cells(path: Path, *cells: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, path)


class Notebook:
    """A notebook in JupyterLab, opened and with its kernel ready."""

    def __init__(self, page: Page, server: Server, name: str, *, theme: str = "JupyterLab Light") -> None:
        self.page, self.server, self.name = page, server, name
        page.goto(f"{server.url}/lab/workspaces/{name.split('.')[0]}/tree/{name}?token={TOKEN}&reset")
        page.wait_for_function("window.jupyterapp !== undefined")
        page.evaluate("jupyterapp.restored")
        # JupyterLab takes its opening picture away twice, which fails, when the theme changes before it is gone.
        page.wait_for_function("document.getElementById('jupyterlab-splash') === null")
        page.evaluate(
            """async theme => {
                await jupyterapp.commands.execute('apputils:change-theme', {theme});
            }""",
            theme,
        )
        page.wait_for_function("jupyterapp.shell.currentWidget?.sessionContext !== undefined")
        page.evaluate(
            """async () => {
                const notebook = jupyterapp.shell.currentWidget;
                await notebook.context.ready;
                await notebook.sessionContext.ready;
                await notebook.sessionContext.session.kernel.info;
            }"""
        )

    def run_all(self) -> None:
        """Run every cell; a cell that raised fails the test."""
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        said = self.page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")
        assert said.all_inner_texts() == [], said.all_inner_texts()

    def run(self, source: str) -> str:
        """What the kernel prints for ``source``, beside the notebook."""
        return str(
            self.page.evaluate(
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
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")

    def restart_kernel(self) -> None:
        """Restart the kernel; the page stays, and what it shows is of no kernel any more."""
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")

    def end_kernel(self) -> None:
        """End the kernel; the page stays."""
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")


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

    def wait(self, state: str, *, seconds: float = 30) -> str:
        """Wait for a state of the status; gives its words."""
        expect(self.status).to_have_attribute("data-state", state, timeout=seconds * 1000)
        return self.status.locator(".scalev-status-text").inner_text()

    def wait_for_file(self, suffix: str) -> None:
        """Wait until the status says that a file of this kind is written; it may be so before anyone sees it run."""
        words = self.status.locator(".scalev-status-text")
        expect(words).to_contain_text(suffix, timeout=30_000)
        expect(self.status).to_have_attribute("data-state", "exported")

    def tab(self, label: str) -> Locator:
        self.box.get_by_role("tab", name=label).click()
        return self.box.locator(".scalev-tabs > .widget-tab-contents > :not(.lm-mod-hidden)")
