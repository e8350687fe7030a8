"""Conditions on one column: which rows meet them, and the pandas code that finds the same rows."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.notebook.table.columns.columns import Column

Mask = np.ndarray[Any, np.dtype[np.bool_]]

#: What can be asked of a column; the values that each takes.
OPERATORS: dict[str, int | None] = {
    "in": None, "not in": None, "contains": 1, "not contains": 1, "begins": 1, "ends": 1, "contains any": None,
    "=": 1, "!=": 1, ">": 1, ">=": 1, "<": 1, "<=": 1, "between": 2, "missing": 0, "filled": 0,
}  # fmt: skip
COMPARISONS = ("=", "!=", ">", ">=", "<", "<=")
_COMPARE = {">": pc.greater, ">=": pc.greater_equal, "<": pc.less, "<=": pc.less_equal, "=": pc.equal}
_STAMP = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[ T](\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a column.

    Attributes:
        op: a name of `OPERATORS`.
        values: what it compares with, as plain text: numbers unmarked, times as far as they are known
            (``2026-11`` is the whole month); ``None`` among those of ``in`` stands for missing.
    """

    op: str
    values: tuple[str | None, ...] = ()

    @property
    def first(self) -> str:
        """Its first value, as text."""
        return self.values[0] or "" if self.values else ""


def mask_of(column: Column, condition: Condition) -> Mask:
    """Which values of ``column`` meet ``condition``; missing ones meet only what says so: ``missing``, ``in`` with
    ``None``, ``not in`` without, ``!=`` and ``not contains``.

    >>> mask_of(Column("quantity", pd.Series([1, None, 3], dtype="Int64")), Condition(">", ("1",))).tolist()
    [False, False, True]
    """  # noqa: D205
    match condition.op:
        case "missing" | "filled":
            missing: Mask = pc.is_null(column.values).to_numpy(zero_copy_only=False)
            return missing if condition.op == "missing" else ~missing
        case "in" | "not in":
            found = _among(column, condition.values)
            return found if condition.op == "in" else ~found
        case "contains" | "not contains" | "begins" | "ends" | "contains any":
            return _holds(column.texts, condition)
        case "!=":
            return ~mask_of(column, Condition("=", condition.values))
        case _:
            return _compared(column, condition)


def _among(column: Column, values: Sequence[str | None]) -> Mask:
    wanted = [value for value in values if value is not None]
    if column.is_numeric:
        found = pc.is_in(column.values, pa.array([_number(one, column) for one in wanted], column.values.type))
    else:
        listed = listed_texts(column)
        found = pc.is_in(listed, pa.array(wanted, listed.type))
    mask = _true(pc.and_(found, pc.is_valid(column.values)))
    return mask | _true(pc.is_null(column.values)) if None in values else mask


def listed_texts(column: Column) -> pa.Array:
    """The texts that a list of values shows: times by their day, everything else whole."""
    return pc.utf8_slice_codeunits(column.texts, 0, 10) if column.kind == "time" else column.texts


def _holds(column_texts: pa.Array, condition: Condition) -> Mask:
    match condition.op:
        case "begins":
            return _true(pc.starts_with(column_texts, condition.first, ignore_case=True))
        case "ends":
            return _true(pc.ends_with(column_texts, condition.first, ignore_case=True))
        case "contains any":
            found = [_true(pc.match_substring(column_texts, one or "", ignore_case=True)) for one in condition.values]
            mask: Mask = np.logical_or.reduce(found)
            return mask
        case _:
            mask = _true(pc.match_substring(column_texts, condition.first, ignore_case=True))
            return ~mask if condition.op == "not contains" else mask


def _compared(column: Column, condition: Condition) -> Mask:
    if condition.op == "between":
        low, high = (Condition(op, (value,)) for op, value in zip((">=", "<="), condition.values, strict=True))
        return _compared(column, low) & _compared(column, high)
    if column.is_time:
        return _in_span(column, condition)
    if column.is_numeric:
        values, number = column.values, _number(condition.first, column)
        if isinstance(number, int) and (pa.types.is_uint64(values.type) or not -(2**63) <= number < 2**63):
            values, number = values.cast(pa.decimal128(20)), Decimal(number)  # whole numbers meet in Arrow as int64
        return _true(_COMPARE[condition.op](values, pa.scalar(number)))
    return _true(_COMPARE[condition.op](pc.utf8_lower(column.texts), condition.first.lower()))


