"""Conditional formats of a report's sheet: what to look at first, and which rates are of too few orders."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from openpyxl.formatting import rule as rules
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter

from scalev_frames.export.report.charts import Cells

#: openpyxl's rules, whose arguments have no types.
_RULES: Any = rules
#: The row of a report's labels; above it are its title, what is counted, and a link to the contents.
HEADER_ROW = 4
#: Columns where much is bad, where much is good, and where the size of a share matters.
BAD = frozenset({"rts_rate", "rts_rate_finished", "cancel_rate", "fee_share", "days"})
GOOD = frozenset({"confirm_rate", "delivery_rate", "repeat_rate", "margin_rate"})
SHARE = frozenset({"share_of_all", "share_of_orders", "share_of_quantity", "share_of_customers", "share_of_previous"})
STRIPE, WHITE, RED_SCALE, GREEN_SCALE, BLUE = "F4F6F9", "FFFFFF", "F2A9A3", "9BD0B0", "9DB9D9"


def colour(cells: Cells) -> None:
    """Conditional formats: what to look at first."""
    if not cells.rows:
        return
    add = cells.sheet.conditional_formatting.add
    for name, place in cells.places.items():
        letter = get_column_letter(place)
        few = cells.few.get(name, np.zeros(cells.rows, np.bool_))
        if few.any():
            add(_areas(letter, few), _marked())
        if few.all():
            continue
        area = _areas(letter, ~few)
        if name in BAD:
            add(area, _scale(("min", None), ("max", None), RED_SCALE))
        elif name in GOOD:
            add(area, _scale(("min", None), ("max", None), GREEN_SCALE))
        elif name.startswith("+"):
            add(area, _scale(("num", 0), ("num", 1), GREEN_SCALE))
        elif name in SHARE:
            add(area, _RULES.DataBarRule("num", 0, "max", None, BLUE))
    area = f"A{HEADER_ROW + 1}:{get_column_letter(len(cells.places))}{HEADER_ROW + cells.rows}"
    add(area, _RULES.FormulaRule(["MOD(ROW(),2)=0"], fill=PatternFill(bgColor=STRIPE)))
    if "check" in cells.places:
        letter = get_column_letter(cells.places["orders"])
        area = f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + cells.rows}"
        add(area, _RULES.CellIsRule("greaterThan", ["0"], fill=PatternFill(bgColor=RED_SCALE)))


def _areas(letter: str, mask: NDArray[np.bool_]) -> str:
    """The cells of a column where the mask holds, as Excel writes areas."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    first = HEADER_ROW + 1
    return " ".join(
        f"{letter}{first + start}:{letter}{first + end - 1}" for start, end in zip(edges[::2], edges[1::2], strict=True)
    )


def _marked() -> Any:  # noqa: ANN401
    """Grey, with a star: a rate of few orders."""
    grey = Font(italic=True, color="8C8C8C")
    style = DifferentialStyle(font=grey, numFmt=NumberFormat(numFmtId=164, formatCode='0.0%"*"'))
    return _RULES.Rule(type="expression", dxf=style, formula=["TRUE"])


def _scale(low: tuple[str, int | None], high: tuple[str, int | None], colour: str) -> Any:  # noqa: ANN401
    """White to a colour."""
    return _RULES.ColorScaleRule(*low, WHITE, None, None, None, *high, colour)
