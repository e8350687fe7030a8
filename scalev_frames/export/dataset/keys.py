"""The keys of rows: which columns they are, and which rows have the same key whatever the columns' types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import ExportError
from scalev_frames.export.dataset.drift import as_field, common_field
from scalev_frames.export.dataset.part_index import Index, hashes_of
from scalev_frames.export.places import Place
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.frames.values.arrays import SURROGATES
from scalev_frames.frames.values.arrays import texts as part_texts
from scalev_frames.frames.values.columns import label_of, read_column

#: Of rows with the same key, the one with the later moment in this column stays.
CHANGED = "last_updated_at"

_TEXT = pa.large_string()
_ADVICE = 'Give the columns, such as key=["id"].'
#: A moment with zeros at its end, whose number depends on the unit.
_ZEROS = r"^(\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.|(\.\d*[1-9]))0+(Z?)$"
#: A midnight, as which a day among times is written.
_MIDNIGHT = r"^(\d{4,}-\d\d-\d\d)T00:00:00$"


def key_texts(table: pa.Table, keys: Sequence[str]) -> pa.Array:
    """One text a row, equal where the key is equal; missing where a part of the key is missing.

    >>> key_texts(pa.table({"id": [1, None]}), ["id"]).equals(key_texts(pa.table({"id": ["1", None]}), ["id"]))
    True
    """
    texts = [_one_text(table, name) for name in keys]
    if not texts:
        return pa.nulls(len(table), _TEXT)
    if len(texts) == 1:
        return texts[0]
    sized = [pc.binary_join_element_wise(pc.utf8_length(one).cast(_TEXT), one, pa.scalar(":", _TEXT)) for one in texts]
    return pc.binary_join_element_wise(*sized, pa.scalar("", _TEXT))


def _one_text(table: pa.Table, name: str) -> pa.Array:
    text = pa.field(name, _TEXT)
    values = table[name]
    if pa.types.is_integer(values.type):
        return _whole(values.cast(_TEXT))
    written = pc.replace_substring_regex(_whole(as_field(values, text, text)), _ZEROS, r"\1\2\3")
    return pc.replace_substring_regex(written, _MIDNIGHT, r"\1")


def _whole(values: pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)


def keys_of(frame: pd.DataFrame, key: Sequence[str] | None, mode: str) -> list[str]:
    """The columns that tell the rows of ``frame`` apart.

    Args:
        frame: any frame, its columns called as in files.
        key: what the caller gave; by default the key of the frame's endpoint.
        mode: ``upsert`` needs a key; ``replace`` does without where the frame lacks the endpoint's.

    Raises:
        ExportError: there is none, the frame lacks one of them, they do not distinguish its businesses, or a file
            cannot tell two of their values apart.
    """
    given = _usual_key(frame) if key is None else [key] if isinstance(key, str) else key
    names = list(map(label_of, given))
    missing = [name for name in names if name not in frame.columns]
    if missing and key is None and mode == "replace":
        return []
    if missing:
        raise ExportError(f"This frame has no column {', '.join(missing)}.", advice=_ADVICE)
    if mode == "upsert" and not names:
        raise ExportError("It is not known which columns tell the rows of this frame apart.", advice=_ADVICE)
    _check_businesses(frame, names)
    if mode != "replace":
        _check_written(frame, names)
    return names


def _check_written(frame: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse keys of which different values would be the same text in a file."""
    for name in names:
        values = read_column(frame[name], name)
        if values.changes[SURROGATES]:
            raise ExportError(f"The key {name} holds halves of characters, which a file cannot tell apart.")
        several = values.parts if len(values.parts) > 1 else []
        found = Counter(text for part in several for text in pc.unique(part_texts(part).drop_null()).to_pylist())
        (text, kinds), *_ = found.most_common(1) or [("", 0)]
        if kinds > 1:
            raise ExportError(
                f"The key {name} holds {text} as values of several kinds, which a file cannot tell apart.",
                advice=f'Make them one kind, such as with frame["{name}"].map(str).',
            )


def _check_businesses(frame: pd.DataFrame, key: Sequence[str]) -> None:
    if not key or BUSINESS in key or BUSINESS not in frame.columns:
        return
    if frame[BUSINESS].nunique() > 1:
        raise ExportError(
            f"This frame holds rows of several businesses, which {', '.join(key)} may not tell apart.",
            advice=f"Give key={[BUSINESS, *key]}.",
        )


