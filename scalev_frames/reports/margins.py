"""The margin of each product: what is left after discounts and cost of goods; needs order lines."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scalev_frames.catalog import CARRIED
from scalev_frames.errors import BadValueError
from scalev_frames.frames import Header
from scalev_frames.frames.children import BUSINESS, expand
from scalev_frames.reports.arithmetic import Arrays, added, finish, grouped, share, sorted_by
from scalev_frames.reports.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.prepare import Prepared, prepare, tell_apart
from scalev_frames.reports.words import phrase

LINES = "orderlines"
#: The amounts of a margin: before tax, and the same with tax.
AMOUNTS = {
    "product_price_bt": "product_price",
    "discount_bt": "discount",
    "discount_code_discount_bt": "discount_code_discount",
    "cogs_bt": "cogs",
}
#: Tax rates below this are shares (0.11), others percentages (11).
LEAST_PERCENTAGE = Decimal(1)
SEN = Decimal("0.01")
Mask = NDArray[np.bool_]


def margin(lines: pd.DataFrame | Prepared, definitions: Definitions = DEFINITIONS) -> pd.DataFrame:
    """What each product earned: price less both discounts and COGS, before tax, of completed orders.

    Args:
        lines: order lines, as ``api.order_lines(orders)`` or ``details.scalev.lines()`` give them: with their order's
            ``status`` and spam mark; or orders with details, whose lines are read.
        definitions: what the words mean.

    Returns:
        One row a product and SKU, the most margin first; variants of one name and SKU have their id behind the name.
        Amounts are sums of line totals before tax (``_bt``), exact IDR. Where they are missing they are derived from
        the line's ``tax_rate`` (11 or 0.11 for eleven percent), to the sen; a line without a rate, too, counts with tax
        in price, discounts and COGS alike; the notes say of how many. The margin is the sum over the lines of which
        price, discounts and COGS are all known. ``margin_rate`` is margin ÷ (sales less discount).

    >>> lines = pd.DataFrame({"order__id": ["7"], "status": ["completed"], "product_name": ["Kaos"], "quantity": [2],
    ...                       "product_price_bt": [200_000], "discount_bt": [20_000], "discount_code_discount_bt": [0],
    ...                       "cogs_bt": [80_000]})
    >>> margin(lines)[["product", "margin"]].astype(str).values.tolist()
    [['Kaos', '100000.00']]
    """
    prepared, notes = _prepared_lines(prepare(lines, definitions))
    completed = (
        prepared.has("completed") if is_lines(prepared.orders) else pa.array([False] * prepared.rows, pa.bool_())
    )
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
    notes = [phrase("completed_only", prepared.language), *said, *notes]
    if earned.null_count:
        notes.append(phrase("unknown_margin", prepared.language, count=earned.null_count))
    left = prepared.rows - len(price)
    if left and is_lines(prepared.orders):
        notes.append(phrase("not_completed", prepared.language, count=left))
    return finish(prepared, "margin", found, notes)


def has_lines(frame: pd.DataFrame) -> bool:
    """Whether ``frame`` is one of order lines, or one of orders with their lines in it: what a margin needs.

    >>> has_lines(pd.DataFrame({"status": ["rts"]})), has_lines(pd.DataFrame({"orderlines": [[{"quantity": 1}]]}))
    (False, True)
    """
    return is_lines(frame) or (LINES in frame.columns and bool(frame[LINES].notna().any()))


def is_lines(frame: pd.DataFrame) -> bool:
    """Whether the rows of ``frame`` are order lines; orders with details are not.

    >>> is_lines(pd.DataFrame(columns=["product_name", "product_price_bt", "cogs_bt"]))
    True
    """
    if LINES in frame.columns or "final_variants" in frame.columns:
        return False
    names = set(map(str, frame.columns))
    priced = any({before, included} & names for before, included in AMOUNTS.items() if "price" in before)
    return Header.of(frame).child == "lines" or (priced and bool({"product_name", "variant_sku"} & names))


def lines_of(orders: pd.DataFrame) -> pd.DataFrame:
    """The lines in a frame of orders with details, each with its order's status and spam mark.

    Args:
        orders: orders with a column ``orderlines``.
    """
    return expand(orders, "lines")


def orders_of(lines: pd.DataFrame) -> pd.DataFrame:
    """The orders that lines are of, one row each: what every line carries of its order.

    Args:
        lines: order lines with ``order__id`` or ``order_id``.

    Returns:
        The orders in the order of their first lines, without what lines alone have.

    Raises:
        BadValueError: the lines do not say which order they are of.

    >>> lines = pd.DataFrame({"order_id": ["A", "A", "B"], "status": ["rts", "rts", "completed"]})
    >>> orders_of(lines)["status"].tolist()
    ['rts', 'completed']
    """
    carried = {f"order__{name}" if f"order__{name}" in lines else name: name for name in CARRIED["order"]}
    if "order__id" not in lines:
        del carried["id"]  # that of the line
    carried |= {BUSINESS: BUSINESS}
    orders = lines[[name for name in carried if name in lines]].rename(columns=carried)
    keys = [name for name in (BUSINESS, "id" if "id" in orders else "order_id") if name in orders]
    if not {"id", "order_id"} & set(keys):
        raise BadValueError("These lines do not say which order they are of.", advice="Keep the column order_id.")
    orders = orders.drop_duplicates(keys).reset_index(drop=True)
    return replace(Header.of(lines), child="").onto(orders)


def _prepared_lines(given: Prepared) -> tuple[Prepared, list[str]]:
    """The lines of what was given, prepared alike, and a note on orders that have none."""
    orders = given.orders
    if is_lines(orders):
        return given, []
    without = int(orders[LINES].isna().sum()) if LINES in orders.columns else len(orders)
    notes = [phrase("lines_unknown", given.language, count=without)] if without else []
    if LINES not in orders.columns:
        return given, notes
    definitions = replace(given.definitions, as_of=given.as_of, time_zone=given.zone)
    return Prepared(lines_of(orders), definitions, given.language), notes


def line_keys(prepared: Prepared) -> Arrays:
    """Product and SKU of each line, told apart by its variant."""
    names = prepared.text("product_name"), prepared.text("variant_sku")
    return dict(zip(("product", "sku"), tell_apart(prepared.ids("variant"), *names), strict=True))


def _orders(prepared: Prepared, keys: Arrays, completed: pa.Array) -> Arrays:
    """How many orders each key has."""
    order = prepared.ids("order__id" if "order__id" in prepared.orders else "order_id").filter(completed)
    found = pa.table({**keys, "order": order}).group_by(list(keys)).aggregate([("order", "count_distinct")])
    return {name: found[name].combine_chunks() for name in found.column_names}


def _amounts(prepared: Prepared, completed: pa.Array) -> tuple[list[pa.Array], list[str]]:
    """The `AMOUNTS` of each line, all before tax or all with it, and notes on where they come from."""
    pairs = [[prepared.money(name).filter(completed) for name in pair] for pair in AMOUNTS.items()]
    if not any(before.null_count for before, _ in pairs):
        return [before for before, _ in pairs], []
    divisors = _divisors(prepared.money("tax_rate").filter(completed))
    exact, derived, taxed = [], np.zeros(len(divisors), np.bool_), np.zeros(len(divisors), np.bool_)
    for before, included in pairs:
        lacks = pc.and_(pc.is_null(before), pc.is_valid(included)).to_numpy(zero_copy_only=False)
        rated = lacks & np.array([one is not None for one in divisors], np.bool_)
        exact.append(_derived(before, included, divisors, rated))
        derived |= rated
        taxed |= lacks & ~rated
    if taxed.any():
        exact = [_chosen(taxed, included, one) for one, (_, included) in zip(exact, pairs, strict=True)]
    counts = {"tax_derived": int((derived & ~taxed).sum()), "tax_included": int(taxed.sum())}
    return exact, [phrase(key, prepared.language, count=count) for key, count in counts.items() if count]


def _divisors(rates: pa.Array) -> list[Decimal | None]:
    """What a price with tax is divided by; ``None`` where no sensible rate is known."""
    return [
        None if rate is None or not 0 <= rate < 100 else 1 + (rate if rate < LEAST_PERCENTAGE else rate / 100)
        for rate in rates.to_pylist()
    ]


def _derived(before: pa.Array, included: pa.Array, divisors: list[Decimal | None], where: Mask) -> pa.Array:
    """``before``, with ``included`` without its tax in its place where the mask holds."""
    if not where.any():
        return before
    amounts = before.to_pylist()
    for place in np.flatnonzero(where):
        amounts[place] = (included[int(place)].as_py() / divisors[place]).quantize(SEN, ROUND_HALF_EVEN)
    return pa.array(amounts, pa.decimal128(38, before.type.scale))


def _chosen(mask: Mask, one: pa.Array, other: pa.Array) -> pa.Array:
    """``one`` where the mask holds, ``other`` elsewhere."""
    kind = pa.decimal128(38, max(one.type.scale, other.type.scale))
    return pc.if_else(pa.array(mask), one.cast(kind), other.cast(kind))
