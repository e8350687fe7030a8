"""Lists of other servers, in other words: every row, or an error where there may be more."""

from types import SimpleNamespace

import pytest

from scalev_frames.errors import PagingError
from scalev_frames.wire.answers.layout import Layout
from scalev_frames.wire.answers.paging import Pages


def take_bare(body):
    return Pages({}, Layout(is_unknown=True)).take(SimpleNamespace(data=body.get("data", body), body=body)).rows


@pytest.mark.parametrize("more", [
    {"hasNext": True}, {"has next": True}, {"HasNext": True}, {"isLast": False}, {"is_last_page": False}, {"truncated": True},
    {"meta": {"has_more": True}}, {"meta": {"pagination": {"page": 1, "pages": 3}}}, {"page": {"number": 0, "totalPages": 3}},
    {"limit": 2, "offset": 0}, {"per_page": 2}, {"paging": {"next": "https://x.example/?after=7"}},
], ids=str)  # fmt: skip
def test_words_of_other_servers_for_more_are_an_error_beside_a_list_that_nobody_knows(more):
    listed = [{"id": 2}, {"id": 1}]
    with pytest.raises(PagingError, match=r"how to go on|did not say"):
        take_bare({"data": listed, **more})


@pytest.mark.parametrize("last", [
    {"hasNext": False}, {"isLast": True}, {"is_last_page": True}, {"truncated": False}, {"meta": {"has_more": False}},
    {"meta": {"pagination": {"page": 1, "pages": 1}}}, {"limit": 25}, {"per_page": 25}, {"is_paginated": False, "limit": 2},
], ids=str)  # fmt: skip
def test_the_same_words_end_a_list_that_is_whole(last):
    assert len(take_bare({"data": [{"id": 2}, {"id": 1}], **last})) == 2


def test_a_record_with_a_list_and_a_next_payment_is_one_row():
    record = {"id": 5, "items": [{"a": 1}, {"a": 2}], "next_payment_at": "2026-12-01"}
    assert take_bare({"data": record}) == [record]


@pytest.mark.parametrize("beside", [
    {"meta": {"last_page": 3}}, {"meta": {"total": 61}}, {"pagination": {"next_page": 2}}, {"links": {"next": "/a?p=2"}},
    {"paging": {"has_next": True}}, {"total_pages": "3"}, {"total_count": 61}, {"page": 1, "total": 61},
    {"offset": 0, "total": 61}, {"limit": 2, "total": "61"}, {"remaining": 36}, {"pages": [1, 2, 3]}, {"found": 61},
    {"warnings": ["result truncated to 2 rows"]}, {"incomplete_results": True}, {"isEnd": False}, {"maxPage": 3},
    {"recordsTotal": 61}, {"resultCount": 61}, {"pager": {"total": 61}}, {"cursors": {"after": "abc"}}, {"message": "Partial"},
])  # fmt: skip
@pytest.mark.parametrize(
    "body", [lambda rows: {"results": rows}, lambda rows: {"data": rows}, lambda rows: {"items": rows}]
)
def test_what_other_servers_say_of_more_is_never_passed_over(beside, body):
    """Of a list that the catalog knows, of a bare one, and of one that nobody knows."""
    told = {**body([{"id": 1}, {"id": 2}]), **beside}
    for data, whole in ((told, {}), (told.get("data", told), told)):
        pages = Pages({}, Layout(is_unknown=True))
        with pytest.raises(PagingError, match=r"not known|how to ask|no list of results"):
            pages.take(SimpleNamespace(data=data, body=whole))


