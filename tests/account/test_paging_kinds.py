"""Every paging kind of the specifications gives exactly the server's rows, or an error; never some of them."""

from __future__ import annotations

import pytest

from scalev_frames.errors import IncompleteError, PagingError
from scalev_frames.sandbox import Fault
from scalev_frames.sandbox.server.faults import always
from tests.movements import KINDS, add_movements, path_of

SIZES = [0, 1, 24, 25, 26, 50, 61]
#: v3's envelope from an address of v2 is a paging kind of its own.
ROOT = "root_next_cursor"
CURSORS = [kind for kind in KINDS if kind not in ("page", "count")]


@pytest.fixture
def movements(monkeypatch, make_sandbox, make_account):
    """Starts a sandbox whose list of one paging kind has that many rows, and connects to it."""
    add_movements(monkeypatch)

    def make(kind, count, **how):
        name = "last_id" if kind == ROOT else kind
        sandbox = make_sandbox(orders=1)
        sandbox.world.set_rows(name, count)
        if kind == ROOT:
            sandbox.script(always("root_list", path_of(name)))
        return sandbox, make_account(sandbox, **how), name

    return make


def ids(frame):
    return [int(one) for one in frame["id"]]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("kind", [*KINDS, ROOT, "none"])
def test_rows_are_the_servers(movements, kind, count):
    sandbox, api, name = movements(kind, count)
    frame = api.fetch(name, progress=False)
    truth = sandbox.world.rows(name)
    assert len(truth) == count
    assert ids(frame) == [row["id"] for row in truth]
    assert frame["created_at"].notna().all()
    assert frame.attrs["complete"] is True
    assert frame.attrs["rows"] == count
    pages = 1 if kind == "none" else max(-(-count // 25), 1)
    is_unsure = kind == "count" and count == 25  # of the list or of the page?
    assert frame.attrs["requests"] == pages + is_unsure


@pytest.mark.sampled(3)
@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("kind", ["last_id", "two_keys", "next", "page", "count"])
def test_rows_are_the_servers_in_v3_too(monkeypatch, make_sandbox, make_account, kind, count):
    add_movements(monkeypatch)
    sandbox = make_sandbox(orders=1)
    sandbox.world.set_rows(kind, count)
    frame = make_account(sandbox, base_url=sandbox.url("v3")).fetch(kind, progress=False)
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(kind)]
    assert frame.attrs["complete"] is True
    assert len(sandbox.requests) == max(-(-count // 25), 1)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("limit", [1, 25, 26, 60, 61, 62])
@pytest.mark.parametrize("kind", [*KINDS, ROOT])
def test_a_limit_cuts_every_kind_alike_and_says_so(movements, kind, limit):
    sandbox, api, name = movements(kind, 61)
    frame = api.fetch(name, limit=limit, progress=False)
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(name)][:limit]
    assert frame.attrs["complete"] is (limit >= 61)


@pytest.mark.parametrize("kind", [*KINDS, ROOT])
def test_a_page_sent_twice_is_an_error(movements, kind):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("ignore_cursor", path_of(name), at=2))
    with pytest.raises(IncompleteError):
        api.fetch(name, progress=False)
    assert ids(api.fetch(name, progress=False)) == [row["id"] for row in sandbox.world.rows(name)]


@pytest.mark.parametrize("kind", [*KINDS, ROOT])
def test_a_cursor_that_never_ends_is_an_error(movements, kind):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(always("ignore_cursor", path_of(name)))
    with pytest.raises(IncompleteError):
        api.fetch(name, progress=False)
    assert len(sandbox.requests) <= 4


@pytest.mark.parametrize("kind", [*KINDS, ROOT])
def test_an_empty_page_before_the_end_is_an_error(movements, kind):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("empty_page", path_of(name), at=2))
    with pytest.raises(IncompleteError):
        api.fetch(name, progress=False)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("count", [25, 26, 61])
@pytest.mark.parametrize("kind", [*CURSORS, ROOT])
def test_a_cursor_without_has_next_is_followed_or_an_error(movements, kind, count):
    sandbox, api, name = movements(kind, count)
    sandbox.script(always("envelope", path_of(name), without="has_next"))
    try:
        frame = api.fetch(name, progress=False)
    except PagingError:
        return
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(name)]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("item", ["oops", 5, None, [1, 2]])
@pytest.mark.parametrize("kind", [*KINDS, ROOT, "none"])
def test_an_item_that_is_no_record_is_an_error(movements, kind, item):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("items", path_of(name), at=1 if kind == "none" else 2, items=[item]))
    with pytest.raises(PagingError, match="where a record belongs"):
        api.fetch(name, progress=False)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("place", [0, 24, 25, 26, 60])
@pytest.mark.parametrize("kind", [*CURSORS, ROOT])
def test_a_deletion_between_pages_costs_no_other_row(movements, kind, place):
    sandbox, api, name = movements(kind, 61)
    before = [row["id"] for row in sandbox.world.rows(name)]
    gone = before[place]
    sandbox.after(1, lambda world: world.delete_row(name, gone))
    found = ids(api.fetch(name, progress=False))
    assert [one for one in found if one != gone] == [one for one in before if one != gone]


@pytest.mark.parametrize("place", [0, 24, 25, 60])
def test_a_deletion_between_numbered_pages_is_an_error_and_the_same_call_reads_anew(movements, place):
    sandbox, api, name = movements("count", 61)
    gone = sandbox.world.rows(name)[place]["id"]
    sandbox.after(1, lambda world: world.delete_row(name, gone))
    with pytest.raises(PagingError, match="had 61 rows and has 60"):
        api.fetch(name, progress=False)
    assert ids(api.fetch(name, progress=False)) == [row["id"] for row in sandbox.world.rows(name)]


@pytest.mark.parametrize("kind", ["page", "count"])
def test_rows_added_between_numbered_pages_double_nothing(movements, kind):
    sandbox, api, name = movements(kind, 61)
    before = [row["id"] for row in sandbox.world.rows(name)]
    sandbox.after(1, lambda world: world.set_rows(name, 63))
    assert ids(api.fetch(name, progress=False)) == before
