"""Two lists to work through: parcels that should be there, and orders that wait for money."""

from __future__ import annotations

import itertools

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.frames.values.arrays import around
from scalev_frames.reports.counting.arithmetic import Arrays, sorted_by
from scalev_frames.reports.counting.finish import finish
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.functions.customers import normal_phone
from scalev_frames.reports.words.phrases import phrase
from scalev_frames.reports.words.rows import REPORTS, SPAM

WHATSAPP = "https://wa.me/"


def overdue(prepared: Prepared) -> pd.DataFrame:
    """Parcels still on their way more than ``overdue_days`` days after they were shipped.

    Returns:
        One row an order, the longest on its way first. Orders in transit without ``shipped_time`` come last, without
        days: nobody can say that they are in time.

    >>> orders = pd.DataFrame({"status": ["shipped"], "shipped_time": ["2026-11-01T03:00:00Z"]})
    >>> orders.attrs["as_of"] = "2026-11-23T15:30:00+07:00"
    >>> overdue(Prepared(orders))["days"].tolist()
    [22]
    """
    part = prepared.where(listed(prepared), reads := REPORTS["overdue"].reads.split())
    found = {
        **_who(part),
        "shipped_time": part.moment("shipped_time"),
        "days": part.days_before(part.day(part.moment("shipped_time"))),
        "courier": part.text("courier_service_courier_name"),
        "receipt": part.text("shipment_receipt"),
        "shipment_status": part.text("shipment_status"),
        "city": part.text("destination_address_city"),
        "province": part.text("destination_address_province"),
    }
    found = sorted_by(found, ("shipped_time", "ascending"), ("order_id", "ascending"))
    return finish(prepared, "overdue", found, [*_lacks(prepared, part, reads), *_unaged(prepared, found)])


def unpaid(prepared: Prepared) -> pd.DataFrame:
    """Orders that wait and are not paid, with what is needed to ask: who, how long, how much, a WhatsApp link.

    Returns:
        One row an order, the oldest first; ``age`` is the group of its age, such as ``2-3`` days.

    >>> orders = pd.DataFrame({"status": ["pending"], "payment_status": ["unpaid"], "customer_phone": ["0812 345"],
    ...                        "created_at": ["2026-11-21T03:00:00Z"]})
    >>> orders.attrs["as_of"] = "2026-11-23T15:30:00+07:00"
    >>> unpaid(Prepared(orders))[["days", "age", "whatsapp"]].values.tolist()
    [[2, '2-3', 'https://wa.me/62812345']]
    """
    part = prepared.where(waiting(prepared), reads := REPORTS["unpaid"].reads.split())
    created = part.dated("created")
    days = part.days_before(part.day(created))
    phones = normal_phone(part.text("customer_phone"))
    found = {
        **_who(part),
        "created": created,
        "days": days,
        "age": _ages(days, prepared.definitions.follow_up_ages),
        "whatsapp": around(WHATSAPP, phones),
        "store": part.text("store_name"),
    }
    found = sorted_by(found, ("created", "ascending"), ("order_id", "ascending"))
    return finish(prepared, "unpaid", found, [*_lacks(prepared, part, reads), *_unaged(prepared, found)])


def listed(prepared: Prepared) -> pa.Array:
    """Which orders the list of overdue parcels has; missing where no status is known."""
    days = prepared.days_before(prepared.day(prepared.moment("shipped_time")))
    late = pc.fill_null(pc.greater(days, prepared.definitions.overdue_days), fill_value=True)
    return pc.and_kleene(prepared.has("in_transit"), late)


def waiting(prepared: Prepared) -> pa.Array:
    """Which orders wait and are not paid; missing where that is not known of any."""
    return pc.and_kleene(prepared.has("to_follow_up"), prepared.has("unpaid"))


def _who(prepared: Prepared) -> Arrays:
    return {
        "order_id": prepared.text("order_id"),
        "name": prepared.text("customer_name"),
        "phone": prepared.text("customer_phone"),
        "method": prepared.text("payment_method"),
        "handler": prepared.text("handler_fullname"),
        "gross_revenue": prepared.money("gross_revenue"),
    }


def _ages(days: pa.Array, firsts: tuple[int, ...]) -> pa.Array:
    """The group of each age; one below zero belongs to the first."""
    names = [
        str(first) if after == first + 1 else f"{first}-{after - 1}" for first, after in itertools.pairwise(firsts)
    ]
    ages = pc.if_else(pc.is_valid(days), pa.scalar(f"{firsts[-1]}+"), pa.scalar(None, pa.string()))
    for first, name in reversed(list(zip(firsts[1:], names, strict=True))):
        ages = pc.if_else(pc.less(days, first), pa.scalar(name), ages)
    return ages


def _lacks(prepared: Prepared, listed: Prepared, reads: list[str]) -> list[str]:
    """Notes on columns that only the listed orders lack, and on their values that could not be read."""
    known = [name for name in reads if name != SPAM and not prepared.is_unknown(name)]
    return [*listed.missing(known), *listed.problems(reads)]


def _unaged(prepared: Prepared, listed: Arrays) -> list[str]:
    missing = listed["days"].null_count
    return [phrase("unaged", prepared.language, count=missing)] if missing and prepared.as_of else []
