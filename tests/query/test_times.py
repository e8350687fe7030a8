"""Days, months and words in English and Indonesian mean one exact span of time; what could be read twice is refused."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.errors import BadValueError
from scalev_frames.query import make_query
from scalev_frames.query.times import MONTHS, WORDS, moment_in, parse_stamp, to_span, to_stamp

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = dt.datetime(2026, 11, 23, 20, 0, tzinfo=dt.UTC)  # Tuesday the 24th in Jakarta


def days(value, zone=JAKARTA, now=NOW):
    span = to_span(value, zone, now, name="since")
    assert span.is_days
    return str(span.first_day(zone)), str(span.last_day(zone))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("today", "2026-11-24", "2026-11-24"),
        ("hari ini", "2026-11-24", "2026-11-24"),
        ("yesterday", "2026-11-23", "2026-11-23"),
        ("Kemarin", "2026-11-23", "2026-11-23"),
        ("this week", "2026-11-23", "2026-11-29"),
        ("minggu ini", "2026-11-23", "2026-11-29"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("minggu lalu", "2026-11-16", "2026-11-22"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("bulan ini", "2026-11-01", "2026-11-30"),
        (" Last   Month ", "2026-10-01", "2026-10-31"),
        ("bulan lalu", "2026-10-01", "2026-10-31"),
        ("this year", "2026-01-01", "2026-12-31"),
        ("tahun ini", "2026-01-01", "2026-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("tahun lalu", "2025-01-01", "2025-12-31"),
        ("last 7 days", "2026-11-18", "2026-11-24"),
        ("7 hari terakhir", "2026-11-18", "2026-11-24"),
        ("last 1 day", "2026-11-24", "2026-11-24"),
        ("2 minggu terakhir", "2026-11-11", "2026-11-24"),
        ("November 2026", "2026-11-01", "2026-11-30"),
        ("Nov 2026", "2026-11-01", "2026-11-30"),
        ("agustus 2026", "2026-08-01", "2026-08-31"),
        ("20/11/2026", "2026-11-20", "2026-11-20"),
        ("20-11-2026", "2026-11-20", "2026-11-20"),
        ("11/11/2026", "2026-11-11", "2026-11-11"),
        ("20 November 2026", "2026-11-20", "2026-11-20"),
        ("20 Nov 2026", "2026-11-20", "2026-11-20"),
        ("1 Mei 2026", "2026-05-01", "2026-05-01"),
        ("3 Agt. 2026", "2026-08-03", "2026-08-03"),
    ],
)
def test_words_and_dates_mean_whole_days(text, first, last):
    assert days(text) == (first, last)


def test_words_at_the_turn_of_a_year():
    january = dt.datetime(2027, 1, 1, 3, tzinfo=dt.UTC)
    assert days("last month", now=january) == ("2026-12-01", "2026-12-31")
    assert days("this month", now=january.replace(month=12)) == ("2027-12-01", "2027-12-31")
    assert days("this week", now=january) == ("2026-12-28", "2027-01-03")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("01/11/2026", "write 2026-11-01 (01 November) or 2026-01-11 (11 January)"),
        ("12/11/2026", "write 2026-11-12 (12 November) or 2026-12-11 (11 December)"),
        ("11/20/2026", "The day comes first: write 2026-11-20"),
        ("31/02/2026", "no such day in the calendar"),
        ("2026-13", "no such day in the calendar"),
        ("30 Februari 2026", "no such day in the calendar"),
        ("november", "Which year? Write it as November 2026."),
        ("Novmber 2026", "Did you mean November?"),
        ("yesturday", "Did you mean yesterday?"),
        ("minggu", "Did you mean minggu ini?"),
        ("last 0 days", "from 1 up"),
        ("last 999999999 days", "Count less"),
        ("last 99999 days", "Check the year"),
        ("9999", "Check the year"),
        ("0001-01", "Check the year"),
        ("20/11/26", "2026-11-01"),
        ("2026-11-01T25:00", "2026-11-01T13:30"),
        ("", "Write a day"),
    ],
)
def test_what_is_unclear_or_no_time_says_what_to_write(text, advice):
    with pytest.raises(BadValueError) as caught:
        to_span(text, JAKARTA, NOW, name="since")
    assert advice in str(caught.value)
    assert str(caught.value).startswith("since=")


def test_since_takes_the_first_moment_of_a_span_and_until_its_last():
    query = make_query("orders", {"since": "2026-10", "until": "this month"}, JAKARTA, NOW)
    assert query.start == dt.datetime(2026, 9, 30, 17, tzinfo=dt.UTC)
    assert query.end == dt.datetime(2026, 11, 30, 17, tzinfo=dt.UTC)
    assert query.filters == {"since": "2026-10-01", "until": "2026-11-30", "by": "created"}


def test_words_and_the_days_they_mean_are_the_same_call():
    by_words = make_query("orders", {"since": "bulan lalu", "until": "bulan lalu"}, JAKARTA, NOW)
    by_days = make_query("orders", {"since": "2026-10-01", "until": "2026-10-31"}, JAKARTA, NOW)
    assert by_words == by_days
    assert by_words.identity == by_days.identity


def test_a_servers_own_time_filter_takes_words_too():
    query = make_query("orders", {"shipped_time_since": "last month", "shipped_time_until": "2026-10"}, JAKARTA, NOW)
    assert query.params[0]["shipped_time_since"] == "2026-09-30T17:00:00Z"
    assert query.params[0]["shipped_time_until"] == "2026-10-31T17:00:00Z"


@given(st.dates(dt.date(1971, 1, 1), dt.date(2199, 12, 31)), st.sampled_from(["Asia/Jakarta", "America/New_York"]))
def test_a_day_is_one_day_however_it_is_written(day, zone):
    zone = ZoneInfo(zone)
    names = [name for name, number in MONTHS.items() if number == day.month]
    texts = [day.isoformat(), *(f"{day.day} {name} {day.year}" for name in names)]
    if day.day > 12 or day.day == day.month:
        texts.append(f"{day.day:02}/{day.month:02}/{day.year}")
    spans = {to_span(text, zone, NOW, name="since") for text in texts} | {to_span(day, zone, NOW, name="since")}
    assert len(spans) == 1
    assert next(iter(spans)).first_day(zone) == next(iter(spans)).last_day(zone) == day


@given(st.datetimes(dt.datetime(1972, 1, 1), dt.datetime(2198, 12, 31)), st.sampled_from(sorted(WORDS)))
def test_every_word_is_a_span_near_today_at_any_time(moment, word):
    span = to_span(word, JAKARTA, moment.replace(tzinfo=dt.UTC), name="since")
    assert span.start < span.end <= span.start + dt.timedelta(366)
    assert abs(span.start - moment.replace(tzinfo=dt.UTC)) < dt.timedelta(2 * 366)


@pytest.mark.slow
@given(st.text(max_size=20))
def test_any_text_is_a_time_or_refused_by_its_name(text):
    try:
        span = to_span(text, JAKARTA, NOW, name="until")
    except BadValueError as error:
        refused = error
    else:
        assert span.start < span.end
        return
    assert str(refused).startswith("until=")
    assert refused.advice


@pytest.mark.parametrize(
    "stamp",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+07:00",
        "9999-12-31T23:59:59-07:00",
        "10000-01-01T00:00:00Z",
        "",
        "x",
        5,
        None,
    ],
)
def test_stamps_beyond_the_calendar_are_no_moments(stamp):
    assert parse_stamp(stamp) is None
    assert moment_in({"draft_time": stamp}, "draft_time") is None


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Jakarta"])
def test_nanoseconds_of_pandas_are_never_sent(zone):
    moment = pd.Timestamp("2026-11-01 10:00:00.000000789", tz=zone)
    span = to_span(moment, JAKARTA, NOW, name="since")
    assert (type(span.start), type(span.end)) == (dt.datetime, dt.datetime)
    assert to_stamp(span.start) == to_stamp(pd.Timestamp("2026-11-01 10:00", tz=zone or JAKARTA).astimezone("UTC"))
    assert to_stamp(span.end, up=True).endswith(":00:01Z")


def test_stamps_of_early_years_are_padded():
    assert to_stamp(dt.datetime(493, 8, 9, tzinfo=dt.UTC)) == "0493-08-09T00:00:00Z"
    assert to_stamp(dt.datetime(2026, 8, 9, 1, 2, 3, 4, tzinfo=dt.UTC)) == "2026-08-09T01:02:03Z"
    assert to_stamp(dt.datetime(2026, 8, 9, 1, 2, 3, 4, tzinfo=dt.UTC), up=True) == "2026-08-09T01:02:04Z"
