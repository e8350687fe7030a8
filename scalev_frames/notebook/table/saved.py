"""Views that a person saved by name: columns, widths, sort. No rows and no filters, so nothing of a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scalev_frames.notebook.saved_file import Saved, SavedFile
from scalev_frames.notebook.table.sheet import Sheet
from scalev_frames.notebook.table.view import View

#: Pixels that a column may be wide.
_WIDTHS = range(30, 5000)


class SavedViews:
    """The views of one list.

    Args:
        endpoint: the list's name; views of frames from nowhere stand under ``""``.
        path: the file; the user's when left out.

    >>> import tempfile, pandas as pd
    >>> views = SavedViews("orders", Path(tempfile.mkdtemp()) / "views.json")
    >>> views.save("Mine", Sheet(pd.DataFrame({"a": [1], "b": [2]}), {"view_bad": "A name, please."}))
    >>> views.names(), views.remove("Mine"), views.names()
    (['Mine'], True, [])
    """

    def __init__(self, endpoint: str, path: Path | None = None) -> None:
        self._file = SavedFile(endpoint, path)
        self.names, self.remove = self._file.names, self._file.remove

    def save(self, name: str, sheet: Sheet) -> None:
        """Keep how ``sheet`` stands; another view of this name is replaced.

        Raises:
            BadValueError: no name, or a longer one than 60 characters.
            ExportError: the file cannot be written.
        """
        self._file.save(name, _plain(sheet), sheet.labels["view_bad"])

    def of(self, name: str, sheet: Sheet) -> View | None:
        """The view called ``name`` for ``sheet``, as far as its frame has the columns; ``None`` when there is none."""
        saved = self._file.of(name)
        return None if saved is None else _read(saved, sheet)


def _plain(sheet: Sheet) -> Saved:
    view, names = sheet.view, sheet.keys
    return {
        "columns": [names[place] for place in view.order],
        "frozen": view.frozen,
        "widths": {names[place]: width for place, width in view.widths.items()},
        "sort": [[names[place], rises] for place, rises in view.sort],
    }


def _read(saved: Saved, sheet: Sheet) -> View:
    """A view of what a file holds, which may be anything."""
    places = {key: place for place, key in enumerate(sheet.keys)}
    order = tuple(places[name] for name in _list(saved, "columns") if _is_in(places, name))
    frozen = saved.get("frozen")
    return replace(
        sheet.view,
        order=order or tuple(sheet.first),
        frozen=frozen if isinstance(frozen, int) and 0 <= frozen <= len(order) else 1,
        widths=_widths(saved, places),
        sort=_sort(saved, places),
    )


def _widths(saved: Saved, places: Mapping[str, int]) -> dict[int, int]:
    given = saved.get("widths")
    widths = given.items() if isinstance(given, dict) else ()
    return {places[name]: width for name, width in widths if name in places and width in _WIDTHS}


def _sort(saved: Saved, places: Mapping[str, int]) -> tuple[tuple[int, bool], ...]:
    pairs = [one for one in _list(saved, "sort") if isinstance(one, list) and len(one) == 2]
    return tuple({places[name]: bool(rises) for name, rises in pairs if _is_in(places, name)}.items())


def _is_in(places: Mapping[str, int], name: object) -> bool:
    return isinstance(name, str) and name in places


def _list(saved: Saved, name: str) -> list[Any]:
    found = saved.get(name)
    return found if isinstance(found, list) else []
