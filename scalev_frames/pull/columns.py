"""The columns that a call asks for, of what was fetched and of what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from scalev_frames.errors import UnknownNameError


def kept_columns(
    load: Callable[[tuple[str, ...] | None], pd.DataFrame | None], columns: tuple[str, ...] | None
) -> pd.DataFrame | None:
    """These columns of a kept frame; the whole frame is read where one of them is not in it.

    Args:
        load: reads some columns of the frame, as far as they are there, or all.
        columns: those wanted; all when left out.

    Raises:
        UnknownNameError: it has no such column; says the nearest.
    """
    some = None if columns is None else load(columns)
    if some is not None and len(some.columns) == len(columns or ()):
        return chosen(some, columns)
    frame = load(None)
    return None if frame is None else chosen(frame, columns)


def chosen(frame: pd.DataFrame, columns: Sequence[str] | None) -> pd.DataFrame:
    """These columns of ``frame``, in this order, under its header.

    Args:
        frame: what was fetched.
        columns: those wanted; all when left out.

    Raises:
        UnknownNameError: it has no such column; says the nearest.
    """
    for name in columns or ():
        if name not in frame:
            raise UnknownNameError.near("column", name, list(frame.columns))
    return frame if columns is None else frame[list(columns)]
