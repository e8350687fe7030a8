"""Every endpoint gives exactly the rows that the sandbox holds, value by value, by an independent reading of them."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pandas as pd
import pytest

from scalev_frames.cancel import Cancelled
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import NotFoundError
from scalev_frames.pull.reading import reader
from scalev_frames.pull.reading.workers import Done
from scalev_frames.sandbox import Behaviour, Fault, World
from scalev_frames.sandbox.world.orders.book import OrderBook

PROVEN = [name for name, row in ENDPOINTS.items() if not row.is_unproven]
PAGINATED = [name for name in PROVEN if ENDPOINTS[name].paging in ("cursor", "page")]
OTHERS = [name for name in PROVEN if ENDPOINTS[name].paging in ("plain", "record")]
#: Of what has no list of its own at the address above it.
KNOWN_IDS = {
    "variant": 1001,
    "variant_digital_product_files": 1152,
    "variant_digital_product_file": 1152,
}


def test_the_23_documented_lists_are_there():
    documented = {
        "orders", "products", "products_simplified", "bundles", "bundles_simplified", "stores", "stores_simplified",
        "locations", "product_taxonomies", "store_products", "store_bundles", "store_pages", "store_payment_accounts",
        "store_sales_people", "store_admins", "store_advertisers", "store_follow_up_chats", "product_follow_up_chats",
        "product_partners", "bundle_price_options", "bundle_follow_up_chats", "bundle_partners",
        "variant_digital_product_files",
    }  # fmt: skip
    assert len(documented) == 23
    assert documented <= set(PAGINATED)


def at(record, path):
    for step in path:
        record = record.get(step) if isinstance(record, dict) else None
    return record


def expected(kind, value):
    """What a person would say this value is; written without the package's own conversions."""
    if value is None or (value == "" and kind in ("money", "count", "grams", "number", "flag", "time", "date")):
        return None
    match kind:
        case "money" | "count" | "grams" | "number":
            return Decimal(str(value))
        case "flag":
            return value if isinstance(value, bool) else str(value).lower() in ("true", "1")
        case "time":
            return dt.datetime.fromisoformat(value.replace("Z", "+00:00"))
        case "date":
            return dt.date.fromisoformat(value)
        case "list" | "map":
            return value
        case _:
            return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def came(kind, value):
    if not isinstance(value, list | dict) and pd.isna(value):
        return None
    match kind:
        case "money" | "count" | "grams" | "number":
            return Decimal(str(value))
        case "flag":
            return bool(value)
        case "time":
            return value.to_pydatetime()
        case "date":
            return value.date()
        case _:
            return value


def assert_same(frame, endpoint, records):
    assert len(frame) == len(records)
    for column in endpoint.columns:
        values = frame[column.name]
        became_text = column.kind not in ("list", "map") and str(values.dtype) in ("str", "object")
        kind = "text" if became_text else column.kind
        for place, record in enumerate(records):
            value = at(record, column.path)
            if isinstance(value, dict) and column.kind not in ("list", "map"):
                continue  # an object where a value was declared: kept in columns of its own
            if kind == "text" and column.kind not in ("id", "code", "text", "url"):
                continue  # mixed kinds became text; tested with the frames
            assert came(kind, values.iloc[place]) == expected(kind, value), (column.name, place)


def all_records(world, endpoint):
    """Every record with the ids of its parents, as the frame should have them."""
    if not endpoint.parents:
        return world.rows(endpoint.name)
    choices = []
    for parent in endpoint.parents:
        column, _, inner = parent.column.partition(".")
        values = [row[column] for row in world.rows(parent.endpoint)]
        choices.append([one[inner] for many in values for one in many] if inner else values)
    found = []
    for ids in itertools.product(*choices):
        named = dict(zip((parent.parameter for parent in endpoint.parents), ids, strict=True))
        for record in world.rows(endpoint.name, **named):
            found.append({**record, **{name: value for name, value in named.items() if record.get(name) is None}})
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGINATED)
def test_rows_are_exactly_the_servers_and_no_field_is_left_out(api, shared_sandbox, name):
    endpoint = ENDPOINTS[name]
    frame = getattr(api, name)(progress=False)
    assert frame.attrs["complete"]
    assert list(frame.columns[: len(endpoint.columns)]) == [column.name for column in endpoint.columns]
    records = all_records(shared_sandbox.world, endpoint)
    assert_same(frame, endpoint, records)
    known = {column.path[0] for column in endpoint.columns}
    for field in {field for record in records for field in record} - known:
        assert any(column == field or column.startswith(f"{field}_") for column in frame.columns), field


def ids_for(world, endpoint):
    """Ids that exist: from the list at the address above, else a known one."""
    lists = {row.path: row.name for row in ENDPOINTS.values() if row.paging in ("cursor", "page")}
    orders = world.rows("orders")
    ids = {}
    for parameter in endpoint.path_parameters:
        listed = lists.get(endpoint.path.partition(f"/{{{parameter}}}")[0])
        if listed:
            ids[parameter] = world.rows(listed, **ids)[3 if listed == "orders" else 0]["id"]
        elif parameter == "pg_reference_id":
            ids[parameter] = next(row["pg_reference_id"] for row in orders if row["pg_reference_id"])
        elif endpoint.name == "order_chat":
            ids = next({"id": row["id"], "chat_id": row["follow_up_chats"][0]["id"]}
                       for row in orders if row["follow_up_chats"])  # fmt: skip
        elif endpoint.name == "store_bundle_price_option_relations":
            ids["id"] = world.rows("store_bundles", **ids)[0]["bundle_price_options"][0]["id"]
        else:
            ids[parameter] = KNOWN_IDS[endpoint.name]
    return ids


