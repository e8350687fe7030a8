"""What an export is doing: its dataset, its rows as they come in, the server's counts, and its progress."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from scalev_frames.cache.journal import Journal
from scalev_frames.catalog import Endpoint
from scalev_frames.export.dataset.exported import Exported, Run, State
from scalev_frames.export.dataset.part_index import hashes_of
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.header import Header
from scalev_frames.frames.memory import return_memory
from scalev_frames.progress import Event
from scalev_frames.pull.engine import Engine
from scalev_frames.pull.exporting import segments
from scalev_frames.pull.reading.collecting import Collector
from scalev_frames.pull.reading.counting import density_of
from scalev_frames.pull.reading.reader import Reader
from scalev_frames.pull.reading.sources import REFUSED, Source
from scalev_frames.pull.split.density import Density
from scalev_frames.pull.split.parts import Part, created
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.pull.whole.whole import drop_doubles
from scalev_frames.query.query import Query
from scalev_frames.verify.statistics import Statistics, merge
from scalev_frames.wire.answers.layout import Row
from scalev_frames.wire.transport import Call

Result = TypeVar("Result")
#: How many records a note about details is of.
_COUNTED = re.compile(r"(?<=\W)\d[\d,]* (?=(?:orders|records) )")
#: Joins the details of the records in a frame, with the call's requests.
More = Callable[[pd.DataFrame, Call], pd.DataFrame]
#: Writes rows, and takes notes.
Write = Callable[[pd.DataFrame, Iterable[str]], None]


class Sink:
    """Rows as they come in; ``write`` writes them whenever there are enough.

    Attributes:
        rows: how many rows have come in.
        ids: their ids, where somebody wants to know.
        newest: for each part the newest moment of the last rows that it gave.
    """

    def __init__(self, endpoint: Endpoint, write: Write, time_zone: str) -> None:
        self._endpoint, self._write, self._time_zone = endpoint, write, time_zone
        self.rows = self._written = 0
        self.ids: set[str] | None = None
        self.newest: dict[int, dt.datetime] = {}
        self._builder = FrameBuilder(endpoint.columns, time_zone)

    def take(self, part: Part, rows: list[Row]) -> bool:
        """Take rows in."""
        if self.ids is not None:
            self.ids.update(str(row["id"]) for row in rows if row.get("id") is not None)
        moments = [moment for row in rows if (moment := created(row))]
        if moments:
            self.newest[id(part)] = max(moments)
        self._builder.add(rows)
        self.rows += len(rows)
        if self.rows - self._written >= segments.SEGMENT_ROWS:
            self.flush()
        return True

    def flush(self) -> None:
        """Write what is here."""
        builder, self._builder = self._builder, FrameBuilder(self._endpoint.columns, self._time_zone)
        self._written = self.rows
        self._write_rows(builder)  # a function of its own, so that its frame is freed by now
        return_memory()

    def _write_rows(self, builder: FrameBuilder) -> None:
        frame, notes = builder.finish()
        self._write(drop_doubles(frame, self._endpoint), notes)


class Progress:
    """What an export has done so far; each event counts it in.

    Attributes:
        tell: reports an event as it is.
        pages: pages read in this process.
        rows: rows read in this process, and those that are not read again.
        details: records whose details have come.
        sent_before: requests of earlier processes.
    """

    def __init__(self, call: Call) -> None:
        self.tell, self._sent = call.report, call.sent
        self.pages = self.rows = self.details = self.sent_before = 0

    @property
    def requests(self) -> int:
        """How many requests the export has sent, in this process and in earlier ones."""
        return self.sent_before + self._sent.number

    def read(self, event: Event) -> None:
        """Report what a reader says with what was done before it."""
        self._tell(event, self.pages + event.pages, self.rows + event.rows)

    def detailed(self, event: Event) -> None:
        """Report what fetching details says, of all details so far."""
        self._tell(event, self.details + event.rows, self.details + event.rows)

    def _tell(self, event: Event, pages: int, rows: int) -> None:
        is_page = event.kind == "page"
        self.tell(replace(event, pages=pages, rows=rows, requests=self.requests) if is_page else event)


class Work:
    """One export under way; ``more`` joins the details of each row, where they are wanted.

    Attributes:
        is_part: whether it is one of the parts into which a cluster's export is cut, which are held together later.
        sink: takes rows in.
        state: what the dataset says of itself.
        progress: what has been done so far.
        ended: the lists that have come to their end, as far as this process has read them.
    """

    def __init__(self, engine: Engine, query: Query, call: Call, dataset: Exported, more: More | None = None) -> None:
        self.engine, self.query, self.dataset, self.more = engine, query, dataset, more
        self.sink = Sink(query.endpoint, self.write, engine.settings.time_zone)
        self.progress = Progress(call)
        self.call = replace(call, report=self.progress.read)
        self.state = State("", Header())
        self.ended: list[Timeline] = []
        self.is_part = False

    @property
    def zone(self) -> ZoneInfo:
        """The zone of days and times."""
        return self.engine.settings.zone

    # The dataset -----------------------------------------------------------------------------------------------------

    @property
    def under_way(self) -> Run:
        """The export under way."""
        if self.state.run is None:
            raise AssertionError("no export is under way")
        return self.state.run

    @property
    def begun(self) -> dt.datetime:
        """When it began."""
        return dt.datetime.fromisoformat(self.under_way.begun)

    def header(self) -> Header:
        """What each part says of itself: it is not told there whether the whole is complete."""
        return Header(
            endpoint=self.query.endpoint.name,
            filters=dict(self.query.filters),
            account=self.engine.name,
            time_zone=self.engine.settings.time_zone,
            details=self.more is not None,
        )

    def save(self) -> None:
        """Write down how far the export is."""
        if self.state.run is not None:
            self.state.run.requests = self.progress.requests
        self.dataset.save(self.state, self.empty)

    def empty(self) -> pd.DataFrame:
        """The declared columns without rows."""
        frame, _ = FrameBuilder(self.query.endpoint.columns, self.engine.settings.time_zone).finish()
        return self.header().onto(self.more(frame, self.call) if self.more else frame)

    def write(self, frame: pd.DataFrame, notes: Iterable[str]) -> None:
        """Bring rows into the dataset."""
        self.note(*notes)
        if not len(frame):
            return
        for piece in self.detailed(frame):
            self.dataset.put(self.header().onto(piece))
        run = self.under_way
        if run.had_rows and not run.changes:
            seen = hashes_of(pa.array(frame["id"].dropna().astype(str), pa.large_string()))
            with self.seen_file.open("ab") as file:
                file.write(seen.astype("<u8").tobytes())

    def detailed(self, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
        """``frame`` with its details, so few rows at a time that their details take little memory."""
        if self.more is None:
            yield frame
            return
        call = replace(self.call, report=self.progress.detailed)
        for first in range(0, len(frame), segments.DETAIL_ROWS):
            piece = frame.iloc[first : first + segments.DETAIL_ROWS].reset_index(drop=True)
            joined = self.more(self.header().onto(piece), call)
            found = Header.of(joined)
            self.note(*(_COUNTED.sub("some ", note) for note in found.notes))  # each piece counts its own
            self.progress.details += len(joined)
            yield joined

    def journal(self, *what: Any, changes: bool) -> Journal:  # noqa: ANN401 - any JSON value
        """The journal of a part of this export; ``changes`` as for a pull."""
        name = self.journal_name(*what)
        return self.engine.cache.journals.open(name, now=self.engine.now(), refresh=False, changes=changes)

    def journaled(self, read: Callable[[Journal], Result], *what: Any, changes: bool) -> Result:  # noqa: ANN401
        """What ``read`` gives with the journal of a part of this export.

        Where the server does not know a cursor of an earlier run any more, it reads once more with a new journal.
        """
        with closing(self.journal(*what, changes=changes)) as journal:
            try:
                result = read(journal)
            except REFUSED:
                if not journal.resumed:
                    raise
                journal.finish()
                return self.journaled(read, *what, changes=changes)
            journal.finish()
            return result

    def journal_name(self, *what: Any) -> str:  # noqa: ANN401 - any JSON value
        """What the journal of a part of this export is called."""
        text = repr([self.engine.call_name(self.query), self.dataset.name, self.under_way.begun, *what])
        return f"{self.query.endpoint.name}-export-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"

    @property
    def seen_file(self) -> Path:
        """The ids that this export has seen, as hashes."""
        return self.engine.cache.folder / "journal" / f"{self.journal_name()}.seen"

    def count_seen(self) -> int:
        """How many ids have been seen, where it matters."""
        return self.seen_file.stat().st_size // 8 if self.under_way.had_rows and self.seen_file.exists() else 0

    def note(self, *notes: str) -> None:
        """Keep notes, each once."""
        run = self.under_way
        run.notes = [*dict.fromkeys([*run.notes, *notes])]

    # Reading ---------------------------------------------------------------------------------------------------------

    def source(self, journal: Journal | None = None) -> Source:
        """Where pages come from."""
        return Source(self.engine.client, self.call, self.engine.pace, self.begun, self.zone, journal)

    def read(self, collector: Collector, timelines: list[Timeline]) -> None:
        """Read lists to their ends; where the rows lie is known already."""
        try:
            Reader(collector, timelines, proves=True).read()
        finally:
            outcome = collector.outcome
            self.progress.pages += outcome.pages
            self.progress.rows += outcome.rows
            self.note(*outcome.notes, *sorted(outcome.unseen))

    # The server's counts ---------------------------------------------------------------------------------------------

    def count(self) -> list[Statistics] | None:
        """The server's counts of each list, or ``None`` where it has none to give."""
        return self.engine.known_counts(self.call, self.query)

    def counted(self) -> Statistics | None:
        """The same, added up."""
        counts = self.count()
        return None if counts is None else merge(counts, self.zone)

    def density(self, counts: Statistics | None) -> Density | None:
        """How the rows of a list lie."""
        if counts is None:
            return None
        whole = counts.between(self.query.start, self.query.end, self.engine.now()) is not None
        return density_of(counts, whole=whole)
