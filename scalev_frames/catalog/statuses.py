"""The statuses of orders and of their payments, in the order in which an order goes through them."""

from __future__ import annotations

ORDER_STATUSES = (
    "draft", "pending", "confirmed", "in_process", "ready", "shipped", "shipped_rts", "completed", "rts", "canceled",
    "closed",
)  # fmt: skip
#: Where orders usually stay; only age makes them final, because completed and returned ones may go back to shipped.
FINAL = ("completed", "rts", "canceled", "closed")
#: Statuses that orders usually leave: ``shipped_rts`` is on its way back, and becomes ``rts``.
OPEN = tuple(status for status in ORDER_STATUSES if status not in FINAL)
PAYMENT_STATUSES = ("unpaid", "paid", "conflict", "settled")
