"""Threads that only fetch: each runs one job at a time and puts its outcome into one queue.

They share nothing else. They are daemons, so that a request that hangs never holds up the end of the program.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from scalev_frames.cancel import PIECE

#: Seconds to wait for requests under way when a call ends early: what they bring is kept.
PATIENCE = 1.25


class Done(NamedTuple):
    """One finished job: what it gave, or the error it raised."""

    job: Any
    result: Any
    error: BaseException | None


class Job(NamedTuple):
    """What a worker fetches for a reader.

    Attributes:
        path: the address.
        asked: the parameters.
        settle: takes in what it brought, in the one thread.
        is_page: whether it is the next page of a part, which is kept when the pull ends early.
    """

    path: str
    asked: Mapping[str, Any]
    settle: Callable[[Done], None]
    is_page: bool = False


class Workers:
    """As many daemon threads as there are jobs at once.

    Attributes:
        running: how many jobs have begun and were not yet handed back by `next`.

    >>> workers = Workers()
    >>> workers.start("a", lambda: 1)
    >>> workers.next(60.0)
    Done(job='a', result=1, error=None)
    >>> workers.close()
    """

    def __init__(self) -> None:
        self.running = 0
        self._threads = 0
        self._jobs: queue.SimpleQueue[tuple[Any, Callable[[], Any]] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()

    def start(self, job: Any, fetch: Callable[[], Any]) -> None:  # noqa: ANN401 - the caller's own
        """Run ``fetch`` in a thread; `next` hands ``job`` back with what it gave."""
        if self.running >= self._threads:
            self._threads += 1
            threading.Thread(target=_work, args=(self._jobs, self._done), name="scalev-worker", daemon=True).start()
        self._jobs.put((job, fetch))
        self.running += 1  # last: Ctrl-C may come before the job is anybody's

    def next(self, seconds: float = PIECE) -> Done | None:
        """The next finished job, as soon as there is one; ``None`` when none finishes within ``seconds``."""
        try:
            done = self._done.get(timeout=seconds)
        except queue.Empty:
            return None
        self.running -= 1
        return done

    def last(self, seconds: float = PATIENCE) -> Iterator[Done]:
        """What still finishes within ``seconds``; another Ctrl-C ends even this wait."""
        left = seconds
        try:
            while self.running and left > 0:
                done = self.next()
                left -= PIECE
                if done is not None and done.error is None:
                    yield done
        except KeyboardInterrupt:
            return

    def close(self) -> None:
        """Let every thread end as soon as its job has."""
        for _ in range(self._threads):
            self._jobs.put(None)
        self._threads = 0


def _work(jobs: queue.SimpleQueue[tuple[Any, Callable[[], Any]] | None], done: queue.SimpleQueue[Done]) -> None:
    while (given := jobs.get()) is not None:
        job, fetch = given
        try:
            done.put(Done(job, fetch(), None))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that decides
            done.put(Done(job, None, error))
