"""The frame to export, masked where that is asked for."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scalev_frames.errors import ExportError
from scalev_frames.frames import masking
from scalev_frames.settings import default_cache_dir
from scalev_frames.storage.salt import load_salt


def masked(frame: pd.DataFrame | pd.Series[Any], *, mask: bool = True, key: bytes | None = None) -> pd.DataFrame:
    """``frame``, masked where ``mask`` says so.

    Args:
        frame: any frame, or a Series, which becomes a frame of one column.
        mask: whether to.
        key: the secret; by default the user's own, kept in the cache folder and the same for all accounts and sessions.

    Raises:
        ExportError: it is something else.
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame("value" if frame.name is None else frame.name)
    if not isinstance(frame, pd.DataFrame):
        raise ExportError(
            f"A {type(frame).__module__.partition('.')[0]}.{type(frame).__name__} is no DataFrame of pandas.",
            advice="Give a DataFrame; to_excel takes several as a dict, by the names of their sheets.",
        )
    return masking.mask(frame, key or load_salt(default_cache_dir())) if mask else frame
