"""Why: a finished pull is kept as a file, so that the next same call costs nothing, offline too.

The frames shelf: one Parquet file and one small manifest a call, in the account's folder. What cannot be read, because
it is half-written, foreign or of another format, counts as not there. May import frames, errors and settings.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from scalev_frames.frames.tables import read_table, write_table
from scalev_frames.settings import private_folder

#: Changes when what is written changes its meaning; other formats are set aside.
FORMAT = 1
#: What the name of the frame before the last ends in.
BEFORE = ".before"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One kept frame.

    Attributes:
        endpoint: the accessor's name.
        as_of: the moment its pull began, UTC.
        rows: how many rows it has.
        bytes: its size on disk.
    """

    endpoint: str
    as_of: dt.datetime
    rows: int
    bytes: int


class Snapshots:
    """The kept frames of one account."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def describe(self, call: str) -> Snapshot | None:
        """What is kept for ``call``, without reading the frame."""
        try:
            said = json.loads(self._manifest(call).read_bytes())
            if said["format"] != FORMAT:
                return None
            size = self._frame(call).stat().st_size
            return Snapshot(said["endpoint"], dt.datetime.fromisoformat(said["as_of"]), int(said["rows"]), size)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def load(self, call: str) -> pd.DataFrame | None:
        """The kept frame of ``call``, or ``None`` when there is none that can be read."""
        described = self.describe(call)
        if described is None:
            return None
        try:
            frame = read_table(self._frame(call))
        except (OSError, pa.ArrowException, ValueError, KeyError):
            return None
        return frame if len(frame) == described.rows else None

    def load_before(self, call: str, as_of: dt.datetime) -> pd.DataFrame | None:
        """The kept frame that one of ``as_of`` came after: the last one, or the one before it."""
        last = self.describe(call)
        return self.load(call if last and last.as_of < as_of else f"{call}{BEFORE}")

    def save(self, call: str, frame: pd.DataFrame) -> None:
        """Keep ``frame`` for ``call``, and the last one as the one before; a half-kept frame is none.

        Raises:
            OSError: the disk is full or the folder cannot be written; what was kept before is untouched.
        """
        private_folder(self.folder)
        said = {
            "format": FORMAT,
            "endpoint": frame.attrs["endpoint"],
            "as_of": frame.attrs["as_of"],
            "rows": len(frame),
        }
        mark = secrets.token_hex(4)
        table, manifest = self.folder / f"{call}.{mark}.part", self.folder / f"{call}.{mark}.json.part"
        try:
            write_table(frame, table)
            manifest.write_text(json.dumps(said), encoding="ascii")
            for part in (table, manifest):
                part.chmod(0o600)
            self._move_back(call)
            table.replace(self._frame(call))
            manifest.replace(self._manifest(call))
        finally:
            for part in (table, manifest):
                part.unlink(missing_ok=True)

    def _move_back(self, call: str) -> None:
        """Make what is kept the frame before; each manifest goes while its frame moves."""
        before = f"{call}{BEFORE}"
        if self.describe(call) is None:
            self._manifest(call).unlink(missing_ok=True)
            return
        self._manifest(before).unlink(missing_ok=True)
        said = self._manifest(call).read_bytes()
        self._manifest(call).unlink()
        self._frame(call).replace(self._frame(before))
        self._manifest(before).write_bytes(said)
        self._manifest(before).chmod(0o600)

    def all(self) -> list[Snapshot]:
        """Everything kept."""
        found = (self.describe(file.stem) for file in sorted(self.folder.glob("*.json")))
        return [snapshot for snapshot in found if snapshot]

    def columns(self, endpoint: str, names: Iterable[str]) -> Iterator[pd.DataFrame]:
        """These columns of every kept frame of ``endpoint``, the newest first; the rest is not read."""
        files = (file for file in self.folder.glob(f"{endpoint}-*.json") if not file.stem.endswith(BEFORE))
        kept = [(self.describe(file.stem), file.stem) for file in files]
        for _, call in sorted(((one.as_of, call) for one, call in kept if one), reverse=True):
            with contextlib.suppress(OSError, pa.ArrowException, ValueError, KeyError):
                yield read_table(self._frame(call), columns=list(names))

    def clear(self) -> int:
        """Let everything go; how many bytes that freed."""
        freed = 0
        for file in list(self.folder.glob("*")):
            freed += file.stat().st_size
            file.unlink(missing_ok=True)
        return freed

    def _frame(self, call: str) -> Path:
        return self.folder / f"{call}.parquet"

    def _manifest(self, call: str) -> Path:
        return self.folder / f"{call}.json"
