"""An ops lead's morning, in every front end, and an analyst's, in JupyterLab: each step is asserted by the page and by the frame."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from .grids import Grid
from .pages import Notebook, VoilaPage, newest, open_notebook

ANALYST = """
import scalev_frames as sf
from scalev_frames.notebook.pivot import Pivot
from scalev_frames.notebook.table import Table
orders = sf.orders(progress=False)
shown_rows = Table(orders, name="orders")
shown_rows
"""
PIVOT = "pivot = Pivot(orders, name='orders', table=shown_rows)\npivot"


READ = """
async (root, rows) => {
    const { grid } = root.app, found = Array.from({length: rows}, () => []);
    for (let column = 0; column < grid.count; column++) {
        for (let row = 0; row < rows; row++) {
            for (let n = 0; ; n++) {
                if (n > 1800) throw new Error(`No text came for row ${row}, column ${column}.`);
                const cell = root.querySelector(`.sg-row[aria-rowindex="${row + 2}"] [aria-colindex="${column + 2}"]`);
                if (!row && !n || !cell) grid.reveal({row, column}); // the rows below it are in view mostly
                if (!row && !n || !cell || cell.classList.contains("sg-waiting")) {
                    await new Promise(requestAnimationFrame);
                    continue;
                }
                found[row].push(cell.textContent);
                break;
            }
        }
    }
    return found;
}
"""


def texts(grid: Grid, rows: int) -> list[list[str]]:
    """The first rows as they stand on the page, scrolled into view."""
    found: list[list[str]] = grid.box.evaluate(READ, rows)
    return found


def said(notebook: Notebook | VoilaPage, expression: str) -> Any:
    """What the kernel says to an expression, as JSON."""
    return json.loads(notebook.run(f"import json; print(json.dumps({expression}, default=str))"))


def pivot_of(box: Locator) -> Grid:
    expect(box.locator(".scalev-builder")).to_have_attribute("data-state", "ready")
    return Grid(box.page, box.locator(".scalev-table").first)


def put(box: Locator, field: str, well: str) -> None:
    """Put a field into a well by its menu."""
    box.locator(".sb-find").fill(field)
    box.locator(".sb-fields li:visible .sb-field").first.click()
    box.page.get_by_role("menuitem", name=f"to {well}").click()
    expect(box.locator(".scalev-builder")).to_have_attribute("data-state", "ready")
    box.locator(".sb-find").fill("")


def written(box: Locator, folder: Path) -> list[tuple[Any, ...]]:
    """Press export; gives the rows of the sheet."""
    box.locator(".sb-export").click()
    expect(box.locator(".sb-note")).to_contain_text("Written to")
    path = box.locator(".sb-note").inner_text().removeprefix("Written to ").rstrip(".")
    return list(openpyxl.load_workbook(folder / path).active.iter_rows(values_only=True))


def number(text: str) -> float:
    return float(text.replace(",", ""))


def folder_in_lab(page: Page, link: Locator, path: Path) -> None:
    """The folder is shown beside the notebook, in the file browser."""
    link.click()
    expect(page.locator(".jp-FileBrowser .jp-DirListing-item", has_text=path.name)).to_be_visible()


def folder_in_notebook_7(page: Page, link: Locator, path: Path) -> None:
    """The folder is shown on a page of its own."""
    with page.expect_popup() as opened:
        link.click()
    expect(opened.value.locator(".jp-DirListing-item", has_text=path.name)).to_be_visible()
    opened.value.close()


def folder_in_voila(page: Page, link: Locator, path: Path) -> None:
    """There is no folder to look into; the file is saved by the browser."""
    expect(link).to_be_hidden()
    with page.expect_download() as saved:
        page.locator("button.scalev-download:visible").click()
    assert saved.value.suggested_filename == path.name
    assert Path(saved.value.path()).read_bytes() == path.read_bytes()


FRONT_ENDS = {"lab": folder_in_lab, "notebook_7": folder_in_notebook_7, "voila": folder_in_voila}


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_the_morning_of_an_ops_lead(open_panel, front_end, sandbox):
    opened = open_panel(front_end)
    bench, notebook, folder = opened.bench, opened.kernel, opened.server.folder
    page = bench.page
    bench.sign_in(sandbox.api_key)
    bench.press("fetch")
    assert bench.wait("done").startswith("1,600 rows")

    # Autofilter: cash on delivery that is on its way or has come back.
    table = bench.tab("Table")
    grid = Grid(page, table.locator(".scalev-table").first)
    menu = grid.menu("payment_method")
    menu.locator(".sg-everything input").uncheck()
    menu.locator(".sg-values label", has_text="cod").first.click()
    grid.apply()
    menu = grid.menu("status")
    menu.locator(".sg-typed").fill("shipped, rts, completed")
    page.keyboard.press("Enter")
    expect(grid.box.locator(".sg-chip")).to_have_count(2)
    wanted = "orders[(orders.payment_method == 'cod') & orders.status.isin(['shipped', 'rts', 'completed'])]"
    grid.found(said(notebook, f"len({wanted})"))
    last = said(notebook, f"len({wanted})") - 1
    assert [grid.text(row, "order_id") for row in (0, 1, last)] == said(
        notebook, f"{wanted}['order_id'].iloc[[0, 1, -1]].tolist()"
    )

    # The pivot: couriers by status, with totals.
    pivot = bench.tab("Pivot")
    pivot_of(pivot)
    pivot.locator(".sb-clear").click()
    expect(pivot.locator(".sb-well-rows .sb-chip")).to_have_count(0)
    put(pivot, "courier_service_courier_name", "Rows")
    put(pivot, "status", "Columns")
    put(pivot, "gross_revenue", "Values")
    grid = pivot_of(pivot)
    last = int(grid.box.get_attribute("data-found")) - 1
    assert grid.text(last, "key_0") == "Total"
    total = grid.text(last, grid.order()[-1])
    assert number(total) == pytest.approx(said(notebook, "float(orders['gross_revenue'].sum())"), abs=0.01)
    shown = texts(grid, last + 1)

    # Drill-down: the rows behind the first courier's completed orders.
    courier, cell = shown[0][0], grid.cell(0, "value_1")
    status = grid.box.locator(".sg-headrow .sg-head-cell[data-name='value_1'] .sg-name").inner_text()
    revenue = grid.text(0, "value_1")
    cell.dblclick()
    rows = Grid(page, bench.box.locator(".scalev-tabs .scalev-table:visible").first)
    expect(rows.box.locator(".sg-only")).to_contain_text(f"{courier} · {status}")
    behind = f"orders[(orders['courier_service_courier_name'] == {courier!r}) & (orders['status'] == {status!r})]"
    rows.found(said(notebook, f"len({behind})"))
    assert number(revenue) == pytest.approx(said(notebook, f"float({behind}['gross_revenue'].sum())"), abs=0.01)

    # Export: the sheet holds what the page shows.
    pivot = bench.tab("Pivot")
    sheet = [row for row in written(pivot, folder) if row[0] in {line[0] for line in shown}][-len(shown) :]
    assert [[row[0], *(None if one is None else float(one) for one in row[1:])] for row in sheet] == [
        [line[0], *(None if one == "·" else number(one) for one in line[1:])] for line in shown
    ]

    # The rows as a file: what the table shows, in its order.
    export = bench.tab("Export")
    export.locator(".scalev-export-scope select").select_option(label="as the table shows it")
    bench.press("export")
    bench.wait("exported")
    path = newest(folder, "orders-*.xlsx")
    read = pd.read_excel(path, engine="calamine", dtype={"order_id": str})
    assert read["order_id"].tolist() == said(notebook, f"{behind}['order_id'].tolist()")
    if front_end != "voila":
        expect(export.locator("a.scalev-folder")).to_have_css("text-decoration-line", "underline")
    FRONT_ENDS[front_end](page, export.locator("a.scalev-folder"), path)
    path.unlink()
    if front_end == "voila":  # whose dark page leaves boxes to tick white
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        expect(export.locator(".widget-checkbox input")).to_have_css("color-scheme", "dark")
        page.evaluate("document.body.dataset.jpThemeLight = 'true'")

    # The code of the pivot and of the table gives the same.
    pivot = bench.tab("Pivot")
    pivot.locator(".sb-code-button").click()
    code = pivot.locator(".sb-code pre").inner_text()
    assert float(notebook.run(f"{code}\nprint(float(result[0, 0].iloc[0, 0]))")) == pytest.approx(
        number(total), abs=0.01
    )
    table = bench.tab("Table")
    table.locator(".sg-code-button").click()
    code = table.locator(".sg-code pre").inner_text()
    assert notebook.run(f"{code}\npd.testing.assert_frame_equal(view, bench.table.view); print(len(view))").strip() == (
        rows.box.get_attribute("data-found")
    )


def test_the_morning_of_an_analyst(watched, lab, sandbox):
    page = watched.page
    connect = f"import scalev_frames as sf\nimport pandas as pd\nsf.connect(api_key={sandbox.api_key!r}, limits=[(100_000, 1.0)]);"
    notebook = open_notebook(page, lab, connect, ANALYST, PIVOT)

    # Filter by typing, sort by two columns.
    grid = Grid(page)
    grid.menu("gross_revenue").locator(".sg-typed").fill("100000-400000")
    page.keyboard.press("Enter")
    expect(grid.box.locator(".sg-menu")).to_have_count(0)
    menu = grid.menu("draft_time")
    menu.locator(".sg-condition select").first.select_option("<=")
    menu.get_by_label("From").first.fill("31/10/2026")
    grid.apply()
    wanted = (
        "orders[orders['gross_revenue'].between(100000, 400000)"
        " & (orders['draft_time'] < pd.Timestamp('2026-11-01', tz='Asia/Jakarta'))]"
    )
    found = said(notebook, f"len({wanted})")
    grid.found(found)
    grid.reveal("status")
    grid.head("status").locator(".sg-name").click()
    grid.reveal("gross_revenue")
    for _ in range(2):
        grid.head("gross_revenue").locator(".sg-name").click(modifiers=["Shift"])
        grid.ready()
    assert said(notebook, "shown_rows.view['order_id'].head(20).tolist()") == said(
        notebook,
        f"{wanted}.sort_values(['status', 'gross_revenue'], ascending=[True, False], kind='stable')['order_id'].head(20).tolist()",
    )
    assert [grid.text(row, "order_id") for row in range(3)] == said(
        notebook, "shown_rows.view['order_id'].head(3).tolist()"
    )

    # Sums of a column, exact.
    grid.reveal("gross_revenue", 0)
    grid.cell(0, "gross_revenue").click()
    page.keyboard.press("Control+Space")
    exact = said(notebook, f"str(sum(map(int, (({wanted}['gross_revenue'] * 100).round()))))")
    expect(grid.box.locator(".sg-sums")).to_contain_text(f"{int(exact) // 100:,}")

    # The pivot: two levels and a total, a mean that is none of means, a share.
    box = page.locator(".scalev-pivot")
    pivot_of(box)
    box.locator(".sb-clear").click()
    expect(box.locator(".sb-well-values .sb-chip")).to_have_count(0)
    for field, well in (("payment_method", "Rows"), ("store_name", "Rows"), ("gross_revenue", "Values")):
        put(box, field, well)
    box.locator(".sb-well-values select").first.select_option("mean")
    pivot = pivot_of(box)
    last = int(pivot.box.get_attribute("data-found")) - 1
    mean = pivot.text(last, "value_0")
    assert number(mean) == pytest.approx(said(notebook, "float(orders['gross_revenue'].mean())"), abs=0.0051)
    lines = texts(pivot, last + 1)
    shown = [lines[row] for row in (0, 1, last)]

    # Drill-down, in the table above.
    pivot.cell(0, "value_0").dblclick()
    expect(grid.box.locator(".sg-only")).to_contain_text(" · ".join(shown[0][:2]))
    behind = f"orders[(orders['payment_method'] == {shown[0][0]!r}) & (orders['store_name'] == {shown[0][1]!r})]"
    grid.found(said(notebook, f"len({behind})"))
    assert number(shown[0][2]) == pytest.approx(said(notebook, f"float({behind}['gross_revenue'].mean())"), abs=0.0051)

    # The file equals the page; the code gives the same.
    sheet = [row for row in written(box, lab.folder) if isinstance(row[-1], int | float)]
    assert [number(line[2]) for line in shown] == pytest.approx([float(sheet[n][-1]) for n in (0, 1, -1)], abs=0.0051)
    box.locator(".sb-code-button").click()
    code = box.locator(".sb-code pre").inner_text()
    assert float(notebook.run(f"{code}\nprint(float(result[0, 0].iloc[0, 0]))")) == pytest.approx(
        number(mean), abs=0.0051
    )
    grid.box.locator(".sg-code-button").click()
    code = grid.box.locator(".sg-code pre").inner_text()
    assert notebook.run(f"{code}\npd.testing.assert_frame_equal(view, shown_rows.view); print(len(view))").strip() == (
        grid.box.get_attribute("data-found")
    )
