"""Amounts are floats that everybody can compute with, and exact wherever they are counted or written."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError
from scalev_frames.export import read_parquet, to_parquet
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.convert import convert, unify
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import as_asked, decimals, exact, exact_array, floats, inexact, surviving_floats
from scalev_frames.frames.several import combine
from scalev_frames.frames.tables import from_table, to_table
from scalev_frames.frames.values.scalars import EXACT
from scalev_frames.settings import Settings
from scalev_frames.wire.answers.parsing import parse

AMOUNTS = st.none() | st.decimals(-(10**13), 10**13, places=2) | st.decimals(-(10**4), 10**4, places=11)


def built(rows, endpoint="orders"):
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
    builder.add(rows)
    frame, notes = builder.finish()
    return Header(endpoint=endpoint, notes=tuple(notes)).onto(frame)


@settings(max_examples=150)
@given(
    st.lists(
        st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)
    )
)
def test_an_amount_is_a_float_only_where_its_text_comes_back(amounts):
    frame = built([{"gross_revenue": None if one is None else str(one)} for one in amounts])
    column = frame["gross_revenue"]
    assert exact(column) == amounts
    survive = all(one is None or Decimal(repr(float(one))) == one for one in amounts)
    assert (column.dtype == "float64") is survive
    if survive:
        assert column.isna().tolist() == [one is None for one in amounts]


@settings(max_examples=150)
@given(st.lists(AMOUNTS))
def test_the_ways_between_floats_and_decimals_lose_nothing(amounts):
    array = pa.array(amounts, pa.decimal128(38, 11))
    numbers = surviving_floats(array)
    wanted = all(one is None or Decimal(repr(float(one))) == one for one in amounts)
    assert (numbers is not None) is wanted
    if numbers is not None:
        assert exact(pd.Series(numbers)) == amounts
        assert exact(pd.Series(numbers, dtype="Float64")) == amounts


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (pd.Series([0.1, None]), [Decimal("0.10"), None]),
        (pd.Series([0.1 + 0.2]), [Decimal("0.30000000000000004")]),
        (pd.Series([np.float32(0.1)]), [Decimal("0.10")]),
        (pd.Series([1, None], dtype="Int64"), [Decimal(1), None]),
        (pd.Series([2**62], dtype="int64"), [Decimal(2**62)]),
        (pd.Series(["150000.50", "", "x", None]), [Decimal("150000.50"), None, None, None]),
        (pd.Series([Decimal("1.5"), 2, 0.1, pd.NA], dtype=object), [Decimal("1.5"), Decimal(2), Decimal("0.1"), None]),
        (pd.Series([Decimal("0.0275")], dtype=pd.ArrowDtype(pa.decimal128(38, 4))), [Decimal("0.0275")]),
        (pd.Series([float("inf"), float("-inf"), 1.0]), [None, None, Decimal(1)]),
        (pd.Series([1e25, 1e-10]), [Decimal("1e25"), Decimal("1e-10")]),
        (pd.Series([True, False], dtype=object), [None, None]),
        (pd.Series([1.5, 2.5])[::-1], [Decimal("2.5"), Decimal("1.5")]),
    ],
)
def test_exact_reads_every_dtype(column, wanted):
    assert exact(column) == wanted


def test_exact_amounts_are_two_places_where_that_is_enough():
    assert exact_array(pd.Series([0.1, 150000.0])).type == pa.decimal128(18, 2)


LONG = '{"id": 1, "gross_revenue": 90090.09, "rate": 0.12345678901234567890, "novel": 1.5, "tags": [{"p": 19406.5, "q": 90090.09009009009, "r": 0.12345678901234567890, "n": 12345678901234567890123}]}'
PLAIN = LONG.replace("0.12345678901234567890", "0.5")


def test_one_long_number_changes_no_other_value_and_no_other_column():
    long, plain = built([parse(LONG.encode())]), built([parse(PLAIN.encode())])
    assert {name: dtype for name, dtype in long.dtypes.items() if name != "rate"} == {
        name: dtype for name, dtype in plain.dtypes.items() if name != "rate"
    }
    item = long["tags"].iloc[0][0]
    assert item == {"p": 19406.5, "q": 90090.09009009009, "r": "0.12345678901234567890", "n": 12345678901234567890123}
    assert {key: type(one) for key, one in item.items()} == {"p": float, "q": float, "r": str, "n": int}


def test_a_bundles_prices_are_of_one_type_cold_and_kept(tmp_path):
    text = json.dumps(
        {"id": 1, "bundle_price_options": [{"id": 2, "price": 100000.0, "price_bt": 90090.09009009009, "b": 19406.5}]}
    )
    cold = built([parse(text.encode())], "bundles")
    kept = sf.read_parquet(sf.to_parquet(cold, tmp_path / "x.parquet"))
    assert cold["bundle_price_options"].tolist() == kept["bundle_price_options"].tolist()
    for frame in (cold, kept):
        assert {type(one) for one in frame["bundle_price_options"].iloc[0][0].values()} == {int, float}
        options = frame.scalev.price_options()
        assert exact(options["price_bt"]) == [Decimal("90090.09009009009")]
        assert str(options["price_bt"].dtype) == "float64"


@pytest.mark.slow
@pytest.mark.parametrize(
    "amounts", [["150000.50", None, "0.1"], ["90090.09009009009"], ["12345678901234567.89", None], [None], []]
)
def test_files_hold_decimals_and_give_back_what_was_there(tmp_path, amounts):
    frame = built([{"gross_revenue": one} for one in amounts])
    path = sf.to_parquet(frame, tmp_path / "x.parquet")
    assert pa.types.is_decimal(pq.read_schema(path).field("gross_revenue").type)
    back = sf.read_parquet(path)
    pd.testing.assert_frame_equal(back, frame)
    folder = tmp_path / "d"
    for place in range(len(frame)):
        sf.to_parquet(frame.iloc[[place]].assign(id=str(place)), folder, mode="append", key=["id"])
    if amounts:
        again = sf.read_parquet(folder)["gross_revenue"]
        assert again.dtype == frame["gross_revenue"].dtype
        assert exact(again) == exact(frame["gross_revenue"])


def test_sums_and_means_of_the_user_leave_exactly(tmp_path):
    orders = built(
        [{"status": word, "gross_revenue": one} for word, one in (("a", "0.1"), ("a", "0.2"), ("b", 7), ("b", None))]
    )
    sums = orders.groupby("status")["gross_revenue"].agg(["sum", "mean"]).reset_index()
    sums["gross_revenue"] = orders.groupby("status")["gross_revenue"].mean().to_numpy()
    pd.testing.assert_frame_equal(sf.read_parquet(sf.to_parquet(sums, tmp_path / "x.parquet")), sums)
    odd = pd.DataFrame({"gross_revenue": [1e20, 1e-30, float("inf"), None]})
    pd.testing.assert_frame_equal(sf.read_parquet(sf.to_parquet(odd, tmp_path / "y.parquet")), odd)


def test_decimals_and_floats_on_a_frame():
    orders = built([{"gross_revenue": "150000.5", "quantity": 2}, {"gross_revenue": None}])
    exactly = orders.scalev.decimals()
    assert str(exactly["gross_revenue"].dtype) == "decimal128(18, 2)[pyarrow]"
    assert exactly["gross_revenue"].tolist() == [Decimal("150000.50"), pd.NA]
    assert exactly["quantity"].dtype == orders["quantity"].dtype
    pd.testing.assert_frame_equal(exactly.scalev.floats(), orders)
    assert Header.of(exactly.scalev.floats()) == Header.of(orders)
    long = built([{"gross_revenue": "12345678901234567.89"}])
    rounded = floats(long)
    assert rounded["gross_revenue"].tolist() == [12345678901234568.0]
    assert "gross_revenue: rounded" in Header.of(rounded).notes[-1]


@pytest.mark.slow
def test_connect_gives_decimals_where_they_are_asked_for(make_sandbox_like, tmp_path):
    api = make_sandbox_like(money="decimal")
    orders = api.orders(progress=False)
    again = api.orders(progress=False)
    lines = api.order_lines(orders.head(3), progress=False)
    for frame, name in ((orders, "gross_revenue"), (again, "gross_revenue"), (lines, "product_price")):
        assert str(frame[name].dtype) == "decimal128(18, 2)[pyarrow]"
    assert again.attrs["from_cache"] is True
    back = sf.read_parquet(sf.to_parquet(orders, tmp_path / "x.parquet"))
    assert str(back["gross_revenue"].dtype) == "decimal128(18, 2)[pyarrow]"
    assert api.reconcile(orders).attrs["equal"] is not False
    plain = make_sandbox_like().orders(progress=False)
    assert plain["gross_revenue"].dtype == "float64"
    assert exact(plain["gross_revenue"]) == exact(orders["gross_revenue"])
    with pytest.raises(BadValueError, match="neither"):
        Settings(money="exact")


@pytest.fixture
def make_sandbox_like(tmp_path):
    from dataclasses import replace

    from scalev_frames.account import Account
    from scalev_frames.sandbox import Sandbox
    from scalev_frames.wire.credentials import Key

    with Sandbox(orders=60, limits=None) as sandbox:
        settings = Settings(base_url=sandbox.base_url, cache_dir=tmp_path / "cache", limits=((100_000, 5.0),))
        yield lambda **more: Account(Key(sandbox.api_key), replace(settings, **more))


ANY_LENGTH = st.builds(
    lambda digits, exponent: str(Decimal(digits).scaleb(exponent, EXACT)),
    st.integers(-(10**45), 10**45),
    st.integers(-45, 45),
)


@settings(max_examples=100)
@given(st.lists(st.lists(ANY_LENGTH, min_size=1, max_size=3), min_size=1, max_size=3))
def test_amounts_of_any_length_are_exact(batches):
    column = unify("money", [convert("money", batch) for batch in batches])
    assert [Decimal(str(one)) for one in column.to_pylist()] == [Decimal(one) for batch in batches for one in batch]


@pytest.mark.parametrize(
    "amount",
    ["1e-39", "1E-41", f"0.{1:050}", "1e-400", "sNaN", "NaN", "Infinity", "1e40", "123456789012345678901234567890.12"],
)
@pytest.mark.parametrize("other", ["150000", "0.123456789"])
def test_an_amount_beyond_decimals_is_what_it_was(amount, other):
    def same(text):
        return str(EXACT.normalize(Decimal(text))) if Decimal(text).is_finite() else text

    column = built([{"gross_revenue": amount}, {"gross_revenue": other}])["gross_revenue"]
    assert [same(str(one)) for one in column] == [same(amount), same(other)]


@pytest.mark.parametrize(
    ("column", "wanted", "lost"),
    [
        (pd.Series([1e-300, 1.5]), [Decimal(0), Decimal("1.5")], 1),
        (pd.Series([1e300, 1.5]), [None, Decimal("1.5")], 1),
        (pd.Series([0.1 + 0.2 - 0.3, 1e30]), [Decimal(0), Decimal("1e30")], 1),
        (pd.Series(["1E-41", None]), [Decimal(0), None], 1),
        (pd.Series(["1e-400", "99999999999999999999999999999999.994"]), [Decimal(0), Decimal("99999999999999999999999999999999.99")], 2),
        (pd.Series([10**36, 10**36 - 1, 1], dtype=object), [None, Decimal(10**36 - 1), Decimal(1)], 1),
        (pd.Series([Decimal(10**37)], dtype=pd.ArrowDtype(pa.decimal128(38, 0))), [None], 1),
        (pd.Series([Decimal(10**35)], dtype=pd.ArrowDtype(pa.decimal128(38, 0))), [Decimal(10**35)], 0),
        (pd.Series([Decimal("3.5E+36")], dtype=pd.ArrowDtype(pa.decimal128(38, 0))), [None], 1),
        (pd.Series([1.5, None, float("nan")]), [Decimal("1.5"), None, None], 0),
    ],
)  # fmt: skip
def test_amounts_that_38_digits_cannot_hold_are_counted(column, wanted, lost):
    amounts = exact_array(column)
    assert amounts.to_pylist() == wanted
    assert inexact(column, amounts) == lost


@settings(max_examples=100)
@given(st.lists(ANY_LENGTH))
def test_an_amount_is_exact_or_counted(amounts):
    column = pd.Series(amounts, dtype=object)
    array = exact_array(column)
    wrong = [one for one, made in zip(amounts, array.to_pylist(), strict=True) if made is None or made != Decimal(one)]
    assert inexact(column, array) == len(wrong)


@pytest.mark.parametrize(
    ("long", "short"), [("3.5E+12", "1E-26"), ("-3.5E+36", "0.01"), ("1234567890123456789", "1E-20")]
)
def test_a_long_amount_beside_one_of_many_places_is_itself_everywhere(long, short, tmp_path):
    """Arrow makes another number of the long one where the two do not fit into one decimal."""
    together = unify("money", [convert("money", [long]), convert("money", [short])])
    assert [Decimal(one) for one in together.to_pylist()] == [Decimal(long), Decimal(short)]
    columns = [pd.Series([Decimal(one)], dtype=pd.ArrowDtype(pa.array([Decimal(one)]).type)) for one in (long, short)]
    both = combine({"a": pd.DataFrame({"p": columns[0]}), "b": pd.DataFrame({"p": columns[1]})})
    assert [Decimal(one) for one in both["p"]] == [Decimal(long), Decimal(short)]
    for number, column in enumerate(columns):
        to_parquet(pd.DataFrame({"id": [number], "p": column}), tmp_path / "d", mode="upsert", key=["id"])
    assert [Decimal(one) for one in read_parquet(tmp_path / "d")["p"]] == [Decimal(long), Decimal(short)]


def test_decimals_say_what_they_cannot_hold():
    made = decimals(pd.DataFrame({"price": [1e-300, 1.5], "cogs": [0.5, 1.5]}))
    assert made["price"].tolist() == [Decimal(0), Decimal("1.5")]
    assert Header.of(made).notes == ("price: 1 amount does not fit decimals of 38 digits",)


@pytest.mark.parametrize("amount", ["1E-40", "1E-38", "1E-80", "123456789012345678901234567890.12"])
def test_a_decimal_of_any_length_goes_into_a_file_and_comes_back(amount):
    table = to_table(pd.DataFrame({"x": [Decimal(amount), None]}))
    assert Decimal(table["x"].to_pylist()[0]) == Decimal(amount)
    assert Decimal(from_table(table)["x"][0]) == Decimal(amount)


@pytest.mark.parametrize("other", [Decimal("0.123456789012"), 1e-9, 1e-300])
def test_amounts_of_businesses_that_fit_no_common_decimal_are_text(other):
    dtype = "float64" if isinstance(other, float) else pd.ArrowDtype(pa.decimal128(38, 12))
    long = pd.Series([Decimal(10**30)], dtype=pd.ArrowDtype(pa.decimal128(38, 2)))
    both = combine({"a": pd.DataFrame({"p": long}), "b": pd.DataFrame({"p": pd.Series([other], dtype=dtype)})})
    assert [Decimal(one) for one in both["p"]] == [Decimal(10**30), Decimal(str(other))]
    assert Header.of(both).notes == ("p: text, because the values of its parts are of several kinds",)


AMOUNTS = st.one_of(
    st.none(),
    st.just(""),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**15), 10**15, places=2).map(float),
    st.decimals(-(10**16), 10**16, places=3).map(str),
    st.sampled_from(["007", "-0", ".5", "5.", "1e3", "1_000", " 7", "--1", "-", "1.2.3", "١٢"]),
)


@given(st.lists(AMOUNTS, min_size=1, max_size=6), st.sampled_from(["money", "number"]))
@settings(max_examples=150, deadline=None)
def test_mixed_numbers_are_what_each_is_alone(values, kind):
    together = convert(kind, values)
    alone = unify(kind, [convert(kind, [value]) for value in values])
    assert unify(kind, [together, *alone.chunks]).to_pylist() == 2 * unify(kind, [together]).to_pylist()


def test_floats_of_many_trillions_are_what_their_text_shows():
    shown = ["80000000000000.9", "70368744177664.1", "90071992547409.9", "9999999999999.99"]
    assert exact(pd.Series([float(text) for text in shown])) == [Decimal(text) for text in shown]
    assert convert("money", [float(shown[0]), "1", 2]).to_pylist() == [Decimal(shown[0]), 1, 2]


@pytest.mark.parametrize("given", [[2**53, 0.5], [-(2**53), 0.5]])
def test_the_largest_whole_numbers_that_every_float_holds_are_numbers(given):
    assert convert("number", given).to_pylist() == given


def test_numbers_texts_and_nothing_in_one_column_are_numbers():
    assert convert("number", [0.5, None, "", "2", 3]).to_pylist() == [0.5, None, None, 2.0, 3.0]


@pytest.mark.parametrize("kind", ["number", "grams", "money"])
@pytest.mark.parametrize("given", [[2**53 + 1], [-(2**53) - 1, 0.5], [2**53 + 1, None]])
def test_whole_numbers_that_no_float_holds_keep_their_last_digit(kind, given):
    kept = convert(kind, given).to_pylist()
    assert [None if one is None else Decimal(one) for one in kept] == [
        None if one is None else Decimal(one) for one in given
    ]


def test_exact_amounts_become_floats_that_survive_or_stay_with_a_note_as_the_header_asks():
    exact_ones = decimals(built([{"id": 1, "gross_revenue": Decimal("0.1"), "net_revenue": Decimal("0.1")}]))
    assert as_asked(exact_ones, "{columns}").dtypes.equals(exact_ones.dtypes)
    asked = Header.of(exact_ones)
    long = exact_ones.assign(
        net_revenue=pd.array([Decimal("12345678901234567.89")], dtype=pd.ArrowDtype(pa.decimal128(38, 2)))
    )
    made = as_asked(replace(asked, money="").onto(long), "{columns}: exact")
    assert made["gross_revenue"].tolist() == [0.1]
    assert made["gross_revenue"].dtype == "float64"
    assert made["net_revenue"].tolist() == [Decimal("12345678901234567.89")]
    assert made.attrs["notes"][-1] == "net_revenue: exact"
