"""From days as people write them to the parameters that are sent and the rows that come: the same as plain Python counts.

The expected moments are made with an offset of seven hours alone, by none of the package's functions.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.account import Account
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

JAKARTA = dt.timezone(dt.timedelta(hours=7))
NOW = dt.datetime(2026, 11, 23, 20, tzinfo=dt.UTC)  # already the 24th in Jakarta
TODAY = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)
COLUMNS = {
    "created": "draft_time",
    "confirmed": "confirmed_time",
    "shipped": "shipped_time",
    "completed": "completed_time",
}
MONTHS = ("Januari", "Feb", "March", "april", "Mei", "JUNI", "Juli", "Agt", "September", "Okt", "Nov", "Desember")


class Asked(NamedTuple):
    """How a bound is written, the first moment that it includes, and the first that it does not."""

    written: object
    start: dt.datetime
    end: dt.datetime


def of_days(written: object, first: dt.date, last: dt.date) -> Asked:
    start, end = (dt.datetime(one.year, one.month, one.day, tzinfo=JAKARTA) for one in (first, last + DAY))
    return Asked(written, start, end)


def of_moment(written: object, moment: dt.datetime) -> Asked:
    return Asked(written, moment, moment + dt.timedelta(microseconds=1))


def month(day: dt.date) -> tuple[dt.date, dt.date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def ways(moment: dt.datetime) -> list[Asked]:
    """A moment of Jakarta in all the ways in which a person may ask for it, its day, or its month."""
    day = moment.date()
    back = (TODAY - day).days
    days = [day, day.isoformat(), f" {day} ", f"{day.day} {MONTHS[day.month - 1]} {day.year}"]
    days += [f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}"] if day.day > 12 else []
    days += {0: ["today", "Hari ini"], 1: ["yesterday", "KEMARIN"]}.get(back, [])
    months = [f"{day:%Y-%m}", f"{MONTHS[day.month - 1]} {day.year}"]
    months += {0: ["bulan ini"], 1: ["last  month", "bulan lalu"]}.get((TODAY.month - day.month) % 12, [])
    exact = [moment.replace(tzinfo=None), moment, moment.astimezone(dt.timezone(dt.timedelta(hours=-9.5)))]
    exact += [pd.Timestamp(one) for one in exact] + [pd.Timestamp(moment) + pd.Timedelta(999, "ns")]
    exact += [
        moment.isoformat(),
        f"{moment.replace(tzinfo=None)}",
        f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
    ]
    found = [of_days(one, day, day) for one in days] + [of_days(one, *month(day)) for one in months]
    found += [of_days(f"{back + 1} hari terakhir", day, TODAY), of_days(f"last {back + 1} days", day, TODAY)]
    return found + [of_moment(one, moment) for one in exact]


moments = st.datetimes(dt.datetime(2026, 9, 1), dt.datetime(2026, 11, 24, 3), timezones=st.just(JAKARTA))
bounds = moments.flatmap(lambda moment: st.sampled_from(ways(moment)))


@pytest.fixture(scope="module")
def shop():
    with Sandbox(world=World(80, now=NOW), limits=None) as running:
        yield running


@pytest.fixture(scope="module")
def account(shop, tmp_path_factory):
    settings = Settings(base_url=shop.base_url, cache_dir=tmp_path_factory.mktemp("kept"), limits=((100_000, 5.0),))
    with Account(Key(shop.api_key), settings, clock=NOW.timestamp) as api:
        yield api


def happened(row, column):
    text = row[column] or (row["created_at"] if column == "draft_time" else None)
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def asked_of(shop, account, by, bounds):
    """The frame of a call, and the parameters of the requests that it sent for orders."""
    before = len(shop.requests)
    frame = account.orders(**bounds, by=by, progress=False, refresh=True)
    return frame, [one.params for one in shop.requests[before:] if one.path.endswith(("/order", "/orders"))]


def is_between(moment, start, end):
    return moment is not None and (not start or moment >= start) and (not end or moment < end)


def check_that_it_hides_none(sent, name, moment):
    """A filter on the server is never one that could hide a row which was asked for."""
    texts = {params[name] for params in sent if params.get(name)}
    assert len(texts) == (moment is not None)
    for text in texts:
        off = dt.datetime.fromisoformat(text) - moment
        assert abs(off) < dt.timedelta(seconds=1)
        assert off <= dt.timedelta() if name.endswith("since") else off >= dt.timedelta()


@pytest.mark.slow
@settings(max_examples=30)
@given(since=st.none() | bounds, until=st.none() | bounds, by=st.sampled_from(sorted(COLUMNS)))
def test_rows_are_those_between_the_days_as_plain_python_reads_them(shop, account, since, until, by):
    start, end = since and since.start, until and until.end
    asked = {name: one.written for name, one in (("since", since), ("until", until)) if one}
    if start and end and start >= end:
        with pytest.raises(ValueError, match="lies after"):
            account.orders(**asked, by=by, progress=False)
        return
    frame, sent = asked_of(shop, account, by, asked)
    column, rows = COLUMNS[by], shop.world.rows("orders")
    wanted = [row for row in rows if not asked or is_between(happened(row, column), start, end)]
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in wanted)
    assert frame.attrs["complete"]
    if by != "created":
        check_that_it_hides_none(sent, f"{column}_since", start)
        check_that_it_hides_none(sent, f"{column}_until", end)
