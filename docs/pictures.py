"""Make the README's pictures of workbooks: write real ones, and let another program open and draw them.

Run by hand (``python docs/pictures.py``) when a workbook looks different; needs LibreOffice and poppler's ``pdftoppm``.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import scalev_frames as sf
from scalev_frames.account import Account
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = (
    "order_id", "draft_time", "status", "payment_status", "payment_method", "customer_name",
    "destination_address_city", "gross_revenue", "courier_service_name", "shipment_receipt",
)  # fmt: skip
#: Dots an inch, and the part of the page that is kept: left, top, width, height.
DOTS = 120
WORKBOOK = (88, 118, 1230, 400)
REPORT = (80, 100, 1250, 580)


def main() -> None:
    """Write docs/images/workbook.png and report.png."""
    orders = sf.read_parquet(ROOT / "data" / "samples" / "orders.parquet")
    shown = orders[list(COLUMNS)]
    shown.attrs = orders.attrs
    with tempfile.TemporaryDirectory() as folder:
        draw(sf.to_excel({"Orders": shown}, Path(folder) / "workbook.xlsx"), WORKBOOK)
        draw(write_report(Path(folder) / "report.xlsx"), REPORT)


def write_report(path: Path) -> Path:
    """The reports of three weeks of a sandbox, with the verdict of its own statistics."""
    with Sandbox(world=World(2600, days=60), limits=None) as sandbox:
        settings = Settings(base_url=sandbox.base_url, cache_dir=path.parent / "cache", limits=((100_000, 5.0),))
        api = Account(Key(sandbox.api_key), settings, name="Nusantara Jaya")
        orders = api.orders(since="2026-10-01", until="2026-11-22", progress=False)
        return sf.report_workbook(
            orders, path, since="2026-11-01", until="2026-11-22", against="last_month",
            reconciliation=api.reconcile(orders),
        )  # fmt: skip


def draw(workbook: Path, part: tuple[int, int, int, int]) -> None:
    """A part of the first page of ``workbook``, as another program sees it, into docs/images."""
    left, top, width, height = part
    for command in (
        ["soffice", "--headless", "--convert-to", "pdf", workbook.name],
        ["pdftoppm", "-png", "-r", DOTS, "-singlefile", "-x", left, "-y", top, "-W", width, "-H", height,
         workbook.with_suffix(".pdf"), ROOT / "docs" / "images" / workbook.stem],
    ):  # fmt: skip
        subprocess.run([str(word) for word in command], cwd=workbook.parent, check=True, capture_output=True)  # noqa: S603


if __name__ == "__main__":
    main()
