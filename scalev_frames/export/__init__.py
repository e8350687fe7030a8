"""How frames leave: Parquet, Excel and CSV. Takes any DataFrame and knows no account."""

from scalev_frames.export.csv import to_csv
from scalev_frames.export.dataset.scan import scan
from scalev_frames.export.excel.frames import to_excel
from scalev_frames.export.parquet import read_parquet, to_parquet
from scalev_frames.export.report.book import report_workbook

__all__ = ["read_parquet", "report_workbook", "scan", "to_csv", "to_excel", "to_parquet"]
