"""People's columns first: what an operator looks at in each list; all others are one click away."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scalev_frames.notebook.table.columns.columns import Column

#: The columns that come first, by list; ``*`` for every other one. ``a|b`` is the first that is there; ``a&b`` as well,
#: and ``b`` beside an ``a`` of which values are missing.
FIRST: dict[str, str] = {
    "orders": (
        "order_id draft_time&created_at customer_name|destination_address_name "
        "customer_phone|destination_address_phone destination_address_city final_variants quantity "
        "status payment_status payment_method gross_revenue courier_service_courier_name|courier shipment_receipt "
        "handler_fullname|handler_name store_name"
    ),
    "products": "name public_name item_type variants is_inventory weight labels created_at",
    "bundles": "name public_name bundlelines price_options is_dropshipping created_at",
    "stores": "name id created_at business_username is_banned",
    "*": "order_id name fullname title status email phone amount quantity created_at last_updated_at",
}
#: Fewer columns than this are all shown.
_FEW = 20
#: Names that say nothing to a person.
_TECHNICAL = re.compile(r"(^|_)(id|uuid|slug|unique_id|secret|avatar|logo|metadata|ids)$")


def first_columns(columns: Sequence[Column], endpoint: str, *, report: bool = False) -> list[int]:
    """Places of the columns that are shown at first.

    Args:
        columns: all columns.
        endpoint: the list they come from, ``""`` when nobody knows.
        report: they are those of a report, which are all for people.

    >>> import pandas as pd
    >>> [first_columns([Column("b", pd.Series([1]))], "orders")]
    [[0]]
    """
    if report or len(columns) < _FEW:
        return list(range(len(columns)))
    found = _wanted(columns, endpoint)
    if len(found) >= 4:
        return found
    plain = [place for place, column in enumerate(columns) if not _TECHNICAL.search(column.name)]
    return list(dict.fromkeys([*found, *plain]))[:_FEW]


def _wanted(columns: Sequence[Column], endpoint: str) -> list[int]:
    """Places of the columns that `FIRST` names for a list, as far as they are there."""
    places = {column.name: place for place, column in reversed(list(enumerate(columns)))}
    usual = FIRST["orders"] if "order_id" in places else FIRST["*"]
    # In a frame of several businesses, whose a row is comes first.
    notations = ["business", *FIRST.get(endpoint.removesuffix("_simplified"), usual).split()]
    found: list[int] = []
    for names in notations:
        there = [places[one] for one in re.split("[|&]", names) if one in places]
        has_gaps = "&" in names and there and columns[there[0]].series.hasnans
        found += there[: 2 if has_gaps else 1]
    return list(dict.fromkeys(found))
