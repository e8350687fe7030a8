"""One frame of several businesses, with the column ``business`` first, and each one's own frame out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.errors import BadValueError
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import exact_array, inexact, is_decimal
from scalev_frames.frames.values.arrays import as_decimals
from scalev_frames.frames.values.scalars import EXACT_FLOAT, MOST_DIGITS, plain_text


def combine(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One frame of the frames of several businesses, one below the other.

    Args:
        frames: each business's own frame of the same call, by the business's name.

    Returns:
        ``business`` (`str`), then the columns of all; one that a business lacks is missing in its rows. A column whose
        dtype differs takes one that holds all values, and a note says so. The header adds up those of the parts, and
        has each part's own in ``businesses``. A column that is itself called ``business`` is called by what it is of,
        such as ``warehouses__business``.

    >>> both = combine({"a": pd.DataFrame({"id": ["1"]}), "b": pd.DataFrame({"id": ["1"]})})
    >>> both.values.tolist(), list(Header.of(both).businesses)
    ([['a', '1'], ['b', '1']], ['a', 'b'])
    """
    parts = {name: with_own_name(frame) for name, frame in frames.items()}
    names = dict.fromkeys(column for part in parts.values() for column in part.columns)
    whole, notes = stacked(list(parts.values()), list(names))
    whose = np.repeat(np.array(list(parts), dtype=object), [len(part) for part in parts.values()])
    whole.insert(0, BUSINESS, pd.Series(whose, dtype="str"))
    return _header(frames, parts, notes).onto(whole)


