"""Values from JSON to their declared kind, exactly, or to text with a note.

Pure functions on lists of parsed values. Every kind has a ladder of what a column may become when its values do not
fit: each step holds all the values of the step before without loss, and the last step, text, holds everything. A chunk
takes the first step that fits it; a column takes the highest step of its chunks. So the result never depends on how
rows were split into pages. A text such as ``"007"`` is a code, no number.

    money  → wider decimal → text        count → number → text
    number → text                        flag, time, date → text
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog.kinds import KINDS, MONEY_TYPE, TEXT_KINDS, TIME_TYPE
from scalev_frames.frames.money import SAFE_DIGITS, short_decimals
from scalev_frames.frames.values.arrays import TEXT, as_decimals
from scalev_frames.frames.values.scalars import EXACT, EXACT_FLOAT, LONG, MOST_DIGITS, digits, places, plain_text
from scalev_frames.query.times import iso

Types = set[type]
Step = Callable[[Sequence[Any], Types], pa.Array]
_NAIVE_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_FLAGS = {True: True, False: False, "true": True, "false": False, "1": True, "0": False, None: None, "": None}
_DIGITS = frozenset("0123456789.-")
#: Kinds whose values are numbers.
_NUMBERS = frozenset({"money", "count", "grams", "number"})
#: A line with leading zeros, which a number would lose, or with ``_``: only Python reads 1_000 as a number.
_CODE = re.compile(r"^\s*[+-]?0\d|_", re.MULTILINE)


class NotThisKind(ValueError):  # noqa: N818 - a signal between the steps of a ladder, never seen by a user
    """The values do not fit the step that was tried."""


#: The errors of a step whose values do not fit: `NotThisKind` and Arrow's own are ValueErrors, those of decimals
#: ArithmeticErrors.
_DOES_NOT_FIT = (ValueError, ArithmeticError, KeyError)


def types_of(values: Iterable[Any]) -> Types:
    """The Python types among ``values``, ``None``'s left out: they decide which way a column goes.

    >>> types_of([1, None, "a"]) == {int, str}
    True
    """
    return set(map(type, values)) - {type(None)}


def convert(kind: str, values: Sequence[Any], types: Types | None = None) -> pa.Array:
    """``values`` as the first Arrow type of the kind's ladder that holds them all without loss.

    Args:
        kind: a word of `KINDS`.
        values: parsed JSON values.
        types: what `types_of` gave for them, where that is known already.

    >>> convert("money", [10000, 1.5e4, "12500.50", None]).to_pylist()
    [Decimal('10000.00'), Decimal('15000.00'), Decimal('12500.50'), None]
    >>> convert("count", [1, "two"]).to_pylist()
    ['1', 'two']
    """
    types = types_of(values) if types is None else types
    if not types:
        return pa.nulls(len(values), arrow_type(kind))
    if kind in TEXT_KINDS:
        return _texts(kind, values, types)
    array = _first_step(kind, values, types)
    return pa.array(_canonical_texts(kind, values), TEXT) if array is None else array


def _first_step(kind: str, values: Sequence[Any], types: Types) -> pa.Array | None:
    """``values`` on the first step of the kind's ladder that holds them all; ``None`` where none does."""
    if kind in _NUMBERS and str in types and _CODE.search("\n".join(_only_texts(values))):
        return None
    for step in _LADDERS[kind]:
        with contextlib.suppress(*_DOES_NOT_FIT), localcontext(LONG):
            return step(values, types)
    return None


def texts_alone(kind: str, values: Sequence[Any]) -> pa.Array | None:
    """``values`` of a kind of text, which most columns are, in one go; ``None`` where they or the kind are others.

    >>> texts_alone("code", ["a", None]).to_pylist(), texts_alone("code", ["a", 1])
    (['a', None], None)
    """
    if kind not in TEXT_KINDS or type(values[0]) not in (str, type(None)):
        return None
    try:
        return pa.array(values, TEXT)
    except pa.ArrowTypeError:
        return None


def unify(kind: str, chunks: list[pa.Array]) -> pa.ChunkedArray:
    """``chunks`` of one column on the highest step that one of them took."""
    with contextlib.suppress(pa.ArrowTypeError):  # as a rule all have the declared type
        return pa.chunked_array(chunks, arrow_type(kind))
    if kind in TEXT_KINDS:
        with contextlib.suppress(pa.ArrowTypeError):  # or all are ids in digits
            return pa.chunked_array(chunks, pa.int64()).cast(TEXT)
    wanted = _common_type(kind, chunks)
    if wanted != TEXT:
        with contextlib.suppress(pa.ArrowInvalid):  # decimals that 38 digits do not hold beside each other
            return pa.chunked_array([_cast(chunk, wanted) for chunk in chunks], wanted)
    return as_texts(chunks)


