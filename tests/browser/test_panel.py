"""What a person meets beside the straight way: other front ends, F5, a dead kernel, the keyboard, a screen reader."""

from __future__ import annotations

import re
import sys

import pytest
from playwright.sync_api import expect

from .axe import RULES_OF_COLOURS, serious_faults
from .grids import Grid
from .pages import OPEN, WARM, Bench, ask, open_notebook
from .servers import run_verb

CONNECT = "import scalev_frames as sf\ntry:\n    api = sf.connect()\nexcept sf.ScalevError as error:\n    print(error)"


#: Each row that ever was on the page without a cell: a screen reader says that it is a row, and then nothing.
EMPTY_ROWS = """() => {
    window.emptyRows = [];
    const look = () => {
        const found = document.querySelectorAll("[role=row]:not([hidden]):empty");
        window.emptyRows.push(...[...found].map((row) => row.outerHTML));
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


@pytest.mark.parametrize(("theme", "rules"), [("JupyterLab Light", ()), ("JupyterLab Dark", RULES_OF_COLOURS)])
def test_axe_finds_no_serious_fault(watched, lab, sandbox, theme, rules):
    page = watched.page
    open_notebook(page, lab, OPEN, theme=theme)
    bench = Bench(page)
    page.evaluate(EMPTY_ROWS)
    bad = page.add_style_tag(content=".scalev-fetch { color: #555 !important; background: #333 !important; }")
    assert [rule for rule, *_ in serious_faults(page, ".scalev-fetch", RULES_OF_COLOURS)] == ["color-contrast"]
    bad.evaluate("style => style.remove()")
    assert serious_faults(page, ".scalev-workbench", rules) == []
    bench.sign_in(sandbox.api_key)
    bench.pick("status", "shipped", "completed", "brand_new")
    bench.box.locator(".scalev-more").click()
    bench.box.locator(".scalev-picker[data-name='store_id'] input").click()
    assert serious_faults(page, ".scalev-workbench", rules) == []
    page.keyboard.press("Escape")
    bench.press("clear")
    bench.press("fetch")
    bench.wait("done")
    for label in ("Table", "Pivot", "Pictures", "Reports", "Export"):
        bench.tab(label)
        if label == "Pictures":
            expect(bench.box.locator(".scalev-gallery .sp-root")).to_have_attribute("data-state", "ready")
            expect(bench.box.locator(".scalev-gallery .sp-plot")).to_have_count(5)
        place = ".scalev-workbench" if label == "Table" else ".scalev-tabs"  # what stands above stays as it is
        assert serious_faults(page, place, rules) == [], label
    assert page.evaluate("window.emptyRows") == []


def test_panel_is_driven_by_the_keyboard_alone(watched, lab, sandbox):
    page = watched.page
    notebook = open_notebook(page, lab, OPEN)
    bench = Bench(page)
    bench.sign_in(sandbox.api_key)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "text => navigator.clipboard.writeText(text)", "RTS\nshipped_rts")
    bench.box.locator(".scalev-picker[data-name='status'] input").focus()
    page.keyboard.press("Control+V")  # a list from a spreadsheet
    expect(bench.box.locator(".scalev-code pre")).to_have_text('orders = sf.orders(status=["rts", "shipped_rts"])')
    for _ in range(2):
        page.keyboard.press("Backspace")
    expect(bench.box.locator(".scalev-code pre")).to_have_text("orders = sf.orders()")
    page.keyboard.type("ship")
    page.keyboard.press("ArrowDown")
    notebook.run("bench.choices.filters.controls['status'].widget.error = 'late'")  # what arrives leaves the choice
    expect(bench.box.locator(".scalev-picker[data-name='status']")).to_contain_text("late")
    notebook.run("bench.choices.filters.controls['status'].widget.error = ''")
    for key in ("Enter", "Escape"):
        page.keyboard.press(key)
    expect(bench.box.locator(".scalev-code pre")).to_have_text('orders = sf.orders(status="shipped_rts")')
    page.keyboard.press("Backspace")
    expect(bench.box.locator(".scalev-code pre")).to_have_text("orders = sf.orders()")
    bench.box.locator("button.scalev-fetch").focus()
    page.keyboard.press("Enter")
    bench.wait("done")


def test_a_press_counts_where_the_panel_moves_under_the_pointer(watched, lab, sandbox):
    page = watched.page
    notebook = open_notebook(page, lab, OPEN)
    bench = Bench(page)
    bench.sign_in(sandbox.api_key)
    button = bench.box.locator("button.scalev-fetch")
    button.scroll_into_view_if_needed()
    before = button.bounding_box()
    page.mouse.move(before["x"] + 20, before["y"] + 10)
    page.mouse.down()
    notebook.run("bench.choices.endpoint.value = 'stores'")  # which has no days and fewer filters
    expect(bench.box.locator(".scalev-code pre")).to_have_text("stores = sf.stores()")
    page.wait_for_function(
        "([y]) => document.querySelector('button.scalev-fetch').getBoundingClientRect().y < y - 40", arg=[before["y"]]
    )
    page.mouse.up()
    assert bench.wait("done").startswith("6 rows in stores")


def test_fetch_is_at_most_fifteen_tab_stops_away_and_a_period_is_chosen_with_arrows(watched, lab, sandbox):
    page = watched.page
    notebook = open_notebook(page, lab, OPEN.replace("days=None", "days='last_30_days'"))
    bench = Bench(page)
    bench.sign_in(sandbox.api_key)
    expect(bench.box.get_by_role("button", name="Sign out")).to_be_visible()
    bench.box.locator("button").first.focus()
    stops = []
    while "scalev-fetch" not in "".join(stops[-1:]):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(document.activeElement.closest(`[class*=scalev-]`) ?? document.activeElement).className + document.activeElement.tagName"
            )
        )
        assert len(stops) <= 15, "\n".join(stops)
    bench.box.locator(".scalev-chosen-preset").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(bench.box.locator(".scalev-chosen-preset")).to_have_text("This month")
    first = bench.box.locator(".scalev-filter-since input[type=text]")
    first.fill("bulan lalu")
    page.keyboard.press("Enter")
    expect(first).to_have_value(re.compile(r"^\d{4}-\d\d-01$"))
    first.fill("soon")
    notebook.run(
        "bench.choices.filters.controls['since'].since.take('5/10/2026')"
    )  # as the answer to what was typed before
    expect(bench.box.locator(".scalev-filter-since input[type=date]")).to_have_value("2026-10-05")
    expect(first).to_have_value("soon")
    page.keyboard.press("Enter")
    expect(bench.box.locator(".scalev-days .scalev-error")).to_contain_text("soon")
    expect(bench.box.locator(".scalev-cost")).to_contain_text("Some filters need a look")


def test_kernel_stays_free_while_it_fetches_and_the_panel_comes_back_after_f5(watched, lab, sandbox, slow_answers):
    page = watched.page
    notebook = open_notebook(page, lab, OPEN)
    bench = Bench(page)
    bench.sign_in(sandbox.api_key)
    bench.box.locator(".scalev-options-toggle").click()
    bench.box.locator(".scalev-freshness select").select_option(label="fetch everything anew")
    with slow_answers(6):
        bench.press("fetch")
        bench.wait("running")
        assert notebook.run("print(bench.job.running, 6 * 7)").split() == ["True", "42"]
        notebook.save()
        page.reload()
        bench = Bench(page)
        expect(bench.box.locator(".scalev-who")).to_contain_text("Signed in")
    bench.wait("done", seconds=60)
    Grid(page, bench.tab("Table").locator(".scalev-table")).found(len(sandbox.world.rows("orders")))


def test_a_press_waits_for_what_was_chosen_while_the_kernel_was_busy(watched, lab, sandbox):
    page = watched.page
    busy = "import time\nchosen = bench.choices.filters.controls['status'].widget\nchosen.observe(lambda one: time.sleep(2 if len(one['new']) == 1 else 0), 'value')"
    notebook = open_notebook(page, lab, OPEN, busy)
    bench = Bench(page)
    bench.sign_in(sandbox.api_key)
    bench.pick("status", "shipped", "completed", "rts")
    bench.press("fetch")
    bench.wait("done")
    assert notebook.run("print(*sorted(bench.frame['status'].unique()))").split() == ["completed", "rts", "shipped"]


def test_a_key_goes_out_with_the_whole_name_it_is_to_have(watched, lab, sandbox):
    page = watched.page
    busy = """import time
