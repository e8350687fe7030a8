"""Draws what was counted as a picture that does not move: for files, and for notebooks turned into HTML."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from scalev_frames.notebook.pictures.counted import ACCENT, Counted
from scalev_frames.notebook.pictures.drawing import (
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
)
from scalev_frames.notebook.pictures.rupiah import rupiah_text
from scalev_frames.notebook.table.columns.texts import number_text

#: Fewer bars than this are not drawn any fatter.
FEWEST_BARS = 4
#: More days than this stand without gaps between them.
_DAYS_APART = 62
#: How much longer than the longest bar the axis is, for texts of at most this many characters.
_ROOM = ((24, 1.2), (99, 1.45))


def draw(counted: Counted, theme: Theme, language: str) -> Picture:
    """A picture of what was counted.

    Args:
        counted: what it shows.
        theme: its colours.
        language: ``en`` or ``id``.
    """
    if not counted.axes:
        figure, (axes,) = canvas(counted.title, counted.foot, theme, height=2.7)
        nothing(axes, counted.nothing, theme)
        return figure
    return _columns(counted, theme, language) if counted.days else _bars(counted, theme, language)


def _columns(counted: Counted, theme: Theme, language: str) -> Picture:
    height = 3.4 if len(counted.axes) == 1 else 2.8 * len(counted.axes)
    figure, axes = canvas(counted.title, counted.foot, theme, height=height, rows=len(counted.axes), parts=True)
    days: list[Any] = [day.to_pydatetime() for day in counted.days]
    gap = min(((later - sooner).days for sooner, later in itertools.pairwise(days)), default=1)
    width = (0.86 if len(days) <= _DAYS_APART else 1.0) * gap
    for place, one in zip(axes, counted.axes, strict=True):
        ground = [0.0] * len(days)
        for part in one.parts:
            if any(part.numbers):
                colour = _colour(part.colour, theme)
                place.bar(days, part.numbers, bottom=ground, width=width, color=colour, label=part.label)
            ground = [lower + upper for lower, upper in zip(ground, part.numbers, strict=True)]
        if one.said:
            place.set_ylabel(drawable(one.said), color=theme.quiet, fontsize=9)
        numbers_axis(place.yaxis, _writer(one.kind, language), whole=one.kind == "count")
    legend(figure, axes[0], theme)
    days_axis(axes[-1], language)
    axes[-1].margins(x=0.01)
    return figure


def _bars(counted: Counted, theme: Theme, language: str) -> Picture:
    (one,) = counted.axes
    several = len(one.parts) > 1
    height = (0.8 if counted.line else 0.6) + 0.3 * max(len(counted.names), FEWEST_BARS)
    figure, (axes,) = canvas(counted.title, counted.foot, theme, height=height, parts=several)
    parts = [(part.label, part.numbers, _colour(part.colour, theme)) for part in one.parts]
    bars(axes, counted.names, parts, theme)
    lengths = [sum(numbers) for numbers in zip(*(part.numbers for part in one.parts), strict=True)]
    label_bars(axes, lengths, counted.texts, theme)
    if counted.few:
        pale(axes, counted.few, theme)
    if several:
        legend(figure, axes, theme)
    elif one.said:
        axes.set_xlabel(one.said, color=theme.quiet, fontsize=9)
    axes.set_xlim(*_limits(lengths, counted))
    numbers_axis(axes.xaxis, _writer(one.kind, language), whole=one.kind == "count")
    if counted.line:
        _compare(axes, counted.line, theme)
    return figure


def _limits(lengths: list[float], counted: Counted) -> tuple[float, float]:
    """The least and the greatest number of an axis on which each bar has room for its text."""
    longest = max([*lengths, *([counted.line[0]] if counted.line else [])])
    characters = max(map(len, counted.texts), default=0)
    return min(0.0, *lengths), (longest or 1) * next(room for most, room in _ROOM if characters <= most)


def _compare(axes: Any, line: tuple[float, str], theme: Theme) -> None:
    """A line that all bars are compared with."""
    axes.axvline(line[0], color=theme.ink, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    over = axes.get_xaxis_transform()
    axes.annotate(line[1], (line[0], 1), xycoords=over, ha="center", va="bottom", color=theme.quiet, fontsize=9)


def _colour(name: str, theme: Theme) -> str:
    return theme.accent if name == ACCENT else theme.parts[name]


def _writer(kind: str, language: str) -> Callable[[float], str]:
    if kind == "money":
        return lambda value: rupiah_text(value, language)
    if kind == "percent":
        return lambda value: f"{number_text(round(value * 100, 1), language)}%"
    return lambda value: number_text(round(value), language)
