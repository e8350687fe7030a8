"""The elements that stock widgets do not have: key entry, picker, select, day, status, code line, download.

Each is a class with its synced traits and one small script in ``static/elements``. What stock widgets do well (choices
that stay the same, text, buttons, tabs) is left to them.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from scalev_frames.notebook.style import modules
from scalev_frames.notebook.table.columns.texts import date_text
from scalev_frames.words import Words

#: Bytes of one message of a download; what the notebook's server passes on at once.
PART = 4 << 20


class KeyBox(anywidget.AnyWidget):
    """Where the key is typed; it comes as a message and is never part of the widget's state.

    Args:
        words: the language.
        on_key: called with the key as typed.
    """

    _esm = modules("elements/key.js")
    words = traitlets.Dict().tag(sync=True)
    filled = traitlets.Bool(False).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)

    def __init__(self, words: Words, on_key: Callable[[str], None]) -> None:
        super().__init__(words={"key": words("key"), "hint": words("key_hint"), "send": words("key_send")})
        self._on_key = on_key
        self.on_msg(self._receive)

    def _receive(self, _: object, content: dict[str, Any], buffers: list[memoryview]) -> None:
        if content.get("kind") == "key" and buffers:
            self._on_key(bytes(buffers[0]).decode("utf-8", "replace"))


class Status(anywidget.AnyWidget):
    """What happens now, in words, as a bar, and in running numbers.

    Everything shown arrives in one piece, ``shown``: state, text, detail and fraction (``None``: under way, end
    unknown; left out: no bar).

    Args:
        label: what the bar is called by a screen reader.
    """

    _esm = modules("elements/status.js")
    label = traitlets.Unicode().tag(sync=True)
    shown: traitlets.Dict[str, Any] = traitlets.Dict({"state": "ready", "text": "", "detail": ""}).tag(sync=True)

    def __init__(self, label: str) -> None:
        super().__init__(label=label)

    @property
    def state(self) -> str:
        """``ready``, ``running``, ``done``, ``empty``, ``cancelled``, ``failed`` or ``exported``."""
        return str(self.shown["state"])

    @property
    def text(self) -> str:
        """The sentence that is read aloud."""
        return str(self.shown["text"])

    @property
    def fraction(self) -> float | None:
        """How far the bar is; ``None`` where it is not known."""
        fraction: float | None = self.shown.get("fraction")
        return fraction

    def show(self, state: str, text: str, detail: str = "", **bar: float | None) -> None:
        """Show all of it at once; ``fraction=`` draws the bar."""
        self.shown = {"state": state, "text": text, "detail": detail, **bar}


class Picker(anywidget.AnyWidget):
    """Several values chosen by name, also some that are not in the list.

    Args:
        words: the language.
        name: the filter's name, for ``data-name``.
        label: what stands above it.
        options: pairs of value and text.
        single: whether it takes one value only.
        placeholder: what stands in it while nothing is chosen.
    """

    _esm = modules("elements/picker.js")
    words = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    options: traitlets.List[list[str]] = traitlets.List().tag(sync=True)
    value = traitlets.List(traitlets.Unicode()).tag(sync=True)
    single = traitlets.Bool(False).tag(sync=True)
    placeholder = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        words: Words,
        name: str,
        label: str,
        options: Sequence[tuple[str, str]] = (),
        *,
        single: bool = False,
        placeholder: str = "",
    ) -> None:
        super().__init__(
            words={name: words(f"picker_{name}") for name in ("take", "more", "nothing", "chosen")},
            name=name, label=label, options=[list(one) for one in options],
            single=single, placeholder=placeholder,
        )  # fmt: skip

    def text_of(self, value: str) -> str:
        """The text shown for ``value``."""
        return next((text for one, text in self.options if one == value), value)


class Select(anywidget.AnyWidget):
    """One of some values, chosen by its name, so that it stays the same one when others are offered meanwhile.

    Args:
        label: what stands above it.
        options: pairs of text and value; the first is chosen.
        one_at_a_time: held while a choice of the browser is taken, or others are offered.

    Attributes:
        value: the chosen one; empty while nothing is offered.

    >>> select = Select("Report", [("Returns", "rts"), ("Daily", "daily")])
    >>> select.value = "daily"
    >>> select.offer([("Daily", "daily"), ("Funnel", "funnel")])
    >>> select.value
    'daily'
    """

    _esm = modules("elements/select.js")
    label = traitlets.Unicode().tag(sync=True)
    options: traitlets.List[tuple[str, str]] = traitlets.List().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, label: str, options: Sequence[tuple[str, str]] = (), one_at_a_time: threading.RLock | None = None
    ) -> None:
        self._one_at_a_time = one_at_a_time or threading.RLock()
        super().__init__(label=label)
        self.offer(options)

    def offer(self, options: Sequence[tuple[str, str]], value: str | None = None) -> None:
        """Offer these, and choose ``value``, else what is chosen, else the first; the browser hears of it at once."""
        with self._one_at_a_time, self.hold_sync():
            self.options = list(options)
            names = [name for _, name in options]
            wanted = self.value if value is None else value
            self.value = wanted if wanted in names else next(iter(names), "")

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a person chose; what is not offered any more changes nothing, as the browser hears."""
        with self._one_at_a_time:
            known = [self.value, *(name for _, name in self.options)]
            is_known = sync_data.get("value", self.value) in known
            super().set_state(sync_data if is_known else {**sync_data, "value": self.value})


