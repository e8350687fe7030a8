"""The pivot in JupyterLab: fields by mouse and by keyboard, totals, the rows behind a cell, Excel, code; seen by axe."""

from __future__ import annotations

import openpyxl
import pytest
from playwright.sync_api import expect

from .axe import serious_faults
from .grids import FRAME, Grid
from .pages import newest, open_notebook

PIVOT = "from scalev_frames.notebook.pivot import Pivot\npivot = Pivot(frame, name='frame')\npivot"


@pytest.fixture
def notebook(watched, lab):
    notebook = open_notebook(watched.page, lab, FRAME.removesuffix("table\n"), PIVOT)
    expect(watched.page.locator(".scalev-builder")).to_have_attribute("data-state", "ready")
    return notebook


def box(notebook):
    return notebook.page.locator(".scalev-pivot")


def ready(notebook) -> Grid:
    expect(box(notebook).locator(".scalev-builder")).to_have_attribute("data-state", "ready")
    return Grid(notebook.page, box(notebook).locator(".scalev-table").first)


def keys(grid: Grid) -> list[str]:
    grid.ready()
    return grid.box.locator(".sg-body .sg-frozen .sg-cell[role=gridcell]").all_inner_texts()


SLOW = "import time\nset_plan = pivot.set_plan\npivot.set_plan = lambda plan: (time.sleep(2), set_plan(plan))[1]"


def test_a_result_that_comes_late_takes_the_focus_from_no_menu(notebook):
    page, pivot = notebook.page, box(notebook)
    ready(notebook)
    notebook.run(SLOW)
    pivot.locator(".sb-find").fill("draft time (month)")
    pivot.locator(".sb-fields li:visible").drag_to(pivot.locator(".sb-well-columns"))
    pivot.locator(".sb-find").fill("gross")
    pivot.locator(".sb-fields li:visible .sb-field").focus()
    page.keyboard.press("ArrowDown")
    expect(pivot.get_by_role("menuitem", name="to Rows")).to_be_focused()
    expect(pivot.locator(".sb-well-columns .sb-chip")).to_have_count(1)  # the result of the drag
    expect(pivot.get_by_role("menuitem", name="to Rows")).to_be_focused()


def test_fields_by_drag_and_drop_and_by_keyboard_totals_drill_and_export(notebook, lab):
    page, pivot = notebook.page, box(notebook)
    grid = ready(notebook)
    assert keys(grid) == ["completed", "pending", "shipped", "(blank)", "Total"]
    pivot.locator(".sb-find").fill("draft time (month)")
    field = pivot.locator(".sb-fields li:visible")
    field.drag_to(pivot.locator(".sb-well-columns"))
    expect(grid.box.locator(".sg-grouprow")).to_contain_text("Nov 2026")
    pivot.locator(".sb-find").fill("status")
    pivot.locator(".sb-fields li:visible").first.drag_to(pivot.locator(".sb-well-columns"))  # it groups rows already
    expect(pivot.locator(".sb-well-rows .sb-chip")).to_have_count(0)
    expect(pivot.locator(".sb-well-columns .sb-chip")).to_have_count(2)
    pivot.locator(".sb-well-columns .sb-chip").last.drag_to(pivot.locator(".sb-well-rows"))
    expect(pivot.locator(".sb-well-rows .sb-chip")).to_have_count(1)
    expect(grid.box.locator(".sg-grouprow")).to_contain_text("Nov 2026")
    pivot.locator(".sb-find").fill("s")
    expect(pivot.locator(".sb-fields li:visible").first).to_have_text(
        "Status"
    )  # Customer has an s, too, and comes before it
    pivot.locator(".sb-find").fill("gross")
    pivot.locator(".sb-fields li:visible .sb-field").focus()
    page.keyboard.press("ArrowDown")
    expect(pivot.get_by_role("menuitem", name="to Rows")).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(pivot.locator(".sb-well-values .sb-chip")).to_have_count(3)
    chip = pivot.locator(".sb-well-values .sb-chip").nth(2)
    chip.locator("select").first.select_option("median")
    expect(grid.box.locator(".sg-headrow")).to_contain_text("median")
    pivot.locator(".sb-code-button").click()
    code = pivot.locator(".sb-code pre").inner_text()
    total = notebook.run(
        f"{code}\nprint(float(result[0, 0]['gross_revenue (sum)'].iloc[0]), int(result[0, 0]['rows'].iloc[0]))"
    )
    assert total == notebook.run("print(float(frame['gross_revenue'].sum()), len(frame))")
    shown = notebook.run("row = pivot.made.frame.iloc[-1]; print(float(row.iloc[-2]), int(row.iloc[-3]))")
    assert shown == total
    cell = grid.cell(0, "value_0")
    cell.dblclick()
    rows = Grid(page, pivot.locator(".scalev-table").nth(1))
    expect(rows.box.locator(".sg-only")).to_contain_text("completed · Nov 2026")
    assert cell.inner_text().replace(",", "") == rows.box.get_attribute("data-found")
    pivot.locator(".sb-export").click()
    expect(pivot.locator(".sb-note")).to_contain_text("Written to")
    path = newest(lab.folder, "pivot-frame-*.xlsx")
    sheet = openpyxl.load_workbook(path).active
    last = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Total")
    assert last[-3] == 5000


