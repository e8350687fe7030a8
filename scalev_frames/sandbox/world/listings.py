"""What every endpoint but the orders' lists of the shop; one table says which.

Lists come newest first, as the service's do; a single record is a list of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from scalev_frames.sandbox.world.shop import VIRTUAL_ACCOUNTS, Shop
from scalev_frames.sandbox.world.values import names
from scalev_frames.sandbox.world.values.from_shapes import Facts

Ids = Mapping[str, str]
#: The facts for path parameters; ``None`` when a parent does not exist.
Source = Callable[[Ids], Sequence[Facts] | None]
Children = Callable[[Facts], Sequence[Facts]]

#: The lists that show everything of a kind.
_WHOLE = ("", "_simplified", "_count")
_DAYS_OF_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Listings:
    """What the endpoints list.

    Args:
        shop: the business.

    Attributes:
        sources: endpoint name to its source.
    """

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        whole = {"products": shop.products, "bundles": shop.bundles, "stores": shop.stores}
        self.sources: dict[str, Source] = {
            **{f"{name}{end}": _all(_newest(things)) for name, things in whole.items() for end in _WHOLE},
            "locations": _all(shop.locations),
            "product_taxonomies": _all(shop.taxonomies),
            "product_taxonomy": partial(_record, shop.taxonomies),
            "enabled_epayments": _all([{"payment_methods": ["va", "qris", "dana"], "vas": list(VIRTUAL_ACCOUNTS)}]),
            **_of("variant", shop.variants, {"digital_product_files": _files}, {"digital_product_file": _files}),
            **self._of_products(),
            **self._of_bundles(),
            **self._of_stores(),
            "store": lambda ids: [self._store_detail(one) for one in _record(shop.stores, ids)],
            "store_bundle": partial(_child, shop.stores, "store_id", partial(_sold_by, shop.bundles), "bundle_id"),
        }

    def _of_products(self) -> dict[str, Source]:
        chats = partial(self._chats, "product_id")
        lists: dict[str, Children] = {"follow_up_chats": chats, "partners": self._partners, "relations": self._related}
        return _of("product", self.shop.products, lists, {"follow_up_chat": chats})

    def _of_bundles(self) -> dict[str, Source]:
        chats = partial(self._chats, "bundle_id")
        lists: dict[str, Children] = {
            "price_options": _price_options,
            "follow_up_chats": chats,
            "partners": self._partners,
            "relations": self._related,
        }
        records: dict[str, Children] = {"price_option_relations": self._price_option_relations, "follow_up_chat": chats}
        return _of("bundle", self.shop.bundles, lists, records)

    def _of_stores(self) -> dict[str, Source]:
        shop, chats = self.shop, partial(self._chats, "store_id")
        lists: dict[str, Children] = {
            "products": partial(_sold_by, shop.products),
            "bundles": partial(_sold_by, shop.bundles),
            "pages": self._pages,
            "payment_accounts": self._payment_accounts,
            "sales_people": self._sales_people,
            "admins": partial(_people, shop.admins, "Admin"),
            "advertisers": partial(_people, shop.advertisers, "Advertiser"),
            "follow_up_chats": chats,
            "payment_methods": lambda store: [{"id": method} for method in store["payment_methods"]],
            "custom_audiences": _audiences,
        }
        records: dict[str, Children] = {
            "follow_up_chat": chats,
            "product_relations": self._product_relations,
            "bundle_price_option_relations": self._price_options_of_store,
        }
        return _of("store", shop.stores, lists, records)

    def known_shapes(self) -> dict[str, Facts]:
        """What nested objects say when their owner's facts are silent."""
        shop = self.shop
        return {
            "business": shop.business,
            "user": shop.users[0],
            "business_user": _business_user(shop.users[0], "Owner"),
            "warehouse": shop.warehouses[0],
            "store_detail_warehouse": shop.warehouses[0],
            "product_taxonomy": shop.taxonomies[0],
            "financial_entity": shop.banks[0],
            "label": {"name": names.LABELS[0]},
            "store_domain": shop.stores[0],
            "store_brief": shop.stores[0],
            "page": shop.pages[0],
            "page_brief": shop.pages[0],
            "page_relations": {"all": shop.pages[:2], "will_unpublish": []},
            "wa_integration": {"id": 1, "name": "WA Toko", "phone_number": "0081234567890", "provider": "waba"},
        }

    # children --------------------------------------------------------------------------------------------------

    def _chats(self, owner: str, thing: Facts) -> list[Facts]:
        return _newest(chat for chat in self.shop.chats if chat[owner] == thing["id"])

    def _partners(self, thing: Facts) -> list[Facts]:
        sharing = thing.get("is_product_sharing") or thing.get("is_bundle_sharing")
        return [
            {"id": business["id"] * 1000 + thing["id"] % 1000, "created_at": thing["created_at"], "partner": business}
            for business in reversed(self.shop.partners if sharing else [])
        ]

    def _relations(self, thing: Facts) -> Facts:
        """What uses a product or bundle: pages of its stores, its stores, the bundles that hold it."""
        pages = [page for page in self.shop.pages if page["store_id"] in thing["store_ids"]][:5]
        variants = {one["id"] for one in thing.get("variants", ())}
        bundles = [
            one for one in self.shop.bundles if variants & {line["variant"]["id"] for line in one["bundlelines"]}
        ]
        related = [{**one, "pages": {"all": pages[:1], "will_unpublish": []}} for one in bundles]
        return {**thing, "pages": {"all": pages, "will_unpublish": pages[:1]}, "bundles": related}

    def _related(self, thing: Facts) -> list[Facts]:
        return [self._relations(thing)]

    def _price_option_relations(self, bundle: Facts) -> list[Facts]:
        pages = {"all": self._relations(bundle)["pages"]["all"], "will_unpublish": []}
        return [{**one, "pages": pages} for one in bundle["bundle_price_options"]]

    def _price_options_of_store(self, store: Facts) -> list[Facts]:
        return [one for bundle in _sold_by(self.shop.bundles, store) for one in self._price_option_relations(bundle)]

    def _product_relations(self, store: Facts) -> list[Facts]:
        return [self._relations(product) for product in _sold_by(self.shop.products, store)]

    def _pages(self, store: Facts) -> list[Facts]:
        return _newest(page for page in self.shop.pages if page["store_id"] == store["id"])

    def _payment_accounts(self, store: Facts) -> list[Facts]:
        return _newest(self.shop.payment_account(store["id"], place) for place in range(len(self.shop.banks)))

    def _sales_people(self, store: Facts) -> list[Facts]:
        chosen = _people(self.shop.handlers, "Customer Service", store)
        people = (
            {
                "id": store["id"] * 100 + place,
                "business_user": person,
                "percentage": round(100 / len(chosen), 2),
                "weekly_schedule": {day: _hours(day) for day in _DAYS_OF_WEEK},
            }
            for place, person in enumerate(chosen, 1)
        )
        return _newest(people)

    def _store_detail(self, store: Facts) -> Facts:
        return {
            **store,
            "advertisers": _people(self.shop.advertisers, "Advertiser", store),
            "bundles": _sold_by(self.shop.bundles, store)[:3],
            "courier_services": self.shop.services,
            "payment_accounts": self._payment_accounts(store),
            "products": _sold_by(self.shop.products, store)[:3],
            "store_admins": _people(self.shop.admins, "Admin", store),
            "store_sales_person": self._sales_people(store),
            "email_reply_to": None,
        }


