"""What the vendor's specifications say of each list, whichever form their files have.

A file is an OpenAPI document (``docs/openapi.py``), or says the same in short: a list of objects with ``path``,
``kind`` (``pages`` or ``plain``), ``query``, ``paging`` keys and the fields of an ``item`` with their types; or an
object that has such lists under ``paged`` and ``plain_lists``, in the place of their kinds.
"""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path
from typing import Any, NamedTuple

from docs.openapi import lists_in
from docs.schemas import SCHEMA, Item, merged
from scalev_frames.accessors import DEFAULTS

Row = dict[str, Any]

#: Every type; what stands behind its colon may be new.
TYPES = frozenset({"string", "integer", "number", "boolean", "map", "any", "object", "enum", "null"})
#: What lists that take ``since`` and ``until`` are ordered by.
TIMES = {"timestamp", "created_at", "inserted_at"}
#: Arguments of every accessor that no filter can be called like.
RESERVED = frozenset({"self", "by", "details", "cancel"}) | (DEFAULTS.keys() - {"columns", "limit"})
#: The same for parameters of a path.
TAKEN = RESERVED | DEFAULTS.keys() | {"since", "until"}
#: A path of a list.
PATH = re.compile(r"(/[\w~-][\w.~-]*|/{\w+})+")
#: What may stand beside the rows of a page.
BESIDE = re.compile(
    "has_next|has_previous|is_paginated|page|page_size|count|next|next_cursor|previous_cursor|last_\\w+|code|status"
    "|breakdown_date|custom_breakdown_key|datetime_type|is_breakdown_status|params|tz"
)


class Specification(NamedTuple):
    """What a file says.

    Attributes:
        lists: its lists by path.
        notes: of each list of which something could not be read, what that is, in a sentence.
    """

    lists: dict[str, Row]
    notes: list[str]


def read_specification(file: Path) -> Specification:
    """The lists of a specification; of what no row of the catalog can say a note is made.

    Raises:
        ValueError: the file is no specification.
    """
    found = Specification({}, [])
    try:
        lists = _lists(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{file.name}: {error}") from None
    for said in lists:
        path = said.get("path") or "a list without a path"
        try:
            one, left_out = _read(said)
            problem = _problem(one) or ("is there twice" if key_of(one["path"]) in found.lists else "")
        except (AttributeError, KeyError, TypeError) as error:
            problem = f"is not as a list is said: {error}"
        if problem:
            found.notes.append(f"{file.name}: {path} is left out: it {problem}.")
            continue
        found.lists[key_of(one["path"])] = one
        if left_out:
            found.notes.append(f"{file.name}: {path} is there without {'; without '.join(left_out)}.")
    return found


def _lists(read: Any) -> list[Row]:  # noqa: ANN401 - any JSON value
    """The lists of a file, in whichever form it has them."""
    if isinstance(read, dict) and "openapi" in read and isinstance(read.get("paths"), dict):
        return lists_in(read)
    kinds = {"paged": "pages", "plain_lists": "plain"}
    if isinstance(read, dict) and "paged" in read and all(isinstance(read.get(name, []), list) for name in kinds):
        listed = [(one, kind) for name, kind in kinds.items() for one in read.get(name, [])]
        read = [{**one, "kind": kind} if isinstance(one, dict) else one for one, kind in listed]
    if not isinstance(read, list) or any(not isinstance(one, dict) for one in read):
        raise ValueError("it is no OpenAPI document, nor a list of objects with path, kind, query, paging and item")
    return read


def _read(said: Row) -> tuple[Row, list[str]]:
    """A list as it is said, without what may be missing; and what of it is left out, since nobody knows it."""
    one = {"path": "", "kind": "", "query": {}, "paging": [], "item": None, "required": [], "problem": ""}
    one |= {key: merged(value) for key, value in said.items() if value is not None}
    one["path"] = with_arguments(one["path"])
    asked, item = one["query"], one["item"]
    keys = [key for key in one["paging"] if not BESIDE.fullmatch(key)]
    if keys:
        one["paging"] = [key for key in one["paging"] if key not in keys] or ["has_next"] * (one["kind"] == "pages")
    names = {name for name in asked if _is_argument(name, one["path"])}
    if {"since", "until"} <= names and isinstance(item, dict) and not TIMES & item.keys():
        names -= {"since", "until"}
    one["query"] = {name: kind if _is_type(kind) else "string" for name, kind in asked.items() if name in names}
    odd: list[str] = []
    one["item"] = item if item is None else _known(item, odd)
    left_out = {
        "the filters {}": [name for name in asked if name not in names],
        "the types of {}": odd,
        "{}, by which its pages are read, so more than one is an error": keys,
    }
    return one, [words.format(", ".join(names)) for words, names in left_out.items() if names]


def with_arguments(path: str) -> str:
    """A path whose parameters are arguments that an accessor can have; the server does not see what they are called.

    >>> with_arguments("/stores/{store-id}/{class}/{limit}/{id}")
    '/stores/{store_id}/{class_}/{limit_}/{id}'
    """

    def renamed(found: re.Match[str]) -> str:
        name = re.sub(r"\W", "_", found[1])
        return f"{{{name}_}}" if keyword.iskeyword(name) or name in TAKEN else f"{{{name}}}"

    return re.sub("{([^{}/]+)}", renamed, path)


def _is_argument(name: str, path: str) -> bool:
    """Whether an argument of the accessor of ``path`` can be called so."""
    taken = {*RESERVED, *re.findall(r"{(\w+)}", path)}
    return name.isidentifier() and not keyword.iskeyword(name) and name not in taken


def _problem(one: Row) -> str:
    """Why a list can be no row of the catalog; ``""`` where it can."""
    taken = re.findall(r"{(\w+)}", one["path"])
    if one["problem"]:
        return str(one["problem"])
    if not PATH.fullmatch(one["path"]) or len(taken) > len(set(taken)) or not all(map(str.isidentifier, taken)):
        return "is not a path of a list"
    return "" if one["kind"] in ("pages", "plain") else f"is of the unknown kind {one['kind']}"


def _is_type(kind: Item) -> bool:
    if not isinstance(kind, str):
        return False
    return "enum:" in kind or {part.partition(":")[0] for part in kind.rstrip("?").split("|")} <= TYPES


def _known(item: Item, odd: list[str], name: str = "its rows") -> Item:
    """An item with ``any`` in the place of each type that is unknown; the name of its field is added to ``odd``."""
    if isinstance(item, dict) and not SCHEMA & item.keys():
        return {field: _known(one, odd, field) for field, one in item.items()}
    if isinstance(item, list) and len(item) < 2:
        return [_known(one, odd, name) for one in item]
    if _is_type(item):
        return item
    odd.append(name)
    return "any"


def key_of(path: str) -> str:
    """A path whatever its parameters are called."""
    return re.sub("{[^{}/]+}", "{}", path)
