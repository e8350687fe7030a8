"""What an export of very many orders costs: seconds, memory above the imports, and whether any row is lost or doubled.

One command: ``python benchmarks/export.py --orders 200000 --kills 5``. A fast server on loopback, without limits
(`many_orders`), makes its orders up as they are asked for; the export runs in a process of its own, which is killed at
even steps of the way (SIGKILL) and started again. At the end the ids and the sum of revenue are compared with the
server's; then pandas, polars, DuckDB and Dask each give the sum, and one month is read alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from many_orders import PAGE, ManyOrders, serve

KEY = "sk_benchmark_0123456789"
CHILD = """
import json, os, sys, time
import pandas, pyarrow.parquet
from pathlib import Path
from scalev_frames.account import Account
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
def memory(name):
    return next(int(line.split()[1]) / 1e3 for line in open("/proc/self/status") if line.startswith(name))
print(json.dumps({"imports": memory("VmRSS")}), flush=True)
settings = Settings(base_url=sys.argv[1], cache_dir=Path(sys.argv[2]), limits=((10**6, 1.0),))
scan = Account(Key(sys.argv[4]), settings).export(sys.argv[3], progress=False)
print(json.dumps({"peak": memory("VmHWM"), "rows": scan.rows,
                  "notes": scan.header.notes, "complete": scan.header.complete}), flush=True)
"""


def peak_of(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")), 0.0)


def export(command: list[str], kills: list[int], pages: Callable[[], int]) -> dict[str, Any]:
    """Run the export to its end.

    Args:
        command: starts it.
        kills: it is killed when the server has sent this many pages.
        pages: gives how many the server has sent.

    Returns:
        What it said last, the highest memory of all runs, and their seconds.
    """
    peak, said = 0.0, {}
    begun = time.perf_counter()
    for number, until in enumerate([*kills, None]):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        own = 0.0
        while child.poll() is None and (until is None or pages() < until):
            own = max(own, peak_of(child.pid))
            time.sleep(0.05)
        killed = child.poll() is None
        child.kill()
        for line in (child.communicate(timeout=60)[0] or "").splitlines():
            said |= json.loads(line)
        if not killed and child.returncode:
            raise SystemExit(f"The export failed: {child.returncode}.")
        own = max(own, said.get("peak", 0.0))
        peak = max(peak, own)
        end, spent = "killed" if killed else "ended", time.perf_counter() - begun
        print(f"run {number + 1}: {end} after {pages():,} pages and {spent:,.0f} s in all, "
              f"{own - said['imports']:,.0f} MB above the imports", flush=True)  # fmt: skip
        if not killed:
            break
    return {**said, "peak": peak, "seconds": time.perf_counter() - begun}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=200_000)
    options.add_argument("--kills", type=int, default=5)
    options.add_argument("--into", type=Path, help="keep the dataset in this folder")
    asked = options.parse_args()
    ready: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(asked.orders, 0, ready), daemon=True)
    server.start()
    root = f"http://127.0.0.1:{ready.get(timeout=600)}"

    def pages() -> int:
        with urllib.request.urlopen(f"{root}/seen", timeout=60) as answer:
            return int(json.load(answer).get("/v2/order", 0))

    whole = asked.orders // PAGE
    kills = [whole * (2 * number + 1) // (2 * asked.kills) for number in range(asked.kills)]
    with tempfile.TemporaryDirectory() as folder:
        dataset = str(asked.into or f"{folder}/orders")
        command = [sys.executable, "-c", CHILD, f"{root}/v2", f"{folder}/cache", dataset, KEY]
        said = export(command, kills, pages)
        files = [file.stat().st_size for file in Path(dataset).rglob("*.parquet")]
        print(f"{said['rows']:,} rows, {pages():,} pages of {whole:,}, {said['seconds']:,.0f} s, "
              f"{sum(files) / 1e6:,.0f} MB in {len(files)} files, {said['peak'] - said['imports']:,.0f} MB above the "
              f"imports, complete: {said['complete']}; load {os.getloadavg()[1]:.1f}")  # fmt: skip
        print("\n".join(said["notes"]))
        compare(dataset, ManyOrders(asked.orders))
        begun, before = time.perf_counter(), pages()
        again = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=7200)
        said = {name: value for line in again.stdout.splitlines() for name, value in json.loads(line).items()}
        print(f"the same again: {time.perf_counter() - begun:.1f} s, {pages() - before:,} pages, "
              f"{said['peak'] - said['imports']:,.0f} MB")  # fmt: skip


def compare(dataset: str, orders: ManyOrders) -> None:
    import scalev_frames as sf

    wanted = orders.revenue()
    ids = sf.scan(dataset, ["id"]).frame()["id"]
    assert len(ids) == ids.nunique() == orders.count
    month = sf.scan(dataset, ["id"], [("month", "==", "2026-10")])

    def timed(name: str, work: object) -> None:
        begun = time.perf_counter()
        found = work()  # type: ignore[operator]
        print(f"{name:<24} {time.perf_counter() - begun:6.2f} s  {found}")

    def by_pandas() -> Decimal:
        import pyarrow.compute as pc

        from scalev_frames.frames.money import exact_array

        return pc.sum(exact_array(sf.scan(dataset, ["gross_revenue"]).frame()["gross_revenue"])).as_py()

    def by_polars() -> Decimal:
        import polars

        return sf.scan(dataset).polars().select(polars.col("gross_revenue").sum()).collect().item()

    def by_duckdb() -> Decimal:
        return sf.scan(dataset).duckdb().sum("gross_revenue").fetchall()[0][0]

    def by_dask() -> Decimal:
        return round(Decimal(float(sf.scan(dataset, ["gross_revenue"]).dask()["gross_revenue"].sum().compute())), 2)

    sums = {"pandas": by_pandas, "polars": by_polars, "DuckDB": by_duckdb, "Dask": by_dask}
    for name, work in sums.items():
        timed(f"sum by {name}", work)
        assert work() == wanted, (name, wanted)
    timed("ids of one month", lambda: len(month.frame()))


if __name__ == "__main__":
    main()
