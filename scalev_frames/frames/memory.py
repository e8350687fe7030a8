"""Less work for Python's memory: fewer passes of the garbage collector, and freed memory given back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, TypeVar

import pyarrow as pa

#: New objects before the next garbage collection; Python's default is some hundred.
SELDOM = 1_000_000
_lock = threading.Lock()
_before: list[tuple[int, int, int]] = []
_pools: list[pa.MemoryPool] = []
T = TypeVar("T")


def _renew() -> None:
    """Take a lock of this process: a thread of the parent that held the other one is not here to release it."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew)


def collecting_seldom() -> AbstractContextManager[None]:
    """Collect garbage seldom while rows are parsed: JSON has no cycles, so there is hardly any.

    Absorbed rows are freed at once all the same. Pulls in several threads may overlap: the last one to end
    sets Python's own numbers again.

    >>> own = gc.get_threshold()
    >>> with collecting_seldom():
    ...     with collecting_seldom():
    ...         pass
    ...     gc.get_threshold()[0]
    1000000
    >>> gc.get_threshold() == own
    True
    """
    return _changed(_before, gc.get_threshold, lambda one: gc.set_threshold(*one), (SELDOM, *gc.get_threshold()[1:]))


def returning_memory() -> AbstractContextManager[None]:
    """Let Arrow take its memory from the C library, so that `return_memory` can give all of it back.

    Arrow's own pools keep what was freed, and more of it with every piece of a long export. Exports in several threads
    may overlap.

    >>> own = pa.default_memory_pool().backend_name
    >>> with returning_memory():
    ...     pa.default_memory_pool().backend_name
    'system'
    >>> pa.default_memory_pool().backend_name == own
    True
    """
    return _changed(_pools, pa.default_memory_pool, pa.set_memory_pool, pa.system_memory_pool())


@contextlib.contextmanager
def _changed(before: list[T], read: Callable[[], T], write: Callable[[T], None], wanted: T) -> Iterator[None]:
    """Set ``wanted``; the last of those that overlap sets again what was read before the first."""
    with _lock:
        before.append(read())
        write(wanted)
    try:
        yield
    finally:
        with _lock:
            own = before[0]
            before.pop()
            if not before:
                write(own)


def return_memory() -> None:
    """Give freed memory back to the system: Arrow's, and that of the C library, which keeps it in pieces for later."""
    pa.default_memory_pool().release_unused()
    if trim := _trim():
        trim(0)


@cache
def _trim() -> Any:  # noqa: ANN401 - a function of the C library
    """The function that gives back the C library's memory; only glibc has one."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
