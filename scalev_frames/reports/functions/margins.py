"""The margin of each product: what is left after discounts and cost of goods; needs order lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scalev_frames.frames.values.arrays import as_decimals
from scalev_frames.frames.values.scalars import LONG
from scalev_frames.reports.counting.arithmetic import Arrays, added, grouped, in_sen, share, sorted_by
from scalev_frames.reports.counting.finish import check_columns, finish, missing_notes
from scalev_frames.reports.counting.lines import LINES, is_lines, lines_of
from scalev_frames.reports.counting.prepare import Prepared, nothing_known, tell_apart
from scalev_frames.reports.words.phrases import phrase
from scalev_frames.reports.words.rows import AMOUNTS, REPORTS

#: Tax rates below this are shares (0.11), others percentages (11).
LEAST_PERCENTAGE = Decimal(1)
#: The code that an order was discounted by, and a line's share of it, before tax and with it.
CODE = "discount_code_code"
CODE_DISCOUNTS = ("discount_code_discount_bt", "discount_code_discount")
Mask = NDArray[np.bool_]


def margin(given: Prepared) -> pd.DataFrame:
    """What each product earned: price less both discounts and COGS, before tax, of completed orders.

    Args:
        given: order lines, as ``api.order_lines(orders)`` or ``details.scalev.lines()`` give them: with their order's
            ``status`` and spam mark; or orders with details, whose lines are read.

    Returns:
        One row a product and SKU, the most margin first; variants of one name and SKU have their id behind the name.
        Amounts are sums of line totals before tax (``_bt``), exact IDR. Where they are missing they are derived from
        the line's ``tax_rate`` (11 or 0.11 for eleven percent), to the sen; a line without a rate, too, counts with tax
        in price, discounts and COGS alike. A code discount that is missing is 0 where the order has no
        ``discount_code_code``. The notes say of how many lines. The margin is the sum over the lines of which price,
        discounts and COGS are all known. ``margin_rate`` is margin ÷ (sales less discount).

    >>> lines = pd.DataFrame({"order__id": ["7"], "status": ["completed"], "product_name": ["Kaos"], "quantity": [2],
    ...                       "product_price_bt": [200_000], "discount_bt": [20_000], "discount_code_discount_bt": [0],
    ...                       "cogs_bt": [80_000]})
    >>> margin(Prepared(lines))[["product", "margin"]].astype(str).values.tolist()
    [['Kaos', '100000.00']]
    """
    check_columns(given, REPORTS["margin"])
    prepared, without = _prepared_lines(given)
    completed = prepared.has("completed")
    free = _put_no_code(prepared, completed)
    amounts, said = _amounts(prepared, completed)
    price, *discounts, cogs = amounts
    discount = added(*discounts)
    earned = added(price, minus=[discount, cogs])
    keys = {name: array.filter(completed) for name, array in line_keys(prepared).items()}
    found = grouped(
        keys,
        {
            "quantity": prepared.count("quantity").filter(completed),
            "sales": price,
            "discount": discount,
            "cogs": cogs,
            "margin": earned,
        },
    )
    by_name = (("product", "ascending"), ("sku", "ascending"))
    found = sorted_by(found, *by_name)
    found["orders"] = sorted_by(_orders(prepared, keys, completed), *by_name)["order_count_distinct"]
    found["margin_rate"] = share(found["margin"], added(found["sales"], minus=[found["discount"]]))
    found = sorted_by(found, ("margin", "descending"), *by_name)
    notes = [phrase("completed_only", prepared.language), *said]
    if free:
        notes.append(phrase("no_code", prepared.language, count=free))
    if earned.null_count:
        notes.append(phrase("unknown_margin", prepared.language, count=earned.null_count))
    if left := pc.sum(pc.invert(completed)).as_py():
        notes.append(phrase("not_completed", prepared.language, count=left))
    lacks = [phrase("lines_unknown", given.language, count=without)] if without else []
    if LINES not in given.orders and not is_lines(given.orders):
        return finish(given, "margin", found, notes, missing=lacks)
    return finish(prepared, "margin", found, notes, missing=[*lacks, *missing_notes(prepared, REPORTS["margin"])])


def _prepared_lines(given: Prepared) -> tuple[Prepared, int]:
    """The lines of what was given, prepared alike, and how many orders have none."""
    orders = given.orders
    if is_lines(orders):
        return given, 0
    if LINES not in orders:
        none = pd.DataFrame({name: pd.Series(dtype=object) for name in REPORTS["margin"].reads.split()})
        return Prepared(none, given.definitions, given.language), len(orders)
    definitions = replace(given.definitions, as_of=given.as_of, time_zone=given.zone)
    return Prepared(lines_of(orders), definitions, given.language), int(orders[LINES].isna().sum())


def line_keys(prepared: Prepared) -> Arrays:
    """Product and SKU of each line, told apart by its variant."""
    names = prepared.text("product_name"), prepared.text("variant_sku")
    return dict(zip(("product", "sku"), tell_apart(prepared.ids("variant"), *names), strict=True))


def _orders(prepared: Prepared, keys: Arrays, completed: pa.Array) -> Arrays:
    """The number of orders for each key; missing where no line has its order's id."""
    order = prepared.ids("order__id" if "order__id" in prepared.orders else "order_id").filter(completed)
    found = pa.table({**keys, "order": order}).group_by(list(keys)).aggregate([("order", "count_distinct")])
    columns = {name: found[name].combine_chunks() for name in found.column_names}
    if nothing_known(order):
        columns["order_count_distinct"] = pa.nulls(len(found), pa.int64())
    return columns


