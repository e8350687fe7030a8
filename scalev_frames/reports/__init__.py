"""What operators compute from frames: named definitions, and one function a report.

Takes any DataFrame of orders and knows no account. These names are for users; other rooms import from where a name is.
"""

from scalev_frames.reports.behind import rows_behind
from scalev_frames.reports.compare import compare
from scalev_frames.reports.compute import report
from scalev_frames.reports.words.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.words.rows import REPORTS, Report
from scalev_frames.reports.words.shown import shown

__all__ = ["DEFINITIONS", "REPORTS", "Definitions", "Report", "compare", "report", "rows_behind", "shown"]
