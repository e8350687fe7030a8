"""Why: whether a frame is whole is a question for the server: its own counts, day by day, against ours.

May import statistics, query and errors. It knows no HTTP: the counts are given.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.catalog.kinds import pandas_dtype
from scalev_frames.errors import BadValueError
from scalev_frames.query.query import Query, make_query
from scalev_frames.verify.statistics import DAY, NOTHING, Cell, Statistics, Total, count_frame, shared_filters

EQUAL, DIFFERS, NOT_COVERED = "equal", "differs", "not covered"
#: The columns of the table, with their kinds.
COLUMNS = {
    "day": "date", "status": "text", "orders": "count", "orders_server": "count", "orders_difference": "count",
    "gross_revenue": "money", "gross_revenue_server": "money", "gross_revenue_difference": "money", "verdict": "text",
}  # fmt: skip
#: How many differing days a sentence names.
MOST_NAMED = 5


def query_of(orders: pd.DataFrame, zone: ZoneInfo) -> tuple[Query, list[dict[str, str]]]:
    """The call that a frame came from, and its filters as statistics take them.

    Raises:
        BadValueError: the frame is not of orders, is cut by ``limit``, or has filters that statistics do not know.
    """
    attrs = orders.attrs
    if attrs.get("endpoint") != "orders" or "filters" not in attrs:
        raise BadValueError("This is not a frame of orders(…).", advice="Pass the frame as the accessor gave it.")
    if not attrs.get("complete", False):
        raise BadValueError("This frame has only its first rows.", advice="Fetch it without limit=.")
    known = make_query("orders", {}, zone, dt.datetime.now(dt.UTC)).endpoint.filter_rows
    asked = {name: _unchecked(value) if name in known and known[name].values else value
             for name, value in attrs["filters"].items()}  # fmt: skip
    query = make_query("orders", asked, zone, dt.datetime.fromisoformat(attrs["as_of"]))
    walks = shared_filters(query)
    if walks is None:
        raise BadValueError(
            "The server's statistics cannot count these orders.",
            advice="They know since and until of creation, status, payment_status, store_id and business_id.",
        )
    return query, walks


def compare(orders: pd.DataFrame, query: Query, counts: Statistics) -> pd.DataFrame:
    """The frame against the server's counts, by day and status.

    Args:
        orders: the frame.
        query: the call it came from.
        counts: what the server counts.

    Returns:
        One row for each day and status, the oldest day first: day (`datetime64[s]`), status, orders, orders_server,
        orders_difference (ours less the server's, `Int64`), the same three of gross_revenue (exact IDR), and verdict:
        ``equal``, ``differs`` or ``not covered``. ``attrs``: verdict (a sentence), equal (`bool`; ``None`` when nothing
        was covered), and the frame's own.
    """
    ours, theirs = count_frame(orders, counts.zone), counts.cells
    covered = set(counts.days)
    cells = sorted(cell for cell in {*ours, *theirs} if _is_asked(cell.day, query, counts))
    rows = [_row(cell, ours.get(cell, NOTHING), theirs.get(cell), covered=cell.day in covered) for cell in cells]
    dtypes: dict[Any, Any] = {name: pandas_dtype(kind, counts.zone.key) for name, kind in COLUMNS.items()}
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype(dtypes)
    return _with_verdict(table, orders)


def _unchecked(value: Any) -> Any:  # noqa: ANN401 - a filter's value or several
    """A value as it was sent, whatever the list of known ones says by now."""
    return [f"={one}" for one in value] if isinstance(value, list) else f"={value}"


def _is_asked(day: dt.date, query: Query, counts: Statistics) -> bool:
    """Whether the whole of a day lies within what was asked for."""
    start, end = counts.starts(day), counts.starts(day + DAY)
    return (query.start is None or start >= query.start) and (query.end is None or end <= query.end)


def _row(cell: Cell, ours: Total, theirs: Total | None, *, covered: bool) -> tuple[Any, ...]:
    if not covered:
        return (cell.day, cell.status, ours.orders, None, None, ours.gross, None, None, NOT_COVERED)
    theirs = theirs or NOTHING
    orders, gross = ours.orders - theirs.orders, ours.gross - theirs.gross
    verdict = DIFFERS if orders or gross else EQUAL
    return (cell.day, cell.status, ours.orders, theirs.orders, orders, ours.gross, theirs.gross, gross, verdict)


def _with_verdict(table: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    days = table.groupby("day")["verdict"].agg(set)
    differing = [day for day, verdicts in days.items() if DIFFERS in verdicts]
    uncovered = int(sum(NOT_COVERED in verdicts for verdicts in days))
    compared = len(days) - uncovered
    equal = None if not compared else not differing
    table.attrs = {
        **{name: value for name, value in orders.attrs.items() if name in ("account", "as_of", "filters", "time_zone")},
        "endpoint": "reconcile",
        "equal": equal,
        "verdict": _sentence(table, differing, compared, uncovered),
    }
    return table


def _sentence(table: pd.DataFrame, differing: list[Any], compared: int, uncovered: int) -> str:
    rest = f" {uncovered:,} days are not covered by the server's statistics." if uncovered else ""
    if not compared:
        return f"Not compared: the server's statistics cover none of these days.{rest}"
    if not differing:
        covered = table.loc[table["verdict"] == EQUAL]
        gross = covered["gross_revenue"].sum() if len(covered) else Decimal(0)
        return (f"Equal to the server's statistics on {compared:,} days: {covered['orders'].sum():,} orders, "
                f"gross revenue Rp {gross:,.0f}.{rest}")  # fmt: skip
    named = []
    for day in differing[-MOST_NAMED:]:
        off = table.loc[(table["day"] == day) & (table["verdict"] == DIFFERS)]
        named.append(f"{day:%Y-%m-%d} ({off['orders_difference'].sum():+,} orders, "
                     f"Rp {off['gross_revenue_difference'].sum():+,.0f})")  # fmt: skip
    words = ", ".join(named) + (" and others" if len(differing) > MOST_NAMED else "")
    return f"{len(differing):,} of {compared:,} days differ from the server's statistics: {words}.{rest}"
