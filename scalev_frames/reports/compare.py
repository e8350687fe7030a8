"""Compares any report of two periods."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.errors import BadValueError, MissingColumnsError
from scalev_frames.frames.money import as_asked
from scalev_frames.reports.compute import exact_report, find_report
from scalev_frames.reports.counting.arithmetic import added, grouped, series, share
from scalev_frames.reports.counting.finish import lacking, missing_notes
from scalev_frames.reports.counting.prepare import Prepared, nothing_known
from scalev_frames.reports.words.definitions import DATE_BASES, DEFINITIONS, Definitions
from scalev_frames.reports.words.header import ReportHeader
from scalev_frames.reports.words.labels import ADDED
from scalev_frames.reports.words.phrases import PHRASES, phrase
from scalev_frames.reports.words.rows import NOT_SUMS, Report

Day = str | dt.date
Against = Literal["previous", "last_month"]
_MEASURES = frozenset({"count", "money", "percent"})


class Period(NamedTuple):
    """Days, both ends included."""

    since: dt.date
    until: dt.date


def compare(
    name: str,
    orders: pd.DataFrame,
    since: Day,
    until: Day | None = None,
    *,
    against: Against = "previous",
    definitions: Definitions = DEFINITIONS,
    language: str = "en",
) -> pd.DataFrame:
    """A report on one period beside the same report on an earlier one.

    Args:
        name: the report's name; lists of orders are compared by what their rows are grouped by.
        orders: a frame that holds the orders of both periods.
        since: the period's first day, by the date basis of ``definitions``.
        until: its last day, included; the day of ``as_of`` when left out.
        against: ``previous`` is as many days just before; ``last_month`` the same days a month earlier (the 31st is the
            month's last day where it is shorter), and for whole calendar months as many whole months just before.
        definitions: what the words mean.
        language: of notes and title.

    Returns:
        The report's keys, then each number with ``_before``, ``_change`` and ``_percent`` beside it (a share between
        0 and 1, missing where there was nothing before). A rate has no ``_percent``: its ``_change`` is the difference,
        0.02 for two percentage points. Handlers keep one name in both periods. Days are matched by their place in the
        period. What occurs in one period alone is there, too, the other's counts and sums being zero; a day for
        which the other period is too short has no number there. Where the orders' call begins later than the earlier
        period, its numbers are missing, or those of a part. The notes say so, and the days of both periods.

    Raises:
        UnknownNameError: no such report.
        BadValueError: invalid or reversed days, or an unknown period.
        MissingColumnsError: no order has a time that puts it into a period, or the report needs what is not there.

    >>> orders = pd.DataFrame({"created_at": ["2026-10-30T03:00:00Z", "2026-11-02T03:00:00Z", "2026-11-03T03:00:00Z"]})
    >>> found = compare("funnel", orders, "2026-11-01", "2026-11-05")
    >>> found.loc[0, ["orders", "orders_before", "orders_change", "orders_percent"]].tolist()
    [2.0, 1.0, 1.0, 1.0]
    """
    row = find_report(name)
    prepared = Prepared(orders, definitions, language, spam=True)
    now, before = periods(prepared, since, until, against)
    fixed = replace(definitions, as_of=prepared.as_of)
    named = prepared.told_apart()
    parts = [Prepared(within(named, period), fixed, language) for period in (now, before)]
    reports = [exact_report(name, part) for part in parts]
    present, earlier = [_summed(one, row) for one in reports]
    keys = [one for one in row.keys if one in present]
    earlier = _moved(earlier, row, keys, now, before).iloc[: 0 if is_not_asked(prepared, before) else None]
    known = [_knows(part, one, row) for part, one in zip(parts, reports, strict=True)]
    known[1] &= (prepared.asked_since() or before.since) <= before.since
    made = _beside(present, earlier, row, keys, known, now.since + min(_length(now), _length(before)))
    header = ReportHeader.of(reports[0])
    notes = _notes(prepared, parts, row, (now, before), header.notes)
    days = {name: [str(day) for day in period] for name, period in (("now", now), ("before", before))}
    header = replace(header, kinds=_kinds(made, row), periods=days, notes=notes, rows=len(made))
    return as_asked(header.onto(made), PHRASES["exact"][language == "id"])


def periods(prepared: Prepared, since: Day, until: Day | None, against: Against = "previous") -> tuple[Period, Period]:
    """The period, and the one it is compared with.

    Raises:
        BadValueError: invalid or reversed days, or an unknown period.
    """
    first = _day(since)
    last = prepared.today() if until is None else _day(until)
    if last is None:
        raise BadValueError("until= must be given: the moment of these orders is not known.")
    if last < first:
        raise BadValueError(f"until={last} is before since={first}.")
    now = Period(first, last)
    return now, period_before(now, against)


def period_before(now: Period, against: Against) -> Period:
    """The period that ``now`` is compared with.

    Raises:
        BadValueError: ``against`` is not known.

    >>> november = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    >>> str(period_before(november, "last_month").since), str(period_before(november, "previous").since)
    ('2026-10-01', '2026-10-02')
    """
    if against == "previous":
        return Period(now.since - _length(now), now.since - dt.timedelta(days=1))
    if against != "last_month":
        raise BadValueError(f"against={against!r} is not one of previous, last_month.")
    if months := _whole_months(now):
        return Period(_months_before(now.since, months), now.since - dt.timedelta(days=1))
    return Period(_months_before(now.since, 1), _months_before(now.until, 1))


def _length(period: Period) -> dt.timedelta:
    return period.until - period.since + dt.timedelta(days=1)


def _whole_months(period: Period) -> int:
    """How many calendar months a period is; 0 where it is other days."""
    since, until = period
    is_whole = since.day == 1 and until.day == calendar.monthrange(until.year, until.month)[1]
    return (until.year - since.year) * 12 + until.month - since.month + 1 if is_whole else 0


def _day(given: Day) -> dt.date:
    if isinstance(given, dt.datetime):
        return given.date()
    if isinstance(given, dt.date):
        return given
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise BadValueError(f"{given!r} is no day such as 2026-11-23.") from None


def _months_before(day: dt.date, months: int) -> dt.date:
    """The same day of an earlier month, or the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def within(prepared: Prepared, period: Period) -> pd.DataFrame:
    """The orders of a period, spam too, by the date basis of their definitions."""
    kept: pd.DataFrame = prepared.orders[inside(prepared, period)]
    return kept


