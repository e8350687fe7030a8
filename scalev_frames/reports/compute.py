"""Makes any report by its name. `FUNCTIONS` holds one function a row of `rows.REPORTS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames import Header
from scalev_frames.frames.money import as_asked
from scalev_frames.reports import customers, groups, lists, margins, pipeline, quality
from scalev_frames.reports.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.header import ReportHeader
from scalev_frames.reports.prepare import Prepared, prepare
from scalev_frames.reports.rows import REPORTS, Report
from scalev_frames.reports.words import LANGUAGES, PHRASES

Function = Callable[..., pd.DataFrame]

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
    orders: pd.DataFrame | Prepared,
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

    Returns:
        The report; with ``by``, which is then its first column, the reports one below the other. Amounts are counted
        exactly; they are ``float64`` where every value of a column survives, else decimals, and always decimals where
        the orders' are asked for so. ``attrs`` say title, filters, date basis, zone, definitions, how many orders were
        counted and left out, and notes.

    Raises:
        UnknownNameError: no such report, or no such column; says the nearest good name.
        BadValueError: another language, or ``by`` is the name of a number of the report.

    >>> report("funnel", pd.DataFrame({"status": ["rts"]}), language="id").attrs["title"]
    'Corong status'
    """
    made = exact_report(name, orders, definitions, language=language, by=by)
    return as_asked(made, PHRASES["exact"][language == "id"])


def exact_report(
    name: str,
    orders: pd.DataFrame | Prepared,
    definitions: Definitions = DEFINITIONS,
    *,
    language: str = "en",
    by: str | None = None,
) -> pd.DataFrame:
    """A report whose amounts are exact decimals, to be counted on or written; see `report`."""
    find_report(name)
    if language not in LANGUAGES:
        raise BadValueError(f"language={language!r} is not one of {', '.join(LANGUAGES)}.")
    whole = prepare(orders, definitions, language)
    return FUNCTIONS[name](whole) if by is None else _each(name, whole, by)


def _each(name: str, whole: Prepared, by: str) -> pd.DataFrame:
    """One report for each value of a column, in the order of the values; rows without one come last."""
    if by not in whole.orders:
        raise UnknownNameError.near("column", by, map(str, whole.orders.columns), " in these orders")
    row = REPORTS[name]
    if by in row.columns and by not in row.keys:
        raise BadValueError(f"The report {name} has a column {by} of its own.", advice="Rename that of the orders.")
    definitions = replace(whole.definitions, as_of=whole.as_of, time_zone=whole.zone)
    made: list[tuple[Any, pd.DataFrame]] = []
    for value, part in whole.orders.groupby(by, sort=True, dropna=False):
        replace(Header.of(whole.orders), rows=None).onto(part)
        made.append((value, FUNCTIONS[name](Prepared(part, definitions, whole.language))))
    if not made:
        made = [(None, FUNCTIONS[name](whole))]
    header = ReportHeader.of(made[0][1])
    shared = [note for note in header.notes if all(note in one.attrs["notes"] for _, one in made)]
    own = [f"{value}: {note}" for value, one in made for note in one.attrs["notes"] if note not in shared]
    tables = [one for _, one in made]
    values = [value for value, one in made for _ in range(len(one))]
    frame = pd.concat(tables, ignore_index=True)
    frame.insert(0, by, frame.pop(by) if by in row.keys else pd.Series(values, dtype="str"))
    return replace(
        header,
        kinds={by: "text", **header.kinds},
        counted=sum(ReportHeader.of(one).counted for one in tables),
        left_out_spam=sum(ReportHeader.of(one).left_out_spam for one in tables),
        spam_unknown=sum(ReportHeader.of(one).spam_unknown for one in tables),
        notes=(*shared, *own),
        rows=len(frame),
    ).onto(frame)


def find_report(name: str) -> Report:
    """The row of a report.

    Raises:
        UnknownNameError: there is none; says the nearest good name.
    """
    if name not in REPORTS:
        raise UnknownNameError.near("report", name, REPORTS)
    return REPORTS[name]
