"""Every documented filter of the order list, one row of a table each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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

#: The mask of a filter's value.
Make = Callable[[OrderBook, str], Mask]


class RefusedError(ValueError):
    """A parameter that the service refuses with 422; ``name`` says which."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def _equal(column: str, words: Sequence[str | None]) -> Make:
    return lambda book, value: np.asarray(book.table[column] == words.index(value))


def _flag(column: str) -> Make:
    return lambda book, value: np.asarray(book.table[column] == ("false", "true").index(value.lower()))


def _entity(column: str, things: Callable[[Shop], Sequence[Mapping[str, Any]]]) -> Make:
    """Orders whose ``column`` is the place of the thing with the id asked for."""
    return _places(column, lambda shop: (thing["id"] for thing in things(shop)))


def _places(column: str, values: Callable[[Shop], Iterable[object]]) -> Make:
    """Orders whose ``column`` is a place of the value asked for."""
    return lambda book, value: np.isin(book.table[column], _where(values(book.shop), value))


def _where(values: Iterable[object], value: str) -> list[int]:
    return [place for place, one in enumerate(values) if one is not None and str(one) == value]


def _time_bound(column: str, since: bool) -> Make:
    def mask(book: OrderBook, value: str) -> Mask:
        bound = microseconds(datetime.fromisoformat(value))
        times = times_by_name(book, column)
        return np.asarray((times != MISSING) & ((times >= bound) if since else (times <= bound)))

    return mask


def _by_status(words: Mapping[str, str]) -> Make:
    """A text that follows from the status of orders that go by courier."""

    def mask(book: OrderBook, value: str) -> Mask:
        fitting = [STATUSES.index(status) for status in words if words[status] == value]
        return np.asarray(np.isin(book.table["status"], fitting) & (book.table["service"] != MISSING))

    return mask


def _one(find: Callable[[OrderBook, str], int | None]) -> Make:
    return lambda book, value: np.asarray(book.table["serial"] == find(book, value))


def _of_customers(fits: Callable[[int, str], bool]) -> Make:
    return lambda book, value: np.isin(
        book.table["customer"], [number for number in range(book.customers) if fits(number, value)]
    )


def _by_product(book: OrderBook, value: str) -> Mask:
    places = _where((one["product_id"] for one in book.shop.variants), value)
    return np.isin(book.table["variant1"], places) | np.isin(book.table["variant2"], places)


def _by_tag(book: OrderBook, value: str) -> Mask:
    bits = sum(1 << place for place in _where(names.TAGS, value))
    return np.asarray(book.table["tags"] & bits != 0)


def _by_bank(book: OrderBook, value: str) -> Mask:
    transfer = book.table["method"] == METHODS.index("bank_transfer")
    named = bank_of(book.table["serial"], len(book.shop.banks))
    return np.asarray(np.isin(named, _where((bank["id"] for bank in book.shop.banks), value)) & transfer)


def _by_search(book: OrderBook, value: str) -> Mask:
    """The human key, or a part of the customer's name or phone."""
    fields = ("order_id", "customer_name", "customer_phone")
    return np.logical_or.reduce([SEARCH_FIELDS[field](book, value) for field in fields])  # type: ignore[no-any-return]


def _by_business(book: OrderBook, value: str) -> Mask:
    return np.full(len(book.table), value in (BUSINESS_ID, "retailer"))


def utm_contents(book: OrderBook) -> Serials:
    """The place in `UTM_CONTENTS` of each order's advertisement; ``MISSING`` for an order without a source."""
    has_source = np.array([bool(source) for source in UTM_SOURCES])[book.table["utm"]]
    return np.asarray(np.where(has_source, book.table["serial"] % len(UTM_CONTENTS), MISSING))


#: Makes the mask of one filter from its value; a value that it cannot read is a ``ValueError``.
FILTERS: dict[str, Make] = {
    "status": _equal("status", STATUSES),
    "payment_status": _equal("payment_status", PAYMENT_STATUSES),
    "payment_method": _places("method", lambda _: METHODS),
    "platform": _places("platform", lambda _: PLATFORMS),
    "store_id": _entity("store", lambda shop: shop.stores),
    "handler_id": _entity("handler", lambda shop: shop.handlers),
    "advertiser_id": _entity("advertiser", lambda shop: shop.advertisers),
    "warehouse_id": _places("store", lambda shop: (one["warehouse"]["id"] for one in shop.stores)),
    "page_id": _entity("page", lambda shop: shop.pages),
    "courier_id": _places("service", lambda shop: (one["courier"]["id"] for one in shop.services)),
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
    "search_field": lambda book, _: np.ones(len(book.table), bool),  # it says where ``search`` looks
    "affiliate_business_id": lambda book, _: np.zeros(len(book.table), bool),  # the shop has no affiliates
    "order_id": _one(OrderBook.serial_of_code),
    "external_id": _one(OrderBook.serial_of_external_id),
    "utm_source": _places("utm", lambda _: UTM_SOURCES),
    "draft_time_until": _time_bound("draft_time", since=False),
    **{
        f"{status}_time_{side}": _time_bound(f"{status}_time", since=side == "since")
        for status in ("confirmed", "shipped", "completed")
        for side in ("since", "until")
    },
}


def _by_gross(book: OrderBook, value: str) -> Mask:
    try:
        sen = int(Decimal(value) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        return np.zeros(len(book.table), bool)
    return np.asarray(book.table["gross"] == sen)


def _by_receipt(book: OrderBook, value: str) -> Mask:
    sent = [STATUSES.index(status) for status in SHIPMENT_STATUSES]
    places = np.flatnonzero(np.isin(book.table["status"], sent) & (book.table["service"] != MISSING))
    found = np.zeros(len(book.table), bool)
    found[[place for place in places.tolist() if receipt(int(book.table["quirk"][place])) == value]] = True
    return found


#: What ``search`` looks at, by the value of ``search_field``.
SEARCH_FIELDS: dict[str, Make] = {
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


_MASKS: dict[str, Make] = {
    **FILTERS,
    "has_draft_time": lambda book, _: np.asarray(book.table["draft_time"] != MISSING),
    "utm_content": lambda book, value: np.isin(utm_contents(book), _where(UTM_CONTENTS, value)),  # of statistics alone
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
            try:
                mask &= _MASKS[name](book, value)
            except ValueError:
                raise RefusedError(name) from None
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
