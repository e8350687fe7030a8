"""Every report once more, in plain Python over the records as received: no pandas, no Arrow, Decimal and loops.

Written from the definitions, not from the code: what the two have in common is what they mean.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

JAKARTA = dt.timedelta(hours=7)
CONFIRMED = {"confirmed", "in_process", "ready", "shipped", "shipped_rts", "completed", "rts"}
SHIPPED = {"shipped", "shipped_rts", "completed", "rts"}
RETURNED = {"rts", "shipped_rts"}
LOST = RETURNED | {"canceled"}
WAITING = {"draft", "pending"}
IN_PROGRESS = {"confirmed", "in_process", "ready", "shipped"}
PAID = {"paid", "settled"}


# values ------------------------------------------------------------------------------------------------------------


def money(record, name):
    value = record.get(name)
    return None if value is None or value == "" else Decimal(str(value))


def text(record, *path):
    for name in path:
        record = (record or {}).get(name)
    return None if record is None or record == "" else str(record)


def moment(record, name):
    value = record.get(name)
    return dt.datetime.fromisoformat(value).astimezone(dt.UTC) if value else None


def created(record):
    return moment(record, "draft_time") or moment(record, "created_at")


def day(instant):
    return None if instant is None else (instant.replace(tzinfo=None) + JAKARTA).date()


def is_spam(record):
    return record.get("is_probably_spam") in (True, "true")


def kept(records):
    """The orders that are counted, each with the names of what is not known of any of them."""
    orders = [one for one in records if not is_spam(one)]
    unknown = {name for name in ("status", "payment_status", "payment_method", "is_repeat")
               if not any(text(one, name) for one in orders)}  # fmt: skip
    return [{**one, "unknown": unknown} for one in orders]


def status(record):
    return text(record, "status")


def count(records, words, name="status"):
    """Missing where there are orders, and of no order of the frame it is known."""
    if any(name in one.get("unknown", ()) for one in records):
        return None
    return sum(text(one, name) in words for one in records)


def plus(*numbers):
    return None if None in numbers else sum(numbers)


def total(records, name="gross_revenue"):
    """Missing where there are orders and none has an amount; zero where there are no orders."""
    if records is None:
        return None
    known = [money(one, name) for one in records if money(one, name) is not None]
    return None if records and not known else sum(known, Decimal(0))


def only(records, words, name="status"):
    """The orders of these words; ``None`` where they are not known."""
    if records is None or count(records, words, name) is None:
        return None
    return [one for one in records if text(one, name) in words]


def size(records):
    return None if records is None else len(records)


def share(part, whole):
    return None if part is None or whole is None or whole == 0 else float(Fraction(part) / Fraction(whole))


def average(amount, number):
    return None if amount is None or not number else (amount / number).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def by(records, key):
    groups = defaultdict(list)
    for one in records:
        groups[key(one)].append(one)
    return groups


def last(value):
    """Missing sorts last."""
    return (value is None, value or "")


def most(rows, name, *keys):
    return sorted(rows, key=lambda row: (row[name] is None, -(row[name] or 0),
                                         *(last(row[key]) for key in keys)))  # fmt: skip


# the pipeline ------------------------------------------------------------------------------------------------------


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


# groups ------------------------------------------------------------------------------------------------------------

PATHS = {
    "courier": ("courier_service", "courier", "name"),
    "province": ("destination_address", "province"),
    "handler": ("handler", "fullname"),
    "advertiser": ("advertiser", "fullname"),
}


def names(records, path, *more):
    """What each record's person or product is called: told apart by id, where records have ids."""
    first = {}
    for one in records:
        key = text(one, *path[:-1], "id") if not more else text(one, *more[0])
        if key is not None:
            words = first.setdefault(key, [None] * max(1, len(more)))
            for place, way in enumerate((path, *more[1:])):
                words[place] = words[place] if words[place] is not None else text(one, *way)
    shared = Counter(map(tuple, first.values()))

    def called(one):
        key = text(one, *path[:-1], "id") if not more else text(one, *more[0])
        words = first.get(key, [text(one, *path), *(text(one, *way) for way in more[1:])])
        if key is not None and words[0] is None:
            words = [f"#{key}", *words[1:]]
        elif key is not None and shared[tuple(words)] > 1:
            words = [f"{words[0]} (#{key})", *words[1:]]
        return tuple(words) if more else words[0]

    return called


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


# customers ---------------------------------------------------------------------------------------------------------


def phone(raw):
    if raw is None or re.search(r"[^0-9+() ./-]", raw):
        return None
    digits = re.sub(r"[^0-9]", "", raw)
    abroad = raw.lstrip(" (").startswith("+") or (digits.startswith("00") and not digits.startswith("000"))
    if digits.startswith("00"):
        digits = digits[2:]
    if digits.startswith("620"):
        digits = "62" + digits[2:].lstrip("0")
    if digits.startswith("0"):
        digits = "62" + digits.lstrip("0")
    if digits.startswith("8") and not abroad:
        digits = "62" + digits
    return digits if 8 <= len(digits) <= 15 else None


def who(record):
    raw = text(record, "customer", "phone")
    return phone(raw) or raw or text(record, "customer", "id")


