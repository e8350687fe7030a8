"""Parsing with fewer passes of the garbage collector: JSON creates many objects and no cycles."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterator

#: New objects after which Python looks for garbage again; its own number is some hundred.
SELDOM = 100_000
_lock = threading.Lock()
_before: list[tuple[int, int, int]] = []


@contextlib.contextmanager
def collecting_seldom() -> Iterator[None]:
    """While rows come in, Python looks for garbage seldom: JSON has no cycles, so there is hardly any to find.

    Absorbed rows are freed at once all the same. Pulls in several threads may overlap: the last one to end
    sets Python's own numbers again.

    >>> import gc
    >>> with collecting_seldom():
    ...     gc.get_threshold()[0]
    100000
    """
    with _lock:
        _before.append(gc.get_threshold())
        gc.set_threshold(SELDOM, *_before[0][1:])
    try:
        yield
    finally:
        with _lock:
            own = _before[0]
            _before.pop()
            if not _before:
                gc.set_threshold(*own)
