"""A computer whose clock is not the server's, and days that are still to come."""

from __future__ import annotations

import datetime as dt
import time
from email.utils import formatdate

import pytest

from scalev_frames import report_job
from scalev_frames.errors import BadValueError, ClockError, GroupError
from scalev_frames.group import Group
from scalev_frames.sandbox import World, always

DAY = 86_400.0


@pytest.fixture
def api_at(make_sandbox, make_account):
    """An account whose clock is N seconds ahead of its server's."""

    def make(ahead, **headers):
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        sandbox = make_sandbox(world=World(60, now=now, days=3))
        for name, value in {"Date": formatdate(now.timestamp(), usegmt=True), **headers}.items():
            sandbox.script(always("header", name=name, value=value))
        return make_account(sandbox, clock=lambda: time.time() + ahead)

    return make


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [DAY, -DAY, 40 * DAY])
def test_words_that_mean_other_days_at_the_server_are_refused(api_at, tmp_path, ahead):
    api = api_at(ahead)
    for call in (api.orders, api.get, api.export):
        at = {api.get: ["/order"], api.export: [tmp_path / "orders"]}.get(call, [])
        with pytest.raises(ClockError, match=r"clock is (24 hours|40 days) (ahead of|behind) the server"):
            call(*at, since="today", progress=False)
    with pytest.raises(GroupError, match="today"):
        Group({"one": api}).orders(since="yesterday", progress=False)


@pytest.mark.slow
def test_days_that_are_named_are_answered_by_the_clock_of_the_server(api_at):
    api, now = api_at(DAY), dt.datetime.now(dt.UTC)
    orders = api.orders(since="2020-01-01", progress=False)
    assert len(orders) == 60
    assert abs(dt.datetime.fromisoformat(orders.attrs["as_of"]) - now) < dt.timedelta(minutes=5)
    note = "as_of is by the server's clock: this computer's clock is 24 hours ahead of the server's"
    assert orders.attrs["notes"][-1] == note
    assert not api.orders(since="2020-01-01", max_age=3600, progress=False).attrs["from_cache"]


@pytest.mark.slow
def test_an_export_has_the_time_of_the_server(api_at, tmp_path):
    made, now = api_at(-DAY).export(tmp_path / "orders", since="2020-01-01", progress=False), dt.datetime.now(dt.UTC)
    assert abs(made.header.as_of - now) < dt.timedelta(minutes=5)
    assert "24 hours behind" in made.header.notes[-1]


@pytest.mark.parametrize(
    ("ahead", "headers"),
    [
        (200.0, {}),
        (DAY, {"Date": "soon"}),
        (0.0, {"Date": ""}),
        (0.0, {"Date": formatdate(0, usegmt=True)}),
        (0.0, {"Date": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    ],
)
def test_clocks_that_are_the_same_or_not_shown_change_nothing(api_at, ahead, headers):
    notes = api_at(ahead, **headers).orders(since="this month", progress=False).attrs["notes"]
    assert not any("clock" in note for note in notes)


def test_an_answer_that_a_proxy_kept_says_how_old_it_is(api_at):
    day_old = {"Date": formatdate(time.time() - DAY, usegmt=True), "Age": str(int(DAY))}
    assert not any("clock" in note for note in api_at(0.0, **day_old).stores(progress=False).attrs["notes"])


@pytest.mark.slow
def test_a_report_of_other_days_is_refused(api_at, tmp_path):
    job = report_job.Job(tmp_path / "report-{date}.xlsx", since="2026-11-01", until="2026-11-02")
    with pytest.raises(ClockError, match="24 hours behind"):
        report_job.run(job, api_at(-DAY), now=dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    assert not list(tmp_path.glob("*.xlsx"))


@pytest.mark.slow
def test_days_that_are_still_to_come_are_named(api_at, tmp_path):
    api = api_at(0.0)
    assert "since=2190-01-01 is still to come" in api.orders(since="2190-01-01", progress=False).attrs["notes"]
    job = report_job.Job(tmp_path / "report.xlsx", since="2190-01-01", until="2190-01-02", against="none")
    with pytest.raises(BadValueError, match="2190-01-01 is still to come"):
        report_job.run(job, api)
    assert not list(tmp_path.glob("*.xlsx"))
