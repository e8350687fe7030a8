"""Pictures and reports that people touch, in JupyterLab: tooltips, legends, zoom, the rows behind a bar."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from .grids import Grid
from .pages import OPEN, Bench, ask, open_notebook


@pytest.fixture
def notebook(watched, lab, sandbox):
    notebook = open_notebook(watched.page, lab, OPEN)
    bench = Bench(watched.page)
    bench.sign_in(sandbox.api_key)
    bench.press("fetch")
    bench.wait("done")
    return notebook, bench


def ready(tab: Locator) -> Locator:
    root = tab.locator(".sp-root")
    expect(root).to_have_attribute("data-state", "ready")
    return root


def bar(figure: Locator, trace: int, number: int) -> tuple[float, float]:
    """The middle of a bar on the page."""
    figure.scroll_into_view_if_needed()
    box = figure.locator(".trace.bars").nth(trace).locator(".point path").nth(number).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def rows(bench: Bench) -> Grid:
    """The table of what was fetched, once it is in sight."""
    expect(bench.box.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
    return Grid(bench.page, bench.box.locator(".scalev-table:visible"))


def test_a_bar_says_what_it_is_and_a_click_shows_the_rows_behind_it(notebook):
    notebook, bench = notebook
    page = notebook.page
    root = ready(bench.tab("Pictures"))
    figures = root.locator(".sp-figure")
    couriers = figures.nth(2)
    x, y = bar(couriers, 0, 0)
    page.mouse.move(x, y)
    said = notebook.run("c = bench.gallery.place.shown[2]; print(c.names[0], '|', c.texts[0], end='')")
    name, text = said.split(" | ")
    expect(couriers.locator(".hoverlayer")).to_contain_text(name)
    expect(couriers.locator(".hoverlayer")).to_contain_text(text)
    page.mouse.click(x, y)
    grid = rows(bench)
    expect(grid.box.locator(".sg-only")).to_contain_text(f"{name} · Returned")
    assert grid.box.get_attribute("data-found") == text.split("(")[1].split(" of ")[0]
    grid.box.locator(".sg-code-button").click()
    code = grid.box.locator(".sg-code pre").inner_text()
    same = "pd.testing.assert_frame_equal(view, bench.table.view); print(len(view), end='')"
    assert notebook.run(f"import pandas as pd\n{code}\n{same}") == grid.box.get_attribute("data-found")
    # A legend's key switches its part off in every axis, and the axis fits what is left.
    bench.tab("Pictures")
    daily = figures.nth(0)
    traces = daily.locator(".barlayer .trace")
    before = traces.count()
    daily.get_by_role("button", name="Completed").click()
    expect(traces).to_have_count(before - 2)
    expect(daily.get_by_role("button", name="Completed")).to_have_attribute("aria-pressed", "false")
    # Dragging zooms into some days; the theme follows the page without losing that.
    shown = "gd => gd.layout.xaxis.range.map(one => new Date(one).getTime()).reduce((a, b) => b - a) / 864e5"
    plot = daily.locator(".sp-plot")
    whole = plot.evaluate(shown)
    box = daily.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 40, steps=6)
    page.mouse.up()
    page.wait_for_function("([gd, most]) => (" + shown + ")(gd) < most", arg=[plot.element_handle(), whole / 3])
    ink = plot.evaluate("gd => gd.layout.font.color")
    ask(page, "() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.wait_for_function("([gd, ink]) => gd.layout.font.color !== ink", arg=[plot.element_handle(), ink])
    assert plot.evaluate(shown) < whole / 3
    # Around a number the ground of the tab covers the lines behind it, in the dark, too.
    ground = bench.box.locator(".scalev-tabs > .widget-tab-contents").evaluate(
        "tab => getComputedStyle(tab).backgroundColor"
    )
    expect(couriers.locator(".textpoint text").first).to_have_css("text-shadow", re.compile(re.escape(ground)))
    # By keyboard: the numbers of a picture, and the rows behind one of them.
    numbers = figures.nth(1).locator(".sp-numbers")
    numbers.locator("summary").focus()
    page.keyboard.press("Enter")
    numbers.locator(".sp-number").nth(3).focus()
    found = numbers.locator(".sp-number").nth(3).inner_text().replace(",", "")
    page.keyboard.press("Enter")
    grid.found(int(found))
    # Of another list there are none, and the tab says so.
    bench.box.locator(".scalev-endpoint select").select_option("Catalogue · Stores")
    expect(bench.box.locator(".scalev-code pre").first).to_have_text("stores = sf.stores()")
    bench.press("fetch")
    grid.found(6)
    tab = bench.tab("Pictures")
    expect(tab.get_by_text("There are pictures for orders.")).to_be_visible()
    expect(figures).to_have_count(0)


def test_a_report_of_one_store_and_month_leads_to_its_orders_and_to_a_workbook(notebook, lab):
    notebook, bench = notebook
    notebook.run(
        "import datetime as dt\nfrom scalev_frames.notebook.panel.controls import days\nnewest = bench.frame['draft_time'].max().date()\n"
        "this_month = days.PRESETS['this_month']\n"
        "days.PRESETS['this_month'] = lambda today: (newest.replace(day=1), newest)"
    )
    tab = bench.tab("Reports")
    for name, label in (
        ("choice", "COD against transfer"),
        ("period", "This month"),
        ("against", "the period before"),
        ("store", "Kopi Tanah Air"),
    ):
        before = ready(tab).get_attribute("data-generation")
        tab.locator(f".scalev-report-{name} select").select_option(label=label)
        expect(tab.locator(".sp-root")).not_to_have_attribute("data-generation", before)
    root = ready(tab)
    expect(root.locator(".sp-title")).to_have_text("COD against transfer")
    numbers = root.locator(".sp-numbers")
    numbers.locator("summary").click()
    pressed = numbers.locator(".sp-number").first
    found = pressed.inner_text()
    tab.locator("button.scalev-report-export").click()
    expect(tab.locator(".scalev-status")).to_have_attribute("data-state", "exported")
    expect(tab.locator(".scalev-status-text")).to_contain_text("21 reports of")
    assert list((lab.folder / "data" / "exports").glob("report-*.xlsx"))
    pressed.click()
    grid = rows(bench)
    expect(grid.box.locator(".sg-only")).to_contain_text("Kopi Tanah Air · COD · Delivered")
    grid.found(int(found.replace(",", "")))
    counted = notebook.run(
        "f = bench.table.view; print(set(f['store_name']), set(f['status']), (f['draft_time'].dt.date >= newest.replace(day=1)).all(), end='')"
    )
    notebook.run("days.PRESETS['this_month'] = this_month")  # the kernel is that of other tests, too
    assert counted in ("{'Kopi Tanah Air'} {'completed'} True", "set() set() True")
