"""What the vendor's specifications say of each list, whichever form their files have.

A file is an OpenAPI document (``docs/openapi.py``), or says the same in short: a list of objects with ``path``,
``kind`` (``pages`` or ``plain``), ``query``, ``paging`` keys and the fields of an ``item`` with their types; or an
object that has such lists under ``paged`` and ``plain_lists``, in the place of their kinds.
"""

from __future__ import annotations

import json
import keyword
import re
from functools import reduce
from pathlib import Path
from typing import Any

from docs.openapi import lists_in
from scalev_frames.accessors import DEFAULTS

Item = Any
Row = dict[str, Any]

#: Every type; what stands behind its colon may be new.
TYPES = frozenset({"string", "integer", "number", "boolean", "map", "any", "object", "enum", "null"})
#: Keys that say which schema an object has, and are no fields of it.
SCHEMA = frozenset({"$ref", "allOf", "anyOf", "oneOf", "all_of", "any_of", "one_of"})
#: Those that hold several schemas.
SEVERAL = SCHEMA - {"$ref"}
#: What lists that take ``since`` and ``until`` are ordered by.
TIMES = {"timestamp", "created_at", "inserted_at"}
#: Arguments of every accessor that no filter can be called like.
RESERVED = frozenset({"self", "by", "details", "cancel"}) | (DEFAULTS.keys() - {"columns", "limit"})
#: A path of a list.
PATH = re.compile(r"(/[\w~-][\w.~-]*|/{\w+})+")
#: What may stand beside the rows of a page.
BESIDE = re.compile(
    "has_next|has_previous|is_paginated|page|page_size|count|next|next_cursor|previous_cursor|last_\\w+|code|status"
    "|breakdown_date|custom_breakdown_key|datetime_type|is_breakdown_status|params|tz"
)


def lists_of(file: Path) -> dict[str, Row]:
    """The lists of a specification by path.

    Raises:
        ValueError: it says what no row of the catalog can say: a path twice, or an unknown type, kind or paging key.
    """
    found: dict[str, Row] = {}
    try:
        lists = _lists(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{file.name}: {error}") from None
    for said in lists:
        path = said.get("path") or "a list without a path"
        try:
            one = _read(said)
            problem = _problem(one) or ("is there twice" if key_of(one["path"]) in found else "")
        except (AttributeError, KeyError, TypeError) as error:
            problem = f"is not as a list is said: {error}"
        if problem:
            raise ValueError(f"{file.name}: {path} {problem}")
        found[key_of(one["path"])] = one
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


def _read(said: Row) -> Row:
    """A list as it is said, without what may be missing."""
    one = {"path": "", "kind": "", "query": {}, "paging": [], "item": None, "required": []}
    return one | {key: _without_null(value) for key, value in said.items() if value is not None}


def _problem(one: Row) -> str:
    """What a list says that no row of the catalog can say; ``""`` where there is nothing."""
    taken = re.findall(r"{(\w+)}", one["path"])
    if not PATH.fullmatch(one["path"]) or len(taken) > len(set(taken)):
        return "is not a path of a list"
    if one["kind"] not in ("pages", "plain"):
        return f"is of the unknown kind {one['kind']}"
    if strange := [key for key in one["paging"] if not BESIDE.fullmatch(key)]:
        return f"is read on by {strange[0]}, which wire/paging.py does not know"
    for name in one["query"]:
        if not name.isidentifier() or keyword.iskeyword(name) or name in {*RESERVED, *taken}:
            return f"is asked with {name}, which no argument of an accessor can be called"
    if {"since", "until"} <= set(one["query"]) and isinstance(one["item"], dict) and not TIMES & one["item"].keys():
        return "is asked with since and until, and no column says of what"
    unknown = [kind for kind in (*_types(one["item"]), *one["query"].values()) if not _is_type(kind)]
    return f"has the unknown type {unknown[0]}" if unknown else ""


def _is_type(kind: Item) -> bool:
    if not isinstance(kind, str):
        return False
    return "enum:" in kind or {part.partition(":")[0] for part in kind.rstrip("?").split("|")} <= TYPES


def _types(item: Item) -> list[Item]:
    """The types in an item; a key that tells its schema is none, nor are several types in the place of one."""
    if isinstance(item, dict):
        return [*(SCHEMA & item.keys()), *(kind for one in item.values() for kind in _types(one))]
    if isinstance(item, list):
        return [kind for one in item for kind in _types(one)] if len(item) < 2 else [str(item)]
    return [] if item is None else [item]


def _without_null(item: Item) -> Item:
    """An item whose types do not say that a value may be missing: any value may."""
    if isinstance(item, dict) and (key := next(iter(sorted(SEVERAL & item.keys())), "")):
        return _together(item, key)
    if isinstance(item, dict):
        return {name: "any" if one is None else _without_null(one) for name, one in item.items()}
    if isinstance(item, list):
        left = [_without_null(one) for one in item if one != "null"]
        return left[0] if len(left) == 1 < len(item) and isinstance(left[0], str) else left
    if isinstance(item, str) and "|" in item:
        start = "enum:" if item.startswith("enum:") else ""
        return start + "|".join(one for one in item.removeprefix(start).split("|") if one.rstrip("?") != "null")
    return item


def _together(item: dict[str, Item], key: str) -> Item:
    """An item that is several: the fields of all, or the types that a value may have; others stay, to be refused."""
    own = {name: one for name, one in item.items() if name != key}
    parts = [_without_null(one) for one in [*item[key], *([own] if own else [])] if one not in ("null", None)]
    if parts and all(isinstance(one, dict) and not SCHEMA & one.keys() for one in parts):
        return reduce(joined, parts)
    if own or "all" in key or any(not isinstance(one, str) for one in parts):
        return item
    enums = [one.removeprefix("enum:").rstrip("?") for one in parts if one.startswith("enum:")]
    start = "enum:" if len(enums) == len(parts) else ""
    return start + "|".join(dict.fromkeys(enums if start else parts)) if start or not enums else "string"


def joined(one: Item, other: Item) -> Item:
    """What both versions say of an item: the first one's fields, then those that only the second has."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: joined(one[name], other[name]) if {name} <= {*one} & {*other} else one.get(name, other.get(name))
                for name in [*one, *(name for name in other if name not in one)]}  # fmt: skip
    if isinstance(other, str) and other.startswith("enum:") and isinstance(one, str) and one.startswith("string"):
        return other
    return one if one not in ("any", "map", None) else other


def key_of(path: str) -> str:
    """A path whatever its parameters are called."""
    return re.sub(r"{\w+}", "{}", path)
