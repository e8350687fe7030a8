"""Reports of people in plain Python, row by row: no pandas, no Arrow, no sharing with the package."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal

from .plain import average, by, count, created, day, kept, only, phone, plus, share, size, text, total


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
