"""A writer of a dataset that is killed (kill -9) at any moment leaves old or new rows that every reader reads."""

from __future__ import annotations

import random
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
import sys
import pandas as pd
from scalev_frames import to_parquet
sys.path[:0] = sys.argv[4:]
from test_dataset_killed import version
folder, mode, first = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(first, first + 50):
    print(number, flush=True)
    to_parquet(version(number, moves=mode == "upsert"), folder, mode=mode, key=["id"], partition_by="month")
"""


def version(number, *, moves):
    """All rows as of one version, over six months; every tenth row moves to another month with each."""
    ids = pd.Series(range(ROWS))
    month = ids % 6 + (ids % 10 == 0) * (number % 2) * moves
    made = pd.Timestamp("2026-01-15") + pd.to_timedelta(31 * month, "D")
    return pd.DataFrame({"id": ids.astype(str), "draft_time": made, "n": number, "text": "Sri Wahyuni " * 4})


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["replace", "upsert"])
def test_killed_at_any_moment(mode, tmp_path):
    chance, folder = random.Random(mode), tmp_path / "orders"
    moves = mode == "upsert"
    to_parquet(version(0, moves=moves), folder, mode=mode, key=["id"], partition_by="month")
    at = 1
    for _ in range(4):
        command = [
            sys.executable,
            "-c",
            WRITER,
            str(folder),
            mode,
            str(at),
            *map(str, Path(__file__).parents[:2]),
        ]
        with started(command) as writer:
            assert read_line(writer) == f"{at}\n"
            time.sleep(chance.random() / 2)
            writer.kill()
            at += len(writer.stdout.read().split())
        rows = read_parquet(folder)
        assert set(rows["n"]) <= {at - 1, at}
        assert set(rows["id"]) == set(map(str, range(ROWS)))
        assert len(rows) == ROWS or (moves and rows["id"].duplicated().sum() <= ROWS / 10)
        known = f"SELECT count(DISTINCT id) FROM read_parquet('{folder}/*/*.parquet', hive_partitioning = true)"
        assert duckdb.sql(known).fetchall() == [(ROWS,)]
        assert len(pd.read_parquet(folder)) == len(rows)
    to_parquet(version(at + 1, moves=moves), folder, mode=mode, key=["id"], partition_by="month")
    whole = read_parquet(folder)
    assert (len(whole), set(whole["n"])) == (ROWS, {at + 1})
    assert not list(tmp_path.rglob("*.part"))