def _put_no_code(prepared: Prepared, completed: pa.Array) -> int:
    """Put zero as the missing code discount of lines whose orders have no code; gives how many completed lines."""
    if CODE not in prepared.orders:
        return 0
    before, included = (prepared.money(name) for name in CODE_DISCOUNTS)
    lacks = pc.and_(pc.and_(pc.is_null(before), pc.is_null(included)), pc.is_null(prepared.text(CODE)))
    prepared.put_money(CODE_DISCOUNTS[1], pc.if_else(lacks, pa.scalar(Decimal(0), included.type), included))
    return pc.sum(pc.and_(lacks, completed)).as_py() or 0


def _amounts(prepared: Prepared, completed: pa.Array) -> tuple[list[pa.Array], list[str]]:
    """The `AMOUNTS` of each line, all before tax or all with it, and notes on where they come from."""
    pairs = [[prepared.money(name).filter(completed) for name in pair] for pair in AMOUNTS.items()]
    if not any(before.null_count for before, _ in pairs):
        return [before for before, _ in pairs], []
    divisors = _divisors(prepared.money("tax_rate").filter(completed))
    exact, derived, taxed = [], np.zeros(len(divisors), np.bool_), np.zeros(len(divisors), np.bool_)
    for before, included in pairs:
        lacks = pc.and_(pc.is_null(before), pc.is_valid(included)).to_numpy(zero_copy_only=False)
        nothing = pc.equal(included, 0).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
        rated = lacks & (nothing | np.array([one is not None for one in divisors], np.bool_))
        exact.append(_derived(before, included, divisors, rated))
        derived |= rated
        taxed |= lacks & ~rated
    if taxed.any():
        exact = [_chosen(taxed, included, one) for one, (_, included) in zip(exact, pairs, strict=True)]
    counts = {"tax_derived": int((derived & ~taxed).sum()), "tax_included": int(taxed.sum())}
    return exact, [phrase(key, prepared.language, count=count) for key, count in counts.items() if count]


def _divisors(rates: pa.Array) -> list[Decimal | None]:
    """The divisors that take the tax out of prices; ``None`` where the rate is missing or out of range."""
    with localcontext(LONG):
        return [
            None if rate is None or not 0 <= rate < 100 else 1 + (rate if rate < LEAST_PERCENTAGE else rate / 100)
            for rate in rates.to_pylist()
        ]


def _derived(before: pa.Array, included: pa.Array, divisors: Sequence[Any], where: Mask) -> pa.Array:
    """``before``, with ``included`` without its tax in its place where the mask holds."""
    if not where.any():
        return before
    amounts = before.to_pylist()
    for place in np.flatnonzero(where).tolist():
        amounts[place] = in_sen(included[place].as_py(), divisors[place] or 1)
    return pa.array(amounts, pa.decimal128(38, before.type.scale))


def _chosen(mask: Mask, one: pa.Array, other: pa.Array) -> pa.Array:
    """``one`` where the mask holds, ``other`` elsewhere."""
    kind = pa.decimal128(38, max(one.type.scale, other.type.scale))
    return pc.if_else(pa.array(mask), as_decimals(one, kind), as_decimals(other, kind))
