"""Keep each finished pull as a Parquet file, so that the next same call costs nothing, offline too.

Beside each file lies a small manifest with a checksum of both. What is damaged, foreign or of another format counts as
not there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scalev_frames.cache.in_use import InUse
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import from_table, read_arrow, read_table, write_table
from scalev_frames.storage.files import listed, move, replacing_private, write_private

#: The version of the format; files of other versions count as not there.
FORMAT = 2
#: The suffix of the frame before the last one.
BEFORE = ".before"
#: Errors of reading a damaged or foreign file.
_UNREADABLE = (OSError, pa.ArrowException, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One kept frame.

    Attributes:
        endpoint: the accessor's name.
        as_of: the moment its pull began, UTC.
        rows: how many rows it has.
        checksum: the CRC-32 of its file.
    """

    endpoint: str
    as_of: dt.datetime
    rows: int
    checksum: int


class KeptFrame(NamedTuple):
    """A kept whole frame: its file, and the header of the frame."""

    file: Path
    header: Header


class Snapshots:
    """The kept frames of one account."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: dict[tuple[int, str, str], dict[str, str]] = {}
        self._in_use = InUse()

    def describe(self, call: str) -> Snapshot | None:
        """What is kept for ``call``, without reading the frame."""
        try:
            said = _checked(json.loads(self._manifest(call).read_bytes()))
            as_of = dt.datetime.fromisoformat(said["as_of"])
            if as_of.tzinfo is None or not self._frame(call).is_file():
                return None
            return Snapshot(str(said["endpoint"]), as_of, int(said["rows"]), int(said["checksum"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def load(self, call: str, columns: Sequence[str] | None = None) -> pd.DataFrame | None:
        """The kept frame of ``call``, or ``None`` when there is none that can be read.

        Of ``columns`` those that are there, and nothing else, are read; each page has its own checksum. While a frame
        of the same file is in use, the file is not read again.
        """
        described = self.describe(call)
        if described is None:
            return None
        try:
            if columns is not None:
                frame = read_table(self._frame(call), columns=list(columns))
                return frame if len(frame) == described.rows else None
            held = self._in_use.get((call, described))
            table = self._read(call, described) if held is None else held
            frame = from_table(table)
        except _UNREADABLE:
            return None
        if len(frame) != described.rows:
            return None
        self._in_use.hold((call, described), table, frame)
        return frame

    def _read(self, call: str, described: Snapshot) -> pa.Table:
        """The whole file of a kept frame.

        Raises:
            ValueError: it is not what was written.
        """
        content = self._frame(call).read_bytes()
        if zlib.crc32(content) != described.checksum:
            raise ValueError("another checksum")
        return read_arrow(pa.BufferReader(content), is_checked=True)

    def load_before(self, call: str, as_of: dt.datetime) -> pd.DataFrame | None:
        """The kept frame that one of ``as_of`` came after: the last one, or the one before it."""
        last, before = self.describe(call), self.describe(f"{call}{BEFORE}")
        if last and last.as_of < as_of:
            return self.load(call)
        is_after = before and (before.as_of < as_of or (last and last.as_of == as_of))  # moments are whole seconds
        return self.load(f"{call}{BEFORE}") if is_after else None

    def save(self, call: str, frame: pd.DataFrame) -> None:
        """Keep ``frame`` for ``call``, and the last one as the one before.

        Raises:
            OSError: the disk is full or the folder cannot be written; what was kept before is untouched.
        """
        with replacing_private(self._frame(call)) as part:
            write_table(frame, part)
            said = {
                "format": FORMAT,
                "endpoint": frame.attrs["endpoint"],
                "as_of": frame.attrs["as_of"],
                "rows": len(frame),
                "checksum": zlib.crc32(part.read_bytes()),
            }
            self._move_back(call)
        write_private(self._manifest(call), json.dumps({**said, "check": _check(said)}).encode())

    def names(self, endpoint: str, value: str, name: str) -> dict[str, str]:
        """Values with their names, from every kept frame of ``endpoint``; see `Account.known_values`.

        A frame is read once for each pair of columns; what was read is remembered by its checksum.
        """
        found: dict[str, str] = {}
        newest = sorted(self._kept(f"{endpoint}-*"), key=lambda kept: (kept[1].as_of, kept[0]), reverse=True)
        for call, kept in newest:
            key = (kept.checksum, value, name)
            with contextlib.suppress(*_UNREADABLE):
                if key not in self._names:
                    self._names[key] = self._read_names(call, value, name)
                for one, called in self._names[key].items():
                    found.setdefault(one, called)
        return found

    def _kept(self, calls: str = "*") -> list[tuple[str, Snapshot]]:
        """The last kept frame of each of these calls; what was kept before it is left out."""
        names = [file.stem for file in listed(self.folder, f"{calls}.json") if not file.stem.endswith(BEFORE)]
        return [(name, kept) for name in names if (kept := self.describe(name))]

    def _read_names(self, call: str, value: str, name: str) -> dict[str, str]:
        """Values with their names, of one kept frame."""
        (column, _, value_key), (name_column, _, name_key) = value.partition("."), name.partition(".")
        frame = read_table(self._frame(call), columns=list(dict.fromkeys((column, name_column))))
        if value_key:
            items = [item for items in frame[column] if isinstance(items, list) for item in items]
            pairs = [(item.get(value_key), item.get(name_key)) for item in items if isinstance(item, dict)]
        else:
            pairs = list(frame.dropna().drop_duplicates().itertuples(index=False, name=None))
        found: dict[str, str] = {}
        for first, *rest in pairs:
            if first is not None:
                found.setdefault(str(first), str((rest or [first])[0] or first))
        return found

    def whole(self) -> list[KeptFrame]:
        """Every kept frame that has all rows of its call, the newest first; their rows are not read."""
        found = (KeptFrame(self._frame(call), header) for call, header in self.headers())
        whole = [one for one in found if one.header.complete and one.header.as_of and one.header.endpoint]
        return sorted(whole, key=_kept_at, reverse=True)

    def headers(self, calls: str = "*") -> Iterator[tuple[str, Header]]:
        """These calls whose frames are kept, the newest first, and the frames' headers; no row is read."""
        for call, _ in sorted(self._kept(calls), key=lambda kept: kept[1].as_of, reverse=True):
            with contextlib.suppress(*_UNREADABLE):
                metadata = pq.read_schema(self._frame(call)).pandas_metadata or {}
                yield call, Header.read(metadata.get("attributes") or {})

    def _move_back(self, call: str) -> None:
        """Make what is kept the frame before; each manifest goes while its frame moves."""
        before = f"{call}{BEFORE}"
        if self.describe(call) is None:
            self._manifest(call).unlink(missing_ok=True)
            return
        self._manifest(before).unlink(missing_ok=True)
        said = self._manifest(call).read_bytes()
        self._manifest(call).unlink()
        move(self._frame(call), self._frame(before))
        write_private(self._manifest(before), said)

    def _frame(self, call: str) -> Path:
        return self.folder / f"{call}.parquet"

    def _manifest(self, call: str) -> Path:
        return self.folder / f"{call}.json"


def _checked(said: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """A manifest without its own checksum.

    Raises:
        ValueError: it is damaged, foreign or of another format.
    """
    checked = dict(said)
    if checked.pop("check", None) != _check(checked) or checked["format"] != FORMAT:
        raise ValueError("no manifest of this format")
    return checked


def _check(said: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(said, sort_keys=True).encode())


def _kept_at(one: KeptFrame) -> tuple[float, int]:
    """When its pull began, which is known to the second, and among those of one second when it was written."""
    try:
        written = one.file.stat().st_mtime_ns
    except OSError:
        written = 0
    return one.header.as_of.timestamp() if one.header.as_of else 0.0, written
