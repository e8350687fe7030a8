"""A specification that has changed gives rows of what it says, and a sentence on each list of which it cannot: never silence."""

from __future__ import annotations

import json
import shutil

import pytest

from docs import generate, rows
from scalev_frames.accessors import signature
from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.catalog.unproven import _endpoint

NEW = {
    "path": "/novelties", "kind": "pages", "query": {"status": "enum:a|b"}, "paging": ["has_next", "last_id"],
    "item": {"id": "integer", "total_fee": "string", "api_key": "string", "day": "string:date", "stock": "integer:int64",
             "ratio": "number:double", "more": "object", "is_new": "boolean?", "by": {"id": "integer", "name": "string"}},
}  # fmt: skip


@pytest.fixture
def spec(monkeypatch, tmp_path):
    """A copy of both specifications, whose changes the generator reads."""
    folder = tmp_path / "spec"
    shutil.copytree(rows.SPEC, folder)
    monkeypatch.setattr(rows, "SPEC", folder)
    return folder


def change(spec, path, /, **how):
    """Change what v2 says of a list, or add one."""
    file = spec / "v2.json"
    lists = json.loads(file.read_text())
    one = next((one for one in lists if one["path"] == path), None)
    if one is None:
        one = {**NEW, "path": path}
        lists.append(one)
    one.update(how)
    file.write_text(json.dumps(lists))


def name_it(spec, path, name):
    names = spec / "names.txt"
    names.write_text(f"{names.read_text()}{path} | {name} | money | Novelties. | Hal baru\n")


def made():
    found = json.loads(rows.unproven()[0])
    return {one["name"]: one for one in found["endpoints"]}, found["shapes"]


def notes():
    return rows.unproven()[1]


def test_the_specifications_as_they_are_give_the_catalog(spec):
    assert rows.unproven() == (rows.WRITTEN.read_text(encoding="utf-8"), [])


@pytest.mark.slow
def test_a_new_list_needs_a_name_and_is_a_row_with_its_kinds(spec):
    change(spec, "/novelties")
    assert rows.unproven() == (rows.WRITTEN.read_text(encoding="utf-8"), ["names.txt has no line for /novelties."])
    name_it(spec, "/novelties", "novelties")
    assert notes() == []
    endpoints, shapes = made()
    assert endpoints["novelties"]["filters"] == "status:a|b"
    assert shapes["u_novelties"].split() == [
        "id:id", "total_fee:money", "day:date", "stock:count", "ratio:number", "more:map", "is_new:flag",
        f"by:{next(name for name, words in shapes.items() if words == 'id:id name')}",
    ]  # fmt: skip


def test_parents_two_deep_are_read_for_each_and_an_unknown_one_must_be_given(spec):
    path = "/stores/{store_id}/pages/{page_id}/ships/{ship_id}/crews"
    change(spec, path)
    name_it(spec, path, "crews")
    crews = made()[0]["crews"]
    assert [parent[0] for parent in crews["parents"]] == ["store_id", "page_id"]
    assert str(signature(_endpoint(crews))).startswith("(ship_id, store_id=None, page_id=None, *, status=None")


@pytest.mark.parametrize(("called", "argument"), [
    ("class", "class_"), ("limit", "limit_"), ("self", "self_"), ("since", "since_"), ("crew-id", "crew_id"), ("None", "None_"),
])  # fmt: skip
def test_a_parameter_of_a_path_that_python_or_an_accessor_has_a_word_for_is_called_otherwise(spec, called, argument):
    path = f"/ships/{{{called}}}/crews"
    change(spec, path)
    name_it(spec, path, "crews")
    assert notes() == []
    crews = _endpoint(made()[0]["crews"])
    assert crews.path == f"/ships/{{{argument}}}/crews"
    assert next(iter(signature(crews).parameters)) == argument


@pytest.mark.slow
def test_a_list_that_is_renamed_or_gone_is_named(spec):
    change(spec, "/customers", path="/clients")
    assert notes() == ["names.txt has no line for /clients."]
    assert made()[0]["customers"]["versions"] == ["v3"]
    change(spec, "/warehouses", path="/customers/everyone")
    name_it(spec, "/customers/everyone", "everyone")
    assert notes()[-1] == "names.txt: /warehouses is in no specification."
    endpoints, _ = made()
    assert {"everyone", "balance_history"} < endpoints.keys()
    assert "warehouses" not in endpoints


