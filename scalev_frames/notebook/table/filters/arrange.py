"""Which rows stand in a table, and in what order: a search, filters and a sort. What comes out are positions."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.notebook.table.columns.columns import TEXTS, Column, Positions, columns_of
from scalev_frames.notebook.table.filters.conditions import Condition, Mask, mask_of

#: A word, or several in quotes that stand side by side.
_WORDS = re.compile(r'"([^"]+)"|(\S+)')
#: 1,250,000 or 1.250.000: marks that no value of a column holds.
_MARKED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
Filters = Mapping[int, Sequence[Condition]]


class Rows:
    """The rows of some columns, to be searched, filtered and sorted.

    Args:
        columns: all columns; they have the same length.
        length: how many rows.
    """

    def __init__(self, columns: Sequence[Column], length: int) -> None:
        self.columns = columns
        self.length = length
        self._orders: dict[tuple[tuple[int, bool], ...], Positions] = {}
        self._masks: dict[tuple[int, tuple[Condition, ...]], Mask] = {}

    def arrange(
        self, *, search: str = "", filters: Filters | None = None, sort: Sequence[tuple[int, bool]] = ()
    ) -> Positions:
        """Positions of the rows that are asked for, in order.

        Args:
            search: words that all have to be somewhere in the row, in any column, in any case; words in double quotes
                have to stand side by side.
            filters: place of a column to its conditions, which all have to hold.
            sort: places of columns and whether they rise, the first one leading; missing values come last either way.

        >>> rows = Rows([Column("city", pd.Series(["Solo", "Bogor", "Depok"]))], 3)
        >>> rows.arrange(search="o", filters={0: (Condition("!=", ("solo",)),)}, sort=[(0, False)]).tolist()
        [2, 1]
        """
        mask = self.mask(search, filters or {})
        if not sort:
            return np.flatnonzero(mask)
        order = self._order(tuple(sort))
        return order if mask.all() else order[mask[order]]

    def mask(self, search: str, filters: Filters, *, without: int | None = None) -> Mask:
        """Which rows the search and the filters let through, but for the filter of the column ``without``."""
        mask = np.ones(self.length, dtype=bool)
        for place, conditions in filters.items():
            if place != without:
                mask &= self._filtered(place, tuple(conditions))
        for quoted, word in _WORDS.findall(search):
            mask &= self._found(quoted or word)
        return mask

    def _filtered(self, place: int, conditions: tuple[Condition, ...]) -> Mask:
        """The rows that one column lets through; the masks of the last few filters are remembered."""
        key = (place, conditions)
        if key not in self._masks:
            if len(self._masks) > 20:
                self._masks.clear()
            mask = np.ones(self.length, dtype=bool)
            for condition in conditions:
                mask &= mask_of(self.columns[place], condition)
            self._masks[key] = mask
        return self._masks[key]

    def prepare_search(self, seconds: float) -> bool:
        """Read the texts that the first search would wait for, about so long; false when all are read.

        >>> rows = Rows([Column("city", pd.Series(["Solo"])), Column("day", pd.Series(["Monday"]))], 1)
        >>> rows.prepare_search(0), rows.prepare_search(0), rows.prepare_search(0)
        (True, True, False)
        """
        until = time.monotonic() + seconds
        for column in self.columns:
            if not column.is_searchable:
                column.holds("")
                if time.monotonic() >= until:
                    return True
        return False

    def _found(self, word: str) -> Mask:
        """The rows that hold ``word`` in any column; numbers with marks also as the numbers they are."""
        words = [pc.utf8_lower(pa.scalar(word)).as_py()]
        if _MARKED.fullmatch(word):
            words.append(word.replace(",", "").replace(".", ""))
        mask = np.zeros(self.length, dtype=bool)
        for column in self.columns:
            for one in filter(column.may_hold, words):
                mask |= column.holds(one)
        return mask

    def _order(self, sort: tuple[tuple[int, bool], ...]) -> Positions:
        """All rows in order; the last one asked for is remembered, since a search follows a sort."""
        if sort not in self._orders:
            keys = pa.table({str(place): sort_key(self.columns[place]) for place, _ in sort})
            ways = [(str(place), "ascending" if rises else "descending") for place, rises in sort]
            self._orders = {sort: pc.sort_indices(keys, sort_keys=ways).to_numpy().astype(np.intp)}
        return self._orders[sort]


def sort_key(column: Column) -> pa.Array:
    """What sorts as a person expects: texts in any case, codes that are all digits as the numbers they are."""
    if column.kind not in TEXTS and column.kind != "nested":
        return column.values
    texts = column.texts
    if is_code(column):
        return texts.cast(pa.int64())
    return pc.utf8_lower(column.said if column.words else texts)


def is_code(column: Column) -> bool:
    """Whether every value is of digits alone."""
    return bool(pc.all(pc.match_substring_regex(column.texts, r"^\d{1,18}$")).as_py())


def search_rows(frame: pd.DataFrame, search: str, language: str = "en") -> pd.DataFrame:
    """The rows of ``frame`` that a table's search finds.

    Args:
        frame: any DataFrame.
        search: words that all have to be somewhere in the row, in any column, in any case; words in double quotes
            have to stand side by side.
        language: whose words for statuses are found, too.

    >>> search_rows(pd.DataFrame({"city": ["Solo", "Kota Bogor"], "sku": ["K-1", "K-2"]}), "k-2 bogor").index.tolist()
    [1]
    """
    columns = columns_of(frame, language)
    return frame.iloc[Rows(columns, len(frame)).arrange(search=search)]