def inside(prepared: Prepared, period: Period) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which orders are of a period; of all of them, spam too.

    Raises:
        MissingColumnsError: no order has a time that puts it into a period.
    """
    moments = prepared.dated()
    if nothing_known(moments):
        names = DATE_BASES[prepared.definitions.date_basis]
        raise MissingColumnsError(
            f"No order has a time in {' or '.join(names)}, so nobody knows which are of a period.",
            columns=names,
            advice="Take orders with that column, or another date_basis.",
        )
    days = prepared.day(moments)
    found = pc.and_(pc.greater_equal(days, pa.scalar(period.since)), pc.less_equal(days, pa.scalar(period.until)))
    mask: np.ndarray[Any, np.dtype[np.bool_]] = pc.fill_null(found, False).to_numpy(zero_copy_only=False)
    return mask


def _summed(made: pd.DataFrame, row: Report) -> pd.DataFrame:
    """A report as it is; a list of orders as counts and sums of what its rows are grouped by."""
    if "order_id" not in row.columns:
        kept = [name for name, kind in row.columns.items() if name in row.keys or kind in _MEASURES]
        return pd.DataFrame({name: made[name] for name in kept})
    arrays = {name: pa.array(made[name], from_pandas=True) for name in (*row.keys, "gross_revenue")}
    measures = {"orders": pa.array(np.ones(len(made), np.bool_)), "gross_revenue": arrays["gross_revenue"]}
    found = grouped({name: arrays[name] for name in row.keys}, measures)
    kinds = {**row.columns, "orders": "count"}
    summed = pd.DataFrame({name: series(array, kinds[name], "UTC") for name, array in found.items()})
    return summed.sort_values(["orders", *row.keys], ascending=[False, *(True for _ in row.keys)], ignore_index=True)


def _moved(made: pd.DataFrame, row: Report, keys: list[str], now: Period, before: Period) -> pd.DataFrame:
    """The earlier report with its days and months moved to where they stand in the present period."""
    moved = made.copy()
    months = (now.since.year - before.since.year) * 12 + now.since.month - before.since.month
    for key in keys:
        if key == "day":
            moved[key] = moved[key] + pd.Timedelta(now.since - before.since)
        elif row.columns[key] == "date":
            dates = moved[key].to_numpy().astype("datetime64[M]") + np.timedelta64(months, "M")
            moved[key] = dates.astype("datetime64[s]")
    return moved


def _knows(part: Prepared, made: pd.DataFrame, row: Report) -> bool:
    """Whether a key without a row in a period's report did not occur; false where rows or keys are not known."""
    named = made.empty or made[[one for one in row.keys if one in made]].notna().any(axis=None)
    return bool(named) and not lacking(part, row)


