"""How long it takes from the bytes of a month's orders to a typed frame, beside parsing alone and the usual ways.

One command: ``python benchmarks/frames.py`` (``--orders 100000``). The pages are the sandbox's. Each way makes a
frame of all rows; ours has exact money, whole ids, times and every unknown field, the others what they have.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from side_by_side import in_processes, machine, measured, pages, write_pages

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.children import expand
from scalev_frames.frames.memory import collecting_seldom
from scalev_frames.wire.answers.parsing import parse

MONEY = [column.name for column in ENDPOINTS["orders"].columns if column.kind == "money"]
TIMES = [column.name for column in ENDPOINTS["orders"].columns if column.kind == "time"]


def ours(file: Path, endpoint: str = "orders") -> pd.DataFrame:
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
    with collecting_seldom():
        for page in pages(file):
            builder.add(parse(page)["data"]["results"])
        frame, _ = builder.finish()
    frame.attrs = {"endpoint": endpoint}
    return frame


def with_items(file: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    orders = ours(file)
    return orders, expand(orders, "items", carry=["id", "order_id"])


def with_lines(file: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    orders = ours(file, "order")
    return orders, expand(orders, "lines", carry=["id", "order_id"])


def parsed(file: Path) -> None:
    for page in pages(file):
        parse(page)


def parsed_by_orjson(file: Path) -> None:
    for page in pages(file):
        orjson.loads(page)


def cast(frame: pd.DataFrame) -> pd.DataFrame:
    """What people write after json_normalize."""
    frame.columns = frame.columns.str.replace(".", "_", regex=False)
    for name in MONEY:
        if name in frame:
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
    for name in TIMES:
        if name in frame:
            frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601", errors="coerce")
    return frame


def normalised(file: Path) -> pd.DataFrame:
    rows = [row for page in pages(file) for row in json.loads(page)["data"]["results"]]
    for row in rows:
        row.pop("final_variants", None)  # it would make a column of every product
        row.pop("metadata", None)
    return cast(pd.json_normalize(rows))


def normalised_by_page(file: Path) -> pd.DataFrame:
    parts = []
    for page in pages(file):
        rows = json.loads(page)["data"]["results"]
        for row in rows:
            row.pop("final_variants", None)
            row.pop("metadata", None)
        parts.append(pd.json_normalize(rows))
    return cast(pd.concat(parts, ignore_index=True))


def read_json(file: Path) -> pd.DataFrame:
    """pandas' own reader; nested objects stay objects."""
    rows = [row for page in pages(file) for row in orjson.loads(page)["data"]["results"]]
    return cast(pd.read_json(io.BytesIO(orjson.dumps(rows)), dtype=False, convert_dates=False))


def polars_rows(file: Path) -> Any:
    import polars

    rows = [row for page in pages(file) for row in orjson.loads(page)["data"]["results"]]
    for row in rows:
        row.pop("final_variants", None)
        row.pop("metadata", None)
    return polars.DataFrame(rows, infer_schema_length=None, strict=False)


WAYS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "parse": ("list", parsed),
    "parse (orjson alone)": ("list", parsed_by_orjson),
    "ours": ("list", ours),
    "ours, orders and items": ("list", with_items),
    "json.loads + json_normalize + casts": ("list", normalised),
    "json_normalize a page + concat + casts": ("list", normalised_by_page),
    "pandas.read_json + casts": ("list", read_json),
    "polars.DataFrame(rows)": ("list", polars_rows),
    "parse details": ("details", parsed),
    "ours, details": ("details", lambda file: ours(file, "order")),
    "ours, details and lines": ("details", with_lines),
}


def main() -> None:
    """Print the table, or measure one way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--only", action="append", choices=WAYS)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--folder")
    options = parser.parse_args()
    if options.way:
        kind, way = WAYS[options.way]
        file = options.pages / kind
        found = measured(lambda: way(file))
        found["result"] = _sizes(found["result"])
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as folder:
        chosen = options.only or list(WAYS)
        for kind in {WAYS[way][0] for way in chosen}:
            write_pages(Path(folder, kind), options.orders, details=kind == "details")
        sizes = {kind.name: kind.stat().st_size / 1e6 for kind in Path(folder).iterdir()}
        found = in_processes(__file__, chosen, ["--pages", folder])
    print(f"{options.orders:,} orders of the sandbox, {sizes} MB of JSON; {machine()}\n")
    print("| way | CPU s | × parse | wall s | peak MB | frame MB | rows × columns |\n|---|---|---|---|---|---|---|")
    for name, one in found.items():
        if "died" in one:
            print(f"| {name} | died: {one['died']} | | | | | |")
            continue
        base = found.get("parse" if WAYS[name][0] == "list" else "parse details", one)
        print(f"| {name} | {one['cpu']:.2f} | {one['cpu'] / base['cpu']:.2f} | {one['wall']:.1f} | {one['peak']:.0f} "
              f"| {one['held']:.0f} | {one['result']} |")  # fmt: skip


def _sizes(result: Any) -> str:
    frames = result if isinstance(result, tuple) else () if result is None else (result,)
    return ", ".join(f"{frame.shape[0]:,} × {frame.shape[1]}" for frame in frames)


if __name__ == "__main__":
    main()
