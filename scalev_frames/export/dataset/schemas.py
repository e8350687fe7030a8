"""The schemas of a dataset's parts: the one that holds all of them, and what pandas and our header say in each."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

from scalev_frames.export.dataset.drift import as_field, common_field
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import OFFSET

#: pandas' description of rows that are only numbered; where ``stop`` is another number than the rows', it is ignored.
_NO_INDEX = {"kind": "range", "name": None, "start": 0, "stop": 0, "step": 1}
#: Under this key the part without rows holds how far an export is.
EXPORT = b"scalev_export"
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
    """What pandas says of the columns, of the newest part that has them, and the newest part's ``attrs``."""
    known: dict[str, Any] = {}
    for schema in schemas:
        columns_of = {str(one["field_name"]): one for one in described(schema).get("columns", ())}
        for field in schema:
            if field.type == fields[field.name].type:
                known[field.name] = columns_of.get(field.name, known.get(field.name))
    columns = [known[name] for name in fields if known.get(name)]
    newest_one = {**described(schemas[-1]), "columns": columns, "index_columns": [_NO_INDEX]}
    others = {name: value for name, value in (schemas[-1].metadata or {}).items() if name != EXPORT}
    return {**others, b"pandas": json.dumps(newest_one).encode()}


def described(schema: pa.Schema) -> dict[str, Any]:
    """What pandas says of the columns of a part."""
    found: dict[str, Any] = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    return found


def zone_of(schema: pa.Schema, name: str) -> str | None:
    """The zone of a column of times; an offset without a name stands in what pandas says of it."""
    zone: str | None = schema.field(name).type.tz
    said = (one.get("metadata") or {} for one in described(schema).get("columns", ()) if one.get("field_name") == name)
    offset = str(next(said, {}).get("timezone"))
    return offset if zone and OFFSET.fullmatch(offset) else zone


def attrs_of(schema: pa.Schema) -> dict[Any, Any]:
    """The ``attrs`` of the frame from which a part was written."""
    return dict(described(schema).get("attributes") or {})


def header_of(schema: pa.Schema) -> Header:
    """The header of the frame from which a part was written."""
    return header_from(attrs_of(schema))


def header_from(said: Mapping[Any, Any]) -> Header:
    """The header in ``attrs``."""
    frame = pd.DataFrame()
    frame.attrs = dict(said)
    return Header.of(frame)


def agreed(all_attrs: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    """What all have in common."""
    first, *others = all_attrs
    return {name: value for name, value in first.items() if all(one.get(name) == value for one in others)}


def agreed_header(schemas: Sequence[pa.Schema], rows: int) -> Header:
    """The header of a dataset.

    Args:
        schemas: those of its parts. What exports say in them of the whole takes the place of what parts say: it is
            complete once all of them are, and no part of it is missing. Of others only what all say is kept.
        rows: how many rows the parts have.
    """
    exports = [state for schema in schemas if (state := export_of(schema))]
    if not exports:
        return header_from(agreed([header_of(one).onto(pd.DataFrame()).attrs for one in schemas]))
    header = _header_of_exports([header_from(one["header"]) for one in exports])
    lacking = 0 if any(one["run"] for one in exports) else (header.rows or 0) - rows
    if lacking <= 0:
        return replace(header, rows=rows)
    missing = f"{lacking:,} rows are missing: files were deleted, or not copied with the others"
    return replace(header, rows=rows, complete=False, notes=(*header.notes, missing))


def _header_of_exports(wholes: Sequence[Header]) -> Header:
    """What exports say of the whole, together."""
    oldest = [one.as_of for one in wholes if one.as_of]
    return replace(
        header_from(agreed([one.onto(pd.DataFrame()).attrs for one in wholes])),
        complete=all(one.complete for one in wholes),
        as_of=min(oldest) if len(oldest) == len(wholes) else None,
        notes=tuple(dict.fromkeys(note for one in wholes for note in one.notes)),
        rows=sum(one.rows or 0 for one in wholes),
    )


def export_of(schema: pa.Schema) -> dict[str, Any] | None:
    """The state of an export, where this part holds one that can be read."""
    with contextlib.suppress(ValueError):
        found = json.loads((schema.metadata or {}).get(EXPORT, b"null"))
        if (
            isinstance(found, dict)
            and found.keys() >= {"call", "run", "earlier"}
            and isinstance(found.get("header"), dict)
        ):
            return found
    return None


def with_export(schema: pa.Schema, state: Mapping[str, Any] | None) -> pa.Schema:
    """``schema`` with the state of an export."""
    others = {name: value for name, value in (schema.metadata or {}).items() if name != EXPORT}
    return schema.with_metadata(others if state is None else {**others, EXPORT: json.dumps(state).encode()})
