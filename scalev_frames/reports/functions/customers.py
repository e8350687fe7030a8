"""Who buys, who comes back, who is worth what: customers told apart by their phone number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scalev_frames.frames.values.arrays import TEXT, around
from scalev_frames.reports.counting.arithmetic import Arrays, average, every, grouped, share, sorted_by
from scalev_frames.reports.counting.finish import finish
from scalev_frames.reports.counting.prepare import Prepared, nothing_known
from scalev_frames.reports.words.definitions import NO_PURCHASE, RFM_SEGMENTS
from scalev_frames.reports.words.phrases import phrase

Scores = NDArray[np.int64]
#: How people write numbers; anything else, a masked phone too, is no number to dial.
NUMBER = r"^[0-9+() ./-]+$"


def normal_phone(phones: pa.Array) -> pa.Array:
    """Indonesian numbers brought to ``62…``; what is no number to dial stays missing.

    ``0812…``, ``812…``, ``+62 812…``, ``62 0812…`` and ``0062812…`` are one number; other countries' stay as they are.

    >>> normal_phone(pa.array(["0812-3456-7890", "+62 81234567890", "81234567890", "phone-27484960df5f"])).to_pylist()
    ['6281234567890', '6281234567890', '6281234567890', None]
    """
    phones = phones.cast(TEXT)
    digits = pc.replace_substring_regex(phones, r"[^0-9]+", "")
    abroad = pc.and_(pc.starts_with(digits, "00"), pc.invert(pc.starts_with(digits, "000")))
    local = pc.and_(pc.starts_with(digits, "0"), pc.invert(abroad))
    bare = pc.utf8_ltrim(digits, "0")
    abroad = pc.or_(abroad, pc.match_substring_regex(phones, r"^[ (]*\+"))  # +81 is Japan, not Indonesia's 081
    short = pc.and_(pc.starts_with(bare, "8"), pc.invert(abroad))
    found = pc.if_else(pc.or_(local, short), around("62", bare), bare)
    if pc.any(pc.starts_with(found, "620")).as_py():
        found = pc.replace_substring_regex(found, r"^620+", "62")
    length = pc.binary_length(found)
    good = pc.and_(
        pc.and_(pc.greater_equal(length, 8), pc.less_equal(length, 15)), pc.match_substring_regex(phones, NUMBER)
    )
    return pc.if_else(good, found, pa.scalar(None, TEXT))


def customers(prepared: Prepared) -> pd.DataFrame:
    """One row a customer: orders, lifetime value, first and last order, RFM scores and segment.

    Returns:
        The most valuable first. ``lifetime_value`` is the gross of completed orders; ``days_since`` counts from the
        last order of any status, ``days_since_completed`` from the day on which the last completed one was made;
        ``recency``, ``frequency`` and ``monetary`` are 1 (worst) to 5, among customers with a completed order, and
        missing for the others.

    >>> orders = pd.DataFrame({"customer_phone": ["0812345678", "+62 812345678"], "status": ["completed", "pending"],
    ...                        "gross_revenue": [10_000, 20_000], "created_at": ["2026-11-01T00:00:00Z"] * 2})
    >>> customers(Prepared(orders))[["customer", "orders", "completed"]].values.tolist()
    [['62812345678', 2, 1]]
    """
    found, unknown = _people(prepared)
    found = sorted_by(found, ("lifetime_value", "descending"), ("orders", "descending"), ("customer", "ascending"))
    return finish(prepared, "customers", found, _notes(prepared, unknown, "rfm"))


def segments(prepared: Prepared) -> pd.DataFrame:
    """How many customers are in each RFM segment, and what they are worth.

    Returns:
        One row a segment that has customers, in the order of `RFM_SEGMENTS`; without a name where no status is known.

    >>> segments(Prepared(pd.DataFrame({"customer_id": ["7"], "status": ["pending"]})))["segment"].tolist()
    ['no_purchase']
    """
    people, unknown = _people(prepared)
    found = grouped(
        {"segment": people["segment"]},
        {
            "customers": pc.is_valid(people["customer"]),
            **{name: people[name] for name in ("orders", "completed", "lifetime_value")},
        },
    )
    found["place"] = pc.index_in(found["segment"], pa.array([*RFM_SEGMENTS, NO_PURCHASE]))
    found = sorted_by(found, ("place", "ascending"))
    found["average_value"] = average(found["lifetime_value"], found["customers"])
    found["share_of_customers"] = share(found["customers"], pa.scalar(len(people["customer"])))
    return finish(prepared, "segments", found, _notes(prepared, unknown, "rfm"))


def repeat(prepared: Prepared) -> pd.DataFrame:
    """New and returning customers by month.

    Returns:
        One row a month, oldest first: orders, a customer's first and later orders in this frame, how many customers
        ordered, and how many orders Scalev itself calls repeat orders.

    >>> orders = pd.DataFrame({"customer_id": ["7", "7"], "created_at": ["2026-11-01T00:00Z", "2026-11-09T00:00Z"]})
    >>> repeat(Prepared(orders))[["first_orders", "repeat_orders", "customers"]].values.tolist()
    [[1, 1, 1]]
    """
    keys, moments = customer_of_each(prepared), prepared.dated()
    month = prepared.month(moments)
    numbers = keys.dictionary_encode().indices
    found = grouped({"month": month}, {"orders": every(prepared), **first_and_later(prepared)})
    pairs = pa.table({"month": month, "customer": numbers}).group_by(["month", "customer"]).aggregate([])
    who = pairs["customer"].combine_chunks()
    is_known = pa.nulls(len(who), pa.bool_()) if nothing_known(who) else pc.is_valid(who)
    people = grouped({"month": pairs["month"].combine_chunks()}, {"customers": is_known})
    found = sorted_by(found, ("month", "ascending"))
    found["customers"] = sorted_by(people, ("month", "ascending"))["customers"]
    found["repeat_rate"] = share(found["repeat_orders"], pc.add(found["first_orders"], found["repeat_orders"]))
    notes = _notes(prepared, keys.null_count, "first_in_frame")
    if moments.null_count:
        notes.append(phrase("undated", prepared.language, count=moments.null_count))
    return finish(prepared, "repeat", found, notes)


def cohorts(prepared: Prepared) -> pd.DataFrame:
    """How many of the customers of a month come back in the months after.

    Returns:
        One row for each first month and number of months later in which anybody ordered; ``retention`` is those who
        came back ÷ the customers of the first month, and 1 in the first month itself.

    >>> orders = pd.DataFrame({"customer_id": ["7", "8", "7"], "created_at": ["2026-10-01T00:00:00Z"] * 2
    ...                        + ["2026-11-01T00:00:00Z"]})
    >>> cohorts(Prepared(orders))[["months_later", "returned_customers", "retention"]].values.tolist()
    [[0, 2, 1.0], [1, 1, 0.5]]
    """
    customer, keys = customer_of_each(prepared), cohort_of_each(prepared)
    orders = pa.table({"customer": customer, **keys}).filter(pc.is_valid(keys["cohort"]))
    months = orders.group_by(["customer", *keys]).aggregate([])  # each month in which a customer ordered, once
    columns = {name: months[name].combine_chunks() for name in months.column_names}
    found = grouped({name: columns[name] for name in keys}, {"returned_customers": pc.is_valid(columns["customer"])})
    found = sorted_by(found, ("cohort", "ascending"), ("months_later", "ascending"))
    found["customers"] = _size_of_cohort(found)
    found["retention"] = share(found["returned_customers"], found["customers"])
    return finish(prepared, "cohorts", found, _notes(prepared, customer.null_count, "first_in_frame"))


def first_and_later(prepared: Prepared) -> Arrays:
    """Which orders are the first of their customer in this frame, which are later ones, and which Scalev calls so.

    Missing where no customer, or no flag, is known.
    """
    keys, flags = customer_of_each(prepared), prepared.flag("is_repeat")
    order = pc.sort_indices(
        pa.table({"moment": prepared.dated(), "place": np.arange(prepared.rows)}),
        sort_keys=[("moment", "ascending"), ("place", "ascending")],
    ).to_numpy()
    is_first = pa.array(_first_of_each(keys.dictionary_encode().indices, order))
    is_first = pa.nulls(prepared.rows, pa.bool_()) if nothing_known(keys) else is_first
    return {
        "first_orders": is_first,
        "repeat_orders": pc.and_(pc.is_valid(keys), pc.invert(is_first)),
        "flagged_repeat": flags if nothing_known(flags) else pc.fill_null(flags, fill_value=False),
    }


def segment_of_each(prepared: Prepared) -> pa.Array:
    """The RFM segment of each order's customer; missing where the customer is not known."""
    keys = customer_of_each(prepared)
    people, _ = _people(prepared)
    return people["segment"].take(pc.index_in(keys, people["customer"]))


