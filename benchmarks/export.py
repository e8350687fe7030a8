"""What an export of very many orders costs: seconds, memory above the imports, and whether any row is lost or doubled.

One command: ``python benchmarks/export.py --orders 200000 --kills 5``. A fast server on loopback, without limits, makes
its orders up as they are asked for; the export runs in a process of its own, which is killed on the way (SIGKILL) and
started again. At the end the rows, the sum of revenue and the days are compared with the server's; then pandas, polars,
DuckDB and Dask each give the sum, and one month is read alone.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import multiprocessing
import random
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

KEY = "sk_benchmark_0123456789"
NEWEST = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
ZONE = ZoneInfo("Asia/Jakarta")
PAGE = 25
DAYS = 360
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
print(json.dumps({"peak": memory("VmHWM"), "rows": scan.rows, "notes": scan.header.notes}), flush=True)
"""


class Orders:
    """Orders numbered from the oldest: each is one of a few hundred, with an id, times and an amount of its own."""

    def __init__(self, count: int) -> None:
        from scalev_frames.sandbox import World

        self.count, self.step = count, dt.timedelta(days=DAYS) / count
        self.templates, self.statuses = [], []
        for row in World(orders=500).rows("orders"):
            row |= {"id": "@id@", "order_id": "@code@", "gross_revenue": "@gross@"}
            row |= dict.fromkeys(("draft_time", "created_at", "last_updated_at"), "@time@")
            text = json.dumps(row).replace("%", "%%")
            for name in ("id", "code", "gross", "time"):
                text = text.replace(f"@{name}@", f"%({name})s")
            self.templates.append(text)
            self.statuses.append(row["status"])

    def made(self, number: int) -> dt.datetime:
        return NEWEST - (self.count - 1 - number) * self.step

    def gross(self, number: int) -> Decimal:
        return Decimal(5_000_050 + number * 7919 % 100_000_000) / 100

    def page(self, first: int) -> bytes:
        """The orders from ``first`` down."""
        numbers = range(first, max(first - PAGE, -1), -1)
        rows = [
            self.templates[number % len(self.templates)]
            % {"id": number, "code": f"B{number:09}", "gross": self.gross(number),
               "time": self.made(number).isoformat().replace("+00:00", "Z")}
            for number in numbers
        ]  # fmt: skip
        has_next = first - PAGE >= 0
        last = numbers[-1] if rows else 0
        return (
            f'{{"code":200,"status":"Success","data":{{"results":[{",".join(rows)}],'
            f'"has_next":{json.dumps(has_next)},"last_id":{json.dumps(str(last) if has_next else None)},'
            f'"page_size":{PAGE}}}}}'
        ).encode()

    def statistics(self) -> bytes:
        cells: dict[tuple[str, str], list[Decimal]] = {}
        for number in range(self.count):
            day = self.made(number).astimezone(ZONE).date().isoformat()
            cell = cells.setdefault((day, self.statuses[number % len(self.statuses)]), [Decimal(0), Decimal(0)])
            cell[0] += 1
            cell[1] += self.gross(number)
        results = [
            {"day": day, "status": status, "count": int(count), "gross_revenue": str(gross)}
            for (day, status), (count, gross) in cells.items()
        ]
        return json.dumps({"code": 200, "status": "Success", "data": {"results": results}}).encode()


def serve(orders: int, ready: multiprocessing.Queue) -> None:
    made = Orders(orders)
    counts = made.statistics()

    def answer(path: str) -> tuple[int, bytes]:
        parts = urlsplit(path)
        params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/v2/order/statistics":
            return 200, counts
        if parts.path != "/v2/order":
            return 404, b"{}"
        first = made.count - 1
        if "last_id" in params:
            first = int(params["last_id"]) - 1
        if until := params.get("draft_time_until"):
            behind = NEWEST - dt.datetime.fromisoformat(until.replace("Z", "+00:00"))
            first = min(first, made.count - 1 - max(0, -(-behind // made.step)))
        return 200, made.page(first)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                status, body = answer(head.split(b" ", 2)[1].decode())
                writer.write(
                    f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                    .encode() + body
                )  # fmt: skip
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def peak_of(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")), 0.0)


def export(command: list[str], kills: int, seconds: float) -> dict[str, float]:
    """Run the export to its end, killed on the way; the highest memory of all runs."""
    chance, peak, said = random.Random(5), 0.0, {}
    begun = time.perf_counter()
    for run in range(kills + 1):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        until = time.monotonic() + seconds * chance.uniform(0.5, 1.5)
        while child.poll() is None and (run == kills or time.monotonic() < until):
            peak = max(peak, peak_of(child.pid))
            time.sleep(0.05)
        killed = child.poll() is None
        child.kill()
        for line in (child.communicate()[0] or "").splitlines():
            said |= json.loads(line)
        print(f"run {run + 1}: {'killed' if killed else 'ended'} after {time.perf_counter() - begun:,.0f} s in all, "
              f"peak {peak - said['imports']:,.0f} MB above the imports", flush=True)  # fmt: skip
        if not killed:
            break
    return {**said, "peak": max(peak, said.get("peak", 0.0)), "seconds": time.perf_counter() - begun}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=200_000)
    options.add_argument("--kills", type=int, default=5)
    options.add_argument("--every", type=float, default=20.0, help="mean seconds until a run is killed")
    asked = options.parse_args()
    ready: multiprocessing.Queue = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(asked.orders, ready), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        address, dataset = f"http://127.0.0.1:{ready.get()}/v2", f"{folder}/orders"
        command = [sys.executable, "-c", CHILD, address, f"{folder}/cache", dataset, KEY]
        said = export(command, asked.kills, asked.every)
        size = sum(file.stat().st_size for file in Path(dataset).rglob("*.parquet")) / 1e6
        print(f"{said['rows']:,} rows in {said['seconds']:,.0f} s, {size:,.0f} MB, "
              f"{said['peak'] - said['imports']:,.0f} MB above the imports; {said['notes']}")  # fmt: skip
        compare(dataset, Orders(asked.orders))
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.PIPE)
        print(f"the same again: {time.perf_counter() - begun:.1f} s")


def compare(dataset: str, orders: Orders) -> None:
    import scalev_frames as sf

    wanted = sum((orders.gross(number) for number in range(orders.count)), Decimal(0))
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
