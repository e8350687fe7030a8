"""What the words of the reports mean, each defined once, with its reason.

`Definitions` holds them all and may be overridden for one call.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from scalev_frames.catalog import statuses
from scalev_frames.errors import BadValueError
from scalev_frames.settings import find_zone

WAITING = frozenset({"draft", "pending"})
"""Nobody has said yes yet: a draft is an unfinished form, a pending order waits for the customer or the money."""

RETURNED = frozenset({"rts", "shipped_rts"})
"""Return to sender: back in the warehouse (rts), or on the way there (shipped_rts), which is as lost to the shop."""

OPEN = frozenset(statuses.OPEN) - RETURNED
"""May still become anything. Completed and returned orders may go back to shipped, but that is the exception."""

IN_PROGRESS = OPEN - WAITING
"""Said yes, neither delivered nor lost: the shop's work in hand."""

COMPLETED = frozenset({"completed"})
"""Delivered and accepted."""

LOST = RETURNED | {"canceled"}
"""Will bring no money: returned, or canceled before it was shipped. Closed orders expired and are counted as other."""

CONFIRMED_OR_LATER = IN_PROGRESS | COMPLETED | RETURNED
"""Was confirmed at some time. Read from ``status``: ``confirmed_time`` is missing on most completed orders. An order
that was confirmed and then canceled counts as canceled alone: the list does not tell the two apart."""

SHIPPED_OR_LATER = frozenset({"shipped"}) | COMPLETED | RETURNED
"""Left the warehouse: what a return rate divides by. Read from ``status`` for the same reason."""

IN_TRANSIT = frozenset({"shipped"})
"""With the courier, on the way to the customer; one on its way back counts as returned."""

PAID = frozenset({"paid", "settled"})
"""The customer's money came (paid), or has reached the shop's account, too (settled). Reading ``paid`` alone loses
most of a month: gateways and couriers settle within days."""

UNPAID = frozenset({"unpaid"})
"""No money came. ``conflict`` is neither paid nor unpaid: the amount differs, and somebody must look."""

TO_FOLLOW_UP = frozenset({"pending"})
"""Whom a follow-up list asks for money: orders that wait. Drafts left no promise."""

COD = frozenset({"cod"})
"""Paid to the courier at the door."""

TRANSFER = frozenset({"bank_transfer"})
"""Paid by hand to the shop's bank account. Every other method is counted as other (gateways, marketplaces)."""

OVERDUE_DAYS = 7
"""A parcel within Indonesia that is not there after a week is lost, refused or stuck: somebody should ask."""

FOLLOW_UP_AGES = (0, 1, 2, 4, 8)
"""First days of the age groups of unpaid orders: today, yesterday, 2-3, 4-7, and 8 or more days, when most are lost."""

ARITHMETIC_TOLERANCE = 1
"""Rupiah by which gross or net may differ from its parts before the order is listed: rounding of a tax or a fee."""

RFM_SEGMENTS: dict[str, tuple[int, int]] = {
    "champions": (4, 4),
    "loyal": (3, 3),
    "promising": (4, 1),
    "at_risk": (1, 3),
    "asleep": (1, 1),
}
"""Least recency and frequency (1 to 5) of each segment of customers; the first that fits is taken. Whoever bought often
but not lately is at risk; whoever bought lately, but not often, is promising."""

NO_PURCHASE = "no_purchase"
"""The segment of customers of whom no order was completed yet."""

DATE_BASES: dict[str, tuple[str, ...]] = {
    "created": ("draft_time", "created_at"),
    "confirmed": ("confirmed_time",),
    "shipped": ("shipped_time",),
    "completed": ("completed_time",),
    "rts": ("rts_time",),
    "canceled": ("canceled_time",),
    "paid": ("paid_time",),
}
"""Which column dates an order, the first that is there. Marketplace orders often have no ``draft_time``, so creation
falls back to ``created_at``. ``paid`` needs frames with details: the list has no ``paid_time``."""

STATUS_SETS = (
    "waiting", "in_progress", "completed", "returned", "lost", "confirmed_or_later", "shipped_or_later", "in_transit",
    "paid", "unpaid", "to_follow_up", "cod", "transfer",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """What the words of a report mean. Override for one call what your shop means differently.

    Attributes:
        date_basis: a word of `DATE_BASES`: what makes an order belong to a day or a period.
        time_zone: where days begin at midnight, not in UTC. ``None`` takes the frame's own zone, the
            account's, else Asia/Jakarta.
        exclude_spam: orders that are probably spam are left out, and how many they were is said.
        as_of: the moment from which ages count; ``None`` takes the frame's ``attrs["as_of"]``, else its latest change.
        overdue_days: see `OVERDUE_DAYS`.
        follow_up_ages: see `FOLLOW_UP_AGES`.
        arithmetic_tolerance: see `ARITHMETIC_TOLERANCE`.
        waiting: and the others: statuses, payment statuses and payment methods; see the constants of the same name.

    Raises:
        BadValueError: an unknown basis or zone, or invalid numbers.

    >>> Definitions(date_basis="completed", overdue_days=5).overdue_days
    5
    """

    date_basis: str = "created"
    time_zone: str | None = None
    exclude_spam: bool = True
    as_of: dt.datetime | None = None
    overdue_days: int = OVERDUE_DAYS
    follow_up_ages: tuple[int, ...] = FOLLOW_UP_AGES
    arithmetic_tolerance: int = ARITHMETIC_TOLERANCE
    waiting: frozenset[str] = WAITING
    in_progress: frozenset[str] = IN_PROGRESS
    completed: frozenset[str] = COMPLETED
    returned: frozenset[str] = RETURNED
    lost: frozenset[str] = LOST
    confirmed_or_later: frozenset[str] = CONFIRMED_OR_LATER
    shipped_or_later: frozenset[str] = SHIPPED_OR_LATER
    in_transit: frozenset[str] = IN_TRANSIT
    paid: frozenset[str] = PAID
    unpaid: frozenset[str] = UNPAID
    to_follow_up: frozenset[str] = TO_FOLLOW_UP
    cod: frozenset[str] = COD
    transfer: frozenset[str] = TRANSFER

    def __post_init__(self) -> None:
        """Refuse invalid values, and take any collection of words."""
        for name in STATUS_SETS:
            object.__setattr__(self, name, _words(name, getattr(self, name)))
        if self.date_basis not in DATE_BASES:
            raise BadValueError(f"date_basis={self.date_basis!r} is not one of {', '.join(DATE_BASES)}.")
        if self.time_zone is not None:
            find_zone(self.time_zone)
        ages = self.follow_up_ages
        if not ages or ages[0] != 0 or list(ages) != sorted(set(ages)):
            raise BadValueError(f"follow_up_ages={ages!r} must begin with 0 and rise.")
        if self.overdue_days < 0 or self.arithmetic_tolerance < 0:
            raise BadValueError("overdue_days and arithmetic_tolerance cannot be below zero.")
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise BadValueError("as_of needs a time zone, such as datetime(2026, 11, 23, 15, tzinfo=UTC).")


def _words(name: str, given: Iterable[str]) -> frozenset[str]:
    if isinstance(given, str):
        raise BadValueError(f"{name}={given!r} must be a collection of words, such as {{{given!r}}}.")
    return frozenset(given)


DEFINITIONS = Definitions()
"""The definitions that a report takes where none are given."""
