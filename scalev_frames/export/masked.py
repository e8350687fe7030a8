"""Give every way out the same option: to leave without telling who the customers are."""

from __future__ import annotations

import pandas as pd

from scalev_frames.frames import masking
from scalev_frames.settings import default_cache_dir
from scalev_frames.storage.salt import load_salt


def masked(frame: pd.DataFrame, *, mask: bool = True, key: bytes | None = None) -> pd.DataFrame:
    """``frame``, masked where ``mask`` says so.

    Args:
        frame: any frame.
        mask: whether to.
        key: the secret; by default the user's own, kept in the cache folder and the same for all accounts and sessions.
    """
    return masking.mask(frame, key or load_salt(default_cache_dir())) if mask else frame
