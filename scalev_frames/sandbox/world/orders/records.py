"""An order as JSON, as the list shows it: quickly, a page at a time.

Whatever is the same in many orders (store, handler, courier…) is turned into JSON once and put in as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import numpy as np
import orjson

from scalev_frames.sandbox.world.orders.book import OrderBook
from scalev_frames.sandbox.world.orders.table import (
    AWB_STATUSES,
    GATEWAY_METHODS,
    LISTED_TIMES,
    METHODS,
    PAYMENT_STATUSES,
    PLATFORMS,
    SHIPMENT_STATUSES,
    STATUSES,
    UTM_SOURCES,
    OrderRow,
    Serials,
    bank_of,
    customer_email,
    customer_name,
    customer_phone,
    receipt,
)
from scalev_frames.sandbox.world.shop import VIRTUAL_ACCOUNTS, Shop
from scalev_frames.sandbox.world.values import names
from scalev_frames.sandbox.world.values.encodings import DAY, MISSING, SECOND, dump, money, stamp
from scalev_frames.sandbox.world.values.from_shapes import Facts, Filler, Record

#: Fields of the list that stay null unless the ``columns`` parameter names them.
MUST_ASK = frozenset(
    """
    awb_ca_status courier_aggregator_code fb_pixel_ids follow_up_chats kwai_pixel_ids message_history metadata
    origin_address payment_account_holder payment_account_number pg_payment_info quantity shipping_discount
    tiktok_pixel_ids total_weight transferproof_url
    """.split()  # noqa: SIM905
)
_LONG_NOTE = "Catatan panjang sekali. " * 1500
#: The amounts of the list by the names they have there.
LISTED_MONEY = (
    "product_price", "product_discount", "discount_code_discount", "unique_code_discount", "shipping_cost",
    "shipping_discount", "other_income", "gross_revenue", "net_revenue", "payment_fee", "scalev_fee",
    "net_payment_revenue",
)  # fmt: skip
_amounts = attrgetter(
    "product_price", "product_discount", "code_discount", "unique_code", "shipping_cost", "shipping_discount",
    "other_income", "gross", "net", "payment_fee", "scalev_fee",
)  # fmt: skip
#: How each amount is written (number or text), for 251 kinds of rows.
_FORMS = tuple(
    tuple((kind * 2_654_435_761 >> 2 * place) % 4 for place in range(len(LISTED_MONEY))) for kind in range(251)
)


class OrderRecords:
    """Makes the JSON of the list's orders.

    Args:
        shop: the business; what many of its orders share is made once, for the orders of every book.
        filler: makes the nested objects.
    """

    book: OrderBook

    def __init__(self, shop: Shop, filler: Filler) -> None:
        self.shop = shop
        self.filler = filler
        self._stores = self._fragments("store_brief", shop.stores)
        self._pages = self._fragments("page", shop.pages)
        self._handlers = self._fragments("user", shop.handlers)
        self._advertisers = self._fragments("user", shop.advertisers)
        self._services = self._fragments("courier_service", shop.services)
        self._warehouses = self._fragments("warehouse", [store["warehouse"] for store in shop.stores])
        origins = [store["warehouse"]["warehouse_address"] for store in shop.stores]
        self._origins = self._fragments("origin_address", origins)
        self._banks = self._fragments("financial_entity", shop.banks)
        self._chats = [
            _fragment(
                [filler.fill("follow_up_chat_brief", chat) for chat in shop.chats if chat["store_id"] == store["id"]]
            )
            for store in shop.stores
        ]
        self._places = [
            {
                "subdistrict": place["subdistrict_name"],
                "city": place["city_name"],
                "province": place["province_name"],
                "postal_code": place["postal_code"],
                "location": place["id"],
            }
            for place in shop.locations
        ]
        self._tags = [_fragment(chosen(shop.tags, bits)) for bits in range(1 << len(names.TAGS))]

    def of(self, book: OrderBook) -> OrderRecords:
        """The same for the orders of ``book``."""
        records = copy.copy(self)
        records.book = book
        return records

    def _fragments(self, shape: str, things: Iterable[Facts]) -> list[orjson.Fragment | None]:
        """The JSON of each thing; ``None`` at the end, where the place ``MISSING`` finds it."""
        return [*(_fragment(self.filler.fill(shape, thing)) for thing in things), None]

    # the list --------------------------------------------------------------------------------------------------

    def listed(self, serials: Serials, left_out: frozenset[str]) -> list[bytes]:
        """The JSON of the orders at ``serials`` as the list shows them, with the fields ``left_out`` null."""
        moments = self.book.moments(serials)
        rows = self.book.rows(serials)
        records = [self._listed(row, times) for row, times in zip(rows, moments, strict=True)]
        if left_out:
            records = [record | dict.fromkeys(left_out) for record in records]
        return list(map(dump, records))

    def _listed(self, row: OrderRow, times: Sequence[datetime | None]) -> Record:
        serial, quirk, status = row.serial, row.quirk, STATUSES[row.status]
        method = METHODS[row.method]
        record: Record = {
            "id": self.book.order_id(serial, row.named),
            "order_id": self.book.code(serial, row.named),
            "external_id": self.book.external_id(serial) if row.platform else None,
            "created_at": times[-2],
            "last_updated_at": times[-1],
            **dict(zip(LISTED_TIMES[:-2], times, strict=False)),
            "status": status,
            "payment_status": PAYMENT_STATUSES[row.payment_status],
            "payment_method": method,
            "platform": PLATFORMS[row.platform],
            "store": self._stores[row.store],
            "customer": self._customer(row),
            "destination_address": self._destination(row),
            "final_variants": self._final_variants(row),
            "quantity": row.quantity1 + row.quantity2,
            "total_weight": self.weight(row),
            "handler": self._handlers[row.handler],
            "handler_phone": None if row.handler == MISSING else self.shop.handlers[row.handler]["phone"],
            "advertiser": self._advertisers[row.advertiser],
            "page": self._pages[row.page],
            "channel_name": "form" if row.is_from_form else None,
            "utm_source": UTM_SOURCES[row.utm],
            "tags": self._tags[row.tags],
            "notes": self._notes(row),
            "is_repeat": _flag(row.is_repeat, quirk),
            "is_probably_spam": _flag(row.is_spam, quirk >> 1),
            "mark_as_spam_by": "system" if row.is_spam else None,
            "is_purchase_fb": row.utm == 2,
            "is_purchase_kwai": False,
            "is_purchase_tiktok": row.utm == 4,
            "fb_pixel_ids": [f"0{quirk % 10**15:015d}"] if row.utm == 2 else [],
            "kwai_pixel_ids": [],
            "tiktok_pixel_ids": ["C9ABCDEF0123456789"] if row.utm == 4 else [],
            "follow_up_chat_type": "order" if quirk & 2 else "product",
            "follow_up_chats": self._chats[row.store],
            "message_history": self.messages(row) if quirk % 16 == 0 else [],
            "metadata": {"kode unik": quirk % 1000, "catatan": {"dari": "form"}} if quirk % 3 == 0 else {},
            "origin_address": self._origins[row.store],
            "warehouse": self._warehouses[row.store],
            "secret_slug": f"{quirk:015x}",
        }
        self._add_money(record, row)
        self._add_payment(record, row, method)
        self._add_shipment(record, row, status)
        self._add_oddities(record, row)
        return record

    def one(self, row: OrderRow) -> Record:
        """What the list says of one order."""
        return self._listed(row, self.book.moments(np.array([row.serial]))[0])

    def _add_money(self, record: Record, row: OrderRow) -> None:
        """Write each amount in another form, so that every page holds every form."""
        record.update(zip(LISTED_MONEY, map(money, amounts(row), _FORMS[row.quirk % len(_FORMS)]), strict=False))
        record["other_income_name"] = "Biaya COD" if row.other_income else None
        record["discount_code_code"] = "HEMAT10" if row.code_discount else None
        record["discount_code_applied_to"] = "product" if row.code_discount else None

    def _add_payment(self, record: Record, row: OrderRow, method: str) -> None:
        self._add_account(
            record, row, bank_of(row.serial, len(self.shop.banks)) if method == "bank_transfer" else MISSING
        )
        kind = row.quirk % 10
        record["sub_payment_method"] = VIRTUAL_ACCOUNTS[kind % 6] if method in ("va", "va_bca") else None
        through_gateway = method in GATEWAY_METHODS
        record["epayment_provider"] = ("xendit", "duitku")[kind & 1] if through_gateway else None
        record["pg_reference_id"] = self.book.reference(row.serial) if through_gateway else None
        record["pg_payment_info"] = (
            {"account_number": f"8808{row.quirk % 10**12:012d}"} if through_gateway else {} if kind & 1 else None
        )
        record["transferproof_url"] = f"https://bukti.example/{row.serial}.jpg" if row.has_proof else None

    def _add_account(self, record: Record, row: OrderRow, bank: int) -> None:
        """Write the account that the money went to; the bank is an object or its name."""
        account = None if bank == MISSING else self.shop.payment_account(row.store + 1, bank)
        name = None if bank == MISSING else self.shop.banks[bank]["name"]
        record["financial_entity"] = self._banks[bank] if row.quirk % 10 < 7 else name
        record["payment_account_id"] = account["id"] if account else None
        record["payment_account_holder"] = account["account_holder"] if account else None
        record["payment_account_number"] = account["account_number"] if account else None

    def _add_shipment(self, record: Record, row: OrderRow, status: str) -> None:
        ships = row.service != MISSING
        sent = ships and status in SHIPMENT_STATUSES
        record["courier_service"] = self._services[row.service]
        record["courier_additional_info"] = None
        record["courier_aggregator_code"] = "mengantar" if ships and row.quirk & 4 else None
        record["shipment_provider_code"] = ("mengantar", "lincah", "ninja", None)[row.quirk & 3] if ships else None
        record["shipment_receipt"] = receipt(row.quirk) if sent else None
        record["shipment_status"] = SHIPMENT_STATUSES.get(status) if ships else None
        record["awb_status"] = AWB_STATUSES.get(status, "unavailable") if ships else None
        record["awb_ca_status"] = AWB_STATUSES.get(status) if ships else None
        record["is_dropshipping"] = row.is_dropshipping
        record["dropshipper_name"] = "=Toko Sebelah" if row.is_dropshipping else None
        record["dropshipper_phone"] = f"0{row.quirk % 10**11:011d}" if row.is_dropshipping else None

    def _add_oddities(self, record: Record, row: OrderRow) -> None:
        """Keys that are missing rather than null, and keys that nobody declared."""
        if row.quirk % 7 == 0:
            for name in ("dropshipper_name", "dropshipper_phone", "kwai_pixel_ids", "closed_time"):
                if record[name] in (None, []):
                    del record[name]
        if row.quirk % 11 == 0:
            record["is_cod_insured"] = row.quirk & 1 == 0
            record["sla"] = {"deadline": record["created_at"], "level": row.quirk % 3}
        if row.quirk % 101 == 0:
            record["sandbox_reference"] = 9_007_199_254_740_993 + 2 * row.serial

    def weight(self, row: OrderRow) -> float | str:
        """In grams, sometimes as text."""
        grams = sum(variant["weight"] * quantity for variant, quantity in self.lines(row))
        return float(grams) if row.quirk & 1 else f"{grams:.2f}"

    def lines(self, row: OrderRow) -> list[tuple[Facts, int]]:
        """The variants of an order, with their quantities."""
        lines: list[tuple[Facts, int]] = [(self.shop.variants[row.variant1], row.quantity1)]
        if row.variant2 != MISSING:
            lines.append((self.shop.variants[row.variant2], row.quantity2))
        return lines

    def _final_variants(self, row: OrderRow) -> dict[str, int]:
        return {variant["display"]: quantity for variant, quantity in self.lines(row)}

    def _notes(self, row: OrderRow) -> str | None:
        if row.serial % 5003 == 17:
            return _LONG_NOTE
        choice = row.quirk >> 20
        return names.NOTES[choice // 4 % len(names.NOTES)] if choice % 4 == 0 else None

    def _customer(self, row: OrderRow) -> Record:
        first_seen = row.created - row.customer % 300 * DAY if row.is_repeat else row.created
        return {
            "id": 20_000 + row.customer,
            "name": customer_name(row.customer),
            "phone": customer_phone(row.customer),
            "email": customer_email(row.customer),
            "status": "active",
            "confirmed_at": None,
            "created_at": stamp(first_seen),
            "last_updated_at": stamp(row.created),
        }

    def _destination(self, row: OrderRow) -> Record:
        number = row.customer
        odd = names.ODD_ADDRESSES[number // 13 % len(names.ODD_ADDRESSES)] if number % 13 == 4 else None
        return {
            "id": 40_000 + number,
            "name": customer_name(number),
            "phone": customer_phone(number),
            "address": odd or f"Jl. Kenanga No. {number % 200}, RT 0{number % 9}",
            **self._places[row.location],
        }

    def messages(self, row: OrderRow) -> list[Record]:
        """The messages sent about an order."""
        return [
            {
                "id": row.serial * 10 + 1,
                "is_from_bot": True,
                "message": f"Halo kak 👋\nPesanan {self.book.code(row.serial, row.named)} kami terima.",
                "name": "Follow up pending",
                "provider": "waba",
                "recipient_name": customer_name(row.customer),
                "recipient_phone": customer_phone(row.customer),
                "sender_name": "Admin",
                "sender_phone": "0081234567890",
                "timestamp": stamp(row.created + 60 * SECOND),
            }
        ]


def amounts(row: OrderRow) -> tuple[int, ...]:
    """The values of `LISTED_MONEY`."""
    return (*_amounts(row), row.gross - row.payment_fee - row.scalev_fee)


def chosen(things: Sequence[Mapping[str, Any]], bits: int) -> list[Mapping[str, Any]]:
    """The things whose bit is set."""
    return [thing for place, thing in enumerate(things) if bits >> place & 1]


def _flag(value: bool, quirk: int) -> bool | str:
    """Sometimes the text ``"true"``."""
    return "true" if value and quirk % 5 == 0 else value


def _fragment(value: object) -> orjson.Fragment:
    return orjson.Fragment(dump(value))
