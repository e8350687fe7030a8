"""How long the reports take on 100,000 orders, beside one pandas groupby over the same columns, and the workbook.

One command: ``python benchmarks/reports.py`` (``--write`` puts the table into docs/performance.md). The yardstick of a
report is one ``groupby`` by its keys over the columns it reads: amounts and flags summed, the others counted; days are
cut and products dug out of their objects where the report has to do that, too. The best of several runs each, in one
process, in turns, by CPU time. Reports start from the plain frame every time: nothing is prepared beforehand.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.export import report_workbook
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.children import expand
from scalev_frames.reports import REPORTS, Report, report
from scalev_frames.sandbox.world import World

DOCS = Path(__file__).parents[1] / "docs" / "performance.md"
HEADING = "## Reports"
#: The column that a report's key is in the orders; days and months are cut from the time of creation.
KEYS = {
    "day": "created", "month": "created", "cohort": "customer_phone", "stage": "status", "basis": "payment_status",
    "courier": "courier_service_courier_name", "province": "destination_address_province",
    "city": "destination_address_city", "product": "final_variants", "handler": "handler_fullname",
    "advertiser": "advertiser_fullname", "method": "payment_method", "customer": "customer_phone",
    "segment": "customer_phone", "age": "status", "check": "status", "channel": "channel_name",
    "months_later": "created",
}  # fmt: skip


def build(count: int) -> pd.DataFrame:
    """The sandbox's orders as `api.orders()` gives them, without the wire."""
    world = World(orders=count)
    builder = FrameBuilder(ENDPOINTS["orders"].columns, "Asia/Jakarta")
    builder.add(world.rows("orders"))
    frame, _ = builder.finish()
    frame.attrs.update(endpoint="orders", time_zone="Asia/Jakarta", as_of=world.now.isoformat(), filters={})
    return frame


def groupby(frame: pd.DataFrame, row: Report) -> pd.DataFrame:
    """One pandas groupby over the columns of a report."""
    keys = [KEYS.get(key, key) for key in row.keys]
    if row.name == "repeat":  # which tells customers apart
        keys.append("customer_phone")
    reads = [name for name in row.reads.split() if name in frame]
    if "final_variants" in reads:
        rest = [name for name in reads if name != "final_variants"]
        part = expand(frame[reads], "items", rest).rename(columns={"item": "final_variants"})
        reads = [*reads, "quantity"]
    else:
        part = frame[reads]
    if "created" in keys:
        created = part["draft_time"].fillna(part["created_at"])
        part = part.assign(created=created.dt.tz_localize(None).dt.normalize())
    measures = {name: "sum" if adds(part[name]) else "count" for name in reads if name not in keys}
    return part.groupby(keys, dropna=False).agg(measures)


def adds(column: pd.Series) -> bool:
    dtype = column.dtype
    is_money = isinstance(dtype, pd.ArrowDtype) and pa.types.is_decimal(dtype.pyarrow_dtype)
    return is_money or pd.api.types.is_numeric_dtype(dtype)


def best(calls: Sequence[Callable[[], object]], runs: int) -> list[float]:
    """The least CPU seconds, all threads together, of each call, taken in turns: other programs then matter little."""
    times = [[math.inf] for _ in calls]
    for _ in range(runs):
        for call, seen in zip(calls, times, strict=True):
            start = time.process_time()
            call()
            seen.append(time.process_time() - start)
    return [min(seen) for seen in times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    frame = build(options.orders)
    rows, ours, theirs = [], 0.0, 0.0
    for name, row in REPORTS.items():
        if row.needs_lines:
            continue
        one, other = best([lambda n=name: report(n, frame), lambda r=row: groupby(frame, r)], options.runs)
        ours, theirs = ours + one, theirs + other
        rows.append((name, one, other))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        start = time.perf_counter()
        (cpu,) = best([lambda: report_workbook(frame, path)], 2)
        wall = (time.perf_counter() - start) / 2
        size = path.stat().st_size
    lines = ["| report | CPU ms | one groupby, CPU ms | ratio |", "|---|---|---|---|"]
    lines += [f"| {name} | {one * 1e3:,.0f} | {other * 1e3:,.0f} | {one / other:.2f} |" for name, one, other in rows]
    lines.append(f"| **all {len(rows)}** | **{ours * 1e3:,.0f}** | **{theirs * 1e3:,.0f}** | **{ours / theirs:.2f}** |")
    machine = (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, pandas {pd.__version__}, pyarrow {pa.__version__}"
    )
    text = (
        f"{HEADING}\n\n`python benchmarks/reports.py`, {options.orders:,} orders, least of {options.runs} runs, "
        f"{machine}.\n"
        "The yardstick is one pandas `groupby` by the report's keys over the columns that it reads.\n\n"
        + "\n".join(lines)
        + f"\n\nThe whole workbook ({len(rows)} reports, charts, cover): {cpu:.1f} s of CPU, "
        f"{wall:.1f} s on the clock, {size / 1e6:.1f} MB.\n"
    )
    print(text)
    if options.write:
        old = DOCS.read_text("utf-8") if DOCS.exists() else "# Performance\n"
        kept = re.sub(rf"{re.escape(HEADING)}\n.*?(?=\n## |\Z)", "", old, flags=re.DOTALL).rstrip()
        DOCS.write_text(f"{kept}\n\n{text}", "utf-8")


if __name__ == "__main__":
    main()
