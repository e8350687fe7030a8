"""What a second call costs: refresh against changes, warm load against reading the file, lines, several processes.

One command: ``python benchmarks/sync.py`` (all parts), or ``--part refresh``, ``warm``, ``lines``, ``processes``,
``memory``. Requests are counted by the sandbox; warm times are CPU seconds, the best of five.
"""

from __future__ import annotations

import argparse
import collections
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
from pandas.testing import assert_frame_equal

from scalev_frames.account import Account
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

FREE = ((100_000, 10_000.0),)
STATUSES = ("pending", "confirmed", "in_process", "ready", "shipped", "shipped_rts", "completed", "rts", "canceled")
PAYMENTS = ("unpaid", "paid", "settled", "conflict")
#: Orders that are here, and how many are new, changed and gone since.
HISTORIES = ((20_000, 0, 0, 0), (20_000, 30, 6, 1), (20_000, 300, 60, 5), (20_000, 900, 300, 20),
             (100_000, 1_500, 300, 10))  # fmt: skip
PULL = """
import os, sys
from pathlib import Path
from scalev_frames.connection import connect
print(len(connect(api_key=os.environ["KEY"], base_url=sys.argv[1], cache_dir=sys.argv[2]).orders(progress=False)))
"""


def account(sandbox: Sandbox, folder: str) -> Account:
    """Without limits, in the sandbox's own time."""
    settings = Settings(base_url=sandbox.base_url, cache_dir=Path(folder), limits=FREE)
    return Account(Key(sandbox.api_key), settings, sleep=lambda _: None, clock=lambda: sandbox.world.now.timestamp())


def change(world: World, frame: pd.DataFrame, chance: random.Random, moves: int) -> None:
    """N orders move to another status or payment status."""
    rows = frame.sample(moves, random_state=chance.randint(0, 9999))
    for one, status, payment in zip(rows["id"], rows["status"], rows["payment_status"], strict=True):
        if chance.random() < 0.25:
            world.change_payment(one, chance.choice([value for value in PAYMENTS if value != payment]))
        else:
            world.change_status(one, chance.choice([value for value in STATUSES if value != status]))


def refresh() -> None:
    """Requests of a refresh, and whether its frame is that of a full pull."""
    print("| orders | new, changed, gone | full pull | refresh | share | equal |\n|---|---|---|---|---|---|")
    for orders, new, moves, gone in HISTORIES:
        with Sandbox(orders=orders, limits=None) as sandbox, tempfile.TemporaryDirectory() as one, \
                tempfile.TemporaryDirectory() as two:  # fmt: skip
            api, chance = account(sandbox, one), random.Random(1)
            kept = api.orders(progress=False)
            if new:
                sandbox.world.add_orders(new)
            change(sandbox.world, kept, chance, moves)
            for gone_one in chance.sample(list(kept["id"]), gone):
                sandbox.world.delete_order(gone_one)
            sent = len(sandbox.requests)
            refreshed = api.orders(max_age=0, progress=False)
            asked = len(sandbox.requests) - sent
            full = account(sandbox, two).orders(progress=False)
            try:
                assert_frame_equal(refreshed, full, check_like=True)
                equal = "yes"
            except AssertionError:
                equal = "no"
            pages = math.ceil(len(full) / 25)
            print(f"| {orders:,} | {new}, {moves}, {gone} | {pages} | {asked} | {asked / pages:.1%} | {equal} |",
                  flush=True)  # fmt: skip


def best(way: Callable[[], object]) -> float:
    """CPU seconds, the best of five."""
    seconds = []
    for _ in range(5):
        began = time.process_time()
        way()
        seconds.append(time.process_time() - began)
    return min(seconds)


def alone(part: str, sandbox: Sandbox, folder: str) -> str:
    """What ``part`` prints in a process of its own, in which no sandbox's objects are in the way."""
    command = [sys.executable, __file__, "--part", part]
    environment = {**os.environ, "KEY": sandbox.api_key, "URL": sandbox.base_url, "SCALEV_CACHE_DIR": folder}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def account_alone() -> Account:
    """The account of a process of its own."""
    settings = Settings(base_url=os.environ["URL"], cache_dir=Path(os.environ["SCALEV_CACHE_DIR"]), limits=FREE)
    return Account(Key(os.environ["KEY"]), settings, sleep=lambda _: None)


