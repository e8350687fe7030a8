"""Headings of columns in English and in Indonesian; frames keep the API's own names, so that code works in any language."""

from __future__ import annotations

from functools import cache

from scalev_frames.words.tables import COLUMNS, indonesian

_CAPITALS = frozenset(
    {"id", "uuid", "url", "utm", "cod", "rts", "awb", "sku", "wa", "waba", "cogs", "va", "qris", "pg"}
)
_OWNERS_ID, _WORDS_ID = indonesian("owners"), indonesian("parts of names")
_TEXTS = {"bt": "before tax", "fb": "Facebook", "ids": "IDs"}


@cache
def heading(name: str, language: str = "en") -> str:
    """What a column called ``name`` is called on the screen.

    Args:
        name: its name in the frame.
        language: ``en`` or ``id``.

    >>> heading("gross_revenue", "id"), heading("courier_service_courier_code_mengantar", "id"), heading("seen_first_at")
    ('Pendapatan kotor', 'Kode mengantar (kurir)', 'Seen first at')
    """
    known = COLUMNS.get(name)
    if known:
        return known[language == "id"]
    if not name.isascii() or name != name.lower() or not name.replace("_", "").isalnum() or name.isdigit():
        return name  # a heading already
    if language == "id":
        return _composed(name)
    return _capital(" ".join(_word(part, _TEXTS) for part in name.split("_") if part))


def _composed(name: str) -> str:
    owners = [one for one in _OWNERS_ID if name.startswith(f"{one}_")]
    owner = max(owners, key=len, default="")
    rest = name[len(owner) + 1 :] if owner else name
    words = " ".join(_word(part, _WORDS_ID) for part in rest.split("_") if part)
    return _capital(f"{words} ({_OWNERS_ID[owner]})" if owner else words)


def _word(part: str, words: dict[str, str]) -> str:
    return part.upper() if part in _CAPITALS else words.get(part, part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
