"""All pictures look as one: the same colours for the same status, quiet lines, words that can be read.

Needs matplotlib, which comes with the `charts` extra. No picture goes through pyplot: no global state, nothing is shown
twice, threads may draw.
"""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from collections.abc import Sequence
from functools import cache
from typing import Any

from scalev_frames.notebook.pictures.colours import DARK, LIGHT, Theme
from scalev_frames.notebook.table.columns.texts import MONTHS
from scalev_frames.packages import needing

with needing("Pictures need", '"scalev-frames[lab]"'):
    from matplotlib.axes import Axes
    from matplotlib.dates import AutoDateLocator, num2date
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.ticker import FuncFormatter, MaxNLocator

__all__ = ["DARK", "LIGHT", "Theme"]
#: The fonts that matplotlib brings along.
_FONT = "DejaVu Sans"
_WIDTH, _DPI = 9.0, 110
#: Characters of the text below a picture that stand in one line.
_FOOT_CHARACTERS = 145
_LABEL_CHARACTERS = 34


class Picture(Figure):
    """A matplotlib figure that shows itself in a notebook without pyplot; everything else is matplotlib's."""

    def _repr_png_(self) -> bytes:
        return png(self)


def png(figure: Figure) -> bytes:
    """``figure`` as the bytes of a PNG file; the same figure gives the same bytes.

    Args:
        figure: any matplotlib figure.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, facecolor=figure.get_facecolor(), metadata={"Software": None})
    figure.set_layout_engine("none")  # laid out anew it may move by a pixel
    return file.getvalue()


def canvas(
    title: str, foot: Sequence[str], theme: Theme, *, height: float, rows: int = 1, parts: bool = False
) -> tuple[Picture, list[Axes]]:
    """An empty picture: title above, what it is about below, and one or more axes that share their days.

    Args:
        title: what it shows.
        foot: sentences that say what was counted.
        theme: its colours.
        height: in inches, of the axes alone.
        rows: axes above each other.
        parts: whether a `legend` will stand below the title.
    """
    lines = textwrap.wrap(" ".join(foot), _FOOT_CHARACTERS)
    above, below = (0.72 if parts else 0.46), 0.16 * len(lines) + 0.16
    whole = height + above + below
    figure = Picture(figsize=(_WIDTH, whole), dpi=_DPI, facecolor=theme.ground)
    figure.set_layout_engine("constrained", rect=(0.005, below / whole, 0.985, height / whole))
    axes = list(figure.subplots(rows, 1, sharex=rows > 1, squeeze=False)[:, 0])
    for one in axes:
        _quiet(one, theme)
    _say(figure.text(0.012, 1 - 0.12 / whole, title, color=theme.ink, fontsize=13, fontweight="bold", va="top"))
    _say(figure.text(0.012, 0.1 / whole, "\n".join(lines), color=theme.quiet, fontsize=8, va="bottom", linespacing=1.3))
    return figure, axes


def nothing(axes: Axes, words: str, theme: Theme) -> None:
    """Say in the middle of an axis that there is nothing to draw."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, color=theme.quiet, fontsize=12, ha="center", va="center", transform=axes.transAxes)


def bars(axes: Axes, names: Sequence[str], parts: Sequence[tuple[str, Sequence[float], str]], theme: Theme) -> None:
    """Horizontal bars, the first on top, of one or several parts.

    Args:
        axes: where.
        names: what the bars are.
        parts: label, lengths and colour of each part.
        theme: colours of the rest.
    """
    places = range(len(names))
    begun = [0.0] * len(names)
    for label, lengths, colour in parts:
        axes.barh(places, lengths, left=begun, color=colour, height=0.68, label=label)
        begun = [one + other for one, other in zip(begun, lengths, strict=True)]
    axes.set_yticks(list(places), [drawable(name) for name in names])
    for text in axes.get_yticklabels():
        _say(text)
    axes.invert_yaxis()
    axes.set_xlim(0, (max(begun, default=0) or 1) * 1.2)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color=theme.line, linewidth=0.6)
    axes.tick_params(axis="y", length=0)


def pale(axes: Axes, few: Sequence[bool], theme: Theme) -> None:
    """Draw the bars of rates of few orders pale: little can be read from them."""
    for bar, is_pale in zip(axes.patches, few, strict=True):
        if is_pale:
            bar.set_facecolor(theme.line)


def label_bars(axes: Axes, lengths: Sequence[float], words: Sequence[str], theme: Theme) -> None:
    """Write ``words`` behind the bars."""
    for place, (length, text) in enumerate(zip(lengths, words, strict=True)):
        axes.annotate(
            text, (length, place), xytext=(5, 0), textcoords="offset points", va="center", color=theme.ink, fontsize=9,
            parse_math=False, bbox={"facecolor": theme.ground, "edgecolor": "none", "alpha": 0.75, "pad": 1},
        )  # fmt: skip


def days_axis(axes: Axes, language: str) -> None:
    """Days below an axis, as the language writes them."""
    locator = AutoDateLocator(minticks=3, maxticks=10)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: day_text(_day(value), language)))


def _day(place: float) -> dt.date:
    day: dt.date = num2date(place).date()  # type: ignore[no-untyped-call]
    return day


def day_text(day: dt.date, language: str) -> str:
    """A day, short; the first of January with its year.

    >>> day_text(dt.date(2026, 8, 17), "id"), day_text(dt.date(2026, 1, 1), "en")
    ('17 Agu', '1 Jan 2026')
    """
    short = f"{day.day} {MONTHS[language][day.month - 1]}"
    return f"{short} {day.year}" if (day.day, day.month) == (1, 1) else short


def numbers_axis(axis: Any, text: Any, *, whole: bool = False) -> None:
    """Numbers along an axis, written by ``text``; only whole ones where there are no others."""
    axis.set_major_locator(MaxNLocator(nbins=6, integer=whole))
    axis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))


def legend(figure: Figure, axes: Axes, theme: Theme) -> None:
    """The names of the parts, in one line below the title."""
    handles, labels = axes.get_legend_handles_labels()
    height = figure.get_size_inches()[1]
    figure.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.004, 1 - 0.38 / height), ncols=max(len(labels), 1),
        frameon=False, fontsize=9, labelcolor=theme.ink, handlelength=1.0, handleheight=1.0, columnspacing=1.4,
        borderaxespad=0.2,
    ).set_in_layout(False)  # fmt: skip


def drawable(text: str) -> str:
    r"""``text`` in one line, not too long, in characters that the font has.

    >>> drawable("Kopi\n Gayo"), len(drawable("x" * 99))
    ('Kopi Gayo', 34)
    """
    known = "".join(one if ord(one) in _characters() else "\N{REPLACEMENT CHARACTER}" for one in " ".join(text.split()))
    return known if len(known) <= _LABEL_CHARACTERS else known[: _LABEL_CHARACTERS - 1].rstrip() + "…"


@cache
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=_FONT))).get_charmap())


def _quiet(axes: Axes, theme: Theme) -> None:
    axes.set_facecolor(theme.ground)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=theme.line, linewidth=0.6)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(theme.line)
    axes.tick_params(colors=theme.ink, labelsize=9, length=3, color=theme.line)


def _say(text: Any) -> None:
    """Take a text as it is: no $ in it begins a formula."""
    text.set_parse_math(False)
    text.set_fontfamily(_FONT)
