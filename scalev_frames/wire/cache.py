"""Why: an answer that came is not asked for again, and a pull that stopped goes on from the pages it has.

The pages shelf: requests-cache with a storage of one small file per answer. A file holds the moment and the body of
one good answer, compressed, and nothing else: no request, so no key; no headers, cookies or redirects. What cannot be
read, because it is half-written, foreign or of another format, counts as not there and is replaced by the next
answer. What cannot be written costs one word (`PagesCache.failure`), never the pull. Two processes may share a folder:
a file appears whole or not at all. May import settings only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from requests import Response
from requests.structures import CaseInsensitiveDict
from requests_cache.backends.base import BaseCache, BaseStorage
from requests_cache.models.response import CachedResponse

from scalev_frames.settings import private_folder

#: The one header that reaches the shelf: when the answer came, in seconds since 1970. The transport writes it.
RECEIVED_AT = "X-Received-At"

#: What a file begins with; changes when its format does, so that older files count as not there.
_FORMAT = b"scalev-page-1\n"
_MOMENT = struct.Struct(">d")
#: Level 1 takes a quarter of the default's time for a third more bytes: 0.2 ms and 7 KB for a page of 60 KB.
_COMPRESSION = 1
#: Where answers lie that belong to no walk.
_SINGLE = "single"


def page_key(url: str, walk: str | None) -> str:
    """The name of one answer: its folder and its file, hashed, so that no file system takes offence.

    Args:
        url: the whole address, query included.
        walk: the pull it belongs to; the pages of two pulls never have the same name.

    >>> page_key("https://api.scalev.id/v2/stores", None)
    'single/7d5afc7635a7f0f9f3f623410dc31ecc'
    """
    return f"{_SINGLE if walk is None else _walk_folder(walk)}/{_hashed(url, 16)}"


@dataclass(frozen=True, slots=True)
class ShelfInfo:
    """What the pages shelf holds.

    Attributes:
        files: how many answers.
        bytes: their size on disk.
        oldest: when the oldest was written, seconds since 1970; ``None`` when there is none.
        newest: when the newest was written, likewise.
    """

    files: int
    bytes: int
    oldest: float | None
    newest: float | None


class PageFiles(BaseStorage[str, CachedResponse]):
    """The files of the shelf as a mapping of key to answer.

    Args:
        folder: where they lie; made, private to the user, when the first one is written.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.failure = ""

    def __getitem__(self, key: str) -> CachedResponse:
        try:
            stored = self._file(key).read_bytes()
            if not stored.startswith(_FORMAT):
                raise KeyError(key)
            plain = zlib.decompress(stored[len(_FORMAT) :])  # its checksum refuses a half-written file
            (received_at,) = _MOMENT.unpack_from(plain)
        except (OSError, zlib.error, struct.error):
            raise KeyError(key) from None
        headers = CaseInsensitiveDict({RECEIVED_AT: repr(received_at)})
        return CachedResponse(status_code=200, headers=headers, content=plain[_MOMENT.size :])

    def __setitem__(self, key: str, answer: Response) -> None:
        file = self._file(key)
        part = file.with_name(f"{file.stem}.{secrets.token_hex(4)}.part")
        plain = _MOMENT.pack(float(answer.headers[RECEIVED_AT])) + answer.content
        try:
            private_folder(file.parent)
            part.touch(mode=0o600, exist_ok=False)
            part.write_bytes(_FORMAT + zlib.compress(plain, _COMPRESSION))
            part.replace(file)
        except OSError as error:
            self.failure = f"Answers could not be kept ({error.strerror or error}); the pull goes on without."
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def __delitem__(self, key: str) -> None:
        try:
            self._file(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        return (f"{file.parent.name}/{file.stem}" for file in self.folder.glob("*/*.page"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.page"


class PagesCache(BaseCache):
    """The pages shelf of one account, for a session of requests-cache.

    Args:
        folder: the shelf's folder, one per account: nothing in a key tells accounts apart.
        clock: gives the present moment in seconds since 1970.

    >>> import tempfile
    >>> PagesCache(Path(tempfile.mkdtemp()) / "pages").info()
    ShelfInfo(files=0, bytes=0, oldest=None, newest=None)
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__(cache_name=str(folder))
        self.folder = folder
        self.responses = self._files = PageFiles(folder)
        self._clock = clock

    @property
    def failure(self) -> str:
        """Why an answer could not be kept, the last time that happened; ``""`` when it never did."""
        return self._files.failure

    def save_response(
        self,
        response: Response,
        cache_key: str | None = None,
        expires: datetime | None = None,  # noqa: ARG002 - part of the interface; age is judged when reading
    ) -> None:
        """Keep the body of ``response`` and its moment; its request, which holds the key, goes nowhere near the disk.

        Args:
            response: a good answer.
            cache_key: its name.
            expires: not used: how old an answer may be is the reader's choice.
        """
        self._files[cache_key or self.create_key(response.request)] = response

    def forget(self, key: str) -> None:
        """Let one answer go, when it is there.

        Args:
            key: what `page_key` gave.
        """
        with contextlib.suppress(KeyError, OSError):
            del self._files[key]

    def pages_of(self, walk: str) -> int:
        """How many pages of ``walk`` are here.

        Args:
            walk: the pull's id.
        """
        return sum(1 for _ in (self.folder / _walk_folder(walk)).glob("*.page"))

    def drop_walk(self, walk: str) -> None:
        """Let all pages of ``walk`` go.

        Args:
            walk: the pull's id.
        """
        shutil.rmtree(self.folder / _walk_folder(walk), ignore_errors=True)

    def info(self) -> ShelfInfo:
        """How many answers are kept, how large, how old."""
        stats = [stat for _, stat in self._all_files()]
        moments = [stat.st_mtime for stat in stats]
        return ShelfInfo(
            files=len(stats),
            bytes=sum(stat.st_size for stat in stats),
            oldest=min(moments, default=None),
            newest=max(moments, default=None),
        )

    def clear(self, older_than: timedelta | None = None) -> int:
        """Let answers go.

        Args:
            older_than: only those written longer ago than this; all of them when left out.

        Returns:
            How many bytes that freed.
        """
        freed = 0
        latest = None if older_than is None else self._clock() - older_than.total_seconds()
        for file, stat in self._all_files():
            if latest is None or stat.st_mtime < latest:
                with contextlib.suppress(OSError):  # in use elsewhere: it stays
                    file.unlink()
                    freed += stat.st_size
        return freed

    def _all_files(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Every file, those that a crash left unfinished too."""
        for file in list(self.folder.glob("*/*")):
            with contextlib.suppress(OSError):  # another process let it go meanwhile
                yield file, file.stat()


def _walk_folder(walk: str) -> str:
    return f"walk-{_hashed(walk, 8)}"


def _hashed(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()
