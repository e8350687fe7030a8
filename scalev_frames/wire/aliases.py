"""Which of two names a renamed path has on this server, found out once for each kind of path."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from scalev_frames.cancel import PIECE, CancelToken
from scalev_frames.errors import ApiError
from scalev_frames.storage.forks import renew_after_fork

#: How a renamed path begins, before and after.
Alias = tuple[str, str]
Result = TypeVar("Result")

#: What a server may answer to the name of a path that it does not know.
MOVED = (404, 410, 301, 302, 303, 307, 308)
#: A part of a path that names one record.
_RECORD = re.compile(r"(?<=/)[^/]*\d[^/]*")


class Aliases:
    """Which name each kind of path has: a list, its statistics, a record.

    What is known of one kind is tried first for the others. Records are fetched many at once, so the first one of each
    kind is asked for alone.

    >>> Aliases().ask("/order/7", ("/order", "/orders"), lambda path: f"GET {path}", CancelToken())
    'GET /order/7'
    """

    def __init__(self) -> None:
        self._is_new: dict[str, bool] = {}
        self._likely: dict[Alias, bool] = {}
        self._tried: set[str] = set()
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Wait for no request of another process."""
        self._first: dict[str, threading.Event] = {}

    def ask(self, path: str, alias: Alias, fetch: Callable[[str], Result], cancel: CancelToken) -> Result:
        """What ``fetch`` gives for the name that the server knows.

        Raises:
            ApiError: the server refused both names, or the one that this kind of path is known to have.
            Cancelled: the call was cancelled.
        """
        begins = alias[1] if f"{path}/".startswith(f"{alias[1]}/") else alias[0]
        rest = path.removeprefix(begins)
        kind = alias[0] + _RECORD.sub("*", rest)
        with self._turn(kind, cancel):
            likely = self._is_new.get(kind, self._likely.get(alias, begins == alias[1]))
            refused: ApiError | None = None
            for is_new in (likely, not likely):
                try:
                    response = fetch(alias[is_new] + rest)
                except ApiError as error:
                    if kind in self._is_new or error.status_code not in MOVED:
                        raise  # the name is known to be right: this record does not exist
                    refused = refused or error
                else:
                    self._is_new[kind] = is_new
                    self._likely.setdefault(alias, is_new)
                    return response
        assert refused is not None  # noqa: S101 - both names were refused
        raise refused

    @contextmanager
    def _turn(self, kind: str, cancel: CancelToken) -> Iterator[None]:
        """Wait while the first record of this kind is asked for."""
        mine = threading.Event()
        while "*" in kind and kind not in self._tried:
            first = self._first.setdefault(kind, mine)
            if first is mine:
                break
            cancel.check()
            first.wait(PIECE)
        try:
            yield
            self._tried.add(kind)
        except ApiError:
            self._tried.add(kind)
            raise
        finally:
            if self._first.get(kind) is mine:
                del self._first[kind]
            mine.set()
