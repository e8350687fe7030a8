"""Values for texts without facts: those of enumerations, and plausible words for the rest."""

from __future__ import annotations

from functools import cache

from scalev_frames.catalog import ENDPOINTS, shape_fields
from scalev_frames.sandbox.world.values import names

_TRIGGERS = ("confirmed", "shipped", "completed", "public_upload", "internal_upload")
_AMOUNTS = ("fixed", "percentage")
_UNITS = ("day", "week", "month", "year")
#: Enumerations of the vendor's that no filter names, by field or by shape and field.
ENUM_WORDS: dict[str, tuple[str, ...]] = {
    "birdsend_sequence.type": ("sequence", "form"),
    "courier_other_income.type": _AMOUNTS,
    "method_other_income.type": _AMOUNTS,
    "product_birdsend_sequence.order_status": ("pending", "confirmed", "completed"),
    "dynamic_other_income_cod_type": _AMOUNTS,
    "dynamic_other_income_epayment_type": _AMOUNTS,
    "capi_purchase_value_type": ("gross_revenue", "net_revenue", "adj_gross_revenue"),
    "digital_only_complete_type": ("automatic", "manual"),
    "email_reply_to_assignment": ("fixed", "rotator"),
    "postal_code_requirement": ("autofill", "manual"),
    "courier_type": ("delivery", "pickup"),
    "follow_up_chat_type": ("product", "order"),
    "shipment_provider_code": ("mengantar", "lincah", "ninja"),
    "item_type": ("physical", "digital", "course"),
    "pricing_type": ("one_time", "recurring"),
    "payment_status": ("unpaid", "paid", "conflict", "settled"),
    "order_status": ("pending", "confirmed", "shipped", "completed", "rts", "canceled"),
    "settlement_rail": ("xendit", "ipaymu"),
    "entry_type": ("accrual", "withdrawal", "adjustment"),
    "billing_status": ("active", "consuming", "captured", "released"),
    "balance_type": ("pending", "available"),
    "interval": _UNITS,
    "duration_unit": _UNITS,
    "validity_period_unit": _UNITS,
    "currency": ("IDR",),
    "trigger": ("pending", "confirmed", "shipped"),
    "provider": ("waba", "woowa"),
    "status": ("active", "inactive"),
    "method": ("bank_transfer", "va", "qris"),
}
#: Other texts, by the end of the field's name.
_PLAIN_WORDS: dict[str, tuple[str, ...]] = {
    "email": tuple(f"{name.lower()}@surat.example" for name in names.FIRST_NAMES[:12]),
    "fullname": names.FIRST_NAMES,
    "name": names.FIRST_NAMES,
    "description": names.LABELS,
    "title": names.LABELS,
    "city": ("Bandung", "Surabaya", "Medan"),
    "province": ("Jawa Barat", "Jawa Timur", "Sumatera Utara"),
}
_OTHER_WORDS = ("biasa", "utama", "contoh", "baru", "khusus", "harian")


@cache
def _of_filters(shape: str) -> dict[str, tuple[str, ...]]:
    """The values of the filters that look at a field of ``shape``."""
    fields = shape_fields(shape)
    return {
        column: row.values
        for endpoint in ENDPOINTS.values()
        if endpoint.shape == shape
        for row in endpoint.filter_rows.values()
        for column in row.columns
        if row.values and column in fields
    }


def words(shape: str, field: str) -> tuple[str, ...]:
    """What a text of ``shape`` may say.

    >>> words("store", "capi_purchase_value_type")
    ('gross_revenue', 'net_revenue', 'adj_gross_revenue')
    """
    for known in (_of_filters(shape).get(field), ENUM_WORDS.get(f"{shape}.{field}"), ENUM_WORDS.get(field)):
        if known:
            return known
    return next((some for end, some in _PLAIN_WORDS.items() if field.endswith(end)), _OTHER_WORDS)