def test_ids_of_a_list_that_is_gone_must_be_given(spec):
    file, names = spec / "v2.json", spec / "names.txt"
    file.write_text(json.dumps([one for one in json.loads(file.read_text()) if one["path"] != "/warehouses"]))
    names.write_text(
        "".join(line for line in names.read_text().splitlines(keepends=True) if not line.startswith("/warehouses |"))
    )
    assert "parents" not in made()[0]["warehouse_partners"]


@pytest.mark.parametrize(("how", "left_out"), [
    ({"kind": "stream"}, "it is of the unknown kind stream"), ({"kind": None}, "it is of the unknown kind "),
    ({"path": "/customers"}, "it is there twice"), ({"path": "/a/{x}/b/{x}"}, "it is not a path of a list"),
    ({"path": "/a/../b"}, "it is not a path of a list"), ({"query": 5}, "it is not as a list is said"),
    ({"item": {"id": {"anyOf": 5}}}, "it is not as a list is said"), ({"paging": [5]}, "it is not as a list is said"),
])  # fmt: skip
def test_a_list_that_no_row_can_say_is_left_out_and_named(spec, how, left_out):
    change(spec, "/warehouses", **how)
    said = notes()
    assert said[0].startswith(f"v2.json: {how.get('path', '/warehouses')} is left out: {left_out}")
    assert said[1:] == ["names.txt: /warehouses is in no specification."]
    endpoints, _ = made()
    assert "warehouses" not in endpoints
    assert "customers" in endpoints


@pytest.mark.parametrize(("how", "without"), [
    ({"paging": ["has_next", "after"]}, "after, by which its pages are read, so more than one is an error"),
    ({"paging": ["offset", "total"]}, "offset, total, by which its pages are read, so more than one is an error"),
    ({"item": {"id": "integer", "tags": ["tuple"]}}, "the types of tags."),
    ({"query": {"q": ["string"], "is_new": "flag", "search": "string"}}, ""),
    ({"item": {"allOf": [{"id": "integer"}, "string"]}}, "the types of its rows."),
    ({"item": {"allOf": [{"id": "integer"}, {"$ref": "#/Named"}]}}, "the types of its rows."),
    ({"item": {"id": "integer", "by": {"anyOf": [{"id": "integer"}, "string"]}}}, "the types of by."),
    ({"item": {"id": "integer", "of": {"$ref": "#/Warehouse"}}}, "the types of of."),
    ({"item": {"id": "integer", "kinds": ["integer", "string"]}}, "the types of kinds."), ({"item": {"id": 5}}, "the types of id."),
    ({"query": {"filter[a]": "string", "refresh": "boolean", "q": "string"}, "item": {"id": "integer", "day": "tuple"}}, "the filters filter[a], refresh; without the types of day."),
    ({"query": {"since": "string", "until": "string"}, "item": {"id": "integer"}}, "the filters since, until."),
])  # fmt: skip
def test_a_list_is_there_without_what_no_row_can_say_which_is_named(spec, how, without):
    change(spec, "/warehouses", **how)
    assert [note.startswith(f"v2.json: /warehouses is there without {without}") for note in notes()] == [True] * bool(
        without
    )
    endpoints, shapes = made()
    one = endpoints["warehouses"]
    assert shapes[one["shape"]].split()[0] == "id:id" or how.get("item") == {"id": 5}
    assert one.get("filters", "") in ("q", "", "q is_new:flag search", "search")


def test_renamed_fields_new_values_and_another_type_are_in_the_row(spec):
    change(spec, "/warehouses", item={"id": "string:uuid", "title": "string", "tax": "number:decimal?"})
    change(spec, "/businesses/balance-history",
           query={"balance_type": "enum:pending|frozen", "seen_since": "string", "seen_until": "string"})  # fmt: skip
    endpoints, shapes = made()
    assert shapes[endpoints["warehouses"]["shape"]] == "id:id title tax:money"
    assert "balance_type:pending|frozen@balance_type" in endpoints["balance_history"]["filters"]
    assert "seen" not in endpoints["balance_history"].get("bases", {})  # no column of the rows is called so


