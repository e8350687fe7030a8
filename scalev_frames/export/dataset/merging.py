"""Bring rows into the parts of a dataset by their keys, and delete rows from them; parts that stay are not written."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import ExportError
from scalev_frames.export.dataset import parts
from scalev_frames.export.dataset.keys import CHANGED, Rows, check_account, key_texts, moments_of
from scalev_frames.export.dataset.part_index import read_index
from scalev_frames.export.dataset.schemas import (
    Values,
    agreed,
    attrs_of,
    common_schema,
    described,
    export_of,
    header_of,
    mark_of,
    under,
    values_of,
    with_export,
)
from scalev_frames.export.dataset.swap import replacing_parts, unfinished
from scalev_frames.export.places import Place

Mode = Literal["replace", "append", "upsert"]
Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(slots=True)
class Old:
    """A part of the dataset before the write.

    Attributes:
        schema: its columns; one object for all parts of the same schema.
        account: whose rows they are; empty where that is not known.
        keys: the keys of its rows and when those were changed; ``None`` where it has none of the rows that come.
        by: for each of its rows the place of the row that replaces it, or -1; ``None`` where all stay.
        rows: how many rows it has; rows without a key may not be counted.
    """

    schema: pa.Schema
    account: str = ""
    keys: pa.Table | None = None
    by: parts.Places | None = None
    rows: int = 0

    @property
    def stays(self) -> bool:
        """Whether any of its rows stays."""
        return self.by is None or bool((self.by < 0).any())


class Existing:
    """The parts of a dataset into which rows are brought, or from which rows are deleted.

    Args:
        place: the dataset.
        names: its parts.
        partition_by: ``year``, ``month`` or ``day``; ``None`` for one part.
        rows: the rows that come, or the keys of those that go.

    Raises:
        ExportError: a part cannot be read, or has no key.
    """

    def __init__(self, place: Place, names: Sequence[str], partition_by: str | None, rows: Rows) -> None:
        self.place, self.partition_by, self.rows = place, partition_by, rows
        self.old: dict[str, Old] = {}
        schemas: dict[str, pa.Schema] = {}
        for name in names:
            with place.reading(name) as file:
                index = read_index(file)
            absent = index is not None and rows.are_not_in(index)
            if index and absent and index.schema in schemas:
                self.old[name] = Old(schemas[index.schema], index.account, rows=len(index.hashes))
            else:
                self.old[name] = one = _opened(place, name, rows.keys, with_keys=not absent)
                one.schema = schemas.setdefault(mark_of(one.schema), one.schema)

    def merge(self, mode: Mode) -> Iterator[int]:
        """Bring the rows in.

        Args:
            mode: ``append`` or ``upsert``.

        Yields:
            How many of the rows were written with each part.
        """
        table = self.rows.table
        header = header_of(table.schema)
        check_account(header.account, {one.account for one in self.old.values()}, self.place, self.rows.keys)
        comes = self._decide(mode, is_child=bool(header.child))
        if not comes.any():
            return
        schemas = {name: one.schema for name, one in self.old.items()}
        given = [*_different(schemas), table.schema]
        schema = common_schema(given, lambda name: _values_in(self.place, schemas, name) + values_of([table], name))
        drifted = {id(one) for one in given if any(field.type != schema.field(field.name).type for field in one)}
        periods = parts.split(len(table), self.partition_by, parts.made_at(table, self.partition_by, schema))
        part_of = self._parts_of(periods, comes)
        fresh = {name: np.flatnonzero(comes & (part_of == name)) for name in set(part_of[comes])}
        drifts = {name for name, one in schemas.items() if id(one) in drifted}
        yield from self._write(schema, under(table, schema).combine_chunks(), fresh, drifts)

    def drop(self) -> None:
        """Delete the rows that have one of the keys."""
        self._decide("upsert", is_child=True)
        schema = shared_schema(self.place, {name: one.schema for name, one in self.old.items()})
        deque(self._write(schema, schema.empty_table(), {}, set()), 0)

    def _decide(self, mode: Mode, *, is_child: bool) -> Mask:
        """Which of the rows come in; sets in ``old`` which rows of each part they replace."""
        rows = self.rows
        comes = np.ones(len(rows.texts), dtype=bool)
        for name, one in self.old.items():
            if one.keys is None:
                continue
            texts = key_texts(one.keys, rows.keys)
            if rows.loose.any() and texts.null_count:
                comes[rows.equal_to(parts.read_part(self.place, name))] = False
            if mode == "append":
                comes &= ~pc.is_in(rows.texts, value_set=texts.drop_null()).to_numpy(zero_copy_only=False)
                continue
            places = pc.index_in(texts, value_set=rows.texts, skip_nulls=True)
            by = places.fill_null(-1).to_numpy().astype(np.intp)
            if not is_child:
                newer = (by >= 0) & (moments_of(one.keys) > rows.moments[by])  # never where either is missing
                comes[by[newer]] = False
                by[np.isin(by, by[newer])] = -1
            one.by = by if (by >= 0).any() else None
        return comes

    def _parts_of(self, periods: Mapping[str, parts.Places], comes: Mask) -> Any:  # noqa: ANN401 - names
        """The part that each row goes to: the one of its period that holds it, else the last one, else a new one."""
        part_of = np.full(len(comes), "", dtype=object)
        for name, one in self.old.items():
            if one.by is not None:
                part_of[one.by[one.by >= 0]] = name
        for period, found in periods.items():
            there = [name for name in self.old if parts.numbered(name, 0) == period]
            new = found[comes[found] & ~np.isin(part_of[found], there)]
            last = max(there, key=parts.number_of, default=period)
            number = parts.number_of(last)
            if there and self.old[last].rows + len(new) > parts.MOST_ROWS:
                number += 1
            for name, places in parts.cut(period, new, number):
                part_of[places] = name
        return part_of

    def _write(
        self, schema: pa.Schema, table: pa.Table, fresh: Mapping[str, parts.Places], drifts: set[str]
    ) -> Iterator[int]:
        """Replace the parts into which rows come, those that rows leave, and those whose types change, all together."""
        changed, gone = self._touched(set(fresh), drifts)
        changed, gone = self._with_first(changed, gone, schema)
        new, there = parts.in_order(changed), sorted(self.old.keys() & (changed | gone))
        if not new and not there:
            return
        with replacing_parts(self.place, parts.beside(new, self.old), there) as stage:
            for name in new:
                coming = table.take(pa.array(fresh.get(name, np.zeros(0, np.intp))))
                rows = pa.concat_tables([self._stay(name, schema), coming])
                parts.write_part(stage, unfinished(name), rows, self.rows.keys)
                if len(coming):
                    yield len(coming)

    def _touched(self, fresh: set[str], drifts: set[str]) -> tuple[set[str], set[str]]:
        """The parts that are written, and those that are deleted because none of their rows is left."""
        first = parts.schema_part(self.partition_by) if self.partition_by else ""
        leaving = {name for name, one in self.old.items() if one.by is not None} | drifts - {first}
        gone = {name for name in leaving - fresh if self.partition_by and not self.old[name].stays}
        return (fresh | leaving) - gone, gone

    def _with_first(self, changed: set[str], gone: set[str], schema: pa.Schema) -> tuple[set[str], set[str]]:
        """``changed`` and ``gone`` with the first part, where it has to be written or is no longer needed."""
        if not self.partition_by or not (changed or gone):
            return changed, gone
        first, old = parts.schema_part(self.partition_by), self.old
        if first not in changed and not self._needs(first, {*old, *changed} - gone, changed, schema):
            return changed, gone | {first} if first in old else gone
        stays = first in old and first not in gone and _types(old[first].schema) == _types(schema)
        return changed if stays else {*changed, first}, gone - {first}

    def _needs(self, first: str, names: set[str], changed: set[str], schema: pa.Schema) -> bool:
        """Whether the first part is needed: it has columns that the next one lacks, rows, or an export's state.

        Many readers take the columns of the first file for those of the dataset.
        """
        following = min(names - {first}, default="")
        shown = schema if following in changed else self.old[following].schema if following else pa.schema([])
        if not set(schema.names) <= set(shown.names):
            return True
        if first not in self.old:
            return False
        with parts.open_part(self.place, first) as part:
            return part.metadata.num_rows > 0 or export_of(part.schema_arrow) is not None

    def _stay(self, name: str, schema: pa.Schema) -> pa.Table:
        """The rows of a part that stay."""
        if name not in self.old:
            return schema.empty_table()
        there, by = parts.read_part(self.place, name), self.old[name].by
        rows = under(there, schema)
        if by is not None:
            rows = rows.filter(pa.array(by < 0))
        attrs = agreed([attrs_of(there.schema), attrs_of(schema)]) if len(rows) else attrs_of(schema)
        pandas = json.dumps({**described(schema), "attributes": attrs}).encode()
        whole = schema.with_metadata({**(schema.metadata or {}), b"pandas": pandas})
        return rows.replace_schema_metadata(with_export(whole, export_of(there.schema)).metadata)


def _opened(place: Place, name: str, keys: Sequence[str], *, with_keys: bool) -> Old:
    """A part of the dataset, its keys read where they are wanted."""
    with parts.open_part(place, name) as part:
        schema, rows = part.schema_arrow, part.metadata.num_rows
        missing = [key for key in keys if key not in schema.names]
        if missing and rows:
            raise ExportError(f"{place.name}/{name} has no column {', '.join(missing)}.", advice="Give another key.")
        one = Old(schema, header_of(schema).account, rows=rows)
        if with_keys and keys and not missing:
            one.keys = part.read(columns=[one for one in dict.fromkeys([*keys, CHANGED]) if one in schema.names])
    return one


def shared_schema(place: Place, schemas: Mapping[str, pa.Schema]) -> pa.Schema:
    """The columns of all parts of a dataset, each of the type that holds all of its values."""
    return common_schema(_different(schemas), partial(_values_in, place, schemas))


def _different(schemas: Mapping[str, pa.Schema]) -> list[pa.Schema]:
    return list({id(one): one for one in schemas.values()}.values())


def _values_in(place: Place, schemas: Mapping[str, pa.Schema], name: str) -> list[Values]:
    holding = {part: one.field(name) for part, one in schemas.items() if name in one.names}
    return [(field, parts.read_part(place, part, [name])[name]) for part, field in holding.items()]


def _types(schema: pa.Schema) -> dict[str, pa.DataType]:
    return {field.name: field.type for field in schema}
