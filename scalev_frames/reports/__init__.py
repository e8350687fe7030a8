"""What operators compute from frames: named definitions, and one function a report.

Takes any DataFrame of orders and knows no account. The names of ``__all__`` are for users; the others were given here
once, and still are. Other rooms import from where a name is.
"""

from scalev_frames.reports.behind import mask_behind as mask_behind
from scalev_frames.reports.behind import rows_behind
from scalev_frames.reports.compare import Against as Against
from scalev_frames.reports.compare import Period as Period
from scalev_frames.reports.compare import compare
from scalev_frames.reports.compare import period_before as period_before
from scalev_frames.reports.compare import periods as periods
from scalev_frames.reports.compare import uncovered as uncovered
from scalev_frames.reports.compare import undated as undated
from scalev_frames.reports.compare import within as within
from scalev_frames.reports.compute import FUNCTIONS as FUNCTIONS
from scalev_frames.reports.compute import exact_report as exact_report
from scalev_frames.reports.compute import find_report as find_report
from scalev_frames.reports.compute import report
from scalev_frames.reports.counting.lines import has_lines as has_lines
from scalev_frames.reports.counting.lines import is_lines as is_lines
from scalev_frames.reports.counting.lines import lines_of as lines_of
from scalev_frames.reports.counting.lines import orders_of as orders_of
from scalev_frames.reports.counting.prepare import Prepared as Prepared
from scalev_frames.reports.figures import FIGURES as FIGURES
from scalev_frames.reports.figures import key_figures as key_figures
from scalev_frames.reports.words.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.words.rows import FEW as FEW
from scalev_frames.reports.words.rows import RATES as RATES
from scalev_frames.reports.words.rows import REPORTS, Report
from scalev_frames.reports.words.rows import Chart as Chart
from scalev_frames.reports.words.shown import is_few as is_few
from scalev_frames.reports.words.shown import ranked as ranked
from scalev_frames.reports.words.shown import said_of as said_of
from scalev_frames.reports.words.shown import shown

__all__ = ["DEFINITIONS", "REPORTS", "Definitions", "Report", "compare", "report", "rows_behind", "shown"]
