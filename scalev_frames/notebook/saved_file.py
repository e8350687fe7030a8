"""One file of the user's folder for what a person saved by name, such as views of tables. No customers' data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scalev_frames.errors import BadValueError, ExportError
from scalev_frames.settings import default_cache_dir
from scalev_frames.storage.files import write_private

LONGEST_NAME = 60
Saved = dict[str, Any]


class SavedFile:
    """What was saved by name under one heading.

    Args:
        heading: what it is of, such as ``orders``.
        path: the file; ``views.json`` in the user's cache folder when left out.

    >>> import tempfile
    >>> saved = SavedFile("orders", Path(tempfile.mkdtemp()) / "views.json")
    >>> saved.save("Mine", {"columns": ["id"]}, "A name, please.")
    >>> saved.names(), saved.of("Mine"), saved.remove("Mine"), saved.names()
    (['Mine'], {'columns': ['id']}, True, [])
    """

    def __init__(self, heading: str, path: Path | None = None) -> None:
        self._heading = heading
        self._path = path or default_cache_dir() / "views.json"

    def names(self) -> list[str]:
        """The names, in alphabetical order."""
        return sorted(self._all().get(self._heading, {}), key=str.casefold)

    def of(self, name: str) -> Saved | None:
        """What was saved under ``name``; ``None`` when nothing was."""
        saved = self._all().get(self._heading, {}).get(name)
        return saved if isinstance(saved, dict) else None

    def save(self, name: str, plain: Saved, bad_name: str) -> None:
        """Keep ``plain`` under ``name``; what was there is replaced.

        Raises:
            BadValueError: no name, or a longer one than 60 characters; ``bad_name`` says so.
            ExportError: the file cannot be written.
        """
        if not 0 < len(name.strip()) <= LONGEST_NAME:
            raise BadValueError(bad_name)
        kept = self._all(to_change=True)
        kept.setdefault(self._heading, {})[name.strip()] = plain
        self._write(kept)

    def remove(self, name: str) -> bool:
        """Forget what was saved under ``name``; false when nothing was.

        Raises:
            ExportError: the file cannot be written.
        """
        kept = self._all(to_change=True)
        found = kept.get(self._heading, {}).pop(name, None) is not None
        if found:
            self._write(kept)
        return found

    def _all(self, *, to_change: bool = False) -> dict[str, dict[str, Any]]:
        """What the file holds; a broken one counts as empty, and one that cannot be opened stays as it is."""
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError, RecursionError):
            return {}
        except OSError as error:
            if to_change:
                raise ExportError(f"{self._path} could not be read: {error.strerror or error}.") from error
            return {}
        if not isinstance(read, dict):
            return {}
        return {str(key): value for key, value in read.items() if isinstance(value, dict)}

    def _write(self, kept: Mapping[str, Any]) -> None:
        try:
            write_private(self._path, json.dumps(kept, ensure_ascii=False, indent=1).encode())
        except OSError as error:
            raise ExportError(f"{self._path} could not be written: {error.strerror or error}.") from error
