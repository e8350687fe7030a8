"""Rows of the catalog from the vendor's two specifications: every list that nobody wrote a row for by hand.

``data/spec/v2.json`` and ``v3.json`` hold what the specifications say of each list: path, query, paging keys, fields
with their types. ``names.txt`` holds what a person must choose: name, group, English sentence and Indonesian name. Run
by ``make generate``; a test fails when ``scalev_frames/catalog/unproven.json`` is not what this would write.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from scalev_frames.accessors import DEFAULTS
from scalev_frames.account.business import Business
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.catalog.kinds import kind_by_name
from scalev_frames.catalog.model import GROUPS
from scalev_frames.catalog.secret import is_secret

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "data" / "spec"
WRITTEN = ROOT / "scalev_frames" / "catalog" / "unproven.json"
Item = Any
Row = dict[str, Any]

#: The shape of records of which the specifications say nothing.
UNKNOWN = "unknown_record"
#: Query parameters that are no filters: they are how lists are read on, or have an argument of their own.
NO_FILTERS = frozenset(
    "page page_size last_id next next_cursor previous_cursor columns limit since until base_url".split()  # noqa: SIM905
)
#: Whose ids a path parameter takes; what is not here must be given.
PARENTS = {
    "store_id": ("stores_simplified", "id"),
    "product_id": ("products_simplified", "id"),
    "variant_id": ("products_simplified", "variants.id"),
    "page_id": ("pages", "id"),
    "warehouse_id": ("warehouses", "id"),
    "customer_id": ("customers", "id"),
    "partner_id": ("my_partners", "id"),
    "email_broadcast_id": ("email_broadcasts", "id"),
    "mailketing_integration_id": ("mailketing_integrations", "id"),
    "event_id": ("business_events", "unique_id"),
}
#: Filters without which a list answers nothing.
REQUIRED = {"store_product_knowledge_search": ["query"], "storefront_variant_prices": ["ids"]}
#: Kinds by type; the field's name tells what is not here.
BY_TYPE = {
    "boolean": "flag",
    "string:date-time": "time",
    "string:datetime": "time",
    "string:date": "date",
    "string:uri": "url",
    "string:time": "text",
    "map": "map",
    "any": "map",
    "object": "map",
}
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
#: Amounts, days and moments by name, where the rules for hand-kept rows do not know them.
MORE_NAMES = (
    (re.compile(r"(^|_)(balance(_before|_after)?|amount_(due|paid|spent)|spend_cap|vat|tax|tax_base)$"), "money"),
    (re.compile(r"(^|_)order_value$"), "money"),
    (re.compile(r"(^|_)date(_of_birth)?$"), "date"),
    (re.compile(r"period_(start|end)$"), "time"),
    (re.compile(r"_(status|type)$"), "text"),
)
#: Whole numbers that name a record, though their names do not end in ``_id``.
RECORDS = frozenset({"business", "location", "pricing_plan", "warehouse"})
NUMBERS = frozenset({"integer", "number", "number:float", "number:decimal", "string:decimal"})


def kind_of(name: str, kind: str) -> str:
    """The kind of a field by its type and its name.

    >>> kind_of("amount", "string"), kind_of("id", "integer|string"), kind_of("is_draft", "boolean")
    ('money', 'id', 'flag')
    """
    kind = kind.rstrip("?")
    if kind not in BY_TYPE and kind not in NUMBERS and not kind.startswith("enum:") and "|" not in kind:
        kind = kind if kind == "string:uuid" else kind.partition(":")[0]  # a new format of a known type
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    named = next((said for pattern, said in MORE_NAMES if pattern.search(name)), kind_by_name(name))
    if kind == "string:uuid":
        return named if named == "id" else "code"
    if kind == "integer" and name in RECORDS:
        return "id"
    if kind in NUMBERS:
        if named in ("money", "number", "grams", "id"):
            return named
        return {"integer": "count", "string:decimal": "money", "number:decimal": "money"}.get(kind, "number")
    return named


def shape_of(name: str, item: Mapping[str, Item], shapes: dict[str, str]) -> str:
    """The name of the shape of ``item``, which is added to ``shapes`` with those of its objects."""
    words = []
    for field, kind in item.items():
        if is_secret(field) or not re.fullmatch(r"\w+", field):
            continue
        words.append(field if (said := _kind(f"{name}_{field}", field, kind, shapes)) == "text" else f"{field}:{said}")
    notation = " ".join(words)
    same = next((known for known, other in shapes.items() if other == notation), "")
    if same:
        return same
    shapes[f"u_{name}"] = notation
    return f"u_{name}"


def _kind(name: str, field: str, kind: Item, shapes: dict[str, str]) -> str:
    if isinstance(kind, list):
        items = kind[0] if kind else None
        return f"list[{shape_of(name, items, shapes)}]" if isinstance(items, dict) and items else "list"
    if isinstance(kind, dict):
        return shape_of(name, kind, shapes) if kind else "map"
    return kind_of(field, kind)


def joined(one: Item, other: Item) -> Item:
    """What both versions say of an item: the first one's fields, then those that only the second has."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: joined(one[name], other[name]) if {name} <= {*one} & {*other} else one.get(name, other.get(name))
                for name in [*one, *(name for name in other if name not in one)]}  # fmt: skip
    if isinstance(other, str) and other.startswith("enum:") and isinstance(one, str) and one.startswith("string"):
        return other
    return one if one not in ("any", "map", None) else other


