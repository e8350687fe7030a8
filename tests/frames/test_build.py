"""Rows become a frame: whole, exact, and the same however they were cut into pages."""

import json
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.catalog import ENDPOINTS, Column, pandas_dtype
from scalev_frames.frames import FrameBuilder, build
from scalev_frames.frames.build import BATCH_ROWS
from scalev_frames.frames.money import exact
from scalev_frames.wire.answers.parsing import parse

ORDERS = ENDPOINTS["orders"].columns


def make(rows, columns=ORDERS, pages=None):
    builder = FrameBuilder(columns, "Asia/Jakarta")
    for page in pages or [rows]:
        builder.add(page)
    return builder.finish()


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=list(ENDPOINTS))
def test_no_rows_still_give_every_declared_column_with_its_dtype(endpoint):
    frame, notes = make([], endpoint.columns)
    assert list(frame.columns) == [column.name for column in endpoint.columns]
    assert len(frame) == 0
    assert notes == []
    for column in endpoint.columns:
        assert frame[column.name].dtype == pandas_dtype(column.kind, "Asia/Jakarta"), column


def test_one_money_column_holds_numbers_exponents_and_texts_exactly():
    frame, notes = make([{"gross_revenue": value} for value in (150000, 1.5e5, "150000.25", "1.5E+5", None, 0)])
    assert frame["gross_revenue"].dtype == "float64"
    assert exact(frame["gross_revenue"]) == [
        Decimal("150000"), Decimal("150000"), Decimal("150000.25"), Decimal("150000"), None, Decimal("0"),
    ]  # fmt: skip
    assert frame["gross_revenue"].sum() == Decimal("600000.25")
    assert notes == []


def test_money_with_more_decimals_is_as_exact():
    frame, notes = make([{"payment_fee": "0.0275"}, {"payment_fee": 4000}])
    assert frame["payment_fee"].dtype == "float64"
    assert exact(frame["payment_fee"]) == [Decimal("0.0275"), Decimal("4000")]
    assert notes == []


def test_money_that_no_float_holds_is_decimals_and_says_so():
    frame, notes = make([{"payment_fee": "12345678901234567.89", "gross_revenue": 5}, {"payment_fee": 4000}])
    assert frame["payment_fee"].tolist() == [Decimal("12345678901234567.89"), Decimal("4000")]
    assert frame["gross_revenue"].dtype == "float64"
    assert len(notes) == 1
    assert "payment_fee" in notes[0]


def test_ids_beyond_floats_and_uuids_stay_text():
    rows = [{"id": 9007199254740993, "customer": {"id": None}}, {"id": "0197f6a0-0000-7000-8000-000000000001"}]
    frame, _ = make(rows)
    assert frame["id"].tolist() == ["9007199254740993", "0197f6a0-0000-7000-8000-000000000001"]
    assert frame["customer_id"].isna().all()


@pytest.mark.parametrize(
    ("whole", "shown"), [(2**53 + 1, "9007199254740993"), (2**53, "9007199254740992.0"), (7, "7.0")]
)
def test_a_fraction_many_rows_below_whole_numbers_costs_no_digit(whole, shown):
    frame, notes = make([{"quantity": whole}] * BATCH_ROWS + [{"quantity": 0.5}])
    assert frame["quantity"].astype(str).tolist() == [shown] * BATCH_ROWS + ["0.5"]
    assert notes[0].startswith("quantity: came with ")


@pytest.mark.parametrize("number", [1234567.0, Decimal("98765432109876543210.0"), Decimal("1E+3")])
def test_an_id_that_a_server_writes_as_a_decimal_is_the_id_as_a_whole_number(number):
    frame, _ = make([{"id": number}])
    assert frame["id"].tolist() == [str(int(number))]


def test_times_are_jakartas_whatever_their_precision():
    stamps = ["2026-10-31T17:00:00Z", "2026-10-31T16:59:59.999999Z", None, "2026-11-01T00:00:00+07:00"]
    frame, _ = make([{"draft_time": stamp} for stamp in stamps])
    assert str(frame["draft_time"].dtype) == "datetime64[us, Asia/Jakarta]"
    assert frame["draft_time"].dt.strftime("%d").fillna("-").tolist() == ["01", "31", "-", "01"]


def test_days_are_days_and_what_is_none_makes_texts_of_them_all():
    columns = [Column("day", ("day",), "date")]
    frame, notes = make([{"day": "2026-11-01"}, {"day": None}, {"day": ""}], columns)
    assert frame["day"].dtype == pandas_dtype("date", "Asia/Jakarta")
    assert frame["day"].astype(str).tolist()[0] == "2026-11-01"
    assert frame["day"].isna().tolist() == [False, True, True]
    assert notes == []
    for odd in ("2026-11-31", "01/11/2026", 20261101):
        frame, notes = make([{"day": "2026-11-01"}, {"day": odd}], columns)
        assert frame["day"].tolist() == ["2026-11-01", str(odd)]
        assert "day" in notes[0]


