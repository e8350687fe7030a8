"""A writer of a dataset that is killed (kill -9) at any moment leaves old or new rows that every reader reads.

A write leaves the old dataset or the new one as a whole; only programs that know no plan may meet rows twice.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from processes import read_line, started

from scalev_frames import read_parquet, to_parquet

ROWS = 6_000
WRITER = """
import os, sys
import pandas as pd
from scalev_frames import to_parquet
sys.path[:0] = sys.argv[1:]
from test_dataset_killed import version
for line in sys.stdin:
    folder, mode, first, os.environ["XDG_STATE_HOME"] = line.rstrip().split("|")
    if os.fork():
        os.wait()
        print("killed", flush=True)
        continue
    for number in range(int(first), int(first) + 50):
        print(os.getpid(), number, flush=True)
        to_parquet(version(number, moves=mode == "upsert"), folder, mode=mode, key=["id"], partition_by="month")
    os._exit(1)
"""


def version(number, *, moves):
    """All rows as of one version, over six months; every tenth row moves to another month with each."""
    ids = pd.Series(range(ROWS))
    month = ids % 6 + (ids % 10 == 0) * (number % 2) * moves
    made = pd.Timestamp("2026-01-15") + pd.to_timedelta(31 * month, "D")
    return pd.DataFrame({"id": ids.astype(str), "draft_time": made, "n": number, "text": "Sri Wahyuni " * 4})


@pytest.fixture(scope="module")
def writers():
    """A process that forks writers, so that each need not import everything first."""
    command = [sys.executable, "-c", WRITER, *map(str, Path(__file__).parents[:2])]
    with started(command, stdin=subprocess.PIPE) as process:
        yield process
        process.stdin.close()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="fork and kill -9 are POSIX")
@pytest.mark.parametrize("mode", ["replace", "upsert"])
def test_killed_at_any_moment(mode, tmp_path, writers):
    chance, folder = random.Random(mode), tmp_path / "orders"
    moves = mode == "upsert"
    to_parquet(version(0, moves=moves), folder, mode=mode, key=["id"], partition_by="month")
    at = 1
    for _ in range(4):
        writers.stdin.write(f"{folder}|{mode}|{at}|{os.environ['XDG_STATE_HOME']}\n")
        writers.stdin.flush()
        process, number = map(int, read_line(writers).split())
        assert number == at
        time.sleep(chance.random() / 2)
        os.kill(process, signal.SIGKILL)
        at += sum(1 for _ in itertools.takewhile("killed\n".__ne__, iter(writers.stdout.readline, "")))
        rows = read_parquet(folder)
        assert set(rows["n"]) in ({at - 1}, {at})
        assert len(rows) == ROWS
        assert set(rows["id"]) == set(map(str, range(ROWS)))
        known = f"SELECT count(DISTINCT id) FROM read_parquet('{folder}/*/*.parquet', hive_partitioning = true)"
        assert duckdb.sql(known).fetchall() == [(ROWS,)]
        assert len(pd.read_parquet(folder)) == len(rows)
    to_parquet(version(at + 1, moves=moves), folder, mode=mode, key=["id"], partition_by="month")
    whole = read_parquet(folder)
    assert (len(whole), set(whole["n"])) == (ROWS, {at + 1})
    assert not list(tmp_path.rglob("*.part"))
