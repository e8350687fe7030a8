"""Why: WHAT operators compute from frames: named definitions, and one function a report.

Takes any DataFrame of orders and knows no account. May import frames, catalog, progress, errors and settings.
"""

from scalev_frames.reports.definitions import DEFINITIONS, Definitions

__all__ = ["DEFINITIONS", "Definitions"]
