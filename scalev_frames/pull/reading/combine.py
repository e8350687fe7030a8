"""Joins kept and newly fetched rows into one frame, the same as if all had been fetched at once."""

from __future__ import annotations

import bisect
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scalev_frames.catalog.statuses import spelled
from scalev_frames.frames import several
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import created

Places = np.ndarray[Any, np.dtype[np.intp]]


def combine(
    kept: pd.DataFrame, fresh: pd.DataFrame, gone: Collection[str], query: Query, listed: Sequence[str]
) -> pd.DataFrame | None:
    """One frame of ``kept`` without those that are gone, and of ``fresh``, in the list's order: newest first.

    Fresh rows stand in place of kept ones with the same id; ``listed`` are ids of the newest as the server lists them.

    Returns:
        The frame, without ``attrs``; ``None`` when a column has another dtype now than it had, so that only a whole
        pull can tell which it should have.
    """
    stay = kept.loc[~kept["id"].isin({*fresh["id"], *gone})]
    if any(_differ(stay[name], fresh[name]) for name in stay.columns.intersection(fresh.columns)):
        return None
    frame, _ = _joined(stay, fresh, query)
    return _ordered(frame, kept, query, listed)


def completed(frame: pd.DataFrame, fresh: pd.DataFrame, query: Query) -> tuple[pd.DataFrame, list[str]]:
    """A frame with the rows that it lacked, also in place of its own with the same id.

    A column whose dtype differs takes one that holds all values.

    Returns:
        The frame, without ``attrs``, and notes on the columns that changed.
    """
    whole, notes = _joined(frame.loc[~frame["id"].isin(set(fresh["id"]))], fresh, query)
    return _ordered(whole, frame, query, ()), notes


def _differ(one: pd.Series, other: pd.Series) -> bool:
    """Whether two columns with values have different dtypes."""
    return str(one.dtype) != str(other.dtype) and bool(one.notna().any() and other.notna().any())


def _joined(stay: pd.DataFrame, fresh: pd.DataFrame, query: Query) -> tuple[pd.DataFrame, list[str]]:
    """The rows of both, the declared columns first, and notes on columns that took another dtype."""
    declared = [column.name for column in query.endpoint.columns]
    return several.stacked([stay, fresh], [*declared, *sorted({*stay.columns, *fresh.columns} - {*declared})])


def _ordered(frame: pd.DataFrame, kept: pd.DataFrame, query: Query, listed: Sequence[str]) -> pd.DataFrame:
    return newest_first(frame.take(_order_of_lists(frame, kept, query, listed)).reset_index(drop=True), query)


def _list_order(frame: pd.DataFrame, kept: Iterable[str], listed: Sequence[str]) -> Places:
    """Places of the rows as the server lists them: its newest rows, the kept ones as they stood, others by creation.

    Creation alone would not do: the server orders by more digits than it shows.
    """
    places = {one: place for place, one in enumerate(frame["id"])}
    known = dict.fromkeys(one for one in (*listed, *kept) if one in places)
    order = np.fromiter((places[one] for one in known), np.intp, len(known))
    age = _age(frame)
    others = np.setdiff1d(np.arange(len(frame)), order)
    others = others[np.argsort(age[others], kind="stable")]
    if not len(others):
        return order
    steady = _longest_rise(age[order])
    places_of_others = np.append(steady, len(order))[np.searchsorted(age[order][steady], age[others])]
    return np.insert(order, places_of_others, others)


def _longest_rise(ages: np.ndarray[Any, np.dtype[np.int64]]) -> Places:
    """Places of the longest sequence of ages that never fall: without the few rows that stand out of order.

    >>> _longest_rise(np.array([1, 9, 2, 2, 0, 3])).tolist()
    [0, 2, 3, 5]
    """
    if (np.diff(ages) >= 0).all():
        return np.arange(len(ages))
    ends: list[int] = []  # the lowest age at which a sequence of each length ends, and its place
    at: list[int] = []
    before = np.full(len(ages), -1, dtype=np.intp)
    for place, one in enumerate(ages.tolist()):
        length = bisect.bisect_right(ends, one)
        before[place] = at[length - 1] if length else -1
        ends[length : length + 1], at[length : length + 1] = [one], [place]
    found = []
    last = at[-1] if at else -1
    while last >= 0:
        found.append(last)
        last = int(before[last])
    return np.array(found[::-1], dtype=np.intp)


def newest_first(frame: pd.DataFrame, query: Query) -> pd.DataFrame:
    """The rows of several lists among each other, newest first; those of one list stay as the server lists them."""
    if len(query.params) == 1 or query.endpoint.timeline is None or frame.empty:
        return frame
    numbers, age = _list_numbers(frame, query), _age(frame)
    for number in range(len(query.params)):
        age[numbers == number] = np.maximum.accumulate(age[numbers == number])  # some may be backdated
    if (np.diff(age) >= 0).all():
        return frame
    return frame.take(np.argsort(age, kind="stable")).reset_index(drop=True)


def _order_of_lists(frame: pd.DataFrame, kept: pd.DataFrame, query: Query, listed: Sequence[str]) -> Places:
    """Places of the rows, list by list, each as it is listed."""
    now, before = _list_numbers(frame, query), _list_numbers(kept, query)
    orders = []
    for rank in range(len(query.params)):
        own = np.flatnonzero(now == rank)
        orders.append(own[_list_order(frame.take(own), kept["id"][before == rank], listed)])
    return np.concatenate(orders)


def _list_numbers(frame: pd.DataFrame, query: Query) -> Places:
    """The number of the list in which each row stands."""
    rank = np.zeros(len(frame), dtype=np.intp)
    for place, params in enumerate(query.params):
        is_its = np.ones(len(frame), dtype=bool)
        for name in ("status", "payment_status"):
            if name in params:
                words = frame[name].astype(object).map(spelled, na_action="ignore")
                is_its &= (words == spelled(params[name])).to_numpy(dtype=bool)
        rank[is_its] = place
    return rank


def _age(frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A number that grows from the newest row to the oldest."""
    return np.negative(np.asarray(created(frame, ZoneInfo("UTC")).astype("int64"), dtype=np.int64))
