"""Turn the conditions of `scan` into an expression that Arrow evaluates while reading. Pure."""

from __future__ import annotations

import datetime as dt
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import reduce
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames.values.arrays import is_moment
from scalev_frames.frames.values.scalars import is_missing
from scalev_frames.query.times import to_span

#: One condition: a column, an operator and a value.
Condition: TypeAlias = tuple[str, str, Any]
#: Which rows are wanted: values by column, conditions that all hold, or Arrow's own expression.
Where: TypeAlias = "Mapping[str, Any] | Sequence[Condition] | pc.Expression | None"
Expression: TypeAlias = "pc.Expression"

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
#: The same for whole days: ``<=`` means their end, ``==`` anything in them.
_DAYS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "==": lambda column, start, end: (column >= start) & (column < end),
    "!=": lambda column, start, end: (column < start) | (column >= end),
    "<": lambda column, start, _: column < start, "<=": lambda column, _, end: column < end,
    ">": lambda column, _, end: column >= end, ">=": lambda column, start, _: column >= start,
}  # fmt: skip
OPERATORS = (*_COMPARE, "in", "not in")
#: The digits of the longest whole number of a column.
LONGEST_WHOLE = 20


class Range(NamedTuple):
    """The lowest and highest value of a column in the rows wanted; ``None`` where there is no bound."""

    column: str
    lowest: Any
    highest: Any

    def excludes(self, lowest: Any, highest: Any) -> bool:  # noqa: ANN401 - values of a column
        """Whether no row is wanted whose value lies between these."""
        try:
            below = self.lowest is not None and highest < self.lowest
            return bool(below or (self.highest is not None and lowest > self.highest))
        except TypeError:
            return False


class Wanted(NamedTuple):
    """The condition of the rows wanted, ``None`` for all, and the ranges in which their values lie."""

    condition: Expression | None
    ranges: Sequence[Range] = ()


def wanted_rows(where: Where, schema: pa.Schema, zone: ZoneInfo, now: dt.datetime) -> Wanted:
    """What ``where`` means.

    Raises:
        UnknownNameError: there is no such column; says the nearest.
        BadValueError: an unknown operator, or a value that the column cannot have.

    >>> schema = pa.schema([("status", pa.string()), ("quantity", pa.int64())])
    >>> zone, now = ZoneInfo("Asia/Jakarta"), dt.datetime.now(dt.UTC)
    >>> wanted_rows([("quantity", ">", 2)], schema, zone, now).ranges
    [Range(column='quantity', lowest=2, highest=None)]
    """
    if where is None:
        return Wanted(None)
    if isinstance(where, pc.Expression):
        return Wanted(_checked(where, schema))
    reader = _Reader(schema, zone, now)
    pairs = [reader.read(*one) for one in _conditions(where)]
    condition = reduce(operator.and_, (condition for condition, _ in pairs)) if pairs else None
    return Wanted(condition, [one for _, one in pairs if one])


def _checked(where: Expression, schema: pa.Schema) -> Expression:
    """An expression of Arrow's that these columns can have."""
    try:
        schema.empty_table().filter(where)
    except pa.ArrowException as error:
        said = str(error).partition(" in id:")[0].partition("\n")[0]
        raise BadValueError(f"{where} says nothing of these columns: {said}.") from error
    return where


