"""Every list of both specifications is an accessor: named, grouped, typed, served by the sandbox and read whole."""

from __future__ import annotations

import keyword
import re

import pytest

from docs.rows import SPEC
from docs.specification import read_specification
from scalev_frames.catalog import ENDPOINTS, GROUPS, KINDS, Basis, Endpoint, grouped, kind_by_name, shape_fields
from scalev_frames.catalog.personal import personal_word
from scalev_frames.catalog.secret import is_secret
from scalev_frames.catalog.shapes import SHAPES
from scalev_frames.catalog.unproven import unproven_rows

SPECS = {version: read_specification(SPEC / f"{version}.json").lists.values() for version in ("v2", "v3")}
UNPROVEN = [row for row in ENDPOINTS.values() if row.is_unproven]


def bare(path):
    return re.sub(r"{\w+}", "{}", path)


@pytest.mark.parametrize("version", SPECS)
def test_every_list_of_both_specifications_has_an_accessor(version):
    paths = [one["path"] for one in SPECS[version]]
    assert len(paths) > 50
    mine = {bare(row.path_in(version)) for row in ENDPOINTS.values()}
    mine |= {bare(row.renamed) for row in ENDPOINTS.values() if row.alias}
    assert [path for path in paths if bare(path) not in mine] == []


def test_names_are_readable_and_free_of_clashes():
    names = [row.name for row in ENDPOINTS.values()]
    assert len(set(names)) == len(names)
    assert len({row.label_id for row in ENDPOINTS.values()}) == len(names)
    for row in UNPROVEN:
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", row.name)
        assert len(row.name) <= 38
        assert row.summary.endswith(".")
        for name in (*row.filter_rows, *row.path_parameters):
            assert name.isidentifier()
            assert not keyword.iskeyword(name)
            assert name not in ("since", "until", "by", "limit", "refresh", "offline", "progress", "max_age", "details")
    for version in ("v2", "v3"):
        paths = [bare(row.path_in(version)) for row in ENDPOINTS.values() if row.path_in(version)]
        assert len(set(paths)) == len(paths)


def test_groups_stand_together_developer_and_storefront_last():
    groups = [row.group for row in grouped()]
    assert list(dict.fromkeys(groups)) == [name for name in GROUPS if name in groups]
    assert list(GROUPS)[-2:] == ["developer", "storefront"]
    assert len(groups) == len(ENDPOINTS)


def test_rows_written_by_hand_win():
    by_hand = [Endpoint("my_customers", "/customers", "", "Mine."), Endpoint("warehouses", "/depots", "", "Mine, too.")]
    rows = {row.name: row for row in unproven_rows(by_hand)}
    assert "customers" not in rows
    assert "warehouses" not in rows
    assert "customer_addresses" in rows


def test_kinds_follow_type_format_and_name():
    def kinds(name):
        return {column.name: column.kind for column in ENDPOINTS[name].columns}

    customers = kinds("customers")
    assert customers["success_order_value"] == "money"
    assert customers["success_order_count"] == "count"
    assert customers["phone"] == "code"
    assert customers["date_of_birth"] == "date"
    assert customers["last_success_order_at"] == "time"
    assert customers["is_bounced"] == "flag"
    assert kinds("balance_history")["balance_after"] == "money"
    assert kinds("discount_codes")["code"] == "code"
    assert kinds("affiliate_orders")["orderlines"] == "list"
    assert kinds("payment_accounts")["account_number"] == "code"
    for row in UNPROVEN:
        for column in row.columns:
            assert column.kind in KINDS


#: The kinds that may become of each type of the specifications.
KINDS_OF = {
    "boolean": {"flag"},
    "integer": {"count", "money", "id", "number", "grams"},
    "number": {"money", "number", "grams"},
    "number:float": {"money", "number"},
    "number:decimal": {"money"},
    "string:decimal": {"money"},
    "number|string": {"money", "number"},
    "string:date-time": {"time"},
    "string:datetime": {"time"},
    "string:time": {"text"},
    "string:uri": {"url"},
    "string:email": {"text"},
    "string:uuid": {"id", "code"},
    "integer|string": {"id", "text"},
    "map": {"map"},
    "any": {"map"},
}


