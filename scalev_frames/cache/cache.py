"""One account's folder: what is kept in it, and for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from scalev_frames.cache import overview
from scalev_frames.cache.facts import Facts
from scalev_frames.cache.journal import Journals
from scalev_frames.cache.records import Records
from scalev_frames.cache.responses import ResponsesCache
from scalev_frames.cache.snapshots import Snapshots
from scalev_frames.errors import BadValueError, CacheError, UnknownNameError
from scalev_frames.storage.files import close_to_others, sweep_parts

#: Files not used for this long are deleted, because they hold customers' data.
KEPT_FOR = dt.timedelta(days=90)


class Cache:
    """What one account keeps on this computer.

    Args:
        folder: the account's own folder; made when something is kept, and closed to other users where it exists.
        clock: gives the present moment in seconds since 1970.

    Attributes:
        responses: single answers, for requests-cache.
        journals: pages of unfinished pulls.
        records: details of records.
        snapshots: finished frames.
        facts: what the server turned out to do.

    >>> import tempfile
    >>> cache = Cache(Path(tempfile.mkdtemp()), clock=lambda: 0.0)
    >>> list(cache.info("Asia/Jakarta")["kind"])
    ['responses', 'journal', 'records', 'frames']
    """

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.folder = folder
        self._clock = clock
        self._swept = False
        close_to_others(folder)
        self.responses = ResponsesCache(folder / "responses", clock)
        self.journals = Journals(folder / "journal")
        self.records = Records(folder / "records")
        self.snapshots = Snapshots(folder / "frames")
        self.facts = Facts(folder / "facts.json")

    def sweep(self) -> None:
        """Delete what is no longer needed, once a session.

        That is: pulls that are too old to be resumed, unfinished files of processes that no longer run, folders of
        earlier versions, and what was not touched for ninety days.
        """
        if self._swept:
            return
        self._swept = True
        self.journals.sweep(dt.datetime.fromtimestamp(self._clock(), dt.UTC))
        sweep_parts(self.folder)
        overview.drop_former(self.folder)
        try:
            overview.clear([self.folder], older_than=KEPT_FOR, now=self._clock())
        except CacheError:
            return  # a read-only folder: nothing is written either

    def info(self, time_zone: str) -> pd.DataFrame:
        """What is kept: one row a kind; see `overview.info`."""
        return overview.info([self.folder], time_zone)

    def clear(self, kind: str | None = None, older_than: dt.timedelta | None = None) -> int:
        """Delete what is kept, and return how many bytes that freed.

        Args:
            kind: one of `overview.KINDS`; all of them when left out.
            older_than: only what was written longer ago than this.

        Raises:
            UnknownNameError: there is no such kind.
            BadValueError: ``older_than`` is no timedelta, or below zero.
            CacheError: some files could not be deleted.
        """
        if kind is not None and kind not in overview.KINDS:
            raise UnknownNameError.near("kind", kind, overview.KINDS)
        if older_than is not None and (not isinstance(older_than, dt.timedelta) or older_than < dt.timedelta()):
            raise BadValueError(f"older_than={older_than!r} is no time.", advice="Give datetime.timedelta(days=30).")
        self.close()
        if kind in (None, "responses") and older_than is None:
            self.facts.clear()
        return overview.clear([self.folder], kind, older_than, self._clock())

    def close(self) -> None:
        """Close all files; they are opened again when they are needed."""
        self.records.close()
