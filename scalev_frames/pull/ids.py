"""The ids that a call reads: those that were given, those of every parent, and that of an order's code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from scalev_frames.catalog import Parent
from scalev_frames.errors import NotFoundError
from scalev_frames.query.query import Query

#: Gives the frame of another list, by its name and arguments.
Fetch = Callable[[str, Mapping[str, Any]], pd.DataFrame]

_ORDER_PATHS = ("/order/{id}", "/orders/{id}")
#: The human key of an order: YYMMDD of Jakarta's day, then letters.
_ORDER_CODE = re.compile(r"\d{6}[A-Za-z]\w*")


def with_ids(query: Query, fetch: Fetch) -> Query:
    """A call with the ids to read; where none were given, those of every parent.

    Raises:
        NotFoundError: there is no order of the code that was given.
    """
    parents = {parent.parameter: parent for parent in query.endpoint.parents}
    ids: dict[str, tuple[str, ...] | None] = {}
    for parameter, given in query.ids.items():
        if given is None:
            ids[parameter] = _every_id(parents[parameter], fetch)
        elif query.endpoint.path.startswith(_ORDER_PATHS) and parameter == "id":
            ids[parameter] = (_order_id(given[0], fetch),)
        else:
            ids[parameter] = given
    return replace(query, ids=ids)


def _every_id(parent: Parent, fetch: Fetch) -> tuple[str, ...]:
    column, _, inner = parent.column.partition(".")
    values = fetch(parent.endpoint, {})[column].dropna()
    if inner:
        values = pd.Series([one.get(inner) for many in values for one in many or ()], dtype=object).dropna()
    return tuple(dict.fromkeys(text for value in values if (text := str(value))))


def _order_id(given: str, fetch: Fetch) -> str:
    """An order's id; its human code is looked up."""
    if not _ORDER_CODE.fullmatch(given):
        return given
    found = fetch("orders", {"order_id": given})
    matching = found.loc[found["order_id"] == given, "id"]
    if matching.empty:
        raise NotFoundError(f"There is no order {given}.", status_code=404)
    return str(matching.iloc[0])
