"""The businesses and stores that a frame of orders is of, so that a report can be of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scalev_frames.notebook.table.filters.conditions import quoted
from scalev_frames.notebook.table.view import Only

#: What tells businesses and stores apart, each with the columns that name it.
_COLUMNS = {
    "business": (),
    "store_business_id": ("store_business_username", "store_business_account_holder"),
    "store_id": ("store_name",),
    "store_name": (),
}


@dataclass(frozen=True, slots=True)
class Store:
    """One business or store; all of them when nothing is given.

    Attributes:
        label: what it is called.
        column: the column that tells it.
        value: what it has there, as text.
    """

    label: str = ""
    column: str = ""
    value: str = ""

    @property
    def name(self) -> str:
        """What tells it from all others; empty for all of them."""
        return f"{self.column}={self.value}" if self.column else ""

    def of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Its rows of ``frame``."""
        return frame[self._mask(frame)] if self.column else frame

    def widened(self, only: Only, frame: pd.DataFrame) -> Only:
        """Rows that were found among its own, as rows of the whole frame."""
        if not self.column:
            return only
        mask = np.zeros(len(frame), np.bool_)
        mask[np.flatnonzero(self._mask(frame))[only.mask]] = True
        code = f'view = view[view[{quoted(self.column)}].astype("str") == {quoted(self.value)}]\n{only.code}'
        return Only(f"{self.label} \u00b7 {only.label}", mask, code)

    def _mask(self, frame: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        mask: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
            (frame[self.column].astype("str") == self.value).fillna(False).to_numpy(np.bool_)
        )
        return mask


def stores_of(frame: pd.DataFrame) -> list[Store]:
    """The businesses, then the stores, of a frame that is of more than one.

    >>> [one.label for one in stores_of(pd.DataFrame({"store_name": ["Glow", "Kopi", "Glow", None]}))]
    ['Glow', 'Kopi']
    """
    found: list[Store] = []
    for column, names in _COLUMNS.items():
        if column not in frame or (column == "store_name" and any(one.column == "store_id" for one in found)):
            continue
        ids = frame[column].astype("str")
        values = sorted(one for one in ids.dropna().unique() if one)
        if len(values) > 1:
            named = [_name(frame, ids, value, names) for value in values]
            stores = [
                Store(name if named.count(name) == 1 else f"{name} (#{value})", column, value)
                for name, value in zip(named, values, strict=True)
            ]
            found += sorted(stores, key=lambda one: one.label.lower())
    return found


def _name(frame: pd.DataFrame, ids: pd.Series[str], value: str, names: tuple[str, ...]) -> str:
    """What a business or store is called: by the first of its columns that says it, else by its id."""
    for name in names:
        said = frame.loc[(ids == value).fillna(False).to_numpy(bool), name].dropna().tolist() if name in frame else []
        if said:
            return str(said[0])
    return value
