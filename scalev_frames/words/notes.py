"""Notes of frames and pulls in both languages. They are written in English; ``notes`` of the words has each once more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from scalev_frames.words.tables import TABLES, indonesian

#: Notes on columns alone, which say nothing of the rows.
_ON_COLUMNS = ("undeclared", "other_kind")
#: What may stand in the braces of a note; anything where they have another name.
_KINDS = {"_": r"\S+", "count": r"[\d,]+|some", "moment": r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d\S*", "kept": r"all rows|\w+=.+?",
          "rest": ".*?", "undated": ".*?"}  # fmt: skip
#: What stands there in Indonesian, and how it writes numbers and durations; other values are quoted as they are.
_OURS = indonesian("words of notes")
_WORDS = indonesian("codes of status") | _OURS
_COUNTED = frozenset(
    {"count", "days", "given", "gone", "names", "new", "pages", "pulled", "read", "requests", "rows", "time"}
)
_MARKS = {r"(?<=\d),(?=\d{3})": ".", r"\b([\d.]+) of ([\d.]+)\b": r"\1 dari \2", " or ": " atau ",
          r"(?<=\d) h\b": " jam", r"(?<=\d) min\b": " menit", r"(?<=\d) s\b": " detik"}  # fmt: skip


@cache
def _pattern(english: str) -> re.Pattern[str]:
    """What a note looks like: each ``{_}`` is one word, every other name what `_KINDS` says."""
    parts = re.split(r"\{(\w+)\}", english)
    names = ["" if name == "_" else f"?P<{name}>" for name in parts[1::2]]
    values = [f"({name or '?:'}{_KINDS.get(kind, '.+?')})" for name, kind in zip(names, parts[1::2], strict=True)]
    return re.compile("".join(re.escape(text) + value for text, value in zip(parts[::2], [*values, ""], strict=True)))


def note_said(note: str, language: str) -> str:
    """A note in a language; one that the words do not know stands as it is, since what it says must be heard.

    >>> note_said("details: 2,000 records were gone before the details came", "id")
    'rincian: 2.000 data hilang sebelum rinciannya diambil'
    """
    return _said(note) or note if language == "id" else note


def _said(note: str) -> str:
    """A note in Indonesian; empty where the words do not know it, nor what stands before or behind its first colon."""
    for english, said in TABLES["notes"].values():
        if found := _pattern(english).fullmatch(note):
            parts = {name: _said(part) or _value(name, part) for name, part in found.groupdict().items()}
            return "" if "note" in parts and not _said(found["note"]) else said.format(**parts)
    whose, mark, rest = note.partition(": ")
    left, right = (_said(whose), _said(rest)) if mark else ("", "")
    return f"{left or _OURS.get(whose, whose)}: {right or _marked(rest)}" if left or right else ""


def _value(name: str, text: str) -> str:
    said = ", ".join(_WORDS.get(one, one) for one in text.split(", "))
    return _marked(said) if name in _COUNTED else said


def _marked(text: str) -> str:
    for english, said in _MARKS.items():
        text = re.sub(english, said, text)
    return text


def row_notes_said(notes: Iterable[str], language: str) -> list[str]:
    """What notes say of a frame's rows, each a sentence; those on its columns are left out.

    >>> row_notes_said(["the server gives 50 rows at most, and there may be more"], "en")
    ['The server gives 50 rows at most, and there may be more.']
    """
    columns = [_pattern(TABLES["notes"][name][0]) for name in _ON_COLUMNS]
    said = (note_said(note, language) for note in notes if not any(one.fullmatch(note) for one in columns))
    return [f"{one[:1].upper()}{one[1:]}{'' if one[-1:] in '.?!' else '.'}" for one in said]