def _cast(chunk: pa.Array, wanted: pa.DataType) -> pa.Array:
    if chunk.type == wanted:
        return chunk
    return as_decimals(chunk, wanted) if pa.types.is_decimal(wanted) else chunk.cast(wanted)


def _common_type(kind: str, chunks: Iterable[pa.Array]) -> pa.DataType:
    """The lowest type that may hold the values of all chunks."""
    if kind in TEXT_KINDS:
        return TEXT
    types = {chunk.type for chunk in chunks if chunk.null_count < len(chunk)}
    if len(types) <= 1:
        return next(iter(types), arrow_type(kind))
    scales = [one.scale for one in types if pa.types.is_decimal(one)]
    if TEXT in types:
        return TEXT
    if scales:
        return pa.decimal128(MOST_DIGITS, max(scales))
    return pa.float64() if all(map(_exact_as_float, chunks)) else TEXT


def as_texts(chunks: Iterable[pa.Array]) -> pa.ChunkedArray:
    """The chunks of a column of any kind as text, each value as `convert` would have written it."""
    return pa.chunked_array([_to_text(chunk) for chunk in chunks], TEXT)


def arrow_type(kind: str) -> pa.DataType:
    """The Arrow type a column of ``kind`` has when every value fits.

    >>> str(arrow_type("money"))
    'decimal128(18, 2)'
    """
    return KINDS[kind].arrow if kind in KINDS else TEXT


def _canonical_texts(kind: str, values: Sequence[Any]) -> list[str | None]:
    """The texts of values without a common type; the text of a value does not depend on the values beside it."""
    keys = [(type(value).__name__, repr(value)) for value in values]
    distinct = {key: value for key, value in zip(keys, values, strict=True) if value is not None and value != ""}
    alike = sorted(distinct)  # those of one type beside each other
    texts = dict(zip(alike, _by_halves(kind, [distinct[key] for key in alike]), strict=True))
    return [texts.get(key) for key in keys]


def _by_halves(kind: str, values: Sequence[Any]) -> list[str | None]:
    """The text that each value would have alone; halves without a common type are halved again."""
    array = _first_step(kind, values, types_of(values))
    if array is not None:
        return _to_text(array).to_pylist()  # type: ignore[no-any-return]
    if len(values) == 1:
        return [plain_text(values[0])]
    middle = len(values) // 2
    return [*_by_halves(kind, values[:middle]), *_by_halves(kind, values[middle:])]


def _texts(kind: str, values: Sequence[Any], types: Types) -> pa.Array:
    with contextlib.suppress(OverflowError):  # beyond 64 bit
        if types == {str}:
            return pa.array(values, TEXT)
        if types == {int}:  # their texts are made of all chunks together
            return pa.array(values, pa.int64())
    text = digits if kind in ("id", "code") else plain_text
    return pa.array([None if value is None else text(value) for value in values], TEXT)


def _money(values: Sequence[Any], types: Types) -> pa.Array:
    if types <= {int}:
        return pa.array(values, pa.int64()).cast(pa.decimal128(MOST_DIGITS, 2)).cast(MONEY_TYPE)
    floats = _short_floats(values, types)
    if floats is not None and (short := short_decimals(floats)) is not None:
        return short
    texts = _number_texts(values, types)
    if _has_tiny(texts):
        raise NotThisKind
    return pa.array(texts, TEXT).cast(MONEY_TYPE)


def _has_tiny(texts: list[str | None]) -> bool:
    """Whether numbers may have more than 38 digits behind the point: Arrow's cast turns these into 0.00."""
    given = [*filter(None, texts)]
    return max(map(len, given), default=0) > MOST_DIGITS or "e-" in "".join(given).lower()


def _wide_money(values: Sequence[Any], types: Types) -> pa.Array:
    numbers = [None if text is None else Decimal(text) for text in _number_texts(values, types)]
    given = [number for number in numbers if number is not None]
    if not all(number.is_finite() for number in given):
        raise NotThisKind
    scale = max(MONEY_TYPE.scale, *map(places, given))
    if scale > MOST_DIGITS:
        raise NotThisKind
    return pa.array(numbers, pa.decimal128(MOST_DIGITS, scale))


def _short_floats(values: Sequence[Any], types: Types) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    """Numbers of at most 15 digits as floats, missing as NaN; ``None`` where a text is longer or anything else.

    Texts of so few digits and their floats are the same numbers.
    """
    if not types <= {int, float, str}:
        return None
    if str in types:
        texts = _only_texts(values)
        if max(map(len, texts)) > SAFE_DIGITS or not _DIGITS.issuperset("".join(texts)):
            return None
        if "" in texts:
            values = [None if value == "" else value for value in values]
    try:
        floats = np.array(values, np.float64)  # NaN for None
    except (ValueError, OverflowError):
        return None
    given = len(values) - values.count(None)
    return floats if np.count_nonzero(np.abs(floats) < EXACT_FLOAT) == given else None


