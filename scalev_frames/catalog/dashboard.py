"""The columns of the dashboard's own CSV, in its order.

A row is ``name:kind=column|column``: what the dashboard calls it, its kind, and the columns of an order frame it comes
from, the first that is there. Where no source says which field stands behind a name, the nearest one of the API is
taken [inferred]; what no field can fill is there and empty.
"""

from __future__ import annotations

#: The five UTM names of advertisements; all but the first are read from ``metadata``.
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")

_NOTATION = """
    order_id:code business_name=business_username|store_business_username|business_account_holder customer_type
    store=store_name order_status=status payment_status name=customer_name|destination_address_name
    phone:code=customer_phone|destination_address_phone email=customer_email address=destination_address_address
    province=destination_address_province city=destination_address_city subdistrict=destination_address_subdistrict
    postal_code:code=destination_address_postal_code payment_method epayment_provider pg_trx_id:code
    pg_reference_id:code draft_time:time pending_time:time confirmed_time:time in_process_time:time ready_time:time
    shipped_time:time completed_time:time rts_time:time canceled_time:time closed_time:time
    unpaid_time:time paid_time:time
    conflict_time:time transfer_time:time handler=handler_fullname is_from_form:flag advertiser=advertiser_fullname
    utm_source utm_medium utm_campaign utm_content utm_term form=form_name page=page_name channel_name
    financial_entity=financial_entity_name|financial_entity payment_account_name=payment_account_holder
    payment_account_number:code gross_revenue:money payment_fee:money scalev_fee:money net_payment_revenue:money
    unique_code_discount:money net_revenue:money product_price:money product_price_bt:money product_discount:money
    product_discount_bt:money other_income:money other_income_bt:money reseller_product_price:money
    reseller_product_price_bt:money cogs:money cogs_bt:money tax_rate:number shipping_cost:money shipping_discount:money
    discount_code_discount:money courier=courier_service_courier_name courier_service=courier_service_name
    courier_aggregator_code:code courier_status=shipment_status shipment_receipt:code
    origin_business_name=warehouse_business_username|warehouse_business_account_holder origin=warehouse_name
    discount_code:code=discount_code_code discount_code_applied_to weight:grams=total_weight
    quantity:count=quantity|total_quantity platform external_id:code is_purchase_fb:flag is_purchase_tiktok:flag
    is_purchase_kwai:flag notes tags
"""


def _read(notation: str) -> tuple[str, str, tuple[str, ...]]:
    head, _, columns = notation.partition("=")
    name, _, kind = head.partition(":")
    return name, kind or "text", tuple(columns.split("|")) if columns else (name,)


#: Name, kind, and where it comes from, in the dashboard's order.
DASHBOARD: tuple[tuple[str, str, tuple[str, ...]], ...] = tuple(map(_read, _NOTATION.split()))

#: The columns that the export with one row an item adds: name, kind, field of an order line. Amounts are before tax,
#: and the order's own columns are repeated on every item.
ITEMS: tuple[tuple[str, str, str], ...] = (
    ("item_name", "text", "product_name"),
    ("item_owner", "text", "item_owner"),
    ("item_quantity", "count", "quantity"),
    ("item_product_price_bt", "money", "product_price_bt"),
    ("item_product_discount_bt", "money", "discount_bt"),
    ("item_cogs_bt", "money", "cogs_bt"),
)
#: Columns whose headers are not documented: a file may lack them under these names.
UNSURE = frozenset(
    """
    business_name customer_type payment_account_name payment_account_number discount_code discount_code_applied_to
    is_purchase_fb is_purchase_tiktok is_purchase_kwai weight
    """.split()  # noqa: SIM905
)
#: The column of an order that each column of the dashboard fills: the first of its sources.
FILLS = {name: sources[0] for name, _, sources in DASHBOARD}
