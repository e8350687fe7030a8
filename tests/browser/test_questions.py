"""Two questions of colleagues, answered without code by the steps of the ops tutorial, each step held against the frame."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from .grids import Grid
from .pages import OPEN, Bench, Notebook, open_notebook
from .test_mornings import number, pivot_of, said, texts

TUTORIAL = (Path(__file__).parents[2] / "docs" / "tutorial-ops.md").read_text(encoding="utf-8")
COUNT_CLICKS = """() => {
    if (window.clicks === undefined) document.addEventListener('click', event => { window.clicks += event.isTrusted; }, true);
    window.clicks = 0;
}"""
#: What the report calls the days in which a customer bought nothing.
DAYS = "Days since last completed order"
#: Clicks that fit into a minute besides the typing, at two seconds each.
MOST_CLICKS = 30


def open_bench(page: Page, lab, sandbox) -> tuple[Notebook, Bench]:
    """A workbench that is signed in, with the clicks counted from now on."""
    notebook = open_notebook(page, lab, OPEN)
    bench = Bench(page)
    bench.sign_in(sandbox.api_key)
    page.evaluate(COUNT_CLICKS)
    return notebook, bench


def fetch(bench: Bench, since: str, until: str) -> None:
    for name, day in (("since", since), ("until", until)):
        entry = bench.box.locator(f".scalev-filter-{name} input[type=text]")
        entry.fill(day)
        bench.page.keyboard.press("Enter")
        expect(entry).to_have_value(re.compile(r"^\d{4}-\d\d-\d\d$"))
    bench.press("fetch")
    bench.wait("done")


def put(box: Locator, heading: str, well: str) -> None:
    """Find a field by its heading, and put it into a well by its menu."""
    box.locator(".sb-find").fill(heading)
    box.locator(".sb-fields").get_by_role("button", name=f"{heading}: where to", exact=True).click()
    box.page.get_by_role("menuitem", name=f"to {well}").click()
    expect(box.locator(f".sb-well-{well.lower()}")).to_contain_text(heading.removesuffix(" (day)"))
    pivot_of(box)


def steps(question: str) -> str:
    """What the tutorial says to do, in one line."""
    [found] = re.findall(rf"- \*{re.escape(question)}.*?\* (.*?)(?=\n\n|\n- )", TUTORIAL, re.DOTALL)
    return re.sub(r"\s+", " ", found.replace("*", ""))


def test_cod_returned_by_courier_and_city_last_month_against_the_month_before(watched, lab, sandbox):
    page = watched.page
    notebook, bench = open_bench(page, lab, sandbox)
    fetch(bench, "1/9/2026", "30/11/2026")

    box = bench.tab("Pivot")
    pivot_of(box)
    for well, field in (("rows", "Status"), ("values", "Gross revenue")):
        box.locator(f".sb-well-{well}").get_by_role("button", name=f"Remove: {field}").click()
        expect(box.get_by_role("button", name=f"Remove: {field}")).to_have_count(0)
    for field, well in (("Courier", "Rows"), ("City", "Rows"), ("Returned at (month)", "Columns")):
        put(box, field, well)
    put(box, "Order code", "Values")
    chip = box.locator(".sb-well-values .sb-chip").last
    chip.locator("select").last.select_option(label="change to the one before")
    pivot_of(box)
    for field, typed in (("Payment", "=cod"), ("Returned at (day)", "2026-10 .. 2026-11")):
        put(box, field, "Filters")
        box.locator(".sb-well-filters .sb-filter").last.fill(typed)
        page.keyboard.press("Enter")
    grid = pivot_of(box)
    expect(box.locator(".sb-problem")).to_be_hidden()
    groups = grid.box.locator(".sg-grouprow")
    for month in ("Oct 2026", "Nov 2026"):
        expect(groups).to_contain_text(month)

    # Each row of the page is what the frame says: parcels of both months, and the change between them.
    count = int(grid.box.get_attribute("data-found"))
    page_says = {tuple(line[:2]): line[2:] for line in texts(grid, count)}
    notebook.run(
        "month = orders['rts_time'].dt.tz_convert('Asia/Jakarta').dt.strftime('%Y-%m')\n"
        "came_back = orders[(orders['payment_method'] == 'cod') & month.isin(['2026-10', '2026-11'])].assign(month=month)\n"
        "counted = came_back.groupby(['courier_service_courier_name', 'destination_address_city', 'month']).size().unstack()"
    )
    rows = said(notebook, "[[*place, *map(int, line)] for place, line in zip(counted.index, counted.fillna(0).values)]")
    assert len(rows) > 3
    for courier, city, before, after in rows:
        shown = page_says[courier, city]
        assert [number(shown[0]) if shown[0] != "·" else 0, number(shown[2]) if shown[2] != "·" else 0] == [
            before,
            after,
        ]
        if before and after:
            assert number(shown[3]) == after - before
    assert set(page_says) >= {(courier, city) for courier, city, *_ in rows}

    # A double click shows the orders; the table can be taken along.
    place = next(n for n, line in enumerate(texts(grid, count)) if tuple(line[:2]) == tuple(rows[0][:2]))
    column = "value_0" if rows[0][2] else "value_2"
    grid.cell(place, column).dblclick()
    behind = Grid(page, bench.box.locator(".scalev-tabs .scalev-table:visible").first)
    expect(behind.box.locator(".sg-only")).to_contain_text(f"{rows[0][0]} · {rows[0][1]}")
    behind.found(rows[0][2] or rows[0][3])
    bench.tab("Pivot").locator(".sb-export").click()
    expect(box.locator(".sb-note")).to_contain_text("Written to")
    assert page.evaluate("window.clicks") <= MOST_CLICKS


def test_customers_with_three_completed_orders_who_bought_nothing_for_sixty_days(watched, lab, sandbox):
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook, bench = open_bench(page, lab, sandbox)
    fetch(bench, "1/12/2025", "30/11/2026")

    tab = bench.tab("Reports")
    tab.locator(".scalev-report-choice select").select_option(label="Customers")
    expect(
        tab.locator(".scalev-table .sg-head-cell[data-name='Customer']")
    ).to_be_attached()  # the report before is gone
    grid = Grid(page, tab.locator(".scalev-table"))
    for column, typed in (("Completed", ">=3"), (DAYS, ">=60")):
        grid.menu(column).locator(".sg-typed").fill(typed)
        page.keyboard.press("Enter")
        expect(grid.box.locator(".sg-menu")).to_have_count(0)
    grid.ready()
    expect(grid.box.locator(".sg-chip")).to_have_count(2)

    # The page, the report and plain pandas name the same people.
    notebook.run(
        "from scalev_frames.reports import report\nmade = report('customers', orders)\n"
        "asleep = made[(made['completed'] >= 3) & (made['days_since_completed'] >= 60)]"
    )
    wanted = said(notebook, "asleep['customer'].tolist()")
    assert len(wanted) > 3
    grid.found(len(wanted))
    grid.cell(0, "Customer").click()
    page.keyboard.press("Control+Space")
    grid.ready()
    page.keyboard.press("Control+c")
    expect(grid.box).to_have_attribute("data-copied", str(len(wanted)))
    copied = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert copied == wanted
    assert all(re.fullmatch(r"62\d{8,13}", phone) for phone in copied)
    for row in (0, len(wanted) - 1):
        phone = grid.text(row, "Customer").removesuffix("↗").strip()
        completed = said(
            notebook,
            f"int((orders['status'][orders['customer_phone'].str.replace(r'\\D', '', regex=True).str.replace('^0', '62', regex=True) == {phone!r}] == 'completed').sum())",
        )
        assert number(grid.text(row, "Completed")) == completed >= 3
        assert number(grid.text(row, DAYS)) >= 60
    assert page.evaluate("window.clicks") <= MOST_CLICKS


def test_a_report_chosen_while_the_first_one_is_still_counted_is_the_one_that_is_shown(watched, lab, sandbox):
    notebook, bench = open_bench(watched.page, lab, sandbox)
    fetch(bench, "1/9/2026", "30/11/2026")
    chosen = lab.folder / "chosen"
    notebook.run(
        "import pathlib, time\nmake = bench.reports._make\n"
        "def waits(*one):\n    while not pathlib.Path('chosen').exists():\n        time.sleep(0.01)\n    return make(*one)\n"
        "bench.reports._make = waits"
    )
    tab = bench.tab("Reports")
    tab.locator(".scalev-report-choice select").select_option(label="Customers")
    chosen.touch()
    grid = Grid(watched.page, tab.locator(".scalev-table"))
    expect(grid.head("Customer")).to_be_attached()
    assert said(notebook, "[bench.reports.choice.value, bench.reports.made.attrs['report']]") == ["customers"] * 2
    grid.found(said(notebook, "len(bench.reports.made)"))
    chosen.unlink()


def test_the_tutorial_says_these_steps():
    returned = steps("Which couriers and cities sent back COD parcels last month")
    for word in ("Pivot", "Courier", "City", "Returned at (month)", "Order code", "change to the one before", "=cod",
                 "2026-10 .. 2026-11", "Status", "Gross revenue"):  # fmt: skip
        assert word in returned
    asleep = steps("Which customers have three or more completed orders")
    for word in ("Reports", "Customers", "Completed", ">=3", DAYS, ">=60", "Days since last order", "Ctrl+C"):
        assert word in asleep
