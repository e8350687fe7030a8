"""Long work in a thread, one job at a time, so that the kernel stays free and Cancel works at once.

The thread only assigns traits: it never prints and never displays. The result is handed over before the status says
that it is there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from scalev_frames.errors import ExportError, InterruptedPullError, ScalevError
from scalev_frames.notebook.panel.parts.elements import Status
from scalev_frames.progress import Event, Reporter, quietly
from scalev_frames.words import Words

T = TypeVar("T")
#: Seconds between two showings of the running numbers: quick for the eye, slow for the wire.
SHOWN_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """One piece of work.

    Attributes:
        title: what is said while it runs.
        run: does it, in the thread; it is given a reporter.
        finish: hands over the result, in the thread; gives the last state and sentence.
        stop: makes ``run`` end at once, from another thread.
        expected: gives at once how many rows it will be, or 0 where nobody knows.
    """

    title: str
    run: Callable[[Reporter], T]
    finish: Callable[[T], tuple[str, str]]
    stop: Callable[[], None]
    expected: Callable[[], int] = lambda: 0


class Job:
    """Runs one piece of work at a time and shows how it goes.

    Args:
        status: where it is shown.
        words: the language.
        on_change: called with whether something runs, at the beginning and, in the thread, at the end.
    """

    def __init__(self, status: Status, words: Words, on_change: Callable[[bool], None] = lambda _: None) -> None:
        self.status = self._status = status
        self._words, self._on_change = words, on_change
        self._thread: threading.Thread | None = None
        self._work: Work[object] | None = None
        self._stopping = False
        self._counts = ""
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether something runs."""
        return self._work is not None

    def start(self, work: Work[T]) -> bool:
        """Begin ``work``; false, and nothing begins, while other work runs."""
        if self._work is not None:
            return False
        self._work, self._stopping = work, False  # type: ignore[assignment]
        self._on_change(True)
        self._status.show("running", work.title, fraction=None)
        self._thread = threading.Thread(target=self._run, args=(work,), name="scalev-job", daemon=True)
        self._thread.start()
        return True

    def refuse(self, problem: str) -> None:
        """Say why nothing begins."""
        if self._work is None:
            self._status.show("failed", problem)

    def cancel(self) -> None:
        """Stop the running job; fetched pages are kept."""
        with self._lock:
            work = self._work
            if work is None:
                return
            self._stopping = True
            self._status.show("running", self._words("cancelling"), self._status.shown["detail"], fraction=None)
        work.stop()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until what runs is over; false when it is not within ``seconds``."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.running

    def _run(self, work: Work[T]) -> None:
        outcome = ("failed", self._words("unexpected"))  # stands when something breaks that is not ours
        try:
            outcome = work.finish(work.run(quietly(self._reporter(work))))
        except ScalevError as error:
            stopped = self._stopping or isinstance(error, InterruptedPullError)
            is_file = self._stopping and isinstance(error, ExportError)
            said = self._words("export_stopped") if is_file else self._words.error(error)
            outcome = ("cancelled" if stopped else "failed", said)
        finally:
            with self._lock:
                self._work = None
                self._on_change(False)
                is_done = outcome[0] in ("done", "empty", "exported")  # whose sentence has the counts
                self._status.show(*outcome, "" if is_done else self._counts)  # no wait that is over

    def _reporter(self, work: Work[T]) -> Reporter:
        shown_at = 0.0
        self._counts = ""

        def report(event: Event) -> None:
            nonlocal shown_at
            now = time.monotonic()
            if self._stopping:
                work.stop()  # again: it may have been pressed before the pull could hear it
                return
            if event.kind == "page" and now - shown_at < SHOWN_EVERY:
                return
            shown_at, fraction = now, self._status.fraction
            if event.kind in ("wait", "note"):  # beside the numbers, which go on counting
                detail = " · ".join(part for part in (self._counts, self._words.event(event)) if part)
            else:
                detail = self._counts = self._words.event(event)
                expected = work.expected()
                fraction = min(event.rows / expected, 1.0) if expected else None
            self._status.show("running", work.title, detail, fraction=fraction)

        return report
