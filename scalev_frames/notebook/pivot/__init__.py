"""A pivot table and the pandas code that gives the same."""

from scalev_frames.packages import needing

with needing("Panels need"):
    from scalev_frames.notebook.pivot.compute import per_item
    from scalev_frames.notebook.pivot.pivot import Pivot

__all__ = ["Pivot", "per_item"]
