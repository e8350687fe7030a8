"""One live line for a pull in a notebook: rows, pages, requests, waits, in the cell that waits."""

from __future__ import annotations

import html
import time
from typing import Any

from IPython.display import HTML, display

from scalev_frames.progress import Event, describe

#: Seconds between two drawings.
_EVERY = 0.15


class LiveLine:
    """Shows a pull in the output of the cell that runs it; one line, drawn anew, that stays at the end.

    >>> LiveLine.draw("orders: 50 rows, 2 pages, 2 requests", done=True)
    "<div style='font-size: 13px'>✓ orders: 50 rows, 2 pages, 2 requests</div>"
    """

    def __init__(self) -> None:
        self._handle: Any = None
        self._drawn_at = 0.0
        self._notes: list[str] = []
        self._counts = ""

    def __call__(self, event: Event) -> None:
        """Show ``event``."""
        now = time.monotonic()
        if event.kind == "page" and now - self._drawn_at < _EVERY:
            return
        self._drawn_at = now
        text = describe(event)
        if event.kind == "note":
            self._notes.append(text)
        elif event.kind != "wait":
            self._counts = text
        else:
            text = " \u00b7 ".join(part for part in (self._counts, text.partition(": ")[2]) if part)
        shown = self._counts if event.kind == "note" else text
        lines = self.draw(shown, done=event.kind == "done") + "".join(map(self.draw, self._notes))
        drawn = HTML(lines)  # type: ignore[no-untyped-call]
        if self._handle is None:
            self._handle = display(drawn, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(drawn)

    @staticmethod
    def draw(text: str, *, done: bool = False) -> str:
        """One line of HTML."""
        return f"<div style='font-size: 13px'>{'✓ ' * done}{html.escape(text)}</div>" if text else ""