def _in_span(column: Column, condition: Condition) -> Mask:
    begin, end = (pa.scalar(one, pa.timestamp("us")) for one in span_of(condition.first))
    values = column.values.cast(pa.timestamp("us"), safe=False)
    match condition.op:
        case "=":
            return _true(pc.and_(pc.greater_equal(values, begin), pc.less(values, end)))
        case ">":
            return _true(pc.greater_equal(values, end))
        case "<=":
            return _true(pc.less(values, end))
        case _:
            return _true(_COMPARE[condition.op](values, begin))


def span_of(stamp: str) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a year, month, day, hour, minute or second, and the first one after it.

    >>> [str(one) for one in span_of("2026-12")]
    ['2026-12-01 00:00:00', '2027-01-01 00:00:00']

    Raises:
        ValueError: no such moment.
    """
    matched = _STAMP.fullmatch(stamp)
    if matched is None:
        raise ValueError(stamp)
    parts = [int(one) for one in matched.groups() if one]
    begin = dt.datetime(*[*parts, 1, 1][: max(3, len(parts))])  # type: ignore[arg-type] # noqa: DTZ001 - a clock's own
    try:
        if len(parts) == 1:
            return begin, begin.replace(year=begin.year + 1)
        if len(parts) == 2:
            return begin, (begin + dt.timedelta(days=31)).replace(day=1)
        unit = ("days", "hours", "minutes", "seconds")[len(parts) - 3]
        return begin, begin + dt.timedelta(**{unit: 1})
    except (OverflowError, ValueError):  # behind the last moment that there is: 9999-12-31 means for ever
        return begin, dt.datetime.max  # noqa: DTZ901 - a clock's own


def _number(text: str, column: Column) -> Any:
    if pa.types.is_floating(column.values.type):
        return float(text)
    number = Decimal(text)
    if pa.types.is_integer(column.values.type):
        return int(number) if number == int(number) else number
    return number


def _true(found: pa.Array) -> Mask:
    mask: Mask = found.fill_null(False).to_numpy(zero_copy_only=False)
    return mask


# Code ------------------------------------------------------------------------------------------------------------


def condition_code(column: Column, condition: Condition, name: str = "view") -> str:
    """The pandas expression that is true where `mask_of` is.

    Args:
        column: the column; its name is a column of the frame.
        condition: any condition.
        name: the frame's variable.

    >>> condition_code(Column("status", pd.Series(["rts"])), Condition("in", ("rts", None)))
    'view["status"].isin(["rts"]) | view["status"].isna()'
    """
    return _Code(column, name).of(condition)


_OPPOSITES = {"not in": "in", "not contains": "contains", "!=": "="}


class _Code:
    def __init__(self, column: Column, name: str) -> None:
        self.column = column
        self.series = f"{name}[{label_code(column)}]"
        as_text = isinstance(column.series.dtype, pd.StringDtype)
        self.text = self.series if as_text else f"texts({self.series})"

    def of(self, condition: Condition) -> str:
        match condition.op:
            case "missing" | "filled":
                return f"{self.series}.{'isna' if condition.op == 'missing' else 'notna'}()"
            case "not in" | "not contains" | "!=":
                return f"~({self.of(Condition(_OPPOSITES[condition.op], condition.values))})"
            case "in":
                return self._among(condition.values)
            case "contains":
                return self._contains(condition.first)
            case "contains any":
                return " | ".join(self._contains(one or "") for one in condition.values)
            case "begins" | "ends":
                method = "startswith" if condition.op == "begins" else "endswith"
                return f"{self.text}.str.lower().str.{method}({quoted(condition.first.lower())}, na=False)"
            case _:
                return self._compared(condition)

    def _contains(self, text: str) -> str:
        return f"{self.text}.str.contains({quoted(text)}, case=False, regex=False, na=False)"

    def _among(self, values: Sequence[str | None]) -> str:
        wanted = [value for value in values if value is not None]
        if self.column.is_numeric:
            numbers = f"[{', '.join(self._number(one) for one in wanted)}]"
            if isinstance(self.column.series.dtype, pd.ArrowDtype):
                numbers = f"pd.array({numbers}, dtype={self.series}.dtype)"
            found = f"{self.series}.isin({numbers})"
        elif self.column.kind == "flag":
            found = f"{self.series}.isin([{', '.join(one.capitalize() for one in wanted)}])"
        else:
            found = f"{self._listed()}.isin([{', '.join(map(quoted, wanted))}])"
        return f"{found} | {self.series}.isna()" if None in values else found

    def _listed(self) -> str:
        if self.column.is_time:
            return f'{self.series}.dt.strftime("%Y-%m-%d")'
        return self.text

    def _compared(self, condition: Condition) -> str:
        if condition.op == "between":
            low, high = condition.values
            return f"({self.of(Condition('>=', (low,)))}) & ({self.of(Condition('<=', (high,)))})"
        sign = "==" if condition.op == "=" else condition.op
        if self.column.is_time:
            return self._in_span(condition)
        if self.column.is_numeric:
            compared = f"{self.series} {sign} {self._number(condition.first)}"
            return f"({compared}).fillna(False)" if self._may_be_missing() else compared
        return f"({self.text}.str.lower() {sign} {quoted(condition.first.lower())}).fillna(False)"

    def _in_span(self, condition: Condition) -> str:
        begin, end = map(self._stamp, span_of(condition.first))
        is_date = str(self.column.series.dtype).startswith("date32")  # which pandas compares with no moment
        series = f'{self.series}.astype("datetime64[us]")' if is_date else self.series
        match condition.op:
            case "=":
                code = f'{series}.between({begin}, {end}, inclusive="left")'
            case ">":
                code = f"{series} >= {end}"
            case "<=":
                code = f"{series} < {end}"
            case _:
                code = f"{series} {condition.op} {begin}"
        return f"({code}).fillna(False)" if isinstance(self.column.series.dtype, pd.ArrowDtype) else code

    def _stamp(self, moment: dt.datetime) -> str:
        dtype = self.column.series.dtype
        kind = dtype.pyarrow_dtype if isinstance(dtype, pd.ArrowDtype) else dtype
        zone = getattr(kind, "tz", None)
        text = moment.isoformat(sep=" ").removesuffix(" 00:00:00")
        return f'pd.Timestamp("{text}", tz="{zone}")' if zone is not None else f'pd.Timestamp("{text}")'

    def _number(self, text: str) -> str:
        number = _number(text, self.column)
        whole = number == int(number) if abs(number) < 1e300 else False
        fits = abs(number) < 2**63 or not isinstance(self.column.series.dtype, pd.ArrowDtype)
        return quoted(int(number) if whole and fits else number)

    def _may_be_missing(self) -> bool:
        """Whether a comparison gives missing, too, and not only true and false."""
        return pd.api.types.is_extension_array_dtype(self.column.series.dtype)


def label_code(column: Column) -> str:
    """What code calls a column: its label in the frame, also where that is a number, a moment or has levels.

    >>> label_code(Column("2026", pd.Series([1], name=2026))), label_code(Column("status", pd.Series(["rts"])))
    ('2026', '"status"')
    """
    label = column.series.name
    return quoted(column.name if label is None else label)


def quoted(value: object) -> str:
    r"""A value as code: texts in double quotes where that is the same, values of pandas' own by its name ``pd``.

    >>> quoted("it's"), quoted("rts"), quoted(np.int64(2)), quoted(pd.Period("2026-11", "M"))
    ('"it\'s"', '"rts"', '2', "pd.Period('2026-11', 'M')")
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, pd.Timestamp | pd.Timedelta | pd.Period | pd.Interval):
        return f"pd.{plain!r}"
    if isinstance(plain, dt.date):
        code = f'pd.Timestamp("{plain}")'
        return code if isinstance(plain, dt.datetime) else f"{code}.date()"
    if isinstance(plain, float) and not math.isfinite(plain):
        return f'float("{plain}")'
    code = repr(plain)
    return f'"{code[1:-1]}"' if code.startswith("'") and '"' not in code and "\\'" not in code else code
