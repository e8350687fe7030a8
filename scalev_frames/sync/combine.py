"""Why: what is kept and what came anew become one frame, the same as if all had come at once.

May import catalog and query.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from scalev_frames.sync.query import Query


def combine(kept: pd.DataFrame, fresh: pd.DataFrame, gone: Collection[str], query: Query) -> pd.DataFrame | None:
    """One frame of both, in the list's order: newest first, one list after the other where several were asked for.

    Args:
        kept: the earlier frame.
        fresh: rows that came now; they stand in place of kept ones with the same id.
        gone: ids of kept rows that are no longer there.
        query: the call.

    Returns:
        The frame, without ``attrs``; ``None`` when a column has another dtype now than it had, so that only a whole
        pull can tell which it should have.
    """
    stay = kept.loc[~kept["id"].isin(set(fresh["id"]) | set(gone))]
    declared = [column.name for column in query.endpoint.columns]
    others = sorted((set(kept.columns) | set(fresh.columns)) - set(declared))
    columns: dict[str, Any] = {}
    for name in [*declared, *others]:
        parts = [part.get(name) for part in (stay, fresh)]
        column = _joined(parts, [len(stay), len(fresh)])
        if column is None:
            return None
        columns[name] = column
    frame = pd.DataFrame(columns)
    return frame.take(_list_order(frame, query)).reset_index(drop=True)


def _joined(parts: list[pd.Series | None], lengths: list[int]) -> Any:  # noqa: ANN401 - pandas has no common type
    given = [part for part in parts if part is not None]
    dtypes = {str(part.dtype): part.dtype for part in given if not part.isna().all()} or {"": given[0].dtype}
    if len(dtypes) > 1:
        return None
    dtype = next(iter(dtypes.values()))
    filled = [
        part.astype(dtype) if part is not None and part.dtype == dtype else _missing(length, dtype)
        for part, length in zip(parts, lengths, strict=True)
    ]
    return pd.concat(filled, ignore_index=True).array


def _missing(length: int, dtype: Any) -> pd.Series:  # noqa: ANN401
    values: pd.Series = pd.Series(np.full(length, None, dtype=object), dtype=dtype)
    return values


def _list_order(frame: pd.DataFrame, query: Query) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Places of the rows as the server lists them."""
    created = frame["created_at"].fillna(frame["draft_time"])
    age = -created.astype("int64").to_numpy()
    rank = np.zeros(len(frame), dtype=np.intp)
    for place, params in enumerate(query.params):
        is_its = np.ones(len(frame), dtype=bool)
        for name in ("status", "payment_status"):
            if name in params:
                is_its &= (frame[name] == params[name]).fillna(value=False).to_numpy(dtype=bool)
        rank[is_its] = place
    return np.lexsort((age, rank))
