"""The Arrow tables of kept frames that a program still has: the same call again reads no file."""

from __future__ import annotations

import weakref
from collections.abc import Hashable

import pandas as pd
import pyarrow as pa


class InUse:
    """Arrow tables, each for as long as a frame that was made of it is in use.

    A table shares its texts, which are most of it, with such a frame, so it takes little memory of its own. It cannot
    be changed, and a frame made of it shares nothing that can be.

    >>> tables, frame = InUse(), pd.DataFrame()
    >>> tables.hold("orders", pa.table({}), frame)
    >>> tables.get("orders") is not None
    True
    >>> del frame
    >>> tables.get("orders") is None
    True
    """

    def __init__(self) -> None:
        self._held: dict[Hashable, tuple[pa.Table, list[weakref.ref[pd.DataFrame]]]] = {}

    def get(self, key: Hashable) -> pa.Table | None:
        """The table that is held for ``key``."""
        return self._held.get(key, (None,))[0]

    def hold(self, key: Hashable, table: pa.Table, frame: pd.DataFrame) -> None:
        """Hold ``table`` until ``frame``, and every other frame of the same key, is gone."""
        held = self._held
        _, frames = held.setdefault(key, (table, []))

        def forget(gone: weakref.ref[pd.DataFrame]) -> None:
            frames[:] = [one for one in frames if one is not gone]
            if not frames:
                held.pop(key, None)

        frames.append(weakref.ref(frame, forget))
