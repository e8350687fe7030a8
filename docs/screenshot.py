"""Why: the README's picture of the workbench is a real one: this drives it in JupyterLab and photographs it.

Run by hand (``python docs/screenshot.py``) when the panel looks different; needs chromium. With a folder as argument it
also leaves pictures of every state, in light and dark, English and Indonesian, to be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scalev_frames.sandbox import Sandbox  # noqa: E402 - after the path is set
from tests.browser.conftest import CHROMIUM  # noqa: E402
from tests.browser.pages import Bench, Notebook, write_notebook  # noqa: E402
from tests.browser.servers import Server, start_lab  # noqa: E402

PICTURE = ROOT / "docs" / "images" / "workbench.png"
LOOKS = {"light": ("JupyterLab Light", "en"), "dark": ("JupyterLab Dark", "id")}


def main() -> None:
    """Write docs/images/workbench.png, and every state into the folder that is named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with (
        Sandbox(orders=1000, limits=None) as sandbox,
        tempfile.TemporaryDirectory() as home,
        sync_playwright() as playwright,
    ):
        server = start_lab(Path(home), SCALEV_API_BASE_URL=sandbox.base_url)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        try:
            for look in LOOKS if folder else ["light"]:
                photograph(browser, server, sandbox, look, folder)
        finally:
            browser.close()
            server.stop()


def photograph(browser: Browser, server: Server, sandbox: Sandbox, look: str, folder: Path | None) -> None:
    """One walk through the panel in one look."""
    theme, language = LOOKS[look]
    page = browser.new_page(viewport={"width": 1320, "height": 1400}, device_scale_factor=1.5)

    def keep(state: str) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            bench.box.screenshot(path=folder / f"{look}-{state}.png")

    name = f"{look}.ipynb"
    write_notebook(server, name, f"import scalev_frames as sf\nbench = sf.workbench(language={language!r})\nbench")
    Notebook(page, server, name, theme=theme).run_all()
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    bench = Bench(page)
    keep("1-signed-out")
    bench.box.locator(".scalev-key-input").fill("sk_wrong_0123456789abcdef")
    page.keyboard.press("Enter")
    expect(bench.box.locator(".scalev-login .scalev-status")).to_have_attribute("data-state", "failed")
    keep("2-wrong-key")
    bench.box.locator(".scalev-key-input").fill(sandbox.api_key)
    page.keyboard.press("Enter")
    expect(bench.box.locator(".scalev-who")).to_contain_text("sk_")
    bench.pick("status", "shipped", "completed")
    bench.box.locator(".scalev-picker[data-name='store_id'] input").click()
    keep("3-filters")
    page.keyboard.press("Escape")
    bench.box.locator(".scalev-options-toggle").click()
    bench.box.locator(".scalev-freshness select").select_option(index=4)
    sandbox.latency = 0.5
    bench.press("fetch")
    bench.wait("running")
    keep("4-running")
    sandbox.latency = 0.0
    bench.wait("done")
    bench.box.locator(".scalev-freshness select").select_option(index=0)
    bench.box.locator(".scalev-options-toggle").click()
    expect(bench.box.locator(".scalev-cost")).to_contain_text("request" if language == "en" else "permintaan")
    bench.box.screenshot(path=PICTURE) if look == "light" else None
    keep("5-done")
    for number, state in ((1, "6-pivot"), (2, "7-pictures"), (3, "8-reports"), (4, "9-export")):
        bench.box.get_by_role("tab").nth(number).click()
        if number == 2:
            drawn = bench.box.locator(".scalev-gallery .sp-root[data-state='ready']")
            expect(drawn).to_be_visible(timeout=60_000)
        keep(state)
    bench.box.locator(".scalev-more").click()
    expect(bench.box.locator(".scalev-picker[data-name='courier_id']")).to_be_visible()
    keep("a-more-filters")
    page.close()


if __name__ == "__main__":
    main()
