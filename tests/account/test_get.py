"""`api.get`: a way to everything that has no accessor, as whole and as safe as those that have one."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.connection import use
from scalev_frames.errors import BadValueError, IncompleteError, NotCachedError, NotFoundError
from tests.proxies import proxy


@pytest.fixture
def at_unknown(shared_sandbox, make_account):
    """An account at a server that has ``/news``, a path that no row of the catalog has, in place of another."""
    opened = []

    def make(instead_of, change=lambda body: body, version="v2"):
        front = proxy(shared_sandbox, change, lambda path: path.replace("/news", instead_of))
        opened.append(front)
        return make_account(shared_sandbox, base_url=f"{front.__enter__()}/{version}")

    yield make
    for one in opened:
        one.__exit__(None, None, None)


@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize(
    ("path", "name", "arguments"),
    [
        ("/stores", "stores", {}),
        ("products", "products", {}),
        ("/orders", "orders", {}),
        ("/orders/statistics", "order_statistics", {"minimum_days": 400}),
        ("/stores/3/products", "store_products", {"store_id": 3}),
        ("/products/101", "product", {"id": 101}),
        ("/order-tags", "", {}),
    ],
)
def test_a_path_that_the_catalog_knows_is_its_accessor(shared_sandbox, make_account, version, path, name, arguments):
    api = make_account(shared_sandbox, base_url=shared_sandbox.url(version))
    if not name:
        with pytest.raises(NotFoundError):
            api.get(path, progress=False)
        return
    given = {key: value for key, value in arguments.items() if not path.strip("/").count(str(value))}
    frame = api.get(path, progress=False, **given)
    assert frame.attrs["endpoint"] == name
    pd.testing.assert_frame_equal(frame, api.fetch(name, **arguments, progress=False), check_flags=False)
    assert len(frame) > 0


@pytest.mark.parametrize(("data", "rows"), [([{}, {}], 2), ({"results": [{}], "has_next": False}, 1)])
def test_records_without_any_field_are_a_frame_that_is_not_kept(at_unknown, data, rows):
    api = at_unknown("/stores", lambda body: {**body, "data": data})
    frame = api.get("/news", progress=False)
    assert frame.shape == (rows, 0)
    assert any("could not be kept" in note for note in frame.attrs["notes"])


@pytest.mark.parametrize("body", [[], {"data": []}, {"code": 200, "status": "OK", "data": []}])
def test_an_empty_list_is_one_where_lists_have_no_pages_and_no_answer_where_they_have(
    shared_sandbox, make_account, body
):
    """Plain lists are a bare list below `data`; a list with pages has an object around its rows, also when empty."""
    with proxy(shared_sandbox, lambda _: body, lambda path: path.replace("/news", "/stores")) as address:
        for version in ("v2", "v3"):
            api = make_account(shared_sandbox, base_url=f"{address}/{version}", name=version)
            assert len(api.order_tags(progress=False)) == len(api.get("/news", progress=False)) == 0
            for name in ("orders", "products", "customers", "locations"):
                with pytest.raises(IncompleteError, match="bare list"):
                    api.fetch(name, progress=False)


@pytest.mark.slow
def test_a_known_path_takes_its_filters_and_others_as_they_are(make_sandbox, make_account):
    sandbox = make_sandbox(orders=60)
    api = make_account(sandbox)
    frame = api.get("/orders", since="2026-10-01", status=["shipped", "completed"], newest_field=True, progress=False)
    expected = api.orders(since="2026-10-01", status=["shipped", "completed"], progress=False)
    assert frame["id"].tolist() == expected["id"].tolist()
    assert {one.params.get("newest_field") for one in sandbox.requests if one.path == "/order"} == {"true", None}
    assert frame.attrs["filters"]["newest_field"] == "true"


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_an_unknown_list_is_whole_with_columns_by_name(shared_sandbox, at_unknown, version):
    api = at_unknown("/products/simplified", version=version)
    frame = api.get("/news", progress=False)
    rows = shared_sandbox.world.rows("products_simplified")
    assert len(rows) > 50
    assert frame["id"].tolist() == [str(row["id"]) for row in rows]
    assert frame["variants"].map(type).eq(list).all()
    assert frame.attrs["complete"]
    assert frame.attrs["requests"] == -(-len(rows) // 25)


@pytest.mark.slow
def test_it_is_kept_and_exported_like_any_other(at_unknown, shared_sandbox, tmp_path):
    api = at_unknown("/products/simplified")
    with pytest.raises(NotCachedError):
        api.get("/news", offline=True, progress=False)
    first = api.get("/news", progress=False)
    before = len(shared_sandbox.requests)
    again = api.get("news/", progress=False)
    assert again.attrs["from_cache"]
    pd.testing.assert_frame_equal(again, first, check_flags=False)
    assert api.get("/news", offline=True, progress=False).attrs["from_cache"]
    assert len(shared_sandbox.requests) == before
    assert not api.get("/news", refresh=True, progress=False).attrs["from_cache"]
    assert not api.get("/news", search="batik", progress=False).attrs["from_cache"]
    some = api.get("/news", limit=7, progress=False)
    assert (len(some), some.attrs["complete"]) == (7, False)
    back = sf.read_parquet(sf.to_parquet(first, tmp_path / "news.parquet"))
    assert back["id"].tolist() == first["id"].tolist()
    sf.to_excel(first, tmp_path / "news.xlsx")
    assert len(pd.read_excel(tmp_path / "news.xlsx", engine="openpyxl")) >= len(first)


def test_rows_that_come_again_on_the_next_page_stay_and_are_noted(at_unknown):
    before = []

    def move(body):
        rows = body["data"]["results"]
        body["data"]["results"] = [*before[-3:], *rows]
        before.extend(rows)
        return body

    frame = at_unknown("/products/simplified", move).get("/news", progress=False)
    assert len(frame) == len(before) + 6  # there are three pages
    assert "6 rows came twice and stay: nothing tells whether the list moved meanwhile" in frame.attrs["notes"]


RENAMED = {
    "under another name": lambda body: {"data": {**{k: v for k, v in body["data"].items() if k != "results"}, "items": body["data"]["results"]}},
    "without an envelope": lambda body: body["data"],
}  # fmt: skip


@pytest.mark.parametrize("how", RENAMED)
def test_rows_are_found_under_any_name(shared_sandbox, at_unknown, how):
    frame = at_unknown("/products/simplified", RENAMED[how]).get("/news", progress=False)
    assert frame["id"].tolist() == [str(row["id"]) for row in shared_sandbox.world.rows("products_simplified")]


@pytest.mark.parametrize("data", [{}, None, "text", 5, True, {"results": {}}, {"items": [], "next": "a"}])
def test_what_is_neither_a_record_nor_a_list_is_an_error(at_unknown, data):
    """An empty object says nothing: it may be a list without rows, or a record without fields."""
    with pytest.raises(IncompleteError):
        at_unknown("/stores", lambda body: {**body, "data": data}).get("/news", progress=False)


def test_pages_whose_rows_cannot_be_told_are_an_error(at_unknown):
    def two_lists(body):
        data = body["data"]
        return {"data": {"has_next": True, "last_id": 7, "news": data["results"], "old": data["results"]}}

    with pytest.raises(IncompleteError):
        at_unknown("/products/simplified", two_lists).get("/news", progress=False)


@pytest.mark.parametrize(
    ("body", "shape", "values"),
    [
        ({"code": 200, "data": {"id": 7, "total": "1500.50"}}, (1, 2), {"id": ["7"], "total": ["1500.50"]}),
        ({"id": 7, "nested": {"name": "x"}}, (1, 2), {"nested_name": ["x"]}),
        ({"data": ["a", "b"], "is_paginated": False}, (2, 1), {"value": ["a", "b"]}),
        ([{"id": 1}, {"id": 2}], (2, 1), {"id": ["1", "2"]}),
        ({"data": {"count": 12}}, (1, 1), {"count": [12]}),
        ({"data": []}, (0, 0), {}),
        ({"data": {"news": [{"id": 1}, {"id": 2}]}}, (2, 1), {"id": ["1", "2"]}),
        ({"data": {"data": {"results": [{"id": 1}], "has_next": False}}}, (1, 1), {"id": ["1"]}),
        ({"data": {"items": [{"id": 1}], "total": 9_000}}, (1, 2), {"total": [9_000]}),
    ],
    ids=repr,
)
def test_records_values_and_nothing(at_unknown, body, shape, values):
    frame = at_unknown("/stores", lambda _: body).get("/news", progress=False)
    assert frame.shape == shape
    for name, wanted in values.items():
        assert frame[name].tolist() == wanted


OPEN = "the server ended the list with a full page, and nothing shows whether there are rows behind it"


@pytest.mark.parametrize(("rows", "beside", "is_open"), [
    (24, {}, False), (25, {}, True), (26, {}, False), (25, {"is_paginated": False}, False), (25, {"next": None}, False),
])  # fmt: skip
def test_a_list_that_is_as_long_as_a_page_and_says_no_more_has_a_note(at_unknown, rows, beside, is_open):
    api = at_unknown("/stores", lambda _: {"data": [{"id": one} for one in range(rows)], **beside})
    frame = api.get("/news", progress=False)
    assert (len(frame), OPEN in frame.attrs["notes"]) == (rows, is_open)


def test_lists_of_several_parents_have_that_note_once(shared_sandbox, make_account):
    with proxy(shared_sandbox, lambda body: {"data": [f"va_{one}" for one in range(25)]}) as address:
        api = make_account(shared_sandbox, base_url=f"{address}/v2")
        frame = api.store_payment_methods(store_id=[1, 2, 3], progress=False)
    assert (len(frame), list(frame.attrs["notes"]).count(OPEN)) == (75, 1)


def test_raw_is_the_parsed_answer_of_one_request(api, shared_sandbox):
    before = len(shared_sandbox.requests)
    body = api.get("/products", raw=True, page_size=5)
    assert (body["code"], len(body["data"]["results"]), body["data"]["has_next"]) == (200, 5, True)
    second = api.get("/products", raw=True, page_size=5, last_id=body["data"]["last_id"])
    assert second["data"]["results"][0]["id"] != body["data"]["results"][0]["id"]
    assert api.get("/products", raw=True, page_size=5) == body
    assert len(shared_sandbox.requests) - before == 2
    assert api.get("/products", raw=True, page_size=5, refresh=True) == body
    assert len(shared_sandbox.requests) - before == 3
    assert {one.method for one in shared_sandbox.requests} == {"GET"}
    with pytest.raises(NotCachedError):
        api.get("/products", raw=True, page_size=6, offline=True)
    with pytest.raises(BadValueError, match="limit"):
        api.get("/products", raw=True, limit=5)


def test_a_record_of_v3_that_no_row_has(shared_sandbox, make_account):
    api = make_account(shared_sandbox, base_url=shared_sandbox.url("v3"))
    assert api.get("/me", progress=False).shape[0] == 1
    assert api.get("/me", raw=True)["scopes"] == ["*"]


@pytest.mark.parametrize("path", [
    "https://evil.example/v2/stores", "http://evil.example", "//evil.example/x/../y", "/../v3/me", "/stores/../../x",
    "/%2e%2e/x", "/%252e%252e/x", "/stores/%2fetc", "/a\\b", "/stores?search=x", "/stores#top", "", "/", "/a//b", "/a b",
    "/{id}", "ftp://x/y", "/sto\nres", "/stores/x\x00y",
])  # fmt: skip
@pytest.mark.parametrize("raw", [False, True])
def test_a_path_does_not_leave_the_api(make_sandbox, make_account, path, raw):
    sandbox = make_sandbox(orders=3)
    with pytest.raises(BadValueError):
        make_account(sandbox).get(path, raw=raw, progress=False)
    assert not sandbox.requests


def test_the_address_and_the_version_may_stand_before_the_path(api, shared_sandbox):
    for path in (f"{shared_sandbox.base_url}/stores", "/v2/stores", "v2/stores/"):
        assert api.get(path, progress=False).attrs["endpoint"] == "stores"
    with pytest.raises(BadValueError, match="of v3, and this account speaks v2"):
        api.get("/v3/me", raw=True)


@pytest.mark.parametrize("wrong", [{"last_id": 3}, {"page": 2}, {"next_cursor": "x"}, {"search": []}, {"search": {}},
                                   {"limit": 0}, {"max_age": -1}, {"search": object()}])  # fmt: skip
def test_what_cannot_be_asked_is_refused(api, shared_sandbox, wrong):
    before = len(shared_sandbox.requests)
    with pytest.raises(BadValueError):
        api.get("/stores", **wrong, progress=False)
    assert len(shared_sandbox.requests) == before


def test_values_are_sent_as_the_api_writes_them(make_sandbox, make_account):
    sandbox = make_sandbox(orders=3)
    moment = dt.datetime(2026, 11, 1, 7, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    make_account(sandbox).get("/customers/tags", raw=True, a=True, b=dt.date(2026, 11, 1), c=moment, d=[1, 2], e=None)
    assert sandbox.requests[-1].params == {"a": "true", "b": "2026-11-01", "c": "2026-11-01T00:00:00Z", "d": "2"}


def test_a_function_of_the_package_asks_the_current_account(api):
    use(api)
    try:
        assert sf.get("/stores", progress=False).shape == api.stores(progress=False).shape
        assert sf.get("/products/count", raw=True)["data"] == {"count": 72}
    finally:
        use(None)
