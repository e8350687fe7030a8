"""Why: WHAT operators compute from frames: named definitions, and one function a report.

Takes any DataFrame of orders and knows no account. May import frames, catalog, progress, errors and settings.
"""

from scalev_frames.reports.compare import Against, Period, compare, period_before, periods, uncovered, within
from scalev_frames.reports.compute import FUNCTIONS, find_report, report
from scalev_frames.reports.definitions import DEFINITIONS, Definitions, find_zone
from scalev_frames.reports.figures import FIGURES, key_figures
from scalev_frames.reports.margins import has_lines
from scalev_frames.reports.prepare import Prepared, prepare
from scalev_frames.reports.rows import REPORTS, Chart, Report
from scalev_frames.reports.shown import said_of, shown

__all__ = [
    "DEFINITIONS",
    "FIGURES",
    "FUNCTIONS",
    "REPORTS",
    "Against",
    "Chart",
    "Definitions",
    "Period",
    "Prepared",
    "Report",
    "compare",
    "find_report",
    "find_zone",
    "has_lines",
    "key_figures",
    "period_before",
    "periods",
    "prepare",
    "report",
    "said_of",
    "shown",
    "uncovered",
    "within",
]
