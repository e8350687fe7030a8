"""Every word that a person reads, in a notebook, a report or a file: one row each in ``words.tsv``, in two languages.

A row has the part that shows it, the name that the code uses, and both words; braces are filled in by who shows it.
What English says by itself, such as errors, has the Indonesian word alone.
"""

from __future__ import annotations

from importlib.resources import files

Table = dict[str, tuple[str, str]]


def _read() -> dict[str, Table]:
    tables: dict[str, Table] = {}
    text = files("scalev_frames.words").joinpath("words.tsv").read_text(encoding="utf-8")
    for line in text.split("\n")[1:-1]:
        part, name, english, indonesian = line.split("\t")
        tables.setdefault(part, {})[name] = (english, indonesian)
    return tables


#: Parts: ``panel``, ``table``, ``pivot``, ``pictures``, ``live`` ones, ``notes`` of frames and pulls, ``filters`` and
#: ``columns`` by their API's names, ``owners`` of fields by how those begin, ``parts of names``, ``errors`` by their
#: class; of reports ``phrases``, ``meanings`` of definitions, what each ``says``, columns of ``reports``, ``codes of`` a
#: column, ``definitions`` and ``bases``.
TABLES = _read()
#: What columns are called: those of frames, and those of reports that frames do not call otherwise.
COLUMNS = TABLES["reports"] | TABLES["columns"]


def indonesian(part: str) -> dict[str, str]:
    """The Indonesian words of a part by their names.

    >>> indonesian("owners")["warehouse"]
    'gudang'
    """
    return {name: said for name, (_, said) in TABLES[part].items()}
