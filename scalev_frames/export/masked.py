"""The frame to export, masked where that is asked for."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scalev_frames.errors import ExportError
from scalev_frames.frames import masking
from scalev_frames.frames.header import with_notes
from scalev_frames.settings import default_cache_dir
from scalev_frames.storage.salt import is_kept, load_salt

#: Said where the user's secret cannot be kept.
OF_SESSION = "customers' tokens are those of this session alone, as no secret could be kept on this computer"

#: The methods by which objects of polars, Arrow, Spark, DuckDB and Dask give a frame of pandas.
_WAYS = ("to_pandas", "toPandas", "df", "compute", "to_frame")


def masked(frame: pd.DataFrame | pd.Series[Any], *, mask: bool = True, key: bytes | None = None) -> pd.DataFrame:
    """``frame``, masked where ``mask`` says so.

    Args:
        frame: any frame, or a Series, which becomes a frame of one column.
        mask: whether to.
        key: the secret; by default the user's own, kept in the cache folder and the same for all accounts and sessions.
            Where it cannot be kept there, a note says so.

    Raises:
        ExportError: it is something else.
    """
    if isinstance(frame, pd.Series):
        frame = frame.to_frame("value" if frame.name is None else frame.name)
    if not isinstance(frame, pd.DataFrame):
        raise ExportError(
            f"A {type(frame).__module__.partition('.')[0]}.{type(frame).__name__} is no DataFrame of pandas.",
            advice=f"{_way_to_a_frame(frame)} to_excel takes several frames as a dict, by the names of their sheets.",
        )
    if not mask:
        return frame
    secret = key or load_salt(default_cache_dir())
    made = masking.mask(frame, secret)
    return made if is_kept(secret) else with_notes(made, OF_SESSION)


def _way_to_a_frame(given: object) -> str:
    if isinstance(data := getattr(given, "data", None), pd.DataFrame):  # a Styler
        return f"Give its data, a frame of {len(data):,} rows."
    for way in _WAYS:
        if callable(getattr(given, way, None)):
            return f"Give what its .{way}() gives."
    return "Give pd.DataFrame(...) of it."
