"""Every word that a person reads in a notebook: one row each in ``words.tsv``, in English and in Indonesian.

A row has the part that shows it, the name that the code uses, and both words; braces are filled in by who shows it.
What English says by itself, such as errors, has the Indonesian word alone.
"""

from __future__ import annotations

from importlib.resources import files

Table = dict[str, tuple[str, str]]


def _read() -> dict[str, Table]:
    tables: dict[str, Table] = {}
    text = files("scalev_frames.notebook.words").joinpath("words.tsv").read_text(encoding="utf-8")
    for line in text.split("\n")[1:-1]:
        part, name, english, indonesian = line.split("\t")
        tables.setdefault(part, {})[name] = (english, indonesian)
    return tables


#: Parts: ``panel``, ``table``, ``pivot``, ``pictures``, ``live`` ones, ``notes`` of pulls, ``filters`` and ``columns`` by
#: their API's names, ``owners`` of fields by how those begin, ``parts of names``, and ``errors`` by their class.
TABLES = _read()
