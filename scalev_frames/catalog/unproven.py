"""The rows that `docs/rows.py` generates from the vendor's specifications, beside those written by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scalev_frames.catalog.model import Basis, Endpoint, Parent
from scalev_frames.catalog.shapes import SHAPES

FILE = Path(__file__).with_name("unproven.json")


def unproven_rows(rows: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """The generated rows whose names and paths no row written by hand has; their shapes are added to `SHAPES`."""
    by_hand = list(rows)
    names = {row.name for row in by_hand}
    paths = {_bare(row.path_in(version)) for row in by_hand for version in row.versions}
    read = json.loads(FILE.read_text(encoding="utf-8"))
    for name, notation in read["shapes"].items():
        SHAPES.setdefault(name, notation)
    for facts in read["endpoints"]:
        if facts["name"] not in names and _bare(facts["path"]) not in paths:
            yield _endpoint(facts)


def _endpoint(facts: dict[str, Any]) -> Endpoint:
    bases = {word: Basis(*basis) for word, basis in facts.pop("bases", {}).items()}
    parents = tuple(Parent(*parent) for parent in facts.pop("parents", []))
    lists = {name: tuple(value) for name, value in facts.items() if isinstance(value, list)}
    return Endpoint(**{**facts, **lists, "bases": bases, "parents": parents, "is_unproven": True})


def _bare(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"{\w+}", "{}", path)
