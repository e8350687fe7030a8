"""Progress of pulls and exports. A failing reporter never disturbs a pull.

A reporter is any callable taking an `Event`. `quietly` logs the failures of one.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TextIO, TypeAlias, runtime_checkable

from scalev_frames.plurals import counted

LOG = logging.getLogger("scalev_frames")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a pull.

    Attributes:
        kind: ``start``, ``page`` (one answer arrived), ``wait`` (a pause and its reason), ``note`` or ``done``.
        endpoint: the accessor's name.
        pages: answers so far.
        rows: rows so far.
        requests: requests really sent so far.
        seconds: length of a wait.
        message: words for a person; never holds the key or a customer's data.
    """

    kind: Literal["start", "page", "wait", "note", "done"]
    endpoint: str = ""
    pages: int = 0
    rows: int = 0
    requests: int = 0
    seconds: float = 0.0
    message: str = ""


Reporter = Callable[[Event], None]


@runtime_checkable
class Bar(Protocol):
    """A progress bar as tqdm makes it, which counts rows."""

    def update(self, n: float = 1, /) -> Any:  # noqa: ANN401 - tqdm's own
        """Advance by ``n``."""


#: What ``progress=`` takes.
Progress: TypeAlias = "bool | Reporter | Bar"


def silent(event: Event) -> None:
    """Show nothing."""


#: Shorter waits are not shown where lines are not overwritten.
_WORTH_A_LINE = 1.0


class TextLine:
    """One line on a terminal, rewritten in place; plain lines, and fewer, where the stream is no terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.width = 0

    def __call__(self, event: Event) -> None:
        """Show ``event``."""
        live = self.stream.isatty()
        text = describe(event)
        if live:
            self.stream.write("\r" + text.ljust(self.width) + ("\n" if event.kind in ("done", "note") else ""))
            self.width = 0 if event.kind in ("done", "note") else len(text)
        elif event.kind != "page" and (event.kind != "wait" or event.seconds >= _WORTH_A_LINE):
            self.stream.write(text + "\n")
        self.stream.flush()


def describe(event: Event) -> str:
    """``event`` in words.

    >>> describe(Event("page", "orders", pages=2, rows=50, requests=2))
    'orders: 50 rows, 2 pages, 2 requests'
    """
    counts = counted(event.rows, "row")
    if event.pages or event.requests:
        counts += f", {counted(event.pages, 'page')}, {counted(event.requests, 'request')}"
    match event.kind:
        case "start":
            return f"{event.endpoint}: {event.message or 'starting'}"
        case "wait":
            return f"{event.endpoint or 'scalev'}: waiting {event.seconds:.1f} s ({event.message})"
        case "note":
            return f"{event.endpoint or 'scalev'}: {event.message}"
        case "done":
            return f"{event.endpoint}: {counts}, done{'; ' + event.message if event.message else ''}"
        case _:
            return f"{event.endpoint}: {counts}"


def quietly(reporter: Reporter) -> Reporter:
    """``reporter``, called until it fails; its first error is logged, so that it never stops a pull."""
    broken = False
    one_at_a_time = threading.Lock()

    def report(event: Event) -> None:
        nonlocal broken
        if broken:
            return
        try:
            with one_at_a_time:
                reporter(event)
        except Exception:
            broken = True
            LOG.warning("The progress display failed and was switched off.", exc_info=True)

    return report


def choose(progress: Progress) -> Reporter:
    """The reporter for ``progress=``: True one text line, False silence, a callable itself, a tqdm bar its rows.

    >>> choose(False) is silent
    True
    """
    if callable(progress):
        return quietly(progress)
    if isinstance(progress, Bar):
        return quietly(_on_bar(progress))
    return quietly(_make_line()) if progress else silent


_make_line: Callable[[], Reporter] = TextLine


def show_with(make: Callable[[], Reporter]) -> None:
    """Replace the text line of ``progress=True``, as a notebook does.

    Args:
        make: makes the reporter of one call.
    """
    global _make_line
    _make_line = make


def _on_bar(bar: Bar) -> Reporter:
    rows: dict[str, int] = {}

    def report(event: Event) -> None:
        if event.kind in ("page", "done"):
            bar.update(max(0, event.rows - rows.get(event.endpoint, 0)))
            rows[event.endpoint] = max(event.rows, rows.get(event.endpoint, 0))

    return report
