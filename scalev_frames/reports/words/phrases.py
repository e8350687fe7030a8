"""The sentences of reports and files, in English and in Indonesian: notes, and what the definitions mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from scalev_frames.errors import BadValueError
from scalev_frames.plurals import in_sentence
from scalev_frames.words.columns import heading
from scalev_frames.words.tables import TABLES

LANGUAGES: Final = ("en", "id")
#: Says a phrase in one language.
Speaker: TypeAlias = Callable[..., str]

#: Sentences of the notes, and what the definitions mean, and why.
PHRASES, MEANINGS = TABLES["phrases"], TABLES["meanings"]
#: Braces in which names of columns stand.
_COLUMNS = ("column", "other", "columns")


def phrase(key: str, /, language: str = "en", **values: object) -> str:
    """A sentence of the notes; columns in it are said by their names, in Indonesian by their headings.

    Args:
        key: the sentence's name.
        language: ``en`` or ``id``.
        values: what stands in its braces; ``column``, ``other`` and ``columns`` are names of columns.

    >>> phrase("stands_in", "id", column="draft_time", other="created_at")
    'Waktu draf tidak diketahui: digantikan Dibuat.'
    >>> phrase("spam_out", left_out=1, counted=20, what="order|orders")
    '1 order that is probably spam is left out; 20 are counted.'
    >>> phrase("spam_in", "id", counted=2000, what="pesanan")
    'Spam ikut dihitung: 2.000 pesanan.'
    """
    said = {name: _columns(value, language) if name in _COLUMNS else value for name, value in values.items()}
    return in_sentence(PHRASES[key][language == "id"], language, **said)


def column_said(name: str, language: str) -> str:
    """A column in a sentence: its name, by which a program finds it; in Indonesian its heading."""
    return heading(name, language) if language == "id" else name


def _columns(columns: object, language: str) -> str:
    return " / ".join(
        column_said(str(one), language) for one in (columns if isinstance(columns, tuple) else (columns,))
    )


def speaker(language: str) -> Speaker:
    """What says phrases in ``language``.

    Raises:
        BadValueError: it is not one of `LANGUAGES`.

    >>> speaker("id")("notes")
    'Catatan'
    """
    check_language(language)
    return lambda key, **values: phrase(key, language, **values)


def check_language(language: str) -> None:
    """Refuse a language that reports and files do not speak.

    Raises:
        BadValueError: it is not one of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise BadValueError(f"language={language!r} is not one of {', '.join(LANGUAGES)}.")