def leaves(item, path=()):
    for name, kind in item.items() if isinstance(item, dict) else ():
        if isinstance(kind, dict) and kind:
            yield from leaves(kind, (*path, name))
        elif isinstance(kind, str):
            yield (*path, name), kind


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_every_field_of_the_specifications_has_a_kind_of_its_type(version):
    rows = {bare(row.path_in(version)): row for row in UNPROVEN}
    seen = 0
    for one in SPECS[version]:
        row = rows.get(bare(one["path"]))
        columns = {column.path: column.kind for column in row.columns} if row else {}
        for path, kind in leaves(one["item"]):
            if path not in columns:
                assert not row or is_secret(path[-1]) or any(is_secret(step) for step in path), (row.name, path)
                continue
            bare_kind, seen = kind.rstrip("?"), seen + 1
            if bare_kind.startswith("enum:"):
                assert columns[path] in ("text", "code"), (row.name, path)
            elif bare_kind != "string":
                assert columns[path] in KINDS_OF[bare_kind]
    assert seen > 200


def test_a_filter_has_the_values_that_either_version_or_its_field_names():
    assert ENDPOINTS["balance_history"].filter_rows["balance_type"].values == ("pending", "available")
    rows = ENDPOINTS["oauth_billing_reservations"].filter_rows
    assert rows["billing_status"].values == ("active", "consuming", "captured", "released")
    assert not any(
        "?" in value for row in ENDPOINTS.values() for one in row.filter_rows.values() for value in one.values
    )


def test_names_that_look_like_another_kind():
    assert kind_by_name("unique_code_discount") == "money"
    assert kind_by_name("max_unique_code_amount") == "money"
    assert kind_by_name("discount_code") == "code"
    accounts = {column.name: column.kind for column in ENDPOINTS["waba_accounts"].columns}
    assert accounts["phone_status"] == "text"
    subscriptions = {column.name: column.kind for column in ENDPOINTS["business_subscriptions"].columns}
    assert subscriptions["business"] == "id"


def test_credentials_are_in_no_shape_and_people_are_known_by_name():
    for notation in [text for name, text in SHAPES.items() if name.startswith("u_")]:
        for word in notation.split():
            assert not is_secret(word.split(":")[0]), word
    assert "conversion_token" not in {column.name for column in ENDPOINTS["facebook_pixels"].columns}
    assert "client_secret" not in {column.name for column in ENDPOINTS["applications"].columns}
    assert personal_word("wa_user_id") == "phone"
    assert personal_word("first_name") == "name"


@pytest.mark.parametrize(
    ("name", "paging", "envelope"),
    [
        ("warehouses", "cursor", ("has_next", "last_id")),
        ("customers", "cursor", ("has_next", "last_updated_at", "last_id", "page_size")),
        ("waba_customers", "cursor", ("has_next", "last_message_at")),
        ("variant_customers", "cursor", ("has_next", "last_inserted_at")),
        ("business_events", "cursor", ("next",)),
        ("balance_history", "page", ("count",)),
        ("discount_codes", "plain", ()),
        ("couriers", "plain", ()),
    ],
)
def test_paging_keys_are_those_of_the_specification(name, paging, envelope):
    (row,) = (row for row in unproven_rows([]) if row.name == name)
    assert (row.paging, row.envelope) == (paging, envelope)


def test_parents_required_filters_bases_and_values():
    assert ENDPOINTS["page_displays"].parents[0].endpoint == "pages"
    assert ENDPOINTS["storefront_variant_prices"].required == ("ids",)
    assert ENDPOINTS["balance_history"].bases["created"] == Basis("created_at", "created_at_since", "created_at_until")
    assert ENDPOINTS["business_events"].bases["created"] == Basis("timestamp", "since", "until")
    assert ENDPOINTS["subscriptions"].filter_rows["status"].values == (
        "unactivated", "active", "canceled", "expired", "failed")  # fmt: skip
    for row in UNPROVEN:
        for parent in row.parents:
            column = parent.column.split(".")[0]
            assert column in shape_fields(ENDPOINTS[parent.endpoint].shape)


def test_paths_and_versions():
    assert ENDPOINTS["waba_customer_tags"].path_in("v3") == "/waba-customer-tags"
    assert ENDPOINTS["warehouses"].path_in("v3") == ""
    assert ENDPOINTS["orders"].path_in("v3") == "/orders"
    assert ENDPOINTS["order_utm_sources"].path_in("v2") == ""
    assert ENDPOINTS["bundle_price_options"].path_in("v3") == "/bundles/{bundle_id}/bundle-price-options"
