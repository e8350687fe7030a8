"""What a call would cost now, by what is kept and by the server's counts."""

from __future__ import annotations

from scalev_frames.cache.snapshots import Snapshot
from scalev_frames.errors import ScalevError
from scalev_frames.pull.cost import Cost, Way, price
from scalev_frames.pull.engine import Engine
from scalev_frames.pull.options import Options
from scalev_frames.pull.refresh.worth import changes_cost
from scalev_frames.query.query import Query
from scalev_frames.wire.transport import Call

#: Max age in seconds of server counts that are used only for a cost estimate.
FRESH_COUNTS = 300.0


def forecast(engine: Engine, query: Query, call: Call, options: Options) -> Cost:
    """What a call would cost now; see `Account.cost`."""
    endpoint, name = query.endpoint, engine.call_name(query)
    free_at = engine.pace.seconds_for
    kept = engine.cache.snapshots.describe(name)
    if kept is not None and options.is_fresh(kept.as_of, engine.now()):
        return Cost(endpoint.name, "kept", 0, 0.0, kept.rows)
    if endpoint.paging in ("plain", "record"):
        return price(endpoint.name, "full", None, 0, free_at, requests=max(len(query.params), 1))
    left, rows = engine.cache.journals.find(name, engine.now()), _rows(engine, query, call, kept)
    if left is not None:
        return price(endpoint.name, "resume", rows, engine.list_pages(left, query, call), free_at)
    by_changes = kept is not None and not options.refresh and engine.learnt.refreshes(query, engine.settings.zone)
    requests = changes_cost(kept.rows, rows) if kept and by_changes else None
    way: Way = "full" if requests is None else "changes"
    return price(endpoint.name, way, rows, 0, free_at, requests=requests)


def _rows(engine: Engine, query: Query, call: Call, kept: Snapshot | None) -> int | None:
    """About how many rows there will be; ``None`` where nothing tells."""
    rows = _counted_rows(engine, query, call) if query.endpoint.timeline else kept.rows if kept else None
    return rows if query.limit is None else min(query.limit, query.limit if rows is None else rows)


def _counted_rows(engine: Engine, query: Query, call: Call) -> int | None:
    """How many rows the server's statistics promise; ``None`` where they do not know or are refused."""
    if not engine.learnt.has_counts(query):
        return None
    try:
        counts = engine.counts(call, query, query.start, max_age=FRESH_COUNTS)
    except ScalevError:
        return None
    return counts.between(query.start, query.end, engine.now())
