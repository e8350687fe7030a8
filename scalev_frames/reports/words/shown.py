"""A report for people: labels in their language, words for codes, a dash where a name is missing.

The frames themselves keep their English names and codes for code to use.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scalev_frames.reports.words.header import ReportHeader
from scalev_frames.reports.words.labels import ADDED, CODES, label
from scalev_frames.reports.words.rows import FEW, RATES, REPORTS, Report

#: Shown for a missing name; a missing number stays an empty cell.
NOBODY = "—"
#: The kind of each column that any report has.
_KINDS = {name: kind for row in REPORTS.values() for name, kind in row.columns.items()}
#: Days that stand for their month.
MONTHS = frozenset({"month", "cohort"})


def shown(made: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """``made`` with labels for columns and codes, as workbook and widgets show it.

    Args:
        made: what `report` or `compare` gave.
        language: ``en`` or ``id``.

    Returns:
        A new frame; ``attrs["kinds"]`` are those of the new labels, cohorts as a matrix of months. A report whose chart
        shows a rate is sorted by it, rates of few orders last. The change of a rate is in percentage points.

    >>> from scalev_frames.reports import report
    >>> shown(report("funnel", pd.DataFrame({"status": ["rts"]})), "id")["Tahap"].tolist()[:2]
    ['Dibuat', 'Sudah dikonfirmasi']
    """
    header = ReportHeader.of(made)
    row, kinds = REPORTS[header.report], dict(header.kinds)
    compared = header.periods is not None
    if row.name == "cohorts" and not compared:
        made, kinds = _matrix(made)
    if not compared:
        made = ranked(made)
    made = made.copy(deep=False)
    made.attrs = {}  # pandas would copy them for every column that is read
    columns: dict[str, pd.Series[Any]] = {}
    shown_kinds: dict[str, str] = {}
    for name in map(str, made.columns):
        said = said_of(name, language, compared=compared)
        columns[said] = _in_words(made[name], name, row, language)
        shown_kinds[said] = "month" if name in MONTHS else kinds[name]
        if compared and is_points(name, kinds[name]):
            columns[said], shown_kinds[said] = made[name] * 100, "points"
    frame = pd.DataFrame(columns)
    return replace(header, kinds=shown_kinds, rows=len(frame)).onto(frame)


def said_of(column: str, language: str = "en", *, compared: bool = False) -> str:
    """The label of a column of a report, also of a compared one.

    >>> said_of("orders_before", "id", compared=True), said_of("orders")
    ('Pesanan (sebelumnya)', 'Orders')
    >>> said_of("rts_rate_change", compared=True)
    'RTS rate (change, points)'
    """
    stem, _, word = column.rpartition("_")
    if compared and stem and word in ADDED:
        word = "points" if is_points(column, _KINDS.get(stem, "")) else word
        return f"{label(stem, language)} ({label(word, language)})"
    return label(column, language)


def ranked(made: pd.DataFrame) -> pd.DataFrame:
    """A report in the order in which people read it: where its chart shows a rate, by that rate, the highest first.

    Rates of few orders come after the others: ten out of ten is worse news than one out of one.
    """
    name = REPORTS[ReportHeader.of(made).report].ranked_by
    if not name:
        return made
    order = pd.DataFrame({"few": is_few(made, name), "rate": made[name].astype("float64"), "place": range(len(made))})
    places = order.sort_values(["few", "rate", "place"], ascending=[True, False, True])["place"]
    return made.iloc[places.to_numpy()].reset_index(drop=True)


def is_few(made: pd.DataFrame, rate: str) -> NDArray[np.bool_]:
    """Which rows have a rate that is one of fewer than `FEW` orders, so that it says little.

    Args:
        made: what `report` gave.
        rate: a column of it, a word of `RATES` or a month of the cohorts.

    >>> is_few(pd.DataFrame({"confirm_rate": [0.5, None, 1.0], "orders": [40, 0, 9]}), "confirm_rate").tolist()
    [False, False, True]
    """
    bases = [name for name in RATES.get(rate, ("customers",)) if name in made]
    sizes = sum((made[name].to_numpy("float64", na_value=0.0) for name in bases), np.zeros(len(made)))
    return made[rate].notna().to_numpy(dtype=np.bool_) & (sizes < FEW) & bool(bases)


def is_points(column: str, kind: str) -> bool:
    """Whether a column of a compared report is the difference of two shares, which people read in points."""
    return kind == "percent" and column.endswith("_change")


def _in_words(values: pd.Series[Any], name: str, row: Report, language: str) -> pd.Series[Any]:
    if not isinstance(values.dtype, pd.StringDtype):
        return values
    words = {code: both[language == "id"] for code, both in CODES.get(name, {}).items()}
    worded = values.map(lambda value: words.get(value, value), na_action="ignore").astype(values.dtype)
    return worded.fillna(NOBODY) if name in row.keys else worded


def _matrix(made: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Cohorts as a matrix: one row for each first month, one column for each later month, the retention in it."""
    wide = made.pivot_table(index="cohort", columns="months_later", values="retention", aggfunc="first")
    later = range(int(made["months_later"].max()) + 1) if len(made) else ()
    sizes = made.drop_duplicates("cohort").set_index("cohort")["customers"] if len(made) else pd.Series(dtype="Int64")
    columns = {f"+{number}": wide.get(number, pd.Series(np.nan, wide.index)).astype("Float64") for number in later}
    frame = pd.DataFrame({"customers": sizes, **columns}, index=wide.index).reset_index()
    frame.attrs = made.attrs
    return frame, {"cohort": "date", "customers": "count", **dict.fromkeys(columns, "percent")}
