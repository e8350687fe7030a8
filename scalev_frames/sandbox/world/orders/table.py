"""All orders in one array: two hundred thousand are there in a second and filtered in milliseconds.

One row of the array is one order, oldest first; a *serial* is its place. What JSON makes of it is the business of
`records`. Money is in sen, moments in microseconds, ``MISSING`` where there is none.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scalev_frames.catalog import statuses
from scalev_frames.sandbox.world.values import names
from scalev_frames.sandbox.world.values.encodings import SECOND, microseconds

STATUSES, PAYMENT_STATUSES = statuses.ORDER_STATUSES, statuses.PAYMENT_STATUSES
#: The last two are in no documented enum.
METHODS = ("cod", "bank_transfer", "va", "qris", "ewallet", "no_payment", "marketplace", "e_payment_link", "va_bca")
GATEWAY_METHODS = ("va", "qris", "ewallet", "e_payment_link", "va_bca")
PLATFORMS = ("scalev", "shopee", "tiktokshop", "tokopedia")
UTM_SOURCES = (None, *names.UTM_SOURCES)
#: What an advertisement of any source may be called; an order without a source has none.
UTM_CONTENTS = ("video-unboxing", "katalog-lebaran", "testimoni")
SHIPMENT_STATUSES = {"shipped": "ON_PROCESS", "shipped_rts": "RETURNING", "completed": "DELIVERED", "rts": "RETURNED"}
AWB_STATUSES = {"ready": "waiting", **dict.fromkeys(SHIPMENT_STATUSES, "created"), "canceled": "canceled"}
BUSINESS_ID = "1"

#: Orders made before this have numbers as ids, later ones UUIDv7.
UUID_SINCE = microseconds(datetime(2026, 7, 1, tzinfo=UTC))
JAKARTA = 7 * 3600 * SECOND

TIMES = tuple(f"{status}_time" for status in STATUSES)

#: Columns of the array that the list shows as times; only the detail shows the three inner states.
LISTED_TIMES = (
    *(time for time in TIMES if time not in ("in_process_time", "ready_time", "shipped_rts_time")),
    "transfer_time", "created", "updated",
)  # fmt: skip

Serials = NDArray[np.int64]
Table = NDArray[np.void]
Mask = NDArray[np.bool_]


class OrderRow(NamedTuple):
    """One order as numbers; the fields are those of the array.

    ``named`` is the moment in its id and its code; ``created`` may be changed later, they may not.
    """

    serial: int
    named: int
    created: int
    updated: int
    status: int
    payment_status: int
    method: int
    platform: int
    store: int
    page: int
    handler: int
    advertiser: int
    service: int
    customer: int
    location: int
    variant1: int
    quantity1: int
    variant2: int
    quantity2: int
    product_price: int
    product_discount: int
    code_discount: int
    unique_code: int
    shipping_cost: int
    shipping_discount: int
    other_income: int
    gross: int
    net: int
    payment_fee: int
    scalev_fee: int
    draft_time: int
    pending_time: int
    confirmed_time: int
    in_process_time: int
    ready_time: int
    shipped_time: int
    shipped_rts_time: int
    completed_time: int
    rts_time: int
    canceled_time: int
    closed_time: int
    paid_time: int
    transfer_time: int
    tags: int
    utm: int
    is_repeat: bool
    is_spam: bool
    is_from_form: bool
    is_dropshipping: bool
    has_proof: bool
    deleted: bool
    quirk: int


_SMALL = """
    status payment_status method platform store page handler advertiser service location variant1 quantity1 variant2
    quantity2 tags utm
"""
_FLAGS = "is_repeat is_spam is_from_form is_dropshipping has_proof deleted"
_TYPES = {**dict.fromkeys(_SMALL.split(), np.int16), **dict.fromkeys(_FLAGS.split(), np.bool_)}
TABLE_TYPE = np.dtype([(name, _TYPES.get(name, np.int64)) for name in OrderRow._fields])


# facts that follow from a number -------------------------------------------------------------------------------------


def location_of(customer: Any, count: int) -> Any:  # noqa: ANN401 - one number or an array of them
    """Where a customer lives, as the place in a list of ``count``."""
    return customer * 2_654_435_761 % 1_000_003 % count


def bank_of(serial: Any, count: int) -> Any:  # noqa: ANN401 - one number or an array of them
    """Which of ``count`` banks a transferred order names."""
    return serial * 7919 % count


@lru_cache(maxsize=1 << 18)
def customer_name(number: int) -> str:
    """The name of a customer; one in seventeen has an odd one."""
    mixed = number * 0x9E3779B97F4A7C15 >> 7
    if number % 17 == 5:
        return names.ODD_NAMES[mixed % len(names.ODD_NAMES)]
    first = names.FIRST_NAMES[mixed % len(names.FIRST_NAMES)]
    return f"{first} {names.LAST_NAMES[mixed // 64 % len(names.LAST_NAMES)]}"


def customer_phone(number: int) -> str:
    """The phone of a customer as typed: with 0, 62, +62, spaces."""
    local = f"8{number % 4 + 1}{number * 7_654_321 % 10**9:09d}"
    return (f"0{local}", f"62{local}", f"+62{local}", f"0{local[:3]}-{local[3:7]}-{local[7:]}")[number % 7 % 4]


def customer_email(number: int) -> str | None:
    """The e-mail address of every third customer."""
    return None if number % 3 else f"pembeli{number}@surat.example"


def receipt(quirk: int) -> str:
    """The courier's receipt of a sent order: 18 digits, or two letters and ten."""
    return f"00{quirk % 10**16:016d}" if quirk & 8 else f"JP{quirk % 10**10:010d}"
