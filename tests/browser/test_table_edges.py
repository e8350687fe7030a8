"""Where a virtual grid breaks first: long frames, narrow pages, hidden tabs, no clipboard, frozen cells, a screen reader."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .grids import FRAME, Grid, drag
from .pages import Notebook, ask, open_notebook

LONG = """
import ipywidgets as ipw
long = pd.DataFrame({"number": range(2_000_000), "half": [0.5] * 2_000_000})
hidden = ipw.Tab([ipw.HTML("first"), Table(frame.iloc[:9], name="frame")], titles=["First", "Second"])
display(Table(long, name="long"), hidden)
"""
#: What a page without a secure context has, such as Voila's over plain HTTP.
NO_CLIPBOARD = """() => {
    Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true});
    Object.defineProperty(window, 'ClipboardItem', {value: undefined, configurable: true, writable: true});
}"""
CLIPBOARD = "() => { delete navigator.clipboard; return navigator.clipboard.readText(); }"
#: Grounds of the frozen cells that let something through, and the frozen cells that another one lies upon.
SEEN_THROUGH = """grid => {
    const opaque = colour => !/transparent|rgba\\(.*, 0?\\.?\\d+\\)|\\/ /.test(colour);
    const bad = [];
    for (const cell of grid.querySelectorAll('.sg-body .sg-frozen .sg-cell')) {
        const colour = getComputedStyle(cell).backgroundColor, box = cell.getBoundingClientRect();
        if (!opaque(colour)) bad.push(colour);
        const place = grid.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
        if (y < place.top + 40 || y > place.top + grid.clientHeight) continue;
        if (!cell.contains(document.elementFromPoint(x, y))) bad.push(`${cell.textContent} is covered`);
    }
    return bad;
}"""
PINNED = "grid => [grid.querySelector('.sg-headrow .sg-frozen').offsetWidth, grid.clientWidth]"
ACTIVE = "grid => document.getElementById(grid.getAttribute('aria-activedescendant'))?.textContent ?? null"


@pytest.fixture
def notebook(watched, lab):
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield open_notebook(watched.page, lab, FRAME, LONG)
    watched.page.set_viewport_size({"width": 1400, "height": 1000})


def tables(notebook: Notebook, number: int) -> Grid:
    return Grid(notebook.page, notebook.page.locator(".scalev-table").nth(number))


def test_one_row_is_one_row(watched, lab):
    open_notebook(watched.page, lab, FRAME, "display(*[Table(frame.iloc[:1], language=one) for one in ('en', 'id')])")
    expect(watched.page.locator(".sg-counts")).to_have_text(["5,000 rows", "1 row", "1 baris"])


def test_copies_without_a_clipboard_of_the_page_and_never_too_much(notebook):
    grid, page = tables(notebook, 0), notebook.page
    ask(page, NO_CLIPBOARD)
    drag(page, grid.cell(1, "customer_phone"), grid.cell(3, "status"))
    page.keyboard.press("Control+c")
    expect(grid.box).to_have_attribute("data-copied", "6")
    expect(grid.box.locator(".sg-grid")).to_be_focused()
    copied = ask(page, CLIPBOARD)
    assert [line.split("\t") for line in copied.splitlines()] == [
        ["08120000001", "pending"], ["08120000002", "completed"], ["08120000003", ""],
    ]  # fmt: skip
    long = tables(notebook, 1)
    for without in (False, True):
        if without:
            ask(page, NO_CLIPBOARD)
        long.cell(0, "number").click()
        page.keyboard.press("Control+a")
        long.ready()
        page.keyboard.press("Control+c")
        expect(long.box.locator(".sg-said.sg-wrong")).to_contain_text("4,000,000")
        assert long.box.get_attribute("data-copied") is None
        assert ask(page, CLIPBOARD) == copied


@pytest.mark.parametrize("width", [1400, 640])
def test_frozen_cells_hide_what_lies_below_and_leave_room_beside_them(notebook, width):
    grid, page = tables(notebook, 0), notebook.page
    page.set_viewport_size({"width": width, "height": 1000})
    grid.ready()
    names = grid.order()
    grid.box.evaluate("root => root.app.arrange(root.app.order, 9)")
    grid.ready()
    pinned, view = grid.box.locator(".sg-grid").evaluate(PINNED)
    assert 0 < pinned <= view * 0.6
    grid.reveal(names[-1], 40)
    grid.box.locator(".sg-grid").focus()
    for keys in ("Control+a", "Escape"):
        page.keyboard.press(keys)
        grid.ready()
        assert grid.box.locator(".sg-grid").evaluate(SEEN_THROUGH) == []
    last, box = grid.head(names[-1]).bounding_box(), grid.box.locator(".sg-grid").bounding_box()
    assert last["x"] >= box["x"] + pinned
    assert last["x"] + last["width"] <= box["x"] + view + 1


def test_two_million_rows_scroll_to_the_last_one_and_a_click_finds_its_row(notebook):
    grid, page = tables(notebook, 1), notebook.page
    assert grid.box.locator(".sg-body").evaluate("body => body.offsetHeight") < 16_000_000
    grid.cell(0, "number").click()
    page.keyboard.press("Control+End")
    assert grid.text(1_999_999, "number") == "1,999,999"
    at = "root => root.app.selection.cursor.row"
    assert grid.box.evaluate(at) == 1_999_999
    for row in (1_234_567, 77, 1_999_990):
        grid.cell(row, "number").click()
        assert grid.text(row, "number") == f"{row:,}"
        assert grid.box.evaluate(at) == row
    drag(page, grid.cell(1_999_990, "half"), grid.cell(1_999_993, "half"))
    assert grid.sums()[0] == "Count: 4"
    page.keyboard.press("PageUp")
    assert 1_999_950 < grid.box.evaluate(at) < 1_999_990
    drag(page, grid.cell(1_500_000, "number"), grid.cell(1_500_003, "number"))
    assert "Sum: 6,000,006" in grid.sums()


def test_a_table_made_in_a_hidden_tab_shows_its_rows_when_the_tab_is_opened(notebook):
    page = notebook.page
    hidden = page.locator(".scalev-table").nth(2)
    expect(hidden).to_be_hidden()
    page.get_by_role("tab", name="Second").click()
    grid = Grid(page, hidden)
    assert [grid.text(row, "order_id") for row in (0, 8)] == ["261100000ABC", "261100008ABC"]
    page.get_by_role("tab", name="First").click()
    expect(hidden).to_be_hidden()
    notebook.run("hidden.children[1].frame = frame.iloc[10:14]")
    page.get_by_role("tab", name="Second").click()
    grid.found(4)
    assert grid.text(3, "order_id") == "261100013ABC"


def test_a_screen_reader_meets_one_stop_named_and_the_cell_that_is_active(notebook):
    grid, page = tables(notebook, 0), notebook.page
    place = grid.box.get_by_role("grid", name="Table")
    expect(place).to_have_attribute("aria-rowcount", "5001")
    expect(place).to_have_attribute("aria-colcount", "20")
    expect(place.get_by_role("columnheader", name="Row", exact=True)).to_have_count(1)
    heading = place.get_by_role("columnheader").nth(1)
    expect(heading).to_have_attribute("aria-sort", "none")
    assert place.evaluate("grid => [...grid.querySelectorAll('*')].filter(one => one.tabIndex >= 0).length") == 0
    place.focus()
    page.keyboard.press("ArrowDown")
    expect(place).to_be_focused()
    assert place.evaluate(ACTIVE) == grid.text(1, "order_id")
    page.keyboard.press("Control+End")
    assert grid.text(4999, "extra_11") == "4,999"
    assert place.evaluate(ACTIVE) == "4,999"
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowUp")
    assert "order" in place.evaluate(ACTIVE).lower()
    page.keyboard.press("ArrowDown")
    grid.reveal("order_id", 3000)  # what is out of sight is not named
    expect(grid.box.locator(".sg-row[aria-rowindex='3002']")).to_be_attached()
    assert place.evaluate("grid => grid.hasAttribute('aria-activedescendant')") is False
    page.keyboard.press("ArrowDown")
    assert place.evaluate(ACTIVE) == grid.text(1, "order_id")
