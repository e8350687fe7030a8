"""Order frames in the columns of the dashboard's CSV, which operators know by heart; its times are Jakarta's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd

from scalev_frames.catalog import pandas_dtype
from scalev_frames.catalog.dashboard import DASHBOARD, UTM
from scalev_frames.errors import UnknownNameError
from scalev_frames.frames.children import as_python
from scalev_frames.frames.header import Header
from scalev_frames.frames.values.scalars import plain_text
from scalev_frames.settings import TIME_ZONE

DAY_FIRST = "%d/%m/%Y %H:%M:%S"


def dashboard(frame: pd.DataFrame, *, day_first: bool = False) -> pd.DataFrame:
    """Orders in the dashboard's own columns and order.

    Args:
        frame: orders from the list or from details.
        day_first: times as text, ``23/11/2026 14:05:09``, as the dashboard writes them in Indonesia.

    Returns:
        One row an order, with the index of ``frame``; 84 columns, always the same ones. Times are Jakarta's, money is
        exact IDR, codes are text, ``tags`` are joined by commas. A column is empty where the frame knows nothing of it:
        COGS, taxes and the times of payment come with details only.

    Raises:
        UnknownNameError: these are no orders.

    >>> dashboard(pd.DataFrame({"order_id": ["261101ABC"], "status": ["rts"]}))[["order_id", "order_status"]]
        order_id order_status
    0  261101ABC          rts
    """
    if "order_id" not in frame.columns:
        raise UnknownNameError("This frame has no column order_id.", advice="Give orders, from the list or details.")
    advertising = utm(frame)
    made = {name: _column(frame, name, kind, sources, advertising) for name, kind, sources in DASHBOARD}
    shown = pd.DataFrame(made, index=frame.index)
    kinds = {name: kind for name, kind, _ in DASHBOARD}
    if day_first:
        moments = [name for name, kind in kinds.items() if kind == "time"]
        shown = shown.assign(**{name: _series(_day_first(shown[name]), frame) for name in moments})
    shown.attrs = frame.attrs
    return replace(Header.of(frame), child="dashboard", kinds=kinds, time_zone=TIME_ZONE).onto(shown)


def utm(frame: pd.DataFrame) -> pd.DataFrame:
    """The UTM names of orders' advertisements: source, medium, campaign, content, term, all `str`.

    They are looked for in columns of their own, then anywhere in ``metadata``: under ``utm_medium`` or ``medium`` below
    ``utm``, or in the query of a page's address.

    Args:
        frame: orders.

    Returns:
        A frame with the index of ``frame``.

    >>> utm(pd.DataFrame({"metadata": [{"url": "https://x.test/?utm_term=batik+solo"}]}))["utm_term"].tolist()
    ['batik solo']
    """
    found: dict[str, list[str | None]] = {name: [None] * len(frame) for name in UTM}
    if "metadata" in frame.columns:
        for place, value in enumerate(as_python(frame["metadata"])):
            for name, text in _utm_pairs(value) if value else ():
                if found[name][place] is None:
                    found[name][place] = text
    columns = {name: _series(values, frame) for name, values in found.items()}
    for name in UTM:
        if name in frame.columns:
            given = _series([None if one is None else plain_text(one) for one in as_python(frame[name])], frame)
            columns[name] = given.where(given.notna() & (given != ""), columns[name])
    return pd.DataFrame(columns, index=frame.index)


def _utm_pairs(value: Any, above: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    """Names and texts of advertisements in a value; ``above`` are the keys that lead to it."""
    match value:
        case dict():
            for key, one in value.items():
                yield from _utm_pairs(one, f"{above}_{re.sub(r'[^a-z]+', '_', str(key).lower())}")
        case list():
            for one in value:
                yield from _utm_pairs(one, above)
        case "" | bool():
            return
        case str() | int() | float():
            text = plain_text(value)
            yield from _in_query(text)
            yield from ((name, text) for name in UTM if above.endswith(f"_{name}"))


def _in_query(text: str) -> list[tuple[str, str]]:
    """The advertisements in an address or its query."""
    if "utm_" not in text or "=" not in text:
        return []
    query = text.partition("?")[2].partition("#")[0] if "?" in text else text
    return [(name, one) for name, one in parse_qsl(query) if name in UTM]


def _column(
    frame: pd.DataFrame, name: str, kind: str, sources: tuple[str, ...], advertising: pd.DataFrame
) -> pd.Series[Any]:
    if name in UTM:
        return advertising[name]
    given = [frame[source] for source in sources if source in frame.columns]
    if not given:
        return _series([None] * len(frame), frame, kind)
    column: pd.Series[Any] = _joined(given[0]) if name == "tags" else given[0]
    for other in given[1:] if kind == "text" else ():
        column = column.where(column.notna(), other)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert(TIME_ZONE)
    return column


def _day_first(moments: pd.Series[Any]) -> list[Any]:
    """Times as texts; a column that could not become times is text already."""
    is_time = isinstance(moments.dtype, pd.DatetimeTZDtype)
    return as_python(moments.dt.strftime(DAY_FIRST) if is_time else moments)


def _joined(tags: pd.Series[Any]) -> pd.Series[Any]:
    """Tags as one text."""
    texts = [
        ", ".join(_tag(one) for one in (value if isinstance(value, list) else [value])) if value else None
        for value in as_python(tags)
    ]
    return _series(texts, tags)


def _tag(tag: Any) -> str:  # noqa: ANN401 - an object in the list, a text in details
    return plain_text(tag.get("name", "") if isinstance(tag, dict) else tag)


def _series(values: list[Any], like: pd.DataFrame | pd.Series[Any], kind: str = "text") -> pd.Series[Any]:
    """``values`` as a column of ``kind`` beside ``like``."""
    dtype: Any = pandas_dtype(kind, TIME_ZONE)
    made: pd.Series[Any] = pd.Series(values, index=like.index, dtype=dtype)
    return made
