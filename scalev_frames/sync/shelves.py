"""Why: personal data lies in the cache, so anybody can see what is there, how old it is, and let it go.

May import errors only.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

#: The shelves of an account's folder: answers, finished frames, details of records, notes on unfinished pulls.
SHELVES = ("pages", "frames", "records", "pulls")


def account_folders(cache_dir: Path) -> list[Path]:
    """The folders of all accounts below ``cache_dir``."""
    if not cache_dir.is_dir():
        return []
    return sorted(folder for folder in cache_dir.iterdir() if any((folder / shelf).is_dir() for shelf in SHELVES))


def info(folders: list[Path], time_zone: str) -> pd.DataFrame:
    """What is kept.

    Args:
        folders: accounts' folders.
        time_zone: the zone of the times shown.

    Returns:
        One row a shelf: account, shelf, path (`str`), files, bytes (`Int64`), oldest, newest (times).
    """
    rows = [_describe(folder, shelf) for folder in folders for shelf in SHELVES]
    frame = pd.DataFrame(rows, columns=["account", "shelf", "path", "files", "bytes", "oldest", "newest"])
    times = {
        name: pd.to_datetime(frame[name], unit="s", utc=True).dt.tz_convert(time_zone) for name in frame.columns[5:]
    }
    return frame.astype({"files": "Int64", "bytes": "Int64"}).assign(**times)


def clear(folders: list[Path], shelf: str | None = None, older_than: dt.timedelta | None = None, now: float = 0) -> int:
    """Let kept files go.

    Args:
        folders: accounts' folders.
        shelf: one of `SHELVES`, or all of them.
        older_than: only files last written longer ago than this.
        now: the present moment in seconds since 1970, for ``older_than``.

    Returns:
        How many bytes that freed.
    """
    freed = 0
    for folder in folders:
        for one in [shelf] if shelf else SHELVES:
            for file in _files(folder / one):
                stat = file.stat()
                if older_than is None or now - stat.st_mtime > older_than.total_seconds():
                    file.unlink(missing_ok=True)
                    freed += stat.st_size
    return freed


def _describe(folder: Path, shelf: str) -> dict[str, object]:
    stats = [file.stat() for file in _files(folder / shelf)]
    return {
        "account": folder.name[:8],
        "shelf": shelf,
        "path": str(folder / shelf),
        "files": len(stats),
        "bytes": sum(stat.st_size for stat in stats),
        "oldest": min((stat.st_mtime for stat in stats), default=None),
        "newest": max((stat.st_mtime for stat in stats), default=None),
    }


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()] if folder.is_dir() else []
