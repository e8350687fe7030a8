"""A pivot table and the pandas code that gives the same."""

from scalev_frames.notebook.pivot.pivot import Pivot

__all__ = ["Pivot"]
