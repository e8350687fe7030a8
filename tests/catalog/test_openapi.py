"""A specification may be an OpenAPI document, as the vendor publishes it: it gives the rows that it gives in short."""

from __future__ import annotations

import json
import re

import pytest

from docs import openapi, rows
from docs.specification import read_specification

KEYS = {"has_next": {"type": "boolean"}, "page_size": {"type": "integer"}, "last_id": {"type": "integer"}}


def schema(said, *, newer):
    """What is said in short of a field, as OpenAPI 3.0 says it, or 3.1."""
    if isinstance(said, dict):
        return {"type": "object", "properties": {name: schema(one, newer=newer) for name, one in said.items()}}
    if isinstance(said, list):
        return {"type": "array", "items": schema(said[0], newer=newer)} if said else {"type": "array"}
    kind, may_miss = said.rstrip("?"), said.endswith("?")
    if kind in ("any", "map"):
        return {"type": "object", "additionalProperties": True} if kind == "map" else {}
    if "|" in kind and not kind.startswith("enum:"):
        return {"anyOf": [schema(one, newer=newer) for one in kind.split("|")]}
    if kind.startswith("enum:"):
        made = {"type": "string", "enum": kind.removeprefix("enum:").split("|")}
    else:
        word, _, form = kind.partition(":")
        made = {"type": word} | ({"format": form} if form else {})
    if may_miss and newer:
        return {**made, "type": [made["type"], "null"]}
    return {**made, "nullable": True} if may_miss else made


def answer(one, version, item):
    """The schema of the body that one list answers with."""
    keys = {key: KEYS.get(key, {"type": "string"}) for key in one["paging"]}
    many = {"type": "array", "items": item}
    if version == "v2":
        data = {"type": "object", "properties": {"results": many, **keys}} if one["kind"] == "pages" else many
        return {
            "type": "object",
            "properties": {"code": {"type": "integer"}, "status": {"type": "string"}, "data": data},
        }
    return {"type": "object", "properties": {"data": many, **keys}}


def document(lists, version, *, newer=False, by_reference=False):
    """An OpenAPI document of lists, with each schema, parameter and answer in its place or referred to."""
    components = {"schemas": {}, "parameters": {}, "responses": {}}

    def placed(kind, name, said):
        if not by_reference:
            return said
        components[kind][name] = said
        return {"$ref": f"#/components/{kind}/{name.replace('~', '~0').replace('/', '~1')}"}

    paths = {}
    for one in lists:
        path = one["path"]
        item = placed("schemas", path, schema(one["item"], newer=newer))
        asked = [placed("parameters", f"{path} {name}", {"name": name, "in": "query", "schema": schema(kind, newer=newer)})
                 for name, kind in one["query"].items()]  # fmt: skip
        taken = [{"name": name, "in": "path", "required": True} for name in re.findall(r"{(\w+)}", path)]
        good = {"description": "", "content": {"application/json": {"schema": answer(one, version, item)}}}
        paths[path] = {
            "parameters": taken,
            "get": {"parameters": asked, "responses": {"200": placed("responses", path, good)}},
            "post": {"responses": {"200": {"description": "A list of what was made."}}},
        }
    return {"openapi": "3.1.0" if newer else "3.0.3", "paths": paths, "components": components}


