"""The schemas of a dataset's parts: the common schema, and the metadata that pandas and our header write into each."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pyarrow as pa

from scalev_frames.export.dataset.drift import as_field, common_field
from scalev_frames.export.dataset.part_index import schema_mark
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import OFFSET

#: pandas' description of an index that only numbers the rows; pandas ignores a ``stop`` that is not the row count.
_NO_INDEX = {"kind": "range", "name": None, "start": 0, "stop": 0, "step": 1}
#: Under this key the part without rows holds how far an export is.
EXPORT = b"scalev_export"
_STATE = {"call", "run", "earlier"}
#: A column as it is in one part.
Values: TypeAlias = tuple[pa.Field, pa.ChunkedArray]  # type: ignore[valid-type,unused-ignore]


def values_of(tables: Iterable[pa.Table], name: str) -> list[Values]:
    """The column ``name`` of every table that has it."""
    return [(table.schema.field(name), table[name]) for table in tables if name in table.column_names]


def common_schema(schemas: Sequence[pa.Schema], values: Callable[[str], list[Values]]) -> pa.Schema:
    """All columns of all parts; a column of several types takes one that holds all its ``values``."""
    fields: dict[str, pa.Field] = {}
    differing: set[str] = set()
    for schema in schemas:
        for field in schema:
            known = fields.setdefault(field.name, field)
            if known.type != field.type or known.metadata != field.metadata:
                differing.add(field.name)
    for name in differing:
        fields[name] = common_field(values(name))
    return pa.schema(list(fields.values()), metadata=_metadata(schemas, fields))


def under(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """``table`` with the columns and types of ``schema``."""
    before, places = table.schema, {name: place for place, name in enumerate(table.column_names)}
    columns = [
        as_field(table.column(places[field.name]), field, before.field(places[field.name]))
        if field.name in places
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _metadata(schemas: Sequence[pa.Schema], fields: Mapping[str, pa.Field]) -> dict[bytes, bytes]:
    """The newest part's metadata, with pandas' description of each column from the newest part that has it."""
    descriptions: dict[str, Any] = {}
    for schema in schemas:
        of_part = {str(one["field_name"]): one for one in described(schema).get("columns", ())}
        for field in schema:
            if field.type == fields[field.name].type:
                descriptions[field.name] = of_part.get(field.name, descriptions.get(field.name))
    columns = [descriptions[name] for name in fields if descriptions.get(name)]
    pandas = {**described(schemas[-1]), "columns": columns, "index_columns": [_NO_INDEX]}
    return {**(with_export(schemas[-1], None).metadata or {}), b"pandas": json.dumps(pandas).encode()}


def described(schema: pa.Schema) -> dict[str, Any]:
    """What pandas' metadata says of a part."""
    found: dict[str, Any] = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    return found


def zone_of(schema: pa.Schema, name: str) -> str | None:
    """The zone of a column of times; an offset without a name is only in pandas' metadata."""
    zone: str | None = schema.field(name).type.tz
    said = (one.get("metadata") or {} for one in described(schema).get("columns", ()) if one.get("field_name") == name)
    offset = str(next(said, {}).get("timezone"))
    return offset if zone and OFFSET.fullmatch(offset) else zone


def mark_of(schema: pa.Schema) -> str:
    """A short text that is the same for the same columns, types and pandas dtypes."""
    return schema_mark(schema, described(schema).get("columns"))


def attrs_of(schema: pa.Schema) -> dict[Any, Any]:
    """The ``attrs`` of the frame from which a part was written."""
    return dict(described(schema).get("attributes") or {})


def header_of(schema: pa.Schema) -> Header:
    """The header of the frame from which a part was written."""
    return Header.read(attrs_of(schema))


def agreed(all_attrs: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    """The pairs of key and value that all have in common."""
    first, *others = all_attrs
    return {name: value for name, value in first.items() if all(one.get(name) == value for one in others)}


def agreed_header(schemas: Sequence[pa.Schema], rows: int) -> Header:
    """The header of a dataset.

    A dataset that exports wrote is complete once all of them are and no rows are missing. The header of any other has
    what the headers of all parts have in common. ``rows`` are those of the parts.
    """
    exports = [state for schema in schemas if (state := export_of(schema))]
    if not exports:
        return Header.read(agreed([header_of(one).attrs for one in schemas]))
    header = _header_of_exports([Header.read(one["header"]) for one in exports])
    lacking = 0 if any(one["run"] for one in exports) else (header.rows or 0) - rows
    if lacking <= 0:
        return replace(header, rows=rows)
    missing = f"{lacking:,} rows are missing: files were deleted, or not copied with the others"
    return replace(header, rows=rows, complete=False, notes=(*header.notes, missing))


def _header_of_exports(wholes: Sequence[Header]) -> Header:
    """One header for the datasets of several exports."""
    moments = [one.as_of for one in wholes if one.as_of]
    return replace(
        Header.read(agreed([one.attrs for one in wholes])),
        complete=all(one.complete for one in wholes),
        as_of=min(moments) if len(moments) == len(wholes) else None,
        notes=tuple(dict.fromkeys(note for one in wholes for note in one.notes)),
        rows=sum(one.rows or 0 for one in wholes),
    )


def export_of(schema: pa.Schema) -> dict[str, Any] | None:
    """The state of an export, where this part holds one that can be read."""
    with contextlib.suppress(ValueError):
        found = json.loads((schema.metadata or {}).get(EXPORT, b"null"))
        if isinstance(found, dict) and isinstance(found.get("header"), dict) and found.keys() >= _STATE:
            return found
    return None


def with_export(schema: pa.Schema, state: Mapping[str, Any] | None) -> pa.Schema:
    """``schema`` with the state of an export."""
    others = {name: value for name, value in (schema.metadata or {}).items() if name != EXPORT}
    return schema.with_metadata(others if state is None else {**others, EXPORT: json.dumps(state).encode()})
