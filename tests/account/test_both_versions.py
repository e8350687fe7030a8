"""One account on v2 and v3 of one world: the same frames, lists read whole, and a sentence for what one of them lacks."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from scalev_frames.cancel import CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import (
    FilterIgnoredError,
    IncompleteError,
    InterruptedPullError,
    UnexpectedResponseError,
    WrongVersionError,
)
from scalev_frames.reports import REPORTS, report
from scalev_frames.sandbox import always
from tests.proxies import proxy

#: What a row of the order list has in one version alone.
V2_ONLY = {
    "quantity",
    "courier_aggregator_code",
    *(one.name for one in ENDPOINTS["orders"].columns if one.path[0] == "page"),
}
V3_ONLY = {"is_from_payment_link", "payment_link_id", "payment_link_income", "settled_time", "public_order_url", "payment_url",
           "agent_context"}  # fmt: skip


@pytest.fixture
def on_v3(shared_sandbox, make_account):
    return make_account(shared_sandbox, base_url=shared_sandbox.url("v3"))


@pytest.fixture
def both(api, on_v3):
    return api, on_v3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["products", "bundles", "stores", "products_simplified", "locations", "order_tags",
                                  "store_products", "bundle_price_options", "products_count", "product_taxonomies"])  # fmt: skip
def test_lists_are_the_same_frame(both, name):
    on_v2, on_v3 = (getattr(api, name)(progress=False) for api in both)
    pd.testing.assert_frame_equal(on_v3, on_v2)
    assert len(on_v3) > 0


@pytest.mark.slow
def test_orders_have_the_same_columns_and_what_a_version_lacks_is_missing(both):
    on_v2, on_v3 = (api.orders(progress=False) for api in both)
    assert list(on_v3) == list(on_v2)
    assert on_v3.dtypes.equals(on_v2.dtypes)
    shared = [name for name in on_v2 if name not in V2_ONLY | V3_ONLY]
    pd.testing.assert_frame_equal(on_v3[shared], on_v2[shared], check_flags=False)
    assert on_v3[sorted(V2_ONLY)].isna().all(axis=None)
    assert on_v2[sorted(V2_ONLY)].notna().any().all()
    assert on_v3["public_order_url"].str.startswith("https://").all()
    assert on_v2[sorted(V3_ONLY)].isna().all(axis=None)


@pytest.mark.slow
@pytest.mark.parametrize("asked", [
    {"since": "2026-10-01", "until": "2026-10-31"}, {"status": ["shipped", "rts"]}, {"payment_method": "va"},
    {"shipped_time_since": "2026-10-01", "by": "shipped"}, {"is_repeat": True, "store_id": [1, 2]},
    {"product_id": 104}, {"search": "Budi", "search_field": "customer_name"}, {"limit": 30},
], ids=str)  # fmt: skip
def test_filters_ask_for_the_same_orders(both, asked):
    on_v2, on_v3 = (api.orders(**asked, progress=False) for api in both)
    assert on_v3["id"].tolist() == on_v2["id"].tolist()
    assert on_v3.attrs["filters"] == on_v2.attrs["filters"]
    assert len(on_v3) > 0


@pytest.mark.slow
def test_a_search_on_v3_says_where_it_looked(shared_sandbox, on_v3):
    code = shared_sandbox.world.rows("orders")[7]["order_id"]
    frame = on_v3.orders(search=code, progress=False)
    assert frame["order_id"].tolist() == [code]
    assert frame.attrs["filters"] == {"search": code, "search_field": "order_id"}
    assert frame.attrs["notes"] == []
    nobody = on_v3.orders(search="Budi", progress=False)
    assert len(nobody) == 0
    assert any("looked in order_id alone; search_field= names another" in note for note in nobody.attrs["notes"])


@pytest.mark.slow
def test_details_records_and_lines_are_the_same(both):
    details = [api.orders(limit=20, details=True, progress=False) for api in both]
    lines = [api.order_lines(frame, progress=False) for api, frame in zip(both, details, strict=True)]
    pd.testing.assert_frame_equal(lines[1], lines[0])
    assert len(lines[0]) >= 20
    code = details[0]["order_id"].iloc[3]
    for name, arguments in {"order": {"id": code}, "product": {"id": 101}, "order_emails": {"id": code},
                            "bundle_price_option_relations": {"bundle_id": 230, "id": 301}}.items():  # fmt: skip
        on_v2, on_v3 = (getattr(api, name)(**arguments, progress=False) for api in both)
        shared = [column for column in on_v2 if column not in V2_ONLY | V3_ONLY]
        pd.testing.assert_frame_equal(on_v3[shared], on_v2[shared])


@pytest.fixture(scope="module")
def frames_of_both(shared_sandbox, tmp_path_factory):
    from scalev_frames.account import Account
    from scalev_frames.settings import Settings
    from scalev_frames.wire.credentials import Key

    found = []
    for version in ("v2", "v3"):
        settings = Settings(shared_sandbox.url(version), tmp_path_factory.mktemp("cache"), limits=((100_000, 1e6),))
        with Account(Key(shared_sandbox.api_key), settings, name="shop") as api:
            found.append(api.orders(details=True, limit=120, progress=False))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_the_same(frames_of_both, name):
    on_v2, on_v3 = (report(name, frame) for frame in frames_of_both)
    pd.testing.assert_frame_equal(on_v3, on_v2)
    assert len(on_v3) > 0


@pytest.mark.slow
def test_the_servers_counts_prove_orders_of_v3(on_v3):
    table = on_v3.reconcile(on_v3.orders(progress=False))
    assert table.attrs["equal"] is True
    statistics = on_v3.order_statistics(breakdown_date="day", minimum_days=400, progress=False)
    assert statistics["count"].sum() == table["orders_server"].sum()


@pytest.mark.slow
def test_a_refresh_on_v3_asks_for_what_has_changed(make_sandbox, make_account):
    sandbox = make_sandbox(orders=1500)
    for row in sandbox.world.rows("orders"):
        if row["draft_time"] is None:  # v3 counts by draft time; more than a few without it mean a full pull
            sandbox.world.change_draft_time(row["id"], dt.datetime.fromisoformat(row["created_at"]))
    api = make_account(sandbox, base_url=sandbox.url("v3"))
    api.orders(progress=False)
    sandbox.world.add_orders(7)
    sandbox.world.change_status(sandbox.world.order_ids()[300], "canceled")
    before = len(sandbox.requests)
    frame = api.orders(max_age=0, progress=False)
    assert frame["id"].tolist() == [str(one) for one in sandbox.world.order_ids()]
    assert len(sandbox.requests) - before < 15
    truth = {str(row["id"]): row["status"] for row in sandbox.world.rows("orders")}
    assert dict(zip(frame["id"], frame["status"], strict=True)) == truth
    assert {one.version for one in sandbox.requests} == {"v3"}


@pytest.mark.slow
@pytest.mark.parametrize("rows", [0, 1, 24, 25, 26, 50, 61])
def test_pages_of_any_number_of_rows(make_sandbox, make_account, rows):
    sandbox = make_sandbox(orders=rows)
    api = make_account(sandbox, base_url=sandbox.url("v3"))
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == [str(one) for one in sandbox.world.order_ids()]
    assert frame.attrs["complete"]
    assert len(frame) == rows


@pytest.mark.slow
def test_an_interrupted_pull_of_v3_resumes(make_sandbox, make_account):
    sandbox = make_sandbox(orders=300)
    api = make_account(sandbox, base_url=sandbox.url("v3"))
    pages = []
    token = CancelToken()

    def report(event):
        pages.append(event)
        if len([one for one in pages if one.kind == "page"]) == 5:
            token.cancel()

    with pytest.raises(InterruptedPullError):
        api.orders(progress=report, cancel=token)
    before = len(sandbox.requests)
    frame = api.orders(progress=False)
    assert frame["id"].tolist() == [str(one) for one in sandbox.world.order_ids()]
    assert len(sandbox.requests) - before <= 10


@pytest.mark.parametrize(("version", "name", "has_it"), [("v3", "warehouses", "v2"), ("v2", "order_utm_sources", "v3"),
                                                         ("v3", "store_admins", "v2")])  # fmt: skip
def test_a_list_that_only_the_other_version_has(make_sandbox, make_account, version, name, has_it):
    sandbox = make_sandbox(orders=3)
    api = make_account(sandbox, base_url=sandbox.url(version))
    with pytest.raises(WrongVersionError) as caught:
        api.fetch(name, progress=False)
    error = caught.value
    assert (error.endpoint, error.version, error.versions) == (name, version, (has_it,))
    assert f"{name} is in {has_it} of the API, and this account speaks {version}." in str(error)
    assert f"Connect with version='{has_it}' (--api-version {has_it})." in str(error)
    assert not sandbox.requests
    assert len(make_account(sandbox, base_url=sandbox.url(has_it)).fetch(name, progress=False)) > 0


@pytest.mark.parametrize(("version", "name", "asked", "has_it"), [
    ("v2", "orders", {"search": "a", "search_field": "customer_name"}, "v3"),
    ("v3", "stores_simplified", {"has_domain": True}, "v2"),
])  # fmt: skip
def test_a_filter_that_only_the_other_version_has_says_so_where_it_is_ignored(
    make_sandbox, make_account, version, name, asked, has_it
):
    ignored = list(asked)[-1]
    sandbox = make_sandbox(orders=200, faults=[always("ignore_filter", f"/{version}/*", filter=ignored)])
    api = make_account(sandbox, base_url=sandbox.url(version))
    with pytest.raises(FilterIgnoredError, match=f"Only {has_it} of the API has {ignored} here") as caught:
        api.fetch(name, **asked, progress=False)
    assert caught.value.filter == ignored


def test_where_v3_searches_by_itself_is_no_filter_to_obey(make_sandbox, make_account):
    sandbox = make_sandbox(orders=200, faults=[always("ignore_filter", "/v3/*", filter="search_field")])
    api = make_account(sandbox, base_url=sandbox.url("v3"))
    code = sandbox.world.rows("orders")[7]["order_id"]
    assert api.orders(search=code, progress=False)["order_id"].tolist() == [code]
    with pytest.raises(FilterIgnoredError) as caught:
        api.orders(search=code, search_field="external_id", progress=False)
    assert caught.value.filter == "search_field"
    assert "connect with" not in str(caught.value)


WRAPPED = {"code": 200, "status": "OK"}
READ = {
    "v2 envelopes at /v3": (lambda body: body, lambda path: path.replace("/v3/", "/v2/")),
    "v3 envelopes at /v2": (lambda body: body, lambda path: path.replace("/v2/", "/v3/").replace("/order/", "/orders/").replace("/order?", "/orders?")),
    "an envelope around everything": (lambda body: {**WRAPPED, "data": body}, lambda path: path),
    "an envelope around everything of v2": (lambda body: {**WRAPPED, "data": body}, lambda path: path),
    "a code beside the rows": (lambda body: {**WRAPPED, **body}, lambda path: path),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("how", READ)
def test_what_comes_decides_how_it_is_read(shared_sandbox, make_account, how):
    change, path = READ[how]
    version = "v2" if how.endswith("v2") else "v3"
    with proxy(shared_sandbox, change, path) as address:
        api = make_account(shared_sandbox, base_url=f"{address}/{version}")
        for name in ("orders", "products", "stores_simplified", "locations"):
            frame = api.fetch(name, progress=False)
            assert frame["id"].tolist() == [str(row["id"]) for row in shared_sandbox.world.rows(name)], name
            assert frame.attrs["complete"]


def without(*names):
    return lambda body: {name: value for name, value in body.items() if name not in names}


SHORT = {
    "rows alone": without("is_paginated", "has_next", "next_cursor", "page_size", "previous_cursor", "has_previous"),
    "no word of more": without("has_next", "next_cursor"),
    "pages, it says, and no more": without("has_next", "next_cursor", "page_size"),
    "more and no cursor": without("next_cursor"),
    "an envelope around the rows alone": lambda body: {**WRAPPED, "data": body.get("data", body)},
    "the rows alone twice wrapped": lambda body: {**WRAPPED, "data": {"data": body.get("data", body)}},
    "two lists of rows": lambda body: {**body, "data": [], "results": body.get("data")},
    "an error beside no rows": lambda body: {**body, "data": [], "has_next": False, "next_cursor": None, "error": "timeout"},
    "a failure beside rows": lambda body: {**body, "success": False},
    "rows below another name": lambda body: {"payload": body.get("data"), "has_next": False},
    "keys in another spelling": lambda body: {name.replace("_n", "N").replace("_c", "C"): one for name, one in body.items()},
    "a page within a list": lambda body: [body],
    "a page as a text": lambda body: {"body": json.dumps(body)},
    "pages described elsewhere": lambda body: {"data": body.get("data"), "meta": without("data")(body)},
    "nothing": lambda _: {},
    "an empty list": lambda _: [],
    "no pages, it says, and a full one": lambda body: {**without("has_next", "next_cursor")(body), "is_paginated": False},
}  # fmt: skip


@pytest.mark.parametrize("how", SHORT)
@pytest.mark.parametrize("name", ["orders", "products"])
def test_half_an_envelope_is_an_error_and_never_a_short_frame(shared_sandbox, make_account, how, name):
    with proxy(shared_sandbox, SHORT[how]) as address:
        api = make_account(shared_sandbox, base_url=f"{address}/v3")
        with pytest.raises((IncompleteError, UnexpectedResponseError)):
            api.fetch(name, progress=False)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_a_page_of_html_at_one_version_is_an_error_or_the_other_versions_frame(
    make_sandbox, make_account, unnamed, version
):
    other = {"v2": "v3", "v3": "v2"}[version]
    sandbox = make_sandbox(orders=30, faults=[always("html", f"/{version}/*")])
    with pytest.raises(UnexpectedResponseError, match="web page"):
        make_account(sandbox, base_url=sandbox.url(version)).orders(progress=False)
    api = make_account(sandbox, base_url=sandbox.url(other), name="other")
    assert len(api.orders(progress=False)) == 30
    if version == "v3":
        assert len(unnamed(sandbox, name="found").orders(progress=False)) == 30
        return
    with pytest.raises(UnexpectedResponseError, match="web page"):  # v2 may be back in a moment
        unnamed(sandbox, name="found").orders(progress=False)


@pytest.mark.slow
def test_a_record_without_an_id_is_the_record(shared_sandbox, make_account):
    """Nothing says that it is another one."""
    first = shared_sandbox.world.rows("orders")[0]
    with proxy(shared_sandbox, lambda body: {**body, "data": body["data"] | {"id": None}}) as address:
        assert (
            make_account(shared_sandbox, base_url=f"{address}/v2").order(first["id"], progress=False)["id"].isna().all()
        )
    with proxy(shared_sandbox, without_id) as address:
        frame = make_account(shared_sandbox, base_url=f"{address}/v2").order(first["id"], progress=False)
    assert frame["order_id"].tolist() == [first["order_id"]]
    assert not any("answered with" in note for note in frame.attrs["notes"])


def without_id(body):
    return {**body, "data": {name: value for name, value in body["data"].items() if name != "id"}}


def test_cursors_that_a_server_ignores_are_an_error(shared_sandbox, make_account):
    def first_page(path):
        return path.replace("next_cursor=", "cursor=")

    with proxy(shared_sandbox, path=first_page) as address:
        api = make_account(shared_sandbox, base_url=f"{address}/v3")
        with pytest.raises(IncompleteError, match=r"already seen|does not move"):
            api.products(progress=False)
