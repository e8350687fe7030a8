"""The fields that orders gained in 2026: always in v3, and in v2 where `Behaviour.newer_orders` says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from scalev_frames.sandbox.world.values.encodings import dump

#: What a payment link earns besides the order's gross revenue.
LINK_INCOME = 2500


def newer_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """What they say of one order, from what its older fields say."""
    link = f"https://pesan.example/o/{row.get('secret_slug')}"
    is_linked = row.get("payment_method") == "e_payment_link"
    return {
        "public_order_url": link,
        "payment_url": f"{link}/bayar" if row.get("pg_reference_id") else None,
        "agent_context": {},
        "is_from_payment_link": is_linked,
        "payment_link_id": str(row["id"]) if is_linked else None,
        "payment_link_income": LINK_INCOME if is_linked else 0,
        "settled_time": row.get("completed_time") if row.get("payment_status") == "settled" else None,
    }


def with_newer(record: bytes) -> bytes:
    """An order's JSON with them."""
    row = orjson.loads(record)
    return dump(row | newer_fields(row))