def _conditions(where: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401 - what a user gave
    if isinstance(where, Mapping):
        for name, value in where.items():
            yield name, "in" if _is_many(value) and not isinstance(value, bytes | Mapping) else "==", value
        return
    for one in where if _is_many(where) else [where]:
        if not (isinstance(one, tuple | list) and len(one) == 3):
            raise BadValueError(f"{one!r} is no condition.", advice='Write them as [("gross_revenue", ">=", 100000)].')
        yield one


def _is_many(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str)


class _Reader:
    """Reads conditions on the columns of a schema."""

    def __init__(self, schema: pa.Schema, zone: ZoneInfo, now: dt.datetime) -> None:
        self.schema, self.zone, self.now = schema, zone, now

    def read(self, name: str, how: str, value: Any) -> tuple[Expression, Range | None]:  # noqa: ANN401 - any value
        """One condition, and the range of the rows that fulfil it."""
        if name not in self.schema.names:
            raise UnknownNameError.near("column", str(name), self.schema.names)
        how = {"=": "==", "<>": "!="}.get(str(how), str(how))
        if how not in OPERATORS:
            raise UnknownNameError.near("operator", how, OPERATORS)
        field = self.schema.field(name)
        if how not in ("in", "not in"):
            return self.compare(field, how, value)
        if not _is_many(value):
            raise BadValueError(f"{name} {how} {value!r} needs a list of values.")
        return self.among(field, list(value), negated=how == "not in")

    def among(self, field: pa.Field, values: list[Any], *, negated: bool) -> tuple[Expression, Range | None]:
        """Whether a column has one of several values."""
        column, pairs = pc.field(field.name), [self.compare(field, "==", one) for one in values]
        if not pairs:
            return (column.is_valid() if negated else pc.scalar(False)), None
        is_one = reduce(operator.or_, (condition for condition, _ in pairs))
        if negated:
            return column.is_valid() & ~is_one, None
        ranges = [one for _, one in pairs if one and None not in one]
        if len(ranges) < len(pairs):
            return is_one, None
        return is_one, Range(field.name, min(one.lowest for one in ranges), max(one.highest for one in ranges))

    def compare(self, field: pa.Field, how: str, value: Any) -> tuple[Expression, Range | None]:  # noqa: ANN401
        """Whether a column has a value, or lies above or below it."""
        column, kind = pc.field(field.name), field.type
        if _is_many(value):
            raise BadValueError(f"{field.name} {how} {value!r} compares with one value.", advice="For several, use in.")
        if is_missing(value):
            if how not in ("==", "!="):
                raise BadValueError(f"{field.name} {how} None compares with nothing.", advice="Use == or != None.")
            return (column.is_null() if how == "==" else column.is_valid()), None
        if is_moment(kind):
            span = to_span(value, self.zone, self.now, name=field.name)
            start, end = (_moment(moment, kind, self.zone) for moment in (span.start, span.end))
            if span.is_days:
                return _DAYS[how](column, start, end), _range(field.name, how, start, end)
            return _COMPARE[how](column, start), _range(field.name, how, start, start)
        scalar = _scalar(value, kind, field.name)
        return _COMPARE[how](column, scalar), _range(field.name, how, scalar, scalar)


def _range(name: str, how: str, lowest: pa.Scalar, highest: pa.Scalar) -> Range | None:
    if how == "!=":
        return None
    low = lowest.as_py() if how in ("==", ">=", ">") else None
    return Range(name, low, highest.as_py() if how in ("==", "<=", "<") else None)


def _moment(moment: dt.datetime, kind: pa.DataType, zone: ZoneInfo) -> pa.Scalar:
    if pa.types.is_date(kind):
        return pa.scalar(moment.astimezone(zone).date(), kind)
    local = moment if kind.tz else moment.astimezone(zone).replace(tzinfo=None)
    return pa.scalar(local, pa.timestamp("us", kind.tz))


def _scalar(value: object, kind: pa.DataType, name: str) -> pa.Scalar:
    """A value as the column has it; a number of more digits keeps them."""
    found = _value(value, kind, name)
    try:
        return pa.scalar(found, _type_beside(found, kind))
    except (pa.ArrowException, OverflowError, ValueError, TypeError):
        return _refuse(value, kind, name)


def _type_beside(found: Any, kind: pa.DataType) -> pa.DataType:  # noqa: ANN401 - any value
    """The type of a value that is compared with those of ``kind``.

    Raises:
        ValueError: no decimal has the digits of both.
    """
    if pa.types.is_floating(kind):
        return pa.float64()
    if not isinstance(found, Decimal):
        return kind
    digits, places = (kind.precision, kind.scale) if pa.types.is_decimal(kind) else (LONGEST_WHOLE, 0)
    scale = max(places, -int(found.as_tuple().exponent))
    return pa.decimal128(scale + max(digits - places, found.adjusted() + 1), scale)


def _value(value: Any, kind: pa.DataType, name: str) -> Any:  # noqa: ANN401 - any value
    try:
        if pa.types.is_boolean(kind):
            return {"true": True, "false": False}[str(value).lower()]
        if pa.types.is_decimal(kind):
            number = Decimal(str(value))
            return number if number.is_finite() else _refuse(value, kind, name)
        if pa.types.is_floating(kind):
            return _refuse(value, kind, name) if math.isnan(float(value)) else float(value)
        if pa.types.is_integer(kind):
            number = Decimal(str(value))
            return int(number) if number == int(number) else number
        if pa.types.is_duration(kind) or pa.types.is_time(kind):
            return value
        return str(value)
    except (InvalidOperation, KeyError, ValueError, TypeError, OverflowError):
        return _refuse(value, kind, name)


def _refuse(value: object, kind: pa.DataType, name: str) -> Any:  # noqa: ANN401
    raise BadValueError(f"{name} is compared with {value!r}, which is no {_words(kind)}.")


def _words(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "True or False"
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return "number of as many digits as it can have"
    return "number" if pa.types.is_floating(kind) else f"value of its type ({kind})"
