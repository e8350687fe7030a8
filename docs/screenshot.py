"""Make the README's pictures of the workbench: drive it in JupyterLab and photograph it.

Run by hand (``python docs/screenshot.py``) when the panel looks different; needs chromium and Pillow, which matplotlib
brings. With a folder as argument it also leaves pictures of every state, in light and dark, English and Indonesian, to
be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scalev_frames.sandbox import Sandbox  # noqa: E402 - after the path is set
from tests.browser.conftest import CHROMIUM  # noqa: E402
from tests.browser.pages import Bench, Notebook, write_notebook  # noqa: E402
from tests.browser.servers import Server, start_lab  # noqa: E402
from tests.browser.test_table import Grid  # noqa: E402

IMAGES = ROOT / "docs" / "images"
LOOKS = {"light": ("JupyterLab Light", "en"), "dark": ("JupyterLab Dark", "id")}
#: The page of the animation, and how long each of its pictures stays, in milliseconds.
MORNING = {"width": 1120, "height": 800}
STAYS = 2200
#: What JupyterLab shows around a cell's output.
BARS = (
    "#jp-top-panel, #jp-bottom-panel, .jp-SideBar, .jp-Toolbar, .lm-DockPanel-tabBar, .jp-InputArea, .jp-Collapser, "
    ".jp-OutputArea-promptOverlay, .jp-InputPrompt, .jp-OutputPrompt"
)


def main() -> None:
    """Write the pictures in docs/images, and every state into the folder that is named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    expect.set_options(timeout=60_000)
    with (
        Sandbox(orders=1000, limits=None) as sandbox,
        tempfile.TemporaryDirectory() as home,
        sync_playwright() as playwright,
    ):
        server = start_lab(Path(home), SCALEV_API_BASE_URL=sandbox.base_url)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        try:
            morning(browser, server, sandbox)
            for look in LOOKS if folder else ():
                photograph(browser, server, sandbox, look, folder)
        finally:
            browser.close()
            server.stop()


def morning(browser: Browser, server: Server, sandbox: Sandbox) -> None:
    """A morning in the panel, from the orders to the workbook: an animation, and three of its pictures."""
    page = browser.new_page(viewport=MORNING)
    page.set_default_timeout(60_000)
    frames: list[Image.Image] = []

    def shot(said: str) -> None:
        page.evaluate(
            """said => {
                const place = document.body;
                const made = place.querySelector('#said') ?? place.appendChild(document.createElement('div'));
                Object.assign(made, {id: 'said', textContent: said});
                made.style.cssText = `position:fixed;left:0;right:0;bottom:0;z-index:99;padding:9px 22px;color:#fff;
                    background:#0b3b34;font:600 17px system-ui,sans-serif`;
            }""",
            said,
        )
        frames.append(Image.open(BytesIO(page.screenshot())).convert("RGB"))

    def keep(name: str, place: Locator) -> None:
        page.evaluate("document.querySelector('#said').remove(); document.activeElement.blur()")
        page.set_viewport_size({**MORNING, "height": 1500})
        save_small(place.screenshot(), IMAGES / name)
        page.set_viewport_size(MORNING)

    write_notebook(server, "morning.ipynb", "import scalev_frames as sf\nbench = sf.workbench(days=None)\nbench")
    Notebook(page, server, "morning.ipynb").run_all()
    only_the_panel(page)
    bench = Bench(page)
    bench.sign_in(sandbox.api_key)
    bench.pick("status", "shipped", "completed", "rts")
    expect(bench.box.locator(".scalev-cost")).to_contain_text("request")
    shot("Choose what to fetch: the panel says what it costs, and the line of Python that does the same")
    sandbox.latency = 0.4
    bench.press("fetch")
    bench.wait("running")
    expect(bench.box.locator(".scalev-card .scalev-status-detail")).not_to_be_empty()
    shot("Every order, or an error that says how to go on")
    sandbox.latency = 0.0
    bench.wait("done")
    table = Grid(page)
    keep("workbench.png", bench.box)
    bench.box.locator(".scalev-tabs").evaluate("tabs => tabs.scrollIntoView()")
    shot("All rows as a spreadsheet, in the columns that people look at")
    table.menu("status").locator(".sg-values label", has_text="completed").click()
    shot("Filter as in Excel: values with their counts, days, ranges")
    table.apply()
    table.cell(0, "gross_revenue").click()
    page.keyboard.press("Control+Space")
    expect(table.box.locator(".sg-sum").first).to_be_visible()
    table.ready()
    shot("Sums of what is selected; each step is a line of pandas, too")
    bench.tab("Pivot")
    page.wait_for_function("document.querySelector('.scalev-pivot .scalev-table')?.dataset.state === 'ready'")
    choose_pivot(page, bench)
    shot("A pivot whose totals are counted from the rows")
    keep("pivot.png", bench.box.locator(".scalev-tabs"))
    bench.tab("Reports")
    bench.box.locator(".scalev-report-choice select").select_option(label="RTS by courier")
    expect(bench.box.locator(".scalev-reports .sp-root[data-state='ready']").first).to_be_visible()
    bench.box.locator(".scalev-tabs").evaluate("tabs => tabs.scrollIntoView()")
    shot("22 reports: a click on a bar or a number shows its orders")
    keep("reports.png", bench.box.locator(".scalev-tabs"))
    bench.press("report-export")
    bench.wait_for_file(".xlsx")
    shot("The same reports as an Excel workbook, to send on")
    frames[0].save(
        IMAGES / "morning.webp", save_all=True, append_images=frames[1:], duration=STAYS, loop=0, quality=72, method=4
    )
    page.close()


def choose_pivot(page: Page, bench: Bench) -> None:
    """Couriers in rows, the status in columns, their gross revenue."""
    bench.box.get_by_role("button", name="Empty").click()
    for name, place in (("Courier", "rows"), ("Status", "columns"), ("Gross revenue", "values")):
        bench.box.locator(".sb-find").fill(name)
        field = bench.box.locator(".sb-fields").get_by_text(name, exact=True).first
        field.drag_to(bench.box.locator(f".sb-well-{place}"))
    bench.box.locator(".sb-find").fill("")
    expect(bench.box.locator(".sb-well-values")).to_contain_text("Gross revenue")
    expect(bench.box.locator(".scalev-pivot .scalev-table")).to_contain_text("Total")
    page.wait_for_function("document.querySelector('.scalev-pivot .scalev-table')?.dataset.state === 'ready'")
    expect(bench.box.locator(".scalev-pivot .sg-waiting")).to_have_count(0)


def only_the_panel(page: Page) -> None:
    """Take JupyterLab's own bars away."""
    page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    page.add_style_tag(content=f"{BARS} {{ display: none !important; }}")


def save_small(picture: bytes, path: Path) -> None:
    """Save a picture with 256 colours, which is a third of its bytes."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def photograph(browser: Browser, server: Server, sandbox: Sandbox, look: str, folder: Path | None) -> None:
    """One tour of the panel in one theme."""
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
