"""What a refreshed frame says of itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pandas as pd

from scalev_frames.catalog.statuses import OPEN
from scalev_frames.pull.refresh.ledger import Ledger
from scalev_frames.verify.statistics import created_days

#: What the notes of a refresh begin with.
MARK = "brought up to date"
#: What the server's counts by a time cannot show of a call for some times: an edit, and new orders.
UNCOUNTED = {
    "created_at": (", such as a draft time moved into or out of the times asked for,", ""),
    "draft_time": ("", ", nor are new orders without a draft time that a time filter hides"),
}


def refresh_notes(
    kept: pd.DataFrame, ledger: Ledger, again: Collection[str], *, new: int, gone: int, in_times: bool
) -> Iterator[str]:
    """What was compared, and what a refresh cannot see; ``again`` are the open statuses that were read again."""
    days = {group.day for group in ledger.differing()}
    if days:
        yield f"{MARK}, but on {len(days)} days the server's list and its statistics do not agree"
    if ledger.oldest > min(created_days(kept, ledger.by.zone).dropna(), default=ledger.oldest):
        yield f"{MARK}, but days before {ledger.oldest} are older than what the server's statistics cover"
    rest = ", ".join(status for status in OPEN if status not in again)
    by_gross = all(total.gross is not None for total in ledger.counts.values())
    counted = ["status", *["payment"] * ledger.by.payment, *["gross revenue"] * by_gross]
    if not ledger.by.payment:
        yield (
            f"{MARK}, but the server does not count by payment status: payment_status may be old on orders whose "
            f"{' and '.join(counted)} {'have' if by_gross else 'has'} not changed"
        )
    moves, undated = UNCOUNTED.get(ledger.by.basis, ("", "")) if in_times else ("", "")
    yield (
        f"{MARK} from {kept.attrs['as_of']}: {new:,} new, {gone:,} gone; an edit that changes "
        f"{_none_of(counted)}{moves} is seen only on orders that are new, or were confirmed, shipped "
        f"or completed since, or are open{f' (not: {rest})' if rest else ''}; changes that cancel out in the "
        f"server's counts are not seen{undated}"
    )


def _none_of(names: Sequence[str]) -> str:
    *first, last = names
    return f"neither {', '.join(first)} nor {last}" if first else f"no {last}"
