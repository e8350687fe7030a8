"""Why: two lists to work through: parcels that should be there, and orders that wait for money.

May import this room's prepare, tally, customers and definitions.
"""

from __future__ import annotations

import itertools

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.reports.customers import normal_phone
from scalev_frames.reports.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.prepare import Prepared, prepare
from scalev_frames.reports.tally import Arrays, finish, sorted_by
from scalev_frames.reports.words import phrase

WHATSAPP = "https://wa.me/"


def overdue(orders: pd.DataFrame | Prepared, definitions: Definitions = DEFINITIONS) -> pd.DataFrame:
    """Parcels still on their way more than ``overdue_days`` days after they were shipped.

    Args:
        orders: any frame of orders.
        definitions: what the words mean; days are calendar days up to ``as_of``.

    Returns:
        One row an order, the longest on its way first. Orders in transit without ``shipped_time`` come last, without
        days: nobody can say that they are in time.

    >>> orders = pd.DataFrame({"status": ["shipped"], "shipped_time": ["2026-11-01T03:00:00Z"]})
    >>> orders.attrs["as_of"] = "2026-11-23T15:30:00+07:00"
    >>> overdue(orders)["days"].tolist()
    [22]
    """
    prepared = prepare(orders, definitions)
    days = prepared.days_before(prepared.day(prepared.moment("shipped_time")))
    late = pc.fill_null(pc.greater(days, prepared.definitions.overdue_days), fill_value=True)
    found = {
        "order_id": prepared.text("order_id"),
        "shipped_time": prepared.moment("shipped_time"),
        "days": days,
        "courier": prepared.text("courier_service_courier_name"),
        "receipt": prepared.text("shipment_receipt"),
        "shipment_status": prepared.text("shipment_status"),
        "city": prepared.text("destination_address_city"),
        "province": prepared.text("destination_address_province"),
        **_who(prepared),
    }
    listed = _listed(found, pc.and_(prepared.has("in_transit"), late), "shipped_time")
    return finish(prepared, "overdue", listed, _unaged(prepared, listed))


def unpaid(orders: pd.DataFrame | Prepared, definitions: Definitions = DEFINITIONS) -> pd.DataFrame:
    """Orders that wait and are not paid, with what is needed to ask: who, how long, how much, a WhatsApp link.

    Args:
        orders: any frame of orders.
        definitions: what the words mean; days are calendar days up to ``as_of``.

    Returns:
        One row an order, the oldest first; ``age`` is the group of its age, such as ``2-3`` days.

    >>> orders = pd.DataFrame({"status": ["pending"], "payment_status": ["unpaid"], "customer_phone": ["0812 345"],
    ...                        "created_at": ["2026-11-21T03:00:00Z"]})
    >>> orders.attrs["as_of"] = "2026-11-23T15:30:00+07:00"
    >>> unpaid(orders)[["days", "age", "whatsapp"]].values.tolist()
    [[2, '2-3', 'https://wa.me/62812345']]
    """
    prepared = prepare(orders, definitions)
    created = prepared.dated("created")
    days = prepared.days_before(prepared.day(created))
    found = {
        "order_id": prepared.text("order_id"),
        "created": created,
        "days": days,
        "store": prepared.text("store_name"),
        **_who(prepared),
    }
    waits = pc.and_(prepared.has("to_follow_up"), prepared.has("unpaid"))
    listed = _listed(found, waits, "created")
    listed["age"] = _ages(listed["days"], prepared.definitions.follow_up_ages)
    phones = normal_phone(listed["phone"])
    listed["whatsapp"] = pc.binary_join_element_wise(
        pa.scalar(WHATSAPP, phones.type), phones, pa.scalar("", phones.type)
    )
    return finish(prepared, "unpaid", listed, _unaged(prepared, listed))


def _who(prepared: Prepared) -> Arrays:
    return {
        "name": prepared.text("customer_name"),
        "phone": prepared.text("customer_phone"),
        "method": prepared.text("payment_method"),
        "handler": prepared.text("handler_fullname"),
        "gross_revenue": prepared.money("gross_revenue"),
    }


def _listed(columns: Arrays, mask: pa.Array, oldest: str) -> Arrays:
    """The rows where the mask holds, oldest first."""
    chosen = {name: array.filter(mask) for name, array in columns.items()}
    return sorted_by(chosen, (oldest, "ascending"), ("order_id", "ascending"))


def _ages(days: pa.Array, firsts: tuple[int, ...]) -> pa.Array:
    """The group of each age; one below zero belongs to the first."""
    names = [
        str(first) if after == first + 1 else f"{first}-{after - 1}" for first, after in itertools.pairwise(firsts)
    ]
    ages = pc.if_else(pc.is_valid(days), pa.scalar(f"{firsts[-1]}+"), pa.scalar(None, pa.string()))
    for first, name in reversed(list(zip(firsts[1:], names, strict=True))):
        ages = pc.if_else(pc.less(days, first), pa.scalar(name), ages)
    return ages


def _unaged(prepared: Prepared, listed: Arrays) -> list[str]:
    missing = listed["days"].null_count
    return [phrase("unaged", prepared.language, count=missing)] if missing and prepared.as_of else []