def _of(
    owner: str, owners: Sequence[Facts], lists: Mapping[str, Children], records: Mapping[str, Children]
) -> dict[str, Source]:
    """The sources of each owner, of the lists that it has, and of single records in them."""
    return {
        owner: partial(_record, owners),
        **{f"{owner}_{name}": partial(_children, owners, f"{owner}_id", of) for name, of in lists.items()},
        **{f"{owner}_{name}": partial(_child, owners, f"{owner}_id", of, "id") for name, of in records.items()},
    }


def _all(things: Sequence[Facts]) -> Source:
    return lambda _ids: things


def _record(things: Iterable[Facts], ids: Ids) -> list[Facts]:
    return _pick(things, ids["id"])


def _children(owners: Iterable[Facts], parameter: str, children: Children, ids: Ids) -> Sequence[Facts] | None:
    found = _pick(owners, ids[parameter])
    return children(found[0]) if found else None


def _child(owners: Iterable[Facts], parameter: str, children: Children, own: str, ids: Ids) -> Sequence[Facts] | None:
    return _pick(_children(owners, parameter, children, ids) or (), ids[own])


def _pick(things: Iterable[Facts], number: str) -> list[Facts]:
    return [thing for thing in things if str(thing["id"]) == number]


def _newest(things: Iterable[Facts]) -> list[Facts]:
    return sorted(things, key=lambda thing: thing["id"], reverse=True)


def _sold_by(things: Iterable[Facts], store: Facts) -> list[Facts]:
    return _newest(thing for thing in things if store["id"] in thing["store_ids"])


def _files(variant: Facts) -> list[Facts]:
    return _newest(variant["digital_product_files"])


def _price_options(bundle: Facts) -> list[Facts]:
    return _newest(bundle["bundle_price_options"])


def _people(users: Iterable[Facts], role: str, store: Facts) -> list[Facts]:
    return _newest(_business_user(user, role) for user in users if (user["id"] + store["id"]) % 3)


def _business_user(user: Facts, role: str) -> dict[str, Any]:
    named = {"id": len(role), "name": role}
    return {"id": user["id"] + 1000, "business_phone": user["phone"], "role": named, "user": user}


def _hours(day: str) -> dict[str, Any]:
    return {"start_time": "08:00", "end_time": "17:00", "is_active": day != "sunday"}


def _audiences(store: Facts) -> list[Facts]:
    return [
        {
            "custom_audience": {
                "custom_audience_id": f"2385{store['id']:012d}{place}",
                "name": f"Pembeli {status}",
                "errors": [],
            },
            "order_status": status,
        }
        for place, status in enumerate(("confirmed", "completed"))
    ]
