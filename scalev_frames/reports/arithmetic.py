"""Grouping, counting, summing and dividing, the same for every report: exact, and missing is never zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog.kinds import MONEY_TYPE, TEXT_KINDS
from scalev_frames.frames import Header
from scalev_frames.reports.definitions import DATE_BASES, Definitions, find_zone
from scalev_frames.reports.header import ReportHeader
from scalev_frames.reports.prepare import COLUMN_OF, Prepared
from scalev_frames.reports.rows import CREATED, FEW, MONEY_COLUMNS, RATES, REPORTS, SPAM, Report
from scalev_frames.reports.shown import is_few
from scalev_frames.reports.words import phrase

#: A measure: a mask counts rows; an array sums; a pair sums the first where the second holds.
Measure: TypeAlias = pa.Array | tuple[pa.Array, pa.Array]  # type: ignore[valid-type,unused-ignore]
Arrays = dict[str, pa.Array]


def grouped(keys: Mapping[str, pa.Array], measures: Mapping[str, Measure]) -> Arrays:
    """Counts and sums for each combination of the keys that occurs, missing ones too, in no certain order.

    Args:
        keys: columns to group by.
        measures: a boolean array counts its true rows; a number array is summed; a pair (numbers, mask) is summed where
            the mask holds.

    Returns:
        One array a key and a measure. A sum is missing where there are rows and none of them has an amount; it is
        zero where there are no such rows.

    >>> keys = {"k": pa.array(["a", "a", None])}
    >>> money = pa.array([Decimal("1.5"), None, None])
    >>> found = grouped(keys, {"n": pa.array([True, True, False]), "sum": money})
    >>> sorted(zip(found["k"].to_pylist(), found["n"].to_pylist(), found["sum"].to_pylist()), key=str)
    [('a', 2, Decimal('1.5')), (None, 0, None)]
    """
    columns: Arrays = {f"key {name}": array for name, array in keys.items()}
    for name, measure in measures.items():
        if isinstance(measure, tuple):
            values, mask = measure
            columns[name] = pc.if_else(mask, values, pa.scalar(None, values.type))
            columns[f"rows {name}"] = mask
        else:
            columns[name] = measure
    table = pa.table(columns)
    names = [f"key {name}" for name in keys]
    wanted = [name for name in columns if not name.startswith("key ")]
    found = table.group_by(names).aggregate([(name, "sum") for name in wanted])
    arrays = {name: found[f"key {name}"].combine_chunks() for name in keys}
    for name, measure in measures.items():
        total = found[f"{name}_sum"].combine_chunks()
        if isinstance(measure, tuple):
            total = _zero_where_none(total, found[f"rows {name}_sum"].combine_chunks())
        arrays[name] = total.cast(pa.int64()) if pa.types.is_integer(total.type) else total
    return arrays


def total(measure: Measure) -> pa.Scalar:
    """One count or sum over all rows, by the rules of `grouped`.

    >>> total((pa.array([Decimal("2.00")]), pa.array([False]))).as_py()
    Decimal('0.00')
    """
    if isinstance(measure, tuple):
        values, mask = measure
        return pa.scalar(0, values.type) if not (pc.sum(mask).as_py() or 0) else pc.sum(values.filter(mask))
    if pa.types.is_boolean(measure.type):
        return pa.scalar(pc.sum(measure).as_py() or 0, pa.int64())
    return pc.sum(measure) if len(measure) else pa.scalar(0, measure.type)


def share(part: pa.Array, whole: pa.Array | pa.Scalar) -> pa.Array:
    """``part`` divided by ``whole``; missing where the whole is zero or either is missing.

    >>> share(pa.array([1, 1, None]), pa.array([4, 0, 2])).to_pylist()
    [0.25, None, None]
    """
    above, below = part.cast(pa.float64()), whole.cast(pa.float64())
    nothing = pc.equal(below, 0.0)
    return pc.divide(above, pc.if_else(nothing, pa.scalar(None, pa.float64()), below))


def added(*amounts: pa.Array, minus: Sequence[pa.Array] = ()) -> pa.Array:
    """Amounts added up row by row, and others taken away, exactly; missing where one of them is missing.

    >>> added(pa.array([Decimal("1.50"), None]), minus=[pa.array([Decimal("0.5"), Decimal("1")])]).to_pylist()
    [Decimal('1.00'), None]
    """
    scale = max(one.type.scale for one in (*amounts, *minus))
    roomy = pa.decimal256(70, scale)
    found, *others = [one.cast(roomy) for one in amounts]
    for other in others:
        found = pc.add(found, other).cast(roomy)
    for other in minus:
        found = pc.subtract(found, other.cast(roomy)).cast(roomy)
    return found


def average(amounts: pa.Array, counts: pa.Array) -> pa.Array:
    """Rupiah for each, rounded to the sen, half to even; missing where there is none."""
    pairs = zip(amounts.to_pylist(), counts.to_pylist(), strict=True)
    sen = Decimal("0.01")
    return pa.array(
        [None if amount is None or not count else (amount / count).quantize(sen, ROUND_HALF_EVEN)
         for amount, count in pairs], pa.decimal128(38, 2),
    )  # fmt: skip


def known(values: pa.Array, mask: pa.Array | None = None) -> pa.Array:
    """Where a value is present, and the mask holds."""
    valid = pc.is_valid(values)
    return valid if mask is None else pc.and_(valid, mask)


def every(prepared: Prepared) -> pa.Array:
    """A mask that holds everywhere."""
    return pa.array(np.ones(prepared.rows, np.bool_))


def sorted_by(arrays: Arrays, *order: tuple[str, str]) -> Arrays:
    """The rows in an order that is always the same; missing values last."""
    table = pa.table(arrays)
    places = pc.sort_indices(table, sort_keys=list(order))
    return {name: table[name].take(places).combine_chunks() for name in arrays}


def finish(prepared: Prepared, name: str, arrays: Mapping[str, pa.Array], notes: Sequence[str] = ()) -> pd.DataFrame:
    """The report as a frame: declared columns in declared order and kinds, with its `ReportHeader`.

    Args:
        prepared: the orders.
        name: the report's name.
        arrays: its columns.
        notes: the report's own notes, beside the usual ones.
    """
    row = REPORTS[name]
    columns = {name: series(arrays[name], kind, prepared.zone) for name, kind in row.columns.items()}
    frame = pd.DataFrame(columns)
    said = (*usual_notes(prepared, row), *notes, *_few_note(prepared, frame))
    return replace(described(prepared, row), notes=said, rows=len(frame)).onto(frame)


def described(prepared: Prepared, row: Report) -> ReportHeader:
    """The header of a report, without its notes."""
    orders, definitions = Header.of(prepared.orders), prepared.definitions
    return ReportHeader(
        report=row.name,
        title=row.title(prepared.language),
        kinds=row.columns,
        time_zone=prepared.zone,
        date_basis=definitions.date_basis,
        filters=orders.filters or {},
        counted=prepared.rows,
        left_out_spam=prepared.left_out,
        spam_unknown=prepared.spam_unknown,
        definitions={word: words_of(definitions, word) for word in row.words.split()},
        as_of=orders.as_of,
        account=orders.account,
        complete=orders.complete,
        money=orders.money,
    )


def words_of(definitions: Definitions, word: str) -> str:
    """A definition as text: words in alphabetical order, or a number.

    >>> words_of(Definitions(), "paid"), words_of(Definitions(), "overdue_days")
    ('paid, settled', '7')
    """
    match getattr(definitions, word):
        case frozenset() as words:
            return ", ".join(sorted(words))
        case tuple() as numbers:
            return ", ".join(map(str, numbers))
        case value:
            return str(value)


def usual_notes(prepared: Prepared, row: Report) -> list[str]:
    """The notes of every report: what is counted, the zone of its days, its definitions, what was missing."""
    language = prepared.language
    notes = [_spam_note(prepared, row), _basis_note(prepared, row)]
    if row.basis == "aged":
        notes.append(_as_of_note(prepared))
    orders = Header.of(prepared.orders)
    if orders.filters:
        said = "; ".join(f"{name} = {_plain(value)}" for name, value in orders.filters.items())
        notes.append(phrase("filters", language, filters=said))
    if orders.complete is False:
        notes.append(phrase("incomplete", language))
    notes += [_definition_note(prepared, word) for word in row.words.split()]
    reads = [one for one in row.reads.split() if one != SPAM]  # said first
    for column in reads:
        if row.name != "quality" and column in MONEY_COLUMNS and column in prepared.orders:
            missing = prepared.money(column).null_count
            if 0 < missing < prepared.rows:
                notes.append(phrase("amount_missing", language, column=column, count=missing))
    return notes + prepared.problems(reads)


def _few_note(prepared: Prepared, frame: pd.DataFrame) -> list[str]:
    count = sum(int(is_few(frame, rate).sum()) for rate in RATES if rate in frame)
    return [phrase("few", prepared.language, count=count, few=FEW)] if count else []


def _definition_note(prepared: Prepared, word: str) -> str:
    key = "definition" if isinstance(getattr(prepared.definitions, word), frozenset) else "setting"
    said = words_of(prepared.definitions, word)
    return phrase(key, prepared.language, name=word, column=COLUMN_OF.get(word, "status"), words=said)


def _spam_note(prepared: Prepared, row: Report) -> str:
    counted = {"counted": prepared.rows, "left_out": prepared.left_out, "unknown": prepared.spam_unknown}
    what = phrase("of_lines" if row.needs_lines else "of_orders", prepared.language)
    return phrase(_spam_phrase(prepared, row), prepared.language, what=what, **counted)


def _spam_phrase(prepared: Prepared, row: Report) -> str:
    if SPAM not in row.reads.split():
        return "all_rows"
    if not prepared.definitions.exclude_spam:
        return "spam_in"
    if prepared.spam_unknown:
        return "spam_partly" if prepared.knows_spam else "spam_unknown"
    return "spam_out"


def _basis_note(prepared: Prepared, row: Report) -> str:
    if set(CREATED.split()) - set(row.reads.split()) or row.basis != "dated":
        return phrase("no_days", prepared.language, zone=prepared.zone)
    basis = prepared.definitions.date_basis
    columns = " / ".join(DATE_BASES[basis])
    return phrase("basis", prepared.language, basis=basis, columns=columns, zone=prepared.zone)


def _as_of_note(prepared: Prepared) -> str:
    if prepared.as_of is None:
        return phrase("no_as_of", prepared.language)
    moment = prepared.as_of.astimezone(find_zone(prepared.zone))
    return phrase("as_of", prepared.language, moment=f"{moment:%Y-%m-%d %H:%M}", zone=prepared.zone)


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _zero_where_none(total: pa.Array, rows: pa.Array) -> pa.Array:
    """Zero where there were no such rows: then the sum is known to be zero."""
    return pc.if_else(pc.equal(rows, 0), pa.scalar(Decimal(0), total.type), total)


def series(array: pa.Array, kind: str, zone: str) -> pd.Series[Any]:
    """One column of a report, of the dtype that its kind has in every frame."""
    if kind == "money":
        return pd.Series(pd.array(_narrow(array), dtype=pd.ArrowDtype(_narrow(array).type)))
    if kind in TEXT_KINDS:
        return pd.Series(array.cast(pa.large_string()), dtype=pd.StringDtype(na_value=np.nan))
    if kind == "date":
        return pd.Series(array.to_numpy(zero_copy_only=False).astype("datetime64[s]"))
    if kind == "time":
        return pd.Series(array.to_numpy(zero_copy_only=False)).dt.tz_localize("UTC").dt.tz_convert(zone)
    dtype: Any = pd.Int64Dtype() if kind == "count" else pd.Float64Dtype()
    return pd.Series(dtype.__from_arrow__(array))


def _narrow(amounts: pa.Array) -> pa.Array:
    """The usual type of money, where every amount fits."""
    try:
        return amounts.cast(MONEY_TYPE)
    except pa.ArrowInvalid:
        return amounts
