"""Why: what only a record's own page tells (order lines, COGS, prices) costs one request a record, so each counts.

Only records that are new or have changed are asked for, several at a time under the same limits; each is kept as soon
as it comes, so that a stopped pull has lost nothing. May import wire, frames, catalog, progress and errors.
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from scalev_frames.catalog import Column, Endpoint, shape_columns
from scalev_frames.errors import InterruptedPullError, NotFoundError, ScalevError
from scalev_frames.frames import FrameBuilder
from scalev_frames.progress import Event, Reporter
from scalev_frames.sync.cost import Cost
from scalev_frames.sync.plan import LAST_REQUESTS, Source
from scalev_frames.sync.query import parse_stamp
from scalev_frames.sync.records import Records
from scalev_frames.sync.walks import Chain, Walks
from scalev_frames.wire.answers import parse
from scalev_frames.wire.limits import Stopped
from scalev_frames.wire.paging import Page

#: The column that tells when a record changed last.
CHANGED = "last_updated_at"


@dataclass(slots=True)
class Found:
    """What was found out about the records of a frame.

    Attributes:
        rows: the details by id; records that are no longer there are missing.
        requests: how many were sent.
        notes: what was not as expected.
    """

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: int = 0
    notes: list[str] = field(default_factory=list)


def find_details(endpoint: Endpoint, frame: pd.DataFrame, source: Source, records: Records, report: Reporter) -> Found:
    """The detail of every row of ``frame``: what is kept and unchanged, and one request for each other.

    Args:
        endpoint: the record's endpoint, such as that of ``order``.
        frame: the list's frame, with ``id`` and, where the list tells it, ``last_updated_at``.
        source: what answers come from.
        records: the shelf.
        report: told what it will cost, and of each record.

    Raises:
        ScalevError: whatever stopped it; what came is kept.
        InterruptedPullError: on Ctrl-C or when ``source.stop`` was set; what came is kept.
    """
    versions = _versions(frame)
    kept = records.find(endpoint.name, versions)
    found = Found({one: parse(body)["data"] for one, body in kept.items()})
    missing = [one for one in versions if one not in found.rows]
    if missing:
        cost = Cost(endpoint.name, "full", len(missing), source.seconds_for(len(missing)), len(versions))
        report(Event("note", endpoint.name, message=f"costs {cost}; {len(kept):,} are here already"))
        _Fetch(endpoint, versions, source, records, report, found).run(missing)
    if gone := len(versions) - len(found.rows):
        found.notes.append(f"{gone} records were gone before their details came")
    if records.failure:
        found.notes.append(records.failure)
    return found


def join_details(frame: pd.DataFrame, listed: Endpoint, detail: Endpoint, found: Found, time_zone: str) -> pd.DataFrame:
    """``frame`` with the details' columns after its own.

    Where both have a column the list's stays, unless the list has nothing in it or the detail's items tell more, as a
    product's variants do.

    Args:
        frame: the list's frame.
        listed: its endpoint.
        detail: the records' endpoint.
        found: the details.
        time_zone: the zone in which times are shown.
    """
    builder = FrameBuilder(detail.columns, time_zone)
    builder.add([found.rows.get(str(one), {}) for one in frame["id"]])
    details, notes = builder.finish()
    own = {column.name: column for column in listed.columns}
    more = {column.name for column in detail.columns if _fields(column) > _fields(own.get(column.name))}
    columns = {
        name: (details if name in details and (name in more or frame[name].isna().all()) else frame)[name].array
        for name in frame.columns
    }
    columns |= {name: details[name].array for name in details.columns if name not in columns}
    joined = pd.DataFrame(columns, index=frame.index)
    joined.attrs = {**frame.attrs, "details": True}
    joined.attrs["requests"] = frame.attrs.get("requests", 0) + found.requests
    joined.attrs["from_cache"] = joined.attrs["requests"] == 0
    joined.attrs["notes"] = [*frame.attrs.get("notes", ()), *(f"details: {note}" for note in (*found.notes, *notes))]
    return joined


class _Fetch:
    """Fetches the missing details; the walks are of one page each."""

    def __init__(
        self,
        endpoint: Endpoint,
        versions: dict[str, str],
        source: Source,
        records: Records,
        report: Reporter,
        found: Found,
    ) -> None:
        self.endpoint, self.versions, self.source = endpoint, versions, source
        self.records, self.report, self.found = records, report, found
        self.seconds: deque[float] = deque(maxlen=LAST_REQUESTS)
        self.done = 0

    def run(self, missing: Sequence[str]) -> None:
        walks = Walks(
            [Chain(number, self.endpoint.path.format(id=one), {}, {"id": one}) for number, one in enumerate(missing)],
            open_pages=self.open_pages,
            absorb=self.absorb,
            moment=None,
            cut_moment=lambda _: None,
            cut_params=lambda params, _: dict(params),
            remember=lambda _: None,
            request_seconds=lambda: statistics.median(self.seconds) if self.seconds else 0.0,
            rate=self.source.rate,
            burst=self.source.burst,
            learn=lambda: None,
            stop=self.source.stop,
        )
        try:
            walks.run()
        except (KeyboardInterrupt, Stopped):
            raise self.interrupted() from None
        except ScalevError as error:
            error.kept = error.kept or self.kept()
            raise
        if not all(chain.done for chain in walks.chains):
            raise self.interrupted()

    def open_pages(self, chain: Chain) -> Iterator[Page]:
        try:
            answer = self.source.get(chain.path, chain.params)
        except NotFoundError:
            return  # it vanished after the list was read
        yield Page([answer.data] if isinstance(answer.data, dict) else [], 1, answer)

    def absorb(self, chain: Chain, page: Page) -> bool:
        one, answer = chain.parents["id"], page.answer
        for row in page.rows:
            self.found.rows[one] = row
            version = max(_version(row.get(CHANGED)), self.versions[one])
            self.records.keep(self.endpoint.name, one, version, answer.content, answer.received_at)
        self.done += 1
        self.found.requests += not answer.from_cache
        self.seconds.append(answer.seconds)
        self.report(Event("page", self.endpoint.name, self.done, self.done, self.found.requests))
        chain.ended = True
        return True

    def kept(self) -> str:
        return f"{self.done:,} more details of {self.endpoint.name} are kept."

    def interrupted(self) -> InterruptedPullError:
        return InterruptedPullError(
            f"Fetching the details of {self.endpoint.name} was interrupted.",
            endpoint=self.endpoint.name,
            rows_kept=len(self.found.rows),
            pages_kept=self.done,
            kept=self.kept(),
        )


def _versions(frame: pd.DataFrame) -> dict[str, str]:
    """Each row's id, and the moment of its last change where the list tells it."""
    ids = frame["id"].astype(str)
    if CHANGED not in frame:
        return dict.fromkeys(ids, "")
    moments = frame[CHANGED].dt.tz_convert("UTC")
    texts = ("" if pd.isna(one) else one.isoformat(timespec="microseconds") for one in moments)
    return dict(zip(ids, texts, strict=True))


def _version(value: object) -> str:
    moment = parse_stamp(value)
    return moment.isoformat(timespec="microseconds") if moment else ""


def _fields(column: Column | None) -> int:
    """How much the items of a list column tell."""
    return len(shape_columns(column.items)) if column and column.items else 0
