"""Check the businesses of a group: their names differ, and none is in it twice."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.account.account import Account
from scalev_frames.errors import BadValueError
from scalev_frames.export.dataset.part_index import Hashes, hash_each
from scalev_frames.export.dataset.scan import scan
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import with_notes

#: From this many shared orders on, two businesses are probably the same one.
SAME_IDS = 10
#: Where the code of an order stands; an id where that is left out.
_CODES = ("order_id", "id")


def check_names(names: Iterable[str]) -> None:
    """Refuse names that cannot be told apart, in a column or on a disk."""
    seen: dict[str, str] = {}
    for name in names:
        letters = "".join(one for one in name if unicodedata.category(one) != "Cf") if isinstance(name, str) else ""
        if not letters.strip():  # those of Cf are not seen
            raise BadValueError(f"{name!r} is no name of a business.", advice="Give each business a name.")
        alike = " ".join(unicodedata.normalize("NFKC", letters).casefold().split())
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
    """``whole`` with a note on businesses of ``frames`` that have the same orders."""
    notes = same_orders_of(frames)
    return with_notes(whole, *notes) if notes else whole


def same_orders_of(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Notes on businesses in whose frames the same orders are."""
    codes = {}
    for name, frame in frames.items():
        if column := next((one for one in _CODES if one in frame), None):
            codes[name] = hash_each(pa.array(frame[column].dropna().astype(str), pa.large_string()))
    return same_orders(codes)


def other_businesses(files: Iterable[str], folders: Mapping[str, str]) -> dict[str, str]:
    """The businesses of a folder that are not in the group, such as one that was renamed, each with its folder.

    >>> other_businesses(["business=a%2Fb/part-0.parquet", "business=c/part-0.parquet"], {"c": "orders/business=c"})
    {'a/b': 'business=a%2Fb'}
    """
    there = {file.partition("/")[0] for file in files} - {folder.rpartition("/")[2] for folder in folders.values()}
    return {unquote(one.partition("=")[2]): one for one in sorted(there) if one.startswith(f"{BUSINESS}=")}


def same_orders_in(folders: Mapping[str, str]) -> list[str]:
    """Notes on businesses in whose datasets the same orders are."""
    codes = {}
    for name, folder in folders.items():
        if column := next((one for one in _CODES if one in scan(folder).schema.names), None):
            hashes = [hash_each(batch.column(0)) for batch in scan(folder, [column]).batches()]
            codes[name] = np.concatenate([np.empty(0, np.uint64), *hashes])
    return same_orders(codes)


def same_orders(codes: Mapping[str, Hashes]) -> list[str]:
    """Notes on businesses most of whose orders are those of another: two keys may be of one business."""
    codes = {name: np.unique(each) for name, each in codes.items()}
    every = np.concatenate([np.empty(0, np.uint64), *codes.values()])
    if len(np.unique(every)) == len(every):
        return []
    notes = []
    for (one, mine), (other, theirs) in itertools.combinations(codes.items(), 2):
        shared = len(np.intersect1d(mine, theirs, assume_unique=True))
        if shared >= SAME_IDS and shared * 2 >= min(len(mine), len(theirs)):
            said = f"{one} and {other} have the same orders ({shared:,}), which count twice"
            notes.append(f"{said}: are these two keys of one business?")
    return notes
