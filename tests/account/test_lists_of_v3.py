"""Lists that only v3 has, lists of lists and web analytics: frames of what the sandbox has."""

from __future__ import annotations

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames.several import combine, split
from scalev_frames.pull.reading.proof import BY_PLACE
from scalev_frames.query.query import combinations
from scalev_frames.sandbox import Fault, always
from tests.proxies import proxy

DAYS = {"since": "2026-11-01", "until": "2026-11-10"}
ONLY_V3 = [row for row in ENDPOINTS.values() if row.versions == ("v3",)]
OF_PARENTS = [row for row in ENDPOINTS.values() if row.is_unproven and row.parents and "v3" in row.versions]


@pytest.fixture
def api3(shared_sandbox, make_account):
    """An account that speaks v3."""
    return make_account(shared_sandbox, base_url=shared_sandbox.url("v3"))


@pytest.mark.parametrize("row", ONLY_V3, ids=lambda row: row.name)
def test_each_that_only_v3_has_is_read_whole(api3, shared_sandbox, row):
    given = dict.fromkeys((*row.path_parameters, *row.required), 7)
    days = DAYS if row.bases and any(basis.most_days for basis in row.bases.values()) else {}
    frame = getattr(api3, row.name)(**given, **days, progress=False)
    bounds = {"from": DAYS["since"], "to": DAYS["until"]} if days else {}
    wanted = shared_sandbox.world.rows(row.name, **given, **bounds)
    assert frame.attrs["complete"] is True
    assert len(frame) == len(wanted) > 0


@pytest.mark.parametrize("name", ["locations", "product_taxonomies"])
def test_a_list_whose_cursors_hide_numbers_says_that_deleted_rows_move_others(api3, name):
    frame = getattr(api3, name)(progress=False)
    assert frame.attrs["requests"] > 1
    assert BY_PLACE in frame.attrs["notes"]
    assert BY_PLACE not in getattr(api3, name)(progress=False, limit=3).attrs["notes"]


def test_totals_of_visits_are_told_beside_their_days(api3, shared_sandbox, tmp_path):
    frame = api3.web_traffic(**DAYS, progress=False)
    assert frame["day"].dt.strftime("%d").tolist() == [f"{day:02d}" for day in range(10, 0, -1)]
    totals = frame.attrs["totals"]
    assert set(totals) == {"views", "visitors", "sessions"}
    assert totals["visitors"] < frame["visitors"].sum()
    again = api3.web_traffic(**DAYS, progress=False)
    assert again.attrs["totals"] == totals
    assert "totals" not in api3.web_traffic(**DAYS, store_id=[1, 2], progress=False).attrs
    notes = pd.read_excel(sf.to_excel(frame, tmp_path / "w.xlsx"), sheet_name="Notes", engine="openpyxl").set_index(
        "What"
    )["Value"]
    assert all(f"{name} = {value}" in notes["The server's totals"] for name, value in totals.items())


def test_a_list_with_as_many_rows_as_the_server_gives_says_so(shared_sandbox, make_account):
    with proxy(shared_sandbox, lambda body: {**body, "data": [{"views": number} for number in range(100)]}) as address:
        api = make_account(shared_sandbox, base_url=f"{address}/v3")
        frame = api.web_pages(**DAYS, progress=False)
        many = api.web_pages(**DAYS, store_id=[1, 2], progress=False)
    assert (len(frame), len(many)) == (100, 200)
    for one in (frame, many):
        assert one.attrs["notes"].count("the server gives 100 rows at most, and there may be more") == 1


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("web_pages", {"store_id": [1, 2]}),
        ("web_traffic", {"store_id": [1, 2]}),
        ("web_audience", {"store_id": [1, 2]}),
        ("web_sources", {"store_id": [1, 2], "utm_type": ["source", "medium"]}),
        ("web_entities", {"entity_type": ["page", "product"]}),
        ("order_statistics", {"store_id": [1, 2]}),
        ("order_statistics", {"payment_status": ["paid", "unpaid"]}),
        ("order_utm_sources", {"search": ["a", "b"]}),
    ],
)
def test_rows_that_nothing_else_tells_apart_say_what_they_were_asked_for_with(api3, name, asked):
    days = DAYS if ENDPOINTS[name].bases else {}
    frame = api3.fetch(name, **asked, **days, progress=False)
    alone = [
        api3.fetch(name, **one, **days, progress=False).assign(**one)
        for one in combinations({name: [str(each) for each in many] for name, many in asked.items()})
    ]
    assert list(frame.columns[: len(asked)]) == list(asked)
    wanted = pd.concat(alone, ignore_index=True)[list(frame.columns)]
    pd.testing.assert_frame_equal(frame.astype(object), wanted.astype(object), check_flags=False)
    assert not any(note.startswith(f"{one}: a field") for one in asked for note in frame.attrs["notes"])
    again = api3.fetch(name, **asked, **days, progress=False)
    assert again.attrs["from_cache"]
    pd.testing.assert_frame_equal(again, frame, check_flags=False)