def test_quick_changes_add_up_and_what_is_being_typed_stays(notebook):
    page, pivot = notebook.page, box(notebook)
    ready(notebook)
    pivot.locator(".scalev-builder").evaluate("""({ app }) => {
        app.change((plan) => plan.filters.push(["status", "=completed"]));
        app.change((plan) => plan.columns.push(["draft_time", "month"]));
        app.change((plan) => plan.filters.push(["gross_revenue", ""]));
    }""")
    ready(notebook)
    asked = "print([one.name for one in pivot.plan.columns], dict(pivot.plan.filters))"
    assert notebook.run(asked).strip() == "['draft_time (month)'] {'status': '=completed', 'gross_revenue': ''}"
    typed = pivot.locator(".sb-filter").last
    typed.fill(">100")
    notebook.run("pivot.set_plan(pivot.plan)")  # an answer that comes late
    assert notebook.run("pivot.choose(['status'], filters=dict(pivot.plan.filters), heat=True)") == ""
    expect(pivot.locator(".sb-heat input")).to_be_checked()
    expect(typed).to_have_value(">100")
    expect(typed).to_be_focused()
    page.keyboard.type("000")
    page.keyboard.press("Enter")
    expect(pivot.locator(".sb-basis")).to_contain_text(">100000")
    ready(notebook)
    assert "'gross_revenue': '>100000'" in notebook.run(asked)


def test_a_problem_empties_the_table_and_says_why(notebook):
    pivot = box(notebook)
    grid = ready(notebook)
    pivot.locator(".sb-well-rows .sb-remove").click()
    expect(pivot.locator(".sb-problem")).to_contain_text("Put a field into Rows or Columns")
    grid.found(0)
    expect(grid.box).to_be_hidden()
    pivot.locator(".sb-clear").click()
    expect(pivot.locator(".sb-well-values .sb-chip")).to_have_count(0)


def test_no_number_is_cut_even_in_bold_totals(notebook):
    grid = ready(notebook)
    notebook.run(
        "pivot.choose(['status', 'draft_time (day)'], ['draft_time (weekday)'], [('gross_revenue', 'sum'), ('', 'rows')])"
    )
    ready(notebook)
    cut = grid.box.evaluate("""async root => {
        const bad = [];
        for (let left = 0; left < 4000; left += 500) {
            root.app.grid.el.scrollLeft = left;
            root.app.grid.el.scrollTop = left * 3;
            await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame);
            for (let n = 0; n < 600 && root.dataset.state !== 'ready'; n++) await new Promise(requestAnimationFrame);
            if (root.dataset.state !== 'ready') return ['not ready'];
            for (const el of root.querySelectorAll('.sg-body .sg-numeric')) if (el.scrollWidth > el.clientWidth || el.textContent.includes('#')) bad.push(el.textContent);
        }
        return bad; }""")
    assert cut == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_serious_fault(watched, lab, theme):
    notebook = open_notebook(watched.page, lab, FRAME.removesuffix("table\n"), PIVOT, theme=theme)
    ready(notebook)
    box(notebook).locator(".sb-chart-tick input").check()
    box(notebook).locator(".sb-fields .sb-field").first.click()
    assert serious_faults(notebook.page, ".scalev-pivot") == []
