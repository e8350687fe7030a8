"""What the benchmarks share: the sandbox's orders as pages of bytes, and one fresh process a way.

Each way runs in a process of its own, one after the other. CPU seconds count (all threads), because wall time on a
busy machine tells about the others; memory is what the process held at most beyond what it held before it began.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.sandbox import World

DAYS = 30
PAGE = 25
COLUMNS = ",".join(ENDPOINTS["orders"].columns_hint)


def write_pages(file: Path, orders: int, *, details: bool = False) -> None:
    """``orders`` of the sandbox as its list answers them, one page a line; with ``details`` as `/order/{id}` does."""
    world = World(orders=orders, days=DAYS)
    cursor: dict[str, str] = {}
    with file.open("wb") as out:
        while True:
            page = world.order_page({"columns": COLUMNS, **cursor}, PAGE)
            records = page.records
            if details:
                records = [orjson.dumps(world.detail(orjson.loads(record)["id"])) for record in records]
            out.write(b'{"code":200,"status":"Success","data":{"results":[' + b",".join(records))
            out.write(b'],"has_next":%s,"last_id":%s,"page_size":25}}\n' % (
                b"true" if page.has_next else b"false", page.cursor))  # fmt: skip
            if not page.has_next:
                return
            cursor = {"last_id": str(orjson.loads(page.cursor))}


def pages(file: Path) -> Iterator[bytes]:
    """The pages one after the other, as they would come over the wire."""
    with file.open("rb") as lines:
        yield from lines


def measured(way: Callable[[], Any]) -> dict[str, Any]:
    """CPU and wall seconds of ``way``, and the megabytes it needed at most beyond those held before."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    before = _reset_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    result = way()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"cpu": cpu, "wall": wall, "peak": _peak() - before, "held": _held() - before, "result": result}


def in_processes(script: str, ways: list[str], arguments: list[str]) -> dict[str, dict[str, Any]]:
    """Each way measured in a process of its own; a way that dies says so."""
    found = {}
    for way in ways:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, script, "--way", way, "--folder", folder, *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        last = done.stderr.strip().splitlines()[-1:] or ["died"]
        found[way] = json.loads(done.stdout) if done.returncode == 0 else {"died": last[0][:90]}
        print(f"  {way}: {found[way]}", file=sys.stderr, flush=True)
    return found


def machine() -> str:
    """The machine in one line."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return f"{os.cpu_count()} × {names[0] if names else platform.processor()}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _status(name: str) -> float:
    return next((int(line.split()[1]) / 1024 for line in _lines("/proc/self/status") if line.startswith(name)), 0.0)


def _reset_peak() -> float:
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")
    return _held()


def _held() -> float:
    return _status("VmRSS")


def _peak() -> float:
    return _status("VmHWM")