@pytest.mark.parametrize(("how", "row", "shape"), [
    ({"item": {"id": ["integer", "null"], "fee": "null|number:decimal"}}, {"key": None}, "id:id fee:money"),
    ({"item": None, "query": None}, {"key": [], "filters": None, "paging": "cursor"}, "id:id"),
    ({"item": {"id": "integer", "more": None}}, {"key": None}, "id:id more:map"),
    ({"query": {"status": "enum:a|b|null", "one": "enum:a", "odd": "enum:a b|c"}}, {"filters": "status:a|b one odd"}, None),
    ({"paging": None}, {"paging": "plain"}, None),
])  # fmt: skip
def test_values_that_may_be_missing_and_what_is_not_said_are_rows(spec, how, row, shape):
    change(spec, "/novelties", **how)
    name_it(spec, "/novelties", "novelties")
    endpoints, shapes = made()
    one = endpoints["novelties"]
    assert {name: one.get(name) for name in row} == row
    assert shape is None or shapes[one["shape"]] == shape


def test_a_generated_list_that_is_now_written_by_hand_needs_no_other_change(spec, monkeypatch):
    monkeypatch.setitem(ENDPOINTS, "customers", Endpoint("customers", "/customers", "", "Mine."))
    assert rows.unproven() == (rows.WRITTEN.read_text(encoding="utf-8"), [])


@pytest.mark.parametrize(("item", "shape"), [
    ({"allOf": [{"id": "integer"}, {"name": "string"}]}, "id:id name"),
    ({"allOf": [{"id": "integer"}, {"all_of": [{"fee": "number:decimal"}, {"name": "string?"}]}]}, "id:id fee:money name"),
    ({"id": "integer", "allOf": [{"name": "string"}]}, "name id:id"),
    ({"oneOf": [{"id": "integer", "name": "string"}, {"id": "integer", "paid_at": "string:date-time"}]}, "id:id name paid_at:time"),
    ({"id": {"any_of": ["integer", "string"]}, "fee": {"anyOf": ["number:decimal", "null"]}}, "id:id fee:money"),
    ({"id": "integer", "state": {"oneOf": ["enum:a|b", "enum:c"]}, "kind": {"anyOf": ["enum:a", "string"]}}, "id:id state kind"),
    ({"id": "integer", "many": [{"allOf": [{"id": "integer"}]}]}, "id:id many:list[unknown_record]"),
], ids=str)  # fmt: skip
def test_schemas_of_several_are_one(spec, item, shape):
    change(spec, "/novelties", item=item)
    name_it(spec, "/novelties", "novelties")
    endpoints, shapes = made()
    assert shapes[endpoints["novelties"]["shape"]] == shape


def test_times_that_no_column_has_and_a_list_of_the_dictionary_that_is_gone_stop_nothing(monkeypatch):
    assert rows.filters_of({"since": "string", "until": "string"}, {"id": "integer"}) == ("", {})
    left = {name: row for name, row in ENDPOINTS.items() if name != "customers"}
    monkeypatch.setattr(generate, "ENDPOINTS", left)
    assert "## Customers" not in generate.dictionary_page("en")


@pytest.mark.parametrize("lists", ['{"swagger": "2.0", "paths": {}}', '["/novelties"]', "null", "openapi: 3.1.0"])
def test_a_file_that_is_no_list_of_lists_is_refused(spec, lists):
    (spec / "v2.json").write_text(lists)
    with pytest.raises(ValueError, match=r"v2.json: (it is no OpenAPI document|Expecting value)"):
        rows.unproven()


@pytest.mark.parametrize("name", ["customers", "orders", "close", "class", "Bad Name"])
def test_a_name_that_is_another_ones_or_none_is_refused(spec, name):
    change(spec, "/novelties")
    name_it(spec, "/novelties", name)
    with pytest.raises(ValueError, match=f"/novelties cannot be called {name}"):
        rows.unproven()


@pytest.mark.parametrize("line", ["/novelties | novelties", "/novelties | novelties | nonsense | New. | Baru"])
def test_a_line_of_names_that_lacks_something_is_shown(spec, line):
    change(spec, "/novelties")
    names = spec / "names.txt"
    names.write_text(f"{names.read_text()}{line}\n")
    with pytest.raises(ValueError, match=r"is not path \| name \| group"):
        rows.unproven()
