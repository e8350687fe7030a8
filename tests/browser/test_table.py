"""The grid in JupyterLab: driven by mouse and keyboard, seen by axe, saved without a customer's name."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from .pages import Notebook, ask, write_notebook

FRAME = """
import pandas as pd, pyarrow as pa
from decimal import Decimal
from scalev_frames.notebook.table import Table
money = pd.ArrowDtype(pa.decimal128(18, 2))
count = 5000
frame = pd.DataFrame({
    "order_id": [f"26110{n:04d}ABC" for n in range(count)],
    "customer_name": [f"Rahasia {n}" for n in range(count)],
    "customer_phone": [f"0812000{n:04d}" for n in range(count)],
    "status": [["shipped", "pending", "completed", None][n % 4] for n in range(count)],
    "gross_revenue": pd.Series([None if n % 50 == 49 else Decimal(n * 1000) + Decimal("0.10") for n in range(count)], dtype=money),
    "draft_time": pd.date_range("2026-11-01", periods=count, freq="11min", tz="Asia/Jakarta"),
    "notes": ["=1+1 <b>bold</b>"] * count,
    **{f"extra_{n}": range(count) for n in range(12)},
})
frame.loc[7, "customer_name"] = "Sri <img src=x onerror=alert(1)>"
table = Table(frame, name="frame")
table
"""


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


class Grid:
    """A grid on a page."""

    def __init__(self, page: Page, box: Locator | None = None) -> None:
        self.page = page
        self.box = box or page.locator(".scalev-table").first
        self.ready()
        self.box.scroll_into_view_if_needed()

    def ready(self) -> None:
        expect(self.box).to_have_attribute("data-state", "ready")

    def reveal(self, name: str, row: int = -1) -> None:
        self.box.evaluate(
            "(root, [name, row]) => root.app.grid.reveal({row, column: root.app.order.findIndex("
            "place => root.app.columns[place].name === name)})",
            [name, row],
        )
        expect(self.head(name)).to_be_attached()
        self.ready()

    def head(self, name: str) -> Locator:
        return self.box.locator(f".sg-head-cell[data-name='{name}']")

    def cell(self, row: int, name: str) -> Locator:
        self.reveal(name, row)
        index = self.head(name).get_attribute("aria-colindex")
        return self.box.locator(f".sg-body .sg-row[aria-rowindex='{row + 2}'] [aria-colindex='{index}']")

    def text(self, row: int, name: str) -> str:
        return self.cell(row, name).and_(self.page.locator(":not(.sg-waiting)")).inner_text()

    def menu(self, name: str) -> Locator:
        self.reveal(name)
        self.head(name).locator(".sg-menu-button").click()
        menu = self.box.locator(".sg-menu")
        expect(menu).to_have_attribute("data-state", "ready")
        return menu

    def apply(self) -> None:
        self.box.locator(".sg-apply").click()
        expect(self.box.locator(".sg-menu")).to_have_count(0)
        self.ready()

    def found(self, count: int) -> None:
        expect(self.box).to_have_attribute("data-found", str(count))
        self.ready()

    def sums(self) -> list[str]:
        self.ready()
        return self.box.locator(".sg-sum").all_inner_texts()

    def order(self) -> list[str]:
        return self.box.evaluate("root => root.app.order.map(place => root.app.columns[place].name)")


@pytest.fixture
def notebook(watched, lab):
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    write_notebook(lab, "table.ipynb", FRAME)
    notebook = Notebook(watched.page, lab, "table.ipynb", warm=True)
    notebook.run_all()
    return notebook


def drag(page: Page, begin: Locator, end: Locator) -> None:
    a, b = begin.bounding_box(), end.bounding_box()
    page.mouse.move(a["x"] + a["width"] / 2, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=8)
    page.mouse.up()


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


def test_jupyterlabs_own_keys_reach_it_and_the_grids_do_not(notebook):
    grid, page = Grid(notebook.page), notebook.page
    dirty = "jupyterapp.shell.currentWidget.context.model.dirty"
    grid.cell(0, "status").click()
    for key, is_saved in (("Control+a", False), ("Control+z", False), ("Control+s", True)):
        page.evaluate(f"{dirty} = true")
        page.keyboard.press(key)
        grid.ready()
        if is_saved:
            page.wait_for_function(f"!{dirty}")
        assert page.evaluate(dirty) is not is_saved
        expect(grid.box.locator(".sg-grid")).to_be_focused()


def test_filter_sort_search_undo_and_the_frame_says_the_same(notebook):
    grid, page = Grid(notebook.page), notebook.page
    menu = grid.menu("status")
    assert menu.locator(".sg-values label").all_inner_texts() == [
        "(blank)\n1,250", "completed\n1,250", "pending\n1,250", "shipped\n1,250",
    ]  # fmt: skip
    menu.locator(".sg-values label", has_text="pending").click()
    menu.locator(".sg-values label", has_text="(blank)").click()
    grid.apply()
    grid.found(2500)
    menu = grid.menu("gross_revenue")
    menu.locator(".sg-typed").fill("much")
    page.keyboard.press("Enter")
    expect(menu.locator(".sg-error")).to_contain_text("'much' is not a number")
    menu.locator(".sg-typed").fill("100000-200.000,10")
    page.keyboard.press("Enter")
    expect(grid.box.locator(".sg-menu")).to_have_count(0)
    grid.found(51)
    expect(grid.box.locator(".sg-chip")).to_have_count(2)
    grid.head("gross_revenue").locator(".sg-name").click()
    grid.head("gross_revenue").locator(".sg-name").click()
    expect(grid.head("gross_revenue")).to_have_attribute("aria-sort", "descending")
    assert grid.text(0, "gross_revenue") == "200,000.10"
    grid.box.locator(".sg-search").fill('"rahasia 10"')
    grid.found(5)
    grid.box.locator(".sg-code-button").click()
    code = grid.box.locator(".sg-code pre")
    expect(code).to_contain_text("search_rows(view")
    same = notebook.run(f"{code.inner_text()}\npd.testing.assert_frame_equal(view, table.view); print(len(view))")
    assert same == "5\n"
    grid.box.locator(".sg-undo").click()
    grid.found(51)
    grid.box.locator(".sg-grid").focus()
    for _ in range(3):
        page.keyboard.press("Control+z")
    grid.found(2500)
    grid.box.locator(".sg-clear").click()
    grid.found(5000)


def test_unticking_one_shown_value_keeps_those_that_are_not_shown(notebook):
    grid = Grid(notebook.page)
    menu = grid.menu("order_id")
    expect(menu.locator(".sg-note")).to_contain_text("5,000 values in all")
    menu.locator(".sg-values label").nth(2).click()
    grid.apply()
    grid.found(4999)
    menu = grid.menu("order_id")
    menu.locator(".sg-find").fill("0012ABC")
    expect(menu.locator(".sg-values label")).to_have_count(1)
    expect(menu.locator(".sg-add")).to_be_visible()
    menu.locator(".sg-values label").click()
    menu.locator(".sg-add").click()
    grid.apply()
    grid.found(4998)  # both are left out


def test_days_by_preset_and_by_list(notebook):
    grid = Grid(notebook.page)
    menu = grid.menu("draft_time")
    assert menu.locator(".sg-values label").first.inner_text().startswith("2026-12-09")
    assert "Last month" in menu.locator(".sg-presets").inner_text()
    menu.locator(".sg-condition select").first.select_option("between")
    menu.get_by_label("From").first.fill("3/11/2026")
    menu.get_by_label("To").first.fill("2026-11-04")
    grid.apply()
    wanted = (
        "len(frame[frame['draft_time'].dt.strftime('%d').isin(['03', '04']) & (frame['draft_time'] < '2026-12-01')])"
    )
    grid.found(int(notebook.run(f"print({wanted})")))


def test_selecting_sums_and_copying(notebook):
    grid, page = Grid(notebook.page), notebook.page
    drag(page, grid.cell(1, "customer_phone"), grid.cell(3, "gross_revenue"))
    assert grid.sums() == [
        "Count: 8", "Missing: 1", "Sum: 6,000.30", "Mean: 2,000.10", "Min: 1,000.10", "Max: 3,000.10",
    ]  # fmt: skip
    page.keyboard.press("Control+c")
    expect(grid.box).to_have_attribute("data-copied", "9")
    copied = ask(page, "() => navigator.clipboard.readText()")
    assert copied.splitlines()[0].split("\t") == ["08120000001", "pending", "1000.10"]
    assert len(copied.splitlines()) == 3
    assert "text/html" in ask(page, "() => navigator.clipboard.read().then(items => items[0].types.join())")
    page.keyboard.press("Control+Space")
    total = sum(n * 100_000 + 10 for n in range(5000) if n % 50 != 49)
    expect(grid.box.locator(".sg-sums")).to_contain_text(f"Sum: {total // 100:,}Mean")
    assert notebook.run("print(table.totals.of('money').total)") == f"{total // 100}.{total % 100:02d}\n"
    assert notebook.run("print(table.selected.shape)") == "(5000, 3)\n"


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


def test_the_keyboard_alone(notebook):
    grid, page, keys = Grid(notebook.page), notebook.page, notebook.page.keyboard
    cells = page.locator(".jp-Cell").count()
    grid.cell(0, "order_id").click()
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowDown", "Shift+End", "x", "d", "d", "a", "0", "0", "m", "y"):
        keys.press(key)
    grid.ready()
    assert notebook.run("print(table.selected.shape)") == "(2, 18)\n"
    assert page.locator(".jp-Cell").count() == cells, "a key reached JupyterLab"
    assert page.locator(".jp-MarkdownCell").count() == 0
    keys.press("Control+ArrowDown")
    assert grid.box.evaluate("root => root.app.selection.cursor.row") == 4999
    keys.press("Control+Home")
    keys.press("PageDown")
    assert grid.box.evaluate("root => root.app.selection.cursor.row") > 10
    keys.press("Control+Home")
    keys.press("ArrowUp")
    keys.press("ArrowRight")
    keys.press("Enter")
    expect(grid.head("customer_name")).to_have_attribute("aria-sort", "ascending")
    width = grid.head("customer_name").bounding_box()["width"]
    keys.press("Alt+ArrowRight")
    grid.ready()
    assert grid.head("customer_name").bounding_box()["width"] == pytest.approx(width + 12)
    keys.press("Alt+ArrowDown")
    menu = grid.box.locator(".sg-menu")
    expect(menu).to_have_attribute("data-state", "ready")
    expect(menu.locator(".sg-typed")).to_be_focused()
    keys.type("rahasia 499")
    keys.press("Enter")
    grid.found(11)
    expect(grid.box.locator(".sg-grid")).to_be_focused()
    keys.press("Alt+ArrowDown")
    expect(menu).to_have_attribute("data-state", "ready")
    keys.press("Escape")
    expect(menu).to_have_count(0)
    keys.press("Control+a")
    grid.ready()
    assert notebook.run("print(table.selected.shape)") == "(11, 19)\n"
    keys.press("Escape")
    expect(grid.box.locator(".sg-sum")).to_have_count(0)
    keys.press("Control+s")  # is still the page's
    keys.press("Tab")
    assert page.evaluate("document.activeElement.closest('.sg-grid')") is None


def test_a_record_on_enter_with_long_texts_whole(notebook):
    grid, page = Grid(notebook.page), notebook.page
    grid.cell(7, "customer_name").click()
    page.keyboard.press("Enter")
    record = grid.box.locator(".sg-record")
    expect(record).to_have_attribute("data-row", "7")
    expect(record.locator(".sg-here")).to_contain_text("Sri <img src=x onerror=alert(1)>")
    expect(record.locator("a")).to_have_attribute("href", "https://wa.me/628120000007")
    page.keyboard.press("ArrowRight")
    expect(record).to_have_attribute("data-row", "8")
    page.keyboard.press("Escape")
    expect(record).to_have_count(0)
    expect(grid.box.locator(".sg-grid")).to_be_focused()


def test_two_views_of_one_frame_never_show_other_rows(watched, lab):
    write_notebook(lab, "table.ipynb", FRAME, "table")
    notebook = Notebook(watched.page, lab, "table.ipynb", warm=True)
    notebook.run_all()
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


def test_columns_widths_and_a_new_frame(notebook):
    grid, page = Grid(notebook.page), notebook.page
    grid.box.locator(".sg-columns-button").click()
    grid.box.locator(".sg-chooser input[type=search]").fill("extra")
    grid.box.locator(".sg-none").click()
    expect(grid.box.locator(".sg-columns-button")).to_contain_text("7 of 19")
    page.keyboard.press("Escape")
    expect(grid.box.locator(".sg-chooser")).to_be_hidden()
    drag(page, grid.head("status").locator(".sg-name"), grid.head("customer_name").locator(".sg-name"))
    page.wait_for_function("document.querySelector('.scalev-table').app.order.slice(0, 3).includes(3)")
    drag(
        page,
        grid.head("gross_revenue").locator(".sg-name"),
        grid.head("order_id").locator(".sg-number, .sg-name").first,
    )
    page.wait_for_function("document.querySelector('.scalev-table').app.order.slice(0, 2).includes(4)")
    grid.ready()
    grip = grid.head("order_id").locator(".sg-grip").bounding_box()
    width = grid.head("order_id").bounding_box()["width"]
    page.mouse.move(grip["x"] + 3, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 63, grip["y"] + 10, steps=4)
    page.mouse.up()
    grid.ready()
    assert grid.head("order_id").bounding_box()["width"] == pytest.approx(width + 60, abs=2)
    before = grid.order()
    assert notebook.run("table.frame = frame.iloc[:3]; print(table.columns == " + repr(before) + ")") == "True\n"
    grid.found(3)
    assert grid.head("order_id").bounding_box()["width"] == pytest.approx(width + 60, abs=2)


def test_freeze_hide_and_views(notebook):
    grid = Grid(notebook.page)
    grid.menu("customer_name").get_by_role("button", name="Freeze up to here").click()
    expect(grid.box.locator(".sg-headrow .sg-frozen .sg-head-cell")).to_have_count(2)
    grid.menu("customer_phone").get_by_role("button", name="Hide").click()
    expect(grid.head("customer_phone")).to_have_count(0)
    views = grid.box.locator(".sg-views")
    views.select_option("save")
    grid.box.locator(".sg-view-name").fill("Pagi")
    notebook.page.keyboard.press("Enter")
    expect(grid.box.locator(".sg-said")).to_contain_text("View Pagi saved")
    views.select_option("all")
    grid.ready()
    assert "customer_phone" in grid.order()
    views.select_option("own:Pagi")
    grid.ready()
    assert "customer_phone" not in grid.order()


def test_a_number_that_is_too_narrow_becomes_hashes_and_is_never_cut(notebook):
    grid = Grid(notebook.page)
    assert grid.text(4998, "gross_revenue") == "4,998,000.10"
    grid.box.evaluate("root => root.app.setWidth(4, 60)")
    expect(grid.cell(4998, "gross_revenue")).to_have_text(re.compile("^#+$"))
    expect(grid.cell(4998, "gross_revenue")).to_have_attribute("title", "4,998,000.10")


def test_texts_are_texts_and_nothing_of_a_customer_is_saved(notebook, lab):
    grid = Grid(notebook.page)
    assert grid.text(7, "customer_name") == "Sri <img src=x onerror=alert(1)>"
    assert grid.box.locator("img, b:not(.sg-chip b)").count() == 0
    grid.menu("customer_name").locator(".sg-typed").fill("Rahasia 12")
    grid.apply()
    notebook.save()
    saved = (lab.folder / "table.ipynb").read_text(encoding="utf-8")
    outputs = json.dumps([cell["outputs"] for cell in json.loads(saved)["cells"]])
    state = json.dumps(json.loads(saved)["metadata"].get("widgets", {}))
    assert "Table of 5,000 rows" in outputs
    for text in ("Rahasia 1", "08120000001"):
        assert text not in outputs
        assert text not in state
    assert "scalev-table" in state, "the widgets' state was not saved, so nothing was shown"


def test_the_first_rows_stand_in_a_notebook_without_its_kernel(fresh, lab):
    page = fresh.page
    write_notebook(lab, "saved-table.ipynb", FRAME)
    notebook = Notebook(page, lab, "saved-table.ipynb")
    notebook.run_all()
    grid = Grid(page)
    static = page.locator(".scalev-static")
    expect(static).to_be_hidden()
    notebook.save()
    notebook.restart_kernel()
    expect(grid.box.locator(".sg-gone")).to_contain_text("run this cell to use the table")
    saved = json.loads((lab.folder / "saved-table.ipynb").read_text(encoding="utf-8"))
    saved["metadata"].pop("widgets")
    (lab.folder / "reopened.ipynb").write_text(json.dumps(saved), encoding="utf-8")
    page.goto("about:blank")
    Notebook(page, lab, "reopened.ipynb")
    expect(static).to_be_visible()
    expect(static).to_contain_text("The first 20 of 5,000 rows")
    expect(static.locator("tbody tr")).to_have_count(20)
    expect(page.get_by_text("model not found")).to_be_hidden()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_serious_fault(watched, lab, theme):
    write_notebook(lab, "table.ipynb", FRAME)
    notebook = Notebook(watched.page, lab, "table.ipynb", theme=theme, warm=True)
    notebook.run_all()
    grid = Grid(notebook.page)
    grid.box.locator(".sg-columns-button").click()
    grid.cell(0, "status").click()
    grid.menu("status")
    found = Axe().run(notebook.page, {"include": [[".scalev-table"]]}, {"resultTypes": ["violations"]})
    serious = [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:3]])
               for one in found.response["violations"] if one["impact"] in ("serious", "critical")]  # fmt: skip
    assert serious == []
