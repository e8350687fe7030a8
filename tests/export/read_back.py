"""What other readers find in a file, and the writers of every format."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math

import openpyxl
import pandas as pd

from scalev_frames.export import to_csv, to_excel, to_parquet

WRITERS = {".xlsx": to_excel, ".csv": to_csv, ".parquet": to_parquet}


def is_missing(value):
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def csv_rows(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))


def notes_of(path):
    return "\n".join(str(row[2]) for row in openpyxl.load_workbook(path)["Notes"].values)


def plain(value):
    """A value as any reader has it: periods are texts, moments with a zone are in UTC, to the microsecond."""
    if isinstance(value, pd.Period):
        return str(value)
    if isinstance(value, dt.datetime) and not is_missing(value):
        stamp = pd.Timestamp(value).floor("us")
        return stamp.tz_convert("UTC") if stamp.tzinfo else stamp
    return value
