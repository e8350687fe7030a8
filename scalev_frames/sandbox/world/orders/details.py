"""One order with its lines, costs and histories, and the small reads about it; all agree with the list."""

from __future__ import annotations

from collections.abc import Sequence

from scalev_frames.catalog import shape_fields
from scalev_frames.sandbox.world.orders.book import OrderBook
from scalev_frames.sandbox.world.orders.records import LISTED_MONEY, OrderRecords, amounts, chosen
from scalev_frames.sandbox.world.orders.table import (
    PAYMENT_STATUSES,
    STATUSES,
    TIMES,
    OrderRow,
    customer_email,
    customer_name,
)
from scalev_frames.sandbox.world.shop import Shop, before_tax
from scalev_frames.sandbox.world.values.encodings import MISSING, SECOND, stamp
from scalev_frames.sandbox.world.values.from_shapes import Facts, Record

TAX_RATE = 11


class OrderDetails:
    """Makes the single records of orders.

    Args:
        listed: what the list shows of them.
    """

    def __init__(self, listed: OrderRecords) -> None:
        self.listed = listed
        self.book: OrderBook = listed.book
        self.shop: Shop = listed.shop
        self.filler = listed.filler

    def detail(self, row: OrderRow) -> Record:
        """One order with its lines, costs and histories; says nothing that the list contradicts."""
        listed = self.listed.one(row)
        lines = self._orderlines(row)
        facts = {
            **dict.fromkeys(shape_fields("order_detail")),
            **listed,
            **dict(zip(LISTED_MONEY, amounts(row), strict=True)),
            **self._detail_times(row),
            **self._detail_money(row, lines),
            "business": self.shop.business,
            "store": self.shop.stores[row.store],
            "tags": [tag["name"] for tag in chosen(self.shop.tags, row.tags)],
            "orderlines": lines,
            "courier": None if row.service == MISSING else self.shop.services[row.service]["courier"]["id"],
            "chat_message": f"Halo, saya pesan {', '.join(listed['final_variants'])}",
            "ip": f"10.{row.quirk % 200}.{row.quirk // 7 % 200}.{row.quirk // 11 % 200}",
            "is_from_form": row.is_from_form,
            "message_history": self.listed.messages(row),
            "order_emails": self.emails(row),
            "payment_status_history": self._payment_history(row),
            "status_history": self._status_history(row),
            "shipment_status_history": self._shipment_history(row),
            "total_quantity": row.quantity1 + row.quantity2,
            "variants": {str(variant["id"]): quantity for variant, quantity in self.listed.lines(row)},
            "product_weight": self.listed.weight(row),
            "weight_bump": 0,
            "analytics_purchases": [],
        }
        return self.filler.fill("order_detail", facts)

    def _detail_times(self, row: OrderRow) -> Record:
        """Every time of a state, the inner ones, too."""
        states = {time: getattr(row, time) for time in TIMES if time != "shipped_rts_time"}
        times = {
            **states,
            "created_at": row.created,
            "last_updated_at": row.updated,
            "transfer_time": row.transfer_time,
            "paid_time": row.paid_time,
            "unpaid_time": row.created,
            "conflict_time": row.updated if PAYMENT_STATUSES[row.payment_status] == "conflict" else MISSING,
        }
        return {name: stamp(moment) for name, moment in times.items()}

    def _detail_money(self, row: OrderRow, lines: Sequence[Facts]) -> Record:
        """What the list does not say; totals are the sums of the lines."""

        def total(name: str) -> int:
            return sum(line[name] for line in lines)

        return {
            "cogs": total("cogs"),
            "cogs_bt": total("cogs_bt"),
            "product_price_bt": total("product_price_bt"),
            "product_discount_bt": total("discount_bt"),
            "other_income_bt": before_tax(row.other_income),
            "gross_revenue_for_dropshipper": row.gross,
            "min_payment_fee": 0,
            "shipping_fee": row.shipping_cost,
            "shipping_fee_discount": row.shipping_discount,
            "tax_rate": TAX_RATE,
            "discount_rate": "0",
            "payment_fee_rate": "0.7" if row.payment_fee else "0",
        }

    def _orderlines(self, row: OrderRow) -> list[Record]:
        """The lines; discounts are shared by price, the last line takes what rounding leaves."""
        lines = self.listed.lines(row)
        prices = [variant["price"] * quantity for variant, quantity in lines]
        discounts = _shared(row.product_discount, prices)
        code_discounts = _shared(row.code_discount, prices)
        return [
            {
                **_line_money(variant, quantity, discount, code_discount),
                "id": row.serial * 10 + place,
                "discount_rate": 0,
                "inserted_at": row.created,
                "is_inventory": variant["is_inventory"],
                "item_type": variant["item_type"],
                "product_business": self.shop.business["id"],
                "product_name": variant["product_name"],
                "quantity": quantity,
                "tax_rate": TAX_RATE,
                "variant": variant["id"],
                "variant_option1_value": variant["option1_value"],
                "variant_option2_value": None,
                "variant_option3_value": None,
                "variant_sku": variant["sku"],
                "weight": variant["weight"] * quantity,
            }
            for place, ((variant, quantity), discount, code_discount) in enumerate(
                zip(lines, discounts, code_discounts, strict=True)
            )
        ]

    def _status_history(self, row: OrderRow) -> list[Record]:
        reached = [(getattr(row, time), status) for time, status in zip(TIMES, STATUSES, strict=True)]
        known = sorted((moment, status) for moment, status in reached if moment != MISSING)
        return [{"by": None, "status": status, "time": moment} for moment, status in known]

    def _payment_history(self, row: OrderRow) -> list[Record]:
        history: list[Record] = [{"by": None, "status": "unpaid", "time": row.created}]
        if row.paid_time != MISSING:
            history.append({"by": "system", "status": PAYMENT_STATUSES[row.payment_status], "time": row.paid_time})
        return history

    def _shipment_history(self, row: OrderRow) -> list[Record]:
        if row.shipped_time == MISSING:
            return []
        picked = {"description": "Paket diambil kurir", "status": "PICKED_UP", "timestamp_source": "courier"}
        return [{**picked, "timestamp": row.shipped_time}]

    # what belongs to an order ----------------------------------------------------------------------------------

    def emails(self, row: OrderRow) -> list[Record]:
        """E-mails sent about an order: one where the customer gave an address."""
        address = customer_email(row.customer)
        if address is None:
            return []
        sent = row.created + 90 * SECOND
        return [
            {
                "id": row.serial * 10 + 5,
                "from": "halo@nusantarajaya.example",
                "to": address,
                "inserted_at": stamp(sent),
                "updated_at": stamp(sent),
                "message_id": f"0100{row.quirk:016x}",
                "order_id": self.book.order_id(row.serial, row.named),
                "status": "delivered",
                "status_history": [{"status": "delivered", "timestamp": stamp(sent + SECOND)}],
                "subject": "Pesanan diterima ✅",
                "type": "new_order",
            }
        ]

    def chats(self, row: OrderRow) -> list[Record]:
        """The follow-up chats of an order, filled in for its customer."""
        own = [chat for chat in self.shop.chats if chat["store_id"] == row.store + 1]
        code = self.book.code(row.serial, row.named)
        return [
            {
                **chat,
                "text": chat["text"]
                .replace("{{customer.name}}", customer_name(row.customer))
                .replace("{{order_id}}", code),
                "text_url": f"https://wa.example/{row.serial}/{chat['id']}",
                "wa_integration_id": 1,
            }
            for chat in own
        ]

    def about(self, row: OrderRow) -> dict[str, Facts]:
        """Facts for the small single reads about an order, by shape."""
        listed = self.listed.one(row)
        kinds = {variant["item_type"] for variant, _ in self.listed.lines(row)}
        return {
            "order_actions": {
                **listed,
                "is_digital_product_present": bool(kinds - {"physical"}),
                "is_physical_product_present": "physical" in kinds,
                "is_lms_product_present": "course" in kinds,
            },
            "order_chats": {**listed, "chat_message": "Halo kak", "follow_up_chats": self.chats(row)},
            "order_message_history": {"id": listed["id"], "message_history": self.listed.messages(row)},
            "only_id": listed,
            "order_reference": listed,
        }


def _line_money(variant: Facts, quantity: int, discount: int, code_discount: int) -> Record:
    price, cogs, reseller = (variant[name] * quantity for name in ("price", "cogs", "reseller_price"))
    return {
        "product_price": price,
        "product_price_bt": before_tax(price),
        "cogs": cogs,
        "cogs_bt": before_tax(cogs),
        "discount": discount,
        "discount_bt": before_tax(discount),
        "discount_code_discount": code_discount,
        "discount_code_discount_bt": before_tax(code_discount),
        "reseller_product_price": reseller,
        "reseller_product_price_bt": before_tax(reseller),
        "variant_price": variant["price"],
        "variant_price_bt": variant["price_bt"],
        "variant_cogs": variant["cogs"],
        "variant_cogs_bt": variant["cogs_bt"],
        "variant_reseller_price": variant["reseller_price"],
        "variant_reseller_price_bt": variant["reseller_price_bt"],
    }


def _shared(amount: int, weights: Sequence[int]) -> list[int]:
    shares = [amount * weight // sum(weights) // 100 * 100 for weight in weights[:-1]]
    return [*shares, amount - sum(shares)]
