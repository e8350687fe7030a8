"""The fields of every record that Scalev sends, one shape a record: the columns of every frame.

A shape is a text of ``field`` or ``field:kind``, in the order of the frame's columns. A kind is a word of
`kinds.KINDS` (``text`` when left out), the name of another shape (a nested object: its fields become
``customer_name`` style columns), or ``list[shape]`` (a list of such objects, kept as a list).
Source: the vendor's typed SDK of September 2025; ``quantity`` and ``courier_aggregator_code`` of an order are
documented names of its ``columns`` parameter. Every field may be missing and every record may hold more.
"""

from __future__ import annotations

SHAPES: dict[str, str] = {
    "business": "id:id account_holder email is_banned:flag logo:url unique_id:code username",
    "user": "id:id aff_code:code avatar:url email fullname phone:code",
    "bundle": """
        id:id business:business created_at:time created_by:user custom_id:code description display images:list
        is_bundle_sharing:flag last_updated_at:time last_updated_by:user name public_name variants_count:count
        weight_bump:grams""",
    "location": """
        id:id city_name display jne_destination_id:id jne_origin_id:id ka_district_id:id lincah_code:code
        lion_code:code mengantar_code:code ninja_l1 ninja_l2 province_name ro_city_id:id ro_province_id:id
        ro_subdistrict_id:id subdistrict_name""",
    "courier": """
        id:id code:code code_ka:code code_lincah:code code_mengantar:code code_ro:code courier_type
        is_pickup:flag name""",
    "courier_service": """
        id:id code:code code_co:code code_ka:code code_lincah:code code_mengantar:code code_ro:code
        courier:courier name""",
    "customer": "id:id confirmed_at:time created_at:time email last_updated_at:time name phone:code status",
    "destination_address": "id:id address city location:id name phone:code postal_code:code province subdistrict",
    "financial_entity": "id:id code:code duitku_code:code entity_type name platform xendit_code:code",
    "follow_up_chat_brief": """
        id:id bundle_id:id change_status:flag hours_after:count image:url is_default:flag name product_id:id
        provider store_id:id trigger""",
    "message": """
        id:id is_from_bot:flag message name provider recipient_name recipient_phone:code sender_name
        sender_phone:code timestamp:time""",
    "origin_address": """
        id:id address city location:id location_id:id postal_code:code province subdistrict warehouse:id""",
    "page": "id:id is_published:flag name published_at:time slug:code store_id:id unique_id:code",
    "store_brief": "id:id business:business name unique_id:code uuid:code",
    "named": "id:id name",
    "warehouse": "id:id business:business contact_name contact_phone:code name",
    "order": """
        id:id order_id:code external_id:code draft_time:time created_at:time status payment_status
        payment_method sub_payment_method epayment_provider platform store:store_brief customer:customer
        destination_address:destination_address final_variants:map quantity:count product_price:money
        product_discount:money discount_code_discount:money unique_code_discount:money shipping_cost:money
        shipping_discount:money other_income:money other_income_name gross_revenue:money net_revenue:money
        payment_fee:money scalev_fee:money net_payment_revenue:money courier_service:courier_service
        courier_additional_info courier_aggregator_code:code shipment_provider_code:code shipment_receipt:code
        shipment_status awb_status awb_ca_status total_weight:grams pending_time:time confirmed_time:time
        shipped_time:time completed_time:time rts_time:time canceled_time:time closed_time:time
        transfer_time:time last_updated_at:time handler:user handler_phone:code advertiser:user page:page
        channel_name utm_source tags:list[named] notes is_repeat:flag is_probably_spam:flag mark_as_spam_by
        is_dropshipping:flag dropshipper_name dropshipper_phone:code discount_code_applied_to
        discount_code_code:code fb_pixel_ids:list financial_entity:financial_entity follow_up_chat_type
        follow_up_chats:list[follow_up_chat_brief] is_purchase_fb:flag is_purchase_kwai:flag
        is_purchase_tiktok:flag kwai_pixel_ids:list message_history:list[message] metadata:map
        origin_address:origin_address payment_account_holder payment_account_id:id payment_account_number:code
        pg_payment_info:map pg_reference_id:code secret_slug:code tiktok_pixel_ids:list transferproof_url:url
        warehouse:warehouse payment_link_id:id is_from_payment_link:flag
        payment_link_income:money settled_time:time public_order_url:url payment_url:url agent_context:map""",
    "product_taxonomy": "id:id full_path level_1 level_2 level_3 level_4 level_5 level_6 level_7",
    "label": "name",
    "digital_product_file": "id:id content_type name size_in_bytes:count url:url",
    "variant_brief": """
        id:id digital_product_files:list[digital_product_file] images:list is_checked:flag is_editable:flag
        item_type metadata:map name product_name self_file_urls:list unique_id:code uuid:code weight:grams""",
    "product": """
        id:id business:business created_at:time created_by:user description display images:list
        is_inventory:flag is_multiple:flag is_product_sharing:flag item_type item_type_name labels:list[label]
        last_updated_at:time last_updated_by:user name option1_name option2_name option3_name uuid:code
        variants:list[variant_brief]""",
    "custom_domain": "id:id full_url:url is_verified:flag",
    "store": """
        id:id business_id:id cod_purchase_triggers:list created_at:time created_by:user
        custom_domain:custom_domain is_dropshipping_allowed:flag is_manual_shipping_cost:flag
        is_moota_enabled:flag is_show_scalev_branding:flag is_transferproof_required:flag is_unique_code:flag
        last_updated_at:time last_updated_by:user logo:url max_unique_code_amount:money name
        non_cod_purchase_triggers:list unique_id:code uuid:code warehouse_id:id""",
    "bundle_price_option_brief": """
        id:id is_owned_by_store:flag name price:money price_bt:money slug:code unique_id:code""",
    "bundle_simplified": """
        id:id bundle_price_options:list[bundle_price_option_brief] custom_id:code display images:list
        is_bundle_sharing:flag name public_name weight_bump:grams""",
    "product_simplified": """
        id:id display images:list is_owned_by_store:flag item_type item_type_name labels:list[label] name
        uuid:code variants:list[variant_brief]""",
    "store_simplified": """
        id:id business_id:id custom_domain:custom_domain logo:url name payment_methods:list
        sub_payment_methods:list unique_id:code uuid:code""",
    "store_domain": "id:id custom_domain:custom_domain name",
    "bundle_price_option": """
        id:id bundle_id:id name price:money price_bt:money slug:code stores:list[store_domain] unique_id:code""",
    "wa_integration": "id:id name phone_number:code provider",
    "follow_up_chat": """
        id:id bundle_id:id change_status:flag hours_after:count image:url is_default:flag name product_id:id
        provider store_id:id text_for_bank_transfer text_for_cod text_for_epayment trigger
        wa_gateway_assignation_type wa_integration:wa_integration""",
    "partner": "id:id created_at:time partner:business",
    "variant_product": "id:id item_type name",
    "bundleline_variant": """
        id:id description images:list item_type metadata:map name option1_value option2_value option3_value
        price:money product:variant_product product_id:id product_name rich_description sku:code unique_id:code
        weight:grams""",
    "bundleline": "id:id quantity:count variant:bundleline_variant",
    "store_bundle": """
        id:id available_qty:count bundle_price_options:list[bundle_price_option_brief]
        bundlelines:list[bundleline] custom_id:code display images:list is_bundle_sharing:flag name public_name
        weight_bump:grams""",
    "store_payment_account": """
        id:id account_holder account_number:code financial_entity:financial_entity is_owned_by_store:flag method
        unique_id:code""",
    "store_product_variant": """
        id:id available_qty:count images:list is_checked:flag is_editable:flag item_type metadata:map name
        option1_color option1_icon_url:url option1_value option2_color option2_icon_url:url option2_value
        option3_color option3_icon_url:url option3_value price:money product_name reseller_price:money
        unique_id:code uuid:code weight:grams""",
    "store_product": """
        id:id display images:list item_type item_type_name labels:list[label] name option1_name option2_name
        option3_name public_name uuid:code variant_count:count variants:list[store_product_variant]""",
    "business_user": "id:id business_phone:code role:named user:user",
    "working_hours": "end_time is_active:flag start_time",
    "weekly_schedule": """
        friday:working_hours monday:working_hours saturday:working_hours sunday:working_hours
        thursday:working_hours tuesday:working_hours wednesday:working_hours""",
    "sales_person": "id:id business_user:business_user percentage:number weekly_schedule:weekly_schedule",
    "count": "count:count",
    "page_brief": "id:id business:business name slug:code unique_id:code",
    "page_relations": "all:list[page_brief] will_unpublish:list[page_brief]",
    "bundle_price_option_relations": """
        id:id bundle_id:id name pages:page_relations price:money price_bt:money slug:code
        stores:list[store_brief] unique_id:code""",
    "bundle_price_option_name": "id:id name unique_id:code",
    "bundle_relations": """
        id:id bundle_price_options:list[bundle_price_option_name] business:business name pages:page_relations
        stores:list[store_brief]""",
    "page_display": "id:id page:page",
    "form_display": "id:id page_display:page_display",
    "bundle_detail_price_option": """
        id:id form_displays:list[form_display] name price:money price_bt:money slug:code
        stores:list[store_domain] unique_id:code upsell_form_displays:list[form_display]""",
    "variant_detail_product": """
        id:id business:business description display is_inventory:flag is_multiple:flag is_product_sharing:flag
        item_type item_type_name name option1_name option2_name option3_name uuid:code""",
    "variant_detail": """
        id:id cogs:money cogs_bt:money created_at:time digital_product_files:list[digital_product_file] display
        fullname images:list is_checked:flag is_editable:flag item_type last_updated_at:time metadata:map name
        option1_value option2_value option3_value price:money price_bt:money product:variant_detail_product
        product_name reseller_price:money reseller_price_bt:money self_file_urls:list sku:code unique_id:code
        uuid:code weight:grams""",
    "bundle_detail_line": "id:id quantity:count subtotal:money variant:variant_detail",
    "bundle_detail": """
        id:id bundle_price_options:list[bundle_detail_price_option] bundlelines:list[bundle_detail_line]
        business:business created_at:time created_by:user custom_id:code description images:list
        is_bundle_sharing:flag labels:list[label] last_updated_at:time last_updated_by:user meta_thumbnail:url
        name public_name rich_description weight_bump:grams""",
    "enabled_epayments": "payment_methods:list vas:list",
    "only_id": "id:id",
    "order_reference": "id:id order_id:code",
    "order_statistic": """
        count:count custom_breakdown_id:id custom_breakdown_name day gross_revenue:money month status week""",
    "analytics_purchase": """
        id:id inserted_at:time order_id:id payload:map pixel_id:code platform response:map updated_at:time""",
    "email_status": "status timestamp:time",
    "order_email": """
        id:id from inserted_at:time message_id:code order_id:id status status_history:list[email_status] subject
        to type updated_at:time""",
    "orderline": """
        id:id cogs:money cogs_bt:money discount:money discount_bt:money discount_code_discount:money
        discount_code_discount_bt:money discount_rate:number inserted_at:time is_inventory:flag item_type
        product_business:id product_name product_price:money product_price_bt:money quantity:count
        reseller_product_price:money reseller_product_price_bt:money tax_rate:number variant:id
        variant_cogs:money variant_cogs_bt:money variant_option1_value variant_option2_value
        variant_option3_value variant_price:money variant_price_bt:money variant_reseller_price:money
        variant_reseller_price_bt:money variant_sku:code weight:grams""",
    "status_change": "by status time:time",
    "shipment_status": "description status timestamp:time timestamp_source",
    "courier_other_income": "courier_id:id type amount:money percentage:number",
    "method_other_income": "payment_method type amount:money percentage:number sub_payment_method",
    "order_detail_store": """
        id:id auto_expire_days:count auto_other_income:flag business:business capi_purchase_value_type
        cod_purchase_triggers:list dynamic_other_income_cod_default_amount:money
        dynamic_other_income_cod_default_percentage:number dynamic_other_income_cod_type
        dynamic_other_income_epayment_default_amount:money
        dynamic_other_income_epayment_default_percentage:number dynamic_other_income_epayment_type
        fixed_auto_other_income:flag is_active:flag is_auto_expire:flag is_discount_editable:flag
        is_dropshipping_allowed:flag is_moota_enabled:flag is_postal_code:flag is_transferproof_required:flag
        is_unique_code:flag is_use_waba:flag max_unique_code_amount:money name non_cod_purchase_triggers:list
        other_income_name postal_code_requirement store_courier_other_incomes:list[courier_other_income]
        store_method_other_incomes:list[method_other_income] sub_payment_methods:list unique_id:code uuid:code""",
    "order_detail": """
        id:id advertiser:user analytics_purchases:list[analytics_purchase] awb_ca_status awb_status
        bundle_price_options:map business:business canceled_time:time channel_name chat_message closed_time:time
        cogs:money cogs_bt:money completed_time:time confirmed_time:time conflict_time:time courier:id
        courier_additional_info courier_service:courier_service created_at:time customer:customer
        destination_address:destination_address discount_code_applied_to discount_code_code:code
        discount_code_discount:money discount_code_id:id discount_rate:number draft_time:time dropshipper_name
        dropshipper_phone:code epayment_provider external_id:code fb_pixel_ids:list final_variants:map
        financial_entity:financial_entity follow_up_chat_type follow_up_chats:list[follow_up_chat_brief]
        gross_revenue:money gross_revenue_for_dropshipper:money handler:user handler_phone:code
        in_process_time:time ip is_dropshipping:flag is_from_form:flag is_probably_spam:flag is_purchase_fb:flag
        is_purchase_kwai:flag is_purchase_tiktok:flag is_repeat:flag kwai_pixel_ids:list last_updated_at:time
        last_updated_by:user mark_as_spam_by message_history:list[message] metadata:map min_payment_fee:money
        net_payment_revenue:money net_revenue:money notes order_emails:list[order_email] order_id:code
        orderlines:list[orderline] origin_address:origin_address other_income:money other_income_bt:money
        other_income_name page:page paid_time:time payment_account_holder payment_account_id:id
        payment_account_number:code payment_fee:money payment_fee_rate:number payment_method payment_status
        payment_status_history:list[status_change] pending_time:time pg_paid_info:map pg_payment_info:map
        pg_reference_id:code platform product_discount:money product_discount_bt:money product_price:money
        product_price_bt:money product_weight:grams ready_time:time rts_time:time rtsproof_url:url
        scalev_fee:money secret_slug:code shipment_provider_code:code shipment_receipt:code shipment_status
        shipment_status_history:list[shipment_status] shipped_time:time shipping_cost:money
        shipping_discount:money shipping_fee:money shipping_fee_discount:money status
        status_history:list[status_change] store:order_detail_store sub_payment_method tags:list tax_rate:number
        tiktok_pixel_ids:list total_quantity:count total_weight:grams transfer_time:time transferproof_url:url
        unique_code_discount:money unpaid_time:time utm_source variants:map warehouse:warehouse
        weight_bump:grams payment_link_id:id is_from_payment_link:flag
        payment_link_income:money settled_time:time public_order_url:url payment_url:url agent_context:map""",
    "order_actions": """
        id:id is_digital_product_present:flag is_physical_product_present:flag is_lms_product_present:flag
        order_id:code""",
    "order_chat": """
        id:id change_status:flag hours_after:count image:url is_default:flag name provider text text_url:url
        trigger wa_integration_id:id""",
    "order_chats": """
        id:id chat_message follow_up_chat_type follow_up_chats:list[order_chat] is_probably_spam:flag
        mark_as_spam_by order_id:code payment_status secret_slug:code status""",
    "order_message_history": "id:id message_history:list[message]",
    "birdsend_sequence": "id:id active:flag form_id:id name sequence_id:id type",
    "product_birdsend_sequence": "birdsend_sequence:birdsend_sequence order_status",
    "mailketing_list": "id:id list list_name",
    "product_mailketing_list": "mailketing_list:mailketing_list order_status",
    "product_detail_variant": """
        id:id cogs:money cogs_bt:money created_at:time description
        digital_product_files:list[digital_product_file] form_displays:list[form_display] fullname images:list
        is_checked:flag is_editable:flag item_type last_updated_at:time metadata:map name option1_color
        option1_icon_url:url option1_value option2_color option2_icon_url:url option2_value option3_color
        option3_icon_url:url option3_value price:money price_bt:money product_id:id product_name
        reseller_price:money reseller_price_bt:money rich_description self_file_urls:list sku:code
        unique_id:code upsell_form_displays:list[form_display] uuid:code weight:grams""",
    "product_detail": """
        id:id business:business created_at:time created_by:user description display images:list
        is_inventory:flag is_multiple:flag is_product_sharing:flag item_type item_type_name labels:list[label]
        last_updated_at:time last_updated_by:user meta_thumbnail:url name option1_name option2_name option3_name
        product_birdsend_sequences:list[product_birdsend_sequence]
        product_mailketing_lists:list[product_mailketing_list] public_name rich_description slug:code
        stores:list[store_domain] taxonomy:product_taxonomy uuid:code variants:list[product_detail_variant]
        variants_count:count warehouses:list[named]""",
    "product_relations_bundle": """
        id:id bundle_price_options:list[bundle_price_option_name] business:business name pages:page_relations
        stores:list[store_brief]""",
    "variant_name": "id:id item_type name product_name",
    "product_relations": """
        id:id bundles:list[product_relations_bundle] name pages:page_relations stores:list[store_brief]
        variants:list[variant_name]""",
    "store_courier_service": "id:id category code:code courier:courier description is_cod:flag name",
    "payment_account": """
        id:id account_holder account_number:code financial_entity:financial_entity method unique_id:code""",
    "waba_account": """
        id:id display_phone_number:code inserted_at:time is_pin_enabled:flag is_webhooks_subscribed:flag
        phone_number_id:code status unique_id:code updated_at:time verified_name waba_id""",
    "warehouse_address": "id:id address city location_id:id postal_code:code province subdistrict",
    "store_detail_warehouse": """
        id:id business:business contact_name contact_phone:code name warehouse_address:warehouse_address""",
    "store_detail": """
        id:id advertisers:list[business_user] auto_expire_days:count auto_other_income blocked_message
        bundles:list[bundle_simplified] business:business capi_purchase_value_type cod_purchase_triggers:list
        courier_services:list[store_courier_service] created_at:time created_by:user custom_domain:custom_domain
        days_of_payment_processing:count digital_only_complete_type
        dynamic_other_income_cod_default_amount:money dynamic_other_income_cod_default_percentage:number
        dynamic_other_income_cod_type dynamic_other_income_epayment_default_amount:money
        dynamic_other_income_epayment_default_percentage:number dynamic_other_income_epayment_type
        email_notification_statuses:list email_reply_to:business_user email_reply_to_assignment
        fixed_auto_other_income:money greeting_message inactivity_period:count is_active:flag
        is_advanced_validation:flag is_auto_expire:flag is_customer_otp_required:flag
        is_customer_spam_filter:flag is_discount_editable:flag is_dropshipping_allowed:flag
        is_email_new_order:flag is_email_notifications:flag is_fuc_bundle_enabled:flag
        is_fuc_product_enabled:flag is_greeting_message_enabled:flag is_ip_spam_filter:flag
        is_manual_shipping_cost:flag is_moota_enabled:flag is_postal_code:flag is_show_download_invoice:flag
        is_show_scalev_branding:flag is_show_whatsapp:flag is_spam_filter:flag is_transferproof_required:flag
        is_unique_code:flag is_use_waba:flag last_updated_at:time last_updated_by:user logo:url max_per_ip:count
        max_per_phone:count max_unique_code_amount:money min_address_length:count min_name_length:count name
        non_cod_purchase_triggers:list other_income_name payment_accounts:list[payment_account]
        payment_methods:list postal_code_requirement products:list[store_product]
        store_admins:list[business_user] store_courier_other_incomes:list[courier_other_income]
        store_method_other_incomes:list[method_other_income] store_sales_person:list[sales_person]
        sub_payment_methods:list unique_id:code uuid:code waba_account:waba_account
        warehouse:store_detail_warehouse""",
    "store_bundle_price_option_relations": "id:id bundle_id:id name pages:page_relations slug:code unique_id:code",
    "custom_audience": "custom_audience_id name errors:list",
    "store_custom_audience": "custom_audience:custom_audience order_status",
    "store_product_relations": "id:id name pages:page_relations",
    "web_traffic": "day:date views:count visitors:count sessions:count",
}
