"""The statuses of orders and of their payments, in the order in which an order goes through them."""

from __future__ import annotations

import re
from functools import lru_cache

ORDER_STATUSES = (
    "draft", "pending", "confirmed", "in_process", "ready", "shipped", "shipped_rts", "completed", "rts", "canceled",
    "closed",
)  # fmt: skip
#: Where orders usually stay; only age makes them final, because completed and returned ones may go back to shipped.
FINAL = ("completed", "rts", "canceled", "closed")
#: Statuses that orders usually leave: ``shipped_rts`` is on its way back, and becomes ``rts``.
OPEN = tuple(status for status in ORDER_STATUSES if status not in FINAL)
PAYMENT_STATUSES = ("unpaid", "paid", "conflict", "settled")


@lru_cache(1000)
def spelled(word: str) -> str:
    """A word as the catalog spells it, however a server or a person writes it.

    >>> spelled("SHIPPED"), spelled("In Process")
    ('shipped', 'in_process')
    """
    return re.sub(r"[\s-]+", "_", word.strip().lower())
