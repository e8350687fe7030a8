"""What an upsert into a dataset of months costs: 1,000 changed orders of the last month, whatever lies before it.

One command: ``python benchmarks/dataset.py``. Months have 5,000 orders each, all columns, ids in no order.
"""

from __future__ import annotations

import argparse
import json
import random
import uuid
from pathlib import Path
from typing import Any

import pandas as pd
from side_by_side import in_processes, machine, measured

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames import FrameBuilder
from scalev_frames.sandbox import World

MONTH, CHANGED = 5_000, 1_000
SIZES = (10, 40, 200)


def orders_of_a_month() -> pd.DataFrame:
    builder = FrameBuilder(ENDPOINTS["orders"].columns, "Asia/Jakarta")
    builder.add(World(orders=MONTH, days=28).rows("orders"))
    return builder.finish()[0]


def written(folder: Path, months: int) -> pd.DataFrame:
    """A dataset of ``months``; returns the last one."""
    base, draws = orders_of_a_month(), random.Random(1)
    for month in range(months):
        base["id"] = pd.Series([str(uuid.UUID(int=draws.getrandbits(128))) for _ in range(MONTH)], dtype="str")
        first = pd.Timestamp("2019-01-01", tz="Asia/Jakarta") + pd.DateOffset(months=month)
        base["draft_time"] = pd.date_range(first, periods=MONTH, freq="7min", unit="us")
        base.attrs = {"endpoint": "orders"}
        sf.to_parquet(base, folder, partition_by="month", mode="append")
    return base


def upserts(months: int, folder: Path, *, new_column: bool) -> dict[str, Any]:
    """The quickest of five upserts, and how many parts it wrote."""
    changed = written(folder, months).head(CHANGED)
    best: dict[str, Any] = {}
    for number in range(5):
        if new_column:
            changed = changed.assign(**{f"novel_{number}": number})
        changed.attrs = {"endpoint": "orders"}
        before = {file: file.stat().st_mtime_ns for file in folder.rglob("*.parquet")}
        now = measured(lambda rows=changed: sf.to_parquet(rows, folder, partition_by="month", mode="upsert"))
        now["result"] = sum(before.get(file) != file.stat().st_mtime_ns for file in folder.rglob("*.parquet"))
        best = min(best or now, now, key=lambda one: one["cpu"])
    return best


def main() -> None:
    """Print the table, or measure one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.way:
        months, _, column = options.way.partition(" ")
        print(json.dumps(upserts(int(months), options.folder / "orders", new_column=bool(column))))
        return
    found = in_processes(__file__, [f"{months}{column}" for months in SIZES for column in ("", " new")], [])
    print(f"{CHANGED:,} changed orders of the last month; {machine()}\n")
    print("| rows in the dataset | upsert CPU s | parts written | with a new column, CPU s | parts written |")
    print("|---|---|---|---|---|")
    for months in SIZES:
        one, other = found[f"{months}"], found[f"{months} new"]
        print(f"| {months * MONTH:,} | {one['cpu']:.2f} | {one['result']} | {other['cpu']:.2f} | {other['result']} |")


if __name__ == "__main__":
    main()
