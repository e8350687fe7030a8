"""The dataset that an export writes: rows by month, and, in the part without rows, how far the export is."""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scalev_frames.export.dataset import parts
from scalev_frames.export.dataset.keys import key_texts
from scalev_frames.export.dataset.merging import Mode, shared_schema
from scalev_frames.export.dataset.part_index import Hashes, hash_each
from scalev_frames.export.dataset.schemas import export_of, with_export
from scalev_frames.export.dataset.table import drop_rows, write_dataset
from scalev_frames.export.places import Place
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.frames.several import with_own_name
from scalev_frames.frames.tables import from_table
from scalev_frames.frames.values.columns import as_moments

#: The key of the rows of an export.
KEY = "id"
#: When a row was made: its draft, or its record where it never was one.
MADE = ("draft_time", "created_at")
_PERIOD = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


@dataclass(slots=True)
class Run:
    """An export under way.

    Attributes:
        begun: when it began, ISO text.
        changes: whether it looks for changes only.
        refresh: whether everything is fetched anew, because that was asked for.
        number: which of several lists is being read.
        anchors: the last cursors from which the list can be resumed, each with the time of the row there.
        rows: how many rows of that list are above the last cursor; zero where it is not known.
        down_to: changes have been looked for down to this moment.
        had_rows: whether the dataset had rows before, so that some may be gone.
        seen: how many ids have been seen, where there were rows before.
        days: the length of a segment where the server gives no counts.
        requests: requests so far.
        notes: what was not as expected.
    """

    begun: str
    changes: bool = False
    refresh: bool = False
    number: int = 0
    anchors: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    rows: int = 0
    down_to: str = ""
    had_rows: bool = False
    seen: int = 0
    days: float = 1.0
    requests: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """How far an export is.

    Attributes:
        call: equal for two calls that ask for the same.
        header: the header of the dataset's frames; ``complete`` once every row was written.
        run: the export under way, if one is.
        earlier: exports of other times into the same folder, in words.
    """

    call: str
    header: Header
    run: Run | None = None
    earlier: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The state as JSON values."""
        run = asdict(self.run) if self.run else None
        return {"call": self.call, "header": self.header.attrs, "run": run, "earlier": self.earlier}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> State:
        """The state that `as_json` gave; an export under way of another version begins anew."""
        try:
            run = Run(**said["run"]) if said["run"] else None
        except TypeError:
            run = None
        return cls(str(said["call"]), Header.read(said["header"]), run, list(said["earlier"]))


class Exported:
    """The dataset of one export.

    Args:
        place: where it is.
        partition_by: ``year``, ``month`` or ``day``.
    """

    def __init__(self, place: Place, partition_by: str = "month") -> None:
        self.place, self.partition_by = place, partition_by
        if partition_by not in parts.PERIODS:
            raise parts.no_period(partition_by)

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.place.name

    def load(self) -> State | None:
        """The state of its export; ``None`` where there is no dataset, or no export wrote it."""
        name = parts.schema_part(self.partition_by)
        if name not in parts.find_parts(self.place, self.partition_by):
            return None
        with parts.open_part(self.place, name) as part:
            said = export_of(part.schema_arrow)
        return State.from_json(said) if said else None

    def save(self, state: State, empty: Callable[[], pd.DataFrame]) -> None:
        """Write down the state; ``empty`` gives a frame of the declared columns, for a dataset without parts."""
        name, existing = parts.schema_part(self.partition_by), parts.find_parts(self.place, self.partition_by)
        if not existing:
            self._write(empty())
            existing = [name]
        rows = parts.read_part(self.place, name) if name in existing else self.schema().empty_table()
        rows = rows.replace_schema_metadata(with_export(rows.schema, state.as_json()).metadata)
        parts.write_part(self.place, name, rows, [KEY])

    def schema(self) -> pa.Schema:
        """The columns of all its parts."""
        return shared_schema(self.place, {one: part.schema_arrow for one, part in self._parts()})

    def show(self, schema: pa.Schema) -> None:
        """Let the first part, whose columns many readers take for those of all, have the columns of ``schema``, too."""
        name = parts.schema_part(self.partition_by)
        rows = parts.read_part(self.place, name)
        lacking = [column for column in schema if column.name not in rows.column_names]
        for column in lacking:
            rows = rows.append_column(column, pa.nulls(len(rows), column.type))
        if lacking:
            parts.write_part(self.place, name, rows, [KEY])

    def _parts(self) -> Iterator[tuple[str, pq.ParquetFile]]:
        """Its parts, each open for reading."""
        for name in parts.find_parts(self.place, self.partition_by):
            with parts.open_part(self.place, name) as part:
                yield name, part

    def put(self, frame: pd.DataFrame) -> None:
        """Write rows; each replaces the row with its id, unless that was changed later."""
        if len(frame):
            self._write(frame, "upsert")

    def _write(self, frame: pd.DataFrame, mode: Mode = "replace") -> None:
        """Write rows; a column with the name of the period, which the folders have, is renamed."""
        rows = with_own_name(beside_business(frame, self.place), self.partition_by)
        deque(write_dataset(rows, self.place, partition_by=self.partition_by, mode=mode, key=[KEY]), 0)

    def drop(self, ids: Sequence[str]) -> None:
        """Delete the rows with these ids."""
        if ids:
            drop_rows(self.place, self.partition_by, KEY, ids)

    def mark(self, column: str, hashes: Hashes) -> None:
        """Set a column of flags: true for the rows among ``hashes``. Parts that have these flags are not written."""
        for name in parts.find_parts(self.place, self.partition_by):
            with parts.open_part(self.place, name) as part:
                known = part.read(columns=[one for one in (KEY, column) if one in part.schema_arrow.names])
            flags = pa.chunked_array([pa.array(np.isin(hash_each(key_texts(known, [KEY])), hashes))])
            if not len(known) or (column in known.column_names and known[column].equals(flags)):
                continue
            rows = parts.read_part(self.place, name)
            field = pa.field(column, pa.bool_())
            place = rows.schema.get_field_index(column)
            rows = rows.append_column(field, flags) if place < 0 else rows.set_column(place, field, flags)
            parts.write_part(self.place, name, rows, [KEY])

    def rows(self) -> int:
        """How many rows it has."""
        return sum(part.metadata.num_rows for _, part in self._parts())

    def frames(
        self, columns: Sequence[str], start: dt.datetime | None = None, end: dt.datetime | None = None
    ) -> Iterator[pd.DataFrame]:
        """The rows made from ``start`` to before ``end``, a part at a time.

        Rows without a moment are there where neither bound is given.

        Args:
            columns: the columns to read; `MADE` among them where there is a bound.
            start: the first moment, or nothing.
            end: the first moment that does not belong to it, or nothing.
        """
        for name in parts.find_parts(self.place, self.partition_by):
            if not self._may_hold(name, start, end):
                continue
            with parts.open_part(self.place, name) as part:
                existing = part.schema_arrow.names
                table = part.read(columns=[column for column in columns if column in existing])
            frame = from_table(table)
            frame = frame.assign(**{column: None for column in columns if column not in frame})
            yield _within(frame, start, end) if start or end else frame

    def _may_hold(self, name: str, start: dt.datetime | None, end: dt.datetime | None) -> bool:
        """Whether rows of these times may be in a part, by its name."""
        period = name.rpartition("/")[0].partition("=")[2]
        if not (start or end):
            return True
        if period in (parts.NO_PERIOD, parts.PERIODS[self.partition_by][1]):
            return False
        day = dt.timedelta(days=1)  # months are of the dataset's zone, whatever that is
        form = _PERIOD[self.partition_by]
        first = "" if start is None else (start - day).strftime(form)
        return first <= period and (end is None or period <= (end + day).strftime(form))


def beside_business(frame: pd.DataFrame, place: Place) -> pd.DataFrame:
    """``frame`` for the dataset at ``place``; where the folder is ``business=…``, a column of that name is renamed."""
    return with_own_name(frame) if re.search(rf"(^|[/\\\\]){BUSINESS}=", place.name) else frame


def _within(frame: pd.DataFrame, start: dt.datetime | None, end: dt.datetime | None) -> pd.DataFrame:
    made = made_of(frame)
    inside = made.notna()
    if start is not None:
        inside &= made >= pd.Timestamp(start)
    if end is not None:
        inside &= made < pd.Timestamp(end)
    found: pd.DataFrame = frame[inside].reset_index(drop=True)
    return found


def made_of(frame: pd.DataFrame) -> pd.Series[Any]:
    """When each row was made, UTC; missing where it is not known."""
    first, second = (as_moments(frame[name]).dt.tz_convert("UTC") for name in MADE)
    made: pd.Series[Any] = first.fillna(second)
    return made


def exported_in(folder: Place, partition_by: str) -> list[Exported]:
    """The datasets in a folder and below it, such as the stretches of a business that a cluster wrote."""
    file = parts.schema_part(partition_by)
    found = [name.removesuffix(file).rstrip("/") for name in folder.files() if f"/{name}".endswith(f"/{file}")]
    return [Exported(folder.at(name) if name else folder, partition_by) for name in found]


def show_columns(datasets: Iterable[Exported]) -> None:
    """Let the first file of several datasets, by name, have the columns of them all, as that of one dataset has.

    Many readers take the columns of the first file for those of all, and would drop the others.
    """
    written = sorted((one for one in datasets if one.load()), key=lambda one: one.name)
    for one in written:
        with written[0].place.held():
            written[0].show(one.schema())