def test_flags_may_come_as_text():
    frame, notes = make([{"is_repeat": value} for value in (True, "true", "false", None, False)])
    assert frame["is_repeat"].tolist() == [True, True, False, pd.NA, False]
    assert notes == []


def test_a_column_that_does_not_fit_becomes_text_without_loss_and_says_so():
    frame, notes = make([{"quantity": 1}, {"quantity": "banyak"}, {"quantity": 2}])
    assert frame["quantity"].tolist() == ["1", "banyak", "2"]
    assert [note for note in notes if note.startswith("quantity")]


@pytest.mark.parametrize("field", ["gross_revenue", "quantity", "total_weight"])
def test_a_code_keeps_the_zeros_that_a_number_would_lose(field):
    frame, notes = make([{field: value} for value in ("00123", "-07", 5, "0.50", None, "")])
    assert frame[field].tolist()[:4] == ["00123", "-07", "5", "0.5"]
    assert frame[field].isna().tolist()[4:] == [True, True]
    assert [note for note in notes if note.startswith(field)]


@pytest.mark.parametrize("code", ["1_000", " 08123", "12_34"])
def test_a_code_that_only_python_takes_for_a_number_stays_as_it_is(code):
    frame, _ = make([{"quantity": 1}, {"quantity": code}])
    assert frame["quantity"].tolist() == ["1", code]


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ("123456789012345678901234567890123456.0", "123456789012345678901234567890123456"),
        ("8.1e10", "81000000000"), ("1e23", "1" + "0" * 23), ("1e300", "1e+300"),
        ("1.00000000000000000001E+999", "1.00000000000000000001E+999"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["id", "order_id"])
def test_a_code_that_came_as_a_number_of_any_length_is_its_digits(field, sent, text):
    frame, _ = make(parse(f'[{{"{field}": {sent}}}, {{"{field}": "a"}}]'.encode()))
    assert frame[field].tolist() == [text, "a"]


def test_values_without_a_common_type_are_each_the_text_they_are_alone():
    values = ["x", 5, "5.0", 5.5, True, "TRUE", [1], "007", 2**60, "", None, "1e3", 5]
    frame, _ = make([{"quantity": value} for value in values])
    texts = ["x", "5", "5", "5.5", "true", "TRUE", "[1]", "007", str(2**60), "1000", "5"]
    assert frame["quantity"].dropna().tolist() == texts


def test_objects_strings_and_null_in_one_field():
    rows = [{"financial_entity": {"id": 1, "name": "BCA"}}, {"financial_entity": "BCA"}, {"financial_entity": None}]
    frame, notes = make(rows)
    assert frame["financial_entity_name"].fillna("-").tolist() == ["BCA", "-", "-"]
    assert frame["financial_entity"].fillna("-").tolist() == ["-", "BCA", "-"]
    assert notes == ["financial_entity: sent by the server, not in the data dictionary"]


def test_an_object_where_text_was_declared_is_kept():
    frame, _ = make([{"mark_as_spam_by": {"id": 3, "fullname": "Sari"}}, {"mark_as_spam_by": "system"}])
    assert frame["mark_as_spam_by"].fillna("-").tolist() == ["-", "system"]
    assert frame["mark_as_spam_by_fullname"].fillna("-").tolist() == ["Sari", "-"]


def test_lists_and_free_objects_stay_what_they_are():
    row = {"tags": [{"id": 1, "name": "VIP"}], "final_variants": {"Kaos - Hitam": 2}, "pg_payment_info": {}}
    frame, _ = make([row, {}])
    assert frame["tags"].tolist() == [[{"id": 1, "name": "VIP"}], None]
    assert frame["final_variants"].tolist() == [{"Kaos - Hitam": 2}, None]
    assert frame["pg_payment_info"].tolist() == [{}, None]


def test_undeclared_fields_come_after_the_declared_ones():
    rows = [{"id": 1, "zebra": 1, "reseller": {"id": 7, "name": "Toko"}, "stock": {"Kaos Polos": 3}}, {"id": 2}]
    frame, notes = make(rows)
    assert list(frame.columns[len(ORDERS) :]) == ["reseller_id", "reseller_name", "stock", "zebra"]
    assert frame["reseller_id"].fillna("-").tolist() == ["7", "-"]
    assert frame["stock"].tolist() == [{"Kaos Polos": 3}, None]
    assert frame["zebra"].tolist() == [1, pd.NA]
    assert len(notes) == 4


