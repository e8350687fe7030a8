"""Why: five pictures answer what a shop asks of its orders each morning, with the reports' own numbers.

May import `reports` and this room's `drawing`, `rupiah` and `table_labels`; needs matplotlib. Nothing is counted
here that a report counts: a picture and the workbook never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from scalev_frames.notebook.pictures.drawing import (
    DARK,
    LIGHT,
    Picture,
    Theme,
    bars,
    canvas,
    days_axis,
    drawable,
    label_bars,
    legend,
    nothing,
    numbers_axis,
    pale,
    png,
)
from scalev_frames.notebook.pictures.rupiah import rupiah_text
from scalev_frames.notebook.table.texts import number_text
from scalev_frames.notebook.words import PICTURE_LABELS, labels_in
from scalev_frames.reports import DEFINITIONS, Definitions, is_few, ranked, report

__all__ = ["courier_returns", "daily_orders", "pictures", "png", "provinces", "status_funnel", "top_products"]

#: What became of an order, from the ground of a bar up; what is in no set of the definitions is other.
PARTS = ("completed", "in_progress", "waiting", "lost", "other")
#: Bars of a picture; what is left out is said below it.
MOST_BARS = 15


def pictures(
    frame: pd.DataFrame, lang: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> dict[str, Picture]:
    """All pictures of a frame of orders.

    Args:
        frame: any frame of orders.
        lang: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    Returns:
        ``daily``, ``funnel``, ``products``, ``provinces`` and ``couriers`` to a matplotlib figure that shows
        itself. Days are the frame's own zone's, else Jakarta's; spam is left out; a missing amount is in no sum, and
        is said below.

    Raises:
        BadValueError: another language.
        MissingPackageError: matplotlib is not installed.

    >>> list(pictures(pd.DataFrame({"status": ["rts", "shipped"]})))
    ['daily', 'funnel', 'products', 'provinces', 'couriers']
    """
    drawn: dict[str, Callable[..., Picture]] = {
        "daily": daily_orders, "funnel": status_funnel, "products": top_products, "provinces": provinces,
        "couriers": courier_returns,
    }  # fmt: skip
    return {name: draw(frame, lang, dark, definitions) for name, draw in drawn.items()}


def daily_orders(
    frame: pd.DataFrame, lang: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """Orders a day and their gross revenue, each by what became of them.

    Args:
        frame: any frame of orders.
        lang: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> orders = pd.DataFrame({"created_at": ["2026-11-01T17:00:00Z"], "status": ["rts"]})
    >>> [float(bar.get_height()) for bar in daily_orders(orders).axes[0].patches]
    [1.0]
    """
    words, theme = labels_in(PICTURE_LABELS, lang), _theme(dark)
    counts = report("daily", frame, definitions, language=lang)
    dated = counts[counts["day"].notna()]
    figure, (above, below) = canvas(words["daily"], _foot(counts), theme, height=5.6, rows=2, parts=True)
    if dated.empty:
        nothing(above, words["no_orders"], theme)
        below.set_axis_off()
        return figure
    days = dated["day"].dt.to_pydatetime()
    revenue = _revenue_by_part(frame, dated["day"], definitions)
    width = 0.86 if len(days) <= 62 else 1.0
    for axes, parts in ((above, {part: _floats(dated[part]) for part in PARTS}), (below, revenue)):
        ground = [0.0] * len(days)
        for part in PARTS:
            if any(parts[part]):
                axes.bar(
                    days,
                    parts[part],
                    bottom=ground,
                    width=width,
                    color=theme.parts[part],
                    label=words[part],
                )
            ground = [one + other for one, other in zip(ground, parts[part], strict=True)]
    legend(figure, above, theme)
    _name(above, words["orders_a_day"], theme)
    _name(below, words["revenue_a_day"], theme)
    numbers_axis(above.yaxis, lambda value: _count(value, lang), whole=True)
    numbers_axis(below.yaxis, lambda value: rupiah_text(value, lang))
    days_axis(below, lang)
    below.margins(x=0.01)
    return figure


def status_funnel(
    frame: pd.DataFrame, lang: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """How many orders came how far, with their share of all and their worth.

    Args:
        frame: any frame of orders.
        lang: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> len(status_funnel(pd.DataFrame({"status": ["rts", "shipped"]})).axes)
    1
    """
    words, theme = labels_in(PICTURE_LABELS, lang), _theme(dark)
    stages = report("funnel", frame, definitions, language=lang)
    figure, (axes,) = canvas(words["funnel"], _foot(stages), theme, height=2.7)
    if not stages["orders"].sum():
        nothing(axes, words["no_orders"], theme)
        return figure
    lengths = _floats(stages["orders"])
    bars(axes, [words[f"stage_{stage}"] for stage in stages["stage"]], [("", lengths, theme.accent)], theme)
    amounts = zip(stages["orders"], stages["share_of_all"], stages["gross_revenue"], strict=True)
    texts = [
        f"{_count(one, lang)}  ({_percent(share, lang)})  ·  {_money(gross, lang)}" for one, share, gross in amounts
    ]
    label_bars(axes, lengths, texts, theme)
    axes.set_xlim(0, max(lengths) * 1.45)
    numbers_axis(axes.xaxis, lambda value: _count(value, lang), whole=True)
    return figure


def top_products(
    frame: pd.DataFrame, lang: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """The products ordered most, in pieces: completed, returned and all others.

    Args:
        frame: any frame of orders, with ``final_variants``.
        lang: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> len(top_products(pd.DataFrame({"final_variants": [{"Kaos": 2}], "status": ["rts"]})).axes[0].patches)
    3
    """
    words, theme = labels_in(PICTURE_LABELS, lang), _theme(dark)
    products = report("products", frame, definitions, language=lang)
    named = _top(products, "product", words)
    foot = [*_foot(products), *_rest(products, "quantity", words, lang)]
    figure, (axes,) = canvas(words["products"], foot, theme, height=0.5 + 0.3 * max(len(named), 4), parts=True)
    if named.empty:
        nothing(axes, words["no_products"], theme)
        return figure
    rest = named["quantity"] - named[["completed_quantity", "returned_quantity"]].sum(axis=1)
    parts = [
        (words["completed"], _floats(named["completed_quantity"]), theme.parts["completed"]),
        (words["open_or_canceled"], _floats(rest), theme.parts["other"]),
        (words["returned"], _floats(named["returned_quantity"]), theme.parts["lost"]),
    ]
    bars(axes, list(named["product"]), parts, theme)
    label_bars(axes, _floats(named["quantity"]), [_count(one, lang) for one in named["quantity"]], theme)
    legend(figure, axes, theme)
    numbers_axis(axes.xaxis, lambda value: _count(value, lang), whole=True)
    return figure


def provinces(
    frame: pd.DataFrame, lang: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """Where the orders go: orders by province, with their gross revenue.

    Args:
        frame: any frame of orders.
        lang: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> provinces(pd.DataFrame({"destination_address_province": ["Bali"]})).axes[0].get_yticklabels()[0].get_text()
    'Bali'
    """
    words, theme = labels_in(PICTURE_LABELS, lang), _theme(dark)
    cities = report("geography", frame, definitions, language=lang)
    by_province = cities.groupby("province", dropna=False)[["orders", "gross_revenue"]].sum(min_count=1).reset_index()
    by_province = by_province.sort_values(["orders", "province"], ascending=[False, True])
    named = _top(by_province, "province", words)
    foot = [*_foot(cities), *_rest(by_province, "orders", words, lang)]
    figure, (axes,) = canvas(words["provinces"], foot, theme, height=0.5 + 0.3 * max(len(named), 4))
    if named.empty:
        nothing(axes, words["no_orders"], theme)
        return figure
    lengths = _floats(named["orders"])
    bars(axes, list(named["province"]), [("", lengths, theme.accent)], theme)
    amounts = zip(list(named["orders"]), list(named["gross_revenue"]), strict=True)
    texts = [f"{_count(orders, lang)}  ·  {_money(gross, lang)}" for orders, gross in amounts]
    label_bars(axes, lengths, texts, theme)
    numbers_axis(axes.xaxis, lambda value: _count(value, lang), whole=True)
    return figure


def courier_returns(
    frame: pd.DataFrame, lang: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """What share of each courier's shipments came back (RTS), and of how many; the line is that of all couriers.

    The highest rate first; rates of fewer than ten shipments come last and are pale.

    Args:
        frame: any frame of orders.
        lang: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> orders = pd.DataFrame({"courier_service_courier_name": ["JNE", "JNE"], "status": ["rts", "completed"]})
    >>> float(courier_returns(orders).axes[0].patches[0].get_width())
    0.5
    """
    words, theme = labels_in(PICTURE_LABELS, lang), _theme(dark)
    returns = report("returns_by_courier", frame, definitions, language=lang)
    figure, (axes,) = canvas(words["couriers"], _foot(returns), theme, height=0.7 + 0.32 * max(len(returns), 4))
    if returns.empty:
        nothing(axes, words["nothing_shipped"], theme)
        return figure
    named = ranked(returns.assign(courier=returns["courier"].fillna(words["not_named"])))
    rates = _floats(named["rts_rate"])
    bars(axes, list(named["courier"]), [("", rates, theme.parts["lost"])], theme)
    amounts = zip(named["rts_rate"], named["returned"], named["shipped"], strict=True)
    texts = [
        f"{_percent(rate, lang)}  ({_count(returned, lang)} {words['of']} {_count(shipped, lang)})"
        for rate, returned, shipped in amounts
    ]
    label_bars(axes, rates, texts, theme)
    pale(axes, is_few(named, "rts_rate").tolist(), theme)
    overall = float(returns["returned"].sum() / returns["shipped"].sum())
    axes.axvline(overall, color=theme.ink, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    axes.set_xlim(0, max([*rates, overall]) * 1.3 or 1)
    all_of_them = f"{words['all_couriers']}: {_percent(overall, lang)}"
    over = axes.get_xaxis_transform()
    axes.annotate(all_of_them, (overall, 1), xycoords=over, ha="center", va="bottom", color=theme.quiet, fontsize=9)
    numbers_axis(axes.xaxis, lambda value: _percent(value, lang, digits=0))
    return figure


# What they share -----------------------------------------------------------------------------------------------------


def _theme(dark: bool) -> Theme:
    return DARK if dark else LIGHT


def _foot(counted: pd.DataFrame) -> list[str]:
    """What a report says of itself, but for the list of its words."""
    notes: list[str] = counted.attrs["notes"]
    definitions: Mapping[str, str] = counted.attrs["definitions"]
    return [note for note in notes if not any(note.startswith(f"{word}: ") for word in definitions)]


def _revenue_by_part(frame: pd.DataFrame, days: pd.Series[Any], definitions: Definitions) -> dict[str, list[float]]:
    """Gross revenue of each day, by what became of the orders, each part counted by the report itself."""
    statuses = frame["status"] if "status" in frame else pd.Series(None, index=frame.index, dtype="str")
    masks = {part: statuses.isin(getattr(definitions, part)) for part in PARTS if part != "other"}
    masks["other"] = ~pd.concat(masks, axis=1).any(axis=1)
    found = {}
    for part, mask in masks.items():
        counted = report("daily", frame[mask.to_numpy()], definitions)
        by_day = counted[counted["day"].notna()].set_index("day")["gross_revenue"]
        found[part] = _floats(by_day.reindex(days))
    return found


def _top(counted: pd.DataFrame, name: str, words: Mapping[str, str]) -> pd.DataFrame:
    """The first rows; those without a name are called so."""
    return counted.assign(**{name: counted[name].fillna(words["not_named"])}).iloc[:MOST_BARS]


def _rest(counted: pd.DataFrame, number: str, words: Mapping[str, str], lang: str) -> list[str]:
    """What is not shown, in words."""
    rest = counted.iloc[MOST_BARS:]
    if rest.empty:
        return []
    said = {"count": _count(len(rest), lang), "sum": _count(rest[number].sum(), lang), "what": words[f"of_{number}"]}
    return [words["not_shown"].format(**said)]


def _floats(series: pd.Series[Any]) -> list[float]:
    """Heights of bars; where nothing is known there is no bar."""
    return [0.0 if pd.isna(value) else float(value) for value in series]


def _percent(share: Any, lang: str, digits: int = 1) -> str:
    if pd.isna(share):
        return "\u2013"
    text = f"{float(share) * 100:.{digits}f}%"
    return text.replace(".", ",") if lang == "id" else text


def _count(number: Any, lang: str) -> str:
    return number_text(int(number), lang)


def _money(amount: Any, lang: str) -> str:
    return "\u2013" if pd.isna(amount) else rupiah_text(Decimal(amount), lang)


def _name(axes: Any, text: str, theme: Theme) -> None:
    axes.set_ylabel(drawable(text), color=theme.quiet, fontsize=9)
