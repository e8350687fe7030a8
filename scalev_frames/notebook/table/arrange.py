"""Why: which rows stand in a table, and in what order: a search, conditions and a sort, and nothing of any widget.

May import `columns` and `errors` only. The rows never move: what comes out are positions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import BadValueError
from scalev_frames.notebook.table.columns import Column

Positions = np.ndarray[Any, np.dtype[np.intp]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

#: Between two columns in the text that a search reads, so that nothing is found across two cells.
_BETWEEN = "\x1f"
_CONDITION = re.compile(r"\s*(>=|<=|!=|=|>|<)?\s*(.*?)\s*", re.DOTALL)
#: 1,250,000 or 1.250.000: marks that no value of a column holds.
_MARKED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_COMPARE = {
    ">": pc.greater, ">=": pc.greater_equal, "<": pc.less, "<=": pc.less_equal, "=": pc.equal, "!=": pc.not_equal,
}  # fmt: skip


class Rows:
    """The rows of some columns, to be searched and sorted.

    Args:
        columns: all columns; they have the same length.
        length: how many rows.
    """

    def __init__(self, columns: Sequence[Column], length: int) -> None:
        self.columns = columns
        self.length = length
        self._orders: dict[tuple[tuple[int, bool], ...], Positions] = {}

    @cached_property
    def _joined(self) -> pa.Array:
        """Each row's cells as one text."""
        texts = [column.texts for column in self.columns]
        return pc.binary_join_element_wise(
            *texts, pa.scalar(_BETWEEN, pa.large_string()), null_handling="replace", null_replacement=""
        )

    def arrange(
        self,
        *,
        search: str = "",
        conditions: Mapping[int, str] | None = None,
        sort: Sequence[tuple[int, bool]] = (),
    ) -> Positions:
        """Positions of the rows that are asked for, in order.

        Args:
            search: words that all have to be somewhere in the row, in any column, in any case.
            conditions: place of a column to a condition, see `condition`.
            sort: places of columns and whether they rise, the first one leading; missing values come last either way.

        Raises:
            BadValueError: a condition that cannot be meant.

        >>> import pandas as pd
        >>> rows = Rows([Column("city", pd.Series(["Solo", "Bogor", "Depok"]))], 3)
        >>> rows.arrange(search="o", conditions={0: "!=solo"}, sort=[(0, False)]).tolist()
        [2, 1]
        """
        mask = np.ones(self.length, dtype=bool)
        for place, text in (conditions or {}).items():
            if text.strip():
                mask &= condition(self.columns[place], text)
        for word in search.split():
            mask &= self._found(word)
        if not sort:
            return np.flatnonzero(mask)
        order = self._order(tuple(sort))
        return order[mask[order]]

    def _found(self, word: str) -> Mask:
        if not self.columns:
            return np.zeros(self.length, dtype=bool)
        return _contains(self._joined, word)

    def _order(self, sort: tuple[tuple[int, bool], ...]) -> Positions:
        """All rows in order; the last one asked for is remembered, since a search follows a sort."""
        if sort not in self._orders:
            keys = pa.table({str(place): _sort_key(self.columns[place]) for place, _ in sort})
            ways = [(str(place), "ascending" if rises else "descending") for place, rises in sort]
            self._orders = {sort: pc.sort_indices(keys, sort_keys=ways).to_numpy().astype(np.intp)}
        return self._orders[sort]


def condition(column: Column, text: str) -> Mask:
    """Which values of ``column`` meet the condition ``text``.

    Args:
        column: any column.
        text: ``jakarta`` (contains, in any case), ``=shipped``, ``!=shipped``, ``>=150000``, ``<2026-11-20`` (a day,
            month, year or moment), ``=`` alone (missing), ``!=`` alone (there). A missing value meets ``!=shipped``
            and ``=`` alone, nothing else.

    Raises:
        BadValueError: a comparison of numbers with what is no number.

    >>> import pandas as pd
    >>> condition(Column("quantity", pd.Series([1, None, 3], dtype="Int64")), ">1").tolist()
    [False, False, True]
    """
    matched = _CONDITION.fullmatch(text)
    assert matched is not None  # noqa: S101 - the pattern takes any text
    sign, wanted = matched.groups()
    if sign in ("=", "!=") and not wanted:
        missing: Mask = pc.is_null(column.values).to_numpy(zero_copy_only=False)
        return missing if sign == "=" else ~missing
    if sign is None or not wanted:
        return _contains(column.texts, wanted or sign)
    if column.is_numeric:
        left, right = column.values, _number(wanted, column)
    elif column.kind == "time":
        left, right = pc.utf8_slice_codeunits(column.texts, 0, len(wanted)), wanted
    else:
        left, right = pc.utf8_lower(column.texts), wanted.lower()
    return _true(_COMPARE[sign](left, right), missing=sign == "!=")


def _contains(texts: pa.Array, wanted: str) -> Mask:
    found = _true(pc.match_substring(texts, wanted, ignore_case=True))
    if _MARKED.fullmatch(wanted):
        found |= _true(pc.match_substring(texts, wanted.replace(",", "").replace(".", "")))
    return found


def _number(wanted: str, column: Column) -> pa.Scalar:
    digits = wanted.removeprefix("Rp").strip()
    if _MARKED.fullmatch(digits):
        digits = digits.replace(",", "").replace(".", "")
    try:
        number = Decimal(digits.replace(",", "."))
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise BadValueError(f"{wanted!r} is not a number, and {column.name} holds numbers.") from None
    if pa.types.is_floating(column.values.type):
        return pa.scalar(float(number))
    return pa.scalar(number)


def _true(found: pa.Array, *, missing: bool = False) -> Mask:
    mask: Mask = found.fill_null(missing).to_numpy(zero_copy_only=False)
    return mask


def _sort_key(column: Column) -> pa.Array:
    """What sorts as a person expects: texts in any case, codes that are all digits as the numbers they are."""
    if column.kind not in ("text", "nested"):
        return column.values
    texts = column.texts
    if pc.all(pc.match_substring_regex(texts, r"^\d{1,18}$")).as_py():
        return texts.cast(pa.int64())
    return pc.utf8_lower(texts)
