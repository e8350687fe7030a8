"""How kept orders that the server does not count are looked for: in lists of what they have in common, else by code."""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

import pandas as pd

from scalev_frames.pull.cost import PAGE_ROWS

#: Filters whose lists are read: marketplace orders, which have no draft time, have their platform in common.
IN_COMMON = ("platform", "status")


class Common(NamedTuple):
    """Lists that hold uncounted orders, and what looking for all of them costs.

    Attributes:
        name: the filter.
        values: the values whose lists are read; the other orders are asked for one by one.
        requests: pages of the lists, and one for each other order.
    """

    name: str
    values: tuple[str, ...]
    requests: int


def in_common(kept: pd.DataFrame, uncounted: pd.Series) -> Common:
    """The cheapest way to look for the kept orders where ``uncounted`` is true.

    Args:
        kept: orders, the newest first.
        uncounted: whether each is in no count of the server's.
    """
    alone = Common("", (), int(uncounted.sum()))
    last = int(uncounted.to_numpy().nonzero()[0].max(initial=-1))
    above = kept.iloc[: last + 1]
    ways = [_by(name, above[name].dropna(), uncounted.iloc[: last + 1]) for name in IN_COMMON if name in kept]
    return min([alone, *ways], key=lambda one: one.requests)


def _by(name: str, values: pd.Series, uncounted: pd.Series) -> Common:
    rows, wanted = Counter(values), Counter(values[uncounted])
    pages = {value: math.ceil((rows[value] + 1) / PAGE_ROWS) for value in wanted}
    chosen = tuple(str(value) for value, count in wanted.items() if pages[value] < count)
    others = int(uncounted.sum()) - sum(wanted[value] for value in chosen)
    return Common(name, chosen, others + sum(pages[value] for value in chosen))
