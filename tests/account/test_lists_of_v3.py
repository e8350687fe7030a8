"""Lists that only v3 has, lists of lists and web analytics: frames of what the sandbox has."""

from __future__ import annotations

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames.several import combine, split
from tests.proxies import proxy

DAYS = {"since": "2026-11-01", "until": "2026-11-10"}
ONLY_V3 = [row for row in ENDPOINTS.values() if row.versions == ("v3",)]
OF_PARENTS = [row for row in ENDPOINTS.values() if row.is_unproven and row.parents and "v3" in row.versions]


@pytest.fixture
def api3(shared_sandbox, make_account):
    """An account that speaks v3."""
    return make_account(shared_sandbox, base_url=shared_sandbox.url("v3"))


@pytest.mark.sampled(5)
@pytest.mark.parametrize("row", ONLY_V3, ids=lambda row: row.name)
def test_each_that_only_v3_has_is_read_whole(api3, shared_sandbox, row):
    given = dict.fromkeys((*row.path_parameters, *row.required), 7)
    days = DAYS if row.bases and any(basis.most_days for basis in row.bases.values()) else {}
    frame = getattr(api3, row.name)(**given, **days, progress=False)
    bounds = {"from": DAYS["since"], "to": DAYS["until"]} if days else {}
    wanted = shared_sandbox.world.rows(row.name, **given, **bounds)
    assert frame.attrs["complete"] is True
    assert len(frame) == len(wanted) > 0


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
