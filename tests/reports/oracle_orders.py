"""Reports of single orders, of the margin and of the data's quality in plain Python."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, Decimal

from .plain import created, day, kept, last, moment, money, most, names, only, phone, share, text, total


def listed(record):
    return {"name": text(record, "customer", "name"), "phone": text(record, "customer", "phone"),
            "method": text(record, "payment_method"), "handler": text(record, "handler", "fullname"),
            "gross_revenue": money(record, "gross_revenue")}  # fmt: skip


def ago(instant, as_of):
    return None if instant is None or as_of is None else (day(as_of) - day(instant)).days


def oldest_first(rows, name):
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(rows, key=lambda row: (row[name] is None, row[name] or far, *last(row["order_id"])))


def overdue(records, as_of, most_days=7):
    rows = []
    for one in only(kept(records), {"shipped"}) or ():
        shipped = moment(one, "shipped_time")
        days = ago(shipped, as_of)
        if days is None or days > most_days:
            rows.append({"order_id": text(one, "order_id"), "shipped_time": shipped, "days": days,
                         "courier": text(one, "courier_service", "courier", "name"),
                         "receipt": text(one, "shipment_receipt"), "shipment_status": text(one, "shipment_status"),
                         "city": text(one, "destination_address", "city"),
                         "province": text(one, "destination_address", "province"), **listed(one)})  # fmt: skip
    return oldest_first(rows, "shipped_time")


def unpaid(records, as_of):
    rows = []
    for one in only(kept(records), {"pending"}) or ():
        if text(one, "payment_status") == "unpaid":
            days = ago(created(one), as_of)
            groups = ((1, "0"), (2, "1"), (4, "2-3"), (8, "4-7"))
            age = None if days is None else next((name for limit, name in groups if days < limit), "8+")
            number = phone(text(one, "customer", "phone"))
            rows.append({"order_id": text(one, "order_id"), "created": created(one), "days": days, "age": age,
                         "whatsapp": f"https://wa.me/{number}" if number else None,
                         "store": text(one, "store", "name"), **listed(one)})  # fmt: skip
    return oldest_first(rows, "created")


BEFORE_TAX = {"product_price_bt": "product_price", "discount_bt": "discount",
              "discount_code_discount_bt": "discount_code_discount", "cogs_bt": "cogs"}  # fmt: skip


def priced(line, order):
    """A line whose amounts before tax are there, derived, or all of them with tax; without a code, no discount of one."""
    rate = money(line, "tax_rate")
    if text(order, "discount_code_code") is None and money(line, "discount_code_discount") is None:
        line = {**line, "discount_code_discount": 0}
    found, taxed = {}, False
    for before, after in BEFORE_TAX.items():
        found[before] = money(line, before)
        if found[before] is None and money(line, after) is not None:
            if money(line, after) == 0:
                found[before] = Decimal(0)
            elif rate is None:
                taxed = True
            else:
                part = rate if rate < 1 else rate / 100
                found[before] = (money(line, after) / (1 + part)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    if taxed:
        found = {before: money(line, after) for before, after in BEFORE_TAX.items()}
    return {**line, **found}


def margin(details):
    groups = defaultdict(list)
    every_line = [line for one in kept(details) for line in one["orderlines"] or ()]
    called = names(every_line, ("product_name",), ("variant",), ("variant_sku",))
    for one in only(kept(details), {"completed"}) or ():
        for line in one["orderlines"] or ():
            groups[called(line)].append((one["id"], priced(line, one)))
    rows = []
    for (name, sku), group in groups.items():
        lines = [line for _, line in group]
        sales, cogs = total(lines, "product_price_bt"), total(lines, "cogs_bt")
        parts = [
            [money(line, one) for one in ("product_price_bt", "discount_bt", "discount_code_discount_bt", "cogs_bt")]
            for line in lines
        ]
        discounts = [one[1] + one[2] for one in parts if one[1] is not None and one[2] is not None]
        known = [one[0] - one[1] - one[2] - one[3] for one in parts if None not in one]
        discount = sum(discounts) if discounts else None
        earned = sum(known) if known else None
        after = None if sales is None or discount is None else sales - discount
        rows.append({"product": name, "sku": sku, "orders": len({order for order, _ in group}),
                     "quantity": sum(pieces) if (pieces := [one["quantity"] for one in lines if one["quantity"] is not None]) else None, "sales": sales, "discount": discount,
                     "cogs": cogs, "margin": earned, "margin_rate": share(earned, after)})  # fmt: skip
    return most(rows, "margin", "product", "sku")


def either(*said):
    """Whether one is true; ``None`` where none of them is known."""
    return True if True in said else False if False in said else None


def before(record, early, late):
    return None if early is None or late is None else late < early


def doubled(name, times):
    return None if name is None else times[name] > 1


def quality(records, as_of, enums):
    def off(record, said, plus, minus):
        value, price = money(record, said), money(record, "product_price")
        if value is None or price is None:
            return None
        parts = sum((money(record, one) or 0 for one in plus), Decimal(0))
        return abs(parts - sum((money(record, one) or 0 for one in minus), Decimal(0)) - value) > 1

    three = ("product_discount", "discount_code_discount", "unique_code_discount")
    later = ("confirmed_time", "shipped_time", "completed_time", "rts_time", "canceled_time", "closed_time")
    steps = (("shipped_time", "completed_time"), ("shipped_time", "rts_time"), ("confirmed_time", "shipped_time"))

    def odd_times(record):
        return either(*(before(record, created(record), moment(record, one)) for one in later),
                      *(before(record, moment(record, one), moment(record, two)) for one, two in steps))  # fmt: skip

    def unknown(record, name, enum):
        return None if text(record, name) is None else text(record, name) not in enums[enum]

    def below_zero(record):
        return either(*(None if money(record, name) is None else money(record, name) < 0 for name in amounts))

    def unpaid_yet(record):
        said = [None if not any(text(one, name) for one in records) else text(record, name) == word
                for name, word in (("status", "completed"), ("payment_status", "unpaid"))]  # fmt: skip
        return False if False in said else None if None in said else True

    ids = Counter(text(one, "id") for one in records)
    codes = Counter(text(one, "order_id") for one in records)
    amounts = ("gross_revenue", "net_revenue")
    checks = {
        "gross_sum": lambda one: None if off(one, "gross_revenue", (), ()) is None else all(
            off(one, "gross_revenue", ("product_price", "shipping_cost", "other_income", *more),
                (*three, "shipping_discount")) for more in ((), ("payment_link_income",))
        ),
        "net_sum": lambda one: off(one, "net_revenue", ("product_price",), three),
        "amount_missing": lambda one: any(money(one, name) is None for name in amounts),
        "amount_negative": below_zero,
        "time_missing": lambda one: created(one) is None,
        "time_order": odd_times,
        "time_future": lambda one: either(*(
            None if instant is None or as_of is None else instant > as_of
            for instant in (created(one), *(moment(one, name) for name in later))
        )),
        "id_double": lambda one: doubled(text(one, "id"), ids),
        "order_id_double": lambda one: doubled(text(one, "order_id"), codes),
        "status_unknown": lambda one: unknown(one, "status", "order_status"),
        "payment_status_unknown": lambda one: unknown(one, "payment_status", "payment_status"),
        "payment_method_unknown": lambda one: unknown(one, "payment_method", "payment_method"),
        "platform_unknown": lambda one: unknown(one, "platform", "platform"),
        "phone_odd": lambda one: None if text(one, "customer", "phone") is None
        else phone(text(one, "customer", "phone")) is None,
        "completed_unpaid": unpaid_yet,
    }  # fmt: skip
    rows = []
    for check, fails in checks.items():
        said = [fails(one) for one in records]
        failing = [one for one, fails_it in zip(records, said, strict=True) if fails_it]
        number = None if said and set(said) == {None} else len(failing)
        names = [text(one, "order_id") or text(one, "id") for one in failing]
        rows.append({"check": check, "orders": number, "share_of_all": share(number, len(records)),
                     "examples": ", ".join([name for name in names if name][:5]) or None})  # fmt: skip
    return rows
