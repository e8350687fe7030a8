"""Contradictions in the data of orders, and which orders to check; spam is included."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog import ENUMS
from scalev_frames.reports.arithmetic import added, finish, share
from scalev_frames.reports.customers import normal_phone
from scalev_frames.reports.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.labels import CODES
from scalev_frames.reports.prepare import Prepared, prepare

#: Order ids shown of each kind of contradiction.
EXAMPLES = 5
#: Gross and net by the service's arithmetic: the amounts that are added, and those that are taken away.
NET = (("product_price",), ("product_discount", "discount_code_discount", "unique_code_discount"))
GROSS = ((*NET[0], "shipping_cost", "other_income"), (*NET[1], "shipping_discount"))
#: The same for orders of payment links: whether gross contains what the link earned is not documented, so both pass.
GROSS_LINKED = ((*GROSS[0], "payment_link_income"), GROSS[1])
#: Times of states that cannot be before the order itself.
LATER_TIMES = ("confirmed_time", "shipped_time", "completed_time", "rts_time", "canceled_time", "closed_time")
#: States in the order in which they follow each other.
IN_ORDER = (("shipped_time", "completed_time"), ("shipped_time", "rts_time"), ("confirmed_time", "shipped_time"))


def quality(orders: pd.DataFrame | Prepared, definitions: Definitions = DEFINITIONS) -> pd.DataFrame:
    """What in the orders contradicts itself or is not known.

    Args:
        orders: any frame of orders; spam is looked at, too.
        definitions: what the words mean; ``arithmetic_tolerance`` is in rupiah.

    Returns:
        One row a check, also where nothing was found: how many orders, their share of all, and up to five order ids. An
        amount that is missing is no contradiction of an arithmetic (a missing discount counts as none); it has a check
        of its own.

    >>> found = quality(pd.DataFrame({"id": ["1", "1"], "status": ["lost_at_sea", "rts"]})).set_index("check")["orders"]
    >>> int(found["id_double"]), int(found["status_unknown"])
    (2, 1)
    """
    given = prepare(orders, definitions)
    prepared = Prepared(given.orders, given.definitions, given.language, spam=True)
    checks = _checks(prepared)
    names = pc.coalesce(prepared.text("order_id"), prepared.text("id"))
    counts = pa.array([pc.sum(mask).as_py() or 0 for mask in checks.values()], pa.int64())
    found = {
        "check": pa.array(list(checks)),
        "orders": counts,
        "share_of_all": share(counts, pa.scalar(prepared.rows)),
        "examples": pa.array([_examples(names, mask) for mask in checks.values()], pa.string()),
        "meaning": pa.array([CODES["meaning"][check][prepared.language == "id"] for check in checks]),
    }
    return finish(prepared, "quality", found)


def _checks(prepared: Prepared) -> dict[str, pa.Array]:
    """Which orders fail each check."""
    gross, net = prepared.money("gross_revenue"), prepared.money("net_revenue")
    is_negative = [_true(pc.less(pc.sign(amount), 0)) for amount in (gross, net)]
    return {
        "gross_sum": pc.and_(
            _does_not_add_up(prepared, gross, *GROSS), _does_not_add_up(prepared, gross, *GROSS_LINKED)
        ),
        "net_sum": _does_not_add_up(prepared, net, *NET),
        "amount_missing": pc.or_(pc.is_null(gross), pc.is_null(net)),
        "amount_negative": pc.or_(*is_negative),
        "time_missing": pc.is_null(prepared.dated("created")),
        **_time_checks(prepared),
        "id_double": _doubled(prepared.ids("id")),
        "order_id_double": _doubled(prepared.ids("order_id")),
        "status_unknown": _unknown(prepared, "status", ENUMS["order_status"]),
        "payment_status_unknown": _unknown(prepared, "payment_status", ENUMS["payment_status"]),
        "payment_method_unknown": _unknown(prepared, "payment_method", ENUMS["payment_method"]),
        "platform_unknown": _unknown(prepared, "platform", ENUMS["platform"]),
        "phone_odd": _odd_phones(prepared.text("customer_phone")),
        "completed_unpaid": pc.and_(prepared.has("completed"), prepared.has("unpaid")),
    }


def _does_not_add_up(prepared: Prepared, said: pa.Array, plus: tuple[str, ...], minus: tuple[str, ...]) -> pa.Array:
    """Where ``said`` is further from its parts than the tolerance; not where it or the price is missing."""
    off = added(
        *(_or_nothing(prepared, name) for name in plus), minus=[said, *(_or_nothing(prepared, name) for name in minus)]
    )
    limit = pa.scalar(Decimal(prepared.definitions.arithmetic_tolerance))
    return pc.and_(pc.is_valid(prepared.money("product_price")), _true(pc.greater(pc.abs(off), limit)))


def _or_nothing(prepared: Prepared, name: str) -> pa.Array:
    amounts = prepared.money(name)
    return pc.fill_null(amounts, pa.scalar(Decimal(0), amounts.type))


def _time_checks(prepared: Prepared) -> dict[str, pa.Array]:
    created = prepared.dated("created")
    before = [_true(pc.less(prepared.moment(name), created)) for name in LATER_TIMES]
    before += [_true(pc.less(prepared.moment(later), prepared.moment(first))) for first, later in IN_ORDER]
    nothing = pa.array([False] * prepared.rows, pa.bool_())
    future = [nothing]
    if prepared.as_of is not None:
        now = pa.scalar(prepared.as_of, created.type)
        future = [_true(pc.greater(one, now)) for one in (created, *map(prepared.moment, LATER_TIMES))]
    return {"time_order": _any(before), "time_future": _any(future)}


def _doubled(names: pa.Array) -> pa.Array:
    """Which names occur more than once."""
    counts = names.value_counts()
    many = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return pc.and_(pc.is_valid(names), pc.is_in(names, value_set=many))


def _unknown(prepared: Prepared, name: str, documented: tuple[str, ...]) -> pa.Array:
    return pc.and_(pc.is_valid(prepared.text(name)), pc.invert(prepared.among(name, documented)))


def _odd_phones(phones: pa.Array) -> pa.Array:
    return pc.and_(pc.is_valid(phones), pc.is_null(normal_phone(phones)))


def _examples(names: pa.Array, mask: pa.Array) -> str | None:
    found = names.filter(mask).drop_null()[:EXAMPLES].to_pylist()
    return ", ".join(found) or None


def _true(mask: pa.Array) -> pa.Array:
    """Missing is no contradiction."""
    return pc.fill_null(mask, fill_value=False)


def _any(masks: list[pa.Array]) -> pa.Array:
    found = masks[0]
    for mask in masks[1:]:
        found = pc.or_(found, mask)
    return found
