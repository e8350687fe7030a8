"""The child frames in list and map columns, one row a kind.

Where an endpoint's own shape says what its lists hold, that counts; the shapes here are for frames that no longer know
their endpoint, and for lists of plain values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scalev_frames.catalog.model import Column, shape_columns


@dataclass(frozen=True)
class Child:
    """One kind of child frame.

    Attributes:
        name: the method's name.
        column: the parent's column that holds the children.
        summary: one line for the docs.
        shape: the shape of an item; ``""`` when items are plain values.
        key: the column that a map's keys go to.
        value: the column that plain values go to, as ``name`` or ``name:kind``.
    """

    name: str
    column: str
    summary: str = ""
    shape: str = ""
    key: str = "key"
    value: str = "value"

    @property
    def is_map(self) -> bool:
        """Whether the column holds objects with free keys wherever it is met."""
        return self.key != "key" and not self.shape

    @cached_property
    def value_column(self) -> Column:
        """The column of plain values."""
        name, _, kind = self.value.partition(":")
        return Column(name, (name,), kind or "text")

    def columns(self, *, is_map: bool, shape: str = "") -> tuple[Column, ...]:
        """The declared columns of the child frame.

        Args:
            is_map: the parent's column holds objects with free keys.
            shape: the shape that the parent's endpoint declares.
        """
        if is_map:
            return Column(self.key, (self.key,), "text"), self.value_column
        return shape_columns(shape or self.shape) if shape or self.shape else (self.value_column,)


_ROWS = (
    Child("items", "final_variants", "Products of orders, by the names customers see, with their quantities.",
          key="item", value="quantity:count"),
    Child("tags", "tags", "Tags of orders.", shape="named", value="name"),
    Child("lines", "orderlines", "Lines of orders: price, discount, COGS and tax of each product.", shape="orderline"),
    Child("messages", "message_history", "Messages exchanged about orders.", shape="message", value="message"),
    Child("status_history", "status_history", "When orders reached which status.", shape="status_change",
          value="status"),
    Child("payment_status_history", "payment_status_history", "When payments reached which status.",
          shape="status_change", value="status"),
    Child("shipment_status_history", "shipment_status_history", "What couriers said of shipments.",
          shape="shipment_status", value="status"),
    Child("variants", "variants", "Variants of products.", shape="variant_detail", key="variant_id",
          value="quantity:count"),
    Child("labels", "labels", "Labels of products and bundles.", shape="label", value="name"),
    Child("images", "images", "Pictures of products and bundles.", value="url:url"),
    Child("price_options", "bundle_price_options", "Prices of bundles.", shape="bundle_price_option_brief"),
    Child("bundle_lines", "bundlelines", "Variants in bundles, with their quantities.", shape="bundleline"),
)  # fmt: skip

CHILDREN: dict[str, Child] = {row.name: row for row in _ROWS}

#: The parent's columns that each child row carries, where the frame has them, by what the parent is.
CARRIED: dict[str, tuple[str, ...]] = {
    "order": tuple(
        """
        id order_id external_id store_id store_name platform status payment_status payment_method discount_code_code
        is_probably_spam draft_time pending_time confirmed_time in_process_time ready_time paid_time shipped_time
        completed_time rts_time canceled_time closed_time
        """.split()  # noqa: SIM905
    ),
    "sales_person": ("store_id", "id", "business_user_user_fullname", "percentage"),
    "": ("store_id", "product_id", "bundle_id", "variant_id", "id", "name"),
}