def _usual_key(frame: pd.DataFrame) -> list[str]:
    """The key of the frame's endpoint; none where the endpoint is not known."""
    endpoint = Header.of(frame).source
    if endpoint is None:
        return []
    return [*([BUSINESS] if BUSINESS in frame.columns else []), *endpoint.row_key]


def check_account(account: str, old: set[str], place: Place, keys: Sequence[str]) -> None:
    """Refuse to mix rows of two accounts, whose ids may be the same."""
    others = old - {"", account}
    if account and others and BUSINESS not in keys:
        raise ExportError(
            f"{place.name} holds rows of the account {', '.join(sorted(others))}, these are of {account}.",
            advice='Choose another folder, or add a column business to both and give key=["business", "id"].',
        )


def newest(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Each key once, in the place of its first row, as if the rows were written one after the other.

    A later row takes the place of an earlier one unless that was changed later (`CHANGED`). Rows without a key stay.
    """
    texts = key_texts(table, keys)
    codes = texts.dictionary_encode().indices.cast(pa.int64())
    places = np.arange(len(table))
    code = np.where(codes.is_null(), -1 - places, codes.fill_null(0).to_numpy())
    rows = pd.DataFrame({"code": code})
    if not rows["code"].duplicated().any():
        return table
    moments = moments_of(table)
    rows["moment"] = moments
    rows["unknown"] = pd.isna(moments)
    rows["unknown"] = rows.groupby("code")["unknown"].cumsum()  # what follows a row without a moment is newer than it
    ordered = rows.sort_values(["unknown", "moment"], kind="stable", na_position="first")
    last = ordered.drop_duplicates("code", keep="last")
    place_of = pd.Series(last.index, index=last["code"])
    return table.take(pa.array(place_of[rows["code"].unique()].to_numpy()))


def moments_of(table: pa.Table) -> np.ndarray[Any, np.dtype[Any]]:
    """When each row was changed last; missing where that is not known."""
    column = table[CHANGED] if CHANGED in table.column_names else None
    if column is None or not pa.types.is_timestamp(column.type):
        return np.full(len(table), np.datetime64("NaT", "us"))
    zone = "UTC" if column.type.tz else None
    return np.asarray(column.cast(pa.timestamp("us", zone), safe=False).cast(pa.timestamp("us")).to_numpy())


class Rows:
    """Rows to write or to delete, with what is needed to find them in the parts of a dataset.

    Attributes:
        texts: the key of each row.
        moments: when each row was changed last.
        loose: which rows have no key.
        hashes: the hashes of the keys, sorted.

    Args:
        table: the rows; each key once, or for child rows any number of times.
        keys: the columns that tell them apart.
    """

    def __init__(self, table: pa.Table, keys: Sequence[str]) -> None:
        self.table = table
        self.keys = list(keys)
        self.texts = key_texts(table, keys)
        self.moments = moments_of(table)
        self.loose = self.texts.is_null().to_numpy(zero_copy_only=False)
        self.hashes = hashes_of(self.texts)

    def are_not_in(self, index: Index) -> bool:
        """Whether none of these rows is in the part with ``index``."""
        if not self.keys:
            return True
        loose = index.loose and bool(self.loose.any())
        return index.keys == tuple(self.keys) and not loose and not index.may_hold(self.hashes)

    def equal_to(self, old: pa.Table) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The places of rows without a key that ``old`` has with the same values."""
        places = np.flatnonzero(self.loose)
        old = old.filter(key_texts(old, self.keys).is_null())
        if not len(places) or not len(old):
            return places[:0]
        known = Counter(_row_texts(old, self.table))
        found = []
        for place, row in zip(places, _row_texts(self.table.take(pa.array(places)), old), strict=True):
            if known[row] > 0:
                known[row] -= 1
                found.append(place)
        return np.array(found, dtype=np.intp)


def _row_texts(table: pa.Table, other: pa.Table) -> list[str]:
    """Each row as one text of its values that are not missing, in the types that it shares with ``other``."""
    columns = {}
    for field in table.schema:
        values = table[field.name]
        if field.name in other.column_names:
            pair = [(field, values), (other.schema.field(field.name), other[field.name])]
            values = as_field(values, common_field(sorted(pair, key=lambda one: str(one[0].type))), field)
        columns[field.name] = values.to_pylist()
    names = sorted(columns)
    return [
        repr([(name, value) for name, value in zip(names, row, strict=True) if value is not None])
        for row in zip(*(columns[name] for name in names), strict=True)
    ]