def _only_texts(values: Sequence[Any]) -> list[str]:
    return [value for value in values if type(value) is str]


def _number_texts(values: Sequence[Any], types: Types) -> list[str | None]:
    if not types <= {int, float, str, Decimal}:
        raise NotThisKind
    return [None if value is None or value == "" else value if type(value) is str else str(value) for value in values]


def _count(values: Sequence[Any], types: Types) -> pa.Array:
    if not types <= {int}:
        values = [_whole(value) for value in values]
    return pa.array(values, pa.int64())


def _whole(value: Any) -> int | None:  # noqa: ANN401 - a JSON value
    if value is None or value == "":
        return None
    if type(value) is int:
        return value
    if type(value) in (float, str, Decimal) and (number := Decimal(value)) == number.to_integral_value():
        return int(number)
    raise NotThisKind


def _number(values: Sequence[Any], types: Types) -> pa.Array:
    if types <= {float}:
        return pa.array(values, pa.float64())
    if (floats := _short_floats(values, types)) is not None:
        return pa.array(floats, from_pandas=True)
    return pa.array([_exact_float(value) for value in values], pa.float64())


def _exact_float(value: Any) -> float | None:  # noqa: ANN401 - a JSON value
    if value is None or value == "":
        return None
    if type(value) is float:
        return value
    if type(value) in (int, str, Decimal):
        exact, number = Decimal(value), float(value)
        if exact.is_finite() and Decimal(repr(number)) == exact and abs(exact) <= EXACT_FLOAT:
            return number
    raise NotThisKind


def _flag(values: Sequence[Any], types: Types) -> pa.Array:
    if types <= {bool}:
        return pa.array(values, pa.bool_())
    if not types <= {bool, int, str}:
        raise NotThisKind
    return pa.array([_FLAGS[value.lower() if type(value) is str else value] for value in values], pa.bool_())


def _time(values: Sequence[Any], types: Types) -> pa.Array:
    if not types <= {str, int, float, Decimal}:
        raise NotThisKind
    for spelled in (None, _stamp_with_zone, _stamp_in_any_spelling):
        with contextlib.suppress(pa.ArrowInvalid, pa.ArrowTypeError):
            texts = values if spelled is None else [spelled(value) for value in values]
            return pa.array(texts, TEXT).cast(TIME_TYPE)
    raise NotThisKind


def _stamp_with_zone(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """A stamp without a zone is UTC, as all of the API's stamps are."""
    if not value:
        return None
    return f"{value}Z" if _NAIVE_STAMP.fullmatch(str(value)) else value


def _stamp_in_any_spelling(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    return iso(value) or _stamp_with_zone(value)


def _date(values: Sequence[Any], types: Types) -> pa.Array:
    if not types <= {str}:
        raise NotThisKind
    return pa.array([_day(value) for value in values], pa.date32())


def _day(value: str | None) -> dt.date | None:
    if not value:
        return None
    if not _DATE.fullmatch(value):
        raise NotThisKind
    return dt.date.fromisoformat(value)


def _exact_as_float(chunk: pa.Array) -> bool:
    if not pa.types.is_integer(chunk.type) or chunk.null_count == len(chunk):
        return True
    edges = pc.min_max(chunk)
    return bool(edges["min"].as_py() >= -EXACT_FLOAT and edges["max"].as_py() <= EXACT_FLOAT)


def _to_text(chunk: pa.Array) -> pa.Array:
    kind = chunk.type
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pa.array([None if value is None else _number_text(value) for value in chunk.to_pylist()], TEXT)
    if pa.types.is_timestamp(kind):
        written = "%Y-%m-%dT%H:%M:%SZ" if kind.tz else "%Y-%m-%dT%H:%M:%S"
        chunk = pc.strftime(chunk.cast(pa.timestamp(kind.unit, kind.tz and "UTC")), written)
    if isinstance(kind, pa.BaseExtensionType):  # such as intervals
        return pa.array(chunk.to_pandas().astype("str"), TEXT, from_pandas=True)
    return chunk.cast(TEXT)


def _number_text(value: float | Decimal) -> str:
    if isinstance(value, Decimal):
        return format(EXACT.normalize(value), "f")
    return str(int(value)) if value.is_integer() else repr(value)


_LADDERS: dict[str, tuple[Step, ...]] = {
    "money": (_money, _wide_money),
    "count": (_count, _number),
    "grams": (_number,),
    "number": (_number,),
    "flag": (_flag,),
    "time": (_time,),
    "date": (_date,),
}
