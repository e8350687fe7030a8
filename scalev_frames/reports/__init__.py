"""What operators compute from frames: named definitions, and one function a report.

Takes any DataFrame of orders and knows no account.
"""

from scalev_frames.reports.behind import mask_behind, rows_behind
from scalev_frames.reports.compare import Against, Period, compare, period_before, periods, uncovered, undated, within
from scalev_frames.reports.compute import FUNCTIONS, exact_report, find_report, report
from scalev_frames.reports.counting.lines import has_lines, is_lines, lines_of, orders_of
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.figures import FIGURES, key_figures
from scalev_frames.reports.words.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.words.rows import FEW, RATES, REPORTS, Chart, Report
from scalev_frames.reports.words.shown import is_few, ranked, said_of, shown

__all__ = [
    "DEFINITIONS",
    "FEW",
    "FIGURES",
    "FUNCTIONS",
    "RATES",
    "REPORTS",
    "Against",
    "Chart",
    "Definitions",
    "Period",
    "Prepared",
    "Report",
    "compare",
    "exact_report",
    "find_report",
    "has_lines",
    "is_few",
    "is_lines",
    "key_figures",
    "lines_of",
    "mask_behind",
    "orders_of",
    "period_before",
    "periods",
    "ranked",
    "report",
    "rows_behind",
    "said_of",
    "shown",
    "uncovered",
    "undated",
    "within",
]
