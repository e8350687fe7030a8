"""Frames made of the sandbox's records, without a pull."""

from __future__ import annotations

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames import FrameBuilder


def frame_of(endpoint, rows, **attrs):
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
    builder.add(rows)
    frame, notes = builder.finish()
    frame.attrs = {"endpoint": endpoint, "time_zone": "Asia/Jakarta", "account": "brand-a", "notes": notes, **attrs}
    return frame
