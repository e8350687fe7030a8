"""Names of lists, and of stores, products and couriers from kept frames; nothing is sent.

A table says where the name of each id is found.
"""

from __future__ import annotations

from collections.abc import Iterable

from scalev_frames.catalog import ENDPOINTS, Endpoint, grouped
from scalev_frames.errors import GroupError, NotCachedError
from scalev_frames.group import Group, Opened
from scalev_frames.words import Words

#: Where the names of a filter's values are: endpoint, column of the value, column of its name.
SOURCES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "store_id": (("stores_simplified", "id", "name"), ("stores", "id", "name"), ("orders", "store_id", "store_name")),
    "product_id": (("products_simplified", "id", "name"), ("products", "id", "name")),
    "variant_id": (("products_simplified", "variants.id", "variants.product_name"),),
    "bundle_id": (("bundles_simplified", "id", "name"), ("bundles", "id", "name")),
    "warehouse_id": (("orders", "warehouse_id", "warehouse_name"),),
    "handler_id": (("orders", "handler_id", "handler_fullname"),),
    "advertiser_id": (("orders", "advertiser_id", "advertiser_fullname"),),
    "courier_id": (("orders", "courier_service_courier_id", "courier_service_courier_name"),),
    "page_id": (("store_pages", "id", "name"), ("orders", "page_id", "page_name")),
    "financial_entity_id": (("orders", "financial_entity_id", "financial_entity_name"),),
    "business_id": (("orders", "store_business_id", "store_business_username"),),
    "order_id": (("orders", "id", "order_id"),),
    "tags": (("order_tags", "name", "name"),),
    "utm_source": (("orders", "utm_source", "utm_source"),),
    "shipment_status": (("orders", "shipment_status", "shipment_status"),),
    "label": (("products", "labels.name", "labels.name"), ("products_simplified", "labels.name", "labels.name")),
}
SOURCES["for_store_id"] = SOURCES["store_id"]

#: Whose id the path parameter ``id`` is, by what comes before it.
_RECORDS = {
    "/order/{id}": "order_id",
    "/products/{id}": "product_id",
    "/variants/{id}": "variant_id",
    "/bundles/{id}": "bundle_id",
    "/stores/{id}": "store_id",
}
#: What `Workbench` fetches when names are to be brought up to date: short lists that hold most names.
LISTS = ("stores_simplified", "products_simplified", "bundles_simplified", "order_tags")


def names_for(account: Opened | None, endpoint: Endpoint, parameter: str) -> list[tuple[str, str]]:
    """Values of a filter or path parameter with their names, as far as kept frames know them, by name.

    Args:
        account: whose kept frames are read; without one there are none.
        endpoint: the endpoint the parameter belongs to.
        parameter: its name.
    """
    if parameter == "id":
        parameter = next((what for path, what in _RECORDS.items() if endpoint.path.startswith(path)), "")
    if parameter == "order_id" and endpoint.name == "orders":
        return []  # the filter takes the code that people type, not the id
    if account is None or parameter not in SOURCES:
        return []
    found: dict[str, str] = {}
    for source in SOURCES[parameter]:
        for value, name in _known(account, *source).items():
            found.setdefault(value, name)
    return sorted(_with_unique_names(found), key=lambda pair: pair[1].casefold())


def _known(account: Opened, endpoint: str, value: str, name: str) -> dict[str, str]:
    """Names by value; a plain list is one kept answer and not a kept frame."""
    if ENDPOINTS[endpoint].paging != "plain":
        return account.known_values(endpoint, value, name)
    try:
        frame = account.fetch(endpoint, offline=True, progress=False)
    except (NotCachedError, GroupError):
        return {}
    return dict(zip(frame[value].dropna(), frame[name].dropna(), strict=True))


def _with_unique_names(found: dict[str, str]) -> Iterable[tuple[str, str]]:
    """Names that several ids share get their id behind them."""
    counts: dict[str, int] = {}
    for name in found.values():
        counts[name] = counts.get(name, 0) + 1
    return [(value, name if counts[name] == 1 else f"{name} ({value})") for value, name in found.items()]


def list_choices(words: Words, account: Opened | None) -> list[tuple[str, str]]:
    """Labels and names of all lists by group; those that the business's version of the API lacks last, and marked."""
    rows = sorted(grouped(), key=lambda row: is_lacking(row, account))
    return [(words.in_group(row, only=row.versions[0] * is_lacking(row, account)), row.name) for row in rows]


def is_lacking(row: Endpoint, account: Opened | None) -> bool:
    """Whether a business is known to speak a version of the API that lacks a list."""
    accounts = account.accounts.values() if isinstance(account, Group) else [account] if account else []
    return any(one.settings.names_version and one.settings.spoken not in row.versions for one in accounts)
