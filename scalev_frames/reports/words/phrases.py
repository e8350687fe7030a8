"""The sentences of reports and files, in English and in Indonesian: notes, and what the definitions mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from scalev_frames.errors import BadValueError
from scalev_frames.plurals import in_sentence
from scalev_frames.words.tables import TABLES

LANGUAGES: Final = ("en", "id")
#: Says a phrase in one language.
Speaker: TypeAlias = Callable[..., str]

#: Sentences of the notes, and what the definitions mean, and why.
PHRASES, MEANINGS = TABLES["phrases"], TABLES["meanings"]


def phrase(key: str, /, language: str = "en", **values: object) -> str:
    """A sentence of the notes.

    >>> phrase("spam_out", left_out=1, counted=20, what="order|orders")
    '1 order that is probably spam is left out; 20 are counted.'
    >>> phrase("spam_in", "id", counted=2000, what="pesanan")
    'Spam ikut dihitung: 2.000 pesanan.'
    """
    return in_sentence(PHRASES[key][language == "id"], language, **values)


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
