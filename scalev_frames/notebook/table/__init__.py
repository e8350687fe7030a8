"""A spreadsheet of a frame: the rows stay in pandas, the browser holds what is in view."""

from scalev_frames.packages import needing

with needing("Panels need"):
    from scalev_frames.notebook.table.columns.columns import texts
    from scalev_frames.notebook.table.filters.arrange import search_rows
    from scalev_frames.notebook.table.filters.conditions import Condition
    from scalev_frames.notebook.table.table import Table

__all__ = ["Condition", "Table", "search_rows", "texts"]
