"""What plain Python says of orders: times, statuses, sums, shares, groups."""

from __future__ import annotations

import datetime as dt
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