def cohort_of_each(prepared: Prepared) -> Arrays:
    """The first month of each order's customer, and how many months later the order is; missing where unknown."""
    keys, months = customer_of_each(prepared), prepared.month(prepared.dated())
    there = pc.and_(pc.is_valid(keys), pc.is_valid(months))
    known = pa.table({"who": keys.filter(there), "month": months.filter(there)})
    firsts = known.group_by("who").aggregate([("month", "min")])
    first = firsts["month_min"].combine_chunks().take(pc.index_in(keys, firsts["who"].combine_chunks()))
    years, parts = (pc.subtract(part(months), part(first)) for part in (pc.year, pc.month))
    later = pc.add(pc.multiply(years, 12), parts)
    return {"cohort": pc.if_else(there, first, None), "months_later": later}


# One customer ------------------------------------------------------------------------------------------------------


def customer_of_each(prepared: Prepared) -> pa.Array:
    """The customer of each order: the phone brought to 62…, as it is where it is masked or odd, else Scalev's id."""
    phones = prepared.text("customer_phone")
    return pc.coalesce(normal_phone(phones), phones, prepared.ids("customer_id"))


def _people(prepared: Prepared) -> tuple[Arrays, int]:
    """One row a customer, and how many orders have none."""
    keys, moments = customer_of_each(prepared), prepared.dated("created")
    there = pc.is_valid(keys)
    encoded = keys.filter(there).dictionary_encode()
    number, moments = encoded.indices, moments.filter(there)
    completed, days = prepared.has("completed").filter(there), prepared.day(moments)
    sums = grouped(
        {"number": number},
        {
            "orders": pc.is_valid(number),
            "completed": completed,
            "lifetime_value": (prepared.money("gross_revenue").filter(there), completed),
        },
    )
    people = sorted_by(sums, ("number", "ascending"))
    codes, stamps = number.to_numpy(), moments.to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(stamps, kind="stable")  # an order without a time is earlier than all others
    dated = order[moments.is_valid().to_numpy(zero_copy_only=False)[order]]
    bought = dated[pc.fill_null(completed, False).to_numpy(zero_copy_only=False)[dated]]
    count = len(encoded.dictionary)
    people |= {
        "customer": encoded.dictionary,
        "name": prepared.text("customer_name").filter(there).take(_last_of_each(codes, order, count)),
        "first_order": days.take(_last_of_each(codes, dated[::-1], count)),
        "last_order": days.take(_last_of_each(codes, dated, count)),
    }
    people["days_since"] = prepared.days_before(people["last_order"])
    people["days_since_completed"] = prepared.days_before(days.take(_last_of_each(codes, bought, count)))
    return people | _scores(people), keys.null_count


