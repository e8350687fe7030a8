"""Everything that goes into a report workbook, computed before a cell is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from scalev_frames.export.excel.sheets import SheetPlan
from scalev_frames.reports.compare import Period
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.words.header import ReportHeader


@dataclass(frozen=True, slots=True)
class Made:
    """One report in the workbook.

    Attributes:
        name: the report's.
        frame: the report itself.
        plan: how it becomes a worksheet.
    """

    name: str
    frame: pd.DataFrame
    plan: SheetPlan

    @property
    def header(self) -> ReportHeader:
        """The header of the report."""
        return ReportHeader.of(self.frame)

    @property
    def sheet(self) -> str:
        """The name of its first worksheet."""
        return self.plan.sheets[0]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that goes into a workbook, computed before a cell is written.

    Attributes:
        orders: the orders of the period, prepared.
        figures: the key figures now, and before where two periods are compared.
        periods: the period that was asked for, and the one it is compared with.
        notes: notes on the whole workbook.
        reports: the reports.
        extra: other frames: the reconciliation, and data sheets.
        reconciliation: what `reconcile` gave.
        language: ``en`` or ``id``.
    """

    orders: Prepared
    figures: list[dict[str, Any]]
    periods: tuple[Period, ...]
    notes: list[str]
    reports: list[Made]
    extra: list[SheetPlan]
    reconciliation: pd.DataFrame | None
    language: str
