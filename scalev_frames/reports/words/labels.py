"""What columns, codes and reports are called, in English and in Indonesian.

Frames keep the English names of columns and codes, so that code works in any language; workbook and widgets show these
names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from scalev_frames.words import Words
from scalev_frames.words.tables import TABLES, indonesian

#: Columns of the reports; what each report says, in a line.
LABELS, SAYS = TABLES["reports"], TABLES["says"]

#: What stands beside each number of a compared report: the same before, the difference, and that in percent of before.
ADDED: Final = ("before", "change", "percent")

#: Codes that reports put into cells, by column.
CODES = {part.removeprefix("codes of "): table for part, table in TABLES.items() if part.startswith("codes of ")}
#: Those of the columns of orders: Scalev's own words, which stay as they are in English.
VALUES_ID = {column: indonesian(f"codes of {column}") for column in ("status", "payment_status", "payment_method")}
#: What reports are counted by, as `Definitions` names it, in Indonesian.
BASES_ID = indonesian("bases")


def value_words(column: str, language: str) -> dict[str, str]:
    """What the values of a column of orders are called; none where they are shown as they are.

    >>> value_words("status", "id")["rts"], value_words("status", "en"), value_words("notes", "id")
    ('Retur', {}, {})
    """
    return VALUES_ID.get(column, {}) if language == "id" else {}


def filters_said(filters: Mapping[str, object], language: str = "en") -> str:
    """The filters of a call as a program writes them, in Indonesian as the panel calls them.

    >>> filters_said({"since": "2026-11-01", "status": ["rts", "completed"]}, "id")
    'Dari: 2026-11-01; Status pesanan: Retur, Selesai'
    """
    if language == "en":
        return "; ".join(f"{name} = {_plain(one, {})}" for name, one in filters.items())
    words = Words(language)
    return "; ".join(f"{_filter_name(name, words)}: {_filter_value(name, one, words)}" for name, one in filters.items())


def _filter_name(name: str, words: Words) -> str:
    return words(name) if name in ("since", "until", "by") else words.filter(name)


def _filter_value(name: str, value: object, words: Words) -> str:
    if isinstance(value, bool):
        return words("yes" if value else "no")
    if name == "by":
        return words.basis(str(value))
    return _plain(value, value_words(name, words.language))


def _plain(value: object, words: Mapping[str, str]) -> str:
    """A filter's value as text, by what people call it; what is no text as JSON."""
    many = value if isinstance(value, list | tuple) else [value]
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False, default=str) for one in many]
    return ", ".join(words.get(text, text) for text in texts)


def label(column: str, language: str = "en") -> str:
    """What a column is called.

    >>> label("rts_rate", "id"), label("my_own_column")
    ('Rasio retur', 'My own column')
    """
    found = LABELS.get(column)
    return found[language == "id"] if found else column.replace("_", " ").capitalize()
