"""Views that a person saved by name: columns, widths, sort. No rows and no filters, so nothing of a customer."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scalev_frames.errors import BadValueError, ExportError
from scalev_frames.notebook.table.sheet import Sheet
from scalev_frames.notebook.table.view import View
from scalev_frames.settings import default_cache_dir, private_folder

LONGEST_NAME = 60
Saved = dict[str, Any]


class SavedViews:
    """The views of one list, kept in one file of the user's folder.

    Args:
        endpoint: the list's name; views of frames from nowhere stand under ``""``.
        path: the file; ``views.json`` in the user's cache folder when left out.

    >>> import tempfile, pandas as pd
    >>> views = SavedViews("orders", Path(tempfile.mkdtemp()) / "views.json")
    >>> views.save("Mine", Sheet(pd.DataFrame({"a": [1], "b": [2]}), {}))
    >>> views.names(), views.names(), views.remove("Mine"), views.names()
    (['Mine'], ['Mine'], True, [])
    """

    def __init__(self, endpoint: str, path: Path | None = None) -> None:
        self._endpoint = endpoint
        self._path = path or default_cache_dir() / "views.json"

    def names(self) -> list[str]:
        """Names of the views, in alphabetical order."""
        return sorted(self._all().get(self._endpoint, {}), key=str.casefold)

    def save(self, name: str, sheet: Sheet) -> None:
        """Keep how ``sheet`` stands; another view of this name is replaced.

        Raises:
            BadValueError: no name, or a longer one than 60 characters.
            ExportError: the file cannot be written.
        """
        name = name.strip()
        if not 0 < len(name) <= LONGEST_NAME:
            raise BadValueError(sheet.labels["view_bad"])
        kept = self._all()
        kept.setdefault(self._endpoint, {})[name] = _plain(sheet)
        self._write(kept)

    def remove(self, name: str) -> bool:
        """Forget a view; false when there is none of this name.

        Raises:
            ExportError: the file cannot be written.
        """
        kept = self._all()
        found = kept.get(self._endpoint, {}).pop(name, None) is not None
        if found:
            self._write(kept)
        return found

    def of(self, name: str, sheet: Sheet) -> View | None:
        """The view called ``name`` for ``sheet``, as far as its frame has the columns; ``None`` when there is none."""
        saved = self._all().get(self._endpoint, {}).get(name)
        return None if saved is None else _read(saved, sheet)

    def _all(self) -> dict[str, dict[str, Saved]]:
        """What the file holds; a file that cannot be read counts as empty."""
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(read, dict):
            return {}
        return {str(key): value for key, value in read.items() if isinstance(value, dict)}

    def _write(self, kept: Mapping[str, Any]) -> None:
        part = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}.part")
        try:
            private_folder(self._path.parent)
            part.touch(mode=0o600)
            part.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
            part.replace(self._path)
        except OSError as error:
            raise ExportError(f"The view could not be saved: {error.strerror or error}.") from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _plain(sheet: Sheet) -> Saved:
    view, names = sheet.view, [column.name for column in sheet.columns]
    return {
        "columns": [names[place] for place in view.order],
        "frozen": view.frozen,
        "widths": {names[place]: width for place, width in view.widths.items()},
        "sort": [[names[place], rises] for place, rises in view.sort],
    }


def _read(saved: Saved, sheet: Sheet) -> View:
    places = {column.name: place for place, column in reversed(list(enumerate(sheet.columns)))}
    order = tuple(places[name] for name in _list(saved, "columns") if name in places)
    given = saved.get("widths")
    widths = given.items() if isinstance(given, dict) else ()
    sort = [one for one in _list(saved, "sort") if isinstance(one, list) and len(one) == 2 and one[0] in places]
    frozen = saved.get("frozen")
    return replace(
        sheet.view,
        order=order or tuple(sheet.first),
        frozen=frozen if isinstance(frozen, int) and 0 <= frozen <= len(order) else 1,
        widths={places[name]: width for name, width in widths if name in places and isinstance(width, int)},
        sort=tuple((places[name], bool(rises)) for name, rises in sort),
    )


def _list(saved: Saved, name: str) -> list[Any]:
    found = saved.get(name)
    return found if isinstance(found, list) else []
