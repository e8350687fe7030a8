"""Rows of the catalog from the vendor's two specifications: every list that nobody wrote a row for by hand.

``data/spec/v2.json`` and ``v3.json`` are the specifications, in any form that ``docs/specification.py`` reads.
``names.txt`` holds what a person must choose: name, group, English sentence and Indonesian name. Run by ``make
generate``; a test fails when ``scalev_frames/catalog/unproven.json`` is not what this would write.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from docs.schemas import Item, joined
from docs.specification import TIMES, Row, key_of, read_specification, with_arguments
from scalev_frames.account.business import Business
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.catalog.kinds import kind_by_name
from scalev_frames.catalog.model import GROUPS
from scalev_frames.catalog.secret import is_secret

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "data" / "spec"
WRITTEN = ROOT / "scalev_frames" / "catalog" / "unproven.json"

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

    >>> kind_of("amount", "string"), kind_of("id", "integer|string"), kind_of("visits", "string:int64")
    ('money', 'id', 'count')
    """
    kind = re.sub(r"^string:(int(eger)?(32|64)?)$", "integer", kind.rstrip("?"))
    kind = re.sub(r"^string:(number|float|double)$", "number", kind)
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
    times = [one for one in item if one in TIMES] if isinstance(item, dict) else []
    if {"since", "until"} <= set(query) and times:
        bases["created"] = [times[0], "since", "until"]
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


def row_of(
    choice: list[str], specs: Mapping[str, Mapping[str, Row]], shapes: dict[str, str], names: Collection[str]
) -> Row:
    """One row of the catalog, which may take ids of those with ``names``."""
    paths, name, group, summary, label_id = choice
    path, _, path3 = (with_arguments(one.strip()) for one in paths.partition("="))
    found = {
        version: lists[key]
        for version, lists in specs.items()
        if (key := key_of(path3 or path if version == "v3" else path)) in lists
    }
    first = found.get("v2") or found["v3"]
    item = joined(first["item"], found["v3"]["item"]) if len(found) == 2 else first["item"]
    query: dict[str, str] = {}
    for one in found.values():
        query |= {key: kind for key, kind in one["query"].items() if not query.get(key, "").startswith("enum:")}
    needed = {name for one in found.values() for name in one["required"]}
    filters, bases = filters_of(query, item)
    keys = [
        one
        for one in first["paging"]
        if one not in ("code", "status", "is_paginated", "has_previous", "previous_cursor")
    ]
    paging = _paging(first["kind"], keys)
    is_record = isinstance(item, dict)
    parents = [
        [one, *PARENTS[one]]
        for one in re.findall(r"{(\w+)}", path)
        if one in PARENTS and PARENTS[one][0] in names and group != "storefront"
    ]
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
        "required": REQUIRED.get(name) or [one for one in query if one in needed and one not in NO_FILTERS],
    }
    return made | {key: value for key, value in optional.items() if value}


def _paging(kind: str, keys: list[str]) -> str:
    if kind == "plain" or not keys:
        return "plain"
    return "page" if {"count", "page"} & set(keys) else "cursor"


def about_names(specs: Mapping[str, Mapping[str, Row]]) -> list[str]:
    """A sentence on each list that has no line in ``names.txt``, nor a row by hand, and each line that has no list."""
    named = {key_of(one.strip()) for paths, *_ in choices() for one in paths.split("=")} | by_hand().keys()
    listed = {key: one["path"] for lists in specs.values() for key, one in lists.items()}
    nameless = [f"names.txt has no line for {path}." for key, path in listed.items() if key not in named]
    gone = [f"names.txt: {choice[0]} is in no specification." for choice in choices() if not _is_in(choice, listed)]
    return nameless + gone


def _is_in(choice: list[str], listed: Collection[str]) -> bool:
    return any(key_of(one.strip()) in listed for one in choice[0].split("="))


def by_hand() -> dict[str, str]:
    """The names of the rows that were written by hand, by each of their paths."""
    found = {}
    for row in ENDPOINTS.values():
        if not row.is_unproven:
            found |= {key_of(path): row.name for path in (row.path, row.path_in("v3"), row.renamed)}
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
        own = {written.get(key_of(one.strip())) for one in parts[0].split("=")}
        taken = names | set(written.values()) - own
        if not re.fullmatch(r"[a-z]\w*", parts[1]) or keyword.iskeyword(parts[1]) or parts[1] in taken:
            raise ValueError(f"names.txt: {parts[0]} cannot be called {parts[1]}, or another list is")
        names.add(parts[1])
    return found


def unproven() -> tuple[str, list[str]]:
    """What stands in scalev_frames/catalog/unproven.json, and a sentence on each list that is not so there."""
    read = {version: read_specification(SPEC / f"{version}.json") for version in ("v2", "v3")}
    specs = {version: one.lists for version, one in read.items()}
    listed = {key for lists in specs.values() for key in lists}
    chosen = [choice for choice in choices() if _is_in(choice, listed)]
    shapes = {UNKNOWN: "id:id"}
    names = {*by_hand().values(), *(choice[1] for choice in chosen)}
    rows = [row_of(choice, specs, shapes, names) for choice in chosen]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    told = [f"{json.dumps(name)}: {json.dumps(notation)}" for name, notation in shapes.items()]
    text = '{"endpoints": [\n' + ",\n".join(lines) + '\n],\n"shapes": {\n' + ",\n".join(told) + "\n}}\n"
    return text, [note for one in read.values() for note in one.notes] + about_names(specs)


def main() -> None:
    """Write the rows, and say what is not among them."""
    try:
        text, notes = unproven()
    except ValueError as error:
        raise SystemExit(str(error)) from None
    WRITTEN.write_text(text, encoding="utf-8", newline="\n")
    for note in notes:
        print(note, file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
