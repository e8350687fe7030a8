"""What several schemas are together, in the words of ``docs/specification.py``."""

from __future__ import annotations

from functools import reduce
from typing import Any

Item = Any

#: Keys that say which schema an object has, and are no fields of it.
SCHEMA = frozenset({"$ref", "allOf", "anyOf", "oneOf", "all_of", "any_of", "one_of"})
#: Those that hold several schemas.
SEVERAL = SCHEMA - {"$ref"}


def merged(item: Item) -> Item:
    """An item in which several schemas are one, and no type says that a value may be missing: any value may."""
    if isinstance(item, dict) and (key := next(iter(sorted(SEVERAL & item.keys())), "")):
        return _together(item, key)
    if isinstance(item, dict):
        return {name: "any" if one is None else merged(one) for name, one in item.items()}
    if isinstance(item, list):
        left = [merged(one) for one in item if one != "null"]
        return left[0] if len(left) == 1 < len(item) and isinstance(left[0], str) else left
    if isinstance(item, str) and "|" in item:
        start = "enum:" if item.startswith("enum:") else ""
        return start + "|".join(one for one in item.removeprefix(start).split("|") if one.rstrip("?") != "null")
    return item


def _together(item: dict[str, Item], key: str) -> Item:
    """An item that is several: the fields of all, or the types that a value may have; others stay, to be refused."""
    own = {name: one for name, one in item.items() if name != key}
    parts = [merged(one) for one in [*item[key], *([own] if own else [])] if one not in ("null", None)]
    if any(isinstance(one, dict) for one in parts):
        parts = [one for one in parts if one not in ("map", "any", "object")]
    if len(parts) == 1:
        return parts[0]
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
    if isinstance(other, str) and other.startswith("enum:") and isinstance(one, str):
        if one.startswith("enum:"):
            return "|".join(dict.fromkeys([*one.split("|"), *other.removeprefix("enum:").split("|")]))
        if one.startswith("string"):
            return other
    return one if one not in ("any", "map", None) else other
