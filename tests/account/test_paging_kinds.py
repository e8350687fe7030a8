"""Every paging kind of the specifications gives exactly the server's rows, or an error; never some of them."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest

from scalev_frames.errors import AuthenticationError, IncompleteError, InvalidParametersError, PagingError
from scalev_frames.sandbox import Fault
from scalev_frames.sandbox.server.faults import always
from scalev_frames.sandbox.world.behaviour import Behaviour
from scalev_frames.wire.answers.paging import Pages
from tests.movements import CURSORS, KINDS, ROOT, add_movements, path_of

SIZES = [0, 1, 24, 25, 26, 50, 61]


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


def by_turns(kinds, others):
    """The first kind with each of the others, and each further kind with one of them in turn."""
    first, *rest = kinds
    return [*((first, one) for one in others), *zip(rest, itertools.cycle(others), strict=False)]


def ids(frame):
    return [int(one) for one in frame["id"]]


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
    # A count of 25 may be of the list or of the page; only a count shows that nothing is behind a full last page.
    more = {"none": 0, "count": int(count == 25), "next": 2}.get(kind, 1) if count in (25, 50) else 0
    assert frame.attrs["requests"] == pages + more


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("kind", ["last_id", "two_keys", "next", "page", "count"])
def test_rows_are_the_servers_in_v3_too(monkeypatch, make_sandbox, make_account, kind, count):
    add_movements(monkeypatch)
    sandbox = make_sandbox(orders=1)
    sandbox.world.set_rows(kind, count)
    frame = make_account(sandbox, base_url=sandbox.url("v3")).fetch(kind, progress=False)
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(kind)]
    assert frame.attrs["complete"] is True
    more = 2 * (count in (25, 50))  # where the last page has no cursor, a shorter one is asked for first
    assert len(sandbox.requests) == max(-(-count // 25), 1) + more


#: Each kind in both versions with both words at both pages, in four cases of eight.
SAID_TO_END = [(kind, f"v{2 + (nowhere + at) % 2}", nowhere, at)
               for kind in KINDS for nowhere in (False, True) for at in (1, 2)]  # fmt: skip


@pytest.mark.parametrize(("kind", "version", "nowhere", "at"), SAID_TO_END)
def test_a_full_page_that_is_said_to_be_the_last_is_not_believed(
    monkeypatch, make_sandbox, make_account, version, kind, nowhere, at
):
    add_movements(monkeypatch)
    sandbox = make_sandbox(orders=1)
    sandbox.world.set_rows(kind, 61)
    words = {"has_next": False} | dict.fromkeys([*KINDS[kind], "next_cursor"] if nowhere else ())
    for key, value in words.items():
        sandbox.script(Fault("envelope", path_of(kind), at=at, key=key, value=False if key == "has_next" else value))
    try:
        frame = make_account(sandbox, base_url=sandbox.url(version)).fetch(kind, progress=False)
    except IncompleteError:
        return
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(kind)]


@pytest.mark.parametrize("limit", [1, 25, 26, 60, 61, 62])
@pytest.mark.parametrize("kind", [*KINDS, ROOT])
def test_a_limit_cuts_every_kind_alike_and_says_so(movements, kind, limit):
    sandbox, api, name = movements(kind, 61)
    frame = api.fetch(name, limit=limit, progress=False)
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(name)][:limit]
    assert frame.attrs["complete"] is (limit >= 61)


@pytest.mark.parametrize(("fault", "kind"), [
    *(("ignore_cursor", kind) for kind in [*KINDS, ROOT]), *(("repeated_cursor", kind) for kind in [*CURSORS, ROOT]),
])  # fmt: skip
def test_a_page_or_a_cursor_that_comes_twice_is_an_error_and_asked_for_anew_by_the_same_call(movements, kind, fault):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault(fault, path_of(name), at=2))
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
def test_an_empty_page_before_the_end_is_asked_for_again(movements, kind):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("empty_page", path_of(name), at=2))
    assert ids(api.fetch(name, progress=False)) == [row["id"] for row in sandbox.world.rows(name)]
    assert len(sandbox.requests) == 4


@pytest.mark.parametrize("kind", [*KINDS, ROOT])
def test_pages_that_stay_empty_before_the_end_are_an_error(movements, kind):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(always("empty_page", path_of(name), at=2))
    with pytest.raises(IncompleteError):
        api.fetch(name, progress=False)
    assert len(sandbox.requests) <= 13


SAYS_MORE = [kind for kind in KINDS if {"has_next", "next"}.intersection(KINDS[kind])] + [ROOT]


@pytest.mark.parametrize("kind", SAYS_MORE)
def test_an_empty_last_page_after_one_that_promised_more_is_asked_for_again(movements, kind):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("empty_page", path_of(name), at=2, ends=True))
    frame = api.fetch(name, progress=False)
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(name)]
    assert frame.attrs["requests"] == len(sandbox.requests) == 4
    assert not any("promised" in note for note in frame.attrs["notes"])


@pytest.mark.parametrize("kind", SAYS_MORE)
def test_a_list_that_ends_twice_where_more_was_promised_has_a_note(movements, kind):
    sandbox, api, name = movements(kind, 50)
    sandbox.script(Fault("empty_page", path_of(name), at=2, times=2, ends=True))
    frame = api.fetch(name, progress=False)
    assert len(frame) == 25
    assert frame.attrs["notes"].count("the server promised more rows than the 25 that it has") == 1
    assert len(sandbox.requests) == 3


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


@pytest.mark.parametrize(("kind", "item"), by_turns([*KINDS, ROOT, "none"], ["oops", 5, None, [1, 2]]))
def test_an_item_that_is_no_record_is_an_error(movements, kind, item):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("items", path_of(name), at=1 if kind == "none" else 2, items=[item]))
    with pytest.raises(PagingError, match="where a record belongs"):
        api.fetch(name, progress=False)


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


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_list_that_is_numbered_and_not_counted_may_lack_what_stood_behind_a_deleted_row(movements, kind):
    _, api, name = movements(kind, 161)
    assert ("found by how many rows" in str(api.fetch(name, progress=False).attrs["notes"])) == (kind == "page")


def test_a_cursor_that_is_a_number_of_rows_is_told_from_an_id():
    def by_place(*cursors):
        pages = Pages({})
        for place, cursor in enumerate(cursors):
            rows = [{"id": 60 - number} for number in range(25 * place, 25 * place + 25)]
            pages.take(SimpleNamespace(data={"results": rows, "has_next": True, "next_cursor": cursor}, body={}))
        return pages.by_place

    assert by_place("25", "50")
    assert by_place(25)
    assert not by_place("36", "11")
    assert not by_place("b2Zmc2V0OjI1", "b2Zmc2V0OjUw")


@pytest.mark.parametrize("kind", ["page", "count"])
def test_rows_added_between_numbered_pages_double_nothing(movements, kind):
    sandbox, api, name = movements(kind, 61)
    before = [row["id"] for row in sandbox.world.rows(name)]
    sandbox.after(1, lambda world: world.set_rows(name, 63))
    assert ids(api.fetch(name, progress=False)) == before


# Servers that say one thing and do another ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["page", "count"])
def test_a_server_that_repeats_the_size_asked_for_and_sends_fewer_rows(movements, kind):
    """Where page 2 begins would be another row by the size that it repeats."""
    sandbox, api, name = movements(kind, 61)
    sandbox.script(always("envelope", path_of(name), key="page_size", value=100))
    assert ids(api.fetch(name, progress=False)) == [row["id"] for row in sandbox.world.rows(name)]
    assert [request.params.get("page_size") for request in sandbox.requests][1:] == ["25"] * 2


@pytest.mark.parametrize("count", [26, 50, 51, 75, 101])
@pytest.mark.parametrize("kind", [*KINDS, ROOT])
def test_a_server_that_grants_larger_pages_than_usual_and_smaller_ones_than_asked_for(
    monkeypatch, movements, kind, count
):
    """Where page 2 begins is by the size of the first one: it is asked for with that size, too."""
    sandbox, api, name = movements(kind, count)
    monkeypatch.setattr(sandbox.world, "behaviour", Behaviour(largest_page=50))
    for _ in range(2):
        frame = api.fetch(name, refresh=True, progress=False)
        assert ids(frame) == [row["id"] for row in sandbox.world.rows(name)]
        assert "twice" not in str(frame.attrs["notes"])


@pytest.mark.parametrize(("kind", "status"), by_turns([*KINDS, ROOT], [400, 404, 410, 422]))
def test_a_cursor_that_the_server_knows_no_more_begins_the_pull_anew(movements, kind, status):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("error", path_of(name), at=3, status=401, error="not now"))
    with pytest.raises(AuthenticationError):
        api.fetch(name, progress=False)
    sandbox.script(Fault("error", path_of(name), status=status, error="no such cursor"))
    frame = api.fetch(name, progress=False)
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(name)]
    assert "read again: 2 pages" in str(frame.attrs["notes"])
    assert frame.attrs["requests"] == 4  # the refused one, too
    assert len(sandbox.requests) == 7


@pytest.mark.parametrize("kind", [*CURSORS, ROOT])
def test_a_cursor_that_has_lost_its_place_begins_the_pull_anew(movements, kind):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("error", path_of(name), at=3, status=401, error="not now"))
    with pytest.raises(AuthenticationError):
        api.fetch(name, progress=False)
    sandbox.script(Fault("ignore_cursor", path_of(name)))
    frame = api.fetch(name, progress=False)
    assert ids(frame) == [row["id"] for row in sandbox.world.rows(name)]
    assert "read again: 2 pages" in str(frame.attrs["notes"])


@pytest.mark.parametrize("kind", ["last_id", "page"])
def test_what_the_server_refuses_from_the_top_is_an_error(movements, kind):
    sandbox, api, name = movements(kind, 61)
    sandbox.script(Fault("error", path_of(name), at=3, status=401, error="not now"))
    with pytest.raises(AuthenticationError):
        api.fetch(name, progress=False)
    sandbox.script(always("error", path_of(name), status=422, error="no"))
    with pytest.raises(InvalidParametersError):
        api.fetch(name, progress=False)
    assert len(sandbox.requests) == 3 + 3  # the cursor, the top with larger pages, and without
