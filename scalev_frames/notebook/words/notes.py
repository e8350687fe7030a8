"""Notes of pulls and frames in both languages. They are written in English; ``notes`` of the words has each once more."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scalev_frames.notebook.words.tables import TABLES

#: Notes on columns alone, which say nothing of the rows.
_ON_COLUMNS = ("undeclared", "other_kind")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_SHARE = re.compile(r"\b([\d.]+) of ([\d.]+)\b")


def _pattern(english: str) -> re.Pattern[str]:
    """What a note looks like: ``{_}`` stands for one word, another name for anything."""
    parts = re.split(r"\{(\w+)\}", english)
    names = (r"\S+" if name == "_" else f"(?P<{name}>.+?)" for name in parts[1::2])
    return re.compile("".join(re.escape(text) + name for text, name in zip(parts[::2], [*names, ""], strict=True)))


_NOTES = {name: (_pattern(english), indonesian) for name, (english, indonesian) in TABLES["notes"].items()}


def note_said(note: str, language: str) -> str:
    """A note in a language; one that the words do not know stands as it is, since what it says must be heard.

    >>> note_said("details: 2,000 records were gone before the details came", "id")
    'details: 2.000 data hilang sebelum rinciannya diambil'
    """
    if language == "en":
        return note
    for pattern, indonesian in _NOTES.values():
        if found := pattern.fullmatch(note):
            return indonesian.format(**{name: note_said(part, language) for name, part in found.groupdict().items()})
    owner, mark, rest = note.partition(": ")
    said = note_said(rest, language) if mark else rest
    return f"{owner}: {said}" if said != rest else _SHARE.sub(r"\1 dari \2", _THOUSANDS.sub(".", note))


def row_notes_said(notes: Iterable[str], language: str) -> list[str]:
    """What notes say of a frame's rows, each a sentence; those on its columns are left out.

    >>> row_notes_said(["the server gives 50 rows at most, and there may be more"], "en")
    ['The server gives 50 rows at most, and there may be more.']
    """
    columns = [_NOTES[name][0] for name in _ON_COLUMNS]
    said = (note_said(note, language) for note in notes if not any(one.fullmatch(note) for one in columns))
    return [f"{one[:1].upper()}{one[1:]}{'' if one[-1:] in '.?!' else '.'}" for one in said]
