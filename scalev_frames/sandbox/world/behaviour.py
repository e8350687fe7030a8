"""What kind of server the sandbox is.

A `Behaviour` holds for every request; what goes wrong at the requests that a test names is a `Fault`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args, get_origin, get_type_hints

#: What a cursor is: the last row's id, a text that only the server can read, such a text bound to its filters, one that
#: holds the place alone, or one that is another at each answer.
Cursor = Literal["id", "opaque", "bound", "place", "nonce"]
OrderPath = Literal["both", "old", "new"]
ResetUnit = Literal["seconds", "epoch", "epoch_ms"]
BodyFormat = Literal["text", "json", "html"]
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
        order_path: whether ``/order`` (``"old"``), ``/orders`` (``"new"``) or ``"both"`` answer.
        reset_unit: what ``X-Ratelimit-Reset`` counts: ``seconds`` left, ``epoch`` seconds or ``epoch_ms``.
        rate_limit_format: the body of a 429: ``text``, ``json`` or ``html``.
        returning_as_shipped: statistics count orders on their way back as shipped: their documented list of statuses
            has no ``shipped_rts``.
        blocks_libraries: a User-Agent that names a library is answered with the edge's 403, as the service did.

    Raises:
        ValueError: a word that is none of those above, or a value of another kind.

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
    order_path: OrderPath = "both"
    reset_unit: ResetUnit = "seconds"
    rate_limit_format: BodyFormat = "text"
    returning_as_shipped: bool = False
    blocks_libraries: bool = False

    def __post_init__(self) -> None:
        """Refuse a value that means nothing."""
        for name, kind in get_type_hints(type(self)).items():
            value, words = getattr(self, name), get_args(kind) if get_origin(kind) is Literal else ()
            if words and value not in words:
                raise ValueError(f"{name} is one of {', '.join(words)}, not {value!r}.")
            if kind is bool and value not in (True, False):
                raise ValueError(f"{name} is true or false, not {value!r}.")
        if not (isinstance(self.largest_page, int) and self.largest_page > 0):
            raise ValueError(f"largest_page is a number of rows, not {self.largest_page!r}.")
        if not self.versions or {*self.versions} - BOTH:
            raise ValueError(f"versions are {' or '.join(sorted(BOTH))}, not {', '.join(sorted(self.versions))!r}.")


DOCUMENTED = Behaviour()
