"""Why: making a million lists and dicts lets Python look a hundred times for garbage that is not there.

May import nothing of the package.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Nothing is looked through for garbage meanwhile: JSON has no cycles, so there is none to find.

    >>> with without_collection():
    ...     gc.isenabled()
    False
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
