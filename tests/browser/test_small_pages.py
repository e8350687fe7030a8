"""The whole panel on small and zoomed pages, and by its names: nothing cut, nothing out of reach, nothing run."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .axe import serious_faults
from .grids import Grid
from .pages import OPEN, Bench, ask, open_notebook

#: Width of the window and pixels a pixel: wide and narrow, and both at a zoom of 200 %.
SIZES = [(1280, 1), (900, 1), (640, 2), (450, 2)]
#: What is cut, what stands outside of the panel but for what a grid or a line of code scrolls, and buttons alone in a line.
CUT = """() => {
    const panel = document.querySelector('.scalev-workbench'), edge = panel.getBoundingClientRect().right + 1;
    const pen = document.createElement('canvas').getContext('2d'), found = [];
    const width = (text, style) => { pen.font = style.font; return pen.measureText(text).width; };
    for (const one of panel.querySelectorAll('*')) {
        const box = one.getBoundingClientRect(), style = getComputedStyle(one);
        if (!box.width || !box.height || one.closest('.sg-grid, .sg-code, svg, .sp-plot')) continue;
        if (box.right > edge && !one.closest('pre')) found.push(`outside: ${one.className}`);
        const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) + 1;
        const said = one.tagName === 'SELECT' ? innerWidth < 600 ? [] : [...one.options].map((choice) => choice.textContent) : one.value ? [] : [one.placeholder ?? ''];
        if (one.clientWidth > 1) found.push(...said.filter((text) => width(text, style) > room).map((text) => `cut: ${text}`));
        if (one.matches('button, label, .lm-TabBar-tabLabel, .scalev-status-text') && one.scrollWidth > one.clientWidth + 1) found.push(`cut: ${one.textContent}`);
    }
    for (const cell of panel.querySelectorAll('.sg-body .sg-numeric:not(.sg-waiting)')) {
        if (cell.scrollWidth > cell.clientWidth || /[…#]/.test(cell.textContent)) found.push(`cut: ${cell.textContent}`);
    }
    for (const bar of panel.querySelectorAll('.sg-bar, .sb-buttons')) {
        const [last, before] = [...bar.children].reverse();
        if (before && last.offsetTop > before.offsetTop + 4 && innerWidth > 700) found.push(`alone: ${last.textContent}`);
    }
    for (const number of panel.querySelectorAll('.xaxislayer-above text, .xtick text')) {
        if (/rotate\\((?!0[,)])/.test(number.getAttribute('transform'))) found.push(`turned: ${number.textContent}`);
    }
    const page = document.documentElement, outer = document.querySelector('.jp-WindowedPanel-outer');
    if (page.scrollWidth > innerWidth || outer.scrollWidth > outer.clientWidth + 1) found.push('the page scrolls sideways');
    return [...new Set(found)];
}"""
#: The same once the page has taken the new size, which takes it some frames.
SETTLED = f"""async () => {{
    const cut = {CUT};
    for (let n = 0; ; n++) {{
        await new Promise(requestAnimationFrame);
        const found = cut();
        if (!found.length || n > 120) return found;
    }}
}}"""
#: A report's name in its list, and the heading of its first column.
REPORT = {"en": "RTS by courier", "id": "Retur per kurir"}
COURIER = {"en": "Courier", "id": "Kurir"}
EVIL = "<img src=x onerror=window.ran=1>"


@pytest.mark.parametrize(("theme", "language"), [("JupyterLab Light", "en"), ("JupyterLab Dark", "id")])
def test_every_tab_at_every_size_and_a_click_on_a_number_of_a_report(resized, lab, sandbox, theme, language):
    page = resized.page
    notebook = resized.open(lab, OPEN.replace("days=None", f"days=None, language={language!r}"), theme=theme)
    bench = Bench(page)
    bench.box.locator(".scalev-key-input").fill(sandbox.api_key)
    page.keyboard.press("Enter")
    expect(bench.box.locator(".scalev-who")).to_contain_text("sk_")
    bench.pick("status", "shipped", "completed", "rts")
    expect(bench.box.locator(".scalev-code pre")).to_contain_text('"rts"')  # not shipped_rts, which holds the word, too
    bench.box.locator(".scalev-options-toggle").click()
    bench.press("fetch")
    bench.wait("done")
    grid = Grid(page)
    found, sizes = {}, SIZES[:]
    for number in range(5):
        bench.box.get_by_role("tab").nth(number).click()
        if number == 2:
            expect(bench.box.locator(".scalev-gallery .sp-root")).to_have_attribute("data-state", "ready")
        for width, scale in sizes:
            resized.to(width, scale)
            if cut := ask(page, SETTLED):
                found[number, width] = cut
        sizes.reverse()  # the next tab begins where this one ends
    assert found == {}
    bench.box.get_by_role("tab").nth(3).click()
    bench.box.locator(".scalev-report-choice select").select_option(label=REPORT[language])
    report = Grid(page, bench.box.locator(".scalev-reports .scalev-table"))
    expect(report.head(COURIER[language])).to_be_attached()  # the one before is gone
    report.ready()
    report.box.locator(".sg-body .sg-row").first.locator(".sg-cell[aria-colindex='3']").dblclick()
    expect(bench.box.get_by_role("tab").first).to_have_attribute("aria-selected", "true")
    expect(grid.box.locator(".sg-chip.sg-only")).to_be_visible()
    count = int(notebook.run("print(bench.reports.made['shipped'].iloc[0])"))
    assert int(notebook.run("print(len(bench.table.view))")) > 0 < count
    grid.box.locator(".sg-clear").click()
    menu = grid.menu("status")
    assert serious_faults(page, ".sg-menu") == []
    expect(menu).to_have_role("dialog")
    page.keyboard.press("Escape")
    resized.to(640, 2, height=500)
    expect(grid.menu("draft_time").locator(".sg-apply")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    grid.box.locator(".sg-grid").focus()
    page.keyboard.press("Enter")
    expect(grid.box.locator(".sg-record")).to_be_visible()
    grid.ready()
    assert serious_faults(page, ".scalev-table") == []


def test_a_screen_reader_hears_what_each_part_is_and_markup_is_never_run(watched, lab):
    page = watched.page
    open_notebook(page, lab, f"""
import pandas as pd
from scalev_frames.notebook.table import Table
from scalev_frames.notebook.pivot import Pivot
evil = {EVIL!r}
frame = pd.DataFrame({{evil: [evil, "b"], "status": ["rts", evil], "quantity": [1, 2]}}, index=pd.Index([evil, 2], name=evil + " "))
table = Table(frame)
table""", "pivot = Pivot(frame)\npivot.choose([evil], ['status'], [('quantity', 'sum')])\npivot")  # fmt: skip
    grid = Grid(page)
    expect(grid.box.locator(".sg-grid")).to_have_accessible_name("Table")
    menu = grid.menu("quantity")
    expect(menu).to_have_accessible_name("Filter and column Quantity")
    expect(menu.locator(".sg-values label")).to_have_count(2)
    for one in menu.locator("input:visible, select:visible, button:visible").all():
        expect(one).not_to_have_accessible_name("")
    page.keyboard.press("Escape")
    grid.menu(EVIL)
    page.keyboard.press("Escape")
    grid.cell(0, EVIL).click()
    page.keyboard.press("Enter")
    expect(grid.box.locator(".sg-record")).to_have_role("dialog")
    expect(grid.box.locator(".sg-record")).not_to_have_accessible_name("")
    page.keyboard.press("Escape")
    pivot = page.locator(".scalev-pivot")
    shown = Grid(page, pivot.locator(".scalev-table").first)
    expect(shown.box.locator(".sg-body .sg-row")).to_have_count(3)
    for part in ("rows", "columns", "values", "filters"):
        expect(pivot.locator(f".sb-well-{part}")).not_to_have_accessible_name("")
    for one in pivot.locator(".scalev-builder :is(input, select, button):visible").all():
        expect(one).not_to_have_accessible_name("")
    assert page.evaluate("window.ran") is None
    assert page.locator("img[src=x]").count() == 0
