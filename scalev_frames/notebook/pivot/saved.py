"""Pivots that a person saved by name: fields and functions, no rows and no filters."""

from __future__ import annotations

from pathlib import Path

from scalev_frames.notebook.saved_file import SavedFile


class SavedPlans(SavedFile):
    """The pivots of one list.

    Args:
        endpoint: the list's name.
        path: the file; the user's when left out.
    """

    def __init__(self, endpoint: str, path: Path | None = None) -> None:
        super().__init__(f"pivot {endpoint}".strip(), path)
