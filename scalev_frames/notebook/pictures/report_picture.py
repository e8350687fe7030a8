"""Every report has its picture, drawn from its row of `REPORTS` as the workbook's charts are. Needs matplotlib."""

from __future__ import annotations

import pandas as pd

from scalev_frames.notebook.pictures.counted import count_report
from scalev_frames.notebook.pictures.drawing import DARK, LIGHT, Picture
from scalev_frames.notebook.pictures.still import draw


def report_picture(made: pd.DataFrame, language: str = "en", dark: bool = False) -> Picture | None:
    """The picture of a report.

    Args:
        made: what `report` gave.
        language: ``en`` or ``id``.
        dark: for a dark page.

    Returns:
        A figure; bars of rates are sorted by the rate, those of few orders last and pale. ``None`` for reports that are
        lists, and where there is nothing to draw.

    >>> from scalev_frames.reports import report
    >>> picture = report_picture(report("funnel", pd.DataFrame({"status": ["rts", "shipped"]})))
    >>> [float(bar.get_width()) for bar in picture.axes[0].patches]
    [2.0, 2.0, 2.0, 0.0, 0.0]
    """
    counted = count_report(made, language)
    return None if counted is None else draw(counted, DARK if dark else LIGHT, language)