def test_an_undeclared_name_never_takes_a_declared_one():
    frame, _ = make([{"payment": {"status": "x"}, "payment_status": "paid"}])
    assert frame["payment_status"].tolist() == ["paid"]
    assert frame["payment__status"].tolist() == ["x"]


def test_handler_phone_and_the_handlers_phone_are_two_columns():
    frame, _ = make([{"handler": {"phone": "0811"}, "handler_phone": "0822"}])
    assert frame[["handler__phone", "handler_phone"]].iloc[0].tolist() == ["0811", "0822"]


def test_texts_survive_as_they_are():
    texts = ["=1+1", "+62812", "-", "@x", "a\nb\r\n", "\x07", "😀", " ", "", "#N/A", "nan", "None", None]
    frame, _ = make([{"notes": text} for text in texts])
    assert frame["notes"].isna().tolist() == [text is None for text in texts]
    assert frame["notes"].tolist()[:-1] == texts[:-1]


# Whatever the facts allow in one column, and things nobody announced.
MONEY = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(0, 10**9, places=2).map(str),
    st.integers(0, 10**7).map(lambda n: float(n * 100)),
    st.sampled_from([None, "", "1.65E+4", "0.0275", "n/a", "007"]),
)
STAMP = st.one_of(
    st.datetimes().filter(lambda t: t.year > 1970).map(lambda t: t.isoformat() + "Z"),
    st.sampled_from([None, "", "2026-11-01", "2026-11-01T00:00:00Z"]),
)
SCALAR = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=5))
ROW = st.fixed_dictionaries(
    {},
    optional={
        "id": st.one_of(st.integers(0, 2**64), st.uuids().map(str)),
        "gross_revenue": MONEY,
        "quantity": st.one_of(st.integers(0, 9), st.sampled_from([None, "3", 2.0, 3.5, 2**60, "x", "03"])),
        "total_weight": st.one_of(st.integers(0, 9), st.floats(0, 1e6), st.sampled_from([None, "500.00", "x"])),
        "draft_time": STAMP,
        "is_repeat": st.sampled_from([True, False, None, "true", "false", "maybe", 1]),
        "customer": st.one_of(st.none(), st.fixed_dictionaries({}, optional={"name": SCALAR, "new": SCALAR})),
        "financial_entity": st.one_of(st.none(), st.just({}), st.text(max_size=3), st.just({"id": 1, "name": "BCA"})),
        "final_variants": st.one_of(st.none(), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)),
        "tags": st.lists(st.just({"id": 1}), max_size=2),
        "novelty": st.one_of(SCALAR, st.lists(SCALAR, max_size=2), st.dictionaries(st.sampled_from("ab"), SCALAR)),
    },
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(ROW, max_size=12), st.data())
def test_any_split_into_pages_gives_the_same_frame(rows, data):
    size = data.draw(st.integers(1, 12))
    batch = data.draw(st.integers(1, 13))
    usual, usual_notes = make(json.loads(json.dumps(rows)))
    pages = [rows[start : start + size] for start in range(0, len(rows), size)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "BATCH_ROWS", batch)
        split, split_notes = make(None, pages=pages or [[]])
    pd.testing.assert_frame_equal(usual, split)
    assert usual_notes == split_notes


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8))
def test_nothing_is_dropped_and_nothing_invented(rows):
    frame, _ = make(json.loads(json.dumps(rows)))
    assert len(frame) == len(rows)
    for index, row in enumerate(rows):
        cells = [value for value in frame.iloc[index].tolist() if isinstance(value, list | dict) or not pd.isna(value)]
        given_values = list(leaves(row))
        kept = [value for value in given_values if value is not None and value != "" and value != {}]
        # An empty object or an empty text in a non-text column is a missing value; all else has a cell of its own.
        assert len(kept) <= len(cells) <= len([value for value in given_values if value is not None])


def leaves(row):
    """The values of a row as a person counts them: nested objects opened, free objects and lists as one."""
    for key, value in row.items():
        if key in ("customer", "financial_entity") and isinstance(value, dict):
            yield from value.values()
        elif key == "novelty" and isinstance(value, dict):
            yield from value.values() if value else [value]
        else:
            yield value


def test_a_code_that_a_server_writes_as_a_decimal_is_its_digits():
    frame, _ = make([{"payment_account_number": 1234567890.0}, {"payment_account_number": "007"}])
    assert frame["payment_account_number"].tolist() == ["1234567890", "007"]
