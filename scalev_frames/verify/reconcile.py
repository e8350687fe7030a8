"""Compare a frame of orders with the server's own counts, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.catalog.kinds import pandas_dtype
from scalev_frames.errors import ApiError, BadValueError, ForbiddenError
from scalev_frames.frames.header import Header, VerdictHeader
from scalev_frames.frames.money import exact
from scalev_frames.frames.several import combine
from scalev_frames.frames.values.scalars import LONG
from scalev_frames.plurals import counted
from scalev_frames.query.query import Query, make_query
from scalev_frames.verify.statistics import (
    AS_SHIPPED,
    BASES,
    NOTHING,
    SHARED_FILTERS,
    Cell,
    Statistics,
    Total,
    added,
    best_basis,
    count_frame,
    counts_as_shipped,
    created,
    created_days,
    shared_filters,
)

EQUAL, DIFFERS, NOT_COVERED, FILTERED = "equal", "differs", "not covered", "filtered afterwards"
#: The columns of the table, with their kinds.
COLUMNS = {
    "day": "date", "status": "text", "orders": "count", "orders_server": "count", "orders_difference": "count",
    "gross_revenue": "money", "gross_revenue_server": "money", "gross_revenue_difference": "money", "verdict": "text",
}  # fmt: skip
#: The columns of orders by which they are counted.
COUNTED = ("created_at", "draft_time", "status", "gross_revenue")
#: How many differing days a sentence names.
MOST_NAMED = 5
NO_GROSS = "gross revenue not compared, as the server does not give it for each day"
#: The statuses by which a server refuses its statistics, to this key or to all.
REFUSED = (400, 403, 404, 405, 422)

#: Gives the server's counts for a call, from a moment on.
Count = Callable[[Query, dt.datetime | None], Statistics]


def reconcile(orders: pd.DataFrame, zone: ZoneInfo, count: Count) -> pd.DataFrame:
    """A frame of orders against the server's counts, which are asked for now.

    Returns:
        The table of `compare`.

    Raises:
        BadValueError: a frame that statistics cannot count.
        ApiError: the server does not give its statistics; it says what the key lacks.
    """
    missing = [name for name in COUNTED if name not in orders]
    if missing:
        raise BadValueError(
            f"This frame has no column {', '.join(missing)}, by which orders are counted.", advice="Fetch it with that."
        )
    query, _ = query_of(orders, zone)
    since = oldest(orders, query, zone)
    try:
        counts = count(query, since)
        table = compare(orders, query, counts)
        unseen = sorted({name for one in query.params for name in one} & SHARED_FILTERS - {"status"})
        if table.attrs["equal"] is False and unseen and count(query.without(unseen), since) == counts:
            names = " and ".join(unseen)
            table.attrs["verdict"] += f" The statistics are the same without {names}: the server may ignore it there."
    except ApiError as error:
        explain_refusal(error)
        raise
    return table


def explain_refusal(error: ApiError) -> None:
    """Name the statistics in ``error`` where the server refused them; other errors stay unchanged."""
    if error.status_code not in REFUSED:
        return
    scope = ENDPOINTS["order_statistics"].scope.split()[0]
    if isinstance(error, ForbiddenError):
        error.what = f"This key may not read statistics (scope {scope}), which reconcile compares with."
        error.advice = "Give the key that scope, or use a full key (sk_); the frame itself is not in doubt."
    else:
        error.what = f"The server refuses its statistics ({error.status_code}), which reconcile compares with."
        error.advice = "The frame itself is not in doubt."


def oldest(orders: pd.DataFrame, query: Query, zone: ZoneInfo) -> dt.datetime | None:
    """The first moment to count from: the first one asked for, or the oldest order of a frame filtered afterwards."""
    if query.start is not None or orders.empty or not is_filtered(orders):
        return query.start
    first = created(orders, zone).min()
    return None if pd.isna(first) else first.to_pydatetime()


def is_filtered(orders: pd.DataFrame) -> bool:
    """Whether the frame has fewer rows than its pull had."""
    rows = Header.of(orders).rows
    return rows is not None and len(orders) < rows


def query_of(orders: pd.DataFrame, zone: ZoneInfo) -> tuple[Query, list[dict[str, str]]]:
    """The call that a frame came from, and its filters as statistics take them.

    Raises:
        BadValueError: the frame is not of orders, is cut by ``limit``, or has filters that statistics do not know.
    """
    header = Header.of(orders)
    if header.endpoint != "orders" or header.child or header.filters is None or header.as_of is None:
        raise BadValueError("This is not a frame of orders(…).", advice="Pass the frame as the accessor gave it.")
    if not header.complete:
        raise BadValueError("This frame has only its first rows.", advice="Fetch it without limit=.")
    known = ENDPOINTS["orders"].filter_rows
    asked = {name: _unchecked(value) if name in known and known[name].values else value
             for name, value in header.filters.items()}  # fmt: skip
    query = make_query("orders", asked, zone, header.as_of)
    lists = shared_filters(query)
    if lists is None:
        raise BadValueError(
            "The server's statistics cannot count these orders.",
            advice="They know since and until of creation, status, payment_status, store_id and business_id.",
        )
    return query, lists


def compare(orders: pd.DataFrame, query: Query, counts: Statistics) -> pd.DataFrame:
    """The frame against the server's counts, by day and status.

    The server does not say by which time it counts; the one is taken under which most days agree. Where its counts
    have no status ``shipped_rts``, and more agrees so, such orders count as ``shipped``.

    Returns:
        One row for each day and status, the oldest day first: day (`datetime64[s]`), status, orders, orders_server,
        orders_difference (ours less the server's, `Int64`), the same three of gross_revenue (exact IDR), and verdict:
        ``equal``, ``differs``, ``not covered``, or ``filtered afterwards`` in a frame that has fewer rows than its pull
        had. ``attrs``: verdict (a sentence), equal (`bool`; ``None`` when nothing was compared), and the frame's own.
    """
    days = counts.asked_days(query)
    basis = best_basis(orders, counts, days)
    ours, theirs = count_frame(orders, counts.zone, basis), counts.cells
    if not counts.by_status:
        ours = added((Cell(cell.day, ""), total) for cell, total in ours.items())
    elif counts_as_shipped([counts], {cell.status for cell in ours if cell.day in days}):
        shipped = added((Cell(day, AS_SHIPPED.get(status, status)), total) for (day, status), total in ours.items())
        ours = min(ours, shipped, key=lambda one: _differing(one, theirs, days))
    cells = sorted(cell for cell in {*ours, *theirs} if counts.is_asked(cell.day, query))
    rows = [_row(cell, ours.get(cell, NOTHING), theirs.get(cell), covered=cell.day in days) for cell in cells]
    dtypes: dict[Any, Any] = {name: pandas_dtype(kind, counts.zone.key) for name, kind in COLUMNS.items()}
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype(dtypes)
    undated = int(created_days(orders, counts.zone, basis).isna().sum())
    rest = f" {counted(undated, 'order', 'have')} no {BASES[basis][0]}, by which the server counts." if undated else ""
    return _with_verdict(table, orders, rest)


def _differing(ours: Mapping[Cell, Total], theirs: Mapping[Cell, Total], days: Collection[dt.date]) -> int:
    """How many days and statuses differ."""
    cells = {cell for cell in {*ours, *theirs} if cell.day in days}
    return sum(not theirs.get(cell, NOTHING).agrees(ours.get(cell, NOTHING)) for cell in cells)


def _unchecked(value: Any) -> Any:  # noqa: ANN401 - a filter's value or several
    """A value as it was sent, not checked against the known ones."""
    return [f"={one}" for one in value] if isinstance(value, list) else f"={value}"


def _row(cell: Cell, ours: Total, theirs: Total | None, *, covered: bool) -> tuple[Any, ...]:
    if not covered:
        return (cell.day, cell.status, ours.orders, None, None, ours.gross, None, None, NOT_COVERED)
    theirs = theirs or NOTHING
    orders = ours.orders - theirs.orders
    is_equal = theirs.agrees(ours)
    gross = None if ours.gross is None or theirs.gross is None else ours.gross - theirs.gross
    gross = Decimal(0) if is_equal and gross is not None else gross
    verdict = EQUAL if is_equal else DIFFERS
    return (cell.day, cell.status, ours.orders, theirs.orders, orders, ours.gross, theirs.gross, gross, verdict)


def _with_verdict(table: pd.DataFrame, orders: pd.DataFrame, rest: str) -> pd.DataFrame:
    days = table.groupby("day")["verdict"].agg(set)
    differing = [day for day, verdicts in days.items() if DIFFERS in verdicts]
    uncovered = int(sum(NOT_COVERED in verdicts for verdicts in days))
    compared = len(days) - uncovered
    equal = None if not compared else not differing
    verdict = _sentence(table, differing, compared, uncovered)
    if differing and is_filtered(orders):
        table["verdict"] = table["verdict"].replace(DIFFERS, FILTERED)
        equal, verdict = None, f"Not compared: {Header.of(orders).row_note(orders)}."
    table.attrs = {
        **{name: value for name, value in orders.attrs.items() if name in ("account", "as_of", "filters", "time_zone")},
        "endpoint": "reconcile",
        "equal": equal,
        "verdict": verdict + rest,
    }
    return table


def _has_gross(compared: pd.DataFrame) -> bool:
    """Whether the server says the gross revenue of each of these rows."""
    return bool(compared["gross_revenue_server"].notna().all())


def combine_verdicts(
    tables: Mapping[str, pd.DataFrame], missing: Sequence[str] = (), notes: Sequence[str] = ()
) -> pd.DataFrame:
    """The tables of several businesses as one, with a verdict on the total.

    Args:
        tables: what `compare` gave for each business, by its name.
        missing: businesses that should have one, and have none.
        notes: what else is to be known of the sums, such as two businesses with the same orders.

    Returns:
        ``business``, then the columns of `compare`. ``attrs["equal"]`` is True where all are and none is missing, False
        where one differs, else ``None``; a business that has no order, here or there, counts for neither.
        ``attrs["verdict"]`` says what holds in total with the notes, then for each.
    """
    table = combine(tables)
    each = {name: VerdictHeader.of(one) for name, one in tables.items()}
    said = [
        _in_sum(table.loc[table["verdict"].isin([EQUAL, DIFFERS])]),
        *notes,
        *(f"{name}: {one.verdict}" for name, one in each.items()),
        *(f"{name}: not here." for name in missing),
    ]
    flags = {one.equal for name, one in each.items() if len(tables[name])} | ({None} if missing else set())
    equal = False if False in flags else True if flags == {True} else None
    return replace(VerdictHeader.of(table), endpoint="reconcile", verdict=" ".join(said), equal=equal).onto(table)


def _in_sum(compared: pd.DataFrame) -> str:
    """The orders and the gross revenue of all compared rows, here and by the server."""
    counts = [int(compared[name].sum()) for name in ("orders", "orders_server")]
    with localcontext(LONG):
        columns = (exact(compared[name]) for name in ("gross_revenue", "gross_revenue_server"))
        here, there = (f"Rp {sum(filter(None, column), Decimal(0)):,.0f}" for column in columns)
    amounts = f"gross revenue {here} and {there}" if _has_gross(compared) else NO_GROSS
    return f"In total {counted(counts[0], 'order')} here and {counts[1]:,} by the server's statistics, {amounts}."


def _sentence(table: pd.DataFrame, differing: list[Any], compared: int, uncovered: int) -> str:
    rest = f" {counted(uncovered, 'day', 'are')} not covered by the server's statistics." if uncovered else ""
    if not compared:
        return f"Not compared: the server's statistics cover none of these days.{rest}"
    if not differing:
        covered = table.loc[table["verdict"] == EQUAL]
        gross = sum(filter(None, exact(covered["gross_revenue"])), Decimal(0))
        amount = f"gross revenue Rp {gross:,.0f}" if _has_gross(covered) else NO_GROSS
        days, orders = counted(compared, "day"), counted(int(covered["orders"].sum()), "order")
        return f"Equal to the server's statistics on {days}: {orders}, {amount}.{rest}"
    named = []
    for day in differing[-MOST_NAMED:]:
        off = table.loc[(table["day"] == day) & (table["verdict"] == DIFFERS)]
        amount = f", Rp {off['gross_revenue_difference'].sum():+,.0f}" if _has_gross(off) else ""
        more = int(off["orders_difference"].sum())
        named.append(f"{day:%Y-%m-%d} ({more:+,} order{'' if abs(more) == 1 else 's'}{amount})")
    words = ", ".join(named) + (" and others" if len(differing) > MOST_NAMED else "")
    return f"{len(differing):,} of {counted(compared, 'day', 'differ')} from the server's statistics: {words}.{rest}"
