"""Why: every report has its picture, drawn from its row of `REPORTS` as the workbook's charts are.

May import `reports` and this room's `drawing`, `rupiah` and `columns`; needs matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    label_bars,
    legend,
    numbers_axis,
    pale,
)
from scalev_frames.notebook.pictures.rupiah import rupiah_text
from scalev_frames.notebook.table.texts import number_text
from scalev_frames.reports import REPORTS, Chart, is_few, ranked, said_of, shown

#: The part of a picture's colours that a series is drawn in.
PARTS = {
    "completed": "completed", "delivered": "completed", "repeat_orders": "completed", "net_revenue": "completed",
    "in_progress": "in_progress", "in_transit": "in_progress", "first_orders": "in_progress",
    "confirmed": "in_progress", "payment_fee": "in_progress", "waiting": "waiting", "lost": "lost", "returned": "lost",
    "rts_rate": "lost", "canceled": "other", "other": "other",
}  # fmt: skip
#: Fewer bars than this are not drawn any fatter.
FEWEST_BARS = 4


def report_picture(made: pd.DataFrame, lang: str = "en", dark: bool = False) -> Picture | None:
    """The picture of a report.

    Args:
        made: what `report` gave.
        lang: ``en`` or ``id``.
        dark: for a dark page.

    Returns:
        A figure; bars of rates are sorted by the rate, those of few orders last and pale. ``None`` for reports that are
        lists, and where there is nothing to draw.

    >>> from scalev_frames.reports import report
    >>> picture = report_picture(report("funnel", pd.DataFrame({"status": ["rts", "shipped"]})))
    >>> [float(bar.get_width()) for bar in picture.axes[0].patches]
    [2.0, 2.0, 2.0, 0.0, 0.0]
    """
    row = REPORTS[made.attrs["report"]]
    known = made[made[row.keys[0]].notna()] if row.columns[row.keys[0]] == "date" else ranked(made)
    if row.chart is None or known.empty:
        return None
    known = known.head(row.chart.top)
    theme, title, foot = DARK if dark else LIGHT, row.title(lang), made.attrs["notes"][:1]
    write = _writer(row.columns[row.chart.series[0]], lang)
    parts = [
        (said_of(name, lang), _floats(known[name]), theme.parts.get(PARTS.get(name, ""), theme.accent))
        for name in row.chart.series
    ]
    if row.columns[row.chart.category.split()[0]] == "date":
        return _columns(known[row.chart.category], parts, theme, (title, foot), write, lang)
    told = shown(known, lang)
    names = [" · ".join(map(str, words)) for words in told[[said_of(one, lang) for one in row.chart.category.split()]]
             .itertuples(index=False, name=None)]  # fmt: skip
    figure = _bars(row.chart, names, parts, theme, (title, foot), write)
    if row.ranked_by:
        pale(figure.axes[0], is_few(known, row.ranked_by).tolist(), theme)
    return figure


def _columns(
    days: pd.Series[Any],
    parts: Sequence[tuple[str, list[float], str]],
    theme: Theme,
    said: tuple[str, Sequence[str]],
    write: Callable[[float], str],
    lang: str,
) -> Picture:
    figure, (axes,) = canvas(*said, theme, height=3.4, parts=True)
    gap = days.diff().min()
    width = 0.86 * (gap.days if len(days) > 1 else 1)
    ground = [0.0] * len(days)
    for label, heights, colour in parts:
        axes.bar(days.dt.to_pydatetime(), heights, bottom=ground, width=width, color=colour, label=label)
        ground = [one + other for one, other in zip(ground, heights, strict=True)]
    legend(figure, axes, theme)
    numbers_axis(axes.yaxis, write, whole=True)
    days_axis(axes, lang)
    axes.margins(x=0.01)
    return figure


def _bars(
    chart: Chart,
    names: list[str],
    parts: list[tuple[str, list[float], str]],
    theme: Theme,
    said: tuple[str, Sequence[str]],
    write: Callable[[float], str],
) -> Picture:
    """Bars of one part, or stacked ones; what stands beside each other in a workbook is drawn by its first part."""
    several = chart.kind == "stacked"
    figure, (axes,) = canvas(*said, theme, height=0.6 + 0.3 * max(len(names), FEWEST_BARS), parts=several)
    drawn = parts if several else parts[:1]
    bars(axes, names, drawn, theme)
    lengths = [sum(numbers) for numbers in zip(*(numbers for _, numbers, _ in drawn), strict=True)]
    label_bars(axes, lengths, [write(length) for length in lengths], theme)
    if several:
        legend(figure, axes, theme)
    else:
        axes.set_xlabel(drawn[0][0], color=theme.quiet, fontsize=9)
    numbers_axis(axes.xaxis, write)
    return figure


def _floats(numbers: pd.Series[Any]) -> list[float]:
    """Numbers to draw; one that is missing has no length."""
    return [0.0 if pd.isna(one) else float(one) for one in numbers]


def _writer(kind: str, lang: str) -> Callable[[float], str]:
    if kind == "money":
        return lambda value: rupiah_text(value, lang)
    if kind == "percent":
        return lambda value: f"{number_text(round(value * 100, 1), lang)}%"
    return lambda value: number_text(round(value), lang)
