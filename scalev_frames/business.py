"""What an account and a group have in common: the accessors, cancelling, and the end of a ``with`` block."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import pandas as pd

from scalev_frames.accessors import Accessors
from scalev_frames.cancel import CancelToken
from scalev_frames.describe import describe


class Business(Accessors):
    """One business or several; closes its connections at the end of a ``with`` block."""

    def __init__(self) -> None:
        self._tokens: set[CancelToken] = set()

    def __enter__(self) -> Self:
        """The object itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Stop every call, and close connections and files."""

    def cancel(self) -> None:
        """Stop every running call, from another thread; fetched pages are kept.

        To stop one call alone, pass it ``cancel=token`` and call ``token.cancel()``.
        """
        for token in list(self._tokens):
            token.cancel()

    def describe(self, name: str, *, language: str = "en") -> pd.DataFrame:
        """What each column of a frame means, its unit, and when it is missing; see `scalev_frames.describe`.

        >>> list(api.describe("orders").columns)  # with api = sf.connect(sandbox=True)
        ['column', 'meaning', 'unit', 'dtype', 'missing', 'source', 'reports']
        """
        return describe(name, language=language)

    @contextlib.contextmanager
    def _cancellable(self, token: CancelToken | None) -> Iterator[CancelToken]:
        """The token of a call, a new one where none was given; `cancel` cancels it while the block lasts."""
        token = token or CancelToken()
        self._tokens.add(token)
        try:
            yield token
        finally:
            self._tokens.discard(token)
