"""The backend of requests-cache for single answers: one small private file each, which cannot hold the key.

A file has the body of a good answer, without credentials of other services, and the moment it was received: no
request, headers, cookies or redirects. What cannot be read counts as not there; what cannot be written costs one note
(`ResponsesCache.failure`), never the call.
"""

from __future__ import annotations

import datetime as dt
import math
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from requests import Response
from requests_cache.backends.base import BaseCache, BaseStorage
from requests_cache.models.response import CachedResponse

from scalev_frames.frames.secrets import without_credentials
from scalev_frames.storage.files import listed, write_private

#: What a file begins with; files of another format count as not there.
_FORMAT = b"scalev-response-1\n"
_MOMENT = struct.Struct(">d")
_SUFFIX = ".response"
#: Tolerance in seconds: requests-cache compares with its own clock a little later.
_SLACK = 0.9


class _Files(BaseStorage[str, CachedResponse]):
    """The files as the mapping of keys to answers that requests-cache works with."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        super().__init__()
        self.folder = folder
        self.failure = ""
        self._clock = clock

    def __getitem__(self, key: str) -> CachedResponse:
        try:
            stored = self._file(key).read_bytes()
            if not stored.startswith(_FORMAT):
                raise KeyError(key)
            plain = zlib.decompress(stored[len(_FORMAT) :])  # its checksum refuses a damaged file
            (received_at,) = _MOMENT.unpack_from(plain)
            created_at = dt.datetime.fromtimestamp(received_at, dt.UTC)
        except (OSError, zlib.error, struct.error, ValueError, OverflowError):
            raise KeyError(key) from None
        return CachedResponse(
            status_code=200, content=plain[_MOMENT.size :], created_at=created_at, expires=self._expires(received_at)
        )

    def __setitem__(self, key: str, answer: Response) -> None:
        created_at: dt.datetime = answer.created_at  # type: ignore[attr-defined]
        plain = _MOMENT.pack(created_at.timestamp()) + without_credentials(answer.content)
        try:
            write_private(self._file(key), _FORMAT + zlib.compress(plain, 1))
        except OSError as error:
            self.failure = f"answers could not be kept ({error.strerror or error})"

    def __delitem__(self, key: str) -> None:
        try:
            self._file(key).unlink()
        except OSError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        return (file.stem for file in listed(self.folder, f"*{_SUFFIX}"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _expires(self, received_at: float) -> dt.datetime:
        """When the answer expires: at once. A request says itself how much older it may be (``max-stale``).

        An answer from the future was received before the clock was set back, so its age is not known.
        """
        age = self._clock() - received_at
        seconds = math.ceil(age) - _SLACK if age >= 0 else dt.timedelta(days=365_000).total_seconds()
        return dt.datetime.now(dt.UTC) - dt.timedelta(seconds=min(seconds, 10.0**9))

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"


class ResponsesCache(BaseCache):
    """The kept single answers of one account: a key of theirs does not tell accounts apart.

    >>> import tempfile
    >>> len(ResponsesCache(Path(tempfile.mkdtemp()), lambda: 0.0).responses)
    0
    """

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        super().__init__(cache_name=folder.name)
        self.responses = self._files = _Files(folder, clock)

    @property
    def failure(self) -> str:
        """Why an answer could not be kept; ``""`` as long as they could."""
        return self._files.failure

    def save_response(
        self,
        response: Response,
        cache_key: str | None = None,
        expires: dt.datetime | None = None,  # noqa: ARG002 - part of the interface; age is checked when reading
    ) -> None:
        """Keep the body of ``response`` and its moment; its request goes nowhere near the disk."""
        self._files[str(cache_key)] = response