def filters_of(query: Mapping[str, str], item: Item) -> tuple[str, dict[str, list[str]]]:
    """The filters of a list in the catalog's notation, and its date bases."""
    words, bases = [], {}
    for name, kind in query.items():
        if name in NO_FILTERS:
            continue
        said = _filter_kind(name, kind, item.get(name, "") if isinstance(item, dict) else "")
        mirror = f"@{name}" if isinstance(item, dict) and isinstance(item.get(name), str) and "|" not in name else ""
        words.append(name + (f":{said}" if said != "text" else "") + mirror)
    for name in query:
        word = name.removesuffix("_since")
        if name.endswith("_since") and f"{word}_until" in query and isinstance(item, dict) and word in item:
            bases[re.sub(r"_(at|time)$", "", word)] = [word, name, f"{word}_until"]
    if {"since", "until"} <= set(query) and isinstance(item, dict):
        column = next(one for one in item if one in TIMES)
        bases["created"] = [column, "since", "until"]
    return " ".join(words), bases


def _filter_kind(name: str, kind: str, field: Item = "") -> str:
    """The kind or the values of a filter; where its own type names none, those of the field that it looks at."""
    known = next((one for one in (kind, field) if isinstance(one, str) and one.startswith("enum:")), "")
    values = known.removeprefix("enum:").rstrip("?").split("|")
    if set(values) == {"true", "false"}:
        return "flag"
    if len(values) > 1 and all(re.fullmatch(r"[\w.-]+", value) for value in values):
        return "|".join(values)
    said = kind_of(name, kind)
    return said if said in ("id", "flag", "time", "count", "code") else "text"


def row_of(choice: list[str], specs: Mapping[str, Mapping[str, Row]], shapes: dict[str, str]) -> Row:
    """One row of the catalog."""
    paths, name, group, summary, label_id = choice
    path, _, path3 = (one.strip() for one in paths.partition("="))
    found = {
        version: lists[key]
        for version, lists in specs.items()
        if (key := _key(path3 or path if version == "v3" else path)) in lists
    }
    if not found:
        raise ValueError(f"names.txt: {path} is in no specification")
    first = found.get("v2") or found["v3"]
    item = joined(first["item"], found["v3"]["item"]) if len(found) == 2 else first["item"]
    query: dict[str, str] = {}
    for one in found.values():
        query |= {key: kind for key, kind in one["query"].items() if not query.get(key, "").startswith("enum:")}
    filters, bases = filters_of(query, item)
    keys = [
        one
        for one in first["paging"]
        if one not in ("code", "status", "is_paginated", "has_previous", "previous_cursor")
    ]
    paging = _paging(first["kind"], keys)
    is_record = isinstance(item, dict)
    parents = [[one, *PARENTS[one]] for one in re.findall(r"{(\w+)}", path) if one in PARENTS and group != "storefront"]
    resource = re.sub(r"^(businesses|developer)/", "", path.strip("/")).split("/")[0].replace("-", "_")
    singular = re.sub(r"ies$", "y", resource).removesuffix("s")
    made: Row = {
        "name": name, "path": path, "shape": shape_of(name, item, shapes) if is_record else "",
        "summary": summary, "group": group, "label_id": label_id, "versions": list(found), "paging": paging,
        "scope": f"{singular}:list {singular}:read",
    }  # fmt: skip
    if not is_record and paging != "plain":
        made["shape"] = UNKNOWN
    elif not is_record:
        made["value_column"] = "name" if str(item).startswith(("string", "enum")) else "value"
    if not is_record or "id" not in item:
        made["key"] = []
    if first is found.get("v2") and paging in ("cursor", "page"):
        made["envelope"] = keys
    if paging == "plain" and first["kind"] == "pages":
        made["rows_at"] = "results"
    optional = {
        "v3_path": path3,
        "filters": filters,
        "bases": bases,
        "parents": parents,
        "required": REQUIRED.get(name),
    }
    return made | {key: value for key, value in optional.items() if value}