def warm() -> None:
    """A call that is served from what is kept, also while a copy is in use, against pandas reading the same file."""
    print("| orders | warm call | with a copy in use | read_parquet | ratio | requests |\n|---|---|---|---|---|---|")
    for orders in (2_000, 20_000, 100_000):
        with Sandbox(orders=orders, limits=None) as sandbox, tempfile.TemporaryDirectory() as folder:
            alone("pull_once", sandbox, folder)
            sent = len(sandbox.requests)
            ours, again, theirs = map(float, alone("warm_once", sandbox, folder).split())
            seconds = f"{ours:.3f} | {again:.3f} | {theirs:.3f} | {ours / theirs:.2f}"
            print(f"| {orders:,} | {seconds} | {len(sandbox.requests) - sent} |", flush=True)


def warm_once() -> None:
    """Seconds of the warm call, of the same with a copy in use, and of pandas."""
    api = account_alone()
    file = next(api.folder.rglob("frames/*.parquet"))
    call = partial(api.orders, progress=False)
    cold, copy = best(call), call()
    print(cold, best(call), best(partial(pd.read_parquet, file)))
    del copy


def lines() -> None:
    """Detail requests for the lines of 1,000 orders, first and after 30 have changed."""
    print("| orders | changed | detail requests |\n|---|---|---|")
    with Sandbox(orders=1_000, limits=None) as sandbox, tempfile.TemporaryDirectory() as folder:
        api, chance = account(sandbox, folder), random.Random(1)
        for changed in (1_000, 30, 0):
            orders = api.orders(refresh=True, progress=False)
            if changed < len(orders):
                change(sandbox.world, orders, chance, changed)
                orders = api.orders(refresh=True, progress=False)
            sent = len(sandbox.requests)
            api.order_lines(orders, progress=False)
            print(f"| 1,000 | {changed} | {len(sandbox.requests) - sent} |", flush=True)


def processes() -> None:
    """Three processes that pull 100 pages each at once, under one documented limit."""
    print("| latency | processes | seconds | bound | × bound | requests | 429 |\n|---|---|---|---|---|---|---|")
    for latency in (0.0, 0.3):
        with Sandbox(orders=2_500, latency=latency) as sandbox, tempfile.TemporaryDirectory() as folder:
            sandbox.world.rows("orders")
            environment = {**os.environ, "KEY": sandbox.api_key, "SCALEV_CACHE_DIR": folder}
            began = time.perf_counter()
            running = [subprocess.Popen([sys.executable, "-c", PULL, sandbox.base_url, f"{folder}/{number}"],
                                        env=environment, stdout=subprocess.PIPE) for number in range(3)]  # fmt: skip
            rows = [int(one.communicate()[0]) for one in running]
            seconds = time.perf_counter() - began
            assert rows == [2_500] * 3
            bound = 5.0 * (299 // 30) + latency
            count = collections.Counter(request.status for request in sandbox.requests)
            print(f"| {latency * 1000:.0f} ms | 3 | {seconds:.1f} | {bound:.1f} | {seconds / bound:.2f} "
                  f"| {count.total()} | {count[429]} |", flush=True)  # fmt: skip


def memory() -> None:
    """What a cold pull of 100,000 orders holds at most, beside the frame it gives."""
    print("| orders | CPU s | peak above imports, MB | frame as pandas counts it, MB |\n|---|---|---|---|")
    with Sandbox(orders=100_000, limits=None) as sandbox, tempfile.TemporaryDirectory() as folder:
        print(alone("pull_once", sandbox, folder), end="")


def most_held() -> float:
    """Megabytes this process held at most; Linux alone tells."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def pull_once() -> None:
    """One cold pull in a process of its own."""
    api = account_alone()
    before, began = most_held(), time.process_time()
    frame = api.orders(progress=False)
    seconds = time.process_time() - began
    size = frame.memory_usage(deep=True).sum() / 2**20
    print(f"| {len(frame):,} | {seconds:.1f} | {most_held() - before:.0f} | {size:.0f} |")


PARTS = {"refresh": refresh, "warm": warm, "lines": lines, "processes": processes, "memory": memory}
ALONE = {"pull_once": pull_once, "warm_once": warm_once}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=[*PARTS, *ALONE], action="append")
    for name in parser.parse_args().part or PARTS:
        if name in ALONE:
            ALONE[name]()
        else:
            print(f"\n{name}\n")
            PARTS[name]()


if __name__ == "__main__":
    main()
