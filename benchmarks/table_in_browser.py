"""The table at the size of a good month, 100,000 orders × 165 columns, in a browser: from a step until it is painted.

    python benchmarks/table_in_browser.py [rows]
    python benchmarks/table_in_browser.py fetch [rows]

The second one is a warm Fetch: a frame that is kept, from the press of the button to its painted rows, pressed when the
rows of the frame before have been looked at; then the first one of a new kernel, as each morning.

Opens JupyterLab with a chromium of its own and drives the table as a person does. Each line is the median and the
greatest of some runs, in milliseconds from the action to the frame in which no cell waits any more, and the kernel's
CPU time a run, which other programs on the computer change less.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.table import big_frame  # noqa: E402 - after the path is set
from scalev_frames.sandbox import Sandbox  # noqa: E402
from tests.browser.conftest import CHROMIUM  # noqa: E402
from tests.browser.pages import Bench, Notebook, write_notebook  # noqa: E402
from tests.browser.servers import start_lab  # noqa: E402

CELL = """
import pandas as pd
from scalev_frames.notebook.table import Table
frame = pd.read_pickle({path!r})
frame.attrs["endpoint"] = "orders"
table = Table(frame, name="orders")
table
"""

#: Runs an action in the page and waits until the table is painted.
TIMED = """async action => {
    const root = document.querySelector('.scalev-table'), app = root.app;
    const frame = () => new Promise(requestAnimationFrame);
    const place = name => app.columns.findIndex(column => column.name === name);
    const head = name => root.querySelector(`.sg-head-cell[data-name='${name}'] .sg-name`);
    const begun = performance.now();
    await new Function('root', 'app', 'place', 'head', `return (async () => { ${action} })()`)(root, app, place, head);
    do { await frame(); } while (root.dataset.state !== 'ready' || root.querySelector('.sg-waiting'));
    await frame();
    return performance.now() - begun;
}"""


def main(rows: int) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        path = Path(home) / "frame.pkl"
        big_frame(rows).to_pickle(path)
        server = start_lab(Path(home))
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        try:
            write_notebook(server, "table.ipynb", CELL.format(path=str(path)))
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            notebook = Notebook(page, server, "table.ipynb")
            notebook.run_all()
            page.wait_for_selector(".scalev-table[data-state=ready]")
            print(f"{rows:,} rows, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            measure(page, notebook)
        finally:
            browser.close()
            server.stop()


#: Presses Fetch, and waits until the panel is done and the table has painted rows of the new frame.
FETCHED = """async () => {
    const box = document.querySelector('.scalev-workbench');
    const status = box.querySelector('.scalev-card .scalev-status');
    const begun = performance.now(), late = begun + 60000;
    box.querySelector('button.scalev-fetch').click();
    const frame = () => new Promise(requestAnimationFrame);
    let left = false;
    for (;;) {
        await frame();
        if (performance.now() > late) throw new Error('Fetch took more than a minute.');
        left ||= status.dataset.state !== 'done';
        const table = box.querySelector('.scalev-table');
        if (left && status.dataset.state === 'done' && table?.dataset.state === 'ready'
            && table.querySelector('.sg-body .sg-row') && !table.querySelector('.sg-waiting')) break;
    }
    await frame();
    return performance.now() - begun;
}"""


def main_of_fetch(orders: int) -> None:
    """Measure a Fetch whose frame is kept."""
    with (
        Sandbox(orders=orders, limits=None) as sandbox,
        tempfile.TemporaryDirectory() as home,
        sync_playwright() as playwright,
    ):
        server = start_lab(Path(home), SCALEV_API_BASE_URL=sandbox.base_url)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        try:
            key = f"sf.connect(api_key={sandbox.api_key!r}, limits=[(100_000, 1.0)])"
            opened = "bench = sf.workbench(days=None)\nbench"
            write_notebook(server, "fetch.ipynb", f"import scalev_frames as sf\n{key}\n{opened}")
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            notebook = Notebook(page, server, "fetch.ipynb")
            notebook.run_all()
            bench = Bench(page)
            bench.press("fetch")
            print(bench.wait("done", seconds=1800))
            for _ in range(5):
                wait_until_read(notebook, "bench.table")
                say_fetch("warm Fetch", page, notebook)
            for _ in range(3):
                notebook.restart_kernel()
                notebook.run_all()
                page.wait_for_timeout(1500)  # the panel has opened
                say_fetch("the first of a kernel", page, notebook)
        finally:
            browser.close()
            server.stop()


def say_fetch(name: str, page: Page, notebook: Notebook) -> None:
    """Press Fetch once and print what it took."""
    before = kernel_seconds(notebook)
    took = page.evaluate(FETCHED)
    used = (kernel_seconds(notebook) - before) * 1000
    print(f"{name + ' -> painted rows':<36} {took:6.0f} ms, CPU {used:5.0f}, load {os.getloadavg()[0]:.1f}")


def kernel_seconds(notebook: Notebook) -> float:
    """CPU seconds of the kernel so far."""
    return float(notebook.run("import time; print(time.process_time())"))


def wait_until_read(notebook: Notebook, table: str) -> None:
    """Wait until all texts are read ahead for a search, as they are when a person has looked at the rows."""
    while notebook.run(f"print(all(one.is_searchable for one in {table}.sheet.columns), end='')") != "True":
        pass


def measure(page: Page, notebook: Notebook) -> None:
    """Drive the table and print what each step takes."""

    def say(name: str, actions: Iterable[str]) -> None:
        before = kernel_seconds(notebook)
        took = [page.evaluate(TIMED, action) for action in actions]
        used = (kernel_seconds(notebook) - before) / len(took) * 1000
        median, most, runs = statistics.median(took), max(took), len(took)
        print(f"{name:<36} {median:6.0f} ms, at most {most:6.0f}, {runs:2} runs, CPU {used:5.0f}")

    page.locator(".scalev-table").scroll_into_view_if_needed()
    type_in = "app.bar.search.value = '{}'; app.bar.search.dispatchEvent(new Event('input')); app.tell();"
    ask = "await app.ask('search', {{text: '{}'}});"
    begun = time.monotonic()
    wait_until_read(notebook, "table")
    print(f"read ahead for a search, at the latest {time.monotonic() - begun:5.1f} s after the rows are painted")
    say("search, first (asked)", [ask.format("semarang")])
    say("search, next (asked)", [ask.format(word) for word in ("jawa cod", "2026", "rts", "")])
    say("search, typed (with its pause)", [type_in.format(word) for word in ("semarang", "depok", "")])
    say("sort by money", ["app.sortBy(place('gross_revenue'));"] * 6)
    say("filter by a value", [f"await app.ask('filter', {{column: place('status'), text: '{one}'}});"
                              for one in ("completed", "rts", "shipped,rts", "draft")])  # fmt: skip
    say("clear", ["await app.ask('clear');"])
    say("scroll, 600 px down", ["app.grid.el.scrollTop += 600;"] * 20)
    say("scroll, 200 rows down", ["app.grid.el.scrollTop += 5600;"] * 20)
    say("jump", [f"app.grid.el.scrollTop = {share} * app.grid.height;" for share in (0.5, 0.2, 0.9, 0.01)])
    say("all columns", ["await app.ask('view', {how: 'all'});"])
    say("scroll, 900 px sideways", ["app.grid.el.scrollLeft += 900;"] * 10)
    say("scroll, 200 rows down, all columns", ["app.grid.el.scrollTop += 5600;"] * 10)
    say("sums of 1,000,000 cells", [
        f"app.selection.range = {{r0: 0, r1: app.found - 1, c0: {at}, c1: {at + 9}}}; app.select();"
        for at in (0, 20, 60, 100)
    ])  # fmt: skip
    print(f"{page.locator('.scalev-table *').count():,} nodes")


if __name__ == "__main__":
    is_fetch = sys.argv[1:2] == ["fetch"]
    counts = sys.argv[2:] if is_fetch else sys.argv[1:]
    (main_of_fetch if is_fetch else main)(int(counts[0]) if counts else 100_000)
