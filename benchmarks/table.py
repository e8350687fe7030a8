"""The table and the pivot at the size of a good month, 100,000 orders × 165 columns: what the kernel takes a step.

    python benchmarks/table.py [rows]

Prints seconds and the bytes that go to the browser; what the browser draws is not in it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from scalev_frames.account import Account
from scalev_frames.notebook.pivot import Pivot
from scalev_frames.notebook.table import Table
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

COLUMNS = 165


def big_frame(rows: int) -> pd.DataFrame:
    """Orders of the sandbox, repeated."""
    with Sandbox(orders=2000, limits=None) as running, tempfile.TemporaryDirectory() as folder:
        settings = Settings(running.base_url, Path(folder), limits=((100_000, 5.0),))
        orders = Account(Key(running.api_key), settings).orders(progress=False)
    return pd.concat([orders] * (rows // len(orders) + 1), ignore_index=True).iloc[:rows, :COLUMNS]


def main(rows: int) -> None:
    """Measure."""
    frame = big_frame(rows)
    frame.attrs["endpoint"] = "orders"
    money, status, created = (list(frame.columns).index(name) for name in ("gross_revenue", "status", "draft_time"))
    sent: list[str] = []
    print(f"{len(frame):,} rows x {frame.shape[1]} columns, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    begun = time.perf_counter()
    table = Table(frame, name="orders")
    table.send = lambda message, *_: sent.append(json.dumps(message))  # type: ignore[method-assign]

    def ask(name: str, action: str, **details: object) -> None:
        nonlocal begun
        table.handle({"do": action, "number": "v-1", "generation": table.sheet.generation, **details})
        say(name)

    def say(name: str, step: Callable[[], object] = lambda: None) -> None:
        nonlocal begun
        step()
        print(f"{name:<34} {time.perf_counter() - begun:7.3f} s {sum(map(len, sent)) / 1024:7.0f} KB")
        sent.clear()
        begun = time.perf_counter()

    block = [{"first": 0, "count": 100, "places": list(range(16))}]
    ask("made, opened", "open")
    ask("a block of 100 x 16 cells", "block", blocks=block)
    ask("a block far down", "block", blocks=[{**block[0], "first": rows // 2}])
    ask("sort by money", "sort", column=money)
    ask("sort by two columns", "sort", column=status, add=True)
    ask("values of status", "values", column=status)
    ask("values of days", "values", column=created)
    ask("filter by values", "filter", column=status, conditions=[{"op": "in", "values": ["completed", "rts"]}])
    ask("filter by a range", "filter", column=money, text="100000-400000")
    ask("undo", "undo")
    ask("clear", "clear")
    ask("search, first", "search", text="semarang")
    ask("search, next", "search", text="jawa cod")
    ask("clear", "clear")
    ask("all columns", "view", how="all")
    numeric = [place for place, column in enumerate(table.sheet.columns) if column.is_numeric][:10]
    ask("sums of 1,000,000 cells", "select", rows=[0, rows - 1], places=numeric)
    ask("sums of all cells", "select", rows=[0, rows - 1], places=list(range(frame.shape[1])))
    ask("copy of 100,000 cells", "select", rows=[0, 9_999], places=numeric)
    ask("  its text", "copy")
    panel = Pivot(frame, name="orders", table=table)
    say("pivot: made")
    say("pivot: status, count and sum", lambda: panel.result)
    plans = {
        "store x month, sum": (["store_name"], ["draft_time (month)"], [("gross_revenue", "sum")]),
        "store, status x month, sum, mean": (
            ["store_name", "status"], ["draft_time (month)"], [("gross_revenue", "sum"), ("gross_revenue", "mean")],
        ),
        "courier x status, share of row": (["courier_service_courier_name"], ["status"], [("", "rows", "share_row")]),
        "city x weekday, different phones": (
            ["destination_address_city"], ["draft_time (weekday)"], [("customer_phone", "different")],
        ),
        "items, quantity": (["final_variants (item)"], [], [("quantity of item", "sum")]),
    }  # fmt: skip
    for name, (by_rows, by_columns, values) in plans.items():
        say(f"pivot: {name}", lambda r=by_rows, c=by_columns, v=values: panel.choose(r, c, v))  # type: ignore[misc]
    say("pivot: rows behind a cell", lambda: panel.show_rows(0, 0))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
