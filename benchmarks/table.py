"""The table at the size of a good month, 100,000 orders × 80 columns: what the kernel takes for each thing one does.

    python benchmarks/table.py [rows]

Prints seconds and the bytes that go to the browser; the browser's own share (drawing 4,000 cells) is not in it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from scalev_frames.account import Account
from scalev_frames.notebook.table import Table
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

COLUMNS = 80


def big_frame(rows: int) -> pd.DataFrame:
    """Orders of the sandbox, repeated."""
    with Sandbox(orders=2000, limits=None) as running, tempfile.TemporaryDirectory() as folder:
        settings = Settings(running.base_url, Path(folder), limits=((100_000, 5.0),))
        orders = Account(Key(running.api_key), settings).orders(progress=False)
    orders.attrs = {}
    return pd.concat([orders] * (rows // len(orders) + 1), ignore_index=True).iloc[:rows, :COLUMNS]


def main(rows: int) -> None:
    """Measure."""
    frame = big_frame(rows)
    money, status = (list(frame.columns).index(name) for name in ("gross_revenue", "status"))
    sent: list[str] = []
    begun = time.perf_counter()
    table = Table(frame)
    table.send = lambda message, *_: sent.append(json.dumps(message))  # type: ignore[method-assign]
    actions = {
        "first rows": {"do": "show"},
        "search, first": {"do": "search", "text": "semarang"},
        "search, next": {"do": "search", "text": "jawa cod"},
        "search cleared": {"do": "clear"},
        "sort by money": {"do": "sort", "column": money},
        "sort by status": {"do": "sort", "column": status},
        "filter": {"do": "condition", "column": money, "text": ">=200000"},
        "sum of a column": {"do": "select", "cells": [0, money, rows, money]},
        "another page": {"do": "page", "page": 100},
    }
    print(f"{len(frame):,} rows x {frame.shape[1]} columns")
    for name, message in actions.items():
        table.handle(message)
        print(f"{name:<16} {time.perf_counter() - begun:7.3f} s {len(sent[-1]) / 1024:7.0f} KB")
        begun = time.perf_counter()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
