"""Show what is kept on this computer, how large and how old it is, and delete it."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from scalev_frames.errors import CacheError
from scalev_frames.plurals import counted
from scalev_frames.storage.files import listed

#: What an account keeps: single answers, unfinished pulls, details of records, finished frames.
KINDS = ("responses", "journal", "records", "frames")
#: Folders of earlier versions, which nothing reads any more.
FORMER_KINDS = ("pages", "pulls")


def account_folders(cache_dir: Path) -> list[Path]:
    """The folders of all accounts below ``cache_dir``."""
    kinds = (*KINDS, *FORMER_KINDS)
    return [folder for folder in listed(cache_dir, "*") if any((folder / kind).is_dir() for kind in kinds)]


def info(folders: list[Path], time_zone: str) -> pd.DataFrame:
    """What is kept.

    Returns:
        One row a kind: account, kind, path (`str`), files, bytes (`Int64`), oldest, newest (times).
    """
    rows = [_describe(folder, kind) for folder in folders for kind in KINDS]
    frame = pd.DataFrame(rows, columns=["account", "kind", "path", "files", "bytes", "oldest", "newest"])
    times = {
        name: pd.to_datetime(frame[name], unit="s", utc=True).dt.tz_convert(time_zone) for name in frame.columns[5:]
    }
    return frame.astype({"files": "Int64", "bytes": "Int64"}).assign(**times)


def clear(folders: list[Path], kind: str | None = None, older_than: dt.timedelta | None = None, now: float = 0) -> int:
    """Delete kept files of one of `KINDS`, or of all, and give the bytes freed; only those last written so long ago.

    Returns:
        How many bytes that freed.

    Raises:
        CacheError: some files could not be deleted; all others are.
    """
    freed, left = 0, []
    for folder in folders:
        for one in [kind] if kind else (*KINDS, *FORMER_KINDS):
            for file, stat in _files(folder / one):
                if older_than is not None and now - stat.st_mtime <= older_than.total_seconds():
                    continue
                try:
                    file.unlink(missing_ok=True)
                    freed += stat.st_size
                except OSError as error:
                    left.append(f"{file}: {error.strerror or error}")
    if left:
        raise CacheError(f"{counted(len(left), 'kept file')} could not be deleted ({left[0]}).")
    return freed


def drop_former(folder: Path) -> None:
    """Delete what earlier versions kept of an account."""
    for kind in FORMER_KINDS:
        shutil.rmtree(folder / kind, ignore_errors=True)


def _describe(folder: Path, kind: str) -> dict[str, object]:
    stats = [stat for _, stat in _files(folder / kind)]
    return {
        "account": folder.name[:8],
        "kind": kind,
        "path": str(folder / kind),
        "files": len(stats),
        "bytes": sum(stat.st_size for stat in stats),
        "oldest": min((stat.st_mtime for stat in stats), default=None),
        "newest": max((stat.st_mtime for stat in stats), default=None),
    }


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for file in listed(folder, "**/*"):
        with contextlib.suppress(OSError):  # another process deleted it meanwhile
            if file.is_file():
                yield file, file.stat()
