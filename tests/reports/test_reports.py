"""Every report equals an independent computation over the records as received, and says what it counted."""

from __future__ import annotations

import datetime as dt
import math
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scalev_frames.catalog import ENDPOINTS, ENUMS
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.children import expand
from scalev_frames.reports import REPORTS, Definitions, report
from scalev_frames.reports.compute import FUNCTIONS, exact_report
from scalev_frames.reports.counting.finish import name_of
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.sandbox.world import World

from . import oracle, oracle_orders, oracle_people

ORACLES = {
    **{name: getattr(oracle, name) for name in ("daily", "funnel", "revenue", "cod", "handlers", "products")},
    **{name: getattr(oracle, name) for name in ("geography", "channels", "fees")},
    **{name: getattr(oracle_people, name) for name in ("repeat", "cohorts")},
    **{f"returns_by_{kind}": lambda records, kind=kind: oracle.returns(records, kind) for kind in
       ("courier", "province", "product", "handler", "advertiser")},
}  # fmt: skip
AGED = {name: getattr(oracle_people, name) for name in ("customers", "segments")} | {
    name: getattr(oracle_orders, name) for name in ("overdue", "unpaid")
}

#: What a report of orders may read; none needs another column.
READ = {name for row in REPORTS.values() for name in (*row.reads.split(), *row.may_read.split())}


def framed(records, as_of=None, endpoint="orders", zone="Asia/Jakarta", names=None):
    """The frame of records, with all columns of the endpoint or those of ``names``."""
    builder = FrameBuilder([one for one in ENDPOINTS[endpoint].columns if names is None or one.name in names], zone)
    builder.add(records)
    frame = builder.finish()[0]
    frame.attrs.update(endpoint=endpoint, time_zone=zone, notes=[])
    if as_of:
        frame.attrs["as_of"] = as_of.isoformat()
    return frame


def plain(value):
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.tz_convert("UTC").to_pydatetime() if value.tzinfo else value.date()
    return value.item() if hasattr(value, "item") else value


def rows_of(frame):
    """The rows as Python values, amounts as the decimals that floats stand for."""
    frame = frame.scalev.decimals()
    return [dict(zip(frame.columns, map(plain, row), strict=True)) for row in frame.itertuples(index=False, name=None)]


def same(one, other):
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12)
    return one == other and (one is None) == (other is None)


def check(name, frame, expected):
    got = rows_of(frame)
    assert len(got) == len(expected), (name, len(got), len(expected))
    for place, (row, wanted) in enumerate(zip(got, expected, strict=True)):
        for column, value in wanted.items():
            assert same(row[column], value), (name, place, column, row[column], value)


def check_all(records, as_of):
    frame = framed(records, as_of)
    for name, compute in ORACLES.items():
        check(name, report(name, frame), compute(records))
    for name, compute in AGED.items():
        check(name, report(name, frame), compute(records, as_of))
    check("quality", report("quality", frame), oracle_orders.quality(records, as_of, ENUMS))


# the sandbox's own worlds --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "orders"), [(1, 700), (2, 300), (7, 150), (3, 1)])
def test_every_report_equals_plain_python_over_the_world(seed, orders):
    world = World(orders=orders, seed=seed)
    check_all(world.rows("orders"), world.now)


@pytest.mark.slow
def test_an_empty_world():
    check_all([], World(orders=1).now)


@pytest.mark.slow
def test_a_world_of_spam_and_one_of_nulls():
    world = World(orders=60, seed=5)
    records = world.rows("orders")
    check_all([record | {"is_probably_spam": "true"} for record in records], world.now)
    check_all([dict.fromkeys(record) for record in records], world.now)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 4])
def test_the_margin_equals_plain_python_over_the_details(seed):
    world = World(orders=120, seed=seed)
    details = [world.detail(one["id"]) for one in world.rows("orders")]
    lines = expand(framed(details, endpoint="order"), "lines")
    check("margin", report("margin", lines), oracle_orders.margin(details))
    check("margin", report("margin", lines.iloc[:0]), [])


