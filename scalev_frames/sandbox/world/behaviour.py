"""What kind of server the sandbox is.

A `Behaviour` holds for every request; what goes wrong at the requests that a test names is a `Fault`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: What a cursor is: the last row's id, a text that only the server can read, such a text bound to its filters, one that
#: holds the place alone, or one that is another at each answer.
Cursor = Literal["id", "opaque", "bound", "place", "nonce"]
BOTH = frozenset({"v2", "v3"})
PAGE_SIZE = 25


@dataclass(frozen=True)
class Behaviour:
    """What kind of server this is; by default the one that the documentation describes.

    Attributes:
        versions: which versions of the API answer; the routes of the other one are 404.
        largest_page: the most rows of a page, except of orders: of those it is always 25.
        refuses_larger: a larger page is refused with 422 instead of made smaller.
        cursor: what a v2 cursor is: ``id``, ``opaque``, or ``bound``: whoever reads on by it keeps the filters that it
            was made with, whatever filters are sent; ``place``: a text that holds the place alone; ``nonce``: the same
            with something else besides at each answer. A v3 cursor is bound unless it is one of the last two.
        forgets_deleted: a cursor that is the id of a deleted order is refused with 422.
        newer_orders: orders of v2 have the fields that v3's gained in 2026, too: payment links, settlement, addresses.
        oldest_first: orders are listed in the other direction.
        hides_undated: as soon as ``draft_time_until`` is sent, orders without a draft time are left out.

    >>> Behaviour(largest_page=100, cursor="bound").hides_undated
    False
    """

    versions: frozenset[str] = BOTH
    largest_page: int = PAGE_SIZE
    refuses_larger: bool = False
    cursor: Cursor = "id"
    forgets_deleted: bool = False
    hides_undated: bool = False
    newer_orders: bool = False
    oldest_first: bool = False


DOCUMENTED = Behaviour()
