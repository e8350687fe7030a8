"""Generated from the catalog by docs/generate.py; do not edit."""

from scalev_frames.accessors import Accessors

_current: Accessors
__all__ = [
    "orders",
    "products",
    "products_simplified",
    "bundles",
    "bundles_simplified",
    "stores",
    "stores_simplified",
    "locations",
    "product_taxonomies",
    "store_products",
    "store_bundles",
    "store_pages",
    "store_payment_accounts",
    "store_sales_people",
    "store_admins",
    "store_advertisers",
    "store_follow_up_chats",
    "product_follow_up_chats",
    "product_partners",
    "bundle_price_options",
    "bundle_follow_up_chats",
    "bundle_partners",
    "variant_digital_product_files",
    "order_statistics",
    "order_tags",
    "orders_by_pg_reference_ids",
    "order_emails",
    "store_payment_methods",
    "store_custom_audiences",
    "order",
    "order_actions",
    "order_chats",
    "order_chat",
    "order_message_history",
    "order_by_pg_reference_id",
    "product",
    "products_count",
    "product_follow_up_chat",
    "product_relations",
    "product_taxonomy",
    "variant",
    "variant_digital_product_file",
    "bundle",
    "bundles_count",
    "bundle_follow_up_chat",
    "bundle_relations",
    "bundle_price_option_relations",
    "store",
    "store_bundle",
    "store_follow_up_chat",
    "store_product_relations",
    "store_bundle_price_option_relations",
    "enabled_epayments",
    "order_utm_sources",
    "order_utm_mediums",
    "order_utm_campaigns",
    "order_utm_contents",
    "order_utm_terms",
    "affiliate_orders",
    "reseller_sales",
    "entitlements",
    "licenses",
    "subscriptions",
    "subscription_item_downgrades",
    "subscription_item_upgrades",
    "warehouses",
    "warehouse_partners",
    "item_labels",
    "product_knowledge_items",
    "variant_knowledge_items",
    "store_product_knowledge_search",
    "store_product_knowledge",
    "partnership_marketplace",
    "partnership_requests",
    "my_partners",
    "my_partner_partnerships",
    "affiliated_businesses",
    "couriers",
    "courier_aggregators",
    "business_couriers",
    "business_courier_aggregators",
    "location_postal_codes",
    "customers",
    "customer_tags",
    "customer_addresses",
    "variant_customers",
    "waba_customers",
    "waba_customer_messages",
    "waba_customer_tags",
    "transactions",
    "balance_history",
    "payment_platform_transactions",
    "payment_platform_reports",
    "payment_platform_files",
    "monthly_invoices",
    "subscription_orders",
    "business_subscriptions",
    "payment_accounts",
    "payment_gateway_accounts",
    "business_payment_gateway_accounts",
    "verification_payments",
    "moota_integrations",
    "chatbot_credit_orders",
    "chatbot_credit_transactions",
    "email_credit_orders",
    "email_credit_transactions",
    "volt_orders",
    "volt_transactions",
    "discount_codes",
    "store_channels",
    "pages",
    "pages_simplified",
    "page_tags",
    "page_displays",
    "custom_domains",
    "ads_custom_metrics",
    "ads_views",
    "facebook_ad_accounts",
    "facebook_ad_top_ups",
    "facebook_pixels",
    "facebook_standard_events",
    "kwai_pixels",
    "kwai_standard_events",
    "tiktok_pixels",
    "tiktok_standard_events",
    "email_broadcasts",
    "email_broadcast_recipients",
    "email_broadcast_templates",
    "email_identities",
    "mailketing_integrations",
    "mailketing_lists",
    "birdsend_integrations",
    "waba_accounts",
    "waba_message_templates",
    "waba_message_attempts",
    "waba_quick_replies",
    "whatsapp_integrations",
    "team_members",
    "business_users",
    "roles",
    "roles_simplified",
    "role_permission_templates",
    "notifications",
    "my_businesses",
    "blocked_ips",
    "store_public_api_keys",
    "store_allowed_origins",
    "api_keys",
    "applications",
    "authorized_applications",
    "webhook_events",
    "business_events",
    "business_event_logs",
    "machine_api_logs",
    "request_response_logs",
    "oauth_billing_actions",
    "oauth_billing_charges",
    "oauth_billing_ledger",
    "oauth_billing_reservations",
    "oauth_billing_settlements",
    "storefront_customer_orders",
    "storefront_customer_subscriptions",
    "storefront_checkout_addresses",
    "storefront_subscription_downgrades",
    "storefront_subscription_upgrades",
    "storefront_store_addresses",
    "storefront_store_orders",
    "storefront_store_subscriptions",
    "storefront_store_checkout_addresses",
    "storefront_store_downgrades",
    "storefront_store_upgrades",
    "storefront_products",
    "storefront_categories",
    "storefront_variant_prices",
    "web_traffic",
    "web_pages",
    "web_sources",
    "web_audience",
    "web_conversion",
    "web_engagement",
    "web_ad_clicks",
    "web_order_funnel",
    "web_journey",
    "web_entity_journey",
    "web_entity_funnel",
    "web_source_revenue",
    "web_entities",
    "web_stores",
    "web_payment_links",
]