named, bench.login.use_key = [], lambda key, *, profile, remember: named.append(profile)
bench.login.profile.observe(lambda _: time.sleep(2), 'value')"""
    notebook = open_notebook(page, lab, OPEN, busy)
    login = Bench(page).box.locator(".scalev-login")
    login.locator(".scalev-remember input").check()
    login.get_by_label("Profile").fill("")
    login.get_by_label("Profile").press_sequentially("toko utama")
    key = login.locator(".scalev-key-input")
    key.fill(sandbox.api_key)
    page.keyboard.press("Enter")
    expect(key).to_have_value("")
    assert notebook.run("print(*named)").strip() == "toko utama"


def test_saved_notebook_without_its_kernel_says_run_this_cell(watched, lab):
    page = watched.page
    notebook = open_notebook(page, lab, OPEN)
    Bench(page)
    notebook.save()
    text = lab.folder.joinpath(WARM).read_text()
    assert "run this cell to use it" in text
    assert "sf.connect()" in text


def test_a_restarted_kernel_is_a_sentence_and_a_button_that_runs_the_cell_again(watched, lab):
    page = watched.page
    notebook = open_notebook(page, lab, OPEN)
    bench = Bench(page)
    said = bench.box.locator(".scalev-alive").first
    expect(said).to_be_empty()
    notebook.restart_kernel()
    expect(said).to_contain_text("The kernel was stopped or restarted")
    expect(bench.box.locator(".scalev-alive:visible")).to_have_count(1)
    expect(bench.box.locator("button.scalev-fetch")).to_be_hidden()
    assert bench.box.evaluate("box => getComputedStyle(box, '::before').content") == "none"  # no broken link above it
    bench.box.locator(".scalev-again").first.click()
    expect(page.locator(".scalev-workbench button.scalev-fetch")).to_be_visible()


def test_a_kernel_that_was_shut_down_is_said_at_the_first_press(watched, lab):
    table = "import pandas as pd\nfrom scalev_frames.notebook.table import Table\nTable(pd.DataFrame({'a': [2, 1]}))"
    page = watched.page
    notebook = open_notebook(page, lab, OPEN, table)
    bench, grid = Bench(page), Grid(page, page.locator(".scalev-table:visible"))
    notebook.shut_down_kernel()
    grid.head("a").locator(".sg-name").click()
    expect(grid.box.locator(".sg-gone")).to_contain_text("run this cell to use the table")
    bench.press("fetch")
    expect(bench.box.locator(".scalev-alive:visible")).to_contain_text("The kernel was stopped or restarted")


def test_connect_shows_the_panel_where_there_is_no_key_and_goes_on_with_the_typed_one(watched, lab, sandbox):
    page = watched.page
    notebook = open_notebook(page, lab, CONNECT)
    panel = page.locator(".scalev-login")
    panel.locator(".scalev-key-input").fill("sk_wrong_0123456789abcdef")
    page.keyboard.press("Enter")
    expect(panel.locator(".scalev-status")).to_have_attribute("data-state", "failed")
    expect(panel.locator(".scalev-status-text")).to_contain_text("401")
    panel.locator(".scalev-key-input").fill(sandbox.api_key)
    page.keyboard.press("Enter")
    expect(panel.locator(".scalev-who")).to_contain_text("full access")
    assert notebook.run("print(len(sf.connect().stores_simplified(progress=False)))").strip() == "6"


def test_the_lab_verb_shows_the_first_notebook_as_a_page_on_the_sandbox(fresh, tmp_path):
    page, command = fresh.page, [sys.executable, "-m", "scalev_frames.cli", "lab", "--page", "--no-browser"]
    with run_verb(tmp_path, command) as address:
        page.goto(address)
        bench = Bench(page)
        expect(bench.box.locator(".scalev-who")).to_contain_text("sandbox")
        bench.box.locator(".scalev-picker[data-name='status'] input").click()
        for status in ("draft", "shipped_rts"):  # the list hangs over what stands below, and over the end of the page
            expect(bench.box.locator(f".scalev-option[data-value='{status}']")).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
        bench.box.locator(".scalev-preset-last_7_days").click()
        bench.press("fetch")
        said = bench.wait("done")
        expect(page.get_by_text("Run the cell")).to_have_count(0)
        expect(bench.box.locator(".scalev-code")).to_be_hidden()
        page.get_by_role("button", name="Bahasa Indonesia").click()
        expect(page.get_by_role("heading", name="Meja kerja Scalev")).to_be_visible()
        assert bench.wait("done").split()[0] == said.split()[0]
        assert bench.box.locator(".scalev-chosen-preset").inner_text() == "7 hari terakhir"
        Grid(page, bench.tab("Tabel").locator(".scalev-table")).found(int(said.split()[0].replace(",", "")))
    assert (tmp_path / "notebooks" / "02_explore_orders.ipynb").is_file()
