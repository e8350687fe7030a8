"""The server's counts by payment status, with as few requests as tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from scalev_frames.catalog.statuses import PAYMENT_STATUSES
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.ledger import Group
from scalev_frames.verify.statistics import NOTHING, Statistics, Total

Filters = Mapping[str, str]
#: Asked for first: mostly these are all there are, or show that the filter is ignored.
FIRST = ("paid", "unpaid")


def count_by_payment(
    count: Callable[[Sequence[Filters]], list[Statistics]],
    filters: Sequence[Filters],
    counts: Sequence[Statistics],
    known: Iterable[str],
) -> dict[Group, Total] | None:
    """The server's counts by day, status and payment status; ``None`` where it does not count by payment status.

    Args:
        count: asks the server for its counts, once for each set of filters.
        filters: those of the call's lists.
        counts: the server's counts of each list.
        known: payment statuses of the kept orders.
    """
    if all("payment_status" in one for one in filters):
        return count_groups((one["payment_status"], its) for one, its in zip(filters, counts, strict=True))
    is_wide = len(filters) > 1 and all(its.by_status for its in counts)
    statuses = {one["status"] for one in filters} if is_wide else None
    lists = _without_status(filters) if is_wide else filters
    total = _orders(counts)
    others = dict.fromkeys(one for one in (*PAYMENT_STATUSES, *known) if one not in FIRST)
    found: list[tuple[str, Statistics]] = []
    for kinds in (FIRST, others):
        asked = [{**one, "payment_status": kind} for kind in kinds for one in lists]
        answers = [_of_statuses(its, statuses) for its in count(asked)]
        found += [(one["payment_status"], its) for one, its in zip(asked, answers, strict=True)]
        so_far = _orders(its for _, its in found)
        if so_far > max(total, 1) * 1.05 + PAGE_ROWS:
            return None
        if so_far == total:
            break  # the others have none
    return count_groups(found)


def count_groups(counts: Iterable[tuple[str, Statistics]]) -> dict[Group, Total]:
    """The server's counts by group; each with the payment status that was asked for, or none."""
    groups: dict[Group, Total] = {}
    for payment, one in counts:
        for cell, total in one.cells.items():
            group = Group(cell.day, cell.status, payment)
            groups[group] = groups.get(group, NOTHING).plus(total.orders, total.gross)
    return groups


def _without_status(filters: Sequence[Filters]) -> list[Filters]:
    """The lists of all statuses: the counts say the status, so one request does for several lists."""
    bare = dict.fromkeys(tuple((name, one) for name, one in each.items() if name != "status") for each in filters)
    return [dict(one) for one in bare]


def _of_statuses(counts: Statistics, statuses: set[str] | None) -> Statistics:
    if statuses is None:
        return counts
    return Statistics({cell: total for cell, total in counts.cells.items() if cell.status in statuses}, counts.zone)


def _orders(counts: Iterable[Statistics]) -> int:
    return sum(sum(one.days.values()) for one in counts)