def _beside(
    present: pd.DataFrame, earlier: pd.DataFrame, row: Report, keys: list[str], known: Sequence[bool], end: dt.date
) -> pd.DataFrame:
    """Both reports side by side, the rows of the present one first; from ``end`` on one period has no days."""
    table, missing = _matched(present, earlier, keys, end)
    made = {name: table[name] for name in keys}
    for name in (one for one in present.columns if one not in keys):
        kind = row.columns.get(name, "count")
        has_zero = kind != "percent" and name not in NOT_SUMS
        values = [
            _filled(table[f"{name}{suffix}"].astype(side[name].dtype), places if has_zero and is_known else [])
            for suffix, side, places, is_known in zip(("", "_before"), (present, earlier), missing, known, strict=True)
        ]
        made |= _compared(name, kind, *values)
    return pd.DataFrame(made)


def _matched(
    present: pd.DataFrame, earlier: pd.DataFrame, keys: list[str], end: dt.date
) -> tuple[pd.DataFrame, list[list[int]]]:
    """Rows of the same keys beside each other, and the places of those that only the other period has.

    Days from ``end`` on are in neither list: one period is too short for them.
    """
    both = present.merge(earlier, how="left", on=keys, suffixes=("", "_before"), indicator=True)
    alone = earlier.merge(present[keys], how="left", on=keys, indicator=True)
    alone = alone[alone["_merge"] == "left_only"].drop(columns="_merge")
    alone = alone.rename(columns={name: f"{name}_before" for name in present.columns if name not in keys})
    is_new = np.flatnonzero(both["_merge"] == "left_only").tolist()
    table = both.drop(columns="_merge")
    if len(alone):
        table = pd.concat([table, alone], ignore_index=True)
    missing = [list(range(len(both), len(table))), is_new]
    if "day" in keys:
        has_both = (table["day"] < pd.Timestamp(end)).to_numpy()
        missing = [[place for place in places if has_both[place]] for places in missing]
    return table, missing


def _filled(column: pd.Series[Any], places: list[int]) -> pd.Series[Any]:
    """The column with zero in these places."""
    if places:
        column.iloc[places] = 0
    return column


def _compared(name: str, kind: str, now: pd.Series[Any], before: pd.Series[Any]) -> dict[str, pd.Series[Any]]:
    """A number of both periods, the difference, and that in percent where it is no rate."""
    one, other = (pa.array(side, from_pandas=True) for side in (now, before))
    change = added(one, minus=[other]) if kind == "money" else pc.subtract(one, other)
    made = {name: now, f"{name}_before": before, f"{name}_change": series(change, kind, "UTC")}
    if kind != "percent":
        made[f"{name}_percent"] = series(share(change, pc.abs(other)), "percent", "UTC")
    return made


def _kinds(made: pd.DataFrame, row: Report) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for name in map(str, made.columns):
        stem = next((name.removesuffix(f"_{word}") for word in ADDED if name.endswith(f"_{word}")), name)
        kinds[name] = "percent" if name.endswith("_percent") else row.columns.get(stem, "count")
    return kinds


def _notes(
    whole: Prepared, parts: Sequence[Prepared], row: Report, compared: tuple[Period, Period], usual: Sequence[str]
) -> tuple[str, ...]:
    """The notes on what each period lacks, then on the periods, then those of the present report."""
    now, earlier = [missing_notes(part, row) for part in parts]
    (since, until), (before_since, before_until) = compared
    days = {"since": since, "until": until, "before_since": before_since, "before_until": before_until}
    are_alike = _length(compared[0]) == _length(compared[1])
    alone = [] if are_alike or "day" not in row.keys else [phrase("days_alone", whole.language)]
    return (
        *now,
        *(f"{before_since} .. {before_until}: {note}" for note in earlier),
        phrase("periods", whole.language, **days),
        *alone,
        *uncovered(whole, compared[1]),
        *undated(whole),
        *(note for note in usual if note not in now),
    )


def is_not_asked(prepared: Prepared, before: Period) -> bool:
    """Whether no order of the earlier period was asked for, nor is any there, as from an earlier export."""
    since = prepared.asked_since()
    return since is not None and since > before.until and not inside(prepared, before).any()


def uncovered(prepared: Prepared, before: Period) -> list[str]:
    """A note where the orders begin later than the earlier period."""
    if is_not_asked(prepared, before):
        return [phrase("before_not_asked", prepared.language, first=prepared.asked_since())]
    first: Any = pc.min(prepared.day(prepared.dated())).as_py()
    late = first is not None and first > before.since
    return [phrase("before_uncovered", prepared.language, first=first)] if late else []


def undated(prepared: Prepared) -> list[str]:
    """A note on the orders that are in no period, because they have no time."""
    count = prepared.dated().null_count
    columns = DATE_BASES[prepared.definitions.date_basis]
    return [phrase("undated_out", prepared.language, count=count, columns=columns)] if count else []
