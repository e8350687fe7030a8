"""The grid on a page: a frame to show, ways to what a person sees and does in it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from .pages import Notebook, open_notebook
from .servers import Server

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


def open_table(page: Page, lab: Server, *cells: str, **how: Any) -> Notebook:
    """A notebook that shows a table of `FRAME`, and what further cells show."""
    return open_notebook(page, lab, FRAME, *cells, **how)


def drag(page: Page, begin: Locator, end: Locator) -> None:
    a, b = begin.bounding_box(), end.bounding_box()
    page.mouse.move(a["x"] + a["width"] / 2, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=8)
    page.mouse.up()
