"""What became of the orders: by day, stage by stage, what they brought, and how they were paid."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.reports.counting.arithmetic import Arrays, Measure, average, every, grouped, share, sorted_by, total
from scalev_frames.reports.counting.finish import finish
from scalev_frames.reports.counting.prepare import Prepared, nothing_known
from scalev_frames.reports.words.labels import value_words
from scalev_frames.reports.words.phrases import phrase

#: Days without orders are filled in up to such a gap: a single wrong date must not make thousands of rows.
LONGEST_GAP = 31
#: The disjoint parts of a day's orders; what is in none of them is other.
PARTS = ("waiting", "in_progress", "completed", "lost")


def daily(prepared: Prepared) -> pd.DataFrame:
    """Orders by day: how many, what became of them, and what they are worth.

    Returns:
        One row a day, oldest first; days without orders are zero where the gap is at most 31 days; orders without a
        date are in a last row without a day. ``waiting + in_progress + completed + lost + other = orders``; counts
        `Int64`, rates `Float64` between 0 and 1, money exact IDR.

    >>> orders = pd.DataFrame({"created_at": ["2026-11-01T17:00:00Z"], "status": ["rts"], "gross_revenue": [150_000]})
    >>> daily(Prepared(orders))[["day", "orders", "lost", "gross_revenue"]].astype(str).values.tolist()
    [['2026-11-02', '1', '1', '150000.00']]
    """
    moments = prepared.dated()
    masks = parts(prepared)
    found = grouped(
        {"day": prepared.day(moments)},
        {
            "orders": every(prepared),
            **masks,
            "confirmed": prepared.has("confirmed_or_later"),
            "shipped": prepared.has("shipped_or_later"),
            "gross_revenue": prepared.money("gross_revenue"),
            "net_revenue": prepared.money("net_revenue"),
        },
    )
    found = sorted_by(_filled(found), ("day", "ascending"))
    found["confirm_rate"] = share(found["confirmed"], found["orders"])
    notes = [phrase("gaps", prepared.language, days=LONGEST_GAP)]
    if moments.null_count:
        notes.append(phrase("undated", prepared.language, count=moments.null_count))
    return finish(prepared, "daily", found, [*notes, *unknown_statuses(prepared, masks["other"])])


def funnel(prepared: Prepared) -> pd.DataFrame:
    """How many orders reached each stage: created, confirmed, shipped, completed, completed and paid.

    Returns:
        One row a stage: count, share of all orders, share of the stage before, gross revenue.

    >>> funnel(Prepared(pd.DataFrame({"status": ["shipped", "pending"]})))["orders"].tolist()
    [2, 1, 1, 0, 0]
    """
    reached = stages(prepared)
    counts = _counts(reached)
    previous = pa.array([None, *counts.to_pylist()[:-1]], pa.int64())
    return finish(
        prepared,
        "funnel",
        {
            "stage": pa.array(list(reached)),
            "orders": counts,
            "share_of_all": share(counts, counts[0]),
            "share_of_previous": share(counts, previous),
            "gross_revenue": _sums(prepared.money("gross_revenue"), reached),
        },
    )


def revenue(prepared: Prepared) -> pd.DataFrame:
    """What the orders are worth, by four bases that shops mean when they say revenue.

    Returns:
        One row a basis (all, confirmed or later, paid and settled, completed): orders, gross and net revenue, average
        gross of the orders whose gross is known, and the share of the gross of all. Money is exact IDR.

    >>> orders = pd.DataFrame({"status": ["completed"], "payment_status": ["settled"], "gross_revenue": [99_500]})
    >>> revenue(Prepared(orders))["gross_revenue"].astype(str).tolist()
    ['99500.00', '99500.00', '99500.00', '99500.00']
    """
    meant = bases(prepared)
    amounts = prepared.money("gross_revenue")
    gross = _sums(amounts, meant)
    known = _counts({name: pc.and_(mask, pc.is_valid(amounts)) for name, mask in meant.items()})
    found = {
        "basis": pa.array(list(meant)),
        "orders": _counts(meant),
        "gross_revenue": gross,
        "net_revenue": _sums(prepared.money("net_revenue"), meant),
        "average_gross": average(gross, known),
        "share_of_all": share(gross, gross[0]),
    }
    return finish(prepared, "revenue", found)


def cod(prepared: Prepared) -> pd.DataFrame:
    """Cash on delivery against transfer against everything else: what is on its way, delivered, returned.

    Returns:
        Three rows, ``cod``, ``transfer`` and ``other``, whose numbers are missing where no payment method is known;
        ``delivery_rate`` is delivered ÷ (delivered + returned).

    >>> orders = pd.DataFrame({"status": ["completed", "rts"], "payment_method": ["cod", "cod"]})
    >>> cod(Prepared(orders))["delivery_rate"].tolist()[0]
    0.5
    """
    gross = prepared.money("gross_revenue")
    outcomes = {
        "delivered": prepared.has("completed"),
        "in_transit": prepared.has("in_transit"),
        "returned": prepared.has("returned"),
        "canceled": prepared.among("status", {"canceled"}),
        "paid": prepared.has("paid"),
    }
    values: dict[str, Measure] = {f"{part}_value": (gross, outcomes[part]) for part in ("delivered", "in_transit")}
    found = grouped(
        {"method": methods(prepared)}, {"orders": every(prepared), "gross_revenue": gross, **outcomes, **values}
    )
    found = _in_places(found, "method", ("cod", "transfer", "other"))
    found["share_of_orders"] = share(found["orders"], pa.scalar(prepared.rows))
    found["delivery_rate"] = share(found["delivered"], pc.add(found["delivered"], found["returned"]))
    return finish(prepared, "cod", found)


def parts(prepared: Prepared) -> Arrays:
    """Which orders are in each part of a day; every order is in one."""
    masks = {part: prepared.has(part) for part in PARTS}
    first, second = (pc.or_(*(masks[one] for one in pair)) for pair in (PARTS[:2], PARTS[2:]))
    return {**masks, "other": pc.invert(pc.or_(first, second))}


def stages(prepared: Prepared) -> Arrays:
    """Which orders reached each stage."""
    completed = prepared.has("completed")
    return {
        "created": every(prepared),
        "confirmed": prepared.has("confirmed_or_later"),
        "shipped": prepared.has("shipped_or_later"),
        "completed": completed,
        "completed_and_paid": pc.and_kleene(completed, prepared.has("paid")),
    }


def bases(prepared: Prepared) -> Arrays:
    """Which orders each basis of revenue counts."""
    return {
        "all": every(prepared),
        "confirmed": prepared.has("confirmed_or_later"),
        "paid": prepared.has("paid"),
        "completed": prepared.has("completed"),
    }


def methods(prepared: Prepared) -> pa.Array:
    """How each order is paid: ``cod``, ``transfer`` or ``other``; missing where no method of payment is known."""
    other = pc.if_else(prepared.has("transfer"), "transfer", "other")
    return pc.if_else(prepared.has("cod"), "cod", other)


def _in_places(found: Arrays, key: str, names: tuple[str, ...]) -> Arrays:
    """One row a name, in this order; what does not occur is zero, and missing where no row has a name."""
    places = pc.index_in(pa.array(names), found[key])
    is_new = pc.is_null(places)
    taken = {name: array.take(places) for name, array in found.items() if name != key}
    zero = None if nothing_known(found[key]) else 0
    zeros = {name: pa.scalar(zero, array.type) for name, array in taken.items()}
    return {key: pa.array(names), **{name: pc.if_else(is_new, zeros[name], array) for name, array in taken.items()}}


def unknown_statuses(prepared: Prepared, other: pa.Array) -> list[str]:
    """A note on the orders that are in no part of a day, with their statuses."""
    words = pc.unique(prepared.text("status").filter(other)).to_pylist()
    if not words:
        return []
    called = value_words("status", prepared.language)
    said = ", ".join(sorted("—" if word is None else called.get(word, word) for word in words))
    return [phrase("status_unknown", prepared.language, count=pc.sum(other).as_py(), words=said)]


def _counts(masks: dict[str, pa.Array]) -> pa.Array:
    return pa.array([total(mask).as_py() for mask in masks.values()], pa.int64())


def _sums(amounts: pa.Array, masks: dict[str, pa.Array]) -> pa.Array:
    kind = pa.decimal128(38, amounts.type.scale)
    return pa.array([total((amounts, mask)).as_py() for mask in masks.values()], kind)


def _filled(found: Arrays) -> Arrays:
    """The days with the gaps between them filled with zeros."""
    days = sorted(day for day in found["day"].to_pylist() if day is not None)
    gaps = [(one, (other - one).days) for one, other in itertools.pairwise(days)]
    missing = [
        one + dt.timedelta(days=step) for one, length in gaps if length - 1 <= LONGEST_GAP for step in range(1, length)
    ]
    if not missing:
        return found
    return {
        name: pa.concat_arrays([array, pa.array(missing if name == "day" else _zeros(array, len(missing)), array.type)])
        for name, array in found.items()
    }


def _zeros(array: pa.Array, count: int) -> list[Decimal] | np.ndarray[tuple[int], np.dtype[np.int64]]:
    return [Decimal(0)] * count if pa.types.is_decimal(array.type) else np.zeros(count, np.int64)
