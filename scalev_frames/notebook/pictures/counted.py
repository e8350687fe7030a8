"""What a picture shows, counted by the reports: bars, their parts, their texts, and which orders are behind each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from scalev_frames.errors import MissingColumnsError
from scalev_frames.notebook.pictures.rupiah import rupiah_text
from scalev_frames.notebook.table.columns.texts import date_text, month_text, number_text
from scalev_frames.reports import DEFINITIONS, REPORTS, Definitions, Report, shown
from scalev_frames.reports.compute import exact_report
from scalev_frames.reports.counting.finish import name_of
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.functions.pipeline import parts
from scalev_frames.reports.words.phrases import LANGUAGES, phrase
from scalev_frames.reports.words.rows import FEW, RATES, Chart
from scalev_frames.reports.words.shown import is_few, ranked, said_of
from scalev_frames.words import error_said, labels_in

#: What became of an order, from the ground of a bar up; what is in no set of the definitions is other.
PARTS = ("completed", "in_progress", "waiting", "lost", "other")
#: Bars of a picture; what is left out is said below it.
MOST_BARS = 15
#: The part of the colours that a series of a report is drawn in.
COLOURS = {
    "completed": "completed", "delivered": "completed", "repeat_orders": "completed", "net_revenue": "completed",
    "in_progress": "in_progress", "in_transit": "in_progress", "first_orders": "in_progress",
    "confirmed": "in_progress", "payment_fee": "in_progress", "waiting": "waiting", "lost": "lost", "returned": "lost",
    "rts_rate": "lost", "canceled": "other", "other": "other",
}  # fmt: skip
ACCENT = "accent"
_OF_RATES = tuple(phrase("few", one, count=n, few=FEW).partition(" ")[2] for one in LANGUAGES for n in (1, 2))
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of all bars.

    Attributes:
        label: what it is called.
        numbers: how long each bar's part is; zero where nothing is known.
        texts: the exact numbers, for people.
        colour: a name of the colours.
        column: the column of the report that it is.
        behind: what the rows behind it are called; ``""`` where the bar's name says it.
    """

    label: str
    numbers: list[float]
    texts: list[str]
    colour: str
    column: str
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """Bars that share one axis of numbers.

    Attributes:
        said: what the numbers are.
        kind: ``count``, ``money`` or ``percent``.
        parts: the parts of its bars, from the ground up.
    """

    said: str
    kind: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a picture shows.

    Attributes:
        report: the report that it is counted by.
        title: what it shows.
        foot: sentences that say what was counted.
        axes: bars; of several axes, those of one place are of one day.
        keys: for each bar the keys of its row in the report.
        names: what the bars are called.
        days: the day of each bar, where the bars are days; they stand upright.
        texts: what stands behind each bar.
        few: which bars are rates of few orders, so that little can be read from them.
        line: a number to compare all bars with, and what it is.
        nothing: what is said where there are no bars.
    """

    report: str
    title: str
    foot: tuple[str, ...]
    axes: tuple[Axis, ...] = ()
    keys: tuple[dict[str, Any], ...] = ()
    names: tuple[str, ...] = ()
    days: tuple[pd.Timestamp, ...] = ()
    texts: tuple[str, ...] = ()
    few: tuple[bool, ...] = ()
    line: tuple[float, str] | None = None
    nothing: str = ""


def count_pictures(
    frame: pd.DataFrame, language: str = "en", definitions: Definitions = DEFINITIONS
) -> dict[str, Counted]:
    """What the five pictures of a frame of orders show.

    Args:
        frame: any frame of orders.
        language: ``en`` or ``id``.
        definitions: what the words mean.

    Raises:
        BadValueError: another language.

    >>> counted = count_pictures(pd.DataFrame({"status": ["rts", "shipped"]}))["funnel"]
    >>> counted.axes[0].parts[0].numbers
    [2.0, 2.0, 2.0, 0.0, 0.0]
    """
    words = labels_in("pictures", language)
    prepared = Prepared(frame, definitions, language)
    return {name: _count_one(name, prepared, words, language) for name in _PICTURES}


def _count_one(name: str, prepared: Prepared, words: Words, language: str) -> Counted:
    """A picture; where the frame lacks what it is counted from, it says so in place of bars."""
    try:
        return _PICTURES[name](prepared, words, language)
    except MissingColumnsError as error:
        return Counted(error.report, words[name], (), nothing=error_said(error, language))


def count_report(made: pd.DataFrame, language: str = "en") -> Counted | None:
    """What the picture of a report shows.

    Args:
        made: what `report` or `compare` gave; of a comparison, the present period is shown.
        language: ``en`` or ``id``.

    Returns:
        ``None`` for reports that are lists, and where there is nothing to draw. Bars of rates are sorted by the rate,
        those of few orders last.
    """
    row = REPORTS[made.attrs["report"]]
    chart = row.chart
    if chart is None:
        return None
    is_dated = row.columns[chart.category.split()[0]] == "date"
    has_bar = made[row.keys[0]].notna() & made[list(chart.series)].notna().any(axis=1)
    known = (made[has_bar] if is_dated else ranked(made)).head(chart.top)
    if known.empty:
        return None
    axis = _axis_of(known, row, chart, language, is_dated=is_dated)
    said = Counted(
        row.name, row.title(language), tuple(made.attrs["notes"][:1]), axes=(axis,),
        keys=tuple({key: line[key] for key in row.keys} for _, line in known.iterrows()),
    )  # fmt: skip
    if is_dated:
        days = tuple(known[chart.category])
        return replace(said, days=days, names=_day_names(days, chart.category, language))
    said = replace(said, names=_names(known, chart.category, language))
    if row.ranked_by:
        return _with_rates(said, known, made, row, language)
    return replace(said, texts=_totals(axis, language))


def _axis_of(known: pd.DataFrame, row: Report, chart: Chart, language: str, *, is_dated: bool) -> Axis:
    """The bars of a report; what stands beside each other in a workbook is drawn by its first part."""
    kind = row.columns[chart.series[0]]
    series = chart.series if chart.kind == "stacked" or is_dated else chart.series[:1]
    drawn = tuple(_part(known[name], name, said_of(name, language), kind, language) for name in series)
    if len(drawn) == 1:
        return Axis(drawn[0].label, kind, drawn)
    return Axis("", kind, tuple(replace(one, behind=one.label) for one in drawn))


def _totals(axis: Axis, language: str) -> tuple[str, ...]:
    """What all parts of each bar are together."""
    numbers = zip(*(part.numbers for part in axis.parts), strict=True)
    return tuple(map(_writer(axis.kind, language), map(sum, numbers)))


# The five pictures ---------------------------------------------------------------------------------------------------


def _daily(prepared: Prepared, words: Words, language: str) -> Counted:
    counted = exact_report("daily", prepared)
    dated = counted[counted["day"].notna()]
    days = tuple(dated["day"])
    said = Counted("daily", words["daily"], _foot(counted), days=days, nothing=words["no_orders"])
    if dated.empty:
        return said
    masks, reads = parts(prepared), REPORTS["daily"].reads.split()
    revenue = {}
    for part in PARTS:
        made = exact_report("daily", prepared.where(masks[part], reads))
        by_day = made[made["day"].notna()].set_index("day")["gross_revenue"]
        revenue[part] = by_day.reindex(dated["day"])
    orders = tuple(_outcome(dated[one], one, words[one], "count", language) for one in PARTS)
    amounts = tuple(_outcome(revenue[one], one, words[one], "money", language) for one in PARTS)
    axes = Axis(words["orders_a_day"], "count", orders), Axis(words["revenue_a_day"], "money", amounts)
    keys = tuple({"day": day} for day in days)
    return replace(said, axes=axes, keys=keys, names=_day_names(days, "day", language))


def _funnel(prepared: Prepared, words: Words, language: str) -> Counted:
    stages = exact_report("funnel", prepared)
    said = Counted("funnel", words["funnel"], _foot(stages), nothing=words["no_orders"])
    if not stages["orders"].sum():
        return said
    amounts = zip(stages["orders"], stages["share_of_all"], stages["gross_revenue"], strict=True)
    return replace(
        said, axes=(_one_axis(stages["orders"], "orders", words["orders_a_day"], language),),
        keys=tuple({"stage": stage} for stage in stages["stage"]),
        names=tuple(words[f"stage_{stage}"] for stage in stages["stage"]),
        texts=tuple(f"{_count(one, language)}  ({_percent(share, language)})  ·  {_money(gross, language)}"
                    for one, share, gross in amounts),
    )  # fmt: skip


def _products(prepared: Prepared, words: Words, language: str) -> Counted:
    products = exact_report("products", prepared)
    foot = (*_foot(products), *_rest(products, "quantity", words, language))
    said = Counted("products", words["products"], foot, nothing=words["no_products"])
    if products.empty:
        return said
    top = products.iloc[:MOST_BARS]
    rest = top["quantity"] - top[["completed_quantity", "returned_quantity"]].sum(axis=1, min_count=1)
    drawn = (
        _outcome(top["completed_quantity"], "completed", words["completed"], "count", language),
        _outcome(rest, "other", words["open_or_canceled"], "count", language),
        _outcome(top["returned_quantity"], "returned", words["returned"], "count", language),
    )
    return replace(
        said, axes=(Axis(words["of_quantity"], "count", drawn),), texts=_counts(top["quantity"], language),
        **_bars(top, "product", words),
    )  # fmt: skip


def _provinces(prepared: Prepared, words: Words, language: str) -> Counted:
    cities = exact_report("geography", prepared)
    by_province = cities.groupby("province", dropna=False)[["orders", "gross_revenue"]].sum(min_count=1).reset_index()
    by_province = by_province.sort_values(["orders", "province"], ascending=[False, True])
    foot = (*_foot(cities), *_rest(by_province, "orders", words, language))
    said = Counted("geography", words["provinces"], foot, nothing=words["no_orders"])
    if by_province.empty:
        return said
    top = by_province.iloc[:MOST_BARS]
    amounts = zip(list(top["orders"]), list(top["gross_revenue"]), strict=True)
    return replace(
        said, axes=(_one_axis(top["orders"], "orders", words["orders_a_day"], language),),
        texts=tuple(f"{_count(orders, language)}  ·  {_money(gross, language)}" for orders, gross in amounts),
        **_bars(top, "province", words),
    )  # fmt: skip


def _couriers(prepared: Prepared, words: Words, language: str) -> Counted:
    returns = exact_report("returns_by_courier", prepared)
    said = Counted("returns_by_courier", words["couriers"], _foot(returns), nothing=words["nothing_shipped"])
    if returns.empty:
        return said
    found = ranked(returns)
    drawn = _part(found["rts_rate"], "rts_rate", said_of("rts_rate", language), "percent", language)
    said = replace(said, axes=(Axis("", "percent", (drawn,)),), **_bars(found, "courier", words))
    return _with_rates(said, found, returns, REPORTS["returns_by_courier"], language)


#: In the order shown: those of about one height stand side by side.
_PICTURES: dict[str, Callable[[Prepared, Words, str], Counted]] = {
    "daily": _daily, "funnel": _funnel, "couriers": _couriers, "products": _products, "provinces": _provinces,
}  # fmt: skip


# What they share -----------------------------------------------------------------------------------------------------


def _with_rates(said: Counted, known: pd.DataFrame, made: pd.DataFrame, row: Report, language: str) -> Counted:
    """Rates with what they are rates of, those of few marked, beside the rate of all."""
    words = labels_in("pictures", language)
    (whole,) = RATES[row.ranked_by]
    amounts = zip(known[row.ranked_by], known["returned"], known[whole], strict=True)
    shipped = made[whole].sum()
    overall = float(made["returned"].sum() / shipped) if shipped else 0.0
    called = words["all_couriers"] if row.keys == ("courier",) else words["all_of_them"]
    (axis,) = said.axes
    drawn = replace(axis.parts[0], behind=words["returned"])
    return replace(
        said,
        axes=(replace(axis, parts=(drawn,)),),
        texts=tuple(f"{_percent(rate, language)}  ({_count(back, language)} {words['of']} {_count(sent, language)})"
                    for rate, back, sent in amounts),
        few=tuple(is_few(known, row.ranked_by).tolist()),
        line=(overall, f"{called}: {_percent(overall, language)}"),
    )  # fmt: skip


def _part(numbers: pd.Series[Any], column: str, label: str, kind: str, language: str) -> Part:
    lengths = [0.0 if pd.isna(one) else float(one) for one in numbers]
    texts = ["\u2013" if pd.isna(one) else _exact(one, kind, language) for one in numbers]
    return Part(label, lengths, texts, COLOURS.get(column, ACCENT), column)


def _outcome(numbers: pd.Series[Any], column: str, label: str, kind: str, language: str) -> Part:
    """One of several parts: the rows behind it are called by it."""
    return replace(_part(numbers, column, label, kind, language), behind=label)


def _one_axis(numbers: pd.Series[Any], column: str, label: str, language: str) -> Axis:
    return Axis("", "count", (_part(numbers, column, label, "count", language),))


def _bars(top: pd.DataFrame, key: str, words: Words) -> dict[str, Any]:
    """Keys and names of bars; those without a name are called so."""
    return {"keys": tuple({key: None if pd.isna(one) else one} for one in top[key]),
            "names": tuple(words["not_named"] if pd.isna(one) else str(one) for one in top[key])}  # fmt: skip


def _names(known: pd.DataFrame, category: str, language: str) -> tuple[str, ...]:
    """What the rows of a report are called by one column or by several."""
    columns = [known[name] for name in category.split()]
    labelled = shown(known, language)
    named = [labelled[said_of(str(one.name), language)] for one in columns]
    return tuple(" · ".join(map(str, words)) for words in zip(*named, strict=True))


def _day_names(days: Sequence[pd.Timestamp], key: str, language: str) -> tuple[str, ...]:
    said = month_text if key == "month" else date_text
    return tuple(said(day.date(), language) for day in days)


def _foot(counted: pd.DataFrame) -> tuple[str, ...]:
    """What a report says of itself, but for the list of its words, and for its rates where none is drawn."""
    definitions = tuple(f"{name_of(word, one)}: " for word in counted.attrs["definitions"] for one in LANGUAGES)
    told = [note for note in counted.attrs["notes"] if not note.startswith(definitions)]
    has_rates = REPORTS[counted.attrs["report"]].ranked_by
    return tuple(note for note in told if has_rates or not note.endswith(_OF_RATES))


def _rest(counted: pd.DataFrame, number: str, words: Words, language: str) -> list[str]:
    """What is not shown, in words."""
    rest = counted.iloc[MOST_BARS:]
    if rest.empty:
        return []
    said = {
        "count": _count(len(rest), language),
        "sum": _count(rest[number].sum(), language),
        "what": words[f"of_{number}"],
    }
    return [words["not_shown"].format(**said)]


def _counts(numbers: pd.Series[Any], language: str) -> tuple[str, ...]:
    return tuple(_count(one, language) for one in numbers)


def _exact(number: Any, kind: str, language: str) -> str:
    if kind == "percent":
        return _percent(number, language)
    if isinstance(number, np.generic):
        number = number.item()
    return (
        f"Rp {number_text(number, language, kind='money')}" if kind == "money" else number_text(int(number), language)
    )


def _percent(share: Any, language: str) -> str:
    return "\u2013" if pd.isna(share) else number_text(float(share), language, kind="percent")


def _count(number: Any, language: str) -> str:
    return "\u2013" if pd.isna(number) else number_text(int(number), language)


def _money(amount: Any, language: str) -> str:
    return "\u2013" if pd.isna(amount) else rupiah_text(amount, language)


def _writer(kind: str, language: str) -> Callable[[float], str]:
    if kind == "money":
        return lambda value: rupiah_text(value, language)
    return lambda value: _exact(value, kind, language) if kind == "percent" else number_text(round(value), language)
