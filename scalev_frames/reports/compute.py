"""Make any report by its name. `FUNCTIONS` has one function for each row of `words/rows.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames import Header
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.money import as_asked
from scalev_frames.frames.values.columns import read_column
from scalev_frames.frames.values.scalars import kind_of
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.functions import customers, groups, lists, margins, pipeline, quality
from scalev_frames.reports.words.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.words.header import ReportHeader
from scalev_frames.reports.words.phrases import PHRASES, phrase
from scalev_frames.reports.words.rows import REPORTS, Report

Function = Callable[..., pd.DataFrame]
Places = np.ndarray[Any, np.dtype[np.intp]]

FUNCTIONS: dict[str, Function] = {
    "daily": pipeline.daily,
    "funnel": pipeline.funnel,
    "revenue": pipeline.revenue,
    **{f"returns_by_{by}": partial(groups.returns, by=by) for by in groups.RETURNS_BY},
    "cod": pipeline.cod,
    "handlers": groups.handlers,
    "products": groups.products,
    "geography": groups.geography,
    "customers": customers.customers,
    "segments": customers.segments,
    "repeat": customers.repeat,
    "cohorts": customers.cohorts,
    "overdue": lists.overdue,
    "unpaid": lists.unpaid,
    "fees": groups.fees,
    "channels": groups.channels,
    "margin": margins.margin,
    "quality": quality.quality,
}


def report(
    name: str,
    orders: pd.DataFrame,
    definitions: Definitions = DEFINITIONS,
    *,
    language: str = "en",
    by: str | None = None,
) -> pd.DataFrame:
    """One report by its name.

    Args:
        name: a key of `REPORTS`, such as ``daily``.
        orders: any frame of orders; ``margin`` takes order lines, or orders with details, whose lines it reads.
        definitions: what the words mean.
        language: of the notes and the title, ``en`` or ``id``; columns keep their English names.
        by: a column of the orders, such as ``business`` or ``store_name``: one report for each of its values.
            Columns of lists or of moments are refused: make a column of what you mean by them.

    Returns:
        The report, whose numbers are missing where the columns that they are counted from are; with ``by``, which is
        then its first column, the reports one below the other. Amounts are counted
        exactly; they are ``float64`` where every value of a column survives, else decimals, and always decimals where
        the orders' are asked for so. ``attrs`` say title, filters, date basis, zone, definitions, how many orders were
        counted and left out, and notes.

    Raises:
        UnknownNameError: no such report, or no such column; says the nearest good name.
        BadValueError: another language, or a ``by`` that is a number of the report, or no column to group by.
        MissingColumnsError: the orders lack the columns without which nothing of the report can be known.

    >>> report("funnel", pd.DataFrame({"status": ["rts"]}), language="id").attrs["title"]
    'Corong status'
    """
    find_report(name)
    prepared = Prepared(orders, definitions, language)
    made = exact_report(name, prepared) if by is None else _each(name, prepared, by)
    return as_asked(made, PHRASES["exact"][language == "id"])


def exact_report(name: str, prepared: Prepared) -> pd.DataFrame:
    """A report whose amounts are exact decimals, to be counted on or written; see `report`."""
    find_report(name)
    return FUNCTIONS[name](prepared)


def _each(name: str, whole: Prepared, by: str) -> pd.DataFrame:
    """One report for each value of a column, in the order of the values; rows without one come last."""
    row = REPORTS[name]
    values = group_values(whole, row, by)
    definitions = replace(whole.definitions, as_of=whole.as_of, time_zone=whole.zone)
    named = Prepared(whole.orders, definitions, whole.language, spam=True)
    if by != BUSINESS:  # people of two businesses are never the same
        named = named.told_apart()  # each person has one name in all groups
    made: list[tuple[str | None, pd.DataFrame]] = []
    for value, places in _groups(values):
        part = replace(Header.of(whole.orders), rows=None).onto(named.orders.iloc[places])
        made.append((value, FUNCTIONS[name](Prepared(part, definitions, whole.language))))
    return _below_each_other(made or [(None, FUNCTIONS[name](whole))], row, by, _unnamed(whole, values, by))


def _groups(values: pd.Series[Any]) -> list[tuple[str | None, Places]]:
    """Each value with the places of its rows, in the order of the values; missing last."""
    codes = values.cat.codes.to_numpy()
    names: list[str | None] = [*values.cat.categories, None]
    found = [
        (name, np.flatnonzero(codes == place)) for name, place in zip(names, [*range(len(names) - 1), -1], strict=True)
    ]
    return [(name, places) for name, places in found if name is not None or len(places)]


def _unnamed(whole: Prepared, values: pd.Series[Any], by: str) -> list[str]:
    if values.empty or values.notna().any():
        return []
    return [phrase("unknown", whole.language, column=by, count=len(values))]


def _below_each_other(
    made: Sequence[tuple[str | None, pd.DataFrame]], row: Report, by: str, notes: Sequence[str]
) -> pd.DataFrame:
    """The reports of all values as one frame: the value is its first column, and stands before its own notes."""
    headers = [ReportHeader.of(one) for _, one in made]
    values = [value for value, one in made for _ in range(len(one))]
    frame = pd.concat([one for _, one in made], ignore_index=True)
    frame.insert(0, by, frame.pop(by) if by in row.keys else pd.Series(values, dtype="str"))
    return replace(
        headers[0],
        kinds={by: "text", **headers[0].kinds},
        counted=sum(one.counted for one in headers),
        left_out_spam=sum(one.left_out_spam for one in headers),
        spam_unknown=sum(one.spam_unknown for one in headers),
        notes=(*notes, *_notes_of([value for value, _ in made], headers)),
        rows=len(frame),
    ).onto(frame)


def _notes_of(values: Sequence[str | None], headers: Sequence[ReportHeader]) -> list[str]:
    """The notes of all reports once, then those of single values."""
    shared = [note for note in headers[0].notes if all(note in one.notes for one in headers)]
    pairs = ((value, note) for value, one in zip(values, headers, strict=True) for note in one.notes)
    return [*shared, *(f"{value}: {note}" for value, note in pairs if note not in shared)]


def group_values(whole: Prepared, row: Report, by: str) -> pd.Series[Any]:
    """The values of a column to make one report each of: texts as a category, in the order of the values.

    Raises:
        UnknownNameError: there is no such column.
        BadValueError: it is a number of the report, or holds lists, objects or moments.
    """
    if not isinstance(by, str):
        raise BadValueError(f"by={by!r} is not the name of one column.", advice="Make one column of them first.")
    if by not in whole.orders:
        raise UnknownNameError.near("column", by, map(str, whole.orders.columns), " in these orders")
    if by in row.columns and by not in row.keys:
        raise BadValueError(f"The report {row.name} has a column {by} of its own.", advice="Rename that of the orders.")
    return _as_texts(_one_value_an_order(whole.orders[by], by))


def _one_value_an_order(column: pd.Series[Any], by: str) -> pd.Series[Any]:
    """The column, midnights as days; refused where an order may have several values, or moments."""
    if isinstance(column, pd.DataFrame):
        raise BadValueError(f"These orders have several columns named {by}.", advice="Keep one of them.")
    kinds = set(column.dropna().map(kind_of)) if column.dtype == object else set()
    is_nested = isinstance(column.dtype, pd.ArrowDtype) and pa.types.is_nested(column.dtype.pyarrow_dtype)
    if is_nested or kinds & {"list", "map", "set"}:
        raise BadValueError(
            f"by={by!r} holds lists or objects.",
            advice=f"Make a column with one value an order first, such as {_first_of(column, by)}.",
        )
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _days(column, by)
    if "moment" in kinds:
        raise _moments(by)
    return column


def _as_texts(column: pd.Series[Any]) -> pd.Series[Any]:
    """The values of a column as texts: a category in the order of the values."""
    texts = read_column(column).texts().to_pylist()
    order: Any = texts
    if isinstance(column.dtype, pd.CategoricalDtype):
        order = column.cat.codes.to_numpy()
    elif pd.api.types.is_numeric_dtype(column.dtype):
        order = column.to_numpy(na_value=np.nan)
    known = pd.DataFrame({"text": pd.Series(texts, dtype=object), "order": order}).dropna(subset="text")
    names = known.drop_duplicates("text").sort_values("order")["text"]
    return pd.Series(pd.Categorical(pd.Series(texts, dtype=object), categories=names))


def _days(column: pd.Series[Any], by: str) -> pd.Series[Any]:
    """Midnights as days; other moments are refused: the caller must choose days, months or another unit."""
    if not (column.dropna() == column.dropna().dt.normalize()).all():
        raise _moments(by)
    days: pd.Series[Any] = column.dt.strftime("%Y-%m-%d")
    return days


def _moments(by: str) -> BadValueError:
    advice = f"Make a column of days or months first, such as orders[{by!r}].dt.strftime('%Y-%m')."
    return BadValueError(f"by={by!r} holds moments.", advice=advice)


def _first_of(column: pd.Series[Any], by: str) -> str:
    """The expression that gives the first element of each list; of objects, the name of it."""
    first = column.dropna().map(lambda value: next(iter(value), None))
    of_objects = first.map(lambda value: isinstance(value, dict)).any()
    return f"orders[{by!r}].str[0]" + (".str['name']" if of_objects else "")


def find_report(name: str) -> Report:
    """The row of a report.

    Raises:
        UnknownNameError: there is none; says the nearest good name.
    """
    if name not in REPORTS:
        raise UnknownNameError.near("report", name, REPORTS)
    return REPORTS[name]