def people(records, as_of):
    today = day(as_of)
    rows = []
    groups = by([one for one in kept(records) if who(one)], who)
    for key, group in groups.items():
        done = only(group, {"completed"})
        dated = [one for one in group if created(one)]
        newest = max(dated, key=lambda one: created(one)) if dated else group[-1]
        if dated:  # of several at one moment, the last of the frame
            newest = [one for one in dated if created(one) == created(newest)][-1]
        days = [day(created(one)) for one in dated]
        bought = [day(created(one)) for one in done or () if created(one)]
        rows.append({"customer": key, "name": text(newest, "customer", "name"), "orders": len(group),
                     "completed": size(done), "lifetime_value": total(done), "first_order": min(days, default=None),
                     "last_order": max(days, default=None),
                     "days_since": (today - max(days)).days if days and today else None,
                     "days_since_completed": (today - max(bought)).days if bought and today else None})  # fmt: skip
    buyers = [row for row in rows if row["completed"]]
    for row in rows:
        row["recency"] = score(row, buyers, "days_since_completed", lower_is_better=True)
        row["frequency"] = score(row, buyers, "completed")
        row["monetary"] = score(row, buyers, "lifetime_value")
        row["segment"] = None if row["completed"] is None else segment(row["recency"], row["frequency"])
    return rows


def score(row, buyers, name, lower_is_better=False):
    if not row["completed"] or row[name] is None:
        return None
    known = [one[name] for one in buyers if one[name] is not None]
    worse = sum(value > row[name] if lower_is_better else value < row[name] for value in known)
    return 1 + 5 * worse // len(known)


def segment(recency, frequency):
    if recency is None or frequency is None:
        return "no_purchase"
    if recency >= 4 and frequency >= 4:
        return "champions"
    if recency >= 3 and frequency >= 3:
        return "loyal"
    if recency >= 4:
        return "promising"
    return "at_risk" if frequency >= 3 else "asleep"


def customers(records, as_of):
    def order(row):
        value = row["lifetime_value"]
        return (value is None, -(value or 0), -row["orders"], row["customer"])

    return sorted(people(records, as_of), key=order)


def segments(records, as_of):
    everybody = people(records, as_of)
    rows = []
    for name in ("champions", "loyal", "promising", "at_risk", "asleep", "no_purchase", None):
        group = [row for row in everybody if row["segment"] == name]
        if group:
            known = [row["lifetime_value"] for row in group if row["lifetime_value"] is not None]
            value = sum(known, Decimal(0)) if known else None
            rows.append({"segment": name, "customers": len(group), "orders": sum(row["orders"] for row in group),
                         "completed": plus(*(row["completed"] for row in group)), "lifetime_value": value,
                         "average_value": average(value, len(group)),
                         "share_of_customers": share(len(group), len(everybody))})  # fmt: skip
    return rows


def repeat(records):
    orders = kept(records)
    first = {}
    for place, one in enumerate(orders):
        instant = created(one)
        mark = (instant is None, instant or dt.datetime.max.replace(tzinfo=dt.UTC), place)
        if who(one) and (who(one) not in first or mark < first[who(one)]):
            first[who(one)] = mark
    firsts = {mark[2] for mark in first.values()}

    def month(one):
        return day(created(one)).replace(day=1) if created(one) else None

    rows = []
    for key, group in by(list(enumerate(orders)), lambda pair: month(pair[1])).items():
        new = sum(place in firsts for place, _ in group)
        again = sum(who(one) is not None and place not in firsts for place, one in group)
        anybody = any(who(one) for one in orders)
        rows.append({"month": key, "orders": len(group), "first_orders": new if anybody else None,
                     "repeat_orders": again if anybody else None, "repeat_rate": share(again, new + again),
                     "customers": len({who(one) for _, one in group if who(one)}) if anybody else None,
                     "flagged_repeat": count([one for _, one in group], ("True", "true"), "is_repeat")})  # fmt: skip
    return sorted(rows, key=lambda row: (row["month"] is None, row["month"] or dt.date.min))


def cohorts(records):
    months = defaultdict(set)
    for one in kept(records):
        if who(one) and created(one):
            instant = day(created(one))
            months[who(one)].add(instant.year * 12 + instant.month - 1)
    cells, sizes = Counter(), Counter()
    for seen in months.values():
        sizes[min(seen)] += 1
        cells.update((min(seen), one - min(seen)) for one in seen)
    return [
        {"cohort": dt.date(start // 12, start % 12 + 1, 1), "customers": sizes[start], "months_later": later,
         "returned_customers": number, "retention": share(number, sizes[start])}
        for (start, later), number in sorted(cells.items())
    ]  # fmt: skip


# lists -------------------------------------------------------------------------------------------------------------


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


# margin and quality --------------------------------------------------------------------------------------------------


BEFORE_TAX = {"product_price_bt": "product_price", "discount_bt": "discount",
              "discount_code_discount_bt": "discount_code_discount", "cogs_bt": "cogs"}  # fmt: skip


def priced(line):
    """A line whose amounts before tax are there, derived, or all of them with tax."""
    rate = money(line, "tax_rate")
    found, taxed = {}, False
    for before, after in BEFORE_TAX.items():
        found[before] = money(line, before)
        if found[before] is None and money(line, after) is not None:
            if rate is None:
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
            groups[called(line)].append((one["id"], priced(line)))
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
