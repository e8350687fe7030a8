"""Where a pivot is put together: fields dragged, or moved by keyboard, into rows, columns, values and filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import anywidget

from scalev_frames.notebook.style import TOKENS, modules, static

Message = Mapping[str, Any]


class Builder(anywidget.AnyWidget):
    """The controls of a pivot; everything goes as messages, since filters may name customers.

    Args:
        answer: called with each message of the browser; gives the answer.
    """

    _esm = modules("pivot/builder.js")
    _css = TOKENS + static("pivot/builder.css")

    def __init__(self, answer: Callable[[Message], Message]) -> None:
        super().__init__()
        self._answer = answer
        self.on_msg(lambda _, message, __: self.handle(message))

    def handle(self, message: Message) -> None:
        """Answer one message of the browser."""
        self.send({**self._answer(message), "number": message.get("number", 0)})
