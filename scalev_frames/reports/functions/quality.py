"""Contradictions in the data of orders, and which orders to check; spam is included."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog import ENUMS
from scalev_frames.reports.counting.arithmetic import added, share
from scalev_frames.reports.counting.finish import finish
from scalev_frames.reports.counting.prepare import Prepared, nothing_known
from scalev_frames.reports.functions.customers import normal_phone
from scalev_frames.reports.words.definitions import DATE_BASES
from scalev_frames.reports.words.labels import CODES
from scalev_frames.reports.words.rows import MONEY_COLUMNS

#: Order ids shown of each kind of contradiction.
EXAMPLES = 5
#: Gross and net by the service's arithmetic: the amounts that are added, and those that are taken away.
NET = (("product_price",), ("product_discount", "discount_code_discount", "unique_code_discount"))
GROSS = ((*NET[0], "shipping_cost", "other_income"), (*NET[1], "shipping_discount"))
#: The same for orders of payment links: whether gross contains what the link earned is not documented, so both pass.
GROSS_LINKED = ((*GROSS[0], "payment_link_income"), GROSS[1])
AMOUNTS = ("gross_revenue", "net_revenue")
#: Times of states that cannot be before the order itself.
LATER_TIMES = ("confirmed_time", "shipped_time", "completed_time", "rts_time", "canceled_time", "closed_time")
#: States in the order in which they follow each other.
IN_ORDER = (("shipped_time", "completed_time"), ("shipped_time", "rts_time"), ("confirmed_time", "shipped_time"))


def quality(given: Prepared) -> pd.DataFrame:
    """Contradictions and unknown values in the orders, spam included.

    Returns:
        One row a check, also where nothing was found: how many orders, their share of all, and up to five order ids;
        missing where not one order has what the check needs. An amount that is missing is no contradiction of an
        arithmetic (a missing discount counts as none); it has a check of its own.

    >>> orders = pd.DataFrame({"id": ["1", "1"], "status": ["lost_at_sea", "rts"]})
    >>> found = quality(Prepared(orders)).set_index("check")["orders"]
    >>> int(found["id_double"]), int(found["status_unknown"])
    (2, 1)
    """
    prepared = Prepared(given.orders, given.definitions, given.language, spam=True)
    checks = _checks(prepared)
    names = pc.coalesce(prepared.text("order_id"), prepared.text("id"))
    counts = pa.array([_failing(mask) for mask in checks.values()], pa.int64())
    found = {
        "check": pa.array(list(checks)),
        "orders": counts,
        "share_of_all": share(counts, pa.scalar(prepared.rows)),
        "examples": pa.array([_examples(names, mask) for mask in checks.values()], pa.string()),
        "meaning": pa.array([CODES["meaning"][check][prepared.language == "id"] for check in checks]),
    }
    return finish(prepared, "quality", found)


def _checks(prepared: Prepared) -> dict[str, pa.Array]:
    """Which orders fail each check; missing where an order lacks what the check needs."""
    gross, net = map(prepared.money, AMOUNTS)
    phones = prepared.text("customer_phone")
    return {
        "gross_sum": pc.and_(*(_does_not_add_up(prepared, gross, *parts) for parts in (GROSS, GROSS_LINKED))),
        "net_sum": _does_not_add_up(prepared, net, *NET),
        "amount_missing": _if_there(prepared, pc.or_(pc.is_null(gross), pc.is_null(net)), all, *AMOUNTS),
        "amount_negative": _any([pc.less(pc.sign(amount), 0) for amount in (gross, net)]),
        "time_missing": _if_there(prepared, pc.is_null(prepared.dated("created")), any, *DATE_BASES["created"]),
        **_time_checks(prepared),
        "id_double": _doubled(prepared.ids("id")),
        "order_id_double": _doubled(prepared.ids("order_id")),
        "status_unknown": _unknown(prepared, "status", ENUMS["order_status"]),
        "payment_status_unknown": _unknown(prepared, "payment_status", ENUMS["payment_status"]),
        "payment_method_unknown": _unknown(prepared, "payment_method", ENUMS["payment_method"]),
        "platform_unknown": _unknown(prepared, "platform", ENUMS["platform"]),
        "phone_odd": pc.if_else(pc.is_valid(phones), pc.is_null(normal_phone(phones)), None),
        "completed_unpaid": pc.and_kleene(prepared.has("completed"), prepared.has("unpaid")),
    }


def _does_not_add_up(prepared: Prepared, said: pa.Array, plus: tuple[str, ...], minus: tuple[str, ...]) -> pa.Array:
    """A mask of the amounts that differ from the sum of their parts by more than the tolerance.

    Missing where the amount or the price is.
    """
    above, below = ([_or_nothing(prepared, name) for name in names] for names in (plus, minus))
    off = added(*above, minus=[said, *below])
    limit = pa.scalar(Decimal(prepared.definitions.arithmetic_tolerance))
    found = pc.if_else(pc.is_valid(prepared.money("product_price")), pc.greater(pc.abs(off), limit), None)
    return _if_there(prepared, found, all, *(one for one in (*plus, *minus) if one in MONEY_COLUMNS))


def _or_nothing(prepared: Prepared, name: str) -> pa.Array:
    amounts = prepared.money(name)
    return pc.fill_null(amounts, pa.scalar(Decimal(0), amounts.type))


def _time_checks(prepared: Prepared) -> dict[str, pa.Array]:
    created = prepared.dated("created")
    before = [pc.less(prepared.moment(name), created) for name in LATER_TIMES]
    before += [pc.less(prepared.moment(later), prepared.moment(first)) for first, later in IN_ORDER]
    now = pa.scalar(prepared.as_of, created.type)
    future = [pc.greater(one, now) for one in (created, *map(prepared.moment, LATER_TIMES))]
    return {"time_order": _any(before), "time_future": _any(future)}


def _doubled(names: pa.Array) -> pa.Array:
    """Which names occur more than once."""
    counts = names.value_counts()
    many = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return pc.if_else(pc.is_valid(names), pc.is_in(names, value_set=many), None)


def _unknown(prepared: Prepared, name: str, documented: tuple[str, ...]) -> pa.Array:
    return pc.if_else(pc.is_valid(prepared.text(name)), pc.invert(prepared.among(name, documented)), None)


def _examples(names: pa.Array, mask: pa.Array) -> str | None:
    found = names.filter(mask).drop_null()[:EXAMPLES].to_pylist()
    return ", ".join(found) or None


def _failing(mask: pa.Array) -> int | None:
    """The number of orders that fail a check; ``None`` where no order could be checked."""
    return None if nothing_known(mask) else pc.sum(mask).as_py() or 0


def _if_there(prepared: Prepared, mask: pa.Array, rule: Callable[[Iterable[bool]], bool], *columns: str) -> pa.Array:
    """``mask`` where the frame has all, or any, of the columns, as ``rule`` says; else a mask of missing values."""
    is_there = rule(name in prepared.orders for name in columns)
    return mask if is_there else pa.nulls(len(mask), pa.bool_())


def _any(masks: list[pa.Array]) -> pa.Array:
    """A mask that holds where one of the masks does; missing where all of them are."""
    found = functools.reduce(pc.or_, [pc.fill_null(mask, False) for mask in masks])
    is_known = functools.reduce(pc.or_, [pc.is_valid(mask) for mask in masks])
    return pc.if_else(is_known, found, None)
