"""A paged list is read to its end, or it is an error."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paged import read_pages

from scalev_frames.errors import PagingError
from scalev_frames.wire.answers.layout import BadPageError, Layout
from scalev_frames.wire.answers.paging import Pages


def answering(*pages):
    """A ``fetch`` that gives ``pages`` in order, and the parameters it was asked for."""
    asked = []
    left = iter(pages)

    def fetch(params):
        asked.append(dict(params))
        data = next(left)
        return SimpleNamespace(data=data, body={"code": 200, "data": data})

    return fetch, asked


def page(*ids, more=True, **cursor):
    return {"results": [{"id": one} for one in ids], "has_next": more, **cursor}


def rows(pages):
    return [row for one in pages for row in one.rows]


def read(fetch, params, **how):
    return read_pages(fetch, Pages(params, Layout(**{"paged": "value_column" not in how, **how})))


@pytest.mark.parametrize("cursor", [12, "0197f6a0-0000-7000-8000-000000000001", "12", 2**63])
def test_the_cursor_goes_back_exactly_as_it_came(cursor):
    fetch, asked = answering(page(2, last_id=cursor), page(1, more=False, last_id=1))
    assert [row["id"] for row in rows(read(fetch, {"status": "rts"}))] == [2, 1]
    assert asked == [{"status": "rts"}, {"status": "rts", "last_id": cursor}]


def test_two_cursor_values_are_sent_together():
    fetch, asked = answering(page(2, last_id=9, last_inserted_at="2026-11-01T00:00:00Z"), page(1, more=False))
    rows(read(fetch, {}))
    assert asked[1] == {"last_id": 9, "last_inserted_at": "2026-11-01T00:00:00Z"}


def test_a_list_that_names_only_its_next_page_is_read_until_it_names_none():
    """The specification of March 2026 has a list whose envelope holds ``next`` and nothing else."""
    fetch, asked = answering(
        {"results": [{"id": 2}], "next": "2026-11-01T00:00:00Z"}, {"results": [{"id": 1}], "next": None}
    )
    assert [row["id"] for row in rows(read(fetch, {}))] == [2, 1]
    assert asked[1] == {"next": "2026-11-01T00:00:00Z"}


def test_results_alone_are_the_whole_list():
    fetch, asked = answering({"results": [{"id": one} for one in range(40)]})
    assert len(rows(read(fetch, {}))) == 40
    assert len(asked) == 1


def test_page_numbers_follow_the_page_that_the_server_echoed():
    fetch, asked = answering(page(1, page=1), page(2, page=2), page(3, more=False, page=3))
    assert len(rows(read(fetch, {}))) == 3
    assert [one.get("page") for one in asked] == [None, 2, 3]


def test_a_count_without_has_next_is_read_until_all_are_there():
    fetch, asked = answering({"results": [{"id": 1}, {"id": 2}], "count": 3}, {"results": [{"id": 3}], "count": 3})
    assert len(rows(read(fetch, {}))) == 3
    assert asked[1] == {"page": 2}


def test_a_full_first_page_whose_count_is_its_own_length_may_have_more_behind_it():
    """The specification does not say whether ``count`` is of the list or of the page."""
    many = [{"id": one} for one in range(60)]
    fetch, asked = answering(
        {"results": many[:25], "count": 25}, {"results": many[25:50], "count": 25}, {"results": many[50:], "count": 10},
        {"results": [], "count": 0},
    )  # fmt: skip
    assert rows(read(fetch, {})) == many
    assert [one.get("page") for one in asked] == [None, 2, 3, 4]
    fetch, asked = answering({"results": many[:25], "count": 25}, {"results": [], "count": 25})
    assert rows(read(fetch, {})) == many[:25]


def test_rows_without_ids_that_an_addition_moved_to_the_next_page_come_once():
    moved = [{"amount": one} for one in (5, 5, 3, 2)]
    fetch, _ = answering(
        {"results": moved[:2], "count": 4}, {"results": moved[1:3], "count": 5}, {"results": moved[3:], "count": 5}
    )
    assert rows(read(fetch, {})) == moved


def test_a_count_that_falls_between_numbered_pages_makes_all_of_them_stale():
    fetch, _ = answering({"results": [{"id": 3}, {"id": 2}], "count": 4}, {"results": [{"id": 1}], "count": 3})
    with pytest.raises(BadPageError, match="had 4 rows and has 3") as caught:
        rows(read(fetch, {"a": "b"}))
    assert {"a": "b"} in caught.value.stale
    assert {"a": "b", "page": 2} in caught.value.stale


def test_a_count_beside_a_cursor_may_fall():
    fetch, _ = answering(page(3, 2, last_id=2, count=4), page(1, last_id=1, count=3, more=False))
    assert len(rows(read(fetch, {}))) == 3


@pytest.mark.parametrize("one", [10**30, None, "half an emoji \ud83d", Decimal("0.10"), 1.5])
def test_rows_of_any_id_are_told_apart(one):
    fetch, _ = answering(
        {"results": [{"id": one, "name": "a"}], "has_next": True, "last_id": 1},
        {"results": [{"id": one, "name": "b"}, {"id": 2}], "has_next": True, "last_id": 2},
        {"results": [{"name": "c"}], "has_next": False},
    )
    assert len(rows(read(fetch, {}))) == 4


@pytest.mark.parametrize("place", ["https://elsewhere.example/v3/orders", "/v3/orders", ""])
def test_of_an_address_of_the_next_page_only_its_new_parameters_are_sent(place):
    address = f"{place}?status=rts&next_cursor=a%2Bb%3D&page_size=25&sort=id&sort=name"
    fetch, asked = answering(
        {"results": [{"id": 2}], "is_paginated": True, "next": address},
        {"results": [{"id": 1}], "is_paginated": True, "next": None},
    )
    assert len(rows(read(fetch, {"status": ["shipped", "ready"]}))) == 2
    added = {"next_cursor": "a+b=", "page_size": "25", "sort": ["id", "name"]}
    assert asked[1] == {"status": ["shipped", "ready"], **added}


@pytest.mark.parametrize("odd", ["²", "9" * 5000, 2.5, None])
def test_a_page_number_or_a_count_that_is_none_is_not_read(odd):
    fetch, asked = answering(
        {"results": [{"id": 2}], "has_next": True, "page": odd, "count": odd, "page_size": 1},
        {"results": [{"id": 1}], "has_next": False, "page": odd, "count": odd, "page_size": odd},
    )
    if odd is None:
        with pytest.raises(BadPageError, match="not how to ask"):
            rows(read(fetch, {}))
    else:
        assert len(rows(read(fetch, {}))) == 2
        assert asked[1] == {"page": 2}


def test_a_full_page_that_names_the_end_without_has_next_is_the_last_one():
    fetch, _ = answering({"results": [{"id": 1}], "page_size": 1, "next_cursor": None})
    assert len(rows(read(fetch, {}))) == 1


def test_plain_lists_and_mappings_are_one_page():
    fetch, _ = answering(["a", "b"])
    assert rows(read(fetch, {}, value_column="tag")) == [{"tag": "a"}, {"tag": "b"}]
    fetch, _ = answering({"7": {"name": "x"}})
    assert rows(read(fetch, {}, rows_at="{}", value_column="id")) == [{"id": "7", "name": "x"}]


@pytest.mark.parametrize(
    ("pages", "word"),
    [
        ([{"has_next": False}], "no list of results"),
        ([{"results": {"id": 1}, "has_next": False}], "no list of results"),
        ([None], "no list of results"),
        ([page(1, last_id=1), page(2, last_id=1)], "does not move"),
        ([page(1, last_id=1), page(2, last_id=2), page(1, last_id=3)], "already seen"),
        ([{"results": [{"id": 1}] * 25, "count": 61}, *[{"results": [], "count": 61}] * 2], "empty page"),
        ([page(last_id=7)] * 4, "empty page"),
        ([page(1, last_id=1), *[page(last_id=1)] * 2], "empty page"),
        ([page(1, last_id=1), *[{"results": []}] * 2], "empty page"),
        ([page(1, page=1), *[page(page=2)] * 2], "empty page"),
        ([page(1, more=True)], "not how to ask"),
        ([{"results": [{"id": 1}], "page_size": "1"}], "did not say whether"),
        ([{"results": [{"id": 1}], "next": "a"}, {"results": [{"id": 2}], "next": "a"}], "does not move"),
        ([{"results": [{"id": 1}, "oops"], "has_next": False}], "str among its results"),
        ([{"results": [{"id": 1}, None], "has_next": False}], "NoneType among its results"),
        ([{"results": [[1, 2]], "has_next": False}], "list among its results"),
        ([[{"id": 1}, {"id": 2}]], "bare list"),
        ([{"results": [{"id": 1}], "next": "a"}, {"results": [{"id": 2}]}], "did not say whether"),
        (
            [{"results": [{"id": 1}, {"id": 2}], "last_id": 2}, {"results": [{"id": 3}, {"id": 4}], "last_id": 2}],
            "full page",
        ),
    ],
)
def test_what_cannot_be_trusted_raises_and_names_the_page(pages, word):
    fetch, asked = answering(*pages)
    with pytest.raises(BadPageError, match=word) as caught:
        rows(read(fetch, {"a": "b"}))
    assert caught.value.params == asked[-1]
    assert isinstance(caught.value, PagingError)


def test_a_bare_list_says_what_to_check():
    with pytest.raises(BadPageError) as caught:
        rows(read(answering([{"id": 1}])[0], {}))
    assert "base_url" in caught.value.advice


@pytest.mark.parametrize("odd", ["oops", 5, None, [1]])
def test_a_plain_list_of_records_holds_nothing_else(odd):
    fetch, _ = answering([{"id": 1}, odd])
    with pytest.raises(BadPageError, match="where a record belongs"):
        rows(read_pages(fetch, Pages({})))


@given(st.lists(st.lists(st.integers(), max_size=5, min_size=1), min_size=1, max_size=8), st.data())
def test_every_row_of_every_page_comes_once_in_order(chunks, data):
    ids = iter(range(10_000))
    unique = [[next(ids) for _ in chunk] for chunk in chunks]
    pages = [page(*chunk, more=number < len(unique) - 1, last_id=chunk[-1]) for number, chunk in enumerate(unique)]
    fetch, asked = answering(*pages)
    assert [row["id"] for row in rows(read(fetch, {}))] == [one for chunk in unique for one in chunk]
    assert len(asked) == len(pages)


def test_a_cursor_without_has_next_is_followed_to_the_empty_page():
    fetch, asked = answering(
        {"results": [{"id": 3}, {"id": 2}], "last_id": 2},
        {"results": [{"id": 1}], "last_id": 1, "has_next": None},
        {"results": [], "last_id": None},
    )
    assert [row["id"] for row in rows(read(fetch, {}))] == [3, 2, 1]
    assert asked[2] == {"last_id": 1}


@pytest.mark.parametrize("size", [1, 25, "25", 0, None])
def test_a_cursor_without_has_next_is_followed_whatever_size_the_server_names(size):
    """A page of ten rows may be cut by a gateway that passes on the size it was asked for."""
    beside = {"last_id": 3, "page_size": size}
    fetch, _ = answering(
        {"results": [{"id": 4}, {"id": 3}], **beside},
        {"results": [{"id": 2}], **beside, "last_id": 2},
        {"results": [], **beside, "last_id": None},
    )
    assert [row["id"] for row in rows(read(fetch, {}))] == [4, 3, 2]


def test_a_cursor_without_has_next_ends_where_it_stays():
    fetch, _ = answering({"results": [{"id": 2}], "last_id": 2}, {"results": [], "last_id": 2})
    assert [row["id"] for row in rows(read(fetch, {}))] == [2]


def test_what_stands_at_the_root_is_followed_too():
    pages = iter([
        {"data": [{"id": 2}], "has_next": True, "next_cursor": "c2", "is_paginated": True},
        {"data": [{"id": 1}], "has_next": False, "next_cursor": None, "is_paginated": True},
    ])  # fmt: skip
    asked = []

    def fetch(params):
        asked.append(dict(params))
        body = next(pages)
        return SimpleNamespace(data=body["data"], body=body)

    assert [row["id"] for row in rows(read(fetch, {"status": "rts"}))] == [2, 1]
    assert asked == [{"status": "rts"}, {"status": "rts", "next_cursor": "c2"}]


def test_a_list_at_the_root_that_says_it_has_no_pages_is_whole():
    body = {"data": [{"id": 1}], "is_paginated": False}
    page = Pages({}, Layout(paged=True)).take(SimpleNamespace(data=body["data"], body=body))
    assert (page.rows, page.following) == ([{"id": 1}], None)


@pytest.mark.parametrize(
    "key", ["next_page", "next_page_token", "after", "end_cursor", "continuation_token", "has_more", "more"]
)
@pytest.mark.parametrize("count", [1, 25, 40])
def test_a_way_to_more_that_is_not_known_is_an_error(key, count):
    fetch, _ = answering({"results": [{"id": one} for one in range(count)], key: "x7"})
    with pytest.raises(PagingError, match=f"{key}.*not known|did not say"):
        rows(read(fetch, {}))
    fetch, _ = answering({"results": [{"id": 1}], key: None, "previous_cursor": "x", "prev_token": "y"})
    assert len(rows(read(fetch, {}))) == 1
    fetch, _ = answering({"results": [{"id": 1}], key: "x7", "has_next": False})
    assert len(rows(read(fetch, {}))) == 1


def test_an_empty_last_page_after_a_promise_is_doubted_once_wherever_it_comes():
    pages = Pages({}, Layout(paged=True))

    def take(one):
        return pages.take(SimpleNamespace(data=one, body={}))

    take(page(1, page="one"))
    asked = pages.asked()
    assert take(page(more=False)).is_doubtful
    assert (pages.ended, pages.asked()) == (False, asked)
    assert [row["id"] for row in take(page(2, page="two")).rows] == [2]
    assert pages.asked() == {"page": 3}
    assert take(page(more=False)).is_doubtful
    assert not take(page(more=False)).is_doubtful
    assert pages.ended


def test_pages_that_a_filter_has_emptied_are_passed_while_the_cursor_moves():
    fetch, asked = answering(page(1, last_id=1), *[page(last_id=at) for at in (2, 2, 3, 3)], page(4, more=False))
    assert [row["id"] for row in rows(read(fetch, {}))] == [1, 4]
    assert [one.get("last_id") for one in asked] == [None, 1, 1, 2, 2, 3]


def test_a_list_that_promises_more_for_ever_ends_where_its_own_count_is_reached():
    fetch, _ = answering(page(1, last_id=1, total=1), *[page(last_id=1, total=1)] * 2)
    assert [row["id"] for row in rows(read(fetch, {}))] == [1]


def test_a_cursor_that_comes_back_as_a_text_does_not_move():
    pages = Pages({}, Layout(paged=True))
    pages.take(SimpleNamespace(data=page(2, last_id=2), body={}))
    with pytest.raises(BadPageError, match="does not move"):
        pages.take(SimpleNamespace(data=page(1, last_id="2"), body={}))


def test_the_page_before_one_that_was_seen_is_not_kept_either():
    pages = Pages({}, Layout(paged=True))
    for one in (page(3, last_id=3), page(2, last_id=9)):
        pages.take(SimpleNamespace(data=one, body={}))
    with pytest.raises(BadPageError, match="already seen") as error:
        pages.take(SimpleNamespace(data=page(3, last_id=7), body={}))
    assert error.value.stale == [{"last_id": 3}, {"last_id": 9}]


def test_an_empty_page_without_a_count_is_doubted_where_a_count_promised_more():
    pages = Pages({}, Layout(paged=True))
    pages.take(SimpleNamespace(data={"results": [{"id": one} for one in range(25)], "count": 61}, body={}))
    assert pages.take(SimpleNamespace(data=[], body={"data": [], "is_paginated": False})).is_doubtful
