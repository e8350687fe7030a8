"""The processor time of a cold pull of 20,000 orders, beside a requests loop with one `json_normalize`.

One command: ``python benchmarks/cpu.py`` (``--orders 20000 --rounds 5``). The server is a process of its own and
nothing limits the requests. Each way runs in a process of its own, one after the other, and counts all of its threads.
Ours also compares the rows with the server's counts, makes exact money and typed columns, and keeps pages and frame.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import requests

from scalev_frames.connection import connect

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from servers import second_server


def ours(base_url: str, api_key: str) -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        connect(api_key=api_key, base_url=base_url, cache_dir=folder, limits=[(10**6, 1.0)]) as api,
    ):
        began = time.process_time()
        api.orders(progress=False)
        return int(1000 * (time.process_time() - began))


def loop(base_url: str, api_key: str) -> int:
    began = time.process_time()
    rows: list[dict[str, object]] = []
    params: dict[str, str] = {}
    with requests.Session() as session:
        while True:
            answer = session.get(f"{base_url}/order", params=params, headers={"Authorization": f"Bearer {api_key}"})
            data = answer.json()["data"]
            rows += data["results"]
            if not data["has_next"]:
                break
            params["last_id"] = data["last_id"]
    pd.json_normalize(rows)
    return int(1000 * (time.process_time() - began))


WAYS = {"ours": ours, "requests loop + json_normalize": loop}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    found: dict[str, list[int]] = {way: [] for way in WAYS}
    with second_server(orders=asked.orders, limits=None) as server, tempfile.TemporaryDirectory() as home:
        server.ask("len(world.rows('orders'))")
        for _ in range(asked.rounds):
            for way in WAYS:
                command = [sys.executable, __file__, "--one", way, server.base_url, server.api_key]
                environment = {**os.environ, "SCALEV_CACHE_DIR": home}
                found[way].append(int(subprocess.run(command, env=environment, check=True, capture_output=True).stdout))
    for way, times in found.items():
        print(f"{way:32} {statistics.median(times) / 1000:6.2f} s  (best {min(times) / 1000:.2f} s)")
    one, other = (found[way] for way in WAYS)
    medians, best = statistics.median(one) / statistics.median(other), min(one) / min(other)
    print(f"ratio of the medians {medians:.2f}, of the best {best:.2f}")


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(WAYS[sys.argv[2]](*sys.argv[3:]))
    else:
        main()
