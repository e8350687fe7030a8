"""Run one call of several businesses at the same time: a thread each, one progress, one cancel token."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NoReturn

import pandas as pd

from scalev_frames.account.account import Account
from scalev_frames.cancel import PIECE, Cancelled, CancelToken
from scalev_frames.errors import GroupError, InterruptedPullError, ScalevError, UsageError
from scalev_frames.progress import Event, Reporter
from scalev_frames.pull.reading.workers import PATIENCE, Workers

#: One call of one business, given its name, account, reporter and cancel token.
Work = Callable[[str, Account, Reporter, CancelToken], Any]


@dataclass(slots=True)
class Counts:
    """The counts of one business for one endpoint: its list and its details count apart."""

    pages: int = 0
    rows: int = 0
    requests: int = 0


class Together:
    """One progress of several businesses: counts are added up, messages name their business."""

    def __init__(self, endpoint: str, report: Reporter) -> None:
        self._endpoint, self._report = endpoint, report
        self._counts: dict[tuple[str, str], Counts] = {}
        self._lock = threading.Lock()

    def done(self) -> None:
        """Say that all are done, of a list that was read itself."""
        if alike := [one for (endpoint, _), one in self._counts.items() if endpoint == self._endpoint]:
            self._report(Event("done", self._endpoint, *_sums(alike)))

    def of(self, name: str) -> Reporter:
        """The reporter of one business."""

        def report(event: Event) -> None:
            kind = "page" if event.kind == "done" else event.kind
            message = f"{name}: {event.message}" if event.message and kind != "page" else ""
            with self._lock:
                counts = self._counts.setdefault((event.endpoint, name), Counts())
                if event.kind in ("page", "done"):
                    counts.pages, counts.rows, counts.requests = event.pages, event.rows, event.requests
                alike = [one for (endpoint, _), one in self._counts.items() if endpoint == event.endpoint]
                pages, rows, requests = _sums(alike)
                self._report(replace(event, kind=kind, pages=pages, rows=rows, requests=requests, message=message))

        return report


def _sums(counts: Sequence[Counts]) -> tuple[int, int, int]:
    pages, rows, requests = (sum(getattr(one, name) for one in counts) for name in ("pages", "rows", "requests"))
    return pages, rows, requests


class Run:
    """One call of several businesses under way.

    Attributes:
        results: what each business gave.
        errors: why each other one failed.
    """

    def __init__(self, accounts: Mapping[str, Account], endpoint: str, together: Together) -> None:
        self.accounts, self.endpoint, self.together = accounts, endpoint, together
        self.results: dict[str, Any] = {}
        self.errors: dict[str, ScalevError] = {}
        self._workers = Workers()
        self._tokens = {name: CancelToken() for name in accounts}

    def start(self, work: Work, token: CancelToken) -> None:
        """Start all calls; ``token`` cancels them all."""
        self._share()
        for one in self._tokens.values():
            one.follow(token)
        for name, account in self.accounts.items():
            self._workers.start(name, partial(work, name, account, self.together.of(name), self._tokens[name]))

    def wait(self, token: CancelToken) -> None:
        """Collect the results until all are done.

        Raises:
            InterruptedPullError: Ctrl-C, or ``token`` was cancelled.
        """
        try:
            while self._workers.running:
                self._take(PIECE)
                token.check()
            if not self.errors:
                self.together.done()
        except (KeyboardInterrupt, Cancelled):
            self._cancel()
            with contextlib.suppress(KeyboardInterrupt):
                left = 2 * PATIENCE
                while self._workers.running and left > 0:
                    left -= 0 if self._take(PIECE) else PIECE
            self._raise_interrupted()

    def close(self) -> None:
        """End every thread, and give every account its whole limit back."""
        self._cancel()
        self._workers.close()
        for account in self.accounts.values():
            account.sessions.share_limit(1)

    def raise_errors(self, combined: Callable[[Mapping[str, Any]], pd.DataFrame]) -> NoReturn:
        """Raise one error for all; ``combined`` makes one frame of the other results."""
        errors = list(self.errors.values())
        if not self.results and all(isinstance(error, UsageError) for error in errors):
            raise errors[0]
        if not self.results and all(isinstance(error, InterruptedPullError) for error in errors):
            self._raise_interrupted()
        order = [name for name in self.accounts if name in self.errors]
        frames = {name: self.results[name] for name in self.accounts if name in self.results}
        raise GroupError({name: self.errors[name] for name in order}, frames, combined)

    def _take(self, seconds: float) -> bool:
        done = self._workers.next(seconds)
        if done is None:
            return False
        if isinstance(done.error, ScalevError):
            self.errors[done.job] = done.error
        elif isinstance(done.error, KeyboardInterrupt | Cancelled):
            self.errors[done.job] = InterruptedPullError("It was interrupted.", endpoint=self.endpoint)
        elif done.error is not None:
            raise done.error
        else:
            self.results[done.job] = done.result
        self._share()
        return True

    def _share(self) -> None:
        """Tell each account how many share its limit at present."""
        running = [one for name, one in self.accounts.items() if name not in self.results and name not in self.errors]
        sharers = Counter(account.sessions.limit_shared_by for account in running)
        for account in running:
            account.sessions.share_limit(sharers[account.sessions.limit_shared_by])

    def _cancel(self) -> None:
        for token in self._tokens.values():
            token.cancel()

    def _raise_interrupted(self) -> NoReturn:
        stopped = [error for error in self.errors.values() if isinstance(error, InterruptedPullError)]
        kept = [f"{', '.join(self.results)}: whole."] if self.results else []
        kept += [f"{name}: {error.kept}" for name, error in self.errors.items() if error.kept]
        raise InterruptedPullError(
            f"The pull of {self.endpoint} was interrupted.",
            endpoint=self.endpoint,
            rows_kept=sum(error.rows_kept for error in stopped),
            pages_kept=sum(error.pages_kept for error in stopped),
            kept=" ".join(kept),
        ) from None
