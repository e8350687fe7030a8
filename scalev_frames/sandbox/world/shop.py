"""Everything of the business but its orders: stores, products, pages, people, couriers, places.

It is small and made once, as facts (see `values.from_shapes`).
"""

from __future__ import annotations

import uuid
from typing import Any

from scalev_frames.sandbox.world.values import names, reference
from scalev_frames.sandbox.world.values.encodings import DAY, SECOND
from scalev_frames.sandbox.world.values.from_shapes import Facts

VIRTUAL_ACCOUNTS = ("BCA", "BNI", "BRI", "MANDIRI", "PERMATA", "BSI")
STORE_PAYMENT_METHODS = ("cod", "bank_transfer", "va", "qris", "ewallet")


class Shop:
    """The business.

    Args:
        seed: another seed, another business.
        now: the present, in microseconds.

    Attributes:
        business: the one business of the key.
        stores: with their hidden facts, such as ``warehouse_id``.
        products: with ``variants``.
        variants: all variants, in the order of their numbers.
        bundles: with ``bundlelines`` and ``bundle_price_options``.
        locations: subdistricts.
        services: courier services.
        users: everybody who works here: ``handlers``, ``advertisers`` and ``admins``.
        partners: businesses that products are shared with.
        pages: landing pages of all stores.
        chats: follow-up chats of stores, products and bundles.
    """

    def __init__(self, seed: int, now: int) -> None:
        self.seed = seed
        self.now = now
        self.business = self._business(1, "Nusantara Jaya", "nusantarajaya")
        self.partners = [
            self._business(2, "Mitra Sejahtera", "mitra"),
            self._business(3, "Gudang Kita", "gudang"),
        ]
        self.users = [self._user(number) for number in range(1, 19)]
        self.handlers, self.advertisers, self.admins = self.users[:10], self.users[10:15], self.users[15:]
        self.locations = reference.locations()
        self.warehouses = [self._warehouse(number) for number in (1, 2)]
        self.services = reference.services()
        self.banks = reference.banks()
        self.taxonomies = reference.taxonomies()
        self.stores = [self._store(number, name) for number, name in enumerate(names.STORES, 1)]
        self.products = self._products()
        self.variants: list[dict[str, Any]] = [one for product in self.products for one in product["variants"]]
        self.bundles = self._bundles()
        self.pages = [self._page(number) for number in range(1, 181)]
        self.chats = self._chats()
        self.tags = [{"id": number, "name": name} for number, name in enumerate(names.TAGS, 1)]

    # who and where ---------------------------------------------------------------------------------------------

    def _business(self, number: int, holder: str, username: str) -> dict[str, Any]:
        return {
            "id": number,
            "account_holder": holder,
            "email": f"halo@{username}.example",
            "is_banned": False,
            "logo": None,
            "unique_id": f"biz-{number:04d}",
            "username": username,
        }

    def _user(self, number: int) -> dict[str, Any]:
        first = names.FIRST_NAMES[number * 7 % len(names.FIRST_NAMES)]
        last = names.LAST_NAMES[number * 5 % len(names.LAST_NAMES)]
        return {
            "id": 500 + number,
            "aff_code": f"0{number:03d}AFF",
            "avatar": None,
            "email": f"{first}.{last}@nusantarajaya.example".lower(),
            "fullname": f"{first} {last}" if number != 3 else "Dewi 🌸 (CS)",
            "phone": f"0812{number * 7_654_321 % 10**8:08d}",
        }

    def _warehouse(self, number: int) -> dict[str, Any]:
        place = self.locations[number * 20]
        address = {
            "id": 70 + number,
            "address": f"Jl. Gudang Raya No. {number}, Blok {'AB'[number - 1]}",
            "city": place["city_name"],
            "location": place["id"],
            "location_id": place["id"],
            "postal_code": place["postal_code"],
            "province": place["province_name"],
            "subdistrict": place["subdistrict_name"],
            "warehouse": number,
        }
        return {
            "id": number,
            "business": self.business,
            "contact_name": "Pak Joko",
            "contact_phone": f"0021555{number:04d}",
            "name": f"Gudang {place['city_name']}",
            "warehouse_address": address,
        }

    # what is sold ----------------------------------------------------------------------------------------------

    def _stamps(self, number: int) -> dict[str, Any]:
        """Made between one and two years ago, changed since; whole seconds and microseconds by turns."""
        created = self.now - (400 - number % 300) * DAY - number * 977 * SECOND
        created = created - created % SECOND if number % 2 else created - created % SECOND + 123_456
        return {
            "created_at": created,
            "created_by": self.users[0],
            "last_updated_at": created + number % 90 * DAY,
            "last_updated_by": self.users[number % 3],
        }

    def _uuid(self, kind: str, number: int) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.seed}/{kind}/{number}"))

    def _store(self, number: int, name: str) -> dict[str, Any]:
        slug = name.lower().replace(" ", "-")
        domain = {"id": number, "full_url": f"https://{slug}.example", "is_verified": number != 2}
        return {
            "id": number,
            "name": name,
            "business": self.business,
            "business_id": self.business["id"],
            "custom_domain": None if number % 3 == 0 else domain,
            "logo": f"https://{slug}.example/logo.png",
            "payment_methods": list(STORE_PAYMENT_METHODS[: 2 + number % 4]),
            "sub_payment_methods": list(VIRTUAL_ACCOUNTS[: number % 4]),
            "cod_purchase_triggers": ["confirmed"],
            "non_cod_purchase_triggers": ["confirmed", "public_upload"],
            "unique_id": f"store-{number:04d}",
            "uuid": self._uuid("store", number),
            "warehouse_id": 1 + number % 2,
            "warehouse": self.warehouses[number % 2],
            **self._stamps(number),
        }

    def _products(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        first_variant = 1
        for series in names.SERIES:
            for name, kind, option, options, price, weight in names.PRODUCTS:
                product = self._product(len(found) + 1, name + series, kind, option, price, weight)
                product["variants"] = [
                    self._variant(product, first_variant + place, value, place) for place, value in enumerate(options)
                ]
                product["variant_count"] = product["variants_count"] = len(options)
                first_variant += len(options)
                found.append(product)
        return found

    def _product(self, number: int, name: str, kind: str, option: str, price: int, weight: int) -> dict[str, Any]:
        labels = [{"name": label} for place, label in enumerate(names.LABELS) if number % (place + 2) == 0]
        stores = [store for store in self.stores if (number + store["id"]) % 3 or number % 5 == 0]
        return {
            "id": reference.BEYOND_FLOAT + number if number > 70 else 100 + number,
            "price": price * 100 + number * 10_000,
            "weight": weight,
            "business": self.business,
            "name": name,
            "public_name": name.upper() if number % 4 == 0 else name,
            "display": f"{name} 🌿" if number % 6 == 0 else name,
            "description": None if number % 5 == 0 else f"{name}\nAsli, BPOM 00{number:05d}.",
            "rich_description": f"<p>{name}</p>",
            "images": [f"https://gambar.example/p{number}.jpg"],
            "is_inventory": kind == "physical",
            "is_multiple": True,
            "is_product_sharing": number % 4 == 0,
            "is_owned": True,
            "is_owned_by_store": True,
            "is_checked": number % 10 != 0,
            "item_type": kind,
            "item_type_name": {"physical": "Fisik", "digital": "Digital", "course": "Kelas"}[kind],
            "labels": labels,
            "option1_name": option,
            "option2_name": None,
            "option3_name": None,
            "slug": name.lower().replace(" ", "-"),
            "uuid": self._uuid("product", number),
            "taxonomy": self.taxonomies[number % len(self.taxonomies)],
            "store_ids": [store["id"] for store in stores],
            "stores": stores,
            "warehouse_ids": [1, 2] if number % 2 else [1],
            "warehouses": self.warehouses[: 1 + number % 2],
            **self._stamps(number),
        }

    def _variant(self, product: Facts, number: int, option: str, place: int) -> dict[str, Any]:
        price = product["price"] + place * 1_500_000
        cogs = price * 2 // 5
        files = [
            {
                "id": number * 10 + part,
                "content_type": "application/pdf",
                "name": f"{product['name']} bagian {part}.pdf",
                "size_in_bytes": 3_000_000_000 * part,
                "url": f"https://berkas.example/{number}/{part}",
            }
            for part in (range(1, 3 + place) if product["item_type"] == "digital" else ())
        ]
        options: dict[str, Any] = {"option1_value": option, "option2_value": None, "option3_value": None}
        return {
            **product,
            "id": 1000 + number,
            "product": product,
            "product_id": product["id"],
            "product_name": product["name"],
            "name": f"{product['name']} - {option}",
            "fullname": f"{product['name']} - {option}",
            "display": f"{product['name']} - {option}",
            "price": price,
            "price_bt": before_tax(price),
            "cogs": cogs,
            "cogs_bt": before_tax(cogs),
            "reseller_price": price * 9 // 10,
            "reseller_price_bt": before_tax(price * 9 // 10),
            "sku": f"00{number:06d}",
            "unique_id": f"var-{number:05d}",
            "uuid": self._uuid("variant", number),
            "weight": product["weight"] + place * 12.5,
            "digital_product_files": files,
            "self_file_urls": [],
            "metadata": {"rak": f"A-{number % 7}"} if number % 3 == 0 else {},
            "available_qty": 0 if number % 11 == 0 else number * 3,
            "form_displays": [],
            "upsell_form_displays": [],
            **options,
        }

    def _bundles(self) -> list[dict[str, Any]]:
        return [self._bundle(number) for number in range(1, 31)]

    def _bundle(self, number: int) -> dict[str, Any]:
        chosen = [self.variants[number % len(self.variants)], self.variants[(number * 3 + 5) % len(self.variants)]]
        lines = [
            {"id": number * 10 + place, "quantity": place, "variant": one, "subtotal": place * one["price"]}
            for place, one in enumerate(chosen, 1)
        ]
        full = sum(line["subtotal"] for line in lines)
        stores = [store for store in self.stores if (number + store["id"]) % 2]
        options = [
            self._price_option(number, part, full * (10 - part) // 10, stores) for part in range(1, 2 + number % 3)
        ]
        return {
            "id": 200 + number,
            "business": self.business,
            "name": f"Paket Hemat {number}",
            "public_name": f"Paket Hemat {number} ✨",
            "display": f"Paket Hemat {number}",
            "custom_id": None if number % 3 else f"00{number}",
            "description": "Lebih murah sepaket",
            "images": [],
            "is_bundle_sharing": number % 4 == 0,
            "labels": [{"name": names.LABELS[number % len(names.LABELS)]}],
            "variants_count": len(lines),
            "weight_bump": number % 3 * 10,
            "bundlelines": lines,
            "bundle_price_options": options,
            "available_qty": number * 2,
            "store_ids": [store["id"] for store in stores],
            "stores": stores,
            **self._stamps(number),
        }

    def _price_option(self, bundle: int, part: int, price: int, stores: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": bundle * 10 + part,
            "bundle_id": 200 + bundle,
            "name": f"Harga {part}",
            "is_owned_by_store": True,
            "price": price,
            "price_bt": before_tax(price),
            "slug": f"paket-{bundle}-{part}",
            "unique_id": f"bpo-{bundle:03d}-{part}",
            "stores": stores,
            "form_displays": [],
            "upsell_form_displays": [],
        }

    def _page(self, number: int) -> dict[str, Any]:
        store = self.stores[number % len(self.stores)]
        return {
            "id": 3000 + number,
            "business": self.business,
            "is_published": number % 8 != 0,
            "is_pinned": number % 10 == 0,
            "name": f"Promo {store['name']} {number}",
            "published_at": None if number % 8 == 0 else self._stamps(number)["created_at"],
            "slug": f"promo-{number:04d}",
            "store_id": store["id"],
            "unique_id": f"page-{number:05d}",
            "tags": [names.TAGS[number % len(names.TAGS)]],
        }

    def payment_account(self, store: int, place: int) -> dict[str, Any]:
        """The account of ``store`` with its bank number ``place``."""
        return {
            "id": store * 10 + place,
            "account_holder": "PT Nusantara Jaya",
            "account_number": f"00{(store * 7 + place) * 123_456_789_012_345 % 10**15:015d}",
            "financial_entity": self.banks[place],
            "is_owned_by_store": True,
            "method": "bank_transfer",
            "unique_id": f"acc-{store}{place}",
        }

    def _chats(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        owners: tuple[tuple[str, list[dict[str, Any]]], ...] = (
            ("store_id", self.stores), ("product_id", self.products), ("bundle_id", self.bundles),
        )  # fmt: skip
        for key, things in owners:
            for thing in things:
                for trigger in ("pending", "shipped")[: 1 + thing["id"] % 2]:
                    found.append(self._chat(len(found) + 1, key, thing, trigger))
        return found

    def _chat(self, number: int, key: str, thing: Facts, trigger: str) -> dict[str, Any]:
        owner: dict[str, Any] = dict.fromkeys(("store_id", "product_id", "bundle_id"))
        text = f"Halo kak {{{{customer.name}}}} 👋\nPesanan {thing['name']} {{{{order_id}}}}"
        return {
            "id": number,
            **owner,
            key: thing["id"],
            "change_status": trigger == "pending",
            "hours_after": number % 24,
            "image": None,
            "is_default": number % 2 == 0,
            "name": f"Follow up {trigger}",
            "provider": "waba",
            "text": text,
            "text_for_bank_transfer": f"{text} sudah ditransfer?",
            "text_for_cod": f"{text} bayar di tempat ya",
            "text_for_epayment": None,
            "trigger": trigger,
            "wa_gateway_assignation_type": "handler",
        }


def before_tax(amount: int) -> int:
    """What of ``amount`` remains without 11 % tax, to the sen.

    >>> before_tax(11_100)
    10000
    """
    return (amount * 200 + 111) // 222
