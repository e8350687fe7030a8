"""Why: WHAT operators compute from frames: named definitions, and one function a report.

Takes any DataFrame of orders and knows no account. May import frames, catalog, progress, errors and settings.
"""

from scalev_frames.reports.compare import compare
from scalev_frames.reports.compute import FUNCTIONS, find_report, report
from scalev_frames.reports.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.margins import has_lines
from scalev_frames.reports.prepare import Prepared, prepare
from scalev_frames.reports.rows import REPORTS, Chart, Report

__all__ = [
    "DEFINITIONS",
    "FUNCTIONS",
    "REPORTS",
    "Chart",
    "Definitions",
    "Prepared",
    "Report",
    "compare",
    "find_report",
    "has_lines",
    "prepare",
    "report",
]
