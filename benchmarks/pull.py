"""How long a cold pull of 100 pages takes, beside a plain loop, a cached loop and the limiter's own bound.

One command: ``python benchmarks/pull.py``. Each client gets its own sandbox with the documented limits, one after the
other, in one run. The bound is 5 s × floor((pages − 1) / 30) + one latency.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from scalev_frames.connection import connect
from scalev_frames.sandbox import Sandbox, always

PAGES = 100
ROWS = 25 * PAGES
REFUSED = [always("error", "/order/statistics", status=403, error="no scope")]
LATENCIES = (0.0, 0.05, 0.3, 0.8)


def ours(sandbox: Sandbox) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SCALEV_CACHE_DIR"] = folder
        return len(connect(api_key=sandbox.api_key, base_url=sandbox.base_url).orders(progress=False))


def loop(session: requests.Session, sandbox: Sandbox) -> int:
    """What people write: a loop that sleeps when the server asks for it."""
    params: dict[str, str] = {}
    rows = 0
    while True:
        answer = session.get(
            f"{sandbox.base_url}/order", params=params, headers={"Authorization": f"Bearer {sandbox.api_key}"}
        )
        if answer.status_code == 429:
            time.sleep(float(answer.headers.get("X-Ratelimit-Reset", 1)) or 1)
            continue
        data = answer.json()["data"]
        rows += len(data["results"])
        if not data["has_next"]:
            return rows
        params["last_id"] = data["last_id"]


def plain(sandbox: Sandbox) -> int:
    with requests.Session() as session:
        return loop(session, sandbox)


def cached(sandbox: Sandbox) -> int:
    import requests_cache

    with tempfile.TemporaryDirectory() as folder, requests_cache.CachedSession(Path(folder) / "cache") as session:
        return loop(session, sandbox)


def dlt_source(sandbox: Sandbox) -> int:
    from dlt.sources.rest_api import rest_api_source

    source = rest_api_source({
        "client": {"base_url": sandbox.base_url + "/", "auth": {"type": "bearer", "token": sandbox.api_key},
                   "paginator": {"type": "cursor", "cursor_path": "data.last_id", "cursor_param": "last_id"}},
        "resources": [{"name": "order", "endpoint": {"path": "order", "data_selector": "data.results"}}],
    })  # fmt: skip
    return sum(1 for _ in source.resources["order"])


CLIENTS: dict[str, Callable[[Sandbox], int]] = {"ours": ours, "requests loop": plain, "requests-cache loop": cached}
if importlib.util.find_spec("dlt"):
    CLIENTS["dlt rest_api"] = dlt_source


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, action="append")
    parser.add_argument("--client", action="append")
    parser.add_argument("--no-counts", action="store_true", help="a key that may not read the statistics")
    options = parser.parse_args()
    print("| latency | client | seconds | × bound | requests | 429 |\n|---|---|---|---|---|---|")
    for latency in options.latency or LATENCIES:
        bound = 5.0 * ((PAGES - 1) // 30) + latency
        for name in options.client or CLIENTS:
            with Sandbox(orders=ROWS, latency=latency, faults=REFUSED if options.no_counts else []) as sandbox:
                sandbox.world.rows("orders")  # made before the clock runs: not the sandbox is measured
                began = time.perf_counter()
                try:
                    rows = str(CLIENTS[name](sandbox))
                except Exception as error:  # noqa: BLE001 - a client that dies is a result
                    rows = f"died: {type(error).__name__}"
                seconds = time.perf_counter() - began
                count = collections.Counter(request.status for request in sandbox.requests)
                told = "" if rows == str(ROWS) else f" ({rows} rows)"
                print(f"| {latency * 1000:.0f} ms | {name}{told} | {seconds:.1f} | {seconds / bound:.2f} "
                      f"| {count.total()} | {count[429]} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
