"""Order lines: which frames hold them, and the orders that they are of."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from scalev_frames.catalog import CARRIED
from scalev_frames.errors import BadValueError
from scalev_frames.frames import Header
from scalev_frames.frames.children import BUSINESS, expand

LINES = "orderlines"


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
    priced = {"product_price_bt", "product_price"} & names
    return Header.of(frame).child == "lines" or bool(priced and {"product_name", "variant_sku"} & names)


def lines_of(orders: pd.DataFrame) -> pd.DataFrame:
    """The lines in a frame of orders with details, each with its order's status and spam mark."""
    return expand(orders, "lines")


def orders_of(lines: pd.DataFrame) -> pd.DataFrame:
    """The orders of some lines, one row each, in the order of their first lines: what each line carries of its order.

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