@pytest.mark.slow
def test_a_list_that_nobody_knows_says_so_too(shared_sandbox, make_account):
    with proxy(shared_sandbox, path=lambda path: path.replace("/news", "/stores")) as address:
        frame = make_account(shared_sandbox, base_url=f"{address}/v3").get("/news", since=["a", "b"], progress=False)
    assert frame["since"].tolist() == ["a"] * 6 + ["b"] * 6


def test_plain_values_may_be_the_same_and_records_that_are_stand_once(shared_sandbox, make_account):
    with proxy(shared_sandbox, lambda body: {**body, "data": [*body["data"], *body["data"][:1]]}) as address:
        api = make_account(shared_sandbox, base_url=f"{address}/v2")
        methods = api.store_payment_methods(store_id=1, progress=False)
        tags = api.order_tags(progress=False)
        couriers = api.couriers(progress=False)
    for frame, name in ((methods, "payment_method"), (tags, "name")):
        assert frame[name].iloc[-1] == frame[name].iloc[0]
        assert frame.attrs["notes"] == []
    assert couriers["id"].is_unique
    assert "1 record came twice, in what the server sent" in couriers.attrs["notes"]


@pytest.mark.parametrize(("name", "all_stay"), [("couriers", True), ("customers", True), ("products", False)])
def test_an_id_that_two_records_of_a_page_have_is_no_key_of_a_list_that_nobody_has_met(
    make_sandbox, make_account, name, all_stay
):
    sandbox = make_sandbox(orders=10, faults=[always("rows", f"/{name}", key="id", value=5, every=2)])
    count = len(sandbox.world.rows(name))
    frame = make_account(sandbox).fetch(name, progress=False)
    assert (len(frame) == count) is all_stay
    told = [note for note in frame.attrs["notes"] if "in the data dictionary" not in note]
    twice = f"{count - len(frame)} records came twice, in what the server sent"
    assert told == [
        "the id does not tell records apart: some of one page have the same one, and all stay" if all_stay else twice
    ]


def test_fewer_rows_are_all(api3):
    assert not any("at most" in note for note in api3.web_pages(**DAYS, progress=False).attrs["notes"])


def test_a_report_of_visits_is_found_by_its_path_and_the_servers_names_of_days(api3):
    wanted = api3.web_traffic(**DAYS, progress=False)
    days = {"from": DAYS["since"], "to": DAYS["until"]}
    for given in (days, DAYS, days | {"timezone": "Asia/Jakarta"}):
        frame = api3.get("/web-analytics/traffic", **given, progress=False)
        pd.testing.assert_frame_equal(frame, wanted, check_flags=False)
        assert frame.attrs["totals"] == wanted.attrs["totals"]


def test_totals_of_several_businesses_are_those_of_each(api3):
    """Visitors of both may be the same people."""
    alone = api3.web_traffic(**DAYS, progress=False)
    both = combine({"a": alone, "b": alone})
    assert "totals" not in both.attrs
    assert [part.attrs["totals"] for part in split(both).values()] == [alone.attrs["totals"]] * 2
    assert combine({"a": alone}).attrs["totals"] == alone.attrs["totals"]


@pytest.mark.parametrize("row", OF_PARENTS, ids=lambda row: row.name)
def test_a_list_of_lists_is_read_for_every_parent(api3, shared_sandbox, row):
    world = shared_sandbox.world
    needed = dict.fromkeys(row.required, 7)
    few = {}
    for parent in row.parents:
        column, _, inner = parent.column.partition(".")
        values = [one[column] for one in world.rows(parent.endpoint)]
        ids = [item[inner] for items in values for item in items] if inner else values
        few[parent.parameter] = [str(one) for one in ids[:3]]
    given = {name: 7 for name in row.path_parameters if name not in few}
    frame = getattr(api3, row.name)(**few, **given, **needed, progress=False)
    (name, ids), *_ = few.items()
    assert set(frame[name]) == set(ids)
    each = len(world.rows(row.name, **{**given, **{key: some[0] for key, some in few.items()}}, **needed))
    assert frame.groupby(name).size().tolist() == [each] * len(ids)


def test_a_page_in_place_of_a_record_is_an_error(shared_sandbox, make_account):
    with proxy(
        shared_sandbox, lambda body: {**body, "data": {"results": [body["data"]], "has_next": False}}
    ) as address:
        api = make_account(shared_sandbox, base_url=f"{address}/v2")
        with pytest.raises(sf.errors.IncompleteError, match="holds no record"):
            api.product(101, progress=False)


def test_an_error_names_the_one_list_of_many_that_cannot_be_read(make_sandbox, make_account):
    sandbox = make_sandbox(orders=3, faults=[Fault("no_results", "/stores/3/pages")])
    with pytest.raises(sf.errors.IncompleteError, match=r"no list of results \(from /stores/3/pages\)\."):
        make_account(sandbox).store_pages(progress=False)
