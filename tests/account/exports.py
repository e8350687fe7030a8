"""An export in segments so small that tests have several of them."""

from __future__ import annotations

import pandas as pd

import scalev_frames as sf
from scalev_frames.frames.money import exact

SEGMENT = 100


def export(api, folder, **asked):
    return api.export(folder, progress=False, **asked)


def same(folder, rows):
    """The dataset has just these records of the server, with their values."""
    frame = sf.read_parquet(folder)
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in rows)
    told = {str(row["id"]): (row["status"], row["last_updated_at"][:19]) for row in rows}
    stamps = frame["last_updated_at"].dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S")
    assert dict(zip(frame["id"], zip(frame["status"], stamps, strict=True), strict=True)) == told
    assert sum(one or 0 for one in exact(frame["gross_revenue"])) == sum(
        one or 0 for one in exact(pd.Series([row["gross_revenue"] for row in rows]))
    )
    return frame
