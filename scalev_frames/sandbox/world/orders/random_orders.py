"""Thousands of plausible orders are drawn at once, column by column, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scalev_frames.sandbox.world.orders.table import (
    JAKARTA,
    METHODS,
    PAYMENT_STATUSES,
    PLATFORMS,
    STATUSES,
    TABLE_TYPE,
    TIMES,
    UTM_SOURCES,
    Mask,
    Serials,
    Table,
    location_of,
)
from scalev_frames.sandbox.world.shop import Shop
from scalev_frames.sandbox.world.values import names
from scalev_frames.sandbox.world.values.encodings import DAY, MISSING, SECOND

_MINUTE, _HOUR = 60 * SECOND, 3600 * SECOND


def draw_orders(shop: Shop, generator: np.random.Generator, created: Serials, now: int, customers: int) -> Table:
    """Orders made at the moments ``created``, as they stand at ``now``.

    Args:
        shop: what the orders are about.
        generator: the source of chance.
        created: moments of creation, oldest first.
        now: the present; nothing later has happened.
        customers: how many customers ordered before.

    Returns:
        Rows of the array, without serials.
    """
    more = np.zeros(len(created), TABLE_TYPE)
    more["named"] = more["created"] = more["draft_time"] = created
    _draw_customers(more, generator, customers, len(shop.locations))
    _draw_people(more, generator, shop)
    _draw_lines(more, generator, shop)
    _draw_journey(more, generator, now)
    _draw_payment(more, generator, now)
    _draw_money(more, generator, np.array([one["price"] for one in shop.variants], np.int64))
    more["quirk"] = generator.integers(0, 1 << 62, len(more))
    return more


def _draw_customers(more: Table, generator: np.random.Generator, before: int, locations: int) -> None:
    """New customers are numbered as they come; the others are any of those who ordered before."""
    is_new = generator.random(len(more)) < 0.7
    if before == 0:
        is_new[:1] = True
    known = before + np.cumsum(is_new)
    returning = (generator.random(len(more)) * known).astype(np.int64)
    more["customer"] = np.where(is_new, known - 1, returning)
    more["is_repeat"] = ~is_new
    more["location"] = location_of(more["customer"], locations)


def _draw_people(more: Table, generator: np.random.Generator, shop: Shop) -> None:
    count, stores = len(more), len(shop.stores)
    more["store"] = (generator.random(count) ** 1.7 * stores).astype(np.int16)
    pages = np.array(
        [[place for place, page in enumerate(shop.pages) if page["store_id"] == store["id"]] for store in shop.stores]
    )
    more["is_from_form"] = generator.random(count) < 0.6
    page = pages[more["store"], generator.integers(0, pages.shape[1], count)]
    more["page"] = np.where(more["is_from_form"], page, MISSING)
    more["handler"] = _some(generator, count, len(shop.handlers), missing=0.08)
    more["advertiser"] = _some(generator, count, len(shop.advertisers), missing=0.3)
    more["utm"] = generator.integers(0, len(UTM_SOURCES), count)
    more["tags"] = np.where(generator.random(count) < 0.3, generator.integers(0, 1 << len(names.TAGS), count), 0)
    more["is_spam"] = generator.random(count) < 0.03
    more["is_dropshipping"] = generator.random(count) < 0.02
    more["platform"] = np.where(generator.random(count) < 0.88, 0, generator.integers(1, len(PLATFORMS), count))


def _draw_lines(more: Table, generator: np.random.Generator, shop: Shop) -> None:
    count, variants = len(more), shop.variants
    first, second = generator.random(count), generator.random(count)
    has_second = generator.random(count) < 0.25
    more["variant2"] = MISSING
    for place, store in enumerate(shop.stores):
        choices = np.array([number for number, one in enumerate(variants) if store["id"] in one["store_ids"]])
        here = more["store"] == place
        more["variant1"][here] = choices[(first[here] ** 2 * len(choices)).astype(np.int64)]
        more["variant2"][here & has_second] = choices[(second[here & has_second] * len(choices)).astype(np.int64)]
    more["variant2"][more["variant2"] == more["variant1"]] = MISSING
    more["quantity1"] = np.minimum(generator.geometric(0.65, count), 12)
    more["quantity2"] = np.where(more["variant2"] == MISSING, 0, 1)
    physical = np.array([one["item_type"] == "physical" for one in variants])
    needs_courier = physical[more["variant1"]] | ((more["variant2"] != MISSING) & physical[more["variant2"]])
    more["service"] = np.where(needs_courier, _some(generator, count, len(shop.services), missing=0), MISSING)


def _some(generator: np.random.Generator, count: int, choices: int, missing: float) -> NDArray[np.int64]:
    chosen = generator.integers(0, choices, count)
    return np.where(generator.random(count) < missing, MISSING, chosen)


#: How busy each hour of a day in Jakarta is.
_BUSY = np.array([3, 2, 1, 1, 1, 2, 3, 5, 7, 8, 8, 8, 9, 8, 7, 7, 7, 8, 9, 11, 12, 11, 9, 6], float)


def creation_times(generator: np.random.Generator, count: int, now: int, days: int) -> Serials:
    """Moments within ``days`` before ``now``, oldest first; every 40th lies within seconds of Jakarta's midnight."""
    today = (now + JAKARTA) // DAY * DAY - JAKARTA
    hours = generator.choice(24, count, p=_BUSY / _BUSY.sum())
    created = today - generator.integers(0, days, count) * DAY + hours * _HOUR + generator.integers(0, _HOUR, count)
    created = np.where(created > now, created - DAY, created)
    near = np.arange(count) % 40 == 3
    midnight = today - generator.integers(0, max(days - 1, 1), count) * DAY
    created = np.where(near, midnight + generator.integers(-5 * SECOND, 5 * SECOND, count), created)
    whole = generator.random(count) < 0.5
    created = np.where(whole, created // SECOND * SECOND, created)
    return np.asarray(np.minimum(np.sort(created), now))


def _draw_journey(more: Table, generator: np.random.Generator, now: int) -> None:
    """The times of all states an order goes through, cut at ``now``; its status is the last one reached."""
    count = len(more)

    def after(start: str, shortest: int, longest: int) -> NDArray[np.int64]:
        lag = generator.integers(shortest, longest, count)
        lag = np.where(generator.random(count) < 0.5, lag // SECOND * SECOND, lag)
        return np.asarray(more[start]) + lag

    path = generator.random(count)
    path = np.where(more["is_spam"], 0.83 + path * 0.1, path)
    more["pending_time"] = after("draft_time", 0, 20 * SECOND)
    more["confirmed_time"] = after("pending_time", 5 * _MINUTE, DAY)
    more["in_process_time"] = after("confirmed_time", 10 * _MINUTE, 6 * _HOUR)
    more["ready_time"] = after("in_process_time", _HOUR, DAY)
    more["shipped_time"] = after("ready_time", 2 * _HOUR, 36 * _HOUR)
    more["completed_time"] = after("shipped_time", 36 * _HOUR, 7 * DAY)
    more["shipped_rts_time"] = after("shipped_time", 2 * DAY, 6 * DAY)
    more["rts_time"] = after("shipped_rts_time", 4 * DAY, 14 * DAY)
    more["canceled_time"] = after("pending_time", _HOUR, 3 * DAY)
    more["closed_time"] = after("pending_time", 7 * DAY, 8 * DAY)

    digital = more["service"] == MISSING
    more["completed_time"][digital] = more["confirmed_time"][digital] + 30 * SECOND
    is_rts = (path >= 0.70) & (path < 0.82) & ~digital
    stops_early = path >= 0.82
    _clear(more, digital, ("in_process", "ready", "shipped"))
    _clear(more, ~is_rts, ("shipped_rts", "rts"))
    _clear(more, is_rts, ("completed",))
    _clear(more, stops_early, ("confirmed", "in_process", "ready", "shipped", "completed"))
    _clear(more, path >= 0.97, ("pending",))
    _clear(more, ~((path >= 0.82) & (path < 0.92)), ("canceled",))
    _clear(more, ~((path >= 0.92) & (path < 0.935)), ("closed",))
    for name in TIMES[1:]:
        more[name][more[name] > now] = MISSING
    reached = np.stack([more[name] for name in TIMES])
    more["status"] = len(STATUSES) - 1 - np.argmax(reached[::-1], axis=0)
    more["updated"] = reached.max(axis=0)


def _clear(more: Table, where: Mask, statuses: Sequence[str]) -> None:
    for status in statuses:
        more[f"{status}_time"][where] = MISSING


def _draw_payment(more: Table, generator: np.random.Generator, now: int) -> None:
    count = len(more)
    method = generator.choice(len(METHODS), count, p=[0.5, 0.22, 0.09, 0.08, 0.05, 0.01, 0.0, 0.03, 0.02])
    method = np.where((more["service"] == MISSING) & (method == 0), METHODS.index("qris"), method)
    more["method"] = np.where(more["platform"] > 0, METHODS.index("marketplace"), method)
    by_courier = (more["method"] == METHODS.index("cod")) | (more["platform"] > 0)
    paid = np.where(by_courier, more["completed_time"], more["confirmed_time"])
    more["paid_time"] = paid
    settled = (paid != MISSING) & (paid < now - 7 * DAY) & (more["method"] != METHODS.index("bank_transfer"))
    more["payment_status"] = np.where(paid == MISSING, 0, np.where(settled, 3, 1))
    more["payment_status"][generator.random(count) < 0.005] = PAYMENT_STATUSES.index("conflict")
    transfer = more["method"] == METHODS.index("bank_transfer")
    more["transfer_time"] = np.where(transfer & (paid != MISSING), paid - 3 * _MINUTE, MISSING)
    more["has_proof"] = transfer & (paid != MISSING) & (generator.random(count) < 0.8)
    hidden = (more["status"] == STATUSES.index("completed")) & (generator.random(count) < 0.99)
    more["confirmed_time"][hidden] = MISSING
    no_draft = (more["platform"] > 0) & (generator.random(count) < 0.2)
    more["draft_time"][no_draft] = MISSING


def _draw_money(more: Table, generator: np.random.Generator, prices: NDArray[np.int64]) -> None:
    """All amounts, in sen, by the service's arithmetic; one order in two hundred does not add up."""
    count = len(more)
    second = np.where(more["variant2"] == MISSING, 0, prices[more["variant2"]])
    price = prices[more["variant1"]] * more["quantity1"] + second * more["quantity2"]
    more["product_price"] = price
    more["product_discount"] = np.where(generator.random(count) < 0.3, price // 1_000_000 * 100_000, 0)
    more["code_discount"] = np.where(generator.random(count) < 0.08, price // 2_000_000 * 100_000, 0)
    transfer = more["method"] == METHODS.index("bank_transfer")
    more["unique_code"] = np.where(transfer, generator.integers(1, 1000, count) * 100, 0)
    ships = more["service"] != MISSING
    more["shipping_cost"] = np.where(ships, generator.integers(16, 120, count) * 50_000, 0)
    share = np.where(generator.random(count) < 0.4, generator.integers(1, 5, count), 0)
    more["shipping_discount"] = more["shipping_cost"] * share // 4 // 100 * 100
    cod = more["method"] == METHODS.index("cod")
    more["other_income"] = np.where(cod & (generator.random(count) < 0.5), price * 3 // 100, 0)
    more["net"] = price - more["product_discount"] - more["code_discount"] - more["unique_code"]
    gross = more["net"] + more["shipping_cost"] - more["shipping_discount"] + more["other_income"]
    odd = generator.random(count) < 0.005
    more["gross"] = gross + np.where(odd, 100_000, 0)
    through_gateway = (more["method"] >= METHODS.index("va")) & (more["method"] <= METHODS.index("ewallet"))
    more["payment_fee"] = np.where(through_gateway, gross * 7 // 1000, 0)
    more["scalev_fee"] = np.where(more["platform"] == 0, price // 1000, 0)
