"""Every report once more, in plain Python over the records as received: no pandas, no Arrow, Decimal and loops.

Written from the definitions, not from the code: what the two have in common is what they mean.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict

from .plain import (
    CONFIRMED,
    IN_PROGRESS,
    LOST,
    PAID,
    RETURNED,
    SHIPPED,
    WAITING,
    average,
    by,
    count,
    created,
    day,
    kept,
    money,
    most,
    names,
    only,
    plus,
    share,
    size,
    status,
    text,
    total,
)


def daily(records):
    groups = by(kept(records), lambda one: day(created(one)))
    days = sorted(one for one in groups if one)
    for early, late in itertools.pairwise(days):
        if (late - early).days - 1 <= 31:
            for step in range(1, (late - early).days):
                groups[early + dt.timedelta(step)] = []
    rows = []
    for key in sorted(groups, key=lambda one: (one is None, one or dt.date.min)):
        group = groups[key]
        parts = [count(group, words) for words in (WAITING, IN_PROGRESS, {"completed"}, LOST)]
        rows.append({"day": key, "orders": len(group), "waiting": parts[0], "in_progress": parts[1],
                     "completed": parts[2], "lost": parts[3],
                     "other": None if None in parts else len(group) - sum(parts),
                     "confirmed": count(group, CONFIRMED), "shipped": count(group, SHIPPED),
                     "confirm_rate": share(count(group, CONFIRMED), len(group)),
                     "gross_revenue": total(group), "net_revenue": total(group, "net_revenue")})  # fmt: skip
    return rows


def funnel(records):
    orders = kept(records)
    completed, paid = only(orders, {"completed"}), only(orders, PAID, "payment_status")
    stages = {"created": orders, "confirmed": only(orders, CONFIRMED), "shipped": only(orders, SHIPPED),
              "completed": completed,
              "completed_and_paid": [] if paid == [] else only(completed, PAID, "payment_status")}  # fmt: skip
    rows, before = [], None
    for stage, group in stages.items():
        rows.append({"stage": stage, "orders": size(group), "share_of_all": share(size(group), len(orders)),
                     "share_of_previous": share(size(group), before), "gross_revenue": total(group)})  # fmt: skip
        before = size(group)
    return rows


def revenue(records):
    orders = kept(records)
    bases = {"all": orders, "confirmed": only(orders, CONFIRMED),
             "paid": only(orders, PAID, "payment_status"),
             "completed": only(orders, {"completed"})}  # fmt: skip
    return [
        {"basis": basis, "orders": size(group), "gross_revenue": total(group), "net_revenue": total(group, "net_revenue"),
         "average_gross": average(total(group), sum(money(one, "gross_revenue") is not None for one in group or ())),
         "share_of_all": share(total(group), total(orders))}
        for basis, group in bases.items()
    ]  # fmt: skip


def cod(records):
    words = {"cod": "cod", "bank_transfer": "transfer"}
    groups = by(kept(records), lambda one: words.get(text(one, "payment_method"), "other"))
    rows = []
    for method in ("cod", "transfer", "other"):
        group = groups[method]
        if kept(records) and "payment_method" in kept(records)[0]["unknown"]:
            rows.append({"method": method, **dict.fromkeys(
                ("orders", "gross_revenue", "delivered", "delivered_value", "in_transit", "in_transit_value", "returned",
                 "canceled", "paid", "share_of_orders", "delivery_rate"))})  # fmt: skip
            continue
        delivered, returned = count(group, {"completed"}), count(group, RETURNED)
        rows.append({"method": method, "orders": len(group), "gross_revenue": total(group), "delivered": delivered,
                     "delivered_value": total(only(group, {"completed"})), "in_transit": count(group, {"shipped"}),
                     "in_transit_value": total(only(group, {"shipped"})), "returned": returned,
                     "canceled": count(group, {"canceled"}),
                     "paid": count(group, PAID, "payment_status"),
                     "share_of_orders": share(len(group), len(kept(records))),
                     "delivery_rate": share(delivered, plus(delivered, returned))})  # fmt: skip
    return rows


PATHS = {
    "courier": ("courier_service", "courier", "name"),
    "province": ("destination_address", "province"),
    "handler": ("handler", "fullname"),
    "advertiser": ("advertiser", "fullname"),
}


def returns(records, kind):
    if kind == "product":
        groups = defaultdict(list)
        for one in kept(records):
            for name in one.get("final_variants") or {}:
                groups[name or None].append(one)
    else:
        people = kind in ("handler", "advertiser")
        groups = by(kept(records), names(kept(records), PATHS[kind]) if people else lambda one: text(one, *PATHS[kind]))
    rows = []
    for key, group in groups.items():
        shipped, done, back = count(group, SHIPPED), count(group, {"completed"}), count(group, RETURNED)
        if shipped:
            rows.append({kind: key, "shipped": shipped, "in_transit": count(group, {"shipped"}), "completed": done,
                         "returned": back, "rts_rate": share(back, shipped),
                         "rts_rate_finished": share(back, plus(done, back)),
                         "returned_value": total(only(group, RETURNED))})  # fmt: skip
    return most(rows, "shipped", kind)


def handlers(records):
    rows = []
    for key, group in by(kept(records), names(kept(records), ("handler", "fullname"))).items():
        rows.append({"handler": key, "orders": len(group), "shipped": count(group, SHIPPED), "confirmed": count(group, CONFIRMED),
                     "confirm_rate": share(count(group, CONFIRMED), len(group)),
                     "canceled": count(group, {"canceled"}),
                     "cancel_rate": share(count(group, {"canceled"}), len(group)),
                     "completed": count(group, {"completed"}), "returned": count(group, RETURNED),
                     "rts_rate": share(count(group, RETURNED), count(group, SHIPPED)),
                     "gross_revenue": total(group), "completed_revenue": total(only(group, {"completed"}))})  # fmt: skip
    return most(rows, "orders", "handler")


def products(records):
    groups = defaultdict(list)
    for one in kept(records):
        for name, quantity in (one.get("final_variants") or {}).items():
            groups[name or None].append((one, quantity))
    every = [quantity for group in groups.values() for _, quantity in group if quantity is not None]

    def pieces(group, statuses=None):
        if statuses and count([one for one, _ in group], statuses) is None:
            return None
        chosen = [quantity for one, quantity in group if statuses is None or status(one) in statuses]
        known = [quantity for quantity in chosen if quantity is not None]
        return None if chosen and not known else sum(known)

    rows = [
        {"product": name, "orders": len(group), "quantity": pieces(group),
         "completed_quantity": pieces(group, {"completed"}), "returned_quantity": pieces(group, RETURNED),
         "share_of_quantity": share(pieces(group), sum(every) if every else None)}
        for name, group in groups.items()
    ]  # fmt: skip
    return most(rows, "quantity", "product")


def geography(records):
    orders = kept(records)
    rows = []
    for (province, city), group in by(
        orders, lambda one: (text(one, "destination_address", "province"), text(one, "destination_address", "city"))
    ).items():
        rows.append({"province": province, "city": city, "orders": len(group), "completed": count(group, {"completed"}),
                     "returned": count(group, RETURNED), "rts_rate": share(count(group, RETURNED), count(group, SHIPPED)),
                     "gross_revenue": total(group), "completed_revenue": total(only(group, {"completed"})),
                     "share_of_orders": share(len(group), len(orders))})  # fmt: skip
    return most(rows, "orders", "province", "city")


def channels(records):
    orders = kept(records)
    names = ("platform", "channel_name", "utm_source")
    rows = []
    for (platform, channel, source), group in by(orders, lambda one: tuple(text(one, name) for name in names)).items():
        rows.append({"platform": platform, "channel": channel, "utm_source": source, "orders": len(group),
                     "confirmed": count(group, CONFIRMED), "confirm_rate": share(count(group, CONFIRMED), len(group)),
                     "completed": count(group, {"completed"}), "gross_revenue": total(group),
                     "completed_revenue": total(only(group, {"completed"})),
                     "share_of_orders": share(len(group), len(orders))})  # fmt: skip
    return most(rows, "orders", "platform", "channel", "utm_source")


def fees(records):
    paid = only(kept(records), PAID, "payment_status") or []
    rows = []
    for (method, provider), group in by(
        paid, lambda one: (text(one, "payment_method"), text(one, "epayment_provider"))
    ).items():
        scalev, payment, gross = total(group, "scalev_fee"), total(group, "payment_fee"), total(group)
        both = None if scalev is None or payment is None else scalev + payment
        rows.append({"payment_method": method, "epayment_provider": provider, "orders": len(group),
                     "gross_revenue": gross, "scalev_fee": scalev, "payment_fee": payment,
                     "net_payment_revenue": total(group, "net_payment_revenue"), "fee_share": share(both, gross)})  # fmt: skip
    return most(rows, "orders", "payment_method", "epayment_provider")
