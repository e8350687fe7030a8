"""The schemas of a dataset's parts: the one that holds all of them, and what pandas and our header say in each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

from scalev_frames.export.drift import as_field, common_field
from scalev_frames.frames.header import Header

#: pandas' description of rows that are only numbered; where ``stop`` is another number than the rows', it is ignored.
_NO_INDEX = {"kind": "range", "name": None, "start": 0, "stop": 0, "step": 1}
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
    columns = [
        as_field(table[field.name], field, table.schema.field(field.name))
        if field.name in table.column_names
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
    return {**(schemas[-1].metadata or {}), b"pandas": json.dumps(newest_one).encode()}


def described(schema: pa.Schema) -> dict[str, Any]:
    """What pandas says of the columns of a part."""
    found: dict[str, Any] = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    return found


def attrs_of(schema: pa.Schema) -> dict[Any, Any]:
    """The ``attrs`` of the frame from which a part was written."""
    return dict(described(schema).get("attributes") or {})


def header_of(schema: pa.Schema) -> Header:
    """The header of the frame from which a part was written."""
    frame = pd.DataFrame()
    frame.attrs = attrs_of(schema)
    return Header.of(frame)


def agreed(all_attrs: Sequence[dict[Any, Any]]) -> dict[Any, Any]:
    """What all say."""
    first, *others = all_attrs
    return {name: value for name, value in first.items() if all(one.get(name) == value for one in others)}
