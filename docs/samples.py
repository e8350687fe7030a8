"""Why: docs, notebooks and first tries need a file to look at; this makes them from the embedded Scalev.

Run by ``make generate``; the same world, the same moment and the same code give the same files, which a test checks.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

import scalev_frames as sf
from scalev_frames.account import Account
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

FOLDER = Path(__file__).resolve().parent.parent / "data" / "samples"
#: When the samples were pulled, and what they hold: the last orders of the sandbox's fixed world.
PULLED_AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
SINCE = "2026-11-17"


def sample_orders() -> pd.DataFrame:
    """A week of orders, as ``api.orders(since=SINCE)`` gives them."""
    with Sandbox(orders=2000, limits=None) as sandbox, tempfile.TemporaryDirectory() as folder:
        settings = Settings(base_url=sandbox.base_url, cache_dir=Path(folder), limits=((100_000, 5.0),))
        account = Account(Key(sandbox.api_key), settings, name="sample", clock=PULLED_AT.timestamp)
        return account.fetch("orders", since=SINCE, progress=False)


def write(folder: Path) -> None:
    """Write every sample into ``folder``."""
    orders = sample_orders()
    sf.to_excel({"Orders": orders}, folder / "orders.xlsx")
    sf.to_parquet(orders, folder / "orders.parquet")
    text = orders.to_csv(index=False, lineterminator="\n")
    (folder / "orders.csv").write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    write(FOLDER)
