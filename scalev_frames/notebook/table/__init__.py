"""A spreadsheet of a frame: the rows stay in pandas, the browser holds what is in view."""

from scalev_frames.notebook.table.table import Table

__all__ = ["Table"]
