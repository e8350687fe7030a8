"""Why: what is left of a sale after discounts and goods, which only the lines of orders tell.

May import this room's prepare, tally and definitions.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from scalev_frames.reports.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.prepare import Prepared, prepare
from scalev_frames.reports.tally import added, finish, grouped, share, sorted_by
from scalev_frames.reports.words import phrase


def margin(lines: pd.DataFrame | Prepared, definitions: Definitions = DEFINITIONS) -> pd.DataFrame:
    """What each product earned: price less both discounts and COGS, before tax, of completed orders.

    Args:
        lines: order lines, as ``api.order_lines(orders)`` or ``details.scalev.lines()`` give them: with their order's
            ``status`` and spam mark.
        definitions: what the words mean.

    Returns:
        One row a product and SKU, the most margin first. Amounts are sums of line totals before tax (``_bt``), exact
        IDR; the margin is the sum over the lines of which price, discounts and COGS are all known, and how many are
        not is in the notes. ``margin_rate`` is margin ÷ (sales less discount).

    >>> lines = pd.DataFrame({"order__id": ["7"], "status": ["completed"], "product_name": ["Kaos"], "quantity": [2],
    ...                       "product_price_bt": [200_000], "discount_bt": [20_000], "discount_code_discount_bt": [0],
    ...                       "cogs_bt": [80_000]})
    >>> margin(lines)[["product", "margin"]].astype(str).values.tolist()
    [['Kaos', '100000.00']]
    """
    prepared = prepare(lines, definitions)
    completed = prepared.has("completed")
    price, cogs = (prepared.money(name).filter(completed) for name in ("product_price_bt", "cogs_bt"))
    discounts = [prepared.money(name).filter(completed) for name in ("discount_bt", "discount_code_discount_bt")]
    discount = added(*discounts)
    earned = added(price, minus=[discount, cogs])
    order = prepared.text("order__id" if "order__id" in prepared.orders else "order_id").filter(completed)
    keys = {"product": prepared.text("product_name"), "sku": prepared.text("variant_sku")}
    keys = {name: array.filter(completed) for name, array in keys.items()}
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
    orders = pa.table({**keys, "order": order}).group_by(list(keys)).aggregate([("order", "count_distinct")])
    counts = sorted_by({name: orders[name].combine_chunks() for name in orders.column_names}, *by_name)
    found = sorted_by(found, *by_name)
    found["orders"] = counts["order_count_distinct"]
    found["margin_rate"] = share(found["margin"], added(found["sales"], minus=[found["discount"]]))
    found = sorted_by(found, ("margin", "descending"), *by_name)
    notes = [phrase("completed_only", prepared.language)]
    if earned.null_count:
        notes.append(phrase("unknown_margin", prepared.language, count=earned.null_count))
    left = prepared.rows - len(price)
    if left:
        notes.append(phrase("not_completed", prepared.language, count=left))
    return finish(prepared, "margin", found, notes)


def has_lines(frame: pd.DataFrame) -> bool:
    """Whether ``frame`` is one of order lines, with the costs a margin needs.

    >>> has_lines(pd.DataFrame(columns=["order_id", "status"]))
    False
    """
    return {"product_price_bt", "cogs_bt"} <= set(map(str, frame.columns))
