"""WHAT Scalev has: one row an endpoint. To add an endpoint, add a row here (and its shape, when new).

Sources: the vendor's typed SDK of September 2025 for paths, filters and fields; its
specification of March 2026 for ``/orders`` as the new name of ``/order``. Scopes are those of its specifications of
March (v2) and May 2026 (v3), which name different ones for the same lists.
"""

from __future__ import annotations

from datetime import timedelta

from scalev_frames.catalog.model import GROUPS, Basis, Endpoint, Parent
from scalev_frames.catalog.unproven import unproven_rows
from scalev_frames.catalog.web_analytics import WEB_ANALYTICS

MINUTES = timedelta(minutes=1)
DAY = timedelta(days=1)

# `/order` is documented, `/orders` its name since March 2026.
ORDER_ALIAS = ("/order", "/orders")

# Every documented name: fields stay empty unless asked for.
ORDER_COLUMNS = tuple(
    """
    secret_slug final_variants store origin_address address_location handler_phone order_id destination_address
    quantity product_price total_weight courier_service shipping_cost payment_method gross_revenue shipment_receipt
    courier_additional_info payment_status status customer draft_time orderlines is_dropshipping dropshipper_name
    dropshipper_phone unique_code_discount tags awb_status awb_ca_status follow_up_chats follow_up_chat_type
    message_history metadata notes courier_aggregator_code shipment_account payment_account financial_entity
    payment_account_holder payment_account_number transferproof_url transfer_time product_discount shipping_discount
    other_income other_income_name shipment_status is_repeat platform external_id is_purchase_fb is_purchase_tiktok
    is_purchase_kwai fb_pixel_ids tiktok_pixel_ids kwai_pixel_ids pending_time confirmed_time shipped_time
    completed_time rts_time canceled_time closed_time warehouse page channel_name handler advertiser pg_payment_info
    sub_payment_method epayment_provider invoice_url pg_reference_id net_revenue payment_fee scalev_fee
    net_payment_revenue discount_code_discount discount_code_code discount_code_applied_to utm_source
    """.split()  # noqa: SIM905
)

ORDER_FILTERS = """
    status:order_status@status payment_status:payment_status@payment_status
    payment_method:payment_method@payment_method=no_payment platform:platform@platform=scalev store_id:id@store_id
    handler_id:id@handler_id advertiser_id:id@advertiser_id warehouse_id:id@warehouse_id|origin_address_warehouse
    page_id:id@page_id courier_id:id@courier_service_courier_id product_id:id financial_entity_id:id@financial_entity_id
    business_id:id business_role:business_role is_probably_spam:flag@is_probably_spam is_repeat:flag@is_repeat
    is_from_form:flag
    is_transferproof_exist:flag@transferproof_url awb_ca_status:awb_status@awb_ca_status|awb_status=unavailable
    shipment_status@shipment_status tags@tags search search_field:search_field affiliate_business_id:id
    order_id:code@order_id external_id:code@external_id
    utm_source@utm_source draft_time_until:time confirmed_time_since:time confirmed_time_until:time
    shipped_time_since:time shipped_time_until:time completed_time_since:time completed_time_until:time
"""

ORDER_BASES = {
    "created": Basis("draft_time", until="draft_time_until"),
    "confirmed": Basis("confirmed_time", since="confirmed_time_since", until="confirmed_time_until"),
    "shipped": Basis("shipped_time", since="shipped_time_since", until="shipped_time_until"),
    "completed": Basis("completed_time", since="completed_time_since", until="completed_time_until"),
}

SHORT_PRODUCT_FILTERS = """
    is_checked:flag is_inventory:flag is_owned:flag is_product_sharing:flag item_type:item_type@item_type label@labels
    qty_type:qty_type pricing_type:pricing_type search warehouse_id:id
"""
PRODUCT_FILTERS = """
    is_checked:flag is_inventory:flag@is_inventory is_owned:flag is_product_sharing:flag@is_product_sharing
    item_type:item_type@item_type label@labels qty_type:qty_type pricing_type:pricing_type search warehouse_id:id
"""
BUNDLE_FILTERS = "is_bundle_sharing:flag@is_bundle_sharing label search"
STORE_FILTERS = "domain has_domain:flag search"

