"""What hostile columns do to reports: every one is counted, or named as unreadable."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from scalev_frames.errors import BadValueError
from scalev_frames.reports import Definitions, compare, report, rows_behind
from scalev_frames.reports.functions.customers import normal_phone

ORDERS = pd.DataFrame(
    {
        "order_id": ["A", "B", "C"],
        "status": ["completed"] * 3,
        "platform": ["shop", "market", None],
        "utm_source": ["a", "", "c"],
        "payment_method": ["cod"] * 3,
        "payment_status": ["paid"] * 3,
        "gross_revenue": ["100", "90090.09009009009", "5"],
        "created_at": ["2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z", "2026-10-01T00:00:00Z"],
    }
)
STATUSES = ["pending", "in_process", "shipped", "shipped_rts", "completed", "rts", "canceled"]


@pytest.mark.parametrize("spell", [str.upper, str.title, lambda word: f" {word.replace('_', ' ').title()} "])
@pytest.mark.parametrize("name", ["daily", "funnel", "revenue", "cod", "handlers", "fees", "returns_by_courier"])
def test_statuses_count_alike_however_a_server_spells_them(name, spell) -> None:
    columns = {"status": [*STATUSES, None], "payment_status": ["paid"] * 4 + ["settled"] * 4,
               "payment_method": ["cod"] * 3 + ["bank_transfer"] * 5}  # fmt: skip
    orders = pd.DataFrame(columns).assign(gross_revenue=100, created_at="2026-11-02T00:00:00Z", handler_fullname="Sri")
    orders = orders.assign(net_revenue=90, courier_service_courier_name="JNE")
    odd = orders.assign(**{one: orders[one].map(spell, na_action="ignore") for one in columns})
    as_is, as_sent = (report(name, one).select_dtypes("number") for one in (orders, odd))
    pd.testing.assert_frame_equal(as_is, as_sent)


@pytest.mark.parametrize("phone", ["+81 90 1234 5678", "0081 90 1234 5678", "(+81) 90-1234-5678", " +819012345678"])
def test_a_number_of_japan_is_not_the_indonesian_one_of_the_same_digits(phone: str) -> None:
    assert normal_phone(pa.array([phone, "0819012345678"])).to_pylist() == ["819012345678", "62819012345678"]


@pytest.mark.parametrize(
    "phone", ["081234567890", "81234567890", "+62 812-3456-7890", "+6281234567890", "+62 0812 3456 7890"]
)
def test_the_ways_to_write_an_indonesian_number_are_one(phone: str) -> None:
    assert normal_phone(pa.array([phone])).to_pylist() == ["6281234567890"]


@pytest.mark.parametrize("moment", ["2026-11-01 01:30:00", "2026-03-08 02:30:00"])
def test_a_time_that_a_clock_change_makes_unclear_is_undated(moment: str) -> None:
    orders = pd.DataFrame({"created_at": [moment, "2026-11-02 10:00:00"], "status": ["rts"] * 2})
    made = report("daily", orders, Definitions(time_zone="America/New_York"))
    assert made["orders"].tolist() == [1, 1]
    assert made["day"].isna().tolist() == [False, True]
    assert any("created_at" in note and "1" in note for note in made.attrs["notes"])


@pytest.mark.parametrize("number", [10**30, "9" * 25, 2**63, -(2**63) - 1])
def test_a_count_beyond_64_bits_is_missing_and_noted(number: object) -> None:
    lines = pd.DataFrame(
        {
            "order_id": ["A", "B"],
            "status": ["completed"] * 2,
            "product_name": ["Kaos"] * 2,
            "quantity": pd.Series([number, 2], dtype=object),
            "product_price_bt": [100, 100],
        }
    )
    made = report("margin", lines)
    assert made["quantity"].tolist() == [2]
    assert any("quantity" in note for note in made.attrs["notes"])


@pytest.mark.parametrize("name", ["daily", "funnel", "revenue", "cod", "handlers", "geography", "channels", "fees"])
@pytest.mark.parametrize(("day", "now", "before"), [("2026-11-02", "100.00", "90090.09009009009"),
                                                   ("2026-11-01", "90090.09009009009", "0.00")])  # fmt: skip
def test_periods_of_which_one_alone_has_parts_of_a_sen_are_compared(name: str, day: str, now: str, before: str) -> None:
    made = compare(name, ORDERS, day, day)
    found = [sum(Decimal(str(one)) for one in made[f"gross_revenue{suffix}"].dropna()) for suffix in ("", "_before")]
    whole = len(made) if name in ("funnel", "revenue") else 1  # the same orders at every stage
    assert found == [Decimal(now) * whole, Decimal(before) * whole]


@pytest.mark.parametrize(
    ("name", "by"), [("channels", "platform"), ("channels", "utm_source"), ("fees", "payment_method")]
)
def test_a_report_by_one_of_its_own_keys_has_that_key_first(name: str, by: str) -> None:
    made, plain = report(name, ORDERS, by=by), report(name, ORDERS)
    assert list(made.columns) == [by, *(one for one in plain.columns if one != by)]
    assert made["orders"].sum() == plain["orders"].sum() == 3
    assert sorted(made[by].dropna()) == sorted(plain[by].dropna())


@pytest.mark.parametrize(("name", "by"), [("unpaid", "order_id"), ("daily", "gross_revenue")])
def test_a_report_by_a_column_of_its_own_numbers_says_so(name: str, by: str) -> None:
    with pytest.raises(BadValueError, match=by):
        report(name, ORDERS, by=by)


def test_orders_behind_a_number_since_a_day_are_those_up_to_the_last() -> None:
    assert rows_behind(ORDERS, "daily", {}, since="2026-11-01")["order_id"].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    "days", [{"until": "2026-11-01"}, {"since": "x"}, {"since": "2026-11-02", "until": "2026-11-01"}]
)
def test_orders_behind_a_number_of_no_sensible_period_are_refused(days: dict[str, str]) -> None:
    with pytest.raises(BadValueError):
        rows_behind(ORDERS, "daily", {}, **days)


@pytest.mark.parametrize("name", ["daily", "revenue", "channels", "quality"])
def test_orders_with_two_columns_of_one_name_are_refused_in_plain_words(name: str) -> None:
    with pytest.raises(BadValueError, match="several columns named"):
        report(name, pd.concat([ORDERS, ORDERS], axis=1))


@pytest.mark.parametrize("amount", ["1e-400", 1e-300, "0.00000000000000000000000000000000000000001"])
def test_an_amount_that_is_rounded_is_noted(amount: object) -> None:
    orders = ORDERS.assign(gross_revenue=pd.Series([amount, "12345678901234567.89", "5"], dtype=object))
    made = report("revenue", orders)
    assert Decimal("12345678901234572.89") in made["gross_revenue"].tolist()
    assert "gross_revenue: 1 amount has more digits than a decimal holds, and is rounded to sen." in made.attrs["notes"]


@pytest.mark.parametrize("amount", [10**27, 10**30, 10**35])
def test_an_average_of_any_length_is_exact(amount: int) -> None:
    orders = ORDERS.assign(gross_revenue=pd.Series([amount, 100, 5], dtype=object))
    assert report("revenue", orders)["average_gross"][0] == Decimal(f"{(amount + 105) // 3}.33")


def test_phones_and_ids_that_pandas_read_as_floats_are_those_that_they_were():
    """As `pd.read_csv` reads a column of digits with a gap."""
    texts = pd.DataFrame({"customer_phone": ["81234567890", None, "6281234567890"], "customer_id": ["1", "20000000000", "1"],
                          "status": ["completed"] * 3, "created_at": ["2026-11-01"] * 3})  # fmt: skip
    floats = texts.assign(**{name: texts[name].astype("float64") for name in ("customer_phone", "customer_id")})
    mixed = texts.assign(customer_phone=[81234567890.0, None, "6281234567890"])
    wanted = report("customers", texts)
    assert wanted["customer"].tolist() == ["6281234567890", "20000000000"]
    for frame in (floats, mixed):
        assert report("customers", frame)["customer"].tolist() == wanted["customer"].tolist()