def _scores(people: Arrays) -> Arrays:
    """RFM scores among customers with a completed order, and the segment; missing where no status is known."""
    bought = pc.greater(people["completed"], 0)
    buyer = pc.fill_null(bought, False)
    recency = _score(pc.negate(people["days_since_completed"]), buyer)
    frequency = _score(people["completed"], buyer)
    segment = pa.array(np.full(len(buyer), NO_PURCHASE), pa.string())
    for name, (recent, often) in reversed(RFM_SEGMENTS.items()):
        fits = pc.and_(pc.greater_equal(recency, recent), pc.greater_equal(frequency, often))
        segment = pc.if_else(pc.fill_null(fits, fill_value=False), name, segment)
    segment = pc.if_else(pc.is_valid(bought), segment, pa.scalar(None, pa.string()))
    return {
        "recency": recency,
        "frequency": frequency,
        "monetary": _score(people["lifetime_value"], buyer),
        "segment": segment,
    }


def _score(values: pa.Array, among: pa.Array) -> pa.Array:
    """1 + five times the share of customers in ``among`` with a lower value; equal values have equal scores."""
    chosen = pc.and_(among, pc.is_valid(values))
    known = values.filter(chosen)
    lower = pc.subtract(pc.rank(known, "ascending", tiebreaker="min").cast(pa.int64()), 1)
    scores = np.zeros(len(values), np.int64)
    mask = chosen.to_numpy(zero_copy_only=False)
    scores[mask] = 1 + 5 * lower.to_numpy() // max(1, len(known))
    return pa.array(scores, mask=~mask)


def _last_of_each(numbers: Scores, order: Scores, count: int) -> pa.Array:
    """The place of the last order of each customer in this order; missing where there is none."""
    last = np.full(count, -1)
    last[numbers[order]] = order
    return pa.array(last, mask=last < 0)


def _first_of_each(numbers: pa.Array, order: Scores) -> NDArray[np.bool_]:
    """Which orders are the first of their customer, in this order."""
    known = numbers.is_valid().to_numpy(zero_copy_only=False)
    order = order[known[order]]
    codes = pc.fill_null(numbers, 0).to_numpy()
    firsts = _last_of_each(codes, order[::-1], int(codes.max(initial=-1)) + 1)
    is_first = np.zeros(len(codes), np.bool_)
    is_first[firsts.drop_null().to_numpy()] = True
    return is_first


def _size_of_cohort(found: Arrays) -> pa.Array:
    """The customers of each row's first month: those who are there zero months later."""
    rows = zip(*(found[name].to_pylist() for name in ("cohort", "months_later", "returned_customers")), strict=True)
    sizes = {cohort: customers for cohort, months_later, customers in rows if months_later == 0}
    return pa.array([sizes[one] for one in found["cohort"].to_pylist()], pa.int64())


def _notes(prepared: Prepared, unknown: int, more: str) -> list[str]:
    return [phrase("customer", prepared.language, count=unknown), phrase(more, prepared.language)]