@pytest.fixture
def spec(monkeypatch, tmp_path):
    (tmp_path / "names.txt").write_text((rows.SPEC / "names.txt").read_text())
    for version in ("v2", "v3"):
        (tmp_path / f"{version}.json").write_text((rows.SPEC / f"{version}.json").read_text())
    monkeypatch.setattr(rows, "SPEC", tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("by_reference", [False, True])
@pytest.mark.parametrize("newer", [False, True])
def test_an_openapi_document_gives_the_same_rows(spec, newer, by_reference):
    for version in ("v2", "v3"):
        file = spec / f"{version}.json"
        made = document(json.loads(file.read_text()), version, newer=newer, by_reference=by_reference)
        file.write_text(json.dumps(made))
    assert rows.unproven() == (rows.WRITTEN.read_text(encoding="utf-8"), [])


@pytest.mark.slow
def test_lists_may_stand_under_their_kinds(spec):
    for version in ("v2", "v3"):
        file = spec / f"{version}.json"
        lists = json.loads(file.read_text())
        kinds = {"paged": "pages", "plain_lists": "plain"}
        file.write_text(
            json.dumps({name: [one for one in lists if one["kind"] == kind] for name, kind in kinds.items()})
        )
    assert rows.unproven() == (rows.WRITTEN.read_text(encoding="utf-8"), [])


def one_list(item, **more):
    """What is read of a document with one list of such items."""
    body = {"type": "object", "properties": {"data": {"type": "array", "items": item}, "has_next": {"type": "boolean"}}}
    good = {"200": {"content": {"application/json": {"schema": body}}}}
    return openapi.lists_in({"openapi": "3.1.0", "paths": {"/v3/novelties": {"get": {"responses": good, **more}}}})[0]


@pytest.mark.parametrize(("said", "kind"), [
    ({"type": ["string", "null"], "format": "date-time"}, "string:date-time"), ({"const": 5}, "integer"),
    ({"enum": ["a", "b", None]}, "enum:a|b"), ({"enum": [1, 2], "type": "integer"}, "integer"), ({}, "any"), (True, "any"),
    ({"type": ["integer", "string"]}, "integer|string"), ({"type": "object"}, "map"), ({"type": "null"}, "null"),
    ({"allOf": [{"type": "object", "properties": {"id": {"type": "integer"}}}], "nullable": True}, {"id": "integer"}),
    ({"oneOf": [{"type": "null"}, {"type": "object", "properties": {"a": {"type": "string"}}}]}, {"a": "string"}),
    ({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}, [["number"]]),
], ids=str)  # fmt: skip
def test_a_schema_is_a_type_or_fields(said, kind):
    assert one_list({"type": "object", "properties": {"field": said}})["item"] == {"field": kind}


PAGE = {"properties": {"data": {"type": "array", "items": {"properties": {"id": {"type": "integer"}}}}}}
MORE = {"properties": {"next_cursor": {"type": "string"}, "data": {}}}


@pytest.mark.parametrize("body", [
    {"allOf": [MORE, PAGE]}, {**MORE, "allOf": [PAGE]}, {"anyOf": [{"allOf": [MORE, PAGE]}, {"type": "null"}]},
    {"properties": {"data": {"anyOf": [PAGE["properties"]["data"], {"type": "null"}]}, "next_cursor": {}}},
    {"oneOf": [{"allOf": [MORE, PAGE]}, {"type": "object", "properties": {"error": {"type": "string"}}}]},
])  # fmt: skip
def test_a_page_may_be_several_schemas(body):
    good = {"200": {"content": {"application/json": {"schema": body}}}}
    (one,) = openapi.lists_in({"paths": {"/api/v3.1/novelties": {"get": {"responses": good}}}})
    assert one == {"path": "/novelties", "kind": "pages", "query": {}, "required": [], "paging": ["next_cursor"],
                   "item": {"id": "integer"}}  # fmt: skip


def test_a_parameter_that_is_needed_is_required():
    parameters = [{"name": "ids", "in": "query", "required": True, "schema": {"type": "array", "items": {"type": "integer"}}},
                  {"name": "where", "in": "query", "schema": True}, {"name": "sort", "in": "query"},
                  {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}]  # fmt: skip
    one = one_list({"type": "object", "properties": {}}, parameters=parameters)
    assert (one["path"], one["required"]) == ("/novelties", ["ids"])
    assert one["query"] == {"ids": "integer", "where": "any", "sort": "any"}


def test_what_holds_itself_ends(tmp_path):
    tree = {"properties": {"id": {"type": "integer"}, "children": {"items": {"$ref": "#/components/schemas/Tree"}}}}
    body = {"properties": {"data": {"items": {"$ref": "#/components/schemas/Tree"}}}}
    good = {"2XX": {"content": {"application/vnd.api+json": {"schema": body}}}}
    said = {
        "openapi": "3.0.0",
        "paths": {"/trees": {"get": {"responses": good}}},
        "components": {"schemas": {"Tree": tree}},
    }
    (tmp_path / "v3.json").write_text(json.dumps(said))
    assert read_specification(tmp_path / "v3.json").lists["/trees"]["item"] == {"id": "integer", "children": ["map"]}


def test_what_leads_from_one_to_another_ends_as_a_map():
    schemas = {f"T{at}": {"properties": {"id": {"type": "integer"}, "of": {"$ref": f"#/components/schemas/T{(at + 1) % 30}"}}}
               for at in range(30)}  # fmt: skip
    item = openapi.typed({"components": {"schemas": schemas}}, {"$ref": "#/components/schemas/T0"})
    for _ in range(openapi.MOST_DEEP):
        item = item["of"]
    assert item == "map"


def test_a_list_is_there_without_a_parameter_that_nobody_can_read():
    parameters = [{"$ref": "#/components/parameters/Gone"}, {"in": "query"}, {"in": "query", "name": "sort"}]
    one = one_list({"type": "object", "properties": {}}, parameters=parameters)
    assert one["query"] == {"#/components/parameters/Gone": "any", "sort": "any"}  # named, since no filter is called so
    said = {
        "parameters": None,
        "get": {"parameters": None, "responses": {"200": {"content": {"*/*": {"schema": {"items": {}}}}}}},
    }
    assert openapi.lists_in({"openapi": "3.1.0", "paths": {"/words": said}})[0]["path"] == "/words"


@pytest.mark.parametrize("get", [
    5, {"parameters": ["sort"], "responses": {"200": {"content": {"application/json": {"schema": {"items": {}}}}}}},
    {"responses": 5}, {"responses": {"200": {"content": {"application/json": {"schema": {"items": {"anyOf": 5}}}}}}},
], ids=str)  # fmt: skip
def test_what_openapi_does_not_say_so_is_named(get):
    (one,) = openapi.lists_in({"openapi": "3.1.0", "paths": {"/novelties": {"get": get}}})
    assert one["problem"].startswith("is not as OpenAPI says it")


@pytest.mark.parametrize("name", ["#/components/schemas/Gone", "other.json#/Named"])
def test_a_type_by_a_reference_that_leads_nowhere_is_named(name):
    item = {"type": "object", "properties": {"id": {"type": "integer"}, "fee": {"$ref": name}}}
    assert one_list(item)["item"] == {"id": "integer", "fee": f"$ref {name}"}


def read_body(body, kind="application/json"):
    """What is read of a document whose only path answers with a body."""
    said = {"get": {"responses": {"200": {"content": {kind: {"schema": body}}}}}}
    return openapi.lists_in({"openapi": "3.1.0", "paths": {"/novelties": said}})


@pytest.mark.parametrize("beside", ["page", "total", "next"])
def test_objects_beside_what_tells_of_pages_are_a_list_that_cannot_be_read_and_no_silence(beside):
    row = {"properties": {"id": {"type": "integer"}}}
    (one,) = read_body({"properties": {"items": {"items": row}, beside: {"type": "integer"}}})
    assert one["problem"] == "has pages, and its rows are neither in data nor in results"
    assert read_body({"properties": {"items": {"items": row}, "name": {"type": "string"}}}) == []  # a record


def test_a_body_by_a_reference_that_leads_nowhere_is_named():
    (one,) = read_body({"$ref": "#/components/schemas/Gone"})
    assert one["problem"] == "answers with a schema that is not in this file"


def test_any_kind_of_content_is_read():
    assert read_body({"items": {"type": "string"}}, "*/*")[0]["item"] == "string"


def test_fields_beside_a_reference_and_the_values_of_all_kinds_are_read():
    kinds = [{"properties": {"kind": {"const": one}}} for one in ("cat", "dog")]
    known = {"schemas": {"Named": {"properties": {"name": {"type": "string"}}}}}
    row = {"$ref": "#/components/schemas/Named", "properties": {"pet": {"oneOf": kinds}}}
    good = {"200": {"content": {"application/json": {"schema": {"items": row}}}}}
    (one,) = openapi.lists_in({"paths": {"/pets": {"get": {"responses": good}}}, "components": known})
    assert one["item"] == {"name": "string", "pet": {"kind": "enum:cat|dog"}}


def test_pages_whose_rows_are_elsewhere_are_named_and_the_others_are_read():
    body = {"properties": {"items": {"items": {}}, "has_next": {"type": "boolean"}}}
    good = {"200": {"content": {"application/json": {"schema": body}}}}
    well = {"200": {"content": {"application/json": {"schema": {"items": {"type": "string"}}}}}}
    paths = {"/novelties": {"get": {"responses": good}}, "/one": {"get": {"responses": {"204": {}}}},
             "/gone": {"$ref": "#/Gone"}, "/words": {"get": {"responses": well}}}  # fmt: skip
    novelties, gone, words = openapi.lists_in({"paths": paths})
    assert novelties["problem"] == "has pages, and its rows are neither in data nor in results"
    assert gone["problem"] == "refers to #/Gone, which is not in this file"
    assert words["item"] == "string"
