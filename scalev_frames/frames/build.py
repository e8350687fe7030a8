"""Build one typed frame from rows of JSON; the result does not depend on the pages.

Rows are absorbed in batches of some hundred: each batch is turned from a list of objects into one list of values a
field, and each list into an Arrow array at once; the parsed pages can then be forgotten. Fields that the catalog does
not declare come after the declared ones. Credentials of other services are left out, with a note; nothing else is.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.catalog import Column, kind_by_name, pandas_dtype
from scalev_frames.catalog.kinds import NESTED_KINDS, TEXT_KINDS
from scalev_frames.catalog.model import column_names
from scalev_frames.catalog.secret import is_secret
from scalev_frames.frames import convert
from scalev_frames.frames.money import surviving_floats
from scalev_frames.frames.secrets import NOTE, harmless_part, may_hold_secrets, without_secrets
from scalev_frames.frames.values.scalars import object_array

#: Rows of a batch: they fit the processor's cache; smaller batches call Arrow too often.
BATCH_ROWS = 250
#: An undeclared object becomes columns when its keys look like field names and are at most this many; an object with
#: free keys (product name → quantity) stays one column.
MOST_UNKNOWN_KEYS = 40

Path = tuple[str, ...]
Row = dict[str, Any]
_NO_FIELDS: Row = {}
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")
_STEP_WORDS = {"decimal": "more digits than a float holds", "double": "fractions", "string": "values of another kind"}

#: What a note says of a column that the catalog does not declare.
UNDECLARED = "sent by the server, not in the data dictionary"


class FrameBuilder:
    """Absorbs rows, then gives one DataFrame.

    Args:
        columns: the declared columns, in order; always there, also for zero rows.
        time_zone: the zone in which times are shown.

    Attributes:
        rows: how many were taken in.
        left_out: the paths of fields that hold credentials of other services.

    >>> from scalev_frames.catalog import ENDPOINTS
    >>> builder = FrameBuilder(ENDPOINTS["product_taxonomies"].columns, "Asia/Jakarta")
    >>> builder.add([{"id": 7, "full_path": "Fashion > Batik", "colour": "red"}])
    >>> frame, notes = builder.finish()
    >>> frame[["id", "full_path", "colour"]].iloc[0].tolist()
    ['7', 'Fashion > Batik', 'red']
    >>> notes
    ['colour: sent by the server, not in the data dictionary']
    """

    def __init__(self, columns: Sequence[Column], time_zone: str) -> None:
        self.columns = tuple(columns)
        self.time_zone = time_zone
        self.rows = 0
        self._kinds = {column.path: column.kind for column in self.columns}
        self._objects = {column.path[:depth] for column in self.columns for depth in range(1, len(column.path))}
        self._waiting: list[Row] = []
        self._kept: dict[Path, list[Any]] = {path: [] for path, kind in self._kinds.items() if kind in NESTED_KINDS}
        self._chunks: dict[Path, list[pa.Array]] = {path: [] for path in self._kinds if path not in self._kept}
        self._unknown: dict[Path, list[Any]] = {}
        self.left_out: set[str] = set()

    def add(self, rows: Iterable[Row]) -> None:
        """Take ``rows`` in, in order."""
        self._waiting.extend(rows)
        while len(self._waiting) >= BATCH_ROWS:
            self._absorb(self._waiting[:BATCH_ROWS])
            del self._waiting[:BATCH_ROWS]

    def finish(self) -> tuple[pd.DataFrame, list[str]]:
        """The frame, and a note for everything that was not as the catalog declares it.

        Returns:
            The frame with the declared columns in declared order and the others after them, and the notes.
        """
        if self._waiting:
            self._absorb(self._waiting)
            self._waiting = []
        notes: list[str] = []
        arrays: dict[str, Any] = {}
        for column in self.columns:
            if column.kind in NESTED_KINDS:
                arrays[column.name] = object_array(self._kept.pop(column.path))
            else:
                chunks = self._chunks.pop(column.path)
                arrays[column.name] = self._array(column.name, column.kind, chunks, notes)
        self._add_unknown(arrays, notes)
        notes += [f"{name}: {NOTE}" for name in sorted(self.left_out)]
        return pd.DataFrame(arrays, index=pd.RangeIndex(self.rows)), notes

    # One batch -------------------------------------------------------------------------------------------------

    def _absorb(self, rows: Sequence[Row]) -> None:
        found: dict[Path, pa.Array] = {}
        self._spread(rows, (), found)
        self.rows += len(rows)
        for path, chunks in self._chunks.items():
            chunks.append(found[path] if path in found else pa.nulls(len(rows), convert.arrow_type(self._kinds[path])))
        for kept in (*self._kept.values(), *self._unknown.values()):
            kept.extend([None] * (self.rows - len(kept)))

    def _spread(self, objects: Sequence[Row | None], prefix: Path, found: dict[Path, pa.Array]) -> None:
        """Make one array of values of each field of ``objects``, and of the fields of declared nested objects."""
        for key, values in _transpose(objects).items():
            path = (*prefix, key)
            if is_secret(key):
                self.left_out.add(".".join(path))
                values = [harmless_part(value) for value in values]
                if not convert.types_of(values):
                    continue
            if path in self._objects:
                self._spread(self._only_objects(path, values), path, found)
            elif path in self._kept:
                is_map = self._kinds[path] == "map"
                self._kept[path].extend(self._without_secrets(path, values, free_keys=is_map))
            elif path in self._chunks:
                found[path] = self._plain(path, values)
            else:
                self._keep_unknown(path, values)

    def _plain(self, path: Path, values: Sequence[Any]) -> pa.Array:
        """A declared column of plain values; objects among them go to a column of their own."""
        texts = convert.texts_alone(self._kinds[path], values)
        if texts is not None:
            return texts
        types = convert.types_of(values)
        if dict in types:
            objects, values = _parted(values)
            self._keep_unknown(path, objects)
        return convert.convert(self._kinds[path], values, types - {dict})

    def _only_objects(self, path: Path, values: Sequence[Any]) -> Sequence[Row | None]:
        """The objects among ``values``; plain values among them go to a column of their own."""
        if convert.types_of(values) <= {dict}:
            return values
        objects, others = _parted(values)
        self._keep_unknown(path, others)
        return objects

    def _keep_unknown(self, path: Path, values: Sequence[Any]) -> None:
        kept = self._unknown.setdefault(path, [])
        kept.extend([None] * (self.rows - len(kept)))
        kept.extend(self._without_secrets(path, values))

    def _without_secrets(self, path: Path, values: Sequence[Any], *, free_keys: bool = False) -> Sequence[Any]:
        name = ".".join(path)
        if not may_hold_secrets(values, free_keys=free_keys):
            return values
        return [
            None if value is None else without_secrets(value, name, self.left_out, free_keys=free_keys)
            for value in values
        ]

    # The whole column --------------------------------------------------------------------------------------------

    def _array(self, name: str, kind: str, chunks: list[pa.Array], notes: list[str]) -> Any:  # noqa: ANN401
        column = convert.unify(kind, chunks)
        if pa.types.is_decimal(column.type) and (amounts := surviving_floats(column)) is not None:
            return amounts
        declared = convert.arrow_type(kind)
        if column.type != declared or kind == "money":
            word = next(word for start, word in _STEP_WORDS.items() if start in str(column.type))
            notes.append(f"{name}: came with {word}, so the column is {_dtype_of(column.type)} instead of {kind}")
        return _extension_array(column, kind, self.time_zone)

    def _add_unknown(self, arrays: dict[str, Any], notes: list[str]) -> None:
        leaves: dict[Path, tuple[str, list[Any]]] = {}
        for path, values in self._unknown.items():
            _resolve(path, values, leaves)
        self._unknown = {}
        names = column_names(leaves, taken=arrays)
        for path, (kind, values) in sorted(leaves.items()):
            name = names[path]
            notes.append(f"{name}: {UNDECLARED}")
            if kind in NESTED_KINDS:
                arrays[name] = object_array(values)
            else:
                arrays[name] = self._array(name, kind, [convert.convert(kind, values)], [])


def _transpose(objects: Sequence[Row | None]) -> dict[str, Sequence[Any]]:
    """The values of each key, ``None`` where an object or a key is missing.

    Most objects have the same keys in the same order: their values are taken in that order. The others are looked up by
    each key.
    """
    given = [one or _NO_FIELDS for one in objects]
    keys = [*map(tuple, given)]
    distinct = dict.fromkeys(filter(None, keys))
    if len(distinct) < 2:
        usual: tuple[str, ...] = next(iter(distinct), ())
        blank = dict.fromkeys(usual)
        return dict(zip(usual, zip(*[(one or blank).values() for one in given], strict=True), strict=True))
    usual = Counter(filter(None, keys)).most_common(1)[0][0]
    flat: list[Any] = []  # row by row, as the values lie in memory
    for one, own_keys in zip(given, keys, strict=True):
        flat.extend(one.values() if own_keys == usual else map(one.get, usual))
    columns: dict[str, Sequence[Any]] = {key: flat[place :: len(usual)] for place, key in enumerate(usual)}
    for key in dict.fromkeys(itertools.chain.from_iterable(distinct)):
        if key not in columns:
            columns[key] = [one.get(key) for one in given]
    return columns


def _resolve(path: Path, values: list[Any], leaves: dict[Path, tuple[str, list[Any]]]) -> None:
    """The columns of an undeclared field, decided by all of its values."""
    keys = _field_names(values)
    if not keys:
        leaves[path] = _unknown_kind(path[-1], values), values
        return
    objects, others = _parted(values)
    for key in keys:
        _resolve((*path, key), [(one or _NO_FIELDS).get(key) for one in objects], leaves)
    if any(value is not None for value in others):
        leaves[path] = _unknown_kind(path[-1], others), others


def _parted(values: Sequence[Any]) -> tuple[list[Row | None], list[Any]]:
    """The objects among ``values``, and the others, each with ``None`` in the place of the rest."""
    objects = [value if type(value) is dict else None for value in values]
    return objects, [None if type(value) is dict else value for value in values]


def _field_names(values: Iterable[Any]) -> set[str]:
    """The keys of the objects among ``values``, where they look like the names of fields; none where they are data."""
    keys = {key for value in values if type(value) is dict for key in value}
    return keys if len(keys) <= MOST_UNKNOWN_KEYS and all(map(_FIELD_NAME.fullmatch, keys)) else set()


def _unknown_kind(name: str, values: list[Any]) -> str:
    types = convert.types_of(values)
    if types and types <= {list, dict}:
        return "map" if types == {dict} else "list"
    named = kind_by_name(name)
    if types == {bool}:
        return "flag"
    if named == "text" and types and types <= {int, float, Decimal}:
        return "count" if types == {int} else "number"
    return named


def _extension_array(column: pa.ChunkedArray, kind: str, time_zone: str) -> Any:  # noqa: ANN401 - pandas has no type
    if column.type == convert.arrow_type(kind) and kind != "money":
        dtype = pandas_dtype(kind, time_zone)
        if isinstance(dtype, str):
            return column.cast(pa.timestamp("s")).to_numpy()
        if kind not in TEXT_KINDS:  # pandas makes a column of its own of each chunk
            column = column.combine_chunks()
        return dtype.__from_arrow__(column)  # type: ignore[attr-defined]
    return _dtype_of(column.type).__from_arrow__(column)


def _dtype_of(arrow: pa.DataType) -> Any:  # noqa: ANN401 - pandas has no common type
    if pa.types.is_decimal(arrow):
        return pd.ArrowDtype(arrow)
    return pd.Float64Dtype() if pa.types.is_floating(arrow) else pd.StringDtype(na_value=np.nan)
