"""Every documented filter of the order list, one row of a table each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scalev_frames.sandbox.world.orders.book import OrderBook
from scalev_frames.sandbox.world.orders.table import (
    AWB_STATUSES,
    BUSINESS_ID,
    METHODS,
    PAYMENT_STATUSES,
    PLATFORMS,
    SHIPMENT_STATUSES,
    STATUSES,
    UTM_CONTENTS,
    UTM_SOURCES,
    Mask,
    Serials,
    bank_of,
    customer_email,
    customer_name,
    customer_phone,
    receipt,
)
from scalev_frames.sandbox.world.shop import Shop
from scalev_frames.sandbox.world.values import names
from scalev_frames.sandbox.world.values.encodings import MISSING, microseconds


class RefusedError(ValueError):
    """A parameter that the service refuses with 422; ``name`` says which."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def _equal(column: str, words: Sequence[str | None]) -> Callable[[OrderBook, str, str], Mask]:
    def mask(book: OrderBook, name: str, value: str) -> Mask:
        if value not in words:
            raise RefusedError(name)
        return np.asarray(book.table[column] == words.index(value))

    return mask


def _flag(column: str) -> Callable[[OrderBook, str, str], Mask]:
    def mask(book: OrderBook, name: str, value: str) -> Mask:
        if value.lower() not in ("true", "false"):
            raise RefusedError(name)
        return np.asarray(book.table[column] == (value.lower() == "true"))

    return mask


def _entity(
    column: str, things: Callable[[Shop], Sequence[Mapping[str, Any]]]
) -> Callable[[OrderBook, str, str], Mask]:
    """Orders whose ``column`` is the place of the thing with the id asked for."""
    return _places(column, lambda shop, value: (str(thing["id"]) == value for thing in things(shop)))


