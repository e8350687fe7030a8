"""Make the sample files of docs, notebooks and first tries from the embedded Scalev.

Run by ``make generate``; the same world, the same moment and the same code give the same files, which a test checks.
"""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

import scalev_frames as sf
from scalev_frames.account import Account
from scalev_frames.catalog.dashboard import DASHBOARD, ITEMS
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

FOLDER = Path(__file__).resolve().parent.parent / "data" / "samples"
#: When the samples were pulled, and what they hold: the last orders of the sandbox's fixed world.
PULLED_AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
SINCE = "2026-11-17"


def sample_orders(*, details: bool = False) -> pd.DataFrame:
    """A week of orders, as ``api.orders(since=SINCE)`` gives them."""
    with Sandbox(orders=2000, limits=None) as sandbox, tempfile.TemporaryDirectory() as folder:
        settings = Settings(base_url=sandbox.base_url, cache_dir=Path(folder), limits=((100_000, 5.0),))
        account = Account(Key(sandbox.api_key), settings, name="sample", clock=PULLED_AT.timestamp)
        orders = account.fetch("orders", since=SINCE, details=details, progress=False)
    del orders.attrs["requests"]  # how many there are depends on the machine
    return orders


def dashboard_csv(orders: pd.DataFrame, *, items: bool) -> str:
    """Orders with details as the dashboard exports them: one row an order, or one row an item."""
    kinds = {name: kind for name, kind, _ in DASHBOARD} | {name: kind for name, kind, _ in ITEMS if items}
    kept = io.StringIO()
    out = csv.writer(kept, delimiter=";", lineterminator="\r\n")
    out.writerow(kinds)
    for row, lines in zip(orders.scalev.dashboard().to_dict("records"), orders["orderlines"], strict=True):
        for line in lines if items else [{}]:
            cells = row | {name: line.get(field) for name, _, field in ITEMS}
            out.writerow(_cell(cells[name], kind) for name, kind in kinds.items())
    return kept.getvalue()


def _cell(value: Any, kind: str) -> str:  # noqa: ANN401 - any cell
    if pd.isna(value):
        return ""
    if kind == "time":
        return str(value.strftime("%d/%m/%Y %H:%M:%S"))
    if kind in ("money", "number", "grams"):
        plain = f"{round(Decimal(str(value)), 2):,}".removesuffix(".00")
        return plain.replace(",", " ").replace(".", ",").replace(" ", ".")
    return str(value).lower() if kind == "flag" else str(value)


def write(folder: Path) -> None:
    """Write every sample into ``folder``."""
    orders = sample_orders()
    sf.to_excel({"Orders": orders}, folder / "orders.xlsx")
    sf.to_parquet(orders, folder / "orders.parquet")
    text = orders.to_csv(index=False, lineterminator="\n")
    (folder / "orders.csv").write_text(text, encoding="utf-8", newline="")
    write_dashboard(folder)


def write_dashboard(folder: Path) -> None:
    """Write both exports of the dashboard into ``folder``."""
    detailed = sample_orders(details=True)
    for name, items in (("dashboard_orders.csv", False), ("dashboard_items.csv", True)):
        (folder / name).write_text(dashboard_csv(detailed, items=items), encoding="utf-8", newline="")


if __name__ == "__main__":
    write(FOLDER)
