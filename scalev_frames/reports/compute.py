"""Why: one call makes any report by its name.

May import every module of this room. `FUNCTIONS` holds one function a row of `rows.REPORTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.reports import customers, groups, lists, margins, pipeline, quality
from scalev_frames.reports.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.prepare import Prepared, prepare
from scalev_frames.reports.rows import REPORTS, Report
from scalev_frames.reports.words import LANGUAGES

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
    name: str, orders: pd.DataFrame | Prepared, definitions: Definitions = DEFINITIONS, *, language: str = "en"
) -> pd.DataFrame:
    """One report by its name.

    Args:
        name: a key of `REPORTS`, such as ``daily``.
        orders: any frame of orders; ``margin`` takes order lines, or orders with details, whose lines it reads.
        definitions: what the words mean.
        language: of the notes and the title, ``en`` or ``id``; columns keep their English names.

    Returns:
        The report; ``attrs`` say title, filters, date basis, zone, definitions, how many orders were counted and left
        out, and notes.

    Raises:
        UnknownNameError: no such report; says the nearest good name.
        BadValueError: another language.

    >>> report("funnel", pd.DataFrame({"status": ["rts"]}), language="id").attrs["title"]
    'Corong status'
    """
    find_report(name)
    if language not in LANGUAGES:
        raise BadValueError(f"language={language!r} is not one of {', '.join(LANGUAGES)}.")
    return FUNCTIONS[name](prepare(orders, definitions, language))


def find_report(name: str) -> Report:
    """The row of a report.

    Raises:
        UnknownNameError: there is none; says the nearest good name.
    """
    if name not in REPORTS:
        raise UnknownNameError.near("report", name, REPORTS)
    return REPORTS[name]