# records of all kinds --------------------------------------------------------------------------------------------------

STAMPS = [None, "", "2026-10-31T16:59:59.999999Z", "2026-10-31T17:00:00Z", "2026-11-01T16:59:59Z",
          "2026-11-01T17:00:00.000001Z", "2026-11-09T03:00:00Z", "2026-11-23T08:30:00Z", "2026-08-01T00:00:00Z",
          "2027-01-01T00:00:00Z"]  # fmt: skip
NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
amounts = st.sampled_from([None, "", 0, 10_000, 99_500.5, "150000.25", "-2500", "1e5", 150_000, "20000.00"])
stamps = st.sampled_from(STAMPS)
words = st.sampled_from([None, "", "Sri", "Budi 🌸", "=1+1", "a", "Z"])
MONEY = ("gross_revenue", "net_revenue", "product_price", "product_discount", "discount_code_discount",
         "unique_code_discount", "shipping_cost", "shipping_discount", "other_income", "scalev_fee", "payment_fee",
         "net_payment_revenue")  # fmt: skip
TIMES = ("draft_time", "created_at", "confirmed_time", "shipped_time", "completed_time", "rts_time", "canceled_time",
         "closed_time", "last_updated_at")  # fmt: skip
record = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "2", 3, None]),
        "order_id": st.sampled_from(["261101AAA", "261102BBB", None]),
        "status": st.sampled_from([None, "", "lost_at_sea", *ENUMS["order_status"]]),
        "payment_status": st.sampled_from([None, "refunded", *ENUMS["payment_status"]]),
        "payment_method": st.sampled_from([None, "cod", "bank_transfer", "va_bca", "qris"]),
        "epayment_provider": st.sampled_from([None, "xendit"]),
        "platform": st.sampled_from([None, "scalev", "warung"]),
        "channel_name": words,
        "utm_source": words,
        "is_probably_spam": st.sampled_from([None, False, True, "true", False]),
        "is_repeat": st.sampled_from([None, False, True, "true"]),
        "final_variants": st.sampled_from([None, {}, {"Kaos": 2}, {"Kaos": 1, "Topi": None}, {"Topi": 3, "a": 1}]),
        "customer": st.fixed_dictionaries(
            {
                "id": st.sampled_from([None, 7, "8"]),
                "name": words,
                "phone": st.sampled_from(
                    [
                        None,
                        "",
                        "0812-3456-7890",
                        "+62 81234567890",
                        "81234567890",
                        "00 62 0812 3456 7890",
                        "phone-27484960df5f12",
                        "12",
                    ]
                ),
            }
        ),
        "handler": st.sampled_from([None, {"fullname": "Sri"}, {"fullname": None}, {"fullname": "Budi 🌸"}]),
        "advertiser": st.sampled_from([None, {"fullname": "Ika"}]),
        "destination_address": st.sampled_from([None, {"province": "Bali"}, {"province": "Bali", "city": "Denpasar"}]),
        "courier_service": st.sampled_from([None, {"courier": {"name": "JNE"}}, {"courier": {"name": "J&T"}}]),
        "store": st.sampled_from([None, {"name": "Toko"}]),
        **dict.fromkeys(MONEY, amounts),
        **dict.fromkeys(TIMES, stamps),
    }
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(record, max_size=9))
def test_every_report_equals_plain_python_over_any_records(records):
    check_all(records, NOW)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(record, max_size=25))
def test_every_report_equals_plain_python_over_very_many_records(records):
    check_all(records, NOW)


# Jakarta's midnight ----------------------------------------------------------------------------------------------------

EDGES = [
    ("2026-10-31T16:59:59.999999Z", dt.date(2026, 10, 31)),
    ("2026-10-31T17:00:00Z", dt.date(2026, 11, 1)),
    ("2026-11-01T16:59:59.999999Z", dt.date(2026, 11, 1)),
    ("2026-11-01T17:00:00Z", dt.date(2026, 11, 2)),
]