def split(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Each business's own frame, as its call gave it, out of one that `combine` made.

    Args:
        frame: a frame of several businesses; rows may have been left out.

    Raises:
        BadValueError: the frame does not say which business its rows are of.
    """
    header = Header.of(frame)
    if not header.businesses or BUSINESS not in frame.columns:
        raise BadValueError(
            "This frame does not say which businesses its rows are of.", advice="Pass the frame as the group gave it."
        )
    renamed = own_name(header.endpoint)
    unknown = set(frame[BUSINESS].dropna()) - set(header.businesses)
    if unknown or frame[BUSINESS].isna().any():
        whose = ", ".join(sorted(unknown)) or "no business at all"
        raise BadValueError(f"This frame has rows of {whose}, which its header does not know.")
    parts = {}
    for name, attrs in header.businesses.items():
        part = frame.loc[frame[BUSINESS] == name].drop(columns=BUSINESS).reset_index(drop=True)
        part = part.rename(columns={renamed: BUSINESS}) if renamed in part.columns else part
        part.attrs = dict(attrs)
        parts[name] = replace(Header.of(part), child=header.child, masked=header.masked).onto(part)
    return parts


def with_own_name(frame: pd.DataFrame, name: str = BUSINESS) -> pd.DataFrame:
    """``frame`` with a column of the list's own renamed where it is called ``name``, as one that we add."""
    if name not in frame:
        return frame
    header = Header.of(frame)
    own = own_name(header.endpoint, name)
    kinds = {**header.kinds, own: header.kind_of(name)}
    return replace(header, kinds=kinds).onto(frame.rename(columns={name: own}))


def own_name(endpoint: str, name: str = BUSINESS) -> str:
    """The new name of a list's own column that is called ``name``, as one that we add, such as ``business``.

    >>> own_name("warehouses"), own_name("orders", "month")
    ('warehouses__business', 'orders__month')
    """
    return f"{endpoint or 'own'}__{name}"


def _header(frames: Mapping[str, pd.DataFrame], parts: Mapping[str, pd.DataFrame], notes: Sequence[str]) -> Header:
    """The header of all parts together: the oldest moment, complete only where each is."""
    headers = {name: Header.of(frame) for name, frame in frames.items()}
    each = list(headers.values())
    return replace(
        each[0],
        as_of=min((one.as_of for one in each if one.as_of is not None), default=None),
        complete=_all(one.complete for one in each),
        requests=sum(one.requests or 0 for one in each),
        from_cache=_all(one.from_cache for one in each),
        account=", ".join(headers),
        notes=(*_notes({name: one.notes for name, one in headers.items()}), *notes),
        rows=sum(map(len, parts.values())),
        kinds=_kinds(headers, parts),
        totals=each[0].totals if len(each) == 1 else {},  # visitors of one and of another may be the same
        kept_as="",
        businesses={name: frame.attrs for name, frame in frames.items()},
    )


def _kinds(headers: Mapping[str, Header], parts: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """The kinds of all columns: the first business's where they differ."""
    kinds = {name: kind for one in reversed(list(headers.values())) for name, kind in one.kinds.items()}
    kinds[BUSINESS] = "text"
    for name, part in parts.items():
        if (own := own_name(Header.of(part).endpoint)) in part.columns:
            kinds[own] = headers[name].kind_of(BUSINESS)
    return kinds


def _notes(said: Mapping[str, Sequence[str]]) -> list[str]:
    """The notes of all, each once, with the names of the businesses where not all have it."""
    notes = dict.fromkeys(note for one in said.values() for note in one)
    who = {note: [name for name, one in said.items() if note in one] for note in notes}
    return [note if len(who[note]) == len(said) > 1 else f"{', '.join(who[note])}: {note}" for note in notes]


def _all(said: Any) -> bool | None:  # noqa: ANN401 - an iterable of flags
    """Whether all are True; ``None`` where one is not known."""
    flags = list(said)
    return None if None in flags else all(flags)


# Columns -----------------------------------------------------------------------------------------------------------


def stacked(parts: Sequence[pd.DataFrame], names: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """The columns ``names`` of all parts, one below the other, and notes on those that took another dtype.

    Returns:
        The frame, without ``attrs``, and the notes.
    """
    bare = list(map(pd.DataFrame, parts))  # without attrs, which each column that is taken out would copy
    lengths = list(map(len, bare))
    found = {name: _joined([part.get(name) for part in bare], lengths) for name in _mixed(bare, names)}
    whole = pd.concat([part.drop(columns=list(found), errors="ignore") for part in bare], ignore_index=True)
    if found:
        others = pd.DataFrame({name: column for name, (column, _) in found.items()})
        whole = pd.concat([whole, others], axis=1)
    return whole[list(names)], [f"{name}: {note}" for name, (_, note) in found.items() if note]


def _mixed(parts: Sequence[pd.DataFrame], names: Sequence[str]) -> list[str]:
    """The columns that not all parts have with one dtype."""
    kinds = [part.dtypes.to_dict() for part in parts]
    return [name for name in names if len({kind.get(name) for kind in kinds}) > 1]


def _joined(given: Sequence[pd.Series[Any] | None], lengths: Sequence[int]) -> tuple[Any, str]:
    """One column of those of all parts, and a note where its dtype is none of theirs."""
    present = [one for one in given if one is not None]
    filled = [one for one in present if not one.isna().all()] or present[:1]
    dtype, note = filled[0].dtype, ""
    if len({str(one.dtype) for one in filled}) > 1:
        filled, note = _alike(filled)
        dtype = filled[0].dtype
    values = iter(filled)
    columns = [
        next(values) if one is not None and not one.isna().all() else _missing(length, dtype)
        for one, length in zip(given, lengths, strict=True)
    ]
    return pd.concat(columns, ignore_index=True).array, note


def _missing(length: int, dtype: Any) -> pd.Series[Any]:  # noqa: ANN401 - pandas has no common type
    kind = getattr(dtype, "kind", "O")
    if kind in "biu" and isinstance(dtype, np.dtype):
        dtype = np.dtype(object)  # plain flags and whole numbers have no missing value
    values: pd.Series[Any] = pd.Series(np.full(length, None, dtype=object), dtype=dtype)
    return values


def _alike(columns: Sequence[pd.Series[Any]]) -> tuple[list[pd.Series[Any]], str]:
    """The columns with one dtype that holds the values of all, and what was done."""
    if any(one.dtype == object for one in columns):
        return [one.astype(object) for one in columns], ""
    if amounts := _decimals(columns):
        return amounts, ""
    if numbers := _numbers(columns):
        return numbers, "numbers, because its parts differ"
    texts = [one.map(_text, na_action="ignore").astype("str") for one in columns]
    return texts, "text, because the values of its parts are of several kinds"


def _decimals(columns: Sequence[pd.Series[Any]]) -> list[pd.Series[Any]]:
    """Amounts as decimals of one type; none where they are no amounts, or 38 digits are too few."""
    if not all(is_decimal(one.dtype) or one.dtype == np.float64 for one in columns):
        return []
    arrays = [exact_array(one) for one in columns]
    if any(map(inexact, columns, arrays)):
        return []
    whole = max(array.type.precision - array.type.scale for array in arrays)
    scale = max(array.type.scale for array in arrays)
    common = pa.decimal128(min(MOST_DIGITS, whole + scale), scale)
    try:
        return [pd.Series(pd.arrays.ArrowExtensionArray(as_decimals(array, common))) for array in arrays]
    except pa.ArrowInvalid:
        return []


def _numbers(columns: Sequence[pd.Series[Any]]) -> list[pd.Series[Any]]:
    """Whole numbers and floats as floats; none where one would not be exact."""
    if not all(one.dtype.kind in "iuf" and not is_decimal(one.dtype) for one in columns):
        return []
    whole = [one for one in columns if pd.api.types.is_integer_dtype(one.dtype)]
    exact = all(one.abs().max() <= EXACT_FLOAT for one in whole)
    return [one.astype("Float64") for one in columns] if exact else []


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else plain_text(value)


def chosen_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame``, whose rows were chosen on purpose: no note says that it has fewer than its pull, of any business."""
    header = Header.of(frame)
    rows: dict[Any, int] = frame[BUSINESS].value_counts().to_dict() if BUSINESS in frame else {}
    businesses = {name: {**attrs, "rows": rows.get(name, 0)} for name, attrs in header.businesses.items()}
    return replace(header, rows=len(frame), businesses=businesses).onto(frame)