class DayBox(anywidget.AnyWidget):
    """A day, typed as people write it or picked in a calendar.

    Args:
        words: the language.
        label: what stands above it.
        read: gives the day that typed words mean, or ``None``.
        changed: called when there is another day, or other words that mean none.

    Attributes:
        value: the day; ``None`` while there is none.
        unread: what was typed and means no day.
    """

    _esm = modules("elements/day.js")
    words = traitlets.Dict().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)
    day = traitlets.Unicode().tag(sync=True)
    value = traitlets.Instance(dt.date, allow_none=True)

    def __init__(
        self, words: Words, label: str, read: Callable[[str], dt.date | None], changed: Callable[[], None]
    ) -> None:
        super().__init__(words={"calendar": words("calendar"), "hint": words("day_hint")}, label=label)
        self._language, self._read, self._changed, self.unread = words.language, read, changed, ""
        self.observe(lambda _: self._take_day(), "value")
        self.on_msg(self._receive)

    def _receive(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("kind") == "typed":
            self.take(str(content["text"]))

    def take(self, text: str) -> None:
        """Read what was typed; what means no day stays as it is."""
        day, before = self._read(text), self.value
        self.unread = "" if day else text.strip()
        self.value = day
        if day == before:
            self._take_day()
        self.send({"shown": self.shown})  # another writing of the same day is no change

    def _take_day(self) -> None:
        if self.value:
            self.unread = ""
        self.day = self.value.isoformat() if self.value else ""
        self.shown = date_text(self.value, self._language) if self.value else self.unread
        self._changed()


class Code(anywidget.AnyWidget):
    """A line of code with a button that copies it.

    Args:
        words: the language.
    """

    _esm = modules("elements/code.js")
    words = traitlets.Dict().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)

    def __init__(self, words: Words) -> None:
        super().__init__(words={name: words(f"code_{name}") for name in ("code", "copy", "copied", "press")})


class Alive(anywidget.AnyWidget):
    """Says when the kernel is gone, in a sentence and with a button; lets a press wait for what was chosen before it.

    Args:
        words: the language.
        static_id: the plain HTML of the panel, hidden while the panel is drawn.
    """

    _esm = modules("elements/alive.js")
    words = traitlets.Dict().tag(sync=True)
    static = traitlets.Unicode().tag(sync=True)

    def __init__(self, words: Words, static_id: str) -> None:
        super().__init__(words={name: words(name) for name in ("gone", "again")}, static=static_id)
        self.on_msg(lambda *_: self.send({"kind": "settled"}))


class Theme(anywidget.AnyWidget):
    """Whether the page is dark; nothing is shown."""

    _esm = modules("elements/theme.js")
    dark = traitlets.Bool(False).tag(sync=True)


class Download(anywidget.AnyWidget):
    """A file of the kernel's computer, offered as a download of the browser.

    Args:
        words: the language.
        limit: the largest file that goes through the notebook's connection, in bytes.
    """

    _esm = modules("elements/download.js")
    label = traitlets.Unicode().tag(sync=True)
    ready = traitlets.Bool(False).tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    folder_label = traitlets.Unicode().tag(sync=True)
    folder = traitlets.Unicode().tag(sync=True)

    def __init__(self, words: Words, limit: int) -> None:
        super().__init__(label=words("download"), folder_label=words("open_folder"))
        self._words, self._limit = words, limit
        self._path: Path | None = None
        self.on_msg(self._receive)

    def offer(self, path: Path | None) -> None:
        """Offer ``path``; where it is too large, say so and where it lies."""
        size = path.stat().st_size if path and path.is_file() else 0
        fits = path is not None and size <= self._limit
        self._path = path if fits else None
        self.note = "" if path is None or fits else self._words("download_large", size=round(size / 1e6))
        self.ready = fits
        self.folder = "" if path is None else _from_here(path.parent)

    def _receive(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("kind") != "ask" or self._path is None:
            return
        try:
            data = self._path.read_bytes()
        except OSError:
            self.offer(None)
            self.note = self._words("download_gone")
            return
        parts = [data[start : start + PART] for start in range(0, max(len(data), 1), PART)]
        for number, part in enumerate(parts):
            about = {"kind": "part", "number": number, "count": len(parts), "name": self._path.name}
            self.send({**about, "type": _MEDIA.get(self._path.suffix, "application/octet-stream")}, [part])


def _from_here(folder: Path) -> str:
    """A folder as seen from the notebook's, with slashes; ``""`` where no way leads there."""
    try:
        return Path(os.path.relpath(folder.resolve(), Path.cwd())).as_posix()
    except ValueError:  # another drive
        return ""


_MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
}
