"""The table and the pivot in JupyterLab: driven by mouse and keyboard, seen by axe, saved without a customer's name."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from .pages import Notebook, write_notebook

FRAME = """
import pandas as pd, pyarrow as pa
from decimal import Decimal
from scalev_frames.notebook.table import Table
money = pd.ArrowDtype(pa.decimal128(18, 2))
count = 230
frame = pd.DataFrame({
    "order_id": [f"2611{n:02d}ABC" for n in range(count)],
    "customer_name": [f"Rahasia {n}" for n in range(count)],
    "phone": [f"0812000{n:04d}" for n in range(count)],
    "status": [["shipped", "pending", "completed", None][n % 4] for n in range(count)],
    "gross_revenue": pd.Series([None if n % 50 == 49 else Decimal(n * 1000) + Decimal("0.10") for n in range(count)], dtype=money),
    "created": pd.date_range("2026-11-01", periods=count, freq="37min", tz="Asia/Jakarta"),
    "notes": ["=1+1 <b>bold</b>"] * count,
})
frame.loc[7, "customer_name"] = "Sri <img src=x onerror=alert(1)>"
table = Table(frame)
table
"""
PIVOT = "from scalev_frames.notebook.pivot import Pivot\npivot = Pivot(frame, name='frame')\npivot"


class Seen:
    """The table on a page."""

    def __init__(self, page: Page, box: Locator | None = None) -> None:
        self.page = page
        self.box = box or page.locator(".scalev-table").first
        self.ready()

    def ready(self) -> None:
        expect(self.box).to_have_attribute("data-state", "ready")

    def column(self, name: str) -> list[str]:
        at = self.box.locator("thead th").evaluate_all(
            "(heads, name) => heads.findIndex(head => head.dataset.column === name)", name
        )
        return self.box.locator(f"tbody tr > :nth-child({at + 1})").all_inner_texts()

    def cell(self, row: int, name: str) -> Locator:
        at = self.box.locator("thead th").evaluate_all(
            "(heads, name) => heads.findIndex(head => head.dataset.column === name)", name
        )
        return self.box.locator(f"tbody tr:nth-child({row + 1}) > :nth-child({at + 1})")

    def head(self, name: str) -> Locator:
        return self.box.locator(f"th[data-column='{name}']")

    def sums(self) -> str:
        self.ready()
        return self.box.locator(".scalev-table-sums").inner_text()


@pytest.fixture
def notebook(watched, lab):
    write_notebook(lab, "table.ipynb", FRAME)
    notebook = Notebook(watched.page, lab, "table.ipynb")
    notebook.run_all()
    return notebook


def test_search_sort_filter_and_pages(notebook):
    seen = Seen(notebook.page)
    assert seen.column("order_id") == [f"2611{n:02d}ABC" for n in range(50)]
    seen.box.locator(".scalev-table-next").click()
    seen.ready()
    assert seen.column("order_id")[0] == "261150ABC"
    seen.box.locator(".scalev-table-search").fill("shipped rahasia")
    seen.ready()
    expect(seen.box).to_have_attribute("data-found", "58")
    seen.head("gross_revenue").locator(".scalev-table-name").click()
    seen.head("gross_revenue").locator(".scalev-table-name").click()
    seen.ready()
    expect(seen.head("gross_revenue")).to_have_attribute("aria-sort", "descending")
    assert seen.column("gross_revenue")[:2] == ["228,000.10", "224,000.10"]
    seen.box.locator(".scalev-table-conditions").click()
    wanted = seen.box.get_by_label("Filter gross_revenue")
    wanted.fill("<=8000,10")
    seen.ready()
    assert seen.column("gross_revenue") == ["8,000.10", "4,000.10", "0.10"]
    expect(wanted).to_be_focused()
    wanted.fill("<=much")
    seen.ready()
    expect(wanted).to_have_attribute("aria-invalid", "true")
    expect(seen.box.locator(".scalev-table-note")).to_contain_text("'much' is not a number")
    seen.box.locator(".scalev-table-clear").click()
    seen.ready()
    expect(seen.box).to_have_attribute("data-found", "230")
    assert notebook.run("print(len(table.view), table.view['order_id'].iloc[0])") == "230 2611229ABC\n"


def test_selecting_sums_and_copying(notebook):
    seen = Seen(notebook.page)
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.cell(1, "phone").hover()
    notebook.page.mouse.down()
    seen.cell(3, "gross_revenue").hover()
    notebook.page.mouse.up()
    assert seen.sums().split("\n") == ["Count: 8", "Missing: 1", "Sum: Rp 6,000.30", "Mean: Rp 2,000.10"]
    notebook.page.keyboard.press("Control+c")
    expect(seen.box).to_have_attribute("data-copied", "9")
    copied = notebook.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0].split("\t") == ["08120000001", "pending", "1000.10"]
    assert len(copied.splitlines()) == 3
    seen.head("gross_revenue").locator(".scalev-table-kind").click()
    total = sum(n * 100_000 + 10 for n in range(230) if n % 50 != 49)
    assert f"Sum: Rp {total // 100:,}.{total % 100:02d}" in seen.sums()
    assert notebook.run("print(table.totals.rupiah.total)") == f"{total // 100}.{total % 100:02d}\n"
    assert notebook.run("print(table.selected.shape)") == "(230, 1)\n"


def test_the_keyboard_alone(notebook):
    seen, keys = Seen(notebook.page), notebook.page.keyboard
    cells = notebook.page.locator(".jp-Cell").count()
    seen.cell(0, "order_id").click()
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowDown", "Shift+End", "x", "d", "d", "a", "0", "0"):
        keys.press(key)
    seen.ready()
    assert notebook.run("print(table.selected.shape)") == "(2, 6)\n"
    assert notebook.page.locator(".jp-Cell").count() == cells, "a key reached JupyterLab"
    keys.press("PageDown")
    seen.ready()
    expect(seen.box).to_have_attribute("data-page", "1")
    keys.press("Control+Home")
    for _ in range(2):
        keys.press("ArrowUp")
    seen.ready()
    expect(seen.box).to_have_attribute("data-page", "0")
    keys.press("Control+Home")
    keys.press("ArrowUp")
    expect(seen.head("order_id")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Enter")
    seen.ready()
    expect(seen.head("customer_name")).to_have_attribute("aria-sort", "ascending")
    width = seen.head("customer_name").bounding_box()["width"]
    keys.press("Alt+ArrowRight")
    seen.ready()
    assert seen.head("customer_name").bounding_box()["width"] == pytest.approx(width + 12)
    keys.press("Control+a")
    seen.ready()
    assert notebook.run("print(table.selected.shape)") == "(230, 7)\n"
    keys.press("Escape")
    assert seen.sums() == ""


def test_columns_widths_and_a_new_frame(notebook):
    seen, page = Seen(notebook.page), notebook.page
    seen.box.locator(".scalev-table-columns").click()
    seen.box.locator(".scalev-table-chooser input[type=search]").fill("o")
    seen.box.locator(".scalev-table-none").click()
    seen.ready()
    names = seen.box.locator("th[data-column]").evaluate_all("all => all.map(one => one.dataset.column)")
    assert names == ["status", "created"]
    seen.box.locator(".scalev-table-chooser label", has_text="order_id").locator("input").check()
    page.keyboard.press("Escape")
    seen.ready()
    expect(seen.head("order_id")).to_be_visible()
    grip = seen.head("status").locator(".scalev-table-grip").bounding_box()
    width = seen.head("status").bounding_box()["width"]
    page.mouse.move(grip["x"] + 3, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 63, grip["y"] + 10, steps=4)
    page.mouse.up()
    seen.ready()
    assert seen.head("status").bounding_box()["width"] == pytest.approx(width + 60, abs=2)
    assert notebook.run("table.frame = frame.iloc[:3]; print(table.columns)") == notebook.run("print(table.columns)")
    expect(seen.box).to_have_attribute("data-found", "3")
    assert seen.head("status").bounding_box()["width"] == pytest.approx(width + 60, abs=2)


def test_texts_are_texts_and_nothing_of_a_customer_is_saved(notebook, lab):
    seen = Seen(notebook.page)
    assert seen.column("customer_name")[7] == "Sri <img src=x onerror=alert(1)>"
    assert seen.box.locator("img, b").count() == 0
    notebook.save()
    saved = (lab.folder / "table.ipynb").read_text(encoding="utf-8")
    outputs = json.dumps([cell["outputs"] for cell in json.loads(saved)["cells"]])
    state = json.dumps(json.loads(saved)["metadata"].get("widgets", {}))
    assert "Table of 230 rows" in outputs
    for text in ("Rahasia 1", "08120000001"):
        assert text not in outputs
        assert text not in state
    assert "scalev-table" in state, "the widgets' state was not saved, so nothing was shown"


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_serious_fault(watched, lab, theme):
    write_notebook(lab, "axe.ipynb", FRAME, PIVOT)
    notebook = Notebook(watched.page, lab, "axe.ipynb", theme=theme)
    notebook.run_all()
    seen = Seen(notebook.page)
    seen.box.locator(".scalev-table-conditions").click()
    seen.box.locator(".scalev-table-columns").click()
    seen.cell(0, "status").click()
    seen.ready()
    expect(notebook.page.locator(".scalev-pivot")).to_be_visible()
    found = Axe().run(notebook.page, {"include": [[".scalev-table"], [".scalev-pivot"]]})
    serious = [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:3]])
               for one in found.response["violations"] if one["impact"] in ("serious", "critical")]  # fmt: skip
    assert serious == []


def test_the_pivot_shows_result_and_code(watched, lab):
    write_notebook(lab, "pivot.ipynb", FRAME, PIVOT)
    notebook = Notebook(watched.page, lab, "pivot.ipynb")
    notebook.run_all()
    box = notebook.page.locator(".scalev-pivot")
    seen = Seen(notebook.page, box.locator(".scalev-table"))
    box.locator(".scalev-pivot-function select").select_option(label="sum")
    box.locator(".scalev-pivot-columns select").select_option(label="created (day)")
    expect(box.locator(".scalev-pivot-code")).to_contain_text('.unstack("created (day)")')
    expect(seen.head("2026-11-06")).to_be_visible()
    seen.ready()
    shown = seen.column("2026-11-06")
    code = box.locator(".scalev-pivot-code pre").inner_text()
    wanted = notebook.run(
        f"{code}\nprint([f'{{v:,}}' for v in result['2026-11-06'].dropna()], pivot.result.equals(result))"
    )
    assert wanted.endswith("True\n")
    for text in shown:
        assert text in wanted or text == "·"
    assert wanted.count("'") == 2 * sum(text != "·" for text in shown)
