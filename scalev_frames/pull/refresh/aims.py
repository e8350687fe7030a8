"""What each list of a refresh is read for."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scalev_frames.errors import FilterIgnoredError
from scalev_frames.pull.refresh.ledger import Group
from scalev_frames.query.query import TOLERANCE
from scalev_frames.query.times import parse_stamp


@dataclass(slots=True)
class Aim:
    """What a list is read for.

    Attributes:
        lower: it may end behind this moment.
        newest: whether it is the top of one of the call's own lists.
        changed: the time filter asked for, its column and its moment.
        groups: it may end once these agree.
        whole: whether nothing but the call's own filters was asked for, so that every kept order of these groups must
            come.
        pages: how many pages it may have, by what is known of it.
        is_wide: whether rows of other lists than the call's may come, too.
        bottom: how far down it is.
        early: whether it ended because all groups agreed.
    """

    lower: dt.datetime | None = None
    newest: bool = False
    changed: tuple[str, str, dt.datetime] | None = None
    groups: frozenset[Group] = frozenset()
    whole: bool = False
    pages: float = math.inf
    is_wide: bool = False
    bottom: dt.datetime | None = None
    early: bool = False

    def check(self, row: Mapping[str, Any]) -> None:
        """Raise `FilterIgnoredError` where a row has not changed since the moment that was asked for."""
        if self.changed is None:
            return
        name, column, since = self.changed
        moment = parse_stamp(row.get(column))
        if moment is None or moment < since - TOLERANCE:
            raise FilterIgnoredError(f"The server ignored {name}, a lower bound of {column}.")