def _places(column: str, fits: Callable[[Shop, str], Any]) -> Callable[[OrderBook, str, str], Mask]:
    def mask(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
        places = [place for place, is_it in enumerate(fits(book.shop, value)) if is_it]
        return np.asarray(np.isin(book.table[column], places))

    return mask


def _time_bound(column: str, since: bool) -> Callable[[OrderBook, str, str], Mask]:
    def mask(book: OrderBook, name: str, value: str) -> Mask:
        bound = read_moment(name, value)
        times = times_by_name(book, column)
        return np.asarray((times != MISSING) & ((times >= bound) if since else (times <= bound)))

    return mask


def _by_status(words: Mapping[str, str]) -> Callable[[OrderBook, str, str], Mask]:
    """A text that follows from the status of orders that go by courier."""

    def mask(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
        fitting = [STATUSES.index(status) for status in words if words[status] == value]
        return np.asarray(np.isin(book.table["status"], fitting) & (book.table["service"] != MISSING))

    return mask


def _one(find: Callable[[OrderBook, str], int | None]) -> Callable[[OrderBook, str, str], Mask]:
    def mask(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
        found = np.zeros(len(book.table), bool)
        serial = find(book, value)
        if serial is not None:
            found[serial] = True
        return found

    return mask


def _by_product(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
    places = [place for place, one in enumerate(book.shop.variants) if str(one["product_id"]) == value]
    return np.isin(book.table["variant1"], places) | np.isin(book.table["variant2"], places)


def _by_tag(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
    bits = sum(1 << place for place, tag in enumerate(names.TAGS) if tag == value)
    return np.asarray(book.table["tags"] & bits != 0)


def _by_bank(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
    banks = [place for place, bank in enumerate(book.shop.banks) if str(bank["id"]) == value]
    transfer = book.table["method"] == METHODS.index("bank_transfer")
    named = bank_of(book.table["serial"], len(book.shop.banks))
    return np.asarray(np.isin(named, banks) & transfer)


def _by_search(book: OrderBook, name: str, value: str) -> Mask:
    """The human key, or a part of the customer's name or phone."""
    wanted = value.casefold()
    customers = [
        number
        for number in range(book.customers)
        if wanted in customer_name(number).casefold() or value in customer_phone(number)
    ]
    by_code = _one(OrderBook.serial_of_code)(book, name, value)
    return np.isin(book.table["customer"], customers) | by_code


def _by_business(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
    return np.full(len(book.table), value in (BUSINESS_ID, "retailer"))


def _any_order(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001 - it says where ``search`` looks
    return np.ones(len(book.table), bool)


def _no_order(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001 - the shop has no affiliates
    return np.zeros(len(book.table), bool)


def utm_contents(book: OrderBook) -> Serials:
    """The place in `UTM_CONTENTS` of each order's advertisement; ``MISSING`` for an order without a source."""
    has_source = np.array([bool(source) for source in UTM_SOURCES])[book.table["utm"]]
    return np.asarray(np.where(has_source, book.table["serial"] % len(UTM_CONTENTS), MISSING))


def _by_utm_content(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
    places = [place for place, content in enumerate(UTM_CONTENTS) if content == value]
    return np.isin(utm_contents(book), places)


def _has_draft_time(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
    return np.asarray(book.table["draft_time"] != MISSING)


#: Makes the mask of one filter, from its name and value.
FILTERS: dict[str, Callable[[OrderBook, str, str], Mask]] = {
    "status": _equal("status", STATUSES),
    "payment_status": _equal("payment_status", PAYMENT_STATUSES),
    "payment_method": _places("method", lambda _, value: (method == value for method in METHODS)),
    "platform": _places("platform", lambda _, value: (platform == value for platform in PLATFORMS)),
    "store_id": _entity("store", lambda shop: shop.stores),
    "handler_id": _entity("handler", lambda shop: shop.handlers),
    "advertiser_id": _entity("advertiser", lambda shop: shop.advertisers),
    "warehouse_id": _places("store", lambda shop, value: (str(one["warehouse"]["id"]) == value for one in shop.stores)),
    "page_id": _entity("page", lambda shop: shop.pages),
    "courier_id": _places("service", lambda shop, value: (str(one["courier"]["id"]) == value for one in shop.services)),
    "product_id": _by_product,
    "financial_entity_id": _by_bank,
    "business_id": _by_business,
    "business_role": _by_business,
    "is_probably_spam": _flag("is_spam"),
    "is_repeat": _flag("is_repeat"),
    "is_from_form": _flag("is_from_form"),
    "is_transferproof_exist": _flag("has_proof"),
    "awb_ca_status": _by_status(AWB_STATUSES),
    "shipment_status": _by_status(SHIPMENT_STATUSES),
    "tags": _by_tag,
    "search": _by_search,
    "search_field": _any_order,
    "affiliate_business_id": _no_order,
    "order_id": _one(OrderBook.serial_of_code),
    "external_id": _one(OrderBook.serial_of_external_id),
    "utm_source": _places("utm", lambda _, value: (source == value for source in UTM_SOURCES)),
    "draft_time_until": _time_bound("draft_time", since=False),
    **{
        f"{status}_time_{side}": _time_bound(f"{status}_time", since=side == "since")
        for status in ("confirmed", "shipped", "completed")
        for side in ("since", "until")
    },
}


def _of_customers(fits: Callable[[int, str], bool]) -> Callable[[OrderBook, str, str], Mask]:
    def mask(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
        return np.isin(book.table["customer"], [number for number in range(book.customers) if fits(number, value)])

    return mask


def _by_gross(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
    try:
        sen = int(Decimal(value) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        return np.zeros(len(book.table), bool)
    return np.asarray(book.table["gross"] == sen)


def _by_receipt(book: OrderBook, name: str, value: str) -> Mask:  # noqa: ARG001
    sent = [STATUSES.index(status) for status in SHIPMENT_STATUSES]
    places = np.flatnonzero(np.isin(book.table["status"], sent) & (book.table["service"] != MISSING))
    found = np.zeros(len(book.table), bool)
    found[[place for place in places.tolist() if receipt(int(book.table["quirk"][place])) == value]] = True
    return found


#: What ``search`` looks at, by the value of ``search_field``.
SEARCH_FIELDS: dict[str, Callable[[OrderBook, str, str], Mask]] = {
    "order_id": _one(OrderBook.serial_of_code),
    "external_id": _one(OrderBook.serial_of_external_id),
    "pg_reference_id": _one(OrderBook.serial_of_reference),
    "customer_name": _of_customers(lambda number, value: value.casefold() in customer_name(number).casefold()),
    "customer_phone": _of_customers(lambda number, value: value in customer_phone(number)),
    "customer_email": _of_customers(lambda number, value: value.casefold() in (customer_email(number) or "")),
    "shipment_receipt": _by_receipt,
    "gross_revenue": _by_gross,
}


def known_filters(params: Mapping[str, str], hides_undated: bool = False) -> dict[str, str]:
    """The filters among ``params`` as `find` reads them; unknown names are left out.

    Raises:
        RefusedError: a ``search_field`` that does not exist.
    """
    known = {name: value for name, value in params.items() if name in FILTERS or name == "utm_content"}
    known.pop("search_field", None)
    if field := params.get("search_field"):
        if field not in SEARCH_FIELDS:
            raise RefusedError("search_field")
        if "search" in known:
            known[f"search.{field}"] = known.pop("search")
    if hides_undated and "draft_time_until" in known:
        known["has_draft_time"] = "true"
    return known


_MASKS = {
    **FILTERS,
    "has_draft_time": _has_draft_time,
    "utm_content": _by_utm_content,  # of statistics alone
    **{f"search.{field}": mask for field, mask in SEARCH_FIELDS.items()},
}


def find(book: OrderBook, params: Mapping[str, str]) -> Serials:
    """The serials of the orders that obey ``params``, oldest first; unknown names are ignored.

    Raises:
        RefusedError: a value that a filter cannot read.
    """
    mask = ~book.table["deleted"]
    for name, value in params.items():
        if name in _MASKS:
            mask &= _MASKS[name](book, name, value)
    return np.flatnonzero(mask)


def read_moment(name: str, value: str) -> int:
    """A moment of a query: ISO 8601, UTC where it names no zone.

    Raises:
        RefusedError: it is none.
    """
    try:
        return microseconds(datetime.fromisoformat(value))
    except ValueError:
        raise RefusedError(name) from None


def times_by_name(book: OrderBook, name: str) -> NDArray[np.int64]:
    """The column of a time; orders without a draft's time count by their creation."""
    created = book.table["created"]
    if name == "created_at":
        return np.asarray(created)
    times = np.asarray(book.table[name])
    return np.where(times == MISSING, created, times) if name == "draft_time" else times
