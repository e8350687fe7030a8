"""A report's picture as a chart of Excel's own, which people can copy and restyle, over the cells of its sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from scalev_frames.reports.words.rows import Chart

#: The colour of a series by the column it shows, so that it has the same colour on every sheet.
COLOURS = {
    "completed": "2E7D5B",
    "delivered": "2E7D5B",
    "in_progress": "4C8BC8",
    "in_transit": "4C8BC8",
    "waiting": "E8B84A",
    "lost": "C0504D",
    "returned": "C0504D",
    "rts_rate": "C0504D",
    "canceled": "8C8C8C",
    "other": "B8B8B8",
    "first_orders": "4C8BC8",
    "repeat_orders": "2E7D5B",
    "net_revenue": "7FB7A0",
}
#: Colours of the other series, in this order.
MORE_COLOURS = ("1F3A5F", "4C8BC8", "2E7D5B", "E8B84A", "C0504D")
WIDTH_CM, HEIGHT_CM = 24.0, 10.5
#: The column that joins the names of rows which several columns name together.
JOINED = "joined"
#: Height of one bar with its gap, and of everything around the bars.
BAR_CM, AROUND_CM = 0.75, 3.2
#: What fits on a printed page.
HIGHEST_CM = 14.5
#: The most days or months that are named below a chart.
MOST_LABELS = 16
_GREY = "595959"
_FAINT = "D9D9D9"


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a report in its worksheet.

    Attributes:
        sheet: its worksheet.
        header_row: the row of labels.
        rows: how many rows follow.
        places: each column's place, from 1, by the report's own name of it.
        formats: each column's number format.
        labels: each column's label.
        few: for each rate, in which rows it is of too few orders to say much.
        below_zero: columns with numbers below zero, as a margin can be.
    """

    sheet: Worksheet
    header_row: int
    rows: int
    places: dict[str, int]
    formats: dict[str, str]
    labels: dict[str, str]
    few: dict[str, NDArray[np.bool_]]
    below_zero: frozenset[str] = frozenset()


def make_chart(chart: Chart, cells: Cells, title: str, language: str = "en") -> Any:  # noqa: ANN401 - openpyxl's charts have no common type
    """A native chart of a report's cells with its size, for any sheet of the workbook; axes are in ``language``."""
    rows = min(cells.rows, chart.top)
    made: Any = _bars(chart, rows) if chart.kind in ("bars", "funnel") else _columns(chart, rows)
    if not cells.below_zero & set(chart.series):
        made.y_axis.scaling.min = 0
    for number, name in enumerate(chart.series):
        made.append(_series(cells, name, rows, number))
    category = chart.category if chart.category in cells.places else JOINED
    made.set_categories(_reference(cells, category, rows))
    made.visible_cells_only = False  # joined names stand in a hidden column
    made.title = title
    _style_title(made.title, CharacterProperties(sz=1300, b=True, solidFill="1F3A5F"))
    made.x_axis.title = None if category == JOINED else cells.labels[category]
    counted = chart.series[0] if len(chart.series) == 1 else "orders" if chart.kind == "stacked" else ""
    made.y_axis.title = cells.labels.get(counted)
    value_format, category_format = cells.formats[chart.series[0]], cells.formats[category]
    made.y_axis.number_format = _axis_format(value_format, language)
    made.x_axis.number_format = (
        "d mmm" if category_format == "yyyy-mm-dd" else category_format
    )  # the sheet has the year
    _plain_axes(made)
    if len(chart.series) > 1:
        made.legend.position = "b"
        made.legend.overlay = False
    else:
        made.legend = None
        if "Rp" not in value_format:  # amounts are too long to stand beside bars
            _label_values(made, made.y_axis.number_format)
    return made


def _bars(chart: Chart, rows: int) -> Any:  # noqa: ANN401
    """Horizontal bars, the first row on top."""
    made: Any = BarChart()
    made.type, made.grouping = "bar", "clustered"
    made.gapWidth = 25 if chart.kind == "funnel" else 60
    made.x_axis.scaling.orientation = "maxMin"
    made.y_axis.crosses = "max"
    each = BAR_CM * max(1.0, 0.7 * len(chart.series))
    made.width, made.height = WIDTH_CM, min(HIGHEST_CM, max(7.0, AROUND_CM + each * rows))
    return made


def _columns(chart: Chart, rows: int) -> Any:  # noqa: ANN401
    """Columns, stacked, or a line, from left to right."""
    made: Any = LineChart() if chart.kind == "line" else BarChart()
    if isinstance(made, BarChart):
        made.type, made.grouping, made.overlap = "col", "stacked", 100
        made.gapWidth = 30
    made.width, made.height = WIDTH_CM, HEIGHT_CM
    step = -(-rows // MOST_LABELS)
    if step > 1:
        made.x_axis.tickLblSkip = step
        made.x_axis.tickMarkSkip = step
    return made


def _series(cells: Cells, name: str, rows: int, number: int) -> Any:  # noqa: ANN401
    made: Any = Series(_reference(cells, name, rows))
    header = Reference(cells.sheet, min_col=cells.places[name], min_row=cells.header_row)
    made.tx = SeriesLabel(strRef=StrRef(str(header)))
    colour = COLOURS.get(name, MORE_COLOURS[number % len(MORE_COLOURS)])
    made.graphicalProperties = GraphicalProperties(solidFill=colour)
    made.graphicalProperties.line = LineProperties(noFill=True)
    for place in np.flatnonzero(cells.few.get(name, ())[:rows]):
        made.dPt.append(DataPoint(idx=int(place), spPr=GraphicalProperties(solidFill=_FAINT)))
    return made


def _reference(cells: Cells, name: str, rows: int) -> Reference:
    above = cells.header_row
    return Reference(cells.sheet, min_col=cells.places[name], min_row=above + 1, max_row=above + max(rows, 1))


def _plain_axes(made: Any) -> None:  # noqa: ANN401
    """Axes that are there, in quiet grey, with faint grid lines."""
    for axis in (made.x_axis, made.y_axis):
        axis.delete = False
        axis.txPr = _text(900, _GREY)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=_FAINT))
        if axis.title is not None:
            _style_title(axis.title, CharacterProperties(sz=900, b=False, solidFill=_GREY))
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=_FAINT))
    made.x_axis.majorTickMark = made.y_axis.majorTickMark = "none"
    made.x_axis.tickLblPos = "low"


def _style_title(title: Any, properties: CharacterProperties) -> None:  # noqa: ANN401
    title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=properties)
    title.overlay = False


def _label_values(made: Any, number_format: str) -> None:  # noqa: ANN401
    made.dataLabels = DataLabelList()
    made.dataLabels.showVal = True
    for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(made.dataLabels, other, False)
    made.dataLabels.numFmt = number_format
    made.dataLabels.txPr = _text(900, _GREY)


def _text(size: int, colour: str) -> RichText:
    properties = CharacterProperties(sz=size, solidFill=colour)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])


def _axis_format(number_format: str, language: str) -> str:
    """Millions of rupiah for axes and labels, percent with a decimal, counts as they are.

    LibreOffice shows a number below zero without its minus in a third section.
    """
    if "Rp" in number_format:
        million = '#,##0.0,," jt"' if language == "id" else '#,##0.0,,"m"'
        return f"[>=999500]{million};[<0]-#,##0;#,##0"
    return "0.0%" if "%" in number_format else "#,##0"
