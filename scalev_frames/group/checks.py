"""Check the businesses of a group: their names differ, and none is in it twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from scalev_frames.account.account import Account
from scalev_frames.errors import BadValueError
from scalev_frames.frames.header import Header

#: From this many shared orders on, two businesses are probably the same one.
SAME_IDS = 10


def check_names(names: Iterable[str]) -> None:
    """Refuse names that cannot be told apart, in a column or on a disk."""
    seen: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise BadValueError(f"{name!r} is no name of a business.", advice="Give each business a name.")
        alike = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        if alike in seen:
            raise BadValueError(
                f"{seen[alike]!r} and {name!r} look the same.", advice="Give each business its own name."
            )
        seen[alike] = name


def check_one_of_each(accounts: Mapping[str, Account]) -> None:
    """Refuse the same business twice, and businesses whose columns would not mean the same."""
    seen: dict[str, str] = {}
    first = next(iter(accounts.values())).settings
    for name, account in accounts.items():
        if account.sessions.key_name in seen:
            raise BadValueError(
                f"{seen[account.sessions.key_name]} and {name} have the same key, so their rows would count twice.",
                advice="Leave one of them out.",
            )
        seen[account.sessions.key_name] = name
        for what in ("time_zone", "money"):
            mine, theirs = getattr(account.settings, what), getattr(first, what)
            if mine != theirs:
                raise BadValueError(
                    f"The businesses differ in {what}: {theirs} and {mine}.", advice="Give all the same."
                )


def with_same_orders_noted(whole: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """``whole`` with a note on businesses that have the same orders: two keys may be of one business."""
    seen: dict[frozenset[str], str] = {}
    notes = []
    for name, frame in frames.items():
        codes = frozenset(frame["order_id" if "order_id" in frame else "id"].dropna())
        if len(codes) >= SAME_IDS and codes in seen:
            notes.append(f"{seen[codes]} and {name} have the same orders: are these two keys of one business?")
        seen.setdefault(codes, name)
    header = Header.of(whole)
    return replace(header, notes=(*header.notes, *notes)).onto(whole) if notes else whole
