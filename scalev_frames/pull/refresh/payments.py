"""The server's counts by payment status, with as few requests as tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import product

from scalev_frames.catalog.statuses import PAYMENT_STATUSES
from scalev_frames.pull.cost import PAGE_ROWS
from scalev_frames.pull.refresh.ledger import Group
from scalev_frames.verify.statistics import Statistics, Total, added

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

    ``count`` asks it for each set of filters; ``counts`` are those of each list, ``known`` the kept payment statuses.
    """
    if all("payment_status" in one for one in filters):
        return count_groups((one["payment_status"], its) for one, its in zip(filters, counts, strict=True))
    lists, statuses = _as_few(filters, counts)
    total = _orders(counts)
    others = [one for one in dict.fromkeys((*PAYMENT_STATUSES, *known)) if one not in FIRST]
    found: list[tuple[str, Statistics]] = []
    for kinds in (FIRST, others):
        asked = [{**one, "payment_status": kind} for kind, one in product(kinds, lists)]
        answers = map(statuses, count(asked))
        found += [(one["payment_status"], its) for one, its in zip(asked, answers, strict=True)]
        so_far = _orders(its for _, its in found)
        if so_far > max(total, 1) * 1.05 + PAGE_ROWS:
            return None
        if so_far == total:
            break  # the others have none
    return count_groups(found)


def count_groups(counts: Iterable[tuple[str, Statistics]]) -> dict[Group, Total]:
    """The server's counts by group; each with the payment status that was asked for, or none."""
    return added(
        (Group(cell.day, cell.status, payment), total) for payment, one in counts for cell, total in one.cells.items()
    )


def _as_few(
    filters: Sequence[Filters], counts: Sequence[Statistics]
) -> tuple[Sequence[Filters], Callable[[Statistics], Statistics]]:
    """As few lists as count the same, and what takes the call's statuses out of the counts of each.

    The counts say the status, so one request does for several lists that differ by it.
    """
    if len(filters) == 1 or not all(its.by_status for its in counts):
        return filters, lambda its: its
    bare = dict.fromkeys(tuple((name, one) for name, one in each.items() if name != "status") for each in filters)
    statuses = {one["status"] for one in filters}
    return [dict(one) for one in bare], partial(_of_statuses, statuses)


def _of_statuses(statuses: Collection[str], counts: Statistics) -> Statistics:
    return Statistics({cell: total for cell, total in counts.cells.items() if cell.status in statuses}, counts.zone)


def _orders(counts: Iterable[Statistics]) -> int:
    return sum(sum(one.days.values()) for one in counts)