def test_a_day_is_cut_at_jakartas_midnight():
    frame = framed(
        [{"id": number, "created_at": stamp, "status": "pending"} for number, (stamp, _) in enumerate(EDGES)]
    )
    found = report("daily", frame)
    assert rows_of(found[["day", "orders"]]) == [
        {"day": dt.date(2026, 10, 31), "orders": 1},
        {"day": dt.date(2026, 11, 1), "orders": 2},
        {"day": dt.date(2026, 11, 2), "orders": 1},
    ]


def test_the_zone_is_the_accounts_or_the_one_asked_for():
    records = [{"id": 1, "created_at": "2026-10-31T16:30:00Z"}]
    assert rows_of(report("daily", framed(records, zone="Asia/Jayapura")))[0]["day"] == dt.date(2026, 11, 1)
    utc = report("daily", framed(records), Definitions(time_zone="UTC"))
    assert rows_of(utc)[0]["day"] == dt.date(2026, 10, 31)
    assert "UTC" in " ".join(utc.attrs["notes"])


@pytest.mark.slow
def test_the_machines_own_zone_does_not_matter():
    code = (
        "from tests.reports import test_reports as here; here.test_a_day_is_cut_at_jakartas_midnight(); "
        "here.test_the_zone_is_the_accounts_or_the_one_asked_for(); "
        "here.test_every_report_equals_plain_python_over_the_world(7, 150)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


# what is said, and what is refused ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def orders():
    world = World(orders=200, seed=1)
    return framed(world.rows("orders"), world.now)


@pytest.mark.parametrize("name", list(REPORTS))
def test_every_report_has_its_declared_columns_and_says_its_basis(name, orders):
    found = report(name, orders)
    row = REPORTS[name]
    assert list(found.columns) == list(row.columns)
    assert found.attrs["kinds"] == row.columns
    assert found.attrs["time_zone"] == "Asia/Jakarta"
    assert found.attrs["title"] == row.title_en
    spam = sum(orders["is_probably_spam"].fillna(False))
    said = " ".join(found.attrs["notes"])
    if name == "quality":
        assert "All 200 orders" in said
    else:
        assert f"{spam} " in said
        assert "probably spam are left out" in said
        assert found.attrs["left_out_spam"] == spam
    assert "Asia/Jakarta" in said
    for word in row.words.split():
        assert f"{name_of(word)}: " in said
    empty = report(name, orders.iloc[:0])
    assert empty.dtypes.to_dict() == found.dtypes.to_dict()


@pytest.mark.parametrize("name", list(REPORTS))
def test_every_report_speaks_indonesian(name, orders):
    english, indonesian = report(name, orders), report(name, orders, language="id")
    assert indonesian.attrs["title"] == REPORTS[name].title_id
    assert not set(english.attrs["notes"]) & set(indonesian.attrs["notes"]) - {
        note for note in english.attrs["notes"] if note.endswith(".") and ": Status is" not in note and ":" in note
    }


@pytest.mark.slow
def test_a_function_and_its_name_are_the_same_report(orders):
    for name in FUNCTIONS:
        pd.testing.assert_frame_equal(exact_report(name, Prepared(orders)), report(name, orders).scalev.decimals())


@pytest.mark.parametrize("language", ["en", "id"])
def test_orders_that_stand_twice_are_said_to_count_twice(orders, language):
    twice = pd.concat([orders, orders[~orders["is_probably_spam"]].head(3)])
    notes = {"en": "3 rows are of orders that other rows are of", "id": "3 baris adalah pesanan yang juga ada"}
    for name in ("daily", "returns_by_courier"):
        assert any(notes[language] in note for note in report(name, twice, language=language).attrs["notes"])
    assert not any("twice" in note for note in report("daily", orders).attrs["notes"])


def test_spam_can_be_counted_and_words_can_mean_something_else(orders):
    counted = report("funnel", orders, Definitions(exclude_spam=False))
    assert counted["orders"][0] == 200
    assert "Spam is counted, too" in " ".join(counted.attrs["notes"])
    own = report("daily", orders, Definitions(lost={"canceled"}))
    assert own["lost"].sum() == ((orders["status"] == "canceled") & ~orders["is_probably_spam"]).sum()
    assert "Lost: Status is one of canceled." in own.attrs["notes"]


def test_another_date_basis_puts_what_is_not_there_yet_in_a_row_without_a_day(orders):
    found = report("daily", orders, Definitions(date_basis="completed"))
    kept = orders[~orders["is_probably_spam"]]
    assert found["day"].isna().sum() == 1
    assert found["orders"].iloc[-1] == kept["completed_time"].isna().sum()
    assert "Completed at" in " ".join(found.attrs["notes"])


def test_a_missing_amount_is_said_and_is_not_zero():
    records = [{"id": 1, "status": "completed", "gross_revenue": None, "created_at": "2026-11-01T00:00:00Z",
                "payment_status": "unpaid"},
               {"id": 2, "status": "rts", "gross_revenue": 100, "created_at": "2026-11-01T00:00:00Z"}]  # fmt: skip
    found = report("revenue", framed(records)).set_index("basis")
    assert pd.isna(found.loc["completed", "gross_revenue"])
    assert found.loc["all", "gross_revenue"] == Decimal(100)
    assert found.loc["paid", "gross_revenue"] == Decimal(0)
    assert "gross_revenue is missing in 1 order" in " ".join(found.attrs["notes"])


def test_any_frame_will_do():
    frame = pd.DataFrame(
        {
            "status": ["completed", "rts"],
            "gross_revenue": ["150.25", 2.5],
            "created_at": pd.to_datetime(["2026-11-01 23:59:59", "2026-11-02 00:00:00"]),
        }
    )
    found = report("daily", frame)
    assert found["day"].dt.strftime("%d").tolist() == ["01", "02"]
    said = " ".join(found.attrs["notes"])
    assert "created_at has no time zone: taken as Asia/Jakarta" in said
    assert "no column net_revenue" in said


@pytest.mark.parametrize("name", ["overdue", "unpaid"])
def test_lists_say_what_is_wrong_with_their_columns_too(name):
    frame = pd.DataFrame({"status": ["shipped", "pending"], "payment_status": ["unpaid"] * 2, "gross_revenue": ["?", "?"],
                          "shipped_time": ["2026-11-01"] * 2})  # fmt: skip
    said = " ".join(report(name, frame).attrs["notes"])
    assert "The frame has no column customer_name" in said
    assert "gross_revenue: 1 value could not be read" in said or "gross_revenue: 2 values could not be read" in said


@pytest.mark.parametrize(("without", "days"), [(31, 33), (32, 2)])
def test_days_without_orders_are_zero_unless_they_are_more_than_a_month(without, days):
    first = pd.Timestamp("2026-01-01", tz="Asia/Jakarta")
    orders = pd.DataFrame({"created_at": [first, first + pd.Timedelta(days=without + 1)], "status": "rts"})
    made = report("daily", orders)
    assert len(made) == days
    assert sorted(made["orders"])[-2:] == [1, 1]
    assert made["orders"].sum() == 2


@pytest.mark.parametrize(("language", "words"), [("en", "counted twice"), ("id", "terhitung dua kali")])
def test_quality_says_in_the_language_asked_for_what_a_check_means(language, words):
    checks = report("quality", pd.DataFrame({"id": ["1", "1"], "status": "rts"}), language=language)
    assert words in checks.set_index("check")["meaning"]["id_double"]


def test_a_value_that_cannot_be_read_is_missing_and_counted():
    found = report("funnel", pd.DataFrame({"status": ["rts", "rts"], "gross_revenue": ["Rp 5", "7"]}))
    assert found["gross_revenue"][0] == Decimal(7)
    assert "gross_revenue: 1 value could not be read" in " ".join(found.attrs["notes"])


def test_what_does_not_exist_is_refused_with_the_nearest_name(orders):
    for by in (None, "status"):
        with pytest.raises(UnknownNameError, match="Did you mean daily"):
            report("dayly", orders, by=by)
    with pytest.raises(BadValueError):
        report("daily", orders, language="fr")
