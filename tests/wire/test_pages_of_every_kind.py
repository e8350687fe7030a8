"""Pages of every kind, without a server: whatever their lengths, every row or an error."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from paged import read_pages

from scalev_frames.errors import PagingError
from scalev_frames.wire.answers.layout import Layout
from scalev_frames.wire.answers.paging import Pages
from tests.movements import CURSORS, KINDS, ROOT


def pages_of(kind, lengths, change=lambda page, keys: keys, rows=61):
    """A server's pages of a list: of these lengths, one after the other, with their keys changed."""
    sent = []

    def fetch(params):
        place, start = len(sent), sum(lengths[: len(sent)])
        assert place < len(lengths), "it asks for more than there is"
        part = [{"id": number} for number in range(start, min(start + lengths[place], rows))]
        end = start + len(part)
        keys = keys_of(kind, place, len(part), None if end >= rows else end, rows)
        sent.append(dict(params))
        if kind == ROOT:
            return SimpleNamespace(data=part, body={"data": part, **change(place, keys)})
        return SimpleNamespace(data={"results": part, **change(place, keys)}, body={})

    return fetch


def keys_of(kind, place, length, following, rows):
    known = {"has_next": following is not None, "page_size": 25, "count": rows, "page": place + 1, "is_paginated": True}
    names = ("is_paginated", "has_next", "next_cursor", "page_size") if kind == ROOT else KINDS[kind]
    return {
        name: known.get(name, following if name == "last_id" or following is None else f"c{following}")
        for name in names
    }


def read(kind, lengths, change=lambda page, keys: keys, rows=61):
    """The ids of all rows."""
    pages = Pages({}, Layout(paged=True))
    return [row["id"] for page in read_pages(pages_of(kind, lengths, change, rows), pages) for row in page.rows]


WHOLE = list(range(61))
EVERY = [*KINDS, ROOT]


def without_position(page, keys):
    return {
        name: one
        for name, one in keys.items()
        if not name.startswith("last_") and name not in ("next", "next_cursor", "page")
    }


@pytest.mark.parametrize("kind", EVERY)
def test_more_without_a_way_to_it_is_an_error(kind):
    if kind == "count":
        assert read(kind, [25, 25, 11], without_position) == WHOLE  # the page is known by the number of requests
        return
    with pytest.raises(PagingError):
        read(kind, [25, 25, 11], without_position)


@pytest.mark.parametrize("kind", EVERY)
def test_a_full_page_that_says_nothing_at_all_is_an_error(kind):
    with pytest.raises(PagingError, match=r"did not say whether there|does not say whether there"):
        read(kind, [25, 25, 11], lambda page, keys: {})


@pytest.mark.parametrize("lengths", [[7, 25, 3, 25, 1], [40, 21], [61], [1] * 61, [25, 24, 12]], ids=str)
@pytest.mark.parametrize("kind", [*CURSORS, ROOT])
def test_a_cursor_is_followed_whatever_the_length_of_pages(kind, lengths):
    assert read(kind, lengths) == WHOLE


@pytest.mark.parametrize("lengths", [[7, 25, 29], [40, 21], [25, 24, 12], [25, 26, 10]], ids=str)
@pytest.mark.parametrize("kind", ["page", "count"])
def test_numbered_pages_of_different_lengths_are_an_error(kind, lengths):
    """Where the next one begins is not known then."""
    if lengths == [40, 21]:
        assert read(kind, lengths) == WHOLE
        return
    with pytest.raises(PagingError, match="numbers do not fit"):
        read(kind, lengths)


@pytest.mark.parametrize("kind", ["page", "count"])
def test_numbered_pages_may_be_of_any_one_length(kind):
    assert read(kind, [10] * 6 + [1]) == WHOLE
    assert read(kind, [61, 0], lambda page, keys: keys if kind == "page" or page == 0 else {"count": 0}) == WHOLE


@pytest.mark.parametrize(
    ("yes", "no"), [("true", "false"), (1, 0), ("1", "0"), ("yes", "no"), ("True", ""), ("Y", "N")]
)
@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind == ROOT or "has_next" in KINDS[kind]])
def test_more_is_understood_in_every_form(kind, yes, no):
    assert read(kind, [25, 25, 11], lambda page, keys: {**keys, "has_next": yes if keys["has_next"] else no}) == WHOLE


@pytest.mark.parametrize("odd", ["maybe", {}, [], 2, "ya"])
@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind == ROOT or "has_next" in KINDS[kind]])
def test_a_word_that_is_neither_is_an_error(kind, odd):
    with pytest.raises(PagingError, match="does not say whether there are more"):
        read(kind, [25, 25, 11], lambda page, keys: {**keys, "has_next": odd})


@pytest.mark.parametrize("count", [0, 3, 24, 30, 49, "30", None, "many", [], 61.5])
def test_a_count_that_is_not_the_lists_is_an_error(count):
    with pytest.raises(PagingError):
        read("count", [25, 25, 11], lambda page, keys: {"count": count})


@pytest.mark.parametrize("count", [61, "61"])
def test_a_count_may_be_a_text(count):
    assert read("count", [25, 25, 11], lambda page, keys: {"count": count}) == WHOLE


def test_a_count_of_more_rows_than_there_are_is_an_error():
    with pytest.raises(PagingError):
        read("count", [25, 25, 11, 0], lambda page, keys: {"count": 70})


@pytest.mark.parametrize("rows", [0, 1, 24, 25, 26, 50, 61])
@pytest.mark.parametrize("kind", EVERY)
def test_honest_pages_of_any_number_of_rows(kind, rows):
    lengths = [25] * (rows // 25) + [rows % 25, 0]
    assert read(kind, lengths, rows=rows) == list(range(rows))