OF_STORES = (Parent("store_id", "stores_simplified"),)
OF_PRODUCTS = (Parent("product_id", "products_simplified"),)
OF_BUNDLES = (Parent("bundle_id", "bundles_simplified"),)
OF_VARIANTS = (Parent("variant_id", "products_simplified", "variants.id"),)

_ROWS = (
    # The 23 documented paginated endpoints.
    Endpoint("orders", "/order", "order", "Orders, newest first by creation; without their lines.",
             group="orders", label_id="Pesanan",
             filters=ORDER_FILTERS, alias=ORDER_ALIAS, bases=ORDER_BASES, columns_hint=ORDER_COLUMNS,
             freshness=5 * MINUTES, scope="order:list order:read", details="order",
             filters_alone=(("search_field", "v3"),)),
    Endpoint("products", "/products", "product", "Products with their variants; no price, COGS or SKU.",
             group="catalogue", label_id="Produk",
             filters=PRODUCT_FILTERS + "store_id:id", scope="product:list product:read", details="product"),
    Endpoint("products_simplified", "/products/simplified", "product_simplified", "Products in short.",
             group="catalogue", label_id="Produk ringkas",
             filters=SHORT_PRODUCT_FILTERS + "store_id:id for_store_id:id", scope="product:list product:read"),
    Endpoint("bundles", "/bundles", "bundle", "Bundles.",
             group="catalogue", label_id="Bundel",
             filters=BUNDLE_FILTERS + " store_id:id", scope="bundle:list bundle:read", details="bundle"),
    Endpoint("bundles_simplified", "/bundles/simplified", "bundle_simplified", "Bundles in short, with prices.",
             group="catalogue", label_id="Bundel ringkas",
             filters=BUNDLE_FILTERS + " store_id:id for_store_id:id", scope="bundle:list bundle:read"),
    Endpoint("stores", "/stores", "store", "Stores.",
             group="catalogue", label_id="Toko", filters=STORE_FILTERS, scope="store:list store:read", details="store"),
    Endpoint("stores_simplified", "/stores/simplified", "store_simplified", "Stores in short.",
             group="catalogue", label_id="Toko ringkas",
             filters_alone=(("domain", "v2"), ("has_domain", "v2"), ("search", "v2")),
             filters=STORE_FILTERS, scope="store:list store:read"),
    Endpoint("locations", "/locations", "location", "Subdistricts with the couriers' own codes.",
             group="catalogue", label_id="Lokasi",
             paging="page", filters="search", freshness=7 * DAY, scope="location:list order:create"),
    Endpoint("product_taxonomies", "/product-taxonomies", "product_taxonomy", "The tree of product categories.",
             group="catalogue", label_id="Kategori produk",
             paging="page", filters="search", freshness=7 * DAY, scope="product:list product:read"),
    Endpoint("store_products", "/stores/{store_id}/products", "store_product",
             "Products a store sells, with price and available quantity of each variant.",
             group="catalogue", label_id="Produk toko",
             filters=SHORT_PRODUCT_FILTERS + "order_id:id", parents=OF_STORES, scope="store:read product:list"),
    Endpoint("store_bundles", "/stores/{store_id}/bundles", "store_bundle", "Bundles a store sells.",
             group="catalogue", label_id="Bundel toko",
             filters=BUNDLE_FILTERS + " order_id:id", parents=OF_STORES, scope="store:read"),
    Endpoint("store_pages", "/stores/{store_id}/pages", "page", "Landing pages of a store.",
             group="marketing", label_id="Halaman toko",
             filters="is_pinned:flag search tags", parents=OF_STORES, scope="store:read page:list"),
    Endpoint("store_payment_accounts", "/stores/{store_id}/payment-accounts", "store_payment_account",
             "Bank accounts a store takes money on.", group="money", label_id="Rekening toko",
             filters="method@method order_id:id search", parents=OF_STORES, scope="store:read payment_account:list"),
    Endpoint("store_sales_people", "/stores/{store_id}/sales-people", "sales_person",
             "Sales people of a store with share and weekly schedule.",
             group="team", label_id="Tim sales toko", versions=("v2",), parents=OF_STORES, scope="store:read"),
    Endpoint("store_admins", "/stores/{store_id}/store-admins", "business_user", "Admins of a store.",
             group="team", label_id="Admin toko", versions=("v2",), parents=OF_STORES, scope="store:read"),
    Endpoint("store_advertisers", "/stores/{store_id}/store-advertisers", "business_user", "Advertisers of a store.",
             group="team", label_id="Advertiser toko", versions=("v2",), parents=OF_STORES, scope="store:read"),
    Endpoint("store_follow_up_chats", "/stores/{store_id}/follow-up-chats", "follow_up_chat",
             "Follow-up chat texts of a store.", group="marketing", label_id="Chat follow-up toko", versions=("v2",),
             parents=OF_STORES, scope="store:read"),
    Endpoint("product_follow_up_chats", "/products/{product_id}/follow-up-chats", "follow_up_chat",
             "Follow-up chat texts of a product.", group="marketing", label_id="Chat follow-up produk",
             parents=OF_PRODUCTS, scope="product:read product:list"),
    Endpoint("product_partners", "/products/{product_id}/partners", "partner", "Businesses a product is shared with.",
             group="catalogue", label_id="Mitra produk", parents=OF_PRODUCTS, scope="product:read product:list"),
    Endpoint("bundle_price_options", "/bundles/{bundle_id}/bpos", "bundle_price_option", "Prices of a bundle.",
             group="catalogue", label_id="Pilihan harga bundel", v3_path="/bundles/{bundle_id}/bundle-price-options",
             parents=OF_BUNDLES, scope="bundle:read bundle:list"),
    Endpoint("bundle_follow_up_chats", "/bundles/{bundle_id}/follow-up-chats", "follow_up_chat",
             "Follow-up chat texts of a bundle.", group="marketing", label_id="Chat follow-up bundel",
             parents=OF_BUNDLES, scope="bundle:read bundle:list"),
    Endpoint("bundle_partners", "/bundles/{bundle_id}/partners", "partner", "Businesses a bundle is shared with.",
             group="catalogue", label_id="Mitra bundel", parents=OF_BUNDLES, scope="bundle:read bundle:list"),
    Endpoint("variant_digital_product_files", "/variants/{variant_id}/digital-product-files", "digital_product_file",
             "Files a digital variant delivers.", group="catalogue", label_id="Berkas digital varian",
             parents=OF_VARIANTS, scope="product:read product:list"),
    # Plain lists: one answer, no pages.
    Endpoint("order_statistics", "/order/statistics", "order_statistic",
             "Count and gross revenue of orders by day, status and more; about the last 30 days unless minimum_days.",
             group="orders", label_id="Statistik pesanan",
             paging="plain", rows_at="results", key=(), alias=ORDER_ALIAS, freshness=5 * MINUTES,
             scope="order:statistics:read order:statistics:list",
             filters="""breakdown_date:breakdown_date is_breakdown_status:flag custom_breakdown_key:breakdown_key
                 datetime_type:datetime_type minimum_days:count status:order_status payment_status:payment_status
                 store_id:id business_id:id search search_field:search_field utm_content
                 shipped_time_since:time shipped_time_until:time tz"""),
    Endpoint("order_tags", "/order/tags", "", "Tags in use on orders.",
             group="orders", label_id="Tag pesanan", paging="plain", value_column="name",
             key=("name",), filters="search", alias=ORDER_ALIAS, scope="order:list order:read"),
    Endpoint("orders_by_pg_reference_ids", "/order/pg-reference-ids", "order_reference",
             "Orders by the payment gateway's references (comma-separated).",
             group="orders", label_id="Pesanan per referensi gateway", paging="plain", rows_at="{}",
             value_column="pg_reference_id", key=("pg_reference_id",), filters="pg_reference_ids",
             required=("pg_reference_ids",), alias=ORDER_ALIAS, scope="order:list order:read"),
    Endpoint("order_emails", "/order/{id}/emails", "order_email", "E-mails sent about an order.",
             group="orders", label_id="E-mail pesanan", paging="plain", alias=ORDER_ALIAS, scope="order:read"),
    Endpoint("store_payment_methods", "/stores/{store_id}/payment-methods", "", "Payment methods a store offers.",
             group="money", label_id="Metode pembayaran toko",
             paging="plain", value_column="payment_method", key=("store_id", "payment_method"), filters="order_id:id",
             parents=OF_STORES, scope="store:read"),
    Endpoint("store_custom_audiences", "/stores/{store_id}/custom-audiences", "store_custom_audience",
             "Advertising audiences a store feeds, by order status.",
             group="marketing", label_id="Custom audience toko", versions=("v2",),
             paging="plain", key=(), parents=OF_STORES, scope="store:read"),
    # Single reads: one record, one row.
    Endpoint("order", "/order/{id}", "order_detail", "One order with its lines, COGS, taxes and histories.",
             group="orders", label_id="Satu pesanan",
             paging="record", alias=ORDER_ALIAS, freshness=5 * MINUTES, scope="order:read"),
    Endpoint("order_actions", "/order/{id}/actions", "order_actions", "What an order still needs done.",
             group="orders", label_id="Tindakan pesanan", paging="record", alias=ORDER_ALIAS, scope="order:read"),
    Endpoint("order_chats", "/order/{id}/chats", "order_chats", "Follow-up chats of an order, filled in.",
             group="orders", label_id="Chat pesanan", paging="record", alias=ORDER_ALIAS, scope="order:read"),
    Endpoint("order_chat", "/order/{id}/chat/{chat_id}", "order_chat", "One follow-up chat of an order, filled in.",
             group="orders", label_id="Satu chat pesanan", paging="record", alias=ORDER_ALIAS, scope="order:read"),
    Endpoint("order_message_history", "/order/{id}/message-history", "order_message_history",
             "Messages exchanged about an order.", group="orders", label_id="Riwayat pesan pesanan",
             paging="record", alias=ORDER_ALIAS, scope="order:read"),
    Endpoint("order_by_pg_reference_id", "/order/pg-reference-id/{pg_reference_id}", "only_id",
             "An order's id by the payment gateway's reference.",
             group="orders", label_id="Pesanan dari satu referensi", paging="record", alias=ORDER_ALIAS,
             scope="order:read"),
    Endpoint("product", "/products/{id}", "product_detail", "One product; its variants carry price, COGS and SKU.",
             group="catalogue", label_id="Satu produk", paging="record", scope="product:read"),
    Endpoint("products_count", "/products/count", "count", "How many products there are.",
             group="catalogue", label_id="Jumlah produk", paging="record", key=(),
             filters=PRODUCT_FILTERS + "store_id:id", scope="product:list product:read"),
    Endpoint("product_follow_up_chat", "/products/{product_id}/follow-up-chats/{id}", "follow_up_chat",
             "One follow-up chat text of a product.", group="marketing", label_id="Satu chat produk",
             paging="record", scope="product:read"),
    Endpoint("product_relations", "/products/{product_id}/relations", "product_relations",
             "Stores, pages and bundles that use a product.", group="catalogue", label_id="Pemakaian produk",
             paging="record", scope="product:read"),
    Endpoint("product_taxonomy", "/product-taxonomies/{id}", "product_taxonomy", "One product category.",
             group="catalogue", label_id="Satu kategori produk",
             paging="record", freshness=7 * DAY, scope="product:list product:read"),
    Endpoint("variant", "/variants/{id}", "variant_detail", "One variant with price, COGS and SKU.",
             group="catalogue", label_id="Satu varian", paging="record", scope="product:read"),
    Endpoint("variant_digital_product_file", "/variants/{variant_id}/digital-product-files/{id}",
             "digital_product_file", "One file a digital variant delivers.",
             group="catalogue", label_id="Satu berkas digital", paging="record", scope="product:read"),
    Endpoint("bundle", "/bundles/{id}", "bundle_detail", "One bundle with lines and prices.",
             group="catalogue", label_id="Satu bundel", paging="record", scope="bundle:read"),
    Endpoint("bundles_count", "/bundles/count", "count", "How many bundles there are.",
             group="catalogue", label_id="Jumlah bundel", paging="record", key=(),
             filters=BUNDLE_FILTERS + " store_id:id", scope="bundle:list bundle:read"),
    Endpoint("bundle_follow_up_chat", "/bundles/{bundle_id}/follow-up-chats/{id}", "follow_up_chat",
             "One follow-up chat text of a bundle.", group="marketing", label_id="Satu chat bundel",
             paging="record", scope="bundle:read"),
    Endpoint("bundle_relations", "/bundles/{bundle_id}/relations", "bundle_relations",
             "Stores and pages that use a bundle.", group="catalogue", label_id="Pemakaian bundel",
             paging="record", scope="bundle:read"),
    Endpoint("bundle_price_option_relations", "/bundles/{bundle_id}/bpos/{id}/relations",
             "bundle_price_option_relations", "Stores and pages that use a bundle's price.",
             group="catalogue", label_id="Pemakaian harga bundel",
             v3_path="/bundles/{bundle_id}/bundle-price-options/{id}/relations", paging="record", scope="bundle:read"),
    Endpoint("store", "/stores/{id}", "store_detail", "One store with all its settings.",
             group="catalogue", label_id="Satu toko", paging="record", scope="store:read"),
    Endpoint("store_bundle", "/stores/{store_id}/bundles/{bundle_id}", "store_bundle", "One bundle a store sells.",
             group="catalogue", label_id="Satu bundel toko",
             paging="record", filters="order_id:id", scope="store:read"),
    Endpoint("store_follow_up_chat", "/stores/{store_id}/follow-up-chats/{id}", "follow_up_chat",
             "One follow-up chat text of a store.", group="marketing", label_id="Satu chat toko", versions=("v2",),
             paging="record", scope="store:read"),
    Endpoint("store_product_relations", "/stores/{store_id}/products/{id}/relations", "store_product_relations",
             "Pages of a store that use a product.", group="catalogue", label_id="Pemakaian produk di toko",
             paging="record", scope="store:read"),
    Endpoint("store_bundle_price_option_relations", "/stores/{store_id}/bpos/{id}/relations",
             "store_bundle_price_option_relations", "Pages of a store that use a bundle's price.",
             group="catalogue", label_id="Pemakaian harga bundel di toko",
             v3_path="/stores/{store_id}/bundle-price-options/{id}/relations", paging="record", scope="store:read"),
    Endpoint("enabled_epayments", "/businesses/enabled-epayments", "enabled_epayments",
             "Electronic payment methods the business has.",
             group="money", label_id="Pembayaran elektronik aktif", versions=("v2",),
             paging="record", key=(), scope="business:read"),
)  # fmt: skip


def grouped() -> list[Endpoint]:
    """Every endpoint, those of one group together, in the order of `GROUPS`."""
    order = list(GROUPS)
    return sorted(ENDPOINTS.values(), key=lambda row: order.index(row.group))


#: Every endpoint by its accessor's name: those written by hand first, then the generated ones that they leave.
ENDPOINTS: dict[str, Endpoint] = {row.name: row for row in (*_ROWS, *unproven_rows(_ROWS), *WEB_ANALYTICS)}