orders = _current.orders
products = _current.products
products_simplified = _current.products_simplified
bundles = _current.bundles
bundles_simplified = _current.bundles_simplified
stores = _current.stores
stores_simplified = _current.stores_simplified
locations = _current.locations
product_taxonomies = _current.product_taxonomies
store_products = _current.store_products
store_bundles = _current.store_bundles
store_pages = _current.store_pages
store_payment_accounts = _current.store_payment_accounts
store_sales_people = _current.store_sales_people
store_admins = _current.store_admins
store_advertisers = _current.store_advertisers
store_follow_up_chats = _current.store_follow_up_chats
product_follow_up_chats = _current.product_follow_up_chats
product_partners = _current.product_partners
bundle_price_options = _current.bundle_price_options
bundle_follow_up_chats = _current.bundle_follow_up_chats
bundle_partners = _current.bundle_partners
variant_digital_product_files = _current.variant_digital_product_files
order_statistics = _current.order_statistics
order_tags = _current.order_tags
orders_by_pg_reference_ids = _current.orders_by_pg_reference_ids
order_emails = _current.order_emails
store_payment_methods = _current.store_payment_methods
store_custom_audiences = _current.store_custom_audiences
order = _current.order
order_actions = _current.order_actions
order_chats = _current.order_chats
order_chat = _current.order_chat
order_message_history = _current.order_message_history
order_by_pg_reference_id = _current.order_by_pg_reference_id
product = _current.product
products_count = _current.products_count
product_follow_up_chat = _current.product_follow_up_chat
product_relations = _current.product_relations
product_taxonomy = _current.product_taxonomy
variant = _current.variant
variant_digital_product_file = _current.variant_digital_product_file
bundle = _current.bundle
bundles_count = _current.bundles_count
bundle_follow_up_chat = _current.bundle_follow_up_chat
bundle_relations = _current.bundle_relations
bundle_price_option_relations = _current.bundle_price_option_relations
store = _current.store
store_bundle = _current.store_bundle
store_follow_up_chat = _current.store_follow_up_chat
store_product_relations = _current.store_product_relations
store_bundle_price_option_relations = _current.store_bundle_price_option_relations
enabled_epayments = _current.enabled_epayments
order_utm_sources = _current.order_utm_sources
order_utm_mediums = _current.order_utm_mediums
order_utm_campaigns = _current.order_utm_campaigns
order_utm_contents = _current.order_utm_contents
order_utm_terms = _current.order_utm_terms
affiliate_orders = _current.affiliate_orders
reseller_sales = _current.reseller_sales
entitlements = _current.entitlements
licenses = _current.licenses
subscriptions = _current.subscriptions
subscription_item_downgrades = _current.subscription_item_downgrades
subscription_item_upgrades = _current.subscription_item_upgrades
warehouses = _current.warehouses
warehouse_partners = _current.warehouse_partners
item_labels = _current.item_labels
product_knowledge_items = _current.product_knowledge_items
variant_knowledge_items = _current.variant_knowledge_items
store_product_knowledge_search = _current.store_product_knowledge_search
store_product_knowledge = _current.store_product_knowledge
partnership_marketplace = _current.partnership_marketplace
partnership_requests = _current.partnership_requests
my_partners = _current.my_partners
my_partner_partnerships = _current.my_partner_partnerships
affiliated_businesses = _current.affiliated_businesses
couriers = _current.couriers
courier_aggregators = _current.courier_aggregators
business_couriers = _current.business_couriers
business_courier_aggregators = _current.business_courier_aggregators
location_postal_codes = _current.location_postal_codes
customers = _current.customers
customer_tags = _current.customer_tags
customer_addresses = _current.customer_addresses
variant_customers = _current.variant_customers
waba_customers = _current.waba_customers
waba_customer_messages = _current.waba_customer_messages
waba_customer_tags = _current.waba_customer_tags
transactions = _current.transactions
balance_history = _current.balance_history
payment_platform_transactions = _current.payment_platform_transactions
payment_platform_reports = _current.payment_platform_reports
payment_platform_files = _current.payment_platform_files
monthly_invoices = _current.monthly_invoices
subscription_orders = _current.subscription_orders
business_subscriptions = _current.business_subscriptions
payment_accounts = _current.payment_accounts
payment_gateway_accounts = _current.payment_gateway_accounts
business_payment_gateway_accounts = _current.business_payment_gateway_accounts
verification_payments = _current.verification_payments
moota_integrations = _current.moota_integrations
chatbot_credit_orders = _current.chatbot_credit_orders
chatbot_credit_transactions = _current.chatbot_credit_transactions
email_credit_orders = _current.email_credit_orders
email_credit_transactions = _current.email_credit_transactions
volt_orders = _current.volt_orders
volt_transactions = _current.volt_transactions
discount_codes = _current.discount_codes
store_channels = _current.store_channels
pages = _current.pages
pages_simplified = _current.pages_simplified
page_tags = _current.page_tags
page_displays = _current.page_displays
custom_domains = _current.custom_domains
ads_custom_metrics = _current.ads_custom_metrics
ads_views = _current.ads_views
facebook_ad_accounts = _current.facebook_ad_accounts
facebook_ad_top_ups = _current.facebook_ad_top_ups
facebook_pixels = _current.facebook_pixels
facebook_standard_events = _current.facebook_standard_events
kwai_pixels = _current.kwai_pixels
kwai_standard_events = _current.kwai_standard_events
tiktok_pixels = _current.tiktok_pixels
tiktok_standard_events = _current.tiktok_standard_events
email_broadcasts = _current.email_broadcasts
email_broadcast_recipients = _current.email_broadcast_recipients
email_broadcast_templates = _current.email_broadcast_templates
email_identities = _current.email_identities
mailketing_integrations = _current.mailketing_integrations
mailketing_lists = _current.mailketing_lists
birdsend_integrations = _current.birdsend_integrations
waba_accounts = _current.waba_accounts
waba_message_templates = _current.waba_message_templates
waba_message_attempts = _current.waba_message_attempts
waba_quick_replies = _current.waba_quick_replies
whatsapp_integrations = _current.whatsapp_integrations
team_members = _current.team_members
business_users = _current.business_users
roles = _current.roles
roles_simplified = _current.roles_simplified
role_permission_templates = _current.role_permission_templates
notifications = _current.notifications
my_businesses = _current.my_businesses
blocked_ips = _current.blocked_ips
store_public_api_keys = _current.store_public_api_keys
store_allowed_origins = _current.store_allowed_origins
api_keys = _current.api_keys
applications = _current.applications
authorized_applications = _current.authorized_applications
webhook_events = _current.webhook_events
business_events = _current.business_events
business_event_logs = _current.business_event_logs
machine_api_logs = _current.machine_api_logs
request_response_logs = _current.request_response_logs
oauth_billing_actions = _current.oauth_billing_actions
oauth_billing_charges = _current.oauth_billing_charges
oauth_billing_ledger = _current.oauth_billing_ledger
oauth_billing_reservations = _current.oauth_billing_reservations
oauth_billing_settlements = _current.oauth_billing_settlements
storefront_customer_orders = _current.storefront_customer_orders
storefront_customer_subscriptions = _current.storefront_customer_subscriptions
storefront_checkout_addresses = _current.storefront_checkout_addresses
storefront_subscription_downgrades = _current.storefront_subscription_downgrades
storefront_subscription_upgrades = _current.storefront_subscription_upgrades
storefront_store_addresses = _current.storefront_store_addresses
storefront_store_orders = _current.storefront_store_orders
storefront_store_subscriptions = _current.storefront_store_subscriptions
storefront_store_checkout_addresses = _current.storefront_store_checkout_addresses
storefront_store_downgrades = _current.storefront_store_downgrades
storefront_store_upgrades = _current.storefront_store_upgrades
storefront_products = _current.storefront_products
storefront_categories = _current.storefront_categories
storefront_variant_prices = _current.storefront_variant_prices
web_traffic = _current.web_traffic
web_pages = _current.web_pages
web_sources = _current.web_sources
web_audience = _current.web_audience
web_conversion = _current.web_conversion
web_engagement = _current.web_engagement
web_ad_clicks = _current.web_ad_clicks
web_order_funnel = _current.web_order_funnel
web_journey = _current.web_journey
web_entity_journey = _current.web_entity_journey
web_entity_funnel = _current.web_entity_funnel
web_source_revenue = _current.web_source_revenue
web_entities = _current.web_entities
web_stores = _current.web_stores
web_payment_links = _current.web_payment_links
