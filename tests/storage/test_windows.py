"""Nothing that Windows lacks is needed: the names are taken away from Python, and a business is pulled and written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from processes import LONG

#: Takes away what Python has on POSIX alone, behind the back of other packages, which have looked for it by then.
LACKS = """
import os, signal, sys
import asyncio, concurrent.futures, keyring, openpyxl, pandas, pyarrow.dataset, pyarrow.parquet, requests_cache
for name in ("fork", "forkpty", "register_at_fork", "getuid", "geteuid", "getgid", "chown", "lchown", "mkfifo",
             "killpg", "setsid", "nice", "getloadavg", "sched_getaffinity", "sysconf", "statvfs", "O_DIRECTORY"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGKILL", "SIGALRM", "SIGHUP", "SIGUSR1", "alarm", "setitimer"):
    if hasattr(signal, name):
        delattr(signal, name)
for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty"):
    sys.modules[name] = None
"""
WORK = """
import warnings
import scalev_frames as sf
from scalev_frames.account import Account
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from pathlib import Path

with Sandbox(orders=60, limits=None) as sandbox:
    settings = Settings(base_url=sandbox.base_url, cache_dir=Path("cache"), limits=((10_000, 5.0),))
    with Account(Key(sandbox.api_key), settings, name="windows") as api:
        orders = api.orders(progress=False)
        assert len(orders) == 60
        sf.to_excel(orders, "orders.xlsx")
        sf.to_csv(orders, "orders.csv")
        for _ in range(2):
            sf.to_parquet(orders, "orders", partition_by="month", mode="upsert")
        api.export("exported", progress=False)
        print(len(sf.read_parquet("orders")), len(sf.read_parquet("exported")), len(api.orders(offline=True, progress=False)))
"""


@pytest.mark.slow
def test_what_windows_lacks_is_not_needed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LACKS + WORK],
        capture_output=True, text=True, cwd=tmp_path, timeout=LONG, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.split() == ["60", "60", "60"]
