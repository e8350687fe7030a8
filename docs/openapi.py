"""The lists of an OpenAPI document, in the words of ``docs/specification.py``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from docs.schemas import merged

Schema = Any
Document = dict[str, Any]

#: Keys of a schema that hold several.
SEVERAL = ("allOf", "anyOf", "oneOf")
#: What says that a list has further pages.
MORE = re.compile(r"has_next|next\w*|after|cursor|last_\w+|count|page|offset|total\w*")
#: Keys of an envelope that say nothing of its rows.
ENVELOPE = ("data", "code", "status", "message", "success", "error", "errors")
#: References within one another beyond which objects are maps: rows as wide as what they lead to are of no use.
MOST_DEEP = 5
#: Types by what a value, as of ``const`` and ``enum``, is in Python.
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def lists_in(document: Document) -> list[Document]:
    """Every path that answers a ``GET`` with a list; one that cannot be read has a ``problem``.

    Args:
        document: an OpenAPI document, 3.0 or 3.1.
    """
    found: list[Document | None] = []
    for path, said in document["paths"].items():
        try:
            found.append(_list(document, path, _resolved(document, said)))
        except ValueError as error:
            found.append({"path": path, "problem": str(error)})
        except (AttributeError, KeyError, TypeError) as error:
            found.append({"path": path, "problem": f"is not as OpenAPI says it: {error}"})
    return [one for one in found if one]


def _list(document: Document, path: str, said: Document) -> Document | None:
    """One path as a list; ``None`` where it has no ``GET``, or that answers one record."""
    get = _resolved(document, said.get("get"))
    found = _rows(merged(typed(document, _answer(document, get)))) if get else None
    if found is None:
        return None
    kind, item, keys = found
    query, required = {}, []
    for one in _parameters(document, [*(said.get("parameters") or []), *(get.get("parameters") or [])]):
        if one.get("in") == "query" and isinstance(one.get("name"), str):
            schema = merged(typed(document, one.get("schema", {})))
            value = schema[0] if isinstance(schema, list) else schema
            query[one["name"]] = value if isinstance(value, str) else "string"
            required += [one["name"]] if one.get("required") else []
    path = re.sub(r"^(/[\w-]+)?/v\d[\d.]*(?=/)", "", path)
    return {"path": path, "kind": kind, "query": query, "required": required, "paging": keys, "item": item}


def _parameters(document: Document, given: Iterable[Document]) -> Iterator[Document]:
    """Parameters; of a reference that leads nowhere its text, as a filter that is none."""
    for one in given:
        try:
            yield _resolved(document, one)
        except ValueError:
            yield {"in": "query", "name": one["$ref"]}


def _answer(document: Document, get: Document) -> Schema:
    """The schema of the body of a good answer; ``{}`` where it is not said."""
    responses = get.get("responses", {})
    good = next((responses[status] for status in responses if re.fullmatch(r"2(\d\d|XX)", str(status))), None)
    content = _resolved(document, good or responses.get("default", {})).get("content", {})
    return next((one.get("schema", {}) for name, one in content.items() if "json" in name or name.endswith("/*")), {})


def _rows(body: Schema) -> tuple[str, Schema, list[str]] | None:
    """The kind of a list, what its rows are, and the keys beside them."""
    inner = body.get("data", body) if isinstance(body, dict) else body
    if isinstance(inner, list):
        keys = [key for key in body if key not in ENVELOPE] if isinstance(body, dict) else []
        return ("pages" if any(map(MORE.fullmatch, keys)) else "plain"), *inner, keys
    if isinstance(body, str) and body.startswith("$ref"):
        raise ValueError("answers with a schema that is not in this file")
    if not isinstance(inner, dict):
        return None
    if isinstance(inner.get("results"), list):
        return "pages", *inner["results"], [key for key in inner if key not in {"results", *ENVELOPE}]
    objects = any(isinstance(one, list) and isinstance(one[0], dict) for one in inner.values())
    if "has_next" in inner or (objects and any(map(MORE.fullmatch, inner))):
        raise ValueError("has pages, and its rows are neither in data nor in results")
    return None


def typed(document: Document, schema: Schema, within: Collection[str] = ()) -> Schema:
    """A schema as the type of a field, or the fields of an object; what holds itself, or leads too far, is a map.

    >>> typed({}, {"type": "object", "properties": {"id": {"type": ["integer", "null"]}, "at": {"format": "date"}}})
    {'id': 'integer', 'at': 'string:date'}
    """
    if isinstance(schema, dict) and "$ref" in schema and (schema["$ref"] in within or len(within) >= MOST_DEEP):
        return "map"
    beside = {key: schema[key] for key in ("properties", *SEVERAL) if key in schema} if isinstance(schema, dict) else {}
    if beside and "$ref" in schema:
        return typed(document, {"allOf": [{"$ref": schema["$ref"]}, beside]}, within)
    if isinstance(schema, dict) and "$ref" in schema:
        try:
            return typed(document, _resolved(document, schema), {*within, schema["$ref"]})
        except ValueError:
            return f"$ref {schema['$ref']}"  # no type that anyone knows
    if not isinstance(schema, dict):
        return "any"
    own = _own(document, schema, within)
    for key in (key for key in SEVERAL if schema.get(key)):
        parts = [typed(document, one, within) for one in schema[key]]
        own = parts[0] if len(parts) == 1 and own == "any" else {key: [*parts, *([own] if own != "any" else [])]}
    return own


def _own(document: Document, schema: Document, within: Collection[str]) -> Schema:
    """What a schema says itself, apart from the several that it may hold."""
    if isinstance(schema.get("properties"), dict):
        return {name: typed(document, one, within) for name, one in schema["properties"].items()} or "map"
    if "items" in schema or schema.get("type") == "array":
        return [typed(document, schema.get("items", {}), within)]
    given = schema.get("enum", [schema["const"]] if "const" in schema else [])
    said = schema.get("type") or sorted({TYPES.get(type(one), "any") for one in given}) or []
    types = said if isinstance(said, list) else [said]
    types = [one for one in types if one != "null"] or types[:1] or ["string" if "format" in schema else "any"]
    if types == ["string"] and given:
        return "enum:" + "|".join(str(one) for one in given if one is not None)
    if types == ["object"]:
        return "map"
    return "|".join(types) + (f":{schema['format']}" if "format" in schema and len(types) == 1 else "")


def _resolved(document: Document, node: Schema) -> Schema:
    """A node of the document in place of the reference to it.

    Raises:
        ValueError: it leads out of the document, or nowhere.
    """
    seen: list[str] = []
    while isinstance(node, dict) and "$ref" in node:
        name = node["$ref"]
        if name in seen or not str(name).startswith("#/"):
            raise ValueError(f"refers to {name}, which is not in this file")
        seen.append(name)
        node = document
        for step in name[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            node = node.get(key) if isinstance(node, dict) else None
        if node is None:
            raise ValueError(f"refers to {name}, which is not in this file")
    return node
