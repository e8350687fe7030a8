"""The ops lead's morning in JupyterLab: sign in, filter, fetch, cancel, go on, look, group, export."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from playwright.sync_api import Page, expect

import scalev_frames as sf
from scalev_frames.sandbox import Fault, Sandbox

from .grids import Grid
from .pages import newest

#: Writes down every width that the bar has had.
WATCH_BAR = """
fill => {
    window.widths = [];
    new MutationObserver(() => window.widths.push(fill.style.width)).observe(fill, {attributes: true});
}
"""


#: Pages after which the server falls silent.
HALF = 32


@contextmanager
def half_of_the_pages(sandbox: Sandbox) -> Iterator[None]:
    """The server answers no page of orders after `HALF` of them, however slow this computer is."""
    silence = Fault("hang", "/order", at=HALF + 1, times=math.inf)
    sandbox.script(silence)
    try:
        yield
    finally:
        silence.times = 0


def pages_asked(sandbox: Sandbox, begun: int) -> set[str]:
    """The pages of orders that were answered from a request on."""
    found = (request for request in sandbox.requests[begun:] if request.path == "/order" and request.status == 200)
    return {str(sorted(request.params.items())) for request in found}


def test_from_the_key_to_the_file(open_panel, sandbox, slow_answers, tmp_path):
    opened = open_panel("lab")
    bench, folder = opened.bench, opened.server.folder
    page = bench.page
    for kept in (folder.parent / "cache").glob("*/frames/orders-*"):
        kept.unlink()  # of another test in the same JupyterLab
    bench.sign_in(sandbox.api_key)

    # Filters: chosen by typing and by name, shown as chips, removed again.
    bench.pick("status", "shipped", "completed")
    store = sandbox.world.rows("stores")[0]
    bench.pick("store_id", store["name"][:5])
    code = bench.box.locator(".scalev-code pre")
    expect(code).to_have_text(f'orders = sf.orders(status=["shipped", "completed"], store_id="{store["id"]}")')
    bench.box.get_by_role("button", name="Order status: shipped").click()
    expect(code).to_have_text(f'orders = sf.orders(status="completed", store_id="{store["id"]}")')
    bench.press("clear")
    expect(code).to_have_text("orders = sf.orders()")

    # Fetch: the bar moves; Cancel at once; the next fetch resumes.
    bench.status.locator(".scalev-bar > div").evaluate(WATCH_BAR)
    begun = len(sandbox.requests)
    with slow_answers(0.1), half_of_the_pages(sandbox):
        bench.press("fetch")
        bench.wait("running")
        wait_until(page, lambda: sum(one.path == "/order" for one in sandbox.requests[begun:]) > HALF)
        bench.press("cancel")
        assert "kept" in bench.wait("cancelled")
    came = pages_asked(sandbox, begun)
    sent = len(sandbox.requests)
    bench.press("fetch")
    said = bench.wait("done")
    assert page.evaluate("new Set(window.widths).size") >= 3
    everything = sandbox.world.rows("orders")
    assert said.startswith(f"{len(everything):,} rows in orders")
    assert len(came) >= HALF
    assert not pages_asked(sandbox, sent) & came  # pages fetched before were not asked for again

    # The table: sort, search.
    table = bench.tab("Table")
    grid = Grid(page, table.locator(".scalev-table"))
    grid.reveal("gross_revenue")
    grid.head("gross_revenue").locator(".sg-name").click()
    expect(grid.head("gross_revenue")).to_have_attribute("aria-sort", "ascending")
    needle = next(order["order_id"] for order in everything if order["status"] == "completed")
    table.get_by_role("searchbox").fill(needle)
    grid.found(1)
    assert grid.text(0, "order_id") == needle
    table.get_by_role("searchbox").fill("")
    grid.found(len(everything))

    # The pivot: orders by status, as the server has them.
    pivot = bench.tab("Pivot")
    completed = sum(order["status"] == "completed" for order in everything)
    line = pivot.locator(".sg-body .sg-row").filter(has_text="completed").first
    expect(line).to_contain_text(f"{completed:,}")

    # The file: on disk it equals the frame, in the browser it equals the file.
    export = bench.tab("Export")
    export.locator(".scalev-export-format select").select_option(label="Parquet")
    bench.press("export")
    bench.wait("exported")
    path = newest(folder, "*.parquet")
    cached = sandbox.world.rows("orders")
    frame = sf.read_parquet(path)
    assert sorted(frame["order_id"]) == sorted(order["order_id"] for order in cached)
    pd.testing.assert_frame_equal(frame, kept_frame(folder.parent / "cache"))
    with page.expect_download() as started:
        export.locator("button.scalev-download").click()
    started.value.save_as(tmp_path / "saved.parquet")
    assert (tmp_path / "saved.parquet").read_bytes() == path.read_bytes()
    assert started.value.suggested_filename == path.name
    path.unlink()

    export.locator(".scalev-export-format select").select_option(label="Excel")
    bench.press("export")
    bench.wait_for_file(".xlsx")
    workbook = newest(folder, "*.xlsx")
    read = pd.read_excel(workbook, engine="calamine", dtype={"order_id": str})
    assert read["order_id"].tolist() == frame["order_id"].tolist()
    workbook.unlink()


def wait_until(page: Page, is_so: Callable[[], bool], most: float = 30.0) -> None:
    """Give the page its time until something has happened elsewhere."""
    until = time.monotonic() + most
    while not is_so():
        assert time.monotonic() < until, f"nothing within {most} s"
        page.wait_for_timeout(20)


def kept_frame(cache: Path) -> pd.DataFrame:
    """The frame that the kernel fetched, as it is kept: what `sf.orders()` would give."""
    files = sorted(cache.glob("*/frames/orders-*.parquet"), key=lambda file: file.stat().st_mtime)
    return sf.read_parquet(files[-1])
