"""The grid in JupyterLab: driven by mouse and keyboard, seen by axe, saved without a customer's name."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from .axe import serious_faults
from .grids import FRAME, Grid, drag, open_table
from .pages import WARM, Notebook, ask, open_notebook


@pytest.fixture
def notebook(watched, lab):
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return open_table(watched.page, lab)


def test_lines_pasted_into_a_filter_are_a_list(notebook):
    grid, page = Grid(notebook.page), notebook.page
    ask(page, "text => navigator.clipboard.writeText(text)", "261100003ABC\r\n261100005ABC\t\n261100003ABC")
    menu = grid.menu("order_id")
    page.keyboard.press("Control+V")
    expect(menu.locator(".sg-typed")).to_have_value("261100003ABC; 261100005ABC")
    grid.apply()
    grid.found(2)
    assert notebook.run("print(*table.view['order_id'], end='')") == "261100003ABC 261100005ABC"


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


def test_columns_widths_and_a_new_frame(notebook):
    grid, page = Grid(notebook.page), notebook.page
    grid.box.locator(".sg-columns-button").click()
    grid.box.locator(".sg-chooser input[type=search]").fill("extra")
    grid.box.locator(".sg-none").click()
    expect(grid.box.locator(".sg-columns-button")).to_contain_text("7 of 19")
    page.keyboard.press("Escape")
    expect(grid.box.locator(".sg-chooser")).to_be_hidden()
    shown = grid.order()
    grid.box.evaluate("root => root.app.arrange([])")
    expect(grid.box.locator(".sg-empty")).to_have_text("No column is chosen.")
    grid.box.locator(".sg-grid").focus()
    for keys in ("Alt+ArrowDown", "Alt+ArrowRight", "Enter", "Control+c"):
        page.keyboard.press(keys)
    grid.box.locator(".sg-undo").click()
    grid.ready()
    assert grid.order() == shown
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


def test_texts_are_texts_and_nothing_of_a_customer_is_saved(notebook, lab):
    grid = Grid(notebook.page)
    assert grid.text(7, "customer_name") == "Sri <img src=x onerror=alert(1)>"
    assert grid.box.locator("img, b:not(.sg-chip b)").count() == 0
    grid.menu("customer_name").locator(".sg-typed").fill("Rahasia 12")
    grid.apply()
    notebook.save()
    saved = (lab.folder / WARM).read_text(encoding="utf-8")
    outputs = json.dumps([cell["outputs"] for cell in json.loads(saved)["cells"]])
    state = json.dumps(json.loads(saved)["metadata"].get("widgets", {}))
    assert "Table of 5,000 rows" in outputs
    for text in ("Rahasia 1", "08120000001"):
        assert text not in outputs
        assert text not in state
    assert "scalev-table" in state, "the widgets' state was not saved, so nothing was shown"


def test_the_first_rows_stand_in_a_notebook_without_its_kernel(watched, lab):
    page = watched.page
    notebook = open_notebook(page, lab, FRAME)
    grid = Grid(page)
    static = page.locator(".scalev-static")
    expect(static).to_be_hidden()
    notebook.save()
    notebook.restart_kernel()
    expect(grid.box.locator(".sg-gone")).to_contain_text("run this cell to use the table")
    saved = json.loads((lab.folder / WARM).read_text(encoding="utf-8"))
    saved["metadata"].pop("widgets")
    (lab.folder / "reopened.ipynb").write_text(json.dumps(saved), encoding="utf-8")
    Notebook(page, lab, "reopened.ipynb")
    expect(static).to_be_visible()
    expect(static).to_contain_text("The first 20 of 5,000 rows")
    expect(static.locator("tbody tr")).to_have_count(20)
    expect(page.get_by_text("model not found")).to_be_hidden()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_serious_fault(watched, lab, theme):
    notebook = open_table(watched.page, lab, theme=theme)
    grid = Grid(notebook.page)
    grid.box.locator(".sg-columns-button").click()
    grid.cell(0, "status").click()
    grid.menu("status")
    assert serious_faults(notebook.page, ".scalev-table") == []
