"""What the grid draws and asks for: few cells, in view or near, and the same rows in every view of a table."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .grids import Grid, open_table

#: Notes each question for cells, those in view and those near apart, and how many were under way; the answers wait until
#: ``release`` is called.
HOLD = """root => {
    const { blocks } = root.app, ask = blocks.ask, held = new Promise((done) => { root.release = done; });
    let now = 0;
    Object.assign(root, { asked: [], ahead: [], most: 0 });
    blocks.ask = async (details, ahead) => {
        root[ahead ? 'ahead' : 'asked'].push(details.blocks.map(({ first, places }) => [first, places]));
        root.most = Math.max(root.most, ++now);
        const answer = await ask(details, ahead);
        await held;
        now -= 1;
        return answer;
    };
}"""


@pytest.fixture
def notebook(watched, lab):
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return open_table(watched.page, lab)


def test_scrolls_on_and_on_with_few_nodes_and_the_first_column_stays(notebook):
    grid, page = Grid(notebook.page), notebook.page
    assert grid.text(0, "order_id") == "261100000ABC"
    box = grid.box.locator(".sg-grid").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    for _ in range(10):
        page.mouse.wheel(0, 4000)
    page.mouse.wheel(900, 0)
    expect(grid.box.locator(".sg-frozen .sg-cell[role=gridcell]").nth(8)).to_contain_text("ABC")
    expect(grid.box.locator(".sg-waiting")).to_have_count(0)
    first = int(grid.box.locator(".sg-body .sg-row").first.get_attribute("aria-rowindex")) - 2
    assert first > 500
    assert grid.text(4999, "extra_11") == "4,999"
    assert grid.box.evaluate("root => root.querySelectorAll('*').length") < 3000


def test_what_a_first_search_waits_for_is_read_once_the_rows_are_painted(notebook):
    grid = Grid(notebook.page)
    read = "print(all(one.is_searchable for one in table.sheet.columns), end='')"
    while notebook.run(read) != "True":  # until the test's own end
        pass
    assert grid.box.get_attribute("data-state") == "ready"
    notebook.run("table.frame = frame.rename(columns=str.upper)")  # of another frame anew
    while notebook.run(read) != "True":
        pass


def test_one_question_for_cells_at_a_time_and_none_for_what_was_scrolled_past(notebook):
    grid, page = Grid(notebook.page), notebook.page
    grid.box.evaluate(HOLD)
    scroll = "root => root.app.grid.el"
    for top in range(20_000, 124_000, 8_000):
        grid.box.evaluate(
            f"async (root, top) => {{ ({scroll})(root).scrollTop = top; await new Promise(requestAnimationFrame); }}",
            top,
        )
    page.wait_for_function("document.querySelector('.scalev-table').asked.length > 0")
    assert grid.box.evaluate("root => root.asked.length") == 1
    grid.box.evaluate("root => root.release()")
    expect(grid.box.locator(".sg-waiting")).to_have_count(0)
    grid.ready()
    top = grid.box.evaluate(f"root => ({scroll})(root).scrollTop")
    assert top == 116_000
    wanted = {first for question in grid.box.evaluate("root => root.asked.slice(1)") for first, _ in question}
    assert wanted == {row // 100 * 100 for row in (top // 28, top // 28 + 20)}
    assert grid.box.evaluate("root => root.most") == 1


def test_the_rows_near_those_in_view_are_here_before_they_are_scrolled_to(notebook):
    grid, page = Grid(notebook.page), notebook.page
    page.wait_for_function("!document.querySelector('.scalev-table').app.blocks.asking")
    grid.box.evaluate(HOLD)
    for row in (40, 80, 120):
        grid.reveal("status", row)
        expect(grid.box.locator(".sg-waiting")).to_have_count(0)
    assert grid.box.evaluate("root => root.asked") == []
    (near,) = grid.box.evaluate("root => root.ahead")
    assert {first for first, _ in near} == {200}
    assert {place for _, places in near for place in places} < set(range(len(grid.order())))


def test_a_moved_column_is_drawn_from_the_cells_that_are_here(notebook):
    grid = Grid(notebook.page)
    names = grid.order()
    seen = {name: grid.text(2, name) for name in ("status", "extra_11")}
    grid.reveal("order_id", 0)
    grid.box.evaluate(HOLD)
    for name in seen:  # one beside the first ones, one from the far end
        grid.box.evaluate("(root, from) => root.app.moveColumn(from, 1)", grid.order().index(name))
        expect(grid.head(name)).to_have_attribute("aria-colindex", "3")
        assert grid.text(2, name) == seen[name]
    assert grid.order() == ["order_id", "extra_11", "status", *[one for one in names[1:] if one not in seen]]
    assert grid.box.evaluate("root => root.asked") == []


def test_a_drag_beyond_the_edge_scrolls_while_the_mouse_stands_still(notebook):
    grid, page = Grid(notebook.page), notebook.page
    begin = grid.cell(0, "status").bounding_box()
    edge = grid.box.locator(".sg-grid").bounding_box()
    page.mouse.move(begin["x"] + 5, begin["y"] + 5)
    page.mouse.down()
    page.mouse.move(begin["x"] + 5, edge["y"] + edge["height"] + 15, steps=4)
    page.wait_for_function("document.querySelector('.sg-grid').scrollTop > 800")
    page.mouse.up()
    grid.ready()
    assert int(notebook.run("print(len(table.selected))")) > 30


def test_two_views_of_one_frame_never_show_other_rows(watched, lab):
    open_table(watched.page, lab, "table")
    one, two = (Grid(watched.page, watched.page.locator(".scalev-table").nth(n)) for n in (0, 1))
    assert two.text(0, "order_id") == "261100000ABC"
    menu = one.menu("status")
    menu.locator(".sg-typed").fill("=completed")
    one.apply()
    one.found(1250)
    two.found(1250)
    assert two.text(3, "status") == "completed"
    assert two.text(0, "order_id") == one.text(0, "order_id") == "261100002ABC"
    two.reveal("gross_revenue")
    two.head("gross_revenue").locator(".sg-name").click()
    two.head("gross_revenue").locator(".sg-name").click()
    expect(one.head("gross_revenue")).to_have_attribute("aria-sort", "descending")
    assert one.text(0, "gross_revenue") == two.text(0, "gross_revenue") == "4,998,000.10"
    two.reveal("status", 900)
    assert one.box.evaluate("root => root.app.grid.el.scrollTop") == 0  # each scrolls by itself


def test_a_number_that_is_too_narrow_becomes_hashes_and_is_never_cut(notebook):
    grid = Grid(notebook.page)
    assert grid.text(4998, "gross_revenue") == "4,998,000.10"
    grid.box.evaluate("root => root.app.setWidth(4, 60)")
    expect(grid.cell(4998, "gross_revenue")).to_have_text(re.compile("^#+$"))
    expect(grid.cell(4998, "gross_revenue")).to_have_attribute("title", "4,998,000.10")
