"""Counts by who, where and what: couriers, provinces, products, people, channels, fees."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.reports.counting.arithmetic import Arrays, added, every, grouped, share, sorted_by, total
from scalev_frames.reports.counting.finish import finish
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.words.phrases import phrase

HANDLER = ("handler_id", "handler_fullname")
#: The groups of returns, each with its columns: a name, or an id and a name.
RETURNS_BY = {
    "courier": ("courier_service_courier_name",),
    "province": ("destination_address_province",),
    "product": ("final_variants",),
    "handler": HANDLER,
    "advertiser": ("advertiser_id", "advertiser_fullname"),
}


def returns(prepared: Prepared, *, by: str) -> pd.DataFrame:
    """Returned orders (return to sender) by courier, province, product, handler or advertiser.

    Returns:
        One row for each that shipped anything, most shipped first: shipped or later, in transit, completed, returned,
        ``rts_rate`` = returned ÷ shipped, ``rts_rate_finished`` = returned ÷ (completed + returned), which does not
        flatter young orders, and the gross of returned orders. An order of several products counts for each of them.

    >>> orders = pd.DataFrame({"status": ["completed", "rts", "shipped", "shipped"], "handler_fullname": ["Sri"] * 4})
    >>> returns(Prepared(orders), by="handler")[["handler", "rts_rate", "rts_rate_finished"]].values.tolist()
    [['Sri', 0.25, 0.5]]
    """
    shipped = prepared.has("shipped_or_later")
    masks = {word: prepared.has(word) for word in ("in_transit", "completed", "returned")}
    columns: Arrays = {"shipped": shipped, **masks, "returned_value": prepared.money("gross_revenue")}
    notes: list[str] = []
    if by == "product":
        places, key, _ = prepared.items()
        columns = {name: array.take(places) for name, array in columns.items()}
        notes.append(phrase("per_product", prepared.language))
    else:
        key = prepared.named(*RETURNS_BY[by])
    value = columns.pop("returned_value"), columns["returned"]
    found = grouped({by: key}, {**columns, "returned_value": value})
    is_shipped = pc.greater(found["shipped"], 0)
    found = {name: array.filter(is_shipped) for name, array in found.items()}  # none where it is not known
    found["rts_rate"] = share(found["returned"], found["shipped"])
    found["rts_rate_finished"] = share(found["returned"], pc.add(found["completed"], found["returned"]))
    found = sorted_by(found, ("shipped", "descending"), (by, "ascending"))
    return finish(prepared, f"returns_by_{by}", found, notes)


def handlers(prepared: Prepared) -> pd.DataFrame:
    """Confirmed, canceled and returned orders of each handler (CS).

    Returns:
        One row a handler, most orders first, orders without one in a row of their own: confirm, cancel and RTS rates,
        gross of all and of the completed orders.

    >>> orders = pd.DataFrame({"status": ["completed", "canceled"], "handler_fullname": ["Sri", "Sri"]})
    >>> handlers(Prepared(orders))[["orders", "confirm_rate", "cancel_rate"]].values.tolist()
    [[2, 0.5, 0.5]]
    """
    found = _outcomes(prepared, {"handler": prepared.named(*HANDLER)})
    found["confirm_rate"] = share(found["confirmed"], found["orders"])
    found["cancel_rate"] = share(found["canceled"], found["orders"])
    found["rts_rate"] = share(found["returned"], found["shipped"])
    return finish(prepared, "handlers", sorted_by(found, ("orders", "descending"), ("handler", "ascending")))


def products(prepared: Prepared) -> pd.DataFrame:
    """What was sold, from the orders' ``final_variants``; what it brought is in `margin`, which needs order lines.

    Returns:
        One row a product, most pieces first: orders with it, pieces ordered, completed and returned. A quantity that is
        missing is in no sum.

    >>> products(Prepared(pd.DataFrame({"final_variants": [{"Kaos": 2}, {"Kaos": 1, "Topi": 1}]})))["quantity"].tolist()
    [3, 1]
    """
    places, names, quantities = prepared.items()
    completed, returned = (prepared.has(word).take(places) for word in ("completed", "returned"))
    found = grouped(
        {"product": names},
        {
            "orders": pc.is_valid(places),
            "quantity": quantities,
            "completed_quantity": (quantities, completed),
            "returned_quantity": (quantities, returned),
        },
    )
    found["share_of_quantity"] = share(found["quantity"], total(quantities))
    found = sorted_by(found, ("quantity", "descending"), ("product", "ascending"))
    return finish(prepared, "products", found, [phrase("per_product", prepared.language)])


def geography(prepared: Prepared) -> pd.DataFrame:
    """Where the orders go: province and city.

    Returns:
        One row a city, most orders first.

    >>> geography(Prepared(pd.DataFrame({"destination_address_city": ["Kota Bandung"]})))["orders"].tolist()
    [1]
    """
    found = _outcomes(prepared, {key: prepared.text(f"destination_address_{key}") for key in ("province", "city")})
    found["rts_rate"] = share(found["returned"], found["shipped"])
    found["share_of_orders"] = share(found["orders"], pa.scalar(prepared.rows))
    order = (("orders", "descending"), ("province", "ascending"), ("city", "ascending"))
    return finish(prepared, "geography", sorted_by(found, *order))


def channels(prepared: Prepared) -> pd.DataFrame:
    """Where the orders come from: platform, channel and UTM source.

    Returns:
        One row for each combination, most orders first; an empty source is a missing one.

    >>> channels(Prepared(pd.DataFrame({"platform": ["scalev"], "utm_source": [""]})))["utm_source"].isna().tolist()
    [True]
    """
    columns = {"platform": "platform", "channel": "channel_name", "utm_source": "utm_source"}
    found = _outcomes(prepared, {key: prepared.text(name) for key, name in columns.items()})
    found["confirm_rate"] = share(found["confirmed"], found["orders"])
    found["share_of_orders"] = share(found["orders"], pa.scalar(prepared.rows))
    order = (("orders", "descending"), *((name, "ascending") for name in columns))
    return finish(prepared, "channels", sorted_by(found, *order))


def fees(prepared: Prepared) -> pd.DataFrame:
    """What Scalev and the payment providers keep of paid orders.

    Returns:
        One row for each payment method and provider, most orders first; ``fee_share`` is both fees ÷ gross.

    >>> orders = pd.DataFrame({"payment_status": ["settled"], "gross_revenue": [100_000], "scalev_fee": [1_000],
    ...                        "payment_fee": [500]})
    >>> fees(Prepared(orders))["fee_share"].tolist()
    [0.015]
    """
    paid = prepared.has("paid")
    amounts = ("gross_revenue", "scalev_fee", "payment_fee", "net_payment_revenue")
    found = grouped(
        {name: prepared.text(name).filter(paid) for name in ("payment_method", "epayment_provider")},
        {
            "orders": pa.array([True] * (pc.sum(paid).as_py() or 0), pa.bool_()),
            **{name: prepared.money(name).filter(paid) for name in amounts},
        },
    )
    found["fee_share"] = share(added(found["scalev_fee"], found["payment_fee"]), found["gross_revenue"])
    order = (("orders", "descending"), ("payment_method", "ascending"), ("epayment_provider", "ascending"))
    return finish(prepared, "fees", sorted_by(found, *order), [phrase("paid_only", prepared.language)])


def _outcomes(prepared: Prepared, keys: Arrays) -> Arrays:
    """How many orders each combination of keys has, what became of them, and what they are worth."""
    completed, gross = prepared.has("completed"), prepared.money("gross_revenue")
    return grouped(
        keys,
        {
            "orders": every(prepared),
            "confirmed": prepared.has("confirmed_or_later"),
            "canceled": prepared.among("status", {"canceled"}),
            "completed": completed,
            "returned": prepared.has("returned"),
            "shipped": prepared.has("shipped_or_later"),
            "gross_revenue": gross,
            "completed_revenue": (gross, completed),
        },
    )
