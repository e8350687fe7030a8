"""What a call of an accessor or of a path wants, and what the engine gives for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import pandas as pd

from scalev_frames.cache.snapshots import Snapshot
from scalev_frames.catalog import Endpoint
from scalev_frames.errors import BadValueError
from scalev_frames.export.dataset.exported import Exported
from scalev_frames.export.dataset.scan import Scan
from scalev_frames.frames.header import Header
from scalev_frames.pull.cost import Cost, price
from scalev_frames.pull.details import take_details
from scalev_frames.pull.engine import Engine
from scalev_frames.pull.exporting import export
from scalev_frames.pull.exporting.together import Piece, begin, settle
from scalev_frames.pull.exporting.work import More, Work
from scalev_frames.pull.options import Options, chosen, take_columns, take_options
from scalev_frames.pull.refresh.budget import changes_cost
from scalev_frames.query.paths import any_text, clean_path, make_path_query
from scalev_frames.query.query import Query, find_endpoint, refuse_keys, texts_of
from scalev_frames.verify.statistics import merge
from scalev_frames.wire.transport import Call

#: Max age in seconds of server counts that are used only for a cost estimate.
FRESH_COUNTS = 300.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call of an accessor wants.

    Attributes:
        row: the endpoint's catalog row.
        arguments: path ids, times and filters, as they were given.
        options: how fresh the frame has to be.
        columns: the columns wanted; ``None`` for all.
        details: whether the details of each record are wanted.
        exported: what a file knows of them.
    """

    row: Endpoint
    arguments: Mapping[str, Any]
    options: Options
    columns: tuple[str, ...] | None = None
    details: bool = False
    exported: pd.DataFrame | None = None

    @classmethod
    def of(cls, endpoint: str, arguments: Mapping[str, Any]) -> Self:
        """What the arguments of an accessor say, without ``progress`` and ``cancel``.

        Raises:
            UsageError: there is no such endpoint, or an option is none.
        """
        row, filters = find_endpoint(endpoint), dict(arguments)
        exported, details = take_details(row, filters)
        columns = take_columns(filters)
        return cls(row, filters, take_options(filters, row), columns, details, exported)

    def frame(self, engine: Engine, call: Call) -> pd.DataFrame:
        """The frame, with details where they are wanted."""
        query, call = engine.by_clock(call, partial(engine.query, self.row.name, self.arguments))
        more = self._more(engine)
        frame = engine.frame(query, call, self.options, None if more else self.columns)
        return chosen(more(frame, call) if more else frame, self.columns)

    def export(self, engine: Engine, call: Call, path: str | Path, partition_by: str, *, is_part: bool) -> Scan:
        """Write the list to a dataset, with details where they are wanted; ``is_part`` as for `exporting.export`."""
        if self.columns is not None:
            raise BadValueError(
                "An export keeps every column, so that it can be brought up to date.",
                advice="Choose columns when you read it: sf.scan(path, columns=[…]).",
            )
        query, call = engine.by_clock(call, partial(engine.query, self.row.name, self.arguments))
        return export(engine, query, call, self.options, path, partition_by, self._more(engine), is_part=is_part)

    def settle(self, engine: Engine, call: Call, beside: Exported, pieces: Sequence[Piece] | None) -> None:
        """Hold the parts of an export together; ``beside`` says that they are not complete before there are any."""
        query, call = engine.by_clock(call, partial(engine.query, self.row.name, self.arguments))
        work = Work(engine, query, call, beside, self._more(engine))
        begin(work) if pieces is None else settle(work, pieces)

    def cost(self, engine: Engine, call: Call) -> Cost:
        """What the list would cost now, by what is kept and by the server's counts."""
        query, free_at, now = engine.query(self.row.name, self.arguments), engine.pace.seconds_for, engine.now()
        endpoint, name = query.endpoint, engine.call_name(query)
        kept = engine.cache.snapshots.describe(name)
        if kept is not None and self.options.is_fresh(kept.as_of, now):
            return Cost(endpoint.name, "kept", 0, 0.0, kept.rows)
        if endpoint.paging in ("plain", "record"):
            return price(endpoint.name, "full", None, free_at, requests=max(len(query.params), 1))
        rows = _rows(engine, query, call, kept)
        if (left := engine.cache.journals.find(name, now)) is not None:
            return price(endpoint.name, "resume", rows, free_at, kept_pages=engine.list_pages(left, query, call))
        by_changes = not self.options.refresh and engine.facts.refreshes(query, engine.settings.zone)
        known = (kept.rows if kept else _known_rows(engine, query, call, rows)) if by_changes else None
        requests = None if known is None else changes_cost(known, rows)
        return price(endpoint.name, "full" if requests is None else "changes", rows, free_at, requests=requests)

    def _more(self, engine: Engine) -> More | None:
        """Joins the details of the records in a frame, where they are wanted."""
        if not self.details:
            return None
        return partial(engine.with_details, row=self.row, options=self.options, exported=self.exported, is_listed=True)


def _rows(engine: Engine, query: Query, call: Call, kept: Snapshot | None) -> int | None:
    """About how many rows there will be; ``None`` where nothing tells."""
    rows = kept.rows if kept else None
    if query.endpoint.timeline:
        counts = engine.known_counts(call, query, max_age=FRESH_COUNTS)
        rows = merge(counts, engine.settings.zone).between(query.start, query.end, engine.now()) if counts else None
    return rows if query.limit is None else min(query.limit, query.limit if rows is None else rows)


def _known_rows(engine: Engine, query: Query, call: Call, rows: int | None) -> int | None:
    """About how many of the rows are in a frame kept for other times; ``None`` where none is, or nothing tells."""
    found = [*engine.of_other_times(query), *engine.of_other_times(query, later=True)]
    other, header = found[0] if found else (query, Header())
    if rows is None or header.as_of is None:
        return None
    unknown = [replace(query, start=max(header.as_of, query.start or header.as_of))]
    if other.start and query.start and other.start > query.start:
        unknown.append(engine.days_before(other, query))
    counts = [_rows(engine, one, call, None) for one in unknown]
    known = [count for count in counts if count is not None]
    return rows - sum(known) if len(known) == len(counts) else None


def frame_of_path(
    engine: Engine, path: str, arguments: Mapping[str, Any], call: Call, options: Options
) -> pd.DataFrame:
    """The frame of everything that a path answers."""
    settings = engine.settings
    at = clean_path(path, settings.base_url)
    meant = partial(make_path_query, at, arguments, settings.zone, version=settings.spoken)
    query, call = engine.by_clock(call, meant)
    return engine.frame(query, call, options)


def read_path(engine: Engine, path: str, params: Mapping[str, Any], call: Call, options: Options) -> Any:  # noqa: ANN401
    """What a path answers, as parsed JSON: one request, or none where it is kept.

    Raises:
        BadValueError: ``limit`` is given, which one request cannot keep.
    """
    if params.get("limit") is not None:
        raise BadValueError("limit= and raw=True exclude each other.", advice="Ask with page_size=.")
    refuse_keys(params)
    texts = {name: texts_of(name, value, any_text) for name, value in params.items() if value is not None}
    at = clean_path(path, engine.settings.base_url)
    return engine.client.get_single(at, texts, call, **asdict(options)).body