def _paging(kind: str, keys: list[str]) -> str:
    if kind == "plain" or not keys:
        return "plain"
    return "page" if {"count", "page"} & set(keys) else "cursor"


def _key(path: str) -> str:
    """A path whatever its parameters are called."""
    return re.sub(r"{\w+}", "{}", path)


def lists_of(version: str) -> dict[str, Row]:
    """The lists of a specification by path.

    Raises:
        ValueError: it says what no row of the catalog can say: a path twice, or an unknown type, kind or paging key.
    """
    found: dict[str, Row] = {}
    lists = json.loads((SPEC / f"{version}.json").read_text(encoding="utf-8"))
    if not isinstance(lists, list) or any(not isinstance(one, dict) for one in lists):
        raise ValueError(f"{version}.json is not a list of objects with path, kind, query, paging and item")
    for said in lists:
        one = {"path": "", "kind": "", "query": {}, "paging": [], "item": None}
        one |= {key: _without_null(value) for key, value in said.items() if value is not None}
        if problem := _problem(one) or ("is there twice" if _key(one["path"]) in found else ""):
            raise ValueError(f"{version}.json: {one['path'] or 'a list without a path'} {problem}")
        found[_key(one["path"])] = one
    return found


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
    unknown = [kind for kind in (*_types(one["item"]), *_types(one["query"])) if not _is_type(kind)]
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


def check_names(specs: Mapping[str, Mapping[str, Row]]) -> None:
    """Make sure that every list has a row.

    Raises:
        ValueError: one has neither a line in ``names.txt`` nor a row that was written by hand.
    """
    named = {_key(one.strip()) for paths, *_ in choices() for one in paths.split("=")} | by_hand().keys()
    for version, lists in specs.items():
        for key, one in lists.items():
            if key not in named:
                raise ValueError(f"{version}.json: {one['path']} has no line in names.txt")


def by_hand() -> dict[str, str]:
    """The names of the rows that were written by hand, by each of their paths."""
    found = {}
    for row in ENDPOINTS.values():
        if not row.is_unproven:
            renamed = row.alias[1] + row.path.removeprefix(row.alias[0]) if row.alias else row.path
            found |= {_key(path): row.name for path in (row.path, row.path_in("v3"), renamed)}
    return found


def choices() -> list[list[str]]:
    """The lines of ``names.txt``; one may stay when its row is written by hand, which then wins.

    Raises:
        ValueError: one lacks a part, or its name or group is none.
    """
    lines = (SPEC / "names.txt").read_text(encoding="utf-8").splitlines()
    found = [[one.strip() for one in line.split("|")] for line in lines if line and not line.startswith("#")]
    written = by_hand()
    names = {name for name in dir(Business) if name not in ENDPOINTS}
    for parts in found:
        if len(parts) != 5 or parts[2] not in GROUPS:
            raise ValueError(f"names.txt: {' | '.join(parts)} is not path | name | group | English | Indonesian")
        own = {written.get(_key(one.strip())) for one in parts[0].split("=")}
        taken = names | set(written.values()) - own
        if not re.fullmatch(r"[a-z]\w*", parts[1]) or keyword.iskeyword(parts[1]) or parts[1] in taken:
            raise ValueError(f"names.txt: {parts[0]} cannot be called {parts[1]}, or another list is")
        names.add(parts[1])
    return found


def unproven() -> str:
    """What stands in scalev_frames/catalog/unproven.json."""
    specs = {version: lists_of(version) for version in ("v2", "v3")}
    check_names(specs)
    shapes = {UNKNOWN: "id:id"}
    rows = [row_of(choice, specs, shapes) for choice in choices()]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    told = [f"{json.dumps(name)}: {json.dumps(notation)}" for name, notation in shapes.items()]
    return '{"endpoints": [\n' + ",\n".join(lines) + '\n],\n"shapes": {\n' + ",\n".join(told) + "\n}}\n"


if __name__ == "__main__":
    WRITTEN.write_text(unproven(), encoding="utf-8", newline="\n")
