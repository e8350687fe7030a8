"""Which orders a dataset has, by hashes of their ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from scalev_frames.export.dataset.exported import Exported
from scalev_frames.export.dataset.part_index import Hashes, hash_each
from scalev_frames.wire.answers.layout import Row


class Known:
    """The ids of orders, as sorted hashes."""

    def __init__(self, hashes: Iterable[Hashes]) -> None:
        self.hashes = np.unique(np.concatenate([np.zeros(0, np.uint64), *hashes]))

    def have(self, ids: Iterable[object]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of these ids are among them."""
        hashes = _hashes(ids)
        places = np.minimum(np.searchsorted(self.hashes, hashes), max(len(self.hashes) - 1, 0))
        return np.asarray(self.hashes[places] == hashes if len(self.hashes) else np.zeros(len(hashes), bool))

    def add(self, rows: Iterable[Row]) -> list[Row]:
        """Take in the ids of rows; gives those that are new, each once."""
        named = {str(row["id"]): row for row in rows if row.get("id") is not None}
        fresh = [row for row, is_known in zip(named.values(), self.have(named), strict=True) if not is_known]
        self.hashes = np.union1d(self.hashes, _hashes(row["id"] for row in fresh))
        return fresh


def hashes_of(dataset: Exported) -> Hashes:
    """Hashes of the ids of a dataset's orders, each once."""
    ids: Iterator[Hashes] = (_hashes(frame["id"].dropna()) for frame in dataset.frames(["id"]))
    return np.unique(np.concatenate([np.zeros(0, np.uint64), *ids]))


def _hashes(ids: Iterable[object]) -> Hashes:
    return hash_each(pa.array([str(one) for one in ids], pa.large_string()))