@pytest.mark.parametrize("wrap", [
    lambda rows, beside: {"result": {"rows": rows, **beside}}, lambda rows, beside: {"payload": {"data": rows}, **beside},
    lambda rows, beside: {"_embedded": {"news": rows}, **beside}, lambda rows, beside: {"a": {"b": {"c": rows, **beside}}},
    lambda rows, beside: {str(row["id"]): row for row in rows} if not beside else {"news": rows, **beside},
])  # fmt: skip
def test_rows_within_objects_are_a_list_that_may_have_more(wrap):
    rows = [{"id": one} for one in range(10)]
    said = {"totalPages": 1, "_links": {"next": None}}
    assert Pages({}, Layout(is_unknown=True)).take(SimpleNamespace(data=wrap(rows, said), body={})).rows == rows
    for more in ({"pages": 3}, {"next_page": 2}, {"_links": {"next": {"href": "/a?p=2"}}}, {"total": 61}):
        with pytest.raises(PagingError, match="not known"):
            Pages({}, Layout(is_unknown=True)).take(SimpleNamespace(data=wrap(rows, more), body={}))


@pytest.mark.parametrize("data", [
    {"8976": {"id": 8976}, "8975": {"id": 8975}},
    [{"results": [{"id": 8976}, {"id": 8975}], "has_next": False}],
])  # fmt: skip
def test_a_list_by_the_ids_of_its_rows_and_a_page_alone_in_a_list_are_its_rows(data):
    page = Pages({}, Layout(is_unknown=True)).take(SimpleNamespace(data=data, body={"data": data}))
    assert page.rows == [{"id": 8976}, {"id": 8975}]


def test_numbers_by_which_rows_are_called_stay():
    data = {"101": {"sold": 5}, "102": {"sold": 3, "id": 7}}
    page = Pages({}, Layout(is_unknown=True)).take(SimpleNamespace(data=data, body={"data": data}))
    assert page.rows == [{"key": "101", "sold": 5}, {"key": "102", "sold": 3, "id": 7}]


@pytest.mark.parametrize("name", ["", "name"])
def test_a_list_beside_its_total_is_no_list_of_values(name):
    with pytest.raises(PagingError, match="where a record belongs"):
        Pages({}, Layout(value_column=name)).take(SimpleNamespace(data=[[{"id": 1}], {"total": 61}], body={}))


@pytest.mark.parametrize("beside", [
    {"meta": {"last_page": 1, "total": 2}}, {"links": {"next": None}}, {"total_count": 2, "total": 9_000},
    {"meta": {"page": 1}}, {"totals": {"total": 500}}, {"has_next": False, "meta": {"total": 61}},
])  # fmt: skip
def test_what_other_servers_say_of_the_end_is_the_end(beside):
    page = Pages({}, Layout(is_unknown=True)).take(
        SimpleNamespace(data={"results": [{"id": 1}, {"id": 2}], **beside}, body={})
    )
    assert (len(page.rows), page.following) == (2, None)


@pytest.mark.parametrize("without", [
    lambda rows: {"results": rows}, lambda rows: {"items": rows}, lambda rows: rows, lambda rows: {"data": rows},
    lambda _: {}, lambda rows: {"id": 7, "rows": len(rows)}, lambda rows: {"items": rows, "old": rows},
])  # fmt: skip
@pytest.mark.parametrize("keys", [{"next": "a"}, {"has_next": True, "last_id": 9}, {"has_next": True, "page": 1}])
def test_a_page_that_lacks_the_keys_of_the_one_before_it_is_no_end(without, keys):
    """A list that nobody knows: 25 of its 61 rows, then a full page that does not say how to go on."""
    pages = Pages({}, Layout(is_unknown=True))
    pages.take(SimpleNamespace(data={"results": [{"id": one} for one in range(25)], **keys}, body={}))
    data = without([{"id": one} for one in range(25, 50)])
    with pytest.raises(PagingError):
        pages.take(SimpleNamespace(data=data, body={"data": data}))


def test_a_short_page_that_lacks_the_keys_of_the_one_before_it_is_the_end():
    pages = Pages({}, Layout(is_unknown=True))
    pages.take(SimpleNamespace(data={"items": [{"id": 1}, {"id": 2}], "next": "a"}, body={}))
    page = pages.take(SimpleNamespace(data={"items": [{"id": 3}]}, body={}))
    assert (page.rows, pages.ended) == ([{"id": 3}], True)