@pytest.mark.parametrize("name", OTHERS)
def test_plain_lists_and_single_reads(api, shared_sandbox, name):
    endpoint, world = ENDPOINTS[name], shared_sandbox.world
    ids = ids_for(world, endpoint)
    filters = {}
    if "pg_reference_ids" in endpoint.required:
        references = [row["pg_reference_id"] for row in world.rows("orders") if row["pg_reference_id"]][:3]
        filters["pg_reference_ids"] = ",".join(references)
    records = world.rows(name, **ids, **filters)
    assert records
    frame = getattr(api, name)(**ids, **filters, progress=False)
    assert frame.attrs["complete"]
    parents = {parent.parameter for parent in endpoint.parents}
    assert_same(frame, endpoint, [{**{key: ids[key] for key in parents}, **record} for record in records])


@pytest.mark.parametrize("name", [name for name in OTHERS if ENDPOINTS[name].path_parameters])
def test_what_is_not_there_is_an_error_and_not_an_empty_frame(api, name):
    ids = dict.fromkeys(ENDPOINTS[name].path_parameters, 999_999_999)
    with pytest.raises(NotFoundError):
        getattr(api, name)(**ids, progress=False)


@pytest.mark.slow
def test_a_given_id_a_list_of_ids_and_all_of_them(api, shared_sandbox):
    one = api.store_products(store_id=2, progress=False)
    assert set(one["store_id"]) == {"2"}
    two = api.store_products(store_id=[1, "2"], progress=False)
    assert list(dict.fromkeys(two["store_id"])) == ["1", "2"]
    stores = [str(row["id"]) for row in shared_sandbox.world.rows("stores_simplified")]
    assert set(api.store_products(progress=False)["store_id"]) <= set(stores)
    assert two.columns[0] == "store_id"


def test_an_order_by_its_code(api, shared_sandbox):
    row = shared_sandbox.world.rows("orders")[7]
    assert api.order(row["order_id"], progress=False)["id"].tolist() == [str(row["id"])]


def test_two_payments_of_one_order_are_two_rows(make_sandbox, make_account, monkeypatch):
    sandbox = make_sandbox(orders=60)
    paid = next(row for row in sandbox.world.rows("orders") if row["pg_reference_id"])
    monkeypatch.setattr(
        OrderBook, "serial_of_reference", lambda book, _: book.serial_of(str(paid["id"]))
    )  # whatever was paid, it was this order
    found = make_account(sandbox).orders_by_pg_reference_ids(pg_reference_ids="first,second", progress=False)
    assert found["pg_reference_id"].tolist() == ["first", "second"]
    assert found["order_id"].tolist() == [paid["order_id"]] * 2


@pytest.mark.parametrize("status", [302, 410])
def test_an_old_name_that_is_gone_or_leads_elsewhere_is_not_followed_but_renamed(make_sandbox, make_account, status):
    gone = Fault("redirect", "/order*", times=1) if status == 302 else Fault("error", "/order", times=9, status=410)
    sandbox = make_sandbox(orders=60, faults=[gone])
    assert len(make_account(sandbox).orders(progress=False)) == 60
    lists = [request.path for request in sandbox.requests if not request.path.endswith("statistics")]
    assert lists == ["/order", "/orders", "/orders", "/orders"]


def test_renamed_orders_are_found(make_sandbox, make_account):
    sandbox = make_sandbox(world=World(60, behaviour=Behaviour(order_path="new")))
    api = make_account(sandbox)
    assert len(api.order_tags(progress=False))
    assert len(api.orders(progress=False)) == 60
    assert [request.path for request in sandbox.requests if request.status == 404] == ["/order/tags"]


@pytest.mark.slow
def test_an_old_name_is_asked_for_at_most_once_by_the_first_page_and_once_by_the_counts_beside_it(
    make_sandbox, make_account
):
    sandbox = make_sandbox(world=World(60, behaviour=Behaviour(order_path="new")), latency=0.02)
    assert len(make_account(sandbox).orders(details=True, progress=False)) == 60
    missing = [request.path for request in sandbox.requests if request.status == 404]
    assert sorted(missing) in (["/order"], ["/order", "/order/statistics"], ["/order/statistics"])


class InTurn:
    """Workers of which each fetches only when it is its turn."""

    def __init__(self):
        self.running, self._jobs = 0, []

    def start(self, job, fetch):
        self.running += 1
        self._jobs.append((job, fetch))

    def next(self, _=None):
        if not self._jobs:
            return None
        (job, fetch), self.running = self._jobs.pop(0), self.running - 1
        try:
            return Done(job, fetch(), None)
        except Cancelled as error:
            return Done(job, None, error)

    def last(self):
        return iter(())

    def close(self):
        pass


@pytest.mark.slow
def test_a_limit_that_is_reached_while_other_lists_are_read_interrupts_nothing(make_sandbox, make_account, monkeypatch):
    monkeypatch.setattr(reader, "Workers", InTurn)
    api = make_account(make_sandbox(orders=1, latency=0.05, limits=None), limits=[(100_000, 1.0)])
    frame = api.store_pages(limit=60, progress=False)
    assert len(frame) == 60
    assert "limit=60 took the rows that came first of" in str(frame.attrs["notes"])
    assert "came first" not in str(api.store_pages(limit=10**6, progress=False).attrs["notes"])
