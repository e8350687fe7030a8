"""Why: the README's picture of a workbook is a real one: this writes it, and lets another program open and draw it.

Run by hand (``python docs/pictures.py``) when a workbook looks different; needs LibreOffice and poppler's ``pdftoppm``.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import scalev_frames as sf

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = (
    "order_id", "draft_time", "status", "payment_status", "payment_method", "customer_name",
    "destination_address_city", "gross_revenue", "courier_service_name", "shipment_receipt",
)  # fmt: skip
#: Dots an inch, and the part of the page that is kept: left, top, width, height.
DOTS, LEFT, TOP, WIDTH, HEIGHT = 120, 88, 118, 1230, 400


def main() -> None:
    """Write docs/images/workbook.png."""
    orders = sf.read_parquet(ROOT / "data" / "samples" / "orders.parquet")
    shown = orders[list(COLUMNS)]
    shown.attrs = orders.attrs
    with tempfile.TemporaryDirectory() as folder:
        sf.to_excel({"Orders": shown}, Path(folder) / "orders.xlsx")
        for command in (
            ["soffice", "--headless", "--convert-to", "pdf", "orders.xlsx"],
            ["pdftoppm", "-png", "-r", DOTS, "-singlefile", "-x", LEFT, "-y", TOP, "-W", WIDTH, "-H", HEIGHT,
             "orders.pdf", ROOT / "docs" / "images" / "workbook"],
        ):  # fmt: skip
            subprocess.run([str(word) for word in command], cwd=folder, check=True, capture_output=True)  # noqa: S603


if __name__ == "__main__":
    main()
